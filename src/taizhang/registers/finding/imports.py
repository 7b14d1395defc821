"""An import as one act: what it saved is kept row by row, so that it can be taken back like any other bulk act."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from taizhang.kernel.errors import Problem
from taizhang.org.models import User
from taizhang.registers import actions, policy
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.children import refuse_over_children
from taizhang.registers.drafts import Draft, draft
from taizhang.registers.finding.models import BulkAct
from taizhang.registers.lookups import DbLookup
from taizhang.registers.matching import LoadResult
from taizhang.registers.models import Record


def begin_import(*, register: str, name: str, by: User, act_id: int | None = None) -> BulkAct:
    """The act of an import of the sheet ``name``; with ``act_id`` the one that broke off and goes on."""
    begun = BulkAct.objects.filter(pk=act_id, by=by, state=BulkAct.LOADING).first() if act_id else None
    change = {"kind": BulkAct.IMPORT, "name": name[:200], "values": {}, "note": ""}
    return begun or BulkAct.objects.create(register_code=register, by=by, state=BulkAct.LOADING, change=change)


def add_rows(act: BulkAct, drafts: Sequence[Draft]) -> None:
    """Keep what a part saved; called inside the part's transaction."""
    act.done += [[made.record.pk, made.record.revision] for made in drafts]
    act.save(update_fields=["done"])


@transaction.atomic
def finish_import(*, act: BulkAct, result: LoadResult) -> BulkAct | None:
    """The import is over; None when it saved nothing, then there is nothing to take back."""
    if not act.done:
        act.delete()
        return None
    act.state, act.applied_at = BulkAct.APPLIED, timezone.now()
    act.outcome = {"changed": len(act.done), "same": result.unchanged, "refused": result.refused_rows}
    act.save(update_fields=["state", "applied_at", "outcome"])
    return act


def struck_out(plan: Blueprint, record: Record, by: User, lookup: DbLookup) -> Draft:
    """A record that the import added, struck out: nothing is deleted. The right to take it back is the right to have
    imported it. Raises Problem when the register knows no such state or records stand under it; Forbidden."""
    policy.require(by, plan.register, "create", record.unit)
    actions.require_changeable(plan, record, by)
    refuse_over_children(record, plan.register, "void")
    states = plan.register.lifecycle.states
    void = next((state for state, category in states.items() if category == "void"), None)
    if void is None:
        raise Problem("REG-409", "这本台账没有作废的状态，不能撤销新增", remedy="请主管科室在“维护台账”里加上作废状态")
    return draft(plan, record, {}, lookup, timezone.localdate(), state=void, relaxed=True)
