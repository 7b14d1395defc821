"""Where a task stands on a day: completion, expected pace (时序进度), the light and its reason.

Pure: the same facts give the same answer, whoever reads them from wherever. Shares are ratios (0.5 is half).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from taizhang.kernel.texts import plain_number

ZERO, ONE = Decimal(0), Decimal(1)
LINEAR, BY_MILESTONES, AT_THE_END = "linear", "milestones", "end"
OPEN, DONE, CANCELLED = "open", "done", "cancelled"

FINISHED, ON_COURSE, BEHIND, OVERDUE, GIVEN_UP = "已完成", "正常", "滞后", "逾期", "已取消"
# The light's colour, and the look of its word.
LIGHTS = {FINISHED: "绿", ON_COURSE: "绿", BEHIND: "黄", OVERDUE: "红", GIVEN_UP: ""}
CATEGORIES = {FINISHED: "closed", ON_COURSE: "ok", BEHIND: "warn", OVERDUE: "late", GIVEN_UP: "void"}


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """One promised number with its actual. ``falling``: less is better. ``baseline`` is where the count starts (None: a
    level whose first value nobody knows, of which only met or not met can be said)."""

    subject: str
    value: Decimal
    actual: Decimal
    falling: bool = False
    baseline: Decimal | None = ZERO
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.actual <= self.value if self.falling else self.actual >= self.value

    @property
    def is_known(self) -> bool:
        """Whether anybody can say how far it is."""
        return self.baseline is not None or self.is_met

    @property
    def share(self) -> Decimal | None:
        """How much of the way from the baseline to the promised value is done; None when nobody can say."""
        if self.is_met:
            return ONE
        if self.baseline is None:
            return None
        way = self.value - self.baseline
        # A level that stood where it was promised and fell has none of the way left to show.
        return max(ZERO, (self.actual - self.baseline) / way) if way and (way < 0) == self.falling else ZERO


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    name: str
    due: date
    done_on: date | None = None
    weight: int = 1


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What the light needs to know of a task. ``end`` is its deadline, or the period's last day when ``has_deadline`` is
    False; ``percent`` what people reported, which counts only where neither targets nor milestones compute it."""

    state: str
    begins: date
    end: date
    has_deadline: bool = True
    done_on: date | None = None
    percent: int = 0
    pace: str = LINEAR
    tolerance: int = 10
    targets: tuple[TargetFacts, ...] = ()
    milestones: tuple[MilestoneFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A task's light. ``share`` is what is done, ``expected`` what should be; ``by`` says what computed the share."""

    word: str
    reason: str
    share: Decimal
    expected: Decimal
    by: str

    @property
    def light(self) -> str:
        return LIGHTS[self.word]

    @property
    def category(self) -> str:
        return CATEGORIES[self.word]


BY_TARGETS, BY_STEPS, BY_REPORT = "指标", "节点", "填报"


def done_share(facts: TaskFacts) -> tuple[Decimal, str, TargetFacts | None]:
    """How far a task is, what computed it, and the target that is furthest behind. A task that promises several numbers
    is as far as the worst of them."""
    weighed = [(share, target) for target in facts.targets if (share := target.share) is not None]
    if weighed:
        share, worst = min(weighed, key=lambda pair: pair[0])
        return share, BY_TARGETS, worst
    if facts.milestones:
        whole = sum(item.weight for item in facts.milestones)
        return Decimal(sum(item.weight for item in facts.milestones if item.done_on)) / whole, BY_STEPS, None
    return Decimal(facts.percent) / 100, BY_REPORT, None


def expected_share(facts: TaskFacts, day: date) -> Decimal:
    """What should be done by the end of ``day``: by days from the first to the last, by the milestones whose day is over,
    or nothing before the end."""
    if day < facts.begins:
        return ZERO
    if facts.pace == BY_MILESTONES and facts.milestones:
        whole = sum(item.weight for item in facts.milestones)
        return Decimal(sum(item.weight for item in facts.milestones if item.due < day)) / whole
    if day >= facts.end:
        return ONE
    if facts.pace == AT_THE_END:
        return ZERO
    return Decimal((day - facts.begins).days + 1) / ((facts.end - facts.begins).days + 1)


def is_overdue(facts: TaskFacts, day: date) -> bool:
    """Open after its last day. The last day itself is still in time."""
    return facts.state == OPEN and facts.has_deadline and facts.end < day


def word_of(facts: TaskFacts, day: date) -> str:
    """The light's word alone: what lists of thousands are counted by."""
    if facts.state != OPEN:
        return FINISHED if facts.state == DONE else GIVEN_UP
    if is_overdue(facts, day):
        return OVERDUE
    share, _, _ = done_share(facts)
    expected = expected_share(facts, day)
    # At the end of its time nothing is tolerated but the last day itself.
    if day > facts.end or expected - share > Decimal(facts.tolerance) / 100:
        return BEHIND
    return ON_COURSE


def standing(facts: TaskFacts, day: date) -> Standing:
    """The light with its reason in one sentence."""
    word, (share, by, worst) = word_of(facts, day), done_share(facts)
    expected = expected_share(facts, day)
    return Standing(word, _reason(facts, day, word, share, expected, by, worst), share, expected, by)


def _reason(
    facts: TaskFacts,
    day: date,
    word: str,
    share: Decimal,
    expected: Decimal,
    by: str,
    worst: TargetFacts | None,
) -> str:
    if word == GIVEN_UP:
        return "任务已取消。"
    if word == FINISHED:
        return _finished(facts)
    how = _how_far(share, by, worst)
    missed = [item for item in facts.milestones if item.done_on is None and item.due < day]
    late = f"节点“{missed[0].name}”应于{_day(missed[0].due)}完成，还没有完成" if missed else ""
    if word == OVERDUE:
        return f"{_day(facts.end)}到期，已超过{(day - facts.end).days}天，{how}。"
    if word == BEHIND and not facts.has_deadline and day > facts.end:
        return f"没有写时限，期间已于{_day(facts.end)}结束，{how}。"
    if word == BEHIND:
        gap = f"应完成{percent(expected)}，{how}，差{percent(expected - share).removesuffix('%')}个百分点"
        return f"{gap}；{late}。" if late else f"{gap}。"
    unknown = [item for item in facts.targets if item.share is None]
    if unknown:
        how = f"“{unknown[0].subject}”现为{_plain(unknown[0].actual)}{unknown[0].unit}，尚未达到{_plain(unknown[0].value)}{unknown[0].unit}"
    if facts.pace == AT_THE_END and expected < ONE:
        return f"期末一次完成，{how}。"
    if share >= ONE:
        return f"{how}，待牵头单位办结。"
    return f"应完成{percent(expected)}，{how}。"


def _finished(facts: TaskFacts) -> str:
    if facts.done_on is None or not facts.has_deadline:
        return f"{_day(facts.done_on)}完成。" if facts.done_on else "已完成。"
    early = (facts.end - facts.done_on).days
    when = f"提前{early}天" if early > 0 else f"比时限晚{-early}天" if early < 0 else "按时"
    return f"{_day(facts.done_on)}完成，{when}。"


def _how_far(share: Decimal, by: str, worst: TargetFacts | None) -> str:
    if worst is None:
        return f"{'节点' if by == BY_STEPS else ''}已完成{percent(share)}"
    if worst.is_met:
        return f"目标已达到（{worst.subject}{_plain(worst.actual)}{worst.unit}）"
    if worst.baseline:
        # Of a level 完成0% would be misread: it stands near what was promised, and has not moved towards it.
        now, goal, first = (f"{_plain(number)}{worst.unit}" for number in (worst.actual, worst.value, worst.baseline))
        return f"“{worst.subject}”现为{now}，目标{goal}，从基数{first}起走了{percent(share)}"
    return f"“{worst.subject}”完成{percent(share)}（{_plain(worst.actual)}/{_plain(worst.value)}{worst.unit}）"


def percent(share: Decimal) -> str:
    """A share as people print it, one decimal at most, half up."""
    shown = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{_plain(shown)}%"


def achievement(value: Decimal | None, actual: Decimal | None) -> Decimal | None:
    """Actual ÷ promise, as one setter's share is told (166 % of the county's, 103 % of the city's); None when there is
    nothing to divide."""
    return None if actual is None or not value else actual / value


def parts_reach(value: Decimal, parts: Sequence[Decimal], *, falling: bool, is_level: bool) -> str:
    """Whether what was given to the units reaches the whole: '' when it does, else what is wrong, in words.

    Amounts add up. Levels (rates, averages) do not: each part has to reach the whole's.
    """
    if not parts:
        return ""
    if is_level:
        short = sum(part > value if falling else part < value for part in parts)
        return f"有{short}个单位的目标达不到总目标{_plain(value)}" if short else ""
    total = sum(parts, ZERO)
    if falling and total > value:
        return f"各单位合计{_plain(total)}，比总目标多{_plain(total - value)}"
    if not falling and total < value:
        return f"各单位合计{_plain(total)}，比总目标少{_plain(value - total)}"
    return ""


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _plain(value: Decimal) -> str:
    """A number in a sentence: two decimals at most, half up."""
    return plain_number(value.quantize(Decimal("0.01"), ROUND_HALF_UP))
