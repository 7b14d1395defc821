"""Documents on a page: where they begin and end, their titles, kinds and periods."""

import pytest

from taizhang.reading import read_text

BODY = "2026年,全县教育系统坚持立德树人根本任务,统筹推进各项改革,取得了新的成效。现将全年工作总结如下。"
PLAN = "全县教育工作要以提高质量为中心,进一步深化改革,切实加强管理,确保各项任务落到实处。"


def article_texts(text):
    return [text[item.start : item.end] for item in read_text(text).articles]


def test_numbered_documents_of_one_page_are_parted_and_furniture_belongs_to_none():
    text = (
        "学校安全工作总结【两篇】\n浏览\n12\n篇1:某县安全工作总结_网\n\n范文类型:总结,全文共 99 字\n\n+ 加入清单\n\n"
        f"某县学校安全工作总结\n\n{BODY}\n\n共2页,当前第1页12\n\n展开阅读全文\n\n篇2:某县安全计划\n\n+ 加入清单\n\n"
        f"某县学校安全工作计划\n{PLAN}\n\n展开阅读全文\n"
    )
    first, second = article_texts(text)
    assert first.startswith("某县学校安全工作总结") and first.endswith("如下。")
    assert second == f"某县学校安全工作计划\n{PLAN}"


def test_a_separator_directly_above_the_body_belongs_to_the_document():
    text = f"范文网\n教育局计划篇1\n{PLAN}\n教育局计划篇2\n一、指导思想\n{PLAN}\n相关文章:\n别的计划"
    first, second = read_text(text).articles
    assert text[first.start :].startswith("教育局计划篇1")
    assert text[second.start : second.end].endswith("落到实处。")
    assert first.title == "教育局计划篇1"


def test_one_numbered_line_alone_parts_nothing():
    assert len(read_text(f"某局工作计划篇1\n{PLAN}\n").articles) == 1


def test_a_list_of_contents_before_the_documents_is_not_a_document():
    text = f"安全总结简短一\n安全总结简短二\n\n安全总结简短一\n{BODY}\n安全总结简短二\n{BODY}{PLAN}\n"
    assert len(read_text(text).articles) == 2
    assert article_texts(text)[1].endswith(PLAN)


def test_portal_lines_above_and_below_a_single_document_are_left_out():
    text = (
        "某市教育局2025年工作要点\n发布时间:2025-02-01 来源:某网 浏览次数: 字体:【大】【中】\n\n某市教育局\n\n2025年工作要点\n\n"
        f"{PLAN}\n\n扫一扫在手机打开当前页"
    )
    (article,) = read_text(text).articles
    assert article.title == "某市教育局 2025年工作要点"
    assert text[article.start : article.end].startswith("某市教育局\n\n2025年")
    assert text[article.start : article.end].endswith("落到实处。")
    assert article.period_text == "2025年"


def test_a_note_of_source_glued_to_the_last_paragraph_is_cut_off():
    text = f"某局计划\n一、任务\n{PLAN}(本文来源于某某范文网 请勿复制)\n"
    assert article_texts(text)[0].endswith("落到实处。")


def test_a_text_without_line_breaks_still_has_its_title():
    text = (
        "第1页\n已阅读5页,还剩3页未读\n某县教育局2024年工作总结和2025年工作思路2024年,某县教育局"
        + BODY * 4
        + "\n提交评论"
    )
    (article,) = read_text(text).articles
    assert article.title == "某县教育局2024年工作总结和2025年工作思路"
    assert article.period_text == "2024年;2025年"
    assert text[article.end - 1] == "。"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"某局总结\n一、工作回顾\n{BODY}今年新建了学校3所,培训了教师。\n二、存在问题\n师资不足。", "report"),
        (f"某局要点\n一、重点工作\n{PLAN}\n二、保障措施\n{PLAN}", "plan"),
        (
            f"某局总结\n一、主要工作\n{BODY}完成了任务,取得了成绩。\n二、存在问题\n还不够。\n三、下一步打算\n{PLAN}",
            "report+plan",
        ),
        (
            "某室安排\n九月份:\n1、开学检查\n2、教研会议\n十月份:\n1、期中检测\n2、听课\n十一月份:\n1、教学比赛\n2、论文评选\n",
            "schedule",
        ),
        (
            "人事科工作职责\n1、负责教师招聘工作;\n2、负责教师考核工作;\n3、办理教师退休手续;\n4、负责职称评审工作。\n",
            "duties",
        ),
    ],
)
def test_the_kind_follows_the_content(text, kind):
    assert read_text(text).articles[0].kind == kind


def test_the_title_does_not_decide_the_kind():
    text = f"某局工作总结和工作要点\n{BODY}\n一、主要成绩\n举办了培训3期,完成了改造任务,取得了好成绩。\n二、存在问题\n师资不足。"
    assert read_text(text).articles[0].kind == "report"


def test_hoped_for_progress_makes_no_report_and_counted_shares_no_plan():
    text = f"做好以下工作。\n一、均衡发展取得新的更大进展\n{PLAN}\n二、招生改革取得新成效\n{PLAN}\n"
    assert read_text(text).articles[0].kind == "plan"
    text = "师资队伍\n大力引进人才,着力培养骨干,不断优化结构。专任教师中硕士占54.52%,博士占8.31%,高级职称占38.55%。\n"
    assert read_text(text).articles[0].kind == "report"


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("某局2024年工作总结和2025年工作要点", "2024年;2025年"),
        ("某局2025年上半年工作总结和下半年工作计划", "2025年上半年;下半年"),
        ("某局二○二五年工作要点", "二○二五年"),
        ("某局XX年度工作安排", "XX年度"),
    ],
)
def test_the_period_is_printed_as_the_title_has_it(title, period):
    assert read_text(f"{title}\n{PLAN}\n").articles[0].period_text == period


def test_glued_documents_become_parts_that_tile_the_article():
    text = (
        f"某局工作计划\n一、安全教育\n{PLAN}\n二、队伍建设\n{PLAN}\n三、制度建设\n{PLAN}\n"
        f"根据上级要求,制定如下计划:\n一、指导思想\n{PLAN}\n二、工作措施\n{PLAN}\n"
    )
    reading = read_text(text)
    assert [text[part.start : part.start + 4] for part in reading.parts] == ["某局工作", "根据上级"]
    assert reading.parts[0].end <= reading.parts[1].start
    assert [heading.level for heading in reading.headings] == [1, 1, 1, 1, 1]


def test_a_line_with_a_place_or_year_at_the_head_is_the_title_whatever_it_ends_with():
    text = (
        f"总结简短一\n某县教育局二〇一〇年教育工作目标任务\n1、抓教研。{PLAN}\n2、抓管理。{PLAN}\n总结简短二\n{BODY}\n"
    )
    reading = read_text(text)
    assert [item.title for item in reading.articles] == ["某县教育局二〇一〇年教育工作目标任务", "总结简短二"]
    assert [item.text for item in reading.headings] == ["抓教研", "抓管理"]


def test_of_a_document_site_only_the_line_with_the_text_is_the_document():
    text = (
        "某县2024年工作总结_第1页\n某县2024年工作总结_第2页\n还剩3页未读\n文档简介\n"
        f"某县教育局2024年工作总结2024年,{BODY * 12}\n0/150\n提交评论\n1. 未经权益所有人同意不得用于商业用途。\n学校工作计划\n幼儿园总结\n"
    )
    (article,) = article_texts(text)
    assert article.startswith("某县教育局2024年工作总结2024年,") and article.endswith("如下。")


def test_a_last_paragraph_that_speaks_of_complaints_or_accounts_is_no_furniture():
    text = f"某局工作计划\n一、监督\n{PLAN}\n(二)畅通渠道。公布举报电话,管好微信公众号。\n"
    assert article_texts(text)[0].endswith("微信公众号。")
    text = f"某局工作计划\n打击侵权行为是今年的一项重要工作,各单位要切实加强领导,落实责任,密切配合。\n{PLAN}\n"
    assert article_texts(text)[0].startswith("某局工作计划")


def test_the_line_of_a_document_site_that_announces_a_preview_is_furniture():
    body = "全县教育系统坚持以人为本,落实各项部署,各项工作取得了明显成效,受到上级好评。" * 4
    (article,) = read_text(f"文檔簡介\n{body}\n").articles
    assert article.start == len("文檔簡介\n")


def test_an_account_that_lists_its_works_in_words_of_a_plan_is_a_report():
    text = "某区教育局资助工作数据公开\n1、做好审核工作。补助费用356人,金额50.9万元。\n2、完成发放工作。补助费用141人,金额35.3万元。\n"
    assert read_text(text).articles[0].kind == "report"


@pytest.mark.parametrize(
    "foot",
    [
        "上一页 1 2 3 下一页",
        "上一篇:某县教育局二季度总结 下一篇:没有了",
        "下一篇：某县禁毒工作总结",
        "更多内容請(qǐng)查看工作總結(jié)",
        "相关阅读\n某镇秋季招生方案",
        "责任编辑:张三",
        "(編輯:王五)\n分享到",
        "【打印】【关闭】\n版权所有 某县教育局",
        "Copyright © 2020 某某文库",
    ],
)
def test_pager_editor_and_foot_of_a_page_end_no_document(foot):
    (text,) = article_texts(f"某县教育局2025年工作总结\n\n{BODY}\n\n{foot}")
    assert text.endswith("如下。")


@pytest.mark.parametrize("line", ["更多的孩子走进了家门口的好学校。", "下一步工作打算", "来源广泛,渠道畅通,成效明显。"])
def test_the_last_words_of_a_document_are_no_furniture(line):
    (text,) = article_texts(f"某县教育局2025年工作总结\n\n{BODY}\n\n{line}")
    assert text.endswith(line)


def test_an_editor_behind_the_last_full_stop_is_cut_off():
    (text,) = article_texts(f"某县教育局2025年工作总结\n\n{BODY}责任编辑:李四")
    assert text.endswith("如下。")


def test_what_a_text_says_it_will_do_makes_it_a_plan_under_the_title_of_a_report():
    text = (
        "某区教育局安全工作总结\n新学期我局将紧盯校车、食堂两个重点,做好以下工作:\n1、健全制度。3月底前修订应急预案2份。\n"
        "2、抓好培训。年底前轮训安全员120人。\n"
    )
    (article,) = read_text(text).articles
    assert article.kind == "plan"


def test_a_report_under_the_title_of_a_plan_is_a_report():
    text = (
        "某区教育局2025年工作计划\n2025年,全区共投入资金300万元,新建了2所幼儿园,培训教师400人次,取得了明显成效。"
        "群众满意度比上年上升,获得市级表彰。\n"
    )
    assert read_text(text).articles[0].kind == "report"


def test_a_text_of_stages_with_their_days_is_a_schedule():
    text = (
        "某县2025年小学招生工作日程\n\n为做好小学招生工作,现安排如下。\n\n宣传阶段(5月1日—5月10日)\n印发简章3000份。\n"
        "报名阶段(5月11日—5月20日)\n家长持户口簿报名。\n录取阶段(6月)\n公布录取名单。\n"
    )
    reading = read_text(text)
    assert reading.articles[0].kind == "schedule"
    assert [item.text for item in reading.headings] == [
        "宣传阶段(5月1日—5月10日)",
        "报名阶段(5月11日—5月20日)",
        "录取阶段(6月)",
    ]


def test_a_short_first_sentence_tells_the_period_too():
    text = f"安全工作总结篇1\n20xx年我局紧盯校车安全,做了以下工作:\n{PLAN}\n安全工作总结篇2\n{PLAN}\n"
    assert [item.period_text for item in read_text(text).articles] == ["20xx年", None]


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("政务公开 > 计划总结 > 年度总结", "第 1 页 共 1 页"),
        (
            "信息公开目录 / 规划计划 / 专项规划    文号:某政发 生成日期:2025-04-30",
            "附件下载：任务分解表.xls　　【字体：大 中 小】",
        ),
        ("某县教育总结 - 校务公开 - 某县教育网\n发布:办公室   点击:208", "【字体：大 中 小】"),
        ("2026教育局工作总结 范文大全\n类别:工作总结 全文约1900字 下载本文", "第 1 页 共 1 页"),
        ("某县教育局　　政务动态　　2026年1月8日", "附件1：统计表.xlsx"),
    ],
)
def test_where_a_page_stands_on_its_site_belongs_to_no_document(before, behind):
    text = f"{before}\n某县教育局2026年工作总结\n\n{BODY}\n{behind}\n"
    (found,) = read_text(text).articles
    assert text[found.start : found.end] == f"某县教育局2026年工作总结\n\n{BODY}"


def test_how_duties_were_done_is_told_by_a_report():
    (found,) = read_text(f"某县2025年度履行教育职责自评报告\n{BODY}{BODY}\n").articles
    assert found.kind == "report"
