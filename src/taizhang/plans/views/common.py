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
from taizhang.plans.models import Task
from taizhang.plans.tasktable import task_table_xlsx
from taizhang.ui.tables import Column, Row, Table
from taizhang.ui.templatetags.ui import PAGE_SIZES

STATE_CATEGORIES = {Task.OPEN: "open", Task.DONE: "closed", Task.CANCELLED: "void"}
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
    return Table(columns, [_row(task, with_plan) for task in tasks], caption="任务", empty=empty, remedy=remedy)


def _row(task: Task, with_plan: bool) -> Row:
    cells: list[Any] = [
        f"{task.number} {task.title}".strip(),
        "、".join(unit.name for unit in task.leads)
        or (f"未指定（原文：{task.lead_text}）" if task.lead_text else "未指定"),
        "、".join(unit.name for unit in task.assistants),
    ]
    if with_plan:
        cells.insert(1, task.plan.title)
    late = task.is_overdue()
    cells += [
        (task.deadline, task.state != Task.OPEN) if task.deadline else None,
        (task.ratio,),
        ("已逾期", "late") if late else (task.get_state_display(), STATE_CATEGORIES[task.state]),
    ]
    return Row(cells, url=reverse("plans:task", args=[task.pk]), key=str(task.pk), category="late" if late else "")


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
