"""Names, kinds, nesting and types, checked before a formula runs."""

from __future__ import annotations

import pytest

from taizhang.kernel.formula import FIELD_TYPES, FormulaError, MappingSchema, analyse, kind_of, names_in, parse

SCHEMA = MappingSchema(
    {"在校生数": "number", "班数": "number", "状态": "text", "发现日期": "date", "整改期限": "date", "寄宿制": "yes_no",
     "年龄": "number"},
    {"教育基本情况": {"在校生数": "number", "城乡": "text"}, "校舍": {"面积": "number"}},
)  # fmt: skip


def refused(text: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        analyse(parse(text), SCHEMA)
    return caught.value


@pytest.mark.parametrize(
    ("text", "kind", "type_"),
    [
        ("在校生数 * 2", "row", "number"),
        ("days(整改期限, today())", "row", "number"),
        ("整改期限 >= 发现日期", "row", "yes_no"),
        ("if(寄宿制, '是', null)", "row", "text"),
        ("coalesce(null, null, 发现日期)", "row", "date"),
        ("previous(在校生数)", "row", "number"),
        ("max2(发现日期, today())", "row", "date"),
        ("null", "row", "null"),
        ("1 + 1", "row", "number"),
        ("count()", "aggregate", "number"),
        ("max(发现日期)", "aggregate", "date"),
        ("sum(在校生数) / sum(教育基本情况.在校生数)", "aggregate", "number"),
        ("count(校舍.*)", "aggregate", "number"),
        ("count_if(状态 = '已销号' and 寄宿制) > 3", "aggregate", "yes_no"),
        ("if(rank() <= 3, 5, 0)", "aggregate", "number"),
        ("share(在校生数)", "aggregate", "number"),
        ("rank(share(sum(在校生数)))", "aggregate", "number"),
        ("last_year(max(发现日期))", "aggregate", "date"),
        ("sum(在校生数 = null)".replace("sum", "count"), "aggregate", "number"),
        ("状态 in ('甲', null)", "row", "yes_no"),
    ],
)
def test_kind_and_type_are_found(text: str, kind: str, type_: str) -> None:
    analysis = analyse(parse(text), SCHEMA)
    assert (analysis.kind, analysis.type) == (kind, type_)


def test_the_names_used_are_listed() -> None:
    formula = parse("sum(在校生数) / count(教育基本情况.*) + sum(校舍.面积) + previous(count_if(状态 = 'x'))")
    analysis = analyse(formula, SCHEMA)
    assert analysis.names == {(None, "在校生数"), ("校舍", "面积"), (None, "状态")} == names_in(formula)
    assert analysis.registers == {"教育基本情况", "校舍"}
    assert [call.function for call in analysis.external] == ["previous"]


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("在校生 + 1", 0, "您是不是想写“在校生数”"),
        ("1 + 面积", 4, "没有字段“面积”"),
        ("sum(校含.面积)", 4, "您是不是想写“校舍”"),
        ("sum(校舍.面和)", 4, "您是不是想写“面积”"),
        ("sum(校舍.在校生数)", 4, "台账“校舍”里没有字段"),
        ("today + 1", 0, "是函数,后面要写括号"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest_known(text: str, position: int, said: str) -> None:
    error = refused(text)
    assert error.code == "formula.unknown_name"
    assert error.position == position
    assert said in str(error)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sum(sum(在校生数))", "sum 里面不能再用 sum"),
        ("count_if(avg(在校生数) > 3)", "count_if 里面不能再用 avg"),
        ("sum(previous(在校生数))", "sum 里面不能再用 previous"),
        ("sum(rank())", "sum 里面不能再用 rank"),
        ("sum(在校生数) / 班数", "字段“班数”没有放在汇总函数里"),
        ("if(状态 = '甲', count(), 0)", "字段“状态”没有放在汇总函数里"),
        ("previous(在校生数) + count()", "没有放在汇总函数里"),
        ("rank(在校生数)", "没有放在汇总函数里"),
        ("rank()+ 在校生数", "没有放在汇总函数里"),
        ("previous(last_year(count()))", "时间函数不能套时间函数"),
        ("count() + previous(5)", "这里面要写汇总式"),
        ("rank(1)", "这里面要写汇总式"),
        ("share(today())", "这里面要写汇总式"),
        ("count_if(校舍.面积 > 在校生数)", "只能用同一个台账"),
        ("sum_if(教育基本情况.在校生数, 校舍.面积 > 3)", "只能用同一个台账"),
    ],
)
def test_wrong_nesting_is_refused(text: str, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        kind_of(parse(text))
    assert caught.value.code == "formula.nesting"
    assert said in str(caught.value)


def test_a_row_formula_cannot_reach_another_register() -> None:
    error = refused("校舍.面积 > 3")
    assert error.code == "formula.kind" and "sum(台账.字段)" in error.remedy


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("在校生数 = '三百'", 5, "数值不能和文字比较"),
        ("'三百' = 在校生数", 5, "数值不加引号"),
        ("发现日期 >= '2025-09-01'", 5, "日期写成 date'2025-09-01'"),
        ("状态 = 3", 3, "文字要加单引号"),
        ("寄宿制 = '是'", 4, "是否字段直接当条件写"),
        ("状态 > '甲'", 3, "文字不分大小"),
        ("寄宿制 < true", 4, "不分大小"),
        ("状态 between '甲' and '乙'", 3, "文字不分大小"),
        ("发现日期 between 1 and 2", 5, "不能和数值比较"),
        ("状态 in ('甲', 3)", 3, "文字不能和数值比较"),
        ("在校生数 in ('甲')", 5, "数值不加引号"),
        ("整改期限 - 发现日期", 5, "days(起, 止)"),
        ("发现日期 + 15", 5, "days(起, 止)"),
        ("状态 + 1", 3, "这里需要数值,却是文字"),
        ("-状态", 1, "这里需要数值"),
        ("not 在校生数", 4, "这里需要是否"),
        ("在校生数 and 寄宿制", 0, "这里需要是否,却是数值"),
        ("寄宿制 or 状态", 7, "这里需要是否,却是文字"),
        ("if(在校生数, 1, 2)", 3, "这里需要是否"),
        ("if(寄宿制, 1, '二')", 11, "数值不能和文字混用"),
        ("coalesce(在校生数, '无')", 15, "数值不能和文字混用"),
        ("coalesce(null, 在校生数, '无')", 21, "数值不能和文字混用"),
        ("min2(状态, '甲')", 5, "文字不分大小"),
        ("days(整改期限, '2025-01-01')", 11, "日期写成"),
        ("year(在校生数)", 5, "这里需要日期"),
        ("sum(状态)", 4, "这里需要数值"),
        ("min(状态)", 4, "文字不分大小"),
        ("count_if(状态)", 9, "这里需要是否"),
        ("sum_if(在校生数, 班数)", 13, "这里需要是否"),
        ("weighted_cv(状态, 班数)", 12, "这里需要数值"),
        ("sum(在校生数) = '多'", 10, "数值不能和文字比较"),
        ("round(状态)", 6, "这里需要数值"),
    ],
)
def test_mixed_types_are_refused_in_chinese(text: str, position: int, said: str) -> None:
    error = refused(text)
    assert error.code == "formula.type"
    assert said in str(error)
    assert error.position == position


def test_deep_nesting_is_checked_in_reasonable_steps() -> None:
    text = "if(寄宿制, " * 50 + "1" + ", 2)" * 50
    assert analyse(parse(text), SCHEMA).type == "number"


def test_every_declared_field_type_has_a_formula_type() -> None:
    declared = ("text long_text integer decimal money percent date datetime month school_year choice choices yes_no unit "
                "person link file phone id_card place")  # fmt: skip
    assert set(FIELD_TYPES) == set(declared.split())
    assert FIELD_TYPES["money"] == "number" and FIELD_TYPES["datetime"] == "date" and FIELD_TYPES["month"] == "text"
