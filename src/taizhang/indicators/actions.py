"""What is written when figures leave the house."""

from __future__ import annotations

from django.db import transaction

from taizhang.catalog.schema import IndicatorDef
from taizhang.events.actions import record
from taizhang.org.models import User


@transaction.atomic
def note_figures_taken(*, indicators: list[IndicatorDef], filters: str, rows: int, by: User) -> None:
    """The log keeps who took which figures away as a sheet, how they were chosen, and how many rows there were."""
    record(
        "indicators.figures.exported", by=by, subject="indicators", label="、".join(item.name for item in indicators),
        filters=filters, rows=rows,
    )  # fmt: skip
