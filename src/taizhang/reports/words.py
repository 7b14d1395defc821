"""What every function of the template language starts from: one report's unit and period, and the door to its data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from taizhang.kernel.periods import Period
from taizhang.reports.bound import MISSING, Bound
from taizhang.reports.door import Reading, Sources, UnitRef


class Words:
    """Functions for one report."""

    def __init__(self, sources: Sources, unit: UnitRef, period: Period) -> None:
        self.sources, self.unit, self.period = sources, unit, period

    def now(self, value: Decimal | None) -> Reading:
        """A value of our own counting, as of the cut-off day."""
        return Reading(value=value, period=self.period.code, as_of=self.sources.day.isoformat())


def day_bound(day: date | None, label: str) -> Bound:
    """A date as a document prints it."""
    text = MISSING if day is None else f"{day.year}年{day.month}月{day.day}日"
    code = "" if day is None else day.isoformat()
    return Bound(kind="date", code=code, label=label, shown=text, note="" if day else f"{label}没有填写")


def words_of(where: Mapping[str, Any]) -> dict[str, str]:
    """Conditions as text."""
    return {key: str(value) for key, value in where.items()}


def place_of(unit: UnitRef, reading: Reading, where: Mapping[str, Any]) -> dict[str, Any]:
    """What every binding tells of where and when."""
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "period": reading.period,
        "value": reading.value,
        "coverage": reading.coverage,
        "as_of": reading.as_of,
        "build": reading.build,
        "where": tuple((key, str(value)) for key, value in where.items() if value),
    }


def shortest(value: Decimal, measure: str) -> str:
    """A limit as its rule prints it: no closing zeros."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + measure
