"""Schedules as grids: days or half-days down the side, half-days, weekdays or jobs across the head.

Every column says when, what, where or who. Where a row's time and a column's time meet, a cell holds jobs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from taizhang.reading.articles import number_of
from taizhang.reading.model import Block
from taizhang.reading.scheduledays import RANGE, Printed, printed_range

_SIGN = "[一二三四五六日天末]"
_WEEKDAY = re.compile(rf"(?:周|星期|礼拜){_SIGN}(?:\s*(?:至|到|、|-|—|~)\s*(?:周|星期|礼拜)?{_SIGN})*")
_HALF = re.compile(r"上午|下午|全天|晚上|中午|整天")
_DATE = re.compile(
    r"(?:(?P<year>20\d\d)\s?[年./-]\s?)?(?P<m>\d{1,2})\s?(?:月|[./-])\s?(?P<d>\d{1,2})\s?[日号]?(?:\s*(?:至|到|-|—|~)\s*(?P<d2>\d{1,2})\s?[日号])?(?!\d)"
)
_BARE_DAY = re.compile(r"(?<!\d)(?P<d>\d{1,2})\s?[日号]")
_TENTHS = {"上旬": "1日至10日", "中旬": "11日至20日", "下旬": "21日至31日"}
_WEEK_NUMBER = re.compile(
    r"第\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*周(?![一二三四五六日])|(?:周次|教学周)\D{0,3}(\d{1,2})"
)
_TIME_HEAD = re.compile(
    r"(?:活动|会议|工作)?(?:日期|时间|日程|星期|周几|时段|午别|上下午|月份|周次)+(?:[/、]?(?:日期|星期|时段|时间))?"
)
# 上午人数 counts something; 上午 and 周一(9月15日)安排 only say when.
_ONLY_WHEN = re.compile(
    rf"(?:(?:周|星期|礼拜)|{_SIGN}|上午|下午|全天|晚上|中午|整天|上旬|中旬|下旬|[\d年月日号至到、()./~—-]|工作|安排|活动|内容){{1,16}}"
)
_NO_JOB = re.compile(r"[\d\s.,%—/-]*|无")
_BODY = re.compile(r"内容|安排|事项|活动|工作|任务|要点|议程|会议|行程")
_OTHERS = {
    "remark": re.compile(r"备注|说明"),
    "actor": re.compile(r"责任|负责|牵头|承办|参加|出席|科室|部门|单位|带队|领导"),
    "place": re.compile(r"地点|会场|学校|场所"),
}
CAPTION = 240
"""So many characters above a table are searched for the week that it is about."""


@dataclass(frozen=True, slots=True)
class When:
    """What a cell says of the time; ``on`` is a day of the month in one spelling (9月2日), "" when none is named."""

    weekday: str = ""
    half: str = ""
    on: str = ""

    def __bool__(self) -> bool:
        return bool(self.weekday or self.half or self.on)

    def under(self, above: When) -> When:
        """Filled up with what the row's or column's other cells say."""
        return When(self.weekday or above.weekday, self.half or above.half, self.on or above.on)


@dataclass(frozen=True, slots=True)
class Cell:
    """Jobs at one crossing of the grid, and what the row says about them."""

    begin: int
    stop: int
    when: When
    week: int | None
    month: int | None
    printed: Printed | None
    dates_text: str
    remark: str
    actor: str
    place: str


@dataclass(slots=True)
class _Head:
    """The columns by use: ``times`` down the side, ``bodies`` with what their heads say of the time."""

    times: list[int] = field(default_factory=list)
    bodies: dict[int, When] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)


def when_in(text: str) -> When:
    """The weekday, half-day and date that a cell names."""
    weekday, half, day = _WEEKDAY.search(text), _HALF.search(text), _DATE.search(text)
    on = ""
    if day and 1 <= int(day["m"]) <= 12 and 1 <= int(day["d"]) <= 31:
        on = f"{int(day['m'])}月{int(day['d'])}日" + (f"至{int(day['d2'])}日" if day["d2"] else "")
    elif bare := _BARE_DAY.search(text):
        on = f"{int(bare['d'])}日"
    else:
        on = next((days for word, days in _TENTHS.items() if word in text), "")
    return When(weekday[0].replace(" ", "") if weekday else "", half[0] if half else "", on)


def cells_of(text: str, rows: Sequence[Block]) -> list[Cell]:
    """The jobs of a grid in the order of the text; none when the table is no schedule."""
    for place, row in enumerate(rows[:3]):
        head = _head(text, row, rows[place + 1 :])
        if head is not None:
            caption = text[max(0, rows[0].start - CAPTION) : row.start]
            return list(_crossings(text, caption, rows[place + 1 :], head))
    return []


def _said(text: str, row: Block, index: int) -> str:
    return re.sub(r"\s+", " ", text[slice(*row.cells[index])]).strip() if index < len(row.cells) else ""


def _head(text: str, row: Block, below: Sequence[Block]) -> _Head | None:
    """The use of every column, or None when this row heads no grid of times."""
    head = _Head()
    for index in range(len(row.cells)):
        name = _said(text, row, index).replace(" ", "")
        when = when_in(name)
        if when and _ONLY_WHEN.fullmatch(name):
            head.bodies[index] = when
        elif _TIME_HEAD.fullmatch(name) or (index == 0 and len(name) <= 8 and _all_times(text, below)):
            head.times.append(index)
        elif use := next(
            (use for use, pattern in _OTHERS.items() if use not in head.others and pattern.search(name)), ""
        ):
            head.others[use] = index
        elif _BODY.search(name):
            head.bodies[index] = When()
    named = sum(bool(when) for when in head.bodies.values())
    timed = any(sum(bool(when_in(_said(text, row, index))) for row in below) >= 2 for index in head.times)
    return head if head.bodies and (named >= 2 or timed) and (head.times or named >= 2) else None


def _all_times(text: str, rows: Sequence[Block]) -> bool:
    said = [cell for row in rows if (cell := _said(text, row, 0))]
    return len(said) >= 2 and all(when_in(cell) for cell in said)


def _crossings(text: str, caption: str, rows: Sequence[Block], head: _Head) -> Iterator[Cell]:
    """Cell after cell; an empty time cell is merged with the one above, and a new day forgets the half-day."""
    printed, dates_text, week = _about(caption)
    above = When()
    month: int | None = None
    own = printed or _span(text, rows, head)
    for row in rows:
        words = " ".join(_said(text, row, index) for index in head.times)
        said = when_in(words)
        above = said if said.weekday or said.on else said.under(above) if said else above
        if number := _WEEK_NUMBER.search(words):
            week, printed, dates_text = number_of(number[1] or number[2]), None, ""
        if ranged := printed_range(words):
            printed, dates_text, above = ranged, " ".join(words.split()), When()
        if named := re.fullmatch(r"\s*(\d{1,2}|[一二三四五六七八九十]{1,2})\s?月(?:份)?\s*", words):
            month = number_of(named[1])
        others = {use: _said(text, row, index) for use, index in head.others.items()}
        for index, column in head.bodies.items():
            if not _NO_JOB.fullmatch(_said(text, row, index)):
                begin, stop = row.cells[index]
                yield Cell(
                    begin, stop, column.under(above), week, month if month and month <= 12 else None,
                    None if month else printed or own, dates_text, *(others.get(use, "") for use in _OTHERS),
                )  # fmt: skip


def _about(caption: str) -> tuple[Printed | None, str, int | None]:
    """The week that a table's title is about: its dates, as printed too, and its number."""
    ranges = list(re.finditer(RANGE, caption))
    numbers = list(_WEEK_NUMBER.finditer(caption))
    words = ranges[-1][0] if ranges else ""
    return (
        printed_range(words),
        " ".join(words.split()),
        number_of(numbers[-1][1] or numbers[-1][2]) if numbers else None,
    )


def _span(text: str, rows: Sequence[Block], head: _Head) -> Printed | None:
    """From the first to the last day that the side, else the head, of a grid names."""
    sides = [" ".join(_said(text, row, index) for index in head.times) for row in rows]
    found = [day for side in sides if (day := _DATE.search(side))]
    days = [(int(day["m"]), int(day["d"])) for day in found]
    days += [
        (int(day["m"]), int(day["d"]))
        for when in head.bodies.values()
        if (day := re.match(r"(?P<m>\d+)月(?P<d>\d+)日", when.on))
    ]
    if not days:
        return None
    year = next((int(day["year"]) for day in found if day["year"]), None)
    return Printed(days[0], days[-1], slash=False, year=year)
