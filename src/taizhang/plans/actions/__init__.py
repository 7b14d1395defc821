"""Every change of plans and tasks."""

from taizhang.plans.actions.comments import add_comment
from taizhang.plans.actions.desk import (
    add_subtask,
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
from taizhang.plans.actions.milestones import reach_milestone, remove_milestone, set_milestone
from taizhang.plans.actions.plan import accept_plan, close_plan, create_plan, draft_plan_from_document, edit_plan
from taizhang.plans.actions.progress import cancel_task, reopen_task, report_progress
from taizhang.plans.actions.repeating import repeat_task
from taizhang.plans.actions.revision import changes_in, revise_plan
from taizhang.plans.actions.targets import break_down, record_measured, report_actual, report_part, settle_task

__all__ = [
    "accept_plan",
    "add_comment",
    "add_subtask",
    "add_task",
    "assign_leads",
    "assign_units",
    "break_down",
    "cancel_task",
    "changes_in",
    "check_task",
    "close_plan",
    "create_plan",
    "draft_plan_from_document",
    "edit_plan",
    "edit_target",
    "edit_task",
    "merge_tasks",
    "reach_milestone",
    "record_measured",
    "remove_milestone",
    "remove_target",
    "remove_task",
    "reopen_task",
    "repeat_task",
    "report_actual",
    "report_part",
    "report_progress",
    "revise_plan",
    "set_milestone",
    "settle_task",
    "split_task",
]
