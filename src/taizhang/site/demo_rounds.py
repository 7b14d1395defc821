"""The rounds of returns of the fictional county: each act by the person who did it, at its time, through the desk's actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils import timezone

from taizhang import packs
from taizhang.kernel.errors import Problem
from taizhang.kernel.tables import Table, as_date, read_table
from taizhang.org.models import User
from taizhang.org.queries import find_unit
from taizhang.registers.blueprint import blueprint
from taizhang.registers.collections import actions
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.collections.queries import units_needed

DEMO = Path(packs.__file__).parent / "demo"
Step = dict[str, Any]


def load_round(step: Step, by: User, say: Callable[[str], None]) -> None:
    """A round is opened by its section, filled in by the schools, approved, sent back, ended: the acts of its table.

    What is dated after the machine's day is left out; so is the whole round when it was not opened by then.
    """
    opened, today = _time(step["at"]), timezone.localdate()
    acts = [row for _, row in read_table(DEMO / step["round"]).dicts()]
    past = [row for row in acts if _time(row["时间"]).date() <= today]
    if opened.date() > today:
        say(f"报送：“{step['title']}”发起晚于本机日期 {today}，没有装入")
        return
    people = {user.username: user for user in User.objects.all()}
    values = read_table(DEMO / step["values"])
    round_ = _open(step, values, people[step["by"]], opened)
    for (at, act, who), rows in groupby(past, key=lambda row: (row["时间"], row["动作"], str(row["账号"]))):
        _do(round_, str(act), list(rows), {"by": people[who], "at": _time(at)}, values)
    say(f"报送：{round_.title}，{round_.returns.count()} 个单位，{len(past)} 条办理记录")


def _time(value: Any) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(str(value)))


def _open(step: Step, values: Table, by: User, at: datetime) -> Round:
    """The units asked are those that enter the register themselves, as the form for a new round proposes; where the
    register has rows (dimensions), those of them that have had any."""
    plan = blueprint(step["collects"])
    units = list(units_needed(plan.register, step["period"], timezone.localtime(at).date()))
    if plan.register.dimensions:
        having = {str(row["单位编码"]) for _, row in values.dicts()}
        units = [unit for unit in units if unit.code in having]
    return actions.open_round(
        register=plan.code, period=step["period"], title=step["title"], units=units, due_on=as_date(step["due"]), by=by,
        contact=step["contact"], instructions=step["instructions"], at=at,
        swing=Decimal(step.get("swing", actions.DEFAULT_SWING)),
    )  # fmt: skip


def _do(round_: Round, act: str, rows: list[Step], who: dict[str, Any], values: Table) -> None:
    """One act, on all the units that it was done to at once."""
    units = [find_unit(str(row["单位编码"])) for row in rows if row["单位编码"]]
    note, until = str(rows[0]["说明"] or ""), as_date(rows[0]["限期"])
    returns = list(Return.objects.select_related("round", "unit").filter(round=round_, unit__in=units))
    match act:
        case "催报":
            actions.urge_missing(round_=round_, **who)
        case "放宽期限":
            actions.extend_units(round_=round_, units=units, until=until, reason=note, **who)
        case "填报":
            actions.receive_table(round_=round_, table=_of_units(values, {unit.code for unit in units}), **who)
        case "提交":
            for returned in returns:
                cells = _cells(values, returned) if returned.state != Return.DRAFT else None
                actions.submit_return(returned=returned, cells=cells, confirm_all=True, **who)
        case "审核":
            outcome = actions.approve_returns(round_=round_, ids=[item.pk for item in returns], **who)
            if outcome.refused:
                raise Problem(
                    "SITE-004", f"演示报送审核不过：{outcome.refused[0][1]}", where=str(outcome.refused[0][0].unit)
                )
        case "退回":
            for returned in returns:
                actions.send_back(returned=returned, reason=note, until=until, **who)
        case "结束":
            actions.close_round(round_=round_, by=who["by"], reason=note)
        case other:
            raise Problem("SITE-002", f"演示数据里没有动作“{other}”", where=round_.title)


def _cells(values: Table, returned: Return) -> dict[tuple[str, str], Any]:
    """What a unit typed into the only row of its return."""
    row = next(row for _, row in values.dicts() if str(row["单位编码"]) == returned.unit.code)
    return {("", name): value for name, value in row.items() if name in blueprint(returned.round.register_code).asked}


def _of_units(values: Table, codes: set[str]) -> Table:
    place = values.header.index("单位编码")
    return Table(values.name, values.header, [row for row in values.rows if str(row[1][place]) in codes])
