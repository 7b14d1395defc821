"""Accounts that a sentence keeps, and rates of a list of grades whose total nobody prints."""

import pytest

from taizhang.reading import check, read_text


def said(text: str) -> list[str]:
    return [finding.why for finding in check(read_text(text))]


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in check(read_text(text))}


@pytest.mark.parametrize(
    "text",
    [
        "上年结转412万元,本年拨入2260万元,支出2318万元,年末结转354万元。",
        "2024年底在岗教师3120人,2025年退休96人,新招聘128人,年底在岗教师3152人。",
        "学年初有在校生9860人,转入143人,转出118人,毕业1604人,学年末在校生8281人。",
        "年初余额8.4万元,本年收入126.5万元,支出119.8万元,年末余额15.1万元。",
    ],
)
def test_what_there_was_and_came_less_what_went_is_what_is_left(text):
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "上年结转412万元,本年拨入2260万元,支出2318万元,年末结转364万元。",
            "412万元 + 2260万元 - 2318万元 = 354万元，原文写 364万元，相差 10万元",
        ),
        (
            "2024年底在岗教师3120人,2025年退休96人,新招聘128人,年底在岗教师3162人。",
            "3120人 - 96人 + 128人 = 3152人，原文写 3162人，相差 10人",
        ),
        (
            "图书年初72400册,新购5300册,报废1250册,年末76540册。",
            "72400册 + 5300册 - 1250册 = 76450册，原文写 76540册，相差 90册",
        ),
    ],
)
def test_an_account_that_does_not_close_is_told_with_its_reckoning(text, why):
    assert said(text) == [why]


@pytest.mark.parametrize(
    "text",
    [
        "年初有教师320人,新招聘18人,退休人员活动经费12人次另列,年末考核合格290人。",
        "上年结转412万元,本年拨入2260万元,年末结转比预算少64万元。",
        "年初预算收入860万元,支出796万元,年末预计结余32万元。",
        "上年结转412万元,本年支出约2300万元,收入1900万元,年末结余18万元。",
    ],
)
def test_numbers_that_keep_no_account_are_left_alone(text):
    assert "balance" not in kinds(text)


def test_a_rate_of_a_list_of_grades_is_held_against_the_whole_list():
    right = "评估结果为优秀28所、良好64所、合格33所,优秀率22.4%,优良率73.6%。"
    assert said(right) == []
    assert said(right.replace("73.6", "76.3")) == ["优良 92 ÷ 合计 125 = 73.60%，原文写 76.3%"]
    worst = "体测优秀146人,良好422人,及格530人,不及格62人,及格率94.7%,不及格率5.3%。"
    assert said(worst) == []
    assert said(worst.replace("94.7", "97.4")) == ["及格 1098 ÷ 合计 1160 = 94.66%，原文写 97.4%"]


def test_a_list_that_may_leave_grades_out_says_nothing_of_its_rates():
    assert said("考核优秀18人,良好42人,优秀率15.0%。") == []
    assert "graded" not in kinds("参评教师160人,优秀18人,良好42人,合格97人,优秀率12.3%。")


def test_a_list_of_nobody_has_no_rates():
    assert "graded" not in kinds("考核优秀0人、良好0人、合格0人、不合格0人,优秀率0%。")
