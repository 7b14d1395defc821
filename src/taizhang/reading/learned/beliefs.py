"""What a number most likely is: nobody's result, the result of numbers that are printed, or a word about one alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

from taizhang.reading.learned.arithmetic import ALL, chance, computed_by, fits, likelihood, room
from taizhang.reading.learned.culprits import Missed, borne_out
from taizhang.reading.learned.hypotheses import JOINT, LONGEST, Hypothesis, alleged, hypotheses, told_later
from taizhang.reading.learned.surroundings import Surroundings
from taizhang.reading.learned.weights import Scales

NEIGHBOURS, LESS = 6, 4.0
"""So many numbers on either side may be what the operands give, unless their words say so much less for it."""
_KIN = (("sum", "difference"), ("share", "growth"), ("fold", "multiple"))
"""Kinds that give results of one unit from the same two numbers."""
_MOST = 50.0
ANYHOW, MANIFOLD = -5.0, 4.0
"""So probable is a mistake that neither a slip nor an earlier draft explains (a natural logarithm), and so many times larger or smaller
it makes a number at most;"""
EXPECTED, SPOKEN_FOR, UNSPOKEN = -8.0, 3.0, -2.0
"""it is looked for where the result's words and the words together say so much, and where nothing fits of which they say more than this."""
_PARTS = ("share", JOINT)
FITS, MISSES, OPEN = "fits", "misses", "open"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A hypothesis with what speaks for it, the words alone and words and figures together (natural logarithms): the number fits it
    as printed, misses it by one slip, or says something of a number that is not printed."""

    hypothesis: Hypothesis
    words: float
    odds: float
    how: str


@dataclass(frozen=True, slots=True)
class Belief:
    """The readings of one number, each with its probability, and how probable it is that it is nobody's result."""

    readings: tuple[tuple[float, Weighed], ...]
    stranger: float

    def of(self, how: str) -> tuple[float, Hypothesis | None]:
        """How probable some reading of a sort is, and the likeliest of them."""
        some = [one for one in self.readings if one[1].how == how]
        return sum(one[0] for one in some), max(some, key=lambda one: one[0])[1].hypothesis if some else None

    def of_a_slip(self) -> tuple[float, Hypothesis | None]:
        """How probable it is that some reading misses by a slip, and the likeliest of them. A total may be told twice, by stages and by
        sexes: that one list gives it says nothing of another list."""
        sure, wrong = self.of(MISSES)
        if wrong is None or wrong[0] != "sum":
            return sure, wrong
        rest = sum(power for power, one in self.readings if one.how != FITS or set(one.hypothesis[1]) & set(wrong[1]))
        return sure / (rest + self.stranger), wrong

    def likeliest(self, how: str) -> tuple[float, Hypothesis | None]:
        """The likeliest reading of a sort, and its probability alone."""
        some = [one for one in self.readings if one[1].how == how]
        best = max(some, key=lambda one: one[0], default=None)
        return (best[0], best[1].hypothesis) if best else (0.0, None)


class Beliefs:
    """The beliefs about the numbers of one passage, each formed when it is first asked for."""

    def __init__(self, near: Surroundings) -> None:
        self.near, self.scales = near, Scales(near)
        self._known: dict[int, Belief] = {}

    @cached_property
    def _readings(self) -> dict[int, list[Weighed]]:
        """The readings of all numbers; what one wrong number breaks together bears each other out."""
        found = {place: list(self._weighed(place)) for place in range(len(self.near.items))}
        more = borne_out(self.near, self._missed(found))
        for place, hypothesis in more:
            found[place] = [
                replace(one, odds=one.odds + more[place, hypothesis])
                if one.how == MISSES and one.hypothesis == hypothesis
                else one
                for one in found[place]
            ]
        return found

    def _missed(self, found: dict[int, list[Weighed]]) -> Iterator[Missed]:
        for place, readings in found.items():
            stranger = chance(self.near.figure(place)) if readings else 0.0
            for one in readings:
                if one.how == MISSES:
                    rest = _added([stranger, *(it.odds for it in readings if it is not one)])
                    yield Missed(place, one.hypothesis, one.words, one.words - rest)

    def about(self, place: int) -> Belief:
        """What the number at a place most likely is."""
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = self._formed(place)
        return found

    def of_words(self, place: int, hypothesis: Hypothesis) -> float:
        """How probable a reading is by its words alone, whatever the figures are."""
        scales = self.scales
        meant = scales.all_odds(place, hypothesis)
        others = (scales.odds(place, one) for one in (*self._asked(place), *self._alleged(place)) if one != hypothesis)
        rest = sum(math.exp(min(one, _MOST)) for one in others if one is not None)
        return 1 / (1 + (1 + rest) * math.exp(-max(meant, -_MOST)))

    def _formed(self, place: int) -> Belief:
        weighed = self._readings[place]
        stranger = chance(self.near.figure(place))
        whole = _added([stranger, *(one.odds for one in weighed)])
        return Belief(tuple((math.exp(one.odds - whole), one) for one in weighed), math.exp(stranger - whole))

    def _weighed(self, place: int) -> Iterator[Weighed]:
        """The hypotheses that the arithmetic allows: those that fit, and those that one wrong number explains."""
        near, scales, result = self.near, self.scales, self.near.figure(place)
        unexplained: list[Hypothesis] = []
        fitted = False
        for hypothesis in self._asked(place):
            figures = [near.figure(one) for one in hypothesis[1]]
            likely = likelihood(hypothesis[0], figures, result)
            if likely == 0.0:
                unexplained.append(hypothesis)
                continue
            counted = likely is None and not result.percent  # what gives it is weighed however little its words say
            weigh = scales.all_odds if counted else scales.odds
            words = weigh(place, hypothesis, misprinted=likely is not None)
            if words is None:
                continue
            if likely is None:
                fitted = fitted or words > UNSPOKEN
                yield Weighed(hypothesis, words, words + room(hypothesis[0], figures, result), FITS)
            elif not self._given_elsewhere(place, hypothesis):
                yield Weighed(hypothesis, words, words + math.log(likely), MISSES)
        if not (fitted or (result.percent and result.value == ALL)):
            yield from self._unexplained(place, unexplained)
        for hypothesis in self._alleged(place):
            words = scales.odds(place, hypothesis)
            if words is not None:
                yield Weighed(hypothesis, words, words + chance(result), OPEN)

    def _unexplained(self, place: int, some: Iterable[Hypothesis]) -> Iterator[Weighed]:
        """The hypotheses that no slip explains, where the words leave little doubt: any number may be written by mistake. Of totals nothing is
        said: lists leave out as much as they like."""
        near, scales, result = self.near, self.scales, self.near.figure(place)
        kinds = {kind: scales.asked(place, kind) for kind in {one[0] for one in some} - {"sum"}}
        for hypothesis in some:
            kind, operands = hypothesis
            if kinds.get(kind, -math.inf) < EXPECTED:
                continue
            words = scales.odds(place, hypothesis, misprinted=True)
            if words is None or words < SPOKEN_FOR:
                continue
            if told_later(place, hypothesis):
                continue
            if any(near.figure(one).small for one in operands):
                continue  # 自查2次,督查3次,节约率4.7%
            computed = computed_by(kind, [near.figure(one) for one in operands], result)
            least, most = sorted((computed, result.value))
            if most > MANIFOLD * least or (kind in _PARTS and computed > ALL >= result.value):
                continue
            if not self._given_elsewhere(place, hypothesis):
                yield Weighed(hypothesis, words, words + ANYHOW + chance(result), MISSES)

    def _asked(self, place: int) -> Iterator[Hypothesis]:
        """The hypotheses of the kinds that are worth looking at for a number."""
        return hypotheses(self.near, place, partial(self.scales.is_asked, place))

    def _alleged(self, place: int) -> Iterator[Hypothesis]:
        return alleged(self.near, place, partial(self.scales.is_asked, place))

    def _given_elsewhere(self, place: int, hypothesis: Hypothesis) -> bool:
        """Do the same numbers give another result that is printed beside this one, or this one in another way?"""
        near = self.near
        kind, operands = hypothesis[0], [near.figure(one) for one in hypothesis[1]]
        result = near.figure(place)
        if len(operands) == 2 and any(fits(other, operands, result) for kin in _KIN if kind in kin for other in kin):
            return True
        unit, short = near.items[place].unit, result.value - sum(one.value for one in operands)
        if kind == "sum" and any(
            one.kind == "count" and one.rough == short for one in near.items[max(0, place - LONGEST) : place]
        ):
            return True  # a part that is counted in another measure word (24批次)
        beside = range(max(0, place - NEIGHBOURS), min(len(near.items), place + NEIGHBOURS + 1))
        others = (one for one in beside if one != place and one not in hypothesis[1])
        kin = (one for one in others if near.items[one].unit == unit and near.items[one].value)
        mine: float | None = None
        for one in kin:
            if fits(kind, operands, near.figure(one)):
                mine = self.scales.all_odds(place, hypothesis) if mine is None else mine
                if self.scales.all_odds(one, hypothesis) > mine - LESS:
                    return True
        return False


def _added(logarithms: list[float]) -> float:
    """The logarithm of the sum of what has these logarithms."""
    most = max(logarithms)
    return most + math.log(sum([math.exp(one - most) for one in logarithms]))
