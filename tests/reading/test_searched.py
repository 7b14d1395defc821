"""Results whose operands the words do not bind are looked for among all numbers that kind and unit allow."""

import pytest
from bench.arithmetic.paragraphs import PARAGRAPHS
from bench.arithmetic.prose import right, written

from taizhang.reading import check, read_text
from tests.reading.judging import judge

WRONG = {
    "a whole in the sentence before": "教职工5745人,专任教师5127人、行政和工勤人员618人。专任教师中,具有本科以上学历的441人,占86.0%。",
    "a whole that 占 names": "“三公”经费支出36.42万元,比上年减少4.76万元。其中公务接待费7.65万元,占“三公”经费的23.8%。",
    "a divisor behind the average": "小学在校生31208人,比上年减少。小学校均规模372人,较上年缩小,全县现有小学94所。",
    "so many for a hundred": "按在校学生27830人计算,藏书812460册。计算机3990台,每百名学生拥有14.1台。",
    "a rate, a count and days": "资金按每生每天5元、全年200天计算,覆盖学生21860人,全年需资金2136万元。",
    "one amount in two units": "扩建食堂等项目,建设总面积达84210平方米,折合2.42万平方米。",
    "names that pair": "参加运动会的运动员1386名,男女运动员分别为152名和634名。",
    "a list of fields": "基本功过关情况\n项目:粉笔字;参评:1128人;过关:1042人;过关率:88.2%\n",
    "two sorts of counts": "高一招生录取通知书发出4100份,开学实到3895人,报到率97.0%,流向外地的情况有所缓解。",
    "per mille": "参保学生44895人中出险1185人,出险率4.12‰。",
    "two units of length": "新敷光缆主干86.6千米、支线18018米,共敷设140.618千米。",
}
ELSEWHERE = {
    "an average": "智慧黑板更新资金305.88万元。\n各校按需选型。\n智慧黑板更新惠及学校97所,所均投入31.53万元。",
    "a rate": "期内应结信访事项47项。\n值班电话畅通。\n期内按期办结信访事项441项,按期办结率为92.5%。",
    "a total": "东部片区收缴保教费656.46万元。\n票据统一。\n西部片区收缴保教费812.10万元。\n东、西两片区收缴保教费总额1477.56万元。",
}
CLEAN = [
    "法律援助服务师生481人次,接受咨询354人次,出面调解127人次;后一类又可拆成校内调解78人次、校外调解49人次。",
    "参保学生44895人中出险185人,出险率4.12‰。",
    "教育投入三大块,财政拨款占47.16%、事业收入占31.42%、其他收入占21.42%,合计100%。",
    "电动车充电位从89个加装到309个,增量相当于原有数量的2.47倍。",
    "秋季起,小学一年级每班不超过45人,九年级不超过50人。特教学校学生287人,教职工83人。",
    "第3期培训班每校2人,共计30所学校。住宿学生796人。",
    "投入资金由1200万元增加到1500万元,其中设备资金增长30%。",
]


def alarms(text: str) -> list[str]:
    return [item.why for item in check(read_text(f"情况说明\n{text}\n")) if item.severity == "alarm"]


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_wrong_number_is_found_by_what_is_left_when_kinds_match(text):
    assert alarms(text)


@pytest.mark.parametrize("text", ELSEWHERE.values(), ids=ELSEWHERE)
def test_operands_may_stand_in_paragraphs_of_their_own(text):
    assert alarms(text)


@pytest.mark.parametrize("text", CLEAN)
def test_what_other_numbers_explain_is_no_alarm(text):
    assert alarms(text) == []


@pytest.mark.parametrize("paragraph", PARAGRAPHS)
def test_whole_paragraphs_of_right_numbers_raise_no_alarm(paragraph):
    text, _ = written(paragraph, right(paragraph))
    assert alarms(text) == []


def test_a_combination_that_merely_fits_is_not_asserted():
    _, relations, _ = judge("全年召开会议2次,现改为1次,减少1次的会议另行通知,接待5批。")
    assert not [one for one in relations if one.check == "exact"]


def test_years_with_a_typed_zero_and_latin_full_stops_are_read():
    reading = read_text("二0一二年全县招生3200人.投入资金86万元.\n")
    assert [(one.text, one.kind) for one in reading.quantities] == [
        ("二0一二年", "year"), ("3200人", "count"), ("86万元", "money"),
    ]  # fmt: skip


def test_counts_of_one_thing_are_no_average_for_another():
    text = "督导发现问题316个,其中办学类84个、教学类107个、安全类92个、后勤类33个,平均每校3.2个。"
    assert "per" not in [one.kind for one in read_text(text).relations]
