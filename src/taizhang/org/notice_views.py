"""A person's own notices."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.org import notices
from taizhang.org.policy import can
from taizhang.ui.tables import Column, Row, Table

MOST_SHOWN = 200


def index(request: HttpRequest) -> HttpResponse:
    """All notices, or those not read yet."""
    unread = request.GET.get("unread") == "1"
    page = notices.notices_for(request.user, unread=unread, page=request.GET.get("page"))
    where = reverse("notices:index")
    tabs = [
        {"label": "全部", "url": where, "active": not unread},
        {"label": "未读", "url": f"{where}?unread=1", "active": unread},
    ]
    context = {"page": page, "tabs": tabs, "unread": unread, "may_see_failed": can(request.user, "manage_units")}
    return render(request, "org/notices.html", context)


@require_POST
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark a notice as read and go where it points."""
    notice = notices.read_notice(notice=notices.get_notice_for(request.user, notice_id), by=request.user)
    return redirect(notice.url or "notices:index")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    count = notices.read_all(by=request.user)
    messages.success(request, f"已将 {count} 条提醒标为已读。")
    return redirect("notices:index")


def failed(request: HttpRequest) -> HttpResponse:
    """What did not get out, with the reason."""
    rows = [
        Row([item.notice.user.name, item.channel, item.state, item.tries, item.problem, item.notice.at])
        for item in notices.failed_deliveries(request.user)[:MOST_SHOWN]
    ]
    columns = [
        Column("收件人"), Column("渠道"), Column("状态"), Column("次数", "number"), Column("原因"), Column("时间", "date")
    ]  # fmt: skip
    table = Table(columns, rows, "未送达的提醒", empty="没有未送达的提醒", remedy="站内提醒不受影响")
    return render(request, "org/notices_failed.html", {"table": table})
