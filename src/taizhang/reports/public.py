"""Signed reports before the public: who opens and withdraws them, and what keeps one back.

The same door as for cases (ADR 0014): nothing is shown but what somebody named opened, no list tells of what is not open.
A number is shown with what it means, never with a way to the rows; one that stands for too few records of persons keeps
the whole report back until it is taken out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from taizhang.catalog.current import Catalog, catalog
from taizhang.events.actions import record
from taizhang.indicators.queries import IndicatorFigure, figures_by, value_for
from taizhang.indicators.target import registers_of
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import User
from taizhang.org.queries import installation_user
from taizhang.plans.binding import STAGE
from taizhang.plans.models import Target
from taizhang.reports.actions import subject_of
from taizhang.reports.models import Publication, Report
from taizhang.reports.policy import require_approve
from taizhang.reports.queries import get_report_for
from taizhang.warehouse.projection import Build, refresh
from taizhang.warehouse.snapshots import kept_for

MOST_NAMED = 5
# Sorts of numbers that tell of a rule, a promise or a period, of nobody's records.
NOT_OF_PERSONS = ("limit", "target", "period")


def open_reports() -> QuerySet[Publication]:
    """What is before the public now, newest first."""
    signed = Publication.objects.filter(withdrawn_at=None, report__state=Report.PUBLISHED)
    return signed.select_related("report__unit").defer("report__html", "report__blocks", "report__bindings")


def get_open_report(pk: int) -> Report:
    """One of them. NotFound, the same for a draft, one withdrawn and one that never was."""
    found = Report.objects.filter(
        pk=pk, state=Report.PUBLISHED, publications__withdrawn_at=None, publications__isnull=False
    )
    report = found.select_related("unit").first()
    if report is None:
        raise NotFound("RPT-070", "没有这份公开的稿件", remedy="回到公开的稿件列表查看")
    return report


def link() -> tuple[str, str] | None:
    """For the public door's first page."""
    return (reverse("public_reports:index"), "公开的总结和公报") if open_reports().exists() else None


@transaction.atomic
def open_report(*, report: Report, by: User) -> Publication:
    """Put a signed report before the public. Raises Forbidden, NotFound, Problem (a draft, open already, small numbers)."""
    require_approve(by)
    get_report_for(by, report.pk)
    held = Report.objects.select_for_update(of=("self",)).select_related("unit").get(pk=report.pk)
    if held.state != Report.PUBLISHED:
        raise Problem("RPT-071", "草稿不能公开", remedy="先签发，再公开")
    if held.publications.filter(withdrawn_at=None).exists():
        raise Problem("RPT-072", "这份稿件已经公开", remedy="刷新页面")
    small = list(small_cells(held))
    if small:
        named = "、".join(f"{bound['label']}（{bound['shown']}）" for bound in small[:MOST_NAMED])
        more = f"等 {len(small)} 处" if len(small) > MOST_NAMED else ""
        remedy = "重新写一份，把这些数字删去或合并到上一级；同一张表里另删一处，免得由合计推出"
        raise Problem("RPT-073", f"涉及个人的小数目不能公开：{named}{more}", remedy=remedy)
    made = Publication.objects.create(report=held, by=by)
    _told("reports.report.opened", held, by)
    return made


@transaction.atomic
def withdraw_report(*, report: Report, reason: str, by: User) -> Publication:
    """Take a report off the public page; who, when and why stays. Raises Forbidden, NotFound, Problem."""
    require_approve(by)
    get_report_for(by, report.pk)
    said = " ".join(reason.split())[:300]
    if len(said) < 2:
        raise Problem("RPT-074", "没有写撤回原因", where="原因", remedy="写清为什么撤回")
    found = Publication.objects.select_for_update().filter(report=report, withdrawn_at=None).first()
    if found is None:
        raise Problem("RPT-075", "这份稿件没有公开", remedy="刷新页面")
    found.withdrawn_at, found.withdrawn_by, found.reason = timezone.now(), by, said
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
    _told("reports.report.withdrawn", report, by, reason=said)
    return found


def small_cells(report: Report) -> Iterator[Mapping[str, Any]]:
    """The numbers of the text that stand for fewer records of persons than the register lets out."""
    build = kept_for(subject_of(report)) or refresh()
    known = build.catalog
    for bound in report.used().values():
        if bound["kind"] == "record_count" and bound["code"] in known.registers:
            least = known.registers[bound["code"]].privacy.suppress_below
            rows = int(float(bound["value"] or 0))
        else:
            asked = _asked(bound, known)
            registers = [item for code, *_ in asked for item in registers_of(known.indicators[code], known)]
            least = max((item.privacy.suppress_below for item in registers), default=0)
            rows = _rows_behind(bound, build) if least else 0
        if 0 < rows < least:
            yield bound


def _asked(bound: Mapping[str, Any], known: Catalog) -> list[tuple[str, str, str]]:
    """(indicator, dimension, group) behind a number: its own, or those of the task's targets that it answers."""
    if bound["kind"] in NOT_OF_PERSONS:
        return []
    if bound["code"].startswith("task:"):
        targets = Target.objects.filter(task=int(bound["code"].removeprefix("task:")))
        asked = [(one.indicator_code, STAGE, one.stage) for one in targets if one.subject in bound["label"]]
    else:
        where = [tuple(pair) for pair in bound.get("where", ()) if pair[0] not in ("计量", "小数")]
        asked = [(bound["code"], *(where[0] if where else ("", "")))]
    return [one for one in asked if one[0] in known.indicators]


def _rows_behind(bound: Mapping[str, Any], build: Build) -> int:
    """The fewest records that a number stands for; 0 for none. A change tells the figure of the year before as well."""
    whole, unit, periods = installation_user(), bound.get("unit_code", ""), [Period.parse(bound["period"])]
    if bound["kind"] == "change":
        periods.append(periods[0].last_year())
    found: list[IndicatorFigure] = []
    for (code, dimension, group), period in product(_asked(bound, build.catalog), periods):
        if group:
            parts = figures_by(whole, code, unit, period, dimension, build=build)
            found += [figure for figure in parts if figure.group == group]
        else:
            found.append(value_for(whole, code, unit, period, build=build))
    return min((count for figure in found for count in _counts(figure)), default=0)


def _counts(figure: IndicatorFigure) -> Iterator[int]:
    """How many there are behind a figure: the records that were read, and those of them that a count or a rate counted."""
    counted = [part for part in (figure.numerator, figure.denominator) if part is not None]
    if not counted and figure.value is not None and figure.indicator.unit != "%":
        counted = [figure.value]
    yield from (int(one) for one in (figure.rows, *counted) if one > 0 and one == int(one))


def meaning_of(bound: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a stranger is told of a number: what it means and of whom; nothing of rows, numerators or builds."""
    declared = catalog().indicators.get(bound["code"])
    definition = declared.definition if declared else None
    parts = (definition.numerator, definition.denominator and f"除以{definition.denominator}") if definition else ()
    facts = (
        ("指标", bound.get("label")), ("口径", "，".join(part for part in parts if part)), ("单位", bound.get("unit_name")),
        ("取整", bound.get("rounding")), ("截止", bound.get("day")),
    )  # fmt: skip
    return [(name, str(value)) for name, value in facts if value]


def _told(action: str, report: Report, by: User, **data: Any) -> None:
    record(action, by=by, subject=subject_of(report), label=report.title, unit_code=report.unit.code, **data)
