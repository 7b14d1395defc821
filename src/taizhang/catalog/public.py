"""Lint of a register's public door: a stranger can file with what it asks, and is never shown what it must not."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.catalog.current import Catalog
from taizhang.catalog.faults import check_formula, near
from taizhang.catalog.names import formula_schema
from taizhang.catalog.pack import Place
from taizhang.catalog.schema import PublicDef, RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import FIELD_TYPES

# What may be asked of a stranger: nothing that would let them look up units, people or records.
ASKABLE = ("text", "long_text", "integer", "date", "month", "choice", "choices", "yes_no", "phone", "file", "place")


def public_door_is_sound(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    """Every fault of a register's public door."""
    door = register.public
    if door is None:
        return
    names = {field.name for field in register.fields}
    used = (*door.fields, *door.required, *door.sets, *door.shows, *door.replies, *([door.rates] if door.rates else []))
    for name in used:
        if name not in names:
            yield Problem("CAT-047", f"没有字段“{name}”", where=place.at("public"), remedy=near(name, names))
    for state in door.states:
        if state not in register.lifecycle.states:
            remedy = near(state, register.lifecycle.states)
            yield Problem("CAT-048", f"没有状态“{state}”", where=place.at("public", "states"), remedy=remedy)
    yield from _asks_well(register, door, place)
    yield from _shows_well(register, door, place)
    schema = formula_schema(whole, register)
    for name, formula in door.sets.items():
        if field := register.field(name):
            where = place.at("public", "sets", name)
            yield from check_formula(formula, schema, "row", FIELD_TYPES[field.type], where)


def _asks_well(register: RegisterDef, door: PublicDef, place: Place) -> Iterator[Problem]:
    where = place.at("public", "fields")
    if register.kind != "case":
        yield Problem(
            "CAT-080", "只有案件型台账能开公众入口", where=place.at("public"), remedy="改 kind: case，或删去 public"
        )
    for name in door.fields:
        field = register.field(name)
        if field is not None and (field.type not in ASKABLE or field.formula):
            remedy = f"公众能填的类型：{'、'.join(ASKABLE)}"
            yield Problem("CAT-081", f"“{name}”不能让公众填写", where=where, remedy=remedy)
    for name in set(door.required) - set(door.fields):
        yield Problem("CAT-082", f"“{name}”要求必填，却不在 public.fields 里", where=where, remedy="加进 fields")
    filled = {*door.fields, *door.sets}
    for field in register.fields:
        if field.required and field.formula is None and field.default is None and field.name not in filled:
            remedy = "加进 public.fields，或在 public.sets 里写它的值"
            yield Problem("CAT-083", f"必填的“{field.name}”公众没法填", where=where, remedy=remedy)


def _shows_well(register: RegisterDef, door: PublicDef, place: Place) -> Iterator[Problem]:
    for name in (*door.shows, *door.replies):
        field = register.field(name)
        if field is not None and (field.sensitive or field.formula or field.type in ("file", "unit", "person", "link")):
            remedy = "敏感、附件、计算、单位、人员和关联字段不能给公众看"
            yield Problem("CAT-084", f"“{name}”不能显示给公众", where=place.at("public"), remedy=remedy)
    rated = register.field(door.rates or "")
    if rated is not None and rated.type != "choice":
        yield Problem("CAT-085", f"评价字段“{rated.name}”须是单选", where=place.at("public"), remedy="改 type: choice")
