"""Factors and shares in words are round; a level that one slip has moved far off is found."""

import pytest

from tests.reading.test_clean_prose import alarms

# A sentence with one of its numbers in two readings, right and wrong.
WORDED = [
    ("学校书法角由16处发展到{}处,整整翻了一番。", "32", "23"),
    ("城乡结对班级从24对增加到{}对,翻了两番。", "96", "69"),
    ("研修经费今年{}万元,去年180万元,增长一倍。", "360", "630"),
    ("宿舍失窃由去年的48起降到{}起,下降了一半。", "24", "42"),
    ("全县班主任{}人,其中任教五年以内的1240人,占三分之一。", "3720", "7320"),
    ("考入普通高中2900人,应届毕业生{}人,恰好一半。", "5800", "8500"),
    ("走读生4180人,留守儿童{}人,占走读生的一半。", "2090", "2990"),
    ("抽查台账300份,填写不全{}份,近三成填写不全。", "86", "186"),
    ("家长意见360条,采纳{}条,超过七成。", "268", "168"),
    ("场均观众由80人提高到{}人,增加两倍。", "240", "340"),
    ("今年查扣非法校车{}辆,是去年17辆的两倍。", "34", "43"),
    ("报到520人,缺席{}人,缺席人数是报到人数的四分之一。", "130", "230"),
    ("本年收到投诉{}件,比上年160件减少一半。", "80", "180"),
    ("由每周2节增至{}节,实现翻番。", "4", "9"),
]
PLAIN = [
    "全县教师4860人,其中乡村教师1620人,女教师占六成。",
    "寄宿生6240人,留守儿童2120人,一半以上家长在外务工。",
    "投入380万元改造食堂,另投入160万元购置设备,三分之二用于乡村学校。",
    "学校由12所增加到23所,几乎翻了一番。",
    "去年培训46人,今年培训98人,增长一倍多。",
    "抽查样品400批次,复检121批次,三成样品来自城区。",
    "会议开到一半,参会的120人中有36人提问。",
    "发放问卷1500份,收回980份,三分之二的家长写了建议。",
    "十成新的课桌40套,七成新的26套。",
    "小学96所、初中48所,初中数是小学数的一半,教学点12个。",
]


@pytest.mark.parametrize(("text", "right", "wrong"), WORDED)
def test_a_level_far_from_what_the_word_says_is_found(text, right, wrong):
    assert alarms(f"情况说明\n{text.format(right)}\n") == []
    assert alarms(f"情况说明\n{text.format(wrong)}\n") != []


@pytest.mark.parametrize("text", PLAIN)
def test_words_said_of_others_or_nearly_right_raise_no_alarm(text):
    assert alarms(f"情况说明\n{text}\n") == []
