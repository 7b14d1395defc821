"""``init``, ``packs``, ``units``, ``people``, ``load``: what a bureau is made of."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from taizhang.cli.shared import FINDINGS, OK, Add, acting_user, report_load, start_django
from taizhang.kernel.errors import Problem


def commands(add: Add) -> None:
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


def init(arguments: argparse.Namespace) -> int:
    start_django(migrate=True)
    from taizhang.catalog.actions import apply_pack
    from taizhang.catalog.pack import read_folder
    from taizhang.registers.finding.index import mend
    from taizhang.site.demo import CORE
    from taizhang.site.home import home

    for folder in ([] if arguments.bare else [CORE]) + arguments.pack:
        release = apply_pack(pack=read_folder(folder), by_name="系统")
        print(f"业务包 {release or '（已是最新）'}", file=sys.stderr)
    mend()
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
    start_django()
    from taizhang.catalog.actions import apply_pack, plan_pack
    from taizhang.catalog.pack import read_folder
    from taizhang.registers.finding.index import mend

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
    release = apply_pack(pack=pack, by_name=acting_user(arguments.by).display_name)
    mend()
    print(f"已发布 {release}" if release else "没有变化")
    return OK


def units(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.kernel.tables import read_table
    from taizhang.org.actions import load_units

    return report_load(load_units(table=read_table(arguments.file), by=acting_user(arguments.by)), arguments)


def people(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.kernel.tables import read_table
    from taizhang.org.actions import load_people

    table = read_table(arguments.file)
    return report_load(load_people(table=table, by=acting_user(arguments.by), password=arguments.password), arguments)


def load(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.kernel.tables import read_file
    from taizhang.org.queries import find_unit
    from taizhang.registers.loading import load_table
    from taizhang.registers.sheets.reading import clear_source
    from taizhang.registers.sheets.refused import write_refused_source

    source = clear_source(arguments.register, read_file(arguments.file), arguments.file.name)
    unit = find_unit(arguments.unit) if arguments.unit else None
    result = load_table(arguments.register, source.table(), acting_user(arguments.by), unit, arguments.period)
    if arguments.refused and result.refused:
        write_refused_source(source, result.refused, arguments.refused)
    return report_load(result, arguments)
