"""Reads of reports. A report is fetched for a person, or not at all."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from taizhang.kernel.errors import NotFound
from taizhang.org.models import User
from taizhang.org.policy import visible_units
from taizhang.reports.models import Report
from taizhang.reports.policy import may_see_drafts


def reports_for(user: User | AnonymousUser, *, text: str = "", template: str = "", state: str = "") -> QuerySet[Report]:
    """The reports on units whose affairs a person may see, newest first; drafts only for those who write or sign."""
    found = Report.objects.filter(_seen(user)).select_related("unit", "made_by", "published_by").defer("html")
    if text:
        found = found.filter(title__icontains=text)
    if template:
        found = found.filter(template=template)
    return (found.filter(state=state) if state else found).order_by("-id")


def get_report_for(user: User | AnonymousUser, pk: int) -> Report:
    """One report that the person may see; NotFound otherwise, whether or not it exists."""
    found = Report.objects.filter(_seen(user), pk=pk).select_related("unit", "made_by", "published_by").first()
    if found is None:
        raise NotFound("RPT-030", "没有这份稿件", remedy="回到稿件列表查找")
    return found


def _seen(user: User | AnonymousUser) -> Q:
    seen = visible_units(user).q("unit")
    return seen if may_see_drafts(user) else seen & Q(state=Report.PUBLISHED)
