"""The outline and the task table that a clerk sends out."""

from datetime import date

import openpyxl
import pytest

from taizhang.reading import outline, plan_rows, read_text, write_plan_xlsx
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
