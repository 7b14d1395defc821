"""The working calendar: the state's holidays, and the bureau's own days beside them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.kernel.calendar import WorkCalendar, announced
from taizhang.kernel.errors import Problem, Problems
from taizhang.registers.maker import actions, policy
from taizhang.registers.requests import Request, sent
from taizhang.ui.widgets import Date

UNPROCESSABLE = 422
WORDS = {"休": "休息", "班": "上班", "": "按国家安排（取消本局的规定）"}
WEEK = "一二三四五六日"


class DaysForm(forms.Form):
    """Some days in a row, and what they are."""

    first = forms.DateField(label="从", widget=Date())
    last = forms.DateField(label="到", required=False, widget=Date(), help_text="只有一天的不用填")
    word = forms.ChoiceField(label="改为", choices=list(WORDS.items()), required=False, initial="休")
    reason = forms.CharField(label="事由", required=False, max_length=200, help_text="依据的通知或缘由")


def page(request: Request) -> HttpResponse:
    """The bureau's own days; who releases packs changes them."""
    policy.require_look(request.user)
    form = DaysForm(sent(request, request.POST))
    problem: Problem | None = None
    if request.method == "POST":
        policy.require_releasing(request.user)
        if form.is_valid():
            given = form.cleaned_data
            try:
                actions.set_days(
                    first=given["first"], last=given["last"] or given["first"], word=given["word"],
                    reason=given["reason"], by=request.user,
                )  # fmt: skip
            except Problem as wrong:
                if wrong.status != UNPROCESSABLE:
                    raise
                problem = wrong.problems[0] if isinstance(wrong, Problems) else wrong
            else:
                messages.success(request, "日历已改，立即生效；在办事项的到期日正在后台重算。")
                return redirect("calendar")
    today = timezone.localdate()
    context = {
        "form": form,
        "problem": problem,
        "days": _rows(today),
        "years": [(year, announced(year)) for year in (today.year, today.year + 1)],
        "may_release": policy.may_release(request.user),
    }
    status = UNPROCESSABLE if problem or form.errors else 200
    return render(request, "registers/maker/calendar.html", context, status=status)


def _rows(today: date) -> list[dict[str, Any]]:
    """The bureau's own days, the coming ones first, each beside what the state says of it."""
    statutory = WorkCalendar()
    rows = [
        {
            "day": day,
            "week": f"星期{WEEK[day.weekday()]}",
            "works": works,
            "usual": "上班" if statutory.is_working(day) else "休息",
            "known": announced(day.year),
            "note": note,
            "past": day < today,
        }
        for day, (works, note) in catalog().own_days.items()
    ]
    return [row for row in rows if not row["past"]] + [row for row in reversed(rows) if row["past"]]
