"""An alarm as the doubts look at it: the relation with the numbers of the text that it holds."""

from __future__ import annotations

from dataclasses import dataclass

from taizhang.reading.model import Relation
from taizhang.reading.numbers.passage import Item, Passage

RESULT = {
    "share": "pct", "rate": "pct", "growth": "pct", "difference": "delta", "multiple": "factor", "ratio": "ratio", "per": "result", "sum": "total",
}  # fmt: skip
"""The role of the number that the others give."""
MOST_PARTS = 12
"""Of more numbers some give anything."""


@dataclass(frozen=True)
class Alarm:
    """``items`` are the numbers of the relation's operands, in their order."""

    passage: Passage
    relation: Relation
    items: tuple[Item, ...]

    @classmethod
    def of(cls, passage: Passage, relation: Relation) -> Alarm:
        return cls(passage, relation, tuple(passage.items[passage.at(item.start)] for item in relation.operands))

    def bearing(self, role: str) -> Item | None:
        """The first number with a role."""
        pairs = zip(self.items, self.relation.operands, strict=True)
        return next((item for item, operand in pairs if operand.role == role), None)

    @property
    def stated(self) -> Item | None:
        """The number that the others give; None where a word says it (三分之一)."""
        return self.bearing(RESULT[self.relation.kind])

    @property
    def measured(self) -> tuple[Item, ...]:
        """The numbers that give it."""
        return tuple(item for item in self.items if item is not self.stated)

    @property
    def lead(self) -> str:
        """The words of the clause in front of the stated number; '' where there is none."""
        return self.passage.lead(self.stated) if self.stated is not None else ""

    @property
    def is_over(self) -> bool:
        """Would a part be more than its whole?"""
        return (self.relation.computed or 0) > 100 >= (self.relation.stated or 0)
