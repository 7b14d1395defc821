"""What every action does: lock the round, check the line, add the entry and its event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from taizhang.appraisal.facts import OPENED, WORDS, subject_of
from taizhang.appraisal.models import Entry, Round, Sheet
from taizhang.catalog.appraisal_schema import SchemeDef
from taizhang.documents.models import Document
from taizhang.events.actions import Line, record_many
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User


def locked(round_id: int, *states: str) -> Round:
    """The round, held until the transaction ends. Raises Problem unless it is in one of the states."""
    found = Round.objects.select_for_update().get(pk=round_id)
    if states and found.state not in states:
        wanted = "、".join(Round.STATES[state] for state in states)
        raise Problem(
            "APR-020", f"“{found.title}”{found.get_state_display()}，不能再办这件事", remedy=f"只在{wanted}时可以"
        )
    return found


def scheme_of(round_: Round) -> SchemeDef:
    """The scheme as it was when the round was opened."""
    opening = Entry.objects.only("data").get(round=round_, kind=OPENED)
    return SchemeDef.model_validate(opening.data["scheme"])


def add(entries: Sequence[Entry], by: User | None) -> list[Entry]:
    """Keep entries and write the same facts to the log."""
    for entry in entries:
        entry.by = by
    kept = Entry.objects.bulk_create(entries)
    record_many([_event(entry) for entry in kept], by=by)
    return kept


def new(
    round_: Round, kind: str, *, sheet: Sheet | None = None, item: str = "", of: Entry | None = None,
    today: date | None = None, evidence: Document | None = None, **data: Any,
) -> Entry:  # fmt: skip
    """An entry that is not kept yet."""
    return Entry(
        round=round_, sheet=sheet, kind=kind, item=item, of=of, data=data, on=today or timezone.localdate(), evidence=evidence
    )  # fmt: skip


def _event(entry: Entry) -> Line:
    sheet = entry.sheet
    label = " ".join(part for part in (WORDS[entry.kind], str(sheet or entry.round), entry.item) if part)
    data = {
        "number": entry.pk, "on": entry.on.isoformat(), "kind": entry.kind, "sheet": sheet.code if sheet else "",
        "item": entry.item, "of": entry.of_id, "evidence": entry.evidence_id, "data": entry.data,
    }  # fmt: skip
    return f"appraisal.{entry.kind}", subject_of(entry.round_id), label, sheet.code if sheet else "", "", data


def points_in(text: str | Decimal, most: Decimal, what: str) -> Decimal:
    """Points as typed, at most two decimals, between 0 and ``most``. Raises Problem."""
    try:
        points = Decimal(str(text).strip())
    except InvalidOperation as wrong:
        raise Problem("APR-021", f"分数“{text}”不是数", where=what, remedy=f"填 0 到 {most:f} 的数") from wrong
    if not points.is_finite() or not 0 <= points <= most:
        raise Problem("APR-021", f"分数 {text} 超出范围", where=what, remedy=f"填 0 到 {most:f} 的数")
    if points != points.quantize(Decimal("0.01")):
        raise Problem("APR-021", f"分数 {text} 的小数太长", where=what, remedy="最多两位小数")
    return points


def words(text: str, what: str, remedy: str) -> str:
    """A text that must not be empty."""
    said = text.strip()
    if not said:
        raise Problem("APR-022", f"没有写{what}", remedy=remedy)
    return said[:1000]


def no_line(name: str) -> NotFound:
    return NotFound("APR-023", f"考核方案里没有“{name}”", remedy="请从评分表上办理")
