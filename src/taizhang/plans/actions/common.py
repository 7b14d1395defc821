"""What the actions share: locking, guards, the log."""

from __future__ import annotations

from typing import Any

from taizhang.events.actions import record
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.texts import plain_number
from taizhang.org.models import User
from taizhang.plans import pace
from taizhang.plans.lights import facts_of
from taizhang.plans.models import Milestone, Plan, Target, Task, TaskUnit
from taizhang.plans.pace import TaskFacts


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


def refuse_part(task: Task, remedy: str) -> None:
    """Raise Problem for a part of a task: it has no parts of its own."""
    if task.parent_id is not None:
        raise Problem("PLAN-057", "子任务不能再分", where=task.title, remedy=remedy)


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


def log_given(task: Task, by: User | None) -> None:
    """A task is owed from now on: what its light and its deadline follow from, so that the log alone tells them later."""
    log_task(
        "given",
        task,
        by,
        **_days(task, "deadline", "begins"),
        pace=task.pace,
        parent=task.parent_id,
        leads=[unit.code for unit in task.leads],
        targets=[target_data(item) for item in task.targets.all()],
        milestones=[milestone_data(item) for item in task.milestones.all()],
    )


def target_data(target: Target) -> dict[str, Any]:
    """A target as the log keeps it: numbers as text."""
    names = ("subject", "comparator", "unit", "indicator_code", "issuer", "commitment")
    numbers = ("value", "value_to", "actual", "baseline")
    kept: dict[str, Any] = {"id": target.pk, **{name: getattr(target, name) for name in names}}
    return kept | {name: plain_number(getattr(target, name)) for name in numbers}


def units_data(task: Task) -> dict[str, list[str]]:
    """Who has a task, as the log keeps it: in words, and the leading units' codes."""
    rows = list(task.units.select_related("unit"))
    return {
        "units": [str(item) for item in rows],
        "leads": [item.unit.code for item in rows if item.part == TaskUnit.LEAD],
    }


def milestone_data(milestone: Milestone) -> dict[str, Any]:
    return {
        "id": milestone.pk,
        "name": milestone.name,
        "weight": milestone.weight,
        **_days(milestone, "due", "done_on"),
    }


def recomputed(task: Task) -> TaskFacts:
    """Bring an open task's percent up to what its targets or milestones say; where nothing computes it, to what was
    reported last."""
    facts = facts_of(Task.objects.filter(pk=task.pk))[task.pk]
    if task.state != Task.OPEN:
        return facts
    share, by, _ = pace.done_share(facts)
    if by == pace.BY_REPORT:
        last = task.entries.order_by("-id").values_list("percent", flat=True).first()
        task.progress = last or 0
    else:
        # A whole hundred is said by who closes the task.
        task.progress = min(int(share * 100), 99)
    task.save(update_fields=["progress"])
    return facts


def _days(thing: object, *names: str) -> dict[str, str | None]:
    found = {name: getattr(thing, name) for name in names}
    return {name: day.isoformat() if day else None for name, day in found.items()}
