"""What the ledger holds already: the old value shown beside a field, and the guard against asking twice.

Two fields mean the same when they bear the same name (DESIGN §4: a name is its thing's key everywhere) and the same type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.events.prepared import Prepared
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.fields import Field, Scalar
from taizhang.registers.models import Record
from taizhang.registers.policy import reach_of

BATCH = 500
Key = tuple[int, str]  # unit id, dimension key


@dataclass(frozen=True, slots=True)
class Old:
    """A value that is known before anybody types: ``origin`` is ledger | held | last, ``record`` where it stands."""

    stored: Scalar
    origin: str
    record: Record

    @property
    def where(self) -> str:
        """Register and period of the origin in words."""
        label = Period.parse(self.record.period).label
        if self.origin == "held":
            return f"{catalog().register(self.record.register_code).name} {label}"
        return label


@dataclass(slots=True)
class Known:
    """What is known of the units of one round, read in a constant number of queries."""

    current: dict[Key, Record] = field(default_factory=dict)
    last: dict[Key, Record] = field(default_factory=dict)
    others: dict[Key, list[tuple[Blueprint, Record]]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, table: dict[Key, Record], record: Record) -> None:
        """Take in a record of the round's own register."""
        table[record.unit_id, record.dimension_key] = record
        self.rows[record.unit_id].add(record.dimension_key)

    def keys_of(self, unit: int) -> list[str]:
        """The rows that a unit has filed before."""
        return sorted(self.rows.get(unit, ()))

    def old_row(self, unit: int, key: str, asked: Mapping[str, Field]) -> dict[str, Old]:
        """The best known value of each cell of a row: this period's own record, another register's, last period's."""
        found: dict[str, Old] = {}
        for origin, record, values in self._layers(unit, key, asked):
            found |= {name: Old(value, origin, record) for name, value in values.items()}
        return found

    def values(self, unit: int, key: str, asked: Mapping[str, Field]) -> dict[str, Scalar]:
        """The best known values of a row alone, without where they stand: all that a submission looks at."""
        found: dict[str, Scalar] = {}
        for _, _, values in self._layers(unit, key, asked):
            found |= values
        return found

    def _layers(
        self, unit: int, key: str, asked: Mapping[str, Field]
    ) -> Iterator[tuple[str, Record, dict[str, Scalar]]]:
        """(origin, record, its values) of a row, the best last."""
        if (record := self.last.get((unit, key))) is not None:
            yield "last", record, _values(asked, record)
        for other, record in self.others.get((unit, key), ()):
            same = {name: item for name, item in asked.items() if not item.definition.sensitive and _same(other, item)}
            yield "held", record, _values(same, record)
        if (record := self.current.get((unit, key))) is not None:
            yield "ledger", record, _values(asked, record)


def _values(asked: Mapping[str, Field], record: Record) -> dict[str, Scalar]:
    return {name: value for name, value in record.data.items() if value is not None and name in asked}


def known_for(plan: Blueprint, period: str, units: Iterable[int], user: User | None) -> Known:
    """Read what is known of these units for a round of ``period``."""
    found, ids = Known(), list(units)
    if not plan.is_statistics:
        return found
    others = [blueprint(code) for code in _same_named(plan) if reach_of(user, catalog().register(code), "see")]
    codes = {other.code: Period.parse(period).as_kind(other.register.period or "year").code for other in others}
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        _read_own(found, plan, period, part)
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


@Prepared
def _of_unit(code: str, unit: int, period: str, last: str) -> QuerySet[Record]:
    of_two = Q(period=period) | Q(period=last)
    return Record.objects.filter(of_two, register_code=code, unit=unit).exclude(state_category="void")


def _read_own(found: Known, plan: Blueprint, period: str, units: list[int]) -> None:
    """This period's and last period's records; for units without one last period, the newest before it by row."""
    last = Period.parse(period).previous().code
    # One return at a time is what schools fill in.
    if len(units) == 1:
        records: Iterable[Record] = _of_unit(plan.code, units[0], period, last)
    else:
        records = _own(plan).filter(unit__in=units, period__in=(period, last))
    for record in records:
        found.add(found.current if record.period == period else found.last, record)
    having = {unit for unit, _ in found.last}
    if older := [unit for unit in units if unit not in having]:
        order = Window(RowNumber(), partition_by=[F("unit"), F("dimension_key")], order_by=[F("period").desc()])
        for record in _own(plan).filter(unit__in=older, period__lt=period).annotate(place=order).filter(place=1):
            found.add(found.last, record)


def _own(plan: Blueprint) -> QuerySet[Record]:
    return Record.objects.filter(register_code=plan.code).exclude(state_category="void")


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
    asked, wanted = plan.asked, {unit.pk for unit in units}
    tally: dict[tuple[str, str, str], tuple[set[int], datetime]] = {}
    for code in [*_same_named(plan), plan.code]:
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


@lru_cache(maxsize=256)  # a blueprint is of one catalogue
def _same_named(plan: Blueprint) -> list[str]:
    """The other statistics registers that have a field of the same name and type."""
    asked = {item.name: item.type for item in plan.asked.values()}
    return [
        register.code
        for register in catalog().registers.values()
        if register.kind == "statistics" and register.code != plan.code
        and any(asked.get(item.name) == item.type and not item.sensitive for item in register.fields)
    ]  # fmt: skip
