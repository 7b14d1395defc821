"""Points inside paragraphs."""

import pytest

from taizhang.reading import read_text


def points(text):
    return [item.marker for item in read_text("一、主要工作\n" + text).points]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("重点抓三项:一是抓学习;二是抓管理,三是抓安全。", ["一是", "二是", "三是"]),
        ("一是抓学习。二是抓管理。三要抓好安全。", ["一是", "二是", "三要"]),
        ("首先,责任不落实。其次,预防不够。第三,考核不严。", ["首先", "其次", "第三"]),
        ("首先是抓班子。其次是抓队伍。", ["首先是", "其次是"]),
        ("①召开会议②开展检查", ["①", "②"]),
        ("分三个阶段:(1)宣传阶段;(2)实施阶段;(3)总结阶段。", ["(1)", "(2)", "(3)"]),
        ("区教研活动内容:1、讨论计划。2、教学指导。", ["1、", "2、"]),
    ],
)
def test_a_series_is_found_mark_by_mark(text, expected):
    assert points(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "首先要感谢各位的支持。",
        "一方面抓教学,另一方面抓安全。",
        "这是唯一是非分明的做法,统一是前提。",
        "按照第(1)款的规定办理。",
        "下一步是关键,进一步是目标。",
        "其一要务必做好,我们一要发展就要改革。",
        "在第三季度完成,第一责任人是校长。",
    ],
)
def test_words_that_only_look_like_a_series_are_left(text):
    assert points(text) == []


def test_spans_are_those_of_the_marks():
    text = "重点:一是学习;二是管理。"
    reading = read_text(text)
    assert [text[item.start : item.end] for item in reading.points] == ["一是", "二是"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("任务清单\n1、3月底前完成报名。\n2、5月15日前开工。\n3.6月底前验收。\n", ["1、", "2、", "3."]),
        ("打算:①9月底前完成撤并 ②10月起试行", ["①", "②"]),
    ],
)
def test_a_mark_may_stand_before_a_date(text, marks):
    assert points(text) == marks


def test_two_months_are_no_mark_and_a_month():
    assert points("要求:每年1、2月放假。\n") == []


def test_the_verb_behind_an_order_word_is_no_part_of_the_mark():
    assert points("重点:首先要抓安全;其次要抓质量;第三是抓作风。\n") == ["首先", "其次", "第三是"]
