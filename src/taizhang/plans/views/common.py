"""What the pages share: the task table and its sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from taizhang.org.request import UserRequest
from taizhang.plans.lights import standings
from taizhang.plans.models import Plan, Task
from taizhang.plans.pace import OVERDUE, Standing
from taizhang.plans.tasktable import task_table_xlsx
from taizhang.ui.tables import Column, Row, Table
from taizhang.ui.templatetags.ui import PAGE_SIZES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def task_table(tasks: Iterable[Task], *, with_plan: bool, empty: str, remedy: str) -> Table:
    """The tasks as the list shows them; a late one is marked by word, icon and colour."""
    columns = [Column("任务", sort="title"), Column("牵头单位"), Column("配合单位")]
    if with_plan:
        columns.insert(1, Column("计划"))
    columns += [
        Column("完成时限", "due", sort="deadline"),
        Column("进度", "progress", sort="progress"),
        Column("状态", "state", sort="state"),
    ]
    rows = list(tasks)
    lights = standings(rows)
    return Table(
        columns,
        [_row(task, with_plan, lights[task.pk]) for task in rows],
        caption="任务",
        empty=empty,
        remedy=remedy,
    )


def _row(task: Task, with_plan: bool, light: Standing) -> Row:
    cells: list[Any] = [
        f"{task.number} {task.title}".strip(),
        "、".join(unit.name for unit in task.leads)
        or (f"未指定（原文：{task.lead_text}）" if task.lead_text else "未指定"),
        "、".join(unit.name for unit in task.assistants),
    ]
    if with_plan:
        cells.insert(1, task.plan.title)
    cells += [
        (task.deadline, task.state != Task.OPEN) if task.deadline else None,
        (task.ratio,),
        state_of(task, light),
    ]
    marked = {"late": "late", "warn": "warn"}.get(light.category, "") if task.plan.state != Plan.DRAFT else ""
    return Row(cells, url=reverse("plans:task", args=[task.pk]), key=str(task.pk), category=marked)


def state_of(task: Task, light: Standing) -> tuple[str, str]:
    """A task's word and look: its light, once it is owed."""
    if task.plan.state == Plan.DRAFT:
        return task.get_state_display(), "draft"
    return ("已逾期" if light.word == OVERDUE else light.word), light.category


def tabs(active: str) -> list[dict[str, object]]:
    """The stages of the plan's pages."""
    shown = {
        "leader": ("督办总览", "plans:leader"),
        "tasks": ("任务", "plans:tasks"),
        "plans": ("计划", "plans:index"),
        "letters": ("督办文书", "plans:letters"),
    }
    return [{"label": label, "url": reverse(name), "active": key == active} for key, (label, name) in shown.items()]


def page_of(request: UserRequest, found: QuerySet[Any]) -> Page:
    """The page that the address asks for; sizes outside the offered ones are not served."""
    size = request.GET.get("size", "")
    return Paginator(found, int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0]).get_page(
        request.GET.get("page")
    )


def sheet(title: str, tasks: QuerySet[Task]) -> HttpResponse:
    """The tasks as a 任务分解表 to save."""
    response = HttpResponse(task_table_xlsx(title, tasks), content_type=XLSX)
    name = quote(f"{title}任务分解表{timezone.localdate():%Y%m%d}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=utf-8''{name}"
    return response
