"""What the commands share: exit statuses, the installation, the acting user, output."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from taizhang.kernel.errors import Problem

OK, FINDINGS, ERROR = 0, 1, 2
Command = Callable[[argparse.Namespace], int]
Add = Callable[..., argparse.ArgumentParser]


def counting(what: str) -> Callable[[int], None]:
    """A running count on one line of the terminal; where nobody watches (a log, a pipe), nothing."""
    if not sys.stderr.isatty():
        return lambda done: None
    return lambda done: print(f"\r{what.format(done)}", end="", file=sys.stderr, flush=True)


def said_at_last(text: str) -> None:
    """The line after a running count."""
    print(f"\r\033[K{text}" if sys.stderr.isatty() else text, file=sys.stderr)


def start_django(*, migrate: bool = False, database: bool = True) -> None:
    """Start Django on the installation; a command that needs a database not yet made says how to make it, one that needs
    none (``database=False``) does not ask."""
    import django
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.site.settings")
    django.setup()
    if migrate:
        call_command("migrate", verbosity=0, interactive=False)
        return
    if not database:
        return
    try:
        made = "catalog_packrelease" in connection.introspection.table_names()
    except DatabaseError as wrong:
        raise Problem("CLI-010", f"数据库连不上：{wrong}", remedy="核对 DATABASE_URL，确认数据库已启动") from wrong
    if not made:
        raise Problem("CLI-011", "这里还没有安装台账", remedy="先运行 taizhang init（或用 TAIZHANG_HOME 指明安装目录）")


def acting_user(name: str | None) -> Any:
    """The acting user; left out, the installation's own account, which sees everything and cannot log in."""
    from taizhang.org.models import User
    from taizhang.org.queries import installation_user

    if not name:
        return installation_user()
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise Problem("CLI-012", f"没有账号“{name}”", remedy="核对 --by 后的账号")
    return user


def report_load(result: Any, arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json({key: getattr(result, key) for key in ("read", "created", "updated", "refused")})
    else:
        print(f"读入 {result.read} 行，新增 {result.created}，更新 {result.updated}，拒收 {len(result.refused)}")
        for item in result.refused[:20]:
            print(f"  第{item['row']}行 {item['field']}：{item['message']}", file=sys.stderr)
        if len(result.refused) > 20:
            print(f"  …… 其余 {len(result.refused) - 20} 行见 --refused 或 --json", file=sys.stderr)
    return FINDINGS if result.refused else OK


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def one_or_list(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def print_json(thing: Any) -> None:
    print(json.dumps(thing, ensure_ascii=False, indent=1, default=str))
