"""``warehouse``: builds that are kept, the comparison with a rebuilt one, and the way up to the bureau above."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from taizhang.cli.shared import FINDINGS, OK, Add, Command, acting_user, print_json, start_django


def commands(add: Add) -> None:
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
    made = act("export", export, "导出数据和口径，交给上级教育局合并")
    made.add_argument("out", type=Path, metavar="OUT.zip")
    made.add_argument("--by", metavar="USER")
    made = act("merge", merge, "把几家导出的数据仓合成一个，上面加上本级教育局")
    made.add_argument("files", nargs="+", metavar="[编码=]IN.zip|DIR")
    made.add_argument("--out", type=Path, required=True, metavar="DIR")
    made.add_argument("--code", required=True, metavar="编码", help="本级教育局的编码")
    made.add_argument("--name", required=True, metavar="名称", help="本级教育局的名称")


def keep_snapshot(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.warehouse.actions import keep_snapshot as keep

    snapshot = keep(arguments.name, by=acting_user(arguments.by))
    print(f"已留存 {snapshot}：{len(snapshot.tables)} 张表，{snapshot.bytes / 2**20:.1f} MB")
    return OK


def list_snapshots(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.warehouse.snapshots import snapshots_for

    found = list(snapshots_for(acting_user(None)))
    if arguments.json:
        print_json([snapshot.as_dict() for snapshot in found])
    else:
        for snapshot in found:
            print("\t".join(str(cell) for cell in snapshot.as_dict().values()))
    return OK


def drop_snapshot(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.warehouse.actions import drop_snapshot as drop
    from taizhang.warehouse.snapshots import snapshot_named

    snapshot = snapshot_named(arguments.name)
    drop(snapshot=snapshot, by=acting_user(arguments.by))
    print(f"已删除 {snapshot}")
    return OK


def rebuild(arguments: argparse.Namespace) -> int:
    start_django()
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


def export(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.warehouse.exchange import export_warehouse

    manifest = export_warehouse(arguments.out, by=acting_user(arguments.by))
    for note in manifest.notes:
        print(note, file=sys.stderr)
    print(f"已导出 {manifest.name} 的 {len(manifest.tables)} 张表 → {arguments.out}")
    return OK


def merge(arguments: argparse.Namespace) -> int:
    start_django(database=False)
    from taizhang.warehouse.merge import merge_warehouses

    paths = []
    for text in arguments.files:
        code, equals, path = text.rpartition("=")
        paths.append((code if equals else "", Path(path)))
    merged = merge_warehouses(paths, arguments.out, code=arguments.code, name=arguments.name)
    for note in merged.notes:
        print(note, file=sys.stderr)
    units = merged.tables["dim_unit"]["rows"]
    print(f"已合并 {len(paths)} 家：{units} 个单位，{len(merged.tables)} 张表 → {arguments.out}")
    return OK
