"""The what-if page: steps stand in the address, results beside what is; kept only when somebody says so."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.kernel.errors import Problem
from taizhang.org.request import UserRequest
from taizhang.standards import actions, pages, queries
from taizhang.standards.forms import ChangeForm, KeepForm, WhereForm, unit_choices
from taizhang.standards.items import limit_text
from taizhang.standards.queries import Board, judged_board, title_of
from taizhang.standards.verdicts import STATES
from taizhang.standards.what_if import Change, applied, change_from_dict, change_from_text, words_of
from taizhang.ui.tables import Column, Row, Table


def what_if(request: UserRequest, code: str) -> HttpResponse:
    """``c`` in the address is one step each; ``scenario`` opens a kept one."""
    chosen = request.GET.get("scenario", "")
    kept = queries.get_scenario_for(request.user, int(chosen)) if chosen.isdigit() else None
    if kept is not None and kept.standard_code == code:
        before = queries.board_for(request.user, code, kept.unit, kept.period)
        changes = [change_from_dict(step) for step in kept.changes]
    else:
        before = queries.board_for(
            request.user, code, request.GET.get("unit") or None, request.GET.get("period") or None
        )
        changes = [change_from_text(text) for text in request.GET.getlist("c")]
    form, problem = _form(request, before), None
    if "kind" in request.GET:
        changes, problem = _with_new(form, before, changes)
    after, wrong = _after(before, changes)
    context = _context(request, before, changes) | {
        "form": form, "problem": problem or wrong, "after": after, "keep": KeepForm(), "kept": kept,
        "results": _results(before, after) if after and changes else None,
    }  # fmt: skip
    return render(request, "standards/what_if.html", context)


def _with_new(form: ChangeForm, before: Board, changes: list[Change]) -> tuple[list[Change], Problem | None]:
    """The steps with the one from the form, when it can be taken."""
    if not form.is_valid():
        return changes, Problem("STD-027", "这一步没有填对", remedy="核对标红的格子")
    data = form.cleaned_data
    joins = data["kind"] in ("merge", "close")
    amount = "" if joins or data["amount"] is None else f"{data['amount'].normalize():f}"
    new = Change(
        data["kind"],
        "" if data["kind"] == "add" else data["source"],
        data["target"],
        "" if joins else data["stage"],
        "" if joins else data["resource"],
        amount,
    )
    try:
        applied(before.parts, [*changes, new], before.schools)
    except Problem as wrong:
        return changes, wrong
    return [*changes, new], None


def _after(before: Board, changes: list[Change]) -> tuple[Board | None, Problem | None]:
    try:
        parts = applied(before.parts, changes, before.schools)
    except Problem as wrong:
        return None, wrong
    return judged_board(before.standard, before.unit, before.period, before.build, parts, before.filed), None


def _form(request: UserRequest, board: Board) -> ChangeForm:
    named = {part.code: part.name for part in board.parts if part.stage in board.schools.stages}
    resources = [
        (item.indicator, f"{item.short or title_of(item)}（{item.measure}）") for item in board.schools.resources
    ]
    return ChangeForm(
        list(named.items()), board.stages, resources, request.GET.dict() if "kind" in request.GET else None
    )


def _context(request: UserRequest, before: Board, changes: list[Change]) -> dict[str, Any]:
    names = {part.code: part.name for part in before.parts}
    resources = {item.indicator: item for item in before.schools.resources}
    texts = [change.as_text() for change in changes]
    steps = [
        {"words": words_of(change, names, resources), "without": address_of(before, texts[:place] + texts[place + 1 :])}
        for place, change in enumerate(changes)
    ]
    here = reverse("standards:what_if", args=[before.standard.code])
    return {
        "board": before, "standard": before.standard, "unit": before.unit, "when": before.period, "changes": texts, "steps": steps,
        "tabs": pages.tabs(before, "standards:what_if"), "empty_address": address_of(before, []),
        "filters": WhereForm(unit_choices(request.user), queries.periods_with_data(before.schools, before.build),
                             {"unit": before.unit.code, "period": before.period.code}),
        "scenarios": [(item, f"{here}?scenario={item.pk}", item.made_by_id == request.user.pk) for item in queries.scenarios_of(before)],
        "breadcrumbs": [{"label": "标准与达标", "url": reverse("standards:index")}, {"label": before.standard.name}],
    }  # fmt: skip


def address_of(board: Board, texts: list[str]) -> str:
    """The page with these steps."""
    pairs = [("unit", board.unit.code), ("period", board.period.code), *(("c", text) for text in texts)]
    return f"{reverse('standards:what_if', args=[board.standard.code])}?{urlencode(pairs)}"


def _results(before: Board, after: Board) -> dict[str, Any]:
    """What changes: the schools whose line is another, and every coefficient before and after."""
    tiles = [
        {"label": f"{stage}达标", "value": f"{after.passed(stage)}/{after.total(stage)}", "unit": "所",
         "note": f"现在 {before.passed(stage)}/{before.total(stage)}", "category": "" if after.passed(stage) == after.total(stage) else "late"}
        for stage in after.stages
        if before.judges_schools
    ]  # fmt: skip
    return {"tiles": tiles, "schools": _school_table(before, after), "spreads": _spread_table(before, after)}


def _school_table(before: Board, after: Board) -> Table:
    was, now = ({line.part.key: line for line in board.lines} for board in (before, after))
    judged = before.judges_schools
    columns = [Column("学校"), Column("学段"), Column("学生数", "drill")]
    columns += [Column("现在", "state"), Column("之后", "state"), Column("之后的差距")] if judged else []
    columns += [Column(item.short or title_of(item), "drill") for item in before.schools.resources]
    rows = []
    for key in dict.fromkeys((*was, *now)):
        old, new = was.get(key), now.get(key)
        if old and new and (old.part.amounts, old.part.bases) == (new.part.amounts, new.part.bases):
            continue
        line = new or old
        assert line is not None
        pupils = _arrow(*(f"{side.part.pupils:f}" if side else "—" for side in (old, new)))
        states = [
            STATES[side.state] if side else ("不再评估" if side is new else "未评估", "closed") for side in (old, new)
        ]
        values = [
            _arrow(*(pages.value_text(item.indicator, side.cells[place].value) if side else "—" for side in (old, new)))
            for place, item in enumerate(before.schools.resources)
        ]
        verdict = [*states, pages.gap_words(new) if new else "—"] if judged else []
        rows.append(Row([line.part.name, line.part.stage, (pupils, ""), *verdict, *((value, "") for value in values)],
                        category="late" if new and new.state == "failed" else ""))  # fmt: skip
    return Table(columns, rows, "有变化的学校", empty="没有学校发生变化", id="schools")


def _spread_table(before: Board, after: Board) -> Table:
    columns = [Column("指标"), Column("学段"), Column("现在", "number", "", 4), Column("之后", "number", "", 4), Column("变化", "drill"),
               Column("标准"), Column("之后的结果", "state")]  # fmt: skip
    rows = []
    for old in before.spreads:
        new = after.spread(old.resource.indicator, old.stage)
        if new is not None and new.cv == old.cv:
            continue
        change = "—" if new is None else f"{new.cv - old.cv:+.4f}"
        limit = limit_text(old.limit, None)
        rows.append(Row([title_of(old.resource), old.stage, old.cv, new.cv if new else None, (change, ""), limit,
                         pages.spread_state(new) if new else ("不可比", "draft")],
                        category="late" if new and new.met is False else ""))  # fmt: skip
    return Table(columns, rows, "差异系数前后", empty="差异系数没有变化", id="spreads")


def _arrow(old: str, new: str) -> str:
    return new if old == new else f"{old} → {new}"


@require_POST
def keep(request: UserRequest, code: str) -> HttpResponse:
    """Keep the steps under a name."""
    board = queries.board_for(request.user, code, request.POST.get("unit") or None, request.POST.get("period") or None)
    changes = [change_from_text(text) for text in request.POST.getlist("c")]
    made = actions.keep_scenario(
        board=board,
        name=request.POST.get("name", ""),
        note=request.POST.get("note", ""),
        changes=changes,
        by=request.user,
    )
    messages.success(request, f"已存为方案“{made.name}”。台账数据没有改动。")
    return redirect(f"{reverse('standards:what_if', args=[code])}?scenario={made.pk}")


@require_POST
def drop(request: UserRequest, scenario_id: int) -> HttpResponse:
    """Drop one's own scenario."""
    scenario = queries.get_scenario_for(request.user, scenario_id)
    where = {"unit": scenario.unit.code, "period": scenario.period}
    code = scenario.standard_code
    actions.drop_scenario(scenario=scenario, by=request.user)
    messages.success(request, "已删去方案。")
    return redirect(f"{reverse('standards:what_if', args=[code])}?{urlencode(where)}")
