"""The archive's button, and the public page's: open, withdraw."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from taizhang.events.work import start
from taizhang.reports import public
from taizhang.reports.archive import require_signed
from taizhang.reports.queries import get_report_for
from taizhang.reports.views import person


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the package of a signed report in the background."""
    report = get_report_for(request.user, pk)
    require_signed(report)
    name = f"归档_{report.title}.zip"
    made = start("reports.archive", by=person(request), title=f"归档“{report.title}”", file=name, report=report.pk)
    return redirect("events:work", made.pk)


@require_POST
def open_to_public(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the report on the public page."""
    public.open_report(report=get_report_for(request.user, pk), by=person(request))
    messages.success(request, "已在公众页面公开。")
    return redirect("reports:detail", pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it off again."""
    reason = request.POST.get("reason", "")
    public.withdraw_report(report=get_report_for(request.user, pk), reason=reason, by=person(request))
    messages.success(request, "已从公众页面撤回。")
    return redirect("reports:detail", pk)
