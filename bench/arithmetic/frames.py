"""Sentence frames of official prose. Every number of a frame is computed; the words are our own.

A frame is (kind, topic, text, numbers). ``topic`` names what the sentence is about: a document never holds two frames of
one topic (its first two characters count), so that it cannot contradict itself by chance. A bar in the text parts
sentences that stand in different places. Numbers by kind, each range as (least, most, decimals printed):

share, rate   w whole, p part as a range of its percentage, r decimals of the percentage
              times: the part is printed in a unit so many times smaller (亿元 and 万元)
progress      the same of a plan {w} and what was done {p}: may exceed 100 %
sum           parts: one range for each of {a} {b} {c} …, and {t} their total
levels        parts: {c} and {d} make {a}, {a} and {b} make {t}
units         a sum whose numbers are printed in different units: scale of each, t decimals of the total
difference    x before, d change, sign: y = x ± d
growth        x before, g percentage as a range, r decimals, sign
ratio         b second side, k range of the quotient, r decimals: {a} ÷ {b} = {r}
per           n number, k range of the average, r decimals, factor between the units of total and average
multiple      x before, k range of the factor, r decimals; fixed: the factor is a word of the sentence (翻一番)
fold          x before, k range of the increase as a multiple, r decimals: y = x × (1 + k)
list100       parts: number of percentages, r decimals
part_of       w whole, p part as a range of its percentage: 其中 must not exceed the whole
same          w the value printed twice

``how`` is trunc when the result is cut off instead of rounded, which a text may do; ``about`` marks frames whose result
is printed as approximate, so that only a gross error can be told; ``least`` those whose result is a lower bound (以上);
``cn`` those whose numbers are printed in Chinese numerals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from types import ModuleType
from typing import Any

from bench.arithmetic.halves import (
    eighth,
    eleventh,
    report,
    taught_eighteenth,
    taught_eighth,
    taught_fifteenth,
    taught_fourteenth,
    taught_nineteenth,
    taught_ninth,
    taught_seventeenth,
    taught_sixteenth,
    taught_tenth,
    taught_thirteenth,
    taught_twelfth,
    taught_twentieth,
    taught_twentyfirst,
    tune,
    tune_fifth,
    tune_fourth,
    tune_second,
    tune_seventh,
    tune_sixth,
    tune_third,
)


@dataclass(frozen=True)
class Frame:
    """One sentence with places for numbers."""

    name: str
    kind: str
    topic: str
    text: str
    numbers: dict[str, Any] = field(hash=False)
    split: str = "tune"


def _halves() -> dict[str, tuple[ModuleType, ...]]:
    """The modules of each half: what the reader is mended on, what only its weights are learned from, and texts of others that
    neither has seen, each counted by itself."""
    mending = (tune, tune_second, tune_third, tune_fourth, tune_fifth, tune_sixth, tune_seventh)
    taught = (
        taught_eighth,
        taught_ninth,
        taught_tenth,
        taught_twelfth,
        taught_thirteenth,
        taught_fourteenth,
        taught_fifteenth,
        taught_sixteenth,
        taught_seventeenth,
        taught_eighteenth,
        taught_nineteenth,
        taught_twentieth,
        taught_twentyfirst,
    )
    return {
        "tune": mending,
        "taught": taught,
        "report": (report,),
        "eighth": (eighth,),
        "eleventh": (eleventh,),
    }


_HALVES = _halves()


def _gathered(name: str) -> dict[str, tuple[Any, ...]]:
    """One table of each half: those of its modules in a row."""
    return {split: tuple(one for half in halves for one in getattr(half, name)) for split, halves in _HALVES.items()}


def _frames() -> tuple[Frame, ...]:
    """All frames; no frame is in both halves."""
    found = []
    for split, frames in _gathered("FRAMES").items():
        numbers = {kind: count(1) for kind, *_ in frames}
        found += [
            Frame(f"{split}-{kind}-{next(numbers[kind]):02d}", kind, topic, text, spec, split)
            for kind, topic, text, spec in frames
        ]
    return tuple(found)


FRAMES = _frames()
SPLITS = tuple(_HALVES)
KINDS = tuple(dict.fromkeys(frame.kind for frame in FRAMES))

# Sentences without arithmetic that a careless checker trips over: names, years, document numbers, tiers that contain one
# another, persons beside person-times, points beside percentages, targets beside results, approximate numbers.
DISTRACTORS = _gathered("DISTRACTORS")
HEADS = _gathered("HEADS")
TITLES = _gathered("TITLES")
