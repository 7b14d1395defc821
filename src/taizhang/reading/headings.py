"""Headings and their depth (guideline H1–H5)."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from taizhang.reading.articles import ENDS_WITH_GENRE, MARKED, OFFICE_DUTIES, PROPER, TABLE_HEADS, Piece
from taizhang.reading.markers import HAN, MEASURED, Mark, is_giant, marks_of
from taizhang.reading.model import Block
from taizhang.reading.noise import LOST_BREAK, is_furniture
from taizhang.reading.view import View

MAX_RUN_IN = 35
"""A run-in heading is a first sentence of at most so many characters (H3 b)."""
MAX_ALONE = 45
"""A line of its own that is longer is a paragraph."""
MAX_UNNUMBERED = 30
ALWAYS = ("chapter", "section", "han", "han_bracket")


@dataclass(frozen=True)
class Found:
    """A heading in a view: ``[start, end)`` with its mark ``[start, mark_end)``; ``part`` opens an inner document."""

    start: int
    mark_end: int
    end: int
    level: int
    part: bool = False


@dataclass(frozen=True)
class _Candidate:
    start: int
    mark_end: int
    end: int
    rank: float | None
    shape: str
    part: bool = False


def headings_of(view: View, piece: Piece, blocks: tuple[Block, ...] = ()) -> tuple[list[Found], list[Mark]]:
    """The headings of one document, and the numbered marks that are points."""
    marks = marks_of(view, piece)
    stops = [mark.start for mark in marks]
    headed = [mark for mark in marks if mark.kind in ALWAYS]
    table = _schedule_from(view, piece)
    numbered, points = _numbered(view, piece, [mark for mark in marks if mark.line < table])
    points += [mark for mark in marks if mark.line >= table and mark.kind not in ALWAYS]
    points += _maimed(view, piece, table)
    candidates = [_numbered_candidate(view, piece, mark, stops) for mark in headed + numbered]
    candidates += _unnumbered(view, piece, marks, {block.start for block in blocks if block.kind == "heading"})
    candidates = sorted((item for item in candidates if item.end > item.mark_end), key=lambda item: item.start)
    return _levels(candidates), points


def _numbered_candidate(view: View, piece: Piece, mark: Mark, stops: list[int]) -> _Candidate:
    line = piece.lines[mark.line]
    giant = is_giant(piece, line.end - line.start)
    end = heading_end(view, mark.end, _item_end(piece, mark, stops), giant=giant)
    return _Candidate(mark.start, mark.end, end, float(mark.rank), mark.kind)


def _item_end(piece: Piece, mark: Mark, stops: list[int]) -> int:
    """Where an item's own line ends, or the next mark in that line begins."""
    end = piece.lines[mark.line].end
    place = bisect_right(stops, mark.start)
    return min(stops[place], end) if place < len(stops) else end


# Body text that runs into a heading without a full stop begins with one of these.
BODY_OPENING = re.compile(
    r"(?<=[一-龥”)])(?:(?:20\d\d|20xx|[xX]{2})年|今年|本年|一年来|近年来|去年|目前|当前|按照|根据|围绕|坚持|通过|为了|为(?:进一步|切实|贯彻|落实|全面|深入|认真|加强)|本次|此次|经过(?=[一-龥])|认真(?:学习|贯彻)|深入(?:学习|贯彻)|全面贯彻|以习近平|"
    r"全[县市区省州]|我[局县市区校]|尽管|虽然|在[一-龥]{2,16}(?:领导|指导|支持|下)|以[一-龥]{2,20}为|首先)|(?<![唯统之专])一是"
)
LABELS = r"说明|概况|背景|概述|范围|依据|方法|过程|[上下]半年工作|年工作|情况|总结|回顾|问题|不足|困难|打算|思路|计划|安排|要点|任务|举措|措施|成效|成绩|做法|经验|亮点|目标|建议|原因|分析|主要工作|重点工作"
LABEL_ENDS = re.compile(rf"(?:{LABELS})$")
# In a text that lost its line breaks any noun may end a heading; elsewhere 推进义务教育|全县均衡 would be torn apart.
NOUN_ENDS = re.compile(
    rf"(?:{LABELS}|工作|建设|发展|质量|水平|管理|改革|机制|体系|能力|保障|稳定|形象|环境|条件|队伍|作用|特色|素质|活动|教育|提升|提高|加强|落实|责任|要求|思想|领导|服务|安全|民生)$"
)


# The same where all line breaks are lost and a first sentence is too long for a heading: a verb of reporting begins.
REPORT_OPENING = re.compile(
    r"全年|累计|共(?=[一-龥]{0,4}\d)|已|成功|先后|投入|完成|新建|印发|出台|制[定订]|召开|组织|开展|建立|举办|积极|深入|扎实|持续"
)


# 提升教育质量——学前入园率达到95%: the first of several dashed items; no dash within a slogan.
DASHED = re.compile(r"(?P<name>[^“”—,]{4,30})——[^—“”]{8}")


# ?? are lost characters, which stay inside; only one question mark alone ends a sentence.
STOP = re.compile(r"[。!]|(?<!\?)\?(?![?!])")


def _run_on(stretch: str, *, giant: bool) -> int:
    """Length of a heading in a first sentence that may run on into body text without a stop."""
    ends = NOUN_ENDS if giant else LABEL_ENDS
    dashed = DASHED.match(stretch) if giant else None
    if dashed:
        return dashed.end("name")
    for opening in BODY_OPENING.finditer(stretch, 4, 45):
        body = opening[0] == "一是" or re.search(r",|.{10}", stretch[opening.end() :])
        if body and ends.search(stretch[: opening.start()]):
            return opening.start()
    if giant and len(stretch) > MAX_RUN_IN:
        for opening in REPORT_OPENING.finditer(stretch, 6, MAX_RUN_IN):
            if NOUN_ENDS.search(stretch[: opening.start()]):
                return opening.start()
    return len(stretch)


def heading_end(view: View, start: int, limit: int, *, giant: bool = False) -> int:
    """Where the text of a heading ends that begins at ``start`` and whose line, or room, ends at ``limit``.

    It ends at the first full stop; at a colon or a space when body text follows; where body text begins.
    """
    text = view.text
    opened = start
    while start < limit and text[start].isspace():
        start += 1
    stretch = text[start:limit]
    cut = STOP.search(stretch)
    damage = LOST_BREAK.search(stretch)
    end = min(cut.start() if cut else len(stretch), damage.start() if damage else len(stretch))
    stretch = stretch[:end]
    colon = re.search(r":(?=.)", stretch)
    if colon and colon.start() <= 20 and "," not in stretch[: colon.start()] and limit - start - colon.end() > 12:
        stretch = stretch[: colon.start()]
    space = re.search(r"(?<!\d)\s+(?!年)", stretch)
    if space and 4 <= space.start() <= MAX_RUN_IN and limit - start - space.end() > MAX_RUN_IN:
        stretch = stretch[: space.start()]
    stretch = stretch[: _run_on(stretch, giant=giant)].rstrip(" \t:;,.、")
    return start + len(stretch) if stretch else opened


def _numbered(view: View, piece: Piece, marks: list[Mark]) -> tuple[list[Mark], list[Mark]]:
    """Arabic and bracketed items: which are headings, which are points, by the vote of their list (H3)."""
    headings: list[Mark] = []
    points: list[Mark] = [mark for mark in marks if mark.kind == "ring"]
    stops = [mark.start for mark in marks]
    openers = {mark.start: mark for mark in marks}
    for siblings in _lists(marks):
        votes = [_qualifies(view, piece, mark, openers, stops) for mark in siblings]
        wins = sum(votes) * 2 >= len(siblings)
        for mark, fit in zip(siblings, votes, strict=True):
            (headings if wins and fit else points).append(mark)
    return headings, points


def _maimed(view: View, piece: Piece, table: int) -> list[Mark]:
    """Entries of a flattened table whose mark lost its 、: "2含…" at the head of a cell."""
    found = []
    for index, line in enumerate(piece.lines[table:], table):
        if re.match(r"[1-9][一-龥]{4}", view.of(line)) and not MEASURED.match(view.of(line)):
            found.append(Mark(line.start, line.start + 1, "number", int(view.text[line.start]), index, True))
    return found


def _lists(marks: list[Mark]) -> list[list[Mark]]:
    """Runs of Arabic items that count upwards under one heading."""
    lists: list[list[Mark]] = []
    open_lists: dict[str, list[Mark]] = {}
    for mark in marks:
        for kind in [kind for kind, items in open_lists.items() if items[-1].rank > mark.rank]:
            del open_lists[kind]
        if mark.kind not in ("number", "number_bracket"):
            continue
        current = open_lists.get(mark.kind)
        if current is None or mark.value <= current[-1].value:
            current = []
            lists.append(current)
            open_lists[mark.kind] = current
        current.append(mark)
    return lists


REMARK = re.compile(r"(?:\([^()]*\)[。;]?\s*)+$")
"""(责任科室:人事科;完成时限:6月底) behind a task is no text that a heading could name."""


def _qualifies(view: View, piece: Piece, mark: Mark, openers: dict[int, Mark], stops: list[int]) -> bool:
    end = _item_end(piece, mark, stops)
    stretch = view.text[mark.end : end]
    text = stretch.strip()
    first = STOP.search(text) or LOST_BREAK.search(text)
    line = piece.lines[mark.line]
    deeper = end < line.end and end in openers and openers[end].rank > mark.rank  # 3.明年打算。(1)新建…;(2)…
    if first and first.start() <= MAX_RUN_IN and (deeper or len(REMARK.sub("", text)) > first.end() + 1):
        return first.start() >= 2
    if not mark.opens or end != line.end or len(text) > MAX_ALONE or not text or text[-1] in ",;":
        return False
    if text.count("。") > 1 or mark.line + 1 >= len(piece.lines):
        return False
    following = piece.lines[mark.line + 1]
    opener = openers.get(following.start)
    if opener is not None:
        return opener.rank > mark.rank
    below = view.of(following)
    return len(below) >= 15 and not MARKED.match(below) and not STAGE.fullmatch(below)


# A line of its own that names what follows has no sentence in it and is not one of these.
NOT_A_NAME = re.compile(
    r"如下|以下|下列|^尊敬的|^各位|^汇报|概括|归纳|体现在|表现在|现将|现就|我们|^各[^,]{0,14}:$|同志|同学|老师们|领导们?:|^(?:附|注|抄送|主题词|联系人|电话|地址|主送|签发|单位|姓名|负责人)|"
    r"^[\d\s./年月日—\-–~至xXoO○〇零一二三四五六七八九十元]+$|^(?:上午|下午|周[一二三四五六日]|星期)|^\(.*\)$|^[—\-=*_#·.\s]+$"
)
SIGNATURE = re.compile(r"(?:局|委|委员会|办公室|厅|部|党组|中心|学校|小学|中学|政府|室|科|股)$")
OFFICE_DOES = re.compile("负责|承担|拟[订定]|编制|指导|组织|管理|统筹|协助|起草|办理|参与|综合|贯彻")
"""计划财务科, and on the next line what it does: a name, no signature."""
STAGE = re.compile(
    rf"(?:(?:(?:20\d\d|20xx|[xX]{{2}})年)?(?:[{HAN}]{{1,2}}|\d{{1,2}}|[xX]{{1,2}})月份?(?:[上中下]旬)?(?:[、和至—-](?:[{HAN}]{{1,2}}|\d{{1,2}})月份?)?|第(?:[{HAN}]{{1,3}}|\d{{1,2}})(?:周|月|学段|阶段|季度)|[上中下]旬"
    r"|\d{1,2}月\d{1,2}日(?:[—\-~至]+(?:\d{1,2}月)?\d{1,2}日)?|[一-龥:、]{2,14}(?=\([^()]*\d[^()]*\)))"
    r"(?:\([^()]{1,24}\))?(?:[: ]{1,2}[一-龥、]{2,14}|(?:主要|重点)?(?:工作)?(?:安排|计划|要点|任务)?):?$"
)
"""九月份, 第一周(9月1日—9月7日), 报名阶段(5月), 三月:读书月: a line that names a stretch of a schedule."""
NOUN_PHRASE = re.compile(
    r"的[^,。的]{2,10}$|(?:体系|机制|模式|队伍|网络|平台|工程|制度|课程|环境|文化|特色|格局|阵地|载体|氛围|品牌|基地|途径|保障)$"
)


def _unnumbered(view: View, piece: Piece, marks: list[Mark], styled: set[int]) -> list[_Candidate]:
    """Lines of their own without a number that name the text below them, and parallel run-in noun phrases (H4)."""
    opened = {mark.line for mark in marks if mark.opens}
    found = []
    table = _schedule_from(view, piece)
    stretches = {index for index, line in enumerate(piece.lines[:-1]) if STAGE.fullmatch(view.of(line))}
    seen_body = False
    for index, line in enumerate(piece.lines):
        if line.end <= piece.title_end or line is piece.separator or index in opened:
            seen_body = seen_body or index in opened
            continue
        text = view.of(line)
        is_styled = view.span(line.start, line.end)[0] in styled
        stretch = len(stretches) > 1 and index in stretches and index + 1 not in stretches
        if index < table and (is_styled or stretch or _names_what_follows(view, piece, index, opened)):
            titles = ENDS_WITH_GENRE.search(text) or (PROPER.search(text) and not piece.title)
            if not seen_body and not text.endswith(":") and titles and not OFFICE_DUTIES.fullmatch(text):
                continue  # a further line of the title
            title = seen_body and ENDS_WITH_GENRE.search(text) is not None and index + 1 < len(piece.lines)
            shape = "month" if STAGE.fullmatch(text) else "title" if title else "colon" if text[-1] == ":" else "line"
            if shape == "line" and _is_outer(view, piece, index, opened):
                shape = "outer"
            found.append(_Candidate(line.start, line.start, _trimmed(text, line.start), None, shape, title))
        seen_body = seen_body or len(text) > MAX_UNNUMBERED or text.endswith("。")
    if any(item.shape == "outer" for item in found):
        found = [_raised(view, item) for item in found]
    return found + _parallel_phrases(view, piece, opened)


def _raised(view: View, item: _Candidate) -> _Candidate:
    """Where 主要工作及成效 stands above its sections, 存在问题 does too, though its text follows at once."""
    above = item.shape == "line" and LABEL_ENDS.search(view.text[item.start : item.end]) is not None
    return replace(item, shape="outer") if above else item


def _trimmed(text: str, start: int) -> int:
    return start + len(text.rstrip(" :。"))


def _schedule_from(view: View, piece: Piece) -> int:
    """Index of the line where a flattened schedule table begins: its cells are no headings."""
    for index, line in enumerate(piece.lines):
        if view.of(line) in TABLE_HEADS:
            return index
    return len(piece.lines)


# A paragraph may close with the mark of a note or, without its stop, with a figure.
CLOSED = re.compile(r"[。;!?:)”\]]\s*$|\d(?:%|[名人个所])$")


def _names_what_follows(view: View, piece: Piece, index: int, opened: set[int]) -> bool:
    line = piece.lines[index]
    text = view.of(line)
    if not 3 <= len(text) <= MAX_UNNUMBERED or "\t" in text or index + 1 >= len(piece.lines):
        return False
    if re.search(r"[。;!]|(?<!\?)\?(?!\?)|[,、]$|:.", text) or NOT_A_NAME.search(text) or is_furniture(text):
        return False
    if len(re.findall(r"[\u3400-\u9fff]", text)) < 3 or _salutes(view, piece, index):
        return False
    if index and piece.lines[index - 1] is not piece.separator and piece.lines[index - 1].end > piece.title_end:
        before = view.of(piece.lines[index - 1])
        apart = "\n\n" in re.sub(r"[ \t\r]", "", view.text[piece.lines[index - 1].end : line.start])
        if not apart and not CLOSED.search(before) and len(before) > 20 and (index - 1) not in opened:
            return False  # the line goes on from the one before it
    following = view.of(piece.lines[index + 1])
    listed = (index + 1) in opened or re.match(rf"[{HAN}]是|首先", following) is not None
    if text.endswith(":") or STAGE.fullmatch(text):
        return listed or len(following) >= 40
    if SIGNATURE.search(text) and not listed:
        return OFFICE_DOES.match(following) is not None and len(following) >= 20
    if ENDS_WITH_GENRE.search(text):
        return listed or len(following) >= 20 or STAGE.fullmatch(following) is not None
    if _is_outer(view, piece, index, opened):
        return True
    return len(following) >= 40 or (listed and len(text) <= 20)


def _is_outer(view: View, piece: Piece, index: int, opened: set[int]) -> bool:
    """主要工作及成效, and on the next line the name of its first section: it has no text of its own."""
    text, following = view.of(piece.lines[index]), view.of(piece.lines[index + 1])
    return (
        LABEL_ENDS.search(text) is not None
        and (index + 1) not in opened
        and not LABEL_ENDS.search(following)
        and _names_what_follows(view, piece, index + 1, opened)
    )


SALUTED = re.compile(
    r"(?:委员会?|政府|[局厅委办部院校园所组处]|学校|单位|部门|科室|幼儿园|中心|委员|代表|乡镇|街道|公司|领导|先生|女士)\s*:$"
)


def _salutes(view: View, piece: Piece, index: int) -> bool:
    """Does a line between title and text name those whom the document is for (市人民政府教育督导委员会:)?"""
    if SALUTED.search(view.of(piece.lines[index])) is None:
        return False
    before = (
        view.of(line) for line in piece.lines[:index] if line is not piece.separator and line.end > piece.title_end
    )
    return not any(len(text) > MAX_UNNUMBERED or text.endswith("。") for text in before)


DOES = re.compile(
    r"^(?:加强|推进|推动|抓[好实]|狠抓|强化|深化|规范|完善|突出|落实|提[升高]|优化|健全|做[好实]|改善|注重|夯实|严[格肃]|加[快大]|着力|聚焦|筑牢|守[住牢]|建强|打造|创新|关[注爱])[一-龥“”]{2,8}$"
)
"""加强教师管理。坚持…; 推进信息化。投入…: neighbouring paragraphs that each open with so short a task."""


REACHED = re.compile(
    r"[一-龥“”]{4,}(?:提[高升]|明显|显著|保障|[加增]强|改善|优化|完善|深入|有力|见效|突破|稳定|规范|丰富|浓厚|到位|扎实)$"
)
"""学前教育普惠水平提高。…; 特殊群体受教育权利得到保障。…: the same of what was reached."""


SLOGAN = re.compile(r"^[一-龥“”]{4}(?:抓|促|育|保|强|提|固|筑|聚|谋|树|建|夯|守)[一-龥“”]{2}$")
PHRASED = re.compile("|".join(f"(?:{one.pattern})" for one in (NOUN_PHRASE, DOES, SLOGAN, REACHED)))


def _parallel_phrases(view: View, piece: Piece, opened: set[int]) -> list[_Candidate]:
    """Neighbouring paragraphs that each begin with a noun phrase, a task or a result closed by a full stop."""
    runs: list[list[_Candidate]] = [[]]
    for index, line in enumerate(piece.lines):
        if line.start < piece.title_end or line is piece.separator:
            continue
        text = view.of(line)
        stop = text.find("。")
        phrase = text[:stop] if 3 <= stop <= 22 else ""
        if index in opened:
            runs.append([])
        elif phrase and "," not in phrase and len(text) > stop + 20 and PHRASED.search(phrase):
            runs[-1].append(_Candidate(line.start, line.start, line.start + stop, None, "phrase"))
    return [item for run in runs if len(run) > 1 for item in run]


def _levels(candidates: list[_Candidate]) -> list[Found]:
    """Depth as actually used: a kind that is open is returned to, a new kind lies deeper than what is open (H5)."""
    stack: list[tuple[float, str]] = []
    found: list[Found] = []
    closed: dict[str, float] = {}
    for item in candidates:
        if item.part:
            stack, rank = [], -1.0
        elif item.rank is not None:
            rank = item.rank
        else:
            same = next((rank for rank, shape in reversed(stack) if shape == item.shape), closed.get(item.shape))
            rank = same if same is not None else stack[-1][0] + 0.5 if stack else -0.5
        while stack and (stack[-1][0] >= rank or _beside(item, found, stack)):
            if stack[-1][0] < rank:
                closed[stack[-1][1]] = stack[-1][0]
            stack.pop()
        stack.append((rank, item.shape))
        found.append(Found(item.start, item.mark_end, item.end, len(stack), item.part))
    return found


OWN_TEXT = 40
"""A heading that so much text follows stands beside the next, not above it."""


def _beside(item: _Candidate, found: list[Found], stack: list[tuple[float, str]]) -> bool:
    """总体要求 with a paragraph of its own, then 一、…: neither mark nor place says that the chapters belong to it."""
    alone = len(stack) == 1 and stack[0][1] == "line" and item.shape == "han"
    return alone and found[-1].mark_end == found[-1].start and item.start - found[-1].end > OWN_TEXT


__all__ = ["Found", "heading_end", "headings_of"]
