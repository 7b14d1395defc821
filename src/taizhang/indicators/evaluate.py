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

from taizhang.catalog.names import fact_of
from taizhang.catalog.schema import IndicatorDef, RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import (
    LATEST,
    Figure,
    Formula,
    Momentary,
    Plan,
    evaluate_aggregate,
    parse,
    plan_aggregates,
    select_many,
)
from taizhang.kernel.formula.nodes import Call, Name, Text, walk
from taizhang.kernel.formula.sql import carried
from taizhang.kernel.periods import Period
from taizhang.warehouse.projection import UNITS, Build, table_name
from taizhang.warehouse.queries import period_codes, run

Key = Any  # a unit's id, a dimension's value, or None for the one figure of the whole scope
EMPTY = Figure(None, None, None, 0, 0)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that count: those of a unit's whole subtree, in a period; with ``since``, from that day to its end."""

    path: str
    period: Period
    since: date | None = None

    @property
    def start(self) -> date:
        return self.since or self.period.start


@dataclass(frozen=True, slots=True)
class Grouping:
    """One figure per unit of a level (``at_school``), per unit so many steps from the root, or per value of a field; by
    nothing when all are empty."""

    level: str = ""
    dimension: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """A figure with the number of units that had rows in it."""

    figure: Figure
    units: int


@dataclass(frozen=True, slots=True)
class _Question:
    """What everything below one evaluation shares."""

    register: str
    build: Build
    engine: Engine


WHOLE = Grouping()


@lru_cache(maxsize=2048)
def parsed(text: str) -> Formula:
    return parse(text)


def evaluate(
    indicator: IndicatorDef, scope: Scope, build: Build, grouping: Grouping = WHOLE, *, engine: str = "duckdb"
) -> dict[Key, Result]:
    """The figures by group key. An empty scope gives ``{}`` when grouped, and a null figure when not."""
    chosen = ENGINES.get(engine)
    if chosen is None:
        raise Problem("IND-005", f"没有计算引擎“{engine}”", remedy="可用：" + "、".join(ENGINES))
    question = _Question(indicator.register_code or "", build, chosen)
    found = _evaluate(parsed(indicator.formula), scope, grouping, question)
    return found if grouping != WHOLE else {None: found.get(None, Result(EMPTY, 0))}


def evaluate_many(indicators: Sequence[IndicatorDef], scope: Scope, build: Build) -> dict[str, Result]:
    """The figures of several indicators for one scope, by code; plain formulas share one pass over each register."""
    found = evaluate_groups(indicators, scope, build)
    return {code: groups.get(None, Result(EMPTY, 0)) for code, groups in found.items()}


def evaluate_groups(
    indicators: Sequence[IndicatorDef],
    scope: Scope,
    build: Build,
    grouping: Grouping = WHOLE,
    *,
    engine: str = "duckdb",
) -> dict[str, dict[Key, Result]]:
    """The figures of several indicators by code and group key. Formulas share one pass over each register, and so do the
    values of the same other period that they look at."""
    asked = {item.code: (parsed(item.formula), item.register_code or "") for item in indicators}
    return _evaluate_all(asked, scope, grouping, build, engine)


Several = dict[str, tuple[Formula, str]]


def _evaluate_all(
    asked: Several, scope: Scope, grouping: Grouping, build: Build, engine: str
) -> dict[str, dict[Key, Result]]:
    """Several formulas, each with the register of its bare names, by name."""
    plans: dict[str, Plan] = {}
    found: dict[str, dict[Key, Result]] = {}
    elsewhere: dict[str, Several] = {}
    for place, (name, (formula, register)) in enumerate(asked.items()):
        plan = _plan(formula, register, scope, build, prefix=f"i{place}_")
        if not _shares(plan, build) or engine == "reference":
            found[name] = _evaluate(formula, scope, grouping, _Question(register, build, ENGINES[engine]))
            continue
        plans[name] = plan
        for external in plan.externals:
            elsewhere.setdefault(external.kind, {})[external.key] = (external.formula or formula, register)
    columns = _columns(list(plans.values()), scope, build, grouping, engine)
    for kind, operands in elsewhere.items():
        for key, values in _evaluate_all(operands, SHIFTS[kind](scope), grouping, build, engine).items():
            for group, result in values.items():
                if group in columns:
                    columns[group][key] = result.figure.value
    if grouping == WHOLE:
        columns = columns or {None: {}}
    for name, plan in plans.items():
        own = {key: row for key, row in columns.items() if grouping == WHOLE or _has_rows(plan, row)}
        found[name] = {key: _finished(plan, row, build) for key, row in own.items()}
    return found


def _shares(plan: Plan, build: Build) -> bool:
    """Whether a formula can be computed in one pass with others: it reads the same rows, and looks only at other periods."""
    registers = [build.catalog.register(source.register) for source in plan.sources]
    plain = all(external.kind in SHIFTS and external.formula is not None for external in plan.externals)
    return plain and bool(registers) and not any(_asks_for_void(register, plan.formula) for register in registers)


def _has_rows(plan: Plan, row: dict[str, Any]) -> bool:
    """Whether a group has rows in a register that the formula reads, not only in one that another formula reads."""
    return any(row.get(_units_key(source.register)) for source in plan.sources)


Rows = dict[str, Any]
Supplied = dict[Key, dict[str, Any]]
Engine = Callable[[Plan, Scope, Build, Grouping, Supplied, str], dict[Key, Result]]


def _plan(formula: Formula, register: str, scope: Scope, build: Build, prefix: str = "") -> Plan:
    return plan_aggregates(formula, register, prefix, momentary_in(scope, build))


def _evaluate(formula: Formula, scope: Scope, grouping: Grouping, question: _Question) -> dict[Key, Result]:
    """Evaluate the values from other periods and units first, then the formula itself."""
    plan = _plan(formula, question.register, scope, question.build)
    supplied: Supplied = {}
    everywhere: dict[str, Any] = {}
    for external in plan.externals:
        if external.formula is None:
            raise Problem("IND-003", "rank() 里没有写按什么排", remedy="写明排名的汇总式，例如 rank(sum(在校生数))")
        values = OUTSIDE[external.kind](external.formula, scope, grouping, question)
        if external.kind in UNGROUPED and grouping != WHOLE:
            everywhere[external.key] = values.get(None)
            continue
        for key, value in values.items():
            supplied.setdefault(key, {})[external.key] = value
    if everywhere:
        supplied = _Everyone(everywhere, supplied)
    return question.engine(plan, scope, question.build, grouping, supplied, question.register)


class _Everyone(dict[Key, dict[str, Any]]):
    """Supplied values of which some are the same for every group."""

    def __init__(self, values: dict[str, Any], own: Supplied) -> None:
        super().__init__(own)
        self.values_for_all = values

    def get(self, key: Key, default: Any = None) -> dict[str, Any]:
        return {**self.values_for_all, **super().get(key, {})}


# Values from other periods and units, by kind; UNGROUPED ones are one for all groups.

Outside = Callable[[Formula, Scope, Grouping, _Question], dict[Key, Any]]
MOST_PERIODS = 60
SCHOOL_YEAR_KINDS = ("term", "week", "school_year")


def _values(formula: Formula, scope: Scope, grouping: Grouping, question: _Question) -> dict[Key, Any]:
    return {key: result.figure.value for key, result in _evaluate(formula, scope, grouping, question).items()}


def _year_to_date(scope: Scope) -> Scope:
    """From the first day of the year, or of the school year, to the period's end."""
    kind = "school_year" if scope.period.kind in SCHOOL_YEAR_KINDS else "year"
    return replace(scope, since=scope.period.as_kind(kind).start)


# The same rows in another period.
SHIFTS: dict[str, Callable[[Scope], Scope]] = {
    "previous": lambda scope: replace(scope, period=scope.period.previous()),
    "last_year": lambda scope: replace(scope, period=scope.period.last_year()),
    "ytd": _year_to_date,
}


def _shifted(kind: str) -> Outside:
    def values(formula: Formula, scope: Scope, grouping: Grouping, question: _Question) -> dict[Key, Any]:
        return _values(formula, SHIFTS[kind](scope), grouping, question)

    return values


def _streak(formula: Formula, scope: Scope, grouping: Grouping, question: _Question) -> dict[Key, Any]:
    """For how many periods up to this one a condition has held; None where it cannot be told of this one."""
    now = _values(formula, scope, grouping, question)
    counts: dict[Key, Any] = {key: None if holds is None else int(holds is True) for key, holds in now.items()}
    going = {key for key, holds in now.items() if holds is True}
    for _ in range(MOST_PERIODS - 1):
        if not going:
            break
        scope = replace(scope, period=scope.period.previous())
        before = _values(formula, scope, grouping, question)
        going = {key for key in going if before.get(key) is True}
        for key in going:
            counts[key] += 1
    return counts


def _of_the_parent(formula: Formula, scope: Scope, grouping: Grouping, question: _Question) -> dict[Key, Any]:
    return _values(formula, replace(scope, path=_above(scope.path)), WHOLE, question)


def _of_the_whole(formula: Formula, scope: Scope, grouping: Grouping, question: _Question) -> dict[Key, Any]:
    return _values(formula, scope, WHOLE, question)


def _rank(formula: Formula, scope: Scope, grouping: Grouping, question: _Question) -> dict[Key, Any]:
    """Each group's place among the groups; each unit's among the units of its level under the same parent."""
    if grouping.dimension:
        return _places(_values(formula, scope, grouping, question))
    tree = _tree(question.build)
    here = int(scope.path.strip("/").split("/")[-1])
    level = Grouping(depth=grouping.depth) if grouping.depth else Grouping(grouping.level or tree[here][1])
    values = _values(formula, replace(scope, path=_above(scope.path)), level, question)
    families: dict[int | None, dict[Key, Any]] = {}
    for key, value in values.items():
        if key in tree:
            families.setdefault(tree[key][0], {})[key] = value
    places = {key: place for family in families.values() for key, place in _places(family).items()}
    return places if grouping != WHOLE else {None: places.get(here)}


def _places(values: dict[Key, Any]) -> dict[Key, int]:
    """The place of each, the highest first; equal values share one, and what has no value has none."""
    known = sorted((value for value in values.values() if value is not None), reverse=True)
    return {key: known.index(value) + 1 for key, value in values.items() if value is not None}


def _above(path: str) -> str:
    above = path.strip("/").split("/")[:-1]
    return f"/{'/'.join(above)}/" if above else path


def _tree(build: Build) -> dict[int, tuple[int | None, str]]:
    """Each unit's parent and level."""
    names = ("unit_id", "parent_id", "level")
    rows = run(build, exp.select(*map(_column, names)).from_(exp.to_table(UNITS, quoted=True)))
    return {row["unit_id"]: (row["parent_id"], row["level"]) for row in rows}


OUTSIDE: dict[str, Outside] = {
    **{kind: _shifted(kind) for kind in SHIFTS},
    "streak": _streak,
    "parent": _of_the_parent,
    "whole": _of_the_whole,
    "rank": _rank,
}
UNGROUPED = ("parent", "whole")


# Several periods at once: flows add up, stocks and cumulated numbers are those of the newest


def momentary_in(scope: Scope, build: Build) -> Momentary | None:
    """Which aggregates over a scope of several returns take the newest of them only; None where no register has several."""

    def newest_only(register: str, call: Call) -> bool:
        declared = build.catalog.register(register)
        return len(_codes(declared, scope)) > 1 and _is_momentary(declared, call)

    return newest_only


def _is_momentary(register: RegisterDef, call: Call) -> bool:
    fields = {part.field for arg in call.args for part in carried(arg) if isinstance(part, Name)}
    return any(fact_of(field).momentary for field in register.fields if field.name in fields)


def _codes(register: RegisterDef, scope: Scope) -> list[str]:
    """The register's own periods within the scope, newest first; none for cases and rosters."""
    return _period_codes(register.period or "year", scope) if register.kind == "statistics" else []


def _newest_held(register: RegisterDef, scope: Scope, build: Build) -> str:
    """The newest period of the scope of which there are returns: the same one for every unit, so that parts add up."""
    codes = _codes(register, scope)
    held = set(period_codes(build, register.code))
    return next((code for code in codes if code in held), codes[0])


# SQL, on DuckDB and on Spark


def _sql_engine(name: str) -> Engine:
    def compute(
        plan: Plan, scope: Scope, build: Build, grouping: Grouping, supplied: Supplied, register: str
    ) -> dict[Key, Result]:
        columns = _columns([plan], scope, build, grouping, name)
        if not plan.sources:
            columns = {key: {} for key in supplied} or {None: {}}
        return {key: _finished(plan, {**row, **(supplied.get(key) or {})}, build) for key, row in columns.items()}

    return compute


def _finished(plan: Plan, row: dict[str, Any], build: Build) -> Result:
    units = max((row.get(_units_key(source.register), 0) for source in plan.sources), default=0)
    return Result(plan.finish(row, today=build.today), units)


def _columns(
    plans: Sequence[Plan], scope: Scope, build: Build, grouping: Grouping, engine: str = "duckdb"
) -> dict[Key, dict[str, Any]]:
    """The output columns of several plans by group key: one pass over each register that they read."""
    columns: dict[Key, dict[str, Any]] = {}
    for register in dict.fromkeys(source.register for plan in plans for source in plan.sources):
        declared = build.catalog.register(register)
        group = _group_column(grouping, declared)
        if group is None:
            continue
        readers = [plan for plan in plans if any(source.register == register for source in plan.sources)]
        rows = rows_statement(declared, scope, readers[0].formula, build).subquery("rows", copy=False)
        by = [group] if grouping != WHOLE else ()
        select = select_many(readers, register, rows, group_by=by, today=build.today)
        units = exp.Count(this=exp.Distinct(expressions=[_column("_unit")]))
        for row in run(build, select.select(exp.alias_(units, _units_key(register), quoted=True), copy=False), engine):
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
    if grouping.depth:
        return exp.alias_(_ancestor(grouping.depth), "_key", quoted=True)
    if grouping.dimension:
        known = register.field(grouping.dimension)
        return exp.alias_(_column(grouping.dimension), "_key", quoted=True) if known else None
    return exp.alias_(exp.Null(), "_key", quoted=True)


def _ancestor(depth: int) -> exp.Expr:
    """The unit so many steps from the root at or above a row's own: null for what lies higher."""
    part = exp.SplitPart(
        this=_column("_path"), delimiter=exp.Literal.string("/"), part_index=exp.Literal.number(depth + 2)
    )
    return exp.cast(exp.Nullif(this=part, expression=exp.Literal.string("")), "bigint")


def rows_statement(register: RegisterDef, scope: Scope, formula: Formula, build: Build | None = None) -> exp.Select:
    """The rows of one register that take part: the subtree's, of the period, not void. With ``build`` the column
    ``_latest`` says of several returns which are the newest."""
    rows = exp.to_table(table_name(register.code), quoted=True).as_("r", quoted=True)
    units = exp.to_table(UNITS, quoted=True).as_("u", quoted=True)
    conditions: list[exp.Expr] = [_starts_with(exp.column("path", "u", quoted=True), scope.path)]
    conditions.append(period_condition(register, scope))
    if not _asks_for_void(register, formula):
        conditions.append(
            exp.NEQ(this=exp.column("_category", "r", quoted=True), expression=exp.Literal.string("void"))
        )
    levels = [exp.column(f"at_{level}", "u", quoted=True) for level in ("bureau", "section", "district", "school")]
    place = [
        exp.alias_(exp.column(name, "u", quoted=True), alias, quoted=True)
        for name, alias in (("name", "单位"), ("code", "_unit_code"), ("path", "_path"))
    ]
    if build is not None and table_name(register.code) not in build.tables:
        raise Problem(
            "IND-007", f"这个数据仓里没有“{register.name}”", remedy="留存之后才有这本台账，或它的名单不外带、没有导出"
        )
    if build is not None and len(_codes(register, scope)) > 1:
        newest = exp.Literal.string(_newest_held(register, scope, build))
        place.append(
            exp.alias_(exp.EQ(this=exp.column("期间", "r", quoted=True), expression=newest), LATEST, quoted=True)
        )
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


def period_condition(register: RegisterDef, scope: Scope) -> exp.Expr:
    """Which rows belong to a period: by their own period code, by date, or (a roster) by being there at its end."""
    if register.kind == "statistics":
        codes = [exp.Literal.string(code) for code in _codes(register, scope)]
        return exp.In(this=exp.column("期间", "r", quoted=True), expressions=codes)
    dated = exp.column("_dated_on", "r", quoted=True)
    before_end = exp.LTE(this=dated, expression=_date(scope.period.end))
    if register.kind == "roster":
        return before_end
    return exp.and_(exp.GTE(this=dated.copy(), expression=_date(scope.start)), before_end)


def _period_codes(kind: str, scope: Scope) -> list[str]:
    """The periods of a kind within the scope, newest first; else the one that was newest when it closed."""
    codes = []
    step = scope.period.as_kind(kind)
    if step.start < scope.start:
        return [step.code]
    while step.start >= scope.start:
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
    plan: Plan, scope: Scope, build: Build, grouping: Grouping, supplied: Supplied, register: str
) -> dict[Key, Result]:
    rows: dict[Key, dict[str, list[Rows]]] = {}
    units: dict[Key, set[int]] = {}
    for source in plan.sources:
        declared = build.catalog.register(source.register)
        key_column = f"at_{grouping.level}" if grouping.level else grouping.dimension
        if grouping.dimension and not declared.field(grouping.dimension):
            continue
        for row in run(build, rows_statement(declared, scope, plan.formula, build)):
            key = _ancestor_of(row, grouping.depth) if grouping.depth else row[key_column] if key_column else None
            rows.setdefault(key, {}).setdefault(source.register, []).append(row)
            units.setdefault(key, set()).add(row["_unit"])
    names = {source.register for source in plan.sources}
    if not plan.sources:
        rows, units = {key: {} for key in supplied} or {None: {}}, {}
    return {
        key: Result(
            evaluate_aggregate(
                plan.formula,
                {name: by_register.get(name, []) for name in names},
                build.today,
                default_register=register,
                external=supplied.get(key) or {},
                momentary=momentary_in(scope, build),
            ),
            len(units.get(key, ())),
        )
        for key, by_register in rows.items()
    }


def _ancestor_of(row: Rows, depth: int) -> int | None:
    steps = row["_path"].strip("/").split("/")
    return int(steps[depth]) if len(steps) > depth else None


ENGINES: dict[str, Engine] = {
    "duckdb": _sql_engine("duckdb"),
    "reference": _on_reference,
    "spark": _sql_engine("spark"),
}
