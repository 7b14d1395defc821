"""The plan document: ``plan.txt`` set as an official document (GB/T 9704 measures), the same bytes on every run.

In ``plan.txt`` every line is a paragraph; its first character says what it is: ``# `` title, ``一、`` chapter, ``（一）``
section, ``1.`` item, anything else body text.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

# fonts of the levels: title 小标宋 2号 (22 pt); chapter 黑体, section 楷体, the rest 仿宋, all 3号 (16 pt)
STYLES = ((re.compile(r"# "), "方正小标宋简体", 22), (re.compile(r"[一二三四五六七八九十]+、"), "黑体", 16),
          (re.compile(r"（[一二三四五六七八九十]+）"), "楷体_GB2312", 16), (re.compile(r""), "仿宋_GB2312", 16))  # fmt: skip
ITEM = re.compile(r"(\d+\.[^。]{1,35}。)(.+)")
SIGNATURE = re.compile(r"青山县教育局$|\d{4}年\d{1,2}月\d{1,2}日$")
STAMP = dt.datetime(2026, 2, 25, 9, 0, 0)  # noqa: DTZ001 - core properties carry no zone
ZIP_STAMP = (2026, 2, 25, 9, 0, 0)


def document(text: str) -> bytes:
    """The docx of the plan's text."""
    page = Document()
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    for line in filter(None, text.split("\n")):
        _paragraph(page.add_paragraph(), line)
    properties = page.core_properties
    properties.title, properties.author, properties.comments = text.split("\n")[0][2:], "青山县教育局办公室", ""
    properties.last_modified_by, properties.revision = "青山县教育局办公室", 1
    properties.created = properties.modified = STAMP
    buffer = io.BytesIO()
    page.save(buffer)
    return _still(buffer.getvalue())


def _paragraph(paragraph: Paragraph, line: str) -> None:
    font, size = next((font, size) for pattern, font, size in STYLES if pattern.match(line))
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28.95)
    shape.space_before = shape.space_after = Pt(0)
    if line.startswith("# "):
        shape.alignment, shape.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(36)
        _run(paragraph, line[2:], font, size)
        return
    if SIGNATURE.fullmatch(line):
        shape.alignment, shape.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(2 * size)
    else:
        shape.first_line_indent = Pt(2 * size)
    item = ITEM.fullmatch(line)
    if item:  # the heading of a run-in item stands out by its typeface, as in a printed plan
        _run(paragraph, item[1], "楷体_GB2312", size)
        _run(paragraph, item[2], font, size)
    else:
        _run(paragraph, line, font, size)


def _run(paragraph: Paragraph, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _still(content: bytes) -> bytes:
    """The same package with fixed times: zip entries carry the clock otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as still:
        for name in package.namelist():
            info = zipfile.ZipInfo(name, ZIP_STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            still.writestr(info, package.read(name))
    return out.getvalue()
