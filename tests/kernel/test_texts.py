"""Numbers, days and lists of names in plain text."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.kernel.texts import chinese_date, names_in, plain_number


@pytest.mark.parametrize(
    ("value", "text"), [("10", "10"), ("100.00", "100"), ("98.50", "98.5"), ("0.0", "0"), ("1E+3", "1000"), ("-0.250", "-0.25")]
)  # fmt: skip
def test_only_the_zeros_behind_the_point_go(value, text):
    assert plain_number(Decimal(value)) == text
    assert plain_number(None) is None and plain_number(20) == "20"


@given(st.decimals(-(10**12), 10**12, places=4))
def test_a_number_comes_back_exactly(value):
    assert Decimal(plain_number(value)) == value and not plain_number(value).endswith((".", ".0"))


def test_a_day_has_no_leading_zeros_and_names_part_at_what_people_write_between_them():
    assert chinese_date(date(2026, 3, 5)) == "2026年3月5日"
    assert names_in(" 张三、李四，王五；赵六 钱七, ") == ["张三", "李四", "王五", "赵六", "钱七"]
    assert names_in("、") == []
