"""The check report: the reader's page with what people said of the doubts, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from taizhang.documents.across import across_of
from taizhang.documents.models import Document, Settlement
from taizhang.documents.queries import checks_for, reading_for
from taizhang.documents.readings import Check
from taizhang.reading.checknotes import Places, sentence
from taizhang.reading.checkpage import render_all
from taizhang.reading.checkstyle import STYLE_HASH
from taizhang.reading.model import Reading

# The page carries its own style and nothing else; it stays one file when it is saved or passed on.
POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
LEVELS = {"alarm": "不符", "note": "提示"}
HEAD = ("位置", "章节", "类别", "级别", "数字", "原文", "算式", "处理", "更正为", "说明", "处理人", "处理时间")
WIDTHS = (8, 24, 12, 8, 24, 50, 50, 12, 20, 24, 12, 18)


def check_report(documents: Sequence[Document]) -> HttpResponse:
    """One page for one or several documents."""
    readings = [reading_for(document) for document in documents]
    said = {
        (index, check.name): settled_words(check.settlement)
        for index, (document, reading) in enumerate(zip(documents, readings, strict=True))
        for check in checks_for(document, reading)
        if check.settlement
    }
    between = across_of(documents, readings) if len(documents) > 1 else []
    said |= {(-1, f"x{index}"): settled_words(item.settlement) for index, item in enumerate(between) if item.settlement}
    across = [item.finding for item in between]
    return HttpResponse(render_all(readings, across, said), headers={"Content-Security-Policy": POLICY})


def settled_words(settlement: Settlement) -> str:
    """更正为：75%（笔误）办公室 王海 2026-03-02"""
    said = str(settlement.get_decision_display())
    if settlement.correction:
        said += f"：{settlement.correction}"
    if settlement.note:
        said += f"（{settlement.note}）"
    return f"{said} {settlement.by or '系统'} {timezone.localdate(settlement.at):%Y-%m-%d}"


def findings_table(document: Document) -> bytes:
    """Every doubt of a document with what was said about it, as an xlsx file."""
    reading = reading_for(document)
    places = Places(reading)
    book = Workbook()
    sheet = book.active
    sheet.title = "核数发现"
    sheet.append(HEAD)
    for check in checks_for(document, reading):
        if check.doubtful:
            sheet.append([_plain(value) for value in _line(reading, places, check)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in zip("ABCDEFGHIJKL", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = "1:1"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _line(reading: Reading, places: Places, check: Check) -> tuple[str, ...]:
    place = check.spans[-1][0]
    said = check.settlement
    settled = (
        (
            str(said.get_decision_display()), said.correction, said.note, str(said.by or "系统"),
            f"{timezone.localtime(said.at):%Y-%m-%d %H:%M}",
        )
        if said
        else ("未处理", "", "", "", "")
    )  # fmt: skip
    return (
        f"第{places.line(place)}行", places.heading(place), check.kind, LEVELS[check.level], "、".join(check.texts),
        sentence(reading.source.text, place), check.why, *settled,
    )  # fmt: skip


def _plain(value: str) -> str:
    """Text that a spreadsheet shows as it is: no formula, no sign that the format forbids."""
    clean = "".join(sign for sign in value if sign >= " ")
    return f"'{clean}" if clean[:1] in "=+-@" and clean[:1] else clean
