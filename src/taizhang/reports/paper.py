"""A rendered report as a file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

from taizhang.catalog.current import catalog
from taizhang.reports import gongwen
from taizhang.reports.blocks import Block, Control, texts
from taizhang.reports.door import Sources, UnitRef
from taizhang.reports.models import Report
from taizhang.reports.template import Rendered


def docx(rendered: Rendered, sources: Sources, unit: UnitRef) -> bytes:
    """The .docx. Its time stamp is the cut-off day, so that the same figures give the same bytes."""
    return _draw(rendered.blocks, rendered.title, unit.name, sources.day, rendered.bindings.as_json())


def redrawn(report: Report, blocks: tuple[Block, ...]) -> bytes:
    """The .docx of a report whose text was changed; it carries the bindings of the numbers that still stand in it."""
    declared = catalog().reports.get(report.template)
    inside = {
        "report": {
            "unit": report.unit.code,
            "unit_name": report.unit.name,
            "period": report.period,
            "title": report.title,
            "day": report.day.isoformat(),
            "template": declared.template if declared else report.template,
        },
        "bindings": used_bindings(report.bindings, blocks),
        "declared": report.declared,
    }
    carried = json.dumps(inside, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _draw(blocks, report.title, report.unit.name, report.day, carried)


def used_bindings(bindings: dict[str, Any], blocks: tuple[Block, ...]) -> dict[str, Any]:
    """The bindings whose numbers stand in the text."""
    tags = {piece.tag for block in blocks for runs in texts(block) for piece in runs if isinstance(piece, Control)}
    return {tag: bound for tag, bound in bindings.items() if tag in tags}


def _draw(blocks: tuple[Block, ...], title: str, author: str, day: date, bindings: str) -> bytes:
    at = datetime.combine(day, time(), tzinfo=UTC)
    return gongwen.write(blocks, gongwen.Meta(title=title, author=author, at=at, bindings=bindings))
