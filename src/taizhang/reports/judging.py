"""A target against the figure that answers for it: the indicator's at the target's stage and period, else what was reported."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.target import registers_of
from taizhang.kernel.errors import NotFound
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.org.queries import installation_user
from taizhang.plans.binding import STAGE, same_unit
from taizhang.plans.models import Plan, Target, TargetPart, Task
from taizhang.plans.verdicts import BY_PERSON, Judgement, verdict
from taizhang.reports.bound import MISSING, PERCENT, rounded
from taizhang.reports.door import Sources, TargetLine, UnitRef
from taizhang.reports.sources import BureauSources, target_line, unit_ref
from taizhang.reports.words import shortest

REPORTED = "任务填报"


def judge(sources: Sources, unit: UnitRef, period: Period, target: TargetLine) -> Judgement:
    """The target's result at a unit. ``period`` is the plan's, for targets without one of their own."""
    when = Period.parse(target.period) if target.period else period
    declared = _declared(sources, target.indicator)
    if declared is not None:
        where = {STAGE: target.stage} if target.stage else {}
        reading = sources.value(declared.code, unit, when, where)
        if reading.value is not None:
            actual = reading.value * 100 if declared.unit == PERCENT else reading.value
            found = _judged(target, actual, f"{rounded(actual, declared.decimals):f}{declared.unit}", declared)
            return replace(found, origin=declared.formula, period=reading.period)
    text = MISSING if target.actual is None else shortest(target.actual, target.measure)
    return replace(_judged(target, target.actual, text, declared), origin=REPORTED, period=when.code)


def judgements(user: User | AnonymousUser, task: Task) -> dict[int, Judgement]:
    """The results of a task's targets by key, for its page; none for people who may not look at the bureau's figures."""
    targets = list(task.targets.all())
    if not isinstance(user, User) or not any(item.indicator_code or item.actual is not None for item in targets):
        return {}
    unit, period = task.plan.unit, Period.parse(task.plan.period)
    sources = BureauSources(user, unit, period)
    try:
        found = {item: judge(sources, unit_ref(unit), period, target_line(item)) for item in targets}
    except NotFound:
        return {}
    return {item.pk: replace(one, url=_address(item, unit, one)) for item, one in found.items()}


def measured(plan: Plan, targets: list[Target]) -> dict[int, Decimal | None]:
    """What the indicators give for a plan's targets today, read as the installation. Figures of registers that hold small
    numbers back are left out: not everybody who sees a task may see them."""
    period = Period.parse(plan.period)
    sources, found = BureauSources(installation_user(), plan.unit, period), dict[int, Decimal | None]()
    for target in targets:
        declared = _declared(sources, target.indicator_code)
        if declared is None or not same_unit(target.unit, declared.unit):
            continue
        if any(register.privacy.suppress_below for register in registers_of(declared)):
            continue
        line = replace(target_line(target), actual=None)
        found[target.pk] = judge(sources, unit_ref(plan.unit), period, line).actual
    return found


def measured_parts(plan: Plan, parts: list[TargetPart]) -> dict[int, Decimal | None]:
    """The same at the units that took a part of the target over."""
    period = Period.parse(plan.period)
    sources = BureauSources(installation_user(), plan.unit, period)
    return {
        part.pk: judge(sources, unit_ref(part.unit), period, replace(target_line(part.target), actual=None)).actual
        for part in parts
    }


def _declared(sources: Sources, code: str) -> IndicatorDef | None:
    """The indicator, unless the catalogue no longer has it."""
    try:
        return sources.indicator(code) if code else None
    except NotFound:
        return None


def _judged(target: TargetLine, actual: Decimal | None, text: str, declared: IndicatorDef | None) -> Judgement:
    better = declared.better if declared else "none"
    if declared is not None and actual is not None and not same_unit(target.measure, declared.unit):
        return Judgement(BY_PERSON, actual, text)
    word = verdict(target.comparator, target.value, actual, better=better, top=target.value_to)
    return Judgement(word, actual, text)


def _address(target: Target, unit: Unit, found: Judgement) -> str:
    """The page of the figure that was compared; '' for what units reported themselves."""
    if not target.indicator_code or found.origin == REPORTED:
        return ""
    query = urlencode({"unit": unit.code, "period": found.period})
    return f"{reverse('indicators:indicator', args=[target.indicator_code])}?{query}"
