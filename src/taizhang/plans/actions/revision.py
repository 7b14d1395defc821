"""A revised document takes the place of a plan's: what the clerk confirms is changed, the rest stays, and every task keeps
its progress, its evidence and its log."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from taizhang.catalog.current import catalog
from taizhang.documents.models import Document
from taizhang.documents.queries import reading_for
from taizhang.kernel.errors import Problem
from taizhang.kernel.texts import plain_number
from taizhang.org.models import Unit, User
from taizhang.plans.actions.common import log_plan, refuse_closed
from taizhang.plans.actions.desk import edit_target, edit_task, put_task, remove_target, remove_task
from taizhang.plans.actions.progress import cancel_task
from taizhang.plans.binding import STAGE
from taizhang.plans.drafting import Draft, Vocabulary, drafts_of
from taizhang.plans.models import Plan, Target, Task, TaskUnit
from taizhang.plans.policy import plan_owner, require_planner
from taizhang.plans.queries import units_to_name
from taizhang.plans.revision import CHANGED, GONE, NEW, SAME, Change, compare, counted, same_thing, units_in

GONE_REASON = "修订稿已删去"


def changes_in(plan: Plan, document: Document) -> list[Change]:
    """What a revised document changes in a plan. Raises Problem for a plan without a document, for a document of
    another unit or another plan, and for one that holds no tasks."""
    refuse_closed(plan)
    if plan.document is None:
        raise Problem("PLAN-100", "这份计划不是由文稿起草的，没有可对照的原稿", where=plan.title, remedy="直接修改任务")
    if plan_owner(document.unit) != plan.unit:
        raise Problem("PLAN-101", "修订稿不是本单位的文稿", where=document.title, remedy="由编制单位上传修订稿")
    if document.plans.exclude(pk=plan.pk).exclude(state=Plan.CLOSED).exists():
        raise Problem("PLAN-102", "这份文稿已另有任务分解", where=document.title, remedy="先核对是不是同一份计划")
    units, known = units_to_name(plan), Vocabulary(tuple(catalog().indicators.values()), catalog().options_of(STAGE))
    before, after = (drafts_of(reading_for(item), units, known) for item in (plan.document, document))
    if not after:
        raise Problem(
            "PLAN-021", "这份文稿里没有找到任务条目", where=document.title, remedy="核对是否为计划、要点类文稿"
        )  # fmt: skip
    rows = plan.tasks.filter(parent__isnull=True).exclude(state=Task.CANCELLED)
    return compare(before, after, list(rows.prefetch_related("units__unit", "targets")))


@transaction.atomic
def revise_plan(
    *, plan: Plan, document: Document, take: set[str], by: User | None, leads: Mapping[str, list[Unit]] | None = None
) -> dict[str, int]:
    """Take over the items whose keys are in ``take`` and leave the others as they are; the document becomes the plan's.
    ``leads`` names who leads an item, new or with another lead than before, where the document does not. Returns how many
    of each kind were taken.

    Raises Forbidden, and Problem when an item is not (or no more) what the clerk saw.
    """
    require_planner(by, plan.unit, "修订计划")
    plan = Plan.objects.select_for_update(of=("self",)).select_related("unit", "document").get(pk=plan.pk)
    changes = changes_in(plan, document)
    offered = {change.key: change for change in changes if change.kind != SAME and not change.hindrance}
    if not take <= offered.keys():
        raise Problem("PLAN-103", "任务在您查看之后有变动", where=plan.title, remedy="重新打开修订对照，核对后再采纳")
    taken = [change for key, change in offered.items() if key in take]
    for change in taken:
        _TAKE[change.kind](plan, change, by, (leads or {}).get(change.key, []))
    _move(plan, changes)
    before = plan.document_id
    plan.document = document
    plan.save(update_fields=["document"])
    left = [change.title for key, change in offered.items() if key not in take]
    counts = counted(taken)
    log_plan("revised", plan, by, before=before, document=document.pk, **counts, left=left)
    return counts


def _take_new(plan: Plan, change: Change, by: User | None, leads: list[Unit]) -> None:
    assert change.draft is not None
    found, draft = change.draft.task, change.draft
    made = put_task(
        plan, by, leads or change.leads, units_in(draft, TaskUnit.ASSISTING), title=found.title, text=found.text,
        number=found.number, deadline=found.deadline, deadline_text=found.deadline_text, persons=found.persons,
        lead_text=found.lead_text, assisting_text=found.assisting_text,
    )  # fmt: skip
    for target in draft.targets:
        _set_target(made, None, target, by)
    change.tasks = [made]


def _take_gone(plan: Plan, change: Change, by: User | None, leads: list[Unit]) -> None:
    for task in change.tasks:
        if plan.state == Plan.DRAFT:
            remove_task(task=task, by=by)
        elif task.state == Task.OPEN:
            cancel_task(task=task, reason=GONE_REASON, by=by)
    change.tasks = []


def _take_changed(plan: Plan, change: Change, by: User | None, leads: list[Unit]) -> None:
    """Only what is printed otherwise than before; what the clerk mended besides stays mended."""
    assert change.draft is not None and change.base is not None
    (task,), names = change.tasks, {item.name for item in change.differences}
    new = change.draft.task
    words: dict[str, object] = {}
    if "任务内容" in names:
        words |= {"text": new.text, "title": new.title if task.title == change.base.task.title else task.title}
    if "完成时限" in names:
        words |= {"deadline": new.deadline, "deadline_text": new.deadline_text}
    if "责任人" in names:
        words["persons"] = new.persons
    parts: dict[str, list[Unit]] = {}
    if "牵头单位" in names:
        words["lead_text"], parts["leads"] = new.lead_text, leads or change.leads
    if "配合单位" in names:
        words["assisting_text"], parts["assistants"] = new.assisting_text, _assistants(task, change.base, change.draft)
    edit_task(task=task, by=by, **parts, **words)  # type: ignore[arg-type]
    for old, printed in change.targets:
        kept = next((item for item in task.targets.all() if old is not None and same_thing(item, old)), None)
        if printed is not None:
            _set_target(task, kept, printed, by)
        elif kept is not None:
            remove_target(target=kept, by=by)


def _assistants(task: Task, base: Draft, draft: Draft) -> list[Unit]:
    """Who assists now: without those who are printed no more, with those who are printed now; others the clerk named."""
    before, after = (units_in(item, TaskUnit.ASSISTING) for item in (base, draft))
    stay = [unit for unit in task.assistants if unit in after or unit not in before]
    return [*stay, *(unit for unit in after if unit not in stay)]


def _set_target(task: Task, kept: Target | None, printed: Target, by: User | None) -> None:
    """A promise as it is printed now; what the clerk tied to it (issuer, indicator, period, baseline) stays."""
    held = kept or printed
    top = f"-{plain_number(printed.value_to)}" if printed.value_to is not None else ""
    set_ = edit_target(
        task=task, by=by, target=kept, subject=printed.subject, comparator=printed.comparator, unit=printed.unit,
        value=None if printed.value is None else f"{plain_number(printed.value)}{top}", commitment=printed.commitment,
        deadline=printed.deadline, issuer=held.issuer, indicator_code=held.indicator_code, stage=held.stage,
        period=held.period, baseline=held.baseline,
    )  # fmt: skip
    set_.text, set_.qualifier, set_.start, set_.end = printed.text, printed.qualifier, printed.start, printed.end
    set_.save(update_fields=["text", "qualifier", "start", "end"])


def _move(plan: Plan, changes: list[Change]) -> None:
    """Every row stands where its item stands in the new document; rows that are not in it come after them."""
    placed, order = set[int](), 0
    for change in changes:
        for task in change.tasks if change.draft else ():
            order += 1
            placed.add(task.pk)
            _place(task, change, order)
    rest = plan.tasks.filter(parent__isnull=True).exclude(pk__in=placed).order_by("order", "id")
    for task in rest:
        order += 1
        Task.objects.filter(pk=task.pk).update(order=order, start=None, end=None)
        Task.objects.filter(parent_id=task.pk).update(order=order)


def _place(task: Task, change: Change, order: int) -> None:
    draft = change.draft
    assert draft is not None
    new, old = draft.task, change.base.task if change.base else None
    where: dict[str, object] = {"order": order, "path": new.path, "start": new.start, "end": new.end}
    if old is None or task.number == old.number:
        where["number"] = new.number
    if old is not None and old.text == new.text and task.start is not None and task.end is not None:
        # A part of an item that was split keeps its own place in the same words.
        moved = (new.start or 0) - (old.start or 0)
        where |= {"start": task.start + moved, "end": task.end + moved}
    Task.objects.filter(pk=task.pk).update(**where)
    Task.objects.filter(parent_id=task.pk).update(order=order, path=new.path)
    targets = list(Target.objects.filter(task=task, start__isnull=False))
    for target in targets:
        printed = next((item for item in draft.targets if same_thing(item, target)), None)
        target.start, target.end = (printed.start, printed.end) if printed else (None, None)
    Target.objects.bulk_update(targets, ["start", "end"])


_TAKE = {NEW: _take_new, GONE: _take_gone, CHANGED: _take_changed}
