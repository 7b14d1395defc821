"""Kept builds, opened again: the data and the definitions of then."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.db.models import QuerySet

from taizhang.catalog.current import catalog_at
from taizhang.documents.files import stored
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User
from taizhang.org.policy import can
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import Build, refresh


def opens_snapshots(user: User) -> bool:
    """Whether kept builds are there for a person: for who writes or signs reports."""
    return can(user, "write_report") or can(user, "approve_report")


def snapshots_for(user: User) -> QuerySet[Snapshot]:
    """The snapshots that a person may list: all or none."""
    return Snapshot.objects.select_related("kept_by") if opens_snapshots(user) else Snapshot.objects.none()


def build_of(key: str) -> Build:
    """A build by its id, ``id@day`` or a snapshot's name; the one in force without a snapshot too.

    Of several snapshots of one build the newest answers: they differ in the day that ``today()`` means, and in the
    definitions when a pack was released between them.
    """
    build, _, day = key.partition("@")
    of_build = [item for item in Snapshot.objects.filter(build=build) if day in ("", item.day.isoformat())]
    found = next(iter(of_build), None) or Snapshot.objects.filter(name=key).first()
    if found is not None:
        return opened(found)
    current = refresh()
    if current.build == key:
        return current
    raise NotFound(
        "WHS-004",
        f"没有留存数据版本“{key}”",
        remedy="用 taizhang warehouse list 看留存了哪些；没有留存的旧版本不能再取数",
    )


def kept_for(subject: str) -> Build | None:
    """The newest build that was kept for a thing (``report:12``); None when nothing was, or it was let go."""
    found = Snapshot.objects.filter(subject=subject).first()
    return opened(found) if found is not None else None


def snapshot_named(name: str) -> Snapshot:
    """The newest snapshot of that name. Raises NotFound."""
    found = Snapshot.objects.filter(name=name).first()
    if found is None:
        raise NotFound("WHS-004", f"没有留存名为“{name}”的数据", remedy="用 taizhang warehouse list 看留存了哪些")
    return found


def opened(snapshot: Snapshot) -> Build:
    """The build of a snapshot, each of its files checked against its hash once in this process."""
    tables = {}
    for name, table in snapshot.tables.items():
        path = stored(str(table["sha256"]))
        if not _whole(str(path), str(table["sha256"])):
            raise Problem(
                "WHS-005", f"快照“{snapshot.name}”的文件被改动过", where=name, remedy="请管理员从备份恢复 files 目录"
            )
        tables[name] = str(path)
    return Build(snapshot.build, snapshot.as_of, tables, catalog_at(snapshot.release), snapshot.day, snapshot.name)


@lru_cache(maxsize=4096)
def _whole(path: str, sha256: str) -> bool:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
