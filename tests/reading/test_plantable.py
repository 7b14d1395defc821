"""The outline and the task table that a clerk sends out."""

import io
from datetime import date

import docx
import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from taizhang.reading import outline, plan_rows, read_bytes, read_text, write_plan_xlsx
from taizhang.reading.plantable import COLUMNS

TEXT = (
    "某县教育局2026年工作要点\n2026年全县教育工作要坚持立德树人,深化改革,办好人民满意的教育,为全县发展提供支撑。\n"
    "一、提高质量\n1.抓教研。要健全机制,每学期开展活动不少于4次,6月30日前完成方案。(牵头单位:教研室;配合单位:各学校)\n"
    "2.=抓改革。要深化改革,=SUM(A1)不是公式,http://example.com也不是链接。\n"
)


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "任务分解表.xlsx"
    write_plan_xlsx(read_text(TEXT, "要点.txt"), path)
    return openpyxl.load_workbook(path).active


def test_rows_have_the_columns_of_the_table():
    first, second = plan_rows(read_text(TEXT))
    assert list(first) == list(COLUMNS)
    assert first["来源"] == "一、提高质量 / 1."
    assert (first["任务"], first["牵头单位"], first["配合单位"]) == ("抓教研", "教研室", "各学校")
    assert first["完成时限"] == date(2026, 6, 30)
    assert "每学期开展活动不少于4次" in first["量化目标"]
    assert second["完成时限"] == ""


def test_the_sheet_has_a_title_a_header_and_one_row_per_task(sheet):
    assert sheet["A1"].value == "某县教育局2026年工作要点任务分解表"
    assert [cell.value for cell in sheet[2]] == list(COLUMNS)
    assert [sheet.cell(row, 1).value for row in (3, 4)] == [1, 2]
    assert sheet.max_row == 4


def test_dates_are_dates(sheet):
    cell = sheet.cell(3, 7)
    assert cell.is_date and cell.value.date() == date(2026, 6, 30)


def test_words_of_a_document_never_become_formulas_or_links(sheet):
    assert sheet.cell(4, 3).value == "=抓改革"
    assert sheet.cell(4, 3).data_type == "s"
    assert sheet.cell(4, 8).hyperlink is None


def test_the_sheet_can_be_printed_and_filtered_as_it_is(sheet):
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:H4"
    assert sheet.page_setup.orientation == "landscape" and int(sheet.page_setup.paperSize) == 9
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0) or sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.cell(3, 8).alignment.wrap_text
    assert sheet.column_dimensions["H"].width > 60


def test_a_document_without_tasks_gives_an_empty_table(tmp_path):
    path = tmp_path / "a.xlsx"
    write_plan_xlsx(read_text("某局通知\n请查收。"), path)
    assert openpyxl.load_workbook(path).active.max_row == 2


def test_the_outline_shows_chapters_tasks_units_dates_and_numbers():
    text = outline(read_text(TEXT, "要点.txt"))
    assert text.startswith("要点.txt")
    assert "计划 · 时间：2026年 · 任务 2 项" in text
    assert "一、提高质量" in text
    assert "牵头：教研室；配合：各学校；时限：2026-06-30" in text


def test_the_outline_of_a_report_has_no_tasks_but_its_numbers():
    text = outline(read_text("某局2025年工作总结\n一、主要成绩\n一年来,举办了培训5期,取得了成效,培训教师300人次。\n"))
    assert "总结 · 时间：2025年 · 任务 0 项" in text


def test_a_chapter_keeps_its_own_number_where_the_same_name_comes_twice():
    text = TEXT + "二、抓保障\n1.加强领导。要建立专班,定期调度,形成合力。\n2.加强督查。要每月通报,推动落实,确保实效。\n"
    assert [row["来源"] for row in plan_rows(read_text(text))][-2:] == ["二、抓保障 / 1.", "二、抓保障 / 2."]


def sheet_file(rows, merged=()):
    book = openpyxl.Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for place in merged:
        page.merge_cells(place)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def word_file(rows, merged=()):
    """The same rows as a table in a Word document; ``merged`` as in a sheet."""
    document = docx.Document()
    width = max(len(row) for row in rows)
    document.add_paragraph(rows[0][0])
    table = document.add_table(rows=0, cols=width)
    for row in rows[1:]:
        for cell, word in zip(table.add_row().cells, row, strict=False):
            cell.text = "" if word is None else str(word)
    for place in merged:
        left, top, right, bottom = range_boundaries(place)
        if top > 1:
            first = table.cell(top - 2, left - 1)
            words = first.text
            first.merge(table.cell(bottom - 2, right - 1)).text = words
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


WRITERS = pytest.mark.parametrize(
    ("write", "name"), [(sheet_file, "a.xlsx"), (word_file, "a.docx")], ids=["xlsx", "docx"]
)


def found(rows, write, name, merged=()):
    return [
        (task.title, task.lead_units, task.assisting_units, task.persons, task.deadline)
        for task in read_bytes(write(rows, merged), name).tasks
    ]


@WRITERS
@pytest.mark.parametrize(
    "heads",
    [
        ("序号", "工作内容", "牵头单位", "配合单位", "责任领导", "完成时限"),
        ("序号", "重点任务", "责任单位", "协办单位", "分管领导", "完成时间"),
        ("编号", "工作任务", "牵头科室", "配合科室", "牵头领导", "时间节点"),
        ("序号", "任务事项", "主办股室", "参与部门", "责任人", "办结时限"),
        ("序号", "工作事项", "责任部门", "协助单位", "包联领导", "时间要求"),
        ("序号", "具体举措", "承办单位", "配合部门", "局分管领导", "计划完成时间"),
    ],
)
def test_columns_are_known_by_their_many_names(write, name, heads):
    rows = [
        ["某县教育局2026年重点工作任务分解表"],
        list(heads),
        [1, "新建学校3所，新增学位1200个", "计财科", "基教科、各学区", "张三", "2026年9月30日前"],
        [2, "培训教师", "人事科", "教研室，各学校", "李四、王五", "年底前"],
    ]
    assert found(rows, write, name) == [
        ("新建学校3所,新增学位1200个", ("计财科",), ("基教科", "各学区"), ("张三",), date(2026, 9, 30)),
        ("培训教师", ("人事科",), ("教研室", "各学校"), ("李四", "王五"), date(2026, 12, 31)),
    ]


@WRITERS
def test_a_head_on_two_lines_and_merged_cells(write, name):
    rows = [
        ["某县教育局2026年任务分解表", None, None, None, None, None],
        ["序号", "工作任务", "目标要求", "责任单位", None, "完成时限"],
        [None, None, None, "牵头", "配合", None],
        ["一、扩大资源", None, None, None, None, None],
        [1, "新建学校", "建成3所", "计财科", "基教科", "9月底前"],
        [2, "改建操场", "改建12个", None, "体卫艺科", "10月底前"],
        ["二、建强队伍", None, None, None, None, None],
        [3, "培训教师", "培训600人次", "人事科", "教研室", "全年"],
    ]
    merged = ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3", "A4:F4", "A7:F7", "D5:D6")
    assert found(rows, write, name, merged) == [
        ("新建学校", ("计财科",), ("基教科",), (), date(2026, 9, 30)),
        ("改建操场", ("计财科",), ("体卫艺科",), (), date(2026, 10, 31)),
        ("培训教师", ("人事科",), ("教研室",), (), date(2026, 12, 31)),
    ]
    tasks = read_bytes(write(rows, merged), name).tasks
    assert [task.path for task in tasks] == [("一、扩大资源",), ("一、扩大资源",), ("二、建强队伍",)]


@WRITERS
def test_one_task_over_several_rows_keeps_all_who_do_it(write, name):
    rows = [
        ["某县教育局2026年任务分解表", None, None, None],
        ["序号", "工作任务", "责任单位", "完成时限"],
        [1, "开展安全大检查", "安全科", "2026.6.30"],
        [None, None, "基教科", "2026.7.15"],
        [2, "落实营养改善计划", "计财科牵头，基教科配合", "3月至11月"],
    ]
    assert found(rows, write, name, ("A1:D1", "A3:A4", "B3:B4")) == [
        ("开展安全大检查", ("安全科", "基教科"), (), (), date(2026, 7, 15)),
        ("落实营养改善计划", ("计财科",), ("基教科",), (), date(2026, 11, 30)),
    ]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026.9", date(2026, 9, 30)),
        ("2026-09", date(2026, 9, 30)),
        ("2026/9/15", date(2026, 9, 15)),
        ("9.15前", date(2026, 9, 15)),
        ("3月—10月", date(2026, 10, 31)),
        ("2026年3月至2026年5月", date(2026, 5, 31)),
        ("第三季度", date(2026, 9, 30)),
        ("长期坚持", None),
    ],
)
def test_deadline_cells_are_read_as_clerks_write_them(words, day):
    rows = [["某县教育局2026年任务分解表"], ["工作任务", "责任单位", "完成时限"], ["落实双减", "基教科", words]]
    (task,) = read_bytes(sheet_file(rows), "a.xlsx").tasks
    assert (task.deadline, task.deadline_text) == (day, words)


def test_a_sheet_pasted_as_text_is_a_table_too():
    text = "某局2026年任务表\n序号\t工作任务\t责任单位\t完成时限\n1\t新建学校\t计财科\t9月底前\n2\t培训教师\t人事科\t年底前\n"
    assert [(task.title, task.lead_units) for task in read_text(text).tasks] == [
        ("新建学校", ("计财科",)),
        ("培训教师", ("人事科",)),
    ]


def test_a_table_of_figures_is_no_task_table():
    rows = [
        ["某县2025年教育基本情况"],
        ["序号", "单位", "学校数", "学生数"],
        [1, "城关学区", 12, 3400],
        [2, "东乡学区", 8, 1200],
    ]
    assert read_bytes(sheet_file(rows), "a.xlsx").tasks == []
