"""Tables of a PDF page: cells between ruled lines, or columns of print that keep their distance."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass, field

from taizhang.reading.formats.pdfpage import Glyph, Page, Row, Rule, glue, rows_of

NEAR = 3.0
"""Ruled lines that are so close, in points, are one; ends that are so close touch."""
PADDING = 14.0
"""The air left and right of a cell's text together, in points."""
MIN_CELLS = 3
"""Fewer columns of print without ruled lines are not taken for a table."""
LINE_STEP = 2.2
"""A line that stands lower than so many of its own heights under the last one does not belong to the same table."""


@dataclass(slots=True)
class Line:
    """A row of a table: texts, the first column of a cell that is several wide, columns that go on from above."""

    cells: list[str]
    wide: dict[int, int] = field(default_factory=dict)
    down: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Table:
    """A table with the places of its columns, by which its next page is known."""

    lines: list[Line]
    columns: tuple[float, ...]
    top: float
    ruled: bool

    def continues(self, other: Table) -> bool:
        """Does ``other``, from the page before, go on here?"""
        return (
            self.ruled == other.ruled
            and len(self.columns) == len(other.columns)
            and all(abs(one - two) <= 2 * NEAR for one, two in zip(self.columns, other.columns, strict=True))
        )

    def take(self, more: Table) -> None:
        """Adds the part of the table on the next page, without the head that is printed again."""
        lines = list(more.lines)
        repeated = 0
        while repeated < min(2, len(lines), len(self.lines)) and lines[repeated].cells == self.lines[repeated].cells:
            repeated += 1
        lines = lines[repeated:]
        if lines and self._was_torn(lines[0]):
            last = self.lines[-1]
            pairs = zip(last.cells, lines.pop(0).cells, strict=True)
            last.cells = [one + glue(one, two) + two for one, two in pairs]
        self.lines += lines

    def _was_torn(self, line: Line) -> bool:
        """Did the page end within a row? Its second half has no number where every row has one."""
        numbers = [one.cells[0].rstrip(".、\uff0e") for one in self.lines if one.cells[0]]
        return not line.cells[0] and len(numbers) > 1 and numbers[-1].isdigit() and any(self.lines[-1].cells)


@dataclass(frozen=True, slots=True)
class _Grid:
    xs: list[float]
    ys: list[float]
    upright: dict[float, list[tuple[float, float]]]
    level: dict[float, list[tuple[float, float]]]


def ruled_tables(page: Page) -> tuple[list[Table], list[Glyph]]:
    """The tables between ruled lines, and the characters outside them."""
    if not page.rules:
        return [], page.glyphs
    tables: list[Table] = []
    rest = page.glyphs
    for grid in _grids(page.rules):
        inside = [item for item in rest if _within(grid, item)]
        if inside:
            tables.append(_filled(grid, inside))
            rest = [item for item in rest if not _within(grid, item)]
    return tables, rest


def _within(grid: _Grid, glyph: Glyph) -> bool:
    across = (glyph.left + glyph.right) / 2
    return grid.xs[0] < across < grid.xs[-1] and grid.ys[-1] < glyph.middle < grid.ys[0]


def _grids(rules: list[Rule]) -> list[_Grid]:
    """Ruled lines that touch make a grid; one with a single column is a frame and no table."""
    lines = [(True, at, *span) for at, spans in _merged(rules, upright=True).items() for span in spans]
    lines += [(False, at, *span) for at, spans in _merged(rules, upright=False).items() for span in spans]
    grids = []
    while lines:
        group, waiting = [], [lines.pop()]
        while waiting:
            one = waiting.pop()
            group.append(one)
            touching = [other for other in lines if _touch(one, other)]
            lines = [other for other in lines if other not in touching]
            waiting += touching
        grid = _grid(group)
        if len(grid.xs) > 2 and len(grid.ys) > 1:
            grids.append(grid)
    return sorted(grids, key=lambda grid: -grid.ys[0])


def _merged(rules: list[Rule], *, upright: bool) -> dict[float, list[tuple[float, float]]]:
    """Lines of one direction: those at one place together, stretches that touch as one."""
    places: dict[float, list[tuple[float, float]]] = {}
    last = None
    for rule in sorted(item for item in rules if item.upright == upright):
        if last is None or rule.at - last > NEAR:
            last = rule.at
        places.setdefault(last, []).append((rule.low, rule.high))
    for at, spans in places.items():
        whole: list[tuple[float, float]] = []
        for low, high in sorted(spans):
            if whole and low <= whole[-1][1] + NEAR:
                whole[-1] = (whole[-1][0], max(high, whole[-1][1]))
            else:
                whole.append((low, high))
        places[at] = [span for span in whole if span[1] - span[0] >= 2 * NEAR]
    return places


def _touch(one: tuple[bool, float, float, float], two: tuple[bool, float, float, float]) -> bool:
    if one[0] == two[0]:
        return False
    return two[2] - NEAR <= one[1] <= two[3] + NEAR and one[2] - NEAR <= two[1] <= one[3] + NEAR


def _grid(group: list[tuple[bool, float, float, float]]) -> _Grid:
    upright: dict[float, list[tuple[float, float]]] = {}
    level: dict[float, list[tuple[float, float]]] = {}
    for is_upright, at, low, high in group:
        (upright if is_upright else level).setdefault(at, []).append((low, high))
    xs = sorted(upright)
    if xs and level:  # tables without a left and right edge
        low = min(span[0] for spans in level.values() for span in spans)
        high = max(span[1] for spans in level.values() for span in spans)
        xs = [*([low] if low < xs[0] - 2 * PADDING else []), *xs, *([high] if high > xs[-1] + 2 * PADDING else [])]
    return _Grid(xs, sorted(level, reverse=True), upright, level)


def _filled(grid: _Grid, glyphs: list[Glyph]) -> Table:
    wide, high = len(grid.xs) - 1, len(grid.ys) - 1
    owner = _owners(grid, wide, high)
    inside: dict[tuple[int, int], list[Glyph]] = {}
    low_ys = [-y for y in grid.ys]
    for glyph in glyphs:
        column = bisect_right(grid.xs, (glyph.left + glyph.right) / 2) - 1
        row = bisect_right(low_ys, -glyph.middle) - 1
        inside.setdefault(owner[row, column], []).append(glyph)
    right = {cell: max(column for (_, column), own in owner.items() if own == cell) for cell in inside}
    texts = {
        cell: cell_text(rows_of(found), grid.xs[right[cell] + 1] - grid.xs[cell[1]]) for cell, found in inside.items()
    }
    lines = []
    for row in range(high):
        line = Line([texts.get((row, column), "") for column in range(wide)])
        for column in range(wide):
            above, first = owner[row, column]
            if above < row:
                line.down.add(column)
            elif first < column:
                line.wide[column] = first
        lines.append(line)
    return Table(lines, tuple(grid.xs), grid.ys[0], True)


def _owners(grid: _Grid, wide: int, high: int) -> dict[tuple[int, int], tuple[int, int]]:
    """For every square of the grid the first square of its cell: no line between two squares makes them one cell."""
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(high):
        top, bottom = grid.ys[row], grid.ys[row + 1]
        for column in range(wide):
            left, right = grid.xs[column], grid.xs[column + 1]
            own = (row, column)
            if row and not _crossed(grid.level.get(top), left, right):
                own = owner[row - 1, column]
            elif column and not _crossed(grid.upright.get(left), bottom, top):
                own = owner[row, column - 1]
            owner[row, column] = own
    return owner


def _crossed(spans: list[tuple[float, float]] | None, low: float, high: float) -> bool:
    quarter = (high - low) / 4
    return any(start <= low + quarter and end >= high - quarter for start, end in spans or ())


def cell_text(rows: list[Row], width: float) -> str:
    """The words of a cell: a line goes on when the next one's beginning did not fit on it, else a new paragraph begins."""
    text = ""
    for index, row in enumerate(rows):
        if index:
            before = rows[index - 1]
            wrapped = width - (before.right - before.left) < row.parts[0].lead + PADDING
            text += glue(text, row.text) if wrapped else " "
        text += row.text
    return text


def aligned_tables(rows: list[Row]) -> list[Row | Table]:
    """Takes lines whose parts stand below each other together to tables; all else stays as it is."""
    found: list[Row | Table] = []
    index = 0
    while index < len(rows):
        used, columns = _block(rows, index)
        if used > 1 and sum(len(row.parts) >= MIN_CELLS for row in rows[index : index + used]) > 1:
            found.append(_aligned(rows[index : index + used], columns))
            index += used
        else:
            found.append(rows[index])
            index += 1
    return found


def _block(rows: list[Row], start: int) -> tuple[int, list[tuple[float, float]]]:
    """How many lines from ``start`` on keep to the columns of the first one, and these columns."""
    columns = [(part.left, part.right) for part in rows[start].parts]
    if len(columns) < MIN_CELLS:
        return 0, columns
    count = 1
    for before, row in zip(rows[start:], rows[start + 1 :], strict=False):
        wider = _widened(columns, row)
        if wider is None or before.bottom - row.top > LINE_STEP * row.size:
            break
        columns, count = wider, count + 1
    return count, columns


def _widened(columns: list[tuple[float, float]], row: Row) -> list[tuple[float, float]] | None:
    """The columns with room for this line; None when a part of it crosses the gap between two."""
    wider = list(columns)
    for part in row.parts:
        own = _column(columns, part.left, part.right)
        if own is None:
            return None
        wider[own] = (min(wider[own][0], part.left), max(wider[own][1], part.right))
    gap = 0.3 * row.size
    return wider if all(one[1] + gap < two[0] for one, two in itertools.pairwise(wider)) else None


def _column(columns: list[tuple[float, float]], left: float, right: float) -> int | None:
    own = [index for index, (low, high) in enumerate(columns) if left < high and right > low]
    return own[0] if len(own) == 1 else None


def _aligned(rows: list[Row], columns: list[tuple[float, float]]) -> Table:
    """Lines to rows: where the first column numbers the rows a number begins one, else a line that is mostly filled."""
    groups: list[list[list[Row]]] = []
    numbered = all(_first(row, columns).rstrip(".、\uff0e").isdigit() for row in rows[1:] if _first(row, columns))
    for row in rows:
        begins = bool(_first(row, columns)) and (numbered or 2 * len(row.parts) >= len(columns))
        if begins or not groups:
            groups.append([[] for _ in columns])
        for part in row.parts:
            own = _column(columns, part.left, part.right)
            groups[-1][own or 0].append(Row((part,), row.bottom, row.top))
    ends = [*(low for low, _ in columns[1:]), columns[-1][1] + PADDING]
    widths = [end - low for (low, _), end in zip(columns, ends, strict=True)]
    lines = [Line([cell_text(cell, width) for cell, width in zip(group, widths, strict=True)]) for group in groups]
    return Table(lines, tuple(low for low, _ in columns), rows[0].top, False)


def _first(row: Row, columns: list[tuple[float, float]]) -> str:
    part = row.parts[0]
    return part.text if _column(columns, part.left, part.right) == 0 else ""
