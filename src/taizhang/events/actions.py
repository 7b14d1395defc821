"""The one door into the log."""

from collections.abc import Iterable
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
# An event of a bulk action: action, subject, label, unit code, register code, data.
Line = tuple[str, str, str, str, str, Any]


def record(
    action: str,
    *,
    by: Actor | None,
    subject: str,
    label: str = "",
    unit_code: str = "",
    register_code: str = "",
    **data: Any,
) -> Event:
    """Write one event in the caller's transaction; ``register_code`` is whose record it is about, ``data`` must be JSON."""
    request_id, address = current_request()
    actor, name = (by.pk, by.display_name) if by else (None, SYSTEM_NAME)
    return Event.objects.create(
        action=action, subject=subject, label=label[:200], unit_code=unit_code,
        register_code=register_code or str(data.get("register", "")), data=data,
        actor_id=actor, actor_name=name, request_id=request_id, address=address,
    )  # fmt: skip


def record_many(lines: Iterable[Line], *, by: Actor | None) -> None:
    """Write the events of one bulk action: an import makes tens of thousands, too many to make an object of each."""
    request_id, address = current_request()
    actor, name = (by.pk, by.display_name) if by else (None, SYSTEM_NAME)
    now = timezone.now()
    shared = {"at": now, "actor_id": actor, "actor_name": name, "request_id": request_id, "address": address}
    same = tuple(shared.values())
    insert(
        Event,
        [*shared, "action", "subject", "label", "unit_code", "register_code", "data"],
        (
            [*same, action, subject, label[:200], code, register, data]
            for action, subject, label, code, register, data in lines
        ),
    )
