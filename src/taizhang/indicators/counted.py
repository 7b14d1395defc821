"""From a record to the figures that it stands behind, and what it adds to each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from sqlglot import exp

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import IndicatorDef, RegisterDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.queries import IndicatorFigure, decimal_of, values_for
from taizhang.indicators.scope import Scope, momentary_in, rows_statement
from taizhang.indicators.target import registers_of
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import evaluate_aggregate, plan_aggregates
from taizhang.kernel.periods import Period
from taizhang.org.models import User
from taizhang.org.policy import visible_units
from taizhang.registers.models import Record
from taizhang.ui.formats import number_text
from taizhang.warehouse.projection import Build, refresh
from taizhang.warehouse.queries import run


@dataclass(frozen=True, slots=True)
class Part:
    """What one record is in one figure. ``numerator``, ``denominator`` and ``value`` are its own; ``told`` is false where the
    formula looks at other periods or units too, so that its own share cannot be told. ``figure`` is its unit's, None for who
    may not look at it."""

    indicator: IndicatorDef
    period: Period
    figure: IndicatorFigure | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    told: bool = True

    @property
    def words(self) -> str:
        """How it counts."""
        if not self.told:
            return "参加计算"
        if self.denominator is not None:
            return f"分子 {number_text(self.numerator)}，分母 {number_text(self.denominator)}"
        return number_text(self.value) if self.value is not None else "所需的数没有填，不计"

    @property
    def counts(self) -> bool:
        """Whether it moves the figure: a condition that it does not meet counts nothing."""
        own = self.denominator if self.denominator is not None else self.value
        return not self.told or bool(own) or bool(self.numerator)


def link_of(user: User, record: Record) -> tuple[str, str] | None:
    """The page of a record's figures, where any indicator reads its register."""
    register = catalog().registers.get(record.register_code)
    if register is None or not _readers(register):
        return None
    return "本条计入的指标", reverse("figures:record", args=[record.pk])


def parts_of(user: User, record: Record) -> list[Part]:
    """The figures that a record, fetched for the person, stands behind: those of its own unit, for the period that it
    belongs to. Void records, and those that no figure reads, give none."""
    build, register = refresh(), catalog().register(record.register_code)
    period = _period_of(record, register, build)
    if period is None:
        return []
    items = [item.on(period.end) for item in _readers(register)]
    shown = visible_units(user).holds(record.unit)
    figures = values_for(user, items, record.unit, period, build=build) if shown else {}
    seen: dict[str, dict[str, Any] | None] = {}
    found = []
    for item in items:
        row = _row(item, register, record, period, build, seen)
        if row is not None:
            found.append(_part(item, register, row, period, figures.get(item.code), build))
    return sorted(found, key=lambda part: (not part.counts, part.indicator.theme))


def _readers(register: RegisterDef) -> list[IndicatorDef]:
    """The indicators whose formula reads a register."""
    return [item for item in catalog().indicators.values() if any(r.code == register.code for r in registers_of(item))]


def _period_of(record: Record, register: RegisterDef, build: Build) -> Period | None:
    """The period of its return; the year of a case; of a roster, in which it stays, this year."""
    if register.kind == "statistics":
        return Period.parse(record.period) if record.period else None
    if register.kind == "roster":
        return Period.of("year", build.today)
    return Period.of("year", record.dated_on) if record.dated_on else None


def _row(
    item: IndicatorDef,
    register: RegisterDef,
    record: Record,
    period: Period,
    build: Build,
    seen: dict[str, dict[str, Any] | None],
) -> dict[str, Any] | None:
    """The record as the formula reads it; None when it takes no part. Formulas that read the same rows ask once."""
    try:
        statement = rows_statement(register, Scope(record.unit.path, period), parsed(item.formula), build)
    except Problem as nothing:
        if nothing.code != "IND-007":
            raise
        return None
    own = exp.EQ(this=exp.column("_record", "r", quoted=True), expression=exp.Literal.number(record.pk))
    statement = statement.where(own)
    text = statement.sql(dialect="duckdb")
    if text not in seen:
        seen[text] = next(iter(run(build, statement)), None)
    return seen[text]


def _part(
    item: IndicatorDef,
    register: RegisterDef,
    row: dict[str, Any],
    period: Period,
    figure: IndicatorFigure | None,
    build: Build,
) -> Part:
    """What the record alone gives. A formula that reads several registers, or other periods and units, cannot be told so."""
    formula, home = parsed(item.formula), item.register_code or ""
    scope = Scope(row["_path"], period)
    plan = plan_aggregates(formula, home, momentary=momentary_in(scope, build.catalog))
    names = {source.register for source in plan.sources}
    if plan.externals or len(names) != 1 or build.catalog.register(next(iter(names))).code != register.code:
        return Part(item, period, figure, told=False)
    alone = evaluate_aggregate(
        formula,
        {next(iter(names)): [row]},
        build.today,
        default_register=home,
        momentary=momentary_in(scope, build.catalog),
    )
    return Part(
        item, period, figure, decimal_of(alone.numerator), decimal_of(alone.denominator), decimal_of(alone.value)
    )
