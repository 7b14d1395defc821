"""Every number of a written report, computed again by another route, and compared with what is printed.

``python scripts/recompute_report.py REPORT_ID``. Plain sums are added up from the records in the database; other
indicators by the reference evaluator (plain Python instead of SQL); differences from the two printed values; counts of
tasks, records and units by the database. Prints one line a route and every number that differs; exit 1 if any does.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import django

PLAIN_SUM = re.compile(r"(?:sum|求和)\((?:(\w+)\.)?([^\s()+*/,.]+)\)")


def main(pk: int) -> int:
    """Compare all numbers of one report."""
    from taizhang.reports.models import Report

    report = Report.objects.select_related("unit", "made_by").get(pk=pk)
    routes: Counter[str] = Counter()
    wrong = []
    for tag, bound in report.bindings.items():
        route, text = recomputed(report, bound)
        routes[route] += 1
        if route and text != bound["shown"]:
            wrong.append(f"{tag} {bound['label']}: {bound['shown']} != {text} ({route})")
    for route, count in sorted(routes.items()):
        print(f"{count:5d} {route or 'not recomputed: promises, results, limits, dates, words'}")
    again = sum(count for route, count in routes.items() if route)
    print("\n".join(wrong) if wrong else f"all {again} numbers that were recomputed are equal")
    return 1 if wrong else 0


def recomputed(report: Any, bound: Mapping[str, Any]) -> tuple[str, str]:
    """(route, text as it should be printed); '' for what holds no computed number."""
    from taizhang.reports.bound import shown_number

    match bound["kind"]:
        case "indicator":
            route, value = figure(report, bound, bound["period"])
            return route, _printed(bound, value)
        case "change" if bound["label"] and "比较" in bound.get("formula", ""):
            return change(report, bound)
        case "trend":
            return trend(report, bound)
        case "task_count":
            return "tasks in the database", tasks(report, bound)
        case "record_count":
            return "records in the database", shown_number(Decimal(records(report, bound)), "", 0)
        case "unit_count":
            return "", bound["shown"]
        case _:
            return "", bound["shown"]


def _printed(bound: Mapping[str, Any], value: Decimal | None) -> str:
    """The value in the manner in which the number is printed: with or without its unit, in 10,000s or not."""
    from taizhang.reports.bound import PERCENT, shown_number

    measure, decimals = bound.get("measure", ""), int(bound.get("decimals", 0))
    ways = [measure, "", f"万{measure}"] if measure != PERCENT else [PERCENT]
    texts = [shown_number(value, way, decimals) for way in ways]
    return bound["shown"] if bound["shown"] in texts else texts[0]


def figure(report: Any, bound: Mapping[str, Any], period: str) -> tuple[str, Decimal | None]:
    """An indicator's value by another route than the one that wrote the report."""
    from taizhang.catalog.current import catalog
    from taizhang.indicators.queries import figures_by, value_for

    declared = catalog().indicator(bound["code"])
    where = [(name, value) for name, value in bound.get("where", ()) if name != "计量"]
    plain = PLAIN_SUM.fullmatch(declared.formula)
    if plain:
        register = catalog().register(plain[1] or declared.register_code)
        if register.kind == "statistics":
            return "sums of the records in the database", _sum(register.code, plain[2], bound, period, where)
    user, unit = report.made_by, bound["unit_code"]
    if not where:
        return "reference evaluator", value_for(user, declared.code, unit, period, engine="reference").value
    ((dimension, wanted),) = where
    parts = figures_by(user, declared.code, unit, period, dimension, engine="reference")
    return "reference evaluator", next((part.value for part in parts if part.group == wanted), None)


def _sum(
    register: str, field: str, bound: Mapping[str, Any], period: str, where: list[tuple[str, str]]
) -> Decimal | None:
    from taizhang.org.models import Unit
    from taizhang.registers.models import Record

    path = Unit.objects.get(code=bound["unit_code"]).path
    rows = Record.objects.filter(register_code=register, period=period, unit__path__startswith=path)
    values = [
        Decimal(str(row["data"][field]))
        for row in rows.exclude(state_category="void").values("data")
        if row["data"].get(field) is not None and all(str(row["data"].get(name)) == value for name, value in where)
    ]
    return sum(values, Decimal(0)) if values else None


def change(report: Any, bound: Mapping[str, Any]) -> tuple[str, str]:
    """The difference of the two values as printed, or the growth, from values of the other route."""
    from taizhang.kernel.periods import Period
    from taizhang.reports.bound import PERCENT, rounded
    from taizhang.reports.figures import _change_text

    route, now = figure(report, bound, bound["period"])
    before = figure(report, bound, Period.parse(bound["period"]).last_year().code)[1]
    if now is None or before is None:
        return route, bound["shown"] if bound["shown"] == "—" else "?"
    percent, decimals = bound.get("measure") == PERCENT, int(bound.get("decimals", 0))
    if bound["shown"].startswith(("增长", "下降")) and bound["shown"].endswith("%"):
        return route, _change_text(rounded((now - before) / before * 100, 2), ("增长", "下降"), PERCENT, 2)
    scale = 100 if percent else 1
    difference = rounded(now * scale, decimals) - rounded(before * scale, decimals)
    words = ("提高", "下降") if percent else ("增加", "减少")
    return route, _change_text(difference, words, "个百分点" if percent else bound.get("measure", ""), decimals)


def trend(report: Any, bound: Mapping[str, Any]) -> tuple[str, str]:
    """How many years in a row a figure went one way."""
    from taizhang.kernel.periods import Period
    from taizhang.reports.bound import PERCENT, rounded

    when, decimals = Period.parse(bound["period"]), int(bound.get("decimals", 0))
    scale = 100 if bound.get("measure") == PERCENT else 1
    years, way, route, later = 0, 0, *figure(report, bound, when.code)
    while years < 10 and later is not None:
        when = when.last_year()
        before = figure(report, bound, when.code)[1]
        if before is None:
            break
        step = rounded(later * scale, decimals).compare(rounded(before * scale, decimals))
        if step == 0 or (way and step != way):
            break
        years, way, later = years + 1, int(step), before
    word = "增长" if way > 0 else "下降"
    return route, "比上年持平" if years == 0 else f"比上年{word}" if years == 1 else f"连续{years}年{word}"


def tasks(report: Any, bound: Mapping[str, Any]) -> str:
    """Counts of tasks by their rows; results of targets are a judgement and stay as they are."""
    from django.db.models import Q

    from taizhang.kernel.periods import Period
    from taizhang.plans.models import Task
    from taizhang.plans.queries import tasks_of_period

    found = tasks_of_period(report.made_by, report.unit, Period.parse(report.period)).exclude(state=Task.CANCELLED)
    chapter = dict(bound.get("where", ())).get("章节")
    chosen = [task.pk for task in found if chapter is None or (task.path[0] if task.path else "其他任务") == chapter]
    rows = Task.objects.filter(pk__in=chosen)
    done = rows.filter(state=Task.DONE, done_on__lte=report.day).count()
    match bound["code"]:
        case "total":
            return str(len(chosen))
        case "done":
            return str(done)
        case "open":
            return str(len(chosen) - done)
        case "overdue":
            late = rows.filter(deadline__lt=report.day).exclude(Q(state=Task.DONE) & Q(done_on__lte=report.day))
            return str(late.count())
        case "done_rate":
            return f"{Decimal(done) * 100 / len(chosen):.1f}%" if chosen else "—"
        case _:
            return bound["shown"]


def records(report: Any, bound: Mapping[str, Any]) -> int:
    """Records of a case register that fall into the period, by their JSON alone."""
    from datetime import date

    from taizhang.catalog.current import catalog
    from taizhang.kernel.periods import Period
    from taizhang.org.models import Unit
    from taizhang.registers.models import Record

    register = catalog().register(bound["code"])
    when = Period.parse(bound["period"])
    path = Unit.objects.get(code=bound["unit_code"]).path
    where = dict(bound.get("where", ()))
    rows = Record.objects.filter(register_code=register.code, unit__path__startswith=path).exclude(
        state_category="void"
    )
    if state := where.pop("状态", ""):
        rows = rows.filter(state=state)
    dated = register.dated_by or next(
        field.name for field in register.fields if field.type == "date" and field.required
    )
    until = min(when.end, report.day)
    return sum(
        when.start <= date.fromisoformat(row["data"][dated]) <= until
        and all(str(row["data"].get(name)) == value for name, value in where.items())
        for row in rows.values("data")
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.site.settings")
    django.setup()
    raise SystemExit(main(int(sys.argv[1])))
