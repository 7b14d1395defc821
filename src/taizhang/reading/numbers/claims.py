"""One reading of a result (:class:`Claim`), the numbers around it, and when a miss counts as an assertion of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import Any

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import exact, number, percentage, said, step
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.slips import one_shift, one_slip
from taizhang.reading.numbers.sums import added_up
from taizhang.reading.numerals import decimals

Formula = Callable[[Sequence[Any]], Any]
"""From operands to the result; it takes exact numbers and floats."""
SHIFT = Fraction(1, 9)
"""A figure of an earlier draft is off by no more than this share of itself."""
WIDE = Fraction(1, 3)
"""The same where no other numbers can be meant."""
_ZERO = Fraction(0)
NEAR = 4
"""Operands stand within so many clauses of the result."""


@dataclass(slots=True)
class Claim:
    """One reading of a result: operands with their roles, what they give, and whether the words say so outright."""

    kind: str
    operands: tuple[tuple[str, Item], ...]
    result: Item
    role: str
    formula: Formula
    shows: str
    strong: bool = False
    alone: bool = False
    """Are these the only numbers of the sentence that can be meant?"""

    def computed(self) -> Fraction:
        return Fraction(self.formula([item.value or _ZERO for _, item in self.operands]))

    def fits(self) -> bool:
        """Rounded, cut off or rounded up, the operands give the result."""
        if self.result.value is None:
            return False
        grain, stated = step(self.result), self.result.rough
        # Floats sort out what is far off: most combinations of strangers are.
        rough = float(self.formula([item.rough for _, item in self.operands]))
        if abs(rough - stated) > float(grain) * 1.01 + 1e-9 * abs(stated):
            return False
        return abs(self.computed() - self.result.value) < grain

    def slipped(self) -> bool:
        """Is one number all that keeps it from fitting?"""
        items = [*(item for _, item in self.operands), self.result]
        grain = step(self.result)

        def gap(values: Sequence[Fraction]) -> Fraction:
            return self.formula(values[:-1]) - values[-1] if all(values[:-1]) else grain

        if self.alone and one_shift(items, gap, WIDE):
            return True
        if one_slip(items, gap, grain):
            return True
        over = self.role == "pct" and self.computed() > 100 >= (self.result.value or 0)
        # Rates lie close together near 100: strangers would pass.
        return not over and self.kind != "rate" and one_shift(items, gap, SHIFT)

    def relation(self) -> Relation | None:
        items = [item for _, item in self.operands]
        if self.kind in ("share", "rate"):
            return percentage(self.kind, items[:-1], items[-1], self.result)
        if self.kind == "sum" and len(items) > 1:
            return added_up(items, self.result)
        operands = (*(item.operand(role) for role, item in self.operands), self.result.operand(self.role))
        if self.result.value is None:
            return None
        computed, loose = self.computed(), self.result.loose or any(item.loose for item in items)
        unit = step(self.result) if self.result.kind == "percent" or self.kind != "difference" else Fraction(0)
        like = self.result if self.kind in ("difference", "per") else None
        shown = said(computed, self.result) if like else number(computed, max(2, decimals(self.result.quantity.text)))
        shown += "%" if self.role == "pct" else ""
        why = f"{self.shows.format(*(said(item.value or Fraction(0), item) for item in items))} = {shown}，原文写 {self.result.quantity.text}"
        return exact(self.kind, operands, self.result.value, computed, unit / 2, why, loose, like)


def judged(claims: Sequence[Claim]) -> Relation | None:
    """The claim that fits, else one that the words make or one slip explains."""
    for claim in claims:
        if claim.fits():
            return claim.relation()
    for claim in claims:
        if claim.result.bound.endswith(("过", "上")) and claim.computed() >= (claim.result.value or 0):
            continue  # 占60%以上: only what lies below is wrong
        if claim.strong or claim.slipped():
            return claim.relation()
    return None


# --- operands -------------------------------------------------------------------------------------------------------
def around(passage: Passage, index: int, deltas: frozenset[int], behind: bool = False) -> list[Item]:
    """Numbers of the sentence in front of a result, back to the last percentage, and those of a bracket right behind it.

    ``behind``: those of the clauses behind it too.
    """
    result = passage.items[index]
    found: list[Item] = []
    clause = result.clause
    for place in range(index - 1, max(index - 9, -1), -1):
        item = passage.items[place]
        if item.sentence != result.sentence or clause - item.clause > NEAR:
            break
        if ";" in passage.text[item.stop : (found[0] if found else result).begin]:
            break
        if item.kind in ("percent", "ratio") and result.kind != item.kind and not behind:
            break
        if place not in deltas and item.value is not None and not item.loose:
            found.insert(0, item)
            clause = item.clause
    bracket = passage.text[result.stop : result.stop + 2].lstrip("的").startswith("(")
    close = passage.text.find(")", result.stop, result.stop + 60) if bracket else -1
    for place in range(index + 1, min(index + 6, len(passage.items))):
        item = passage.items[place]
        if item.sentence != result.sentence or (item.begin > close and not behind):
            break
        if item.begin > close and (item.clause - result.clause > 1 or ";" in passage.text[result.stop : item.begin]):
            break
        if place not in deltas and item.value is not None and not item.loose:
            found.append(item)
    return found


def lead_of(passage: Passage, item: Item) -> str:
    """The words in front of a result; past a bracket that holds its base: 占在园幼儿总数(3000人)的41%."""
    lead = passage.lead(item)
    start = item.begin - len(lead)
    opened = passage.text.rfind("(", max(0, start - 40), start)
    if lead.startswith("的") and passage.text[start - 1 : start] == ")" and opened >= 0:
        return re.split("[,;。\n]", passage.text[max(0, opened - 30) : opened])[-1] + lead
    return lead


def counted(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.measured and item.value]


def pairs(items: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """Ordered pairs of one unit among the numbers nearest to the result."""
    for one, other in permutations(items[-3:] if len(items) > 3 else items, 2):
        if same_unit(one, other):
            yield one, other
