"""``reindex``, ``rotate-key``: what an operator does now and then."""

from __future__ import annotations

import argparse
import sys

from taizhang.cli.shared import OK, Add, start_django


def commands(add: Add) -> None:
    add("reindex", reindex, "重建搜索索引（升级之后，或单位、人员改名之后）")
    command = add("rotate-key", rotate_key, "更换敏感字段的密钥，并用新密钥重新加密全部敏感字段")
    command.add_argument("--finish", action="store_true", help="重启服务之后运行：补加密期间的新值，删去旧密钥")


def reindex(arguments: argparse.Namespace) -> int:
    start_django()
    from taizhang.registers.finding.index import reindex as build

    count = build(lambda done: print(f"\r已编入 {done} 条", end="", file=sys.stderr))
    print(f"\r搜索索引已重建，共 {count} 条记录", file=sys.stderr)
    return OK


def rotate_key(arguments: argparse.Namespace) -> int:
    from taizhang.site.home import add_secret, drop_old_secrets

    if not arguments.finish:
        add_secret("fields")
    start_django()
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
