"""The catalogue of figures, one figure's page, and the rows behind it."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.names import formula_schema
from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.forms import FindForm, WhereForm
from taizhang.indicators.queries import (
    IndicatorFigure,
    figures_below,
    figures_by,
    periods_of,
    registers_of,
    rows_for,
    value_for,
    values_for,
    version_change,
)
from taizhang.kernel.formula import analyse
from taizhang.kernel.periods import Period
from taizhang.org.kinds import DISTRICT, LEVELS, SCHOOL
from taizhang.org.models import Unit
from taizhang.org.queries import default_unit_for, get_unit_for
from taizhang.org.request import UserRequest
from taizhang.ui.tables import Column, Row, Table

ROWS_SHOWN = 500


def index(request: UserRequest) -> HttpResponse:
    """Every indicator by theme, with its newest value at the person's unit."""
    unit = _unit(request)
    word = request.GET.get("q", "").strip()
    form = FindForm(request.user, {"unit": unit.code, "q": word})
    found = [item for item in catalog().indicators.values() if word in item.name + item.theme + item.code]
    figures = values_for(request.user, found, unit)
    groups = []
    for theme, items in groupby(sorted(found, key=lambda item: item.theme), key=lambda item: item.theme):
        rows = [_index_row(figures[item.code], unit) for item in items]
        groups.append((theme or "其他", Table(_INDEX_COLUMNS, rows, theme or "其他")))
    return render(request, "indicators/index.html", {"groups": groups, "unit": unit, "filters": form})


_INDEX_COLUMNS = [Column("指标"), Column("值", "drill"), Column("单位"), Column("期间"), Column("口径")]


def _index_row(figure: IndicatorFigure, unit: Unit) -> Row:
    item = figure.indicator
    url = _address("indicators:indicator", item, unit, figure.period)
    definition = " ÷ ".join(part for part in (item.definition.numerator, item.definition.denominator) if part)
    return Row([item.title, (figure.text, url), item.unit, figure.period.label, definition], url=url)


def indicator(request: UserRequest, code: str) -> HttpResponse:
    """Value, trend, parts by dimension, ranking of the units below, and what it means."""
    item = catalog().indicator(code)
    unit = _unit(request)
    periods = periods_of(item)
    asked = request.GET.get("period")
    figure = value_for(request.user, item.code, unit, asked or None)
    trend = [value_for(request.user, item.code, unit, period) for period in reversed(periods)]
    below = [_below(request, item, unit, figure.period, level) for level in (DISTRICT, SCHOOL)]
    by = [(name, figures_by(request.user, item.code, unit, figure.period, name)) for name in item.by]
    where = WhereForm(request.user, periods, {"unit": unit.code, "period": figure.period.code})
    context = {
        "item": item,
        "figure": figure,
        "tile": _tile(item, figure, unit),
        "facts": _facts(item, figure),
        "trend": _trend(request, item, unit, trend) if len(trend) > 1 else None,
        "changed": version_change(item, trend[0].period, trend[-1].period) if len(trend) > 1 else "",
        "versions": _versions(request, item, unit, figure.period) if item.earlier else None,
        "by": [
            (f"by{place}", name, _chart(f"按{name}", [(value.group or "", value) for value in values]))
            for place, (name, values) in enumerate(by)
            if values
        ],
        "below": [part for part in below if part],
        "filters": where,
        "rows_url": _address("indicators:rows", item, unit, figure.period),
    }
    return render(request, "indicators/indicator.html", context)


def _trend(request: UserRequest, item: IndicatorDef, unit: Unit, trend: list[IndicatorFigure]) -> dict[str, Any]:
    """The line over the periods; a second one by the newest definition where that of the periods changed between them."""
    chart = _chart("逐期", [(value.period.label, value) for value in trend])
    newest = trend[-1].indicator.version
    if any(value.indicator.version != newest for value in trend):
        alike = [value_for(request.user, item.code, unit, value.period, version=newest) for value in trend]
        chart["series"][0]["name"] = "各期当时的口径"
        chart["series"].append({"name": f"一律按口径 {newest}", "values": [value.value for value in alike]})
    return chart


def _versions(request: UserRequest, item: IndicatorDef, unit: Unit, period: Period) -> Table:
    """The versions of the definition beside each other, each with its figure for the same unit and period."""
    listed = []
    for version in item.versions:
        figure = value_for(request.user, item.code, unit, period, version=version.version)
        since = f"{version.valid_from} 起" if version.valid_from else "最早"
        words = " ÷ ".join(part for part in (version.definition.numerator, version.definition.denominator) if part)
        listed.append(Row([version.version, since, words, version.formula, version.basis, figure.text]))
    columns = [Column(name) for name in ("版本", "起用", "口径", "公式", "依据")]
    return Table([*columns, Column(period.label, "number", item.unit)], listed, f"{item.name}的口径版本")


def rows(request: UserRequest, code: str) -> HttpResponse:
    """The records behind a value, as far as the person may see them."""
    item = catalog().indicator(code)
    unit = _unit(request)
    figure = value_for(request.user, item.code, unit, request.GET.get("period") or None)
    found = rows_for(request.user, item.code, unit, figure.period, limit=ROWS_SHOWN)
    names = [name for name in (found[0] if found else {}) if name not in ("register", "record", "单位编码")]
    table = Table(
        [Column(name) for name in names],
        [Row([row[name] for name in names], url=reverse("registers:record", args=[row["record"]])) for row in found],
        f"{item.name}的来源记录",
        empty="这个数字背后没有您能看到的记录",
        remedy="没有填报，或记录属于别的单位、别的科室",
    )
    context = {"item": item, "figure": figure, "table": table, "tile": _tile(item, figure, unit), "limit": ROWS_SHOWN,
               "count": len(found)}  # fmt: skip
    return render(request, "indicators/rows.html", context)


def _unit(request: UserRequest) -> Unit:
    asked = request.GET.get("unit")
    return get_unit_for(request.user, asked) if asked else default_unit_for(request.user)


def _below(
    request: UserRequest, item: IndicatorDef, unit: Unit, period: Period, level: str
) -> tuple[str, Table] | None:
    """The ranking of the units of a level under a unit; None when there are none."""
    if unit.level == level:
        return None
    figures = figures_below(request.user, item.code, unit, period, level)
    if not figures:
        return None
    known = [figure for figure in figures if figure.value is not None]
    missing = [figure for figure in figures if figure.value is None]
    known.sort(key=lambda figure: figure.value or 0, reverse=item.better != "lower")
    listed = [
        Row([place, figure.unit.name if figure.unit else "", (figure.text, _address("indicators:rows", item, figure.unit, period)),
             figure.numerator, figure.denominator])
        for place, figure in enumerate(known, start=1)
    ] + [Row(["—", figure.unit.name if figure.unit else "", ("—", ""), None, None]) for figure in missing]  # fmt: skip
    columns = [
        Column("序"), Column(LEVELS[level]), Column("值", "drill", item.unit), Column("分子", "number"), Column("分母", "number")
    ]  # fmt: skip
    return LEVELS[level], Table(columns, listed, f"各{LEVELS[level]}的{item.name}", id=f"below-{level}")


def _tile(item: IndicatorDef, figure: IndicatorFigure, unit: Unit) -> dict[str, Any]:
    place = figure.unit.name if figure.unit else ""
    return {
        "label": f"{place} {figure.period.label}",
        "value": figure.text,
        "unit": item.unit,
        "url": _address("indicators:rows", item, unit, figure.period),
        "note": f"{figure.units} 个单位，{figure.rows} 行"
        + (f"，缺 {figure.rows_left_out} 行" if figure.rows_left_out else ""),
    }


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
    shown = "" if value is None else f"{value.normalize():,f}"
    return f"{words}:{shown}" if words and shown else words or shown


def _chart(title: str, figures: list[tuple[str, IndicatorFigure]]) -> dict[str, Any]:
    item = figures[0][1].indicator
    return {
        "title": f"{item.name}({title})",
        "unit": item.unit,
        "percent": item.unit == "%",
        "decimals": item.decimals,
        "categories": [label for label, _ in figures],
        "series": [{"name": item.name, "values": [figure.value for _, figure in figures]}],
    }


def _address(name: str, item: IndicatorDef, unit: Unit | None, period: Period) -> str:
    query = {"period": period.code, **({"unit": unit.code} if unit else {})}
    return f"{reverse(name, args=[item.code])}?{urlencode(query)}"
