"""A figure that is said again must be the same figure; figures of other times, places and kinds may differ."""

import pytest

from taizhang.reading import read_text
from tests.reading.test_clean_prose import alarms

# One text, its right second value and a wrong one.
SAID_AGAIN = [
    ("全年完成校舍鉴定{0}栋。档案方面,校舍鉴定{1}栋的报告全部归档。", "47", "74"),
    ("年内命名智慧校园{0}所。智慧校园{1}所均已挂牌。", "36", "38"),
    ("全县设有心理辅导室{0}间。心理辅导室{1}间全部配齐专职教师。", "182", "128"),
    ("本学期举办家长课堂{0}场。家长课堂{1}场均留有影像。", "64", "46"),
    ("秋季入学的七年级新生{0}人。为七年级新生{1}人全部建立了健康档案。", "5120", "5102"),
    ("全县专职校医{0}人。在医教协同方面,专职校医{1}人均持证上岗。", "216", "261"),
    ("新配发平板电脑{0}台。平板电脑{1}台已全部发放到班。", "3400", "3040"),
    ("年内打造劳动基地{0}处。劳动基地{1}处均已签约。", "三十六", "三十八"),
    ("全县教职工{0}人。全县教职工总数{1}人,结构趋于合理。", "4312", "4132"),
    ("我市共有寄宿制学校{0}所。我市寄宿制学校{1}所,均配有宿管员。", "58", "85"),
    ("全区小学在校生{0}人。据统计,全区小学在校生{1}人。", "21460", "21640"),
    ("流动图书车{0}辆已全部上路。今年全县购置流动图书车{1}辆。", "28", "82"),
]
# Sentences that look like a figure said twice.
APART = [
    "全县小学在校生21460人。城区小学在校生20460人,学位偏紧。",
    "2023年新创绿色学校31所。2022年新创绿色学校34所均已复核。",
    "去年命名智慧校园36所。今年命名智慧校园38所均已挂牌。",
    "全县计划命名智慧校园40所。智慧校园38所均已挂牌。",
    "幼儿园新增专任教师132人。小学新增专任教师123人均已到岗。",
    "东片区校舍鉴定47栋。西片区校舍鉴定74栋的报告全部归档。",
    "全县校车驾驶员182人,其中女性驾驶员18人。校车驾驶员182人均已年审。",
    "组织专题培训12期。另组织专题培训14期均有考核。",
    "新建教学楼建筑面积3200平方米。新建宿舍楼建筑面积3020平方米的工程已完工。",
    "公办幼儿园专任教师420人。民办幼儿园专任教师402人均持证。",
    "全县设有心理辅导室182间。每校心理辅导室2间均已开放。",
    "上学期举办家长课堂64场。下学期举办家长课堂46场均有记录。",
    "实验小学在校学生1203人。第二小学在校学生1230人均已返校。",
]


# One text, its right second value and a wrong one: the figure comes first now, what it counts behind it.
TAKEN_UP = [
    ("全县有帮扶责任人{0}名。{1}名帮扶责任人逐月入户。", "486", "468"),
    ("县域内登记研学基地{0}家。{1}家研学基地均已签订安全协议。", "127", "137"),
    ("春季收到捐赠图书{0}册。上述{1}册图书已编目上架。", "8640", "6840"),
    ("选聘校外辅导员{0}名,这{1}名辅导员来自公检法等部门。", "214", "204"),
    ("报告期内抽检留样{0}份。对抽检的{1}份留样逐份复核。", "356", "365"),
    ("申请跨区就读的有{0}人。申请跨区就读的{1}人中,随迁子女占六成。", "743", "734"),
    ("全年拨付运动场改造经费{0}万元。运动场改造拨付经费{1}万元,全部专账核算。", "386.4", "368.4"),
    ("总造价{0}万元的图书馆主体封顶。图书馆总造价{1}万元,工期两年。", "2860", "2680"),
    ("全市系统有团支部{0}个。全系统{1}个团支部完成了改选。", "318", "381"),
    ("发放助学贷款{0}笔。{1}笔助学贷款无一逾期。", "2136", "2316"),
    ("选派{0}名校长跟岗学习。{1}名跟岗校长返校后作了汇报。", "57", "75"),
    ("培训保育员{0}名。本次共培训保育员{1}名,合格率较高。", "214", "241"),
    ("全县现有村小{0}所。截至目前,全县村小{1}所,保留教学点若干。", "74", "47"),
]
NOT_TAKEN_UP = [
    "全县有帮扶责任人486名。其中468名帮扶责任人逐月入户。",
    "线上培训覆盖教师486名。乡村学校一线的468名教师全部参加了面授。",
    "小学组46支代表队参赛。中学组64支代表队依次入场。",
    "去年登记研学基地127家。今年137家研学基地均已签订安全协议。",
    "抽检留样356份。365份食品安全承诺书全部签订。",
    "老校舍27栋,对72栋民房逐栋鉴定。",
    "全县有帮扶责任人486名,新增帮扶责任人18名后为504名。504名帮扶责任人逐月入户。",
]


@pytest.mark.parametrize(("text", "right", "wrong"), TAKEN_UP)
def test_a_figure_taken_up_with_its_noun_behind_it_is_held_against_the_first(text, right, wrong):
    assert not alarms(f"情况说明\n{text.format(right, right)}\n")
    assert any("前后不一致" in why for why in alarms(f"情况说明\n{text.format(right, wrong)}\n"))


@pytest.mark.parametrize("text", NOT_TAKEN_UP)
def test_figures_of_other_things_take_nothing_up(text):
    assert not alarms(f"情况说明\n{text}\n")


@pytest.mark.parametrize(("text", "right", "wrong"), SAID_AGAIN)
def test_a_figure_said_again_is_held_against_the_first(text, right, wrong):
    assert not alarms(f"情况说明\n{text.format(right, right)}\n")
    assert any("前后不一致" in why for why in alarms(f"情况说明\n{text.format(right, wrong)}\n"))


@pytest.mark.parametrize("text", APART)
def test_figures_of_other_times_places_and_kinds_are_not_held_against_one_another(text):
    assert not alarms(f"情况说明\n{text}\n")


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("报录比为三点五比一。", 3.5),
        ("为上年的一点六倍。", 1.6),
        ("占百分之一点三。", 1.3),
        ("投入一点二万元。", 12000.0),
    ],
)
def test_chinese_decimals_are_numbers(printed, value):
    found = [one.value for one in read_text(f"情况说明\n今年有关工作情况{printed}\n").quantities]
    assert found == [value]


def test_words_with_numerals_that_only_look_like_decimals_are_none():
    assert not read_text("情况说明\n两点一线、一点一滴抓落实,下午三点五校校长碰头。\n").relations


def test_what_is_left_of_a_thing_is_not_the_figure_that_is_taken_up():
    text = "要点中还有52个目标没有核对结果。\n要点提出的72个目标中,达到16个,未达到4个。"
    assert [one for one in read_text(text).findings if one.kind == "two_values"] == []
