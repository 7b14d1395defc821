"""Pages of kept builds: the list, one beside the live figures, keeping and letting go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.indicators import pages
from taizhang.indicators.forms import DropForm, KeepForm, KeptForm
from taizhang.indicators.kept import Pair, get_snapshot_for, pairs_for
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.org.policy import can
from taizhang.org.queries import default_unit_for, get_unit_for
from taizhang.org.request import UserRequest
from taizhang.ui.tables import Column, Row, Table
from taizhang.warehouse.actions import drop_snapshot, keep_snapshot
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.snapshots import opens_snapshots, snapshots_for

UNPROCESSABLE = 422
PER_PAGE = 50
LIST = [Column("名称"), Column("缘由", "state"), Column("数据截止", "date"), Column("数据版本"), Column("大小"), Column("留存时间", "date"), Column("留存人")]  # fmt: skip
KINDS = {Snapshot.ASKED: "open", Snapshot.DRAFT: "draft", Snapshot.PUBLISHED: "closed"}
BESIDE = [Column("指标"), Column("期间"), Column("留存时", "drill"), Column("现在", "drill"), Column("单位"), Column("相差", "number"), Column("", "state")]  # fmt: skip


def index(request: UserRequest) -> HttpResponse:
    """The kept builds, the newest first; one more can be kept here."""
    if not opens_snapshots(request.user):
        raise NotFound("IND-030", "没有留存的数据可看", remedy="撰写和审签稿件的岗位可以打开留存的数据")
    form, may_keep = KeepForm(request.POST or None), can(request.user, "write_report")
    if request.method == "POST" and form.is_valid():
        try:
            made = keep_snapshot(form.cleaned_data["name"], by=request.user)
        except Problem as problem:
            form.add_error("name", f"{problem.message}。{problem.remedy}")
        else:
            messages.success(request, f"已留存“{made.name}”，数据版本 {made.build}。")
            return redirect("figures:kept", made.pk)
    page = Paginator(snapshots_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    table = Table(LIST, [_row(item) for item in page], "留存的数据", empty="还没有留存的数据", remedy="成稿时自动留存；也可以在下面手工留存")  # fmt: skip
    context = {"table": table, "page": page, "form": form if may_keep else None, "breadcrumbs": _crumbs()}
    return render(request, "indicators/kept_index.html", context, status=UNPROCESSABLE if form.errors else 200)


def _row(item: Snapshot) -> Row:
    by = item.kept_by.display_name if item.kept_by else "系统"
    state = (item.get_reason_display(), KINDS[item.reason])
    cells = [item.name, state, item.day, item.build, filesizeformat(item.bytes), item.kept_at, by]
    return Row(cells, url=reverse("figures:kept", args=[item.pk]))


def kept(request: UserRequest, pk: int) -> HttpResponse:
    """One kept build: its figures at a unit beside the live ones."""
    snapshot = get_snapshot_for(request.user, pk)
    asked, when = request.GET.get("unit"), request.GET.get("period", "").strip()
    unit = get_unit_for(request.user, asked) if asked else default_unit_for(request.user)
    word, only = request.GET.get("q", "").strip(), request.GET.get("only", "")
    pairs = pairs_for(request.user, snapshot, unit, Period.parse(when) if when else None, word)
    shown = [pair for pair in pairs if not only or pair.moved]
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "snapshot": snapshot,
        "unit": unit,
        "facts": _facts(snapshot),
        "table": Table(BESIDE, [_beside(pair, snapshot) for pair in page], "留存时与现在", empty="没有不同", remedy="换一个单位或期间"),
        "page": page,
        "moved": sum(pair.moved for pair in pairs),
        "count": len(pairs),
        "filters": KeptForm(request.user, {"unit": unit.code, "period": when, "q": word, "only": only}),
        "drop": DropForm() if _may_drop(request, snapshot) else None,
        "breadcrumbs": [*_crumbs(), {"label": snapshot.name, "url": ""}],
    }  # fmt: skip
    return render(request, "indicators/kept.html", context)


def _may_drop(request: UserRequest, snapshot: Snapshot) -> bool:
    """One of a signed report stays."""
    return can(request.user, "write_report") and snapshot.reason != Snapshot.PUBLISHED


def _beside(pair: Pair, snapshot: Snapshot) -> Row:
    then, now = pair.then, pair.now
    item = then.indicator
    url = pages.address("indicators:indicator", item, now.unit, then.period, build=str(snapshot.pk)) if now else ""
    factor = 100 if item.unit == "%" else 1
    moved = None if pair.difference is None or not pair.moved else round(pair.difference * factor, item.decimals)
    state: Any = ("已变", "warn") if pair.moved else ("未变", "ok")
    if now is None:
        state = ("已无此指标", "void")
    elif pair.redefined:
        state = ("口径已改", "warn")
    cells = [item.title, then.period.label, (then.text, ""), (now.text if now else "—", pages.rows_url(now) if now else ""), item.unit, moved, state]  # fmt: skip
    return Row(cells, url=url, category="warn" if pair.moved else "")


def _facts(item: Snapshot) -> list[dict[str, Any]]:
    kept_at = timezone.localtime(item.kept_at)
    return [
        {"label": "缘由", "value": item.get_reason_display()},
        {"label": "数据截止", "value": item.day},
        {"label": "数据版本", "value": item.build},
        {
            "label": "留存",
            "value": f"{item.kept_by.display_name if item.kept_by else '系统'}，{kept_at:%Y-%m-%d %H:%M}",
        },
        {"label": "大小", "value": f"{filesizeformat(item.bytes)}，{len(item.tables)} 张表"},
    ]


@require_POST
def drop(request: UserRequest, pk: int) -> HttpResponse:
    """Let a kept build go, with the reason in the log."""
    snapshot = get_snapshot_for(request.user, pk)
    form = DropForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明为什么删除。")
        return redirect("figures:kept", pk)
    drop_snapshot(snapshot=snapshot, by=request.user, why=form.cleaned_data["why"])
    messages.success(request, f"已删除“{snapshot.name}”，理由记入审计。")
    return redirect("figures:kept_index")


def _crumbs() -> list[dict[str, str]]:
    return [{"label": "指标", "url": reverse("indicators:index")}, {"label": "留存的数据", "url": reverse("figures:kept_index")}]  # fmt: skip
