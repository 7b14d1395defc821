"""What kind of document a piece is — plan, report, schedule, duties — and the parts it is glued together from."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from taizhang.reading.articles import Piece
from taizhang.reading.headings import STAGE, Found
from taizhang.reading.view import View

# Counted over whole texts. Each alternative begins with a plain character, its look behind follows it: the engine then
# passes over all characters that begin none.
DONE = re.compile(
    r"了(?<![为除]了)(?!解)|已经?|受理|办结|下降|比(?:上|去)年|共计|取得|荣获|被评为|获得|总结如下|一年来|今年以来|以来,|上升|得到|比去年|同比|目前|初步|顺利"
)
VERBS = ("加强", "推进", "完善", "落实", "开展", "做好", "组织", "实施", "深化", "健全", "规范", "抓好", "提高", "建立")
"""At the head of a clause they tell what is to do."""
TO_DO = re.compile(
    r"要(?<![重主需纲概摘简只]要)(?![求点素闻])|将(?!近)|进一步|力争|争取|确保|必须|务必|不得|严禁|应当|继续|切实|认真|大力|努力|不断|着力|"
    + "|".join(f"{verb}(?<=[。;,]{verb})" for verb in VERBS)
)
# 占54.52%: what was counted has decimals, what is aimed at seldom.
COUNTED = re.compile(r"\d\.\d+%")
PLAN_HEADING = re.compile(
    r"下(?:一)?步|下(?:一)?阶段|打算|明年|来年|今后|努力方向|(?:工作|年)(?:要点|计划|安排|思路|目标|任务)$|下半年|新(?:的)?一年|下学期"
)
# 取得新的更大进展 is what a plan hopes for; 主要成效 is what there was.
_HOPED = "".join(f"(?<!{word})" for word in ("新", "新的", "更大", "更好", "明显", "显著", "实质性", "突破性"))
REPORT_HEADING = re.compile(
    rf"总结|回顾|小结|汇报|{_HOPED}(?:成效|成绩|进展)|完成情况|基本情况|主要做法|存在(?:的)?(?:主要)?(?:问题|不足)|工作情况"
)
# Words that only stand where the work still lies ahead: a date by which, a span within which, 将 behind the period.
AHEAD = re.compile(
    r"[年月]底之?前|\d月(?:\d{1,2}[日号])?之?前|[一两二三四五\d]年(?:之?内|时间[内里])|(?:年|学期|半年|我[局校县市区])将(?!近)|做好以下|抓好以下|以下(?:几(?:项|个方面)的?)?工作[::]|不[少低]于|任务分解|工作目标"
)
SCHEDULE_ENTRY = re.compile(
    r"(?:^|[\s、.])(?:周|星期)[一二三四五六日天](?:至|到|[上下]午|\s)|^\d{1,2}/\d{1,2}|^[—\-]\d{1,2}/\d{1,2}"
    r"|^(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.]|[(]?[一二三四五六七八九十\d]{1,3}[)])?\s*\d{1,2}月(?:\d{1,2}[日号]|[上中下]旬|底|初|末|份)?(?:\([^()]{1,8}\))?\s*(?:[:—\-~至、(]|$|\s)"
    r"|^第(?:[一二三四五六七八九十]{1,3}|\d{1,2})周(?:[\s:(—]|$)"
)
DUTY = re.compile(
    r"^(?:\d{1,2}[、.]|\([一二三四五六七八九十\d]+\))?\s*(?:负责|承担|承办|办理|指导|管理|拟订|协助|组织|参与|做好|制定|对)"
)
ON_DUTIES = re.compile("履行|履职|总结|报告|汇报|自评|自查|述职|考核|评价|督导")
"""履行教育职责自评报告 tells how duties were done."""
TELLS = re.compile(r"(?:情况|公开|公示|通报|公报|简报|数据)\s*$")
"""A title that ends so tells what was; its text may list works in the words of a plan."""
STRETCH = 6000
"""So much text on one side of a place tells which way it leans."""
MAX_NAMES = 30
TURN = re.compile(r"下(?:一)?(?:步|阶段)|打算|明年|来年|今后|努力方向")
HEADING_WEIGHT = 6
"""A chapter's name says as much as so many words of its text."""
TITLE_WEIGHT = 3
AHEAD_WEIGHT = 3
REPORT_WEIGHT = 2.0
"""A done-word says more than a to-do-word: plans are full of both, reports of the first."""


@dataclass(frozen=True)
class Segment:
    """One part of a document, in offsets of the view."""

    start: int
    end: int
    title: tuple[int, int] | None
    kind: str


def parts_of(view: View, piece: Piece, found: list[Found]) -> list[Segment]:
    """The parts that tile a document; one part when nothing is glued."""
    starts = {piece.start: _title_span(piece)}
    for item in _part_heads(view, piece, found):
        starts.setdefault(*item)
    table = _table_start(view, piece)
    if table is not None:
        starts.setdefault(table, None)
    bounds = sorted(starts)
    places = [item.start for item in found]
    segments = []
    for start, end in zip(bounds, [*bounds[1:], piece.end], strict=True):
        end = start + len(view.text[start:end].rstrip())
        heads = found[bisect_left(places, start) : bisect_left(places, end)]
        segments.append(Segment(start, end, starts[start], _kind(view, start, end, heads, starts[start])))
    return segments


def kind_of(view: View, piece: Piece, parts: list[Segment]) -> str:
    """The kind of the whole: both halves if it has both, else the kind that most of the text is of."""
    sizes: dict[str, int] = {}
    for part in parts:
        sizes[part.kind] = sizes.get(part.kind, 0) + part.end - part.start
    if "report" in sizes and "plan" in sizes:
        return "report+plan"
    return max(sizes, key=lambda kind: sizes[kind])


def _title_span(piece: Piece) -> tuple[int, int] | None:
    if piece.title:
        return piece.title[0].start, piece.title_end
    return (piece.separator.start, piece.separator.end) if piece.separator else None


def _part_heads(view: View, piece: Piece, found: list[Found]) -> list[tuple[int, tuple[int, int] | None]]:
    """Where inner documents begin: at an inner title, where 一、 starts again, where a report turns to the plan."""
    heads: list[tuple[int, tuple[int, int] | None]] = []
    chapters, planned = 0, False
    named = _title_span(piece)
    title = view.text[named[0] : named[1]] if named else ""
    names: list[str] = []
    for item in found:
        if item.part:
            heads.append((item.start, (item.start, item.end)))
            chapters, planned = 0, True
        if item.level != 1:
            continue
        mark, text = view.text[item.start : item.mark_end], view.text[item.mark_end : item.end]
        chapters += 1
        names = [*names[-MAX_NAMES:], text]
        again = re.match(r"[(]?一[)、]", mark) is not None and chapters > 2
        if again and (mark[0] == "一" or _turns(view, piece, item)):
            heads.append((_with_lead(view, piece, item.start), None))
            chapters, planned = 1, False
        elif not planned and PLAN_HEADING.search(text) and not REPORT_HEADING.search(text) and chapters > 1:
            before = view.text[max(piece.start, item.start - STRETCH) : item.start]
            if _leaning(before, "" if heads else title, names[:-1][-chapters:]) == "report":
                heads.append((item.start, (item.mark_end, item.end)))
                planned = True
    return heads


def _turns(view: View, piece: Piece, item: Found) -> bool:
    """A series whose chapters were lost: does it turn from report to plan where it counts from one again?"""
    before = view.text[max(piece.start, item.start - STRETCH) : item.start]
    after = view.text[item.start : min(piece.end, item.start + STRETCH)]
    return _leaning(before, "", []) == "report" and _leaning(after, "", []) == "plan"


def _with_lead(view: View, piece: Piece, start: int) -> int:
    """An inner document without a title begins with the paragraph that leads to its first chapter."""
    before = view.text.rfind("\n", 0, max(start - 1, 0)) + 1
    lead = view.text[before:start].rstrip()
    return before + len(lead) - len(lead.lstrip()) if lead.endswith(":") and before > piece.start else start


def _table_start(view: View, piece: Piece) -> int | None:
    """Where a flattened weekly table begins: its column heads stand on lines of their own."""
    for index, line in enumerate(piece.lines[:-3]):
        if view.of(line) == "周次" and len(view.of(piece.lines[index + 1])) <= 10:
            return line.start
    return None


def _kind(view: View, start: int, end: int, found: list[Found], title: tuple[int, int] | None) -> str:
    text = view.text[start:end]
    lines = [line for line in text.split("\n") if line.strip()]
    entries = sum(SCHEDULE_ENTRY.search(line.strip()) is not None for line in lines)
    stages = sum(STAGE.fullmatch(line.strip()) is not None for line in lines)
    if entries * 3 > len(lines) and entries >= 5:
        return "schedule"
    if stages >= 3 and stages * 10 >= len(lines) and _opens_early(text, lines):
        return "schedule"
    name = view.text[title[0] : title[1]] if title else ""
    duties = sum(DUTY.match(line.strip()) is not None for line in lines)
    if ("职责" in name and not ON_DUTIES.search(name)) or (
        duties * 2 >= len(lines) > 3 and len(text) < 1500 and text.count("负责") >= 2
    ):
        return "duties"
    if name and start and PLAN_HEADING.search(name) and not REPORT_HEADING.search(name):
        return "plan"
    return _leaning(text, name, _names(view, found))


def _opens_early(text: str, lines: list[str]) -> bool:
    """Do the stages fill the text? A plan may end with a short list of months."""
    first = next(line for line in lines if STAGE.fullmatch(line.strip()))
    return text.index(first) * 2 < len(text)


def _names(view: View, found: list[Found]) -> list[str]:
    return [view.text[item.mark_end : item.end] for item in found if item.level == 1]


def _leaning(text: str, title: str, names: list[str]) -> str:
    """report or plan: by the words of the text and the names of its chapters.

    A title names what the text was meant to be, or what a site filed it under; what is there counts (A4), and the title
    only where the words leave it open.
    """
    done, to_do = len(DONE.findall(text)) + len(COUNTED.findall(text)), len(TO_DO.findall(text))
    to_do += AHEAD_WEIGHT * len(AHEAD.findall(text))
    done += HEADING_WEIGHT * (TELLS.search(title) is not None) + TITLE_WEIGHT * (
        REPORT_HEADING.search(title) is not None
    )
    done += HEADING_WEIGHT * sum(REPORT_HEADING.search(name) is not None for name in names)
    to_do += HEADING_WEIGHT * sum(TURN.search(name) is not None for name in (title, *names))
    return "report" if done * REPORT_WEIGHT > to_do else "plan"
