"""Where somebody's .docx departs from GB/T 9704-2012."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from taizhang.documents.actions import add_document
from taizhang.kernel.errors import Problem
from taizhang.reports.blocks import DocNumber, Heading, Paragraph, Signature, Table, Title, numbered
from taizhang.reports.deviations import Deviation, deviations
from taizhang.reports.gongwen import write
from tests.reports.test_gongwen import ALL, META
from tests.reports.test_rendered import SPECIMEN

SENTENCE = "各学校按照年度工作要点抓重点补短板守底线，把每项任务落到人、落到时间、落到结果。"
LETTER = numbered(
    [
        DocNumber(("青教〔2026〕8号",)),
        Title((("关于年度教育工作的通报",),)),
        Heading(1, ("基本情况",)),
        Paragraph((SENTENCE,)),
        Heading(2, ("规模",)),
        Paragraph((SENTENCE,)),
        Table((("学区",), ("学校数",)), tuple((("城关学区",), ("12",)) for _ in range(20))),
        Signature(("青石县教育局",), ("2026年3月5日",)),
    ]
)


def found(change: Callable[[Any], None] | None = None) -> dict[str, Deviation]:
    document = Document(io.BytesIO(write(LETTER, META)))
    if change is not None:
        change(document)
    target = io.BytesIO()
    document.save(target)
    return {item.rule: item for item in deviations(target.getvalue(), "a.docx")}


def paragraph(document: Any, words: str) -> Any:
    return next(item for item in document.paragraphs if words in item.text)


@pytest.mark.parametrize("blocks", [LETTER, SPECIMEN, ALL])
def test_what_we_write_ourselves_departs_nowhere(blocks: Any) -> None:
    assert deviations(write(blocks, META), "a.docx") == []


def test_margins_of_another_standard_are_told_with_the_measure() -> None:
    def change(document: Any) -> None:
        document.sections[0].top_margin = Mm(25)
        document.sections[0].left_margin = Mm(31)

    told = found(change)
    assert told["天头（上边距）"].found == "25.0 毫米"
    assert told["订口（左边距）"].wanted == "28±1 毫米"
    assert told["版心"].found == "153.0×237.0 毫米"


def test_a_letter_sized_page_is_told() -> None:
    assert (
        found(lambda document: setattr(document.sections[0], "page_width", Mm(216)))["纸张"].found == "216.0×297.0 毫米"
    )


def test_another_line_height_gives_another_number_of_lines() -> None:
    def change(document: Any) -> None:
        paragraph(document, "抓重点").paragraph_format.line_spacing = Pt(26)

    told = found(change)["行数"]
    assert (told.found, told.times) == ("行距 26 磅，每面 24 行", 1)


def test_wide_letters_leave_room_for_fewer_characters() -> None:
    def change(document: Any) -> None:
        style = document.styles.element.find(f"{qn('w:style')}[@{qn('w:styleId')}='Normal']")
        style.find(f"{qn('w:rPr')}/{qn('w:spacing')}").set(qn("w:val"), "0")

    assert found(change)["字数"].found == "每行 27 字"


@pytest.mark.parametrize(
    ("words", "rule"),
    [("通报", "标题字体"), ("一、", "一、级标题字体"), ("（一）", "（一）级标题字体"), ("抓重点", "正文字体")],
)
def test_a_wrong_font_is_told_where_it_stands(words: str, rule: str) -> None:
    def change(document: Any) -> None:
        for run in paragraph(document, words).runs:
            run._element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").set(qn("w:eastAsia"), "微软雅黑")

    assert found(change)[rule].found == "微软雅黑"


def test_body_text_of_another_size_or_weight_is_told() -> None:
    def change(document: Any) -> None:
        run = paragraph(document, "抓重点").runs[0]
        run.font.size, run.bold = Pt(14), True

    told = found(change)
    assert told["正文字号"].found == "14 磅"
    assert "加粗" in told


def test_a_paragraph_without_indent_is_told() -> None:
    def change(document: Any) -> None:
        properties = paragraph(document, "抓重点")._element.get_or_add_pPr()
        indent = properties.get_or_add_ind()
        indent.set(qn("w:firstLineChars"), "0")

    assert found(change)["首行缩进"].found == "0.0 字"


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("青教〔2026〕8号", "青教[2026]8号", "发文字号"),
        ("青教〔2026〕8号", "青教〔2026〕第8号", "发文字号"),
        ("青教〔2026〕8号", "青教〔2026〕08号", "发文字号"),
        ("2026年3月5日", "2026年03月05日", "成文日期"),
        ("一、", "一.", "层次序数"),
        ("（一）", "(一)", "层次序数"),
        ("补短板守底线，", "补短板守底线,", "标点"),
    ],
)
def test_a_wrong_form_is_told(old: str, new: str, rule: str) -> None:
    def change(document: Any) -> None:
        run = next(run for item in document.paragraphs for run in item.runs if old in run.text)
        run.text = run.text.replace(old, new)

    assert rule in found(change)


def test_a_quotation_mark_in_the_western_font_is_told() -> None:
    def change(document: Any) -> None:
        run = paragraph(document, "抓重点").add_run("所谓“双减”")
        run.font.size = Pt(16)
        run.font.name = "Times New Roman"
        run._element.rPr.rFonts.set(qn("w:hint"), "default")

    assert found(change)["标点字体"].found == "Times New Roman"


def test_a_long_table_without_a_repeated_head_is_told() -> None:
    def change(document: Any) -> None:
        head = document.tables[0].rows[0]._tr
        head.trPr.remove(head.trPr.find(qn("w:tblHeader")))

    assert found(change)["表头"].found == "21 行的表没有重复表头"


def test_a_plain_document_lacks_its_page_numbers() -> None:
    document = Document()
    document.add_paragraph(SENTENCE)
    target = io.BytesIO()
    document.save(target)
    told = {item.rule for item in deviations(target.getvalue(), "a.docx")}
    assert {"页码", "纸张", "版心", "行数", "正文字体"} <= told


def test_what_is_no_docx_is_refused() -> None:
    with pytest.raises(Problem, match=r"不是 \.docx"):
        deviations(b"not a package", "a.docx")


def test_the_same_fault_is_told_once_with_its_count() -> None:
    def change(document: Any) -> None:
        for item in document.paragraphs:
            if "抓重点" in item.text:
                item.runs[0].font.size = Pt(15)

    assert found(change)["正文字号"].times == 2


def test_the_documents_page_leads_to_its_layout_and_a_stranger_finds_neither(county, client) -> None:
    added = add_document(data=write(LETTER, META), name="通报.docx", by=county.office)
    address = f"/reports/layout/{added.document.pk}/"
    client.force_login(county.office)
    assert address in client.get(f"/documents/{added.document.pk}/").content.decode()
    assert "版式符合" in client.get(address).content.decode()
    client.force_login(county.other)
    assert client.get(address).status_code == 404
