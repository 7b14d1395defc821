"""Letters on a task: numbered, drawn, filed, signed for (签收) and answered (反馈) by the unit they went to."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.lifecycle_schema import LetterDef
from taizhang.documents import files
from taizhang.documents.models import Document
from taizhang.documents.papers import Paper, draw_letter
from taizhang.kernel.calendar import parse_term
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.kernel.texts import chinese_date
from taizhang.org.models import Unit, User
from taizhang.org.notices import holders_of, send_notice
from taizhang.org.policy import can
from taizhang.plans.actions.common import log_task
from taizhang.plans.lights import standing_of
from taizhang.plans.models import Plan, Task
from taizhang.plans.pace import percent
from taizhang.plans.policy import answering, overseen, reporting_units
from taizhang.plans.supervise.models import TaskLetter
from taizhang.plans.supervise.recipients import units_named

# What a letter's template may name.
OWN_NAMES = (
    "文号", "主送", "发文单位", "日期", "说明", "计划", "任务", "任务内容", "序号", "责任人", "到期日期", "超期", "进度",
    "应完成", "情况", "反馈日期", "延期至",
)  # fmt: skip


def letters_for_tasks() -> list[LetterDef]:
    """The letters that the ladders for tasks write: what the office may also issue by hand."""
    ladders = [item for item in catalog().ladders.values() if item.about == "task"]
    names = dict.fromkeys(step.letter for ladder in ladders for step in ladder.steps if step.letter)
    return [found for name in names if (found := catalog().letters.get(name)) is not None]


@transaction.atomic
def issue_letters(
    *, task: Task, name: str, by: User | None, note: str = "", today: date | None = None, until: date | None = None
) -> list[TaskLetter]:
    """Write one letter to each unit that it goes to. The ladder acts as nobody (``by`` None); the office may write one by
    hand (capability ``urge``). Raises Forbidden, NotFound for an unknown letter, Problem for a task without such a unit."""
    if by is not None and not may_urge(by, task):
        raise Forbidden("PLAN-080", "您不能就这项任务发文督办", remedy="由办公室办理")
    declared = catalog().letters.get(name)
    if declared is None:
        raise NotFound("PLAN-081", f"业务包里没有文书“{name}”", remedy="请管理员检查业务包的 letters")
    units = units_named(task, declared.to)
    if not units:
        raise Problem("PLAN-082", f"这项任务没有“{declared.to}”", where=task.title, remedy="先指定牵头单位")
    day = today or timezone.localdate()
    made = [_issue(task, declared, unit, by, note, day, until) for unit in units]
    for letter in made:
        asked = "，请签收" if letter.needs_receipt else ""
        reply = f"，{letter.answer_by:%m月%d日}前反馈" if letter.answer_by else ""
        send_notice(
            to=holders_of(letter.unit),
            text=f"收到{letter}（任务“{task.title[:40]}”）{asked}{reply}。",
            url=f"/plans/tasks/{task.pk}/#letters",
            subject=f"task:{task.pk}",
            level="文书",
            by=by,
        )
    return made


def paper_of(
    task: Task, declared: LetterDef, unit: Unit, today: date, *, number: str, note: str = "", until: date | None = None
) -> Paper:
    """Draw a letter on a task as it stands on a day. Raises Problem for a fault of its template."""
    values = {**_values(task, declared, unit, today, until), "文号": number, "说明": note}
    return draw_letter(*catalog().letter_source(declared), values, values["发文单位"])


@transaction.atomic
def sign_letter(*, letter: TaskLetter, by: User) -> TaskLetter:
    """Sign for a letter (签收). Raises Forbidden, Problem when it was signed already."""
    held = _held(letter)
    if held.signed_at is not None:
        when = timezone.localtime(held.signed_at)
        raise Problem("PLAN-083", f"{held.signed_by_name} 已于 {when:%m-%d %H:%M} 签收", remedy="刷新页面")
    if not is_of_unit(by, held.unit):
        raise Forbidden("PLAN-084", f"您不能签收“{held}”", remedy="由收文单位的人员签收")
    held.signed_at, held.signed_by, held.signed_by_name = timezone.now(), by, by.display_name
    held.save(update_fields=["signed_at", "signed_by", "signed_by_name"])
    _log("letter_signed", held, by)
    return held


@transaction.atomic
def answer_letter(*, letter: TaskLetter, text: str, by: User, evidence: Document | None = None) -> TaskLetter:
    """Report back on a letter (反馈); who has not signed for it does so by that. Raises Forbidden, Problem."""
    held = _held(letter)
    if not is_of_unit(by, held.unit):
        raise Forbidden("PLAN-084", f"您不能反馈“{held}”", remedy="由收文单位的人员反馈")
    if held.answered_at is not None:
        raise Problem("PLAN-085", f"“{held}”已反馈", remedy="补充情况请填报任务进展")
    if len(text.strip()) < 5:
        raise Problem("PLAN-086", "反馈太短", where="反馈", remedy="写明办到哪一步、为什么没有按期、何时办结")
    if held.signed_at is None:
        held = sign_letter(letter=held, by=by)
    held.answer, held.answered_at, held.answered_by_name = text.strip(), timezone.now(), by.display_name
    held.evidence = evidence
    held.save(update_fields=["answer", "answered_at", "answered_by_name", "evidence"])
    _log("letter_answered", held, by)
    if held.issued_by is not None:
        send_notice(
            to=[held.issued_by],
            text=f"{held.unit}已反馈{held}。",
            url=f"/plans/tasks/{held.task_id}/#letters",
            subject=f"task:{held.task_id}",
            by=by,
        )
    return held


def may_urge(user: User, task: Task) -> bool:
    """Whether a person may write letters on a task by hand: the capability ``urge``, for plans they oversee."""
    return can(user, "urge") and overseen(user).holds(task.plan.unit)


def is_of_unit(user: User, unit: Unit) -> bool:
    """Whether a person acts for a unit in a post that reports on tasks."""
    return unit.pk in reporting_units(user)


def letters_for(user: User) -> QuerySet[TaskLetter]:
    """The letters that a person may see: of the plans they oversee all, else those to the units they answer for."""
    seen = overseen(user).q("task__plan__unit") | answering(user).q("unit")
    return TaskLetter.objects.filter(seen).select_related("task", "task__plan", "unit").order_by("-id")


def get_letter_for(user: User, letter_id: int) -> TaskLetter:
    """One letter that the person may see. Raises NotFound."""
    found = letters_for(user).filter(pk=letter_id).first()
    if found is None:
        raise NotFound("PLAN-087", "没有这份文书，或您无权查看", remedy="请核对地址")
    return found


def waiting_letters(user: User) -> QuerySet[TaskLetter]:
    """The letters to the person's own units that are not signed for, or not answered."""
    units = reporting_units(user)
    unsigned = Q(needs_receipt=True, signed_at__isnull=True)
    unanswered = Q(answer_by__isnull=False, answered_at__isnull=True)
    still = Exists(Task.objects.filter(pk=OuterRef("task_id"), plan__state=Plan.ACCEPTED))
    return TaskLetter.objects.filter(unsigned | unanswered, still, unit_id__in=units).select_related("task", "unit")


def content(letter: TaskLetter) -> bytes:
    """The letter's file. Raises NotFound when the file store has lost it."""
    return files.stored(letter.sha256).read_bytes()


def _issue(
    task: Task, declared: LetterDef, unit: Unit, by: User | None, note: str, day: date, until: date | None
) -> TaskLetter:
    number = _number(declared, task.plan.unit, day)
    paper = paper_of(task, declared, unit, day, number=number, note=note, until=until)
    term = parse_term(declared.answer) if declared.answer else None
    letter = TaskLetter.objects.create(
        task=task,
        name=declared.name,
        number=number,
        title=paper.title or declared.name,
        sha256=files.keep(paper.docx),
        html=paper.html,
        unit=unit,
        day=day,
        needs_receipt=declared.receipt,
        answer_by=catalog().calendar.add(day, term).day if term else None,
        issued_by=by,
        issued_by_name=by.display_name if by else "系统",
    )
    _log("letter_issued", letter, by)
    return letter


def _number(declared: LetterDef, bureau: Unit, day: date) -> str:
    """The next number of the letter's series of the year. The bureau's row is held until the commit: two writers do not
    draw one number."""
    if not declared.number:
        return ""
    Unit.objects.select_for_update().get(pk=bureau.pk)
    count = TaskLetter.objects.filter(name=declared.name, day__year=day.year).exclude(number="").count()
    return declared.number.replace("{year}", str(day.year)).replace("{seq}", str(count + 1))


def _values(task: Task, declared: LetterDef, unit: Unit, today: date, until: date | None) -> dict[str, str]:
    light = standing_of(task, today)
    due = task.deadline
    late = catalog().calendar.working_days_between(due, today).days if due and due < today else 0
    term = parse_term(declared.answer) if declared.answer else None
    return {
        "主送": unit.name,
        "发文单位": declared.issuer or task.plan.unit.name,
        "日期": chinese_date(today),
        "计划": task.plan.title,
        "任务": task.title,
        "任务内容": task.text or task.title,
        "序号": task.number.rstrip(".．、") or str(task.order),
        "责任人": task.persons,
        "到期日期": chinese_date(due) if due else "",
        "超期": f"{late}个工作日" if late else "",
        "进度": percent(light.share),
        "应完成": percent(light.expected),
        "情况": light.reason,
        "反馈日期": chinese_date(catalog().calendar.add(today, term).day) if term else "",
        "延期至": chinese_date(until) if until else "",
    }


def _held(letter: TaskLetter) -> TaskLetter:
    return (
        TaskLetter.objects.select_for_update(of=("self",))
        .select_related("task", "task__plan", "task__plan__unit", "unit", "issued_by")
        .get(pk=letter.pk)
    )


def _log(what: str, letter: TaskLetter, by: User | None) -> None:
    log_task(
        what, letter.task, by, letter=letter.pk, name=letter.name, number=letter.number, to=letter.unit.code,
        sha256=letter.sha256, day=letter.day.isoformat(),
    )  # fmt: skip
