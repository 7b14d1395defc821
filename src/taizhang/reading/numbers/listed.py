"""Totals told by their place: every number of one unit in the sentence, or in the lines above, is a part of it.

The words that close (合计, 共, 加起来, 全学年) or open a list (包括, 分为, a colon, a bracket) differ from author to author;
that the numbers of a sentence are all there is does not. A miss counts only where a slip or a figure of an earlier draft
explains it, and an open list (其中) only where the parts are named alike and leave no room for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.slips import MOST, one_shift, one_slip
from taizhang.reading.numbers.sums import CLASSES, COMPLETE, OVERLAP, added_up, has_pair, parallel

_FIRM = re.compile(
    r"(?:合计|共计|总计|总共|一共|加起来|合起来|相加|(?:[两二三四五六七]|几|以上|上述|各|前后|先后)[^,;。:\d]{0,10}共)[^,;。\d]{0,12}$"
)
_SOFT = re.compile(r"(?:共|累计|总|计(?!划|算机))[^,;。\d]{0,10}$")
_WHOLE_TIME = re.compile(r"全(?:学)?年|两年|[三四五]年|年度|全学期|上半年|下半年|学年")
_TIME = re.compile(
    r"[春夏秋冬]季|[上下]半年|[上下]学期|[一二三四]季度|第[一二]学期|前年|去年|今年|上年|本年|[上本]学年|\d{1,2}月|[上下]旬"
)
_AFRESH = re.compile(r"全[省市县区校国]|各级|其中|目前|现有")
_ALL = re.compile(r"包括|包含|分为|分成|由|分别|分布|构成|组成|按[^,。]{1,8}分")
_OPENER = re.compile(r"其中|当中|包括|包含|含|分为|分成|由|分别(?:是|为)?|即|:|按[^,。]{1,8}分")
_MOVED = re.compile(r"[减增降升缩扩压提][^,;。]{0,3}[到至为成]")
_JOINED = re.compile(r"另|此外|同时|其中|比|较|增|减")
_CLOSE, _DRAFT = Fraction(1, 9), Fraction(1, 3)
_ZERO = Fraction(0)
_LEAST_TELLING = 1000
"""Below this so many sums lie one slip apart that a slip proves nothing about an open list."""


def find_listed(passage: Passage, deltas: frozenset[int], settled: set[int]) -> Iterator[Relation]:
    """Sums of the lists of each sentence and of lines closed by a total, for totals that nobody has judged."""
    for places in passage.sentences.values():
        measured = [place for place in places if passage.items[place].measured and place not in deltas]
        for at, place in enumerate(measured):
            total = passage.items[place]
            if total.begin in settled or total.loose or total.bound or not total.value:
                continue
            items = [passage.items[one] for one in measured]
            relation = (
                _closed(passage, items[:at], total)
                or _stacked(passage, total, items, deltas)
                or _opened(passage, items[at + 1 :], total)
                or _followed(passage, items[at + 1 :], total, deltas)
                or _taken_up(passage, place, deltas)
            )
            if relation is not None:
                settled.add(total.begin)
                yield relation


# --- judging --------------------------------------------------------------------------------------------------------
def _gap(values: Sequence[Fraction]) -> Fraction:
    return sum(values[:-1], _ZERO) - values[-1]


def _fits(parts: Sequence[Item], total: Item) -> bool:
    return _gap([item.value or _ZERO for item in (*parts, total)]) == 0


def _judged(parts: Sequence[Item], total: Item, share: Fraction | None) -> Relation | None:
    """The sum when it fits, is one slip away, or moves within ``share`` of one number; None leaves only the fit."""
    if _fits(parts, total):
        return added_up(parts, total)
    if len(parts) > MOST or any(_fits(parts[first:], total) for first in range(1, len(parts) - 1)):
        return None
    if share is None:
        return None
    slipped = one_slip([*parts, total], lambda values: _gap(values) == 0) if len(parts) < MOST else False
    return added_up(parts, total) if slipped or one_shift([*parts, total], _gap, share) else None


def _listable(passage: Passage, parts: Sequence[Item]) -> bool:
    """Named, exact numbers of a list with nothing in it that speaks of another total."""
    return (
        len(parts) >= 2
        and not any(part.loose or part.bound or not part.value for part in parts)
        and parallel(passage, parts)
    )


def alike(labels: Sequence[str]) -> bool:
    """Do coordinated names cut a whole: 男子组 and 女子组, 小学部 and 初中部, 行政处罚 and 行政强制?"""
    plain = [re.sub(r"^(?:其中|包括|包含|含|有|为|是|[、,和及与:\s])+|[有为是\s]+$", "", label) for label in labels]
    if any(len(label) < 2 or OVERLAP.search(label) for label in plain):
        return _exclusive(labels)
    same = len({label[-1] for label in plain}) == 1 or len({label[:2] for label in plain}) == 1
    return same or _exclusive(labels)


def _exclusive(labels: Sequence[str]) -> bool:
    complete = len(labels) == 2 and any(has_pair(labels, one, other) for one, other in COMPLETE)
    return complete or any(all(row.search(label) for label in labels) for row in CLASSES)


# --- parts in front -------------------------------------------------------------------------------------------------
def _closed(passage: Passage, before: Sequence[Item], total: Item) -> Relation | None:
    """小学…,初中…,加起来…: the run of numbers of the total's unit in front of it."""
    lead = passage.lead(total).strip()
    firm, soft = _FIRM.search(lead), _SOFT.search(lead)
    timed = _WHOLE_TIME.search(lead)
    if not (firm or soft or timed):
        return None
    parts: list[Item] = []
    clause = total.clause
    for item in reversed(before):
        if clause - item.clause > 2:
            break
        if same_unit(item, total):
            if re.search("共|合计|总计|其中", item.label):
                break
            parts.insert(0, item)
        clause = item.clause
    if not _listable(passage, parts) or "其中" in passage.text[parts[0].stop : total.begin]:
        return None
    in_time = bool(timed) and all(_TIME.search(part.name) for part in parts)
    if not (firm or soft or in_time):
        return None
    if in_time or (firm and not _AFRESH.search(lead)):
        return _judged(parts, total, _DRAFT)
    related = any(set(_words(part.label)) & set(_words(total.label)) for part in parts)
    whole = len(parts) == sum(same_unit(item, total) for item in before)
    steady = not _AFRESH.search(lead) and (related or total.unit not in ("人", "个"))
    return _judged(parts, total, _CLOSE if steady and whole else None)


def _words(label: str) -> str:
    return re.sub(r"[共有累计总数额量达为是到约\s、,和及与其]", "", label)


# --- parts in the lines above ----------------------------------------------------------------------------------------
_LINE_TOTAL = re.compile(
    r"[。;\n]\s*(?:[一-鿿\d、.()]{0,6}?)(?:以上|上述|[两二三四五六七]|各|[一-鿿]{0,4})(?:[^,;。\d]{0,6})(?:合计|总计|共计|共)[^,;。\d\n]{0,10}$"
)


def _stacked(passage: Passage, total: Item, own: Sequence[Item], deltas: frozenset[int]) -> Relation | None:
    """Lines or sentences with one number each, closed by a line or sentence that is the total."""
    lead = passage.text[max(0, total.begin - 30) : total.begin]
    if not _LINE_TOTAL.search(lead) or sum(same_unit(item, total) for item in own) != 1:
        return None
    parts: list[Item] = []
    for sentence in range(total.sentence - 1, max(total.sentence - MOST - 6, -1), -1):
        row = [
            passage.items[place]
            for place in passage.sentences.get(sentence, ())
            if place not in deltas and passage.items[place].measured
        ]
        row = [item for item in row if same_unit(item, total)]
        if not row and not _blank(passage, total, sentence):
            break
        if any(re.search("合计|总计|共计|其中|共", item.label) for item in row) or (len(row) > 1 and parts):
            break
        parts[:0] = row
        if len(row) > 1:
            break
    if not _listable(passage, parts) or _AFRESH.search(lead.rpartition("\n")[2]):
        return None
    return _judged(parts, total, _CLOSE)


def _blank(passage: Passage, total: Item, sentence: int) -> bool:
    """Is there nothing but space in a sentence (the line behind a full stop)?"""
    return not passage.sentence_text(sentence).strip("。\n \t")


# --- parts behind ---------------------------------------------------------------------------------------------------
def _run_behind(passage: Passage, behind: Sequence[Item], total: Item) -> tuple[list[Item], str]:
    """The numbers of the total's unit that follow on its level, and what opens them."""
    text, parts, last = passage.text, [], total
    depth = listed = 0
    gap = ""
    for item in behind:
        step = text[last.stop : item.begin]
        depth += step.count("(") - step.count(")")
        if parts and depth < listed:
            break
        if parts and depth > listed:
            last = item
            continue
        if not same_unit(item, total):
            break
        if not parts:
            gap, listed = step, depth
        elif _taken(step, parts) or _JOINED.search(step) or re.search("共|合计|总", step):
            break
        parts.append(item)
        last = item
    return parts, gap


def _taken(step: str, parts: Sequence[Item]) -> bool:
    """Does a new list begin here, of one of the parts (;人员经费中基本工资…)?"""
    stems = [_stem(part) for part in parts]
    return any(stem and re.search(rf"(?:[,;。:(]|其中)\s*{re.escape(stem)}", step) for stem in stems)


def _stem(part: Item) -> str:
    name = re.sub(r"^(?:其中|包括|包含|含|分为|和|及|与|、|由|有|[:\s])+|[有为是\s]+$", "", part.name)
    return name[:3] if len(name) >= 2 else ""


def _opened(passage: Passage, behind: Sequence[Item], total: Item) -> Relation | None:
    """…册:纸质…册,电子…册; (初中…人、高中…人); 教师…人,后勤…人."""
    parts, gap = _run_behind(passage, behind, total)
    if not _listable(passage, parts) or _MOVED.search(parts[-1].label) or re.search("[。]", gap):
        return None
    opener = _OPENER.search(gap)
    labels = [part.name for part in parts]
    if "其中" in gap or "当中" in gap or not (opener or "(" in gap):
        return _open_list(parts, total, labels, bool(opener))
    if any(OVERLAP.search(label) for label in labels) and not _exclusive(labels) and not _ALL.search(gap):
        return _judged(parts, total, None)
    firm = _ALL.search(gap) or gap.strip().endswith((":", "("))
    return _judged(parts, total, _DRAFT if firm else _CLOSE)


def _open_list(parts: Sequence[Item], total: Item, labels: Sequence[str], opened: bool) -> Relation | None:
    """A list that others may follow: named alike, and beyond the whole or too near it to leave room for one more."""
    if _fits(parts, total):
        return added_up(parts, total) if opened or alike(labels) else None
    if not alike(labels):
        return None
    values = [part.value or _ZERO for part in parts]
    gap = (total.value or _ZERO) - sum(values, _ZERO)
    over = gap < 0 and max(values) <= (total.value or _ZERO)
    near = 0 < gap * 10 <= (total.value or _ZERO) and gap < min(values)
    telling = (total.value or _ZERO) >= _LEAST_TELLING and _exclusive(labels)
    return _judged(parts, total, _CLOSE) if over or near or telling else None


_NEXT = re.compile(r"\s*(?:其中|当中|包括|按[^,。]{1,8}[分看]|从[^,。]{1,10}[看说]|具体)[^,;。\d]{0,6}?[:,]?")


def _followed(passage: Passage, behind: Sequence[Item], total: Item, deltas: frozenset[int]) -> Relation | None:
    """…起。按来源分,电话…起,网络…起: the sentence behind the total is its list."""
    if any(same_unit(item, total) for item in behind):
        return None
    begin = passage.next_sentence(total)
    opened = _NEXT.match(passage.text, begin)
    if opened is None:
        return None
    places = passage.sentences.get(passage.sentence_at(begin), ())
    rest = [passage.items[place] for place in places if place not in deltas and passage.items[place].measured]
    parts, _ = _run_behind(passage, rest, total)
    if not _listable(passage, parts):
        return None
    labels = [part.name for part in parts]
    if "其中" in opened.group() or "当中" in opened.group():
        return _open_list(parts, total, labels, True)
    return _judged(parts, total, _CLOSE)


# --- a member taken up again ----------------------------------------------------------------------------------------
_TAKES = re.compile(r"[^,;。:\d]{0,12}?(?:中|里|内|包括|包含|分为|分|其中|:|,|，)?[^,;。\d]{0,8}$")


def _taken_up(passage: Passage, index: int, deltas: frozenset[int]) -> Relation | None:
    """…小学部934人…。小学部低年级559人、高年级375人: a later clause begins with a member's name and parts it."""
    total = passage.items[index]
    stem = _stem(total)
    if not stem:
        return None
    opened = re.compile(rf"(?:[,;。:\n]|其中)\s*{re.escape(stem)}").search(passage.text, total.stop, total.stop + 100)
    if opened is None or passage.text.count("\n", total.stop, opened.end()) > 0:
        return None
    parts: list[Item] = []
    for place in range(index + 1, min(index + 12, len(passage.items))):
        item = passage.items[place]
        if item.begin < opened.end():
            continue
        if (
            re.search("[。;\n]", passage.text[opened.end() : item.begin])
            or not same_unit(item, total)
            or place in deltas
        ):
            break
        parts.append(item)
    if not _listable(passage, parts) or passage.text.count("。", total.stop, opened.end()) > 1:
        return None
    labels = [part.name.replace(stem, "") or part.name for part in parts]
    if parts[0].value == total.value:
        return None
    firm = _ALL.search(passage.text[opened.end() : parts[0].begin])
    if firm or alike(labels):
        return _judged(parts, total, _CLOSE)
    return _judged(parts, total, None)
