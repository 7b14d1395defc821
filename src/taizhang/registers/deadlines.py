"""The clocks of a record: when each deadline falls, where it stands still, what the ladder asks for today.

Everything here is computed from the record, the pack and a day; nothing is written. ``Record.clock`` keeps what cannot
be computed: the path through the states with the day of each entry, and the extensions that were granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from taizhang.catalog.current import catalog
from taizhang.catalog.lifecycle_schema import DeadlineDef, LadderStepDef
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.calendar import Term, WorkCalendar, parse_term
from taizhang.registers.blueprint import blueprint
from taizhang.registers.models import Record


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline of a record that counts now. ``due`` None: it stands still (``paused``) or has no start yet."""

    deadline: DeadlineDef
    due: date | None
    paused: bool = False
    started: date | None = None
    extended: int = 0
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step of a ladder whose day has come (or, as ``next_step``, will come)."""

    deadline: DeadlineDef
    due: date
    day: date
    step: LadderStepDef

    @property
    def key(self) -> tuple[str, date, str]:
        """What makes it the same step another day: the deadline, its date, and the step's place."""
        return self.deadline.key, self.due, self.step.at


def moved(clock: dict[str, Any], state: str, day: date) -> dict[str, Any]:
    """A record's clock after it entered a state."""
    return {**clock, "path": [*clock.get("path", []), [state, day.isoformat()]]}


def extended(clock: dict[str, Any], key: str, term: str, day: date) -> dict[str, Any]:
    """A record's clock after a deadline was lengthened."""
    granted = {**clock.get("extended", {})}
    granted[key] = [*granted.get(key, []), {"term": term, "on": day.isoformat()}]
    return {**clock, "extended": granted}


def clocks_of(register: RegisterDef, record: Record, today: date, calendar: WorkCalendar | None = None) -> list[Clock]:
    """The deadlines that count in the record's state, in the pack's order."""
    days = calendar or catalog().calendar
    here = [
        deadline
        for deadline in register.lifecycle.deadlines
        if record.state in deadline.state or record.state in deadline.pause
    ]
    if any(deadline.when for deadline in here):
        here = _meant(here, record, today)
    return [_clock(deadline, register, record, today, days) for deadline in here]


def _meant(here: list[DeadlineDef], record: Record, today: date) -> list[DeadlineDef]:
    """The deadlines whose condition the record meets; one whose values are missing is not met."""
    plan = blueprint(record.register_code)
    values = plan.values(record, record.data)
    plan.rules.compute(values, today)
    return [item for item in here if not item.when or plan.rules.whens[item.key](values, today) is True]


def due_on(register: RegisterDef, record: Record, today: date, calendar: WorkCalendar | None = None) -> date | None:
    """The earliest deadline that ticks."""
    dues = [clock.due for clock in clocks_of(register, record, today, calendar) if clock.due is not None]
    return min(dues, default=None)


def due_steps(
    register: RegisterDef,
    record: Record,
    today: date,
    given: Iterable[tuple[str, date, str]] = (),
    calendar: WorkCalendar | None = None,
) -> list[DueStep]:
    """The steps of the record's ladders that are due and not yet given, in order. Days on which nobody ran it are
    caught up: whatever came due since is in the list. ``given`` are the keys of the steps that were given."""
    done = set(given)
    steps = _ladder_days(register, record, today, calendar)
    return [item for item in steps if item.day <= today and item.key not in done]


def next_step(register: RegisterDef, record: Record, today: date) -> DueStep | None:
    """The next step of any ladder that will come when nothing happens."""
    coming = [item for item in _ladder_days(register, record, today, None) if item.day > today]
    return min(coming, key=lambda item: item.day, default=None)


def longest_lead(register: RegisterDef) -> int:
    """How many calendar days before a deadline a ladder may begin: what a daily run must look ahead."""
    ladders = [catalog().ladders.get(item.ladder or "") for item in register.lifecycle.deadlines]
    terms = [parse_term(step.at) for ladder in ladders if ladder for step in ladder.steps]
    # A week of holidays on each side is the most that lies between working days.
    return max((-term.days * (3 if term.measure == "working_days" else 1) + 16 for term in terms), default=0)


def _ladder_days(register: RegisterDef, record: Record, today: date, calendar: WorkCalendar | None) -> list[DueStep]:
    days = calendar or catalog().calendar
    found = []
    for clock in clocks_of(register, record, today, days):
        ladder = catalog().ladders.get(clock.deadline.ladder or "")
        if ladder is None or clock.due is None:
            continue
        for step in ladder.steps:
            day = days.add(clock.due, parse_term(step.at)).day
            found.append(DueStep(clock.deadline, clock.due, day, step))
    return sorted(found, key=lambda item: item.day)


def _clock(deadline: DeadlineDef, register: RegisterDef, record: Record, today: date, calendar: WorkCalendar) -> Clock:
    if deadline.due is not None:
        return Clock(deadline, _date_of(record, deadline.due))
    start = _start(deadline, register, record)
    if start is None:
        return Clock(deadline, None)
    granted = [parse_term(item["term"]) for item in record.clock.get("extended", {}).get(deadline.key, [])]
    if record.state in deadline.pause:
        return Clock(deadline, None, paused=True, started=start, extended=len(granted))
    term = parse_term(deadline.within or "0")
    rest = _paused_days(deadline, record, start, today, term, calendar)
    found = calendar.add(start, Term(term.days + rest, term.measure))
    for extra in granted:
        found = calendar.add(found.day, extra)
    # Counted in calendar days, a term does not end on a holiday.
    found = calendar.next_working_day(found.day)
    return Clock(deadline, found.day, started=start, extended=len(granted), caveat=found.caveat)


def _start(deadline: DeadlineDef, register: RegisterDef, record: Record) -> date | None:
    """The day from which a term counts; it is not counted itself."""
    if deadline.after and deadline.after not in register.lifecycle.states:
        return _date_of(record, deadline.after)
    path = _path(record)
    if deadline.after:
        entries = [day for state, day in path if state == deadline.after]
        return entries[-1] if entries else None
    # Without `after`: since the record came into these states and did not leave them but for a pause.
    inside = {*deadline.state, *deadline.pause}
    start = None
    for state, day in reversed(path):
        if state not in inside:
            break
        start = day
    return start


def _paused_days(
    deadline: DeadlineDef, record: Record, start: date, today: date, term: Term, calendar: WorkCalendar
) -> int:
    """How many days, in the term's own measure, the clock stood still since its start."""
    path = _path(record)
    total = 0
    for index, (state, entered) in enumerate(path):
        left = path[index + 1][1] if index + 1 < len(path) else today
        begun = max(entered, start)
        if state in deadline.pause and left > begun:
            working = term.measure == "working_days"
            total += calendar.working_days_between(begun, left).days if working else (left - begun).days
    return total


def _path(record: Record) -> Sequence[tuple[str, date]]:
    """(state, day of entry); a record from before clocks were kept entered its state on its own date."""
    kept = record.clock.get("path") or [[record.state, record.dated_on.isoformat()]]
    return [(state, date.fromisoformat(day)) for state, day in kept]


def _date_of(record: Record, field: str) -> date | None:
    stored = record.data.get(field)
    return None if stored is None else date.fromisoformat(str(stored)[:10])
