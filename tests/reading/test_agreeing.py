"""What must agree without any word that rules know: one thing told twice, percentages of all there is, a part and its whole."""

from __future__ import annotations

import pytest

from taizhang.reading import check, read_text
from taizhang.reading.model import Finding


def findings(text: str) -> list[str]:
    return [one.kind for one in check(read_text(text)) if isinstance(one, Finding) and one.severity == "alarm"]


def loud(text: str) -> list[str]:
    return [one.why for one in check(read_text(text)) if (one.severity or "alarm") == "alarm"]


# A text, the kind of doubt, its right number and a wrong one.
TOLD = [
    ("暑期共整修塑胶跑道{0}条。到8月底,这46条跑道全部交付学校使用。", "two_values", "46", "64"),
    ("审计组提出整改意见{0}条。局党组逐条研究,上述37条意见均已明确责任人。", "two_values", "37", "73"),
    ("全年接收捐赠图书{0}册。入库登记显示,接收的捐赠图书共21840册,已全部编目。", "two_values", "21840", "21480"),
    ("营养餐的食材来源由三块构成:本地农户{0}%,镇上菜场26.5%,县配送中心31.2%。", "percent_list", "42.3", "24.3"),
    ("家长的选择是:午托的占{0}%,晚托的占38.6%,都不参加的占9.2%。", "percent_list", "52.2", "55.2"),
    ("在册的骨干教师{0}人里,乡村教师占了127人。", "part_over_whole", "316", "31"),
]


@pytest.mark.parametrize(("text", "kind", "right", "wrong"), TOLD)
def test_what_should_agree_and_does_not_is_found(text, kind, right, wrong):
    assert loud(text.format(right)) == []
    assert kind in findings(text.format(wrong))


@pytest.mark.parametrize(
    "text",
    [
        # The same is told of two projects, one after the other: nothing is said twice.
        "教学楼维修:12个标段已完工,1个标段正在施工,投入资金486万元。\n食堂改造:14个标段已完工,3个标段正在施工,投入资金512万元。",
        # Two times.
        "目前全县保留教学点62个。上学年初全县保留教学点68个。",
        # Several answers may be given.
        "家长可多选,选“离家近”的占61.4%,选“师资好”的占58.2%,选“伙食好”的占30.6%。",
        # Of many causes the smallest are not told.
        "问题主要集中在五类:餐具不洁占33.1%,索证不全占25.4%,留样不足占18.7%,超期存放占12.3%,着装不整占9.2%。",
        # The members of an age group are told once more.
        "从年龄看,35岁以下教师占28.4%,36至50岁的占51.3%,51岁以上的占20.3%,其中55岁以上的占8.6%。",
        # A plan and what became of it.
        "计划栽种绿化树370棵,其中行道树280棵。已完成栽种382棵。",
        "2019年全县校园监控只有820个,目前已有3280个,增长了3倍。",
        # The share of a whole that is not printed.
        "新认定市级特色校8所,全市特色校总数达到46所,占中小学总数的27.5%。",
        # Each 其中 speaks of all.
        "收回问卷98份。其中男生的问卷46份,占47%,其中女生的问卷52份,占53%。",
    ],
)
def test_what_need_not_agree_is_left_alone(text):
    assert loud(text) == []


def test_an_alarm_names_both_places_and_what_to_do():
    text = "审计组提出整改意见73条。局党组逐条研究,上述37条意见均已明确责任人。"
    (found,) = [one for one in check(read_text(text)) if isinstance(one, Finding)]
    assert [text[start:end] for start, end in found.spans] == ["73条", "37条"]
    assert "73条" in found.why and "37条" in found.why
