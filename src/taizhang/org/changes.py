"""How units change in time: opened, renamed, moved, merged, split, closed. Nothing is rewritten: the past keeps its units.

Records stay with the unit that they were made by; the people of the unit that took another over see and finish them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from taizhang.events.actions import record
from taizhang.kernel.errors import Problem
from taizhang.org.codes import doubt_about, require_new_code
from taizhang.org.kinds import KINDS
from taizhang.org.models import Post, Unit, UnitSpan, User
from taizhang.org.policy import require
from taizhang.org.tree import place_unit

MANAGE = "manage_units"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to open. ``code`` is for life; a school's is the official ten-digit one."""

    code: str
    name: str
    kind: str
    ownership: str = ""
    locality: str = ""


@transaction.atomic
def open_unit(*, unit: NewUnit, parent: Unit | None, on: date, by: User | None, split_from: Unit | None = None) -> Unit:
    """A new unit under ``parent`` from a day on. Raises Problem for a code that was used before: codes are never reused."""
    _manage(by)
    if not unit.code.strip() or not unit.name.strip():
        raise Problem("ORG-023", "编码和名称都要填写", remedy="学校编码用 10 位学校标识码")
    require_new_code(unit.code.strip(), unit.kind)
    taken = Unit.objects.filter(code=unit.code.strip()).first()
    if taken is not None:
        raise Problem(
            "ORG-050", f"编码 {unit.code} 已用于“{taken}”", where="编码", remedy="编码一经使用不再给别的单位，请核对"
        )
    _check_kind(unit.kind)
    if parent is not None and not parent.is_open(on):
        raise Problem(
            "ORG-051", f"上级单位“{parent}”在 {on} 没有启用", where="上级单位", remedy="换一个上级，或核对日期"
        )
    last = Unit.objects.order_by("-order").values_list("order", flat=True).first() or 0
    made = Unit(
        code=unit.code.strip(), name=unit.name.strip(), kind=unit.kind, level=Unit.level_for(unit.kind), parent=parent,
        ownership=unit.ownership, locality=unit.locality, opened_on=on, split_from=split_from, order=last + 1,
    )  # fmt: skip
    made.save()
    place_unit(made, parent)
    _log("org.unit.created", made, by, on=on, doubt=doubt_about(made.code, made.kind))
    return made


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, kind: str, on: date, by: User | None) -> Unit:
    """Another name or kind from a day on; the old ones stay in the unit's history."""
    _manage(by)
    held = _hold(unit)
    _check_kind(kind)
    if not name.strip():
        raise Problem("ORG-023", "名称为空", where="名称", remedy="填写单位全称")
    if (name.strip(), kind) == (held.name, held.kind):
        raise Problem("ORG-052", "名称和类型都没有变", remedy="修改后再保存")
    before = {"name": held.name, "kind": held.kind}
    _keep_span(held, on)
    held.name, held.kind, held.level = name.strip(), kind, Unit.level_for(kind)
    held.save(update_fields=["name", "kind", "level"])
    _log("org.unit.renamed", held, by, on=on, before=before)
    return held


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, on: date, by: User | None) -> Unit:
    """Under another parent from a day on, with everything below it."""
    _manage(by)
    held = _hold(unit)
    if held.holds(parent):
        raise Problem("ORG-026", "不能移到自己或自己的下级之下", where="上级单位", remedy="换一个上级单位")
    if held.parent_id == parent.pk:
        raise Problem("ORG-052", f"“{held}”已在“{parent}”之下", where="上级单位", remedy="换一个上级单位")
    if not parent.is_open(on):
        raise Problem(
            "ORG-051", f"上级单位“{parent}”在 {on} 没有启用", where="上级单位", remedy="换一个上级，或核对日期"
        )
    before = held.parent.name if held.parent else ""
    _keep_span(held, on)
    place_unit(held, parent)
    _log("org.unit.moved", held, by, on=on, before=before, after=parent.name)
    return held


@transaction.atomic
def close_unit(*, unit: Unit, last_day: date, reason: str, by: User | None, into: Unit | None = None) -> Unit:
    """The unit exists for the last time on ``last_day``; its posts end with it. ``into`` says which unit goes on.
    Raises Problem while units below it are open."""
    _manage(by)
    held = _hold(unit)
    if not reason.strip():
        raise Problem("ORG-053", "停用须写明原因", where="原因", remedy="写批文文号或缘由")
    if held.closed_on is not None:
        raise Problem("ORG-054", f"“{held}”已于 {held.closed_on} 停用", remedy="无须再停用")
    if last_day < held.opened_on:
        raise Problem(
            "ORG-055", f"“{held}”自 {held.opened_on} 启用", where="停用日期", remedy="停用日期不能早于启用日期"
        )
    below = [item.name for item in held.children.all() if item.is_open(last_day + ONE_DAY)]
    if below:
        raise Problem("ORG-056", f"“{held}”下面还有：{'、'.join(below[:5])}", remedy="先停用、并入或移走下级单位")
    held.closed_on, held.merged_into = last_day, into
    held.save(update_fields=["closed_on", "merged_into"])
    ended = _open_posts(held, last_day)
    for post in ended:
        _end(post, last_day)
    _log(
        "org.unit.closed",
        held,
        by,
        on=last_day,
        reason=reason.strip(),
        into=into.code if into else "",
        posts=len(ended),
    )
    return held


@transaction.atomic
def merge_units(
    *, units: Sequence[Unit], into: Unit, last_day: date, reason: str, by: User | None, move_posts: bool = False
) -> Unit:
    """Close units into another one. With ``move_posts`` their people get the same posts there from the next day on."""
    if not units:
        raise Problem("ORG-057", "没有选择要并入的单位", remedy="至少选一个")
    if any(unit.pk == into.pk for unit in units):
        raise Problem("ORG-057", f"“{into}”不能并入自己", remedy="换一个单位")
    if not into.is_open(last_day + ONE_DAY):
        raise Problem(
            "ORG-051", f"“{into}”在 {last_day + ONE_DAY} 没有启用", where="并入", remedy="先启用该单位，或核对日期"
        )
    for unit in units:
        moving = list(_open_posts(unit, last_day)) if move_posts else []
        close_unit(unit=unit, last_day=last_day, reason=reason, by=by, into=into)
        for post in moving:
            Post.objects.get_or_create(user=post.user, unit=into, role=post.role, since=last_day + ONE_DAY)
    return into


@transaction.atomic
def split_unit(
    *, unit: Unit, parts: Sequence[NewUnit], on: date, by: User | None, stays: bool, reason: str
) -> list[Unit]:
    """Units made out of one from a day on; it stays beside them or is closed the day before."""
    if not parts:
        raise Problem("ORG-057", "没有写拆分出的单位", remedy="至少写一个：编码、名称、类型")
    made = [open_unit(unit=part, parent=unit.parent, on=on, by=by, split_from=unit) for part in parts]
    if not stays:
        close_unit(unit=unit, last_day=on - ONE_DAY, reason=reason, by=by)
    return made


@transaction.atomic
def reopen_unit(*, unit: Unit, reason: str, by: User | None) -> Unit:
    """Undo a closing that was wrong or has not come yet. The posts that ended with it are given again by hand."""
    _manage(by)
    held = Unit.objects.select_for_update().get(pk=unit.pk)
    if held.closed_on is None:
        raise Problem("ORG-058", f"“{held}”没有停用", remedy="无须恢复")
    if not reason.strip():
        raise Problem("ORG-053", "恢复须写明原因", where="原因", remedy="写批文文号或缘由")
    before = held.closed_on
    held.closed_on, held.merged_into = None, None
    held.save(update_fields=["closed_on", "merged_into"])
    _log("org.unit.reopened", held, by, on=before, reason=reason.strip())
    return held


def _manage(by: User | None) -> None:
    if by is not None:
        require(by, MANAGE, "维护单位")


def _hold(unit: Unit) -> Unit:
    held = Unit.objects.select_for_update().get(pk=unit.pk)
    if held.closed_on is not None and held.closed_on < timezone.localdate():
        raise Problem("ORG-054", f"“{held}”已于 {held.closed_on} 停用", remedy="停用有误的先恢复")
    return held


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Problem("ORG-024", f"“类型”不能是“{kind or '空'}”", where="类型", remedy="可用：" + "、".join(KINDS))


def _keep_span(unit: Unit, on: date) -> None:
    """Write down what the unit was until the day before. Raises Problem for a day before the last change or to come."""
    last = unit.spans.order_by("-until").first()
    since = last.until + ONE_DAY if last else unit.opened_on
    if on > timezone.localdate():
        raise Problem("ORG-059", f"{on} 还没有到", where="生效日期", remedy="到那一天再办，以免现在的页面先变")
    if on <= since:
        raise Problem("ORG-059", f"上一次变动自 {since} 生效", where="生效日期", remedy=f"生效日期须晚于 {since}")
    UnitSpan.objects.create(
        unit=unit, name=unit.name, kind=unit.kind, parent=unit.parent, since=since, until=on - ONE_DAY
    )


def _open_posts(unit: Unit, day: date) -> list[Post]:
    return [post for post in unit.posts.select_related("user") if post.until is None or post.until > day]


def _end(post: Post, day: date) -> None:
    """A post that had not begun on its last day never was."""
    if post.since > day:
        post.delete()
        return
    post.until = day
    post.save(update_fields=["until"])


def _log(action: str, unit: Unit, by: User | None, *, on: date, **more: Any) -> None:
    told = {key: value for key, value in more.items() if value}
    record(action, by=by, subject=f"unit:{unit.pk}", label=unit.name, unit_code=unit.code, on=on.isoformat(), **told)
