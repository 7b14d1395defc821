"""Numerals become exact values, and what is no numeral becomes None."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.reading.numerals import NUMERAL, arabic, chinese, decimals, scale_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0), ("一", 1), ("两", 2), ("十", 10), ("十一", 11), ("二十", 20), ("二十三", 23), ("一百零五", 105), ("一百一十", 110), ("三百五", 350),
        ("三百零五", 305), ("两千", 2000), ("一千零五十", 1050), ("三万五", 35_000), ("二十五万六千", 256_000), ("一亿二千万", 120_000_000),
        ("三十万亿", 30 * 10**12), ("二零一一", 2011), ("百", 100), ("千", 1000),
    ],
)  # fmt: skip
def test_a_chinese_numeral_has_its_value(text, value):
    assert chinese(text) == value


@pytest.mark.parametrize("text", ["", "abc", "1", "三四百一二", "一" * 40, "年"])
def test_what_is_no_chinese_numeral_has_no_value(text):
    assert chinese(text) is None


def test_arabic_numerals_are_exact_and_may_carry_grouping_commas():
    assert arabic("14.6722") == Fraction(146722, 10_000)
    assert arabic("1,069.86") == Fraction(106986, 100)
    assert arabic("1.2.3") is None
    assert arabic("١٢") is None


def test_a_row_of_ten_thousand_digits_is_no_number():
    assert arabic("9" * 10_000) is None
    assert chinese("九" * 10_000) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.9070亿", 190_700_000),
        ("57余万", 570_000),
        ("1600多万", 16_000_000),
        ("5千元", 5000),
        ("二十多", 20),
        ("1.2万亿", 12 * 10**11),
        ("十余万", 100_000),
    ],
)
def test_scales_and_more_than_marks_belong_to_the_number(text, value):
    assert value_of(NUMERAL.match(text)) == value


def test_scales_multiply():
    assert (scale_of(""), scale_of("万"), scale_of("千万"), scale_of("万亿")) == (1, 10**4, 10**7, 10**12)


def test_decimals_are_counted_as_printed():
    assert (decimals("99.70%"), decimals("103%"), decimals("1,234.5万元"), decimals("三成")) == (2, 0, 1, 0)


@given(st.integers(min_value=0, max_value=9999))
def test_every_number_up_to_ten_thousand_survives_being_written_in_chinese(number):
    assert chinese(_in_chinese(number)) == number


@given(st.text(max_size=60))
def test_no_text_makes_the_parsers_fail(text):
    arabic(text)
    chinese(text)
    decimals(text)


def _in_chinese(number: int) -> str:
    """The plain way of writing a whole number below ten thousand."""
    if number == 0:
        return "零"
    digits = "零一二三四五六七八九"
    text, started = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            if started and text and number // (place * 10) % 10 == 0:
                text += "零"
            text += digits[digit] + name
            started = True
    return text
