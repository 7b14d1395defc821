"""Web pages: the lines of the main text, without menus and page furniture."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from taizhang.kernel.errors import Problem
from taizhang.reading.decode import decode
from taizhang.reading.formats.build import Builder, Span
from taizhang.reading.model import Source

DROP = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "svg",
    "nav",
    "form",
    "button",
    "select",
    "textarea",
    "aside",
}
LINES = {
    *("p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "center"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "header", "footer", "body", "td", "th", "hr", "figure", "title"),
}
DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
SENTENCE = re.compile(r"[。;,\uff0c\uff1b]")
NUMBERED = re.compile(
    r"\s*(?:[一二三四五六七八九十\d]{1,3}\s*[、.\uff0e)]|[(\uff08][一二三四五六七八九十\d]{1,3}[)\uff09]|[①-⑳])"
)
MAX_COLUMNS = 200
MAIN_SHARE = 0.85
"""The main text is the innermost element that still holds this share of all prose on the page."""


def read_html(data: bytes, name: str) -> Source:
    """The main text of a web page, one line per block; tables as rows."""
    text, encoding = _decode(data, name)
    try:
        root = lxml_html.document_fromstring(
            text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Problem("reading.broken", "网页里没有内容", where=name, remedy="请另存网页后再读") from error
    for element in [item for item in root.iter() if item.tag in DROP or not isinstance(item.tag, str)]:
        parent = element.getparent()
        if parent is not None:
            _detach(element, parent)
    body = root.find("body")
    walker = _Walker()
    walker.walk(_main(body if body is not None else root))
    source = walker.builder.source(name, "html")
    return Source(source.name, source.text, "html", encoding, source.blocks, source.notes)


def _decode(data: bytes, name: str) -> tuple[str, str]:
    declared = DECLARED.search(data[:4096])
    if declared:
        encoding = declared[1].decode("ascii").lower()
        encoding = "gb18030" if encoding in ("gb2312", "gbk", "gb_2312-80") else encoding
        try:
            return data.decode(encoding), encoding
        except (LookupError, UnicodeDecodeError):
            pass  # pages often declare one encoding and use another
    return decode(data, name)


def _detach(element: etree._Element, parent: etree._Element) -> None:
    """Takes an element out but leaves the text that follows it."""
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _main(body: etree._Element) -> etree._Element:
    """The innermost element that holds nearly all of the prose; link texts do not count as prose."""
    weight: dict[etree._Element, int] = {}
    for element in body.iter():
        own = 0 if element.tag == "a" else _prose(element.text)
        own += sum(_prose(child.tail) for child in element)
        weight[element] = own
    for element in reversed(list(body.iter())):
        parent = element.getparent()
        if parent is not None and parent in weight:
            weight[parent] += weight[element]
    here = body
    while weight[here]:
        inner = [child for child in here if weight.get(child, 0) >= MAIN_SHARE * weight[body] and len(child)]
        if not inner or inner[0].tag in ("tr", "tbody", "table", "p"):
            break
        here = inner[0]
    return here


def _prose(text: str | None) -> int:
    return len(text.strip()) * (3 if SENTENCE.search(text) else 1) if text else 0


class _Walker:
    """Turns a tree into lines without recursion, however deep the tree is."""

    def __init__(self) -> None:
        self.builder, self._line, self._tables = Builder(), "", 0
        self._heading = 0
        self._hanging: dict[int, tuple[int, Span]] = {}  # columns that a cell above still covers: for how many rows
        self._counts: list[int | None] = []

    def walk(self, root: etree._Element) -> None:
        swallowed: etree._Element | None = None  # the table row that is read as a whole
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if swallowed is not None:
                if element is not swallowed:
                    continue
                swallowed = None
            elif tag == "tr" and not _is_layout(element):
                swallowed = element
            if event == "start":
                self._open(tag, element, swallowed is not None)
            else:
                self._close(tag)
                if element is not root:
                    self._line += _flat(element.tail)
        self._flush()

    def _open(self, tag: str, element: etree._Element, swallowed: bool) -> None:
        if tag in LINES or tag == "br":
            self._flush()
        if tag == "table":
            self._tables += 1
            self._hanging = {}
        if swallowed:
            self._row(element)
            return
        if tag in ("ol", "ul"):
            self._counts.append(_span(element, "start") if tag == "ol" else None)
        if tag == "li" and self._counts and self._counts[-1] is not None:
            if not NUMBERED.match(_words(element)):
                self._line += f"{self._counts[-1]}."  # a browser prints the number, the page does not hold it
            self._counts[-1] += 1
        if re.fullmatch("h[1-6]", tag):
            self._heading = int(tag[1])
        self._line += _flat(element.text)

    def _close(self, tag: str) -> None:
        if tag in LINES:
            self._flush()
        if tag in ("ol", "ul") and self._counts:
            self._counts.pop()
        if re.fullmatch("h[1-6]", tag):
            self._heading = 0

    def _row(self, row: etree._Element) -> None:
        """Writes a row; cells that are several rows or columns wide count for every place that they cover."""
        found = [cell for cell in row if cell.tag in ("td", "th")]
        if len(found) == 1 and not self._hanging:
            if _span(found[0], "colspan") > 1 and len(_lines(found[0])) == 1:
                self.builder.paragraph(_flat(_words(found[0])))  # a title or chapter across the table
                return
            for line in _lines(found[0]):  # pages that are laid out with a table
                self.builder.paragraph(line)
            return
        cells: list[str] = []
        wide: dict[int, int] = {}
        shared: dict[int, Span] = {}
        below: dict[int, tuple[int, int]] = {}  # first column of a cell that goes on: its width and the rows left
        for cell in [*found, None]:
            while len(cells) in self._hanging:
                shared[len(cells)] = self._hanging[len(cells)][1]
                cells.append("")
            if cell is None or len(cells) > MAX_COLUMNS:
                break
            first, width = len(cells), _span(cell, "colspan")
            wide |= dict.fromkeys(range(first + 1, first + width), first)
            cells += [" ".join(_lines(cell)), *[""] * (width - 1)]
            if _span(cell, "rowspan") > 1:
                below[first] = (width, _span(cell, "rowspan") - 1)
        spans = self.builder.row(cells, table=self._tables, shared=shared, wide=wide)
        self._hanging = {column: (left - 1, span) for column, (left, span) in self._hanging.items() if left > 1}
        for first, (width, left) in below.items():
            if first in spans:
                self._hanging |= dict.fromkeys(range(first, first + width), (left, spans[first]))

    def _flush(self) -> None:
        line, self._line = self._line, ""
        self.builder.paragraph(line, kind="heading" if self._heading else "paragraph", level=self._heading)


def _is_layout(row: etree._Element) -> bool:
    """Does the row hold tables or paragraphs of prose? Then a table lays out the page, as old portals do it."""
    if any(item.tag == "table" for item in row.iter()):
        return True
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    return len(cells) == 1 and sum(item.tag in ("p", "div", "h1", "h2", "h3") for item in cells[0].iter()) > 1


def _lines(cell: etree._Element) -> list[str]:
    """The lines in a cell: a break, a paragraph or an item begins one; inline markup does not."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if element is not cell and (element.tag in LINES or element.tag == "br"):
            pieces.append("\n")
        pieces.append(_flat(element.text if event == "start" else None))
        if event == "end" and element is not cell:
            pieces.append(_flat(element.tail))
    return [line for piece in "".join(pieces).split("\n") if (line := piece.strip())]


def _words(element: etree._Element) -> str:
    return "".join(map(str, element.itertext())).strip()


def _span(element: etree._Element, key: str) -> int:
    """A small whole number in an attribute such as ``colspan``; 1 when there is none or it is none."""
    value = str(element.get(key) or "").strip()
    return max(1, min(int(value), MAX_COLUMNS)) if value.isdecimal() and len(value) < 6 else 1


def _flat(text: str | None) -> str:
    """Line ends and runs of spaces inside running text mean nothing in HTML; ideographic spaces do."""
    return re.sub(r"[ \t\r\n]+", " ", text) if text else ""
