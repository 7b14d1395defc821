"""Which limit holds for a stage, an area and a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from taizhang.catalog.schema import StandardDef, ThresholdDef


def limit_for(standard: StandardDef, key: str, stage: str, day: date, area: str = "") -> ThresholdDef | None:
    """The limit of an indicator or item that is in force: the area's own before the general one, the stage's own before
    that of all stages, the newest before older ones. ``area`` is a unit's code; a limit's region is its beginning."""
    fitting = [
        item
        for item in standard.thresholds
        if item.indicator == key
        and item.stage in (stage, "")
        and (not item.region or area.startswith(item.region))
        and (item.valid_from or day) <= day <= (item.valid_to or day)
    ]
    return max(fitting, key=_precedence, default=None)


def _precedence(item: ThresholdDef) -> tuple[int, bool, date]:
    return len(item.region), bool(item.stage), item.valid_from or date.min


def is_met(value: Decimal, limit: ThresholdDef) -> bool:
    """Whether a value keeps both sides of a limit."""
    low, high = bound(limit.at_least), bound(limit.at_most)
    return (low is None or value >= low) and (high is None or value <= high)


def is_tolerated(value: Decimal, limit: ThresholdDef) -> bool:
    """Whether a value below the limit still reaches the share of it that a single exception needs."""
    low, share = bound(limit.at_least), bound(limit.floor_ratio)
    return low is not None and share is not None and value >= low * share


def bound(value: float | None) -> Decimal | None:
    """A limit as the pack's text has it: 0.9 is nine tenths, and not the nearest binary number."""
    return None if value is None else Decimal(str(value))
