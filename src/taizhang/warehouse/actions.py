"""Builds that are kept, and let go again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from taizhang.documents.files import drop, keep_file
from taizhang.events.actions import record
from taizhang.kernel.errors import Problem
from taizhang.org.models import User
from taizhang.org.policy import require
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import Build, refresh

# A draft that nobody signed for so long has no claim to its figures any more.
DRAFT_DAYS = 180


def keep_snapshot(
    name: str,
    *,
    by: User | None,
    build: Build | None = None,
    day: date | None = None,
    reason: str = Snapshot.ASKED,
    subject: str = "",
) -> Snapshot:
    """Keep a build (left out, the present one) with the definitions in force, so that its figures can be read for ever.

    ``day`` is what ``today()`` means when they are (left out, today). Raises Problem when the name is taken, or when
    the build's files have been replaced meanwhile.
    """
    if by is not None and reason == Snapshot.ASKED:
        require(by, "write_report", "留存数据快照")
    if reason == Snapshot.ASKED and Snapshot.objects.filter(name=name, reason=reason).exists():
        raise Problem("WHS-001", f"已有名为“{name}”的快照", remedy="换一个名称")
    kept = build or refresh()
    tables = _stored(kept)
    with transaction.atomic():
        snapshot = Snapshot.objects.create(
            name=name[:300], reason=reason, subject=subject, build=kept.build, release=kept.catalog.release,
            day=day or kept.today, as_of=kept.as_of, tables=tables, kept_by=by,
        )  # fmt: skip
        _tell("kept", snapshot, by)
        transaction.on_commit(lambda: _still_stored(snapshot, kept))
    return snapshot


def _still_stored(snapshot: Snapshot, build: Build) -> None:
    """What another snapshot let go while this one was not yet there to be seen is stored again; without it, this one
    is none. Raises Problem then."""
    try:
        _stored(build)
    except Problem:
        snapshot.delete()
        raise


def _stored(build: Build) -> dict[str, dict[str, str | int]]:
    try:
        return {
            name: {"sha256": keep_file(Path(file)), "bytes": Path(file).stat().st_size}
            for name, file in build.tables.items()
        }
    except FileNotFoundError as gone:
        raise Problem("WHS-002", "数据在此期间更新了多次，原来的数据版本已不在", remedy="请重新取数后再留存") from gone


@transaction.atomic
def publish_snapshot(*, subject: str, by: User) -> None:
    """What was kept for a draft is kept for good: the draft is signed."""
    for snapshot in Snapshot.objects.select_for_update().filter(subject=subject, reason=Snapshot.DRAFT):
        snapshot.reason = Snapshot.PUBLISHED
        snapshot.save(update_fields=["reason"])
        _tell("published", snapshot, by)


def drop_snapshot(*, snapshot: Snapshot, by: User | None, why: str = "") -> None:
    """Let a snapshot go, with the files that no other one names; ``why`` goes into the log. One of a signed report stays."""
    if by is not None:
        require(by, "write_report", "删除数据快照")
    if snapshot.reason == Snapshot.PUBLISHED:
        raise Problem(
            "WHS-003", f"“{snapshot.name}”已签发，它的数据要一直留着", remedy="只能删除人工留存的和草稿的快照"
        )
    _let_go([snapshot], by, why)


def _let_go(snapshots: list[Snapshot], by: User | None, why: str = "") -> None:
    """Snapshots go; then, after one look at all that stay, the files that none of them names."""
    own = {str(table["sha256"]) for snapshot in snapshots for table in snapshot.tables.values()}
    with transaction.atomic():
        for snapshot in snapshots:
            _tell("dropped", snapshot, by, **({"why": why} if why else {}))
            snapshot.delete()
    drop(own, _named)


def _named() -> set[str]:
    """The files that the snapshots name."""
    kept = Snapshot.objects.values_list("tables", flat=True).iterator()
    return {str(table["sha256"]) for tables in kept for table in tables.values()}


def forget_drafts(today: date) -> int:
    """Let the snapshots of old drafts go; returns how many."""
    old = timezone.now() - timedelta(days=DRAFT_DAYS)
    found = list(Snapshot.objects.filter(reason=Snapshot.DRAFT, kept_at__lt=old))
    _let_go(found, None)
    return len(found)


def _tell(what: str, snapshot: Snapshot, by: User | None, **more: str) -> None:
    record(
        f"warehouse.snapshot.{what}", by=by, subject=f"snapshot:{snapshot.pk}", label=snapshot.name,
        build=snapshot.build, release=snapshot.release, reason=snapshot.reason, of=snapshot.subject, **more,
    )  # fmt: skip
