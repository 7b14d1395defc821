"""A plan under way that supervision tests share: one task, led by 安全管理科, due on a chosen day."""

from __future__ import annotations

from datetime import date

from taizhang.plans import actions
from taizhang.plans.models import Plan, Task
from tests.support import County


def plan_under_way(county: County, *, period: str = "2026", **more: object) -> Plan:
    """An accepted plan with one task, 排查隐患, led by 安全管理科 with 计划财务科 at hand."""
    plan = actions.create_plan(title="2026年工作要点", unit=county.unit("B1"), period=period, by=county.office)
    given = {"title": "排查隐患", "leads": [county.unit("K2")], "assistants": [county.unit("K3")], **more}
    actions.add_task(plan=plan, by=county.office, **given)
    return actions.accept_plan(plan=plan, by=county.office)


def task_due(county: County, due: str, **more: object) -> Task:
    return plan_under_way(county, deadline=date.fromisoformat(due), **more).tasks.get()
