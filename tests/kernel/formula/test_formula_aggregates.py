"""The meaning of the aggregates: every case on the reference, on DuckDB, and on DuckDB finished in Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from taizhang.kernel.formula import Figure, FormulaError, evaluate_aggregate, parse, plan_aggregates
from tests.kernel.formula.engines import TODAY, Rows, agree, figures, same

BOOKS = [{"经费": Decimal(b), "人数": p} for b, p in ((279, 45), (137, 37), (935, 89), (160, 76), (402, 55))]
MIXED = [
    {"人数": 7, "班数": 8, "经费": Decimal("1.10"), "类别": "小学", "寄宿": True, "日期": date(2020, 5, 1)},
    {"班数": 2, "经费": Decimal("2.20"), "类别": "小学", "寄宿": False},
    {"人数": 5, "班数": 0, "类别": "初中", "日期": date(2021, 5, 1)},
    {},
]


def figure(text: str, rows: Rows, others: Rows = (), external: Mapping[str, Any] | None = None) -> Figure:
    found = figures(text, rows, others, external)
    assert agree(found), found
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(人数)", 12), ("avg(人数)", 6), ("min(人数)", 5), ("max(人数)", 7), ("median(班数)", 2), ("median(人数)", 6),
        ("count()", 4), ("count(人数)", 2), ("count_distinct(类别)", 2), ("count_distinct(班数 > 1)", 2),
        ("count_if(寄宿)", 1), ("count_if(not 寄宿)", 1), ("count_if(寄宿 is null)", 2), ("count_if(类别 = '小学')", 2),
        ("sum_if(班数, 类别 = '小学')", 10), ("sum_if(班数, 类别 = '高中')", 0), ("sum_if(人数, 寄宿)", 7),
        ("sum_if(人数, not 寄宿)", 0), ("sum(人数 * 班数)", 56), ("sum(人数 / 班数)", Decimal("0.875")),
        ("min(日期)", date(2020, 5, 1)), ("max(日期)", date(2021, 5, 1)), ("sum(经费)", Decimal("3.30")),
        ("count_if(寄宿) / count()", Decimal("0.25")), ("count_if(寄宿) / count(寄宿)", Decimal("0.5")),
        ("sum(人数) > 10", True), ("coalesce(sum(人数), 0) / count()", 3), ("-sum(人数) + 2 * count()", -4),
        ("round(sum(经费) / 7, 2)", Decimal("0.47")), ("avg(班数)", Decimal(10) / 3),
        ("if(count() > 3, sum(人数), null)", 12), ("sum(coalesce(人数, 0)) / sum(coalesce(班数, 0))", Decimal("1.2")),
    ],
)  # fmt: skip
def test_missing_values_take_no_part(text: str, expected: Any) -> None:
    assert same(figure(text, MIXED).value, expected)


@pytest.mark.parametrize("rows", [[], [{}], [{}, {}]], ids=["no rows", "an empty row", "two empty rows"])
def test_nothing_known_is_missing_but_counts_are_zero(rows: Rows) -> None:
    for text in ("sum(人数)", "avg(人数)", "min(人数)", "max(日期)", "median(人数)", "weighted_cv(经费, 人数)",
                 "sum(人数) / sum(班数)", "sum_if(人数, 寄宿)", "sum(人数) + 1", "sum(人数) > 0"):  # fmt: skip
        assert figure(text, rows).value is None
    assert figure("count(人数)", rows).value == 0
    assert figure("count_if(寄宿)", rows).value == 0
    assert figure("count_distinct(类别)", rows).value == 0
    assert figure("count()", rows).value == len(rows)


def test_division_by_zero_is_missing() -> None:
    rows = [{"人数": 3, "班数": 0}]
    for text in (
        "sum(人数) / sum(班数)",
        "sum(人数 / 班数)",
        "count() / count_if(班数 > 0)",
        "1 / (avg(班数) - sum(班数))",
    ):
        assert figure(text, rows).value is None


PAIR = [{"人数": 7, "班数": 8}, {"班数": 2}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(人数) / sum(班数)", "0.875"),
        ("sum(班数) / sum(人数)", "1.142857142857"),
        ("round(sum(人数) / sum(班数), 2)", "0.88"),
        ("100 * sum(人数) / sum(班数)", "87.5"),
        ("sum(人数) * 100 / sum(班数)", "87.5"),
        ("sum(人数) / sum(班数) * 100", "87.5"),
        ("sum(人数) / (sum(班数) / 100)", "87.5"),
        ("(sum(人数) / 100) / sum(班数)", "0.00875"),
        ("-sum(人数) / sum(班数)", "-0.875"),
        ("coalesce(sum(人数), 0) / sum(班数)", "0.875"),
        ("sum(人数) / (sum(班数) + 1)", "0.777777777777"),
        ("(sum(人数) + sum(班数)) / sum(班数)", "1.875"),
        ("sum_if(人数, 班数 > 0) / sum(班数)", "0.875"),
        ("sum(人数) / sum(班数) + sum(班数)", "10.875"),
        ("sum(班数) / (sum(人数) / sum(班数))", "11.428571428571"),
        ("sum(人数) / count()", "3.5"),
        ("sum(班数) / count(人数)", "10"),
        ("sum(班数) / 10", "1"),
        ("sum(班数) / max(人数)", "1.428571428571"),
        ("sum(班数)", "10"),
        ("(sum(人数) / sum(班数)) / (sum(班数) / count())", "0.175"),
        ("share(人数) + sum(人数) / sum(班数)", "1.575"),
    ],
)
def test_a_ratio_of_two_sums_is_paired_by_row(text: str, expected: str) -> None:
    external = {"e0": Decimal(10)} if "share" in text else {}
    assert abs(figure(text, PAIR, external=external).value - Decimal(expected)) < Decimal("1e-9")  # type: ignore[operator]


def test_registers_sum_their_own_since_rows_cannot_be_paired() -> None:
    found = figure("sum(人数) / sum(校舍.班数)", PAIR, [{"班数": 8}, {"班数": 2}, {}])
    assert found == Figure(Decimal("0.7"), Decimal(7), Decimal(10), 3, 2)


def test_only_the_register_on_both_sides_is_paired() -> None:
    others = [{"人数": 1, "班数": 1}, {"人数": 10}]
    found = figure("(sum(人数) + sum(校舍.人数)) / sum(班数)", PAIR, others)
    assert found.value == Decimal(18) / Decimal(8)


def test_an_ambiguous_coverage_is_counted_by_row() -> None:
    found = figure("sum(人数) / sum(班数)", [*PAIR, {"人数": 1}, {}])
    assert (found.numerator, found.denominator, found.rows_used, found.rows_left_out) == (7, 8, 1, 3)


@pytest.mark.parametrize(
    ("text", "used"),
    [("count()", 4), ("count(人数)", 2), ("sum(人数)", 2), ("count_if(寄宿)", 2), ("count_if(寄宿) / count()", 2),
     ("sum(人数) + sum(班数)", 2), ("sum_if(人数, 寄宿)", 2), ("weighted_cv(人数, 班数)", 1), ("min(日期)", 2), ("3 * rank()", 0)],
)  # fmt: skip
def test_rows_in_which_something_needed_is_missing_are_left_out(text: str, used: int) -> None:
    found = figure(text, MIXED, external={"e0": 1} if "rank" in text else {})
    total = 0 if "rank" in text else 4
    assert (found.rows_used, found.rows_left_out) == (used, total - used)


@pytest.mark.parametrize(
    ("text", "numerator", "denominator"),
    [
        ("sum(人数) / sum(班数)", 7, 8), ("round(sum(人数) / sum(班数) * 100, 1)", 7, 8), ("sum(人数) / sum(班数) / 10", 7, 8),
        ("avg(班数)", 10, 2), ("count_if(人数 > 1) / count()", 1, 2), ("sum(班数) / 10", None, None), ("count()", None, None),
        ("sum(人数) / sum(班数) - 1", None, None),
    ],
)  # fmt: skip
def test_a_ratio_shows_its_parts(text: str, numerator: Any, denominator: Any) -> None:
    found = figure(text, PAIR)
    assert same(found.numerator, numerator) and same(found.denominator, denominator)


def test_the_coefficient_of_difference_is_weighted() -> None:
    found = figure("weighted_cv(经费, 人数)", BOOKS)
    assert round(found.value, 4) == Decimal("0.5153")  # type: ignore[arg-type]  # 0.4888 unweighted


def test_rows_without_value_or_weight_do_not_disturb_the_coefficient() -> None:
    odd: Rows = [
        {"经费": Decimal(9)},
        {"人数": 9},
        {"经费": Decimal(9), "人数": 0},
        {"经费": Decimal(9), "人数": -3},
        {},
    ]
    found = figure("差异系数(经费, 人数)", [*BOOKS, *odd])
    assert same(found.value, figure("weighted_cv(经费, 人数)", BOOKS).value)
    assert (found.rows_used, found.rows_left_out) == (5, 5)


def test_equal_schools_differ_by_nothing() -> None:
    assert figure("weighted_cv(经费, 人数)", [{"经费": Decimal("0.69"), "人数": 1}] * 7).value == 0
    assert figure("weighted_cv(经费, 人数)", [{"经费": Decimal(0), "人数": 4}]).value is None


def test_other_periods_and_units_are_put_in_from_outside() -> None:
    grown = figure("count() / last_year(count()) - 1", MIXED, external={"e0": 3})
    assert same(grown.value, Decimal(1) / 3)
    shared = figure("share(人数)", MIXED, external={"e0": 48})
    assert shared == Figure(Decimal("0.25"), Decimal(12), Decimal(48), 2, 2)
    assert figure("if(rank(avg(人数)) <= 3, 5, 0)", MIXED, external={"e0": 2}).value == 5
    gone = figure("coalesce(previous(sum(经费)), 0.125) + count()", MIXED, external={"e0": None})
    assert gone.value == Decimal("4.125")


def test_a_missing_external_value_is_missing() -> None:
    found = evaluate_aggregate(parse("count() / previous(count())"), {"学校": MIXED}, TODAY, default_register="学校")
    assert (found.value, found.numerator, found.denominator) == (None, 4, None)


def test_a_row_formula_is_not_a_figure() -> None:
    with pytest.raises(FormulaError, match="逐行公式"):
        plan_aggregates(parse("人数 + 1"), "学校")
    with pytest.raises(FormulaError, match="没有放在汇总函数里"):
        evaluate_aggregate(parse("sum(人数) / 班数"), {}, TODAY, default_register="学校")


def test_rounding_and_comparison_agree_at_the_edge() -> None:
    rows = [{"人数": 57, "班数": 200}]
    assert figure("round(sum(人数) / sum(班数), 2)", rows).value == Decimal("0.29")
    assert figure("count_if(round(人数 / 班数, 2) = 0.29)", rows).value == 1
    assert figure("sum(班数) / 200 * 19 / 20 >= 95%", rows).value is True


def test_chosen_numbers_keep_their_decimals() -> None:
    rows = [{"人数": 0, "经费": Decimal("0.01")}, {"人数": 3}]
    assert figure("sum(max2(经费, round(人数, 0)))", rows).value == Decimal("0.01")
    assert figure("coalesce(sum(校舍.经费), 0.333)", rows).value == Decimal("0.333")
    assert figure("if(sum(经费) > 0.005, sum(经费), 0.333)", rows).value == Decimal("0.01")
