"""A whole school or district as one workbook: a sheet for each register, under the register's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import xlsxwriter

from taizhang.catalog.schema import RegisterDef
from taizhang.org.models import User
from taizhang.org.queries import get_unit_for
from taizhang.registers.queries import Filters, filtered_records, records_in_chunks
from taizhang.registers.xlsx import CONSTANT_MEMORY, Target, as_target, write_sheet


def write_workbook(
    registers: Sequence[RegisterDef],
    target: Target,
    by: User,
    unit: str = "",
    *,
    tick: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, int]:
    """One sheet per register that has records; returns their numbers by register code. Raises NotFound for the unit."""
    filters = Filters(unit=get_unit_for(by, unit) if unit else None)
    written: dict[str, int] = {}
    with xlsxwriter.Workbook(as_target(target), CONSTANT_MEMORY) as book:
        for number, register in enumerate(registers):
            found = filtered_records(by, register.code, filters)
            if found.order_by().exists():
                written[register.code] = write_sheet(book, register.code, records_in_chunks(found), by)
            tick(number + 1, len(registers))
        if not written:
            book.add_worksheet("没有记录")
    return written
