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
    facts = {(key, name): fact for item in whole.registers.values() for key in (item.name, item.code)
             for name, fact in _facts(item).items()}  # fmt: skip
    own = {(None, name): fact for name, fact in _facts(register).items()} if register else {}
    return MappingSchema(own=own_names(register) if register else {}, others=others, facts={**facts, **own})


def _facts(register: RegisterDef) -> dict[str, Fact]:
    return {field.name: fact_of(field) for field in register.fields if field.is_numeric}
