"""Recall on annotated real documents: every true relation of the gold is spoilt, number by number and slip by slip.

``python bench/arithmetic/gold.py DOCUMENTS GOLD [--misses FILE]``. DOCUMENTS holds ``*.txt``, GOLD one ``NAME.txt.json`` each
whose ``relations`` have a kind and operands ({role, start, end, text}; offsets are code points). Each relation whose
printed numbers are right is made wrong beyond rounding, one number at a time; an alarm that holds the spoilt number or
the relation's result counts as found. The untouched documents tell the alarms that should not be there.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.arithmetic.figures import _ERRORS, _plausible
from bench.arithmetic.run import Alarms, ours, touches

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
TRIES = 40
"""So many throws are made for a slip that leaves a plausible and wrong number."""
PROSE = 1500
"""So many characters around a relation are read again with the error in it: an article need not be read whole each time."""


def documents(texts: Path, gold: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, text and gold of every annotated document."""
    for path in sorted(texts.glob("*.txt")):
        face = gold / f"{path.name}.json"
        if face.exists():
            with path.open(encoding="utf-8", newline="") as file:
                yield path.name, file.read(), json.loads(face.read_text(encoding="utf-8"))


def true_of(gold: dict[str, Any]) -> list[dict[str, Any]]:
    """The relations with every operand printed, in digits, whose arithmetic is right as printed."""
    return [
        one
        for one in gold["relations"]
        if one["check"] == "exact"
        and one["holds"] is True
        and all(_DIGITS.search(operand["text"]) for operand in one["operands"])
    ]


def spoilt(text: str, relation: dict[str, Any], rng: random.Random) -> Iterator[tuple[str, str, str, int, str]]:
    """Role, slip, the wrong number, where it begins, and the document with it."""
    for operand in relation["operands"]:
        found = _DIGITS.search(operand["text"])
        if found is None:
            continue
        right = found.group()
        for slip, error in sorted(_ERRORS.items()):
            for _ in range(TRIES):
                wrong = error(right, rng)
                if wrong != right and _plausible(wrong, right) and is_wrong(relation, operand, right, wrong):
                    begin = operand["start"] + found.start()
                    yield operand["role"], slip, wrong, begin, text[:begin] + wrong + text[begin + len(right) :]
                    break


def is_wrong(
    relation: dict[str, Any], operand: dict[str, Any] | None = None, right: str = "1", wrong: str = "1"
) -> bool:
    """Does the relation miss by more than rounding or cutting off, with this number in it?"""
    values: dict[str, list[Fraction]] = {}
    for one in relation["operands"]:
        value = Fraction(repr(float(one["value"]))) if "value" in one else _value(one["text"])
        values.setdefault(one["role"], []).append(
            value * Fraction(wrong) / Fraction(right) if one is operand else value
        )
    sums = {role: sum(row, Fraction(0)) for role, row in values.items()}
    stated = next(
        one for one in relation["operands"] if one["role"] in ("pct", "total", "delta", "factor", "ratio", "result")
    )
    gap = abs(_computed(relation["kind"], sums) - sums[stated["role"]])
    if relation["kind"] in ("sum", "difference") and stated["text"][-1] != "%":
        return gap > 0
    figure = _DIGITS.search(stated["text"].replace(",", ""))
    assert figure is not None
    return gap > Fraction(_scale(stated["text"]), 10 ** len(figure.group().partition(".")[2]))


def _value(text: str) -> Fraction:
    """A printed number in base units of 1."""
    figure = _DIGITS.search(text.replace(",", ""))
    assert figure is not None
    return Fraction(figure.group()) * _scale(text)


def _scale(text: str) -> int:
    return 10**8 if "亿" in text else 10**4 if "万" in text else 1


def _computed(kind: str, sums: dict[str, Fraction]) -> Fraction:
    """What the operands give."""
    if kind in ("share", "rate"):
        return 100 * sums["part"] / sums["whole"]
    if kind == "sum":
        return sums["part"]
    if kind == "difference":
        return abs(sums["now"] - sums["before"])
    if kind == "growth":
        before = sums["before"] if "before" in sums else sums["now"] - sums["delta"]
        return 100 * abs(sums["now"] - before) / before
    if kind == "multiple":
        return sums["now"] / sums["before"]
    high, low = max(sums["a"], sums["b"]), min(sums["a"], sums["b"])
    return high / low if kind == "ratio" else sums["a"] / sums["b"]


def main() -> None:
    """Prints recall by kind and slip, and the alarms of the untouched documents."""
    parser = argparse.ArgumentParser(description="number check on annotated documents")
    parser.add_argument("documents", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--misses", type=Path, help="write what was missed")
    arguments = parser.parse_args()
    seeded, found, slips, hits = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    lines: list[str] = []
    for name, text, gold in documents(arguments.documents, arguments.gold):
        for _, _, why in _loud(ours(text)):
            print(f"alarm on the untouched {name}: {why}")
        for number, relation in enumerate(true_of(gold)):
            rng = random.Random(f"{name}-{number}")
            stated = next(
                one
                for one in relation["operands"]
                if one["role"] in ("pct", "total", "delta", "factor", "ratio", "result")
            )
            article = next(
                one for one in gold.get("articles", [{"start": 0, "end": len(text)}])
                if one["start"] <= relation["operands"][0]["start"] < one["end"]
            )  # fmt: skip
            first = text.rfind("\n", 0, max(article["start"], relation["operands"][0]["start"] - PROSE)) + 1
            for role, slip, wrong, begin, twin in spoilt(text, relation, rng):
                seeded[relation["kind"]] += 1
                slips[slip] += 1
                stop = twin.find("\n", stated["end"] + PROSE)
                piece = twin[first : stop if stop >= 0 else len(twin)]
                moved = len(twin) - len(text)
                start = stated["start"] + (moved if begin < stated["start"] else 0)
                places = [
                    (begin - first, begin - first + len(wrong)),
                    (start - first, start - first + len(stated["text"])),
                ]
                if any(touches(spans, places) for _, spans, _ in _loud(ours(piece))):
                    found[relation["kind"]] += 1
                    hits[slip] += 1
                else:
                    around = twin[max(0, begin - 60) : begin + 60].replace("\n", "⏎")
                    lines.append(
                        f"{name} {relation['kind']} {[one['text'] for one in relation['operands']]} {role} {slip} → {wrong}\n    {around}"
                    )
    for kind, number in sorted(seeded.items()):
        print(f"{kind:<12} n={number:<4} {100 * found[kind] / number:5.1f} %")
    for slip, number in sorted(slips.items()):
        print(f"  {slip:<10} n={number:<4} {100 * hits[slip] / number:5.1f} %")
    if seeded:
        print(f"all          n={seeded.total():<4} {100 * found.total() / seeded.total():5.1f} %")
    if arguments.misses:
        arguments.misses.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _loud(alarms: Alarms) -> Alarms:
    return [one for one in alarms if one[0] == "alarm"]


if __name__ == "__main__":
    main()
