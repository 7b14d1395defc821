"""How far the promised numbers are: actuals that units report, targets broken down to units, figures that were measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.kernel.texts import plain_number
from taizhang.org.models import Unit, User
from taizhang.plans.actions.common import locked, log_task, recomputed, refuse_closed
from taizhang.plans.actions.progress import follow_up, refuse_idle
from taizhang.plans.lights import is_level_target, is_met
from taizhang.plans.models import Target, TargetPart, Task
from taizhang.plans.policy import reporting_parts, reporting_units, require_planner


@transaction.atomic
def report_actual(
    *, target: Target, by: User | None, actual: Decimal | None, started: Decimal | None = None, on: date | None = None
) -> list[Target]:
    """What a unit says was reached, and begun, of a promised number. Targets of one task that speak of the same thing for
    several setters (县、市) get the same actual; they are returned.

    Raises Forbidden for other units, Problem where an indicator gives the figure or units report their parts.
    """
    task = _reported(target, by)
    _refuse_measured(target)
    if target.parts.exists():
        raise Problem("PLAN-062", f"“{target.subject}”已分解到单位，由各单位填报", remedy="到分解表里填本单位的数")
    _refuse_negative(actual, started)
    same = list(same_actual(target))
    for item in same:
        item.actual, item.started, item.measured_on = actual, started, None
        item.save(update_fields=["actual", "started", "measured_on"])
    day = (on or timezone.localdate()).isoformat()
    kept = {"actual": plain_number(actual), "started": plain_number(started), "on": day}
    log_task("actual_reported", task, by, targets=[item.pk for item in same], **kept)
    recomputed(task)
    return same


@transaction.atomic
def break_down(*, target: Target, parts: Mapping[Unit, Decimal], by: User | None) -> list[TargetPart]:
    """Give each unit its part of a target; units left out lose theirs. Whether the parts reach the whole is shown, not
    forced: a county may keep a reserve, or ask for more than it owes."""
    require_planner(by, target.task.plan.unit, "分解目标")
    task = locked(target.task)
    refuse_closed(task.plan)
    _refuse_negative(*parts.values())
    target.parts.exclude(unit__in=parts).delete()
    for unit, value in parts.items():
        TargetPart.objects.update_or_create(target=target, unit=unit, defaults={"value": value})
    shares = {unit.code: plain_number(value) for unit, value in parts.items()}
    log_task("target_broken_down", task, by, target_id=target.pk, parts=shares)
    return list(target.parts.select_related("unit"))


@transaction.atomic
def report_part(*, target: Target, unit: Unit, actual: Decimal | None, by: User | None) -> TargetPart:
    """What one unit reached of its part. An amount's actual is then the sum of what units reported.

    Raises NotFound for a unit without a part, Forbidden for people of other units, Problem where an indicator gives it.
    """
    task = _reported(target, by, unit)
    _refuse_measured(target)
    part = target.parts.select_for_update().filter(unit=unit).first()
    if part is None:
        raise NotFound("PLAN-063", f"“{unit}”没有分到这个目标", remedy="请刷新页面")
    _refuse_negative(actual)
    part.actual = actual
    part.save(update_fields=["actual"])
    given = [item for item in target.parts.values_list("actual", flat=True) if item is not None]
    if not target.measured_on and not is_level_target(target):
        target.actual = sum(given, Decimal(0)) if given else None
        target.save(update_fields=["actual"])
    kept = {"actual": plain_number(target.actual), "unit": unit.code, "part": plain_number(actual)}
    log_task("actual_reported", task, by, targets=[target.pk], on=timezone.localdate().isoformat(), **kept)
    recomputed(task)
    return part


@transaction.atomic
def record_measured(*, target: Target, actual: Decimal | None, day: date) -> bool:
    """Keep what the indicator gives; True when it changed. A level's first figure is its baseline. A task whose every
    promised number is an indicator's and is met is finished by that: an amount at once, a level on its last day, for it
    may fall again."""
    task = locked(target.task)
    target = Target.objects.get(pk=target.pk)
    if actual is not None and target.baseline is None and is_level_target(target):
        target.baseline = actual
    changed = target.actual != actual
    target.actual, target.measured_on = actual, day if actual is not None else None
    target.save(update_fields=["actual", "measured_on", "baseline"])
    if changed:
        kept = {"actual": plain_number(actual), "baseline": plain_number(target.baseline)}
        log_task("measured", task, None, targets=[target.pk], on=day.isoformat(), **kept)
        recomputed(task)
    return changed


@transaction.atomic
def record_parts(*, target: Target, actuals: Mapping[int, Decimal | None], day: date) -> int:
    """Keep what the indicator gives at the units that took over a part, by the part's key; returns how many changed."""
    task = locked(target.task)
    changed = []
    for part in target.parts.select_related("unit").filter(pk__in=actuals):
        if part.actual != actuals[part.pk]:
            part.actual = actuals[part.pk]
            changed.append(part)
    TargetPart.objects.bulk_update(changed, ["actual"])
    if changed:
        figures = {part.unit.code: plain_number(part.actual) for part in changed}
        log_task("parts_measured", task, None, target_id=target.pk, parts=figures, on=day.isoformat())
    return len(changed)


@transaction.atomic
def settle_task(*, task: Task, day: date) -> bool:
    """Finish a task that figures alone decide; True when it was."""
    task = locked(task)
    targets = list(task.targets.all())
    if task.state != Task.OPEN or not targets or task.milestones.exists() or task.children.exists():
        return False
    last = task.deadline
    for target in targets:
        if not target.indicator_code or target.measured_on is None or target.value is None or not is_met(target):
            return False
        if is_level_target(target) and (last is None or day < last):
            return False
    # A level that was met on its last day is met in time, though the day's run sees it a day later.
    task.state, task.progress, task.done_on = Task.DONE, 100, min(day, last) if last else day
    task.save(update_fields=["state", "progress", "done_on"])
    log_task("finished", task, None, percent=100, on=task.done_on.isoformat(), by_figures=True)
    follow_up(task)
    return True


def same_actual(target: Target) -> list[Target]:
    """The targets of a task that promise the same thing to several setters, this one among them."""
    alike = target.task.targets.filter(subject=target.subject, unit=target.unit, stage=target.stage)
    return list(alike)


def _reported(target: Target, by: User | None, unit: Unit | None = None) -> Task:
    """The task, held, for somebody who reports on it (for ``unit``)."""
    task = locked(target.task)
    refuse_idle(task)
    units = reporting_parts(by, task)
    if unit is not None and by is not None and unit not in units and unit.pk not in reporting_units(by):
        raise Forbidden("PLAN-040", f"您不能替“{unit}”填报", remedy="由该单位填报")
    if unit is None and not units:
        raise Forbidden("PLAN-040", "您的单位不是这项任务的牵头或配合单位", remedy="请由牵头单位填报进展")
    return task


def _refuse_measured(target: Target) -> None:
    if target.indicator_code and target.measured_on:
        raise Problem("PLAN-061", f"“{target.subject}”由指标取数，不用填报", remedy="数字不对请核对台账记录")


def _refuse_negative(*values: Decimal | None) -> None:
    for value in values:
        if value is not None and (not value.is_finite() or value < 0 or value >= Decimal(10) ** 16):
            raise Problem("PLAN-034", f"数值“{value}”不合适", remedy="填大于等于零的数，单位填在单位栏")
