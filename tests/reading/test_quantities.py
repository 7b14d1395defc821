"""Quantities: each rule of the guideline both ways, on sentences written for these tests."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.reading.quantities import find_quantities


def read(text, skip=()):
    return [(one.text, one.value, one.unit, one.kind) for one in find_quantities(text, 0, len(text), skip)]


def texts(text, kind=None):
    return [one.text for one in find_quantities(text, 0, len(text)) if kind in (None, one.kind)]


# --- counts, amounts, units -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全县有小学 156 所", ("156 所", 156.0, "所", "count")),
        ("在校生1.25万人", ("1.25万人", 12500.0, "人", "count")),
        ("惠及学生9459人次", ("9459人次", 9459.0, "人次", "count")),
        ("金牌58.5枚", ("58.5枚", 58.5, "枚", "count")),
        ("10多万人参加", ("10多万人", 100000.0, "人", "count")),
        ("共300多,比上年多", ("300多", 300.0, "", "count")),
        ("覆盖学生30840,其中", ("30840", 30840.0, "", "count")),
        ("阅读量20余万字", ("20余万字", 200000.0, "字", "amount")),
        ("占地120亩", ("120亩", 120.0, "亩", "area")),
        ("新建校舍3.2万㎡", ("3.2万㎡", 32000.0, "㎡", "area")),
        ("铺设28375延长米", ("28375延长米", 28375.0, "延长米", "length")),
        ("投资2亿3000万元", ("2亿3000万元", 230000000.0, "元", "money")),
        ("筹措资金400万左右", ("400万", 4000000.0, "", "money")),
        ("每生每年350元/人", ("350元/人", 350.0, "元/人", "money")),
        ("文化分600分以上", ("600分", 600.0, "分", "score")),
        ("7—15周岁儿童", ("7—15周岁", [7.0, 15.0], "周岁", "other")),
        ("服务期2年以上", ("2年", 2.0, "年", "duration")),
        ("每月约有1个课时", ("1个课时", 1.0, "个课时", "duration")),
        ("为期两个半月", ("两个半月", 2.5, "月", "duration")),
        ("选派1-2人", ("1-2人", [1.0, 2.0], "人", "count")),
        ("两三个小时", ("两三个小时", [2.0, 3.0], "个小时", "duration")),
        ("三十多所学校", ("三十多所", 30.0, "所", "count")),
        ("实现十三连升", ("十三连升", 13.0, "连升", "count")),
        ("石油、石化两大企业", ("两大", 2.0, "大", "count")),
        ("师德、师能三校联动", ("三校", 3.0, "校", "count")),
        ("突破千人大关", ("千人", 1000.0, "人", "count")),
        ("要求3次以上", ("3次", 3.0, "次", "count")),
        ("实施十大项目", ("十大", 10.0, "大", "count")),
        ("覆盖12大学科门类", ("12大", 12.0, "大", "count")),
        ("评估8大项指标", ("8大项", 8.0, "大项", "count")),
        ("3名校级干部", ("3名", 3.0, "名", "count")),
    ],
)  # fmt: skip
def test_a_measure_is_read_with_its_unit(text, found):
    assert found in read(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("入学率99.70%", ("99.70%", 99.7, "%", "percent")),
        ("入学率81.88 %", ("81.88 %", 81.88, "%", "percent")),
        ("50%——80%的教师", ("50%——80%", [50.0, 80.0], "%", "percent")),
        ("增长5-20%", ("5-20%", [5.0, 20.0], "%", "percent")),
        ("百分之八十五", ("百分之八十五", 85.0, "%", "percent")),
        ("百分之三点五", ("百分之三点五", 3.5, "%", "percent")),
        ("提高1.2个百分点", ("1.2个百分点", 1.2, "%", "percent")),
        ("占八成以上", ("八成", 80.0, "%", "percent")),
        ("生机比达5.5:1", ("5.5:1", 5.5, ":", "ratio")),
        ("普职招生比例达到11。", ("11", None, ":", "ratio")),
        ("比上年翻了一番", ("一番", 1.0, "番", "ratio")),
        ("超过标准一倍", ("一倍", 1.0, "倍", "ratio")),
        ("接近一半", ("一半", 0.5, "", "ratio")),
        ("一半以上教师参加", ("一半", 0.5, "", "ratio")),
        ("占三分之一", ("三分之一", 1 / 3, "", "ratio")),
        ("完成三分之二", ("三分之二", 2 / 3, "", "ratio")),
        ("近四成五", ("四成五", 45.0, "%", "percent")),
        ("七成学生住校", ("七成", 70.0, "%", "percent")),
        ("师生比为2.24比1,", ("2.24比1", 2.24, ":", "ratio")),
    ],
)  # fmt: skip
def test_percentages_and_ratios_are_read(text, found):
    assert found in read(text)


def test_a_percentage_point_is_told_from_a_percentage_by_its_text():
    assert texts("提高1.2个百分点,达到98.7%", "percent") == ["1.2个百分点", "98.7%"]


@pytest.mark.parametrize(
    "text",
    [
        "教学完成情况良好",
        "质量形成机制",
        "构成要素",
        "十分重视",
        "几十个课题",
        "数百名教师",
        "A4纸",
        "5G网络",
        "GB28881标准",
        "专栏3 县域高中发展",
        "见专栏 4",
        "事倍功半",
        "一成不变",
    ],
)
def test_words_and_codes_are_no_measures(text):
    assert read(text) == []


# --- years, dates, weekdays -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2013年工作", ("2013年", 2013.0, "年", "year")),
        ("二〇一一年工作", ("二〇一一年", 2011.0, "年", "year")),
        ("2023—2025年", ("2023—2025年", [2023.0, 2025.0], "年", "year")),
        ("07年以来", ("07年", 2007.0, "年", "year")),
        ("2025年5月", ("2025年5月", "2025-05", "", "date")),
        ("6月11日", ("6月11日", "XXXX-06-11", "", "date")),
        ("本月25日前", ("25日", "XXXX-XX-25", "", "date")),
        ("第一季度完成", ("第一季度", "XXXX-Q1", "", "date")),
        ("九月份开学", ("九月", "XXXX-09", "", "date")),
        ("元月十日", ("元月十日", "XXXX-01-10", "", "date")),
        ("7月10日-13日", ("7月10日-13日", ["XXXX-07-10", "XXXX-07-13"], "", "date")),
        ("27/8\n—2/9", ("27/8\n—2/9", ["XXXX-08-27", "XXXX-09-02"], "", "date")),
        ("周二至周三 下校", ("周二至周三", ["W2", "W3"], "", "date")),
        ("周四至日 阅卷", ("周四至日", ["W4", "W7"], "", "date")),
        ("每周一升旗", ("周一", "W1", "", "date")),
        ("2021.9.1开学", ("2021.9.1", "2021-09-01", "", "date")),
    ],
)  # fmt: skip
def test_dates_are_read_with_unknown_parts_marked(text, found):
    assert found in read(text)


def test_the_week_in_a_frequency_is_no_weekday():
    assert read("每周一次例会,一周一课")[0] == ("一次", 1.0, "次", "count")
    assert not texts("每周一次例会", "date")


@pytest.mark.parametrize("text", ["上午8:30至11:30", "13月45日", "周日休息"])
def test_clock_times_impossible_days_and_bare_sunday_are_no_dates(text):
    assert texts(text, "date") == []


@pytest.mark.parametrize("text", ["XX年", "20xx年", "_年", "x月x日", "xx届", "第xx个", "20xx", "二oxx年"])
def test_masked_numbers_are_placeholders(text):
    assert read(f"到{text}完成") == [(text, None, "", "placeholder")]


@pytest.mark.parametrize("text", ["XX县教育局", "x小学", "**市第一批"])
def test_masked_names_are_nothing(text):
    assert texts(text, "placeholder") == []


def test_a_masked_year_stands_apart_from_its_month():
    assert [one[3] for one in read("截止XX年10月底")] == ["placeholder", "date"]


# --- ordinals ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第二批工程", ("第二批", 2.0, "批", "ordinal")),
        ("第12个教师节", ("第12个", 12.0, "个", "ordinal")),
        ("全市第一,", ("第一", 1.0, "", "ordinal")),
        ("十八届三中全会", ("三中", 3.0, "中", "ordinal")),
        ("十三届五次全会", ("五次", 5.0, "次", "ordinal")),
        ("党的二十大精神", ("二十大", 20.0, "大", "ordinal")),
        ("区高二、三教研", ("高二、三", [2.0, 3.0], "高", "ordinal")),
        ("初一、初二学生", ("初二", 2.0, "初", "ordinal")),
        ("一至九年级语文", ("一至九年级", [1.0, 9.0], "年级", "ordinal")),
        ("市高中一、二年级", ("一、二年级", [1.0, 2.0], "年级", "ordinal")),
        ("一、二等奖", ("一、二等奖", [1.0, 2.0], "等奖", "ordinal")),
        ("达到ⅱ类标准", ("ⅱ类", 2.0, "类", "ordinal")),
        ("二期工程", ("二期", 2.0, "期", "ordinal")),
        ("七八年级学生", ("七八年级", [7.0, 8.0], "年级", "ordinal")),
        ("初一至初三", ("初一至初三", [1.0, 3.0], "初", "ordinal")),
        ("三星级高中", ("三星级", 3.0, "星级", "ordinal")),
        ("必修五的教学", ("必修五", 5.0, "必修", "ordinal")),
        ("一本上线87人", ("一本", 1.0, "本", "ordinal")),
        ("完成三级标准化验收", ("三级", 3.0, "级", "ordinal")),
        ("1\n27/8\n—2/9", ("1", 1.0, "", "ordinal")),
    ],
)  # fmt: skip
def test_ranks_grades_and_tiers_are_ordinals(text, found):
    assert found in read(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("举办三期培训班", "三期"), ("购书5本", "5本"), ("市、县两级", "两级"), ("省、市、县三级联网", "三级")],
)
def test_counts_in_the_same_words_stay_counts(text, found):
    assert texts(text, "count") == [found]


# --- names ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("坚持“三个问责”", "三个问责"), ("实施“5+2”服务", "5+2"), ("落实一岗双责", "一岗双责"), ("第一责任人制度", "第一责任人"), ("县一中搬迁", "一中"), ("城关二小师生", "二小"),
        ("到113中视导", "113中"), ("新建九年一贯制学校", "九年一贯制"), ("贯彻《校园安全六条措施》", "六条措施"), ("“一年打基础”", "一年打基础"),
        ("加强“十二五”课题", "十二五"), ("实行一校一策", "一校一策"), ("实现零容忍", "零容忍"), ("安全第一、预防为主", "安全第一"), ("六一儿童节", "六一儿童节"),
        ("开展三風(fēng)巡查", "三風(fēng)"), ("落實“雙減”政策", "雙減"), ("拨打12345热线", "12345"), ("四级预警机制", "四级预警"),
    ],
)  # fmt: skip
def test_slogans_terms_and_school_numbers_are_names(text, name):
    assert texts(text, "name") == [name]
    assert all(one[1] is None and one[2] == "" for one in read(text) if one[3] == "name")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("“三个年级”", "count"),
        ("“十三连升”", "count"),
        ("“15分钟”学习圈", "duration"),
        ("“2013年”", "year"),
        ("“100%”", "percent"),
    ],
)
def test_real_counts_in_quotation_marks_stay_what_they_are(text, kind):
    assert [one[3] for one in read(text)] == [kind]


def test_a_slogan_quoted_once_is_a_name_where_the_quotation_marks_are_left_out():
    text = "开展“一校五天”视导。周四到一校五天视导学校反馈,历时三天。"
    assert texts(text, "name") == ["一校五天", "一校五天"]
    assert texts(text, "duration") == ["三天"]


def test_a_numeral_right_before_an_activity_is_a_slogan():
    assert texts("抓好两考核,推进三提升", "name") == ["两考核", "三提升"]
    assert texts("组成三考核组") == []


def test_years_and_lengths_of_time_in_a_title_stay_measures():
    assert [one[3] for one in read("《学前教育三年行动计划(2021-2023年)》")] == ["duration", "year"]


@pytest.mark.parametrize(
    "number", ["国发〔2011〕22号", "湘政办发〔200838号", "桂发[XX年]32号", "云教发〔〕189号", "浙教基〔2019〕12号"]
)
def test_a_document_number_is_one_even_when_a_bracket_is_lost(number):
    assert read(f"严格执行{number}文件") == [(number, None, "", "docno")]


def test_two_document_numbers_joined_by_he_are_two():
    assert texts("执行国发〔2011〕22号和益发〔20082号文件", "docno") == ["国发〔2011〕22号", "益发〔20082号"]


def test_telephone_numbers_are_other():
    assert read("值班电话:65826216。") == [("65826216", 65826216.0, "", "other")]


# --- 一 and what is excluded --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每年一次体检", "一次"), ("举办了一期培训班", "一期"), ("在新区新建一所学校", "一所"), ("每天一小时体育活动", "一小时"), ("每月突出一个专题", "一个"),
        ("发放一个熟鸡蛋", "一个"), ("每学期至少组织一次演练", "一次"), ("每校配备一名心理教师", "一名"), ("推出一堂研讨课", "一堂"),
    ],
)  # fmt: skip
def test_one_with_a_measure_word_counts_when_it_says_how_many(text, found):
    assert texts(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "进一步加强",
        "一些学校",
        "办一所好学校",
        "打造一支强有力的队伍",
        "统一部署",
        "新一轮培训",
        "一个都不能少",
        "上半年工作",
        "又一批",
        "这一项工作",
        "統(tǒng)一思想",
        "一如既往",
        "唯一",
    ],
)
def test_articles_idioms_and_excluded_words_are_nothing(text):
    assert read(text) == []


def test_an_excluded_word_is_not_cut_out_of_a_longer_numeral():
    assert texts("演练二十分钟") == ["二十分钟"]


@pytest.mark.parametrize("text", ["三源乡", "百丈漈镇中心校", "五湖新区", "七色花幼儿园"])
def test_numerals_fused_in_place_names_are_nothing(text):
    assert read(text) == []


# --- traditional text, offsets, skip ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("追繳違規資金57余萬元", ("57余萬元", 570000.0, "元", "money")),
        ("新增學位320個(gè),", ("320個(gè)", 320.0, "個", "count")),
        ("資金1.2億(yì)元", ("1.2億(yì)元", 120000000.0, "元", "money")),
        ("一至六年級學生", ("一至六年級", [1.0, 6.0], "年級", "ordinal")),
        ("一段上線率連續兩年", ("兩年", 2.0, "年", "duration")),
        ("實現十二連升", ("十二連升", 12.0, "連升", "count")),
        ("10對結對學校", ("10對", 10.0, "對", "count")),
    ],
)  # fmt: skip
def test_traditional_characters_and_pinyin_insertions_stay_in_the_span(text, found):
    assert found in read(text)


def test_full_width_digits_are_read_and_kept_as_printed():
    assert read("入学率９９．５％") == [("９９．５％", 99.5, "%", "percent")]


def test_offsets_are_those_of_the_source():
    text = "前言(guī)。新增學(xué)位320個,其中"
    (found,) = find_quantities(text, 3, len(text))
    assert text[found.start : found.end] == found.text == "320個"


def test_markers_are_skipped():
    assert read("1、新建2所学校", skip=[(0, 2)]) == [("2所", 2.0, "所", "count")]


def test_only_the_given_range_is_read():
    text = "12所。34所。56所"
    assert [one.text for one in find_quantities(text, 4, 8)] == ["34所"]


# --- any text at all ----------------------------------------------------------------------------------------------------
PIECES = st.sampled_from(
    list("0123456789.,%:/-—~、一二三十百千万亿两年月日周第届所个人元分次级高初中大余多xX_“”《》()〔〕号比率占达 \n")
) | st.text(max_size=3)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_text_gives_ordered_exact_spans_without_overlap(text):
    last = 0
    for one in find_quantities(text, 0, len(text)):
        assert last <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text == one.text.strip()
        last = one.end


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10_000,
        "一" * 10_000,
        "1," * 5_000,
        "“" * 3_000 + "三" * 3_000,
        "9" * 400 + "%",
        "1-" * 4_000,
        "一中、" * 3_000,
        " " * 20_000 + "3",
    ],
)
def test_endless_numerals_are_survived(text):
    for one in find_quantities(text, 0, len(text)):
        assert not isinstance(one.value, float) or one.value < 1e30


# --- forms met in crawled texts ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("发放助学金420万余元", ("420万余元", 4200000.0, "元", "money")),
        ("投入 640 万\n元修缮", ("640 万\n元", 6400000.0, "元", "money")),
        ("区委五届三次、四次全会", ("三次", 3.0, "次", "ordinal")),
        ("第 12 届运动会", ("第 12 届", 12.0, "届", "ordinal")),
        ("三、四月份开展", ("三、四月", ["XXXX-03", "XXXX-04"], "", "date")),
        ("主体(三、四层)施工", ("三、四层", [3.0, 4.0], "层", "count")),
        ("“校、片、区”三级网络", ("三级", 3.0, "级", "count")),
        ("覆盖两县三区", ("三区", 3.0, "区", "count")),
        ("新建 12 个多媒体教室", ("12 个", 12.0, "个", "count")),
        ("承担“新建成幼儿园26所”项目", ("26所", 26.0, "所", "count")),
        ("第2周 | 9.8-9.14 | 检查", ("9.8-9.14", ["XXXX-09-08", "XXXX-09-14"], "", "date")),
        ("督导评价体系3.0运行", ("3.0", None, "", "name")),
        ("上线率为_%,", ("_%", None, "", "placeholder")),
        ("(某教基〔202X〕X号)", ("某教基〔202X〕X号", None, "", "docno")),
    ],
)
def test_forms_of_crawled_texts_are_read(text, found):
    assert found in read(text)


@pytest.mark.parametrize("text", ["为上一级学校输送新生", "受下一级监督"])
def test_the_level_above_is_no_rank(text):
    assert read(text) == []


def test_a_slogan_of_regions_with_one_stays_a_name():
    assert texts("落实一县一策、一校一案", "name") == ["一县一策", "一校一案"]


def test_decimals_in_a_row_are_no_days():
    assert "date" not in {kind for *_, kind in read("平均分9.1-9.7分,得分在8.5-9.5之间")}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("年内把安全员轮训一遍。", ("一遍", 1.0, "遍", "count")),
        ("改建教师周转房一栋,", ("一栋", 1.0, "栋", "count")),
        ("购置校车一辆和消防器材一批", ("一辆", 1.0, "辆", "count")),
        ("本一上线106人", ("本一", 1.0, "本", "ordinal")),
        ("一、二本上线320人", ("一、二本", [1.0, 2.0], "本", "ordinal")),
        ("一、二期工程竣工", ("一、二期", [1.0, 2.0], "期", "ordinal")),
        ("650分段12人", ("650分", 650.0, "分", "score")),
    ],
)
def test_a_number_behind_its_noun_and_joined_tiers(text, number):
    assert number in read(text)


@pytest.mark.parametrize("text", ["教学质量跃上新台阶一个层次", "全县连成一片。", "走访慰问是一种关怀。"])
def test_one_in_an_image_counts_nothing(text):
    assert read(text) == []


@pytest.mark.parametrize("text", ["①3月底前完成撤并", "2.3月底前完成撤并"])
def test_the_mark_before_a_month_does_not_eat_its_number(text):
    end = text.index("3月")
    assert read(text, [(0, end)]) == [("3月", "XXXX-03", "", "date")]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("全年举办教师培训班12期,共培训骨干教师3100\n人次,比上年多。", ["12期", "3100\n人次"]),
        ("序号\n12\n人数", ["12"]),
        ("争取项目资金x万元,建成食堂。", ["x万元"]),
        ("[1]统计数据不含民办学校。", []),
    ],
)
def test_broken_lines_masked_sums_and_notes(text, numbers):
    assert texts(text) == numbers


def test_a_mark_is_no_part_of_the_number_behind_it():
    assert read("2.17所村小缺少操场", [(0, 2)]) == [("17所", 17.0, "所", "count")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("全县面积1820.5平方千米,", ("1820.5平方千米", 1820.5, "平方千米", "area")),
        ("学生发病率2.15‰,", ("2.15‰", 2.15, "‰", "percent")),
        ("比上年下降0.3个千分点。", ("0.3个千分点", 0.3, "‰", "percent")),
        ("我校2026届毕业生1520人", ("2026届", 2026.0, "届", "ordinal")),
        ("城东小学创办于1887年,", ("1887年", 1887.0, "年", "year")),
        ("这座书院已有1200年历史", ("1200年", 1200.0, "年", "duration")),
        ("完成第\n三批搬迁", ("第\n三批", 3.0, "批", "ordinal")),
        ("毗邻国家4A级景区", ("4A级", 4.0, "A级", "ordinal")),
        ("学生获男子62kg级第二名", ("62kg级", 62.0, "kg级", "other")),
    ],
)
def test_forms_of_profiles_and_chronicles_are_read(text, number):
    assert number in read(text)


@pytest.mark.parametrize("text", ["学校位于东经116°41′,北纬27°35′12″。", "光绪二十九年建校,民国三年迁到县城。"])
def test_a_place_on_the_map_and_a_year_of_a_reign_count_nothing(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("上半年自学考试报考2081科次,出动执法船20艘次,检测9剂次。", ["2081科次", "20艘次", "9剂次"]),
        ("另有5条次要线索。", ["5条"]),
        ("与上一年度的9696人次相比,前一学期为5人。", ["9696人次", "5人"]),
        ("提前一年完成,用时一年。", ["一年", "一年"]),
        ("平均每校1.6个工作日。", ["1.6个工作日"]),
        ("每人平均承担七十八点零个课时。", ["七十八点零个课时"]),
        ("执教比一比十六,师徒比一比一点三。", ["一比十六", "一比一点三"]),
        ("大家比一比,看谁快。", []),
        ("示范校四十七所,比前年的三十六所多七所。", ["四十七所", "三十六所", "七所"]),
    ],
)
def test_what_is_counted_each_time_terms_gone_by_and_ratios_in_words(text, numbers):
    assert texts(text) == numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("办理贷款2000笔以上", ("2000笔", 2000.0, "笔", "count")),
        ("临床实践1921学时", ("1921学时", 1921.0, "学时", "duration")),
        ("2016教育工作要点", ("2016", 2016.0, "", "year")),
        ("一般事项60日内办结", ("60日", 60.0, "日", "duration")),
        ("每月25日前报送", ("25日", "XXXX-XX-25", "", "date")),
        ("修满360学分", ("360学分", 360.0, "学分", "score")),
        ("照度不低于300勒克斯", ("300勒克斯", 300.0, "勒克斯", "amount")),
        ("带宽达到200M以上", ("200M", 200.0, "M", "amount")),
        ("更换灭火器2150具", ("2150具", 2150.0, "具", "count")),
        ("推进滨江小学二期、东湖中学扩建", ("二期", 2.0, "期", "ordinal")),
        ("市十六届人大四次会议", ("四次", 4.0, "次", "ordinal")),
    ],
)
def test_what_other_offices_print_is_measured_too(text, found):
    assert found in read(text)


def test_two_weeks_share_their_rank_and_are_no_length():
    assert read("第七、八周安排如下") == [("第七、八", [7.0, 8.0], "", "ordinal")]


@pytest.mark.parametrize("text", ["2000箱2000株", "具有2项优势", "总结上年工作,部署新一年任务"])
def test_what_only_looks_like_a_year_or_a_length_is_none(text):
    assert not [one for one in read(text) if one[3] in ("year", "duration")]
