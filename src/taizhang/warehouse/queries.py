"""The read side's one door: a statement in, rows out. Only this package knows DuckDB and Spark."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from taizhang.warehouse.projection import Build, table_name
from taizhang.warehouse.spark import run_on_spark

_lock = threading.Lock()
_connections: OrderedDict[tuple[str, ...], _Connection] = OrderedDict()
_answers: OrderedDict[Hashable, list[dict[str, Any]]] = OrderedDict()
CONNECTIONS_KEPT = 2
STATEMENTS_KEPT = 500
ANSWERS_KEPT, MOST_ROWS_KEPT = 5_000, 500


class Statement:
    """A statement that is run again and again: written out once in each dialect, its answer kept while its files last."""

    def __init__(self, node: exp.Expr) -> None:
        self.node = node
        self.tables = tuple(sorted({table.name for table in node.find_all(exp.Table)}))
        self._texts: dict[str, str] = {}

    def text(self, dialect: str) -> str:
        """Its text; a placeholder is the parameter of that name."""
        if dialect not in self._texts:
            self._texts[dialect] = self.node.sql(dialect=dialect)
        return self._texts[dialect]


def run(
    build: Build, statement: exp.Expr | Statement, engine: str = "duckdb", parameters: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Run a compiled statement on one build. Table names are those of ``Build.tables``. The rows are not to be changed."""
    given = dict(parameters or {})
    if not isinstance(statement, Statement):
        once = Statement(statement)
        return RUNNERS[engine](build, once, given)
    files = tuple(_stamp(build.tables[name]) for name in statement.tables)
    key = (engine, statement.text(engine), tuple(given.items()), files)
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            return _answers[key]
    rows = RUNNERS[engine](build, statement, given)
    if len(rows) <= MOST_ROWS_KEPT:
        with _lock:
            _answers[key] = rows
            while len(_answers) > ANSWERS_KEPT:
                _answers.popitem(last=False)
    return rows


def _stamp(file: str) -> tuple[str, int, int]:
    """A file as it is: those of a merged warehouse are replaced under their names."""
    found = Path(file).stat()
    return file, found.st_mtime_ns, found.st_size


def forget_answers() -> None:
    """Every statement is run again."""
    with _lock:
        _answers.clear()


def _run_on_duckdb(build: Build, statement: Statement, parameters: dict[str, str]) -> list[dict[str, Any]]:
    cursor = _connection(build).cursor(build, statement.tables)
    result = cursor.execute(statement.text("duckdb"), parameters or None)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def period_codes(build: Build, register_code: str) -> list[str]:
    """The period codes that a statistics register's table holds, newest first."""
    name = table_name(register_code)
    if name not in build.tables:
        return []
    return sorted((row["期间"] for row in run(build, _codes_in(name))), reverse=True)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _codes_in(table: str) -> Statement:
    column = exp.column("期间", quoted=True)
    said = exp.NEQ(this=column.copy(), expression=exp.Literal.string(""))
    return Statement(exp.select(column).distinct().from_(exp.to_table(table, quoted=True)).where(said))


class _Connection:
    """A connection whose views are a build's files, each made when it is first read."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        self.views: set[str] = set()
        self.lock = threading.Lock()

    def cursor(self, build: Build, tables: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
        """A cursor that sees these tables."""
        with self.lock:
            for name in tables:
                if name not in self.views and name in build.tables:
                    source = exp.func("read_parquet", exp.Literal.string(build.tables[name]))
                    content = exp.select("*").from_(source)
                    view = exp.Create(kind="VIEW", this=exp.to_table(name, quoted=True), expression=content)
                    self.connection.execute(view.sql(dialect="duckdb"))
                    self.views.add(name)
            return self.connection.cursor()


def _connection(build: Build) -> _Connection:
    """The connection of a build; kept while the build is in use."""
    # By its files: a kept build has its own, which outlive those of the build in force.
    key = tuple(build.tables.values())
    with _lock:
        if key not in _connections:
            _connections[key] = _Connection()
        found = _connections[key]
        _connections.move_to_end(key)
        while len(_connections) > CONNECTIONS_KEPT:
            _connections.popitem(last=False)
        return found


def _run_on_spark(build: Build, statement: Statement, parameters: dict[str, str]) -> list[dict[str, Any]]:
    return run_on_spark(build, statement.text("spark"), parameters)


RUNNERS: dict[str, Callable[[Build, Statement, dict[str, str]], list[dict[str, Any]]]] = {
    "duckdb": _run_on_duckdb,
    "spark": _run_on_spark,
}
