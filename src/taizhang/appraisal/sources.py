"""Figures that a scheme's formulas may name beside the indicators: a unit's tasks, returns and urgings.

Each is a function of the units of a bureau, a period and a day; it gives unit id → figure, and leaves a unit out for which
there is nothing to count: missing is not zero. A count of lapses, on the other hand, is zero for who has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q

from taizhang.events.models import Event
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit
from taizhang.plans.models import Plan, Task, TaskUnit
from taizhang.registers.collections.models import Return, Round

Figures = dict[int, Decimal]
Source = Callable[[Iterable[Unit], Period, date], Figures]


def _tasks(units: Iterable[Unit], period: Period, day: date) -> dict[int, dict[str, int]]:
    """The tasks that each unit leads and that fall due in the period, up to the day."""
    led = TaskUnit.objects.filter(
        unit__in=list(units), part=TaskUnit.LEAD, task__plan__state__in=(Plan.ACCEPTED, Plan.CLOSED),
        task__deadline__range=(period.start, period.end),
    ).exclude(task__state=Task.CANCELLED)  # fmt: skip
    in_time = Q(task__done_on__lte=F("task__deadline")) & Q(task__done_on__lte=day)
    done = Q(task__done_on__lte=day)
    counted = led.values("unit_id").annotate(
        all=Count("id"),
        done=Count("id", filter=done),
        due=Count("id", filter=Q(task__deadline__lt=day) | done),
        in_time=Count("id", filter=in_time),
        late=Count("id", filter=Q(task__deadline__lt=day) & ~done),
    )
    return {row["unit_id"]: row for row in counted}


def tasks_done_rate(units: Iterable[Unit], period: Period, day: date) -> Figures:
    """任务办结率: done by the day, of all that fall due in the period."""
    return {unit: Decimal(row["done"]) / row["all"] for unit, row in _tasks(units, period, day).items()}


def tasks_in_time_rate(units: Iterable[Unit], period: Period, day: date) -> Figures:
    """任务按时办结率: done by their deadline, of those due or done by the day."""
    return {
        unit: Decimal(row["in_time"]) / row["due"] for unit, row in _tasks(units, period, day).items() if row["due"]
    }


def tasks_late(units: Iterable[Unit], period: Period, day: date) -> Figures:
    """任务逾期数: due before the day and not done."""
    return _with_zeros(units, {unit: Decimal(row["late"]) for unit, row in _tasks(units, period, day).items()})


def urged(units: Iterable[Unit], period: Period, day: date) -> Figures:
    """被催办次数: urgings in the period of the unit's records and returns, by the event log, and of the tasks that it leads;
    steps of a ladder that were passed over are not counted, nobody heard of them."""
    codes, last = {unit.code: unit.pk for unit in units}, min(day, period.end)
    times: Counter[int] = Counter()
    logged = Event.objects.filter(
        action__in=URGINGS, unit_code__in=codes, at__date__gte=period.start, at__date__lte=last
    )
    for code, count in logged.values_list("unit_code").annotate(times=Count("id")):
        times[codes[code]] += count
    led = TaskUnit.objects.filter(
        part=TaskUnit.LEAD, unit__in=codes.values(), task__urgings__is_merged=False,
        task__urgings__day__range=(period.start, last),
    )  # fmt: skip
    for unit, count in led.values_list("unit_id").annotate(times=Count("task__urgings")):
        times[unit] += count
    return _with_zeros(units, {unit: Decimal(count) for unit, count in times.items()})


def returns_in_time_rate(units: Iterable[Unit], period: Period, day: date) -> Figures:
    """报送按时率: returns handed in by the round's last day, of all due in the period by the day."""
    due = Return.objects.filter(
        unit__in=list(units), round__due_on__range=(period.start, min(day, period.end))
    ).exclude(round__state=Round.CANCELLED)
    in_time = Count("id", filter=Q(first_submitted_at__date__lte=F("round__due_on")))
    counted = due.values_list("unit_id").annotate(all=Count("id"), in_time=in_time)
    return {unit: Decimal(in_time) / all_ for unit, all_, in_time in counted}


def _with_zeros(units: Iterable[Unit], found: Figures) -> Figures:
    return {unit.pk: found.get(unit.pk, Decimal(0)) for unit in units}


URGINGS = ("registers.record.urged", "registers.return.urged")

SOURCES: dict[str, Source] = {
    "任务办结率": tasks_done_rate,
    "任务按时办结率": tasks_in_time_rate,
    "任务逾期数": tasks_late,
    "被催办次数": urged,
    "报送按时率": returns_in_time_rate,
}
# How the figures of units that are appraised as one come together.
SUMMED = frozenset({"任务逾期数", "被催办次数"})
