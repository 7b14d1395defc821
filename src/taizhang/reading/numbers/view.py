"""A view of the text in which every rule can be written once.

Traditional characters are read as simplified ones, full-width forms as half-width ones, and Pinyin that a converter left
behind a character (``規(guī)``) is passed over. Offsets lead back to the text, which itself is never changed.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from opencc import OpenCC

# A converter's Pinyin stands in half-width or full-width brackets right behind one Han character and is one syllable.
PINYIN = re.compile(r"(?<=[一-鿿])[(（][A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}[)）]")
TONE = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")
# Full-width forms that mean the same as their half-width twins, and look-alikes of zero and dashes.
WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20, 0x00A0: 0x20, 0xFE6A: 0x25, 0xFE54: 0x3B, 0x3007: 0x96F6, 0x25CB: 0x96F6, 0x25EF: 0x96F6,
    0x2010: 0x2D, 0x2011: 0x2D, 0x2012: 0x2D, 0x2013: 0x2014, 0x2015: 0x2014, 0x2500: 0x2014, 0xFF5E: 0x7E, 0x223C: 0x7E,
    0x2236: 0x3A, 0x300C: 0x201C, 0x300D: 0x201D, 0x300E: 0x201C, 0x300F: 0x201D, 0x2018: 0x201C, 0x2019: 0x201D,
    0x8CB3: 0x4E8C,
}  # fmt: skip
# Financial capitals mean numbers only in a row (伍仟元整), not in 队伍 or 大陆.
CAPITALS = "壹贰叁肆伍陆柒捌玖拾佰仟"
CAPITAL_ROW = re.compile(f"[{CAPITALS}][{CAPITALS}零万亿]+")
PLAIN = str.maketrans(CAPITALS, "一二三四五六七八九十百千")


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=65536)
def _simple(character: str) -> str:
    """One simplified character for one character: never a change of length."""
    plain = _converter().convert(character)
    return plain if len(plain) == 1 else character


def _folded(character: str) -> str:
    """Simplified and half-width."""
    return _simple(character).translate(WIDTH)


@lru_cache(maxsize=2)
def view_of(source: str, start: int, end: int) -> View:
    """The view of an article; its layers ask for it one after the other."""
    return View(source, start, end)


class View:
    """The folded text of ``text[start:end]``: ``text`` is the view, :meth:`span` leads back to the source.

    Pinyin belongs to the character in front of it, so a span that ends with that character ends behind its Pinyin.
    """

    __slots__ = ("_shift", "source", "start", "text")

    def __init__(self, source: str, start: int, end: int) -> None:
        self.source, self.start = source, start
        raw = source[start:end]
        self._shift: list[int] | None = None
        if TONE.search(raw):
            raw = self._cut_pinyin(raw)
        table = {ord(char): folded for char in set(raw) if char > "\x7f" and (folded := _folded(char)) != char}
        folded = raw.translate(table) if table else raw
        self.text = CAPITAL_ROW.sub(lambda row: row.group().translate(PLAIN), folded)

    def _cut_pinyin(self, raw: str) -> str:
        kept: list[str] = []
        shift: list[int] = []
        last = 0
        for found in PINYIN.finditer(raw):
            if not TONE.search(found.group()):
                continue
            kept.append(raw[last : found.start()])
            shift.extend(range(last, found.start()))
            last = found.end()
        kept.append(raw[last:])
        shift.extend(range(last, len(raw) + 1))
        self._shift = shift
        return "".join(kept)

    def span(self, begin: int, stop: int) -> tuple[int, int]:
        """Offsets in the source of ``view[begin:stop]``."""
        if self._shift is None:
            return self.start + begin, self.start + stop
        return self.start + self._shift[begin], self.start + self._shift[stop]

    def printed(self, begin: int, stop: int) -> str:
        """What the source prints for ``view[begin:stop]``, without Pinyin and white space."""
        if self._shift is None:
            return "".join(self.source[self.start + begin : self.start + stop].split())
        return "".join("".join(self.source[self.start + self._shift[i]] for i in range(begin, stop)).split())

    def index(self, offset: int) -> int:
        """Where a source offset lies in the view (the first place at or behind it)."""
        local = offset - self.start
        if self._shift is None:
            return min(max(local, 0), len(self.text))
        low, high = 0, len(self._shift) - 1
        while low < high:
            middle = (low + high) // 2
            if self._shift[middle] < local:
                low = middle + 1
            else:
                high = middle
        return low
