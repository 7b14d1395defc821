"""A rendered report as a file."""

from __future__ import annotations

from datetime import UTC, datetime, time

from taizhang.reports import gongwen
from taizhang.reports.door import Sources, UnitRef
from taizhang.reports.template import Rendered


def docx(rendered: Rendered, sources: Sources, unit: UnitRef) -> bytes:
    """The .docx. Its time stamp is the cut-off day, so that the same figures give the same bytes."""
    at = datetime.combine(sources.day, time(), tzinfo=UTC)
    meta = gongwen.Meta(title=rendered.title, author=unit.name, at=at, bindings=rendered.bindings.as_json())
    return gongwen.write(rendered.blocks, meta)
