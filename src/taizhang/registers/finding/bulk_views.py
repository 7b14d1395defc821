"""The pages of a bulk act: what to do, what would come of it, what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.events.work import start
from taizhang.kernel.errors import Problem
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.finding import bulk
from taizhang.registers.finding.models import BulkAct
from taizhang.registers.forms import RecordForm
from taizhang.registers.lifecycle import find_step, needs_reason
from taizhang.registers.models import Record
from taizhang.registers.queries import records_by_ids_for
from taizhang.registers.requests import Request, sent
from taizhang.registers.sheets.views import seen

# More rows are looked at and changed by the worker.
MOST_INLINE = 300
UNPROCESSABLE = 422


class ChangeForm(RecordForm):
    """The values of a bulk change. For a field, an empty value says to empty it, and must be said; a step leaves alone
    what is not filled in."""

    def __init__(self, plan: Blueprint, request: Request, kind: str, name: str) -> None:
        step = find_step(plan.register, name) if kind == bulk.STEP else None
        names = [item for item in step.requires if plan.fields[item].type != "file"] if step else [name]
        super().__init__(plan, request.user, sent(request, request.POST), names=names)
        self.names = names
        for made in self.fields.values():
            made.required = made.widget.is_required = False
        self.initial.clear()
        if step is None:
            self.fields["clear"] = forms.BooleanField(label="清空这一项", required=False)
        else:
            required = needs_reason(plan.register, step)
            area = forms.Textarea(attrs={"rows": 2})
            self.fields["note"] = forms.CharField(label="说明", required=required, max_length=500, widget=area)
        self.step = step
        self.sections = [("", list(self.fields))]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.step is None and not self.errors:
            empty = self[self.names[0]].data in (None, "", [])
            if empty != bool(cleaned.get("clear")):
                told = "填写新的值；要清空，请勾选“清空这一项”" if empty else "填了值就不要勾选“清空这一项”"
                self.add_error(self.names[0], told)
        return cleaned

    def values(self) -> dict[str, Any]:
        given = {name: self[name].data for name in self.names}
        return {name: raw for name, raw in given.items() if raw not in (None, "", [])} if self.step else given


@require_POST
def choose(request: Request, code: str) -> HttpResponse:
    """Keep the rows that were ticked, or all that the list's filters find, and go on to what is to be done."""
    plan = seen(request.user, code)
    every = request.POST.get("all") == "1"
    try:
        act = bulk.choose_rows(
            register=plan.code,
            by=request.user,
            keys=request.POST.getlist("key"),
            query=request.POST.get("query", "") if every else None,
        )
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        messages.error(request, f"{problem.message}。{problem.remedy}")
        query = request.POST.get("query", "")
        return redirect(reverse("registers:list", args=[plan.code]) + (f"?{query}" if query else ""))
    return redirect("registers:bulk_act", act.pk)


def act(request: Request, act_id: int) -> HttpResponse:
    """One bulk act at its stage: choose what to do, give the values, look at the preview, see the result."""
    found = bulk.act_for(request.user, act_id)
    plan = seen(request.user, found.register_code)
    kind, name = _asked(request)
    again = bool(name) or "again" in request.GET
    if found.state in (BulkAct.APPLIED, BulkAct.UNDONE) or (found.state == BulkAct.PREVIEWED and not again):
        return _shown(request, plan, found)
    form = None
    problem: Problem | None = None
    if name:
        _require_known(request, plan, kind, name)
        form = ChangeForm(plan, request, kind, name)
        if request.method == "POST" and form.is_valid():
            try:
                bulk.set_change(
                    act=found,
                    kind=kind,
                    name=name,
                    values=form.values(),
                    by=request.user,
                    note=request.POST.get("note", ""),
                )
                return _do(request, found, "look")
            except Problem as wrong:
                if wrong.status != UNPROCESSABLE:
                    raise
                problem = wrong
    context = {
        "act": found,
        "count": len(found.rows),
        "form": form,
        "name": name,
        "kind": kind,
        "fields": bulk.fields_for(request.user, plan),
        "steps": bulk.steps_for_many(request.user, plan),
        "problem": problem,
        **_frame(plan, found),
    }
    bad = problem is not None or (form is not None and bool(form.errors))
    return render(request, "registers/finding/bulk_change.html", context, status=UNPROCESSABLE if bad else 200)


@require_POST
def carry_out(request: Request, act_id: int) -> HttpResponse:
    """Do it: all rows or none (``whole``), or those that are accepted."""
    found = bulk.act_for(request.user, act_id)
    return _do(request, found, "whole" if request.POST.get("whole") == "1" else "accepted")


@require_POST
def take_back(request: Request, act_id: int) -> HttpResponse:
    """Undo the whole act."""
    return _do(request, bulk.act_for(request.user, act_id), "undo")


def _do(request: Request, found: BulkAct, what: str) -> HttpResponse:
    """Now, or by the worker when it is long; a refusal is told on the act's page."""
    here = redirect("registers:bulk_act", found.pk)
    plan = blueprint(found.register_code)
    if found.size > MOST_INLINE:
        word = {"look": "预览", "undo": "撤销"}.get(what, "")
        title = f"{word}{found.word}“{plan.register.name}” {found.size} 条"
        made = start("registers.bulk", by=request.user, title=title, act=found.pk, what=what)
        return redirect("events:work", made.pk)
    try:
        if what == "look":
            bulk.preview(act=found, by=request.user)
        elif what == "undo":
            bulk.undo(act=found, by=request.user)
        else:
            bulk.apply(act=found, by=request.user, whole=what == "whole")
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        messages.error(request, f"{problem.message}。{problem.remedy}")
    return here


def _shown(request: Request, plan: Blueprint, found: BulkAct) -> HttpResponse:
    """Preview or result. Names of records are read again with the person's right of today."""
    result = found.outcome if found.state in (BulkAct.APPLIED, BulkAct.UNDONE) else found.verdict
    ids = [item["id"] for key in ("changes", "refusals") for item in result.get(key, [])]
    may: dict[int, Record] = {record.pk: record for record in records_by_ids_for(request.user, ids)}
    context = {
        "act": found,
        "result": result,
        "changes": [item for item in result.get("changes", []) if item["id"] in may],
        "refusals": [item for item in result.get("refusals", []) if not item["id"] or item["id"] in may],
        "why_not_undone": bulk.why_not_undone(found, request.user),
        "change": _words(plan, found),
        **_frame(plan, found),
    }
    return render(request, "registers/finding/bulk_shown.html", context)


def _words(plan: Blueprint, found: BulkAct) -> str:
    """What the act does, as a sentence."""
    name, values = found.change["name"], found.change["values"]
    if found.is_import:
        return str(name)
    if found.change["kind"] == bulk.STEP:
        given = "；".join(f"{key}：{value}" for key, value in values.items())
        return f"办理“{name}”" + (f"（{given}）" if given else "")
    value = values.get(name)
    shown = "、".join(value) if isinstance(value, list) else value
    return f"把“{plan.fields[name].definition.title}”改为“{shown}”" if shown else f"清空“{name}”"


def _asked(request: Request) -> tuple[str, str]:
    """Which change the address or the form speaks of."""
    for kind in (bulk.FIELD, bulk.STEP):
        if name := request.POST.get(f"bulk_{kind}") or request.GET.get(f"bulk_{kind}"):
            return kind, name
    return "", ""


def _require_known(request: Request, plan: Blueprint, kind: str, name: str) -> None:
    fields = {item.name for item in bulk.fields_for(request.user, plan)}
    steps = {step.name for step in bulk.steps_for_many(request.user, plan)}
    if name not in (fields if kind == bulk.FIELD else steps):
        raise Problem("REG-403", f"不能批量处理“{name}”", remedy="回到上一页另选一项")


def _frame(plan: Blueprint, found: BulkAct) -> dict[str, Any]:
    here = reverse("registers:list", args=[plan.code])
    crumbs = [
        {"label": "台账", "url": reverse("registers:index")},
        {"label": plan.register.name, "url": here},
        {"label": found.word, "url": ""},
    ]
    return {"plan": plan, "breadcrumbs": crumbs, "back": here + (f"?{found.query}" if found.query else "")}
