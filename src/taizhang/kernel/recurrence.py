"""Time rules as work plans write them: 每周, 每月25日, 每学期2次, 每年3月26日, 每两年. Each gives the days on which something
is owed within a span.

A rule's day that is a day off is owed on the next working day (民法典第二百零三条). The last day of each stretch (week,
month, term …) is meant where the rule names none. Terms are those of the school calendar (:mod:`taizhang.kernel.periods`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from taizhang.kernel.calendar import WorkCalendar
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period

_DIGITS = {word: number for number, word in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_KINDS = {
    "周": "week", "星期": "week", "月": "month", "季度": "quarter", "季": "quarter", "学期": "term", "半年": "half",
    "年": "year", "学年": "school_year",
}  # fmt: skip
_WEEKDAYS = {word: number for number, word in enumerate("一二三四五六日")} | {"天": 6}
_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十])"
_RULE = re.compile(
    rf"每(?P<every>{_NUMBER})?个?(?P<kind>学年|学期|半年|季度|季|星期|周|月|年)"
    rf"(?:(?:周|星期)?(?P<weekday>[一二三四五六日天])|(?P<month>{_NUMBER})月(?P<monthday>\d{{1,2}})[日号]|(?P<day>\d{{1,2}})[日号]"
    rf"|第(?P<week>{_NUMBER})周)?(?:(?:至少|不少于)?(?P<times>{_NUMBER})次)?"
)
MOST_TIMES = 12
FORMS = "每周、每周五、每月、每月25日、每季度、每半年、每学期、每学期第1周、每学期2次、每年、每年3月26日、每两年"


@dataclass(frozen=True, slots=True)
class Rule:
    """``every`` so many stretches of a kind, ``times`` in each; the place within it as written (None: its last day)."""

    kind: str
    every: int = 1
    times: int = 1
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    week: int | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a rule asks for: the stretch's code with the number in it, what it is called, and its day."""

    key: str
    label: str
    due: date


def parse_rule(text: str) -> Rule:
    """A rule as written. Raises Problem with the forms that are known.

    >>> parse_rule("每学期2次")
    Rule(kind='term', every=1, times=2, weekday=None, day=None, month=None, week=None)
    """
    match = _RULE.fullmatch(re.sub(r"\s+", "", text))
    if match is None:
        raise _unreadable(text)
    kind = _KINDS[match["kind"]]
    rule = Rule(
        kind,
        _number(match["every"] or "1") or 0,
        _number(match["times"] or "1") or 0,
        _WEEKDAYS[match["weekday"]] if match["weekday"] else None,
        _number(match["monthday"] or match["day"]),
        _number(match["month"]),
        _number(match["week"]),
    )
    if not _is_sensible(rule):
        raise _unreadable(text)
    return rule


def occurrences(rule: Rule, start: date, end: date, calendar: WorkCalendar | None = None) -> list[Occurrence]:
    """Every time the rule asks for between two days, both included; several times in a stretch are spread over it."""
    days, found = calendar or WorkCalendar(), []
    period = _stretch(rule.kind, start)
    number = 0
    while period.start <= end:
        # 每两年 counts from the stretch in which the span begins.
        if number % rule.every == 0:
            found += [item for item in _within(rule, period, days) if start <= item.due <= end]
        period, number = _stretch(rule.kind, period.end + timedelta(days=1)), number + 1
    return found


def _within(rule: Rule, period: Period, calendar: WorkCalendar) -> list[Occurrence]:
    last = _place(rule, period)
    whole = (last - period.start).days + 1
    made = []
    for number in range(1, rule.times + 1):
        day = period.start + timedelta(days=round(whole * number / rule.times) - 1)
        due = calendar.next_working_day(min(day, last)).day
        several = f"第{number}次" if rule.times > 1 else ""
        made.append(Occurrence(f"{period.code}#{number}", f"{period.label}{several}", due))
    return made


def _place(rule: Rule, period: Period) -> date:
    """The rule's day within a stretch. A day that a month does not have is its last."""
    if rule.weekday is not None:
        monday = period.start - timedelta(days=period.start.weekday())
        return min(max(monday + timedelta(days=rule.weekday), period.start), period.end)
    if rule.month is not None and rule.day is not None:
        year = next(
            year
            for year in (period.start.year, period.end.year)
            if date(year, rule.month, 1) >= period.start.replace(day=1)
        )
        return date(year, rule.month, min(rule.day, monthrange(year, rule.month)[1]))
    if rule.day is not None:
        return period.start.replace(day=min(rule.day, period.end.day))
    if rule.week is not None:
        monday = period.start - timedelta(days=period.start.weekday())
        return min(monday + timedelta(weeks=rule.week, days=-1), period.end)
    return period.end


def _stretch(kind: str, day: date) -> Period:
    return Period.of(kind, day)


def _is_sensible(rule: Rule) -> bool:
    fits = (
        (rule.weekday is None or rule.kind == "week")
        and (rule.week is None or rule.kind == "term")
        and (rule.month is None or rule.kind in ("year", "school_year"))
        and (rule.day is None or rule.month is not None or rule.kind == "month")
    )
    ranges = (
        1 <= rule.every <= 12
        and 1 <= rule.times <= MOST_TIMES
        and (rule.day is None or 1 <= rule.day <= 31)
        and (rule.month is None or 1 <= rule.month <= 12)
        and (rule.week is None or 1 <= rule.week <= 25)
    )
    return fits and ranges


def _number(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isdecimal() else _DIGITS[text]


def _unreadable(text: str) -> Problem:
    return Problem("KER-005", f"看不懂时间规则“{text}”", remedy=f"可以写：{FORMS}")
