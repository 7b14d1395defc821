"""Totals told by their place: every number of one unit in the sentence, or in the lines above, is a part of it.

The words that close (合计, 共, 加起来, 全学年) or open a list (包括, 分为, a colon, a bracket) differ from author to author;
that the numbers of a sentence are all there is does not. A miss counts only where a slip or a figure of an earlier draft
explains it, and an open list (其中) only where the parts are named alike and leave no room for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import step
from taizhang.reading.numbers.partition import TRIM, alike, complete, exclusive, peers, rest_named
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.settled import Settled
from taizhang.reading.numbers.slips import MOST, one_shift, one_slip
from taizhang.reading.numbers.sums import OVERLAP, added_up, of_another, parallel

_FIRM = re.compile(
    r"(?:合计|共计|总计|总共|一共|加起来|合起来|相加|(?:[两二三四五六七]|几|以上|上述|各|前后|先后)[^,;。:\d]{0,10}共)[^,;。\d]{0,12}$"
)
_SOFT = re.compile(r"(?:共|累计|总|计(?!划|算机)|惠及|受益|受惠|覆盖)[^,;。\d]{0,10}$")
_WHOLE_TIME = re.compile(r"全(?:学)?年|两年|[三四五]年|年度|全学期|上半年|下半年|学年")
_TIME = re.compile(
    r"[春夏秋冬]季|[上下]半年|[上下]学期|[一二三四]季度|第[一二]学期|前年|去年|今年|上年|本年|[上本]学年|\d{1,2}月|[上下]旬"
)
_AFRESH = re.compile(r"全[省市县区校国]|各级|其中|目前|现有")
_ALL = re.compile(r"包括|包含|分为|分成|由|分别|分布|构成|组成|按[^,。]{1,8}分")
_OPENER = re.compile(r"其中|当中|包括|包含|含|分为|分成|由|分别(?:是|为)?|即|:|按[^,。]{1,8}分")
_SPLIT = re.compile(r"[分按从][^,。]{0,6}[看分别],|划分|分别")
_MOVED = re.compile(r"[减增降升缩扩压提][^,;。]{0,3}[到至为成]")
_JOINED = re.compile(r"另|此外|同时|其中|比|较|增|减")
_CLOSE, _DRAFT = Fraction(1, 9), Fraction(1, 3)
_ZERO = Fraction(0)
_TELLING = 5000
"""Below so many units of the last digit, so many sums lie one slip apart that a slip proves nothing."""
_SLIP = Fraction(0)


def find_listed(passage: Passage, deltas: frozenset[int], settled: Settled) -> Iterator[Relation]:
    """Sums of the lists of each sentence and of lines closed by a total, for totals that nobody has judged."""
    for places in passage.sentences.values():
        lists = list(_lists(passage, places, deltas, settled))
        for finder in (_closed, _stacked, _opened, _followed, _taken_up):
            for one in lists:
                relation = None if one.total.begin in settled else finder(one)
                if relation is not None:
                    settled.enter(passage, relation)
                    yield relation


def _lists(passage: Passage, places: Sequence[int], deltas: frozenset[int], settled: Settled) -> Iterator[_List]:
    """Every exact number of a sentence that may be a total, with those around it."""
    measured = [passage.items[place] for place in places if passage.items[place].measured and place not in deltas]
    for at, total in enumerate(measured):
        if not (total.loose or total.bound) and total.value:
            first = max(0, at - WINDOW)
            yield _List(passage, measured[first : at + WINDOW], at - first, deltas, settled.parts)


WINDOW = 16
"""A list has no more members: in a sentence without stops the cost must not grow with its length."""


@dataclass(frozen=True, slots=True)
class _List:
    """A number that may be a total, among the measured ones of its sentence."""

    passage: Passage
    items: Sequence[Item]
    at: int
    deltas: frozenset[int]
    parts: set[int]
    """Where the parts of sums begin that are judged."""

    @property
    def total(self) -> Item:
        return self.items[self.at]

    @property
    def before(self) -> Sequence[Item]:
        return self.items[: self.at]

    @property
    def behind(self) -> Sequence[Item]:
        return self.items[self.at + 1 :]

    def measured(self, sentence: int) -> list[Item]:
        """The numbers of another sentence that may be added."""
        places = self.passage.sentences.get(sentence, ())
        return [
            self.passage.items[place]
            for place in places[: 2 * WINDOW]
            if place not in self.deltas and self.passage.items[place].measured
        ]


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
    if any(_fits(parts[:last], total) for last in range(2, len(parts))):
        return None  # 普通类6190人——物理类3589人、历史类2601人,艺体类400人: the list ends earlier
    if share is None:
        return None
    slipped = one_slip([*parts, total], _gap) if len(parts) < MOST else False
    return added_up(parts, total) if slipped or one_shift([*parts, total], _gap, share) else None


def _listable(passage: Passage, parts: Sequence[Item]) -> bool:
    """Named, exact numbers of a list with nothing in it that speaks of another total."""
    return (
        len(parts) >= 2
        and not any(part.loose or part.bound or not part.value for part in parts)
        and parallel(passage, parts)
    )


def _telling(parts: Sequence[Item], total: Item) -> bool:
    """Have the numbers so many digits that no stranger would come within one slip of their sum?"""
    grain = min(step(item) for item in (*parts, total))
    return (total.value or _ZERO) >= _TELLING * grain


# --- parts in front -------------------------------------------------------------------------------------------------
def _closed(one: _List) -> Relation | None:
    """小学…,初中…,加起来…: the run of numbers of the total's unit in front of it."""
    passage, total, before = one.passage, one.total, one.before
    if len(before) < 2:
        return None
    lead = passage.lead(total).strip()
    firm, soft = _FIRM.search(lead), _SOFT.search(lead)
    timed = _WHOLE_TIME.search(lead)
    parts: list[Item] = []
    clause, nested = total.clause, False
    for item in reversed(before):
        if clause - item.clause > 2:
            break
        if item.begin in one.parts:  # 研究生32人,其中博士2人、硕士30人;毕业生68人: those of the 32 are added already
            nested = True
        elif same_unit(item, total):
            if re.search("共(?![向对给为同享建])|合计|总计|其中", item.label):
                break
            parts.insert(0, item)
        clause = item.clause
    if not _listable(passage, parts) or ("其中" in passage.text[parts[0].stop : total.begin] and not nested):
        return None
    in_time = bool(timed) and all(_TIME.search(part.name) for part in parts)
    whole = len(parts) == sum(same_unit(item, total) for item in one.items) - 1
    labels = [part.name for part in parts]
    largest = max(part.value or _ZERO for part in parts)
    if whole and rest_named(labels) and largest < (total.value or _ZERO):
        return _judged(parts, total, _CLOSE)
    if not (firm or soft or in_time):
        plain = whole and _telling(parts, total) and not _JOINED.search(passage.text[parts[0].stop : total.begin])
        last = largest < (total.value or _ZERO) and not _fits(parts, total)
        return _judged(parts, total, _SLIP) if plain and last and alike(labels) else None
    if in_time or (firm and not _AFRESH.search(lead)):
        return _judged(parts, total, _DRAFT)
    related = any(set(_words(part.label)) & set(_words(total.label)) for part in parts)
    if (
        soft
        and whole
        and largest < (total.value or _ZERO)
        and alike(labels)
        and _SPLIT.search(_start(passage, parts[0]))
    ):
        return _judged(parts, total, _CLOSE)
    steady = not _AFRESH.search(lead) and (related or exclusive(labels) or total.unit not in ("人", "个"))
    return _judged(parts, total, _CLOSE if steady and whole else None)


def _start(passage: Passage, first: Item) -> str:
    """The sentence up to its first part."""
    return passage.sentence_text(first.sentence)[: first.begin - passage.sentence_begin(first.sentence)]


def _words(label: str) -> str:
    return re.sub(r"[共有累计总数额量达为是到约\s、,和及与其]", "", label)


# --- parts in the lines above ----------------------------------------------------------------------------------------
_LINE_TOTAL = re.compile(
    r"[。;\n]\s*(?:[一-鿿\d、.()]{0,6}?)(?:以上|上述|[两二三四五六七]|各|[一-鿿]{0,4})(?:[^,;。\d]{0,6})(?:合计|总计|共计|共)[^,;。\d\n]{0,10}$"
)


def _stacked(one: _List) -> Relation | None:
    """Lines or sentences with one number each, closed by a line or sentence that is the total."""
    passage, total = one.passage, one.total
    lead = passage.text[max(0, total.begin - 30) : total.begin]
    if "共" not in lead and "计" not in lead:
        return None
    if not _LINE_TOTAL.search(lead) or sum(same_unit(item, total) for item in one.items) != 1:
        return None
    parts: list[Item] = []
    for sentence in range(total.sentence - 1, max(total.sentence - MOST - 6, -1), -1):
        row = [item for item in one.measured(sentence) if same_unit(item, total)]
        if not row and not _blank(passage, sentence):
            break
        if any(re.search("合计|总计|共计|其中|共", item.label) for item in row) or (len(row) > 1 and parts):
            break
        parts[:0] = row
        if len(row) > 1:
            break
    names = [_line_of(passage, part) for part in parts]
    plain = len(parts) > 1 and all(names) and len(set(names)) == len(names)
    if not plain or any(part.loose or part.bound for part in parts) or _AFRESH.search(re.split("[。\n]", lead)[-1]):
        return None
    return _judged(parts, total, _DRAFT)


def _line_of(passage: Passage, item: Item) -> str:
    """What stands in front of a number in its line: its name, even where a colon cuts it (项目:小学 数量:55所)."""
    start = max(passage.text.rfind(sign, max(0, item.begin - 60), item.begin) for sign in "。;\n") + 1
    return passage.text[max(start, item.begin - 60) : item.begin].strip()


def _blank(passage: Passage, sentence: int) -> bool:
    """Is there nothing but space in a sentence (the line behind a full stop)?"""
    return not passage.sentence_text(sentence).strip("。\n \t")


# --- parts behind ---------------------------------------------------------------------------------------------------
def _run_behind(passage: Passage, behind: Sequence[Item], total: Item) -> tuple[list[Item], str]:
    """The numbers of the total's unit that follow on its level, and what opens them."""
    text, last = passage.text, total
    parts: list[Item] = []
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
            if re.search(r"\d[^()]{0,4}\([^()]*$", step):
                break  # 必修64(师德24…): the bracket belongs to a number that is no measure
            gap, listed = step, depth
        elif _taken(step, parts) or _JOINED.search(step) or re.search("共|合计|总", step):
            break
        parts.append(item)
        last = item
    return parts, gap


def _taken(step: str, parts: Sequence[Item]) -> bool:
    """Does a new list begin here, of one of the parts (;人员经费中基本工资…)?"""
    return any(_begins(step, _stem(part), 0, len(step)) >= 0 for part in parts)


def _begins(text: str, stem: str, start: int, stop: int) -> int:
    """Where a clause begins with a stem (behind its end), or -1. No pattern is compiled: stems are as many as numbers."""
    place = text.find(stem, start, stop) if stem else -1
    while place >= 0:
        before = text[start:place].rstrip()
        if before.endswith(_STOPS):
            return place + len(stem)
        place = text.find(stem, place + 1, stop)
    return -1


_STOPS = (",", ";", "。", ":", "(", "\n", "其中")


def _stem(part: Item) -> str:
    name = re.sub(r"^(?:其中|包括|包含|含|分为|和|及|与|、|由|有|[:\s])+|[有为是\s]+$", "", part.name)
    return name[:3] if len(name) >= 2 else ""


def _opened(one: _List) -> Relation | None:
    """…册:纸质…册,电子…册; (初中…人、高中…人); 教师…人,后勤…人."""
    passage, total = one.passage, one.total
    parts, gap = _run_behind(passage, one.behind, total)
    if not _listable(passage, parts) or _MOVED.search(parts[-1].label):
        return None
    labels = [part.name for part in parts]
    opened = _OPENER.search(gap)
    if opened and of_another(passage, total, gap[: opened.start()]):
        return None
    if "其中" in gap or "当中" in gap:
        return _open_list(passage, parts, total)
    if not (opened or "(" in gap):
        # 职工…人,教师…人,后勤…人: a miss only, and no list whose members are parts themselves.
        bare = total.begin not in one.parts and not gap.strip().startswith("、") and alike(labels)
        bare = bare and not peers(total.name, labels)
        sure = (
            _between(parts, total)
            and (total.value or _ZERO) >= 100
            and not any(re.search("办结|在办|整改", label) for label in labels)
        )
        return _judged(parts, total, _SLIP) if bare and sure and not _fits(parts, total) else None
    if "(" in gap and any(OVERLAP.search(label) for label in labels) and not exclusive(labels):
        return _judged(parts, total, None)
    firm = _ALL.search(gap) or ":" in gap or "(" in gap
    return _judged(parts, total, _DRAFT if firm else _CLOSE)


def _between(parts: Sequence[Item], total: Item) -> bool:
    """Is the total above each part and near their sum?"""
    values = [part.value or _ZERO for part in parts]
    whole = total.value or _ZERO
    return max(values) < whole and abs(sum(values, _ZERO) - whole) * 3 <= whole


def _open_list(passage: Passage, parts: Sequence[Item], total: Item) -> Relation | None:
    """A list that others may follow: complete by its names, or beyond the whole, or too near to leave room for one more."""
    labels = [TRIM.sub("", part.name) for part in parts]
    if _fits(parts, total):
        return added_up(parts, total)
    if re.match(r"[,;]\s*(?:另|此外|还|其余)", passage.text[parts[-1].stop :][:6]):
        return None
    if not alike(labels):
        fine = (total.value or _ZERO) >= _FINE * min(step(item) for item in (*parts, total))
        overlaps = any(OVERLAP.search(label) for label in labels)
        return (
            _judged(parts, total, _SLIP)
            if fine and not overlaps and max(part.value or _ZERO for part in parts) < (total.value or _ZERO)
            else None
        )
    return _left_open(parts, total, labels)


_FINE = 20_000
"""With so many units of the last digit only one open list in hundreds lies a slip from its total by chance."""


def _left_open(parts: Sequence[Item], total: Item, labels: Sequence[str]) -> Relation | None:
    """A list whose names are alike or fine figures: what would a miss say?"""
    values = [part.value or _ZERO for part in parts]
    whole = total.value or _ZERO
    gap = whole - sum(values, _ZERO)
    if complete(labels):
        return _judged(parts, total, _DRAFT)
    over = gap < 0 and max(values) <= whole
    near = len(parts) > 2 and 0 < gap * 10 <= whole and gap < min(values)
    return _judged(parts, total, _CLOSE) if over or near else None


_NEXT = re.compile(r"\s*(?:其中|当中|包括|按[^,。]{1,8}[分看]|从[^,。]{1,10}[看说]|具体)[^,;。\d]{0,6}?[:,]?")


def _followed(one: _List) -> Relation | None:
    """…起。按来源分,电话…起,网络…起: the sentence behind the total is its list."""
    passage, total = one.passage, one.total
    if any(same_unit(item, total) for item in one.behind):
        return None
    begin = passage.next_sentence(total)
    opened = _NEXT.match(passage.text, begin)
    if opened is None:
        return None
    parts, _ = _run_behind(passage, one.measured(passage.sentence_at(begin)), total)
    if not _listable(passage, parts):
        return None
    if "其中" in opened.group() or "当中" in opened.group():
        return _open_list(passage, parts, total)
    return _judged(parts, total, _DRAFT)


# --- a member taken up again ----------------------------------------------------------------------------------------
def _taken_up(one: _List) -> Relation | None:
    """…小学部934人…。小学部低年级559人、高年级375人: a later clause begins with a member's name and parts it."""
    passage, total, deltas = one.passage, one.total, one.deltas
    index = passage.place(total)
    stem = _stem(total)
    if not stem:
        return None
    behind = _begins(passage.text, stem, total.stop, total.stop + 100)
    if behind < 0 or passage.text.count("\n", total.stop, behind) > 0:
        return None
    parts: list[Item] = []
    for place in range(index + 1, min(index + 12, len(passage.items))):
        item = passage.items[place]
        if item.begin < behind:
            continue
        if re.search("[。;\n]", passage.text[behind : item.begin]) or not same_unit(item, total) or place in deltas:
            break
        parts.append(item)
    if not _listable(passage, parts) or passage.text.count("。", total.stop, behind) > 1:
        return None
    labels = [part.name.replace(stem, "") or part.name for part in parts]
    if parts[0].value == total.value:
        return None
    firm = _ALL.search(passage.text[behind : parts[0].begin])
    if firm or alike(labels):
        return _judged(parts, total, _CLOSE)
    return _judged(parts, total, _SLIP if _telling(parts, total) and _between(parts, total) else None)
