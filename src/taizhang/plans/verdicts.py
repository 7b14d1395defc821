"""How a promised number came out: one rule for the task's page and for every written report."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

MET, MISSED, NO_RESULT, BY_PERSON = "达到", "未达到", "未报送", "待核对"
CATEGORIES = {MET: "ok", MISSED: "late", NO_RESULT: "draft", BY_PERSON: "warn"}
# What 达到 asks for: of a good thing at least so much, of a bad one at most; of others at least, as people mean it.
REACHED = {"higher": ">=", "lower": "<=", "none": ">="}
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A target's result. ``actual`` is in the target's own unit (98 with %), ``text`` as it is printed, ``origin`` the
    formula or who reported it, ``url`` the page where the figure can be followed ('' when there is none).
    """

    result: str
    actual: Decimal | None = None
    text: str = ""
    origin: str = ""
    url: str = ""
    period: str = ""

    @property
    def category(self) -> str:
        return CATEGORIES[self.result]


def verdict(
    comparator: str, value: Decimal | None, actual: Decimal | None, *, better: str = "none", top: Decimal | None = None
) -> str:
    """达到, 未达到, 未报送 (no actual) or 待核对 (about so much, or no promised number): exact values are compared.

    ``better`` is that of the indicator; ``top`` the upper end of a promised range, which only a number that is neither
    to be high nor low has to stay under.
    """
    if actual is None:
        return NO_RESULT
    if value is None or comparator not in (*_HOLDS, "="):
        return BY_PERSON
    asked = REACHED[better] if comparator == "=" else comparator
    bound = top if top is not None and asked == "<=" else value
    held = _HOLDS[asked](actual, bound)
    if comparator == "=" and top is not None and better == "none":
        held = value <= actual <= top
    return MET if held else MISSED
