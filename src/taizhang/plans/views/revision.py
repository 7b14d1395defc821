"""A revised plan document beside the one in force, confirmed item by item."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from taizhang.documents.actions import add_document
from taizhang.documents.forms import received
from taizhang.documents.models import Document
from taizhang.documents.queries import get_document_for
from taizhang.kernel.errors import Problem
from taizhang.org.forms import UnitsField
from taizhang.org.models import Unit
from taizhang.org.request import UserRequest
from taizhang.plans import actions
from taizhang.plans.forms import RevisionForm
from taizhang.plans.models import Plan
from taizhang.plans.policy import require_planner
from taizhang.plans.queries import get_plan_for, units_to_name
from taizhang.plans.revision import SAME, Change, counted


@require_POST
def upload(request: UserRequest, pk: int) -> HttpResponse:
    """Keep the revised file, then show what it changes."""
    plan = _plan(request, pk)
    form = RevisionForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Problem("PLAN-104", "没有选择修订稿", remedy="选择修订后的文稿文件")
    data, name = received(form.cleaned_data["file"])
    document = add_document(data=data, name=name, by=request.user).document
    return redirect("plans:revision", plan.pk, document.pk)


@require_http_methods(["GET", "POST"])
def revision(request: UserRequest, pk: int, document: int) -> HttpResponse:
    """Every item of both documents; what is ticked is taken over."""
    plan, source = _plan(request, pk), get_document_for(request.user, document)
    units = units_to_name(plan)
    if request.method == "POST":
        try:
            return _take(request, plan, source, units)
        except ValidationError as wrong:
            messages.error(request, f"没有采纳：{wrong.messages[0]}")
    changes = actions.changes_in(plan, source)
    context = {
        "plan": plan,
        "document": source,
        "changes": [(change, *_sent(request, change)) for change in changes if change.kind != SAME],
        "counts": counted(changes),
        "units": units,
        "needs_lead": plan.state == Plan.ACCEPTED,
        "breadcrumbs": [
            {"label": "要点任务", "url": reverse("plans:index")},
            {"label": plan.title, "url": reverse("plans:plan", args=[plan.pk])},
            {"label": "修订对照"},
        ],
    }
    return render(request, "plans/revision.html", context)


def _sent(request: UserRequest, change: Change) -> tuple[bool, str]:
    """Whether an item is ticked and the leads typed for it: as sent, or all as the document says at first."""
    if request.method == "POST":
        return change.key in request.POST.getlist("take"), request.POST.get(f"leads_{change.key}", "")
    return not change.hindrance, "、".join(unit.name for unit in change.leads)


def _take(request: UserRequest, plan: Plan, source: Document, units: list[Unit]) -> HttpResponse:
    """Raises ValidationError for a name that no unit bears."""
    take = set(request.POST.getlist("take"))
    field = UnitsField(units, label="牵头单位")
    leads = {key: field.clean(request.POST.get(f"leads_{key}", "")) for key in take}
    done = actions.revise_plan(plan=plan, document=source, take=take, leads=leads, by=request.user)
    messages.success(
        request, f"已按修订稿处理：新增 {done['new']} 项，取消 {done['gone']} 项，修改 {done['changed']} 项。"
    )
    return redirect("plans:desk" if plan.state == Plan.DRAFT else "plans:plan", plan.pk)


def _plan(request: UserRequest, pk: int) -> Plan:
    """The plan for somebody who may prepare it."""
    plan = get_plan_for(request.user, pk)
    require_planner(request.user, plan.unit, "修订计划")
    return plan
