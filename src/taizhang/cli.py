"""The ``taizhang`` command. Exit status: 0 ok, 1 findings, 2 error. ``--json`` is alone on standard output."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from taizhang.kernel.errors import Problem

OK, FINDINGS, ERROR = 0, 1, 2
# What a folder given to ``check`` is searched for.
DOCUMENTS = (".txt", ".md", ".docx", ".doc", ".wps", ".pdf", ".html", ".htm", ".xlsx")
Command = Callable[[argparse.Namespace], int]


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

    _reading_commands(add)
    _bureau_commands(add)
    _figure_commands(add)
    _warehouse_commands(add)
    _key_commands(add)
    _index_commands(add)
    return parser


def _reading_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
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


def _bureau_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add("init", init, "建一个空的教育局（含核心业务包）")
    command.add_argument("--pack", type=Path, action="append", default=[], metavar="DIR")
    command.add_argument("--admin", metavar="NAME", help="同时建立管理员账号，密码从标准输入或提示读取")
    command.add_argument("--bare", action="store_true", help="不装核心业务包")
    command = add("packs", packs, "业务包：检查、比较、发布")
    command.add_argument("act", choices=["check", "diff", "apply"])
    command.add_argument("folder", type=Path, metavar="DIR")
    command.add_argument("--by", metavar="USER")
    for name, run, about in (("units", units, "导入单位"), ("people", people, "导入人员与岗位")):
        command = add(name, run, about)
        command.add_argument("file", type=Path, metavar="FILE.xlsx|.csv")
        command.add_argument("--by", metavar="USER")
        command.add_argument("--json", action="store_true")
    command.add_argument("--password", help="新账号的初始密码（首次登录须修改）")
    command = add("load", load, "把一张表导入台账")
    command.add_argument("register", metavar="REGISTER")
    command.add_argument("file", type=Path, metavar="FILE.xlsx|.csv")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", metavar="P")
    command.add_argument("--by", metavar="USER")
    command.add_argument("--refused", type=Path, metavar="OUT.xlsx", help="把拒收的行写回一张表")
    command.add_argument("--json", action="store_true")
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


def _index_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("reindex", reindex, "重建搜索索引（升级之后，或单位、人员改名之后）")


def _key_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add("rotate-key", rotate_key, "更换敏感字段的密钥，并用新密钥重新加密全部敏感字段")
    command.add_argument("--finish", action="store_true", help="重启服务之后运行：补加密期间的新值，删去旧密钥")


def _figure_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add("value", value, "指标的值")
    command.add_argument("indicator", metavar="INDICATOR")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", metavar="P")
    command.add_argument("--by", metavar="DIM", help="按维度分列")
    command.add_argument("--below", metavar="LEVEL", help="按下级分列：学区、学校")
    command.add_argument("--engine", choices=["duckdb", "reference"], default="duckdb")
    command.add_argument("--build", metavar="ID", help="留存的数据版本或快照名称：用当时的数据和当时的口径")
    command.add_argument("--json", action="store_true")
    command = add("rows", rows, "指标背后的记录")
    command.add_argument("indicator", metavar="INDICATOR")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", required=True, metavar="P")
    command.add_argument("--build", metavar="ID", help="留存的数据版本或快照名称")
    command.add_argument("--json", action="store_true")
    command = add("write", write, "按模板写稿，数字全部有出处")
    command.add_argument("template", metavar="TEMPLATE")
    command.add_argument("--unit", metavar="U")
    command.add_argument("--period", required=True, metavar="P")
    command.add_argument("--out", type=Path, required=True, metavar="F.docx")
    command.add_argument("--by", metavar="USER")
    command = add("trace", trace, "退回的稿件里哪些数字被改过；有改动时退出码为 1")
    command.add_argument("file", type=Path, metavar="F.docx")
    command.add_argument("--json", action="store_true")


def _warehouse_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add("warehouse", lambda arguments: arguments.act(arguments), "数据仓：留存、核对重建")
    acts = command.add_subparsers(required=True, metavar="动作")

    def act(name: str, run: Command, about: str) -> argparse.ArgumentParser:
        made = acts.add_parser(name, help=about, description=about)
        made.set_defaults(act=run)
        return made

    made = act("keep", keep_snapshot, "留存现在的数据和口径，以后照样能取数")
    made.add_argument("name", metavar="NAME")
    made.add_argument("--by", metavar="USER")
    made = act("list", list_snapshots, "留存了哪些数据版本")
    made.add_argument("--json", action="store_true")
    made = act("drop", drop_snapshot, "删除一份留存（签发稿件的不能删）")
    made.add_argument("name", metavar="NAME")
    made.add_argument("--by", metavar="USER")
    made = act("rebuild", rebuild, "从数据库重新写出全部数据文件；--compare 只核对与现有的是否逐字节相同")
    made.add_argument("--compare", action="store_true")


# Reading needs no installation.


def read(arguments: argparse.Namespace) -> int:
    from taizhang.reading import read as read_document
    from taizhang.reading.outline import outline

    readings = [read_document(path) for path in arguments.files]
    _write_readings(readings, arguments.out)
    if arguments.json:
        _print_json(_one_or_list([reading.as_dict() for reading in readings]))
    elif not arguments.out:
        print("\n\n".join(outline(reading) for reading in readings))
    return OK


def check(arguments: argparse.Namespace) -> int:
    from taizhang.reading import read as read_document
    from taizhang.reading.checkpage import render_all
    from taizhang.reading.checktext import across_text, check_text
    from taizhang.reading.crosscheck import compare

    readings = [read_document(path) for path in _documents_in(arguments.files)]
    across = compare(readings)
    _write_readings(readings, arguments.out)
    if arguments.html:
        page = arguments.html / "核数.html" if arguments.html.is_dir() else arguments.html
        _write(page, render_all(readings, across))
    if arguments.json:
        found = [reading.as_dict() for reading in readings]
        for index, document in enumerate(found):
            document["across"] = [asdict(item) for item in across if any(place.index == index for place in item.places)]
        _print_json(_one_or_list(found))
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
        _write(arguments.out, json.dumps(plan_rows(reading), ensure_ascii=False, indent=1, default=str) + "\n")
    elif suffix == ".xlsx":
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        write_plan_xlsx(reading, arguments.out)
    else:
        raise Problem("CLI-001", f"不能写成“{suffix or arguments.out.name}”", remedy="--out 请用 .xlsx 或 .json")
    print(f"{len(reading.tasks)} 项任务 → {arguments.out}", file=sys.stderr)
    return OK if reading.tasks else FINDINGS


# The rest works on the installation in TAIZHANG_HOME.


def init(arguments: argparse.Namespace) -> int:
    _django(migrate=True)
    from taizhang.catalog.actions import apply_pack
    from taizhang.catalog.pack import read_folder
    from taizhang.site.demo import CORE
    from taizhang.site.home import home

    for folder in ([] if arguments.bare else [CORE]) + arguments.pack:
        release = apply_pack(pack=read_folder(folder), by_name="系统")
        print(f"业务包 {release or '（已是最新）'}", file=sys.stderr)
    if arguments.admin:
        _make_admin(arguments.admin)
    print(f"已就绪：{home()}", file=sys.stderr)
    return OK


def _make_admin(name: str) -> None:
    from getpass import getpass

    from taizhang.org.actions import create_user
    from taizhang.org.models import User

    if User.objects.filter(username=name).exists():
        raise Problem("CLI-002", f"账号 {name} 已存在", remedy="换一个账号名")
    password = getpass("管理员密码：") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if len(password) < 8:
        raise Problem("CLI-003", "密码不足 8 位", remedy="从标准输入给出至少 8 位的密码")
    create_user(username=name, name="管理员", by=None, password=password, superuser=True)


def packs(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.catalog.actions import apply_pack, plan_pack
    from taizhang.catalog.pack import read_folder

    pack = read_folder(arguments.folder)
    changes = plan_pack(pack)
    refused = any(change.kind == "refuse" for change in changes)
    if arguments.act == "check":
        print(
            f"业务包 {pack.manifest.name} {pack.manifest.version}：{len(pack.registers)} 个台账，{len(pack.indicators)} 个指标，没有错误"
        )
        return OK
    for change in changes:
        print(change)
    if arguments.act == "diff":
        return FINDINGS if refused else OK
    release = apply_pack(pack=pack, by_name=_user(arguments.by).display_name)
    print(f"已发布 {release}" if release else "没有变化")
    return OK


def units(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.kernel.tables import read_table
    from taizhang.org.actions import load_units

    return _report_load(load_units(table=read_table(arguments.file), by=_user(arguments.by)), arguments)


def people(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.kernel.tables import read_table
    from taizhang.org.actions import load_people

    table = read_table(arguments.file)
    return _report_load(load_people(table=table, by=_user(arguments.by), password=arguments.password), arguments)


def load(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.kernel.tables import read_file
    from taizhang.org.queries import find_unit
    from taizhang.registers.loading import load_table
    from taizhang.registers.sheets.reading import clear_source
    from taizhang.registers.sheets.refused import write_refused_source

    source = clear_source(arguments.register, read_file(arguments.file), arguments.file.name)
    unit = find_unit(arguments.unit) if arguments.unit else None
    result = load_table(arguments.register, source.table(), _user(arguments.by), unit, arguments.period)
    if arguments.refused and result.refused:
        write_refused_source(source, result.refused, arguments.refused)
    return _report_load(result, arguments)


def _report_load(result: Any, arguments: argparse.Namespace) -> int:
    if arguments.json:
        _print_json({key: getattr(result, key) for key in ("read", "created", "updated", "refused")})
    else:
        print(f"读入 {result.read} 行，新增 {result.created}，更新 {result.updated}，拒收 {len(result.refused)}")
        for item in result.refused[:20]:
            print(f"  第{item['row']}行 {item['field']}：{item['message']}", file=sys.stderr)
        if len(result.refused) > 20:
            print(f"  …… 其余 {len(result.refused) - 20} 行见 --refused 或 --json", file=sys.stderr)
    return FINDINGS if result.refused else OK


def value(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.indicators.queries import figures_below, figures_by, value_for

    user, name, unit, period = _user(None), arguments.indicator, arguments.unit, arguments.period
    read = {"engine": arguments.engine, "build": arguments.build}
    if arguments.below:
        return _print_figures(figures_below(user, name, unit, period, arguments.below, **read), arguments)
    if arguments.by:
        return _print_figures(figures_by(user, name, unit, period, arguments.by, **read), arguments)
    figure = value_for(user, name, unit, period, **read)
    _print_json(figure.as_dict()) if arguments.json else print(figure)
    return OK


def _print_figures(figures: list[Any], arguments: argparse.Namespace) -> int:
    _print_json([figure.as_dict() for figure in figures]) if arguments.json else print("\n".join(map(str, figures)))
    return OK


def rows(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.indicators.queries import rows_for

    found = rows_for(_user(None), arguments.indicator, arguments.unit, arguments.period, build=arguments.build)
    if arguments.json:
        _print_json(found)
    else:
        for row in found:
            print("\t".join("" if cell is None else str(cell) for cell in row.values()))
        print(f"共 {len(found)} 行", file=sys.stderr)
    return OK


def keep_snapshot(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.warehouse.actions import keep_snapshot as keep

    snapshot = keep(arguments.name, by=_user(arguments.by))
    print(f"已留存 {snapshot}：{len(snapshot.tables)} 张表，{snapshot.bytes / 2**20:.1f} MB")
    return OK


def list_snapshots(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.warehouse.snapshots import snapshots_for

    found = list(snapshots_for(_user(None)))
    if arguments.json:
        _print_json([snapshot.as_dict() for snapshot in found])
    else:
        for snapshot in found:
            print("\t".join(str(cell) for cell in snapshot.as_dict().values()))
    return OK


def drop_snapshot(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.warehouse.actions import drop_snapshot as drop
    from taizhang.warehouse.snapshots import snapshot_named

    snapshot = snapshot_named(arguments.name)
    drop(snapshot=snapshot, by=_user(arguments.by))
    print(f"已删除 {snapshot}")
    return OK


def rebuild(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.warehouse.compare import compare_with_rebuilt
    from taizhang.warehouse.projection import rebuild_all

    if not arguments.compare:
        print(f"已重建，数据版本 {rebuild_all().build}")
        return OK
    same, found = compare_with_rebuilt()
    print(f"{same} 张表逐字节相同" + (f"，{len(found)} 张不同：" if found else ""))
    for item in found:
        print(f"  {item}")
    return FINDINGS if found else OK


def write(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.reports.actions import write_report

    report = write_report(
        template=arguments.template,
        unit=arguments.unit,
        period=arguments.period,
        by=_user(arguments.by),
    )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(report.docx_bytes())
    print(f"{report.title}：{len(report.bindings)} 个数字有出处 → {arguments.out}", file=sys.stderr)
    return OK


def trace(arguments: argparse.Namespace) -> int:
    from taizhang.reports.trace import trace as trace_docx

    found = trace_docx(arguments.file)
    if arguments.json:
        _print_json(found)
    else:
        for item in found:
            if item["verdict"] != "kept":
                print(
                    f"{item['verdict_text']}\t{item.get('label', '')}\t{item.get('bound', '')}\t{item.get('found', '')}"
                )
        print(f"{sum(item['verdict'] == 'kept' for item in found)} 个数字未动", file=sys.stderr)
    return OK if all(item["verdict"] == "kept" for item in found) else FINDINGS


def demo(arguments: argparse.Namespace) -> int:
    _django(migrate=True)
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
    _django(migrate=True)
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
    _django()
    from taizhang.events.worker import Worker

    if arguments.once:
        ran = Worker().once()
        print(f"今天的例行工作：{'、'.join(ran) or '没有到期的'}", file=sys.stderr)
    else:
        Worker(parent=arguments.parent).run()
    return OK


def reindex(arguments: argparse.Namespace) -> int:
    _django()
    from taizhang.registers.finding.index import reindex as build

    count = build(lambda done: print(f"\r已编入 {done} 条", end="", file=sys.stderr))
    print(f"\r搜索索引已重建，共 {count} 条记录", file=sys.stderr)
    return OK


def rotate_key(arguments: argparse.Namespace) -> int:
    from taizhang.site.home import add_secret, drop_old_secrets

    if not arguments.finish:
        add_secret("fields")
    _django()
    from taizhang.registers.retention import renew_encryption

    changed = renew_encryption(lambda done: print(f"\r已查 {done} 行", end="", file=sys.stderr))
    print(f"\r已用新密钥重新加密 {changed} 行", file=sys.stderr)
    if arguments.finish:
        drop_old_secrets("fields")
        print("旧密钥已删去；此前的备份仍须用当时的 keys/ 才能打开敏感字段。", file=sys.stderr)
    else:
        print(
            "新旧密钥都在 keys/fields 中。请重启服务和后台进程，再运行 taizhang rotate-key --finish。", file=sys.stderr
        )
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


# Shared pieces.


def _django(*, migrate: bool = False) -> None:
    """Start Django on the installation; a command that needs a database not yet made says how to make it."""
    import django
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.site.settings")
    django.setup()
    if migrate:
        call_command("migrate", verbosity=0, interactive=False)
        return
    try:
        made = "catalog_packrelease" in connection.introspection.table_names()
    except DatabaseError as wrong:
        raise Problem("CLI-010", f"数据库连不上：{wrong}", remedy="核对 DATABASE_URL，确认数据库已启动") from wrong
    if not made:
        raise Problem("CLI-011", "这里还没有安装台账", remedy="先运行 taizhang init（或用 TAIZHANG_HOME 指明安装目录）")


def _user(name: str | None) -> Any:
    """The acting user; left out, the installation's own account, which sees everything and cannot log in."""
    from taizhang.org.models import User
    from taizhang.org.queries import installation_user

    if not name:
        return installation_user()
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise Problem("CLI-012", f"没有账号“{name}”", remedy="核对 --by 后的账号")
    return user


def _documents_in(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += (
            sorted(item for item in path.iterdir() if item.suffix.lower() in DOCUMENTS) if path.is_dir() else [path]
        )
    return found


def _write_readings(readings: list[Any], folder: Path | None) -> None:
    for reading in readings if folder else ():
        _write(
            folder / f"{reading.source.name}.json", json.dumps(reading.as_dict(), ensure_ascii=False, indent=1) + "\n"
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _one_or_list(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def _print_json(thing: Any) -> None:
    print(json.dumps(thing, ensure_ascii=False, indent=1, default=str))


if __name__ == "__main__":
    sys.exit(main())
