"""One return: the school's sheet, its draft, its receipt; the approver's look at it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.kernel.errors import Problem
from taizhang.org.models import User
from taizhang.registers.blueprint import blueprint
from taizhang.registers.collections import actions, policy, queries
from taizhang.registers.collections.forms import BackForm
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.collections.sheet import Sheet, Verdict
from taizhang.registers.collections.views import CATEGORY, UNPROCESSABLE, crumbs, period_label
from taizhang.registers.fields import Field
from taizhang.registers.fields.base import CanonicalField
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record
from taizhang.registers.requests import Request

PARTED = "::"
ORIGINS = {"last": "", "held": "台账已有 ", "ledger": "本期台账 "}


def fill(request: Request, return_id: int) -> HttpResponse:
    """The sheet: to fill in, or to read. Saving without script posts here too."""
    returned = queries.get_return_for(request.user, return_id)
    if request.method != "POST":
        return _page(request, returned)
    try:
        actions.save_draft(
            returned=returned, cells=cells_of(request.POST, "v"), notes=cells_of(request.POST, "n"), by=request.user,
            confirm=_section_names(returned, request.POST.get("confirm")), revision=_revision(request),
        )  # fmt: skip
    except Problem as problem:
        return _page(request, returned, problem)
    messages.success(request, "草稿已保存。")
    return redirect("collections:return", returned.pk)


def _section_names(returned: Return, title: str | None) -> list[str] | None:
    """The fields of a section whose old values the person confirms; None when nothing is confirmed."""
    if title is None:
        return None
    fields = blueprint(returned.round.register_code).register.fields
    return [item.name for item in fields if (item.section or "其他") == title]


def _revision(request: Request) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isdigit() else None


def cells_of(posted: QueryDict, kind: str) -> dict[tuple[str, str], str]:
    """(row key, field or topic) → text of the controls of one kind: ``v`` values, ``n`` explanations."""
    found, start = {}, kind + PARTED
    for name, texts in posted.lists():
        if name.startswith(start):
            _, _, place = name.partition(PARTED)
            key, parted, field = place.partition(PARTED)
            if parted:
                found[key, field] = texts[0] if len(texts) == 1 else "、".join(texts)
    return found


@require_POST
def draft(request: Request, return_id: int) -> JsonResponse:
    """Autosave of the cells that changed; what could not be read comes back with its fault."""
    returned = queries.get_return_for(request.user, return_id)
    sheet = actions.save_draft(
        returned=returned, cells=cells_of(request.POST, "v"), notes=cells_of(request.POST, "n"), by=request.user
    )
    kept = sheet.returned
    faults = {
        f"v{PARTED}{key}{PARTED}{name}": told for key, row in kept.faults.items() for name, (_, told) in row.items()
    }
    saved = timezone.localtime(kept.saved_at).strftime("%H:%M:%S") if kept.saved_at else ""
    today, lookup = timezone.localdate(), DbLookup(request.user)
    computed = {f"c{PARTED}{key}{PARTED}{name}": text for key in (sheet.keys if sheet.plan.computed else ())
                for name, text in sheet.computed(key, today, lookup).items()}  # fmt: skip
    return JsonResponse({"revision": kept.revision, "filled": kept.filled, "asked": kept.asked, "saved": saved,
                         "faults": faults, "computed": computed})  # fmt: skip


@require_POST
def submit(request: Request, return_id: int) -> HttpResponse:
    """Hand in. The token in the form makes a second click, or a retry after a lost answer, harmless."""
    returned = queries.get_return_for(request.user, return_id)
    try:
        actions.submit_return(
            returned=returned, cells=cells_of(request.POST, "v"), notes=cells_of(request.POST, "n"), by=request.user,
            confirm_all="confirm_all" in request.POST, revision=_revision(request),
            token=request.POST.get("token", "")[:40],
        )  # fmt: skip
    except Problem as problem:
        return _page(request, returned, problem)
    return redirect("collections:return", returned.pk)


@require_POST
def rows(request: Request, return_id: int) -> HttpResponse:
    """A further row, or one less."""
    returned = queries.get_return_for(request.user, return_id)
    try:
        if "remove" in request.POST:
            actions.remove_row(returned=returned, key=request.POST["remove"], by=request.user)
        else:
            actions.add_row(returned=returned, values=request.POST.dict(), by=request.user)
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return _page(request, returned, problem)
    return redirect("collections:return", returned.pk)


@require_POST
def withdraw(request: Request, return_id: int) -> HttpResponse:
    """Take back what nobody has approved yet."""
    returned = queries.get_return_for(request.user, return_id)
    actions.withdraw_return(returned=returned, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, "已撤回，修改后请重新提交。")
    return redirect("collections:return", returned.pk)


@require_POST
def approve(request: Request, return_id: int) -> HttpResponse:
    """Approve this one."""
    returned = queries.get_return_for(request.user, return_id)
    outcome = actions.approve_returns(
        round_=returned.round, ids=[returned.pk], by=request.user, note=request.POST.get("note", "")
    )
    if outcome.refused:
        raise Problem("REG-253", outcome.refused[0][1], remedy="刷新后再看")
    messages.success(request, "已通过，数据已入账。" if outcome.entered else "已通过，转下一环节审核。")
    return redirect("collections:return", returned.pk)


@require_POST
def back(request: Request, return_id: int) -> HttpResponse:
    """Send back with a reason and remarks by cell."""
    returned = queries.get_return_for(request.user, return_id)
    form = BackForm(request.POST)
    remarks: dict[str, dict[str, str]] = {}
    for (key, name), text in cells_of(request.POST, "r").items():
        if text.strip():
            remarks.setdefault(key, {})[name] = text
    if not form.is_valid():
        return _page(request, returned, back_form=form)
    actions.send_back(
        returned=returned, reason=form.cleaned_data["reason"], until=form.cleaned_data["until"], remarks=remarks,
        by=request.user,
    )  # fmt: skip
    messages.success(request, f"已退回“{returned.unit.name}”。")
    return redirect("collections:watch", returned.round_id)


# -- the page -------------------------------------------------------------------------------------------------------


def _page(
    request: Request, returned: Return, problem: Problem | None = None, back_form: BackForm | None = None
) -> HttpResponse:
    """The return as it stands; after a refusal with what was typed, which is in ``returned`` or in the POST."""
    sheet, today = queries.sheet_for(request.user, returned), timezone.localdate()
    plan, register = sheet.plan, sheet.plan.register
    if problem is not None and returned.is_in_hand:
        # The person's own typing stands on the page even when another's save came between.
        sheet.put(cells_of(request.POST, "v"), DbLookup(request.user))
        sheet.explain(cells_of(request.POST, "n"))
    until = queries.until_of(returned)
    fills = policy.filler_reach(request.user, register).holds(returned.unit)
    editable = fills and returned.is_in_hand and returned.round.state == Round.OPEN and today <= until
    approves = returned.state == Return.SUBMITTED and policy.stage_reach(
        request.user, register, returned.waits_for).holds(returned.unit)  # fmt: skip
    verdict = sheet.examine(today)
    context = {
        "returned": returned, "round": returned.round, "unit": returned.unit, "plan": plan, "until": until,
        "period": period_label(returned.round), "editable": editable, "approves": approves, "today": today,
        "fills": fills, "locked": fills and returned.is_in_hand and not editable, "keys": sheet.keys,
        "sections": _sections(sheet, request.user, editable, approves) if plan.is_statistics else [],
        "questions": _questions(sheet, verdict), "unconfirmed": len(verdict.unconfirmed), "problem": problem,
        "dimensions": _dimension_fields(sheet) if editable else [], "token": uuid4().hex,
        "removable": [key for key in sheet.keys if key and key not in sheet.known.keys_of(returned.unit_id)],
        "steps": returned.steps.order_by("-id"), "stage": policy.STAGES.get(returned.waits_for),
        "category": CATEGORY[returned.state], "own_rows": _own_rows(returned) if not plan.is_statistics else None,
        "back_form": back_form or BackForm(), "parted": PARTED,
        "may_withdraw": fills and returned.state == Return.SUBMITTED and not returned.stage,
    }  # fmt: skip
    place = (returned.round.title, reverse("collections:watch", args=[returned.round_id]))
    context |= crumbs(place, (returned.unit.name, ""))
    refused = problem is not None or back_form is not None
    status = UNPROCESSABLE if refused else 200
    return render(request, "registers/collections/return.html", context, status=status)


def _own_rows(returned: Return) -> dict[str, Any]:
    """A roster's round: how many rows of its own the unit confirms, and where they are."""
    code = returned.round.register_code
    found = Record.objects.filter(register_code=code, unit=returned.unit).exclude(state_category="void").count()
    return {"count": found, "url": f"{reverse('registers:list', args=[code])}?unit={returned.unit.code}"}


def _dimension_fields(sheet: Sheet) -> list[dict[str, Any]]:
    """The controls that name a further row."""
    items = [sheet.plan.fields[name] for name in sheet.plan.register.dimensions]
    return [
        {"name": item.name, "control": item.widget().render(item.name, "", {"aria-label": item.name})} for item in items
    ]


def _questions(sheet: Sheet, verdict: Verdict) -> list[dict[str, str]]:
    """What must be explained, with what was said so far."""
    return [
        {
            "name": PARTED.join(("n", item.key, item.topic)), "key": item.key, "topic": item.topic.removeprefix("check:"),
            "message": item.message, "note": sheet.returned.notes.get(item.key, {}).get(item.topic, ""),
        }
        for item in verdict.questions
    ]  # fmt: skip


def _sections(sheet: Sheet, user: User, editable: bool, approves: bool) -> list[dict[str, Any]]:
    """The sheet by sections: a line a field, a column a row key."""
    lookup, keys, today = DbLookup(user), sheet.keys, timezone.localdate()
    groups: dict[str, list[dict[str, Any]]] = {title: [] for title in sheet.plan.register.sections}
    old_left: dict[str, int] = {}
    computed = {key: sheet.computed(key, today, lookup) if sheet.plan.computed else {} for key in keys}
    for item in sheet.plan.fields.values():
        title = item.definition.section or "其他"
        if item.is_computed and item.name not in sheet.plan.sensitive:
            groups.setdefault(title, []).append(_computed_line(item, computed))
        if item.name not in sheet.by_name:
            continue
        control = _control(item, lookup) if editable else None
        cells = [_cell(sheet, key, item, control, lookup, approves) for key in keys]
        old_left[title] = old_left.get(title, 0) + sum(cell["is_old"] for cell in cells)
        unit = "%" if item.type == "percent" else item.definition.unit
        line = {"label": item.definition.title, "unit": unit, "required": item.definition.required,
                "help": item.definition.help, "cells": cells}  # fmt: skip
        groups.setdefault(title, []).append(line)
    return [{"title": title, "lines": lines, "old": old_left.get(title, 0)} for title, lines in groups.items() if lines]


def _computed_line(item: Field, computed: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A line that the system works out; the draft's answer brings it up to date while the school types."""
    cells = [{"key": key, "computed": PARTED.join(("c", key, item.name)), "text": texts.get(item.name, "")}
             for key, texts in computed.items()]  # fmt: skip
    unit = "%" if item.type == "percent" else item.definition.unit
    return {"label": item.definition.title, "unit": unit, "help": item.definition.help, "cells": cells}


def _control(item: Field, lookup: DbLookup) -> Any:
    """The widget of a field, made once for its line."""
    made = item.form_field()
    if isinstance(made, CanonicalField):
        made.lookup = lookup
    return made.widget


def _cell(sheet: Sheet, key: str, item: Field, control: Any, lookup: DbLookup, approves: bool) -> dict[str, Any]:
    """One cell: its control or text, the old value with its origin, the fault, the approver's remark."""
    name, returned = item.name, sheet.returned
    posted = PARTED.join(("v", key, name))
    fault = returned.faults.get(key, {}).get(name)
    old = sheet.old(key, name)
    is_old = old is not None and not sheet.is_touched(key, name) and fault is None
    stored = sheet.stored(key, name)
    shown = sheet.shown(key, name, lookup)
    cell: dict[str, Any] = {
        "key": key,
        "name": posted,
        "text": shown,
        "is_old": is_old,
        "fault": fault[1] if fault else "",
    }
    if old is not None:
        cell["old"] = sheet.plan.shown(name, {name: old.stored}, lookup)
        cell["origin"] = ORIGINS[old.origin] + old.where
    cell["remark"] = returned.remarks.get(key, {}).get(name, "")
    if approves:
        cell["remark_name"] = PARTED.join(("r", key, name))
    if control is not None:
        sensitive = item.definition.sensitive and stored is not None
        value = fault[0] if fault else "" if sensitive else item.edit_text(stored, lookup)
        attrs = {"id": posted, "aria-label": f"{key} {name}".strip(), "data-cell": ""}
        if sensitive:
            attrs["placeholder"] = f"已有 {shown}"
        control.is_required = False
        cell["control"] = control.render(posted, value, attrs)
    return cell
