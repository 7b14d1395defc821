"""The figures that one record stands behind."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taizhang.catalog.current import catalog
from taizhang.indicators import pages
from taizhang.indicators.counted import Part, parts_of
from taizhang.org.request import UserRequest
from taizhang.registers.actions import note_view
from taizhang.registers.queries import get_record_for
from taizhang.ui.tables import Column, Row, Table

COLUMNS = [Column("指标"), Column("期间"), Column("本条", "state"), Column("本条的数"), Column("本单位现值", "drill"), Column("单位"), Column("主题")]  # fmt: skip


def record(request: UserRequest, pk: int) -> HttpResponse:
    """What one record adds to which figures."""
    found = get_record_for(request.user, pk)
    note_view(record=found, by=request.user)
    parts = parts_of(request.user, found)
    register = catalog().register(found.register_code)
    table = Table(COLUMNS, [_row(part) for part in parts], "本条计入的指标", empty="本条不计入任何指标", remedy="作废的记录、没有日期的记录不参加计算")  # fmt: skip
    context = {
        "record": found,
        "register": register,
        "table": table,
        "breadcrumbs": [
            {"label": register.name, "url": reverse("registers:list", args=[register.code])},
            {"label": str(found), "url": reverse("registers:record", args=[found.pk])},
            {"label": "本条计入的指标", "url": ""},
        ],
    }
    return render(request, "indicators/record.html", context)


def _row(part: Part) -> Row:
    figure, item = part.figure, part.indicator
    state = ("计入", "ok") if part.counts else ("不计", "void")
    url = pages.address("indicators:indicator", item, figure.unit, part.period) if figure else ""
    value = (figure.text, pages.rows_url(figure)) if figure else ("—", "")
    return Row([item.title, part.period.label, state, part.words, value, item.unit, item.theme], url=url)
