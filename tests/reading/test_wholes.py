"""Wholes that a share does not name by the words of their own number."""

import pytest

from tests.reading.judging import judge
from tests.reading.test_clean_prose import alarms


def shares(text):
    _, relations, _ = judge(text)
    return [(one.check, one.holds, [item.text for item in one.operands]) for one in relations if one.kind == "share"]


CENSUS = "2023年末,全县常住人口共有412786人。\n家庭户156320户。\n常住人口中,男性为{}人,占总人口的{}%;女性为{}人,占总人口的{}%。"


def test_a_fine_percentage_finds_the_whole_that_bears_another_name():
    found = shares(CENSUS.format("210562", "51.01", "202224", "48.99"))
    assert found == [
        ("exact", True, ["210562人", "412786人", "51.01%"]),
        ("exact", True, ["202224人", "412786人", "48.99%"]),
    ]


def test_a_share_of_the_same_name_is_held_against_the_same_whole():
    assert alarms(CENSUS.format("210562", "51.01", "202224", "48.99")) == []
    assert alarms(CENSUS.format("210562", "51.01", "202224", "49.89")) != []
    assert alarms(CENSUS.format("210562", "51.01", "220224", "48.99")) != []


def test_a_percentage_without_decimals_fits_too_much_to_find_a_whole():
    text = "全县有村级文化站210个。\n图书室84个。\n乡镇戏台42个,占传统建筑的20%。"
    assert shares(text) == [("feasible", True, ["42个", "20%"])]


@pytest.mark.parametrize(
    "text",
    [
        "检查站有技术人员350人,分成35个小组。护林员中会用无人机的147人,占总数的44.01%。",
        "共检查216户,其中完全达标的48户,34.7%缺少台账,16.7%有过期药品。",
        "本专业有专任教师40人,其中教授11人,占27.5%;有博士学位的32人,博士率80%;79%的教师来自省外高校。",
        "规模以上企业实现增加值261.3亿元,主营收入3100亿元,利税106亿元,分别占全市工业的73%、91.2%和66%。",
        "年末登记失业率为3.89%,比上年末下降0.04个百分点,控制在4%的目标以内。",
        "总人口性别比由上次普查的104.92下降为102.67。",
        "申请跨区就读的有743人。申请跨区就读的743人中,随迁子女占六成。",
    ],
)
def test_percentages_of_other_things_raise_no_alarm(text):
    assert alarms(f"情况说明\n{text}\n") == []


def test_a_change_behind_a_part_of_a_list_speaks_of_the_part():
    text = "全年产值9160.1亿元,其中,第一产业1038.4亿元,增长4.0%;第二产业4508.0亿元,增长18.6%;第三产业3613.7亿元,增长13.8%。"
    _, relations, _ = judge(text)
    found = {one.operands[-1].text: one.operands[0].text for one in relations if one.kind == "growth"}
    assert found == {"4.0%": "1038.4亿元", "18.6%": "4508.0亿元", "13.8%": "3613.7亿元"}


def test_the_level_that_is_compared_with_is_the_level_before():
    _, relations, _ = judge("全省人口27462297人,同上次普查的27279921人相比,共增加182376人,增长0.67%。")
    found = {one.kind: [item.text for item in one.operands] for one in relations}
    assert set(found["difference"]) == {"27462297人", "27279921人", "182376人"}
    assert set(found["growth"]) >= {"27462297人", "0.67%"}
