"""The clerk's work on single tasks: mend, split, merge, add, remove, assign."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import IndicatorDef
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import Unit, User
from taizhang.plans.actions.common import (
    locked,
    log_given,
    log_task,
    recomputed,
    refuse_closed,
    refuse_part,
    refuse_unless_draft,
    target_data,
    units_data,
)
from taizhang.plans.binding import STAGE
from taizhang.plans.drafting import checked_day, checked_period
from taizhang.plans.models import Plan, Target, Task, TaskUnit
from taizhang.plans.policy import require_planner, require_shaper

_TEXT_FIELDS = {
    "title": 200, "number": 20, "text": None, "deadline_text": 100, "persons": 200, "lead_text": 300,
    "assisting_text": 500, "origin": 10, "origin_text": 200, "origin_url": 200,
}  # fmt: skip
# A page of this installation: one slash, then no other host.
_INSIDE = re.compile(r"/(?:[\w-]+/)*")
_DAYS = {"deadline": "完成时限", "begins": "开始日期"}
_SENTENCE_END = re.compile(r"[。;;!!\n]")
# Between digits only: a minus sign is no range.
_RANGE = re.compile(r"(?<=\d)\s*[-–—至~\uff5e]+\s*(?=\d)")
TITLE_LENGTH = 60


@transaction.atomic
def edit_task(
    *,
    task: Task,
    by: User | None,
    leads: Iterable[Unit] | None = None,
    assistants: Iterable[Unit] | None = None,
    **changes: Any,
) -> Task:
    """Mend a task's words (title, number, text, deadline, deadline_text, persons), its pace (begins, pace) and, when
    given, its units.

    What is left out stays. Raises Problem for an empty title, a bad day, or an accepted task without a leading unit.
    """
    require_planner(by, task.plan.unit, "修改任务")
    task = locked(task)
    refuse_closed(task.plan)
    changed = {}
    for name, value in _clean(changes).items():
        if getattr(task, name) != value:
            changed[name] = str(value if value is not None else "")
            setattr(task, name, value)
    task.save()
    if leads is not None or assistants is not None:
        _set_units(task, task.leads if leads is None else leads, task.assistants if assistants is None else assistants)
        changed |= units_data(task)
    if changed:
        log_task("edited", task, by, **changed)
    return task


@transaction.atomic
def assign_units(*, task: Task, leads: Iterable[Unit], by: User | None, assistants: Iterable[Unit] = ()) -> Task:
    """Say who leads and who assists; a unit named on both sides leads. An accepted task keeps at least one lead."""
    require_planner(by, task.plan.unit, "分派任务")
    task = locked(task)
    refuse_closed(task.plan)
    _set_units(task, leads, assistants)
    log_task("assigned", task, by, **units_data(task))
    return task


@transaction.atomic
def assign_leads(*, tasks: list[Task], leads: list[Unit], by: User | None) -> list[Task]:
    """Give several tasks the same leading units; who assists stays. Raises Problem without tasks or units."""
    if not leads or not tasks:
        raise Problem("PLAN-037", "没有勾选任务，或没有写单位", remedy="先勾选任务，再写牵头单位")
    return [assign_units(task=task, leads=leads, assistants=task.assistants, by=by) for task in tasks]


@transaction.atomic
def check_task(*, task: Task, by: User | None, checked: bool = True) -> Task:
    """Mark a draft row as looked at, or take the mark off."""
    require_planner(by, task.plan.unit, "核对任务")
    task = locked(task)
    refuse_unless_draft(task.plan, "再核对草稿行", "在任务页修改")
    task.checked = checked
    task.save(update_fields=["checked"])
    log_task("checked" if checked else "unchecked", task, by)
    return task


@transaction.atomic
def add_task(
    *,
    plan: Plan,
    title: str,
    by: User | None,
    text: str = "",
    deadline: date | str | None = None,
    persons: str = "",
    leads: Iterable[Unit] = (),
    assistants: Iterable[Unit] = (),
    origin: str = "",
    origin_text: str = "",
    origin_url: str = "",
) -> Task:
    """A task by hand, at the plan's end. In an accepted plan it needs a leading unit at once. ``origin`` is one of
    Task.ORIGINS; an ``origin_url`` that does not lead into this installation is dropped."""
    require_planner(by, plan.unit, "添加任务")
    refuse_closed(plan)
    if origin and origin not in Task.ORIGINS:
        raise Problem("PLAN-105", f"没有来源“{origin}”", remedy="可用：" + "、".join(Task.ORIGINS))
    inside = origin_url if _INSIDE.fullmatch(origin_url) else ""
    return put_task(
        plan, by, leads, assistants, title=title, text=text, deadline=deadline, persons=persons, origin=origin,
        origin_text=origin_text, origin_url=inside,
    )  # fmt: skip


@transaction.atomic
def add_subtask(
    *,
    task: Task,
    title: str,
    by: User | None,
    leads: Iterable[Unit],
    text: str = "",
    deadline: date | str | None = None,
    assistants: Iterable[Unit] = (),
) -> Task:
    """A part of a task, owed on its own day by its own units: by who gives out tasks, or by a unit that leads this one.

    Raises Forbidden for others, Problem for a part of a part, or a day after the task's own deadline.
    """
    task = locked(task)
    refuse_closed(task.plan)
    require_shaper(by, task, "分解这项任务")
    refuse_part(task, "在上级任务下再添加一项")
    day = checked_day(deadline, "完成时限")
    if day and task.deadline and day > task.deadline:
        raise Problem("PLAN-058", f"子任务的时限 {day} 晚于任务的时限 {task.deadline}", remedy="填不晚于任务时限的日期")
    words = {"title": title, "text": text, "deadline": day or task.deadline}
    made = put_task(task.plan, by, leads, assistants, parent=task, **words)
    recomputed(task)
    return made


def put_task(
    plan: Plan,
    by: User | None,
    leads: Iterable[Unit],
    assistants: Iterable[Unit],
    *,
    parent: Task | None = None,
    occurrence: str = "",
    **words: Any,
) -> Task:
    """A new row at the plan's end (a part's at its task's place), logged as given where the plan is under way. The action
    that calls it has asked whether the person may."""
    order = parent.order if parent else (plan.tasks.aggregate(last=Max("order"))["last"] or 0) + 1
    task = Task(plan=plan, order=order, checked=True, parent=parent, **_clean(words))
    if parent is not None:
        task.path, task.occurrence = parent.path, occurrence
    task.save()
    _set_units(task, leads, assistants)
    log_task("added", task, by, **({"origin": task.origin, "said": task.origin_text} if task.origin else {}))
    if plan.state == Plan.ACCEPTED:
        log_given(task, by)
    return task


@transaction.atomic
def remove_task(*, task: Task, by: User | None) -> None:
    """Take a row out of a draft. In an accepted plan a task is cancelled with a reason instead."""
    require_planner(by, task.plan.unit, "删除任务")
    task = locked(task)
    refuse_unless_draft(task.plan, "删除任务", "可以填写原因后取消这项任务")
    log_task("removed", task, by, text=task.text)
    task.delete()


@transaction.atomic
def split_task(*, task: Task, texts: list[str], by: User | None) -> list[Task]:
    """Make one draft row several, one for each text; the first keeps the row. Units, deadline and chapter are copied.

    A target goes to the part whose text holds its words, else stays with the first. Raises Problem for fewer than two
    texts.
    """
    require_planner(by, task.plan.unit, "拆分任务")
    task = locked(task)
    refuse_unless_draft(task.plan, "拆分任务", "可以添加新任务")
    parts = [text.strip() for text in texts if text.strip()]
    if len(parts) < 2:
        raise Problem("PLAN-026", "至少要拆成两项", where=task.title, remedy="每项之间空一行")
    task.plan.tasks.filter(order__gt=task.order).update(order=F("order") + len(parts) - 1)
    units, targets, whole = list(task.units.all()), list(task.targets.all()), (task.text, task.start)
    rows = [task, *(_copy(task, task.order + step) for step in range(1, len(parts)))]
    for row, text in zip(rows, parts, strict=True):
        row.title, row.text, row.checked = _title_of(text), text, False
        row.start, row.end = _place(text, *whole, task.end if row is task else row.end)
        row.save()
        if row is not task:
            TaskUnit.objects.bulk_create([TaskUnit(task=row, unit_id=item.unit_id, part=item.part) for item in units])
    for target in targets:
        target.task = next((row for row in rows if target.text and target.text in row.text), task)
        target.save(update_fields=["task"])
    log_task("split", task, by, into=[row.pk for row in rows])
    return rows


@transaction.atomic
def merge_tasks(*, tasks: list[Task], by: User | None) -> Task:
    """Make several draft rows of one plan one: the first stays, with all texts, units, persons and targets.

    The first row's deadline holds; where it has none, the earliest of the others.
    """
    if len({task.pk for task in tasks}) < 2 or len({task.plan_id for task in tasks}) != 1:
        raise Problem("PLAN-027", "请选择同一计划中的两项以上任务合并")
    require_planner(by, tasks[0].plan.unit, "合并任务")
    rows = sorted((locked(task) for task in tasks), key=lambda row: row.order)
    first, rest = rows[0], rows[1:]
    refuse_unless_draft(first.plan, "合并任务", "可以取消其中一项，写明并入哪一项")
    known = {item.unit_id: item for item in first.units.all()}
    for row in rest:
        for item in row.units.all():
            kept = known.setdefault(item.unit_id, TaskUnit(task=first, unit_id=item.unit_id, part=item.part))
            kept.part = TaskUnit.LEAD if TaskUnit.LEAD in (kept.part, item.part) else kept.part
        row.targets.update(task=first)
    for item in known.values():
        item.save()
    _join(first, rows)
    first.save()
    log_task("merged", first, by, rows=[{"id": row.pk, "title": row.title} for row in rest])
    Task.objects.filter(pk__in=[row.pk for row in rest]).delete()
    return first


@transaction.atomic
def edit_target(
    *,
    task: Task,
    by: User | None,
    target: Target | None = None,
    subject: str,
    comparator: str = "=",
    value: str | Decimal | None = None,
    unit: str = "",
    commitment: str = "",
    issuer: str = "",
    deadline: date | str | None = None,
    indicator_code: str = "",
    stage: str = "",
    period: str = "",
    baseline: str | Decimal | None = None,
) -> Target:
    """Mend a target, or add one when ``target`` is None; ``value`` may be a range (1-2).

    ``stage`` is one 学段 of an indicator that is split by it, ``period`` the one the target is judged at ('': the plan's).
    Raises Problem for a bad number, stage or period, NotFound for an unknown indicator.
    """
    require_planner(by, task.plan.unit, "修改目标")
    task = locked(task)
    refuse_closed(task.plan)
    target = target or Target(task=task)
    if target.task_id != task.pk:
        raise NotFound("PLAN-003", "这项任务没有这个目标", remedy="请刷新页面")
    if not subject.strip():
        raise Problem("PLAN-028", "没有写目标的对象", remedy="写明是什么的数量，例如“巩固率”")
    if comparator not in Target.COMPARATORS:
        raise Problem(
            "PLAN-029", f"不认识的比较“{comparator}”", remedy="可用：" + "、".join(Target.COMPARATORS.values())
        )
    target.subject, target.comparator, target.unit = subject.strip()[:200], comparator, unit.strip()[:20]
    target.value, target.value_to = _bounds(value)
    target.commitment, target.issuer = commitment.strip()[:20], issuer.strip()[:60]
    target.deadline = checked_day(deadline, "目标时限")
    indicator = catalog().indicator(indicator_code) if indicator_code else None
    target.indicator_code = indicator.code if indicator else ""
    target.stage, target.period = _stage(stage, indicator), checked_period(period)
    target.baseline = _decimal(baseline)
    if target.measured_on and not target.indicator_code:
        target.measured_on = target.actual = None
    target.save()
    log_task("target_set", task, by, target=str(target), indicator=target.indicator_code, facts=target_data(target))
    recomputed(task)
    return target


@transaction.atomic
def remove_target(*, target: Target, by: User | None) -> None:
    """Take a target off its task."""
    require_planner(by, target.task.plan.unit, "删除目标")
    task = locked(target.task)
    refuse_closed(task.plan)
    log_task("target_removed", task, by, target=str(target), facts={"id": target.pk})
    target.delete()
    recomputed(task)


def _clean(changes: dict[str, Any]) -> dict[str, Any]:
    """Words cut to what a column holds, days as days. TypeError for a field that nobody may set here."""
    cleaned: dict[str, Any] = {}
    for name, value in changes.items():
        if name in _DAYS:
            cleaned[name] = checked_day(value, _DAYS[name])
        elif name == "pace":
            if value not in Task.PACES:
                raise Problem("PLAN-059", f"没有推进方式“{value}”", remedy="可用：" + "、".join(Task.PACES.values()))
            cleaned[name] = value
        elif name in _TEXT_FIELDS:
            cleaned[name] = str(value or "").strip()[: _TEXT_FIELDS[name]]
        else:
            raise TypeError(f"edit_task does not set {name}")
    if "title" in cleaned and not cleaned["title"]:
        raise Problem("PLAN-030", "没有写任务名称", remedy="用一句话写明要做什么")
    return cleaned


def _set_units(task: Task, leads: Iterable[Unit], assistants: Iterable[Unit]) -> None:
    wanted = {unit.pk: TaskUnit.ASSISTING for unit in assistants} | {unit.pk: TaskUnit.LEAD for unit in leads}
    if task.plan.state != Plan.DRAFT and TaskUnit.LEAD not in wanted.values():
        raise Problem("PLAN-024", "没有牵头单位", where=task.title, remedy="执行中的任务至少要有一个牵头单位")
    kept = {item.unit_id: item for item in TaskUnit.objects.filter(task=task)}
    TaskUnit.objects.filter(pk__in=[item.pk for unit, item in kept.items() if unit not in wanted]).delete()
    for unit, item in kept.items():
        if unit in wanted and item.part != wanted[unit]:
            item.part = wanted[unit]
            item.save(update_fields=["part"])
    TaskUnit.objects.bulk_create(
        TaskUnit(task=task, unit_id=unit, part=part) for unit, part in wanted.items() if unit not in kept
    )


def _copy(task: Task, order: int) -> Task:
    return Task(
        plan=task.plan,
        number=task.number,
        order=order,
        path=task.path,
        end=task.end,
        deadline=task.deadline,
        deadline_text=task.deadline_text,
        lead_text=task.lead_text,
        assisting_text=task.assisting_text,
        persons=task.persons,
    )


def _place(text: str, whole: str, start: int | None, end: int | None) -> tuple[int | None, int | None]:
    """Where a part stands in the document: its own span when its words are in the whole's text, else the whole's."""
    at = whole.find(text)
    return (start, end) if start is None or at < 0 else (start + at, start + at + len(text))


def _title_of(text: str) -> str:
    return _SENTENCE_END.split(text, maxsplit=1)[0].strip()[:TITLE_LENGTH] or text[:TITLE_LENGTH]


def _join(first: Task, rows: list[Task]) -> None:
    """Put the words of all rows into the first."""
    first.text = "\n".join(row.text or row.title for row in rows)
    first.persons = "、".join(dict.fromkeys(row.persons for row in rows if row.persons))[:200]
    for name, length in (("lead_text", 300), ("assisting_text", 500)):
        setattr(first, name, "、".join(dict.fromkeys(text for row in rows if (text := getattr(row, name))))[:length])
    first.deadline = first.deadline or min((row.deadline for row in rows if row.deadline), default=None)
    places = [(row.start, row.end) for row in rows if row.start is not None and row.end is not None]
    if places:
        first.start, first.end = min(start for start, _ in places), max(end for _, end in places)
    first.checked = False


def _stage(stage: str, indicator: IndicatorDef | None) -> str:
    """A stage at which the indicator has figures; '' stays ''."""
    if not stage:
        return ""
    if stage not in catalog().options_of(STAGE):
        raise Problem("PLAN-038", f"没有学段“{stage}”", remedy="可用：" + "、".join(catalog().options_of(STAGE)))
    if indicator is None or STAGE not in indicator.by:
        name = f"“{indicator.title}”" if indicator else "没有对应指标的目标"
        raise Problem("PLAN-039", f"{name}不分学段", remedy="学段留空，或换一个分学段的指标")
    return stage


def _bounds(value: str | Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """A number, or both ends of a range as people type it (1-2, 1–2, 1~2, 1至2)."""
    if not isinstance(value, str):
        return _decimal(value), None
    low, *more = _RANGE.split(value.strip(), maxsplit=1)
    return _decimal(low), (_decimal(more[0]) if more else None)


def _decimal(value: str | Decimal | None) -> Decimal | None:
    text = str(value if value is not None else "").replace(",", "").replace(",", "").strip()
    if not text:
        return None
    try:
        exact = Decimal(text)
    except InvalidOperation as wrong:
        raise Problem("PLAN-034", f"目标值“{value}”不是数字", remedy="只填数字，单位填在单位栏") from wrong
    if not exact.is_finite() or abs(exact) >= Decimal(10) ** 16:
        raise Problem("PLAN-034", f"目标值“{value}”超出范围", remedy="换用更大的计量单位")
    return exact
