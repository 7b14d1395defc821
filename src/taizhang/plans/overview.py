"""One page for a leader: what is late, what is behind, what is on course, whose it is, and why. It asks the database as often
for 20,000 tasks as for 200."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from taizhang.org.models import Unit, User
from taizhang.plans import pace
from taizhang.plans.lights import facts_of
from taizhang.plans.models import Plan, Task, TaskUnit
from taizhang.plans.pace import BEHIND, FINISHED, ON_COURSE, OVERDUE, Standing, TaskFacts
from taizhang.plans.policy import may_see_task

WORDS = (OVERDUE, BEHIND, ON_COURSE, FINISHED)
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Lit:
    """A task with its light."""

    task: Task
    light: Standing


@dataclass(frozen=True, slots=True)
class UnitLights:
    """How many of the tasks that a unit leads have each light, in the order of WORDS."""

    unit: Unit
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Overview:
    day: date
    counts: dict[str, int]
    shown: dict[str, list[Lit]]
    units: list[UnitLights] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def running(user: User | AnonymousUser, plan: Plan | None = None) -> QuerySet[Task]:
    """The tasks of accepted plans that a person may see; parts and cancelled ones are left out."""
    found = Task.objects.filter(may_see_task(user), plan__state=Plan.ACCEPTED, parent__isnull=True)
    found = found.exclude(state=Task.CANCELLED)
    return found.filter(plan=plan) if plan else found


def overview(
    user: User | AnonymousUser, *, plan: Plan | None = None, day: date | None = None, most: int = MOST_SHOWN
) -> Overview:
    """Where everything stands on a day that the person may see: counts of all, and the first ``most`` of each light, the
    latest, the furthest behind, the next due first."""
    today, tasks = day or timezone.localdate(), running(user, plan)
    # What is done, and what is over its last day, has its light already: only its number is wanted, and the first few.
    finished = dict.fromkeys(tasks.filter(state=Task.DONE).order_by().values_list("pk", flat=True), FINISHED)
    late = list(
        tasks.filter(state=Task.OPEN, deadline__lt=today).order_by("deadline", "pk").values_list("pk", flat=True)
    )
    running_on = Q(deadline__isnull=True) | Q(deadline__gte=today)
    facts = facts_of(tasks.filter(running_on, state=Task.OPEN))
    words = finished | dict.fromkeys(late, OVERDUE) | {pk: pace.word_of(item, today) for pk, item in facts.items()}
    counts = Counter(words.values())
    chosen = {OVERDUE: late[:most]} | {word: _first(facts, words, word, today, most) for word in (BEHIND, ON_COURSE)}
    facts |= facts_of(Task.objects.filter(pk__in=late[:most]))
    rows = Task.objects.filter(pk__in=[pk for keys in chosen.values() for pk in keys])
    by_key = {task.pk: task for task in rows.select_related("plan").prefetch_related("units__unit")}
    shown = {
        word: [Lit(by_key[pk], pace.standing(facts[pk], today)) for pk in keys if pk in by_key]
        for word, keys in chosen.items()
    }
    return Overview(today, {word: counts[word] for word in WORDS}, shown, _by_unit(plan, words))


def _first(facts: dict[int, TaskFacts], words: dict[int, str], word: str, day: date, most: int) -> list[int]:
    keys = [pk for pk in facts if words[pk] == word]
    if word == BEHIND:
        return sorted(keys, key=lambda pk: (-_gap(facts[pk], day), pk))[:most]
    return sorted(keys, key=lambda pk: (facts[pk].end, pk))[:most]


def _gap(facts: TaskFacts, day: date) -> float:
    return float(pace.expected_share(facts, day) - pace.done_share(facts)[0])


def _by_unit(plan: Plan | None, words: dict[int, str]) -> list[UnitLights]:
    """Counts of the tasks in ``words``: all leads of running plans are read, those of other tasks are passed over."""
    places = {word: place for place, word in enumerate(WORDS)}
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * len(WORDS))
    plans = [plan.pk] if plan else list(Plan.objects.filter(state=Plan.ACCEPTED).values_list("pk", flat=True))
    led = TaskUnit.objects.filter(task__plan__in=plans, part=TaskUnit.LEAD).order_by()
    for task, unit in led.values_list("task_id", "unit_id"):
        if word := words.get(task):
            counts[unit][places[word]] += 1
    units = Unit.objects.filter(pk__in=counts)
    found = [UnitLights(unit, tuple(counts[unit.pk])) for unit in units]
    return sorted(found, key=lambda item: (*(-count for count in item.counts[:2]), item.unit.order, item.unit.pk))
