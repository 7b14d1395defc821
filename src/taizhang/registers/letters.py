"""Letters that a step or a ladder writes on a record: numbered, filed with the record, signed for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.lifecycle_schema import LetterDef
from taizhang.documents.papers import Paper, draw_letter
from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.kernel.texts import chinese_date
from taizhang.org.models import User
from taizhang.org.notices import send_notice
from taizhang.org.policy import posts_of
from taizhang.registers import attachments, deadlines
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Letter, Record
from taizhang.registers.queries import get_record_for
from taizhang.registers.recipients import bureau_of, people_named, unit_named
from taizhang.registers.writing import reserve

# What a letter's template may name beside the record's own fields.
OWN_NAMES = (
    "文号", "台账", "编号", "标题", "单位", "状态", "期间", "主送", "发文单位", "日期", "到期日期", "超期", "说明",
)  # fmt: skip
NOT_NUMBERED = "（发出时编号）"


def paper_of(plan: Blueprint, record: Record, letter: LetterDef, today: date, *, number: str, note: str = "") -> Paper:
    """Draw a letter on a record as it stands. Raises Problem for a fault of its template."""
    values = {**_values(plan, record, letter, today), "文号": number, "说明": note}
    return draw_letter(*catalog().letter_source(letter), values, values["发文单位"])


def letter_named(name: str) -> LetterDef:
    """A letter of the packs. Raises NotFound."""
    found = catalog().letters.get(name)
    if found is None:
        raise NotFound("REG-161", f"业务包里没有文书“{name}”", remedy="请管理员检查业务包的 letters")
    return found


@transaction.atomic
def issue_letter(*, record: Record, name: str, by: User | None, note: str = "", today: date | None = None) -> Letter:
    """Number, draw, file and announce a letter. The caller's action has checked that it may be issued."""
    plan, declared, day = blueprint(record.register_code), letter_named(name), today or timezone.localdate()
    number = ""
    if declared.number:
        last = reserve(f"letter:{name}:{day.year}"[:100], 1)
        number = declared.number.replace("{year}", str(day.year)).replace("{seq}", str(last))
    paper = paper_of(plan, record, declared, day, number=number, note=note)
    made = Letter.objects.create(
        record=record,
        name=name,
        number=number,
        title=paper.title or name,
        sha256=attachments.keep_bytes(paper.docx),
        html=paper.html,
        unit=unit_named(plan.register, record, declared.to),
        needs_receipt=declared.receipt and declared.to in ("责任单位", "上级单位", "主管科室"),
        issued_by=by,
        issued_by_name=by.display_name if by else "系统",
    )
    _log("registers.letter.issued", made, by)
    asked = "，请签收" if made.needs_receipt else ""
    send_notice(
        to=people_named(plan.register, record, [declared.to]),
        text=f"收到{made}（{plan.register.name} {record.number or record.pk}）{asked}。",
        url=f"/registers/records/{record.pk}/#letters",
        subject=f"record:{record.pk}",
        by=by,
    )
    return made


def may_sign(user: User, letter: Letter) -> bool:
    """Whether a person may sign for a letter: who holds a post at the unit it went to."""
    open_ = letter.needs_receipt and letter.signed_at is None
    return open_ and any(post.unit_id == letter.unit_id for post in posts_of(user))


@transaction.atomic
def sign_letter(*, letter: Letter, by: User) -> Letter:
    """Sign for a letter (签收). Raises Forbidden, Problem when it was signed already."""
    held = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if held.signed_at is not None:
        when = timezone.localtime(held.signed_at)
        raise Problem("REG-162", f"{held.signed_by_name} 已于 {when:%m-%d %H:%M} 签收", remedy="刷新页面")
    if not may_sign(by, held):
        raise Forbidden("REG-163", f"您不能签收“{held}”", remedy="由收文单位的人员签收")
    held.signed_at, held.signed_by, held.signed_by_name = timezone.now(), by, by.display_name
    held.save(update_fields=["signed_at", "signed_by", "signed_by_name"])
    _log("registers.letter.signed", held, by)
    if held.issued_by is not None:
        send_notice(
            to=[held.issued_by],
            text=f"{held}已由{by.display_name}签收。",
            url=f"/registers/records/{held.record_id}/#letters",
            subject=f"record:{held.record_id}",
            by=by,
        )
    return held


def get_letter_for(user: User | None, letter_id: int) -> Letter:
    """A letter on a record that the person may see. Raises NotFound."""
    found = Letter.objects.select_related("unit").filter(pk=letter_id).first()
    if found is None:
        raise NotFound("REG-164", "没有这份文书，或您无权查看", remedy="请核对地址")
    get_record_for(user, found.record_id)
    return found


def content(letter: Letter) -> bytes:
    """The letter's file. Raises NotFound when the file store has lost it."""
    return attachments.stored_bytes(letter.sha256, f"{letter}.docx")


def _values(plan: Blueprint, record: Record, letter: LetterDef, today: date) -> dict[str, str]:
    """Every word that the template may use; sensitive values masked, dates as official documents write them."""
    lookup = DbLookup(None).preload([record])
    data = plan.with_computed(record, today, lookup)
    values = {}
    for name, field in plan.fields.items():
        stored = data.get(name)
        if stored is None:
            values[name] = ""
        elif field.type == "date" and not field.definition.sensitive:
            values[name] = chinese_date(date.fromisoformat(str(stored)))
        else:
            values[name] = plan.shown(name, data, lookup)
    bureau, unit = bureau_of(record), unit_named(plan.register, record, letter.to)
    due = record.due_on or min(
        (item.due for item in deadlines.clocks_of(plan.register, record, today) if item.due), default=None
    )
    late = catalog().calendar.working_days_between(due, today).days if due and due < today else 0
    own = {
        "台账": plan.register.name,
        "编号": record.number or f"#{record.pk}",
        "标题": record.title,
        "单位": record.unit.name,
        "状态": record.state,
        "期间": record.period,
        "主送": unit.name if unit else letter.to,
        "发文单位": letter.issuer or (bureau.name if bureau else ""),
        "日期": chinese_date(today),
        "到期日期": chinese_date(due) if due else "",
        "超期": f"{late}个工作日" if late else "",
    }
    return {**values, **own}


def _log(action: str, letter: Letter, by: User | None) -> Any:
    return record_event(
        action,
        by=by,
        subject=f"record:{letter.record_id}",
        register_code=letter.record.register_code,
        label=str(letter),
        unit_code=letter.unit.code if letter.unit else "",
        letter=letter.pk,
        sha256=letter.sha256,
    )
