"""What a column's header means: which field, in which unit of measure, and how sure that is."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from taizhang.registers.blueprint import Blueprint
from taizhang.registers.columns import BRACKETED, IGNORED, SHARED, known_name
from taizhang.registers.fields import Field

CERTAIN, GUESSED, UNKNOWN, IGNORE = "certain", "guessed", "unknown", "ignored"
NEAR = 0.5
# What people head the day with by which something must be done: 要求完成日期, 完成时限, 截止时间.
TERM = re.compile(r"(要求|限期|截止|最迟|应).*(日期|时间|期限|日)$|(时限|限期|截止日)$")
PREFIXES = {"百": 100, "千": 1000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}
YUAN = {"元": 1, **{f"{prefix}元": factor for prefix, factor in PREFIXES.items()}}
SAME_UNITS = {
    "㎡": "平方米",
    "m²": "平方米",
    "m2": "平方米",
    "平米": "平方米",
    "公斤": "千克",
    "kg": "千克",
    "m": "米",
    "名": "人",
}
LARGER_UNITS = {("公顷", "平方米"): 10_000, ("吨", "千克"): 1000, ("公里", "米"): 1000}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its place and its label (the parts of a header of two lines joined by ·)."""

    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a column is taken for. ``target`` is a field or a shared column, empty when the column is left out;
    ``factor`` is what its numbers are multiplied with; ``note`` tells a person what to look at."""

    column: Column
    target: str
    how: str
    factor: Decimal = Decimal(1)
    note: str = ""

    @property
    def is_sure(self) -> bool:
        return self.how in (CERTAIN, IGNORE)


def match_all(plan: Blueprint, columns: Sequence[Column], money_unit: str = "") -> list[Match]:
    """Every column's match; of two that mean the same field the second is left to a person."""
    found, taken = list[Match](), dict[str, Column]()
    for column in columns:
        made = match(plan, column, money_unit)
        if made.target and made.target in taken:
            made = Match(column, "", UNKNOWN, note=f"与“{taken[made.target].label}”一列重复")
        elif made.target and made.how == CERTAIN:
            taken[made.target] = column
        found.append(made)
    return [_without_double_guess(item, taken) for item in found]


def _without_double_guess(item: Match, taken: dict[str, Column]) -> Match:
    if item.how == GUESSED and item.target in taken and taken[item.target] is not item.column:
        return Match(item.column, "", UNKNOWN, note=f"“{item.target}”已有一列")
    return item


def match(plan: Blueprint, column: Column, money_unit: str = "") -> Match:
    """What one column means."""
    parts = column.label.split("·")
    names, group = dict.fromkeys(["".join(parts), parts[-1]]), "".join(parts[:-1])
    for name in names:
        known = known_name(plan, name)
        if known in plan.fields:
            return _measured(plan, Match(column, known, CERTAIN), name, money_unit, group)
        if known in SHARED:
            return Match(column, SHARED[known], CERTAIN)
        if known in IGNORED:
            return Match(column, "", IGNORE)
    # A guess starts from the column's own word: 类别 under the group 项目 is nearer to 工程类别 than to 项目名称.
    for name in reversed(names):
        if near := _near(plan, name):
            made = Match(column, near, GUESSED, note=f"看作“{near}”")
            return (
                _measured(plan, made, name, money_unit, group)
                if near in plan.fields
                else replace(made, target=SHARED[near])
            )
    return Match(column, "", UNKNOWN, note="不是本台账的列")


def _near(plan: Blueprint, name: str) -> str:
    bare = BRACKETED.sub("", re.sub(r"\s+", "", name)).strip("*＊:：")
    if len(bare) < 2:
        return ""
    if TERM.search(bare) and (due := next((item.due for item in plan.register.lifecycle.deadlines if item.due), "")):
        return due
    known = [field.name for field in plan.writable() if field.type != "file"]
    inside = [item for item in known if bare in item or item in bare]
    if len(inside) == 1:
        return inside[0]
    return next(iter(difflib.get_close_matches(bare, [*known, *SHARED], n=1, cutoff=NEAR)), "")


def _measured(plan: Blueprint, made: Match, label: str, money_unit: str, group: str = "") -> Match:
    """With the factor of the unit of measure that the label names, else the group's label above it, else the sheet."""
    field = plan.fields[made.target]
    if field.is_computed or field.type == "file":
        return replace(
            made, target="", how=IGNORE, note="由系统计算，不导入" if field.is_computed else "附件不从表格导入"
        )
    if not field.definition.is_numeric:
        return made
    text = re.sub(r"\s+", "", label).strip("*＊:：")
    bracketed = None if text in plan.fields else BRACKETED.search(text)
    unit = _said_unit(bracketed)
    if not unit and factor_of(field, above := _said_unit(BRACKETED.search(group))) is not None:
        unit = above
    if not unit:
        if field.type == "money" and money_unit and YUAN[money_unit] != 1:
            return replace(
                made, how=GUESSED, factor=Decimal(YUAN[money_unit]), note=f"按表头上方写的“{money_unit}”换算成元"
            )
        return made
    factor = factor_of(field, unit)
    if factor is None:
        own = own_unit(field)
        return replace(made, how=GUESSED, note=f"表头写“{unit}”，本台账用“{own}”，请核对") if own else made
    if factor == 1:
        return made
    return replace(made, factor=factor, note=f"“{unit}”换算成“{own_unit(field)}”，乘以 {factor:,}")


def _said_unit(bracketed: re.Match[str] | None) -> str:
    """What stands in the brackets of a label: 万元 of （单位：万元）."""
    return bracketed[0][1:-1].removeprefix("单位").strip(":：") if bracketed else ""


def own_unit(field: Field) -> str:
    """The unit of measure of a field's own numbers."""
    return field.unit


def factor_of(field: Field, unit: str) -> Decimal | None:
    """What a number in ``unit`` is multiplied with to be in the field's own unit; None when that is not known."""
    own, said = _plain_unit(own_unit(field)), _plain_unit(unit)
    if said == own:
        return Decimal(1)
    if (said, own) in LARGER_UNITS:
        return Decimal(LARGER_UNITS[said, own])
    for prefix, factor in PREFIXES.items():
        if said == prefix + own or (own and said == prefix):
            return Decimal(factor)
    return None


def _plain_unit(unit: str) -> str:
    text = unit.replace("\uff05", "%")
    for prefix in ("", *PREFIXES):
        if text.startswith(prefix) and text.removeprefix(prefix) in SAME_UNITS:
            return prefix + SAME_UNITS[text.removeprefix(prefix)]
    return text


def signature(columns: Sequence[Column]) -> str:
    """What a header is recognised by: its labels, without our own column of reasons."""
    labels = [re.sub(r"\s+", "", column.label) for column in columns]
    return hashlib.sha256("\n".join(label for label in labels if label != "拒收原因").encode()).hexdigest()[:32]
