"""What two levels give, said in words: 增长一倍, 下降一半, 翻两番, 占三分之一, 近三成, 超过七成, 是…的两倍.

A word is rounder than a number: 一倍 is said of 1.94 and of 2.07. Two levels that the sentence leaves no doubt about are
wrong only when they miss the word by far and one slip explains it. What the word is said of must be one of the two:
女教师占六成 speaks of others.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import exact, number, said
from taizhang.reading.numbers.candidatechanges import is_then
from taizhang.reading.numbers.candidates import averaged
from taizhang.reading.numbers.naming import pairs_of
from taizhang.reading.numbers.passage import MEASURED, Item, Passage, same_unit
from taizhang.reading.numbers.settled import Settled
from taizhang.reading.numbers.slips import one_slip
from taizhang.reading.numerals import chinese

_DIGIT = "[一二两三四五六七八九十]"
_WORD = re.compile(
    rf"(?P<low>将近|接近|近|不足|不到|差不多)?(?P<high>超过|超|逾|过|突破)?(?:了|约|大约|整整)?"
    rf"(?:(?P<half>一半|半数|减半|腰斩)|(?P<under>{_DIGIT}{{1,3}})分之(?P<over>{_DIGIT})|(?P<tenths>[一二两三四五六七八九])成(?P<and>半)?(?!功|立|员|果|绩|本|为|长|就)"
    rf"|(?P<times>{_DIGIT})倍|翻(?:了)?(?:整整)?(?P<turns>[一两二三]?)番)(?P<above>以上|多|有余|强)?(?P<below>弱)?"
)
_UP = re.compile(r"(?:增长|增加|增|提高|提升|上升|扩大|多|涨|长|高)(?:出|了|近|约|将近|超过|整整|至少)*\s*$")
_DOWN = re.compile(
    r"(?:下降|减少|降低|降|减|压减|压缩|缩减|缩短|少|砍掉|砍|下滑|回落)(?:了|掉|近|约|将近|超过|整整|至少)*\s*$"
)
# Words between the levels and the word that name nothing.
_LINKS = re.compile(
    r"同比|环比|恰好|恰|正好|刚好|整整|足足|大约|大概|已经|实现|其中|几乎|总体|约|占比|占到|占|比例|比重|达到|达|相当于|相比|比|较|是|为|只|仅|就|也|又|共|了|到|的|其|都|已|有|出|在|与|和|以上|左右|上下|多|前者|后者|前一数|基本|"
    r"上年|去年|同期|今年|年|翻|增长|增加|增幅|提高|提升|上升|扩大|涨|下降|减少|降低|压减|压缩|缩减|缩短|下滑|砍掉|砍|降|减|增|少|高|长|这个|数字|两|、|规模|数量|人数|总量|总数|全部|全体|所有|幅度|,|\s"
)
ROUND = Fraction(1, 9)
"""A word is right of what is off by no more than this share."""
WIDE = Fraction(3, 10)
"""And where 近 or 超过 says to which side, by so much to that side."""


def find_worded(passage: Passage, deltas: frozenset[int], settled: Settled) -> Iterator[Relation]:
    """Every word for a factor or a share whose two levels are the only ones of their unit in the sentence."""
    for found in _WORD.finditer(passage.text):
        told = _told(found, passage.text[max(0, found.start() - 12) : found.start()])
        pair = _pair(passage, found, deltas) if told else None
        if told is None or pair is None:
            continue
        value, kind = told
        least, most = _band(found, value)
        if kind in ("up", "down"):
            relation = _changed(passage, pair, value, kind, least, most)
        else:
            relation = _part(pair, value, least, most)
        if relation is not None:
            yield relation


def _told(found: re.Match[str], lead: str) -> tuple[Fraction, str] | None:
    """How much a word says, and of what: up or down against before, or of the other number."""
    lead = re.split("[,;。:(]", lead)[-1]
    if found["turns"] is not None:
        return Fraction(2 ** {"": 1, "一": 1, "两": 2, "二": 2, "三": 3}[found["turns"]] - 1), "up"
    half = found["half"]
    if half in ("减半", "腰斩"):
        return Fraction(1, 2), "down"
    value = Fraction(1, 2)
    if found["times"]:
        value = chinese(found["times"]) or Fraction(0)
    elif found["tenths"]:
        value = (chinese(found["tenths"]) or Fraction(0)) / 10 + (Fraction(1, 20) if found["and"] else 0)
    elif found["over"]:
        top, bottom = chinese(found["over"]), chinese(found["under"])
        value = top / bottom if top and bottom and top < bottom else Fraction(0)
    if not value:
        return None
    if _UP.search(lead):
        return value, "up"
    if _DOWN.search(lead):
        return (value, "down") if value < 1 else None
    return value, "of"


def _band(found: re.Match[str], value: Fraction) -> tuple[Fraction, Fraction]:
    least, most = value * (1 - ROUND), value * (1 + ROUND)
    if found["low"] or found["below"]:
        least = value * (1 - WIDE)
    if found["high"] or found["above"]:
        most = value * (1 + WIDE)
    return least, most


def _pair(passage: Passage, found: re.Match[str], deltas: frozenset[int]) -> tuple[Item, Item] | None:
    """The only two levels of one unit in the sentence, when the word is said of them."""
    index = bisect_left(passage.items, found.start(), key=lambda item: item.begin)
    sentence = passage.sentence_at(found.start())
    levels = [
        passage.items[place]
        for place in passage.sentences.get(sentence, [])
        if passage.items[place].kind in MEASURED and passage.items[place].unit not in ("倍", "番")
    ]
    if index == 0 or any(passage.place(item) in deltas for item in levels):
        return None
    groups = {item.begin: [other for other in levels if same_unit(item, other)] for item in levels}
    twos = {group[0].begin: group for group in groups.values() if len(group) == 2}
    if len(twos) != 1 or any(len(group) > 2 for group in groups.values()):
        return None
    one, other = next(iter(twos.values()))
    if any(not item.value or item.loose or item.bound or averaged(passage, item) for item in (one, other)):
        return None
    front = [item for item in (one, other) if item.begin < found.start()]
    if not front or (front[-1] is not other and ";" in passage.text[found.end() : other.begin]):
        return None
    between = passage.text[front[-1].stop : found.start()]
    behind = re.split("[,;。:()\n]", passage.text[found.end() : found.end() + 16])[0]
    if len(between) > 40 or ";" in between or "其中" in between:
        return None
    about = "".join(f"{item.label}{item.quantity.unit}{item.after}" for item in (one, other))
    rest = _LINKS.sub(" ", re.sub(r"^[一-鿿]{0,2}(?=,)", "", between) + "," + behind)
    names = set().union(*(pairs_of(piece) for piece in rest.split()))
    return (one, other) if all(name in about for name in names) else None


_COMPARED = re.compile("[较比]")
"""聘54名,较启动时的27名翻了一番: what is compared with stood before."""


def _changed(
    passage: Passage, pair: tuple[Item, Item], value: Fraction, kind: str, least: Fraction, most: Fraction
) -> Relation | None:
    then, now = pair
    if (is_then(passage, now) or _COMPARED.match(now.label)) and not is_then(passage, then):
        then, now = now, then
    sign = 1 if kind == "up" else -1
    gap = sign * ((now.value or Fraction(0)) / (then.value or Fraction(1)) - 1)
    if least <= gap <= most:
        return None
    middle = 1 + sign * value
    if not _slipped(now, then, middle, value):
        return None
    shown = f"({said(now.value or Fraction(0), now)} - {said(then.value or Fraction(0), then)})" if kind == "up" else ""
    top = shown or f"({said(then.value or Fraction(0), then)} - {said(now.value or Fraction(0), now)})"
    why = f"{top} ÷ {said(then.value or Fraction(0), then)} = {number(gap, 2)}，原文说的是{_name(value)}"
    operands = (now.operand("now"), then.operand("before"))
    return exact("multiple", operands, value, gap, Fraction(1, 20), why)


def _part(pair: tuple[Item, Item], value: Fraction, least: Fraction, most: Fraction) -> Relation | None:
    one, other = pair
    first, second = one.value or Fraction(1), other.value or Fraction(1)
    if least <= second / first <= most or least <= first / second <= most:
        return None
    if not (_slipped(other, one, value, value) or _slipped(one, other, value, value)):
        return None
    part, whole = (one, other) if (first < second) == (value < 1) else (other, one)
    quotient = (part.value or Fraction(0)) / (whole.value or Fraction(1))
    why = f"{said(part.value or Fraction(0), part)} ÷ {said(whole.value or Fraction(0), whole)} = {number(quotient, 2)}，原文说的是{_name(value)}"
    roles = ("part", "whole") if value < 1 else ("now", "before")
    operands = (part.operand(roles[0]), whole.operand(roles[1]))
    return exact("share" if value < 1 else "multiple", operands, value, quotient, Fraction(1, 50), why)


def _slipped(above: Item, below: Item, value: Fraction, size: Fraction) -> bool:
    """Does one slip bring the quotient near to what the word says?"""
    grain = size * ROUND
    return one_slip([above, below], lambda v: v[0] / v[1] - value if v[1] else 1 + value, grain)


def _name(value: Fraction) -> str:
    return f"{number(value)} 倍" if value >= 1 else f"{value.numerator}/{value.denominator}"
