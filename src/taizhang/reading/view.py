"""A text as a reader understands it, with the way back to what was printed.

The understanding is written in simplified characters and half-width punctuation, without Pinyin insertions; every
layer is found on it and reported in offsets of the source, where nothing is changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

from opencc import OpenCC

from taizhang.reading.model import Repair

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
# An insertion is the reading of the character before it: 規(guī). Without a tone mark it may be an English word.
INSERTION = re.compile(rf"(?<=\S)[(（]([a-zü]{{0,5}}[{TONED}][a-zü]{{0,4}})[)）]")
UNTONED = re.compile(r"(?<=[\u3400-\u9fffa-z])[(（]([a-zü]{1,6})[)）]")
# So many toned readings make it certain that the untoned ones are readings too.
ENOUGH_INSERTIONS = 5

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD: dict[int, int | str] = {
    **_WIDE,
    0x3000: " ",
    0xA0: " ",
    0xFEFF: " ",
    0x200B: " ",
    0x2028: "\n",
    0x2029: "\n",
    0x0B: "\n",
    0x0C: "\n",
    0x85: "\n",
    0xFE54: ";",
    0xFE55: ":",
    0xFE50: ",",
    0xFF61: "。",
}
_RAREST_SIMPLIFIED = re.compile(r"[\u3400-\u9fff]")


@dataclass(slots=True, frozen=True)
class Line:
    """One line of a view without its surrounding white space; ``number`` counts from 0, empty lines too."""

    start: int
    end: int
    number: int


@dataclass(frozen=True)
class View:
    """The understood text and, for each of its characters, where it came from."""

    source: str
    text: str
    starts: list[int]
    ends: list[int]
    repairs: tuple[Repair, ...] = field(default=())

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the view in offsets of the source; a Pinyin insertion belongs to the character before it."""
        if start >= end:
            place = self.starts[start] if start < len(self.starts) else len(self.source)
            return place, place
        return self.starts[start], self.ends[end - 1]

    def at(self, offset: int) -> int:
        """The first character of the view that does not lie before an offset of the source."""
        return bisect_left(self.starts, offset)

    @cached_property
    def lines(self) -> list[Line]:
        """All lines that hold something."""
        found, start = [], 0
        for number, piece in enumerate(self.text.split("\n")):
            inner = piece.strip()
            if inner:
                begin = start + len(piece) - len(piece.lstrip())
                found.append(Line(begin, begin + len(inner), number))
            start += len(piece) + 1
        return found

    def of(self, line: Line) -> str:
        return self.text[line.start : line.end]


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional characters become simplified ones, one for one; a text that would change its length stays."""
    if not _RAREST_SIMPLIFIED.search(text):
        return text
    result: str = _converter().convert(text)
    if len(result) == len(text):
        return result
    return "".join(one if len(one := _converter().convert(character)) == 1 else character for character in text)


def view_of(source: str) -> View:
    """The understanding of a source text.

    Lone carriage returns end lines, those before a line feed are white space, so that ``\\r\\n`` is one line end.
    """
    cuts = [match.span() for match in INSERTION.finditer(source)]
    if len(cuts) >= ENOUGH_INSERTIONS:
        cuts = sorted({*cuts, *(match.span() for match in UNTONED.finditer(source))})
    repairs = tuple(Repair(start, end, source[start:end], "", "夹入的拼音注音,理解时略去", 0.95) for start, end in cuts)
    kept = _kept(len(source), cuts)
    starts = [place for start, end in kept for place in range(start, end)]
    ends = [place + 1 for place in starts]
    index = -1
    for (_, end), (following, _) in pairwise(kept):
        index = bisect_left(starts, end, max(index, 0)) - 1
        if index >= 0:
            ends[index] = following
    text = "".join(source[start:end] for start, end in kept)
    text = re.sub("\r(?!\n)", "\n", text).replace("\r", " ").translate(_FOLD)
    return View(source, simplify(text), starts, ends, repairs)


def _kept(length: int, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of a text when the cuts are taken out."""
    kept, place = [], 0
    for start, end in cuts:
        if start >= place:
            kept.append((place, start))
            place = end
    kept.append((place, length))
    return kept
