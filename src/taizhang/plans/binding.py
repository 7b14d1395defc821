"""Which indicator, and of which stage, a promised number speaks of: by the names that stand before it, never by guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from taizhang.catalog.schema import IndicatorDef

STAGE = "学段"
# A shorter name than this is contained in too many subjects by chance.
MIN_CONTAINED = 3
# Between a name and its number stand a few words of the predicate, and no other number or clause.
_GAP = re.compile(r"[^\d,\uff0c。;\uff1b、:\uff1a]{0,10}")
# 提高2个百分点 promises a change, 提高到98% a level. Only levels can be compared with a figure.
_CHANGE = re.compile(r"(?:提高|提升|上升|增长|增加|下降|降低|减少|压减|压缩|上浮|下浮)(?:了|约|不少于|不低于|超过)?$")
# The stages as documents write them, beside their own names.
STAGE_WORDS = {
    "学前": "学前教育",
    "幼儿园": "学前教育",
    "高中学校": "普通高中",
    "普高": "普通高中",
    "中职": "中等职业教育",
    "中等职业学校": "中等职业教育",
    "特教": "特殊教育",
}
# Holds a stage's name and means more than it.
SEVERAL = "中小学"
_SAME_UNITS = {"平方米": "m²", "㎡": "m²", "平米": "m²", ":": ":1", "\uff1a": ":1", "名": "人", "位": "人"}
_CLAUSE = re.compile(r"[^,\uff0c。;\uff1b!\uff01()\uff08\uff09\n]+")
_ZERO = re.compile(
    r"(?:(?:保持|控制|降低|压减|下降|降|达)(?:为|在|到|至)|保持|实现|为)零$|(?P<clear>(?<!未)(?:清零|归零))$"
)
# 大班额 for 大班额比例, 重大隐患 for 重大隐患未销号数: what is left of an indicator's name when only its object is said.
_OBJECT = re.compile(r"(?P<object>.{2,}?)(?P<rest>(?:未.{1,4}?)?(?:人数|面积)?(?:比例|率|数))")
REMAINING = "未"


@dataclass(frozen=True, slots=True)
class Zero:
    """A promise of nothing left, in words: 危房面积比例降到零, 重大隐患动态清零. Places are those in the task's text."""

    start: int
    end: int
    text: str
    indicator: IndicatorDef


def same_unit(one: str, other: str) -> bool:
    """Whether numbers of two units can be compared as they stand; an unknown unit (empty) hinders nothing."""
    return not one or not other or _SAME_UNITS.get(one, one) == _SAME_UNITS.get(other, other)


def indicator_of(
    clause: str, at: int, subject: str, unit: str, indicators: Sequence[IndicatorDef]
) -> IndicatorDef | None:
    """The indicator of the number at position ``at`` of a clause.

    The longest name that stands right before the number wins; without one the subject that the reader found decides.
    A promised change (提高2个百分点) and a number of another unit have no indicator.
    """
    before = clause[:at]
    if _CHANGE.search(before) or re.match(r"[\d.]+\s*个?百分点", clause[at:]):
        return None
    fitting = [item for item in indicators if same_unit(unit, item.unit)]
    named = [
        (len(name), item)
        for item in fitting
        for name in _names(item)
        if (place := before.rfind(name)) >= 0 and _GAP.fullmatch(before[place + len(name) :])
    ]
    if named:
        return max(named, key=lambda pair: pair[0])[1]
    return suggested(subject, fitting)


def suggested(subject: str, indicators: Iterable[IndicatorDef]) -> IndicatorDef | None:
    """The indicator that a subject names: exactly, else the longest name in it, else the only name that it is part of."""
    named, holding = [], []
    for item in indicators:
        for name in _names(item):
            if name == subject:
                return item
            if len(name) >= MIN_CONTAINED and name in subject:
                named.append((len(name), item))
            elif len(subject) >= MIN_CONTAINED and subject in name:
                holding.append(item)
    if named:
        return max(named, key=lambda pair: pair[0])[1]
    return holding[0] if len({item.code for item in holding}) == 1 else None


def inside_a_name(clause: str, start: int, end: int, indicators: Iterable[IndicatorDef]) -> bool:
    """Whether the number at these positions is part of an indicator's name (每百名学生拥有计算机台数) and no promise."""
    return any(
        (place := clause.find(name)) >= 0 and place <= start and end <= place + len(name)
        for item in indicators
        for name in _names(item)
    )


def stage_of(words: str, indicator: IndicatorDef, stages: Sequence[str]) -> str:
    """The one stage that the words name outside the indicator's own name; '' when none, several, or it has no stages."""
    if STAGE not in indicator.by:
        return ""
    for name in sorted(_names(indicator), key=len, reverse=True):
        words = words.replace(name, " ")
    words, found = words.replace(SEVERAL, " "), set()
    spoken = {name: name for name in stages} | {word: name for word, name in STAGE_WORDS.items() if name in stages}
    for word in sorted(spoken, key=len, reverse=True):
        if word in words:
            found.add(spoken[word])
            words = words.replace(word, " ")
    return found.pop() if len(found) == 1 else ""


def zeros(text: str, indicators: Iterable[IndicatorDef]) -> Iterator[Zero]:
    """The promises of zero in a text whose words name an indicator that is to be low; others are for people to read."""
    low = [item for item in indicators if item.better == "lower"]
    for clause in _CLAUSE.finditer(text):
        said = _ZERO.search(clause[0])
        if said and (indicator := _object_of(clause[0][: said.start()], low, clearing=bool(said["clear"]))):
            yield Zero(clause.start(), clause.end(), clause[0], indicator)


def _object_of(words: str, indicators: list[IndicatorDef], *, clearing: bool) -> IndicatorDef | None:
    """The indicator whose name, or whose object, stands longest in the words.

    To clear something speaks of what remains of it: 重大隐患清零 of 重大隐患未销号数, not of 重大隐患数.
    """
    found = []
    for item in indicators:
        for name in _names(item):
            parts = _OBJECT.fullmatch(name)
            remaining = parts is not None and parts["rest"].startswith(REMAINING)
            if name in words:
                found.append((len(name), True, item))
            elif parts and parts["object"] in words:
                found.append((len(parts["object"]), remaining == clearing, item))
    return max(found, key=lambda one: one[:2])[2] if found else None


def _names(indicator: IndicatorDef) -> set[str]:
    return {indicator.name, indicator.title}
