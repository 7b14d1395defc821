"""Records under a record: the findings of a visit, the stages of a project."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.org.models import User
from taizhang.registers import pages
from taizhang.registers.blueprint import blueprint
from taizhang.registers.lookups import key_of
from taizhang.registers.models import Record
from taizhang.registers.policy import may, reach_of
from taizhang.registers.queries import OPEN, visible_records

SHOWN = 50


def registers_under(register: RegisterDef) -> list[RegisterDef]:
    """The registers whose records lie under records of this one."""
    found = []
    for item in catalog().registers.values():
        link = item.field(item.parent) if item.parent else None
        if link is not None and link.register_code == register.code:
            found.append(item)
    return found


def children_for(user: User | None, record: Record, register: RegisterDef) -> QuerySet[Record]:
    """The records of ``register`` under ``record`` that a person may see: what happened newest first, what is kept (the
    milestones of a project) in the order in which it was entered."""
    under = visible_records(user, register).filter(links__field=register.parent, links__target_record=record)
    return under.order_by("id" if register.kind == "roster" else "-id")


def refuse_over_children(record: Record, register: RegisterDef, category: str) -> None:
    """Raise Problem when a record would be closed over open records under it, or struck out over any."""
    if category not in ("closed", "void"):
        return
    for below in registers_under(register):
        under = Record.objects.filter(
            register_code=below.code, links__field=below.parent, links__target_record=record
        ).exclude(state_category="void")
        left = under.count() if category == "void" else under.filter(state_category__in=OPEN).count()
        if left:
            remedy = "先逐条办结" if category == "closed" else "先作废下面的记录"
            raise Problem(
                "REG-037",
                f"下面还有 {left} 条“{below.name}”{'未办结' if category == 'closed' else ''}",
                where=below.name,
                remedy=remedy,
            )


def panels(user: User, record: Record, register: RegisterDef, today: date) -> list[dict[str, Any]]:
    """What the page of a record shows of those under it: a table for each register that the person may see."""
    found = []
    for below in registers_under(register):
        if not may(user, below, "see"):
            continue
        plan = blueprint(below.code)
        rows = list(children_for(user, record, below)[: SHOWN + 1])
        names = [name for name in pages.columns_of(plan, ()) if name != below.parent]
        empty = (f"还没有{plan.register.label or below.name}", "")
        may_add = record.state_category in OPEN and reach_of(user, below, "create").holds(record.unit)
        asked = urlencode({"单位": record.unit.code, str(below.parent): key_of(record)})
        found.append(
            {
                "register": below,
                "table": pages.record_table(plan, rows[:SHOWN], names, user, today, empty),
                "more": len(rows) > SHOWN,
                "all_url": f"{reverse('registers:list', args=[below.code])}?{urlencode({'q': key_of(record)})}",
                "add_url": f"{reverse('registers:new', args=[below.code])}?{asked}" if may_add else "",
            }
        )
    return found
