"""The engines: SQL on DuckDB or Spark, and the reference in plain Python, which the others are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from taizhang.indicators.asked import Planned
from taizhang.indicators.outside import Supplied, Values
from taizhang.indicators.passes import columns_of
from taizhang.indicators.scope import WHOLE, Grouping, Key, Scope, key_of, momentary_in, rows_statement, step_of
from taizhang.indicators.tables import Table
from taizhang.kernel.formula import Columns, Figure, Figures, Plan, evaluate_aggregate
from taizhang.warehouse.projection import Build
from taizhang.warehouse.queries import run

EMPTY = Figure(None, None, None, 0, 0)
Row = dict[str, Any]


class Result(NamedTuple):
    """A figure with the number of units that had rows in it."""

    figure: Figure
    units: int


class Groups(Mapping[Key, Result]):
    """The figures of one formula by group. At the size of a nation most are looked at once or never: each is put together
    when it is."""

    def __init__(self, places: Mapping[Key, int], figures: Figures, units: list[int]) -> None:
        self._places, self._figures, self._units = places, figures, units

    def __getitem__(self, key: Key) -> Result:
        at = self._places[key]
        return Result(self._figures.at(at), self._units[at])

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def figure_values(self) -> dict[Key, Any]:
        """The values alone."""
        return {key: self._figures.values[at] for key, at in self._places.items()}


def values_in(groups: Mapping[Key, Result]) -> dict[Key, Any]:
    """The values of figures by group."""
    if isinstance(groups, Groups):
        return groups.figure_values
    return {key: result.figure.value for key, result in groups.items()}


@dataclass(frozen=True, slots=True)
class Work:
    """What an engine computes: plans for a scope by several groupings, with the values from elsewhere at hand.
    ``defaults`` are the registers of the formulas' bare names."""

    planned: Planned
    defaults: dict[str, str]
    scope: Scope
    groupings: tuple[Grouping, ...]
    build: Build
    supplied: Supplied


Results = dict[Grouping, dict[str, Mapping[Key, Result]]]
Engine = Callable[[Work], Results]


def _outside_keys(plan: Plan, supplied: Mapping[str, Values], grouping: Grouping) -> list[Key]:
    """The groups of a formula that reads nothing but values from elsewhere."""
    if grouping == WHOLE:
        return [None]
    return list(dict.fromkeys(key for external in plan.externals for key in supplied.get(external.key, ())))


def _on_sql(name: str, work: Work) -> Results:
    tables = columns_of(work.planned, work.scope, work.groupings, work.build, name)
    return {grouping: _finished(work, grouping, table) for grouping, table in tables.items()}


def _finished(work: Work, grouping: Grouping, table: Table) -> dict[str, Mapping[Key, Result]]:
    supplied = work.supplied.get(grouping, {})
    if grouping == WHOLE and not table.keys:
        table = Table([None])
    columns = _with_supplied(table.columns, table.keys, supplied)
    everyone = {key: at for at, key in enumerate(table.keys)}
    found: dict[str, Mapping[Key, Result]] = {}
    today = work.build.today
    for name, plan in work.planned.plans.items():
        if plan.sources:
            units = list(map(max, *map(columns.counts, work.planned.units_keys[name]), repeat(0)))
            there = grouping == WHOLE or all(units)
            places = everyone if there else {key: at for key, at in everyone.items() if units[at]}
            found[name] = Groups(places, plan.finish_all(columns, today=today), units)
        else:
            keys = _outside_keys(plan, supplied, grouping)
            figures = plan.finish_all(_with_supplied({}, keys, supplied), today=today)
            found[name] = Groups({key: at for at, key in enumerate(keys)}, figures, [0] * len(keys))
    return found


def _with_supplied(own: dict[str, list[Any]], keys: list[Key], supplied: Mapping[str, Values]) -> Columns:
    elsewhere = {name: [values.get(key) for key in keys] for name, values in supplied.items()}
    return Columns({**own, **elsewhere}, len(keys))


def _on_reference(work: Work) -> Results:
    return {
        grouping: {
            name: _reference(work, plan, work.defaults[name], grouping) for name, plan in work.planned.plans.items()
        }
        for grouping in work.groupings
    }


def _reference(work: Work, plan: Plan, register: str, grouping: Grouping) -> dict[Key, Result]:
    """One formula's figures: the same rows, evaluated one by one."""
    build = work.build
    rows: dict[Key, dict[str, list[Row]]] = {}
    units: dict[Key, dict[str, set[int]]] = {}
    for source in plan.sources:
        declared = build.catalog.register(source.register)
        if grouping.columns(declared) is None:
            continue
        for row in run(build, rows_statement(declared, work.scope, plan.formula, build)):
            key = _key_in(row, grouping)
            rows.setdefault(key, {}).setdefault(source.register, []).append(row)
            units.setdefault(key, {}).setdefault(source.register, set()).add(row["_unit"])
    supplied = work.supplied.get(grouping, {})
    if not plan.sources or (grouping == WHOLE and not rows):
        rows = {key: {} for key in _outside_keys(plan, supplied, grouping)}
    return {
        key: Result(
            evaluate_aggregate(
                plan.formula,
                by_register,
                build.today,
                default_register=register,
                external={f"e{n}": supplied[one.key].get(key) for n, one in enumerate(plan.externals)},
                momentary=momentary_in(work.scope, build.catalog),
            ),
            max(map(len, units.get(key, {}).values()), default=0),
        )
        for key, by_register in rows.items()
    }


def _key_in(row: Row, grouping: Grouping) -> Key:
    unit: Any = step_of(row["_path"], grouping.depth) if grouping.depth else row.get(grouping.by_unit)
    values = [unit] if grouping.by_unit else []
    return key_of([*values, row[grouping.dimension]] if grouping.dimension else values)


ENGINES: dict[str, Engine] = {
    "duckdb": partial(_on_sql, "duckdb"),
    "reference": _on_reference,
    "spark": partial(_on_sql, "spark"),
}
