"""Word documents: paragraphs, tables, generated list numbers, tracked changes, text boxes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from lxml import etree

from taizhang.kernel.errors import Problem
from taizhang.reading.formats.build import Builder
from taizhang.reading.formats.numbering import Numbering
from taizhang.reading.formats.ooxml import W, attribute, broken_docx, parse_part
from taizhang.reading.model import Source

# Deleted and moved-away text is gone for the reader; the fallback repeats what the choice already says.
GONE = {
    f"{W}del",
    f"{W}moveFrom",
    f"{W}instrText",
    f"{W}delText",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
MAX_DEPTH = 60
"""Deeper nesting of tables and text boxes than any writer makes; beyond it the content is left out."""


def read_docx(data: bytes, name: str) -> Source:
    """Text of a .docx in reading order; headers and footers go to ``furniture``. Raises Problem when it is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            body = parse_part(packed, "word/document.xml", name)
            numbering = Numbering(
                parse_part(packed, "word/numbering.xml", name, needed=False),
                parse_part(packed, "word/styles.xml", name, needed=False),
            )
            edges = [
                parse_part(packed, part, name)
                for part in sorted(packed.namelist())
                if part.startswith(("word/header", "word/footer")) and part.endswith(".xml")
            ]
            notes = parse_part(packed, "word/footnotes.xml", name, needed=False)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, KeyError, EOFError) as error:
        raise broken_docx(name) from error
    except RuntimeError as error:  # zipfile's way to say that a part is encrypted
        raise Problem("reading.encrypted", "文件有密码,打不开", where=name, remedy="请去掉密码后另存,再上传") from error
    root = None if body is None else body.find(f"{W}body")
    if root is None:
        raise broken_docx(name)
    reader = _Reader(numbering)
    reader.blocks(root, 0)
    if notes is not None:
        for note in notes.findall(f"{W}footnote"):
            if attribute(note, "type") is None:
                reader.builder.paragraph(_text(note), kind="footnote")
    furniture = [line for edge in edges if edge is not None and (line := _text(edge).strip())]
    remarks = ["文稿带有修订痕迹:已删去的不读,新插入的照读"] if reader.tracked else []
    return reader.builder.source(name, "docx", notes=remarks, furniture=furniture)


class _Reader:
    def __init__(self, numbering: Numbering) -> None:
        self.builder, self.numbering = Builder(), numbering
        self.tables, self.tracked = 0, False

    def blocks(self, parent: etree._Element, depth: int) -> None:
        """Paragraphs and tables below an element, in reading order."""
        if depth > MAX_DEPTH:
            return
        for child in parent:
            if child.tag == f"{W}p":
                self.paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                self.table(child, depth)
            elif child.tag in GONE:
                self.tracked = True
            elif isinstance(child.tag, str) and child.tag not in (f"{W}sectPr", f"{W}sdtPr"):
                self.blocks(child, depth + 1)  # content controls, insertions, custom markup

    def paragraph(self, element: etree._Element, depth: int) -> None:
        number, level = self.numbering.next(element)
        if not self.tracked:
            self.tracked = element.find(f".//{W}ins") is not None or element.find(f".//{W}del") is not None
        for index, line in enumerate(_text(element).split("\n")):
            text = line.strip()
            if text and index == 0:
                text = number + text
            self.builder.paragraph(text, kind="heading" if level else "paragraph", level=level)
        for box in _boxes(element):
            self.blocks(box, depth + 1)

    def table(self, element: etree._Element, depth: int) -> None:
        table, self.tables = self.tables, self.tables + 1
        for row in element.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not element:
                continue  # a table within a cell is read with that cell
            self.builder.row([self._cell(cell) for cell in _cells(row)], table=table)

    def _cell(self, cell: etree._Element) -> str:
        pieces = []
        for paragraph in cell.iter(f"{W}p"):
            number, _ = self.numbering.next(paragraph)
            text = _text(paragraph).strip()
            pieces.append(number + text if text else "")
        return " ".join(piece for piece in pieces if piece)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag == f"{W}sdt":
            yield from child.iterfind(f"{W}sdtContent/{W}tc")


def _text(element: etree._Element) -> str:
    """Visible text of an element without that of the text boxes in it; paragraphs are parted by line ends."""
    pieces: list[str] = []
    stack: list[etree._Element | str] = [element]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        if item.tag in GONE or item.tag == f"{W}txbxContent" or _hidden(item):
            continue
        if item.tag == f"{W}t":
            pieces.append(item.text or "")
        elif item.tag in SIGNS:
            pieces.append(SIGNS[item.tag])
        if item.tag == f"{W}p" and item is not element:
            stack.append("\n")
        stack.extend(reversed(item))
    return "".join(pieces)


def _hidden(item: etree._Element) -> bool:
    if item.tag != f"{W}r":
        return False
    mark = item.find(f"{W}rPr/{W}vanish")
    return mark is not None and attribute(mark, "val") not in ("0", "false")


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """Text boxes anchored in a paragraph, the outermost ones, each once."""
    for box in element.iter(f"{W}txbxContent"):
        above = {ancestor.tag for ancestor in box.iterancestors() if ancestor is not element}
        inside = list(box.iterancestors(f"{W}p"))
        if not (above & GONE) and inside and inside[0] is element:
            yield box
