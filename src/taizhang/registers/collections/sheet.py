"""A return as a sheet of cells: what is typed, what is known, what is wrong, what must be explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from taizhang.kernel.errors import Problem, Problems
from taizhang.org.models import User
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.collections.held import Known, Old, known_for
from taizhang.registers.collections.models import Return
from taizhang.registers.drafts import Draft, draft, new_record
from taizhang.registers.fields import Field, Lookup, Scalar
from taizhang.registers.models import Record

MOST_ROWS = 60
# A change of fewer than this many (or from nothing to fewer) is no swing: 2 → 3 is 50 % and means nothing.
SWING_LEAST = Decimal(10)
Cells = Mapping[tuple[str, str], Any]


@dataclass(frozen=True, slots=True)
class Question:
    """Something that must be explained before submission; ``topic`` is a field's name or ``check:`` and a check's."""

    key: str
    topic: str
    message: str


@dataclass(slots=True)
class Verdict:
    """What stands in the way of a submission. ``drafts`` are the records that approval will write."""

    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unconfirmed: list[tuple[str, str]] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def unanswered(self, notes: Mapping[str, Mapping[str, str]]) -> list[Question]:
        """The questions without an explanation."""
        return [item for item in self.questions if not notes.get(item.key, {}).get(item.topic)]


class Sheet:
    """One return with its register and what is known of its unit. Changes ``returned`` in memory; saving is the actions'."""

    def __init__(self, plan: Blueprint, returned: Return, known: Known) -> None:
        self.plan, self.returned, self.known = plan, returned, known
        self.by_name = plan.asked
        self.fields = list(plan.asked.values())
        self._old: dict[str, dict[str, Old]] = {}
        self._known_values: dict[str, dict[str, Scalar]] = {}

    @property
    def keys(self) -> list[str]:
        """The rows, in the order in which they came: those filed before, then those that the unit added."""
        known = self.known.keys_of(self.returned.unit_id)
        rows = list(dict.fromkeys([*known, *self.returned.values]))
        return rows if rows or self.plan.register.dimensions else [""]

    def old(self, key: str, name: str) -> Old | None:
        """The known value of a cell."""
        if key not in self._old:
            self._old[key] = self.known.old_row(self.returned.unit_id, key, self.by_name)
        return self._old[key].get(name)

    def known_values(self, key: str) -> dict[str, Scalar]:
        """The known values of a row by field."""
        if key not in self._known_values:
            self._known_values[key] = self.known.values(self.returned.unit_id, key, self.by_name)
        return self._known_values[key]

    def is_touched(self, key: str, name: str) -> bool:
        return name in self.returned.values.get(key, {})

    def stored(self, key: str, name: str) -> Scalar:
        """What the cell holds: typed or confirmed, else the known value."""
        row = self.returned.values.get(key, {})
        if name in row:
            value: Scalar = row[name]
            return value
        return self.known_values(key).get(name)

    def shown(self, key: str, name: str, lookup: Lookup | None = None) -> str:
        """The text of a cell, masked when sensitive."""
        return self.plan.shown(name, {name: self.stored(key, name)}, lookup)

    # -- changing ---------------------------------------------------------------------------------------------------

    def add_row(self, values: Mapping[str, Any], lookup: Lookup | None = None) -> str:
        """A further row for these dimensions. Raises Problem when it is there, or one too many."""
        data = {name: self.plan.fields[name].parse(values.get(name), lookup) for name in self.plan.register.dimensions}
        for name, value in data.items():
            if value is None:
                raise Problem("REG-105", f"“{name}”没有填写", where=name, remedy=f"选择要填的{name}")
        key = self.plan.dimension_key(data)
        if key in self.keys:
            raise Problem("REG-210", f"已有“{key}”一行", where=key, remedy="在那一行里填写")
        if len(self.keys) >= MOST_ROWS:
            raise Problem("REG-211", f"一张报表最多 {MOST_ROWS} 行", remedy="请联系发起科室")
        self.returned.values = {**self.returned.values, key: {}}
        return key

    def remove_row(self, key: str) -> None:
        """Take off a row that the unit added itself. Raises Problem for one that the ledger knows."""
        if key in self.known.keys_of(self.returned.unit_id):
            raise Problem("REG-212", f"“{key}”以前报过，不能删去", where=key, remedy="本期没有的，各数填 0 并说明")
        for part in ("values", "faults", "notes"):
            setattr(
                self.returned, part, {row: kept for row, kept in getattr(self.returned, part).items() if row != key}
            )

    def put(self, cells: Cells, lookup: Lookup | None = None, *, deliberate: bool = False) -> None:
        """Take what was typed, by (row key, field name). A cell left at its known value stays untouched unless
        ``deliberate`` (a sheet that somebody sent); one that cannot be read is kept with its fault.
        """
        values = {key: dict(row) for key, row in self.returned.values.items()}
        faults = {key: dict(row) for key, row in self.returned.faults.items()}
        rows = set(self.keys)
        for (key, name), raw in cells.items():
            item = self.by_name.get(name)
            if item is None or key not in rows:
                continue
            self._put(values.setdefault(key, {}), faults.setdefault(key, {}), key, item, raw, lookup, deliberate)
        self.returned.values = values
        self.returned.faults = {key: row for key, row in faults.items() if row}

    def _put(
        self, row: dict[str, Any], faults: dict[str, Any], key: str, item: Field, raw: Any, lookup: Lookup | None,
        deliberate: bool,
    ) -> None:  # fmt: skip
        name = item.name
        faults.pop(name, None)
        if item.definition.sensitive and self._is_left(key, name, raw):
            return
        try:
            value = item.parse(raw, lookup)
        except Problem as wrong:
            faults[name] = [str(raw)[:200], f"{wrong.message}。{wrong.remedy}"]
            return
        if name not in row:
            known = self.known_values(key).get(name)
            if value == known and (not deliberate or value is None):
                return
        elif self.plan.same(name, row[name], value):
            return
        row[name] = self.plan.seal(name, value)

    def _is_left(self, key: str, name: str, raw: Any) -> bool:
        stored = self.stored(key, name)
        return stored is not None and (raw in (None, "") or str(raw).strip() == self.shown(key, name))

    def confirm(self, names: Iterable[str] | None = None, keys: Iterable[str] | None = None) -> None:
        """Take known values as this period's: of the fields and rows named, or of all."""
        values = {key: dict(row) for key, row in self.returned.values.items()}
        wanted = self.by_name.keys() if names is None else self.by_name.keys() & set(names)
        for key in self.keys if keys is None else [key for key in keys if key in self.keys]:
            known, row = self.known_values(key), values.get(key, {})
            left = {name: value for name, value in known.items() if name in wanted and name not in row}
            if left:
                values[key] = row | left
        self.returned.values = values

    def explain(self, notes: Mapping[tuple[str, str], str]) -> None:
        """Keep explanations by (row key, topic); an empty one takes the old one away."""
        kept = {key: dict(row) for key, row in self.returned.notes.items()}
        for (key, topic), text in notes.items():
            row = kept.setdefault(key, {})
            if text.strip():
                row[topic] = text.strip()[:500]
            else:
                row.pop(topic, None)
        self.returned.notes = {key: row for key, row in kept.items() if row}

    def count(self) -> None:
        """Bring the counters of the return up to date: asked, filled, prefilled cells."""
        keys = self.keys
        self.returned.asked = len(keys) * len(self.fields)
        self.returned.filled = sum(
            value is not None and name in self.by_name
            for row in self.returned.values.values() for name, value in row.items()
        )  # fmt: skip
        self.returned.prefilled = sum(len(self.known_values(key)) for key in keys)

    # -- judging ----------------------------------------------------------------------------------------------------

    def examine(self, today: date) -> Verdict:
        """Everything that stands in the way of a submission, and the records that it would become."""
        verdict = Verdict()
        if not self.plan.is_statistics:
            return verdict
        if not self.keys:
            names = "、".join(self.plan.register.dimensions)
            verdict.problems.append(Problem("REG-213", "报表还没有一行", where=names, remedy=f"先按{names}加一行"))
        for key in self.keys:
            before = len(verdict.problems)
            for name, (_, message) in self.returned.faults.get(key, {}).items():
                verdict.problems.append(Problem("REG-100", message, where=_place(key, name)))
            left = self.known_values(key).keys() - self.returned.values.get(key, {}).keys()
            verdict.unconfirmed += [(key, name) for name in self.by_name if name in left]
            made = self._row(key, today, verdict)
            if made is not None and len(verdict.problems) == before:
                verdict.drafts.append(made)
            verdict.questions += self._swings(key)
        return verdict

    def _row(self, key: str, today: date, verdict: Verdict) -> Draft | None:
        """The record that a row becomes, with its problems and the checks that only ask for a look."""
        plan, returned = self.plan, self.returned
        try:
            made = self.draft_of(key, today)
        except Problems as many:
            for problem in many.problems:
                if problem.code == "REG-105" and (key, problem.where) in verdict.unconfirmed:
                    continue  # said once, as a value to confirm
                where = _place(key, problem.where)
                verdict.problems.append(Problem(problem.code, problem.message, where=where, remedy=problem.remedy))
            return None
        except Problem as one:
            verdict.problems.append(Problem(one.code, one.message, where=_place(key, one.where), remedy=one.remedy))
            return None
        if made.warnings:
            values = plan.values(made.record, made.record.data)
            plan.rules.compute(values, today)
            for check in plan.rules.broken(values, today):
                verdict.questions.append(Question(key, f"check:{check.name}", check.message))
        made.reason = "；".join(f"{topic.removeprefix('check:')}：{text}" for topic, text in
                               returned.notes.get(key, {}).items())[:500]  # fmt: skip
        return made

    def draft_of(self, key: str, today: date) -> Draft:
        """The record of a row as the ledger would save it. Raises Problem(s)."""
        plan, returned = self.plan, self.returned
        record, before = self._start(key, today)
        data = {**record.data, **returned.values.get(key, {})}
        # Canonical already: the draft completes and checks, and parses nothing a second time.
        trial = Record(
            **{name: getattr(record, name) for name in ("register_code", "period", "state", "state_category", "dated_on")},
            pk=record.pk, unit=record.unit, revision=record.revision, number=record.number,
            created_at=record.created_at, created_by_id=record.created_by_id,
            data={name: value for name, value in data.items() if value is not None},
        )  # fmt: skip
        # A new record takes defaults for what is not named.
        named = [item for item in self.fields if item.definition.default is not None and item.name in data]
        values = {item.name: item.edit_text(plan.open(item.name, data[item.name])) for item in named}
        made = draft(plan, trial, values, _NOBODY, today)
        made.before = before
        made.changed = [name for name in plan.fields if trial.data.get(name) != before.get(name)]
        return made

    def _start(self, key: str, today: date) -> tuple[Record, dict[str, Any]]:
        """The record that a row changes, or a new one with its dimensions alone; and its data before."""
        plan, returned = self.plan, self.returned
        record = self.known.current.get((returned.unit_id, key))
        if record is not None:
            return record, dict(record.data)
        record = new_record(plan, returned.unit, returned.round.period, None, today)
        parts = zip(plan.register.dimensions, key.split("|"), strict=False)
        record.data = {name: plan.fields[name].parse(part) for name, part in parts if part}
        return record, {}

    def computed(self, key: str, today: date, lookup: Lookup | None = None) -> dict[str, str]:
        """The texts of a row's computed fields from what its cells show now, whether confirmed or not."""
        shown = {name: value for name in self.by_name if (value := self.stored(key, name)) is not None}
        record, before = self._start(key, today)
        data = {**before, **shown}
        results = self.plan.rules.compute(self.plan.values(record, data, lookup), today)
        return {name: self.plan.fields[name].display(self.plan.fields[name].from_value(value), lookup)
                for name, value in results.items() if name not in self.plan.sensitive}  # fmt: skip

    def _swings(self, key: str) -> Iterator[Question]:
        """The cells that differ from last period by more than the setting of the field, else of the round."""
        record = self.known.last.get((self.returned.unit_id, key))
        if record is None:
            return
        row = self.returned.values.get(key, {})
        default = Decimal(self.returned.round.swing)
        for name, item in self.plan.swinging.items():
            stored, last = row.get(name), record.data.get(name)
            if name not in row or stored == last or last is None:
                continue
            if type(stored) is int and type(last) is int and abs(stored - last) < SWING_LEAST:
                continue
            limit = default if item.definition.swing is None else Decimal(str(item.definition.swing))
            least = Decimal(0) if item.type == "percent" else SWING_LEAST
            told = swing(item.value(last), item.value(stored), limit, least)
            if told:
                yield Question(key, name, f"上期 {item.display(last)}，本期 {item.display(stored)}，{told}")


def swing(was: Decimal | None, now: Decimal | None, limit: Decimal, least: Decimal = SWING_LEAST) -> str:
    """In words, how a value swings against last period beyond ``limit`` (a ratio); '' when it does not."""
    if was is None:
        return ""
    if now is None:
        return "本期没有数" if abs(was) >= least and was else ""
    step = now - was
    if not step or abs(step) < least:
        return ""
    if was == 0:
        return "由 0 变为较大的数"
    ratio = abs(step) / abs(was)
    return f"{'增' if step > 0 else '减'} {ratio * 100:.1f}%" if ratio > limit else ""


class _Nobody:
    """The lookup of a draft that parses nothing."""

    def resolve(self, definition: Any, text: str) -> str:
        raise AssertionError(text)

    def label(self, definition: Any, key: str) -> str:
        return key


_NOBODY = _Nobody()


def _place(key: str, name: str) -> str:
    return f"{key} · {name}" if key and name else key or name


def sheets_for(plan: Blueprint, returns: Sequence[Return], user: User | None) -> list[Sheet]:
    """The sheets of several returns of one round, read in a constant number of queries."""
    if not returns:
        return []
    known = known_for(plan, returns[0].round.period, [item.unit_id for item in returns], user)
    return [Sheet(plan, item, known) for item in returns]
