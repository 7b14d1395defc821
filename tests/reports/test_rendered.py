"""The paper as an office program draws it, measured in millimetres against GB/T 9704-2012."""

from __future__ import annotations

import itertools

import pytest

from taizhang.reports.blocks import (
    Addressee,
    Annex,
    Attachment,
    Caption,
    Control,
    DocNumber,
    Heading,
    Imprint,
    IssuerMark,
    Paragraph,
    Signature,
    Table,
    Title,
    numbered,
)
from taizhang.reports.gongwen import write
from tests.reports.measuring import MM, Page, pages_of
from tests.reports.test_gongwen import META

pytestmark = pytest.mark.office
# The text area (版心): 156 × 225 mm, 37 mm from the top and 28 mm from the left.
TOP, BOTTOM, LEFT, RIGHT = 37, 262, 28, 184
LINE, CELL = 225 / 22, 156 / 28
SENTENCE = "办好教育实事" * 60
SPECIMEN = numbered(
    [
        IssuerMark(("青石县教育局文件",)),
        DocNumber(("青教〔2026〕8号",)),
        Title((("关于年度教育工作的通报",),)),
        Addressee(("各学区、各学校：",)),
        Paragraph(("共有学校", Control("54所", "b1", "学校数"), "，“双减”工作持续推进……" + SENTENCE)),
        Paragraph((SENTENCE,)),
        Paragraph((SENTENCE,)),
        Heading(1, ("基本情况",)),
        Heading(2, ("规模",)),
        Heading(3, ("学校",)),
        Heading(4, ("小学",)),
        Paragraph((SENTENCE,)),
        Caption(("各学区情况",)),
        Table((("学区",), ("学校数",)), tuple((("城关学区",), ("12",)) for _ in range(40))),
        Attachment((("任务表",), ("指标表",))),
        Signature(("青石县教育局",), ("2026年3月5日",)),
        Annex(("任务清单",)),
        Paragraph((SENTENCE,)),
        Imprint(("县人民政府办公室，各学区",), ("青石县教育局办公室",), ("2026年3月6日",)),
    ]
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    return pages_of(tmp_path_factory.mktemp("office"), write(SPECIMEN, META))


def near(millimetres: float) -> object:
    return pytest.approx(millimetres, abs=0.5)


def full(pages: list[Page]) -> Page:
    """A page of nothing but body text."""
    return next(
        page for page in pages if len(page.lines) == 23 and all("办好" in line.text for line in page.lines[2:6])
    )


def test_the_paper_is_a4(pages: list[Page]) -> None:
    assert {(round(page.width), round(page.height)) for page in pages} == {(210, 297)}


def test_twenty_two_lines_fill_the_text_area(pages: list[Page]) -> None:
    body = full(pages).lines[:22]
    assert body[0].middle == near(TOP + LINE / 2)
    assert body[-1].middle == near(BOTTOM - LINE / 2)
    gaps = [below.middle - above.middle for above, below in itertools.pairwise(body)]
    assert all(gap == near(LINE) for gap in gaps)


def test_a_line_holds_twenty_eight_characters_from_edge_to_edge(pages: list[Page]) -> None:
    lines = [line for line in full(pages).lines if len(line.text) == 28]
    assert len(lines) >= 15
    for line in lines:
        assert (line.left, line.right) == (near(LEFT), near(RIGHT))
        assert all(left == near(LEFT + index * CELL) for index, left in enumerate(line.lefts))


def test_a_paragraph_begins_two_characters_in(pages: list[Page]) -> None:
    first = pages[0].line("共有学校")
    assert first.left == near(LEFT + 2 * CELL)
    assert pages[0].line("各学区、各学校").left == near(LEFT)


def test_chinese_quotation_marks_and_dots_fill_a_cell(pages: list[Page]) -> None:
    line = pages[0].line("双减")
    at = line.text.index("双")
    assert line.lefts[at] - line.lefts[at - 1] == near(CELL)
    dots = line.text.index("…")
    assert line.lefts[dots + 2] - line.lefts[dots] == near(2 * CELL)


def test_the_red_head_begins_thirty_five_millimetres_under_the_text_areas_edge(pages: list[Page]) -> None:
    mark = pages[0].line("文件")
    assert mark.top == near(TOP + 35)
    assert (mark.left + mark.right) / 2 == near((LEFT + RIGHT) / 2)


def test_the_red_line_runs_four_millimetres_under_the_number_as_wide_as_the_text(pages: list[Page]) -> None:
    number, line = pages[0].line("〔2026〕"), pages[0].rules[0]
    assert line.middle - number.bottom == near(4)
    assert (line.left, line.right) == (near(LEFT), near(RIGHT))
    assert (number.left + number.right) / 2 == near((LEFT + RIGHT) / 2)


def test_two_blank_lines_stand_between_the_red_line_and_the_title(pages: list[Page]) -> None:
    title, line = pages[0].line("通报"), pages[0].rules[0]
    assert title.middle - line.middle == near(2.5 * LINE)
    assert (title.left + title.right) / 2 == near((LEFT + RIGHT) / 2)


def test_the_first_page_shows_body_text(pages: list[Page]) -> None:
    assert "共有学校" in "".join(line.text for line in pages[0].lines)


def test_page_numbers_stand_seven_millimetres_under_the_text_at_the_outer_edge(pages: list[Page]) -> None:
    char = 14 / MM
    for index, page in enumerate(pages, start=1):
        number = page.lines[-1]
        assert number.text == f"—{index}—"
        assert number.middle == near(BOTTOM + 7)
        if index % 2:
            assert number.right == near(RIGHT - char)
        else:
            assert number.left == near(LEFT + char)


def test_every_page_of_a_table_begins_with_its_head(pages: list[Page]) -> None:
    holding = [page for page in pages if any(line.text == "城关学区12" for line in page.lines)]
    assert len(holding) >= 2
    assert all(any(line.text == "学区学校数" for line in page.lines) for page in holding)
    assert all(
        (rule.left, rule.right) == (near(LEFT), near(RIGHT))
        for page in holding
        for rule in page.rules
        if rule.right - rule.left > 100
    )


def test_the_date_begins_two_characters_right_of_the_name(pages: list[Page]) -> None:
    page = next(page for page in pages if any(line.text == "2026年3月5日" for line in page.lines))
    assert page.line("2026年3月5日").left - page.line("青石县教育局").left == near(2 * CELL)


def test_an_annex_begins_a_page_with_its_title_in_the_third_line(pages: list[Page]) -> None:
    page = next(page for page in pages if page.lines[0].text == "附件")
    assert page.lines[0].left == near(LEFT)
    assert page.lines[0].middle == near(TOP + LINE / 2)
    assert page.line("任务清单").middle == near(TOP + 2.5 * LINE)


def test_the_imprint_stands_at_the_foot_of_the_last_page(pages: list[Page]) -> None:
    page, char = pages[-1], 14 / MM
    copies, printed = page.line("抄送"), page.line("印发")
    rules = [rule for rule in page.rules if rule.right - rule.left > 150]
    assert rules[-1].middle == near(BOTTOM)
    assert len(rules) == 3
    assert all((rule.left, rule.right) == (near(LEFT), near(RIGHT)) for rule in rules)
    assert (copies.left, printed.left) == (near(LEFT + char), near(LEFT + char))
    assert printed.right == near(RIGHT - char)
