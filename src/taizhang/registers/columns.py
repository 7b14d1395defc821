"""The header of a table: which column is which field, and what to do about the others."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.kernel.tables import Table
from taizhang.registers.blueprint import Blueprint

# Shared columns by every name that people give them.
SHARED = {
    **dict.fromkeys(("单位编码", "学校标识码", "学校代码", "单位代码"), "单位编码"),
    **dict.fromkeys(("单位", "单位名称", "学校", "学校名称"), "单位"),
    **dict.fromkeys(("期间", "报送期", "学年", "学期", "月份", "年份", "年度"), "期间"),
    "编号": "编号",
    "状态": "状态",
}
# Columns that our own exports and people's habits add; they carry nothing to save.
IGNORED = frozenset({"", "序号", "标题", "更新时间", "拒收原因", "到期"})


# A unit of measure behind the name, in brackets of either width.
BRACKETED = re.compile("[(\uff08\\[\u3010][^)\uff09\\]\u3011]*[)\uff09\\]\u3011]$")


@dataclass(frozen=True, slots=True)
class Columns:
    """``fields`` is column index → field name, ``shared`` is shared column → column index."""

    fields: dict[int, str]
    shared: dict[str, int]

    def cell(self, cells: tuple[Any, ...], name: str) -> Any:
        """The cell of a shared column, None when there is no such column."""
        index = self.shared.get(name)
        return None if index is None else cells[index]


def read_header(plan: Blueprint, table: Table, *, needs_unit: bool, needs_period: bool) -> Columns:
    """The meaning of every column. Raises Problem, naming the nearest known headers, when one is unknown or missing."""
    columns = Columns({}, {})
    unknown = []
    for index, label in enumerate(table.header):
        name = known_name(plan, label)
        if name in plan.fields:
            field = plan.fields[name]
            if not field.is_computed and field.type != "file":
                columns.fields[index] = name
        elif name in SHARED:
            columns.shared.setdefault(SHARED[name], index)
        elif name not in IGNORED:
            unknown.append(name)
    where = f"{table.name} 第{table.header_row}行"
    if unknown:
        raise Problem(
            "REG-156",
            f"表头里有不认识的列：{'、'.join(unknown[:8])}",
            where=where,
            remedy="；".join(_suggestion(plan, name) for name in unknown[:8]),
        )
    _require_columns(plan, columns, where, needs_unit=needs_unit, needs_period=needs_period)
    return columns


def _require_columns(plan: Blueprint, columns: Columns, where: str, *, needs_unit: bool, needs_period: bool) -> None:
    missing = []
    if needs_unit and not {"单位编码", "单位"} & columns.shared.keys() and "编号" not in columns.shared:
        missing.append("单位编码")
    if plan.is_statistics and needs_period and "期间" not in columns.shared:
        missing.append("期间")
    present = set(columns.fields.values())
    missing += [name for name in plan.register.dimensions if name not in present]
    # A sheet that names records by number may carry only what changes.
    if "编号" not in columns.shared and not plan.is_statistics:
        missing += [
            item.name
            for item in plan.register.fields
            if item.required and item.default is None and item.type != "file" and item.name not in present
        ]
    if missing:
        raise Problem(
            "REG-157", f"缺少列：{'、'.join(dict.fromkeys(missing))}", where=where, remedy="下载模板，按模板的表头填写"
        )


def known_name(plan: Blueprint, label: str) -> str:
    """A header without the marks around it: ``*在校生数(人)`` is 在校生数."""
    text = re.sub(r"\s+", "", label).strip("*＊:：")
    if text in plan.fields or text in SHARED:
        return text
    folded = {re.sub(r"\s+", "", name): name for name in plan.fields}
    if text in folded:
        return folded[text]
    bare = BRACKETED.sub("", text).strip("*＊")
    return folded.get(bare, bare if bare in SHARED else text)


def _suggestion(plan: Blueprint, name: str) -> str:
    near = difflib.get_close_matches(name, [*plan.fields, *SHARED], n=1, cutoff=0.5)
    return f"“{name}”是否应为“{near[0]}”" if near else f"“{name}”不是本台账的列，请删去"
