"""Milestones of a task (形象进度): set by who gives out tasks or leads, reached with a day, words and pictures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from taizhang.documents.models import Document
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.org.models import User
from taizhang.plans.actions.common import locked, log_task, milestone_data, recomputed, refuse_closed
from taizhang.plans.actions.progress import refuse_idle
from taizhang.plans.drafting import checked_day
from taizhang.plans.models import Milestone, Task
from taizhang.plans.policy import reporting_parts, require_shaper


@transaction.atomic
def set_milestone(
    *, task: Task, name: str, due: date | str, by: User | None, weight: int = 1, milestone: Milestone | None = None
) -> Milestone:
    """Add a milestone, or mend one. Raises Forbidden, Problem for a missing name or day, a day after the deadline, or a
    weight outside 1–100."""
    task = _led(task, by)
    day = checked_day(due, "计划日期")
    if not name.strip() or day is None:
        raise Problem("PLAN-070", "节点要有名称和计划日期", where=task.title, remedy="两项都填上")
    if task.deadline and day > task.deadline:
        raise Problem("PLAN-071", f"节点日期 {day} 晚于任务时限 {task.deadline}", remedy="填不晚于任务时限的日期")
    if not 1 <= weight <= 100:
        raise Problem("PLAN-072", f"权重 {weight} 不在 1 到 100 之间", remedy="各节点一样重就都填 1")
    made = milestone or Milestone(task=task)
    _refuse_other(made, task)
    made.name, made.due, made.weight = name.strip()[:100], day, weight
    made.save()
    log_task("milestone_set", task, by, milestone=milestone_data(made))
    recomputed(task)
    return made


@transaction.atomic
def remove_milestone(*, milestone: Milestone, by: User | None) -> None:
    """Take a milestone away that was not reached. Raises Problem for one that was: it is history."""
    task = _led(milestone.task, by)
    if milestone.done_on is not None:
        raise Problem(
            "PLAN-073",
            f"节点“{milestone.name}”已完成，不能删除",
            where=task.title,
            remedy="完成的节点留作记录，有误的在进展说明里写明",
        )
    log_task("milestone_removed", task, by, milestone={"id": milestone.pk})
    milestone.delete()
    recomputed(task)


@transaction.atomic
def reach_milestone(
    *,
    milestone: Milestone,
    by: User | None,
    on: date | None = None,
    note: str = "",
    pictures: Iterable[Document] = (),
    today: date | None = None,
) -> Milestone:
    """Say that a milestone is reached, ``on`` a day up to today, with pictures. Raises Forbidden for other units."""
    task = locked(milestone.task)
    refuse_idle(task)
    if not reporting_parts(by, task):
        raise Forbidden("PLAN-040", "您的单位不是这项任务的牵头或配合单位", remedy="请由牵头单位填报进展")
    held, now = Milestone.objects.select_for_update().get(pk=milestone.pk), today or timezone.localdate()
    day = on or now
    if day > now:
        raise Problem("PLAN-048", f"完成日期 {day} 还没有到", remedy="填今天或以前的日期")
    if held.done_on is not None:
        raise Problem("PLAN-074", f"节点“{held.name}”已于 {held.done_on} 完成", remedy="请刷新页面")
    held.done_on, held.note = day, note.strip()[:500]
    held.save(update_fields=["done_on", "note"])
    held.pictures.add(*pictures)
    if task.started_on is None:
        task.started_on = day
        task.save(update_fields=["started_on"])
    log_task("milestone_reached", task, by, milestone=milestone_data(held))
    recomputed(task)
    return held


def _led(task: Task, by: User | None) -> Task:
    """The task, held, for who may shape it."""
    task = locked(task)
    refuse_closed(task.plan)
    require_shaper(by, task, "改这项任务的节点")
    return task


def _refuse_other(milestone: Milestone, task: Task) -> None:
    if milestone.task_id != task.pk:
        raise NotFound("PLAN-076", "这项任务没有这个节点", remedy="请刷新页面")
