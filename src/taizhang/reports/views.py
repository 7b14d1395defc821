"""Pages of reports: the list, writing, the paper with its origins, and a copy that came back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.catalog.current import catalog
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import User
from taizhang.registers.maker.policy import may_look
from taizhang.reports import actions
from taizhang.reports.copies import receive_copy, report_of
from taizhang.reports.forms import ReportFilter, TraceForm, WriteForm
from taizhang.reports.html import with_origins
from taizhang.reports.models import Report
from taizhang.reports.policy import may_approve, may_see_drafts, may_write, require_write
from taizhang.reports.queries import get_report_for, reports_for
from taizhang.reports.trace import trace_bytes
from taizhang.ui import downloads
from taizhang.ui.formats import number_text
from taizhang.ui.tables import Column, Row, Table
from taizhang.ui.templatetags.ui import PAGE_SIZES

MAX_BYTES = 40 * 2**20
COLUMNS = (
    Column("标题"), Column("模板"), Column("单位"), Column("期间"), Column("数字", "number", "处"),
    Column("缺项", "number", "处"), Column("数据截止", "date"), Column("写稿人"), Column("写成时间", "date"), Column("状态", "state"),
)  # fmt: skip
TRACE_COLUMNS = (
    Column("结果", "state"), Column("数字"), Column("原文"), Column("现文"), Column("相差"), Column("期间"), Column("段落", "number"),
)  # fmt: skip
VERDICT_CATEGORIES = {"kept": "ok", "changed": "late", "deleted": "warn", "typed": "late"}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The reports a person may see."""
    form = ReportFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = reports_for(
        request.user, text=chosen.get("q", ""), template=chosen.get("template", ""), state=chosen.get("state", "")
    )
    size = request.GET.get("size", "")
    pages = Paginator(found, int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0])
    page = pages.get_page(request.GET.get("page"))
    narrowed = any(chosen.values())
    table = Table(
        COLUMNS,
        [_row(report) for report in page],
        caption="稿件",
        empty="没有符合条件的稿件" if narrowed else "还没有稿件",
        remedy="换一个条件再找" if narrowed else "选模板、单位和期间，系统按台账写出稿件",
    )
    return render(
        request,
        "reports/index.html",
        {
            "form": form,
            "page": page,
            "table": table,
            "may_write": may_write(request.user),
            "may_make": may_look(person(request)),
        },
    )


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Choose template, unit and period; write."""
    require_write(request.user)
    form = WriteForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.write_report(**form.cleaned_data, by=person(request))
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"已写成，{len(report.bindings)} 处数字都有出处。")
            return redirect("reports:detail", report.pk)
    context = {"form": form, "templates": catalog().reports.values(), "breadcrumbs": crumbs("写稿")}
    return render(request, "reports/write.html", context)


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper; each number tells its origin on hover and focus."""
    report = get_report_for(request.user, pk)
    used = report.used()
    missing = [bound for bound in used.values() if bound.get("note")]
    context = {
        "report": report,
        "numbers": len(used),
        "declared": catalog().reports.get(report.template),
        "period": Period.parse(report.period).label,
        "paper": with_origins(report.html, report.bindings, origin),
        "missing": list({bound["note"]: bound for bound in missing}),
        "may_edit": report.state == Report.DRAFT and may_write(request.user) and bool(report.blocks),
        "copies": report.copies.select_related("by") if may_see_drafts(request.user) else [],
        **_publicity(request, report),
        "may_publish": report.state == Report.DRAFT and may_approve(request.user),
        "breadcrumbs": crumbs(report.title),
    }
    return render(request, "reports/detail.html", context)


def _publicity(request: HttpRequest, report: Report) -> dict[str, Any]:
    """Whether the report is signed, and where it stands before the public; the history for those who sign or write."""
    if report.state != Report.PUBLISHED:
        return {}
    found = list(report.publications.select_related("by", "withdrawn_by")) if may_see_drafts(request.user) else []
    is_open, signs = any(one.withdrawn_at is None for one in found), may_approve(request.user)
    return {"signed": True, "publications": found, "may_open": signs and not is_open, "may_withdraw": signs and is_open}


@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The .docx, as it was written."""
    report = get_report_for(request.user, pk)
    return downloads.download(report.docx_bytes(), f"{report.title}.docx", downloads.DOCX)


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the report."""
    report, read = get_report_for(request.user, pk), whole(request, "revision")
    actions.publish_report(report=report, revision=read, by=person(request))
    messages.success(request, "已签发。")
    return redirect("reports:detail", pk)


@require_http_methods(["GET", "POST"])
def trace(request: HttpRequest) -> HttpResponse:
    """A copy that came back: which numbers were touched."""
    require_write(request.user)
    form = TraceForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "breadcrumbs": crumbs("核对退回稿")}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise Problem("RPT-023", "文件超过 40 MB", where=file.name, remedy="压缩图片后再上传")
        data = file.read()
        report = report_of(person(request), data, file.name)
        if report is not None:
            return redirect(
                "reports:copy", receive_copy(report=report, data=data, name=file.name, by=person(request)).pk
            )
        found = trace_bytes(data, file.name)
        touched = [item for item in found if item["verdict"] != "kept"]
        rows = [_trace_row(item) for item in touched]
        empty = f"{len(found)} 个数字都和写出时一样"
        context |= {
            "name": file.name,
            "kept": len(found) - len(touched),
            "touched": len(touched),
            "table": Table(TRACE_COLUMNS, rows, "有变动的数字", empty=empty),
        }
    return render(request, "reports/trace.html", context)


def person(request: HttpRequest) -> User:
    """The one who is logged in: the middleware lets nobody else through."""
    return cast(User, request.user)


def _row(report: Report) -> Row:
    declared = catalog().reports.get(report.template)
    state = (report.get_state_display(), "closed" if report.state == Report.PUBLISHED else "draft")
    return Row(
        (
            report.title, declared.name if declared else report.template, report.unit.name, Period.parse(report.period).label,
            len(report.used()), report.missing or None, report.day, str(report.made_by or "系统"), report.made_at, state,
        ),
        url=reverse("reports:detail", args=[report.pk]),
    )  # fmt: skip


def _trace_row(item: Mapping[str, Any]) -> Row:
    verdict = (item["verdict_text"], VERDICT_CATEGORIES[item["verdict"]])
    period = Period.parse(item["period"]).label if item["period"] else ""
    return Row((verdict, item["label"], item["bound"], item["found"], item["difference"], period, item["paragraph"]))


def crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": "稿件", "url": reverse("reports:index")}, {"label": label}]


def whole(request: HttpRequest, name: str) -> int:
    """A whole number of the form. Raises Problem."""
    try:
        return int(request.POST.get(name, ""))
    except ValueError:
        raise Problem("RPT-055", "表单缺了内容", where=name, remedy="刷新页面后再试") from None


def origin(tag: str, bound: Mapping[str, Any]) -> SafeString:
    """A number with its origin beside it, shown on hover and focus."""
    period = Period.parse(bound["period"]).label if bound.get("period") else ""
    facts = [
        ("指标", bound.get("label")),
        ("算法", bound.get("formula")),
        ("单位", bound.get("unit_name")),
        ("期间", period),
        ("条件", "、".join(f"{name}={value}" for name, value in bound.get("where", ()))),
        ("分子", _digits(bound.get("numerator"))),
        ("分母", _digits(bound.get("denominator"))),
        ("取数", bound.get("coverage")),
        ("截至", bound.get("as_of", "")[:16].replace("T", " ")),
        ("版本", bound.get("build")),
        ("取整", bound.get("rounding")),
        ("截止", bound.get("day")),
        ("说明", bound.get("note")),
    ]
    context = {"tag": tag, "bound": bound, "facts": [fact for fact in facts if fact[1]], "url": _behind(bound)}
    return mark_safe(render_to_string("reports/parts/origin.html", context).strip())


def _digits(exact: str | None) -> str:
    return number_text(exact) if exact else ""


def _behind(bound: Mapping[str, Any]) -> str:
    """The page with what is behind a number; empty when there is none."""
    where = urlencode({"unit": bound.get("unit_code", ""), "period": bound.get("period", "")})
    match bound["kind"]:
        case "indicator" | "change" | "compare" | "trend" | "rank" if bound["code"] in catalog().indicators:
            return f"{reverse('indicators:indicator', args=[bound['code']])}?{where}"
        case "record_count":
            return reverse("registers:list", args=[bound["code"]])
        case "task_count":
            return reverse("plans:tasks")
        case "standard" if bound["code"] in catalog().standards:
            return f"{reverse('standards:board', args=[bound['code']])}?{where}"
        case _:
            return ""
