"""Every change of reports."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import ReportDef
from taizhang.documents.files import keep
from taizhang.events.actions import record
from taizhang.kernel.errors import Problem, Problems
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.org.queries import get_unit_for, root_unit
from taizhang.reports.html import page
from taizhang.reports.linter import lint_template
from taizhang.reports.models import Report, Revision
from taizhang.reports.paper import carried_key, docx
from taizhang.reports.policy import require_approve, require_write
from taizhang.reports.sources import BureauSources, unit_ref
from taizhang.reports.stored import dump
from taizhang.reports.template import render
from taizhang.warehouse.actions import publish_snapshot

PERIOD_WORDS = {
    "week": "教学周（如 SY2026T1W03）",
    "month": "月（如 2026-09）",
    "quarter": "季度（如 2026Q3）",
    "half": "半年（如 2026H1）",
    "year": "年（如 2026）",
    "term": "学期（如 SY2026T1）",
    "school_year": "学年（如 SY2026）",
}


def write_report(*, template: str, unit: str | Unit | None, period: str | Period, by: User) -> Report:
    """Write a report: ``template`` is its code or name, ``unit`` a code or name (the top unit when left out).

    Raises Problem when the template has faults (each with file and line), the period is of another kind, or the
    person may not write; NotFound for a template or a unit that is not there for them.
    """
    require_write(by)
    declared = catalog().report(template)
    place = get_unit_for(by, unit.code if isinstance(unit, Unit) else unit or root_unit().code)
    when = fitting(declared, Period.parse(period) if isinstance(period, str) else period)
    source, file = catalog().source_of(declared)
    faults = lint_template(source, file, catalog())
    if faults:
        raise Problems(faults)
    # Reading the figures takes seconds: it happens before the transaction that would make other writers wait.
    sources = BureauSources(by, place, when)
    rendered = render(source, file=file, sources=sources, unit=unit_ref(place), period=when)
    sha256 = keep(docx(rendered, sources, unit_ref(place)))
    inside = rendered.bindings.as_dict()
    bindings = inside["bindings"]
    with transaction.atomic():
        report = Report.objects.create(
            template=declared.code,
            unit=place,
            period=when.code,
            title=(rendered.title or declared.title)[:300],
            day=sources.day,
            build=sources.build,
            sha256=sha256,
            bindings=bindings,
            html=page(rendered.blocks),
            blocks=dump(rendered.blocks),
            declared=inside["declared"],
            made_by=by,
        )
        Revision.objects.create(
            report=report,
            number=1,
            blocks=report.blocks,
            declared=report.declared,
            bindings=bindings,
            carried=carried_key(inside),
            note="写成",
            by=by,
        )
        record(
            "reports.report.written",
            by=by,
            subject=subject_of(report),
            label=report.title,
            unit_code=place.code,
            template=declared.code,
            period=when.code,
            sha256=sha256,
            numbers=len(bindings),
        )
        sources.keep(report.title, subject_of(report))
    return report


@transaction.atomic
def publish_report(*, report: Report, revision: int, by: User) -> Report:
    """Sign a draft: from now on everybody who sees the unit's affairs may read it, as it stands. ``revision`` is the one
    that the person read: a text that others changed meanwhile is not signed unread."""
    require_approve(by)
    held = held_draft(report)
    require_revision(held, revision, "看过新的一版再签发")
    if open_remarks := held.remarks.filter(settled_at=None).count():
        raise Problem("RPT-033", f"还有 {open_remarks} 条意见没有处理", remedy="到编辑台处理完意见再签发")
    held.state, held.published_at, held.published_by = Report.PUBLISHED, timezone.now(), by
    held.save(update_fields=["state", "published_at", "published_by"])
    publish_snapshot(subject=subject_of(held), by=by)
    record(
        "reports.report.published",
        by=by,
        subject=subject_of(held),
        label=held.title,
        unit_code=held.unit.code,
        revision=held.revision,
        sha256=held.sha256,
    )
    return held


def held_draft(report: Report) -> Report:
    """The draft, locked until the transaction ends. Raises Problem when it is signed."""
    held = Report.objects.select_for_update(of=("self",)).select_related("unit").get(pk=report.pk)
    if held.state != Report.DRAFT:
        raise Problem("RPT-031", "这份稿件已经签发", remedy="要改内容请重新写一份")
    return held


def require_revision(held: Report, revision: int, remedy: str) -> None:
    """Raise Problem when the text is not the one that the person read."""
    if held.revision != revision:
        raise Problem("RPT-046", "别人刚改过这份稿件", remedy=f"刷新页面，{remedy}")


def subject_of(report: Report) -> str:
    return f"report:{report.pk}"


def fitting(declared: ReportDef, period: Period) -> Period:
    """The period, when it is of the kind that the template is written for."""
    if period.kind != declared.period:
        wanted = PERIOD_WORDS[declared.period]
        raise Problem("RPT-032", f"“{declared.name}”按{wanted}写，现为“{period.label}”", remedy=f"期间请填{wanted}")
    return period
