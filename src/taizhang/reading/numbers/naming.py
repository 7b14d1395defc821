"""What a number is a number of, as far as words near it can tell: pairs of characters that two names have in common."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import lru_cache

from taizhang.reading.numbers.passage import Item, Passage

# Words that are said of every number: scope, time, verbs of holding and reaching, words for number itself.
_EMPTY = re.compile(
    r"全[省市县区校镇乡国年部体]|[我本该各][省市县区校局年学]|今年|去年|上年|当年|年度|年初|年底|年末|累计|合计|共计|总计|总共|一共|其中|目前|现有|共有|拥有|已有|实现|"
    r"达到|分别|平均|人数|总数|数量|总量|总额|总人数|比例|比重|占比|份额|左右|以上|以下|来自|属于|涉及|[的了是为有共达约近在与和及、,:;()“”\"\s\d%]"
)


@lru_cache(maxsize=8192)
def pairs_of(text: str) -> frozenset[str]:
    """Neighbouring characters of a text without empty words; a single character stands for itself."""
    pieces = [piece for piece in _EMPTY.sub(" ", text).split() if piece]
    found = {piece[place : place + 2] for piece in pieces for place in range(len(piece) - 1)}
    return frozenset(found or {piece for piece in pieces if len(piece) == 1})


def about(passage: Passage, item: Item) -> str:
    """The words of a number: what stands in front of it and the noun behind; the clause before when it has none."""
    front = item.name
    if not pairs_of(front):
        start = (
            max(
                passage.text.rfind(sign, max(0, item.begin - 40), max(0, item.begin - len(front) - 1))
                for sign in "。\n"
            )
            + 1
        )
        front = passage.text[max(start, item.begin - 24) : item.begin]
    return f"{front} {item.after[:10]}"


def likeness(wanted: str, passage: Passage, item: Item) -> float:
    """Which part of a wanted name's pairs of characters stands in the words of a number (0 to 1)."""
    pairs = pairs_of(wanted)
    if not pairs:
        return 0.0
    words = passage.words.get(item.begin)
    if words is None:
        words = passage.words[item.begin] = _EMPTY.sub("", about(passage, item))
    return sum(pair in words for pair in pairs) / len(pairs)


_AMONG = re.compile(r"(?P<name>[一-鿿“”]{2,10}?)(?:当中|之中|中)(?![小学等心职考级高央国])")


def of_others(passage: Passage, part: Item, whole: Item) -> bool:
    """技术人员350人…。接生员中…147人: does a part say that it is one of other things than a whole of another sentence?"""
    among = _AMONG.match(part.label)
    return among is not None and whole.sentence != part.sentence and likeness(among["name"], passage, whole) < ALIKE


ALIKE = 0.75
NEAR, LEAST = 60, 2
"""Numbers of other paragraphs are looked for among so many around; they share so many pairs with the result's words."""


class Kin:
    """The numbers of an article by the pairs of characters in their names."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._places: dict[str, list[int]] = {}
        self._sizes: list[int] = []
        for place, item in enumerate(passage.items):
            pairs = pairs_of(f"{item.name} {item.after[:8]}") if item.measured else frozenset()
            self._sizes.append(len(pairs))
            for pair in pairs:
                self._places.setdefault(pair, []).append(place)

    def of(self, index: int) -> list[Item]:
        """The numbers of other paragraphs most of whose name stands in the sentence of a result."""
        result, passage = self._passage.items[index], self._passage
        begin = passage.sentence_begin(result.sentence)
        words = passage.text[max(begin, result.begin - 80) : result.stop + 12]
        hits: Counter[int] = Counter()
        for pair in pairs_of(words):
            places = self._places.get(pair, [])
            for at in range(bisect_left(places, index - NEAR), len(places)):
                if places[at] > index + NEAR:
                    break
                hits[places[at]] += 1
        found = [place for place, number in hits.items() if number >= LEAST and number * 2 >= self._sizes[place]]
        items = [passage.items[place] for place in sorted(found)]
        return [item for item in items if item.paragraph != result.paragraph and item.value and not item.loose]
