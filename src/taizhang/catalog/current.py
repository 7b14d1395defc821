"""The catalogue in force: the newest release of every pack, merged, immutable, shared by the process."""

from __future__ import annotations

import difflib
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.core.signals import request_started
from django.db import connection
from django.db.models import Max

from taizhang.catalog.appraisal_schema import SchemeDef
from taizhang.catalog.dashboard_schema import DashboardDef
from taizhang.catalog.lifecycle_schema import LadderDef, LetterDef
from taizhang.catalog.models import PackRelease
from taizhang.catalog.pack import Pack, read_files
from taizhang.catalog.schema import IndicatorDef, OptionDef, QualityDef, RegisterDef, ReportDef, RoleDef, StandardDef
from taizhang.kernel.calendar import WorkCalendar
from taizhang.kernel.errors import NotFound

T = TypeVar("T")


@dataclass(frozen=True)
class Catalog:
    """Every definition in force. ``release`` identifies it: the id of the newest pack release."""

    packs: tuple[Pack, ...]
    release: int = 0

    @cached_property
    def registers(self) -> dict[str, RegisterDef]:
        return self._merge("registers")

    @cached_property
    def indicators(self) -> dict[str, IndicatorDef]:
        return self._merge("indicators")

    @cached_property
    def options(self) -> dict[str, tuple[OptionDef, ...]]:
        return self._merge("options")

    @cached_property
    def roles(self) -> dict[str, RoleDef]:
        return self._merge("roles")

    @cached_property
    def capabilities(self) -> dict[str, str]:
        return self._merge("capabilities")

    @cached_property
    def standards(self) -> dict[str, StandardDef]:
        return self._merge("standards")

    @cached_property
    def quality(self) -> dict[str, QualityDef]:
        return self._merge("quality")

    @cached_property
    def reports(self) -> dict[str, ReportDef]:
        return self._merge("reports")

    @cached_property
    def ladders(self) -> dict[str, LadderDef]:
        return self._merge("ladders")

    @cached_property
    def letters(self) -> dict[str, LetterDef]:
        return self._merge("letters")

    @cached_property
    def schemes(self) -> dict[str, SchemeDef]:
        return self._merge("schemes")

    @cached_property
    def dashboards(self) -> dict[str, DashboardDef]:
        return self._merge("dashboards")

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working days with the packs' own exceptions."""
        return WorkCalendar(self._merge("days"))

    @cached_property
    def own_days(self) -> dict[date, tuple[bool, str]]:
        """The packs' own days in order: whether the office works, and why."""
        return {
            day: (works, next((pack.notes[day] for pack in reversed(self.packs) if day in pack.notes), ""))
            for day, works in sorted(self._merge("days").items())
        }

    def register(self, key: str) -> RegisterDef:
        """A register by code or Chinese name."""
        return self._find("台账", self.registers, key)

    def indicator(self, key: str) -> IndicatorDef:
        """An indicator by code or Chinese name."""
        return self._find("指标", self.indicators, key)

    def standard(self, key: str) -> StandardDef:
        """A standard by code or Chinese name."""
        return self._find("标准", self.standards, key)

    def report(self, key: str) -> ReportDef:
        """A report template by code, Chinese name or alias."""
        return self._find("稿件模板", self.reports, key)

    def scheme(self, key: str) -> SchemeDef:
        """An appraisal scheme by code or Chinese name."""
        return self._find("考核方案", self.schemes, key)

    def options_of(self, options: str | tuple[str, ...] | None) -> tuple[str, ...]:
        """The choices a field offers: its own list, or the names of a shared option set."""
        if isinstance(options, str):
            return tuple(option.name for option in self.options.get(options, ()))
        return tuple(options or ())

    def text(self, file: str) -> str:
        """A text file of the packs (a report's template), the newest pack first."""
        for pack in reversed(self.packs):
            if file in pack.files:
                return pack.files[file]
        raise NotFound("CAT-030", f"业务包里没有文件“{file}”", remedy="把文件放进业务包后重新发布")

    def letter_source(self, letter: LetterDef) -> tuple[str, str]:
        """A letter's template and what to call it when something is wrong with it."""
        return self.source_of(letter)

    def source_of(self, thing: LetterDef | ReportDef) -> tuple[str, str]:
        """The template of a report or letter and what to call it."""
        return (thing.text, thing.name) if thing.text else (self.text(thing.template), thing.template)

    def declaring(self, kind: str, name: str) -> Pack:
        """The pack whose word counts for a thing of a kind (options, ladder, letter …). Raises NotFound."""
        for pack in reversed(self.packs):
            if (kind, name) in pack.places:
                return pack
        raise NotFound("CAT-031", f"业务包里没有“{name}”", remedy="核对名称；不清楚的请管理员在“设置 › 业务包”中查看")

    def _merge(self, table: str) -> dict[Any, Any]:
        merged: dict[Any, Any] = {}
        for pack in self.packs:
            merged.update(getattr(pack, table))
        return merged

    def _find(self, kind: str, table: dict[str, T], key: str) -> T:
        if key in table:
            return table[key]
        for thing in table.values():
            if getattr(thing, "name", None) == key:
                return thing
        # A name of its own comes before anybody's other name.
        for thing in table.values():
            if key in getattr(thing, "aliases", ()):
                return thing
        raise _unknown(kind, key, ((code, getattr(thing, "name", "")) for code, thing in table.items()))


def _unknown(kind: str, key: str, known: Iterable[tuple[str, str]]) -> NotFound:
    names = [name for pair in known for name in pair]
    near = difflib.get_close_matches(key, names, n=3, cutoff=0.4)
    remedy = f"是否指：{'、'.join(near)}" if near else f"核对名称或代码；不清楚有哪些{kind}的，请问主管科室或办公室"
    return NotFound("CAT-031", f"没有{kind}“{key}”", remedy=remedy)


_lock = threading.Lock()
_state = threading.local()
_cached: tuple[object, Catalog] = (None, Catalog(packs=()))


def catalog() -> Catalog:
    """The catalogue in force.

    The database is asked whether a newer release exists once per request, and outside requests (command line, worker)
    every ``CATALOG_FRESH_SECONDS``.
    """
    global _cached
    checked = getattr(_state, "checked", None)
    if checked and checked[0] == _cached[0] and (checked[1] is None or time.monotonic() < checked[1]):
        return _cached[1]
    # The digest too: an id is given out again after a release that was rolled back.
    newest = _newest_release()
    with _lock:
        if newest != _cached[0]:
            _cached = (newest, _load(newest[0] if newest else 0))
        until = None if getattr(_state, "in_request", False) else time.monotonic() + settings.CATALOG_FRESH_SECONDS
        _state.checked = (newest, until)
        return _cached[1]


def _newest_release() -> tuple[int, str] | None:
    """(id, digest), in plain SQL: every request asks it, and building the query took ten times as long as the answer."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, sha256 FROM {PackRelease._meta.db_table} ORDER BY id DESC LIMIT 1")
        found: tuple[int, str] | None = cursor.fetchone()
        return found


def forget_check(signal: Any = None, **_: Any) -> None:
    """A request starts or ends, or a pack was released: look again at the next call."""
    _state.in_request = signal is request_started
    _state.checked = None


def catalog_at(release: int) -> Catalog:
    """The catalogue that was in force when ``release`` was the newest pack release: the definitions of then."""
    current = catalog()
    if release == current.release:
        return current
    sha256 = PackRelease.objects.filter(pk=release).values_list("sha256", flat=True).first()
    return _earlier(release, sha256)


@lru_cache(maxsize=4)
def _earlier(release: int, sha256: str | None) -> Catalog:
    """Kept by the digest too: an id is given out again after a release that was rolled back."""
    return _load(release)


def _load(release: int) -> Catalog:
    newest_ids = (
        PackRelease.objects.filter(id__lte=release)
        .values("name")
        .annotate(newest=Max("id"))
        .values_list("newest", flat=True)
    )
    rows = PackRelease.objects.filter(id__in=list(newest_ids))
    # The core comes first, so that a bureau's own packs may speak last.
    ordered = sorted(rows, key=lambda row: (row.name != "core", row.id))
    return Catalog(packs=tuple(read_files(row.files) for row in ordered), release=release)
