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
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from bench.arithmetic.frames import DISTRACTORS, FRAMES, HEADS, TITLES, Frame

SPLITS = ("tune", "report")
CLEAN = 120
"""Clean documents in each split."""
TWINS = 2
"""Seeded twins of each clean document, each with another frame and another kind of error."""
RELATIONS = 5
"""Frames in each document."""


@dataclass(frozen=True)
class Filled:
    """A frame with its numbers: slots to printed texts."""

    frame: Frame
    printed: dict[str, str]


@dataclass(frozen=True)
class Made:
    """One document with its gold. ``spans`` of a relation are those of its printed numbers, without units."""

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


# --- numbers --------------------------------------------------------------------------------------------------------
def shown(value: Fraction, places: int, how: str = "round") -> str:
    """A printed decimal: rounded half up, or cut off."""
    scaled = value * 10**places
    whole = math.floor(scaled) if how == "trunc" else math.floor(scaled + Fraction(1, 2))
    digits = str(whole).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _drawn(rng: random.Random, least: float, most: float, places: int) -> Fraction:
    scale = 10**places
    return Fraction(rng.randint(math.ceil(least * scale), math.floor(most * scale)), scale)


def fill(frame: Frame, rng: random.Random) -> Filled:
    """Numbers for a frame that are right."""
    return Filled(frame, _FILLERS[frame.kind](frame, rng))


def _fill_share(frame: Frame, rng: random.Random) -> dict[str, str]:
    spec = frame.numbers
    places = spec["w"][2]
    whole = _drawn(rng, *spec["w"])
    times = spec.get("times", 1)
    part_places = 0 if times > 1 else places
    part = Fraction(shown(times * whole * _drawn(rng, *spec["p"], 2) / 100, part_places))
    printed = {"w": shown(whole, places), "p": shown(part, part_places)}
    if "r" in spec:
        printed["r"] = shown(100 * part / times / whole, spec["r"], spec.get("how", "round"))
    return printed


def _fill_sum(frame: Frame, rng: random.Random) -> dict[str, str]:
    ranges = frame.numbers["parts"]
    values = [_drawn(rng, *one) for one in ranges]
    printed = {slot: shown(value, one[2]) for slot, value, one in zip("abcd", values, ranges, strict=False)}
    return printed | {"t": shown(sum(values, Fraction(0)), ranges[0][2])}


def _fill_difference(frame: Frame, rng: random.Random) -> dict[str, str]:
    spec = frame.numbers
    before, change = _drawn(rng, *spec["x"]), _drawn(rng, *spec["d"])
    places = spec["x"][2]
    return {"x": shown(before, places), "y": shown(before + spec["sign"] * change, places), "d": shown(change, places)}


def _fill_growth(frame: Frame, rng: random.Random) -> dict[str, str]:
    spec = frame.numbers
    places = spec["x"][2]
    before = _drawn(rng, *spec["x"])
    now = Fraction(shown(before * (1 + spec["sign"] * _drawn(rng, *spec["g"], 2) / 100), places))
    rate = 100 * abs(now - before) / before
    return {"x": shown(before, places), "y": shown(now, places), "r": shown(rate, spec["r"], spec.get("how", "round"))}


def _fill_ratio(frame: Frame, rng: random.Random) -> dict[str, str]:
    spec = frame.numbers
    below = _drawn(rng, *spec["b"])
    above = Fraction(shown(below * _drawn(rng, *spec["k"], 3), 0))
    return {"a": shown(above, 0), "b": shown(below, 0), "r": shown(above / below, spec["r"])}


def _fill_per(frame: Frame, rng: random.Random) -> dict[str, str]:
    spec = frame.numbers
    number = _drawn(rng, *spec["n"])
    total = Fraction(shown(number * _drawn(rng, *spec["k"], 3) / spec["factor"], spec["t"]))
    return {"n": shown(number, 0), "t": shown(total, spec["t"]), "r": shown(total * spec["factor"] / number, spec["r"])}


def _fill_multiple(frame: Frame, rng: random.Random) -> dict[str, str]:
    spec = frame.numbers
    places = spec["x"][2]
    before = _drawn(rng, *spec["x"])
    now = Fraction(shown(before * _drawn(rng, *spec["k"], 3), places))
    return {"x": shown(before, places), "y": shown(now, places), "r": shown(now / before, spec["r"])}


def _fill_list(frame: Frame, rng: random.Random) -> dict[str, str]:
    count, places = frame.numbers["parts"], frame.numbers["r"]
    unit = 10**places
    weights = sorted((rng.randint(5, 60) for _ in range(count)), reverse=True)
    shares = [100 * unit * weight // sum(weights) for weight in weights]
    shares[0] += 100 * unit - sum(shares)
    return {slot: shown(Fraction(share, unit), places) for slot, share in zip("abcd", shares, strict=False)}


def _fill_same(frame: Frame, rng: random.Random) -> dict[str, str]:
    value = shown(_drawn(rng, *frame.numbers["w"]), frame.numbers["w"][2])
    return {"w": value, "v": value}


_FILLERS = {
    "share": _fill_share, "rate": _fill_share, "part_of": _fill_share, "sum": _fill_sum, "difference": _fill_difference,
    "growth": _fill_growth, "ratio": _fill_ratio, "per": _fill_per, "multiple": _fill_multiple, "list100": _fill_list,
    "same": _fill_same,
}  # fmt: skip


# --- is it wrong beyond doubt? --------------------------------------------------------------------------------------
def gap(filled: Filled) -> tuple[Fraction, Fraction]:
    """How far the printed result is from the computed one, and one unit of its last printed digit."""
    number = {slot: Fraction(text) for slot, text in filled.printed.items()}
    spec, kind = filled.frame.numbers, filled.frame.kind
    last = "d" if kind == "difference" else "t" if kind == "sum" else "r"
    text = filled.printed.get(last, "")
    unit = Fraction(1, 10 ** len(text.partition(".")[2]))
    if kind in ("share", "rate"):
        return abs(100 * number["p"] / spec.get("times", 1) / number["w"] - number["r"]), unit
    if kind == "sum":
        return abs(sum(value for slot, value in number.items() if slot != "t") - number["t"]), unit
    if kind == "difference":
        return abs(spec["sign"] * (number["y"] - number["x"]) - number["d"]), unit
    if kind == "growth":
        return abs(100 * spec["sign"] * (number["y"] - number["x"]) / number["x"] - number["r"]), unit
    if kind == "ratio":
        return abs(number["a"] / number["b"] - number["r"]), unit
    if kind == "per":
        return abs(number["t"] * spec["factor"] / number["n"] - number["r"]), unit
    if kind == "multiple":
        return abs(number["y"] / number["x"] - number["r"]), unit
    if kind == "list100":
        return abs(sum(number.values()) - 100), Fraction(1, 10 ** spec["r"])
    if kind == "part_of":
        return max(Fraction(0), number["p"] - number["w"]), Fraction(1)
    return abs(number["w"] - number["v"]), Fraction(1, 10 ** spec["w"][2])


def is_wrong(filled: Filled) -> bool:
    """Wrong beyond rounding, cutting off and rounding up; where the text says 约, wrong by a good deal; where it says
    以上, the true value lies below."""
    off, unit = gap(filled)
    if filled.frame.kind in ("sum", "difference", "part_of", "same"):
        return off > 0
    if filled.frame.kind == "list100":
        return off > filled.frame.numbers["parts"] * unit
    if filled.frame.numbers.get("least"):
        part, whole, least = (Fraction(filled.printed[slot]) for slot in "pwr")
        return least - 100 * part / whole > unit
    if filled.frame.numbers.get("about"):
        return off > max(Fraction(5), Fraction(filled.printed["r"]) / 4)
    return off > 2 * unit


# --- seeding --------------------------------------------------------------------------------------------------------
def _digit(text: str, rng: random.Random) -> str:
    """One digit typed wrong."""
    places = [place for place, char in enumerate(text) if char.isdigit()]
    place = rng.choice(places)
    digit = rng.choice([char for char in "123456789" if char != text[place]])
    return text[:place] + digit + text[place + 1 :]


def _swap(text: str, rng: random.Random) -> str:
    """Two neighbouring digits the wrong way round."""
    pairs = [found.start() for found in re.finditer(r"(?=(\d)(?!\1)\d)", text)]
    if not pairs:
        return text
    place = rng.choice(pairs)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _drop(text: str, rng: random.Random) -> str:
    """A digit left out."""
    whole = text.partition(".")[0]
    place = rng.randrange(len(whole))
    return text[:place] + text[place + 1 :] if len(whole) > 1 else text


def _stale(text: str, rng: random.Random) -> str:
    """The value of an earlier draft: off by a few per cent."""
    places = len(text.partition(".")[2])
    value = Fraction(text) * (100 + rng.choice((-9, -6, -4, -3, 3, 4, 6, 9))) / 100
    return shown(value, places)


_ERRORS = {"digit": _digit, "swap": _swap, "drop": _drop, "stale": _stale}


def seeded(filled: Filled, rng: random.Random) -> tuple[Filled, str, str] | None:
    """The frame with one number changed so that it is wrong beyond doubt, the kind of slip and the slot; None when
    no slip was found that leaves a plausible sentence."""
    for _ in range(200):
        slip = rng.choice(sorted(_ERRORS))
        slot = rng.choice(sorted(filled.printed))
        text = _ERRORS[slip](filled.printed[slot], rng)
        wrong = replace(filled, printed=filled.printed | {slot: text})
        if text != filled.printed[slot] and _plausible(text, filled.printed[slot]) and is_wrong(wrong):
            return wrong, slip, slot
    return None


def _plausible(text: str, right: str) -> bool:
    leading = not text.startswith("0") or text.startswith("0.")
    small = Fraction(right) > 100 or Fraction(text) <= 100
    return leading and Fraction(text) > 0 and small


# --- documents ------------------------------------------------------------------------------------------------------
def documents(limit: int | None = None) -> list[Made]:
    """All documents of both splits; ``limit``: only so many clean ones of each, with their twins."""
    found = []
    for split in SPLITS:
        for index in range(limit or CLEAN):
            found += _family(split, index)
    return found


def _family(split: str, index: int) -> list[Made]:
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
            about = {"slip": wrong[1], "slot": wrong[2], "right": filled[place].printed[wrong[2]],
                     "printed": wrong[0].printed[wrong[2]]}  # fmt: skip
            family.append(_document(f"{name}-{twin + 1}", split, changed, layout, (place, about), name))
    return family


def _chosen(split: str, index: int, rng: random.Random) -> list[Frame]:
    """The first frames are those to be seeded, taken in turn; the others are drawn, each about something else."""
    pool = [frame for frame in FRAMES if frame.split == split]
    first = index * TWINS % len(pool)
    chosen = [pool[first]]
    chosen.append(next(frame for frame in (pool[first + 1 :] + pool) if frame.topic[:2] != chosen[0].topic[:2]))
    rest = [frame for frame in pool if frame not in chosen]
    rng.shuffle(rest)
    for frame in rest:
        if len(chosen) < RELATIONS and all(frame.topic[:2] != other.topic[:2] for other in chosen):
            chosen.append(frame)
    return chosen


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
    fillers = rng.sample(DISTRACTORS[split], 6)
    rng.shuffle(pieces)
    title = rng.choice(TITLES[split]).format(y=year)
    writer = _Writer(title, filled, rng.random() < 0.5)
    chapters = rng.sample(HEADS[split], 3)
    per = math.ceil(len(pieces) / len(chapters))
    for number, head in enumerate(chapters):
        writer.line(f"{'一二三'[number]}、{head}")
        for sentence, place in pieces[number * per : (number + 1) * per]:
            before = _filler(fillers.pop(), rng, year) if fillers and rng.random() < 0.7 else ""
            writer.sentence(before, sentence, place)
        if fillers:
            writer.line(_filler(fillers.pop(), rng, year))
    relations = []
    for place, one in enumerate(filled):
        relations.append({"kind": one.frame.kind, "frame": one.frame.name, "right": wrong is None or wrong[0] != place,
                          "spans": sorted(writer.spans[place])})  # fmt: skip
    seed = None
    if wrong is not None:
        frame = filled[wrong[0]].frame
        seed = {"kind": frame.kind, "frame": frame.name, **wrong[1], "spans": sorted(writer.spans[wrong[0]])}
    return Made(name, split, writer.text(), twin_of, tuple(relations), seed)


class _Writer:
    """Collects the text and remembers where the numbers of each frame stand."""

    def __init__(self, title: str, filled: list[Filled], ascii_signs: bool) -> None:
        self._parts = [title + "\n"]
        self._length = len(title) + 1
        self._level = next(char for char in title if char in "县市区")
        self._filled = filled
        self._ascii = ascii_signs
        self.spans: dict[int, list[tuple[int, int]]] = {place: [] for place in range(len(filled))}

    def line(self, text: str) -> None:
        self._add(text + "\n")

    def sentence(self, before: str, template: str, place: int | None) -> None:
        self._add(before)
        for piece in re.split(r"(\{\w\})", template):
            slot = re.fullmatch(r"\{(\w)\}", piece)
            if slot and place is not None:
                number = self._filled[place].printed[slot[1]]
                self.spans[place].append((self._length, self._length + len(number)))
                self._add(number)
            else:
                self._add(piece)
        self._add("\n")

    def text(self) -> str:
        """The whole; half of the documents use ASCII commas and colons, as crawled ones do."""
        text = "".join(self._parts)
        return text if self._ascii else text.translate(_WIDE)

    def _add(self, text: str) -> None:
        self._parts.append(re.sub("(?<=[全我])[县市区]", self._level, text))
        self._length += len(text)


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
