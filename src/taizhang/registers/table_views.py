"""The list of a register, and its way to and from xlsx."""

from __future__ import annotations

import io
import re
import tempfile
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.catalog.current import catalog
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit
from taizhang.registers import pages, policy, xlsx
from taizhang.registers.actions import note_export
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.finding import lists
from taizhang.registers.finding.bulk import fields_for, steps_for_many
from taizhang.registers.forms import FilterForm
from taizhang.registers.paging import MOST_COUNTED
from taizhang.registers.queries import PAGE_SIZE, SHARED, filtered_records, records_for, records_in_chunks, state_counts
from taizhang.registers.requests import Request
from taizhang.registers.sheets.export import write_export
from taizhang.registers.sheets.views import MOST_INLINE, seen
from taizhang.ui.downloads import XLSX, download
from taizhang.ui.templatetags.ui import PAGE_SIZES

MOST_TEMPLATE_UNITS = 2000
REARRANGED = ("sort", "then", "group", "page")


def records(request: Request, code: str) -> HttpResponse:
    """The list: filters, counts by state, sortable columns, pages."""
    plan, today = seen(request.user, code), timezone.localdate()
    form = FilterForm(plan, policy.reach_of(request.user, plan.register, "see"), request.GET)
    size = request.GET.get("size", "")
    page = records_for(
        request.user,
        plan.code,
        form.filters(),
        lists.order_of(request.GET),
        request.GET.get("page"),
        int(size) if size.isdigit() and int(size) in PAGE_SIZES else PAGE_SIZE,
    )
    names = pages.columns_of(plan, lists.columns_for(request.user, plan, request.GET))
    chips = lists.chips_of(form, request.GET)
    may_change = bool(fields_for(request.user, plan) or steps_for_many(request.user, plan))
    table = pages.record_table(
        plan, list(page), names, request.user, today, _empty(request, plan), selectable=may_change
    )
    context = {
        "plan": plan,
        "table": table,
        "page": page,
        "filter_form": form,
        "counts": _counts(request, plan),
        "columns": [(name, name in names) for name in plan.fields],
        "may_create": policy.may(request.user, plan.register, "create"),
        "query": request.GET.urlencode(),
        "chips": chips,
        "kept": [(key, value) for key, values in request.GET.lists() if key not in REARRANGED for value in values],
        "today": today,
        "hints": [] if page.paginator.count else lists.hints(request.user, plan, chips),
        "views": lists.view_tabs(request.user, plan, request.GET.urlencode()),
        "roles": list(catalog().roles) if policy.keeper_reach(request.user, plan.register) else [],
        "sortable": [*(n for n in names if n in SHARED), *(field.name for field in form.listed())],
        **_figures(request, plan, form, page, names),
        "is_long": page.paginator.count > MOST_INLINE,
        "breadcrumbs": [{"label": "台账", "url": reverse("registers:index")}, {"label": plan.register.name, "url": ""}],
    }
    return render(request, "registers/list.html", context)


@require_POST
def columns(request: Request, code: str) -> HttpResponse:
    """Which columns this person's list shows, kept from now on; none ticked: the pack's own choice."""
    plan = seen(request.user, code)
    lists.keep_columns(register=plan.code, columns=request.POST.getlist("column"), by=request.user)
    asked = QueryDict(request.POST.get("query", ""), mutable=True)
    asked.pop("cols", None)
    query = asked.urlencode()
    return redirect(reverse("registers:list", args=[plan.code]) + (f"?{query}" if query else ""))


@require_POST
def save_view(request: Request, code: str) -> HttpResponse:
    """Keep the list as it is under a name."""
    plan, query = seen(request.user, code), request.POST.get("query", "")
    here = reverse("registers:list", args=[plan.code])
    try:
        view = lists.save_view(
            register=plan.code,
            name=request.POST.get("name", ""),
            query=query,
            by=request.user,
            share=request.POST.get("share", ""),
            role=request.POST.get("role", ""),
            in_menu=request.POST.get("in_menu") == "1",
        )
    except Problem as problem:
        messages.error(request, f"{problem.message}。{problem.remedy}")
        return redirect(here + (f"?{query}" if query else ""))
    messages.success(request, f"已保存视图“{view.name}”。")
    return redirect(lists.address_of(view))


@require_POST
def remove_view(request: Request, view_id: int) -> HttpResponse:
    """Forget a view of one's own."""
    view = lists.view_for(request.user, view_id)
    lists.remove_view(view=view, by=request.user)
    messages.success(request, f"已删去视图“{view.name}”。")
    return redirect("registers:list", view.register_code)


def _figures(request: Request, plan: Blueprint, form: FilterForm, page: Any, names: list[str]) -> dict[str, Any]:
    """Sums and counts over the whole filtered list; of a list too long to count nothing is said."""
    group, allowed = request.GET.get("group", ""), lists.group_names(plan)
    context: dict[str, Any] = {"group_names": allowed, "group": group if group in allowed else ""}
    if page.paginator.is_capped or not page.paginator.count:
        return context
    filters = form.filters()
    found = filtered_records(request.user, plan.code, filters)
    # A record that was struck out counts nowhere, unless struck-out ones are what is asked for.
    context["with_void"] = plan.register.lifecycle.states.get(filters.state) == "void"
    summed = found if context["with_void"] else found.exclude(state_category="void")
    context["totals"] = lists.totals_of(plan, summed, names)
    if context["group"]:
        context["groups"] = lists.grouped(plan, found, group, request.GET)
    return context


def export(request: Request, code: str) -> FileResponse:
    """The filtered list as xlsx, all its pages, in constant memory."""
    plan = seen(request.user, code)
    form = FilterForm(plan, policy.reach_of(request.user, plan.register, "see"), request.GET)
    policy.require_export(plan.register)
    found = filtered_records(request.user, plan.code, form.filters(), lists.order_of(request.GET))
    handle = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    rows = write_export(plan.code, records_in_chunks(found), handle, request.user)
    note_export(register=plan.register, filters=request.GET.urlencode(), rows=rows, by=request.user)
    handle.seek(0)
    name = f"{plan.register.name}_{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(handle, as_attachment=True, filename=name, content_type=XLSX)


def template(request: Request, code: str) -> HttpResponse:
    """The workbook to fill in, with the person's units in it."""
    plan = seen(request.user, code)
    reach = policy.reach_of(request.user, plan.register, "create")
    units: list[Unit] = []
    if plan.is_statistics or not (reach.everything or reach.subtrees):
        units = list(Unit.objects.filter(reach.q("")).filter(level="school").order_by("path")[:MOST_TEMPLATE_UNITS])
    out = io.BytesIO()
    running = Period.of(plan.register.period, timezone.localdate()).code if plan.register.period else ""
    xlsx.write_template(plan.code, out, units, _period(request.GET.get("period", "")) or running)
    return download(out, f"{plan.register.name}_模板.xlsx", XLSX)


def _period(text: str) -> str:
    return text if re.fullmatch(r"[\w-]{4,20}", text) else ""


def _counts(request: Request, plan: Blueprint) -> list[dict[str, Any]]:
    """Tabs: all records, then each state with its number."""
    if len(plan.register.lifecycle.states) < 3:
        return []
    counts = state_counts(request.user, plan.register)
    here = reverse("registers:list", args=[plan.code])
    current = request.GET.get("state", "")
    # Counted up to a limit: a tab of more says nothing rather than something wrong.
    whole = sum(counts.values())
    tabs = [{"label": "全部", "url": here, "active": not current, "badge": whole if whole <= MOST_COUNTED else None}]
    for state, count in counts.items():
        badge = count if count <= MOST_COUNTED else None
        tabs.append({"label": state, "url": f"{here}?state={quote(state)}", "active": state == current, "badge": badge})
    return tabs


def _empty(request: Request, plan: Blueprint) -> tuple[str, str]:
    """What an empty list says: nothing found, or nothing there yet, and what to do."""
    asked = {
        key for key in request.GET if key not in ("sort", "then", "cols", "group", "size", "page") and request.GET[key]
    }
    if asked:
        return "没有符合条件的记录", "放宽或清除上面的筛选条件"
    if policy.may(request.user, plan.register, "create"):
        return f"“{plan.register.name}”还没有记录", "点“新增”填一条，或“导入”一张表格(先下载模板)"
    return f"“{plan.register.name}”还没有记录", "由填报单位新增或导入后，这里会出现"
