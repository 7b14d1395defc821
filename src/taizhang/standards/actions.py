"""Keeping and dropping scenarios, and urging the units whose data raise questions."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.models import User
from taizhang.org.notices import send_notice
from taizhang.org.policy import is_installation
from taizhang.org.queries import acting_in, posts_held
from taizhang.standards.models import Scenario
from taizhang.standards.quality import Finding, Report, urgeable
from taizhang.standards.queries import Board
from taizhang.standards.what_if import Change, applied


@transaction.atomic
def keep_scenario(*, board: Board, name: str, changes: Sequence[Change], by: User, note: str = "") -> Scenario:
    """Keep a what-if under a name that the board's unit and period do not have yet. The board was fetched for ``by``.

    Raises Problem for steps that cannot be taken, for no step at all, and for a name that is taken.
    """
    called = name.strip()[:60]
    if not changes or not called:
        raise Problem("STD-030", "方案要有名称和至少一步", remedy="填写名称，添加要模拟的调整")
    applied(board.parts, changes, board.schools)
    same = {"standard_code": board.standard.code, "unit": board.unit, "period": board.period.code}
    if Scenario.objects.filter(**same, name=called).exists():
        raise Problem("STD-031", f"已有方案“{called}”", remedy="换一个名称，或先删去原来的方案")
    steps = [change.as_dict() for change in changes]
    made = Scenario.objects.create(**same, name=called, note=note.strip()[:300], changes=steps, made_by=by)
    record_event(
        "standards.scenario.kept", by=by, subject=f"scenario:{made.pk}", label=called, unit_code=board.unit.code
    )
    return made


@transaction.atomic
def drop_scenario(*, scenario: Scenario, by: User) -> None:
    """Drop a scenario: who made it, or the installation. Raises Forbidden."""
    if scenario.made_by_id != by.pk and not is_installation(by):
        raise Forbidden("STD-032", "只能删去自己的方案", remedy=f"请联系{scenario.made_by.display_name}")
    record_event("standards.scenario.dropped", by=by, subject=f"scenario:{scenario.pk}", label=scenario.name,
                 unit_code=scenario.unit.code)  # fmt: skip
    scenario.delete()


@transaction.atomic
def urge_units(*, report: Report, findings: Sequence[Finding], by: User) -> int:
    """Tell the people of the units that findings are about to look at their data; returns how many people were told.

    Only units where ``by`` runs the register's returns; the notice leads each to their own findings. Raises Forbidden.
    """
    reach = urgeable(by, report.register)
    if not reach:
        raise Forbidden("STD-041", f"您的岗位不能催办“{report.register.name}”", remedy="请主管科室催办")
    units = {item.unit for item in findings}
    people = acting_in(posts_held().filter(reach.q("unit"), unit__in=units))
    url = f"{reverse('quality:register', args=[report.register.code])}?period={report.period.code}"
    text = f"“{report.register.name}”{report.period.label}的数据有疑点或未填报，请核对更正。"
    return len(
        send_notice(to=people, text=text, by=by, url=url, subject=f"quality:{report.register.code}", level="催办单")
    )
