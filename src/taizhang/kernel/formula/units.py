"""Units of measure: what a formula's number counts in, and what must not be added or compared.

A unit is a product of bases with exponents (元/人) and a scale (万元 is 元 × 10,000). 人 and 人次 are different bases: a person
may come several times, so that they do not add, though one may be compared with the other. What names no unit fits
everything, and so does a number in the formula. A quantity times a number (在校生数 * 60) or times another quantity has an
unspoken unit in it (60 m² for each): its unit is shown as far as it is known, and not held against others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from taizhang.kernel.formula.errors import FormulaError
from taizhang.kernel.formula.facts import Fact
from taizhang.kernel.formula.nodes import Between, Binary, Call, Formula, In, Name, Node, Number, Unary

_SAME = {
    "平方米": "m²", "㎡": "m²", "m2": "m²", "立方米": "m³", "名": "人", "位": "人", "圆": "元", "公里": "km", "千米": "km", "米": "m",
    "百分比": "%", "％": "%", "小时": "时",
}  # fmt: skip
_MULTIPLES: dict[str, tuple[str, Fraction]] = {
    "公顷": ("m²", Fraction(10_000)),
    "km²": ("m²", Fraction(1_000_000)),
    "km": ("m", Fraction(1000)),
    "毫米": ("m", Fraction(1, 1000)),
}
_PREFIXES = {"亿": 100_000_000, "万": 10_000}
_SMALL_PREFIXES = {"千": 1000, "百": 100}
_SMALL_BASES = ("元", "人", "册", "人次", "生")
_PLAIN = ("%", "‰", ":1", "：1", "倍", "比1")


@dataclass(frozen=True)
class Unit:
    """``dims`` are (base, exponent), sorted. ``scale`` is how many base units one is. ``rough``: a factor of the formula may
    carry a unit of its own."""

    dims: tuple[tuple[str, int], ...]
    scale: Fraction = Fraction(1)
    literal: bool = False
    rough: bool = False

    def times(self, other: Unit, sign: int = 1) -> Unit:
        powers = dict(self.dims)
        for base, power in other.dims:
            powers[base] = powers.get(base, 0) + sign * power
        scale = self.scale * other.scale if sign > 0 else self.scale / other.scale
        dims = tuple(sorted((base, power) for base, power in powers.items() if power))
        return Unit(dims, scale, self.literal and other.literal, self.rough or other.rough)

    @property
    def text(self) -> str:
        """As people write it: 元/人. Empty for a plain number."""
        above = [base + ("" if power == 1 else str(power)) for base, power in self.dims if power > 0]
        under = [base + ("" if power == -1 else str(-power)) for base, power in self.dims if power < 0]
        return "·".join(above) + "".join(f"/{base}" for base in under)


NUMBER = Unit(())
COMPARED = "比较"
_LITERAL = Unit((), literal=True)


def unit_named(text: str) -> Unit | None:
    """The unit that a text names; None for an empty one."""
    word = text.strip()
    if not word:
        return None
    if word in _PLAIN:
        return NUMBER
    found: Unit | None = None
    for part in word.replace("／", "/").split("/"):
        one = _simple(part.strip())
        found = one if found is None else found.times(one, -1)
    return found


def _simple(word: str) -> Unit:
    base = _SAME.get(word, word)
    if base in _PLAIN or not base:
        return NUMBER
    if base in _MULTIPLES:
        base, scale = _MULTIPLES[base]
        return Unit(((base, 1),), scale)
    prefixes = _PREFIXES if base[1:] not in _SMALL_BASES else _PREFIXES | _SMALL_PREFIXES
    if len(base) > 1 and base[0] in prefixes:
        rest = _simple(base[1:])
        return Unit(rest.dims, prefixes[base[0]] * rest.scale)
    return Unit(((base, 1),))


def misfit(declared: str, derived: Unit | None) -> str:
    """Why a declared unit cannot be that of a formula, or nothing. A rate is often called by its numerator alone (册 for
    册/人), so only what is surely wrong is told."""
    wanted = unit_named(declared)
    if wanted is None or derived is None or derived.literal or derived.rough:
        return ""
    powers = [power for _, power in derived.dims]
    if wanted == NUMBER:
        return f"公式算出来的是{derived.text}，不是{declared}" if powers and declared.strip() in ("%", "％") else ""
    if powers == [1] and len(wanted.dims) == 1 and derived.dims != wanted.dims:
        return f"公式算出来的是{derived.text}，写的却是{declared}"
    if derived.dims == wanted.dims and derived.scale != wanted.scale:
        return f"公式算出来的是{_scaled(derived)}，写的却是{declared}"
    return ""


def _scaled(unit: Unit) -> str:
    words = {Fraction(10_000): "万", Fraction(100_000_000): "亿", Fraction(1): ""}
    return words.get(unit.scale, "") + unit.text


_SHARES = ("weighted_cv", "share", "part", "rank", "growth", "growth_last_year")
_ALIKE = ("coalesce", "min2", "max2")
_NONE = ("count", "count_if", "count_distinct", "days", "today", "year", "age", "streak")


class Units:
    """The units of a formula's parts. ``fact`` knows what a field declares. Raises FormulaError where units clash."""

    def __init__(self, formula: Formula, fact: Callable[[Name], Fact]) -> None:
        self.formula, self.fact = formula, fact

    def of(self, node: Node) -> Unit | None:
        """The unit of a part; None when nothing says it."""
        match node:
            case Number():
                return _LITERAL
            case Name():
                return unit_named(self.fact(node).unit)
            case Unary("-", operand):
                return self.of(operand)
            case Binary("+" | "-", left, right):
                return self.alike(node, "相加减", left, right)
            case Binary("*" | "/" as op, left, right):
                return self._product(op, self.of(left), self.of(right))
            case Binary("=" | "<>" | "<" | "<=" | ">" | ">=", left, right):
                self.alike(node, COMPARED, left, right)
                return None
            case In(operand, items):
                self.alike(node, COMPARED, operand, *items)
                return None
            case Between(operand, low, high):
                self.alike(node, COMPARED, operand, low, high)
                return None
            case Call():
                return self._call(node)
        for child in node.children():
            self.of(child)
        return None

    def alike(self, where: Node, doing: str, *nodes: Node) -> Unit | None:
        """The one unit of parts that are added, compared or chosen from."""
        found: Unit | None = None
        for node in nodes:
            unit = self.of(node)
            if unit is None or unit.literal or unit.rough:
                continue
            if found is not None:
                self._same(found, unit, where, doing)
            found = found or unit
        return found

    def _same(self, first: Unit, second: Unit, where: Node, doing: str) -> None:
        if first.dims != second.dims:
            names = [unit.text or "比率" for unit in (first, second)]
            remedy = "两边换成同一种计量单位；要相比就用除法"
            if {"人", "人次"} == set(names):
                if doing == COMPARED:
                    return
                remedy = "人次是次数，一个人可以来几次；两边都用人，或都用人次"
        elif first.scale != second.scale:
            names = [_scaled(unit) for unit in (first, second)]
            remedy = "先换成同一单位，例如万元的数乘 10000 成为元"
        else:
            return
        raise FormulaError(
            "unit", f"“{names[0]}”和“{names[1]}”不能{doing}", text=self.formula.text, position=where.at, remedy=remedy
        )

    @staticmethod
    def _product(op: str, left: Unit | None, right: Unit | None) -> Unit | None:
        if left is None or right is None:
            return None
        found = left.times(right, 1 if op == "*" else -1)
        unspoken = left.literal != right.literal or (op == "*" and bool(left.dims) and bool(right.dims))
        return replace(found, rough=found.rough or unspoken)

    def _call(self, node: Call) -> Unit | None:
        if node.function == "if":
            self.of(node.args[0])
            return self.alike(node, "二选一", *node.args[1:])
        if node.function in _ALIKE:
            return self.alike(node, "混用", *node.args)
        units = [self.of(arg) for arg in node.args]
        if node.function in _SHARES:
            return NUMBER
        return units[0] if units and node.function not in _NONE else None
