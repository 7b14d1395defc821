"""Single acts on a sheet, each one small form on a page of its own: it works on a phone and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from taizhang.appraisal import actions
from taizhang.appraisal.forms import AdjustForm, AnswerForm, ObjectionForm, ReasonForm, VetoForm, WaiveForm
from taizhang.appraisal.models import Sheet
from taizhang.appraisal.policy import judged_by
from taizhang.appraisal.queries import get_entry_for, get_sheet_for, standing_of
from taizhang.appraisal.views.common import EFFECTS, crumbs, proof_from
from taizhang.kernel.errors import Forbidden
from taizhang.org.request import UserRequest


@require_http_methods(["GET", "POST"])
def adjust(request: UserRequest, pk: int) -> HttpResponse:
    """Add or take off points beside the sections."""
    found = get_sheet_for(request.user, pk)
    scheme, bureau = standing_of(found.round).scheme, found.round.unit
    words = {"add": "加", "deduct": "扣"}
    lines = [line for line in scheme.adjustments if line.each and not line.formula]
    mine = judged_by(request.user, [line.judge for line in lines], bureau)
    choices = [
        (line.name, f"{line.name}（每次{words[line.kind]} {line.each:f} 分）") for line in lines if line.judge in mine
    ]
    form = _form(AdjustForm, request, _some(choices, "登记加减分"))
    return _act(
        request,
        found,
        form,
        "登记加减分",
        "已登记。",
        lambda said: actions.adjust(sheet=found, by=request.user, **said),
    )


@require_http_methods(["GET", "POST"])
def veto(request: UserRequest, pk: int) -> HttpResponse:
    """一票否决."""
    found = get_sheet_for(request.user, pk)
    scheme, bureau = standing_of(found.round).scheme, found.round.unit
    mine = judged_by(request.user, [item.by for item in scheme.vetoes], bureau)
    choices = [(item.name, f"{item.name}（{EFFECTS[item.effect]}）") for item in scheme.vetoes if item.by in mine]
    form = _form(VetoForm, request, _some(choices, "作出否决"))

    def act(said: dict[str, Any]) -> Any:
        return actions.set_veto(sheet=found, veto=said.pop("item"), by=request.user, **said)

    return _act(request, found, form, "一票否决", "否决已登记。", act, danger=True)


@require_http_methods(["GET", "POST"])
def waive(request: UserRequest, pk: int) -> HttpResponse:
    """A line that does not fit the unit."""
    found = get_sheet_for(request.user, pk)
    lines = standing_of(found.round).scores[found.code].lines
    form = _form(WaiveForm, request, [(line.item.name, line.item.name) for line in lines if not line.waived])
    return _act(
        request, found, form, "注明不适用", "已注明，本板块其他项目折算。",
        lambda said: actions.waive(sheet=found, by=request.user, **said),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def object_to(request: UserRequest, pk: int) -> HttpResponse:
    """An objection in the days of publication."""
    found = get_sheet_for(request.user, pk)
    score = standing_of(found.round).scores[found.code]
    lines = [*score.lines, *(line for line in score.adjustments if line.earned is not None)]
    names = [line.item.name for line in lines] + [item.veto.name for item in score.standing_vetoes]
    form = _form(ObjectionForm, request, [(name, name) for name in dict.fromkeys(names)])
    return _act(
        request, found, form, "提出申诉", "申诉已提交，答复后会提醒您。",
        lambda said: actions.object_to(sheet=found, by=request.user, **said),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def strike(request: UserRequest, pk: int) -> HttpResponse:
    """Take back points entered by mistake."""
    entry = get_entry_for(request.user, pk)
    form = ReasonForm(request.POST or None)
    return _act(
        request, entry.sheet, form, f"撤销“{entry.item}”", "已撤销。",
        lambda said: actions.strike(entry=entry, by=request.user, **said), danger=True,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def lift(request: UserRequest, pk: int) -> HttpResponse:
    """Lift a veto."""
    entry = get_entry_for(request.user, pk)
    form = ReasonForm(request.POST or None)
    return _act(
        request, entry.sheet, form, f"解除“{entry.item}”否决", "否决已解除。",
        lambda said: actions.lift_veto(entry=entry, by=request.user, **said),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def answer(request: UserRequest, pk: int) -> HttpResponse:
    """Answer an objection."""
    entry = get_entry_for(request.user, pk)
    form = AnswerForm(request.POST or None)

    def act(said: dict[str, Any]) -> Any:
        return actions.answer(objection=entry, by=request.user, **{**said, "accepted": said["accepted"] == "yes"})

    return _act(
        request, entry.sheet, form, f"答复对“{entry.item}”的申诉", "已答复并提醒申诉人。", act,
        lead=f"{entry.by or '系统'} {entry.on}：{entry.data.get('note', '')}",
    )  # fmt: skip


def _form(kind: Any, request: UserRequest, choices: list[tuple[str, str]]) -> forms.Form:
    initial = {"item": request.GET.get("item", "")}
    return kind(request.POST or None, request.FILES or None, choices=choices, initial=initial)


def _some(choices: list[tuple[str, str]], what: str) -> list[tuple[str, str]]:
    """The choices, unless there is none for this person."""
    if not choices:
        raise Forbidden("APR-062", f"您不能{what}", remedy="由考核方案指定的科室办理")
    return choices


def _act(
    request: UserRequest, found: Sheet | None, form: forms.Form, title: str, done: str,
    act: Callable[[dict[str, Any]], Any], *, danger: bool = False, lead: str = "",
) -> HttpResponse:  # fmt: skip
    assert found is not None  # every entry that is acted on is about a sheet
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            said = dict(form.cleaned_data)
            if "evidence" in said:
                said["evidence"] = proof_from(said["evidence"], request.user)
            act(said)
        messages.success(request, done)
        return redirect("appraisal:sheet", found.pk)
    context = {
        "sheet": found, "form": form, "title": title, "danger": danger, "lead": lead,
        "breadcrumbs": crumbs(found.round, found, title),
    }  # fmt: skip
    return render(request, "appraisal/act.html", context)
