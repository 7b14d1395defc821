"""The weeks of a term as the bureau counts them: from the week that holds the first day, whichever weekday opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from taizhang.kernel.calendar import WorkCalendar

MONDAY, SUNDAY = 0, 6
FIRST_WEEKDAYS = {SUNDAY: "周日", MONDAY: "周一"}
WEEKDAYS = "一二三四五六日"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Week:
    """Week ``number`` with its seven days."""

    number: int
    start: date

    @property
    def end(self) -> date:
        return self.start + timedelta(days=6)

    @property
    def days(self) -> list[date]:
        return [self.start + timedelta(days=n) for n in range(7)]

    @property
    def label(self) -> str:
        """27/8—2/9, as the tables print it; with the years where the week crosses one."""
        if self.start.year != self.end.year:
            return (
                f"{self.start.year}.{self.start.month}.{self.start.day}—{self.end.year}.{self.end.month}.{self.end.day}"
            )
        return f"{self.start.month}月{self.start.day}日—{self.end.month}月{self.end.day}日"


def week_start(day: date, first_weekday: int) -> date:
    """The first day of the week that holds a day."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def weeks_of(first_day: date, last_day: date, first_weekday: int) -> list[Week]:
    """The weeks from the one with the first day to the one with the last."""
    start, found = week_start(first_day, first_weekday), list[Week]()
    while start <= last_day:
        found.append(Week(len(found) + 1, start))
        start += timedelta(weeks=1)
    return found


def week_number(day: date, first_day: date, first_weekday: int) -> int:
    """Which week a day is in; below 1 before the term."""
    return (week_start(day, first_weekday) - week_start(first_day, first_weekday)).days // 7 + 1


def day_note(day: date, calendar: WorkCalendar) -> str:
    """休 for a weekday off, 班 for a weekend day on which the office works, '' for a plain day."""
    working = calendar.is_working(day)
    if working == (day.weekday() < 5):
        return ""
    return "班" if working else "休"


def days_text(start: date, end: date, half: str = "") -> str:
    """周一, 周四至周日, 周五下午: how a table says when."""
    first = f"周{WEEKDAYS[start.weekday()]}"
    return (first if start == end else f"{first}至{WEEKDAYS[end.weekday()]}") + half
