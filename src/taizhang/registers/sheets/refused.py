"""Refused rows as their sender's own sheet: same lines above, same columns in the same order, the wrong cells marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlsxwriter

from taizhang.registers.sheets.reading import Reading, Source
from taizhang.registers.xlsx import REASON, Style, Target, as_target, reasons_of, told_by_row, write_cell

FORMATS = {"default_date_format": "yyyy-mm-dd"}


def write_refused_source(source: Source, refused: Sequence[dict[str, Any]], target: Target) -> int:
    """Write the refused rows, each sheet of theirs under its name, with a last column 拒收原因. Returns their number.

    The sheet can be mended and loaded again as it is: its header is recognised, the reasons are passed over.
    """
    told, written = told_by_row(refused), 0
    with xlsxwriter.Workbook(as_target(target), FORMATS) as book:
        pages: dict[int, _Page] = {}
        for reading, number, cells in source.original(set(told)):
            if reading.offset not in pages:
                pages[reading.offset] = _Page(book, reading)
            pages[reading.offset].row(number, cells, told[number])
            written += 1
        if not pages:
            book.add_worksheet("没有拒收的行")
    return written


class _Page:
    """A sheet of the answer: the head as it was, then the rows."""

    def __init__(self, book: Any, reading: Reading) -> None:
        self.reading, self.style = reading, Style(book)
        self.page = book.add_worksheet(reading.sheet.name[:31])
        head = reading.sheet.head(reading.head.last + 1)
        self.width = max(reading.head.width, *(len(row) for row in head))
        # An earlier answer of ours has the column already.
        old = next((item.column.index for item in reading.matches if item.column.label == REASON), None)
        self.reason = self.width if old is None else old
        self._head(head)
        self.next = len(head)

    def _head(self, head: list[list[Any]]) -> None:
        for row, cells in enumerate(head):
            style = self.style.header if row >= self.reading.head.first else None
            for column, cell in enumerate(cells):
                write_cell(self.page, row, column, cell, style if cell is not None else None)
        for (row, column), (last_row, last_column) in self.reading.sheet.merges:
            if last_row <= self.reading.head.last:
                style = self.style.header if row >= self.reading.head.first else self.style.title
                self.page.merge_range(row, column, last_row, last_column, "", style)
                write_cell(self.page, row, column, head[row][column], style)
        self.page.write_string(self.reading.head.last, self.reason, REASON, self.style.header)
        self.page.set_column(self.reason, self.reason, 60)
        self.page.freeze_panes(self.reading.head.last + 1, 0)

    def row(self, number: int, cells: list[Any], items: Sequence[dict[str, Any]]) -> None:
        """A refused row with its wrong cells marked."""
        wrong = {item["field"] for item in items}
        marked = {match.column.index for match in self.reading.mapped if match.target in wrong}
        place = number - self.reading.offset - 1
        for column in range(self.width):
            cell = cells[column] if column < len(cells) else None
            if column == self.reason:
                continue
            percent = (place, column) in self.reading.sheet.percents
            style = self.style.wrong if column in marked else self.style.cell("0.##%") if percent else None
            write_cell(self.page, self.next, column, cell, style)
        self.page.write_string(self.next, self.reason, reasons_of(items), self.style.reason)
        self.next += 1
