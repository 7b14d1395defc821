"""The numbers of an article with what stands around them: label, clause, sentence, qualifiers.

Relations are found on this; offsets here are those of the folded view.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from taizhang.reading.model import Operand, Quantity
from taizhang.reading.view import view_of

MEASURED = frozenset({"count", "amount", "area", "length", "money"})
_CLAUSE = re.compile(r"[,;:!?。()\n]")
_SENTENCE = re.compile(r"[!?。\n]")
_LOOSE_BEFORE = re.compile(r"(?:约|(?<![最附邻靠])近|大概|估计|预计)(?:为|有|达|计)?[^,;。\d]{0,4}$")
_BOUND_BEFORE = re.compile(r"(?:超过|超|突破|不低于|不少于|至少|高于|不足|低于|达到|不超过)$")
_LOOSE_AFTER = re.compile(r"\s*(?:左右|上下|许)")
_BOUND_AFTER = re.compile(r"\s*(?:及以上|以上|以下|以内)")
# Money, area and length are written in units of the same thing.
_BASE = {
    "公顷": ("平方米", 10_000), "亩": ("亩", 1), "平米": ("平方米", 1), "㎡": ("平方米", 1), "m2": ("平方米", 1), "m²": ("平方米", 1),
    "平方公里": ("平方米", 1_000_000), "平方千米": ("平方米", 1_000_000), "平方": ("平方米", 1), "公里": ("米", 1000), "千米": ("米", 1000),
    "km": ("米", 1000), "延长米": ("米", 1), "延米": ("米", 1), "里": ("里", 1), "名": ("人", 1), "位": ("人", 1), "员": ("人", 1),
}  # fmt: skip


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

    @property
    def kind(self) -> str:
        return self.quantity.kind

    @property
    def measured(self) -> bool:
        """May this number be a part, a whole, a sum?"""
        return self.value is not None and self.kind in MEASURED

    @property
    def points(self) -> bool:
        """Is this percentage a number of percentage points?"""
        return "点" in self.quantity.text

    def operand(self, role: str) -> Operand:
        quantity = self.quantity
        return Operand(role, quantity.start, quantity.end, quantity.text)


class Passage:
    """All items of one article, in order, with the folded text."""

    def __init__(self, text: str, start: int, end: int, quantities: Sequence[Quantity]) -> None:
        self.view = view_of(text).excerpt(start, end)
        self.text = self.view.text
        self._clauses = [found.end() for found in _CLAUSE.finditer(self.text) if not self._inside(found.start())]
        self._sentences = [found.end() for found in _SENTENCE.finditer(self.text)]
        self._lines = [place for place, char in enumerate(self.text) if char == "\n"]
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
        for index, item in enumerate(self.items):
            self.sentences.setdefault(item.sentence, []).append(index)
            self._places[item.begin] = index

    def _inside(self, place: int) -> bool:
        """A comma or colon between two digits belongs to a number."""
        text = self.text
        return text[place] in ",:" and text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()

    def _item(self, quantity: Quantity, last: int, named: int) -> Item:
        begin, stop = self.view.index(quantity.start), self.view.index(quantity.end)
        clause = bisect_right(self._clauses, begin)
        clause_start = self._clauses[clause - 1] if clause else 0
        label = self.text[max(clause_start, last, begin - 40) : begin]
        name = self.text[max(clause_start, named, begin - 40) : begin]
        before = self.text[max(clause_start, last, begin - 8) : begin]
        after = _CLAUSE.split(self.text[stop : stop + 16])[0]
        bound_after = _BOUND_AFTER.match(after)
        bound_before = _BOUND_BEFORE.search(before)
        bound = (bound_after.group().strip() if bound_after else "") or (bound_before.group() if bound_before else "")
        inner = bool(re.search("[余多几来]", self.text[begin:stop]))
        loose = inner or bool(_LOOSE_BEFORE.search(before)) or bool(_LOOSE_AFTER.match(after))
        value, unit = _based(quantity, self.text[begin:stop])
        return Item(
            quantity, begin, stop, value, unit, label.strip(), name.strip(), after.strip(), clause,
            bisect_right(self._sentences, begin), bisect_right(self._lines, begin), loose, bound,
        )  # fmt: skip

    def place(self, item: Item) -> int:
        """The index of an item."""
        return self._places[item.begin]

    def same_sentence(self, index: int, most: int) -> list[int]:
        """Up to ``most`` numbers in front of one, in its sentence."""
        first = max(0, index - most)
        return [place for place in range(first, index) if self.items[place].sentence == self.items[index].sentence]

    def lead(self, item: Item) -> str:
        """The text of the item's clause in front of it."""
        start = self._clauses[item.clause - 1] if item.clause else 0
        return self.text[max(start, item.begin - 60) : item.begin]

    def next_sentence(self, item: Item) -> int:
        """Where the words of the sentence behind an item's own begin."""
        begin = self._sentences[item.sentence] if item.sentence < len(self._sentences) else len(self.text)
        found = re.compile(r"\s*").match(self.text, begin)
        return found.end() if found else begin

    def between(self, one: Item, other: Item) -> str:
        return self.text[one.stop : other.begin]


def _based(quantity: Quantity, folded: str) -> tuple[Fraction | None, str]:
    """Value in base units and the base unit in simplified characters."""
    if not isinstance(quantity.value, float):
        return None, quantity.unit
    value = Fraction(repr(quantity.value))
    if not quantity.unit or quantity.unit in ("%", ":"):
        return value, quantity.unit
    tail = re.search(r"[^\d.,\s万亿余多]+$", folded)
    unit = quantity.unit
    if tail:
        printed = tail.group()
        unit = printed[-len(quantity.unit) :] if len(printed) >= len(quantity.unit) else printed
    unit = re.sub(r"^[零一二三四五六七八九十百千两]+", "", unit) or unit
    base, factor = _BASE.get(unit, (unit, 1))
    return value * factor, base


def same_unit(*items: Item) -> bool:
    """Do these numbers count the same kind of thing? A missing unit fits any count; 人 and 人次 never mix."""
    units = {item.unit for item in items}
    kinds = {item.kind for item in items}
    if "" in units:
        units.discard("")
        return len(units) <= 1 and kinds <= {"count", "money"} and (not units or len(kinds) == 1 or units == {"元"})
    return len(units) == 1 and len(kinds) == 1
