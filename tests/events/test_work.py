"""Long work outside the request, and what runs by itself each day."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.events import daily, work
from taizhang.events.models import DailyRun, Event, Work
from taizhang.events.worker import Worker
from taizhang.kernel.errors import NotFound, Problem
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
IN_DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def county() -> County:
    return make_county()


@pytest.fixture(autouse=True)
def only_ours(monkeypatch, settings, tmp_path):
    settings.FILES = tmp_path
    monkeypatch.setattr(work, "FUNCTIONS", {})
    monkeypatch.setattr(daily, "FUNCTIONS", {})
    # The worker opens its connections anew; the test's own must stay open with its transaction.
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def counting():
    """Work that counts to a number, stumbles when asked to, and writes a file."""

    @work.work("tests.count")
    def count(made: Work, *, number: int, stumble: str = "") -> dict:
        for step in range(number):
            made.tick(step + 1, number)
        if stumble == "problem" and not made.memo:
            made.remember(counted=number)
            raise Problem("TST-001", "数错了", remedy="重数")
        if stumble == "accident":
            raise ZeroDivisionError("secret detail")
        made.path.write_bytes(b"1,2,3")
        return {"words": f"数到 {number}", "counted": made.memo.get("counted", 0)}


def test_work_is_done_with_its_result_its_file_and_who_asked_for_it(county, counting):
    made = work.start("tests.count", by=county.own, title="数数", file="数.csv", number=3)
    assert (made.state, made.done, made.total, made.problem) == (Work.DONE, 3, 3, {})
    assert made.result["words"] == "数到 3"
    assert made.by == county.own and made.path.read_bytes() == b"1,2,3" and made.ended_at
    assert Event.objects.get(action="events.work.started").data["kind"] == "tests.count"


def test_what_goes_wrong_is_told_in_a_sentence_with_its_class_and_can_be_done_again(county, counting):
    made = work.start("tests.count", by=county.own, title="数数", number=2, stumble="problem")
    assert made.state == Work.FAILED and made.problem["message"] == "数错了" and made.problem["class"] == "Problem"
    again = work.retry(made, by=county.own)
    assert again.state == Work.DONE and again.problem == {} and again.result["counted"] == 2, "it found its memo again"
    with pytest.raises(Problem, match="不用重做"):
        work.retry(again, by=county.own)


def test_an_accident_keeps_its_class_and_does_not_show_the_programs_inside(county, counting, caplog):
    made = work.start("tests.count", by=county.own, title="数数", number=2, stumble="accident")
    assert made.problem["class"] == "ZeroDivisionError" and "secret detail" not in str(made.problem)
    assert "secret detail" in caplog.text


def test_no_work_of_a_kind_that_nobody_registered(county):
    with pytest.raises(ValueError, match="no work"):
        work.start("tests.nothing", by=county.own, title="无")


def test_two_functions_may_not_share_a_name(counting):
    with pytest.raises(ValueError, match="twice"):
        work.work("tests.count")(lambda made: None)
    daily.register("tests.day", print)
    with pytest.raises(ValueError, match="twice"):
        daily.register("tests.day", repr)


def test_work_waits_in_the_database_until_a_worker_takes_it(county, counting, settings):
    settings.TASKS = IN_DATABASE
    made = work.start("tests.count", by=county.own, title="数数", number=2)
    assert made.state == Work.QUEUED and work.waiting_for(county.own) == 1
    assert 'aria-label="后台工作"' in browser(county.own).get("/").content.decode(), "the sign in the top bar"
    Worker().once()
    made.refresh_from_db()
    assert made.state == Work.DONE and work.waiting_for(county.own) == 0
    assert 'aria-label="后台工作"' not in browser(county.own).get("/").content.decode()


def test_work_of_a_transaction_that_fails_was_never_started(county, counting, settings):
    settings.TASKS = IN_DATABASE

    def start_and_fail():
        with transaction.atomic():
            work.start("tests.count", by=county.own, title="数数", number=2)
            raise Problem("TST-002", "不存了")

    with pytest.raises(Problem):
        start_and_fail()
    Worker().once()
    assert not Work.objects.exists()


def test_work_whose_worker_died_can_be_done_again_and_running_work_is_left_alone(county, counting):
    made = work.start("tests.count", by=county.own, title="数数", number=2)
    Work.objects.update(state=Work.RUNNING, heard_at=timezone.now() - timedelta(minutes=9))
    work.hear([made.pk])
    assert work.give_up_silent() == 0
    Work.objects.update(heard_at=timezone.now() - timedelta(minutes=9))
    assert work.give_up_silent() == 1
    made.refresh_from_db()
    assert made.state == Work.FAILED and "中途停了" in made.problem["message"]
    assert work.retry(made, by=county.own).state == Work.DONE


def test_old_work_goes_with_its_files(county, counting):
    made = work.start("tests.count", by=county.own, title="数数", number=1)
    folder = made.folder
    assert work.forget_old(timezone.localdate()) == 0
    assert work.forget_old(timezone.localdate() + timedelta(days=32)) == 1
    assert not folder.exists() and not Work.objects.exists()


def test_a_person_sees_the_own_works_and_nobody_elses(county, counting):
    made = work.start("tests.count", by=county.own, title="数数的工作", file="数.csv", number=3)
    where = {name: reverse(f"events:{name}", args=[made.pk]) for name in ("work", "file", "retry")}
    own = browser(county.own)
    assert "数到 3" in own.get(where["work"]).content.decode()
    answer = own.get(where["file"])
    assert answer.getvalue() == b"1,2,3" and "%E6%95%B0.csv" in answer["Content-Disposition"]
    assert own.post(where["retry"]).status_code == 422
    assert "数数的工作" in own.get(reverse("events:works")).content.decode()
    for person in (county.other, county.office, county.stranger, county.root):
        client = browser(person)
        assert client.get(where["work"]).status_code == 404
        assert client.get(where["file"]).status_code == 404
        assert client.post(where["retry"]).status_code == 404
        assert "数数的工作" not in client.get(reverse("events:works")).content.decode()
    with pytest.raises(NotFound):
        work.work_for(county.other, made.pk)


def test_a_running_work_asks_again_and_reloads_the_page_when_it_is_over(county, counting):
    made = work.start("tests.count", by=county.own, title="数数", number=3)
    Work.objects.update(state=Work.RUNNING, done=1, total=4)
    where, client = reverse("events:work", args=[made.pk]), browser(county.own)
    part = client.get(where, headers={"HX-Request": "true"})
    assert "every 1s" in part.content.decode() and "25" in part.content.decode() and "HX-Refresh" not in part
    Work.objects.update(state=Work.DONE)
    over = client.get(where, headers={"HX-Request": "true"})
    assert over["HX-Refresh"] == "true" and "every 1s" not in over.content.decode()


def test_work_that_nobody_takes_says_what_is_missing(county, counting, settings):
    settings.TASKS = IN_DATABASE
    made = work.start("tests.count", by=county.own, title="数数", number=2)
    page = browser(county.own).get(reverse("events:work", args=[made.pk])).content.decode()
    assert "taizhang worker" not in page
    Work.objects.update(made_at=timezone.now() - timedelta(minutes=2))
    page = browser(county.own).get(reverse("events:work", args=[made.pk])).content.decode()
    assert "taizhang worker" in page


def test_failed_work_shows_why_and_a_button(county, counting):
    made = work.start("tests.count", by=county.own, title="数数", number=2, stumble="problem")
    client = browser(county.own)
    page = client.get(reverse("events:work", args=[made.pk])).content.decode()
    assert "数错了" in page and "重做" in page
    assert client.post(reverse("events:retry", args=[made.pk])).status_code == 302
    assert client.get(reverse("events:file", args=[made.pk])).status_code == 404, "no file was promised"


def test_a_daily_function_runs_once_a_day_however_often_one_asks():
    days = []
    daily.register("tests.day", days.append)
    today = date(2026, 3, 2)
    assert daily.run_due(today) == ["tests.day"] and daily.run_due(today) == []
    assert daily.run_due(today + timedelta(days=1)) == ["tests.day"]
    assert days == [today, today + timedelta(days=1)]


def test_a_daily_function_that_fails_is_tried_again_later_and_holds_up_no_other(caplog):
    tries = []

    def fails(day):
        tries.append(day)
        raise Problem("TST-003", "今天不行")

    daily.register("tests.a_fails", fails)
    daily.register("tests.b_works", lambda day: None)
    today = date(2026, 3, 2)
    assert daily.run_due(today) == ["tests.b_works"] and daily.run_due(today) == [], "not at once again"
    assert "今天不行" in DailyRun.objects.get(key="tests.a_fails").problem
    for wanted in (2, 3, 3):
        DailyRun.objects.update(tried_at=timezone.now() - timedelta(hours=2))
        daily.run_due(today)
        assert len(tries) == wanted


def test_another_worker_may_have_been_first(monkeypatch):
    """Both workers looked before either wrote: the unique row decides."""
    daily.register("tests.day", lambda day: pytest.fail("ran twice"))
    DailyRun.objects.create(key="tests.day", day=date(2026, 3, 2), tried_at=timezone.now())
    nothing = DailyRun.objects.none()
    monkeypatch.setattr(DailyRun.objects, "filter", lambda **_: nothing)
    assert daily.run_due(date(2026, 3, 2)) == []
