"""Which documents a file holds, where each begins and ends, what kind it is and which period it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from taizhang.reading.noise import GLUED, ends_document, is_furniture
from taizhang.reading.view import Line, View

NUMERALS = {sign: value for value, sign in enumerate("零一二三四五六七八九十")}
# 篇1 / 简短一 / 第三篇:… — sites number the documents that they put on one page.
SEPARATOR = re.compile(
    r"(?:\[_TAG_h\d\])?[【\[(#*\s]*(?:(?P<stem>[^。;:]{0,40}?)(?:篇|简短|范文|范本|模板|例文|精选)\s*(?P<n>[一二三四五六七八九十]{1,3}|\d{1,2})"
    r"|(?:[^。;:]{0,40}?\s?)第(?P<m>[一二三四五六七八九十]{1,3}|\d{1,2})篇)(?:[】\])]\s*[^。;]{1,60}|[】\])\s]*(?:[::.、\s].{0,80})?)"
)
# 【教育局2024年工作思路 二】, 学校工作计划(三): a kind of document, and its number last; those of a page begin alike.
SERIES = re.compile(
    r"[【\[(#*\s]*(?P<stem>[^。;:,]{2,40}?(?:总结|计划|要点|思路|安排|方案|报告|汇报|材料|讲话|范文|职责))\s*[((]?(?P<n>[一二三四五六七八九十]{1,3}|(?<=\s)\d{1,2})[))]?\s*[】\])]?"
)
GENRE = (
    r"(?:工作总结|工作要点|工作计划|工作安排|工作思路|工作打算|工作报告|工作方案|实施方案|行动计划|工作职责|工作汇报|自查报告|分析报告"
    r"|小结|设想|行事历|工作历|总结|要点|计划|安排|思路|方案|报告|打算|职责|汇报|意见|通知|规划|办法|细则|一览表|日程表|分解表|任务表)"
)
ENDS_WITH_GENRE = re.compile(GENRE + r"(?:\s*[((][^()()]{1,12}[))])?[:\s]*$")
# Only at the head of a document: inside one, 工作目标 is a chapter.
NAMES_ITSELF = re.compile(r"(?:工作目标|目标责任书|责任书|清单|台账|材料|讲话|发言|纲要|公报|情况|决定|函)\s*$")
MARKED = re.compile(
    r"[一二三四五六七八九十]{1,3}\s*[、..]|[((](?:[一二三四五六七八九十]{1,3}|\d{1,2})[))]|\d{1,2}\s*[、..](?!\d)|第[一二三四五六七八九十]{1,3}[章节条部]"
)
# A line with a place, an office or a year at the head of a document is its title, whatever it ends with.
PROPER = re.compile(r"20\d\d|[xX_]{2}|\*{2}|年|[县市区省州](?!域)|教育局|学校|[小中]学")
OFFICE_DUTIES = re.compile(r"[一-龥]{1,12}(?:科|股|室|处|办|部|组|站|中心)(?:主要)?(?:工作)?职责:?")
"""The duties of one office; where those of several follow one another, each is a chapter and none the title."""
TABLE_HEADS = frozenset(("周次", "日期", "序号", "时间", "月份"))
"""Cells that open a table which lost its form: each stands on a line of its own."""
GIANT = 600
"""No paragraph that was written as one is longer than a few of these; a whole text in one line is."""
MAX_TITLE = 60
MAX_TAIL = 25
"""So many lines from the end the page's own end mark is looked for, past lines that look like text."""
LOST = 2
"""Numbers of documents may be so far apart."""
BODY = 40
"""A line of this length with a sentence mark is body text."""


@dataclass(frozen=True)
class Piece:
    """One document of a view: its lines, and the lines of its title. Offsets are those of the view."""

    start: int
    end: int
    lines: tuple[Line, ...]
    title: tuple[Line, ...]
    title_end: int
    separator: Line | None
    numeral: tuple[int, int] | None


def number_of(text: str) -> int:
    """A small Arabic or Chinese number: 12, 十二, 二十. Nothing readable is 0."""
    if text.isdigit():
        return int(text)
    value = 0
    for sign in text:
        if sign == "十":
            value = (value or 1) * 10
        else:
            value += NUMERALS.get(sign, 0)
    return value


def pieces_of(view: View) -> list[Piece]:
    """The documents of a text, in order; page furniture around them belongs to none."""
    lines = view.lines
    separators = _separators(view)
    if not separators:
        piece = _piece(view, lines, None, None)
        return [piece] if piece else []
    found = []
    bounds = [*[index for index, _ in separators], len(lines)]
    for (index, numeral), following in zip(separators, bounds[1:], strict=True):
        first, *others = _divided(view, lines[index + 1 : following])
        found.append(_piece(view, first, lines[index], numeral))
        found += [_piece(view, other, lines[index], None) for other in others]
    return [piece for piece in found if piece]


def _divided(view: View, lines: list[Line]) -> list[list[Line]]:
    """The lines of a document, and of those behind it whose numbers the page has lost: furniture stands between, and a title."""
    starts = [
        index - 1
        for index in range(2, len(lines) - 1)
        if is_furniture(view.of(lines[index - 1]))
        and ENDS_WITH_GENRE.search(view.of(lines[index]))
        and _may_be_title(view.of(lines[index]))
        and any(view.of(line).endswith(("。", ";")) for line in lines[: index - 1])
    ]
    return [lines[start:stop] for start, stop in zip([0, *starts], [*starts, len(lines)], strict=True)]


def _separators(view: View) -> list[tuple[int, tuple[int, int]]]:
    """Indexes of the lines that number the documents 1, 2, 3 …; one alone separates nothing. A page may have lost one of them."""
    found: list[tuple[int, tuple[int, int]]] = []
    last, stem = 0, ""
    for index, line in enumerate(view.lines):
        if line.end - line.start > MAX_TITLE * 2:
            continue
        match = SEPARATOR.fullmatch(view.text, line.start, line.end) or _of_series(view, line, stem)
        if match is None:
            continue
        group = "n" if match["n"] else "m"
        value = number_of(match[group])
        contents = found and not any(_is_body(view.of(item)) for item in view.lines[found[0][0] : index])
        if value == 1 and contents:
            found, last = [], 0  # what came before was a list of contents
        if last < value <= last + (LOST if last else 1):
            found.append((index, match.span(group)))
            last, stem = value, match["stem"] or ""
    return found if len(found) > 1 else []


def _of_series(view: View, line: Line, stem: str) -> re.Match[str] | None:
    """The number of a document behind the kind that all of a page are called."""
    match = SERIES.fullmatch(view.text, line.start, line.end)
    if match is None or (stem and match["stem"] != stem):
        return None
    others = sum(
        view.text.startswith(match["stem"], one.start + match.start("stem") - line.start) for one in view.lines
    )
    return match if others > 1 else None


def _piece(view: View, lines: list[Line], separator: Line | None, numeral: tuple[int, int] | None) -> Piece | None:
    first, furnished = _first_line(view, lines, alone=separator is None)
    lines = lines[first:]
    giant = _giant(view, lines)
    if giant is not None:
        lines = lines[_above(view, lines, giant) :]
    last = _last_line(view, lines)
    lines = lines[:last]
    if separator is not None and not furnished:
        lines = [separator, *lines]
    if not lines:
        return None
    end = _unglued(view, lines[-1])
    lines[-1] = Line(lines[-1].start, end, lines[-1].number)
    own = separator is not None and not furnished
    title, title_end = _title(view, lines[1:] if own else lines, alone=separator is None)
    return Piece(
        lines[0].start, end, tuple(lines), title, title_end, separator if own else None, numeral if own else None
    )


MAX_ABOVE = 3


def _above(view: View, lines: list[Line], giant: int) -> int:
    """Index of the first line above a text in one line that belongs to it: its title, chapters that still stand alone."""
    first = giant
    for index in range(giant - 1, max(giant - 1 - MAX_ABOVE, -1), -1):
        text = view.of(lines[index])
        titled = ENDS_WITH_GENRE.search(_squeezed(text)) is not None
        if is_furniture(text) or not (titled or MARKED.match(text)):
            break
        first = index
        if titled:
            break
    return first


def _squeezed(text: str) -> str:
    """自 查 报 告 → 自查报告: a title whose characters were set apart."""
    return text.replace(" ", "") if re.fullmatch(r"[一-龥](?: {1,4}[一-龥]){1,9}", text) else text


def _giant(view: View, lines: list[Line]) -> int | None:
    """Index of the line that holds nearly the whole text, when a page lost its line breaks: the rest is furniture."""
    if not lines:
        return None
    longest = max(range(len(lines)), key=lambda index: lines[index].end - lines[index].start)
    length = lines[longest].end - lines[longest].start
    others = sum(line.end - line.start for line in lines) - length
    return longest if length >= GIANT and length > 2 * others else None


def _first_line(view: View, lines: list[Line], *, alone: bool) -> tuple[int, bool]:
    """Index of the first line that is not page furniture, and whether there was any furniture before it."""
    first, furnished = 0, False
    for index, line in enumerate(lines):
        text = view.of(line)
        if is_furniture(text):
            first, furnished = index + 1, True
        elif _is_body(text) or (not alone and (MARKED.match(text) or text.endswith(("。", ";")))):
            break
    return first, furnished


def _last_line(view: View, lines: list[Line]) -> int:
    """How many lines belong to the document: up to the page's end mark, without furniture before it."""
    last = len(lines)
    for index in range(len(lines) - 1, -1, -1):
        text = view.of(lines[index])
        if ends_document(text):
            last = index
        elif _is_body(text) and (last < len(lines) or index < len(lines) - MAX_TAIL):
            break
    while last and is_furniture(view.of(lines[last - 1])):
        last -= 1
    return last


def _unglued(view: View, line: Line) -> int:
    match = GLUED.search(view.text, line.start, line.end)
    if match is None or match.start() == line.start:
        return line.end
    return line.start + len(view.text[line.start : match.start()].rstrip())


def _is_body(text: str) -> bool:
    return len(text) >= BODY and ("。" in text or "," in text) and not is_furniture(text)


def _title(view: View, lines: list[Line], *, alone: bool) -> tuple[tuple[Line, ...], int]:
    """The document's own title: lines before the text that name a kind of document; several until one names it."""
    taken: list[Line] = []
    offices = sum(OFFICE_DUTIES.fullmatch(view.of(line)) is not None for line in lines)
    for line in lines[:4]:
        text = view.of(line)
        if offices > 1 and OFFICE_DUTIES.fullmatch(text):
            break
        if not _may_be_title(text):
            break
        taken.append(line)
        if ENDS_WITH_GENRE.search(_squeezed(text)) or NAMES_ITSELF.search(text):
            return tuple(taken), taken[-1].end
    # a line with a comma, or one cut off in the middle of a sentence, is text
    if (
        taken
        and len(lines) > len(taken)
        and "," not in view.of(taken[0])
        and (alone or PROPER.search(view.of(taken[0])))
    ):
        return (taken[0],), taken[0].end
    if lines:
        head = _inline_title(view.of(lines[0]))
        if head:
            line = Line(lines[0].start, lines[0].start + head, lines[0].number)
            return (line,), line.end
    return (), lines[0].start if lines else 0


def _may_be_title(text: str) -> bool:
    if text in TABLE_HEADS:
        return False
    return len(text) <= MAX_TITLE and not MARKED.match(text) and not re.search(r"[。;!?]|:$", text)


# Where a title runs into the text: the text begins with a time, a place or one of the usual openings.
OPENING = r"(?=(?:20\d\d|20xx|[xX]{2}|_{1,4})年|今年|一年来|近年来|今年以来|[一-龥]{0,6}(?:在|以|按照|围绕|坚持|根据|为|全县|全市|全区|我局|我县|我市|我区)|一、|\(一\)|\s)"
INLINE_TITLE = re.compile(
    r"[^。,;:!]{4,40}?(?:工作总结|工作要点|工作计划|工作安排|工作思路|工作打算|总结|思路|要点|计划|打算|报告表?|汇报|方案)(?:范[本文])?"
    + OPENING
)
JOINED_TITLE = re.compile(
    r"[^。,;:!]{4,30}?(?:总结|要点)\s*(?:和|及|与|暨|、)[^。,;:!]{2,24}?(?:总结|要点|计划|思路|打算|安排)"
)


def _inline_title(text: str) -> int:
    """Length of a title at the head of a text that lost its line breaks; 0 when there is none."""
    if len(text) < 200 or MARKED.match(text):
        return 0
    match = JOINED_TITLE.match(text) or INLINE_TITLE.match(text)
    return len(match[0].rstrip()) if match else 0


YEAR = r"(?:(?:20|19)\d\d|20[xX]{1,2}|20__|[xX]{2}|__|二[○〇零oOxX0一二三四五六七八九]{3})"
PERIOD = re.compile(
    rf"{YEAR}\s*[—\-–~至到]+\s*{YEAR}\s*(?:学年度?|年)(?:第[一二]学期)?"
    rf"|{YEAR}\s*年(?:年?度)?(?:上半年|下半年|第?[一二三四]季度|[春秋]季学期|上学期|下学期|\d{{1,2}}月份?|工作年度)?"
    r"|(?:今年|明年|本年度|本学年)?(?:上半年|下半年|上学期|下学期|第[一二三四]季度)|本年度|本学年|今年|明年"
)


SENTENCE = re.compile(r".{8,}[,。:]")


def period_of(view: View, piece: Piece) -> str | None:
    """The words that say which period a document covers: of its title, else its first sentence, else the separator."""
    for line in (piece.title,) if piece.title else ():
        found = [match.span() for part in line for match in PERIOD.finditer(view.text, part.start, part.end)]
        if found:
            return ";".join(_printed(view, span) for span in found)
    body = next((line for line in piece.lines if line is not piece.separator and line.start >= piece.title_end), None)
    if body is not None:
        stop = view.text.find("。", body.start, body.end)
        match = PERIOD.search(view.text, body.start, body.end if stop < 0 else stop)
        if match and SENTENCE.search(view.of(body)) and match.start() - body.start < 12:
            return _printed(view, match.span())
    if piece.separator is not None:
        match = PERIOD.search(view.text, piece.separator.start, piece.separator.end)
        if match:
            return _printed(view, match.span())
    return None


def title_of(view: View, piece: Piece) -> str:
    """The title as printed, up to white space."""
    lines = piece.title or ((piece.separator,) if piece.separator else piece.lines[:1])
    text = " ".join(_printed(view, (line.start, line.end)) for line in lines)
    text = " ".join(text.split())
    # A text without a title is known by its first words.
    return (
        text
        if piece.title or piece.separator or len(text) <= MAX_TITLE
        else re.split("[,。;::,;]", text)[0][:MAX_TITLE]
    )


def _printed(view: View, span: tuple[int, int]) -> str:
    start, end = view.span(*span)
    return view.source[start:end]
