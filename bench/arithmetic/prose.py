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
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.arithmetic.figures import _ERRORS, _plausible, shown
from bench.arithmetic.paragraphs import PARAGRAPHS
from bench.arithmetic.run import ours, touches

_SLOT = re.compile(r"\{(?P<name>\w)(?::(?P<value>[\d.]+)|=(?P<formula>[^:}]+):(?P<places>\d)(?P<about>~?))\}")


def slots_of(paragraph: str) -> dict[str, re.Match[str]]:
    """The places for numbers, by their letter."""
    return {found["name"]: found for found in _SLOT.finditer(paragraph)}


def computed(formula: str, printed: dict[str, str]) -> Fraction:
    """A formula over printed numbers, exactly."""
    code = re.sub(r"[a-z]|\d+(?:\.\d+)?", lambda m: f"F({(printed.get(m[0]) or m[0])!r})", formula)
    return Fraction(eval(code, {"F": Fraction, "__builtins__": {}}))


def right(paragraph: str) -> dict[str, str]:
    """All numbers of a paragraph, computed ones included."""
    slots = slots_of(paragraph)
    printed = {name: one["value"] for name, one in slots.items() if one["value"]}
    while len(printed) < len(slots):
        for name, one in slots.items():
            needs = set(re.findall("[a-z]", one["formula"] or ""))
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


def main() -> None:
    """Prints the figures, and what was missed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--misses", type=Path)
    arguments = parser.parse_args()
    seeded, found, clean, lines = Counter[str](), Counter[str](), 0, []
    for index, paragraph in enumerate(PARAGRAPHS):
        rng = random.Random(f"paragraph-{index}")
        printed = right(paragraph)
        text, spans = written(paragraph, printed)
        loud = [why for severity, _, why in ours(text) if severity == "alarm"]
        clean += bool(loud)
        lines += [f"FALSE {index} {why}\n    {text}" for why in loud]
        for name, one in slots_of(paragraph).items():
            if not one["formula"]:
                continue
            involved = sorted({name, *re.findall("[a-z]", one["formula"])})
            for slip in sorted(_ERRORS):
                for _ in range(40):
                    slot = rng.choice(involved)
                    bad = printed | {slot: _ERRORS[slip](printed[slot], rng)}
                    if bad[slot] != printed[slot] and _plausible(bad[slot], printed[slot]) and wrong(one, bad):
                        break
                else:
                    continue
                twin, spans = written(paragraph, bad)
                seeded[slip] += 1
                gold = [spans[letter] for letter in involved]
                if any(touches(places, gold) for severity, places, _ in ours(twin) if severity == "alarm"):
                    found[slip] += 1
                else:
                    lines.append(
                        f"MISS {index} {name}={one['formula']} {slip} {slot}: {printed[slot]} → {bad[slot]}\n    {twin}"
                    )
    for slip, number in seeded.items():
        print(f"{slip:<8} n={number:<4} {100 * found[slip] / number:.1f} %")
    print(f"all      n={seeded.total():<4} {100 * found.total() / seeded.total():.1f} %")
    print(f"clean with an alarm: {clean} of {len(PARAGRAPHS)}")
    if arguments.misses:
        arguments.misses.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
