"""Whom a ladder, a letter or a comment means, as people who hold the post today and may see the record."""

from __future__ import annotations

from collections.abc import Iterable

from taizhang.catalog.schema import RegisterDef
from taizhang.org.kinds import BUREAU, SECTION
from taizhang.org.models import Unit, User
from taizhang.org.notices import holders_of
from taizhang.registers.models import Record
from taizhang.registers.policy import reach_of


def unit_named(register: RegisterDef, record: Record, to: str) -> Unit | None:
    """The unit behind 责任单位, 上级单位, 主管科室; None for a post."""
    if to == "责任单位":
        return record.unit
    if to == "上级单位":
        return record.unit.parent
    if to == "主管科室":
        return Unit.objects.filter(level=SECTION, name=register.owner).first()
    return None


def people_named(register: RegisterDef, record: Record, to: Iterable[str]) -> list[User]:
    """The people addressed, each once. Who may not see the record is not told of it."""
    found: dict[User, None] = {}
    for word in to:
        unit = unit_named(register, record, word)
        is_place = unit is not None or word in ("责任单位", "上级单位", "主管科室")
        people = holders_of(unit) if unit is not None else [] if is_place else holders_of(None, word)
        found.update(dict.fromkeys(people))
    return [user for user in found if reach_of(user, register, "see").holds(record.unit)]


def bureau_of(record: Record) -> Unit | None:
    """The bureau in whose county the record's unit lies."""
    above = Unit.objects.filter(id__in=record.unit.path.strip("/").split("/"), level=BUREAU)
    return above.order_by("-path").first()
