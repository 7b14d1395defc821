"""Lists as workbooks: one register, or a whole school or district with a sheet for each register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.periods import Period
from taizhang.kernel.sheet_writer import Cells, Column, StreamedWorkbook, cell_xml, number_xml
from taizhang.org.models import User
from taizhang.org.queries import get_unit_for
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.fields import Field, NumberField
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record
from taizhang.registers.queries import CHUNK, Filters, filtered_records, records_in_chunks
from taizhang.registers.xlsx import width_of

Tick = Callable[[int], object]
SHARED: dict[str, Callable[[Record], Any]] = {
    "单位编码": attrgetter("unit.code"), "单位": attrgetter("unit.name"), "编号": attrgetter("number"),
    "期间": lambda record: Period.parse(record.period).code if record.period else "", "状态": attrgetter("state"),
}  # fmt: skip


def write_export(
    register: str,
    records: Iterable[Record],
    target: Path | IO[bytes],
    by: User | None,
    tick: Tick = lambda written: None,
) -> int:
    """A list as a workbook, in constant memory; sensitive values masked. Returns the number of rows.

    ``records`` is an iterator of records with their units; the sheet reads back through ``load_table``.
    """
    with StreamedWorkbook(target) as book:
        return _write_sheet(book, register, records, by, tick)


def write_workbook(
    registers: Sequence[RegisterDef],
    target: Path | IO[bytes],
    by: User,
    unit: str = "",
    *,
    tick: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, int]:
    """One sheet per register that has records; returns their numbers by register code. Raises NotFound for the unit."""
    filters = Filters(unit=get_unit_for(by, unit) if unit else None)
    written: dict[str, int] = {}
    with StreamedWorkbook(target) as book:
        for number, register in enumerate(registers):
            found = filtered_records(by, register.code, filters)
            if found.order_by().exists():
                written[register.code] = _write_sheet(book, register.code, records_in_chunks(found), by)
            tick(number + 1, len(registers))
        if not written:
            book.write("没有记录", [Column("没有记录", Cells(cell_xml))], [])
    return written


def export_header(plan: Blueprint) -> list[str]:
    """The columns of an export, in the order of a template."""
    return ["单位编码", "单位", *(["期间"] if plan.is_statistics else ["编号"]), *plan.fields, "状态"]


def _write_sheet(
    book: StreamedWorkbook, register: str, records: Iterable[Record], by: User | None, tick: Tick = lambda written: None
) -> int:
    """One register's records as a sheet of a workbook. Returns their number."""
    plan = blueprint(register)
    masks, kept = _Masks(plan, by), dict[tuple[str, str], Cells]()
    columns = [
        Column(name, _cells(book, plan, name, masks, kept), width_of(name), _is_required(plan, name))
        for name in export_header(plan)
    ]
    return book.write(plan.register.name, columns, _rows(plan, records, masks, tick))


def _is_required(plan: Blueprint, name: str) -> bool:
    return plan.fields[name].definition.required if name in plan.fields else name in ("单位编码", "期间")


def _cells(
    book: StreamedWorkbook, plan: Blueprint, name: str, masks: _Masks, kept: dict[tuple[str, str], Cells]
) -> Cells:
    """The XML of a column's values. Columns of one type share it: their values are the same again and again."""
    field = plan.fields.get(name)
    if field is None:
        return kept.setdefault(("", name), Cells(cell_xml))
    style = book.style(field.number_format)
    if name in plan.sensitive:
        return Cells(lambda stored: cell_xml(masks.shown(name, stored), style), most=0)
    key = field.type, field.number_format
    return kept.setdefault(key, Cells(_renderer(field, style)))


def _renderer(field: Field, style: int) -> Callable[[Any], str]:
    if isinstance(field, NumberField) and field.type != "percent":  # canonical is what the sheet says
        return lambda stored: number_xml(str(stored), style)
    return lambda stored: cell_xml(field.cell(stored), style)


class _Masks:
    """Sensitive values as people may see them; names of things are looked up piece by piece."""

    def __init__(self, plan: Blueprint, by: User | None) -> None:
        self.plan, self.by = plan, by
        self.needs_names = any(item.name in plan.sensitive for item in plan.references) or bool(plan.rules.linked)
        self.lookup = DbLookup(by)

    def prepare(self, part: Sequence[Record]) -> None:
        """The next records are these."""
        if self.needs_names:
            self.lookup = DbLookup(self.by).preload(part)

    def shown(self, name: str, stored: Any) -> str:
        return self.plan.shown(name, {name: stored}, self.lookup)


def _rows(plan: Blueprint, records: Iterable[Record], masks: _Masks, tick: Tick) -> Iterator[Iterable[Any]]:
    """The values of each record in the order of the header, piece by piece."""
    today, written, names = timezone.localdate(), 0, list(plan.fields)
    header = export_header(plan)
    first, last = [SHARED[name] for name in header[:3]], SHARED[header[-1]]
    for part in _chunks(records):
        masks.prepare(part)
        for record in part:
            data = plan.with_computed(record, today, masks.lookup)
            yield chain([read(record) for read in first], map(data.get, names), [last(record)])
        written += len(part)
        tick(written)


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    part: list[Record] = []
    for record in records:
        part.append(record)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part
