"""What each printed number would have to be for a hypothesis to hold, and whether one slip of the pen explains that it is not."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from taizhang.reading.numbers.arithmetic import step
from taizhang.reading.numbers.passage import Item, to_one
from taizhang.reading.numbers.slips import meant

WRONG = 0.05
"""Of so many statements one number is wrong, before anything is looked at."""
TYPED, DRAFTED = 0.7, 0.3
"""Of the wrong ones so many are typed wrong, so many left from an earlier draft."""
SLIPS = 12
"""Ways in which one printed character may come out wrong."""
DRAFT = 1 / 9
"""A figure of an earlier draft is off by no more than this share of itself."""
SCALES = (10_000.0, 1000.0, 100.0, 1e8)
"""An average may be of so many (每万人), or its unit be left out."""
ABOUT, MANIFOLD = 2.0, 4.6
"""What is left open by a number that is about so much (a natural logarithm), by an average of a hundred or ten thousand."""
TELLING = 13
"""A number of fewer units of its last digit is given or missed by chance."""
CUT_OFF = 2.0
"""What is left open by a number that is cut off or rounded up."""
COARSE = 20
"""What is rounded to so many units of a result's last digit is as good as exact: 860.2万元 beside 2310万元."""
ABOVE, BELOW = 2.0, 0.67
"""Two numbers that are no parts of a third mostly stay below it: above, a slip is so much likelier."""
Needs = Callable[[Sequence[float], float], Iterator[tuple[int, float]]]
"""From the operands and the result to what each operand would have to be."""


def _of_quotient(scale: float, less: float) -> Needs:
    """result = scale × a ÷ b - less."""

    def needs(v: Sequence[float], r: float) -> Iterator[tuple[int, float]]:
        yield 0, (r + less) * v[1] / scale
        yield 1, scale * v[0] / (r + less)

    return needs


def _of_joint(v: Sequence[float], r: float) -> Iterator[tuple[int, float]]:
    """A share of several parts."""
    *parts, whole = v
    rest = r * whole / 100 - sum(parts)
    for place, one in enumerate(parts):
        yield place, one + rest
    yield len(parts), 100 * sum(parts) / r


def _of_growth(v: Sequence[float], r: float) -> Iterator[tuple[int, float]]:
    for factor in (1 + r / 100, 1 - r / 100):
        if factor > 0:
            yield 0, v[1] * factor
            yield 1, v[0] / factor


def _of_difference(v: Sequence[float], r: float) -> Iterator[tuple[int, float]]:
    for sign in (r, -r):
        yield 0, v[1] + sign
        yield 1, v[0] + sign


def _of_sum(v: Sequence[float], r: float) -> Iterator[tuple[int, float]]:
    rest = r - sum(v)
    for place, one in enumerate(v):
        yield place, one + rest


def _of_rest(v: Sequence[float], r: float) -> Iterator[tuple[int, float]]:
    rest = 100 - r - sum(v)
    for place, one in enumerate(v):
        yield place, one + rest


def _of_same(v: Sequence[float], r: float) -> Iterator[tuple[int, float]]:
    yield 0, r


def _gap(v: Sequence[Any]) -> Any:
    return abs(v[0] - v[1])


def _quotient(v: Sequence[Any]) -> Any:
    return v[0] / v[1]


NEEDS: dict[str, Needs] = {
    "share": _of_quotient(100, 0), "growth": _of_growth, "points": _of_difference, "difference": _of_difference, "sum": _of_sum,
    "fold": _of_quotient(1, 1), "multiple": _of_quotient(1, 0), "ratio": _of_quotient(1, 0), "per": _of_quotient(1, 0),
    "hundred": _of_rest, "same": _of_same, "joint": _of_joint,
}  # fmt: skip
RESULTS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "share": lambda v: 100 * v[0] / v[1], "growth": lambda v: 100 * abs(v[0] - v[1]) / v[1], "points": _gap, "difference": _gap,
    "sum": sum, "fold": lambda v: v[0] / v[1] - 1, "multiple": _quotient, "ratio": _quotient, "per": _quotient,
    "hundred": lambda v: 100 - sum(v), "same": lambda v: v[0], "joint": lambda v: 100 * sum(v[:-1]) / v[-1],
}  # fmt: skip
"""What operands give; exact numbers and floats."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number as the arithmetic sees it. ``meant`` is every value that one slip turns into it; 1:38 is 38 and ``turned``."""

    value: float
    grain: float
    meant: Sequence[float]
    width: int
    loose: bool
    bound: str
    percent: bool
    turned: bool

    @property
    def small(self) -> bool:
        """Has it so few units of its last digit that much gives it by chance?"""
        return self.value < TELLING * self.grain

    @classmethod
    def of(cls, item: Item) -> Figure:
        item, turned = to_one(item) or (item, False)
        percent, width = item.kind == "percent", len(item.quantity.text)
        return cls(item.rough, float(step(item)), meant(item), width, item.loose, item.bound, percent, turned)


def fits(kind: str, operands: Sequence[Figure], result: Figure) -> bool:
    """Do the operands give the result as it is printed, roundings and limits (以上) allowed for?"""
    operands = operands[::-1] if result.turned else operands
    return _room(kind, operands, result, RESULTS[kind]([one.value for one in operands])) is not None


def likelihood(kind: str, operands: Sequence[Figure], result: Figure) -> float | None:
    """How probable the printed numbers are when the hypothesis is meant and one of them is wrong: one slip among all that there
    are, or an earlier draft; nothing when neither explains them, None when all fits."""
    operands = operands[::-1] if result.turned else operands
    computed, stated = RESULTS[kind]([one.value for one in operands]), result.value
    if _room(kind, operands, result, computed) is not None:
        return None
    if kind in _DIVIDED and not stated < FARTHEST * computed < FARTHEST**2 * stated:
        return 0.0
    typed, drafted = False, 0.0
    for one in _needs(kind, operands, result, computed):
        typed = typed or _holds(one.figure.meant, one.need, one.slack)
        drafted = max(drafted, _drafted(one))
    found = DRAFTED * drafted
    if typed:
        found += TYPED / (SLIPS * (result.width + sum([one.width for one in operands])))
    if kind == "sum" and len(operands) == 2:
        found *= ABOVE if computed > stated else BELOW
    if kind in _ADDED:  # 3200亩 and 2万亩 make so many totals
        found *= min(1.0, COARSE * result.grain / max(2 * _slack(kind, operands, result), result.grain))
    return WRONG * found


def computed_by(kind: str, operands: Sequence[Figure], result: Figure) -> float:
    """What the operands give, in the order in which the result is printed."""
    return float(RESULTS[kind]([one.value for one in (operands[::-1] if result.turned else operands)]))


class Need(NamedTuple):
    """What a number, at a place among the operands (the result at -1), would have to be, give or take, for a hypothesis to hold;
    so many units of the result's last digit change with all of it."""

    place: int
    figure: Figure
    need: float
    slack: float
    results: float


class Wrong(NamedTuple):
    """What a number would have to be for a hypothesis to hold: its place among the operands (of the result -1), the bounds,
    whether a slip of the pen explains what is printed, and how probable it is as an earlier draft's."""

    place: int
    least: float
    most: float
    typed: bool
    drafted: float


def needed(kind: str, operands: Sequence[Figure], result: Figure) -> Iterator[Wrong]:
    """Which number could be the wrong one of a hypothesis that does not fit: a slip of the pen or an earlier draft explains it."""
    turned = operands[::-1] if result.turned else operands
    for one in _needs(kind, turned, result, RESULTS[kind]([it.value for it in turned])):
        typed, drafted = _holds(one.figure.meant, one.need, one.slack), _drafted(one)
        if typed or drafted:
            place = len(operands) - 1 - one.place if result.turned and one.place >= 0 else one.place
            yield Wrong(place, one.need - one.slack, one.need + one.slack, typed, drafted)


def _needs(kind: str, operands: Sequence[Figure], result: Figure, computed: float) -> Iterator[Need]:
    slack, stated, grain = _slack(kind, operands, result), result.value, result.grain
    if result.percent and stated == ALL and kind in _DIVIDED:
        slack = min(slack, ALL_BUT)
    yield Need(-1, result, computed, slack, stated / grain)
    for place, need in NEEDS[kind]([one.value for one in operands], stated):
        if need > 0 and kind in _ADDED:
            yield Need(place, operands[place], need, slack, need / grain)
        elif need > 0:
            varies = 100.0 if kind == "growth" else stated + 1 if kind == "fold" else stated
            yield Need(place, operands[place], need, need * slack / varies, varies / grain)


def _drafted(one: Need) -> float:
    """How probable a number is as an earlier draft's, of all that such drafts may have."""
    value = one.figure.value
    if abs(one.need - value) > DRAFT * max(one.need, value):
        return 0.0
    return 1 / max(max(one.results, 20.0) * DRAFT, 1.0)


def chance(result: Figure) -> float:
    """How probable just this value is for a number that nothing gives: one of so many of its grain (a natural logarithm)."""
    if result.percent and result.value == ALL:
        return math.log(OFTEN_ALL)
    if result.percent:
        return math.log(result.grain / (100 if result.value <= 100 else 400))
    return -math.log(2 * max(result.value / result.grain, 20.0))


_DIVIDED = frozenset({"share", "joint", "ratio", "multiple", "per"})
FARTHEST = 40
"""No slip makes a quotient so many times larger or smaller."""
ALL, ALL_BUT, OFTEN_ALL = 100, 0.05, 0.2
"""Whoever writes 100% means all: what a number would have to be is all but so many per cent. Of percentages that nothing gives so
many are 100%."""
_ADDED = frozenset({"sum", "difference", "points", "hundred", "same"})


def room(kind: str, operands: Sequence[Figure], result: Figure) -> float:
    """How much a hypothesis that fits leaves open (a natural logarithm): where about so many or at least so many is printed,
    many numbers would fit as well."""
    operands = operands[::-1] if result.turned else operands
    return _room(kind, operands, result, RESULTS[kind]([one.value for one in operands])) or 0.0


def _room(kind: str, operands: Sequence[Figure], result: Figure, computed: float) -> float | None:
    """The same; None when it does not fit."""
    stated, slack = result.value, _slack(kind, operands, result)
    off = abs(computed - stated)
    if off <= slack:
        return 0.0 if kind in _ADDED or off <= 0.501 * result.grain else -CUT_OFF
    if (result.loose and off < stated / 8) or (off < stated / 2 and any(one.loose for one in operands)):
        return -ABOUT
    if result.bound:
        above, below = result.bound.endswith(("上", "过", "于", "破")), result.bound.endswith(("下", "足"))
        if (above and computed >= stated) or (below and computed <= stated):
            return chance(result)
    if kind == "share" and operands[1].bound.endswith(("上", "过", "于", "破")) and stated <= computed:
        return chance(result)  # of more than so many
    scaled = kind == "per" and any(abs(computed * f - stated) <= slack for scale in SCALES for f in (scale, 1 / scale))
    return -MANIFOLD if scaled else None


def _slack(kind: str, operands: Sequence[Figure], result: Figure) -> float:
    """How far what the operands give may be from what is printed: they are rounded too where they are added."""
    grain = result.grain
    if kind not in _ADDED:
        return grain * 0.9999
    if kind == "points":
        return 1e-9
    rounded, even = grain / 2, True
    for one in operands:
        even = even and one.grain == grain
        rounded += 0.51 * one.grain
    if even and kind != "hundred":  # each share of a list is rounded by itself
        return 1e-9 * max(result.value, 1.0)
    return rounded


def _holds(values: Sequence[float], wanted: float, slack: float) -> bool:
    place = bisect_left(values, wanted - slack)
    return place < len(values) and values[place] <= wanted + slack
