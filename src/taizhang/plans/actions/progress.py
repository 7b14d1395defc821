"""A task in its year: reports, an end, a second start."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from taizhang.documents.models import Document
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.kernel.texts import plain_number
from taizhang.org.models import User
from taizhang.plans.actions.common import locked, log_task, recomputed, refuse_closed
from taizhang.plans.lights import facts_of, is_met
from taizhang.plans.models import Plan, ProgressEntry, Task, TaskUnit
from taizhang.plans.pace import BY_REPORT, TaskFacts, done_share
from taizhang.plans.policy import reporting_parts, require_planner

# How many days back a report may be dated: a month's return that comes late, and no rewriting of the year.
BACK_DAYS = 31
# Promises that were made as an endeavour: missing one does not keep a task open.
BEST_EFFORT = ("力争", "争取", "努力")


@transaction.atomic
def report_progress(
    *,
    task: Task,
    percent: int | None = None,
    note: str,
    by: User | None,
    evidence: Document | None = None,
    on: date | None = None,
    today: date | None = None,
) -> ProgressEntry:
    """Say how far a task was ``on`` a day (left out: ``today``). A leading unit's 100 finishes it on that day; an assisting
    unit may not finish it. Where targets or milestones compute the progress, a percent below 100 is not asked for and
    not kept: the computed one is.

    Raises Forbidden for people of other units, Problem for a task that is not running, a percent outside 0–100, no note,
    a day that is to come, lies more than ``BACK_DAYS`` behind, or before a report that is there already, and for an end
    that the figures contradict.
    """
    parts = reporting_parts(by, task)
    if not parts:
        raise Forbidden("PLAN-040", "您的单位不是这项任务的牵头或配合单位", remedy="请由牵头单位填报进展")
    task = locked(task)
    refuse_idle(task)
    unit = next((unit for unit, part in parts.items() if part == TaskUnit.LEAD), next(iter(parts)))
    facts = facts_of(Task.objects.filter(pk=task.pk))[task.pk]
    share, computed, _ = done_share(facts)
    if percent != 100 and computed != BY_REPORT:
        percent = min(int(share * 100), 99)
    if percent is None:
        raise Problem("PLAN-060", "没有填进度", remedy="填写 0 到 100 的整数")
    if not 0 <= percent <= 100:
        raise Problem("PLAN-041", f"进度 {percent} 不在 0 到 100 之间", remedy="填写 0 到 100 的整数")
    if not note.strip():
        raise Problem("PLAN-042", "没有写进展说明", remedy="写明做了什么、做到哪一步")
    if percent == 100 and parts[unit] != TaskUnit.LEAD:
        raise Problem("PLAN-043", "配合单位不能办结任务", remedy="填到 99 以内，由牵头单位办结")
    if percent == 100:
        _refuse_unfinished(task, facts)
    day = _day(task, on, today or timezone.localdate())
    entry = ProgressEntry.objects.create(
        task=task, on=day, by=by, unit=unit, percent=percent, note=note.strip(), evidence=evidence
    )
    task.progress, task.started_on = percent, task.started_on or day
    if percent == 100:
        task.state, task.done_on = Task.DONE, day
    task.save(update_fields=["progress", "state", "done_on", "started_on"])
    what = "finished" if percent == 100 else "reported"
    log_task(what, task, by, percent=percent, unit=unit.code, on=day.isoformat())
    follow_up(task)
    return entry


@transaction.atomic
def reopen_task(*, task: Task, reason: str, by: User | None) -> Task:
    """Send a finished or cancelled task back to work, at the last percent below 100 that was reported."""
    require_planner(by, task.plan.unit, "退回任务")
    task = locked(task)
    refuse_closed(task.plan)
    if task.state == Task.OPEN:
        raise Problem("PLAN-044", "任务还在进行，不必退回", where=task.title)
    reason = _reason(reason, "退回")
    before = task.entries.filter(percent__lt=100).order_by("-id").first()
    task.state, task.done_on, task.cancel_reason = Task.OPEN, None, ""
    task.progress = before.percent if before else 0
    task.save(update_fields=["state", "done_on", "cancel_reason", "progress"])
    ProgressEntry.objects.create(task=task, by=by, percent=task.progress, note=f"退回：{reason}")
    log_task("reopened", task, by, reason=reason, percent=task.progress)
    recomputed(task)
    follow_up(task)
    return task


@transaction.atomic
def cancel_task(*, task: Task, reason: str, by: User | None) -> Task:
    """Give up a task of an accepted plan, saying why; it stays on record and out of every count of what is owed."""
    require_planner(by, task.plan.unit, "取消任务")
    task = locked(task)
    refuse_idle(task)
    task.state, task.cancel_reason = Task.CANCELLED, _reason(reason, "取消")
    task.save(update_fields=["state", "cancel_reason"])
    log_task("cancelled", task, by, reason=task.cancel_reason)
    follow_up(task)
    return task


def follow_up(task: Task) -> None:
    """A part's change is its task's progress."""
    if task.parent_id is not None:
        recomputed(Task.objects.get(pk=task.parent_id))


def _refuse_unfinished(task: Task, facts: TaskFacts) -> None:
    """Raise Problem for an end that the figures contradict. What was only to be striven for (力争) does not hinder it."""
    targets = task.targets.filter(value__isnull=False, actual__isnull=False).exclude(comparator="~")
    missed = [item for item in targets if item.commitment not in BEST_EFFORT and not is_met(item)]
    if missed:
        words = f"“{missed[0].subject}”现为{plain_number(missed[0].actual)}{missed[0].unit}，没有达到{missed[0].amount}"
        raise Problem("PLAN-051", words, where=task.title, remedy="目标达到后再办结；数字不对请核对台账")
    undone = [item.name for item in facts.milestones if item.done_on is None]
    if undone:
        names = "、".join(undone[:3])
        raise Problem("PLAN-052", f"还没有完成：{names}", where=task.title, remedy="各节点（子任务）完成后再办结")


def _day(task: Task, on: date | None, today: date) -> date:
    """The day that a report speaks of."""
    if on is None or on == today:
        return today
    if on > today:
        raise Problem("PLAN-048", f"填报日期 {on} 还没有到", remedy="填今天或以前的日期")
    if (today - on).days > BACK_DAYS:
        raise Problem("PLAN-049", f"填报日期 {on} 太早", remedy=f"只能补报 {BACK_DAYS} 天以内的进展，更早的写在说明里")
    latest = task.entries.aggregate(latest=Max("on"))["latest"]
    if latest and on < latest:
        raise Problem("PLAN-050", f"{latest} 已有进展记录，不能补报更早的 {on}", remedy="填那天以后的日期")
    return on


def refuse_idle(task: Task) -> None:
    """Raise Problem unless the task is running in an accepted plan."""
    refuse_closed(task.plan)
    if task.plan.state == Plan.DRAFT:
        raise Problem("PLAN-045", "计划还是草稿，任务尚未下达", where=task.title, remedy="先确认计划")
    if task.state != Task.OPEN:
        raise Problem(
            "PLAN-046", f"任务{task.get_state_display()}，不能再填报", where=task.title, remedy="请办公室先退回任务"
        )


def _reason(text: str, what: str) -> str:
    reason = text.strip()
    if not reason:
        raise Problem("PLAN-047", f"没有写{what}原因", remedy=f"写明为什么{what}")
    return reason[:300]
