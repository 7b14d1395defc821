"""Numbers that do not agree with others as their words say they should: held against chance as the results are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction

from taizhang.reading.learned.agreeing import HUNDRED, KINDS, PART, SAME, statements
from taizhang.reading.learned.arithmetic import chance, likelihood
from taizhang.reading.learned.hypotheses import Hypothesis
from taizhang.reading.learned.surroundings import Surroundings
from taizhang.reading.learned.weights import Scales
from taizhang.reading.model import Finding, Relation
from taizhang.reading.numbers.arithmetic import number
from taizhang.reading.numbers.partition import smallest_left_out
from taizhang.reading.numbers.passage import spans_of
from taizhang.reading.restated import APART, THIS, sentence_front, times_of

SURE = {SAME: 0.2, HUNDRED: 0.6, PART: 5.0}
"""So probable must a slip be; of a part that is more than its whole, so much must its words say (a natural logarithm)."""
LEAST, MOST = 13, 50.0
"""Smaller numbers lie a slip apart by chance."""


def find_disagreeing(scales: Scales, relations: Iterable[Relation] = ()) -> Iterator[Finding]:
    """One thing with two values, percentages that miss 100, a part that is more than its whole; of numbers that are together in
    a relation that holds nothing is said, and of a part whose share is told only that."""
    near = scales.near
    related: dict[int, set[int]] = {}
    shared: set[int] = set()
    for one in relations:
        places = [near.passage.view.index(it.start) for it in one.operands]
        shared |= {begin for begin, it in zip(places, one.operands, strict=True) if it.role == "part"}
        for begin in places if one.holds else ():
            related.setdefault(begin, set()).update(places)
    for place, item in enumerate(near.items):
        if item.value is None or item.loose or item.bound:
            continue
        beside = related.get(item.begin, set())
        for kind in KINDS:
            if kind == PART and item.begin in shared:
                continue
            found = _wrong(scales, place, kind, beside)
            if found is not None:
                yield _told(near, place, found)


def _wrong(scales: Scales, place: int, kind: str, beside: AbstractSet[int]) -> Hypothesis | None:
    """With what a number most likely should agree, and does not."""
    return _too_large(scales, place, beside) if kind == PART else _missed(scales, place, kind, beside)


def _too_large(scales: Scales, place: int, beside: AbstractSet[int]) -> Hypothesis | None:
    """The whole that a number is most likely part of, when it is smaller."""
    near, best, most = scales.near, None, SURE[PART]
    if near.items[place].loose:
        return None
    some = [
        one for one in statements(near, place, PART) if not near.items[one[1][0]].loose
    ]  # 约有教师300人,其中党员310人
    over = [one for one in some if near.items[one[1][0]].rough < near.items[place].rough]
    if any(near.items[one[1][0]].begin in beside for one in over):
        return None
    for one in over:
        odds = scales.agrees(place, one)
        if odds is not None and odds >= most:
            best, most = one, odds
    if best is None or "L" in near.words(place).lead + near.words(best[1][0]).lead:
        return None  # 计划种植37.7万亩, 完成38万亩
    rivals = (scales.agrees(place, one) for one in some if one not in over)
    return None if any(odds is not None and odds >= most for odds in rivals) else best


def _missed(scales: Scales, place: int, kind: str, beside: AbstractSet[int]) -> Hypothesis | None:
    """What a slip or an earlier draft most likely keeps a number from agreeing with."""
    near, result = scales.near, scales.near.figure(place)
    if kind == SAME and result.value < LEAST:
        return None
    fitting: list[Hypothesis] = []
    missed: list[tuple[float, Hypothesis]] = []
    for one in statements(near, place, kind):
        likely = likelihood(kind, [near.figure(it) for it in one[1]], result)
        if likely is None:
            fitting.append(one)
        elif kind == HUNDRED and _left_out(near, [*one[1], place]):
            continue
        elif likely and not (
            kind == SAME and (near.items[one[1][0]].begin in beside or _apart(near, place, one[1][0]))
        ):
            missed.append((likely * _power(scales, place, one), one))
    found = sum(power for power, _ in missed)
    whole = math.exp(chance(result)) + found
    if not missed or found < SURE[kind] * whole:
        return None
    whole += sum(_power(scales, place, one) for one in fitting)
    return max(missed)[1] if found >= SURE[kind] * whole else None


def _left_out(near: Surroundings, row: Sequence[int]) -> bool:
    items = [near.items[one] for one in row]
    front = sentence_front(near.passage, items[0])
    return smallest_left_out(
        [one.rough for one in items], front + near.passage.text[items[0].begin : items[-1].stop + 12]
    )


_ASIDE = re.compile("其中|[还尚仍]有|剩|[计规]划|拟|目标|任务|应[^届用急对]")
"""Some of them, those that are left, and those that are to be are not those that there are."""


def _apart(near: Surroundings, place: int, operand: int) -> bool:
    """目前保留教学点78个 … 上学年初教学点88个: two times, but for what is pointed at (到8月底,这46条). 教师486名 … 乡村学校的468名教师: some."""
    one, other = (
        sentence_front(near.passage, near.items[it]) + "|" + near.items[it].after[:8] for it in (place, operand)
    )
    if not set(APART.findall(one)) <= set(APART.findall(other)):
        return True
    aside = [set(_ASIDE.findall(near.passage.lead(near.items[it]))) for it in (place, operand)]
    if aside[0] != aside[1]:
        return True
    pointed = THIS.search(near.passage.lead(near.items[place]))
    return pointed is None and times_of(near.passage, place) != times_of(near.passage, operand)


def _power(scales: Scales, place: int, statement: Hypothesis) -> float:
    odds = scales.agrees(place, statement)
    return 0.0 if odds is None else math.exp(min(odds, MOST))


def _told(near: Surroundings, place: int, statement: Hypothesis) -> Finding:
    kind, operands = statement
    item, others = near.items[place], [near.items[one] for one in operands]
    spans = tuple(sorted(spans_of([*others, item])))
    if kind == SAME:
        why = f"前文写 {others[0].quantity.text}，此处写 {item.quantity.text}，前后不一致"
        return Finding("two_values", "alarm", spans, why)
    if kind == PART:
        why = f"部分 {item.quantity.text} 大于总数 {others[0].quantity.text}"
        return Finding("part_over_whole", "alarm", spans, why)
    row = [one.value for one in (*others, item) if one.value is not None]
    added, total = " + ".join(f"{number(one)}%" for one in row), sum(row, Fraction(0))
    why = f"{added} = {number(total)}%，各项应合计 100%，相差 {number(abs(total - 100))} 个百分点"
    return Finding("percent_list", "alarm", spans, why)
