"""Generated formulas over generated rows: the reference, DuckDB, and DuckDB finished in Python give one answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.kernel.formula.engines import COLUMNS, agree, figures

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "人数": st.integers(0, 900),
    "班数": st.integers(0, 3),
    "经费": st.decimals(-500, 500, places=2),
    "类别": st.sampled_from(["小学", "初中", "o'k", "a\\b"]),
    "寄宿": st.booleans(),
    "日期": st.dates(date(2019, 1, 1), date(2026, 12, 31)),
}
ROW = st.fixed_dictionaries({name: st.none() | _VALUES[name] for name in COLUMNS})
ROWS = st.lists(ROW, max_size=6)


def _join(pattern: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: pattern.format(*found))


def _numbers(prefix: str, depth: int) -> st.SearchStrategy[str]:
    leaf = st.sampled_from([f"{prefix}人数", f"{prefix}班数", f"{prefix}经费", "0", "3", "2.5", "40%"])
    if depth == 0:
        return leaf
    inner, condition = _numbers(prefix, depth - 1), _conditions(prefix, depth - 1)
    return st.one_of(
        leaf,
        _join("({} {} {})", inner, st.sampled_from("+-*/"), inner),
        _join("if({}, {}, {})", condition, inner, inner),
        _join("coalesce({}, {})", inner, inner),
        _join("round({}, {})", inner, st.sampled_from(["0", "1", "2", "-1"])),
        _join("{}({}, {})", st.sampled_from(["min2", "max2"]), inner, inner),
        _join("abs(-{})", inner),
        st.sampled_from([f"{f}({prefix}日期)" for f in ("year", "age")] + [f"days({prefix}日期, today())"]),
    )


def _conditions(prefix: str, depth: int) -> st.SearchStrategy[str]:
    leaf = st.sampled_from(
        [
            f"{prefix}寄宿",
            f"{prefix}类别 = '小学'",
            f"{prefix}类别 not in ('初中', 'o''k', 'a\\b')",
            f"{prefix}日期 >= date'2023-05-01'",
            f"{prefix}经费 is null",
            "null",
        ]
    )
    if depth == 0:
        return leaf
    inner, number = _conditions(prefix, depth - 1), _numbers(prefix, depth - 1)
    return st.one_of(
        leaf,
        _join("({} {} {})", inner, st.sampled_from(["and", "or"]), inner),
        _join("not {}", inner),
        _join("{} {} {}", number, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), number),
        _join("{} between {} and {}", number, number, number),
        _join("{} in ({}, {})", number, number, number),
        _join("{} is not null", number),
        _join("if({}, 类别, '初中') in ('初中', 类别)".replace("类别", prefix + "类别"), inner),
        _join("coalesce(if({}, null, {p}日期), today()) <= {p}日期".replace("{p}", prefix), inner),
    )


def _aggregates(prefix: str) -> st.SearchStrategy[str]:
    number, condition = _numbers(prefix, 2), _conditions(prefix, 2)
    simple = st.sampled_from(["sum", "avg", "min", "max", "median", "count", "count_distinct"])
    whole = st.just("count()" if not prefix else f"count({prefix}*)")
    # an aggregate has to say whose rows it goes over: anchor it to a field of the register
    anchored = _join("({} + {} * 0)", number, st.just(f"{prefix}人数"))
    return st.one_of(
        _join("{}({})", simple, anchored),
        _join("sum({})", st.sampled_from([f"{prefix}人数", f"{prefix}班数", f"{prefix}经费"])),
        _join("count_if({} and {} is not null)", condition, st.just(f"{prefix}人数")),
        _join("sum_if({}, {})", anchored, condition),
        _join("weighted_cv({}, {})", st.just(f"abs({prefix}经费)"), st.just(f"{prefix}班数")),
        whole,
    )


def _formulas(depth: int = 2) -> st.SearchStrategy[str]:
    leaf = _aggregates("") | _aggregates("校舍.")
    if depth == 0:
        return leaf
    inner = _formulas(depth - 1)
    return st.one_of(
        leaf,
        _join("{} / {}", _aggregates(""), _aggregates("")),
        _join("({} {} {})", inner, st.sampled_from("+-*/"), inner),
        _join("round({} / {}, 4)", inner, inner),
        _join("{} / 100", inner),
        _join("if({} > {}, {}, null)", inner, inner, inner),
        _join("coalesce({}, 0)", inner),
    )


@settings(max_examples=150)
@given(_formulas(), ROWS, ROWS)
@example("sum(经费) / sum(班数)", [{"经费": Decimal(7), "班数": 8}, {"班数": 2}], [])
@example("weighted_cv(经费, 班数)", [{"经费": Decimal(5), "班数": 1}] * 3, [])
@example("count_if((人数 / 班数) * 班数 >= 人数)", [{"人数": 100, "班数": 3}, {"人数": 1, "班数": 0}], [])
def test_all_engines_give_the_same_figure(text: str, rows: list[Any], others: list[Any]) -> None:
    found = figures(text, rows, others)
    assert agree(found), (text, found)


@settings(max_examples=60)
@given(_conditions("", 3), ROWS)
def test_conditions_hold_for_the_same_rows(condition: str, rows: list[Any]) -> None:
    text = f"count_if(人数 is null or {condition})"
    found = figures(text, rows)
    assert agree(found), (text, found)
