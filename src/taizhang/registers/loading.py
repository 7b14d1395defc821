"""Tables into records: the one way of the command line, the web and the demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from taizhang.events.actions import record as record_event
from taizhang.kernel.tables import Table
from taizhang.org.models import Unit, User
from taizhang.registers.blueprint import blueprint
from taizhang.registers.columns import read_header
from taizhang.registers.drafts import Draft
from taizhang.registers.matching import LoadResult, Matcher
from taizhang.registers.rows import rows_of
from taizhang.registers.writing import write

# Rows that are planned and saved together.
PART = 2000


@dataclass(slots=True)
class Progress:
    """What a long load tells and remembers. ``tick`` is called with (rows done, rows in all) outside transactions;
    ``keep`` inside the transaction of each part with what a second run needs, which gives it back as ``kept``; ``saved``
    there too, with the drafts that were written."""

    tick: Callable[[int, int], object] = lambda done, total: None
    keep: Callable[[dict[str, Any]], object] = lambda memo: None
    saved: Callable[[list[Draft]], object] = lambda drafts: None
    kept: dict[str, Any] = field(default_factory=dict)


def load_table(
    register: str,
    table: Table,
    by: User | None,
    unit: Unit | None = None,
    period: str | None = None,
    *,
    whole: bool = False,
    progress: Progress | None = None,
) -> LoadResult:
    """Save a table's rows: good rows are saved, each faulty one is refused with row, field and remedy.

    ``unit`` and ``period`` stand for columns that the table lacks; with a 单位编码 column, ``unit`` limits the rows to its
    subtree. A long table is saved in parts, each in its own transaction, so that others can write in between; with
    ``whole`` it is saved in one, and only when no row at all is refused. Raises Problem when the header cannot be
    understood; ``by`` None is the installation itself.
    """
    told = progress or Progress()
    if not whole:
        return _Load(register, table, by, unit, period, saving=True).run(told)
    verdict = check_table(register, table, by, unit, period, progress=told)
    if verdict.refused:
        verdict.created = verdict.updated = verdict.unchanged = 0
        return verdict
    with transaction.atomic():
        return _Load(register, table, by, unit, period, saving=True).run(told)


def check_table(
    register: str,
    table: Table,
    by: User | None,
    unit: Unit | None = None,
    period: str | None = None,
    *,
    progress: Progress | None = None,
) -> LoadResult:
    """What ``load_table`` would do, without doing it."""
    return _Load(register, table, by, unit, period, saving=False).run(progress or Progress())


class _Load:
    """A table worked off part by part: bounded memory, and no long transaction."""

    def __init__(
        self, register: str, table: Table, by: User | None, unit: Unit | None, period: str | None, *, saving: bool
    ) -> None:
        self.plan, self.table, self.by, self.unit, self.period = blueprint(register), table, by, unit, period
        self.matcher, self.saving = Matcher(self.plan, by, saving=saving), saving

    def run(self, progress: Progress) -> LoadResult:
        result = self.matcher.result
        total, done, skip = len(self.table.rows), 0, progress.kept.get("parts", 0)
        if skip:
            result.restore(progress.kept["result"])
        for number, part in enumerate(self.table.parts(PART), start=1):
            done += len(part.rows)
            if number > skip:
                self._part(part, number, progress)
            progress.tick(done, total)
        if not self.table.rows:
            read_header(self.plan, self.table, needs_unit=False, needs_period=False)
        if self.saving and result.read:
            self._record(result)
        return result

    def _part(self, part: Table, number: int, progress: Progress) -> None:
        rows = rows_of(self.plan.code, part, self.by, self.unit, self.period)
        if not self.saving:
            self.matcher.plan(rows)
            return
        with transaction.atomic():
            progress.saved(self._save(self.matcher.plan(rows)))
            progress.keep({"parts": number, "result": self.matcher.result.as_dict()})

    def _save(self, drafts: list[Draft]) -> list[Draft]:
        """Those of the drafts that had something to save."""
        event, lookup = "registers.record.imported", self.matcher.lookup
        told = [made for made in drafts if not made.is_idle]
        write(told, by=self.by, action="导入", event=event, lookup=lookup, source=self.table.name)
        return told

    def _record(self, result: LoadResult) -> None:
        record_event(
            "registers.table.loaded",
            by=self.by,
            subject=f"register:{self.plan.code}",
            register_code=self.plan.code,
            label=f"{self.plan.register.name} {self.table.name}".strip(),
            read=result.read,
            created=result.created,
            updated=result.updated,
            refused=result.refused_rows,
        )
