"""Lists written as a stream open everywhere and read back as they were."""

import io
import zipfile
from datetime import date, datetime
from xml.dom import minidom

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from taizhang.kernel import sheet_writer
from taizhang.kernel.sheet_writer import Cells, Column, StreamedWorkbook, cell_xml, column_letters, number_xml

ODD_TEXTS = [
    "=1+1", "+86", "-", "@名", "a & <b> \"c\" 'd'", "两\n行", "\t", "  前后  ", "_x0041_", "\x07铃", "回\r车", "𠮷", "x" * 300,
]  # fmt: skip


def written(*sheets: tuple[str, list[Column], list[list[object]]]) -> io.BytesIO:
    out = io.BytesIO()
    with StreamedWorkbook(out) as book:
        for name, columns, rows in sheets:
            book.write(name, columns, rows)
    out.seek(0)
    return out


def text_column(label: str, **more: object) -> Column:
    return Column(label, Cells(cell_xml), **more)


def test_any_text_comes_back_as_it_was_and_none_of_it_is_a_formula():
    out = written(("文字", [text_column("一"), text_column("二")], [[text, None] for text in ODD_TEXTS]))
    page = load_workbook(out).active
    # This reader does not undo what the format does to letters that XML cannot hold.
    told = {"_x0041_": "_x005F_x0041_", "\x07铃": "_x0007_铃"}
    assert [row[0].value for row in page.iter_rows(min_row=2)] == [told.get(text, text) for text in ODD_TEXTS]
    assert {row[0].data_type for row in page.iter_rows(min_row=2)} <= {"s", "inlineStr"}
    out.seek(0)
    rows = CalamineWorkbook.from_filelike(out).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ODD_TEXTS


def test_a_letter_that_no_file_can_hold_does_not_spoil_the_others():
    page = load_workbook(written(("文字", [text_column("一")], [["坏\ud800字"], ["好"]]))).active
    assert [cell.value for cell in page["A"]] == ["一", "坏\ufffd字", "好"]


def test_numbers_days_and_truths_come_back_in_their_own_kinds():
    out = io.BytesIO()
    with StreamedWorkbook(out) as book:
        day, moment = book.style("yyyy-mm-dd"), book.style("yyyy-mm-dd hh:mm")
        columns = [
            Column("天", Cells(lambda value: cell_xml(value, day))),
            Column("时刻", Cells(lambda value: cell_xml(value, moment))),
            Column("数", Cells(cell_xml)),
            Column("金额", Cells(lambda text: number_xml(text, book.style("#,##0.00")))),
            Column("是否", Cells(cell_xml)),
        ]
        book.write(
            "种类", columns, [[date(2025, 9, 1), datetime.fromisoformat("2025-09-01T08:30"), 12, "1234567.80", True]]
        )
    page = load_workbook(out).active
    values = [cell.value for cell in page[2]]
    assert values == [
        datetime.fromisoformat("2025-09-01"),
        datetime.fromisoformat("2025-09-01T08:30"),
        12,
        1234567.8,
        "是",
    ]
    assert [cell.number_format for cell in page[2]][:4] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "General", "#,##0.00"]


def test_words_do_not_pass_for_a_number():
    with pytest.raises(ValueError):
        number_xml("<v>1</v>")


def test_the_header_stays_in_sight_is_filtered_and_marks_what_is_required():
    columns = [text_column("编码", width=22, is_required=True), text_column("名称")]
    page = load_workbook(written(("台账[甲]/乙", columns, [["1", "学校"]]))).active
    assert (page.freeze_panes, page.auto_filter.ref, page.title) == ("A2", "A1:B2", "台账 甲  乙")
    assert page.column_dimensions["A"].width == 22
    colours = [cell.fill.fgColor.rgb for cell in page[1]]
    assert colours == ["FFFDEBD0", "FFEEF2F6"] and page["A1"].font.b


def test_sheets_of_one_name_are_told_apart_and_every_part_is_well_formed():
    columns = [text_column("一")]
    out = written(("同名", columns, [["甲"]]), ("同名", columns, []), ("R&D's", columns, [["丙"]]))
    assert load_workbook(out).sheetnames == ["同名", "同名 (2)", "R&D s"]
    archive = zipfile.ZipFile(out)
    for name in archive.namelist():
        minidom.parseString(archive.read(name))


def test_what_one_sheet_cannot_hold_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(sheet_writer, "MOST_ROWS", 4)
    out = io.BytesIO()
    with StreamedWorkbook(out) as book:
        assert book.write("长", [Column("数", Cells(cell_xml))], ([number] for number in range(7))) == 7
    pages = load_workbook(out).worksheets
    assert [[cell.value for cell in page["A"]] for page in pages] == [["数", 0, 1, 2], ["数", 3, 4, 5], ["数", 6]]


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError):
        written(("歪", [text_column("一"), text_column("二")], [["只有一个"]]))


def test_columns_are_lettered_as_sheets_do():
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_only_so_many_values_are_kept():
    cells = Cells(cell_xml, most=2)
    assert [cells[value] for value in "甲乙丙甲"] == [cell_xml(value) for value in "甲乙丙甲"]
    assert set(cells) == {"甲", "乙"}
