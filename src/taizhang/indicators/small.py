"""Figures that stand for so few persons that they are not shown, and those that would give them away.

What is held back is decided for the whole tree of a build at once, whoever asks for whichever unit by whichever way: a
number cannot be had from a page, an interface or a report one by one that a table would not show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.evaluate import evaluate_levels
from taizhang.indicators.scope import Grouping, Scope
from taizhang.indicators.target import Target, registers_of
from taizhang.org.models import User
from taizhang.registers.policy import reach_of
from taizhang.warehouse.projection import UNITS, Build
from taizhang.warehouse.queries import run

# A unit and a value of the dimension; None for all values together.
Cell = tuple[int, Any]
Rows = Mapping[Cell, int]


@dataclass(frozen=True, slots=True)
class Sum:
    """A number that is the sum of others: whoever knows all but one of them knows that one."""

    whole: Cell
    parts: tuple[Cell, ...]


def held_for(user: User | None, asked: Sequence[Target], dimension: str = "") -> dict[str, set[Cell]]:
    """The cells that a person does not see, by indicator code: none for who may see the records themselves. All are asked
    at one place, period and build. Nobody (``user`` is None) sees the records of another installation's warehouse."""
    closed = [one for one in asked if _is_closed(user, one)]
    if not closed:
        return {}
    first = closed[0]
    scope = Scope(f"/{first.path.split('/')[1]}/", first.period)
    items = [one.indicator for one in closed]
    paths = paths_in(first.build)
    deepest = max(path.count("/") for path in paths.values()) - 2
    rows = rows_by_cell(items, scope, first.build, dimension, deepest)
    return {
        item.code: held_back(rows[item.code], sums_of(rows[item.code], paths), least_of(item, first.build))
        for item in items
    }


def least_of(indicator: IndicatorDef, build: Build) -> int:
    """Of how many records at least a figure is shown; 0 where no register of persons is read."""
    return max((item.privacy.suppress_below for item in registers_of(indicator, build.catalog)), default=0)


def _is_closed(user: User | None, asked: Target) -> bool:
    if not least_of(asked.indicator, asked.build):
        return False
    if user is None or asked.build.outside:
        return True
    registers = registers_of(asked.indicator, asked.build.catalog)
    return any(item.privacy.suppress_below and not reach_of(user, item, "see").holds(asked.unit) for item in registers)


def paths_in(build: Build) -> dict[int, str]:
    """The place of each unit in a build's tree."""
    columns = [exp.column(name, quoted=True) for name in ("unit_id", "path")]
    found = run(build, exp.select(*columns).from_(exp.to_table(UNITS, quoted=True)))
    return {row["unit_id"]: row["path"] for row in found}


def rows_by_cell(
    items: Sequence[IndicatorDef], scope: Scope, build: Build, dimension: str, deepest: int
) -> dict[str, dict[Cell, int]]:
    """How many records stand behind each cell, by indicator code; cells without any are left out."""
    top = int(scope.path.strip("/"))
    dimensions = dict.fromkeys(("", dimension))
    groupings = [Grouping(depth=depth, dimension=name) for depth in range(deepest + 1) for name in dimensions]
    found: dict[str, dict[Cell, int]] = {item.code: {} for item in items}
    for grouping, named in evaluate_levels(items, scope, build, groupings).items():
        for code, groups in named.items():
            for key, result in groups.items():
                unit = top if not grouping.depth else grouping.unit_of(key)
                value = key if not grouping.depth else key[1] if grouping.dimension else None
                known = unit is not None and not (grouping.dimension and value is None)
                if known and result.figure.rows_used:
                    found[code][unit, value] = result.figure.rows_used
    return found


def sums_of(rows: Rows, paths: Mapping[int, str]) -> list[Sum]:
    """What adds up to what: units to the one above them, for each value of the dimension; the values to the unit's own."""
    above: dict[Cell, list[Cell]] = defaultdict(list)
    for cell in rows:
        unit, value = cell
        steps = paths.get(unit, "").strip("/").split("/")
        if len(steps) > 1:
            above[int(steps[-2]), value].append(cell)
    values: dict[Cell, list[Cell]] = defaultdict(list)
    for unit, value in rows:
        if value is not None:
            values[unit, None].append((unit, value))
    return [Sum(whole, tuple(parts)) for found in (above, values) for whole, parts in found.items()]


def held_back(rows: Rows, sums: Sequence[Sum], least: int) -> set[Cell]:
    """The cells of fewer rows than ``least``, and the smallest others without which they would follow from a sum."""
    held = {cell for cell, count in rows.items() if count < least}
    again = True
    while again:
        more = [cell for one in sums for cell in _also(one, rows, held, least)]
        held.update(more)
        again = bool(more)
    return held


def _also(one: Sum, rows: Rows, held: set[Cell], least: int) -> Iterator[Cell]:
    """What else must be held back so that nothing follows from one sum.

    A lone hidden part follows from the whole (which is hidden where there is no other part), a hidden whole from parts that
    are all shown. Rows that belong to no part (a unit's own) are never shown: they hide a part beside them, and must
    themselves be hidden when they are few.
    """
    hidden = [part for part in one.parts if part in held]
    rest = rows.get(one.whole, 0) - sum(rows[part] for part in one.parts)
    unknown = len(hidden) + (rest > 0)
    alone = unknown == 1 and (bool(hidden) or 0 < rest < least)
    if alone or (one.whole in held and not unknown):
        shown = [part for part in one.parts if part not in held]
        if shown:
            yield min(shown, key=lambda part: (rows[part], part[0], str(part[1])))
        elif one.whole not in held:
            yield one.whole
