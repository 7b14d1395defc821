"""The facts behind the lights, read for any number of tasks with as many queries as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.kernel.periods import Period
from taizhang.plans import pace
from taizhang.plans.models import Milestone, Plan, Target, Task
from taizhang.plans.pace import ZERO, MilestoneFacts, Standing, TargetFacts, TaskFacts
from taizhang.plans.verdicts import MET, verdict

# Keys that are named one by one in a query.
FEW = 500
# Numbers that are a state and not a sum: they do not begin at zero with the year.
LEVEL_UNITS = ("%", "百分点", ":1", "‰")
_COLUMNS = ("pk", "plan_id", "state", "begins", "deadline", "done_on", "progress", "pace")


def is_falling(comparator: str, indicator_code: str) -> bool:
    """Whether less is better: promised as 不超过, or an indicator that is to be low."""
    if comparator in (">=", "<="):
        return comparator == "<="
    known = catalog().indicators.get(indicator_code)
    return known is not None and known.better == "lower"


def is_level(unit: str, comparator: str, indicator_code: str) -> bool:
    """Whether a number is a state (a rate, an average, what remains) rather than an amount that grows from zero."""
    known = catalog().indicators.get(indicator_code)
    measure = unit or (known.unit if known else "")
    return measure in LEVEL_UNITS or "/" in measure or is_falling(comparator, indicator_code)


def is_level_target(target: Target) -> bool:
    return is_level(target.unit, target.comparator, target.indicator_code)


def is_met(target: Target) -> bool:
    """Whether a target that has a value and an actual is reached, by the rule of plans.judging."""
    known = catalog().indicators.get(target.indicator_code)
    better = known.better if known else "none"
    return verdict(target.comparator, target.value, target.actual, better=better, top=target.value_to) == MET


def facts_of(tasks: QuerySet[Task], *, steps: bool = True) -> dict[int, TaskFacts]:
    """The facts of all these tasks, by key. Five queries, whatever their number."""
    rows = list(tasks.order_by().values_list(*_COLUMNS))
    plans = _plans({row[1] for row in rows})
    scope = within(rows)
    targets = _targets(scope("task"))
    milestones = _milestones(scope) if steps else {}
    return {row[0]: _facts(row, plans[row[1]], targets.get(row[0], ()), milestones.get(row[0], ())) for row in rows}


def within(rows: Sequence[tuple[Any, ...]]) -> Callable[[str], Q]:
    """The filter on what belongs to tasks (rows of key, plan, …): a few by their keys; of thousands all of their plans,
    which is quicker than asking again who may see which; the reader takes what it knows."""
    if len(rows) <= FEW:
        keys = [row[0] for row in rows]
        return lambda name: Q(**{f"{name}__in": keys})
    plans = {row[1] for row in rows}
    return lambda name: Q(**{f"{name}__plan__in": plans})


def standings(tasks: Iterable[Task], day: date | None = None) -> dict[int, Standing]:
    """The lights of tasks that are read already (a page of them), by key."""
    keys = [task.pk for task in tasks]
    found = facts_of(Task.objects.filter(pk__in=keys))
    today = day or timezone.localdate()
    return {pk: pace.standing(facts, today) for pk, facts in found.items()}


def standing_of(task: Task, day: date | None = None) -> Standing:
    return standings([task], day)[task.pk]


def _plans(keys: set[int]) -> dict[int, tuple[date, date, int]]:
    """First and last day and tolerance of plans: many tasks share them, so they are not read with each."""
    rows = Plan.objects.filter(pk__in=keys).values_list("pk", "period", "tolerance")
    return {pk: (*_span(period), tolerance) for pk, period, tolerance in rows}


def _facts(
    row: tuple[Any, ...],
    plan: tuple[date, date, int],
    targets: Sequence[TargetFacts],
    milestones: Sequence[MilestoneFacts],
) -> TaskFacts:
    _, _, state, begins, deadline, done_on, percent, how = row
    first, last, tolerance = plan
    end = deadline or last
    # Where figures or milestones say how far it is, what people said does not count.
    hearsay = percent if not milestones and not any(item.is_known for item in targets) else 0
    return TaskFacts(
        state=state,
        begins=min(begins or first, end),
        end=end,
        has_deadline=deadline is not None,
        done_on=done_on,
        percent=hearsay,
        pace=how,
        tolerance=tolerance,
        targets=tuple(targets),
        milestones=tuple(milestones),
    )


@lru_cache(maxsize=64)
def _span(period: str) -> tuple[date, date]:
    """A draft may have no period yet; nobody asks it for a light, and its page must not break."""
    if not period:
        return date.min, date.max
    found = Period.parse(period)
    return found.start, found.end


def _targets(scope: Q) -> dict[int, list[TargetFacts]]:
    found: dict[int, list[TargetFacts]] = defaultdict(list)
    rows = Target.objects.filter(scope, value__isnull=False, actual__isnull=False).exclude(comparator="~")
    names = ("task_id", "subject", "comparator", "value", "value_to", "unit", "indicator_code", "actual", "baseline")
    # Thousands of promises are of a few sorts.
    falls, levels = cache(is_falling), cache(is_level)
    for pk, subject, comparator, value, top, unit, code, actual, baseline in rows.order_by("id").values_list(*names):
        falling = falls(comparator, code)
        if baseline is None and not levels(unit, comparator, code):
            baseline = ZERO
        bound = top if top is not None and falling else value
        found[pk].append(TargetFacts(subject, bound, actual, falling, baseline, unit))
    return found


def _milestones(scope: Callable[[str], Q]) -> dict[int, list[MilestoneFacts]]:
    """A task's own milestones; where it has none, its sub-tasks stand for them."""
    found: dict[int, list[MilestoneFacts]] = defaultdict(list)
    rows = Milestone.objects.filter(scope("task")).order_by("due", "id")
    for pk, name, due, done_on, weight in rows.values_list("task_id", "name", "due", "done_on", "weight"):
        found[pk].append(MilestoneFacts(name, due, done_on, weight))
    children: dict[int, list[MilestoneFacts]] = defaultdict(list)
    below = Task.objects.filter(scope("parent")).exclude(state=Task.CANCELLED).order_by("deadline", "id")
    names = ("parent_id", "title", "deadline", "done_on", "plan__period")
    for pk, title, deadline, done_on, period in below.values_list(*names):
        children[pk].append(MilestoneFacts(title, deadline or _span(period)[1], done_on))
    return {**children, **found}
