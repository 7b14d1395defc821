"""Every change of units, people and posts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.events.actions import record, record_many
from taizhang.kernel.errors import Problem, Problems
from taizhang.kernel.tables import Table, as_date
from taizhang.org.codes import require_code, require_new_code
from taizhang.org.kinds import KINDS
from taizhang.org.models import Post, Unit, User
from taizhang.org.tree import place_unit

UNIT_COLUMNS = ("编码", "名称", "类型", "上级编码", "启用日期", "停用日期")
PEOPLE_COLUMNS = ("姓名", "账号", "单位编码", "岗位", "起始日期")
_UNIT_FIELDS = {"名称": "name", "类型": "kind", "办学性质": "ownership", "城乡": "locality"}


@dataclass(slots=True)
class Loaded:
    """What an import did: counts, and the rows that were refused (row number, field, message)."""

    read: int = 0
    created: int = 0
    updated: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def load_units(*, table: Table, by: User | None) -> Loaded:
    """Create or update the units of a table; all rows or none. Raises Problems that name row, column and remedy.

    Rows may come in any order. A unit keeps its code; name, kind, parent and dates follow the table.
    """
    _need_columns(table, UNIT_COLUMNS[:4])
    units = {unit.code: unit for unit in Unit.objects.all()}
    loaded, problems, rows = Loaded(), [], dict[str, tuple[int, dict[str, Any]]]()
    for number, row in table.dicts():
        loaded.read += 1
        code = str(row.get("编码") or "").strip()
        try:
            _check_unit_row(code, row, rows)
            if by is not None and code not in units:  # the installation itself may carry over what another system held
                require_new_code(code, str(row["类型"]))
            rows[code] = number, row
        except Problem as wrong:
            problems.append(_at(table, number, wrong))
    known = units.keys() | rows.keys()
    for number, row in rows.values():
        for column in ("上级编码", "并入"):
            if row.get(column) and str(row[column]) not in known:
                problems.append(
                    _at(
                        table,
                        number,
                        Problem("ORG-021", f"“{column}”{row[column]} 不存在", remedy="先列出该单位，或改正编码"),
                    )
                )
    if problems:
        raise Problems(problems)
    events = []
    for order, code in enumerate(_parents_first(rows, table)):
        number, row = rows[code]
        unit = units.get(code)
        made = unit is None
        unit = units[code] = _apply_unit_row(unit or Unit(code=code), row, units, order)
        loaded.created, loaded.updated = loaded.created + made, loaded.updated + (not made)
        events.append(("org.unit.created" if made else "org.unit.updated", f"unit:{unit.pk}", unit.name, "", "", {}))
    for code, (_, row) in rows.items():
        if row.get("并入"):
            units[code].merged_into = units[str(row["并入"])]
            units[code].save(update_fields=["merged_into"])
    record_many(events, by=by)
    return loaded


def _check_unit_row(code: str, row: dict[str, Any], seen: dict[str, Any]) -> None:
    if not code:
        raise Problem("ORG-020", "“编码”为空", remedy="每个单位须有唯一的编码，学校用10位标识码")
    require_code(code)
    if code in seen:
        raise Problem("ORG-022", f"编码 {code} 出现了两次", remedy="删去重复的一行")
    if not row.get("名称"):
        raise Problem("ORG-023", "“名称”为空", remedy="填写单位全称")
    if row.get("类型") not in KINDS:
        raise Problem("ORG-024", f"“类型”不能是“{row.get('类型') or '空'}”", remedy="可用：" + "、".join(KINDS))
    for column in ("启用日期", "停用日期"):
        try:
            as_date(row.get(column))
        except ValueError as wrong:
            raise Problem("ORG-025", f"“{column}”{row[column]} 不是日期", remedy="写成 2025-09-01") from wrong


def _parents_first(rows: dict[str, tuple[int, dict[str, Any]]], table: Table) -> list[str]:
    """The codes in an order in which each parent is made before its children. Raises Problem on a circle."""
    ordered: dict[str, None] = {}

    def place(code: str, trail: tuple[str, ...]) -> None:
        if code in ordered or code not in rows:
            return
        if code in trail:
            raise _at(table, rows[code][0], Problem("ORG-026", "上级单位绕成了圈", remedy="改正“上级编码”"))
        place(str(rows[code][1].get("上级编码") or ""), (*trail, code))
        ordered[code] = None

    for code in rows:
        place(code, ())
    return list(ordered)


def _apply_unit_row(unit: Unit, row: dict[str, Any], units: dict[str, Unit], order: int) -> Unit:
    for column, attribute in _UNIT_FIELDS.items():
        if column in row:
            setattr(unit, attribute, row[column] or "")
    unit.level = Unit.level_for(unit.kind)
    unit.opened_on = as_date(row.get("启用日期")) or unit.opened_on or date(2000, 1, 1)
    unit.closed_on = as_date(row.get("停用日期"))
    unit.order = order
    unit.save()
    for below in place_unit(unit, units.get(str(row.get("上级编码") or ""))):
        units[below.code].path = below.path  # a later row may hang a unit under it
    return unit


@transaction.atomic
def load_people(*, table: Table, by: User | None, password: str | None = None, must_change: bool = True) -> Loaded:
    """Create accounts and posts from a table; all rows or none.

    ``password`` is given to accounts that are made (they must change it at first login); without it they cannot log in
    until an administrator sets one. Raises Problems that name row and remedy.
    """
    _need_columns(table, PEOPLE_COLUMNS[:4])
    units = {unit.code: unit for unit in Unit.objects.all()}
    users = {user.username: user for user in User.objects.all()}
    roles = catalog().roles
    # Hashing is slow on purpose; one initial password needs one hash, not one per school.
    hashed = make_password(password)
    loaded, problems = Loaded(), []
    for number, row in table.dicts():
        loaded.read += 1
        try:
            unit, role, since = _check_person_row(row, units, roles)
        except Problem as wrong:
            problems.append(_at(table, number, wrong))
            continue
        username = str(row["账号"])
        made = username not in users
        if made:
            users[username] = _add_user(
                User(
                    username=username, name=str(row["姓名"]), phone=str(row.get("电话") or ""), password=hashed,
                    must_change_password=bool(password) and must_change,
                ),
                by,
            )  # fmt: skip
        assign_post(user=users[username], unit=unit, role=role, since=since, by=by)
        loaded.created, loaded.updated = loaded.created + made, loaded.updated + (not made)
    if problems:
        raise Problems(problems)
    return loaded


def _check_person_row(row: dict[str, Any], units: dict[str, Unit], roles: Iterable[str]) -> tuple[Unit, str, date]:
    for column in PEOPLE_COLUMNS[:4]:
        if not row.get(column):
            raise Problem("ORG-030", f"“{column}”为空", remedy=f"填写{column}")
    if str(row["单位编码"]) not in units:
        raise Problem("ORG-021", f"单位编码 {row['单位编码']} 不存在", remedy="先导入单位，或改正编码")
    if row["岗位"] not in roles:
        raise Problem("ORG-031", f"没有岗位“{row['岗位']}”", remedy="可用：" + "、".join(roles))
    try:
        since = as_date(row.get("起始日期")) or timezone.localdate()
    except ValueError as wrong:
        raise Problem("ORG-025", f"“起始日期”{row['起始日期']} 不是日期", remedy="写成 2025-09-01") from wrong
    return units[str(row["单位编码"])], str(row["岗位"]), since


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    by: User | None,
    phone: str = "",
    password: str | None = None,
    must_change: bool = True,
    superuser: bool = False,
) -> User:
    """Make an account. A given password must be changed at first login, unless ``must_change`` says otherwise."""
    user = User(
        username=username, name=name, phone=phone, password=make_password(password),
        must_change_password=bool(password) and must_change, is_superuser=superuser, is_staff=superuser,
    )  # fmt: skip
    return _add_user(user, by)


def _add_user(user: User, by: User | None) -> User:
    user.save(force_insert=True)
    record("org.user.created", by=by, subject=f"user:{user.pk}", label=user.name)
    return user


@transaction.atomic
def assign_post(*, user: User, unit: Unit, role: str, since: date, by: User | None) -> Post:
    """Give a person a post; the same post again changes nothing."""
    post, made = Post.objects.get_or_create(user=user, unit=unit, role=role, since=since)
    if made:
        record("org.post.assigned", by=by, subject=f"user:{user.pk}", label=str(post), unit_code=unit.code, role=role)
    return post


@transaction.atomic
def change_password(*, user: User, password: str, by: User | None) -> User:
    """Set a password; the person need not change it again."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record("org.user.password_changed", by=by, subject=f"user:{user.pk}", label=user.name)
    return user


def _need_columns(table: Table, columns: Iterable[str]) -> None:
    missing = [column for column in columns if column not in table.header]
    if missing:
        raise Problem(
            "ORG-040", f"缺少列：{'、'.join(missing)}", where=f"{table.name} 第{table.header_row}行",
            remedy=f"表头须有 {'、'.join(columns)}",
        )  # fmt: skip


def _at(table: Table, number: int, problem: Problem) -> Problem:
    return type(problem)(problem.code, problem.message, where=f"{table.name} 第{number}行", remedy=problem.remedy)
