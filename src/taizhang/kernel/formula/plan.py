"""Aggregate formulas for SQL engines: one SELECT per register, then an expression over its columns.

The caller (indicators) supplies table, filter and grouping; joins the registers' selects on the grouping; evaluates
the externals (other periods, parent unit, rank) with plans of their own; and combines in SQL or, for few rows, here.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlglot import exp

from taizhang.kernel.formula import sql
from taizhang.kernel.formula.aggregates import (
    EXTERNAL,
    LATEST,
    External,
    Figure,
    Momentary,
    aggregates_of,
    argument_of,
    externals_of,
    latest_only,
    ratio_of,
    reduced,
    register_of,
    requirement,
    substituted,
)
from taizhang.kernel.formula.columns import ColumnFunction, Columns, Figures, compile_column, joined
from taizhang.kernel.formula.functions import TIME
from taizhang.kernel.formula.nodes import Binary, Call, Formula, Name, Node, Null, Number, Slot, text_of, walk
from taizhang.kernel.formula.sql import Sql, SqlCompiler
from taizhang.kernel.formula.values import EXACT

Column = Callable[[str], Sql]

_COUNTS = ("count", "count_distinct", "count_if")
_ZERO, _ONE = Number(Decimal(0)), Number(Decimal(1))


@dataclass(frozen=True)
class Atom:
    """One output column of a register's select. A row counts only where all ``guards`` hold (pairing)."""

    key: str
    function: str  # sum count count_distinct count_if min max median
    argument: Node | None
    guards: tuple[Node, ...]

    @property
    def mergeable(self) -> bool:
        """Whether the values of parts add up (sum, counts) or combine (min, max) to the value of the whole."""
        return self.function in MERGED

    def sql(self, compiler: SqlCompiler) -> Sql:
        """The aggregate as SQL. Filters are CASE, which every engine knows."""
        if self.argument is None:
            value: Sql = sql.integer(1)
        elif self.function == "count_if":
            value = exp.Case().when(compiler.condition(self.argument), sql.integer(1))
        else:
            value = compiler.compile(self.argument)
            if self.function == "median":
                value = sql.cast(value, "DOUBLE")
            elif self.function == "count_distinct" and sql.inexact(self.argument):
                value = sql.cast(value, sql.SETTLED_TYPE)
        if self.guards:
            value = exp.Case().when(compiler.all_of(self.guards), value)
        return _SQL[self.function](value)


_SQL: dict[str, Callable[[Sql], Sql]] = {
    "sum": lambda x: exp.Sum(this=x),
    "count": lambda x: exp.Count(this=x),
    "count_if": lambda x: exp.Count(this=x),
    "count_distinct": lambda x: exp.Count(this=exp.Distinct(expressions=[x])),
    "min": lambda x: exp.Min(this=x),
    "max": lambda x: exp.Max(this=x),
    "median": lambda x: exp.Median(this=x),
}


def added(values: Sequence[Any]) -> Any:
    """The sum of values that an engine gave: exact for decimals of any width."""
    return functools.reduce(EXACT.add, values) if isinstance(values[0], Decimal) else sum(values)


# How the values of disjoint parts (never empty, none of them missing) become the value of the whole.
MERGED: dict[str, Callable[[Sequence[Any]], Any]] = {
    "sum": added,
    "count": sum,
    "count_if": sum,
    "min": min,
    "max": max,
}


@dataclass(frozen=True)
class Output:
    """One output column of a register's select, under its name. ``merge`` is None where parts do not make the whole."""

    key: str
    node: Sql
    merge: Callable[[Sequence[Any]], Any] | None


@dataclass
class Names:
    """Gives out the names of output columns: the same column asked for again, in whatever formula, has the same name."""

    prefix: str = ""
    known: dict[tuple[Any, ...], str] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)

    def of(self, letter: str, *what: Any) -> str:
        """The name of a column: ``letter`` and a number."""
        signature = (letter, *what)
        if signature not in self.known:
            self.known[signature] = f"{self.prefix}{letter}{self.given[letter]}"
            self.given[letter] += 1
        return self.known[signature]


@dataclass(frozen=True)
class Source:
    """One register of a plan: its output columns, and the names of its row counts."""

    register: str
    atoms: tuple[Atom, ...]
    required: tuple[Node, ...]  # the conditions under which a row is used
    rows_key: str  # all rows
    used_key: str  # rows in which everything required is present
    latest: bool = False  # all of it reads the newest of several periods: no other row is counted


@dataclass(frozen=True)
class Plan:
    """How to compute one aggregate formula. Column names are unique over all sources, and over all plans that were made
    with the same ``Names``."""

    formula: Formula
    sources: tuple[Source, ...]
    externals: tuple[External, ...]
    value: Node
    ratio: tuple[Node, Node] | None

    @property
    def terms(self) -> dict[str, tuple[Atom, ...]]:
        """Output columns by register."""
        return {source.register: source.atoms for source in self.sources}

    @property
    def shifts(self) -> tuple[External, ...]:
        """The externals of other periods: previous, last_year, ytd."""
        return tuple(external for external in self.externals if external.kind in TIME)

    @property
    def columns(self) -> tuple[str, ...]:
        """All names that ``combine`` and ``finish`` read: row counts, atoms and externals."""
        own = (key for s in self.sources for key in (s.rows_key, s.used_key, *(atom.key for atom in s.atoms)))
        return (*own, *(external.key for external in self.externals))

    def select(
        self,
        register: str,
        table: str | Sql,
        where: Sql | None = None,
        group_by: Sequence[Sql] = (),
        *,
        today: date,
        column: Column = sql.column,
    ) -> exp.Select:
        """All aggregates of one register in one pass.

        ``table`` is a name (quoted here) or a table or subquery node. ``group_by`` are columns, or aliased
        expressions, which come first in the output. ``column`` maps a field name to its column, when the table uses
        internal codes. The result is a node: ``.sql("duckdb")`` or ``.sql("spark")``."""
        return select_many((self,), register, table, where, group_by, today=today, column=column)

    def outputs_of(self, register: str, *, today: date, column: Column = sql.column) -> Iterator[Output]:
        """The output columns of one register: row counts, then atoms. None when the plan does not read it."""
        compiler = _compiler(column, today)
        for source in self.sources:
            if source.register == register:
                newest = (Name(LATEST),) if source.latest else ()
                for key, conditions in ((source.rows_key, newest), (source.used_key, (*source.required, *newest))):
                    one: Sql = sql.integer(1)
                    if conditions:
                        one = exp.Case().when(compiler.all_of(conditions), one)
                    yield Output(key, exp.Count(this=one), sum)
                for atom in source.atoms:
                    yield Output(atom.key, atom.sql(compiler), MERGED.get(atom.function))

    def used_rows(self, register: str, *, today: date, column: Column = sql.column) -> Sql:
        """The condition under which a row of the register is among ``rows_used``, for showing the rows of a figure."""
        required = [node for source in self.sources if source.register == register for node in source.required]
        return _compiler(column, today).all_of(tuple(required)) if required else exp.true()

    def combine(self, columns: Mapping[str, Sql] | None = None, *, today: date) -> Sql:
        """The formula's value over the output columns. ``columns`` maps their names to nodes (such as ``t0."a0"``);
        left out, they are columns of the same name."""
        return self.outputs(columns, today=today)["value"]

    def outputs(self, columns: Mapping[str, Sql] | None = None, *, today: date) -> dict[str, Sql]:
        """SQL for the five parts of a Figure by name: value, numerator, denominator, rows_used, rows_left_out."""
        given = columns or {}

        def read(name: Name | Slot) -> Sql:
            key = name.key if isinstance(name, Slot) else name.field
            node = given[key].copy() if key in given else sql.column(key)
            counted = isinstance(name, Slot) and name.kind == "count"
            return exp.Coalesce(this=node, expressions=[sql.integer(0)]) if counted else node

        def total(keys: list[str]) -> Sql:
            nodes = [read(Slot(key, "count")) for key in keys]
            return functools.reduce(functools.partial(sql.binary, exp.Add), nodes) if nodes else sql.integer(0)

        compiler = SqlCompiler(read, today)
        sides = self.ratio or (Null(), Null())
        used = total([source.used_key for source in self.sources])
        rows = total([source.rows_key for source in self.sources])
        return {
            "value": compiler.compile(self.value),
            "numerator": compiler.compile(sides[0]),
            "denominator": compiler.compile(sides[1]),
            "rows_used": used,
            "rows_left_out": sql.binary(exp.Sub, rows, used.copy()),
        }

    def finish(self, values: Mapping[str, Any], *, today: date) -> Figure:
        """The figure from one row of output columns (name → value): see ``finish_all``."""
        return self.finish_all(Columns({key: (value,) for key, value in values.items()}, 1), today=today).at(0)

    def finish_all(self, columns: Columns, *, today: date) -> Figures:
        """The figures of many groups from their output columns, in exact decimals.

        A count that is missing, because a unit has no rows in that register, is 0; anything else missing is null."""
        whole, above, below = self._parts
        numerators, denominators = above(columns, today), below(columns, today)
        quotient = self._is_ratio
        values = joined("/", numerators, denominators) if quotient else whole(columns, today)
        used = columns.total([source.used_key for source in self.sources])
        rows = columns.total([source.rows_key for source in self.sources])
        return Figures(values, numerators, denominators, used, rows)

    @functools.cached_property
    def _is_ratio(self) -> bool:
        """Whether the value is numerator by denominator and nothing more."""
        return self.ratio is not None and self.value == Binary("/", *self.ratio)

    @functools.cached_property
    def _parts(self) -> tuple[ColumnFunction, ...]:
        """Value, numerator and denominator as functions of the output columns."""
        sides = self.ratio or (Null(), Null())
        return tuple(compile_column(node) for node in (self.value, *sides))


def _compiler(column: Column, today: date) -> SqlCompiler:
    return SqlCompiler(lambda name: column(name.field if isinstance(name, Name) else name.key), today)


def select_many(
    plans: Sequence[Plan],
    register: str,
    table: str | Sql,
    where: Sql | None = None,
    group_by: Sequence[Sql] = (),
    *,
    today: date,
    column: Column = sql.column,
) -> exp.Select:
    """The aggregates of several plans over one register in one pass. The plans share one ``Names``; the other arguments
    are those of ``Plan.select``."""
    outputs = outputs_of_many(plans, register, today=today, column=column)
    if not outputs:
        raise ValueError(f"no formula reads the register {register}")
    return select_outputs(outputs, table, where, group_by)


def outputs_of_many(
    plans: Sequence[Plan], register: str, *, today: date, column: Column = sql.column
) -> dict[str, Output]:
    """The output columns of several plans over one register by name, each once."""
    found: dict[str, Output] = {}
    for plan in plans:
        for output in plan.outputs_of(register, today=today, column=column):
            found.setdefault(output.key, output)
    return found


def select_outputs(
    outputs: Mapping[str, Output], table: str | Sql, where: Sql | None = None, group_by: Sequence[Sql] = ()
) -> exp.Select:
    """Output columns as a statement."""
    target = exp.Table(this=exp.to_identifier(table, quoted=True)) if isinstance(table, str) else table
    named = [exp.alias_(output.node, key, quoted=True, copy=False) for key, output in outputs.items()]
    # Our own nodes, used once: sqlglot's builders need not copy them, which is half the time of a small statement.
    query = exp.select(*(part.copy() for part in group_by), *named, copy=False).from_(target.copy(), copy=False)
    if where is not None:
        query = query.where(where.copy(), copy=False)
    return query.group_by(*(part.unalias().copy() for part in group_by), copy=False) if group_by else query


def plan_aggregates(
    formula: Formula, default_register: str, names: Names | None = None, momentary: Momentary | None = None
) -> Plan:
    """Plan an aggregate formula; bare names belong to ``default_register``; plans that share ``names`` share columns;
    where ``momentary`` says so, an aggregate takes only rows whose column ``_latest`` is true. Raises FormulaError for a row formula or wrong nesting. Names and types are not checked: ``analyse`` does that."""
    names = names or Names()
    root = reduced(formula)
    externals = {
        text: replace(found, key=names.of("e", default_register, text))
        for text, found in externals_of(formula, root).items()
    }
    builder = _Builder(default_register, externals, names, momentary)
    value = substituted(root, default_register, builder.leaf)
    ratio = ratio_of(root)
    sides = substituted(ratio, default_register, builder.leaf).children() if ratio is not None else None
    calls = aggregates_of(root)
    sources = []
    for register, atoms in builder.atoms.items():
        own = [call for call in calls if register_of(call, default_register) == register]
        unique = tuple(dict.fromkeys(node for node in map(requirement, own) if node is not None))
        latest = all(latest_only(call, register, momentary) for call in own)
        keys = (names.of("n", register, latest), names.of("u", register, latest, unique))
        sources.append(Source(register, tuple(atoms.values()), unique, *keys, latest))
    return Plan(
        formula, tuple(sources), tuple(builder.externals.values()), value, (sides[0], sides[1]) if sides else None
    )


def _floating(node: Node) -> bool:
    """Whether an external value with this part comes as a floating number."""
    return sql.inexact(node) or (
        isinstance(node, Call) and node.function in ("avg", "median", "weighted_cv", "share", "part")
    )


def _exact_kind(call: Call) -> Literal["column", "exact"]:
    """Whether an exact result has a column's type or has grown to the full width of a decimal."""
    summed = any(isinstance(node, Call) and node.function in ("sum", "sum_if", "weighted_cv") for node in walk(call))
    return "exact" if summed or sql.wide(call) else "column"


class _Builder:
    """Collects the distinct output columns while the tree's aggregates are replaced by slots."""

    def __init__(
        self, default_register: str, externals: dict[str, External], names: Names, momentary: Momentary | None
    ) -> None:
        self.default_register, self.externals, self.names = default_register, externals, names
        self.momentary = momentary
        self.atoms: dict[str, dict[str, Atom]] = {}

    def leaf(self, call: Call, guards: tuple[Node, ...]) -> Node:
        """The slot, or expression over slots, that stands for an aggregate or external."""
        if call.function in EXTERNAL:
            floating = any(map(_floating, walk(call)))
            return Slot(self.externals[text_of(call)].key, "floating" if floating else _exact_kind(call))
        guards += latest_only(call, register_of(call, self.default_register), self.momentary)
        if call.function == "weighted_cv":
            return self._weighted_cv(call, guards)
        return self._slot(call, call.function, argument_of(call), guards)

    def _slot(self, call: Call, function: str, argument: Node | None, guards: tuple[Node, ...]) -> Slot:
        register = register_of(call, self.default_register)
        columns = self.atoms.setdefault(register, {})
        key = self.names.of("a", register, function, argument, guards)
        columns.setdefault(key, Atom(key, function, argument, guards))
        if function in _COUNTS or argument is None:
            return Slot(key, "count")
        floating = function == "median" or sql.inexact(argument)
        return Slot(key, "floating" if floating else _exact_kind(call))

    def _weighted_cv(self, call: Call, guards: tuple[Node, ...]) -> Node:
        """Three sums that can be merged over units, over the rows where x is present and the weight is above 0."""
        x, weight = call.args
        valid = requirement(call)
        assert valid is not None
        parts = (weight, x, Binary("/", Binary("*", x, x), weight))
        return Call("cv_of_sums", tuple(self._slot(call, "sum", part, (valid, *guards)) for part in parts), at=call.at)
