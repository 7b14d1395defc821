"""Shares that all miss one whole, and all by the same: they are those of another, which is not printed or stands elsewhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import step
from taizhang.reading.numbers.claims import SHIFT
from taizhang.reading.numbers.passage import Item, Passage
from taizhang.reading.numbers.slips import meant

Bounds = tuple[float, float]


def without_other_wholes(passage: Passage, found: Sequence[Relation]) -> list[Relation]:
    """The relations without the shares that miss their whole as others of it do (受理1326件次,其中网上1022件;招生类386件,占29.1%;师德类214件,占16.1%),
    unless one slip of the pen in the whole explains them all."""
    missed: dict[int, list[tuple[Relation, Bounds]]] = {}
    for one in found:
        if one.kind in ("share", "rate") and one.check == "exact" and one.holds is False:
            place = next((item.start for item in one.operands if item.role == "whole"), None)
            bounds = _whole_meant(passage, one)
            if place is not None and bounds is not None:
                missed.setdefault(place, []).append((one, bounds))
    dropped: set[int] = set()
    for start, some in missed.items():
        whole = passage.items[passage.at(start)]
        for _, (least, most) in some:
            kin = [one for one, (low, high) in some if low <= most and least <= high]
            if len(kin) > 1 and not _slipped(whole, least, most):
                dropped |= {id(one) for one in kin}
    return [one for one in found if id(one) not in dropped]


def _whole_meant(passage: Passage, share: Relation) -> Bounds | None:
    """Between what the whole would have to be."""
    parts = [passage.items[passage.at(item.start)] for item in share.operands if item.role == "part"]
    stated = next((passage.items[passage.at(item.start)] for item in share.operands if item.role == "pct"), None)
    if stated is None or not parts:
        return None
    added, half = sum(part.rough for part in parts), float(step(stated)) / 2
    return (100 * added / (stated.rough + half), 100 * added / (stated.rough - half)) if stated.rough > half else None


def _slipped(whole: Item, least: float, most: float) -> bool:
    """Is the printed whole one slip, or a draft's distance, from what is meant?"""
    values = meant(whole)
    place = bisect_left(values, least)
    return (place < len(values) and values[place] <= most) or abs(
        (least + most) / 2 - whole.rough
    ) <= SHIFT * whole.rough
