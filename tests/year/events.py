"""The script of a fictional year: who has which task until when, and what happens on which day. Plain data from a seed; the
program plays it, the envelope adds it up, and neither sees the other."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

FIRST, MIDDLE, LAST = date(2026, 1, 5), date(2026, 6, 30), date(2026, 12, 31)
SECTIONS = ("K1", "K2", "K3")


@dataclass(frozen=True)
class Given:
    """A task as the clerk gives it out. ``steps`` are milestones (day, weight), ``amount`` a number that is promised."""

    leads: tuple[str, ...]
    deadline: date | None
    steps: tuple[tuple[date, int], ...] = ()
    amount: int | None = None


@dataclass(frozen=True, order=True)
class Happening:
    """On a day something is done on a task: report (percent), step (number), actual (number), finish, cancel, reopen,
    extend (until), answer (the letters that wait)."""

    day: date
    task: int
    order: int
    deed: str
    value: int | date | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Script:
    tasks: list[Given]
    happenings: list[Happening]
    # What people give in the appraisals: points of the judged line, awards, vetoes (unit, effect, whether lifted again).
    judged: dict[date, dict[str, str]]
    awards: dict[date, dict[str, int]]
    vetoes: dict[date, list[tuple[str, str, bool]]]


def script_for(count: int, seed: int = 20260105) -> Script:
    """A year for so many tasks."""
    rng = random.Random(seed)
    tasks = [_given(number) for number in range(count)]
    happenings = sorted(item for number, task in enumerate(tasks) for item in _life(rng, number, task))
    judged = {day: {code: f"{rng.randrange(24, 41) / 2:g}" for code in SECTIONS} for day in (MIDDLE, LAST)}
    awards = {MIDDLE: {"K3": 1}, LAST: {"K1": 2, "K2": 1}}
    vetoes = {MIDDLE: [("K2", "deduct", False)], LAST: [("K3", "deduct", True), ("K1", "bar", False)]}
    return Script(tasks, happenings, judged, awards, vetoes)


def _given(number: int) -> Given:
    leads = ("K2", "K3") if number % 5 == 4 else (SECTIONS[number % 3],)
    month = 2 + number * 5 % 11
    deadline = None if number % 8 == 7 else (date(2026, month, 28) if month < 12 else LAST)
    end = deadline or LAST
    if number % 4 == 2:
        third = (end - FIRST) // 3
        return Given(
            leads, deadline, steps=tuple((FIRST + third * n, weight) for n, weight in ((1, 1), (2, 2), (3, 1)))
        )
    return Given(leads, deadline, amount=40 + number if number % 4 == 3 else None)


def _life(rng: random.Random, number: int, task: Given) -> list[Happening]:
    end = task.deadline or LAST
    fate = ("early", "late", "never", "reopened", "extended", "cancelled", "answered")[rng.randrange(7)]
    over = {"early": end - timedelta(days=rng.randrange(3, 30)), "late": end + timedelta(days=rng.randrange(2, 60)),
            "reopened": end - timedelta(days=12), "extended": end + timedelta(days=rng.randrange(5, 40)),
            "answered": end + timedelta(days=rng.randrange(14, 50))}.get(fate)  # fmt: skip
    ends = end - timedelta(days=5) if fate == "cancelled" else over
    days = sorted(
        FIRST + timedelta(days=rng.randrange(10, max((end - FIRST).days, 11))) for _ in range(rng.randrange(2, 5))
    )
    days = [day for day, after in pairwise([*days, None]) if day != after and (ends is None or day < ends)]
    found = [_work(rng, number, task, day, place, len(days)) for place, day in enumerate(days)]
    if fate == "cancelled":
        return [*found, Happening(end - timedelta(days=5), number, 9, "cancel")]
    if fate == "extended" and task.deadline and end <= date(2026, 11, 1):
        found.append(Happening(end + timedelta(days=3), number, 1, "extend", end + timedelta(days=30)))
    if fate == "answered":
        found.append(Happening(end + timedelta(days=13), number, 2, "answer"))
    if over is not None and over <= LAST:
        found.append(Happening(over, number, 5, "finish"))
        if fate == "reopened":
            found.append(Happening(over + timedelta(days=4), number, 6, "reopen"))
            found.append(Happening(end + timedelta(days=20), number, 7, "finish"))
    return [item for item in found if FIRST <= item.day <= LAST]


def _work(rng: random.Random, number: int, task: Given, day: date, place: int, count: int) -> Happening:
    if task.steps:
        return Happening(day, number, 0, "step", place) if place < 3 else Happening(day, number, 0, "report", 50)
    if task.amount:
        return Happening(day, number, 0, "actual", task.amount * (place + 1) // (count + rng.randrange(1, 3)))
    return Happening(day, number, 0, "report", min(95, 95 * (place + 1) // (count + rng.randrange(2))))
