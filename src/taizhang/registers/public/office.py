"""The office's side of the public door: a code for who came by letter, telephone or in person."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.registers.public.actions import issue_code
from taizhang.registers.queries import get_record_for
from taizhang.registers.requests import Request


@require_POST
def query_code(request: Request, record_id: int) -> HttpResponse:
    """Give out a fresh code, shown this once. The answer is never cached and never redirected."""
    record = get_record_for(request.user, record_id)
    code = issue_code(record=record, by=request.user)
    back = {"label": str(record), "url": reverse("registers:record", args=[record.pk])}
    context = {"record": record, "code": code, "breadcrumbs": [back, {"label": "查询码", "url": ""}]}
    response = render(request, "registers/public/issued.html", context)
    response["Cache-Control"] = "no-store"
    return response
