"""Prose whose lines were broken by hand, or by an old mail program: which line ends are not the author's."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from taizhang.reading.model import Source

MIN_WIDTH = 40
MAX_WIDTH = 160
"""Line widths in half-width columns between which a text may have been wrapped."""
SLACK = 6
"""A full line may fall so many columns short: no line begins with a comma, no number is torn apart."""
MIN_LINES = 4
MIN_BROKEN = 16
"""So many characters make a line prose, which can be broken in the middle of a sentence, and no cell or heading."""
# A line that begins like this begins something of its own.
OPENS = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}\s*[、.\uff0e]|第[一二三四五六七八九十]{1,3}[章节条篇部]|[(\uff08][一二三四五六七八九十\d]{1,3}[)\uff09]|\d{1,2}\s*[、.\uff0e](?!\d)"
    r"|[①-⑳]|[-*+#>|]|附件|20\d\d年\d{1,2}月\d{1,2}日\s*$)"
)
SENTENCE_END = re.compile(r"[。!?:\uff01\uff1f\uff1a]\s*$")
# The line cannot end here, the next one cannot begin so, or a number is torn from its unit.
GOES_ON = re.compile(r"[,\uff0c、的]$")
CARRIED = re.compile(r"[,\uff0c、。)\uff09]")
TORN = re.compile(r"\d\n[人名所个万亿元件册台套间项%\uff05]")
# 二是…: an item of a series told line by line.
SERIES = re.compile(r"(?:[一二三四五六七八九十]是|首先|其次|再次|最后|——|—)")
INDENT = re.compile(r"[ \t\u3000]*")


def wraps_in(source: Source) -> list[tuple[int, int, str]]:
    """Line ends to take out, as edits. Empty unless most lines are full, as only a program makes them."""
    lines = [match for match in re.finditer(r"[^\r\n]+", source.text) if match[0].strip()]
    if len(lines) < MIN_LINES:
        return []
    widths = [_width(line[0].rstrip()) for line in lines]
    margin = _margin(widths)
    if margin is None:
        return []
    full = [margin - SLACK <= width <= margin for width in widths]
    inner = [index for index in range(len(lines) - 1) if full[index]]
    open_ended = sum(SENTENCE_END.search(lines[index][0]) is None for index in inner)
    if len(inner) < MIN_LINES - 1 or 3 * len(inner) < len(lines) or 3 * open_ended < 2 * len(inner):
        return []
    blocked = sorted(block.start for block in source.blocks)
    edits = []
    for index in inner:
        line, following = lines[index], lines[index + 1]
        if _goes_on(line, following, source.text) and following.start() not in blocked:
            start, end = line.start() + len(line[0].rstrip()), following.start() + _indent(following[0])
            edits.append((start, end, _glue(line[0].rstrip()[-1:], following[0].strip()[:1])))
    return edits


def breaks_in(source: Source) -> list[tuple[int, int, str]]:
    """Single line ends in the middle of a sentence, as edits that take them out."""
    lines = [match for match in re.finditer(r"[^\r\n]+", source.text) if match[0].strip()]
    blocked = {block.start for block in source.blocks}
    edits = []
    for line, following in pairwise(lines):
        said, next_ = line[0].strip(), following[0].strip()
        if len(said) < MIN_BROKEN or "\t" in said or OPENS.match(next_) or SERIES.match(next_):
            continue
        broken = GOES_ON.search(said) or CARRIED.match(next_) or TORN.match(f"{said[-1]}\n{next_[0]}")
        if broken and following.start() not in blocked and not _apart(line, following, source.text):
            edits.append((line.start() + len(line[0].rstrip()), following.start() + _indent(following[0]), ""))
    return edits


def _goes_on(line: re.Match[str], following: re.Match[str], text: str) -> bool:
    if _apart(line, following, text) or OPENS.match(following[0]):
        return False
    return _indent(following[0]) <= _indent(line[0])


def _apart(line: re.Match[str], following: re.Match[str], text: str) -> bool:
    """Does an empty line stand between them?"""
    between = text[line.end() : following.start()]
    return between.count("\n") + between.replace("\r\n", "").count("\r") > 1


def _indent(line: str) -> int:
    found = INDENT.match(line)
    return found.end() if found else 0


def _margin(widths: list[int]) -> int | None:
    """The width at which a program broke the lines: no line is wider, and many reach it."""
    margin = max(widths)
    return margin if MIN_WIDTH <= margin <= MAX_WIDTH else None


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)


def _glue(left: str, right: str) -> str:
    """Latin words are parted by a space, Chinese is not."""
    return " " if left.isascii() and left.isalpha() and right.isascii() and right.isalpha() else ""
