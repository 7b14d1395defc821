"""What the actions share: locking, guards, the log."""

from __future__ import annotations

from taizhang.events.actions import record
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User
from taizhang.plans.models import Plan, Task


def locked(task: Task) -> Task:
    """The task's row as it is now, held until the transaction ends, with its plan."""
    found = Task.objects.select_for_update(of=("self",)).select_related("plan", "plan__unit").filter(pk=task.pk).first()
    if found is None:
        raise NotFound("PLAN-002", "没有这项任务", remedy="它可能刚被删除或合并，请刷新页面")
    return found


def refuse_closed(plan: Plan) -> None:
    """Raise Problem for a plan that is closed: nothing changes there any more."""
    if plan.state == Plan.CLOSED:
        raise Problem("PLAN-031", "计划已归档，不能再改", where=plan.title, remedy="如需补充，请新建计划")


def refuse_unless_draft(plan: Plan, what: str, remedy: str) -> None:
    """Raise Problem for what only a draft allows."""
    if plan.state != Plan.DRAFT:
        raise Problem("PLAN-032", f"计划已经确认，不能{what}", where=plan.title, remedy=remedy)


def log_plan(what: str, plan: Plan, by: User | None, **data: object) -> None:
    record(f"plans.plan.{what}", by=by, subject=f"plan:{plan.pk}", label=plan.title, unit_code=plan.unit.code, **data)


def log_task(what: str, task: Task, by: User | None, **data: object) -> None:
    record(
        f"plans.task.{what}",
        by=by,
        subject=f"task:{task.pk}",
        label=task.title,
        unit_code=task.plan.unit.code,
        plan=task.plan_id,
        **data,
    )
