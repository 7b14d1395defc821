"""Workbooks of xlsxwriter: the template to fill in, and what the sheets with marked cells share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from taizhang.catalog.schema import FieldDef
from taizhang.org.models import Unit
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.drafts import PERIOD_HINTS
from taizhang.registers.fields import FIELDS

Target = Path | IO[bytes]
TEMPLATE_ROWS = 2000
LONGEST_LIST = 255  # Excel refuses a longer list inside a rule; it then goes to a hidden sheet
REASON = "拒收原因"
# The header alone is locked, without a password: whoever fills in may size, sort, filter, and take out rows and columns.
MAY_IN_TEMPLATE = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "delete_rows": True,
    "delete_columns": True, "sort": True, "autofilter": True,
}  # fmt: skip


def write_template(register: str, target: Target, units: Sequence[Unit] = (), period: str = "") -> None:
    """The workbook to fill in: one column a field with its note and drop-down, and a sheet that explains.

    ``units`` (and ``period``) are put in already, a row each, for a statistics register; the unit column is left out
    when there is exactly one unit.
    """
    plan = blueprint(register)
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target) as book:
        style = Style(book)
        page = book.add_worksheet(_sheet_name(plan.register.name))
        lists = _Lists(book)
        header = _template_header(plan, with_unit=len(units) != 1)
        _write_header(page, style, plan, header)
        for index, name in enumerate(header):
            field = plan.fields.get(name)
            rule = field.validation() if field else None
            page.set_column(index, index, width_of(name), style.entry(field.number_format if field else "@"))
            if rule:
                page.data_validation(1, index, TEMPLATE_ROWS, index, lists.fit(name, rule))
        if plan.is_statistics:
            for row, unit in enumerate(units, start=1):
                known = {"单位编码": unit.code, "单位": unit.name, "期间": period}
                for index, name in enumerate(header):
                    if name in known:
                        page.write_string(row, index, known[name], style.entry("@"))
        page.freeze_panes(1, len(header) - len(_template_fields(plan)))
        page.protect("", MAY_IN_TEMPLATE)
        _write_notes(book, style, plan)


def as_target(target: Target) -> Any:
    """A path or an open file as xlsxwriter takes it."""
    return str(target) if isinstance(target, Path) else target


def told_by_row(refused: Sequence[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Row number → what is wrong in it."""
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for item in refused:
        told[item["row"]].append(item)
    return told


def reasons_of(items: Sequence[dict[str, Any]]) -> str:
    """All that is wrong in a row, as one text."""
    return "；".join(f"{item['field']}：{item['message']}" if item["field"] else item["message"] for item in items)


class Style:
    """The formats of a workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        base = {"font_name": "宋体", "font_size": 11}
        self.header = book.add_format(
            {**base, "bold": True, "bg_color": "#EEF2F6", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.required = book.add_format(
            {**base, "bold": True, "bg_color": "#FDEBD0", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.wrong = book.add_format({**base, "bg_color": "#F8C9C4"})
        self.reason = book.add_format({**base, "font_color": "#B42318", "text_wrap": True})
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.wrap = book.add_format({**base, "text_wrap": True, "valign": "top"})
        self._cells: dict[str, Any] = {}

    def cell(self, number_format: str) -> Any:
        if number_format not in self._cells:
            self._cells[number_format] = self.book.add_format({"num_format": number_format})
        return self._cells[number_format]

    def entry(self, number_format: str) -> Any:
        """A cell to fill in on a protected sheet."""
        made = self._cells.get(f"entry {number_format}")
        if made is None:
            made = self.book.add_format({"num_format": number_format, "locked": False})
            self._cells[f"entry {number_format}"] = made
        return made


class _Lists:
    """Drop-down lists; those that are too long for a rule lie on a hidden sheet."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.page: Worksheet | None = None
        self.used = 0

    def fit(self, name: str, rule: dict[str, Any]) -> dict[str, Any]:
        if rule["validate"] != "list":
            return {**rule, "ignore_blank": True}
        told = {"error_title": name[:32], "error_message": "请从下拉列表中选择", "ignore_blank": True}
        source = rule["source"]
        # A comma inside an option would split it, and Excel counts the joined list.
        if len(",".join(source)) <= LONGEST_LIST and not any("," in item for item in source):
            return {**rule, **told}
        if self.page is None:
            self.page = self.book.add_worksheet("选项")
            self.page.hide()
        self.page.write_column(0, self.used, source)
        column = xlsxwriter.utility.xl_col_to_name(self.used)
        self.used += 1
        return {"validate": "list", "source": f"=选项!${column}$1:${column}${len(source)}", **told}


def _template_header(plan: Blueprint, *, with_unit: bool) -> list[str]:
    shared = ["单位编码", "单位"] if with_unit else []
    return [*shared, *(["期间"] if plan.is_statistics else ["编号"]), *_template_fields(plan)]


def _template_fields(plan: Blueprint) -> list[str]:
    return [field.name for field in plan.writable() if field.type != "file"]


def _write_header(page: Worksheet, style: Style, plan: Blueprint, header: list[str], *, notes: bool = True) -> None:
    page.freeze_panes(1, 0)
    page.set_row(0, 32)
    for index, name in enumerate(header):
        field = plan.fields.get(name)
        required = (field.definition.required if field else False) or name in ("单位编码", "期间")
        page.write_string(0, index, name, style.required if required else style.header)
        note = _note(field.definition) if field else SHARED_NOTES.get(name, "")
        if notes and note:
            page.write_comment(0, index, note, {"x_scale": 2})


def _note(definition: FieldDef) -> str:
    parts = [
        "必填" if definition.required else "",
        f"单位：{'%' if definition.type == 'percent' else definition.unit}"
        if definition.unit or definition.type == "percent"
        else "",
        definition.help,
    ]
    return "。".join(part for part in parts if part)


def _write_notes(book: Workbook, style: Style, plan: Blueprint) -> None:
    """The sheet 填写说明: how to fill in, then each field with its type, unit and meaning."""
    page = book.add_worksheet("填写说明")
    page.set_column(0, 0, 22)
    page.set_column(1, 3, 14)
    page.set_column(4, 4, 80)
    page.write_string(0, 0, f"{plan.register.name} 填写说明", style.title)
    lines = [plan.register.description, *GENERAL_NOTES]
    if plan.is_statistics:
        lines.append(
            f"期间填{PERIOD_HINTS[plan.register.period or 'year']}。同一单位、同一期间、同一维度只有一行，再次导入即更新。"
        )
    else:
        lines.append("编号由系统生成：新增的行留空；填了编号的行更新该记录。")
    for row, line in enumerate([line for line in lines if line], start=1):
        page.write_string(row, 0, line)
    start = len(lines) + 2
    for index, label in enumerate(("字段", "是否必填", "计量单位", "类型", "说明")):
        page.write_string(start, index, label, style.header)
    for row, field in enumerate(plan.writable(), start=start + 1):
        definition = field.definition
        told = [definition.help, FIELDS[field.type].doc]
        if field.choices:
            told.append("可填：" + "、".join(field.choices))
        cells = (
            definition.name,
            "必填" if definition.required else "",
            field.unit,
            TYPE_NAMES[field.type],
            " ".join(text for text in told if text),
        )
        for index, text in enumerate(cells):
            page.write_string(row, index, text, style.wrap)


# A day of a sheet is its distance from the day zero; before March 1900 the sheet counts a day that never was.
MARCH_1900, DAY_ZERO = date(1900, 3, 1), date(1899, 12, 30).toordinal()


def write_cell(page: Worksheet, row: int, column: int, value: Any, style: Any) -> None:
    """A cell by its value's kind. Text is never taken for a formula: a sheet must not run what somebody typed."""
    kind = type(value)
    if kind is int or kind is float:
        page.write_number(row, column, value, style)
    elif kind is str and value:
        page.write_string(row, column, value, style)
    elif kind is date and value >= MARCH_1900:
        page.write_number(row, column, value.toordinal() - DAY_ZERO, style)
    elif value is None or value == "":
        if style is not None:
            page.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        page.write_string(row, column, "是" if value else "否", style)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value.replace(tzinfo=None), style)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, style)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, style)
    else:
        page.write_string(row, column, str(value), style)


def width_of(name: str) -> float:
    """The width of a column that shows this label."""
    return max(10, min(40, 2.2 * len(name) + 2))


def _sheet_name(name: str) -> str:
    return "".join(" " if char in r"[]:*?/\'" else char for char in name)[:31].strip() or "台账"


SHARED_NOTES = {"单位编码": "必填。学校填 10 位标识码", "期间": "必填", "编号": "新增的行留空；填了编号即更新该记录"}
GENERAL_NOTES = (
    "橙色表头为必填。不要改表头；列的顺序可以变，不填的列可以删去。",
    "只填数字，不带单位；没有数据就留空，不写“无”。日期写成 2025-09-01。",
    "导入时逐行核对：合格的行保存，有误的行连同原因退回，改后再导即可。",
)
TYPE_NAMES = {
    "text": "文字", "long_text": "多行文字", "integer": "整数", "decimal": "小数", "money": "金额", "percent": "百分比",
    "date": "日期", "datetime": "日期时刻", "month": "月份", "school_year": "学年", "choice": "单选", "choices": "多选",
    "yes_no": "是否", "unit": "单位", "person": "人员", "link": "关联记录", "file": "附件", "phone": "电话",
    "id_card": "身份证号", "place": "地点",
}  # fmt: skip
