"""Dates of schedules: printed ranges, the days that they mean, weekdays and their ranges across the week's border."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_YEAR = r"(?:20\d\d\s?[年./-]\s?)?"
_DATE = rf"{_YEAR}(?:\d{{1,2}}\s?/\s?\d{{1,2}}|\d{{1,2}}\s?月\s?\d{{1,2}}\s?[日号]?|\d{{1,2}}[.-]\d{{1,2}})"
RANGE = rf"{_DATE}\s*(?:—{{1,2}}|–|-{{1,2}}|~|至|到)\s*(?:{_DATE}|\d{{1,2}}\s?[日号])"
_RANGE = re.compile(rf"(?P<one>{_DATE})\s*(?:—{{1,2}}|–|-{{1,2}}|~|至|到)\s*(?P<two>{_DATE}|\d{{1,2}}\s?[日号])")
_SIGN = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
_DAY = "[一二三四五六日天]"
_WEEKDAYS = re.compile(
    rf"(?:周|星期|礼拜)(?P<first>{_DAY}|末)"
    rf"(?:\s*(?:至|到|-|—{{1,2}}|~)\s*(?:周|星期|礼拜)?(?P<last>{_DAY})(?![年班等个中次级名]))?"
    rf"(?P<more>(?:[、和及](?:周|星期|礼拜)?{_DAY}(?![年班等个中次级名科区]))*)"
)
_OWN = re.compile(
    r"(?:(?P<m>\d{1,2})\s?月\s?)?(?P<d>\d{1,2})\s?[日号](?:\s*(?:至|到|-|—{1,2}|~)\s*(?P<d2>\d{1,2})\s?[日号])?"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A range of dates as its two pairs of numbers; ``slash``: nobody said yet which of a pair is the month."""

    one: tuple[int, int]
    two: tuple[int, int]
    slash: bool
    year: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """The first and last day of a week or month; None while the year is unknown."""

    start: date | None
    end: date | None

    def of(self, weekdays: Sequence[int], *, before: bool = False, text: str = "") -> tuple[date | None, date | None]:
        """The days of an entry: those that it prints, else its weekdays, else the whole span.

        A range of weekdays runs on into the next week when it crosses the border; ``before``: it began a week earlier.
        """
        if self.start is None or self.end is None:
            return None, None
        if own := _own_days(text, self.start, self.end):
            return own
        if not weekdays or (self.end - self.start).days > 13:
            return self.start, self.end
        first = self.start + timedelta(days=(weekdays[0] - self.start.isoweekday()) % 7 - 7 * before)
        return first, first + timedelta(days=(weekdays[-1] - weekdays[0]) % 7)


def weekdays_at(text: str, place: int) -> tuple[tuple[int, ...], int]:
    """Weekdays printed at a place of folded text, Monday = 1, in the order in which they pass; and where they end."""
    found = _WEEKDAYS.match(text, place)
    if not found:
        return (), place
    if found["first"] == "末":
        return (6, 7), found.end("first")
    first = _SIGN[found["first"]]
    days = [first]
    if found["last"]:
        days = [(first - 1 + step) % 7 + 1 for step in range((_SIGN[found["last"]] - first) % 7 + 1)]
    days += [_SIGN[sign] for sign in re.findall(_DAY, found["more"])]
    return tuple(dict.fromkeys(days)), found.end()


def printed_range(text: str) -> Printed | None:
    """The first range of dates in a cell: 27/8—2/9, 9月3日至9日, 2025-09-01至2025-09-07."""
    found = _RANGE.search(text)
    if not found:
        return None
    one, two = ([int(number) for number in re.findall(r"\d+", found[name])] for name in ("one", "two"))
    year = one.pop(0) if len(one) == 3 else None
    two = two[-2:] if len(two) > 1 else [one[0], two[0]]
    return Printed((one[0], one[1]), (two[0], two[1]), "/" in found["one"], year)


def resolve_weeks(weeks: Sequence[Printed], year: int | None) -> list[Days]:
    """The days of the weeks of one schedule. Nothing is resolved when the year is unknown, or when the weekdays say
    that it is wrong: a full week begins on a Sunday or on a Monday, the year of a copied title may be any."""
    day_first = _day_first(weeks)
    found: list[Days] = []
    last = 0
    for week in weeks:
        (month, day), (month2, day2) = (
            (pair[::-1] if day_first and week.slash else pair) for pair in (week.one, week.two)
        )
        if week.year:
            year = week.year
        elif year is not None and last - month > 6:
            year += 1
        last = month
        start = _day(year, month, day)
        found.append(Days(start, _day(start.year + (month2 < month), month2, day2) if start else None))
    full = [days.start for days in found if days.start and days.end and (days.end - days.start).days == 6]
    odd = sum(start.isoweekday() not in (1, 7) for start in full)
    return [Days(None, None)] * len(found) if full and odd * 2 > len(full) else found


def _day_first(weeks: Sequence[Printed]) -> bool:
    """27/8 or 8/27? The order under which more ranges are weeks; in doubt the month stands first."""
    fits = [0, 0]
    for week in weeks:
        for order in (False, True):
            one, two = ((pair[::-1] if order else pair) for pair in (week.one, week.two))
            start, end = _day(2023, *one), _day(2023 + (two[0] < one[0]), *two)
            fits[order] += bool(start and end and 0 <= (end - start).days <= 7)
    return fits[True] > fits[False]


def month_span(month: int, year: int | None) -> Days:
    """A month's first and last day."""
    if year is None:
        return Days(None, None)
    return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def first_year(words: str, weeks: Sequence[Printed], months: Sequence[int]) -> int | None:
    """The year in which a schedule begins, from the document's period; a school year's spring lies in its second."""
    found = [int(year) for year in re.findall(r"20\d\d", words)]
    if not found:
        return None
    if len(found) > 1 and found[1] == found[0] + 1 and re.search(r"学年", words):
        spring = "第二学期" in words or "下学期" in words or "春" in words
        first = months[0] if months else min(weeks[0].one) if weeks and not weeks[0].slash else 0
        return found[1] if spring or 1 <= first <= 6 else found[0]
    return found[0]


def _own_days(text: str, start: date, end: date) -> tuple[date, date] | None:
    """The day that an entry prints itself, when it lies in its week or month, or within a week of it."""
    found = _OWN.search(text)
    if not found:
        return None
    for month_of in (start, end):
        first = _day(month_of.year, int(found["m"] or month_of.month), int(found["d"]))
        if first and start - timedelta(days=7) <= first <= end + timedelta(days=7):
            last = first.replace(day=_last_day(first, int(found["d2"]))) if found["d2"] else first
            return first, max(first, last)
    return None


def _last_day(first: date, day: int) -> int:
    """21日至31日 ends with the month, however long that is."""
    return max(1, min(day, calendar.monthrange(first.year, first.month)[1]))


def _day(year: int | None, month: int, day: int) -> date | None:
    if year is None or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)
