"""Several documents held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from taizhang.documents.across import Across, across_of
from taizhang.documents.actions import settle_across, unsettle_finding
from taizhang.documents.checkreport import check_report
from taizhang.documents.forms import word_in
from taizhang.documents.models import Document, Settlement
from taizhang.documents.policy import may_work_on
from taizhang.documents.queries import checks_for, documents_to_compare, reading_for
from taizhang.documents.views import LEVEL_WORDS
from taizhang.kernel.errors import NotFound
from taizhang.org.request import UserRequest
from taizhang.reading.checkpage import KINDS
from taizhang.ui.tables import Column, Row, Table

COLUMNS = (
    Column("文稿"),
    Column("单位"),
    Column("数字", "number"),
    Column("不符", "number"),
    Column("提示", "number"),
    Column("已处理", "number"),
)


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
    found = [_shown(request, item) for item in across_of(documents, readings)]
    context = {
        "table": Table(COLUMNS, rows, caption="一起核对的文稿"),
        "found": found,
        "settled": sum(item["settlement"] is not None for item in found),
        "actions": _actions(documents),
        "report": _address("compare_check_page", documents),
        "breadcrumbs": [{"label": "文稿", "url": reverse("documents:index")}, {"label": "互相核对"}],
    }
    return render(request, "documents/compare.html", context)


@require_GET
def check_page(request: UserRequest) -> HttpResponse:
    """The check report of the chosen documents on one page."""
    return check_report(documents_to_compare(request.user, request.GET.getlist("key")))


@require_POST
def settle(request: UserRequest) -> HttpResponse:
    """Say what is right where documents differ."""
    documents, doubt = _asked(request)
    said = settle_across(doubt=doubt, by=request.user, **word_in(request.POST))
    return _settled(request, documents, replace(doubt, settlement=said))


@require_POST
def unsettle(request: UserRequest) -> HttpResponse:
    """Take back what was said."""
    documents, doubt = _asked(request)
    unsettle_finding(document=doubt.keeper, key=doubt.key, by=request.user)
    return _settled(request, documents, replace(doubt, settlement=None))


def _asked(request: UserRequest) -> tuple[list[Document], Across]:
    """The documents of the address and the doubt of the form."""
    documents = documents_to_compare(request.user, request.GET.getlist("key"))
    found = across_of(documents, [reading_for(document) for document in documents])
    doubt = next((item for item in found if item.key == request.POST.get("key")), None)
    if doubt is None:
        raise NotFound("DOC-020", "这处疑点已不在核对结果里", remedy="请刷新页面后再看")
    return documents, doubt


def _settled(request: UserRequest, documents: Sequence[Document], doubt: Across) -> HttpResponse:
    if not request.htmx:
        return redirect(f"{_address('compare', documents)}#c-{doubt.key}")
    context = {"item": _shown(request, doubt), "actions": _actions(documents)}
    return render(request, "documents/parts/across.html", context)


def _shown(request: UserRequest, item: Across) -> dict[str, Any]:
    word, category = LEVEL_WORDS[item.finding.severity]
    return {
        "key": item.key,
        "word": word,
        "category": category,
        "kind": KINDS.get(item.finding.kind, item.finding.kind),
        "why": item.finding.why,
        "places": [{"document": document, "text": " ".join(text[:80].split())} for document, text in item.places],
        "settlement": item.settlement,
        "may_work": may_work_on(request.user, item.keeper),
        "decisions": Settlement.DECISIONS.items(),
    }


def _actions(documents: Sequence[Document]) -> dict[str, str]:
    return {name: _address(f"compare_{name}", documents) for name in ("settle", "unsettle")}


def _address(name: str, documents: Sequence[Document]) -> str:
    query = urlencode([("key", document.pk) for document in documents])
    return f"{reverse(f'documents:{name}')}?{query}"
