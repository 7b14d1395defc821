"""The approvers' side: stage by stage up the tree, several at once, back with reasons; the last stage writes the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from taizhang.catalog.current import catalog
from taizhang.events.actions import Line, record_many
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.models import User
from taizhang.org.notices import send_notice
from taizhang.org.policy import Reach
from taizhang.registers.blueprint import blueprint
from taizhang.registers.collections import policy
from taizhang.registers.collections.actions.common import add_steps, event_of, exceptions_of, moment, step_of
from taizhang.registers.collections.models import Extension, Return, ReturnStep, Round
from taizhang.registers.collections.sheet import Sheet, Verdict, sheets_for
from taizhang.registers.drafts import Draft
from taizhang.registers.lookups import DbLookup
from taizhang.registers.writing import write

REDO_DAYS = 3  # what is sent back near or after the due date may still be mended


@dataclass(slots=True)
class Outcome:
    """What came of approving several returns: how many passed, how many of these for good, and who was refused why."""

    passed: int = 0
    entered: int = 0
    refused: list[tuple[Return, str]] = field(default_factory=list)


@transaction.atomic
def approve_returns(
    *, round_: Round, ids: Iterable[int], by: User | None, note: str = "", at: datetime | None = None
) -> Outcome:
    """Pass each of these returns on to its next stage; after the last it is written into the register.

    A return that is not the person's, or that the register would refuse now, stays where it is and is told.
    """
    plan, outcome = blueprint(round_.register_code), Outcome()
    now, today = moment(at)
    reaches = {key: policy.stage_reach(by, plan.register, key) for key in policy.STAGES}
    final: list[Return] = []
    passing: list[Return] = []
    steps: list[ReturnStep] = []
    events: list[Line] = []
    for item in _held(round_, ids, by):
        if why := _refusal(item, reaches):
            outcome.refused.append((item, why))
        elif item.stage + 1 < len(item.stages):
            passing.append(item)
        else:
            final.append(item)
    ready = _ready(final, by, outcome, today)
    for item in [*passing, *(sheet.returned for sheet, _ in ready)]:
        label = policy.STAGES[item.waits_for].label
        steps.append(step_of(item, "审核通过", by, stage=label, note=note.strip()[:500], receipt=item.receipt))
        events.append(event_of("approved", item, stage=item.waits_for))
    for item in passing:
        item.stage += 1
        item.waits_for = item.stages[item.stage]
    Return.objects.bulk_update(passing, ["stage", "waits_for"], batch_size=200)
    add_steps(steps, now)
    record_many(events, by=by)
    if ready:
        enter(ready, by, now)
    outcome.passed, outcome.entered = len(passing) + len(ready), len(ready)
    return outcome


def _held(round_: Round, ids: Iterable[int], by: User | None) -> list[Return]:
    """These returns of the round, locked, as far as the person may see them."""
    register = catalog().register(round_.register_code)
    rows = Return.objects.select_for_update(of=("self",)).filter(round=round_, pk__in=list(ids))
    found = list(rows.select_related("unit", "round", "submitted_by").order_by("id"))
    reaches = policy.seen_reach(by, register)
    return [item for item in found if any(reach.holds(item.unit) for reach in reaches)]


def _refusal(item: Return, reaches: Mapping[str, Reach]) -> str:
    """Why a return cannot be approved by these hands; '' when it can."""
    if item.round.state == Round.CANCELLED:
        return "本轮报送已取消"
    if item.state != Return.SUBMITTED:
        return f"{item.get_state_display()}，不在审核中"
    if not reaches[item.waits_for].holds(item.unit):
        return f"正等待{policy.STAGES[item.waits_for].label}，不由您审核"
    return ""


def _ready(final: Sequence[Return], by: User | None, outcome: Outcome, today: date) -> list[tuple[Sheet, Verdict]]:
    """Those whose rows the register takes: its definition may have changed since they were handed in."""
    found = []
    if final:
        plan = blueprint(final[0].round.register_code)
        for sheet in sheets_for(plan, final, None):
            verdict = sheet.examine(today)
            if plan.is_statistics and not verdict.problems and len(verdict.drafts) != len(sheet.keys):
                outcome.refused.append((sheet.returned, "有行没有填，请退回重报"))
            elif verdict.problems:
                outcome.refused.append((sheet.returned, f"台账不收：{verdict.problems[0]}"))
            else:
                found.append((sheet, verdict))
    return found


def enter(ready: Sequence[tuple[Sheet, Verdict]], by: User | None, now: datetime) -> None:
    """Write approved returns into the register, in batches: from now on figures read them."""
    drafts: list[Draft] = []
    for sheet, verdict in ready:
        returned = sheet.returned
        who = returned.submitted_by.display_name if returned.submitted_by else "系统"
        for made in verdict.drafts:
            made.reason = f"报送 {returned.receipt} 填报人 {who}" + (f"；{made.reason}" if made.reason else "")
            drafts.append(made)
        returned.state, returned.waits_for, returned.approved_at = Return.APPROVED, "", now
        returned.stage = len(returned.stages)
    title = ready[0][0].returned.round.title
    write(drafts, by=by, action="报送", event="registers.record.collected", lookup=DbLookup(by), source=title)
    Return.objects.bulk_update(
        [sheet.returned for sheet, _ in ready], ["state", "waits_for", "approved_at", "stage"], batch_size=200
    )


@transaction.atomic
def send_back(
    *,
    returned: Return,
    reason: str,
    by: User | None,
    remarks: Mapping[str, Mapping[str, str]] | None = None,
    until: date | None = None,
    at: datetime | None = None,
) -> Return:
    """Return it to the unit with a reason and remarks by row and field; the unit then has ``until`` (or three days, or
    the due date when that is later). Raises NotFound, Forbidden, Problem.
    """
    if len(reason.strip()) < 2:
        raise Problem("REG-250", "退回须写明原因", where="原因", remedy="写清要改什么")
    held = next(iter(_held(returned.round, [returned.pk], by)), None)
    if held is None:
        raise policy.no_return()
    register = catalog().register(held.round.register_code)
    if held.state != Return.SUBMITTED or held.round.state == Round.CANCELLED:
        raise Problem("REG-251", f"报表{held.get_state_display()}，不能退回", remedy="刷新后再看")
    if not policy.stage_reach(by, register, held.waits_for).holds(held.unit):
        label = policy.STAGES[held.waits_for].label
        raise Forbidden("REG-252", f"正等待{label}，不由您退回", remedy="请该环节的审核人办理")
    label = policy.STAGES[held.waits_for].label
    held.state, held.stage, held.waits_for = Return.RETURNED, 0, ""
    held.remarks = {key: {name: text.strip()[:300] for name, text in row.items() if text.strip()}
                    for key, row in (remarks or {}).items()}  # fmt: skip
    held.save(update_fields=["state", "stage", "waits_for", "remarks"])
    now, today = moment(at)
    _give_time(held, reason, until or today + timedelta(days=REDO_DAYS), by, now)
    told = {"stage": label, "note": reason.strip()[:500], "receipt": held.receipt, "remarks": held.remarks}
    add_steps([step_of(held, "退回", by, **told)], now)
    record_many([event_of("sent_back", held, reason=reason.strip()[:200], stage=label)], by=by)
    text = f"“{held.round.title}”被退回：{reason.strip()}"
    to = [held.submitted_by] if held.submitted_by else []
    send_notice(to=to, text=text, by=by, url=f"/collections/returns/{held.pk}/", subject=f"return:{held.pk}")
    return held


def _give_time(held: Return, reason: str, until: date, by: User | None, now: datetime) -> None:
    """An exception to the lock, when the due date leaves no time to mend."""
    granted = exceptions_of(held.round_id, [held.unit_id]).get(held.unit_id)
    if until > policy.allowed_until(held.round, granted):
        Extension.objects.create(
            round=held.round, unit=held.unit, until=until, reason=f"退回修改：{reason}"[:300], by=by, at=now
        )
