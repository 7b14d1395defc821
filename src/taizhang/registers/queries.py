"""Every read of records. Permission lives in the fetch: who may not see a record is told that there is none."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.lifecycle_schema import TransitionDef
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.org.models import Unit, User
from taizhang.org.policy import Reach, by_reach
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.lifecycle import steps_of
from taizhang.registers.models import Attachment, Facet, Record, Version
from taizhang.registers.paging import MOST_COUNTED, Listing, Newest, RecordPaginator, counted, holders
from taizhang.registers.policy import (
    may,
    no_record,
    no_register,
    reach_of,
    seen_records,
    sees,
    sees_every_unit,
    step_reach,
)

PAGE_SIZE = 50
CHUNK = 500
OPEN = ("draft", "open")
# The shared columns by the names that packs and pages use.
SHARED = {
    "编号": "number",
    "标题": "title",
    "单位": "unit__order",
    "期间": "period",
    "状态": "state",
    "日期": "dated_on",
    "到期": "due_on",
    "更新时间": "updated_at",
}
NEVER_NULL = frozenset({"number", "title", "period", "state", "dated_on", "updated_at"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. ``facets`` maps a field's name to its value (a choice, a text's fragment, a number or
    a date), to a list of which any will do, or to a pair (from, to), either end None. ``empty`` and ``filled`` are fields
    that must have no value, or one."""

    text: str = ""
    state: str = ""
    unit: Unit | None = None
    period: str = ""
    since: date | None = None
    until: date | None = None
    overdue: bool = False
    facets: Mapping[str, Any] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()


def registers_for(user: User) -> list[RegisterDef]:
    """The registers in use of which a person may see any record, in the order of the menu."""
    return [item for item in catalog().registers.values() if not item.retired and may(user, item, "see")]


def retired_registers_for(user: User) -> list[RegisterDef]:
    """The registers that have retired and of which a person may still read records."""
    return [item for item in catalog().registers.values() if item.retired and may(user, item, "see")]


def visible_records(user: User | None, register: RegisterDef) -> QuerySet[Record]:
    """The records of a register that a person may see. Raises NotFound when it is none of theirs at all."""
    reach = reach_of(user, register, "see")
    if not reach:
        raise no_register(register)
    seen = Q() if sees_every_unit(user, register) else seen_records(user, register)
    return Record.objects.filter(seen, register_code=register.code).select_related("unit")


def filtered_records(
    user: User | None, register: str, filters: Filters | None = None, sort: str = ""
) -> QuerySet[Record]:
    """The list as a query. ``sort`` is a shared column or an indexed field, with ``-`` in front for descending, or several
    with commas between.
    Raises Problem for a field that lists cannot filter or sort on."""
    plan = blueprint(register)
    found = visible_records(user, plan.register)
    found = _narrowed(found, plan, filters or Filters())
    return _sorted(found, plan, sort)


def records_for(
    user: User | None,
    register: str,
    filters: Filters | None = None,
    sort: str = "",
    page: int | str | None = 1,
    size: int = PAGE_SIZE,
) -> Page[Record]:
    """One page of a list, each record with its unit; counted and leafed through up to ``paging.MOST_COUNTED``. A list
    longer than that is sorted by the first column of ``sort`` alone, which has an index."""
    plan, asked = blueprint(register), filters or Filters()
    found = filtered_records(user, register, asked)
    hits = _facets_alone(user, plan, asked)
    if hits is None:
        known = counted(found)
    else:
        known = counted(holders(hits) if hits else Record.objects.filter(register_code=plan.code))
    is_long = known > MOST_COUNTED
    if "," in sort and is_long:
        sort = sort.split(",")[0]
    name = sort.removeprefix("-")
    listing: Any = _sorted(found.order_by(), plan, sort)
    if name and name not in SHARED and "," not in sort:
        slot = _indexed(plan, name).facet_slot
        listing = Listing(found, listing, name, plan.code, slot, down=sort.startswith("-"), known=known, hits=hits)
    elif is_long and asked.facets:
        if hits and not sort and len(hits) == 1 and _is_one_value(plan, asked):
            listing = Newest(hits[0])
        else:
            # So many match that walking the list in its order soon finds a page; joined, all of them would be sorted.
            listing = _sorted(_narrowed(visible_records(user, plan.register), plan, asked, walked=True), plan, sort)
    return RecordPaginator(listing, size, known).get_page(page)


def _facets_alone(user: User | None, plan: Blueprint, filters: Filters) -> list[Q] | None:
    """What a list's records must hold, when nothing else narrows it: the person sees all of them, and no shared column
    is asked for. None otherwise."""
    if replace(filters, facets={}) != Filters() or not sees_every_unit(user, plan.register):
        return None
    return [hit for name, wanted in filters.facets.items() if (hit := _facet_q(plan, name, wanted, ""))]


def _is_one_value(plan: Blueprint, filters: Filters) -> bool:
    """Whether the only facet asked for lies at one place of its index, its records in order."""
    [(name, wanted)] = filters.facets.items()
    return plan.fields[name].type == "choice" and (isinstance(wanted, str) or len(wanted) == 1)


def records_in_chunks(found: QuerySet[Record]) -> Iterator[Record]:
    """The records of a list in its order, read by their ids piece by piece: no long read blocks the database's writers,
    and memory holds one piece and the ids."""
    ids = array("q", found.values_list("pk", flat=True).iterator(chunk_size=10_000))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK].tolist()
        records = Record.objects.select_related("unit").in_bulk(part)
        yield from (records[pk] for pk in part if pk in records)


def get_record_for(user: User | None, record_id: int) -> Record:
    """A record that the person may see. Raises NotFound."""
    record = Record.objects.select_related("unit", "created_by", "updated_by").filter(pk=record_id).first()
    register = catalog().registers.get(record.register_code) if record else None
    if record is None or register is None or not sees(user, register, record):
        raise no_record()
    return record


def get_attachment_for(user: User | None, attachment_id: int) -> Attachment:
    """An attachment of a record that the person may see. Raises NotFound."""
    attachment = Attachment.objects.filter(pk=attachment_id, record__isnull=False).first()
    if attachment is None or attachment.record_id is None:
        raise no_record()
    get_record_for(user, attachment.record_id)
    return attachment


def versions_for(user: User | None, record: Record) -> QuerySet[Version]:
    """The versions of a record, newest first. Raises NotFound when the person may not see it."""
    get_record_for(user, record.pk)
    return Version.objects.filter(record=record).order_by("-revision")


def records_by_ids_for(user: User | None, ids: Iterable[int]) -> list[Record]:
    """Those of these records that the person may see, in the order of ``ids``; of any registers."""
    wanted = list(ids)
    found = Record.objects.filter(pk__in=wanted).filter(seen_by(user)).select_related("unit").in_bulk()
    return [found[key] for key in wanted if key in found]


def state_counts(user: User | None, register: RegisterDef) -> dict[str, int]:
    """State → number of visible records up to one more than ``MOST_COUNTED``, in the lifecycle's order, with zeros."""
    found, states = visible_records(user, register), register.lifecycle.states
    if counted(found) > MOST_COUNTED:
        return {state: counted(found.filter(state=state)) for state in states}
    rows = found.order_by().values("state").annotate(found=Count("id"))
    counts = {row["state"]: row["found"] for row in rows}
    return {state: counts.get(state, 0) for state in states}


def last_of_kind(
    user: User | None, register: RegisterDef, unit: Unit, dimension_key: str, period: str
) -> Record | None:
    """The newest earlier record of the same unit and dimensions: what a new return is compared with."""
    earlier = visible_records(user, register).filter(unit=unit, period__lt=period).exclude(state_category="void")
    if dimension_key:
        earlier = earlier.filter(dimension_key=dimension_key)
    return earlier.order_by("-period", "-id").first()


@dataclass(frozen=True, slots=True)
class Owed:
    """A record that waits for a person: ``steps`` are what they may do with it."""

    record: Record
    steps: tuple[str, ...]
    overdue: bool


def owed_by(user: User, today: date | None = None, limit: int = 200) -> list[Owed]:
    """What waits for a person: records with a step for their role, and dated ones that they keep; the latest first."""
    day = today or timezone.localdate()
    wanted, offers = list[tuple[Reach, Q]](), dict[str, list[tuple[TransitionDef, Reach]]]()
    for register in catalog().registers.values():
        for step in steps_of(register):
            if register.lifecycle.voids(step):
                continue
            waiting = [state for state in step.from_ if state not in register.lifecycle.standing]
            reach = step_reach(user, register, step)
            if reach and waiting:
                offers.setdefault(register.code, []).append((step, reach))
                wanted.append((reach, Q(register_code=register.code, state__in=waiting)))
        if register.lifecycle.deadlines:
            reach = reach_of(user, register, "edit")
            wanted.append((reach, Q(register_code=register.code, due_on__isnull=False)))
    found = Record.objects.filter(_any(wanted), state_category__in=OPEN).select_related("unit")
    records = found.order_by(F("due_on").asc(nulls_last=True), "id")[:limit]
    return [
        Owed(
            record,
            tuple(
                step.name
                for step, reach in offers.get(record.register_code, ())
                if record.state in step.from_ and reach.holds(record.unit)
            ),
            record.due_on is not None and record.due_on < day,
        )
        for record in records
    ]


def _any(wanted: Iterable[tuple[Reach, Q]]) -> Q:
    """Records that any of these filters finds within its reach."""
    found = Q(pk__in=[])
    for reach, filters in by_reach(wanted).items():
        found |= Q(*filters, _connector=Q.OR) & reach.q("unit")
    return found


def seen_by(user: User | None) -> Q:
    """The right to see as a filter on records of any registers."""
    reaches = ((reach_of(user, register, "see"), code) for code, register in catalog().registers.items())
    seen = Q(pk__in=[])
    for reach, codes in by_reach(reaches).items():
        seen |= Q(register_code__in=codes) & reach.q("unit")
    for register in catalog().registers.values():
        if register.shared_with and reach_of(user, register, "see"):
            seen |= Q(register_code=register.code) & seen_records(user, register)
    return seen


def _narrowed(found: QuerySet[Record], plan: Blueprint, filters: Filters, *, walked: bool = False) -> QuerySet[Record]:
    """The records that pass. The facets of a filter are joined, each read from its own index, or ``walked``: looked at
    record by record."""
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.unit:
        if Unit.objects.filter(parent=filters.unit).exists():
            found = found.filter(unit__path__startswith=filters.unit.path)
        else:  # one unit: its own index
            found = found.filter(unit=filters.unit)
    if filters.period:
        found = found.filter(period=filters.period)
    if filters.since:
        found = found.filter(dated_on__gte=filters.since)
    if filters.until:
        found = found.filter(dated_on__lte=filters.until)
    if filters.overdue:
        found = found.filter(due_on__lt=timezone.localdate(), state_category__in=OPEN)
    for name, wanted in filters.facets.items():
        if walked:
            hit = _facet_q(plan, name, wanted, "")
            found = found.filter(Exists(Facet.objects.filter(hit, record=OuterRef("pk")))) if hit else found
        else:  # chained filters become joins
            found = found.filter(_facet_q(plan, name, wanted, "facets__"))
    for name, wanted in [*((name, False) for name in filters.empty), *((name, True) for name in filters.filled)]:
        kind = _indexed(plan, name)
        has = Exists(Facet.objects.filter(record=OuterRef("pk"), field=kind.name))
        found = found.filter(has if wanted else ~has)
    if filters.text:
        held = Facet.objects.filter(record=OuterRef("pk"), text__icontains=filters.text)
        found = found.filter(Q(number__icontains=filters.text) | Q(title__icontains=filters.text) | Exists(held))
    return found


def _facet_q(plan: Blueprint, name: str, wanted: Any, to: str) -> Q:
    """The facets of one field that pass; ``to`` leads from the model of the query to them. Empty when nothing is asked."""
    kind = _indexed(plan, name)
    own, slot = Q(**{f"{to}field": name, f"{to}register_code": plan.code}), f"{to}{kind.facet_slot}"
    if isinstance(wanted, tuple):
        bounds = {f"{slot}__gte": wanted[0], f"{slot}__lte": wanted[1]}
        bounds = {key: _typed(kind, value) for key, value in bounds.items() if value not in (None, "")}
        return own & Q(**bounds) if bounds else Q()
    if isinstance(wanted, list) or kind.type in ("choices", "unit", "yes_no"):
        values = wanted if isinstance(wanted, list) else [wanted]
        return own & _any_of(kind, [str(value) for value in values], f"{to}text")
    if kind.facet_slot == "text" and not kind.choices and kind.type != "yes_no":
        slot += "__icontains"
    return own & Q(**{slot: _typed(kind, wanted)})


def _any_of(kind: Any, values: list[str], text: str) -> Q:
    """Facets whose column ``text`` holds one of the values: of several choices any, of a unit also what lies below it."""
    if kind.type == "unit":
        tops = Unit.objects.filter(Q(code__in=values) | Q(name__in=values))
        below = Q(pk__in=[])
        for top in tops:
            below |= Q(path__startswith=top.path)
        return Q(**{f"{text}__in": Unit.objects.filter(below).values("code")})
    if kind.type == "yes_no":  # kept as the words of the stored truth
        values = [{"是": "True", "否": "False"}.get(value, value) for value in values]
    if kind.type != "choices":
        return Q(**{f"{text}__in": values})
    found = Q(pk__in=[])
    for value in values:  # stored as 甲、乙
        for form, part in (
            ("", value),
            ("__startswith", f"{value}、"),
            ("__endswith", f"、{value}"),
            ("__contains", f"、{value}、"),
        ):
            found |= Q(**{f"{text}{form}": part})
    return found


def _typed(kind: Any, value: Any) -> Any:
    """A filter's value as the facet's column holds it."""
    try:
        if kind.facet_slot == "number":
            return Decimal(str(value))
        if kind.facet_slot == "date":
            return value if isinstance(value, date) else date.fromisoformat(str(value))
    except (InvalidOperation, ValueError) as wrong:
        raise kind.problem(f"不能按“{value}”筛选", "填写数字或日期") from wrong
    return str(value)


def _sorted(found: QuerySet[Record], plan: Blueprint, sort: str) -> QuerySet[Record]:
    """In the order of ``sort``, columns separated by commas; the newest first where all are equal."""
    orders: list[Any] = []
    for place, part in enumerate(item for item in sort.split(",") if item):
        name, down = part.removeprefix("-"), part.startswith("-")
        column = SHARED.get(name)
        if column is None:
            kind, alias = _indexed(plan, name), f"sorting{place}"
            found = found.annotate(**{alias: FilteredRelation("facets", condition=Q(facets__field=name))})
            column = f"{alias}__{kind.facet_slot}"
        if column in NEVER_NULL:  # an index in this very order serves only when nothing is said of nulls
            orders.append(f"-{column}" if down else column)
        else:
            orders.append(F(column).desc(nulls_last=True) if down else F(column).asc(nulls_last=True))
    return found.order_by(*orders, "-id")


def _indexed(plan: Blueprint, name: str) -> Any:
    for kind in plan.indexed():
        if kind.name == name and not kind.definition.sensitive:
            return kind
    known = "、".join([*SHARED, *(kind.name for kind in plan.indexed())])
    raise Problem("REG-030", f"不能按“{name}”筛选或排序", remedy=f"可用：{known}；其他字段请在业务包里标 query: true")


def register_totals(user: User) -> dict[str, dict[str, int]]:
    """Register code → how many records the person may see: all, open, late. One query."""
    late = Q(due_on__lt=timezone.localdate(), state_category__in=OPEN)
    rows = (
        Record.objects.filter(seen_by(user))
        .exclude(state_category="void")
        .order_by()
        .values("register_code")
        .annotate(all=Count("id"), open=Count("id", filter=Q(state_category__in=OPEN)), late=Count("id", filter=late))
    )
    return {row["register_code"]: {key: row[key] for key in ("all", "open", "late")} for row in rows}


def same_key_record(
    user: User | None, register: RegisterDef, unit: Unit, period: str, dimension_key: str
) -> Record | None:
    """The record that already stands for a unit, period and dimensions."""
    found = visible_records(user, register).filter(unit=unit, period=period, dimension_key=dimension_key)
    return found.exclude(state_category="void").first()
