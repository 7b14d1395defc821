"""Sheets in: upload, what the columns are, the verdict, the import, the refused rows; a whole workbook in and out."""

from __future__ import annotations

import io
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.events.work import start
from taizhang.kernel.errors import Problem
from taizhang.kernel.sheets import open_workbook
from taizhang.org.models import Unit, User
from taizhang.registers import policy
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.columns import SHARED, read_header
from taizhang.registers.finding import bulk
from taizhang.registers.finding.models import BulkAct
from taizhang.registers.forms import ImportForm
from taizhang.registers.queries import registers_for
from taizhang.registers.requests import Request, sent
from taizhang.registers.rows import only_unit
from taizhang.registers.sheets import uploads, works
from taizhang.registers.sheets.labels import Match
from taizhang.registers.sheets.reading import SHOWN_SKIPPED, Source, choose, remember
from taizhang.registers.sheets.refused import write_refused_source
from taizhang.ui.downloads import XLSX, download

SHOWN_REFUSALS = 200
# A longer sheet is checked and saved by the worker.
MOST_INLINE = 2000
FACTORS = (
    ("1", "原样"),
    ("100", "×100"),
    ("1000", "×1000"),
    ("10000", "×1万"),
    ("1000000", "×100万"),
    ("100000000", "×1亿"),
)


def seen(user: User, code: str) -> Blueprint:
    """A register that the person may see. Raises NotFound."""
    plan = blueprint(code)
    if not policy.may(user, plan.register, "see"):
        raise policy.no_register(plan.register)
    return plan


def creating(user: User, code: str) -> Blueprint:
    """The register, for a person who may add to it or change it."""
    plan = seen(user, code)
    if not policy.may(user, plan.register, "create") and not policy.may(user, plan.register, "edit"):
        policy.require(user, plan.register, "create", Unit(name="本单位"))
    return plan


def upload(request: Request, code: str) -> HttpResponse:
    """Take a sheet and see how it reads; nothing is saved yet."""
    plan = creating(request.user, code)
    form = ImportForm(plan, timezone.localdate(), sent(request, request.POST), sent(request, request.FILES))
    problem = None
    if request.method == "POST" and form.is_valid():
        file, period = form.cleaned_data["file"], form.cleaned_data.get("period", "")
        try:
            kept = uploads.keep(request.user, file.read(), Path(file.name).name)
            source = kept.source(plan)
            certain = source.is_certain()
            if certain:
                _require_columns(source, request.user, period)
        except Problem as wrong:
            problem = wrong
        else:
            return redirect(works.address("confirm" if certain else "mapping", plan.code, kept.token, period))
    context = {"plan": plan, "form": form, "problem": problem, **_crumbs(plan)}
    return render(request, "registers/import.html", context, status=422 if problem or form.errors else 200)


def mapping(request: Request, code: str, token: str) -> HttpResponse:
    """Which column is which field, and which rows are no records: shown once, confirmed, remembered."""
    plan, period = creating(request.user, code), _period(request)
    kept = uploads.kept(request.user, token)
    source, problem = kept.source(plan), None
    if request.method == "POST":
        try:
            columns = _chosen(request, source)
            choose(source, columns)
            _require_columns(source, request.user, period)
        except Problem as wrong:
            problem = wrong
        else:
            remember(source, by=request.user)
            kept.put("columns", columns)
            kept.put("verdict", None)
            return redirect(works.address("confirm", plan.code, token, period))
    skipped = source.skipped()
    context = {
        "plan": plan,
        "source": source,
        "problem": problem,
        "columns": [_column(source, item, index) for index, item in enumerate(source.matches)],
        "targets": [*_shared_targets(plan), *(field.name for field in plan.writable() if field.type != "file")],
        "factors": FACTORS,
        "skipped": [(source.place(item.row), item.why, item.text) for item in skipped[:SHOWN_SKIPPED]],
        "more": max(0, len(skipped) - SHOWN_SKIPPED),
        "rows": len(source.table().rows),
        "period": period,
        "token": token,
        **_crumbs(plan),
    }
    return render(request, "registers/mapping.html", context, status=422 if problem else 200)


def confirm(request: Request, code: str, token: str) -> HttpResponse:
    """The verdict of an uploaded sheet; on POST its good rows are saved, or all of them or none."""
    plan, period = creating(request.user, code), _period(request)
    kept = uploads.kept(request.user, token)
    source = kept.source(plan)
    is_long = len(source.table().rows) > MOST_INLINE
    outcome = kept.note("outcome")
    if request.method == "POST" and outcome is None:
        whole = request.POST.get("whole") == "1"
        if is_long:
            arguments: dict[str, Any] = {"code": plan.code, "token": token, "period": period, "whole": whole}
            made = start(
                "registers.import", by=request.user, title=f"导入“{plan.register.name}” {kept.name}", **arguments
            )
            return redirect("events:work", made.pk)
        outcome = works.load(kept, plan.code, request.user, period, whole=whole)
        new = outcome["updated"] - outcome["unchanged"]
        messages.success(request, f"已导入：新增 {outcome['created']} 行，更新 {new} 行。")
    result = outcome or kept.note("verdict")
    if result is None and is_long:
        title = f"核对“{plan.register.name}” {kept.name}"
        made = start("registers.check", by=request.user, title=title, code=plan.code, token=token, period=period)
        return redirect("events:work", made.pk)
    result = result or works.check(kept, plan.code, request.user, period)
    context = _verdict(plan, source, result, token, period, done=bool(outcome))
    if outcome and (act := BulkAct.objects.filter(pk=kept.note("act"), by=request.user).first()):
        context |= {"act": act, "why_not_undone": bulk.why_not_undone(act, request.user)}
    return render(request, "registers/verdict.html", context)


def _verdict(
    plan: Blueprint, source: Source, result: dict[str, Any], token: str, period: str, *, done: bool
) -> dict[str, Any]:
    return {
        "plan": plan,
        "table_name": source.name,
        "result": result,
        "changed": result["updated"] - result["unchanged"],
        "accepted": result["created"] + result["updated"],
        "shown": [{**item, "place": source.place(item["row"])} for item in result["refused"][:SHOWN_REFUSALS]],
        "changes": [{**item, "place": source.place(item["row"])} for item in result["changes"]],
        "warnings": [{**item, "place": source.place(item["row"])} for item in result["warnings"][:SHOWN_REFUSALS]],
        "done": done,
        "token": token,
        "period": period,
        **_crumbs(plan),
    }


def refused(request: Request, code: str, token: str) -> HttpResponse:
    """The refused rows as the sender's own sheet."""
    plan, period = creating(request.user, code), _period(request)
    kept = uploads.kept(request.user, token)
    result = kept.note("outcome") or kept.note("verdict") or works.check(kept, plan.code, request.user, period)
    out = io.BytesIO()
    write_refused_source(kept.source(plan), result["refused"], out)
    return download(out, f"拒收_{Path(kept.name).stem}.xlsx", XLSX)


@require_POST
def export(request: Request, code: str) -> HttpResponse:
    """A long list as a workbook, made by the worker; the address's query holds the filters."""
    plan = seen(request.user, code)
    policy.require_export(plan.register)
    name = f"{plan.register.name}_{timezone.localdate():%Y%m%d}.xlsx"
    query = request.POST.get("query", "")
    made = start(
        "registers.export", by=request.user, title=f"导出“{plan.register.name}”", file=name, code=plan.code, query=query
    )
    return redirect("events:work", made.pk)


def book(request: Request) -> HttpResponse:
    """A whole workbook: out, every register a sheet; in, each sheet into the register of its name."""
    found: list[Any] = []
    unknown: list[str] = []
    problem = None
    if request.method == "POST" and "export" in request.POST:
        name = f"全部台账_{timezone.localdate():%Y%m%d}.xlsx"
        made = start("registers.export_all", by=request.user, title="导出全部台账", file=name)
        return redirect("events:work", made.pk)
    if request.method == "POST" and request.FILES.get("file"):
        file = cast("UploadedFile", request.FILES["file"])
        try:
            found, unknown = _sheets_of(request.user, file.read(), Path(file.name or "").name)
        except Problem as wrong:
            problem = wrong
    context = {
        "found": found,
        "unknown": unknown,
        "problem": problem,
        "breadcrumbs": [{"label": "台账", "url": reverse("registers:index")}, {"label": "整本导入导出", "url": ""}],
    }
    return render(request, "registers/book.html", context, status=422 if problem else 200)


def _sheets_of(user: User, data: bytes, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The sheets that are registers' own, each kept as an upload, and the names of the others."""
    registers = {item.name[:31]: item for item in registers_for(user)}
    found, unknown = list[dict[str, Any]](), list[str]()
    for sheet in open_workbook(data, name).sheets:
        register = registers.get(sheet.name.strip())
        if register is None or not (policy.may(user, register, "create") or policy.may(user, register, "edit")):
            unknown.append(sheet.name)
            continue
        kept = uploads.keep(user, data, name, sheet.name)
        item: dict[str, Any] = {"name": register.name, "problem": None}
        try:
            source = kept.source(blueprint(register.code))
        except Problem as wrong:
            item["problem"] = wrong
        else:
            where = "confirm" if source.is_certain() else "mapping"
            item |= {"rows": len(source.table().rows), "url": works.address(where, register.code, kept.token, "")}
        found.append(item)
    return found, unknown


def _require_columns(source: Source, user: User, period: str) -> None:
    """Raise Problem for columns that are missing, before every row is refused for it."""
    needs_unit = only_unit(source.plan, user) is None
    read_header(source.plan, source.table(), needs_unit=needs_unit, needs_period=not period)


def _column(source: Source, item: Match, index: int) -> dict[str, Any]:
    """A line of the mapping page: the label, its first values, the choice."""
    samples: list[Any] = []
    reading = source.readings[0]
    for row in reading.sheet.head(reading.head.last + 30)[reading.head.last + 1 :]:
        cell = row[item.column.index] if item.column.index < len(row) else None
        if cell is not None and len(samples) < 3:
            samples.append(str(cell)[:20])
    return {
        "number": index,
        "label": item.column.label.replace("·", " · "),
        "samples": "、".join(samples),
        "target": item.target,
        "factor": format(item.factor, "f"),
        "note": item.note,
        "doubt": not item.is_sure,
    }


def _chosen(request: Request, source: Source) -> dict[str, list[str]]:
    """The person's choices by label. Raises Problem for a factor that is no number."""
    columns = {}
    for index, item in enumerate(source.matches):
        factor = request.POST.get(f"factor{index}") or "1"
        try:
            if not 0 < Decimal(factor) < 10**12:
                raise InvalidOperation
        except InvalidOperation as wrong:
            raise Problem("REG-173", f"倍数“{factor}”不对", where=item.column.label, remedy="从列表中选择") from wrong
        columns[item.column.label] = [request.POST.get(f"target{index}", ""), factor]
    return columns


def _shared_targets(plan: Blueprint) -> list[str]:
    names = dict.fromkeys(SHARED.values())
    return [name for name in names if name != ("编号" if plan.is_statistics else "期间")]


def _period(request: Request) -> str:
    text = request.GET.get("period", "")
    return text if re.fullmatch(r"[\w-]{4,20}", text) else ""


def _crumbs(plan: Blueprint) -> dict[str, Any]:
    crumbs = [
        {"label": "台账", "url": reverse("registers:index")},
        {"label": plan.register.name, "url": reverse("registers:list", args=[plan.code])},
        {"label": "导入", "url": ""},
    ]
    return {"breadcrumbs": crumbs}
