"""The task table 任务分解表 of a plan: rows for the API, and a sheet that a clerk can send out as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from taizhang.reading.model import Reading, Task

COLUMNS = {
    "序号": 6,
    "来源": 26,
    "任务": 30,
    "量化目标": 30,
    "牵头单位": 16,
    "配合单位": 18,
    "完成时限": 13,
    "原文": 70,
}
"""Columns and their widths in characters."""
FONT = {"font_name": "仿宋", "font_size": 11}
MAX_CELL = 32_000
"""Excel cuts a cell off at 32,767 characters."""


def plan_rows(reading: Reading) -> list[dict[str, Any]]:
    """One row per task, keys as in :data:`COLUMNS`; ``完成时限`` is a date, the words of the text, or ""."""
    rows: list[dict[str, Any]] = []
    above: dict[str, str] = {}
    following = 0
    for number, task in enumerate(reading.tasks, 1):
        while following < len(reading.headings) and reading.headings[following].start < task.start:
            heading = reading.headings[following]
            above[heading.text] = heading.marker.strip()
            following += 1
        rows.append(_row(reading, number, task, above))
    return rows


def _row(reading: Reading, number: int, task: Task, markers: dict[str, str]) -> dict[str, Any]:
    """``markers`` are the numbers of the headings above, by their text: a chapter is known by both."""
    targets = dict.fromkeys(reading.targets[index].text for index in task.targets)
    place = [markers.get(text, "") + text for text in task.path] + ([task.number] if task.number else [])
    return {
        "序号": number,
        "来源": " / ".join(piece.strip() for piece in place if piece.strip()),
        "任务": task.title,
        "量化目标": "\n".join(" ".join(text.split()) for text in targets),
        "牵头单位": "、".join(task.lead_units),
        "配合单位": "、".join(task.assisting_units),
        "完成时限": task.deadline or task.deadline_text or "",
        "原文": task.text,
    }


def write_plan_xlsx(reading: Reading, path: str | Path) -> None:
    """Writes the task table: title, frozen and repeated header, filter, wrapped cells, landscape A4, page numbers."""
    rows = plan_rows(reading)
    title = _title(reading)
    # texts such as "=1" or "http://…" come from documents: they stay text
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "comments": f"由《{reading.source.name}》分解"})
        sheet = book.add_worksheet("任务分解表")
        _set_up(sheet, len(rows))
        _write(book, sheet, title, rows)


def _title(reading: Reading) -> str:
    name = reading.articles[0].title if len(reading.articles) == 1 else Path(reading.source.name).stem
    return f"{name}任务分解表"


def _set_up(sheet: Worksheet, count: int) -> None:
    last = len(COLUMNS) - 1
    for index, width in enumerate(COLUMNS.values()):
        sheet.set_column(index, index, width)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, max(count, 1) + 1, last)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.repeat_rows(1)
    sheet.print_area(0, 0, max(count, 1) + 1, last)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _write(book: Workbook, sheet: Worksheet, title: str, rows: list[dict[str, Any]]) -> None:
    heading = book.add_format({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"font_name": "黑体", "font_size": 11, "bold": True, "border": 1, "bg_color": "#EDF1F5", "align": "center"}
        | {"valign": "vcenter", "text_wrap": True}
    )
    body: dict[str, Any] = {**FONT, "border": 1, "text_wrap": True, "valign": "top"}
    text = book.add_format(body)
    middle = book.add_format({**body, "align": "center"})
    day = book.add_format({**body, "align": "center", "num_format": "yyyy-mm-dd"})
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, title, heading)
    sheet.set_row(0, 30)
    sheet.set_row(1, 22)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(1, column, name, head)
    for index, row in enumerate(rows, 2):
        for column, name in enumerate(COLUMNS):
            value = row[name]
            if name == "序号":
                sheet.write_number(index, column, value, middle)
            elif name == "完成时限" and value and not isinstance(value, str):
                sheet.write_datetime(index, column, value, day)
            else:
                sheet.write_string(index, column, str(value)[:MAX_CELL], middle if name == "完成时限" else text)
        sheet.set_row(index, _height(row))


def _height(row: dict[str, Any]) -> float:
    """Room for the fullest cell: no program fits row heights when it only opens the file."""
    lines = max(
        sum(-(-2 * max(len(line), 1) // width) for line in str(row[name]).split("\n"))
        for name, width in COLUMNS.items()
    )
    return min(15.0 * max(lines, 1) + 6, 400.0)
