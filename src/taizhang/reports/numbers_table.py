"""Every number of a report with where it comes from, as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import xlsxwriter

from taizhang.kernel.periods import Period
from taizhang.kernel.sheet_writer import AS_TEXT
from taizhang.reports.models import Report

HEAD = (
    "编号",
    "文中",
    "数字",
    "值",
    "计量",
    "取整",
    "单位",
    "期间",
    "条件",
    "算法",
    "分子",
    "分母",
    "取数",
    "取数时间",
    "截止",
    "数据版本",
    "说明",
)
WIDTHS = (6, 16, 24, 16, 8, 16, 20, 16, 16, 40, 14, 14, 24, 18, 12, 20, 30)


def numbers_xlsx(report: Report) -> bytes:
    """One row a number, in reading order; the exact value is a number, the printed text stays text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **AS_TEXT})
    book.set_properties({"title": report.title, "author": report.unit.name})
    sheet, bold = book.add_worksheet("数字出处"), book.add_format({"bold": True})
    for place, (word, width) in enumerate(zip(HEAD, WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, word, bold)
    for line, (tag, bound) in enumerate(report.used().items(), start=1):
        for place, value in enumerate(_row(tag, bound)):
            if isinstance(value, Decimal):
                sheet.write_number(line, place, float(value))
            else:
                sheet.write_string(line, place, value)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def _row(tag: str, bound: Mapping[str, Any]) -> list[str | Decimal]:
    def exact(key: str) -> str | Decimal:
        return Decimal(bound[key]) if bound.get(key) is not None else ""

    period = Period.parse(bound["period"]).label if bound.get("period") else ""
    where = "、".join(f"{name}={value}" for name, value in bound.get("where", ()))
    return [
        tag[1:], bound["shown"], bound.get("label", ""), exact("value"), bound.get("measure", ""), bound.get("rounding", ""),
        bound.get("unit_name", ""), period, where, bound.get("formula", ""), exact("numerator"), exact("denominator"),
        bound.get("coverage", ""), bound.get("as_of", "")[:16].replace("T", " "), bound.get("day", ""),
        bound.get("build", ""), bound.get("note", ""),
    ]  # fmt: skip
