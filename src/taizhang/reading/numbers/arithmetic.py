"""Judging one assertion: what the printed operands give, how far the printed result is from it, and how to say so.

Rule R3 of the guideline: operands count as printed; the tolerance is half a unit of the last printed digit of the
result; a sum of whole counts has none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from taizhang.reading.model import Holds, Operand, Relation
from taizhang.reading.numbers.passage import SIDES, Item, both_sides
from taizhang.reading.numerals import decimals

APPROXIMATE = "原文是约数，不能精确核对"


def number(value: Fraction | float, places: int | None = None) -> str:
    """A number as a person writes it: no exponent, no trailing zeros, at most ``places`` decimals."""
    exact = Fraction(value) if isinstance(value, Fraction | int) else Fraction(repr(value))
    if exact.denominator == 1 and places is None:
        return str(exact.numerator)
    digits = 4 if places is None else places
    scaled = _half_up(exact * 10**digits)
    sign = "-" if scaled < 0 else ""
    whole, rest = divmod(abs(scaled), 10**digits)
    if not digits:
        return f"{sign}{whole}"
    text = f"{sign}{whole}.{rest:0{digits}d}"
    return text.rstrip("0").rstrip(".") if places is None else text


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def tolerance_of(item: Item) -> Fraction:
    """Half a unit of the last digit printed, in the unit that is printed."""
    return Fraction(1, 2 * 10 ** places_of(item))


def step(item: Item) -> Fraction:
    """One unit of the last printed digit, in the unit of the value: 3.48万元 → 100, 48.7公里 → 100 (metres)."""
    scaled = item.kind in ("area", "length", "amount")  # units of another size may be printed
    return _step(item.quantity.text, item.kind, item.unit, item.value if scaled else None)


_WHOLES = (10, 100)
"""6:4 and 55:45 are parts of ten and of a hundred, each rounded;"""
_REDUCED = Fraction(3, 100)
"""2:3 is what two numbers come to, give or take so much of itself."""


@lru_cache(maxsize=4096)
def _step(text: str, kind: str, unit: str, value: Fraction | None) -> Fraction:
    if kind == "ratio" and unit == ":":
        sides = both_sides(text)
        if sides is not None:
            (a, b), grains = map(Fraction, sides), [Fraction(1, 10 ** decimals(side)) for side in sides]
            return a / b * (grains[0] / a + grains[1] / b if a + b in _WHOLES else _REDUCED)
        text = max(SIDES.split(text), key=decimals)
    scale = 10_000 if re.search("[万萬]", text) else 10**8 if re.search("[亿億]", text) else 1
    printed = re.search(r"\d[\d,]*(?:\.\d+)?", text) if value else None
    if printed and value and Fraction(printed[0].replace(",", "")):
        return value / Fraction(printed[0].replace(",", "")) / 10 ** decimals(text)
    return Fraction(scale, 10 ** (decimals(text) + text.endswith(("‰", "千分点"))))


def places_of(item: Item) -> int:
    """Printed decimals; those of a percentage where per mille is printed (7.25‰ is 0.725 %)."""
    return decimals(item.quantity.text) + (item.quantity.unit == "‰")


def shown(items: Sequence[Item]) -> list[str]:
    """Operands as printed when all are in the same unit and scale, else in full."""
    texts = [item.quantity.text for item in items]
    scales = {"".join(re.findall("[万萬亿億]", text)) for text in texts}
    printed = [re.match(r"[\d.,]+", text) for text in texts]
    if len(scales) == 1 and all(printed) and len({item.quantity.unit for item in items} - {""}) <= 1:
        return [found.group().rstrip(".,") for found in printed if found]
    return [number(item.value) for item in items if item.value is not None]


def said(value: Fraction, like: Item) -> str:
    """A value in the scale and unit in which a neighbour is printed: 2500万元."""
    scale = re.search(r"[万萬亿億]", like.quantity.text)
    factor = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}[scale.group()] if scale else 1
    unit = "个百分点" if like.points else "%" if like.kind == "percent" else like.quantity.unit
    return f"{number(value / factor)}{scale.group() if scale else ''}{unit}"


def rounding(computed: Fraction, stated: Fraction, places: int) -> str | None:
    """How the printed number comes from the computed one: 截尾 (cut off), 进一 (next digit up), or not at all."""
    return _cut(computed, stated, Fraction(1, 10**places))


def _cut(computed: Fraction, stated: Fraction, step: Fraction) -> str | None:
    """The same for a printed step: one unit of the last digit."""
    if math.floor(computed / step) * step == stated:
        return "截尾"
    if math.ceil(computed / step) * step == stated:
        return "进一"
    return None


# Kinds whose result is a quotient: only there a digit is lost in printing.
DIVIDED = ("growth", "ratio", "per", "multiple")
HOW = {"截尾": "截去尾数", "进一": "向上进一"}


def percentage(kind: str, parts: Sequence[Item], whole: Item, pct: Item) -> Relation | None:
    """part ÷ whole against a printed percentage (share, rate)."""
    if whole.value is None or not whole.value or pct.value is None or any(part.value is None for part in parts):
        return None
    total = sum((part.value for part in parts if part.value is not None), Fraction(0))
    computed = 100 * total / whole.value
    places = places_of(pct)
    stated, tolerance = pct.value, tolerance_of(pct)
    operands = (*(part.operand("part") for part in parts), whole.operand("whole"), pct.operand("pct"))
    texts = shown([*parts, whole])
    top = " + ".join(texts[:-1])
    sum_text = f"({top}) ÷ {texts[-1]}" if len(parts) > 1 else f"{top} ÷ {texts[-1]}"
    digits = max(places, 2)
    why = f"{sum_text} = {number(computed, digits)}%，原文写 {number(stated, places)}%"
    exact = abs(computed - stated) <= tolerance
    soft = pct.loose or whole.loose or any(part.loose for part in parts)
    holds: Holds = True
    severity = reason = None
    if exact:
        why += "，相符"
    else:
        how = rounding(computed, stated, places)
        holds, severity, reason, tail = _miss(computed, stated, how, soft, pct, [*parts, whole])
        why += tail
    return _relation(kind, operands, stated, computed, tolerance, holds, "exact", severity, why, reason)


def _miss(
    computed: Fraction, stated: Fraction, how: str | None, soft: bool, pct: Item, others: Sequence[Item]
) -> tuple[Holds, str | None, str | None, str]:
    """A percentage that is not the rounded one: cut off, rounded up, a bound, an approximation, or wrong."""
    gap = abs(computed - stated)
    text = f"，相差 {number(gap, 2) if gap >= Fraction(1, 200) else number(gap)} 个百分点"
    if how == "截尾":
        return False, "note", None, "，是截去尾数而不是四舍五入"
    if how == "进一":
        return False, "note", None, "，是向上进一而不是四舍五入"
    if soft and gap <= max(Fraction(2), computed / 10):
        return None, None, APPROXIMATE, f"{text}；{APPROXIMATE}"
    if pct.bound in ("以上", "及以上", "超过", "超", "突破", "不低于", "不少于", "至少", "高于") and stated < computed:
        if not any(item.bound for item in others):
            return True, None, None, f"{pct.bound}，不矛盾"
    elif pct.bound in ("以下", "以内", "不足", "低于", "不超过") and stated > computed:
        return True, None, None, f"{pct.bound}，不矛盾"
    return False, "alarm", None, text


def derived(
    kind: str,
    operands: tuple[Operand, ...],
    stated: Fraction,
    computed: Fraction,
    tol: Fraction | None,
    holds: bool,
    why: str,
    certain: bool = False,
) -> Relation:
    """A relation with one operand that is not printed: the implied operand is the computed value (R3 feasible). One that
    cannot hold is a note, and an alarm where the words leave no doubt which numbers are meant."""
    severity = None if holds else "alarm" if certain else "note"
    return _relation(kind, operands, stated, computed, tol, holds, "feasible", severity, why, None)


def exact(
    kind: str,
    operands: tuple[Operand, ...],
    stated: Fraction,
    computed: Fraction,
    tol: Fraction,
    why: str,
    loose: bool = False,
    like: Item | None = None,
) -> Relation:
    """A relation whose operands are all printed. ``like``: the gap is told in this number's scale and unit."""
    if abs(computed - stated) <= tol:
        return _relation(kind, operands, stated, computed, tol, True, "exact", None, why + "，相符", None)
    how = _cut(abs(computed), abs(stated), 2 * tol) if kind in DIVIDED and tol else None
    if how:
        why = f"{why}，是{HOW[how]}而不是四舍五入"
        return _relation(kind, operands, stated, computed, tol, False, "exact", "note", why, None)
    gap = abs(computed - stated)
    if loose and gap <= abs(computed) / 10:
        return _relation(
            kind, operands, stated, computed, tol, None, "exact", None, f"{why}；{APPROXIMATE}", APPROXIMATE
        )
    missed = said(gap, like) if like else f"{number(gap, 2)} 个百分点" if kind == "growth" else number(gap)
    why = f"{why}，相差 {missed}"
    return _relation(kind, operands, stated, computed, tol, False, "exact", "alarm", why, None)


def corrupt(kind: str, operands: tuple[Operand, ...], why: str) -> Relation:
    """A number that the arithmetic needs was destroyed."""
    return Relation(kind, operands, None, None, None, "corrupt", "corrupt", "alarm", why, None)


def _relation(
    kind: str, operands: tuple[Operand, ...], stated: Fraction, computed: Fraction, tol: Fraction | None, holds: Holds,
    check: str, severity: str | None, why: str, reason: str | None,
) -> Relation:  # fmt: skip
    figures = (float(stated), round(float(computed), 6), None if tol is None else float(tol))
    return Relation(kind, operands, *figures, holds, check, severity, why, reason)
