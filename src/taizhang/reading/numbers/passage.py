"""The numbers of an article with what stands around them: label, clause, sentence, qualifiers.

Relations are found on this; offsets here are those of the folded view.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

from taizhang.reading.model import Operand, Quantity
from taizhang.reading.numerals import pointed
from taizhang.reading.view import view_of

MEASURED = frozenset({"count", "amount", "area", "length", "money"})
_CLAUSE = re.compile(r"[,;:!?。()\n]")
# A comma or colon between two digits belongs to a number.
_CLAUSE_END = re.compile(r"[;!?。()\n]|[,:](?!(?<=\d.)\d)")
_SENTENCE = re.compile(r"[!?。\n]")
_LOOSE_BEFORE = re.compile(
    r"(?:(?<![节签合集预公违履条制契特])约(?!束|定|谈)|(?<![最附邻靠])近(?!视|年|期|日)|大概|估计|预计)(?:为|有|达|计)?[^,;。\d]{0,4}$"
)
_BOUND_BEFORE = re.compile(r"(?:超过|超|突破|不低于|不少于|至少|高于|不足|低于|达到|不超过)$")
_SPACE = re.compile(r"\s*")
_INNER = re.compile("[余多几来]")
_LOOSE_AFTER = re.compile(r"\s*(?:左右|上下|许|出头)")
_BOUND_AFTER = re.compile(r"\s*(?:及以上|以上|以下|以内)")
# Money, area and length are written in units of the same thing.
_BASE: dict[str, tuple[str, int | Fraction]] = {
    "公顷": ("亩", 15), "亩": ("亩", 1), "平米": ("平方米", 1), "㎡": ("平方米", 1), "m2": ("平方米", 1), "m²": ("平方米", 1),
    "平方公里": ("平方米", 1_000_000), "平方千米": ("平方米", 1_000_000), "平方": ("平方米", 1), "公里": ("米", 1000), "千米": ("米", 1000),
    "km": ("米", 1000), "延长米": ("米", 1), "延米": ("米", 1), "厘米": ("米", Fraction(1, 100)), "毫米": ("米", Fraction(1, 1000)), "吨": ("公斤", 1000), "千克": ("公斤", 1),
    "斤": ("公斤", Fraction(1, 2)), "克": ("公斤", Fraction(1, 1000)), "里": ("里", 1), "件次": ("件", 1), "批次": ("批", 1), "项次": ("项", 1), "名": ("人", 1), "位": ("人", 1), "员": ("人", 1),
}  # fmt: skip


_COUNTED_OUT = re.compile(r"\d{2}[\d.]*[1-9]")


@dataclass(frozen=True, slots=True)
class Item:
    """One quantity in its place. ``value`` is exact and in base units (元, 平方米, 米, 人); None when it has none.

    ``label`` is what stands in front of it in its clause, up to the number before; ``name`` passes over years, dates
    and ranks (一等奖10名: 一等奖).
    """

    quantity: Quantity
    begin: int
    stop: int
    value: Fraction | None
    unit: str
    label: str
    name: str
    after: str
    clause: int
    sentence: int
    paragraph: int
    loose: bool
    bound: str
    kind: str
    measured: bool
    """May this number be a part, a whole, a sum?"""
    rough: float = field(init=False)
    """The value as a float, nothing where it has none: what is far off is sorted out with floats."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rough", float(self.value) if self.value else 0.0)

    @property
    def points(self) -> bool:
        """Is this percentage a number of percentage points?"""
        text = self.quantity.text
        return self.kind == "percent" and ("点" in text or "點" in text) and not text.startswith("百分之")

    def operand(self, role: str) -> Operand:
        quantity = self.quantity
        return Operand(role, quantity.start, quantity.end, quantity.text)


SIDES = re.compile("[:\uff1a\u2236比]")
"""What stands between the sides of a ratio."""


def both_sides(text: str) -> tuple[str, str] | None:
    """The digits of a ratio neither of whose sides is one (2:3, 55:45)."""
    sides = [side.strip() for side in SIDES.split(text)]
    if len(sides) != 2 or any(_PLAIN.fullmatch(side) is None or Fraction(side) in (0, 1) for side in sides):
        return None
    return sides[0], sides[1]


_PLAIN = re.compile(r"\d+(?:\.\d+)?")


def to_one(ratio: Item) -> tuple[Item, bool] | None:
    """A ratio as so many to one, and whether its one stands first: 1:38 and 38:1 are both 38. None where neither side is one."""
    sides = [pointed(side.strip()) for side in SIDES.split(ratio.quantity.text)] if ratio.unit == ":" else []
    if len(sides) != 2 or 1 not in sides or not all(sides):
        return None
    first = sides[1] != 1
    return replace(ratio, value=sides[1] if first else sides[0]), first


class Passage:
    """All items of one article, in order, with the folded text."""

    def __init__(self, text: str, start: int, end: int, quantities: Sequence[Quantity]) -> None:
        self.view = view_of(text).excerpt(start, end)
        self.text = self.view.text
        self._clauses = [found.end() for found in _CLAUSE_END.finditer(self.text)]
        self._sentences = [found.end() for found in _SENTENCE.finditer(self.text)]
        self._lines = [found.start() for found in re.finditer("\n", self.text)]
        self.items: list[Item] = []
        last = named = 0
        for quantity in sorted(quantities, key=lambda one: one.start):
            if start <= quantity.start and quantity.end <= end:
                item = self._item(quantity, last, named)
                self.items.append(item)
                last = item.stop
                named = item.stop if item.measured or item.kind == "percent" else named
        self.sentences: dict[int, list[int]] = {}
        self._places: dict[int, int] = {}
        self.then: dict[int, bool] = {}
        """What is known of the times of levels, by where they begin: asked for every pair."""
        self.words: dict[int, str] = {}
        """The telling words of numbers (:mod:`naming`), by where they begin: asked for every pair too."""
        self._leads: dict[int, str] = {}
        for index, item in enumerate(self.items):
            self.sentences.setdefault(item.sentence, []).append(index)
            self._places[item.begin] = index

    def _item(self, quantity: Quantity, last: int, named: int) -> Item:
        begin, stop = self.view.index(quantity.start), self.view.index(quantity.end)
        clause = bisect_right(self._clauses, begin)
        clause_start = self._clauses[clause - 1] if clause else 0
        label = self.text[max(clause_start, last, begin - 40) : begin]
        name = self.text[max(clause_start, named, begin - 40) : begin]
        if not name and self.items and self.items[-1].stop == begin and self.items[-1].clause == clause:
            name = self.items[-1].name + self.items[-1].quantity.text  # 北部6乡镇482人: 北部6乡镇
        before = self.text[max(clause_start, last, begin - 8) : begin]
        closed = _CLAUSE.search(self.text, stop, stop + 16)
        after = self.text[stop : closed.start() if closed else stop + 16]
        bound_after = _BOUND_AFTER.match(after)
        bound_before = _BOUND_BEFORE.search(before)
        bound = (bound_after.group().strip() if bound_after else "") or (bound_before.group() if bound_before else "")
        inner = _INNER.search(self.text, begin, stop) is not None
        about = _LOOSE_BEFORE.search(before)
        if about and about.group().startswith(("预计", "估计")) and _COUNTED_OUT.search(quantity.text):
            about = None  # 预计秋季入园3888人: what is expected may be counted out
        loose = inner or bool(about) or bool(_LOOSE_AFTER.match(after))
        loose = loose or (quantity.text.endswith("成") and after.startswith("多"))  # 占八成多
        if loose and not inner and quantity.kind == "duration" and before.endswith("近"):
            loose = False  # 近三年: the last three, not about three
        value, unit = (None, quantity.unit)
        if isinstance(quantity.value, float):
            value, unit = _based(quantity.value, quantity.unit, self.text[begin:stop])
            if unit == "‰":
                value, unit = value / 10, "%"
        return Item(
            quantity, begin, stop, value, unit, label.strip(), name.strip(), after.strip(), clause,
            bisect_right(self._sentences, begin), bisect_right(self._lines, begin), loose, bound,
            quantity.kind, value is not None and quantity.kind in MEASURED,
        )  # fmt: skip

    def place(self, item: Item) -> int:
        """The index of an item."""
        return self._places[item.begin]

    def at(self, start: int) -> int:
        """The index of the quantity that begins at an offset of the source."""
        return self._places[self.view.index(start)]

    def same_sentence(self, index: int, most: int) -> list[int]:
        """Up to ``most`` numbers in front of one, in its sentence."""
        first = max(0, index - most)
        return [place for place in range(first, index) if self.items[place].sentence == self.items[index].sentence]

    def lead(self, item: Item) -> str:
        """The text of the item's clause in front of it."""
        lead = self._leads.get(item.begin)
        if lead is None:
            start = self._clauses[item.clause - 1] if item.clause else 0
            lead = self._leads[item.begin] = self.text[max(start, item.begin - 60) : item.begin]
        return lead

    def next_sentence(self, item: Item) -> int:
        """Where the words of the sentence behind an item's own begin."""
        begin = self._sentences[item.sentence] if item.sentence < len(self._sentences) else len(self.text)
        found = _SPACE.match(self.text, begin)
        return found.end() if found else begin

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that holds a place."""
        return bisect_right(self._sentences, place)

    def part_of(self, item: Item) -> tuple[int, int]:
        """Where the part of its sentence between semicolons begins and stops."""
        first, last = self.sentence_begin(item.sentence), self.next_sentence(item)
        stop = self.text.find(";", item.stop, last)
        return self.text.rfind(";", first, item.begin) + 1 or first, stop if stop >= 0 else last

    def sentence_begin(self, sentence: int) -> int:
        """Where a sentence begins."""
        return self._sentences[sentence - 1] if sentence else 0

    def sentence_text(self, sentence: int) -> str:
        """What a sentence says, its closing sign included."""
        begin = self._sentences[sentence - 1] if sentence else 0
        return self.text[begin : self._sentences[sentence]] if sentence < len(self._sentences) else self.text[begin:]

    def between(self, one: Item, other: Item) -> str:
        return self.text[one.stop : other.begin]


_UNIT_TAIL = re.compile(r"[^\d.,\s万亿余多]+$")
_WORDS_HEAD = re.compile(r"^[零一二三四五六七八九十百千两]+")
_EXACT = 2.0**53


@lru_cache(maxsize=4096)
def _based(number: float, unit: str, folded: str) -> tuple[Fraction, str]:
    """Value in base units and the base unit in simplified characters."""
    # A whole float is its own numerator; only decimals need the detour over what is printed.
    value = Fraction(int(number)) if number.is_integer() and abs(number) < _EXACT else Fraction(repr(number))
    if not unit or unit in ("%", "‰", ":"):
        return value, unit
    tail = _UNIT_TAIL.search(folded)
    if tail:
        printed = tail.group()
        unit = printed[-len(unit) :] if len(printed) >= len(unit) else printed
    if unit not in _BASE:
        unit = _WORDS_HEAD.sub("", unit) or unit
    base, factor = _BASE.get(unit, (unit, 1))
    return value if factor == 1 else value * factor, base


def spans_of(items: Iterable[Item]) -> tuple[tuple[int, int], ...]:
    """Where numbers stand in the source."""
    return tuple((item.quantity.start, item.quantity.end) for item in items)


def same_unit(*items: Item) -> bool:
    """Do these numbers count the same kind of thing? A missing unit fits any count; 人 and 人次 never mix."""
    if len(items) == 2:
        one, other = items
        if one.unit and other.unit:  # asked for every pair of a paragraph
            return one.unit == other.unit and one.kind == other.kind
        return _paired(one, other)
    units = {item.unit for item in items}
    kinds = {item.kind for item in items}
    if "" in units:
        units.discard("")
        return len(units) <= 1 and kinds <= {"count", "money"} and (not units or len(kinds) == 1 or units == {"元"})
    return len(units) == 1 and len(kinds) == 1


_BARE = ("count", "money")
"""Kinds of numbers that may be printed without their unit."""


def _paired(one: Item, other: Item) -> bool:
    """The same for two numbers of which one is printed without a unit."""
    bare = one.kind in _BARE and other.kind in _BARE
    return bare and (one.unit == other.unit or one.kind == other.kind or "元" in (one.unit, other.unit))
