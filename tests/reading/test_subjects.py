"""What a number measures, who has to act, until when: the words of a target's clause."""

import pytest

from taizhang.reading import read_text

PLAN = "某县教育局2026年工作计划\n一、重点工作\n要进一步加强管理,切实抓好落实,确保完成任务。\n"
REPORT = "某县教育局2025年工作总结\n一、主要成绩\n一年来,全县取得了新的成绩,完成了各项任务。\n"


def target_of(text, number, head=REPORT):
    reading = read_text(head + text)
    words = reading.source.text
    return next(item for item in reading.targets if words[slice(*item.quantity)] == number)


@pytest.mark.parametrize(
    ("text", "number", "subject"),
    [
        ("全县高中毛入学率达到91.3%。", "91.3%", "高中毛入学率"),
        ("学生均公用经费由600元提高到720元。", "720元", "学生均公用经费"),
        ("小学和初中巩固率分别达99.8%和99.1%。", "99.1%", "初中巩固率"),
        ("小学和初中巩固率分别达99.8%和99.1%。", "99.8%", "小学巩固率"),
        ("新增公办园3所、民办园5所。", "5所", "民办园"),
        ("表彰先进集体12个、先进个人86名。", "86名", "先进个人"),
        ("共举办了4期校长培训班。", "4期", "校长培训班"),
        ("县财政局拨付补助资金52.4万元。", "52.4万元", "补助资金"),
        ("开出率(含演示实验)达100%。", "100%", "开出率"),
        ("成立督查组、宣传组、后勤组等3个工作组。", "3个", "工作组"),
        ("700分以上考生36人。", "36人", "700分以上考生"),
    ],
)
def test_the_subject_is_the_noun_without_the_number_its_verbs_and_its_neighbours(text, number, subject):
    found = target_of(text, number).subject
    assert subject in found
    assert len(found) <= len(subject) + 4


def test_a_bare_total_takes_its_subject_from_the_clause_before():
    assert "道路" in target_of("硬化了校园道路,共计3200平方米。", "3200平方米").subject


@pytest.mark.parametrize(
    ("text", "number", "who"),
    [
        ("推动学校每月至少开展2次演练。", "2次", "学校"),
        ("2026年度每所学校必须组织3次演练。", "3次", "每所学校"),
        ("其中省财政补助80万元。", "80万元", "省财政"),
        ("要求市里和各县区配套160万元。", "160万元", "市里和各县区"),
        ("安委会各成员单位相互配合,每月检查4次。", "4次", "安委会各成员单位"),
    ],
)
def test_the_body_that_acts_is_named_without_the_verb_in_front_of_it(text, number, who):
    assert target_of(text, number, PLAN).responsible_text == who


def test_who_pays_is_not_the_actor_of_the_next_clause():
    assert target_of("县财政拨付120万元,每天为学生发放鸡蛋6300枚。", "6300枚").responsible_text is None


def test_a_year_is_no_part_of_a_body():
    who = target_of("全年财政投入专项经费1.2亿元。", "1.2亿元").responsible_text
    assert who in (None, "财政")


def test_a_length_of_time_is_the_deadline_of_its_own_clause_only():
    text = "争取三年内完成教师轮训,为每所学校培训2名心理教师。"
    assert target_of(text, "2名", PLAN).deadline_text is None
    assert target_of("通过两年努力建成示范校6所。", "6所", PLAN).deadline_text == "通过两年努力"
