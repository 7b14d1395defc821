"""What applying a pack would change, said before it is done. Names are for ever: a name may retire, not change its type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from taizhang.catalog.lifecycle_schema import LifecycleDef
from taizhang.catalog.pack import Pack
from taizhang.catalog.schema import FieldDef, IndicatorDef, OptionDef, RegisterDef

Kind = Literal["add", "change", "retire", "refuse"]
_SIGNS = {"add": "+", "change": "~", "retire": "-", "refuse": "!"}
TABLES = (
    ("registers", "台账"), ("indicators", "指标"), ("options", "选项集"), ("roles", "岗位"),
    ("standards", "标准"), ("quality", "数据质量规则"), ("reports", "稿件模板"), ("ladders", "督办阶梯"), ("letters", "文书"),
    ("schemes", "考核方案"), ("dashboards", "看板"),
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
                changes.append(
                    _meaning_changed(before[key], thing) or Change("change", f"{word} {getattr(thing, 'name', key)}")
                )
        changes += [_gone(table, word, before[key], key) for key in before if key not in after]
    changes += _compare_days(old.days if old else {}, new.days)
    if old:
        for name, values in new.options.items():
            changes += lost_options(name, old.options.get(name, ()), values)
        for code, register in new.registers.items():
            if code in old.registers:
                changes += _compare_registers(old.registers[code], register)
    return changes


def _meaning_changed(old: object, new: object) -> Change | None:
    """An indicator whose formula is another one under the same version: what was published can no longer be told apart."""
    if not isinstance(old, IndicatorDef) or not isinstance(new, IndicatorDef):
        return None
    if old.formula == new.formula or old.version != new.version:
        return None
    remedy = "写新的 version 和 valid_from，把原公式写进 earlier；只是改正笔误的可以不写"
    return Change("change", f"指标 {new.name}：公式变了，口径版本没有变", remedy)


def _compare_days(old: Mapping[date, bool], new: Mapping[date, bool]) -> Iterator[Change]:
    """The installation's own working days and days off."""
    for day in sorted(old.keys() | new.keys()):
        if day not in new:
            yield Change("retire", f"日历 {day}：按国家安排")
        elif old.get(day) != new[day]:
            yield Change("change" if day in old else "add", f"日历 {day}：{'上班' if new[day] else '休息'}")


def lost_options(name: str, old: Iterable[OptionDef], new: Iterable[OptionDef]) -> Iterator[Change]:
    """Options that a set no longer names: records hold them, so that they are retired and not left out."""
    kept = {item.name for item in new}
    for item in old:
        if item.name not in kept:
            remedy = f"保留它，写上停用日期：{{name: {item.name}, valid_to: …}}"
            yield Change("refuse", f"选项集“{name}”里“{item.name}”不见了", remedy)


def _gone(table: str, word: str, thing: object, key: str) -> Change:
    name = getattr(thing, "name", key)
    if table != "registers":
        return Change("retire", f"{word} {name}")
    return Change("refuse", f"{word}“{name}”不见了", "保留它的文件，写上 retired: 停用日期；记录仍可查阅、导出")


# What a change of these keys of a register is called.
PARTS = {
    "name": "名称", "label": "显示名", "description": "说明", "line": "业务条线", "owner": "主管科室", "number": "编号规则",
    "title": "标题字段", "dated_by": "归期字段", "parent": "上级记录", "period": "期间", "dimensions": "维度",
    "sections": "分组", "columns": "列表的列", "checks": "核对", "no_repeat": "防重复", "lifecycle": "流转", "access": "权限", "shared_with": "另可查看的单位",
    "task_origin": "转为任务的来源", "privacy": "个人信息",
}  # fmt: skip
KEYS = {
    "label": "显示名", "required": "必填", "default": "默认值", "options": "选项", "query": "可筛选", "unique": "不重复",
    "sensitive": "敏感", "many": "可多个", "formula": "公式", "help": "填写说明", "unit": "计量单位", "min": "最小值",
    "max": "最大值", "max_length": "最大字数", "decimals": "小数位", "pattern": "写法", "section": "所在分组",
    "measure": "时点或时期", "additive": "能否相加", "part_of": "其中数", "swing": "波动",
}  # fmt: skip


def _differing(old: RegisterDef | FieldDef, new: RegisterDef | FieldDef, words: dict[str, str]) -> str:
    """The Chinese names of the keys in which two definitions differ."""
    return "、".join(word for key, word in words.items() if getattr(old, key) != getattr(new, key))


def _listed(word: str, old: Iterable[Any], new: Iterable[Any]) -> Iterator[tuple[Kind, str]]:
    """What came, changed and went of a list whose items are known by their names."""
    before, after = ({getattr(item, "key", None) or item.name: item for item in items} for items in (old, new))
    for key, item in after.items():
        if key not in before:
            yield "add", f"{word}“{key}”"
        elif item != before[key]:
            yield "change", f"{word}“{key}”"
    for key in before:
        if key not in after:
            yield "change", f"删去{word}“{key}”"


def _flow(old: LifecycleDef, new: LifecycleDef) -> Iterator[tuple[Kind, str]]:
    """What a lifecycle changed, thing by thing; a state that went is refused elsewhere."""
    if old.initial != new.initial:
        yield "change", f"起始状态由“{old.initial}”改为“{new.initial}”"
    for state, category in new.states.items():
        if state not in old.states:
            yield "add", f"状态“{state}”"
        elif old.states[state] != category or old.rules_in(state) != new.rules_in(state):
            yield "change", f"状态“{state}”"
    yield from _listed("步骤", old.transitions, new.transitions)
    yield from _listed("期限", old.deadlines, new.deadlines)
    if old.reopen != new.reopen:
        yield "change", "办结后重新办理"


def _compare_registers(old: RegisterDef, new: RegisterDef) -> Iterator[Change]:
    name = new.name
    if old.name != name:
        yield Change("refuse", f"台账名称由“{old.name}”改为“{name}”", "名称永久有效；只改显示请写 label")
    if new.retired and not old.retired:
        yield Change("retire", f"{name}：整本停用（记录仍可查阅、导出，代码和名称不再给别的台账）")
    elif old.retired and not new.retired:
        yield Change("change", f"{name}：恢复使用")
    flow, checks = list(_flow(old.lifecycle, new.lifecycle)), list(_listed("核对", old.checks, new.checks))
    told = {"lifecycle": flow, "checks": checks}
    if parts := _differing(old, new, {key: word for key, word in PARTS.items() if not told.get(key)}):
        yield Change("change", f"{name}：{parts}")
    for kind, what in (*flow, *checks):
        yield Change(kind, f"{name}：{what}")
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
        elif before[key].sensitive and not field.sensitive:
            yield Change("refuse", f"{name}：敏感字段“{key}”改为不敏感", "已加密的内容不公开；确需公开的，另立新字段")
        elif before[key] != field:
            said = _differing(before[key], field, KEYS)
            yield Change("change", f"{name}：字段“{key}”" + (f"（{said}）" if said else ""))
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
