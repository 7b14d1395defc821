"""Row formulas in Python. A tree is turned once into nested closures, then called for every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import values as v
from taizhang.kernel.formula.functions import AGGREGATES, LIMITS
from taizhang.kernel.formula.nodes import (
    Between,
    Binary,
    Call,
    Date,
    Formula,
    In,
    IsNull,
    Name,
    Node,
    Null,
    Number,
    Slot,
    Text,
    Unary,
    YesNo,
    text_of,
)
from taizhang.kernel.formula.parser import places_of
from taizhang.kernel.formula.values import EXACT, Value

# The key of the limits in the values of a row: no name of a field can be it.
LIMIT = "limit()"
RowFunction = Callable[[Mapping[str, Any], date], Value]


def evaluate_row(formula: Formula, values: Mapping[str, Any], today: date) -> Value:
    """The value of a row formula. ``values`` maps field names (``台账.字段`` for another register's) to Python values;
    an absent key is null. Numbers come back as Decimal. A time function looks up its canonical text
    (``text_of(node)``) in ``values``: the caller puts the earlier period's value there.
    Raises Problem when a value is not of the kind the formula needs."""
    return row_function(formula)(values, today)


def row_function(formula: Formula) -> RowFunction:
    """The same as ``evaluate_row`` for many rows: compile once, call often."""
    return compile_row(formula.root, qualified_key)


def qualified_key(name: Name) -> str:
    """The key of a name in the values of a row formula."""
    return name.field if name.register is None else f"{name.register}.{name.field}"


def compile_row(node: Node, key: Callable[[Name], str]) -> RowFunction:
    """Closure for a node; ``key`` says under which key a name's value lies."""
    match node:
        case Number(value) | Text(value) | Date(value) | YesNo(value):
            return lambda row, today: value
        case Null():
            return lambda row, today: None
        case Name():
            return _lookup(key(node))
        case Slot(slot, kind):
            return _count(slot) if kind == "count" else _lookup(slot)
        case Unary(op, operand):
            return _unary(op, compile_row(operand, key))
        case Binary(op, left, right):
            return _binary(op, compile_row(left, key), compile_row(right, key))
        case IsNull(operand, negated):
            inner = compile_row(operand, key)
            return lambda row, today: (inner(row, today) is None) is not negated
        case In(operand, items, negated):
            return _in(compile_row(operand, key), [compile_row(item, key) for item in items], negated)
        case Between(operand, low, high, negated):
            return _between(*(compile_row(part, key) for part in (operand, low, high)), negated=negated)
        case Call(function, args):
            return _call(node, function, args, key)
    raise TypeError(f"no such node: {node!r}")


def _lookup(key: str) -> RowFunction:
    return lambda row, today: v.normal(row.get(key))


def _count(key: str) -> RowFunction:
    return lambda row, today: Decimal(row.get(key) or 0)


def _unary(op: str, inner: RowFunction) -> RowFunction:
    if op == "not":
        return lambda row, today: v.negation(v.truth(inner(row, today)))

    def minus(row: Mapping[str, Any], today: date) -> Value:
        value = v.number(inner(row, today))
        return None if value is None else EXACT.minus(value)

    return minus


ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal | None]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
    "/": v.divide,
}
_LOGIC = {"and": v.both, "or": v.either}


def _binary(op: str, left: RowFunction, right: RowFunction) -> RowFunction:
    if op in _LOGIC:
        join = _LOGIC[op]
        return lambda row, today: join(v.truth(left(row, today)), v.truth(right(row, today)))
    if op not in ARITHMETIC:
        return lambda row, today: v.compare(op, left(row, today), right(row, today))
    calculate = ARITHMETIC[op]

    def arithmetic(row: Mapping[str, Any], today: date) -> Value:
        a, b = v.number(left(row, today)), v.number(right(row, today))
        return None if a is None or b is None else calculate(a, b)

    return arithmetic


def _in(operand: RowFunction, items: list[RowFunction], negated: bool) -> RowFunction:
    def contains(row: Mapping[str, Any], today: date) -> Value:
        value = operand(row, today)
        found: bool | None = False
        for item in items:
            found = v.either(found, v.compare("=", value, item(row, today)))
        return v.negation(found) if negated else found

    return contains


def _between(operand: RowFunction, low: RowFunction, high: RowFunction, *, negated: bool) -> RowFunction:
    def inside(row: Mapping[str, Any], today: date) -> Value:
        value = operand(row, today)
        found = v.both(v.compare(">=", value, low(row, today)), v.compare("<=", value, high(row, today)))
        return v.negation(found) if negated else found

    return inside


def _call(node: Call, function: str, args: tuple[Node, ...], key: Callable[[Name], str]) -> RowFunction:
    if function in AGGREGATES:
        raise Problem("formula.kind", f"逐行公式里不能用汇总函数 {function}", remedy="汇总公式请用作指标")
    if function not in _FUNCTIONS and function != "round" and function not in LIMITS:
        return _lookup(text_of(node))  # time and sibling functions: the caller knows the value
    inner = [compile_row(arg, key) for arg in args]
    if function in LIMITS:
        return _limit(*(compile_row(arg, key) for arg in args))
    if function == "round":
        places = places_of(args[1]) if len(args) == 2 else 0
        return _rounding(inner[0], places or 0)
    return _FUNCTIONS[function](*inner)


def _rounding(inner: RowFunction, places: int) -> RowFunction:
    def rounded(row: Mapping[str, Any], today: date) -> Value:
        value = v.number(inner(row, today))
        return None if value is None else v.round_half_up(value, places)

    return rounded


def _if(condition: RowFunction, yes: RowFunction, no: RowFunction) -> RowFunction:
    def chosen(row: Mapping[str, Any], today: date) -> Value:
        holds = v.truth(condition(row, today))
        return None if holds is None else (yes if holds else no)(row, today)

    return chosen


def _coalesce(*parts: RowFunction) -> RowFunction:
    def first(row: Mapping[str, Any], today: date) -> Value:
        return next((value for part in parts if (value := part(row, today)) is not None), None)

    return first


def _limit(*parts: RowFunction) -> RowFunction:
    """The caller puts a function (standard, indicator, stage) → number under ``LIMIT``; without it the limit is null."""

    def found(row: Mapping[str, Any], today: date) -> Value:
        ask = row.get(LIMIT)
        return None if ask is None else v.normal(ask(*(part(row, today) for part in parts)))

    return found


def _abs(inner: RowFunction) -> RowFunction:
    def absolute(row: Mapping[str, Any], today: date) -> Value:
        value = v.number(inner(row, today))
        return None if value is None else EXACT.abs(value)

    return absolute


def _pick(op: str) -> Callable[[RowFunction, RowFunction], RowFunction]:
    def build(left: RowFunction, right: RowFunction) -> RowFunction:
        def picked(row: Mapping[str, Any], today: date) -> Value:
            a, b = left(row, today), right(row, today)
            holds = v.compare(op, a, b)
            return None if holds is None else (a if holds else b)

        return picked

    return build


def _days(start: RowFunction, end: RowFunction) -> RowFunction:
    def between(row: Mapping[str, Any], today: date) -> Value:
        a, b = v.day(start(row, today)), v.day(end(row, today))
        return None if a is None or b is None else Decimal((b - a).days)

    return between


def _year(inner: RowFunction) -> RowFunction:
    def year(row: Mapping[str, Any], today: date) -> Value:
        value = v.day(inner(row, today))
        return None if value is None else Decimal(value.year)

    return year


def _age(inner: RowFunction) -> RowFunction:
    def age(row: Mapping[str, Any], today: date) -> Value:
        value = v.day(inner(row, today))
        return None if value is None else Decimal(v.age_at(value, today))

    return age


def _weighted_cv(*sums: RowFunction) -> RowFunction:
    return lambda row, today: v.weighted_cv(*(v.number(part(row, today)) for part in sums))


_FUNCTIONS: dict[str, Callable[..., RowFunction]] = {
    "if": _if,
    "coalesce": _coalesce,
    "abs": _abs,
    "min2": _pick("<="),
    "max2": _pick(">="),
    "days": _days,
    "today": lambda: lambda row, today: today,
    "year": _year,
    "age": _age,
    "cv_of_sums": _weighted_cv,  # only in plans: the outer part of weighted_cv
}
