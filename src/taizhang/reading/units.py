"""Who acts and until when: units and deadlines in a task's own words."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from taizhang.kernel.periods import Period

HAN = "一-龥"
UNITS = r"(?:单位|部门|科室|股室|处室)"
LEAD_LABEL = rf"牵头(?:责任)?{UNITS}|主(?:办|责|要责任|管){UNITS}"
DUTY_LABEL = rf"(?:责任|负责|承办|落实|实施|完成){UNITS}"
"""The one who does it: the lead, unless another is named as such; then it assists."""
ASSIST_LABEL = r"(?:配合|协办|协助|参与|参加|会同|协同|责任配合)(?:责任)?(?:单位|部门|科室|股室|处室)"
PERSON_LABEL = r"(?:牵头|分管|责任|包保|联系|主管)(?:局?领导|人)|负责人"
DEADLINE_LABEL = r"(?:完成|办结|整改|办理)?(?:时限|期限|时间(?:节点)?|日期)(?:要求)?|截止(?:时间|日期)|时间要求|完成时间|计划完成(?:时间)?"
LABELS = {
    "lead": LEAD_LABEL,
    "assist": ASSIST_LABEL,
    "duty": DUTY_LABEL,
    "person": PERSON_LABEL,
    "deadline": DEADLINE_LABEL,
}
ANY_LABEL = "|".join(LABELS.values())
LABELLED = re.compile(
    "(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in LABELS.items()) + r")\s*[:为]\s*"
    rf"(?P<value>(?:(?!(?:{ANY_LABEL})\s*[:为])[^;。()\n\t]){{1,120}})"
)

LABEL_END = re.compile(r"(?:单位|部门|[科股处]室|领导|人|[时期]限|时间|节点|日期|要求)\s*[:为]")
"""What every labelled value begins with."""

UNIT_END = (
    r"(?:委员会|办公室|部门|单位|中心|学校|小学|中学|高中|初中|学院|幼儿园|学区|公司|企业|乡镇|街道|政府|妇联|工会|县区|区县|教管办|"
    r"局|委|办|部(?!门)|院|厅|组(?!织)|校(?!长)|所|站|队|会|室|科(?!学)|股|处|园|市|县|区|镇|乡)"
)
# prepositions and verbs never stand in a unit's name
NOT_IN_NAME = r"[在为对与的由将把会要并和及按同]|联合|开展|做好|加强|推进|前完成|主办|牵头|承办|协办|负责|[年月]底|\d+[所个名处项座间辆人]"
NAME = rf"(?:(?!{NOT_IN_NAME})[一-龥A-Za-z0-9]){{1,14}}?" + UNIT_END
NAMES = rf"{NAME}(?:(?:、|和|及|与|以及|,){NAME})*"
# Where a unit's name may begin: a clause, or the text behind its number.
OPENS = r"(?:^|[。;,:()、]|^\s*(?:\(?[\d一二三四五六七八九十]{1,3}[.、)]|[一二三四五六七八九]是)\s*)"
SURNAMED = r"[一-龥]{2,3}(?:同志|局长|副局长|科长|主任)"
BY_LEAD = re.compile(
    rf"由(?!于)(?P<who>{NAMES})(?:(?P<person>{SURNAMED}))?(?:负责)?(?:牵头|负责|主办|承办|具体负责|组织实施)"
)
LEADS = re.compile(rf"{OPENS}(?P<who>{NAMES})(?:牵头|主办|承办)(?!单位|部门|科室|领导)")
WITH = re.compile(rf"{OPENS}(?P<who>{NAMES})(?:会同|联合)(?={NAME})")
BESIDE = re.compile(rf"(?<![参])[与和](?P<who>{NAMES})(?:联合|共同|协同)(?=[一-龥])")
TOGETHER = re.compile(rf"(?:会同|联合|协同)(?P<who>{NAMES})")
ASSISTS = re.compile(
    rf"(?:^|[。;,、(由])(?P<who>{NAMES})(?:等(?:部门|单位|科室|股室)?)?(?:密切|积极|协同)?(?:配合|协助|协办|参与)(?!单位|部门|科室|[{HAN}]{{0,3}}做好)"
)
ACTING = re.compile("牵头|负责|主办|承办|实施|会同|联合|协同|配合|协助|协办|参与|共同")
"""Without one of these a text names nobody who acts."""
SPLIT = re.compile(r"[、,;/\s]+|(?<=[局委办部科室股处校心园会])(?:和|及|与|以及)(?=[一-龥])")
NOT_A_UNIT = re.compile(r"^(?:等|各|有关|相关|各?(?:有关|相关)(?:部门|单位|科室|股室|学校)|部门|单位)?$")


def units_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Leading units, assisting units and persons that a task's text names, in order, each once."""
    lead: list[str] = []
    assist: list[str] = []
    duty: list[str] = []
    persons: list[str] = []
    for match in LABELLED.finditer(text) if LABEL_END.search(text) else ():
        target = {"lead": lead, "assist": assist, "duty": duty, "person": persons}.get(str(_label(match)))
        if target is not None:
            target += split_units(match["value"])
    phrases = ((BY_LEAD, lead), (LEADS, lead), (WITH, lead), (TOGETHER, assist), (BESIDE, assist), (ASSISTS, assist))
    for pattern, target in phrases if ACTING.search(text) else ():
        for match in pattern.finditer(text):
            target += split_units(match["who"])
            if person := match.groupdict().get("person"):
                persons.append(person.removesuffix("同志"))
    if lead:
        assist = duty + assist
    leads = _once(lead or duty)
    return leads, tuple(unit for unit in _once(assist) if unit not in leads), _once(persons)


def _label(match: re.Match[str]) -> str:
    return next(name for name in LABELS if match[name])


def split_units(text: str) -> list[str]:
    """「办公室、人事科,各学校」 → single units. Brackets and a closing 等 are dropped."""
    found = []
    text = re.sub(r"[((][^()()]*[))]", "", text.replace(",", ",").replace(";", ";"))
    for piece in SPLIT.split(text):
        name = re.sub(r"(?:等(?:部门|单位|科室|股室)?|负责|牵头)$", "", piece.strip(" .。:“”\"'()"))
        if len(name) >= 2 and not NOT_A_UNIT.match(name) and not re.search(LABELLED, name):
            found.append(name)
    return found


def _once(items: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


@dataclass(frozen=True)
class Deadline:
    """The words of a deadline in the text, and the day when they can be resolved."""

    start: int
    end: int
    day: date | None


YEAR = r"(?P<year>(?:19|20)\d\d) ?年"
WHICH = rf"(?:{YEAR} ?|(?P<ahead>明年|次年)|今年|本年度?)?"
# The most exact wording first; each behind the word without which it cannot stand, which is the quicker to look for.
DEADLINES = (
    (re.compile(r"\d-\d"), re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})")),
    (re.compile(r"\d[./]\d"), re.compile(r"(?P<year>(?:19|20)\d\d)[./](?P<month>\d{1,2})[./](?P<day>\d{1,2})")),
    (
        re.compile("月"),
        re.compile(rf"{WHICH}(?P<month>\d{{1,2}}) ?月 ?(?P<day>\d{{1,2}}) ?[日号] ?(?:之?前|以前|底前)"),
    ),
    (
        re.compile("月"),
        re.compile(
            rf"{WHICH}(?P<from>\d{{1,2}}) ?月 ?\d{{1,2}} ?[日号] ?(?:至|到|—|–|-|~)+ ?(?:(?P<month>\d{{1,2}}) ?月 ?)?(?P<day>\d{{1,2}}) ?[日号]"
        ),
    ),
    (
        re.compile("学年"),
        re.compile(
            r"(?P<year>20\d\d) ?[—–~至-]+ ?20\d\d ?学年度?第?(?P<nth>[一二上下])学期(?:结束|末|底|内)?(?:之?前)?"
        ),
    ),
    (re.compile("[春秋]"), re.compile(rf"{WHICH}(?P<season>[春秋])季?(?:学期)?(?P<opens>开学)?(?:之?前|以前)")),
    (
        re.compile("月"),
        re.compile(
            rf"{WHICH}(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}}) ?月(?:份)?(?P<part>底|末|上旬|中旬|下旬|初)?(?:之?前|以前)?"
        ),
    ),
    (re.compile("季度"), re.compile(rf"{WHICH}第?(?P<quarter>[一二三四1-4])季度(?:末|底)?(?:之?前|内)?")),
    (re.compile("半年"), re.compile(rf"{WHICH}(?P<half>[上下])半年(?:内|底|末)?(?:之?前)?")),
    (re.compile(r"\d ?年"), re.compile(rf"(?:到|至)?{YEAR}(?P<end>年?[底末])?(?:之?前|以前|内|度)?")),
    (
        re.compile("十[三四五六]五"),
        re.compile(r"(?:到|至)?[“”\"]?(?P<five>十[三四五六])五[“”\"]?(?:规划)?(?:时期|期间|期)?[末内](?:之?前)?"),
    ),
    (re.compile("[明次]年"), re.compile(r"(?P<ahead>明年|次年)年?[底末内](?:之?前|以前)?")),
    (
        re.compile("年[底末内终度]|[今全]年"),
        re.compile(
            r"(?:到|至|在)?(?P<yearend>(?:今年|本年)?(?<![一二两三四五六七八九十0-9])年[底末内](?:之?前|以前)?|年终(?:之?前)?|今年底(?:之?前)?|全年|今年内|年度内|本年度内?|今年)"
        ),
    ),
    (re.compile("年内"), re.compile(r"(?P<within>[一二两三四五六])年内")),
    (re.compile("[暑寒]假"), re.compile(r"(?P<holiday>[暑寒])假(?P<inside>期间|内|结束之?前)?(?:之?前)?")),
    (re.compile("学期"), re.compile(r"(?P<own>(?<![上下])(?:本|这)?学期(?:末|底|结束)(?:之?前)?)")),
    (
        re.compile("学期|本月|开学"),
        re.compile(
            r"(?P<open>(?:上|下)学期(?:末|底|结束)?(?:之?前)?|本月[底末内](?:之?前)?|开学(?:之?前)|开学[一两二三四]周内)"
        ),
    ),
    (re.compile("每"), re.compile(r"(?P<often>每个?(?:周|月|季度|学期|半年|年))(?![均人份末级])")),
)
DAY = (
    re.compile("月"),
    re.compile(rf"(?:{YEAR} ?)?(?P<month>\d{{1,2}}) ?月 ?(?P<day>\d{{1,2}}) ?[日号] ?(?:之?前|以前)?"),
)
"""In a cell or value that is a deadline, a plain day is one; in running text it only dates an event."""
# Without one of these a bare month or year only dates an event; it sets no limit.
LIMIT = re.compile(r"前|旬|底|末|内|完成|到|至|全年|季度|半年|期间|每|—|-")
CHINESE_MONTH = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
PART_DAYS = {"上旬": 10, "中旬": 20, "初": 10}


def deadline_in(text: str, year: int | None, *, labelled: bool = False, term: Period | None = None) -> Deadline | None:
    """The deadline that a text states. ``year`` is the document's year, ``term`` its school term when it names one;
    without them only full dates resolve.

    The most exact wording wins, among equals the first. ``labelled`` text is a cell or value known to be a deadline:
    there a bare month sets a limit too. 每月 and its like run to the end of the document's year.
    """
    for word, pattern in (DAY, *DEADLINES) if labelled else DEADLINES:
        for match in pattern.finditer(text) if word.search(text) else ():
            if labelled or _limits(text, match):
                return Deadline(*match.span(), _day(match, year, term))
    return None


def _limits(text: str, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 2]
    return LIMIT.search(match[0]) is not None or following.startswith(("前", "完成", "底"))


SUMMER = (7, 10)
"""The last day before the summer holiday: no text fixes one, bureaus' calendars end between 5 and 15 July."""
FIVE_YEARS = {"十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035}


def _day(match: re.Match[str], year: int | None, term: Period | None) -> date | None:
    found = match.groupdict()
    if found.get("five"):
        return date(FIVE_YEARS[found["five"]], 12, 31)
    if found.get("own"):
        return _term_end(term)
    if found.get("open"):
        return None
    if found.get("year"):
        year = int(found["year"])
    if year is None:
        return None
    year += bool(found.get("ahead"))
    if found.get("within"):
        return date(year - 1 + (CHINESE_MONTH.get(found["within"]) or 2), 12, 31)
    return _school_day(found, year) or _calendar_day(found, year)


def _term_end(term: Period | None) -> date | None:
    """The last school day of a term: that of the spring term lies before the summer holiday."""
    if term is None:
        return None
    return term.end if term.parts[1] == 1 else date(term.end.year, *SUMMER)


def _school_day(found: dict[str, str | None], year: int) -> date | None:
    """Terms and holidays, as the school calendar of the kernel has them."""
    if nth := found.get("nth"):
        return _term_end(Period("term", (year, 1 if nth in "一上" else 2)))
    if found.get("season"):
        begins = Period("term", (year, 1) if found["season"] == "秋" else (year - 1, 2)).start
        return begins - timedelta(days=1)
    if found.get("holiday") == "暑":
        return Period("term", (year - 1, 2)).end if found.get("inside") else date(year, *SUMMER)
    return Period("term", (year, 1)).end if found.get("holiday") else None


def _calendar_day(found: dict[str, str | None], year: int) -> date | None:
    if raw := found.get("month") or found.get("from"):
        month = int(raw) if raw.isdigit() else CHINESE_MONTH.get(raw, 0)
        return _safe(year, month, _day_of_month(found))
    if sign := found.get("quarter"):
        return _safe(year, 3 * (int(sign) if sign.isdigit() else CHINESE_MONTH[sign]), 31)
    if found.get("half") == "上":
        return date(year, 6, 30)
    return date(year, 12, 31)


def _day_of_month(found: dict[str, str | None]) -> int:
    if found.get("day"):
        return int(found["day"] or 31)
    return PART_DAYS.get(found.get("part") or "", 31)


def _safe(year: int, month: int, day: int) -> date | None:
    """The day, or the month's last one; None for a month that does not exist."""
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
