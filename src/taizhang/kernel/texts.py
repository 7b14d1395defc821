"""How numbers, days and lists of names stand in plain text: one way for letters, logs, forms and sentences."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import overload

# What people write between names.
_BETWEEN = r"[、,，;；\s]"


@overload
def plain_number(value: None) -> None: ...
@overload
def plain_number(value: Decimal | int) -> str: ...
def plain_number(value: Decimal | int | None) -> str | None:
    """A number exact, without the zeros that a column adds and without separators: 98.50 → 98.5, 10 → 10."""
    if value is None:
        return None
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def chinese_date(day: date) -> str:
    """2026年3月5日 (GB/T 9704-2012: full year, no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def names_in(text: str) -> list[str]:
    """The names of a list as people type it, by commas, semicolons, 顿号 or spaces."""
    return [name for name in re.split(f"{_BETWEEN}+", text) if name]


def among_names(name: str) -> str:
    """A regular expression, for Python and the databases alike, that finds a name as a whole one of such a list."""
    return f"(^|{_BETWEEN}){re.escape(name)}($|{_BETWEEN})"
