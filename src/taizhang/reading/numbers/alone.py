"""Percentages whose part and whole are the only two numbers that can be meant: 春季入学420人,在读415人,保留率98.8%.

No list of words tells part from whole here: the sentence holds two numbers of one unit and one percentage, and what the
percentage is called shares a character with one of them. That the two orders do not fit, and a slip or a figure of an
earlier draft does, makes the alarm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.numbers.claims import Claim, lead_of
from taizhang.reading.numbers.naming import of_others
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.rates import of_another_year
from taizhang.reading.numerals import decimals

_LINK = r"(?:达到了?|达|为|是|约|近|仅|只|有|高|了|在|已|就|的|上)*"
_CALLED = re.compile(
    rf"(?P<name>[一-鿿]{{0,12}}?)(?P<rate>率)(?:比上年)?{_LINK}\s*$"
    rf"|占(?P<of>(?!比|\d)[^,;。:()占]{{0,16}}?)(?:的)?(?:比例|比重|份额|百分比|比)?{_LINK}\s*$"
    rf"|(?:占?比例|占?比重|份额|百分比|占比|进度|比){_LINK}\s*$"
    rf"|(?:(?:完成|相当于|为|是)(?P<task>[^,;。:()]{{1,24}}?)|完成)的?{_LINK}\s*$"
)
_NO_RATE = re.compile(r"(?:增长|降低|下降|上升|增|降|变化|利|税|费|汇|效|频|功|概|分|升)$")
_EMPTY = re.compile(
    r"[全本我该各][省市县区校乡镇年期局院园]?|学生|人数|总数|总量|总额|人次|[的总共所数占其中有为是达约人名个所已年度一次性\d\s、,]"
)
# One of each, and how many on the average, are no part and no whole.
_AVERAGE = re.compile("均|每|各")
_MOST = 8


def only_pair(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """Both orders of the only two numbers of one unit beside a percentage."""
    pct = passage.items[index]
    if pct.kind != "percent" or pct.points or index in deltas or not pct.value:
        return
    lead = lead_of(passage, pct)
    called = _CALLED.search(lead)
    if called is None or (called["rate"] and _NO_RATE.search(called["name"])) or "分别" in lead:
        return
    pair = _the_two(passage, index, deltas)
    if pair is None:
        return
    divided = passage.between(*pair).strip() in ("/", "÷")  # 占14.7%(318人/2164人)
    if not (divided or _bound(called, lead, pct, pair)):
        return
    kind = "rate" if called["rate"] else "share"
    name = called["name"] or ""
    if any(of_another_year(name, item) for item in pair):
        return
    claims = [_claim(kind, part, whole, pct) for part, whole in (pair, pair[::-1])]
    yield from sorted(claims, key=lambda claim: abs(claim.computed() - (pct.value or Fraction(0))))


def _claim(kind: str, part: Item, whole: Item, pct: Item) -> Claim:
    operands = (("part", part), ("whole", whole))
    return Claim(kind, operands, pct, "pct", lambda v: 100 * v[0] / v[1], "{} ÷ {}", False, True)


def _bound(called: re.Match[str], lead: str, pct: Item, pair: Sequence[Item]) -> bool:
    """Does the percentage speak of these two: by a character of its name, or because it has no subject of its own?"""
    about = "".join(item.label + item.after for item in pair)
    if pair[0].begin > pct.begin and re.match(r"[一-鿿]{0,4}[中里内]的?", pair[0].after):
        return True  # 占46%,即452处中的208处
    own = lead[: called.start()] + (called["name"] or "")
    named = [_EMPTY.sub("", text) for text in (own, called["of"] or "", called["task"] or "")]
    if all(not name or set(name) & set(about) for name in named):
        return bool(called["rate"] is None or named[0])
    return (
        bool(called["rate"])
        and decimals(pct.quantity.text) > 0
        and bool(pct.label)
        and called.group().strip().endswith(pct.label)
    )


def _the_two(passage: Passage, index: int, deltas: frozenset[int]) -> tuple[Item, Item] | None:
    """The only two of one unit in front of a percentage, behind it, or one there and one in the sentence before."""
    front = _near(passage, index, -1, deltas)
    behind = _near(passage, index, 1, deltas)
    for items in (front, front + behind):
        groups = [[other for other in items if same_unit(one, other)] for one in items]
        twos = {tuple(item.begin for item in group): group for group in groups if len(group) == 2}
        if any(len(group) > 2 for group in groups) or len(twos) > 1:
            return None
        for group in twos.values():
            return group[0], group[1]
    if len(front) != 1 or behind:
        return None
    if (earlier := _before_semicolon(passage, front[0], deltas)) is not None:
        return earlier, front[0]
    before = [item for item in _sentence_before(passage, index, deltas) if same_unit(item, front[0])]
    if len(before) != 1 or of_others(passage, front[0], before[0]):
        return None
    return before[0], front[0]


def _near(passage: Passage, index: int, way: int, deltas: frozenset[int]) -> list[Item]:
    """Numbers that may be operands, up to a semicolon, another percentage or the end of the sentence."""
    pct, found = passage.items[index], []
    last = pct
    for place in range(index + way, index + way * _MOST, way):
        if not 0 <= place < len(passage.items):
            break
        item = passage.items[place]
        one, other = (item, last) if way < 0 else (last, item)
        if item.sentence != pct.sentence or item.kind == "percent" or ";" in passage.between(one, other):
            break
        last = item
        if _operand(item) and place not in deltas:
            found.append(item)
    return found[::way]


def _before_semicolon(passage: Passage, part: Item, deltas: frozenset[int]) -> Item | None:
    """工单349件,集中在8月;涉及退费的75件: the only other number of its unit in the sentence."""
    front = [passage.items[place] for place in passage.same_sentence(passage.place(part), _MOST)]
    if any(item.kind == "percent" for item in front):
        return None
    found = [item for item in front if item.unit == part.unit and passage.place(item) not in deltas]
    return found[0] if len(found) == 1 and _operand(found[0]) else None


def _operand(item: Item) -> bool:
    return item.measured and bool(item.value) and not item.loose and not _AVERAGE.search(item.label)


def _sentence_before(passage: Passage, index: int, deltas: frozenset[int]) -> list[Item]:
    pct = passage.items[index]
    places = passage.sentences.get(pct.sentence - 1, [])
    if len(places) > 2 * _MOST:
        return []
    return [
        passage.items[place]
        for place in places
        if place not in deltas
        and passage.items[place].unit
        and _operand(passage.items[place])
        and passage.items[place].paragraph == pct.paragraph
    ]
