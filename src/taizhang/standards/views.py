"""The standards' pages: all standards, one board, one school, the spread, the items, the years."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import StandardDef
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit
from taizhang.org.request import UserRequest
from taizhang.registers.actions import note_export
from taizhang.standards import items as item_rules
from taizhang.standards import pages, queries, xlsx
from taizhang.standards.forms import BoardForm, SpreadForm, WhereForm, unit_choices
from taizhang.standards.queries import Board
from taizhang.standards.verdicts import FAILED, MET, NO_LIMIT, TOLERATED, UNKNOWN, Line
from taizhang.ui.downloads import XLSX, download
from taizhang.ui.tables import Column, Row, Table
from taizhang.warehouse.projection import Build, refresh

WORST_FIRST = {FAILED: 0, UNKNOWN: 1, TOLERATED: 2, MET: 3, NO_LIMIT: 4}
SORTS: dict[str, Callable[[Line], Any]] = {
    "name": lambda line: line.part.name,
    "stage": lambda line: line.part.stage,
    "pupils": lambda line: line.part.pupils or 0,
    "met": lambda line: line.met,
    "state": lambda line: WORST_FIRST[line.state],
}
INDEX = [
    Column("标准"),
    Column("依据"),
    Column("期间"),
    Column("学校达标", "drill", "所"),
    Column("差异系数", "drill", "项"),
    Column("结果", "state"),
    Column("说明"),
]


def index(request: UserRequest) -> HttpResponse:
    """Every standard with how it stands at the person's unit."""
    unit = queries.unit_for(request.user, request.GET.get("unit") or None)
    build = refresh()
    rows = [_index_row(request, standard, unit, build) for standard in queries.standards_shown()]
    form = WhereForm(unit_choices(request.user), [], {"unit": unit.code})
    table = Table(INDEX, rows, "标准")
    return render(request, "standards/index.html", {"table": table, "unit": unit, "filters": form})


def _index_row(request: UserRequest, standard: StandardDef, unit: Unit, build: Build) -> Row:
    if standard.schools is None:
        url = f"{reverse('standards:items', args=[standard.code])}?unit={unit.code}"
        return Row([standard.name, standard.basis, "", None, None, ("逐项评估", "open"), standard.description], url=url)
    try:
        board = queries.board_for(request.user, standard.code, unit, build=build)
    except Problem as nothing:
        return Row([standard.name, standard.basis, "", None, None, ("没有数据", "draft"), nothing.remedy])
    limited = [item for item in board.spreads if item.limit]
    good = sum(item.met is True for item in limited)
    return Row(
        [
            standard.name, standard.basis, board.period.label,
            (f"{board.passed()}/{board.total()}", "") if board.judges_schools else None,
            (f"{good}/{len(limited)}", "") if limited else None, _board_state(board), standard.description,
        ],
        url=pages.address("standards:board", board),
    )  # fmt: skip


def _board_state(board: Board) -> tuple[str, str]:
    if not board.lines:
        return "没有学校", "draft"
    if not board.judges_schools and not any(item.limit for item in board.spreads):
        return "监测", "closed"
    return {FAILED: ("未达到", "late"), UNKNOWN: ("缺数据", "draft")}.get(board.state, ("达到", "ok"))


def board(request: UserRequest, code: str) -> HttpResponse:
    """Every school of a unit against a standard; ``?export=xlsx`` in the form of the official table."""
    found = _board(request, code)
    if request.GET.get("export") == "xlsx":
        book = io.BytesIO()
        results = item_rules.results_for(request.user, found.standard, found.unit, found.period, found.build)
        xlsx.write_board(found, results, book)
        register = catalog().register(found.schools.register_code)
        note_export(register=register, filters=request.GET.urlencode(), rows=len(found.lines), by=request.user)
        return download(book, f"{found.standard.name}-{found.unit.name}-{found.period.label}.xlsx", XLSX)
    chosen, failing = _chosen(request, found), queries.failing_resources(found)
    page = Paginator(chosen, _size(request)).get_page(request.GET.get("page"))
    context = _context(request, found, "standards:board") | {
        "table": pages.board_table(found, list(page)),
        "page": page,
        "filters": _filters(request, found),
        "export": pages.address("standards:board", found, export="xlsx"),
        "failing": [(queries.title_of(item), failing[item.indicator]) for item in found.schools.resources if failing[item.indicator]],
        "weights": queries.divided_by_weights(found),
    }  # fmt: skip
    return render(request, "standards/board.html", context)


def _chosen(request: UserRequest, found: Board) -> list[Line]:
    """The lines that the filters leave, in the order asked for."""
    asked = request.GET
    lines = [
        line
        for line in found.lines
        if asked.get("stage", "") in ("", line.part.stage)
        and asked.get("state", "") in ("", line.state)
        and asked.get("q", "").strip() in line.part.name
    ]
    sort = asked.get("sort", "")
    key, indicators = (
        sort.removeprefix("-"),
        {item.indicator: place for place, item in enumerate(found.schools.resources)},
    )
    if key in SORTS:
        lines.sort(key=SORTS[key], reverse=sort.startswith("-"))
    elif key in indicators:
        known = [line for line in lines if line.cells[indicators[key]].value is not None]
        known.sort(key=lambda line: line.cells[indicators[key]].value or 0, reverse=sort.startswith("-"))
        lines = known + [line for line in lines if line.cells[indicators[key]].value is None]
    return lines


def school(request: UserRequest, code: str, unit: str) -> HttpResponse:
    """One school: each resource, its limit and what is lacking; how it stood before."""
    at = queries.unit_for(request.user, unit)
    boards = queries.history_for(request.user, code, at)
    asked = request.GET.get("period")
    found = next((item for item in boards if item.period.code == asked), boards[-1] if boards else None)
    if found is None or not found.lines:
        raise NotFound("STD-014", f"{at.name}在这个标准下没有数据", remedy="该校不在评估范围，或本期还没有填报")
    periods = [item.period for item in reversed(boards)]
    trend = _trend(boards)
    form = WhereForm([(at.code, at.name)], periods, {"unit": at.code, "period": found.period.code})
    above = pages.address("standards:board", None, code)
    context = {"board": found, "unit": at, "sections": pages.school_table(found.lines), "filters": form, "trend": trend,
               "standard": found.standard, "breadcrumbs": [{"label": found.standard.name, "url": above}, {"label": at.name}]}  # fmt: skip
    return render(request, "standards/school.html", context)


def _trend(boards: list[Board]) -> list[dict[str, Any]]:
    """How many resources reached their limits in each period, by stage."""
    labels = [item.period.label for item in boards]
    stages = list(dict.fromkeys(line.part.stage for item in boards for line in item.lines))
    if len(labels) < 2 or not any(item.judges_schools for item in boards):
        return []
    series = [
        {
            "name": stage,
            "values": [next((line.met for line in item.lines if line.part.stage == stage), None) for item in boards],
        }
        for stage in stages
    ]
    return [{"title": "达到标准的指标数", "unit": "项", "decimals": 0, "categories": labels, "series": series}]


def spread(request: UserRequest, code: str) -> HttpResponse:
    """The difference coefficients, and which schools drive one of them."""
    found = _board(request, code)
    picks = {f"{item.resource.indicator}~{item.stage}": item for item in found.spreads}
    worst = max(found.spreads, key=lambda item: item.cv, default=None)
    pick = picks.get(request.GET.get("pick", ""), worst)
    key = f"{pick.resource.indicator}~{pick.stage}" if pick else ""
    labels = [(name, f"{item.stage} {queries.title_of(item.resource)}") for name, item in picks.items()]
    where = {"unit": found.unit.code, "period": found.period.code, "pick": key}
    context = _context(request, found, "standards:spread") | {
        "table": pages.spread_table(found),
        "pick": pick,
        "pulls": pages.pulls_table(pick) if pick else None,
        "chart": pages.pulls_chart(pick) if pick else None,
        "filters": SpreadForm(unit_choices(request.user), _periods(found), labels, where),
        "composites": [
            (stage, value) for stage in found.stages if (value := queries.composite(found, stage)) is not None
        ],
        "weights": queries.divided_by_weights(found),
    }
    return render(request, "standards/spread.html", context)


def items(request: UserRequest, code: str) -> HttpResponse:
    """The items of a standard, part by part."""
    standard = queries.get_standard(code)
    if not standard.items:
        raise NotFound("STD-015", f"“{standard.name}”没有县级评估项目", remedy="查看逐校达标")
    unit = queries.unit_for(request.user, request.GET.get("unit") or None)
    if standard.schools:
        found = queries.board_for(request.user, code, unit, request.GET.get("period") or None)
        period, build, periods = found.period, found.build, _periods(found)
        context = _context(request, found, "standards:items")
    else:
        asked, build = request.GET.get("period"), refresh()
        now = item_rules.period_today()
        periods = [now, now.previous()]
        period = Period.parse(asked) if asked else now
        context = {"standard": standard, "unit": unit, "when": period, "tiles": []}
    results = item_rules.results_for(request.user, standard, unit, period, build)
    counts = [
        (word, category, sum(result.state == key for result in results))
        for key, (word, category) in item_rules.STATES.items()
    ]
    context |= {
        "parts": [(part, pages.items_table(list(group))) for part, group in groupby(results, key=lambda result: result.item.part)],
        "counts": [count for count in counts if count[2]],
        "filters": WhereForm(unit_choices(request.user), periods, {"unit": unit.code, "period": period.code}),
    }  # fmt: skip
    return render(request, "standards/items.html", context)


def history(request: UserRequest, code: str) -> HttpResponse:
    """How a unit stood over the periods with data."""
    boards = queries.history_for(request.user, code, request.GET.get("unit") or None)
    if not boards:
        raise Problem("STD-012", "还没有数据", remedy="先填报或导入数据")
    last = boards[-1]
    context = _context(request, last, "standards:history") | {
        "table": pages.history_table(list(reversed(boards))),
        "charts": pages.history_charts(boards) if len(boards) > 1 else [],
        "filters": WhereForm(unit_choices(request.user), [], {"unit": last.unit.code}),
    }
    return render(request, "standards/history.html", context)


def _board(request: UserRequest, code: str) -> Board:
    return queries.board_for(request.user, code, request.GET.get("unit") or None, request.GET.get("period") or None)


def _context(request: UserRequest, found: Board, current: str) -> dict[str, Any]:
    return {
        "board": found, "standard": found.standard, "unit": found.unit, "when": found.period, "tabs": pages.tabs(found, current),
        "tiles": pages.tiles(found), "as_of": timezone.localtime(found.build.as_of), "build": found.build.build,
        "breadcrumbs": [{"label": "标准与达标", "url": reverse("standards:index")}, {"label": found.standard.name}],
    }  # fmt: skip


def _filters(request: UserRequest, found: Board) -> BoardForm:
    data = {name: request.GET.get(name, "") for name in ("stage", "state", "q")}
    return BoardForm(unit_choices(request.user), _periods(found), list(found.schools.stages),
                     {**data, "unit": found.unit.code, "period": found.period.code})  # fmt: skip


def _periods(found: Board) -> list[Period]:
    return queries.periods_with_data(found.schools, found.build)


def _size(request: UserRequest) -> int:
    size = request.GET.get("size", "")
    return int(size) if size in ("20", "50", "100", "200") else 50
