"""Scores from facts: a pure function of a scheme and what was said. No database, no clock.

Every line is rounded half up to two decimals before it is added, so that the printed lines add up to the printed total.
A line nobody has filled is missing, not zero: it is left out of the section, whose other lines carry the section's weight
(折算) until it comes, and the score says that it is not final.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from taizhang.appraisal import facts as kinds
from taizhang.appraisal.facts import Fact, known_on
from taizhang.catalog.appraisal_schema import AdjustmentDef, BandDef, ItemDef, SchemeDef, VetoDef
from taizhang.kernel.formula import Formula, evaluate_row, parse

FULL = "满分"
ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(slots=True)
class Line:
    """One scored line: what it may bring, what it brings, and the facts that say so (oldest first)."""

    item: ItemDef | AdjustmentDef
    section: str
    earned: Decimal | None = None
    inputs: dict[str, Decimal | None] = field(default_factory=dict)
    waived: bool = False
    own: Decimal | None = None
    facts: list[Fact] = field(default_factory=list)

    @property
    def missing(self) -> bool:
        return self.earned is None and not self.waived

    @property
    def counted(self) -> list[Fact]:
        """The facts that the points rest on: the last measuring or judging, every adjustment that was not struck."""
        return [
            fact for fact in self.facts if fact.kind in (kinds.MEASURED, kinds.JUDGED, kinds.ADJUSTED, kinds.WAIVED)
        ]


@dataclass(slots=True)
class Part:
    """A section with its lines. ``weight`` is what it counts for, ``score`` what came of it; None: nothing known yet."""

    name: str
    weight: Decimal
    lines: list[Line]
    score: Decimal | None = None

    @property
    def scaled(self) -> bool:
        """Whether lines that count make up another sum than the weight, so that the points are converted."""
        full = sum((line.item.points for line in self.lines if line.earned is not None), ZERO)  # type: ignore[union-attr]
        return self.score is not None and full != self.weight


@dataclass(slots=True)
class Veto:
    """A veto that was set; ``lifted`` is the fact that took it away."""

    veto: VetoDef
    fact: Fact
    lifted: Fact | None = None


@dataclass(slots=True)
class Objection:
    """What a unit objects to, and the answer."""

    fact: Fact
    answer: Fact | None = None


@dataclass(slots=True)
class Score:
    """Everything known of one unit (or of units appraised as one) in a round."""

    code: str
    name: str
    group: str
    parts: list[Part]
    adjustments: list[Line]
    vetoes: list[Veto] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    base: Decimal = ZERO
    added: Decimal = ZERO
    deducted: Decimal = ZERO
    total: Decimal | None = None
    rank: int | None = None
    band: str = ""
    band_note: str = ""

    @property
    def lines(self) -> list[Line]:
        return [line for part in self.parts for line in part.lines]

    @property
    def missing(self) -> list[str]:
        """The lines that nobody has filled yet."""
        return [line.item.name for line in self.lines if line.missing]

    @property
    def standing_vetoes(self) -> list[Veto]:
        return [veto for veto in self.vetoes if veto.lifted is None]

    def held_by(self, effect: str) -> list[Veto]:
        return [veto for veto in self.standing_vetoes if veto.veto.effect == effect]

    @property
    def unanswered(self) -> list[Objection]:
        return [item for item in self.objections if item.answer is None]

    def result(self) -> dict[str, Any]:
        """What a frozen round keeps of it, as JSON."""
        return {
            "sheet": self.code, "name": self.name, "group": self.group, "band": self.band, "rank": self.rank,
            "total": None if self.total is None else str(self.total),
            "vetoes": [item.veto.name for item in self.standing_vetoes],
        }  # fmt: skip


@dataclass(slots=True)
class Standing:
    """A round as it stands on a day."""

    scheme: SchemeDef
    state: str
    scores: dict[str, Score]

    def by_group(self) -> dict[str, list[Score]]:
        """The scores of each group, the best first; those without a rank last."""
        order = [group.name for group in self.scheme.groups]
        found: dict[str, list[Score]] = {name: [] for name in order}
        for score in self.scores.values():
            found[score.group].append(score)
        for scores in found.values():
            scores.sort(key=lambda score: (score.rank is None, score.rank or 0, -(score.total or ZERO)))
        return {name: scores for name, scores in found.items() if scores}


def standing(facts: Iterable[Fact], day: date | None = None) -> Standing | None:
    """Where a round stands by the facts known on a day; None when it had not been opened yet."""
    known = known_on(facts, day)
    first = next((fact for fact in known if fact.kind == kinds.OPENED), None)
    if first is None:
        return None
    scheme = SchemeDef.model_validate(first.data["scheme"])
    scores = {
        sheet["code"]: _blank(scheme, sheet["code"], sheet["name"], sheet["group"]) for sheet in first.data["sheets"]
    }
    state = "open"
    struck = {fact.of for fact in known if fact.kind == kinds.STRUCK}
    for fact in known:
        state = kinds.STATES.get(fact.kind, state)
        if fact.sheet in scores and fact.number not in struck:
            _hear(scores[fact.sheet], scheme, fact)
    for score in scores.values():
        _add_up(score, scheme)
    for group in scheme.groups:
        _rank([score for score in scores.values() if score.group == group.name], scheme)
    return Standing(scheme, state, scores)


def _blank(scheme: SchemeDef, code: str, name: str, group: str) -> Score:
    parts = []
    for section in scheme.sections:
        items = [item for item in section.items if not item.groups or group in item.groups]
        if items:
            weight = section.weight or sum((item.points for item in section.items), ZERO)
            parts.append(Part(section.name, weight, [Line(item, section.name) for item in items]))
    return Score(code, name, group, parts, [Line(item, "") for item in scheme.adjustments])


def _hear(score: Score, scheme: SchemeDef, fact: Fact) -> None:
    """One fact put where it belongs; a later one of the same kind replaces the earlier one's points."""
    if fact.kind == kinds.VETOED:
        veto = scheme.veto(fact.item)
        if veto is not None:
            score.vetoes.append(Veto(veto, fact))
        return
    if fact.kind == kinds.LIFTED:
        for item in score.vetoes:
            if item.fact.number == fact.of:
                item.lifted = fact
        return
    if fact.kind == kinds.OBJECTED:
        score.objections.append(Objection(fact))
        return
    if fact.kind == kinds.ANSWERED:
        for objection in score.objections:
            if objection.fact.number == fact.of:
                objection.answer = fact
        return
    line = next((line for line in (*score.lines, *score.adjustments) if line.item.name == fact.item), None)
    if line is not None:
        line.facts.append(fact)
        _fill(line, fact)


def _fill(line: Line, fact: Fact) -> None:
    item, said = line.item, fact.data
    if fact.kind == kinds.SELF_SCORED:
        line.own = _decimal(said.get("points"))
    elif fact.kind == kinds.WAIVED:
        line.waived, line.earned = True, None
    elif fact.kind == kinds.JUDGED:
        line.waived, line.earned = False, _rounded(_decimal(said["points"]))
    elif fact.kind == kinds.MEASURED:
        line.inputs = {name: _decimal(value) for name, value in said["inputs"].items()}
        line.waived, line.earned = False, measured_points(item, line.inputs, fact.on)
    elif fact.kind == kinds.ADJUSTED:
        line.earned = _capped((line.earned or ZERO) + Decimal(said["points"]), item.max)  # type: ignore[union-attr]


def measured_points(item: ItemDef | AdjustmentDef, inputs: Mapping[str, Decimal | None], day: date) -> Decimal | None:
    """What a formula gives for a unit's figures, between nothing and the full points; None when a figure it needs is
    missing."""
    full = item.points if isinstance(item, ItemDef) else item.max
    value = evaluate_row(_parsed(item.formula or ""), {FULL: full, **inputs}, day)
    if not isinstance(value, Decimal):
        return None
    return _rounded(_capped(max(value, ZERO), full))


@lru_cache(maxsize=512)
def _parsed(text: str) -> Formula:
    return parse(text)


def _add_up(score: Score, scheme: SchemeDef) -> None:
    known = False
    for part in score.parts:
        lines = [line for line in part.lines if line.earned is not None]
        full = sum((line.item.points for line in lines), ZERO)  # type: ignore[union-attr]
        if not lines:
            continue
        known = True
        earned = sum((line.earned or ZERO for line in lines), ZERO)
        part.score = _rounded(earned * part.weight / full)
        score.base += part.score or ZERO
    score.added = _capped(_sum_of(score, "add"), scheme.add_cap)
    score.deducted = _capped(_sum_of(score, "deduct"), scheme.deduct_cap)
    score.deducted += sum((item.veto.points or ZERO for item in score.held_by("deduct")), ZERO)
    if known:
        score.total = max(ZERO, score.base + score.added - score.deducted).quantize(CENT)


def _sum_of(score: Score, kind: str) -> Decimal:
    return sum((line.earned or ZERO for line in score.adjustments if line.item.kind == kind), ZERO)


def _rank(scores: list[Score], scheme: SchemeDef) -> None:
    """Places and grades of one group. Equal totals share a place and the next is left free. A band's share is a limit:
    units that tie across it are all below it, and the note says so."""
    placed = sorted(
        (score for score in scores if score.total is not None and not score.held_by("fail")),
        key=lambda score: -(score.total or ZERO),
    )
    for score in placed:
        score.rank = 1 + sum(other.total > score.total for other in placed)  # type: ignore[operator]
    for score in placed:
        level = sum(other.total >= score.total for other in placed)  # type: ignore[operator]
        score.band, score.band_note = _band(score, level, len(scores), scheme.bands)
    for score in placed:
        _bar(score, scheme.bands)
    for score in scores:
        if score.total is not None and (failed := score.held_by("fail")):
            score.band, score.band_note = scheme.bands[-1].name, f"{failed[0].veto.name}，一票否决"


def _band(score: Score, level: int, size: int, bands: tuple[BandDef, ...]) -> tuple[str, str]:
    """The best band that the total reaches and whose share holds everybody down to this place."""
    note = ""
    for band in bands:
        if (score.total or ZERO) < band.at_least:
            continue
        if band.share is not None and level > int(band.share * size):
            note = note or f"达到{band.name}分数，名额已满（不超过本组 {band.share * 100:.0f}%）"
            continue
        return band.name, note
    return bands[-1].name, note


def _bar(score: Score, bands: tuple[BandDef, ...]) -> None:
    """A bar leaves the place and lowers the band to the best that it allows."""
    names = [band.name for band in bands]
    for item in score.held_by("bar"):
        best = item.veto.band or names[min(1, len(names) - 1)]
        if names.index(score.band) < names.index(best):
            score.band, score.band_note = best, f"{item.veto.name}，取消评优资格"


def _capped(value: Decimal, most: Decimal | None) -> Decimal:
    return value if most is None else min(value, most)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(CENT, ROUND_HALF_UP)
