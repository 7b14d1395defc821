"""What the grammar accepts, how tightly operators bind, and what an author is told about mistakes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.kernel.formula import FUNCTIONS, FormulaError, parse, text_of
from taizhang.kernel.formula.nodes import Call, Date, Name, Number, Text
from taizhang.kernel.formula.parser import MAX_DEPTH, MAX_LENGTH


def tree(text: str) -> str:
    return text_of(parse(text).root).replace('"', "")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("8 / 4 / 2", "((8 / 4) / 2)"),
        ("8 / 4 * 2", "((8 / 4) * 2)"),
        ("-a * b", "((- a) * b)"),
        ("- - a", "(- (- a))"),
        ("+a", "a"),
        ("a - -b", "(a - (- b))"),
        ("a + b > c - d", "((a + b) > (c - d))"),
        ("not a = b", "(not (a = b))"),
        ("not a and b", "((not a) and b)"),
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c and d", "((a and b) or (c and d))"),
        ("a between b and c and d", "((a between b and c) and d)"),
        ("a not between 1 + 1 and 2", "(a not between (1 + 1) and 2)"),
        ("a + 1 in (1, 2) or b", "(((a + 1) in (1, 2)) or b)"),
        ("a not in (1)", "(a not in (1))"),
        ("a is null and b is not null", "((a is null) and (b is not null))"),
        ("not a is null", "(not (a is null))"),
        ("a <> b", "(a <> b)"),
        ("a != b", "(a <> b)"),
        ("a == b", "(a = b)"),
        ("(1 + 2) * 3", "((1 + 2) * 3)"),
        ("a 为空 或 b 不为空", "((a is null) or (b is not null))"),
        ("非 a 且 b 属于 (1) 并且 c 介于 1 and 2", "(((not a) and (b in (1))) and (c between 1 and 2))"),
        ("a is 空 or 是 or 否", "(((a is null) or true) or false)"),
    ],
)
def test_operators_bind_as_in_mathematics(text: str, meant: str) -> None:
    assert tree(text) == meant


@pytest.mark.parametrize(
    ("full", "half"),
    [
        ("（甲＋乙）－３×丙÷２", "(甲+乙)-3*丙/2"),
        ("甲≥９５％ and 乙≤１０ and 丙≠‘一　般’", "甲>=95% and 乙<=10 and 丙<>'一　般'"),
        ("状态 ＝ ’已销号’", "状态 = '已销号'"),
        ("类别 in （'a'、'b'，“c”）", "类别 in ('a','b',\"c\")"),
        ("安全隐患台账．等级　＝　'重大'", "安全隐患台账.等级 = '重大'"),
        ("ＳＵＭ（甲）", "sum(甲)"),
        ("日期‘2025-09-01’", "date'2025-09-01'"),
    ],
)
def test_full_width_signs_mean_the_same(full: str, half: str) -> None:
    assert parse(full) == parse(half)


def test_quoted_text_keeps_full_width_signs() -> None:
    assert parse("'（一）％'").root == Text("（一）％")
    assert parse('"占地面积（m²）"').root == Name("占地面积（m²）")


def test_positions_are_those_of_the_source() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("甲 ≥ （乙 ＋ ）")
    assert caught.value.position == 9


@pytest.mark.parametrize(
    ("text", "value"),
    [("95%", "0.95"), ("0.5%", "0.005"), ("12.30", "12.30"), ("007", "7"), ("１００％", "1.00")],
)
def test_a_percent_is_a_ratio(text: str, value: str) -> None:
    assert parse(text).root == Number(Decimal(value))


def test_names_may_begin_with_digits_and_be_quoted() -> None:
    assert parse("15周岁人口").root == Name("15周岁人口")
    assert parse('"and"').root == Name("and")
    assert parse('"甲""乙"').root == Name('甲"乙')
    assert parse('"教育 情况"."占比%"').root == Name("占比%", "教育 情况")
    assert parse("'it''s'").root == Text("it's")
    assert parse("date'2024-02-29'").root == Date(date(2024, 2, 29))


def test_a_function_name_without_brackets_is_a_field() -> None:
    assert parse("年龄 + 合计").root.children() == (Name("年龄"), Name("合计"))


def test_every_chinese_name_calls_the_same_function() -> None:
    for function in FUNCTIONS:
        arguments = ", ".join(f"a{i}" if kind != "any" else "b" for i, kind in enumerate(function.params))
        if function.name == "round":
            arguments = "a, 2"
        english = parse(f"{function.name.upper()}({arguments})")
        assert isinstance(english.root, Call) and english.root.function == function.name
        assert len(function.aliases) >= 1
        for alias in function.aliases:
            assert parse(f"{alias}({arguments})") == english


def test_function_names_are_unique() -> None:
    names = [name for function in FUNCTIONS for name in (function.name, *function.aliases)]
    assert len(names) == len(set(names))


HOSTILE = [
    "sum(a); drop table x", "(select 1)", "a::int", "sum(a) over (partition by b)", "$1", "@@version", "a -- 注释",
    "a /* x */", "a // b", "`a`", "a\\b", "x.y.z", "[a]", "{a}", "a || b", "a & b", "!a", "1e5", "0x1F + 1 0",
    "read_csv('x')", "pg_sleep(1)", "__import__('os')", "a.b()", "a[0]", "lambda x: x", "a = = b", "'a' 'b'",
    "date'2025-13-01'", "date'20250901'", "date'2025-W01-1'", "count(*)", "*", "a.*", "sum(a.*)", "count(a.* + 1)", ".5", "5.", "1.5.2",
    "95 %", "a%", "1.5万", "", "   ", ")", "(", "a b", "a +", "a = b = c", "a < b < c", "a in ()", "a in b",
    "a between 1", "a is 3", "not", "a not 3", "round(a, b)", "round(a, 0.5)", "round(a, 10)", "if(a, b)", "sum()",
    "today(1)", "min(a, b)", "count(a, b)", "'abc", '"abc', "a" * (MAX_LENGTH + 1), "(" * 6000, "(" * 900 + "1" + ")" * 900,
    "-(" * 900 + "1" + ")" * 900, "+".join(["a"] * 900), "not " * 400 + "a", "9" * 31, "a;b", "a\0b", "rank(a, b)",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_or_broken_text_is_refused_with_place_and_remedy(text: str) -> None:
    if text == "1e5":  # a bare name, which no schema knows
        assert parse(text).root == Name("1e5")
        return
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    assert error.code.startswith("formula.")
    assert 0 <= error.position <= len(text)
    assert "\u4e00" <= error.remedy[0] <= "\u9fff" and any("\u4e00" <= ch <= "\u9fff" for ch in error.message)
    shown = error.as_dict()
    assert shown["position"] == error.position and shown["caret"].endswith("^")
    assert len(shown["caret"]) < 150


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("求合(甲)", "您是不是想写“求和”"),
        ("sun(甲)", "您是不是想写“sum”"),
        ("占地面积(m2)", "带括号的字段名请加双引号"),
        ("min(甲, 乙)", "min2(甲, 乙)"),
        ("甲 < 乙 < 丙", "between"),
        ("甲 -- 乙", "注释"),
        ("甲.乙.丙", "名称最多两级"),
        ("(甲 + 乙", "括号没有配对"),
        ("甲 + 乙)", "多了一个右括号"),
        ("'甲", "引号没有配对"),
        ("date'2025-02-30'", "2025-02-30"),
        ("甲 ; 乙", "“;”"),
        ("1.5万", "× 10000"),
    ],
)
def test_the_message_says_what_to_write_instead(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_the_caret_stands_below_the_error() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("在校生数 + ; 3")
    assert caught.value.position == 7
    assert caught.value.caret == "在校生数 + ; 3\n" + "\u3000" * 4 + "   ^"
    assert caught.value.where == "公式第 8 个字符"


def test_the_caret_of_a_long_formula_shows_its_surroundings() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("a + " * 30 + ";" + " + a" * 30)
    line, mark = caught.value.caret.split("\n")
    assert line[mark.index("^")] == ";"
    assert line.startswith("…") and line.endswith("…")


def test_limits_allow_what_people_write() -> None:
    assert parse(" + ".join(f"字段{i}" for i in range(60)))
    assert parse("(" * (MAX_DEPTH - 2) + "甲" + ")" * (MAX_DEPTH - 2))


def test_a_long_chain_counts_as_depth_since_its_tree_is_deep() -> None:
    with pytest.raises(FormulaError, match="嵌套太深"):
        parse(" + ".join(["甲"] * (MAX_DEPTH + 1)))


def test_parts_that_sql_repeats_are_bounded() -> None:
    assert parse("min2(甲, " * 5 + "乙" + ")" * 5)
    for text in ("min2(" * 20 + "甲" + ", 1)" * 20, "1 / (" * 25 + "甲" + ")" * 25):
        with pytest.raises(FormulaError, match="太复杂"):
            parse(text)


_LEAVES = st.sampled_from(["甲", '"乙（%）"', "'o''k'", "3.50", "95%", "date'2025-09-01'", "true", "null", "甲.乙"])
_TEXTS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">=", "and", "or"]), inner).map("({0[0]} {0[1]} {0[2]})".format),
        st.tuples(inner, inner).map("if({0[0]} is not null, {0[1]}, {0[0]} not in ({0[1]}, 1))".format),
        st.tuples(inner, inner).map("(not ({0[0]}) or -{0[1]} between {0[0]} and {0[1]})".format),
        inner.map("round({}, -2)".format),
        inner.map("previous(sum({}))".format),
    ),
    max_leaves=12,
)  # fmt: skip


@given(_TEXTS)
def test_the_canonical_text_parses_back_to_the_same_tree(text: str) -> None:
    formula = parse(text)
    assert parse(text_of(formula.root)) == formula


@given(st.text(alphabet="ab甲乙().,'\"+-*/=<>%1 0且or（）；$@", max_size=40))
def test_any_text_is_either_parsed_or_refused_as_a_formula_error(text: str) -> None:
    try:
        formula = parse(text)
    except FormulaError as error:
        assert error.remedy
    else:
        assert parse(text_of(formula.root)) == formula
