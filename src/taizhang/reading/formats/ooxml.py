"""What the readers of Word's XML share."""

from __future__ import annotations

import zipfile

from lxml import etree

from taizhang.kernel.errors import Problem

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
TRANSITIONAL = W[1:-1].encode()


def parse_part(packed: zipfile.ZipFile, part: str, name: str, *, needed: bool = True) -> etree._Element | None:
    """Root of one XML part; None when it is missing and not needed. No entities, no network, no huge trees."""
    try:
        data = packed.read(part)
    except KeyError:
        if needed:
            raise broken_docx(name) from None
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False, huge_tree=False)
    try:
        return etree.fromstring(data.replace(STRICT, TRANSITIONAL), parser)
    except etree.XMLSyntaxError as error:
        if needed:
            raise broken_docx(name) from error
        return None


def attribute(element: etree._Element, key: str) -> str | None:
    """A ``w:`` attribute."""
    value = element.get(W + key)
    return None if value is None else str(value)


def broken_docx(name: str) -> Problem:
    """The file is a damaged Word document."""
    return Problem(
        "reading.broken", "Word 文件已损坏,打不开", where=name, remedy="请用 Word 或 WPS 打开后另存一份,再上传"
    )
