"""Schedules written as lines that open with a weekday: 本周工作安排, under it 周一 …, 周二 …, then perhaps 下周."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from taizhang.reading.articles import number_of
from taizhang.reading.scheduledays import RANGE, Printed, printed_range
from taizhang.reading.schedulegrid import When, when_in

_SIGN = "[一二三四五六日天末]"
_RUN = rf"(?:周|星期){_SIGN}(?:\s*(?:至|到|、|-|—|~)\s*(?:周|星期)?{_SIGN})*"
_DAY_LINE = re.compile(
    rf"^[ \t]*(?:\d{{1,2}}[、.]\s*)?(?P<when>(?:\d{{1,2}}月\d{{1,2}}[日号]\s*)?\(?{_RUN}(?:\s*\(\d{{1,2}}月\d{{1,2}}[日号]\))?\)?)(?=[\s:,(上下全晚])",
    re.M,
)
_TITLE = re.compile(
    rf"^[^\n。]{{0,24}}(?:本周|下周|下一周|一周|第\s*(?P<n>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*周|周工作)[^\n。]{{0,24}}?(?P<range>{RANGE})?[)\s:]*$",
    re.M,
)
_GOES_ON = re.compile(r"[ \t]*(?:上午|下午|晚上|中午|全天|\(?\d{1,2}[、.)]|[①-⑨])")
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day (or run of days) and the week they belong to."""

    begin: int
    stop: int
    when: When
    week: int | None
    printed: Printed | None
    dates_text: str


@dataclass(frozen=True, slots=True)
class _Week:
    place: int
    week: int | None
    printed: Printed | None
    dates_text: str


def days_of(text: str, begin: int, stop: int) -> list[Day]:
    """Every day listed in a stretch of folded text; fewer than three such lines are no schedule."""
    lines = list(_DAY_LINE.finditer(text, begin, stop))
    if len(lines) < FEWEST:
        return []
    weeks = list(_weeks(text, begin, stop))
    if not weeks:
        return []
    days = []
    for index, line in enumerate(lines):
        week = next((week for week in reversed(weeks) if week.place <= line.start()), None)
        if week is not None:
            bounds = [*(item.start() for item in lines[index + 1 : index + 2]), *(item.place for item in weeks), stop]
            last = min(bound for bound in bounds if bound > line.start())
            last = _end(text, line.end(), last)
            days.append(Day(line.end("when"), last, when_in(line["when"]), week.week, week.printed, week.dates_text))
    return days


def _weeks(text: str, begin: int, stop: int) -> Iterator[_Week]:
    """The titles of weeks; 下周 without dates of its own is the week after the one before it."""
    before: Printed | None = None
    for title in _TITLE.finditer(text, begin, stop):
        words = title["range"] or ""
        printed = printed_range(words)
        if printed is None and before is not None and re.search("下周|下一周", title[0]):
            printed = _later(before)
        before = printed or before
        yield _Week(title.start(), number_of(title["n"]) if title["n"] else None, printed, " ".join(words.split()))


def _later(week: Printed) -> Printed | None:
    """The dates seven days later; nobody can say so of 3/9, where the month may be either number."""
    if week.slash:
        return None
    year = week.year or 2023
    try:
        one, two = (date(year, *pair) + timedelta(days=7) for pair in (week.one, week.two))
    except ValueError:
        return None
    return Printed((one.month, one.day), (two.month, two.day), slash=False, year=week.year and one.year)


def _end(text: str, begin: int, stop: int) -> int:
    """A day goes on over lines that open with a half-day or a number; any other line is a paragraph of its own."""
    place = text.find("\n", begin, stop)
    while 0 <= place < stop - 1:
        if not _GOES_ON.match(text, place + 1):
            return place
        place = text.find("\n", place + 1, stop)
    return stop
