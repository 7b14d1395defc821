"""The pages of supervision: who sees and does what, on the leader's page, in every view, on a task, on a letter."""

import io
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.org.models import User
from taizhang.plans import actions
from taizhang.plans.lenses import VIEWS, board
from taizhang.plans.models import Task
from taizhang.plans.queries import tasks_for
from taizhang.plans.supervise import ladder
from taizhang.plans.supervise.extensions import ask_extension
from taizhang.plans.supervise.letters import issue_letters
from taizhang.plans.supervise.models import Extension
from tests.plans.year import task_due
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = tmp_path
    settings.CATALOG_FRESH_SECONDS = 3600.0
    return make_county()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, name: str, *args, **query) -> str:
    response = as_(user).get(reverse(f"plans:{name}", args=args), query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


def post(user: User, name: str, /, *args, **sent) -> int:
    return as_(user).post(reverse(f"plans:{name}", args=args), sent).status_code


def late(county: County, days: int = 40) -> Task:
    """A task whose deadline is over for so many days, urged as the ladder of today asks."""
    today = timezone.localdate()
    task = task_due(county, (today - timedelta(days=days)).isoformat(), period=str(today.year))
    working = today
    while not ladder.run_ladders(working):
        working += timedelta(days=1)
    return task


def test_the_leader_reads_what_is_late_with_the_reason_and_others_read_their_own(county):
    task = late(county)
    shown = page(county.chief, "leader")
    assert "排查隐患" in shown and "已超过40天" in shown and "安全管理科" in shown
    assert "排查隐患" in page(county.safety, "leader")
    for person in (county.own, county.stranger):
        assert "排查隐患" not in page(person, "leader")
    assert "排查隐患" in page(county.chief, "leader", plan=task.plan_id)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_the_task_to_those_who_may_see_it_alone(county, view):
    task = late(county, 1)
    actions.edit_task(task=task, persons="张三、李四", by=county.office)
    seen = {"view": view, "month": task.deadline.strftime("%Y-%m")}
    word = {"units": "安全管理科", "leaders": "张三", "chapters": "未分章节"}.get(view, "排查隐患")
    # A filter offers only what one may see, so a stranger's page does not name it either.
    assert word in page(county.chief, "tasks", **seen) and word in page(county.safety, "tasks", **seen)
    assert word in page(county.chief, "plan", task.plan_id, **seen)
    for person in (county.own, county.stranger):
        assert word not in page(person, "tasks", **seen)


def test_a_list_follows_its_groups(county):
    task = late(county, 1)
    actions.edit_task(task=task, persons="张三", by=county.office)
    assert "排查隐患" in page(county.chief, "tasks", person="张三")
    assert "排查隐患" not in page(county.chief, "tasks", person="王五")
    assert "排查隐患" not in page(county.chief, "tasks", chapter="安全工作")
    assert page(county.chief, "tasks", view="calendar", month="不是月份")


def test_many_tasks_take_as_many_queries_as_few(county, django_assert_max_num_queries):
    task = late(county, 1)
    client = as_(county.chief)
    client.get(reverse("plans:leader"))
    for number in range(25):
        actions.add_task(plan=task.plan, title=f"又一项{number}", leads=[county.unit("K3")], by=county.office)
    for name, query in (("leader", {}), *(("tasks", {"view": view}) for view in VIEWS)):
        with django_assert_max_num_queries(40):
            client.get(reverse(f"plans:{name}"), query)


def test_the_progress_sheet_goes_out_as_table_and_as_paper(county):
    late(county)
    url = reverse("plans:progress_sheet")
    book = openpyxl.load_workbook(io.BytesIO(as_(county.chief).get(url, {"format": "xlsx"}).content))
    rows = list(book["进展表"].iter_rows(values_only=True))
    assert rows[1][:3] == ("序号", "任务", "牵头单位") and rows[2][1:3] == ("排查隐患", "安全管理科")
    assert rows[2][8] == "逾期" and "已超过40天" in rows[2][9]
    paper = docx.Document(io.BytesIO(as_(county.chief).get(url, {"format": "docx"}).content))
    assert [cell.text for cell in paper.tables[0].rows[1].cells][1:3] == ["排查隐患", "安全管理科"]
    empty = openpyxl.load_workbook(io.BytesIO(as_(county.own).get(url).content))
    assert empty["进展表"].max_row == 2


def test_a_words_bars_and_signs_do_not_break_the_paper(county):
    task = late(county)
    actions.edit_task(task=task, title="=排查|隐患 @表 {{ x }}", by=county.office)
    url = reverse("plans:progress_sheet")
    paper = docx.Document(io.BytesIO(as_(county.chief).get(url, {"format": "docx"}).content))
    assert paper.tables[0].rows[1].cells[1].text == "=排查|隐患 @表 {{ x }}"
    book = openpyxl.load_workbook(io.BytesIO(as_(county.chief).get(url).content))
    assert book["进展表"]["B3"].value == "=排查|隐患 @表 {{ x }}" and book["进展表"]["B3"].data_type == "s"


def test_a_letter_is_read_downloaded_signed_and_answered_on_its_page(county):
    task = late(county)
    letter = task.letters.first()
    assert str(letter) in page(county.safety, "letters", waiting="1")
    assert str(letter) in page(county.chief, "letters") and str(letter) not in page(county.own, "letters")
    assert "签收" in page(county.safety, "letter", letter.pk)
    assert as_(county.safety).get(reverse("plans:letter_file", args=[letter.pk])).content.startswith(b"PK")
    for person in (county.own, county.finance, county.stranger):
        for name in ("letter", "letter_file"):
            assert as_(person).get(reverse(f"plans:{name}", args=[letter.pk])).status_code == 404
        assert post(person, "sign", letter.pk) == 404 and post(person, "answer", letter.pk, text="正在办理。") == 404
    assert post(county.office, "sign", letter.pk) == 403
    assert post(county.safety, "sign", letter.pk) == 302
    if letter.answer_by:
        assert post(county.safety, "answer", letter.pk, text="材料已补齐，月底办结。") == 302
        assert "材料已补齐" in page(county.chief, "letter", letter.pk)


def test_the_office_issues_a_letter_on_the_tasks_page(county):
    task = late(county, 1)
    assert "任务督办通知单" in page(county.office, "task", task.pk)
    assert "发出</button>" not in page(county.safety, "task", task.pk)
    assert post(county.safety, "issue", task.pk, name="任务督办通知单") == 403
    assert post(county.own, "issue", task.pk, name="任务督办通知单") == 404
    assert post(county.office, "issue", task.pk, name="任务督办通知单", note="本周五前") == 302
    assert task.letters.filter(name="任务督办通知单", issued_by=county.office).exists()


def test_more_time_is_asked_and_decided_on_the_tasks_page(county):
    task = late(county, 1)
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    asked = {"until": until, "reason": "设备没有到货，已催。"}
    assert post(county.own, "ask_extension", task.pk, **asked) == 404
    assert post(county.finance, "ask_extension", task.pk, **asked) == 403
    assert post(county.safety, "ask_extension", task.pk, **asked) == 302
    request = Extension.objects.get()
    assert "设备没有到货" in page(county.chief, "leader")
    assert post(county.office, "decide_extension", task.pk, request.pk, decision="grant") == 403
    assert post(county.chief, "decide_extension", task.pk, request.pk, decision="grant", note="同意") == 302
    task.refresh_from_db()
    assert task.deadline.isoformat() == until
    assert "任务延期批复" in page(county.safety, "task", task.pk)


def test_who_waits_for_more_time_is_shown_to_those_who_see_the_task_and_under_its_plan_alone(county):
    today = timezone.localdate()
    task = task_due(county, (today - timedelta(days=1)).isoformat(), period=str(today.year), assistants=[])
    until = today + timedelta(days=30)
    ask_extension(task=task, until=until, reason="设备没有到货，已催。", by=county.safety)
    assert "设备没有到货" in page(county.safety, "leader")
    for person in (county.finance, county.own, county.stranger):
        assert "设备没有到货" not in page(person, "leader")
    other = task_due(county, today.isoformat(), period=str(today.year)).plan
    assert "设备没有到货" not in page(county.chief, "leader", plan=other.pk)
    assert "设备没有到货" in page(county.chief, "leader", plan=task.plan_id)


def test_late_letters_are_those_of_the_chosen_plan(county):
    task, today = late(county, 1), timezone.localdate()
    issue_letters(task=task, name="任务督办通知单", by=county.office, today=today - timedelta(days=60))
    other = task_due(county, today.isoformat(), period=str(today.year)).plan
    assert "逾期未反馈的督办文书" in page(county.chief, "leader")
    assert "逾期未反馈的督办文书" in page(county.chief, "leader", plan=task.plan_id)
    assert "逾期未反馈的督办文书" not in page(county.chief, "leader", plan=other.pk)


def test_milestones_are_set_reached_with_pictures_and_shown_to_those_who_may_see_them(county):
    task = task_due(county, "2026-12-31")
    sent = {"name": "主体结顶", "due": "2026-03-31", "weight": "2"}
    assert post(county.own, "milestone", task.pk, **sent) == 404
    assert post(county.finance, "milestone", task.pk, **sent) == 403
    assert post(county.safety, "milestone", task.pk, **sent) == 302
    step = task.milestones.get()
    picture = SimpleUploadedFile("现场.png", PICTURE, content_type="image/png")
    assert post(county.safety, "reach", task.pk, step.pk, on="2026-03-20", note="提前", pictures=picture) == 302
    step.refresh_from_db()
    assert step.done_on == date(2026, 3, 20) and step.pictures.count() == 1
    shown = page(county.safety, "task", task.pk)
    assert "主体结顶" in shown and "现场.png" in shown and "由节点计算" in shown


def test_a_target_is_broken_down_and_each_unit_reports_its_part(county):
    task = task_due(county, "2026-12-31")
    target = actions.edit_target(
        task=task, subject="改造厕所", value="10", unit="所", comparator=">=", by=county.office
    )
    key = {"target": target.pk}
    assert post(county.safety, "breakdown", task.pk, **key, parts="安全管理科 6\n计划财务科 3") == 403
    assert post(county.office, "breakdown", task.pk, **key, parts="安全管理科 6\n计划财务科 3") == 302
    assert "各单位合计9，比总目标少1" in page(county.chief, "task", task.pk)
    assert post(county.office, "breakdown", task.pk, **key, parts="安全管理科 六所") == 422
    assert post(county.office, "breakdown", task.pk, **key, parts="没有的科 6") == 422
    assert post(county.finance, "breakdown", task.pk, **key, unit=county.unit("K3").pk, actual="2") == 302
    assert post(county.safety, "breakdown", task.pk, **key, unit=county.unit("K2").pk, actual="4") == 302
    target.refresh_from_db()
    task.refresh_from_db()
    assert target.actual == Decimal(6) and task.progress == 60


def test_one_actual_is_shown_against_two_setters_and_what_was_begun_apart(county):
    task = task_due(county, "2026-12-31")
    given = {"task": task, "subject": "校舍面积", "unit": "万平方米", "comparator": ">=", "by": county.office}
    target = actions.edit_target(**given, value="9.19", issuer="县政府")
    actions.edit_target(**given, value="14.6722", issuer="市政府")
    sent = {"target": target.pk, "actual": "3.6566", "started": "15.2458"}
    assert post(county.safety, "actual", task.pk, **sent) == 302
    shown = page(county.chief, "task", task.pk)
    for words in ("县政府下达", "39.8", "165.9", "24.9", "103.9"):
        assert words in shown


def test_parts_and_words_on_a_task(county):
    task = task_due(county, "2026-12-31")
    assert post(county.safety, "subtask", task.pk, title="排查食堂", deadline="2026-05-31", leads="计划财务科") == 302
    assert post(county.safety, "subtask", task.pk, title="太晚", deadline="2027-05-31") == 422
    assert post(county.finance, "subtask", task.pk, title="别人") == 403
    assert "排查食堂" in page(county.chief, "task", task.pk)
    assert post(county.chief, "comment", task.pk, text="抓紧办。", instruction="1") == 302
    assert post(county.safety, "comment", task.pk, text="马上办。", instruction="1") == 403
    assert post(county.own, "comment", task.pk, text="看看") == 404
    assert "抓紧办。" in page(county.safety, "task", task.pk)


def test_a_board_and_a_gantt_read_the_facts_of_their_tasks_once(county, monkeypatch):
    from taizhang.plans import lenses

    task_due(county, "2026-12-31")
    asked: list[int] = []
    whole = lenses.facts_of
    monkeypatch.setattr(lenses, "facts_of", lambda *args, **more: asked.append(1) or whole(*args, **more))
    for draw in (lenses.board, lenses.gantt):
        asked.clear()
        assert draw(Task.objects.all(), date(2026, 6, 1)) and len(asked) == 1, draw.__name__


def test_a_list_holds_the_tasks_of_one_light_and_the_leaders_tiles_lead_there(county):
    today = timezone.localdate()
    year = str(today.year)
    task_due(county, (today - timedelta(days=1)).isoformat(), period=year, title="迟了的")
    slow = task_due(county, (today + timedelta(days=1)).isoformat(), period=year, title="慢了的")
    actions.edit_task(task=slow, begins=today - timedelta(days=90), by=county.office)
    done = task_due(county, today.isoformat(), period=year, title="办好的")
    actions.report_progress(task=done, percent=100, note="办完", by=county.safety)
    actions.add_task(
        plan=actions.create_plan(title="草稿", unit=county.unit("B1"), by=county.office),
        title="没下达的",
        by=county.office,
    )
    titles = {"逾期": "迟了的", "滞后": "慢了的", "正常": "", "已完成": "办好的"}
    for word, title in titles.items():
        text = page(county.chief, "tasks", light=word)
        assert [name for name in (*titles.values(), "没下达的") if name and name in text] == ([title] if title else [])
        assert f"light={quote(word)}" in page(county.chief, "leader")
        assert sum(item.count for item in board(tasks_for(county.chief, light=word), today)) == bool(title)
    assert "迟了的" in page(county.chief, "tasks", light="紫")
