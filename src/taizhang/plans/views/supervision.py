"""Pages of 督办: letters with receipts and answers, requests for more time."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from taizhang.documents import papers
from taizhang.documents.actions import add_evidence
from taizhang.documents.forms import received
from taizhang.documents.models import Document
from taizhang.kernel.errors import Problem
from taizhang.org.request import UserRequest
from taizhang.plans.forms import AnswerForm, ExtensionForm
from taizhang.plans.queries import get_task_for
from taizhang.plans.supervise import extensions
from taizhang.plans.supervise import letters as acts
from taizhang.plans.supervise.models import TaskLetter
from taizhang.plans.views.common import page_of, tabs
from taizhang.ui.tables import Column, Row, Table

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COLUMNS = (
    Column("文书"), Column("任务"), Column("单位"), Column("发文日期", "date"), Column("签收", "state"),
    Column("反馈期限", "date"), Column("反馈", "state"),
)  # fmt: skip


@require_GET
def letters(request: UserRequest) -> HttpResponse:
    """The letters that the person may see, newest first; ``waiting=1``: those that wait for the person's own unit."""
    waiting = request.GET.get("waiting") == "1"
    found = acts.waiting_letters(request.user).order_by("-id") if waiting else acts.letters_for(request.user)
    page = page_of(request, found)
    table = Table(
        COLUMNS,
        [_row(letter) for letter in page],
        "督办文书",
        empty="没有等您签收、反馈的文书" if waiting else "还没有督办文书",
        remedy="任务逾期后按督办阶梯自动发出；办公室也可以在任务页发文。",
    )
    return render(
        request, "plans/letters.html", {"page": page, "table": table, "waiting": waiting, "tabs": tabs("letters")}
    )


@require_GET
def letter(request: UserRequest, pk: int) -> HttpResponse:
    """A letter as it was issued, with its receipt and answer."""
    found = acts.get_letter_for(request.user, pk)
    mine = acts.is_of_unit(request.user, found.unit)
    context = {
        "letter": found,
        "paper": mark_safe(found.html),
        "style": papers.STYLES.get("letters.docx", ""),
        "may_sign": mine and found.needs_receipt and found.signed_at is None,
        "answer_form": AnswerForm() if mine and found.answered_at is None and found.answer_by else None,
        "late": found.answer_is_late(timezone.localdate()),
        "breadcrumbs": [
            {"label": "督办文书", "url": reverse("plans:letters")},
            {"label": found.task.title, "url": reverse("plans:task", args=[found.task_id])},
            {"label": str(found)},
        ],
    }
    return render(request, "plans/letter.html", context)


@require_GET
def letter_file(request: UserRequest, pk: int) -> HttpResponse:
    """The letter as docx."""
    found = acts.get_letter_for(request.user, pk)
    response = HttpResponse(acts.content(found), content_type=DOCX)
    response.headers["Content-Disposition"] = _attachment(f"{found}.docx")
    return response


@require_POST
def sign(request: UserRequest, pk: int) -> HttpResponse:
    """Sign for a letter."""
    acts.sign_letter(letter=acts.get_letter_for(request.user, pk), by=request.user)
    messages.success(request, "已签收。")
    return redirect("plans:letter", pk)


@require_POST
def answer(request: UserRequest, pk: int) -> HttpResponse:
    """Report back on a letter, with proof."""
    found = acts.get_letter_for(request.user, pk)
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Problem("PLAN-086", "反馈没有填好", remedy="写明办到哪一步、为什么没有按期、何时办结")
    with transaction.atomic():
        acts.answer_letter(
            letter=found, text=form.cleaned_data["text"], by=request.user, evidence=_proof(request, form)
        )
    messages.success(request, "已反馈。")
    return redirect("plans:letter", pk)


@require_POST
def issue(request: UserRequest, pk: int) -> HttpResponse:
    """The office writes a letter on a task by hand."""
    task = get_task_for(request.user, pk)
    made = acts.issue_letters(
        task=task, name=request.POST.get("name", ""), note=request.POST.get("note", "").strip()[:500], by=request.user
    )
    messages.success(request, f"已发出{'、'.join(map(str, made))}。")
    return redirect(f"{reverse('plans:task', args=[pk])}#letters")


@require_POST
def ask(request: UserRequest, pk: int) -> HttpResponse:
    """A leading unit asks for more time."""
    task = get_task_for(request.user, pk)
    form = ExtensionForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Problem("PLAN-093", "延期申请没有填好", remedy="填写延至哪一天和理由")
    with transaction.atomic():
        extensions.ask_extension(
            task=task,
            until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
            evidence=_proof(request, form),
            by=request.user,
        )
    messages.success(request, "延期申请已提交，等待批复。")
    return redirect(f"{reverse('plans:task', args=[pk])}#extensions")


@require_POST
def decide(request: UserRequest, pk: int, extension: int) -> HttpResponse:
    """A leader grants or refuses more time."""
    task = get_task_for(request.user, pk)
    extensions.decide_extension(
        extension=extensions.get_extension(task, extension),
        grant=request.POST.get("decision") == "grant",
        note=request.POST.get("note", ""),
        by=request.user,
    )
    messages.success(request, "已批复。")
    return redirect(f"{reverse('plans:task', args=[pk])}#extensions")


def _row(letter: TaskLetter) -> Row:
    today = timezone.localdate()
    receipt = (letter.signed_by_name, "ok") if letter.signed_at else ("未签收", "warn")
    reply = None
    if letter.answered_at:
        reply = ("已反馈", "ok")
    elif letter.answer_by:
        reply = ("逾期未反馈", "late") if letter.answer_is_late(today) else ("待反馈", "warn")
    return Row(
        [str(letter), letter.task.title, letter.unit.name, letter.day, receipt if letter.needs_receipt else None,
         letter.answer_by, reply],
        url=reverse("plans:letter", args=[letter.pk]),
        category="late" if letter.answer_is_late(today) else "",
    )  # fmt: skip


def _proof(request: UserRequest, form: AnswerForm | ExtensionForm) -> Document | None:
    if not form.cleaned_data["evidence"]:
        return None
    data, name = received(form.cleaned_data["evidence"])
    return add_evidence(data=data, name=name, by=request.user).document


def _attachment(name: str) -> str:
    return f"attachment; filename*=utf-8''{quote(name)}"
