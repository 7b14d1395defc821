"""The school's side: drafts without loss, submission once, withdrawal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from taizhang.events.actions import record_many
from taizhang.events.bulk import update
from taizhang.kernel.errors import Problem, Problems
from taizhang.org.models import User
from taizhang.registers.blueprint import blueprint
from taizhang.registers.collections import policy
from taizhang.registers.collections.actions.approvals import enter
from taizhang.registers.collections.actions.common import add_steps, event_of, exceptions_of, moment, step_of
from taizhang.registers.collections.models import Return
from taizhang.registers.collections.sheet import Cells, Sheet, Verdict, sheets_for
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record

NAMES_TOLD = 6  # fields named in one message
LONGEST_PAUSE = 300  # a longer gap between two saves is not work on the return
DRAFTED = ["values", "faults", "notes", "revision", "filled", "asked", "prefilled", "seconds", "saved_at", "state"]
Notes = Mapping[tuple[str, str], str]


def save_draft(
    *,
    returned: Return,
    by: User | None,
    cells: Cells | None = None,
    notes: Notes | None = None,
    confirm: Iterable[str] | None = None,
    revision: int | None = None,
    deliberate: bool = False,
) -> Sheet:
    """Keep what was typed, right or wrong; ``confirm`` names fields whose known values are this period's too.

    Without ``revision`` the cells named are merged into what is stored (autosave sends the changed ones alone); with it
    a draft that somebody saved meanwhile is refused. Raises NotFound, Forbidden, Problem.
    """
    policy.require_filler(by, returned)
    sheet = open_sheet(returned, by, revision)
    _take(sheet, by, cells, notes, deliberate)
    if confirm is not None:
        sheet.confirm(confirm)
    keep(sheet)
    return sheet


def add_row(*, returned: Return, values: Mapping[str, Any], by: User | None) -> Sheet:
    """A further row of the return, for these dimensions. Raises NotFound, Forbidden, Problem."""
    policy.require_filler(by, returned)
    sheet = open_sheet(returned, by, None)
    sheet.add_row(values, DbLookup(by))
    keep(sheet)
    return sheet


def remove_row(*, returned: Return, key: str, by: User | None) -> Sheet:
    """Take off a row that the unit added. Raises NotFound, Forbidden, Problem."""
    policy.require_filler(by, returned)
    sheet = open_sheet(returned, by, None)
    sheet.remove_row(key)
    keep(sheet)
    return sheet


def open_sheet(returned: Return, by: User | None, revision: int | None, today: date | None = None) -> Sheet:
    """The sheet of a return that may be changed now. Raises Problem when it is locked, or another's save came between."""
    until, today = returned.round.due_on, today or timezone.localdate()
    if today > until:  # only then does an exception matter
        exceptions = exceptions_of(returned.round_id, [returned.unit_id])
        until = policy.allowed_until(returned.round, exceptions.get(returned.unit_id))
    policy.require_unlocked(returned, until, today)
    if revision is not None and revision != returned.revision:
        raise _moved()
    return sheets_for(blueprint(returned.round.register_code), [returned], by)[0]


def _take(sheet: Sheet, by: User | None, cells: Cells | None, notes: Notes | None, deliberate: bool = False) -> None:
    if cells:
        sheet.put(cells, DbLookup(by), deliberate=deliberate)
    if notes:
        sheet.explain(notes)


def keep(sheet: Sheet) -> None:
    """Save a draft unless another save came between: one conditional update. Raises Problem."""
    returned, now = sheet.returned, timezone.now()
    sheet.count()
    spend(returned, now)
    seen = returned.revision
    returned.revision, returned.saved_at = seen + 1, now
    if returned.state == Return.TODO:
        returned.state = Return.DRAFT
    if not _save_if(returned, seen, DRAFTED):
        raise _moved()


def spend(returned: Return, now: datetime) -> None:
    """Count the time since the last save as work on the return, unless it was a pause."""
    gap = int((now - returned.saved_at).total_seconds()) if returned.saved_at else 0
    returned.seconds += gap if 0 <= gap <= LONGEST_PAUSE else 0


def _save_if(returned: Return, seen: int, names: Iterable[str]) -> int:
    """Write these columns of a return that still lies with its unit as it was read; 0 when it does not."""
    as_read = {"id": returned.pk, "revision": seen, "state": (Return.TODO, Return.DRAFT, Return.RETURNED)}
    return update(Return, as_read, {name: getattr(returned, name) for name in names})


def _moved() -> Problem:
    return Problem(
        "REG-240", "您打开后，报表已由别人保存或提交", remedy="您填的还在页面上：另开一页核对新的内容后再保存"
    )


def submit_return(
    *,
    returned: Return,
    by: User | None,
    cells: Cells | None = None,
    notes: Notes | None = None,
    confirm_all: bool = False,
    revision: int | None = None,
    token: str = "",
    at: datetime | None = None,
) -> Return:
    """Hand a return in; its ``receipt`` is the proof. The same ``token`` again gives the same receipt and does nothing.

    Refused (Problems: faults, unconfirmed old values, unexplained swings), what was typed is kept as a draft. Reading and
    checking come before the transaction, so that five hundred schools do not queue for it.
    """
    policy.require_filler(by, returned)
    if token and returned.token == token and not returned.is_in_hand:
        return returned
    now, today = moment(at)
    sheet = open_sheet(returned, by, revision, today)
    _take(sheet, by, cells, notes)
    if confirm_all:
        sheet.confirm()
    verdict = sheet.examine(today)
    problems = obstacles(sheet, verdict)
    if problems:
        keep(sheet)
        raise Problems(problems)
    sheet.count()
    return _hand_in(sheet, verdict, by, token, (now, today))


def obstacles(sheet: Sheet, verdict: Verdict) -> list[Problem]:
    """The faults of a sheet, then the old values that nobody confirmed, then what is not explained."""
    problems = list(verdict.problems)
    if verdict.unconfirmed:
        names = list(dict.fromkeys(name for _, name in verdict.unconfirmed))
        told = "、".join(names[:NAMES_TOLD]) + ("等" if len(names) > NAMES_TOLD else "")
        problems.append(Problem("REG-241", f"{len(verdict.unconfirmed)} 个沿用的旧数还没有核对：{told}",
                                remedy="改成本期的数，或按节确认沿用"))  # fmt: skip
    for item in verdict.unanswered(sheet.returned.notes):
        topic = item.topic.removeprefix("check:")
        where = f"{item.key} · {topic}" if item.key else topic
        problems.append(
            Problem("REG-242", f"{item.message}，须说明原因", where=where, remedy="情况属实的写明原因；填错的改正")
        )
    return problems


@transaction.atomic
def _hand_in(sheet: Sheet, verdict: Verdict, by: User | None, token: str, when: tuple[datetime, date]) -> Return:
    """The write itself: one conditional update, one step, one event. Whoever comes second gets the first one's receipt."""
    returned, (now, today) = sheet.returned, when
    seen = returned.revision
    spend(returned, now)
    returned.times += 1
    returned.receipt = f"BS{returned.round_id:04d}-{returned.pk:06d}-{returned.times}"
    returned.revision, returned.token, returned.saved_at = seen + 1, token, now
    returned.state, returned.stage, returned.remarks = Return.SUBMITTED, 0, {}
    returned.waits_for = returned.stages[0] if returned.stages else ""
    returned.submitted_at, returned.submitted_by = now, by
    returned.first_submitted_at = returned.first_submitted_at or now
    if returned.times == 1:
        returned.is_late = today > returned.round.due_on
    names = [*DRAFTED, "times", "receipt", "token", "stage", "waits_for", "remarks", "submitted_at", "submitted_by_id",
             "first_submitted_at", "is_late"]  # fmt: skip
    if not _save_if(returned, seen, names):
        there = Return.objects.select_related("round", "unit").get(pk=returned.pk)
        if token and there.token == token and not there.is_in_hand:
            return there
        raise _moved()
    values = returned.values if sheet.plan.is_statistics else _declared(returned)
    add_steps([step_of(returned, "提交", by, receipt=returned.receipt, values=values)], now)
    record_many([event_of("submitted", returned, late=returned.is_late, filled=returned.filled)], by=by)
    if not returned.stages:
        enter([(sheet, verdict)], by, now)
    return returned


def _declared(returned: Return) -> dict[str, Any]:
    """What a unit declares in a round over its own rows of a roster or of cases: how many, how many touched since."""
    rows = Record.objects.filter(register_code=returned.round.register_code, unit=returned.unit)
    rows = rows.exclude(state_category="void")
    return {"": {"rows": rows.count(), "touched": rows.filter(updated_at__gte=returned.round.opened_at).count()}}


@transaction.atomic
def withdraw_return(*, returned: Return, by: User | None, reason: str = "") -> Return:
    """Take a return back before anybody has approved it. Raises NotFound, Forbidden, Problem."""
    policy.require_filler(by, returned)
    held = Return.objects.select_for_update(of=("self",)).select_related("round", "unit").get(pk=returned.pk)
    if held.state != Return.SUBMITTED or held.stage:
        raise Problem("REG-243", "审核已经开始或报表不在审核中，不能撤回", remedy="请审核人退回")
    held.state, held.waits_for = Return.DRAFT, ""
    held.save(update_fields=["state", "waits_for"])
    add_steps([step_of(held, "撤回", by, note=reason.strip()[:500], receipt=held.receipt)])
    record_many([event_of("withdrawn", held, reason=reason.strip()[:200])], by=by)
    return held
