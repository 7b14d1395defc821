"""The style page: every component and state on one page."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taizhang.ui import samples


def style_page(request: HttpRequest) -> HttpResponse:
    """Shows every part of ``templates/ui/parts`` with made-up content of a fictional county."""
    checked = request.method == "POST"
    form = samples.HazardForm(request.POST if checked else None, initial=samples.HAZARD)
    faulty = samples.HazardForm({"发现日期": "2026-11-31", "整改投入": "三万"})
    page = Paginator(range(samples.HAZARD_COUNT), 20).get_page(request.GET.get("page"))
    context = {
        **samples.content(),
        "page": page,
        "form": form,
        "faulty": faulty,
        "filter_form": samples.FilterForm(request.GET or None),
        "reason_form": samples.ReasonForm(),
    }
    return render(request, "ui/style.html", context)
