"""Whether the warehouse is what the database says: everything written anew, table by table beside what is there."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from sqlglot import exp

from taizhang.warehouse.projection import rebuilt, refresh


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that came out otherwise: rows that only one side has, and columns."""

    table: str
    rows: int
    rows_rebuilt: int
    only_here: int
    only_rebuilt: int
    columns: tuple[str, ...]

    def __str__(self) -> str:
        if self.columns:
            return f"{self.table}：列不同（{'、'.join(self.columns)}）"
        if self.only_here or self.only_rebuilt:
            return (
                f"{self.table}：现有 {self.rows} 行，重建 {self.rows_rebuilt} 行；"
                f"只在现有的 {self.only_here} 行，只在重建的 {self.only_rebuilt} 行"
            )
        return f"{self.table}：{self.rows} 行内容相同，文件字节不同（写文件的程序版本不同）"


def compare_with_rebuilt() -> tuple[int, list[Difference]]:
    """How many tables came out byte for byte the same, and those that did not."""
    current = refresh()
    with tempfile.TemporaryDirectory(prefix="taizhang-rebuild-") as folder:
        again = rebuilt(Path(folder))
        found = [
            difference(name, file, again.tables[name])
            for name, file in current.tables.items()
            if Path(file).read_bytes() != Path(again.tables[name]).read_bytes()
        ]
    return len(current.tables) - len(found), found


def difference(table: str, here: str, other: str) -> Difference:
    """How two files of one table differ."""
    first, second = pq.ParquetFile(here), pq.ParquetFile(other)
    columns = sorted({str(field) for field in first.schema_arrow} ^ {str(field) for field in second.schema_arrow})
    rows, rows_rebuilt = first.metadata.num_rows, second.metadata.num_rows
    if columns:
        return Difference(table, rows, rows_rebuilt, 0, 0, tuple(columns))
    return Difference(table, rows, rows_rebuilt, _rows_only_in(here, other), _rows_only_in(other, here), ())


def _rows_only_in(file: str, other: str) -> int:
    sides = [exp.select("*").from_(exp.func("read_parquet", exp.Literal.string(path))) for path in (file, other)]
    apart = exp.except_(*sides, distinct=False).subquery("apart")
    with duckdb.connect() as connection:
        return int(
            connection.execute(exp.select(exp.Count(this=exp.Star())).from_(apart).sql("duckdb")).fetchall()[0][0]
        )
