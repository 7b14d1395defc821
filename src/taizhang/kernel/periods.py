"""Periods: a first-class value with a code, not a pair of dates.

Codes: ``2025`` year, ``2025H1`` half, ``2025Q3`` quarter, ``2025-09`` month, ``2025-09-10`` day, ``SY2025`` the school
year that starts in September 2025, ``SY2025T1`` its first term, ``SY2025T1W03`` that term's third week.

The first term runs from 1 September to the end of January, the second from 1 February to 31 August (学年 = 1 Sept - 31
Aug). Weeks of a term are counted from the week that holds its first day; the first weekday is a setting of the bureau.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

from taizhang.kernel.errors import Problem

KINDS = ("day", "week", "month", "quarter", "half", "term", "year", "school_year")

_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("day", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("quarter", re.compile(r"(\d{4})Q([1-4])")),
    ("half", re.compile(r"(\d{4})H([12])")),
    ("year", re.compile(r"(\d{4})")),
    ("week", re.compile(r"SY(\d{4})T([12])W(\d{2})")),
    ("term", re.compile(r"SY(\d{4})T([12])")),
    ("school_year", re.compile(r"SY(\d{4})")),
)
_SCHOOL_YEAR_LABEL = re.compile(r"(\d{4})\s*[-—–~/至]\s*(\d{4})(?:\s*学年度?)?")
MONDAY, SUNDAY = 0, 6


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the bureau's calendar; ``parts`` are the numbers of its code."""

    kind: str
    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a code, or a school year as people print it (2025-2026学年, 2025-2026)."""
        code = str(text).strip()
        label = _SCHOOL_YEAR_LABEL.fullmatch(code)
        if label and int(label[2]) == int(label[1]) + 1:
            return cls("school_year", (int(label[1]),))
        for kind, form in _FORMS:
            match = form.fullmatch(code)
            if match:
                period = cls(kind, tuple(int(group) for group in match.groups()))
                period._refuse_impossible(code)
                return period
        raise _unreadable(code)

    @classmethod
    def of(cls, kind: str, day: date) -> Period:
        """The period of ``kind`` that holds ``day``."""
        school_year = day.year if day.month >= 9 else day.year - 1
        term = 1 if day.month >= 9 or day.month == 1 else 2
        shapes: dict[str, tuple[int, ...]] = {
            "day": (day.year, day.month, day.day),
            "month": (day.year, day.month),
            "quarter": (day.year, (day.month + 2) // 3),
            "half": (day.year, 1 if day.month <= 6 else 2),
            "year": (day.year,),
            "term": (school_year, term),
            "school_year": (school_year,),
        }
        if kind == "week":
            start = cls("term", (school_year, term)).start
            return cls("week", (school_year, term, (day - _week_start(start)).days // 7 + 1))
        return cls(kind, shapes[kind])

    @property
    def code(self) -> str:
        numbers = self.parts
        match self.kind:
            case "day":
                return f"{numbers[0]:04d}-{numbers[1]:02d}-{numbers[2]:02d}"
            case "month":
                return f"{numbers[0]:04d}-{numbers[1]:02d}"
            case "quarter":
                return f"{numbers[0]:04d}Q{numbers[1]}"
            case "half":
                return f"{numbers[0]:04d}H{numbers[1]}"
            case "year":
                return f"{numbers[0]:04d}"
            case "week":
                return f"SY{numbers[0]:04d}T{numbers[1]}W{numbers[2]:02d}"
            case "term":
                return f"SY{numbers[0]:04d}T{numbers[1]}"
            case _:
                return f"SY{numbers[0]:04d}"

    @property
    def label(self) -> str:
        """The period as a document prints it."""
        year = self.parts[0]
        match self.kind:
            case "day":
                return f"{year}年{self.parts[1]}月{self.parts[2]}日"
            case "month":
                return f"{year}年{self.parts[1]}月"
            case "quarter":
                return f"{year}年第{'一二三四'[self.parts[1] - 1]}季度"
            case "half":
                return f"{year}年{'上下'[self.parts[1] - 1]}半年"
            case "year":
                return f"{year}年"
            case "week":
                return f"{year}-{year + 1}学年第{'一二'[self.parts[1] - 1]}学期第{self.parts[2]}周"
            case "term":
                return f"{year}-{year + 1}学年第{'一二'[self.parts[1] - 1]}学期"
            case _:
                return f"{year}-{year + 1}学年"

    @property
    def start(self) -> date:
        year = self.parts[0]
        match self.kind:
            case "day":
                return date(year, self.parts[1], self.parts[2])
            case "month":
                return date(year, self.parts[1], 1)
            case "quarter":
                return date(year, 3 * self.parts[1] - 2, 1)
            case "half":
                return date(year, 6 * self.parts[1] - 5, 1)
            case "year":
                return date(year, 1, 1)
            case "week":
                term = Period("term", self.parts[:2])
                return max(term.start, _week_start(term.start) + timedelta(weeks=self.parts[2] - 1))
            case "term":
                return date(year, 9, 1) if self.parts[1] == 1 else date(year + 1, 2, 1)
            case _:
                return date(year, 9, 1)

    @property
    def end(self) -> date:
        """The last day, inclusive."""
        year = self.parts[0]
        match self.kind:
            case "day":
                return self.start
            case "month":
                return date(year, self.parts[1], monthrange(year, self.parts[1])[1])
            case "quarter":
                month = 3 * self.parts[1]
                return date(year, month, monthrange(year, month)[1])
            case "half":
                return date(year, 6, 30) if self.parts[1] == 1 else date(year, 12, 31)
            case "year":
                return date(year, 12, 31)
            case "week":
                term = Period("term", self.parts[:2])
                return min(term.end, _week_start(term.start) + timedelta(weeks=self.parts[2], days=-1))
            case "term":
                return date(year + 1, 1, 31) if self.parts[1] == 1 else date(year + 1, 8, 31)
            case _:
                return date(year + 1, 8, 31)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __lt__(self, other: Period) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def __str__(self) -> str:
        return self.code

    def previous(self) -> Period:
        """The period of the same kind just before this one."""
        return Period.of(self.kind, self.start - timedelta(days=1))

    def last_year(self) -> Period:
        """The same period one year (or one school year) earlier: 同期."""
        return Period(self.kind, (self.parts[0] - 1, *self.parts[1:]))

    def as_kind(self, kind: str) -> Period:
        """The period of another kind that holds our last day: what was newest when this period closed.

        So the year 2026 reads the statistics of school year 2026-2027 (学年初报表, September), its first half those of
        2025-2026.
        """
        return self if kind == self.kind else Period.of(kind, self.end)

    def _refuse_impossible(self, code: str) -> None:
        try:
            ok = self.start <= self.end and not (self.kind == "week" and self.parts[2] < 1)
        except ValueError:
            ok = False
        if not ok:
            raise _unreadable(code)


def _week_start(day: date, first_weekday: int = MONDAY) -> date:
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def _unreadable(code: str) -> Problem:
    return Problem(
        "KER-001",
        f"看不懂期间“{code}”",
        remedy="请写成 2025（年）、2025H1（上半年）、2025Q3（季度）、2025-09（月）、SY2025(2025-2026学年)、SY2025T1（第一学期）"
        "或 2025-09-10（日）",
    )
