"""Runs a formula on every engine: the reference evaluator, DuckDB alone, and DuckDB with Python's last step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
from sqlglot import exp

from taizhang.kernel.formula import Figure, MappingSchema, analyse, evaluate_aggregate, parse, plan_aggregates

TODAY = date(2026, 3, 1)
COLUMNS = {
    "人数": ("BIGINT", "number"),
    "班数": ("BIGINT", "number"),
    "经费": ("DECIMAL(18,2)", "number"),
    "类别": ("VARCHAR", "text"),
    "寄宿": ("BOOLEAN", "yes_no"),
    "日期": ("DATE", "date"),
}
_TYPES = {name: kind for name, (_, kind) in COLUMNS.items()}
SCHEMA = MappingSchema(_TYPES, {"校舍": _TYPES})  # type: ignore[arg-type]

Rows = Sequence[Mapping[str, Any]]


def figures(text: str, rows: Rows, others: Rows = (), external: Mapping[str, Any] | None = None) -> list[Figure]:
    """The figure of one formula from each engine; bare names are the register 学校, the other register is 校舍."""
    formula = parse(text)
    analyse(formula, SCHEMA)
    registers = {"学校": rows, "校舍": others}
    external = external or {}
    found = [evaluate_aggregate(formula, registers, TODAY, default_register="学校", external=external)]
    plan = plan_aggregates(formula, "学校")
    with duckdb.connect() as con:
        for register, content in registers.items():
            _load(con, register, content)
        selects = [plan.select(register, register, today=TODAY) for register in plan.terms]
        joined = exp.select("*") if selects else exp.select()
        for index, select in enumerate(selects):
            part = select.subquery(f"t{index}")
            joined = joined.from_(part) if index == 0 else joined.join(part, join_type="cross")
        for key, value in external.items():
            joined = joined.select(exp.alias_(exp.convert(value), key, quoted=True))
        cursor = con.execute(joined.sql("duckdb"))
        row = dict(zip((d[0] for d in cursor.description), cursor.fetchall()[0], strict=True))
        found.append(plan.finish(row, today=TODAY))
        outputs = [exp.alias_(node, name) for name, node in plan.outputs(today=TODAY).items()]
        whole = exp.select(*outputs).from_(joined.subquery("t"))
        found.append(Figure(*con.execute(whole.sql("duckdb")).fetchall()[0]))
    return found


def _load(con: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> None:
    con.execute(f'CREATE TABLE "{table}" ({", ".join(f"{chr(34)}{n}{chr(34)} {t}" for n, (t, _) in COLUMNS.items())})')
    for row in rows:
        con.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(COLUMNS))})', [row.get(n) for n in COLUMNS])


def same(left: Any, right: Any) -> bool:
    """Equal values; numbers to a relative billionth (floats against decimals)."""
    if left is None or right is None or isinstance(left, (bool, str, date)):
        return bool(left == right and (left is None) == (right is None))
    a, b = Decimal(repr(left)) if isinstance(left, float) else Decimal(left), Decimal(str(right))
    return abs(a - b) <= Decimal("1e-9") * max(Decimal(1), abs(a))


def agree(found: list[Figure]) -> bool:
    """Whether all engines gave the same figure."""
    first = found[0]
    return all(same(a, b) for other in found[1:] for a, b in zip(first, other, strict=True))
