"""The rounds, and one round's board."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from taizhang.appraisal import actions
from taizhang.appraisal.forms import RoundForm
from taizhang.appraisal.models import Round, Sheet
from taizhang.appraisal.policy import may_run
from taizhang.appraisal.queries import get_round_for, rounds_for, sheets_for, standing_of
from taizhang.appraisal.scoring import Score, Standing
from taizhang.appraisal.views.common import STATE_CATEGORIES, band_cell, crumbs, day_of, shows_rank
from taizhang.appraisal.xlsx import board_xlsx, remarks_on
from taizhang.catalog.current import catalog
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.queries import root_unit
from taizhang.org.request import UserRequest
from taizhang.ui.tables import Column, Row, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def index(request: UserRequest) -> HttpResponse:
    """The rounds that concern a person."""
    runs = may_run(request.user, root_unit())
    rows = [
        Row(
            (item.title, Period.parse(item.period).label, (item.get_state_display(), STATE_CATEGORIES[item.state]),
             item.objections_until),
            url=reverse("appraisal:board", args=[item.pk]),
        )
        for item in rounds_for(request.user)
    ]  # fmt: skip
    columns = [Column("名称"), Column("期间"), Column("状态", "state"), Column("公示截止", "date")]
    remedy = "点“启动考核”，选择方案和期间。" if runs else "考核启动后，您单位的评分表会列在这里。"
    table = Table(columns, rows, caption="考核", empty="还没有考核", remedy=remedy)
    form = RoundForm(schemes=list(catalog().schemes.values())) if runs else None
    return render(request, "appraisal/index.html", {"table": table, "form": form})


@require_POST
def new(request: UserRequest) -> HttpResponse:
    """Open a round."""
    form = RoundForm(request.POST, schemes=list(catalog().schemes.values()))
    if not form.is_valid():
        raise Problem("APR-060", "考核方案和期间没有填对", remedy="选择方案，期间写成 2026 这样的年份")
    made = actions.open_round(by=request.user, **form.cleaned_data)
    messages.success(request, f"考核已启动，共 {made.sheets.count()} 张评分表。")
    return redirect("appraisal:board", made.pk)


@require_GET
def board(request: UserRequest, pk: int) -> HttpResponse:
    """Places by group: what each unit has, what it lacks, what stands against it."""
    found = get_round_for(request.user, pk)
    form, day = day_of(request)
    current = standing_of(found, day)
    sheets = {sheet.code: sheet for sheet in sheets_for(request.user, found)}
    ranked = shows_rank(request.user, found)
    if request.GET.get("export") == "xlsx":
        return _sheet(found, current, set(sheets), ranked)
    runs = may_run(request.user, found.unit)
    groups = []
    for name, scores in current.by_group().items():
        rows = [_row(score, sheets[score.code], current, ranked) for score in scores if score.code in sheets]
        if rows:
            groups.append((name, Table(_columns(current), rows, caption=name)))
    context = {
        "round": found, "form": form, "groups": groups, "day": day, "scheme": current.scheme, "breadcrumbs": crumbs(found),
        "category": STATE_CATEGORIES[found.state], "period": Period.parse(found.period).label, "summary": _summary(current, sheets),
        "may_measure": runs and found.state == Round.OPEN, "may_publish": runs and found.state == Round.OPEN,
        "may_freeze": runs and found.state == Round.PUBLISHED, "export": f"?export=xlsx{f'&on={day}' if day else ''}",
        "only_own": len(sheets) < len(current.scores),
    }  # fmt: skip
    return render(request, "appraisal/board.html", context)


@require_POST
def measure(request: UserRequest, pk: int) -> HttpResponse:
    """Take the figures anew."""
    changed = actions.measure_round(round_=get_round_for(request.user, pk), by=request.user)
    messages.success(request, f"已按台账取数，{changed} 项有变化。" if changed else "已按台账取数，没有变化。")
    return redirect("appraisal:board", pk)


@require_POST
def publish(request: UserRequest, pk: int) -> HttpResponse:
    """Show the result."""
    done = actions.publish_round(round_=get_round_for(request.user, pk), by=request.user)
    messages.success(request, f"已公示，{done.objections_until} 前受理申诉。")
    return redirect("appraisal:board", pk)


@require_POST
def freeze(request: UserRequest, pk: int) -> HttpResponse:
    """The final word."""
    actions.freeze_round(round_=get_round_for(request.user, pk), by=request.user)
    messages.success(request, "考核结果已定案。")
    return redirect("appraisal:board", pk)


def _columns(current: Standing) -> list[Column]:
    sections = [Column(section.name, "number", decimals=2) for section in current.scheme.sections]
    return [
        Column("单位"), Column("名次", "number", decimals=0), Column("总分", "drill", decimals=2), *sections,
        Column("加分", "number", decimals=2), Column("扣分", "number", decimals=2), Column("等次", "state"), Column("备注"),
    ]  # fmt: skip


def _row(score: Score, sheet: Sheet, current: Standing, ranked: bool) -> Row:
    url = reverse("appraisal:sheet", args=[sheet.pk])
    parts = {part.name: part.score for part in score.parts}
    cells = (
        score.name, score.rank if ranked else None, None if score.total is None else (score.total, url),
        *(parts.get(section.name) for section in current.scheme.sections), score.added or None, score.deducted or None,
        band_cell(score, current) if ranked and not score.missing else None, "；".join(remarks_on(score, ranked)),
    )  # fmt: skip
    category = "late" if score.held_by("fail") else "warn" if score.missing or score.unanswered else ""
    return Row(cells, url=url, category=category)


def _summary(current: Standing, sheets: dict[str, Sheet]) -> dict[str, int]:
    seen = [score for code, score in current.scores.items() if code in sheets]
    return {
        "sheets": len(seen),
        "complete": sum(not score.missing for score in seen),
        "vetoes": sum(len(score.standing_vetoes) for score in seen),
        "objections": sum(len(score.unanswered) for score in seen),
    }


def _sheet(found: Round, current: Standing, codes: set[str], ranked: bool) -> HttpResponse:
    response = HttpResponse(board_xlsx(found, current, codes, ranked), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(f'{found.title}.xlsx')}"
    return response
