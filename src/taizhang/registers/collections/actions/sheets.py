"""A round's workbook back from a school or a whole district: the same checks, the same drafts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import Problem
from taizhang.kernel.tables import Table
from taizhang.org.models import User
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.collections import policy
from taizhang.registers.collections.actions.common import exceptions_of, moment
from taizhang.registers.collections.actions.returns import DRAFTED, obstacles, spend
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.collections.sheet import Sheet, sheets_for
from taizhang.registers.lookups import DbLookup
from taizhang.registers.rows import Row, rows_of

EXPLANATION = "异动说明"


@dataclass(slots=True)
class Received:
    """What a workbook did: the returns whose drafts it filled, each with what still stands in the way; refused rows;
    units whose return is handed in already, which a whole district's sheet names too (name → state).
    """

    drafts: list[tuple[Return, list[Problem]]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> list[Return]:
        """Those that may be handed in as they are."""
        return [item for item, problems in self.drafts if not problems]


@transaction.atomic
def receive_table(*, round_: Round, table: Table, by: User | None, at: datetime | None = None) -> Received:
    """Fill the drafts of every unit that the table names; what a cell says counts as confirmed, for somebody sent it.

    A row of a unit that is not in the round, not the person's or locked is refused. Raises Problem when the header cannot
    be understood, or the register is not filled by sheets.
    """
    plan = blueprint(round_.register_code)
    if not plan.is_statistics:
        raise Problem("REG-260", "本轮核对现有名册，不用表格上报", remedy="在台账中修改后，确认报送")
    bare, explanations = _without_explanations(table)
    received = Received()
    now, today = moment(at)
    sheets, shut = _sheets(plan, round_, by, today)
    filled: dict[int, Sheet] = {}
    lookup = DbLookup(by)
    for row in rows_of(plan.code, bare, by, period=round_.period):
        closed = shut.get(row.unit.pk) if row.unit else None
        if closed and not closed[0].is_in_hand:
            received.skipped[closed[0].unit.name] = closed[0].get_state_display()
            continue
        try:
            if closed:
                raise closed[1]
            sheet = _sheet_of(row, sheets, round_)
            key = _take(plan, sheet, row, lookup)
        except Problem as wrong:
            received.refused.append((row.row, str(wrong)))
        else:
            filled[sheet.returned.pk] = sheet
            _explain(sheet, key, explanations.get(row.row, ""), today)
    _save(list(filled.values()), now)
    for sheet in filled.values():
        received.drafts.append((sheet.returned, obstacles(sheet, sheet.examine(today))))
    record_event("registers.round.sheet_received", by=by, subject=f"round:{round_.pk}", label=round_.title, register_code=round_.register_code,
                 unit_code=round_.section.code, file=table.name, units=len(filled),
                 refused=len(received.refused))  # fmt: skip
    return received


def _without_explanations(table: Table) -> tuple[Table, dict[int, str]]:
    """The table without its column 异动说明, and that column by row number."""
    if EXPLANATION not in table.header:
        return table, {}
    place = table.header.index(EXPLANATION)
    told = {number: str(cells[place]) for number, cells in table.rows if cells[place] is not None}
    rows = [(number, cells[:place] + cells[place + 1 :]) for number, cells in table.rows]
    return Table(table.name, table.header[:place] + table.header[place + 1 :], rows, table.header_row), told


def _sheets(
    plan: Blueprint, round_: Round, by: User | None, today: date
) -> tuple[dict[int, Sheet], dict[int, tuple[Return, Problem]]]:
    """Unit id → sheet of every return that the person fills now; unit id → return and reason of those that are shut."""
    reach = policy.filler_reach(by, plan.register)
    rows = Return.objects.select_for_update(of=("self",)).filter(reach.q("unit"), round=round_)
    returns = list(rows.select_related("unit", "round"))
    exceptions = exceptions_of(round_.pk, [item.unit_id for item in returns])
    free, shut = [], {}
    for item in returns:
        try:
            policy.require_unlocked(item, policy.allowed_until(round_, exceptions.get(item.unit_id)), today)
        except Problem as why:
            shut[item.unit_id] = item, why
            continue
        free.append(item)
    return {sheet.returned.unit_id: sheet for sheet in sheets_for(plan, free, by)}, shut


def _sheet_of(row: Row, sheets: dict[int, Sheet], round_: Round) -> Sheet:
    if row.problems:
        raise row.problems[0]
    if row.period and row.period != round_.period:
        raise Problem("REG-261", f"期间“{row.period}”不是本轮的", where="期间", remedy=f"填 {round_.period}")
    if row.unit is None or row.unit.pk not in sheets:
        name = row.unit.name if row.unit else "未写单位"
        raise Problem("REG-262", f"“{name}”不在本轮或不归您填报", where="单位编码", remedy="核对单位")
    return sheets[row.unit.pk]


def _take(plan: Blueprint, sheet: Sheet, row: Row, lookup: DbLookup) -> str:
    """Put one row's cells into the sheet; returns its row key. Cells that the sheet leaves empty are left as they are."""
    dimensions = {name: row.values.get(name) for name in plan.register.dimensions}
    parsed = {name: plan.fields[name].parse(raw, lookup) for name, raw in dimensions.items()}
    key = plan.dimension_key(parsed)
    if key not in sheet.keys:
        sheet.add_row(dimensions, lookup)
    cells: dict[tuple[str, str], Any] = {
        (key, name): raw for name, raw in row.values.items() if name not in dimensions and raw is not None
    }
    sheet.put(cells, lookup, deliberate=True)
    return key


def _explain(sheet: Sheet, key: str, text: str, today: date) -> None:
    """One explanation answers every question of its row."""
    if text.strip():
        verdict = sheet.examine(today)
        sheet.explain({(item.key, item.topic): text for item in verdict.questions if item.key == key})


def _save(sheets: list[Sheet], now: datetime) -> None:
    for sheet in sheets:
        sheet.count()
        returned = sheet.returned
        spend(returned, now)
        returned.revision, returned.saved_at = returned.revision + 1, now
        if returned.state == Return.TODO:
            returned.state = Return.DRAFT
    Return.objects.bulk_update([sheet.returned for sheet in sheets], DRAFTED, batch_size=100)
