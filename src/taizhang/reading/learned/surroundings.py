"""What stands around the numbers of a passage, remembered: each is looked at many times."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from taizhang.reading.learned.arithmetic import Figure
from taizhang.reading.learned.contrasts import contrasted
from taizhang.reading.numbers.comparisons import run_of
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.shares import LIMIT

Read = TypeVar("Read")

LEVELS = frozenset({"count", "amount", "area", "length", "money", "duration", "score"})
"""Kinds of numbers that are so much of something."""
ALIGNED = 6
"""Of a line the first so many numbers are looked at as a column's."""
ASKED = 12
"""Among so many numbers in front, and half as many behind, one answers best to what is said;"""
FAR, MEANT = 80, 3
"""So many numbers in front a whole may stand; so many of them may be meant without a name."""
# Words of one meaning weigh as one: a text rarely repeats the word that was learned from.
_CLASSES = tuple(
    (sign, re.compile(words))
    for sign, words in {
        "U": "增长|增加|上升|提高|提升|[新净递激陡]增|增|多|涨|扩大|高出|上涨|攀升|超出|上扬|上行|走高|攀高|拉升|抬升|抬高|飙升|蹿|跃升|升高|升|扩容|扩|壮大|加快",
        "D": "下降|减少|降低|减|少|缩|降|回落|压减|下滑|低|下行|走低|下挫|滑落|萎缩|收窄|跌|回调|削|流失|退|砍|压缩|压降|递减|锐减|骤减|收缩",
        "P": "上年|去年|同期|上期|前年|原|此前|年初|上月|上季|期初|基期|上学年|上次|上一|往年|改造前|从|由|自|前一|先前|之前|以前|过去|昔|旧|往届|上届|前次|前期|年前|起初|当初|基数|基准|建校时|开工前|治理前|整治前|试运行|首月|首届|初期",
        "S": "占|比重|比例|份额|相当于|折合|比率|百分比|分量|所占|构成",
        "R": "率|度|面$|比$",
        "T": "共|总|合计|累计|全部|一共|全[县市区校体年省镇乡部]|各|合|汇总|加总|相加|加起来|之和|总和|拢共|通共|统共|合起来|算上|小计|计$",
        "I": "其中|包括|含|内|里|当中|中间|之中|分别是|分为|分成|构成",
        "E": "均|每|平摊|分摊|摊到",
        "M": "倍|翻",
        "L": "计划|任务|目标|预算|应|下达|指标|核定|批复|需|额定|申报|概算|定额|编制|限额|名额|额度|拟|原定|预定|安排|应到|应还|应缴",
        "O": "完成|实际|已|实|到位|落实|支出|执行|达标|合格|通过|兑现|办结|化解|销号|整改|结案|解决|发放|拨付|到账|到岗|到校|录取|报到|缴纳|检出|查实|采纳|使用|投用|入住|接入|签约|参保|参加|参与",
        "X": "其余|剩余|余|尚|未|还有|另|其他|其它|仍|不|结余|结存|剩|空缺|空余|闲置|待|欠|逾期|没有",
        "C": "相差|差距|相比|比|较|多于|净|差|缺口|同比|环比|之差|高于|低于|少于|不及",
        "Q": "分别|依次|各为|各占",
        "N": "现|目前|今年|本年|本学期|达到|达|增至|升至|降至|减至|到|截至|截止|当年|年末|期末|本期|本月|本届|这次|此次|如今|眼下|扩至|缩至|变为|变成|改造后|治理后|整治后|末月",
    }.items()
)
_NOT_HAN = re.compile(r"[^一-鿿]")
_CLAUSE = re.compile(r"[,;。:()、\n]")
_WANTED = re.compile(
    r"(?:占|相当于|完成|是|为|达到?|超)([^,;。:()占\d]{1,16}?)的?(?:比例|比重|份额|百分比|百分之)?(?:约|近|达|为|了|仅|高达|只有)*$"
)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one number. ``wanted`` is what a share is called a share of, as far as it is said; ``own`` are the words of what
    it is said of in its own clause (女教师占54.6%: 女教师); ``stem`` is what a rate is called by (合格率: 合格)."""

    label: str
    after: str
    pairs: AbstractSet[str]
    classes: str
    last: str
    lead: str
    wanted: str
    sign: str
    own: AbstractSet[str]
    stem: AbstractSet[str]


class Surroundings:
    """The numbers of a passage with the words around them."""

    def __init__(self, passage: Passage, deltas: frozenset[int]) -> None:
        self.passage, self.items, self.deltas = passage, passage.items, deltas
        self.levels = [place for place, item in enumerate(self.items) if is_level(item) and not self._bounds(item)]
        self._held = frozenset(self.levels)
        self._ranks: dict[int, tuple[int, int]] = {}
        self._depths: list[int] | None = None
        self._words: dict[int, Words] = {}
        self._figures: dict[int, Figure] = {}
        self._contrasts: dict[int, Mapping[int, str]] = {}
        self._read_once: dict[tuple[Callable[..., object], tuple[int, ...]], object] = {}
        self._kin: dict[tuple[str, str], list[int]] = {}
        self._bests: dict[int, list[tuple[AbstractSet[str], int, int]]] = {}

    def _bounds(self, item: Item) -> bool:
        """5人进入全省前100名, 56人以上大班额: a rank, and what limits those that are told of, is nobody's part."""
        ranked = self.passage.text.endswith("前", 0, item.begin)
        return item.kind == "count" and (ranked or LIMIT.match(self.passage.text, item.stop) is not None)

    def words(self, place: int) -> Words:
        """The words around a number."""
        found = self._words.get(place)
        if found is None:
            found = self._words[place] = self._read(self.items[place])
        return found

    def contrasts(self, place: int) -> Mapping[int, str]:
        """By which words a number may be told apart from others."""
        found = self._contrasts.get(place)
        if found is None:
            said = self.words(place)
            found = self._contrasts[place] = contrasted(f"{said.label},{said.after}")
        return found

    def figure(self, place: int) -> Figure:
        """A number for the arithmetic."""
        found = self._figures.get(place)
        if found is None:
            found = self._figures[place] = Figure.of(self.items[place])
        return found

    def has_level(self, place: int) -> bool:
        """Is the number at a place so much of something?"""
        return place in self._held

    def depth(self, place: int) -> int:
        """In how many brackets a number stands."""
        if self._depths is None:
            self._depths, opened, last = [], 0, 0
            for item in self.items:
                between = self.passage.text[last : item.begin]
                opened = max(0, opened + between.count("(") - between.count(")"))
                if "\n" in between:
                    opened = 0
                self._depths.append(opened)
                last = item.begin
        return self._depths[place]

    def rank(self, place: int) -> tuple[int, int]:
        """The how manieth a number is of those that 和 or 、 alone join to it, and of how many."""
        found = self._ranks.get(place)
        if found is None:
            run = run_of(self.passage, place)
            for order, one in enumerate(run):
                self._ranks[one] = (order, len(run))
            found = self._ranks[place]
        return found

    def stands(self, place: int) -> bool:
        """Does a level open its paragraph for its unit, or top all before it there?"""
        at = bisect_left(self._wholes, place)
        return at < len(self._wholes) and self._wholes[at] == place

    def standing(self, end: int, fitting: Callable[[int], bool]) -> list[int]:
        """The nearest such levels before a place that fit, and the largest of them: that of all the report."""
        wholes = self._wholes[bisect_left(self._wholes, end - FAR) : bisect_left(self._wholes, end)]
        found = [one for one in reversed(wholes) if fitting(one)]
        most = max(found[MEANT:], key=lambda one: self.items[one].rough, default=None)
        return found[:MEANT] if most is None else [*found[:MEANT], most]

    @cached_property
    def _wholes(self) -> list[int]:
        """The levels that open their paragraph for their unit, or top all of it before them there."""
        found: list[int] = []
        tops: list[Item] = []
        for place in self.levels:
            item = self.items[place]
            if tops and item.paragraph != tops[0].paragraph:
                tops = []
            kin = next((at for at, one in enumerate(tops) if same_unit(one, item)), None)
            if kin is not None and tops[kin].rough >= item.rough:
                continue
            if kin is None:
                tops.append(item)
            else:
                tops[kin] = item
            if place not in self.deltas:
                found.append(place)
        return found

    def rows(self, place: int, on: int) -> Iterator[list[int]]:
        """The levels of a number's unit in each sentence and each division of one so near, changes not among them, but for its own."""
        item = self.items[place]
        for rows, at in zip(self._rows[:2], (item.sentence, self._divisions[place]), strict=True):
            for other in range(at - on, at + on + 1):
                if other != at and (other, item.unit) in rows:
                    yield rows[other, item.unit]

    def fills(self, parts: Sequence[int]) -> str:
        """Are these all levels of their unit in their division of a sentence, and all of the sentence?"""
        item = self.items[parts[0]]
        places = (item.sentence, self._divisions[parts[0]])
        rows = zip(self._rows[:2], places, strict=True)
        return "".join(str(int(found.get((at, item.unit)) == [*parts])) for found, at in rows)

    @cached_property
    def _rows(self) -> tuple[dict[tuple[int, str], list[int]], ...]:
        """The levels of each unit by sentences, by divisions and by paragraphs."""
        found: tuple[dict[tuple[int, str], list[int]], ...] = ({}, {}, {})
        for place in self.levels:
            if place not in self.deltas:
                item = self.items[place]
                for rows, at in zip(found, (item.sentence, self._divisions[place], item.paragraph), strict=True):
                    rows.setdefault((at, item.unit), []).append(place)
        return found

    @cached_property
    def _divisions(self) -> list[int]:
        """In which division of a sentence every number stands: 按性别分,男…女…;按学历分,研究生…."""
        found, last = [0], 0
        for item in self.items:
            found.append(found[-1] + bool(_DIVIDES.search(self.passage.text, last, item.begin)))
            last = item.stop
        return found[1:]

    def names(self, place: int) -> list[str]:
        """By what the members of a list would be known: 在校生60人, 60个项目, the second number of every line."""
        said, item = self.words(place), self.items[place]
        found = [f"{said.label[-length:]}|" for length in (2, 4) if len(said.label) >= length]
        if _STOCK.search(said.label):
            found.append("在")  # 在园幼儿, 在校生
        if len(said.after) > 1:
            found.append(f"|{said.after[:2]}")
        places = (item.sentence, self._divisions[place], item.paragraph)
        for sign, rows, at in zip("sdp", self._rows, places, strict=True):
            row = rows[at, item.unit][:ALIGNED]
            if place in row:
                found.append(f"{sign}{row.index(place)}{item.unit}")
        return found

    def called(self, name: str) -> list[int]:
        """The levels of such a name."""
        return self._called.get(name, [])

    @cached_property
    def _called(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place in self.levels:
            for name in self.names(place) if place not in self.deltas else ():
                found.setdefault(name, []).append(place)
        return found

    def meant(self, place: int, operand: int) -> str:
        """How well a number answers to what is said around a result, beside all numbers near it: to what it is called a share of, to what it
        is said of in its own clause, to all its words, to what a rate is called by. Each is ``b`` for the best, ``e`` for one of the best, ``w`` for a worse one, ``n`` where it
        answers to nothing and others do, ``-`` where nobody does."""
        bests = self._bests.get(place)
        if bests is None:
            bests = self._bests[place] = self._best(place)
        said = self.words(operand).pairs
        return "".join([_answer(len(wanted & said), most, how_many) for wanted, most, how_many in bests])

    def once(self, read: Callable[..., Read], *places: int) -> Read:
        """What is read of numbers at places, remembered: it is asked for under every kind."""
        found = self._read_once.get((read, places))
        if found is None:
            found = self._read_once[read, places] = read(self, *places)
        return cast(Read, found)

    def _best(self, place: int) -> list[tuple[AbstractSet[str], int, int]]:
        """What is asked for, how many pairs of characters of it the best number near has, and how many such numbers there are."""
        asked = self.words(place)
        names = [
            self.words(one).pairs for one in self.levels_in(max(0, place - ASKED), place + ASKED // 2) if one != place
        ]
        found = []
        for wanted in (pairs_in(asked.wanted), asked.own, asked.pairs, asked.stem):
            answers = [len(wanted & name) for name in names] or [0]
            most = max(answers)
            found.append((wanted, most, answers.count(most)))
        return found

    def levels_in(self, first: int, end: int) -> list[int]:
        """The levels from one place to another, the end not among them."""
        return self.levels[bisect_left(self.levels, first) : bisect_left(self.levels, end)]

    def between(self, one: int, other: int) -> int:
        """How many levels of the same unit as ``one`` stand between two numbers."""
        first, last = min(one, other), max(one, other)
        kin = self._levels_of(self.items[one])
        return max(0, bisect_left(kin, last) - bisect_left(kin, first + 1))

    def _levels_of(self, item: Item) -> list[int]:
        """The levels of the same unit as a number."""
        found = self._kin.get((item.unit, item.kind))
        if found is None:
            found = [place for place in self.levels if same_unit(self.items[place], item)]
            self._kin[item.unit, item.kind] = found
        return found

    def _read(self, item: Item) -> Words:
        label = _NOT_HAN.sub("", item.label or item.name)[-14:]
        after = _NOT_HAN.sub("", _CLAUSE.split(item.after)[0])[:8]
        lead = self.passage.lead(item)[-24:]
        wanted = _WANTED.search(lead.rstrip())
        return Words(
            label,
            after,
            pairs_in(label) | pairs_in(after),
            classes(label),
            _last_class(label),
            classes(lead),
            _NOT_HAN.sub("", wanted[1]) if wanted else "",
            self.passage.text[item.begin - 1 : item.begin],
            pairs_in(_own(label)),
            frozenset(_STEM.findall(label)[-1:]),
        )


def _answer(mine: int, most: int, how_many: int) -> str:
    if not mine:
        return "n" if most else "-"
    return ("b" if mine > most or how_many == 1 else "e") if mine >= most else "w"


_STEM = re.compile("([一-鿿]{2})[率度面]")
_DIVIDES = re.compile(r"[;。!?\n]|[按从分][^,;。\d]{1,10}[分看]")
_STOCK = re.compile("在[校园读籍册]")
_TAIL = re.compile(
    r"(?:占|达|为|是|比|较|同比|环比|增|减|上升|下降|提高|降低|超过|完成|共|有|分别|其中|约|近|均|只|仅).*$"
)


def _own(label: str) -> str:
    """What a number's own clause speaks of, without the words that lead to the number."""
    return _TAIL.sub("", label)


def is_level(item: Item) -> bool:
    """Is this so much of something, and more than nothing?"""
    return item.kind in LEVELS and item.value is not None and item.value > 0


def pairs_in(text: str) -> set[str]:
    """Every two neighbouring characters."""
    return {text[place : place + 2] for place in range(len(text) - 1)}


def classes(text: str) -> str:
    """The classes of words that a text holds, one letter each."""
    return "".join(sign for sign, words in _CLASSES if words.search(text))


def _last_class(text: str) -> str:
    """The class of the last telling word; in small letters when it does not stand right before the number."""
    last, end = "", -1
    for sign, words in _CLASSES:
        for found in words.finditer(text):
            if found.end() > end:
                last, end = sign, found.end()
    return last if end >= len(text) - 4 else last.lower()
