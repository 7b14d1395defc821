"""What would be: teachers moved, rooms added, schools merged or closed. On copies of the parts; nothing is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from taizhang.catalog.schema import ResourceDef, SchoolsDef
from taizhang.kernel.errors import Problem
from taizhang.standards.schools import Part

MOVE, ADD, MERGE, CLOSE = "move", "add", "merge", "close"
KINDS = {MOVE: "调配", ADD: "新增", MERGE: "合并", CLOSE: "停办"}
SEPARATOR = "~"
MOST_CHANGES = 30
Parts = dict[tuple[str, str], Part]


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a scenario. ``stage``, ``resource`` (an indicator) and ``amount`` are empty where schools merge or close.

    ``source`` gives and ``target`` receives; for an addition only ``target`` is there.
    """

    kind: str
    source: str = ""
    target: str = ""
    stage: str = ""
    resource: str = ""
    amount: str = ""

    def as_text(self) -> str:
        """As it stands in an address."""
        return SEPARATOR.join((self.kind, self.source, self.target, self.stage, self.resource, self.amount))

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def change_from_text(text: str) -> Change:
    """A change from its address. Raises Problem."""
    fields = text.split(SEPARATOR)
    if len(fields) != 6 or fields[0] not in KINDS:
        raise Problem("STD-020", f"看不懂这一步“{text[:40]}”", remedy="重新添加这一步")
    return Change(*fields)


def change_from_dict(stored: Mapping[str, Any]) -> Change:
    return Change(**{name: str(value) for name, value in stored.items()})


def words_of(change: Change, names: Mapping[str, str], resources: Mapping[str, ResourceDef]) -> str:
    """A change in one phrase: 从甲校调 3 名骨干教师到乙校（小学）."""
    source, target = names.get(change.source, change.source), names.get(change.target, change.target)
    if change.kind == MERGE:
        return f"{source}并入{target}"
    if change.kind == CLOSE:
        return f"{source}停办，学生、教师和设备到{target}"
    resource = resources.get(change.resource)
    thing = f"{change.amount} {resource.measure}{resource.short}" if resource else change.amount
    return (
        f"从{source}调 {thing}到{target}（{change.stage}）"
        if change.kind == MOVE
        else f"{target}新增 {thing}（{change.stage}）"
    )


def applied(parts: Iterable[Part], changes: Sequence[Change], schools: SchoolsDef) -> list[Part]:
    """The parts after the changes, in their order; the given ones stay as they are.

    Raises Problem for a school that is not there, an amount that is no positive number or more than there is.
    """
    if len(changes) > MOST_CHANGES:
        raise Problem("STD-021", f"一个方案最多 {MOST_CHANGES} 步", remedy="分成几个方案")
    now: Parts = {(part.code, part.stage): part for part in parts}
    for place, change in enumerate(changes, start=1):
        try:
            _STEPS[change.kind](now, change, schools)
        except Problem as wrong:
            raise Problem(wrong.code, wrong.message, where=f"第 {place} 步", remedy=wrong.remedy) from wrong
    return list(now.values())


def _move(now: Parts, change: Change, schools: SchoolsDef) -> None:
    resource, amount = _resource(schools, change.resource), _amount(change.amount)
    source, target = _part(now, change.source, change.stage), _part(now, change.target, change.stage)
    if source is target:
        raise Problem("STD-022", "调出和调入是同一所学校", remedy="换一所学校")
    has = source.amounts[resource.indicator] or Decimal(0)
    if amount > has:
        raise Problem("STD-023", f"{source.name}只有 {has.normalize():f} {resource.measure}{resource.short}，调不出 {amount.normalize():f}",
                      remedy="减少数量，或从别的学校调")  # fmt: skip
    _put(now, _changed(source, {resource.indicator: -amount}))
    _put(now, _changed(target, {resource.indicator: amount}))


def _add(now: Parts, change: Change, schools: SchoolsDef) -> None:
    resource = _resource(schools, change.resource)
    _put(now, _changed(_part(now, change.target, change.stage), {resource.indicator: _amount(change.amount)}))


def _merge(now: Parts, change: Change, schools: SchoolsDef) -> None:
    """Everything goes along."""
    _join(now, change, [item.indicator for item in schools.resources])


def _close(now: Parts, change: Change, schools: SchoolsDef) -> None:
    """Pupils go, and what can be carried; buildings and grounds stay behind."""
    _join(now, change, [item.indicator for item in schools.resources if not item.fixed])


def _join(now: Parts, change: Change, taken: Sequence[str]) -> None:
    if change.source == change.target:
        raise Problem("STD-022", "不能并入自己", remedy="换一所学校")
    leaving = [part for (code, _), part in now.items() if code == change.source]
    host = next((part for (code, _), part in now.items() if code == change.target), None)
    if not leaving or host is None:
        raise _no_school(change.source if not leaving else change.target)
    for part in leaving:
        del now[part.code, part.stage]
        there = now.get((host.code, part.stage)) or _empty(host, part)
        given = {code: part.amounts[code] or Decimal(0) for code in taken}
        bases = {code: _plus(there.bases[code], part.bases[code]) for code in there.bases}
        _put(now, replace(_changed(there, given), pupils=_plus(there.pupils, part.pupils), bases=bases, left_out=False))


def _empty(host: Part, like: Part) -> Part:
    """A stage that the receiving school did not have."""
    nothing: dict[str, Decimal | None] = dict.fromkeys(like.amounts)
    return replace(
        host, stage=like.stage, record=like.record, pupils=None, amounts=nothing, bases=dict(nothing), each={}
    )


def _changed(part: Part, by: Mapping[str, Decimal]) -> Part:
    return replace(
        part, amounts={**part.amounts, **{code: (part.amounts[code] or Decimal(0)) + more for code, more in by.items()}}
    )


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return one if other is None else other if one is None else one + other


def _put(now: Parts, part: Part) -> None:
    now[part.code, part.stage] = part


def _part(now: Parts, code: str, stage: str) -> Part:
    found = now.get((code, stage))
    if found is None:
        raise _no_school(code, stage)
    return found


def _no_school(code: str, stage: str = "") -> Problem:
    return Problem("STD-024", f"这里没有学校“{code}”{f'的{stage}' if stage else ''}", remedy="从名单里选学校和学段")


def _resource(schools: SchoolsDef, code: str) -> ResourceDef:
    found = next((item for item in schools.resources if item.indicator == code), None)
    if found is None:
        raise Problem("STD-025", f"这个标准没有资源“{code}”", remedy="从名单里选资源")
    return found


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0 or amount >= Decimal(10) ** 12:
        raise Problem("STD-026", f"“{text}”不是可用的数量", remedy="填一个大于0的数")
    return amount


_STEPS = {MOVE: _move, ADD: _add, MERGE: _merge, CLOSE: _close}
