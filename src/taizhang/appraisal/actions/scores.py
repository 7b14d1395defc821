"""Points given by people: self-assessment, judging, points beside the sections, vetoes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from taizhang.appraisal import facts
from taizhang.appraisal.actions.common import add, locked, new, no_line, points_in, scheme_of, words
from taizhang.appraisal.models import Entry, Round, Sheet
from taizhang.appraisal.policy import require_judge, require_run, speaks_for
from taizhang.catalog.appraisal_schema import AdjustmentDef, ItemDef, SchemeDef
from taizhang.documents.models import Document
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.models import User


@transaction.atomic
def score_self(
    *, sheet: Sheet, item: str, points: str | Decimal, by: User | None, note: str = "", evidence: Document | None = None,
    today: date | None = None,
) -> Entry:  # fmt: skip
    """What a unit gives itself on a line, with its reasons. It is shown beside the score and never counted."""
    if not speaks_for(by, sheet):
        raise Forbidden("APR-030", "只能为本单位自评", remedy="由被考核单位的填报员或负责人自评")
    held = locked(sheet.round_id, Round.OPEN)
    line = _item(scheme_of(held), item, sheet)
    given = points_in(points, line.points, item)
    said = words(note, "自评说明", "写明做了什么、依据在哪里")
    earlier = Entry.objects.filter(sheet=sheet, item=item, kind=facts.SELF_SCORED, evidence__isnull=False)
    if line.evidence and evidence is None and not earlier.exists():
        raise Problem("APR-031", f"“{item}”自评须附佐证材料", remedy="上传照片、文件或扫描件")
    return add([new(held, facts.SELF_SCORED, sheet=sheet, item=item, today=today, evidence=evidence,
                    points=str(given), note=said)], by)[0]  # fmt: skip


@transaction.atomic
def judge(
    *, sheet: Sheet, item: str, points: str | Decimal, by: User | None, note: str = "", evidence: Document | None = None,
    today: date | None = None,
) -> Entry:  # fmt: skip
    """A judge's points for a line; a later word replaces an earlier one. Less than full points need a reason."""
    held = locked(sheet.round_id, Round.OPEN, Round.PUBLISHED)
    line = _item(scheme_of(held), item, sheet)
    require_judge(by, line.judge, held.unit, f"给“{item}”评分")
    if held.state == Round.PUBLISHED and not _objected(sheet, item):
        raise Problem("APR-032", "已经公示，只能因申诉改分", where=item, remedy="请被考核单位先提出申诉")
    if line.kind != "judged":
        raise Problem("APR-033", f"“{item}”按公式计分，不能手工打分", remedy="对数字有异议的，核对台账后重新取数")
    given = points_in(points, line.points, item)
    said = note.strip()[:1000]
    if given < line.points and not said:
        raise Problem("APR-034", f"“{item}”扣了分，没有写理由", remedy="写明扣分的事实和依据")
    return add([new(held, facts.JUDGED, sheet=sheet, item=item, today=today, evidence=evidence,
                    points=str(given), note=said)], by)[0]  # fmt: skip


@transaction.atomic
def waive(*, sheet: Sheet, item: str, reason: str, by: User | None, today: date | None = None) -> Entry:
    """A line that does not fit the unit: it is left out, and the others of its section carry the weight."""
    held = locked(sheet.round_id, Round.OPEN)
    require_run(by, held.unit, "注明不适用")
    _item(scheme_of(held), item, sheet)
    said = words(reason, "不适用的理由", "如：本校没有寄宿生")
    return add([new(held, facts.WAIVED, sheet=sheet, item=item, today=today, note=said)], by)[0]


@transaction.atomic
def adjust(
    *, sheet: Sheet, item: str, source: str, by: User | None, times: str | Decimal = "1", note: str = "",
    evidence: Document | None = None, today: date | None = None,
) -> Entry:  # fmt: skip
    """Points added or taken off, so many ``times`` (half a prize counts half); ``source`` names the paper that says so."""
    held = locked(sheet.round_id, Round.OPEN)
    line = scheme_of(held).item(item)
    if not isinstance(line, AdjustmentDef):
        raise no_line(item)
    require_judge(by, line.judge, held.unit, f"登记“{item}”")
    if line.each is None:
        raise Problem("APR-033", f"“{item}”按公式计分，不能手工登记", remedy="核对台账后重新取数")
    count = points_in(times, Decimal(1000), "次数")
    if not count:
        raise Problem("APR-035", "次数是 0", where=item, remedy="填发生的次数")
    said = words(source, "来源", "写明文件名称、文号或证书编号")
    return add([new(held, facts.ADJUSTED, sheet=sheet, item=item, today=today, evidence=evidence, source=said,
                    times=str(count), points=str(line.each * count), note=note.strip()[:1000])], by)[0]  # fmt: skip


@transaction.atomic
def strike(*, entry: Entry, reason: str, by: User | None, today: date | None = None) -> Entry:
    """Take back points that were added or taken off by mistake; both stay on record."""
    held = locked(entry.round_id, Round.OPEN, Round.PUBLISHED)
    line = scheme_of(held).item(entry.item)
    if entry.kind != facts.ADJUSTED or line is None:
        raise Problem("APR-036", "只能撤销加减分记录", remedy="评分有误的，重新评分")
    require_judge(by, line.judge, held.unit, f"撤销“{entry.item}”")
    _once(entry)
    said = words(reason, "撤销的原因", "写明哪里登记错了")
    return add([new(held, facts.STRUCK, sheet=entry.sheet, item=entry.item, of=entry, today=today, note=said)], by)[0]


@transaction.atomic
def set_veto(
    *, sheet: Sheet, veto: str, source: str, by: User | None, note: str = "", evidence: Document | None = None,
    today: date | None = None,
) -> Entry:  # fmt: skip
    """一票否决, by the unit that the scheme names alone, with the paper that decided it. What it does is the scheme's."""
    held = locked(sheet.round_id, Round.OPEN, Round.PUBLISHED)
    declared = scheme_of(held).veto(veto)
    if declared is None:
        raise no_line(veto)
    require_judge(by, declared.by, held.unit, f"作出“{veto}”否决")
    standing = Entry.objects.filter(sheet=sheet, kind=facts.VETOED, item=veto).exclude(followed_by__kind=facts.LIFTED)
    if standing.exists():
        raise Problem("APR-037", f"“{veto}”已经否决，尚未解除", remedy="在评分表上查看")
    said = words(source, "来源", "写明认定的文件、文号和日期")
    return add([new(held, facts.VETOED, sheet=sheet, item=veto, today=today, evidence=evidence, source=said,
                    note=note.strip()[:1000])], by)[0]  # fmt: skip


@transaction.atomic
def lift_veto(
    *, entry: Entry, reason: str, by: User | None, evidence: Document | None = None, today: date | None = None
) -> Entry:
    """Take a veto away, by whom may set it, saying why. What it was stays on the sheet."""
    held = locked(entry.round_id, Round.OPEN, Round.PUBLISHED)
    declared = scheme_of(held).veto(entry.item)
    if entry.kind != facts.VETOED or declared is None:
        raise no_line(entry.item)
    require_judge(by, declared.by, held.unit, f"解除“{entry.item}”否决")
    _once(entry)
    said = words(reason, "解除的理由", "写明整改验收或复查认定的文件")
    return add([new(held, facts.LIFTED, sheet=entry.sheet, item=entry.item, of=entry, today=today,
                    evidence=evidence, note=said)], by)[0]  # fmt: skip


def _item(scheme: SchemeDef, name: str, sheet: Sheet) -> ItemDef:
    line = scheme.item(name)
    if not isinstance(line, ItemDef) or (line.groups and sheet.group not in line.groups):
        raise no_line(name)
    return line


def _objected(sheet: Sheet, item: str) -> bool:
    """Whether an objection to the line waits for its answer."""
    asked = Entry.objects.filter(sheet=sheet, item=item, kind=facts.OBJECTED)
    return asked.exclude(followed_by__kind=facts.ANSWERED).exists()


def _once(entry: Entry) -> None:
    if entry.followed_by.exclude(kind=facts.SELF_SCORED).exists():
        raise Problem("APR-038", "已经撤销或解除过", remedy="刷新页面查看")
