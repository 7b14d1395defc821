"""Totals that the words close (两项共发放, 总数为) or open (由…构成, 其中中学…人(初中…人、高中…人)), when they miss by a slip.

A list that the text leaves open is never held against its total: 其中 counts only where the parts exclude one another and
reach beyond the whole, or where nothing but a slip explains so large a gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.settled import Settled
from taizhang.reading.numbers.slips import MOST, one_shift, one_slip
from taizhang.reading.numbers.sums import (
    BEHIND,
    CLASSES,
    COMPLETE,
    OVERLAP,
    added_up,
    has_pair,
    listed_behind,
    parallel,
    parts_after,
)

_FIRM = re.compile(
    r"(?:共计|合计|总计|总共|一共|总数|总额|总量|(?:[两二三四五六](?:项|类|者|个|级|部分|种|处|期|次|校|方面)|以上|上述|各项|前后|先后|上半年|下半年|全年)[^,;。\d]{0,8}共)[^,;。\d]{0,8}$"
)
_SOFT = re.compile(r"^(?P<head>[^,;。\d]{0,8})共(?P<tail>[^,;。\d]{0,6})$")
_AFRESH = re.compile(r"全[省市县区校国]|各级|其中")
_SHIFT = Fraction(1, 9)
_SUM = Fraction(0)


def find_totals(passage: Passage, deltas: frozenset[int], settled: Settled) -> Iterator[Relation]:
    """Sums that fit or are one slip away from it, for totals that no other rule has judged."""
    for index, total in enumerate(passage.items):
        if not total.measured or index in deltas or total.begin in settled or total.loose or total.bound:
            continue
        for finder in (_closing, _bracketed, _opening, _behind, _within):
            relation = finder(passage, index, deltas)
            if relation is not None:
                yield relation
                break


def _gap(values: Sequence[Fraction]) -> Fraction:
    return sum(values[:-1], _SUM) - values[-1]


def _fits(parts: Sequence[Item], total: Item) -> bool:
    return _gap([item.value or _SUM for item in (*parts, total)]) == 0


def _slipped(parts: Sequence[Item], total: Item) -> bool:
    """Is one slip all that keeps the parts from the total, and does no run of them make it as it stands?"""
    for first in range(len(parts) - 1):
        for last in range(first + 2, len(parts) + 1):
            if _fits(parts[first:last], total):
                return False
    return len(parts) < MOST and one_slip([*parts, total], _gap)


def _plain(passage: Passage, parts: Sequence[Item], closed: bool = False) -> bool:
    """Is this a list of things that may be added: each named, nothing approximate, and (unless the words close it) no
    member inside another?"""
    if len(parts) < 2 or any(part.loose or part.bound or part.value is None for part in parts):
        return False
    labels = [part.name for part in parts]
    return parallel(passage, parts) and (
        closed or _complete(labels) or not any(OVERLAP.search(label) for label in labels)
    )


def _complete(labels: Sequence[str]) -> bool:
    return len(labels) == 2 and any(has_pair(labels, one, other) for one, other in COMPLETE)


def _exclusive(labels: Sequence[str]) -> bool:
    return _complete(labels) or any(all(row.search(label) for label in labels) for row in CLASSES)


# --- 小学…人,初中…人,共…人 -------------------------------------------------------------------------------------------
def _closing(passage: Passage, index: int, deltas: frozenset[int]) -> Relation | None:
    """The total stands behind its parts in one sentence and says so."""
    total = passage.items[index]
    lead = passage.lead(total).strip()
    firm, soft = _FIRM.search(lead), _SOFT.search(lead)
    if not firm and (not soft or _AFRESH.search(lead)):
        return None
    parts = _parts_before(passage, index, deltas)
    if not _plain(passage, parts, bool(firm)) or passage.text.find("其中", parts[0].stop, total.begin) >= 0:
        return None
    if not firm and not all(_alike(part, lead) for part in parts):
        return None
    if _fits(parts, total) or _slipped(parts, total):
        return added_up(parts, total)
    overlap = any(OVERLAP.search(part.name) for part in parts)
    shifted = (
        firm is not None
        and re.search("[合共总]计|[两二三四五六][项类]", lead)
        and not overlap
        and one_shift([*parts, total], _gap, _SHIFT)
        and not _AFRESH.search(lead)
    )
    return added_up(parts, total) if shifted else None


def _parts_before(passage: Passage, index: int, deltas: frozenset[int]) -> list[Item]:
    total = passage.items[index]
    found: list[Item] = []
    clause = total.clause
    for place in range(index - 1, max(index - 16, -1), -1):
        item = passage.items[place]
        if item.sentence != total.sentence or clause - item.clause > 2 or len(found) >= MOST:
            break
        if place in deltas or not item.measured or not same_unit(item, total):
            continue
        if re.search("共|合计|总", item.label):
            break
        found.insert(0, item)
        clause = item.clause
    return found


def _alike(part: Item, lead: str) -> bool:
    """Does the total speak of what its part counts (补助小学生… 共补助学生, 公办园… 共有幼儿园)?"""
    words = re.sub(r"[共有\s、,]", "", lead)
    label = part.label.strip("、和及与 ")
    return label[-1:] == words[-1:] or any(words[place : place + 2] in label for place in range(len(words) - 1))


# --- …人(初中…人、高中…人) --------------------------------------------------------------------------------------------
def _bracketed(passage: Passage, index: int, deltas: frozenset[int]) -> Relation | None:
    """The parts stand in a bracket right behind the total, and nothing else does."""
    total = passage.items[index]
    if passage.text[total.stop : total.stop + 1] != "(":
        return None
    close = passage.text.find(")", total.stop, total.stop + 120)
    parts = []
    for place in range(index + 1, min(index + MOST, len(passage.items))):
        item = passage.items[place]
        if item.begin > close:
            break
        if place in deltas or not item.measured or not same_unit(item, total):
            return None
        parts.append(item)
    if not _plain(passage, parts) or re.search("其中|含", passage.text[total.stop : close]):
        return None
    return added_up(parts, total) if _fits(parts, total) or _slipped(parts, total) else None


# --- 共…人,由…、…组成 --------------------------------------------------------------------------------------------------
def _opening(passage: Passage, index: int, deltas: frozenset[int]) -> Relation | None:
    """The parts follow the total in its sentence."""
    total = passage.items[index]
    parts, opener, colon = parts_after(passage, index, deltas)
    if passage.text[total.stop : total.stop + 1] == "(":
        return None
    parts = _one_level(passage, parts)
    if not (opener or colon) or not _plain(passage, parts):
        return None
    if not _whole_list(parts, total, opener) or not (_fits(parts, total) or _slipped(parts, total)):
        return None
    return added_up(parts, total)


def _one_level(passage: Passage, parts: list[Item]) -> list[Item]:
    """Only the first list: what speaks of one of its members (…,投诉中已办结…件) is a list of that one."""
    for place, part in enumerate(parts):
        if place and _OF.search(passage.text, parts[place - 1].stop, part.begin):
            return parts[:place]
    return parts


def _whole_list(parts: Sequence[Item], total: Item, opener: str) -> bool:
    """Does the text say that these are all parts, or can no part be missing?"""
    if opener and opener != "其中":
        return True
    labels = [part.name for part in parts]
    if not opener:
        return _exclusive(labels) or len(parts) >= 2
    gap = _gap([item.value or _SUM for item in (*parts, total)])
    return _complete(labels) or (_exclusive(labels) and gap > 0)


# --- …件。其中…件,…件 -------------------------------------------------------------------------------------------------
def _behind(passage: Passage, index: int, deltas: frozenset[int]) -> Relation | None:
    """The parts have the next sentence: complete lists only."""
    total = passage.items[index]
    opened = BEHIND.match(passage.text, passage.next_sentence(total))
    if opened is None or any(
        item.measured and item.sentence == total.sentence and same_unit(item, total)
        for item in passage.items[index + 1 : index + 6]
    ):
        return None
    parts = _one_level(
        passage, [item for item in listed_behind(passage, index, opened.end(), deltas) if same_unit(item, total)]
    )
    if not _plain(passage, parts) or not _whole_list(parts, total, "其中"):
        return None
    return added_up(parts, total) if _fits(parts, total) or _slipped(parts, total) else None


# --- …,投诉中已办结…件、在办…件 --------------------------------------------------------------------------------------
_OF = re.compile(r"(?:^|[,;。:\n])(?P<name>[一-鿿]{2,10}?)(?:中(?![学小职专考等])|(?<=[生员人者校园车])中(?=小学))")


def _within(passage: Passage, index: int, deltas: frozenset[int]) -> Relation | None:
    """A later clause takes up one member of a list and parts it: the parts follow each other directly."""
    total = passage.items[index]
    name = re.sub(r"^(?:其中|包括|和|、|及)+", "", total.name)
    if len(name) < 2:
        return None
    for opened in _OF.finditer(passage.text, total.stop, total.stop + 80):
        words = opened["name"]
        if "\n" in passage.text[total.stop : opened.start() + 1] or not (name[:2] in words or words[:2] in name):
            continue
        parts = []
        for place in range(index + 1, min(index + 12, len(passage.items))):
            item = passage.items[place]
            if item.begin < opened.end():
                continue
            if (
                re.search("[。;\n]", passage.text[opened.end() : item.begin])
                or place in deltas
                or not same_unit(item, total)
            ):
                break
            parts.append(item)
        if not _plain(passage, parts) or len(parts) < 2:
            return None
        return (
            added_up(parts, total)
            if _fits(parts, total) or (_exclusive([part.name for part in parts]) and _slipped(parts, total))
            else None
        )
    return None
