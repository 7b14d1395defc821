"""The template tags, rendered."""

import datetime as dt

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from taizhang.kernel.errors import Problem, Problems
from taizhang.ui.tables import Column, Row, Table
from taizhang.ui.templatetags import ui


def render(source, address="/list/", **context):
    request = RequestFactory().get(address)
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize("category", ui.CATEGORIES)
def test_a_state_has_a_word_an_icon_and_a_class(category):
    html = render("{% state '整改中' category %}", category=category)
    assert "整改中" in html
    assert "<svg" in html
    assert f"tz-{category}" in html


def test_an_unknown_icon_is_an_error_that_says_where_to_add_it():
    with pytest.raises(TemplateSyntaxError, match=r"icons\.txt"):
        render("{% icon 'unicorn' %}")


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render("{% icon 'check' %}")
    assert 'aria-label="完成"' in render("{% icon 'check' '完成' %}")


def test_user_text_is_escaped_everywhere():
    bad = "<script>"
    table = Table([Column("名称"), Column("状态", kind="state")], [Row([bad, (bad, "open")], url="/x")], caption=bad)
    sources = [
        "{% state bad 'open' %}",
        "{% number 1 bad %}",
        "{% drill bad '/x' %}",
        "{% callout 'info' bad bad bad %}",
        "{% table table %}",
    ]
    for source in sources:
        assert bad not in render(source, bad=bad, table=table)


def test_a_missing_figure_has_no_unit_and_no_link():
    assert "人" not in render("{% number None '人' %}")
    assert "<a" not in render("{% drill None '/rows' '人' %}")


def test_money_in_wan_keeps_the_exact_amount_at_hand():
    assert 'title="128,500.50 元"' in render("{% money 128500.5 '万元' %}")


def test_progress_is_not_complete_before_the_last_piece():
    assert "99%" in render("{% progress 999 1000 %}")
    assert "100%" in render("{% progress 1000 1000 %}")
    assert "—" in render("{% progress 3 0 %}")


def test_a_fall_is_good_when_lower_is_better():
    assert "tz-good" in render("{% change -2 '人' None 'lower' %}")
    assert "tz-bad" in render("{% change -2 '人' None 'higher' %}")
    assert "持平" in render("{% change 0 %}")


def test_a_closed_matter_is_never_late():
    past = dt.date(2020, 1, 1)
    assert "逾期" in render("{% due past False today %}", past=past, today=dt.date(2020, 1, 3))
    assert "逾期" not in render("{% due past True today %}", past=past, today=dt.date(2020, 1, 3))


def test_a_sortable_header_keeps_the_filter_forgets_the_page_and_turns_round():
    html = render("{% th '日期' 'day' %}", address="/list/?q=a&page=4&sort=day")
    assert "?q=a&amp;sort=-day" in html
    assert 'aria-sort="ascending"' in html
    assert 'aria-sort="descending"' in render("{% th '日期' 'day' %}", address="/list/?sort=-day")
    assert "aria-sort" not in render("{% th '日期' %}", address="/list/?sort=")


def test_a_row_of_the_wrong_length_is_an_error():
    table = Table([Column("甲"), Column("乙")], [Row(["一"])], caption="表")
    with pytest.raises(ValueError, match="zip"):
        list(table.body())


def test_an_empty_table_says_what_to_do():
    html = render("{% table table %}", table=Table([], [], caption="表", empty="还没有学校", remedy="从表格导入"))
    assert "还没有学校" in html
    assert "从表格导入" in html


@pytest.mark.parametrize("kind", ui.CELLS)
def test_every_kind_of_cell_shows_a_missing_value_as_a_dash(kind):
    assert "—" in ui.cell(Column("列", kind=kind), None)


def test_a_code_stays_on_one_line_and_words_may_break():
    column = Column("编号")
    assert "tz-code" in ui.cell(column, "AQ-2026-0418")
    assert "tz-code" not in ui.cell(column, "更换三楼东侧过期灭火器")
    assert "tz-code" not in ui.cell(column, "a sentence that is too long to be the number of anything")


def test_a_progress_cell_takes_a_ratio_or_done_and_total():
    column = Column("进度", kind="progress")
    assert "40%" in ui.cell(column, 0.4)
    assert "2/5" in ui.cell(column, (2, 5))


def test_the_pager_counts_pages_and_keeps_the_address():
    page = Paginator(range(95), 20).get_page(3)
    html = render("{% pager page %}", address="/list/?q=a&page=3", page=page)
    assert "?q=a&amp;page=4" in html
    assert "?q=a&amp;page=2" in html
    assert "?q=a&amp;size=50" in html


def test_a_short_list_offers_no_page_size():
    assert "每页" not in render("{% pager page %}", page=Paginator(range(5), 20).get_page(1))


def filter_form(data=None, count=9):
    fields = {f"条件{number}": forms.CharField(required=False) for number in range(count)}
    return type("Filters", (forms.Form,), fields)(data)


def test_a_long_filter_hides_its_tail_unless_it_is_in_use():
    html = render("{% filters form %}", form=filter_form())
    assert html.index("id_条件3") < html.index("<details") < html.index("id_条件4")
    assert "清除条件" not in html
    used = render("{% filters form %}", form=filter_form({"条件8": "甲"}))
    assert '<details class="tz-filter-more" open>' in used
    assert "清除条件" in used


def test_a_short_filter_shows_everything():
    assert "<details" not in render("{% filters form %}", form=filter_form(count=5))


def test_a_filter_without_script_keeps_order_and_page_size():
    html = render("{% filters form %}", address="/list/?sort=-day&size=50&page=3", form=filter_form())
    assert 'name="sort" value="-day"' in html
    assert 'name="size" value="50"' in html
    assert 'name="page"' not in html


def test_the_menu_opens_the_group_that_holds_the_page():
    groups = [
        {"label": "安全", "items": [{"label": "隐患", "url": "/a", "active": True}]},
        {"label": "教师", "items": [{"label": "名册", "url": "/b"}]},
    ]
    html = render("{% menu %}", menu=groups)
    assert html.count("<details open>") == 1
    assert 'href="/a" aria-current="page"' in html
    assert "<details" not in render("{% menu %}")


def test_a_problem_shows_what_where_remedy_and_code_whatever_its_shape():
    one = Problem("a.b", "数字写错", where="第 7 行", remedy="改成数字")
    two = Problem("c.d", "没有单位")
    for shape in (one, one.as_dict()):
        html = render("{% problem shape %}", shape=shape)
        assert all(word in html for word in ("数字写错", "第 7 行", "改成数字", "a.b"))
    for shape in (Problems([one, two]), Problems([one, two]).as_dict(), [one, two]):
        assert render("{% problem shape %}", shape=shape).count("tz-callout-title") == 2


class SampleForm(forms.Form):
    学校 = forms.CharField(help_text="写全称")
    经费 = forms.DecimalField(required=False)
    来源 = forms.CharField(widget=forms.HiddenInput, required=False)
    sections = [("基本", ["学校"])]


def test_a_field_has_its_label_mark_help_and_error_tied_to_the_control():
    form = SampleForm({"学校": "", "经费": "三万"})
    html = render("{% form form %}", form=form)
    assert 'for="id_学校"' in html
    assert 'aria-describedby="id_学校_helptext id_学校_error"' in html
    assert 'id="id_学校_error"' in html
    assert 'aria-invalid="true"' in html
    assert "有 2 处需要修改" in html
    assert html.count("tz-required") == 1


def test_fields_outside_the_sections_come_last_and_hidden_ones_have_no_label():
    html = render("{% form form %}", form=SampleForm())
    assert html.index("基本") < html.index("其他") < html.index("id_经费")
    assert 'for="id_来源"' not in html
    assert 'type="hidden"' in html


def test_a_section_may_name_a_field_this_user_does_not_get():
    form = SampleForm()
    del form.fields["学校"]
    assert "id_经费" in render("{% form form %}", form=form)


def test_a_chart_cannot_break_out_of_its_script():
    data = {"title": "表", "categories": ["</script><b>"], "series": [{"name": "甲", "values": [1]}]}
    html = render("{% chart 'c' 'bar' data %}", data=data)
    assert "</script><b>" not in html
    assert "\\u003c/script\\u003e" in html


def test_an_icon_named_in_any_template_exists():
    import re
    from pathlib import Path

    used = set()
    for template in (Path(ui.__file__).parent.parent / "templates").rglob("*.html"):
        used.update(re.findall(r"{% icon ['\"]([\w-]+)['\"]", template.read_text(encoding="utf-8")))
    assert used
    assert used <= ui.icon_names()
