"""Relations: what a text asserts is recomputed, what it does not assert is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.reading import read_text
from tests.reading.judging import judge


def relations(text):
    return judge(text)[1]


def verdicts(text):
    return [(one.kind, one.holds, one.severity) for one in relations(text)]


def operands(relation):
    return [(one.role, one.text) for one in relation.operands]


# --- the two figures that the reader is known by ------------------------------------------------------------------------
def test_a_wrong_rate_is_an_alarm_that_shows_the_arithmetic():
    (rate,) = relations("本年度建设指标为18.38万平方米。计划建成15万平方米以上,完工率达到81.69%以上。")
    assert (rate.kind, rate.holds, rate.severity, rate.check) == ("rate", False, "alarm", "exact")
    assert rate.why == "15 ÷ 18.38 = 81.61%，原文写 81.69%，相差 0.08 个百分点"
    assert rate.computed == pytest.approx(81.6104, abs=1e-4)
    assert rate.tolerance == 0.005


def test_a_truncated_share_is_false_but_only_a_note():
    text = "市下达任务14.6722万平方米。截至10月,开工15.2458万平方米,占市下达任务数的103%。"
    (share,) = relations(text)
    assert operands(share) == [("part", "15.2458万平方米"), ("whole", "14.6722万平方米"), ("pct", "103%")]
    assert (share.holds, share.severity) == (False, "note")
    assert "截去尾数" in share.why


def test_a_share_that_was_rounded_up_is_a_note_too():
    (share,) = relations("全县教师300人,其中党员100人,占教师总数的34%。")
    assert (share.holds, share.severity) == (False, "note")
    assert "进一" in share.why


# --- shares -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("在校生38550人,其中女生18504人,占48%。", [("share", True, None)]),
        ("在校生38550人,其中女生18504人,占58%。", [("share", False, "alarm")]),
        ("全县教师3315人,其中本科以上学历2652人,占教师总数的80%。", [("share", True, None)]),
        ("全县教师3315人,其中本科以上学历2652人,占教师总数的85%。", [("share", False, "alarm")]),
        ("建成标准化学校45所,完成年度任务50所的90%。", [("share", True, None)]),
        ("建成标准化学校45所,完成年度任务50所的95%。", [("share", False, "alarm")]),
        ("已完成投资3200万元,占总投资0.8亿元的40%。", [("share", True, None)]),
        ("已完成投资3200万元,占总投资0.8亿元的45%。", [("share", False, "alarm")]),
        ("累计建成示范校85所,占学校总数的70.8%。", [("share", True, None)]),
    ],
)
def test_shares_are_recomputed_in_one_unit(text, expected):
    assert verdicts(text) == expected


def test_shares_in_a_list_belong_to_their_own_parts():
    text = "全县共有学生52380人,其中小学生31200人,初中生14380人,高中生6800人,分别占59.6%、27.5%和13.0%。"
    shares = [one for one in relations(text) if one.kind == "share"]
    assert [(one.operands[0].text, one.operands[-1].text, one.holds) for one in shares] == [
        ("31200人", "59.6%", True), ("14380人", "27.5%", True), ("6800人", "13.0%", True),
    ]  # fmt: skip


def test_a_share_without_a_printed_whole_gives_the_whole():
    (share,) = relations("走读生中乘坐校车8674人,占乘车学生总数的58.5%。")
    assert (share.check, share.holds) == ("feasible", True)
    assert share.computed == pytest.approx(14827.3504, abs=1e-3)


def test_the_whole_of_a_share_may_stand_in_another_sentence():
    text = "全年共转来信访件180件。从内容看,办学管理48件(占26.67%),招生入学36件(占20%)。"
    assert [operands(one)[1] for one in relations(text)] == [("whole", "180件"), ("whole", "180件")]


def test_how_many_parts_there_are_is_no_part():
    found = relations("全年工单2495件。交通783件、城建579件、政法562件,三类合计占工单总量的87%。")
    assert not [one for one in found if "三类" in [text for _, text in operands(one)]]


def test_a_subject_of_its_own_chooses_the_part():
    (share,) = relations("公办幼儿园56所,民办幼儿园24所,公办园占比70%。")
    assert operands(share) == [("part", "56所"), ("pct", "70%")]


def test_destroyed_numbers_make_a_relation_corrupt_not_wrong():
    text = "共转来信访件180件:办学管理48件(占26.67%)、师德师风20xx占11.11%、招生入学36件(占20%)。"
    found = {(one.kind, one.holds) for one in relations(text)}
    assert found == {("share", True), ("share", "corrupt"), ("sum", "corrupt")}
    assert ("whole", "180件") in operands(next(one for one in relations(text) if one.holds == "corrupt"))


def test_a_percentage_alone_asserts_nothing():
    assert relations("小学入学率99.70%,初中毛入学率103.5%,招生人数提高了53%。") == []


# --- rates --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("收到来信224件,办结215件,正在办理9件,办结率95.98%。", [("sum", True, None), ("rate", True, None)]),
        ("收到来信224件,办结215件,正在办理9件,办结率96.98%。", [("sum", True, None), ("rate", False, "alarm")]),
        ("参加考试1250人,合格1187人,合格率94.96%。", [("rate", True, None)]),
        ("参加考试1250人,合格1187人,合格率95.96%。", [("rate", False, "alarm")]),
        (
            "毕业生1850人,就业1813人,就业率98%,其中对口就业1360人,对口就业率75%。",
            [("rate", True, None), ("rate", True, None)],
        ),
        ("排查隐患350处,整改353处,整改率98%。", [("rate", False, "alarm")]),
        ("全年计划新建幼儿园20所,实际建成18所,完成率90%。", [("rate", True, None)]),
        ("排查隐患235处,当场整改180处,限期整改55处,整改率100%。", [("sum", True, None), ("rate", True, None)]),
        (
            "排查隐患235处,当场整改180处,限期整改50处,整改率100%。",
            [("sum", False, "alarm"), ("rate", True, None)],
        ),
    ],
)
def test_rates_find_what_is_above_and_below_the_line(text, expected):
    assert verdicts(text) == expected


def test_a_rate_of_two_coordinated_groups_adds_their_parts():
    text = "参加考试894人,本科上线588人,本科上线率66%,专科上线276人,专科上线率31%,本、专科上线率97%。"
    last = [one for one in relations(text) if one.operands[-1].text == "97%"]
    assert {one.kind for one in last} == {"rate", "sum"}
    assert all(one.holds is True for one in last)


# --- comparisons --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本科上线857人,比去年增加136人。", [("difference", True, None)]),
        ("上线由721人增加到857人,增加136人。", [("difference", True, None)]),
        ("上线由721人增加到857人,增加146人。", [("difference", False, "alarm")]),
        ("上线由721人增加到857人,增长18.86%。", [("growth", True, None)]),
        ("上线由721人增加到857人,增长19.86%。", [("growth", False, "alarm")]),
        ("巩固率由97.5%提高到98.7%,提高1.2个百分点。", [("difference", True, None)]),
        ("巩固率由97.5%提高到98.7%,提高2.2个百分点。", [("difference", False, "alarm")]),
        ("较上年的2500万元增加600万元,达到3000万元。", [("difference", False, "alarm")]),
        ("今年招生2200人,去年招生2000人,同比增长10%。", [("growth", True, None)]),
        ("今年招生2200人,去年招生2000人,同比增长12%。", [("growth", False, "alarm")]),
        ("从2019年的4.2万人增加到2023年的4.8万人,增长14.3%。", [("growth", True, None)]),
        ("从2019年的4.2万人增加到2023年的4.8万人,增长24.3%。", [("growth", False, "alarm")]),
        ("中职招生4200人,是上年2100人的2倍。", [("multiple", True, None)]),
        ("中职招生4200人,是上年2100人的3倍。", [("multiple", False, "alarm")]),
        ("投入3500万元,比2023年的2800万元增加700万元,增长25%。", [("difference", True, None), ("growth", True, None)]),
        (
            "投入3500万元,比2023年的2800万元增加700万元,增长35%。",
            [("difference", True, None), ("growth", False, "alarm")],
        ),
        ("学位从500个增加到1000个,翻了一番。", [("multiple", True, None)]),
        ("学位从500个增加到700个,翻了一番。", [("multiple", False, "alarm")]),
    ],
)
def test_now_then_and_the_change_must_agree(text, expected):
    assert verdicts(text) == expected


def test_an_amount_and_a_percentage_of_the_same_growth_must_agree():
    assert [one.holds for one in relations("安排资金3000万元,较上年增加500万元,增长20%。")] == [True, True]
    assert [one.holds for one in relations("安排资金3000万元,较上年增加500万元,增长25%。")] == [True, False]


def test_what_follows_a_list_compares_the_listed_whole():
    text = "资助学生7757人,其中小学6454人,初中740人,高中563人,比去年增加2142人。"
    difference = next(one for one in relations(text) if one.kind == "difference")
    assert operands(difference) == [("now", "7757人"), ("delta", "2142人")]


def test_two_levels_and_two_changes_pair_in_order():
    text = "两校招生分别为1240人和415人,分别比去年多62人和35人。"
    assert [operands(one) for one in relations(text)] == [
        [("now", "1240人"), ("delta", "62人")],
        [("now", "415人"), ("delta", "35人")],
    ]


def test_before_and_after_without_a_change_assert_nothing():
    assert relations("将原有54个教学点撤并为32个,新建幼儿园6所。") == []


# --- sums ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("招聘教师195人,其中幼儿园12人,小学18人,初中145人,高中20人。", [("sum", True, None)]),
        ("招聘教师195人,其中幼儿园12人,小学18人,初中135人,高中20人。", [("sum", False, "alarm")]),
        ("总投资1.5亿元,其中省补2300万元、县级配套1.27亿元。", [("sum", True, None)]),
        ("总投资1.5亿元,其中省补2300万元、县级配套1.37亿元。", [("sum", False, "alarm")]),
        ("小学投入120万元,初中投入80万元,合计200万元。", [("sum", True, None)]),
        ("小学投入120万元,初中投入80万元,合计210万元。", [("sum", False, "alarm")]),
        ("评出一等奖10名,二等奖20名,三等奖30名,合计65名。", [("sum", False, "alarm")]),
        ("累计投入1.2亿元,其中2022年投入5000万元,2023年投入8000万元。", [("sum", False, "alarm")]),
        ("招聘86人,其中公开招聘17人,引进10人,其他5人。", [("sum", False, "alarm")]),
        ("中小学346所,其中小学245所,初中63所,高中18所。", [("sum", False, "alarm")]),
        ("小学投入320万元,初中投入80万元,合计200万元。", [("sum", False, "alarm")]),
        ("学历提升186人,其中研究生36人,本科160人。", [("sum", False, "alarm")]),
        ("两校分别投资8600万元和5400万元,总投资1.5亿元。", [("sum", False, "alarm")]),
        ("文明校园28所,其中全国1所、省级5所、市级20所。", [("sum", False, "alarm")]),
        ("风险点116条,其中单位风险点28条,个人风险点87条。", [("sum", False, "alarm")]),
        ("投入8600万元,其中校舍建设5200万元,设备采购2500万元,教师培训1300万元。", [("sum", False, "alarm")]),
        ("一本上线87人,二本上线299人,三本上线202人,本科上线588人。", [("sum", True, None)]),
        ("一本上线87人,二本上线299人,三本上线202人,本科上线598人。", [("sum", False, "alarm")]),
    ],
)
def test_parts_that_the_text_adds_up_must_reach_the_total(text, expected):
    assert verdicts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "全县有幼儿园17所(其中民办3所,集体办1所)。",
        "全县有教师500人,其中高级教师100人,中级教师250人,初级教师140人。",
        "专任教师2490人,其中女教师1402人,党员620人,高级职称330人。",
        "学校120所,其中农村学校70所,寄宿制学校60所。",
        "600分以上122人,550分以上498人,500分以上549人。",
        "一本上线395人,二本上线1503人,三本上线2743人。",
        "举办培训班12期,培训教师1200人次,其中校长班3期180人。",
        "投资1807万元,改造34所,投资139万元,为204所学校铺路。",
        "计划投资2亿元,完成1.9亿元。",
        "中小学120所,其中小学80所,初中30所。",
        "学历提升286人,其中研究生26人,本科160人。",
        "教师500人,其中本科以上学历400人,专科以上学历490人。",
    ],
)
def test_partial_overlapping_and_nested_lists_are_not_added(text):
    assert verdicts(text) == []


def test_persons_and_person_times_are_never_added():
    assert verdicts("培训教师1200人次,其中小学800人,初中400人。") == []


# --- ratios and averages --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("学生79610人,计算机14267台,生机比达5.58:1。", [("ratio", True, None)]),
        ("学生79610人,计算机14267台,生机比达6.58:1。", [("ratio", False, "alarm")]),
        ("装备计算机14267台,生机比达5.58:1。", [("ratio", True, None)]),
        ("普职招生比例达到11。", [("ratio", "corrupt", "alarm")]),
        ("藏书32万册,在校学生8000人,生均图书40册。", [("per", True, None)]),
        ("藏书32万册,在校学生8000人,生均图书45册。", [("per", False, "alarm")]),
        ("生均图书31.5册;计算机5000台,生机比8:1。", [("ratio", True, None)]),
        ("班师比例为1:3,公办与民办比例6:4。", []),
    ],
)
def test_ratios_and_averages_are_recomputed(text, expected):
    assert verdicts(text) == expected


# --- qualifiers -----------------------------------------------------------------------------------------------------------
def test_an_approximate_operand_that_misses_cannot_be_judged():
    (share,) = relations("全县约有教师3300人,其中党员1050人,占教师总数的30%。")
    assert (share.holds, share.severity) == (None, None)
    assert share.reason == "原文是约数，不能精确核对"


def test_a_lower_bound_below_the_computed_value_is_no_contradiction():
    (share,) = relations("全县教师300人,其中党员200人,占教师总数的65%以上。")
    assert share.holds is True


def test_traditional_text_is_judged_like_simplified_text():
    text = "招聘新教師56人,其中公開招聘17人,引進10人,定向培養24人,其他5人。"
    assert verdicts(text) == [("sum", True, None)]
    assert verdicts(text.replace("56人", "58人")) == [("sum", False, "alarm")]


# --- any text at all --------------------------------------------------------------------------------------------------------
WORDS = st.sampled_from(["共", "其中", "占", "总数的", "比去年", "增加", "增长", "由", "到", "达", "率", "合计", "翻了", "一番", "2倍", "生均", "比例", "分别", "和", "、", ",", "。", ";", "(", ")", "\n",
                         "小学", "学生", "完成", "任务", "12人", "30%", "1.5亿元", "500万元", "0人", "0%", "100%", "20xx", "5:1", "11", "8册", "3个百分点", "9" * 17 + "人"])  # fmt: skip


@settings(max_examples=200)
@given(st.lists(WORDS, max_size=40).map("".join))
def test_any_text_gives_relations_over_quantities_only(text):
    quantities, found, _ = judge(text)
    spans = {(one.start, one.end) for one in quantities}
    for relation in found:
        assert {(one.start, one.end) for one in relation.operands} <= spans
        assert relation.why
        assert (relation.severity is None) == (relation.holds in (True, None))
        assert relation.reason is None or relation.holds is None


# --- lists that lie apart from their total, goals -----------------------------------------------------------------------
def test_a_list_in_the_next_sentence_adds_up():
    text = "全县共有学校96所。其中小学60所(含教学点22个),初中20所,幼儿园16所(公办9所,民办7所)。"
    sums = {operands(one)[-1][1]: one.holds for one in relations(text)}
    assert sums == {"96所": True, "16所": True}


def test_a_partial_list_in_the_next_sentence_asserts_nothing():
    assert relations("全县共有学校96所。其中小学60所,初中20所。") == []


def test_numbered_lines_below_a_total_add_up_without_what_they_open_themselves():
    text = (
        "共发放资助金95万元。分别是:\n一、学前资助20万元;\n二、义务教育45万元;\n其中:寄宿生30万元;\n走读生15万元;\n"
        "三、高中30万元。\n"
    )
    found = {tuple(text for _, text in operands(one)) for one in relations(text)}
    assert found == {("20万元", "45万元", "30万元", "95万元"), ("30万元", "15万元", "45万元")}


def test_two_halves_of_one_thing_need_no_opening_word():
    assert verdicts("700分以上的考生共52人,文科14人,理科38人。") == [("sum", True, None)]
    assert verdicts("700分以上的考生共52人,文科14人,理科30人。") == [("sum", False, "alarm")]


def test_a_goal_is_no_level_of_last_year():
    text = "全年任务目标数是50个,实际已减少60个,完成率为120%。"
    assert [(one.kind, one.holds) for one in relations(text)] == [("rate", True)]
    assert [one.kind for one in relations("学校50所,比去年减少6所。")] == ["difference"]


def test_a_planned_percentage_is_a_whole_of_its_own():
    assert verdicts("目标是80%,实际已完成92%,完成率为115%。") == [("rate", True, None)]
    assert verdicts("目标是80%,实际已完成92%,完成率为118%。") == []


def test_what_was_done_of_a_task_is_a_share_of_it():
    (share,) = relations("完成投资4.2亿元,完成年度目标任务的84%。")
    assert (share.kind, operands(share), share.check) == ("share", [("part", "4.2亿元"), ("pct", "84%")], "feasible")
    (share,) = relations("下达任务5亿元,完成投资4.2亿元,完成任务的84%。")
    assert [role for role, _ in operands(share)] == ["part", "whole", "pct"]
    assert share.holds is True
    assert relations("完成年度目标任务的84%。") == []


@pytest.mark.parametrize(
    ("printed", "holds", "severity"),
    [("13.47%", True, None), ("13.46%", False, "note"), ("13.48%", False, "alarm"), ("15.47%", False, "alarm")],
)
def test_a_growth_that_was_only_cut_off_is_a_note(printed: str, holds: bool, severity: str | None) -> None:
    """Offices cut digits off as often as they round; that is told, not called wrong."""
    text = f"一、规模\n全县在校生30335人，比上年的26734人增长{printed}。\n"
    [relation] = [item for item in read_text(text).relations if item.kind == "growth"]
    assert (relation.holds, relation.severity) == (holds, severity)


@pytest.mark.parametrize(
    ("text", "kind", "parts"),
    [
        ("引进教师64名,其中博士8名,占引进总数的12.5%。", "share", ["8名", "64名", "12.5%"]),
        (
            "高考上本科1500人,比上年增加88人;其中重点本科360人,占本科上线人数的24%。",
            "share",
            ["360人", "1500人", "24%"],
        ),
        (
            "规划改造危房20万平方米。今年已改造6.8万平方米,占总任务的34%。",
            "share",
            ["6.8万平方米", "20万平方米", "34%"],
        ),
        ("为1920名住校生发放补助96万元,受助学生占住校生的32%。", "share", ["1920名", "32%"]),
        ("二本上线310人,比上年增加25人,上线率31%。", "rate", ["310人", "31%"]),
    ],
)
def test_the_whole_may_be_told_in_other_words_or_beyond_another_figure(text, kind, parts):
    found = [[word for _, word in operands(one)] for one in relations(text) if one.kind == kind]
    assert parts in found
    assert all(one.holds is True for one in relations(text))


@pytest.mark.parametrize(
    "text",
    [
        "新增普惠性学位900个,普惠率达到88%。",
        "新增学位760个,公办园在园幼儿占比由41.2%提高到52.6%。",
        "初中56人以上大班额占总班数的3.1%。",
    ],
)
def test_a_percentage_beside_a_number_of_something_else_is_no_share_of_it(text):
    assert [one.kind for one in relations(text) if one.kind in ("share", "rate")] == []


def test_a_level_is_not_compared_with_that_of_another_thing():
    text = "公办园占比由46.2%提高到54.8%,普惠园覆盖率达88.3%,比省定目标高3.3个百分点。"
    assert [one for one in relations(text) if one.holds is False] == []


@pytest.mark.parametrize(
    "text",
    [
        "全县学校120所,其中小学60所(城区20所、农村40所),初中30所,高中10所。",
        "全县初中招生3200人,毕业生2950人,毕业率98.52%。",
        "高考报名6590人,其中普通类6190人——物理类3589人、历史类2601人,艺体类400人。",
        "优秀教师200名,来自乡镇学校的137名,占65%以上。",
    ],
)
def test_an_open_list_another_cohort_and_a_lower_bound_raise_no_alarm(text):
    assert not [one for one in verdicts(text) if one[2] == "alarm"]


@pytest.mark.parametrize(
    "text",
    [
        "配餐中心供餐92天,累计供应午餐53.77万份,日均8545份。",
        "全县305名教研员每周承担课程4041节,人均周课时14.4节。",
        "新征土地8.9公顷,划转相邻地块42.2亩,校园用地共172.2亩。",
        "巡察反馈问题83个,上轮为120个,减少70.8%。",
        "优秀教师200名,来自乡镇学校的137名,占74%以上。",
        "在技能大赛上获奖124项,与三年前的32项相比增长2.2倍。",
    ],
)
def test_days_weeks_hectares_and_lower_bounds_are_reckoned_with(text):
    assert [one[2] for one in verdicts(text)] == ["alarm"]


@pytest.mark.parametrize(
    "text",
    [
        "去年末,全县录播教室820间。\n社团活动丰富。\n到年底,录播教室达到902间,比去年末增加85间。",
        "全年筹措经费6.6949亿元,其中财政拨款6.53亿元,事业收入164万元。",
        "持有证书的教师由上年的七十一人增加到一百七十七人,增长三点零倍。",
    ],
)
def test_a_level_told_elsewhere_fine_figures_of_an_open_list_and_spelled_points_are_checked(text):
    assert [one[2] for one in verdicts(text)] == ["alarm"]


def test_levels_of_another_name_or_time_are_not_compared():
    for other in ("前年,全县录播教室820间。", "去年末,乡镇录播教室820间。", "去年末,全县教室820间。"):
        text = f"{other}\n到年底,录播教室达到902间,比去年末增加85间。"
        assert not [one for one in verdicts(text) if one[2] == "alarm"]


def test_a_list_of_two_levels_goes_on_in_the_sentence_behind_its_total():
    right = "抽查发现问题209个。其中学校食堂123个,包括当场改正70个、限期改正53个;周边商店86个。"
    assert not [one for one in verdicts(right) if one[2] == "alarm"]
    assert [one[2] for one in verdicts(right.replace("123", "153").replace("53个;", "83个;")) if one[2]] == ["alarm"]
