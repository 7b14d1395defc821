"""The register index, the record page and its forms."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.org.policy import posts_of
from taizhang.registers import actions, attachments, children, pages, policy, steps, timeline
from taizhang.registers.actions import Saved
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.comments import may_instruct
from taizhang.registers.fields import Reference
from taizhang.registers.forms import KeyForm, RecordForm, RevealForm, StepForm
from taizhang.registers.lifecycle import steps_for
from taizhang.registers.models import Attachment, Record
from taizhang.registers.offers import links_of
from taizhang.registers.public.actions import may_issue_code
from taizhang.registers.queries import (
    get_attachment_for,
    get_record_for,
    last_of_kind,
    register_totals,
    registers_for,
    retired_registers_for,
    same_key_record,
    versions_for,
)
from taizhang.registers.requests import Request, sent
from taizhang.registers.suggestions import suggestions_for

UNPROCESSABLE = 422


def index(request: Request) -> HttpResponse:
    """The registers that the person may see, by line of business, with how much is open and late."""
    totals = register_totals(request.user)
    lines: dict[str, list[dict[str, Any]]] = {}
    for register in registers_for(request.user):
        counts = totals.get(register.code, {"all": 0, "open": 0, "late": 0})
        lines.setdefault(register.line, []).append({"register": register, **counts})
    return render(request, "registers/index.html", {"lines": lines, "retired": retired_registers_for(request.user)})


def new(request: Request, code: str) -> HttpResponse:
    """A new record: first whose it is (and of which period), then its fields."""
    plan, today = blueprint(code), timezone.localdate()
    reach = policy.reach_of(request.user, plan.register, "create")
    if not reach:
        if not policy.may(request.user, plan.register, "see"):
            raise policy.no_register(plan.register)
        policy.require(request.user, plan.register, "create", Unit(name="本单位"))
    asked = request.GET if "单位" in request.GET else None
    key = KeyForm(plan, reach, today, asked, initial=_begins_with(request.user, plan))
    ready = key.is_valid() if asked is not None else False
    if not ready and not (asked is None and key.only is not None and not plan.is_statistics):
        return render(request, "registers/key.html", {"plan": plan, "form": key, **crumbs(plan, "新增")})
    chosen = key.cleaned_data if ready else {"单位": key.only}
    return _new_with_key(request, plan, chosen)


def _begins_with(user: User, plan: Blueprint) -> dict[str, Any]:
    """The unit that is offered first: what is handed on later (a petition) begins with the section that keeps it."""
    if not any(step.hand_to for step in plan.register.lifecycle.transitions):
        return {}
    return {"单位": next((post.unit.code for post in posts_of(user) if post.unit.name == plan.register.owner), "")}


def _new_with_key(request: Request, plan: Blueprint, chosen: dict[str, Any]) -> HttpResponse:
    unit, period = chosen["单位"], chosen.get("期间", "")
    dimensions = {name: chosen[name] for name in plan.register.dimensions}
    previous = None
    if plan.is_statistics:
        there = same_key_record(request.user, plan.register, unit, period, plan.dimension_key(dimensions))
        if there is not None:
            messages.info(request, "这一期已经填报，请在已有的记录上修改。")
            return redirect("registers:edit", there.pk)
        previous = last_of_kind(request.user, plan.register, unit, plan.dimension_key(dimensions), period)
    form = RecordForm(
        plan,
        request.user,
        sent(request, request.POST),
        sent(request, request.FILES),
        previous=previous,
        given={name: request.GET[name] for name in [plan.register.parent] if name and name in request.GET},
        skip=plan.register.dimensions,
    )
    if request.method == "POST" and form.is_valid():
        values = {**form.raw_values(), **dimensions}
        try:
            saved = actions.create_record(
                register=plan.code, unit=unit, period=period, values=values, files=form.uploads(), by=request.user
            )
        except Problem as problem:
            form.take(problem)
        else:
            return saved_page(request, saved, f"已保存，{saved.record}")
    facts = [("单位", unit.name), *([("期间", Period.parse(period).label)] if period else []), *dimensions.items()]
    context = {"plan": plan, "form": form, "facts": _facts(facts), "previous": previous, **crumbs(plan, "新增")}
    return render(request, "registers/form.html", context, status=UNPROCESSABLE if form.errors else 200)


def suggest(request: Request, code: str) -> HttpResponse:
    """What a reference field of a form offers for the text typed so far, as options of a data list."""
    plan = blueprint(code)
    if not (policy.may(request.user, plan.register, "create") or policy.may(request.user, plan.register, "edit")):
        raise policy.no_register(plan.register)
    name = request.GET.get("field", "")
    field = plan.fields.get(name)
    found = []
    if isinstance(field, Reference):
        found = suggestions_for(request.user, field.definition, request.GET.get(name, ""))
    return render(request, "registers/parts/suggestions.html", {"offers": found})


def edit(request: Request, record_id: int) -> HttpResponse:
    """Change a record. The form carries the revision that the person looked at."""
    record = get_record_for(request.user, record_id)
    plan = blueprint(record.register_code)
    policy.require(request.user, plan.register, "edit", record.unit)
    actions.require_changeable(plan, record, request.user)
    if request.method != "POST":
        actions.note_view(record=record, by=request.user)
    previous = last_of_kind(request.user, plan.register, record.unit, record.dimension_key, record.period)
    form = RecordForm(
        plan,
        request.user,
        sent(request, request.POST),
        sent(request, request.FILES),
        record=record,
        previous=previous if plan.is_statistics else None,
        skip=plan.register.dimensions,
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.edit_record(
                record=record,
                values=form.raw_values(),
                files=form.uploads(),
                revision=number_of(request.POST.get("revision")),
                by=request.user,
            )
        except Problem as problem:
            form.take(problem)
        else:
            return saved_page(request, saved, "已保存")
    period = [("期间", Period.parse(record.period).label)] if record.period else []
    facts = [("单位", record.unit.name), *period, *((n, record.data.get(n)) for n in plan.register.dimensions)]
    context = {
        "plan": plan,
        "form": form,
        "record": record,
        "facts": _facts(facts),
        "revision": request.POST.get("revision", record.revision),
        **crumbs(plan, "修改", record),
    }
    return render(request, "registers/form.html", context, status=UNPROCESSABLE if form.errors else 200)


def record(request: Request, record_id: int) -> HttpResponse:
    """One record: fields, checks, steps, files, timeline."""
    found = get_record_for(request.user, record_id)
    actions.note_view(record=found, by=request.user)
    return record_page(request, found)


def record_page(
    request: Request,
    record: Record,
    *,
    revealed: dict[str, str] | None = None,
    problem: Problem | None = None,
    tried: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a record. ``tried`` is a step that was refused: its dialog opens again as it was filled in."""
    plan, today, user = blueprint(record.register_code), timezone.localdate(), request.user
    previous = None
    if plan.is_statistics:
        previous = last_of_kind(user, plan.register, record.unit, record.dimension_key, record.period)
    offered = [
        tried if tried and tried.transition == step else StepForm(plan, user, record, step, number=number)
        for number, step in enumerate(steps_for(user, plan.register, record))
    ]
    may_edit = policy.reach_of(user, plan.register, "edit").holds(record.unit)
    keeps = policy.keeps(user, plan.register, record.unit)
    context = {
        "plan": plan,
        "record": record,
        "today": today,
        "sections": pages.sections_of(plan, record, user, today, previous, revealed or {}),
        "files": _files(plan, record),
        "children": children.panels(user, record, plan.register, today),
        "warnings": pages.warnings_of(plan, record, today),
        "steps": offered,
        "timeline": timeline.timeline(plan, record, versions_for(user, record), user),
        "clocks": timeline.clock_rows(plan.register, record, user, today),
        "letters": timeline.letter_rows(record, user),
        "comments": timeline.comment_rows(record, user),
        "linked": timeline.linked_rows(record, user),
        "offers": links_of(user, record),
        "may_instruct": may_instruct(user),
        "may_edit": may_edit
        and (record.state_category in ("draft", "open") or (keeps and record.state_category != "void")),
        "may_restore": may_edit,
        "keeps": keeps,
        "may_issue_code": may_issue_code(user, plan.register, record),
        "closed": record.state_category in ("closed", "void"),
        "reveal_form": RevealForm(),
        "problem": problem,
        **crumbs(plan, str(record)),
    }
    return render(request, "registers/record.html", context, status=status)


@require_POST
def step(request: Request, record_id: int) -> HttpResponse:
    """Take a step with the fields that it asks for."""
    record = get_record_for(request.user, record_id)
    plan = blueprint(record.register_code)
    wanted = request.POST.get("step", "")
    offered = enumerate(steps_for(request.user, plan.register, record))
    number, chosen = next(((number, item) for number, item in offered if item.name == wanted), (0, None))
    values: dict[str, Any] = {}
    files: dict[str, list[Any]] = {}
    form, seen = None, number_of(request.POST.get("revision"))
    if chosen is not None:
        form = StepForm(plan, request.user, record, chosen, request.POST, request.FILES, number=number)
        if not form.is_valid():
            faults = [Problem("REG-024", str(errors[0]), where=_label(name)) for name, errors in form.errors.items()]
            return record_page(request, record, problem=faults[0], tried=form, status=UNPROCESSABLE)
        values, files = form.raw_values(), form.uploads()
    try:
        saved = steps.take_step(
            record=record,
            step=wanted,
            by=request.user,
            values=values,
            files=files,
            note=request.POST.get("note", ""),
            revision=seen,
        )
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        now = get_record_for(request.user, record_id)
        if form is not None and seen not in (None, now.revision):
            form = None  # what the dialog shows is no longer what it was opened on
        elif form is not None:
            form.take(problem)
        return record_page(request, now, problem=problem, tried=form, status=UNPROCESSABLE)
    told = f"已办理“{wanted}”，现为“{saved.record.state}”"
    if not policy.reach_of(request.user, plan.register, "see").holds(saved.record.unit):
        # Handed to another unit, out of sight of who took the step.
        messages.success(request, f"{told}，已交{saved.record.unit.name}")
        return redirect("registers:list", plan.code)
    return saved_page(request, saved, told)


@require_POST
def restore(request: Request, record_id: int) -> HttpResponse:
    """Undo: the record as it was at a version."""
    record = get_record_for(request.user, record_id)
    revision = number_of(request.POST.get("revision")) or 0
    try:
        saved = actions.restore_version(
            record=record, revision=revision, by=request.user, seen=number_of(request.POST.get("seen"))
        )
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return record_page(request, record, problem=problem, status=UNPROCESSABLE)
    return saved_page(request, saved, f"已恢复到第 {revision} 版")


@require_POST
def reveal(request: Request, record_id: int) -> HttpResponse:
    """The record page with one masked value open, this once. The answer is never cached and never redirected."""
    record = get_record_for(request.user, record_id)
    field = request.POST.get("field", "")
    try:
        text = actions.reveal_field(record=record, field=field, reason=request.POST.get("reason", ""), by=request.user)
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return record_page(request, record, problem=problem, status=UNPROCESSABLE)
    response = record_page(request, record, revealed={field: text})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def attach(request: Request, record_id: int) -> HttpResponse:
    """Add files to a file field."""
    record = get_record_for(request.user, record_id)
    field = request.POST.get("field", "")
    try:
        actions.add_attachments(record=record, field=field, uploads=request.FILES.getlist("file"), by=request.user)
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return record_page(request, record, problem=problem, status=UNPROCESSABLE)
    messages.success(request, "附件已上传。")
    return redirect("registers:record", record.pk)


@require_POST
def detach(request: Request, attachment_id: int) -> HttpResponse:
    """Take a file off its record."""
    attachment = get_attachment_for(request.user, attachment_id)
    saved = actions.remove_attachment(attachment=attachment, by=request.user)
    messages.success(request, f"已删除附件“{attachment.name}”。")
    return redirect("registers:record", saved.record.pk)


def attachment(request: Request, attachment_id: int) -> HttpResponse:
    """A file, with ``?small=1`` its small picture, with ``?copy=public`` without the camera's data. Nothing but our own re-encoded pictures is shown in the page."""
    found = get_attachment_for(request.user, attachment_id)
    small = request.GET.get("small") == "1" and found.media_type.startswith("image/")
    if not small:
        actions.note_view(record=get_record_for(request.user, int(found.record_id or 0)), by=request.user)
    outside = not small and request.GET.get("copy") == "public"
    data = attachments.public_copy(found) if outside else attachments.content(found, small=small)
    response = HttpResponse(data, content_type="image/jpeg" if small else found.media_type)
    if not small:
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _files(plan: Blueprint, record: Record) -> list[dict[str, Any]]:
    """[{field, label, items, form}] of the file fields; an empty one that the state hides is left out."""
    hidden = plan.register.lifecycle.rules_in(record.state).hidden
    kept: dict[str, list[Attachment]] = {}
    for item in record.attachments.order_by("id"):
        kept.setdefault(item.field, []).append(item)
    found = []
    for field in plan.fields.values():
        if field.type == "file" and (field.name in kept or field.name not in hidden):
            items = kept.get(field.name, [])
            room = field.definition.many or not items
            found.append(
                {
                    "field": field.name,
                    "label": field.definition.title,
                    "items": items,
                    "room": room,
                    "many": field.definition.many,
                }
            )
    return found


def saved_page(request: Request, saved: Saved, text: str) -> HttpResponse:
    """The record's own page, which itself names the checks that the record does not meet."""
    messages.success(request, text)
    return redirect("registers:record", saved.record.pk)


def _facts(pairs: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [{"label": label, "value": value} for label, value in pairs]


def crumbs(plan: Blueprint, label: str, record: Record | None = None) -> dict[str, Any]:
    crumbs = [
        {"label": "台账", "url": reverse("registers:index")},
        {"label": plan.register.label or plan.register.name, "url": reverse("registers:list", args=[plan.code])},
    ]
    if record is not None:
        crumbs.append({"label": str(record), "url": reverse("registers:record", args=[record.pk])})
    return {"breadcrumbs": [*crumbs, {"label": label, "url": ""}]}


def _label(name: str) -> str:
    return {"note": "说明", "__all__": ""}.get(name, name)


def number_of(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
