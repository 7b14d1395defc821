"""A number as the difference, the growth or the factor of two levels of one thing: every two levels of the paragraph, and
what speaks for them: times that tell them apart, places, names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.numbers.candidates import HOURS, Ask, Candidate
from taizhang.reading.numbers.changes import ARRIVED, aimed
from taizhang.reading.numbers.claims import Claim, Formula, lead_of
from taizhang.reading.numbers.comparisons import became
from taizhang.reading.numbers.gaps import base_of, by_themselves, hinted, is_gap, paired, told_apart
from taizhang.reading.numbers.naming import likeness, pairs_of
from taizhang.reading.numbers.passage import MEASURED, Item, Passage, same_unit

_MOVES = re.compile(
    r"(?:增|减|降|升|多|少|扩|压|净|涨|跌|落|滑|超|差|添|裁|砍|扬|富余|盈余|结存|缺口|缺额|空缺|短缺|节|省|结余|领先|(?<!提)高(?![中等级职考校一二三])|低|化解|退|消|撤|缩|短|回|新增|调[增减]|[上下]调|翻|扩?大|长|幅|速|拉开|相距|相去)"
    r"(?:了|出|去|下|收|招|大约|约|近|仅|为|达|到|掉|少|加|低|落|长|升|先|减|幅|度|率|速|滑|大|降|充|解|用|开|距|水|电|支|约|资金|金额|经费|支出|投资|人数|数量|比例)*\s*$"
)
_REST = re.compile(
    r"(?:剩余|剩下|余下|其余|尚余|尚有|还有|仍有|还剩|未[一-鿿]{1,4}|不(?![超低少高足到得])[一-鿿]{1,3})的?(?:有|为|是)?\s*$"
)
_THEN = re.compile(
    r"去年|上一?(?:年|学年|学期|届|次|轮|月|周|季|个)|前年|同期|原|年初|期初|基期|往年|以往|过去|此前|起步|当初|最早|旧|之前|[前末]期|(?:撤并|合并|改造|改革|改制|调整|实施|整治|扩建|搬迁)前|[一二三四五六七八九十\d]年前|底数|之初"
)
# 81666元(上年)和88567元(本年); 2631万人次,这是前年
_THEN_BEHIND = re.compile(r"(?:\(|,?(?:这是|此为|系|是))(?:前年|上年|去年|上一?期|往年|同期|年初)")
_NOW = re.compile(r"今年|本年|本届|本轮|本次|本期|目前|现|如今|眼下|当年|这个|这次|新|年末|年底")
_TO = re.compile(r"(?:到|至|为|成|达)了?(?:[一-鿿]{0,6}的)?\s*$")
_FOLD = re.compile(r"(?:增|多|高|长|涨|扩|提|翻|升|攀|增量)[^,;。\d]{0,12}$|[大宽厚快重][了出]$")


def about_change(ask: Ask) -> Iterator[Candidate]:
    """A difference, a growth or a factor: every two levels of one thing."""
    passage, index, deltas, result = ask.passage, ask.index, ask.deltas, ask.result
    lead = lead_of(passage, result)
    times = result.unit == "倍"
    if result.unit == "番" or (
        times and not re.search(r"\d", result.quantity.text) and "点" not in result.quantity.text
    ):
        return  # 翻了一番 and 增加一倍 are said of what is about doubled
    percent = result.kind == "percent"
    moves = (bool(_MOVES.search(lead)) and not ARRIVED.search(lead)) or index in deltas or is_gap(passage, result)
    rest = bool(_REST.search(lead)) and result.measured
    hint = not (moves or rest or times) and result.kind in _MEASURED and hinted(passage, result)
    silent = not (moves or rest or times or hint)
    if silent and (result.kind not in _MEASURED or _NO_CHANGE.search(lead) or not _MEANWHILE.search(lead)):
        return
    levels = [item for item in ask.pool if _is_level(passage, item, result, deltas)]
    near = _two_near(levels, result)
    if silent and not _then_and_now(passage, near, levels, result):
        return
    for place, one in enumerate(levels):
        for other in levels[place + 1 :]:
            if (one.kind, one.unit) != (other.kind, other.unit) or _too_far(one, other, result):
                continue
            evidence = _pair_evidence(passage, one, other, result, near, levels)
            if silent and (one is not near[0] or other is not near[1]):
                continue
            if rest:
                evidence += _rest_evidence(passage, one, other, result, levels)
            evidence += 0.5 if hint else 1 if moves or (times and _TIMES_OF.search(lead)) else 0
            if hint and evidence < PAIR and not paired(passage, one, other, result):
                continue
            if moves or rest or times or hint:
                evidence -= 2 if told_apart(passage, one, other, result) else 0
                evidence += paired(passage, one, other, result)
                evidence += 0.5 if by_themselves(passage, one, other, result) else 0
            yield from _changes(one, other, result, evidence, lead, times, percent, rest, passage)


_MEASURED = MEASURED | {"percent", "score"}
PAIR = 4.5
"""Evidence of two levels beside a hint that are told apart by their times or by 由…到."""
_TIMES_OF = re.compile(r"(?:是|为|达到?|相当于|等于)[^,;。]{0,16}的?\s*$|^的$")
# 一年里走了12人: no verb that we know, but a stretch of time between the two levels
_MEANWHILE = re.compile(r"[年月期周季](?:里|内|间|来|中|下来|之间)|前后|其间|期间|相比|一[进来][,、]?一[出去]")
_NO_CHANGE = re.compile("占|其中|共|计|总|率|每|均|达标|目标|计划|比例|比重|份额|完成|今年|目前|现|至|到$|为$|是$|有$")


def _then_and_now(passage: Passage, near: tuple[Item, ...], levels: Sequence[Item], result: Item) -> bool:
    """去年此时…名,现在…名,一年里…名: two levels told apart by their time and nothing else of their unit in the sentence."""
    if len(near) != 2 or near[1].begin > result.begin or near[0].unit != near[1].unit:
        return False
    same = [item for item in levels if item.sentence == result.sentence and same_unit(item, near[0])]
    marks = [is_then(passage, item) for item in near]
    return len(same) == 2 and marks[0] != marks[1]


def _too_far(one: Item, other: Item, result: Item) -> bool:
    """Two levels of which neither stands in the sentence, or one in the paragraph but far off."""
    near = [item for item in (one, other) if item.paragraph == result.paragraph]
    return not near or any(abs(item.sentence - result.sentence) > 2 for item in near)


def _is_level(passage: Passage, item: Item, result: Item, deltas: frozenset[int]) -> bool:
    if passage.place(item) in deltas or item.unit in ("倍", "番") or aimed(item):
        return False
    if result.points:
        return item.kind == "percent" and not item.points
    if result.kind == "percent" or result.unit in ("倍", "番"):
        return (
            item.measured
            or item.kind == "score"
            or (item.kind == "duration" and (item.clause != result.clause or item.unit in HOURS))
        )
    return same_unit(item, result) and (item.measured or item.kind == result.kind)


def _two_near(levels: Sequence[Item], result: Item) -> tuple[Item, ...]:
    """The two levels that stand nearest in the sentence, in front before behind."""
    same = [item for item in levels if item.sentence == result.sentence]
    for count in (2, 1):
        front = [item for item in same if item.begin < result.begin][-count:]
        behind = [item for item in same if item.begin > result.begin][: 2 - len(front)]
        if len(front) + len(behind) == 2 and len(front) == count:
            return (*front, *behind)
    return ()


def _pair_evidence(
    passage: Passage, one: Item, other: Item, result: Item, near: tuple[Item, ...], levels: Sequence[Item]
) -> float:
    evidence = 0.0
    if near and one is near[0] and other is near[1]:
        evidence += 2 if other.begin < result.begin else 1.5
    elif other.sentence == result.sentence:
        evidence += 0.5
    marks = [is_then(passage, item) for item in (one, other)]
    if (
        marks[0] != marks[1]
        or _two_times(passage, one, other)
        or (_TO.search(other.label) and re.search("[由从]", passage.lead(one)) and one.sentence == other.sentence)
    ):
        evidence += 1.5
    kin = [item for item in levels if item.sentence == result.sentence and same_unit(item, one)]
    if len(kin) == 2 and one.sentence == other.sentence == result.sentence:
        evidence += 1
    elif len([item for item in levels if same_unit(item, one)]) == 2:
        evidence += 0.5
    if one.sentence != other.sentence or one.sentence != result.sentence:
        names = pairs_of(_timeless(one.name)) & pairs_of(_timeless(other.name))
        told = marks[0] != marks[1] or _two_times(passage, one, other)
        evidence += 1 if (names or not pairs_of(_timeless(other.name))) and told else -1
        if one.paragraph != other.paragraph:
            far, local = (one, other) if one.paragraph != result.paragraph else (other, one)
            named = likeness(far.name, passage, local) >= 0.5 and told
            named = named or sum(pair in passage.lead(result) for pair in pairs_of(far.name)) * 4 >= 3 * len(
                pairs_of(far.name)
            )
            evidence += 2 if named and local.sentence == result.sentence else 0
    if (
        "其中" in passage.text[max(one.stop, other.stop) : result.begin]
        and other.stop < result.begin
        and not _REST.search(passage.lead(result))
    ):
        evidence -= 3
    if "其中" in passage.text[one.stop : other.begin] and not _REST.search(passage.lead(result)):
        evidence -= 2
    return evidence


_TIMES = re.compile(r"第?[一二三四]季度|[上下]半年|[上下]学期|[春夏秋冬]季|\d{4}年|[一二三四五六七八九十]月|\d+月")


def _two_times(passage: Passage, one: Item, other: Item) -> bool:
    """Do two levels bear two names of one sort of time (一季度, 二季度)?"""
    found = [_TIMES.search(passage.lead(item)) for item in (one, other)]
    return found[0] is not None and found[1] is not None and found[0][0] != found[1][0]


def _timeless(name: str) -> str:
    return _NOW.sub("", _THEN.sub("", name))


def is_then(passage: Passage, item: Item) -> bool:
    """Do its words say that it was the level before?"""
    known = passage.then.get(item.begin)
    if known is None:
        known = passage.then[item.begin] = _is_then(passage, item)
    return known


def _is_then(passage: Passage, item: Item) -> bool:
    start = max(passage.text.rfind(sign, max(0, item.begin - 30), item.begin) for sign in ",;。\n") + 1
    words = passage.text[max(start, item.begin - 30) : item.begin]
    return bool(_THEN.search(item.name + words[-12:]) or _THEN_BEHIND.match(passage.text, item.stop))


def _rest_evidence(passage: Passage, one: Item, other: Item, result: Item, levels: Sequence[Item]) -> float:
    same = [item for item in levels if item.sentence == result.sentence]
    if not same or one is not same[0] or other.begin > result.begin:
        return -1.0
    if one.label.endswith("的") and one.begin - passage.sentence_begin(one.sentence) <= 8:
        return -1.0  # …112条。采纳的58条,部分采纳的38条,未予采纳的16条: the first is a part too
    return 3.5 if other is [item for item in same if item.begin < result.begin][-1] else 0.5


def _changes(
    one: Item,
    other: Item,
    result: Item,
    evidence: float,
    lead: str,
    times: bool,
    percent: bool,
    rest: bool,
    passage: Passage,
) -> Iterator[Candidate]:
    """What two levels give, both ways round; the order that the words tell is the one that may miss."""
    then_first = not is_then(passage, other) or is_then(passage, one)
    sure = is_then(passage, one) != is_then(passage, other)
    if percent and became(passage, one, other):
        then_first = sure = True  # 由年初的18个增至年末的27个: 33 % of the 27 is no growth
    open_order = not sure and _two_times(passage, one, other)
    if times and not sure and (base := base_of(passage, one, other, result)) is not None:
        then_first = base is one
    for now, before, told in ((other, one, then_first), (one, other, not then_first)):
        if sure and not told:
            continue
        operands = (("now", now), ("before", before))
        if times:
            # 扩到原先的5.5倍 tells what was reached, 扩大了4.5倍 by how much.
            fold = bool(_FOLD.search(lead)) and not _TO.search(lead)
            yield Candidate(_factor(operands, result, fold), evidence, not told)
        elif percent and not result.points:
            claim = Claim("growth", operands, result, "pct", _growth, "({0} - {1}) ÷ {1}")
            yield Candidate(claim, evidence, not told and not open_order)
        elif told:
            # What remains is never less than nothing, whichever digit slipped.
            gap = _remainder if rest else _difference
            claim = Claim("difference", operands, result, "delta", gap, "{} 与 {} 相差")
            yield Candidate(claim, evidence)


def _growth(v: Sequence[Fraction]) -> Fraction:
    return 100 * abs(v[0] - v[1]) / v[1]


def _remainder(v: Sequence[Fraction]) -> Fraction:
    return v[1] - v[0]


def _difference(v: Sequence[Fraction]) -> Fraction:
    return abs(v[0] - v[1])


def _factor(operands: tuple[tuple[str, Item], ...], result: Item, fold: bool) -> Claim:
    formula: Formula = (lambda v: (v[0] - v[1]) / v[1]) if fold else (lambda v: v[0] / v[1])
    shows = "({0} - {1}) ÷ {1}" if fold else "{} ÷ {}"
    return Claim("multiple", operands, result, "factor", formula, shows)
