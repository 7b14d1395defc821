"""Reports before the public: no login, no way to any row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from taizhang.registers.public.views import door, public_page
from taizhang.reports.html import with_origins
from taizhang.reports.public import get_open_report, meaning_of, open_reports


@door
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What is open."""
    return public_page(request, "reports/public_index.html", {"found": open_reports()[:200]})


@door
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report; each number tells what it means."""
    found = get_open_report(pk)
    context = {"report": found, "paper": with_origins(found.html, found.used(), _meaning)}
    return public_page(request, "reports/public_report.html", context)


def _meaning(tag: str, bound: Mapping[str, Any]) -> SafeString:
    context = {"tag": tag, "bound": bound, "facts": meaning_of(bound), "url": ""}
    return mark_safe(render_to_string("reports/parts/origin.html", context).strip())
