"""A stored reading becomes the reader's own objects again, and its doubts get names that stay."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from taizhang.documents.models import ReadingResult, Settlement
from taizhang.reading import model
from taizhang.reading.checkpage import KINDS
from taizhang.reading.model import Finding, Reading, Relation, Source

_TYPES: dict[str, type] = {
    "articles": model.Article,
    "parts": model.Part,
    "headings": model.Heading,
    "points": model.Point,
    "quantities": model.Quantity,
    "relations": model.Relation,
    "targets": model.Target,
    "tasks": model.Task,
    "unread": model.Unread,
    "findings": model.Finding,
    "repairs": model.Repair,
    "schedule": model.Entry,
}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# Where JSON says less than the object: lists that are tuples, text that is a date.
_MEND: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("relations", "operands"): lambda items: tuple(model.Operand(**item) for item in items),
    ("targets", "quantity"): tuple,
    ("findings", "spans"): lambda spans: tuple(tuple(span) for span in spans),
    ("tasks", "path"): tuple,
    ("tasks", "targets"): tuple,
    ("tasks", "lead_units"): tuple,
    ("tasks", "assisting_units"): tuple,
    ("tasks", "persons"): tuple,
    ("tasks", "deadline"): _day,
    ("schedule", "weekdays"): tuple,
    **{("schedule", key): _day for key in ("week_start", "week_end", "first_day", "last_day")},
}


def reading_of(result: ReadingResult) -> Reading:
    """The stored result as a :class:`Reading` (without the format's blocks, which only reading needs)."""
    source = Source(
        name=result.data["file"],
        text=result.text,
        format=result.data["format"],
        encoding=result.data["encoding"],
        notes=tuple(result.data["notes"]),
    )
    layers = {layer: [_item(layer, item) for item in result.data.get(layer, ())] for layer in _TYPES}
    return Reading(source, **layers)


def _item(layer: str, values: dict[str, Any]) -> Any:
    mended = {key: _MEND[layer, key](value) if (layer, key) in _MEND else value for key, value in values.items()}
    return _TYPES[layer](**mended)


@dataclass(frozen=True, slots=True)
class Check:
    """Something printed that was checked. ``level`` is alarm | note | ok | unknown (nobody can judge).

    ``spans`` are its places in the text, in order and without overlap; ``why`` shows the arithmetic.
    """

    key: str
    kind: str
    level: str
    spans: tuple[tuple[int, int], ...]
    texts: tuple[str, ...]
    why: str
    settlement: Settlement | None = None
    name: str = ""
    """The note's name on the check page: r3 is the fourth relation, f0 the first finding."""

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at it."""
        return self.level in ("alarm", "note")


def checks_of(reading: Reading, settled: dict[str, Settlement]) -> list[Check]:
    """Every relation and every finding of a reading in the order of the text, with what was said about it."""
    return sorted(_checks(reading, settled), key=lambda check: check.spans[0])


def _checks(reading: Reading, settled: dict[str, Settlement]) -> Iterator[Check]:
    for index, relation in enumerate(reading.relations):
        name = f"r{index}"
        spans = _apart((operand.start, operand.end) for operand in relation.operands)
        if spans:
            yield _check(
                reading, settled, relation.kind, _level(relation), spans, relation.why or relation.reason or "", name
            )
    for index, finding in enumerate(reading.findings):
        if finding.spans:
            spans = _apart(finding.spans)
            yield _check(reading, settled, finding.kind, _severity(finding), spans, finding.why, f"f{index}")


def _check(
    reading: Reading,
    settled: dict[str, Settlement],
    kind: str,
    level: str,
    spans: tuple[tuple[int, int], ...],
    why: str,
    name: str,
) -> Check:
    place = ",".join(f"{start}-{end}" for start, end in spans)
    key = hashlib.sha256(f"{kind}:{place}".encode()).hexdigest()[:16]
    texts = tuple(reading.source.text[start:end] for start, end in spans)
    return Check(key, KINDS.get(kind, kind), level, spans, texts, why, settled.get(key), name)


def _apart(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order; of two that overlap, the first."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if start < end and (not kept or start >= kept[-1][1]):
            kept.append((start, end))
    return tuple(kept)


def _level(relation: Relation) -> str:
    if relation.holds is True:
        return "ok"
    return "unknown" if relation.holds is None else (relation.severity or "alarm")


def _severity(finding: Finding) -> str:
    return finding.severity if finding.severity in ("alarm", "note") else "note"
