"""The log for those who audit: who did what to which record or document, when, from where.

A post with ``see_audit`` reads the events of its own bureau. It learns who acted on which record, not what the record
says: names of records, and what was written as a reason, are shown only to who may see the records (administration and business stay separate).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.events.actions import record
from taizhang.events.models import Event
from taizhang.kernel.errors import NotFound
from taizhang.kernel.sheet_writer import Cells, Column, StreamedWorkbook, cell_xml
from taizhang.org.models import Post, Unit, User
from taizhang.org.policy import NOWHERE, Reach, bureau_path, is_installation, posts_with
from taizhang.registers.models import Record
from taizhang.registers.policy import reach_of
from taizhang.site.audit_words import KINDS, details_of, words_of

SEE_AUDIT = "see_audit"
CHUNK = 2000
HEADER = {
    "时间": 20, "人员": 12, "操作": 16, "台账": 20, "对象": 28, "单位编码": 14, "单位": 20, "说明": 50, "来源地址": 16
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader narrows the log by; empty is everything. ``until`` is the last day."""

    person: str = ""
    unit: str = ""
    kind: str = ""
    register: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is read."""

    at: datetime
    who: str
    what: str
    register: str
    subject: str
    url: str
    unit_code: str
    unit: str
    details: str
    address: str


def may_audit(user: User) -> bool:
    """Whether a person reads the log at all."""
    return is_installation(user) or bool(posts_with(user, SEE_AUDIT))


def events_for(user: User, asked: Asked) -> QuerySet[Event]:
    """The events a person may read, newest first. Raises NotFound for who may read none."""
    if not may_audit(user):
        raise NotFound("SITE-010", "没有这一页，或您无权查看", remedy="查看审计记录的岗位由管理员安排")
    found = Event.objects.filter(_within(user))
    for condition in _conditions(asked):
        found = found.filter(condition)
    return found.order_by("-at", "-id")


def _within(user: User) -> Q:
    """The events of one's own bureau; nothing is asked where that is the whole installation."""
    if is_installation(user):
        return Q()
    reached = Reach(subtrees=frozenset(bureau_path(post.unit) for post in posts_with(user, SEE_AUDIT)))
    if not Unit.objects.order_by().exclude(reached.q("")).exists():
        return Q()
    people = Post.objects.filter(reached.q("unit")).order_by().values("user_id")
    codes = Unit.objects.filter(reached.q("")).order_by().values("code")
    return Q(unit_code__in=codes) | Q(unit_code="", actor_id__in=people)


def _conditions(asked: Asked) -> Iterator[Q]:
    """Each as an index answers it: names are looked up first, for the log itself is too long to look for words in."""
    if asked.person == "系统":
        yield Q(actor_id__isnull=True)
    elif asked.person:
        named = User.objects.filter(Q(name__icontains=asked.person) | Q(username=asked.person))
        yield Q(actor_id__in=list(named.values_list("pk", flat=True)))
    if asked.unit:
        yield Q(unit_code__in=_codes(asked.unit))
    if asked.kind:
        yield Q(action__in=list(KINDS.get(asked.kind, ())))
    if asked.register:
        yield Q(register_code=asked.register)
    if asked.number:
        numbered = Record.objects.filter(number=asked.number).order_by().values_list("pk", flat=True)
        yield Q(subject__in=[f"record:{key}" for key in numbered])
    if asked.since:
        yield Q(at__gte=_start(asked.since))
    if asked.until:
        yield Q(at__lt=_start(asked.until + timedelta(days=1)))


def _codes(text: str) -> list[str]:
    """The codes of the units that are named so, and of all below them."""
    named = Unit.objects.filter(Q(code=text) | Q(name__icontains=text)).order_by().values_list("path", flat=True)
    paths = list(named)
    reached = Reach(subtrees=frozenset(paths))
    return list(Unit.objects.filter(reached.q("")).order_by().values_list("code", flat=True)) if paths else []


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def entries_of(events: Iterable[Event], user: User) -> Iterator[Entry]:
    """Events in words; records and units are looked up a part at a time."""
    source = iter(events)
    while part := list(islice(source, CHUNK)):
        records = Record.objects.select_related("unit").in_bulk([key for event in part if (key := _record_key(event))])
        codes = {event.unit_code for event in part if event.unit_code}
        units = dict(Unit.objects.filter(code__in=codes).order_by().values_list("code", "name"))
        reaches: dict[str, Reach] = {}
        for event in part:
            yield _entry(event, records, units, reaches, user)


def _entry(
    event: Event, records: dict[int, Record], units: dict[str, str], reaches: dict[str, Reach], user: User
) -> Entry:
    register = catalog().registers.get(event.register_code)
    key, label, url = _record_key(event), event.label, ""
    reached = NOWHERE
    if register is not None:
        if register.code not in reaches:
            reaches[register.code] = reach_of(user, register, "see")
        reached = reaches[register.code]
    if key:
        held = records.get(key)
        url = reverse("registers:record", args=[key]) if held is not None and reached.holds(held.unit) else ""
        if not url:
            label = (held.number if held else "") or f"第 {key} 条"
    open_to = bool(url) if key else bool(reached) or not event.register_code
    return Entry(
        at=timezone.localtime(event.at),
        who=event.actor_name,
        what=words_of(event.action),
        register=register.name if register else event.register_code,
        subject=label,
        url=url,
        unit_code=event.unit_code,
        unit=units.get(event.unit_code, event.unit_code),
        details=details_of(event.data, typed=open_to),
        address=event.address,
    )


def _record_key(event: Event) -> int:
    kind, _, key = event.subject.partition(":")
    return int(key) if kind == "record" and key.isdigit() else 0


@transaction.atomic
def note_export(*, by: User, filters: str, rows: int) -> None:
    """The log keeps who took a part of it away."""
    record("site.audit.exported", by=by, subject="site:1", label="审计记录", filters=filters, rows=rows)


def write_audit(events: QuerySet[Event], user: User, target: Path | IO[bytes], tick: Any = lambda done: None) -> int:
    """The events as a workbook, in constant memory. Returns their number."""
    with StreamedWorkbook(target) as book:
        moment = Cells(lambda at: cell_xml(f"{at:%Y-%m-%d %H:%M:%S}"))
        columns = [Column(name, moment if name == "时间" else Cells(cell_xml), width) for name, width in HEADER.items()]
        return book.write("审计记录", columns, _rows(entries_of(events.iterator(chunk_size=CHUNK), user), tick))


def _rows(entries: Iterable[Entry], tick: Any) -> Iterator[tuple[Any, ...]]:
    for done, item in enumerate(entries, start=1):
        if done % CHUNK == 0:
            tick(done)
        yield (
            item.at, item.who, item.what, item.register, item.subject, item.unit_code, item.unit, item.details, item.address
        )  # fmt: skip
