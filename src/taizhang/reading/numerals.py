"""Numerals to exact values: Arabic digits, Chinese numerals, and both with 万 and 亿.

Values are :class:`fractions.Fraction`, so that arithmetic on printed decimals is exact. Input is folded text
(simplified characters, half-width digits); see :attr:`taizhang.reading.view.View.figures`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
TENS = {"十": 10, "百": 100, "千": 1000}
SECTIONS = {"万": 10**4, "亿": 10**8}
ROMAN = {char: value for row in ("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ", "ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ") for value, char in enumerate(row, 1)}

# A numeral longer than this is an account number, an identity number or noise, never a count or a sum of money.
LONGEST = 17

ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d++(?:\.\d+)?)"
CHINESE = "[零一二三四五六七八九十百千万亿两]++"
NUMERAL = re.compile(
    rf"(?P<digits>{ARABIC})\s*(?P<more>[余多来])?\s?(?P<scale>[百千十]?[万亿]+|[百千](?=[万亿余多元人名所个户]))?"
    rf"|(?P<words>{CHINESE})(?P<words_more>[余多来])?(?P<words_scale>[万亿]+)?"
)


@lru_cache(maxsize=4096)
def arabic(text: str) -> Fraction | None:
    """``1,069.86`` → 106986/100. None for what is no number, or too long to be one."""
    plain = text.replace(",", "")
    if len(plain) > LONGEST + 1 or not re.fullmatch(r"\d+(?:\.\d+)?", plain, re.ASCII):
        return None
    return Fraction(plain)


def scale_of(text: str) -> int:
    """``万`` → 10 000, ``千万`` → 10 000 000, ``万亿`` → 10^12, '' → 1."""
    product = 1
    for char in text:
        product *= SECTIONS.get(char) or TENS.get(char, 1)
    return product


@lru_cache(maxsize=4096)
def chinese(text: str) -> Fraction | None:
    """``二十三`` → 23, ``十二万`` → 120 000, ``二零一一`` → 2011; None when the characters make no number.

    Characters in a row without 十/百/千/万/亿 are digits (years); ``百`` or ``千`` alone counts as one of it (百名教师).
    """
    if not text or len(text) > LONGEST or any(char not in DIGITS | TENS | SECTIONS for char in text):
        return None
    if all(char in DIGITS for char in text):
        return Fraction(int("".join(str(DIGITS[char]) for char in text)))
    total = section = 0
    digit: int | None = None
    unit = 0
    for char in text:
        if char in DIGITS:
            if digit:
                return None
            digit = DIGITS[char]
        elif char in TENS:
            unit = TENS[char]
            section += (1 if digit is None else digit) * unit
            digit = None
        else:
            section += digit or 0
            total = (
                (total + (section or (1 if not total else 0))) * SECTIONS[char]
                if char == "亿"
                else (total + (section or 1) * SECTIONS[char])
            )
            unit, section, digit = SECTIONS[char], 0, None
    return Fraction(total + section + (digit or 0) * _last_place(text, unit))


def pointed(text: str) -> Fraction | None:
    """``三点五`` → 7/2, ``一点二万`` → 12 000; without a point what :func:`arabic` or :func:`chinese` say."""
    whole, _, part = text.partition("点")
    first = arabic(whole) if whole[:1].isdigit() else chinese(whole)
    digits = part.rstrip("万亿")
    fine = chinese(digits) if digits else Fraction(0)
    if first is None or fine is None:
        return None
    return (first + fine / 10 ** len(digits)) * scale_of(part[len(digits) :])


def _last_place(text: str, unit: int) -> int:
    """The place of a last digit whose unit is left out: 三百五 is 350, 三百零五 is 305, 三万五 is 35 000."""
    return unit // 10 if len(text) > 1 and text[-2] in "百千万亿" and unit else 1


def value_of(found: re.Match[str]) -> Fraction | None:
    """The value of a :data:`NUMERAL` match."""
    digits = found["digits"]
    number = chinese(found["words"]) if digits is None else arabic(digits)
    scale = found["words_scale"] if digits is None else found["scale"]
    return number * scale_of(scale) if number is not None and scale else number


def decimals(printed: str) -> int:
    """How many digits stand behind the point of the first Arabic numeral in ``printed``, or of a Chinese one (三点五)."""
    found = re.search(r"\d[\d,]*(?:\.(\d+))?", printed) or re.search("[点點]([零〇一二三四五六七八九]+)", printed)
    return len(found[1] or "") if found else 0
