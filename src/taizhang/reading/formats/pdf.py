"""PDF files with text: print becomes paragraphs and tables; page numbers and running heads leave the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import PdfiumError

from taizhang.kernel.errors import Problem
from taizhang.reading.formats.build import MAX_CHARS, Builder, Span, too_long
from taizhang.reading.formats.pdfpage import Glyph, Page, Row, glue, page_of, rows_of
from taizhang.reading.formats.pdftable import Table, aligned_tables, ruled_tables
from taizhang.reading.model import Source

PAGE_NUMBER = re.compile(
    r"[\s\-—–·.]*(?:第?\s*(?:\d{1,4}|[ivxIVX]{1,6})\s*页?(?:\s*[/,,共]\s*共?\s*\d{1,4}\s*页?)?)[\s\-—–·.]*"
)
MARKER = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[(\uff08][一二三四五六七八九十\d]{1,3}[)\uff09]|\d{1,2}\s*[、.\uff0e](?!\d))"
)
END = re.compile(r"[。;!?:\uff01\uff1a\uff1b\uff1f]$")
SENTENCE = re.compile(r"[,。;\uff0c\uff1b]")
CLOSING = re.compile(r"[。,、;:!?)”’》】\uff0c\uff1b\uff1a\uff01\uff1f\uff09%]")
"""No line begins with one of these: it belongs to the line before."""
# Word processors set a little air between Chinese and figures.
LAYOUT_GAP = re.compile(
    r"(?<=[\u3400-\u9fff、。“”《》()%\uff01-\uff5e]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z%]) (?=[\u3400-\u9fff、。“”《》\uff01-\uff5e])"
)
PASSWORD_ERROR = "password"
TEXT_PER_PAGE = 8
"""Fewer characters than this per page, on average, mean pictures of pages."""
EDGE = 0.13
"""The part of a page's height at its top and bottom where running heads and page numbers stand."""
REPEATED = 0.4
"""A line at the same place on this share of the pages is a running head; left and right pages may differ."""
BIGGER = 1.15
"""Print of this many times the size of the text around it is a title."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of running text. ``flow`` is 0 for the full width, 1 and 2 for the left and right column."""

    row: Row
    text: str
    flow: int
    page: int
    middle: float


_Item = _Line | Table


def read_pdf(data: bytes, name: str) -> Source:
    """Text of a PDF. A scan, a password or damage raise a Problem that says so."""
    try:
        document = pypdfium2.PdfDocument(data)
    except PdfiumError as error:
        raise _refused(str(error), name) from error
    try:
        pages, blank = _pages(document, name)
    except PdfiumError as error:
        raise _refused(str(error), name) from error
    finally:
        document.close()
    running = {id(line) for lines in _running(pages) for line in lines}
    furniture = sorted(
        {item.text for page in pages for item in page if isinstance(item, _Line) and id(item) in running}
    )
    items = [item for page in pages for item in page if id(item) not in running]
    builder = Builder()
    _write(builder, _joined_tables(items))
    notes = [f"第 {'、'.join(map(str, blank))} 页是图片，没有文字，未读；请先做文字识别或另附文字"] if blank else []
    return builder.source(name, "pdf", notes=notes, furniture=furniture)


def _pages(document: pypdfium2.PdfDocument, name: str) -> tuple[list[list[_Item]], list[int]]:
    """What is printed on every page, in reading order, and the numbers of the pages that are pictures."""
    pages: list[list[_Item]] = []
    blank, length, unknown = [], 0, 0
    for number, sheet in enumerate(document, 1):
        page = page_of(sheet)
        sheet.close()
        length, unknown = length + len(page.glyphs), unknown + page.unknown
        if length > MAX_CHARS:
            raise too_long(name)
        if page.pictures and len(page.glyphs) < TEXT_PER_PAGE:
            blank.append(number)
        pages.append(_items(page, number))
    if length < TEXT_PER_PAGE * len(pages):
        raise Problem(
            "reading.scanned",
            "这个 PDF 是扫描件，里面没有文字",
            where=name,
            remedy="请提供 Word 原件或带文字的 PDF,或先做文字识别(OCR)",
        )
    if unknown * 2 > length:
        raise Problem(
            "reading.no_letters",
            "这个 PDF 的字体没有文字对应表，读出来是乱码",
            where=name,
            remedy="请提供 Word 原件，或用原软件重新导出 PDF，或先做文字识别(OCR)",
        )
    return pages, blank


def _items(page: Page, number: int) -> list[_Item]:
    """Lines and tables of a page in the order in which they are read."""
    tables, rest = ruled_tables(page)
    items: list[_Item] = []
    last = float("inf")
    for table in [*tables, None]:
        below = table.top if table else float("-inf")
        band = [glyph for glyph in rest if below <= glyph.middle < last]
        items += _flowing(band, page, number)
        if table:
            items.append(table)
        last = below
    return items


def _flowing(glyphs: list[Glyph], page: Page, number: int) -> list[_Item]:
    rows = rows_of(glyphs)
    between = _gutter(rows, page.width)
    if between is None:
        return [_placed(item, page, number, 0) for item in aligned_tables(rows)]
    items: list[_Item] = []
    left: list[Glyph] = []
    right: list[Glyph] = []
    for row in rows:
        own = [glyph for glyph in glyphs if row.bottom <= glyph.middle <= row.top]
        if any(part.left < between < part.right for part in row.parts):
            items += _columns(left, right, page, number)
            left, right = [], []
            items += [_placed(item, page, number, 0) for item in rows_of(own)]
        else:
            left += [glyph for glyph in own if glyph.right <= between and glyph not in left[-200:]]
            right += [glyph for glyph in own if glyph.right > between and glyph not in right[-200:]]
    return items + _columns(left, right, page, number)


def _columns(left: list[Glyph], right: list[Glyph], page: Page, number: int) -> list[_Item]:
    return [
        _placed(item, page, number, flow)
        for flow, glyphs in ((1, left), (2, right))
        for item in aligned_tables(rows_of(glyphs))
    ]


def _placed(item: Row | Table, page: Page, number: int, flow: int) -> _Item:
    if isinstance(item, Table):
        return item
    text = LAYOUT_GAP.sub("", item.text)
    return _Line(item, text, flow, number, item.bottom / page.height)


def _gutter(rows: list[Row], width: float) -> float | None:
    """The middle of the gap between two columns of print, when most lines keep clear of it on both sides."""
    best: tuple[int, float] | None = None
    for percent in range(38, 63):
        at = width * percent / 100
        crossing = sum(any(part.left < at < part.right for part in row.parts) for row in rows)
        if best is None or crossing < best[0]:
            best = (crossing, at)
    if best is None:
        return None
    at = best[1]
    left = [part.right - row.left for row in rows for part in row.parts[-1:] if row.left < at and part.right < at]
    sides = [row for row in rows if row.left < at < row.right and not any(p.left < at < p.right for p in row.parts)]
    left += [max(part.right for part in row.parts if part.right < at) - row.left for row in sides]
    right = [row.right - min(part.left for part in row.parts if part.left > at) for row in sides]
    right += [row.right - row.left for row in rows if row.left > at]
    if len(sides) < 4 or len(right) < 5 or best[0] * 3 > len(rows):
        return None
    return at if all(sorted(side)[len(side) // 2] > 0.28 * width for side in (left, right)) else None


def _running(pages: list[list[_Item]]) -> Iterator[list[_Line]]:
    """Lines at the edges of pages that are numbers, or that stand at the same place on many pages."""
    places: dict[tuple[str, int], list[_Line]] = defaultdict(list)
    for page in pages:
        lines = [item for item in page if isinstance(item, _Line)]
        for line in {id(line): line for line in (*lines[:2], *lines[-2:])}.values():
            if not EDGE < line.middle < 1 - EDGE and len(line.text) <= 60 and not SENTENCE.search(line.text):
                if PAGE_NUMBER.fullmatch(line.text):
                    yield [line]
                places[_shape(line.text), round(line.middle * 100)].append(line)
    for lines in places.values():
        if len(lines) >= max(3, REPEATED * len(pages)):
            yield lines


def _shape(text: str) -> str:
    return re.sub(r"[\d\s]+", "#", text)


def _joined_tables(items: Sequence[_Item]) -> list[_Item]:
    """A table that goes on at the head of the next page is one table."""
    found: list[_Item] = []
    for item in items:
        before = found[-1] if found else None
        if isinstance(item, Table) and isinstance(before, Table) and item.continues(before):
            before.take(item)
        else:
            found.append(item)
    return found


def _write(builder: Builder, items: list[_Item]) -> None:
    margins = _margins([item for item in items if isinstance(item, _Line)])
    text, before, tables = "", None, 0
    for item in items:
        if isinstance(item, Table):
            builder.paragraph(text)
            text, before = "", None
            _write_table(builder, item, tables)
            tables += 1
            continue
        if before is not None and _goes_on(before, item, margins[before.flow], margins[item.flow]):
            text += glue(text, item.text) + item.text
        else:
            builder.paragraph(text)
            text = item.text
        before = item
    builder.paragraph(text)


def _write_table(builder: Builder, table: Table, number: int) -> None:
    above: dict[int, Span] = {}
    for line in table.lines:
        shared = {column: above[column] for column in line.down if column in above}
        above = builder.row(line.cells, table=number, shared=shared, wide=line.wide)


def _margins(lines: list[_Line]) -> dict[int, tuple[float, float]]:
    """Left and right edge of the running text in every flow."""
    margins = {}
    for flow in {line.flow for line in lines}:
        lefts = sorted(line.row.left for line in lines if line.flow == flow)
        rights = sorted(line.row.right for line in lines if line.flow == flow)
        margins[flow] = (lefts[len(lefts) // 10], rights[int(len(rights) * 0.9)])
    return margins


def _goes_on(before: _Line, line: _Line, edges: tuple[float, float], own: tuple[float, float]) -> bool:
    """Is ``line`` the same paragraph? The line before is full then, and this one does not start anew."""
    if CLOSING.match(line.text):
        return True
    size = max(line.row.size, 1.0)
    if before.row.size > BIGGER * size or size > BIGGER * before.row.size:
        return False
    if _is_title(before, line, edges):
        return True
    room = max(2.2 * max(before.row.size, 1.0), line.row.parts[0].lead + 0.5 * size)
    if before.row.right < edges[1] - room:
        return False
    indented = line.row.left > own[0] + size
    starts_anew = MARKER.match(line.text) is not None or line.row.left > own[0] + 1.2 * size
    return not (starts_anew and (END.search(before.text) or indented))


def _is_title(before: _Line, line: _Line, edges: tuple[float, float]) -> bool:
    """A title set on two centred lines close below each other, the second no full line."""
    low, high = edges
    off = max(abs((item.row.left + item.row.right) / 2 - (low + high) / 2) for item in (before, line))
    close = before.page == line.page and before.row.bottom - line.row.top < 0.8 * line.row.size
    short = line.row.left > low + 2.5 * line.row.size
    spoken = END.search(before.text) or END.search(line.text) or MARKER.match(line.text)
    return off < line.row.size and close and short and not spoken and len(before.text) >= 8


def _refused(reason: str, name: str) -> Problem:
    if PASSWORD_ERROR in reason.lower():
        return Problem("reading.encrypted", "PDF 有密码，打不开", where=name, remedy="请去掉密码后另存，再上传")
    return Problem("reading.broken", "PDF 已损坏，打不开", where=name, remedy="请重新导出 PDF 后再读")
