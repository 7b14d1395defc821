"""Working days around the festivals, as the State Council's notices set them."""

from datetime import date, timedelta

import pytest

from taizhang.kernel.calendar import ANNOUNCED, Term, WorkCalendar, parse_term
from taizhang.kernel.errors import Problem

PLAIN = WorkCalendar()

# day, works, why
DAYS = """
2024-02-04 1 Sunday before Spring Festival is worked
2024-02-09 1 New Year's Eve was a working day in 2024
2024-02-10 0 Spring Festival
2024-02-17 0 last day of Spring Festival
2024-02-18 1 make-up Sunday
2024-09-29 1 make-up Sunday before National Day
2024-10-07 0 National Day
2024-10-12 1 make-up Saturday
2025-01-26 1 make-up Sunday
2025-01-28 0 New Year's Eve, a holiday since 2025
2025-02-04 0 Spring Festival
2025-02-08 1 make-up Saturday
2025-09-28 1 make-up Sunday
2025-10-08 0 National Day with Mid-Autumn
2025-10-09 1 first day back
2025-10-11 1 make-up Saturday
2026-01-02 0 bridged Friday of New Year
2026-01-04 1 make-up Sunday
2026-02-14 1 make-up Saturday
2026-02-15 0 Spring Festival begins
2026-02-23 0 Spring Festival ends
2026-02-28 1 make-up Saturday
2026-05-09 1 make-up Saturday
2026-09-20 1 make-up Sunday
2026-09-25 0 Mid-Autumn
2026-10-07 0 National Day
2026-10-10 1 make-up Saturday
2026-03-07 0 an ordinary Saturday
2026-03-09 1 an ordinary Monday
"""


@pytest.mark.parametrize("line", DAYS.strip().splitlines())
def test_a_day_is_worked_or_off_as_the_notice_says(line):
    day, works, _ = line.split(" ", 2)
    assert PLAIN.is_working(date.fromisoformat(day)) is (works == "1")


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # the Saturday counts
        ("2026-02-13", 2, "2026-02-24"),  # and then the festival does not
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-01-27", 1, "2025-02-05"),
        ("2024-02-09", 1, "2024-02-18"),
        ("2026-02-24", -1, "2026-02-14"),
        ("2026-10-08", -2, "2026-09-29"),
        ("2026-03-07", 0, "2026-03-09"),
        ("2026-03-09", 0, "2026-03-09"),
    ],
)
def test_working_days_are_added_over_festivals_and_back(start, count, end):
    assert PLAIN.add_working_days(date.fromisoformat(start), count).day == date.fromisoformat(end)


def test_counting_between_is_the_inverse_of_adding():
    start = date(2026, 1, 30)
    for count in range(1, 60):
        end = PLAIN.add_working_days(start, count).day
        assert PLAIN.working_days_between(start, end).days == count
        assert PLAIN.working_days_between(end, start).days == -count
    assert PLAIN.working_days_between(start, start).days == 0


def test_a_term_that_ends_in_a_festival_runs_to_the_next_working_day():
    assert PLAIN.next_working_day(date(2026, 10, 1)).day == date(2026, 10, 8)
    assert PLAIN.next_working_day(date(2026, 2, 28)).day == date(2026, 2, 28)


def test_a_year_without_a_notice_counts_weekends_only_and_says_so():
    unknown = ANNOUNCED[1] + 1
    found = PLAIN.add_working_days(date(ANNOUNCED[1], 12, 28), 10)
    assert str(unknown) in found.caveat and "未公布" in found.caveat
    assert PLAIN.working_days_between(date(unknown, 3, 1), date(unknown, 3, 31)).caveat
    assert PLAIN.add_working_days(date(2026, 3, 2), 10).caveat == ""


def test_an_installations_own_days_come_first():
    own = WorkCalendar({date(2026, 3, 9): False, date(2026, 3, 14): True})
    assert own.add_working_days(date(2026, 3, 6), 1).day == date(2026, 3, 10)
    assert own.is_working(date(2026, 3, 14)) and not PLAIN.is_working(date(2026, 3, 14))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("15 working_days", Term(15, "working_days")), ("60 days", Term(60)), ("-3 工作日", Term(-3, "working_days")),
        ("+5 working_days", Term(5, "working_days")), (0, Term(0)), ("30日", Term(30)), ("5个工作日", Term(5, "working_days")),
    ],
)  # fmt: skip
def test_terms_are_written_in_either_language(text, term):
    assert parse_term(text) == term


@pytest.mark.parametrize("text", ["soon", "15 weeks", "", "1.5 days", "十五日"])
def test_a_term_that_cannot_be_read_is_refused_with_the_known_forms(text):
    with pytest.raises(Problem, match="working_days"):
        parse_term(text)


def test_a_term_of_a_lifetime_is_refused():
    with pytest.raises(Problem, match="太长"):
        PLAIN.add_working_days(date(2026, 1, 1), 100_000)


def test_calendar_days_are_not_moved_by_adding():
    assert PLAIN.add(date(2026, 9, 1), Term(30)).day == date(2026, 9, 1) + timedelta(days=30)
    assert PLAIN.add(date(2026, 9, 30), Term(1, "working_days")).day == date(2026, 10, 8)
