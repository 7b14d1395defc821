"""Which rows a figure is made of: those of a unit's subtree, in a period, not void; and what they are grouped by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlglot import exp

from taizhang.catalog.current import Catalog
from taizhang.catalog.names import fact_of
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import LATEST, Formula, Momentary
from taizhang.kernel.formula.nodes import Call, Name, Text, walk
from taizhang.kernel.formula.sql import carried
from taizhang.kernel.periods import Period
from taizhang.warehouse.projection import UNITS, Build, table_name
from taizhang.warehouse.queries import period_codes

# A unit's id, a dimension's value, both as a pair, or None for the one figure of the whole scope.
Key = Any
UNIT_LEVELS = ("bureau", "section", "district", "school")


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
    """One figure per unit of a level (``at_school``), or per unit so many steps from the root; per value of a field; per
    both, then keyed by the pair; by nothing when all are empty."""

    level: str = ""
    dimension: str = ""
    depth: int = 0

    @property
    def by_unit(self) -> str:
        """The column of the units that it groups by; empty when it does not."""
        return f"at_{self.level}" if self.level else f"_step_{self.depth}" if self.depth else ""

    def columns(self, register: RegisterDef) -> tuple[str, ...] | None:
        """Its columns in a register's rows; None when the register does not have the dimension."""
        if self.dimension and not register.field(self.dimension):
            return None
        return tuple(name for name in (self.by_unit, self.dimension) if name)

    def unit_of(self, key: Key) -> Key:
        """The unit in one of its keys."""
        return key[0] if self.by_unit and self.dimension else key


WHOLE = Grouping()


def key_of(values: Sequence[Any]) -> Key:
    """The key of a group from the values of the grouping's columns."""
    return tuple(values) if len(values) > 1 else values[0] if values else None


# Several periods at once: flows add up, stocks and cumulated numbers are those of each unit's newest return


def momentary_in(scope: Scope, whole: Catalog) -> Momentary | None:
    """Which aggregates over a scope of several returns take the newest of them only; None where no register has several."""

    def newest_only(register: str, call: Call) -> bool:
        declared = whole.register(register)
        return len(codes_in(declared, scope)) > 1 and _is_momentary(declared, call)

    return newest_only


def _is_momentary(register: RegisterDef, call: Call) -> bool:
    fields = {part.field for arg in call.args for part in carried(arg) if isinstance(part, Name)}
    return any(fact_of(field).momentary for field in register.fields if field.name in fields)


def codes_in(register: RegisterDef, scope: Scope) -> list[str]:
    """The register's own periods within the scope, newest first; none for cases and rosters."""
    return _period_codes(register.period or "year", scope) if register.kind == "statistics" else []


def newest_held(register: RegisterDef, scope: Scope, build: Build) -> str:
    """The newest period of the scope of which there are returns. Empty where the scope holds one period only."""
    codes = codes_in(register, scope)
    if len(codes) < 2:
        return ""
    held = set(period_codes(build, register.code))
    return next((code for code in codes if code in held), codes[0])


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


# The statement


def rows_statement(register: RegisterDef, scope: Scope, formula: Formula, build: Build | None = None) -> exp.Select:
    """The rows of one register that a formula reads. With ``build`` the column ``_latest`` says of several returns which
    are the newest; raises Problem when the build does not hold the register."""
    newest = ""
    if build is not None:
        require_table(register, build)
        newest = newest_held(register, scope, build)
    return rows_of(
        register, scope, exp.Literal.string(scope.path), newest=newest, void=asks_for_void(register, formula)
    )


def require_table(register: RegisterDef, build: Build) -> None:
    """Raises Problem when the build does not hold the register."""
    if table_name(register.code) not in build.tables:
        raise Problem(
            "IND-007", f"这个数据仓里没有“{register.name}”", remedy="留存之后才有这本台账，或它的名单不外带、没有导出"
        )


def rows_of(
    register: RegisterDef,
    scope: Scope,
    path: exp.Expr,
    *,
    newest: str = "",
    void: bool = False,
    steps: Sequence[int] = (),
) -> exp.Select:
    """The rows of the subtree at ``path``, of the scope's period; void ones too when ``void``. With ``newest``, the newest
    period held, ``_latest`` says which are of their unit's newest return; ``steps`` adds the units so many steps from the
    root as ``_step_n``."""
    rows = exp.to_table(table_name(register.code), quoted=True).as_("r", quoted=True)
    conditions = [period_condition(register, scope)]
    if not void:
        conditions.append(exp.NEQ(this=_column("_category", "r"), expression=exp.Literal.string("void")))
    own: list[exp.Expr] = [exp.Column(this=exp.Star(), table=exp.to_identifier("r", quoted=True))]
    if newest:
        own.append(exp.alias_(_latest(newest), LATEST, quoted=True))
    units = _units_at(path, steps)
    place = [_column(part.alias_or_name, "u") for part in units.selects[1:]]
    return (
        exp.select(*own, *place)
        .from_(rows)
        .join(
            units.subquery("u", copy=False),
            on=exp.EQ(this=_column("_unit", "r"), expression=_column("unit_id", "u")),
            copy=False,
        )
        .where(exp.and_(*conditions), copy=False)
    )


def _latest(newest: str) -> exp.Expr:
    """Is a row of its unit's newest return? While a round is open some units have the newest period and others not yet:
    each stands with its last one. A unit that closed before the newest period began has none: its pupils are elsewhere."""
    own = exp.Window(this=exp.Max(this=_column("期间", "r")), partition_by=[_column("_unit", "r")])
    closed = _column("closed_on", "u")
    still = exp.or_(
        exp.Is(this=closed, expression=exp.Null()),
        exp.GTE(this=closed.copy(), expression=_date(Period.parse(newest).start)),
    )
    return exp.and_(exp.EQ(this=_column("期间", "r"), expression=own), still)


def _units_at(path: exp.Expr, steps: Sequence[int]) -> exp.Select:
    """The units of a subtree with what rows say of their unit: once a unit, not once a row."""
    named = [
        exp.alias_(_column(name), alias, quoted=True)
        for name, alias in (("name", "单位"), ("code", "_unit_code"), ("path", "_path"))
    ]
    levels = [_column(f"at_{level}") for level in UNIT_LEVELS]
    named.append(_column("closed_on"))
    above = [exp.alias_(_step(depth), f"_step_{depth}", quoted=True) for depth in steps]
    inside = exp.func("starts_with", _column("path"), path.copy())
    return (
        exp.select(_column("unit_id"), *named, *levels, *above)
        .from_(exp.to_table(UNITS, quoted=True))
        .where(inside, copy=False)
    )


def _step(depth: int) -> exp.Expr:
    """The unit so many steps from the root at or above a row's own: null for what lies higher."""
    # By its plain name: every engine has it, and what sqlglot makes of its own node for DuckDB takes three times as long.
    part = exp.Anonymous(
        this="split_part", expressions=[_column("path"), exp.Literal.string("/"), exp.Literal.number(depth + 2)]
    )
    return exp.cast(exp.Nullif(this=part, expression=exp.Literal.string("")), "bigint")


def step_of(path: str, depth: int) -> int | None:
    """The same of one path."""
    steps = path.strip("/").split("/")
    return int(steps[depth]) if len(steps) > depth else None


def period_condition(register: RegisterDef, scope: Scope) -> exp.Expr:
    """Which rows belong to a period: by their own period code, by date, or (a roster) by being there at its end."""
    if register.kind == "statistics":
        codes = [exp.Literal.string(code) for code in codes_in(register, scope)]
        return exp.In(this=_column("期间", "r"), expressions=codes)
    dated = _column("_dated_on", "r")
    before_end = exp.LTE(this=dated, expression=_date(scope.period.end))
    if register.kind == "roster":
        return before_end
    return exp.and_(exp.GTE(this=dated.copy(), expression=_date(scope.start)), before_end)


def asks_for_void(register: RegisterDef, formula: Formula) -> bool:
    """Whether a formula names one of the register's void states: then void records take part."""
    void = {state for state, category in register.lifecycle.states.items() if category == "void"}
    return any(isinstance(node, Text) and node.value in void for node in walk(formula.root))


def _date(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "date")


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table, quoted=True)
