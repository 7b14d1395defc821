"""The ladder of urging for tasks, climbed once a working day: who is reminded, which letters go out.

Days are counted from the deadline in the pack's own terms (工作日 with 调休). On a day off nothing is sent: the next
working day catches up with the latest step, and those that it passed are kept as merged.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from taizhang.catalog.current import catalog
from taizhang.catalog.lifecycle_schema import LadderDef, LadderStepDef
from taizhang.kernel.calendar import WorkCalendar, parse_term
from taizhang.kernel.errors import Problem
from taizhang.org.notices import send_notice
from taizhang.plans.actions.common import log_task
from taizhang.plans.models import Plan, Task
from taizhang.plans.supervise.letters import issue_letters
from taizhang.plans.supervise.models import TaskUrging
from taizhang.plans.supervise.recipients import people_named

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a ladder with the day on which it comes for one deadline."""

    day: date
    due: date
    step: LadderStepDef


def rungs(ladder: LadderDef, due: date, calendar: WorkCalendar | None = None) -> list[Rung]:
    """The ladder's steps for a deadline, in order of their days."""
    days = calendar or catalog().calendar
    return [Rung(days.add(due, parse_term(step.at)).day, due, step) for step in ladder.steps]


def next_rung(task: Task, today: date) -> Rung | None:
    """What comes next when nothing happens; None for a task that nobody urges any more."""
    ladder = catalog().ladders.get(task.plan.ladder)
    if ladder is None or task.deadline is None or task.state != Task.OPEN or task.plan.state != Plan.ACCEPTED:
        return None
    return next((rung for rung in rungs(ladder, task.deadline) if rung.day > today), None)


def run_ladders(day: date) -> int:
    """Give every open task of an accepted plan the steps that have come due; returns how many tasks were urged. A second
    run on the same day does nothing."""
    calendar = catalog().calendar
    if not calendar.is_working(day):
        return 0
    urged = 0
    for ladder in catalog().ladders.values():
        if ladder.about != "task":
            continue
        for pk in _waiting(ladder, day, calendar):
            try:
                urged += urge_task(task_id=pk, ladder=ladder, day=day) is not None
            except (Problem, IntegrityError):
                # One task's fault (a letter's template, a worker that was faster) must not silence the others.
                log.exception("task %s could not be urged", pk)
    return urged


@transaction.atomic
def urge_task(*, task_id: int, ladder: LadderDef, day: date) -> TaskUrging | None:
    """Give one task its latest due step. None: nothing is due."""
    task = Task.objects.select_for_update(of=("self",)).select_related("plan", "plan__unit").get(pk=task_id)
    if task.state != Task.OPEN or task.deadline is None:
        return None
    given = set(task.urgings.filter(due_on=task.deadline).values_list("step", flat=True))
    due = [rung for rung in rungs(ladder, task.deadline) if rung.day <= day and rung.step.at not in given]
    if not due:
        return None
    *passed, last = due
    for rung in passed:
        _keep(task, rung, day, merged=True)
    letters = issue_letters(task=task, name=last.step.letter, by=None, today=day) if last.step.letter else []
    people = people_named(task, last.step.to)
    urging = _keep(task, last, day, told="、".join(user.name for user in people))
    send_notice(
        to=people,
        text=f"{last.step.level}：任务“{task.title[:60]}”，{how_late(task.deadline, day)}。",
        url=f"/plans/tasks/{task.pk}/",
        subject=f"task:{task.pk}",
        level=last.step.level,
        by=None,
    )
    log_task(
        "urged", task, None, level=last.step.level, due=last.due.isoformat(), on=day.isoformat(), step=last.step.at,
        to=list(last.step.to), letters=[letter.number for letter in letters],
    )  # fmt: skip
    return urging


def how_late(due: date, day: date) -> str:
    """Where a task stands towards its deadline, in working days."""
    if day == due:
        return f"今天（{due}）到期"
    days = catalog().calendar.working_days_between(day, due).days
    if day < due:
        return f"{due} 到期，还有 {days} 个工作日"
    return f"{due} 到期，已超过 {max(-days, 1)} 个工作日"


def _waiting(ladder: LadderDef, day: date, calendar: WorkCalendar) -> list[int]:
    """The open tasks with a step that is due and not given, the earliest deadline first. Two queries."""
    terms = [parse_term(step.at) for step in ladder.steps]
    # A week of holidays on each side is the most that lies between working days.
    ahead = max((-term.days * (3 if term.measure == "working_days" else 1) + 16 for term in terms), default=0)
    tasks = Task.objects.filter(
        state=Task.OPEN, plan__state=Plan.ACCEPTED, plan__ladder=ladder.name, deadline__lte=day + timedelta(days=ahead)
    )
    given: dict[tuple[int, date], set[str]] = defaultdict(set)
    for pk, due, step in TaskUrging.objects.filter(task__in=tasks).values_list("task_id", "due_on", "step"):
        given[pk, due].add(step)
    days: dict[date, list[tuple[date, str]]] = {}
    found = []
    for pk, due in tasks.order_by("deadline", "id").values_list("pk", "deadline"):
        if due not in days:
            days[due] = [(rung.day, rung.step.at) for rung in rungs(ladder, due, calendar)]
        if any(when <= day and at not in given[pk, due] for when, at in days[due]):
            found.append(pk)
    return found


def _keep(task: Task, rung: Rung, day: date, *, told: str = "", merged: bool = False) -> TaskUrging:
    return TaskUrging.objects.create(
        task=task,
        due_on=rung.due,
        step=rung.step.at,
        level=rung.step.level,
        day=day,
        told=told[:300],
        is_merged=merged,
    )
