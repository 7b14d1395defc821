"""What a record will be after a change: read, completed, checked. Nothing is written here; every path comes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from taizhang.catalog.lifecycle_schema import TransitionDef
from taizhang.kernel.errors import Problem, Problems
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit
from taizhang.registers import deadlines, secrecy
from taizhang.registers.blueprint import Blueprint, Data, unknown_field
from taizhang.registers.fields import Lookup
from taizhang.registers.lifecycle import asked_by, target_of
from taizhang.registers.models import Record

# The columns of a record that is not there yet.
BLANK: tuple[Any, ...] = tuple(field.get_default() for field in Record._meta.concrete_fields)


@dataclass(slots=True)
class Draft:
    """A record about to be saved. ``record`` carries the new values; ``before`` is its data until now. ``forced``: there
    is something to keep though no value differs."""

    plan: Blueprint
    record: Record
    before: Data
    was_state: str
    changed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    reason: str = ""
    row: int = 0
    forced: bool = False

    @property
    def is_new(self) -> bool:
        return self.record.id is None  # ``pk`` asks the model's options first, a dozen times a record

    @property
    def moved(self) -> bool:
        return self.was_state != self.record.state

    @property
    def is_idle(self) -> bool:
        """Nothing differs: there is nothing to save."""
        return not self.is_new and not self.changed and not self.moved and not self.forced


def new_record(plan: Blueprint, unit: Unit, period: str, state: str | None, today: date) -> Record:
    """An unsaved record of a register. Raises Problem when unit, period or state do not fit."""
    if plan.is_statistics:
        period = checked_period(plan, period)
    elif period:
        raise Problem("REG-120", f"“{plan.register.name}”不按期间填报", where="期间", remedy="删去期间")
    life = plan.register.lifecycle
    state = checked_state(plan, state or life.initial)
    # By place, not by name: an import makes tens of thousands.
    record = Record(*BLANK)  # type: ignore[misc]
    record.register_code, record.unit, record.period, record.dated_on = plan.code, unit, period, today
    record.state, record.state_category = state, life.states[state]
    record.data, record.clock = {}, {}
    return record


def checked_period(plan: Blueprint, period: str) -> str:
    """The code of a period of the register's kind."""
    if not period:
        raise Problem("REG-121", "缺少期间", where="期间", remedy=f"填写{PERIOD_HINTS[plan.register.period or 'year']}")
    try:
        found = Period.parse(period)
    except Problem as wrong:
        raise Problem(wrong.code, wrong.message, where="期间", remedy=wrong.remedy) from wrong
    if found.kind != plan.register.period:
        hint = PERIOD_HINTS[plan.register.period or "year"]
        raise Problem("REG-122", f"期间“{period}”不是本台账的填报期", where="期间", remedy=f"应填{hint}")
    return found.code


def checked_state(plan: Blueprint, state: str) -> str:
    """A state of the register's lifecycle."""
    if state not in plan.register.lifecycle.states:
        known = "、".join(plan.register.lifecycle.states)
        raise Problem("REG-123", f"没有状态“{state}”", where="状态", remedy=f"可填：{known}")
    return state


def draft(
    plan: Blueprint,
    record: Record,
    values: Mapping[str, Any],
    lookup: Lookup,
    today: date,
    *,
    state: str | None = None,
    step: TransitionDef | None = None,
    files: Data | None = None,
    relaxed: bool = False,
) -> Draft:
    """The record with ``values`` (raw, by field name; only those named change) and ``state`` applied, or a ``step``,
    which moves the state and fills its own fields.

    ``files`` are the attachment names that file fields will show. ``relaxed`` leaves out required fields and checks: a
    wrong record must be voidable. Raises Problems: every fault of the values at once.
    """
    made = Draft(plan, record, dict(record.data), record.state)
    problems: list[Problem] = []
    fresh = _read(plan, record, values, lookup, problems)
    fresh.update(files or {})
    data = _merged(plan, record, fresh)
    if step is not None:
        state = target_of(plan.register, step, record)
        _set_by_step(plan, record, data, step, today, lookup)
    made.changed = _differing(plan, record.data, data)
    if record.pk is not None and not relaxed:
        problems += _locked(plan, made, step)
    if state is not None:
        record.state, record.state_category = state, plan.register.lifecycle.states[state]
    record.data = data
    broken_names = {problem.where for problem in problems}
    if not relaxed:
        problems += _missing(plan, record, broken_names)
        problems += _impossible_days(plan, record, today, broken_names)
    if problems:
        raise Problems(problems)
    if not relaxed:
        _check(made, today, lookup)
    _derive(made, today)
    return made


def _differing(plan: Blueprint, before: Data, after: Data) -> list[str]:
    """The fields that differ, in the register's order; an absent value is null."""
    if not before:
        return list(filter(after.__contains__, plan.fields))
    return [name for name in plan.fields if after.get(name) != before.get(name)]


def _read(plan: Blueprint, record: Record, values: Mapping[str, Any], lookup: Lookup, problems: list[Problem]) -> Data:
    """Canonical values of what was given; faults go to ``problems``."""
    fresh: Data = {}
    readers = plan.readers
    for name, raw in values.items():
        if (read := readers.get(name)) is not None:
            try:
                fresh[name] = read(raw, lookup)
            except Problem as wrong:
                problems.append(wrong)
            continue
        field_ = plan.fields.get(name)
        if field_ is None:
            problems.append(unknown_field(plan, name))
        elif name in plan.computed:
            problems.append(
                Problem("REG-104", f"“{name}”由公式计算，不能填写", where=name, remedy="删去该值，改它所依据的字段")
            )
        elif not _keeps_mask(plan, record, name, raw):
            try:
                fresh[name] = field_.parse(raw, lookup)
            except Problem as wrong:
                problems.append(wrong)
    return fresh


def _keeps_mask(plan: Blueprint, record: Record, name: str, raw: Any) -> bool:
    """Whether a sensitive field is left alone: an empty form control, or the mask itself, comes back from screen or sheet."""
    stored = record.data.get(name)
    if stored is None or not secrecy.is_encrypted(stored):
        return False
    return raw in (None, "") or str(raw).strip() == plan.shown(name, record.data)


def _merged(plan: Blueprint, record: Record, fresh: Data) -> Data:
    """The record's data with fresh values; an unchanged sensitive value keeps its cipher; an absent key is null."""
    data: Data = dict(record.data)
    if record.pk is None:
        for field_ in plan.with_default:
            if field_.name not in fresh:
                data[field_.name] = plan.seal(field_.name, field_.parse(field_.definition.default))
    before = {name: data.get(name) for name in plan.sensitive & fresh.keys()}
    data |= fresh
    for name, stored in before.items():
        data[name] = stored if plan.same(name, stored, fresh[name]) else plan.seal(name, fresh[name])
    return {name: value for name, value in data.items() if value is not None} if None in data.values() else data


def _set_by_step(plan: Blueprint, record: Record, data: Data, step: TransitionDef, today: date, lookup: Lookup) -> None:
    """The fields that the step fills by formula, from the values as they are with this step's own."""
    formulas = plan.rules.sets.get(step.name)
    if not formulas:
        return
    values = plan.values(record, data, lookup)
    plan.rules.compute(values, today)
    for name, formula in formulas.items():
        value = plan.fields[name].from_value(formula(values, today))
        if value is None:
            data.pop(name, None)
        elif not plan.same(name, data.get(name), value):
            data[name] = plan.seal(name, value)


def _locked(plan: Blueprint, made: Draft, step: TransitionDef | None) -> list[Problem]:
    """Changes of fields that the state keeps shut; a step may fill what it asks for and what it sets."""
    rules = plan.register.lifecycle.rules_in(made.was_state)
    open_ = {*asked_by(plan.register, step, made.record), *step.sets} if step else set()
    shut = {*rules.readonly, *rules.hidden} - open_
    remedy = "按步骤办理到可以填写的状态"
    return [
        Problem("REG-109", f"“{made.was_state}”时不能改“{name}”", where=name, remedy=remedy)
        for name in made.changed
        if name in shut
    ]


def _missing(plan: Blueprint, record: Record, broken: set[str]) -> list[Problem]:
    """Required fields without a value, of the register and of the state; a draft may lack the register's."""
    asked = [] if record.state_category == "draft" else plan.required
    if here := plan.register.lifecycle.rules_in(record.state).required:
        there = {item.name for item in asked}
        asked = [*asked, *(plan.fields[name].definition for name in here if name not in there)]
    return [
        Problem("REG-105", f"“{item.title}”没有填写", where=item.name, remedy=item.help or "补填后再保存")
        for item in asked
        if record.data.get(item.name) is None and item.name not in broken
    ]


def _impossible_days(plan: Blueprint, record: Record, today: date, broken: set[str]) -> list[Problem]:
    """A case cannot have happened after today; a record cannot belong to a unit that did not exist."""
    found = []
    dated = plan.dated_on(record.data, record.period, today)
    name = plan.register.date_field or "期间"
    if name not in broken and not record.period and dated > today:
        found.append(Problem("REG-106", f"{dated} 还没有到", where=name, remedy="核对日期，不能填将来的日期"))
    last = Period.parse(record.period).end if record.period else dated
    unit = record.unit
    if record.pk is None and (unit.opened_on > last or (unit.closed_on is not None and unit.closed_on < dated)):
        span = f"{unit.opened_on} 至 {unit.closed_on or '今'}"
        found.append(
            Problem(
                "REG-107", f"“{unit.name}”在该期间不存在", where="单位", remedy=f"该单位存续期：{span}，核对单位或日期"
            )
        )
    return found


def _check(made: Draft, today: date, lookup: Lookup) -> None:
    """Computed fields and checks. Raises Problems for broken errors; keeps warnings."""
    plan, record = made.plan, made.record
    if not plan.rules.computed and not plan.rules.checks:
        return
    values = plan.values(record, record.data, lookup)
    plan.rules.compute(values, today)
    problems = []
    for check in plan.rules.broken(values, today):
        if check.level == "warning":
            made.warnings.append(check.message)
            continue
        names = [name for name in plan.fields if name in plan.rules.fields_of(check)]
        shown = "、".join(f"{name} {plan.shown(name, record.data)}" for name in names if name in record.data)
        problems.append(
            Problem(
                "REG-108", check.message, where=names[0] if names else check.name, remedy=f"现为：{shown}，请核对后改正"
            )
        )
    if problems:
        raise Problems(problems)


def _derive(made: Draft, today: date) -> None:
    """The shared columns that follow from the data."""
    plan, record = made.plan, made.record
    record.dimension_key = plan.dimension_key(record.data) if plan.is_statistics else ""
    if record.pk is None or plan.register.date_field or plan.is_statistics:
        fallback = record.dated_on or today
        record.dated_on = plan.dated_on(record.data, record.period, fallback)
    if record.pk is None or made.moved:
        record.clock = deadlines.moved(record.clock or _first_clock(made), record.state, today)
    record.due_on = deadlines.due_on(plan.register, record, today)
    record.title = plan.title(record, record.data)
    record.release = plan.release


def _first_clock(made: Draft) -> dict[str, Any]:
    """The clock of a record from before clocks were kept: it entered its state on its own date."""
    return {} if made.is_new else deadlines.moved({}, made.was_state, made.record.dated_on)


PERIOD_HINTS = {
    "month": "月份，如 2025-09",
    "term": "学期，如 SY2025T1(2025-2026学年第一学期)",
    "school_year": "学年，如 SY2025(2025-2026学年)",
    "year": "年份，如 2025",
}
