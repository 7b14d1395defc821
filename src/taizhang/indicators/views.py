"""The catalogue of figures, one figure's page, and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.names import formula_schema
from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators import pages
from taizhang.indicators.asked import parsed
from taizhang.indicators.coverage import Filed, filed_for
from taizhang.indicators.dashboards import units_below
from taizhang.indicators.forms import FindForm, WhereForm
from taizhang.indicators.kept import Pair, get_snapshot_for, pair_for
from taizhang.indicators.queries import (
    IndicatorFigure,
    groups_for,
    periods_of,
    value_for,
    values_for,
    version_change,
)
from taizhang.indicators.scope import Grouping, Scope
from taizhang.indicators.source_rows import rows_for
from taizhang.indicators.statement import statements_of
from taizhang.indicators.target import registers_of
from taizhang.kernel.formula import analyse
from taizhang.kernel.periods import Period
from taizhang.org.kinds import DISTRICT, LEVELS, SCHOOL
from taizhang.org.models import Unit
from taizhang.org.queries import default_unit_for, get_unit_for
from taizhang.org.request import UserRequest
from taizhang.ui.formats import number_text
from taizhang.ui.tables import Column, Row, Table
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import Build, refresh
from taizhang.warehouse.snapshots import opens_snapshots, snapshots_for

ROWS_SHOWN = 500
KEPT_OFFERED = 30


def index(request: UserRequest) -> HttpResponse:
    """Every indicator by theme, with its newest value at the person's unit and how many have reported."""
    unit, build = _unit(request), refresh()
    word, theme = request.GET.get("q", "").strip(), request.GET.get("theme", "")
    known = sorted(catalog().indicators.values(), key=lambda item: item.theme)
    form = FindForm(request.user, list(dict.fromkeys(item.theme for item in known)), {"unit": unit.code, "q": word, "theme": theme})  # fmt: skip
    found = [item for item in known if word in item.name + item.theme + item.code and theme in ("", item.theme)]
    figures = values_for(request.user, found, unit, build=build)
    filed = filed_for(request.user, figures.values(), unit, build)
    groups = []
    for title, items in groupby(found, key=lambda item: item.theme):
        rows = [_index_row(figures[item.code], unit, filed) for item in items]
        groups.append((title or "其他", Table(_INDEX_COLUMNS, rows, title or "其他")))
    context = {"groups": groups, "unit": unit, "filters": form, "sees_kept": opens_snapshots(request.user)}
    return render(request, "indicators/index.html", context)


_INDEX_COLUMNS = [
    Column("指标"),
    Column("值", "drill"),
    Column("单位"),
    Column("期间"),
    Column("已报", "state"),
    Column("口径"),
]


def _index_row(figure: IndicatorFigure, unit: Unit, filed: dict[tuple[str, Period], Filed]) -> Row:
    item = figure.indicator
    url = pages.address("indicators:indicator", item, unit, figure.period)
    said = filed.get((item.code, figure.period))
    state = (said.text, "ok" if said.whole else "warn") if said else None
    cells = [item.title, (figure.text, url), item.unit, figure.period.label, state, pages.definition_of(item)]
    return Row(cells, url=url)


def indicator(request: UserRequest, code: str) -> HttpResponse:
    """Value with who has reported, trend, parts by dimension, ranking of the units below, what it means, how it is computed,
    and what it was in a kept build."""
    item, unit, build = catalog().indicator(code), _unit(request), refresh()
    periods, version = periods_of(item), request.GET.get("version") or None
    figure = value_for(request.user, item.code, unit, request.GET.get("period") or None, build=build, version=version)
    # One version for the whole page when it was asked for; else each period's own.
    shown = figure.indicator.model_copy(update={"earlier": ()}) if version else item
    filed = filed_for(request.user, [figure], unit, build, names=True).get((item.code, figure.period))
    trend = [values_for(request.user, [shown], unit, period, build=build)[item.code] for period in reversed(periods)]
    trend = _from_first(trend)
    kept, snapshots = _kept(request, figure)
    data = {
        "unit": unit.code,
        "period": figure.period.code,
        "build": request.GET.get("build", ""),
        "version": version or "",
    }
    context = {
        "item": item,
        "figure": figure,
        "tile": pages.tile(figure, filed),
        "filed": filed,
        "kept": kept,
        "facts": _facts(item, figure),
        "trend": _trend(request, shown, unit, trend, build) if len(trend) > 1 else None,
        "changed": version_change(item, trend[0].period, trend[-1].period) if len(trend) > 1 and not version else "",
        "versions": _versions(request, item, unit, figure.period) if item.earlier else None,
        "by": _by(request, shown, unit, figure.period, build),
        "below": _levels(request, shown, unit, figure.period, periods, build),
        "filters": WhereForm(request.user, item, periods, snapshots, data),
        "rows_url": pages.rows_url(figure),
        "compare_url": f"{reverse('figures:compare')}?i={item.code}&p={figure.period.code}",
        "statements": statements_of(figure.indicator, Scope(unit.path, figure.period), build),
        "breadcrumbs": [{"label": "指标", "url": reverse("indicators:index")}, {"label": item.title, "url": ""}],
    }
    return render(request, "indicators/indicator.html", context)


def _from_first(trend: list[IndicatorFigure]) -> list[IndicatorFigure]:
    """Without the periods before the first that has anything."""
    start = next((place for place, figure in enumerate(trend) if figure.rows or figure.held_back), len(trend))
    return trend[start:]


def _kept(request: UserRequest, figure: IndicatorFigure) -> tuple[dict[str, Any] | None, list[Snapshot]]:
    """The figure in the kept build that was asked for, and the builds that the person may open. Raises NotFound."""
    snapshots = list(snapshots_for(request.user)[:KEPT_OFFERED])
    asked = request.GET.get("build", "")
    if not asked:
        return None, snapshots
    snapshot = get_snapshot_for(request.user, int(asked) if asked.isdecimal() else 0)
    pair = pair_for(request.user, snapshot, figure)
    said = pair.sentence(snapshot) if pair else f"“{snapshot.name}”里没有这个数：当时还没有这个指标、单位或台账"
    return {"pair": pair, "said": said, "tile": _kept_tile(pair, snapshot) if pair else None,
            "url": reverse("figures:kept", args=[snapshot.pk])}, snapshots  # fmt: skip


def _kept_tile(pair: Pair, snapshot: Snapshot) -> dict[str, Any]:
    note = "口径与现在不同" if pair.redefined else f"数据截止 {snapshot.day}"
    made = pages.tile(pair.then, None, snapshot.name)
    return {**made, "url": "", "note": note, "category": "warn" if pair.moved else ""}


def _by(request: UserRequest, item: IndicatorDef, unit: Unit, period: Period, build: Build) -> list[tuple[str, str, str, dict[str, Any]]]:  # fmt: skip
    """A chart for each field that the indicator is broken down by."""
    drawn = []
    for place, name in enumerate(item.by):
        figures = groups_for(request.user, [item], unit, period, Grouping(dimension=name), build=build)[item.code]
        if figures:
            data = pages.chart(f"{item.name}（按{name}）", item, [(figure.group or "", figure) for figure in figures])
            drawn.append((f"by{place}", "hbar" if len(figures) > 8 else "bar", name, data))
    return drawn


def _levels(
    request: UserRequest, item: IndicatorDef, unit: Unit, period: Period, periods: Sequence[Period], build: Build
) -> list[dict[str, Any]]:
    """The ranking of the districts and of the schools below a unit; of the districts also one small chart each."""
    found = []
    for level, there in units_below(unit, {DISTRICT, SCHOOL}).items():
        if unit.level == level or not there:
            continue

        def figures(when: Period, level: str = level, there: list[Unit] = there) -> list[IndicatorFigure]:
            grouping = Grouping(level=level)
            return groups_for(request.user, [item], unit, when, grouping, build=build, units=there)[item.code]

        ranked = figures(period)
        if not ranked:
            continue
        table = pages.ranking(item, level, ranked, f"below-{level}")
        small = None
        if level == DISTRICT and len(there) > 1:
            small = pages.small_multiples(item, [figures(when) for when in reversed(periods)])
        found.append({"word": LEVELS[level], "table": table, "small": small})
    return found


def _trend(request: UserRequest, item: IndicatorDef, unit: Unit, trend: list[IndicatorFigure], build: Build) -> dict[str, Any]:  # fmt: skip
    """The line over the periods; a second one by the newest definition where that of the periods changed between them."""
    chart = pages.chart(f"{item.name}（逐期）", item, [(value.period.label, value) for value in trend])
    newest = trend[-1].indicator.version
    if any(value.indicator.version != newest for value in trend):
        alike = [value_for(request.user, item.code, unit, value.period, version=newest, build=build) for value in trend]
        chart["series"][0]["name"] = "各期当时的口径"
        chart["series"].append({"name": f"一律按口径 {newest}", "values": [value.value for value in alike]})
    return chart


def _versions(request: UserRequest, item: IndicatorDef, unit: Unit, period: Period) -> Table:
    """The versions of the definition beside each other, each with its figure for the same unit and period."""
    listed = []
    for version in item.versions:
        figure = value_for(request.user, item.code, unit, period, version=version.version)
        since = f"{version.valid_from} 起" if version.valid_from else "最早"
        parts = [_drawn(part) for part in (figure.numerator, figure.denominator)]
        told = [version.version, since, pages.definition_of(version), version.formula, version.basis]
        listed.append(Row([*told, *parts, (figure.text, "")]))
    columns = [Column(name) for name in ("版本", "起用", "口径", "公式", "依据")]
    numbers = [Column("分子", "drill"), Column("分母", "drill"), Column(period.label, "drill", item.unit)]
    return Table([*columns, *numbers], listed, f"{item.name}的口径版本")


def _drawn(part: Decimal | None) -> tuple[str, str] | None:
    return None if part is None else (number_text(part), "")


def rows(request: UserRequest, code: str) -> HttpResponse:
    """The records behind a value, as far as the person may see them."""
    item = catalog().indicator(code)
    unit, build = _unit(request), refresh()
    figure = value_for(request.user, item.code, unit, request.GET.get("period") or None, build=build)
    found = rows_for(request.user, item.code, unit, figure.period, limit=ROWS_SHOWN, build=build)
    filed = filed_for(request.user, [figure], unit, build, names=True).get((item.code, figure.period))
    names = list(dict.fromkeys(name for row in found for name in row if name not in ("register", "record", "单位编码")))
    several = len({row["register"] for row in found}) > 1
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    whole = catalog()
    listed = [
        Row([*([whole.register(row["register"]).name] if several else []), *(row.get(name) for name in names)],
            url=reverse("registers:record", args=[row["record"]]))
        for row in page
    ]  # fmt: skip
    table = Table(
        [*([Column("台账")] if several else []), *(Column(name) for name in names)],
        listed,
        f"{item.name}的来源记录",
        empty="这个数字背后没有您能看到的记录",
        remedy="没有填报，或记录属于别的单位、别的科室",
    )
    context = {"item": item, "figure": figure, "filed": filed, "table": table, "tile": pages.tile(figure, filed), "limit": ROWS_SHOWN,
               "count": len(found), "page": page,
               "breadcrumbs": [{"label": "指标", "url": reverse("indicators:index")},
                               {"label": item.title, "url": pages.address("indicators:indicator", item, unit, figure.period)},
                               {"label": "来源记录", "url": ""}]}  # fmt: skip
    return render(request, "indicators/rows.html", context)


def _unit(request: UserRequest) -> Unit:
    asked = request.GET.get("unit")
    return get_unit_for(request.user, asked) if asked else default_unit_for(request.user)


def _facts(item: IndicatorDef, figure: IndicatorFigure) -> list[dict[str, Any]]:
    sources = "、".join(register.name for register in registers_of(item))
    return [
        {"label": "分子", "value": _part(figure.indicator.definition.numerator, figure.numerator)},
        {"label": "分母", "value": _part(figure.indicator.definition.denominator, figure.denominator)},
        {"label": "公式", "value": figure.indicator.formula, "wide": True},
        {"label": "算出的单位", "value": _derived_unit(figure.indicator)},
        {"label": "来源台账", "value": sources},
        {"label": "依据", "value": figure.indicator.basis},
        {"label": "口径版本", "value": _version(figure.indicator) + (f"。{figure.remark}" if figure.remark else "")},
        {"label": "取数时间", "value": f"{timezone.localtime(figure.as_of):%Y-%m-%d %H:%M}（数据版本 {figure.build}）"},
    ]


def _version(item: IndicatorDef) -> str:
    return item.version + (f"，自 {item.valid_from} 起" if item.valid_from else "")


def _derived_unit(item: IndicatorDef) -> str:
    """What the formula counts in, as far as its fields say: 元/人."""
    register = catalog().registers.get(item.register_code or "")
    unit = analyse(parsed(item.formula), formula_schema(catalog(), register)).unit
    return unit.text if unit and not unit.rough else ""


def _part(words: str, value: Any) -> str:
    shown = "" if value is None else number_text(value)
    return f"{words}：{shown}" if words and shown else words or shown
