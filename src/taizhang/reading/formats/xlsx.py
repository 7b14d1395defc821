"""Workbooks: every row a line, every cell in its place, so that a task table reads like one in Word."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from taizhang.kernel.errors import Problem
from taizhang.reading.formats.build import Builder
from taizhang.reading.model import Source

MAX_COLUMNS = 200


def read_xlsx(data: bytes, name: str) -> Source:
    """Text of a workbook, sheet by sheet; a row with one filled cell is a paragraph, such as a title."""
    builder = Builder()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for table, sheet in enumerate(workbook.sheet_names):
            for values in workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False):
                _row(builder, [shown(value) for value in values[:MAX_COLUMNS]], table)
    except (CalamineError, ValueError, OSError) as error:
        reason = str(error).lower()
        if "password" in reason or "encrypt" in reason:
            raise Problem(
                "reading.encrypted", "表格有密码,打不开", where=name, remedy="请去掉密码后另存,再上传"
            ) from error
        raise Problem(
            "reading.broken", "表格已损坏,打不开", where=name, remedy="请用 Excel 或 WPS 打开后另存为 xlsx,再上传"
        ) from error
    return builder.source(name, "xlsx")


def _row(builder: Builder, cells: list[str], table: int) -> None:
    while cells and not cells[-1]:
        cells.pop()
    if sum(bool(cell) for cell in cells) == 1 and cells[0]:
        builder.paragraph(cells[0])
    else:
        builder.row(cells, table=table)


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
