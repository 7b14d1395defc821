"""PDF files with text: lines are joined to paragraphs, page numbers and running heads leave the text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import PdfiumError

from taizhang.kernel.errors import Problem
from taizhang.reading.formats.build import MAX_CHARS, Builder, too_long
from taizhang.reading.model import Source

PAGE_NUMBER = re.compile(r"[\s\-—–·.]*(?:第?\s*\d{1,4}\s*页?(?:\s*[/,,共]\s*\d{1,4}\s*页?)?)[\s\-—–·.]*")
MARKER = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[(\uff08][一二三四五六七八九十\d]{1,3}[)\uff09]|\d{1,2}\s*[、.\uff0e](?!\d))"
)
END = re.compile(r"[。;!?:\uff01\uff1a\uff1b\uff1f]$")
# Word processors set a little air between Chinese and figures; pdfium reports it as a space.
LAYOUT_GAP = re.compile(
    r"(?<=[\u3400-\u9fff、。“”《》()%\uff01-\uff5e]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z%]) (?=[\u3400-\u9fff、。“”《》\uff01-\uff5e])"
)
PASSWORD_ERROR = "password"
TEXT_PER_PAGE = 8
"""Fewer characters than this per page, on average, mean pictures of pages."""


@dataclass(frozen=True)
class _Line:
    text: str
    left: float
    right: float
    size: float


def read_pdf(data: bytes, name: str) -> Source:
    """Text of a PDF. A scan, a password or damage raise a Problem that says so."""
    try:
        document = pypdfium2.PdfDocument(data)
    except PdfiumError as error:
        raise _refused(str(error), name) from error
    try:
        pages = _pages(document, name)
    except PdfiumError as error:
        raise _refused(str(error), name) from error
    finally:
        document.close()
    if sum(len(line.text) for page in pages for line in page) < TEXT_PER_PAGE * len(pages):
        raise Problem(
            "reading.scanned",
            "这个 PDF 是扫描件,里面没有文字",
            where=name,
            remedy="请提供 Word 原件或带文字的 PDF,或先做文字识别(OCR)",
        )
    running = _running(pages)
    builder = Builder()
    for paragraph in _paragraphs([[line for line in page if line.text not in running] for page in pages]):
        builder.paragraph(paragraph)
    return builder.source(name, "pdf", furniture=sorted(running))


def _pages(document: pypdfium2.PdfDocument, name: str) -> list[list[_Line]]:
    pages, length = [], 0
    for page in document:
        text = page.get_textpage()
        lines = _lines(text)
        length += sum(len(line.text) for line in lines)
        if length > MAX_CHARS:
            raise too_long(name)
        pages.append(lines)
        text.close()
        page.close()
    return pages


def _lines(page: pypdfium2.PdfTextPage) -> list[_Line]:
    lines, place = [], 0
    # pdfium counts its own characters; inserted line ends are part of the count
    for piece in re.split(r"(\r\n|\n|\r)", page.get_text_range()):
        inner = piece.strip()
        if inner and piece not in ("\r\n", "\n", "\r"):
            first = place + len(piece) - len(piece.lstrip())
            left = _box(page, first)
            right = _box(page, first + len(inner) - 1)
            size = max(left[3] - left[1], right[3] - right[1])
            lines.append(_Line(LAYOUT_GAP.sub("", inner.replace("\ufffe", "")), left[0], right[2], size))
        place += len(piece)
    return lines


def _box(page: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float]:
    try:
        box = page.get_charbox(index)
    except (PdfiumError, IndexError, ValueError):
        return 0.0, 0.0, 0.0, 0.0
    return box[0], box[1], box[2], box[3]


def _running(pages: list[list[_Line]]) -> set[str]:
    """Lines at the edges of pages that are numbers, or that most pages repeat but for their digits."""
    edges = [{line.text for line in (*page[:2], *page[-2:])} for page in pages if page]
    found = {text for edge in edges for text in edge if PAGE_NUMBER.fullmatch(text)}
    shapes = Counter(shape for edge in edges for shape in {_shape(text) for text in edge})
    for edge in edges:
        for text in edge:
            if len(edges) >= 3 and shapes[_shape(text)] * 2 > len(edges) and len(text) <= 40:
                found.add(text)
    return found


def _shape(text: str) -> str:
    return re.sub(r"[\d\s]+", "#", text)


def _paragraphs(pages: list[list[_Line]]) -> list[str]:
    """A line goes on in the next one when it reaches the right margin and the next does not start anew."""
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    rights = sorted(line.right for line in lines)
    lefts = sorted(line.left for line in lines)
    margin, indent = rights[int(len(rights) * 0.9)], lefts[len(lefts) // 10]
    paragraphs: list[str] = []
    before: _Line | None = None
    for line in lines:
        size = max(line.size, 1.0)
        goes_on = before is not None and before.right >= margin - 2.2 * max(before.size, 1.0)
        starts_anew = MARKER.match(line.text) is not None or line.left > indent + 1.2 * size
        if (
            before is not None
            and goes_on
            and not (starts_anew and (END.search(before.text) or line.left > indent + size))
        ):
            paragraphs[-1] += _glue(paragraphs[-1], line.text) + line.text
        else:
            paragraphs.append(line.text)
        before = line
    return paragraphs


def _glue(left: str, right: str) -> str:
    """Latin words are parted by a space, Chinese is not."""
    return " " if left[-1:].isascii() and left[-1:].isalpha() and right[:1].isascii() and right[:1].isalpha() else ""


def _refused(reason: str, name: str) -> Problem:
    if PASSWORD_ERROR in reason.lower():
        return Problem("reading.encrypted", "PDF 有密码,打不开", where=name, remedy="请去掉密码后另存,再上传")
    return Problem("reading.broken", "PDF 已损坏,打不开", where=name, remedy="请重新导出 PDF 后再读")
