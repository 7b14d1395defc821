"""Figures for people: by unit and period, by level below, by dimension, down to the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from taizhang.catalog.current import Catalog
from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.engines import Result
from taizhang.indicators.evaluate import NOTHING, evaluate, evaluate_levels, evaluate_many
from taizhang.indicators.scope import WHOLE, Grouping, Key, Scope
from taizhang.indicators.small import held_for
from taizhang.indicators.target import Target, newest_period, no_unit, registers_of, returned_in, target_of, units_in
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import plan_aggregates
from taizhang.kernel.periods import Period
from taizhang.org.kinds import LEVELS, level_of
from taizhang.org.models import Unit, User
from taizhang.org.policy import visible_units
from taizhang.org.queries import below, root_unit
from taizhang.warehouse.projection import Build, refresh
from taizhang.warehouse.queries import period_codes

HELD_BACK = "人数过少，不显示"


@dataclass(frozen=True, slots=True)
class IndicatorFigure:
    """One published-looking number with everything that answers for it. A percent's ``value`` is a ratio."""

    indicator: IndicatorDef
    unit: Unit | None
    period: Period
    group: str | None
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    rows: int
    rows_left_out: int
    units: int
    as_of: datetime
    build: str
    held_back: bool = False
    remark: str = ""

    @property
    def text(self) -> str:
        """The number as pages and papers print it, without its unit; — when there is none."""
        return HELD_BACK if self.held_back else shown(self.value, self.indicator)

    @property
    def coverage(self) -> dict[str, int]:
        return {"rows": self.rows, "rows_left_out": self.rows_left_out, "units": self.units}

    def as_dict(self) -> dict[str, Any]:
        """The contract of ``taizhang value --json`` and of the API."""
        return {
            "indicator": self.indicator.code,
            "name": self.indicator.name,
            "unit": self.unit.code if self.unit else None,
            "unit_name": self.unit.name if self.unit else None,
            "period": self.period.code,
            "group": self.group,
            "value": plain(self.value),
            "text": self.text,
            "measure": self.indicator.unit,
            "numerator": plain(self.numerator),
            "denominator": plain(self.denominator),
            "coverage": self.coverage,
            "held_back": self.held_back,
            "version": self.indicator.version,
            "remark": self.remark,
            "as_of": timezone.localtime(self.as_of).isoformat(timespec="seconds"),
            "build": self.build,
        }

    def __str__(self) -> str:
        place = self.group or (self.unit.name if self.unit else "")
        return f"{place}\t{self.period.label}\t{self.indicator.title}\t{self.text}{self.indicator.unit}"


# Figures with the dimension's value of each; None without one.
Keyed = Sequence[tuple[Any, IndicatorFigure]]


def shown(value: Decimal | None, indicator: IndicatorDef) -> str:
    """A value with the indicator's decimals, rounded half up; a ratio of unit % is shown × 100."""
    if value is None:
        return "—"
    scaled = Decimal(value) * 100 if indicator.unit == "%" else Decimal(value)
    return f"{scaled.quantize(Decimal(1).scaleb(-indicator.decimals), ROUND_HALF_UP):f}"


def value_for(
    user: User | None,
    indicator: str,
    unit: str | Unit | None = None,
    period: str | Period | None = None,
    *,
    engine: str = "duckdb",
    build: str | Build | None = None,
    version: str | None = None,
) -> IndicatorFigure:
    """The figure of one unit (the top one when left out) and period (the newest one with data when left out).

    ``build`` reads a kept build, by its id or its snapshot's name, with the definitions of then, or (a Build) another
    installation's warehouse, which asks for no user. ``version`` computes by another version of the definition than that
    in force when the period closed. Raises NotFound for an
    indicator that does not exist, a build that was not kept and a unit that the person may not look at.
    """
    asked = target_of(user, indicator, unit, period, build, version)
    found = evaluate(asked.indicator, Scope(asked.path, asked.period), asked.build, engine=engine)
    return _let_out(user, [(asked, [(None, _figure(asked, asked.unit, None, found[None]))])])[asked.indicator.code][0]


def trial_value(user: User, indicator: IndicatorDef) -> str:
    """What an indicator that is still being written gives now at the person's top unit, in words. Raises Problem."""
    at, build = root_unit(), refresh()
    if not visible_units(user).holds(at):
        raise no_unit(at)
    when = newest_period(indicator, build)
    asked = Target(indicator, at, at.path, when, build)
    found = evaluate(indicator, Scope(at.path, when), build)[None]
    figure = _let_out(user, [(asked, [(None, _figure(asked, at, None, found))])])[indicator.code][0]
    return f"{at.name} {when.label} {figure.text}{indicator.unit}（{figure.rows} 条记录）"


def values_for(
    user: User,
    indicators: list[IndicatorDef],
    unit: Unit,
    period: Period | None = None,
    *,
    build: Build | None = None,
    on: date | None = None,
) -> dict[str, IndicatorFigure]:
    """The figures of several indicators at one unit, by code, in one pass over each register; all from one build.

    Left out, ``period`` is for each the newest one with data, ``build`` the one in force, ``on`` (the day whose
    versions of the definitions hold) the end of the period.
    """
    if not visible_units(user).holds(unit):
        raise no_unit(unit)
    build = build or refresh()
    by_period: dict[Period, list[IndicatorDef]] = {}
    for item in indicators:
        by_period.setdefault(period or newest_period(item, build), []).append(item)
    figures: dict[str, IndicatorFigure] = {}
    for when, asked in by_period.items():
        items = [item.on(on or when.end) for item in asked]
        found = evaluate_many(items, Scope(unit.path, when), build)
        targets = [Target(item, unit, unit.path, when, build) for item in items]
        made = [(one, [(None, _figure(one, unit, None, found[one.indicator.code]))]) for one in targets]
        figures |= {code: listed[0] for code, listed in _let_out(user, made).items()}
    return figures


def groups_for(
    user: User,
    indicators: Sequence[IndicatorDef],
    unit: Unit,
    period: Period,
    grouping: Grouping,
    *,
    build: Build,
    units: Sequence[Unit] = (),
) -> dict[str, list[IndicatorFigure]]:
    """``levels_for`` by one grouping; ``units`` are those of its level."""
    return levels_for(user, {grouping: indicators}, unit, period, build=build, units={grouping.level: units})[grouping]


def levels_for(
    user: User,
    asked: Mapping[Grouping, Sequence[IndicatorDef]],
    unit: Unit,
    period: Period,
    *,
    build: Build,
    units: Mapping[str, Sequence[Unit]],
) -> dict[Grouping, dict[str, list[IndicatorFigure]]]:
    """The figures of several indicators for each of ``units`` (those of a grouping's level below ``unit``, in their order),
    for each value of a dimension, or for the whole (one figure): by grouping and code, in one pass over each register for
    all groupings. No query of the database. Raises NotFound.
    """
    if not visible_units(user).holds(unit):
        raise no_unit(unit)
    items = {item.code: item.on(period.end) for indicators in asked.values() for item in indicators}
    found = evaluate_levels(list(items.values()), Scope(unit.path, period), build, list(asked))
    figures = {}
    for grouping, indicators in asked.items():
        made: list[tuple[Target, Keyed]] = []
        for item in (items[one.code] for one in indicators):
            one, results = Target(item, unit, unit.path, period, build), found[grouping][item.code]
            made.append((one, _listed(one, grouping, results, units.get(grouping.level, ()))))
        figures[grouping] = _let_out(user, made, grouping.dimension)
    return figures


def _listed(asked: Target, grouping: Grouping, results: Mapping[Key, Result], units: Sequence[Unit]) -> Keyed:
    """The figures of one indicator by one grouping, in order."""
    if grouping == WHOLE:
        return [(None, _figure(asked, asked.unit, None, results.get(None, NOTHING)))]
    if not grouping.dimension:
        return [(None, _figure(asked, one, None, results[one.pk])) for one in units if one.pk in results]
    keys = ordered_keys(asked.indicator, grouping.dimension, results, asked.build.catalog)
    return [(key, _figure(asked, asked.unit, str(key), results[key])) for key in keys]


def ordered_keys(indicator: IndicatorDef, dimension: str, keys: Iterable[Any], whole: Catalog) -> list[Any]:
    """The values of a dimension in the order of its options."""
    fields = (field for register in registers_of(indicator, whole) for field in register.fields)
    field = next((item for item in fields if item.name == dimension), None)
    order = {name: index for index, name in enumerate(whole.options_of(field.options if field else None))}
    return sorted((key for key in keys if key is not None), key=lambda key: (order.get(key, len(order)), str(key)))


def periods_of(indicator: IndicatorDef, back: int = 6) -> list[Period]:
    """The periods that a page offers, newest first: those that a statistics register holds, else this year's and before."""
    build, register = refresh(), returned_in(indicator)
    if register is not None:
        return [Period.parse(code) for code in period_codes(build, register.code)][:back]
    year = Period.of("year", timezone.localdate())
    return [year, year.previous()]


def figures_below(
    user: User | None,
    indicator: str,
    unit: str | Unit | None,
    period: str | Period | None,
    level: str,
    *,
    engine: str = "duckdb",
    build: str | Build | None = None,
    version: str | None = None,
) -> list[IndicatorFigure]:
    """One figure for each unit of a level (学区, 学校 …; "1" and "2": one and two steps down) under a unit that has rows, in
    the tree's order."""
    chosen = level_of(level)
    if chosen is None and not (level.isdecimal() and 0 < int(level) < 10):
        raise Problem(
            "IND-001", f"没有层级“{level}”", remedy="可用：" + "、".join(LEVELS.values()) + "，或往下几级的数（1、2）"
        )
    asked = target_of(user, indicator, unit, period, build, version)
    grouping = Grouping(level=chosen) if chosen else Grouping(depth=asked.path.count("/") - 2 + int(level))
    found = evaluate(asked.indicator, Scope(asked.path, asked.period), asked.build, grouping, engine=engine)
    there = [item for item in _units_below(asked, grouping) if item.pk in found]
    figures = [(None, _figure(asked, item, None, found[item.pk])) for item in there]
    return _let_out(user, [(asked, figures)])[asked.indicator.code]


def figures_by(
    user: User | None,
    indicator: str,
    unit: str | Unit | None,
    period: str | Period | None,
    dimension: str,
    *,
    engine: str = "duckdb",
    build: str | Build | None = None,
    version: str | None = None,
) -> list[IndicatorFigure]:
    """One figure for each value of a field of the indicator's registers, in the order of its options."""
    asked = target_of(user, indicator, unit, period, build, version)
    declared, whole = asked.indicator, asked.build.catalog
    registers = registers_of(declared, whole)
    field = next((f for register in registers for f in register.fields if f.name == dimension), None)
    if field is None or field.is_numeric:
        known = declared.by or [f.name for r in registers for f in r.fields if f.type == "choice"]
        raise Problem("IND-002", f"不能按“{dimension}”分列", remedy="可用：" + "、".join(known))
    grouping = Grouping(dimension=dimension)
    found = evaluate(declared, Scope(asked.path, asked.period), asked.build, grouping, engine=engine)
    keys = ordered_keys(declared, dimension, found, whole)
    names = _names_of(asked.build, keys) if field.type == "unit" else {}
    figures = [(key, _figure(asked, asked.unit, names.get(key, str(key)), found[key])) for key in keys]
    return _let_out(user, [(asked, figures)], dimension)[declared.code]


def _names_of(build: Build, codes: list[str]) -> dict[str, str]:
    if build.outside:
        return {item.code: item.name for item in units_in(build)}
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))


def _let_out(
    user: User | None, made: Sequence[tuple[Target, Keyed]], dimension: str = ""
) -> dict[str, list[IndicatorFigure]]:
    """The figures as they may leave, by indicator code: without those that stand for too few persons, or give such away."""
    held = held_for(user, [asked for asked, _ in made], dimension)
    found = {}
    for asked, figures in made:
        cells = held.get(asked.indicator.code, ())
        found[asked.indicator.code] = [
            _without_value(figure) if figure.unit and (figure.unit.pk, key) in cells else figure
            for key, figure in figures
        ]
    return found


def _without_value(figure: IndicatorFigure) -> IndicatorFigure:
    return replace(figure, value=None, numerator=None, denominator=None, rows=0, rows_left_out=0, held_back=True)


def _units_below(asked: Target, grouping: Grouping) -> Iterable[Unit]:
    """The units of a level (or so many steps from the root) under the one asked for, in the tree's order."""
    if asked.build.kept:
        units: Iterable[Unit] = (item for item in units_in(asked.build) if item.path.startswith(asked.path))
    else:
        units = below(asked.unit).order_by("order", "id")
    if grouping.level:
        return [item for item in units if item.level == grouping.level]
    return [item for item in units if item.depth() == grouping.depth]


def _figure(asked: Target, unit: Unit | None, group: str | None, result: Result) -> IndicatorFigure:
    figure, build = result.figure, asked.build
    return IndicatorFigure(
        asked.indicator, unit, asked.period, group, decimal_of(figure.value), decimal_of(figure.numerator), decimal_of(figure.denominator),
        figure.rows_used, figure.rows_left_out, result.units, build.as_of, build.build, False, _remark(asked),
    )  # fmt: skip


def _remark(asked: Target) -> str:
    """That a comparison with an earlier period is made by a definition that was not yet in force then."""
    whole = asked.build.catalog.indicators.get(asked.indicator.code)
    if whole is None or not whole.earlier:
        return ""
    kinds = {
        item.kind
        for item in plan_aggregates(parsed(asked.indicator.formula), asked.indicator.register_code or "").externals
    }
    steps = {"last_year": asked.period.last_year, "previous": asked.period.previous, "streak": asked.period.previous}
    for before in (steps[kind]() for kind in sorted(kinds & set(steps))):
        note = version_change(whole, before, asked.period, asked.indicator.version)
        if note:
            return note
    return ""


def version_change(indicator: IndicatorDef, before: Period, now: Period, version: str | None = None) -> str:
    """What must be said when two periods are compared between which the definition changed; nothing when it did not."""
    then, used = indicator.on(before.end), indicator.in_version(version) if version else indicator.on(now.end)
    if used is None or then.version == used.version:
        return ""
    return f"{before.label}当时用的是口径 {then.version}，这里一律按口径 {used.version} 计算"


def decimal_of(value: Any) -> Decimal | None:
    """A number of an engine, exact."""
    return None if value is None else Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def plain(value: Any) -> Any:
    """Numbers as JSON numbers: whole ones as integers, others as floats; dates as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
