"""One door for what is in no document: a meeting, a leader's note, an inspection's finding, a petition becomes a task."""

from __future__ import annotations

from typing import get_args
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import TaskOrigin
from taizhang.kernel.errors import Problem
from taizhang.plans import actions
from taizhang.plans.models import Task
from taizhang.registers.actions import create_record
from tests.plans.year import plan_under_way
from tests.support import County, make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = tmp_path
    return make_county()


def as_(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_records_page_leads_the_office_to_a_task_that_leads_back(county):
    plan = plan_under_way(county)
    record = create_record(
        register="safety_hazard", unit=county.unit("S1"), by=county.own,
        values={"发现日期": "2026-03-01", "隐患类别": "消防安全", "隐患描述": "线路老化", "隐患部位": "食堂"},
    ).record  # fmt: skip
    shown = reverse("registers:record", args=[record.pk])
    text = as_(county.office).get(shown).content.decode()
    assert "转为任务" in text and "转为任务" not in as_(county.own).get(shown).content.decode()
    address = (
        text.split('href="')[
            next(n for n, part in enumerate(text.split('href="')) if part.startswith("/plans/tasks/new/"))
        ]
        .split('"')[0]
        .replace("&amp;", "&")
    )
    form = as_(county.office).get(address).content.decode()
    assert record.number in form and "线路老化" not in form
    sent = {"plan": plan.pk, "origin": "督查反馈", "origin_text": f"安全隐患台账 {record.number}", "origin_url": shown,
            "title": "全面排查食堂线路", "leads": "安全管理科", "deadline": "2026-10-31"}  # fmt: skip
    as_(county.office).post(address, sent)
    task = Task.objects.get(title="全面排查食堂线路")
    assert [unit.code for unit in task.leads] == ["K2"] and (task.origin, task.plan) == ("督查反馈", plan)
    seen = as_(county.safety).get(reverse("plans:task", args=[task.pk])).content.decode()
    assert f'<a href="{shown}">安全隐患台账 {record.number}</a>' in seen
    listed = as_(county.office).get(reverse("plans:tasks"), {"origin": "督查反馈"}).content.decode()
    assert "全面排查食堂线路" in listed and "排查隐患<" not in listed


def test_a_register_says_where_a_task_made_from_its_records_came_from(county):
    assert get_args(TaskOrigin) == tuple(Task.ORIGINS)
    assert {catalog().register(code).task_origin for code in ("safety_hazard", "inspection_finding")} == {"督查反馈"}
    values = {"收到日期": "2026-03-02", "来件类别": "本级接收", "信访渠道": "来信", "事项概述": "反映收费没有公示",
              "内容分类": "教育收费", "反映内容": "校门口没有公示"}  # fmt: skip
    record = create_record(register="petition", unit=county.unit("K1"), by=county.office, values=values).record
    page = as_(county.office).get(reverse("registers:record", args=[record.pk])).content.decode()
    assert f"/plans/tasks/new/?origin={quote('信访')}&amp;" in page and quote("督查反馈") not in page


def test_a_meetings_decision_and_a_leaders_note_come_in_by_the_same_door(county):
    plan = plan_under_way(county)
    for origin, said in (("会议", "2026年第3次局长办公会"), ("批示", "王局长 3月5日")):
        sent = {"plan": plan.pk, "origin": origin, "origin_text": said, "title": f"落实{origin}", "leads": "计划财务科"}
        assert as_(county.office).post(reverse("plans:take_up"), sent).status_code == 302
    assert Task.objects.filter(origin="会议").get().origin_text == "2026年第3次局长办公会"
    wrong = as_(county.office).post(reverse("plans:take_up"), {"plan": plan.pk, "title": "缺单位", "leads": "没有的科"})
    assert wrong.status_code == 200 and "没有这个单位" in wrong.content.decode()

    for leads, said in (("", "请写明牵头单位"), ("没有的科", "没有这个单位")):
        sent = {"plan": plan.pk, "title": "写了很久的一项", "leads": leads}
        text = as_(county.office).post(reverse("plans:take_up"), sent).content.decode()
        assert said in text and "写了很久的一项" in text and not Task.objects.filter(title="写了很久的一项").exists()


def test_who_gives_out_no_tasks_finds_the_door_closed(county):
    plan = plan_under_way(county)
    for name in ("own", "safety", "chief", "stranger"):
        assert as_(getattr(county, name)).get(reverse("plans:take_up")).status_code == 403, name
    sent = {"plan": plan.pk, "title": "混进来的", "leads": "安全管理科"}
    assert as_(county.own).post(reverse("plans:take_up"), sent).status_code == 403
    assert not Task.objects.filter(title="混进来的").exists()


def test_an_address_of_elsewhere_is_dropped_and_an_unknown_origin_refused(county):
    plan = plan_under_way(county)
    for url in ("https://example.com/", "//example.com/", "javascript:alert(1)", "/a/../../b"):
        made = actions.add_task(
            plan=plan, title="甲", leads=[county.unit("K2")], origin="会议", origin_url=url, by=county.office
        )
        assert made.origin_url == "", url
    with pytest.raises(Problem, match="没有来源"):
        actions.add_task(plan=plan, title="甲", leads=[county.unit("K2")], origin="梦里", by=county.office)
