"""Web pages: the lines of the main text, without menus and page furniture."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from taizhang.kernel.errors import Problem
from taizhang.reading.decode import decode
from taizhang.reading.formats.build import Builder
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

    def walk(self, root: etree._Element) -> None:
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if any(ancestor.tag == "tr" for ancestor in _upto(element, root)):
                continue
            if event == "start":
                self._open(tag, element)
            else:
                self._close(tag)
                if element is not root:
                    self._line += _flat(element.tail)
        self._flush()

    def _open(self, tag: str, element: etree._Element) -> None:
        if tag in LINES or tag == "br":
            self._flush()
        if tag == "table":
            self._tables += 1
        if tag == "tr":
            self._row(element)
            return
        if re.fullmatch("h[1-6]", tag):
            self._heading = int(tag[1])
        self._line += _flat(element.text)

    def _close(self, tag: str) -> None:
        if tag in LINES:
            self._flush()
        if re.fullmatch("h[1-6]", tag):
            self._heading = 0

    def _row(self, row: etree._Element) -> None:
        cells = [_flat("".join(map(str, cell.itertext()))) for cell in row if cell.tag in ("td", "th")]
        if len(cells) == 1:  # pages that are laid out with a table
            for line in "\n".join(map(str, row.itertext())).split("\n"):
                self.builder.paragraph(_flat(line))
        else:
            self.builder.row(cells, table=self._tables)

    def _flush(self) -> None:
        line, self._line = self._line, ""
        self.builder.paragraph(line, kind="heading" if self._heading else "paragraph", level=self._heading)


def _upto(element: etree._Element, root: etree._Element) -> list[etree._Element]:
    """The ancestors of an element below ``root``; a table row swallows what is in it."""
    above = []
    for ancestor in element.iterancestors():
        if ancestor is root:
            break
        above.append(ancestor)
    return above


def _flat(text: str | None) -> str:
    """Line ends and runs of spaces inside running text mean nothing in HTML; ideographic spaces do."""
    return re.sub(r"[ \t\r\n]+", " ", text) if text else ""
