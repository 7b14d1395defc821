"""The plan's year through the browser: upload, desk, accept, report, overdue; and who sees which page."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from taizhang.documents.models import Document
from taizhang.org.models import User
from taizhang.plans import actions
from taizhang.plans.models import Plan, Task
from tests.plans.builders import plan_document, plan_docx
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def county() -> County:
    return make_county()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args, **query) -> str:
    response = client.get(reverse(f"plans:{name}", args=args), query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


def accepted(county: County) -> Plan:
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    actions.assign_units(task=plan.tasks.last(), leads=[county.unit("K3")], by=county.office)
    return actions.accept_plan(plan=plan, by=county.office)


def test_from_upload_to_the_overdue_mark_on_the_sections_list(county):
    office = as_(county.office)
    file = SimpleUploadedFile("要点.docx", plan_docx())
    office.post(reverse("documents:upload"), {"file": file})
    document = Document.objects.get()
    shown = office.get(reverse("documents:detail", args=[document.pk]), {"tab": "tasks"}).content.decode()
    assert "起草任务分解" in shown and "开展校园安全隐患排查" in shown
    response = office.post(reverse("plans:draft", args=[document.pk]))
    plan = Plan.objects.get()
    assert response.url == reverse("plans:desk", args=[plan.pk])
    desk = page(office, "desk", plan.pk)
    first, last = plan.tasks.first(), plan.tasks.last()
    assert f'id="text-t{first.pk}"' in desk and "未指定" in desk and "原文：审计小组" in desk
    # the clerk cannot accept yet, and is told which row is missing what
    refused = office.post(reverse("plans:accept", args=[plan.pk]))
    assert refused.status_code == 422 and "清理历年往来款项" in refused.content.decode()
    mended = office.post(
        reverse("plans:row", args=[last.pk]),
        {
            "title": last.title,
            "leads": "计划财务科、安全管理",
            "assistants": "",
            "deadline": "2026-01-31",
            "text": last.text,
        },
        **HTMX,
    )
    assert "安全管理科" in mended.content.decode() and 'hx-swap-oob="true"' in mended.content.decode()
    assert office.post(reverse("plans:check", args=[last.pk]), **HTMX).status_code == 200
    assert office.post(reverse("plans:accept", args=[plan.pk])).url == reverse("plans:plan", args=[plan.pk])
    # the section reports on its own task
    safety = as_(county.safety)
    late = page(safety, "tasks", due="overdue")
    assert "已逾期" in late and last.title in late
    answer = safety.post(
        reverse("plans:task", args=[first.pk]),
        {"percent": "60", "note": "已排查三所学校", "evidence": SimpleUploadedFile("现场.png", b"\x89PNG2")},
    )
    assert answer.status_code == 302
    shown = page(safety, "task", first.pk)
    assert "已排查三所学校" in shown and "现场.png" in shown and "60%" in shown


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("office", {"index", "tasks", "plan", "first", "school"}),
        ("chief", {"index", "tasks", "plan", "first", "school"}),
        ("safety", {"index", "tasks", "plan", "first"}),
        ("finance", {"index", "tasks", "plan", "school"}),
        ("own", {"index", "tasks", "plan", "school"}),
        ("district", {"index", "tasks", "plan", "school"}),
        ("other", {"index", "tasks"}),
        ("stranger", {"index", "tasks"}),
    ],
)
def test_every_page_is_replayed_by_everybody(county, name, sees):
    plan = accepted(county)
    first, school = plan.tasks.first(), plan.tasks.get(title="做好预算执行")
    urls = {
        "index": reverse("plans:index"),
        "tasks": reverse("plans:tasks"),
        "plan": reverse("plans:plan", args=[plan.pk]),
        "first": reverse("plans:task", args=[first.pk]),
        "school": reverse("plans:task", args=[school.pk]),
    }
    client = as_(getattr(county, name))
    for key, url in urls.items():
        assert client.get(url).status_code == (200 if key in sees else 404), key
    if name in ("other", "stranger"):
        assert plan.title not in client.get(urls["index"]).content.decode()
        assert first.title not in client.get(urls["tasks"]).content.decode()


def test_a_section_sees_only_its_own_rows_on_the_plans_page(county):
    plan = accepted(county)
    shown = page(as_(county.safety), "plan", plan.pk)
    assert "开展校园安全隐患排查" in shown and "做好预算执行" not in shown


WRITES = ["row", "check", "split", "remove", "target", "reopen", "cancel", "task_edit"]


@pytest.mark.parametrize("name", ["safety", "own", "chief", "other", "stranger"])
def test_nobody_but_the_office_changes_tasks_through_any_address(county, name):
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    before = list(plan.tasks.values())
    client = as_(getattr(county, name))
    for task in plan.tasks.all():
        for address in WRITES:
            data = {"title": "改", "subject": "改", "text": "一\n\n二", "reason": "因", "leads": "", "assistants": ""}
            status = client.post(reverse(f"plans:{address}", args=[task.pk]), data).status_code
            assert status in (403, 404), (address, status)
    for address in ("edit", "accept", "close", "add", "merge", "assign"):
        status = client.post(reverse(f"plans:{address}", args=[plan.pk]), {"title": "改"}).status_code
        assert status in (403, 404), address
    assert list(plan.tasks.values()) == before
    assert client.get(reverse("plans:desk", args=[plan.pk])).status_code in (403, 404)


def test_someone_logged_out_is_sent_to_the_login_page(county):
    plan = accepted(county)
    response = Client().get(reverse("plans:plan", args=[plan.pk]))
    assert response.status_code == 302 and "login" in response.url


def test_a_unit_nobody_knows_comes_back_with_words_and_what_was_typed(county):
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    task = plan.tasks.first()
    response = as_(county.office).post(
        reverse("plans:row", args=[task.pk]), {"title": "新名", "leads": "火星科", "assistants": ""}, **HTMX
    )
    shown = response.content.decode()
    assert "没有这个单位：火星科" in shown and "新名" in shown
    task.refresh_from_db()
    assert task.title == "开展校园安全隐患排查"


def test_rows_are_split_merged_removed_and_added_on_the_desk(county):
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    office, task = as_(county.office), plan.tasks.first()
    assert "在要拆开的地方空一行" in office.get(reverse("plans:split", args=[task.pk]), **HTMX).content.decode()
    office.post(reverse("plans:split", args=[task.pk]), {"text": "第一件事。\r\n\r\n第二件事。"}, **HTMX)
    assert [row.title for row in plan.tasks.all()[:2]] == ["第一件事", "第二件事"]
    keys = [row.pk for row in plan.tasks.all()[:2]]
    office.post(reverse("plans:merge", args=[plan.pk]), {"key": keys})
    assert plan.tasks.count() == 4
    assign = reverse("plans:assign", args=[plan.pk])
    last = plan.tasks.last()
    office.post(assign, {"key": [last.pk, task.pk], "leads": "计划财务科"})
    assert last.leads == [county.unit("K3")] and task.assistants == [county.unit("K1")]
    for data in ({"key": [last.pk], "leads": "火星科"}, {"key": [], "leads": "办公室"}, {"key": ["x"], "leads": ""}):
        assert office.post(assign, data).status_code == 422
    answer = office.post(reverse("plans:remove", args=[plan.tasks.last().pk]), **HTMX)
    assert answer.headers["HX-Redirect"].startswith(reverse("plans:desk", args=[plan.pk]))
    office.post(reverse("plans:add", args=[plan.pk]), {"title": "临时交办", "leads": "办公室"})
    assert plan.tasks.last().leads == [county.unit("K1")]
    refused = office.post(reverse("plans:add", args=[plan.pk]), {"title": "", "leads": "火星科"})
    assert refused.status_code == 422 and "没有这个单位" in refused.content.decode()


def test_a_target_is_bound_to_an_indicator_and_taken_off_again(county):
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    office, task = as_(county.office), plan.tasks.all()[1]
    url = reverse("plans:target", args=[task.pk])
    target = task.targets.get()
    assert "不对应指标" in office.get(f"{url}?target={target.pk}", **HTMX).content.decode()
    data = {"subject": "隐患整改率", "comparator": ">=", "value": "97.5", "unit": "%"}
    office.post(f"{url}?target={target.pk}", {**data, "indicator_code": "hazard_rectified_rate"}, **HTMX)
    target.refresh_from_db()
    assert (target.amount, target.indicator_code) == ("97.5%", "hazard_rectified_rate")
    assert office.get(f"{url}?target=999999").status_code == 404
    office.post(f"{url}?target={target.pk}", {"remove": "1"}, **HTMX)
    assert not task.targets.exists()


def test_a_plan_by_hand_needs_no_document(county):
    office = as_(county.office)
    assert office.post(reverse("plans:new"), {"title": "  "}).status_code == 422
    assert office.post(reverse("plans:new"), {"title": "会议交办", "period": "明年"}).status_code == 422
    office.post(reverse("plans:new"), {"title": "会议交办", "period": "2026"})
    plan = Plan.objects.get()
    assert "还没有任务" in page(office, "desk", plan.pk)
    office.post(reverse("plans:edit", args=[plan.pk]), {"title": "会议交办事项", "period": "2026H1"})
    plan.refresh_from_db()
    assert (plan.title, plan.period) == ("会议交办事项", "2026H1")


def test_a_report_that_is_not_in_order_comes_back_with_what_was_written(county):
    task = accepted(county).tasks.first()
    response = as_(county.safety).post(reverse("plans:task", args=[task.pk]), {"percent": "130", "note": "写了很多"})
    shown = response.content.decode()
    assert response.status_code == 200 and "写了很多" in shown and "处需要修改" in shown
    assert not task.entries.exists()
    bad = {"percent": "30", "note": "有附件", "evidence": SimpleUploadedFile("a.exe", b"MZ")}
    assert as_(county.safety).post(reverse("plans:task", args=[task.pk]), bad).status_code == 422
    assert not task.entries.exists()


def test_a_refused_report_leaves_no_proof_behind(county):
    task = accepted(county).tasks.first()
    data = {"percent": "50", "note": "旁观", "evidence": SimpleUploadedFile("a.png", b"\x89PNG9")}
    assert as_(county.chief).post(reverse("plans:task", args=[task.pk]), data).status_code == 403
    assert not Document.objects.filter(kind="evidence").exists() and not task.entries.exists()


def test_proof_that_a_reader_may_not_see_is_not_linked(county):
    task = accepted(county).tasks.get(title="做好预算执行")
    as_(county.finance).post(
        reverse("plans:task", args=[task.pk]),
        {"percent": "20", "note": "已下达", "evidence": SimpleUploadedFile("内部.png", b"\x89PNG3")},
    )
    assert "内部.png" in page(as_(county.finance), "task", task.pk)
    assert "内部.png" not in page(as_(county.own), "task", task.pk)


def test_cancel_and_reopen_stand_on_the_tasks_page(county):
    task = accepted(county).tasks.first()
    office = as_(county.office)
    assert office.post(reverse("plans:cancel", args=[task.pk]), {"reason": ""}).status_code == 422
    office.post(reverse("plans:cancel", args=[task.pk]), {"reason": "任务合并"})
    assert "任务合并" in page(office, "task", task.pk)
    office.post(reverse("plans:reopen", args=[task.pk]), {"reason": "恢复办理"})
    task.refresh_from_db()
    assert task.state == Task.OPEN and "退回：恢复办理" in page(office, "task", task.pk)


def test_the_tasks_page_leads_back_to_the_place_in_the_document(county):
    task = accepted(county).tasks.all()[2]
    shown = page(as_(county.office), "task", task.pk)
    assert f"/documents/{task.plan.document_id}/?tab=tasks#text-t2" in shown
    assert "在文稿中查看" not in page(as_(county.own), "task", task.pk)


def test_the_list_filters_sorts_pages_and_exports_what_it_shows(county):
    plan = accepted(county)
    for number in range(30):
        actions.add_task(
            plan=plan, title=f"补充{number:02}", leads=[county.unit("K2")], deadline="2026-12-31", by=county.office
        )
    office = as_(county.office)
    assert "第 1 / 2 页" in re.sub(r"<[^>]+>", "", page(office, "tasks"))
    assert page(office, "tasks", q="补充07").count('class="tz-open"') == 1
    assert page(office, "tasks", unit=county.unit("S1").pk).count('class="tz-open"') == 1
    assert page(office, "tasks", state="done").count('class="tz-open"') == 0
    sorted_ = page(office, "tasks", sort="-title", q="补充", size="50")
    assert sorted_.index("补充29") < sorted_.index("补充00")
    assert page(office, "tasks", sort="; drop", size="-1", page="zz", due="x", plan="y")
    response = office.get(reverse("plans:plan", args=[plan.pk]), {"export": "xlsx", "q": "补充"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet["A1"].value == f"{plan.title}任务分解表" and sheet.max_row == 32
    assert (sheet["E3"].value, str(sheet["G3"].value)[:10]) == ("安全管理科", "2026-12-31")


def test_the_sheet_has_the_columns_that_the_command_writes(county, tmp_path):
    from taizhang.reading import read_bytes, write_plan_xlsx

    path = tmp_path / "a.xlsx"
    write_plan_xlsx(read_bytes(plan_docx(), "a.docx"), path)
    plan = accepted(county)
    response = as_(county.office).get(reverse("plans:plan", args=[plan.pk]), {"export": "xlsx"})
    ours = openpyxl.load_workbook(io.BytesIO(response.content)).active
    theirs = openpyxl.load_workbook(path).active
    assert [cell.value for cell in ours[2]] == [cell.value for cell in theirs[2]]
    assert ours.max_row == theirs.max_row == 6


@pytest.mark.parametrize("name", ["index", "tasks", "plan", "desk"])
def test_pages_ask_as_often_for_many_tasks_as_for_few(county, name):
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    args = [plan.pk] if name in ("plan", "desk") else []
    client = as_(county.office)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(f"plans:{name}", args=args), {"size": "100"}).status_code == 200
        return len(asked)

    questions()
    few = questions()
    for number in range(25):
        actions.add_task(plan=plan, title=f"补充{number}", leads=[county.unit("K2")], by=county.office)
    assert questions() == few


def test_a_late_report_shows_its_own_day_with_the_year_and_when_it_was_entered(county):
    task, safety = accepted(county).tasks.first(), as_(county.safety)
    url, today = reverse("plans:task", args=[task.pk]), timezone.localdate()
    day = today - dt.timedelta(days=10)
    assert safety.post(url, {"percent": "20", "note": "上旬已排查", "on": day.isoformat()}).status_code == 302
    shown = page(safety, "task", task.pk)
    assert day.isoformat() in shown and f"{today} 补报" in shown
    refused = safety.post(
        url, {"percent": "30", "note": "去年已排查", "on": (today - dt.timedelta(days=40)).isoformat()}
    )
    assert refused.status_code == 422 and "太早" in refused.content.decode()
    assert safety.post(url, {"percent": "40", "note": "今天排查"}).status_code == 302
    assert list(task.entries.values_list("on", flat=True)) == [today, day]


def test_the_stage_and_period_of_a_target_are_mended_on_the_desk(county):
    plan = actions.draft_plan_from_document(document=plan_document(county.office), by=county.office)
    task, office = plan.tasks.first(), as_(county.office)
    url = reverse("plans:target", args=[task.pk])
    form = office.get(url, **HTMX).content.decode()
    assert "考核期间" in form and "普通高中" in form
    given = {"subject": "生均图书册数", "comparator": ">=", "value": "26", "indicator_code": "books_per_pupil"}
    shown = office.post(url, {**given, "stage": "小学", "period": "SY2026"}, **HTMX).content.decode()
    assert re.search("学段.小学", shown) and re.search("考核期间.SY2026", shown)
    assert office.post(url, {**given, "stage": "大学"}, **HTMX).status_code == 200
    assert task.targets.filter(stage="小学", period="SY2026").count() == 1
