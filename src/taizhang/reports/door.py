"""The one door through which a report sees data. The renderer knows this protocol and nothing behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from taizhang.catalog.schema import IndicatorDef, RegisterDef, ThresholdDef
from taizhang.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit as a report names it."""

    code: str
    name: str
    kind: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value as the figures' engine gives it. ``period`` is the code of the period it was read for."""

    value: Decimal | None
    period: str
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    coverage: str = ""
    as_of: str = ""
    build: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLine:
    """A number that a task promises, in the unit as printed (98 with %). ``actual`` is a reported value, if there is
    one; ``indicator`` the code of the indicator that answers for it, at one ``stage`` ('': all) and ``period`` ('': the
    report's). ``value_to`` is the upper end of a range.
    """

    subject: str
    comparator: str
    value: Decimal | None
    measure: str
    text: str = ""
    actual: Decimal | None = None
    indicator: str = ""
    value_to: Decimal | None = None
    stage: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task of the plan as it stood on the report's last day. ``category``: open | late | closed."""

    key: str
    title: str
    chapter: str
    lead: str = ""
    due: date | None = None
    category: str = "open"
    progress: str = ""
    targets: tuple[TargetLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolLine:
    """One school and stage against a standard: the verdict in a word, and what is lacking in a phrase."""

    code: str
    name: str
    stage: str
    word: str
    passed: bool
    gaps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item of a standard: what it asks, what was found, the verdict in a word."""

    code: str
    name: str
    part: str
    requirement: str
    value: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """A standard's schools and items at a unit; ``reading`` tells when and from which build, its value is unused."""

    code: str
    name: str
    reading: Reading
    schools: tuple[SchoolLine, ...]
    items: tuple[ItemLine, ...]


class Sources(Protocol):
    """Where values come from, for the person who writes. ``where`` restricts by dimension or field: {'学段': '小学'}.

    ``day`` is the cut-off: the period's last day, or today when that is earlier.
    """

    day: date

    def indicator(self, key: str) -> IndicatorDef:
        """By code or Chinese name; NotFound with a suggestion otherwise."""
        ...

    def register(self, key: str) -> RegisterDef:
        """By code or Chinese name; NotFound with a suggestion otherwise."""
        ...

    def value(self, indicator: str, unit: UnitRef, period: Period, where: Mapping[str, str]) -> Reading:
        """An indicator's value; ``value`` None when there is none."""
        ...

    def limit(self, indicator: str, stage: str, day: date) -> ThresholdDef | None:
        """The official limit in force on a day."""
        ...

    def tasks(self, unit: UnitRef, period: Period) -> Sequence[TaskLine]:
        """The tasks of the plans of a period, in the plan's order."""
        ...

    def record_count(self, register: str, unit: UnitRef, period: Period, where: Mapping[str, str]) -> Reading:
        """How many records of a register fall into a period; void ones are left out."""
        ...

    def units(self, below: UnitRef, kind: str, day: date) -> Sequence[UnitRef]:
        """The units of a level or kind (学校, 学区, 小学 …) under a unit that exist on a day, in the tree's order."""
        ...

    def compliance(self, standard: str, unit: UnitRef, period: Period) -> Compliance:
        """How a unit's schools and items stand against a standard, at the newest return behind ``period``."""
        ...
