"""The ``taizhang`` command. Exit status: 0 ok, 1 findings, 2 error. ``--json`` is alone on standard output."""

from __future__ import annotations

import argparse
import os
import sys

from taizhang.cli import bureau, figures, reading, running, standards, upkeep, warehouse
from taizhang.cli.shared import ERROR, OK, Command
from taizhang.kernel.errors import Problem


def main(argv: list[str] | None = None) -> int:
    """Run one command; a Problem becomes a line on standard error."""
    _utf8_streams()
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return ERROR
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return ERROR


def _utf8_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="taizhang", description="台账：要点 → 任务 → 台账 → 指标 → 督办考核 → 总结")
    commands = parser.add_subparsers(required=True, metavar="命令")

    def add(name: str, run: Command, about: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about)
        command.set_defaults(run=run)
        return command

    for module in (reading, bureau, running, figures, standards, warehouse, upkeep):
        module.commands(add)
    return parser
