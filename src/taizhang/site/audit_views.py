"""The audit page under 设置: the log, its filters, its workbook."""

from __future__ import annotations

import tempfile
from typing import Any

from django import forms
from django.http import FileResponse, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html

from taizhang.catalog.current import catalog
from taizhang.events.models import Work
from taizhang.events.work import start, work
from taizhang.org.models import User
from taizhang.org.request import UserRequest
from taizhang.registers.paging import MOST_COUNTED, RecordPaginator, counted
from taizhang.site.audit import Asked, Entry, entries_of, events_for, note_export, write_audit
from taizhang.site.audit_words import KINDS
from taizhang.ui.downloads import XLSX
from taizhang.ui.tables import Column, Row, Table
from taizhang.ui.widgets import Date

PAGE_SIZE = 50
COLUMNS = (
    Column("时间"), Column("人员"), Column("操作"), Column("对象"), Column("台账"), Column("单位"), Column("说明"),
    Column("来源地址"),
)  # fmt: skip


class AuditForm(forms.Form):
    """The filter bar."""

    person = forms.CharField(label="人员", required=False, max_length=40)
    kind = forms.ChoiceField(label="操作", required=False, choices=[("", "全部"), *((name, name) for name in KINDS)])
    since = forms.DateField(label="日期从", required=False, widget=Date())
    until = forms.DateField(label="到", required=False, widget=Date())
    unit = forms.CharField(label="单位", required=False, max_length=60)
    register = forms.ChoiceField(label="台账", required=False)
    number = forms.CharField(label="记录编号", required=False, max_length=60)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        registers = [(item.code, item.name) for item in catalog().registers.values()]
        self.fields["register"].choices = [("", "全部"), *registers]  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """What is asked for; what cannot be read counts as not said."""
        self.is_valid()
        given = self.cleaned_data
        return Asked(**{name: given[name].strip() if isinstance(given[name], str) else given[name] for name in given})


def page(request: UserRequest) -> HttpResponse:
    """The log, newest first, fifty lines a page."""
    form = AuditForm(request.GET)
    found = events_for(request.user, form.asked())
    shown = RecordPaginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        Row(
            [
                f"{item.at:%Y-%m-%d %H:%M}", item.who, item.what, _linked(item),
                item.register, item.unit, item.details, item.address,
            ]
        )
        for item in entries_of(shown, request.user)
    ]  # fmt: skip
    table = Table(COLUMNS, rows, "审计记录", empty="没有符合条件的操作", remedy="放宽或清除上面的条件")
    context = {"filters": form, "table": table, "page": shown, "query": request.GET.urlencode()}
    return render(request, "site/audit.html", context)


def _linked(item: Entry) -> str:
    return format_html('<a href="{}">{}</a>', item.url, item.subject) if item.url else item.subject


def export(request: UserRequest) -> HttpResponseBase:
    """The filtered log as a workbook; a long one is written by the worker."""
    query = request.GET.urlencode()
    found = events_for(request.user, AuditForm(request.GET).asked())
    name = f"审计记录_{timezone.localdate():%Y%m%d}.xlsx"
    if counted(found) > MOST_COUNTED:
        return redirect(
            "events:work", start("site.audit", by=request.user, title="导出审计记录", file=name, query=query).pk
        )
    handle = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    rows = write_audit(found, request.user, handle)
    note_export(by=request.user, filters=query, rows=rows)
    handle.seek(0)
    return FileResponse(handle, as_attachment=True, filename=name, content_type=XLSX)


@work("site.audit")
def export_long(made: Work, *, query: str) -> dict[str, Any]:
    """The same outside the request."""
    assert isinstance(made.by, User)
    found = events_for(made.by, AuditForm(QueryDict(query)).asked())
    total = found.count()
    with made.path.open("wb") as target:
        rows = write_audit(found, made.by, target, tick=lambda done: made.tick(done, total))
    note_export(by=made.by, filters=query, rows=rows)
    return {"words": f"{rows} 行"}
