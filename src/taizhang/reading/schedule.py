"""Reads schedules: weekly tables and monthly lists become entries that can be put into a calendar.

A schedule is recognised by what it prints, not by its title: a week number beside a range of dates, or month headings
over numbered jobs. It may stand in a table (rows with cells) or in the flattened text of one, a cell per line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from taizhang.reading.articles import number_of
from taizhang.reading.model import Article, Block, Entry, Reading
from taizhang.reading.scheduledays import (
    RANGE,
    Days,
    Printed,
    first_year,
    month_span,
    printed_range,
    resolve_weeks,
)
from taizhang.reading.schedulegrid import cells_of
from taizhang.reading.schedulelists import days_of
from taizhang.reading.scheduleparts import Part, numbered, parts_of
from taizhang.reading.view import simplify

_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
# A bare number is a week only in a cell of its own; 第3周 may share its line with the dates.
_WEEK = re.compile(
    rf"^[ \t]*(?:第\s*(?P<n>{_NUMBER})\s*周|(?P<bare>\d{{1,2}})(?=[ \t]*[\n\t]))[\s(:,]*(?P<range>{RANGE})[ \t)]*:?",
    re.M,
)
_MONTH = re.compile(
    rf"^[ \t]*(?:(?:{_NUMBER}[、.]|\({_NUMBER}\))\s*)?(?:20\d\d\s?年)?\s?(?P<m>{_NUMBER})\s?月(?:份)?"
    r"(?:主要|重点)?(?:工作)?(?:安排|要点|计划)?[ \t]*(?::[ \t]*|(?=\n)|\t|$)",
    re.M,
)
# After the last week or month the next chapter, or a date and signature, ends the schedule.
_STOP = re.compile(
    r"^[ \t]*(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]+[章部])", re.M
)
_WRECK = re.compile(r"&\s*n\s*b\s*s\s*p?\s*;|&[ \t]*\n\s*n?b?s?p?;|\n[ \t]*;(?=[ \t])|\bp;(?=\s)|&(?=[ \t]*\n)")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0x0D: " "}
_COLUMNS = {
    "week": re.compile(r"周次|周别|^周$|教学周|星期次"),
    "range": re.compile(r"日期|起止(?:时间|日期)"),
    "month": re.compile(r"月份|^月$|^时间$|^月度$"),
    "day": re.compile(r"星期|^周几$|^时间$|时段"),
    "body": re.compile(r"要点|内容|安排|事项|活动|工作|任务"),
    "remark": re.compile(r"备注|说明"),
    "actor": re.compile(r"责任|负责|牵头|承办|参加|科室|部门|单位"),
    "place": re.compile(r"地点|学校|场所"),
}


_TIMES = {"week", "month", "range"}


@dataclass(frozen=True, slots=True)
class _Slot:
    """One week or month of a schedule: where its jobs stand and what its other cells say."""

    week: int | None
    month: int | None
    printed: Printed | None
    dates_text: str
    begin: int
    stop: int
    remark: str = ""
    day: str = ""
    actor: str = ""
    place: str = ""
    table: bool = False
    on: str = ""


def entries(reading: Reading) -> list[Entry]:
    """Every entry of the schedules in a document, in the order of the text; none when it holds no schedule."""
    text = _folded(reading.source.text)
    tables = _slots_of_tables(text, reading.source.blocks)
    found: list[Entry] = []
    for article in reading.articles:
        rows = [slot for slot in tables if article.start <= slot.begin < article.end]
        slots = rows or _weeks(text, article) + _months(text, article) or _days(text, article)
        found += _entries_of(reading.source.text, text, slots, article)
    return sorted(found, key=lambda entry: entry.start)


def _folded(source: str) -> str:
    """The text in simplified characters and half-width signs, web wreckage blanked; every character keeps its place."""
    text = simplify(source.translate(_WIDE))
    return _WRECK.sub(lambda found: " " * len(found[0]), text)


# --- flattened text -------------------------------------------------------------------------------------------------
def _weeks(text: str, article: Article) -> list[_Slot]:
    """Weeks of a table that lost its form; one alone is no schedule."""
    marks = list(_WEEK.finditer(text, article.start, article.end))
    if len(marks) < 2:
        return []
    slots = []
    for index, mark in enumerate(marks):
        stop = marks[index + 1].start() if index + 1 < len(marks) else _end(text, mark.end(), article.end)
        number = number_of(mark["n"] or mark["bare"])
        dates = " ".join(mark["range"].split())
        slots.append(_Slot(number, None, printed_range(mark["range"]), dates, mark.end(), stop))
    return slots


def _months(text: str, article: Article) -> list[_Slot]:
    """Months as headings over numbered jobs; one alone is no schedule."""
    marks = [
        mark
        for mark in _MONTH.finditer(text, article.start, article.end)
        if 1 <= number_of(mark["m"]) <= 12
        and re.match(r"\s*1\s*[、.)]|\s*\(1\)|\s*①", text[mark.end() : mark.end() + 9])
    ]
    if len(marks) < 2:
        return []
    slots = []
    for index, mark in enumerate(marks):
        stop = marks[index + 1].start() if index + 1 < len(marks) else _end(text, mark.end(), article.end)
        slots.append(_Slot(None, number_of(mark["m"]), None, "", mark.end(), stop))
    return slots


def _days(text: str, article: Article) -> list[_Slot]:
    """Lines that open with a weekday under the title of a week."""
    return [
        _Slot(
            day.week, None, day.printed, day.dates_text, day.begin, day.stop,
            day=day.when.weekday + day.when.half, on=day.when.on,
        )
        for day in days_of(text, article.start, article.end)
    ]  # fmt: skip


def _end(text: str, begin: int, stop: int) -> int:
    chapter = _STOP.search(text, begin + 1, stop)
    return chapter.start() if chapter else stop


# --- tables ---------------------------------------------------------------------------------------------------------
def _slots_of_tables(text: str, blocks: Sequence[Block]) -> list[_Slot]:
    """Weeks and months in the rows of tables whose head names the columns; else the crossings of a grid."""
    rows: dict[int, list[Block]] = {}
    for block in blocks:
        if block.kind == "table_row" and block.cells:
            rows.setdefault(block.table or 0, []).append(block)
    slots: list[_Slot] = []
    for table in rows.values():
        columns = _columns_of(text, table[0])
        listed = list(_slots_of_rows(text, table[1:], columns)) if "body" in columns and _TIMES & set(columns) else []
        slots += listed or _slots_of_grid(text, table)
    return slots


def _slots_of_grid(text: str, table: Sequence[Block]) -> list[_Slot]:
    return [
        _Slot(
            cell.week, cell.month, cell.printed, cell.dates_text, cell.begin, cell.stop, cell.remark,
            cell.when.weekday + cell.when.half, cell.actor, cell.place, table=True, on=cell.when.on,
        )
        for cell in cells_of(text, table)
    ]  # fmt: skip


def _columns_of(text: str, head: Block) -> dict[str, int]:
    """Which column holds what; every column serves one purpose, the first that fits."""
    columns: dict[str, int] = {}
    for index, (begin, stop) in enumerate(head.cells):
        name = re.sub(r"\s", "", text[begin:stop])
        use = next((use for use, pattern in _COLUMNS.items() if use not in columns and pattern.search(name)), None)
        if use is not None:
            columns[use] = index
    if "week" in columns and "month" in columns:  # beside 周次 a column 时间 says when in the week
        columns.setdefault("day", columns.pop("month"))
    return columns


def _slots_of_rows(text: str, rows: Sequence[Block], columns: dict[str, int]) -> Iterator[_Slot]:
    """A merged week cell is empty in the rows below it: they belong to the week above."""
    week: int | None = None
    month: int | None = None
    printed, dates = None, ""
    for row in rows:
        cells = {use: row.cells[index] for use, index in columns.items() if index < len(row.cells)}
        said = {use: text[begin:stop].strip() for use, (begin, stop) in cells.items()}
        if number := re.search(_NUMBER, said.get("week", "")):
            week, printed, dates = number_of(number[0]), None, ""
        where = said.get("range") or said.get("week", "")
        if ranged := printed_range(where):
            printed, dates = ranged, where
        if (named := re.search(rf"({_NUMBER})\s?月?", said.get("month", ""))) and 1 <= number_of(named[1]) <= 12:
            month = number_of(named[1])
        if "body" in cells and said["body"] and (week or month or printed):
            remark, day, actor, place = (said.get(use, "") for use in ("remark", "day", "actor", "place"))
            yield _Slot(week, month, printed, dates, *cells["body"], remark, day, actor, place, table=True)


# --- entries --------------------------------------------------------------------------------------------------------
def _entries_of(source: str, text: str, slots: Sequence[_Slot], article: Article) -> list[Entry]:
    weekly = [slot.printed for slot in slots if slot.printed]
    year = first_year(
        f"{article.period_text or ''};{article.title}", weekly, [slot.month for slot in slots if slot.month]
    )
    resolved = iter(resolve_weeks(weekly, year))
    days = [next(resolved) if slot.printed else None for slot in slots]
    turned, last = 0, 0
    found: list[tuple[_Slot, Entry]] = []
    for slot, week in zip(slots, days, strict=True):
        if slot.month is not None:
            turned += slot.month < last
            last = slot.month
            week = month_span(slot.month, None if year is None else year + turned)
        found += [(slot, entry) for entry in _entries_in(source, text, slot, week)]
    return _undated_if_contradicted(found)


def _undated_if_contradicted(found: Sequence[tuple[_Slot, Entry]]) -> list[Entry]:
    """Where most printed days fall on other weekdays than those printed beside them, the year is wrong."""
    both = [entry for slot, entry in found if slot.on and entry.weekdays and entry.first_day]
    odd = sum(entry.first_day is not None and entry.first_day.isoweekday() != entry.weekdays[0] for entry in both)
    if odd * 2 <= len(both):
        return [entry for _, entry in found]
    return [replace(entry, week_start=None, week_end=None, first_day=None, last_day=None) for _, entry in found]


def _entries_in(source: str, text: str, slot: _Slot, week: Days | None) -> Iterator[Entry]:
    items, remark = numbered(text, slot.begin, slot.stop, weekly=slot.month is None and not slot.day, table=slot.table)
    parts = [part for item in items for part in parts_of(text, *item, context=slot.day)]
    firsts = [part.weekdays[0] for part in parts if part.weekdays]
    span = week or Days(None, None)
    for part in parts:
        earlier = bool(part.weekdays) and _before_others(part, parts, firsts)
        start, end = span.of(part.weekdays, before=earlier, text=part.date_text or slot.on)
        yield Entry(
            part.begin, part.stop, source[part.begin : part.stop], slot.week, slot.month, slot.dates_text,
            span.start if slot.month is None else None, span.end if slot.month is None else None, start, end,
            part.weekdays, part.half_day, slot.actor or part.actor, part.activity, slot.place or part.place,
            slot.remark or " ".join(source[remark[0] : remark[1]].split()),
        )  # fmt: skip


def _before_others(part: Part, parts: Sequence[Part], firsts: Sequence[int]) -> bool:
    """周六至三 in front of an entry for Thursday began in the week before: entries stand in the order of their days.
    A range that ends on Sunday (周四至日) is the end of this week, whichever day opens it."""
    wraps = 0 < part.weekdays[-1] % 7 < part.weekdays[0] % 7
    following = [other.weekdays[0] for other in parts[parts.index(part) + 1 :] if other.weekdays]
    return wraps and any(day % 7 < part.weekdays[0] % 7 for day in following) and len(firsts) > 1
