"""Workbooks: every row a line, every cell in its place, so that a task table reads like one in Word."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from taizhang.kernel.errors import Problem
from taizhang.reading.formats.build import Builder, Span
from taizhang.reading.model import Source

MAX_COLUMNS = 200
MAX_MERGED = 100_000
"""Larger merged ranges are page layout, not cells that share a text."""


def read_xlsx(data: bytes, name: str) -> Source:
    """Text of a workbook, sheet by sheet; a row with one filled cell is a paragraph, such as a title."""
    builder = Builder()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for table, sheet in enumerate(workbook.sheet_names):
            _sheet(builder, workbook.get_sheet_by_name(sheet), table)
    except (CalamineError, ValueError, OSError) as error:
        reason = str(error).lower()
        if "password" in reason or "encrypt" in reason:
            raise Problem(
                "reading.encrypted", "表格有密码，打不开", where=name, remedy="请去掉密码后另存，再上传"
            ) from error
        raise Problem(
            "reading.broken", "表格已损坏，打不开", where=name, remedy="请用 Excel 或 WPS 打开后另存为 xlsx，再上传"
        ) from error
    return builder.source(name, "xlsx")


def _sheet(builder: Builder, sheet: CalamineSheet, table: int) -> None:
    """Row by row, so that a large sheet is never held twice; merged cells share the text of their first one."""
    down, across = _merged(sheet)
    seen: dict[tuple[int, int], Span] = {}
    for number, values in enumerate(sheet.iter_rows()):
        cells = [shown(value) for value in values[:MAX_COLUMNS]]
        while cells and not cells[-1] and (number, len(cells) - 1) not in down:
            cells.pop()
        wide = {column: first for column, first in across.get(number, {}).items() if column < len(cells)}
        shared = {
            column: seen[down[number, column]]
            for column in range(len(cells))
            if (number, column) in down and down[number, column] in seen
        }
        if not shared and sum(bool(cell) for cell in cells) == 1 and cells[0]:
            builder.paragraph(cells[0])
            continue
        spans = builder.row(cells, table=table, shared=shared, wide=wide)
        if down:
            seen |= {(number, column): span for column, span in spans.items() if (number, column) not in down}


def _merged(sheet: CalamineSheet) -> tuple[dict[tuple[int, int], tuple[int, int]], dict[int, dict[int, int]]]:
    """For every covered cell below the first row of a merged range its first cell; for the first row the column."""
    down: dict[tuple[int, int], tuple[int, int]] = {}
    across: dict[int, dict[int, int]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if (bottom - top + 1) * (right - left + 1) > MAX_MERGED or len(down) > MAX_MERGED:
            continue
        for column in range(left + 1, right + 1):
            across.setdefault(top, {})[column] = left
        for row in range(top + 1, bottom + 1):
            down |= {(row, column): (top, left) for column in range(left, right + 1)}
    return down, across


def shown(value: Any) -> str:
    """A cell as it reads: whole numbers without a point, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).strip()
