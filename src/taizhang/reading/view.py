"""A text as a reader understands it, with the way back to what was printed.

The understanding is written in simplified characters and half-width punctuation, without Pinyin insertions; every
layer is found on it and reported in offsets of the source, where nothing is changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate, chain

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
# What only the rules for numerals read alike: look-alikes of zero, dashes and quotation marks, signs of percent and ratio.
FIGURES = {
    0x3007: 0x96F6, 0x25CB: 0x96F6, 0x25EF: 0x96F6, 0xFE6A: 0x25,
    0x2010: 0x2D, 0x2011: 0x2D, 0x2012: 0x2D, 0x2013: 0x2014, 0x2015: 0x2014, 0x2500: 0x2014, 0x223C: 0x7E, 0x2236: 0x3A,
    0x300C: 0x201C, 0x300D: 0x201D, 0x300E: 0x201C, 0x300F: 0x201D, 0x2018: 0x201C, 0x2019: 0x201D, 0x8CB3: 0x4E8C,
}  # fmt: skip
# Financial capitals mean numbers only in a row (伍仟元整), not in 队伍 or 大陆.
CAPITALS = "壹贰叁肆伍陆柒捌玖拾佰仟"
CAPITAL_ROW = re.compile(f"[{CAPITALS}][{CAPITALS}零万亿]+")
PLAIN = str.maketrans(CAPITALS, "一二三四五六七八九十百千")

# 二0一二年, 二OO八年: a zero typed as a digit or a letter within a year of Chinese digits.
_MIXED_YEAR = re.compile("(?<=[二一])[0Oo零一二三四五六七八九]{3}(?=[年级届])")
_ZEROS = str.maketrans("0Oo", "零零零")
# A Latin full stop between Chinese words ends a sentence; behind a Chinese numeral it may close a marker (一.).
_LATIN_STOP = re.compile("(?<=[一-鿿])(?<![一二三四五六七八九十])\\.(?=[一-鿿]|\\s*(?:\n|$))")
_SURROGATE = re.compile("[\ud800-\udfff]")
_RAREST_SIMPLIFIED = re.compile(r"[\u3400-\u9fff]")


@dataclass(slots=True, frozen=True)
class Line:
    """One line of a view without its surrounding white space; ``number`` counts from 0, empty lines too."""

    start: int
    end: int
    number: int


@dataclass(frozen=True)
class View:
    """The understood text and how it maps to its source, from which only Pinyin insertions are cut.

    ``places`` are the offsets in the view where something was cut out, ``cuts`` the spans in the source, ``lost`` how
    many characters all cuts up to each one took; ``lost`` begins with 0, before the first.
    """

    source: str
    text: str
    places: list[int]
    cuts: list[tuple[int, int]]
    lost: list[int]
    repairs: tuple[Repair, ...] = field(default=())

    def origin(self, place: int) -> int:
        """Where a character of the view stands in the source; the end of the view is the end of the source."""
        return place + self.lost[bisect_right(self.places, place)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the view in offsets of the source; a Pinyin insertion belongs to the character before it."""
        return self.origin(start), self.origin(max(start, end))

    def at(self, offset: int) -> int:
        """The first character of the view that does not lie before an offset of the source."""
        if not self.cuts:
            return min(offset, len(self.text))
        before = bisect_left(self.cuts, (offset, 0))
        place = offset - self.lost[before]
        return min(max(place, self.places[before - 1]) if before else place, len(self.text))

    @cached_property
    def figures(self) -> str:
        """The text as the rules for numerals read it, character for character: ○ is 零, 貳佰 is 二百, all dashes alike."""
        text = CAPITAL_ROW.sub(lambda row: row.group().translate(PLAIN), self.text.translate(FIGURES))
        return _MIXED_YEAR.sub(lambda year: year.group().translate(_ZEROS), text)

    def excerpt(self, start: int, end: int) -> Excerpt:
        """What the rules for numerals see of ``source[start:end]``."""
        begin, stop = self.at(start), self.at(end)
        return Excerpt(self, begin, self.figures[begin:stop])

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


@dataclass(frozen=True)
class Excerpt:
    """One article of a view; nothing of its neighbours is in ``text``. ``begin`` is where it stands in the view."""

    view: View
    begin: int
    text: str

    @property
    def source(self) -> str:
        return self.view.source

    def span(self, begin: int, stop: int) -> tuple[int, int]:
        """Offsets in the source of ``text[begin:stop]``."""
        return self.view.span(self.begin + begin, self.begin + stop)

    def index(self, offset: int) -> int:
        """Where a source offset lies in the text (the first place at or behind it)."""
        return min(max(self.view.at(offset) - self.begin, 0), len(self.text))

    def printed(self, begin: int, stop: int) -> str:
        """What the source prints for ``text[begin:stop]``, without Pinyin and white space."""
        start, end = self.span(begin, stop)
        if end - start == stop - begin:
            return "".join(self.source[start:end].split())
        origins = (self.view.origin(self.begin + place) for place in range(begin, stop))
        return "".join("".join(self.source[origin] for origin in origins).split())


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional characters become simplified ones, one for one; a text that would change its length stays."""
    if not _RAREST_SIMPLIFIED.search(text):
        return text
    text = _SURROGATE.sub("\ufffd", text)  # half a character, which no converter takes
    result: str = _converter().convert(text)
    if len(result) == len(text):
        return result
    return "".join(one if len(one := _converter().convert(character)) == 1 else character for character in text)


@lru_cache(maxsize=2)
def view_of(source: str) -> View:
    """The understanding of a source text; the layers of one document ask for it one after the other.

    Lone carriage returns end lines, those before a line feed are white space, so that ``\\r\\n`` is one line end.
    """
    cuts = [match.span() for match in INSERTION.finditer(source)]
    if len(cuts) >= ENOUGH_INSERTIONS:
        cuts = sorted({*cuts, *(match.span() for match in UNTONED.finditer(source))})
    repairs = tuple(
        Repair(start, end, source[start:end], "", "夹入的拼音注音，理解时略去", 0.95) for start, end in cuts
    )
    lost = [0, *accumulate(end - start for start, end in cuts)]
    places = [start - before for (start, _), before in zip(cuts, lost, strict=False)]
    bounds = [0, *chain.from_iterable(cuts), len(source)]
    text = "".join(source[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))
    text = re.sub("\r(?!\n)", "\n", text).replace("\r", " ").translate(_FOLD)
    text = _LATIN_STOP.sub("。", text)
    return View(source, simplify(text), places, cuts, lost, repairs)
