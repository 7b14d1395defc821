"""Recall on whole paragraphs: every relation of :mod:`bench.arithmetic.paragraphs` is spoilt in turn by each slip.

``python bench/arithmetic/prose.py [--misses FILE]`` prints how many wrong numbers are found, and the clean paragraphs
that raise an alarm.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.arithmetic.figures import _ERRORS, _plausible, shown
from bench.arithmetic.paragraphs import PARAGRAPHS
from bench.arithmetic.run import ours, touches
from bench.arithmetic.wide import WIDE

_SLOT = re.compile(
    r"\{(?P<name>[a-z]\d?)(?:<(?P<whole>\w))?(?::(?P<value>[\d.]+)|=(?P<formula>[^:}]+):(?P<places>\d)(?P<about>~?))\}"
)


def slots_of(paragraph: str) -> dict[str, re.Match[str]]:
    """The places for numbers, by their letter."""
    return {found["name"]: found for found in _SLOT.finditer(paragraph)}


def computed(formula: str, printed: dict[str, str]) -> Fraction:
    """A formula over printed numbers, exactly."""
    code = re.sub(r"[a-z]\d?|\d+(?:\.\d+)?", lambda m: f"F({(printed.get(m[0]) or m[0])!r})", formula)
    return Fraction(eval(code, {"F": Fraction, "__builtins__": {}}))


def right(paragraph: str) -> dict[str, str]:
    """All numbers of a paragraph, computed ones included."""
    slots = slots_of(paragraph)
    printed = {name: one["value"] for name, one in slots.items() if one["value"]}
    while len(printed) < len(slots):
        for name, one in slots.items():
            needs = set(re.findall(r"[a-z]\d?", one["formula"] or ""))
            if name not in printed and needs <= printed.keys():
                printed[name] = shown(computed(one["formula"], printed), int(one["places"]))
    return printed


def written(paragraph: str, printed: dict[str, str]) -> tuple[str, dict[str, tuple[int, int]]]:
    """The text and where each number stands in it."""
    text, spans, last = "", {}, 0
    for found in _SLOT.finditer(paragraph):
        text += paragraph[last : found.start()]
        spans[found["name"]] = (len(text), len(text) + len(printed[found["name"]]))
        text += printed[found["name"]]
        last = found.end()
    return text + paragraph[last:], spans


def wrong(one: re.Match[str], printed: dict[str, str]) -> bool:
    """Is this relation wrong beyond rounding and cutting off?"""
    gap = abs(computed(one["formula"], printed) - Fraction(printed[one["name"]]))
    if one["about"]:
        return gap > max(Fraction(5), Fraction(printed[one["name"]]) / 4)
    return gap > Fraction(2 if re.search("[*/]", one["formula"]) else 0, 10 ** int(one["places"]))


def beyond(one: re.Match[str], printed: dict[str, str]) -> bool:
    """Is a part larger than its whole?"""
    return Fraction(printed[one["name"]]) > Fraction(printed[one["whole"]])


def twins(text: str, rng: random.Random) -> Iterator[tuple[str, list[str], dict[str, str], str]]:
    """Relation, the slots it involves, all numbers with one of them spoilt, and how, for every relation and slip."""
    printed = right(text)
    for name, one in slots_of(text).items():
        if not (one["formula"] or one["whole"]):
            continue
        involved = sorted({name, *re.findall(r"[a-z]\d?", one["formula"] or one["whole"])})
        for slip in sorted(_ERRORS):
            for _ in range(TRIES):
                slot = rng.choice(involved)
                bad = printed | {slot: _ERRORS[slip](printed[slot], rng)}
                if bad[slot] == printed[slot] or not _plausible(bad[slot], printed[slot]):
                    continue
                if wrong(one, bad) if one["formula"] else beyond(one, bad):
                    yield (
                        f"{name}={one['formula'] or one['whole']} {slip} {slot}: {printed[slot]} → {bad[slot]}",
                        involved,
                        bad,
                        slip,
                    )
                    break


TRIES = 40
"""So many throws are made for a slip that leaves a plausible and wrong number."""


def texts_of(wide: str | None) -> list[tuple[int, str, str]]:
    """Number, kind and text: the paragraphs, or one half of the single statements."""
    if wide is None:
        return [(index, "", text) for index, text in enumerate(PARAGRAPHS)]
    rows = [(index, kind, text) for index, (kind, text) in enumerate(WIDE)]
    return rows[wide == "measure" :: 2]


def main() -> None:
    """Prints the figures, and what was missed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--misses", type=Path)
    parser.add_argument("--wide", choices=("mend", "measure"), help="one half of the single statements")
    arguments = parser.parse_args()
    seeded, found, clean, lines = Counter[str](), Counter[str](), 0, []
    texts = texts_of(arguments.wide)
    for index, kind, paragraph in texts:
        rng = random.Random(f"paragraph-{index}")
        text, spans = written(paragraph, right(paragraph))
        loud = [why for severity, _, why in ours(text) if severity == "alarm"]
        clean += bool(loud)
        lines += [f"FALSE {index} {why}\n    {text}" for why in loud]
        for what, involved, bad, slip in twins(paragraph, rng):
            twin, spans = written(paragraph, bad)
            seeded[kind or slip] += 1
            gold = [spans[letter] for letter in involved]
            if any(touches(places, gold) for severity, places, _ in ours(twin) if severity == "alarm"):
                found[kind or slip] += 1
            else:
                lines.append(f"MISS {index} {what}\n    {twin}")
    for kind, number in seeded.items():
        print(f"{kind:<10} n={number:<4} {100 * found[kind] / number:.1f} %")
    print(f"{'all':<10} n={seeded.total():<4} {100 * found.total() / seeded.total():.1f} %")
    print(f"clean with an alarm: {clean} of {len(texts)}")
    if arguments.misses:
        arguments.misses.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
