"""What holds of all lies between what holds of its parts: 平均分438.6分,其中城区462.1分,农村415.1分."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from taizhang.reading.model import Finding
from taizhang.reading.numbers.partition import TRIM, complete, exclusive
from taizhang.reading.numbers.passage import Item, Passage, same_unit, spans_of

_MEAN = re.compile(r"(?:平均[一-鿿]{0,6}|均[一-鿿]{0,6}|率)(?:分别)?[为是达到约]*$")
_OPENS = re.compile(r"\s*[,(、]?其中[,:]?")
MOST = 5
"""A list of parts is no longer;"""
LEAST = 3
"""of fewer than so many their names must say that there are no others."""
ALL = 100
_RULED = re.compile("计划|目标|任务|力争|不低于|以上|标准|增|减|比|差")


def find_outside(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """A mean or a rate of all that is larger or smaller than those of all its parts."""
    for places in passage.sentences.values():
        items = [passage.items[place] for place in places]
        for at, whole in enumerate(items):
            parts = _parts(passage, whole, items[at + 1 :], deltas) if _is_mean(whole) else []
            if parts and not min(one.rough for one in parts) <= whole.rough <= max(one.rough for one in parts):
                row = "、".join(one.quantity.text for one in parts)
                why = f"总体 {whole.quantity.text} 不在各部分（{row}）的最小值与最大值之间"
                yield Finding("outside", "alarm", spans_of([whole, *parts]), why)


def _is_mean(item: Item) -> bool:
    plain = item.value is not None and not (item.loose or item.bound or item.points)
    return plain and _MEAN.search(item.label) is not None and not _RULED.search(item.label)


def _parts(passage: Passage, whole: Item, behind: Sequence[Item], deltas: frozenset[int]) -> list[Item]:
    """The same of its parts, which a 其中 opens and which leave out nothing as far as names can tell."""
    parts: list[Item] = []
    for item in behind[:MOST]:
        if not parts and not _OPENS.match(passage.text, whole.stop):
            return []
        fits = item.kind == whole.kind and same_unit(item, whole) and passage.place(item) not in deltas
        if (
            not fits
            or _RULED.search(item.label)
            or item.loose
            or item.bound
            or item.points
            or ";" in passage.text[whole.stop : item.begin]
        ):
            break
        parts.append(item)
    labels = [_name(part) for part in parts]
    told = len(labels) > 1 and all(labels) and len(set(labels)) == len(labels)
    return parts if told and (complete(labels) or (len(labels) >= LEAST and exclusive(labels))) else []


def _name(item: Item) -> str:
    return _MEAN.sub("", TRIM.sub("", item.name)).strip("的")


_OF_ALL = re.compile(
    r"(?:合格|及格|优秀|优良|良好|参考|参测|参训|参评|出勤|出席|到课|到会|毕业|结业|升学|就业|整改|办结|结案|化解|达标|知晓|回收|签约|持证|通过|录取|报到"
    r"|(?<!毛)入学|完学|满意|近视|检出|缺考|辍学|注册|覆盖|获奖|接种|公开|及时)率[为达到是约]*$"
)


def find_beyond_all(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """参测率113%: a rate of those of all who did, and more than all cannot. 毛入学率, 巩固率 and 完成率 may be more than 100 %."""
    for index, item in enumerate(passage.items):
        rate = item.kind == "percent" and not item.points and item.rough > ALL and index not in deltas
        if rate and _OF_ALL.search(item.label):
            why = f"{item.quantity.text} 超过 100%，这样的比率最多是全部"
            yield Finding("beyond_all", "alarm", ((item.quantity.start, item.quantity.end),), why)


_MOST_OF, _LEAST_OF = re.compile("最[高多大]"), re.compile("最[低少小]")


def find_turned(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """平均分最高为86.4分,最低为87.2分: the least of all is no more than the most."""
    for places in passage.sentences.values():
        items = [passage.items[place] for place in places if place not in deltas]
        for one, other in pairwise(items):
            most, least = (one, other) if _LEAST_OF.search(other.label) else (other, one)
            named = _MOST_OF.search(most.label) and _LEAST_OF.search(least.label)
            if named and most.kind == least.kind and same_unit(most, least) and 0 < most.rough < least.rough:
                why = f"最低 {least.quantity.text} 比最高 {most.quantity.text} 还大"
                yield Finding("outside", "alarm", spans_of([one, other]), why)


MEANS = (find_outside, find_beyond_all, find_turned)
