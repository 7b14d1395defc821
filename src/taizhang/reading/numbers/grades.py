"""Doubts about grades: the rates called after them, and percentages that leave nobody out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Finding
from taizhang.reading.numbers.arithmetic import number, step
from taizhang.reading.numbers.passage import Item, Passage, same_unit, spans_of

_GRADES = ("优秀", "良好", "中等", "合格", "不合格")
"""From the best; the lowest leaves nobody out."""
_SAID = r"(优秀|优等?)|(良好?)|(中等)|(?<![不未待])(合格|及格|达标)|([不待]合格|[不待]及格|[不待未]达标|待提高|较?差)"
_GRADE = re.compile(_SAID)
_RATED = re.compile(rf"(?:{_SAID})(?:率|占比|比例|占)?[约为达到是占]*$")
_RATE = re.compile(r"(?<![不未])(优秀|优良|合格|及格|达标)率[约为达到是]*$")
_BEST = {"优秀": 1, "优良": 2}
"""So many of the best grades a rate is of."""


def find_misgraded(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """优秀35所、良好78所、合格41所,优秀率22.7%,优良率75.4%: rates of a list whose total nobody prints. The list counts as whole when its lowest
    grade is there, when its total is, or when another of the rates is right."""
    for places in passage.sentences.values():
        items = [passage.items[place] for place in places]
        row, whole = _graded([item for item in items if item.measured])
        rates = [
            (item, name)
            for item in items
            if row and (name := _rate_of(item)) and set(_grades_of(row, name)) <= set(row)
        ]
        right = [abs(_share(row, name) - (item.value or 0)) < step(item) for item, name in rates]
        if whole or len(_GRADES) - 1 in row or any(right):
            yield from (_misgraded(row, *rate) for rate, fits in zip(rates, right, strict=True) if not fits)


def _rate_of(item: Item) -> str:
    found = _RATE.search(item.label) if item.kind == "percent" and not (item.loose or item.bound) else None
    return found[1] if found else ""


def _graded(items: Sequence[Item]) -> tuple[dict[int, Item], bool]:
    """The counts of a list of grades, each by its rank, when they go down and nothing else of their unit is told but their total; and
    whether that is told."""
    said = [(_GRADE.search(item.label[-6:] or item.after[:3]), item) for item in items]
    kin = [(found, item) for found, item in said if found]
    kin = [(found, item) for found, item in kin if same_unit(item, kin[0][1])]
    row = _ranked(kin)
    added = _added(row, row)
    totals = [item for found, item in said if not found and row and same_unit(item, kin[0][1])]
    if len(row) < 2 or not added or any(one.value != added for one in totals):
        return {}, False
    return row, bool(totals)


def _ranked(said: Iterable[tuple[re.Match[str], Item]]) -> dict[int, Item]:
    """Numbers by the ranks of their grades; nothing when they do not go down, or one of them is about so many."""
    row: dict[int, Item] = {}
    for found, item in said:
        rank = (found.lastindex or 0) - 1
        if item.loose or (row and rank <= max(row)):
            return {}
        row[rank] = item
    return row


def _grades_of(row: dict[int, Item], name: str) -> list[int]:
    """The grades that a rate is of: the best, the best two, or all of the list but the lowest."""
    return list(range(_BEST[name])) if name in _BEST else [rank for rank in row if rank < len(_GRADES) - 1]


def _share(row: dict[int, Item], name: str) -> Fraction:
    return 100 * _added(row, _grades_of(row, name)) / _added(row, row)


def _added(row: dict[int, Item], ranks: Iterable[int]) -> Fraction:
    return sum((row[rank].value or Fraction(0) for rank in ranks), Fraction(0))


def _misgraded(row: dict[int, Item], rate: Item, name: str) -> Finding:
    counts = number(_added(row, _grades_of(row, name))), number(_added(row, row))
    why = f"{name} {counts[0]} ÷ 合计 {counts[1]} = {number(_share(row, name), 2)}%，原文写 {rate.quantity.text}"
    return Finding("graded", "alarm", spans_of([*row.values(), rate]), why)


def find_misrated(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """优秀率12.5%,良好率33.2%,及格率46.1%,不及格率9.2%: who did not pass and all others make 100 %; some say by 及格 all who passed, so that
    the last two make it. What makes neither is wrong."""
    for places in passage.sentences.values():
        items = [passage.items[place] for place in places if place not in deltas]
        row = _rated(items)
        if len(row) < 2 or not {len(_GRADES) - 2, len(_GRADES) - 1} <= set(row):
            continue
        if _graded([item for item in items if item.measured])[0]:
            continue  # held against the counts already
        rates = [row[rank] for rank in sorted(row)]
        off = min(_short_of_all(rates), _short_of_all(rates[-2:]))
        if max(step(one) for one in rates) * len(rates) / 2 < off <= MUCH:
            added = _added(row, row)
            why = f"{' + '.join(f'{number(one.value or Fraction(0))}%' for one in rates)} = {number(added)}%，各等次应合计 100%，相差 {number(abs(added - 100))} 个百分点"
            yield Finding("percent_list", "alarm", spans_of(rates), why)


MUCH = 15
"""Rates that miss 100 % by more are those of several things."""


def _short_of_all(rates: Sequence[Item]) -> Fraction:
    return abs(sum((one.value or Fraction(0) for one in rates), Fraction(-100)))


def _rated(items: Sequence[Item]) -> dict[int, Item]:
    """The percentages of a list of grades, each by its rank."""
    exactly = (item for item in items if item.kind == "percent" and not (item.points or item.loose or item.bound))
    return _ranked((found, item) for item in exactly if (found := _RATED.search(item.label)))


RATED = (find_misgraded, find_misrated)
