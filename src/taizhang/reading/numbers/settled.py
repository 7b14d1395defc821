"""What the finders before have judged."""

from __future__ import annotations

from taizhang.reading.model import Relation
from taizhang.reading.numbers.passage import Passage

_RESULTS = frozenset({"pct", "result", "ratio", "factor", "total", "delta"})


class Settled(set[int]):
    """Where the results begin that are judged; ``parts`` and ``totals``: where those of judged sums begin."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: set[int] = set()
        self.totals: set[int] = set()

    def enter(self, passage: Passage, relation: Relation) -> None:
        """Remembers what a relation has judged: a derived one has not, its operand may be printed elsewhere."""
        if relation.check != "feasible":
            for operand in relation.operands:
                if operand.role in _RESULTS:
                    self.add(passage.view.index(operand.start))
                    if relation.kind == "sum":
                        self.totals.add(passage.view.index(operand.start))
                elif relation.kind == "sum":
                    self.parts.add(passage.view.index(operand.start))
