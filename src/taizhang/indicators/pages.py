"""What the pages of figures show: addresses, tiles, charts, tables made of figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.coverage import Filed
from taizhang.indicators.queries import IndicatorFigure
from taizhang.kernel.periods import Period
from taizhang.org.kinds import LEVELS
from taizhang.org.models import Unit
from taizhang.ui.tables import Column, Row, Table

Labelled = Sequence[tuple[str, IndicatorFigure | None]]


def address(name: str, item: IndicatorDef, unit: Unit | None, period: Period, **more: str) -> str:
    """A page of an indicator for a unit and period."""
    query = {"period": period.code, **({"unit": unit.code} if unit else {}), **more}
    return f"{reverse(name, args=[item.code])}?{urlencode(query)}"


def definition_of(item: IndicatorDef) -> str:
    return " ÷ ".join(part for part in (item.definition.numerator, item.definition.denominator) if part)


def short_label(period: Period) -> str:
    """A period in a few characters, for the axis of a small chart."""
    if period.kind == "school_year":
        return f"{period.parts[0] % 100:02d}-{(period.parts[0] + 1) % 100:02d}"
    return period.code


def rows_url(figure: IndicatorFigure) -> str:
    """The rows behind a figure; none for one that is held back."""
    if figure.held_back or figure.value is None:
        return ""
    return address("indicators:rows", figure.indicator, figure.unit, figure.period)


def tile(figure: IndicatorFigure, filed: Filed | None = None, label: str = "") -> dict[str, Any]:
    """One headline figure with what stands behind it."""
    place = figure.unit.name if figure.unit else ""
    return {
        "label": label or f"{place} {figure.period.label}",
        "value": figure.text,
        "unit": "" if figure.held_back else figure.indicator.unit,
        "url": rows_url(figure),
        "note": behind(figure, filed),
    }


def behind(figure: IndicatorFigure, filed: Filed | None = None) -> str:
    """How much data a figure rests on, in a few words."""
    if figure.held_back:
        return ""
    counted = filed.text if filed else f"{figure.units} 个单位"
    left_out = f"，缺 {figure.rows_left_out} 条" if figure.rows_left_out else ""
    return f"{counted}，{figure.rows} 条记录{left_out}"


def chart(title: str, item: IndicatorDef, figures: Labelled, name: str = "") -> dict[str, Any]:
    """One series over categories."""
    return several(title, item, [label for label, _ in figures], [(name or item.name, [one for _, one in figures])])


def several(
    title: str,
    item: IndicatorDef,
    categories: Sequence[str],
    series: Sequence[tuple[str, Sequence[IndicatorFigure | None]]],
) -> dict[str, Any]:
    """Several series over the same categories; a missing figure is a gap."""
    return {
        "title": title,
        "unit": item.unit,
        "percent": item.unit == "%",
        "decimals": item.decimals,
        "categories": list(categories),
        "series": [{"name": name, "values": [one.value if one else None for one in figures]} for name, figures in series],
    }  # fmt: skip


def small_multiples(item: IndicatorDef, by_period: list[list[IndicatorFigure]]) -> dict[str, Any] | None:
    """The units' figures period by period; periods before the first with any figure are left out."""
    while by_period and not any(figure.value is not None for figure in by_period[0]):
        by_period = by_period[1:]
    if len(by_period) < 2:
        return None
    units = {figure.unit.pk: figure.unit for figures in by_period for figure in figures if figure.unit}
    by_unit = [{figure.unit.pk: figure for figure in figures if figure.unit} for figures in by_period]
    ordered = sorted(units.values(), key=lambda one: (one.order, one.pk))
    series = [(one.name, [found.get(one.pk) for found in by_unit]) for one in ordered]
    periods = [figures[0].period if figures else None for figures in by_period]
    labels = [period.label if period else "" for period in periods]
    short = [short_label(period) if period else "" for period in periods]
    return {**several(item.name, item, labels, series), "short": short}


def ranked(
    item: IndicatorDef, figures: Sequence[IndicatorFigure], worst: bool = False
) -> tuple[list[IndicatorFigure], list[IndicatorFigure]]:
    """Those with a value, the best (or the worst) first, and those without."""
    known = [figure for figure in figures if figure.value is not None]
    known.sort(key=lambda figure: figure.value or 0, reverse=(item.better != "lower") != worst)
    return known, [figure for figure in figures if figure.value is None]


def ranking(item: IndicatorDef, level: str, figures: Sequence[IndicatorFigure], anchor: str, top: int = 0, worst: bool = False) -> Table:  # fmt: skip
    """The units of a level in the order of their figures. The parts of a ratio have columns of their own when there are any."""
    known, without = ranked(item, figures, worst)
    parts = any(figure.denominator is not None for figure in figures)
    columns = [Column("序"), Column(LEVELS[level]), Column("值", "drill", item.unit)]
    if parts:
        columns += [Column("分子", "number"), Column("分母", "number")]
    rows = []
    for place, figure in [*_placed(known), *(("—", one) for one in without)]:
        name = figure.unit.name if figure.unit else ""
        own = [figure.numerator, figure.denominator] if parts else []
        rows.append(Row([place, name, (figure.text, rows_url(figure)), *own]))
    return Table(columns, rows[: top or None], f"各{LEVELS[level]}的{item.name}", stack=False, id=anchor)


def _placed(known: Sequence[IndicatorFigure]) -> list[tuple[int | str, IndicatorFigure]]:
    """Equal values share a place."""
    found: list[tuple[int | str, IndicatorFigure]] = []
    for number, figure in enumerate(known, start=1):
        same = bool(found) and found[-1][1].value == figure.value
        found.append((found[-1][0] if same else number, figure))
    return found
