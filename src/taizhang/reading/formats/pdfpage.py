"""One page of a PDF as it is printed: characters with their places, lines of print, ruled lines."""

from __future__ import annotations

import ctypes
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

SAME_LINE = 0.5
"""Characters whose middles differ by less than this part of their size stand on one line."""
PART_GAP = 0.7
"""A gap of this part of the size parts two pieces of a line: columns, or a number and its text."""
WORD_GAP = 0.18
"""A gap of this part of the size parts two Latin words."""
MAX_PATHS = 20_000
MAX_POINTS = 400
"""A path with more corners is a drawing."""
STRAIGHT = 1.5
MIN_RULE = 4.0
"""In points: how far a ruled line may lean, and the shortest one."""
FIRM = re.compile(r"(?:[!-~]+|[“‘(《【\uff08]*.)[。,、;:!?)”’》】\uff0c\uff1b\uff1a\uff01\uff1f\uff09%]*", re.DOTALL)
"""What no program parts at the end of a line: a number or Latin word, a sign with the stop behind it."""


class Glyph(NamedTuple):
    """One printed character; x grows to the right and y upwards, in points."""

    sign: str
    left: float
    bottom: float
    right: float
    top: float
    middle: float
    size: float


def glyph(sign: str, left: float, bottom: float, right: float, top: float) -> Glyph:
    """A character with the middle and the height of its box."""
    return Glyph(sign, left, bottom, right, top, (bottom + top) / 2, top - bottom)


class Rule(NamedTuple):
    """A ruled line: at ``at`` (x of an upright one, y of a level one), from ``low`` to ``high``."""

    upright: bool
    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one line without a wide gap."""

    text: str
    left: float
    right: float
    lead: float
    """Width of what cannot be parted at its beginning: a number, a Latin word or one character, and the stop behind it."""


@dataclass(frozen=True, slots=True)
class Row:
    """All the parts that stand on one line of print."""

    parts: tuple[Part, ...]
    bottom: float
    top: float

    @property
    def left(self) -> float:
        return self.parts[0].left

    @property
    def right(self) -> float:
        return self.parts[-1].right

    @property
    def size(self) -> float:
        return self.top - self.bottom

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Page:
    """What is on a page; ``pictures`` tells whether there is an image on it, ``unknown`` counts unreadable signs."""

    width: float
    height: float
    glyphs: list[Glyph]
    rules: list[Rule]
    pictures: bool
    unknown: int


def page_of(page: pypdfium2.PdfPage) -> Page:
    """Reads a page in the direction in which it is shown."""
    width, height = page.get_size()
    turn = page.get_rotation()
    upright = (height, width) if turn in (90, 270) else (width, height)
    left, bottom = page.get_bbox()[:2]
    glyphs, unknown = _glyphs(page)
    rules, pictures = _drawn(page)
    if turn or left or bottom:
        glyphs = [glyph(item.sign, *_turned(item[1:5], turn, left, bottom, *upright)) for item in glyphs]
        rules = [_turned_rule(rule, turn, left, bottom, *upright) for rule in rules]
    return Page(width, height, glyphs, rules, pictures, unknown)


def _glyphs(page: pypdfium2.PdfPage) -> tuple[list[Glyph], int]:
    """Visible characters, each once: a bold look is sometimes made by printing twice."""
    text = page.get_textpage()
    box, found, unknown = raw.FS_RECTF(), [], 0
    seen: set[tuple[str, int, int]] = set()
    try:
        for index in range(raw.FPDFText_CountChars(text)):
            code = raw.FPDFText_GetUnicode(text, index)
            sign = chr(code) if 0 < code < 0x110000 else "\ufffd"
            if sign.isspace() or sign in "\ufffe\uffff\x02":  # pdfium's own spaces, line ends and hyphens too
                continue
            unknown += sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff"
            if not raw.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box)):
                continue
            low, high = sorted((box.bottom, box.top))
            place = (sign, round(box.left / 2), round(low / 2))
            if place not in seen and high > low:
                seen.add(place)
                found.append(glyph(sign, box.left, low, box.right, high))
    finally:
        text.close()
    return found, unknown


def _drawn(page: pypdfium2.PdfPage) -> tuple[list[Rule], bool]:
    rules: list[Rule] = []
    pictures, paths = False, 0
    for item in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE), max_depth=3):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            pictures = True
        elif paths < MAX_PATHS:
            paths += 1
            rules += _rules_in(item)
    return rules, pictures


def _rules_in(item: pypdfium2.PdfObject) -> Iterator[Rule]:
    """The level and upright strokes of a path; the edges of a filled box count too."""
    count = raw.FPDFPath_CountSegments(item)
    if not 1 < count <= MAX_POINTS:
        return
    matrix, x, y = item.get_matrix(), ctypes.c_float(), ctypes.c_float()
    begin = here = (0.0, 0.0)
    for index in range(count):
        piece = raw.FPDFPath_GetPathSegment(item, index)
        raw.FPDFPathSegment_GetPoint(piece, ctypes.byref(x), ctypes.byref(y))
        there = matrix.on_point(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(piece)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            begin = there
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield from _rule(here, there)
        if raw.FPDFPathSegment_GetClose(piece):
            yield from _rule(there, begin)
        here = there


def _rule(one: tuple[float, float], two: tuple[float, float]) -> Iterator[Rule]:
    wide, high = abs(one[0] - two[0]), abs(one[1] - two[1])
    if wide <= STRAIGHT and high >= MIN_RULE:
        yield Rule(True, (one[0] + two[0]) / 2, min(one[1], two[1]), max(one[1], two[1]))
    elif high <= STRAIGHT and wide >= MIN_RULE:
        yield Rule(False, (one[1] + two[1]) / 2, min(one[0], two[0]), max(one[0], two[0]))


def _turned(
    box: tuple[float, ...], turn: int, left: float, bottom: float, width: float, height: float
) -> tuple[float, float, float, float]:
    """A box (left, bottom, right, top) of a page that is shown turned clockwise by ``turn`` degrees."""
    x0, y0, x1, y1 = box[0] - left, box[1] - bottom, box[2] - left, box[3] - bottom
    if turn == 90:
        return y0, width - x1, y1, width - x0
    if turn == 180:
        return width - x1, height - y1, width - x0, height - y0
    if turn == 270:
        return height - y1, x0, height - y0, x1
    return x0, y0, x1, y1


def _turned_rule(rule: Rule, turn: int, left: float, bottom: float, width: float, height: float) -> Rule:
    box = (rule.at, rule.low, rule.at, rule.high) if rule.upright else (rule.low, rule.at, rule.high, rule.at)
    x0, y0, x1, y1 = _turned(box, turn, left, bottom, width, height)
    return Rule(True, x0, y0, y1) if rule.upright != (turn in (90, 270)) else Rule(False, y0, x0, x1)


def rows_of(glyphs: Iterable[Glyph]) -> list[Row]:
    """Lines of print from top to bottom."""
    lines: list[list[Glyph]] = []
    for item in sorted(glyphs, key=attrgetter("middle"), reverse=True):
        if lines and lines[-1][0].middle - item.middle < SAME_LINE * max(lines[-1][0].size, item.size):
            lines[-1].append(item)
        else:
            lines.append([item])
    return [_row(sorted(line, key=attrgetter("left"))) for line in lines]


def _row(line: list[Glyph]) -> Row:
    sizes = sorted(item.size for item in line)
    size = sizes[len(sizes) // 2]
    groups = [[line[0]]]
    for before, item in itertools.pairwise(line):
        if item.left - before.right > PART_GAP * size:
            groups.append([])
        groups[-1].append(item)
    parts = tuple(_part(group, size) for group in groups)
    return Row(parts, min(item.bottom for item in line), max(item.top for item in line))


def _part(group: list[Glyph], size: float) -> Part:
    pieces = [group[0].sign]
    for before, item in itertools.pairwise(group):
        if item.left - before.right > WORD_GAP * size and before.sign.isascii() and item.sign.isascii():
            pieces.append(" ")
        pieces.append(item.sign)
    text = "".join(pieces)
    if re.search("[\ud800-\udfff]", text):  # characters beyond the first plane come in halves
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    firm = FIRM.match("".join(item.sign for item in group))
    last = min(firm.end() if firm else 1, len(group)) - 1
    return Part(text, group[0].left, group[-1].right, group[last].right - group[0].left)


def glue(left: str, right: str) -> str:
    """Latin words are parted by a space, Chinese is not."""
    return " " if left[-1:].isascii() and left[-1:].isalpha() and right[:1].isascii() and right[:1].isalpha() else ""
