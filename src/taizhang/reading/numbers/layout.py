"""Lists as their signs part them: each stretch up to a semicolon, a full stop or the end of a line opens with a member
of its own, and what else it says is told of that member.

``收到意见356条。线上261条,来自公众号213条、来自邮箱48条;线下95条``: the stretches behind the total open with 261 and 95; 213
and 48 are told of 261, and where they make it exactly, they confirm the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, takewhile

from taizhang.reading.numbers.passage import Item, Passage, same_unit

SIGNS = (";", "。", "\n")
FAR = 2
"""Lists of two levels are told in so many sentences."""
REACH, MOST = 24, 10
"""So many numbers on one side are looked at; longer lists are tables."""
NAME = 16
"""The name of a member, from the start of its stretch, is no longer."""
_NO_NAME = re.compile(r"[,\d]|其中|当中|合计|总计|共计|比上|较上|另")
_MARKER = re.compile(
    r"^\s*(?:[(]?[一二三四五六七八九十\d]{1,2}[)、.]|[一二三四五六七八九十]是|第[一二三四五六七八九十],?)\s*"
)


@dataclass(frozen=True, slots=True)
class Laid:
    """The members of a list, and how many of them what is told of them makes exactly."""

    members: list[Item]
    closing: bool
    confirmed: int


def laid_out(passage: Passage, index: int, deltas: AbstractSet[int]) -> Iterator[Laid]:
    """The lists of stretches behind a number and in front of it, sign by sign."""
    total = passage.items[index]
    sides = [(way, _beside(passage, index, deltas, way)) for way in (1, -1)]
    for sign in SIGNS:
        for way, beside in sides:
            rows = _rows(passage, total, beside, sign, way)
            if len(rows) > 1 and (sign != ";" or any(len(row) > 1 for row in rows)):
                yield Laid([row[0] for row in rows], way < 0, sum(_makes(row) for row in rows))


def two_levels(passage: Passage, index: int, deltas: AbstractSet[int]) -> Iterator[Laid]:
    """Lists of a number that another sum of the same stretch confirms: members that what is told of them makes exactly, or
    numbers told of one member, where the members without them make their total exactly."""
    row, at = _kin(passage, index, deltas)
    if len(row) < 4:
        return
    values = [item.value or _ZERO for item in row]
    for closing in (False, True):
        members, confirmed = _folded(values, at, closing)
        if confirmed and len(members) > 1:
            yield Laid([row[place] for place in members], closing, confirmed)
    for count in range(2, min(INNER, len(row) - at - 1) + 1):
        if _closed_around(row, at, at + 1, at + count + 1):
            yield Laid(row[at + 1 : at + count + 1], False, 2)
    for count in range(2, min(INNER, at) + 1):
        if _closed_around(row, at, at - count, at):
            yield Laid(row[at - count : at], True, 2)


_ZERO = Fraction(0)
LEAST = 13
"""Smaller sums come by chance."""
INNER, WIDE = 6, 8
"""So many numbers are told of one member; so many stand on each side of it in the list."""


def _kin(passage: Passage, index: int, deltas: AbstractSet[int]) -> tuple[list[Item], int]:
    """The numbers of one unit around a number, in its paragraph, and its place among them."""
    total = passage.items[index]
    row: list[Item] = []
    for place in range(max(0, index - REACH), min(len(passage.items), index + REACH + 1)):
        item = passage.items[place]
        if place == index:
            at = len(row)
            row.append(item)
        elif (
            item.paragraph == total.paragraph
            and abs(item.sentence - total.sentence) <= FAR
            and item.measured
            and item.value
            and place not in deltas
            and not (item.loose or item.bound)
            and same_unit(item, total)
        ):
            row.append(item)
    return row[max(0, at - WIDE) : at + WIDE + 1], min(at, WIDE)


def _folded(values: Sequence[Fraction], at: int, closing: bool) -> tuple[list[int], int]:
    """The places of the numbers on one side of a total without those that make a neighbour exactly, and how many such
    neighbours there are."""
    side = range(at - 1, -1, -1) if closing else range(at + 1, len(values))
    places, confirmed, skip = [], 0, 0
    for place in side:
        if skip:
            skip -= 1
            continue
        told = _told(values, place, -1 if closing else 1, at)
        if not told and not closing:  # …,…,小计…
            told = _summed(values, place)
            if told:
                places.append(place + told)
                confirmed, skip = confirmed + 1, told
                continue
        if told and closing:
            places.append(place)
            confirmed, skip = confirmed + 1, told
            continue
        places.append(place)
        confirmed, skip = confirmed + bool(told), told
    return (places[::-1] if closing else places), confirmed


def _told(values: Sequence[Fraction], place: int, way: int, at: int) -> int:
    """How many numbers next to one make it exactly, at least two; 0 when none do."""
    added, count = _ZERO, 0
    while count < INNER:
        count += 1
        other = place + way * count
        if not 0 <= other < len(values) or other == at or added >= values[place]:
            return 0
        added += values[other]
        if added == values[place] >= LEAST and count > 1:
            return count
    return 0


def _summed(values: Sequence[Fraction], place: int) -> int:
    """How far behind a number stands the sum of all from it on, at least two; 0 when there is none."""
    added = values[place]
    for count in range(1, min(INNER, len(values) - place - 1)):
        added += values[place + count]
        if values[place + count + 1] == added >= LEAST:
            return count + 1
    return 0


def _closed_around(row: Sequence[Item], at: int, begin: int, end: int) -> bool:
    """Does the member ``at`` with all others of its sentences, but without the stretch from ``begin`` to ``end``, make a
    total exactly: the first of them, or the last?"""
    rest = [*row[: min(at, begin)], row[at], *row[max(at + 1, end) :]]
    place = min(at, begin)
    for first in range(place + 1):
        if first and row[first - 1].sentence == rest[first].sentence:
            continue
        for last in range(place, len(rest)):
            if last + 1 < len(rest) and rest[last + 1].sentence == rest[last].sentence:
                continue
            run = [item.value or _ZERO for item in rest[first : last + 1]]
            whole = max(run[0], run[-1])
            if len(run) > 2 and 2 * whole == sum(run, _ZERO) and whole >= LEAST and whole != run[place - first]:
                return True
    return False


def _makes(row: Sequence[Item]) -> bool:
    """Do the numbers told of a member make it?"""
    return len(row) > 2 and sum((one.value or Fraction(0) for one in row[1:]), Fraction(0)) == row[0].value


def _beside(passage: Passage, index: int, deltas: AbstractSet[int], way: int) -> list[Item]:
    """The numbers of a number's unit on one side of it, the nearest first."""
    total = passage.items[index]
    places = range(index + way, index + way * (REACH + 1), way)
    return [
        item for place in places
        if 0 <= place < len(passage.items) and (item := passage.items[place]).measured and same_unit(item, total) and place not in deltas
    ]  # fmt: skip


def _rows(passage: Passage, total: Item, beside: Sequence[Item], sign: str, way: int) -> list[list[Item]]:
    """The stretches next to a number, each with its numbers of the unit, as far as every stretch opens with a member."""
    rows: list[list[Item]] = []
    own = last = _stretch(passage, total, sign)
    near = takewhile(lambda item: _near(item, total, sign), beside)
    for stretch, items in groupby(near, key=lambda item: _stretch(passage, item, sign)):
        if sign != ";" and way > 0 and stretch == last:
            break  # 概算589万元,预算264万元。…: its list begins here
        if abs(stretch - last) > 1 and not _blank_between(passage, stretch, last, sign):
            break
        row = list(items)[::way]
        start = total.stop if stretch == own and way > 0 else _start(passage, row[0], sign)
        if not _opens(passage, start, row[0]) or len(rows) == MOST:
            break
        rows.append(row)
        last = stretch
    return rows[::way]


def _near(item: Item, total: Item, sign: str) -> bool:
    if sign == ";":
        return item.sentence == total.sentence
    return sign == "\n" or item.paragraph == total.paragraph


def _stretch(passage: Passage, item: Item, sign: str) -> int:
    if sign == ";":
        return passage.text.count(";", passage.sentence_begin(item.sentence), item.begin)
    return item.paragraph if sign == "\n" else item.sentence


def _start(passage: Passage, item: Item, sign: str) -> int:
    """Where the stretch of a number begins."""
    if sign == ";":
        begin = passage.sentence_begin(item.sentence)
        return max(passage.text.rfind(";", begin, item.begin) + 1, begin)
    if sign == "\n":
        return passage.text.rfind("\n", 0, item.begin) + 1
    return passage.sentence_begin(item.sentence)


def _opens(passage: Passage, start: int, item: Item) -> bool:
    """Is there nothing but a name between the start of a stretch and its first number?"""
    if item.begin - start > NAME + 4 or item.loose or item.bound or not item.value:
        return False
    name = _MARKER.sub("", passage.text[start : item.begin].lstrip("\n,:(。 "))
    return 0 < len(name.strip()) <= NAME and not _NO_NAME.search(name)


def _blank_between(passage: Passage, one: int, other: int, sign: str) -> bool:
    """Are there only blank lines between two lines?"""
    if sign != "\n" or abs(one - other) > 3:
        return False
    lines = passage.text.split("\n")[min(one, other) + 1 : max(one, other)]
    return not any(line.strip() for line in lines)
