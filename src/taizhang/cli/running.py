"""``demo``, ``serve``, ``worker``: the processes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from taizhang.cli.shared import OK, Add, start_django


def commands(add: Add) -> None:
    command = add("demo", demo, "装入虚构的青山县并走一遍全流程")
    command.add_argument("--serve", action="store_true")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--out", type=Path, metavar="DIR")
    command = add("serve", serve, "启动网页服务")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument(
        "--no-worker", action="store_true", help="不同时启动后台工作进程（另行运行 taizhang worker 时）"
    )
    command = add("worker", worker, "后台工作进程：大表格的导入导出、每日提醒")
    command.add_argument("--once", action="store_true", help="做完排队的和今天该做的就结束")
    command.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)


def demo(arguments: argparse.Namespace) -> int:
    start_django(migrate=True)
    from taizhang.site.demo import PASSWORD, accounts, load_demo, run_loop

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    load_demo(say=say)
    run_loop(out=arguments.out, say=say)
    say(f"账号（密码都是 {PASSWORD}）：")
    for account in accounts():
        say("  " + "\t".join(account))
    return serve(arguments) if arguments.serve else OK


def serve(arguments: argparse.Namespace) -> int:
    start_django(migrate=True)
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    host = getattr(arguments, "host", "127.0.0.1")
    beside = None if getattr(arguments, "no_worker", False) else _start_worker()
    print(f"台账已启动：http://{host}:{arguments.port}/ (Ctrl+C 结束)", file=sys.stderr)
    try:
        # DuckDB and the ORM hold their thread; more threads than this only wait for a core.
        Granian(
            "taizhang.site.wsgi:application", address=host, port=arguments.port, interface=Interfaces.WSGI, workers=1,
            blocking_threads=2 * (os.cpu_count() or 1), websockets=False, log_level=LogLevels.warning,
        ).serve()  # fmt: skip
    finally:
        if beside is not None:
            _stop(beside)
    return OK


def worker(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.events.worker import Worker

    if arguments.once:
        ran = Worker().once()
        print(f"今天的例行工作：{'、'.join(ran) or '没有到期的'}", file=sys.stderr)
    else:
        Worker(parent=arguments.parent).run()
    return OK


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "taizhang.cli", "worker", "--parent", str(os.getpid())]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))})


def _stop(beside: subprocess.Popen[bytes]) -> None:
    """Ask the worker to end; work that does not end soon is found and offered again later."""
    beside.terminate()
    try:
        beside.wait(timeout=10)
    except subprocess.TimeoutExpired:
        beside.kill()
