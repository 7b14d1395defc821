"""Indicators' formulas, run: for many formulas and groupings one pass over each register, exact decimals at the end.

``Scope`` says whose rows and of which period; ``Grouping`` whether there is one figure or one per unit below, per value of
a dimension, or per both. Records in a void state take no part unless the formula names such a state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.asked import Asked, asked_of, planned
from taizhang.indicators.engines import EMPTY, ENGINES, Result, Results, Work, values_in
from taizhang.indicators.outside import OUTSIDE, Question, Supplied
from taizhang.indicators.scope import WHOLE, Grouping, Key, Scope
from taizhang.kernel.errors import Problem
from taizhang.warehouse.projection import Build

# Of a scope without any rows.
NOTHING = Result(EMPTY, 0)


def evaluate(
    indicator: IndicatorDef, scope: Scope, build: Build, grouping: Grouping = WHOLE, *, engine: str = "duckdb"
) -> Mapping[Key, Result]:
    """The figures by group key. An empty scope gives ``{}`` when grouped, and a null figure when not."""
    return evaluate_groups([indicator], scope, build, grouping, engine=engine)[indicator.code]


def evaluate_many(indicators: Sequence[IndicatorDef], scope: Scope, build: Build) -> dict[str, Result]:
    """The figures of several indicators for one scope, by code."""
    found = evaluate_groups(indicators, scope, build)
    return {code: groups.get(None, NOTHING) for code, groups in found.items()}


def evaluate_groups(
    indicators: Sequence[IndicatorDef],
    scope: Scope,
    build: Build,
    grouping: Grouping = WHOLE,
    *,
    engine: str = "duckdb",
) -> dict[str, Mapping[Key, Result]]:
    """The figures of several indicators by code and group key."""
    return evaluate_levels(indicators, scope, build, [grouping], engine=engine)[grouping]


def evaluate_levels(
    indicators: Sequence[IndicatorDef],
    scope: Scope,
    build: Build,
    groupings: Sequence[Grouping],
    *,
    engine: str = "duckdb",
) -> Results:
    """The figures of several indicators by grouping, code and group key: every level of a tree, by stage and not, in one
    pass over each register and period."""
    if engine not in ENGINES:
        raise Problem("IND-005", f"没有计算引擎“{engine}”", remedy="可用：" + "、".join(ENGINES))
    return _evaluated(asked_of(indicators, build), scope, tuple(dict.fromkeys(groupings)), build, engine)


def _evaluated(asked: Asked, scope: Scope, groupings: tuple[Grouping, ...], build: Build, engine: str) -> Results:
    """The values from other periods and units first, then the formulas themselves."""

    def values(operands: Asked, other: Scope, by: tuple[Grouping, ...]) -> Supplied:
        found = _evaluated(operands, other, by, build, engine)
        return {
            grouping: {name: values_in(groups) for name, groups in named.items()} for grouping, named in found.items()
        }

    plan = planned(asked, scope)
    supplied: Supplied = {grouping: {} for grouping in groupings}
    for kind, operands in plan.elsewhere.items():
        for grouping, named in OUTSIDE[kind](Question(operands, scope, groupings, build, values)).items():
            supplied[grouping] |= named
    defaults = {name: register for name, (_, register) in asked.formulas.items()}
    return ENGINES[engine](Work(plan, defaults, scope, groupings, build, supplied))
