"""The output columns of many formulas for many groupings: one pass over each register.

A pass computes its cells: one for every combination of values of all the groupings' columns. What can be merged (sums,
counts, least and greatest) is added up from the cells to each grouping; what cannot (medians, distinct values) is asked
for by grouping. Statements are kept between calls; the unit's path is their parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlglot import exp

from taizhang.catalog.schema import RegisterDef
from taizhang.indicators.asked import Planned, Reading
from taizhang.indicators.scope import Grouping, Scope, codes_in, newest_held, require_table, rows_of
from taizhang.indicators.tables import Table
from taizhang.kernel.formula import Output, outputs_of_many, select_outputs
from taizhang.kernel.formula.plan import added
from taizhang.kernel.periods import Period
from taizhang.warehouse.projection import Build
from taizhang.warehouse.queries import Statement, run

STATEMENTS_KEPT = 2048


@dataclass(frozen=True)
class Pass:
    """One statement, the groupings that its rows serve and the names of the columns by which they are grouped."""

    statement: Statement
    groupings: tuple[Grouping, ...]
    by: tuple[str, ...]
    outputs: dict[str, Output]


def columns_of(
    plan: Planned, scope: Scope, groupings: Sequence[Grouping], build: Build, engine: str
) -> dict[Grouping, Table]:
    """The output columns by grouping. A register without a grouping's dimension gives it nothing."""
    found = dict.fromkeys(groupings, Table())
    for reading in plan.readings:
        require_table(reading.register, build)
        newest = newest_held(reading.register, scope, build)
        asked = tuple(grouping for grouping in groupings if grouping.columns(reading.register) is not None)
        for one in _passes(reading, asked, scope.period, scope.since, newest, build.today):
            rows = run(build, one.statement, engine, {"path": scope.path})
            for grouping, table in _grouped(one, rows, reading.register):
                found[grouping] = found[grouping].beside(table)
    return found


def _grouped(one: Pass, rows: list[dict[str, Any]], register: RegisterDef) -> Iterator[tuple[Grouping, Table]]:
    """The cells of a pass added up to each of its groupings: the finest first, so that coarser ones are made from few."""
    merges = {key: output.merge for key, output in one.outputs.items()}
    names = [f"_by_{name}" for name in one.by]
    table = Table(
        [tuple([row[name] for name in names]) for row in rows], {key: [row[key] for row in rows] for key in one.outputs}
    )
    places = {grouping: [one.by.index(name) for name in grouping.columns(register) or ()] for grouping in one.groupings}
    for grouping in sorted(places, key=lambda grouping: max(places[grouping], default=-1), reverse=True):
        table = table.merged(range(max(places[grouping], default=-1) + 1), merges)
        yield grouping, table.merged(places[grouping], merges).keyed()


@lru_cache(maxsize=STATEMENTS_KEPT)
def _passes(
    reading: Reading, groupings: tuple[Grouping, ...], period: Period, since: date | None, newest: str, today: date
) -> tuple[Pass, ...]:
    """The statements of a reading: the cells, and for what cannot be merged one a grouping."""
    scope = Scope("", period, since)
    columns = {grouping: grouping.columns(reading.register) or () for grouping in groupings}
    by = tuple(dict.fromkeys(name for names in columns.values() for name in names))
    outputs = outputs_of_many(reading.plans, reading.name, today=today)
    outputs[reading.units_key] = _units(reading, groupings, scope)
    if all(len(names) == len(by) for names in columns.values()):
        return (_pass(reading, scope, newest, groupings, by, outputs),) if groupings else ()
    cells = {key: output for key, output in outputs.items() if output.merge}
    apart = {key: output for key, output in outputs.items() if not output.merge}
    made = [_pass(reading, scope, newest, groupings, by, cells)]
    if apart:
        made += [_pass(reading, scope, newest, (grouping,), names, apart) for grouping, names in columns.items()]
    return tuple(made)


def _units(reading: Reading, groupings: tuple[Grouping, ...], scope: Scope) -> Output:
    """How many units have rows: their rows, where a unit returns one (a return is there once a unit, period and value of
    the dimensions), else the distinct ones, which add up as long as no unit is in two cells."""
    register = reading.register
    if (
        register.kind == "statistics"
        and not (register.dimensions or reading.void)
        and len(codes_in(register, scope)) < 2
    ):
        return Output(reading.units_key, exp.Count(this=exp.Star()), added)
    counted = exp.Count(this=exp.Distinct(expressions=[exp.column("_unit", quoted=True)]))
    return Output(reading.units_key, counted, None if any(grouping.dimension for grouping in groupings) else added)


def _pass(
    reading: Reading,
    scope: Scope,
    newest: str,
    groupings: tuple[Grouping, ...],
    by: tuple[str, ...],
    outputs: dict[str, Output],
) -> Pass:
    steps = sorted({grouping.depth for grouping in groupings if grouping.depth})
    path = exp.Placeholder(this="path")
    rows = rows_of(reading.register, scope, path, newest=newest, void=reading.void, steps=steps)
    keys = [exp.alias_(exp.column(name, quoted=True), f"_by_{name}", quoted=True) for name in by]
    select = select_outputs(outputs, rows.subquery("rows", copy=False), group_by=keys)
    return Pass(Statement(select), groupings, by, outputs)
