"""The paper: measures of GB/T 9704-2012 in the XML, fonts on every run, the same bytes twice."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from taizhang.reports.blocks import (
    Addressee,
    Attachment,
    Block,
    Control,
    DocNumber,
    Heading,
    IssuerMark,
    Note,
    Paragraph,
    Signature,
    Table,
    Title,
    chinese_numeral,
    numbered,
    ordinal,
    width,
)
from taizhang.reports.gongwen import BINDINGS_NAMESPACE, Meta, write

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
META = Meta("年度工作总结", "青石县教育局", datetime(2026, 12, 31, tzinfo=UTC), '{"bindings":{}}')
ALL: tuple[Block, ...] = numbered(
    [
        IssuerMark(("青石县教育局文件",)),
        DocNumber(("青教发〔2026〕8号",)),
        Title((("关于报送工作总结的报告",),)),
        Addressee(("县人民政府：",)),
        Heading(1, ("基本情况",)),
        Heading(2, ("规模",)),
        Heading(3, ("学校",)),
        Heading(4, ("小学",)),
        Paragraph(("在校生", Control("3851人", "b1", "在校生数"), "，“稳中有升”。")),
        Table((("学区",), ("学校数",)), ((("城关学区",), (Control("12", "b2", "学校数"),)),)),
        Attachment((("任务表",), ("指标表",))),
        Signature(("青石县教育局",), ("2026年12月31日",)),
        Note(("此件公开",)),
    ]
)


def part(data: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read(name))


def body() -> etree._Element:
    return part(write(ALL, META), "word/document.xml")


def test_the_page_has_the_standards_measures() -> None:
    section = Document(io.BytesIO(write(ALL, META))).sections[0]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin / Mm(1), 1) for margin in margins] == [37.0, 35.0, 28.0, 26.0]


def test_twenty_two_lines_and_twenty_eight_characters_fill_the_text_area() -> None:
    document = body()
    grid = document.find(f".//{W}docGrid")
    pitch = int(grid.get(qn("w:linePitch")))
    assert grid.get(qn("w:type")) == "lines"
    height = (297 - 37 - 35) / 25.4 * 1440
    assert 22 * pitch <= height < 23 * pitch
    styles = part(write(ALL, META), "word/styles.xml")
    normal = styles.find(f"{W}style[@{W}styleId='Normal']")
    spacing = normal.find(f"{W}pPr/{W}spacing")
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == (str(pitch), "exact")
    squeeze = int(normal.find(f"{W}rPr/{W}spacing").get(qn("w:val")))
    assert 28 * (320 + squeeze) <= 156 / 25.4 * 1440 < 29 * (320 + squeeze)


@pytest.mark.parametrize(
    ("style", "font", "half_points"),
    [
        ("Title", "方正小标宋简体", 44),
        ("Heading1", "黑体", 32),
        ("Heading2", "楷体_GB2312", 32),
        ("Heading3", "仿宋_GB2312", 32),
        ("Heading4", "仿宋_GB2312", 32),
        ("BodyText", "仿宋_GB2312", 32),
    ],
)
def test_each_level_has_its_font_and_size(style: str, font: str, half_points: int) -> None:
    for paragraph in body().iter(f"{W}p"):
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        if named is None or named.get(qn("w:val")) != style:
            continue
        for run in paragraph.iter(f"{W}r"):
            properties = run.find(f"{W}rPr")
            assert properties.find(f"{W}rFonts").get(qn("w:eastAsia")) == font
            assert int(properties.find(f"{W}sz").get(qn("w:val"))) == half_points
            assert properties.find(f"{W}b") is None
        return
    raise AssertionError(f"no paragraph of style {style}")


def test_every_run_names_a_chinese_and_a_western_font() -> None:
    data = write(ALL, META)
    for name in ("word/document.xml", "word/footer1.xml", "word/footer2.xml"):
        for run in part(data, name).iter(f"{W}r"):
            fonts = run.find(f"{W}rPr/{W}rFonts")
            assert fonts.get(qn("w:eastAsia"))
            assert fonts.get(qn("w:ascii"))
            assert fonts.get(qn("w:hint")) == "eastAsia"


def test_every_font_has_a_substitute_on_record() -> None:
    data = write(ALL, META)
    named = {
        font
        for fonts in part(data, "word/document.xml").iter(f"{W}rFonts")
        for font in (fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii")))
    }
    table = {font.get(qn("w:name")): font for font in part(data, "word/fontTable.xml").iter(f"{W}font")}
    assert named <= set(table)
    assert all(table[name].find(f"{W}altName").get(qn("w:val")) for name in named)


def test_the_first_line_of_body_text_is_indented_by_two_characters() -> None:
    styles = part(write(ALL, META), "word/styles.xml")
    for style in ("BodyText", "Heading1", "Heading2", "Heading3", "Heading4"):
        ind = styles.find(f"{W}style[@{W}styleId='{style}']/{W}pPr/{W}ind")
        assert ind.get(qn("w:firstLineChars")) == "200"


def test_page_numbers_stand_outside_between_dashes() -> None:
    data = write(ALL, META)
    assert part(data, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    document = Document(io.BytesIO(data))
    odd, even = document.sections[0].footer._element, document.sections[0].even_page_footer._element
    for footer, side in ((odd, "right"), (even, "left")):
        paragraph = footer.find(f"{W}p")
        texts = [text.text for text in paragraph.iter(f"{W}t")]
        assert texts == ["— ", "1", " —"]
        assert paragraph.find(f"{W}pPr/{W}jc").get(qn("w:val")) == side
        # one character of 4号 (14 pt) from the edge
        assert paragraph.find(f"{W}pPr/{W}ind").get(qn(f"w:{side}")) == "280"
        assert {size.get(qn("w:val")) for size in paragraph.iter(f"{W}sz")} == {"28"}


def test_a_table_repeats_its_head_and_keeps_its_rows_whole() -> None:
    head, row = body().iter(f"{W}tr")
    assert head.find(f"{W}trPr/{W}tblHeader") is not None
    assert row.find(f"{W}trPr/{W}tblHeader") is None
    assert row.find(f"{W}trPr/{W}cantSplit") is not None
    table = body().find(f".//{W}tbl")
    columns = [int(column.get(qn("w:w"))) for column in table.iter(f"{W}gridCol")]
    assert sum(columns) == pytest.approx(156 / 25.4 * 1440, abs=1.5)
    assert {edge.tag for edge in table.find(f"{W}tblPr/{W}tblBorders")} >= {f"{W}top", f"{W}insideH", f"{W}insideV"}


def test_the_date_begins_two_characters_right_of_the_name() -> None:
    lefts = {
        "".join(text.text for text in paragraph.iter(f"{W}t")): int(paragraph.find(f"{W}pPr/{W}ind").get(qn("w:left")))
        for paragraph in body().iter(f"{W}p")
        if paragraph.find(f"{W}pPr/{W}ind") is not None and paragraph.find(f".//{W}t") is not None
    }
    cell = 156 / 25.4 * 1440 / 28
    assert lefts["2026年12月31日"] - lefts["青石县教育局"] == pytest.approx(2 * cell, abs=1)
    # The date is the longer one here: two characters stay free at its right.
    assert lefts["2026年12月31日"] / cell + width("2026年12月31日") == pytest.approx(26, abs=0.01)


def test_a_bound_number_is_a_content_control_with_tag_and_name() -> None:
    controls = list(body().iter(f"{W}sdt"))
    assert [control.find(f"{W}sdtPr/{W}tag").get(qn("w:val")) for control in controls] == ["b1", "b2"]
    assert [control.find(f"{W}sdtPr/{W}alias").get(qn("w:val")) for control in controls] == ["在校生数", "学校数"]
    assert ["".join(text.text for text in control.iter(f"{W}t")) for control in controls] == ["3851人", "12"]
    ids = [control.find(f"{W}sdtPr/{W}id").get(qn("w:val")) for control in controls]
    assert len(set(ids)) == len(ids)
    assert {mark.get(qn("w:name")) for mark in body().iter(f"{W}bookmarkStart")} == {"tz_b1", "tz_b2"}


def test_the_bindings_travel_inside_the_document() -> None:
    root = part(write(ALL, META), "customXml/item1.xml")
    assert root.tag == f"{{{BINDINGS_NAMESPACE}}}bindings"
    assert json.loads(root.text) == {"bindings": {}}


def test_the_same_report_gives_the_same_bytes() -> None:
    first = write(ALL, META)
    assert first == write(ALL, META)
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_of_the_librarys_own_template_comes_along() -> None:
    data = write(ALL, META)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = set(package.namelist())
    assert not [name for name in names if "theme" in name or "thumbnail" in name or "numbering" in name]
    core = Document(io.BytesIO(data)).core_properties
    assert (core.title, core.author, core.comments) == ("年度工作总结", "青石县教育局", "")
    assert core.created == datetime(2026, 12, 31, tzinfo=UTC)


def test_a_red_head_keeps_its_distance_and_its_line() -> None:
    # Where they really stand when drawn is measured in test_rendered.
    mark, *rest = body().iter(f"{W}p")
    assert mark.find(f"{W}pPr/{W}spacing").get(qn("w:before")) == str(round(35.5 / 25.4 * 1440))
    assert {color.get(qn("w:val")) for color in mark.iter(f"{W}color")} == {"E60012"}
    number = next(paragraph for paragraph in rest if paragraph.find(f".//{W}t") is not None)
    line = number.find(f"{W}pPr/{W}pBdr/{W}bottom")
    assert int(line.get(qn("w:space"))) == pytest.approx(3.3 / 25.4 * 72, abs=0.5)


@pytest.mark.parametrize(
    ("number", "word"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_ordinals_are_written_as_people_count(number: int, word: str) -> None:
    assert chinese_numeral(number) == word
    assert ordinal(2, number) == f"（{word}）"


@pytest.mark.parametrize("number", [0, 100, -1])
def test_an_ordinal_beyond_the_headings_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="1-99"):
        chinese_numeral(number)


def test_sub_headings_begin_anew_under_each_heading() -> None:
    levels = [1, 2, 2, 3, 1, 2, 3, 3, 4]
    blocks = numbered(Heading(level, ("节",)) for level in levels)
    numbers = [block.number for block in blocks if isinstance(block, Heading)]
    assert numbers == ["一、", "（一）", "（二）", "1.", "二、", "（一）", "1.", "2.", "（1）"]
