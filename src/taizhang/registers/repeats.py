"""Records that say the same thing twice: one award filed by two hands, one person in two places at a time.

A register's ``no_repeat:`` names the fields that no two records may agree in. Each rule keeps one facet per record, a
keyed digest of those fields, so that a duplicate is found by an index and, without dates, refused by the database too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from taizhang.catalog.schema import RepeatDef
from taizhang.kernel.errors import Problem
from taizhang.registers import secrecy
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.drafts import Draft
from taizhang.registers.models import Facet, Record

UNIT = "单位"
Key = tuple[str, str]  # the rule's name and the digest


@dataclass(frozen=True, slots=True)
class Holder:
    """A record, saved or about to be, that holds a key from ``start`` to ``end`` (an end left out is open)."""

    said: str
    record: Record
    start: date | None
    end: date | None

    def meets(self, other: Holder) -> bool:
        """Whether both would hold the key at one time; a record without a start holds none of it."""
        mine, yours = self.record, other.record
        if mine is yours or (mine.pk is not None and mine.pk == yours.pk):
            return False
        if self.start is None or other.start is None:
            return False
        return self.start <= (other.end or date.max) and other.start <= (self.end or date.max)


@dataclass(slots=True)
class Repeats:
    """What a run of drafts has met so far: rows of one table may repeat each other before any of them is saved."""

    plan: Blueprint
    met: dict[Key, list[Holder]] = field(default_factory=lambda: defaultdict(list))

    def clashing(self, drafts: Sequence[Draft]) -> dict[int, Problem]:
        """Problem by ``id(draft)`` for each draft that repeats a saved record or an earlier draft."""
        if not self.plan.register.no_repeat:
            return {}
        held = self._held(drafts)
        found: dict[int, Problem] = {}
        for made in drafts:
            if made.is_idle:
                continue
            for rule, key in keys_of(self.plan, made.record):
                own = _holder(self.plan, made.record, rule, made.row)
                other = next((one for one in (*held[key], *self.met[key]) if one.meets(own)), None)
                if other is not None:
                    found[id(made)] = _refusal(rule, other)
                    break
                self.met[key].append(own)
        return found

    def _held(self, drafts: Sequence[Draft]) -> dict[Key, list[Holder]]:
        """The saved records with one of the drafts' keys; those that are drafts themselves are about to change."""
        rules = {rule.name: rule for rule in self.plan.register.no_repeat}
        wanted = {key for made in drafts if not made.is_idle for _, key in keys_of(self.plan, made.record)}
        own = {made.record.pk for made in drafts if made.record.pk is not None}
        found: dict[Key, list[Holder]] = defaultdict(list)
        texts = sorted({text for _, text in wanted})
        for start in range(0, len(texts), BATCH):
            facets = Facet.objects.filter(
                register_code=self.plan.code, field__in=list(rules), text__in=texts[start : start + BATCH]
            ).select_related("record")
            for facet in facets:
                if facet.record_id not in own and facet.record.state_category != "void":
                    holder = _holder(self.plan, facet.record, rules[facet.field], 0)
                    found[facet.field, str(facet.text)].append(holder)
        return found


BATCH = 500


def keys_of(plan: Blueprint, record: Record) -> Iterable[tuple[RepeatDef, Key]]:
    """The keys that a record holds: none when it is struck out, none of a rule whose fields are all empty."""
    if record.state_category == "void":
        return
    for rule in plan.register.no_repeat:
        if (text := key_text(plan, record, rule)) is not None:
            yield rule, (rule.name, text)


def key_text(plan: Blueprint, record: Record, rule: RepeatDef) -> str | None:
    """The digest of the fields that a rule compares; an empty field agrees with an empty field."""
    values = [plan.open(name, record.data.get(name)) for name in rule.fields if name != UNIT]
    if values and all(value is None for value in values):
        return None
    parts = [record.unit.code] if UNIT in rule.fields else []
    folded = ["" if value is None else "".join(str(value).split()) for value in values]
    return secrecy.digest("\x1f".join([*parts, *folded]))


def facet_rows(plan: Blueprint, record: Record) -> list[tuple[str, str, bool]]:
    """(rule, digest, whether the database keeps it unique) of a record, for its facets."""
    return [(rule.name, text, rule.between is None) for rule, (_, text) in keys_of(plan, record)]


def refuse_repeats(drafts: Sequence[Draft]) -> None:
    """Raise the first Problem when drafts about to be saved repeat each other or what is there."""
    for plan in {id(made.plan): made.plan for made in drafts}.values():
        for problem in Repeats(plan).clashing([made for made in drafts if made.plan is plan]).values():
            raise problem


def _holder(plan: Blueprint, record: Record, rule: RepeatDef, row: int) -> Holder:
    said = f"第 {row} 行" if row else record.number or "已有的一条"
    if rule.between is None:
        return Holder(said, record, date.min, None)
    start, end = (_day(record.data.get(name)) for name in rule.between)
    return Holder(said, record, start, end)


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(str(value)[:10])


def _refusal(rule: RepeatDef, other: Holder) -> Problem:
    message = rule.message or f"{rule.name}：与已有记录重复"
    where = next((name for name in rule.fields if name != UNIT), UNIT)
    remedy = (
        "在已有的那一条上修改；确属两件事的，写明不同之处" if rule.between is None else "核对起止日期，先结束前一条"
    )
    return Problem("REG-158", f"{message}（{other.said}）", where=where, remedy=remedy)
