"""The views of a task list beside its table, and the leader's page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.request import UserRequest
from taizhang.plans import lenses
from taizhang.plans.models import Task
from taizhang.plans.overview import MOST_SHOWN, WORDS, overview
from taizhang.plans.pace import CATEGORIES
from taizhang.plans.policy import may_see_task
from taizhang.plans.queries import plans_for
from taizhang.plans.supervise.letters import letters_for
from taizhang.plans.supervise.models import Extension, TaskLetter
from taizhang.plans.views.common import tabs
from taizhang.ui.tables import Column, Row, Table

GANTT_ROWS = 60
FILTER_OF = {"units": "unit", "leaders": "person", "chapters": "chapter"}


def lens(request: UserRequest, found: QuerySet[Task]) -> dict[str, Any]:
    """What the chosen view needs; ``view`` '' is the table."""
    view = request.GET.get("view", "")
    view = view if view in lenses.VIEWS else ""
    day = timezone.localdate()
    context: dict[str, Any] = {"view": view, "views": _views(request, view), "today": day}
    if view == "board":
        context["piles"] = lenses.board(found, day)
    elif view in FILTER_OF:
        context["grouped"] = _group_table(request, lenses.groups(found, view, day), view)
    elif view == "gantt":
        page = Paginator(found, GANTT_ROWS).get_page(request.GET.get("page"))
        context |= {"page": page, "gantt": lenses.gantt(page, day)}
    elif view == "calendar":
        month = _month(request.GET.get("month", ""), day.strftime("%Y-%m"))
        context |= {
            "month": month,
            "weeks": lenses.month_of(found, month, day),
            "before": _address(request, month=month.previous().code),
            "after": _address(request, month=Period.of("month", month.end + timedelta(days=1)).code),
        }
    return context


@require_GET
def leader(request: UserRequest) -> HttpResponse:
    """One page: late, at risk, on course, with reasons; whose; what waits for a leader's word."""
    plans = plans_for(request.user, state="accepted")
    chosen = plans.filter(pk=request.GET["plan"]).first() if request.GET.get("plan", "").isdecimal() else None
    found = overview(request.user, plan=chosen)
    tiles = [
        {
            "label": word,
            "value": str(found.counts[word]),
            "unit": "项",
            "url": f"{reverse('plans:tasks')}?{urlencode({'light': word} | ({'plan': chosen.pk} if chosen else {}))}",
            "category": CATEGORIES[word] if found.counts[word] and word in WORDS[:2] else "",
        }
        for word in WORDS
    ]
    day = found.day
    # The page may be of one plan: then what waits is that plan's, too.
    about = Q(task__plan=chosen) if chosen else Q(task__plan__state="accepted")
    letters = letters_for(request.user).filter(about, answered_at__isnull=True)
    seen = Task.objects.filter(may_see_task(request.user))
    asked = Extension.objects.filter(about, state=Extension.ASKED, task__in=seen).select_related("task", "unit")
    context = {
        "overview": found,
        "tiles": tiles,
        "tables": [_light_table(word, found.shown[word], found.counts[word]) for word in WORDS[:3]],
        "units": _unit_table(found.units),
        "late_letters": _letter_table(letters.filter(answer_by__lt=day)),
        "asked": list(asked[:20]),
        "plans": plans,
        "chosen": chosen,
        "tabs": tabs("leader"),
    }
    return render(request, "plans/leader.html", context)


def _light_table(word: str, shown: list[lenses.Lit], count: int) -> Table:
    rows = [
        Row(
            [
                f"{lit.task.number} {lit.task.title}".strip(),
                "、".join(unit.name for unit in lit.task.leads),
                lit.task.deadline,
                (lit.light.share,),
                lit.light.reason,
            ],
            url=reverse("plans:task", args=[lit.task.pk]),
            category={"late": "late", "warn": "warn"}.get(lit.light.category, ""),
        )
        for lit in shown
    ]
    columns = [Column("任务"), Column("牵头单位"), Column("时限", "date"), Column("完成", "progress"), Column("原因")]
    more = f"，只列前 {len(shown)} 项" if count > len(shown) else ""
    return Table(columns, rows, f"{word} {count} 项{more}", empty=f"没有{word}的任务", id=f"l{WORDS.index(word)}")


def _unit_table(units: list[Any]) -> Table:
    columns = [Column("单位"), *(Column(word, "number") for word in WORDS), Column("合计", "number")]
    rows = [
        Row(
            [item.unit.name, *item.counts, item.total],
            url=f"{reverse('plans:tasks')}?unit={item.unit.pk}",
            category="late" if item.counts[0] else "warn" if item.counts[1] else "",
        )
        for item in units
    ]
    return Table(columns, rows, "各单位牵头任务", empty="没有任务", id="units-lights")


def _letter_table(late: QuerySet[TaskLetter]) -> Table:
    columns = [Column("文书"), Column("任务"), Column("单位"), Column("反馈期限", "due"), Column("签收")]
    count, shown = late.count(), list(late.order_by("answer_by", "id")[:MOST_SHOWN])
    rows = [
        Row(
            [str(item), item.task.title, item.unit.name, item.answer_by, item.signed_by_name or "未签收"],
            url=reverse("plans:letter", args=[item.pk]),
            category="late",
        )
        for item in shown
    ]
    more = f"，只列最早的 {len(shown)} 件" if count > len(shown) else ""
    caption = f"逾期未反馈的督办文书 {count} 件{more}"
    return Table(columns, rows, caption, empty="没有逾期未反馈的文书", id="late-letters")


def _group_table(request: UserRequest, found: list[lenses.Group], view: str) -> Table:
    columns = [Column(lenses.VIEWS[view].removeprefix("按")), Column("任务", "number"), Column("完成", "progress")]
    columns += [Column(word, "number") for word in WORDS[:3]]
    rows = [
        Row(
            [item.name, item.total, (item.done, item.total), *item.counts[:3]],
            url=_address(request, view=None, **{FILTER_OF[view]: item.value}) if item.value else "",
            category="late" if item.counts[0] else "warn" if item.counts[1] else "",
        )
        for item in found
    ]
    return Table(columns, rows, lenses.VIEWS[view], empty="没有任务", remedy="换一个条件再找")


def _views(request: UserRequest, active: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": _address(request, view=key or None, page=None, month=None), "active": key == active}
        for key, label in lenses.VIEWS.items()
    ]


def _address(request: UserRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = value
    return f"?{query.urlencode()}"


def _month(text: str, otherwise: str) -> Period:
    try:
        found = Period.parse(text or otherwise)
    except Problem:
        found = Period.parse(otherwise)
    return found if found.kind == "month" else Period.parse(otherwise)
