"""The pages without login: services, a form, a case by its code, a rating. The code never stands in an address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from taizhang.kernel.errors import Problem
from taizhang.org.models import Unit
from taizhang.registers.blueprint import blueprint
from taizhang.registers.public import actions, limits
from taizhang.registers.public.forms import MOST_BODY, CaseForm, FollowForm, RateForm
from taizhang.registers.public.queries import PAGES, find_case, followed, service_of, services

UNPROCESSABLE, TOO_LARGE = 422, 413
View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """A page of the public door: no login, no caching, no oversize. The size is looked at before anything is read, so
    the check against forged forms, which reads the body, comes after it."""
    protected = csrf_protect(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MOST_BODY:
            problem = Problem(
                "REG-198", f"提交的内容太大，合计不能超过 {MOST_BODY // 2**20} MB", remedy="少传几个附件，照片可先压缩"
            )
            return _page(request, "problem", {"problem": problem}, TOO_LARGE)
        try:
            response = protected(request, *args, **kwargs)
        except Problem as problem:
            response = _page(request, "problem", {"problem": problem}, problem.status)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
        return response

    return login_not_required(csrf_exempt(guarded))


@door
def index(request: HttpRequest) -> HttpResponse:
    """What the bureau offers without an account."""
    pages = [found for page in PAGES.values() if (found := page())]
    return _page(request, "index", {"services": services(), "pages": pages, "form": FollowForm()})


@door
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Open a case. What was filed is shown at once, with its code, and never again."""
    service, plan = service_of(code), blueprint(service_of(code).register.code)
    sent = request.method == "POST"
    form = CaseForm(plan, service.door, request.POST if sent else None, request.FILES if sent else None)
    status = 200
    if sent and form.is_valid():
        try:
            limits.knock("file")
            filed = actions.file_case(
                register=code, values=form.raw_values(), files=form.uploads(), form_digest=form.form_digest
            )
        except Problem as problem:
            # Also when it came too often: what was typed is not lost.
            form.take(problem)
            status = problem.status
        else:
            return _page(request, "filed", {"service": service, "record": filed.record, "code": filed.code})
    return _page(
        request, "case", {"service": service, "form": form}, status if not form.errors else max(status, UNPROCESSABLE)
    )


@door
def follow(request: HttpRequest) -> HttpResponse:
    """A case by its code."""
    if request.method != "POST":
        return _page(request, "follow", {"form": FollowForm()})
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _page(request, "follow", {"form": form}, UNPROCESSABLE)
    limits.knock("follow")
    return _followed(request, form.cleaned_data["query_code"])


@door
@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    """Rate a closed case, once."""
    limits.knock("follow")
    code = request.POST.get("query_code", "")
    found = find_case(code)
    try:
        actions.rate_case(case=found, rating=request.POST.get("rating", ""))
    except Problem as problem:
        return _followed(request, code, problem=problem, status=problem.status)
    return _followed(request, code, thanks=True)


def _followed(request: HttpRequest, code: str, status: int = 200, **more: Any) -> HttpResponse:
    seen = followed(find_case(code))
    form = RateForm(seen.ratings, initial={"query_code": code}) if seen.ratings else None
    return _page(request, "followed", {"seen": seen, "form": form, "service": seen.service, **more}, status)


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return public_page(request, f"registers/public/{name}.html", context, status)


def public_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the door, headed by the bureau's name."""
    root = Unit.objects.filter(parent__isnull=True).order_by("id").values_list("name", flat=True).first()
    return render(request, template, {**context, "bureau_public_name": root or ""}, status=status)
