"""Points inside paragraphs: 一是…二是…, 首先…其次…, ①②, and numbered items that are no headings (guideline P1)."""

from __future__ import annotations

import re
from bisect import bisect_right

from taizhang.reading.articles import NUMERALS, Piece
from taizhang.reading.markers import Mark
from taizhang.reading.view import View

CLAUSE_START = r"(?:(?<=^)|(?<=[。;:,!?)”》\s\"]))"
CLAUSE_ENDS = re.compile(r"[。;:,!?)”》\s\"]")
SERIES = re.compile(r"(?P<n>[一二三四五六七八九十])(?P<word>是|要)(?![否非])")
# 其次是 belongs to the mark (P1); in 首先要, 其次要 the verb is what has to be done.
ORDER = re.compile(
    CLAUSE_START
    + r"(?:(?P<first>首先|第一)|(?P<second>其次|第二)|(?P<later>再次|再者|第[三四五六七八九十]|最后))(?:是)?"
    + r"(?![批届轮次名个位点项周月天日期阶段圈季学产步类大人时责条章节课线代]|一)",
    re.MULTILINE,
)


def points_of(view: View, piece: Piece, numbered: list[Mark], heads: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marker spans of all points of one document, in offsets of the view, in order.

    ``heads`` are the headings' spans: nothing inside one is a point, and a series may begin where one ends.
    """
    spans = {(mark.start, mark.end) for mark in numbered}
    spans |= _series(view, piece, {end for _, end in heads})
    spans |= _order(view, piece)
    starts = [start for start, _ in heads]
    return [span for span in sorted(spans) if not _inside(span, heads, starts)]


def _inside(span: tuple[int, int], heads: list[tuple[int, int]], starts: list[int]) -> bool:
    place = bisect_right(starts, span[0]) - 1
    return place >= 0 and span[0] < heads[place][1]


def _series(view: View, piece: Piece, heads: set[int]) -> set[tuple[int, int]]:
    """一是…九是 wherever a clause begins; 三要 only as a member of a series, since 一要 is also a plain verb phrase."""
    found = []
    for line in piece.lines:
        for match in SERIES.finditer(view.text, line.start, line.end):
            begins = match.start() in heads or CLAUSE_ENDS.search(
                view.text, max(match.start() - 1, line.start), match.start()
            )
            if begins or match.start() == line.start:
                found.append((NUMERALS[match["n"]], match["word"], match.span()))
    spans = set()
    for place, (value, word, span) in enumerate(found):
        before, after = found[place - 1] if place else None, found[place + 1] if place + 1 < len(found) else None
        in_series = (before is not None and before[0] == value - 1) or (after is not None and after[0] == value + 1)
        if word == "是" or in_series:
            spans.add(span)
    return spans


def _order(view: View, piece: Piece) -> set[tuple[int, int]]:
    """首先…其次…第三…: a series needs its second member; a lone 首先 is an adverb."""
    spans: set[tuple[int, int]] = set()
    open_first: list[tuple[int, int]] = []
    running = False
    for match in ORDER.finditer(view.text, piece.start, piece.end):
        span = match.span()
        if match["first"]:
            open_first, running = [span], False
        elif match["second"] and open_first:
            spans.update((*open_first, span))
            running = True
        elif match["later"] and running:
            spans.add(span)
    return spans
