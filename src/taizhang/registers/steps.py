"""Steps along the lifecycle: who may, with which fields, to whom the record goes, which letter is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from taizhang.catalog.lifecycle_schema import TransitionDef
from taizhang.catalog.schema import RegisterDef
from taizhang.documents.papers import Paper
from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.models import Unit, User
from taizhang.org.notices import send_notice
from taizhang.registers import policy
from taizhang.registers.actions import Files, Saved, attach, file_names, hold
from taizhang.registers.blueprint import Blueprint, Data, blueprint
from taizhang.registers.children import refuse_over_children
from taizhang.registers.drafts import Draft, draft
from taizhang.registers.letters import NOT_NUMBERED, issue_letter, letter_named, paper_of
from taizhang.registers.lifecycle import asked_by, find_step, needs_reason, target_of, why_not
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record
from taizhang.registers.recipients import people_named, unit_named
from taizhang.registers.writing import write


@transaction.atomic
def take_step(
    *,
    record: Record,
    step: str,
    by: User | None,
    values: Mapping[str, Any] | None = None,
    note: str = "",
    revision: int | None = None,
    files: Files | None = None,
) -> Saved:
    """Move a record along its lifecycle, with the fields that the step asks for, and write the step's letter. Voiding and
    reopening are such steps and need a note. Raises NotFound, Forbidden, Problem (state, condition, conflict), Problems."""
    plan, lookup = blueprint(record.register_code), DbLookup(by)
    held = hold(plan, record, revision)
    chosen, made = prepare_step(plan, held, step, by, values or {}, note, files, lookup)
    before = held.unit
    if chosen.hand_to:
        held.unit = _receiver(plan, held, chosen, lookup)
    write([made], by=by, action=chosen.name, event="registers.record.stepped", lookup=lookup)
    attach(held, files, by)
    if held.unit != before:
        _tell_handed(plan, held, before, by)
    if chosen.letter:
        issue_letter(record=held, name=chosen.letter, by=by, note=note.strip())
    return Saved(held, made.warnings)


@transaction.atomic
def preview_letter(
    *, record: Record, step: str, by: User | None, values: Mapping[str, Any] | None = None, note: str = ""
) -> Paper:
    """The letter that a step would write, without taking it: not numbered, nothing saved. Raises like ``take_step``."""
    plan, lookup = blueprint(record.register_code), DbLookup(by)
    held = hold(plan, record, None)
    chosen, _ = prepare_step(plan, held, step, by, values or {}, note, None, lookup)
    if chosen.letter is None:
        raise Problem("REG-165", f"“{chosen.name}”不发文书", remedy="直接办理")
    declared = letter_named(chosen.letter)
    return paper_of(plan, held, declared, timezone.localdate(), number=NOT_NUMBERED, note=note.strip())


def prepare_step(
    plan: Blueprint,
    held: Record,
    step: str,
    by: User | None,
    values: Mapping[str, Any],
    note: str,
    files: Files | None,
    lookup: DbLookup,
) -> tuple[TransitionDef, Draft]:
    """The step and the record after it, everything checked, nothing saved."""
    today = timezone.localdate()
    policy.require_seen(by, plan.register, held.unit)
    chosen = find_step(plan.register, step)
    _require_step(plan.register, chosen, held, by)
    refuse_over_children(held, plan.register, plan.register.lifecycle.states[target_of(plan.register, chosen, held)])
    _require_step_fields(plan, chosen, held, by, values)
    if needs_reason(plan.register, chosen) and not note.strip():
        remedy = f"在“说明”里写清为什么{chosen.name}"
        raise Problem("REG-025", f"{chosen.name}须写明原因", where="说明", remedy=remedy)
    names = file_names(plan, held, files)
    _require_filled(chosen, held, values, names)
    voids = plan.register.lifecycle.voids(chosen)
    made = draft(plan, held, values, lookup, today, step=chosen, files=names, relaxed=voids)
    made.reason = note.strip()
    # With the values that came with the step: what it asks for may be what the condition speaks of.
    if why := why_not(plan, chosen, held, today):
        raise Problem("REG-022", f"现在还不能“{chosen.name}”：{why}", remedy="先办妥该事项")
    return chosen, made


def _require_step(register: RegisterDef, step: TransitionDef, record: Record, by: User | None) -> None:
    if record.state not in step.from_:
        raise Problem(
            "REG-023",
            f"“{record.state}”的记录不能“{step.name}”",
            remedy=f"须先处于：{'、'.join(step.from_)}；可能已有人办理，请刷新",
        )
    if not policy.step_reach(by, register, step).holds(record.unit):
        raise Forbidden("REG-012", f"您的岗位不能“{step.name}”", remedy=f"须由{'、'.join(step.by)}办理")


def _require_step_fields(
    plan: Blueprint, step: TransitionDef, record: Record, by: User | None, values: Mapping[str, Any]
) -> None:
    """With a step a person fills what it asks for; other fields only who may edit the record."""
    asked = asked_by(plan.register, step, record)
    others = [name for name in values if name not in asked]
    if others and not policy.reach_of(by, plan.register, "edit").holds(record.unit):
        raise Forbidden(
            "REG-013",
            f"办理“{step.name}”时不能改{'、'.join(others)}",
            remedy=f"可填：{'、'.join(asked) or '无'}",
        )


def _require_filled(step: TransitionDef, held: Record, values: Mapping[str, Any], files: Data) -> None:
    missing = [
        name
        for name in step.requires
        if values.get(name) in (None, "") and name not in files and held.data.get(name) is None
    ]
    if missing:
        named = "、".join(missing)
        raise Problem("REG-024", f"“{step.name}”前须填写：{named}", where=missing[0], remedy="补填后再办理")


def _receiver(plan: Blueprint, held: Record, step: TransitionDef, lookup: DbLookup) -> Unit:
    """The unit that a record goes to with a step. Raises Problem when there is none, or it is closed."""
    name = str(step.hand_to)
    if name in plan.fields:
        stored = held.data.get(name)
        found = None if stored is None else lookup.target(plan.fields[name].definition, str(stored))
    else:
        found = unit_named(plan.register, held, name)
    if not isinstance(found, Unit):
        raise Problem("REG-035", f"“{step.name}”要交给的单位没有写明", where=name, remedy="填写接收单位后再办理")
    if not found.is_open(timezone.localdate()):
        raise Problem("REG-036", f"“{found.name}”已停用，不能接收", where=name, remedy="改交现有的单位")
    return found


def _tell_handed(plan: Blueprint, record: Record, before: Unit, by: User | None) -> None:
    """The log keeps from whom to whom a record went; its new people are told."""
    record_event(
        "registers.record.handed",
        by=by,
        subject=f"record:{record.pk}",
        register_code=record.register_code,
        label=str(record),
        unit_code=record.unit.code,
        was=before.code,
    )
    send_notice(
        to=people_named(plan.register, record, ["责任单位"]),
        text=f"{plan.register.name} {record.number or record.pk} 交由{record.unit.name}办理。",
        url=f"/registers/records/{record.pk}/",
        subject=f"record:{record.pk}",
        by=by,
    )
