"""What a figure is asked of, found: the indicator in its version, the unit in the build's tree, the period, the registers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from taizhang.catalog.current import Catalog, catalog
from taizhang.catalog.schema import IndicatorDef, RegisterDef
from taizhang.indicators.asked import parsed
from taizhang.kernel.errors import NotFound
from taizhang.kernel.formula import names_in, plan_aggregates
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.org.policy import visible_units
from taizhang.org.queries import get_unit_for, root_unit
from taizhang.warehouse.projection import UNITS, Build, refresh
from taizhang.warehouse.queries import period_codes, run
from taizhang.warehouse.snapshots import build_of


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked for, found: ``path`` is the unit's place in the build's own tree."""

    indicator: IndicatorDef
    unit: Unit
    path: str
    period: Period
    build: Build


def target_of(
    user: User | None,
    indicator: str,
    unit: str | Unit | None,
    period: str | Period | None,
    build: str | Build | None,
    version: str | None,
) -> Target:
    """What is meant, as far as the person may look. Raises NotFound."""
    read = build_of(build) if isinstance(build, str) else build or refresh()
    declared = read.catalog.indicator(indicator)
    at, path = _place(user, unit, read)
    when = Period.parse(period) if isinstance(period, str) else period
    when = when or newest_period(declared, read)
    return Target(_in_version(declared, when, version), at, path, when, read)


def _in_version(declared: IndicatorDef, period: Period, version: str | None) -> IndicatorDef:
    """The version asked for, else that in force when the period closed."""
    if version is None:
        return declared.on(period.end)
    found = declared.in_version(version)
    if found is None:
        known = "、".join(item.version for item in declared.versions)
        raise NotFound("IND-008", f"“{declared.name}”没有口径版本“{version}”", remedy=f"可用：{known}")
    return found


def _place(user: User | None, unit: str | Unit | None, build: Build) -> tuple[Unit, str]:
    """The unit asked for and its place in the build's tree."""
    if build.outside:
        at = _unit_in(build, unit)
        return at, at.path
    assert user is not None
    at = unit if isinstance(unit, Unit) else get_unit_for(user, unit or root_unit().code)
    if not visible_units(user).holds(at):
        raise no_unit(at)
    if not build.kept:
        return at, at.path
    then = next((item for item in units_in(build) if item.pk == at.pk), None)
    if then is None:
        raise NotFound(
            "IND-004", f"数据版本 {build.build} 里还没有单位“{at.name}”", remedy="换一个单位，或换一个数据版本"
        )
    return at, then.path


def _unit_in(build: Build, unit: str | Unit | None) -> Unit:
    """A unit of another installation's warehouse, by code or name; its top one when left out."""
    if isinstance(unit, Unit):
        return unit
    found = [
        item for item in units_in(build) if (item.parent_id is None if unit is None else unit in (item.code, item.name))
    ]
    if len(found) != 1:
        said = f"有几个单位都叫“{unit}”" if found else f"没有单位“{unit}”"
        raise NotFound(
            "IND-006", f"数据仓“{build.kept}”里{said}", remedy="用单位编码；合并时重名的编码前加了各家的编码"
        )
    return found[0]


def units_in(build: Build) -> list[Unit]:
    """The units of a build as they were then, in the tree's order; not rows of the database."""
    names = ("code", "name", "kind", "level", "path", "parent_id", "opened_on", "closed_on", "order")
    rows = sorted(run(build, exp.select("*").from_(UNITS)), key=lambda row: (row["order"], row["unit_id"]))
    return [Unit(pk=row["unit_id"], **{name: row[name] for name in names}) for row in rows]


def no_unit(unit: Unit) -> NotFound:
    """The refusal for a unit that the person may not look at."""
    return NotFound("ORG-003", f"没有单位“{unit.name}”", remedy="您的岗位看不到这个单位的数字")


def registers_of(indicator: IndicatorDef, whole: Catalog | None = None) -> list[RegisterDef]:
    """The registers that an indicator's formula reads, also through other periods and units."""
    registers = [
        (whole or catalog()).register(name)
        for name in _register_names(indicator.formula, indicator.register_code or "")
    ]
    return list({register.code: register for register in registers}.values())


@lru_cache(maxsize=4096)
def _register_names(formula: str, home: str) -> tuple[str, ...]:
    names = [owner or home for owner, _ in sorted(names_in(parsed(formula)), key=str)]
    names += [source.register for source in plan_aggregates(parsed(formula), home).sources]
    return tuple(dict.fromkeys(names))


def returned_in(indicator: IndicatorDef, whole: Catalog | None = None) -> RegisterDef | None:
    """The statistics register whose periods an indicator is asked for in: None when it counts cases by another period
    and only its denominator is a return (trained in the year ÷ teachers of the newest return)."""
    read = registers_of(indicator, whole)
    returned = next((item for item in read if item.kind == "statistics"), None)
    if returned is None or (indicator.grain != returned.period and any(item.kind != "statistics" for item in read)):
        return None
    return returned


def newest_period(indicator: IndicatorDef, build: Build) -> Period:
    """The newest period that a statistics register holds; this year for cases and rosters."""
    register = returned_in(indicator, build.catalog)
    if register is not None and (codes := period_codes(build, register.code)):
        return Period.parse(codes[0])
    return Period.of("year", build.today)
