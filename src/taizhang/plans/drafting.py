"""From what the reader found to draft tasks: pure mapping, nothing is saved here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from taizhang.catalog.schema import IndicatorDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.kinds import DISTRICT, SECTION
from taizhang.org.models import Unit
from taizhang.org.queries import match_unit
from taizhang.plans import binding
from taizhang.plans.models import Target, Task, TaskUnit
from taizhang.reading import model
from taizhang.reading.model import Reading

# The promise's strength, strongest first, as plans word it.
COMMITMENTS = ("确保", "务必", "必须", "保证", "力争", "争取", "努力", "基本")
QUALIFIERS = ("不低于", "不少于", "至少", "不超过", "以上", "以内", "以下", "左右", "超过", "突破", "约", "近", "余")
# What the reader calls the unit of 14.5:1; the indicator says it whole.
RATIO_SIGNS = (":", "\uff1a")
# Words for all open units of a level: they assist. Schools are not listed one by one, their words are kept as printed.
GROUPS = {
    "各学区": DISTRICT,
    "各教管中心": DISTRICT,
    "各科室": SECTION,
    "各股室": SECTION,
    "局机关各科室": SECTION,
    "局机关各股室": SECTION,
    "机关各科室": SECTION,
    "机关各股室": SECTION,
}
_SCHOOL_YEAR = re.compile(r"(20\d\d)\s*[-—–~至/]\s*(20\d\d)\s*学年")
_YEAR = re.compile(r"(20\d\d)")
_TERMS = (("第一学期", 1), ("上学期", 1), ("第二学期", 2), ("下学期", 2))
_HALVES = (("上半年", 1), ("下半年", 2))


@dataclass(slots=True)
class Draft:
    """A task that is not saved yet, with its parts."""

    task: Task
    units: list[TaskUnit] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a number may speak of: the catalogue's indicators, and the stages that some of them are split by."""

    indicators: tuple[IndicatorDef, ...] = ()
    stages: tuple[str, ...] = ()


def drafts_of(reading: Reading, units: list[Unit], known: Vocabulary) -> list[Draft]:
    """One draft for each task found, in the document's order. Units that nobody could match keep their printed text."""
    quantities = {(item.start, item.end): item for item in reading.quantities}
    drafts = []
    for order, found in enumerate(reading.tasks, start=1):
        draft = _draft(found, order, units)
        for target in (reading.targets[index] for index in found.targets):
            start, end = (place - target.start for place in target.quantity)
            if not binding.inside_a_name(target.text, start, end, known.indicators):
                draft.targets.append(_target(target, quantities.get(target.quantity), found, known))
        draft.targets += _zero_targets(found, draft.targets, known)
        drafts.append(draft)
    return drafts


def _draft(found: model.Task, order: int, units: list[Unit]) -> Draft:
    task = Task(
        number=found.number[:20],
        order=order,
        title=(found.title or found.text)[:200],
        text=found.text,
        path=list(found.path),
        start=found.start,
        end=found.end,
        deadline=found.deadline,
        deadline_text=(found.deadline_text or "")[:100],
        persons="、".join(found.persons)[:200],
    )
    draft, taken, groups = Draft(task), set[int](), list[Unit]()
    for part, printed in ((TaskUnit.LEAD, found.lead_units), (TaskUnit.ASSISTING, found.assisting_units)):
        kept = []
        for text in printed:
            unit, level = match_unit(text, units), GROUPS.get(text.strip())
            if level:
                groups += [one for one in units if one.level == level]
            elif unit is not None and unit.pk not in taken:
                taken.add(unit.pk)
                draft.units.append(TaskUnit(task=task, unit=unit, part=part))
            # Who leads is a person's choice: a task that every district led would be done with the first of them.
            if part == TaskUnit.LEAD if level else unit is None:
                kept.append(text)
        setattr(task, f"{part}_text", "、".join(kept)[:300])
    rest = {unit.pk: unit for unit in groups if unit.pk not in taken}
    draft.units += [TaskUnit(task=task, unit=unit, part=TaskUnit.ASSISTING) for unit in rest.values()]
    return draft


def _target(found: model.Target, quantity: model.Quantity | None, task: model.Task, known: Vocabulary) -> Target:
    low, high = _bounds(quantity.value if quantity else None)
    unit, at = quantity.unit if quantity else "", found.quantity[0] - found.start
    indicator = binding.indicator_of(found.text, at, found.subject, unit, known.indicators)
    if indicator and unit in RATIO_SIGNS:
        unit = indicator.unit
    words = found.text[:at] or found.subject
    return Target(
        subject=(found.subject or task.title)[:200],
        comparator=found.comparator if found.comparator in Target.COMPARATORS else "=",
        value=low,
        value_to=high,
        unit=unit[:20],
        text=found.text[:500],
        commitment=first_word(found.text, COMMITMENTS),
        qualifier=first_word(found.text, QUALIFIERS),
        deadline=task.deadline,
        indicator_code=indicator.code if indicator else "",
        stage=binding.stage_of(words, indicator, known.stages) if indicator else "",
        start=found.start,
        end=found.end,
    )


def _zero_targets(task: model.Task, already: list[Target], known: Vocabulary) -> list[Target]:
    """Promises of zero that stand in words; those that the reader found itself are not made twice."""
    taken = [(item.start or 0, item.end or 0) for item in already if item.value == 0]
    return [
        Target(
            subject=zero.indicator.name[:200],
            comparator="<=",
            value=Decimal(0),
            unit=zero.indicator.unit[:20],
            text=zero.text[:500],
            commitment=first_word(zero.text, COMMITMENTS),
            deadline=task.deadline,
            indicator_code=zero.indicator.code,
            stage=binding.stage_of(zero.text, zero.indicator, known.stages),
            start=task.start + zero.start,
            end=task.start + zero.end,
        )
        for zero in binding.zeros(task.text, known.indicators)
        if not any(start < task.start + zero.end and task.start + zero.start < end for start, end in taken)
    ]


def _bounds(value: model.Value) -> tuple[Decimal | None, Decimal | None]:
    """A printed number or range as exact decimals; words and masked numbers are no value."""
    numbers = value if isinstance(value, list) else [value]
    exact = [Decimal(str(item)) for item in numbers if isinstance(item, int | float)]
    fits = [item for item in exact if item.is_finite() and abs(item) < Decimal(10) ** 16]
    if len(fits) != len(numbers):
        return None, None
    return fits[0], (fits[-1] if len(fits) > 1 else None)


def first_word(text: str, words: Iterable[str]) -> str:
    """The first of ``words``, in their own order, that stands in the text; '' when none does."""
    return next((word for word in words if word in text), "")


def period_of_text(text: str) -> str:
    """The period code of a document's own words (2026年, 2025-2026学年度第二学期, 2026年上半年); '' when they do not say."""
    if school := _SCHOOL_YEAR.search(text):
        term = next((f"T{number}" for word, number in _TERMS if word in text), "")
        return f"SY{school[1]}{term}" if int(school[2]) == int(school[1]) + 1 else ""
    year = _YEAR.search(text)
    if year is None:
        return ""
    half = next((f"H{number}" for word, number in _HALVES if word in text), "")
    return f"{year[1]}{half}"


def checked_period(code: str) -> str:
    """A period as typed, in its code's form; '' stays ''. Raises Problem for what is no period."""
    return Period.parse(code).code if code.strip() else ""


def checked_day(text: str | date | None, what: str) -> date | None:
    """A day as the browser sends it. Raises Problem that names the field."""
    if text is None or isinstance(text, date) or not text.strip():
        return text if isinstance(text, date) else None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise Problem("PLAN-020", f"“{what}”{text} 不是日期", remedy="写成 2026-09-30") from wrong
