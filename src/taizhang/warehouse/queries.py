"""The read side's one door: a statement in, rows out. Only this package knows DuckDB and Spark."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import duckdb
from sqlglot import exp

from taizhang.warehouse.projection import Build, table_name
from taizhang.warehouse.spark import run_on_spark

_lock = threading.Lock()
_connections: OrderedDict[tuple[str, ...], duckdb.DuckDBPyConnection] = OrderedDict()
_periods: dict[str, list[str]] = {}
CONNECTIONS_KEPT = 2
PERIODS_KEPT = 500


class Statement:
    """A statement that is run again and again: written out once in each dialect."""

    def __init__(self, node: exp.Expr) -> None:
        self.node = node
        self._texts: dict[str, str] = {}

    def text(self, dialect: str) -> str:
        """Its text; a placeholder is the parameter of that name."""
        if dialect not in self._texts:
            self._texts[dialect] = self.node.sql(dialect=dialect)
        return self._texts[dialect]


def run(
    build: Build, statement: exp.Expr | Statement, engine: str = "duckdb", parameters: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Run a compiled statement on one build. Table names are those of ``Build.tables``."""
    whole = statement if isinstance(statement, Statement) else Statement(statement)
    return RUNNERS[engine](build, whole.text(engine), dict(parameters or {}))


def _run_on_duckdb(build: Build, text: str, parameters: dict[str, str]) -> list[dict[str, Any]]:
    cursor = _connection(build).cursor()
    result = cursor.execute(text, parameters or None)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def period_codes(build: Build, register_code: str) -> list[str]:
    """The period codes that a statistics register's table holds, newest first. A file never changes: it is asked once."""
    file = build.tables.get(table_name(register_code))
    if file is None:
        return []
    if file not in _periods:
        if len(_periods) > PERIODS_KEPT:
            _periods.clear()
        _periods[file] = _period_codes(build, register_code)
    return list(_periods[file])


def _period_codes(build: Build, register_code: str) -> list[str]:
    column = exp.column("期间", quoted=True)
    table = exp.to_table(table_name(register_code), quoted=True)
    statement = (
        exp.select(column).distinct().from_(table).where(exp.NEQ(this=column.copy(), expression=exp.Literal.string("")))
    )
    return sorted((row["期间"] for row in run(build, statement)), reverse=True)


def _connection(build: Build) -> duckdb.DuckDBPyConnection:
    """A connection whose views are the build's files; kept while the build is in use."""
    # By its files: a kept build has its own, which outlive those of the build in force.
    key = tuple(build.tables.values())
    with _lock:
        if key in _connections:
            _connections.move_to_end(key)
            return _connections[key]
        connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        for name, file in build.tables.items():
            source = exp.func("read_parquet", exp.Literal.string(file))
            view = exp.Create(
                kind="VIEW", this=exp.to_table(name, quoted=True), expression=exp.select("*").from_(source)
            )
            connection.execute(view.sql(dialect="duckdb"))
        _connections[key] = connection
        while len(_connections) > CONNECTIONS_KEPT:
            _connections.popitem(last=False)
        return connection


RUNNERS: dict[str, Callable[[Build, str, dict[str, str]], list[dict[str, Any]]]] = {
    "duckdb": _run_on_duckdb,
    "spark": run_on_spark,
}
