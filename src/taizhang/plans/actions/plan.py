"""A plan as a whole: from a document or by hand, accepted, closed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.documents.models import Document
from taizhang.documents.queries import reading_for
from taizhang.kernel.errors import Problem, Problems
from taizhang.org.models import Unit, User
from taizhang.plans.actions.common import log_given, log_plan, refuse_closed, refuse_unless_draft
from taizhang.plans.binding import STAGE
from taizhang.plans.drafting import Draft, Vocabulary, checked_period, drafts_of, period_of_text
from taizhang.plans.models import Plan, Target, Task, TaskUnit
from taizhang.plans.policy import plan_owner, require_planner
from taizhang.plans.queries import units_to_name


@transaction.atomic
def create_plan(*, title: str, unit: Unit, by: User | None, period: str = "") -> Plan:
    """An empty draft, for tasks from meetings, notes and telephone calls. Raises Problem without a title."""
    require_planner(by, unit, "新建计划")
    plan = Plan(title=_title(title), unit=unit, period=checked_period(period), created_by=by)
    plan.save()
    log_plan("created", plan, by)
    return plan


@transaction.atomic
def draft_plan_from_document(*, document: Document, by: User | None) -> Plan:
    """A draft with one task for each item that was found in the document.

    Units are matched by name, indicators suggested by the target's subject. The draft that this document already has
    is given back instead of a second one. Raises Problem when the document holds no task, and NotFound when it was
    never read.
    """
    owner = plan_owner(document.unit)
    require_planner(by, owner, "起草任务分解")
    if existing := document.plans.exclude(state=Plan.CLOSED).select_related("unit").first():
        return existing
    reading = reading_for(document)
    if not reading.tasks:
        raise Problem(
            "PLAN-021", "这份文稿里没有找到任务条目", where=document.title,
            remedy="核对是否为计划、要点类文稿；也可新建空白计划，逐条添加任务",
        )  # fmt: skip
    plan = Plan(
        document=document,
        title=document.title,
        unit=owner,
        period=period_of_text(document.period_text) or period_of_text(document.title),
        created_by=by,
    )
    plan.save()
    known = Vocabulary(tuple(catalog().indicators.values()), catalog().options_of(STAGE))
    _save_drafts(plan, drafts_of(reading, units_to_name(plan), known))
    log_plan("drafted", plan, by, document=document.pk, tasks=len(reading.tasks))
    return plan


@transaction.atomic
def edit_plan(
    *,
    plan: Plan,
    by: User | None,
    title: str | None = None,
    period: str | None = None,
    ladder: str | None = None,
    tolerance: int | None = None,
) -> Plan:
    """Mend a plan's title or period, or say which ladder urges it ('': none) and how many percentage points behind its
    pace a task may be. Raises Problem for a closed plan, an empty title, an unreadable period, an unknown ladder."""
    require_planner(by, plan.unit, "修改计划")
    refuse_closed(plan)
    plan.title = plan.title if title is None else _title(title)
    plan.period = plan.period if period is None else checked_period(period)
    plan.ladder = plan.ladder if ladder is None else _ladder(ladder)
    plan.tolerance = plan.tolerance if tolerance is None else _tolerance(tolerance)
    plan.save(update_fields=["title", "period", "ladder", "tolerance"])
    log_plan("edited", plan, by, title=plan.title, period=plan.period, ladder=plan.ladder, tolerance=plan.tolerance)
    return plan


@transaction.atomic
def accept_plan(*, plan: Plan, by: User | None, at: datetime | None = None) -> Plan:
    """Give out a draft's tasks: now, or ``at`` the time when a plan that is entered later was accepted.

    Raises Problems that name every task without a leading unit, and a missing period.
    """
    require_planner(by, plan.unit, "确认计划")
    plan = Plan.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan.pk)
    refuse_unless_draft(plan, "再次确认", "到计划页查看任务进展")
    problems = _unready(plan)
    if problems:
        raise Problems(problems)
    plan.state, plan.accepted_by, plan.accepted_at = Plan.ACCEPTED, by, at or timezone.now()
    plan.save(update_fields=["state", "accepted_by", "accepted_at"])
    tasks = list(plan.tasks.select_related("plan__unit").prefetch_related("units__unit", "targets", "milestones"))
    log_plan("accepted", plan, by, tasks=len(tasks), period=plan.period, tolerance=plan.tolerance)
    for task in tasks:
        log_given(task, by)
    return plan


@transaction.atomic
def close_plan(*, plan: Plan, by: User | None) -> Plan:
    """Put an accepted plan away at the end of its period; what is still open stays on record as open."""
    require_planner(by, plan.unit, "归档计划")
    if plan.state != Plan.ACCEPTED:
        raise Problem("PLAN-033", "只有执行中的计划可以归档", where=plan.title, remedy="草稿请先确认")
    plan.state = Plan.CLOSED
    plan.save(update_fields=["state"])
    log_plan("closed", plan, by, open=plan.tasks.filter(state=Task.OPEN).count())
    return plan


def _ladder(name: str) -> str:
    """A ladder of the packs that is made for tasks; '' stays ''."""
    fitting = [item.name for item in catalog().ladders.values() if item.about == "task"]
    if name and name not in fitting:
        raise Problem("PLAN-054", f"没有任务用的督办阶梯“{name}”", remedy="可用：" + "、".join(fitting))
    return name


def _tolerance(points: int) -> int:
    if not 0 <= points <= 50:
        raise Problem("PLAN-055", f"容许滞后 {points} 个百分点不合适", remedy="填 0 到 50")
    return points


def _unready(plan: Plan) -> list[Problem]:
    """Why a draft cannot be accepted yet."""
    problems = []
    if not plan.period:
        problems.append(Problem("PLAN-022", "计划没有期间", where=plan.title, remedy="填写如 2026 或 SY2026T1 的期间"))
    tasks = list(plan.tasks.exclude(state=Task.CANCELLED).prefetch_related("units__unit"))
    if not tasks:
        problems.append(Problem("PLAN-023", "计划里还没有任务", where=plan.title, remedy="先添加任务"))
    for task in tasks:
        if not task.leads:
            place = f"第{task.order}项“{task.title[:30]}”"
            printed = f"（原文：{task.lead_text}）" if task.lead_text else ""
            problems.append(Problem("PLAN-024", f"没有牵头单位{printed}", where=place, remedy="指定牵头单位后再确认"))
    return problems


def _save_drafts(plan: Plan, drafts: list[Draft]) -> None:
    for draft in drafts:
        draft.task.plan = plan
    # PostgreSQL and SQLite both give the keys back to the objects.
    Task.objects.bulk_create([draft.task for draft in drafts])
    for draft in drafts:
        for item in (*draft.units, *draft.targets):
            item.task = draft.task
    TaskUnit.objects.bulk_create([item for draft in drafts for item in draft.units])
    Target.objects.bulk_create([item for draft in drafts for item in draft.targets])


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise Problem("PLAN-025", "没有写计划名称", remedy="填写计划名称")
    return title[:300]
