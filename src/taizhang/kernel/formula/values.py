"""Values and their arithmetic: Decimal numbers, missing is None and stays None, three-valued logic.

Numbers are exact to 50 digits. Where two numbers are compared, a divisor is tested for zero, or distinct values are
counted, 9 decimals decide, so that the floating numbers of a database give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from taizhang.kernel.errors import Problem

EXACT = Context(prec=50, rounding=ROUND_HALF_UP)
SETTLED_PLACES = 9
MAX_MAGNITUDE = 40  # digits before the point of a number in a record
TOO_LARGE = 10**MAX_MAGNITUDE
_SETTLED = Decimal(1).scaleb(-SETTLED_PLACES)
_WIDE = Context(prec=200, rounding=ROUND_HALF_UP)

Value = Decimal | str | date | bool | None


def normal(value: Any) -> Value:
    """A value as the language knows it: every number a Decimal, a moment its day, NaN missing."""
    kind = type(value)
    if kind is int and -TOO_LARGE < value < TOO_LARGE:  # most of what an engine gives: no bounds to look at
        return Decimal(value)
    if kind is float:
        value = Decimal(repr(value))
    elif value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (Decimal, int)):
        return _bounded(value if type(value) is Decimal else Decimal(value))
    if isinstance(value, float):  # a kind of float of some library's own
        return normal(float(value))
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return str(value)


def _bounded(value: Decimal) -> Decimal | None:
    if not value.is_finite():
        return None
    if value.adjusted() >= MAX_MAGNITUDE:
        raise Problem("formula.value", "数值太大,不可能是真实数据", remedy="核对这条记录里的数")
    return value


def settled(value: Value) -> Value:
    """A number to 9 decimals (half up); anything else, and what is too large to have decimals, unchanged."""
    if isinstance(value, Decimal) and value.adjusted() < EXACT.prec:
        return value.quantize(_SETTLED, context=_WIDE)
    return value


def _mismatch(wanted: str, value: Any) -> Problem:
    return Problem(
        "formula.value", f"公式需要{wanted},得到的却是“{value}”", remedy="核对该字段的类型,或改正这条记录里的值"
    )


def number(value: Value) -> Decimal | None:
    """The value as a number; raises Problem when it is none."""
    if value is None or isinstance(value, Decimal):
        return value
    raise _mismatch("数值", value)


def day(value: Value) -> date | None:
    """The value as a date; raises Problem when it is none."""
    if value is None or isinstance(value, date):
        return value
    raise _mismatch("日期", value)


def truth(value: Value) -> bool | None:
    """The value as yes, no or unknown; raises Problem when it is none."""
    if value is None or isinstance(value, bool):
        return value
    raise _mismatch("是否(条件)", value)


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """The quotient; None when the divisor is 0."""
    return None if _is_zero(right) else EXACT.divide(left, right)


def _is_zero(value: Decimal) -> bool:
    """Whether a number is 0 at 9 decimals. One of 1e-8 or more cannot be."""
    return not value or (value.adjusted() <= -SETTLED_PLACES and not settled(value))


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Half away from zero, after settling at 9 decimals; ``places`` may be negative."""
    if value.adjusted() >= EXACT.prec:
        return value
    rounded = _WIDE.quantize(_WIDE.quantize(value, _SETTLED), Decimal(1).scaleb(-places))
    return rounded if places >= 0 else Decimal(format(rounded, "f"))


def compare(op: str, left: Value, right: Value) -> bool | None:
    """A comparison; unknown when a side is missing. Raises Problem for sides of different kinds."""
    if left is None or right is None:
        return None
    if isinstance(left, Decimal):
        number(right)
    elif isinstance(left, bool):
        truth(right)
    elif isinstance(left, date):
        day(right)
    elif not isinstance(right, str):
        raise _mismatch("文字", right)
    return _COMPARE[op](settled(left), settled(right))


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def both(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued and."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued or."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def negation(value: bool | None) -> bool | None:
    """Three-valued not."""
    return None if value is None else not value


def age_at(born: date, today: date) -> int:
    """Full years of age."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


NO_SPREAD = Decimal("1e-12")


def weighted_cv(weight: Decimal | None, total: Decimal | None, squares: Decimal | None) -> Decimal | None:
    """The 差异系数 from its three sums: Σw, Σx and Σx²/w, with X̄ = Σx/Σw and S² = Σ(w/Σw)(x/w − X̄)².

    (S/X̄)² is Σ(x²/w)·Σw/(Σx)² − 1, so it follows from sums that can be merged over units. Below 1e-12 this is the
    noise of floating sums, and counts as 0. Source: the county compulsory-education balance method (pupil-weighted).
    """
    if weight is None or total is None or squares is None or _is_zero(total):
        return None
    square = EXACT.divide(EXACT.multiply(squares, weight), EXACT.multiply(total, total))
    return spread_of(EXACT.subtract(square, Decimal(1)))


def spread_of(square: Decimal) -> Decimal:
    """The coefficient from its square."""
    return EXACT.sqrt(square) if square > NO_SPREAD else Decimal(0)
