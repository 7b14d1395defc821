"""Whether a school passes, what it lacks, and how far the schools lie apart. Pure arithmetic on parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from taizhang.catalog.limits import bound, is_met, is_tolerated, limit_for
from taizhang.catalog.schema import ResourceDef, SchoolsDef, StandardDef, ThresholdDef
from taizhang.kernel.formula.values import EXACT, weighted_cv
from taizhang.standards.schools import Part

MET, TOLERATED, FAILED, UNKNOWN, NO_LIMIT = "met", "tolerated", "failed", "unknown", "no_limit"
# Word and colour of each state on pages; the words are what counts.
STATES = {
    MET: ("达标", "ok"),
    TOLERATED: ("达标（有余项）", "warn"),
    FAILED: ("未达标", "late"),
    UNKNOWN: ("缺数据", "draft"),
    NO_LIMIT: ("不逐校评", "closed"),
}
MYRIAD = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Cell:
    """One resource of one school: its value, the limit, and what is lacking (or, under a ceiling, what is too much)."""

    resource: ResourceDef
    amount: Decimal | None
    value: Decimal | None
    limit: ThresholdDef | None
    met: bool | None
    tolerated: bool
    gap: Decimal | None

    @property
    def too_much(self) -> bool:
        """The gap is an excess: the limit is a ceiling on what there is."""
        return self.limit is not None and self.limit.at_most is not None and not self.resource.inverse

    @property
    def gap_text(self) -> str:
        """3 名, 412 平方米, 8.6 万元: rounded up, so that it suffices; nothing when nothing is lacking."""
        return amount_text(self.gap, self.resource.measure) if self.gap else ""

    @property
    def phrase(self) -> str:
        """骨干教师 3 名."""
        return f"{self.resource.short} {self.gap_text}".strip()


@dataclass(frozen=True, slots=True)
class Line:
    """One school and stage with the verdict. ``met`` of ``asked`` resources reach their limits."""

    part: Part
    cells: tuple[Cell, ...]
    state: str
    met: int
    asked: int

    @property
    def word(self) -> str:
        return STATES[self.state][0]

    @property
    def gaps(self) -> str:
        """What the school lacks, in one phrase."""
        lacking = [cell.phrase for cell in self.cells if cell.gap and not cell.too_much]
        over = [cell.phrase for cell in self.cells if cell.gap and cell.too_much]
        phrases = ([f"还差 {'、'.join(lacking)}"] if lacking else []) + ([f"超 {'、'.join(over)}"] if over else [])
        return "；".join(phrases)


@dataclass(frozen=True, slots=True)
class Pull:
    """How much one school drives a coefficient: its share of the squared spread, and the coefficient without it."""

    part: Part
    value: Decimal
    share: Decimal
    without: Decimal | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The difference coefficient of one resource over the schools of a stage.

    ``mean`` is Σx ÷ Σn and not the mean of the schools; ``deviation`` is S. ``left_out`` schools lack the number.
    """

    resource: ResourceDef
    stage: str
    mean: Decimal
    deviation: Decimal
    cv: Decimal
    limit: ThresholdDef | None
    met: bool | None
    pulls: tuple[Pull, ...]
    left_out: int


def value_of(resource: ResourceDef, amount: Decimal | None, base: Decimal | None) -> Decimal | None:
    """``per`` × amount ÷ base, or base ÷ amount of an inverse one; missing is missing, and nought divides nothing."""
    if amount is None or base is None:
        return None
    above, below = (base, amount) if resource.inverse else (amount * resource.per, base)
    return above / below if below else None


def gap_of(resource: ResourceDef, amount: Decimal, base: Decimal, limit: ThresholdDef) -> Decimal | None:
    """How many units of the resource the school lacks, or has too many; None when it keeps the limit."""
    if resource.inverse:
        ceiling = bound(limit.at_most)
        lacking = base / ceiling - amount if ceiling else Decimal(0)
    elif limit.at_least is not None:
        lacking = (bound(limit.at_least) or Decimal(0)) * base / resource.per - amount
    else:
        lacking = amount - (bound(limit.at_most) or Decimal(0)) * base / resource.per
    return lacking if lacking > 0 else None


def judge(part: Part, standard: StandardDef, schools: SchoolsDef, day: date, area: str) -> Line:
    """The verdict on one school and stage."""
    cells = tuple(_cell(part, item, standard, schools, day, area) for item in schools.resources)
    judged = [cell for cell in cells if cell.limit is not None]
    # What has no base is not there to be measured: a school without a computer room owes no computer lessons.
    judged = [cell for cell in judged if part.bases[cell.resource.indicator] is not None or not cell.resource.base]
    met = sum(cell.met is True for cell in judged)
    return Line(part, cells, _state(judged, met, schools), met, len(judged))


def _state(judged: Sequence[Cell], met: int, schools: SchoolsDef) -> str:
    if not judged:
        return NO_LIMIT
    if met == len(judged):
        return MET
    if any(cell.met is None for cell in judged):
        return UNKNOWN
    need = len(judged) if schools.met_at_least is None else min(schools.met_at_least, len(judged))
    rest = [cell for cell in judged if not cell.met]
    return TOLERATED if met >= need and all(cell.tolerated for cell in rest) else FAILED


def _cell(part: Part, resource: ResourceDef, standard: StandardDef, schools: SchoolsDef, day: date, area: str) -> Cell:
    amount, base = part.amounts[resource.indicator], part.bases[resource.indicator]
    limit = limit_for(standard, resource.indicator, part.stage, day, area)
    value = value_of(resource, amount, base)
    if resource.inverse and amount == 0 and base:
        # Pupils and nobody to teach them: no ratio, and surely not within it.
        gap = gap_of(resource, amount, base, limit) if limit else None
        return Cell(resource, amount, None, limit, None if limit is None else False, False, gap)
    if value is None or limit is None or amount is None or base is None:
        return Cell(resource, amount, value, limit, None, False, None)
    compared = value if schools.rounded is None else value.quantize(Decimal(1).scaleb(-schools.rounded), ROUND_HALF_UP)
    met = is_met(compared, limit)
    gap = None if met else gap_of(resource, amount, base, limit)
    return Cell(resource, amount, value, limit, met, is_tolerated(compared, limit), gap)


def spread_of(
    parts: Iterable[Part], resource: ResourceDef, stage: str, standard: StandardDef, day: date, area: str
) -> Spread | None:
    """The difference coefficient, weighted by pupils, with every school's part in it; None below two schools.

    X̄ = Σx ÷ Σn; S² = Σ (n ÷ Σn)(x ÷ n − X̄)²; CV = S ÷ X̄ (县域义务教育校际均衡指标计算方法).
    """
    of_stage = [part for part in parts if part.stage == stage]
    known = [(part, *pair) for part in of_stage if (pair := _pair(part, resource))]
    if len(known) < 2:
        return None
    weight = sum((base for _, _, base in known), Decimal(0))
    total = sum((amount for _, amount, _ in known), Decimal(0))
    squares = sum((EXACT.divide(amount * amount, base) for _, amount, base in known), Decimal(0))
    cv = weighted_cv(weight, total, squares)
    if cv is None:
        return None
    mean = EXACT.divide(total, weight)
    variance = sum((base * (amount / base - mean) ** 2 for _, amount, base in known), Decimal(0))
    pulls = tuple(
        Pull(
            part=part,
            value=amount / base * resource.per,
            share=base * (amount / base - mean) ** 2 / variance if variance else Decimal(0),
            without=weighted_cv(weight - base, total - amount, squares - EXACT.divide(amount * amount, base)),
        )
        for part, amount, base in known
    )
    limit = limit_for(standard, resource.spread, stage, day, area)
    return Spread(
        resource, stage, mean * resource.per, cv * mean * resource.per, cv, limit,
        None if limit is None else is_met(cv, limit),
        tuple(sorted(pulls, key=lambda pull: -pull.share)), len(of_stage) - len(known),
    )  # fmt: skip


def _pair(part: Part, resource: ResourceDef) -> tuple[Decimal, Decimal] | None:
    amount, base = part.amounts[resource.indicator], part.bases[resource.indicator]
    return None if amount is None or not base else (amount, base)


def amount_text(amount: Decimal, measure: str) -> str:
    """An amount that suffices: whole teachers, rooms and square metres, money in tenths of 万元, always rounded up."""
    if measure == "元" and amount >= 1000:
        tenths = (amount / MYRIAD).quantize(Decimal("0.1"), ROUND_CEILING)
        return f"{tenths:,f} 万元"
    return f"{amount.quantize(Decimal(1), ROUND_CEILING):,f} {measure}"
