"""A plan document comes again, revised: what is new, gone or changed stands beside the old, each item is confirmed, and
what people did on the tasks stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from taizhang.documents.actions import add_document
from taizhang.documents.models import Document
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.plans import actions
from taizhang.plans.models import Plan, Target, Task
from taizhang.plans.revision import CHANGED, GONE, NEW, SAME, Change, likeness
from tests.plans.builders import PLAN, plan_document, plan_docx
from tests.plans.replay import told
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
REVISED = """测试县教育局2026年工作要点
2026年,全县教育工作以安全和质量为主线,重点抓好以下任务。
一、安全工作
1.开展校园安全隐患排查。全年排查隐患整改率达到99%以上,2026年5月底前完成第一轮。牵头单位:安全管理科;配合单位:办公室、计划财务科。
2.完善校园安防设施。确保专职保安配备率达到100%。牵头单位:安全管理科。
3.开展防溺水专项巡查。7月底前完成。牵头单位:安全管理科。
二、经费管理
1.做好预算执行。力争生均公用经费拨付率不低于95%,9月底前完成。牵头单位:计划财务科;配合单位:第一小学。
2.编制校舍维修三年规划。牵头单位:基建股。
"""
HAZARDS, GUARDS, BUDGET, DEBTS = "开展校园安全隐患排查", "完善校园安防设施", "做好预算执行", "清理历年往来款项"


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = tmp_path
    return make_county()


def under_way(county: County) -> Plan:
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    actions.assign_units(task=named(plan, DEBTS), leads=[county.unit("K3")], by=county.office)
    return actions.accept_plan(plan=plan, by=county.office)


def named(plan: Plan, words: str) -> Task:
    return plan.tasks.get(title__startswith=words)


def revised(county: County, text: str = REVISED) -> Document:
    return add_document(data=plan_docx(text), name="2026年工作要点（修订）.docx", by=county.office).document


def by_title(changes: list[Change]) -> dict[str, Change]:
    return {change.title[:6]: change for change in changes}


def test_each_item_is_new_gone_changed_or_the_same_and_says_what_is_printed_otherwise(county):
    plan = under_way(county)
    changes = actions.changes_in(plan, revised(county))
    assert [(change.title[:6], change.kind) for change in changes] == [
        ("开展校园安全", CHANGED), ("完善校园安防", SAME), ("开展防溺水专", NEW), ("做好预算执行", SAME),
        ("清理历年往来", GONE), ("编制校舍维修", NEW),
    ]  # fmt: skip
    said = {item.name: (item.before, item.after) for item in changes[0].differences if item.name != "任务内容"}
    assert said["完成时限"] == ("2026-06-30", "2026-05-31")
    assert said["配合单位"] == ("办公室", "办公室、计划财务科")
    assert "98%" in said["目标"][0] and "99%" in said["目标"][1]
    words = next(item for item in changes[0].differences if item.name == "任务内容")
    day, promise = (next(item for item in changes[0].differences if item.name == name) for name in ("完成时限", "目标"))
    assert day.pieces == [("del", "2026-06-30"), ("ins", "2026-05-31")]
    assert ("del", "98") in promise.pieces and ("ins", "99") in promise.pieces
    assert ("del", "6") in words.pieces and ("ins", "5") in words.pieces
    assert "".join(text for tag, text in words.pieces if tag != "ins") == words.before
    assert "".join(text for tag, text in words.pieces if tag != "del") == words.after


def test_what_is_taken_over_keeps_progress_evidence_and_log(county):
    plan = under_way(county)
    task, target = named(plan, HAZARDS), named(plan, HAZARDS).targets.get()
    actions.report_actual(target=target, actual=Decimal(96), by=county.safety)
    entry = actions.report_progress(task=task, percent=50, note="第一轮排查过半", by=county.safety)
    actions.report_progress(task=named(plan, DEBTS), percent=30, note="对账", by=county.finance)
    logged = list(Event.objects.filter(subject=f"task:{task.pk}").values_list("pk", flat=True))
    document = revised(county)
    changes = [change for change in actions.changes_in(plan, document) if change.kind != SAME]
    leads = {change.key: [county.unit("K3")] for change in changes if change.title.startswith("编制校舍")}
    counts = actions.revise_plan(
        plan=plan, document=document, take={change.key for change in changes}, leads=leads, by=county.office
    )
    assert counts == {NEW: 2, GONE: 1, CHANGED: 1, SAME: 0}
    again = named(plan, HAZARDS)
    assert (again.pk, again.deadline, again.progress) == (
        task.pk,
        date(2026, 5, 31),
        Task.objects.get(pk=task.pk).progress,
    )
    assert [unit.code for unit in again.assistants] == ["K1", "K3"] and again.entries.get() == entry
    kept = again.targets.get()
    assert (kept.pk, kept.value, kept.actual) == (target.pk, Decimal(99), Decimal(96))
    assert set(logged) < set(Event.objects.filter(subject=f"task:{task.pk}").values_list("pk", flat=True))
    gone = named(plan, DEBTS)
    assert (gone.state, gone.cancel_reason, gone.progress) == (Task.CANCELLED, "修订稿已删去", 30)
    assert [unit.code for unit in named(plan, "编制校舍").leads] == ["K3"]
    plan.refresh_from_db()
    assert plan.document == document
    order = plan.tasks.exclude(state=Task.CANCELLED).order_by("order").values_list("title", flat=True)
    assert [title[:4] for title in order] == ["开展校园", "完善校园", "开展防溺", "做好预算", "编制校舍"]
    text = document.reading.text
    for item in plan.tasks.exclude(state=Task.CANCELLED):
        assert text[item.start : item.end].startswith(item.text[:10])
    assert not [change for change in actions.changes_in(plan, document) if change.kind != SAME]
    # The log alone knows the year as it is now.
    story = told().tasks
    assert (story[task.pk].deadline, story[gone.pk].state) == (date(2026, 5, 31), "cancelled")


def test_what_is_not_confirmed_stays_and_is_not_asked_again(county):
    plan = under_way(county)
    document = revised(county)
    found = by_title(actions.changes_in(plan, document))
    actions.revise_plan(plan=plan, document=document, take={found["开展防溺水专"].key}, by=county.office)
    assert named(plan, HAZARDS).deadline == date(2026, 6, 30) and named(plan, DEBTS).state == Task.OPEN
    assert plan.tasks.count() == 5 and named(plan, DEBTS).start is None
    plan.refresh_from_db()
    assert {change.kind for change in actions.changes_in(plan, document)} == {SAME}
    left = Event.objects.get(action="plans.plan.revised").data["left"]
    assert [title[:4] for title in left] == ["开展校园", "清理历年", "编制校舍"]


def test_what_the_clerk_mended_by_hand_is_no_change_of_the_document(county):
    plan = under_way(county)
    task = named(plan, GUARDS)
    actions.edit_task(task=task, deadline="2026-10-31", title="配齐专职保安", by=county.office)
    document = revised(county)
    changes = actions.changes_in(plan, document)
    assert next(change for change in changes if task in change.tasks).kind == SAME
    actions.revise_plan(plan=plan, document=document, take=set(), by=county.office)
    task.refresh_from_db()
    assert (task.title, task.deadline) == ("配齐专职保安", date(2026, 10, 31))


def test_a_new_item_without_a_unit_is_refused_in_a_plan_under_way_and_nothing_is_half_done(county):
    plan = under_way(county)
    document = revised(county)
    take = {change.key for change in actions.changes_in(plan, document) if change.kind != SAME}
    with pytest.raises(Problem, match="没有牵头单位"):
        actions.revise_plan(plan=plan, document=document, take=take, by=county.office)
    plan.refresh_from_db()
    assert plan.document != document and named(plan, HAZARDS).deadline == date(2026, 6, 30)
    assert plan.tasks.count() == 4 and not Event.objects.filter(action="plans.plan.revised").exists()


def test_other_units_are_taken_over_as_printed_and_whom_the_clerk_added_stays(county):
    plan = under_way(county)
    task = named(plan, HAZARDS)
    actions.edit_task(task=task, assistants=[county.unit("K1"), county.unit("S1")], by=county.office)
    text = REVISED.replace("配合单位:办公室、计划财务科", "配合单位:计划财务科、消防大队")
    document = revised(
        county, text.replace("2.编制校舍维修三年规划。牵头单位:基建股。", "2.编制规划。配合单位:住建局。")
    )
    found = by_title(actions.changes_in(plan, document))
    new = found["编制规划"].key
    actions.revise_plan(
        plan=plan, document=document, take={found["开展校园安全"].key, new}, leads={new: [county.unit("K3")]},
        by=county.office,
    )  # fmt: skip
    task.refresh_from_db()
    assert {unit.code for unit in Task.objects.get(pk=task.pk).assistants} == {"S1", "K3"}
    assert task.assisting_text == "消防大队" and named(plan, "编制规划").assisting_text == "住建局"
    document = revised(county, text.replace(";配合单位:计划财务科、消防大队", ""))
    found = by_title(actions.changes_in(Plan.objects.get(pk=plan.pk), document))
    actions.revise_plan(plan=plan, document=document, take={found["开展校园安全"].key}, by=county.office)
    task = Task.objects.get(pk=task.pk)
    assert ([unit.code for unit in task.assistants], task.assisting_text) == (["S1"], "")


def test_another_lead_that_nobody_can_match_is_named_by_the_clerk(county):
    plan = under_way(county)
    document = revised(county, REVISED.replace("达到100%。牵头单位:安全管理科", "达到100%。牵头单位:保卫股"))
    change = by_title(actions.changes_in(plan, document))["完善校园安防"]
    assert (change.kind, change.asks_lead, change.leads) == (CHANGED, True, [])
    with pytest.raises(Problem, match="没有牵头单位"):
        actions.revise_plan(plan=plan, document=document, take={change.key}, by=county.office)
    office = Client()
    office.force_login(county.office)
    address = reverse("plans:revision", args=[plan.pk, document.pk])
    assert "采纳须写明，原文：保卫股" in office.get(address).content.decode()
    office.post(address, {"take": [change.key], f"leads_{change.key}": "计划财务科"})
    task = named(plan, GUARDS)
    assert [unit.code for unit in task.leads] == ["K3"] and task.lead_text == "保卫股"


def test_a_task_by_hand_stands_behind_the_document_with_its_parts(county):
    plan = under_way(county)
    listed = actions.add_task(plan=plan, title="另加一项", leads=[county.unit("K2")], by=county.office)
    part = actions.add_subtask(task=listed, title="第一步", leads=[county.unit("K2")], by=county.office)
    document = revised(county)
    key = by_title(actions.changes_in(plan, document))["开展防溺水专"].key
    actions.revise_plan(plan=plan, document=document, take={key}, by=county.office)
    listed.refresh_from_db()
    part.refresh_from_db()
    rows = plan.tasks.filter(parent__isnull=True).order_by("order").values_list("title", flat=True)
    assert list(rows)[-1] == "另加一项" and part.order == listed.order > 4


def test_a_finished_or_split_item_is_shown_and_left_to_people(county):
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    actions.split_task(
        task=named(plan, HAZARDS), by=county.office,
        texts=["开展校园安全隐患排查。", "全年排查隐患整改率达到98%以上,2026年6月底前完成第一轮。"],
    )  # fmt: skip
    actions.assign_units(task=named(plan, DEBTS), leads=[county.unit("K3")], by=county.office)
    for task in plan.tasks.all():
        if not task.leads:
            actions.assign_units(task=task, leads=[county.unit("K2")], by=county.office)
    plan = actions.accept_plan(plan=plan, by=county.office)
    actions.report_progress(task=named(plan, DEBTS), percent=100, note="清完", by=county.finance)
    document = revised(county)
    found = by_title(actions.changes_in(plan, document))
    assert "已拆成 2 项" in found["开展校园安全"].hindrance and "已完成" in found["清理历年往来"].hindrance
    with pytest.raises(Problem, match="有变动"):
        actions.revise_plan(plan=plan, document=document, take={found["清理历年往来"].key}, by=county.office)
    actions.revise_plan(plan=plan, document=document, take={found["开展防溺水专"].key}, by=county.office)
    assert named(plan, DEBTS).state == Task.DONE


def test_a_draft_loses_what_is_gone(county):
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    document = revised(county)
    found = by_title(actions.changes_in(plan, document))
    actions.revise_plan(
        plan=plan,
        document=document,
        take={change.key for change in found.values() if change.kind != SAME},
        by=county.office,
    )
    assert not plan.tasks.filter(title__startswith=DEBTS).exists() and plan.tasks.count() == 5


def test_only_who_prepares_the_plan_revises_it_and_a_stale_page_is_refused(county):
    plan = under_way(county)
    document = revised(county)
    key = by_title(actions.changes_in(plan, document))["清理历年往来"].key
    for person in (county.safety, county.chief, county.own, county.stranger):
        with pytest.raises(Forbidden):
            actions.revise_plan(plan=plan, document=document, take=set(), by=person)
    actions.cancel_task(task=named(plan, DEBTS), reason="并入别的工作", by=county.office)
    with pytest.raises(Problem, match="有变动"):
        actions.revise_plan(plan=plan, document=document, take={key}, by=county.office)


def test_a_document_that_cannot_revise_the_plan_is_refused_with_the_reason(county):
    plan = under_way(county)
    listed = actions.create_plan(title="会议议定事项", unit=county.unit("B1"), period="2026", by=county.office)
    with pytest.raises(Problem, match="没有可对照的原稿"):
        actions.changes_in(listed, revised(county))
    speech = add_document(data=plan_docx("在开学典礼上的讲话\n同学们,新学期好。\n"), name="讲话.docx", by=county.office)
    with pytest.raises(Problem, match="没有找到任务条目"):
        actions.changes_in(plan, speech.document)
    other = revised(county)
    actions.draft_plan_from_document(document=other, by=county.office)
    with pytest.raises(Problem, match="已另有任务分解"):
        actions.changes_in(plan, other)
    actions.close_plan(plan=plan, by=county.office)
    with pytest.raises(Problem, match="已归档"):
        actions.changes_in(plan, revised(county, REVISED + "3.再加一项。牵头单位:计划财务科。\n"))


def test_the_clerk_uploads_looks_and_confirms_in_the_browser(county):
    plan = under_way(county)
    office = Client()
    office.force_login(county.office)
    assert "上传修订稿" in office.get(reverse("plans:plan", args=[plan.pk])).content.decode()
    file = SimpleUploadedFile("要点修订.docx", plan_docx(REVISED))
    shown = office.post(reverse("plans:revise", args=[plan.pk]), {"file": file}, follow=True)
    text, address = shown.content.decode(), shown.redirect_chain[-1][0]
    assert "<del>" in text and "<ins>" in text and "采纳须写明，原文：基建股" in text
    for name in ("safety", "chief", "own", "stranger"):
        client = Client()
        client.force_login(getattr(county, name))
        assert client.get(address).status_code in (403, 404), name
    found = by_title(actions.changes_in(plan, Document.objects.get(name="要点修订.docx")))
    new = found["编制校舍维修"].key
    wrong = office.post(address, {"take": [new], f"leads_{new}": "基建股"})
    text = wrong.content.decode()
    assert "没有这个单位：基建股" in text and 'value="基建股"' in text and plan.tasks.count() == 4
    assert text.count(" checked") == 1, "what was ticked stays ticked, the rest does not"
    office.post(address, {"take": [new, found["开展校园安全"].key], f"leads_{new}": "计划财务科"})
    assert Target.objects.filter(task__plan=plan, value=99).exists() and plan.tasks.count() == 5
    assert "两稿的任务没有不同" in office.get(address).content.decode()
    assert office.post(reverse("plans:revise", args=[plan.pk])).status_code == 422


def test_a_page_of_a_document_offers_to_revise_an_open_plan(county):
    plan = under_way(county)
    office = Client()
    office.force_login(county.office)
    text = office.get(reverse("documents:detail", args=[revised(county).pk])).content.decode()
    assert f"/plans/{plan.pk}/revise/" in text and "的修订稿" in text


def test_likeness_is_one_for_the_same_and_nothing_for_strangers():
    assert likeness("防溺水巡查", "防溺水巡查") == 1 and likeness("甲", "甲") == 1 and likeness("甲乙", "丙丁") == 0
    assert 0.4 < likeness("开展隐患排查工作", "全面开展隐患排查") < 1
    assert PLAN != REVISED
