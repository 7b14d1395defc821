"""Row formulas: null logic, exact decimals, division, rounding, dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import evaluate_row, parse, row_function

TODAY = date(2026, 3, 1)
MORNING = datetime(2025, 9, 1, 8, tzinfo=UTC)
T, F, N = True, False, None


def value(text: str, **values: Any) -> Any:
    return evaluate_row(parse(text), values, TODAY)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [(T, T, T, T), (T, F, F, T), (T, N, N, T), (F, T, F, T), (F, F, F, F), (F, N, F, N), (N, T, N, T), (N, F, F, N),
     (N, N, N, N)],
)  # fmt: skip
def test_and_or_follow_three_valued_logic(a: Any, b: Any, both: Any, either: Any) -> None:
    assert value("a and b", a=a, b=b) is both
    assert value("a or b", a=a, b=b) is either
    assert value("not a", a=a) is (None if a is None else not a)


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">="])
def test_a_missing_side_makes_the_result_missing(op: str) -> None:
    assert value(f"a {op} 1", a=None) is None
    assert value(f"1 {op} a") is None
    assert value(f"null {op} null") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a is null", True), ("a is not null", False), ("b is null", False), ("b is not null", True),
        ("a in (1, 2)", N), ("b in (1, 2)", True), ("b in (2, 3)", False), ("b in (a, 1)", True), ("b in (a, 2)", N),
        ("b not in (1)", False), ("b not in (2)", True), ("b not in (a, 2)", N),
        ("b between 1 and 1", True), ("b between 2 and 3", False), ("b between a and 0", False), ("b between a and 5", N),
        ("b not between 2 and 3", True), ("b not between 0 and 1", False), ("a not between 0 and 1", N),
        ("if(a > 1, 1, 2)", N), ("if(b = 1, 7, 8)", 7), ("if(b = 2, 7, 8)", 8), ("if(b = 1, a, 8)", N),
        ("coalesce(a, null, b, 9)", 1), ("coalesce(a, null)", N), ("coalesce(b, a)", 1),
        ("min2(1, 2)", 1), ("min2(2, 1)", 1), ("min2(a, 1)", N), ("max2(1, 2)", 2), ("max2(2, 1)", 2), ("max2(1, a)", N),
        ("abs(-3)", 3), ("abs(a)", N), ("-a", N), ("-b", -1), ("round(a)", N),
    ],
)  # fmt: skip
def test_null_goes_through_every_form(text: str, expected: Any) -> None:
    found = value(text, b=1)
    assert found == expected and (found is None) == (expected is None)


@pytest.mark.parametrize("text", ["1 / 0", "0 / 0", "1 / (0.3 - 0.3)", "1 / (1/3 + 1/3 + 1/3 - 1)", "1 / a"])
def test_division_by_zero_is_missing(text: str) -> None:
    assert value(text) is None


def test_numbers_are_exact_decimals() -> None:
    assert value("0.1 + 0.2") == Decimal("0.3")
    assert value("0.1 + 0.2 = 0.3") is True
    assert value("a * 3", a=0.1) == Decimal("0.3")
    assert value("a + 0.01", a=12345678901234567890) == Decimal("12345678901234567890.01")
    assert value("19 / 20 >= 95%") is True
    assert value("1 / 3 * 3 = 1") is True
    assert value("7 / 8") == Decimal("0.875")
    assert isinstance(value("a", a=3), Decimal)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("round(2.5)", "3"), ("round(-2.5)", "-3"), ("round(3.5)", "4"), ("round(2.4999)", "2"),
        ("round(0.285, 2)", "0.29"), ("round(57 / 200, 2)", "0.29"), ("round(1.005, 2)", "1.01"),
        ("round(-1.005, 2)", "-1.01"), ("round(1250, -2)", "1300"), ("round(-1249, -2)", "-1200"), ("round(2/3, 4)", "0.6667"),
    ],
)  # fmt: skip
def test_rounding_is_half_away_from_zero(text: str, expected: str) -> None:
    assert value(text) == Decimal(expected)


def test_dates_count_days_years_and_ages() -> None:
    assert value("days(a, b)", a=date(2026, 2, 27), b=TODAY) == 2
    assert value("days(b, a)", a=date(2026, 2, 27), b=TODAY) == -2
    assert value("days(a, today())") is None
    assert value("year(a)", a=MORNING) == 2025
    assert value("a = date'2025-09-01'", a=MORNING) is True
    assert value("today() = date'2026-03-01'") is True
    assert value("min2(a, today())", a=date(2026, 3, 2)) == TODAY
    assert value("age(a)") is None and value("year(a)") is None


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(2010, 3, 1), 16), (date(2010, 3, 2), 15), (date(2010, 2, 28), 16), (date(2012, 2, 29), 14), (TODAY, 0)],
)
def test_age_is_in_full_years(born: date, age: int) -> None:
    assert value("age(d)", d=born) == age


def test_names_of_other_registers_and_earlier_periods_come_from_the_caller() -> None:
    assert value("校舍.面积 + 1", **{"校舍.面积": 3}) == 4
    grown = parse("在校生数 - previous(在校生数)")
    assert evaluate_row(grown, {"在校生数": 12, 'previous("在校生数")': 10}, TODAY) == 2
    assert evaluate_row(grown, {"在校生数": 12}, TODAY) is None


def test_not_a_number_is_missing() -> None:
    assert value("a + 1", a=float("nan")) is None
    assert value("a is null", a=float("inf")) is True
    assert value("a is null", a=Decimal("NaN")) is True


def test_numbers_that_no_record_can_hold_are_a_problem_and_large_ones_are_not() -> None:
    with pytest.raises(Problem, match="数值太大"):
        value("a + 1", a=10**40)
    with pytest.raises(Problem, match="数值太大"):
        value("a + 1", a=1e300)
    power = " * ".join(["a"] * 12)
    assert value(f"{power} > 1", a=Decimal("9e39")) is True
    assert value(f"round({power}, 2) = {power}", a=Decimal("9e39")) is True
    assert value(f"1 / ({power}) < 0.1", a=Decimal("9e39")) is True


@pytest.mark.parametrize(
    ("text", "values"),
    [("a + 1", {"a": "三"}), ("a > 1", {"a": "三"}), ("a = '三'", {"a": 3}), ("year(a)", {"a": "2025"}), ("a and true", {"a": 1}),
     ("a = date'2025-01-01'", {"a": "2025-01-01"}), ("not a", {"a": "否"}), ("a = true", {"a": "是"}), ("-a", {"a": True})],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_a_problem_in_chinese(text: str, values: dict[str, Any]) -> None:
    with pytest.raises(Problem, match="公式需要") as caught:
        evaluate_row(parse(text), values, TODAY)
    assert caught.value.code == "formula.value" and caught.value.remedy


def test_aggregates_are_refused_in_row_formulas() -> None:
    with pytest.raises(Problem, match="逐行公式里不能用汇总函数 sum"):
        value("sum(a)")


def test_yes_is_not_one() -> None:
    assert value("a = true", a=True) is True
    with pytest.raises(Problem):
        value("a = 1", a=True)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(-1000, 1000))
def test_integer_arithmetic_is_that_of_python(a: int, b: int, c: int) -> None:
    row = {"a": a, "b": b, "c": c}
    compiled = row_function(parse("(a + b) * c - a"))
    assert compiled(row, TODAY) == (a + b) * c - a
    assert evaluate_row(parse("a < b"), row, TODAY) is (a < b)
    assert evaluate_row(parse("a between b and c"), row, TODAY) is (b <= a <= c)
