"""Print on PDF pages: tables, columns, running heads, pages without text."""

from datetime import date

import pytest

from taizhang.kernel.errors import Problem
from taizhang.reading import load_bytes, read_bytes
from tests.reading.pdf_file import pages_file, pdf_file, picture, printed, ruled

HEAD = ["序号", "工作任务", "责任单位", "完成时限"]
XS = [50, 90, 300, 400, 500]
ROWS = [["1", "新建公办幼儿园3所", "计财科", "10月底"], ["2", "培训教师1200人次", "人事科", "6月30日前"]]
PROSE = "全县教育系统要坚持问题导向,健全工作机制,压实各方责任,切实把各项工作抓紧抓实抓好。"


def table(rows, top=700, *, lines=True):
    """Rows of 30 points each; a cell's text may stand on two lines."""
    out = b""
    for index, row in enumerate(rows):
        for left, cell in zip(XS, row, strict=False):
            for number, line in enumerate(cell.split("\n")):
                out += printed(line, left + 5, top - 12 - 30 * index - 14 * number)
    if lines:
        bottom = top - 30 * len(rows)
        out += ruled(*((XS[0], top - 30 * index, XS[-1], top - 30 * index) for index in range(len(rows) + 1)))
        out += ruled(*((x, top, x, bottom) for x in XS))
    return out


def rows_in(source):
    return [
        [source.text[start:end] for start, end in block.cells] for block in source.blocks if block.kind == "table_row"
    ]


def found(reading):
    return [(task.number, task.title, task.lead_units, task.deadline) for task in reading.tasks]


@pytest.mark.parametrize("lines", [True, False], ids=["ruled", "aligned"])
def test_a_task_table_is_read_cell_by_cell(lines):
    page = printed("某县教育局2026年任务分解表", 150, 740, 18) + table([HEAD, *ROWS], lines=lines)
    reading = read_bytes(pages_file(page), "a.pdf")
    assert rows_in(reading.source) == [HEAD, *ROWS]
    assert found(reading) == [
        ("1", "新建公办幼儿园3所", ("计财科",), date(2026, 10, 31)),
        ("2", "培训教师1200人次", ("人事科",), date(2026, 6, 30)),
    ]


def test_a_cell_set_on_two_lines_is_one_text_and_two_short_lines_are_two():
    rows = [HEAD, ["1", "为城区二十所公办幼儿园更换玩教具\n和课桌凳4000套", "计财科\n基教科", "10月底"]]
    cells = rows_in(load_bytes(pages_file(table(rows)), "a.pdf"))[1]
    assert cells[1] == "为城区二十所公办幼儿园更换玩教具和课桌凳4000套"
    assert cells[2] == "计财科 基教科"


def test_a_merged_cell_counts_for_every_row_that_it_covers():
    rows = [HEAD, ["1", "新建学校3所", "计财科", "10月底"], ["2", "改建学校4所", "", "11月底"]]
    out = b"".join(
        printed(cell, XS[column] + 5, 688 - 30 * row)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    )
    out += ruled(*((x, 700, x, 610) for x in XS), *((50, y, 500, y) for y in (700, 670, 610)))
    out += ruled((50, 640, 300, 640), (400, 640, 500, 640))
    reading = read_bytes(pages_file(out), "a.pdf")
    assert [task.lead_units for task in reading.tasks] == [("计财科",), ("计财科",)]


def test_a_table_goes_on_over_the_page_without_its_repeated_head_and_a_torn_row_is_whole():
    first = table([HEAD, ROWS[0], ["2", "培训教师1200人次,参训率达到", "人事科", "6月30日前"]]) + printed(
        "— 1 —", 280, 40
    )
    second = table([HEAD, ["", "100%", "", ""], ["3", "改建学校4所", "计财科", "9月底"]]) + printed("— 2 —", 280, 40)
    source = load_bytes(pages_file(first, second), "a.pdf")
    assert [row[0] for row in rows_in(source)] == ["序号", "1", "2", "3"]
    assert rows_in(source)[2][1] == "培训教师1200人次,参训率达到100%"
    assert len({block.table for block in source.blocks if block.kind == "table_row"}) == 1
    assert source.furniture == ("— 1 —", "— 2 —") or source.furniture == ("—1—", "—2—")


def test_a_page_shown_turned_is_read_as_it_is_seen():
    turned = b"0 1 -1 0 595 0 cm\n"  # what a landscape page in an upright sheet does
    rows = [["1", "新建公办幼儿园3所", "第1科", "10月底"], ["2", "培训教师1200人次", "第2科", "6月30日前"]]
    source = load_bytes(pages_file(turned + table(rows, top=500), turn=90), "a.pdf")
    assert rows_in(source) == rows


def test_two_columns_are_read_one_after_the_other():
    left = [f"左{number}栏的文字在这里排成一行一行地读下去才对的" for number in "甲乙丙丁戊己庚辛"]
    right = [line.replace("左", "右") for line in left]
    page = printed("教育简报", 250, 780, 20)
    for index, (one, two) in enumerate(zip(left, right, strict=True)):
        page += printed(one, 40, 740 - 18 * index, 10) + printed(two, 310, 740 - 18 * index, 10)
    text = load_bytes(pages_file(page), "a.pdf").text
    assert text.startswith("教育简报\n")
    assert text.index("左辛") < text.index("右甲") and text.index("右甲") < text.index("右辛")


def test_closing_signs_alone_on_their_line_stay_with_their_sentence():
    lines = [PROSE[:-1], "”。", "下一段另起一行。"]
    page = b"".join(printed(line, 50, 740 - 18 * index) for index, line in enumerate(lines))
    assert load_bytes(pages_file(page), "a.pdf").text.startswith(PROSE[:-1] + "”。\n")


def test_a_title_on_two_centred_lines_is_one_title():
    page = printed("某县教育局关于做好2026年秋季学期", 130, 780, 20) + printed("开学工作的通知", 230, 752, 20)
    page += b"".join(printed(PROSE[:40], 50, 700 - 18 * index) for index in range(6))
    assert (
        load_bytes(pages_file(page), "a.pdf").text.splitlines()[0] == "某县教育局关于做好2026年秋季学期开学工作的通知"
    )


def test_left_and_right_running_heads_leave_the_text_but_a_repeated_sentence_stays():
    pages = []
    for number in range(1, 9):
        head = "某县教育局文件" if number % 2 else "工作要点汇编"
        pages.append(
            printed(head, 50, 810)
            + printed(PROSE, 50, 780)
            + printed(f"第{'甲乙丙丁戊己庚辛'[number - 1]}项。", 50, 700)
        )
    source = load_bytes(pages_file(*pages), "a.pdf")
    assert source.furniture == ("工作要点汇编", "某县教育局文件")
    assert source.text.count("坚持问题导向") == 8 and "汇编" not in source.text


def test_pages_that_are_pictures_are_named():
    text = printed(PROSE, 50, 740)
    source = load_bytes(pages_file(text, picture(), text, picture(), text), "a.pdf")
    assert len(source.notes) == 1 and "第 2、4 页" in source.notes[0]
    assert load_bytes(pages_file(text, b"", text), "a.pdf").notes == ()


def test_bold_print_made_by_printing_twice_is_read_once():
    page = printed("一、推进教育公平", 50, 740) + printed("一、推进教育公平", 50.3, 740) + printed(PROSE, 50, 700)
    assert load_bytes(pages_file(page), "a.pdf").text == f"一、推进教育公平\n{PROSE}\n"


def test_letters_without_meaning_are_refused_rather_than_read():
    page = printed("\ue001\ue002\ue003\ue004\ue005" * 6, 50, 740)
    with pytest.raises(Problem) as caught:
        load_bytes(pages_file(page), "a.pdf")
    assert caught.value.code == "reading.no_letters" and "重新导出" in caught.value.remedy


def test_a_pdf_with_a_password_is_refused():
    secret = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<%s><%s>]" % (
        b"ab" * 32,
        b"cd" * 32,
        b"0" * 32,
        b"0" * 32,
    )
    with pytest.raises(Problem) as caught:
        load_bytes(pages_file(printed(PROSE, 50, 740), trailer=secret), "a.pdf")
    assert caught.value.code == "reading.encrypted"


def test_half_a_pdf_is_refused_in_chinese_or_read():
    data = pdf_file([PROSE] * 5, [PROSE] * 5)
    for share in range(1, 20):
        try:
            load_bytes(data[: len(data) * share // 20], "a.pdf")
        except Problem as problem:
            assert problem.code in ("reading.broken", "reading.scanned", "reading.empty"), problem
