"""Word files: what a reader of the printed page would see, and nothing else."""

import io
import zipfile

import docx
import pytest

from taizhang.kernel.errors import Problem
from taizhang.reading import load_bytes, read_bytes
from taizhang.reading.formats.numberforms import printed
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


@pytest.mark.parametrize(
    ("form", "twelfth"),
    [
        ("chineseCounting", "十二"),
        ("chineseCountingThousand", "十二"),
        ("ideographTraditional", "12"),
        ("ideographZodiac", "亥"),
        ("ideographDigital", "一二"),
        ("chineseLegalSimplified", "壹拾贰"),
        ("decimalEnclosedCircle", "⑫"),
        ("decimalEnclosedParen", "⑿"),
        ("decimalEnclosedFullstop", "⒓"),
        ("decimalFullWidth", "\uff11\uff12"),
        ("upperLetter", "L"),
        ("numberInDash", "- 12 -"),
    ],
)
def test_every_form_of_number_that_word_offers_for_chinese(form, twelfth):
    body = "".join(numbered("甲") for _ in range(12))
    assert text_of(body, numbering=numbering((form, "%1、"))).splitlines()[-1] == f"{twelfth}、甲"


@pytest.mark.parametrize(
    ("number", "words"), [(10, "十"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (1003, "一千零三")]
)
def test_long_lists_count_on_in_chinese(number, words):
    assert printed(number, "chineseCounting") == words


def test_a_level_that_never_restarts_counts_on_through_the_chapters():
    inner = numbering(*CHINESE[:2]).replace(
        '<w:lvlText w:val="(%2)"/>', '<w:lvlRestart w:val="0"/><w:lvlText w:val="(%2)"/>'
    )
    body = numbered("甲") + numbered("子", 1) + numbered("乙") + numbered("丑", 1)
    assert text_of(body, numbering=inner).splitlines() == ["一、甲", "(一)子", "二、乙", "(二)丑"]


def test_legal_numbering_shows_the_chapter_in_arabic():
    inner = numbering(("chineseCounting", "%1、"), ("decimal", "%1.%2")).replace(
        '<w:lvlText w:val="%1.%2"/>', '<w:isLgl/><w:lvlText w:val="%1.%2"/>'
    )
    assert text_of(numbered("甲") + numbered("子", 1), numbering=inner).splitlines() == ["一、甲", "1.1 子"]


def test_a_heading_style_finds_its_level_in_the_list():
    styles = '<w:style w:styleId="h2"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    inner = numbering(*CHINESE).replace('<w:lvlText w:val="(%2)"/>', '<w:pStyle w:val="h2"/><w:lvlText w:val="(%2)"/>')
    body = numbered("甲") + paragraph("乙", '<w:pStyle w:val="h2"/>')
    assert text_of(body, numbering=inner, styles=styles).splitlines() == ["一、甲", "(一)乙"]


def test_a_list_that_only_names_a_list_style_is_counted_by_that_style():
    inner = numbering(*CHINESE).replace(
        '<w:abstractNum w:abstractNumId="7">', '<w:abstractNum w:abstractNumId="7"><w:styleLink w:val="S"/>'
    )
    inner += '<w:abstractNum w:abstractNumId="8"><w:numStyleLink w:val="S"/></w:abstractNum>'
    inner += '<w:num w:numId="5"><w:abstractNumId w:val="8"/></w:num>'
    assert text_of(numbered("甲", 0, 5), numbering=inner) == "一、甲\n"


def test_moved_text_stands_where_it_was_moved_to():
    body = (
        '<w:p><w:moveFrom w:id="1"><w:r><w:t>先建校。</w:t></w:r></w:moveFrom></w:p>'
        + paragraph("中间。")
        + '<w:p><w:moveTo w:id="2"><w:r><w:t>先建校。</w:t></w:r></w:moveTo></w:p>'
    )
    source = load_bytes(docx_file(body), "a.docx")
    assert source.text == "中间。\n先建校。\n"
    assert any("修订" in note for note in source.notes)


def test_a_deleted_paragraph_end_joins_the_two_paragraphs_and_takes_no_number():
    gone = '<w:rPr><w:del w:id="9"/></w:rPr>'
    body = paragraph("新建学校", gone) + numbered("5所。") + numbered("抓实。")
    assert text_of(body, numbering=numbering(*CHINESE)) == "一、新建学校5所。\n二、抓实。\n"


def test_a_deleted_table_row_is_gone():
    row = "<w:tr>{}<w:tc>" + paragraph("{}") + "</w:tc><w:tc>" + paragraph("值") + "</w:tc></w:tr>"
    body = "<w:tbl>" + row.format("", "甲") + row.format('<w:trPr><w:del w:id="1"/></w:trPr>', "乙") + "</w:tbl>"
    assert text_of(body) == "甲\t值\n"


def test_fields_show_their_result_and_never_their_code():
    field = (
        '<w:p><w:r><w:t>第</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>REF x</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>3</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:fldSimple w:instr="PAGE"><w:r><w:t>号</w:t></w:r></w:fldSimple></w:p>'
    )
    assert text_of(field) == "第3号\n"


def test_signs_of_symbol_fonts_links_controls_and_formulas_are_text():
    body = (
        '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>'
        "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>已填</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击输入</w:t></w:r></w:sdtContent></w:sdt>"
        '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>x=2</m:t></m:r></m:oMath>'
        "<w:r><w:ruby><w:rt><w:r><w:t>yōu</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>优</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
    )
    assert text_of(body) == "☑链接已填x=2优\n"


def test_a_generated_table_of_contents_is_left_out():
    styles = '<w:style w:styleId="T1"><w:name w:val="toc 1"/></w:style>'
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = (
        f"<w:sdt>{gallery}<w:sdtContent>{paragraph('一、甲 1')}</w:sdtContent></w:sdt>"
        + paragraph("一、甲 1", '<w:pStyle w:val="T1"/>')
        + paragraph("一、甲")
    )
    assert text_of(body, styles=styles) == "一、甲\n"


def test_a_soft_line_break_parts_lines_but_not_a_heading():
    broken = "<w:r><w:t>总体</w:t><w:br/><w:t>要求</w:t></w:r>"
    body = f'<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr>{broken}</w:p><w:p>{broken}</w:p>'
    assert text_of(body) == "总体要求\n总体\n要求\n"


def cell(text, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def test_merged_cells_keep_columns_and_share_their_text():
    span = '<w:gridSpan w:val="{}"/>'.format
    rows = (
        cell("一、提高质量", span(3)),
        cell("1") + cell("抓教研") + cell("教研室", '<w:vMerge w:val="restart"/>'),
        cell("2") + cell("抓培训") + cell("", "<w:vMerge/>"),
        cell("合计", span(2)) + cell("2项"),
    )
    body = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    source = load_bytes(docx_file(body), "a.docx")
    assert source.text == "一、提高质量\n1\t抓教研\t教研室\n2\t抓培训\t\n合计\t\t2项\n"
    cells = [[source.text[start:end] for start, end in block.cells] for block in source.blocks]
    assert cells == [[], ["1", "抓教研", "教研室"], ["2", "抓培训", "教研室"], ["合计", "合计", "2项"]]


def test_a_text_box_in_a_cell_is_read_once():
    box = f"<w:txbxContent>{paragraph('框')}</w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = (
        f"<mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    body = f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>外</w:t></w:r><w:r>{both}</w:r></w:p></w:tc></w:tr></w:tbl>"
    assert text_of(body) == "外 框\n"


def test_notes_follow_the_text_and_comments_stay_apart():
    note = f'<w:footnote w:type="separator">{paragraph("线")}</w:footnote><w:footnote>{paragraph("口径见附表。")}</w:footnote>'
    source = load_bytes(
        docx_file(paragraph("正文"), footnotes=note, comments=f"<w:comment>{paragraph('请核实')}</w:comment>"), "a.docx"
    )
    assert source.text == "正文\n口径见附表。\n"
    assert [block.kind for block in source.blocks] == ["paragraph", "footnote"]
    assert source.furniture == ("批注：请核实",) and any("批注 1 条" in note for note in source.notes)


def repacked(data, rename=None, replace=None, drop=()):
    """The same package with parts renamed, left out or with other bytes in them."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            if part not in drop:
                content = old.read(part)
                for before, after in (replace or {}).items():
                    content = content.replace(before, after)
                new.writestr((rename or {}).get(part, part), content)
    return file.getvalue()


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_strict_files_other_part_names_and_missing_parts_are_read():
    document = docx.Document()
    document.add_heading("总体要求", 1)
    document.add_paragraph("抓落实。")
    data = saved(document)
    strict = {
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    }
    other = {"word/document.xml": "word/document2.xml", "word/_rels/document.xml.rels": "word/_rels/document2.xml.rels"}
    for packed in (
        repacked(data, replace=strict),
        repacked(data, rename=other, replace={b"word/document.xml": b"word/document2.xml"}),
        repacked(
            data,
            drop=("word/numbering.xml", "word/settings.xml", "word/theme/theme1.xml", "word/_rels/document.xml.rels"),
        ),
    ):
        source = load_bytes(packed, "a.docm")
        assert source.format == "docx" and source.text == "总体要求\n抓落实。\n"
        assert source.blocks[0].kind == "heading"
    assert load_bytes(repacked(data, drop=("word/styles.xml",)), "a.dotx").text == "总体要求\n抓落实。\n"
