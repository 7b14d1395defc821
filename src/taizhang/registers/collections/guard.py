"""While a period is being collected, its figures come by returns alone; only those who keep the register write beside."""

from __future__ import annotations

from collections.abc import Iterable

from taizhang.kernel.errors import Problem
from taizhang.org.models import Unit, User
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.policy import keeper_reach


def collected_units(plan: Blueprint, periods: Iterable[str]) -> set[tuple[int, str]]:
    """(unit id, period) of all that a round asked for and that needs approval; a cancelled round asks for nothing."""
    if not plan.is_statistics:
        return set()
    wanted = Return.objects.filter(round__register_code=plan.code, round__period__in=list(periods))
    rows = wanted.exclude(round__state=Round.CANCELLED).exclude(stages=[])
    return set(rows.values_list("unit_id", "round__period"))


def refuse_beside_round(plan: Blueprint, unit: Unit, period: str, by: User | None) -> None:
    """Raise Problem when a person would write into the ledger past a round's approval."""
    if not plan.is_statistics or keeper_reach(by, plan.register).holds(unit):
        return
    if (unit.pk, period) in collected_units(plan, [period]):
        raise by_round(unit)


def by_round(unit: Unit) -> Problem:
    return Problem(
        "REG-270", f"“{unit.name}”本期的数由报送收集，审核通过后才进台账", where="期间",
        remedy="到“报送”中填写；已通过后要更正的，请联系主管科室",
    )  # fmt: skip
