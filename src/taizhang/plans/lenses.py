"""The same tasks seen otherwise: as a board, a gantt chart, a calendar, by unit, by leader, by chapter."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet

from taizhang.catalog.current import catalog
from taizhang.kernel.periods import Period
from taizhang.kernel.texts import names_in
from taizhang.plans import pace
from taizhang.plans.lights import facts_of
from taizhang.plans.models import Milestone, Task, TaskUnit
from taizhang.plans.overview import WORDS, Lit
from taizhang.plans.pace import GIVEN_UP, TaskFacts

VIEWS = {
    "": "表格", "board": "看板", "gantt": "甘特图", "calendar": "日历", "units": "按单位", "leaders": "按责任人",
    "chapters": "按章节",
}  # fmt: skip
CARDS = 30
# The gantt's width in its own units: a row's drawing is stretched to the cell.
WIDE = 1000
NOBODY, NO_CHAPTER = "未写责任人", "未分章节"


@dataclass(frozen=True, slots=True)
class Pile:
    """A column of the board: all of one light are counted, the first are shown."""

    word: str
    count: int
    cards: list[Lit]

    @property
    def category(self) -> str:
        return pace.CATEGORIES[self.word]


@dataclass(frozen=True, slots=True)
class Group:
    """The lights of one unit's, leader's or chapter's tasks; ``value`` is what the list is filtered by."""

    name: str
    value: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def done(self) -> int:
        return self.counts[WORDS.index(pace.FINISHED)]


@dataclass(frozen=True, slots=True)
class Bar:
    """A task on the gantt: places and widths of what is planned and done, dots of its milestones, all out of WIDE."""

    lit: Lit
    x: int
    width: int
    done: int
    dots: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gantt:
    bars: list[Bar]
    months: list[tuple[int, str]]
    today: int | None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    day: date
    inside: bool
    off: bool
    is_today: bool
    tasks: list[Lit]
    steps: list[Milestone]


def lit_tasks(tasks: Iterable[Task], day: date, facts: Mapping[int, TaskFacts] | None = None) -> list[Lit]:
    """Tasks that are read already, with their lights; their ``facts`` when these are read, too."""
    rows = list(tasks)
    known = _facts_of(rows) if facts is None else facts
    return [Lit(task, pace.standing(known[task.pk], day)) for task in rows]


def board(tasks: QuerySet[Task], day: date) -> list[Pile]:
    """One column for each light, cancelled tasks left out; within a column in the order of the list."""
    live = tasks.exclude(state=Task.CANCELLED)
    facts = facts_of(live)
    words = {pk: pace.word_of(item, day) for pk, item in facts.items()}
    shown: dict[str, list[int]] = defaultdict(list)
    for pk in live.values_list("pk", flat=True):
        if len(shown[words[pk]]) < CARDS:
            shown[words[pk]].append(pk)
    cards = live.filter(pk__in=[pk for keys in shown.values() for pk in keys])
    chosen = {lit.task.pk: lit for lit in lit_tasks(cards, day, facts)}
    counts = Counter(words.values())
    return [Pile(word, counts[word], [chosen[pk] for pk in shown[word]]) for word in WORDS]


def groups(tasks: QuerySet[Task], view: str, day: date) -> list[Group]:
    """The tasks counted by ``units`` (those that lead), ``leaders`` (责任人) or ``chapters``."""
    facts = facts_of(tasks.exclude(state=Task.CANCELLED))
    words = {pk: pace.word_of(item, day) for pk, item in facts.items()}
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for pk, name, value in _MEMBERS[view](tasks):
        if words.get(pk, GIVEN_UP) != GIVEN_UP:
            counts[name, value][words[pk]] += 1
    return [Group(name, value, tuple(found[word] for word in WORDS)) for (name, value), found in counts.items()]


def gantt(tasks: Iterable[Task], day: date) -> Gantt:
    """Bars of a page of tasks on one scale of whole months."""
    rows = list(tasks)
    facts = _facts_of(rows)
    lit = lit_tasks(rows, day, facts)
    spans = [(item.begins, item.end) for item in facts.values() if item.begins != date.min]
    if not spans:
        return Gantt([], [], None)
    first = min(start for start, _ in spans).replace(day=1)
    last = Period.of("month", max(end for _, end in spans)).end
    whole = (last - first).days + 1

    def at(when: date) -> int:
        return round((when - first).days / whole * WIDE)

    bars = [_bar(item, facts[item.task.pk], at) for item in lit]
    months, month = [], Period.of("month", first)
    while month.start <= last:
        months.append((at(month.start), f"{month.parts[1]}月"))
        month = Period.of("month", month.end + timedelta(days=1))
    return Gantt(bars, months, at(day) if first <= day <= last else None)


def month_of(tasks: QuerySet[Task], month: Period, day: date) -> list[list[CalendarDay]]:
    """Weeks of a month with what is due on each day: tasks, and milestones of tasks. Days off are marked (调休)."""
    weeks = Calendar().monthdatescalendar(month.start.year, month.start.month)
    first, last = weeks[0][0], weeks[-1][-1]
    due: dict[date, list[Lit]] = defaultdict(list)
    for item in lit_tasks(tasks.filter(deadline__range=(first, last)), day):
        if item.task.deadline:
            due[item.task.deadline].append(item)
    steps: dict[date, list[Milestone]] = defaultdict(list)
    inside = Milestone.objects.filter(task__in=tasks.order_by().values("pk"), due__range=(first, last))
    for step in inside.select_related("task"):
        steps[step.due].append(step)
    calendar = catalog().calendar
    return [
        [CalendarDay(one, one in month, not calendar.is_working(one), one == day, due[one], steps[one]) for one in week]
        for week in weeks
    ]


def _facts_of(rows: Iterable[Task]) -> dict[int, TaskFacts]:
    return facts_of(Task.objects.filter(pk__in=[task.pk for task in rows]))


def _bar(item: Lit, facts: TaskFacts, at: Callable[[date], int]) -> Bar:
    x, end = at(facts.begins), at(facts.end + timedelta(days=1))
    width = max(end - x, 4)
    dots = [(at(step.due), "done" if step.done_on else "open", f"{step.name} {step.due}") for step in facts.milestones]
    return Bar(item, x, width, round(width * min(float(item.light.share), 1.0)), dots)


def _by_unit(tasks: QuerySet[Task]) -> list[tuple[int, str, str]]:
    led = TaskUnit.objects.filter(task__in=tasks.order_by().values("pk"), part=TaskUnit.LEAD)
    rows = led.order_by("unit__order", "unit_id").values_list("task_id", "unit__name", "unit_id")
    return [(pk, name, str(unit)) for pk, name, unit in rows]


def _by_leader(tasks: QuerySet[Task]) -> list[tuple[int, str, str]]:
    rows = sorted(tasks.order_by().values_list("persons", "pk"), key=lambda row: (not row[0], row[0], row[1]))
    return [(pk, name or NOBODY, name) for persons, pk in rows for name in (names_in(persons) or [""])]


def _by_chapter(tasks: QuerySet[Task]) -> list[tuple[int, str, str]]:
    rows = tasks.order_by("plan_id", "order", "id").values_list("pk", "path")
    return [(pk, path[0] if path else NO_CHAPTER, path[0] if path else "") for pk, path in rows]


_MEMBERS: dict[str, Callable[[QuerySet[Task]], list[tuple[int, str, str]]]] = {
    "units": _by_unit,
    "leaders": _by_leader,
    "chapters": _by_chapter,
}
