"""Values that a formula needs from other periods and other units, for all formulas of one kind at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from taizhang.indicators.asked import Asked
from taizhang.indicators.scope import WHOLE, Grouping, Key, Scope
from taizhang.warehouse.projection import UNITS, Build
from taizhang.warehouse.queries import run

MOST_PERIODS = 60
SCHOOL_YEAR_KINDS = ("term", "week", "school_year")

Values = Mapping[Key, Any]
# By grouping, then by the operand's name.
Supplied = dict[Grouping, dict[str, Values]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of whom and in which groups. ``values`` evaluates formulas for another scope."""

    operands: Asked
    scope: Scope
    groupings: tuple[Grouping, ...]
    build: Build
    values: Callable[[Asked, Scope, tuple[Grouping, ...]], Supplied]


class _Everywhere(dict[Key, Any]):
    """One value for every group there is; it makes no group of its own."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    def get(self, key: Key, default: Any = None) -> Any:
        return self.value


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


def _shifted(kind: str) -> Callable[[Question], Supplied]:
    return lambda asked: asked.values(asked.operands, SHIFTS[kind](asked.scope), asked.groupings)


def _streak(asked: Question) -> Supplied:
    """For how many periods up to this one a condition has held; None where it cannot be told of this one."""
    scope = asked.scope
    now = asked.values(asked.operands, scope, asked.groupings)
    counts = _each(now, lambda values: {key: None if one is None else int(one is True) for key, one in values.items()})
    going = {place for place in _places_in(now) if _at(now, place) is True}
    for _ in range(MOST_PERIODS - 1):
        if not going:
            break
        scope = replace(scope, period=scope.period.previous())
        before = asked.values(asked.operands, scope, asked.groupings)
        going = {place for place in going if _at(before, place) is True}
        for grouping, name, key in going:
            counts[grouping][name][key] += 1  # type: ignore[index]
    return counts


def _each(supplied: Supplied, change: Callable[[Values], Values]) -> Supplied:
    return {grouping: {name: change(values) for name, values in named.items()} for grouping, named in supplied.items()}


_Place = tuple[Grouping, str, Key]


def _places_in(supplied: Supplied) -> list[_Place]:
    return [(g, name, key) for g, named in supplied.items() for name, values in named.items() for key in values]


def _at(supplied: Supplied, place: _Place) -> Any:
    grouping, name, key = place
    return supplied[grouping][name].get(key)


def _of_the_parent(asked: Question) -> Supplied:
    return _of_all(replace(asked, scope=replace(asked.scope, path=_above(asked.scope.path))))


def _of_all(asked: Question) -> Supplied:
    """The value of the whole scope, the same for every group."""
    named = asked.values(asked.operands, asked.scope, (WHOLE,))[WHOLE]
    same: dict[str, Values] = {name: _Everywhere(values.get(None)) for name, values in named.items()}
    return dict.fromkeys(asked.groupings, same)


def _rank(asked: Question) -> Supplied:
    """Each group's place among the groups; each unit's among the units of its level under the same parent."""
    return {grouping: _ranked(asked, grouping) for grouping in asked.groupings}


def _ranked(asked: Question, grouping: Grouping) -> dict[str, Values]:
    if grouping.dimension and not grouping.by_unit:
        named = asked.values(asked.operands, asked.scope, (grouping,))[grouping]
        return {name: _places(values) for name, values in named.items()}
    tree = _tree(asked.build)
    here = int(asked.scope.path.strip("/").split("/")[-1])
    level = grouping if grouping != WHOLE else Grouping(level=tree[here][1])
    above = replace(asked.scope, path=_above(asked.scope.path))
    named = asked.values(asked.operands, above, (level,))[level]
    ranked = {name: _places_among_brothers(values, level, tree) for name, values in named.items()}
    return ranked if grouping != WHOLE else {name: {None: places.get(here)} for name, places in ranked.items()}


def _places_among_brothers(values: Values, level: Grouping, tree: dict[int, tuple[int | None, str]]) -> Values:
    families: dict[Any, dict[Key, Any]] = {}
    for key, value in values.items():
        unit = level.unit_of(key)
        if unit in tree:
            family = (tree[unit][0], key[1] if level.dimension else None)
            families.setdefault(family, {})[key] = value
    return {key: place for family in families.values() for key, place in _places(family).items()}


def _places(values: Values) -> dict[Key, int]:
    """The place of each, the highest first; equal values share one, and what has no value has none."""
    first: dict[Any, int] = {}
    for place, value in enumerate(sorted((v for v in values.values() if v is not None), reverse=True), start=1):
        first.setdefault(value, place)
    return {key: first[value] for key, value in values.items() if value is not None}


def _above(path: str) -> str:
    above = path.strip("/").split("/")[:-1]
    return f"/{'/'.join(above)}/" if above else path


def _tree(build: Build) -> dict[int, tuple[int | None, str]]:
    """Each unit's parent and level."""
    names = ("unit_id", "parent_id", "level")
    columns = [exp.column(name, quoted=True) for name in names]
    rows = run(build, exp.select(*columns).from_(exp.to_table(UNITS, quoted=True)))
    return {row["unit_id"]: (row["parent_id"], row["level"]) for row in rows}


OUTSIDE: dict[str, Callable[[Question], Supplied]] = {
    **{kind: _shifted(kind) for kind in SHIFTS},
    "streak": _streak,
    "parent": _of_the_parent,
    "whole": _of_all,
    "rank": _rank,
}
