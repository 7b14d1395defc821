"""An indicator's formula, run: one statement per register, exact decimals at the end.

``Scope`` says whose rows and of which period; ``Grouping`` whether there is one figure or one per unit below or per value
of a dimension. Records in a void state take no part unless the formula names such a state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlglot import exp

from taizhang.catalog.schema import IndicatorDef, RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import Figure, Formula, Plan, evaluate_aggregate, parse, plan_aggregates, select_many
from taizhang.kernel.formula.nodes import Text, walk
from taizhang.kernel.periods import Period
from taizhang.warehouse.projection import UNITS, Build, table_name
from taizhang.warehouse.queries import run

Key = Any  # a unit's id, a dimension's value, or None for the one figure of the whole scope
EMPTY = Figure(None, None, None, 0, 0)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that count: those of a unit's whole subtree, in a period."""

    path: str
    period: Period


@dataclass(frozen=True, slots=True)
class Grouping:
    """One figure per unit of a level (``at_school``), or per value of a field; by nothing when both are empty."""

    level: str = ""
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A figure with the number of units that had rows in it."""

    figure: Figure
    units: int


WHOLE = Grouping()
# Values from outside that are one for all groups.
UNGROUPED = ("parent", "whole")


@lru_cache(maxsize=2048)
def parsed(text: str) -> Formula:
    return parse(text)


def evaluate(
    indicator: IndicatorDef, scope: Scope, build: Build, grouping: Grouping = WHOLE, *, engine: str = "duckdb"
) -> dict[Key, Result]:
    """The figures by group key. An empty scope gives ``{}`` when grouped, and a null figure when not."""
    found = _evaluate(parsed(indicator.formula), indicator.register_code or "", scope, build, grouping, ENGINES[engine])
    return found if grouping != WHOLE else {None: found.get(None, Result(EMPTY, 0))}


def evaluate_many(indicators: Sequence[IndicatorDef], scope: Scope, build: Build) -> dict[str, Result]:
    """The figures of several indicators for one scope, by code; plain formulas share one pass over each register."""
    plans: dict[str, Plan] = {}
    found: dict[str, Result] = {}
    for place, item in enumerate(indicators):
        plan = plan_aggregates(parsed(item.formula), item.register_code or "", prefix=f"i{place}_")
        registers = [build.catalog.register(source.register) for source in plan.sources]
        if plan.externals or any(_asks_for_void(register, plan.formula) for register in registers):
            found[item.code] = evaluate(item, scope, build)[None]
        else:
            plans[item.code] = plan
    row = _columns(list(plans.values()), scope, build, WHOLE).get(None, {})
    return found | {code: _finished(plan, row, build) for code, plan in plans.items()}


Rows = dict[str, Any]
Engine = Callable[[Plan, "Scope", Build, Grouping, dict[Key, dict[str, Any]], str], dict[Key, Result]]


def _evaluate(
    formula: Formula, register: str, scope: Scope, build: Build, grouping: Grouping, engine: Engine
) -> dict[Key, Result]:
    """Evaluate the values from other periods and units first, then the formula itself."""
    plan = plan_aggregates(formula, register)
    supplied: dict[Key, dict[str, Any]] = {}
    for external in plan.externals:
        other = _outside(external.kind, scope)
        operand = external.formula or formula
        where_from = WHOLE if external.kind in UNGROUPED else grouping
        values = _evaluate(operand, register, other, build, where_from, engine)
        for key, result in values.items():
            supplied.setdefault(key, {})[external.key] = result.figure.value
    if grouping != WHOLE and any(external.kind in UNGROUPED for external in plan.externals):
        supplied = _Everyone(supplied.pop(None, {}), supplied)
    return engine(plan, scope, build, grouping, supplied, register)


class _Everyone(dict[Key, dict[str, Any]]):
    """Supplied values of which some are the same for every group."""

    def __init__(self, values: dict[str, Any], own: dict[Key, dict[str, Any]]) -> None:
        super().__init__(own)
        self.values_for_all = values

    def get(self, key: Key, default: Any = None) -> dict[str, Any]:
        return {**self.values_for_all, **super().get(key, {})}


def _outside(kind: str, scope: Scope) -> Scope:
    """Where a value from outside comes from."""
    match kind:
        case "whole":
            return scope
        case "previous":
            return replace(scope, period=scope.period.previous())
        case "last_year":
            return replace(scope, period=scope.period.last_year())
        case "parent":
            above = scope.path.strip("/").split("/")[:-1]
            return replace(scope, path=f"/{'/'.join(above)}/" if above else scope.path)
    raise Problem("IND-003", f"公式里的 {kind} 还不能用于这里", remedy="改用 previous、last_year 或 share")


# DuckDB


def _on_duckdb(
    plan: Plan, scope: Scope, build: Build, grouping: Grouping, supplied: dict[Key, dict[str, Any]], register: str
) -> dict[Key, Result]:
    columns = _columns([plan], scope, build, grouping)
    if not plan.sources:
        columns = {key: {} for key in supplied}
    return {key: _finished(plan, {**row, **(supplied.get(key) or {})}, build) for key, row in columns.items()}


def _finished(plan: Plan, row: dict[str, Any], build: Build) -> Result:
    units = max((row.get(_units_key(source.register), 0) for source in plan.sources), default=0)
    return Result(plan.finish(row, today=build.today), units)


def _columns(plans: Sequence[Plan], scope: Scope, build: Build, grouping: Grouping) -> dict[Key, dict[str, Any]]:
    """The output columns of several plans by group key: one pass over each register that they read."""
    columns: dict[Key, dict[str, Any]] = {}
    for register in dict.fromkeys(source.register for plan in plans for source in plan.sources):
        declared = build.catalog.register(register)
        group = _group_column(grouping, declared)
        if group is None:
            continue
        readers = [plan for plan in plans if any(source.register == register for source in plan.sources)]
        rows = rows_statement(declared, scope, readers[0].formula).subquery("rows")
        by = [group] if grouping != WHOLE else ()
        select = select_many(readers, register, rows, group_by=by, today=build.today)
        units = exp.Count(this=exp.Distinct(expressions=[_column("_unit")]))
        for row in run(build, select.select(exp.alias_(units, _units_key(register), quoted=True))):
            columns.setdefault(row.pop("_key", None), {}).update(row)
    return columns


def _units_key(register: str) -> str:
    return f"_units of {register}"


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _group_column(grouping: Grouping, register: RegisterDef) -> exp.Expr | None:
    """The grouping's column, aliased ``_key``; None when the register does not have the dimension."""
    if grouping.level:
        return exp.alias_(_column(f"at_{grouping.level}"), "_key", quoted=True)
    if grouping.dimension:
        known = register.field(grouping.dimension)
        return exp.alias_(_column(grouping.dimension), "_key", quoted=True) if known else None
    return exp.alias_(exp.Null(), "_key", quoted=True)


def rows_statement(register: RegisterDef, scope: Scope, formula: Formula) -> exp.Select:
    """The rows of one register that take part: the subtree's, of the period, not void."""
    rows = exp.to_table(table_name(register.code), quoted=True).as_("r", quoted=True)
    units = exp.to_table(UNITS, quoted=True).as_("u", quoted=True)
    conditions: list[exp.Expr] = [_starts_with(exp.column("path", "u", quoted=True), scope.path)]
    conditions.append(period_condition(register, scope.period))
    if not _asks_for_void(register, formula):
        conditions.append(
            exp.NEQ(this=exp.column("_category", "r", quoted=True), expression=exp.Literal.string("void"))
        )
    levels = [exp.column(f"at_{level}", "u", quoted=True) for level in ("bureau", "section", "district", "school")]
    place = [
        exp.alias_(exp.column(name, "u", quoted=True), alias, quoted=True)
        for name, alias in (("name", "单位"), ("code", "_unit_code"), ("path", "_path"))
    ]
    return (
        exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("r", quoted=True)), *place, *levels)
        .from_(rows)
        .join(
            units,
            on=exp.EQ(this=exp.column("_unit", "r", quoted=True), expression=exp.column("unit_id", "u", quoted=True)),
        )
        .where(exp.and_(*conditions))
    )


def _starts_with(column: exp.Column, prefix: str) -> exp.Expr:
    return exp.func("starts_with", column, exp.Literal.string(prefix))


def period_condition(register: RegisterDef, period: Period) -> exp.Expr:
    """Which rows belong to a period: by their own period code, by date, or (a roster) by being there at its end."""
    if register.kind == "statistics":
        kind = register.period or "year"
        codes = [exp.Literal.string(code) for code in _period_codes(kind, period)]
        return exp.In(this=exp.column("期间", "r", quoted=True), expressions=codes)
    dated = exp.column("_dated_on", "r", quoted=True)
    before_end = exp.LTE(this=dated, expression=_date(period.end))
    if register.kind == "roster":
        return before_end
    return exp.and_(exp.GTE(this=dated.copy(), expression=_date(period.start)), before_end)


def _period_codes(kind: str, period: Period) -> list[str]:
    """The register's own periods within the one asked for; else the newest one when it closed."""
    codes = []
    step = period.as_kind(kind)
    if step.start < period.start:
        return [step.code]
    while step.start >= period.start:
        codes.append(step.code)
        step = step.previous()
    return codes


def _date(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "date")


def _asks_for_void(register: RegisterDef, formula: Formula) -> bool:
    void = {state for state, category in register.lifecycle.states.items() if category == "void"}
    return any(isinstance(node, Text) and node.value in void for node in walk(formula.root))


# The reference: the same rows, evaluated in plain Python


def _on_reference(
    plan: Plan, scope: Scope, build: Build, grouping: Grouping, supplied: dict[Key, dict[str, Any]], register: str
) -> dict[Key, Result]:
    rows: dict[Key, dict[str, list[Rows]]] = {}
    units: dict[Key, set[int]] = {}
    for source in plan.sources:
        declared = build.catalog.register(source.register)
        key_column = f"at_{grouping.level}" if grouping.level else grouping.dimension
        if grouping.dimension and not declared.field(grouping.dimension):
            continue
        for row in run(build, rows_statement(declared, scope, plan.formula)):
            key = row[key_column] if key_column else None
            rows.setdefault(key, {}).setdefault(source.register, []).append(row)
            units.setdefault(key, set()).add(row["_unit"])
    names = {source.register for source in plan.sources}
    return {
        key: Result(
            evaluate_aggregate(
                plan.formula,
                {name: by_register.get(name, []) for name in names},
                build.today,
                default_register=register,
                external=supplied.get(key) or {},
            ),
            len(units[key]),
        )
        for key, by_register in rows.items()
    }


ENGINES: dict[str, Engine] = {"duckdb": _on_duckdb, "reference": _on_reference}
