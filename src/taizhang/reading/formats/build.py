"""Puts paragraphs and table rows together to one text with blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from taizhang.kernel.errors import Problem
from taizhang.reading.model import Block, Source

Span = tuple[int, int]
MAX_CHARS = 5_000_000
"""The longest text that is read: about 2,500 printed pages."""
MAX_ROWS = 3_000
"""More table rows than any plan has: such a table holds records and belongs into a register."""


class Builder:
    """Collects lines in reading order; every piece becomes a block with its place in the text."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._rows = 0
        self.blocks: list[Block] = []

    def paragraph(self, text: str, *, kind: str = "paragraph", level: int = 0) -> None:
        """One paragraph; white space around it is dropped, an empty one leaves no trace."""
        text = text.strip()
        if text:
            start = self._append(text)
            self.blocks.append(Block(start, start + len(text), kind, level))

    def row(
        self,
        cells: Sequence[str],
        *,
        table: int,
        shared: Mapping[int, Span] | None = None,
        wide: Mapping[int, int] | None = None,
    ) -> dict[int, Span]:
        """One table row: cells on one line, parted by tabs; empty cells keep their place.

        A merged cell is written once. ``shared`` says where the text stands that a cell has from a row above, ``wide``
        which cell of this row a column belongs to: the block gives these columns the span of that text. Returns the
        span of every column.
        """
        cells = [" ".join(cell.split()) for cell in cells]
        spans = dict(shared or {})
        filled = [column for column, cell in enumerate(cells) if cell]
        if not filled:
            return spans
        if filled == [0] and not shared and wide and len(wide) + 1 == len(cells) > 1:
            self.paragraph(cells[0])  # a row across the whole table is a title or a chapter
            return {}
        self._rows += 1
        if self._rows > MAX_ROWS:
            raise records()
        text = "\t".join(cells)
        start = place = self._append(text)
        for column, cell in enumerate(cells):
            spans.setdefault(column, (place, place + len(cell)))
            place += len(cell) + 1
        for column, first in (wide or {}).items():
            spans[column] = spans[first]
        ordered = tuple(spans[column] for column in range(len(cells)))
        self.blocks.append(Block(start, start + len(text), "table_row", 0, ordered, table))
        return spans

    def source(self, name: str, kind: str, *, notes: Iterable[str] = (), furniture: Iterable[str] = ()) -> Source:
        return Source(
            name=name,
            text="".join(self._pieces),
            format=kind,
            blocks=tuple(self.blocks),
            notes=tuple(notes),
            furniture=tuple(furniture),
        )

    def _append(self, text: str) -> int:
        start = self._length
        self._pieces += (text, "\n")
        self._length += len(text) + 1
        if self._length > MAX_CHARS:
            raise too_long("")
        return start


def too_long(name: str) -> Problem:
    """The text is longer than this reader takes on."""
    return Problem(
        "reading.too_long",
        f"文稿太长，超过 {MAX_CHARS // 10_000} 万字",
        where=name,
        remedy="请按章节拆成几个文件再读",
    )


def records() -> Problem:
    """The file is a table of records and not a document."""
    return Problem(
        "reading.records",
        f"这是数据表，不是文稿：表格超过 {MAX_ROWS} 行",
        remedy="登记数据请用 taizhang load（或网页上的“导入”）装进台账；要读其中的任务，请只留任务表那几页再读",
    )
