"""What must agree without being a relation: one thing printed twice, percentages that make a whole, a part and its whole.

Each is a statement about the number at a place and others in front of it, weighed by words and places as the hypotheses are; but
each by itself, for a number may be a total and be said again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from taizhang.reading.learned.hypotheses import Hypothesis
from taizhang.reading.learned.surroundings import Surroundings, classes, pairs_in
from taizhang.reading.numbers.passage import same_unit
from taizhang.reading.restated import AGAIN, APART, SCOPED, STOCK, TIMES, bare_name, sentence_front

SAME, HUNDRED, PART = "same", "hundred", "part"
KINDS = (SAME, HUNDRED, PART)
SAID, HELD = 40, 12
"""A figure is said again of one that stands so many numbers before, and part of one so many before or behind."""
FARTHEST = 12
"""No slip makes a figure so many times larger or smaller."""
MEMBERS, ON = 7, 3
"""A whole has so many members, in so many sentences."""
_FIGURES = re.compile(r"[\d.]+")


def statements(near: Surroundings, place: int, kind: str) -> Iterator[Hypothesis]:
    """With which numbers the one at a place may have to agree."""
    item = near.items[place]
    if item.value is None or item.value <= 0:
        return
    if kind == HUNDRED:
        if item.kind == "percent" and not item.points and place not in near.deltas:
            yield from ((kind, parts) for parts in _members(near, place))
    elif kind == SAME and item.kind == "percent" and not item.points and place not in near.deltas:
        for one in range(max(0, place - SAID), place):
            if near.items[one].kind == "percent" and not near.items[one].points and one not in near.deltas:
                yield kind, (one,)
    elif near.has_level(place) and place not in near.deltas:
        reach = range(place - SAID, place) if kind == SAME else range(place - HELD, place + HELD + 1)
        for one in near.levels_in(max(0, reach.start), reach.stop):
            other = near.items[one]
            if one == place or one in near.deltas or not other.unit or not same_unit(other, item):
                continue
            if kind == PART or item.rough < FARTHEST * other.rough < FARTHEST**2 * item.rough:
                yield kind, (one,)


def _members(near: Surroundings, place: int) -> Iterator[tuple[int, ...]]:
    """The percentages in front of one that close no list of their own."""
    items, row = near.items, [place]
    for one in range(place - 1, max(-1, place - 3 * MEMBERS), -1):
        if items[place].sentence - items[one].sentence > ON:
            break
        if items[one].kind == "percent" and not items[one].points and items[one].value and one not in near.deltas:
            row.insert(0, one)
            if len(row) <= MEMBERS:
                yield tuple(row[:-1])


def of_agreement(near: Surroundings, place: int, statement: Hypothesis) -> list[str]:
    """What the numbers say together for having to agree, as names of features; which of two is larger is none of them."""
    kind, operands = statement
    return _of_members(near, place, operands) if kind == HUNDRED else _of_pair(near, place, kind, operands[0])


def _of_pair(near: Surroundings, place: int, kind: str, operand: int) -> list[str]:
    """What two numbers have in common in their names, and what tells them apart."""
    text, items = near.passage.text, near.items
    item, other = items[place], items[operand]
    said, told = near.words(place), near.words(operand)
    front, before = sentence_front(near.passage, item), sentence_front(near.passage, other)
    ends, behind = _common_end(said.label, told.label), _longest(said.after, told.label + "|" + told.after)
    crossed, named = _longest(said.label[-6:], before + "|" + told.after), _longest(told.label[-6:], said.after)
    apart = set(APART.findall(front + said.after)), set(APART.findall(before + told.after))
    times = int(set(TIMES.findall(front)) <= set(TIMES.findall(before)))
    known = len(said.pairs & (pairs_in(before) | told.pairs))
    share = 4 * known // max(1, len(said.pairs))
    gap = min(3, abs(item.sentence - other.sentence))
    found = [
        f"{kind}|en|{min(5, ends)}{int(ends == len(said.label))}{int(ends == len(told.label))}", f"{kind}|be|{min(5, behind)}",
        f"{kind}|cr|{min(6, crossed)}", f"{kind}|na|{min(4, named)}", f"{kind}|enbe|{min(4, ends)}{min(4, behind)}",
        f"{kind}|ap|{int(apart[0] <= apart[1])}{int(apart[1] <= apart[0])}", f"{kind}|ti|{times}", f"{kind}|sh|{share}|{gap}",
        f"{kind}|all|{min(3, ends)}{min(3, behind)}{min(4, crossed)}|{int(apart[0] <= apart[1])}{times}",
        f"{kind}|e|{int(not said.label)}|{min(4, behind)}|{gap}", f"{kind}|lb|{said.label[-1:]}|{min(4, behind)}",
        f"{kind}|only|{_rivals(near, place, operand, behind + ends)}|{int(place > operand)}",
    ]  # fmt: skip
    names = bare_name(item), bare_name(other)
    short, long = sorted(names, key=len)
    extra = long[: len(long) - len(short)] if long.endswith(short) else "?"
    again = int(bool(AGAIN.match(text, item.stop)))
    alike = f"{int(bool(short))}{int(names[0] == names[1])}{int(extra != '?')}{again}"
    scoped = f"{int(bool(SCOPED.search(front)))}{int(bool(SCOPED.search(before)))}"
    found += [
        f"{kind}|bn|{alike}|{min(7, len(short))}", f"{kind}|bs|{alike}|{scoped}|{int(bool(STOCK.search(long)))}", f"{kind}|bx|{classes(extra)}|{alike}",
        f"{kind}|bt|{alike}|{times}|{int(apart[0] == apart[1])}", f"{kind}|bg|{alike}|{gap}", f"{kind}|bu|{alike}|{item.kind}",
    ]  # fmt: skip
    left, right = (item, other) if place < operand else (other, item)
    inner = _FIGURES.sub("0", text[left.stop : right.begin])
    if len(inner) <= 40:
        found += [f"{kind}|bt|{int(place > operand)}|{pair}" for pair in sorted(pairs_in(inner))]
    found += [f"{kind}|af|{pair}" for pair in sorted(pairs_in(text[item.stop : item.stop + 8]))]
    return found + [f"{kind}|fr|{pair}" for pair in sorted(pairs_in(text[max(0, item.begin - 6) : item.begin]))]


def _rivals(near: Surroundings, place: int, operand: int, common: int) -> int:
    """How many numbers stand between that have as much in common with the one at a place."""
    said, found = near.words(place), 0
    first, last = min(place, operand), max(place, operand)
    for one in near.levels_in(first + 1, last):
        if same_unit(near.items[one], near.items[place]) and one not in near.deltas:
            told = near.words(one)
            also = _common_end(said.label, told.label) + _longest(said.after, told.label + "|" + told.after)
            found += also >= common
    return min(3, found)


def _of_members(near: Surroundings, place: int, operands: Sequence[int]) -> list[str]:
    """How a list of percentages opens, goes on and closes."""
    text, items = near.passage.text, near.items
    row = [*operands, place]
    first, last = items[row[0]], items[place]
    front = sentence_front(near.passage, first)[-40:]
    inner = [_FIGURES.sub("0", text[items[one].stop : items[other].begin]) for one, other in pairwise(row)]
    shape = len({classes(one) for one in inner}), max(len(one) for one in inner) // 8
    label = [near.words(one).label for one in row]
    others = [one for one in near.passage.sentences[last.sentence] if items[one].kind == "percent"]
    found = [
        f"hundred|n|{len(row)}", f"hundred|sh|{min(3, shape[0])}{min(3, shape[1])}", f"hundred|se|{last.sentence - first.sentence}",
        f"hundred|ou|{min(3, sum(one < row[0] for one in others))}{min(3, sum(one > place for one in others))}",
        f"hundred|al|{int(len(others) == len(row))}|{len(row)}", f"hundred|rt|{sum(one.endswith('率') for one in label) > 0}",
        f"hundred|lv|{min(2, sum(near.has_level(one) for one in range(row[0], place)))}",
        f"hundred|zh|{sum('占' in one for one in label) * 2 // len(row)}", f"hundred|cl|{classes(front)}",
    ]  # fmt: skip
    found += [f"hundred|op|{pair}" for pair in sorted(pairs_in(front[-30:]))]
    found += [
        f"hundred|in|{pair}" for pair in sorted({pair for one in inner if len(one) < 40 for pair in pairs_in(one)})
    ]
    found += [f"hundred|af|{pair}" for pair in sorted(pairs_in(text[last.stop : last.stop + 10]))]
    return found


def _common_end(one: str, other: str) -> int:
    """With how many same characters two names end."""
    found = 0
    while found < min(len(one), len(other)) and one[-1 - found] == other[-1 - found]:
        found += 1
    return found


def _longest(name: str, words: str) -> int:
    """How many characters of a name stand together in other words at most."""
    best = 0
    for start in range(len(name)):
        while start + best < len(name) and name[start : start + best + 1] in words:
            best += 1
    return best
