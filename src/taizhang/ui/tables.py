"""What the table part shows: plain columns and rows, made by a view, drawn by ``{% table %}``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

NUMERIC = frozenset({"number", "percent", "money", "drill"})


@dataclass(frozen=True, slots=True)
class Column:
    """``kind`` is a key of ``taizhang.ui.templatetags.ui.CELLS`` and says what the cells hold.

    ``sort`` is the key put into the address when the header is clicked; left out, the column does not sort.
    """

    label: str
    kind: str = "text"
    unit: str = ""
    decimals: int | None = None
    sort: str = ""
    help: str = ""

    @property
    def numeric(self) -> bool:
        """Right-aligned with tabular digits."""
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Row:
    """``cells`` stand in the order of the columns; ``url`` makes the first cell a link; ``key`` is sent when ticked.

    ``category`` (late, warn) marks the row; ``total`` sets it apart as a sum.
    """

    cells: Sequence[Any]
    url: str = ""
    key: str = ""
    category: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``caption`` names the table for a screen reader; ``empty`` and ``remedy`` are said when there is no row.

    With ``selectable`` every row has a box named ``key``; the table must then stand inside a form. With ``stack`` a phone
    shows each row as a small card; without it the table scrolls sideways. ``id`` is what sorting and paging replace.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    caption: str
    empty: str = "没有记录"
    remedy: str = ""
    selectable: bool = False
    stack: bool = True
    id: str = "list"

    def body(self) -> Iterator[tuple[Row, list[tuple[Column, Any]]]]:
        """Rows with each cell beside its column; ValueError when a row is too short or too long."""
        for row in self.rows:
            yield row, list(zip(self.columns, row.cells, strict=True))
