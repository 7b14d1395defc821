"""Reads of work tables. A table is fetched for a person, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from taizhang.catalog.current import catalog
from taizhang.kernel.errors import NotFound
from taizhang.kernel.texts import among_names, names_in
from taizhang.org.models import User
from taizhang.org.policy import posts_of
from taizhang.schedule.checking import Doubt, Item, doubts_in
from taizhang.schedule.models import Entry, Table
from taizhang.schedule.policy import may_see
from taizhang.schedule.weeks import Week


def tables_for(user: User | AnonymousUser) -> QuerySet[Table]:
    """The tables a person may read, the newest term first."""
    return Table.objects.filter(may_see(user)).select_related("unit").distinct()


def get_table_for(user: User | AnonymousUser, pk: int) -> Table:
    """Raises NotFound when it does not exist or is not for the person."""
    found = tables_for(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("SCH-020", "没有这张周次表，或尚未印发", remedy="请从“日程”打开")
    return found


def get_entry_for(user: User | AnonymousUser, pk: int) -> Entry:
    """An entry of a table that the person may read."""
    found = Entry.objects.filter(pk=pk, table__in=tables_for(user).values("pk")).select_related("table__unit").first()
    if found is None:
        raise NotFound("SCH-021", "没有这项安排", remedy="请从周次表打开")
    return found


def entries_of(table: Table, start: date | None = None, end: date | None = None) -> list[Entry]:
    """The entries that touch a span of days, in order, with their schools."""
    found = table.entries.prefetch_related("schools")
    if start is not None and end is not None:
        found = found.filter(start__lte=end, end__gte=start)
    return list(found.order_by("start", "id"))


def coming_for(user: User, today: date) -> list[Entry]:
    """What concerns a person today and in the six days after, over a weekend too: the entries of one's own units' tables, and of the
    others that one may read those that name the person, or a unit of theirs, as who acts, takes part or is visited."""
    posts = posts_of(user)
    units = {post.unit_id: post.unit.name for post in posts}
    names = [user.display_name, *units.values()]
    told = Q(table__unit__in=units) | Q(schools__in=units)
    for name in filter(None, names):
        # A list of names must hold the very name (王丽 is not 王丽丽); who acts is free text ("安全科王丽").
        told |= Q(actor__contains=name) | Q(people__regex=among_names(name))
    last = today + timedelta(days=6)
    found = Entry.objects.filter(
        told, table__in=tables_for(user).order_by().values("pk"), start__lte=last, end__gte=today
    )
    return list(found.select_related("table").distinct().order_by("start", "id"))


def rows_of(table: Table, entries: Iterable[Entry]) -> list[tuple[Week, list[Entry], str]]:
    """Every week with the entries that begin in it and its remark. What begins before the first week stands in it, what
    begins after the last stands in the last: nothing is lost from the paper."""
    weeks, remarks = table.weeks, {item.week: item.text for item in table.remarks.all()}
    found: dict[int, list[Entry]] = {week.number: [] for week in weeks}
    for entry in entries:
        found[min(max(table.week_of(entry.start), 1), len(weeks))].append(entry)
    return [(week, found[week.number], remarks.get(week.number, "")) for week in weeks]


def doubts_of(entries: Iterable[Entry]) -> list[Doubt]:
    """What does not fit among these entries."""
    return doubts_in([_item(entry) for entry in entries], catalog().calendar)


def _item(entry: Entry) -> Item:
    people = frozenset(names_in(entry.people))
    places = frozenset(unit.name for unit in entry.schools.all())
    return Item(entry.pk, entry.start, entry.end, entry.half, entry.activity, places, people, entry.chain)
