"""The bureau's own days: written in the browser, in force at once; running terms are worked out anew and say so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.models import PackRelease
from taizhang.events.daily import FUNCTIONS
from taizhang.events.models import Event, Work
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.registers.actions import create_record
from taizhang.registers.clock_actions import refresh_deadlines
from taizhang.registers.maker.actions import set_days
from taizhang.registers.models import Record, Version
from tests.registers.test_deadlines import PETITION
from tests.support import County

pytestmark = pytest.mark.django_db
PAGE = "/settings/calendar/"


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def next_monday() -> date:
    today = timezone.localdate()
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def letter(county: County, install: Any) -> Record:
    """A case whose term of 15 days ends on a working day, a Monday as the state has it."""
    install(letter_case=PETITION)
    ends = next_monday() + timedelta(days=7)
    while not catalog().calendar.is_working(ends):
        ends += timedelta(days=1)
    values = {"登记日期": (ends - timedelta(days=15)).isoformat(), "事项": "食堂"}
    record = create_record(register="letter_case", unit=county.unit("S1"), values=values, by=county.own).record
    assert record.due_on == ends
    return record


def test_a_day_off_of_the_bureau_moves_what_ends_on_it_and_the_timeline_says_why(county: County, letter: Record):
    was = letter.due_on
    assert was is not None
    answer = client_of(county.office).post(PAGE, {"first": was.isoformat(), "word": "休", "reason": "县庆放假"})
    assert answer.status_code == 302
    assert not catalog().calendar.is_working(was)
    refresh_deadlines(timezone.localdate())
    letter.refresh_from_db()
    due = letter.due_on
    assert due is not None and due > was and catalog().calendar.is_working(due)
    version = Version.objects.get(record=letter, action="重算期限")
    assert f"到期日由 {was} 改为 {due}" in version.reason and version.by_name == "系统"
    page = client_of(county.own).get(f"/registers/records/{letter.pk}/").content.decode()
    assert "重算期限" in page and str(due) in page
    shown = client_of(county.office).get(PAGE).content.decode()
    assert "县庆放假" in shown
    told = Event.objects.get(action="registers.calendar.changed")
    assert told.data["word"] == "休" and told.data["reason"] == "县庆放假"
    assert Work.objects.get(kind="registers.deadlines").by_id == county.office.pk
    # Given back to the state, it is as before.
    set_days(first=was, last=was, word="", reason="", by=county.office)
    refresh_deadlines(timezone.localdate())
    letter.refresh_from_db()
    assert letter.due_on == was


def test_a_second_run_moves_nothing_and_writes_nothing(county: County, letter: Record):
    before = Version.objects.count()
    assert refresh_deadlines(timezone.localdate()) == 0
    assert Version.objects.count() == before
    assert "registers.deadlines" in FUNCTIONS
    assert sorted(["registers.deadlines", "registers.ladders"])[0] == "registers.deadlines"


def test_weeks_of_days_are_declared_at_once_and_the_release_tells_them(county: County):
    monday = next_monday()
    made = set_days(first=monday, last=monday + timedelta(days=4), word="休", reason="停课", by=county.office)
    saturday = monday + timedelta(days=5)
    set_days(first=saturday, last=saturday, word="班", reason="补课日", by=county.office)
    calendar = catalog().calendar
    assert [calendar.is_working(monday + timedelta(days=n)) for n in range(6)] == [False] * 5 + [True]
    assert catalog().own_days[saturday] == (True, "补课日")
    page = client_of(county.office).get(f"/settings/packs/releases/{made.pk}/").content.decode()
    assert f"日历 {monday}：休息" in page


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"first": date(2026, 5, 2), "last": date(2026, 5, 1)}, "起止日期"),
        ({"first": date(2026, 5, 1), "last": date(2026, 12, 1)}, "起止日期"),
        ({"reason": " "}, "没有写事由"),
        ({"word": "", "reason": ""}, "日历没有变"),
    ],
)
def test_what_cannot_be_meant_is_refused(county: County, more: dict[str, Any], told: str):
    given = {"first": date(2026, 5, 1), "last": date(2026, 5, 1), "word": "休", "reason": "停电检修", **more}
    with pytest.raises(Problem, match=told):
        set_days(**given, by=county.office)
    assert not PackRelease.objects.filter(name="local").exists()


def test_a_faulty_form_comes_back_with_its_words(county: County):
    office = client_of(county.office)
    assert office.post(PAGE, {"first": "后天", "word": "休"}).status_code == 422
    answer = office.post(PAGE, {"first": "2026-05-01", "word": "休", "reason": ""})
    assert answer.status_code == 422 and "没有写事由" in answer.content.decode()


def test_a_section_reads_it_a_school_does_not_and_only_who_releases_changes_it(county: County):
    given = {"first": "2026-05-01", "word": "休", "reason": "停电检修"}
    section = client_of(county.safety)
    page = section.get(PAGE)
    assert page.status_code == 200 and "立即生效</button>" not in page.content.decode()
    assert section.post(PAGE, given).status_code == 403
    for user in (county.own, county.district, county.stranger):
        assert client_of(user).get(PAGE).status_code == 403
        assert client_of(user).post(PAGE, given).status_code == 403
    with pytest.raises(Forbidden):
        set_days(first=date(2026, 5, 1), last=date(2026, 5, 1), word="休", reason="停电", by=county.safety)
