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
from taizhang.reading.numbers.passage import Item, same_unit
from taizhang.reading.restated import AGAIN, APART, SCOPED, STOCK, TIMES, bare_name, sentence_front

SAME, HUNDRED, PART = "same", "hundred", "part"
KINDS = (SAME, HUNDRED, PART)
SAID, HELD = 40, 12
"""A figure is said again of one that stands so many numbers before, and part of one so many before or behind."""
FARTHEST = 12
"""A figure said again is not so many times larger or smaller."""
MEMBERS, ON = 7, 3
"""A whole has so many members, in so many sentences."""
_FIGURES = re.compile(r"[\d.]+")


def statements(near: Surroundings, place: int, kind: str) -> Iterator[Hypothesis]:
    """With which numbers the one at a place may have to agree."""
    if kind == HUNDRED:
        yield from ((kind, parts) for parts in _members(near, place))
    elif kind == PART:
        around = near.levels_in(max(0, place - HELD), place + HELD + 1)
        yield from ((kind, (one,)) for one in around if _comparable(near, one, place))
    elif _is_share(near, place):
        yield from ((kind, (one,)) for one in range(max(0, place - SAID), place) if _is_share(near, one))
    else:
        before = near.levels_in(max(0, place - SAID), place)
        yield from ((kind, (one,)) for one in before if _comparable(near, one, place) and _within(near, one, place))


def _is_share(near: Surroundings, place: int) -> bool:
    """Is this a percentage, and no change of one?"""
    item = near.items[place]
    return item.kind == "percent" and not item.points and bool(item.value) and place not in near.deltas


def _comparable(near: Surroundings, one: int, place: int) -> bool:
    """Are both so much of the same?"""
    levels = near.has_level(place) and not near.deltas & {one, place} and bool(near.items[one].unit)
    return one != place and levels and same_unit(near.items[one], near.items[place])


def _within(near: Surroundings, one: int, place: int) -> bool:
    first, second = near.items[one].rough, near.items[place].rough
    return second < FARTHEST * first < FARTHEST**2 * second


def _members(near: Surroundings, place: int) -> Iterator[tuple[int, ...]]:
    """The percentages in front of one, one more each time."""
    row: list[int] = []
    for one in range(place - 1, max(-1, place - 3 * MEMBERS), -1) if _is_share(near, place) else ():
        if near.items[place].sentence - near.items[one].sentence > ON or len(row) == MEMBERS - 1:
            break
        if _is_share(near, one):
            row.insert(0, one)
            yield tuple(row)


def of_agreement(near: Surroundings, place: int, statement: Hypothesis) -> list[str]:
    """What the numbers say together for having to agree, as names of features; which of two is larger is none of them."""
    kind, operands = statement
    return _of_members(near, place, operands) if kind == HUNDRED else _of_pair(near, place, kind, operands[0])


def _of_pair(near: Surroundings, place: int, kind: str, operand: int) -> list[str]:
    """What two numbers have in common in their names, and what tells them apart."""
    text, item, other = near.passage.text, near.items[place], near.items[operand]
    front, before = sentence_front(near.passage, item), sentence_front(near.passage, other)
    said, told = (
        set(APART.findall(one)) for one in (front + near.words(place).after, before + near.words(operand).after)
    )
    times = int(set(TIMES.findall(front)) <= set(TIMES.findall(before)))
    apart, gap = f"{int(said <= told)}{int(told <= said)}", min(3, abs(item.sentence - other.sentence))
    found = [f"{kind}|ap|{apart}", f"{kind}|ti|{times}"]
    found += _of_names(near, place, kind, operand, before, f"{apart[0]}{times}")
    alike, short, long = _alike(near, item, other)
    extra = long[: len(long) - len(short)] if long.endswith(short) else "?"
    scoped = f"{int(bool(SCOPED.search(front)))}{int(bool(SCOPED.search(before)))}"
    found += [
        f"{kind}|bn|{alike}|{min(7, len(short))}", f"{kind}|bs|{alike}|{scoped}|{int(bool(STOCK.search(long)))}", f"{kind}|bx|{classes(extra)}|{alike}",
        f"{kind}|tm|{alike}|{times}|{int(said == told)}", f"{kind}|bg|{alike}|{gap}", f"{kind}|bu|{alike}|{item.kind}",
    ]  # fmt: skip
    left, right = (item, other) if place < operand else (other, item)
    inner = _FIGURES.sub("0", text[left.stop : right.begin])
    if len(inner) <= 40:
        found += [f"{kind}|bt|{int(place > operand)}|{pair}" for pair in sorted(pairs_in(inner))]
    found += [f"{kind}|af|{pair}" for pair in sorted(pairs_in(text[item.stop : item.stop + 8]))]
    return found + [f"{kind}|fr|{pair}" for pair in sorted(pairs_in(text[max(0, item.begin - 6) : item.begin]))]


def _of_names(near: Surroundings, place: int, kind: str, operand: int, before: str, together: str) -> list[str]:
    """How far the words around one number are found again around the other, whose sentence begins with ``before``."""
    said, told = near.words(place), near.words(operand)
    ends, behind = _common_end(said.label, told.label), _longest(said.after, told.label + "|" + told.after)
    crossed, named = _longest(said.label[-6:], before + "|" + told.after), _longest(told.label[-6:], said.after)
    known = 4 * len(said.pairs & (pairs_in(before) | told.pairs)) // max(1, len(said.pairs))
    gap = min(3, abs(near.items[place].sentence - near.items[operand].sentence))
    return [
        f"{kind}|en|{min(5, ends)}{int(ends == len(said.label))}{int(ends == len(told.label))}", f"{kind}|be|{min(5, behind)}",
        f"{kind}|cr|{min(6, crossed)}", f"{kind}|na|{min(4, named)}", f"{kind}|enbe|{min(4, ends)}{min(4, behind)}", f"{kind}|sh|{known}|{gap}",
        f"{kind}|all|{min(3, ends)}{min(3, behind)}{min(4, crossed)}|{together}",
        f"{kind}|e|{int(not said.label)}|{min(4, behind)}|{gap}", f"{kind}|lb|{said.label[-1:]}|{min(4, behind)}",
        f"{kind}|only|{_rivals(near, place, operand, behind + ends)}|{int(place > operand)}",
    ]  # fmt: skip


def _alike(near: Surroundings, item: Item, other: Item) -> tuple[str, str, str]:
    """Whether two bare names are one, or the shorter closes the longer, and whether the first is taken up again; the names."""
    names = bare_name(item), bare_name(other)
    short, long = sorted(names, key=len)
    again = bool(AGAIN.match(near.passage.text, item.stop))
    return f"{int(bool(short))}{int(names[0] == names[1])}{int(long.endswith(short))}{int(again)}", short, long


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
    reach = range(max(0, place - SAID), min(len(items), place + SAID))
    others = [one for one in reach if items[one].kind == "percent" and items[one].sentence == last.sentence]
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
