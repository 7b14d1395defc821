"""The fictional county, loaded by the same doors as a bureau's own data, and the loop run once over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from taizhang import packs
from taizhang.appraisal import actions as appraisal
from taizhang.appraisal.models import Round, Sheet
from taizhang.catalog.actions import apply_pack
from taizhang.catalog.current import catalog
from taizhang.catalog.pack import read_folder
from taizhang.documents.actions import add_document
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import as_date, read_table
from taizhang.org.actions import load_people, load_units
from taizhang.org.models import Post, User
from taizhang.org.queries import find_unit, installation_user
from taizhang.plans.actions.plan import accept_plan, draft_plan_from_document, edit_plan
from taizhang.plans.actions.progress import report_progress
from taizhang.reading import read, write_plan_xlsx
from taizhang.reading.checkpage import render
from taizhang.registers.finding.index import mend
from taizhang.registers.loading import load_table
from taizhang.reports.actions import write_report
from taizhang.schedule import actions as schedule
from taizhang.schedule.weeks import SUNDAY
from taizhang.site.demo_rounds import load_round

CORE = Path(packs.__file__).parent / "core"
DEMO = Path(packs.__file__).parent / "demo"
PASSWORD = "qingshan2026"
OFFICE = "bangongshi"
SHOWN = ("juzhang", "bangongshi", "anquan", "xuequ", "duxue", "guanliyuan")
Step = dict[str, Any]
Say = Callable[[str], None]


def load_demo(*, say: Say) -> bool:
    """Load 青山县 into an empty installation; False when it is there already. Raises Problem in anyone else's bureau.

    All of it or nothing: the pack's release says that the county is there, so it must not outlive a load that broke off.
    What the story dates after the machine's day is left out, with a line that says so.
    """
    apply_pack(pack=read_folder(CORE), by_name="系统")
    with transaction.atomic():
        if not apply_pack(pack=read_folder(DEMO), by_name="系统"):
            say("青山县（虚构）已在库中，不再重复装入。")
            return False
        mend()  # before the first record: nothing is to be indexed twice
        by = installation_user()
        to_come: set[str] = set()
        for step in yaml.safe_load((DEMO / "load.yaml").read_text(encoding="utf-8"))["load"]:
            kind = next(key for key in LOADERS if key in step)
            LOADERS[kind]({**step, "to_come": to_come}, by, say)
    return True


def _units(step: Step, by: User, say: Say) -> None:
    loaded = load_units(table=read_table(DEMO / step["units"]), by=by)
    say(f"单位：{loaded.created} 个")


def _people(step: Step, by: User, say: Say) -> None:
    loaded = load_people(table=read_table(DEMO / step["people"]), by=by, password=PASSWORD, must_change=False)
    say(f"人员：{loaded.created} 人")


def _register(step: Step, by: User, say: Say) -> None:
    """Rows that the register refuses are an error of the demo, unless what it refuses is a day or period to come: such a
    row, or one that lies under a record to come, is left out."""
    table = read_table(DEMO / step["file"])
    loaded = load_table(step["register"], table, by)
    cells, to_come = dict(table.dicts()), step.get("to_come", set())
    later = set()
    for fault in loaded.refused:
        cell = cells[fault["row"]].get(fault["field"])
        if _to_come(cell) or cell in to_come:
            later.add(fault["row"])
    to_come |= {str(cells[row].get("编号")) for row in later}
    for fault in loaded.refused:
        if fault["row"] not in later:
            raise Problem(
                "SITE-001",
                f"演示数据被拒收：{fault['field']} {fault['message']}",
                where=f"{step['file']} 第{fault['row']}行",
            )
    name = catalog().register(step["register"]).name
    say(f"{name}：{loaded.created} 条")
    _say_skipped(name, len(later), say)


def _plan(step: Step, by: User, say: Say) -> None:
    """The plan goes through the desk: read, drafted, accepted by the office; then the year's reports come in."""
    file, today = DEMO / step["plan"], timezone.localdate()
    office = User.objects.get(username=OFFICE)
    document = add_document(data=file.read_bytes(), name=file.name, by=office).document
    plan = draft_plan_from_document(document=document, by=office)
    edit_plan(plan=plan, by=office, period=str(step["year"]))
    accept_plan(plan=plan, by=office, at=_moment(min(step["accepted"], today)))
    tasks = {task.number.rstrip("."): task for task in plan.tasks.all()}
    entries = [row for _, row in read_table(DEMO / step["progress"]).dicts()]
    past = [row for row in entries if (as_date(row["日期"]) or today) <= today]
    for row in past:
        post = Post.objects.filter(unit__code=str(row["单位编码"])).select_related("user").first()
        report_progress(
            task=tasks[str(row["条目"])], percent=int(row["进度"]), note=str(row["说明"]), by=post.user if post else by,
            today=as_date(row["日期"]),
        )  # fmt: skip
    say(f"要点：{plan.title}，{len(tasks)} 项任务，{len(past)} 条进展")
    _say_skipped("进展", len(entries) - len(past), say)


def _to_come(cell: Any) -> bool:
    """Whether a cell holds a day, or the code of a period, that has not begun."""
    today = timezone.localdate()
    try:
        return Period.parse(str(cell)).start > today
    except Problem:
        return False


def _moment(day: date) -> datetime:
    """Nine in the morning of a day."""
    return timezone.make_aware(datetime.combine(day, time(9)))


def _say_skipped(what: str, count: int, say: Say) -> None:
    if count:
        say(f"{what}：{count} 条的日期晚于本机日期 {timezone.localdate()}，没有装入")


def _appraisal(step: Step, by: User, say: Say) -> None:
    """The acts of the year's appraisals in their order, each by the person who did it, on its day."""
    rows = [row for _, row in read_table(DEMO / step["appraisal"]).dicts()]
    today, people = timezone.localdate(), {user.username: user for user in User.objects.all()}
    past = [row for row in rows if (as_date(row["日期"]) or today) <= today]
    rounds: dict[str, Round] = {}
    for row in past:
        scheme, day, code = str(row["方案"]), as_date(row["日期"]), str(row["单位编码"] or "")
        actor = people.get(str(row["账号"] or ""), by)
        if row["动作"] == "启动":
            rounds[scheme] = appraisal.open_round(scheme=scheme, period=step["period"], by=actor, today=day)
        elif row["动作"] == "取数":
            appraisal.measure_round(round_=rounds[scheme], by=actor, today=day)
        elif row["动作"] == "公示":
            appraisal.publish_round(round_=rounds[scheme], by=actor, today=day)
        else:
            sheet = rounds[scheme].sheets.get(code=code)
            _appraise(row, sheet, {"by": actor, "today": day})
    say(f"考核：{len(rounds)} 次，{len(past)} 条办理记录")
    _say_skipped("考核", len(rows) - len(past), say)


def _appraise(row: dict[str, Any], sheet: Sheet, who: dict[str, Any]) -> None:
    """One act on a sheet, by its word in the table."""
    item, points = str(row["项目"]), str(row["分值"])
    source, note = str(row["来源"] or ""), str(row["说明"] or "")
    match row["动作"]:
        case "评分":
            appraisal.judge(sheet=sheet, item=item, points=points, note=note, **who)
        case "自评":
            appraisal.score_self(sheet=sheet, item=item, points=points, note=note, **who)
        case "加减分":
            appraisal.adjust(sheet=sheet, item=item, times=points, source=source, note=note, **who)
        case "一票否决":
            appraisal.set_veto(sheet=sheet, veto=item, source=source, note=note, **who)
        case "解除否决":
            entry = sheet.entries.filter(kind="vetoed", item=item).latest("id")
            appraisal.lift_veto(entry=entry, reason=note, **who)
        case "不适用":
            appraisal.waive(sheet=sheet, item=item, reason=note, **who)
        case "申诉":
            appraisal.object_to(sheet=sheet, item=item, reason=note, **who)
        case "答复":
            objection = sheet.entries.filter(kind="objected", item=item).latest("id")
            accepted = bool(row["分值"])
            appraisal.answer(
                objection=objection, accepted=accepted, points=points if accepted else "", reply=note, **who
            )
        case other:
            raise Problem("SITE-002", f"演示数据里没有动作“{other}”", where="appraisal.csv")


def _schedule(step: Step, by: User, say: Say) -> None:
    """A section's weekly work table, taken in from the document that it wrote."""
    file, actor = DEMO / step["schedule"], User.objects.get(username=step["by"])
    document = add_document(data=file.read_bytes(), name=file.name, by=actor).document
    table = schedule.create_table(
        unit=find_unit(step["unit"]), period=step["period"], first_day=step["first_day"], last_day=step["last_day"],
        first_weekday=SUNDAY, by=actor,
    )  # fmt: skip
    count, left = schedule.import_document(table=table, document=document, by=actor)
    if left:
        raise Problem(
            "SITE-003", f"演示周次表有 {len(left)} 项没有日期", where=step["schedule"], remedy="；".join(left)
        )
    schedule.issue_table(table=table, by=actor)
    say(f"周次表：{table.title}，{count} 项安排")


LOADERS: dict[str, Callable[[Step, User, Say], None]] = {
    "units": _units,
    "people": _people,
    "register": _register,
    "round": load_round,
    "plan": _plan,
    "appraisal": _appraisal,
    "schedule": _schedule,
}


def run_loop(*, out: Path | None, say: Say) -> None:
    """Once round: the plan's task table, its number check, the year's summary."""
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    reading = read(DEMO / "plan.docx")
    write_plan_xlsx(reading, out / "任务分解表.xlsx")
    (out / "核数.html").write_text(render(reading), encoding="utf-8")
    report = write_report(template="年度工作总结", unit=None, period="2026", by=User.objects.get(username=OFFICE))
    (out / "年度总结.docx").write_bytes(report.docx_bytes())
    for name in ("任务分解表.xlsx", "核数.html", "年度总结.docx"):
        say(f"已写出 {out / name}")


def accounts() -> list[tuple[str, str, str]]:
    """(account, person and post, unit) of those whom the README names, for the terminal."""
    posts = Post.objects.filter(user__username__in=SHOWN).select_related("user", "unit")
    first_school = (
        Post.objects.filter(role="学校", unit__kind="小学").select_related("user", "unit").order_by("unit__order")[:1]
    )
    return [(post.user.username, f"{post.role} {post.user.name}", post.unit.name) for post in (*posts, *first_school)]
