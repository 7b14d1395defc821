"""How much of each layer the reader finds in documents of our own words, by the measure of the annotation guideline.

``python -m bench.layers.run [FOLDER] [--misses]``: an item is found when its span and its values are those of the annotation: a heading's
level, a quantity's value, unit and kind, a target's clause, status and comparator, a relation's kind and operands.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.layers.annotated import annotated

from taizhang.reading import read_text

READ = Path(__file__).parent / "read"
"""Documents that the reader was mended on."""
Key = tuple[Any, ...]


def _number(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_number(one) for one in value)
    return float(f"{value:.6g}") if isinstance(value, int | float) and math.isfinite(value) else value


LAYERS: dict[str, Callable[[dict[str, Any]], Key]] = {
    "articles": lambda one: (one["start"], one["end"]),
    "headings": lambda one: (one["start"], one["end"], one["level"]),
    "points": lambda one: (one["start"], one["end"]),
    "quantities": lambda one: (one["start"], one["end"], _number(one["value"]), one["unit"], one["kind"]),
    "relations": lambda one: (one["kind"], *sorted((it["start"], it["end"]) for it in one["operands"])),
    "targets": lambda one: (one["start"], one["end"], *one["quantity"], one["status"], one["comparator"]),
}
"""By what an item of each layer is told from others."""


def compared(folder: Path) -> Iterator[tuple[str, str, str, set[Key], set[Key]]]:
    """Of every document and layer: name, text, layer, what is annotated, and what the reader finds."""
    for name, text, layers in annotated(folder):
        found = read_text(text).as_dict()
        for layer, key in LAYERS.items():
            yield name, text, layer, {key(one) for one in layers[layer]}, {key(one) for one in found[layer]}


def scores(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Of each layer: how many items are right, found, and annotated."""
    right: Counter[str] = Counter()
    told: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    for _, _, layer, gold, found in compared(folder):
        right[layer] += len(gold & found)
        told[layer] += len(found)
        meant[layer] += len(gold)
    return {layer: (right[layer], told[layer], meant[layer]) for layer in LAYERS}


def f1(right: int, told: int, meant: int) -> float:
    """The harmonic mean of precision and recall; 1 where there is nothing to find and nothing is."""
    return 2 * right / (told + meant) if told + meant else 1.0


def _print_misses(folder: Path) -> None:
    for name, text, layer, gold, found in compared(folder):
        for sign, keys in (("-", gold - found), ("+", found - gold)):
            for key in sorted(keys, key=repr):
                first, last = key[1] if layer == "relations" else key[:2]
                print(name, sign, layer, key[2:], repr(text[max(0, first - 12) : last + 8]))


def main() -> None:
    """Prints precision, recall and F1 of each layer."""
    parser = argparse.ArgumentParser(description="how much of each layer of the guideline is found")
    parser.add_argument("folder", type=Path, nargs="?", default=READ)
    parser.add_argument("--misses", action="store_true", help="print what is missed (-) and what is found beside (+)")
    arguments = parser.parse_args()
    if arguments.misses:
        _print_misses(arguments.folder)
    print(f"{'layer':<12} {'P':>6} {'R':>6} {'F1':>6}  right  found  annotated")
    for layer, (right, told, meant) in scores(arguments.folder).items():
        precision, recall = right / told if told else 1.0, right / meant if meant else 1.0
        print(
            f"{layer:<12} {precision:6.3f} {recall:6.3f} {f1(right, told, meant):6.3f}  {right:5}  {told:5}  {meant:5}"
        )


if __name__ == "__main__":
    main()
