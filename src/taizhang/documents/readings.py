"""A stored reading becomes the reader's own objects again, and its doubts get names that stay."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from taizhang.documents.models import ReadingResult, Settlement
from taizhang.reading import model
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
}
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
    ("tasks", "deadline"): lambda text: date.fromisoformat(text) if text else None,
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
class Doubt:
    """Something printed that a person should judge. ``level`` is alarm | note | ok | unknown (nobody can judge)."""

    key: str
    kind: str
    level: str
    spans: tuple[tuple[int, int], ...]
    texts: tuple[str, ...]
    why: str
    settlement: Settlement | None = None

    @property
    def open(self) -> bool:
        """Whether it still waits for somebody's word."""
        return self.level in ("alarm", "note") and self.settlement is None


RELATION_KINDS = {
    "share": "占比",
    "rate": "比率",
    "sum": "合计",
    "difference": "增减数",
    "growth": "增减幅度",
    "multiple": "倍数",
    "ratio": "比例",
    "per": "平均数",
}


def checks_of(reading: Reading, settled: dict[str, Settlement]) -> list[Doubt]:
    """Every relation and every finding of a reading in the order of the text, with what was said about it."""
    return sorted(_checks(reading, settled), key=lambda check: check.spans[0])


def _checks(reading: Reading, settled: dict[str, Settlement]) -> Iterator[Doubt]:
    for relation in reading.relations:
        spans = tuple(sorted((operand.start, operand.end) for operand in relation.operands))
        if spans:
            yield _doubt(
                reading, settled, relation.kind, _level(relation), spans, relation.why or relation.reason or ""
            )
    for finding in reading.findings:
        if finding.spans:
            yield _doubt(reading, settled, finding.kind, _severity(finding), finding.spans, finding.why)


def _doubt(
    reading: Reading,
    settled: dict[str, Settlement],
    kind: str,
    level: str,
    spans: tuple[tuple[int, int], ...],
    why: str,
) -> Doubt:
    place = ",".join(f"{start}-{end}" for start, end in spans)
    key = hashlib.sha256(f"{kind}:{place}".encode()).hexdigest()[:16]
    texts = tuple(reading.source.text[start:end] for start, end in spans)
    return Doubt(key, RELATION_KINDS.get(kind, kind), level, spans, texts, why, settled.get(key))


def _level(relation: Relation) -> str:
    if relation.holds is True:
        return "ok"
    return "unknown" if relation.holds is None else (relation.severity or "alarm")


def _severity(finding: Finding) -> str:
    return finding.severity if finding.severity in ("alarm", "note") else "note"
