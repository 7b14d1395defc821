"""What the actions share: the step in a return's history and its event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from taizhang.catalog.schema import RegisterDef
from taizhang.events.actions import Line
from taizhang.events.bulk import insert
from taizhang.org.models import User
from taizhang.org.queries import acting_in, posts_held
from taizhang.registers.collections.models import Extension, Return, ReturnStep
from taizhang.registers.policy import grants

STEP = [field.attname for field in ReturnStep._meta.concrete_fields if not field.primary_key]


def step_of(returned: Return, action: str, by: User | None, **more: Any) -> ReturnStep:
    """An unsaved entry of a return's history."""
    return ReturnStep(returned=returned, action=action, by=by, by_name=by.display_name if by else "系统", **more)


def moment(at: datetime | None) -> tuple[datetime, date]:
    """When something is done and on which day: now, or the time that it is entered afterwards for."""
    return (timezone.now(), timezone.localdate()) if at is None else (at, timezone.localtime(at).date())


def add_steps(steps: list[ReturnStep], at: datetime | None = None) -> None:
    """Write entries of returns' histories in the caller's transaction."""
    now = at or timezone.now()
    for step in steps:
        step.at = now
    insert(ReturnStep, STEP, ([getattr(step, name) for name in STEP] for step in steps))


def event_of(name: str, returned: Return, **data: Any) -> Line:
    """A line for the log about a return."""
    label = f"{returned.round.title} {returned.unit.name}"
    subject, code = f"return:{returned.pk}", returned.unit.code
    told = {"round": returned.round_id, "receipt": returned.receipt, **data}
    return f"registers.return.{name}", subject, label, code, returned.round.register_code, told


def fillers_at(register: RegisterDef, units: Iterable[int]) -> list[User]:
    """The people whose posts fill this register for these very units today, and who stands in for them."""
    roles = [role for role, scope in grants(register, "edit").items() if scope == "own"]
    return acting_in(posts_held().filter(unit__in=list(units), role__in=roles))


def exceptions_of(round_id: int, units: Iterable[int]) -> dict[int, date]:
    """Unit id → the latest day that was granted to it."""
    rows = Extension.objects.filter(round=round_id, unit__in=list(units)).order_by().values("unit_id")
    return {row["unit_id"]: row["last"] for row in rows.annotate(last=Max("until"))}
