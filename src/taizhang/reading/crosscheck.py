"""Several documents held against one another: one figure with two values, one text under two years.

Precision first. Two figures contradict each other only when name, unit, period, scope and definition are the same; when
one of the texts leaves the period, the scope or the definition open, that is worth a note, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Literal

from taizhang.reading.facts import Fact, facts_of
from taizhang.reading.model import Article, Part, Reading
from taizhang.reading.repeats import Copied, repeats_of

MOST_VARIANTS = 12
"""A name with figures for more periods and scopes than this is compared within each of them only."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which document. ``document`` is its name, ``index`` its position among the documents compared."""

    document: str
    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class CrossFinding:
    """A doubt that only shows when documents are read together.

    ``kind``: two_values (one figure, two values, in two documents), repeat (a document repeats another one), duplicate
    (a document holds the same text twice). ``severity``: alarm | note. ``why`` is one Chinese sentence.
    """

    kind: Literal["two_values", "repeat", "duplicate"]
    severity: Literal["alarm", "note"]
    places: tuple[Place, ...]
    why: str


def compare(readings: Sequence[Reading]) -> list[CrossFinding]:
    """What does not fit together in several documents (or in the articles of one), alarms first.

    The cost grows with the length of all documents together; no two of them are compared word by word.
    """
    copies = repeats_of(readings)
    facts = [fact for index, reading in enumerate(readings) for fact in facts_of(index, reading)]
    found = [*_contradictions(readings, facts), *(_repeat(readings, copy) for copy in copies)]
    return sorted(found, key=lambda finding: (finding.severity != "alarm", finding.kind != "two_values"))


def with_across(readings: Sequence[Reading], across: Sequence[CrossFinding]) -> list[dict[str, Any]]:
    """The contract of ``check --json``: each reading as a dict, under ``across`` the doubts that it takes part in."""
    found = [reading.as_dict() for reading in readings]
    for index, document in enumerate(found):
        document["across"] = [asdict(item) for item in across if any(place.index == index for place in item.places)]
    return found


def duplicates_of(reading: Reading) -> dict[int, int]:
    """Index of every article that repeats an earlier article of the same document → index of that one: count it once."""
    starts = {(article.start, article.end): index for index, article in enumerate(reading.articles)}
    return {
        starts[copy.later_span]: starts[copy.earlier_span]
        for copy in repeats_of([reading])
        if copy.later_span in starts and copy.earlier_span in starts
    }


# --- one figure, two values -----------------------------------------------------------------------------------------
def _contradictions(readings: Sequence[Reading], facts: Sequence[Fact]) -> Iterator[CrossFinding]:
    buckets: dict[tuple[str, str, bool], list[Fact]] = {}
    for fact in facts:
        buckets.setdefault((fact.name, fact.unit, fact.planned), []).append(fact)
    for bucket in buckets.values():
        if len({fact.document for fact in bucket}) > 1:
            yield from _contradictions_in(readings, bucket)


def _contradictions_in(readings: Sequence[Reading], bucket: Sequence[Fact]) -> Iterator[CrossFinding]:
    """Within one name: figures with the same frame must agree; those with an open frame may only be noted."""
    frames: dict[object, list[Fact]] = {}
    for fact in bucket:
        frames.setdefault((fact.period, fact.level, fact.measures, fact.issuer), []).append(fact)
    noted = False
    for same in frames.values():
        others = _differing(same)
        if others:
            noted = True
            yield _two_values(readings, others, "" if _sure(same[0]) else _open(same[0], same[0]))
    if noted or len(frames) > MOST_VARIANTS:
        return
    for one, other in combinations([same[0] for same in frames.values()], 2):
        if one.document != other.document and not one.agrees(other) and _may_be_same(one, other):
            yield _two_values(readings, [one, other], _open(one, other))
            return


def _sure(fact: Fact) -> bool:
    """Is the frame told in full? A rate belongs to the office that reports it, a number needs its 全县."""
    scoped = bool(fact.level) or (fact.unit == "%" and bool(fact.issuer) and len(fact.name) >= 4)
    return fact.period[0] is not None and scoped and not fact.planned


def _differing(same: Sequence[Fact]) -> list[Fact]:
    """The first figure and one of every other value, from other documents; nothing when all agree."""
    kept: list[Fact] = []
    for fact in same:
        if all(fact.document != known.document and not fact.agrees(known) for known in kept):
            kept.append(fact)
    return kept if len(kept) > 1 else []


def _may_be_same(one: Fact, other: Fact) -> bool:
    """Does nothing that both say tell the two figures apart? Exactly one frame word may be missing on one side."""
    pairs = ((one.period[0], other.period[0]), (one.level, other.level), (one.issuer, other.issuer))
    if any(a and b and a != b for a, b in pairs) or one.period[1] != other.period[1]:
        return False
    if one.measures != other.measures:
        return False
    return sum(bool(a) != bool(b) for a, b in pairs) == 1


def _open(one: Fact, other: Fact) -> str:
    """Why a difference is only a note."""
    if one.planned:
        return "两处都是目标，请核对是否同一口径"
    if not (one.period[0] and other.period[0]):
        return "有文稿未写明时期，请核对是否同一时点"
    return "统计范围未写明，请核对是否同一口径"


def _two_values(readings: Sequence[Reading], facts: Sequence[Fact], doubt: str) -> CrossFinding:
    first = facts[0]
    said = "；".join(f"《{_stem(readings[fact.document])}》写 {_clean(fact.text)}" for fact in facts)
    time = _when(first)
    why = f"「{time}{first.name}」{said}，不一致" + (f"。{doubt}" if doubt else "")
    places = tuple(_place(readings, fact.document, fact.start, fact.end) for fact in facts)
    return CrossFinding("two_values", "note" if doubt else "alarm", places, why)


def _when(fact: Fact) -> str:
    year, within = fact.period
    head = f"{year}年" if year and year.isdigit() else year or ""
    return f"{head}{within}"


# --- texts that repeat others ---------------------------------------------------------------------------------------
def _repeat(readings: Sequence[Reading], copy: Copied) -> CrossFinding:
    earlier, later = _title(readings, copy.earlier, copy.earlier_span), _title(readings, copy.later, copy.later_span)
    within = copy.earlier == copy.later
    where = "" if within else f"（《{_stem(readings[copy.earlier])}》）"
    years = [_years(title) for title in (earlier, later)]
    tail = f"，年份分别写作{years[0]}、{years[1]}" if years[0] and years[1] and years[0] != years[1] else ""
    advice = "，统计时只计一次" if within else "，请核对年份和数字是否更新" if tail else ""
    why = f"「{later}」与「{earlier}」{where}重复：{copy.share:.0%} 的文字相同{tail}{advice}"
    places = (
        _place(readings, copy.earlier, *copy.earlier_span, text=earlier),
        _place(readings, copy.later, *copy.later_span, text=later),
    )
    return CrossFinding("duplicate" if within else "repeat", "note", places, why)


def _title(readings: Sequence[Reading], document: int, span: tuple[int, int]) -> str:
    """The title of the part or article at a span."""
    reading = readings[document]
    pieces: list[Part | Article] = [*reading.parts, *reading.articles]
    exact = next((piece.title for piece in pieces if (piece.start, piece.end) == span and piece.title), None)
    if exact:
        return exact
    holder: Article | None = next(
        (one for one in reading.articles if one.start <= span[0] and span[1] <= one.end), None
    )
    return holder.title if holder else _stem(reading)


def _years(title: str) -> str:
    return "—".join(re.findall(r"20\d\d|20[xX]{2}", title))


def _place(readings: Sequence[Reading], document: int, start: int, end: int, text: str | None = None) -> Place:
    source = readings[document].source
    return Place(source.name, document, start, end, source.text[start:end] if text is None else text)


def _stem(reading: Reading) -> str:
    return reading.source.name.rpartition(".")[0] or reading.source.name


def _clean(text: str) -> str:
    return "".join(text.split())
