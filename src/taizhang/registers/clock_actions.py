"""What the clock makes happen: a deadline is lengthened by who may, and the ladders are climbed once a day."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.document import Scope
from taizhang.catalog.lifecycle_schema import DeadlineDef
from taizhang.catalog.schema import RegisterDef
from taizhang.events.actions import record as record_event
from taizhang.events.models import Work
from taizhang.events.work import work
from taizhang.kernel.calendar import parse_term
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.models import User
from taizhang.org.notices import send_notice
from taizhang.org.policy import EVERYWHERE, Reach, reach
from taizhang.registers import deadlines, policy
from taizhang.registers.actions import hold
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.deadlines import DueStep
from taizhang.registers.drafts import Draft
from taizhang.registers.letters import issue_letter
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Letter, Record, Urging
from taizhang.registers.recipients import people_named
from taizhang.registers.steps import take_step
from taizhang.registers.writing import BATCH, write

log = logging.getLogger(__name__)


def may_extend(user: User | None, register: RegisterDef, deadline: DeadlineDef, record: Record) -> bool:
    """Whether a person may lengthen this deadline: the posts that the pack names, where they see the record."""
    if deadline.extend is None:
        return False
    if user is None:
        return True
    see = policy.grants(register, "see")
    grants: dict[str, Scope | None] = {role: see.get(role) for role in deadline.extend.by}
    found: Reach = EVERYWHERE if user is None else reach(user, grants, register.owner)
    return found.holds(record.unit)


@transaction.atomic
def extend_deadline(
    *, record: Record, deadline: str, term: str, reason: str, by: User | None, revision: int | None = None
) -> Record:
    """Lengthen a running deadline by a term (``30 days``), with the reason that the person concerned is told.
    Raises NotFound, Forbidden, Problem (not running, too long, too often)."""
    plan, today = blueprint(record.register_code), timezone.localdate()
    held = hold(plan, record, revision)
    policy.require_seen(by, plan.register, held.unit)
    running = {clock.deadline.key: clock for clock in deadlines.clocks_of(plan.register, held, today)}
    clock = running.get(deadline)
    if clock is None or clock.deadline.extend is None:
        raise Problem("REG-040", f"现在没有可以延长的期限“{deadline}”", remedy="刷新页面，核对记录的状态")
    allowed = clock.deadline.extend
    if not may_extend(by, plan.register, clock.deadline, held):
        raise Forbidden("REG-041", f"您的岗位不能延长“{deadline}”", remedy=f"须由{'、'.join(allowed.by)}批准")
    if clock.extended >= allowed.times:
        raise Problem("REG-042", f"“{deadline}”已延长 {clock.extended} 次", remedy=f"最多延长 {allowed.times} 次")
    asked, most = parse_term(term), parse_term(allowed.at_most)
    if asked.measure != most.measure or not 0 < asked.days <= most.days:
        raise Problem("REG-043", f"不能延长 {asked}", where="延长", remedy=f"最多延长 {most}")
    if len(reason.strip()) < 2:
        raise Problem("REG-044", "延长期限须写明理由", where="理由", remedy="写清为什么不能按期办结")
    made = Draft(
        plan, held, dict(held.data), held.state, reason=f"{deadline}延长{asked}：{reason.strip()}", forced=True
    )
    held.clock = deadlines.extended(held.clock, deadline, term, today)
    held.due_on = deadlines.due_on(plan.register, held, today)
    write([made], by=by, action="延长期限", event="registers.record.extended", lookup=DbLookup(by))
    if allowed.letter:
        issue_letter(record=held, name=allowed.letter, by=by, note=reason.strip())
    send_notice(
        to=people_named(plan.register, held, ["责任单位", "主管科室"]),
        text=f"{plan.register.name} {held.number or held.pk} 的“{deadline}”延长{asked}，到 {held.due_on}。",
        url=f"/registers/records/{held.pk}/",
        subject=f"record:{held.pk}",
        by=by,
    )
    return held


def refresh_deadlines(day: date, tick: Callable[[int, int], None] | None = None) -> int:
    """Work out anew the dates of all running terms; returns how many records moved. They were counted with the calendar
    of their day: holidays were announced since, the bureau made a day its own, or the pack changed a term. What moves
    says so in its timeline."""
    moved = 0
    todo = [
        item
        for item in catalog().registers.values()
        if not item.retired and any(deadline.within or deadline.when for deadline in item.lifecycle.deadlines)
    ]
    for number, register in enumerate(todo):
        if tick is not None:
            tick(number, len(todo))
        plan, lookup = blueprint(register.code), DbLookup(None)
        open_ = Record.objects.filter(register_code=register.code, state_category__in=("draft", "open"))
        stale = [
            record.pk
            for record in open_.order_by("id").iterator(chunk_size=BATCH)
            if deadlines.due_on(register, record, day) != record.due_on
        ]
        for pk in stale:
            try:
                moved += _refresh(plan, pk, day, lookup)
            except Problem:
                log.exception("the deadline of record %s could not be worked out", pk)
    return moved


@transaction.atomic
def _refresh(plan: Blueprint, pk: int, day: date, lookup: DbLookup) -> bool:
    held = Record.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pk)
    was, due = held.due_on, deadlines.due_on(plan.register, held, day)
    if was == due:
        return False
    said = f"到期日由 {was or '无'} 改为 {due or '无'}"
    made = Draft(plan, held, dict(held.data), held.state, reason=f"工作日历或时限有变，{said}", forced=True)
    held.due_on = due
    write([made], by=None, action="重算期限", event="registers.record.deadline_moved", lookup=lookup)
    return True


@work("registers.deadlines")
def refresh_work(made: Work) -> dict[str, str]:
    """The same at once, after the calendar was changed."""
    moved = refresh_deadlines(timezone.localdate(), made.tick)
    return {"words": f"{moved} 条记录的到期日有变" if moved else "到期日都没有变"}


def run_ladders(day: date) -> int:
    """Give every open record the steps of its ladders that have come due; returns how many records were urged. On a day
    off nothing is sent: the next working day catches up. A second run on the same day does nothing."""
    if not catalog().calendar.is_working(day):
        return 0
    urged = 0
    for register in catalog().registers.values():
        if register.retired or not any(item.ladder for item in register.lifecycle.deadlines):
            continue
        horizon = day + timedelta(days=deadlines.longest_lead(register))
        due = Record.objects.filter(register_code=register.code, state_category="open", due_on__lte=horizon)
        for pk in due.order_by("due_on", "id").values_list("pk", flat=True).iterator():
            try:
                urged += urge_record(record_id=pk, day=day) is not None
            except (Problem, IntegrityError):
                # One record's fault (a letter's template, a worker that was faster) must not silence the others.
                log.exception("record %s could not be urged", pk)
    return urged


@transaction.atomic
def urge_record(*, record_id: int, day: date) -> Urging | None:
    """Give one record its latest due step; steps whose day passed before it are kept as merged. None: nothing is due."""
    record = Record.objects.select_for_update(of=("self",)).select_related("unit__parent").get(pk=record_id)
    register = blueprint(record.register_code).register
    given = [(item.deadline, item.due_on, item.step) for item in record.urgings.all()]
    due = deadlines.due_steps(register, record, day, given)
    if not due:
        return None
    *passed, last = due
    for item in passed:
        _keep(record, item, merged=True)
    letter = issue_letter(record=record, name=last.step.letter, by=None, today=day) if last.step.letter else None
    people = people_named(register, record, last.step.to)
    urging = _keep(record, last, letter=letter, told="、".join(user.name for user in people))
    send_notice(
        to=people,
        text=f"{last.step.level}：{register.name} {record.number or record.pk}，{_how_late(last, day)}。",
        url=f"/registers/records/{record.pk}/",
        subject=f"record:{record.pk}",
        level=last.step.level,
        by=None,
    )
    record_event(
        "registers.record.urged",
        by=None,
        subject=f"record:{record.pk}",
        register_code=record.register_code,
        label=f"{last.step.level} {record}",
        unit_code=record.unit.code,
        level=last.step.level,
        due=last.due.isoformat(),
        to=list(last.step.to),
    )
    if last.step.escalate:
        _escalate(register, record, last, day)
    return urging


def _escalate(register: RegisterDef, record: Record, item: DueStep, day: date) -> None:
    """Take the step that the ladder ends in. When the record refuses it (a field is missing), the urging stands all the
    same, and the section is told to take the step by hand."""
    name = str(item.step.escalate)
    try:
        with transaction.atomic():
            take_step(record=record, step=name, by=None, note=f"{item.step.level}：{_how_late(item, day)}")
    except Problem as wrong:
        log.warning("record %s could not be escalated: %s", record.pk, wrong.code)
        record_event(
            "registers.record.escalation_refused",
            by=None,
            subject=f"record:{record.pk}",
            register_code=record.register_code,
            label=str(record),
            unit_code=record.unit.code,
            step=name,
            code=wrong.code,
        )
        send_notice(
            to=people_named(register, record, ["主管科室"]),
            text=f"{register.name} {record.number or record.pk} 未能自动“{name}”，请打开记录办理。",
            url=f"/registers/records/{record.pk}/",
            subject=f"record:{record.pk}",
            by=None,
        )


def _keep(
    record: Record, item: DueStep, *, letter: Letter | None = None, told: str = "", merged: bool = False
) -> Urging:
    return Urging.objects.create(
        record=record,
        deadline=item.deadline.key,
        due_on=item.due,
        step=item.step.at,
        level=item.step.level,
        letter=letter,
        told=told[:300],
        is_merged=merged,
    )


def _how_late(item: DueStep, day: date) -> str:
    """Where a record stands towards its deadline, in working days."""
    count = catalog().calendar.working_days_between(day, item.due)
    if day == item.due:
        return f"“{item.deadline.key}”今天（{item.due}）到期"
    if count.days > 0:
        return f"“{item.deadline.key}” {item.due} 到期，还有 {count.days} 个工作日"
    return f"“{item.deadline.key}” {item.due} 到期，已超过 {max(-count.days, 1)} 个工作日"
