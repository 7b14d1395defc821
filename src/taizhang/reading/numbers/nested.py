"""Totals of two levels: the sentence opens a list (T: A, B) and one member of it another (A: C, D).

Which numbers belong to which level is tried out: where one of the two sums fits exactly, it confirms the reading, and the
other may be held to it; where neither fits, one slip in the member that stands in both must mend both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.partition import complete
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.settled import Settled
from taizhang.reading.numbers.slips import one_shift, one_slip
from taizhang.reading.numbers.sums import added_up

LEAST, MOST = 4, 9
"""A total, a member, and two parts of it; longer lists are tables."""
_OPENS = re.compile(r"含|其中|当中|包括|包含|—|\(|分为|分成|由|即|:|构成|组成")
_FIRM = re.compile(r":|包括|包含|分为|分成|由|即|构成|组成|\(")
_CLOSES = re.compile(r"(?:共|合计|总计?|累计|全[省市县区校年])[^,;。\d]{0,14}$")
_DRAFT = Fraction(1, 3)
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the numbers: the total with its members, one of them with its own parts."""

    total: Item
    members: Sequence[Item]
    member: Item
    parts: Sequence[Item]

    def misses(self) -> tuple[bool, bool]:
        """Do the members miss the total, do the parts miss the member?"""
        return _gap(self.members, self.total) != 0, _gap(self.parts, self.member) != 0


def find_nested(passage: Passage, deltas: frozenset[int], settled: Settled) -> Iterator[Relation]:
    """The sum that misses in a list of two levels whose other sum fits, or both where one slip mends both."""
    for sentence, places in passage.sentences.items():
        if len(places) < LEAST - 1:
            continue
        measured = [passage.items[place] for place in places if place not in deltas and passage.items[place].measured]
        if _CARRIED.match(passage.sentence_text(sentence)):
            measured = [*_total_before(passage, sentence, deltas), *measured]
        for run in _runs(measured):
            for relation in _judged(passage, run):
                if _result(relation) not in settled:
                    settled.enter(passage, relation)
                    yield relation


_CARRIED = re.compile("其中")


def _total_before(passage: Passage, sentence: int, deltas: frozenset[int]) -> list[Item]:
    """…问题209个。其中…: the only number of the sentence whose list goes on here."""
    places = [place for place in passage.sentences.get(sentence - 1, ()) if passage.items[place].measured]
    alone = len(places) == 1 and places[0] not in deltas
    return [passage.items[places[0]]] if alone else []


def _result(relation: Relation) -> int:
    return next(one.start for one in relation.operands if one.role == "total")


def _runs(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Stretches of numbers of one unit, neither approximate nor averages."""
    run: list[Item] = []
    for item in items:
        plain = not (item.loose or item.bound or not item.value or re.search("均|每", item.label))
        if run and not (plain and same_unit(run[-1], item)):
            if LEAST <= len(run) <= MOST:
                yield run
            run = []
        if plain:
            run.append(item)
    if LEAST <= len(run) <= MOST:
        yield run


def _judged(passage: Passage, run: Sequence[Item]) -> list[Relation]:
    readings = list(_readings(passage, run))
    misses = [one.misses() for one in readings]
    if (False, False) in misses:
        return []
    for one, (above, below) in zip(readings, misses, strict=True):
        if above and not below and _explained(passage, one.members, one.total):
            return _sums((one.members, one.total))
        if below and not above and _explained(passage, one.parts, one.member):
            return _sums((one.parts, one.member))
    for one in readings:
        if _one_mends_both(one):
            return _sums((one.members, one.total), (one.parts, one.member))
    return []


def _sums(*sums: tuple[Sequence[Item], Item]) -> list[Relation]:
    return [found for parts, total in sums if (found := added_up(parts, total)) is not None]


def _readings(passage: Passage, run: Sequence[Item]) -> Iterator[_Reading]:
    """Every total at an end of the run with every stretch that the words open as parts of a member."""
    ends = [(run[0], run[1:])]
    if _CLOSES.search(passage.lead(run[-1])):
        ends.append((run[-1], run[:-1]))
    for total, rest in ends:
        for first in range(1, len(rest) - 1):
            gap = passage.between(rest[first - 1], rest[first])
            if rest[first].clause - rest[first - 1].clause > 3:
                continue
            for last in range(first + 2, len(rest) + 1):
                parts = rest[first:last]
                for member in _members(gap, rest[:first]):
                    members = [item for item in rest if not any(item is part for part in parts)]
                    if len(members) >= 2:
                        yield _Reading(total, members, member, parts)


def _members(gap: str, before: Sequence[Item]) -> Iterator[Item]:
    """Whose parts a list is: the number right in front of it, or one whose name it takes up."""
    if _OPENS.search(gap):
        yield before[-1]
    for item in before[:-1]:
        stem = re.sub(r"^(?:其中|包括|由|有|[、:,(])+|[有为是\s]+$", "", item.name)[:3]
        if len(stem) >= 2 and stem in gap:
            yield item


def _gap(parts: Sequence[Item], total: Item) -> Fraction:
    return sum((part.value or _ZERO for part in parts), _ZERO) - (total.value or _ZERO)


def _balance(values: Sequence[Fraction]) -> Fraction:
    return sum(values[:-1], _ZERO) - values[-1]


def _explained(passage: Passage, parts: Sequence[Item], total: Item) -> bool:
    """Would a slip or the figure of an earlier draft explain the miss? A list that may be left open (其中, or nothing at
    all) must reach beyond the whole, or come too near to it to leave room for another part."""
    items = [*parts, total]
    gap, whole = _gap(parts, total), total.value or _ZERO
    opened = passage.between(total, parts[0]) if parts[0].begin > total.stop else ":"
    if not _FIRM.search(opened) and not complete([part.name for part in parts]):
        smallest = min(part.value or _ZERO for part in parts)
        if gap < 0 and not (-gap * (10 if len(parts) > 2 else 40) <= whole and -gap < smallest):
            return False
    slipped = one_slip(items, _balance)
    return slipped or one_shift(items, _balance, _DRAFT)


def _one_mends_both(one: _Reading) -> bool:
    """Is the member the one wrong number of both sums?"""
    right = _gap(one.parts, one.member) + (one.member.value or _ZERO)
    if right == one.member.value or _gap(one.members, one.total) + right != (one.member.value or _ZERO):
        return False
    items = [one.member]
    return one_slip(items, lambda values: values[0] - right) or one_shift(
        items, lambda values: values[0] - right, _DRAFT
    )
