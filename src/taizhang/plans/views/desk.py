"""The desk: a document's marked text beside the tasks drafted from it, mended in place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from taizhang.documents.marks import mark, pieces
from taizhang.documents.queries import get_document_for, result_of
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.request import UserRequest
from taizhang.plans import actions
from taizhang.plans.forms import AssignForm, PlanForm, RevisionForm, SplitForm, TargetForm, TaskForm
from taizhang.plans.judging import judge_targets
from taizhang.plans.models import Plan, Task
from taizhang.plans.policy import require_planner
from taizhang.plans.queries import get_plan_for, get_task_for, plan_summary, tasks_for, units_to_name


@require_GET
def desk(request: UserRequest, pk: int) -> HttpResponse:
    """Text on one side, draft rows on the other. An accepted plan has its own page."""
    plan = _plan(request, pk)
    if plan.state != Plan.DRAFT:
        return redirect("plans:plan", plan.pk)
    tasks = list(tasks_for(request.user, plan=plan, sort="order"))
    units = units_to_name(plan)
    context = {
        "plan": plan,
        "tasks": tasks,
        "units": units,
        "pieces": _pieces(request, plan, tasks),
        "summary": plan_summary(plan),
        "plan_form": PlanForm(initial={"title": plan.title, "period": plan.period}),
        "new_task": TaskForm(units=units),
        "revision_form": RevisionForm(),
        "breadcrumbs": [
            {"label": "要点任务", "url": reverse("plans:index")},
            {"label": plan.title, "url": reverse("plans:plan", args=[plan.pk])},
            {"label": "任务分解"},
        ],
    }
    return render(request, "plans/desk.html", context)


@require_http_methods(["GET", "POST"])
def row(request: UserRequest, pk: int) -> HttpResponse:
    """One row as it stands (GET), or as the form changes it (POST)."""
    task = _task(request, pk)
    if request.method == "POST":
        form = TaskForm(request.POST, units=units_to_name(task.plan), task=task)
        if not form.is_valid():
            return render(request, "plans/parts/row_form.html", {"task": task, "form": form})
        actions.edit_task(task=task, by=request.user, **form.cleaned_data)
    return _row(request, pk)


@require_GET
def row_form(request: UserRequest, pk: int) -> HttpResponse:
    """The row opened for mending."""
    task = _task(request, pk)
    form = TaskForm(units=units_to_name(task.plan), task=task)
    return render(request, "plans/parts/row_form.html", {"task": task, "form": form})


@require_POST
def check(request: UserRequest, pk: int) -> HttpResponse:
    """The clerk has looked at this row; once more takes the mark off."""
    task = _task(request, pk)
    actions.check_task(task=task, checked=not task.checked, by=request.user)
    return _row(request, pk)


@require_http_methods(["GET", "POST"])
def split(request: UserRequest, pk: int) -> HttpResponse:
    """The row's text, to be cut with empty lines."""
    task = _task(request, pk)
    form = SplitForm(request.POST or None, initial={"text": task.text})
    if request.method == "POST" and form.is_valid():
        rows = actions.split_task(task=task, texts=form.parts(), by=request.user)
        messages.success(request, f"已拆成 {len(rows)} 项。")
        return _back_to_desk(request, task.plan, task)
    return render(request, "plans/parts/split_form.html", {"task": task, "form": form})


@require_POST
def assign(request: UserRequest, pk: int) -> HttpResponse:
    """The ticked rows get these leading units; who assists stays."""
    plan = _plan(request, pk)
    form = AssignForm(request.POST, units=units_to_name(plan))
    if not form.is_valid():
        raise Problem("PLAN-036", str(form.errors["leads"][0]), remedy="改正单位名称后再指定")
    leads, tasks = form.cleaned_data["leads"], _ticked(request, plan)
    actions.assign_leads(tasks=tasks, leads=leads, by=request.user)
    messages.success(request, f"已为 {len(tasks)} 项任务指定牵头单位。")
    return _back_to_desk(request, plan, tasks[0])


@require_POST
def merge(request: UserRequest, pk: int) -> HttpResponse:
    """The ticked rows become one."""
    plan = _plan(request, pk)
    tasks = _ticked(request, plan)
    merged = actions.merge_tasks(tasks=tasks, by=request.user)
    messages.success(request, f"已合并 {len(tasks)} 项。")
    return _back_to_desk(request, plan, merged)


@require_POST
def remove(request: UserRequest, pk: int) -> HttpResponse:
    """Take the row out of the draft."""
    task = _task(request, pk)
    plan = task.plan
    actions.remove_task(task=task, by=request.user)
    messages.success(request, f"已删除“{task.title[:30]}”。")
    return _back_to_desk(request, plan)


@require_POST
def add(request: UserRequest, pk: int) -> HttpResponse:
    """A row by hand: in a draft on the desk, in an accepted plan on its page."""
    plan = _plan(request, pk)
    form = TaskForm(request.POST, units=units_to_name(plan))
    if not form.is_valid():
        errors = ";".join(str(error) for found in form.errors.values() for error in found)
        raise Problem("PLAN-035", f"任务没有填好：{errors}", remedy="改正后再提交")
    task = actions.add_task(plan=plan, by=request.user, **form.cleaned_data)
    messages.success(request, f"已添加“{task.title[:30]}”。")
    return _back_to_desk(request, plan, task)


@require_http_methods(["GET", "POST"])
def target(request: UserRequest, pk: int) -> HttpResponse:
    """The form of one target (``target`` in the address; none: a new one); saved, the task's targets are shown again."""
    task = _task(request, pk)
    key = request.GET.get("target", "")
    chosen = next((item for item in task.targets.all() if str(item.pk) == key), None)
    if key and chosen is None:
        raise NotFound("PLAN-003", "这项任务没有这个目标", remedy="请刷新页面")
    form = TargetForm(request.POST or None, target=chosen)
    if request.method == "POST" and chosen is not None and "remove" in request.POST:
        actions.remove_target(target=chosen, by=request.user)
    elif request.method == "POST" and form.is_valid():
        actions.edit_target(task=task, target=chosen, by=request.user, **form.cleaned_data)
    else:
        return render(request, "plans/parts/target_form.html", {"task": task, "target": chosen, "form": form})
    if not request.htmx:
        return redirect("plans:task", task.pk)
    shown = judge_targets(request.user, _task(request, pk))
    return render(request, "plans/parts/targets.html", {"task": shown, "may_plan": True})


def _plan(request: UserRequest, pk: int) -> Plan:
    """The plan for somebody who may prepare it."""
    plan = get_plan_for(request.user, pk)
    require_planner(request.user, plan.unit, "编排任务")
    return plan


def _ticked(request: UserRequest, plan: Plan) -> list[Task]:
    """The plan's rows that were ticked."""
    keys = [int(key) for key in request.POST.getlist("key") if key.isdecimal()]
    return list(tasks_for(request.user, plan=plan).filter(pk__in=keys))


def _task(request: UserRequest, pk: int) -> Task:
    """The task for somebody who may prepare plans: the desk's forms are of no use to others."""
    task = get_task_for(request.user, pk)
    require_planner(request.user, task.plan.unit, "编排任务")
    return task


def _row(request: UserRequest, pk: int) -> HttpResponse:
    """The row part with the desk's counts; a whole page for browsers without scripts."""
    task = get_task_for(request.user, pk)
    if not request.htmx:
        return _back_to_desk(request, task.plan, task)
    context: dict[str, Any] = {"task": task, "plan": task.plan, "summary": plan_summary(task.plan), "swap_counts": True}
    return render(request, "plans/parts/row.html", context)


def _back_to_desk(request: UserRequest, plan: Plan, task: Task | None = None) -> HttpResponse:
    name = "plans:desk" if plan.state == Plan.DRAFT else "plans:plan"
    url = reverse(name, args=[plan.pk]) + (f"#t{task.pk}" if task and plan.state == Plan.DRAFT else "")
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _pieces(request: UserRequest, plan: Plan, tasks: list[Task]) -> list[Any] | None:
    """The document's text cut at the tasks' marks; None without a document that this person may see."""
    if plan.document is None:
        return None
    try:
        text = result_of(get_document_for(request.user, plan.document.pk)).text
    except NotFound:
        return None
    targets = [target for task in tasks for target in task.targets.all()]
    # Several targets may stand in one clause: it is marked once.
    clauses = {(item.start, item.end): item.pk for item in targets}
    places = [(f"t{task.pk}", "task", task.start, task.end) for task in tasks]
    places += [(f"g{pk}", "target", start, end) for (start, end), pk in clauses.items()]
    marks = [mark(name, kind, start, end) for name, kind, start, end in places if start is not None and end is not None]
    return list(pieces(text, marks))
