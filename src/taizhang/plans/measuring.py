"""Targets that speak of an indicator get their actual from it, once a day: the light is computed, not told.

Plans know the rule and not the figures: the stage that has them registers here how it reads a plan's targets.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from taizhang.kernel.errors import Problem
from taizhang.plans.actions.targets import record_measured, record_parts, settle_task
from taizhang.plans.models import Plan, Target, TargetPart, Task

log = logging.getLogger(__name__)
# key → (plan, its targets that name an indicator) → actual by the target's key, in the target's own unit; a target whose
# figure may not be shown to everybody who sees the task is left out, one without a figure is None.
Measuring = Callable[[Plan, list[Target]], dict[int, Decimal | None]]
# The same for what units took over of these targets: part's key → the figure at its unit.
PartsMeasuring = Callable[[Plan, list[TargetPart]], dict[int, Decimal | None]]
_measures: dict[str, Measuring] = {}
_parts: dict[str, PartsMeasuring] = {}


def register(key: str, measuring: Measuring, parts: PartsMeasuring | None = None) -> None:
    """Make a stage's reading of figures known under a stable key; registering again replaces."""
    _measures[key] = measuring
    if parts is not None:
        _parts[key] = parts


def measure_all(day: date) -> int:
    """The daily run: every accepted plan; returns how many actuals changed."""
    changed = 0
    for plan in Plan.objects.filter(state=Plan.ACCEPTED).select_related("unit"):
        try:
            changed += measure_plan(plan, day)
        except Problem:
            # One plan's fault (an indicator whose formula no longer fits) must not stop the others.
            log.exception("plan %s could not be measured", plan.pk)
    return changed


def measure_plan(plan: Plan, day: date) -> int:
    """Read the figures of a plan's open tasks; tasks that figures alone decide are finished by them."""
    open_ = Target.objects.filter(task__plan=plan, task__state=Task.OPEN).exclude(indicator_code="")
    targets = list(open_.select_related("task", "task__plan"))
    if not targets:
        return 0
    found: dict[int, Decimal | None] = {}
    for _, measuring in sorted(_measures.items()):
        found |= measuring(plan, targets)
    changed = sum(
        record_measured(target=target, actual=found[target.pk], day=day) for target in targets if target.pk in found
    )
    changed += _measure_parts(plan, [target for target in targets if target.pk in found], day)
    for task in {target.task for target in targets if target.pk in found}:
        settle_task(task=task, day=day)
    return changed


def _measure_parts(plan: Plan, targets: list[Target], day: date) -> int:
    """What each unit reached of a target that an indicator measures: the same indicator at that unit."""
    parts = list(TargetPart.objects.filter(target__in=targets).select_related("unit", "target__task"))
    if not parts:
        return 0
    found: dict[int, Decimal | None] = {}
    for _, measuring in sorted(_parts.items()):
        found |= measuring(plan, parts)
    actuals: dict[int, dict[int, Decimal | None]] = defaultdict(dict)
    for part in parts:
        if part.pk in found:
            actuals[part.target_id][part.pk] = found[part.pk]
    given = [target for target in targets if target.pk in actuals]
    return sum(record_parts(target=target, actuals=actuals[target.pk], day=day) for target in given)
