"""The comparison page: choices in the address, a table, charts, a workbook."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators import pages
from taizhang.indicators.actions import note_figures_taken
from taizhang.indicators.comparing import Choice, Comparison, compared_for, unit_groups
from taizhang.indicators.queries import periods_of
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.sheet_writer import AS_TEXT
from taizhang.org.queries import default_unit_for
from taizhang.org.request import UserRequest
from taizhang.ui.downloads import XLSX, download
from taizhang.ui.tables import Column, Row, Table

UNPROCESSABLE = 422
# A line chart holds this many units; more become bars.
MOST_LINES = 6
MOST_BARS = 40


def compare(request: UserRequest) -> HttpResponse:
    """What was chosen in the address, beside each other; ``?export=xlsx`` gives it as a sheet."""
    default_unit_for(request.user)
    asked = request.GET
    choice = Choice(tuple(filter(None, asked.getlist("i"))), tuple(filter(None, asked.getlist("u"))), tuple(filter(None, asked.getlist("p"))))  # fmt: skip
    found, problem = None, None
    if choice.indicators:
        try:
            found = compared_for(request.user, choice)
        except Problem as wrong:
            if wrong.status != UNPROCESSABLE:
                raise
            problem = wrong
    if found is not None and asked.get("export") == "xlsx":
        return _sheet(request, found)
    context = {
        "found": found,
        "problem": problem,
        "table": _table(found) if found else None,
        "charts": _charts(found) if found else [],
        "covered": _covered(found) if found else [],
        "export": f"{request.path}?{_with(request, export='xlsx')}",
        "fields": _fields(request, choice, found),
        "breadcrumbs": [{"label": "指标", "url": reverse("indicators:index")}, {"label": "比较", "url": ""}],
    }
    return render(request, "indicators/compare.html", context, status=UNPROCESSABLE if problem else 200)


def _with(request: UserRequest, **more: str) -> str:
    query = request.GET.copy()
    for key, value in more.items():
        query[key] = value
    return query.urlencode()


def _fields(request: UserRequest, choice: Choice, found: Comparison | None) -> list[dict[str, Any]]:
    """The three lists of boxes, each in groups, with what is chosen ticked."""
    themes: dict[str, list[tuple[str, str]]] = {}
    for item in sorted(catalog().indicators.values(), key=lambda item: item.theme):
        themes.setdefault(item.theme or "其他", []).append((item.code, item.title))
    picked = {item.code for item in found.indicators} if found else set(choice.indicators)
    units = set(choice.units) or ({unit.code for unit in found.units} if found else set())
    periods = {period.code for period in found.periods} if found else set(choice.periods)
    offered = _periods_offered(found, choice)
    return [
        _field("i", "指标（1 至 4 个）", list(themes.items()), picked),
        _field("u", "单位", unit_groups(request.user), units),
        _field("p", "期间", [("", [(period.code, period.label) for period in offered])] if offered else [], periods),
    ]


def _field(name: str, label: str, groups: list[tuple[str, list[tuple[str, str]]]], chosen: set[str]) -> dict[str, Any]:
    drawn = [(group, [(key, text, key in chosen) for key, text in choices]) for group, choices in groups]
    said = "、".join(text for _, choices in groups for key, text in choices if key in chosen)
    return {"name": name, "label": label, "groups": drawn, "said": said}


def _periods_offered(found: Comparison | None, choice: Choice) -> list[Period]:
    """The periods of the chosen indicators with those chosen already, the newest first."""
    items = (
        found.indicators if found else [item for key in choice.indicators if (item := catalog().indicators.get(key))]
    )
    known = {period for item in items for period in periods_of(item)} | set(found.periods if found else ())
    return sorted(known, key=lambda period: (period.end, period.start), reverse=True)


def _heading(found: Comparison, item: IndicatorDef, period: Period) -> str:
    return item.title if len(found.periods) == 1 else f"{item.title} {period.label}"


def _table(found: Comparison) -> Table:
    columns = [
        Column("单位"),
        *(Column(_heading(found, item, period), "drill", item.unit) for item, period in found.columns),
    ]
    rows = []
    for unit in found.units:
        cells = [found.figure(item, period, unit) for item, period in found.columns]
        rows.append(Row([unit.name, *((cell.text, pages.rows_url(cell)) if cell else ("—", "") for cell in cells)]))
    return Table(columns, rows, "比较", stack=len(columns) > 4)


def _charts(found: Comparison) -> list[tuple[str, str, dict[str, Any]]]:
    """A chart per indicator: lines over the periods for a few units, bars over the units else."""
    drawn = []
    for place, item in enumerate(found.indicators):
        over_time = len(found.periods) > 2 and len(found.units) <= MOST_LINES
        if over_time:
            ordered = sorted(found.periods, key=lambda period: period.start)
            series = [(unit.name, [found.figure(item, period, unit) for period in ordered]) for unit in found.units]
            data = pages.several(item.title, item, [period.label for period in ordered], series)
        else:
            units = found.units[:MOST_BARS]
            series = [(period.label, [found.figure(item, period, unit) for unit in units]) for period in found.periods]
            title = item.title + (f"（前 {MOST_BARS} 个单位）" if len(found.units) > MOST_BARS else "")
            data = pages.several(title, item, [unit.name for unit in units], series)
        drawn.append((f"chart-{place}", "line" if over_time else "hbar", data))
    return drawn


def _covered(found: Comparison) -> list[str]:
    """What stands behind each indicator, as far as it rests on returns."""
    return [
        f"{item.title} {period.label}：{top.name} {filed.text}"
        for item, period in found.columns
        for top in found.tops
        if (filed := found.filed.get((item.code, period, top.pk)))
    ]


def _sheet(request: UserRequest, found: Comparison) -> HttpResponse:
    """The table as a workbook. That it went out is in the log."""
    note_figures_taken(
        indicators=found.indicators, filters=request.GET.urlencode(), rows=len(found.units), by=request.user
    )
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, AS_TEXT) as target:
        page = target.add_worksheet("比较")
        head = target.add_format({"bold": True, "bg_color": "#EEF2F6", "border": 1, "text_wrap": True})
        page.write_row(0, 0, ["单位编码", "单位", *(f"{_heading(found, item, period)}{_unit(item)}" for item, period in found.columns)], head)  # fmt: skip
        for row, unit in enumerate(found.units, start=1):
            page.write_row(row, 0, [unit.code, unit.name])
            for column, (item, period) in enumerate(found.columns, start=2):
                _write(page, row, column, found.figure(item, period, unit))
        notes = [f"数据版本：{found.build.build}", *_covered(found)]
        for place, note in enumerate(notes):
            page.write_string(len(found.units) + 2 + place, 0, note)
        page.set_column(0, 0, 14)
        page.set_column(1, 1, 24)
        page.set_column(2, 1 + len(found.columns), 16)
        page.freeze_panes(1, 2)
    return download(book, "指标比较.xlsx", XLSX)


def _unit(item: IndicatorDef) -> str:
    return f"（{item.unit}）" if item.unit else ""


def _write(page: Any, row: int, column: int, figure: Any) -> None:
    """The number as it is printed; words where it is held back; nothing where there is none."""
    if figure is None or (figure.value is None and not figure.held_back):
        page.write_blank(row, column, None)
    elif figure.held_back:
        page.write_string(row, column, figure.text)
    else:
        page.write_number(row, column, float(figure.text))
