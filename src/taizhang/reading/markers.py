"""Marks that open an item: 一、 (一) 1. (1) ① 一是 首先. Where they may stand, and which series they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from taizhang.reading.articles import GIANT, Piece, number_of
from taizhang.reading.noise import LOST_BREAK
from taizhang.reading.view import View

HAN = "一二三四五六七八九十"


@dataclass(frozen=True)
class Mark:
    """One item mark in a view. ``rank`` orders kinds from the outermost in; ``line`` indexes the piece's lines.

    ``opens`` says that the mark stands at the head of its line.
    """

    start: int
    end: int
    kind: str
    value: int
    line: int
    opens: bool

    @property
    def rank(self) -> int:
        return RANKS[self.kind]


RANKS = {"chapter": 0, "section": 1, "han": 2, "han_bracket": 3, "number": 4, "number_bracket": 5, "ring": 6}
"""Kinds of numbered marks, outermost first (GB/T 9704: 一、 > (一) > 1. > (1))."""

# 1、3月底前完成…: one day or end of one month is a date behind a mark; 1、3月 are two months.
DAY_OF_MONTH = r"(?:底|初|末|[上中下]旬|\d|份?(?:之?前|起|开始))"
# 2.17所农村学校… behind an item 1.: there are no 2.17 schools.
COUNTED = re.compile(r"\.\d{1,4}[^\d月年.]")
DATED = re.compile(r"\s*\d{1,2}月")

PATTERNS = {
    "chapter": re.compile(rf"第(?P<n>[{HAN}]{{1,3}})(?:章|篇|部分)(?=[\s、:]|[^\s第])"),
    "section": re.compile(rf"第(?P<n>[{HAN}]{{1,3}})节(?=[\s、:])"),
    "han": re.compile(
        rf"(?P<n>[{HAN}]{{1,3}})\s*(?:[、.]|,(?=[^,。;:\n]{{2,16}}(?:\n|$)))(?!\s*、|\s*[{HAN}]{{1,3}}(?:[、.]|月|等奖|年级|级|期|类|本|层|批|季度|线|中学?|小|是|者|则))"
    ),
    "han_bracket": re.compile(rf"[(](?P<n>[{HAN}]{{1,3}})[)]\s*[、.]?|(?P<s>[㈠-㈩])"),
    # a point between digits is a decimal: 1.12亿元, but 1.2016年 opens an item that begins with a year
    "number": re.compile(
        r"(?P<n>\d{1,2})\s*(?:、|\.(?![\d.])|\.(?=(?:19|20)\d\d\s?年|\d{1,2}月|\d{1,4}(?:[所名位家户项台套辆栋起]|个(?=[一-龥]{0,3}[校园镇乡村街班县])))|\)(?=\s*[一-龥“《]))"
        rf"(?!\s*\d{{1,2}}\s*(?:[、日]|(?<!\.\d)(?<!\.\d\d)月(?!\s*{DAY_OF_MONTH})))|(?P<s>[⒈-⒛])"
    ),
    "number_bracket": re.compile(r"[(](?P<n>\d{1,2})[)]|(?P<s>[⑴-⒇])"),
    "ring": re.compile(r"(?P<s>[①-⑳])"),
}
ANY = re.compile(
    "|".join(f"(?P<{kind}>{re.sub('[?]P<[ns]>', '?:', pattern.pattern)})" for kind, pattern in PATTERNS.items())
)
SIGN_BASES = (0x3220, 0x2488, 0x2474, 0x2460)
"""㈠ ⒈ ⑴ ①: rows of single characters that are marks by themselves, by falling code."""

MAX_GAP = 8
"""So much white space may stand before a mark."""
SENTENCE_ENDS = "。!?;:)”"
# 工作回顾1.协调发展: a text that lost its line breaks glues an item to the chapter's name.
LABEL_BEFORE = re.compile(
    r"(?:情况|总结|回顾|问题|不足|困难|打算|思路|安排|任务|措施|成效|成绩|做法|工作|水平|质量|发展|建设|管理|方面|范围)$"
)
# 高一、高二 / 周一、周二 / 第一、第二 / 其一、其二: a numeral that ends a word opens nothing.
WORD_BEFORE = "高初第周其之星期十百千万零两同统唯专逐这那某每"


def marks_of(view: View, piece: Piece) -> list[Mark]:
    """Numbered marks of one document, in order."""
    found: list[Mark] = []
    last: dict[str, int] = {}
    for index, line in enumerate(piece.lines):
        if line is piece.separator or line.end <= piece.title_end:
            continue
        start = max(line.start, piece.title_end)
        giant = is_giant(piece, line.end - start)
        _marks_in_line(view, found, last, index, start, line.end, giant=giant)
    return _without_strays(sorted([*found, *_unsigned(view, piece, found)], key=lambda mark: mark.start))


UNSIGNED = re.compile(r"(?P<n>\d{1,2})(?P<comma>,?)\s?(?=[一-龥“《])")
MEASURED = re.compile(r"\d{1,2}[个名所人次年月日周节篇项种位号级班期天时分元点届本份间台套张门科届组条起场件]")
IN_ROW = 3
"""So many lines that count on without a sign are a list; of those with a comma two are."""


def _unsigned(view: View, piece: Piece, found: list[Mark]) -> list[Mark]:
    """1,检修全县…; 2每月5日前…: items whose sign is wrong or lost, where line by line counts on from one."""
    marked = {mark.line for mark in found if mark.opens}
    row: list[Mark] = []
    kept: list[Mark] = []
    for index, line in enumerate(piece.lines):
        match = UNSIGNED.match(view.text, line.start, line.end)
        if match is None or index in marked or line.end <= piece.title_end or MEASURED.match(view.text, line.start):
            continue
        value, stop = int(match["n"]), match.end("comma")
        if value == 1:
            row = []
        if value == len(row) + 1:
            row.append(Mark(line.start, stop, "number", value, index, True))
            enough = 2 if match["comma"] else IN_ROW
            kept += row[-1:] if len(row) > enough else row if len(row) == enough else []
    return kept


def is_giant(piece: Piece, length: int) -> bool:
    """Is a line of this length a text that lost its line breaks, all or most of its document?

    Marks may stand inside it without a full stop before them.
    """
    return length >= GIANT or length > (piece.end - piece.start) * 0.6


def _marks_in_line(
    view: View, found: list[Mark], last: dict[str, int], index: int, start: int, end: int, *, giant: bool
) -> None:
    text = view.text
    seen: set[tuple[str, int]] = set()
    for match in ANY.finditer(text, start, end):
        kind = str(match.lastgroup)
        inner = PATTERNS[kind].match(text, match.start(), end)
        if inner is None:
            continue
        value = _value(inner.groupdict())
        stop = match.start() + len(match[0].rstrip())
        if kind == "han" and match[0].endswith(",") and match.start() != start:
            continue  # 一,总体要求: only at the head of a line
        mark = Mark(match.start(), stop, kind, value, index, match.start() == start)
        if kind == "number" and value not in (1, last.get(kind, 0) + 1) and DATED.match(text, stop):
            continue
        if (
            kind == "number"
            and COUNTED.match(text, stop - 1)
            and not (mark.opens and value == last.get(kind, 0) + 1 > 1)
        ):
            continue
        if mark.opens or _may_stand(view, mark, last, seen, giant=giant):
            found.append(mark)
            seen.add((kind, value))
            last[kind] = value


def _value(groups: dict[str, str | None]) -> int:
    sign = groups.get("s")
    if sign:
        return next(ord(sign) - base + 1 for base in SIGN_BASES if ord(sign) >= base)
    return number_of(groups.get("n") or "")


def _may_stand(view: View, mark: Mark, last: dict[str, int], seen: set[tuple[str, int]], *, giant: bool) -> bool:
    """May a mark inside a line open an item? It needs a sentence end before it, or its forerunner in the line."""
    text = view.text
    if mark.kind in ("chapter", "section"):
        return False
    place = mark.start
    while place > mark.start - MAX_GAP and place and text[place - 1] in " \t":
        place -= 1
    before = text[place - 1] if place else "\n"
    spaced = place < mark.start
    if mark.kind == "ring":
        return True
    fresh = before in SENTENCE_ENDS or LOST_BREAK.search(text, max(0, mark.start - 3), mark.start + 1) is not None
    if before.isdigit() or (before in WORD_BEFORE and not spaced) or before in "款条项附式图、/":
        return False
    if before in ":\uff1a\u2236" and text[place - 2 : place - 1].isdigit():
        return False  # 小学15.8:1、初中12.1:1: a ratio ends here
    if before == "表" and re.search(r"[附如见下上]表$", text[max(0, place - 2) : place]):
        return False
    forerunner = (mark.kind, mark.value - 1) in seen
    if mark.kind == "number_bracket":
        return mark.value == 1 or forerunner
    if mark.kind == "number":
        glued = giant and LABEL_BEFORE.search(text, max(0, place - 4), place) and _then_han(text, mark)
        first = mark.value == 1 and (fresh or (spaced and giant) or bool(glued))
        return first or (forerunner and _then_han(text, mark))
    if fresh:
        return True
    # a giant line lost full stops too, but a series still counts on
    follows = mark.value == 1 or mark.value == last.get(mark.kind, -1) + 1
    return (giant or spaced or mark.kind == "han_bracket") and follows and _then_han(text, mark)


def _then_han(text: str, mark: Mark) -> bool:
    return re.match(r"\s*(?:[一-龥“《\"①-⑳]|\d{1,2}月)", text[mark.end : mark.end + 8]) is not None


def _without_strays(marks: list[Mark]) -> list[Mark]:
    """Inline (1) without a (2) after it is a remark, not an item."""
    kept: list[Mark] = []
    following: Mark | None = None
    for mark in reversed(marks):
        stray = mark.kind == "number_bracket" and not mark.opens and mark.value == 1
        if not stray or (following is not None and following.value == 2):
            kept.append(mark)
        if mark.kind == "number_bracket":
            following = mark
    return kept[::-1]
