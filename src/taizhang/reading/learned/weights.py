"""The learned weights, and how much they say for a hypothesis.

``weights.csv`` is written by ``bench/arithmetic/learn.py``: one feature and its weight in each line. A sum of weights is a
logarithm of odds: how often words, places and units like these belonged to numbers that give the result.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from io import StringIO
from itertools import repeat
from typing import Any

from taizhang.reading.learned.agreeing import HUNDRED, PART, SAME, of_agreement
from taizhang.reading.learned.features import EVER, of_all, of_operand, of_result, of_seat, of_sizes, roles
from taizhang.reading.learned.hypotheses import JOINT, OPEN, Hypothesis
from taizhang.reading.learned.surroundings import Surroundings

HOPELESS, UNLISTED = -9.0, -14.0
"""Odds of the operands' words and places, and of those of a list, below which nothing more is looked at."""
UNASKED, ASKED = -11.0, {"per": -6.0, "difference" + OPEN: -8.0, "growth" + OPEN: -8.0}
"""The same of the result's words alone; kinds that have many hypotheses and say much of their results."""

UNBOUND = {SAME: -4.0, HUNDRED: -8.0, PART: -4.0}
"""The same of what must agree."""


GRAIN = 100
"""Weights are whole hundredths: their sums are the same in whatever order."""


@cache
def weights() -> Mapping[str, int]:
    """Every feature with its weight, in hundredths."""
    text = (files(__package__) / "weights.csv").read_bytes().decode()  # a feature may hold a line's end
    return {feature: round(float(weight) * GRAIN) for feature, weight in csv.reader(StringIO(text, newline=""))}


@cache
def weights_of(name: str) -> Mapping[str, int]:
    """The weights of the features that are called so, by how their names end."""
    kind, bar, role = name.partition("|")
    begun = bar + role
    return {end[len(begun) :]: weight for end, weight in _by_kind().get(kind, {}).items() if end.startswith(begun)}


@cache
def _by_kind() -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for feature, weight in weights().items():
        kind, bar, end = feature.partition("|")
        found.setdefault(kind, {})[bar + end] = weight
    return found


class Scales:
    """Weighs the hypotheses of one passage; what several share is weighed once."""

    def __init__(self, near: Surroundings) -> None:
        self.near = near
        self._known: dict[tuple[Any, ...], float] = {}

    def odds(self, place: int, hypothesis: Hypothesis, misprinted: bool = False) -> float | None:
        """How much more the words speak for this than for the number being nobody's result (a natural logarithm); None when
        hardly anything does. ``misprinted``: one of its numbers is, so that they are weighed as large as they would have to be."""
        found, least = self._apart(place, hypothesis), UNLISTED if hypothesis[0] == "sum" else HOPELESS
        return None if found < least else found + self._together(place, hypothesis, misprinted)

    def all_odds(self, place: int, hypothesis: Hypothesis, misprinted: bool = False) -> float:
        """The same, however little speaks for it."""
        return self._apart(place, hypothesis) + self._together(place, hypothesis, misprinted)

    def _together(self, place: int, hypothesis: Hypothesis, misprinted: bool) -> float:
        """What the numbers say together, and their sizes."""
        kind, near = hypothesis[0], self.near
        sizes: tuple[int | None, ...] = (None,)
        if misprinted and kind == "sum":
            sizes = (1,)
        elif misprinted:
            sizes = (int(near.items[place].rough <= 100),) if kind in ("share", JOINT) else (0, 1)
        most = max(_sum(weights(), of_sizes(near, place, hypothesis, less)) for less in sizes)
        return _sum(weights(), of_all(near, place, hypothesis)) + most

    def _apart(self, place: int, hypothesis: Hypothesis) -> float:
        """What speaks for it, but for what its numbers say together."""
        kind = hypothesis[0]
        found = self.asked(place, kind)
        for operand, role in roles(hypothesis):
            found += self._of_operand(operand, kind, role)
            if role != "m":
                found += self._of_place(place, operand, kind, role)
        return found

    def agrees(self, place: int, statement: Hypothesis) -> float | None:
        """How much the words say that a number must agree with others; None when hardly anything does."""
        found = self._apart(place, statement)
        if found < UNBOUND[statement[0]]:
            return None
        return found + _sum(weights(), of_agreement(self.near, place, statement))

    def asked(self, place: int, kind: str) -> float:
        """What the words around a number alone say for its being a result of a kind."""
        found = self._of_result(place, kind)
        return found if kind in UNBOUND else found - self._of_result(place, "0" + self.near.items[place].kind)

    def is_asked(self, place: int, kind: str) -> bool:
        """Is a kind worth looking at for a number, by the words around it alone?"""
        return self.asked(place, kind) >= ASKED.get(kind, UNASKED)

    def _of_result(self, place: int, kind: str) -> float:
        key = (place, kind)
        if key not in self._known:
            self._known[key] = _sum(weights_of(kind), self.near.once(of_result, place))
        return self._known[key]

    def _of_operand(self, place: int, kind: str, role: str) -> float:
        key = (place, kind, role)
        if key not in self._known:
            self._known[key] = _sum(weights_of(f"{kind}|{role}"), self.near.once(of_operand, place))
        return self._known[key]

    def _of_place(self, place: int, operand: int, kind: str, role: str) -> float:
        key = (place, operand, kind, role)
        if key not in self._known:
            weigh, seat = weights_of(f"{kind}|{role}"), self.near.once(of_seat, place, operand)
            if kind in UNBOUND:
                self._known[key] = _sum(weigh, seat.agreeing)
            else:
                self._known[key] = _sum(weigh, seat.giving) + self._ever(place, operand, role)
        return self._known[key]

    def _ever(self, place: int, operand: int, role: str) -> float:
        key = (place, operand, role, True)
        if key not in self._known:
            self._known[key] = _sum(weights_of(f"{EVER}|{role}"), self.near.once(of_seat, place, operand).ever)
        return self._known[key]


def _sum(weigh: Mapping[str, int], features: Iterable[str]) -> float:
    return sum(map(weigh.get, features, repeat(0))) / GRAIN
