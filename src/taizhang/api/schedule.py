"""日程 over the REST interface: the work tables and their entries, as the person behind the key may read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from taizhang.api.schemas import ProblemOut
from taizhang.org.models import User
from taizhang.schedule.models import Entry, Table
from taizhang.schedule.queries import entries_of, get_entry_for, get_table_for, tables_for

ERRORS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 422: ProblemOut}
schedule = Router(tags=["日程"])


class TableOut(Schema):
    """``first_weekday`` as ``date.weekday`` counts: 0 Monday, 6 Sunday."""

    id: int
    title: str
    unit: str
    unit_name: str
    period: str
    first_day: date
    last_day: date
    first_weekday: int
    state: str


class EntryOut(Schema):
    """``half`` is 上午, 中午, 下午, 晚上, 全天 or '' where the table names none; ``schools`` are codes."""

    id: int
    table: int
    week: int
    start: date
    end: date
    half: str
    actor: str
    activity: str
    place: str
    people: str
    chain: str
    schools: list[str]


@schedule.get("", response={200: list[TableOut], **ERRORS})
def list_tables(request: HttpRequest) -> Any:
    """The tables that the person may read, the newest term first."""
    return [_table(item) for item in tables_for(_user(request))]


@schedule.get("/{int:table_id}/entries", response={200: list[EntryOut], **ERRORS})
def list_entries(request: HttpRequest, table_id: int, start: date | None = None, end: date | None = None) -> Any:
    """The entries of a table in order; ``start`` and ``end`` narrow them to what touches these days."""
    found = get_table_for(_user(request), table_id)
    span = (start or date.min, end or date.max) if start or end else (None, None)
    return [_entry(item, found) for item in entries_of(found, *span)]


@schedule.get("/entries/{int:entry_id}", response={200: EntryOut, **ERRORS})
def get_entry(request: HttpRequest, entry_id: int) -> Any:
    """One entry."""
    found = get_entry_for(_user(request), entry_id)
    return _entry(found, found.table)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the authentication let nobody else through
    return request.user


def _table(item: Table) -> dict[str, Any]:
    names = ("id", "title", "period", "first_day", "last_day", "first_weekday")
    return {name: getattr(item, name) for name in names} | {
        "unit": item.unit.code, "unit_name": item.unit.name, "state": item.get_state_display(),
    }  # fmt: skip


def _entry(item: Entry, table: Table) -> dict[str, Any]:
    names = ("id", "start", "end", "half", "actor", "activity", "place", "people", "chain")
    return {name: getattr(item, name) for name in names} | {
        "table": table.pk, "week": table.week_of(item.start), "schools": [unit.code for unit in item.schools.all()],
    }  # fmt: skip
