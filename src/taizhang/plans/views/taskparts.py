"""What is done on a task's page beside reporting: milestones, parts, actuals, what units take over, comments."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.documents.actions import add_evidence
from taizhang.documents.forms import received
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import Unit
from taizhang.org.queries import match_unit
from taizhang.org.request import UserRequest
from taizhang.plans import actions
from taizhang.plans.drafting import checked_day
from taizhang.plans.models import Milestone, Target, Task
from taizhang.plans.queries import get_task_for, units_to_name


@require_POST
def milestone(request: UserRequest, pk: int) -> HttpResponse:
    """Add a milestone."""
    task, sent = get_task_for(request.user, pk), request.POST
    weight = sent.get("weight", "").strip() or "1"
    actions.set_milestone(
        task=task,
        name=sent.get("name", ""),
        due=sent.get("due", ""),
        weight=int(weight) if weight.isdecimal() else 0,
        by=request.user,
    )
    return _back(request, task, "milestones", "节点已添加。")


@require_POST
def reach(request: UserRequest, pk: int, milestone: int) -> HttpResponse:
    """A milestone is reached, with pictures; or it is taken away."""
    task = get_task_for(request.user, pk)
    found = _milestone(task, milestone)
    if "remove" in request.POST:
        actions.remove_milestone(milestone=found, by=request.user)
        return _back(request, task, "milestones", "节点已删除。")
    with transaction.atomic():
        pictures = [
            add_evidence(data=data, name=name, by=request.user).document
            for data, name in (received(file) for file in request.FILES.getlist("pictures")[:9])
        ]
        actions.reach_milestone(
            milestone=found,
            on=checked_day(request.POST.get("on", ""), "完成日期"),
            note=request.POST.get("note", ""),
            pictures=pictures,
            by=request.user,
        )
    return _back(request, task, "milestones", f"“{found.name}”已完成。")


@require_POST
def subtask(request: UserRequest, pk: int) -> HttpResponse:
    """Add a part of a task."""
    task, sent = get_task_for(request.user, pk), request.POST
    units = units_to_name(task.plan)
    made = actions.add_subtask(
        task=task,
        title=sent.get("title", ""),
        deadline=sent.get("deadline", ""),
        leads=_units(sent.get("leads", ""), units) or task.leads,
        by=request.user,
    )
    return _back(request, task, "parts", f"已添加子任务“{made.title[:30]}”。")


@require_POST
def repeat(request: UserRequest, pk: int) -> HttpResponse:
    """Make the task come again by a time rule, or end that."""
    task = get_task_for(request.user, pk)
    made = actions.repeat_task(task=task, rule=request.POST.get("rule", ""), by=request.user)
    return _back(request, task, "parts", f"已按规则生成 {len(made)} 次。" if made else "已停止重复。")


@require_POST
def actual(request: UserRequest, pk: int) -> HttpResponse:
    """What was reached of a promised number, and begun."""
    task, sent = get_task_for(request.user, pk), request.POST
    target = _target(task, sent.get("target", ""))
    actions.report_actual(
        target=target, actual=_number(sent.get("actual", "")), started=_number(sent.get("started", "")), by=request.user
    )
    return _back(request, task, "targets", f"“{target.subject}”已填报。")


@require_POST
def breakdown(request: UserRequest, pk: int) -> HttpResponse:
    """Give units their parts of a target (one a line: unit and number), or report one's own part."""
    task, sent = get_task_for(request.user, pk), request.POST
    target = _target(task, sent.get("target", ""))
    if "unit" in sent:
        part = (
            target.parts.filter(unit_id=sent["unit"] if sent["unit"].isdecimal() else 0).select_related("unit").first()
        )
        if part is None:
            raise NotFound("PLAN-063", "没有分到这个目标的单位", remedy="请刷新页面")
        actions.report_part(target=target, unit=part.unit, actual=_number(sent.get("actual", "")), by=request.user)
        return _back(request, task, "targets", f"{part.unit}已填报。")
    parts = _parts(sent.get("parts", ""), units_to_name(task.plan))
    actions.break_down(target=target, parts=parts, by=request.user)
    return _back(request, task, "targets", f"“{target.subject}”已分解到 {len(parts)} 个单位。")


@require_POST
def comment(request: UserRequest, pk: int) -> HttpResponse:
    """Say something, or instruct (批示)."""
    task = get_task_for(request.user, pk)
    instruction = request.POST.get("instruction") == "1"
    actions.add_comment(task=task, text=request.POST.get("text", ""), instruction=instruction, by=request.user)
    return _back(request, task, "comments", "批示已发出。" if instruction else "留言已发出。")


def _back(request: UserRequest, task: Task, anchor: str, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(f"{reverse('plans:task', args=[task.pk])}#{anchor}")


def _target(task: Task, key: str) -> Target:
    found = next((item for item in task.targets.all() if str(item.pk) == key), None)
    if found is None:
        raise NotFound("PLAN-003", "这项任务没有这个目标", remedy="请刷新页面")
    return found


def _milestone(task: Task, key: int) -> Milestone:
    found = task.milestones.filter(pk=key).first()
    if found is None:
        raise NotFound("PLAN-076", "这项任务没有这个节点", remedy="请刷新页面")
    return found


def _number(text: str) -> Decimal | None:
    plain = text.replace(",", "").replace("，", "").strip()
    if not plain:
        return None
    try:
        return Decimal(plain)
    except InvalidOperation as wrong:
        raise Problem("PLAN-034", f"“{text}”不是数字", remedy="只填数字，单位不用填") from wrong


def _units(text: str, known: list[Unit]) -> list[Unit]:
    names = [name for name in text.replace(",", "、").replace("，", "、").split("、") if name.strip()]
    return [_unit(name, known) for name in names]


def _unit(name: str, known: list[Unit]) -> Unit:
    found = match_unit(name.strip(), known)
    if found is None:
        raise Problem("PLAN-036", f"没有这个单位：{name.strip()}", remedy="请写全称或简称")
    return found


def _parts(text: str, known: list[Unit]) -> dict[Unit, Decimal]:
    parts: dict[Unit, Decimal] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, number = line.replace("\t", " ").rpartition(" ")
        value = _number(number)
        if not name or value is None:
            raise Problem("PLAN-064", f"看不懂这一行：{line}", remedy="每行写“单位 数量”，如：城关学区 300")
        unit = _unit(name, known)
        if unit in parts:
            raise Problem("PLAN-065", f"“{unit}”写了两次", remedy="每个单位只写一行")
        parts[unit] = value
    return parts
