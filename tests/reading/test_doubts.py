"""Alarms that the rest of the text takes back, and those that stay."""

from fractions import Fraction

import pytest

from taizhang.reading import check, read_text

# Growth and shares computed from full numbers and printed with rounded ones, as every communiqué prints them.
ROUNDED = [
    "全市有幼儿园1.26万所,比上年增加0.07万所,增长5.92%。",
    "全省普惠园3.47万所,占幼儿园4.18万所的83.00%。",
    "全市小学1.31万所,比上年减少0.03万所,下降2.21%。",
    "全省拨付三批资金,共10.00亿元,其中第一批3.33亿元,第二批3.33亿元,第三批3.33亿元。",
]
WRONG = [
    "全市有幼儿园1.26万所,比上年增加0.07万所,增长7.92%。",
    "全省普惠园3.47万所,占幼儿园4.18万所的86.01%。",
    "全市有幼儿园1260所,比上年增加70所,增长5.92%。",
]


def relations(text: str):
    return read_text(text).relations


@pytest.mark.parametrize("text", ROUNDED)
def test_what_the_rounding_of_the_printed_numbers_explains_is_a_note_that_says_so(text):
    [doubt] = [one for one in relations(text) if one.holds is False]
    assert doubt.severity == "note" and "取整误差" in doubt.why and doubt.stated != doubt.computed


@pytest.mark.parametrize("text", WRONG)
def test_what_rounding_does_not_explain_or_was_counted_is_still_wrong(text):
    [doubt] = [one for one in relations(text) if one.holds is False]
    assert doubt.severity == "alarm" and "取整误差" not in doubt.why


def test_the_note_is_true_some_full_numbers_round_to_all_that_is_printed():
    before, now = 11_862, 12_564
    assert (round(now / 10_000, 2), round((now - before) / 10_000, 2)) == (1.26, 0.07)
    assert round(float(Fraction(now - before, before)) * 100, 2) == 5.92


@pytest.mark.parametrize(
    "text",
    [
        # Parts of the second part stand behind it.
        "全年投入教育经费6250万元,其中上级补助3800万元,包括公用经费3100万元、校舍维修700万元;区财政投入2450万元,"
        "包括教师待遇1200万元、设备购置500万元、附加费750万元。",
        # The last part is told one sentence later.
        "全年采购金额4120.5万元。包括课桌椅860.2万元;图书415.3万元;维修工程2310万元。为迎接评估,购置信息化设备535万元。",
        # Two rates of one pair of numbers: each has its own word.
        "今年安排的26个项目全部开工,开工率为100%,竣工21个,竣工率80.77%。",
        # Who was asked whether he is content is not printed.
        "受理信访件240件,办结231件,满意率98.3%。",
        "全年开展培训36期,培训教师2140人次,参训教师满意度95.6%。",
        # Every member of the list has its own change; members of a list do not change one another.
        "公务接待费8.5万元,减少1.5万元;公务用车运行维护费34万元,减少2万元。",
        "评估结果:优秀22所、良好51所、合格24所、不合格3所。",
        # Behind the kinds the sentence goes on about what they make.
        "超大班额118个,占教学班总数776个的15.21%,其中小学86个、初中32个,较前年的203个减少85个。",
        # The ratio of another time; a change by so much; what several parts leave; an approximate share told backwards.
        "结对帮扶,干部297名,监测户1663户,干部与监测户之比1:5.6,比上一轮的1:8更精准。",
        "食堂补贴较1200万元的年初数上调15%,追加到1380万元。",
        "接送路线共计120条。东片5个乡镇跑45条,西片7个乡镇跑51条,剩下的24条都在城郊。",
        "体质优良的学生四成多,15014人参测,7102人优良。",
        # What was reached and by how much it grew; another sentence's change.
        "网格员队伍三年扩到原先的3.5倍,原先220人,现今770人。",
        "互助资金池大了4.0倍。往年池子里42万元,今年池子里210万元。",
        "报名咨询量同比上升26%。今年中考平均分465.2分,与上年的452.8分相比提高了12.4分。",
        "医保费用占总成本10.5%,总成本17258万元,医保费用1812万元,高于批复时4%的控制线。",
        "年平均工资81666元(上年)和88567元(本年),名义增长8.5%。",
        "学员在五年间翻了两番,五年前不过2400人,如今9610人。",
        "总诊疗2631.73万人次,这是前年;去年3037.81万人次;增速15.43%。",
        "仓储空间14397立方米,比老库的3063立方米大出3.7倍。",
        "换电站一季度充电29.18万度、四季度充电96.88万度,年内攀升2.32倍。",
        "除颤仪布点,地铁101台(其中站厅71台、车厢30台)、商场107台,布点数共208台。",
        "参保人数为1324万人(含异地)。出生人口按孩次:一孩2445人;二孩3664人;三孩512人。总数6621人。",
        "在岗教师58人,其中高级职称46人,青年人占教师总数的72.41%,青年人42人。",
        "学校有教职工73人,其中一级教师37人,二级教师27人,三级教师2人,还有7人为职员及工勤人员。",
        "劳动争议立案数下行6.8%,自1296件下行至1208件。",
        "考务人员佩戴2种证件入场。来访、来电、来信、网络四种渠道各占来件的40.4%、33.3%、18.3%和8.0%。",
        # The text says that they overlap, or tells them side by side.
        "总数是142名代课教师。有8名临近退休,有23名持证,两种细目互有交叉。",
        "会种茶的农户608户,会养蜂的农户35户,两样都会的也不少。机井共965眼。",
        "七年级优秀率74%,八年级优秀率29%,两个年级试卷不同。热门校招生计划275个。",
        # The kinds make what was received; what was closed is another number.
        "受理来信来访150件,办结147件,办结率98%。其中:入学类60件,待遇类45件,收费类25件,饭堂管理、校车管理各10件。",
    ],
)
def test_numbers_that_other_words_of_the_paragraph_explain_raise_no_alarm(text):
    assert [one.why for one in relations(text) if one.severity == "alarm"] == []


def test_a_part_that_lacks_and_is_told_nowhere_is_still_missed():
    text = "全年采购金额4120.5万元。包括课桌椅860.2万元;图书415.3万元;维修工程2310万元。"
    assert [one.severity for one in relations(text) if one.kind == "sum"] == ["alarm"]


@pytest.mark.parametrize(
    "text",
    [
        # A level that was reached is no change.
        "家长满意率由81.4分升至90.2分,提升8.8分,位次前移2位。",
        "城乡结对学校由二十三对增至三十六对,新结十三对。",
        "年末账面余额612.4万元,年初为480.2万元,一年间增加132.2万元。力争三年内把普惠覆盖率由七成左右提升到九成以上。",
        # What follows is another thing.
        "在校学生21480人,比上学年的21960人减少480人,下降2.19%;专任教师1532人,生师比为14:1。",
        # Sisters are not one another's total, two years side by side are no part and whole.
        "消防演练151场,防震演练138场,防溺水演练54场,防踩踏演练81场。四类演练全年累计424场。",
        "近两年培训经费分别为241.2万元和288.9万元,增长19.78%,足额落实了公用经费5%的比例。",
        # Bare numbers of a ratio and of a day.
        "应签订责任书的132所学校中已有117所签订,签订率88.6%,剩余学校限7日内补签。",
        "公办园有教师806名,保育员372名,教师与保育员之比为2.17比1。",
        # What lies within something larger does not hold it.
        "由市里审计的16所学校,包含在委托第三方审计的45所学校之内。",
    ],
)
def test_correct_sentences_that_only_look_wrong_raise_no_alarm(text):
    assert [item.why for item in check(read_text(text)) if item.severity == "alarm"] == []


@pytest.mark.parametrize(
    "text",
    [
        "家长满意率由81.4分升至90.2分,提升9.8分。",
        "去年此时有职工340人,现在328人,一年里走了22人。",
        "全年举办培训54场,其中校长培训16场,教师培训48场。",
        "全校46个班,包括初中48个班。",
    ],
)
def test_wrong_ones_of_the_same_make_still_do(text):
    assert [item.severity for item in check(read_text(text))].count("alarm") >= 1


def test_a_rate_of_those_who_were_asked_is_checked_when_they_are_printed():
    [doubt] = [one for one in relations("回访信访人240人,表示满意的228人,满意率98%。") if one.severity == "alarm"]
    assert doubt.computed == 95
