"""Which lines and first sentences are headings, how deep they lie, and which numbered items are points."""

import pytest

from taizhang.reading import read_text

LONG = "坚持以人为本,统筹各方力量,把各项工作抓紧抓实抓好,务求取得实效,推动全县教育事业健康发展。"


def headings(text):
    return [(item.level, item.marker, item.text) for item in read_text(text).headings]


def points(text):
    return [item.marker for item in read_text(text).points]


def test_the_four_usual_kinds_nest():
    text = f"一、总体要求\n{LONG}\n二、重点任务\n(一)提高质量\n1.抓好教研。{LONG}\n(1)开展视导。{LONG}\n(2)组织评比。{LONG}\n"
    assert headings(text) == [
        (1, "一、", "总体要求"),
        (1, "二、", "重点任务"),
        (2, "(一)", "提高质量"),
        (3, "1.", "抓好教研"),
        (4, "(1)", "开展视导"),
        (4, "(2)", "组织评比"),
    ]


def test_depth_is_counted_from_what_is_used_not_from_the_mark():
    assert headings(f"(一)抓管理。{LONG}\n(二)抓质量。{LONG}\n") == [(1, "(一)", "抓管理"), (1, "(二)", "抓质量")]


def test_items_numbered_through_the_chapters_stay_below_them():
    text = f"一、甲方面\n1.建机制。{LONG}\n2.强队伍。{LONG}\n二、乙方面\n3.抓落实。{LONG}\n4.严考核。{LONG}\n"
    assert [level for level, _, _ in headings(text)] == [1, 2, 2, 1, 2, 2]


def test_spaces_stops_and_colons_around_a_heading_are_left_out():
    text = f"一、 工作思路:\n{LONG}\n二、主要措施 。{LONG}\n"
    assert headings(text) == [(1, "一、", "工作思路"), (1, "二、", "主要措施")]


def test_a_heading_that_lost_its_stop_ends_where_the_text_begins():
    text = f"一、今年主要工作情况 全县上下团结一心,{LONG}{LONG}\n"
    assert headings(text) == [(1, "一、", "今年主要工作情况")]


def test_list_items_without_text_below_are_points():
    text = "一、工作目标\n1.建成示范学校5所。\n2.培训教师300人。\n3.创建平安校园。\n二、措施\n" + LONG
    assert [text for _, _, text in headings(text)] == ["工作目标", "措施"]
    assert points(text) == ["1.", "2.", "3."]


def test_one_long_item_among_headings_is_a_point():
    text = (
        f"一、任务\n1、抓教学。{LONG}\n2、抓安全。{LONG}\n"
        f"3、积极争取上级部门的资金和项目支持,完成全部薄弱学校的改造和设备配置任务,改善办学条件,提高信息化应用水平。\n"
    )
    assert [marker for _, marker, _ in headings(text)] == ["一、", "1、", "2、"]
    assert points(text) == ["3、"]


def test_a_list_needs_half_of_its_items_to_be_headings():
    duties = "负责全市中小学教师职称评审和岗位聘任以及教师资格认定管理工作,并做好材料归档;"
    text = f"一、职责\n1、{duties}\n2、{duties}\n3、抓好党建。{LONG}\n"
    assert points(text) == ["1、", "2、", "3、"]


def test_decimals_and_dates_open_nothing():
    text = "一、情况\n全县投资\n1.12亿元,新建校舍。\n2.5万名学生受益,成效明显。\n3月5日召开会议,部署工作。\n"
    assert [marker for _, marker, _ in headings(text)] == ["一、"]
    assert points(text) == []


@pytest.mark.parametrize(
    "words", ["高一、高二", "初一、初二年级", "获一、二等奖", "第一、第二批", "周一、周二", "星期一、三、五"]
)
def test_numerals_inside_words_open_nothing(words):
    text = f"一、教研活动\n本学期组织{words}的集体备课和研讨活动,{LONG}\n"
    assert len(headings(text)) == 1
    assert points(text) == []


def test_a_line_that_names_the_text_below_is_a_heading():
    text = f"某局工作计划\n{LONG}\n一、工作措施\n加强管理,提高质量\n1.抓常规。{LONG}\n2.抓教研。{LONG}\n强化安全,创建平安\n1.抓责任。{LONG}\n"
    assert [(level, text) for level, _, text in headings(text)] == [
        (1, "工作措施"),
        (2, "加强管理,提高质量"),
        (3, "抓常规"),
        (3, "抓教研"),
        (2, "强化安全,创建平安"),
        (3, "抓责任"),
    ]


def test_a_line_behind_a_paragraph_that_closes_with_a_figure_is_a_heading():
    text = f"某局学校简介\n{LONG}\n师资力量\n{LONG[:-1]},其中高级教师13名\n办学条件\n{LONG}\n"
    assert [text for _, _, text in headings(text)] == ["师资力量", "办学条件"]


def test_an_inner_title_starts_again_at_the_top():
    text = f"某室计划\n1、抓教研。{LONG}\n2、抓培训。{LONG}\n某室下学期主要工作安排\n九月份:\n1、开学检查\n2、备课会\n十月份:\n1、听课\n2、检测\n"
    assert [(level, text) for level, _, text in headings(text)][-3:] == [
        (1, "某室下学期主要工作安排"),
        (2, "九月份"),
        (2, "十月份"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "现将有关事项通知如下:",
        "各县区教育局:",
        "成 员:张三、李四",
        "二○二五年三月一日",
        "某县教育局办公室",
        "上午:一中 下午:二中",
        "(见附件)",
    ],
)
def test_lines_that_name_nothing_are_no_headings(line):
    text = f"某局工作计划\n{LONG}\n{line}\n{LONG}\n"
    assert headings(text) == []


def test_neighbouring_noun_phrases_closed_by_a_stop_are_headings():
    text = f"某局德育总结\n“全员参与”的德育体系。{LONG}\n“知行合一”的课程体系。{LONG}\n"
    assert [text for _, _, text in headings(text)] == ["“全员参与”的德育体系", "“知行合一”的课程体系"]


def test_one_noun_phrase_alone_is_a_sentence():
    assert headings(f"某局德育总结\n完善的德育体系。{LONG}\n{LONG}\n") == []


def test_a_flattened_weekly_table_has_entries_but_no_headings():
    text = "周次\n日期\n每周工作要点\n备注\n1\n1/9\n—7/9\n1、周一 开学典礼。各校自行组织实施有关活动\n2、周三上午 教研会议\n2\n8/9\n—14/9\n1、周二 视导。全体人员分组参加听课评课\n"
    assert headings(text) == []
    assert points(text) == ["1、", "2、", "1、"]


def test_traditional_text_with_readings_and_without_line_breaks_keeps_its_structure():
    text = (
        "某縣教育局2024年工作總結2024年,全縣教育系統堅(jiān)持立德樹人,取得了新的成(chéng)績。一、主要工作今年以來,全縣教育穩(wěn)步發展。"
        "(一)堅持黨(dǎng)建引領。一是抓學習。組織學習12次。二是抓隊伍。培訓黨員560人次。(二)優化布局??h教育局出臺方案,新建學校3所。"
        "二、存在問題一是資源(yuán)不足。二是教師缺編。三、下步打算(一)推進均衡。建成示範學校10所。(二)強化師資。每學期培訓1次。"
    )
    assert headings(text) == [
        (1, "一、", "主要工作"),
        (2, "(一)", "堅持黨(dǎng)建引領"),
        (2, "(二)", "優化布局"),
        (1, "二、", "存在問題"),
        (1, "三、", "下步打算"),
        (2, "(一)", "推進均衡"),
        (2, "(二)", "強化師資"),
    ]
    assert points(text) == ["一是", "二是", "一是", "二是"]


def test_word_headings_count_even_without_a_number():
    import io

    import docx

    from taizhang.reading import read_bytes

    document = docx.Document()
    document.add_heading("某局工作要点", 0)
    document.add_paragraph(LONG)
    document.add_heading("学前教育", 1)
    document.add_paragraph("扩大资源。")
    file = io.BytesIO()
    document.save(file)
    assert [item.text for item in read_bytes(file.getvalue(), "a.docx").headings] == ["学前教育"]


def test_single_character_marks_nest_like_their_long_forms():
    text = f"某局计划\n{LONG}\n一、甲\n㈠抓教学\n⒈抓教研。{LONG}\n⑴听课。{LONG}\n⑵评课。{LONG}\n⒉抓培训。{LONG}\n㈡抓管理\n{LONG}"
    assert [(level, marker) for level, marker, _ in headings(text)] == [
        (1, "一、"),
        (2, "㈠"),
        (3, "⒈"),
        (4, "⑴"),
        (4, "⑵"),
        (3, "⒉"),
        (2, "㈡"),
    ]


def test_a_long_heading_in_a_text_without_line_breaks_stops_at_the_verb_of_the_report():
    text = f"一、主要工作今年以来,{LONG * 12}(一)优化资源布局,改善办学条件投入资金1.2亿元,新建学校3所,改扩建幼儿园5所,新增学位1500个。(二)抓管理。{LONG}"
    assert [text for _, _, text in headings(text)] == ["主要工作", "优化资源布局,改善办学条件", "抓管理"]


def test_a_heading_with_a_place_in_it_is_not_torn_apart():
    text = f"一、推进义务教育全县均衡发展,办好人民满意教育\n{LONG}\n二、加强教育全市统筹工作,形成合力\n{LONG}\n"
    assert [text for _, _, text in headings(text)] == [
        "推进义务教育全县均衡发展,办好人民满意教育",
        "加强教育全市统筹工作,形成合力",
    ]


# --- texts whose line breaks were lost or came in the wrong place -------------------------------------------------------
BODY = "全县各学校认真落实各项要求,强化管理,完善制度,各项工作有序开展,取得了较好的成效。"


def shown(text):
    return [(item.level, item.marker, item.text) for item in read_text(text).headings]


def test_lines_above_a_text_in_one_line_keep_their_headings():
    text = "某区教育局上半年工作总结\n一、主要工作及成效\n(一)抓项目促发展。" + BODY * 20
    assert shown(text)[:2] == [(1, "一、", "主要工作及成效"), (2, "(一)", "抓项目促发展")]


def test_an_item_glued_to_its_chapter_is_an_item():
    text = "某区教育局工作总结一、五年工作回顾1.布局更加合理。" + BODY * 8 + "2.队伍更加优良。" + BODY * 8
    assert shown(text) == [(1, "一、", "五年工作回顾"), (2, "1.", "布局更加合理"), (2, "2.", "队伍更加优良")]


def test_a_heading_ends_where_the_body_begins_without_a_stop():
    text = "某区校园安全排查报告一、报告说明为贯彻落实上级要求,各校开展排查。" + BODY * 16 + "二、整改情况" + BODY
    assert shown(text)[0] == (1, "一、", "报告说明")
    assert shown("某局讲话\n一、上半年工作今年上半年,全局围绕中心开展工作,成绩明显。\n" + BODY)[0][2] == "上半年工作"


def test_a_year_set_apart_is_not_the_whole_heading():
    assert shown(
        "某镇总结\n一、2021 年工作回顾 2021 年全镇以质量为中心,抓管理抓落实,完成了上级下达的各项目标任务,取得了好成绩。\n"
        + BODY
    )[0][2] == ("2021 年工作回顾")


def test_an_item_that_begins_with_a_year_is_no_decimal():
    reading = read_text(
        "某局总结\n一、成效\n1.2016年至2020年投入累计40亿元。\n2.新建学校8所,改建5所。\n3.培训教师600人。\n"
    )
    assert [item.marker for item in reading.points] == ["1.", "2.", "3."]
    assert reading.quantities[0].value == [2016.0, 2020.0]


def test_a_title_in_two_lines_with_its_characters_set_apart_is_no_heading():
    text = "某县教育局关于民生实事考核\n\n自 查 报 告\n\n" + BODY + "\n一、公办园建设\n" + BODY
    assert shown(text) == [(1, "一、", "公办园建设")]


def test_in_a_text_without_line_breaks_a_chapter_ends_at_the_usual_openings():
    text = (
        "某县教育局工作计划一、总体要求认真学习贯彻上级精神,落实各项部署。"
        + BODY * 14
        + "二、落实责任根据上级要求,各校分工负责。(一)提升教育质量——学前入园率达到95%以上。"
        + BODY
    )
    assert [text for _, _, text in shown(text)] == ["总体要求", "落实责任", "提升教育质量"]


def test_a_dash_inside_a_slogan_ends_no_heading():
    text = "某县教育局工作计划一、构建“学——教——评”一体化课堂。" + BODY * 16 + "二、抓管理。" + BODY
    assert shown(text)[0][2] == "构建“学——教——评”一体化课堂"


def test_months_that_stand_alone_are_headings_whatever_follows_them():
    text = f"某校学年工作安排\n{LONG}\n九月份\n开学典礼\n检查备课\n十月份\n秋季运动会\n"
    assert [item[2] for item in headings(text)] == ["九月份", "十月份"]


def test_lost_characters_stay_inside_a_heading():
    text = f"一、做好省级督导??估工作。{LONG}\n二、落实经费。{LONG}\n"
    assert [item[2] for item in headings(text)] == ["做好省级督导??估工作", "落实经费"]


def test_a_mark_before_a_count_and_a_comma_for_the_usual_sign():
    text = f"一,存在问题\n1.个别学校台账不全。\n2.17所村小缺少操场。\n3.食堂管理不严。\n二,整改要求\n{LONG}\n"
    assert points(text) == ["1.", "2.", "3."]
    assert [item[1] for item in headings(text)] == ["一,", "二,"]


def test_joined_months_are_no_fifth_chapter():
    text = f"某校工作安排\n一、要求\n{LONG}\n三月份\n读书活动\n四月份\n家长会\n五、六月份\n期末考试\n"
    assert "五、" not in [item[1] for item in headings(text)]


def test_a_short_list_of_months_behind_a_plan_leaves_it_a_plan():
    text = "某校学期工作计划\n一、要求\n要切实加强管理,进一步规范办学行为。\n二、措施\n要继续抓好教研,努力提高教学质量。\n二月份\n开学\n三月份\n读书\n四月份\n期中\n"
    assert read_text(text).articles[0].kind == "plan"


def test_those_whom_a_document_is_for_are_no_heading():
    text = f"某县教育局履行职责自评报告\n市人民政府教育督导委员会:\n{LONG}{LONG}\n一、基本情况\n{LONG}\n(一)抓投入。{LONG}\n"
    assert headings(text) == [(1, "一、", "基本情况"), (2, "(一)", "抓投入")]
    listed = f"某区工作方案\n各中小学校、幼儿园，机关各科室、局属各单位：\n{LONG}{LONG}\n一、目标任务\n{LONG}\n"
    assert headings(listed) == [(1, "一、", "目标任务")]


def test_who_is_responsible_is_no_text_that_a_heading_names():
    text = "一、重点任务\n1.开展课堂教学评比。(责任科室:教研室;完成时限:6月底)\n2.组织校长培训。(人事科、师训中心)\n"
    assert headings(text) == [(1, "一、", "重点任务")]
    assert points(text) == ["1.", "2."]


def test_an_office_is_a_heading_above_what_it_does():
    text = "某市教育局主要职责\n一、内设机构\n计划财务科\n负责编制全市教育经费预算,指导学校财务工作,管理直属单位国有资产。\n人事科\n承担机关和直属单位机构编制、干部人事工作,指导教师队伍建设。\n"
    assert headings(text) == [(1, "一、", "内设机构"), (2, "", "计划财务科"), (2, "", "人事科")]


def test_a_heading_with_a_text_of_its_own_stands_beside_the_chapters():
    text = f"某市民生实事工作方案\n总体要求\n{LONG}{LONG}\n一、扩充学位\n{LONG}\n二、改造照明\n{LONG}\n"
    assert headings(text) == [(1, "", "总体要求"), (1, "一、", "扩充学位"), (1, "二、", "改造照明")]
    directly = f"某校工作计划\n指导思想\n{LONG}{LONG}\n主要工作\n一、抓教学\n{LONG}\n二、抓安全\n{LONG}\n"
    assert [level for level, _, _ in headings(directly)] == [1, 1, 2, 2]


def test_two_months_together_head_a_stretch_of_a_calendar():
    months = "".join(f"{one}月\n1.召开例会。\n2.检查常规。\n" for one in ("九", "十"))
    text = (
        f"某县教育局2025年工作月历\n{months}十一月、十二月\n1.开展督查,检查冬季取暖和用电安全情况。\n2.进行年度总结。\n"
    )
    assert (1, "", "十一月、十二月") in headings(text)
