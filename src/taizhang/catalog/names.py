"""The names a formula may use: a register's fields and the columns that every register has."""

from __future__ import annotations

from taizhang.catalog.current import Catalog
from taizhang.catalog.schema import FieldDef, RegisterDef
from taizhang.kernel.formula import FIELD_TYPES, Fact, MappingSchema
from taizhang.kernel.formula.functions import Type

# Columns that the engine keeps for every record, under the names that xlsx headers, lists and formulas use.
SHARED_COLUMNS: dict[str, Type] = {"编号": "text", "单位": "text", "期间": "text", "状态": "text", "到期": "date"}


def own_names(register: RegisterDef) -> dict[str, Type]:
    """Type by name for one register."""
    return {**SHARED_COLUMNS, **{field.name: FIELD_TYPES[field.type] for field in register.fields}}


def fact_of(field: FieldDef) -> Fact:
    """What a field says of its number. Money is in 元 and a percent a plain ratio, whatever else is written."""
    unit = {"money": "元", "percent": "%"}.get(field.type, field.unit)
    return Fact(unit if field.is_numeric else "", field.measure, field.additive, field.part_of)


def formula_schema(whole: Catalog, register: RegisterDef | None) -> MappingSchema:
    """What a formula of ``register`` may name; None for an indicator that names its registers itself."""
    others = {key: own_names(item) for item in whole.registers.values() for key in (item.name, item.code)}
    facts: dict[tuple[str | None, str], Fact] = {}
    for item in whole.registers.values():
        for key in (item.name, item.code):
            facts.update({(key, name): fact for name, fact in _facts(item).items()})
    if register is None:
        return MappingSchema(others=others, facts=facts)
    facts.update({(None, name): fact for name, fact in _facts(register).items()})
    return MappingSchema(own_names(register), others, facts, linked_names(whole, register))


def _facts(register: RegisterDef) -> dict[str, Fact]:
    return {field.name: fact_of(field) for field in register.fields if field.is_numeric}


def linked_names(whole: Catalog, register: RegisterDef) -> dict[str, dict[str, Type]]:
    """Link field → the stored, plain fields of the record it names: what a row formula may read there."""
    found = {}
    for link in register.fields:
        target = whole.registers.get(link.register_code or "") if link.type == "link" and not link.many else None
        if target is not None and not link.sensitive:
            plain = (item for item in target.fields if not (item.formula or item.sensitive or item.type == "file"))
            found[link.name] = {**SHARED_COLUMNS, **{item.name: FIELD_TYPES[item.type] for item in plain}}
    return found
