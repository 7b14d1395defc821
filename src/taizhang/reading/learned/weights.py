"""The learned weights, and how much they say for a hypothesis.

``weights.csv`` is written by ``bench/arithmetic/learn.py``: one feature and its weight in each line. A sum of weights is a
logarithm of odds: how often words, places and units like these belonged to numbers that give the result.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from io import StringIO
from itertools import repeat
from typing import Any

from taizhang.reading.learned.agreeing import HUNDRED, PART, SAME, of_agreement
from taizhang.reading.learned.features import of_all, of_answer, of_operand, of_place, of_result, of_sizes, roles
from taizhang.reading.learned.hypotheses import JOINT, Hypothesis
from taizhang.reading.learned.surroundings import Surroundings

HOPELESS, UNLISTED, UNASKED = -9.0, -14.0, -11.0
"""Odds of the operands' words and places, of those of a list, and of the result's words alone, below which nothing more is looked at."""

UNBOUND = {SAME: -4.0, HUNDRED: -8.0, PART: -4.0}
"""The same of what must agree."""


@cache
def weights() -> Mapping[str, float]:
    """Every feature with its weight."""
    text = (files(__package__) / "weights.csv").read_bytes().decode()  # a feature may hold a line's end
    return {feature: float(weight) for feature, weight in csv.reader(StringIO(text, newline=""))}


class Scales:
    """Weighs the hypotheses of one passage; what several share is weighed once."""

    def __init__(self, near: Surroundings) -> None:
        self.near, self._weights = near, weights()
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
        most = max(self._sum(of_sizes(near, place, hypothesis, less)) for less in sizes)
        return self._sum(of_all(near, place, hypothesis)) + most

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
        return None if found < UNBOUND[statement[0]] else found + self._sum(of_agreement(self.near, place, statement))

    def asked(self, place: int, kind: str) -> float:
        """What the words around a number alone say for its being a result of a kind."""
        found = self._of_result(place, kind)
        return found if kind in UNBOUND else found - self._of_result(place, "0" + self.near.items[place].kind)

    def _of_result(self, place: int, kind: str) -> float:
        key = (place, kind)
        if key not in self._known:
            self._known[key] = self._sum(of_result(self.near, place, kind))
        return self._known[key]

    def _of_operand(self, place: int, kind: str, role: str) -> float:
        key = (place, kind, role)
        if key not in self._known:
            self._known[key] = self._sum(of_operand(self.near, place, kind, role))
        return self._known[key]

    def _of_place(self, place: int, operand: int, kind: str, role: str) -> float:
        key = (place, operand, kind, role)
        if key not in self._known:
            found = self._sum(of_place(self.near, place, operand, kind, role))
            self._known[key] = found if kind in UNBOUND else found + self._of_answer(place, operand, role)
        return self._known[key]

    def _of_answer(self, place: int, operand: int, role: str) -> float:
        key = (place, operand, role, True)
        if key not in self._known:
            self._known[key] = self._sum(of_answer(self.near, place, operand, role))
        return self._known[key]

    def _sum(self, features: Iterable[str]) -> float:
        return math.fsum(map(self._weights.get, features, repeat(0.0)))
