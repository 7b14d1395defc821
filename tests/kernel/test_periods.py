from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import KINDS, Period

DAYS = st.dates(date(1990, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("code", "start", "end", "label"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31), "2025年"),
        ("2025H1", date(2025, 1, 1), date(2025, 6, 30), "2025年上半年"),
        ("2025Q3", date(2025, 7, 1), date(2025, 9, 30), "2025年第三季度"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("2025-09-10", date(2025, 9, 10), date(2025, 9, 10), "2025年9月10日"),
        ("SY2025", date(2025, 9, 1), date(2026, 8, 31), "2025-2026学年"),
        ("SY2025T1", date(2025, 9, 1), date(2026, 1, 31), "2025-2026学年第一学期"),
        ("SY2025T2", date(2026, 2, 1), date(2026, 8, 31), "2025-2026学年第二学期"),
        ("SY2025T1W03", date(2025, 9, 15), date(2025, 9, 21), "2025-2026学年第一学期第3周"),
    ],
)
def test_a_code_means_these_days(code: str, start: date, end: date, label: str) -> None:
    period = Period.parse(code)
    assert (period.start, period.end, period.label, period.code) == (start, end, label, code)


def test_a_school_year_may_be_written_as_people_print_it() -> None:
    for written in ("2025-2026学年", "2025-2026", "2025—2026学年度"):
        assert Period.parse(written) == Period.parse("SY2025")
    assert Period.parse("2025—2026 学年") == Period.parse("SY2025")


@pytest.mark.parametrize(
    "code", ["", "25", "2025-13", "2025-02-30", "2025Q5", "SY2025T3", "SY2025T1W00", "2025-2027学年", "去年"]
)
def test_an_unreadable_period_is_answered_with_the_forms_that_work(code: str) -> None:
    with pytest.raises(Problem) as refused:
        Period.parse(code)
    assert "SY2025" in refused.value.remedy and refused.value.code == "KER-001"


@given(st.sampled_from(KINDS), DAYS)
def test_every_day_lies_in_its_period_of_every_kind(kind: str, day: date) -> None:
    period = Period.of(kind, day)
    assert day in period
    assert Period.parse(period.code) == period


@given(st.sampled_from(KINDS), DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(kind: str, day: date) -> None:
    period = Period.of(kind, day)
    assert period.previous().end == period.start - timedelta(days=1)
    assert period.previous() < period


def test_last_year_is_the_same_stretch_a_year_earlier() -> None:
    assert Period.parse("2025H1").last_year().code == "2024H1"
    assert Period.parse("SY2025T2").last_year().code == "SY2024T2"


def test_a_period_reads_the_statistics_that_were_newest_when_it_closed() -> None:
    assert Period.parse("2026").as_kind("school_year").code == "SY2026"
    assert Period.parse("2026H1").as_kind("school_year").code == "SY2025"
    assert Period.parse("2026-03").as_kind("year").code == "2026"
