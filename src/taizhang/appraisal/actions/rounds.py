"""A round from its opening to its end: who is in it, the figures, publication, the final word."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from taizhang.appraisal.actions.common import add, locked, new, scheme_of
from taizhang.appraisal.facts import FROZEN, MEASURED, OPENED, PUBLISHED, subject_of
from taizhang.appraisal.measuring import inputs_of
from taizhang.appraisal.models import Entry, Round, Sheet, SheetUnit
from taizhang.appraisal.policy import require_run
from taizhang.appraisal.queries import standing_of
from taizhang.catalog.appraisal_schema import GroupDef, SchemeDef
from taizhang.catalog.current import catalog
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import Post, Unit, User
from taizhang.org.notices import send_notice
from taizhang.org.policy import role_can
from taizhang.org.queries import acting_in, below, open_on, posts_held, root_unit
from taizhang.plans.policy import REPORT
from taizhang.warehouse.actions import keep_snapshot
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import refresh


@transaction.atomic
def open_round(*, scheme: str, period: str, by: User | None, title: str = "", today: date | None = None) -> Round:
    """Begin an appraisal: the scheme and the units of its groups are taken as they are on this day.

    Raises Problem for a period of another kind, a round that is there already, and a scheme that fits no unit.
    """
    bureau, day = root_unit(), today or timezone.localdate()
    require_run(by, bureau, "启动考核")
    declared, when = catalog().scheme(scheme), Period.parse(period)
    if when.kind != declared.period:
        raise Problem("APR-024", f"“{declared.name}”不按{when.label}考核", where="期间", remedy="核对期间的写法")
    if Round.objects.filter(scheme_code=declared.code, period=when.code, unit=bureau).exists():
        raise Problem("APR-025", f"{when.label}的“{declared.name}”已经启动", remedy="在考核列表中打开")
    grouped = _members(declared, bureau, day)
    if not grouped:
        raise Problem("APR-026", f"没有单位属于“{declared.name}”的组别", remedy="核对方案的 groups")
    made = Round.objects.create(
        scheme_code=declared.code, title=title.strip()[:200] or f"{when.label}{declared.name}", unit=bureau,
        period=when.code, opened_by=by,
    )  # fmt: skip
    for name, group, units in grouped:
        sheet = Sheet.objects.create(round=made, code=units[0].code, name=name, group=group)
        SheetUnit.objects.bulk_create([SheetUnit(sheet=sheet, round=made, unit=unit) for unit in units])
    sheets = [
        {"code": units[0].code, "name": name, "group": group, "units": [unit.code for unit in units]}
        for name, group, units in grouped
    ]
    document = declared.model_dump(mode="json", by_alias=True)
    add([new(made, OPENED, today=day, scheme=document, sheets=sheets, release=catalog().release)], by)
    return made


def _members(scheme: SchemeDef, bureau: Unit, day: date) -> list[tuple[str, str, list[Unit]]]:
    """(name, group, units) of every sheet; units that are bound together stand in the first one's group."""
    units = {unit.code: unit for unit in open_on(below(bureau), day).order_by("path", "order", "id")}
    found: list[tuple[str, str, list[Unit]]] = []
    bound = {code: name for name, codes in scheme.bound.items() for code in codes if code in units}
    for code, unit in units.items():
        group = next((item for item in scheme.groups if _belongs(unit, item)), None)
        name = bound.get(code)
        if name is not None:
            together = [units[other] for other in scheme.bound[name] if other in units]
            if unit is together[0] and group is not None:
                found.append((name, group.name, together))
        elif group is not None:
            found.append((unit.name, group.name, [unit]))
    return found


def _belongs(unit: Unit, group: GroupDef) -> bool:
    return unit.code in group.units or unit.kind in group.kinds


@transaction.atomic
def measure_round(*, round_: Round, by: User | None, today: date | None = None) -> int:
    """Take every formula's figures anew; returns how many lines changed. A line whose figures are the same as before gets
    no new entry."""
    require_run(by, round_.unit, "取数")
    day = today or timezone.localdate()
    return _measure(locked(round_.pk, Round.OPEN), by, day)


def _measure(round_: Round, by: User | None, day: date) -> int:
    scheme, build = scheme_of(round_), refresh()
    sheets = list(round_.sheets.prefetch_related("members__unit"))
    before: dict[tuple[int | None, str], dict[str, str | None]] = {}
    for entry in Entry.objects.filter(round=round_, kind=MEASURED).order_by("id"):
        before[entry.sheet_id, entry.item] = entry.data["inputs"]
    made = []
    for (sheet, item), inputs in inputs_of(scheme, sheets, Period.parse(round_.period), day, build).items():
        if before.get((sheet.pk, item)) != inputs:
            made.append(new(round_, MEASURED, sheet=sheet, item=item, today=day, inputs=inputs, build=build.build))
    add(made, by)
    return len(made)


@transaction.atomic
def publish_round(*, round_: Round, by: User | None, today: date | None = None) -> Round:
    """Show everybody their result and take objections for the scheme's working days. The figures are taken once more and
    the warehouse they come from is kept. Raises Problem while a line is empty."""
    require_run(by, round_.unit, "公示考核结果")
    held, day = locked(round_.pk, Round.OPEN), today or timezone.localdate()
    _measure(held, by, day)
    current = standing_of(held)
    gaps = [f"{score.name}：{'、'.join(score.missing)}" for score in current.scores.values() if score.missing]
    if gaps:
        more = f"等 {len(gaps)} 个单位" if len(gaps) > 3 else ""
        raise Problem(
            "APR-027", "还有没评的项目：" + "；".join(gaps[:3]) + more, remedy="评完分，或注明“不适用”，再公示"
        )
    until = catalog().calendar.add_working_days(day, scheme_of(held).objection_days).day
    held.state, held.objections_until = Round.PUBLISHED, until
    held.save(update_fields=["state", "objections_until"])
    results = [score.result() for score in current.scores.values()]
    add([new(held, PUBLISHED, today=day, until=until.isoformat(), results=results)], by)
    keep_snapshot(held.title, by=by, day=day, reason=Snapshot.PUBLISHED, subject=subject_of(held.pk))
    send_notice(
        to=_people_of(held), text=f"{held.title}开始公示，{until} 前可以申诉。", by=by,
        url=f"/appraisal/{held.pk}/", subject=subject_of(held.pk),
    )  # fmt: skip
    return held


@transaction.atomic
def freeze_round(*, round_: Round, by: User | None, today: date | None = None) -> Round:
    """The final word: nothing is added any more. Raises Problem before the last day for objections is over, and while one
    has no answer."""
    require_run(by, round_.unit, "定案")
    held, day = locked(round_.pk, Round.PUBLISHED), today or timezone.localdate()
    if held.objections_until and day <= held.objections_until:
        raise Problem("APR-028", f"公示到 {held.objections_until} 为止", remedy="公示期满后再定案")
    current = standing_of(held)
    waiting = [score.name for score in current.scores.values() if score.unanswered]
    if waiting:
        raise Problem("APR-029", f"还有申诉没有答复：{'、'.join(waiting[:5])}", remedy="逐条答复后再定案")
    held.state = Round.FROZEN
    held.save(update_fields=["state"])
    add([new(held, FROZEN, today=day, results=[score.result() for score in current.scores.values()])], by)
    return held


def _people_of(round_: Round) -> list[User]:
    units = SheetUnit.objects.filter(round=round_).values("unit_id")
    roles = [role for role in Post.objects.values_list("role", flat=True).distinct() if role_can(role, REPORT)]
    return acting_in(posts_held().filter(unit__in=units, role__in=roles))
