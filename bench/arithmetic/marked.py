"""Reports of our own words whose relations are marked by hand, by the annotation guideline.

A file ``NN.src`` holds a text whose operands are written ``{label:number}``, a line ``====``, and one line for each relation:
``share part=a whole=b pct=c``. A relation without one of its operands is only feasible; one that ends in ``?`` may be read
so or not. ``python -m bench.arithmetic.marked FOLDER [--misses]`` counts how many of them the reader finds, and what it finds beside them; with
``--spoil`` the alarms in right reports, and how many spoilt numbers are found.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.arithmetic.gold import is_wrong, spoilt
from bench.arithmetic.run import ours, touches

from taizhang.reading import read_text

MARKED = Path(__file__).parent / "marked" / "taught"
BLIND = Path(__file__).parent / "marked" / "blind"
"""Never learned from, and read by nobody who works on the reader."""
_DIGITS = re.compile(r"\d")
_ABOUT = re.compile("[余多几]")
_PLAIN = re.compile(r"[^\d]*\d+(?:\.\d+)?[^\d]*")
STATED = ("pct", "total", "delta", "factor", "ratio", "result")
"""Roles of the number that the others give."""
_LABEL = re.compile(r"\{([a-zA-Z]+\d*):([^{}]*)\}")
Span = tuple[int, int]
# Which roles a relation has when everything is printed.
_WHOLE = {
    "share": {"part", "whole", "pct"}, "rate": {"part", "whole", "pct"}, "sum": {"part", "total"}, "difference": {"now", "before", "delta"},
    "growth": {"now", "before", "pct"}, "multiple": {"now", "before", "factor"}, "ratio": {"a", "b", "ratio"}, "per": {"a", "b", "result"},
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A relation that a text asserts: its operands' roles and places."""

    kind: str
    operands: tuple[tuple[str, Span], ...]
    sure: bool

    @property
    def exact(self) -> bool:
        """Is every operand printed?"""
        return {role for role, _ in self.operands} == _WHOLE[self.kind]

    @property
    def key(self) -> tuple[str, frozenset[Span]]:
        """By what two annotations are held equal."""
        return self.kind, frozenset(span for _, span in self.operands)

    def holds(self, text: str) -> bool:
        """Is it right as printed, as far as it can be computed?"""
        if not self.exact:
            return True
        printed = self.printed(text)
        if any(_ABOUT.search(one["text"]) for one in printed["operands"]):
            return True
        return not all(_DIGITS.search(one["text"]) for one in printed["operands"]) or not is_wrong(printed)

    def printed(self, text: str) -> dict[str, Any]:
        """The relation as annotated documents have it (:mod:`bench.arithmetic.gold`)."""
        operands = [
            {"role": role, "start": start, "end": end, "text": text[start:end]} for role, (start, end) in self.operands
        ]
        return {"kind": self.kind, "operands": operands}

    def of(self, role: str) -> list[Span]:
        """The operands of a role, as printed."""
        return [span for one, span in self.operands if one == role]


@dataclass(frozen=True)
class Marked:
    """A text and what it asserts."""

    name: str
    text: str
    relations: tuple[Told, ...]


def marked(folder: Path = MARKED) -> Iterator[Marked]:
    """Every text of a folder and of those below it."""
    for path in sorted(folder.rglob("*.src")):
        yield parsed(str(path.relative_to(folder)), path.read_text(encoding="utf-8"))


def parsed(name: str, source: str) -> Marked:
    """A file without its marks, and the relations with their places in what is left."""
    body, _, lines = source.partition("\n====")
    text, places, last = "", {}, 0
    for found in _LABEL.finditer(body):
        text += body[last : found.start()]
        if found[1] in places:
            raise ValueError(f"{name}: label {found[1]} twice")
        places[found[1]] = (len(text), len(text) + len(found[2]))
        text += found[2]
        last = found.end()
    told = [_told(name, line, places) for line in lines.splitlines() if line.strip(" =")]
    return Marked(name, text + body[last:], tuple(told))


def _told(name: str, line: str, places: dict[str, Span]) -> Told:
    kind, *rest = line.split()
    sure = "?" not in rest
    pairs = [one.split("=") for one in rest if one != "?"]
    if kind not in _WHOLE or any(role not in _WHOLE[kind] or label not in places for role, label in pairs):
        raise ValueError(f"{name}: {line}")
    return Told(kind, tuple((role, places[label]) for role, label in pairs), sure)


def right_of(one: Marked) -> list[dict[str, Any]]:
    """The relations whose every operand is printed in digits and that hold: what may be spoilt."""
    found = [
        told.printed(one.text)
        for told in one.relations
        if told.sure and told.exact and told.kind != "ratio" and told.holds(one.text)
    ]
    return [
        it for it in found
        if all(_PLAIN.fullmatch(one["text"]) and re.search("[1-9]", one["text"]) for one in it["operands"])
    ]  # fmt: skip


def score(texts: Iterator[Marked], show: bool = False) -> Counter[tuple[str, str]]:
    """By kind: how many relations are told, found, and found without being told."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in texts:
        wanted = {told.key: told for told in one.relations if told.sure}
        free = {told.key for told in one.relations if not told.sure}
        found = {
            (it.kind, frozenset((at.start, at.end) for at in it.operands)): it for it in read_text(one.text).relations
        }
        for key, told in wanted.items():
            how = "exact" if told.exact else "feasible"
            counts[key[0], f"{how} told"] += 1
            counts[key[0], f"{how} found"] += key in found
            if show and key not in found:
                print(f"{one.name} missed {key[0]} {how}: {_around(one.text, key[1])}")
        for key in found.keys() - wanted.keys() - free:
            counts[key[0], f"{found[key].check} beside"] += 1
            if show:
                print(f"{one.name} beside {key[0]} {found[key].check}: {_around(one.text, key[1])}")
    return counts


def spoil(texts: Iterator[Marked]) -> Counter[str]:
    """Right reports and those disturbed by an alarm; of the numbers of their relations, each made wrong by one slip, how many are found."""
    counts: Counter[str] = Counter()
    for one in texts:
        failing = [span for told in one.relations if not told.holds(one.text) for span in told.key[1]]
        loud = [spans for spans in _loud(one.text) if not touches(spans, failing)]
        counts.update(reports=1, disturbed=bool(loud), alarms=len(loud))
        for number, relation in enumerate(right_of(one)):
            rng = random.Random(f"{one.name}-{number}")
            slips: dict[int, list[tuple[str, str]]] = {}
            for _, _, wrong, begin, twin in spoilt(one.text, relation, rng):
                slips.setdefault(begin, []).append((wrong, twin))
            stated = next(it for it in relation["operands"] if it["role"] in STATED)
            for begin, some in slips.items():
                wrong, twin = rng.choice(some)
                start = stated["start"] + (len(twin) - len(one.text) if begin < stated["start"] else 0)
                places = [(begin, begin + len(wrong)), (start, start + len(stated["text"]))]
                counts.update(spoilt=1, found=any(touches(spans, places) for spans in _loud(twin)))
    return counts


def _loud(text: str) -> list[list[Span]]:
    return [spans for severity, spans, _ in ours(text) if severity == "alarm"]


def _around(text: str, spans: frozenset[Span]) -> str:
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    numbers = " ".join(text[start:end] for start, end in sorted(spans))
    return f"[{numbers}] {text[max(0, first - 30) : last + 15]}".replace("\n", "⏎")


def main() -> None:
    """Prints precision, recall and F1 by kind."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=MARKED)
    parser.add_argument("--misses", action="store_true", help="show what was missed and what was found beside")
    parser.add_argument("--spoil", action="store_true", help="count false alarms, and errors found, instead")
    arguments = parser.parse_args()
    if arguments.spoil:
        print(dict(spoil(marked(arguments.folder))))
        return
    counts = score(marked(arguments.folder), arguments.misses)
    kinds = sorted({kind for kind, _ in counts})
    for kind in [*kinds, "all"]:
        row: Counter[str] = Counter()
        for (one, what), number in counts.items():
            if kind in (one, "all"):
                row[what] += number
        hits, told = row["exact found"] + row["feasible found"], row["exact told"] + row["feasible told"]
        beside = row["exact beside"] + row["feasible beside"]
        right, seen = hits / max(1, hits + beside), hits / max(1, told)
        print(
            f"{kind:11} exact {row['exact found']:3}/{row['exact told']:<3} + {row['exact beside']:<3} feasible "
            f"{row['feasible found']:3}/{row['feasible told']:<3} + {row['feasible beside']:<3} precision {right:.3f} "
            f"recall {seen:.3f} F1 {2 * right * seen / max(1e-9, right + seen):.3f}"
        )


if __name__ == "__main__":
    main()
