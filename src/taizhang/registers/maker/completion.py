"""What the desk offers while a formula is typed: fields, functions, other registers' fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from taizhang.catalog.names import SHARED_COLUMNS, linked_names
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.formula.functions import FUNCTIONS, TYPE_NAMES
from taizhang.registers.maker.queries import Desk
from taizhang.registers.maker.words import TYPES

_BARE = re.compile(r"[^\W\d]\w*")


def words_of(desk: Desk) -> list[dict[str, Any]]:
    """Each word with what is put into the formula, a hint, and whether only an aggregate formula may use it."""
    register = desk.register or desk.released
    own = list(_own(register, desk)) if register else []
    return [*own, *_functions(), *_elsewhere(desk, register)]


def _own(register: RegisterDef, desk: Desk) -> Iterator[dict[str, Any]]:
    for field in register.fields:
        if not field.sensitive and field.type != "file":
            unit = f"，{field.unit}" if field.unit else ""
            yield _word(field.name, f"字段 · {TYPES[field.type][0]}{unit}")
    for name, type_ in SHARED_COLUMNS.items():
        yield _word(name, f"自带 · {TYPE_NAMES[type_]}")
    for link, fields in linked_names(desk.whole, register).items():
        for name in fields:
            yield _word(name, f"关联记录 · {link}", owner=link, row_only=True)


def _functions() -> Iterator[dict[str, Any]]:
    for function in FUNCTIONS:
        aggregate = function.group != "row"
        for name in (function.name, *function.aliases):
            yield {
                "text": f"{name}(",
                "shown": name,
                "hint": f"{function.signature} · {function.meaning}",
                "aggregate": aggregate,
            }


def _elsewhere(desk: Desk, register: RegisterDef | None) -> Iterator[dict[str, Any]]:
    for other in desk.whole.registers.values():
        if register is not None and other.code == register.code:
            continue
        for field in other.fields:
            if not (field.sensitive or field.formula or field.type == "file"):
                yield _word(field.name, f"{other.name} · {TYPES[field.type][0]}", owner=other.name, aggregate=True)


def _word(name: str, hint: str, *, owner: str = "", aggregate: bool = False, row_only: bool = False) -> dict[str, Any]:
    shown = f"{owner}.{name}" if owner else name
    text = f"{_quoted(owner)}.{_quoted(name)}" if owner else _quoted(name)
    made: dict[str, Any] = {"text": text, "shown": shown, "hint": hint}
    if aggregate:
        made["aggregate"] = True
    if row_only:
        made["row"] = True
    return made


def _quoted(name: str) -> str:
    """A name that a formula cannot take bare stands in quotes."""
    return name if _BARE.fullmatch(name) else f'"{name}"'
