"""The writing desk: a draft paragraph by paragraph beside the plan's items, its revisions and remarks; returned copies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.reports import copies, desk_actions
from taizhang.reports.actions import subject_of
from taizhang.reports.blocks import Heading, plain, texts
from taizhang.reports.html import block_html, with_origins
from taizhang.reports.items import Item, items_of
from taizhang.reports.models import Remark, Report, Touch
from taizhang.reports.policy import may_see_drafts, may_write, require_write
from taizhang.reports.prose import editable
from taizhang.reports.queries import get_report_for
from taizhang.reports.sources import BureauSources
from taizhang.reports.stored import load
from taizhang.reports.trace import VERDICTS
from taizhang.reports.views import VERDICT_CATEGORIES, crumbs, origin, person, whole
from taizhang.warehouse.snapshots import kept_for


@require_GET
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """All blocks with their buttons, the plan's items, revisions, remarks."""
    report = _draft(request, pk)
    blocks = load(report.blocks)
    context = {
        "report": report,
        "blocks": [
            {
                "index": index,
                "html": _shown(report, block_html(block)),
                "editable": isinstance(block, desk_actions.EDITABLE),
                "said": "".join(plain(runs) for runs in texts(block))[:24],
            }
            for index, block in enumerate(blocks)
        ],
        "items": _items(request, report),
        "places": [
            (index, block.number + plain(block.runs))
            for index, block in enumerate(blocks)
            if isinstance(block, Heading)
        ],
        "revisions": report.revisions.select_related("by").defer("blocks", "bindings", "declared")[:30],
        "remarks": report.remarks.select_related("by", "settled_by"),
        "breadcrumbs": [
            *crumbs(report.title)[:1],
            {"label": report.title, "url": _address(report)},
            {"label": "编辑台"},
        ],
    }
    return render(request, "reports/desk.html", context)


@require_http_methods(["GET", "POST"])
def block(request: HttpRequest, pk: int, index: int) -> HttpResponse:
    """The form of one block (GET), or its change (POST: ``text``, or ``remove``)."""
    report = _draft(request, pk)
    blocks = load(report.blocks)
    if not 0 <= index < len(blocks):
        raise NotFound("RPT-047", "没有这一段", remedy="刷新页面后再选")
    one = blocks[index]
    text = request.POST.get("text", editable(one.runs) if isinstance(one, desk_actions.EDITABLE) else "")
    problem = None
    if request.method == "POST":
        change: dict[str, Any] = {
            "report": report,
            "index": index,
            "revision": whole(request, "revision"),
            "by": person(request),
        }
        try:
            if "remove" in request.POST:
                desk_actions.remove_block(**change)
            else:
                desk_actions.revise_block(**change, text=text)
        except NotFound:
            raise
        except Problem as found:
            problem = found
        else:
            messages.success(request, "已保存为新的一版。")
            return redirect(f"{reverse('reports:desk', args=[pk])}#block-{index}")
    context = {
        "report": report,
        "index": index,
        "text": text,
        "problem": problem,
        "breadcrumbs": [
            *crumbs(report.title)[:1],
            {"label": report.title, "url": reverse("reports:desk", args=[pk])},
            {"label": "改一段"},
        ],
    }
    return render(request, "reports/block.html", context, status=422 if problem else 200)


@require_POST
def insert(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a paragraph behind block ``after``: typed ``text``, or the drafted sentence of the plan's item ``item``."""
    report = _draft(request, pk)
    change: dict[str, Any] = {
        "report": report,
        "after": whole(request, "after"),
        "revision": whole(request, "revision"),
        "by": person(request),
    }
    if key := request.POST.get("item", ""):
        item = next((one for one in _items(request, report) if one.key == key), None)
        if item is None:
            raise NotFound("RPT-054", "没有这项任务", remedy="刷新页面后再选")
        desk_actions.insert_sentence(**change, sentence=item.sentence)
    else:
        desk_actions.insert_text(**change, text=request.POST.get("text", ""))
    messages.success(request, "已加入，保存为新的一版。")
    return redirect(f"{reverse('reports:desk', args=[pk])}#block-{change['after'] + 1}")


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Go back to an earlier revision."""
    report = _draft(request, pk)
    number, revision = whole(request, "number"), whole(request, "revision")
    desk_actions.restore_revision(report=report, number=number, revision=revision, by=person(request))
    messages.success(request, f"已恢复第 {number} 版。")
    return redirect("reports:desk", pk)


@require_POST
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something on a draft."""
    report = get_report_for(request.user, pk)
    said = {"text": request.POST.get("text", ""), "quoted": request.POST.get("quoted", "")}
    desk_actions.add_remark(report=report, by=person(request), **said)
    messages.success(request, "意见已记下。")
    return redirect("reports:desk" if may_write(request.user) else "reports:detail", pk)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """A remark has been dealt with."""
    require_write(request.user)
    found = get_object_or_404(Remark.objects.select_related("report"), pk=pk)
    get_report_for(request.user, found.report_id)
    desk_actions.settle_remark(remark=found, by=person(request))
    return redirect(f"{reverse('reports:desk', args=[found.report_id])}#remarks")


@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A returned copy: each touched number with its decision (POST: ``touch``, ``decision``, ``reason``)."""
    found = copies.get_copy_for(person(request), pk)
    if not may_see_drafts(request.user):
        raise NotFound("RPT-053", "没有这份退回稿", remedy="回到稿件列表查找")
    if request.method == "POST":
        touch = get_object_or_404(Touch, pk=whole(request, "touch"), copy=found)
        said = {"decision": request.POST.get("decision", ""), "reason": request.POST.get("reason", "")}
        copies.decide_touch(touch=touch, by=person(request), **said)
        messages.success(request, "已处理。")
        return redirect("reports:copy", pk)
    touches = list(found.touches.select_related("decided_by"))
    context = {
        "copy": found,
        "report": found.report,
        "touches": [(touch, VERDICTS[touch.verdict], VERDICT_CATEGORIES[touch.verdict]) for touch in touches],
        "left": sum(not touch.decision for touch in touches),
        "may_decide": may_write(request.user),
        "breadcrumbs": [
            *crumbs("")[:1],
            {"label": found.report.title, "url": _address(found.report)},
            {"label": "退回稿"},
        ],
    }
    return render(request, "reports/copy.html", context)


def _draft(request: HttpRequest, pk: int) -> Report:
    """A draft that the person may work on."""
    report = get_report_for(request.user, pk)
    require_write(request.user)
    if report.state != Report.DRAFT:
        raise Problem("RPT-031", "这份稿件已经签发", remedy="要改内容请重新写一份")
    return report


def _items(request: HttpRequest, report: Report) -> list[Item]:
    """The plan's items by the figures that the draft was written from: a sentence added later agrees with the rest of the
    text. When these were let go, by today's."""
    build = kept_for(subject_of(report))
    return items_of(BureauSources(person(request), report.unit, Period.parse(report.period), build))


def _shown(report: Report, html: SafeString) -> SafeString:
    return with_origins(html, report.bindings, origin)


def _address(report: Report) -> str:
    return reverse("reports:detail", args=[report.pk])
