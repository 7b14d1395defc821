"""Which numbers are commitments or results, and their clause, status, comparator and deadline."""

import pytest

from taizhang.reading import read_text
from taizhang.reading.commitment import Clause, comparator_of
from taizhang.reading.model import Quantity, Reading, Source
from taizhang.reading.reader import read_source
from taizhang.reading.targets import targets_of
from taizhang.reading.view import view_of

PLAN = "某县教育局2026年工作计划\n一、重点工作\n要进一步加强管理,切实抓好落实,确保完成任务。\n"
REPORT = "某县教育局2025年工作总结\n一、主要成绩\n一年来,全县取得了新的成绩,完成了各项任务。\n"


def targets(text, head=PLAN, *numbers):
    """Targets of a sentence, with the quantities given by their own words, so that only this layer is tested."""
    source = Source("a.txt", head + text, "txt")
    reading = read_source(source)
    reading.quantities = [quantity(source.text, number, len(head)) for number in numbers]
    return targets_of(reading, view_of(source.text))


def quantity(text, number, begin):
    words, kind = number if isinstance(number, tuple) else (number, kind_of(number))
    start = text.index(words, begin)
    unit = words.lstrip("0123456789.一二三四五六七八九十两万亿余多第- ")
    return Quantity(start, start + len(words), words, 1.0, unit, kind)


def kind_of(words):
    table = {"%": "percent", "元": "money", "米": "area", "分": "score", "年": "duration", "名": "count"}
    return table.get(words[-1], "count")


def found(text, head, *numbers):
    return [head[:0] + item.text for item in targets(text, head, *numbers)]


def test_the_clause_is_cut_at_commas_but_not_inside_numbers_and_lists():
    (target,) = targets("力争投入1,200万元,新建学校。", PLAN, "1,200万元")
    assert target.text == "力争投入1,200万元"
    (target,) = targets("建成甲、乙、丙(含新校)等学校5所;其他按计划推进。", PLAN, "5所")
    assert target.text == "建成甲、乙、丙(含新校)等学校5所"


def test_markers_and_headings_are_cut_off_the_clause():
    (target,) = targets("(二)抓好3项整治。\n各单位各负其责,落实到位。", PLAN, "3项")
    assert target.text == "抓好3项整治"
    (target,) = targets("一是培训教师300人;二是抓好管理。", PLAN, "300人")
    assert target.text == "培训教师300人"


@pytest.mark.parametrize(
    ("text", "number", "status"),
    [
        ("年底前建成学校5所。", "5所", "planned"),
        ("每学期至少开展演练2次。", "2次", "planned"),
        ("全县新建学校5所。", "5所", "planned"),
        ("今年上半年我局举办了培训5期。", "5期", "done"),
    ],
)
def test_a_plan_promises_unless_it_plainly_looks_back(text, number, status):
    (target,) = targets(text, PLAN, number)
    assert target.status == status


@pytest.mark.parametrize(
    ("text", "number", "status"),
    [
        ("全年新建学校5所。", "5所", "done"),
        ("目前已完成改造5所。", "5所", "done"),
        ("县政府下达改造任务5所。", "5所", "planned"),
        ("规划建设学校5所。", "5所", "planned"),
        ("力争到2027年建成学校5所。", "5所", "planned"),
        ("通过积极争取,上级投入资金300万元。", "300万元", "done"),
        ("为确保校园安全,投入资金300万元。", "300万元", "done"),
        ("按照上级要求,开展检查6次。", "6次", "done"),
        ("将3个教学点并入中心校,撤并教学点3个。", "3个", "done"),
        ("力争本科上线突破9000人。", "9000人", "planned"),
        ("要求各校每月至少检查1次。", "1次", "planned"),
    ],
)
def test_a_report_has_done_it_unless_the_sentence_looks_ahead(text, number, status):
    (target,) = targets(text, REPORT, number)
    assert target.status == status


def test_the_base_of_a_share_does_not_make_a_result_a_plan():
    (target,) = targets("全县开工15万平方米,占市下达任务的80%。", REPORT, "15万平方米", "80%")
    assert (target.text, target.status) == ("全县开工15万平方米", "done")


@pytest.mark.parametrize(
    ("text", "numbers", "kept"),
    [
        ("全县现有小学36所,初中12所,在校生32000人。", ("36所", "12所", "32000人"), []),
        ("全县有幼儿园17所(其中民办3所)。", ("17所", "3所"), []),
        ("参加高考人数894人,一本上线87人,比去年增加33人。", ("894人", "87人", "33人"), ["一本上线87人"]),
        ("600分以上考生122人,占全县的5%。", (("600分", "score"), "122人", "5%"), ["600分以上考生122人"]),
        ("平均分增加1.2分。", (("1.2分", "score"),), ["平均分增加1.2分"]),
        ("3所高校共招生1700人。", ("3所", "1700人"), ["3所高校共招生1700人"]),
        ("4位局领导带队检查学校20所。", ("4位", "20所"), ["4位局领导带队检查学校20所"]),
        ("活动分3个阶段进行,共举办讲座5场。", ("3个", "5场"), ["共举办讲座5场"]),
        ("补助标准由350元提高到500元。", ("350元", "500元"), ["补助标准由350元提高到500元"]),
        ("全年收到来信来访180件,办结178件。", ("180件", "178件"), ["办结178件"]),
        ("新建幼儿园3所,小学5所。", ("3所", "5所"), ["新建幼儿园3所", "小学5所"]),
        ("作品来自10个省份。", ("10个",), []),
        (
            "小学入学率99.8%,人均受教育年限9.5年。",
            ("99.8%", ("9.5年", "duration")),
            ["小学入学率99.8%", "人均受教育年限9.5年"],
        ),
        ("仍有教师缺编120人。", ("120人",), []),
        ("有12所学校通过验收。", ("12所",), ["有12所学校通过验收"]),
        ("全县56所学校资助率达100%。", ("56所", "100%"), ["全县56所学校资助率达100%"]),
        ("上线率45%,增幅达8%。", ("45%", "8%"), ["上线率45%"]),
        ("试卷满分150分,平均得分96分。", (("150分", "score"), ("96分", "score")), ["平均得分96分"]),
        ("新发展党员23名。", ("23名",), ["新发展党员23名"]),
    ],
)
def test_results_are_kept_and_background_is_left(text, numbers, kept):
    assert found(text, REPORT, *numbers) == kept


@pytest.mark.parametrize(
    ("text", "number", "is_target"),
    [
        ("新招教师必须到农村服务3年以上。", "3年", True),
        ("保证每天1小时体育活动。", ("1小时", "duration"), True),
        ("争取三年内完成改造。", ("三年", "duration"), True),
        ("实施学前教育三年行动计划。", ("三年", "duration"), False),
        ("教师每两年到企业实践。", ("两年", "duration"), False),
        ("以庆祝建党九十周年为契机。", ("九十周年", "duration"), False),
        ("整合全市高三力量。", ("高三", "ordinal"), False),
        ("做好第二批课题结题。", ("第二批", "ordinal"), False),
        ("消除56人以上大班额。", "56人", False),
    ],
)
def test_lengths_of_time_and_ordinals_are_targets_only_as_rules(text, number, is_target):
    assert bool(targets(text, PLAN, number)) is is_target


@pytest.mark.parametrize(
    ("text", "number", "is_target"),
    [
        ("我县中考总分居全市第三名。", ("第三名", "ordinal"), True),
        ("区实验小学获省艺术展演一等奖。", ("一等奖", "ordinal"), True),
        ("师生作品获一等奖3个。", ("一等奖", "ordinal"), False),
        ("校长是第一责任人。", ("第一", "ordinal"), False),
    ],
)
def test_a_rank_is_a_result_when_nothing_is_counted_beside_it(text, number, is_target):
    assert bool(targets(text, REPORT, number)) is is_target


@pytest.mark.parametrize(
    ("clause", "words", "expected"),
    [
        ("不低于80%", "80%", ">="),
        ("达到80%以上", "80%", ">="),
        ("每学期至少开展2次", "2次", ">="),
        ("首次突破6000人大关", "6000人", ">="),
        ("投入2300余万元", "2300余万元", ">="),
        ("控制在1%以内", "1%", "<="),
        ("不超过50人", "50人", "<="),
        ("低于2%", "2%", "<="),
        ("三年内完成", "三年", "<="),
        ("约1个课时", "1个", "~"),
        ("资金400万左右", "400万", "~"),
        ("近30所", "30所", "~"),
        ("达到90%", "90%", "="),
        ("新建5所", "5所", "="),
    ],
)
def test_the_comparator_is_what_the_words_around_the_number_say(clause, words, expected):
    start = clause.index(words)
    item = Clause(clause, start, start + len(words), 0, len(clause), 0, len(clause), "count", words[-1], "plan", "")
    assert comparator_of(item) == expected


@pytest.mark.parametrize(
    ("text", "number", "deadline"),
    [
        ("年底前,全县5所学校完成改造。", "5所", "年底前"),
        ("到2027年底,建成学校5所。", "5所", "到2027年底"),
        ("利用三年时间改造学校5所。", "5所", "利用三年时间"),
        ("每学期开展演练2次。", "2次", None),
    ],
)
def test_the_words_that_fix_the_time_are_the_deadline(text, number, deadline):
    (target,) = targets(text, PLAN, number)
    assert target.deadline_text == deadline


def test_a_result_has_no_deadline():
    (target,) = targets("2025年底建成学校5所。", REPORT, "5所")
    assert target.deadline_text is None


def test_the_body_that_has_to_act_is_named_but_never_ourselves():
    (target,) = targets("高危企业每年演练不少于2次。", PLAN, "2次")
    assert target.responsible_text == "高危企业"
    (target,) = targets("我县要完成改造5所。", PLAN, "5所")
    assert target.responsible_text is None


def test_numbers_in_a_chapter_of_problems_are_no_results():
    text = "二、存在问题\n校舍面积少3万平方米,教师120人年龄偏大。"
    assert targets(text, REPORT, "3万平方米", "120人") == []


def test_a_reading_without_quantities_has_no_targets():
    assert targets_of(Reading(Source("a", "", "txt")), view_of("")) == []
    assert read_text("某县教育局").targets == []


# --- what a number of a crawled report is not ---------------------------------------------------------------------------
def numbers(text, head=REPORT):
    reading = read_text(head + text)
    return {reading.source.text[slice(*item.quantity)]: item for item in reading.targets}


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("每百名学生中至少有骨干教师数达标。", PLAN),
        ("整治校门两侧200米内道路。", REPORT),
        ("全县学校占地面积302万平方米,校舍建筑面积139万平方米。", REPORT),
        ("教职工8070人(公办教师6757人、民办学校聘请1313人)。", REPORT),
        ("全县现有学校96所,在校学生3.2万人。", PLAN),
    ],
)
def test_thresholds_places_and_stock_are_no_targets(text, head):
    assert numbers(text, head) == {}


def test_a_change_of_a_level_that_is_given_is_no_target_of_its_own():
    found = numbers("上线考生1200人,上线考生比去年减少18人,上线率95%,高于全省2.1个百分点。")
    assert "2.1个百分点" not in found
    assert "18人" not in found
    assert "95%" in found


def test_a_count_that_only_describes_what_money_was_spent_on_is_no_target():
    found = numbers("共支付搬迁资金35.3万元、两栋房屋收购资金54.8万元。")
    assert set(found) == {"35.3万元", "54.8万元"}


def test_what_was_done_of_a_task_is_done_and_its_share_belongs_to_it():
    found = numbers("完成固定资产投资6.2亿元,完成年度目标任务的99.3%。")
    assert {text: item.status for text, item in found.items()} == {"6.2亿元": "done"}
    assert numbers("全年任务目标数是108个。")["108个"].status == "planned"


def test_a_plan_in_the_name_of_a_project_promises_nothing():
    assert numbers("薄弱学校改造计划建设项目开工14所。")["14所"].status == "done"


def test_both_halves_of_a_year_in_one_sentence_are_past():
    found = numbers("上半年资助学生356人,下半年资助学生369人。")
    assert {item.status for item in found.values()} == {"done"}


@pytest.mark.parametrize("chapter", ["资助困难学生", "改造薄弱学校", "解决突出问题"])
def test_a_chapter_about_work_on_problems_is_no_chapter_of_problems(chapter):
    assert "356人" in numbers(f"二、{chapter}\n共资助学生356人,成效明显。", REPORT)


def test_a_chapter_of_problems_states_no_results():
    assert numbers("二、存在的问题\n共有大班额356个,比例为12%。", REPORT) == {}


def test_a_dash_that_opens_an_item_is_no_part_of_its_clause():
    assert numbers("——新建学校8所,成效明显。")["8所"].text == "新建学校8所"


def test_traditional_units_are_background_as_well():
    assert "兩級" not in numbers("全面完成市、縣兩級下達的任務。")


def test_a_proportion_is_no_comparison():
    assert set(numbers("跨区就读学生比例分别为3%、5%。")) == {"3%", "5%"}


def test_a_change_of_something_else_stands_for_itself():
    found = numbers("艺体上线171人,一本上线人数较去年增加52人。")
    assert found["52人"].subject == "一本上线人数"


def test_a_number_behind_a_label_is_named_by_it_and_a_lone_number_is_no_target():
    found = numbers("高中助学金资助:206人,金额23.7万元。")
    assert found["206人"].subject.startswith("高中助学金资助")
    assert numbers("206人\n35人\n") == {}


def test_an_endless_run_of_numbers_is_read_to_its_end() -> None:
    """A subject looks back over a bounded stretch, so that a run of thousands costs no more a number than one of ten."""
    for piece in ("1、", "12人，", "占5%，"):
        assert len(read_text(piece * 4000).quantities) >= 3999


# --- whole documents: the layers below included ----------------------------------------------------------------------
def by_number(text):
    """Targets of a text by what their quantity prints."""
    reading = read_text(text)
    return {text[item.quantity[0] : item.quantity[1]]: item for item in reading.targets}


@pytest.mark.parametrize(
    ("sentence", "is_one", "is_none"),
    [
        ("按照上级考核的4大类23项指标,我们建立台账96本。", ["96本"], ["4大类", "23项"]),
        ("今年中考,全县2711人报名,普高录取1490人。", ["1490人"], ["2711人"]),
        ("3名同学进入全市文科前二十名。", ["3名"], ["二十名"]),
        ("6名教师在市教学比武中获二等奖。", ["6名"], ["二等奖"]),
        ("我校代表队在市运动会上获一等奖。", ["一等奖"], []),
        ("全年劝返辍学学生31名,小学一年级入学4120人。", ["31名", "4120人"], []),
        ("上省示范高中线77人,比上年翻了一番。", ["77人"], ["一番"]),
        ("但仍有4所村小的校舍老化,7所学校没有塑胶跑道。", [], ["4所", "7所"]),
    ],
)
def test_what_was_done_is_told_from_what_stands_beside_it(sentence, is_one, is_none):
    found = by_number(REPORT + sentence)
    assert [word for word in is_one if word not in found] == []
    assert [word for word in is_none if word in found] == []


@pytest.mark.parametrize(
    ("sentence", "number", "sign"),
    [
        ("全年查处校车超载行为5起。", "5起", "="),
        ("各校至少组织防震应急演练3次。", "3次", ">="),
        ("参训教师超400人次。", "400人次", ">="),
    ],
)
def test_a_word_that_only_begins_like_a_bound_is_none(sentence, number, sign):
    assert by_number(REPORT + sentence)[number].comparator == sign


ITEMS = (
    "某县教育局2026年工作要点\n一、基建\n1.推进改造。新建校舍9栋,建筑面积1.1万平方米,8月底前交付使用(责任单位:项目办、计财股)。\n"
    "2.补充设备。配备计算机300台。安装率达100%。(责任科室:装备站)\n3.抓好督查。由督导室牵头,开展专项督查4次。\n"
    "4.①3月底前撤并教学点2个 ②争取资金70万元 ③培训保安35名\n"
)


def test_the_bracket_of_an_item_names_who_acts():
    found = by_number(ITEMS)
    assert {key: found[key].responsible_text for key in ("9栋", "1.1万平方米", "300台", "100%", "4次", "35名")} == {
        "9栋": "项目办、计财股",
        "1.1万平方米": "项目办、计财股",
        "300台": "装备站",
        "100%": "装备站",
        "4次": "督导室",
        "35名": None,
    }


def test_a_clause_that_says_when_it_is_ready_gives_the_deadline_and_a_mark_ends_it():
    found = by_number(ITEMS)
    assert {key: found[key].deadline_text for key in ("9栋", "2个", "70万元", "35名")} == {
        "9栋": "8月底前",
        "2个": "3月底前",
        "70万元": None,
        "35名": None,
    }


def test_who_is_counted_does_not_act():
    assert by_number(PLAN + "交流教师不少于45名。")["45名"].responsible_text is None


@pytest.mark.parametrize(
    ("sentence", "is_one", "is_none"),
    [
        ("今年我们重点做了三件事,平均办理时限由20天缩短到8天。", ["8天"], ["三件", "20天"]),
        ("全县六年级毕业生3900人,小学入学适龄儿童4700人。", [], ["3900人", "4700人"]),
        ("上报了自查报告(一式三份)。", [], ["三份"]),
    ],
)
def test_structure_copies_and_what_was_before_are_no_results(sentence, is_one, is_none):
    found = by_number(REPORT + sentence)
    assert [word for word in is_one if word not in found] == []
    assert [word for word in is_none if word in found] == []


def test_a_day_said_in_the_first_of_a_series_is_not_said_of_the_second():
    text = PLAN + "本学期要做好两项工作:一是5月底前新建食堂2个;二是培训保育员90名。"
    found = by_number(text)
    assert (found["2个"].deadline_text, found["90名"].deadline_text) == ("5月底前", "本学期")


@pytest.mark.parametrize(
    "text",
    [
        "我县县城海拔1820米。",
        "我县县政府驻地距省城212公里。",
        "全县总面积2360.5平方公里。",
        "全县下辖九乡。",
        "工程惠及五县。",
    ],
)
def test_where_a_county_lies_and_what_it_is_made_of_is_no_result(text):
    assert read_text(REPORT + text).targets == []


def test_regions_that_did_something_are_results():
    [target] = read_text(REPORT + "全市2个县通过国家验收。").targets
    assert target.text == "全市2个县通过国家验收"


def test_what_is_planned_next_makes_no_plan_of_what_was_done():
    done, planned = read_text(REPORT + "我县维修校舍3.2万平方米,规划新建食堂4100平方米。").targets
    assert (done.status, planned.status) == ("done", "planned")
    [target] = read_text(REPORT + "今年全县校舍加固年度计划为14栋。").targets
    assert target.status == "planned"


def test_members_of_a_stock_are_stock_and_members_of_a_result_are_results():
    stock = read_text(REPORT + "学校现有专任教师1328人,其中教授280人,副教授550人。").targets
    assert stock == []
    done = read_text(REPORT + "全年培训教师1328人,其中骨干280人,校长55人。").targets
    assert len(done) == 3


@pytest.mark.parametrize(
    "sentence", ["全县高考报名人数共计2478人。", "今年中考报名考生达3120人。", "我县高考报名人数超过3000人。"]
)
def test_those_who_enrol_for_an_examination_are_no_result(sentence):
    assert read_text(REPORT + sentence).targets == []


def test_the_rate_of_a_change_belongs_to_its_level():
    found = read_text(REPORT + "全年培训教师4320人次,比上年增加200人次,增长率4.85%。").targets
    assert [item.text for item in found] == ["全年培训教师4320人次"]


def status(text):
    return [(text[one.quantity[0] : one.quantity[1]], one.status) for one in read_text(text).targets]


def test_a_plan_begins_with_what_was_reached():
    text = (
        "某市教育事业发展规划\n一、发展基础\n累计新建学校86所,义务教育巩固率达到97.8%。\n"
        "二、主要目标\n到2030年新建公办幼儿园30所,要进一步扩大资源,确保完成任务。\n三、保障措施\n要加强领导,力争落实到位。\n"
    )
    assert status(text) == [("86所", "done"), ("97.8%", "done"), ("30所", "planned")]


def test_a_report_ends_with_what_comes_next():
    text = REPORT + "全年新建学校6所,培训教师800名。\n二、下一步打算\n新建幼儿园3所,补充教师120名。\n"
    assert status(text) == [("6所", "done"), ("800名", "done"), ("3所", "planned"), ("120名", "planned")]


def test_what_is_to_be_done_about_a_problem_is_planned_in_its_paragraph():
    text = REPORT + "二、存在问题\n大班额还有8个。整改措施:两年内新建学校3所。\n"
    assert status(text) == [("3所", "planned")]


def test_a_rule_by_which_something_was_done_is_told_in_a_report_as_done():
    text = REPORT + "全年举办培训12期,每期不少于24课时,培训教师860名。\n"
    assert status(text) == [("12期", "done"), ("24课时", "done"), ("860名", "done")]


@pytest.mark.parametrize(
    "text",
    [
        "要推动8个县(市)中至少3个通过验收。",
        "在10个县(市、区)各建设1个指导中心。",
        "充分发挥118名责任督学作用,新建1所学校。",
        "资金由州、县按3:7的比例承担,新建学校1所。",
        "学校占地13340平方米,建筑面积5260平方米。要新建功能室1间。",
        "结果分四个等次,新建学校1所。",
        "人口3000人以上的行政村要办好1所幼儿园。",
    ],
)
def test_what_a_commitment_only_rests_on_is_no_target(text):
    assert len(read_text(PLAN + text).targets) == 1


def test_what_an_office_consists_of_is_no_target():
    text = "某市教育局主要职责\n(一)负责全市教育工作,指导学校管理。\n机关行政编制38名,设局长1名、副局长3名,内设10个科室。\n"
    assert read_text(text).targets == []


def test_debts_that_were_settled_are_a_result():
    assert status(REPORT + "化解历史债务3200万元,查漏补缺317人。\n") == [("3200万元", "done"), ("317人", "done")]
