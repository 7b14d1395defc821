"""Boards for people: every school of a unit against a standard, for a period, with what is balanced and what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import ResourceDef, SchoolsDef, StandardDef
from taizhang.indicators.scope import Scope
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.org.kinds import SCHOOL
from taizhang.org.models import Unit, User
from taizhang.org.policy import visible_units
from taizhang.org.queries import below, default_unit_for, get_unit_for, open_on
from taizhang.standards.models import Scenario
from taizhang.standards.schools import Part, divided, evaluated, mixed_rule, read_parts
from taizhang.standards.verdicts import FAILED, MET, TOLERATED, UNKNOWN, Line, Spread, judge, spread_of
from taizhang.warehouse.projection import Build, refresh
from taizhang.warehouse.queries import period_codes

PERIODS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Filed:
    """How many schools stand behind a board: those with data, of those that owe it; ``missing`` names the others."""

    units: int
    expected: int
    missing: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.units}/{self.expected}"


@dataclass(frozen=True, slots=True)
class Board:
    """A standard applied to the schools of a unit in a period. ``day`` is the day whose limits hold."""

    standard: StandardDef
    schools: SchoolsDef
    unit: Unit
    period: Period
    build: Build
    parts: tuple[Part, ...]
    lines: tuple[Line, ...]
    spreads: tuple[Spread, ...]
    filed: Filed

    @property
    def day(self) -> date:
        return self.period.start

    @property
    def stages(self) -> list[str]:
        """The standard's stages that have schools here."""
        present = {line.part.stage for line in self.lines}
        return [stage for stage in self.schools.stages if stage in present]

    def count(self, state: str, stage: str = "") -> int:
        return sum(line.state == state and stage in ("", line.part.stage) for line in self.lines)

    def passed(self, stage: str = "") -> int:
        return self.count(MET, stage) + self.count(TOLERATED, stage)

    def total(self, stage: str = "") -> int:
        return sum(stage in ("", line.part.stage) for line in self.lines)

    @property
    def judges_schools(self) -> bool:
        """Whether the standard has limits for single schools at all."""
        return any(line.asked for line in self.lines)

    @property
    def unbalanced(self) -> list[Spread]:
        return [spread for spread in self.spreads if spread.met is False]

    @property
    def state(self) -> str:
        """The worst of what the board says."""
        if self.count(FAILED) or self.unbalanced:
            return FAILED
        return UNKNOWN if self.count(UNKNOWN) or not self.lines else MET

    def as_dict(self) -> dict[str, Any]:
        """The contract of ``taizhang standard --json``: values as they are compared, unrounded."""
        return {
            "standard": self.standard.code, "unit": self.unit.code, "period": self.period.code, "state": self.state,
            "filed": self.filed.units, "expected": self.filed.expected, "missing": list(self.filed.missing), "build": self.build.build,
            "schools": [
                {
                    "unit": line.part.code, "name": line.part.name, "stage": line.part.stage, "state": line.state, "met": line.met,
                    "asked": line.asked, "gaps": line.gaps,
                    "values": {cell.resource.indicator: _float(cell.value) for cell in line.cells},
                }
                for line in self.lines
            ],
            "spreads": [
                {"indicator": item.resource.indicator, "stage": item.stage, "mean": _float(item.mean), "deviation": _float(item.deviation),
                 "cv": _float(item.cv), "limit": item.limit.at_most if item.limit else None, "met": item.met}
                for item in self.spreads
            ],
        }  # fmt: skip

    def spread(self, indicator: str, stage: str) -> Spread | None:
        return next(
            (item for item in self.spreads if (item.resource.indicator, item.stage) == (indicator, stage)), None
        )


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def standards_shown() -> list[StandardDef]:
    """The standards that have pages: those that look at schools or have items."""
    return [item for item in catalog().standards.values() if item.schools or item.items]


def get_standard(key: str) -> StandardDef:
    """A standard that has pages. Raises NotFound."""
    found = catalog().standard(key)
    if not found.schools and not found.items:
        raise NotFound("STD-010", f"“{found.name}”只有标准值，没有逐校评估", remedy="在指标页查看它的标准")
    return found


def board_for(
    user: User,
    standard: str,
    unit: str | Unit | None = None,
    period: str | Period | None = None,
    build: Build | None = None,
) -> Board:
    """The board of one unit (the person's top one when left out) and period (the newest one with data); several boards of
    one page are read from one ``build``.

    Raises NotFound for a standard that does not look at schools and a unit that the person may not look at.
    """
    declared = get_standard(standard)
    if declared.schools is None:
        raise NotFound("STD-011", f"“{declared.name}”不逐校评估", remedy="查看它的评估项目")
    at, read = unit_for(user, unit), build or refresh()
    return make_board(declared, at, _period(declared.schools, period, read), read)


def unit_for(user: User, unit: str | Unit | None) -> Unit:
    """A unit whose figures the person may look at, as for indicators. Raises NotFound."""
    at = unit if isinstance(unit, Unit) else get_unit_for(user, unit) if unit else default_unit_for(user)
    if not visible_units(user).holds(at):
        raise NotFound("ORG-003", f"没有单位“{at.name}”", remedy="您的岗位看不到这个单位的数字")
    return at


def history_for(user: User, standard: str, unit: str | Unit | None = None) -> list[Board]:
    """The boards of the periods with data, oldest first, all of one build. One statement a period and one for coverage."""
    declared = get_standard(standard)
    if declared.schools is None:
        raise NotFound("STD-011", f"“{declared.name}”不逐校评估", remedy="查看它的评估项目")
    at, build = unit_for(user, unit), refresh()
    return [make_board(declared, at, period, build) for period in reversed(periods_with_data(declared.schools, build))]


def periods_with_data(schools: SchoolsDef, build: Build) -> list[Period]:
    """The periods that the standard's register holds, newest first."""
    return [Period.parse(code) for code in period_codes(build, schools.register_code)][:PERIODS_SHOWN]


def make_board(standard: StandardDef, unit: Unit, period: Period, build: Build) -> Board:
    """The board of a unit whoever asks: the caller has made sure that they may."""
    assert standard.schools is not None
    parts = read_parts(standard, Scope(unit.path, period), build)
    return judged_board(standard, unit, period, build, parts, filed_by(standard, unit, period, build, parts))


def judged_board(
    standard: StandardDef, unit: Unit, period: Period, build: Build, parts: Sequence[Part], filed: Filed
) -> Board:
    """The verdicts on parts, as they were filed or as somebody imagines them."""
    schools = standard.schools
    assert schools is not None
    day, shown = period.start, evaluated(divided(parts, schools, period.start), schools)
    lines = tuple(judge(part, standard, schools, day, unit.code) for part in shown)
    spreads = [
        spread_of(shown, resource, stage, standard, day, unit.code)
        for stage in schools.stages
        for resource in schools.resources
        if resource.spread and unit.level != SCHOOL
    ]
    return Board(
        standard, schools, unit, period, build, tuple(parts), lines, tuple(item for item in spreads if item), filed
    )


def filed_by(standard: StandardDef, unit: Unit, period: Period, build: Build, parts: Sequence[Part]) -> Filed:
    """Who has data, of these and of those that had data a year before and still exist."""
    assert standard.schools is not None
    schools = standard.schools
    present = {part.unit for part in parts if part.stage in schools.stages}
    before = read_parts(standard, Scope(unit.path, period.last_year()), build)
    owing = {part.unit: part.name for part in before if part.stage in schools.stages and part.unit not in present}
    still = open_on(below(unit).filter(pk__in=owing), min(period.end, timezone.localdate())) if owing else ()
    missing = tuple(owing[gone.pk] for gone in still)
    return Filed(len(present), len(present) + len(missing), missing)


def composite(board: Board, stage: str) -> Decimal | None:
    """The mean of the stage's coefficients (综合差异系数); None when one of them is missing."""
    wanted = [item for item in board.schools.resources if item.spread]
    found = [board.spread(item.indicator, stage) for item in wanted]
    known = [item.cv for item in found if item is not None]
    return sum(known, Decimal(0)) / len(known) if known and len(known) == len(wanted) else None


def failing_resources(board: Board) -> Counter[str]:
    """How many schools miss each resource's limit, by indicator."""
    return Counter(cell.resource.indicator for line in board.lines for cell in line.cells if cell.met is False)


def title_of(resource: ResourceDef) -> str:
    return catalog().indicator(resource.indicator).title


def divided_by_weights(board: Board) -> str:
    """How mixed schools were divided, in words; nothing when they were not."""
    rule = mixed_rule(board.schools, board.day)
    if rule is None or not any(item.shared for item in board.schools.resources):
        return ""
    return "、".join(f"{stage} {weight:g}" for stage, weight in rule.weights.items())


def _period(schools: SchoolsDef, period: str | Period | None, build: Build) -> Period:
    if isinstance(period, Period):
        return period
    if period:
        return Period.parse(period)
    codes = period_codes(build, schools.register_code)
    if not codes:
        register = catalog().register(schools.register_code)
        raise Problem("STD-012", f"“{register.name}”还没有数据", remedy=f"先填报或导入“{register.name}”")
    return Period.parse(codes[0])


def scenarios_of(board: Board) -> list[Scenario]:
    """The kept scenarios of a board; the board was fetched for whoever asks."""
    found = Scenario.objects.filter(standard_code=board.standard.code, unit=board.unit, period=board.period.code)
    return list(found.select_related("made_by", "unit"))


def get_scenario_for(user: User, scenario_id: int) -> Scenario:
    """A scenario of a unit whose figures the person may look at. Raises NotFound."""
    found = Scenario.objects.select_related("unit", "made_by").filter(pk=scenario_id).first()
    if found is None or not visible_units(user).holds(found.unit):
        raise NotFound("STD-013", "没有这个方案", remedy="到标准的模拟页查看方案")
    return found
