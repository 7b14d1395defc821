"""A register's definition with its field objects and compiled rules: what every path (form, sheet, API) works with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from typing import Any

from django.utils import timezone

from taizhang.catalog.current import Catalog, catalog
from taizhang.catalog.limits import bound, limit_for
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula.rows import LIMIT
from taizhang.kernel.periods import Period
from taizhang.registers import secrecy
from taizhang.registers.fields import FIELDS, Field, Lookup, Reference, Scalar, make_field
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record
from taizhang.registers.rules import Rules

Data = dict[str, Scalar]
TITLE_TYPES = ("text", "long_text", "place")


class Blueprint:
    """Everything about a register that does not depend on a record or a person. Immutable and shared."""

    def __init__(self, register: RegisterDef, whole: Catalog) -> None:
        self.register, self.release = register, whole.release
        self.fields: dict[str, Field] = {
            definition.name: make_field(definition, *_choices(definition.options, whole))
            for definition in register.fields
        }
        self._writable = [field for field in self.fields.values() if not field.is_computed]
        # What a return asks for: dimensions name its row, files are no cells, and what the first state keeps shut is filled
        # in later, by whoever takes the next step.
        first = register.lifecycle.rules_in(register.lifecycle.initial)
        elsewhere = {*register.dimensions, *first.hidden, *first.readonly}
        self.asked = {
            field.name: field for field in self._writable if field.type != "file" and field.name not in elsewhere
        }
        # … and which of these are held against last period's.
        self.swinging = {
            field.name: field
            for field in self.asked.values()
            if field.definition.is_numeric and not field.definition.sensitive
        }
        self.rules = Rules(register)
        self.title_field = _title_field(register)
        self._indexed = [
            field
            for field in self.fields.values()
            if (field.definition.query or field.definition.unique or field.name == register.parent)
            and field.name not in self.rules.moving
        ]
        self.computed = frozenset(item.name for item in register.fields if item.formula is not None)
        self.sensitive = frozenset(item.name for item in register.fields if item.sensitive)
        # What reads a value that may stand as it was given: no formula's, no cipher.
        self.readers = {field.name: field.parse for field in self._writable if field.name not in self.sensitive}
        self.required = [item for item in register.fields if item.required and item.formula is None]
        self.with_default = [field for field in self.writable() if field.definition.default is not None]
        self.references = [field for field in self.fields.values() if isinstance(field, Reference)]
        # Facets of stored fields are read from the data alone; only these make the formulas run.
        self.has_computed_facets = any(field.is_computed for field in self._indexed)

    @property
    def code(self) -> str:
        return self.register.code

    @property
    def is_statistics(self) -> bool:
        return self.register.kind == "statistics"

    def writable(self) -> list[Field]:
        """The fields that people fill in."""
        return self._writable

    def indexed(self) -> list[Field]:
        """The fields that lists filter and sort on."""
        return self._indexed

    # -- sensitive values -------------------------------------------------------------------------------------------

    def seal(self, name: str, value: Scalar) -> Scalar:
        """The stored form of a canonical value: encrypted when the field is sensitive."""
        if value is None or name not in self.sensitive:
            return value
        return secrecy.encrypt(json.dumps(value, ensure_ascii=False))

    def open(self, name: str, stored: Scalar) -> Scalar:
        """The canonical value of a stored form."""
        if name not in self.sensitive or not secrecy.is_encrypted(stored):
            return stored
        opened: Scalar = json.loads(secrecy.decrypt(str(stored)))
        return opened

    def same(self, name: str, stored: Scalar, value: Scalar) -> bool:
        """Whether a canonical value is what is stored already."""
        return self.open(name, stored) == value

    # -- reading and showing ----------------------------------------------------------------------------------------

    def shown(self, name: str, data: Mapping[str, Scalar], lookup: Lookup | None = None) -> str:
        """The text of a field for a page or a sheet; a sensitive value is masked."""
        stored = data.get(name)
        if stored is not None and self.fields[name].definition.sensitive:
            return secrecy.mask(self.fields[name].display(self.open(name, stored), lookup))
        return self.fields[name].display(stored, lookup)

    def values(self, record: Record, data: Mapping[str, Scalar], lookup: Lookup | None = None) -> dict[str, Any]:
        """Python values of the names that the formulas speak of, with the shared columns and, as 关联字段.字段, those of
        linked records. ``lookup`` is that of the page or the import: what it has read is not asked for again."""
        found = _shared_values(record)
        for name in self.rules.names:
            stored, field = data.get(name), self.fields.get(name)
            if stored is not None and field is not None:
                found[name] = field.value(self.open(name, stored))
        if self.rules.linked:
            self._add_linked(found, data, lookup if isinstance(lookup, DbLookup) else DbLookup(None))
        if self.rules.asks_limits:
            found[LIMIT] = partial(_limit, self.dated_on(data, record.period, timezone.localdate()), record)
        return found

    def _add_linked(self, found: dict[str, Any], data: Mapping[str, Scalar], lookup: DbLookup) -> None:
        for link, names in self.rules.linked.items():
            stored = data.get(link)
            target = None if stored is None else lookup.linked(self.fields[link].definition, str(stored))
            if target is None:
                continue
            theirs, shared = blueprint(target.register_code), _shared_values(target)
            for name in names:
                if name in theirs.fields:
                    value = target.data.get(name)
                    found[f"{link}.{name}"] = None if value is None else theirs.fields[name].value(value)
                else:
                    found[f"{link}.{name}"] = shared.get(name)

    def with_computed(self, record: Record, today: date, lookup: Lookup | None = None) -> Data:
        """The record's data with its computed fields as of ``today``."""
        if not self.rules.computed:
            return dict(record.data)
        results = self.rules.compute(self.values(record, record.data, lookup), today)
        found = {name: self.fields[name].from_value(value) for name, value in results.items()}
        return {**record.data, **{name: value for name, value in found.items() if value is not None}}

    # -- what follows from the data ---------------------------------------------------------------------------------

    def dimension_key(self, data: Mapping[str, Scalar]) -> str:
        return "|".join(str(data.get(name) or "") for name in self.register.dimensions)

    def dated_on(self, data: Mapping[str, Scalar], period: str, today: date) -> date:
        """The day that puts a record into a period; a statistics record has its period's first day."""
        if period:
            return Period.parse(period).start
        name = self.register.date_field
        stored = data.get(name) if name else None
        return today if stored is None else date.fromisoformat(str(stored)[:10])

    def title(self, record: Record, data: Mapping[str, Scalar]) -> str:
        """What the record is called in lists and messages."""
        if self.is_statistics:
            parts = [record.unit.name, Period.parse(record.period).label, *record.dimension_key.split("|")]
            return " ".join(part for part in parts if part)[:200]
        stored = data.get(self.title_field)
        return "" if stored is None else str(stored).replace("\n", " ")[:200]

    def facet_rows(self, data: Mapping[str, Scalar]) -> dict[str, tuple[str | None, Any]]:
        """(text, typed value) of each indexed field that has a value."""
        rows: dict[str, tuple[str | None, Any]] = {}
        for field in self.indexed():
            value = data.get(field.name)
            if value is None:
                continue
            if field.definition.sensitive:
                value = self.open(field.name, value)
                rows[field.name] = secrecy.digest(str(value)), None
            else:
                typed = field.facet(value)
                rows[field.name] = str(value)[:200], typed if field.facet_slot != "text" else None
        return rows


def _title_field(register: RegisterDef) -> str:
    if register.title:
        return register.title
    texts = [item for item in register.fields if item.type in TITLE_TYPES and not item.sensitive]
    wanted = [item for item in texts if item.required] or texts
    return wanted[0].name if wanted else ""


def _shared_values(record: Record) -> dict[str, Any]:
    return {"状态": record.state, "期间": record.period or None, "编号": record.number or None, "到期": record.due_on}


def _limit(day: date, record: Record, standard: str, indicator: str, stage: str | None = None) -> Decimal | None:
    """What a standard asks on a day of the record's unit: its lower limit, else its upper one."""
    standards = catalog().standards
    known = standards.get(standard) or next((item for item in standards.values() if item.name == standard), None)
    found = limit_for(known, indicator, stage or "", day, record.unit.code) if known else None
    return None if found is None else bound(found.at_least if found.at_least is not None else found.at_most)


def _choices(
    options: str | tuple[str, ...] | None, whole: Catalog
) -> tuple[dict[str, str], dict[str, tuple[date | None, date | None]]]:
    """Each option's code, and the first and last day of those that have one."""
    if not isinstance(options, str):
        return dict.fromkeys(options or (), ""), {}
    known = whole.options.get(options, ())
    terms = {item.name: (item.valid_from, item.valid_to) for item in known if item.valid_from or item.valid_to}
    return {item.name: item.code for item in known}, terms


_kept: tuple[Catalog | None, dict[str, Blueprint]] = (None, {})


def blueprint(key: str) -> Blueprint:
    """The blueprint of a register by code or Chinese name, for the catalogue in force. Raises NotFound."""
    global _kept
    whole = catalog()
    if _kept[0] is not whole:
        _kept = (whole, {})
    register = whole.register(key)
    made = _kept[1].get(register.code)
    if made is None:
        made = _kept[1][register.code] = Blueprint(register, whole)
    return made


def projection_columns(key: str) -> dict[str, str]:
    """Field name → warehouse type of a register's columns, without sensitive fields, in the pack's order."""
    fields = blueprint(key).fields.values()
    return {field.name: FIELDS[field.type].warehouse_type for field in fields if not field.definition.sensitive}


def unknown_field(plan: Blueprint, name: str) -> Problem:
    """The error for a name that is no field, with the nearest one."""
    near = get_close_matches(name, list(plan.fields), n=2, cutoff=0.5)
    return Problem(
        "REG-101",
        f"“{plan.register.name}”没有字段“{name}”",
        where=name,
        remedy=f"是否指：{'、'.join(near)}" if near else "对照模板的表头修改",
    )
