"""Cuts a text at the edges of its marks, so that marks may overlap and nest without breaking the HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# kind → Chinese word; the order is that of the legend.
KINDS = {
    "heading": "标题",
    "task": "任务",
    "target": "承诺",
    "quantity": "数量",
    "ok": "核对无误",
    "note": "提示",
    "alarm": "不符",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text under the same marks. ``first`` are the ids of the marks that begin here."""

    text: str
    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def segments(text: str, marks: Iterable[Mapping[str, Any]]) -> Iterator[Segment]:
    """The whole text in order. A mark has ``id``, ``kind`` (of KINDS), ``start``, ``end`` (code points, end exclusive).

    Raises ValueError when a mark is empty, lies outside the text or has an unknown kind.
    """
    opening: dict[int, list[Mapping[str, Any]]] = {}
    closing: dict[int, list[Mapping[str, Any]]] = {}
    for mark in marks:
        if mark["kind"] not in KINDS or not 0 <= mark["start"] < mark["end"] <= len(text):
            raise ValueError(f"bad mark {mark['id']}: {mark['kind']} {mark['start']}–{mark['end']} of {len(text)}")
        opening.setdefault(mark["start"], []).append(mark)
        closing.setdefault(mark["end"], []).append(mark)
    edges = sorted({0, len(text), *opening, *closing})
    active: dict[str, str] = {}
    for start, end in pairwise(edges):
        for mark in closing.get(start, ()):
            del active[str(mark["id"])]
        begins = [str(mark["id"]) for mark in opening.get(start, ())]
        active.update((str(mark["id"]), mark["kind"]) for mark in opening.get(start, ()))
        kinds = tuple(kind for kind in KINDS if kind in active.values())
        yield Segment(text[start:end], tuple(active), kinds, tuple(begins))


def counts(marks: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Kind, Chinese word and number of marks, in the legend's order, without the kinds that do not occur."""
    found = [mark["kind"] for mark in marks]
    return [(kind, word, found.count(kind)) for kind, word in KINDS.items() if kind in found]
