"""The text of one week or month of a schedule: numbered jobs, their half-days, who, what and where."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from taizhang.reading.scheduledays import weekdays_at

Span = tuple[int, int]

_HALF = re.compile(r"上午|下午|全天|晚上|晚(?=[\s,:(])|中午|整天")
_HALF_NAMES = {"晚": "晚上", "整天": "全天"}
_OWN_DATE = re.compile(
    r"\s*(?:\d{1,2}\s?月\s?)?\d{1,2}\s?[日号](?:\s*(?:至|到|-|—{1,2}|~)\s*\d{1,2}\s?[日号])?(?:前|左右)?"
)
_BRACKET_DATE = re.compile(r"\((?:\d{1,2}月)?\d{1,2}[日号]\)")
_GAP = re.compile(r"[\s,:、。;]*")
_CIRCLED = re.compile(r"[①②③④⑤⑥⑦⑧⑨]")
_SEAM = re.compile(
    r"(?<=[\s,。;])(?=(?:上午|下午|晚上|全天)(?:[\s,:(]|[一-龥]))|(?=[①②③④⑤⑥⑦⑧⑨])"
    r"|(?<=\s)(?=(?:党?支部|工会|团委|妇委会|退协):)|(?<=[\n])(?=[ \t]*(?:周|星期)[一二三四五六日])"
)
_STARTS_ENTRY = re.compile(
    r"[ \t]*(?:(?:周|星期)[一二三四五六日末]|上午|下午|全天|晚上|[①②③④⑤⑥⑦⑧⑨]|(?:党?支部|工会|团委):)"
)
_BODY = r"(?:支部|工会|团委|妇委会|办公室|教研室|教科室|[一-龥]{1,6}(?:组|科室|股室|科(?![研学目技])|股|中心|学会))"
_ACTOR = re.compile(
    r"(?:全室|全局|全体(?:[一-龥]{2,6}?(?:人员|教师|干部|教研员))|室(?=[主例一会外])|[一-龥]{2,4}组教研员|局领导(?:班子)?"
    rf"|各(?:科室|股室|学科|学校|校|年级|中心校|乡镇|单位|县区?)(?:、各(?:科室|股室|学科|学校|校|年级|中心校|乡镇|单位))*"
    rf"|{_BODY}(?:、{_BODY})*)(?=[一-龥\s:])"
)
_NOT_ACTOR = re.compile(
    r"^(?:[省市县区]|全(?![室局体])|本|(?:中学|小学|高中|初中)(?!组)|高一|高二|高三|召开|开展|组织|举行|制|参加|推荐|检查|完成|做好|筹备|迎接|评选)"
)
_BY_BRACKET = re.compile(
    r"\((?P<who>(?:党?支部|工会|团委|办公室|[一-龥]{1,5}(?<![文理学])[科股组室])(?:[+、](?:党?支部|工会|团委|[一-龥]{1,5}(?<![文理学])[科股组室]))*)\)$"
)
_SITE = (
    r"(?:\d{1,3}中?/[一-龥]{2,6}|\d{1,3}中(?:学)?[一-龥]{0,6}|[一-龥]{1,12}?"
    r"(?:中学|小学|学校|校区|幼儿园|中心校|学院|教研室|会议室|礼堂|报告厅|活动中心|进修校|基地|体育馆|体育场|文化馆|教室|[一二三四五六七八九十实]中|一小|二小))"
)
_SITES = re.compile(rf"{_SITE}(?:[、和,]{_SITE})*(?:等(?:中?校|学校)?)?")
_AT = re.compile(rf"(?:(?:地点|会场|集合地)[::]?\s*|(?<![一-龥])在|于)(?!在?[全各])(?P<site>{_SITES.pattern})")
_BRACKET = re.compile(r"\((?P<inner>[^()]{2,40})\)")
# After a visit the words behind the colon are the host, whatever they are called.
_VISIT = re.compile(r"视导|调研|督导|交流|下校|走访|考察|检查|听课|送教|验收|参观")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to do within a numbered item."""

    begin: int
    stop: int
    weekdays: tuple[int, ...]
    half_day: str
    actor: str
    activity: str
    place: str
    date_text: str


def numbered(text: str, begin: int, stop: int, *, weekly: bool, table: bool) -> tuple[list[Span], Span]:
    """The numbered items of a stretch in the order 1, 2, 3 …, without their numbers, and the remark behind them.

    In a flattened week a numbering that starts again, and a line that names neither day nor half-day, is the remark
    cell. A stretch without numbers is one item a line (in a table cell: a sentence).
    """
    marks = _marks(text, begin, stop)
    if not marks:
        return _unnumbered(text, begin, stop, table), (stop, stop)
    last = _remark_at(text, marks[-1][1], stop) if weekly and not table else stop
    bounds = [*(mark[0] for mark in marks[1:]), last]
    items = [_trimmed(text, mark[1], bound) for mark, bound in zip(marks, bounds, strict=True)]
    return [item for item in items if item[0] < item[1]], (last, stop)


_MARK = re.compile(r"(?:(?<=[\s。;:])|^)(?P<mark>\(?(?P<n>\d{1,3})(?:、|[.](?!\d)|\))\s*)")


def _marks(text: str, begin: int, stop: int) -> list[Span]:
    """The item numbers 1, 2, 3 … in order. A printed numbering may leave one out; the next one must then open a line."""
    found = list(_MARK.finditer(text, begin, stop))
    places: dict[int, list[int]] = {}
    for place, mark in enumerate(found):
        places.setdefault(int(mark["n"]), []).append(place)
    chosen: list[Span] = []
    number, after = 1, -1
    while True:
        index = _following(places.get(number, []), after)
        if index is None and number > 1:
            opening = [one for one in places.get(number + 1, []) if text[found[one].start() - 1] == "\n"]
            index = _following(opening, after)
        if index is None:
            return chosen
        chosen.append(found[index].span("mark"))
        number, after = int(found[index]["n"]) + 1, index


def _following(indexes: Sequence[int], after: int) -> int | None:
    place = bisect_right(indexes, after)
    return indexes[place] if place < len(indexes) else None


def _remark_at(text: str, begin: int, stop: int) -> int:
    """Where the remark cell of a flattened week begins: numbering that starts again, or a line without a time."""
    place = text.find("\n", begin, stop)
    while 0 <= place < stop:
        line = text[place + 1 : stop]
        if line.strip() and not _STARTS_ENTRY.match(line):
            return place + 1
        place = text.find("\n", place + 1, stop)
    again = re.compile(r"(?<=[\s。])1[、.](?!\d)").search(text, begin, stop)
    return again.start() if again else stop


def _unnumbered(text: str, begin: int, stop: int, table: bool) -> list[Span]:
    cut = re.compile(r"[\n;。]" if table else r"\n")
    bounds = [begin, *(found.end() for found in cut.finditer(text, begin, stop)), stop]
    spans = [_trimmed(text, one, two) for one, two in pairwise(bounds)]
    return [span for span in spans if span[0] < span[1]]


def _trimmed(text: str, begin: int, stop: int) -> Span:
    while begin < stop and text[begin] in " \t\n":
        begin += 1
    while stop > begin and text[stop - 1] in " \t\n;。,":
        stop -= 1
    return begin, stop


def parts_of(text: str, begin: int, stop: int, *, context: str = "") -> list[Part]:
    """The half-days of one item. Those behind the first take over what they do not name: the day, and the activity
    when only a place is told (视导,上午:东校,下午:西校). ``context`` is what a column of the row says about the day."""
    seams = [found.start() for found in _SEAM.finditer(text, begin + 1, stop)]
    bounds = [begin, *seams, stop]
    pieces = [_part(text, *_trimmed(text, one, two)) for one, two in pairwise(bounds)]
    days, half = (weekdays_at(context.strip(), 0)[0], _half_in(context)) if context else ((), "")
    found: list[Part] = []
    lead: Part | None = None
    for part in pieces:
        if not part.weekdays:
            part = replace(part, weekdays=lead.weekdays if lead else days)
        if not part.half_day and lead is None:
            part = replace(part, half_day=half)
        if lead is not None and _only_place(part) and _VISIT.search(lead.activity):
            part = replace(part, place=part.activity, activity=lead.activity, actor=lead.actor)
        if part.activity or part.place:
            found.append(part)
            lead = lead or part
        elif part.weekdays or part.half_day:
            lead = lead or part
    # 视导,上午:东校,下午:西校: what stood in front of the half-days was their common activity, not a third job
    if (
        len(found) > 1
        and not found[0].half_day
        and all(other.place and other.activity == found[0].activity for other in found[1:])
    ):
        del found[0]
    return found


def _only_place(part: Part) -> bool:
    return (
        bool(part.half_day)
        and 2 <= len(part.activity) <= 12
        and not _VISIT.search(part.activity)
        and not re.search(r"会|活动|培训|测试|考试|比赛|上课|阅卷", part.activity)
    )


def _half_in(text: str) -> str:
    found = _HALF.search(text)
    return _HALF_NAMES.get(found[0], found[0]) if found else ""


def _part(text: str, begin: int, stop: int) -> Part:
    place = begin
    if _CIRCLED.match(text, place):
        place = _skip(text, place + 1, stop)
    days: tuple[int, ...] = ()
    half = dated = ""
    for _ in range(3):  # weekday, half-day and date stand in any order
        if not days:
            days, place = weekdays_at(text, place)
            place = _skip(text, place, stop) if days else place
        if not half and (found := _HALF.match(text, place, stop)):
            half, place = _HALF_NAMES.get(found[0], found[0]), _skip(text, found.end(), stop)
        if not dated and (found := _OWN_DATE.match(text, place, stop)):
            dated, place = found[0].strip(), _skip(text, found.end(), stop)
    body = " ".join(text[min(place, stop) : stop].split())
    if not dated and (bracket := _BRACKET_DATE.search(body)):
        dated = bracket[0]
    actor, activity = _actor(body)
    return Part(begin, stop, days, half, actor, activity.strip(" ,:。;"), _place(activity), dated)


def _skip(text: str, place: int, stop: int) -> int:
    found = _GAP.match(text, place, stop)
    return found.end() if found else place


def _actor(body: str) -> tuple[str, str]:
    """Who acts, when the item begins with it or ends with it in brackets; the activity is what is left."""
    if labelled := re.match(r"(党?支部|工会|团委|妇委会|退协):\s*", body):
        return labelled[1], body[labelled.end() :]
    found = _ACTOR.match(body)
    if found and not _NOT_ACTOR.match(found[0]):
        rest = body[found.end() :].lstrip(" :")
        if len(rest) >= 2 and rest[0] not in "、和及的成":
            return found[0], rest
    if bracket := _BY_BRACKET.search(body):
        return bracket["who"], body[: bracket.start()].strip()
    return "", body


def _place(activity: str) -> str:
    """The host school or room: after 地点 or 在, in brackets, or behind the colon of a visit."""
    if found := _AT.search(activity):
        return found["site"]
    for bracket in _BRACKET.finditer(activity):
        if _SITES.fullmatch(bracket["inner"].strip()):
            return bracket["inner"].strip()
    head, colon, tail = activity.partition(":")
    tail = tail.strip(" 。;,")
    if (
        colon
        and tail
        and (_SITES.fullmatch(tail) or (_VISIT.search(head) and len(tail) <= 14 and not re.search("[,。;]", tail)))
    ):
        return tail
    return ""
