"""Which numbers might give a result: every combination around it that kind and unit allow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

from taizhang.reading.learned.surroundings import Surroundings
from taizhang.reading.numbers.passage import Item, same_unit

BACK, AHEAD = 12, 6
"""So many numbers in front of a result and behind it are looked at,"""
PARAGRAPHS = 3
"""and so many paragraphs."""
LONGEST = 6
"""Parts of a total."""
Hypothesis = tuple[str, tuple[int, ...]]
"""A kind and the places of its operands: of a quotient the part or the later value first; of a total its parts as printed."""
NEVER = frozenset({"year", "date", "ordinal", "docno", "placeholder", "name"})


def hypotheses(near: Surroundings, place: int) -> Iterator[Hypothesis]:
    """What the number at a place may come from."""
    items, result = near.items, near.items[place]
    if result.kind in NEVER or result.value is None or result.value <= 0:
        return
    reach = range(max(0, place - BACK), min(len(items), place + AHEAD + 1))
    around = [one for one in near.levels_in(reach.start, reach.stop) if one != place and _close(items[one], result)]
    if result.kind == "percent":
        yield from _of_percent(near, place, around, reach)
    elif result.kind == "ratio":
        yield from _of_ratio(items, result, around)
    elif near.has_level(place):
        same = [one for one in around if same_unit(items[one], result)]
        yield from (("difference", pair) for pair in combinations(same, 2) if same_unit(*(items[one] for one in pair)))
        yield from (("sum", parts) for parts in dict.fromkeys(_lists(near, place, same)))
        each = "E" in near.words(place).classes + near.words(place).lead
        for one, other in permutations(around, 2):
            if (each or same_unit(items[one], result)) and not same_unit(items[one], items[other]):
                yield "per", (one, other)


def _close(item: Item, result: Item) -> bool:
    return abs(item.paragraph - result.paragraph) <= PARAGRAPHS


def _of_percent(near: Surroundings, place: int, around: list[int], reach: range) -> Iterator[Hypothesis]:
    items, result = near.items, near.items[place]
    if result.points or place in near.deltas:
        others = [one for one in reach if one != place and items[one].kind == "percent" and not items[one].points]
        yield from (("points", pair) for pair in combinations([one for one in others if items[one].value], 2))
    if not result.points:
        for pair in permutations(around, 2):
            if same_unit(items[pair[0]], items[pair[1]]):
                yield "share", pair
                yield "growth", pair


def _of_ratio(items: list[Item], result: Item, around: list[int]) -> Iterator[Hypothesis]:
    for pair in permutations(around, 2):
        if result.unit == ":" or not same_unit(items[pair[0]], items[pair[1]]):
            yield "ratio", pair
        else:
            yield "multiple", pair
            yield "fold", pair


def _lists(near: Surroundings, place: int, same: list[int]) -> Iterator[tuple[int, ...]]:
    """Numbers in a row in front of a total or behind it; every second one, where each part has a number of its own. Changes are
    no parts of a level."""
    row = same if place in near.deltas else [one for one in same if one not in near.deltas]
    before, behind = [one for one in row if one < place], [one for one in row if one > place]
    for length in range(2, LONGEST + 1):
        for skipped in range(3):
            if len(before) >= length + skipped:
                yield tuple(before[len(before) - length - skipped : len(before) - skipped])
            if len(behind) >= length + skipped:
                yield tuple(behind[skipped : length + skipped])
    for length in (2, 3, 4):
        for side in (before[-2 * length :], behind[: 2 * length]):
            for parts in (side[::2], side[1::2]):
                if len(parts) == length:
                    yield tuple(parts)
