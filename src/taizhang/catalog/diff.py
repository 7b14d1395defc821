"""What applying a pack would change, said before it is done. Names are for ever: a name may retire, not change its type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from taizhang.catalog.pack import Pack
from taizhang.catalog.schema import RegisterDef

Kind = Literal["add", "change", "retire", "refuse"]
_SIGNS = {"add": "+", "change": "~", "retire": "-", "refuse": "!"}
TABLES = (
    ("registers", "台账"), ("indicators", "指标"), ("options", "选项集"), ("roles", "岗位"),
    ("standards", "标准"), ("reports", "稿件模板"), ("ladders", "督办阶梯"), ("letters", "文书"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``refuse`` must be mended before the pack can be applied."""

    kind: Kind
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{_SIGNS[self.kind]} {self.what}" + (f" 处理办法：{self.remedy}" if self.remedy else "")


def compare(old: Pack | None, new: Pack) -> list[Change]:
    """Every difference between the released pack (None: never released) and the new one."""
    changes: list[Change] = []
    for table, word in TABLES:
        before = getattr(old, table) if old else {}
        after = getattr(new, table)
        for key, thing in after.items():
            if key not in before:
                changes.append(Change("add", f"{word} {getattr(thing, 'name', key)}"))
            elif before[key] != thing:
                changes.append(Change("change", f"{word} {getattr(thing, 'name', key)}"))
        changes += [
            Change("retire", f"{word} {getattr(before[key], 'name', key)}") for key in before if key not in after
        ]
    if old:
        for code, register in new.registers.items():
            if code in old.registers:
                changes += _compare_registers(old.registers[code], register)
    return changes


def _compare_registers(old: RegisterDef, new: RegisterDef) -> Iterator[Change]:
    name = new.name
    if old.kind != new.kind:
        yield Change("refuse", f"{name}：台账类型由 {old.kind} 改为 {new.kind}", "另立一个台账")
    tombs = {item.name for item in new.removed}
    before = {item.name: item for item in old.fields}
    after = {item.name: item for item in new.fields}
    buried = {item.name for item in old.removed}
    for key, field in after.items():
        if key in buried:
            yield Change("refuse", f"{name}：“{key}”曾用过并已停用", "换一个新名字")
        elif key not in before:
            yield Change("add", f"{name}：字段“{key}”（{field.type}）")
        elif before[key].type != field.type and field.type != "long_text":
            yield Change(
                "refuse", f"{name}：字段“{key}”的类型由 {before[key].type} 改为 {field.type}",
                "字段类型不能改；请用新名字，并写 migrates_from",
            )  # fmt: skip
        elif before[key] != field:
            yield Change("change", f"{name}：字段“{key}”")
    for key, field in before.items():
        if key not in after and key in tombs:
            yield Change("retire", f"{name}：字段“{key}”（已有记录中的值保留）")
        elif key not in after:
            yield Change(
                "refuse",
                f"{name}：字段“{key}”不见了",
                f"在 removed: 中登记 {{name: {key}, type: {field.type}, since: …}}",
            )
    for state in old.lifecycle.states:
        if state not in new.lifecycle.states:
            yield Change(
                "refuse", f"{name}：状态“{state}”不见了", "状态名永久有效；不再使用的状态请保留，只删去通向它的流转"
            )
