"""More time for a task: the leading unit asks with a reason, a leader who signs letters decides, the unit gets it in
writing. The ladder then counts from the new day."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.documents.models import Document
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.org.models import User
from taizhang.org.notices import send_notice
from taizhang.org.policy import can
from taizhang.plans.actions.common import locked, log_task
from taizhang.plans.actions.progress import refuse_idle
from taizhang.plans.models import Task, TaskUnit
from taizhang.plans.policy import overseen, reporting_parts
from taizhang.plans.supervise.letters import issue_letters
from taizhang.plans.supervise.models import Extension
from taizhang.plans.supervise.recipients import people_named

LETTER = "任务延期批复"
DECIDERS = ("分管领导", "局长")


@transaction.atomic
def ask_extension(
    *,
    task: Task,
    until: date,
    reason: str,
    by: User | None,
    evidence: Document | None = None,
    today: date | None = None,
) -> Extension:
    """Ask for a later deadline, for a unit that leads. Raises Forbidden, Problem for a task without a deadline, a day that
    is not later than it and than today, no reason, or a request that waits already."""
    task, now = locked(task), today or timezone.localdate()
    refuse_idle(task)
    leading = [unit for unit, part in reporting_parts(by, task).items() if part == TaskUnit.LEAD]
    if not leading:
        raise Forbidden("PLAN-090", "只有牵头单位可以申请延期", remedy="请由牵头单位办理")
    if task.deadline is None:
        raise Problem(
            "PLAN-091", "这项任务没有写时限，不用延期", where=task.title, remedy="需要时限的，请办公室先在任务上填写"
        )
    if until <= max(task.deadline, now):
        raise Problem("PLAN-092", f"申请延至 {until} 不晚于原时限或今天", remedy="填写今天和原时限以后的日期")
    if len(reason.strip()) < 5:
        raise Problem("PLAN-093", "没有写清延期理由", where="理由", remedy="写明为什么不能按期、下一步怎么办")
    if task.extensions.filter(state=Extension.ASKED).exists():
        raise Problem("PLAN-094", "已有一份延期申请在等批复", remedy="等批复后再申请")
    made = Extension.objects.create(
        task=task,
        unit=leading[0],
        before=task.deadline,
        until=until,
        reason=reason.strip()[:500],
        evidence=evidence,
        asked_by=by,
    )
    log_task("extension_asked", task, by, extension=made.pk, until=until.isoformat(), reason=made.reason)
    send_notice(
        to=people_named(task, DECIDERS),
        text=f"{made.unit}申请把任务“{task.title[:40]}”的时限由 {made.before} 延至 {until}，请批复。",
        url=f"/plans/tasks/{task.pk}/#extensions",
        subject=f"task:{task.pk}",
        level="请示",
        by=by,
    )
    return made


@transaction.atomic
def decide_extension(
    *, extension: Extension, grant: bool, by: User | None, note: str = "", today: date | None = None
) -> Extension:
    """Grant or refuse. A grant moves the deadline and, when the pack has the letter 任务延期批复, is put in writing; a
    refusal needs words. Raises Forbidden, Problem for a request that was decided."""
    task = locked(extension.task)
    refuse_idle(task)
    held = Extension.objects.select_for_update(of=("self",)).select_related("unit", "asked_by").get(pk=extension.pk)
    if by is not None and not may_decide(by, task):
        raise Forbidden("PLAN-095", "您不能批复延期申请", remedy=f"须由{'、'.join(DECIDERS)}批复")
    if held.state != Extension.ASKED:
        raise Problem("PLAN-096", f"这份申请已批复：{held.get_state_display()}", remedy="刷新页面")
    if not grant and not note.strip():
        raise Problem("PLAN-097", "不同意时须写明意见", where="批复意见", remedy="写一句话")
    held.state = Extension.GRANTED if grant else Extension.REFUSED
    held.decided_at, held.decided_by, held.note = timezone.now(), by, note.strip()[:500]
    held.save(update_fields=["state", "decided_at", "decided_by", "note"])
    if grant:
        task.deadline = held.until
        task.save(update_fields=["deadline"])
        log_task("extended", task, by, extension=held.pk, deadline=held.until.isoformat())
        if LETTER in catalog().letters:
            issue_letters(task=task, name=LETTER, by=None, note=held.note, today=today, until=held.until)
    else:
        log_task("extension_refused", task, by, extension=held.pk, note=held.note)
    send_notice(
        to=[held.asked_by] if held.asked_by else [],
        text=f"任务“{task.title[:40]}”的延期申请：{held.get_state_display()}。",
        url=f"/plans/tasks/{task.pk}/#extensions",
        subject=f"task:{task.pk}",
        by=by,
    )
    return held


def may_decide(user: User, task: Task) -> bool:
    """Leaders who sign letters, for the plans they oversee."""
    return can(user, "sign_letter") and overseen(user).holds(task.plan.unit)


def may_ask(user: User, task: Task) -> bool:
    asked = task.state == Task.OPEN and task.deadline is not None
    return asked and TaskUnit.LEAD in reporting_parts(user, task).values()


def get_extension(task: Task, pk: int) -> Extension:
    """A request on a task that was fetched for the person. Raises NotFound."""
    found = task.extensions.filter(pk=pk).first()
    if found is None:
        raise NotFound("PLAN-098", "没有这份延期申请", remedy="刷新页面")
    return found
