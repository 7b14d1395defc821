"""Arithmetic that the text itself asserts between its numbers, each judged (guideline section 5).

Precision first: what the text does not assert is not asserted here, and an alarm must be right.
"""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.reading.learned.beliefs import Beliefs
from taizhang.reading.learned.judge import Key, find_learned, find_told, key_of, sifted
from taizhang.reading.learned.surroundings import Surroundings
from taizhang.reading.model import Relation
from taizhang.reading.numbers.comparisons import find_comparisons, grown_too, is_delta
from taizhang.reading.numbers.doubts import standing
from taizhang.reading.numbers.inwords import find_worded
from taizhang.reading.numbers.listed import find_listed
from taizhang.reading.numbers.multiples import find_multiples
from taizhang.reading.numbers.nested import find_nested
from taizhang.reading.numbers.otherwholes import without_other_wholes
from taizhang.reading.numbers.passage import Passage
from taizhang.reading.numbers.plain import find_plain
from taizhang.reading.numbers.rates import find_rates
from taizhang.reading.numbers.ratios import find_ratios
from taizhang.reading.numbers.search import find_searched
from taizhang.reading.numbers.settled import Settled
from taizhang.reading.numbers.sharelists import complete_lists, member_shares
from taizhang.reading.numbers.shares import find_shares
from taizhang.reading.numbers.sums import find_sums


def beliefs_of(passage: Passage) -> Beliefs:
    """What the numbers of a passage most likely are."""
    return Beliefs(Surroundings(passage, deltas_of(passage)))


def _shares(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    yield from complete_lists(passage, list(find_shares(passage, deltas)))


FINDERS = (_shares, find_rates, find_comparisons, find_multiples, find_sums, find_ratios)
LATE = (find_plain, find_nested, find_listed, find_searched, find_worded)
"""Finders that judge only results that nobody else has settled."""


def deltas_of(passage: Passage) -> frozenset[int]:
    """Which numbers are changes: they are nobody's part, whole or total."""
    found = {index for index, item in enumerate(passage.items) if item.value is not None and is_delta(passage, item)}
    for index in sorted(found):
        following = index + 1
        while following < len(passage.items) and passage.between(
            passage.items[following - 1], passage.items[following]
        ).strip() in ("、", "和", "及", "与"):
            found.add(following)
            following += 1
    return frozenset(found)


def _implied_by(one: Relation, other: Relation) -> bool:
    """Does another relation say the same with all operands printed?"""
    return one.check == "feasible" and {operand.start for operand in one.operands} < {
        operand.start for operand in other.operands
    }


def _enter(feasible: dict[int, list[Relation]], relation: Relation) -> None:
    """Relations with an operand that is not printed, by where their first operand begins."""
    if relation.check == "feasible":
        feasible.setdefault(relation.operands[0].start, []).append(relation)


def _near(feasible: dict[int, list[Relation]], relation: Relation) -> Iterator[Relation]:
    for operand in relation.operands:
        yield from feasible.get(operand.start, ())


def find_relations(beliefs: Beliefs) -> list[Relation]:
    """The relations of an article between its quantities, in the order of the results.

    Every operand is one of the passage's quantities. ``holds`` is None where the printed numbers are approximate and do
    not fit exactly; ``severity`` note marks a figure that is only cut off or rounded up, or an alarm that the words
    hardly bear.
    """
    passage, deltas = beliefs.near.passage, beliefs.near.deltas
    found = list(sifted(beliefs, *_by_rules(passage, deltas)))
    told = list(find_told(beliefs, found))
    found = [one for one in found if not any(_implied_by(one, other) for other in told)] + told
    found += standing(passage, [*grown_too(passage, found), *member_shares(passage, found)], deltas, beside=found)
    known = {key_of(one) for one in found}
    missed = [one for one in find_learned(beliefs, found) if key_of(one[0]) not in known]
    found += standing(passage, [one for one, certain in missed if not certain], deltas, beside=found)
    found += standing(passage, [one for one, certain in missed if certain], deltas, beside=found, certain=True)
    found.sort(key=lambda relation: max(one.start for one in relation.operands))
    return without_other_wholes(passage, found)


def _by_rules(passage: Passage, deltas: frozenset[int]) -> tuple[list[Relation], set[Key]]:
    """What the finders find, without the alarms that the rest of the text takes back; and what of it the late ones ventured."""
    seen: set[tuple[str, frozenset[tuple[int, int]]]] = set()
    found: list[Relation] = []
    for finder in FINDERS:
        for relation in finder(passage, deltas):
            key = (relation.kind, frozenset((one.start, one.end) for one in relation.operands))
            if key not in seen and len(key[1]) == len(relation.operands):
                seen.add(key)
                found.append(relation)
    settled = Settled()
    for relation in found:
        settled.enter(passage, relation)
    feasible: dict[int, list[Relation]] = {}
    for relation in found:
        _enter(feasible, relation)
    implied: set[int] = set()
    ventured: set[Key] = set()
    for late in LATE:
        for relation in late(passage, deltas, settled):
            if len({one.start for one in relation.operands}) == len(relation.operands):
                implied |= {id(one) for one in _near(feasible, relation) if _implied_by(one, relation)}
                found.append(relation)
                ventured.add(key_of(relation))
                _enter(feasible, relation)
                settled.enter(passage, relation)
    return standing(passage, [one for one in found if id(one) not in implied], deltas), ventured
