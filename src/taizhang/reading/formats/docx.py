"""Word documents: paragraphs, tables, generated list numbers, tracked changes, text boxes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from taizhang.kernel.errors import Problem
from taizhang.reading.formats.build import Builder, Span
from taizhang.reading.formats.numbering import Numbering
from taizhang.reading.formats.ooxml import Package, W, attribute, broken_docx, is_on, number_in
from taizhang.reading.formats.runs import GONE, boxes_of, mark_is_gone, text_of
from taizhang.reading.model import Source

MAX_DEPTH = 60
"""Deeper nesting of tables and text boxes than any writer makes; beyond it the content is left out."""
MAX_GRID = 200
NOTES = ("footnote", "endnote")
CHANGES = tuple(f"{W}{tag}" for tag in ("ins", "del", "moveFrom", "moveTo"))


def read_docx(data: bytes, name: str) -> Source:
    """Text of a .docx in reading order; headers, footers and comments go to ``furniture``.

    Footnotes and endnotes follow the text as blocks of their own. Raises Problem when the file is broken.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            package = Package(packed, name)
            styles = package.part("styles")
            reader = _Reader(Numbering(package.part("numbering"), styles), _contents_styles(styles))
            root = package.body()
            edges = [*package.parts("header"), *package.parts("footer")]
            notes = [(kind, package.part(f"{kind}s")) for kind in NOTES]
            comments = package.part("comments")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, ValueError, KeyError, EOFError) as error:
        raise broken_docx(name) from error
    except RuntimeError as error:  # zipfile's way to say that a part is encrypted
        raise Problem(
            "reading.encrypted", "文件有密码，打不开", where=name, remedy="请去掉密码后另存，再上传"
        ) from error
    body = root.find(f"{W}body")
    if body is None:
        raise broken_docx(name)
    reader.tracked = next(body.iter(*CHANGES), None) is not None
    reader.read(body)
    for kind, part in notes:
        for note in [] if part is None else part.findall(W + kind):
            if attribute(note, "type") is None:
                reader.builder.paragraph(text_of(note), kind="footnote")
    said = [] if comments is None else [_squeezed(text_of(item)) for item in comments.findall(f"{W}comment")]
    furniture = [line for edge in edges if (line := text_of(edge).strip())] + [f"批注：{line}" for line in said if line]
    return reader.builder.source(name, "docx", notes=_remarks(reader, len(said)), furniture=furniture)


def _remarks(reader: _Reader, comments: int) -> list[str]:
    remarks = ["文稿带有修订痕迹：已删去的不读，新插入的照读"] if reader.tracked else []
    return [*remarks, f"文稿带有批注 {comments} 条，没有读进正文"] if comments else remarks


class _Reader:
    def __init__(self, numbering: Numbering, contents: frozenset[str]) -> None:
        self.builder, self.numbering, self.contents = Builder(), numbering, contents
        self.tables, self.tracked = 0, False
        self._carried = ""

    def read(self, body: etree._Element) -> None:
        self.blocks(body, 0)
        self.builder.paragraph(self._carried)

    def blocks(self, parent: etree._Element, depth: int) -> None:
        """Paragraphs and tables below an element, in reading order."""
        if depth > MAX_DEPTH:
            return
        for child in parent:
            if child.tag == f"{W}p":
                self.paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                self.table(child)
            elif child.tag == f"{W}sdt" and _is_left_out(child):
                continue
            elif isinstance(child.tag, str) and child.tag not in GONE and child.tag != f"{W}sectPr":
                self.blocks(child, depth + 1)  # content controls, insertions, custom markup

    def paragraph(self, element: etree._Element, depth: int) -> None:
        style = element.find(f"{W}pPr/{W}pStyle")
        if style is not None and attribute(style, "val") in self.contents:
            return
        text = text_of(element)
        if mark_is_gone(element):
            self._carried += text
            return
        text, self._carried = self._carried + text, ""
        number, level = self.numbering.next(element)
        lines = [line.strip() for line in text.split("\n")]
        lines = ["".join(lines)] if level else lines  # a heading set on two lines is one heading
        for index, line in enumerate(lines):
            shown = number + line if line and index == 0 else line
            self.builder.paragraph(shown, kind="heading" if level else "paragraph", level=level)
        for box in boxes_of(element):
            self.blocks(box, depth + 1)

    def table(self, element: etree._Element) -> None:
        """Rows with every cell in its column; a merged cell stands in the first row and column it covers."""
        table, self.tables = self.tables, self.tables + 1
        above: dict[int, Span] = {}
        for row in element.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not element:
                continue  # a table within a cell is read with that cell
            if row.find(f"{W}trPr/{W}del") is None:
                above = self._row(row, table, above)

    def _row(self, row: etree._Element, table: int, above: dict[int, Span]) -> dict[int, Span]:
        """Writes a row; returns the spans of its cells by column, for cells that go on below."""
        cells: list[str] = [""] * number_in(row.find(f"{W}trPr/{W}gridBefore"), "val", 0)
        wide: dict[int, int] = {}
        shared: dict[int, Span] = {}
        for cell in _cells(row):
            first, width = len(cells), max(number_in(cell.find(f"{W}tcPr/{W}gridSpan"), "val", 1), 1)
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            goes_on = merge is not None and attribute(merge, "val") != "restart"
            text = self._cell(cell)
            if goes_on and first in above and not text.strip():
                shared |= dict.fromkeys(range(first, first + width), above[first])
            wide |= dict.fromkeys(range(first + 1, first + width), first)
            cells += [text, *[""] * (width - 1)]
            if len(cells) > MAX_GRID:
                break
        return self.builder.row(cells, table=table, shared=shared, wide=wide)

    def _cell(self, cell: etree._Element) -> str:
        pieces = []
        for paragraph in cell.iter(f"{W}p"):
            if any(ancestor.tag in GONE for ancestor in paragraph.iterancestors()):
                continue
            text = text_of(paragraph).strip()
            number, _ = self.numbering.next(paragraph)
            pieces.append(number + text if text else "")
        return " ".join(piece for piece in pieces if piece)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag == f"{W}sdt":
            yield from child.iterfind(f"{W}sdtContent/{W}tc")


def _is_left_out(control: etree._Element) -> bool:
    """A generated table of contents repeats the headings; a prompt is not what anybody wrote."""
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    if gallery is not None and attribute(gallery, "val") == "Table of Contents":
        return True
    return is_on(control.find(f"{W}sdtPr/{W}showingPlcHdr"))


def _contents_styles(styles: etree._Element | None) -> frozenset[str]:
    """Styles of the lines of a table of contents: ``toc 1`` and so on."""
    found = set()
    for style in [] if styles is None else styles.findall(f"{W}style"):
        name = style.find(f"{W}name")
        if name is not None and (attribute(name, "val") or "").lower().startswith("toc "):
            found.add(attribute(style, "styleId") or "")
    return frozenset(found - {""})


def _squeezed(text: str) -> str:
    return " ".join(text.split())
