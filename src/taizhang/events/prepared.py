"""Queries that every request asks: put into SQL once, then run with other values.

Django builds the SQL of a queryset anew each time. For a query by key that is ten to fifty times the work of the database,
and a request asks half a dozen of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import Value
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)
# What the widest column of whole numbers holds.
LIMIT = 2**63


class Slot(str):
    """The place of a parameter, counted from 0, in a query that is not yet asked."""

    __slots__ = ()


class Prepared(Generic[M]):
    """A queryset with places for its parameters: ``Prepared(lambda pk: Unit.objects.filter(pk=pk))`` called with 5 gives
    the list of its objects. Places stand only where one value is compared with a column (no ``__in``); None, and a number
    that no column holds, equals nothing there, as NULL does in SQL."""

    def __init__(self, queryset: Callable[..., models.QuerySet[M]]) -> None:
        self._queryset = queryset

    def __call__(self, *given: Any) -> list[M]:
        """The objects for these parameters, in the query's order."""
        # What is compiled knows its connection, which belongs to one thread: kept there, it goes when the thread goes.
        kept: dict[Prepared[M], _Compiled[M]] = connections[DEFAULT_DB_ALIAS].__dict__.setdefault("_prepared", {})
        compiled = kept.get(self)
        if compiled is None:
            places = [Value(Slot(index)) for index in range(self._queryset.__code__.co_argcount)]
            compiled = kept[self] = _Compiled(self._queryset(*places))
        return compiled.objects(given)

    def first(self, *given: Any) -> M | None:
        """The first of them."""
        return next(iter(self(*given)), None)


class _Compiled(Generic[M]):
    """The SQL of one queryset for one connection, and how its rows become objects (as Django's ``ModelIterable`` does)."""

    def __init__(self, queryset: models.QuerySet[M]) -> None:
        compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.params = compiler.as_sql(with_col_aliases=False)
        select, info = compiler.select, compiler.klass_info
        assert select is not None and info is not None
        self.compiler, self.model, self.db = compiler, info["model"], queryset.db
        places = info["select_fields"]
        self.start, self.end = places[0], places[-1] + 1
        self.names = [item[0].target.attname for item in select[self.start : self.end]]
        self.converters = compiler.get_converters([item[0] for item in select])
        self.related = get_related_populators(info, select, self.db)  # type: ignore[call-arg]

    def objects(self, given: tuple[Any, ...]) -> list[M]:
        params = [_adapted(given[int(item)]) if type(item) is Slot else item for item in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows: Any = cursor.fetchall()
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        found = []
        for row in rows:
            made = self.model.from_db(self.db, self.names, row[self.start : self.end])
            for populator in self.related:
                populator.populate(row, made)
            found.append(made)
        return found


def _adapted(value: Any) -> Any:
    """A parameter as the driver takes it. An address may name a number that SQLite cannot even be asked for."""
    if isinstance(value, int):
        return value if -LIMIT <= value < LIMIT else None
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
