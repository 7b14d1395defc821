"""The shape of a sheet: where its header is, what stands above it, which rows below are no records and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

from taizhang.kernel.sheets import Sheet
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.sheets.labels import CERTAIN, GUESSED, SAME_UNITS, YUAN, Column, match

# A header is looked for this far down, and is at most this many lines high.
DEEPEST, HIGHEST = 16, 3
LONGEST_LABEL = 40
UNIT_LINE = re.compile(
    r"(?:填报|填表|报送|上报)?(?:单位|学校)(?:名称)?(?:[(\uff08]盖章[)\uff09])?\s*[:\uff1a]\s*([^\s:\uff1a,，;；]{2,30})"
)
MONEY_LINE = re.compile(rf"(?:金额|计量)?单位\s*[:\uff1a]\s*({'|'.join(sorted(YUAN, key=len, reverse=True))})(?![\w])")
TOTAL = re.compile(
    r"^(?:[一-鿿]{0,8})?(?:合计|总计|小计|累计|共计|承前页|接上页|过次页|转下页)(?:[(\uff08].*)?[:\uff1a]?$"
)
NOTE = re.compile(
    r"^(?:注|备注|说明|填表说明|填报说明|附注|填表人|填报人|制表人?|经办人|审核人?|复核人?|负责人|单位负责人|主管领导|校长|联系人"
    r"|联系电话|填表日期|填报日期|填报时间|报送日期|制表日期|盖章|签字)\s*(?:[(\uff08][^)\uff09]*[)\uff09])?\s*(?:[:\uff1a]|$|\d)"
)
# Units of measure as they stand alone under a label; in brackets any short word is one.
KNOWN_UNITS = sorted(
    {*YUAN, *SAME_UNITS, *SAME_UNITS.values(), "%", "％", "公顷", "亩", "个", "所", "台", "套", "册", "间"}, key=len
)
UNIT_CELL = re.compile(rf"[(\uff08\[]\D{{1,8}}[)\uff09\]]|{'|'.join(map(re.escape, reversed(KNOWN_UNITS)))}")
GROUP_UNIT = re.compile(rf"[(\uff08](?:{'|'.join(map(re.escape, reversed(KNOWN_UNITS)))})[)\uff09]")
COLUMN_NUMBERS = frozenset("甲乙丙丁戊己庚辛栏次序号列次")


@dataclass(frozen=True)
class Head:
    """A header: its rows (from 0, both included), its columns, the lines above it and what they state."""

    first: int
    last: int
    columns: tuple[Column, ...]
    above: tuple[str, ...] = ()
    unit_name: str = ""
    money_unit: str = ""

    @cached_property
    def width(self) -> int:
        """How many cells of a row lie under the header."""
        return max(column.index for column in self.columns) + 1

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the header."""
        return frozenset(part for column in self.columns for part in column.label.split("·"))


def find_head(plan: Blueprint, sheet: Sheet) -> Head | None:
    """The header of a sheet for a register: the lines whose labels mean most fields. None when no line means any."""
    top = sheet.head(DEEPEST + HIGHEST)
    grid = _spread(top, sheet)
    best: tuple[float, int, int] | None = None
    for first in range(min(DEEPEST, len(grid))):
        for last in range(first, min(first + HIGHEST, len(grid))):
            if not all(_is_label_row(row) for row in grid[first : last + 1]):
                break
            score = _score(plan, _columns(grid[first : last + 1], sheet, first)) - 0.2 * (last - first)
            if score >= 1 and (best is None or score > best[0]):
                best = (score, first, last)
    if best is None:
        return None
    _, first, last = best
    while first and last - first < HIGHEST - 1 and _continues(top, sheet, first):
        first -= 1
    if last + 1 < len(grid) and (units := _unit_line(grid[last], grid[last + 1])):
        last += 1
        grid[last] = units
    above = tuple(dict.fromkeys(str(cell).strip() for row in top[:first] for cell in row if cell is not None))
    said = "  ".join(above)
    money, unit = MONEY_LINE.search(said), UNIT_LINE.search(said)
    return Head(
        first,
        last,
        tuple(_columns(grid[first : last + 1], sheet, first)),
        above,
        unit[1] if unit and unit[1] not in YUAN else "",
        money[1] if money else "",
    )


def _continues(top: list[list[Any]], sheet: Sheet, first: int) -> bool:
    """Whether the line above belongs to the header: a label is merged across both, or it holds nothing but words of
    groups, one of them with its unit of measure. Its 万元 would be lost otherwise, and every amount be wrong."""
    if any(upper < first <= lower for (upper, _), (lower, _) in sheet.merges):
        return True
    words = [(index, cell) for index, cell in enumerate(top[first - 1]) if cell is not None]
    labels = bool(words) and all(index and isinstance(cell, str) and not _says(cell) for index, cell in words)
    return labels and any(GROUP_UNIT.search(str(cell)) for _, cell in words)


def _unit_line(upper: Sequence[Any], row: Sequence[Any]) -> list[Any] | None:
    """The line below a header when it holds nothing but units of measure, each in brackets; None when it is another."""
    filled = [(index, "".join(str(cell).split())) for index, cell in enumerate(row) if cell is not None]
    # A label that is merged downwards stands in both lines.
    own = {index: text for index, text in filled if upper[index] != row[index]}
    if not own or any(upper[index] is None or not UNIT_CELL.fullmatch(text) for index, text in own.items()):
        return None
    return [f"（{own[index].strip('()（）[]')}）" if index in own else upper[index] for index in range(len(upper))]


def _spread(top: list[list[Any]], sheet: Sheet) -> list[list[Any]]:
    """The first rows of one width, with the value of a merged cell in all the places that it covers."""
    width = max((len(row) for row in top), default=0)
    grid = [[*row, *[None] * (width - len(row))] for row in top]
    for (first_row, first_column), (last_row, last_column) in sheet.merges:
        for row in range(first_row, min(last_row + 1, len(grid))):
            for column in range(first_column, min(last_column + 1, width)):
                grid[row][column] = grid[first_row][first_column]
    return grid


def _is_label_row(row: Sequence[Any]) -> bool:
    """Words only, and more than one of them: a title that is spread over the sheet is one word."""
    filled = [cell for cell in row if cell is not None]
    words = {cell for cell in filled if isinstance(cell, str) and len(cell) <= LONGEST_LABEL and not _says(cell)}
    return len(words) == len(set(map(str, filled))) and len(words) >= min(2, len(row))


def _says(cell: str) -> bool:
    """``填报单位：第一小学`` says something; ``类别：`` is a label."""
    return bool(re.search(r"[:\uff1a].*\S", cell.strip().rstrip(":\uff1a")))


def _columns(rows: list[list[Any]], sheet: Sheet, first: int) -> list[Column]:
    """The labels of header lines: parts one below the other, joined; a part that is repeated counts once."""
    lines = [list(row) for row in rows]
    last = first + len(rows) - 1
    if not any(upper <= last and first <= lower for (upper, _), (lower, _) in sheet.merges):
        for upper, lower in pairwise(lines):
            for index in range(1, len(upper)):
                # A group's word stands over its first column only, when nobody merged the cells.
                if upper[index] is None and lower[index] is not None:
                    upper[index] = upper[index - 1]
    found = []
    for index in range(len(lines[0])):
        parts = dict.fromkeys(re.sub(r"\s+", "", str(line[index])) for line in lines if line[index] is not None)
        if label := "·".join(part for part in parts if part):
            found.append(Column(index, label))
    return found


def _score(plan: Blueprint, columns: list[Column]) -> float:
    weights = {CERTAIN: 1.0, GUESSED: 0.3}
    return sum(
        {
            made.target: weights.get(made.how, 0.0) for made in (match(plan, item) for item in columns) if made.target
        }.values()
    )


def why_skipped(cells: Sequence[Any], head: Head, mapped: frozenset[int], *, is_first: bool) -> str:
    """Why a row below the header is no record; empty when it is one. ``cells`` are as wide as the header."""
    filled = [(index, cell) for index, cell in enumerate(cells) if cell is not None]
    if not filled:
        return "空行"
    # Only the first word is looked at unless it says that there is more to look at: this runs for every row.
    first_word = next((cell for _, cell in filled if isinstance(cell, str)), None)
    word = "" if first_word is None else "".join(first_word.split())
    if is_first and _are_column_numbers([cell for _, cell in filled]):
        return "栏次行"
    if word in head.words and _repeats(filled, head):
        return "重复的表头"
    if word and TOTAL.match(word) and _is_first_words(filled, word):
        return "合计行"
    if word and filled[0][0] <= 1 and len(filled) <= max(4, len(head.columns) // 2) and NOTE.match(word):
        return "表尾说明"
    if len(filled) == 1 and len(mapped) > 2 and isinstance(filled[0][1], str):
        return "只有一格有字"
    if not any(index in mapped for index, _ in filled):
        return "没有本台账的内容"
    return ""


# These need no person's eye: nobody takes them for records.
PLAIN_REASONS = frozenset({"空行", "栏次行", "重复的表头", "合计行", "表尾说明"})


def _repeats(filled: list[tuple[int, Any]], head: Head) -> bool:
    words = ["".join(cell.split()) for _, cell in filled if isinstance(cell, str)]
    return sum(word in head.words for word in words) >= max(2, len(head.columns) // 2)


def _is_first_words(filled: list[tuple[int, Any]], word: str) -> bool:
    """A total says so in its first word, before its figures; a name that ends in 合计 further right is a name."""
    first = next((index for index, cell in filled if isinstance(cell, str)), 0)
    return re.sub(r"\s+", "", str(dict(filled)[first])) == word and not any(
        isinstance(cell, (int, float, date)) and index < first and index > 0 for index, cell in filled
    )


def _are_column_numbers(cells: list[Any]) -> bool:
    numbers = [int(cell) for cell in cells if isinstance(cell, int) or (isinstance(cell, str) and cell.isdigit())]
    words = [cell for cell in cells if isinstance(cell, str) and not cell.isdigit()]
    rising = all(later == earlier + 1 for earlier, later in pairwise(numbers))
    return len(cells) > 2 and len(numbers) >= 2 and rising and all(set(word) <= COLUMN_NUMBERS for word in words)
