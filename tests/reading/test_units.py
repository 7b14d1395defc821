"""Names of units and deadlines in running text."""

from datetime import date

import pytest

from taizhang.reading.units import deadline_in, split_units, units_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("办公室、人事科", ["办公室", "人事科"]),
        ("基教科,各学校", ["基教科", "各学校"]),
        ("计财科和安全科", ["计财科", "安全科"]),
        ("教研室 督导室", ["教研室", "督导室"]),
        ("局办公室(党办)、工会等", ["局办公室", "工会"]),
        ("各有关部门", []),
        ("", []),
    ],
)
def test_lists_of_units_are_split(text, expected):
    assert split_units(text) == expected


def test_a_unit_that_leads_does_not_assist_as_well():
    lead, assist, _ = units_in("(牵头单位:人事科;配合单位:人事科、教研室)")
    assert (lead, assist) == (("人事科",), ("教研室",))


def test_each_unit_is_named_once():
    lead, _, _ = units_in("由人事科牵头,做好培训。(责任科室:人事科)")
    assert lead == ("人事科",)


@pytest.mark.parametrize(
    "text", ["要密切配合做好工作", "加强领导,由专人负责", "形成牵头抓总的格局", "与学校联合开展活动"]
)
def test_phrases_without_a_unit_name_none(text):
    lead, assist, persons = units_in(text)
    assert (lead, persons) == ((), ())
    assert assist == () or assist == ("学校",)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9月", date(2026, 9, 30)),
        ("2026-02-10", date(2026, 2, 10)),
        ("2026.5.1", date(2026, 5, 1)),
        ("12 月 15 日前", date(2026, 12, 15)),
        ("第四季度", date(2026, 12, 31)),
        ("下半年", date(2026, 12, 31)),
        ("13月底前", None),
        ("长期坚持", None),
    ],
)
def test_a_labelled_deadline_needs_no_further_words(text, day):
    found = deadline_in(text, 2026, labelled=True)
    assert (found.day if found else None) == day


def test_the_span_of_a_deadline_is_its_words():
    text = "要抓紧推进,6月30日前完成改造。"
    found = deadline_in(text, 2026)
    assert found is not None
    assert text[found.start : found.end] == "6月30日前"


def test_an_exact_day_wins_over_a_vague_one():
    found = deadline_in("全年抓好落实,6月30日前完成方案。", 2026)
    assert found is not None and found.day == date(2026, 6, 30)


def test_impossible_days_resolve_to_the_end_of_the_month():
    found = deadline_in("2月30日前完成", 2026)
    assert found is not None and found.day == date(2026, 2, 28)


def test_a_full_date_is_that_day_with_a_label_or_without():
    assert deadline_in("2026年12月20日", 2026, labelled=True).day == date(2026, 12, 20)
    assert deadline_in("2026 年 11 月 5 日前", None).day == date(2026, 11, 5)
    assert deadline_in("2026年12月", 2026, labelled=True).day == date(2026, 12, 31)
