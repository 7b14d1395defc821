"""The check page: findings first, then the text with its numerals marked; one file that needs nothing else."""

import base64
import hashlib
import html
import re

from taizhang.reading import read_text
from taizhang.reading.checkpage import render, render_all
from taizhang.reading.checkstyle import STYLE_HASH
from taizhang.reading.crosscheck import compare
from taizhang.reading.model import Article, Finding, Reading, Repair, Source, Unread
from taizhang.reading.numbercheck import find_unread
from tests.reading.judging import judge

WRONG = "建设指标18.38万平方米,完成建设15万平方米,完工率达到81.69%。"
RIGHT = "收到来信224件,办结215件,办结率95.98%。"


def reading_of(text, name="总结.txt"):
    reading = Reading(Source(name, text, "txt"))
    reading.articles = [Article(0, len(text), "", "report", None)]
    reading.quantities, reading.relations, reading.findings = judge(text)
    reading.unread = find_unread(text, 0, len(text), reading.quantities)
    return reading


def body(page):
    """The text part of the page without its tags."""
    inner = page.split('<div class="text">', 1)[1].split("</div><!--text-->", 1)[0]
    return html.unescape(re.sub(r"<[^>]+>", "", inner))


def test_the_findings_stand_before_the_text():
    page = render(reading_of(WRONG))
    assert page.index('<table class="wide">') < page.index('<div class="text">')
    assert "15 ÷ 18.38 = 81.61%，原文写 81.69%，相差 0.08 个百分点" in page
    assert "错误" in page


def test_errors_stand_before_notes_in_the_table():
    note = "市任务14.6722万平方米,开工15.2458万平方米,占市任务的103%。"
    page = render(reading_of(note + WRONG))
    rows = re.findall(r'<span class="tag (\w+)">', page)
    assert rows == ["alarm", "note"]


def test_the_text_on_the_page_is_the_text_of_the_document():
    for text in (WRONG, RIGHT, "一行\n\n  <b>两行</b> & “三”,超大班额为零"):
        assert body(render(reading_of(text))) == text


def test_numerals_wear_the_colour_of_their_worst_verdict():
    page = render(reading_of(WRONG + RIGHT + "超大班额为零。"))
    assert re.search(r'<mark class="alarm" data-why="[^"]*81\.61%[^"]*" tabindex="0">81\.69%</mark>', page)
    assert re.search(r'<mark class="ok" data-why="[^"]*相符[^"]*" tabindex="0">95\.98%</mark>', page)
    assert '<mark class="unread"' in page


def test_each_row_leads_to_its_place_in_the_text():
    page = render(reading_of(WRONG + "全县有幼儿园17所,其中民办30所。"))
    links = re.findall(r'href="#(\w+)"', page)
    assert links and all(f'id="{name}"' in page for name in links)


def test_counts_are_shown():
    page = render(reading_of(WRONG + RIGHT))
    assert "核对关系 <b>2</b>" in page and "相符 <b>1</b>" in page and "错误 <b>1</b>" in page


def test_a_clean_document_says_so():
    page = render(reading_of(RIGHT))
    assert "没有发现问题" in page and "<table" not in page


def test_a_document_without_numbers_is_a_page_too():
    assert "没有发现问题" in render(Reading(Source("空.txt", "", "txt")))


def test_the_page_fetches_nothing_and_runs_nothing():
    page = render(reading_of(WRONG))
    assert "<script" not in page and "http" not in page and "@import" not in page and "url(" not in page
    assert "@media print" in page and '<meta charset="utf-8">' in page and 'lang="zh-CN"' in page


def test_markup_in_names_titles_and_text_is_escaped():
    reading = reading_of('<script>alert("x")</script>全县有幼儿园17所,其中民办30所。', name='<i>"名".txt')
    reading.findings = [Finding("unit_value", "note", ((31, 34),), '"><img src=x>')]
    page = render(reading)
    assert "<script>" not in page and "<img" not in page and "<i>" not in page


def test_overlapping_findings_do_not_break_the_text():
    text = "共12345人"
    reading = Reading(Source("x", text, "txt"))
    reading.findings = [Finding("a", "alarm", ((1, 6),), "甲"), Finding("b", "note", ((2, 4),), "乙")]
    reading.unread = [Unread(1, 6, text[1:6])]
    assert body(render(reading)) == text


def three():
    """Two documents that contradict each other, and one without a doubt."""
    first = read_text("云岭县教育局2025年工作总结\n一、基本情况\n2025年,全县有在园幼儿12345人。\n" + WRONG, "总结.txt")
    second = read_text("云岭县教育局2025年统计简报\n一、基本情况\n2025年,全县有在园幼儿12435人。\n", "简报.txt")
    third = read_text("云岭县教育局2025年信访情况\n一、来信\n" + RIGHT + "\n", "信访.txt")
    return [first, second, third]


def test_several_documents_make_one_page_with_all_findings_first():
    readings = three()
    page = render_all(readings, compare(readings))
    assert page.index("<h2>发现</h2>") < page.index("<h2>文稿之间</h2>") < page.index("<h2>正文：总结.txt</h2>")
    assert (
        page.index("<h2>正文：总结.txt</h2>")
        < page.index("<h2>正文：简报.txt</h2>")
        < page.index("<h2>正文：信访.txt</h2>")
    )
    between = page.split("<h2>文稿之间</h2>")[1].split("</table>")[0]
    assert "总结.txt<br>简报.txt" in between and "12345" in between and "12435" in between
    for reading, inner in zip(
        readings, re.findall(r'<div class="text">(.*?)</div><!--text-->', page, re.S), strict=True
    ):
        assert html.unescape(re.sub(r"<[^>]+>", "", inner)) == reading.source.text


def test_every_address_on_the_page_is_there_once():
    readings = three()
    page = render_all(readings, compare(readings))
    names = re.findall(r'id="(\w+)"', page)
    assert len(names) == len(set(names))
    assert set(re.findall(r'href="#(\w+)"', page)) <= set(names)


def test_documents_that_agree_say_so():
    assert "没有发现矛盾或重复" in render_all(three()[1:])


def test_a_verdict_has_a_sign_and_a_word_beside_its_colour_and_a_footnote_for_paper():
    page = render(reading_of(WRONG))
    assert '<span class="tag alarm">✗ 错误</span>' in page
    assert re.search(r'<li id="d0f1" value="1"><b>✗ 错误</b> [^<]*81\.61%', page)
    assert 'aria-label="注1"' in page


def test_what_a_person_decided_stands_beside_the_verdict():
    page = render(reading_of(WRONG), {"r0": "更正为：<81.61%>（办公室 王海）"})
    assert '<span class="said">更正为：&lt;81.61%&gt;（办公室 王海）</span>' in page


def test_repairs_and_unread_numerals_are_listed_with_their_lines():
    reading = reading_of("第一行\n超大班额为零。")
    reading.repairs = [Repair(0, 1, "規(guī)", "", "夹入的注音", 0.95), Repair(4, 5, "&nb", " ", "网页残片", 0.9)]
    page = render(reading)
    assert "读文稿时的修补 2 处" in page and "第1行 規(guī) → （略去）" in page and "把握 90%" in page
    assert "没有读懂的数字 1 个" in page and "<b>零</b>" in page and "第2行" in page


def test_a_long_text_is_laid_out_in_pieces_that_end_with_a_line():
    text = "".join(f"第{number}段说明学校工作情况。\n" for number in range(2000))
    page = render(reading_of(text))
    pieces = re.findall(r"<div>(.*?)</div>", page.split('<div class="text">')[1], re.S)
    assert len(pieces) > 3 and all(piece.endswith("\n") for piece in pieces if piece)
    assert body(page) == text


def test_the_style_that_a_server_may_allow_is_the_style_of_the_page():
    page = render(reading_of(RIGHT))
    style = page.split("<style>")[1].split("</style>")[0]
    assert "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() == STYLE_HASH
