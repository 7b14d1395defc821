"""What speaks against alarms about a total: lists that are open, parts of parts, totals of something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from taizhang.reading.numbers.alarms import MOST_PARTS, Alarm
from taizhang.reading.numbers.doubtedpairs import listed
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.runs import TOTAL
from taizhang.reading.numbers.sums import CLASSES
from taizhang.reading.numbers.totals import open_list

_STAGES = CLASSES[0]
STRIKING = 20
"""A smaller number stands anywhere."""


def left_open(alarm: Alarm) -> bool:
    """The text itself tells that the parts are no complete list of one level."""
    return open_list(alarm.passage, alarm.items)


def completed(alarm: Alarm) -> bool:
    """Is the total what some of the parts give, because the others are parts of those, or what they give with a number
    that the next sentences of the paragraph add?"""
    total = alarm.stated
    parts = [item.value for item in alarm.measured if item.value is not None]
    if total is None or total.value is None or not parts:
        return False
    if len(parts) <= MOST_PARTS and total.value in _upper(parts):
        return True
    gap = total.value - sum(parts, Fraction(0))
    if gap >= STRIKING and any(_counts(item, gap) for item in _in_front(alarm)):
        return True
    last = max(alarm.items, key=lambda item: item.begin)
    return gap >= STRIKING and any(
        item.value == gap and same_unit(item, total) for item in _behind(alarm.passage, last)
    )


def _upper(parts: Sequence[Fraction]) -> set[Fraction]:
    """What the parts give when some of them, each right behind a larger one, are only told of that one: 中央5018万元,
    县财政3298万元,包括配套889万元."""
    found = {(parts[0], parts[0], False)}  # the sum so far, what the last one kept has left, whether any was left out
    for part in parts[1:]:
        kept = {(total + part, part, out) for total, _, out in found}
        told = {(total, left - part, True) for total, left, _ in found if part <= left}
        found = kept | told
    return {total for total, _, out in found if out}


def _in_front(alarm: Alarm) -> Iterator[Item]:
    """The numbers of the sentence in front of the parts."""
    first = min(alarm.items, key=lambda item: item.begin)
    for place in alarm.passage.sentences[first.sentence]:
        if alarm.passage.items[place].begin < first.begin:
            yield alarm.passage.items[place]


def _counts(item: Item, gap: Fraction) -> bool:
    """来访24批次,网上信访289件,来信17件,总量330件(批次): a part that is counted in another measure word."""
    return item.value == gap and item.kind == "count"


_FOR_EACH = re.compile("[一-鿿][、和及与][^、,;。:()]{1,8}?(?:分别|各自?)[^,;。]{0,8}$")


def told_for_each(alarm: Alarm) -> bool:
    """市、县分别配套402万元: one number for two parts."""
    text = alarm.passage.text
    return any(
        text[item.stop : item.stop + 1] not in ("、", "和", "及", "与") and _FOR_EACH.search(alarm.passage.lead(item))
        for item in alarm.measured
    )


def of_another_time(alarm: Alarm) -> bool:
    """共358.94万元;由电信承接的232.23万元,2016年曾为28.6万元: what was once is no part of today."""
    return "曾" not in alarm.lead and any("曾" in item.label for item in alarm.measured)


def one_of_a_list(alarm: Alarm) -> bool:
    """管理类33条、教学类16条、保障类19条: the members of one list are not each other's total."""
    stated = alarm.stated
    return stated is not None and (listed(alarm) or _behind_a_colon(alarm)) and TOTAL.search(stated.label) is None


_MEMBER = re.compile(r"[,、;][一-鿿“”]{2,12}")
_LED = re.compile(r":[一-鿿“”]{2,12}$")


def _behind_a_colon(alarm: Alarm) -> bool:
    """资金来源:上级专项12640万元,一般债券9800万元,县本级11660万元: each name with its number."""
    items = sorted(alarm.items, key=lambda item: item.begin)
    text = alarm.passage.text
    apart = all(_MEMBER.fullmatch(text, one.stop, later.begin) for one, later in pairwise(items))
    return apart and _LED.search(text[max(0, items[0].begin - 14) : items[0].begin]) is not None


def counted_anew(alarm: Alarm) -> bool:
    """教职工5667人,其中民办996人;专任教师5071人: behind the semicolon the whole is parted by something else."""
    stated, parts = alarm.stated, alarm.measured
    if stated is None or len(parts) != 2 or stated.begin > parts[0].begin:
        return False
    if all(_STAGES.search(one.label) for one in parts):
        return False  # 其中小学18674人,占…;初中12166人: stages of schooling part a whole
    if stated.sentence != parts[0].sentence or "其中" not in alarm.passage.between(stated, parts[0]):
        return False
    return ";" in alarm.passage.between(parts[0], parts[1])


def what_is_left(alarm: Alarm) -> bool:
    """办理退休后剩1546人;办理前1621人,退休75人: the two give it when one is taken from the other."""
    parts = [item.value for item in alarm.measured if item.value is not None]
    stated = alarm.stated
    return len(parts) == 2 and stated is not None and abs(parts[0] - parts[1]) == stated.value


def cumulated(alarm: Alarm) -> bool:
    """1至3月29起,1至6月累计90起,1至9月累计385起: each takes in the one before."""
    return any("累计" in item.label and "累计" in (alarm.stated or item).label for item in alarm.measured)


def _behind(passage: Passage, item: Item) -> Iterator[Item]:
    """The numbers behind one in its paragraph."""
    for other in passage.items[passage.place(item) + 1 :]:
        if other.paragraph != item.paragraph:
            return
        yield other


def mixed(alarm: Alarm) -> bool:
    """Numbers of a ratio that is spelled (2.24比1) or of a day (限7日内) are no parts of counted things."""
    passage, bare = alarm.passage, [item for item in alarm.items if not item.unit]
    return 0 < len(bare) < len(alarm.items) and any(
        passage.text[item.stop : item.stop + 1] in tuple("比日月") or passage.text[item.begin - 1 : item.begin] == "比"
        for item in bare
    )


def siblings(alarm: Alarm) -> bool:
    """Does the total with parts next to it make another number of the paragraph, or do the parts alone? Then it is one of
    them, or they are another's: 防震197场,消防168场,防溺水62场,防踩踏99场。全年526场。"""
    passage, items, last = alarm.passage, alarm.items, alarm.items[-1]
    kin = [
        item
        for item in passage.items
        if item.paragraph == last.paragraph and item.value is not None and same_unit(item, last)
    ]
    own = {item.begin for item in items}
    places = [place for place, item in enumerate(kin) if item.begin in own]
    if last not in kin or len(places) < len(items) or len(kin) > 2 * MOST_PARTS:
        return False
    added = sum((item.value for item in items[:-1] if item.value is not None), Fraction(0))
    if added >= STRIKING and any(item.value == added and item.begin not in own for item in kin):
        return True
    at = kin.index(last)
    for left in range(max(0, at - MOST_PARTS), at + 1):
        for right in range(at + 1, min(len(kin), at + MOST_PARTS) + 1):
            if right - left < 2 or not any(left <= place < right and place != at for place in places):
                continue
            total = sum((item.value for item in kin[left:right] if item.value is not None), Fraction(0))
            if total >= STRIKING and any(item.value == total for item in (*kin[:left], *kin[right:])):
                return True
    return False


_OVERLAP = re.compile(
    r"(?:不|勿)[^,;。]{0,4}(?:相加|加总|累加|叠加)|有(?:所)?(?:交叉|重叠|重复)|重复(?:计算|统计)|都[会有是]的|既[^,;。]{1,12}又"
)


def overlapping(alarm: Alarm) -> bool:
    """两样都会的也不少,不能简单相加: the text itself says that these do not add up."""
    first, last = min(item.begin for item in alarm.items), max(item.stop for item in alarm.items)
    return _OVERLAP.search(alarm.passage.text, first, last + 24) is not None


FAR = 12
"""No slip makes a total so many times too great or small: its parts are of something else."""


def far_off(alarm: Alarm) -> bool:
    """参保人数1324万人…一孩2445人;二孩3664人: parts of something else."""
    stated, computed = abs(alarm.relation.stated or 0), abs(alarm.relation.computed or 0)
    return max(stated, computed) > FAR * min(stated, computed)
