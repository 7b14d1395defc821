"""An inspection's finding from the feedback to lasting work, with money, rules and wrong turns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.indicators.queries import figures_by, value_for
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.org.models import Notice, User
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Letter, Record, Urging
from taizhang.registers.steps import take_step
from tests.support import County

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
TASK = {"整改措施": "设立专户\n按学期公开", "牵头领导": "分管局长", "责任人": "赵科长", "整改期限": "2026-03-20"}
DONE = {"整改成效": "账目已公开", "追缴资金": "48200", "建章立制数": "1"}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


@pytest.fixture
def inspection(bureau: County) -> Record:
    values = {"名称": "县委第二轮巡察", "类型": "巡察", "组织单位": "县委第一巡察组", "反馈日期": "2026-02-10"}
    made = create_record(register="inspection", unit=bureau.unit("K1"), values=values, by=bureau.office).record
    plan = {"整改组长": "局长", "整改报告期限": "2026-06-30"}
    return take_step(record=made, step="报送方案", by=bureau.office, values=plan).record


def finding(bureau: County, inspection: Record, unit: str = "K3", **more: Any) -> Record:
    values = {
        "所属巡察": inspection.number,
        "反馈日期": "2026-02-10",
        "问题方面": "校园餐与食堂",
        "问题描述": "食堂结余资金未专户管理",
        **more,
    }
    return create_record(register="inspection_finding", unit=bureau.unit(unit), values=values, by=bureau.office).record


def given(bureau: County, inspection: Record, unit: str = "K3") -> Record:
    made = finding(bureau, inspection, unit)
    return take_step(record=made, step="下达整改任务", by=bureau.office, values=TASK).record


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_finding_goes_from_the_feedback_to_lasting_work(bureau: County, inspection: Record) -> None:
    record = finding(bureau, inspection)
    url = reverse("registers:step", args=[record.pk])
    refused = client_of(bureau.office).post(url, {"step": "下达整改任务", "整改措施": "设立专户"})
    assert refused.status_code == 422
    assert client_of(bureau.office).post(url, {"step": "下达整改任务", **TASK}).status_code == 302
    record.refresh_from_db()
    letter = Letter.objects.get(name="巡察整改任务通知书")
    assert letter.unit == bureau.unit("K3") and letter.needs_receipt and "2026年3月20日" in letter.html
    assert Notice.objects.filter(user=bureau.finance).exists() and record.due_on == date(2026, 3, 20)

    for outside in (bureau.safety, bureau.own, bureau.inspector, bureau.stranger):
        assert client_of(outside).get(reverse("registers:record", args=[record.pk])).status_code == 404
    with pytest.raises(Problem, match="时不能改“整改期限”"):
        edit_record(record=record, values={"整改期限": "2026-12-31"}, by=bureau.finance)

    finance = client_of(bureau.finance)
    missing = finance.post(url, {"step": "提交验收", "整改成效": "账目已公开", "追缴资金": "48200"})
    assert missing.status_code == 422 and "建章立制数" in missing.content.decode()
    with pytest.raises(Problems, match="须写制度名称"):
        take_step(record=record, step="提交验收", by=bureau.finance, values=DONE)
    edit_record(record=record, values={"制度名称": "学校食堂财务管理办法"}, by=bureau.finance)
    assert finance.post(url, {"step": "提交验收", **DONE}).status_code == 302
    with pytest.raises(Forbidden):
        take_step(record=record, step="验收通过", by=bureau.finance)
    take_step(record=record, step="验收不通过", by=bureau.office, values={"验收意见": "缺公开照片"})
    record.refresh_from_db()
    assert record.state == "整改中" and "整改完成日期" not in record.data
    take_step(record=record, step="提交验收", by=bureau.finance)
    done = take_step(
        record=record, step="转入长期坚持", by=bureau.office, values={"长期坚持措施": "每学期公开一次"}
    ).record
    assert done.state == "长期坚持" and done.due_on is None

    told = {"所属问题": done.number, "处理日期": "2026-03-02", "处理方式": "纪律处分", "处理人数": "1"}
    create_record(register="inspection_sanction", unit=done.unit, values=told, by=bureau.office)
    year = {name: value_for(bureau.office, f"inspection_{name}", "B1", "2026").value for name in
            ("finding_count", "done_rate", "recovered_money", "sanctioned_count", "rule_count", "done_in_time_rate")}  # fmt: skip
    assert year == {"finding_count": 1, "done_rate": 1, "recovered_money": 48200, "sanctioned_count": 1, "rule_count": 1,
                    "done_in_time_rate": 1}  # fmt: skip
    by = figures_by(bureau.office, "inspection_done_rate", "B1", "2026", "问题方面")
    assert [(figure.group, figure.value) for figure in by] == [("校园餐与食堂", 1)]

    back = take_step(record=done, step="回头看发现反弹", by=bureau.office, note="本学期未公开").record
    assert back.state == "整改中"


def test_lasting_work_needs_a_rule(bureau: County, inspection: Record) -> None:
    record = given(bureau, inspection)
    values = {**DONE, "建章立制数": "0"}
    take_step(record=record, step="提交验收", by=bureau.finance, values=values)
    with pytest.raises(Problem, match="须先建立制度"):
        take_step(record=record, step="转入长期坚持", by=bureau.office, values={"长期坚持措施": "常抓"})
    assert take_step(record=record, step="验收通过", by=bureau.office).record.state == "已完成"


def test_an_inspection_is_not_reported_done_over_open_findings(bureau: County, inspection: Record) -> None:
    record = given(bureau, inspection)
    page = client_of(bureau.office).get(reverse("registers:record", args=[inspection.pk])).content.decode()
    assert record.number in page
    with pytest.raises(Problem, match="下面还有 1 条"):
        take_step(record=inspection, step="报结", by=bureau.office, values={"公开方式": "党内通报"})
    take_step(record=record, step="提交验收", by=bureau.finance, values={**DONE, "建章立制数": "0"})
    take_step(record=record, step="验收通过", by=bureau.office)
    reported = take_step(record=inspection, step="报结", by=bureau.office, values={"公开方式": "党内通报"}).record
    assert reported.state == "已报结" and reported.data["报告报送日期"] == "2026-03-02"


def test_a_late_finding_is_urged_and_only_a_leader_moves_its_date(
    bureau: County, inspection: Record, monkeypatch
) -> None:
    record = given(bureau, inspection, "S1")
    assert client_of(bureau.own).get(reverse("registers:record", args=[record.pk])).status_code == 200
    assert client_of(bureau.other).get(reverse("registers:record", args=[record.pk])).status_code == 404
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 3, 24))
    run_ladders(date(2026, 3, 24))
    assert Urging.objects.filter(record=record, level="催办单").exists()
    with pytest.raises(Forbidden):
        take_step(record=record, step="调整整改期限", by=bureau.own, values={"整改期限": "2026-04-30"}, note="等设备")
    with pytest.raises(Problem, match="须写明原因"):
        take_step(record=record, step="调整整改期限", by=bureau.chief, values={"整改期限": "2026-04-30"})
    moved = take_step(
        record=record, step="调整整改期限", by=bureau.chief, values={"整改期限": "2026-04-30"}, note="设备未到"
    ).record
    assert moved.due_on == date(2026, 4, 30) and moved.state == "整改中"


def test_a_neighbour_neither_sees_nor_answers_a_finding(bureau: County, inspection: Record) -> None:
    record = given(bureau, inspection, "S1")
    with pytest.raises(NotFound):
        take_step(record=record, step="提交验收", by=bureau.other, values=DONE)
    with pytest.raises(Forbidden):
        create_record(register="inspection_finding", unit=bureau.unit("S1"), values={}, by=bureau.own)


def test_what_was_done_to_persons_is_seen_by_the_office_and_the_leaders_alone(
    bureau: County, inspection: Record
) -> None:
    record = given(bureau, inspection, "S1")
    told = {"所属问题": record.number, "处理日期": "2026-03-02", "处理方式": "谈话提醒"}
    with pytest.raises(Problems, match="须写人数"):
        create_record(register="inspection_sanction", unit=record.unit, values=told, by=bureau.office)
    told["处理人数"] = "2"
    with pytest.raises((Forbidden, NotFound)):
        create_record(register="inspection_sanction", unit=record.unit, values=told, by=bureau.own)
    made = create_record(register="inspection_sanction", unit=record.unit, values=told, by=bureau.office).record
    seen = [name for name in ("office", "chief", "own", "finance", "district", "inspector")
            if client_of(getattr(bureau, name)).get(reverse("registers:record", args=[made.pk])).status_code == 200]  # fmt: skip
    assert seen == ["office", "chief"]
    pages = {name: client_of(getattr(bureau, name)).get(reverse("registers:record", args=[record.pk])).content.decode()
             for name in ("office", "own")}  # fmt: skip
    assert made.number in pages["office"] and "处理" not in pages["own"] and made.number not in pages["own"]
    figure = value_for(bureau.chief, "inspection_reminded_count", "S1", "2026")
    assert figure.value == 2 and value_for(bureau.own, "inspection_reminded_count", "S1", "2026").value is None
