"""Clashes and chains, without a database."""

from __future__ import annotations

from datetime import date

from taizhang.kernel.calendar import WorkCalendar
from taizhang.schedule.checking import Item, chain_breaks, chains, clashes, doubts_in, stage_of

NUMBERS = iter(range(1, 10_000))


def item(title: str, first: int, last: int | None = None, half: str = "", **more: object) -> Item:
    """Something in September 2026."""
    return Item(next(NUMBERS), date(2026, 9, first), date(2026, 9, last or first), half, title, **more)


def at(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_one_school_is_not_in_two_things_at_once():
    one = item("教学视导", 8, half="上午", places=at("第一小学"))
    assert clashes([one, item("安全检查", 8, half="下午", places=at("第一小学"))]) == []
    assert clashes([one, item("安全检查", 8, half="上午", places=at("第二小学"))]) == []
    found = clashes([one, item("安全检查", 8, half="上午", places=at("第一小学", "第二小学"))])
    assert (
        [doubt.kind for doubt in found] == ["学校冲突"]
        and "9月8日上午" in found[0].text
        and "第一小学" in found[0].text
    )


def test_what_takes_the_whole_day_or_several_meets_every_half():
    long = item("开学检查", 7, 10, places=at("河东中学"))
    for half in ("上午", "下午", "晚上", "全天", ""):
        assert len(clashes([long, item("座谈会", 9, half=half, places=at("河东中学"))])) == 1
    assert clashes([long, item("座谈会", 11, places=at("河东中学"))]) == []


def test_one_person_is_not_in_two_places():
    found = clashes(
        [item("听课", 8, half="上午", people=at("王明", "李红")), item("例会", 8, half="上午", people=at("李红"))]
    )
    assert [(doubt.kind, "李红" in doubt.text, "王明" in doubt.text) for doubt in found] == [("人员冲突", True, False)]


def test_stages_are_known_by_the_word_that_says_most():
    titles = {
        "初一、高二质量监控测试": "测试", "初一、高二阅卷": "阅卷", "高二质量检测数据统计与质量分析": "统计",
        "高二质量检测情况汇总会": "总结", "全室会议": "",
    }  # fmt: skip
    assert {title: stage_of(title) for title in titles} == titles


def test_test_marking_statistics_and_meeting_are_a_chain_by_their_grades():
    test = item("初一、高二质量监控测试", 7, 10)
    rest = [item("初一、高二阅卷", 10, 13), item("高二检测数据统计", 14, 16), item("高二检测情况汇总会", 18)]
    assert [len(chain) for chain in chains([*reversed(rest), test])] == [4]
    assert chain_breaks([test, *rest]) == [], "marking may begin on the last day of the test"


def test_a_stage_before_its_time_is_found():
    found = chain_breaks([item("初三模拟考试", 14, 16), item("初三阅卷", 15, 17)])
    assert [doubt.kind for doubt in found] == ["先后颠倒"] and "早于" in found[0].text
    found = chain_breaks([item("摸底测试", 14, chain="摸底"), item("总结会", 11, chain="摸底")])
    assert len(found) == 1, "a named chain needs no grades"


def test_other_grades_and_other_months_are_no_chain():
    assert chains([item("初三模拟考试", 14), item("高三阅卷", 10)]) == []
    assert chains([item("初三模拟考试", 1), Item(0, date(2026, 11, 2), date(2026, 11, 2), "", "初三阅卷")]) == []


def test_work_on_a_day_off_is_a_doubt_and_on_a_make_up_saturday_is_not():
    office = WorkCalendar({date(2026, 9, 9): False, date(2026, 9, 12): True})
    found = doubts_in([item("例会", 9), item("例会", 12), item("培训", 13)], office)
    assert [doubt.kind for doubt in found] == ["放假日"]
