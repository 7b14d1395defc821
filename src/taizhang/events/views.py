"""A person's own long works: the list, one work with its progress, its file."""

from __future__ import annotations

import mimetypes
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.events.models import Work
from taizhang.events.work import retry, work_for
from taizhang.kernel.errors import NotFound
from taizhang.ui.tables import Column, Row, Table

PAGE_SIZE = 50
# Nobody took a queued work for so long: probably no worker runs.
WAITING = timedelta(seconds=30)
CATEGORIES = {Work.QUEUED: "draft", Work.RUNNING: "open", Work.DONE: "closed", Work.FAILED: "late"}


def works(request: HttpRequest) -> HttpResponse:
    """What the person started, newest first."""
    own = Work.objects.filter(by_id=request.user.pk).order_by("-id")
    page = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page"))
    columns = [Column("工作"), Column("状态", "state"), Column("结果"), Column("开始"), Column("结束")]
    rows = [
        Row(
            [
                made.title,
                (Work.WORDS[made.state], CATEGORIES[made.state]),
                made.result.get("words") or made.problem.get("message") or "",
                _moment(made.made_at),
                _moment(made.ended_at),
            ],
            url=reverse("events:work", args=[made.pk]),
        )
        for made in page
    ]
    table = Table(
        columns, rows, "后台工作", empty="没有后台工作", remedy="导入、导出大表格时，进度和结果会在这里", id="works"
    )
    return render(request, "events/works.html", {"table": table, "page": page})


def work(request: HttpRequest, work_id: int) -> HttpResponse:
    """One work. The part asks again each second until the work is over; then the whole page comes, once."""
    made = work_for(request.user, work_id)
    context = {
        "work": made,
        "job": job(made),
        "breadcrumbs": [{"label": "后台工作", "url": reverse("events:works")}, {"label": made.title, "url": ""}],
    }
    if getattr(request, "htmx", False):
        response = render(request, "ui/parts/job.html", context)
        if made.is_over:
            response["HX-Refresh"] = "true"
        return response
    return render(request, "events/work.html", context)


def file(request: HttpRequest, work_id: int) -> FileResponse:
    """The file that the work made."""
    made = work_for(request.user, work_id)
    if made.state != Work.DONE or not made.file or not made.path.is_file():
        raise NotFound("EVE-005", "这项工作没有可下载的文件", remedy="文件保留三十天；过期了请重新导出")
    kind = mimetypes.guess_type(made.file)[0] or "application/octet-stream"
    return FileResponse(made.path.open("rb"), as_attachment=True, filename=made.file, content_type=kind)


@require_POST
def again(request: HttpRequest, work_id: int) -> HttpResponse:
    """Do a failed work once more."""
    made = retry(work_for(request.user, work_id), by=request.user)
    return redirect("events:work", made.pk)


def job(made: Work) -> dict[str, Any]:
    """A work as ``ui/parts/job.html`` shows it."""
    url = reverse("events:work", args=[made.pk])
    shown = {
        "title": made.title,
        "status": made.state if made.is_over else "running",
        "done": made.done,
        "total": made.total,
        "words": made.result.get("words") or _words(made),
        "url": url,
        "problem": made.problem or None,
    }
    if made.state == Work.DONE and made.file:
        return shown | {"result_url": reverse("events:file", args=[made.pk]), "result_label": f"下载 {made.file}"}
    if made.state == Work.DONE and made.result.get("url"):
        return shown | {"result_url": made.result["url"], "result_label": made.result.get("label", "")}
    return shown


def _words(made: Work) -> str:
    if made.state == Work.QUEUED and timezone.now() - made.made_at > WAITING and not made.started_at:
        return "还没有工作进程来做，请管理员确认 taizhang worker 正在运行"
    return "" if made.is_over else Work.WORDS[made.state]


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%m-%d %H:%M") if at else ""
