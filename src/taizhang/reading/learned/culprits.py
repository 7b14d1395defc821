"""One wrong number breaks every relation that it stands in: what they all need it to be tells that it is wrong.

全县1803件,结案894件,结案率49.58%: a total that its parts do not give and a share that misses its whole, both of which would hold with
one other number in one place, are hardly missed by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from taizhang.reading.learned.arithmetic import needed
from taizhang.reading.learned.hypotheses import Hypothesis
from taizhang.reading.learned.surroundings import Surroundings

SPOKEN = -2.0
"""Odds by the words below which a reading says nothing of a number."""
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


@dataclass(frozen=True, slots=True)
class _Need:
    """What a number would have to be for a reading to hold."""

    one: Missed
    least: float
    most: float
    typed: bool


def borne_out(near: Surroundings, missed: Iterable[Missed]) -> Mapping[tuple[int, Hypothesis], float]:
    """How much the other relations of a wrong number say for each reading (a natural logarithm)."""
    found: dict[tuple[int, Hypothesis], float] = {}
    for needs in _by_number(near, missed).values():
        for one in needs:
            others = (other for other in needs if other.one.numbers != one.one.numbers)
            more = max((_said(one, other) for other in others if other.one.place != one.one.place), default=0.0)
            key = (one.one.place, one.one.hypothesis)
            if more > found.get(key, 0.0):
                found[key] = more
    return found


def _by_number(near: Surroundings, missed: Iterable[Missed]) -> dict[int, list[_Need]]:
    needs: dict[int, list[_Need]] = {}
    for one in missed:
        if one.words < SPOKEN:
            continue
        kind, operands = one.hypothesis
        for place, least, most, typed in needed(kind, [near.figure(it) for it in operands], near.figure(one.place)):
            number = one.place if place < 0 else operands[place]
            needs.setdefault(number, []).append(_Need(one, least, most, typed))
    return needs


def _said(one: _Need, other: _Need) -> float:
    """What another relation of a number says for one: with the number that this one needs, that one would hold too."""
    least, most = max(one.least, other.least), min(one.most, other.most)
    if least > most:
        return 0.0
    wide = one.most - one.least
    shared = math.log((most - least) / wide) if wide and most > least else 0.0
    bound = MOST if one.typed and other.typed else DRAFTED
    return min(bound, other.one.beside + shared)
