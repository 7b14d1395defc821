"""Drafts into the database: records, versions, facets, links, events, in batches, in the caller's transaction.

One save and an import of thousands take this same path.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from taizhang.events import bulk
from taizhang.events.actions import Line, record_many
from taizhang.kernel.errors import Problem
from taizhang.org.models import Unit, User
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.drafts import Draft
from taizhang.registers.finding import index
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Counter, Facet, Link, Record, Version
from taizhang.registers.repeats import facet_rows, refuse_repeats

BATCH = 500
_UPDATED = [
    "release", "period", "dimension_key", "state", "state_category", "title", "dated_on", "due_on", "revision", "data", "clock",
    "updated_at", "updated_by", "unit",
]  # fmt: skip
_RECORD = [field.attname for field in Record._meta.concrete_fields]
_values = attrgetter(*_RECORD)
_DATA, _CLOCK = _RECORD.index("data"), _RECORD.index("clock")
_VERSION = (
    "record_id", "register_code", "revision", "data", "state", "changed", "action", "by_id", "by_name", "at", "reason",
    "source",
)  # fmt: skip
FACET = ("record_id", "register_code", "field", "text", "number", "date", "is_unique")

Texts = dict[int, bulk.Dumped]  # a record's data as JSON, by ``id(record)``


def write(
    drafts: Sequence[Draft], *, by: User | None, action: str, event: str, lookup: DbLookup, source: str = ""
) -> None:
    """Save drafts that differ from what is stored. Raises Problem when the database finds a duplicate.

    ``action`` is the word in the timeline, ``event`` the event's name; a new record is always ``…created``.
    """
    todo = [item for item in drafts if not item.is_idle]
    if not todo:
        return
    refuse_repeats(todo)
    fresh = {id(item) for item in todo if item.is_new}
    _number([item for item in todo if item.is_new])
    # Into the record and into its version.
    texts = {id(item.record): bulk.dumped(item.record.data) for item in todo}
    try:
        with transaction.atomic():
            _save_records(todo, by, texts)
            _save_facets(todo, fresh)
    except IntegrityError as wrong:
        raise duplicate(wrong) from wrong
    index.put(((item.plan, item.record) for item in todo), lookup)
    _save_links(todo, fresh, lookup)
    _save_versions(todo, by, action, source, fresh, texts)
    record_many(
        (_line(item, "registers.record.created" if id(item) in fresh else event, source) for item in todo), by=by
    )


def duplicate(wrong: IntegrityError) -> Problem:
    """A refusal of the database as a sentence."""
    text = str(wrong)
    if "facet_unique_value" in text or "registers_facet" in text:
        return Problem("REG-130", "有一个不可重复的字段与已有记录相同", remedy="查找已有记录，在那一条上修改")
    if "number" in text:
        return Problem("REG-131", "编号与已有记录相同", remedy="重新保存一次")
    return Problem("REG-132", "该单位本期已有这一条", where="期间", remedy="打开已有的一条修改；确有错误的先作废再新增")


def _save_records(todo: Sequence[Draft], by: User | None, texts: Texts) -> None:
    for item in todo:
        if not item.is_new:
            item.record.updated_by = by
            item.record.revision += 1
        elif by is not None:
            item.record.created_by = item.record.updated_by = by
    _insert_records([item.record for item in todo if item.is_new], texts)
    Record.objects.bulk_create(
        [item.record for item in todo if item.record.revision > 1],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_UPDATED,
    )


def _insert_records(records: Sequence[Record], texts: Texts) -> None:
    """New records get their ids first: what belongs to them needs no second reading."""

    clocks: dict[str, bulk.Dumped] = {}  # records of one import enter one state on one day

    def row(record: Record) -> list[Any]:
        values = list(_values(record))
        values[_DATA] = texts[id(record)]
        key = repr(record.clock)
        values[_CLOCK] = clocks.get(key) or clocks.setdefault(key, bulk.dumped(record.clock))
        return values

    now = timezone.now()
    for record, pk in zip(records, bulk.reserve_ids(Record, len(records)) if records else (), strict=True):
        record.pk, record.created_at, record.updated_at = pk, now, now
        record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS
    bulk.insert(Record, _RECORD, map(row, records))


def _save_versions(
    todo: Sequence[Draft], by: User | None, action: str, source: str, fresh: set[int], texts: Texts
) -> None:
    who, name, now = by.pk if by else None, by.display_name if by else "系统", timezone.now()

    def row(item: Draft) -> list[Any]:
        record, word = item.record, "新增" if id(item) in fresh and action == "修改" else action
        return [
            record.id, record.register_code, record.revision, texts[id(record)], record.state, _names(tuple(item.changed)), word, who, name,
            now, item.reason[:500], source[:200],
        ]  # fmt: skip

    bulk.insert(Version, _VERSION, map(row, todo))


@lru_cache(maxsize=256)
def _names(changed: tuple[str, ...]) -> bulk.Dumped:
    """Field names as JSON: most rows of an import fill the same fields."""
    return bulk.dumped(changed)


def _save_facets(todo: Sequence[Draft], fresh: set[int]) -> None:
    """Facets are derived from the data: those of changed records are replaced as a whole."""
    old = [item.record.pk for item in todo if id(item) not in fresh]
    for start in range(0, len(old), BATCH):
        Facet.objects.filter(record_id__in=old[start : start + BATCH]).delete()
    bulk.insert(Facet, FACET, (row for item in todo for row in facets_of(item.plan, item.record)))


def facets_of(plan: Blueprint, record: Record) -> list[list[Any]]:
    """The facet rows of a record, as ``FACET`` names their columns."""
    data = plan.with_computed(record, record.dated_on) if plan.has_computed_facets else record.data
    # A struck-out record no longer holds its number plate, licence … against others.
    pk, code, holds = record.id, plan.code, record.state_category != "void"
    keys = [[pk, code, *row[:2], None, None, row[2]] for row in facet_rows(plan, record)]
    return keys + [
        [
            pk, code, name, text,
            typed if type(typed) is Decimal else None,
            typed if isinstance(typed, date) else None,
            holds and plan.fields[name].definition.unique,
        ]
        for name, (text, typed) in plan.facet_rows(data).items()
    ]  # fmt: skip


def _save_links(todo: Sequence[Draft], fresh: set[int], lookup: DbLookup) -> None:
    links = []
    for item in todo:
        fields = item.plan.references
        if not fields:
            continue
        touched = [field for field in fields if field.name in item.changed]
        if touched and id(item) not in fresh:
            Link.objects.filter(record=item.record, field__in=[field.name for field in touched]).delete()
        for field in touched:
            for key in field.keys(item.record.data.get(field.name)):
                links.append(_link(item.record, field.name, lookup.target(field.definition, key)))
    Link.objects.bulk_create(links, batch_size=BATCH)


def _link(record: Record, field: str, target: Any) -> Link:
    slot = {Unit: "target_unit", User: "target_user", Record: "target_record"}[type(target)]
    return Link(record=record, field=field, **{slot: target})


def _line(item: Draft, event: str, source: str) -> Line:
    record, code = item.record, item.plan.code
    if item.moved or item.reason or item.warnings:
        data: dict[str, Any] = {"register": code, "revision": record.revision, "changed": item.changed}
        if item.moved:
            data |= {"from": item.was_state, "to": record.state}
        data |= {key: text for key, text in (("reason", item.reason), ("source", source)) if text}
        if item.warnings:
            data["warnings"] = item.warnings
        return event, f"record:{record.id}", str(record), record.unit.code, code, data
    return (
        event,
        f"record:{record.id}",
        str(record),
        record.unit.code,
        code,
        _told(code, record.revision, tuple(item.changed), source),
    )


@lru_cache(maxsize=256)
def _told(register: str, revision: int, changed: tuple[str, ...], source: str) -> bulk.Dumped:
    """What most rows of an import tell the log."""
    told = {"register": register, "revision": revision, "changed": changed}
    return bulk.dumped({**told, "source": source} if source else told)


def _number(todo: Iterable[Draft]) -> None:
    """Give new records their numbers, one reservation for each series; numbers that came with them are kept."""
    series: dict[str, list[Draft]] = defaultdict(list)
    brought: dict[str, int] = defaultdict(int)
    for item in todo:
        pattern = item.plan.register.number
        if not pattern:
            continue
        name = f"{item.plan.code}:{_filled(pattern, item.record, None)}"[:100]
        if item.record.number:
            brought[name] = max(brought[name], sequence_of(pattern, item.record))
        else:
            series[name].append(item)
    for name, highest in brought.items():
        reserve(name, 0)
        Counter.objects.filter(series=name, last__lt=highest).update(last=highest)
    for name, items in series.items():
        last = reserve(name, len(items))
        for offset, item in enumerate(items, start=last - len(items) + 1):
            item.record.number = _filled(item.plan.register.number, item.record, offset)


def sequence_of(pattern: str, record: Record) -> int:
    """The running number in a record's own number. Raises Problem when it does not follow the register's pattern."""
    form = re.escape(_filled(pattern, record, None)).replace(re.escape("#"), r"(\d+)")
    match = re.fullmatch(form, record.number)
    if match is None:
        shown = _filled(pattern, record, 1)
        raise Problem(
            "REG-134", f"编号“{record.number}”不合规则", where="编号", remedy=f"写成 {shown} 这样，或留空由系统编号"
        )
    return int(match[1]) if match.groups() else 0


def reserve(series: str, count: int) -> int:
    """Advance a counter by ``count`` and return its new last number. Portable: the update holds the row until commit."""
    while not Counter.objects.filter(series=series).update(last=F("last") + count):
        try:
            with transaction.atomic():
                Counter.objects.create(series=series)
        except IntegrityError:  # another transaction made it first: its row is there now
            continue
    return Counter.objects.values_list("last", flat=True).get(series=series)


def _filled(pattern: str, record: Record, seq: int | None) -> str:
    """``AQ-{year}-{seq:4}`` with its parts; with ``seq`` None the sequence stays open, which names the series."""

    def part(match: re.Match[str]) -> str:
        name, width = match[1], int(match[2] or 0)
        if name == "seq":
            return "#" if seq is None else f"{seq:0{width}d}"
        parts = {"year": f"{record.dated_on.year}", "month": f"{record.dated_on.month:02d}", "unit": record.unit.code}
        if name not in parts:
            raise Problem("REG-133", f"编号规则里的“{name}”看不懂", remedy="可用 {year} {month} {unit} {seq:4}")
        return parts[name]

    return re.sub(r"\{(\w+)(?::(\d+))?\}", part, pattern)
