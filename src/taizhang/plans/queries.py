"""Reads of plans and tasks. A task is fetched for a person, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from taizhang.kernel.errors import NotFound
from taizhang.kernel.periods import Period
from taizhang.org.kinds import BUREAU, DISTRICT, SCHOOL, SECTION
from taizhang.org.models import Unit, User
from taizhang.org.queries import open_on
from taizhang.plans import pace
from taizhang.plans.lights import facts_of
from taizhang.plans.models import Plan, Task, TaskUnit
from taizhang.plans.policy import may_see_plan, may_see_task, reporting_units

# The address's ``sort`` → columns. Tasks without a deadline come last both ways.
SORTS: dict[str, tuple[Any, ...]] = {
    "": ("plan_id", "order", "id"),
    "order": ("plan_id", "order", "id"),
    "-order": ("-plan_id", "-order", "-id"),
    "title": ("title", "id"),
    "-title": ("-title", "id"),
    "deadline": (F("deadline").asc(nulls_last=True), "id"),
    "-deadline": (F("deadline").desc(nulls_last=True), "id"),
    "progress": ("progress", "id"),
    "-progress": ("-progress", "id"),
    "state": ("state", "id"),
    "-state": ("-state", "id"),
}


def plans_for(user: User | AnonymousUser, state: str = "") -> QuerySet[Plan]:
    """The plans a person may see, newest first."""
    found = Plan.objects.filter(may_see_plan(user)).select_related("unit", "document", "accepted_by")
    return (found.filter(state=state) if state else found).order_by("-id")


def counted(plans: QuerySet[Plan], today: date | None = None) -> QuerySet[Plan]:
    """The plans with ``total``, ``done`` and ``overdue`` tasks, cancelled ones left out."""
    day, top = today or timezone.localdate(), Q(tasks__parent__isnull=True)
    return plans.annotate(
        total=Count("tasks", filter=top & ~Q(tasks__state=Task.CANCELLED)),
        done=Count("tasks", filter=top & Q(tasks__state=Task.DONE)),
        overdue=Count("tasks", filter=top & Q(tasks__state=Task.OPEN, tasks__deadline__lt=day)),
    )


def get_plan_for(user: User | AnonymousUser, pk: int) -> Plan:
    """One plan that the person may see; NotFound otherwise."""
    plan = plans_for(user).filter(pk=pk).first()
    if plan is None:
        raise NotFound("PLAN-001", "没有这份计划", remedy="回到要点任务列表查找")
    return plan


def tasks_for(
    user: User | AnonymousUser,
    *,
    plan: Plan | None = None,
    unit: Unit | None = None,
    state: str = "",
    overdue: bool = False,
    due_within: int | None = None,
    text: str = "",
    sort: str = "",
    today: date | None = None,
    parts: bool = False,
    person: str = "",
    chapter: str = "",
    light: str = "",
    origin: str = "",
) -> QuerySet[Task]:
    """The tasks a person may see: all of the plans they oversee, else those of their units in accepted plans.

    Parts of a task (子任务) are counted with it and left out, unless ``parts`` asks for them.

    ``light`` is a word of plans.pace (逾期, 滞后, 正常, 已完成) as of today, of tasks that are owed.

    ``unit`` leads or assists; ``due_within`` counts days from today, both ends included; ``text`` looks into title,
    text and printed units. Units, plan and targets are fetched with the page, whatever its size.
    """
    day = today or timezone.localdate()
    found = Task.objects.filter(may_see_task(user))
    if not parts:
        found = found.filter(parent__isnull=True)
    plain = {"plan": plan, "state": state, "origin": origin, "persons__contains": person, "path__0": chapter}
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if unit is not None:
        found = found.filter(Exists(TaskUnit.objects.filter(unit=unit, task=OuterRef("pk"))))
    if overdue:
        found = found.filter(state=Task.OPEN, deadline__lt=day)
    if due_within is not None:
        found = found.filter(state=Task.OPEN, deadline__range=(day, day + timedelta(days=due_within)))
    if text:
        found = found.filter(Q(title__icontains=text) | Q(text__icontains=text) | Q(lead_text__icontains=text))
    if light:
        found = _of_light(found, light, day)
    return _with_parts(found).order_by(*SORTS.get(sort, SORTS[""]))


def _of_light(tasks: QuerySet[Task], light: str, day: date) -> QuerySet[Task]:
    """Those of one light. Two of the lights are told by a column; of the rest the facts are read."""
    owed = tasks.exclude(plan__state=Plan.DRAFT)
    if light == pace.FINISHED:
        return owed.filter(state=Task.DONE)
    if light == pace.OVERDUE:
        return owed.filter(state=Task.OPEN, deadline__lt=day)
    running = owed.filter(Q(deadline__isnull=True) | Q(deadline__gte=day), state=Task.OPEN)
    words = {pk: pace.word_of(facts, day) for pk, facts in facts_of(running).items()}
    return running.filter(pk__in=[pk for pk, word in words.items() if word == light])


def get_task_for(user: User | AnonymousUser, pk: int) -> Task:
    """One task that the person may see; NotFound otherwise."""
    task = _with_parts(Task.objects.filter(may_see_task(user), pk=pk)).first()
    if task is None:
        raise NotFound("PLAN-002", "没有这项任务", remedy="回到任务列表查找")
    return task


def owed_tasks(user: User | AnonymousUser, today: date | None = None) -> QuerySet[Task]:
    """Open tasks of accepted plans that the units of the person's posts lead or assist: overdue first, then by deadline.

    What one merely may see is not owed; without a post nothing is.
    """
    mine = Exists(TaskUnit.objects.filter(unit_id__in=reporting_units(user), task=OuterRef("pk")))
    found = tasks_for(user, state=Task.OPEN, sort="deadline", today=today, parts=True)
    return found.filter(mine, plan__state=Plan.ACCEPTED)


def units_with_tasks(user: User | AnonymousUser) -> QuerySet[Unit]:
    """The units that lead or assist in any task the person may see: what a filter can usefully offer."""
    parts = TaskUnit.objects.filter(task__in=Task.objects.filter(may_see_task(user)).values("pk"))
    return Unit.objects.filter(pk__in=parts.values("unit_id"))


def units_to_name(plan: Plan) -> list[Unit]:
    """The open units that may get a task of this plan, sections before districts before schools."""
    units = open_on(Unit.objects.filter(path__startswith=plan.unit.path), timezone.localdate())
    ranks = {level: rank for rank, level in enumerate((SECTION, BUREAU, DISTRICT, SCHOOL))}
    return sorted(units, key=lambda unit: (ranks[unit.level], unit.order, unit.pk))


@dataclass(frozen=True, slots=True)
class UnitCount:
    """What one unit leads in a plan."""

    unit: Unit
    total: int
    done: int
    overdue: int


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """Counts of a plan's tasks, cancelled ones apart. ``unassigned`` have no leading unit, ``unchecked`` no clerk's look."""

    total: int
    done: int
    open: int
    overdue: int
    cancelled: int
    unassigned: int
    unchecked: int
    by_unit: list[UnitCount]

    @property
    def checked(self) -> int:
        return self.total - self.unchecked


def plan_summary(plan: Plan, today: date | None = None) -> PlanSummary:
    """Where a plan stands on a day. The caller has fetched the plan for the person, so may count it."""
    day = today or timezone.localdate()
    late, live = Q(state=Task.OPEN, deadline__lt=day), ~Q(state=Task.CANCELLED)
    led = Exists(TaskUnit.objects.filter(task=OuterRef("pk"), part=TaskUnit.LEAD))
    counts = (
        plan.tasks.filter(parent__isnull=True)
        .annotate(led=led)
        .aggregate(
            total=Count("pk", filter=live),
            done=Count("pk", filter=Q(state=Task.DONE)),
            open=Count("pk", filter=Q(state=Task.OPEN)),
            overdue=Count("pk", filter=late),
            cancelled=Count("pk", filter=Q(state=Task.CANCELLED)),
            unassigned=Count("pk", filter=live & Q(led=False)),
            unchecked=Count("pk", filter=live & Q(checked=False)),
        )
    )
    return PlanSummary(**counts, by_unit=_by_unit(plan, day))


def _by_unit(plan: Plan, day: date) -> list[UnitCount]:
    late = Q(task__state=Task.OPEN, task__deadline__lt=day)
    rows = (
        TaskUnit.objects.filter(task__plan=plan, task__parent__isnull=True, part=TaskUnit.LEAD)
        .exclude(task__state=Task.CANCELLED)
        .values("unit_id")
        .annotate(
            total=Count("pk"), done=Count("pk", filter=Q(task__state=Task.DONE)), overdue=Count("pk", filter=late)
        )
    )
    units = Unit.objects.in_bulk([row["unit_id"] for row in rows])
    counted = [UnitCount(units[row["unit_id"]], row["total"], row["done"], row["overdue"]) for row in rows]
    return sorted(counted, key=lambda item: (-item.overdue, item.unit.order, item.unit.pk))


def tasks_of_period(user: User | AnonymousUser, unit: Unit, period: Period) -> QuerySet[Task]:
    """The tasks of accepted plans whose period touches ``period``: the bureau's whole plans, or what another unit leads."""
    plans = Plan.objects.exclude(state=Plan.DRAFT).exclude(period="")
    if unit.level == BUREAU:
        plans = plans.filter(unit__path__startswith=unit.path)
    touching = [plan.pk for plan in plans if _touches(Period.parse(plan.period), period)]
    found = tasks_for(user).filter(plan_id__in=touching)
    if unit.level == BUREAU:
        return found
    led = TaskUnit.objects.filter(unit__path__startswith=unit.path, part=TaskUnit.LEAD, task=OuterRef("pk"))
    return found.filter(Exists(led))


def _touches(one: Period, other: Period) -> bool:
    return one.start <= other.end and other.start <= one.end


def _with_parts(tasks: QuerySet[Task]) -> QuerySet[Task]:
    return tasks.select_related("plan", "plan__unit", "plan__document").prefetch_related("units__unit", "targets")
