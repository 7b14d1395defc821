"""A table's rows as what they are meant for: values by field, a unit, a period, perhaps a number and a state."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.kernel.tables import Table
from taizhang.org.models import Unit, User
from taizhang.registers import policy
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.columns import Columns, read_header
from taizhang.registers.writing import BATCH


@dataclass(slots=True)
class Row:
    """One row to save. ``values`` are raw by field name; ``number`` is the record's own, when the row names one."""

    row: int
    values: dict[str, Any]
    unit: Unit | None = None
    period: str = ""
    number: str = ""
    state: str | None = None
    problems: list[Problem] = field(default_factory=list)


def rows_of(
    register: str, table: Table, by: User | None, unit: Unit | None = None, period: str | None = None
) -> list[Row]:
    """A table's rows with their units. Raises Problem when the header cannot be understood."""
    plan = blueprint(register)
    unit_given = unit or only_unit(plan, by)
    columns = read_header(plan, table, needs_unit=unit_given is None, needs_period=period is None)
    units = _Units(table, columns)
    names, places = tuple(columns.fields.values()), tuple(columns.fields)
    rows = []
    for number, cells in table.rows:
        row = Row(number, dict(zip(names, map(cells.__getitem__, places), strict=True)))
        row.number = str(columns.cell(cells, "编号") or "")
        row.state = _text(columns.cell(cells, "状态"))
        row.period = _text(columns.cell(cells, "期间")) or (period or "" if plan.is_statistics else "")
        try:
            if row.number and not {"单位编码", "单位"} & columns.shared.keys():
                rows.append(row)  # the number alone says which record, and so whose
                continue
            row.unit = units.of(cells, unit_given)
            if unit is not None and not unit.holds(row.unit):
                raise Problem("REG-153", f"“{row.unit.name}”不属于“{unit.name}”", where="单位", remedy="核对单位编码")
        except Problem as wrong:
            row.problems.append(wrong)
        rows.append(row)
    return rows


def _text(cell: Any) -> str | None:
    return None if cell is None else str(cell).strip()


def only_unit(plan: Blueprint, by: User | None) -> Unit | None:
    """The one unit for which a person can file: a school's own sheet needs no unit column."""
    reach = policy.reach_of(by, plan.register, "create")
    if reach.everything or reach.subtrees or len(reach.units) != 1:
        return None
    return Unit.objects.get(pk=next(iter(reach.units)))


class _Units:
    """The units that a table names, read at once."""

    def __init__(self, table: Table, columns: Columns) -> None:
        self.columns = columns
        self.by_code = {unit.code: unit for unit in self._read("code", table, "单位编码")}
        named = self._read("name", table, "单位") if "单位编码" not in columns.shared else []
        tally = Tally(unit.name for unit in named)
        self.by_name = {unit.name: unit for unit in named if tally[unit.name] == 1}
        self.shared_names = {name for name, count in tally.items() if count > 1}

    def _read(self, attribute: str, table: Table, column: str) -> list[Unit]:
        if column not in self.columns.shared:
            return []
        keys = sorted({str(cell) for _, cells in table.rows if (cell := self.columns.cell(cells, column)) is not None})
        found: list[Unit] = []
        for start in range(0, len(keys), BATCH):
            found += Unit.objects.filter(**{f"{attribute}__in": keys[start : start + BATCH]})
        return found

    def of(self, cells: tuple[Any, ...], given: Unit | None) -> Unit:
        """The unit of a row. Raises Problem."""
        code, name = (_text(self.columns.cell(cells, column)) for column in ("单位编码", "单位"))
        if code is None and name is None and given is not None:
            return given
        if code is not None:
            if code in self.by_code:
                return self.by_code[code]
            raise Problem("REG-150", f"没有编码为“{code}”的单位", where="单位编码", remedy="核对编码，或先登记该单位")
        if name is None:
            raise Problem("REG-151", "没有写单位", where="单位编码", remedy="填写单位编码")
        if name in self.shared_names:
            raise Problem("REG-152", f"有几个单位都叫“{name}”", where="单位", remedy="加一列单位编码")
        if name not in self.by_name:
            raise Problem("REG-150", f"没有单位“{name}”", where="单位", remedy="填写单位全称，或改填单位编码")
        return self.by_name[name]
