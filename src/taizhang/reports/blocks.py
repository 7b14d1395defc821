"""What an official document is made of, apart from how it is drawn: the paper and the screen print the same blocks.

The names are those of GB/T 9704-2012's elements. Text is a tuple of pieces: plain text, and numbers that carry a mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Control:
    """A piece of text that keeps its origin: ``tag`` finds the binding again, ``alias`` is what a person reads."""

    text: str
    tag: str
    alias: str


Inline = str | Control
Runs = tuple[Inline, ...]


def plain(runs: Runs) -> str:
    """The text alone."""
    return "".join(piece.text if isinstance(piece, Control) else piece for piece in runs)


@dataclass(frozen=True, slots=True)
class IssuerMark:
    """发文机关标志: the red head."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class DocNumber:
    """发文字号, with the red line under it."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Title:
    """标题, one tuple of runs a line: its author decides where a long one breaks (梯形 or 菱形)."""

    lines: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Addressee:
    """主送机关."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Heading:
    """结构层次 1-4; ``number`` (一、 （一） 1. （1）) is set by :func:`numbered`, never typed."""

    level: int
    runs: Runs
    number: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """正文, its first line indented by two characters."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Caption:
    """The line above a table."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its head is repeated on every page."""

    header: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """附件说明: the names of what is attached, without closing punctuation."""

    names: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """署名 and 成文日期, as they stand without a seal."""

    unit: Runs
    date: Runs


@dataclass(frozen=True, slots=True)
class Note:
    """附注: a remark after the date, in brackets."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Annex:
    """附件: a new page with 附件 (and its number, when there are several) at the top left, its title in the third line."""

    title: Runs
    number: str = ""


@dataclass(frozen=True, slots=True)
class Imprint:
    """版记: 抄送 (may be empty), and the office that prints with the day, at the foot of the last page."""

    copies: Runs
    printer: Runs
    date: Runs


Block = (
    IssuerMark
    | DocNumber
    | Title
    | Addressee
    | Heading
    | Paragraph
    | Caption
    | Table
    | Attachment
    | Signature
    | Note
    | Annex
    | Imprint
)

DIGITS = "〇一二三四五六七八九"


def chinese_numeral(number: int) -> str:
    """1-99 as a heading writes them: 一, 十, 十二, 二十三."""
    if not 0 < number < 100:
        raise ValueError(f"a heading's ordinal is 1-99, not {number}")
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def ordinal(level: int, number: int) -> str:
    """The mark before a heading (GB/T 9704-2012, 7.3.3)."""
    return {
        1: f"{chinese_numeral(number)}、",
        2: f"（{chinese_numeral(number)}）",
        3: f"{number}.",
        4: f"（{number}）",
    }[level]


def numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same blocks with every heading's ordinal; a heading starts its sub-headings anew. Annexes are numbered when
    there are several of them."""
    counts = [0] * 5
    done: list[Block] = []
    known = list(blocks)
    annexes = sum(isinstance(block, Annex) for block in known)
    annex = 0
    for block in known:
        if isinstance(block, Annex):
            annex, counts = annex + 1, [0] * 5
            block = replace(block, number=str(annex) if annexes > 1 else "")
        if isinstance(block, Heading):
            counts[block.level] += 1
            counts[block.level + 1 :] = [0] * (4 - block.level)
            block = replace(block, number=ordinal(block.level, counts[block.level]))
        done.append(block)
    return tuple(done)


def texts(block: Block) -> tuple[Runs, ...]:
    """Every run of text in a block, in reading order."""
    match block:
        case Title(lines):
            return lines
        case Table(header, rows):
            return (*header, *(cell for row in rows for cell in row))
        case Attachment(names):
            return names
        case Signature(unit, date):
            return (unit, date)
        case Annex(title):
            return (title,)
        case Imprint(copies, printer, date):
            return (copies, printer, date)
        case _:
            return (block.runs,)


def is_wide(char: str) -> bool:
    """Whether a character fills a whole cell of the grid (Chinese text and punctuation)."""
    return ord(char) > 0x2000


def width(text: str) -> float:
    """The width of text in Chinese characters; digits and Latin letters count half."""
    return sum(1.0 if is_wide(char) else 0.5 for char in text)
