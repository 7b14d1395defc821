"""Time rules: what they read, and the days they give, against days counted by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.kernel.calendar import WorkCalendar
from taizhang.kernel.errors import Problem
from taizhang.kernel.recurrence import Rule, occurrences, parse_rule

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def days(text: str, start: date = YEAR[0], end: date = YEAR[1]) -> list[str]:
    return [item.due.isoformat() for item in occurrences(parse_rule(text), start, end)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("每周", Rule("week")),
        ("每周五", Rule("week", weekday=4)),
        ("每 星期日", Rule("week", weekday=6)),
        ("每月25日", Rule("month", day=25)),
        ("每两年", Rule("year", every=2)),
        ("每3个月", Rule("month", every=3)),
        ("每学期至少两次", Rule("term", times=2)),
        ("每学期第1周", Rule("term", week=1)),
        ("每年3月26日", Rule("year", day=26, month=3)),
        ("每半年1次", Rule("half")),
    ],
)
def test_rules_are_read_as_plans_write_them(text, rule):
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    "text", ["", "经常", "每天", "每月周五", "每周25日", "每年第3周", "每月40日", "每年13月1日", "每0年", "每月99次"]
)
def test_what_is_no_rule_is_refused_with_the_forms_that_are(text):
    with pytest.raises(Problem, match="看不懂时间规则") as told:
        parse_rule(text)
    assert "每学期2次" in told.value.remedy


def test_a_months_last_day_that_is_off_is_owed_on_the_next_working_day():
    # 31 January 2026 is a Saturday; 28 February a worked Saturday (调休); 31 May a Sunday; 31 October a Saturday.
    assert days("每月") == [
        "2026-02-02", "2026-02-28", "2026-03-31", "2026-04-30", "2026-06-01", "2026-06-30", "2026-07-31", "2026-08-31",
        "2026-09-30", "2026-11-02", "2026-11-30", "2026-12-31",
    ]  # fmt: skip


def test_a_rule_within_national_day_is_owed_after_it():
    assert days("每月5日", date(2026, 10, 1), date(2026, 10, 31)) == ["2026-10-08"]
    # 20 September is a worked Sunday, 10 October a worked Saturday: they stay.
    assert days("每月20日", date(2026, 9, 1), date(2026, 9, 30)) == ["2026-09-20"]
    assert days("每月10日", date(2026, 10, 1), date(2026, 10, 31)) == ["2026-10-10"]


def test_two_times_a_term_are_spread_over_it():
    found = occurrences(parse_rule("每学期2次"), date(2025, 9, 1), date(2026, 8, 31))
    assert [(item.key, item.due.isoformat()) for item in found] == [
        ("SY2025T1#1", "2025-11-17"), ("SY2025T1#2", "2026-02-02"), ("SY2025T2#1", "2026-05-18"),
        ("SY2025T2#2", "2026-08-31"),
    ]  # fmt: skip
    assert found[0].label == "2025-2026学年第一学期第1次"


def test_every_two_years_counts_from_where_the_span_begins():
    assert days("每两年", date(2024, 1, 1), date(2029, 12, 31)) == ["2024-12-31", "2026-12-31", "2029-01-01"]


def test_the_year_the_half_the_week_and_the_first_week_of_term():
    assert days("每年3月26日") == ["2026-03-26"]
    assert days("每半年") == ["2026-06-30", "2026-12-31"]
    assert days("每周五", date(2026, 3, 1), date(2026, 3, 31)) == [
        "2026-03-06",
        "2026-03-13",
        "2026-03-20",
        "2026-03-27",
    ]
    assert days("每学期第1周", date(2026, 9, 1), date(2026, 12, 31)) == ["2026-09-07"]


@given(
    st.sampled_from(
        [
            "每周",
            "每周五",
            "每月",
            "每月31日",
            "每季度",
            "每半年",
            "每学期2次",
            "每年",
            "每年2月29日",
            "每3个月",
            "每学年",
        ]
    ),
    st.dates(date(2023, 1, 1), date(2026, 1, 1)),
    st.integers(0, 700),
)
def test_every_day_lies_in_the_span_is_worked_and_has_a_key_of_its_own(text, start, length):
    end = date.fromordinal(start.toordinal() + length)
    found = occurrences(parse_rule(text), start, end)
    calendar = WorkCalendar()
    assert all(start <= item.due <= end and calendar.is_working(item.due) for item in found)
    assert len({item.key for item in found}) == len(found)
    assert [item.due for item in found] == sorted(item.due for item in found)
