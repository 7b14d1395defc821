"""Several documents held against each other."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from taizhang.documents.checkreport import check_report
from taizhang.documents.queries import checks_for, documents_to_compare, reading_for
from taizhang.org.request import UserRequest
from taizhang.reading.checkpage import KINDS
from taizhang.reading.crosscheck import compare as doubts_between
from taizhang.ui.tables import Column, Row, Table

COLUMNS = (
    Column("文稿"),
    Column("单位"),
    Column("数字", "number"),
    Column("不符", "number"),
    Column("提示", "number"),
    Column("已处理", "number"),
)
LEVELS = {"alarm": ("不符", "late"), "note": ("提示", "warn")}


@require_GET
def compare(request: UserRequest) -> HttpResponse:
    """What does not fit together in the chosen documents."""
    documents = documents_to_compare(request.user, request.GET.getlist("key"))
    readings = [reading_for(document) for document in documents]
    rows = []
    for document, reading in zip(documents, readings, strict=True):
        doubts = [check for check in checks_for(document, reading) if check.doubtful]
        alarms = sum(check.level == "alarm" for check in doubts)
        settled = sum(check.settlement is not None for check in doubts)
        rows.append(
            Row(
                (str(document), document.unit.name, len(reading.quantities), alarms, len(doubts) - alarms, settled),
                url=reverse("documents:detail", args=[document.pk]),
            )
        )
    found = [
        {
            "word": LEVELS[item.severity][0],
            "category": LEVELS[item.severity][1],
            "kind": KINDS.get(item.kind, item.kind),
            "why": item.why,
            "places": [
                {"document": documents[place.index], "text": " ".join(place.text[:80].split())} for place in item.places
            ],
        }
        for item in doubts_between(readings)
    ]
    query = urlencode([("key", document.pk) for document in documents])
    context = {
        "table": Table(COLUMNS, rows, caption="一起核对的文稿"),
        "found": found,
        "report": f"{reverse('documents:compare_check_page')}?{query}",
        "breadcrumbs": [{"label": "文稿", "url": reverse("documents:index")}, {"label": "互相核对"}],
    }
    return render(request, "documents/compare.html", context)


@require_GET
def check_page(request: UserRequest) -> HttpResponse:
    """The check report of the chosen documents on one page."""
    return check_report(documents_to_compare(request.user, request.GET.getlist("key")))
