"""So many times what was: 翻了一番, 是去年的2倍, 增长一倍, 是2019年的3倍."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import derived, exact, number, said, tolerance_of
from taizhang.reading.numbers.comparisons import AGAINST, level_before
from taizhang.reading.numbers.passage import Item, Passage, same_unit


def find_multiples(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """For each number that is so many times another."""
    for index, item in enumerate(passage.items):
        if item.unit in ("倍", "番") and item.value:
            yield from _multiple(passage, index, deltas)


def _multiple(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Relation]:
    """翻了一番, 是去年的2倍, 增长一倍: the level before is implied, or printed (由50所增加到100所,翻了一番)."""
    factor = passage.items[index]
    if factor.value is None or not 0 < factor.value <= 1000:
        return
    lead = passage.lead(factor)
    if _HOPED.search(lead):
        return  # 现有18辆,力争乘坐学生比现在翻一番
    base = passage.items[index - 1] if index and factor.unit == "倍" else None
    if base is not None and re.fullmatch(r"\s*的\s*", passage.between(base, factor)):
        base = _level_of(passage, index, deltas) if base.kind == "year" else base
        if base is not None and base.measured:
            yield from _times_of(passage, index, base, deltas)
            return
    if factor.unit == "番":
        times = Fraction(2) ** int(factor.value) if factor.value.denominator == 1 and factor.value <= 10 else None
    elif re.search(r"(?:增长|增加|提高|扩大|多|高)(?:了|近|约)?\s*$", lead) and AGAINST.search(lead):
        times = factor.value + 1
    elif re.search(r"(?:是|为|达到|相当于)[^,;。]{0,12}(?:去年|上年|同期|原来|以前|前年)[^,;。]{0,8}的?\s*$", lead):
        times = factor.value
    else:
        times = None
    if times is None:
        return
    for place in range(index - 1, max(index - 4, -1), -1):
        now = passage.items[place]
        if now.sentence != factor.sentence or factor.clause - now.clause > 1:
            return
        if not now.measured or place in deltas or now.value is None:
            continue
        before = level_before(passage, place, now, now)
        if before is not None and before.value:
            computed = now.value / before.value
            if _AND_MORE.match(passage.text, factor.stop) and computed >= times:
                return  # 翻了一番还多
            why = f"{number(now.value)} ÷ {number(before.value)} = {number(computed, 2)} 倍，原文写 {number(times)} 倍"
            operands = (now.operand("now"), before.operand("before"), factor.operand("factor"))
            exactly = factor.unit == "倍" and not factor.loose
            tol = tolerance_of(factor) if exactly else Fraction(1, 20)
            yield exact("multiple", operands, times, computed, tol, why, not exactly)
            return
        implied = now.value / times
        whole = now.kind != "count" or implied.denominator == 1 or now.loose
        why = f"{number(now.value)} ÷ {number(times)} = {number(implied)}，上期应为 {number(implied)}"
        # A doubled count that is odd was doubled "about": nobody can call it wrong.
        pair = (now.operand("now"), factor.operand("factor"))
        yield derived("multiple", pair, times, implied, None, True, why if whole else f"{why}（约数）")
        return


_HOPED = re.compile("力争|争取|确保|计划")
_AND_MORE = re.compile("还多|有余|多|以上|有多")


def _times_of(passage: Passage, index: int, base: Item, deltas: frozenset[int]) -> Iterator[Relation]:
    """招生4200人,是上年2100人的2倍: both levels are printed."""
    factor = passage.items[index]
    for place in range(index - 2, max(index - 6, -1), -1):
        now = passage.items[place]
        if now.sentence != factor.sentence or factor.clause - now.clause > 1:
            return
        if place in deltas or not now.measured or not same_unit(now, base):
            continue
        if now.value is not None and base.value and factor.value is not None:
            computed = now.value / base.value
            why = f"{said(now.value, now)} ÷ {said(base.value, base)} = {number(computed, 2)} 倍，原文写 {factor.quantity.text}"
            operands = (now.operand("now"), base.operand("before"), factor.operand("factor"))
            loose = now.loose or base.loose or factor.loose
            yield exact("multiple", operands, factor.value, computed, tolerance_of(factor), why, loose)
        return


YEARS_AGO = 24
"""The level of a year that is named stands among so many numbers in front."""


def _level_of(passage: Passage, index: int, deltas: frozenset[int]) -> Item | None:
    """2019年设备值1.82亿元;到2023年底已达5.46亿元,是2019年的3倍: the level that was told of the year in front of a factor. Where several of its
    unit were, nobody can say which."""
    items, year = passage.items, passage.items[index - 1]
    front = range(max(0, index - YEARS_AGO), index - 1)
    said = [one for one in front if items[one].kind == "year" and items[one].quantity.value == year.quantity.value]
    levels = [one for one in front if items[one].measured and one not in deltas]
    if not said or not levels:
        return None
    found = [items[one] for one in levels if one > said[-1] and same_unit(items[one], items[levels[-1]])]
    return found[0] if len(found) == 2 and found[0].paragraph == year.paragraph else None
