"""What a field's number is, beyond being a number: its unit of measure, and what may be added to what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """``unit`` is its unit of measure, empty when it says none. ``measure``: stock as of a day, flow during a period.
    ``additive``: yes, nested (a part of another field, overlapping its other parts), exclusive (a part that overlaps no other part), cumulative
    (since the year began), no (never added, such as a rate). ``part_of`` is the field that holds it."""

    unit: str = ""
    measure: str | None = None
    additive: str | None = None
    part_of: str | None = None

    @property
    def momentary(self) -> bool:
        """Whether several periods are not added but the newest of them taken."""
        return self.measure == "stock" or self.additive == "cumulative"


NO_FACT = Fact()
