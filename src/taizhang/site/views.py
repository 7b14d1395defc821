"""The desk, and the pages for what went wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.org.models import User
from taizhang.org.policy import posts_of
from taizhang.org.request import UserRequest
from taizhang.plans.models import Plan, Task
from taizhang.plans.policy import overseen
from taizhang.plans.queries import owed_tasks, tasks_for
from taizhang.registers.collections.views import owed_table
from taizhang.registers.queries import Owed, owed_by
from taizhang.schedule.queries import coming_for
from taizhang.ui.tables import Column, Row, Table

SHOWN = 50
SOON_DAYS = 30


def desk(request: UserRequest) -> HttpResponse:
    """What the person owes: tasks and records, the overdue first."""
    today = timezone.localdate()
    # One person's open tasks are few; read once, counted and paged here.
    tasks = list(owed_tasks(request.user, today))
    page = Paginator(tasks, SHOWN).get_page(request.GET.get("page"))
    overdue = sum(task.is_overdue(today) for task in tasks)
    soon = sum(task.deadline is not None and 0 <= (task.deadline - today).days <= SOON_DAYS for task in tasks)
    owed = owed_by(request.user, today)
    late = sum(item.overdue for item in owed)
    tiles = [
        _tile("逾期任务", overdue, "项", "late"),
        _tile(f"{SOON_DAYS} 天内到期任务", soon, "项", "warn"),
        _tile("在办任务", page.paginator.count, "项"),
        _tile("逾期记录", late, "条", "late"),
        _tile("待我办理的记录", len(owed), "条"),
    ]
    context = {
        "today": today,
        "tiles": tiles,
        "page": page,
        "tasks": _tasks_table(list(page), today),
        "returns": owed_table(request),
        "records": _records_table(owed[:SHOWN]),
        "more_records": max(0, len(owed) - SHOWN),
        "posts": posts_of(request.user),
        "coming": _coming_table(request.user, today),
        "overseen": _overseen_table(request.user, today),
    }
    return render(request, "site/desk.html", context)


def _overseen_table(user: User, today: date) -> Table | None:
    """For leaders and the office: every unit's overdue tasks. None for everybody else."""
    if not overseen(user):
        return None
    late = tasks_for(user, overdue=True, sort="deadline", today=today).filter(plan__state=Plan.ACCEPTED)[:SHOWN]
    rows = [_task_row(task, today) for task in late]
    return Table(TASK_COLUMNS, rows, "全局逾期任务", empty="没有逾期的任务", id="overseen")


def _coming_table(user: User, today: date) -> Table:
    """What stands in the work tables for the person, today and in the six days after."""
    rows = [
        Row(
            (item.start if item.start == item.end else f"{item.start:%m-%d} 至 {item.end:%m-%d}", item.half, item.activity,
             item.place, item.actor),
            url=f"{reverse('schedule:table', args=[item.table_id])}?week={item.table.week_of(max(item.start, today))}",
            category="warn" if item.start <= today <= item.end else "",
        )
        for item in coming_for(user, today)
    ]  # fmt: skip
    columns = [Column("日期", "date"), Column("时段"), Column("工作内容"), Column("地点"), Column("责任科室或人员")]
    return Table(columns, rows, "今天起七天的安排", empty="七天内没有安排", id="coming")


def _tile(label: str, value: int, unit: str, category: str = "") -> dict[str, Any]:
    return {"label": label, "value": str(value), "unit": unit, "category": category if value else ""}


TASK_COLUMNS = [Column("任务"), Column("牵头单位"), Column("完成时限", "due"), Column("进度", "progress")]


def _task_row(task: Task, today: date) -> Row:
    return Row(
        [
            f"{task.number} {task.title}".strip(),
            "、".join(unit.name for unit in task.leads),
            task.deadline,
            task.progress / 100,
        ],
        url=reverse("plans:task", args=[task.pk]),
        category="late" if task.is_overdue(today) else "",
    )


def _tasks_table(tasks: list[Task], today: date) -> Table:
    rows = [_task_row(task, today) for task in tasks]
    return Table(
        TASK_COLUMNS,
        rows,
        "我的任务",
        empty="没有在办的任务",
        remedy="要点确认后，分到本单位的任务会列在这里",
        id="tasks",
    )


def _records_table(owed: list[Owed]) -> Table:
    registers = catalog().registers
    rows = [
        Row(
            [str(item.record), registers[item.record.register_code].name, item.record.unit.name, item.record.state,
             item.record.due_on, "、".join(item.steps)],
            url=reverse("registers:record", args=[item.record.pk]),
            category="late" if item.overdue else "",
        )
        for item in owed
    ]  # fmt: skip
    columns = [
        Column("记录"),
        Column("台账"),
        Column("单位"),
        Column("状态"),
        Column("期限", "due"),
        Column("可以办理"),
    ]
    return Table(columns, rows, "待办记录", empty="没有等您办理的记录", id="records")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
