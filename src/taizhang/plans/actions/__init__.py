"""Every change of plans and tasks."""

from taizhang.plans.actions.desk import (
    add_task,
    assign_leads,
    assign_units,
    check_task,
    edit_target,
    edit_task,
    merge_tasks,
    remove_target,
    remove_task,
    split_task,
)
from taizhang.plans.actions.plan import accept_plan, close_plan, create_plan, draft_plan_from_document, edit_plan
from taizhang.plans.actions.progress import cancel_task, reopen_task, report_progress

__all__ = [
    "accept_plan",
    "add_task",
    "assign_leads",
    "assign_units",
    "cancel_task",
    "check_task",
    "close_plan",
    "create_plan",
    "draft_plan_from_document",
    "edit_plan",
    "edit_target",
    "edit_task",
    "merge_tasks",
    "remove_target",
    "remove_task",
    "reopen_task",
    "report_progress",
    "split_task",
]
