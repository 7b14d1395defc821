"""Where the text gets its colours: one list of marks for each tab of the review desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from taizhang.documents.readings import Check
from taizhang.reading.model import Reading
from taizhang.ui.marks import segments

Mark = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with its classes and the ids of the marks it lies under; ``anchor`` where a mark begins first."""

    text: str
    classes: str = ""
    ids: str = ""
    anchor: str = ""


def check_marks(reading: Reading, checks: Iterable[Check]) -> list[Mark]:
    """Every quantity, and over them the numbers of each checked relation in the colour of its verdict."""
    marks = [mark(f"q{index}", "quantity", item.start, item.end) for index, item in enumerate(reading.quantities)]
    for check in checks:
        kind = {"unknown": "quantity"}.get(check.level, check.level)
        marks += [mark(check.key, kind, start, end) for start, end in check.spans]
    return marks


def outline_marks(reading: Reading) -> list[Mark]:
    """The headings."""
    return [mark(f"h{index}", "heading", item.start, item.end) for index, item in enumerate(reading.headings)]


def task_marks(reading: Reading) -> list[Mark]:
    """Each task found, and the promises inside."""
    tasks = [mark(f"t{index}", "task", item.start, item.end) for index, item in enumerate(reading.tasks)]
    wanted = {index for task in reading.tasks for index in task.targets}
    targets = [
        mark(f"g{index}", "target", item.start, item.end)
        for index, item in enumerate(reading.targets)
        if index in wanted
    ]
    return [*tasks, *targets]


def schedule_marks(reading: Reading) -> list[Mark]:
    """The entries of schedules."""
    return [mark(f"s{index}", "task", item.start, item.end) for index, item in enumerate(reading.schedule)]


def repair_marks(reading: Reading) -> list[Mark]:
    """Damage that was mended for understanding."""
    return [mark(f"m{index}", "note", item.start, item.end) for index, item in enumerate(reading.repairs)]


def mark(name: str, kind: str, start: int, end: int) -> Mark:
    return {"id": name, "kind": kind, "start": start, "end": end}


def pieces(text: str, marks: Iterable[Mark]) -> Iterator[Piece]:
    """The whole text cut at the marks' edges. A mark that lies outside the text is left out: the text is newer."""
    fitting = [item for item in marks if 0 <= item["start"] < item["end"] <= len(text)]
    anchored: set[str] = set()
    for segment in segments(text, fitting):
        # A relation's numbers stand in several places; the list leads to the first.
        fresh = next((name for name in reversed(segment.first) if name not in anchored), "")
        anchored.add(fresh)
        classes = " ".join(f"tz-mark-{kind}" for kind in segment.kinds)
        yield Piece(segment.text, f"tz-mark {classes}" if classes else "", " ".join(segment.ids), fresh)
