"""Tasks that come again by a time rule (每月, 每学期2次): each time is a part of the task with a day of its own."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.recurrence import occurrences, parse_rule
from taizhang.org.models import User
from taizhang.plans.actions.common import locked, log_task, recomputed, refuse_part
from taizhang.plans.actions.desk import put_task
from taizhang.plans.actions.progress import refuse_idle
from taizhang.plans.models import Task
from taizhang.plans.policy import require_shaper

# A year of weeks; what comes more often is a register's business, not a task's.
MOST = 60


@transaction.atomic
def repeat_task(*, task: Task, rule: str, by: User | None, today: date | None = None) -> list[Task]:
    """Give a task its times by a rule, from today to its deadline (else the period's end); '' ends the rule. Times that
    were reported on stay; those still to come under an earlier rule go. Returns the new parts.

    Raises Forbidden for who neither gives out tasks nor leads, Problem for a rule that is none or gives no or too many days.
    """
    task, now = locked(task), today or timezone.localdate()
    refuse_idle(task)
    require_shaper(by, task, "分解这项任务")
    refuse_part(task, "在上级任务下设规则")
    _drop_coming(task, now, by)
    words = rule.strip()[:60]
    task.repeats, task.pace = words, Task.BY_MILESTONES if words else task.pace
    task.save(update_fields=["repeats", "pace"])
    log_task("edited", task, by, repeats=words, pace=task.pace)
    made = _make(task, words, now, by) if words else []
    recomputed(task)
    return made


def _make(task: Task, rule: str, now: date, by: User | None) -> list[Task]:
    period = Period.parse(task.plan.period)
    start = max(task.begins or period.start, now)
    found = occurrences(parse_rule(rule), start, task.deadline or period.end, catalog().calendar)
    if not 1 <= len(found) <= MOST:
        said = "在任务的时限内一次也没有" if not found else f"有 {len(found)} 次，太密"
        raise Problem("PLAN-067", f"“{rule}”{said}", where=task.title, remedy=f"换一个规则，最多 {MOST} 次")
    leads, assistants = task.leads, task.assistants
    kept = set(task.children.values_list("occurrence", flat=True))
    words = [
        {"title": f"{task.title[:150]}（{item.label}）", "deadline": item.due, "occurrence": item.key}
        for item in found
        if item.key not in kept
    ]
    return [put_task(task.plan, by, leads, assistants, parent=task, **given) for given in words]


def _drop_coming(task: Task, now: date, by: User | None) -> None:
    """Take away the times to come that nobody has worked on; in the log they are cancelled."""
    coming = task.children.filter(state=Task.OPEN, started_on__isnull=True, deadline__gte=now).exclude(occurrence="")
    for part in coming.select_related("plan", "plan__unit"):
        part.state, part.cancel_reason, part.occurrence = Task.CANCELLED, "重复规则已改", ""
        part.save(update_fields=["state", "cancel_reason", "occurrence"])
        log_task("cancelled", part, by, reason=part.cancel_reason)
