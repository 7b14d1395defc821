"""Actionable items of a plan: one task each, with path, units, deadline and targets."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TypeVar

from taizhang.kernel.periods import Period
from taizhang.reading.model import Article, Heading, Part, Point, Reading, Task
from taizhang.reading.tasktables import Frame, table_tasks
from taizhang.reading.units import DEADLINE_LABEL, Deadline, deadline_in, units_in
from taizhang.reading.view import View

# Chapters that state aims or means, not work: their items are not tasks.
NOT_WORK = re.compile(
    r"^(?:指导思想|总体(?:要求|思路|工作思路)|基本(?:原则|情况)|工作原则|编制依据|背景|存在(?:的)?(?:主要)?(?:问题|不足)|.{0,6}工作职责)$"
)
GOALS = re.compile(r"(?:工作|总体|主要|任务|发展|年度|具体)?目标(?:任务)?")
AIMS = re.compile(r"(?:目标|要求|原则)$")
MAX_TITLE = 60
TO_TABLE = re.compile(r"(?:下|附|分解|分工|清单|任务)表|表[中内]|见表|如下|以下|(?:任务|责任|分解|分工|问题)清单")
MAX_POINTER = 120


_Spanned = TypeVar("_Spanned", Heading, Point)


_Spot = tuple[int, int, str]
CHAPTER = re.compile(r"[一二三四五六七八九十]{1,3}、|$")


@dataclass(frozen=True)
class _Item:
    """A task's place in the view and its heading texts."""

    start: int
    end: int
    title: str
    number: str
    path: tuple[str, ...]


def tasks_of(reading: Reading, view: View) -> list[Task]:
    """All tasks of a document in order: of its plan parts, and of its task tables."""
    items: list[_Item] = []
    for segment in _segments(reading):
        if segment.kind == "plan":
            items += _items(reading, view, segment)
    frames = [(article.start, Frame(year_of(article), term_of(article))) for article in reading.articles]
    frame = next((frame for _, frame in frames if frame.year), Frame(None, None))
    tables = table_tasks(reading, view, frame)
    rows = sorted(block.start for block in reading.source.blocks if block.kind == "table_row") if tables else []
    items = [item for item in (_above_table(view, item, rows) for item in items) if item is not None]
    found = [_task(reading, view, item, _frame_at(frames, view, item)) for item in items]
    return sorted([*found, *tables], key=lambda task: task.start)


def _frame_at(frames: list[tuple[int, Frame]], view: View, item: _Item) -> Frame:
    start, _ = view.span(item.start, item.end)
    return frames[bisect_right([place for place, _ in frames], start) - 1][1] if frames else Frame(None, None)


def _segments(reading: Reading) -> list[Article | Part]:
    inner = {part.start for part in reading.parts}
    whole = [article for article in reading.articles if article.start not in inner]
    return sorted([*reading.parts, *whole], key=lambda item: item.start)


def year_of(article: Article) -> int | None:
    """The year that a document plans for: the last one that its period or its title names."""
    for text in (article.period_text, article.title):
        years = re.findall(r"(?:19|20)\d\d", text or "")
        if years:
            return int(years[-1])
        chinese = re.findall(r"二[○〇零][○〇零一二三四五六七八九]{2}", text or "")
        if chinese:
            return int(
                "".join(str(max("○一二三四五六七八九".find(sign), 0)) for sign in chinese[-1].replace("二", "二"))
            )
    return None


def term_of(article: Article) -> Period | None:
    """The school term that a document plans for. 下学期 alone says nothing: in some places it begins in September."""
    for text in (article.period_text, article.title):
        words = re.sub(r"\s", "", text or "")
        years = re.findall(r"20\d\d", words)
        if not years:
            continue
        school_year = "学年" in words
        if re.search(r"秋季?学?期?|第一学期", words) or (school_year and "上学期" in words):
            return Period("term", (int(years[0]), 1))
        if re.search(r"春季?学?期?|第二学期", words) or (school_year and "下学期" in words):
            return Period("term", (int(years[0]) if school_year else int(years[0]) - 1, 2))
    return None


def _items(reading: Reading, view: View, segment: Article | Part) -> list[_Item]:
    """The innermost numbered items: headings without numbered ones below them, and numbered points."""
    end = view.at(segment.end)
    heads = _inside(reading.headings, segment)
    places = [view.at(item.start) for item in heads]
    points = [
        (view.at(item.start), view.at(item.end), item.marker)
        for item in _inside(reading.points, segment)
        if _numbers(item.marker) and _opens_line(view, view.at(item.start))
    ]
    spoken = [
        (view.at(item.start), view.at(item.end), item.marker)
        for item in _inside(reading.points, segment)
        if not _numbers(item.marker)
    ]
    paths = _paths(heads)
    items = _point_items(view, [point for point in points if not places or point[0] < places[0]], [*places, end][0], ())
    for index, head in enumerate(heads):
        stop = [*places, end][index + 1]
        path = paths[index]
        if any(NOT_WORK.match(text.rstrip(":")) for text in (*path, head.text)):
            continue
        own = _between(points, places[index] + 1, stop)
        beside = [point for point in own if _shape(point[2]) == _shape(head.marker)]
        below = [point for point in own if point not in beside]
        if not own and CHAPTER.match(head.marker):
            below = _series(_between(spoken, places[index], stop))
        items += _point_items(view, below, stop, (*path, head.text))
        items += _point_items(view, beside, stop, path)
        bottom = beside[0][0] if beside else stop
        last = index + 1 == len(heads) or heads[index + 1].level <= head.level
        aims = GOALS.fullmatch(head.text) is not None
        if not below and last and not aims and _holds_work(head, bottom - places[index]):
            items.append(_Item(places[index], _stripped(view, places[index], bottom), head.text, head.marker, path))
    return sorted(items, key=lambda item: item.start)


def _inside(items: list[_Spanned], segment: Article | Part) -> list[_Spanned]:
    first = bisect_left(items, segment.start, key=lambda item: item.start)
    return items[first : bisect_left(items, segment.end, key=lambda item: item.start)]


def _between(points: list[_Spot], start: int, stop: int) -> list[_Spot]:
    first = bisect_left(points, start, key=lambda point: point[0])
    return points[first : bisect_left(points, stop, key=lambda point: point[0])]


def _series(points: list[_Spot]) -> list[_Spot]:
    """一是…二是… directly under a chapter are its items; one alone is not a series."""
    return points if len(points) > 1 else []


def _numbers(marker: str) -> bool:
    return re.match(r"[\d(①-⑳]", marker) is not None


def _shape(marker: str) -> str:
    """1、 and 3. number the same list; (1) and ① number others."""
    return re.sub(r"\d+", "1", marker).replace(" ", "").rstrip("、.")


def _paths(heads: list[Heading]) -> list[tuple[str, ...]]:
    """For every heading the texts of those above it, outermost first."""
    paths: list[tuple[str, ...]] = []
    above: list[Heading] = []
    for head in heads:
        while above and above[-1].level >= head.level:
            above.pop()
        paths.append(tuple(item.text for item in above))
        above.append(head)
    return paths


def _holds_work(head: Heading, length: int) -> bool:
    """A chapter heading without text is no task, nor is a chapter of aims; a numbered item is one even as a bare line."""
    if not CHAPTER.match(head.marker):
        return True
    return length > len(head.text) + len(head.marker) + 8 and AIMS.search(head.text) is None


def _opens_line(view: View, start: int) -> bool:
    return (
        view.text[:start].rstrip(" \t")[-1:] in ("", "\n")
        if start < 200
        else view.text[start - 200 : start].rstrip(" \t")[-1:] == "\n"
    )


def _point_items(view: View, points: list[tuple[int, int, str]], stop: int, path: tuple[str, ...]) -> list[_Item]:
    items = []
    for index, (start, after, marker) in enumerate(points):
        end = points[index + 1][0] if index + 1 < len(points) else stop
        if index + 1 == len(points):  # what follows the last item in a paragraph of its own belongs to no item
            line = view.text.find("\n", after, end)
            end = line if line >= 0 else end
        end = _stripped(view, start, end)
        items.append(_Item(start, end, _first_sentence(view.text[after:end]), marker, path))
    return items


def _first_sentence(text: str) -> str:
    text = text.strip()
    first = re.split(r"[。;:!?\n]", text, maxsplit=1)[0].strip()
    return first if 4 <= len(first) <= MAX_TITLE else re.split(r"[,。;]", text, maxsplit=1)[0][:MAX_TITLE]


def _stripped(view: View, start: int, end: int) -> int:
    return start + len(view.text[start:end].rstrip())


def _task(reading: Reading, view: View, item: _Item, frame: Frame) -> Task:
    start, end = view.span(item.start, item.end)
    text = view.text[item.start : item.end]
    lead, assist, persons = units_in(text)
    deadline = _deadline_of(text, frame)
    words = None
    if deadline is not None:
        begin, stop = view.span(item.start + deadline.start, item.start + deadline.end)
        words = view.source[begin:stop]
    return Task(
        start=start,
        end=end,
        text=view.source[start:end],
        title=item.title,
        number=item.number,
        path=item.path,
        targets=_targets_within(reading, start, end),
        lead_units=lead,
        assisting_units=assist,
        persons=persons,
        deadline=deadline.day if deadline else None,
        deadline_text=words,
    )


def _deadline_of(text: str, frame: Frame) -> Deadline | None:
    label = re.search(rf"(?:{DEADLINE_LABEL})\s*[:为]\s*([^;。()\n\t]{{1,40}})", text)
    if label:
        found = deadline_in(label[1], frame.year, labelled=True, term=frame.term)
        if found:
            return Deadline(label.start(1) + found.start, label.start(1) + found.end, found.day)
    return deadline_in(text, frame.year, term=frame.term)


def _targets_within(reading: Reading, start: int, end: int) -> tuple[int, ...]:
    first = bisect_left(reading.targets, start, key=lambda target: target.quantity[0])
    return tuple(range(first, bisect_left(reading.targets, end, first, key=lambda target: target.quantity[0])))


def _only_points_to_table(item: _Item, words: str) -> bool:
    """A chapter of one or two sentences about the table below: it names no number, no date and nobody who does it."""
    body = words.removeprefix(item.number).strip().removeprefix(item.title)
    if not CHAPTER.match(item.number) or len(body) > MAX_POINTER or not TO_TABLE.search(body):
        return False
    return not re.search(r"\d", body) and units_in(body) == ((), (), ())


def _above_table(view: View, item: _Item, rows: list[int]) -> _Item | None:
    """An item ends where a task table begins; one inside the table is read from its row, a bare chapter names rows.

    A chapter that only sends the reader to the table below it is as bare as one without text.
    """
    start, end = view.span(item.start, item.end)
    place = bisect_left(rows, start)
    if place < len(rows) and rows[place] < end:
        stop = view.at(rows[place])
        words = view.text[item.start : stop].strip()
        bare = len(words) <= MAX_TITLE and not re.search(r"[\n。;]", words)
        bare = bare or _only_points_to_table(item, words)
        return None if bare else replace(item, end=_stripped(view, item.start, stop))
    return item
