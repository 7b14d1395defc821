"""Totals of lists that signs part, that another sum confirms, or that words close and count."""

import pytest

from tests.reading.judging import judge

RIGHT_AND_WRONG = [
    # each stretch behind a semicolon or a full stop opens with a member, the rest is told of it
    ("收到建议356条。线上261条,来自公众号213条、来自邮箱48条;线下95条。", "356条", "396条"),
    ("水库155座。中型12座。小型143座,分别是山区34座、平原109座。", "155座", "515座"),
    ("总投资2588.3万元。建安费2269.7万元,其中土建1846.2万元、安装423.5万元;其他费用318.6万元。", "2588.3万元", "2855.3万元"),
    # members told in brackets, dashes or sub-totals that the other sum confirms
    ("参赛作品524件,学生作品428件——小学组241件、中学组187件,教师作品96件。", "524件", "542件"),
    ("小学3125人,初中1874人,义务教育小计4999人;高中1208人,总计6207人。", "1874人", "1847人"),
    ("挂牌督学134名,专职者14名,余下120名都是兼职,兼职者里现任校长73名、退休校长47名。", "47名", "49名"),
    # words that close, and words that say how many parts there are
    ("一中招了1024名,二中招了876名,三中招了655名,三所学校的新生总数达到2555名。", "2555名", "2535名"),
    ("四个季度依次培训320人次、415人次、268人次、507人次,全年1510人次。", "268人次", "468人次"),
    ("河堤1145.7万元打头,塘坝452.5万元居次,渠系220.5万元又次之,泵站175.8万元垫底,一算账,1994.5万元。", "452.5万元", "452.9万元"),
    ("高一612人,高二587人,高三634人,在校生规模1833人。", "587人", "578人"),
    ("共收回意见112条。采纳的58条,部分采纳的38条,未予采纳的16条。", "58条", "88条"),
    # a list that lacks words: the names are plain, nothing else of the unit stands in the sentence
    ("检查发现问题126处,线路老化41处、通道堵塞19处、灭火器失效66处,已交办。", "66处", "86处"),
]  # fmt: skip


def alarms(text: str) -> list[str]:
    return [one.why for one in judge(text)[1] if one.severity == "alarm"]


@pytest.mark.parametrize(("text", "right", "wrong"), RIGHT_AND_WRONG)
def test_a_list_that_adds_up_is_left_alone_and_one_that_does_not_is_told(text, right, wrong):
    assert alarms(text) == []
    assert alarms(text.replace(right, wrong))


@pytest.mark.parametrize(
    "text",
    [
        # peers, not parts: one more member of the class; the levels of one measure
        "本科学历56人,大专学历32人,中专学历16人,其他4人,研究在读2人。",
        "普通高中招生967.8万人。初中招生1754.6万人。普通小学招生1877.9万人。特殊教育招生15.5万人。学前教育在园幼儿4093.0万人。",
        # 其中 leaves room for another; what follows it is no part
        "全县学校120所,其中小学60所(城区20所、农村40所),初中30所,高中10所。",
        "财政总收入1284.27亿元,其中,地方级财政收入700.03亿元,财政支出901.22亿元。",
        # what a bracket tells is told of the number in front of it; months are no count of parts
        "暑期师训总学时80学时,必修64学时(师德24学时、信息技术40学时),选修16学时。",
        "一月份培训120人,二月份培训80人,今年已累计培训450人。",
        # members of one sub-total are not each other's total
        "卫生厕所:甲镇1134座,乙镇956座,平原两镇小计2090座;山区的丙镇183座;三镇总计2273座。",
        "受理来访19批300人。送下去的教师有三股:轮岗的118名;支教的43名;返聘的19名。人虽不多,180名却填上了空。",
    ],
)
def test_numbers_that_only_look_like_a_list_of_parts_raise_no_alarm(text):
    assert alarms(text) == []
