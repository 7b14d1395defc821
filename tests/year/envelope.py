"""The same year on the back of an envelope: lights, overdue counts, every letter and every score by the handbook's rules.

It imports nothing of the program. Working days come from the State Council's notices (the package chinese_calendar), counted
by walking; shares are fractions, points are rounded by hand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import chinese_calendar

from tests.year.events import SECTIONS, Given, Happening, Script

YEAR_BEGINS, YEAR_ENDS = date(2026, 1, 1), date(2026, 12, 31)
RUNGS = ((-5, None), (0, None), (2, "任务催办单"), (5, "任务督办通知单"), (10, "任务约谈通知书"), (20, "任务通报"))
NUMBERS = {
    "任务催办单": "任催",
    "任务督办通知单": "任督",
    "任务约谈通知书": "任约",
    "任务通报": "任通",
    "任务延期批复": "任延",
}
ANSWERS = {"任务催办单": 3, "任务督办通知单": 5, "任务约谈通知书": 5}
BANDS = (("优秀", 90, Fraction(1, 2)), ("良好", 80, None), ("合格", 60, None), ("不合格", 0, None))


@dataclass
class Letter:
    name: str
    number: str
    task: int
    unit: str
    day: date
    answer_by: date | None
    answered: bool = False


@dataclass
class Line:
    """A task as it stands."""

    given: Given
    due: date | None
    state: str = "open"
    percent: int = 0
    actual: int | None = None
    steps: set[int] = field(default_factory=set)
    done_on: date | None = None
    rungs: set[tuple[date, int]] = field(default_factory=set)


class Envelope:
    def __init__(self, script: Script) -> None:
        self.lines = [Line(given, given.deadline) for given in script.tasks]
        self.letters: list[Letter] = []
        self.urged: list[tuple[date, str]] = []

    def happen(self, item: Happening) -> None:
        line = self.lines[item.task]
        match item.deed:
            case "report":
                line.percent = item.value
            case "step":
                line.steps.add(item.value)
            case "actual":
                line.actual = item.value
            case "extend":
                line.due = item.value
                self._write("任务延期批复", item.task, item.day)
            case "answer":
                for letter in self.letters:
                    letter.answered = letter.answered or (letter.task == item.task and letter.answer_by is not None)
            case "cancel":
                line.state = "cancelled"
            case "reopen":
                line.state, line.done_on = "open", None
            case "finish":
                line.state, line.done_on = "done", item.day
                line.steps = set(range(len(line.given.steps)))
                line.actual = line.given.amount

    def evening(self, day: date) -> None:
        """What the ladder gives on a working day: of all rungs that came since, the last; the earliest deadline first."""
        if not worked(day):
            return
        waiting = [(line.due, n) for n, line in enumerate(self.lines) if line.state == "open" and line.due]
        for due, n in sorted(waiting):
            line = self.lines[n]
            come = [rung for rung, (steps, _) in enumerate(RUNGS) if walked(due, steps) <= day]
            new = [rung for rung in come if (due, rung) not in line.rungs]
            if new:
                line.rungs |= {(due, rung) for rung in new}
                self.urged += [(day, unit) for unit in line.given.leads]
                if RUNGS[new[-1]][1]:
                    self._write(RUNGS[new[-1]][1], n, day)

    def _write(self, name: str, task: int, day: date) -> None:
        for unit in self.lines[task].given.leads:
            count = 1 + sum(letter.name == name for letter in self.letters)
            until = walked(day, ANSWERS[name]) if name in ANSWERS else None
            self.letters.append(Letter(name, f"{NUMBERS[name]}〔{day.year}〕{count}号", task, unit, day, until))

    def word(self, n: int, day: date) -> str:
        line = self.lines[n]
        if line.state == "done":
            return "已完成"
        if line.due and day > line.due:
            return "逾期"
        end = line.due or YEAR_ENDS
        expected = Fraction(min((day - YEAR_BEGINS).days, (end - YEAR_BEGINS).days) + 1, (end - YEAR_BEGINS).days + 1)
        return "滞后" if expected - self._share(line) > Fraction(1, 10) else "正常"

    def _share(self, line: Line) -> Fraction:
        if line.given.amount and line.actual is not None:
            return min(Fraction(line.actual, line.given.amount), Fraction(1))
        if line.given.steps:
            weights = [weight for _, weight in line.given.steps]
            return Fraction(sum(weights[n] for n in line.steps), sum(weights))
        return Fraction(line.percent, 100)

    def leader_page(self, day: date) -> dict[str, object]:
        """What the leader reads: counts by light, each section's four counts, how many letters wait too long."""
        live = [n for n, line in enumerate(self.lines) if line.state != "cancelled"]
        words = {n: self.word(n, day) for n in live}
        order = ("逾期", "滞后", "正常", "已完成")
        units = {
            code: [sum(words[n] == word for n in live if code in self.lines[n].given.leads) for word in order]
            for code in SECTIONS
        }
        counts = Counter(words.values())
        late = sum(item.answer_by is not None and item.answer_by < day and not item.answered for item in self.letters)
        return {"counts": {word: counts[word] for word in order}, "units": units, "late_letters": late}

    def scores(self, script: Script, period: tuple[date, date], day: date) -> dict[str, tuple[str, int | None, str]]:
        """Total, place and band of each section."""
        totals = {code: self._total(script, code, period, day) for code in SECTIONS}
        barred = {unit for unit, effect, lifted in script.vetoes[day] if effect == "bar" and not lifted}
        found = {}
        for code, total in totals.items():
            place = 1 + sum(other > total for other in totals.values())
            ahead = sum(other >= total for other in totals.values())
            band = next(
                name
                for name, least, share in BANDS
                if total >= least and (share is None or ahead <= int(share * len(totals)))
            )
            if code in barred and band == "优秀":
                band = "良好"
            found[code] = (f"{float(total):.2f}", place, band)
        return found

    def _total(self, script: Script, code: str, period: tuple[date, date], day: date) -> Fraction:
        first, last = period
        led = [
            line for line in self.lines
            if code in line.given.leads and line.state != "cancelled" and line.due and first <= line.due <= last
        ]  # fmt: skip
        done = [line for line in led if line.done_on and line.done_on <= day]
        due = [line for line in led if line.due < day or line in done]
        in_time = [line for line in done if line.done_on <= line.due]
        late = [line for line in led if line.due < day and line not in done]
        urged = sum(first <= when <= min(day, last) and unit == code for when, unit in self.urged)
        points = [
            rounded(30 * (Fraction(len(done), len(led)) if led else 1)),
            rounded(25 * (Fraction(len(in_time), len(due)) if due else 1)),
            max(Fraction(15) - 2 * len(late), Fraction(0)),
            max(Fraction(10) - Fraction(urged, 4), Fraction(0)),
            Fraction(script.judged[day][code]),
            Fraction(2 * script.awards[day].get(code, 0)),
        ]
        deducted = 4 * sum(veto == (code, "deduct", False) for veto in script.vetoes[day])
        return max(sum(points) - deducted, Fraction(0))


def rounded(value: Fraction) -> Fraction:
    """Two decimals, half up."""
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)


def worked(day: date) -> bool:
    """The notice of 2026; a year without one yet has its weekends."""
    return chinese_calendar.is_workday(day) if day.year == 2026 else day.weekday() < 5


def walked(day: date, steps: int) -> date:
    """So many working days before or after a day."""
    one = timedelta(days=1 if steps > 0 else -1)
    for _ in range(abs(steps)):
        day += one
        while not worked(day):
            day += one
    return day
