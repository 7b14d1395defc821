"""Small tools for WordprocessingML: elements by short names, and packages whose bytes depend on their content alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import Any

from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import OxmlElement, parse_xml
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


EMU = 635
"""English metric units a twip, the measure of drawings."""
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_OFFICE = "http://schemas.microsoft.com/office/word/2010"
_FOOT_BOX = f"""<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:a="{_DRAWING}/main" xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:wps="{_OFFICE}/wordprocessingShape"
 xmlns:w="{nsmap["w"]}"><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0"
 simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH><wp:positionV relativeFrom="margin">
<wp:align>bottom</wp:align></wp:positionV><wp:extent cx="{{cx}}" cy="{{cy}}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>
<wp:wrapTopAndBottom/><wp:docPr id="1" name="版记"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData
 uri="{_OFFICE}/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext
 cx="{{cx}}" cy="{{cy}}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln>
</wps:spPr><wps:txbx><w:txbxContent/></wps:txbx><wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"/></wps:wsp>
</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent>"""


def foot_box(content: Iterable[Any], width: int, height: int, paragraph: Any) -> Any:
    """``paragraph`` with a box hung on it that stands at the foot of the text area; width and height in twips."""
    drawing = parse_xml(_FOOT_BOX.format(cx=width * EMU, cy=height * EMU))
    next(drawing.iter(qn("w:txbxContent"))).extend(content)
    paragraph.append(w("r", None, drawing))
    return paragraph


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
