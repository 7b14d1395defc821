"""Reads a document: one pass over its text, layer by layer."""

from __future__ import annotations

from pathlib import Path

from taizhang.reading.articles import Piece, period_of, pieces_of, title_of
from taizhang.reading.formats import load, load_bytes
from taizhang.reading.headings import Found, headings_of
from taizhang.reading.kinds import kind_of, parts_of
from taizhang.reading.mending import finish, mend
from taizhang.reading.model import Article, Finding, Heading, Part, Point, Reading, Relation, Source
from taizhang.reading.noise import repairs_in
from taizhang.reading.numbercheck import find_doubts, find_unread
from taizhang.reading.numbers.passage import Passage
from taizhang.reading.points import points_of
from taizhang.reading.quantities import find_quantities
from taizhang.reading.relations import beliefs_of, find_relations
from taizhang.reading.schedule import entries
from taizhang.reading.targets import targets_of
from taizhang.reading.tasks import tasks_of
from taizhang.reading.view import View, view_of


def read(path: str | Path) -> Reading:
    """Everything found in a file. Raises :class:`~taizhang.kernel.errors.Problem` when the file cannot be read."""
    return read_source(load(path))


def read_bytes(data: bytes, name: str) -> Reading:
    """The same for a file in memory, such as an upload."""
    return read_source(load_bytes(data, name))


def read_text(text: str, name: str = "文稿.txt") -> Reading:
    """The same for text that is already decoded."""
    return read_source(Source(name=name, text=text, format="txt"))


def read_source(source: Source) -> Reading:
    """All layers of a decoded text, in its own offsets; damage in it is mended for the reading only."""
    mending = mend(source)
    return finish(mending, _read_mended(mending.mended))


def _read_mended(source: Source) -> Reading:
    view = view_of(source.text)
    reading = Reading(source, repairs=repairs_in(view))
    for piece in pieces_of(view):
        _read_piece(reading, view, piece)
    reading.targets = targets_of(reading, view)
    reading.tasks = tasks_of(reading, view)
    reading.schedule = entries(reading)
    return reading


def check(reading: Reading) -> list[Relation | Finding]:
    """What a person should look at: relations that fail, then doubts."""
    failing = [item for item in reading.relations if item.holds is False or item.holds == "corrupt"]
    return [*failing, *reading.findings]


def _read_piece(reading: Reading, view: View, piece: Piece) -> None:
    found, numbered = headings_of(view, piece, reading.source.blocks)
    parts = parts_of(view, piece, found)
    kind = kind_of(view, piece, parts)
    start, end = view.span(piece.start, piece.end)
    reading.articles.append(Article(start, end, title_of(view, piece), kind, period_of(view, piece)))
    reading.parts += [
        Part(*view.span(part.start, part.end), _slice(view, part.title), part.kind) for part in parts if len(parts) > 1
    ]
    reading.headings += [_heading(view, item) for item in found]
    spans = [view.span(*span) for span in points_of(view, piece, numbered, [(item.start, item.end) for item in found])]
    reading.points += [Point(*span, view.source[span[0] : span[1]]) for span in spans]
    skip = sorted([*spans, *_marker_spans(view, piece, found)])
    quantities = find_quantities(view.source, start, end, skip)
    passage = Passage(view.source, start, end, quantities)
    beliefs = beliefs_of(passage)
    relations = find_relations(beliefs)
    reading.quantities += quantities
    reading.relations += relations
    reading.findings += find_doubts(beliefs.scales, relations)
    reading.unread += find_unread(view.source, start, end, quantities, skip)


def _heading(view: View, item: Found) -> Heading:
    start, end = view.span(item.start, item.end)
    _, mark_end = view.span(item.start, item.mark_end) if item.mark_end > item.start else (start, start)
    return Heading(start, end, item.level, view.source[start:mark_end], view.source[mark_end:end].strip())


def _marker_spans(view: View, piece: Piece, found: list[Found]) -> list[tuple[int, int]]:
    spans = [view.span(item.start, item.mark_end) for item in found if item.mark_end > item.start]
    return [*spans, view.span(*piece.numeral)] if piece.numeral else spans


def _slice(view: View, span: tuple[int, int] | None) -> str | None:
    if span is None:
        return None
    start, end = view.span(*span)
    return " ".join(view.source[start:end].split())
