"""Learns the weights of ``taizhang.reading.learned`` from sentences whose arithmetic is known.

``python -m bench.arithmetic.learn`` writes ``weights.csv`` into that package. It needs numpy and scipy (the extra ``learn``); the
reader itself needs neither. Every number of a clean document is a question: is it nobody's result, or which of its hypotheses
is meant? A softmax over the hypotheses of each number is fitted with a quadratic penalty (L-BFGS). Halves that are quoted as
blind are never learned from.
"""

from __future__ import annotations

import argparse
import csv
import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from bench.arithmetic.frames import FRAMES
from bench.arithmetic.generate import RELATIONS, Made, family
from bench.arithmetic.marked import MARKED, Marked, marked
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from taizhang.reading import learned, read_text
from taizhang.reading.learned.agreeing import HUNDRED, KINDS, PART, SAME, of_agreement, statements
from taizhang.reading.learned.arithmetic import fits
from taizhang.reading.learned.features import EVER, named, of_all, of_operand, of_result, of_seat, of_sizes, roles
from taizhang.reading.learned.hypotheses import JOINT, OPEN, Hypothesis, alleged, hypotheses
from taizhang.reading.learned.surroundings import Surroundings
from taizhang.reading.numbers.passage import Passage
from taizhang.reading.quantities import find_quantities
from taizhang.reading.relations import deltas_of

LEARNED_FROM = ("tune", "taught")
REPORTS = Path(__file__).parent / "reports"
TIMES = 3
"""So often every sentence is seen, with other numbers and in other company."""
RIVALS = 24
"""So many hypotheses of a number are kept, drawn at random, beside the right one,"""
TURNS = 3
"""of a right text so many times as many;"""
STRANGERS = 0.5
"""and of the numbers that are nobody's result in the sentences, this share."""
HANDS, COMMON = 2, 400
"""A feature must speak for the right hypothesis in so many sentences, or be found so often."""
PENALTY = 0.5
STEPS = 80
SLIGHT = 0.02
"""Weights below are left out."""
# What a kind of sentence says: the slot of its result, the kinds of hypotheses that mean it, the slots of its operands.
MEANINGS: dict[str, list[tuple[str, tuple[str, ...], str]]] = {
    "share": [("r", ("share",), "pw")], "rate": [("r", ("share",), "pw")], "progress": [("r", ("share",), "pw")],
    "growth": [("r", ("growth",), "yx")], "difference": [("d", ("difference", "points"), "yx")], "ratio": [("r", ("ratio", "multiple"), "ab")],
    "per": [("r", ("per",), "tn")], "multiple": [("r", ("multiple",), "yx")], "fold": [("r", ("fold",), "yx")],
    "sum": [("t", ("sum",), "abcd")], "units": [("t", ("sum",), "abcd")], "levels": [("a", ("sum",), "cd"), ("t", ("sum",), "ab")],
}  # fmt: skip
ORDERED = ("share", "growth", "ratio", "multiple", "fold", "per")


@dataclass
class Questions:
    """The rows of the fit: for each number first that it is nobody's result, then its hypotheses."""

    features: dict[str, int] = field(default_factory=dict)
    rows: Any = field(default_factory=lambda: array("i"))
    columns: Any = field(default_factory=lambda: array("i"))
    begins: list[int] = field(default_factory=lambda: [0])
    right: list[int] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)

    def ask(self, rows: list[list[str]], right: int, frame: str) -> None:
        """One number: the features of each answer, and which is right."""
        first = self.begins[-1]
        for offset, features in enumerate(rows):
            for feature in features:
                self.rows.append(first + offset)
                self.columns.append(self.features.setdefault(feature, len(self.features)))
        self.right.append(first + right)
        self.begins.append(first + len(rows))
        self.frames.append(frame)


def gather() -> Questions:
    """The questions of all documents."""
    found, rng = Questions(), random.Random("taizhang")
    for split in LEARNED_FROM:
        frames = sum(frame.split == split for frame in FRAMES)
        for index in range(frames * TIMES // RELATIONS):
            _gather(found, family(split, index)[0], rng)
    return found


def gather_reports(found: Questions, folder: Path) -> None:
    """The numbers of texts that are right throughout: where no hypothesis fits, a number is nobody's result. Of a file named
    passages.txt every line is a text."""
    rng = random.Random("reports")
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for one in text.splitlines() if path.name == "passages.txt" else [text]:
            for near in passages(one):
                _gather_right(found, near, rng)


def _gather_right(found: Questions, near: Surroundings, rng: random.Random) -> None:
    for place, item in enumerate(near.items):
        answers = list(hypotheses(near, place))
        if not answers or any(_fitting(near, place, one) for one in answers):
            continue
        rng.shuffle(answers)
        for start in range(0, min(len(answers), TURNS * RIVALS), RIVALS):
            rows = [named("0" + item.kind, of_result(near, place))]
            found.ask(rows + [_features(near, place, one) for one in answers[start : start + RIVALS]], 0, "")


def _fitting(near: Surroundings, place: int, hypothesis: Hypothesis) -> bool:
    return fits(hypothesis[0], [near.figure(one) for one in hypothesis[1]], near.figure(place))


def gather_marked(found: Questions, one: Marked) -> None:
    """The numbers of a text whose relations are marked: also what rests on a number that is not printed."""
    rng = random.Random(one.name)
    for near in passages(one.text):
        _gather_marked(found, one, near, rng)


def _gather_marked(found: Questions, one: Marked, near: Surroundings, rng: random.Random) -> None:
    told = _told_at(one, near)
    for place, item in enumerate(near.items):
        exact, openly = list(hypotheses(near, place)), list(alleged(near, place))
        rights = [answer for answer in exact + openly if any(_means(meant, answer) for meant in told.get(place, ()))]
        if not (exact or openly) or (place in told and not rights):
            continue  # of several parts, out of reach, or to be read so or not: nothing to learn
        rivals = [answer for answer in exact if answer not in rights and not _fitting(near, place, answer)]
        others = [answer for answer in openly if answer not in rights]
        once = {frozenset(answer[1]): answer for answer in reversed(rights)}
        for right in once.values() or [None]:  # a total may be told twice: by stages, and by sexes
            kept = [right] if right else []
            kept += others + rng.sample(rivals, min(len(rivals), TURNS * RIVALS))
            rows = [named("0" + item.kind, of_result(near, place))] + [
                _features(near, place, answer) for answer in kept
            ]
            found.ask(rows, int(right is not None), f"{one.name}-{place}" if right else "")


Meant = tuple[tuple[str, ...], list[int | None]]
"""Kinds of hypotheses and the places of the operands."""
# Of a marked relation: the role of its result, the kinds of hypotheses that mean it, the roles of its operands.
_ROLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "share": ("pct", ("share", JOINT), ("part", "whole")), "rate": ("pct", ("share", JOINT), ("part", "whole")), "growth": ("pct", ("growth",), ("now", "before")),
    "difference": ("delta", ("difference", "points"), ("now", "before")), "multiple": ("factor", ("multiple", "fold"), ("now", "before")),
    "ratio": ("ratio", ("ratio", "multiple"), ("a", "b")), "per": ("result", ("per",), ("a", "b")), "sum": ("total", ("sum",), ("part",)),
}  # fmt: skip


def _told_at(one: Marked, near: Surroundings) -> dict[int, list[Meant]]:
    """What is told of the numbers that are results; nothing of those that may be read so or not."""
    found: dict[int, list[Meant]] = {}
    for told in one.relations:
        result, kinds, names = _ROLES[told.kind]
        operands = [_item(near, span) for name in names for span in told.of(name)]
        if told.kind == "sum":  # 因公出国费0万元 adds nothing
            operands = [one for one in operands if one is None or near.items[one].value != 0]
        for span in told.of(result):
            place = _item(near, span)
            if place is not None:
                meant = (kinds if told.exact else tuple(kind + OPEN for kind in kinds), operands)
                found.setdefault(place, []).extend([meant] if told.sure else [])
    return found


def _means(meant: Meant, answer: Hypothesis) -> bool:
    (kinds, operands), (kind, found) = meant, answer
    if kind not in kinds or None in operands:
        return False
    if kind == JOINT:
        return set(found[:-1]) == set(operands[:-1]) and found[-1] == operands[-1]
    return list(found) == operands if kind in ORDERED else set(found) == set(operands)


def _gather(found: Questions, made: Made, rng: random.Random) -> None:
    near = whole(made.text)
    meant = dict(_meant(made, near))
    for place in range(len(near.items)):
        answers = list(hypotheses(near, place))
        right, frame = -1, ""
        if place in meant:
            right, frame = _place_of(answers, *meant[place][:2]), meant[place][2]
            if right < 0:
                continue  # not among the hypotheses: nothing to learn
        elif not answers or rng.random() < STRANGERS:
            continue
        kept = sorted({*rng.sample(range(len(answers)), min(RIVALS, len(answers))), *([right] if right >= 0 else [])})
        rows = [named("0" + near.items[place].kind, of_result(near, place))]
        rows += [_features(near, place, answers[one]) for one in kept]
        found.ask(rows, kept.index(right) + 1 if right >= 0 else 0, frame)


def whole(text: str) -> Surroundings:
    """A short text as one passage: quicker than reading all its layers."""
    passage = Passage(text, 0, len(text), find_quantities(text, 0, len(text)))
    return Surroundings(passage, deltas_of(passage))


def passages(text: str) -> Iterator[Surroundings]:
    """The articles of a text as the judge sees them."""
    reading = read_text(text)
    for article in reading.articles:
        passage = Passage(text, article.start, article.end, reading.quantities)
        yield Surroundings(passage, deltas_of(passage))


def _meant(made: Made, near: Surroundings) -> Iterator[tuple[int, tuple[tuple[str, ...], tuple[int, ...], str]]]:
    """The results of the sentences of a document, with the kinds and the operands that are meant."""
    for relation in made.relations:
        spans = relation["spans"]
        assert isinstance(spans, list)
        at = {slot: _item(near, span) for slot, span in zip(str(relation["slots"]), spans, strict=True)}
        for result, kinds, slots in MEANINGS.get(str(relation["kind"]), ()):
            operands = [at[slot] for slot in slots if slot in at]
            place = at.get(result)
            if place is not None and None not in operands:
                yield place, (kinds, tuple(one for one in operands if one is not None), str(relation["frame"]))


def _item(near: Surroundings, span: tuple[int, int]) -> int | None:
    for place, item in enumerate(near.items):
        if item.quantity.start < span[1] and span[0] < item.quantity.end:
            return place
    return None


def _place_of(answers: list[Hypothesis], kinds: tuple[str, ...], operands: tuple[int, ...]) -> int:
    for place, (kind, found) in enumerate(answers):
        if kind in kinds and (found == operands if kind in ORDERED else sorted(found) == sorted(operands)):
            return place
    return -1


def _features(near: Surroundings, place: int, hypothesis: Hypothesis) -> list[str]:
    kind = hypothesis[0]
    found = named(kind, of_result(near, place))
    for operand, role in roles(hypothesis):
        found += named(f"{kind}|{role}", of_operand(near, operand))
        if role != "m":
            seat = of_seat(near, place, operand)
            found += named(f"{kind}|{role}", seat.agreeing if kind in KINDS else seat.giving)
            found += named(f"{EVER}|{role}", seat.ever) if kind not in KINDS else []
    if kind in KINDS:
        return found + of_agreement(near, place, hypothesis)
    return found + of_all(near, place, hypothesis) + of_sizes(near, place, hypothesis)


def gather_agreeing(found: Questions, texts: Sequence[Marked]) -> None:
    """What must agree in the documents of sentences, and what need not in them and in whole texts: there, what does not agree."""
    rng = random.Random("agreeing")
    for split in LEARNED_FROM:
        frames = sum(frame.split == split for frame in FRAMES)
        for index in range(frames * TIMES // RELATIONS):
            made = family(split, index)[0]
            near = whole(made.text)
            _ask_agreeing(found, near, dict(_agreeing_in(made, near)), rng)
    for path in sorted(REPORTS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for one in text.splitlines() if path.name == "passages.txt" else [text]:
            for near in passages(one):
                _ask_agreeing(found, near, {}, rng)
    for one in texts:
        for near in passages(one.text):
            _ask_agreeing(found, near, dict(_parts_of(one, near)), rng)


Agreeing = tuple[tuple[str, int], tuple[tuple[int, ...], str]]
"""A kind and a place; the numbers that it must agree with, and who said so."""


def _ask_agreeing(
    found: Questions, near: Surroundings, meant: dict[tuple[str, int], tuple[tuple[int, ...], str]], rng: random.Random
) -> None:
    for place in range(len(near.items)):
        for kind in KINDS:
            right, said = meant.get((kind, place), ((), ""))
            rivals = [one for one in statements(near, place, kind) if one[1] != right]
            if not (right and kind == PART):  # what is part of one whole is part of no other
                rivals = [one for one in rivals if _disagrees(near, place, one)]
            kept = [(kind, right)] if right else []
            kept += rng.sample(rivals, min(RIVALS, len(rivals)))
            if kept and (right or rng.random() < STRANGERS):
                found.ask([[]] + [_features(near, place, one) for one in kept], int(bool(right)), said)


def _disagrees(near: Surroundings, place: int, answer: Hypothesis) -> bool:
    """Would the numbers contradict each other if they were said to agree?"""
    kind, operands = answer
    if kind == PART:
        return near.items[operands[0]].rough < near.items[place].rough
    return not _fitting(near, place, answer)


def _agreeing_in(made: Made, near: Surroundings) -> Iterator[Agreeing]:
    """What the sentences of a document say to agree."""
    for relation in made.relations:
        spans, kind = relation["spans"], str(relation["kind"])
        assert isinstance(spans, list)
        at = {slot: _item(near, span) for slot, span in zip(str(relation["slots"]), spans, strict=True)}
        places = sorted(one for one in at.values() if one is not None)
        if len(places) < len(at):
            continue
        if kind == "same":
            yield (SAME, places[-1]), (tuple(places[:1]), str(relation["frame"]))
        elif kind == "list100":
            yield (HUNDRED, places[-1]), (tuple(places[:-1]), str(relation["frame"]))
        elif kind in ("part_of", "share", "rate") and at["p"] is not None and at["w"] is not None:
            yield (PART, at["p"]), ((at["w"],), str(relation["frame"]))


def _parts_of(one: Marked, near: Surroundings) -> Iterator[Agreeing]:
    """The parts of shares that a marked text tells."""
    for told in one.relations:
        spans = told.of("part") + told.of("whole")
        if told.kind in ("share", "rate") and len(spans) == 2 and told.exact:
            part, total = (_item(near, span) for span in spans)
            if part is not None and total is not None:
                yield (PART, part), ((total,), f"{one.name}-{part}")


def fit(asked: Questions) -> dict[str, float]:
    """The weight of each feature."""
    size = (asked.begins[-1], len(asked.features))
    rows, columns = np.frombuffer(asked.rows, dtype=np.int32), np.frombuffer(asked.columns, dtype=np.int32)
    matrix = csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=size)
    kept = _telling(matrix, asked)
    matrix = matrix[:, kept]
    begins, right = np.asarray(asked.begins[:-1]), np.asarray(asked.right)
    sizes, transposed = np.diff(asked.begins), matrix.T.tocsr()
    answers = np.zeros(size[0], dtype=np.float32)
    answers[right] = 1

    def loss(weights: Any) -> tuple[float, Any]:
        scores = matrix @ weights.astype(np.float32)
        most = np.maximum.reduceat(scores, begins)
        powers = np.exp(scores - np.repeat(most, sizes))
        total = np.add.reduceat(powers, begins)
        missed = float((np.log(total) + most).sum() - scores[right].sum() + PENALTY / 2 * (weights @ weights))
        return missed, (transposed @ (powers / np.repeat(total, sizes) - answers)).astype(float) + PENALTY * weights

    found = minimize(loss, np.zeros(len(kept)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    names = list(asked.features)
    return {names[place]: float(weight) for place, weight in zip(kept, found, strict=True) if abs(weight) >= SLIGHT}


def _telling(matrix: Any, asked: Questions) -> Any:
    """The features worth a weight: what a single sentence taught says nothing of others."""
    numbers = {frame: place for place, frame in enumerate(dict.fromkeys(asked.frames))}
    belongs = csr_matrix(
        (np.ones(len(asked.frames)), ([numbers[one] for one in asked.frames], range(len(asked.frames))))
    )
    hands = np.asarray(((belongs @ matrix[np.asarray(asked.right)]) > 0).sum(0)).ravel()
    return np.where((hands >= HANDS) | (np.asarray(matrix.sum(0)).ravel() >= COMMON))[0]


def main() -> None:
    """Writes the weights and prints how much there was to learn from."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument(
        "--clean", type=Path, nargs="*", default=[], help="folders of more texts whose numbers are right"
    )
    parser.add_argument(
        "--marked", type=Path, nargs="*", default=[], help="folders of more texts with marked relations"
    )
    arguments = parser.parse_args()
    asked = gather()
    for folder in (REPORTS, *arguments.clean):
        gather_reports(asked, folder)
    agreeing, texts = Questions(), [one for folder in (MARKED, *arguments.marked) for one in marked(folder)]
    for one in texts:
        gather_marked(asked, one)
    gather_agreeing(agreeing, texts)
    weights = fit(asked) | fit(agreeing)
    place = Path(learned.__path__[0]) / "weights.csv"
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows((name, f"{weights[name]:.2f}") for name in sorted(weights))
    print(
        f"{len(asked.right):,} numbers, {asked.begins[-1]:,} hypotheses, {len(asked.features):,} features → {len(weights):,} weights"
    )


if __name__ == "__main__":
    main()
