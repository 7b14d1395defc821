"""What the ledger holds already: the old value shown beside a field, and the guard against asking twice.

Two fields mean the same when they bear the same name (DESIGN §4: a name is its thing's key everywhere) and the same type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.collections.models import Round
from taizhang.registers.fields import Field, Scalar
from taizhang.registers.models import Record
from taizhang.registers.policy import reach_of

BATCH = 500
Key = tuple[int, str]  # unit id, dimension key


def asked_fields(plan: Blueprint) -> list[Field]:
    """The fields that a return asks for: what people fill in, but dimensions (they name the row) and files."""
    return [item for item in plan.writable() if item.type != "file" and item.name not in plan.register.dimensions]


@dataclass(frozen=True, slots=True)
class Old:
    """A value that is known before anybody types: ``origin`` is ledger | held | last, ``where`` says so in words."""

    stored: Scalar
    origin: str
    where: str
    at: datetime


@dataclass(slots=True)
class Known:
    """What is known of the units of one round, read in a constant number of queries."""

    current: dict[Key, Record] = field(default_factory=dict)
    last: dict[Key, Record] = field(default_factory=dict)
    others: dict[Key, list[tuple[Blueprint, Record]]] = field(default_factory=lambda: defaultdict(list))

    def keys_of(self, unit: int) -> list[str]:
        """The rows that a unit has filed before."""
        return sorted({key for table in (self.current, self.last) for owner, key in table if owner == unit})

    def old(self, plan: Blueprint, unit: int, key: str, item: Field) -> Old | None:
        """The best known value of a cell: this period's own record, another register's, last period's."""
        name = item.name
        record = self.current.get((unit, key))
        if record is not None and record.data.get(name) is not None:
            return Old(record.data[name], "ledger", "本期台账", record.updated_at)
        if not item.definition.sensitive:
            for other, held in self.others.get((unit, key), ()):
                if held.data.get(name) is not None and _same(other, item):
                    where = f"{other.register.name} {Period.parse(held.period).label}"
                    return Old(held.data[name], "held", where, held.updated_at)
        record = self.last.get((unit, key))
        if record is not None and record.data.get(name) is not None:
            return Old(record.data[name], "last", Period.parse(record.period).label, record.updated_at)
        return None


def known_for(plan: Blueprint, period: str, units: Iterable[int], user: User | None) -> Known:
    """Read what is known of these units for a round of ``period``."""
    found, ids = Known(), list(units)
    if not plan.is_statistics:
        return found
    others = [blueprint(code) for code in _same_named(plan) if reach_of(user, catalog().register(code), "see")]
    codes = {other.code: Period.parse(period).as_kind(other.register.period or "year").code for other in others}
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        own = Record.objects.filter(register_code=plan.code, unit__in=part).exclude(state_category="void")
        for record in own.filter(period=period).select_related("unit"):
            found.current[record.unit_id, record.dimension_key] = record
        order = Window(RowNumber(), partition_by=[F("unit"), F("dimension_key")], order_by=[F("period").desc()])
        for record in own.filter(period__lt=period).annotate(place=order).filter(place=1):
            found.last[record.unit_id, record.dimension_key] = record
        if not codes:
            continue
        held = Record.objects.filter(register_code__in=codes, period__in=set(codes.values()), unit__in=part).exclude(
            state_category="void"
        )
        for record in held.select_related("unit"):
            other = blueprint(record.register_code)
            if record.period == codes[other.code] and reach_of(user, other.register, "see").holds(record.unit):
                found.others[record.unit_id, record.dimension_key].append((other, record))
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """A field asked although it is there: in how many units' records, of which register and period, how fresh."""

    field: str
    register: RegisterDef
    period: str
    units: int
    newest: datetime


def held_fields(plan: Blueprint, period: str, units: Sequence[Unit]) -> list[Held]:
    """The fields of a coming round that the ledger already holds for that period: the duplicate guard."""
    if not plan.is_statistics:
        return []
    asked = {item.name: item for item in asked_fields(plan)}
    wanted = {unit.pk for unit in units}
    tally: dict[tuple[str, str, str], tuple[set[int], datetime]] = {}
    collected = Round.objects.filter(register_code=plan.code, period=period).exclude(state=Round.CANCELLED).exists()
    for code in [*_same_named(plan), *([plan.code] if collected else [])]:
        other = blueprint(code)
        held_in = Period.parse(period).as_kind(other.register.period or "year").code
        rows = Record.objects.filter(register_code=code, period=held_in).exclude(state_category="void")
        for unit, data, at in rows.values_list("unit_id", "data", "updated_at").iterator(chunk_size=2000):
            if unit in wanted:
                _count(tally, asked, other, held_in, unit, data, at)
    return [
        Held(name, catalog().register(code), held_in, len(having), newest)
        for (name, code, held_in), (having, newest) in sorted(tally.items(), key=lambda item: -len(item[1][0]))
    ]


def _count(
    tally: dict[tuple[str, str, str], tuple[set[int], datetime]],
    asked: dict[str, Field],
    other: Blueprint,
    period: str,
    unit: int,
    data: dict[str, Any],
    at: datetime,
) -> None:
    for name in data:
        if name in asked and data[name] is not None and _same(other, asked[name]):
            having, newest = tally.get((name, other.code, period), (set(), at))
            having.add(unit)
            tally[name, other.code, period] = having, max(newest, at)


def _same(other: Blueprint, item: Field) -> bool:
    there = other.fields.get(item.name)
    return there is not None and there.type == item.type and not there.definition.sensitive


def _same_named(plan: Blueprint) -> list[str]:
    """The other statistics registers that have a field of the same name and type."""
    asked = {item.name: item.type for item in asked_fields(plan)}
    return [
        register.code
        for register in catalog().registers.values()
        if register.kind == "statistics" and register.code != plan.code
        and any(asked.get(item.name) == item.type and not item.sensitive for item in register.fields)
    ]  # fmt: skip
