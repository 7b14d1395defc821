"""The items of a standard that the county answers for: computed by an indicator, asked of every school, or judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from sqlglot import exp

from taizhang.catalog.current import catalog
from taizhang.catalog.limits import bound, is_met, limit_for
from taizhang.catalog.schema import IndicatorDef, ItemDef, StandardDef, ThresholdDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.queries import IndicatorFigure, figures_by, values_for
from taizhang.indicators.scope import Scope, rows_statement
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.registers.policy import may, reach_of
from taizhang.standards.linter import ITEM
from taizhang.standards.schools import Part, evaluated, read_parts
from taizhang.warehouse.projection import Build
from taizhang.warehouse.queries import run

MET, FAILED, UNKNOWN, WAITING = "met", "failed", "unknown", "waiting"
STATES = {MET: ("达到", "ok"), FAILED: ("未达到", "late"), UNKNOWN: ("缺数据", "draft"), WAITING: ("待自评", "warn")}
# The stage under which a limit stands for a school of several stages, when an item adds them up.
JOINED = "一贯制"
STAGE = "学段"
VERDICTS = {"达到": MET, "未达到": FAILED, "待核实": WAITING}


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item: how it stands, what was found, against which limit, and where to look. ``schools`` fail it."""

    item: ItemDef
    state: str
    value: str = ""
    limit: str = ""
    note: str = ""
    url: str = ""
    schools: tuple[str, ...] = ()

    @property
    def how(self) -> str:
        """计算, 逐校 or 评判."""
        return "评判" if self.item.judged else "逐校" if self.item.each else "计算"


def results_for(user: User, standard: StandardDef, unit: Unit, period: Period, build: Build) -> list[ItemResult]:
    """Every item of a standard for a unit that the caller may look at. Indicators of the whole are read in one pass per
    register, those by stage in one statement each, judgements in one."""
    figures = _figures(user, standard, unit, period)
    reviews = _reviews(standard, unit, period, build)
    each = any(item.each for item in standard.items)
    parts = read_parts(standard, Scope(unit.path, period), build) if each else []
    found = []
    for item in standard.items:
        if item.indicator:
            found.append(_computed(item, standard, unit, period, figures[item.indicator]))
        elif item.each:
            found.append(_asked(item, standard, unit, period, parts))
        else:
            found.append(_judged(user, item, standard, unit, period, reviews.get(item.name, [])))
    return found


def _stages(standard: StandardDef, key: str) -> list[str]:
    """The stages that a limit of an indicator is set for; [""] when it is set for all at once."""
    return list(dict.fromkeys(limit.stage for limit in standard.thresholds if limit.indicator == key)) or [""]


Figures = dict[str, IndicatorFigure]


def _figures(user: User, standard: StandardDef, unit: Unit, period: Period) -> dict[str, Figures]:
    """The items' indicators, each by the stages that its limits are set for."""
    wanted = [catalog().indicator(item.indicator) for item in standard.items if item.indicator]
    whole = [item for item in wanted if _stages(standard, item.code) == [""] or STAGE not in item.by]
    found: dict[str, Figures] = {
        code: dict.fromkeys(_stages(standard, code), figure)
        for code, figure in values_for(user, whole, unit, period).items()
    }
    for item in wanted:
        if item.code not in found:
            by_stage = figures_by(user, item.code, unit, period, STAGE)
            found[item.code] = {figure.group or "": figure for figure in by_stage}
    return found


def _computed(item: ItemDef, standard: StandardDef, unit: Unit, period: Period, figures: Figures) -> ItemResult:
    declared = catalog().indicator(item.indicator)
    values, limits, states, coverage = [], [], [], ""
    for stage in _stages(standard, item.indicator):
        limit = limit_for(standard, item.indicator, stage, period.start, unit.code)
        figure = figures.get(stage)
        value = figure.value if figure else None
        values.append(f"{stage} {figure.text if figure else '—'}{declared.unit if value is not None else ''}".strip())
        limits.append(f"{stage} {limit_text(limit, declared)}".strip())
        states.append(UNKNOWN if value is None or limit is None else MET if is_met(value, limit) else FAILED)
        coverage = f"{figure.units} 个单位" if figure else coverage
    url = f"{reverse('indicators:indicator', args=[declared.code])}?unit={unit.code}&period={period.code}"
    return ItemResult(item, _worst(states), "，".join(values), "，".join(limits), coverage, url)


def _asked(item: ItemDef, standard: StandardDef, unit: Unit, period: Period, parts: Sequence[Part]) -> ItemResult:
    """What every school must keep: the schools that do not."""
    assert standard.schools is not None
    failing, missing, asked = [], 0, 0
    for name, stage, value in _each(item, evaluated(parts, standard.schools)):
        limit = limit_for(standard, item.code, stage, period.start, unit.code)
        if limit is None:
            continue
        asked += 1
        if value is None:
            missing += 1
        elif not is_met(value, limit):
            failing.append(f"{name}{stage if stage != JOINED else ''}（{value.normalize():f}）")
    limits = [
        f"{stage} {limit_text(limit, None)}"
        for stage in _stages(standard, item.code)
        if (limit := limit_for(standard, item.code, stage, period.start, unit.code))
    ]
    state = FAILED if failing else UNKNOWN if missing or not asked else MET
    value_text = f"{asked - len(failing) - missing}/{asked} 所达到" if asked else "—"
    note = f"缺 {missing} 所的数据" if missing else ""
    return ItemResult(item, state, value_text, "，".join(limits), note, "", tuple(failing))


def _each(item: ItemDef, parts: Sequence[Part]) -> list[tuple[str, str, Decimal | None]]:
    """School, stage, value: stage by stage, or for ``whole`` the stages of one school added up."""
    if not item.whole:
        return [(part.name, part.stage, part.each.get(item.code)) for part in parts]
    by_unit: dict[int, list[Part]] = {}
    for part in parts:
        by_unit.setdefault(part.unit, []).append(part)
    found = []
    for several in by_unit.values():
        values = [part.each.get(item.code) for part in several]
        known = [value for value in values if value is not None]
        stage = several[0].stage if len(several) == 1 else JOINED
        found.append((several[0].name, stage, sum(known, Decimal(0)) if len(known) == len(values) else None))
    return found


def _judged(
    user: User, item: ItemDef, standard: StandardDef, unit: Unit, period: Period, rows: list[dict[str, Any]]
) -> ItemResult:
    """What the sections say; a number that does not keep the limit overrules the word."""
    limit = limit_for(standard, item.code, "", period.start, unit.code)
    limit_words = limit_text(limit, None) if limit else ""
    register = catalog().register(standard.review)
    if not rows:
        new = reverse("registers:new", args=[register.code]) + f"?期间={period.code}&{ITEM}={item.name}"
        url = new if may(user, register, "create") else ""
        return ItemResult(item, WAITING, "—", limit_words, "佐证：" + "、".join(item.evidence), url)
    states, values, note = [], [], ""
    for row in rows:
        state, value = VERDICTS.get(row["自评结论"] or "", WAITING), row["实际值"]
        if value is not None:
            values.append(f"{Decimal(value).normalize():f}")
            if limit is not None and state == MET and not is_met(Decimal(value), limit):
                state, note = FAILED, f"自评为达到，但实际值 {values[-1]} 不合标准"
        states.append(state)
    seen = reach_of(user, register, "see")
    shown_row = next((row for row in rows if seen.holds_row(row["_unit"], row["_path"])), None)
    url = reverse("registers:record", args=[shown_row["_record"]]) if shown_row else ""
    return ItemResult(item, _worst(states), "、".join(values) or rows[0]["自评结论"], limit_words, note, url)


def _reviews(standard: StandardDef, unit: Unit, period: Period, build: Build) -> dict[str, list[dict[str, Any]]]:
    """The judgements of a period by item."""
    if not standard.review or not any(item.judged for item in standard.items):
        return {}
    register = catalog().register(standard.review)
    rows = rows_statement(register, Scope(unit.path, period), parsed("count()")).subquery("rows")
    names = ("_record", "_unit", "_path", ITEM, "自评结论", "实际值")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in run(build, exp.select(*[exp.column(name, quoted=True) for name in names]).from_(rows)):
        found.setdefault(row[ITEM], []).append(row)
    return found


def limit_text(limit: ThresholdDef | None, indicator: IndicatorDef | None) -> str:
    """≥ 95%, ≤ 0.5, in the indicator's own way of writing."""
    if limit is None:
        return "—"
    sides = (("≥", bound(limit.at_least)), ("≤", bound(limit.at_most)))
    return "，".join(f"{sign} {_number(value, indicator)}" for sign, value in sides if value is not None)


def _number(value: Decimal, indicator: IndicatorDef | None) -> str:
    if indicator is None:
        return f"{value.normalize():f}"
    if indicator.unit == "%":
        return f"{(value * 100).normalize():f}%"
    return f"{value.normalize():f}{indicator.unit}"


def _worst(states: Sequence[str]) -> str:
    return next((state for state in (FAILED, UNKNOWN, WAITING) if state in states), MET)


def period_today() -> Period:
    """The school year that runs: for standards that look at no school."""
    return Period.of("school_year", timezone.localdate())
