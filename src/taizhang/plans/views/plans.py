"""The plans, one plan, and what is done with a plan as a whole."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from taizhang.documents.queries import get_document_for
from taizhang.kernel.errors import Problem
from taizhang.org.policy import can, home_unit, is_installation
from taizhang.org.queries import root_unit
from taizhang.org.request import UserRequest
from taizhang.plans import actions
from taizhang.plans.forms import PlanForm, RevisionForm, TaskFilter, TaskForm
from taizhang.plans.measuring import measure_plan
from taizhang.plans.models import Plan
from taizhang.plans.policy import may_plan, overseen, plan_owner, require_planner
from taizhang.plans.queries import counted, get_plan_for, plan_summary, plans_for, tasks_for, units_to_name
from taizhang.plans.views.common import page_of, sheet, tabs, task_table
from taizhang.plans.views.lenses import lens
from taizhang.ui.tables import Column, Row, Table

CATEGORIES = {Plan.DRAFT: "draft", Plan.ACCEPTED: "open", Plan.CLOSED: "closed"}
COLUMNS = (
    Column("名称"), Column("期间"), Column("单位"), Column("状态", "state"), Column("完成", "progress"),
    Column("逾期", "state"), Column("确认时间", "date"),
)  # fmt: skip


@require_GET
def index(request: UserRequest) -> HttpResponse:
    """The plans a person may see."""
    page = page_of(request, counted(plans_for(request.user)))
    may_create = can(request.user, "accept_plan")
    table = Table(
        COLUMNS,
        [_row(plan) for plan in page],
        caption="计划",
        empty="还没有计划",
        remedy="在“文稿”中上传要点，再点“起草任务分解”；也可以新建空白计划。"
        if may_create
        else "计划确认后会列在这里。",
    )
    form = PlanForm() if may_create else None
    return render(request, "plans/index.html", {"page": page, "table": table, "form": form, "tabs": tabs("plans")})


@require_GET
def tasks(request: UserRequest) -> HttpResponse:
    """Every task that the person may see, across plans."""
    form = TaskFilter(request.GET, user=request.user)
    found = tasks_for(request.user, sort=request.GET.get("sort", ""), **form.conditions())
    if request.GET.get("export") == "xlsx":
        return sheet("任务", found)
    seen = lens(request, found)
    page = seen.get("page") or page_of(request, found)
    chosen = any(form.cleaned_data.values())
    table = (
        None
        if seen["view"]
        else task_table(
            page,
            with_plan=True,
            empty="没有符合条件的任务" if chosen else "还没有任务",
            remedy="换一个条件再找" if chosen else "计划确认后，您单位牵头或配合的任务会列在这里。",
        )
    )
    context = {"page": page, "table": table, "form": form, "tabs": tabs("tasks"), "export": _export(request)}
    return render(request, "plans/tasks.html", context | seen)


@require_GET
def plan(request: UserRequest, pk: int) -> HttpResponse:
    """One plan: where it stands, whose tasks are late, and its tasks."""
    plan = get_plan_for(request.user, pk)
    form = TaskFilter(request.GET, user=request.user, plan=plan)
    found = tasks_for(request.user, plan=plan, sort=request.GET.get("sort", ""), **form.conditions())
    if request.GET.get("export") == "xlsx":
        return sheet(plan.title, found)
    seen = lens(request, found)
    page = seen.get("page") or page_of(request, found)
    may = may_plan(request.user, plan.unit)
    context = {
        "plan": plan,
        "page": page,
        "form": form,
        "table": None
        if seen["view"]
        else task_table(page, with_plan=False, empty="没有任务", remedy="换一个条件，或在任务分解中添加。"),
        "summary": plan_summary(plan),
        "whole": overseen(request.user).holds(plan.unit),
        "may_plan": may,
        "new_task": TaskForm(units=units_to_name(plan)) if may and plan.state == Plan.ACCEPTED else None,
        "units": units_to_name(plan) if may else (),
        "category": CATEGORIES[plan.state],
        "revision_form": RevisionForm(),
        "export": _export(request),
        "breadcrumbs": [{"label": "要点任务", "url": reverse("plans:index")}, {"label": plan.title}],
    }
    return render(request, "plans/plan.html", context | seen)


@require_POST
def new(request: UserRequest) -> HttpResponse:
    """An empty plan."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        raise Problem("PLAN-025", "没有写计划名称", remedy="填写计划名称")
    home = root_unit() if is_installation(request.user) else home_unit(request.user)
    plan = actions.create_plan(unit=plan_owner(home or root_unit()), by=request.user, **form.cleaned_data)
    return redirect("plans:desk", plan.pk)


@require_POST
def draft(request: UserRequest, document: int) -> HttpResponse:
    """A plan from a document; the one it already has when there is one."""
    source = get_document_for(request.user, document)
    plan = actions.draft_plan_from_document(document=source, by=request.user)
    return redirect("plans:desk" if plan.state == Plan.DRAFT else "plans:plan", plan.pk)


@require_POST
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Name and period."""
    plan = get_plan_for(request.user, pk)
    actions.edit_plan(
        plan=plan, title=request.POST.get("title", ""), period=request.POST.get("period", ""), by=request.user
    )
    messages.success(request, "已保存。")
    return redirect("plans:desk" if plan.state == Plan.DRAFT else "plans:plan", plan.pk)


@require_POST
def accept(request: UserRequest, pk: int) -> HttpResponse:
    """Give out the tasks."""
    plan = actions.accept_plan(plan=get_plan_for(request.user, pk), by=request.user)
    messages.success(request, f"计划已确认，{plan.tasks.count()} 项任务已下达到牵头和配合单位。")
    return redirect("plans:plan", plan.pk)


@require_POST
def close(request: UserRequest, pk: int) -> HttpResponse:
    """Put the plan away."""
    plan = actions.close_plan(plan=get_plan_for(request.user, pk), by=request.user)
    messages.success(request, "计划已归档。")
    return redirect("plans:plan", plan.pk)


@require_POST
def measure(request: UserRequest, pk: int) -> HttpResponse:
    """Read the figures behind the plan's targets now, without waiting for the night."""
    plan = get_plan_for(request.user, pk)
    require_planner(request.user, plan.unit, "取数")
    if plan.state != Plan.ACCEPTED:
        raise Problem("PLAN-066", "只有执行中的计划可以取数", where=plan.title, remedy="草稿请先确认")
    changed = measure_plan(plan, timezone.localdate())
    messages.success(request, f"已取数，{changed} 个目标的实际值有变化。")
    return redirect("plans:plan", plan.pk)


def _row(plan: Plan) -> Row:
    return Row(
        (
            plan.title, plan.period, plan.unit.name, (plan.get_state_display(), CATEGORIES[plan.state]),
            (plan.done, plan.total) if plan.total else None,
            (f"{plan.overdue} 项", "late") if plan.overdue else None, plan.accepted_at,
        ),
        url=reverse("plans:plan", args=[plan.pk]),
        category="late" if plan.overdue and plan.state == Plan.ACCEPTED else "",
    )  # fmt: skip


def _export(request: UserRequest) -> str:
    query = request.GET.copy()
    query["export"] = "xlsx"
    return f"?{query.urlencode()}"
