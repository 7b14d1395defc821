"""Word files: what a reader of the printed page would see, and nothing else."""

import io

import docx
import pytest

from taizhang.kernel.errors import Problem
from taizhang.reading import load_bytes, read_bytes
from tests.reading.docx_parts import W, docx_file, numbered, numbering, paragraph

CHINESE = (("chineseCounting", "%1、"), ("chineseCounting", "(%2)"), ("decimal", "%3."))


def text_of(body, **parts):
    return load_bytes(docx_file(body, **parts), "a.docx").text


def test_generated_numbers_are_printed_into_the_text():
    body = (
        numbered("总体要求")
        + numbered("重点任务")
        + numbered("提质量", 1)
        + numbered("抓教研", 2)
        + numbered("保障", 0)
    )
    assert text_of(body, numbering=numbering(*CHINESE)).splitlines() == [
        "一、总体要求",
        "二、重点任务",
        "(一)提质量",
        "1.抓教研",
        "三、保障",
    ]


def test_deeper_numbers_start_again_under_a_new_parent():
    body = numbered("甲") + numbered("子", 1) + numbered("乙") + numbered("丑", 1)
    assert text_of(body, numbering=numbering(*CHINESE)).splitlines() == ["一、甲", "(一)子", "二、乙", "(一)丑"]


def test_lists_of_one_definition_count_on_unless_they_restart():
    body = numbered("甲", 0, 1) + numbered("乙", 0, 2)
    assert text_of(body, numbering=numbering(*CHINESE, numbers=2)).splitlines() == ["一、甲", "二、乙"]
    assert text_of(body, numbering=numbering(*CHINESE, numbers=2, restart=True)).splitlines() == ["一、甲", "一、乙"]


def test_numbers_come_from_the_style_too():
    styles = '<w:style w:styleId="2"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    source = load_bytes(
        docx_file(paragraph("总体要求", '<w:pStyle w:val="2"/>'), numbering=numbering(*CHINESE), styles=styles),
        "a.docx",
    )
    assert source.text == "一、总体要求\n"
    assert (source.blocks[0].kind, source.blocks[0].level) == ("heading", 1)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("upperRoman", "IV."),
        ("lowerLetter", "d."),
        ("decimalEnclosedCircle", "④."),
        ("bullet", ""),
        ("decimalZero", "04."),
    ],
)
def test_other_number_forms(form, expected):
    body = "".join(numbered("甲") for _ in range(4))
    assert text_of(body, numbering=numbering((form, "%1."))).splitlines()[-1] == f"{expected}甲"


def test_deletions_go_and_insertions_stay():
    body = (
        '<w:p><w:r><w:t>新建学校</w:t></w:r><w:del w:id="1"><w:r><w:delText>3</w:delText></w:r></w:del>'
        '<w:ins w:id="2"><w:r><w:t>5</w:t></w:r></w:ins><w:r><w:t>所</w:t></w:r></w:p>'
    )
    source = load_bytes(docx_file(body), "a.docx")
    assert source.text == "新建学校5所\n"
    assert any("修订" in note for note in source.notes)


def test_hidden_text_and_field_codes_are_not_read():
    body = (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:t>明</w:t></w:r></w:p>"
    )
    assert text_of(body) == "明\n"


def test_a_text_box_is_read_once_after_its_paragraph():
    box = "<w:txbxContent><w:p><w:r><w:t>框内文字</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:r><w:t>正文</w:t></w:r><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert text_of(body) == "正文\n框内文字\n"


def test_headers_and_footers_stay_apart():
    source = load_bytes(
        docx_file(paragraph("正文"), header1=paragraph("某局文件"), footer1=paragraph("— 1 —")), "a.docx"
    )
    assert source.text == "正文\n"
    assert sorted(source.furniture) == ["— 1 —", "某局文件"]


def test_a_table_row_is_a_line_with_its_cells():
    document = docx.Document()
    table = document.add_table(rows=2, cols=3)
    for row, cells in enumerate((("序号", "任务", "时限"), ("1", "建校", ""))):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    file = io.BytesIO()
    document.save(file)
    source = load_bytes(file.getvalue(), "a.docx")
    assert source.text == "序号\t任务\t时限\n1\t建校\t\n"
    second = source.blocks[1]
    assert [source.text[start:end] for start, end in second.cells] == ["1", "建校", ""]


def test_a_table_in_a_cell_is_read_with_the_cell():
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('内')}</w:tc></w:tr></w:tbl>"
    assert text_of(f"<w:tbl><w:tr><w:tc>{paragraph('外')}{inner}</w:tc></w:tr></w:tbl>") == "外 内\n"


def test_blocks_are_exact_slices():
    source = load_bytes(docx_file(paragraph(" 一 ") + paragraph("") + paragraph("二")), "a.docx")
    assert [source.text[block.start : block.end] for block in source.blocks] == ["一", "二"]


def test_generated_numbers_make_tasks():
    body = paragraph("某县教育局2026年工作要点") + numbered("重点任务")
    body += numbered("建学校。年底前新建学校3所,确保投入使用。", 1) + numbered("抓培训。要培训教师300人次。", 1)
    tasks = read_bytes(docx_file(body, numbering=numbering(*CHINESE)), "a.docx").tasks
    assert [(task.number, task.title) for task in tasks] == [("(一)", "建学校"), ("(二)", "抓培训")]


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + b"\0" * 100,
        docx_file(paragraph("正文"))[:-200],
        docx_file("<w:p>"),
        docx_file(paragraph("正文")).replace(b"w:body", b"w:bodx"),
    ],
)
def test_a_broken_file_says_so(data):
    with pytest.raises(Problem) as caught:
        load_bytes(data, "坏.docx")
    assert caught.value.code == "reading.broken"
    assert "损坏" in caught.value.message and caught.value.where == "坏.docx"


def test_entities_are_not_expanded():
    entity = f'<!DOCTYPE x [<!ENTITY a "啊啊啊啊">]><w:document {W}><w:body><w:p><w:r><w:t>文&a;</w:t></w:r></w:p></w:body></w:document>'
    file = io.BytesIO()
    import zipfile

    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", entity)
    try:
        assert "啊" not in load_bytes(file.getvalue(), "a.docx").text
    except Problem as problem:
        assert problem.code in ("reading.broken", "reading.empty")


def test_very_deep_nesting_neither_crashes_nor_hangs():
    body = "<w:tbl><w:tr><w:tc>" * 80 + paragraph("深") + "</w:tc></w:tr></w:tbl>" * 80
    assert "深" in text_of(body)
    with pytest.raises(Problem):
        text_of("<w:sdt>" * 5000 + paragraph("深") + "</w:sdt>" * 5000)
