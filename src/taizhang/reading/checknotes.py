"""What the check page says about a document: one numbered note for each verdict, and where its numerals stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from taizhang.reading.crosscheck import CrossFinding
from taizhang.reading.model import Reading, Relation

KINDS = {
    "share": "占比", "rate": "比率", "sum": "合计", "difference": "增减", "growth": "增幅", "multiple": "倍数", "ratio": "比例", "per": "平均",
    "percent_list": "百分比合计", "part_over_whole": "其中大于总数", "two_values": "前后不一", "unit_value": "单位值可疑",
    "balance": "收支不平", "graded": "等次比率", "outside": "总体与部分", "beyond_all": "超过全部",
    "repeat": "与另一份重复", "duplicate": "同文重复",
}  # fmt: skip
LEVELS = {"alarm": "错误", "note": "提示", "corrupt": "损坏", "unknown": "待核", "ok": "相符"}
SIGNS = {"错误": "✗", "提示": "△", "损坏": "◇", "待核": "？", "相符": "✓"}
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Note:
    """One verdict. ``name`` is r3 for the fourth relation, f0 for the first finding, x1 for the second one between
    documents; ``look`` is alarm | note | ok."""

    number: int
    name: str
    look: str
    level: str
    kind: str
    why: str
    spans: tuple[Span, ...]

    @property
    def place(self) -> int:
        """Where the table's line leads: the last number of a relation, the first place of a doubt."""
        return max(self.spans)[0] if self.name.startswith("r") else self.spans[0][0]


@dataclass(frozen=True, slots=True)
class Mark:
    """One stretch of the text in one colour, with what is said of it and the numbers of those notes."""

    start: int
    end: int
    look: str
    why: str
    numbers: tuple[int, ...]


def notes_of(reading: Reading, index: int = 0, across: Sequence[CrossFinding] = ()) -> list[Note]:
    """All verdicts on one document in the order of the text; ``index`` is its position among those compared."""
    found: list[tuple[str, str, str, str, str, tuple[Span, ...]]] = []
    for number, relation in enumerate(reading.relations):
        spans = tuple((operand.start, operand.end) for operand in relation.operands)
        found.append(
            (
                f"r{number}",
                _look(relation),
                _level(relation),
                relation.kind,
                relation.why or relation.reason or "",
                spans,
            )
        )
    for number, finding in enumerate(reading.findings):
        look = "alarm" if finding.severity == "alarm" else "note"
        found.append((f"f{number}", look, LEVELS[look], finding.kind, finding.why, finding.spans))
    for number, cross in enumerate(across):
        spans = tuple((place.start, place.end) for place in cross.places if place.index == index)
        found.append((f"x{number}", cross.severity, LEVELS[cross.severity], cross.kind, cross.why, spans))
    placed = sorted((item for item in found if item[5]), key=lambda item: min(item[5]))
    return [
        Note(number, name, look, level, KINDS.get(kind, kind), why, spans)
        for number, (name, look, level, kind, why, spans) in enumerate(placed, 1)
    ]


def _look(relation: Relation) -> str:
    if relation.holds is True:
        return "ok"
    return "alarm" if relation.holds is False and relation.severity != "note" else "note"


def _level(relation: Relation) -> str:
    if relation.holds == "corrupt":
        return LEVELS["corrupt"]
    if relation.holds is None:
        return LEVELS["unknown"]
    return LEVELS["ok"] if relation.holds else LEVELS[relation.severity or "alarm"]


_RANK = {"alarm": 0, "note": 1, "ok": 2, "unread": 3}
LONGEST_MARK = 60
"""A repeated article is no numeral: it is named in the table, not painted."""


def marks_of(reading: Reading, notes: Sequence[Note]) -> list[Mark]:
    """Marks without overlap: of several verdicts on one numeral the worst gives the colour, all are told."""
    said: dict[Span, list[tuple[str, str, int]]] = {}
    for note in notes:
        for span in note.spans:
            if span[1] - span[0] <= LONGEST_MARK:
                said.setdefault(span, []).append((note.look, f"{SIGNS[note.level]} {note.why}", note.number))
    for unread in reading.unread:
        said.setdefault((unread.start, unread.end), []).append(("unread", "未读懂的数字，没有核对", 0))
    marks, last = [], 0
    for (start, end), verdicts in sorted(said.items()):
        if start >= last and start < end:
            look = min((look for look, _, _ in verdicts), key=_RANK.__getitem__)
            why = "\n".join(dict.fromkeys(why for _, why, _ in verdicts))
            marks.append(Mark(start, end, look, why, tuple(sorted({number for _, _, number in verdicts if number}))))
            last = end
    return marks


class Places:
    """Says where in a document something stands: its line, and the heading above it."""

    def __init__(self, reading: Reading) -> None:
        text = reading.source.text
        self._lines = [place for place, sign in enumerate(text) if sign == "\n"]
        self._heads = sorted((head.start, (head.marker + head.text)) for head in reading.headings)
        self._starts = [start for start, _ in self._heads]

    def line(self, place: int) -> int:
        """The number of the line, from 1."""
        return bisect_right(self._lines, place - 1) + 1

    def heading(self, place: int) -> str:
        """The heading above, shortened."""
        index = bisect_right(self._starts, place) - 1
        words = " ".join(self._heads[index][1].split()) if index >= 0 else ""
        return words if len(words) <= 24 else words[:23] + "…"


def sentence(text: str, place: int) -> str:
    """The sentence around a place, at most about 120 characters."""
    begin = max(text.rfind(mark, max(0, place - 90), place) + 1 for mark in "。!?！？\n")
    begin = max(begin, place - 90, 0)
    ends = [found for mark in "。!?！？\n" if (found := text.find(mark, place, place + 60)) >= 0]
    stop = min(ends) + 1 if ends else min(len(text), place + 60)
    return " ".join(text[begin:stop].split())
