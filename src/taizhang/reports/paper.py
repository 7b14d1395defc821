"""A rendered report as a file."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from typing import Any

from taizhang.catalog.current import catalog
from taizhang.reports import gongwen
from taizhang.reports.blocks import Block
from taizhang.reports.bound import as_json
from taizhang.reports.door import Sources, UnitRef
from taizhang.reports.models import Report
from taizhang.reports.template import Rendered


def docx(rendered: Rendered, sources: Sources, unit: UnitRef) -> bytes:
    """The .docx. Its time stamp is the cut-off day, so that the same figures give the same bytes."""
    return _draw(rendered.blocks, rendered.title, unit.name, sources.day, rendered.bindings.as_json())


def carried(report: Report) -> dict[str, Any]:
    """What the .docx of a report whose text was changed carries: the bindings of the numbers that still stand in it."""
    declared = catalog().reports.get(report.template)
    return {
        "report": {
            "unit": report.unit.code,
            "unit_name": report.unit.name,
            "period": report.period,
            "title": report.title,
            "day": report.day.isoformat(),
            "template": catalog().source_of(declared)[1] if declared else report.template,
        },
        "bindings": report.used(),
        "declared": report.declared,
    }


def redrawn(report: Report, blocks: tuple[Block, ...], inside: dict[str, Any]) -> bytes:
    """The .docx of a report whose text was changed; ``inside`` is what it carries."""
    return _draw(blocks, report.title, report.unit.name, report.day, as_json(inside))


def carried_key(inside: dict[str, Any]) -> str:
    """The mark by which a returned file is known again: what it carries, hashed. Two runs on one state of the data give the
    same document, so a mark that chance makes must not stand in it."""
    return hashlib.sha256(as_json(inside).encode()).hexdigest()


def _draw(blocks: tuple[Block, ...], title: str, author: str, day: date, bindings: str) -> bytes:
    at = datetime.combine(day, time(), tzinfo=UTC)
    return gongwen.write(blocks, gongwen.Meta(title=title, author=author, at=at, bindings=bindings))
