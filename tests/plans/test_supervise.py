"""督办: the ladder over holidays and make-up Saturdays, letters with receipts and answers, requests for more time."""

import io
from datetime import date, timedelta

import docx
import pytest

from taizhang.catalog.current import catalog
from taizhang.events import daily
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.org.models import Notice
from taizhang.plans import actions
from taizhang.plans.models import Task
from taizhang.plans.supervise import extensions, ladder, letters
from taizhang.plans.supervise.models import Extension, TaskLetter, TaskUrging
from tests.plans.year import task_due
from tests.support import County, make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = tmp_path
    return make_county()


def run(day: str) -> int:
    return ladder.run_ladders(date.fromisoformat(day))


def levels(task: Task) -> list[str]:
    return [f"{item.level}{'(并)' if item.is_merged else ''}" for item in task.urgings.order_by("id")]


# Set down by our calendar and compared with the State Council's notices (2025 and 2026): deadline, then the days of the six rungs.
# 2025-01-26 Sun, 02-08 Sat, 04-27 Sun, 09-28 Sun, 10-11 Sat and 2026-01-04 Sun, 02-14 Sat, 02-28 Sat, 09-20 Sun, 10-10 Sat
# are worked; Spring Festival is off from 01-28 to 02-04 (2025) and from 02-16 to 02-23 (2026), National Day to 10-08/10-07.
TABLE = [
    ("2025-01-27", "2025-01-21", "2025-01-27", "2025-02-06", "2025-02-10", "2025-02-17", "2025-03-03"),
    ("2025-02-14", "2025-02-08", "2025-02-14", "2025-02-18", "2025-02-21", "2025-02-28", "2025-03-14"),
    ("2025-04-30", "2025-04-24", "2025-04-30", "2025-05-07", "2025-05-12", "2025-05-19", "2025-06-03"),
    ("2025-09-30", "2025-09-24", "2025-09-30", "2025-10-10", "2025-10-14", "2025-10-21", "2025-11-04"),
    ("2025-10-15", "2025-10-09", "2025-10-15", "2025-10-17", "2025-10-22", "2025-10-29", "2025-11-12"),
    ("2026-01-04", "2025-12-25", "2026-01-04", "2026-01-06", "2026-01-09", "2026-01-16", "2026-01-30"),
    ("2026-02-13", "2026-02-06", "2026-02-13", "2026-02-24", "2026-02-27", "2026-03-05", "2026-03-19"),
    ("2026-02-28", "2026-02-14", "2026-02-28", "2026-03-03", "2026-03-06", "2026-03-13", "2026-03-27"),
    ("2026-09-30", "2026-09-22", "2026-09-30", "2026-10-09", "2026-10-13", "2026-10-20", "2026-11-03"),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_the_rungs_fall_on_the_days_counted_by_hand(county, row):
    due, *days = (date.fromisoformat(day) for day in row)
    assert [rung.day for rung in ladder.rungs(catalog().ladders["任务督办"], due)] == days


def test_a_year_of_daily_runs_gives_each_rung_on_its_day_over_spring_festival(county):
    task = task_due(county, "2026-02-13")
    given = []
    for n in range(90):
        day = date(2026, 1, 20) + timedelta(days=n)
        before = task.urgings.count()
        ladder.run_ladders(day)
        ladder.run_ladders(day)
        if task.urgings.count() > before:
            given.append((day.isoformat(), task.urgings.last().level))
    assert given == [
        ("2026-02-06", "提醒"), ("2026-02-13", "提醒"), ("2026-02-24", "催办单"), ("2026-02-27", "督办通知单"),
        ("2026-03-05", "约谈"), ("2026-03-19", "通报"),
    ]  # fmt: skip
    assert [str(letter) for letter in task.letters.all()] == [
        "任务催办单 任催〔2026〕1号", "任务督办通知单 任督〔2026〕1号", "任务约谈通知书 任约〔2026〕1号",
        "任务通报 任通〔2026〕1号",
    ]  # fmt: skip
    assert [letter.answer_by for letter in task.letters.all()] == [
        date(2026, 2, 27), date(2026, 3, 5), date(2026, 3, 12), None,
    ]  # fmt: skip


def test_a_deadline_on_a_holiday_is_told_when_the_office_is_back(county):
    task = task_due(county, "2026-10-01")
    assert [run("2026-09-22"), run("2026-09-23"), run("2026-10-01"), run("2026-10-07"), run("2026-10-08")] == [
        0, 1, 0, 0, 1,
    ]  # fmt: skip
    assert levels(task) == ["提醒", "提醒"]


def test_a_worker_that_was_off_gives_the_latest_step_and_keeps_the_passed_ones_as_merged(county):
    task = task_due(county, "2026-03-02")
    assert run("2026-03-10") == 1
    assert levels(task) == ["提醒(并)", "提醒(并)", "催办单(并)", "督办通知单"]
    assert task.letters.get().name == "任务督办通知单"


def test_what_is_done_cancelled_closed_or_unurged_is_left_alone(county):
    finished, cancelled = task_due(county, "2026-03-02"), task_due(county, "2026-03-02")
    closed, silent = task_due(county, "2026-03-02"), task_due(county, "2026-03-02")
    actions.report_progress(task=finished, percent=100, note="办完", by=county.safety)
    actions.cancel_task(task=cancelled, reason="不再需要", by=county.office)
    actions.close_plan(plan=closed.plan, by=county.office)
    actions.edit_plan(plan=silent.plan, ladder="", by=county.office)
    assert run("2026-03-20") == 0 and not TaskUrging.objects.exists()
    with pytest.raises(Problem, match="没有任务用的督办阶梯"):
        actions.edit_plan(plan=silent.plan, ladder="隐患督办", by=county.office)


def test_escalation_goes_up_the_posts_and_tells_only_who_may_see(county):
    task_due(county, "2026-03-02")
    Notice.objects.all().delete()
    run("2026-03-02")
    assert {notice.user for notice in Notice.objects.all()} == {county.safety}
    run("2026-03-16")
    told = {notice.user for notice in Notice.objects.filter(level="约谈")}
    assert told == {county.safety, county.office, county.chief}
    assert not Notice.objects.filter(user__in=[county.finance, county.own, county.stranger]).exists()
    assert "已超过 10 个工作日" in Notice.objects.filter(level="约谈").first().text


def test_several_leading_units_get_a_letter_each_with_its_own_number(county):
    task = task_due(county, "2026-03-02", leads=[county.unit("K2"), county.unit("K3")], assistants=[])
    run("2026-03-04")
    assert {(letter.unit.code, letter.number) for letter in task.letters.all()} == {
        ("K2", "任催〔2026〕1号"), ("K3", "任催〔2026〕2号"),
    }  # fmt: skip


def test_the_letter_says_which_task_how_late_and_how_far(county):
    task = task_due(county, "2026-03-02")
    actions.report_progress(task=task, percent=40, note="查了一半", by=county.safety)
    run("2026-03-04")
    letter = task.letters.get()
    assert letter.unit.code == "K2" and "安全管理科" in letter.html
    text = "\n".join(item.text for item in docx.Document(io.BytesIO(letters.content(letter))).paragraphs)
    for words in ("任催〔2026〕1号", "排查隐患", "2026年3月2日前办结", "2个工作日", "已完成40%", "2026年3月9日前"):
        assert words in text
    assert "测试县教育局" in text and "2026年3月4日" in text


def test_a_letter_is_signed_for_and_answered_once_by_its_unit(county):
    task = task_due(county, "2026-03-02")
    run("2026-03-04")
    letter = task.letters.get()
    for person in (county.office, county.finance, county.chief, county.own, county.stranger):
        with pytest.raises(Forbidden):
            letters.sign_letter(letter=letter, by=person)
        with pytest.raises(Forbidden):
            letters.answer_letter(letter=letter, text="我们正在办理。", by=person)
    assert list(letters.waiting_letters(county.safety)) == [letter]
    with pytest.raises(Problem, match="反馈太短"):
        letters.answer_letter(letter=letter, text="好", by=county.safety)
    assert letters.answer_letter(letter=letter, text="三月底前办结，缺的材料已补齐。", by=county.safety).signed_at
    for again in (
        lambda: letters.sign_letter(letter=letter, by=county.safety),
        lambda: letters.answer_letter(letter=letter, text="再说一遍也可以吗", by=county.safety),
    ):
        with pytest.raises(Problem, match="已"):
            again()
    assert not letters.waiting_letters(county.safety)


def test_an_answer_is_late_after_its_day(county):
    task = task_due(county, "2026-03-02")
    run("2026-03-04")
    letter = task.letters.get()
    assert not letter.answer_is_late(date(2026, 3, 9)) and letter.answer_is_late(date(2026, 3, 10))


def test_the_office_writes_a_letter_by_hand_and_others_do_not(county):
    task = task_due(county, "2026-12-31")
    (letter,) = letters.issue_letters(task=task, name="任务督办通知单", by=county.office, note="本周内补报。")
    assert letter.issued_by == county.office
    for person in (county.safety, county.chief, county.own, county.stranger):
        with pytest.raises(Forbidden):
            letters.issue_letters(task=task, name="任务督办通知单", by=person)
    with pytest.raises(NotFound):
        letters.issue_letters(task=task, name="没有的文书", by=county.office)


def test_who_sees_a_letter(county):
    task = task_due(county, "2026-03-02")
    run("2026-03-04")
    letter = task.letters.get()
    for person in (county.office, county.chief, county.safety, county.root):
        assert letters.get_letter_for(person, letter.pk) == letter
    for person in (county.finance, county.own, county.district, county.stranger):
        with pytest.raises(NotFound):
            letters.get_letter_for(person, letter.pk)


def asked(county: County, task: Task, until: str = "2026-04-30", **more) -> Extension:
    words = {"reason": "招标流标，须重新组织。", "by": county.safety, "today": date(2026, 3, 1)} | more
    return extensions.ask_extension(task=task, until=date.fromisoformat(until), **words)


def test_more_time_is_asked_for_by_the_lead_decided_by_a_leader_and_put_in_writing(county):
    task = task_due(county, "2026-03-02")
    request = asked(county, task)
    assert Notice.objects.filter(user=county.chief, level="请示").count() == 1
    for person in (county.office, county.safety, county.own):
        with pytest.raises(Forbidden):
            extensions.decide_extension(extension=request, grant=True, by=person)
    extensions.decide_extension(extension=request, grant=True, by=county.chief, today=date(2026, 3, 2))
    task.refresh_from_db()
    assert task.deadline == date(2026, 4, 30)
    letter = task.letters.get()
    assert (letter.name, letter.unit.code) == ("任务延期批复", "K2") and "2026年4月30日" in letter.html
    with pytest.raises(Problem, match="已批复"):
        extensions.decide_extension(extension=request, grant=False, note="不", by=county.chief)


def test_after_an_extension_the_ladder_counts_from_the_new_day(county):
    task = task_due(county, "2026-03-02")
    run("2026-03-04")
    request = asked(county, task, today=date(2026, 3, 5))
    extensions.decide_extension(extension=request, grant=True, by=county.chief, today=date(2026, 3, 5))
    assert run("2026-04-01") == 0
    assert run("2026-04-23") == 1
    assert levels(task)[-1] == "提醒"


def test_a_refused_request_leaves_the_day_and_needs_words(county):
    task = task_due(county, "2026-03-02")
    request = asked(county, task)
    with pytest.raises(Problem, match="须写明意见"):
        extensions.decide_extension(extension=request, grant=False, by=county.chief)
    extensions.decide_extension(extension=request, grant=False, note="年内必须办结", by=county.chief)
    task.refresh_from_db()
    assert task.deadline == date(2026, 3, 2) and not task.letters.exists()
    assert asked(county, task, until="2026-05-01")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": "2026-03-02"}, "不晚于"),
        ({"until": "2026-03-03", "today": date(2026, 3, 9)}, "不晚于"),
        ({"reason": "忙"}, "理由"),
    ],
)
def test_a_request_without_sense_is_refused(county, change, said):
    task = task_due(county, "2026-03-02")
    with pytest.raises(Problem, match=said):
        asked(county, task, **change)
    assert not Extension.objects.exists()


def test_only_the_lead_asks_and_only_once_at_a_time(county):
    task = task_due(county, "2026-03-02")
    for person in (county.finance, county.office, county.own):
        with pytest.raises(Forbidden):
            asked(county, task, by=person)
    asked(county, task)
    with pytest.raises(Problem, match="在等批复"):
        asked(county, task)


def test_the_daily_run_climbs_the_ladder_and_one_faulty_task_does_not_silence_the_others(county, monkeypatch):
    broken, fine = task_due(county, "2026-03-02"), task_due(county, "2026-03-02")
    whole = ladder.issue_letters

    def issue(*, task, **more):
        if task.pk == broken.pk:
            raise Problem("RPT-001", "模板坏了")
        return whole(task=task, **more)

    monkeypatch.setattr(ladder, "issue_letters", issue)
    assert "plans.ladders" in daily.run_due(date(2026, 3, 4))
    assert not broken.urgings.exists() and levels(fine)[-1] == "催办单"
    assert TaskLetter.objects.get().task == fine


def test_everything_of_supervision_is_in_the_log(county):
    task = task_due(county, "2026-03-02")
    run("2026-03-04")
    letters.answer_letter(letter=task.letters.get(), text="本月办结，请放心。", by=county.safety)
    request = asked(county, task, today=date(2026, 3, 5))
    extensions.decide_extension(extension=request, grant=True, by=county.chief, today=date(2026, 3, 5))
    told = Event.objects.filter(subject=f"task:{task.pk}", action__startswith="plans.").order_by("id")
    assert list(told.values_list("action", flat=True)) == [
        "plans.task.added", "plans.task.given", "plans.task.letter_issued", "plans.task.urged",
        "plans.task.letter_signed", "plans.task.letter_answered", "plans.task.extension_asked", "plans.task.extended",
        "plans.task.letter_issued",
    ]  # fmt: skip
