"""The SQL that an indicator is computed by, for whoever wants to check it with another tool."""

from __future__ import annotations

from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.scope import Scope, momentary_in, rows_statement
from taizhang.indicators.target import newest_period
from taizhang.kernel.formula import plan_aggregates, select_many
from taizhang.org.models import User
from taizhang.org.policy import visible_units
from taizhang.org.queries import root_unit
from taizhang.warehouse.projection import Build, refresh

_OUTSIDE = {
    "previous": "上一期", "last_year": "上年同期", "ytd": "年初至今", "streak": "此前各期", "parent": "上级单位",
    "whole": "全部（不分组）", "rank": "同级单位",
}  # fmt: skip


def statements_of(indicator: IndicatorDef, scope: Scope, build: Build) -> list[str]:
    """One statement per register that the formula reads, as DuckDB and Spark run it. What the formula takes from other
    periods or units is the same statement asked for there; a remark says so."""
    momentary = momentary_in(scope, build.catalog)
    plan = plan_aggregates(parsed(indicator.formula), indicator.register_code or "", momentary=momentary)
    found = []
    for name in dict.fromkeys(source.register for source in plan.sources):
        register = build.catalog.register(name)
        rows = rows_statement(register, scope, plan.formula, build).subquery("rows", copy=False)
        found.append(select_many([plan], name, rows, today=build.today).sql(dialect="duckdb", pretty=True))
    kinds = [_OUTSIDE.get(external.kind, external.kind) for external in plan.externals]
    if kinds:
        found.append(f"-- 另取{'、'.join(dict.fromkeys(kinds))}的同一公式")
    return found


def trial_statement(user: User, indicator: IndicatorDef) -> str:
    """The SQL of a formula that is still being written, at the whole installation. Empty for who may not look at it all."""
    at, build = root_unit(), refresh()
    if not visible_units(user).holds(at):
        return ""
    return "\n\n".join(statements_of(indicator, Scope(at.path, newest_period(indicator, build)), build))
