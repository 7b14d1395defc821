"""Alarms that the rest of the text takes back: an alarm is right, or the tool loses its user."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from taizhang.reading.model import Relation
from taizhang.reading.numbers import doubtedpairs as pairs
from taizhang.reading.numbers import doubtedshares as shares
from taizhang.reading.numbers import doubtedsums as sums
from taizhang.reading.numbers.accounts import in_account
from taizhang.reading.numbers.alarms import RESULT, Alarm
from taizhang.reading.numbers.passage import Passage
from taizhang.reading.numbers.rounded import softened
from taizhang.reading.numbers.search import explained

Operands = frozenset[int]
_ONCE = ("share", "rate", "difference", "sum")
"""Of the same numbers there is one such result: 全部开工,开工率100%,竣工32个,竣工率94.12% are two of which one fits; parts
that make what was received are not those of what was closed."""
Doubt = Callable[[Alarm], bool]
DOUBTS: Mapping[str, Sequence[Doubt]] = {
    "share": shares.OF_SHARES,
    "rate": shares.OF_SHARES,
    "difference": (
        pairs.listed,
        pairs.of_no_number,
        pairs.from_base,
        pairs.of_a_nearer,
        pairs.against_the_past,
        pairs.left_over,
        pairs.of_another_item,
        pairs.of_its_own_subject,
        pairs.remitted,
    ),
    "growth": (pairs.told_elsewhere, shares.limit, pairs.of_another_item),
    "multiple": (pairs.told_elsewhere, pairs.of_time, pairs.turned, pairs.of_another_item),
    "ratio": (
        pairs.of_before,
        pairs.numbered,
        pairs.of_a_rule,
        pairs.of_one_side,
        pairs.of_another_item,
    ),
    "per": (
        pairs.numbered,
        pairs.ruled,
        pairs.among_others,
        pairs.of_another_item,
        pairs.one_of_several,
        pairs.one_of_standards,
    ),
    "sum": (
        sums.left_open,
        sums.completed,
        sums.mixed,
        sums.siblings,
        sums.overlapping,
        sums.cumulated,
        sums.told_for_each,
        sums.of_another_time,
        sums.one_of_a_list,
        sums.counted_anew,
        sums.what_is_left,
        sums.far_off,
    ),
}
"""What may speak against an alarm, by its kind;"""
EXPLAINED: Mapping[str, Sequence[Doubt]] = {
    **dict.fromkeys(
        ("share", "rate"), (shares.of_another_whole, shares.of_several, shares.of_opinion, shares.of_other_things)
    ),
    "sum": (in_account,),
    "difference": (in_account, pairs.points_of_what_is_before),
    "growth": (pairs.of_what_is_before,),
    "ratio": (pairs.of_nobody,),
}
"""and what does so however certain the words are: other numbers give the result."""


def standing(
    passage: Passage,
    found: Sequence[Relation],
    deltas: frozenset[int],
    beside: Sequence[Relation] = (),
    certain: bool = False,
) -> list[Relation]:
    """The relations without the alarms that nothing but chance speaks for, and with those as notes that the rounding of
    the printed operands covers. ``beside`` stand already: they may speak against an alarm, but not against
    what is ``certain`` by the learned weights."""
    known = [*beside, *found]
    right = [one for one in known if one.holds is True and one.check == "exact"]
    held = {(_kind(one), _measured(one)) for one in right}
    whole = [frozenset(item.start for item in one.operands) for one in right]
    changed = {item.start for one in known if one.kind == "difference" for item in one.operands if item.role == "now"}
    kept = []
    for one in found:
        said = softened(passage, one, RESULT[one.kind]) if one.severity else one
        if said.severity == "alarm" and said.check == "exact":
            alarm, operands = Alarm.of(passage, one), frozenset(item.start for item in one.operands)
            if any(operands <= others for others in whole) or (one.kind == "sum" and _all_shares_right(one, right)):
                continue
            if any(doubt(alarm) for doubt in EXPLAINED.get(one.kind, ())):
                continue
            if not certain and (_unlikely(alarm) or _withdrawn(alarm, deltas, held, changed)):
                continue
        kept.append(said)
    return kept


def _all_shares_right(one: Relation, right: Sequence[Relation]) -> bool:
    """参加志愿服务1240人,占62%;参加研学860人,占43%;全校2000人: each is right as a share of what they do not add up to, and the shares do not
    make 100 % either."""
    parts = {item.start for item in one.operands if item.role == "part"}
    total = next(item.start for item in one.operands if item.role == "total")
    shares = [it for it in right if _kind(it) == "share"]
    found = [
        next((it for it in shares if {part, total} < {item.start for item in it.operands}), None) for part in parts
    ]
    told = [(it.stated or 0, it.tolerance or 0) for it in found if it is not None]
    off = abs(sum(pct for pct, _ in told) - 100)
    return None not in found and off > sum(half for _, half in told) + 1e-9


def _kind(one: Relation) -> str:
    """A rate is a share by another name: 60所中11所未开会,占18.3%;联网率88% tells one of them."""
    return "share" if one.kind == "rate" else one.kind


def _measured(one: Relation) -> Operands:
    """Where the operands begin from which a result is computed."""
    return frozenset(item.start for item in one.operands if item.role != RESULT[one.kind])


def _changed_itself(one: Relation, changed: set[int]) -> bool:
    """接待费8.5万元,减少1.5万元;运行费34万元,减少2万元: a level with a change of its own is not what another came from."""
    return any(item.role == "before" and item.start in changed for item in one.operands)


def _withdrawn(alarm: Alarm, deltas: frozenset[int], held: set[tuple[str, Operands]], changed: set[int]) -> bool:
    """Is the result one that other numbers give as printed, or are the numbers taken by another statement?"""
    one, passage, stated = alarm.relation, alarm.passage, alarm.stated
    if one.kind in _ONCE and (_kind(one), _measured(one)) in held:
        return True
    if one.kind == "difference" and _changed_itself(one, changed):
        return True
    if stated is None or (one.kind == "sum" and stated.kind == "percent"):
        return False  # 本、专科总上线率: the name itself says which two are added
    return explained(passage, passage.place(stated), deltas, one.kind, _measured(one))


def _unlikely(alarm: Alarm) -> bool:
    """Do the words speak against this alarm?"""
    # A row of limits (大班不超过35人,中班不超过30人) says what may be, and computes nothing.
    if sum(item.bound.startswith(("不", "至少")) for item in alarm.items) > 1:
        return True
    return any(doubt(alarm) for doubt in DOUBTS.get(alarm.relation.kind, ()))
