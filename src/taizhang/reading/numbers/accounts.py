"""Doubts about accounts that a sentence keeps: what there was, came in, went out and is left; grades and the rates called after them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Finding
from taizhang.reading.numbers.alarms import Alarm
from taizhang.reading.numbers.arithmetic import number, said, step
from taizhang.reading.numbers.claims import SHIFT
from taizhang.reading.numbers.passage import Item, Passage, same_unit, spans_of
from taizhang.reading.numbers.slips import one_shift, one_slip

MOVES = 6
"""Of so many comings and goings an account tells at most."""

WHOLE = 4
"""What there was, came, went and is left: such an account is whole, and need not be wrong by a slip."""

_WAS = re.compile(r"(?:上|去|前)(?:年|学年|学期|期|月|季度?)(?:结转|结余|余额|末|底)|[年期月学]初|原[有在]")
_CAME = re.compile(
    r"收入|拨入|下达|到位|筹[集措]|新[增招购建收入]|招[聘录收]|调入|转入|引进|补充|入[职学库]|收到|购[入置]|增加|增补"
)
_WENT = re.compile(r"支出|使用|开支|退休|[调转]出|调离|离职|辞[职退]|减少|报废|核减|注销|毕业|病故|去世|流失|领用|拨付")
_LEFT = re.compile(r"[年期月学]末|年底|现[有在]|目前|结余|结存|剩余|余额|结转")
_TOLD_OF = re.compile("比|较|同[比期]|计划|目标|预算|其中|应|累计|平均|均")
_CALENDAR = re.compile(r"\d{2,4}年")


def find_unbalanced(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """上年结转320万元,本年收入1860万元,支出1935万元,年末结转255万元: what there was and came, less what went, must be what is left."""
    for sentence in passage.sentences:
        account = _account_of(passage, sentence)
        if account is not None:
            yield from _unbalanced(*account)


def in_account(alarm: Alarm) -> bool:
    """Do an alarm's numbers stand in an account? They are no parts of one another."""
    account = _account_of(alarm.passage, alarm.items[0].sentence)
    return account is not None and {item.begin for item in alarm.items} <= {item.begin for item in account[0]}


def _account_of(passage: Passage, sentence: int) -> tuple[list[Item], list[int]] | None:
    """The account that a sentence keeps, if it does: its numbers, and the signs of all but the last."""
    items = [passage.items[place] for place in passage.sentences[sentence] if passage.items[place].measured]
    for first, opening in enumerate(items):
        if _WAS.search(_said(passage, opening)) is not None or _of_last_year(passage, opening):
            return _account(passage, items[first:])
    return None


def _said(passage: Passage, item: Item) -> str:
    return passage.lead(item)[-16:] + item.after[:4]


def _of_last_year(passage: Passage, item: Item) -> bool:
    """2024年底在编教师4120人: the end of a year that is named."""
    return _LEFT.search(passage.lead(item)) is not None and _CALENDAR.search(passage.lead(item)) is not None


def _account(passage: Passage, items: Sequence[Item]) -> tuple[list[Item], list[int]] | None:
    """The numbers of an account and the sign of each; None where a number is neither coming nor going, or nothing comes or goes."""
    account, signs = [items[0]], [1]
    for item in items[1 : MOVES + 2]:
        words = _said(passage, item)
        if not same_unit(items[0], item) or item.loose or item.bound or _TOLD_OF.search(words):
            return None
        came, went = (pattern.search(words) is not None for pattern in (_CAME, _WENT))
        account.append(item)
        if came != went:
            signs.append(1 if came else -1)
            continue
        closes = _LEFT.search(words) is not None and not came
        return (account, signs) if closes and {1, -1} <= set(signs[1:]) else None
    return None


def _unbalanced(account: list[Item], signs: Sequence[int]) -> Iterator[Finding]:
    *moved, left = account

    def gap(values: Sequence[Fraction]) -> Fraction:
        return sum((sign * value for sign, value in zip(signs, values, strict=False)), -values[-1])

    off = gap([item.value or Fraction(0) for item in account])
    steps = [step(item) for item in account]
    grain = Fraction(0) if len(set(steps)) == 1 else sum(steps, Fraction(0)) / 2
    if abs(off) <= grain:
        return
    whole = len(account) == WHOLE and abs(off) * 2 < max(item.value or 0 for item in account)
    if not (whole or one_slip(account, gap, grain) or one_shift(account, gap, SHIFT)):
        return
    told = "".join(
        f"{'' if not place else ' + ' if sign > 0 else ' - '}{said(item.value or Fraction(0), item)}"
        for place, (item, sign) in enumerate(zip(moved, signs, strict=True))
    )
    balance = said((left.value or Fraction(0)) + off, left)
    why = f"{told} = {balance}，原文写 {left.quantity.text}，相差 {said(abs(off), left)}"
    yield Finding("balance", "alarm", spans_of(account), why)


_GRADES = ("优秀", "良好", "中等", "合格", "不合格")
"""From the best; the lowest leaves nobody out."""
_GRADE = re.compile(
    r"(优秀|优等?)|(良好?)|(中等)|(?<![不未待])(合格|及格|达标)|([不待]合格|[不待]及格|[不待未]达标|待提高|较?差)"
)
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
    row: dict[int, Item] = {}
    others: list[Item] = []
    for item in items:
        found = _GRADE.search(item.label[-6:] or item.after[:3])
        if found is None or not found.lastindex:
            others.append(item)
            continue
        if row and not same_unit(item, row[min(row)]):
            continue
        if item.loose or (row and found.lastindex <= max(row) + 1):
            return {}, False
        row[found.lastindex - 1] = item
    added = _added(row, row)
    totals = [one for one in others if row and same_unit(one, row[min(row)])]
    if len(row) < 2 or not added or any(one.value != added for one in totals):
        return {}, False
    return row, bool(totals)


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


_RATED = re.compile(
    r"(?:(优秀|优等?)|(良好?)|(中等)|(?<![不未待])(合格|及格|达标)|([不待]合格|[不待]及格|[不待未]达标|待提高|较?差))(?:率|占比|比例|占)?[约为达到是占]*$"
)


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
    """The percentages of a list of grades, each by its rank, from the best down; nothing when one is told twice."""
    row: dict[int, Item] = {}
    for item in items:
        found = (
            _RATED.search(item.label)
            if item.kind == "percent" and not (item.points or item.loose or item.bound)
            else None
        )
        if found is None or not found.lastindex:
            continue
        if row and found.lastindex <= max(row) + 1:
            return {}
        row[found.lastindex - 1] = item
    return row


ACCOUNTS = (find_unbalanced, find_misgraded, find_misrated)
