"""What a list offers beside its rows: the conditions in force, sums and counts, columns and views that people keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Avg, Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.urls import reverse

from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User
from taizhang.org.policy import home_unit, posts_of, roles_of
from taizhang.registers import policy
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.finding.models import ListColumns, SavedView
from taizhang.registers.forms import FilterForm
from taizhang.registers.models import Facet, Record
from taizhang.registers.paging import counted
from taizhang.registers.queries import SHARED, filtered_records, registers_for

NUMERIC = frozenset({"integer", "decimal", "money", "percent"})
GROUPED = frozenset({"choice", "choices", "yes_no"})
# Told of an empty list: without which condition there would be how many.
MOST_HINTS = 6
HINT_COUNT = 1000
MOST_GROUPS = 50


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in force, and the address without it."""

    label: str
    url: str


def order_of(asked: QueryDict) -> str:
    """The order that an address asks for: ``sort``, and ``then`` for rows that are equal."""
    return ",".join(part for part in (asked.get("sort", ""), asked.get("then", "")) if part)


def chips_of(form: FilterForm, asked: QueryDict) -> list[Chip]:
    """The conditions of a list, each with the address that takes it off."""
    found = []
    for name, label, value in form.conditions():
        rest = asked.copy()
        rest.pop("page", None)
        left = [item for item in rest.getlist(name) if item != value]
        rest.setlist(name, left) if left else rest.pop(name, None)
        found.append(Chip(label, f"?{rest.urlencode()}"))
    return found


def hints(user: User, plan: Blueprint, chips: Sequence[Chip]) -> list[tuple[Chip, str]]:
    """Of an empty list: the conditions without which there would be rows, and how many."""
    found = []
    for chip in chips[:MOST_HINTS]:
        form = FilterForm(plan, policy.reach_of(user, plan.register, "see"), QueryDict(chip.url[1:]))
        count = counted(filtered_records(user, plan.code, form.filters()), HINT_COUNT)
        if count:
            found.append((chip, f"{HINT_COUNT} 条以上" if count > HINT_COUNT else f"{count} 条"))
    return found


def totals_of(plan: Blueprint, found: QuerySet[Record], names: Iterable[str]) -> list[dict[str, Any]]:
    """Sums (of a percent the mean) of the numeric columns over the whole filtered list, from the facets: exact to the
    field's decimals, and only of indexed fields. One query; the caller knows that the list is short enough."""
    known = {item.name: item for item in plan.indexed() if item.type in NUMERIC and not item.definition.sensitive}
    wanted = [name for name in names if name in known]
    if not wanted:
        return []
    rows = (
        Facet.objects.filter(record__in=found.order_by().values("pk"), field__in=wanted, number__isnull=False)
        .order_by()
        .values("field")
        .annotate(total=Sum("number"), mean=Avg("number"), count=Count("pk"))
    )
    by_name = {row["field"]: row for row in rows}
    made = []
    for name in wanted:
        field, row = known[name], by_name.get(name)
        if row is None:
            continue
        is_percent = field.type == "percent"
        value = Decimal(str(row["mean"] if is_percent else row["total"]))
        places = {"integer": 0, "percent": 6, "money": 2}.get(field.type, field.definition.decimals or 6)
        value = value.quantize(Decimal(1).scaleb(-places))
        made.append(
            {
                "label": f"平均{field.definition.title}" if is_percent else field.definition.title,
                "kind": field.type,
                "value": value,
                "unit": field.definition.unit,
                "count": row["count"],
            }
        )
    return made


def grouped(plan: Blueprint, found: QuerySet[Record], name: str, asked: QueryDict) -> list[dict[str, Any]]:
    """[{label, count, url}] of the filtered list by 状态 or one choice field; those without a value last."""
    if name == "状态":
        rows = found.order_by().values("state").annotate(count=Count("pk")).values_list("state", "count")
        key, pairs, missing = "state", list(rows), 0
    elif name in group_names(plan):
        facets = Facet.objects.filter(record__in=found.order_by().values("pk"), field=name)
        tallies = facets.order_by().values("text").annotate(count=Count("pk")).values_list("text", "count")
        words = {"True": "是", "False": "否"}
        key, pairs = name, [(words.get(str(text), str(text)), count) for text, count in tallies]
        missing = counted(found) - sum(count for _, count in pairs)
    else:
        raise Problem("REG-410", f"不能按“{name}”分组", remedy=f"可用：{'、'.join(group_names(plan))}")
    made = []
    for label, count in sorted(pairs, key=lambda pair: (-pair[1], str(pair[0])))[:MOST_GROUPS]:
        narrowed = asked.copy()
        narrowed.pop("page", None)
        narrowed.setlist(key, str(label).split("、") if name != "状态" else [str(label)])
        made.append({"label": label, "count": count, "url": f"?{narrowed.urlencode()}"})
    if missing:
        made.append({"label": "（没有填）", "count": missing, "url": ""})
    return made


def group_names(plan: Blueprint) -> list[str]:
    """What a list may be grouped by."""
    own = [item.name for item in plan.indexed() if item.type in GROUPED and not item.definition.sensitive]
    return (["状态"] if len(plan.register.lifecycle.states) > 2 else []) + own


# -- columns --------------------------------------------------------------------------------------------------------------


def columns_for(user: User, plan: Blueprint, asked: QueryDict) -> list[str]:
    """The columns that an address names, else the person's own choice, else none (the pack's)."""
    if wanted := asked.get("cols", ""):
        return [name for name in wanted.split(",") if name in plan.fields or name in SHARED]
    kept = ListColumns.objects.filter(user=user, register_code=plan.code).first()
    return [name for name in kept.columns if name in plan.fields] if kept else []


@transaction.atomic
def keep_columns(*, register: str, columns: Sequence[str], by: User) -> None:
    """Remember which columns a person's list shows; none: the pack's own choice again."""
    plan = blueprint(register)
    kept = [name for name in plan.fields if name in set(columns)]
    if kept:
        ListColumns.objects.update_or_create(user=by, register_code=plan.code, defaults={"columns": kept})
    else:
        ListColumns.objects.filter(user=by, register_code=plan.code).delete()


# -- saved views ----------------------------------------------------------------------------------------------------------


def views_for(user: User) -> QuerySet[SavedView]:
    """The views that a person may open: their own, those of their units and of their posts. A view shows its reader no
    more than the list would."""
    units = {post.unit_id for post in posts_of(user)}
    shared = Q(unit_id__in=units) | (Q(role__in=roles_of(user)) & ~Q(role=""))
    return SavedView.objects.filter(Q(owner=user) | shared)


def view_for(user: User, view_id: int) -> SavedView:
    """One view that the person may open. Raises NotFound."""
    found = views_for(user).filter(pk=view_id).first()
    if found is None:
        raise NotFound("REG-411", "没有这个视图，或没有分享给您", remedy="回到列表，从“视图”里选")
    return found


def address_of(view: SavedView) -> str:
    """The list as the view has it."""
    return reverse("registers:list", args=[view.register_code]) + (f"?{view.query}" if view.query else "")


@transaction.atomic
def save_view(
    *, register: str, name: str, query: str, by: User, share: str = "", role: str = "", in_menu: bool = False
) -> SavedView:
    """Keep a list's address under a name. ``share``: '' for oneself, ``unit`` for everybody at one's unit, ``post`` for all
    who hold ``role`` (by those who keep the register). Raises Problem, NotFound."""
    plan, name = blueprint(register), name.strip()[:40]
    if not policy.may(by, plan.register, "see"):
        raise policy.no_register(plan.register)
    if not name:
        raise Problem("REG-412", "视图没有名称", where="名称", remedy="写几个字，如“本月到期的”")
    unit = home_unit(by) if share == "unit" else None
    if share == "unit" and unit is None:
        raise Problem("REG-413", "您还没有单位，不能分享", remedy="先存为自己的视图")
    if share == "post" and not (role and policy.keeper_reach(by, plan.register)):
        raise Problem("REG-414", "只有主管这本台账的人可以按岗位分享", remedy="选一个岗位，或只分享给本单位")
    kept = QueryDict(query, mutable=True)
    kept.pop("page", None)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                register_code=plan.code,
                name=name,
                query=kept.urlencode()[:2000],
                owner=by,
                unit=unit,
                role=role if share == "post" else "",
                in_menu=in_menu,
            )
    except IntegrityError as wrong:
        raise Problem(
            "REG-415", f"您已有一个叫“{name}”的视图", where="名称", remedy="换一个名称，或先删去旧的"
        ) from wrong
    record_event(
        "registers.view.saved", by=by, subject=f"view:{view.pk}", label=name, register=plan.code, share=share, role=role
    )
    return view


@transaction.atomic
def remove_view(*, view: SavedView, by: User) -> None:
    """Forget a view; only its owner may. Raises NotFound."""
    if view.owner_id != by.pk:
        raise NotFound("REG-411", "只有保存视图的人可以删去它", remedy="请联系保存的人")
    record_event(
        "registers.view.removed", by=by, subject=f"view:{view.pk}", label=view.name, register=view.register_code
    )
    view.delete()


def view_tabs(user: User, plan: Blueprint, query: str) -> list[dict[str, Any]]:
    """The saved views of a register as tabs; the one whose address this is, is marked."""
    found = views_for(user).filter(register_code=plan.code).select_related("owner", "unit")
    return [
        {
            "id": view.pk,
            "label": view.name,
            "url": address_of(view),
            "active": view.query == query,
            "own": view.owner_id == user.pk,
            "note": _shared(view),
        }
        for view in found
    ]


def menu_views(user: User) -> list[tuple[str, str]]:
    """(name, address) of the views that stand in the person's menu. One query."""
    seen = {register.code for register in registers_for(user)}
    return [
        (view.name, address_of(view)) for view in views_for(user).filter(in_menu=True) if view.register_code in seen
    ]


def _shared(view: SavedView) -> str:
    if view.unit is not None:
        return f"{view.unit.name}共用"
    return f"岗位“{view.role}”共用" if view.role else ""
