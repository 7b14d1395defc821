"""What the pages of a register show: tables, facts, timelines, made from records for the parts of the ui."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.periods import Period
from taizhang.org.models import User
from taizhang.registers import policy
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.fields import Field
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record
from taizhang.registers.queries import OPEN, SHARED
from taizhang.ui.tables import Column, Row, Table

KINDS = {"integer": "number", "decimal": "number", "money": "money", "percent": "percent", "date": "date"}
ALWAYS = ("编号", "单位", "期间", "状态", "到期")
LONG_CELL = 40


def shared_columns(register: RegisterDef) -> list[str]:
    """The shared columns that say something in this register."""
    found = ["单位", "期间"] if register.kind == "statistics" else ["编号" if register.number else "标题", "单位"]
    if len(register.lifecycle.states) > 2:
        found.append("状态")
    if register.lifecycle.deadlines:
        found.append("到期")
    return found


def columns_of(plan: Blueprint, chosen: Sequence[str]) -> list[str]:
    """The columns of a list: the key, what the person chose (else the pack's), the state."""
    shared = shared_columns(plan.register)
    wanted = [name for name in (chosen or plan.register.list_columns) if name in plan.fields or name in SHARED]
    dimensions = [name for name in plan.register.dimensions if name not in wanted]
    middle = [name for name in [*dimensions, *wanted] if name not in shared]
    return [
        *[name for name in shared if name not in ("状态", "到期")],
        *middle,
        *[n for n in ("到期", "状态") if n in shared],
    ]


def record_table(
    plan: Blueprint,
    records: Sequence[Record],
    names: Sequence[str],
    user: User,
    today: date,
    empty: tuple[str, str],
    *,
    selectable: bool = False,
) -> Table:
    """A page of records as a table; ``selectable`` gives each row a box."""
    lookup = DbLookup(user).preload(records)
    sortable = {field.name for field in plan.indexed() if not field.definition.sensitive} | SHARED.keys()
    columns = [_column(plan, name, name if name in sortable else "") for name in names]
    rows = []
    for record in records:
        data = plan.with_computed(record, today, lookup)
        late = record.due_on is not None and record.due_on < today and record.state_category in OPEN
        cells = [_shared(record, name) if name in SHARED else _cell(plan, name, data, lookup) for name in names]
        rows.append(Row(cells, reverse("registers:record", args=[record.pk]), str(record.pk), "late" if late else ""))
    return Table(columns, rows, plan.register.name, empty[0], empty[1], selectable=selectable)


def _column(plan: Blueprint, name: str, sort: str) -> Column:
    if name in SHARED:
        kind = {"状态": "state", "到期": "due", "日期": "date", "更新时间": "date"}.get(name, "text")
        return Column(name, kind, sort=sort)
    field = plan.fields[name]
    kind = "text" if field.definition.sensitive else KINDS.get(field.type, "text")
    return Column(field.definition.title, kind, field.unit, field.definition.decimals, sort, field.definition.help)


def _shared(record: Record, name: str) -> Any:
    made = {
        "编号": lambda: record.number or f"#{record.pk}",
        "标题": lambda: record.title or f"#{record.pk}",
        "单位": lambda: record.unit.name,
        "期间": lambda: Period.parse(record.period).label if record.period else "",
        "状态": lambda: (record.state, record.state_category),
        "日期": lambda: record.dated_on,
        "到期": lambda: (record.due_on, record.state_category not in OPEN),
        "更新时间": lambda: record.updated_at,
    }
    return made[name]()


def _cell(plan: Blueprint, name: str, data: dict[str, Any], lookup: DbLookup) -> Any:
    field, stored = plan.fields[name], data.get(name)
    if stored is None:
        return None
    if not field.definition.sensitive and field.type in KINDS:
        return field.value(stored)
    text = plan.shown(name, data, lookup)
    return text if len(text) <= LONG_CELL else text[:LONG_CELL] + "…"


def sections_of(
    plan: Blueprint, record: Record, user: User, today: date, previous: Record | None, revealed: dict[str, str]
) -> list[dict[str, Any]]:
    """[{title, facts}] of a record: every field with a value or an open question, computed ones as of today."""
    lookup = DbLookup(user).preload([record])
    data = plan.with_computed(record, today, lookup)
    may_reveal = policy.may_reveal(user, plan.register, record)
    hidden = plan.register.lifecycle.rules_in(record.state).hidden
    groups: dict[str, list[dict[str, Any]]] = {title: [] for title in plan.register.sections}
    for field in plan.fields.values():
        if field.type == "file" or (field.name in hidden and data.get(field.name) is None):
            continue
        fact = _fact(plan, field, data, lookup)
        if previous is not None and field.name in previous.data and not field.definition.sensitive:
            fact["help"] = f"{Period.parse(previous.period).label}：{plan.shown(field.name, previous.data, lookup)}"
        if field.name in revealed:
            fact["value"] = revealed[field.name]
        elif field.definition.sensitive and data.get(field.name) is not None:
            fact["reveal"] = may_reveal
        groups.setdefault(field.definition.section or "其他", []).append(fact)
    found = [{"title": title, "facts": facts} for title, facts in groups.items() if facts]
    if len(found) == 1:
        found[0]["title"] = ""
    return found


def _fact(plan: Blueprint, field: Field, data: dict[str, Any], lookup: DbLookup) -> dict[str, Any]:
    stored = data.get(field.name)
    unit = field.unit if field.type != "percent" else ""
    value = "" if stored is None else plan.shown(field.name, data, lookup)
    return {
        "name": field.name,
        "label": field.definition.title,
        "value": f"{value} {unit}".strip() if value else "",
        "wide": field.type == "long_text",
        "computed": field.is_computed,
    }


def warnings_of(plan: Blueprint, record: Record, today: date) -> list[dict[str, str]]:
    """The checks that a record does not meet now: a rule may have come after the record."""
    values = plan.values(record, record.data)
    plan.rules.compute(values, today)
    return [
        {"name": check.name, "message": check.message, "level": check.level}
        for check in plan.rules.broken(values, today)
    ]
