"""A fictional year: a plan in our own words goes over the desk, and a script of events runs through it day by day. At
mid-year and at the year's end the leader's page, the letters and the overdue counts say what an independent calculation
of the same script says: it knows nothing of the program but the rule, and counts working days for itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import chinese_calendar
import pytest
from django.test import Client
from django.urls import reverse

from taizhang.plans import actions
from taizhang.plans.models import Plan, Task
from taizhang.plans.overview import overview
from taizhang.plans.queries import plan_summary
from taizhang.plans.supervise import extensions, ladder
from taizhang.plans.supervise.models import TaskLetter, TaskUrging
from tests.plans.builders import plan_document
from tests.support import County, make_county

pytestmark = pytest.mark.django_db

TEXT = """测试县教育局2026年工作要点
一、安全工作
1.排查食堂燃气管线，3月底前完成。牵头单位:安全管理科。
2.更换老旧消防器材，6月底前完成。牵头单位:安全管理科;配合单位:办公室。
3.组织校车驾驶员培训，9月底前完成。牵头单位:安全管理科。
二、经费工作
1.清理学校往来款项，5月底前完成。牵头单位:计划财务科。
2.编制下年度部门预算，11月底前完成。牵头单位:计划财务科。
3.盘点固定资产，12月底前完成。牵头单位:计划财务科。
"""
GAS, FIRE, BUS, DEBTS, BUDGET, ASSETS = range(6)
DEADLINES = [date(2026, month, day) for month, day in ((3, 31), (6, 30), (9, 30), (5, 31), (11, 30), (12, 31))]
# day → what happens: (task, percent) is a report of its section; words are other acts.
SCRIPT: list[tuple[date, int, int | str]] = [
    (date(2026, 2, 10), GAS, 20),
    (date(2026, 3, 2), DEBTS, 30),
    (date(2026, 3, 16), GAS, 60),
    (date(2026, 3, 27), FIRE, 35),
    (date(2026, 4, 8), GAS, "extended to 2026-04-30"),
    (date(2026, 4, 29), GAS, 100),
    (date(2026, 5, 20), DEBTS, 70),
    (date(2026, 6, 12), ASSETS, 12),
    (date(2026, 6, 18), DEBTS, 100),
    (date(2026, 6, 24), FIRE, 80),
    (date(2026, 7, 22), FIRE, 100),
    (date(2026, 8, 20), BUS, 75),
    (date(2026, 9, 28), BUS, 100),
    (date(2026, 10, 20), BUDGET, 65),
    (date(2026, 12, 24), BUDGET, 85),
    (date(2026, 12, 28), ASSETS, 95),
]
RUNGS = [("提醒", -5), ("提醒", 0), ("催办单", 2), ("督办通知单", 5), ("约谈", 10), ("通报", 20)]
LETTERS = {"催办单": "任务催办单", "督办通知单": "任务督办通知单", "约谈": "任务约谈通知书", "通报": "任务通报"}
START = date(2026, 1, 5)


@dataclass
class Oracle:
    """The same year on the back of an envelope."""

    percent: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(6), 0))
    due: dict[int, date] = field(default_factory=lambda: dict(enumerate(DEADLINES)))
    done: set[int] = field(default_factory=set)
    urged: Counter[str] = field(default_factory=Counter)
    given: set[tuple[int, date, int]] = field(default_factory=set)
    granted: int = 0

    def happen(self, task: int, what: int | str) -> None:
        if isinstance(what, str):
            self.due[task] = date.fromisoformat(what.removeprefix("extended to "))
            self.granted += 1
        else:
            self.percent[task] = what
            if what == 100:
                self.done.add(task)

    def urge(self, day: date) -> None:
        """What the ladder gives at the end of a working day: of all rungs that came since, the last."""
        if not _is_worked(day):
            return
        for task in set(range(6)) - self.done:
            due = self.due[task]
            come = [n for n, (_, steps) in enumerate(RUNGS) if _counted(due, steps) <= day]
            new = [n for n in come if (task, due, n) not in self.given]
            if new:
                self.urged[RUNGS[new[-1]][0]] += 1
                self.given |= {(task, due, n) for n in new}

    def word(self, task: int, day: date) -> str:
        if task in self.done:
            return "已完成"
        due = self.due[task]
        if day > due:
            return "逾期"
        whole, gone = (due - date(2026, 1, 1)).days + 1, (day - date(2026, 1, 1)).days + 1
        behind = Fraction(gone, whole) * 100 - self.percent[task]
        return "滞后" if behind > 10 else "正常"


def _counted(day: date, steps: int) -> date:
    """So many working days before or after a day, by walking."""
    found = day
    for _ in range(abs(steps)):
        found += timedelta(days=1 if steps > 0 else -1)
        while not _is_worked(found):
            found += timedelta(days=1 if steps > 0 else -1)
    return found


def _is_worked(day: date) -> bool:
    """The State Council's notice of 2026; a year without one yet has its weekends."""
    return chinese_calendar.is_workday(day) if day.year == 2026 else day.weekday() < 5


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = tmp_path
    settings.CATALOG_FRESH_SECONDS = 3600.0
    return make_county()


def accepted_on_the_desk(county: County) -> Plan:
    """The plan drafted from its document; every row is looked at in the browser, then the plan is accepted there."""
    plan = actions.draft_plan_from_document(document=plan_document(county.office, TEXT), by=county.office)
    office = Client()
    office.force_login(county.office)
    for task in plan.tasks.all():
        office.post(reverse("plans:check", args=[task.pk]))
    assert office.post(reverse("plans:accept", args=[plan.pk])).status_code == 302
    plan.refresh_from_db()
    assert plan.state == Plan.ACCEPTED and plan.tasks.filter(checked=True).count() == 6
    return plan


def play(county: County, tasks: list[Task], what: int | str, task: int, day: date) -> None:
    section = county.finance if task in (DEBTS, BUDGET, ASSETS) else county.safety
    if isinstance(what, str):
        until = date.fromisoformat(what.removeprefix("extended to "))
        asked = extensions.ask_extension(
            task=tasks[task], until=until, reason="管线图纸还没有移交。", by=section, today=day
        )
        extensions.decide_extension(extension=asked, grant=True, note="抓紧。", by=county.chief, today=day)
    else:
        actions.report_progress(task=tasks[task], percent=what, note="按月填报", by=section, on=day, today=day)


def compare(county: County, plan: Plan, oracle: Oracle, day: date) -> dict[str, int]:
    """What the pages say against what the envelope says; returns the counts that both gave."""
    expected = Counter(oracle.word(task, day) for task in range(6))
    found = overview(county.chief, day=day)
    assert {word: count for word, count in found.counts.items() if count} == dict(expected)
    titles = {task.title: n for n, task in enumerate(plan.tasks.all())}
    for word, shown in found.shown.items():
        assert {oracle.word(titles[lit.task.title], day) for lit in shown} <= {word}
        assert all(lit.light.reason.endswith("。") for lit in shown)
    assert plan_summary(plan, day).overdue == expected["逾期"]
    own = {item.unit.code: item.counts[0] for item in found.units}
    for code, led in (("K2", (GAS, FIRE, BUS)), ("K3", (DEBTS, BUDGET, ASSETS))):
        assert own[code] == sum(oracle.word(task, day) == "逾期" for task in led)
    assert Counter(TaskUrging.objects.filter(is_merged=False).values_list("level", flat=True)) == oracle.urged
    written = Counter(TaskLetter.objects.exclude(name="任务延期批复").values_list("name", flat=True))
    assert written == Counter({LETTERS[level]: n for level, n in oracle.urged.items() if level in LETTERS})
    assert TaskLetter.objects.filter(name="任务延期批复").count() == oracle.granted
    return dict(expected)


def test_a_year_by_script_comes_out_as_on_the_back_of_an_envelope(county):
    plan = accepted_on_the_desk(county)
    tasks, oracle = list(plan.tasks.order_by("order")), Oracle()
    assert [task.deadline for task in tasks] == DEADLINES
    counts = {}
    day = START
    while day <= date(2026, 12, 31):
        for when, task, what in SCRIPT:
            if when == day:
                play(county, tasks, what, task, day)
                oracle.happen(task, what)
        ladder.run_ladders(day)
        oracle.urge(day)
        if day in (date(2026, 4, 6), date(2026, 6, 30), date(2026, 12, 31)):
            counts[day] = compare(county, plan, oracle, day)
        day += timedelta(days=1)
    # Written down, so that the envelope itself cannot drift.
    assert counts == {
        date(2026, 4, 6): {"逾期": 1, "滞后": 5},
        date(2026, 6, 30): {"已完成": 2, "滞后": 4},
        date(2026, 12, 31): {"已完成": 4, "逾期": 1, "正常": 1},
    }
    leader = Client()
    leader.force_login(county.chief)
    assert leader.get(reverse("plans:leader")).status_code == 200
