"""Every write of records, steps aside (``registers.steps``). ``Record.data`` is written through these two alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from taizhang.catalog.schema import RegisterDef
from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.models import Unit, User
from taizhang.registers import attachments, policy
from taizhang.registers.attachments import Upload
from taizhang.registers.blueprint import Blueprint, Data, blueprint
from taizhang.registers.collections.guard import refuse_beside_round
from taizhang.registers.drafts import Draft, draft, new_record
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Attachment, Record, Version
from taizhang.registers.writing import write

Files = Mapping[str, Sequence[Upload]]


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved record and what somebody should look at."""

    record: Record
    warnings: list[str]


@transaction.atomic
def create_record(
    *,
    register: str,
    unit: Unit,
    values: Mapping[str, Any],
    by: User | None,
    period: str = "",
    state: str | None = None,
    files: Files | None = None,
    reason: str = "",
    source: str = "",
) -> Saved:
    """A new record. ``values`` are raw by field name; ``state`` other than the initial one is for those who keep the
    register. Raises Problems (values), Forbidden (unit), Problem (duplicate)."""
    plan, lookup, today = blueprint(register), DbLookup(by), timezone.localdate()
    policy.require(by, plan.register, "create", unit)
    if state is not None and state != plan.register.lifecycle.initial:
        _require_keeper(by, plan.register, unit)
    record = new_record(plan, unit, period, state, today)
    refuse_beside_round(plan, unit, record.period, by)
    made = draft(plan, record, values, lookup, today, files=file_names(plan, record, files))
    made.reason = reason
    write([made], by=by, action="修改", event="registers.record.created", lookup=lookup, source=source)
    attach(record, files, by)
    return Saved(record, made.warnings)


@transaction.atomic
def edit_record(
    *,
    record: Record,
    values: Mapping[str, Any],
    by: User | None,
    revision: int | None = None,
    files: Files | None = None,
    reason: str = "",
    source: str = "",
) -> Saved:
    """Change the fields named in ``values``. ``revision`` is the one that the person looked at; when somebody saved
    meanwhile, Problem says who changed what. Raises also Problems, Forbidden."""
    plan, lookup = blueprint(record.register_code), DbLookup(by)
    held = hold(plan, record, revision)
    made = prepare_edit(plan, held, values, by, lookup, files)
    made.reason = reason
    write([made], by=by, action="修改", event="registers.record.edited", lookup=lookup, source=source)
    attach(held, files, by)
    return Saved(held, made.warnings)


def prepare_edit(
    plan: Blueprint,
    held: Record,
    values: Mapping[str, Any],
    by: User | None,
    lookup: DbLookup,
    files: Files | None = None,
) -> Draft:
    """The record with these values, everything checked, nothing saved. Raises like ``edit_record``."""
    policy.require_seen(by, plan.register, held.unit)
    policy.require(by, plan.register, "edit", held.unit)
    require_changeable(plan, held, by)
    return draft(plan, held, values, lookup, timezone.localdate(), files=file_names(plan, held, files))


def save_record(
    *, register: str, values: Mapping[str, Any], by: User | None, record: Record | None = None, **more: Any
) -> Saved:
    """Create (``unit=``, ``period=``, ``state=``) or, with ``record``, edit (``revision=``)."""
    if record is not None:
        return edit_record(record=record, values=values, by=by, **more)
    return create_record(register=register, values=values, by=by, **more)


@transaction.atomic
def restore_version(
    *, record: Record, revision: int, by: User | None, reason: str = "", seen: int | None = None
) -> Saved:
    """Make a record what it was at ``revision``: undo. Attachments stay; the state comes back only for those who keep
    the register, for all others it moves by steps alone. ``seen`` is the revision that the person looked at."""
    plan, lookup = blueprint(record.register_code), DbLookup(by)
    held = hold(plan, record, seen)
    policy.require_seen(by, plan.register, held.unit)
    policy.require(by, plan.register, "edit", held.unit)
    keeper = policy.keeps(by, plan.register, held.unit)
    if not keeper:
        require_changeable(plan, held, by)
    old = Version.objects.filter(record=held, revision=revision).first()
    if old is None:
        raise Problem("REG-026", f"没有第 {revision} 版", remedy="在历史中选一版")
    values = {
        field.name: plan.open(field.name, old.data.get(field.name)) for field in plan.writable() if field.type != "file"
    }
    state = old.state if keeper and old.state in plan.register.lifecycle.states else None
    made = restored(plan, held, values, state, lookup)
    _refuse_shut(plan, made, by)
    made.reason = reason or f"恢复到第 {revision} 版"
    write([made], by=by, action="恢复", event="registers.record.restored", lookup=lookup)
    return Saved(held, made.warnings)


@transaction.atomic
def undo_change(*, record: Record, revision: int, by: User | None, seen: int | None = None) -> Saved:
    """Take back what one change did to the fields, where nobody has changed them since; later changes of other fields
    stay. Raises Problem naming the fields that moved on, NotFound, Forbidden."""
    plan, lookup = blueprint(record.register_code), DbLookup(by)
    held = hold(plan, record, seen)
    policy.require_seen(by, plan.register, held.unit)
    policy.require(by, plan.register, "edit", held.unit)
    require_changeable(plan, held, by)
    pair = list(Version.objects.filter(record=held, revision__in=(revision - 1, revision)).order_by("revision"))
    if len(pair) != 2:
        raise Problem("REG-031", "第一版不能撤销", remedy="记录有误的请作废")
    before, after = pair
    names = [
        name
        for name in after.changed
        if name in plan.fields and not plan.fields[name].is_computed and not _is_file(plan, name)
    ]
    if not names:
        raise Problem("REG-032", "这一步没有改动内容", remedy="状态按步骤退回；附件在附件栏处理")
    later = [name for name in names if held.data.get(name) != after.data.get(name)]
    if later:
        named = "、".join(later)
        raise Problem("REG-033", f"{named}后来又改过，不能只撤销这一次", remedy="先撤销后来的改动，或直接修改")
    values = {field.name: plan.open(field.name, held.data.get(field.name)) for field in plan.writable()}
    values |= {name: plan.open(name, before.data.get(name)) for name in names}
    made = restored(
        plan, held, {name: value for name, value in values.items() if not _is_file(plan, name)}, None, lookup
    )
    _refuse_shut(plan, made, by)
    made.reason = f"撤销第 {revision} 版的改动"
    write([made], by=by, action="撤销", event="registers.record.restored", lookup=lookup)
    return Saved(held, made.warnings)


def _refuse_shut(plan: Blueprint, made: Draft, by: User | None) -> None:
    """What a state keeps shut, only who keeps the register brings back."""
    shut = [name for name in made.changed if name in plan.register.lifecycle.rules_in(made.was_state).readonly]
    if shut and not policy.keeps(by, plan.register, made.record.unit):
        raise Problem("REG-109", f"“{made.was_state}”时不能改“{shut[0]}”", where=shut[0], remedy="请主管科室恢复")


def restored(plan: Blueprint, held: Record, values: Data, state: str | None, lookup: DbLookup) -> Draft:
    """The draft of an undo: canonical values are taken as they are, then checked like any other save."""
    data = {name: value for name, value in held.data.items() if plan.fields.get(name) is None or _is_file(plan, name)}
    for name, value in values.items():
        if value is not None:
            kept = plan.same(name, held.data.get(name), value)
            data[name] = held.data[name] if kept else plan.seal(name, value)
    before = Record(pk=held.pk, data=held.data, state=held.state)
    held.data = data
    made = draft(plan, held, {}, lookup, timezone.localdate(), state=state)
    made.before, made.was_state = before.data, before.state
    made.changed = [name for name in plan.fields if data.get(name) != before.data.get(name)]
    return made


@transaction.atomic
def add_attachments(*, record: Record, field: str, uploads: Sequence[Upload], by: User | None) -> Saved:
    """Add files to a record's file field. Raises Problem on a wrong type, size or field."""
    return edit_record(record=record, values={}, by=by, files={field: uploads})


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User | None, reason: str = "") -> Saved:
    """Take a file off its record; its bytes stay in the store, and the log says who took it off."""
    record = attachment.record
    if record is None:
        raise policy.no_record()
    plan, lookup, today = blueprint(record.register_code), DbLookup(by), timezone.localdate()
    held = hold(plan, record, None)
    policy.require_seen(by, plan.register, held.unit)
    policy.require(by, plan.register, "edit", held.unit)
    require_changeable(plan, held, by)
    rest = held.attachments.filter(field=attachment.field).exclude(pk=attachment.pk).order_by("id")
    made = draft(plan, held, {}, lookup, today, files={attachment.field: attachments.joined_names(rest)})
    made.reason = reason or f"删除附件 {attachment.name}"
    record_event(
        "registers.attachment.removed",
        by=by,
        subject=f"record:{held.pk}",
        register_code=held.register_code,
        label=attachment.name,
        unit_code=held.unit.code,
        sha256=attachment.sha256,
    )
    attachment.delete()
    write([made], by=by, action="删除附件", event="registers.record.edited", lookup=lookup)
    return Saved(held, made.warnings)


@transaction.atomic
def reveal_field(*, record: Record, field: str, reason: str, by: User) -> str:
    """The unmasked text of a sensitive field; the log keeps who read it and why."""
    plan = blueprint(record.register_code)
    policy.require_seen(by, plan.register, record.unit)
    found = plan.fields.get(field)
    if found is None or not found.definition.sensitive:
        raise Problem("REG-111", f"“{field}”不是敏感字段", where=field)
    if not policy.may_reveal(by, plan.register, record):
        raise Forbidden(
            "REG-112", f"您不能查看“{field}”的完整内容", remedy="请由填报单位或有“查看敏感字段”权限的人员查看"
        )
    if len(reason.strip()) < 2:
        raise Problem("REG-113", "查看敏感字段须写明原因", where="原因", remedy="写清用途，如“电话核实情况”")
    record_event(
        "registers.field.revealed",
        by=by,
        subject=f"record:{record.pk}",
        register_code=record.register_code,
        label=str(record),
        unit_code=record.unit.code,
        field=field,
        reason=reason.strip()[:200],
    )
    return found.display(plan.open(field, record.data.get(field)), DbLookup(by))


def note_view(*, record: Record, by: User) -> None:
    """The log keeps who opened a record of a register that asks for it."""
    if blueprint(record.register_code).register.privacy.log_views:
        record_event(
            "registers.record.viewed",
            by=by,
            subject=f"record:{record.pk}",
            register_code=record.register_code,
            label=str(record),
            unit_code=record.unit.code,
        )


def note_export(*, register: RegisterDef, filters: str, rows: int, by: User) -> None:
    """The log keeps who took a list away, how it was narrowed, and how long it was. Raises Forbidden."""
    policy.require_export(register)
    record_event(
        "registers.list.exported",
        by=by,
        subject=f"register:{register.code}",
        register_code=register.code,
        label=register.name,
        filters=filters,
        rows=rows,
    )


def require_changeable(plan: Blueprint, record: Record, by: User | None) -> None:
    """Raise Problem for a record that is struck out, or closed and not the person's to mend."""
    refuse_beside_round(plan, record.unit, record.period, by)
    if record.state_category == "void":
        raise Problem("REG-027", "该记录已作废，不能修改", remedy="如系误作废，请主管科室在历史中恢复")
    if record.state_category == "closed" and not policy.keeps(by, plan.register, record.unit):
        raise Problem("REG-028", f"该记录已是“{record.state}”，不能再改", remedy="确需更正的，请联系主管科室处理")


def _require_keeper(by: User | None, register: RegisterDef, unit: Unit) -> None:
    if not policy.keeps(by, register, unit):
        raise Forbidden("REG-029", "新记录只能从初始状态开始", where="状态", remedy="先新增，再按步骤办理")


def hold(plan: Blueprint, record: Record, revision: int | None) -> Record:
    """The record as it is now, locked until commit. Raises Problem when it moved on since ``revision``."""
    held = Record.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=record.pk).first()
    if held is None:
        raise policy.no_record()
    if revision is not None and held.revision != revision:
        later = list(Version.objects.filter(record=held, revision__gt=revision).order_by("revision"))
        told = "；".join(
            f"{item.by_name} {timezone.localtime(item.at):%m-%d %H:%M} {item.action}"
            + (f"({'、'.join(item.changed[:6])})" if item.changed else "")
            for item in later[-3:]
        )
        raise Problem(
            "REG-014", f"您打开后记录已被改动：{told}", where=str(held), remedy="刷新页面，核对新的内容后再改"
        )
    return held


def _is_file(plan: Blueprint, name: str) -> bool:
    return name in plan.fields and plan.fields[name].type == "file"


def file_names(plan: Blueprint, record: Record, files: Files | None) -> Data:
    """The canonical values that file fields get from uploads; the attachments themselves follow the record."""
    names: Data = {}
    for field, uploads in (files or {}).items():
        if not uploads:
            continue
        if not _is_file(plan, field):
            raise Problem("REG-146", f"“{field}”不是附件字段", where=field, remedy="在附件字段里上传")
        kept = list(record.attachments.filter(field=field).order_by("id")) if record.pk else []
        if len(kept) + len(uploads) > 1 and not plan.fields[field].definition.many:
            raise Problem("REG-147", f"“{field}”只能有一个附件", where=field, remedy="先删去原附件，或合并成一个文件")
        fresh = [upload.name or "附件" for upload in uploads]
        names[field] = "、".join([*(item.name for item in kept), *fresh])
    return names


def attach(record: Record, files: Files | None, by: User | None) -> None:
    """Store the uploads of a saved record, each with its line in the log. Raises Problem on a wrong type or size."""
    for field, uploads in (files or {}).items():
        for upload in uploads:
            attachment = attachments.checked(upload, field, by.pk if by else None)
            attachment.record = record
            attachment.save()
            record_event(
                "registers.attachment.added",
                by=by,
                subject=f"record:{record.pk}",
                register_code=record.register_code,
                label=attachment.name,
                unit_code=record.unit.code,
                field=field,
                sha256=attachment.sha256,
            )


__all__ = [
    "Saved",
    "add_attachments",
    "attach",
    "create_record",
    "edit_record",
    "file_names",
    "hold",
    "prepare_edit",
    "remove_attachment",
    "restore_version",
    "restored",
    "reveal_field",
    "save_record",
    "undo_change",
]
