"""What the readers of Word's XML share: the package with its parts, safe parsing, attributes."""

from __future__ import annotations

import posixpath
import zipfile

from lxml import etree

from taizhang.kernel.errors import Problem

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Strict files say the same in other namespaces.
STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
}
MAIN = "word/document.xml"


class Package:
    """The parts of an opened Word file. Their names come from its relationships, or are the usual ones without them."""

    def __init__(self, packed: zipfile.ZipFile, name: str) -> None:
        self._packed, self._name = packed, name
        self._names = set(packed.namelist())
        self.main = next(iter(self._related("_rels/.rels", "", "officeDocument")), MAIN)
        if self.main not in self._names:
            self.main = MAIN

    def body(self) -> etree._Element:
        """Root of the main part; without it the file is broken."""
        root = parse_part(self._packed, self.main, self._name)
        if root is None:
            raise broken_docx(self._name)
        return root

    def part(self, kind: str) -> etree._Element | None:
        """A part that a document has once, such as styles; None when it is missing or damaged."""
        return next(iter(self.parts(kind)), None)

    def parts(self, kind: str) -> list[etree._Element]:
        """All parts of a kind in the order of their names: headers, footers."""
        folder, file = posixpath.split(self.main)
        found = self._related(f"{folder}/_rels/{file}.rels", folder, kind)
        usual = [name for name in self._names if name.startswith(f"{folder}/{kind}") and name.endswith(".xml")]
        roots = [parse_part(self._packed, part, self._name, needed=False) for part in sorted({*found, *usual})]
        return [root for root in roots if root is not None]

    def _related(self, part: str, folder: str, kind: str) -> list[str]:
        if part not in self._names:
            return []
        root = parse_part(self._packed, part, self._name, needed=False)
        targets = [] if root is None else [item for item in root if str(item.get("Type")).endswith("/" + kind)]
        paths = [posixpath.normpath(posixpath.join("/" + folder, item.get("Target") or "")) for item in targets]
        return [path.lstrip("/") for path in paths if path.lstrip("/") in self._names]


def parse_part(packed: zipfile.ZipFile, part: str, name: str, *, needed: bool = True) -> etree._Element | None:
    """Root of one XML part; None when it is missing and not needed. No entities, no network, no huge trees."""
    try:
        data = packed.read(part)
    except KeyError:
        if needed:
            raise broken_docx(name) from None
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False, huge_tree=False)
    for strict, usual in STRICT.items():
        data = data.replace(strict, usual)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if needed:
            raise broken_docx(name) from error
        return None


def attribute(element: etree._Element, key: str) -> str | None:
    """A ``w:`` attribute."""
    value = element.get(W + key)
    return None if value is None else str(value)


def number_in(element: etree._Element | None, key: str, default: int) -> int:
    """A small whole number in a ``w:`` attribute; ``default`` when there is none or it is none."""
    text = None if element is None else attribute(element, key)
    try:
        return max(-1, min(int(text or ""), 10_000))
    except ValueError:
        return default


def is_on(element: etree._Element | None) -> bool:
    """A switch such as ``w:vanish``: present and not said to be off."""
    return element is not None and attribute(element, "val") not in ("0", "false", "off")


def broken_docx(name: str) -> Problem:
    """The file is a damaged Word document."""
    return Problem(
        "reading.broken", "Word 文件已损坏，打不开", where=name, remedy="请用 Word 或 WPS 打开后另存一份，再上传"
    )
