"""The fictional year played on the program: the plan over the desk in the browser, every deed by the person whose it is, the
ladder every evening; and what its pages then print, read as a reader reads them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from django.test import Client
from django.urls import reverse

from taizhang.appraisal import actions as appraisal
from taizhang.appraisal.models import Entry, Round, Sheet
from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.documents.actions import add_document
from taizhang.org.models import User
from taizhang.plans import actions
from taizhang.plans.models import Plan, Task
from taizhang.plans.supervise import extensions, ladder
from taizhang.plans.supervise.letters import answer_letter
from taizhang.plans.supervise.models import TaskLetter
from tests.support import County
from tests.year.envelope import Envelope
from tests.year.events import FIRST, LAST, MIDDLE, Given, Happening, script_for

PACK = "name: local\nversion: '1'\ntitle: 本局\nrequires: {core: '>=1'}\n"
SCHEME = """scheme: sections_%(period)s
name: 科室考核%(period)s
period: %(period)s
groups: [{name: 科室, kinds: [科室]}]
sections:
  - name: 任务
    items:
      - {name: 办结, kind: measured, points: 30, formula: "满分 * coalesce(任务办结率, 1)"}
      - {name: 按期, kind: measured, points: 25, formula: "满分 * coalesce(任务按时办结率, 1)"}
      - {name: 无逾期, kind: measured, points: 15, formula: "满分 - 2 * 任务逾期数"}
  - name: 效能
    items:
      - {name: 少催办, kind: measured, points: 10, formula: "满分 - 被催办次数 / 4"}
      - {name: 评议, kind: judged, points: 20, judge: 办公室}
adjustments: [{name: 创新, kind: add, each: 2, max: 6}]
vetoes:
  - {name: 督导通报, effect: deduct, points: 4, by: 办公室}
  - {name: 违纪, effect: bar, band: 良好, by: 办公室}
bands: [{name: 优秀, at_least: 90, share: 0.5}, {name: 良好, at_least: 80}, {name: 合格, at_least: 60}, {name: 不合格, at_least: 0}]
"""
PERIODS = {MIDDLE: ("half", "2026H1"), LAST: ("year", "2026")}
SPANS = {MIDDLE: (date(2026, 1, 1), MIDDLE), LAST: (date(2026, 1, 1), LAST)}


class Played:
    """One year of one plan document."""

    def __init__(self, county: County, data: bytes, name: str) -> None:
        self.county = county
        files = {f"appraisal/{word}.yaml": SCHEME % {"period": word} for word, _ in PERIODS.values()}
        apply_pack(pack=read_files({"pack.yaml": PACK, **files}), by_name="测试")
        self.plan = self._accepted(data, name)
        self.tasks = list(self.plan.tasks.filter(parent__isnull=True).order_by("order"))
        self.compared: list[str] = []

    def _accepted(self, data: bytes, name: str) -> Plan:
        """On the desk: drafted from the document, every row mended and looked at, then given out."""
        office = client_of(self.county.office)
        document = add_document(data=data, name=name, by=self.county.office).document
        office.post(reverse("plans:draft", args=[document.pk]))
        plan = Plan.objects.get(document=document)
        office.post(reverse("plans:edit", args=[plan.pk]), {"title": plan.title, "period": "2026"})
        rows = list(plan.tasks.order_by("order"))
        self.script = script_for(len(rows))
        for row, given in zip(rows, self.script.tasks, strict=True):
            self._mend(office, row, given)
        assert office.post(reverse("plans:accept", args=[plan.pk])).status_code == 302
        plan.refresh_from_db()
        assert plan.state == Plan.ACCEPTED and all(task.checked for task in plan.tasks.all())
        return plan

    def _mend(self, office: Client, row: Task, given: Given) -> None:
        names = "、".join(self.county.unit(code).name for code in given.leads)
        sent = {"title": row.title, "text": row.text, "leads": names, "deadline": given.deadline or "", "persons": ""}
        office.post(reverse("plans:row", args=[row.pk]), sent)
        for target in row.targets.all():
            office.post(f"{reverse('plans:target', args=[row.pk])}?target={target.pk}", {"remove": "1"})
        if given.amount:
            promise = {"subject": "完成数", "comparator": ">=", "value": str(given.amount), "unit": "所"}
            office.post(reverse("plans:target", args=[row.pk]), promise)
        for day, weight in given.steps:
            actions.set_milestone(task=row, name=f"{day:%m-%d}节点", due=day, weight=weight, by=self.county.office)
        assert office.post(reverse("plans:check", args=[row.pk])).status_code == 302

    def person(self, code: str) -> User:
        return {"K1": self.county.office, "K2": self.county.safety, "K3": self.county.finance}[code]

    def run(self) -> Iterator[tuple[date, Envelope]]:
        """Day by day; stops at mid-year and at the year's end, when both sides have written everything."""
        envelope, day = Envelope(self.script), FIRST
        while day <= LAST:
            for item in self.script.happenings:
                if item.day == day:
                    self._do(item)
                    envelope.happen(item)
            with on(day):
                ladder.run_ladders(day)
            envelope.evening(day)
            if day in PERIODS:
                yield day, envelope
            day += timedelta(days=1)

    def _do(self, item: Happening) -> None:
        task = Task.objects.get(pk=self.tasks[item.task].pk)
        by, day = self.person(task.leads[0].code), item.day
        match item.deed:
            case "report":
                actions.report_progress(task=task, percent=item.value, note="按月填报", by=by, on=day, today=day)
            case "step":
                self._reach(task, by, day, only=item.value)
            case "actual":
                actions.report_actual(target=task.targets.get(), actual=Decimal(item.value), by=by, on=day)
            case "finish":
                self._reach(task, by, day)
                for target in task.targets.all():
                    actions.report_actual(target=target, actual=target.value, by=by, on=day)
                actions.report_progress(task=task, percent=100, note="办结", by=by, on=day, today=day)
            case "reopen":
                actions.reopen_task(task=task, reason="抽查退回", by=self.county.office)
            case "cancel":
                actions.cancel_task(task=task, reason="上级另有安排", by=self.county.office)
            case "extend":
                asked = extensions.ask_extension(task=task, until=item.value, reason="材料未到齐。", by=by, today=day)
                extensions.decide_extension(extension=asked, grant=True, note="抓紧。", by=self.county.chief, today=day)
            case "answer":
                for letter in TaskLetter.objects.filter(task=task, answer_by__isnull=False, answered_at__isnull=True):
                    answer_letter(letter=letter, text="已约谈责任人，本月办结。", by=self.person(letter.unit.code))

    def _reach(self, task: Task, by: User, day: date, only: int | None = None) -> None:
        for place, step in enumerate(task.milestones.order_by("due")):
            if step.done_on is None and only in (None, place):
                actions.reach_milestone(milestone=step, by=by, on=day, today=day)

    def leader_page(self, day: date) -> dict[str, object]:
        """The leader's page as it is printed on a day."""
        with on(day):
            text = client_of(self.county.chief).get(reverse("plans:leader")).content.decode()
        tables = dict(tables_in(text))
        tiles = re.findall(r'<div class="tz-stat[ "].*?</div>', text, re.S)
        counts = {
            word: int(count) for word, count in (re.match(r"(\D+) (\d+)", _bare(tile)).groups() for tile in tiles)
        }
        units = {row[0]: [int(cell) for cell in row[1:5]] for row in tables["各单位牵头任务"]}
        late = re.search(r"逾期未反馈的督办文书 (\d+) 件", " ".join(tables))
        return {"counts": counts, "units": units, "late_letters": int(late[1]) if late else 0}

    def letters(self) -> list[tuple[str, str, str, date]]:
        rows = TaskLetter.objects.order_by("pk").values_list("name", "number", "unit__code", "day")
        return list(rows)

    def appraise(self, day: date) -> dict[str, tuple[str, int | None, str]]:
        """A round opened, measured and judged on a day; what its board prints."""
        office, (word, period) = self.county.office, PERIODS[day]
        round_ = appraisal.open_round(scheme=f"sections_{word}", period=period, by=office, today=day)
        appraisal.measure_round(round_=round_, by=office, today=day)
        for sheet in Sheet.objects.filter(round=round_):
            points = self.script.judged[day][sheet.code]
            appraisal.judge(sheet=sheet, item="评议", points=points, note="测评折算", by=office, today=day)
            if times := self.script.awards[day].get(sheet.code):
                appraisal.adjust(sheet=sheet, item="创新", times=str(times), source="市级推广", by=office, today=day)
            for code, effect, lifted in self.script.vetoes[day]:
                if code == sheet.code:
                    self._veto(sheet, effect, lifted, day)
        return self._board(round_, day)

    def _veto(self, sheet: Sheet, effect: str, lifted: bool, day: date) -> None:
        name, office = {"deduct": "督导通报", "bar": "违纪"}[effect], self.county.office
        entry: Entry = appraisal.set_veto(sheet=sheet, veto=name, source="通报", by=office, today=day)
        if lifted:
            appraisal.lift_veto(entry=entry, reason="复查属实整改", by=office, today=day)

    def _board(self, round_: Round, day: date) -> dict[str, tuple[str, int | None, str]]:
        text = client_of(self.county.office).get(reverse("appraisal:board", args=[round_.pk])).content.decode()
        (rows,) = [rows for caption, rows in tables_in(text) if caption == "科室"]
        codes = {self.county.unit(code).name: code for code in ("K1", "K2", "K3")}
        return {codes[row[0]]: (row[2], int(row[1]) if row[1].isdecimal() else None, row[7]) for row in rows}


def on(day: date) -> Any:
    """The program's today is that day."""
    return patch("django.utils.timezone.localdate", lambda *_: day)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def tables_in(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """(caption, rows of cell texts) of every table of a page."""
    for table in re.findall(r"<table.*?</table>", text, re.S):
        caption = _bare(next(iter(re.findall(r"<caption.*?</caption>", table, re.S)), ""))
        body = "".join(re.findall(r"<tbody.*?</tbody>", table, re.S))
        rows = [re.findall(r"<t[dh][ >].*?</t[dh]>", row, re.S) for row in re.findall(r"<tr.*?</tr>", body, re.S)]
        yield caption, [[_bare(cell) for cell in row] for row in rows]


def _bare(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", "", markup, flags=re.S)).split())
