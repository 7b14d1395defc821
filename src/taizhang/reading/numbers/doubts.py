"""Alarms that the rest of the text takes back: an alarm is right, or the tool loses its user."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.rounded import softened
from taizhang.reading.numbers.search import explained
from taizhang.reading.numbers.totals import open_list

_RESULT = {
    "share": "pct", "rate": "pct", "growth": "pct", "difference": "delta", "multiple": "factor", "ratio": "ratio", "per": "result", "sum": "total",
}  # fmt: skip


Operands = frozenset[int]
MOST_PARTS = 12
TELLING = 20
"""A smaller number stands anywhere."""


def standing(passage: Passage, found: Sequence[Relation], deltas: frozenset[int]) -> list[Relation]:
    """The relations without the alarms that nothing but chance speaks for, and with those as notes that the rounding of
    the printed operands covers."""
    held = {_measured(one) for one in found if one.holds is True and one.check == "exact"}
    soft = [softened(passage, one, _RESULT[one.kind]) if one.severity else one for one in found]
    return [one for one in soft if not _doubtful(passage, one, deltas, held)]


def _measured(one: Relation) -> Operands:
    """Where the operands begin from which a result is computed."""
    return frozenset(item.start for item in one.operands if item.role != _RESULT[one.kind])


_BEYOND = re.compile(r"(?:超出|超过|超额|超支|多出|高出|结余|节余|节约|短缺|欠)[^,;。\d]{0,8}$")


def _doubtful(passage: Passage, one: Relation, deltas: frozenset[int], held: set[Operands]) -> bool:
    """Is this an alarm about a result that other numbers of the paragraph give as it is printed?"""
    if one.severity != "alarm" or one.check != "exact":
        return False
    items = [passage.items[passage.at(item.start)] for item in one.operands]
    # A row of limits (大班不超过35人,中班不超过30人) says what may be, and computes nothing.
    if sum(item.bound.startswith(("不", "至少")) for item in items) > 1:
        return True
    if one.kind in ("share", "rate") and (_overrun(passage, one) or _measured(one) in held):
        return True  # 全部开工,开工率100%,竣工32个,竣工率94.12%: the two numbers give the other percentage
    if one.kind == "sum" and (open_list(passage, items) or _completed(passage, one, items)):
        return True
    return any(
        explained(passage, passage.at(operand.start), deltas)
        for operand in one.operands
        if operand.role == _RESULT[one.kind]
    )


def _overrun(passage: Passage, one: Relation) -> bool:
    """超出计划18.79%: what lies beyond the whole is printed, not the whole quotient, and it fits as such."""
    stated = next((item for item in one.operands if item.role == _RESULT[one.kind]), None)
    if stated is None or one.computed is None or one.stated is None:
        return False
    said = _BEYOND.search(passage.lead(passage.items[passage.at(stated.start)]))
    return said is not None and abs(abs(one.computed - 100) - one.stated) <= 2 * (one.tolerance or 0) + 1e-9


def _completed(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """Is the total what some of the parts give, because the others are parts of those, or what they give with a number
    that the next sentences of the paragraph add?"""
    total = next(item for item, operand in zip(items, one.operands, strict=True) if operand.role == "total")
    parts = [item.value for item in items if item is not total and item.value is not None]
    if total.value is None or not parts:
        return False
    if len(parts) <= MOST_PARTS and total.value in _upper(parts):
        return True
    gap = total.value - sum(parts, Fraction(0))
    return gap >= TELLING and any(item.value == gap and same_unit(item, total) for item in _behind(passage, items[-1]))


def _upper(parts: Sequence[Fraction]) -> set[Fraction]:
    """What the parts give when some of them, each right behind a larger one, are only told of that one: 中央5018万元,
    县财政3298万元,包括配套889万元."""
    found = {(parts[0], parts[0], False)}  # the sum so far, what the last one kept has left, whether any was left out
    for part in parts[1:]:
        kept = {(total + part, part, out) for total, _, out in found}
        told = {(total, left - part, True) for total, left, _ in found if part <= left}
        found = kept | told
    return {total for total, _, out in found if out}


def _behind(passage: Passage, item: Item) -> Iterator[Item]:
    """The numbers behind one in its paragraph."""
    for other in passage.items[passage.place(item) + 1 :]:
        if other.paragraph != item.paragraph:
            return
        yield other
