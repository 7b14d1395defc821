"""The names a formula may use: a register's fields and the columns that every register has."""

from __future__ import annotations

from taizhang.catalog.current import Catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.formula import FIELD_TYPES, MappingSchema
from taizhang.kernel.formula.functions import Type

# Columns that the engine keeps for every record, under the names that xlsx headers, lists and formulas use.
SHARED_COLUMNS: dict[str, Type] = {"编号": "text", "单位": "text", "期间": "text", "状态": "text", "到期": "date"}


def own_names(register: RegisterDef) -> dict[str, Type]:
    """Type by name for one register."""
    return {**SHARED_COLUMNS, **{field.name: FIELD_TYPES[field.type] for field in register.fields}}


def formula_schema(whole: Catalog, register: RegisterDef | None) -> MappingSchema:
    """What a formula of ``register`` may name; None for an indicator that names its registers itself."""
    others = {key: own_names(item) for item in whole.registers.values() for key in (item.name, item.code)}
    return MappingSchema(own=own_names(register) if register else {}, others=others)
