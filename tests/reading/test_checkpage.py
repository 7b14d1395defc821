"""The check page: findings first, then the text with its numerals marked; one file that needs nothing else."""

import html
import re

from taizhang.reading.checkpage import render
from taizhang.reading.model import Article, Finding, Reading, Source, Unread
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
    inner = page.split('<div class="text">', 1)[1].rsplit("</div>", 1)[0]
    return html.unescape(re.sub(r"<[^>]+>", "", inner))


def test_the_findings_stand_before_the_text():
    page = render(reading_of(WRONG))
    assert page.index("<table>") < page.index('<div class="text">')
    assert "15 ÷ 18.38 = 81.61%,原文写 81.69%,相差 0.08 个百分点" in page
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
    assert re.search(r'<mark class="alarm" title="[^"]*81\.61%[^"]*">81\.69%</mark>', page)
    assert re.search(r'<mark class="ok" title="[^"]*相符[^"]*">95\.98%</mark>', page)
    assert '<mark class="unread"' in page


def test_each_row_leads_to_its_place_in_the_text():
    page = render(reading_of(WRONG + "全县有幼儿园17所,其中民办30所。"))
    links = re.findall(r'href="#(\w+)"', page)
    assert links and all(f'<a id="{name}"></a>' in page for name in links)


def test_counts_are_shown():
    page = render(reading_of(WRONG + RIGHT))
    assert "核对关系 <b>2</b>" in page and "相符 <b>1</b>" in page and "错误 <b>1</b>" in page


def test_a_clean_document_says_so():
    page = render(reading_of(RIGHT))
    assert "没有发现问题" in page and "<table>" not in page


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
