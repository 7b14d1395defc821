"""Commitments and results that carry a number (guideline T1–T5)."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from taizhang.reading.clause import PERSONS, Clause
from taizhang.reading.commitment import PROBLEM_CHAPTER, RESULT_VERB, THRESHOLD, comparator_of, is_target, status_of
from taizhang.reading.model import Article, Part, Quantity, Reading, Target
from taizhang.reading.subjects import named_before, subject_of
from taizhang.reading.view import View, simplify

CLAUSE_END = re.compile(r"(?<!\d)[,:]|[,:](?!\d)|[;!?。\n﹔\t]")
SENTENCE_END = re.compile(r"[。!\n]|(?<!\?)\?(?!\?)")
"""Two question marks are lost characters and end no sentence (a clause they do end: T3)."""
SPOKEN = re.compile(r"[一二三四五六七八九十首其再第最]")
DASHES = "—–●■◆•·"
"""Marks of an unnumbered item: no part of its clause."""
MEASURES = {"count", "amount", "area", "length", "money", "percent", "ratio", "score", "duration", "ordinal"}
MAX_SENTENCE = 400
"""A sentence is looked at no further than this on either side of a number."""


@dataclass(frozen=True)
class Cutter:
    """Finds clause and sentence around a place of the view; headings and markers are cut off their clause."""

    text: str
    clause_ends: list[int]
    sentence_ends: list[int]
    openers: list[int]
    items: list[int]

    def clause(self, start: int, end: int) -> tuple[int, int]:
        left, right = self._between(self.clause_ends, start, end)
        place = bisect_right(self.openers, start) - 1
        if place >= 0:
            left = max(left, self.openers[place])
        return self._stripped(left, right)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        left, right = self._between(self.sentence_ends, start, end)
        return self._stripped(max(left, start - MAX_SENTENCE), min(right, end + MAX_SENTENCE))

    def item(self, start: int) -> tuple[int, int]:
        """The numbered item around a place: from its mark to the next mark or heading, within its line."""
        place = bisect_right(self.items, start)
        closed = self.text.find("\n", start)
        following = self.items[place] if place < len(self.items) else len(self.text)
        return self.items[place - 1] if place else 0, min(following, closed if closed >= 0 else len(self.text))

    def _between(self, ends: list[int], start: int, end: int) -> tuple[int, int]:
        place = bisect_right(ends, start)
        left = ends[place - 1] if place else 0
        following = bisect_right(ends, end)
        right = ends[following] - 1 if following < len(ends) else len(self.text)
        return left, right

    def _stripped(self, left: int, right: int) -> tuple[int, int]:
        while left < right and (self.text[left].isspace() or self.text[left] in DASHES):
            left += 1
        while right > left and self.text[right - 1].isspace():
            right -= 1
        return left, right


def targets_of(reading: Reading, view: View) -> list[Target]:
    """Every quantity that states a commitment or a result, with the clause it stands in."""
    cutter = _cutter(reading, view)
    segments = _segments(reading)
    starts = [segment.start for segment in segments]
    heads = [heading.start for heading in reading.headings]
    chapters = _chapters(reading)
    measured = [item for item in reading.quantities if item.kind in MEASURES]
    clauses: list[Clause] = []
    for item in measured:
        place = bisect_right(starts, item.start) - 1
        chapter = chapters[bisect_right(heads, item.start) - 1] if heads and heads[0] <= item.start else ""
        kind, chapter = _standpoint(reading, view, item, segments[place].kind if place >= 0 else "plan", chapter)
        clauses.append(_clause(view, cutter, item, kind, chapter))
    found = []
    chosen: set[int] = set()
    attached = _attached(reading)
    for place, (quantity, clause) in enumerate(zip(measured, clauses, strict=True)):
        status = status_of(clause)
        if (
            quantity.start not in attached
            and is_target(clause, clauses, place, status)
            and not _breaks_down_background(clauses, place, chosen)
        ):
            chosen.add(place)
            found.append(_target(view, quantity, clauses, place, status))
    return found


LOOKS_BACK = re.compile(
    r"回顾|发展(?:基础|成就|现状)|现状(?:[与和及、]|分析)|基本(?:现状|情况)[与和及、]|工作基础|主要成[就绩效]|取得[^/]{0,8}成[就绩效果]|(?:完成|进展|执行|开展)情况(?=$|/)|现状(?=$|/)"
)
MENDED = re.compile(r"(?:整改|改进)措施\s*:|下一步(?:打算|工作|措施|计划)?\s*[:,]|努力方向\s*:")
"""城区班额偏大;整改措施:两年内控制在45人以内 tells what will be done in the paragraph of what is wrong."""
TURNED = re.compile("下一(?:步|年|阶段)|明年|来年|今后|我[局校县市区们]将|年内")
"""正视存在问题,明确努力方向: in such a chapter what is wrong comes first."""
LOOKS_AHEAD = re.compile(
    r"下一(?:步|阶段)|打算|今后|整改措施|努力方向|(?:工作|年)(?:思路|安排|计划|要点|重点|目标|任务)(?=$|/)|下(?:半年|学期)|(?:明|来|新的一)年"
)


def _standpoint(reading: Reading, view: View, item: Quantity, kind: str, chapter: str) -> tuple[str, str]:
    """From where a number is told, report or plan, and in which chapter; what will be done about a problem stands in none of problems."""
    start = view.at(item.start)
    begin = max(view.text.rfind("\n", 0, start) + 1, start - MAX_SENTENCE)
    if MENDED.search(view.text, begin, start):
        return "plan", ""
    if PROBLEM_CHAPTER.search(chapter) and LOOKS_AHEAD.search(chapter):
        head = max((one.end for one in reading.headings if one.end <= item.start), default=0)
        return ("plan", "") if TURNED.search(view.text, view.at(head), start) else ("report", chapter)
    return _section(kind, chapter), chapter


def _section(kind: str, chapter: str) -> str:
    """report or plan as a chapter says: a plan begins with what was reached, a report ends with what comes next."""
    if kind == "plan" and LOOKS_BACK.search(chapter) and not LOOKS_AHEAD.search(chapter):
        return "report"
    if kind in ("report", "report+plan") and LOOKS_AHEAD.search(chapter) and not LOOKS_BACK.search(chapter):
        return "plan"
    return kind


ATTACHED = {("share", "pct"), ("multiple", "factor")}


def _attached(reading: Reading) -> set[int]:
    """Where the shares and factors stand of which the text says what they belong to: the level is the target (T2)."""
    return {
        operand.start
        for relation in reading.relations
        for operand in relation.operands
        if (relation.kind, operand.role) in ATTACHED
    }


def _breaks_down_background(clauses: list[Clause], place: int, chosen: set[int]) -> bool:
    """教职工8070人(公办6757人、民办聘请1313人): what stands in brackets behind a background number is background."""
    own = clauses[place]
    if _listed_of_background(clauses, place, chosen):
        return True
    opened = own.text.rfind("(", own.left, own.start)
    if own.kind != "count" or opened < own.text.rfind(")", own.left, own.start) or opened < 0:
        return False
    head = next((index for index in range(place - 1, -1, -1) if clauses[index].end <= opened), None)
    return head is not None and clauses[head].end == opened and clauses[head].kind == "count" and head not in chosen


MEMBER = re.compile(r"[,;、](?P<opens>其中)?:?[一-龥“”]{2,14}")
"""教师1328人,其中教授280人,副教授550人: what stands between the numbers of a stock and its members."""
MOST_MEMBERS = 12


def _listed_of_background(clauses: list[Clause], place: int, chosen: set[int]) -> bool:
    """Those who belong to a stock are one too, as long as nothing is said to have been done."""
    for member in range(place, max(place - MOST_MEMBERS, 0), -1):
        own, head = clauses[member], clauses[member - 1]
        if not (own.kind == head.kind == "count" and own.first == head.first) or own.unit not in PERSONS:
            return False
        between = own.text[head.end : own.start]
        listed = MEMBER.fullmatch(between)
        if listed is None or RESULT_VERB.search(between):
            return False
        if listed["opens"]:
            return head.unit in PERSONS and member - 1 not in chosen
    return False


def _segments(reading: Reading) -> list[Article | Part]:
    """Parts, and the articles that have none, in order of place."""
    inner = {part.start for part in reading.parts}
    whole = [article for article in reading.articles if article.start not in inner]
    return sorted([*reading.parts, *whole], key=lambda item: item.start)


def _chapters(reading: Reading) -> list[str]:
    """For every heading its text after those above it."""
    chapters: list[str] = []
    above: list[tuple[int, str]] = []
    for heading in reading.headings:
        while above and above[-1][0] >= heading.level:
            above.pop()
        above.append((heading.level, simplify(heading.text)))
        chapters.append("/".join(text for _, text in above))
    return chapters


_simple = lru_cache(maxsize=1024)(simplify)
"""Units are few and short: each is converted once."""


def _clause(view: View, cutter: Cutter, item: Quantity, kind: str, chapter: str) -> Clause:
    start, end = view.at(item.start), view.at(item.end)
    while end > start and view.text[end - 1].isspace():
        end -= 1
    left, right = cutter.clause(start, max(end, start + 1))
    first, last = cutter.sentence(start, max(end, start + 1))
    if view.text.startswith("其中", first) and first > 1:  # the sentence goes on with the verb of the one before
        first = cutter.sentence(first - 2, first - 1)[0]
    opened, closed = cutter.item(start)
    unit = _simple(item.unit)
    return Clause(view.text, start, end, left, right, first, last, item.kind, unit, kind, chapter, opened, closed)


def _cutter(reading: Reading, view: View) -> Cutter:
    openers = [view.at(point.end) for point in reading.points]
    # 一是…二是… inside a sentence share its deadline and its actor; ① and (1) number statements of their own
    items = [view.at(point.start) for point in reading.points if not SPOKEN.match(point.marker)]
    items += [view.at(heading.start) for heading in reading.headings]
    for heading in reading.headings:
        if heading.marker:
            openers.append(view.at(heading.start + len(heading.marker)))
        openers.append(view.at(heading.end))
    return Cutter(
        view.text,
        [match.end() for match in CLAUSE_END.finditer(view.text)],
        [match.end() for match in SENTENCE_END.finditer(view.text)],
        sorted(openers),
        sorted(items),
    )


def _target(view: View, quantity: Quantity, clauses: list[Clause], place: int, status: str) -> Target:
    clause = clauses[place]
    start, end = view.span(clause.left, clause.right)
    actor = clause.responsible()
    return Target(
        start=start,
        end=end,
        text=view.source[start:end],
        status=status,
        subject=_subject(clauses, place, actor),
        quantity=(quantity.start, quantity.end),
        comparator=comparator_of(clause),
        deadline_text=_printed(view, clause.deadline()) if status == "planned" else None,
        responsible_text=_printed(view, actor),
    )


NO_MATES = {"ordinal", "duration"}
MATES = 12
"""So many other numbers of a clause are looked at on either side of one."""


def _subject(clauses: list[Clause], place: int, actor: tuple[int, int] | None) -> str:
    """The subject, for a bare 共计…米 what the clause before says."""
    own = clauses[place]
    first = max(0, place - MATES)
    mates = [
        item
        for item in clauses[first : place + MATES]
        if item is own or (item.left == own.left and item.kind not in NO_MATES and not THRESHOLD.match(item.after))
    ]
    spans = [(item.start, item.end) for item in mates]
    found = subject_of(own.text, own.left, own.right, spans, mates.index(own), actor[1] if actor else 0)
    return found if len(found) > 1 else named_before(own.lead) or found


def _printed(view: View, span: tuple[int, int] | None) -> str | None:
    if span is None:
        return None
    start, end = view.span(*span)
    return view.source[start:end]
