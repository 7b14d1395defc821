"""A report that came back from other hands: what was touched is kept, and a named person signs or rejects each touch."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from taizhang.documents.files import keep
from taizhang.events.actions import record
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User
from taizhang.reports.actions import subject_of
from taizhang.reports.models import Report, ReturnedCopy, Revision, Touch
from taizhang.reports.paper import carried_key
from taizhang.reports.policy import require_write
from taizhang.reports.queries import reports_for
from taizhang.reports.trace import carried_by, trace_bytes


def report_of(by: User, data: bytes, name: str) -> Report | None:
    """The report whose file this is a copy of, by the mark of what the file carries; of several written alike the newest.
    None when the person may see none."""
    mark = carried_key(carried_by(data, name))
    return reports_for(by).filter(pk__in=Revision.objects.filter(carried=mark).values("report")).first()


@transaction.atomic
def receive_copy(*, report: Report, data: bytes, name: str, by: User) -> ReturnedCopy:
    """Keep a returned copy with what was touched in it. The same file twice is one copy."""
    require_write(by)
    sha256 = keep(data)
    known = report.copies.filter(sha256=sha256).first()
    if known is not None:
        return known
    found = trace_bytes(data, name)
    touched = [item for item in found if item["verdict"] != "kept"]
    copy = ReturnedCopy.objects.create(
        report=report, name=name[:200], sha256=sha256, kept=len(found) - len(touched), by=by
    )
    Touch.objects.bulk_create(_touch(copy, item) for item in touched)
    record(
        "reports.copy.received",
        by=by,
        subject=subject_of(report),
        label=report.title,
        unit_code=report.unit.code,
        sha256=sha256,
        kept=copy.kept,
        touched=len(touched),
    )
    return copy


@transaction.atomic
def decide_touch(*, touch: Touch, decision: str, by: User, reason: str = "") -> Touch:
    """Sign a touched number, with the ground for it, or reject it. Raises Problem when it is decided already."""
    require_write(by)
    if decision not in Touch.DECISIONS:
        raise Problem("RPT-050", "没有选怎样处理", remedy="请选“认可”或“退回原数”")
    if decision == Touch.SIGNED and not reason.strip():
        raise Problem("RPT-051", "认可一个改动要写依据", remedy="写明依据哪份材料、由谁提供")
    held = Touch.objects.select_for_update(of=("self",)).get(pk=touch.pk)
    if held.decision:
        raise Problem("RPT-052", f"{held.decided_by} 已经处理过这一处", remedy="刷新页面看处理结果")
    held.decision, held.reason = decision, " ".join(reason.split())[:300]
    held.decided_by, held.decided_at = by, timezone.now()
    held.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    report = held.copy.report
    record(
        f"reports.touch.{decision}",
        by=by,
        subject=subject_of(report),
        label=report.title,
        unit_code=report.unit.code,
        number=held.label,
        bound=held.bound,
        found=held.found,
        reason=held.reason,
    )
    return held


def get_copy_for(user: User, pk: int) -> ReturnedCopy:
    """One returned copy of a report that the person may see as a draft; NotFound otherwise."""
    found = (
        ReturnedCopy.objects.filter(pk=pk, report__in=reports_for(user)).select_related("report__unit", "by").first()
    )
    if found is None:
        raise NotFound("RPT-053", "没有这份退回稿", remedy="回到稿件列表查找")
    return found


def _touch(copy: ReturnedCopy, item: dict[str, Any]) -> Touch:
    return Touch(
        copy=copy,
        verdict=item["verdict"],
        tag=item["tag"],
        label=item["label"][:200],
        bound=item["bound"][:300],
        found=item["found"][:300],
        difference=item["difference"][:60],
        paragraph=item["paragraph"],
    )
