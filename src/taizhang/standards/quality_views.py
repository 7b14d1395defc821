"""Data quality: each section's registers with their questions, one register's questions with links to the records."""

from __future__ import annotations

import io
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.kernel.periods import Period
from taizhang.kernel.sheet_writer import AS_TEXT
from taizhang.org.request import UserRequest
from taizhang.registers.actions import note_export
from taizhang.standards import quality, queries
from taizhang.standards.actions import urge_units
from taizhang.standards.forms import FindingForm, WhereForm, unit_choices
from taizhang.standards.quality import ERROR, LATE, LEVELS, MISSING, TARDY, WARNING, Finding, Report
from taizhang.ui.downloads import XLSX, download
from taizhang.ui.tables import Column, Row, Table
from taizhang.warehouse.projection import refresh
from taizhang.warehouse.queries import period_codes

PERIODS_SHOWN = 6
INDEX = [Column("台账"), Column("期间"), Column("有数据的单位", "drill", "家"), Column("记录", "number", "条"), Column("错误", "number", "处"),
         Column("逾期", "number", "处"), Column("未填报", "number", "家"), Column("迟报", "number", "家"), Column("存疑", "number", "处"), Column("结果", "state")]  # fmt: skip
FINDINGS = [
    Column("单位"),
    Column("记录"),
    Column("级别", "state"),
    Column("规则"),
    Column("问题"),
    Column("数据"),
    Column("处理办法"),
]


def index(request: UserRequest) -> HttpResponse:
    """The registers by section with how many questions each has."""
    unit = queries.unit_for(request.user, request.GET.get("unit") or None)
    build, checked = refresh(), quality.checked_registers(request.user)
    reports = [quality.report_for(request.user, item.code, unit, build=build) for item in checked]
    reports.sort(key=lambda item: item.register.owner)
    groups = [
        (owner or "其他", Table(INDEX, [_index_row(item, unit.code) for item in group], owner or "其他"))
        for owner, group in groupby(reports, key=lambda item: item.register.owner)
    ]
    form = WhereForm(unit_choices(request.user), [], {"unit": unit.code})
    return render(request, "standards/quality_index.html", {"groups": groups, "unit": unit, "filters": form})


def _index_row(report: Report, unit: str) -> Row:
    worst = next((level for level in (ERROR, LATE, MISSING, TARDY, WARNING) if report.count(level)), "")
    state = LEVELS[worst] if worst else ("没有问题", "ok")
    return Row([report.register.name, report.period.label, (report.coverage, "") if report.register.kind == "statistics" else (str(report.filed), ""), report.records,
                *(report.count(level) for level in (ERROR, LATE, MISSING, TARDY, WARNING)), state],
               url=_address(report, unit))  # fmt: skip


def _address(report: Report, unit: str, **more: str) -> str:
    where = {"unit": unit, "period": report.period.code, **more}
    return f"{reverse('quality:register', args=[report.register.code])}?{urlencode(where)}"


def register(request: UserRequest, code: str) -> HttpResponse:
    """One register's questions; ``?export=xlsx`` gives them as a sheet."""
    unit = queries.unit_for(request.user, request.GET.get("unit") or None)
    asked = request.GET.get("period")
    report = quality.report_for(request.user, code, unit, Period.parse(asked) if asked else None)
    found = _chosen(request, report)
    if request.GET.get("export") == "xlsx":
        note_export(register=report.register, filters=request.GET.urlencode(), rows=len(found), by=request.user)
        return download(_book(report, found), f"{report.register.name}数据质量-{report.period.label}.xlsx", XLSX)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    reach = quality.urgeable(request.user, report.register)
    context = {
        "report": report, "register": report.register, "unit": unit, "page": page, "table": _table(list(page)), "tiles": _tiles(report, unit.code),
        "rules": [(name, count, _address(report, unit.code, rule=rule)) for rule, name, count in quality.by_rule(report.findings)],
        "filters": _filters(request, report, unit.code), "may_urge": bool(reach) and bool(found), "units": len({item.unit for item in found}),
        "export": _address(report, unit.code, export="xlsx"), "query": request.GET.urlencode(),
        "breadcrumbs": [{"label": "数据质量", "url": reverse("quality:index")}, {"label": report.register.name}],
    }  # fmt: skip
    return render(request, "standards/quality.html", context)


@require_POST
def urge(request: UserRequest, code: str) -> HttpResponse:
    """Tell the units of the findings that the filters leave."""
    unit = queries.unit_for(request.user, request.POST.get("unit") or None)
    asked = request.POST.get("period")
    report = quality.report_for(request.user, code, unit, Period.parse(asked) if asked else None)
    found = _matching(report, request.POST.get("rule", ""), request.POST.get("level", ""), request.POST.get("q", ""))
    told = urge_units(report=report, findings=found, by=request.user)
    messages.success(request, f"已提醒 {told} 人。" if told else "没有要提醒的人：这些单位还没有人员。")
    return redirect(_address(report, unit.code))


def _chosen(request: UserRequest, report: Report) -> list[Finding]:
    return _matching(report, *(request.GET.get(name, "") for name in ("rule", "level", "q")))


def _matching(report: Report, rule: str, level: str, word: str) -> list[Finding]:
    return [item for item in report.findings
            if rule in ("", item.rule) and level in ("", item.level) and word.strip() in item.unit_name]  # fmt: skip


def _filters(request: UserRequest, report: Report, unit: str) -> FindingForm:
    data = {name: request.GET.get(name, "") for name in ("rule", "level", "q")}
    rules = [(rule, name) for rule, name, _ in quality.by_rule(report.findings)]
    codes = (
        period_codes(refresh(), report.register.code)[:PERIODS_SHOWN] if report.register.kind == "statistics" else []
    )
    periods = [Period.parse(item) for item in codes] or [report.period]
    return FindingForm(unit_choices(request.user), periods, rules, {**data, "unit": unit, "period": report.period.code})


def _tiles(report: Report, unit: str) -> list[dict[str, Any]]:
    whole = {"label": "有数据的单位", "value": report.coverage if report.register.kind == "statistics" else str(report.filed), "unit": "家", "note": f"{report.records} 条记录",
             "category": "warn" if report.filed < report.expected else ""}  # fmt: skip
    return [whole] + [
        {"label": LEVELS[level][0], "value": str(count), "unit": "处", "category": "late" if count and level not in (WARNING, TARDY) else "",
         "url": _address(report, unit, level=level) if count else ""}
        for level in (ERROR, LATE, MISSING, TARDY, WARNING)
        for count in [report.count(level)]
    ]  # fmt: skip


def _table(found: list[Finding]) -> Table:
    rows = [
        Row([item.unit_name, item.where or "—", LEVELS[item.level], item.name, item.message, item.said or "—", item.remedy],
            url=reverse("registers:record", args=[item.record]) if item.record else "",
            category="late" if item.level == ERROR else "")
        for item in found
    ]  # fmt: skip
    return Table(FINDINGS, rows, "数据质量问题", empty="没有这样的问题", remedy="放宽条件，或换一个期间")


def _book(report: Report, found: list[Finding]) -> io.BytesIO:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, AS_TEXT) as target:
        page, head = (
            target.add_worksheet("数据质量"),
            target.add_format({"bold": True, "bg_color": "#EEF2F6", "border": 1}),
        )
        page.write_row(0, 0, ["单位编码", "单位", "记录", "级别", "规则", "问题", "数据", "处理办法"], head)
        for row, item in enumerate(found, start=1):
            page.write_row(
                row,
                0,
                [
                    item.unit_code,
                    item.unit_name,
                    item.where,
                    LEVELS[item.level][0],
                    item.name,
                    item.message,
                    item.said,
                    item.remedy,
                ],
            )
        page.set_column(0, 4, 16)
        page.set_column(5, 7, 36)
        page.freeze_panes(1, 2)
    return book
