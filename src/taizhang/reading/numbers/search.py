"""Results whose operands are looked for among all numbers of the paragraph that their kind and unit allow.

Not words decide but what is left when the types are matched: every combination that could give the result is a
candidate with evidence (it stands next to the result, bears the name that the result gives, is the only one of its
unit, opens the sentence). A combination that fits settles the result silently unless much speaks for it. Only where
none fits, the best one is held against the result, when its evidence is high, no other comes near it, and one slip or
the figure of an earlier draft explains the miss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import step
from taizhang.reading.numbers.candidatechanges import about_change
from taizhang.reading.numbers.candidates import Ask, Candidate
from taizhang.reading.numbers.candidateshares import about_share
from taizhang.reading.numbers.comparisons import told_with_change
from taizhang.reading.numbers.divided import about_average, about_conversion, about_product, about_ratio
from taizhang.reading.numbers.naming import Kin
from taizhang.reading.numbers.passage import Passage
from taizhang.reading.numbers.settled import Settled
from taizhang.reading.numbers.slips import one_shift, one_slip
from taizhang.reading.numbers.totals import about_total

ENOUGH, SURE = 4.0, 4.5
"""Evidence from which a slip makes an alarm, and from which the figure of an earlier draft does."""
MARGIN = 0.5
"""A rival must have so much less."""
TELLING = 13
"""A result of fewer units of its last digit fits by chance: nothing is asserted of it."""
CLOSE = 2.5
"""A fit with so much less evidence than the best combination explains nothing, unless it is fine."""
CHANCE = 12
"""Strangers give results anywhere between nothing and twice the stated one; fewer than one in so many may fit."""
KIN_CHANCE = 4
"""The same of combinations that share a number with what they explain."""
TOO_FAR = 4.0
"""A combination with so much less evidence than another fits by chance."""
KINDS = (about_share, about_change, about_average, about_ratio, about_total, about_product, about_conversion)


def find_searched(passage: Passage, deltas: frozenset[int], settled: Settled) -> Iterator[Relation]:
    """Judges results that no other finder has settled: first within the paragraph, then with what bears the name elsewhere."""
    kin = Kin(passage)
    for index, item in enumerate(passage.items):
        if not item.value or item.begin in settled.totals or not may_result(passage, index, deltas):
            continue
        ask = Ask(passage, index, deltas, settled.parts)
        if item.begin in settled:  # what remains of a whole (余下120名) may have parts of its own
            relation = _decided(list(about_total(ask))) if item.measured else None
            if relation is not None and relation.severity == "alarm":
                yield relation
            continue
        near = candidates_of(ask)
        relation = _decided(near)
        if relation is None and not any(one.claim.fits() for one in near):
            others = tuple(kin.of(index)) if names_others(passage, index, deltas) else ()
            if others:
                relation = _decided(candidates_of(Ask(passage, index, deltas, settled.parts, others)))
        if relation is None or (relation.severity == "alarm" and told_with_change(passage, index, deltas)):
            continue
        settled.enter(passage, relation)
        yield relation


def may_result(passage: Passage, index: int, deltas: frozenset[int]) -> bool:
    """Is this a number that others may give?"""
    return passage.items[index].kind not in ("year", "date", "ordinal", "docno", "placeholder", "name", "other")


_NAMES_OTHERS = re.compile("[共总合计均每]|累计|倍")


def names_others(passage: Passage, index: int, deltas: frozenset[int]) -> bool:
    """Is this a result by its kind or its words, so that operands may be looked for in other paragraphs?"""
    item = passage.items[index]
    return item.kind in ("percent", "ratio") or index in deltas or bool(_NAMES_OTHERS.search(passage.lead(item)))


def candidates_of(ask: Ask) -> list[Candidate]:
    """Every combination of numbers that the result may come from."""
    return [found for kind in KINDS for found in kind(ask)]


def explained(
    passage: Passage, index: int, deltas: frozenset[int], kind: str = "", held: AbstractSet[int] = frozenset()
) -> bool:
    """Does some combination give the result as it is printed? Then nobody may call it wrong. A member of one sum may be
    the total of another: what a total lacks of its whole explains nothing (``kind`` of the alarm).

    A fit counts when the words speak for it about as much as for any other, or when it is too fine to come by chance; one
    that shares a number with the alarm (``held``: where its operands begin) may be coarser, since few do.
    """
    found = candidates_of(Ask(passage, index, deltas))
    if kind == "sum":
        found = [one for one in found if one.claim.kind != "difference"]
    begin, stop = passage.part_of(passage.items[index])
    if held and all(begin <= one < stop for one in held):
        # 春季…,人均150元;秋季…,人均150元: each part speaks of its own numbers, and of none that come later.
        last = [max(item.begin for _, item in one.claim.operands) for one in found]
        found = [one for one, at in zip(found, last, strict=True) if begin <= at < stop]
    most = max((one.evidence for one in found if not one.only_fit), default=0.0)
    kin = [one for one in found if any(item.begin in held for _, item in one.claim.operands)]
    return any(
        one.claim.fits()
        and (one.evidence > most - CLOSE or _fine(one, len(found)) or (one in kin and _fine(one, len(kin), KIN_CHANCE)))
        for one in found
    )


def _fine(one: Candidate, tried: int, chance: int = CHANCE) -> bool:
    """Would so many combinations of strangers hardly ever give this result?"""
    return 2 * step(one.claim.result) * tried * chance < (one.claim.result.value or 0)


def _decided(found: Sequence[Candidate]) -> Relation | None:
    if found and found[0].claim.result.loose:
        found = [] if any(_about(one, 6) for one in found) else [one for one in found if not _about(one, 4)]
    most = max((one.evidence for one in found if not one.only_fit), default=0.0)
    fitting = [one for one in found if one.claim.fits() and (one.only_fit or one.evidence > most - TOO_FAR)]
    if fitting:
        best = max(fitting, key=lambda one: one.evidence)
        telling = (best.claim.result.value or 0) >= TELLING * step(best.claim.result)
        return best.claim.relation() if best.evidence >= SURE and telling else None
    ranked = sorted((one for one in found if not one.only_fit), key=lambda one: -one.evidence)
    if not ranked or ranked[0].evidence < ENOUGH:
        return None
    best = ranked[0]
    near = [one for one in ranked if one.evidence > best.evidence - MARGIN]
    slipped = [one for one in near if _slipped(one)]
    if len({frozenset(item.begin for _, item in one.claim.operands) for one in slipped}) == 1:
        best = slipped[0]
    elif len(near) > 1 or best.evidence < SURE or not _shifted(best):
        return None
    if best.claim.result.bound.endswith(("过", "上", "于")) and best.claim.computed() >= (best.claim.result.value or 0):
        return None
    return best.claim.relation()


def _about(one: Candidate, part: int) -> bool:
    """Does it come as near as a figure that is printed as approximate must?"""
    computed = one.claim.computed()
    return abs(computed - (one.claim.result.value or 0)) * part <= abs(computed)


def _gap(one: Candidate, values: Sequence[Fraction]) -> Fraction:
    return one.claim.formula(values[:-1]) - values[-1] if all(values[:-1]) else step(one.claim.result)


def _slipped(one: Candidate) -> bool:
    """Is one digit all that keeps it from fitting?"""
    items = [*(item for _, item in one.claim.operands), one.claim.result]
    grain = step(one.claim.result)
    return one_slip(items, lambda values: _gap(one, values), grain)


def _shifted(one: Candidate) -> bool:
    """Or the figure of an earlier draft?"""
    items = [*(item for _, item in one.claim.operands), one.claim.result]
    return one_shift(items, lambda values: _gap(one, values), one.share)
