"""How figures, money and dates are written."""

import datetime as dt
from decimal import Decimal

import pytest

from taizhang.ui import formats


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567, None, "1,234,567"),
        (Decimal("1200.50"), None, "1,200.5"),
        (Decimal("100"), None, "100"),
        (0.1 + 0.2, None, "0.3"),
        (Decimal("2.345"), 2, "2.35"),
        (Decimal("-0.001"), 2, "0.00"),
        (Decimal("-2.5"), 0, "-3"),
        (0, None, "0"),
        ("96.42", "", "96.42"),
        (1e15, 0, "1,000,000,000,000,000"),
    ],
)
def test_numbers_are_grouped_and_halves_go_up(value, decimals, text):
    assert formats.number_text(value, decimals) == text


@pytest.mark.parametrize("missing", [None, "", float("nan"), float("inf"), Decimal("NaN")])
def test_a_missing_number_is_a_dash_and_never_zero(missing):
    assert formats.number_text(missing, 2) == "—"
    assert formats.percent_text(missing) == "—"
    assert formats.money_text(missing, "万元") == "—"


def test_words_in_place_of_a_number_are_refused():
    with pytest.raises(ValueError, match="三万"):
        formats.number_text("三万")


def test_a_ratio_is_shown_times_hundred_without_binary_noise():
    assert formats.percent_text(0.9965) == "99.65"
    assert formats.percent_text(Decimal("0.285"), 0) == "29"


@pytest.mark.parametrize(("unit", "text"), [("元", "128,500.50"), ("万元", "12.85"), ("亿元", "0.00")])
def test_money_is_exact_yuan_in_the_unit_asked_for(unit, text):
    assert formats.money_text(Decimal("128500.50"), unit) == text


def test_an_unknown_money_unit_is_refused():
    with pytest.raises(KeyError):
        formats.money_text(1, "美元")


def test_a_moment_is_written_in_local_time(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    late_utc = dt.datetime(2026, 11, 21, 20, 30, tzinfo=dt.UTC)
    assert formats.date_text(late_utc) == "2026-11-22 04:30"
    assert formats.date_text(dt.date(2026, 1, 5), "cn") == "2026年1月5日"
    assert formats.date_text(dt.date(2026, 1, 5), "short") == "01-05"
    assert formats.date_text(None) == "—"


@pytest.mark.parametrize(
    ("day", "category", "words"),
    [(16, "late", "逾期 5 天"), (21, "warn", "今天到期"), (24, "warn", "还剩 3 天"), (25, "open", "还剩 4 天")],
)
def test_a_deadline_says_how_late_or_how_near(day, category, words):
    assert formats.due_words(dt.date(2026, 11, day), dt.date(2026, 11, 21)) == (category, words)
