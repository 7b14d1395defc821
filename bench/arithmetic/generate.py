"""Writes the documents of the benchmark: clean ones, and twins of them with exactly one wrong number.

Everything follows from the seeds below: the same documents on every machine. Results are computed from the printed
operands with exact fractions.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
from dataclasses import dataclass
from pathlib import Path

from bench.arithmetic.figures import Filled, fill, seeded
from bench.arithmetic.frames import DISTRACTORS, FRAMES, HEADS, SPLITS, TITLES, Frame
from opencc import OpenCC

CLEAN = {"tune": 560, "taught": 200, "report": 400, "eighth": 400, "eleventh": 400}
"""Clean documents in each split: every frame of the half that is quoted is seeded, nearly every one of the other."""
TWINS = 2
"""Seeded twins of each clean document, each with another frame and another kind of error."""
RELATIONS = 5
"""Frames in each document."""


@dataclass(frozen=True)
class Made:
    """One document with its gold. ``spans`` of a relation are those of its printed numbers, without units,
    in the order of the text; ``slots`` names them in that order."""

    name: str
    split: str
    text: str
    twin_of: str | None
    relations: tuple[dict[str, object], ...]
    seed: dict[str, object] | None

    def gold(self) -> dict[str, object]:
        """The JSON face."""
        return {"name": self.name, "split": self.split, "clean": self.seed is None, "twin_of": self.twin_of,
                "relations": list(self.relations), "seed": self.seed}  # fmt: skip


# --- documents ------------------------------------------------------------------------------------------------------
def documents(limit: int | None = None) -> list[Made]:
    """All documents of all splits; ``limit``: only so many clean ones of each, with their twins."""
    found = []
    for split in SPLITS:
        for index in range(limit or CLEAN[split]):
            found += family(split, index)
    return found


def family(split: str, index: int) -> list[Made]:
    """A clean document and its seeded twins; every kind gets its turn to be seeded."""
    rng = random.Random(f"taizhang-{split}-{index}")
    chosen = _chosen(split, index, rng)
    filled = [fill(frame, rng) for frame in chosen]
    name = f"{split}-{index:03d}"
    layout = rng.random()
    family = [_document(name, split, filled, layout, None, None)]
    for twin in range(TWINS):
        place = twin % len(filled)
        wrong = seeded(filled[place], rng)
        if wrong is not None:
            changed = [*filled[:place], wrong[0], *filled[place + 1 :]]
            about = {"slip": wrong[1], "slot": wrong[2], "right": filled[place].face(wrong[2]),
                     "printed": wrong[0].face(wrong[2])}  # fmt: skip
            family.append(_document(f"{name}-{twin + 1}", split, changed, layout, (place, about), name))
    return family


def _chosen(split: str, index: int, rng: random.Random) -> list[Frame]:
    """The first frames are those to be seeded, taken in turn; the others are drawn, each about something else."""
    pool = [frame for frame in FRAMES if frame.split == split]
    first = index * TWINS % len(pool)
    chosen = [pool[first]]
    chosen.append(next(frame for frame in (pool[first + 1 :] + pool) if not _same_thing(frame, chosen[0])))
    rest = [frame for frame in pool if frame not in chosen]
    rng.shuffle(rest)
    for frame in rest:
        if len(chosen) < RELATIONS and not any(_same_thing(frame, other) for other in chosen):
            chosen.append(frame)
    return chosen


def _same_thing(one: Frame, other: Frame) -> bool:
    """Do two frames speak of one topic, or does one print a number of what the other prints twice (全县专任教师…人)?"""
    for same, beside in ((one, other), (other, one)):
        if same.kind == "same" and any(name in beside.text for name in re.findall(r"([一-鿿]{4})\{", same.text)):
            return True
    return one.topic[:2] == other.topic[:2]


def _document(
    name: str,
    split: str,
    filled: list[Filled],
    layout: float,
    wrong: tuple[int, dict[str, str]] | None,
    twin_of: str | None,
) -> Made:
    """Puts title, chapters, distractors and frames together. ``layout`` alone decides where everything stands, so that
    twins differ in one number only."""
    rng = random.Random(f"{layout!r}")
    year = rng.randint(18, 25)
    pieces: list[tuple[str, int | None]] = []  # sentence, and the frame that it belongs to
    for place, one in enumerate(filled):
        pieces += [(sentence, place) for sentence in one.frame.text.split("|")]
    fillers = rng.sample(DISTRACTORS[split], 8)
    rng.shuffle(pieces)
    title = rng.choice(TITLES[split]).format(y=year)
    old = rng.random() < 0.12 and not any(one.frame.numbers.get("cn") for one in filled)
    writer = _Writer(title, filled, ascii_signs=rng.random() < 0.5, old=old)
    loose = rng.random() < 0.5  # each sentence a paragraph of its own
    chapters = rng.sample(HEADS[split], 3)
    per = math.ceil(len(pieces) / len(chapters))
    for number, head in enumerate(chapters):
        writer.line(f"{'一二三'[number]}、{head}")
        for sentence, place in pieces[number * per : (number + 1) * per]:
            before = _filler(fillers.pop(), rng, year) if fillers and rng.random() < 0.7 else ""
            writer.sentence(before, sentence, place)
            if loose or rng.random() < 0.4:
                writer.line("")
        writer.line("")
        if fillers:
            writer.line(_filler(fillers.pop(), rng, year))
    relations = []
    for place, one in enumerate(filled):
        relations.append({"kind": one.frame.kind, "frame": one.frame.name, "right": wrong is None or wrong[0] != place,
                          "spans": writer.spans[place], "slots": "".join(writer.slots[place])})  # fmt: skip
    seed = None
    if wrong is not None:
        frame = filled[wrong[0]].frame
        seed = {"kind": frame.kind, "frame": frame.name, **wrong[1], "spans": writer.spans[wrong[0]]}
    return Made(name, split, writer.text(), twin_of, tuple(relations), seed)


def alone(filled: Filled) -> Made:
    """A document that says one thing only."""
    frame = filled.frame
    writer = _Writer("县里的报告", [filled], ascii_signs=True, old=False)
    for sentence in frame.text.split("|"):
        writer.sentence("", sentence, 0)
    relation = {
        "kind": frame.kind,
        "frame": frame.name,
        "right": True,
        "spans": writer.spans[0],
        "slots": "".join(writer.slots[0]),
    }
    return Made(frame.name, frame.split, writer.text(), None, (relation,), None)


class _Writer:
    """Collects the text and remembers where the numbers of each frame stand."""

    def __init__(self, title: str, filled: list[Filled], *, ascii_signs: bool, old: bool) -> None:
        self._parts = [title + "\n"]
        self._length = len(title) + 1
        self._level = next(char for char in title if char in "县市区")
        self._filled = filled
        self._ascii = ascii_signs
        self._old = old
        self.spans: dict[int, list[tuple[int, int]]] = {place: [] for place in range(len(filled))}
        self.slots: dict[int, list[str]] = {place: [] for place in range(len(filled))}

    def line(self, text: str) -> None:
        """A line; an empty one ends the paragraph that is open."""
        if text or not self._parts[-1].endswith("\n"):
            self._add(text + "\n")

    def sentence(self, before: str, template: str, place: int | None) -> None:
        self._add(before)
        for piece in re.split(r"(\{\w\})", template):
            slot = re.fullmatch(r"\{(\w)\}", piece)
            if slot and place is not None:
                number = self._filled[place].face(slot[1])
                self.spans[place].append((self._length, self._length + len(number)))
                self.slots[place].append(slot[1])
                self._add(number)
            else:
                self._add(piece)

    def text(self) -> str:
        """The whole; half of the documents use ASCII commas and colons, as crawled ones do, and some of them traditional
        characters."""
        text = "".join(self._parts)
        text = _TRADITIONAL.convert(text) if self._old else text
        assert len(text) == self._length
        return text if self._ascii else text.translate(_WIDE)

    def _add(self, text: str) -> None:
        self._parts.append(re.sub("(?<=[全我])[县市区]", self._level, text))
        self._length += len(text)


_TRADITIONAL = OpenCC("s2t")
_WIDE = str.maketrans(",;()", "\uff0c\uff1b\uff08\uff09")


def _filler(sentence: str, rng: random.Random, year: int) -> str:
    top = rng.randint(20, 90)
    middle = top + rng.randint(60, 200)
    people = rng.randint(200, 900)
    return sentence.format(
        y=year, n=rng.randint(11, 39), m=rng.randint(3, 9), k=people, k2=people * 2 + rng.randint(5, 190), n1=rng.randint(1, 8),
        t1=top, t2=middle, t3=middle + rng.randint(150, 500),
    )  # fmt: skip


def write(folder: Path, made: list[Made]) -> None:
    """Every document as ``SPLIT/NAME.txt`` with its gold beside it."""
    for one in made:
        place = folder / one.split
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{one.name}.txt").write_text(one.text, encoding="utf-8", newline="")
        gold = json.dumps(one.gold(), ensure_ascii=False, indent=1) + "\n"
        (place / f"{one.name}.json").write_text(gold, encoding="utf-8")


def main() -> None:
    """``python -m bench.arithmetic.generate DIR``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    made = documents()
    write(arguments.folder, made)
    print(
        f"{sum(one.seed is None for one in made)} clean, {sum(one.seed is not None for one in made)} seeded → {arguments.folder}"
    )


if __name__ == "__main__":
    main()
