"""Doubts beyond one relation, and the numerals that were not read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.reading.numbercheck import find_unread
from taizhang.reading.quantities import find_quantities
from tests.reading.judging import judge


def doubts(text):
    return judge(text)[2]


def kinds(text):
    return [(one.kind, one.severity) for one in doubts(text)]


def unread(text, skip=()):
    return [one.text for one in find_unread(text, 0, len(text), find_quantities(text, 0, len(text), skip), skip)]


# --- percentages of a complete list ---------------------------------------------------------------------------------------
def test_grades_that_miss_one_hundred_are_an_alarm_with_the_addition():
    (found,) = doubts("优秀占20%,良好占45%,合格占30%,不合格占8%。")
    assert (found.kind, found.severity) == ("percent_list", "alarm")
    assert found.why == "20% + 45% + 30% + 8% = 103%，各项应合计 100%，相差 3 个百分点"
    assert len(found.spans) == 4


@pytest.mark.parametrize(
    "text",
    [
        "优秀占20%,良好占45%,合格占30%,不合格占5%。",
        "男教师占33.3%,女教师占66.7%。",
        "党员占45%,女教师占62%,高级职称占18%。",
        "优秀率达到20%,合格率达到95%。",
        "小学占总数的59.6%,初中占总数的27.5%。",
    ],
)
def test_lists_that_reach_one_hundred_or_need_not_are_left_alone(text):
    assert kinds(text) == []


def test_two_complements_must_reach_one_hundred():
    assert kinds("男教师占43.3%,女教师占66.7%。") == [("percent_list", "alarm")]


# --- a part above its whole -------------------------------------------------------------------------------------------------
def test_a_part_above_its_whole_is_an_alarm():
    (found,) = doubts("全县有幼儿园17所,其中民办30所。")
    assert (found.kind, found.severity) == ("part_over_whole", "alarm")
    assert "30所" in found.why and "17所" in found.why


@pytest.mark.parametrize(
    "text",
    [
        "全县有幼儿园17所,其中民办3所。",
        "约有教师300人,其中党员310人。",
        "建成学校3所,投资500万元,其中县级400万元。",
        "有班级12个、学生480人,其中住校生260人。",
        "培训12期,其中骨干教师150人。",
        "检查学校20所,发现问题35个,其中已整改30个。",
    ],
)
def test_parts_within_their_whole_or_of_another_unit_are_left_alone(text):
    assert kinds(text) == []


# --- one thing, two values --------------------------------------------------------------------------------------------------
def test_the_same_stock_with_two_values_is_an_alarm():
    (found,) = doubts("全县在校小学生21776人,规模稳定。\n其中情况如下。全县在校小学生21767人。")
    assert (found.kind, found.severity) == ("two_values", "alarm")
    assert "21776人" in found.why and "21767人" in found.why


@pytest.mark.parametrize(
    "text",
    [
        "全县在校小学生21776人。\n全县在校小学生21776人。",
        "2022年全县在校小学生21776人。2023年全县在校小学生35120人。",
        "去年全县在校小学生21776人。今年全县在校小学生35120人。",
        "全县在校小学生21776人。全县在校初中生9440人。",
        "新建学校投资1807万元。铺设道路投资139万元。",
        "计划全县幼儿园达到20所。全县幼儿园17所。",
    ],
)
def test_two_times_two_things_or_a_plan_are_no_contradiction(text):
    assert kinds(text) == []


# --- unit values --------------------------------------------------------------------------------------------------------------
def test_an_implausible_width_of_a_road_is_a_note():
    (found,) = doubts("为多所学校硬化道路,共计18400延长米,面积5520平方米。")
    assert (found.kind, found.severity) == ("unit_value", "note")
    assert "0.30 米" in found.why


@pytest.mark.parametrize(
    "text",
    [
        "铺设通校路18400延长米,面积55200平方米。",
        "新建校舍27031平方米,投资4807万元。",
        "投资706万元,为33所学校安装锅炉。",
    ],
)
def test_plausible_unit_values_say_nothing(text):
    assert kinds(text) == []


def test_an_implausible_price_of_building_is_a_note():
    assert kinds("新建校舍27031平方米,投资12万元。") == [("unit_value", "note")]


# --- not read -------------------------------------------------------------------------------------------------------------------
def test_a_numeral_that_no_layer_explains_is_listed():
    assert unread("超大班额为零,账号62220213790012345678901。") == ["零", "62220213790012345678901"]


@pytest.mark.parametrize(
    "text",
    [
        "进一步统一思想",
        "新建2所学校",
        "三源乡中心校",
        "上午8:30开会",
        "见附件3",
        "5G网络和A4纸",
        "打造一支队伍",
        "20xx年完成",
        "十分重视",
        "统(tǒng)一部署",
    ],
)
def test_what_is_understood_is_not_listed_as_unread(text):
    assert unread(text) == []


def test_markers_are_not_unread():
    assert unread("1、加强管理", skip=[(0, 2)]) == []


def test_unread_spans_are_exact():
    text = "情况(qíng)如下:班额为零。"
    (found,) = find_unread(text, 0, len(text), [], [])
    assert text[found.start : found.end] == found.text == "零"


@settings(max_examples=150)
@given(
    st.text(
        alphabet="其中占男女优秀不合格全县在校小学生分别为由共0123456789.%一二三十万所人平方米投资延长米道路,。;、\n()“”xX",
        max_size=80,
    )
)
def test_any_text_is_survived_and_nothing_read_is_listed_as_unread(text):
    quantities, _, found = judge(text)
    for finding in found:
        assert finding.why and all(text[start:end] for start, end in finding.spans)
    covered = {place for one in quantities for place in range(one.start, one.end)}
    rest = find_unread(text, 0, len(text), quantities)
    for one in rest:
        assert text[one.start : one.end] == one.text
        assert not covered & set(range(one.start, one.end))
