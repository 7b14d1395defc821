"""Working days: weekdays, statutory holidays and make-up days (调休), and what an installation sets otherwise.

Holidays come from the package chinesecalendar, which follows the State Council's yearly notice. For a year without a
notice yet only weekends are known: every answer that touches such a year says so (``caveat``), because a term counted
over an unannounced Spring Festival will move.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import chinese_calendar
from chinese_calendar.constants import holidays as _HOLIDAYS

from taizhang.kernel.errors import Problem

ANNOUNCED = (min(_HOLIDAYS).year, max(_HOLIDAYS).year)
ONE_DAY = timedelta(days=1)
MOST_DAYS = 3660
Measure = Literal["working_days", "days"]


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was counted to; ``caveat`` says in Chinese which years were guessed, '' when none was."""

    day: date
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of working days; negative when the end lies before the start."""

    days: int
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """So many days of a kind, as packs write them: ``15 working_days``, ``60 days``, ``-3 工作日``, ``0``."""

    days: int
    measure: Measure = "days"

    def __str__(self) -> str:
        return f"{self.days}个工作日" if self.measure == "working_days" else f"{self.days}日"


_WORDS: dict[str, Measure] = {
    "working_days": "working_days", "working_day": "working_days", "工作日": "working_days", "个工作日": "working_days",
    "days": "days", "day": "days", "日": "days", "天": "days", "": "days",
}  # fmt: skip


def parse_term(text: str | int) -> Term:
    """A term as written. Raises Problem with the forms that are known.

    >>> parse_term("15 working_days")
    Term(days=15, measure='working_days')
    """
    match = re.fullmatch(r"\s*([+-]?\d{1,4})\s*(\D*?)\s*", str(text))
    if match is None or match[2] not in _WORDS:
        raise Problem("CAL-001", f"时限“{text}”看不懂", remedy="写成 15 working_days(15 工作日)或 60 days(60 日)")
    return Term(int(match[1]), _WORDS[match[2]])


class WorkCalendar:
    """The calendar of one installation. ``exceptions`` are its own days: True is a working day, False a day off."""

    def __init__(self, exceptions: Mapping[date, bool] | None = None) -> None:
        self.exceptions = dict(exceptions or {})

    def is_working(self, day: date) -> bool:
        """Whether the office works on a day."""
        own = self.exceptions.get(day)
        if own is not None:
            return own
        if announced(day.year):
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5

    def next_working_day(self, day: date) -> Day:
        """The day itself when it is a working day, else the first one after it (民法典第二百零三条: a term whose last
        day is a holiday ends on the day after the holiday)."""
        found = day
        while not self.is_working(found):
            found += ONE_DAY
        return Day(found, caveat(day, found))

    def add_working_days(self, day: date, count: int) -> Day:
        """The ``count``-th working day after (negative: before) ``day``; the day itself is not counted. With 0 the day
        itself or the next working day. Raises Problem beyond ten years."""
        if abs(count) > MOST_DAYS:
            raise Problem("CAL-002", f"{count} 个工作日太长", remedy="核对时限")
        if count == 0:
            return self.next_working_day(day)
        step, left, found = (ONE_DAY if count > 0 else -ONE_DAY), abs(count), day
        while left:
            found += step
            left -= self.is_working(found)
        return Day(found, caveat(day, found))

    def working_days_between(self, start: date, end: date) -> Count:
        """The working days after ``start`` up to and with ``end``; negative when ``end`` comes first."""
        if end < start:
            turned = self.working_days_between(end, start)
            return Count(-turned.days, turned.caveat)
        days = sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
        return Count(days, caveat(start, end))

    def add(self, day: date, term: Term) -> Day:
        """A day plus a term, in its own measure; calendar days are not moved off a holiday here."""
        if term.measure == "working_days":
            return self.add_working_days(day, term.days) if term.days else Day(day)
        return Day(day + timedelta(days=term.days))


def announced(year: int) -> bool:
    """Whether the holidays of a year are known to the calendar."""
    return ANNOUNCED[0] <= year <= ANNOUNCED[1]


def caveat(start: date, end: date) -> str:
    """What to say about a span that touches years whose holidays are not announced."""
    low, high = sorted((start.year, end.year))
    guessed = [str(year) for year in range(low, high + 1) if not announced(year)]
    return f"{'、'.join(guessed)}年放假安排未公布，暂按周末推算" if guessed else ""
