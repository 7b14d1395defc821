"""Alarms that the rest of the text takes back: an alarm is right, or the tool loses its user."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.naming import pairs_of
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.rounded import softened
from taizhang.reading.numbers.search import explained
from taizhang.reading.numbers.totals import open_list

_RESULT = {
    "share": "pct", "rate": "pct", "growth": "pct", "difference": "delta", "multiple": "factor", "ratio": "ratio", "per": "result", "sum": "total",
}  # fmt: skip
Operands = frozenset[int]
MOST_PARTS = 12
"""Of more numbers some give anything."""
_ONCE = ("share", "rate", "difference", "sum")
"""Of the same numbers there is one such result: 全部开工,开工率100%,竣工32个,竣工率94.12% are two of which one fits; parts
that make what was received are not those of what was closed."""
STRIKING = 20
"""A smaller number stands anywhere."""


def standing(passage: Passage, found: Sequence[Relation], deltas: frozenset[int]) -> list[Relation]:
    """The relations without the alarms that nothing but chance speaks for, and with those as notes that the rounding of
    the printed operands covers."""
    right = [one for one in found if one.holds is True and one.check == "exact"]
    held = {(one.kind, _measured(one)) for one in right}
    whole = [frozenset(item.start for item in one.operands) for one in right]
    changed = {item.start for one in found if one.kind == "difference" for item in one.operands if item.role == "now"}
    kept = []
    for one in found:
        said = softened(passage, one, _RESULT[one.kind]) if one.severity else one
        if said.severity == "alarm" and said.check == "exact":
            operands = frozenset(item.start for item in one.operands)
            if any(operands <= others for others in whole):
                continue
            if one.kind in _ONCE and (one.kind, _measured(one)) in held:
                continue
            if one.kind == "difference" and _changed_itself(one, changed):
                continue
            if _doubtful(passage, one, deltas):
                continue
        kept.append(said)
    return kept


def _measured(one: Relation) -> Operands:
    """Where the operands begin from which a result is computed."""
    return frozenset(item.start for item in one.operands if item.role != _RESULT[one.kind])


def _changed_itself(one: Relation, changed: set[int]) -> bool:
    """接待费8.5万元,减少1.5万元;运行费34万元,减少2万元: a level with a change of its own is not what another came from."""
    return any(item.role == "before" and item.start in changed for item in one.operands)


_BEYOND = re.compile(r"(?:超出|超过|超额|超支|多出|高出|结余|节余|节约|短缺|欠)[^,;。\d]{0,8}$")


def _doubtful(passage: Passage, one: Relation, deltas: frozenset[int]) -> bool:
    """Do the words speak against this alarm, or is its result one that other numbers of the paragraph give as printed?"""
    items = [passage.items[passage.at(item.start)] for item in one.operands]
    # A row of limits (大班不超过35人,中班不超过30人) says what may be, and computes nothing.
    if sum(item.bound.startswith(("不", "至少")) for item in items) > 1:
        return True
    if any(doubt(passage, one, items) for doubt in _DOUBTS.get(one.kind, ())):
        return True
    return any(
        explained(passage, passage.at(operand.start), deltas, one.kind, _measured(one))
        for operand in one.operands
        if operand.role == _RESULT[one.kind]
    )


def _stated(one: Relation, items: Sequence[Item]) -> Item:
    """The number that the others give, or the last where a word says it."""
    found = (item for item, operand in zip(items, one.operands, strict=True) if operand.role == _RESULT[one.kind])
    return next(found, items[-1])


# What people, a test or a standard say of a thing is counted on a basis of its own; what each word may be said by.
_OWN_BASIS = {
    "满意": "满意|好评|赞", "知晓": "知晓|知道|了解", "认可": "认可|认同", "支持": "支持|同意|赞成", "优秀": "优", "优良": "优|良", "及格": "及格|合格|过关|分以上",
    "合格": "合格|通过|过关|符合|达标|达到|问题", "达标": "达标|达到|合格|符合|标准|过",
}  # fmt: skip
_BASIS_NAME = re.compile(f"({'|'.join(_OWN_BASIS)})[率度]")


def _judged_elsewhere(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """办结305件,满意率96.4%: who was asked is not printed, and what was settled is not what pleased."""
    role = _RESULT[one.kind]
    stated = next((item for item, operand in zip(items, one.operands, strict=True) if operand.role == role), None)
    named = _BASIS_NAME.search(passage.lead(stated)) if stated is not None else None
    if stated is None or named is None:
        return False  # a share that is said in words has no number of its own
    first = min(item.begin for item in items)
    told = _BASIS_NAME.sub("", passage.text[max(0, first - 20) : stated.begin])
    return re.search(_OWN_BASIS[named[1]], told) is None


def _overrun(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """超出计划18.79%: what lies beyond the whole is printed, not the whole quotient, and it fits as such."""
    stated = next((item for item in one.operands if item.role == _RESULT[one.kind]), None)
    if stated is None or one.computed is None or one.stated is None:
        return False
    said = _BEYOND.search(passage.lead(passage.items[passage.at(stated.start)]))
    return said is not None and abs(abs(one.computed - 100) - one.stated) <= 2 * (one.tolerance or 0) + 1e-9


def _itself(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """申请的有743人。申请的743人中,…占六成: a figure that is told again is no part of itself."""
    values = [item.value for item, said in zip(items, one.operands, strict=True) if said.role in ("part", "whole")]
    return len(values) == 2 and values[0] == values[1]


def _completed(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """Is the total what some of the parts give, because the others are parts of those, or what they give with a number
    that the next sentences of the paragraph add?"""
    total = next(item for item, operand in zip(items, one.operands, strict=True) if operand.role == "total")
    parts = [item.value for item in items if item is not total and item.value is not None]
    if total.value is None or not parts:
        return False
    if len(parts) <= MOST_PARTS and total.value in _upper(parts):
        return True
    gap = total.value - sum(parts, Fraction(0))
    last = max(items, key=lambda item: item.begin)
    return gap >= STRIKING and any(item.value == gap and same_unit(item, total) for item in _behind(passage, last))


def _upper(parts: Sequence[Fraction]) -> set[Fraction]:
    """What the parts give when some of them, each right behind a larger one, are only told of that one: 中央5018万元,
    县财政3298万元,包括配套889万元."""
    found = {(parts[0], parts[0], False)}  # the sum so far, what the last one kept has left, whether any was left out
    for part in parts[1:]:
        kept = {(total + part, part, out) for total, _, out in found}
        told = {(total, left - part, True) for total, left, _ in found if part <= left}
        found = kept | told
    return {total for total, _, out in found if out}


def _behind(passage: Passage, item: Item) -> Iterator[Item]:
    """The numbers behind one in its paragraph."""
    for other in passage.items[passage.place(item) + 1 :]:
        if other.paragraph != item.paragraph:
            return
        yield other


def _listed(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """优秀22所、良好51所、合格24所、不合格3所: the members of one list are not each other's change."""
    places = sorted(item.begin for item in items)
    between = passage.text[places[0] : places[-1]]
    return between.count("、") >= len(items) - 1 and not re.search("[,;。:]", between)


_PERCENT_OF = re.compile(r"的[^,;。\d]{0,6}\d[\d.]*%")


def _from_base(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """大班额118个,占教学班776个的15.21%,比去年减少85个: the sentence is about what is a part, not about its whole."""
    return any("占" in passage.lead(item) and _PERCENT_OF.match(passage.text, item.stop) is not None for item in items)


def _side_by_side(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """去年和今年分别为269.66万元和330.74万元: two numbers joined by 和 are no part and whole."""
    first, second = sorted(items[:2], key=lambda item: item.begin)
    return len(items) == 3 and passage.text[first.stop : second.begin].strip() in ("和", "与", "及", "、")


def _mixed(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """Numbers of a ratio that is spelled (2.24比1) or of a day (限7日内) are no parts of counted things."""
    bare = [item for item in items if not item.unit]
    return 0 < len(bare) < len(items) and any(
        passage.text[item.stop : item.stop + 1] in tuple("比日月") or passage.text[item.begin - 1 : item.begin] == "比"
        for item in bare
    )


def _siblings(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """Does the total with parts next to it make another number of the paragraph, or do the parts alone? Then it is one of
    them, or they are another's: 防震197场,消防168场,防溺水62场,防踩踏99场。全年526场。"""
    last = items[-1]
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


_MOVED = re.compile(r"(?:上调|下调|调增|调减|追加|核减)[^,;。\d]{0,6}$")


def _moved(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """较1139万元的年初数上调17.97%,追加到1344万元: by so much it moved, it is no part."""
    return _MOVED.search(passage.lead(_stated(one, items))) is not None


def _backwards(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """四成多,15014人参测,7102人优良: a share said in words, of which the larger number is the whole."""
    return not re.search(r"\d", _stated(one, items).quantity.text) and (one.computed or 0) > 100 >= (one.stated or 0)


def _beyond_its_whole(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """A part that is greater than a whole of another sentence and another name is no part of it."""
    part, whole = items[0], items[1]
    names = [pairs_of(f"{item.label} {item.after[:6]}") - _COMMON for item in (part, whole)]
    apart = part.sentence != whole.sentence and not names[0] & names[1]
    return apart and (one.computed or 0) > 100 >= (one.stated or 0)


_SUBJECT = re.compile(r"(?P<who>[一-鿿]{3,16})占[^,;。\d]{0,12}$")
_COMMON = frozenset(
    (
        "教师",
        "学生",
        "人员",
        "学校",
        "总数",
        "人数",
        "具有",
        "以上",
        "及以",
        "比例",
        "比重",
        "其中",
        "数量",
        "全部",
        "部分",
        "总量",
        "占比",
    )
)


def _of_somebody_else(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """高级教师46人,青年教师占72.41%: who is said to be so many per cent are not those who were counted last."""
    stated = _stated(one, items)
    said = _SUBJECT.search(passage.lead(stated))
    part = next((item for item, operand in zip(items, one.operands, strict=True) if operand.role == "part"), None)
    if said is None or part is None or part.clause == stated.clause:
        return False
    names = pairs_of(said["who"]) - _COMMON
    around = passage.text[max(0, part.begin - 30) : part.stop + 8]
    return bool(names) and not any(name in around for name in names)


_BEFORE = re.compile(r"(?:上一?[年次轮期届]|去年|原先|以往|此前)[^,;。\d]{0,4}的?$")


def _of_before(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """比上一轮的1:8更精准: a ratio of another time."""
    return _BEFORE.search(passage.lead(_stated(one, items))) is not None


def _told_elsewhere(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """同比应为上升26%。全科平均分465分,上年452分: a change told in a sentence before both levels is of something else, unless
    theirs names what changed."""
    stated = _stated(one, items)
    levels = [item for item in items if item is not stated]
    if any(item.sentence <= stated.sentence for item in levels):
        return False
    said = pairs_of(passage.lead(stated)[-12:])
    return not any(said & pairs_of(f"{passage.lead(item)}{item.after[:6]}") for item in levels)


_LEFT = re.compile(r"(?:剩|余|另|尚|还)[^,;。\d]{0,6}$")


def _left_over(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """线路120条。东片跑45条,西片跑51条,剩下24条: what remains of a whole when several parts are gone, not one of them."""
    stated = _stated(one, items)
    if not _LEFT.search(passage.lead(stated)):
        return False
    kin = [item for item in passage.items[: passage.place(stated)] if item.paragraph == stated.paragraph]
    kin = [item for item in kin if item.value is not None and same_unit(item, stated)][-MOST_PARTS:]
    before = next((item for item, said in zip(items, one.operands, strict=True) if said.role == "before"), None)
    if before in kin and len(kin) - kin.index(before) > 2:
        return True
    for place, whole in enumerate(kin):
        rest = whole.value or Fraction(0)
        for part in kin[place + 1 :]:
            rest -= part.value or Fraction(0)
            if rest == stated.value:
                return True
    return False


_OVERLAP = re.compile(r"(?:不|勿)[^,;。]{0,4}(?:相加|加总|累加|叠加)|互有交叉|有?重复计算|两样都|有些既|其中有交叉")


def _overlapping(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """两样都会的也不少,不能简单相加: the text itself says that these do not add up."""
    first, last = min(item.begin for item in items), max(item.stop for item in items)
    return _OVERLAP.search(passage.text, first, last + 24) is not None


_LIMIT = re.compile(r"的?(?:[^,;。\d]{0,4})(?:控制线|红线|上限|下限|底线|警戒线|标准线|门槛)")


def _limit(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """高于概算批复时4%的控制线: a limit is set, not computed."""
    return _LIMIT.match(passage.text, _stated(one, items).stop) is not None


def _of_time(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """在五年间翻了两番,五年前2387人: the years are no levels."""
    return all(item.quantity.unit in ("年", "周年") for item in items if item is not _stated(one, items))


FAR = 12
"""No slip makes a total so many times too great or small: its parts are of something else."""


def _far_off(passage: Passage, one: Relation, items: Sequence[Item]) -> bool:
    """参保人数1324万人…一孩2445人;二孩3664人: parts of something else."""
    stated, computed = abs(one.stated or 0), abs(one.computed or 0)
    return max(stated, computed) > FAR * min(stated, computed)


_OF_SHARES = (
    _limit,
    _beyond_its_whole,
    _of_somebody_else,
    _itself,
    _judged_elsewhere,
    _overrun,
    _side_by_side,
    _moved,
    _backwards,
)
_DOUBTS = {
    "share": _OF_SHARES,
    "rate": _OF_SHARES,
    "difference": (_listed, _from_base, _left_over),
    "growth": (_told_elsewhere, _limit),
    "multiple": (_told_elsewhere, _of_time),
    "ratio": (_of_before,),
    "sum": (
        lambda passage, one, items: open_list(passage, items),
        _completed,
        _mixed,
        _siblings,
        _overlapping,
        _far_off,
    ),
}
"""What may speak against an alarm, by its kind."""
