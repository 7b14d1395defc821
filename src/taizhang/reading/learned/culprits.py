"""One wrong number breaks every relation that it stands in: what they all need it to be tells that it is wrong.

全县1803件,结案894件,结案率49.58%: a total that its parts do not give and a share that misses its whole, both of which would hold with
one other number in one place, are hardly missed by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from taizhang.reading.learned.arithmetic import Wrong, needed
from taizhang.reading.learned.hypotheses import JOINT, Hypothesis
from taizhang.reading.learned.surroundings import Surroundings

SPOKEN = -2.0
"""Odds by the words below which a reading says nothing of a number."""
EXACT = 1e-6
"""What is needed within so a part of itself is one number;"""
MOST, DRAFTED = 8.0, 2.0
"""So much may another relation say for one (a natural logarithm), and so much where no slip of the pen explains what both need."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A reading that one slip explains: its result, what its words say, and what they say beside all else that the result may be."""

    place: int
    hypothesis: Hypothesis
    words: float
    beside: float

    @property
    def numbers(self) -> frozenset[int]:
        """All its numbers: 2 + 3 = 5 says no more than 5 - 3 = 2."""
        return frozenset((self.place, *self.hypothesis[1]))


Need = tuple[Missed, Wrong]
"""A reading, and what one of its numbers would have to be."""


def borne_out(near: Surroundings, missed: Iterable[Missed]) -> Mapping[tuple[int, Hypothesis], float]:
    """How much the other relations of a wrong number say for each reading (a natural logarithm)."""
    found: dict[tuple[int, Hypothesis], float] = {}
    for needs in _by_number(near, missed).values():
        for one, wrong in needs:
            others = (need for need in needs if need[0].place != one.place and need[0].numbers != one.numbers)
            more = max((_said((one, wrong), other) for other in others), default=0.0)
            key = (one.place, one.hypothesis)
            if more > found.get(key, 0.0):
                found[key] = more
    return found


def _by_number(near: Surroundings, missed: Iterable[Missed]) -> dict[int, list[Need]]:
    needs: dict[int, list[Need]] = {}
    for one in missed:
        if one.words < SPOKEN:
            continue
        kind, operands = one.hypothesis
        for wrong in needed(kind, [near.figure(it) for it in operands], near.figure(one.place)):
            number = one.place if wrong.place < 0 else operands[wrong.place]
            needs.setdefault(number, []).append((one, wrong))
    return needs


def _said(need: Need, other: Need) -> float:
    """What another relation of a number says for one: with the number that this one needs, that one would hold too."""
    (one, wrong), (another, its) = need, other
    least, most = max(wrong.least, its.least), min(wrong.most, its.most)
    if least > most:
        return 0.0
    wide = wrong.most - wrong.least
    shared = math.log((most - least) / wide) if wide > EXACT * most and most > least else 0.0
    # 应届生31280人,占81.6%,往届生7053人,占18.4%: shares of a whole that is not printed need one whole too
    sure = wrong.typed and its.typed and not (_is_whole(one, wrong) and _is_whole(another, its))
    return min(MOST if sure else DRAFTED, another.beside + shared)


def _is_whole(one: Missed, wrong: Wrong) -> bool:
    kind, operands = one.hypothesis
    return kind in ("share", JOINT) and wrong.place == len(operands) - 1
