"""One change of many records: choose the rows, look at what would come of it, do it, take it back within a day.

Every row takes the same way as a single save: rights, state, checks, version, event. Nothing is overwritten that somebody
saved between the look and the act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from taizhang.catalog.lifecycle_schema import TransitionDef
from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import NotFound, Problem, Problems
from taizhang.org.models import User
from taizhang.registers import actions, policy, steps
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.drafts import Draft
from taizhang.registers.fields import Field
from taizhang.registers.finding.imports import struck_out
from taizhang.registers.finding.models import BulkAct
from taizhang.registers.forms import FilterForm
from taizhang.registers.lifecycle import find_step, needs_reason, steps_of
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record, Version
from taizhang.registers.queries import filtered_records, visible_records
from taizhang.registers.writing import write

MOST_ROWS = 10_000
BATCH = 200
SHOWN = 200
UNDO_WITHIN = timedelta(days=1)
KEPT = timedelta(days=30)
FIELD, STEP = BulkAct.FIELD, BulkAct.STEP
Tick = Callable[[int], None]


def act_for(user: User, act_id: int) -> BulkAct:
    """A bulk act of the person's own. Raises NotFound."""
    found = BulkAct.objects.filter(pk=act_id, by=user).first()
    if found is None:
        raise NotFound("REG-400", "没有这次批量处理，或不是您发起的", remedy="回到台账列表重新选择记录")
    return found


def fields_for(user: User, plan: Blueprint) -> list[Field]:
    """The fields that may be set for many records at once: none that is secret, one of a kind, or the record's key."""
    if not policy.may(user, plan.register, "edit"):
        return []
    key = {*plan.register.dimensions}
    return [
        item
        for item in plan.writable()
        if item.type != "file" and not item.definition.sensitive and not item.definition.unique and item.name not in key
    ]


def steps_for_many(user: User, plan: Blueprint) -> list[TransitionDef]:
    """The steps that a person may take somewhere and that ask for nothing secret."""
    return [
        step
        for step in steps_of(plan.register)
        if policy.step_reach(user, plan.register, step) and not set(step.requires) & plan.sensitive
    ]


@transaction.atomic
def choose_rows(*, register: str, by: User, keys: Sequence[str] = (), query: str | None = None) -> BulkAct:
    """Keep which rows are meant: those ticked, or with ``query`` all that a list's address finds. Only rows that the
    person may see are taken. Raises Problem for none or too many."""
    plan = blueprint(register)
    found = visible_records(by, plan.register)
    if query is not None:
        asked = QueryDict(query)
        form = FilterForm(plan, policy.reach_of(by, plan.register, "see"), asked)
        found = filtered_records(by, plan.code, form.filters(), asked.get("sort", ""))
    else:
        found = found.filter(pk__in=[int(key) for key in keys if key.isdigit()][: MOST_ROWS + 1]).order_by("-id")
    rows = [list(row) for row in found.values_list("pk", "revision")[: MOST_ROWS + 1]]
    if not rows:
        raise Problem("REG-401", "没有选中记录", remedy="在列表里勾选，或选“全部符合条件的”")
    if len(rows) > MOST_ROWS:
        raise Problem("REG-402", f"一次最多处理 {MOST_ROWS} 条记录", remedy="先筛选，分几次处理")
    return BulkAct.objects.create(register_code=plan.code, by=by, rows=rows, query=(query or "")[:2000])


@transaction.atomic
def set_change(*, act: BulkAct, kind: str, name: str, values: Mapping[str, Any], by: User, note: str = "") -> BulkAct:
    """Say what is to be done: ``kind`` field or step by ``name``. An act that was carried out is not changed any more."""
    plan = blueprint(act.register_code)
    _require_state(act, by, BulkAct.CHOSEN, BulkAct.PREVIEWED)
    known = (
        [item.name for item in fields_for(by, plan)]
        if kind == FIELD
        else [step.name for step in steps_for_many(by, plan)]
    )
    if name not in known:
        raise Problem("REG-403", f"不能批量处理“{name}”", remedy=f"可选：{'、'.join(known) or '无'}")
    if kind == STEP and needs_reason(plan.register, find_step(plan.register, name)) and not note.strip():
        raise Problem("REG-025", f"{name}须写明原因", where="说明", remedy="在“说明”里写清原因")
    act.change = {"kind": kind, "name": name, "values": dict(values), "note": note.strip()[:500]}
    act.state, act.verdict = BulkAct.CHOSEN, {}
    act.save()
    return act


@dataclass(slots=True)
class Tally:
    """What came of the rows; the first ``SHOWN`` of each kind by name."""

    changed: int = 0
    same: int = 0
    refused: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, record: Record | None, problem: Problem) -> None:
        self.refused += 1
        if len(self.refusals) < SHOWN:
            many = problem.problems if isinstance(problem, Problems) else [problem]
            why = "；".join(f"{item.message}。{item.remedy}" if item.remedy else item.message for item in many)
            self.refusals.append({**_named(record), "why": why})

    def take(self, made: Draft, was: tuple[str, str], lookup: DbLookup) -> None:
        if made.is_idle:
            self.same += 1
            return
        self.changed += 1
        if len(self.changes) < SHOWN:
            self.changes.append({**_named(made.record), "changes": _changes(made, was[0], lookup)})

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("changed", "same", "refused", "changes", "refusals")}


def preview(*, act: BulkAct, by: User, tick: Tick = lambda done: None) -> dict[str, Any]:
    """What the act would do, row by row, nothing saved. The rows that would change keep the revision looked at."""
    _require_state(act, by, BulkAct.CHOSEN, BulkAct.PREVIEWED)
    plan, lookup, tally = blueprint(act.register_code), DbLookup(by), Tally()
    fresh: list[list[int]] = []
    for start in range(0, len(act.rows), BATCH):
        rows = act.rows[start : start + BATCH]
        records = _seen(plan, rows, by)
        lookup.preload(records.values())
        for pk, _ in rows:
            record = records.get(pk)
            try:
                if record is None:
                    raise policy.no_record()
                revision, was = record.revision, (record.state, record.state_category)
                made = _prepared(plan, record, act, by, lookup)
            except Problem as wrong:
                tally.refuse(record, wrong)
            else:
                tally.take(made, was, lookup)
                fresh.append([pk, revision])
        tick(start + len(rows))
    act.verdict, act.state = {**tally.as_dict(), "rows": fresh}, BulkAct.PREVIEWED
    act.save(update_fields=["verdict", "state"])
    return act.verdict


def apply(*, act: BulkAct, by: User, whole: bool, tick: Tick = lambda done: None) -> dict[str, Any]:
    """Carry the act out: ``whole`` all rows or none, else those that are accepted, batch by batch. Raises Problem when a
    row of a whole act is refused. Run again after a break, it goes on behind the last batch that was saved."""
    if whole and act.verdict.get("refused"):
        raise Problem(
            "REG-405", f"有 {act.verdict['refused']} 条不能处理，没有改动任何记录", remedy="只处理可以的，或先改好"
        )
    _require_state(act, by, BulkAct.PREVIEWED)
    tally, done = Tally(**{key: act.outcome[key] for key in act.outcome if key in Tally.__slots__}), len(act.done)
    finished = {pk for pk, _ in act.done}
    rows = [row for row in act.verdict["rows"] if row[0] not in finished]
    if whole:
        with transaction.atomic():
            for start in range(0, len(rows), BATCH):
                _apply_batch(act, rows[start : start + BATCH], by, tally)
            if tally.refused:
                raise Problem(
                    "REG-405",
                    f"有 {tally.refused} 条不能处理，没有改动任何记录：{tally.refusals[0]['label']} {tally.refusals[0]['why']}",
                    remedy="重新预览，再决定是否只处理可以的",
                )
            _finish(act, by, tally)
        return act.outcome
    for start in range(0, len(rows), BATCH):
        with transaction.atomic():
            _apply_batch(act, rows[start : start + BATCH], by, tally)
            act.outcome = tally.as_dict()
            act.save(update_fields=["done", "outcome"])
        tick(done + start + BATCH)
    with transaction.atomic():
        _finish(act, by, tally)
    return act.outcome


def _apply_batch(act: BulkAct, rows: Sequence[Sequence[int]], by: User, tally: Tally) -> None:
    """One batch inside the caller's transaction: the rows are held, drafted, and written together."""
    plan, lookup = blueprint(act.register_code), DbLookup(by)
    held = _seen(plan, rows, by, hold=True)
    lookup.preload(held.values())
    drafts: list[Draft] = []
    for pk, revision in rows:
        record = held.get(pk)
        try:
            if record is None:
                raise policy.no_record()
            if record.revision != revision:
                raise Problem("REG-406", "预览之后被别人改过，没有覆盖", remedy="打开记录核对，需要时单独修改")
            was = (record.state, record.state_category)
            if act.change["kind"] == STEP:
                act.done.append([pk, _step(act, record, by)])
                tally.changed += 1
                continue
            made = _prepared(plan, record, act, by, lookup)
        except Problem as wrong:
            tally.refuse(record, wrong)
        else:
            tally.take(made, was, lookup)
            if not made.is_idle:
                drafts.append(made)
    write(
        drafts,
        by=by,
        action="批量修改",
        event="registers.record.edited",
        lookup=lookup,
        source=f"批量处理 {act.pk}",
    )
    act.done += [[made.record.pk, made.record.revision] for made in drafts]


def _step(act: BulkAct, record: Record, by: User) -> int:
    """A step may write a letter or hand the record over: it is taken as one takes it on the record's page. Returns the
    revision after it."""
    with transaction.atomic():
        saved = steps.take_step(
            record=record,
            step=act.change["name"],
            by=by,
            values=act.change["values"],
            note=act.change["note"],
            revision=record.revision,
        )
    return saved.record.revision


def _finish(act: BulkAct, by: User, tally: Tally) -> None:
    moved = BulkAct.objects.filter(pk=act.pk, state=BulkAct.PREVIEWED).update(state=BulkAct.APPLIED)
    if not moved:
        raise Problem("REG-404", "这次批量处理已经办过", remedy="刷新页面查看结果")
    act.state, act.outcome, act.applied_at = BulkAct.APPLIED, tally.as_dict(), timezone.now()
    act.save(update_fields=["outcome", "applied_at", "done", "state"])
    record_event(
        "registers.bulk.applied",
        by=by,
        subject=f"bulk:{act.pk}",
        label=f"{blueprint(act.register_code).register.name} 批量{act.change['name']}",
        register=act.register_code,
        kind=act.change["kind"],
        name=act.change["name"],
        query=act.query,
        changed=tally.changed,
        refused=tally.refused,
    )


def forget_old(today: date) -> int:
    """Lists of who was changed how are not kept longer than they serve; versions and the log keep what was done."""
    old = BulkAct.objects.filter(made_at__date__lt=today - KEPT)
    return old.delete()[0]


def why_not_undone(act: BulkAct, by: User) -> str:
    """What stands against taking an act back, '' when nothing."""
    if act.state != BulkAct.APPLIED or act.by_id != by.pk or not act.done:
        return "没有可以撤销的改动"
    if act.applied_at is None or timezone.now() - act.applied_at > UNDO_WITHIN:
        return "已过一天，不能整批撤销"
    if act.change["kind"] == STEP:
        step = find_step(blueprint(act.register_code).register, act.change["name"])
        if step.letter or step.hand_to:
            return "这一步已发出文书或移交了记录，不能整批撤销"
    return ""


def undo(*, act: BulkAct, by: User, tick: Tick = lambda done: None) -> dict[str, Any]:
    """Take the whole act back where nobody changed the row since; the others stay and are named. Raises Problem."""
    if why := why_not_undone(act, by):
        raise Problem("REG-407", why, remedy="逐条在记录页的历史中恢复")
    tally = Tally()
    rows = list(act.done)
    for start in range(0, len(rows), BATCH):
        with transaction.atomic():
            _undo_batch(act, rows[start : start + BATCH], by, tally)
        tick(start + BATCH)
    with transaction.atomic():
        act.state, act.outcome = BulkAct.UNDONE, tally.as_dict()
        act.save(update_fields=["state", "outcome"])
        record_event(
            "registers.bulk.undone",
            by=by,
            subject=f"bulk:{act.pk}",
            label=f"{blueprint(act.register_code).register.name} 撤销{'导入 ' if act.is_import else '批量'}{act.change['name']}",
            register=act.register_code,
            changed=tally.changed,
            refused=tally.refused,
        )
    return act.outcome


def _undo_batch(act: BulkAct, rows: Sequence[Sequence[int]], by: User, tally: Tally) -> None:
    plan, lookup = blueprint(act.register_code), DbLookup(by)
    held = _seen(plan, rows, by, hold=True)
    before = {
        (item.record_id, item.revision): item
        for item in Version.objects.filter(record__in=held, revision__in={revision - 1 for _, revision in rows})
    }
    drafts: list[Draft] = []
    for pk, revision in rows:
        record = held.get(pk)
        try:
            if record is None:
                raise policy.no_record()
            if record.revision != revision:
                raise Problem("REG-408", f"{act.word}之后又被改过，没有撤销", remedy="打开记录，在历史中逐条恢复")
            was = (record.state, record.state_category)
            old = before.get((pk, revision - 1))
            made = _undone(plan, record, old, act, by, lookup) if old else struck_out(plan, record, by, lookup)
            made.reason = f"撤销{act.word} {act.pk}"
        except Problem as wrong:
            tally.refuse(record, wrong)
        else:
            tally.take(made, was, lookup)
            drafts.append(made)
    write(
        drafts,
        by=by,
        action="撤销",
        event="registers.record.restored",
        lookup=lookup,
        source=f"撤销{act.word} {act.pk}",
    )


def _undone(plan: Blueprint, record: Record, old: Version, act: BulkAct, by: User, lookup: DbLookup) -> Draft:
    """The record as it was before the act. The right to take it back is the right to have done it."""
    if act.change["kind"] != STEP:
        policy.require(by, plan.register, "edit", record.unit)
        actions.require_changeable(plan, record, by)
    else:
        step = find_step(plan.register, act.change["name"])
        if not policy.step_reach(by, plan.register, step).holds(record.unit):
            raise Problem("REG-012", f"您的岗位不能“{step.name}”", remedy=f"须由{'、'.join(step.by)}办理")
    values = {
        item.name: plan.open(item.name, old.data.get(item.name)) for item in plan.writable() if item.type != "file"
    }
    return actions.restored(plan, record, values, None if act.change["kind"] == FIELD else old.state, lookup)


def _prepared(plan: Blueprint, record: Record, act: BulkAct, by: User, lookup: DbLookup) -> Draft:
    if act.change["kind"] == FIELD:
        return actions.prepare_edit(plan, record, act.change["values"], by, lookup)
    _, made = steps.prepare_step(
        plan, record, act.change["name"], by, act.change["values"], act.change["note"], None, lookup
    )
    return made


def _seen(plan: Blueprint, rows: Sequence[Sequence[int]], by: User, *, hold: bool = False) -> dict[int, Record]:
    """The records of a batch that the person may see, by number; held until the transaction ends if asked."""
    records = Record.objects.select_for_update(of=("self",)) if hold else Record.objects
    found, reach = (
        records.select_related("unit").in_bulk([pk for pk, _ in rows]),
        policy.reach_of(by, plan.register, "see"),
    )
    return {pk: record for pk, record in found.items() if reach.holds(record.unit)}


def _require_state(act: BulkAct, by: User, *states: str) -> None:
    if act.by_id != by.pk or act.state not in states:
        raise Problem("REG-404", "这次批量处理已经办过", remedy="刷新页面查看结果；再改请重新选择记录")


def _named(record: Record | None) -> dict[str, Any]:
    if record is None:
        return {"id": 0, "label": "—", "unit": ""}
    return {"id": record.pk, "label": f"{record} {record.title}".strip()[:80], "unit": record.unit.name}


def _changes(made: Draft, was: str, lookup: DbLookup) -> list[dict[str, str]]:
    """Field, before, after; the state first. Sensitive values stay masked."""
    plan = made.plan
    found = [{"field": "状态", "before": was, "after": made.record.state}] if was != made.record.state else []
    for name in made.changed:
        before, after = (
            plan.shown(name, data, lookup) if data.get(name) is not None else ""
            for data in (made.before, made.record.data)
        )
        found.append({"field": plan.fields[name].definition.title, "before": before[:80], "after": after[:80]})
    return found
