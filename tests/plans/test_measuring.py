"""Targets that speak of an indicator: the figure decides, once a day, and nobody tells it."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.events.models import Event
from taizhang.kernel.errors import Problem
from taizhang.plans import actions
from taizhang.plans.lights import standing_of
from taizhang.plans.measuring import measure_all, measure_plan
from taizhang.plans.models import Target, Task
from taizhang.registers.actions import create_record
from taizhang.registers.steps import take_step
from tests.plans.year import task_due
from tests.registers.conftest import picture
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
HAZARD = {"隐患类别": "消防安全", "隐患描述": "线路老化", "隐患部位": "食堂", "责任人电话": "15400000001"}


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = settings.WAREHOUSE = tmp_path
    return make_county()


def hazard(county: County, *, closed: bool) -> None:
    made = create_record(
        register="safety_hazard", unit=county.unit("S1"), values={"发现日期": "2026-03-01", **HAZARD}, by=county.own
    ).record
    if closed:
        take_step(record=made, step="下发整改通知", by=county.safety, values={"整改期限": "2026-12-01"})
        made.refresh_from_db()
        take_step(
            record=made,
            step="提交整改反馈",
            by=county.own,
            values={"整改措施": "已换线"},
            files={"整改后照片": [picture()]},
        )
        made.refresh_from_db()
        take_step(record=made, step="复查通过", by=county.safety)


def bound(county: County, **more) -> tuple[Task, Target]:
    task = task_due(county, "2026-12-31")
    given = {"subject": "隐患整改率", "comparator": ">=", "value": "98", "unit": "%", "commitment": "确保"} | more
    target = actions.edit_target(task=task, indicator_code="hazard_rectified_rate", by=county.office, **given)
    return task, target


def test_the_indicator_gives_the_actual_and_the_first_figure_is_where_the_level_began(county):
    hazard(county, closed=True)
    hazard(county, closed=False)
    task, target = bound(county)
    assert measure_all(date(2026, 6, 1)) == 1 and measure_all(date(2026, 6, 2)) == 0
    target.refresh_from_db()
    assert (target.actual, target.baseline, target.measured_on) == (Decimal(50), Decimal(50), date(2026, 6, 2))
    light = standing_of(task, date(2026, 6, 2))
    assert (light.word, light.by, light.share) == ("滞后", "指标", 0)
    assert "“隐患整改率”现为50%，目标98%，从基数50%起走了0%" in light.reason


def test_what_an_indicator_gives_is_not_reported_by_people_and_a_missed_target_does_not_end(county):
    hazard(county, closed=False)
    task, _ = bound(county)
    measure_plan(task.plan, date(2026, 6, 1))
    with pytest.raises(Problem, match="由指标取数"):
        actions.report_actual(target=Target.objects.get(), actual=Decimal(100), by=county.safety)
    with pytest.raises(Problem, match="没有达到98%"):
        actions.report_progress(task=task, percent=100, note="都办完了", by=county.safety)
    entry = actions.report_progress(task=task, percent=80, note="推进中", by=county.safety)
    assert entry.percent == 0


def test_what_was_only_to_be_striven_for_does_not_hinder_the_end(county):
    hazard(county, closed=False)
    task, _ = bound(county, commitment="力争")
    measure_plan(task.plan, date(2026, 6, 1))
    actions.report_progress(task=task, percent=100, note="尽力而为", by=county.safety)
    task.refresh_from_db()
    assert task.state == Task.DONE


def test_a_level_that_is_met_ends_on_its_last_day_and_not_before(county):
    hazard(county, closed=True)
    task, _ = bound(county)
    measure_all(date(2026, 6, 1))
    task.refresh_from_db()
    assert task.state == Task.OPEN and "目标已达到" in standing_of(task, date(2026, 6, 1)).reason
    measure_all(date(2027, 1, 1))
    task.refresh_from_db()
    assert (task.state, task.done_on) == (Task.DONE, date(2026, 12, 31))


def test_a_number_of_another_unit_is_left_to_people(county):
    hazard(county, closed=True)
    task, target = bound(county, unit="所", value="10")
    assert measure_plan(task.plan, date(2026, 6, 1)) == 0
    assert actions.report_actual(target=target, actual=Decimal(4), by=county.safety)


def test_one_plans_fault_does_not_stop_the_others(county, monkeypatch):
    from taizhang.plans import measuring

    hazard(county, closed=True)
    (first, _), _ = bound(county), bound(county)
    whole = measuring.measure_plan

    def measure(plan, day):
        if plan == first.plan:
            raise Problem("IND-001", "坏了")
        return whole(plan, day)

    monkeypatch.setattr(measuring, "measure_plan", measure)
    assert measure_all(date(2026, 6, 1)) == 1


def test_the_office_reads_the_figures_at_once_and_others_do_not(county):
    hazard(county, closed=True)
    task, target = bound(county)
    for person, status in ((county.own, 404), (county.safety, 403), (county.chief, 403), (county.office, 302)):
        client = Client()
        client.force_login(person)
        assert client.post(reverse("plans:measure", args=[task.plan_id])).status_code == status
    target.refresh_from_db()
    assert target.actual == 100


def test_a_part_that_figures_finish_moves_its_task_on(county):
    hazard(county, closed=True)
    task = task_due(county, "2026-12-31")
    parts = [
        actions.add_subtask(task=task, title=name, leads=[county.unit("K2")], by=county.office, deadline="2026-06-30")
        for name in ("整改隐患", "总结")
    ]
    actions.edit_target(
        task=parts[0], subject="隐患整改率", comparator=">=", value="98", unit="%", by=county.office,
        indicator_code="hazard_rectified_rate",
    )  # fmt: skip
    measure_plan(task.plan, date(2026, 7, 1))
    parts[0].refresh_from_db()
    task.refresh_from_db()
    assert (parts[0].state, task.progress) == (Task.DONE, 50)


def test_each_units_part_is_what_the_indicator_gives_at_that_unit(county):
    hazard(county, closed=True)
    hazard(county, closed=False)
    task, target = bound(county)
    units = {county.unit(code): Decimal(98) for code in ("D1", "S1", "S2")}
    actions.break_down(target=target, parts=units, by=county.office)
    assert measure_plan(task.plan, date(2026, 6, 1)) == 3
    assert measure_plan(task.plan, date(2026, 6, 2)) == 0
    found = {part.unit.code: part.actual for part in target.parts.select_related("unit")}
    assert found == {"D1": Decimal(50), "S1": Decimal(50), "S2": None}
    logged = Event.objects.get(action="plans.task.parts_measured")
    assert logged.data["parts"] == {"D1": "50", "S1": "50"}
    with pytest.raises(Problem, match="由指标取数"):
        actions.report_part(target=Target.objects.get(), unit=county.unit("S1"), actual=Decimal(99), by=county.own)
    client = Client()
    client.force_login(county.office)
    text = client.get(reverse("plans:task", args=[task.pk])).content.decode()
    assert "第一小学" in text and "填报</button>" not in text.split("分解到单位")[0].split("由指标取数")[-1]
