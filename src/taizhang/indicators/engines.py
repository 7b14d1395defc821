"""The engines: SQL on DuckDB or Spark, and the reference in plain Python, which the others are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from taizhang.indicators.asked import Planned
from taizhang.indicators.outside import Supplied, Values
from taizhang.indicators.passes import Row, columns_of
from taizhang.indicators.scope import WHOLE, Grouping, Key, Scope, key_of, momentary_in, rows_statement, step_of
from taizhang.kernel.formula import Figure, Plan, evaluate_aggregate
from taizhang.warehouse.projection import Build
from taizhang.warehouse.queries import run

EMPTY = Figure(None, None, None, 0, 0)


@dataclass(frozen=True, slots=True)
class Result:
    """A figure with the number of units that had rows in it."""

    figure: Figure
    units: int


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


Results = dict[Grouping, dict[str, dict[Key, Result]]]
Engine = Callable[[Work], Results]


def _outside_keys(plan: Plan, supplied: Mapping[str, Values], grouping: Grouping) -> list[Key]:
    """The groups of a formula that reads nothing but values from elsewhere."""
    if grouping == WHOLE:
        return [None]
    return list(dict.fromkeys(key for external in plan.externals for key in supplied.get(external.key, ())))


def _on_sql(name: str, work: Work) -> Results:
    columns = columns_of(work.planned, work.scope, work.groupings, work.build, name)
    return {grouping: _finished(work, grouping, columns[grouping]) for grouping in work.groupings}


def _finished(work: Work, grouping: Grouping, columns: dict[Key, Row]) -> dict[str, dict[Key, Result]]:
    supplied = work.supplied.get(grouping, {})
    if grouping == WHOLE:
        columns = columns or {None: {}}
    for name, values in supplied.items():
        for key, row in columns.items():
            row[name] = values.get(key)
    found: dict[str, dict[Key, Result]] = {}
    today = work.build.today
    for name, plan in work.planned.plans.items():
        units_keys = work.planned.units_keys[name]
        own = found[name] = {}
        if not plan.sources:
            for key in _outside_keys(plan, supplied, grouping):
                own[key] = Result(
                    plan.finish({part: values.get(key) for part, values in supplied.items()}, today=today), 0
                )
            continue
        always, first, *others = grouping == WHOLE, *units_keys
        for key, row in columns.items():
            units = row.get(first) or 0
            if others:
                units = max(units, *(row.get(other) or 0 for other in others))
            if units or always:
                own[key] = Result(plan.finish(row, today=today), units)
    return found


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
