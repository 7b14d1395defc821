"""The understood text finds its way back to what was printed."""

from hypothesis import given
from hypothesis import strategies as st

from taizhang.reading.view import simplify, view_of


def test_traditional_characters_and_wide_punctuation_are_folded():
    view = view_of("(一)推進義務教育，提高質量：１２所")
    assert view.text == "(一)推进义务教育,提高质量:12所"
    assert [view.span(place, place + 1) for place in range(3)] == [(0, 1), (1, 2), (2, 3)]


def test_a_pinyin_insertion_belongs_to_the_character_before_it():
    source = "優(yōu)質教育規(guī)劃。"
    view = view_of(source)
    assert view.text == "优质教育规划。"
    start = view.text.index("规")
    assert source[slice(*view.span(start, start + 1))] == "規(guī)"
    assert [repair.raw for repair in view.repairs] == ["(yōu)", "(guī)"]


def test_brackets_with_chinese_or_english_stay():
    view = view_of("完成改造(10對結對學校),使用系統(app)管理")
    assert "(10对结对学校)" in view.text
    assert "(app)" in view.text


def test_untoned_readings_go_only_where_many_toned_ones_prove_the_damage():
    damaged = "規(guī)劃發(fā)展優(yōu)質動(dòng)力學(xué)校的(de)工作"
    assert view_of(damaged).text == "规划发展优质动力学校的工作"
    assert view_of("學校(de)工作").text == "学校(de)工作"


def test_line_ends_of_all_systems_part_lines_once():
    view = view_of("一\r\n二\r三\n四")
    assert [view.of(line) for line in view.lines] == ["一", "二", "三", "四"]


@given(st.text(alphabet="一二教育局規劃(guī)dòng \t\r\n。,:１０", max_size=60))
def test_every_stretch_of_the_view_maps_into_the_source_and_back(text):
    view = view_of(text)
    end = 0
    for index in range(len(view.text)):
        start, stop = view.span(index, index + 1)
        assert end <= start < stop <= len(text)
        assert view.at(start) == index and view.at(stop) == index + 1
        end = stop
    assert view.origin(len(view.text)) == len(text)


@given(st.text(alphabet="規(guī)劃dòng教育１ \n", max_size=60), st.data())
def test_any_offset_leads_to_the_first_character_not_before_it(text, data):
    view = view_of(text)
    offset = data.draw(st.integers(0, len(text)))
    behind = [index for index in range(len(view.text)) if view.origin(index) >= offset]
    assert view.at(offset) == (behind[0] if behind else len(view.text))


def test_an_excerpt_sees_nothing_of_its_neighbours_and_leads_back():
    source = "前規(guī)劃二〇二五年,投入伍仟元後"
    view = view_of(source)
    excerpt = view.excerpt(1, len(source) - 1)
    assert excerpt.text == "规划二零二五年,投入五千元"
    begin = excerpt.text.index("二零")
    assert source[slice(*excerpt.span(begin, begin + 5))] == "二〇二五年"
    assert excerpt.printed(0, 2) == "規劃"
    assert excerpt.index(0) == 0 and excerpt.index(len(source)) == len(excerpt.text)


def test_numerals_read_alike_what_headings_keep_apart():
    view = view_of("○六 – 「兩基」 壹佰贰拾元 大陆")
    assert view.figures == "零六 — “两基” 一百二十元 大陆"
    assert "○" in view.text and "–" in view.text


def test_simplifying_never_changes_the_length():
    text = "裡程碑 後面 乾淨 範圍 臺灣 著名 幹部"
    assert len(simplify(text)) == len(text)
