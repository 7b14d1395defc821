"""A round as workbooks: the sheet to fill in offline (one school or a whole district), the list of who has filed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

from taizhang.kernel.sheet_writer import AS_TEXT
from taizhang.org.models import User
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.collections.actions.sheets import EXPLANATION
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.collections.queries import by_district, marks_of, returns_for
from taizhang.registers.collections.sheet import Sheet

FONT = {"font_name": "宋体", "font_size": 11}
SPARE_ROWS = 200


def write_round(plan: Blueprint, sheets: Sequence[Sheet], target: IO[bytes]) -> None:
    """Every unit's rows with what is typed and, in grey italics, what is known and waits to be confirmed."""
    dimensions = list(plan.register.dimensions)
    names = [item.name for item in sheets[0].fields] if sheets else []
    header = ["单位编码", "单位", "期间", *dimensions, *names, EXPLANATION]
    with xlsxwriter.Workbook(target, AS_TEXT) as book:
        head = book.add_format({**FONT, "bold": True, "bg_color": "#EEF2F6", "border": 1, "text_wrap": True})
        old = book.add_format({**FONT, "italic": True, "font_color": "#6B7280", "bg_color": "#F6F7F9"})
        page, notes = book.add_worksheet("填报"), book.add_worksheet("说明")
        page.freeze_panes(1, 3 + len(dimensions))
        page.set_row(0, 32)
        for index, name in enumerate(header):
            page.write_string(0, index, name, head)
            item = plan.fields.get(name)
            width = max(10, min(40, 2.2 * len(name) + 2))
            page.set_column(
                index, index, width, book.add_format({**FONT, "num_format": item.number_format if item else "@"})
            )
            if item and (rule := item.validation()) and len(",".join(map(str, rule.get("source", [])))) < 255:
                page.data_validation(1, index, len(sheets) + SPARE_ROWS, index, {**rule, "ignore_blank": True})
        line = 0
        for sheet in sheets:
            for key in sheet.keys or [""]:
                line += 1
                _write_row(page, line, sheet, key, dimensions, names, old)
        for place, text in enumerate(NOTES):
            notes.write_string(place, 0, text)


def _write_row(page: Any, line: int, sheet: Sheet, key: str, dimensions: list[str], names: list[str], old: Any) -> None:
    returned = sheet.returned
    parts = dict(zip(dimensions, key.split("|"), strict=False))
    for index, text in enumerate(
        (returned.unit.code, returned.unit.name, returned.round.period, *(parts.get(name, "") for name in dimensions))
    ):
        page.write_string(line, index, text)
    start = 3 + len(dimensions)
    for index, name in enumerate(names, start=start):
        item = sheet.by_name[name]
        stored = sheet.stored(key, name)
        if stored is None or item.definition.sensitive:
            continue
        value, style = item.cell(stored), None if sheet.is_touched(key, name) else old
        if isinstance(value, int | float) and not isinstance(value, bool):
            page.write_number(line, index, value, style)
        else:
            page.write_string(line, index, item.display(stored), style)
    notes = returned.notes.get(key, {})
    if notes:
        page.write_string(line, start + len(names), "；".join(dict.fromkeys(notes.values())))


def write_status(user: User, round_: Round, target: IO[bytes]) -> int:
    """Who has filed: one row a unit, then the on-time rate by district. Returns the number of units."""
    rows = list(returns_for(user, round_).select_related("unit__parent", "submitted_by").order_by("unit__path"))
    marks = marks_of(round_, [item.unit_id for item in rows])
    with xlsxwriter.Workbook(target, AS_TEXT) as book:
        head = book.add_format({**FONT, "bold": True, "bg_color": "#EEF2F6", "border": 1})
        page = book.add_worksheet("填报情况")
        page.set_column(0, len(STATUS), 16)
        page.write_row(0, 0, STATUS, head)
        for line, item in enumerate(rows, start=1):
            page.write_row(line, 0, _status(item, marks.get(item.unit_id, {})))
        page = book.add_worksheet("按学区")
        page.set_column(0, 5, 14)
        page.write_row(0, 0, ["学区", "应报", "已报", "按时", "已通过"], head)
        for line, district in enumerate(by_district(user, round_), start=1):
            page.write_row(
                line, 0, [district.name, district.all, district.submitted, district.on_time, district.approved]
            )
    return len(rows)


def _status(item: Return, mark: dict[str, Any]) -> list[Any]:
    at = timezone.localtime(item.submitted_at).strftime("%Y-%m-%d %H:%M") if item.submitted_at else ""
    parent = item.unit.parent.name if item.unit.parent else ""
    return [
        item.unit.code, item.unit.name, parent, item.get_state_display(), item.filled, item.asked, at,
        item.submitted_by.display_name if item.submitted_by else "", "逾期" if item.is_late else "", item.receipt,
        mark.get("times", 0), str(mark.get("until") or ""),
    ]  # fmt: skip


STATUS = [
    "单位编码",
    "单位",
    "上级",
    "状态",
    "已填",
    "应填",
    "提交时间",
    "填报人",
    "逾期",
    "回执号",
    "催报次数",
    "放宽至",
]
NOTES = (
    "灰色斜体是上期或台账已有的数：改成本期的数，或原样保留；上传即视为已核对。",
    "不要改表头，不要删单位编码。一个单位分几行填的（如各学段），每行一条，可以加行。",
    "与上期相差较大的，在“异动说明”里写明原因。空着的格子不改动已填的数。敏感字段只在网页上填。",
)
