"""The table as it is printed and sent: 周次 | 日期 | 每周工作要点 | 备注."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell

from taizhang.schedule.models import Entry, Table
from taizhang.schedule.weeks import Week, days_text

HEAD = ("周次", "日期", "每周工作要点", "备注")
WIDTHS = (1.4, 2.6, 9.6, 3.4)  # cm: 17 cm of an A4 page
Rows = Sequence[tuple[Week, list[Entry], str]]


def line_of(entry: Entry) -> str:
    """An entry in the words of the table: 周一上午 基础教育科 教学视导（第一小学）."""
    words = [days_text(entry.start, entry.end, entry.half), entry.actor, entry.activity]
    text = " ".join(word for word in words if word)
    return f"{text}（{entry.place}）" if entry.place and entry.place not in entry.activity else text


def table_docx(table: Table, rows: Rows) -> bytes:
    """The whole term on paper; the head is repeated on each page, a week is not torn apart."""
    made = docx.Document()
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    _font(made.styles["Normal"], "仿宋_GB2312", 11)
    title = made.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(title.add_run(table.title), "方正小标宋简体", 18)
    grid = made.add_table(rows=1, cols=len(HEAD), style="Table Grid")
    grid.autofit = False
    for cell, text in zip(grid.rows[0].cells, HEAD, strict=True):
        _write(cell, [text], centre=True, bold=True)
    _mark(grid.rows[0], "w:tblHeader")
    for week, entries, remark in rows:
        row = grid.add_row()
        _mark(row, "w:cantSplit")
        numbered = [f"{number}、{line_of(entry)}" for number, entry in enumerate(entries, 1)]
        _write(row.cells[0], [str(week.number)], centre=True)
        _write(row.cells[1], [week.label], centre=True)
        _write(row.cells[2], numbered or [""])
        _write(row.cells[3], remark.splitlines() or [""])
    for row in grid.rows:
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = Cm(width)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _write(cell: _Cell, lines: Sequence[str], *, centre: bool = False, bold: bool = False) -> None:
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.add_run(line).bold = bold
        if centre:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _mark(row: object, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # type: ignore[attr-defined]


def _font(thing: object, name: str, size: float) -> None:
    """A style's or run's typeface, for Chinese too."""
    thing.font.name, thing.font.size = name, Pt(size)  # type: ignore[attr-defined]
    element = thing.element if hasattr(thing, "element") else thing._element  # type: ignore[attr-defined]
    element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
