"""A task's own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from taizhang.catalog.current import catalog
from taizhang.documents.actions import add_evidence
from taizhang.documents.forms import received
from taizhang.documents.models import Document
from taizhang.documents.queries import documents_for
from taizhang.kernel.errors import Forbidden
from taizhang.kernel.texts import plain_number
from taizhang.org.policy import can
from taizhang.org.request import UserRequest
from taizhang.plans import actions
from taizhang.plans.forms import ExtensionForm, ProgressForm, ReasonForm, TakeUpForm, TaskForm
from taizhang.plans.judging import judge_targets
from taizhang.plans.lenses import lit_tasks
from taizhang.plans.lights import is_falling, is_level_target, standing_of
from taizhang.plans.models import Plan, ProgressEntry, Target, Task, TaskUnit
from taizhang.plans.pace import BY_REPORT, achievement, parts_reach
from taizhang.plans.policy import may_plan, reporting_parts, reporting_units
from taizhang.plans.queries import get_task_for, plans_for, units_to_name
from taizhang.plans.supervise.extensions import may_ask, may_decide
from taizhang.plans.supervise.ladder import next_rung
from taizhang.plans.supervise.letters import letters_for, letters_for_tasks, may_urge
from taizhang.plans.supervise.models import Extension
from taizhang.plans.views.common import state_of


@require_http_methods(["GET", "POST"])
def task(request: UserRequest, pk: int) -> HttpResponse:
    """The task with its history; posting reports progress, and a form that is not in order comes back with words."""
    found = get_task_for(request.user, pk)
    computed = found.plan.state != Plan.DRAFT and standing_of(found).by != BY_REPORT
    form = ProgressForm(
        request.POST or None, request.FILES or None, initial={"percent": found.progress}, computed=computed
    )
    if request.method == "POST" and form.is_valid():
        _report(request, found, form)
        messages.success(request, "进展已记录。")
        return redirect("plans:task", pk)
    return render(request, "plans/task.html", _context(request, found, form))


@require_http_methods(["GET", "POST"])
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Mend an accepted task's words, units, deadline."""
    found = get_task_for(request.user, pk)
    units = units_to_name(found.plan)
    form = TaskForm(request.POST or None, units=units, task=found)
    if request.method == "POST" and form.is_valid():
        actions.edit_task(task=found, by=request.user, **form.cleaned_data)
        messages.success(request, "任务已修改。")
        return redirect("plans:task", pk)
    return render(request, "plans/task_edit.html", {"task": found, "form": form, "units": units})


@require_POST
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Send the task back to work."""
    actions.reopen_task(task=get_task_for(request.user, pk), reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, "任务已退回，继续进行。")
    return redirect("plans:task", pk)


@require_POST
def cancel(request: UserRequest, pk: int) -> HttpResponse:
    """Give the task up."""
    actions.cancel_task(task=get_task_for(request.user, pk), reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, "任务已取消。")
    return redirect("plans:task", pk)


def _report(request: UserRequest, found: Task, form: ProgressForm) -> None:
    values = form.cleaned_data
    evidence: Document | None = None
    # A report that is refused leaves no proof behind.
    with transaction.atomic():
        if values["evidence"]:
            data, name = received(values["evidence"])
            evidence = add_evidence(data=data, name=name, by=request.user).document
        actions.report_progress(
            task=found,
            percent=100 if values.get("finish") else values.get("percent"),
            note=values["note"],
            on=values["on"],
            evidence=evidence,
            by=request.user,
        )


def _context(request: UserRequest, found: Task, form: ProgressForm) -> dict[str, Any]:
    planner = may_plan(request.user, found.plan.unit)
    running = found.plan.state == Plan.ACCEPTED
    parts = reporting_parts(request.user, found) if running and found.state == Task.OPEN else {}
    light = standing_of(found)
    word, category = state_of(found, light)
    leads = TaskUnit.LEAD in parts.values()
    names = catalog().indicators
    return {
        "task": judge_targets(request.user, found),
        "form": form if parts else None,
        "reporting": "、".join(f"{unit.name}({'牵头' if part == 'lead' else '配合'})" for unit, part in parts.items()),
        "category": category,
        "state_word": word,
        "light": light if found.plan.state != Plan.DRAFT else None,
        "computed": light.by != BY_REPORT,
        "reports": bool(parts),
        "may_shape": running and found.state == Task.OPEN and (planner or leads),
        "next_rung": next_rung(found, timezone.localdate()),
        **_supervision(request, found, running),
        **_below(request, found),
        "entries": _history(request, found),
        "source": _source(request, found),
        "may_plan": planner and found.plan.state != Plan.CLOSED,
        "may_cancel": planner and running and found.state == Task.OPEN,
        "may_reopen": planner and running and found.state != Task.OPEN,
        "reason_form": ReasonForm(auto_id="id_%s_reason"),
        "indicators": {code: item.title for code, item in names.items()},
        "today": timezone.localdate(),
        "breadcrumbs": [
            {"label": "要点任务", "url": reverse("plans:index")},
            {"label": found.plan.title, "url": reverse("plans:plan", args=[found.plan_id])},
            {"label": found.title},
        ],
    }


def _supervision(request: UserRequest, found: Task, running: bool) -> dict[str, Any]:
    """Letters, urgings, requests for more time, and what the person may do about them."""
    open_ = running and found.state == Task.OPEN
    seen = letters_for(request.user).filter(task=found).order_by("id")
    asked = list(found.extensions.select_related("unit", "asked_by", "decided_by", "evidence"))
    pending = any(item.state == Extension.ASKED for item in asked)
    return {
        "letters": list(seen),
        "urgings": list(found.urgings.all()),
        "letter_names": [item.name for item in letters_for_tasks()] if open_ and may_urge(request.user, found) else [],
        "extensions": asked,
        "may_decide": open_ and may_decide(request.user, found),
        "extension_form": ExtensionForm(auto_id="id_%s_extension")
        if open_ and not pending and may_ask(request.user, found)
        else None,
    }


def _below(request: UserRequest, found: Task) -> dict[str, Any]:
    """The milestones with their pictures, the parts with their lights, what was said, and the targets' parts."""
    milestones = list(found.milestones.prefetch_related("pictures"))
    pictures = {one.pk for item in milestones for one in item.pictures.all()}
    may_open = set()
    if pictures:
        shown = documents_for(request.user, evidence=True).filter(pk__in=pictures)
        may_open = set(shown.values_list("pk", flat=True))
    children = found.children.select_related("plan").prefetch_related("units__unit").order_by("deadline", "id")
    return {
        "milestones": [(item, [one for one in item.pictures.all() if one.pk in may_open]) for item in milestones],
        "children": lit_tasks(children, timezone.localdate()),
        "comments": list(found.comments.all()),
        "may_instruct": can(request.user, "comment"),
        "target_rows": [_target_row(request, found, item) for item in found.targets.all()],
    }


@require_http_methods(["GET", "POST"])
def take_up(request: UserRequest) -> HttpResponse:
    """One door for what is in no document: a meeting's decisions, a leader's note, an inspection's findings, a petition."""
    own = [plan for plan in plans_for(request.user).exclude(state=Plan.CLOSED) if may_plan(request.user, plan.unit)]
    if not own:
        raise Forbidden("PLAN-106", "没有可以列入任务的计划", remedy="由办公室先新建计划，如“会议议定事项”")
    chosen = Plan.objects.filter(pk__in=[plan.pk for plan in own])
    one_of_each = {plan.unit_id: plan for plan in own}.values()
    units = list(dict.fromkeys(unit for plan in one_of_each for unit in units_to_name(plan)))
    sent = {name: request.GET.get(name, "") for name in ("origin", "origin_text", "origin_url", "plan")}
    form = TakeUpForm(request.POST or None, plans=chosen, units=units, initial=sent)
    if request.method == "POST" and form.is_valid():
        task = actions.add_task(by=request.user, **form.cleaned_data)
        messages.success(request, f"已列入“{task.plan.title}”。")
        return redirect("plans:task", task.pk)
    context = {
        "form": form,
        "units": units,
        "breadcrumbs": [{"label": "要点任务", "url": reverse("plans:tasks")}, {"label": "添加任务"}],
    }
    return render(request, "plans/take_up.html", context)


def _target_row(request: UserRequest, found: Task, target: Target) -> dict[str, Any]:
    """A target beside its actuals: each setter's share (may exceed 100 %), what was begun, and the units' parts."""
    parts = list(target.parts.select_related("unit"))
    values = [part.value for part in parts]
    falling = is_falling(target.comparator, target.indicator_code)
    level = is_level_target(target)
    measured = bool(target.indicator_code and target.measured_on)
    mine = set() if measured else reporting_units(request.user)
    return {
        "target": target,
        "achieved": None if level else achievement(target.value, target.actual),
        "begun": None if level else achievement(target.value, target.started),
        "parts": [(part, part.unit_id in mine) for part in parts],
        "gap": parts_reach(target.value, values, falling=falling, is_level=level) if target.value is not None else "",
        "reported": not measured and not parts,
        "lines": "\n".join(f"{part.unit.name} {plain_number(part.value)}" for part in parts),
    }


def _history(request: UserRequest, found: Task) -> list[dict[str, Any]]:
    """The reports for the timeline; proof that the person may not see is not linked."""
    entries = list(found.entries.select_related("by", "unit", "evidence"))
    proofs = {entry.evidence_id for entry in entries if entry.evidence_id}
    seen = set()
    if proofs:
        seen = set(documents_for(request.user, evidence=True).filter(pk__in=proofs).values_list("pk", flat=True))
    return [
        {
            "when": entry.on,
            "who": " ".join(str(item) for item in (entry.unit, entry.by or "系统") if item),
            "what": f"进度 {entry.percent}%",
            "note": entry.note + _entered(entry),
            "files": [_file(entry.evidence)] if entry.evidence and entry.evidence_id in seen else [],
        }
        for entry in entries
    ]


def _entered(entry: ProgressEntry) -> str:
    """When a report was entered, if that was another day than the one it speaks of."""
    day = timezone.localtime(entry.at).date()
    return "" if day == entry.on else f"({day} 补报)"


def _file(document: Document) -> dict[str, str]:
    return {"label": document.name, "url": reverse("documents:original", args=[document.pk])}


def _source(request: UserRequest, found: Task) -> str:
    """The place in the document that the task comes from, for those who may see the document."""
    document = found.plan.document
    if document is None or found.start is None or not documents_for(request.user).filter(pk=document.pk).exists():
        return ""
    tasks = document.reading.data.get("tasks", [])
    index = next((i for i, item in enumerate(tasks) if item["start"] <= found.start < item["end"]), None)
    anchor = "" if index is None else f"#text-t{index}"
    return f"{reverse('documents:detail', args=[document.pk])}?tab=tasks{anchor}"
