"""The page that holds a report against the plan, its table; and every report as a spreadsheet and a page of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from taizhang.catalog.current import catalog
from taizhang.kernel.periods import Period
from taizhang.plans.models import Task
from taizhang.plans.queries import tasks_of_period
from taizhang.reports import audit
from taizhang.reports.blocks import plain, texts
from taizhang.reports.models import Report
from taizhang.reports.numbers_table import numbers_xlsx
from taizhang.reports.policy import require_write
from taizhang.reports.queries import get_report_for
from taizhang.reports.stored import load
from taizhang.reports.views import crumbs, person
from taizhang.ui.downloads import XLSX, download
from taizhang.ui.tables import Column, Row, Table

ANSWERS = (Column("章节"), Column("要点"), Column("承诺"), Column("结论", "state"), Column("总结中的话"))
CLAIMS = (Column("总结中的话"), Column("结论", "state"), Column("依据"))
CATEGORIES = {
    audit.ANSWERED: "ok", audit.PARTLY: "warn", audit.SILENT: "late", audit.BOUND: "ok", audit.BY_PLAN: "ok",
    audit.BY_CATALOGUE: "ok", audit.UNBACKED: "late",
}  # fmt: skip


@require_GET
def coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """Which items the report answers, and which of its claims have nothing behind them; ``?export=xlsx`` the table."""
    report = get_report_for(request.user, pk)
    require_write(request.user)
    found = audit_of(request, report)
    if request.GET.get("export") == "xlsx":
        return download(audit.as_xlsx(found), f"{report.title}对照要点.xlsx", XLSX)
    answers = [
        Row((one.chapter, one.title, one.asked, (one.verdict, CATEGORIES[one.verdict]), one.said))
        for one in found.answers
    ]
    claims = [Row((one.text, (one.verdict, CATEGORIES[one.verdict]), one.basis)) for one in found.claims]
    context = {
        "report": report,
        "counts": [(word, found.count(word)) for word in CATEGORIES],
        "answers": Table(ANSWERS, answers, "要点与回答", empty="这一期没有要点任务"),
        "claims": Table(CLAIMS, claims, "总结里带数字的话", empty="没有带数字的话"),
        "breadcrumbs": crumbs("对照要点"),
    }
    return render(request, "reports/coverage.html", context)


@require_GET
def numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """Every number of the report with its origin, as a spreadsheet."""
    report = get_report_for(request.user, pk)
    return download(numbers_xlsx(report), f"{report.title}数字出处.xlsx", XLSX)


@require_GET
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper alone, for printing and for keeping."""
    report = get_report_for(request.user, pk)
    return render(request, "reports/print.html", {"report": report})


def audit_of(request: HttpRequest, report: Report) -> audit.Audit:
    """The audit of a written report against the tasks of its period."""
    blocks = load(report.blocks)
    lines = [runs for block in blocks for runs in texts(block)]
    tasks = tasks_of_period(person(request), report.unit, Period.parse(report.period)).exclude(state=Task.CANCELLED)
    names = {one.title for one in catalog().indicators.values()} | {one.name for one in catalog().registers.values()}
    text = "\n".join(plain(runs) for runs in lines)
    bound = audit.bound_sentences(text, {"bindings": report.bindings, "declared": report.declared})
    return audit.audit(text, audit.promises_of_tasks(tasks.prefetch_related("targets")), bound=bound, names=names)
