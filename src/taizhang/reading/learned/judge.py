"""Results that no finder has settled, held against what their words most likely mean.

A number may be nobody's result, may be given by some hypothesis as it is printed, or by some hypothesis but for one slip of the
pen or the figure of an earlier draft. Each has its probability from the words (the learned weights) and from the arithmetic;
an alarm is raised only when that of a slip outweighs all others together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from operator import attrgetter

from taizhang.reading.learned.arithmetic import RESULTS, fits, likelihood
from taizhang.reading.learned.beliefs import FITS, Beliefs
from taizhang.reading.learned.beliefs import OPEN as OPENLY
from taizhang.reading.learned.hypotheses import JOINT, NEVER, OPEN, Hypothesis, told_later
from taizhang.reading.learned.surroundings import FAR, Surroundings
from taizhang.reading.model import Relation
from taizhang.reading.numbers.alarms import RESULT
from taizhang.reading.numbers.arithmetic import derived, number, step
from taizhang.reading.numbers.claims import Claim
from taizhang.reading.numbers.comparisons import YEARLY, direction, stated_change
from taizhang.reading.numbers.partition import TRIM, complete
from taizhang.reading.numbers.passage import Item, Passage, same_unit, to_one
from taizhang.reading.numbers.shares import feasible

SURE, CERTAIN = 0.75, 0.9
"""So probable must a slip be, and so probable that nothing else is asked;"""
ALIKE, NAME = 0.3, 4
"""so probable where a total and all its parts end in the same so many characters;"""
LISTED = 4.4
"""Odds by the words from which a list is all there is, however much room it leaves."""
TOLD, SMALL = 0.7, 0.95
"""so probable a relation that holds (of a small result, which much fits or misses by chance, nearly certain),"""
ALLEGED, NAMED = 0.43, 0.22
"""and so probable one whose other side is not printed, of a rate that bears its part's name less."""
DOUBTFUL = 0.0004
"""Less probable by its words, a relation of the rules whose other side is not printed is not asserted."""
VENTURED = -5.0
"""Odds by the words below which an alarm of a finder that tries numbers which no wording binds is a note;"""
SLIM, FAINT, PAIRED = 0.05, -5.0, 0.0
"""a ventured alarm is a note too when a slip is so improbable and the words say so little; two numbers are no total's unless their
words say something for it;"""
UNEXPLAINED, TURNED, BEYOND = 3.0, -0.7, 10.0
"""the same of every finder's alarm where no slip explains what is printed, and of a ventured one where the number most likely speaks of one
alone, and where both is so. Where other numbers most likely give it nothing suffices."""
LIKELY, DISMISSED = 0.9, -8.0
"""So probable is most likely; and with so little nothing is said at all."""
FARTHEST_OFF = 4.0
"""What misses by such a factor, and by no slip, is meant otherwise."""
AROUND = 6
"""The parts of a list that are nothing are looked for so many numbers around it."""
ROOM = 6
"""A further member of a list is no smaller than so a part of the others."""
_SAID: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "share": ("share", "pct", ("part", "whole"), "{} ÷ {}"),
    "growth": ("growth", "pct", ("now", "before"), "({0} 与 {1} 相差) ÷ {1}"),
    "points": ("difference", "delta", ("now", "before"), "{} 与 {} 相差"),
    "difference": ("difference", "delta", ("now", "before"), "{} 与 {} 相差"),
    "fold": ("multiple", "factor", ("now", "before"), "({0} - {1}) ÷ {1}"),
    "multiple": ("multiple", "factor", ("now", "before"), "{} ÷ {}"),
    "ratio": ("ratio", "ratio", ("a", "b"), "{} ÷ {}"),
    "per": ("per", "result", ("a", "b"), "{} ÷ {}"),
}


def find_learned(beliefs: Beliefs, found: Sequence[Relation]) -> Iterator[tuple[Relation, bool]]:
    """Alarms about results that none of the relations found has judged; and whether the weights alone are certain of them."""
    near = beliefs.near
    held, spoken = _held(near.passage, found), _spoken(near.passage, found)
    for place, item in enumerate(near.items):
        if item.kind in NEVER or not item.value:
            continue
        sure, wrong = beliefs.about(place).of_a_slip()
        if (
            wrong is None
            or not _told_apart(near, wrong, held.get(item.begin, []))
            or _no_total(near, place, wrong)
            or sure < _enough(beliefs, place, wrong)
        ):
            continue
        said = spoken.get(item.begin, set())
        if not said <= {near.items[one].begin for one in wrong[1]}:
            continue
        if said and wrong[0] == "share" and near.items[wrong[1][0]].begin not in said:
            continue  # 录取386人,占本科录取人数的18.4%: the 386 are no whole
        relation = claim_of(near, place, wrong).relation()
        if relation is not None and relation.severity == "alarm":
            yield relation, sure >= CERTAIN


def _told_apart(near: Surroundings, wrong: Hypothesis, known: Sequence[Relation]) -> bool:
    """Is what is known of a result right, and told by other numbers than these? Only a total is told twice."""
    parts = {near.items[one].begin for one in wrong[1]}
    index = near.passage.view.index
    return not known or (
        wrong[0] == "sum"
        and all(one.holds is True and not parts & {index(item.start) for item in one.operands} for one in known)
    )


def _enough(beliefs: Beliefs, place: int, wrong: Hypothesis) -> float:
    """How probable a slip must be: a small result is missed by chance."""
    near, (kind, parts) = beliefs.near, wrong
    if kind == "sum" and len(parts) == 2 and beliefs.scales.all_odds(place, wrong, misprinted=True) < PAIRED:
        return math.inf
    if near.figure(place).small:
        return SMALL
    if kind == "sum" and len(parts) > 2 and _named_alike(near, [place, *parts]):
        return ALIKE
    if not _open_ended(near, place, wrong):
        return SURE
    told = kind == "sum" and beliefs.scales.all_odds(place, wrong, misprinted=True) >= LISTED
    return SURE if told else CERTAIN


def _named_alike(near: Surroundings, places: Sequence[int]) -> bool:
    """投入维修资金1268万元。东片投入维修资金512万元。西片…: does every line say it in the words of the total?"""
    names = {near.words(one).label[-NAME:] for one in places}
    return len(names) == 1 and len(names.pop()) == NAME


def _open_ended(near: Surroundings, place: int, hypothesis: Hypothesis) -> bool:
    """Any two levels of a page grow by some per cent, and a list that stays well below its total may have one more member."""
    kind, parts = hypothesis[0], [near.figure(one).value for one in hypothesis[1]]
    return kind == "growth" or (kind == "sum" and ROOM * (near.figure(place).value - sum(parts)) > min(parts))


_FIRST_OF = re.compile("居首|居前|居多|位居|位列|排第|最多")


def _no_total(near: Surroundings, place: int, hypothesis: Hypothesis) -> bool:
    """Is a number no total of these: the last of a row that nobody calls one (甲校用房366平方米;乙校用房409平方米;丙校用房830平方米), or of a
    list that only tells the first?"""
    said, (kind, parts) = near.words(place), hypothesis
    if kind == "sum" and _FIRST_OF.search(near.passage.text, near.items[place].stop, near.items[max(parts)].stop):
        return True  # 病人426例,尘肺病居首(366例),噪声聋54例
    if kind != "sum" or max(parts) > place or "T" in said.lead + said.classes:
        return False
    name = said.label[-2:]
    return bool(name) and all(near.words(one).label.endswith(name) for one in parts)


def find_told(beliefs: Beliefs, found: Sequence[Relation]) -> Iterator[Relation]:
    """Relations that hold, and those that rest on a number which is not printed, for results that no relation found has."""
    near = beliefs.near
    results = {
        near.passage.view.index(item.start): one
        for one in found
        for item in one.operands
        if item.role == RESULT[one.kind]
    }
    said = {key_of(one)[1] for one in found if one.check == "exact"}
    lists = _lists_of(found)
    before = _before(found)
    speaking: list[Relation] = []
    fitting: list[tuple[float, Relation]] = []
    for place, item in enumerate(near.items):
        known = results.get(item.begin)
        if item.kind in NEVER or not item.value or (known is not None and known.check == "exact"):
            continue
        told = _fitting(beliefs, place)
        if told is not None and not _within_a_list(lists, told[1]):
            fitting.append(told)
        elif known is None:
            speaking += _speaking(beliefs, place)
    for _, one in sorted(fitting, key=lambda told: -told[0]):  # 男608名,女556名,共1164名 is told once
        if key_of(one)[1] not in said:
            said.add(key_of(one)[1])
            before |= _before([one])
            yield one
    yield from (one for one in speaking if not before & key_of(one)[1])  # 比上年25758元,增加0.53%: a level, no change


def _lists_of(found: Sequence[Relation]) -> dict[int, list[set[int]]]:
    """The lists that some total adds up, by where each of their parts begins."""
    lists: dict[int, list[set[int]]] = {}
    for one in found:
        parts = {item.start for item in one.operands if item.role == "part"} if one.kind == "sum" else set()
        for start in parts:
            lists.setdefault(start, []).append(parts)
    return lists


def _within_a_list(lists: dict[int, list[set[int]]], one: Relation) -> bool:
    """Are all numbers of a relation parts of one list? 一等奖10名,二等奖20名,三等奖30名,合计65名 tells of no 10 + 20 = 30."""
    return any(key_of(one)[1] <= parts for parts in lists.get(one.operands[0].start, ()))


def _before(found: Sequence[Relation]) -> set[int]:
    """Where the levels begin from which something is told to have changed."""
    return {item.start for one in found if one.check == "exact" for item in one.operands if item.role == "before"}


def _fitting(beliefs: Beliefs, place: int) -> tuple[float, Relation] | None:
    """The relation that the number at a place most likely closes, with what the words say for it."""
    sure, meant = beliefs.about(place).likeliest(FITS)
    item = beliefs.near.items[place]
    small = beliefs.near.figure(place).small or (item.kind == "percent" and step(item) >= 1)
    if small and meant is not None and meant[0] == "difference":
        return None  # 2次,现改为1次,减少1次的会议另行通知: nearly any two small counts differ by a third
    enough = SMALL if small else TOLD
    told = claim_of(beliefs.near, place, meant).relation() if meant is not None and sure >= enough else None
    if meant is None or told is None or told.holds is not True:
        return None
    return beliefs.scales.all_odds(place, meant), told


def _speaking(beliefs: Beliefs, place: int) -> Iterator[Relation]:
    sure, meant = beliefs.about(place).likeliest(OPENLY)
    if meant is None or YEARLY.search(beliefs.near.items[place].label):
        return
    if sure >= (NAMED if _named_after(beliefs.near, place, meant[1][0]) else ALLEGED):
        yield from opened(beliefs.near, place, meant)


def _named_after(near: Surroundings, place: int, operand: int) -> bool:
    """整改50处,整改率100%: a rate that bears its part's name."""
    said = re.search(r"([一-鿿]{2})率$", near.words(place).label)
    return said is not None and said[1] in near.words(operand).label


Key = tuple[str, frozenset[int]]


def key_of(one: Relation) -> Key:
    """By what two relations are one."""
    return one.kind, frozenset(item.start for item in one.operands)


def sifted(beliefs: Beliefs, found: Sequence[Relation], ventured: AbstractSet[Key]) -> Iterator[Relation]:
    """The relations of the rules without those that the words do not bear: an alarm that was ventured on numbers which no wording
    binds is a note when less speaks for it than it needs, and none when nothing does; a number is not said to speak of one that
    its words do not speak of. What holds, and what a wording binds, speaks for itself."""
    for one in found:
        if one.check == "feasible" and not _allowed(beliefs, one):
            continue
        if one.check == "exact" and one.severity == "alarm":
            odds, needed = _odds(beliefs, one, key_of(one) in ventured)
            if odds < needed:
                if odds >= DISMISSED and not _said_elsewhere(beliefs.near, one):
                    yield replace(one, severity="note", why=f"{one.why}；把握不大，请人工核对")
                continue
        if one.severity == "note" and one.kind in ("share", "rate") and _said_elsewhere(beliefs.near, one):
            continue  # cut off as a share of this, right as one of another
        yield one


def _odds(beliefs: Beliefs, one: Relation, ventured: bool) -> tuple[float, float]:
    """What the words say for an alarm, and what they must say. Of what is said in words (一半) nothing is known; and where a sentence holds
    no other number, and speaks of none that is not printed, none other can be meant."""
    near = beliefs.near
    place, readings = place_of(near.passage, one), list(readings_of(near.passage, one))
    if place is not None and readings and ventured and _no_total(near, place, readings[0]):
        return -math.inf, VENTURED
    if place is not None and readings and ventured and _absurd(near, place, readings):
        return -math.inf, VENTURED
    if place is None or not readings or _alone(beliefs, place, readings[0]):
        return math.inf, VENTURED
    odds, belief = max(beliefs.scales.all_odds(place, it, misprinted=True) for it in readings), beliefs.about(place)
    if one.kind == "sum" and (near.items[place].kind == "percent" or _whole_by_name(near, place, readings[0])):
        return math.inf, VENTURED  # 本、专科总上线率, 男生…人、女生…人: the names themselves say what is added
    fitting = (
        sure for sure, it in belief.readings if it.how == FITS and not _apart(near, place, readings[0], it.hypothesis)
    )
    if sum(fitting) > LIKELY:
        return odds, math.inf
    result = near.figure(place)
    slips = one.kind == "per" or any(  # 每百名: so many for a hundred
        likelihood(kind, [near.figure(it) for it in rest], result) != 0.0 for kind, rest in readings
    )
    alone = belief.of(OPENLY)[0] > LIKELY
    if not slips:
        if result.percent and result.value == 100:
            return -math.inf, BEYOND  # 结对率100%: all there are, of whom nobody tells the number
        needed = BEYOND if alone or told_later(place, readings[0]) else UNEXPLAINED
        return odds if odds >= needed else -math.inf, needed
    if not ventured:
        return math.inf, VENTURED
    if odds < FAINT and belief.of_a_slip()[0] < SLIM:
        return odds, math.inf
    return odds, PAIRED if _tiny(near, readings[0]) else TURNED if alone else VENTURED


def _apart(near: Surroundings, place: int, reading: Hypothesis, other: Hypothesis) -> bool:
    """春季12460人,186.9万元,人均150元;秋季12840人,127.6万元,人均150元: do all numbers of one reading stand in the result's own part of a sentence,
    and the last of another's in another part?"""
    begin, stop = near.passage.part_of(near.items[place])
    mine = all(begin <= near.items[one].begin < stop for one in reading[1])
    return mine and not begin <= max(near.items[one].begin for one in other[1]) < stop


def _whole_by_name(near: Surroundings, place: int, reading: Hypothesis) -> bool:
    """Do two names leave no third, right behind what they part (学生1040人,其中男生536人,女生504人)?"""
    parts = sorted(reading[1])
    labels = [TRIM.sub("", near.items[one].name) for one in parts]
    beside = parts == [place + 1, place + 2] and near.items[place].sentence == near.items[parts[-1]].sentence
    return beside and complete(labels)


def _said_elsewhere(near: Surroundings, one: Relation) -> bool:
    """Do the parts give another total that is printed, or is the share right of another whole: 共1326件,其中网上1022件;…六类合计1326件?"""
    place, readings = place_of(near.passage, one), list(readings_of(near.passage, one))
    if place is None or not readings:
        return False
    kind, operands = readings[0]
    reach = near.levels_in(max(0, place - FAR), place + FAR // 2)
    if kind == "sum":
        parts, unit = [near.figure(it) for it in operands], near.items[operands[0]].unit
        return any(
            near.items[it].unit == unit and it not in operands and fits(kind, parts, near.figure(it)) for it in reach
        )
    if kind != "share":
        return False
    part, result = near.figure(operands[0]), near.figure(place)
    return any(
        it not in operands
        and same_unit(near.items[it], near.items[operands[0]])
        and fits(kind, [part, near.figure(it)], result)
        for it in reach
    )


def _absurd(near: Surroundings, place: int, readings: Sequence[Hypothesis]) -> bool:
    """访问居民1200人,拨打电话7913个,成功率15%: nothing that no slip explains is so far off."""
    result = near.figure(place)
    operands = [[near.figure(one) for one in rest] for _, rest in readings]
    if readings[0][0] == "per" or any(  # 每百名: so many for a hundred
        likelihood(kind, some, result) != 0.0 for (kind, _), some in zip(readings, operands, strict=True)
    ):
        return False
    off = [
        RESULTS[kind]([one.value for one in some]) / result.value
        for (kind, _), some in zip(readings, operands, strict=True)
    ]
    return all(one > FARTHEST_OFF or one * FARTHEST_OFF < 1 for one in off)


def _alone(beliefs: Beliefs, place: int, reading: Hypothesis) -> bool:
    items, passage = beliefs.near.items, beliefs.near.passage
    if _tiny(beliefs.near, reading) or told_later(place, reading):
        return False
    sentence = {one for one in passage.sentences[items[place].sentence] if items[one].kind not in NEVER}
    return sentence == {place, *reading[1]} and beliefs.about(place).of(OPENLY)[0] < ALLEGED


def _tiny(near: Surroundings, reading: Hypothesis) -> bool:
    """自查2次,督查3次,节约率4.7%: two small counts give anything."""
    return all(near.figure(one).small for one in reading[1])


_ALLEGED = frozenset({"share", "rate", "growth", "difference", "multiple"})
"""What may rest on a number that is not printed."""


def _allowed(beliefs: Beliefs, one: Relation) -> bool:
    place = place_of(beliefs.near.passage, one)
    readings = list(readings_of(beliefs.near.passage, one))
    if one.kind not in _ALLEGED or place is None or not readings:
        return True
    return max(beliefs.of_words(place, it) for it in readings) >= DOUBTFUL


_KINDS = {
    "share": ("share", JOINT), "rate": ("share", JOINT), "growth": ("growth",), "difference": ("difference", "points"), "multiple": ("multiple", "fold"),
    "ratio": ("ratio", "multiple"), "per": ("per",), "sum": ("sum",),
}  # fmt: skip
"""As which hypotheses a relation is weighed."""
_FIRST = ("part", "now", "a")
"""The operand of a hypothesis that is named first."""


def place_of(passage: Passage, one: Relation) -> int | None:
    """Where the number stands that the others give; nothing where a word says it."""
    return next((passage.at(item.start) for item in one.operands if item.role == RESULT[one.kind]), None)


def readings_of(passage: Passage, one: Relation) -> Iterator[Hypothesis]:
    """The hypotheses that say what a relation says."""
    items = [item for item in one.operands if item.role != RESULT[one.kind]]
    if any(item.role == "delta" for item in items):
        return  # a percentage of a change whose level before is not printed: no hypothesis says that
    items.sort(key=lambda item: (item.role not in _FIRST, item.start))
    operands = tuple(passage.at(item.start) for item in items)
    if one.check == "feasible":
        yield from ((kind + OPEN, operands) for kind in _KINDS[one.kind] if len(operands) == 1 and kind != JOINT)
    else:
        for kind in _KINDS[one.kind]:
            many = len(operands) > 1 if kind == "sum" else len(operands) > 2 if kind == JOINT else len(operands) == 2
            in_order = tuple(sorted(operands)) if kind in ("difference", "points") else operands
            yield from [(kind, in_order)] * many


def _held(passage: Passage, found: Sequence[Relation]) -> dict[int, list[Relation]]:
    """The relations that judge a result, by where it begins: an operand may be another relation's result."""
    held: dict[int, list[Relation]] = {}
    for one in found:
        result = next((item for item in one.operands if item.role == RESULT[one.kind]), None)
        if result is not None and one.check == "exact" and (one.holds is True or one.severity == "alarm"):
            held.setdefault(passage.view.index(result.start), []).append(one)
    return held


def _spoken(passage: Passage, found: Sequence[Relation]) -> dict[int, set[int]]:
    """Of which number the words say that a result speaks, where the other one is not printed: an alarm speaks of it too."""
    index, spoken = passage.view.index, {}
    for one in found:
        result = next((item for item in one.operands if item.role == RESULT[one.kind]), None)
        if one.check == "feasible" and result is not None:
            spoken[index(result.start)] = {index(item.start) for item in one.operands if item is not result}
    return spoken


def claim_of(near: Surroundings, place: int, hypothesis: Hypothesis) -> Claim:
    """The hypothesis in the form in which every relation is judged and told."""
    kind, operands = hypothesis[0], [near.items[one] for one in hypothesis[1]]
    if kind == "sum":
        parts = tuple(
            ("part", one) for one in sorted([*operands, *_zeros(near, hypothesis[1])], key=attrgetter("begin"))
        )
        return Claim("sum", parts, near.items[place], "total", RESULTS["sum"], " + ".join(["{}"] * len(parts)))
    if kind == JOINT:
        rate = "rate" if _RATE.search(near.passage.lead(near.items[place])) else "share"
        parts = tuple(("part", one) for one in operands[:-1])
        return Claim(rate, (*parts, ("whole", operands[-1])), near.items[place], "pct", RESULTS[JOINT], "")
    said, role, roles, shows = _SAID[kind]
    if kind == "ratio":
        quotient, first = to_one(near.items[place]) or (near.items[place], False)
        pairs = (
            tuple(zip(("b", "a"), operands[::-1], strict=True)) if first else tuple(zip("ab", operands, strict=True))
        )
        return Claim(said, pairs, quotient, role, RESULTS[kind], shows)
    kind_said = "rate" if said == "share" and _RATE.search(near.passage.lead(near.items[place])) else said
    return Claim(kind_said, tuple(zip(roles, operands, strict=True)), near.items[place], role, RESULTS[kind], shows)


def _zeros(near: Surroundings, parts: Sequence[int]) -> Iterator[Item]:
    """The parts of a list that are nothing (因公出国费0万元): beside the others, in their unit."""
    first = near.items[parts[0]]
    for item in near.items[max(0, parts[0] - AROUND) : parts[-1] + AROUND]:
        if item.value == 0 and item.sentence == first.sentence and (item.kind, item.unit) == (first.kind, first.unit):
            yield item


_RATE = re.compile(r"率[^率,;。()\d]{0,8}$")
_MORE = re.compile("增|多|高|扩大|提")


def opened(near: Surroundings, place: int, hypothesis: Hypothesis) -> Iterator[Relation]:
    """The relation of a result and one number, with what the other must have been."""
    kind, result, item = hypothesis[0].removesuffix(OPEN), near.items[place], near.items[hypothesis[1][0]]
    if kind == "share":
        yield from feasible("rate" if _RATE.search(near.passage.lead(result)) else "share", [item], result)
    elif kind == "multiple":
        yield from _times(result, item)
    else:
        yield from stated_change(item, result, None, direction(result), None)


def _times(result: Item, item: Item) -> Iterator[Relation]:
    if not result.value or item.value is None:
        return
    times = result.value + 1 if _MORE.search(result.label) else result.value
    implied = item.value / times
    why = f"{number(item.value)} ÷ {number(times)} = {number(implied)}，上期应为 {number(implied)}"
    yield derived("multiple", (item.operand("now"), result.operand("factor")), times, implied, None, True, why)
