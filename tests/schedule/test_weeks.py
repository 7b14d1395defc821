"""Weeks of a term: across months and years, from Sunday or Monday, with the office's own days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.kernel.calendar import WorkCalendar
from taizhang.schedule.weeks import MONDAY, SUNDAY, day_note, days_text, week_number, week_start, weeks_of


def test_weeks_that_open_on_sunday_cross_the_month():
    weeks = weeks_of(date(2026, 8, 31), date(2027, 1, 23), SUNDAY)
    assert (weeks[0].start, weeks[0].end, weeks[0].label) == (date(2026, 8, 30), date(2026, 9, 5), "8月30日—9月5日")
    assert weeks[4].label == "9月27日—10月3日" and len(weeks) == 21


def test_the_week_over_new_year_says_both_years_and_the_count_goes_on():
    weeks = weeks_of(date(2026, 8, 31), date(2027, 1, 23), MONDAY)
    over = next(week for week in weeks if week.start.year != week.end.year)
    assert over.label == "2026.12.28—2027.1.3" and weeks[over.number].start == date(2027, 1, 4)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(20, 200), st.sampled_from([MONDAY, SUNDAY]), st.data())
def test_every_day_of_a_term_is_in_exactly_one_week(first: date, length: int, opens: int, data):
    last = first + timedelta(days=length)
    weeks = weeks_of(first, last, opens)
    day = data.draw(st.dates(first, last))
    holding = [week for week in weeks if week.start <= day <= week.end]
    assert [week.number for week in holding] == [week_number(day, first, opens)]
    assert all(week.start.weekday() == opens and len(week.days) == 7 for week in weeks)
    assert week_start(day, opens) == holding[0].start


@pytest.mark.parametrize(
    ("start", "end", "half", "text"),
    [
        (date(2026, 9, 7), date(2026, 9, 7), "上午", "周一上午"), (date(2026, 9, 10), date(2026, 9, 13), "", "周四至日"),
        (date(2026, 9, 12), date(2026, 9, 16), "", "周六至三"),
    ],
)  # fmt: skip
def test_when_is_said_as_the_tables_say_it(start: date, end: date, half: str, text: str):
    assert days_text(start, end, half) == text


def test_holidays_and_make_up_days_are_marked_and_a_plain_weekend_is_not():
    office = WorkCalendar({date(2026, 9, 9): False, date(2026, 9, 12): True})
    notes = {day: day_note(date(2026, 9, day), office) for day in (8, 9, 12, 13)}
    assert notes == {8: "", 9: "休", 12: "班", 13: ""}
