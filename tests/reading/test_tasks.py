"""Tasks of a plan: one per actionable item, none lost, with path, units and deadline."""

from datetime import date

import pytest

from taizhang.reading import read_text
from taizhang.reading.formats.build import Builder
from taizhang.reading.reader import read_source

LONG = "要坚持问题导向,健全工作机制,压实各方责任,切实把各项工作抓紧抓实抓好。"


def tasks(text):
    return read_text(text).tasks


def plan(*chapters):
    return "某县教育局2026年工作要点\n" + LONG + "\n" + "\n".join(chapters) + "\n"


def test_every_numbered_item_under_the_chapters_is_a_task():
    text = plan(f"一、甲\n1.抓教研。{LONG}\n2.抓培训。{LONG}", f"二、乙\n3.抓安全。{LONG}\n4.抓基建。{LONG}")
    assert [(task.number, task.title, task.path) for task in tasks(text)] == [
        ("1.", "抓教研", ("甲",)),
        ("2.", "抓培训", ("甲",)),
        ("3.", "抓安全", ("乙",)),
        ("4.", "抓基建", ("乙",)),
    ]


def test_nested_items_give_the_innermost():
    text = plan(f"一、甲\n(一)抓质量\n1.抓教研。{LONG}\n2.抓评价。{LONG}\n(二)抓队伍。{LONG}")
    assert [(task.title, task.path) for task in tasks(text)] == [
        ("抓教研", ("甲", "抓质量")),
        ("抓评价", ("甲", "抓质量")),
        ("抓队伍", ("甲",)),
    ]


def test_a_point_beside_headings_is_their_sibling_and_swallows_none():
    long_item = "4、积极争取上级部门资金和项目支持,完成全部薄弱学校改造和设备配置任务,改善办学条件,提高信息化应用水平。"
    text = plan(f"一、甲\n1、抓教研。{LONG}\n2、抓培训。{LONG}\n3、抓安全。{LONG}\n{long_item}")
    assert [(task.number, task.path) for task in tasks(text)] == [
        ("1、", ("甲",)),
        ("2、", ("甲",)),
        ("3、", ("甲",)),
        ("4、", ("甲",)),
    ]


def test_a_flat_list_is_a_list_of_tasks():
    text = "某局2026年工作计划\n1、要建成示范学校5所。\n2、要培训教师300人。\n3、确保安全无事故。\n"
    assert [task.title for task in tasks(text)] == ["要建成示范学校5所", "要培训教师300人", "确保安全无事故"]


def test_chapters_of_aims_and_a_report_hold_no_tasks():
    assert tasks(plan(f"一、指导思想\n{LONG}", f"二、总体要求\n{LONG}", f"三、工作目标\n{LONG}")) == []
    report = "某局2025年工作总结\n一、主要成绩\n1.办了实事。今年新建了学校3所,取得了成效,完成了任务。\n2.抓了培训。举办了5期。\n"
    assert tasks(report) == []


def test_the_span_is_the_whole_item_and_targets_point_into_the_reading():
    text = plan(f"一、甲\n1.抓教研。{LONG}每学期开展活动不少于4次。\n2.抓培训。{LONG}")
    reading = read_text(text)
    first, second = reading.tasks
    assert text[first.start : first.end] == first.text
    assert first.text.endswith("4次。") and second.text.startswith("2.")
    assert [reading.targets[index].text for index in first.targets] == ["每学期开展活动不少于4次"]


@pytest.mark.parametrize(
    ("words", "lead", "assist"),
    [
        ("(责任科室:人事科)", ("人事科",), ()),
        ("(牵头单位:基教科;配合单位:教研室、各学校)", ("基教科",), ("教研室", "各学校")),
        ("牵头领导:张三;责任单位:办公室", ("办公室",), ()),
        ("由计财科牵头,安全科、教研室配合,抓好落实。", ("计财科",), ("安全科", "教研室")),
        ("会同市公安局、市场监管局开展检查。", (), ("市公安局", "市场监管局")),
        ("由督导室负责实施。", ("督导室",), ()),
        ("加强与有关部门的配合。", (), ()),
        ("会同有关部门开展督查。", (), ()),
    ],
)
def test_units_come_from_labels_and_phrases(words, lead, assist):
    (task,) = tasks(plan(f"一、甲\n1.抓落实。{LONG}{words}"))
    assert (task.lead_units, task.assisting_units) == (lead, assist)


def test_persons_are_kept_apart_from_units():
    (task,) = tasks(plan(f"一、甲\n1.抓落实。{LONG}(牵头领导:张三;责任科室:办公室)"))
    assert (task.persons, task.lead_units) == (("张三",), ("办公室",))


@pytest.mark.parametrize(
    ("words", "day", "text"),
    [
        ("12月底前完成。", date(2026, 12, 31), "12月底前"),
        ("6月30日前完成改造。", date(2026, 6, 30), "6月30日前"),
        ("第一季度完成。", date(2026, 3, 31), "第一季度"),
        ("上半年完成验收。", date(2026, 6, 30), "上半年"),
        ("年底前全部达标。", date(2026, 12, 31), "年底前"),
        ("全年培训教师。", date(2026, 12, 31), "全年"),
        ("2027年底前建成。", date(2027, 12, 31), "2027年底前"),
        ("2月底前报送。", date(2026, 2, 28), "2月底前"),
        ("九月底前开学。", date(2026, 9, 30), "九月底前"),
        ("9月上旬前报送。", date(2026, 9, 10), "9月上旬前"),
        ("(完成时限:5月)", date(2026, 5, 31), "5月"),
        ("三年内完成。", date(2028, 12, 31), "三年内"),
        ("3月5日召开动员会。", None, None),
        ("抓好日常管理。", None, None),
    ],
)
def test_deadlines_become_days_of_the_documents_year(words, day, text):
    (task,) = tasks(plan(f"一、甲\n1.抓落实。{LONG}{words}"))
    assert (task.deadline, (task.deadline_text or "").removesuffix("完成") or None) == (day, text)


def test_without_a_year_only_full_dates_resolve():
    text = f"工作计划\n一、甲\n1.抓落实。{LONG}年底前完成。\n2.抓验收。{LONG}2027年3月底前完成。\n"
    assert [task.deadline for task in tasks(text)] == [None, date(2027, 3, 31)]


def table(*rows):
    builder = Builder()
    builder.paragraph("某县教育局2026年重点工作任务分解表")
    for row in rows:
        builder.row(row, table=0)
    return read_source(builder.source("a.xlsx", "xlsx"))


def test_the_rows_of_a_task_table_are_tasks():
    reading = table(
        ["序号", "工作任务", "牵头单位", "配合单位", "完成时限"],
        ["1", "完成校舍安全排查,覆盖学校56所", "安全科", "计财科、各学校", "6月底"],
        ["2", "开展教师培训", "人事科", "", "2026-11-30"],
        ["", "", "", "", ""],
        ["3", "推进集团化办学", "基教科", "各学区", "长期坚持"],
    )
    assert [
        (task.number, task.title, task.lead_units, task.assisting_units, task.deadline) for task in reading.tasks
    ] == [
        ("1", "完成校舍安全排查,覆盖学校56所", ("安全科",), ("计财科", "各学校"), date(2026, 6, 30)),
        ("2", "开展教师培训", ("人事科",), (), date(2026, 11, 30)),
        ("3", "推进集团化办学", ("基教科",), ("各学区",), None),
    ]
    assert reading.tasks[2].deadline_text == "长期坚持"


def test_a_merged_category_column_gives_the_path():
    reading = table(
        ["类别", "具体任务", "责任单位", "完成时限"],
        ["学前教育", "新建幼儿园", "计财科", "年底前"],
        ["", "规范民办园", "基教科", "9月"],
    )
    assert [task.path for task in reading.tasks] == [("学前教育",), ("学前教育",)]


def test_other_tables_hold_no_tasks():
    reading = table(["学校", "班级数", "学生数"], ["一小", "12", "560"], ["二小", "18", "810"])
    assert reading.tasks == []


def test_with_a_lead_named_the_responsible_unit_assists():
    (task,) = tasks(plan(f"一、甲\n1.抓落实。{LONG}(牵头单位:基教科,责任单位:各县区教育局、各学校)"))
    assert (task.lead_units, task.assisting_units) == (("基教科",), ("各县区教育局", "各学校"))
    reading = table(["工作任务", "牵头单位", "责任单位", "完成时限"], ["建学校", "计财科", "各县区;项目办", "11月30日"])
    (row,) = reading.tasks
    assert (row.lead_units, row.assisting_units) == (("计财科",), ("各县区", "项目办"))
    assert row.deadline == date(2026, 11, 30)


def test_spoken_points_under_a_chapter_are_its_tasks():
    text = (
        "某局2026年工作要点\n"
        + LONG
        + "\n一、重点任务\n一是扩大资源。要新建幼儿园3所。二是加强队伍。要招聘教师20名。\n"
    )
    assert [(task.number, task.title, task.path) for task in tasks(text)] == [
        ("一是", "扩大资源", ("重点任务",)),
        ("二是", "加强队伍", ("重点任务",)),
    ]


def test_the_attached_plan_of_a_notice_is_read_below_its_title():
    text = (
        "关于印发工作要点的通知\n各县区教育局:\n现将要点印发给你们,请认真贯彻落实。\n某市教育局\n2026年2月10日\n某市2026年教育工作要点\n"
        f"2026年教育工作要以提高质量为中心,深化改革,确保各项任务落到实处。\n一、甲\n1.抓教研。{LONG}\n"
    )
    (task,) = tasks(text)
    assert task.path == ("某市2026年教育工作要点", "甲")


@pytest.mark.parametrize(
    ("words", "lead", "assist", "people"),
    [
        ("由基础教育科负责，教研室配合，完成中考质量分析。", ("基础教育科",), ("教研室",), ()),
        ("由项目办牵头，会同财务科、安全科，年底前完成12所学校加固。", ("项目办",), ("财务科", "安全科"), ()),
        ("明厨亮灶全覆盖（责任科室：体卫艺科；责任人：张文）。", ("体卫艺科",), (), ("张文",)),
        ("教师轮岗（责任单位：人事科、各学区；责任人：李强）。", ("人事科", "各学区"), (), ("李强",)),
        ("学位扩容（牵头科室：规划财务科，配合科室：基教科、督导室）。", ("规划财务科",), ("基教科", "督导室"), ()),
        ("完成课桌椅更换，由后勤管理中心承办。", ("后勤管理中心",), (), ()),
        ("人事科牵头，办公室、各学校配合，完成表彰。", ("人事科",), ("办公室", "各学校"), ()),
        ("教育局牵头，公安局、市场监管局等部门参与。", ("教育局",), ("公安局", "市场监管局"), ()),
        ("与县卫健局联合开展近视防控筛查。", (), ("县卫健局",), ()),
        ("由安全科王明同志负责，排查隐患。", ("安全科",), (), ("王明",)),
        ("办公室主办、信息中心协办，建成办公平台。", ("办公室",), ("信息中心",), ()),
        ("基础教育科会同教研室完成课程方案修订。", ("基础教育科",), ("教研室",), ()),
        ("牵头领导：刘洋；牵头单位：职成教科；配合单位：各职业学校。", ("职成教科",), ("各职业学校",), ("刘洋",)),
        ("(责任领导:陈刚 责任科室:督导室)深入开展督学责任区建设。", ("督导室",), (), ("陈刚",)),
        ("每月召开安全例会1次，安全管理科牵头。", ("安全管理科",), (), ()),
        ("长期坚持家访制度，学校要配合好家长。", (), (), ()),
        ("由于经费紧张，要争取县财政局支持。", (), (), ()),
        ("推进家校协同，参与各级比赛。", (), (), ()),
    ],
)
def test_units_and_persons_of_one_item_written_in_many_ways(words, lead, assist, people):
    task = tasks(f"云山县教育局2026年工作要点\n一、主要任务\n1、{words}\n2、做好其他工作，确保平安。\n")[0]
    assert (task.lead_units, task.assisting_units, task.persons) == (lead, assist, people)


@pytest.mark.parametrize(
    ("words", "day", "text"),
    [
        ("秋季开学前完成课桌椅更换。", date(2026, 8, 31), "秋季开学前"),
        ("今年秋季学期前开工建设4所公办园。", date(2026, 8, 31), "今年秋季学期前"),
        ("2027年春季学期前建成第二实验小学。", date(2027, 1, 31), "2027年春季学期前"),
        ("暑假期间完成校舍维修。", date(2026, 8, 31), "暑假期间"),
        ("暑假前完成体育测试。", date(2026, 7, 10), "暑假前"),
        ("寒假前完成期末质量监测。", date(2027, 1, 31), "寒假前"),
        ("2026—2027学年第一学期末完成验收。", date(2027, 1, 31), "2026—2027学年第一学期末"),
        ("明年上半年启动职教中心二期工程。", date(2027, 6, 30), "明年上半年"),
        ("12月中旬组织开展年度考核。", date(2026, 12, 20), "12月中旬"),
        ("二季度末完成学籍核查。", date(2026, 6, 30), "二季度末"),
        ("5月1日至6月15日开展招生宣传。", date(2026, 6, 15), "5月1日至6月15日"),
        ("到“十五五”末，毛入学率达到96%。", date(2030, 12, 31), "到“十五五”末"),
        ("力争在2028年底前创建国家优质均衡县。", date(2028, 12, 31), "2028年底前"),
        ("每月召开安全例会1次。", date(2026, 12, 31), "每月"),
        ("每季度排查隐患，10月底前完成整改。", date(2026, 10, 31), "10月底前"),
        ("本月底前完成自查。", None, "本月底前"),
        ("新学期开学两周内完成信息采集。", None, "开学两周内"),
        ("下学期末完成教材征订。", None, "下学期末"),
        ("关注每年级学生的差异。", None, None),
        ("学年度工作要突出重点。", None, None),
    ],
)
def test_school_time_becomes_days(words, day, text):
    task = tasks(f"云山县教育局2026年工作要点\n一、主要任务\n1、{words}\n2、做好其他工作，确保平安。\n")[0]
    assert (task.deadline, task.deadline_text) == (day, text)


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("云山县教研室2025—2026学年第二学期工作计划", date(2026, 7, 10)),
        ("云山县教研室2026年秋季学期工作计划", date(2027, 1, 31)),
        ("云山县教研室2026年春季学期工作计划", date(2026, 7, 10)),
        ("云山县教研室2026年下学期工作计划", None),
    ],
)
def test_the_end_of_this_term_is_known_when_the_document_names_its_term(title, day):
    task = tasks(f"{title}\n一、主要任务\n1、本学期末前完成教师培训考核。\n2、做好其他工作，确保平安。\n")[0]
    assert (task.deadline, task.deadline_text) == (day, "本学期末前")


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("支持两所中等职业学校开展产教融合。", []),
        ("依托两所中等职业学校，今年新增专业3个。", ["3个"]),
        ("以两所示范高中为龙头，带动5所薄弱学校发展。", ["5所"]),
        ("支持2所学校创建省级示范高中。", ["2所"]),
        ("新建两所中等职业学校。", ["两所"]),
        ("年底前完成12所学校校舍加固。", ["12所"]),
    ],
)
def test_schools_that_only_serve_a_task_are_no_target_of_it(words, numbers):
    reading = read_text(f"云山县教育局2026年工作要点\n一、主要任务\n1、{words}\n2、做好其他工作，确保平安。\n")
    text = reading.source.text
    assert [text[slice(*reading.targets[index].quantity)] for index in reading.tasks[0].targets] == numbers


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("各科室要对照下表抓好落实,按月报告进展情况。", 1),
        ("各科室要对照下表抓好落实,6月底前报送进展情况。", 2),
        ("由办公室牵头,对照下表逐项督促落实。", 2),
    ],
)
def test_a_chapter_that_only_points_to_its_table_is_no_task_of_its_own(words, count):
    builder = Builder()
    for line in ("某县教育局2026年工作要点", LONG, "一、任务分工", words):
        builder.paragraph(line)
    builder.row(["工作任务", "责任单位", "完成时限"], table=0)
    builder.row(["新建学校3所", "计财科", "10月底"], table=0)
    assert len(read_source(builder.source("a.docx", "docx")).tasks) == count
