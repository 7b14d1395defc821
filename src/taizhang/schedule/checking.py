"""What does not fit in a table: two things at once for one school or person, a chain out of order, work on a day off.

Pure: items in, doubts out. A doubt is for the clerk to judge; nothing is refused for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

from taizhang.kernel.calendar import WorkCalendar
from taizhang.schedule.weeks import day_note

HALVES = ("上午", "中午", "下午", "晚上", "全天")
# A test is marked, then counted, then talked about. The word that says most comes last in a title.
STAGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("总结", re.compile(r"汇总会|总结会|反馈会|分析会|通报会|情况会")),
    ("统计", re.compile(r"统计|质量分析|数据分析|成绩分析")),
    ("阅卷", re.compile(r"阅卷|评卷|改卷")),
    ("测试", re.compile(r"测试|检测|监测|监控|考试|统考|模拟考|摸底")),
)
ORDER = ("测试", "阅卷", "统计", "总结")
GRADES = re.compile(r"小[一二三四五六]|[一二三四五六七八九]年级|初[一二三中]|高[一二三中]|小学|毕业班")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, as far as clashes go. ``key`` names it, ``places`` are units, ``people`` names."""

    key: int
    start: date
    end: date
    half: str
    title: str
    places: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """``keys`` are the items that it is about."""

    kind: str
    keys: tuple[int, ...]
    text: str


def doubts_in(items: Sequence[Item], calendar: WorkCalendar) -> list[Doubt]:
    """Every doubt about a table, clashes first."""
    return [*clashes(items), *chain_breaks(items), *on_days_off(items, calendar)]


def clashes(items: Iterable[Item]) -> list[Doubt]:
    """Pairs that want one school or one person in the same half of the same day."""
    found = []
    for one, other in combinations(sorted(items, key=lambda item: (item.start, item.key)), 2):
        if not _meet(one, other):
            continue
        for kind, shared in (("学校", one.places & other.places), ("人员", one.people & other.people)):
            if shared:
                when = max(one.start, other.start)
                names = "、".join(sorted(shared))
                text = (
                    f"{when.month}月{when.day}日{one.half or other.half}“{one.title}”与“{other.title}”都要{names}参加"
                )
                found.append(Doubt(f"{kind}冲突", (one.key, other.key), text))
    return found


def _meet(one: Item, other: Item) -> bool:
    if one.start > other.end or other.start > one.end:
        return False
    # What names no half takes the whole day, and so does what goes on for days.
    whole = {"", "全天"}
    return one.half in whole or other.half in whole or one.half == other.half


def stage_of(title: str) -> str:
    """测试, 阅卷, 统计 or 总结, by the words of a title; '' for anything else."""
    return next((name for name, pattern in STAGES if pattern.search(title)), "")


def chains(items: Iterable[Item]) -> list[list[Item]]:
    """Items that follow from each other, each list in the order of its stages: those that bear one chain's name, and
    those of the same grades within three weeks, beginning with a test."""
    staged = [(stage_of(item.title), item) for item in items if stage_of(item.title)]
    named: dict[str, list[tuple[str, Item]]] = {}
    for stage, item in staged:
        if item.chain:
            named.setdefault(item.chain, []).append((stage, item))
    found = [_in_order(members) for members in named.values()]
    loose = [(stage, item) for stage, item in staged if not item.chain]
    tests = sorted((item for stage, item in loose if stage == ORDER[0]), key=lambda item: item.start)
    for test in tests:
        grades = set(GRADES.findall(test.title))
        if not grades:
            continue
        following = [
            (stage, item) for stage, item in loose
            if stage != ORDER[0] and grades & set(GRADES.findall(item.title)) and -21 <= (item.start - test.start).days <= 21
            and not any(test.start < later.start <= item.start and grades & set(GRADES.findall(later.title)) for later in tests)
        ]  # fmt: skip
        if following:
            found.append(_in_order([(ORDER[0], test), *following]))
    return [chain for chain in found if len(chain) > 1]


def _in_order(members: list[tuple[str, Item]]) -> list[Item]:
    return [item for _, item in sorted(members, key=lambda pair: (ORDER.index(pair[0]), pair[1].start, pair[1].key))]


def chain_breaks(items: Iterable[Item]) -> list[Doubt]:
    """Neighbours in a chain whose days are the wrong way round: the later stage may begin on the last day of the earlier
    one, not before."""
    found: dict[tuple[int, int], Doubt] = {}
    for chain in chains(items):
        for earlier, later in pairwise(chain):
            if stage_of(earlier.title) != stage_of(later.title) and later.start < earlier.end:
                keys = (earlier.key, later.key)
                text = f"“{later.title}”{_on(later)}开始，早于“{earlier.title}”{_on(earlier, last=True)}结束"
                found[keys] = Doubt("先后颠倒", keys, text)
    return list(found.values())


def on_days_off(items: Iterable[Item], calendar: WorkCalendar) -> list[Doubt]:
    """What begins on a weekday that is a public holiday."""
    return [
        Doubt("放假日", (item.key,), f"“{item.title}”安排在放假日 {_on(item)}")
        for item in items
        if day_note(item.start, calendar) == "休"
    ]


def _on(item: Item, last: bool = False) -> str:
    day = item.end if last else item.start
    return f"{day.month}月{day.day}日"
