"""The numbers next to a total that may be its parts: those of its unit, on one level, in its sentence or the next one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from taizhang.reading.numbers.candidates import AVERAGED, Ask
from taizhang.reading.numbers.partition import TRIM
from taizhang.reading.numbers.passage import MEASURED, Item, Passage, same_unit

REACH = 16
MOST = 7
"""Longer runs are tables."""
_KINDS = MEASURED | {"score", "duration"}
_PASSED = frozenset({"percent", "year", "date", "ordinal", "ratio", "name", "placeholder", "docno", "other"})
_INNER = re.compile(r"[(——]|其中|当中|又分|又有|再分|细分|后者|前者")
_ELSE = re.compile("占|总数|总量|总额")
_EARLIER = re.compile("去年|上年|同期|前年")
BARE = re.compile(r"^[一-鿿A-Za-z“”]{1,9}$")
TOTAL = re.compile(r"(?:共|小计|累计|总|规模|全[年长程部体]|全学年|受教育面|受益|惠及|整体|统算)[^,;。\d]{0,14}$")


def summable(item: Item) -> bool:
    """May it be a part or a total?"""
    return item.value is not None and item.kind in _KINDS


@dataclass(slots=True)
class Run:
    """The numbers of the total's unit on one side of it, on one level, within its sentence or the next one."""

    ask: Ask
    way: int

    def parts(self) -> list[Item]:
        passage, index, way, total = self.ask.passage, self.ask.index, self.way, self.ask.result
        found: list[Item] = []
        skipped = 0
        for place in range(index + way, index + way * (REACH + 1), way):
            if not 0 <= place < len(passage.items):
                break
            item = passage.items[place]
            if item.paragraph != total.paragraph or abs(item.sentence - total.sentence) > 1:
                break
            if found and item.sentence != found[-1].sentence:
                break
            if item.kind in _PASSED or place in self.ask.deltas or AVERAGED.search(item.label):
                continue
            verdict = self._verdict(item, found)
            if verdict == "end":
                break
            if verdict == "part":
                found.append(item)
            skipped += 1
            if len(found) > MOST or skipped > REACH:
                return []
        return found[::way]

    def _verdict(self, item: Item, found: Sequence[Item]) -> str:
        """part, pass (a number of another level or unit), or end."""
        passage, total, way = self.ask.passage, self.ask.result, self.way
        if not summable(item) or not same_unit(item, total):
            last = found[-1] if found else total
            if found and way > 0 and abs(item.clause - last.clause) <= 1 and item.kind == total.kind:
                return "end"
            return "pass"
        if way > 0 and not found and _EARLIER.search(item.label) and not _EARLIER.search(total.label):
            return "pass"
        if item.loose or item.bound:
            return "end"
        if _inside(passage, total, item):
            if way > 0 and not found and passage.place(item) - passage.place(total) > 1:
                return "pass"  # what the bracket tells is told of a number in between
            listed = found and _inside(passage, total, found[0])
            if not listed and (found or way < 0):
                return "pass"
        elif found and _inside(passage, total, found[0]):
            return "end"
        if way > 0 and found:
            words = join(passage, item)
            if _ELSE.search(words) or (TOTAL.search(words) and not BARE.match(item.label)):
                return "end"
            if self._speaks_of(found, passage.text[found[-1].stop : item.begin]):
                return "end"
            if len(found) and _INNER.search(words) and not _inside(passage, total, found[0]):
                return "pass"
            if self._inner(found, item):
                return "pass"
        return "part"

    def _speaks_of(self, found: Sequence[Item], between: str) -> bool:
        """Does a later clause take up one of the members (;专题督查里,安全专题…)?"""
        cut = re.split("[;。,]", between, maxsplit=1)
        if len(cut) < 2:
            return False
        stems = (TRIM.sub("", part.name)[:4] for part in found)
        return any(len(stem) > 1 and cut[1].lstrip().startswith(stem) for stem in stems)

    def _inner(self, found: Sequence[Item], item: Item) -> bool:
        """Behind a dash or 又分: still of the member that was opened, up to a semicolon."""
        text = self.ask.passage.text[found[-1].stop : item.begin]
        return bool(_INNER.search(text)) and ";" not in text and "(" not in text


def join(passage: Passage, item: Item) -> str:
    """The words between a number and the one printed before it."""
    place = passage.place(item)
    return passage.text[passage.items[place - 1].stop : item.begin] if place else ""


def _inside(passage: Passage, total: Item, item: Item) -> bool:
    """Does a number stand in a bracket that does not hold the total?"""
    one, other = sorted((total, item), key=lambda one: one.begin)
    between = passage.text[one.stop : other.begin]
    opened, closed = between.count("(") + between.count("["), between.count(")") + between.count("]")
    return opened > closed if item is other else closed > opened
