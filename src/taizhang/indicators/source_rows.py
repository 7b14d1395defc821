"""From a figure down to the rows that it is made of."""

from __future__ import annotations

from typing import Any

from taizhang.catalog.schema import RegisterDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.queries import plain
from taizhang.indicators.scope import Scope, momentary_in, rows_statement
from taizhang.indicators.target import Target, registers_of, target_of
from taizhang.kernel.formula import LATEST, names_in, plan_aggregates
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.registers.policy import reach_of
from taizhang.warehouse.projection import Build
from taizhang.warehouse.queries import run


def rows_for(
    user: User,
    indicator: str,
    unit: str | Unit | None = None,
    period: str | Period | None = None,
    limit: int | None = None,
    *,
    build: str | Build | None = None,
    version: str | None = None,
) -> list[dict[str, Any]]:
    """The source rows behind a value, with the fields that the formula reads. Only rows that the person may see."""
    asked = target_of(user, indicator, unit, period, build, version)
    formula = parsed(asked.indicator.formula)
    rows: list[dict[str, Any]] = []
    for register in registers_of(asked.indicator, asked.build.catalog):
        seen = reach_of(user, register, "see")
        fields = [
            name for owner, name in sorted(names_in(formula), key=str) if owner in (None, register.name, register.code)
        ]
        scope = Scope(asked.path, asked.period)
        newest_only = _reads_newest_only(asked, register, scope)
        for row in run(asked.build, rows_statement(register, scope, formula, asked.build)):
            if newest_only and not row[LATEST]:
                continue
            if not seen.holds_row(row["_unit"], row["_path"]):
                continue
            rows.append(
                {
                    "register": register.code,
                    "record": row["_record"],
                    "单位编码": row["_unit_code"],
                    "单位": row["单位"],
                    "期间": row["期间"] or (row["_dated_on"].isoformat() if row["_dated_on"] else ""),
                    **{
                        name: plain(row[name])
                        for name in dict.fromkeys((*register.dimensions, *fields, "状态", "编号"))
                    },
                }
            )
            if limit and len(rows) >= limit:
                return rows
    return rows


def _reads_newest_only(asked: Target, register: RegisterDef, scope: Scope) -> bool:
    """Whether the formula takes nothing from a register but the newest of several returns."""
    momentary = momentary_in(scope, asked.build.catalog)
    sources = plan_aggregates(
        parsed(asked.indicator.formula), asked.indicator.register_code or "", None, momentary
    ).sources
    own = [source for source in sources if asked.build.catalog.register(source.register).code == register.code]
    return bool(own) and all(source.latest for source in own)
