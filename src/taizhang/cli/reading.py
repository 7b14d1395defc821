"""``read``, ``check``, ``plan``: documents, without an installation."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from taizhang.cli.shared import FINDINGS, OK, Add, one_or_list, print_json, write_text
from taizhang.kernel.errors import Problem

# What a folder given to ``check`` is searched for.
DOCUMENTS = (".txt", ".md", ".docx", ".doc", ".wps", ".pdf", ".html", ".htm", ".xlsx")


def commands(add: Add) -> None:
    command = add("read", read, "阅读文稿：标题、数量、关系、承诺、任务")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--json", action="store_true", help="输出 JSON")
    command.add_argument("--out", type=Path, metavar="DIR", help="每个文件写一个 <文件名>.json")
    command = add("check", check, "核数：哪些数字不可能是真的；有问题时退出码为 1")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE|DIR")
    command.add_argument("--json", action="store_true", help="输出 JSON")
    command.add_argument("--html", type=Path, metavar="OUT", help="写一页可打印的核数结果，多个文件也在同一页")
    command.add_argument("--out", type=Path, metavar="DIR", help="每个文件写一个 <文件名>.json")
    command = add("plan", plan, "从要点生成任务分解表（.xlsx 或 .json）")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--out", type=Path, required=True, metavar="tasks.xlsx")


def read(arguments: argparse.Namespace) -> int:
    from taizhang.reading import read as read_document
    from taizhang.reading.outline import outline

    readings = [read_document(path) for path in arguments.files]
    _write_readings(readings, arguments.out)
    if arguments.json:
        print_json(one_or_list([reading.as_dict() for reading in readings]))
    elif not arguments.out:
        print("\n\n".join(outline(reading) for reading in readings))
    return OK


def check(arguments: argparse.Namespace) -> int:
    from taizhang.reading import read as read_document
    from taizhang.reading.checkpage import render_all
    from taizhang.reading.checktext import across_text, check_text
    from taizhang.reading.crosscheck import compare, with_across

    readings = [read_document(path) for path in _documents_in(arguments.files)]
    across = compare(readings)
    _write_readings(readings, arguments.out)
    if arguments.html:
        page = arguments.html / "核数.html" if arguments.html.is_dir() else arguments.html
        write_text(page, render_all(readings, across))
    if arguments.json:
        print_json(one_or_list(with_across(readings, across)))
    else:
        print("\n".join([*(check_text(reading) for reading in readings), *across_text(across)]))
    failed = any(relation.holds in (False, "corrupt") for reading in readings for relation in reading.relations)
    return FINDINGS if failed or any(item.severity == "alarm" for item in across) else OK


def plan(arguments: argparse.Namespace) -> int:
    from taizhang.reading import read as read_document
    from taizhang.reading.plantable import plan_rows, write_plan_xlsx

    reading = read_document(arguments.file)
    suffix = arguments.out.suffix.lower()
    if suffix == ".json":
        write_text(arguments.out, json.dumps(plan_rows(reading), ensure_ascii=False, indent=1, default=str) + "\n")
    elif suffix == ".xlsx":
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        write_plan_xlsx(reading, arguments.out)
    else:
        raise Problem("CLI-001", f"不能写成“{suffix or arguments.out.name}”", remedy="--out 请用 .xlsx 或 .json")
    print(f"{len(reading.tasks)} 项任务 → {arguments.out}", file=sys.stderr)
    return OK if reading.tasks else FINDINGS


def _documents_in(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += (
            sorted(item for item in path.iterdir() if item.suffix.lower() in DOCUMENTS) if path.is_dir() else [path]
        )
    return found


def _write_readings(readings: list[Any], folder: Path | None) -> None:
    for reading in readings if folder else ():
        write_text(
            folder / f"{reading.source.name}.json", json.dumps(reading.as_dict(), ensure_ascii=False, indent=1) + "\n"
        )
