"""How many of the units that owe a return stand behind a figure; who is missing, who was late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from sqlglot import exp

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.queries import IndicatorFigure
from taizhang.indicators.scope import Scope, rows_statement
from taizhang.indicators.target import registers_of, returned_in
from taizhang.kernel.periods import Period
from taizhang.org.kinds import KINDS, SCHOOL
from taizhang.org.models import Unit, User
from taizhang.org.policy import joined
from taizhang.org.queries import open_on
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.collections.policy import seen_reach
from taizhang.registers.policy import grants, reach_of
from taizhang.warehouse.projection import Build, table_name
from taizhang.warehouse.queries import period_codes, run

NAMES_SHOWN = 12
Key = tuple[str, str]  # register code, period code


@dataclass(frozen=True, slots=True)
class Filed:
    """``filed`` of ``asked`` units have their return in the ledger. ``collected``: a round asked them; else they are
    those with data now or a year before. Names only of units whose returns the person may see."""

    filed: int
    asked: int
    measure: str
    waiting: int = 0
    late: int = 0
    missing_names: tuple[str, ...] = ()
    late_names: tuple[str, ...] = ()
    collected: bool = True

    @property
    def missing(self) -> int:
        return max(0, self.asked - self.filed - self.waiting)

    @property
    def whole(self) -> bool:
        return self.filed >= self.asked

    @property
    def text(self) -> str:
        """58/60 所已报."""
        return f"{self.filed}/{self.asked} {self.measure}{'已报' if self.collected else '有数据'}"

    @property
    def note(self) -> str:
        """Who is still missing and who came late, in words; empty when all is there in time."""
        parts = []
        if self.waiting:
            parts.append(f"审核中 {self.waiting} {self.measure}，尚未计入")
        if self.missing:
            said = "未报" if self.collected else "上年有、本期没有"
            parts.append(f"{said} {self.missing} {self.measure}{_named(self.missing_names, self.missing)}")
        if self.late:
            parts.append(f"迟报 {self.late} {self.measure}{_named(self.late_names, self.late)}")
        return "；".join(parts)


def _named(names: tuple[str, ...], count: int) -> str:
    return f"（{'、'.join(names)}{'等' if len(names) < count else ''}）" if names else ""


def filed_for(
    user: User, figures: Iterable[IndicatorFigure], unit: Unit, build: Build, *, names: bool = False
) -> dict[tuple[str, Period], Filed]:
    """Coverage by indicator code and period, of those figures of a unit that rest on returns; of what is held back nothing is told.

    The counts belong to the figure and go to whoever may see it; ``names`` asks who they are, as far as the person may
    look at the returns. Queries of the database: two, one more with names; whatever the number of figures.
    """
    keys: dict[tuple[str, Period], Key] = {}
    for figure in figures:
        key = None if figure.held_back else _asked_in(figure, build)
        if key is not None and _may_count(user, catalog().register(key[0]), unit):
            keys[figure.indicator.code, figure.period] = key
    wanted = set(keys.values())
    found = _by_rounds(user, wanted, unit, names)
    found |= _by_last_year(wanted - set(found), unit, build, names)
    return {asked: found[key] for asked, key in keys.items() if key in found}


def _may_count(user: User, register: RegisterDef, unit: Unit) -> bool:
    """A register of persons tells strangers no counts of units either: they would bound what is held back."""
    return not register.privacy.suppress_below or reach_of(user, register, "see").holds(unit)


def _asked_in(figure: IndicatorFigure, build: Build) -> Key | None:
    """The return that a figure rests on, and its period within that of the figure."""
    read = registers_of(figure.indicator, build.catalog)
    register = returned_in(figure.indicator, build.catalog) or next((r for r in read if r.kind == "statistics"), None)
    if register is None or register.code not in catalog().registers:
        return None
    held = [code for code in period_codes(build, register.code) if _within(code, figure.period)]
    return register.code, held[0] if held else figure.period.as_kind(register.period or "year").code


def _within(code: str, period: Period) -> bool:
    own = Period.parse(code)
    return period.start <= own.start and own.end <= period.end


def _by_rounds(user: User, wanted: set[Key], unit: Unit, names: bool) -> dict[Key, Filed]:
    if not wanted:
        return {}
    asked = Q(pk__in=[])
    for register, period in wanted:
        asked |= Q(round__register_code=register, round__period=period)
    returns = Return.objects.filter(asked, unit__path__startswith=unit.path).exclude(round__state=Round.CANCELLED)
    approved, submitted = Q(state=Return.APPROVED), Q(state__in=(Return.SUBMITTED, Return.APPROVED))
    rows = returns.order_by().values("round__register_code", "round__period").annotate(
        asked=Count("unit", distinct=True), filed=Count("unit", filter=approved, distinct=True),
        sent=Count("unit", filter=submitted, distinct=True), late=Count("unit", filter=Q(is_late=True), distinct=True),
    )  # fmt: skip
    named = _names(user, returns, {key[0] for key in wanted}) if names else {}
    found = {}
    for row in rows:
        key = (row["round__register_code"], row["round__period"])
        missing, late = named.get(key, ((), ()))
        found[key] = Filed(
            row["filed"], row["asked"], _measure(key[0]), row["sent"] - row["filed"], row["late"], missing, late
        )
    return found


def _names(
    user: User, returns: QuerySet[Return], registers: set[str]
) -> dict[Key, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Who is missing and who was late, of the returns that the person may see."""
    seen = Q(pk__in=[])
    for code in sorted(registers):
        seen |= Q(joined(seen_reach(user, catalog().register(code))).q("unit"), round__register_code=code)
    sent = (Return.SUBMITTED, Return.APPROVED)
    rows = returns.filter(seen).filter(~Q(state__in=sent) | Q(is_late=True)).order_by("unit__path")
    done = set(returns.filter(state__in=sent).values_list("round__register_code", "round__period", "unit_id"))
    found: dict[Key, tuple[list[str], list[str]]] = {}
    for register, period, unit, name, state, is_late in rows.values_list(
        "round__register_code", "round__period", "unit_id", "unit__name", "state", "is_late"
    ):
        missing, late = found.setdefault((register, period), ([], []))
        if is_late:
            late.append(name)
        if state not in sent and (register, period, unit) not in done:
            missing.append(name)
    return {
        key: (tuple(dict.fromkeys(one))[:NAMES_SHOWN], tuple(dict.fromkeys(two))[:NAMES_SHOWN])
        for key, (one, two) in found.items()
    }


def _by_last_year(wanted: set[Key], unit: Unit, build: Build, names: bool) -> dict[Key, Filed]:
    """Of returns that no round collected: who has data, of these and of those that had data a year before and still
    exist. One query for all."""
    now, gone = {}, {}
    for register, code in wanted:
        if table_name(register) not in build.tables:
            continue
        period = Period.parse(code)
        now[register, code] = _units_with_rows(register, period, unit, build)
        before = _units_with_rows(register, period.last_year(), unit, build)
        gone[register, code] = before - now[register, code]
    open_now = _still_open(set().union(*gone.values()) if gone else set())
    found = {}
    for key, present in now.items():
        missing = [name for pk, name in open_now.items() if pk in gone[key]]
        shown = tuple(missing[:NAMES_SHOWN]) if names else ()
        if present or missing:
            found[key] = Filed(
                len(present), len(present) + len(missing), _measure(key[0]), missing_names=shown, collected=False
            )
    return found


def _units_with_rows(register: str, period: Period, unit: Unit, build: Build) -> set[int]:
    rows = rows_statement(build.catalog.register(register), Scope(unit.path, period), parsed("count()")).subquery(
        "rows"
    )
    column: Any = exp.column("_unit", quoted=True)
    return {row["_unit"] for row in run(build, exp.select(column).distinct().from_(rows))}


def _still_open(units: set[int]) -> dict[int, str]:
    if not units:
        return {}
    kept = open_on(Unit.objects.filter(pk__in=units), timezone.localdate())
    return dict(kept.order_by("path").values_list("pk", "name"))


def _measure(register: str) -> str:
    """所 where schools file the register themselves, else 家."""
    roles = catalog().roles
    filing = [role for role, scope in grants(catalog().register(register), "create").items() if scope == "own"]
    schools = any(KINDS.get(kind) == SCHOOL for role in filing if role in roles for kind in roles[role].at)
    return "所" if schools else "家"
