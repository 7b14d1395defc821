"""Opening a round and keeping it: edit, extend, cancel, close, let one unit in later, urge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.events.actions import record as record_event
from taizhang.events.actions import record_many
from taizhang.kernel.errors import Problem
from taizhang.org.models import Unit, User
from taizhang.org.notices import send_notice
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.collections import policy
from taizhang.registers.collections.actions.common import add_steps, event_of, fillers_at, moment, step_of
from taizhang.registers.collections.actions.returns import NAMES_TOLD
from taizhang.registers.collections.held import held_fields
from taizhang.registers.collections.models import Extension, Return, Round, Urge
from taizhang.registers.collections.sheet import sheets_for
from taizhang.registers.drafts import checked_period

DEFAULT_CHAIN = ("district", "section")
DEFAULT_SWING = Decimal("0.3")
EDITABLE = ("title", "instructions", "contact", "due_on", "swing")
NAMES = {"title": "名称", "instructions": "填报说明", "contact": "联系人", "due_on": "截止日期", "swing": "异动比例"}


@transaction.atomic
def open_round(
    *,
    register: str,
    period: str,
    title: str,
    units: Sequence[Unit],
    due_on: date,
    by: User | None,
    chain: Sequence[str] = DEFAULT_CHAIN,
    instructions: str = "",
    contact: str = "",
    swing: Decimal = DEFAULT_SWING,
    asked_again: str = "",
    copied_from: Round | None = None,
    at: datetime | None = None,
) -> Round:
    """Open a round for these units. Raises Forbidden; Problem for a period, day, unit or chain that does not fit, for a
    second open round of the same register and period, and when the ledger holds fields already and ``asked_again``
    does not say why they are asked once more.
    """
    plan = blueprint(register)
    section, (now, today) = policy.opener_unit(by, plan.register), moment(at)
    code = checked_period(plan, period) if plan.is_statistics else period
    _refuse_odd(plan, units, due_on, chain, by, today)
    held = held_fields(plan, code, units)
    if held and len(asked_again.strip()) < 2:
        fields = list(dict.fromkeys(item.field for item in held))
        names = "、".join(fields[:NAMES_TOLD]) + (f"等 {len(fields)} 项" if len(fields) > NAMES_TOLD else "")
        raise Problem(
            "REG-222", f"台账已有本期的这些数：{names}", where="再次收集的理由",
            remedy="已有的数会预填给学校核对；确需再次收集的，写明理由",
        )  # fmt: skip
    round_ = Round(
        register_code=plan.code, period=code, title=title.strip(), instructions=instructions, contact=contact,
        due_on=due_on, chain=list(chain), swing=swing, asked_again=asked_again.strip(), section=section, opened_by=by,
        copied_from=copied_from, opened_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            round_.save(force_insert=True)
    except IntegrityError as wrong:
        raise Problem(
            "REG-223", "这一期的报送正在进行", where="期间", remedy="在原有的一轮上修改，或先结束、取消它"
        ) from wrong
    _add_returns(plan, round_, units, by)
    record_event("registers.round.opened", by=by, subject=f"round:{round_.pk}", label=round_.title, register_code=round_.register_code,
                 unit_code=section.code, register=plan.code, period=code, due_on=str(due_on), units=len(units),
                 held=len(held), asked_again=round_.asked_again)  # fmt: skip
    return round_


def _refuse_odd(
    plan: Blueprint, units: Sequence[Unit], due_on: date, chain: Sequence[str], by: User | None, today: date
) -> None:
    if due_on < today:
        raise Problem("REG-220", f"截止日期 {due_on} 已经过去", where="截止日期", remedy="填今天或以后的日期")
    if not units:
        raise Problem("REG-221", "没有要填报的单位", where="填报单位", remedy="放宽单位类型或学区，或列出单位")
    unknown = [key for key in chain if key not in policy.STAGES]
    if unknown or len(set(chain)) != len(chain):
        raise Problem("REG-224", f"审核环节不对：{'、'.join(chain)}", where="审核环节", remedy="从列出的环节中选")
    reach = policy.manager_reach(by, plan.register)
    outside = [unit.name for unit in units if not reach.holds(unit)]
    if outside:
        raise Problem("REG-225", f"不归本局收集：{'、'.join(outside[:5])}", where="填报单位", remedy="删去这些单位")


def _add_returns(plan: Blueprint, round_: Round, units: Sequence[Unit], by: User | None) -> None:
    """One empty return a unit, with how much is asked of it and how much of that is known already."""
    ids = {int(part) for unit in units for part in unit.path.strip("/").split("/")}
    above = Unit.objects.in_bulk(list(ids))
    returns = []
    for unit in units:
        stages = policy.stages_of(round_.chain, unit, above)
        returns.append(Return(round=round_, unit=unit, stages=stages))
    for sheet in sheets_for(plan, returns, by):
        sheet.count()
    Return.objects.bulk_create(returns, batch_size=500)


@transaction.atomic
def edit_round(*, round_: Round, values: Mapping[str, Any], by: User | None, reason: str = "") -> Round:
    """Change name, words, due date or swing of an open round. Another due date needs a reason. Raises Forbidden, Problem."""
    held = _held_open(round_, by)
    changed = {name: values[name] for name in EDITABLE if name in values and values[name] != getattr(held, name)}
    if not changed:
        return held
    if "due_on" in changed and len(reason.strip()) < 2:
        raise Problem("REG-226", "改截止日期须写明原因", where="原因", remedy="写清为什么延期或提前")
    if "due_on" in changed and changed["due_on"] < timezone.localdate():
        raise Problem(
            "REG-220", f"截止日期 {changed['due_on']} 已经过去", where="截止日期", remedy="填今天或以后的日期"
        )
    before = {NAMES[name]: str(getattr(held, name)) for name in changed}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save(update_fields=[*changed])
    after = {NAMES[name]: str(value) for name, value in changed.items()}
    record_event("registers.round.edited", by=by, subject=f"round:{held.pk}", label=held.title, register_code=held.register_code,
                 unit_code=held.section.code, before=before, after=after, reason=reason.strip())  # fmt: skip
    return held


def cancel_round(*, round_: Round, reason: str, by: User | None) -> Round:
    """End a round as if it had not been; what was approved stays in the ledger. Raises Forbidden, Problem."""
    if len(reason.strip()) < 2:
        raise Problem("REG-227", "取消须写明原因", where="原因", remedy="写清为什么取消，学校会看到")
    return _end(round_, Round.CANCELLED, "cancelled", reason, by)


def close_round(*, round_: Round, by: User | None, reason: str = "") -> Round:
    """End a round; what is not approved by then stays missing. Raises Forbidden, Problem."""
    return _end(round_, Round.CLOSED, "closed", reason, by)


@transaction.atomic
def _end(round_: Round, state: str, event: str, reason: str, by: User | None) -> Round:
    held = _held_open(round_, by)
    held.state, held.reason = state, reason.strip()[:500]
    held.save(update_fields=["state", "reason"])
    record_event(f"registers.round.{event}", by=by, subject=f"round:{held.pk}", label=held.title, register_code=held.register_code,
                 unit_code=held.section.code, reason=held.reason)  # fmt: skip
    return held


@transaction.atomic
def extend_units(
    *, round_: Round, units: Sequence[Unit], until: date, reason: str, by: User | None, at: datetime | None = None
) -> list[Extension]:
    """Let some units fill until a later day. Raises Forbidden, Problem."""
    held = _held_open(round_, by)
    if len(reason.strip()) < 2:
        raise Problem("REG-228", "放宽期限须写明原因", where="原因", remedy="写清为什么放宽")
    now, today = moment(at)
    if until <= held.due_on or until < today:
        raise Problem(
            "REG-229", f"{until} 没有放宽期限", where="放宽至", remedy=f"须晚于截止日期 {held.due_on}，且不早于今天"
        )
    returns = {item.unit_id: item for item in held.returns.filter(unit__in=units).select_related("unit", "round")}
    if missing := [unit.name for unit in units if unit.pk not in returns]:
        raise Problem("REG-230", f"不在本轮：{'、'.join(missing[:5])}", where="单位", remedy="从名单中选")
    made = Extension.objects.bulk_create(
        [Extension(round=held, unit=unit, until=until, reason=reason.strip(), by=by, at=now) for unit in units]
    )
    note = f"放宽至 {until}：{reason.strip()}"
    add_steps([step_of(returns[unit.pk], "放宽期限", by, note=note) for unit in units], now)
    record_many(
        [event_of("extended", returns[unit.pk], until=str(until), reason=reason.strip()) for unit in units], by=by
    )
    return made


@transaction.atomic
def urge_missing(*, round_: Round, by: User | None, at: datetime | None = None) -> int:
    """Urge every unit whose return lies with it and was not urged today; returns how many. Raises Forbidden, Problem."""
    held, (now, today) = _held_open(round_, by), moment(at)
    in_hand = held.returns.filter(state__in=(Return.TODO, Return.DRAFT, Return.RETURNED))
    urged_today = set(Urge.objects.filter(round=held, on=today).values_list("unit_id", flat=True))
    missing = [item for item in in_hand.select_related("unit", "round") if item.unit_id not in urged_today]
    Urge.objects.bulk_create([Urge(round=held, unit=item.unit, on=today, by=by) for item in missing])
    add_steps([step_of(item, "催报", by, note=f"截止 {held.due_on}") for item in missing], now)
    record_many([event_of("urged", item, due_on=str(held.due_on)) for item in missing], by=by)
    people = fillers_at(catalog().register(held.register_code), [item.unit_id for item in missing])
    text = f"催报：“{held.title}”还没有提交，截止 {held.due_on}。"
    send_notice(to=people, text=text, by=by, url="/collections/", subject=f"round:{held.pk}", level="催办")
    return len(missing)


def _held_open(round_: Round, by: User | None) -> Round:
    """The round as it is now, locked until commit. Raises NotFound, Forbidden, Problem when it has ended."""
    held = Round.objects.select_for_update(of=("self",)).select_related("section").filter(pk=round_.pk).first()
    if held is None or held.register_code not in catalog().registers:
        raise policy.no_round()
    policy.require_manager(by, held)
    if held.state != Round.OPEN:
        raise Problem("REG-231", f"本轮报送{held.get_state_display()}", remedy="需要再收的，复制后发起新的一轮")
    return held
