"""The outer part of a plan for many groups at once: a column of values in, a column of values out.

The answers are those of ``rows``, value for value. What is common (sums, counts, the four operations, the coefficient of
variation) goes over whole columns; any other part goes over the groups one by one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import Any

from taizhang.kernel.formula import values as v
from taizhang.kernel.formula.aggregates import Figure
from taizhang.kernel.formula.nodes import Binary, Call, Node, Null, Number, Slot, walk
from taizhang.kernel.formula.rows import ARITHMETIC, compile_row, qualified_key
from taizhang.kernel.formula.values import EXACT, Value

_ONE = Decimal(1)
_ONLY_DECIMALS, _ONLY_INTS, _ONLY_FLOATS = {Decimal}, {int}, {float}


class Columns:
    """Output columns by name, each with one value a group. What plans ask for again is converted once."""

    def __init__(self, given: Mapping[str, Sequence[Any]], count: int) -> None:
        self.given, self.count = given, count
        self._values: dict[str, list[Value]] = {}
        self._counts: dict[str, list[int]] = {}

    def raw(self, key: str) -> Sequence[Any]:
        """A column as it came; one that is not there is missing in every group."""
        return self.given.get(key) or (None,) * self.count

    def values(self, key: str) -> list[Value]:
        """A column as values of the language."""
        if key not in self._values:
            self._values[key] = normal_all(self.raw(key))
        return self._values[key]

    def counts(self, key: str) -> list[int]:
        """A column of counts: a missing one is 0."""
        if key not in self._counts:
            self._counts[key] = [int(value or 0) for value in self.raw(key)]
        return self._counts[key]

    def total(self, keys: Sequence[str]) -> list[int]:
        """Columns of counts added up."""
        if len(keys) == 1:
            return self.counts(keys[0])
        return [sum(row) for row in zip(*map(self.counts, keys), strict=True)] if keys else [0] * self.count


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of many groups, column by column: one is put together when it is looked at. ``rows`` are all rows."""

    values: list[Value]
    numerators: list[Value]
    denominators: list[Value]
    used: list[int]
    rows: list[int]

    def at(self, place: int) -> Figure:
        """The figure of one group."""
        used = self.used[place]
        left_out = self.rows[place] - used
        return Figure(self.values[place], self.numerators[place], self.denominators[place], used, left_out)


ColumnFunction = Callable[[Columns, date], list[Value]]


def normal_all(given: Sequence[Any]) -> list[Value]:
    """``values.normal`` of each."""
    kinds = set(map(type, given))
    if kinds == _ONLY_INTS and min(given) > -v.TOO_LARGE and max(given) < v.TOO_LARGE:
        return list(map(Decimal, given))
    if kinds == _ONLY_FLOATS and all(map(math.isfinite, given)) and max(map(abs, given)) < v.TOO_LARGE:
        return list(map(Decimal, map(repr, given)))
    return list(map(v.normal, given))


def compile_column(node: Node) -> ColumnFunction:
    """The function of a node of a plan's outer part."""
    match node:
        case Number(value):
            return lambda columns, today: [value] * columns.count
        case Null():
            return lambda columns, today: [None] * columns.count
        case Slot(key, "count"):
            return lambda columns, today: list(map(Decimal, columns.counts(key)))
        case Slot(key):
            return lambda columns, today: columns.values(key)
        case Binary(op, left, right) if op in ARITHMETIC:
            return _joined(op, compile_column(left), compile_column(right))
        case Call("cv_of_sums", parts):
            sums = [compile_column(part) for part in parts]
            return lambda columns, today: list(
                map(v.weighted_cv, *(map(v.number, column(columns, today)) for column in sums))
            )
    return _one_by_one(node)


def _one_by_one(node: Node) -> ColumnFunction:
    evaluated = compile_row(node, qualified_key)
    keys = tuple(dict.fromkeys(part.key for part in walk(node) if isinstance(part, Slot)))

    def column(columns: Columns, today: date) -> list[Value]:
        rows = zip(*map(columns.raw, keys), strict=True) if keys else repeat((), columns.count)
        return [evaluated(dict(zip(keys, row, strict=True)), today) for row in rows]

    return column


def _joined(op: str, left: ColumnFunction, right: ColumnFunction) -> ColumnFunction:
    return lambda columns, today: joined(op, left(columns, today), right(columns, today))


def joined(op: str, left: list[Value], right: list[Value]) -> list[Value]:
    """One of the four operations on two columns; null where a side is missing or a divisor is 0."""
    calculate: Callable[..., Value] = ARITHMETIC[op]
    if set(map(type, left)) == _ONLY_DECIMALS == set(map(type, right)):
        if op == "/" and min(right) >= _ONE:  # type: ignore[type-var, operator]
            calculate = EXACT.divide
        return list(map(calculate, left, right))
    pairs = zip(map(v.number, left), map(v.number, right), strict=True)
    return [None if a is None or b is None else calculate(a, b) for a, b in pairs]
