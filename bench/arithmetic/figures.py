"""Numbers of a frame: right ones computed with exact fractions, and slips that make one of them wrong beyond doubt."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from bench.arithmetic.frames import Frame


@dataclass(frozen=True)
class Filled:
    """A frame with its numbers: slots to texts in Arabic numerals."""

    frame: Frame
    printed: dict[str, str]

    def face(self, slot: str) -> str:
        """The number as the document prints it."""
        return chinese(self.printed[slot]) if self.frame.numbers.get("cn") else self.printed[slot]


# --- numbers --------------------------------------------------------------------------------------------------------
def shown(value: Fraction, places: int, how: str = "round") -> str:
    """A printed decimal: rounded half up, or cut off."""
    scaled = value * 10**places
    whole = math.floor(scaled) if how == "trunc" else math.floor(scaled + Fraction(1, 2))
    digits = str(whole).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


_DIGITS = "零一二三四五六七八九"


def chinese(text: str) -> str:
    """A number below ten thousand in Chinese numerals: 107.5 → 一百零七点五."""
    whole, _, decimals = text.partition(".")
    found = ""
    for digit, unit in zip(whole, ("千", "百", "十", "")[-len(whole) :], strict=True):
        found += _DIGITS[int(digit)] + (unit if digit != "0" else "")
    found = re.sub("零+", "零", found).rstrip("零") or "零"
    found = found.removeprefix("一") if found.startswith("一十") else found
    return found + ("点" + "".join(_DIGITS[int(digit)] for digit in decimals) if decimals else "")


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
    spec = frame.numbers
    values = {slot: _drawn(rng, *one) for slot, one in zip("abcd", spec["parts"], strict=False)}
    scale = spec.get("scale", {})
    total = sum((value * scale.get(slot, 1) for slot, value in values.items()), Fraction(0)) / scale.get("t", 1)
    places = {slot: one[2] for slot, one in zip("abcd", spec["parts"], strict=False)}
    printed = {slot: shown(value, places[slot]) for slot, value in values.items()}
    return printed | {"t": shown(total, spec.get("t", spec["parts"][0][2]))}


def _fill_levels(frame: Frame, rng: random.Random) -> dict[str, str]:
    places = frame.numbers["parts"][0][2]
    c, d, b = (_drawn(rng, *one) for one in frame.numbers["parts"])
    return {
        slot: shown(value, places) for slot, value in (("c", c), ("d", d), ("b", b), ("a", c + d), ("t", b + c + d))
    }


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
    places, more = spec["x"][2], frame.kind == "fold"
    before = _drawn(rng, *spec["x"])
    now = Fraction(shown(before * (more + _drawn(rng, *spec["k"], 3)), places))
    printed = {"x": shown(before, places), "y": shown(now, places)}
    return printed if "fixed" in spec else printed | {"r": shown(now / before - more, spec["r"])}


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
    "share": _fill_share, "rate": _fill_share, "progress": _fill_share, "part_of": _fill_share,
    "sum": _fill_sum, "units": _fill_sum, "levels": _fill_levels, "difference": _fill_difference,
    "growth": _fill_growth, "ratio": _fill_ratio, "per": _fill_per, "multiple": _fill_multiple, "fold": _fill_multiple,
    "list100": _fill_list, "same": _fill_same,
}  # fmt: skip


# --- is it wrong beyond doubt? --------------------------------------------------------------------------------------
def gap(filled: Filled) -> tuple[Fraction, Fraction]:
    """How far the printed result is from the computed one, and one unit of its last printed digit."""
    number = {slot: Fraction(text) for slot, text in filled.printed.items()}
    kind = filled.frame.kind
    last = "d" if kind == "difference" else "t" if kind in ("sum", "units") else "r"
    text = filled.printed.get(last, "")
    unit = Fraction(1, 10 ** len(text.partition(".")[2]))
    return abs(_GAPS[kind](number, filled.frame.numbers)), unit


_Numbers = dict[str, Fraction]


def _sum_gap(n: _Numbers, spec: dict[str, Any]) -> Fraction:
    scale = spec.get("scale", {})
    parts = sum((value * scale.get(slot, 1) for slot, value in n.items() if slot != "t"), Fraction(0))
    return parts / scale.get("t", 1) - n["t"]


def _share_gap(n: _Numbers, spec: dict[str, Any]) -> Fraction:
    return 100 * n["p"] / spec.get("times", 1) / n["w"] - n["r"]


def _multiple_gap(n: _Numbers, spec: dict[str, Any]) -> Fraction:
    return n["y"] / n["x"] - n.get("r", Fraction(spec.get("fixed", 0)))


_GAPS: dict[str, Callable[[_Numbers, dict[str, Any]], Fraction]] = {
    "share": _share_gap, "rate": _share_gap, "progress": _share_gap, "sum": _sum_gap, "units": _sum_gap,
    "levels": lambda n, spec: max(abs(n["c"] + n["d"] - n["a"]), abs(n["a"] + n["b"] - n["t"])),
    "difference": lambda n, spec: spec["sign"] * (n["y"] - n["x"]) - n["d"],
    "growth": lambda n, spec: 100 * spec["sign"] * (n["y"] - n["x"]) / n["x"] - n["r"],
    "ratio": lambda n, spec: n["a"] / n["b"] - n["r"],
    "per": lambda n, spec: n["t"] * spec["factor"] / n["n"] - n["r"],
    "multiple": _multiple_gap,
    "fold": lambda n, spec: n["y"] / n["x"] - 1 - n["r"],
    "list100": lambda n, spec: sum(n.values(), Fraction(-100)),
    "part_of": lambda n, spec: max(Fraction(0), n["p"] - n["w"]),
    "same": lambda n, spec: n["w"] - n["v"],
}  # fmt: skip


def is_wrong(filled: Filled) -> bool:
    """Wrong beyond rounding, cutting off and rounding up; where the text says 约, wrong by a good deal; where it says
    以上, the true value lies below."""
    off, unit = gap(filled)
    if filled.frame.kind in ("sum", "units", "levels", "difference", "part_of", "same"):
        return off > 0
    if "fixed" in filled.frame.numbers:
        return off > Fraction(filled.frame.numbers["fixed"]) / 8
    if filled.frame.kind == "list100":
        return off > filled.frame.numbers["parts"] * Fraction(1, 10 ** filled.frame.numbers["r"])
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
    small = Fraction(right) > 100 or Fraction(text) <= 100  # a percentage does not slip to more than everything
    return leading and Fraction(text) > 0 and small
