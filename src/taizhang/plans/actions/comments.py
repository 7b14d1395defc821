"""What people say on a task, and leaders' instructions (批示)."""

from __future__ import annotations

from django.db import transaction

from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User
from taizhang.org.notices import holders_of, send_notice
from taizhang.org.policy import posts_of, require
from taizhang.plans.actions.common import log_task
from taizhang.plans.models import Task, TaskComment
from taizhang.plans.policy import may_see_task

LONGEST = 2000


@transaction.atomic
def add_comment(*, task: Task, text: str, by: User, instruction: bool = False) -> TaskComment:
    """Say something on a task; the leading units are told. An instruction asks the capability ``comment``.

    Raises NotFound for a task that the person does not see, Forbidden, Problem for no words or too many.
    """
    if not Task.objects.filter(may_see_task(by), pk=task.pk).exists():
        raise NotFound("PLAN-002", "没有这项任务", remedy="回到任务列表查找")
    if instruction:
        require(by, "comment", "作批示")
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise Problem("PLAN-077", "没有写内容" if not words else f"超过 {LONGEST} 字", remedy="写一两句话")
    post = next(iter(posts_of(by)), None)
    made = TaskComment.objects.create(
        task=task,
        text=words,
        is_instruction=instruction,
        by=by,
        by_name=by.display_name,
        post=f"{post.unit.name} {post.role}" if post else "",
    )
    what = "批示" if instruction else "留言"
    log_task("commented", task, by, text=words, instruction=instruction)
    send_notice(
        to=[person for unit in task.leads for person in holders_of(unit)],
        text=f"{by.display_name}在任务“{task.title[:40]}”上{what}。",
        url=f"/plans/tasks/{task.pk}/#comments",
        subject=f"task:{task.pk}",
        level="批示" if instruction else "提醒",
        by=by,
    )
    return made
