"""Rows matched with the records that they mean, judged, and turned into drafts; the verdict that people read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from taizhang.catalog.lifecycle_schema import TransitionDef
from taizhang.kernel.errors import Problem, Problems
from taizhang.org.models import Unit, User
from taizhang.org.policy import Reach
from taizhang.registers import policy, secrecy
from taizhang.registers.blueprint import Blueprint, Data
from taizhang.registers.children import refuse_over_children
from taizhang.registers.collections.guard import by_round, collected_units
from taizhang.registers.drafts import Draft, checked_period, checked_state, draft, new_record
from taizhang.registers.fields import Scalar
from taizhang.registers.lifecycle import is_plain, steps_of, target_of
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Facet, Record
from taizhang.registers.repeats import Repeats
from taizhang.registers.rows import Row
from taizhang.registers.writing import BATCH, sequence_of

Key = tuple[Any, ...]
SHOWN_CHANGES = 20


@dataclass(slots=True)
class LoadResult:
    """What a load did. ``updated`` counts every row that met an existing record; ``unchanged`` how many of them said
    nothing new. ``refused`` are {row, field, message}, one for each fault; ``changes`` are the first rows that say
    something new of a record, {row, record, changes: [{field, before, after}]}."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """How many rows were refused; a row may have several faults."""
        return len({item["row"] for item in self.refused})

    def restore(self, kept: dict[str, Any]) -> None:
        """Go on from what :meth:`as_dict` gave."""
        for name, value in kept.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """The JSON of ``taizhang load``."""
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "warnings": self.warnings,
        }


class Matcher:
    """Matches rows with existing records and turns them into drafts; asks the database in batches."""

    def __init__(self, plan: Blueprint, by: User | None, *, saving: bool = False) -> None:
        self.plan_, self.by, self.today, self.saving = plan, by, timezone.localdate(), saving
        self.lookup = DbLookup(by)
        self.see, self.create, self.edit = (
            policy.reach_of(by, plan.register, verb) for verb in ("see", "create", "edit")
        )
        self.keep = policy.keeper_reach(by, plan.register)
        self.steps: list[tuple[TransitionDef, Reach]] = [
            (step, policy.step_reach(by, plan.register, step)) for step in steps_of(plan.register)
        ]
        self.uniques = [item for item in plan.indexed() if item.definition.unique]
        self.repeats = Repeats(plan)
        self.result = LoadResult()
        # Of all parts: which row named a record first.
        self.seen: dict[Key, int] = {}

    def plan(self, rows: Sequence[Row]) -> list[Draft]:
        """The drafts of the good rows; the verdict grows in ``result``."""
        result, drafts = self.result, list[Draft]()
        result.read += len(rows)
        self._find_existing(rows)
        self.collected = collected_units(self.plan_, {self._period(row) for row in rows if row.period})
        for kind in self.plan_.references:
            if not kind.definition.many:
                texts = {str(raw) for row in rows if (raw := row.values.get(kind.name)) is not None}
                self.lookup.prepare(kind.definition, texts)
        for row in rows:
            try:
                if row.problems:
                    raise Problems(row.problems)
                made = self._draft(row)
                self._refuse_twice(made, row, self.seen)
            except Problems as many:
                result.refused += [_refusal(row.row, problem) for problem in many.problems]
            except Problem as one:
                result.refused.append(_refusal(row.row, one))
            else:
                made.row = row.row
                drafts.append(made)
        clashes = self.repeats.clashing(drafts)
        result.refused += [_refusal(made.row, clashes[id(made)]) for made in drafts if id(made) in clashes]
        drafts = [made for made in drafts if id(made) not in clashes]
        for made in drafts:
            self._tell(made)
        return drafts

    def _tell(self, made: Draft) -> None:
        """Count a good row."""
        result = self.result
        result.created += made.is_new
        result.updated += not made.is_new
        result.unchanged += made.is_idle
        if len(result.changes) < SHOWN_CHANGES and made.changed and not made.is_new:
            result.changes.append(self._change(made))
        result.warnings += [{"row": made.row, "field": "", "message": text} for text in made.warnings]

    def _change(self, made: Draft) -> dict[str, Any]:
        """What a row says anew, before and after; sensitive values masked."""

        def shown(name: str, data: Data) -> str:
            return self.plan_.shown(name, data, self.lookup) if data.get(name) is not None else ""

        changes = [
            {"field": name, "before": shown(name, made.before), "after": shown(name, made.record.data)}
            for name in made.changed
        ]
        return {"row": made.row, "record": str(made.record), "changes": changes}

    def _draft(self, row: Row) -> Draft:
        plan, unit = self.plan_, row.unit
        record = self._existing(row)
        if record is None:
            if unit is None:
                raise Problem("REG-151", "没有写单位", where="单位编码", remedy="填写单位编码")
            self._require(self.create, "新增", unit)
            record = new_record(plan, unit, row.period, None, self.today)
            record.number = row.number or ""
            values = row.values
            if None in values.values():
                values = {name: raw for name, raw in values.items() if raw is not None}
        else:
            self._require(self.edit, "修改", record.unit)
            values = row.values
        if (record.unit_id, record.period) in self.collected and not self.keep.holds(record.unit):
            raise by_round(record.unit)
        state, step = self._state(row, record, values)
        closed = record.state_category in ("closed", "void") and not self.keep.holds(record.unit)
        made = draft(plan, record, values, self.lookup, self.today, state=state, step=step)
        if made.is_new and row.number and plan.register.number:
            sequence_of(plan.register.number, record)  # refuses a number that breaks the register's rule
        if closed and made.changed:
            raise Problem("REG-028", f"该记录已是“{made.was_state}”，不能再改", where="状态", remedy="请联系主管科室")
        return made

    def _require(self, reach: Reach, act: str, unit: Unit) -> None:
        if not reach.holds(unit):
            raise Problem(
                "REG-010",
                f"您不能{act}“{unit.name}”的记录",
                where="单位编码",
                remedy="只填您负责的单位，或由该单位自己填报",
            )

    def _state(self, row: Row, record: Record, values: dict[str, Any]) -> tuple[str | None, TransitionDef | None]:
        """The state that a row asks for, when the person may bring the record there: who keeps the register at once,
        others by a plain step, which fills in what it fills in on the page."""
        if row.state is None or row.state == record.state:
            return None, None
        plan = self.plan_
        state = checked_state(plan, row.state)
        if self.keep.holds(record.unit):
            return state, None
        for step, reach in self.steps:
            if record.state not in step.from_ or not reach.holds(record.unit):
                continue
            if target_of(plan.register, step, record) != state:
                continue
            if not is_plain(plan.register, step):
                continue
            if record.pk is not None:
                refuse_over_children(record, plan.register, plan.register.lifecycle.states[state])
            if all(values.get(name) is not None or record.data.get(name) is not None for name in step.requires):
                return state, step
        raise Problem(
            "REG-029", f"您不能把记录直接填成“{state}”", where="状态", remedy="状态列留空，导入后在记录页上按步骤办理"
        )

    # -- existing records -------------------------------------------------------------------------------------------

    def _find_existing(self, rows: Sequence[Row]) -> None:
        plan = self.plan_
        base = Record.objects.filter(register_code=plan.code).select_related("unit").order_by("id")
        if self.saving:  # nobody changes these records between our reading and our writing
            base = base.select_for_update(of=("self",))
        self.by_number: dict[str, Record] = {}
        self.by_key: dict[Key, Record] = {}
        self.owners: dict[tuple[str, str], int] = {}
        numbers = sorted({row.number for row in rows if row.number})
        for part in _parts(numbers):
            self.by_number |= {record.number: record for record in base.filter(number__in=part)}
        if plan.is_statistics:
            ids = sorted({row.unit.pk for row in rows if row.unit})
            periods = {code for row in rows if (code := self._period(row))}
            for part in _parts(ids):
                for record in base.filter(unit__in=part, period__in=periods).exclude(state_category="void"):
                    self.by_key[record.unit_id, record.period, record.dimension_key] = record
        self._find_unique(rows, base)

    def _find_unique(self, rows: Sequence[Row], base: Any) -> None:
        """Who holds which value of the unique fields."""
        self.holders: dict[int, Record] = {}
        self.texts: dict[tuple[int, str], str] = {}
        for item in self.uniques:
            for row in rows:
                if text := self._unique_text(item.name, row.values.get(item.name)):
                    self.texts[row.row, item.name] = text
            texts = sorted({text for (_, name), text in self.texts.items() if name == item.name})
            for part in _parts(texts):
                facets = Facet.objects.filter(
                    register_code=self.plan_.code, field=item.name, is_unique=True, text__in=part
                )
                self.owners |= {(item.name, str(facet.text)): facet.record_id for facet in facets}
        for part in _parts(sorted(set(self.owners.values()))):
            self.holders |= {record.pk: record for record in base.filter(pk__in=part)}

    def _unique_text(self, name: str, raw: Any) -> str | None:
        item = self.plan_.fields[name]
        try:
            value = item.parse(raw, self.lookup)
        except Problem:
            return None
        return self._comparable(name, value)

    def _comparable(self, name: str, value: Scalar) -> str | None:
        """A canonical value as the facet's text holds it."""
        if value is None:
            return None
        return secrecy.digest(str(value)) if self.plan_.fields[name].definition.sensitive else str(value)[:200]

    def _period(self, row: Row) -> str:
        try:
            return checked_period(self.plan_, row.period)
        except Problem:
            return ""

    def _existing(self, row: Row) -> Record | None:
        """The record that a row means: by number, by unit × period × dimensions, or by a unique field."""
        plan = self.plan_
        if row.number:
            found = self.by_number.get(row.number)
            if found is None and row.unit is not None and self.keep.holds(row.unit):
                return None  # a ledger kept elsewhere moves in with its numbers
            if found is None or not self.see.holds(found.unit):
                raise Problem(
                    "REG-154",
                    f"没有编号为“{row.number}”的记录",
                    where="编号",
                    remedy="新增的行请把编号留空，由系统编号",
                )
            return found
        if plan.is_statistics and row.unit is not None:
            period = checked_period(plan, row.period)
            try:
                values = [plan.fields[name].parse(row.values.get(name)) for name in plan.register.dimensions]
            except Problem:
                return None  # told with the row's other faults
            key = "|".join(str(value or "") for value in values)
            return self.by_key.get((row.unit.pk, period, key))
        for item in self.uniques:
            text = self.texts.get((row.row, item.name))
            owner = self.owners.get((item.name, text)) if text else None
            if owner is not None and self.see.holds(self.holders[owner].unit):
                return self.holders[owner]
        return None

    def _refuse_twice(self, made: Draft, row: Row, seen: dict[Key, int]) -> None:
        """Raise Problem when an earlier row of the table is the same record, or another record holds a unique value."""
        record, plan = made.record, self.plan_
        keys: list[tuple[str, Key]] = []
        if plan.is_statistics:
            keys.append(("单位编码", ("key", record.unit_id, record.period, record.dimension_key)))
        elif record.pk:
            keys.append(("编号", ("record", record.pk)))
        elif record.number:
            keys.append(("编号", ("number", record.number)))
        for item in self.uniques:
            text = self._comparable(item.name, plan.open(item.name, record.data.get(item.name)))
            if text:
                keys.append((item.name, (item.name, text)))
                if self.owners.get((item.name, text), record.pk) != record.pk:
                    raise Problem(
                        "REG-130", f"“{item.name}”与已有记录相同", where=item.name, remedy="在已有的那条记录上修改"
                    )
        for where, key in keys:
            if key in seen:
                raise Problem("REG-155", f"与第 {seen[key]} 行重复", where=where, remedy="只留一行")
        seen.update((key, row.row) for _, key in keys)


def _parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _refusal(row: int, problem: Problem) -> dict[str, Any]:
    remedy = f"。{problem.remedy}" if problem.remedy else ""
    return {"row": row, "field": problem.where, "message": f"{problem.message}{remedy}"}
