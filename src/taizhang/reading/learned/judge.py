"""Results that no finder has settled, held against what their words most likely mean.

A number may be nobody's result, may be given by some hypothesis as it is printed, or by some hypothesis but for one slip of the
pen or the figure of an earlier draft. Each has its probability from the words (the learned weights) and from the arithmetic;
an alarm is raised only when that of a slip outweighs all others together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taizhang.reading.learned.arithmetic import RESULTS, chance, fits, likelihood
from taizhang.reading.learned.hypotheses import LONGEST, NEVER, Hypothesis, hypotheses
from taizhang.reading.learned.surroundings import Surroundings
from taizhang.reading.learned.weights import UNASKED, Scales
from taizhang.reading.model import Relation
from taizhang.reading.numbers.claims import Claim, step
from taizhang.reading.numbers.passage import Passage

SURE = 0.6
"""So probable must a slip be."""
TELLING = 13
"""A result of fewer units of its last digit is missed by chance: nothing is said of it."""
NEIGHBOURS = 6
"""So many numbers on either side may be what the operands give."""
_KIN = (("sum", "difference"), ("share", "growth"), ("fold", "multiple"))
"""Kinds that give results of one unit from the same two numbers."""
_SAID: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "share": ("share", "pct", ("part", "whole"), "{} ÷ {}"),
    "growth": ("growth", "pct", ("now", "before"), "({0} 与 {1} 相差) ÷ {1}"),
    "points": ("difference", "delta", ("now", "before"), "{} 与 {} 相差"),
    "difference": ("difference", "delta", ("now", "before"), "{} 与 {} 相差"),
    "fold": ("multiple", "factor", ("now", "before"), "({0} - {1}) ÷ {1}"),
    "multiple": ("multiple", "factor", ("now", "before"), "{} ÷ {}"),
    "ratio": ("ratio", "ratio", ("a", "b"), "{} ÷ {}"),
    "per": ("per", "result", ("a", "b"), "{} ÷ {}"),
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A hypothesis with what speaks for it beside the number's being nobody's result (a natural logarithm)."""

    hypothesis: Hypothesis
    odds: float
    fits: bool


def find_learned(passage: Passage, deltas: frozenset[int], found: Sequence[Relation]) -> Iterator[Relation]:
    """Alarms about results that none of the relations found has judged."""
    judged = [one for one in found if one.check == "exact" and (one.holds is True or one.severity)]
    held = {passage.view.index(item.start) for one in judged for item in one.operands}
    near = Surroundings(passage, deltas)
    scales = Scales(near)
    for place, item in enumerate(passage.items):
        if item.begin in held or item.kind in NEVER or not item.value or item.rough < TELLING * float(step(item)):
            continue
        sure, wrong = suspect(near, scales, place)
        if wrong is None or sure < SURE or any(near.items[one].begin in held for one in wrong[1]):
            continue
        relation = claim_of(near, place, wrong).relation()
        if relation is not None and relation.severity == "alarm":
            yield relation


def suspect(near: Surroundings, scales: Scales, place: int) -> tuple[float, Hypothesis | None]:
    """How probable it is that a number is the result of something and misses it by one slip, and of what most likely."""
    found = list(_weighed(near, scales, place))
    misses = [one for one in found if not one.fits]
    if not misses:
        return 0.0, None
    stranger = chance(near.figure(place))
    most = max(stranger, *(one.odds for one in found))
    missed = sum(math.exp(one.odds - most) for one in misses)
    other = math.exp(stranger - most) + sum(math.exp(one.odds - most) for one in found if one.fits)
    return missed / (missed + other), max(misses, key=lambda one: one.odds).hypothesis


def _weighed(near: Surroundings, scales: Scales, place: int) -> Iterator[Weighed]:
    """The hypotheses that the arithmetic allows: those that fit, and those that one wrong number explains."""
    result = near.figure(place)
    for hypothesis in hypotheses(near, place):
        if scales.asked(place, hypothesis[0]) < UNASKED:
            continue
        likely = likelihood(hypothesis[0], [near.figure(one) for one in hypothesis[1]], result)
        if likely == 0.0:
            continue
        odds = scales.odds(place, hypothesis)
        if odds is None:
            continue
        if likely is None:
            yield Weighed(hypothesis, odds, True)
        elif not _given_elsewhere(near, place, hypothesis):
            yield Weighed(hypothesis, odds + math.log(likely), False)


def _given_elsewhere(near: Surroundings, place: int, hypothesis: Hypothesis) -> bool:
    """Do the same numbers give another result that is printed beside this one, or this one in another way?"""
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
    return any(fits(kind, operands, near.figure(one)) for one in kin)


def claim_of(near: Surroundings, place: int, hypothesis: Hypothesis) -> Claim:
    """The hypothesis in the form in which every relation is judged and told."""
    kind, operands = hypothesis[0], [near.items[one] for one in hypothesis[1]]
    if kind == "sum":
        parts = tuple(("part", one) for one in operands)
        return Claim("sum", parts, near.items[place], "total", RESULTS["sum"], " + ".join(["{}"] * len(parts)))
    said, role, roles, shows = _SAID[kind]
    return Claim(said, tuple(zip(roles, operands, strict=True)), near.items[place], role, RESULTS[kind], shows)
