"""A plan's life by its actions: draft, mend, accept, report, finish."""

import datetime as dt
from decimal import Decimal

import pytest

from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.plans import actions
from taizhang.plans.models import Plan, Task, TaskUnit
from taizhang.plans.queries import get_task_for, owed_tasks, plan_summary, plans_for, tasks_for
from tests.plans.builders import plan_document
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 7, 15)


@pytest.fixture
def county() -> County:
    return make_county()


def draft(county: County) -> Plan:
    return actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)


def accepted(county: County) -> Plan:
    plan = draft(county)
    last = plan.tasks.last()
    actions.assign_units(task=last, leads=[county.unit("K3")], by=county.office)
    return actions.accept_plan(plan=plan, by=county.office)


def test_a_document_becomes_tasks_with_units_deadlines_and_targets(county):
    plan = draft(county)
    tasks = list(plan.tasks.all())
    assert (plan.title, plan.period, plan.unit.code) == ("测试县教育局2026年工作要点", "2026", "B1")
    assert [task.title for task in tasks] == [
        "开展校园安全隐患排查", "完善校园安防设施", "做好预算执行", "清理历年往来款项",
    ]  # fmt: skip
    assert [unit.code for unit in tasks[0].leads] == ["K2"] and [unit.code for unit in tasks[0].assistants] == ["K1"]
    assert tasks[0].deadline == dt.date(2026, 6, 30) and tasks[0].path == ["安全工作"]
    assert tasks[3].leads == [] and tasks[3].lead_text == "审计小组"
    target = tasks[0].targets.get()
    assert (target.value, target.unit, target.comparator, target.qualifier) == (Decimal(98), "%", ">=", "以上")
    assert target.indicator_code == "hazard_rectified_rate"
    text = plan.document.reading.text
    assert text[tasks[1].start : tasks[1].end].startswith("2.完善校园安防设施")


def test_the_same_document_gives_the_same_draft_again(county):
    plan = draft(county)
    assert actions.draft_plan_from_document(document=plan.document, by=county.office) == plan
    assert Plan.objects.count() == 1


def test_a_document_without_tasks_makes_no_plan(county):
    document = plan_document(county.office, "关于天气的说明\n今天天气晴朗，适合散步。")
    with pytest.raises(Problem, match="没有找到任务条目"):
        actions.draft_plan_from_document(document=document, by=county.office)
    assert not Plan.objects.exists()


def test_a_plan_with_an_unassigned_task_is_not_accepted_and_the_task_is_named(county):
    plan = draft(county)
    with pytest.raises(Problems, match=r"清理历年往来款项.*没有牵头单位（原文：审计小组）"):
        actions.accept_plan(plan=plan, by=county.office)
    plan.refresh_from_db()
    assert plan.state == Plan.DRAFT


def test_a_plan_without_period_or_tasks_says_both(county):
    plan = actions.create_plan(title="会议交办", unit=county.unit("B1"), by=county.office)
    with pytest.raises(Problems) as raised:
        actions.accept_plan(plan=plan, by=county.office)
    assert [problem.code for problem in raised.value.problems] == ["PLAN-022", "PLAN-023"]


def test_only_those_who_accept_plans_prepare_them(county):
    plan = draft(county)
    for person in (county.safety, county.chief, county.own, county.stranger):
        with pytest.raises(Forbidden):
            actions.accept_plan(plan=plan, by=person)
        with pytest.raises(Forbidden):
            actions.edit_task(task=plan.tasks.first(), title="改名", by=person)
        with pytest.raises(Forbidden):
            actions.create_plan(title="另起", unit=county.unit("B1"), by=person)


def test_editing_changes_what_is_given_and_leaves_the_rest(county):
    task = draft(county).tasks.first()
    actions.edit_task(task=task, title=" 排查隐患 ", deadline="2026-05-31", by=county.office)
    task.refresh_from_db()
    assert (task.title, task.deadline, task.number) == ("排查隐患", dt.date(2026, 5, 31), "1.")
    assert [unit.code for unit in task.leads] == ["K2"]
    with pytest.raises(Problem, match="没有写任务名称"):
        actions.edit_task(task=task, title="  ", by=county.office)
    with pytest.raises(TypeError):
        actions.edit_task(task=task, progress=100, by=county.office)


def test_a_split_task_keeps_its_place_units_and_gives_targets_to_the_part_that_names_them(county):
    plan = draft(county)
    task = plan.tasks.first()
    first, second = actions.split_task(
        task=task, texts=["开展校园安全隐患排查。", "全年排查隐患整改率达到98%以上。"], by=county.office
    )
    assert [row.order for row in plan.tasks.all()] == [1, 2, 3, 4, 5]
    assert first.pk == task.pk and second.order == 2
    assert [unit.code for unit in second.leads] == ["K2"]
    assert second.targets.count() == 1 and not first.targets.exists()
    text = plan.document.reading.text
    assert text[first.start : first.end] == "开展校园安全隐患排查。"
    with pytest.raises(Problem, match="至少要拆成两项"):
        actions.split_task(task=first, texts=["只有一项", " "], by=county.office)


def test_merged_tasks_hold_all_units_targets_and_the_whole_stretch_of_text(county):
    plan = draft(county)
    one, two, *_ = plan.tasks.all()
    merged = actions.merge_tasks(tasks=[two, one], by=county.office)
    assert merged.pk == one.pk and plan.tasks.count() == 3
    assert merged.targets.count() == 2 and (merged.start, merged.end) == (one.start, two.end)
    assert {(item.unit.code, item.part) for item in merged.units.all()} == {("K2", "lead"), ("K1", "assisting")}
    with pytest.raises(Problem):
        actions.merge_tasks(tasks=[merged, merged], by=county.office)


def test_draft_rows_are_removed_but_accepted_tasks_are_cancelled_with_a_reason(county):
    plan = accepted(county)
    task = plan.tasks.first()
    with pytest.raises(Problem, match="不能删除任务"):
        actions.remove_task(task=task, by=county.office)
    with pytest.raises(Problem, match="没有写取消原因"):
        actions.cancel_task(task=task, reason=" ", by=county.office)
    actions.cancel_task(task=task, reason="上级取消该项工作", by=county.office)
    assert plan_summary(plan, TODAY).cancelled == 1
    other = draft_of_own(county)
    actions.remove_task(task=other.tasks.get(), by=county.office)
    assert not other.tasks.exists()


def draft_of_own(county: County) -> Plan:
    plan = actions.create_plan(title="批示事项", unit=county.unit("B1"), period="2026", by=county.office)
    actions.add_task(plan=plan, title="核查一事", leads=[county.unit("K2")], by=county.office)
    return plan


def test_an_accepted_plan_takes_new_tasks_only_with_a_leading_unit(county):
    plan = accepted(county)
    with pytest.raises(Problem, match="没有牵头单位"):
        actions.add_task(plan=plan, title="临时任务", by=county.office)
    added = actions.add_task(plan=plan, title="临时任务", leads=[county.unit("K2")], by=county.office)
    assert added.order == 5
    with pytest.raises(Problem, match="没有牵头单位"):
        actions.assign_units(task=added, leads=[], assistants=[county.unit("K2")], by=county.office)


def test_targets_are_mended_and_bad_numbers_refused(county):
    task = draft(county).tasks.first()
    target = task.targets.get()
    actions.edit_target(task=task, target=target, subject="隐患整改率", value="1,000.5", unit="个", by=county.office)
    target.refresh_from_db()
    assert target.value == Decimal("1000.5") and target.indicator_code == ""
    ranged = actions.edit_target(
        task=task,
        target=target,
        subject="隐患整改率",
        value=target.printed_value + "–2,000",
        issuer="市教育局",
        by=county.office,
    )
    assert (ranged.value, ranged.value_to, ranged.issuer) == (Decimal("1000.5"), Decimal(2000), "市教育局")
    below_zero = actions.edit_target(task=task, target=target, subject="增减", value="-3", by=county.office)
    assert (below_zero.value, below_zero.value_to) == (Decimal(-3), None)
    for wrong in ("九十", "nan", "1e30", "1-"):
        with pytest.raises(Problem, match="目标值"):
            actions.edit_target(task=task, subject="隐患整改率", value=wrong, by=county.office)
    with pytest.raises(NotFound):
        actions.edit_target(task=task, subject="隐患整改率", indicator_code="no_such", by=county.office)
    actions.remove_target(target=target, by=county.office)
    assert not task.targets.exists()


def test_a_targets_stage_and_period_are_those_that_the_indicator_has(county):
    task = draft(county).tasks.first()
    given = {"task": task, "subject": "生均图书册数", "by": county.office}
    target = actions.edit_target(**given, indicator_code="books_per_pupil", stage="小学", period="SY2025")
    target.refresh_from_db()
    assert (target.indicator_code, target.stage, target.period) == ("books_per_pupil", "小学", "SY2025")
    with pytest.raises(Problem, match="没有学段“大学”"):
        actions.edit_target(**given, indicator_code="books_per_pupil", stage="大学")
    with pytest.raises(Problem, match="不分学段"):
        actions.edit_target(**given, indicator_code="hazard_rectified_rate", stage="小学")
    with pytest.raises(Problem, match="不分学段"):
        actions.edit_target(**given, stage="小学")
    with pytest.raises(Problem):
        actions.edit_target(**given, period="去年")


def test_the_leading_unit_reports_and_finishes_and_the_day_is_kept(county):
    task = accepted(county).tasks.first()
    actions.report_progress(task=task, percent=60, note="第一轮已排查", by=county.safety)
    actions.report_progress(task=task, percent=100, note="全部销号", by=county.safety, today=TODAY)
    task.refresh_from_db()
    assert (task.state, task.progress, task.done_on) == (Task.DONE, 100, TODAY)
    assert [entry.unit.code for entry in task.entries.all()] == ["K2", "K2"]
    with pytest.raises(Problem, match="任务已完成"):
        actions.report_progress(task=task, percent=50, note="再报", by=county.safety)


def test_a_report_may_speak_of_a_day_of_the_last_month_and_of_no_other(county):
    task = accepted(county).tasks.first()
    said = {"task": task, "note": "补报", "by": county.safety, "today": TODAY}
    back = TODAY - dt.timedelta(days=31)
    entry = actions.report_progress(**said, percent=20, on=back)
    assert entry.on == back
    assert actions.report_progress(**said, percent=30).on == TODAY
    for on, words in (
        (TODAY + dt.timedelta(days=1), "还没有到"),
        (back - dt.timedelta(days=1), "太早"),
        (TODAY - dt.timedelta(days=1), "已有进展记录"),
    ):
        with pytest.raises(Problem, match=words):
            actions.report_progress(**said, percent=40, on=on)
    assert task.entries.count() == 2


def test_a_task_that_was_finished_earlier_is_finished_on_that_day(county):
    task, day = accepted(county).tasks.first(), TODAY - dt.timedelta(days=16)
    actions.report_progress(task=task, percent=100, note="全部销号", by=county.safety, on=day, today=TODAY)
    task.refresh_from_db()
    assert task.done_on == day and not task.is_overdue(TODAY)


def test_a_plan_entered_later_keeps_the_time_of_its_acceptance(county):
    plan = draft(county)
    actions.assign_units(task=plan.tasks.last(), leads=[county.unit("K3")], by=county.office)
    at = dt.datetime(2026, 2, 27, 9, tzinfo=dt.UTC)
    actions.accept_plan(plan=plan, by=county.office, at=at)
    plan.refresh_from_db()
    assert plan.accepted_at == at


GROUPS = """测试县教育局2026年工作要点
一、安全工作
1.开展校园安全隐患排查。全年排查隐患整改率达到98%以上。牵头单位:安全管理科;配合单位:各学区、城关学区、各中小学。
2.完善安防设施。确保专职保安配备率达到100%。牵头单位:各科室;配合单位:办公室。
"""


def test_all_districts_and_sections_assist_and_schools_stay_in_words(county):
    document = plan_document(county.office, GROUPS)
    one, two = actions.draft_plan_from_document(document=document, by=county.office).tasks.all()
    assert [unit.code for unit in one.leads] == ["K2"]
    assert sorted(unit.code for unit in one.assistants) == ["D1", "D2"]
    assert (one.lead_text, one.assisting_text) == ("", "各中小学")
    # who leads of all sections is for the clerk to say
    assert two.leads == [] and two.lead_text == "各科室"
    assert sorted(unit.code for unit in two.assistants) == ["K1", "K2", "K3"]


def test_a_district_that_is_closed_gets_no_task(county):
    closed = county.unit("D2")
    closed.closed_on = dt.date(2021, 1, 1)
    closed.save()
    document = plan_document(county.office, GROUPS)
    task = actions.draft_plan_from_document(document=document, by=county.office).tasks.first()
    assert [unit.code for unit in task.assistants] == ["D1"]


def test_an_assisting_unit_reports_but_does_not_finish(county):
    task = accepted(county).tasks.get(title="做好预算执行")
    actions.report_progress(task=task, percent=30, note="本校已报预算", by=county.own)
    with pytest.raises(Problem, match="配合单位不能办结"):
        actions.report_progress(task=task, percent=100, note="完成", by=county.own)
    task.refresh_from_db()
    assert (task.progress, task.state) == (30, Task.OPEN)


def test_other_units_do_not_report_and_reports_need_words_and_a_real_percent(county):
    task = accepted(county).tasks.first()
    for person in (county.finance, county.chief, county.other, county.stranger):
        with pytest.raises(Forbidden):
            actions.report_progress(task=task, percent=10, note="代报", by=person)
    for percent in (-1, 101):
        with pytest.raises(Problem, match="不在 0 到 100"):
            actions.report_progress(task=task, percent=percent, note="报", by=county.safety)
    with pytest.raises(Problem, match="没有写进展说明"):
        actions.report_progress(task=task, percent=10, note="  ", by=county.safety)


def test_a_draft_task_takes_no_report(county):
    task = draft(county).tasks.first()
    with pytest.raises(Problem, match="尚未下达"):
        actions.report_progress(task=task, percent=10, note="先做了", by=county.safety)


def test_a_reopened_task_goes_back_to_what_was_reported_before(county):
    task = accepted(county).tasks.first()
    actions.report_progress(task=task, percent=70, note="大部完成", by=county.safety)
    actions.report_progress(task=task, percent=100, note="完成", by=county.safety)
    actions.reopen_task(task=task, reason="抽查发现未整改", by=county.office)
    task.refresh_from_db()
    assert (task.state, task.progress, task.done_on) == (Task.OPEN, 70, None)
    assert task.entries.first().note == "退回：抽查发现未整改"
    with pytest.raises(Problem, match="不必退回"):
        actions.reopen_task(task=task, reason="再退", by=county.office)


def test_the_last_day_is_in_time_and_the_next_is_overdue(county):
    plan = accepted(county)
    assert plan_summary(plan, dt.date(2026, 6, 30)).overdue == 0
    assert plan_summary(plan, dt.date(2026, 7, 1)).overdue == 1
    assert [task.title for task in tasks_for(county.office, overdue=True, today=TODAY)] == ["开展校园安全隐患排查"]
    due = tasks_for(county.office, due_within=77, today=TODAY)
    assert [task.title for task in due] == ["做好预算执行"]
    assert not tasks_for(county.office, due_within=76, today=TODAY)


def test_what_is_owed_stands_on_the_desk_of_lead_and_assistant_alone(county):
    accepted(county)
    assert [task.title for task in owed_tasks(county.safety, TODAY)] == ["开展校园安全隐患排查", "完善校园安防设施"]
    assert [task.title for task in owed_tasks(county.office, TODAY)] == ["开展校园安全隐患排查"]
    assert [task.title for task in owed_tasks(county.own, TODAY)] == ["做好预算执行"]
    for person in (county.other, county.chief, county.stranger, county.root):
        assert not owed_tasks(person, TODAY)


def test_drafts_are_owed_by_nobody_and_closed_plans_no_more(county):
    plan = draft(county)
    assert not owed_tasks(county.safety, TODAY) and not tasks_for(county.safety)
    actions.assign_units(task=plan.tasks.last(), leads=[county.unit("K3")], by=county.office)
    plan = actions.accept_plan(plan=plan, by=county.office)
    actions.close_plan(plan=plan, by=county.office)
    assert not owed_tasks(county.safety, TODAY) and tasks_for(county.safety).count() == 2
    with pytest.raises(Problem, match="已归档"):
        actions.edit_task(task=plan.tasks.first(), title="改", by=county.office)


def test_who_sees_which_tasks_and_plans(county):
    accepted(county)
    seen = {name: tasks_for(getattr(county, name)).count() for name in COUNTED}
    assert seen == COUNTED
    assert plans_for(county.finance).count() == 1 and plans_for(county.own).count() == 1
    assert not plans_for(county.other) and not plans_for(county.stranger)
    with pytest.raises(NotFound):
        get_task_for(county.other, Task.objects.first().pk)


COUNTED = {
    "office": 4, "chief": 4, "root": 4, "safety": 2, "finance": 2, "own": 1, "district": 1, "inspector": 1,
    "other": 0, "stranger": 0,
}  # fmt: skip


def test_two_units_may_lead_together(county):
    task = accepted(county).tasks.first()
    actions.assign_units(task=task, leads=[county.unit("K2"), county.unit("K3")], by=county.office)
    actions.report_progress(task=task, percent=20, note="财务配套", by=county.finance)
    assert {item.unit.code for item in task.units.filter(part=TaskUnit.LEAD)} == {"K2", "K3"}


def test_every_step_is_in_the_log_with_its_actor(county):
    task = accepted(county).tasks.first()
    actions.report_progress(task=task, percent=100, note="完成", by=county.safety)
    logged = Event.objects.filter(action__startswith="plans.").order_by("id")
    assert list(logged.values_list("action", "actor_name")) == [
        ("plans.plan.drafted", "办公室office"),
        ("plans.task.assigned", "办公室office"),
        ("plans.plan.accepted", "办公室office"),
        *[("plans.task.given", "办公室office")] * 4,
        ("plans.task.finished", "科室safety"),
    ]


def test_reading_many_tasks_takes_as_many_queries_as_few(county, settings):
    settings.CATALOG_FRESH_SECONDS = 3600.0
    plan = accepted(county)

    def questions() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            for task in tasks_for(county.office, plan=plan):
                assert task.leads and task.plan.unit.name and list(task.targets.all()) is not None
        return len(asked)

    questions()  # what is kept with the person is asked for once
    few = questions()
    for number in range(30):
        actions.add_task(plan=plan, title=f"补充任务{number}", leads=[county.unit("K2")], by=county.office)
    assert questions() == few
