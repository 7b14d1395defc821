"""What aggregates mean, and a plain Python evaluator of them that every engine is compared with.

Before anything else a formula is reduced to few forms (``reduced``): ``avg(x)`` is ``sum(x) / count(x)``,
``sum_if(x, c)`` is ``sum(if(c, x, 0))``, ``share(e)`` is ``e / parent(e)`` with the parent unit's value put in from
outside. Then in every division the sums of one register that stand on both sides are paired: a row counts in them
only where all of their arguments are present.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from taizhang.kernel.formula import values as v
from taizhang.kernel.formula.analysis import kind_of
from taizhang.kernel.formula.errors import FormulaError
from taizhang.kernel.formula.functions import AGGREGATES, DERIVED, TIME
from taizhang.kernel.formula.nodes import (
    Binary,
    Call,
    Date,
    Formula,
    IsNull,
    Name,
    Node,
    Null,
    Number,
    Text,
    YesNo,
    rebuilt,
    text_of,
    walk,
)
from taizhang.kernel.formula.rows import RowFunction, compile_row
from taizhang.kernel.formula.values import EXACT, Value

EXTERNAL = TIME | {"rank", "parent", "whole"}

Pairs = Mapping[Node, tuple[Node, ...]]  # a sum → the conditions under which a row counts in it
Leaf = Callable[[Call, tuple[Node, ...]], Node]
# Whether an aggregate over a register takes the rows of the newest of several periods only, not of all of them.
Momentary = Callable[[str, Call], bool]
# The rows' own column that says so.
LATEST = "_latest"


class Figure(NamedTuple):
    """An indicator's value with its parts. A percent is a ratio. ``rows_used`` are the rows in which everything that
    the formula needs is present, ``rows_left_out`` the others, over all registers that it reads."""

    value: Value
    numerator: Value
    denominator: Value
    rows_used: int
    rows_left_out: int


@dataclass(frozen=True)
class External:
    """A value from another period or unit, which the caller supplies under ``key``. ``kind``: previous, last_year or
    ytd (``formula`` evaluated for that period), streak (for how many periods up to this one ``formula`` holds), parent (``formula`` evaluated for the parent unit), whole (for the same unit without its groups) or rank (the
    unit's place among its siblings by ``formula``, the highest first)."""

    key: str
    kind: str
    formula: Formula | None


def reduced(formula: Formula) -> Node:
    """The tree in the few forms that evaluators know. Raises FormulaError when it is no aggregate formula."""
    if kind_of(formula) == "row":
        raise FormulaError(
            "kind", "这是逐行公式,不是汇总公式", text=formula.text, position=formula.root.at,
            remedy="写明怎样汇总,例如 sum(…)、count()",
        )  # fmt: skip
    return _reduce(formula.root)


def _reduce(node: Node) -> Node:
    if isinstance(node, Call) and node.function in DERIVED:
        return _compared(node)
    if isinstance(node, Call) and node.function in EXTERNAL:
        return node  # its operand is evaluated elsewhere, as a formula of its own
    node = rebuilt(node, _reduce)
    match node:
        case Call("avg", (x,)):
            return Binary("/", Call("sum", (x,), at=node.at), Call("count", (x,), at=node.at), at=node.at)
        case Call("sum_if", (x, condition)):
            return Call("sum", (Call("if", (condition, x, Number(Decimal(0)))),), at=node.at)
        case Call("share", (whole,)):
            return Binary("/", whole, Call("parent", (whole,), at=node.at), at=node.at)
        case Call("part", (one,)):
            return Binary("/", one, Call("whole", (one,), at=node.at), at=node.at)
    return node


def _compared(node: Call) -> Node:
    """``change(e)`` as ``e - previous(e)``, ``growth(e)`` as that over ``previous(e)``."""
    now, before = _reduce(node.args[0]), Call(DERIVED[node.function], node.args, at=node.at)
    change = Binary("-", now, before, at=node.at)
    return change if node.function.startswith("change") else Binary("/", change, before, at=node.at)


def externals_of(formula: Formula, root: Node) -> dict[str, External]:
    """The values to be supplied, by their canonical text; keys e0, e1, … in order of appearance."""
    found: dict[str, External] = {}
    for call in _calls(root, EXTERNAL):
        operand = Formula(formula.text, call.args[0]) if call.args else None
        found.setdefault(text_of(call), External(f"e{len(found)}", call.function, operand))
    return found


def aggregates_of(root: Node) -> list[Call]:
    """The distinct aggregates that are evaluated here and now (not those inside externals), in order."""
    return list(dict.fromkeys(_calls(root, AGGREGATES)))


def _calls(node: Node, functions: frozenset[str] | set[str]) -> list[Call]:
    if isinstance(node, Call) and node.function in functions:
        return [node]
    if isinstance(node, Call) and node.function in EXTERNAL:
        return []
    return [call for child in node.children() for call in _calls(child, functions)]


def register_of(call: Node, default_register: str) -> str:
    """The register whose rows an aggregate goes over."""
    named = (node.register for node in walk(call) if isinstance(node, Name))
    return next(named, None) or default_register


def argument_of(call: Call) -> Node | None:
    """What an aggregate goes over; None when it counts whole rows."""
    whole_row = not call.args or (isinstance(call.args[0], Name) and call.args[0].field == "*")
    return None if whole_row else call.args[0]


def present(node: Node) -> Node:
    """The condition that a part is not missing."""
    return IsNull(node, negated=True)


def requirement(call: Call) -> Node | None:
    """The condition under which an aggregate uses a row; None when every row serves."""
    argument = argument_of(call)
    if argument is None:
        return None
    if call.function == "weighted_cv":
        return Binary("and", present(argument), Binary(">", call.args[1], Number(Decimal(0))))
    return present(argument)


def latest_only(call: Call, register: str, momentary: Momentary | None) -> tuple[Node, ...]:
    """The guard of an aggregate that takes the newest period's rows; nothing for others."""
    return (Name(LATEST),) if momentary is not None and momentary(register, call) else ()


def substituted(node: Node, default_register: str, leaf: Leaf, pairs: Pairs | None = None) -> Node:
    """The reduced tree with every aggregate and external replaced by ``leaf(call, guards)``."""
    pairs = pairs or {}
    if isinstance(node, Call) and node.function in AGGREGATES | EXTERNAL:
        return leaf(node, pairs.get(node, ()))
    if isinstance(node, Binary) and node.op == "/":
        pairs = pairing(node, default_register, pairs)
    return rebuilt(node, lambda child: substituted(child, default_register, leaf, pairs))


def pairing(division: Binary, default_register: str, around: Pairs) -> Pairs:
    """Which sums are paired within a division. ``around`` holds where only one side has aggregates (a change of
    unit, such as ``sum(x) / 10000``); a ratio proper starts anew."""
    if not (_calls(division.left, AGGREGATES) and _calls(division.right, AGGREGATES)):
        return around
    above, below = _sums(division.left, default_register), _sums(division.right, default_register)
    pairs: dict[Node, tuple[Node, ...]] = {}
    for register in above.keys() & below.keys():
        together = dict.fromkeys(above[register] + below[register])
        for call in together:  # a row without the sum's own argument is left out anyway
            pairs[call] = tuple(present(other.args[0]) for other in together if other != call)
    return pairs


def _sums(node: Node, default_register: str) -> dict[str, list[Call]]:
    """The sums of one side of a division by register, not looking into ratios that stand inside it."""
    found: dict[str, list[Call]] = {}
    if isinstance(node, Call) and node.function == "sum":
        return {register_of(node, default_register): [node]}
    if isinstance(node, Call) and node.function in AGGREGATES | EXTERNAL:
        return found
    ratio = isinstance(node, Binary) and node.op == "/" and all(_calls(side, AGGREGATES) for side in node.children())
    for child in () if ratio else node.children():
        for register, calls in _sums(child, default_register).items():
            found.setdefault(register, []).extend(calls)
    return found


def ratio_of(node: Node) -> Binary | None:
    """The division whose sides are a figure's numerator and denominator: the formula itself, or what it rounds or
    multiplies or divides by a number."""
    match node:
        case Binary("/", left, right):
            return node if _calls(right, AGGREGATES | EXTERNAL) else ratio_of(left)
        case Binary("*", Number(), other) | Binary("*", other, Number()) | Call("round", (other, *_)):
            return ratio_of(other)
    return None


def evaluate_aggregate(
    formula: Formula,
    rows_by_register: Mapping[str, Sequence[Mapping[str, Any]]],
    today: date,
    *,
    default_register: str,
    external: Mapping[str, Any] | None = None,
    momentary: Momentary | None = None,
) -> Figure:
    """The figure of an aggregate formula over rows of plain dicts (field → value; an absent key is null).

    Bare names belong to ``default_register``. ``external`` maps e0, e1, … (``plan_aggregates(…).externals``) to values
    of other periods and units. Where ``momentary`` says so, an aggregate takes only rows whose ``_latest`` is true.
    This evaluator is the definition; it is meant to be obvious, not fast."""
    root = reduced(formula)
    keys = {text: external_.key for text, external_ in externals_of(formula, root).items()}

    def leaf(call: Call, guards: tuple[Node, ...]) -> Node:
        if call.function in EXTERNAL:
            return _literal(v.normal((external or {}).get(keys[text_of(call)])))
        register = register_of(call, default_register)
        rows = rows_by_register.get(register, ())
        conditions = [_row_function(guard) for guard in (*guards, *latest_only(call, register, momentary))]
        kept = [row for row in rows if all(holds(row, today) is True for holds in conditions)]
        return _literal(_AGGREGATES[call.function](kept, today, *map(_row_function, call.args)))

    def value(node: Node) -> Value:
        return compile_row(node, _field_key)({}, today)

    whole = value(substituted(root, default_register, leaf))
    ratio = ratio_of(root)
    parts: list[Value] = [None, None]
    if ratio is not None:
        divided = substituted(ratio, default_register, leaf)
        parts = [value(side) for side in divided.children()]
    used, left_out = _coverage(root, rows_by_register, today, default_register, momentary)
    return Figure(whole, parts[0], parts[1], used, left_out)


def _coverage(
    root: Node,
    rows_by_register: Mapping[str, Sequence[Mapping[str, Any]]],
    today: date,
    default_register: str,
    momentary: Momentary | None,
) -> tuple[int, int]:
    used = total = 0
    calls = aggregates_of(root)
    for register in dict.fromkeys(register_of(call, default_register) for call in calls):
        own = [call for call in calls if register_of(call, default_register) == register]
        tests = [_row_function(node) for node in map(requirement, own) if node is not None]
        rows = rows_by_register.get(register, ())
        if all(latest_only(call, register, momentary) for call in own):
            rows = [row for row in rows if row.get(LATEST) is True]
        total += len(rows)
        used += sum(all(test(row, today) is True for test in tests) for row in rows)
    return used, total - used


def _field_key(name: Name) -> str:
    return name.field


def _row_function(node: Node) -> RowFunction:
    if isinstance(node, Name) and node.field == "*":
        return lambda row, today: True
    return compile_row(node, _field_key)


def _literal(value: Value) -> Node:
    if value is None:
        return Null()
    kinds: dict[type, Callable[[Any], Node]] = {Decimal: Number, str: Text, bool: YesNo, date: Date}
    return kinds[type(value)](value)


Rows = Sequence[Mapping[str, Any]]


def _present(rows: Rows, today: date, x: RowFunction) -> list[Any]:
    return [value for row in rows if (value := x(row, today)) is not None]


def _sum(rows: Rows, today: date, x: RowFunction) -> Value:
    present = _present(rows, today, x)
    total = Decimal(0)
    for value in present:
        total = EXACT.add(total, v.number(value) or Decimal(0))
    return total if present else None


def _count(rows: Rows, today: date, x: RowFunction | None = None) -> Value:
    return Decimal(len(rows) if x is None else len(_present(rows, today, x)))


def _count_distinct(rows: Rows, today: date, x: RowFunction) -> Value:
    return Decimal(len({v.settled(value) for value in _present(rows, today, x)}))


def _count_if(rows: Rows, today: date, condition: RowFunction) -> Value:
    return Decimal(sum(v.truth(value) is True for value in _present(rows, today, condition)))


def _min(rows: Rows, today: date, x: RowFunction) -> Value:
    return min(_present(rows, today, x), default=None)


def _max(rows: Rows, today: date, x: RowFunction) -> Value:
    return max(_present(rows, today, x), default=None)


def _median(rows: Rows, today: date, x: RowFunction) -> Value:
    ordered = sorted(_present(rows, today, x))
    if not ordered:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return EXACT.divide(EXACT.add(low, high), Decimal(2))


def _weighted_cv(rows: Rows, today: date, x: RowFunction, weight: RowFunction) -> Value:
    pairs = [(v.number(x(row, today)), v.number(weight(row, today))) for row in rows]
    known = [(a, w) for a, w in pairs if a is not None and w is not None and w > 0]
    if not known:
        return None
    weights, total = sum(w for _, w in known), sum(a for a, _ in known)
    mean = EXACT.divide(Decimal(total), Decimal(weights))
    if not v.settled(Decimal(total)):
        return None
    spread = Decimal(0)
    for a, w in known:
        gap = EXACT.subtract(EXACT.divide(a, w), mean)
        spread = EXACT.add(spread, EXACT.multiply(EXACT.divide(w, Decimal(weights)), EXACT.multiply(gap, gap)))
    return v.spread_of(EXACT.divide(spread, EXACT.multiply(mean, mean)))


_AGGREGATES: dict[str, Callable[..., Value]] = {
    "sum": _sum,
    "count": _count,
    "count_distinct": _count_distinct,
    "count_if": _count_if,
    "min": _min,
    "max": _max,
    "median": _median,
    "weighted_cv": _weighted_cv,
}
