"""The list of a register, and its way to and from xlsx."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import Table, table_from_bytes
from taizhang.org.models import Unit, User
from taizhang.registers import pages, policy, xlsx
from taizhang.registers.actions import note_export
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.forms import FilterForm, ImportForm
from taizhang.registers.loading import LoadResult, check_table, load_table
from taizhang.registers.queries import PAGE_SIZE, filtered_records, records_for, state_counts
from taizhang.registers.requests import Request, sent
from taizhang.ui.templatetags.ui import PAGE_SIZES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_REFUSALS = 200
MOST_TEMPLATE_UNITS = 2000
UPLOAD_SECONDS = 24 * 3600


def records(request: Request, code: str) -> HttpResponse:
    """The list: filters, counts by state, sortable columns, pages."""
    plan, today = _seen(request.user, code), timezone.localdate()
    form = FilterForm(plan, policy.reach_of(request.user, plan.register, "see"), request.GET)
    size = request.GET.get("size", "")
    page = records_for(
        request.user,
        plan.code,
        form.filters(),
        request.GET.get("sort", ""),
        request.GET.get("page"),
        int(size) if size.isdigit() and int(size) in PAGE_SIZES else PAGE_SIZE,
    )
    chosen = request.session.get(f"columns:{plan.code}", [])
    names = pages.columns_of(plan, chosen)
    table = pages.record_table(plan, list(page), names, request.user, today, _empty(request, plan))
    context = {
        "plan": plan,
        "table": table,
        "page": page,
        "filter_form": form,
        "counts": _counts(request, plan),
        "columns": [(name, name in names) for name in plan.fields],
        "may_create": policy.may(request.user, plan.register, "create"),
        "query": request.GET.urlencode(),
        "breadcrumbs": [{"label": "台账", "url": reverse("registers:index")}, {"label": plan.register.name, "url": ""}],
    }
    return render(request, "registers/list.html", context)


@require_POST
def columns(request: Request, code: str) -> HttpResponse:
    """Which columns this person's list shows, for this session; none ticked: the pack's own choice."""
    plan = _seen(request.user, code)
    wanted = set(request.POST.getlist("column"))
    request.session[f"columns:{plan.code}"] = [name for name in plan.fields if name in wanted]
    query = request.POST.get("query", "")
    return redirect(reverse("registers:list", args=[plan.code]) + (f"?{query}" if query else ""))


def export(request: Request, code: str) -> FileResponse:
    """The filtered list as xlsx, all its pages, in constant memory."""
    plan = _seen(request.user, code)
    form = FilterForm(plan, policy.reach_of(request.user, plan.register, "see"), request.GET)
    policy.require_export(plan.register)
    found = filtered_records(request.user, plan.code, form.filters(), request.GET.get("sort", ""))
    handle = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    rows = xlsx.write_export(plan.code, found.iterator(chunk_size=xlsx.CHUNK), handle, request.user)
    note_export(register=plan.register, filters=request.GET.urlencode(), rows=rows, by=request.user)
    handle.seek(0)
    name = f"{plan.register.name}_{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(handle, as_attachment=True, filename=name, content_type=XLSX)


def template(request: Request, code: str) -> HttpResponse:
    """The workbook to fill in, with the person's units in it."""
    plan = _seen(request.user, code)
    reach = policy.reach_of(request.user, plan.register, "create")
    units: list[Unit] = []
    if plan.is_statistics or not (reach.everything or reach.subtrees):
        units = list(Unit.objects.filter(reach.q("")).filter(level="school").order_by("path")[:MOST_TEMPLATE_UNITS])
    out = io.BytesIO()
    running = Period.of(plan.register.period, timezone.localdate()).code if plan.register.period else ""
    xlsx.write_template(plan.code, out, units, _period(request.GET.get("period", "")) or running)
    return _download(out, f"{plan.register.name}_模板.xlsx")


def upload(request: Request, code: str) -> HttpResponse:
    """Take a sheet and say what would become of each row; nothing is saved yet."""
    plan = _creating(request.user, code)
    form = ImportForm(plan, timezone.localdate(), sent(request, request.POST), sent(request, request.FILES))
    problem = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        try:
            table = table_from_bytes(data, Path(file.name).name)
            period = form.cleaned_data.get("period", "")
            check_table(plan.code, table, request.user, period=period or None)
        except Problem as wrong:
            problem = wrong
        else:
            token = _keep(request.user, data, table.name)
            query = f"?period={period}" if period else ""
            return redirect(reverse("registers:confirm", args=[plan.code, token]) + query)
    context = {"plan": plan, "form": form, "problem": problem, **_crumbs(plan)}
    return render(request, "registers/import.html", context, status=422 if problem or form.errors else 200)


def confirm(request: Request, code: str, token: str) -> HttpResponse:
    """The verdict of an uploaded sheet; on POST its good rows are saved."""
    plan = _creating(request.user, code)
    table, period = _kept(request.user, token), _period(request.GET.get("period", ""))
    if request.method == "POST":
        result = load_table(plan.code, table, request.user, period=period or None)
        messages.success(request, f"已导入：新增 {result.created} 行，更新 {result.updated - result.unchanged} 行。")
    else:
        result = check_table(plan.code, table, request.user, period=period or None)
    context = {
        "plan": plan,
        "table_name": table.name,
        "result": result,
        "refused_rows": len({item["row"] for item in result.refused}),
        "accepted": result.created + result.updated,
        "shown": result.refused[:SHOWN_REFUSALS],
        "done": request.method == "POST",
        "token": token,
        "period": period,
        **_crumbs(plan),
    }
    return render(request, "registers/verdict.html", context)


def refused(request: Request, code: str, token: str) -> HttpResponse:
    """The refused rows as the sender's own sheet."""
    plan = _creating(request.user, code)
    table = _kept(request.user, token)
    result: LoadResult = check_table(
        plan.code, table, request.user, period=_period(request.GET.get("period", "")) or None
    )
    out = io.BytesIO()
    xlsx.write_refused(table, result.refused, out)
    return _download(out, f"拒收_{Path(table.name).stem}.xlsx")


def _seen(user: User, code: str) -> Blueprint:
    plan = blueprint(code)
    if not policy.may(user, plan.register, "see"):
        raise policy.no_register(plan.register)
    return plan


def _creating(user: User, code: str) -> Blueprint:
    """The register, for a person who may add to it or change it."""
    plan = _seen(user, code)
    if not policy.may(user, plan.register, "create") and not policy.may(user, plan.register, "edit"):
        policy.require(user, plan.register, "create", Unit(name="本单位"))
    return plan


def _keep(user: User, data: bytes, name: str) -> str:
    """Keep an upload until it is confirmed; only its sender finds it again."""
    _forget_old(_imports(user))
    token = hashlib.sha256(name.encode() + b"\0" + data).hexdigest()[:32]
    folder = _imports(user) / token
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "name").write_text(name, encoding="utf-8")
    (folder / "data").write_bytes(data)
    return token


def _forget_old(folder: Path) -> None:
    """Uploads wait a day for their confirmation: sheets of persons are not kept longer than they are needed."""
    for old in folder.glob("*"):
        if old.is_dir() and time.time() - old.stat().st_mtime > UPLOAD_SECONDS:
            shutil.rmtree(old, ignore_errors=True)


def _kept(user: User, token: str) -> Table:
    folder = _imports(user) / token
    if not re.fullmatch(r"[0-9a-f]{32}", token) or not folder.is_dir():
        raise NotFound("REG-160", "没有这次上传的表格", remedy="请重新上传")
    return table_from_bytes((folder / "data").read_bytes(), (folder / "name").read_text(encoding="utf-8"))


def _imports(user: User) -> Path:
    return Path(settings.FILES) / "imports" / str(user.pk)


def _period(text: str) -> str:
    return text if re.fullmatch(r"[\w-]{4,20}", text) else ""


def _download(out: io.BytesIO, name: str) -> HttpResponse:
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _counts(request: Request, plan: Blueprint) -> list[dict[str, Any]]:
    """Tabs: all records, then each state with its number."""
    if len(plan.register.lifecycle.states) < 3:
        return []
    counts = state_counts(request.user, plan.register)
    here = reverse("registers:list", args=[plan.code])
    current = request.GET.get("state", "")
    tabs = [{"label": "全部", "url": here, "active": not current, "badge": sum(counts.values())}]
    for state, count in counts.items():
        tabs.append({"label": state, "url": f"{here}?state={quote(state)}", "active": state == current, "badge": count})
    return tabs


def _empty(request: Request, plan: Blueprint) -> tuple[str, str]:
    """What an empty list says: nothing found, or nothing there yet, and what to do."""
    asked = {key for key in request.GET if key not in ("sort", "size", "page") and request.GET[key]}
    if asked:
        return "没有符合条件的记录", "放宽或清除上面的筛选条件"
    if policy.may(request.user, plan.register, "create"):
        return f"“{plan.register.name}”还没有记录", "点“新增”填一条，或“导入”一张表格(先下载模板)"
    return f"“{plan.register.name}”还没有记录", "由填报单位新增或导入后，这里会出现"


def _crumbs(plan: Blueprint) -> dict[str, Any]:
    crumbs = [
        {"label": "台账", "url": reverse("registers:index")},
        {"label": plan.register.name, "url": reverse("registers:list", args=[plan.code])},
        {"label": "导入", "url": ""},
    ]
    return {"breadcrumbs": crumbs}
