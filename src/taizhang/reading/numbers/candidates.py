"""What candidates of every kind use: the question that a result asks, the numbers of the paragraph that may answer it, and a
claim with what speaks for it. Shares, changes and quotients have rooms of their own (:mod:`candidateshares`,
:mod:`candidatechanges`, :mod:`divided`)."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from taizhang.reading.numbers.claims import Claim
from taizhang.reading.numbers.passage import Item, Passage

FRONT, BEHIND = 18, 6
"""So many numbers in front of a result and behind it are looked at."""
DRAFT = Fraction(1, 9)


@dataclass(slots=True)
class Candidate:
    """A claim with what speaks for it. ``only_fit``: it may settle the result, a miss says nothing."""

    claim: Claim
    evidence: float
    only_fit: bool = False
    share: Fraction = DRAFT


@dataclass(frozen=True)
class Ask:
    """A result, what is known of its article, and the numbers of other paragraphs that may belong to it."""

    passage: Passage
    index: int
    deltas: frozenset[int]
    parts: AbstractSet[int] = frozenset()
    """Where the parts of judged sums begin: they are nobody's whole."""
    kin: tuple[Item, ...] = ()

    @property
    def result(self) -> Item:
        return self.passage.items[self.index]

    @cached_property
    def pool(self) -> list[Item]:
        """The numbers of the paragraph around the result that may be its operands, and its kin."""
        passage, result = self.passage, self.result
        found = []
        for place in range(max(0, self.index - FRONT), min(len(passage.items), self.index + BEHIND + 1)):
            item = passage.items[place]
            if (
                place != self.index
                and item.paragraph == result.paragraph
                and item.value
                and not item.loose
                and not item.bound.startswith(("不", "至少"))
            ):
                found.append(item)
        return found if not self.kin else sorted([*found, *self.kin], key=lambda item: item.begin)


def plain_level(passage: Passage, item: Item, deltas: frozenset[int]) -> bool:
    """Is this an amount of something (or of time: 课时), neither an average nor a change?"""
    return (
        (item.measured or (item.kind == "duration" and item.unit in HOURS and item.value is not None))
        and passage.place(item) not in deltas
        and not averaged(passage, item)
    )


def averaged(passage: Passage, item: Item) -> bool:
    """Is it how many there are of each: 生均10册, or one of a row (生均10册、14册)?"""
    return bool(AVERAGED.search(item.label if item.label.strip("、和及与") else passage.lead(item)))


HOURS = frozenset({"课时", "学时", "个课时", "个学时", "小时"})
AVERAGED = re.compile(r"(?<![日月周])均|每(?![日天周月年])|标准")
