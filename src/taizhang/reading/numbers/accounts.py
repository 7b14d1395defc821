"""Doubts about accounts that a sentence keeps: what there was, came in, went out and is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Finding
from taizhang.reading.numbers.alarms import Alarm
from taizhang.reading.numbers.arithmetic import said, step
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
