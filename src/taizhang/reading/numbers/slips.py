"""Could one slip of the pen explain a miss? Numbers that only stand near one another must pass this before they count
as an assertion of the text: strangers rarely come so close.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from taizhang.reading.numbers.passage import Item, both_sides

Gap = Callable[[Sequence[Any]], Any]
"""How far numbers are from what they should give; it takes exact numbers and floats."""
EXACTLY = Fraction(0)
MOST = 8
"""Longer lists are not tried: with so many digits some slip would always fit."""
_DIGITS = "0123456789"


def one_slip(items: Sequence[Item], gap: Gap, grain: Fraction = EXACTLY) -> bool:
    """Does changing, leaving out, adding or swapping one digit of one printed number close the gap?

    Closed is a gap below ``grain``, or none at all. Floats sort out what is far off; what is left is tried exactly.
    """
    values = [item.value for item in items if item.value is not None]
    if len(values) != len(items) or len(items) > MOST:
        return False
    rough = [item.rough for item in items]
    near = float(grain) * 1.01 + 1e-6 * max(1.0, *map(abs, rough))
    for place, item in enumerate(items):
        text = _printed(item)
        if not text or not Fraction(text):
            continue
        scale = values[place] / Fraction(text)
        factor, tried = float(scale), list(rough)
        for other, size in _variants(text):
            tried[place] = size * factor
            if all(tried) and abs(float(gap(tried))) <= near:
                exact = gap([*values[:place], Fraction(other) * scale, *values[place + 1 :]])
                if abs(exact) < grain or not exact:
                    return True
    return False


def one_shift(items: Sequence[Item], gap: Gap, share: Fraction) -> bool:
    """Does moving one number by at most ``share`` of itself close the gap (a figure of an earlier draft)?"""
    values = [item.value for item in items if item.value is not None]
    if len(values) != len(items):
        return False
    for place, value in enumerate(values):
        ends = [gap([*values[:place], value * factor, *values[place + 1 :]]) for factor in (1 - share, 1, 1 + share)]
        if min(ends) <= 0 <= max(ends):
            return True
    return False


def meant(item: Item) -> Sequence[float]:
    """Every value that one slip turns into the printed one, the smallest first."""
    text = _printed(item)
    if item.value is None or not text or not float(text):
        return ()
    sides = both_sides(item.quantity.text) if item.kind == "ratio" else None
    return _of_both_sides(*sides) if sides is not None else _scaled(text, item.rough / float(text))


@lru_cache(maxsize=256)
def _of_both_sides(one: str, other: str) -> Sequence[float]:
    """2:5 may be 3:5 or 2:3."""
    first, second = float(one), float(other)
    found = [size / second for _, size in _variants(one)]
    return sorted([*found, *(first / size for _, size in _variants(other) if size)])


@lru_cache(maxsize=4096)
def _scaled(text: str, factor: float) -> Sequence[float]:
    return sorted(size * factor for _, size in _variants(text))


def _printed(item: Item) -> str:
    """The digits of a number as printed, or those of its value when it is written in Chinese numerals."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", item.quantity.text)
    if item.kind == "ratio" and item.unit == ":":
        sides = re.findall(r"\d+(?:\.\d+)?", item.quantity.text)
        if sides:
            return max((side for side in sides if side != "1"), key=len, default="1")
    elif found:
        return found.group().replace(",", "")
    if item.value is None or item.value.denominator not in (1, 2, 5, 10, 20, 25, 50, 100):
        return ""
    return str(item.value) if item.value.denominator == 1 else f"{float(item.value):.2f}".rstrip("0")


@lru_cache(maxsize=1024)
def _variants(text: str) -> tuple[tuple[str, float], ...]:
    """Every number that one slip turns into ``text``, as printed and as a float: a number is held against many."""
    return tuple((other, float(other)) for other in _slips_of(text))


def _slips_of(text: str) -> Iterator[str]:
    for place, char in enumerate(text):
        if char == ".":
            continue
        for digit in _DIGITS:
            if digit != char:
                yield text[:place] + digit + text[place + 1 :]
        shorter = text[:place] + text[place + 1 :]
        if shorter.strip("."):
            yield shorter
    for place in range(text.find(".") + 1 or len(text) + 1):
        for digit in _DIGITS:
            yield text[:place] + digit + text[place:]
    for place, (one, other) in enumerate(pairwise(text)):
        if one != other and "." not in (one, other):
            yield text[:place] + other + one + text[place + 2 :]
    point = text.find(".")
    if 0 < point < len(text) - 1 and text[point - 1] != text[point + 1]:
        yield f"{text[: point - 1]}{text[point + 1]}.{text[point - 1]}{text[point + 2 :]}"
    yield from _points_moved(text)


def _points_moved(text: str) -> Iterator[str]:
    """The decimal point left out, put in, or one place off."""
    whole, _, fine = text.partition(".")
    digits = whole + fine
    for place in {len(whole) - 1, len(whole) + 1, *(range(1, len(digits)) if not fine else ())}:
        if 0 < place < len(digits):
            yield f"{digits[:place]}.{digits[place:]}"
    if fine:
        yield digits
