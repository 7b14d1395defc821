"""Do the names of numbers cut a whole into parts, as far as names can tell?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from taizhang.reading.numbers.sums import CLASSES, COMPLETE, OPEN_CLASSES, OVERLAP, has_pair

TRIM = re.compile(r"^(?:其中|包括|包含|含|分为|和|及|与|、|由|有|为|是|[:,\s])+|[有为是:\s]+$")
_OPPOSED = (
    "男女",
    "城乡",
    "内外",
    "上下",
    "新老",
    "新旧",
    "文理",
    "甲乙",
    "东西",
    "南北",
    "春秋",
    "公民",
    "已未",
    "大小",
    "高低",
    "长短",
    "早晚",
)


def alike(labels: Sequence[str]) -> bool:
    """Do coordinated names cut a whole: 男子组 and 女子组, 小学部 and 初中部, 行政处罚 and 行政强制?"""
    plain = [TRIM.sub("", label) for label in labels]
    if complete(plain):
        return True
    if any(len(label) < 2 or OVERLAP.search(label) for label in plain):
        return False
    return len({label[-1] for label in plain}) == 1 or len({label[:2] for label in plain}) == 1 or exclusive(plain)


_NEGATED = re.compile("^(?:不|未|非|没有?)")


def complete(labels: Sequence[str]) -> bool:
    """Two names that leave no third: 男教师 and 女教师, 编内 and 编外."""
    if len(labels) != 2:
        return False
    if any(has_pair(labels, one, other) for one, other in COMPLETE):
        return True
    one, other = labels
    if one != other and (_NEGATED.sub("", one) == other or _NEGATED.sub("", other) == one):
        return True
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return len(one) == len(other) and len(differing) == 1 and any(set(pair) == set(differing[0]) for pair in _OPPOSED)


_REST = re.compile("其他|其它|其余|余下|剩余|剩下")


def rest_named(labels: Sequence[str]) -> bool:
    """Does a list end with all the others, so that none is missing?"""
    return len(labels) > 1 and bool(_REST.search(labels[-1]))


def exclusive(labels: Sequence[str]) -> bool:
    """Names none of which can hold another: stages, levels of government, prizes."""
    return complete(labels) or any(all(row.search(label) for label in labels) for row in CLASSES)


def parted(labels: Sequence[str]) -> bool:
    """Do the names bear different members of one class (小学寄宿生, 初中补助到), whatever else they say?"""
    for row in (*CLASSES, *OPEN_CLASSES):
        found = [row.search(label) for label in labels]
        members = {one.group() for one in found if one and len(one.group()) > 1}
        if len(members) == len(labels):
            return True
    return False


_WIDE = re.compile("义务|中小学|基础教育|共|总")


def peers(total: str, labels: Sequence[str]) -> bool:
    """Is what looks like a total one more member of the class (本科56人,专科32人,中专16人,其他4人)?"""
    named = [label for label in labels if not _REST.search(label)]
    return bool(named) and not _WIDE.search(total) and parted([total, *named])


MANY, LITTLE = 5, 3
_CLOSES = re.compile("其余|其他|其它|余下|剩余|及以下|不[合及满]")


def smallest_left_out(shares: Sequence[float], text: str) -> bool:
    """Do many percentages reach 100 but for a little, in a text that names no rest? Of many causes the smallest are not told."""
    return len(shares) >= MANY and 0 < 100 - sum(shares) <= LITTLE and not _CLOSES.search(text)
