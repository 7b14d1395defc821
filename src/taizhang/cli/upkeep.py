"""``reindex``, ``rotate-key``, ``backup``, ``restore``, ``doctor``: what an operator does now and then."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from taizhang.cli.shared import FINDINGS, OK, Add, acting_user, counting, print_json, said_at_last, start_django
from taizhang.kernel.errors import Problem


def commands(add: Add) -> None:
    add("reindex", reindex, "重建搜索索引（单位、人员改名之后；升级之后不必）")
    command = add("rotate-key", rotate_key, "更换敏感字段的密钥，并用新密钥重新加密全部敏感字段")
    command.add_argument("--finish", action="store_true", help="重启服务之后运行：补加密期间的新值，删去旧密钥")
    command = add("backup", backup, "把整套安装写成一个文件，密钥另写一个文件")
    command.add_argument("out", type=Path, metavar="OUT")
    command.add_argument("--by", metavar="USER")
    command.add_argument("--json", action="store_true")
    command = add("restore", restore, "把备份恢复到一个空的安装里（SQLite 与 PostgreSQL 之间也可以）")
    command.add_argument("source", type=Path, metavar="IN")
    command.add_argument("--keys", type=Path, metavar="FILE", help="密钥文件；默认是备份旁边的 IN.keys")
    command.add_argument("--json", action="store_true")
    command = add("doctor", doctor, "体检：有故障时退出码为 1")
    command.add_argument("--systems", action="store_true", help="一百二十二类业务各有哪些台账在用")
    command.add_argument("--compare", type=Path, metavar="OTHER", help="与一份备份或另一个安装目录逐表核对")
    command.add_argument("--json", action="store_true")


def reindex(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.registers.finding.index import reindex as build

    count = build(counting("已编入 {} 条"))
    said_at_last(f"搜索索引已重建，共 {count} 条记录")
    return OK


def rotate_key(arguments: argparse.Namespace) -> int:
    from taizhang.site.home import add_secret, drop_old_secrets

    if not arguments.finish:
        add_secret("fields")
    start_django()
    from taizhang.registers.retention import renew_encryption

    changed = renew_encryption(counting("已查 {} 行"))
    said_at_last(f"已用新密钥重新加密 {changed} 行")
    if arguments.finish:
        drop_old_secrets("fields")
        print("旧密钥已删去；此前的备份仍须用当时的 keys/ 才能打开敏感字段。", file=sys.stderr)
    else:
        print(
            "新旧密钥都在 keys/fields 中。请重启服务和后台进程，再运行 taizhang rotate-key --finish。", file=sys.stderr
        )
    return OK


def backup(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.site.backup import keys_of, write_backup

    manifest = write_backup(arguments.out, by=acting_user(arguments.by), say=_say)
    keys = keys_of(arguments.out)
    if arguments.json:
        print_json({**manifest, "file": str(arguments.out), "keys": str(keys)})
    else:
        rows = sum(table["rows"] for table in manifest["tables"].values())
        print(f"{len(manifest['tables'])} 张表 {rows} 行、{manifest['files']} 个文件 → {arguments.out}")
        print(f"密钥 → {keys}（与备份分开保管；没有它，敏感字段打不开）")
    return OK


def restore(arguments: argparse.Namespace) -> int:
    start_django(migrate=True)
    from taizhang.site.backup import restore_backup

    manifest = restore_backup(arguments.source, keys=arguments.keys, say=_say)
    if arguments.json:
        print_json(manifest)
    else:
        print(f"已恢复到 {manifest['made_at']}，逐表核对相符。启动：taizhang serve")
    return OK


def doctor(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.site.doctor import BAD, examine, systems

    if arguments.compare:
        return _compare(arguments)
    if arguments.systems:
        found = systems()
        if arguments.json:
            print_json(found)
            return OK
        for item in found:
            print(
                "\t".join((item["system"], item["name"], "、".join(item["registers"]) or "—", f"{item['records']} 条"))
            )
        print(f"{sum(bool(item['registers']) for item in found)} 类在用，共 {len(found)} 类", file=sys.stderr)
        return OK
    findings = list(examine())
    print_json([item.as_dict() for item in findings]) if arguments.json else print("\n".join(map(str, findings)))
    return FINDINGS if any(item.level == BAD for item in findings) else OK


def _compare(arguments: argparse.Namespace) -> int:
    from taizhang.site.backup import contents, differences

    found = differences(contents(), _contents_of(arguments.compare))
    if arguments.json:
        print_json([{"table": item.table, "here": item.here, "there": item.there} for item in found])
    else:
        print("\n".join(map(str, found)) or "逐表核对，完全相同")
    return FINDINGS if found else OK


def _contents_of(other: Path) -> dict[str, Any]:
    """The tables of a backup, or of another installation, which is asked in a process of its own."""
    from taizhang.site.backup import read_manifest

    if not other.is_dir():
        tables: dict[str, Any] = read_manifest(other)["tables"]
        return tables
    code = (
        "import json; from taizhang.cli.shared import start_django; start_django(); "
        "from taizhang.site.backup import contents; print(json.dumps(contents()))"
    )
    environment = {**os.environ, "TAIZHANG_HOME": str(other), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem("CLI-020", f"{other} 读不出来", remedy="核对它是不是一套安装的目录，版本是否与这里相同")
    other_tables: dict[str, Any] = json.loads(done.stdout)
    return other_tables


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
