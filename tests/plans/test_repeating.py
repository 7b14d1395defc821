"""Tasks that come again: each time is owed on its own day, and the task is as far as its times are."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.plans import actions
from taizhang.plans.lights import standing_of
from taizhang.plans.models import Task
from taizhang.plans.queries import owed_tasks, plan_summary
from taizhang.plans.supervise import ladder
from tests.plans.year import task_due
from tests.support import County, make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = tmp_path
    return make_county()


def parts(task: Task) -> list[Task]:
    return list(task.children.exclude(state=Task.CANCELLED).order_by("deadline"))


def test_each_time_is_a_part_owed_by_the_same_units_and_counted_with_its_task(county):
    task = task_due(county, "2026-12-31")
    made = actions.repeat_task(task=task, rule="每季度", by=county.safety, today=date(2026, 1, 5))
    assert [part.deadline.isoformat() for part in made] == ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"]
    assert made[0].title == "排查隐患（2026年第一季度）" and [unit.code for unit in made[0].leads] == ["K2"]
    assert owed_tasks(county.safety, date(2026, 1, 5)).count() == 5
    assert plan_summary(task.plan, date(2026, 4, 1)).total == 1
    assert plan_summary(task.plan, date(2026, 4, 1)).overdue == 0


def test_a_time_that_was_missed_makes_the_task_late_in_its_light_and_is_urged_itself(county):
    task = task_due(county, "2026-12-31")
    first, *_ = actions.repeat_task(task=task, rule="每季度", by=county.office, today=date(2026, 1, 5))
    light = standing_of(task, date(2026, 4, 1))
    assert light.word == "滞后" and "节点“排查隐患（2026年第一季度）”应于3月31日完成" in light.reason
    ladder.run_ladders(date(2026, 4, 2))
    assert first.urgings.last().level == "催办单" and not task.urgings.exists()
    actions.report_progress(
        task=first, percent=100, note="已排查", by=county.safety, on=date(2026, 4, 2), today=date(2026, 4, 2)
    )
    light = standing_of(task, date(2026, 4, 3))
    assert (light.word, light.by, light.share * 4) == ("正常", "节点", 1)


def test_the_task_ends_when_all_its_times_are_done(county):
    task = task_due(county, "2026-12-31")
    made = actions.repeat_task(task=task, rule="每半年", by=county.office, today=date(2026, 1, 5))
    with pytest.raises(Problem, match="还没有完成"):
        actions.report_progress(task=task, percent=100, note="办完", by=county.safety)
    for part in made:
        actions.report_progress(task=part, percent=100, note="一次", by=county.safety)
    actions.report_progress(task=task, percent=100, note="办完", by=county.safety)
    task.refresh_from_db()
    assert task.state == Task.DONE


def test_a_new_rule_keeps_what_was_worked_on_and_replaces_what_is_to_come(county):
    task = task_due(county, "2026-12-31")
    first, *_ = actions.repeat_task(task=task, rule="每季度", by=county.office, today=date(2026, 1, 5))
    actions.report_progress(task=first, percent=100, note="已排查", by=county.safety)
    actions.repeat_task(task=task, rule="每半年", by=county.office, today=date(2026, 4, 10))
    assert [part.deadline.isoformat() for part in parts(task)] == ["2026-03-31", "2026-06-30", "2026-12-31"]
    actions.repeat_task(task=task, rule="", by=county.office, today=date(2026, 4, 10))
    assert parts(task) == [first]


def test_the_same_rule_again_changes_nothing_but_the_rows(county):
    task = task_due(county, "2026-12-31")
    for _ in range(2):
        actions.repeat_task(task=task, rule="每季度", by=county.office, today=date(2026, 1, 5))
    assert len(parts(task)) == 4


def test_the_log_says_who_took_the_times_to_come_away(county):
    task = task_due(county, "2026-12-31")
    actions.repeat_task(task=task, rule="每季度", by=county.office, today=date(2026, 1, 5))
    actions.repeat_task(task=task, rule="", by=county.safety, today=date(2026, 1, 5))
    gone = Event.objects.filter(action="plans.task.cancelled")
    assert gone.count() == 4 and set(gone.values_list("actor_id", flat=True)) == {county.safety.pk}


def test_a_week_of_years_costs_each_time_the_same_few_queries(county, django_assert_max_num_queries):
    task = task_due(county, "2026-12-31")
    with django_assert_max_num_queries(60 * 12):
        made = actions.repeat_task(task=task, rule="每周", by=county.safety, today=date(2026, 1, 5))
    assert 50 <= len(made) <= 53


def test_what_is_no_rule_or_too_often_is_refused_and_nothing_is_left(county):
    task = task_due(county, "2026-12-31")
    actions.repeat_task(task=task, rule="每半年", by=county.office, today=date(2026, 1, 5))
    for rule in ("经常", "每周2次", "每年3月26日"):
        with pytest.raises(Problem):
            actions.repeat_task(task=task, rule=rule, by=county.office, today=date(2026, 4, 1))
    assert len(parts(task)) == 2
    for person in (county.finance, county.own, county.stranger):
        with pytest.raises(Forbidden):
            actions.repeat_task(task=task, rule="每月", by=person)


def test_a_rule_is_set_on_the_tasks_page(county):
    year = timezone.localdate().year + 1
    task = task_due(county, f"{year}-12-31", period=str(year))
    client = Client()
    client.force_login(county.safety)
    assert client.post(reverse("plans:repeat", args=[task.pk]), {"rule": "每季度"}).status_code == 302
    assert "第四季度" in client.get(reverse("plans:task", args=[task.pk])).content.decode()
    client.force_login(county.own)
    assert client.post(reverse("plans:repeat", args=[task.pk]), {"rule": "每季度"}).status_code == 404
