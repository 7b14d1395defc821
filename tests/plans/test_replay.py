"""From the event log alone every light and every overdue count is rebuilt identical, whatever people did."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taizhang.appraisal import sources
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.plans import actions, pace
from taizhang.plans.lights import facts_of
from taizhang.plans.models import Plan, Task
from taizhang.plans.queries import plan_summary
from taizhang.plans.supervise import extensions, ladder
from taizhang.plans.supervise.models import TaskUrging
from tests.plans.replay import told
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 5)
DEEDS = ("report", "finish", "reopen", "cancel", "deadline", "pace", "milestone", "reach", "target", "actual", "measure",
         "part", "extend", "assign", "add", "urge", "tolerance")  # fmt: skip
steps = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 5), st.integers(0, 100), st.integers(1, 330)),
    min_size=5,
    max_size=40,
)


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = tmp_path
    settings.CATALOG_FRESH_SECONDS = 3600.0
    return make_county()


class Year:
    """A plan of three tasks to which things happen, day after day."""

    def __init__(self, county: County) -> None:
        self.county, self.day = county, FIRST
        self.plan = actions.create_plan(title="2026年工作要点", unit=county.unit("B1"), period="2026", by=county.office)
        for title, deadline in (("甲", date(2026, 4, 30)), ("乙", date(2026, 9, 30)), ("丙", None)):
            actions.add_task(
                plan=self.plan, title=title, deadline=deadline, leads=[county.unit("K2")], by=county.office
            )
        self.plan = actions.accept_plan(plan=self.plan, by=county.office)

    def happen(self, deed: str, which: int, number: int, ahead: int) -> None:
        """Do one thing; what the rules refuse has not happened and leaves no trace."""
        self.day += timedelta(days=number % 9)
        tasks = list(self.plan.tasks.order_by("id"))
        task = tasks[which % len(tasks)]
        try:
            with transaction.atomic():
                getattr(self, deed)(task, number, min(FIRST + timedelta(days=ahead), date(2026, 12, 31)))
        except Problem:
            pass

    def report(self, task: Task, number: int, day: date) -> None:
        actions.report_progress(
            task=task, percent=number % 100, note="推进", by=self.county.safety, on=self.day, today=self.day
        )

    def finish(self, task: Task, number: int, day: date) -> None:
        actions.report_progress(task=task, percent=100, note="办结", by=self.county.safety, on=self.day, today=self.day)

    def reopen(self, task: Task, number: int, day: date) -> None:
        actions.reopen_task(task=task, reason="抽查退回", by=self.county.office)

    def cancel(self, task: Task, number: int, day: date) -> None:
        actions.cancel_task(task=task, reason="不再需要", by=self.county.office)

    def deadline(self, task: Task, number: int, day: date) -> None:
        actions.edit_task(task=task, deadline=None if number % 7 == 0 else day, by=self.county.office)

    def pace(self, task: Task, number: int, day: date) -> None:
        words = list(Task.PACES)
        actions.edit_task(task=task, pace=words[number % 3], begins=day if number % 2 else None, by=self.county.office)

    def milestone(self, task: Task, number: int, day: date) -> None:
        actions.set_milestone(task=task, name=f"节点{number}", due=day, weight=number % 5 + 1, by=self.county.safety)

    def reach(self, task: Task, number: int, day: date) -> None:
        step = task.milestones.first()
        if step and number % 5 == 0:
            actions.remove_milestone(milestone=step, by=self.county.safety)
        elif step:
            actions.reach_milestone(milestone=step, on=self.day, by=self.county.safety, today=self.day)

    def target(self, task: Task, number: int, day: date) -> None:
        known = task.targets.first()
        if known and number % 6 == 0:
            actions.remove_target(target=known, by=self.county.office)
            return
        unit, comparator = ("%", "<=") if number % 3 == 0 else ("所", ">=")
        more = {"unit": unit, "comparator": comparator, "value": str(number + 1)}
        actions.edit_target(task=task, subject=f"数{number % 2}", by=self.county.office, **more)

    def actual(self, task: Task, number: int, day: date) -> None:
        known = task.targets.first()
        if known:
            value = None if number == 50 else Decimal(number) / 2
            actions.report_actual(target=known, actual=value, by=self.county.safety, on=self.day)

    def measure(self, task: Task, number: int, day: date) -> None:
        known = task.targets.first()
        if known:
            actions.record_measured(target=known, actual=Decimal(number), day=self.day)

    def part(self, task: Task, number: int, day: date) -> None:
        actions.add_subtask(
            task=task, title=f"部分{number}", deadline=day, leads=[self.county.unit("K3")], by=self.county.office
        )

    def assign(self, task: Task, number: int, day: date) -> None:
        leads = [self.county.unit(code) for code in (("K2",), ("K3", "K2"), ("K3",))[number % 3]]
        actions.assign_units(task=task, leads=leads, by=self.county.office)

    def extend(self, task: Task, number: int, day: date) -> None:
        asked = extensions.ask_extension(
            task=task, until=day, reason="材料还在审批。", by=self.county.safety, today=self.day
        )
        extensions.decide_extension(
            extension=asked, grant=number % 4 != 0, note="按期办结", by=self.county.chief, today=self.day
        )

    def add(self, task: Task, number: int, day: date) -> None:
        actions.add_task(
            plan=self.plan, title=f"临时{number}", deadline=day, leads=[self.county.unit("K2")], by=self.county.office
        )

    def urge(self, task: Task, number: int, day: date) -> None:
        ladder.run_ladders(self.day)

    def tolerance(self, task: Task, number: int, day: date) -> None:
        self.plan = actions.edit_plan(plan=self.plan, tolerance=number % 51, by=self.county.office)


# A failing year is not shrunk: each one is written to the database anew.
@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happened=steps)
def test_lights_and_overdue_counts_follow_from_the_log(county, happened):
    with transaction.atomic():
        year = Year(county)
        for deed in happened:
            year.happen(*deed)
        story = told()
        kept, rebuilt = facts_of(Task.objects.filter(plan=year.plan)), story.facts()
        assert rebuilt == kept
        for day in (date(2026, 3, 31), date(2026, 6, 30), year.day, date(2027, 1, 1)):
            lights = {pk: pace.standing(facts, day) for pk, facts in kept.items()}
            assert {pk: pace.standing(facts, day) for pk, facts in rebuilt.items()} == lights
            assert story.overdue(day) == plan_summary(year.plan, day).overdue
        given_out = TaskUrging.objects.filter(is_merged=False).values_list("level", flat=True)
        period = Period.parse("2026")
        urged = sources.urged([county.unit("K2"), county.unit("K3")], period, period.end)
        assert urged == {county.unit(code).pk: story.urgings(period.start, period.end)[code] for code in ("K2", "K3")}
        assert sorted(story.urged.items()) == sorted((level, list(given_out).count(level)) for level in set(given_out))
        transaction.set_rollback(True)


def test_a_closed_plan_is_owed_no_more_in_the_log_either(county):
    year = Year(county)
    actions.close_plan(plan=Plan.objects.get(), by=county.office)
    assert told().facts() == {} and told().overdue(date(2027, 1, 1)) == 0
    assert year.plan.tasks.count() == 3
