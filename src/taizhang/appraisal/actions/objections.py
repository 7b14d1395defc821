"""What a unit objects to while the result is published, and the answer it gets."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from taizhang.appraisal import facts
from taizhang.appraisal.actions.common import add, locked, new, no_line, scheme_of, words
from taizhang.appraisal.actions.scores import judge
from taizhang.appraisal.models import Entry, Round, Sheet
from taizhang.appraisal.policy import require_judge, speaks_for
from taizhang.catalog.appraisal_schema import AdjustmentDef, ItemDef
from taizhang.documents.models import Document
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.models import User
from taizhang.org.notices import send_notice


@transaction.atomic
def object_to(
    *,
    sheet: Sheet,
    item: str,
    reason: str,
    by: User | None,
    evidence: Document | None = None,
    today: date | None = None,
) -> Entry:
    """A unit objects to one line or veto of its sheet, within the days of publication."""
    if not speaks_for(by, sheet):
        raise Forbidden("APR-040", "只能为本单位申诉", remedy="由被考核单位的填报员或负责人提出")
    held, day = locked(sheet.round_id, Round.PUBLISHED), today or timezone.localdate()
    if held.objections_until and day > held.objections_until:
        raise Problem("APR-041", f"申诉截止 {held.objections_until}，已过期", remedy="请与办公室联系")
    scheme = scheme_of(held)
    if scheme.item(item) is None and scheme.veto(item) is None:
        raise no_line(item)
    waiting = Entry.objects.filter(sheet=sheet, item=item, kind=facts.OBJECTED).exclude(
        followed_by__kind=facts.ANSWERED
    )
    if waiting.exists():
        raise Problem("APR-042", f"对“{item}”的申诉还没有答复", remedy="等答复后再提")
    said = words(reason, "申诉理由", "写明事实、依据和要求")
    return add([new(held, facts.OBJECTED, sheet=sheet, item=item, today=day, evidence=evidence, note=said)], by)[0]


@transaction.atomic
def answer(
    *, objection: Entry, accepted: bool, reply: str, by: User | None, points: str = "", today: date | None = None
) -> Entry:
    """The judge's answer. An accepted objection to a judged line gives the new points with it; points added or taken off
    are struck, and a veto is lifted, each by its own act."""
    held = locked(objection.round_id, Round.PUBLISHED)
    scheme = scheme_of(held)
    line = scheme.item(objection.item) or scheme.veto(objection.item)
    if objection.kind != facts.OBJECTED or line is None or objection.sheet is None:
        raise no_line(objection.item)
    named = line.judge if isinstance(line, ItemDef | AdjustmentDef) else line.by
    require_judge(by, named, held.unit, f"答复对“{objection.item}”的申诉")
    if objection.followed_by.filter(kind=facts.ANSWERED).exists():
        raise Problem("APR-043", "这条申诉已经答复", remedy="刷新页面查看")
    said = words(reply, "答复", "写明核查的事实和结论")
    if accepted and isinstance(line, ItemDef) and line.kind == "judged":
        if not points.strip():
            raise Problem("APR-044", "采纳申诉须同时给出新的分数", where=objection.item, remedy="填写改后的分数")
        judge(sheet=objection.sheet, item=objection.item, points=points, note=said, by=by, today=today)
    made = add([new(held, facts.ANSWERED, sheet=objection.sheet, item=objection.item, of=objection, today=today,
                    accepted=accepted, note=said)], by)[0]  # fmt: skip
    if objection.by is not None:
        send_notice(
            to=[objection.by], text=f"{held.title}：对“{objection.item}”的申诉{'已采纳' if accepted else '未采纳'}。", by=by,
            url=f"/appraisal/sheets/{objection.sheet_id}/", subject=facts.subject_of(held.pk),
        )  # fmt: skip
    return made
