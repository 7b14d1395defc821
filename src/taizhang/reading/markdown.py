"""Markdown: which signs are markup, and what headings and tables they mark. The text keeps its offsets."""

from __future__ import annotations

import re

from taizhang.reading.model import Block, Source

HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
ROW = re.compile(r"^ {0,3}\|(.+)\|[ \t]*$", re.MULTILINE)
RULE = re.compile(r"^ {0,3}\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)*[ \t]*:?-{2,}:?[ \t]*\|?[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
MARKS = (
    (re.compile(r"(?:\*\*|__)(?=\S)([^\n*_]+?)(?<=\S)(?:\*\*|__)"), 1),
    (re.compile(r"(?<![\w*])\*(?=\S)([^\n*]+?)(?<=\S)\*(?![\w*])"), 1),
    (re.compile(r"`([^`\n]+)`"), 1),
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), 1),
    (re.compile(r"^ {0,3}(?:[-*+]|>)[ \t]+()", re.MULTILINE), 1),
)


def blocks_of(text: str) -> tuple[Block, ...]:
    """Headings and table rows of a Markdown text, with the spans of their words."""
    found = [Block(*match.span(2), "heading", len(match[1])) for match in HEADING.finditer(text) if match[2]]
    table, last = -1, -1
    for match in ROW.finditer(text):
        if RULE.fullmatch(match[0]):
            last = match.end()
            continue
        if text[last:].startswith(("\n", "\r\n")) and match.start() - last <= 2 and table >= 0:
            pass
        else:
            table += 1
        last = match.end()
        cells = [
            (match.start(1) + cell.start(1), match.start(1) + cell.end(1))
            for cell in re.finditer(r"[ \t]*((?:[^|\\]|\\.)*?)[ \t]*(?:\||$)", match[1])
        ]
        cells = cells[:-1] if len(cells) > 1 and cells[-1][0] == cells[-1][1] == match.end(1) else cells
        found.append(Block(cells[0][0], cells[-1][1], "table_row", 0, tuple(cells), table))
    return tuple(sorted(found, key=lambda block: block.start))


TABBED = re.compile(r"(?:^[^\t\r\n]*(?:\t[^\t\r\n]*){2,}(?:\r?\n|\Z)){2,}", re.MULTILINE)


def rows_in(text: str) -> tuple[Block, ...]:
    """Table rows of plain text: neighbouring lines of cells that are parted by tabs, as a sheet is pasted."""
    found = []
    for table, stretch in enumerate(TABBED.finditer(text)):
        for line in re.finditer(r"[^\r\n]+", stretch[0]):
            begin = stretch.start() + line.start()
            cells = []
            for cell in re.finditer(r"[^\t]*(?:\t|$)", line[0]):
                inner = cell[0].strip()
                place = begin + cell.start() + (len(cell[0]) - len(cell[0].lstrip()) if inner else 0)
                cells.append((place, place + len(inner)))
            if cells and cells[-1][0] == begin + len(line[0]) and not line[0].endswith("\t"):
                cells.pop()
            if any(first < last for first, last in cells):
                found.append(Block(cells[0][0], max(last for _, last in cells), "table_row", 0, tuple(cells), table))
    return tuple(found)


def markup_in(source: Source) -> list[tuple[int, int, str]]:
    """Edits that take the markup out and leave the words; cells are parted by tabs."""
    text = source.text
    edits: list[tuple[int, int, str]] = [(*match.span(), "") for match in RULE.finditer(text)]
    for match in HEADING.finditer(text):
        edits += [(match.start(), match.start(2), ""), (match.end(2), match.end(), "")]
    for block in source.blocks:
        if block.kind == "table_row":
            opened = text.rfind("\n", 0, block.start) + 1
            closed = text.find("\n", block.end)
            edits.append((opened, block.start, ""))
            edits += [(end, start, "\t") for (_, end), (start, _) in zip(block.cells, block.cells[1:], strict=False)]
            edits.append((block.end, len(text) if closed < 0 else closed, ""))
    for pattern, group in MARKS:
        for match in pattern.finditer(text):
            edits += [(match.start(), match.start(group), ""), (match.end(group), match.end(), "")]
    return [edit for edit in edits if edit[0] < edit[1]]
