"""Every read of rounds and returns; permission lives in the fetch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.events.prepared import Prepared
from taizhang.kernel.periods import Period
from taizhang.org.kinds import DISTRICT
from taizhang.org.models import Unit, User
from taizhang.org.policy import by_reach, joined
from taizhang.org.queries import open_on
from taizhang.registers.blueprint import blueprint
from taizhang.registers.collections import policy
from taizhang.registers.collections.actions.common import exceptions_of
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.collections.sheet import Sheet, sheets_for
from taizhang.registers.policy import grants

PAGE_SIZE = 50
IN_HAND = (Return.TODO, Return.DRAFT, Return.RETURNED)


def registers_to_collect(user: User) -> list[RegisterDef]:
    """The registers of which a person may open rounds, and in which some unit has something to fill in."""
    registers = [item for item in catalog().registers.values() if not item.retired and _filling(item)]
    return [item for item in registers if policy.manager_reach(user, item)]


def _filling(register: RegisterDef) -> list[str]:
    """The posts that fill a return for their own unit: who enters a statistics register, who keeps rows of another."""
    granted = grants(register, "create" if register.kind == "statistics" else "edit")
    return [name for name in catalog().roles if granted.get(name) == "own"]


def rounds_for(user: User, page: int | str | None = 1) -> tuple[Page[Round], dict[int, dict[str, int]]]:
    """The rounds in which the person sees any return, newest first, with their tallies by id as far as they see."""
    wanted, seen = Q(pk__in=[]), Q(pk__in=[])
    registers = catalog().registers.items()
    seeing = by_reach((joined(policy.seen_reach(user, register)), code) for code, register in registers)
    for reach, codes in seeing.items():
        seen |= Q(round__register_code__in=codes) & reach.q("unit")
        wanted |= Q(register_code__in=codes) & reach.q("returns__unit")
    for reach, codes in by_reach((policy.manager_reach(user, register), code) for code, register in registers).items():
        wanted |= Q(register_code__in=codes) & reach.q("section")
    ids = Round.objects.filter(wanted).values("pk")
    page_ = Paginator(Round.objects.filter(pk__in=ids).select_related("section").order_by("-id"), PAGE_SIZE).get_page(
        page
    )
    tallies = tallies_of(Return.objects.filter(seen, round__in=[round_.pk for round_ in page_]))
    return page_, tallies


def tallies_of(returns: QuerySet[Return]) -> dict[int, dict[str, int]]:
    """Round id → returns by state, with ``all`` and ``late``. One query."""
    rows = (
        returns.order_by()
        .values("round_id", "state")
        .annotate(found=Count("id"), late=Count("id", filter=Q(is_late=True)))
    )
    tallies: dict[int, dict[str, int]] = {}
    for row in rows:
        tally = tallies.setdefault(row["round_id"], {"all": 0, "late": 0})
        tally[row["state"]] = row["found"]
        tally["all"] += row["found"]
        tally["late"] += row["late"]
    return tallies


def get_round_for(user: User, round_id: int) -> Round:
    """A round in which the person sees a return or that they run. Raises NotFound."""
    round_ = Round.objects.select_related("section", "opened_by").filter(pk=round_id).first()
    register = catalog().registers.get(round_.register_code) if round_ else None
    if round_ is None or register is None:
        raise policy.no_round()
    if not policy.manager_reach(user, register).holds(round_.section) and not returns_for(user, round_).exists():
        raise policy.no_round()
    return round_


def returns_for(user: User, round_: Round) -> QuerySet[Return]:
    """The returns of a round that the person may see."""
    register = catalog().register(round_.register_code)
    return Return.objects.filter(joined(policy.seen_reach(user, register)).q("unit"), round=round_)


@Prepared
def _return_with_place(pk: int) -> QuerySet[Return]:
    return Return.objects.select_related("round", "unit").filter(pk=pk)


def get_return_for(user: User, return_id: int) -> Return:
    """A return that the person may see, with its round and unit. Raises NotFound."""
    found = _return_with_place.first(return_id)
    register = catalog().registers.get(found.round.register_code) if found else None
    if found is None or register is None or not policy.sees(user, register, found.unit):
        raise policy.no_return()
    return found


def sheet_for(user: User, returned: Return) -> Sheet:
    """The sheet of a return that was fetched for the person."""
    return sheets_for(blueprint(returned.round.register_code), [returned], user)[0]


def until_of(returned: Return) -> date:
    """The last day on which the unit may fill this return."""
    granted = exceptions_of(returned.round_id, [returned.unit_id]).get(returned.unit_id)
    return policy.allowed_until(returned.round, granted)


def watched(user: User, round_: Round, state: str = "", district: str = "", page: int | str | None = 1) -> Page[Return]:
    """The watch list: returns in the tree's order, each with the last urging and the exception."""
    rows = returns_for(user, round_).select_related("unit__parent", "submitted_by")
    if state == "missing":
        rows = rows.filter(state__in=IN_HAND)
    elif state == "late":
        rows = rows.filter(is_late=True)
    elif state == "mine":
        rows = rows.filter(waiting_for(user, catalog().register(round_.register_code)))
    elif state:
        rows = rows.filter(state=state)
    if district:
        unit = Unit.objects.filter(code=district).first()
        rows = rows.filter(unit__path__startswith=unit.path) if unit else rows.none()
    return Paginator(rows.order_by("unit__path"), PAGE_SIZE).get_page(page)


def waiting_for(user: User, register: RegisterDef) -> Q:
    """The returns of a register that wait for this person's approval."""
    return _waiting(user, [register])


def _waiting(user: User, registers: Iterable[RegisterDef]) -> Q:
    """The returns of some registers that wait for this person's approval."""
    stages = [(register.code, key) for register in registers for key in policy.STAGES]
    table = catalog().registers
    wanted = Q(pk__in=[])
    reaches = ((policy.stage_reach(user, table[code], key), (key, code)) for code, key in stages)
    for reach, found in by_reach(reaches).items():
        for key in dict.fromkeys(key for key, _ in found):
            codes = [code for stage, code in found if stage == key]
            wanted |= Q(state=Return.SUBMITTED, waits_for=key, round__register_code__in=codes) & reach.q("unit")
    return wanted


def marks_of(round_: Round, units: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Unit id → {urged: last day, times, until: exception} of some units of a round. Two queries."""
    ids = list(units)
    rows = round_.urges.filter(unit__in=ids).order_by().values("unit_id").annotate(last=Max("on"), times=Count("id"))
    marks: dict[int, dict[str, Any]] = {row["unit_id"]: {"urged": row["last"], "times": row["times"]} for row in rows}
    for unit, until in exceptions_of(round_.pk, ids).items():
        marks.setdefault(unit, {})["until"] = until
    return marks


@dataclass(frozen=True, slots=True)
class DistrictLine:
    """How one district stands: ``on_time`` counts first submissions by the due date."""

    name: str
    code: str
    all: int
    submitted: int
    on_time: int
    approved: int


def is_due(round_: Round, today: date) -> bool:
    """Whether lateness can be told: the due day has passed. Until then a missing return is not late, nor a rate one."""
    return today > round_.due_on


def by_district(user: User, round_: Round) -> list[DistrictLine]:
    """The on-time rate by district; units without a district stand together."""
    rows = returns_for(user, round_).order_by().values_list("unit__path", "first_submitted_at", "is_late", "state")
    districts = {unit.pk: unit for unit in Unit.objects.filter(level=DISTRICT)}
    lines: dict[int, list[int]] = {}
    for path, first, late, state in rows:
        above = next((int(part) for part in reversed(path.strip("/").split("/")) if int(part) in districts), 0)
        line = lines.setdefault(above, [0, 0, 0, 0])
        line[0] += 1
        line[1] += state not in IN_HAND  # one that was sent back lies with the unit again
        line[2] += first is not None and not late
        line[3] += state == Return.APPROVED
    ordered = sorted(lines, key=lambda pk: (not pk, districts[pk].order if pk else 0, pk))
    return [
        DistrictLine(districts[pk].name if pk else "局直属", districts[pk].code if pk else "", *lines[pk])
        for pk in ordered
    ]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what was asked stands behind a register's figures for a period."""

    asked: int
    approved: int
    waiting: int

    @property
    def missing(self) -> int:
        return self.asked - self.approved - self.waiting


def coverage(register: str, period: str, path: str = "") -> Coverage | None:
    """The units of a subtree that were asked, and those whose returns are approved: what a figure must say beside itself.

    None when the period was never collected by a round.
    """
    rows = Return.objects.filter(round__register_code=register, round__period=period, unit__path__startswith=path)
    best: dict[int, str] = {}
    for unit, state in rows.exclude(round__state=Round.CANCELLED).order_by().values_list("unit_id", "state"):
        if best.get(unit) != Return.APPROVED:
            best[unit] = state
    if not best:
        return None
    states = list(best.values())
    return Coverage(len(states), states.count(Return.APPROVED), states.count(Return.SUBMITTED))


@dataclass(frozen=True, slots=True)
class OwedReturn:
    """A return that lies with the person's unit, or (``to_approve``) a round with returns that wait for them."""

    title: str
    unit: str
    state: str
    due_on: date
    filled: int
    asked: int
    pk: int
    round_id: int
    to_approve: int = 0
    overdue: bool = False


def owed_returns(user: User, today: date | None = None, limit: int = 50) -> list[OwedReturn]:
    """What a person owes to open rounds: returns to fill at their own unit, and approvals that wait. Four queries."""
    day = today or timezone.localdate()
    fill, registers = Q(pk__in=[]), catalog().registers
    reaches = ((policy.filler_reach(user, register), code) for code, register in registers.items())
    for reach, codes in by_reach(reaches).items():
        if reach.units:  # what is entered for others is the watch page's, not the desk's
            fill |= Q(round__register_code__in=codes, unit__in=reach.units, state__in=IN_HAND)
    approve = _waiting(user, registers.values())
    opened = Return.objects.filter(round__state=Round.OPEN)
    rows = opened.filter(fill).select_related("round", "unit").order_by("round__due_on", "id")[:limit]
    found = [_owed(item, day) for item in rows]
    waiting = opened.filter(approve).order_by().values("round_id").annotate(found=Count("id"))
    counts = {row["round_id"]: row["found"] for row in waiting}
    for round_ in Round.objects.filter(pk__in=counts).order_by("due_on"):
        found.append(OwedReturn(round_.title, "", "待审核", round_.due_on, 0, 0, 0, round_.pk, counts[round_.pk]))
    return found


def _owed(item: Return, day: date) -> OwedReturn:
    round_ = item.round
    return OwedReturn(round_.title, item.unit.name, item.get_state_display(), round_.due_on, item.filled, item.asked,
                      item.pk, round_.pk, overdue=round_.due_on < day)  # fmt: skip


def units_needed(register: RegisterDef, period: str, today: date) -> QuerySet[Unit]:
    """The units that fill this register themselves and exist in the period: those of the kinds whose posts do it."""
    kinds = {kind for name in _filling(register) for kind in catalog().roles[name].at}
    day = today
    if period:
        span = Period.parse(period)
        day = min(max(today, span.start), span.end)
    return open_on(Unit.objects.filter(kind__in=kinds), day).order_by("path")


@dataclass(frozen=True, slots=True)
class BurdenLine:
    """One section's asking in one month: cells per school, of these pre-filled; minutes only as far as measured."""

    section: str
    month: int
    rounds: int
    schools: int
    asked: int
    prefilled: int
    minutes: int | None

    @property
    def per_school(self) -> float:
        return self.asked / self.schools if self.schools else 0.0


def burden(user: User, year: int) -> list[BurdenLine]:
    """The filling burden of a year by section and month, for those who may see bureau-wide rounds."""
    wanted = Q(pk__in=[])
    for register in catalog().registers.values():
        if reach := policy.manager_reach(user, register):
            wanted |= Q(round__register_code=register.code) & reach.q("unit")
    rows = (
        Return.objects.filter(wanted)
        .exclude(round__state=Round.CANCELLED)
        .annotate(year=ExtractYear("round__opened_at"), month=ExtractMonth("round__opened_at"))
        .filter(year=year)
        .order_by()
        .values("round__section__name", "month")
        .annotate(
            rounds=Count("round", distinct=True), schools=Count("unit", distinct=True), cells=Sum("asked"),
            known=Sum("prefilled"), spent=Sum("seconds"),
        )
    )  # fmt: skip
    return [
        BurdenLine(
            row["round__section__name"],
            row["month"],
            row["rounds"],
            row["schools"],
            row["cells"],
            row["known"],
            row["spent"] // 60 if row["spent"] else None,
        )
        for row in sorted(rows, key=lambda row: (row["month"], row["round__section__name"]))
    ]
