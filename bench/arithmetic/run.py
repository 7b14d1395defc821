"""How many seeded errors the number check finds, and how many clean documents it disturbs, by kind and split.

``python bench/arithmetic/run.py [--limit N] [--misses FILE] [--split tune|report]``. A clean document counts as
disturbed when anything in it is an alarm; a seeded error counts as found when an alarm touches one of its numbers, as
noted when only a note does. Beside it, in the same run, a peer: a regular expression that recomputes percentages.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.arithmetic.frames import KINDS, SPLITS
from bench.arithmetic.generate import Made, documents

from taizhang.reading import check, read_text
from taizhang.reading.model import Finding

Span = tuple[int, int]
Alarms = list[tuple[str, list[Span], str]]
"""Severity, places, and the reason of each doubt in one document."""


def ours(text: str) -> Alarms:
    """The number check of Taizhang."""
    found: Alarms = []
    for item in check(read_text(text)):
        if isinstance(item, Finding):
            found.append((item.severity, list(item.spans), item.why))
        else:
            spans = [(operand.start, operand.end) for operand in item.operands]
            found.append((item.severity or "alarm", spans, item.why))
    return found


_PERCENT = re.compile(r"(\d+(?:\.(\d+))?)%")
_PLAIN = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.%])")


def naive(text: str) -> Alarms:
    """The peer: a percentage in a sentence must be the quotient of two other numbers of that sentence."""
    found: Alarms = []
    for sentence in re.finditer(r"[^。\n]+", text):
        numbers = [(float(one.group()), one.span()) for one in _PLAIN.finditer(text, *sentence.span())]
        for percent in _PERCENT.finditer(text, *sentence.span()):
            stated, slack = float(percent[1]), 0.5 / 10 ** len(percent[2] or "")
            pairs = [(a, b) for (a, _), (b, _) in permutations(numbers, 2) if b]
            if pairs and not any(abs(100 * a / b - stated) <= slack + 1e-9 for a, b in pairs):
                found.append(("alarm", [percent.span(), *(span for _, span in numbers)], "no quotient fits"))
    return found


class Score:
    """Counts of one checker on one split."""

    def __init__(self) -> None:
        self.seeded: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.noted: Counter[str] = Counter()
        self.clean = self.disturbed = self.beside = 0
        self.misses: list[dict[str, object]] = []

    def add(self, made: Made, alarms: Alarms) -> None:
        """Judges one document."""
        loud = [(spans, why) for severity, spans, why in alarms if severity == "alarm"]
        if made.seed is None:
            self.clean += 1
            self.disturbed += bool(loud)
            for spans, why in loud:
                self.misses.append(
                    {"document": made.name, "what": "false alarm", "why": why, "sentence": around(made.text, spans[0])}
                )
            return
        kind, gold = str(made.seed["kind"]), made.seed["spans"]
        assert isinstance(gold, list)
        self.seeded[kind] += 1
        hits = [touches(spans, gold) for spans, _ in loud]
        self.beside += not all(hits)
        if any(hits):
            self.found[kind] += 1
            return
        self.noted[kind] += any(touches(spans, gold) for _, spans, _ in alarms)
        self.misses.append(
            {"document": made.name, "what": "missed", **made.seed, "sentence": around(made.text, gold[0])}
        )

    def recall(self, kind: str | None = None) -> str:
        """Found of seeded, as a percentage."""
        number = self.seeded[kind] if kind else self.seeded.total()
        hits = self.found[kind] if kind else self.found.total()
        return f"{100 * hits / number:6.1f}%" if number else "     –"


def touches(spans: list[Span], gold: list[Span]) -> bool:
    """Does an alarm hold one of the numbers?"""
    return any(start < stop and begin < end for start, end in spans for begin, stop in gold)


def around(text: str, span: Span) -> str:
    """The line of a place."""
    start = text.rfind("\n", 0, span[0]) + 1
    return text[start : text.find("\n", span[1])]


def score(made: list[Made], checker: Callable[[str], Alarms]) -> tuple[dict[str, Score], float]:
    """A checker on every document: its scores by split, and seconds."""
    scores = {split: Score() for split in SPLITS}
    start = time.perf_counter()
    for one in made:
        scores[one.split].add(one, checker(one.text))
    return scores, time.perf_counter() - start


def main() -> None:
    """Prints one table per split; the figures to quote are those of ``report``."""
    parser = argparse.ArgumentParser(
        description="number check: recall of seeded errors, false alarms on clean documents"
    )
    parser.add_argument("--limit", type=int, help="clean documents in each split, with their twins")
    parser.add_argument("--split", choices=SPLITS)
    parser.add_argument("--misses", type=Path, help="write what was missed and what was a false alarm")
    arguments = parser.parse_args()
    made = [one for one in documents(arguments.limit) if arguments.split in (None, one.split)]
    print(f"{len(made)} documents, {sum(len(one.text) for one in made):,} characters, own words, numbers computed")
    results = {name: score(made, checker) for name, checker in (("taizhang", ours), ("naive %", naive))}
    for split in SPLITS if arguments.split is None else [arguments.split]:
        table(split, {name: scores[split] for name, (scores, _) in results.items()})
    for name, (_, seconds) in results.items():
        print(f"{name}: {seconds:.1f} s")
    if arguments.misses:
        lines = [json.dumps(miss, ensure_ascii=False) for one in results["taizhang"][0].values() for miss in one.misses]
        arguments.misses.write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(split: str, scores: dict[str, Score]) -> None:
    """Recall by kind, then the documents disturbed."""
    ours_, peer = scores.values()
    print(f"\n{split:<28}{'  '.join(f'{name:>9}' for name in scores)}   (only noted by us)")
    for kind in KINDS:
        print(
            f"  recall {kind:<12} n={ours_.seeded[kind]:<4} {ours_.recall(kind):>9}  {peer.recall(kind):>9}   {ours_.noted[kind] or ''}"
        )
    print(f"  recall all          n={ours_.seeded.total():<4} {ours_.recall():>9}  {peer.recall():>9}")
    for label, field, of in (("clean with an alarm", "disturbed", "clean"), ("seeded, alarm elsewhere", "beside", "")):
        shares = [
            100 * getattr(one, field) / ((getattr(one, of) if of else one.seeded.total()) or 1) for one in (ours_, peer)
        ]
        print(f"  {label:<26} {shares[0]:8.1f}%  {shares[1]:8.1f}%")


if __name__ == "__main__":
    main()
