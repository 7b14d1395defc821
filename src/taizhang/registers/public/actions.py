"""What strangers may do: open a case, rate it once. And what the keepers of a register do for them: give out a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from taizhang.catalog.schema import RegisterDef
from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.kernel.formula import parse, row_function
from taizhang.org.models import Unit, User
from taizhang.org.notices import send_notice
from taizhang.org.queries import root_unit
from taizhang.registers import policy
from taizhang.registers.actions import Files, create_record, edit_record
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.models import Record
from taizhang.registers.public.codes import digest_of, new_code
from taizhang.registers.public.models import PublicCase
from taizhang.registers.public.queries import service_of
from taizhang.registers.recipients import people_named, unit_named

SOURCE = "公众网上提交"


@dataclass(frozen=True, slots=True)
class Filed:
    """A case that was opened, with its code, which is never to be had again."""

    record: Record
    code: str


@transaction.atomic
def file_case(*, register: str, values: Mapping[str, Any], form_digest: str, files: Files | None = None) -> Filed:
    """Open a case for a stranger at the section that keeps the register. Only the fields that the door names are taken.
    Raises Problems (values), Problem (the same form again)."""
    service, plan = service_of(register), blueprint(register)
    given = {name: values[name] for name in service.door.fields if name in values and name not in (files or {})}
    taken = {name: uploads for name, uploads in (files or {}).items() if name in service.door.fields}
    made = create_record(
        register=register,
        unit=_unit_of(service.register),
        values={**given, **_set_by_door(plan, service.door.sets)},
        files=taken,
        by=None,
        source=SOURCE,
    ).record
    code = new_code()
    try:
        with transaction.atomic():
            PublicCase.objects.create(record=made, code_digest=digest_of(code), form_digest=form_digest)
    except IntegrityError as wrong:
        raise Problem(
            "REG-193", "这份材料已经收到，不用再交", remedy="查询码只在第一次提交后显示；没有记下的，请联系受理单位"
        ) from wrong
    _log("registers.public.filed", made, None)
    send_notice(
        to=people_named(plan.register, made, ["主管科室"]),
        text=f"{plan.register.name}收到公众网上提交的 {made.number or made.pk}。",
        url=f"/registers/records/{made.pk}/",
        subject=f"record:{made.pk}",
        by=None,
    )
    return Filed(made, code)


@transaction.atomic
def rate_case(*, case: PublicCase, rating: str) -> Record:
    """Say once how a closed case was handled. Raises Problem."""
    door = service_of(case.record.register_code).door
    held = PublicCase.objects.select_for_update(of=("self",)).select_related("record").get(pk=case.pk)
    if door.rates is None or held.record.state_category != "closed":
        raise Problem("REG-194", "现在还不能评价", remedy="办结之后凭查询码评价")
    if held.rated_at is not None:
        raise Problem("REG-195", "已经评价过了", remedy="有新的情况请另行反映")
    if not rating:
        raise Problem("REG-196", "没有选择评价", remedy="选一项再提交")
    saved = edit_record(record=held.record, values={door.rates: rating}, by=None, reason="公众评价", source=SOURCE)
    held.rated_at = timezone.now()
    held.save(update_fields=["rated_at"])
    _log("registers.public.rated", saved.record, None)
    return saved.record


@transaction.atomic
def issue_code(*, record: Record, by: User) -> str:
    """A fresh code for a case, for who came by letter, telephone or in person, or lost theirs; an earlier one ends.
    Raises NotFound, Forbidden, Problem."""
    plan = blueprint(record.register_code)
    policy.require_seen(by, plan.register, record.unit)
    if not may_issue_code(by, plan.register, record):
        raise Forbidden("REG-197", "您不能发查询码", remedy="由管这本台账的科室核对身份后发给本人")
    code = new_code()
    PublicCase.objects.update_or_create(record=record, defaults={"code_digest": digest_of(code)})
    _log("registers.public.code_issued", record, by)
    return code


def may_issue_code(user: User, register: RegisterDef, record: Record) -> bool:
    """Whether a person may give out a code: who keeps a register that has a public door."""
    return register.public is not None and policy.keeps(user, register, record.unit)


def _unit_of(register: RegisterDef) -> Unit:
    """Where a stranger's case begins: at the section that keeps the register, else at the bureau."""
    return unit_named(register, Record(), "主管科室") or root_unit()


def _set_by_door(plan: Blueprint, formulas: Mapping[str, str]) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        name: plan.fields[name].from_value(row_function(parse(formula))({}, today))
        for name, formula in formulas.items()
    }


def _log(action: str, record: Record, by: User | None) -> None:
    record_event(
        action,
        by=by,
        subject=f"record:{record.pk}",
        register_code=record.register_code,
        label=str(record),
        unit_code=record.unit.code,
    )
