"""Wholes of shares that no name gives away: the one earlier number that the percentage fits, and that of its neighbours.

男性为13912019人,占总人口的50.66% names a whole that stands three paragraphs before under other words. A percentage
with decimals fits hardly any number by chance; what it fits is its whole. A share of the same name beside it (女性…,
占总人口的49.34%) is one of the same whole, and is wrong when it misses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import percentage, tolerance_of
from taizhang.reading.numbers.passage import Item, Passage, same_unit

REACH = 40
"""A whole is looked for among so many numbers in front of its part."""
CHANCE = 12
"""Fewer than one number in so many may fit by chance."""
BESIDE = 3
"""Shares of one name within so many sentences are shares of one thing."""
WHOLE = Fraction(1, 2)
"""The tolerance of a percentage without decimals: many numbers give one."""
_PERSONS = frozenset({"人", "例", "人次"})


def with_wholes(passage: Passage, deltas: frozenset[int], found: Sequence[Relation]) -> Iterator[Relation]:
    """The relations, those of a part and a percentage alone with the whole that they fit or that a neighbour has."""
    found = [_fitting(passage, deltas, one) or one if _open(one) else one for one in found]
    for one in found:
        yield (_of_neighbour(passage, one, found) or one) if _open(one) else one


def _open(one: Relation) -> bool:
    return one.check == "feasible" and one.kind in ("share", "rate")


def _item(passage: Passage, one: Relation, role: str) -> list[Item]:
    return [passage.items[passage.at(item.start)] for item in one.operands if item.role == role]


def _fitting(passage: Passage, deltas: frozenset[int], one: Relation) -> Relation | None:
    parts, (pct,) = _item(passage, one, "part"), _item(passage, one, "pct")
    first = passage.place(parts[0])
    near = [
        passage.items[place]
        for place in range(first - 1, max(first - REACH, -1), -1)
        if place not in deltas and _may_hold(passage.items[place], parts[0])
    ]
    if pct.loose or pct.value is None or tolerance_of(pct) == WHOLE:
        return None
    for tried, whole in enumerate(near, 1):
        if 4 * tolerance_of(pct) * tried * CHANCE > pct.value:
            return None
        relation = percentage(one.kind, parts, whole, pct)
        if relation is not None and relation.holds is True:
            return relation
    return None


def _may_hold(whole: Item, part: Item) -> bool:
    persons = whole.unit in _PERSONS and part.unit in _PERSONS
    return (
        whole.measured
        and not whole.loose
        and (same_unit(whole, part) or persons)
        and (whole.value or Fraction(0)) > (part.value or Fraction(0))
    )


def _of_neighbour(passage: Passage, one: Relation, found: Sequence[Relation]) -> Relation | None:
    """The share of the whole that another share of the same name is known to have."""
    parts, (pct,) = _item(passage, one, "part"), _item(passage, one, "pct")
    name = named(passage, pct)
    if not name:
        return None
    for other in found:
        if other.check != "exact" or other.holds is not True or other.kind != one.kind:
            continue
        (whole,), (beside,) = _item(passage, other, "whole"), _item(passage, other, "pct")
        if (
            abs(beside.sentence - pct.sentence) <= BESIDE
            and named(passage, beside) == name
            and _may_hold(whole, parts[0])
            and whole.begin < parts[0].begin
        ):
            return percentage(one.kind, parts, whole, pct)
    return None


def named(passage: Passage, pct: Item) -> str:
    """What a percentage is said to be one of: 占总人口的 → 总人口; nothing for a bare 占."""
    return passage.lead(pct).rpartition("占")[2].strip("的约近达到为比例重 ") if "占" in passage.lead(pct) else ""
