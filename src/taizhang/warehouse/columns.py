"""How a register's fields become typed columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from taizhang.catalog.schema import RegisterDef
from taizhang.registers.blueprint import projection_columns

# Columns that every register's table has. The Chinese ones are those that formulas may name; 单位, the unit's name, is
# read from the table of units: a unit that is renamed does not change the records.
RECORD_COLUMNS: dict[str, pa.DataType] = {
    "_record": pa.int64(),
    "_unit": pa.int64(),
    "_dated_on": pa.date32(),
    "到期": pa.date32(),
    "_category": pa.string(),
    "编号": pa.string(),
    "期间": pa.string(),
    "状态": pa.string(),
}
# Twenty digits: DuckDB multiplies narrower decimals in 64 bits and overflows on squares of school budgets.
DECIMAL = pa.decimal128(20, 6)


def _text(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


# The column types that field types name (``FieldType.warehouse_type``), each with the way from canonical JSON.
TYPES: dict[str, tuple[pa.DataType, Callable[[Any], Any]]] = {
    "text": (pa.string(), _text),
    "integer": (pa.int64(), int),
    "decimal": (DECIMAL, lambda value: Decimal(str(value))),
    "date": (pa.date32(), lambda value: date.fromisoformat(str(value))),
    "timestamp": (pa.timestamp("s"), lambda value: datetime.fromisoformat(str(value)).replace(tzinfo=None)),
    "boolean": (pa.bool_(), bool),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One field's column: its type and the way from the record's canonical JSON value to it."""

    name: str
    type: pa.DataType
    read: Callable[[Any], Any]


def field_columns(register: RegisterDef) -> list[Column]:
    """The columns of a register's own fields.

    Sensitive fields never reach the warehouse; files stay where they are; what the pack computes depends on the day.
    """
    left_out = {field.name for field in register.fields if field.formula or field.type == "file"}
    types = projection_columns(register.code)
    return [Column(name, *TYPES[kind]) for name, kind in types.items() if name not in left_out]


def table_schema(register: RegisterDef) -> pa.Schema:
    """The Parquet schema of a register's table."""
    own = [(column.name, column.type) for column in field_columns(register)]
    return pa.schema([*RECORD_COLUMNS.items(), *own])
