"""Small tools for WordprocessingML: elements by short names, and packages whose bytes depend on their content alone."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from lxml import etree

# The first moment a zip can express: a package must not tell when it was written.
EPOCH = (1980, 1, 1, 0, 0, 0)
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def w(tag: str, attributes: dict[str, Any] | None = None, *children: Any) -> Any:
    """An element of the ``w:`` namespace; attributes are of that namespace as well, None leaves one out."""
    element = OxmlElement(f"w:{tag}")
    for name, value in (attributes or {}).items():
        if value is not None:
            element.set(qn(f"w:{name}"), str(value))
    element.extend(child for child in children if child is not None)
    return element


def text_element(text: str) -> Any:
    """``w:t`` that keeps its spaces."""
    element = w("t")
    element.text = text
    if text != text.strip():
        element.set(XML_SPACE, "preserve")
    return element


def xml_bytes(element: Any) -> bytes:
    """A part's bytes."""
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)


def fixed_zip(package: bytes) -> bytes:
    """The same package with its members in order and without time stamps."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w") as fixed:
        # Readers that stream want the content types first.
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, date_time=EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            fixed.writestr(member, source.read(name))
    return target.getvalue()
