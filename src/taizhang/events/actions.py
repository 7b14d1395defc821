"""The one door into the log."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Protocol

from django.utils import timezone

from taizhang.events.bulk import insert
from taizhang.events.context import current_request
from taizhang.events.models import Event


class Actor(Protocol):
    """Whoever acts: a user, or None for the installation itself."""

    pk: Any

    @property
    def display_name(self) -> str: ...


SYSTEM_NAME = "系统"
Line = tuple[str, str, str, str, Any]
COLUMNS = [field.attname for field in Event._meta.concrete_fields if not field.primary_key]
_values = attrgetter(*COLUMNS)
# By place, not by name: an import makes tens of thousands.
EMPTY = tuple(field.get_default() for field in Event._meta.concrete_fields)


def blank(action: str, *, by: Actor | None, subject: str, label: str = "", unit_code: str = "", **data: Any) -> Event:
    """An unsaved event, for :func:`record_many`."""
    request_id, address = current_request()
    event = Event(*EMPTY)
    event.action, event.subject, event.label, event.unit_code, event.data = (
        action,
        subject,
        label[:200],
        unit_code,
        data,
    )
    event.actor_id, event.actor_name = (by.pk, by.display_name) if by else (None, SYSTEM_NAME)
    event.request_id, event.address = request_id, address
    return event


def record(action: str, *, by: Actor | None, subject: str, label: str = "", unit_code: str = "", **data: Any) -> Event:
    """Write one event in the caller's transaction; ``data`` must be JSON."""
    event = blank(action, by=by, subject=subject, label=label, unit_code=unit_code, **data)
    event.save(force_insert=True)
    return event


def record_lines(lines: Iterable[Line], *, by: Actor | None) -> None:
    """Write the events of one bulk action, each as (action, subject, label, unit code, data): an import makes tens of
    thousands, too many to make an object of each."""
    request_id, address = current_request()
    actor, name = (by.pk, by.display_name) if by else (None, SYSTEM_NAME)
    now = timezone.now()
    shared = {"at": now, "actor_id": actor, "actor_name": name, "request_id": request_id, "address": address}
    same = tuple(shared.values())
    insert(
        Event,
        [*shared, "action", "subject", "label", "unit_code", "data"],
        ([*same, action, subject, label[:200], code, data] for action, subject, label, code, data in lines),
    )


def record_many(events: list[Event]) -> None:
    """Write the events of one bulk action (see :func:`blank`)."""
    now = timezone.now()
    for event in events:
        event.at = now
    insert(Event, COLUMNS, map(_values, events))
