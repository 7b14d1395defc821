"""Then and now: differences, growth and multiples whose two levels are the only ones of their unit in the sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import exact, number, said
from taizhang.reading.numbers.claims import Claim, around, lead_of
from taizhang.reading.numbers.passage import Item, Passage, same_unit

# --- then and now ---------------------------------------------------------------------------------------------------
_THEN = re.compile(
    r"去年|上一?(?:年|学年|学期|届|次|轮|月|周|季)|前年|同期|原|年初|期初|往年|以往|过去|此前|上半年|(?<!目)[前末]期|[一二三四五六七八九十\d]年前|旧|老"
)
_THEN_BEFORE_BRACKET = re.compile(rf"{_THEN.pattern}|同比|环比")
_FROM = re.compile(r"(?:由|从|比|较|与|同|在(?![园校册编职岗读学]))[^,;。]{0,16}$")
_TO = re.compile(r"(?:到|至|为|达|成)了?(?:[一-鿿]{1,5}的)?\s*$")
_LINK = "(?:了|约|近|达到|达|为|是|出|至|仅|只)*"
# Times, links and verbs of motion: what is left of a label names the thing.
_WORDS = re.compile(
    r"去年|今年|上年|本年度?|上一年度?|前年|当年|年度|同期|上学[年期]|本学[年期]|年初|年末|期初|期末|目前|如今|现共?有|现|原来|原有|原|共有|"
    r"[一二三四五六七八九十\d]年前|增加|减少|增长|下降|上升|提高|提升|降低|压缩|压减|缩减|调整|发展|变|扩大|[增减升降提]|达到?|由|从|比|较|与|同|相比|为|是|的|有|至|到|了|[\s,、了在]"
)
_CHANGES = re.compile(
    rf"(?:新[增建购设添]|添置|关停|关闭|撤并|撤销|取缔|取消|压减|压缩|裁撤|消化|化解|消除|缩减|停[招办]|增|减|降|跌|涨|升(?!学|入|旗)|多|少|高(?![中等级职考])|低|落|[增降减跌涨]幅|[增降][长低]率|增速|同比|环比|提[高升]|扩大)"
    rf"(?:[加少长低高升招收录办投入拨建开用减交付缴]|率){{0,2}}{_LINK}\s*$"
)
# 升至93分, 提升到九成 is the level now; 增幅达到5% is a change
ARRIVED = re.compile(r"(?<![幅率速])达?[至到]了?\s*$")
_NO_LEVEL = frozenset({"percent", "ratio", "year", "date", "ordinal", "docno", "placeholder", "name"})
_AIM = re.compile("控制在|预期目标|以内")
"""控制在预期目标4%以内: what was aimed at is no level."""
MOST = 8


def aimed(item: Item) -> bool:
    """Is this what was to be reached, not what there was?"""
    return bool(_AIM.search(f"{item.label}{item.bound}{item.after[:5]}"))


_BEFORE_LAST = re.compile("前年")


def _levels(passage: Passage, index: int, deltas: frozenset[int]) -> tuple[Item, Item, bool] | None:
    """The level before, the level now, and whether the words say so, when the sentence holds just these two."""
    change = passage.items[index]
    near = around(passage, index, deltas, behind=True)
    levels = [item for item in near if item.value and not item.points and not aimed(item)]
    levels = [item for item in levels if (item.kind == "percent" if change.points else item.kind not in _NO_LEVEL)]
    if not change.points and change.kind not in ("percent", "ratio"):
        levels = [item for item in levels if same_unit(item, change)]
    if len(levels) == 1:
        if (then := _told_elsewhere(passage, levels[0], change)) is not None:
            return then, levels[0], False
        levels = [*_told_before(passage, levels[0]), *levels]
    groups = [[other for other in levels if (other.kind, other.unit) == (one.kind, one.unit)] for one in levels]
    twos = {group[0].begin: group for group in groups if len(group) == 2}
    if len(twos) != 1 or any(len(group) > 2 for group in groups):
        return None
    levels = next(iter(twos.values()))
    order = _order(passage, levels)
    if order is None:
        return None
    then, now = order
    one, other = (_WORDS.sub("", item.label) for item in (then, now))
    same = not one or not other or any(one[place : place + 2] in other for place in range(len(one) - 1))
    return then, now, same or bool(_TO.search(now.label))


def _told_before(passage: Passage, level: Item) -> list[Item]:
    """上年在园幼儿8210人。今年在园幼儿7900人: the level of the sentence before that bears the same name, when it is one."""
    places = passage.sentences.get(level.sentence - 1, [])[-MOST:]
    names = {level.name[place : place + 2] for place in range(len(level.name) - 1)}
    names = {name for name in names if not _WORDS.search(name)}
    found = [
        item
        for item in (passage.items[place] for place in places)
        if item.value and not item.loose and item.paragraph == level.paragraph and same_unit(item, level)
    ]
    return [item for item in found if any(name in item.name for name in names)] if len(found) == 1 else []


_SCOPE = re.compile(r"^(?:全[省市县区校]|[我本][省市县区校]|[本全]系统|\s|“)+|[\s“”]+$")
_FAR = 40
"""A level before is looked for among so many numbers in front of the change and behind it."""


def _told_elsewhere(passage: Passage, level: Item, change: Item) -> Item | None:
    """上年末,全县教室820间 … 到年底,教室达到900间,比上年末增加80间: the only level of that name and time in another paragraph."""
    time = _THEN.search(passage.lead(change))
    name = _core(level)
    if time is None or len(name) < 4:
        return None
    place = passage.place(level)
    found = [
        item
        for item in passage.items[max(0, place - _FAR) : place + _FAR]
        if item.sentence != level.sentence
        and item.value
        and not (item.loose or item.bound)
        and same_unit(item, level)
        and _core(item) == name
        and time.group() in passage.text[passage.sentence_begin(item.sentence) : item.begin]
    ]
    return found[0] if len(found) == 1 else None


def _core(item: Item) -> str:
    """The name of a level without times, scope and verbs of motion."""
    return _SCOPE.sub("", _WORDS.sub("", item.name))


def _order(passage: Passage, levels: list[Item]) -> tuple[Item, Item] | None:
    """Which of two levels was before the other: by their words, else by their years."""
    marked = [_is_then(passage, item) for item in levels]
    if marked[0] != marked[1]:
        return (levels[0], levels[1]) if marked[0] else (levels[1], levels[0])
    told = [bool(_THEN.search(item.name)) for item in levels]
    if told[0] != told[1] and not _TO.search(levels[1].label):
        return (levels[0], levels[1]) if told[0] else (levels[1], levels[0])
    if marked[0] and (_TO.search(levels[1].label) or _BEFORE_LAST.search(levels[0].label)):
        return levels[0], levels[1]
    years = [_year(passage, item) for item in levels]
    if years[0] is not None and years[1] is not None and years[0] != years[1]:
        return (levels[0], levels[1]) if years[0] < years[1] else (levels[1], levels[0])
    return None


def _year(passage: Passage, item: Item) -> Fraction | None:
    """The year that stands in front of a number in its clause."""
    place = passage.place(item)
    before = passage.items[place - 1] if place else None
    return before.value if before is not None and before.kind == "year" and before.clause == item.clause else None


def _own_subject(change: Item) -> str:
    """What a change says that it is a change of, beside the times and the verb: 其中设备资金增长 → 其中设备资金."""
    return _WORDS.sub("", _CHANGES.sub("", re.split("[比较与]|[增降减]幅|增长率|增速|同比|环比", change.label)[0]))


def _is_then(passage: Passage, item: Item) -> bool:
    """Is this the level before? Its words say so, or those in front of the bracket that holds it: 上年(120件)."""
    if passage.text[item.begin - 1 : item.begin] == "(":
        return bool(_THEN_BEFORE_BRACKET.search(passage.text[max(0, item.begin - 8) : item.begin]))
    return bool(_THEN.search(item.name) or _FROM.search(passage.lead(item)))


def changed(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """去年500人,今年560人,增加60人; 增幅12%; 由12所撤到9所,撤并3所."""
    change = passage.items[index]
    if index not in deltas and (not _CHANGES.search(passage.lead(change)) or ARRIVED.search(passage.lead(change))):
        return
    levels = _levels(passage, index, deltas)
    if levels is None:
        return
    then, now, plain = levels
    own = _own_subject(change)
    if re.search("均|每", change.label) and not re.search("均|每|标准|定额", then.label):
        return  # 五年间由5.2万人降到4.6万人,年均减少1200人
    named = _WORDS.sub("", then.label) + _WORDS.sub("", now.label)
    if len(own) >= 2 and named and not set(own) & set(named):
        return
    if now.stop < change.begin and "其中" in passage.text[now.stop : change.begin]:
        return
    operands = (("now", now), ("before", then))
    if change.kind == "percent" and not change.points:
        if now.kind != "percent":
            yield Claim(
                "growth",
                operands,
                change,
                "pct",
                lambda v: 100 * abs(v[0] - v[1]) / v[1],
                "({0} - {1}) ÷ {1}",
                plain,
                True,
            )
    elif change.points or same_unit(change, now):
        yield Claim(
            "difference",
            operands,
            change,
            "delta",
            lambda v: abs(v[0] - v[1]),
            "{} 与 {} 相差",
            plain and index in deltas,
            True,
        )


_FOLD = re.compile(r"(?:增长|增加|提高|扩大|上升|净增|增幅|翻|多|涨)(?:了|为|达到|达|近|约)*\s*$")
_TIMES = re.compile(r"(?:是|为|达到|达|相当于)[^,;。]{0,20}的?\s*$")


def multiples(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """由120件增加到300件,增加1.5倍; 是上年(120件)的2.5倍; 翻了一番."""
    factor = passage.items[index]
    if factor.unit not in ("倍", "番") or not factor.value:
        return
    lead = lead_of(passage, factor)
    levels = _levels(passage, index, deltas)
    if levels is None:
        return
    then, now, plain = levels
    operands = (("now", now), ("before", then))
    if factor.unit == "番":
        if factor.value in (1, 2, 3):
            times = Fraction(2) ** int(factor.value)
            if now.value is not None and then.value and abs(now.value / then.value - times) * 8 > times:
                yield Claim(
                    "multiple",
                    operands,
                    replace(factor, value=times),
                    "factor",
                    lambda v: v[0] / v[1],
                    "{} ÷ {}",
                    plain,
                )
    elif _FOLD.search(lead):
        yield Claim("multiple", operands, factor, "factor", lambda v: (v[0] - v[1]) / v[1], "({0} - {1}) ÷ {1}", plain)
    elif _TIMES.search(lead) or lead.endswith(("的", ")的")):
        yield Claim("multiple", operands, factor, "factor", lambda v: v[0] / v[1], "{} ÷ {}", plain)


_DOUBLED = re.compile("翻番")


def doubled(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """由24所增加到48所,实现翻番: the factor is a word; only what is clearly something else is wrong."""
    for found in _DOUBLED.finditer(passage.text):
        index = bisect_left(passage.items, found.start(), key=lambda item: item.begin)
        levels = [place for place in range(max(0, index - 2), index) if place not in deltas]
        then, now = (passage.items[place] for place in levels) if len(levels) == 2 else (None, None)
        if then is None or now is None or not then.value or now.value is None or not same_unit(then, now):
            continue
        joined = passage.text[now.stop : found.start()]
        if not re.fullmatch(r"[,，]?[一-鿿]{0,6}", joined) or not (_is_then(passage, then) and _TO.search(now.label)):
            continue
        times = now.value / then.value
        if then.loose or now.loose or not Fraction(7, 4) <= times <= Fraction(9, 4):
            why = f"{said(now.value, now)} ÷ {said(then.value, then)} = {number(times, 2)}，原文写翻番"
            operands = (now.operand("now"), then.operand("before"))
            yield exact("multiple", operands, Fraction(2), times, Fraction(1, 20), why, then.loose or now.loose)
