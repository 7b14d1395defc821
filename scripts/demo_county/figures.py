"""What the figures of every register are put together with: rows of a period, counts, quotients. No pack, no formulas."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from .expected import number

Row = dict[str, Any]
# First and last day of the periods that the demo's figures are asked for.
SPANS = {
    "2025": (dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
    "2026": (dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    "SY2025": (dt.date(2025, 9, 1), dt.date(2026, 8, 31)),
    "SY2026": (dt.date(2026, 9, 1), dt.date(2027, 8, 31)),
}


def within(rows: list[Row], dated: str, period: str, *, roster: bool = False) -> list[Row]:
    """The rows of a period; those of a roster are all that were there by its end."""
    first, last = SPANS[period]
    return [row for row in rows if row[dated] <= last and (roster or row[dated] >= first)]


def count(value: int | Fraction) -> dict[str, Any]:
    return {"value": number(Fraction(value)), "numerator": None, "denominator": None}


def ratio(upper: int | Fraction, lower: int | Fraction) -> dict[str, Any]:
    """A quotient with its halves; no value over nothing."""
    value = number(Fraction(upper) / Fraction(lower)) if lower else None
    return {"value": value, "numerator": number(Fraction(upper)), "denominator": number(Fraction(lower))}


def figure(code: str, unit: str, period: str, by: dict[str, str] | None, value: dict[str, Any]) -> dict[str, Any]:
    """One line of expected.json; how many rows count is not told where nobody counted them."""
    return {"indicator": code, "unit": unit, "period": period, "by": by, **value, "rows": None, "left_out": None}


def total(rows: list[Row], name: str) -> Fraction:
    """The sum of a column, blanks as nothing."""
    return sum((Fraction(str(row[name])) for row in rows if row[name] not in (None, "")), Fraction(0))
