"""How figures, money and dates are written. One place, so that a number reads the same on every page.

Missing is ``—`` and never 0. Halves are rounded up, as school statistics are.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone

MISSING = "—"
MONEY_UNITS = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
# Days before a deadline from which it is shown as near.
NEAR_DAYS = 3

Number = int | float | Decimal | str | None


def to_decimal(value: Number) -> Decimal | None:
    """The exact value; None when it is missing or not a finite number.

    Raises ValueError when the value is text that is no number: showing it as missing would hide a mistake.
    """
    if value is None or value == "":
        return None
    text = format(value, ".12g") if isinstance(value, float) else str(value)
    try:
        exact = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    return exact if exact.is_finite() else None


def number_text(value: Number, decimals: int | str | None = None) -> str:
    """Digits in groups of three. ``decimals`` None, or "" as a template gives, keeps the value's own without closing zeros."""
    exact = to_decimal(value)
    if exact is None:
        return MISSING
    if decimals is not None and decimals != "":
        text = f"{_rounded(exact, int(decimals)):,f}"
    else:
        text = f"{exact:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent_text(ratio: Number, decimals: int = 2) -> str:
    """A stored ratio as a percent without its sign: 0.9965 → 99.65."""
    exact = to_decimal(ratio)
    return MISSING if exact is None else number_text(exact * 100, decimals)


def money_text(yuan: Number, unit: str = "元") -> str:
    """An amount of yuan in 元, 万元 or 亿元 with two decimals; KeyError for another unit."""
    exact = to_decimal(yuan)
    return MISSING if exact is None else number_text(exact / MONEY_UNITS[unit], 2)


def date_text(value: dt.date | str | None, style: str = "iso") -> str:
    """``iso`` 2026-11-21, ``cn`` 2026年11月21日, ``short`` 11-21; a moment adds its local hour and minute."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, str):
        return value
    clock = ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        clock = f" {value:%H:%M}"
    if style == "cn":
        return f"{value.year}年{value.month}月{value.day}日{clock}"
    return f"{value:%m-%d}{clock}" if style == "short" else f"{value:%Y-%m-%d}{clock}"


def due_words(due: dt.date, today: dt.date) -> tuple[str, str]:
    """State category and Chinese words for a deadline: how late, or how long still."""
    days = (due - today).days
    if days < 0:
        return "late", f"逾期 {-days} 天"
    if days == 0:
        return "warn", "今天到期"
    return ("warn" if days <= NEAR_DAYS else "open"), f"还剩 {days} 天"


def _rounded(value: Decimal, decimals: int) -> Decimal:
    result = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result
