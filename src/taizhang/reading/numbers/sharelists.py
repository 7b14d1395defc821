"""Shares of one whole that stand in a list: the whole of a destroyed share, and the sum of all parts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from taizhang.reading.model import Operand, Relation
from taizhang.reading.numbers.arithmetic import corrupt, exact, number, percentage, shown
from taizhang.reading.numbers.partition import TRIM
from taizhang.reading.numbers.passage import Item, Passage

# A list of fewer shares is no breakdown of the whole.
LEAST = 3


def complete_lists(passage: Passage, relations: Sequence[Relation]) -> Iterator[Relation]:
    """The given relations, destroyed shares with their list's whole, and the sums of such lists.

    Only a sum that is right or cannot be computed is asserted: whether a list is complete the text does not say.
    """
    items = {item.quantity.start: item for item in passage.items}
    lists = _lists(items, relations)
    for relation in relations:
        place = max(operand.start for operand in relation.operands)
        whole = lists.get(items[place].paragraph)
        if relation.kind == "share" and relation.holds == "corrupt" and whole and not _role(relation, "whole"):
            part, pct = _role(relation, "part"), _role(relation, "pct")
            relation = replace(relation, operands=(*part, replace(whole, role="whole"), *pct))
        yield relation
    yield from _sums(passage, items, relations, lists)


_MEMBER = re.compile(
    r"^(?:其中)?,?(?P<name>[一-鿿]{2,12}?)(?:人数|数|资金)?(?:所?占(?:总数|总额|总人数)?(?:的?比例|的?比重|比)?|比例|比重)(?:为|是|达|约)?$"
)
NEAR = 3
"""So many sentences behind a list its members' shares are told."""


def member_shares(passage: Passage, found: Sequence[Relation]) -> Iterator[Relation]:
    """脱贫户学生1260人,低保户学生840人…,总计2520人。其中脱贫户学生占比50%: a share that is called by the name of one member of a list that
    adds up."""
    told = {operand.start for one in found for operand in _role(one, "pct")}
    lists = [one for one in found if one.kind == "sum" and one.holds is True and one.check == "exact"]
    for item in passage.items if lists else ():
        named = _MEMBER.match(item.label) if item.kind == "percent" and not item.points else None
        if named is None or item.quantity.start in told or item.loose or item.bound or not item.value:
            continue
        pairs = [pair for one in lists for pair in _named(passage, one, item, named["name"])]
        if len({pair[1].begin for pair in pairs}) == 1:
            part, whole = pairs[0]
            relation = percentage("share", [part], whole, item)
            if relation is not None:
                yield relation


def _named(passage: Passage, one: Relation, pct: Item, name: str) -> Iterator[tuple[Item, Item]]:
    """The member of a list that bears a name, with the total."""
    total = passage.items[passage.at(_role(one, "total")[0].start)]
    if not 0 < pct.sentence - total.sentence <= NEAR or total.paragraph != pct.paragraph:
        return
    for operand in _role(one, "part"):
        part = passage.items[passage.at(operand.start)]
        if TRIM.sub("", part.name) in (name, f"{name}人数", f"{name}数"):
            yield part, total


def _role(relation: Relation, role: str) -> tuple[Operand, ...]:
    return tuple(operand for operand in relation.operands if operand.role == role)


def _lists(items: dict[int, Item], relations: Sequence[Relation]) -> dict[int, Operand]:
    """For each paragraph the whole that at least two of its shares have in common."""
    counted: dict[int, Counter[Operand]] = defaultdict(Counter)
    for relation in relations:
        wholes, pcts = _role(relation, "whole"), _role(relation, "pct")
        if relation.kind == "share" and wholes and pcts:
            counted[items[pcts[0].start].paragraph][wholes[0]] += 1
    return {
        line: counter.most_common(1)[0][0] for line, counter in counted.items() if counter.most_common(1)[0][1] >= 2
    }


def _sums(
    passage: Passage, items: dict[int, Item], relations: Sequence[Relation], lists: dict[int, Operand]
) -> Iterator[Relation]:
    for line, whole in lists.items():
        members = [
            relation for relation in relations
            if relation.kind == "share" and items[_role(relation, "pct")[0].start].paragraph == line
            and (_role(relation, "whole")[:1] in ((whole,), ()) or relation.holds == "corrupt")
        ]  # fmt: skip
        parts = [items[_role(relation, "part")[0].start] for relation in members if len(_role(relation, "part")) == 1]
        parts = [part for part in parts if part.quantity.start != whole.start]
        if len(parts) < LEAST or len({part.begin for part in parts}) != len(parts):
            continue
        total = items[whole.start]
        operands = (*(part.operand("part") for part in parts), total.operand("total"))
        if any(part.value is None for part in parts):
            yield corrupt("sum", operands, f"其中有数字已损坏，各项之和无法与 {total.quantity.text} 核对")
        elif total.value is not None and _added(passage, parts) == total.value:
            why = f"{' + '.join(shown([*parts, total])[:-1])} = {number(total.value)}，原文写 {total.quantity.text}"
            yield exact("sum", operands, total.value, total.value, Fraction(0), why)


def _added(passage: Passage, parts: Sequence[Item]) -> Fraction:
    """The sum; 控辍保学、安全各8件 counts once for each name."""
    added = Fraction(0)
    for part in parts:
        lead = passage.lead(part)
        times = lead.count("、") + 1 if lead.rstrip().endswith("各") else 1
        added += (part.value or Fraction(0)) * times
    return added
