"""Applying a pack: check, compare, release."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from taizhang.catalog.current import catalog, forget_check
from taizhang.catalog.diff import Change, compare
from taizhang.catalog.lint import lint
from taizhang.catalog.models import PackRelease
from taizhang.catalog.pack import Pack
from taizhang.kernel.errors import Problem, Problems

# What a release does to what was there before: (the pack until now, the pack from now on), in the release's transaction.
FITS: dict[str, Callable[[Pack | None, Pack], None]] = {}


def on_release(key: str, fit: Callable[[Pack | None, Pack], None]) -> None:
    """Have a function called with every release. Raises Problem to refuse it."""
    if FITS.setdefault(key, fit) is not fit:
        raise ValueError(f"release function {key!r} is registered twice")


def released(name: str) -> Pack | None:
    """The pack of that name that is in force."""
    return next((item for item in catalog().packs if item.manifest.name == name), None)


def plan_pack(pack: Pack) -> list[Change]:
    """What applying ``pack`` would change. Raises Problems when the pack itself is faulty."""
    problems = lint(pack, catalog())
    if problems:
        raise Problems(problems)
    return compare(released(pack.manifest.name), pack)


@transaction.atomic
def apply_pack(*, pack: Pack, by_name: str) -> PackRelease | None:
    """Release ``pack``; None when exactly this pack is in force already. Raises Problems when a change is refused."""
    changes = plan_pack(pack)
    refused = [change for change in changes if change.kind == "refuse"]
    if refused:
        raise Problems([Problem("CAT-020", change.what, remedy=change.remedy) for change in refused])
    newest = PackRelease.objects.filter(name=pack.manifest.name).order_by("-id").first()
    if newest and newest.sha256 == pack.sha256:
        return None
    before = released(pack.manifest.name)
    release = PackRelease.objects.create(
        name=pack.manifest.name,
        version=pack.manifest.version,
        title=pack.manifest.title,
        sha256=pack.sha256,
        files=pack.files,
        applied_by=by_name,
    )
    forget_check()
    for fit in FITS.values():
        fit(before, pack)
    return release
