"""The page that tells where a document departs from the standard's layout."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from taizhang.documents.files import stored
from taizhang.documents.hooks import Offer
from taizhang.documents.models import Document
from taizhang.documents.queries import get_document_for
from taizhang.org.models import User
from taizhang.reports.deviations import deviations
from taizhang.ui.tables import Column, Row, Table

COLUMNS = (
    Column("项目"), Column("标准"), Column("现为"), Column("第一处"), Column("文字"), Column("处数", "number", "处"), Column("怎么改"),
)  # fmt: skip


def offers_for(_: User | AnonymousUser, document: Document) -> list[Offer]:
    """A .docx may be held against the standard's layout."""
    if not document.name.lower().endswith(".docx"):
        return []
    return [Offer("版式核对", reverse("reports:layout", args=[document.pk]))]


@require_GET
def layout(request: HttpRequest, pk: int) -> HttpResponse:
    """The departures of one document that the person may see."""
    document = get_document_for(request.user, pk)
    found = deviations(stored(document.sha256).read_bytes(), document.name)
    rows = [
        Row(
            (
                one.rule,
                one.wanted,
                one.found,
                f"第 {one.where} 段" if one.where else "全文",
                one.text,
                one.times,
                one.remedy,
            )
        )
        for one in found
    ]
    address = reverse("documents:detail", args=[document.pk])
    context = {
        "document": document,
        "found": found,
        "table": Table(COLUMNS, rows, "版式不合之处", empty="版式都符合 GB/T 9704-2012"),
        "breadcrumbs": [
            {"label": "文稿", "url": reverse("documents:index")},
            {"label": str(document), "url": address},
            {"label": "版式核对"},
        ],
    }
    return render(request, "reports/layout.html", context)
