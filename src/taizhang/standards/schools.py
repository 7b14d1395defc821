"""One line per school and stage: what it has, read from the warehouse in one statement, mixed schools divided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from sqlglot import exp

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import MixedDef, ResourceDef, SchoolsDef, StandardDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.scope import Scope, rows_statement
from taizhang.kernel.formula import RowFunction, names_in, row_function
from taizhang.warehouse.projection import Build
from taizhang.warehouse.queries import run

Amounts = Mapping[str, Decimal | None]
KIND = "办学类型"


@dataclass(frozen=True, slots=True)
class Part:
    """One stage of one school: what it has of each resource (``amounts``) and what that is measured by (``bases``), by
    indicator code; ``each`` are the values that the standard's items ask of every school, by item code."""

    record: int
    unit: int
    code: str
    name: str
    district: int | None
    stage: str
    kind: str
    pupils: Decimal | None
    amounts: Amounts
    bases: Amounts
    each: Amounts
    left_out: bool = False

    @property
    def key(self) -> tuple[int, str]:
        return self.unit, self.stage


def read_parts(standard: StandardDef, scope: Scope, build: Build) -> list[Part]:
    """The evaluated stages of every school of a scope, in the tree's order, with stages of mixed schools that share
    resources but are not evaluated themselves (the senior part of a complete secondary school). One statement."""
    schools = standard.schools
    assert schools is not None
    register = catalog().register(schools.register_code)
    values = _formulas(standard, schools)
    fields = {name for text in values.values() for _, name in names_in(parsed(text))} | {schools.stage}
    fields |= {name for _, name in names_in(parsed(schools.left_out))} if schools.left_out else set()
    has_kind = register.field(KIND) is not None
    fields |= {KIND} if has_kind else set()
    fixed = ("_record", "_unit", "_unit_code", "_path", "单位", "at_district")
    rows = rows_statement(register, scope, parsed(schools.pupils)).subquery("rows")
    stages = [exp.Literal.string(stage) for stage in stages_read(schools, scope.period.start)]
    wanted = exp.In(this=exp.column(schools.stage, quoted=True), expressions=stages)
    names = [exp.column(name, quoted=True) for name in (*fixed, *sorted(fields - set(fixed)))]
    found = run(build, exp.select(*names).from_(rows).where(wanted))
    # As the tree stands: a path's parts are numbers, and text would put 10 before 9.
    found.sort(key=lambda row: ([int(part) for part in row["_path"].strip("/").split("/")], row["_record"]))
    functions = {key: row_function(parsed(text)) for key, text in values.items()}
    left_out = row_function(parsed(schools.left_out)) if schools.left_out else None
    return [_part(row, schools, functions, left_out, has_kind) for row in found]


def stages_read(schools: SchoolsDef, day: date) -> tuple[str, ...]:
    """The evaluated stages, and those that share resources with them."""
    rule = mixed_rule(schools, day)
    return tuple(dict.fromkeys((*schools.stages, *(rule.weights if rule else ()))))


def mixed_rule(schools: SchoolsDef, day: date) -> MixedDef | None:
    """How schools of several stages are divided on a day; None when nothing is divided."""
    fitting = [
        rule for rule in schools.mixed if (rule.valid_from or day) <= day <= (rule.valid_to or day)
    ]  # fmt: skip
    return max(fitting, key=lambda rule: rule.valid_from or date.min, default=None)


def divided(parts: Iterable[Part], schools: SchoolsDef, day: date) -> list[Part]:
    """The parts with what the stages of one school share divided by weighted pupils: share_k = n_k·w_k ÷ Σ n_j·w_j.

    The stages are added up before, so that it does not matter under which of them the school wrote the whole.
    """
    given = list(parts)
    rule = mixed_rule(schools, day)
    shared = [item.indicator for item in schools.resources if item.shared]
    if rule is None or not shared:
        return given
    weights = {stage: Decimal(str(weight)) for stage, weight in rule.weights.items()}
    by_unit: dict[int, list[Part]] = {}
    for part in given:
        if part.stage in weights and part.pupils:
            by_unit.setdefault(part.unit, []).append(part)
    again: dict[tuple[int, str], Part] = {}
    for several in by_unit.values():
        if len(several) > 1:
            again |= {part.key: part for part in _shared_out(several, weights, shared)}
    return [again.get(part.key, part) for part in given]


def _shared_out(parts: list[Part], weights: Mapping[str, Decimal], shared: list[str]) -> list[Part]:
    weighted = {part.key: (part.pupils or Decimal(0)) * weights[part.stage] for part in parts}
    whole = sum(weighted.values(), Decimal(0))
    totals = {code: total([part.amounts[code] for part in parts]) for code in shared}
    return [
        replace(
            part,
            amounts={
                **part.amounts,
                **{code: None if sum_ is None else sum_ * weighted[part.key] / whole for code, sum_ in totals.items()},
            },
        )
        for part in parts
    ]


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is there; missing when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def evaluated(parts: Iterable[Part], schools: SchoolsDef) -> list[Part]:
    """The parts that the standard looks at: its stages, without what it leaves out, with pupils."""
    return [part for part in parts if part.stage in schools.stages and not part.left_out and part.pupils]


def _formulas(standard: StandardDef, schools: SchoolsDef) -> dict[str, str]:
    """Every row formula that the standard reads, by its purpose."""
    found = {"pupils": schools.pupils}
    found |= {f"amount:{item.indicator}": item.amount for item in schools.resources}
    found |= {f"base:{item.indicator}": item.base or schools.pupils for item in schools.resources}
    return found | {f"each:{item.code}": item.each for item in standard.items if item.each}


def _part(
    row: dict[str, Any],
    schools: SchoolsDef,
    functions: Mapping[str, RowFunction],
    left_out: RowFunction | None,
    has_kind: bool,
) -> Part:
    today = timezone.localdate()

    def number(key: str) -> Decimal | None:
        value = functions[key](row, today)
        return value if isinstance(value, Decimal) else None

    def of(resources: tuple[ResourceDef, ...], kind: str) -> dict[str, Decimal | None]:
        return {item.indicator: number(f"{kind}:{item.indicator}") for item in resources}

    return Part(
        record=row["_record"], unit=row["_unit"], code=row["_unit_code"], name=row["单位"], district=row["at_district"],
        stage=row[schools.stage], kind=(row[KIND] or "") if has_kind else "", pupils=number("pupils"),
        amounts=of(schools.resources, "amount"), bases=of(schools.resources, "base"),
        each={key.removeprefix("each:"): number(key) for key in functions if key.startswith("each:")},
        left_out=left_out is not None and left_out(row, today) is True,
    )  # fmt: skip
