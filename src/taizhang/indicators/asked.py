"""What is asked for, planned once: the formulas' columns, the readings that give them, the values from elsewhere.

Plans depend on the catalogue, the formulas, the period and the day, not on the data, so they are kept between calls.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from taizhang.catalog.current import Catalog
from taizhang.catalog.schema import IndicatorDef, RegisterDef
from taizhang.indicators.scope import Scope, asks_for_void, momentary_in
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import Formula, Names, Plan, parse, plan_aggregates
from taizhang.kernel.formula.nodes import Name, walk
from taizhang.kernel.periods import Period
from taizhang.warehouse.projection import Build

ASKED_KEPT = 512


@lru_cache(maxsize=4096)
def parsed(text: str) -> Formula:
    return parse(text)


@dataclass(frozen=True)
class Asked:
    """Formulas by name, each with the register of its bare names. ``key`` tells two of them apart without looking into
    the formulas; it names the catalogue by its place in memory, which is held so that no other takes it."""

    key: Hashable
    formulas: dict[str, tuple[Formula, str]] = field(compare=False)
    catalog: Catalog = field(compare=False)


def asked_of(indicators: Sequence[IndicatorDef], build: Build) -> Asked:
    """What is asked for when the figures of indicators are."""
    texts = tuple((item.code, item.formula, item.register_code or "") for item in indicators)
    formulas = {code: (parsed(formula), register) for code, formula, register in texts}
    return Asked((id(build.catalog), texts), formulas, build.catalog)


@dataclass(frozen=True, eq=False)
class Reading:
    """One pass over the rows of a register, which the plans call ``name``: ``void`` when records in a void state take
    part."""

    register: RegisterDef
    name: str
    void: bool
    plans: tuple[Plan, ...]

    @property
    def units_key(self) -> str:
        """The column that says how many units have rows."""
        return f"_units of {self.name}{' with void' if self.void else ''}"


@dataclass(frozen=True, eq=False)
class Planned:
    """Plans by name; the passes that give their columns; by kind, what they need of other periods and units."""

    plans: dict[str, Plan]
    readings: tuple[Reading, ...]
    units_keys: dict[str, tuple[str, ...]]
    elsewhere: dict[str, Asked]


def planned(asked: Asked, scope: Scope) -> Planned:
    """The plans for a scope. Raises Problem for a rank that does not say by what."""
    return _planned(asked, scope.period, scope.since)


@lru_cache(maxsize=ASKED_KEPT)
def _planned(asked: Asked, period: Period, since: date | None) -> Planned:
    plans = _plans(asked, Scope("", period, since))
    readers: dict[tuple[str, bool], list[str]] = {}
    elsewhere: dict[str, dict[str, tuple[Formula, str]]] = {}
    for name, plan in plans.items():
        void = _void_in(plan.formula, asked.formulas[name][1], asked.catalog)
        for source in plan.sources:
            readers.setdefault((source.register, source.register in void), []).append(name)
        for external in plan.externals:
            if external.formula is None:
                raise Problem("IND-003", "rank() 里没有写按什么排", remedy="写明排名的汇总式，例如 rank(sum(在校生数))")
            elsewhere.setdefault(external.kind, {})[external.key] = (external.formula, asked.formulas[name][1])
    readings = {
        (name, void): Reading(asked.catalog.register(name), name, void, tuple(plans[reader] for reader in own))
        for (name, void), own in readers.items()
    }
    units = {name: tuple(readings[key].units_key for key, own in readers.items() if name in own) for name in plans}
    outside = {
        kind: Asked((asked.key, kind, period, since), operands, asked.catalog) for kind, operands in elsewhere.items()
    }
    return Planned(plans, tuple(readings.values()), units, outside)


def _plans(asked: Asked, scope: Scope) -> dict[str, Plan]:
    """Plans that share columns where they read the same rows: those that count void records have names of their own."""
    names: dict[frozenset[str], Names] = {}
    momentary = momentary_in(scope, asked.catalog)
    plans = {}
    for name, (formula, register) in asked.formulas.items():
        void = _void_in(formula, register, asked.catalog)
        own = names.setdefault(void, Names(f"v{len(names)}_" if void else ""))
        plans[name] = plan_aggregates(formula, register, own, momentary)
    return plans


def _void_in(formula: Formula, register: str, whole: Catalog) -> frozenset[str]:
    """The registers of a formula of which it wants the void records too."""
    named = {node.register or register for node in walk(formula.root) if isinstance(node, Name)} | {register}
    return frozenset(name for name in named if name and asks_for_void(whole.register(name), formula))
