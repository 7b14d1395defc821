"""What a case needs beside its fields: undoing, deadlines, letters, comments, and the record on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from taizhang.documents import papers
from taizhang.kernel.errors import Problem
from taizhang.registers import actions, clock_actions, comments, letters, pages, steps, timeline
from taizhang.registers.blueprint import blueprint
from taizhang.registers.forms import StepForm
from taizhang.registers.lifecycle import steps_for
from taizhang.registers.models import Record
from taizhang.registers.queries import get_record_for, versions_for
from taizhang.registers.requests import Request
from taizhang.registers.views import UNPROCESSABLE, crumbs, number_of, record_page, saved_page
from taizhang.ui.downloads import DOCX, download


def _told(request: Request, record: Record, act: Callable[[], object], text: str, anchor: str) -> HttpResponse:
    """Do something on a record and go back to its part of the page; a refusal is shown there."""
    try:
        act()
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return record_page(request, get_record_for(request.user, record.pk), problem=problem, status=UNPROCESSABLE)
    messages.success(request, text)
    return redirect(f"{reverse('registers:record', args=[record.pk])}#{anchor}")


@require_POST
def undo(request: Request, record_id: int) -> HttpResponse:
    """Take back one change."""
    record = get_record_for(request.user, record_id)
    revision = number_of(request.POST.get("revision")) or 0
    try:
        seen = number_of(request.POST.get("seen"))
        saved = actions.undo_change(record=record, revision=revision, by=request.user, seen=seen)
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return record_page(request, record, problem=problem, status=UNPROCESSABLE)
    return saved_page(request, saved, f"已撤销第 {revision} 版的改动")


@require_POST
def extend(request: Request, record_id: int) -> HttpResponse:
    """Lengthen a deadline."""
    record = get_record_for(request.user, record_id)
    wanted = request.POST

    def act() -> None:
        clock_actions.extend_deadline(
            record=record,
            deadline=wanted.get("deadline", ""),
            term=wanted.get("term", ""),
            reason=wanted.get("reason", ""),
            revision=number_of(wanted.get("revision")),
            by=request.user,
        )

    return _told(request, record, act, "已延长期限。", "clocks")


@require_POST
def preview(request: Request, record_id: int) -> HttpResponse:
    """The letter that a step would write, with what stands in the step's form."""
    record = get_record_for(request.user, record_id)
    plan, wanted = blueprint(record.register_code), request.POST.get("step", "")
    chosen = next((item for item in steps_for(request.user, plan.register, record) if item.name == wanted), None)
    values: dict[str, Any] = {}
    if chosen is not None:
        values = StepForm(plan, request.user, record, chosen, request.POST).raw_values()
    try:
        paper = steps.preview_letter(
            record=record, step=wanted, by=request.user, values=values, note=request.POST.get("note", "")
        )
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return record_page(request, record, problem=problem, status=UNPROCESSABLE)
    context = {
        "record": record,
        "title": f"预览：{paper.title}",
        "paper": mark_safe(paper.html),
        "style": papers.STYLES.get("letters.docx", ""),
        "is_preview": True,
        **crumbs(plan, "预览文书", record),
    }
    response = render(request, "registers/letter.html", context)
    response["Cache-Control"] = "no-store"
    return response


def letter(request: Request, letter_id: int) -> HttpResponse:
    """A letter as it was issued."""
    found = letters.get_letter_for(request.user, letter_id)
    record = get_record_for(request.user, found.record_id)
    actions.note_view(record=record, by=request.user)
    context = {
        "record": record,
        "letter": found,
        "title": str(found),
        # Made by the renderer, which escapes every word.
        "paper": mark_safe(found.html),
        "style": papers.STYLES.get("letters.docx", ""),
        "may_sign": letters.may_sign(request.user, found),
        **crumbs(blueprint(record.register_code), str(found), record),
    }
    return render(request, "registers/letter.html", context)


def letter_file(request: Request, letter_id: int) -> HttpResponse:
    """The letter as a file."""
    found = letters.get_letter_for(request.user, letter_id)
    actions.note_view(record=get_record_for(request.user, found.record_id), by=request.user)
    response = download(letters.content(found), f"{found}.docx", DOCX)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
def sign(request: Request, letter_id: int) -> HttpResponse:
    """Sign for a letter."""
    found = letters.get_letter_for(request.user, letter_id)
    record = get_record_for(request.user, found.record_id)
    return _told(
        request, record, lambda: letters.sign_letter(letter=found, by=request.user), f"已签收{found}。", "letters"
    )


@require_POST
def comment(request: Request, record_id: int) -> HttpResponse:
    """Say something, answer, or give an instruction."""
    record = get_record_for(request.user, record_id)
    answered = number_of(request.POST.get("reply_to"))

    def act() -> None:
        comments.add_comment(
            record=record,
            text=request.POST.get("text", ""),
            by=request.user,
            instruction=request.POST.get("instruction") == "1",
            reply_to=comments.get_comment_for(request.user, answered) if answered else None,
        )

    return _told(request, record, act, "已留言。", "comments")


@require_POST
def edit_comment(request: Request, comment_id: int) -> HttpResponse:
    """Change one's own fresh words."""
    found = comments.get_comment_for(request.user, comment_id)
    text = request.POST.get("text", "")
    return _told(
        request,
        found.record,
        lambda: comments.edit_comment(comment=found, text=text, by=request.user),
        "已修改。",
        "comments",
    )


@require_POST
def strike_comment(request: Request, comment_id: int) -> HttpResponse:
    """Strike words out."""
    found = comments.get_comment_for(request.user, comment_id)
    return _told(
        request, found.record, lambda: comments.strike_comment(comment=found, by=request.user), "已划去。", "comments"
    )


def print_view(request: Request, record_id: int) -> HttpResponse:
    """One record with its whole history, for paper."""
    record = get_record_for(request.user, record_id)
    actions.note_view(record=record, by=request.user)
    plan, user, today = blueprint(record.register_code), request.user, timezone.localdate()
    context = {
        "plan": plan,
        "record": record,
        "today": today,
        "closed": record.state_category in ("closed", "void"),
        "sections": pages.sections_of(plan, record, user, today, None, {}),
        "attachments": record.attachments.order_by("field", "id"),
        "clocks": timeline.clock_rows(plan.register, record, user, today),
        "letters": timeline.letter_rows(record, user),
        "comments": timeline.comment_rows(record, user),
        "timeline": timeline.timeline(plan, record, versions_for(user, record), user),
        "printed_by": user,
        **crumbs(plan, "打印", record),
    }
    return render(request, "registers/print.html", context)
