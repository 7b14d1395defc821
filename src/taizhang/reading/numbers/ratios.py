"""a:b ratios with their operands (生机比5.58:1) and averages (生均, 人均, 校均)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import corrupt, derived, exact, number, step
from taizhang.reading.numbers.comparisons import run_of
from taizhang.reading.numbers.passage import SIDES, Item, Passage, to_one
from taizhang.reading.numerals import decimals

_RATIO_NAME = re.compile(r"(?P<a>[生师班男普中教人])(?P<b>[机师生套床班女职车教])比(?:例)?[^,;。\d]{0,8}$")
# What the one-character sides of such a ratio count.
_SIDE = {
    "生": "学生|生", "师": "教师|老师|专任|师", "班": "班级|班", "机": "计算机|电脑|微机|机", "套": "套|多媒体|班班通", "男": "男", "女": "女", "普": "普通高中|普高",
    "职": "职高|中职|职业", "床": "床", "教": "教师|专任", "中": "中学", "车": "车", "人": "人",
}  # fmt: skip
_PER = re.compile(r"(?:生|人|校|师|班|户|亩|园|台|间)均[^,;。\d]{0,10}$|平均每[^,;。\d]{1,8}$")
_PER_UNIT = {
    "生": "人",
    "人": "人",
    "师": "人",
    "校": "所",
    "园": "所",
    "班": "个",
    "户": "户",
    "台": "台",
    "间": "间",
    "亩": "亩",
}


def find_ratios(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """Ratios with at least one printed side, ratios whose colon was lost, and averages with total and count."""
    for index, item in enumerate(passage.items):
        if item.kind == "ratio" and item.quantity.unit == ":":
            if item.quantity.value is None:
                why = f"「{item.quantity.text}」应是比例，冒号已丢失，无法核对"
                yield corrupt("ratio", (item.operand("ratio"),), why)
            else:
                yield from _ratio(passage, index)
        elif item.measured:
            yield from _average(passage, index, deltas)


def _ratio(passage: Passage, index: int) -> Iterator[Relation]:
    ratio = passage.items[index]
    name = _RATIO_NAME.search(passage.lead(ratio))
    if not name or not ratio.value or len(run_of(passage, index)) > 1:
        return  # 小学、初中师生比分别为1:17.2和1:12.1: teachers of both are nobody's side
    top, bottom = _side(passage, index, name["a"]), _side(passage, index, name["b"])
    if top is bottom:
        top = None
    if top is not None and bottom is not None and bottom.value and top.value is not None:
        quotient, first = to_one(ratio) or (ratio, False)
        high, low = (bottom, top) if first else (top, bottom)  # 师生比1:13.5 prints 学生 ÷ 教师
        stated = quotient.value
        places = max(decimals(side) for side in SIDES.split(ratio.quantity.text))
        if not (stated and high.value and low.value):
            return
        computed = high.value / low.value
        why = f"{number(high.value)} ÷ {number(low.value)} = {number(computed, max(2, places))}，原文写 {ratio.quantity.text}"
        operands = (top.operand("a"), bottom.operand("b"), ratio.operand("ratio"))
        loose = top.loose or bottom.loose or ratio.loose
        yield exact("ratio", operands, stated, computed, step(ratio) / 2, why, loose)
    elif bottom is not None and bottom.value is not None:
        implied = ratio.value * bottom.value
        why = f"{number(ratio.value)} × {number(bottom.value)} = {number(implied)}，另一方应约为 {number(implied, 0)}"
        yield derived("ratio", (bottom.operand("b"), ratio.operand("ratio")), ratio.value, implied, None, True, why)
    elif top is not None and top.value is not None:
        implied = top.value / ratio.value
        why = f"{number(top.value)} ÷ {number(ratio.value)} = {number(implied)}，另一方应约为 {number(implied, 0)}"
        yield derived("ratio", (top.operand("a"), ratio.operand("ratio")), ratio.value, implied, None, True, why)


def _counts_side(item: Item, char: str) -> bool:
    """A side of a ratio is a stock, never an average (生均31.5册), and persons are counted as persons."""
    if item.kind != "count" or not item.value or re.search("均|每", item.label):
        return False
    return char not in "生师教" or item.unit in ("人", "")


def _side(passage: Passage, index: int, char: str) -> Item | None:
    """The number that one side of the ratio counts, in the same sentence and near."""
    ratio = passage.items[index]
    words = re.compile(_SIDE.get(char, re.escape(char)))
    for place in range(index - 1, max(index - 6, -1), -1):
        item = passage.items[place]
        if item.sentence != ratio.sentence or ratio.clause - item.clause > 2:
            break
        if _counts_side(item, char) and words.search(item.label[-10:] + item.quantity.unit + item.after[:4]):
            return item
    for place in range(index + 1, min(index + 4, len(passage.items))):
        item = passage.items[place]
        if item.sentence != ratio.sentence or item.clause - ratio.clause > 3:
            return None
        if _counts_side(item, char) and words.search(item.label[-10:] + item.quantity.unit):
            return item
    return None


def _average(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Relation]:
    """投资1800万元,学生3000人,生均6000元: asserted only when total and count are the only ones in the sentence."""
    result = passage.items[index]
    found = _PER.search(passage.lead(result))
    if not found or index in deltas or result.value is None:
        return
    unit = _PER_UNIT.get(found.group()[0])
    places = [place for place in passage.same_sentence(index, 20) if place not in deltas]
    # 春季12460人,186.9万元,人均150元;秋季12840人,…: each part of the sentence has an average of its own.
    begin, stop = passage.part_of(result)
    places = [place for place in places if begin <= passage.items[place].begin < stop]
    totals = [passage.items[p] for p in places if passage.items[p].measured and passage.items[p].unit == result.unit]
    counts = [passage.items[p] for p in places if passage.items[p].kind == "count" and passage.items[p].unit == unit]
    if result.unit == unit or len(totals) != 1 or len(counts) != 1:
        return
    total, count = totals[0], counts[0]
    if (
        not count.value
        or total.value is None
        or count.loose
        or total.loose
        or result.clause - max(total.clause, count.clause) > 1
    ):
        return
    if re.search(r"均|每", passage.lead(total)):
        return
    computed = total.value / count.value
    fine = decimals(result.quantity.text)
    scale = Fraction(1)
    if re.search("[万萬]", result.quantity.text):
        scale = Fraction(10_000)
    tol = scale / (2 * 10**fine)
    why = f"{number(total.value)} ÷ {number(count.value)} = {number(computed, 2)}，原文写 {number(result.value)}"
    operands = (total.operand("a"), count.operand("b"), result.operand("result"))
    near = computed <= 3 * result.value and result.value <= 3 * computed
    if near or result.loose:
        yield exact("per", operands, result.value, computed, tol, why, result.loose or bool(result.bound))
