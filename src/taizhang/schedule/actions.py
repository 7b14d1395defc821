"""Every write of the work table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from taizhang.documents.files import stored
from taizhang.documents.models import Document
from taizhang.events.actions import record
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.reading import model, read_bytes
from taizhang.reading.schedule import entries as read_entries
from taizhang.schedule.checking import HALVES
from taizhang.schedule.models import Entry, Remark, Table
from taizhang.schedule.policy import require_writer
from taizhang.schedule.weeks import FIRST_WEEKDAYS, MONDAY

LONGEST_TERM = 240  # days


@transaction.atomic
def create_table(
    *,
    unit: Unit,
    period: str,
    first_day: date,
    last_day: date,
    by: User | None,
    first_weekday: int = MONDAY,
    title: str = "",
) -> Table:
    """An empty table for a term. Raises Problem for a period that is no term and for days that make none."""
    require_writer(by, unit)
    term = Period.parse(period)
    if term.kind != "term":
        raise Problem("SCH-011", f"{term.label}不是学期", where="学期", remedy="写成 SY2026T1（2026 学年第一学期）")
    if not 0 < (last_day - first_day).days <= LONGEST_TERM:
        raise Problem("SCH-012", "开学和放假日期不对", where="放假日期", remedy="放假晚于开学，一学期不超过八个月")
    if first_weekday not in FIRST_WEEKDAYS:
        raise Problem("SCH-013", "一周只能从周日或周一开始", where="每周从", remedy="选周日或周一")
    made = Table.objects.create(
        unit=unit, period=term.code, first_day=first_day, last_day=last_day, first_weekday=first_weekday, made_by=by,
        title=title.strip()[:200] or f"{unit.name}{term.label}工作安排",
    )  # fmt: skip
    _log("created", made, by)
    return made


@transaction.atomic
def save_entry(
    *, table: Table, by: User | None, start: date, activity: str, end: date | None = None, half: str = "", actor: str = "",
    place: str = "", people: str = "", chain: str = "", schools: Sequence[Unit] = (), entry: Entry | None = None,
) -> Entry:  # fmt: skip
    """Add an entry, or change one. Raises Problem for nothing to do, an end before the start, an unknown half day, or a
    day far outside the term."""
    require_writer(by, table.unit)
    last = end or start
    if not activity.strip():
        raise Problem("SCH-014", "没有写工作内容", where="工作内容", remedy="写明做什么")
    if last < start:
        raise Problem("SCH-015", "结束日期早于开始日期", where="结束日期", remedy="核对两个日期")
    if half and half not in HALVES:
        raise Problem("SCH-016", f"没有时段“{half}”", where="时段", remedy="可用：" + "、".join(HALVES))
    if abs((start - table.first_day).days) > 400:
        raise Problem("SCH-017", f"{start} 不在{table.title}里", where="开始日期", remedy="核对年份")
    kept = entry or Entry(table=table)
    before = "edited" if kept.pk else "added"
    kept.start, kept.end, kept.half, kept.activity = start, last, half, activity.strip()[:500]
    kept.actor, kept.place, kept.people, kept.chain = actor.strip(), place.strip(), people.strip(), chain.strip()
    kept.save()
    kept.schools.set(schools)
    _log(
        f"entry_{before}",
        table,
        by,
        entry=kept.pk,
        activity=kept.activity,
        start=start.isoformat(),
        end=last.isoformat(),
    )
    return kept


@transaction.atomic
def remove_entry(*, entry: Entry, by: User | None) -> None:
    """Take an entry out; the log keeps what it was."""
    require_writer(by, entry.table.unit)
    _log("entry_removed", entry.table, by, entry=entry.pk, activity=entry.activity, start=entry.start.isoformat())
    entry.delete()


@transaction.atomic
def set_remark(*, table: Table, week: int, text: str, by: User | None) -> None:
    """What stands beside a week; '' takes it away."""
    require_writer(by, table.unit)
    if not 1 <= week <= len(table.weeks):
        raise Problem("SCH-018", f"没有第 {week} 周", remedy=f"本学期共 {len(table.weeks)} 周")
    if text.strip():
        Remark.objects.update_or_create(table=table, week=week, defaults={"text": text.strip()[:1000]})
    else:
        Remark.objects.filter(table=table, week=week).delete()
    _log("remark_set", table, by, week=week)


@transaction.atomic
def issue_table(*, table: Table, by: User | None) -> Table:
    """Everybody of the bureau sees it from now on; it may still be changed."""
    require_writer(by, table.unit)
    if not table.entries.exists():
        raise Problem("SCH-019", "周次表还是空的", remedy="先添加或导入安排")
    table.state = Table.ISSUED
    table.save(update_fields=["state"])
    _log("issued", table, by)
    return table


@transaction.atomic
def import_document(*, table: Table, document: Document, by: User | None) -> tuple[int, list[str]]:
    """Take what reading finds in a document's schedule into the table; returns how many entries came in and the texts of
    those without a day inside the term, which the clerk enters by hand. The year is the table's, whatever the document
    prints; a document that was taken in before replaces its own entries."""
    require_writer(by, table.unit)
    found = _entries_in(document, table)
    if not found:
        raise Problem("SCH-022", f"“{document.title}”里没有读到周次表", remedy="须有周次和日期，或按月、按日列出的安排")
    table.entries.filter(document=document).delete()
    weeks = table.weeks
    first, last = weeks[0].start, weeks[-1].end
    schools = {
        unit.name: unit for unit in Unit.objects.filter(path__startswith=table.unit.path.rsplit("/", 2)[0] + "/")
    }
    left, count, remarks = list[str](), 0, dict[int, str]()
    for item in found:
        if item.first_day is None or item.last_day is None or not first <= item.first_day <= last:
            left.append(" ".join(item.text.split()))
            continue
        entry = Entry.objects.create(
            table=table, document=document, start=item.first_day, end=item.last_day, actor=item.actor[:200],
            half=item.half_day if item.half_day in HALVES else "", activity=" ".join(item.activity.split())[:500],
            place=item.place[:200],
        )  # fmt: skip
        entry.schools.set(
            [unit for name, unit in schools.items() if len(name) > 2 and name in (item.place or item.activity)]
        )
        count += 1
        if item.remark and item.week_start:
            remarks.setdefault(table.week_of(item.week_start), item.remark[:1000])
    for week, text in remarks.items():
        if 1 <= week <= len(weeks):
            Remark.objects.update_or_create(table=table, week=week, defaults={"text": text})
    _log("imported", table, by, document=document.pk, entries=count, left=len(left))
    return count, left


def _entries_in(document: Document, table: Table) -> list[model.Entry]:
    """The document read again with the term's year in the place of its own: the year in a title is often wrong."""
    reading = read_bytes(stored(document.sha256).read_bytes(), document.name)
    year = f"{table.first_day.year}年"
    articles = [replace(article, period_text=year, title="") for article in reading.articles]
    return read_entries(replace(reading, articles=articles))


def _log(what: str, table: Table, by: User | None, **data: Any) -> None:
    record(
        f"schedule.table.{what}", by=by, subject=f"schedule:{table.pk}", label=table.title, unit_code=table.unit.code, **data
    )  # fmt: skip
