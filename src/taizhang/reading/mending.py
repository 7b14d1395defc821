"""A text put right before it is read, and the way back for everything that was found in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from taizhang.reading.markdown import markup_in, rows_in
from taizhang.reading.model import Block, Heading, Quantity, Reading, Relation, Repair, Source, Target
from taizhang.reading.repairs import damage_in, oddities_in, solved
from taizhang.reading.wrapped import breaks_in, wraps_in

Edit = tuple[int, int, str]
WRAPPED = "文稿每行都硬换行，已按段落连起来理解"
BROKEN = "文稿有句子中间断行，已连起来理解"


@dataclass(frozen=True)
class Mending:
    """``source`` is what was printed, ``mended`` what is read; both with the same blocks.

    ``_pieces`` are (start in the mended text, start and end in the printed one) in order, a piece for every stretch
    that was kept and every edit.
    """

    source: Source
    mended: Source
    repairs: tuple[Repair, ...]
    _pieces: tuple[tuple[int, int, int], ...]
    _starts: tuple[int, ...]

    def back(self, reading: Reading) -> Reading:
        """A reading of the mended text in offsets and words of the printed one."""
        if not self._pieces:
            return replace(reading, source=self.source)
        return replace(
            reading,
            source=self.source,
            articles=[self._moved(item) for item in reading.articles],
            parts=[self._moved(item) for item in reading.parts],
            headings=[self._heading(item) for item in reading.headings],
            points=[self._moved(item, "marker") for item in reading.points],
            quantities=[self._quantity(item) for item in reading.quantities],
            relations=[self._relation(item) for item in reading.relations],
            targets=[self._target(item) for item in reading.targets],
            tasks=[self._moved(item, "text") for item in reading.tasks],
            schedule=[self._moved(item, "text") for item in reading.schedule],
            unread=[self._moved(item, "text") for item in reading.unread],
            findings=[
                replace(item, spans=tuple(self._span(*span) for span in item.spans)) for item in reading.findings
            ],
            repairs=[self._moved(item, "raw") for item in reading.repairs],
        )

    def _span(self, start: int, end: int) -> tuple[int, int]:
        first = self._place(start, last=False)
        return (first, self._place(end - 1, last=True)) if end > start else (first, first)

    def _place(self, offset: int, *, last: bool) -> int:
        """Where a character of the mended text begins in the printed one; its end for the ``last`` one of a span."""
        index = bisect_right(self._starts, offset) - 1
        mended, start, end = self._pieces[index]
        following = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.mended.text)
        if following - mended == end - start:  # kept, or mended sign for sign
            return min(start + offset - mended + last, end) if offset < following else end
        return end if last else start

    def _moved(self, item: Any, printed: str | None = None, **changes: Any) -> Any:
        """The item in offsets of the printed text; ``printed`` names its field that holds the printed words."""
        start, end = self._span(item.start, item.end)
        if printed:
            changes[printed] = self.source.text[start:end]
        return replace(item, start=start, end=end, **changes)

    def _quantity(self, item: Quantity) -> Quantity:
        start, end = self._span(item.start, item.end)
        return Quantity(start, end, self.source.text[start:end], item.value, item.unit, item.kind)

    def _heading(self, item: Heading) -> Heading:
        start, end = self._span(item.start, item.end)
        mark = self._span(item.start, item.start + len(item.marker))[1]
        text = self.source.text
        return Heading(start, end, item.level, text[start:mark], text[mark:end].strip())

    def _relation(self, item: Relation) -> Relation:
        operands = tuple(self._moved(operand, "text") for operand in item.operands)
        return replace(item, operands=operands)

    def _target(self, item: Target) -> Target:
        result: Target = self._moved(item, "text", quantity=self._span(*item.quantity))
        return result


def mend(source: Source) -> Mending:
    """The text as it should be read: damage mended, hard line ends joined, markup taken out."""
    if source.format == "txt" and not source.blocks:
        source = replace(source, blocks=rows_in(source.text))
    repairs = damage_in(source.text)
    edits: list[Edit] = [(item.start, item.end, item.repaired) for item in repairs]
    notes: tuple[str, ...] = ()
    if source.format == "md":
        edits += markup_in(source)
    if source.format in ("txt", "md"):
        joined = wraps_in(source)
        broken = [] if joined else breaks_in(source)
        edits += joined or broken
        notes = (WRAPPED,) if joined else (BROKEN,) if broken else ()
    noted = replace(source, notes=(*source.notes, *notes))
    if not edits:
        return Mending(noted, noted, (), (), ())
    text, pieces = _applied(source.text, edits)
    mending = Mending(noted, replace(noted, text=text), tuple(repairs), pieces, tuple(piece[0] for piece in pieces))
    blocks = tuple(_block(item, pieces) for item in source.blocks)
    return replace(mending, mended=replace(mending.mended, blocks=blocks))


def finish(mending: Mending, reading: Reading) -> Reading:
    """The reading in terms of what was printed, with every repair that helped to understand it."""
    result = mending.back(reading)
    text = mending.source.text
    found = [*result.repairs, *mending.repairs, *oddities_in(text), *solved(result)]
    result.repairs = sorted(dict.fromkeys(found), key=lambda item: (item.start, item.end))
    return result


def _applied(text: str, edits: Iterable[Edit]) -> tuple[str, tuple[tuple[int, int, int], ...]]:
    pieces: list[tuple[int, int, int]] = []
    words: list[str] = []
    place = length = 0
    for start, end, repaired in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start < place:
            continue
        if start > place:
            pieces.append((length, place, start))
            words.append(text[place:start])
            length += start - place
        if repaired:
            pieces.append((length, start, end))
            words.append(repaired)
            length += len(repaired)
        place = end
    pieces.append((length, place, len(text)))
    return "".join([*words, text[place:]]), tuple(pieces)


def _block(block: Block, pieces: tuple[tuple[int, int, int], ...]) -> Block:
    """A block of the printed text in offsets of the mended one."""
    starts = [piece[1] for piece in pieces]

    def place(offset: int) -> int:
        index = max(bisect_right(starts, offset) - 1, 0)
        mended, start, end = pieces[index]
        return mended + min(max(offset - start, 0), end - start)

    cells = tuple((place(start), place(end)) for start, end in block.cells)
    return replace(block, start=place(block.start), end=place(block.end), cells=cells)
