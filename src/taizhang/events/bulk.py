"""Many rows into one table the fast way: the driver's own bulk insert instead of one big statement built by the ORM.

An import of thousands of records writes a dozen rows for each; the ORM's share of that is larger than the database's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

Prepare = Callable[[Any], Any]
PART = 5000


class Dumped(str):
    """JSON that is text already: what goes into two tables is written out once."""

    __slots__ = ()


def dumped(value: Any) -> Dumped:
    """A value as it will stand in a JSON column."""
    return Dumped(json.dumps(value))


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of ``columns`` (attribute names, such as ``record_id``).

    Runs in the caller's transaction; raises IntegrityError as the ORM does. No signals, no defaults, no ``auto_now``. A
    row that is a list is used up.
    """
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in columns]
    prepare = [_prepare(field) for field in fields]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    ready = _ready(rows, [(index, make) for index, make in enumerate(prepare) if make])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A part is drawn before its COPY begins: the rows may come from a query on this very connection.
            for part in _parts(ready):
                with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in part:
                        copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(fields))
        for part in _parts(ready):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part)


def update(model: type[models.Model], where: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Set ``values`` (by attribute name) in the rows whose columns equal ``where`` (a tuple: one of these); how many they
    were. What the ORM's ``update`` does, without building its expressions for a form of two dozen columns."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(by_name[name].column)} = %s" for name in values)
    params = [_prepared(by_name[name], value) for name, value in values.items()]
    conditions = []
    for name, wanted in where.items():
        several = wanted if isinstance(wanted, tuple) else (wanted,)
        conditions.append(f"{quote(by_name[name].column)} IN ({', '.join(['%s'] * len(several))})")
        params += [_prepared(by_name[name], value) for value in several]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {' AND '.join(conditions)}", params)
        return int(cursor.rowcount)


def _prepared(field: Any, value: Any) -> Any:
    make = _prepare(field)
    return value if make is None or (value is None and make is not _json) else make(value)


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else gets, for rows about to be inserted in this transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # The transaction holds the file's only write lock, and AUTOINCREMENT goes on after the highest id inserted.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + count + 1))


def _ready(rows: Iterable[Sequence[Any]], prepare: list[tuple[int, Prepare]]) -> Iterator[list[Any]]:
    """The rows as the driver takes them; most columns need nothing."""
    for row in rows:
        ready = row if type(row) is list else list(row)
        for index, make in prepare:
            if (value := ready[index]) is not None or make is _json:
                ready[index] = make(value)
        yield ready


def _prepare(field: Any) -> Prepare | None:
    """What turns a Python value into the driver's; None when it already is. No value is NULL, but in a JSON column that
    must have one, where it is JSON's own null."""
    ops = connection.ops
    if isinstance(field, models.JSONField):
        return _nullable_json if field.null else _json
    if isinstance(field, models.DateTimeField):
        return _same_again(ops.adapt_datetimefield_value)
    if isinstance(field, models.DateField):
        return ops.adapt_datefield_value
    if isinstance(field, models.DecimalField) and connection.vendor == "sqlite":
        return str
    return None


def _json(value: Any) -> str:
    return value if type(value) is Dumped else json.dumps(value)


def _nullable_json(value: Any) -> str:
    return _json(value)


def _same_again(make: Prepare) -> Prepare:
    """Prepares a value once for as long as the same one comes: the moment of an import is one for all its rows."""
    last: list[Any] = [None, None]

    def prepared(value: Any) -> Any:
        if value is not last[0]:
            last[:] = value, make(value)
        return last[1]

    return prepared


def _parts(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    while part := list(islice(rows, PART)):
        yield part
