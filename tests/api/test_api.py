"""The REST interface: what the web does, for programs, with the same rules and the same refusals."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from taizhang.api.models import Token
from taizhang.api.tokens import make_token
from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.events.models import Event
from taizhang.kernel.errors import Problem
from taizhang.registers.actions import create_record
from taizhang.registers.models import Record
from tests.support import make_county

pytestmark = pytest.mark.django_db
HAZARD = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": "灭火器过期", "责任人电话": "15400000001"}
BASE = "/api/v1"


@pytest.fixture
def county(settings, tmp_path):
    settings.FILES = settings.WAREHOUSE = tmp_path
    return make_county()


def program(user, **more) -> Client:
    """A program with a key of this person."""
    term = timezone.localdate() + timedelta(days=30)
    return Client(headers={"authorization": f"Bearer {make_token(name='同步', expires_on=term, by=user)}"}, **more)


def add(client: Client, unit: str = "S1", **values):
    return client.post(
        f"{BASE}/registers/safety_hazard/records", {"unit": unit, "values": HAZARD | values}, "application/json"
    )


def test_a_program_enters_changes_and_finishes_a_record(county):
    school, section = program(county.own), program(county.safety)
    made = add(school)
    assert made.status_code == 201 and made.json()["state"] == "待整改"
    record = made.json()
    changed = section.patch(
        f"{BASE}/registers/records/{record['id']}",
        {"values": {"整改期限": "2026-04-01"}, "revision": 1},
        "application/json",
    )
    assert changed.json()["values"]["整改期限"] == "2026-04-01" and changed.json()["revision"] == 2
    step = {"step": "下发整改通知", "revision": 2}
    assert (
        section.post(f"{BASE}/registers/records/{record['id']}/steps", step, "application/json").json()["state"]
        == "整改中"
    )
    assert Event.objects.filter(subject=f"record:{record['id']}", actor_name=county.own.name).exists()


def test_somebody_elses_change_in_between_is_not_overwritten(county):
    school = program(county.own)
    record = add(school).json()
    change = {"values": {"隐患部位": "二楼"}, "revision": 1}
    assert school.patch(f"{BASE}/registers/records/{record['id']}", change, "application/json").status_code == 200
    again = school.patch(f"{BASE}/registers/records/{record['id']}", change, "application/json")
    assert again.status_code == 422 and again.json()["remedy"]


def test_a_wrong_value_is_refused_with_its_field_and_nothing_is_saved(county):
    refused = add(program(county.own), 隐患类别="外星安全", 发现日期="三月")
    assert refused.status_code == 422 and not Record.objects.exists()
    assert {item["where"] for item in refused.json()["problems"]} == {"隐患类别", "发现日期"}


def test_rows_of_a_list_that_must_not_leave_do_not_leave_here_either(county):
    office = program(county.office)
    assert office.get(f"{BASE}/indicators/hazard_count/rows?unit=B1&period=2026").status_code == 200
    refused = office.get(f"{BASE}/indicators/petition_forwarded_count/rows?unit=B1&period=2026")
    assert refused.status_code == 403 and "不能导出" in refused.json()["message"]


def test_sensitive_values_stay_masked(county):
    assert add(program(county.own)).json()["values"]["责任人电话"] == "154****0001"


def test_a_neighbour_and_a_stranger_find_nothing(county):
    record = create_record(register="safety_hazard", unit=county.unit("S2"), values=HAZARD, by=county.other).record
    school, stranger = program(county.own), program(county.stranger)
    for client in (school, stranger):
        assert client.get(f"{BASE}/registers/records/{record.pk}").status_code == 404
    assert school.get(f"{BASE}/registers/safety_hazard/records").json()["count"] == 0
    assert add(school, unit="S2").status_code == 403
    assert stranger.get(f"{BASE}/registers").json() == []
    assert stranger.get(f"{BASE}/registers/safety_hazard").status_code == 404
    assert stranger.get(f"{BASE}/units").json() == []
    text = SimpleUploadedFile("稿.txt", "教师30人，占50%。".encode())
    assert stranger.post(f"{BASE}/papers/read", {"file": text}).status_code == 404


@pytest.mark.parametrize("header", [None, "Bearer tz_wrong", "Bearer ", "Basic abc"])
def test_who_shows_no_valid_key_is_told_how_to_get_one(header):
    client = Client(headers={"authorization": header} if header else {})
    answer = client.get(f"{BASE}/registers")
    assert answer.status_code == 401 and "令牌" in answer.json()["remedy"]


def test_a_key_ends_with_its_term_its_taking_back_and_its_account(county):
    client = program(county.own)
    token = Token.objects.get()
    assert client.get(f"{BASE}/registers").status_code == 200
    Token.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert client.get(f"{BASE}/registers").status_code == 401
    Token.objects.update(expires_on=timezone.localdate())
    county.own.is_active = False
    county.own.save()
    assert client.get(f"{BASE}/registers").status_code == 401
    assert "tz_" not in token.digest


@pytest.mark.parametrize(("name", "days"), [(" ", 30), ("同步", 0), ("同步", 400)])
def test_a_key_without_use_or_with_a_wrong_term_is_refused(county, name, days):
    with pytest.raises(Problem):
        make_token(name=name, expires_on=timezone.localdate() + timedelta(days=days), by=county.own)


def test_a_browser_without_the_csrf_token_changes_nothing(county):
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.own)
    assert client.get(f"{BASE}/registers").status_code == 200
    assert add(client).status_code in (401, 403) and not Record.objects.exists()


def test_a_sheet_is_tried_then_loaded_and_its_faults_come_back(county):
    school = program(county.own)
    sheet = "单位编码,发现日期,隐患类别,隐患描述\nS1,2026-03-02,消防安全,灭火器过期\nS1,2026-13-02,消防安全,通道堵塞\n"

    def load(**query):
        file = SimpleUploadedFile("隐患.csv", sheet.encode())
        return school.post(f"{BASE}/registers/安全隐患台账/load", {"file": file}, query_params=query).json()

    assert load(dry_run=True)["created"] == 1 and not Record.objects.exists()
    found = load()
    assert (found["created"], [item["row"] for item in found["refused"]]) == (1, [3]) and Record.objects.count() == 1


def test_an_indicator_with_its_rows(county):
    school = program(county.own)
    add(school)
    year = timezone.localdate().year
    value = school.get(f"{BASE}/indicators/hazard_count/value", {"unit": "S1", "period": "2026"}).json()
    assert value["value"] == 1 and value["build"]
    by = (
        program(county.safety)
        .get(f"{BASE}/indicators/hazard_count/value", {"unit": "B1", "period": "2026", "by": "隐患类别"})
        .json()
    )
    assert [(item["group"], item["value"]) for item in by] == [("消防安全", 1)]
    assert len(school.get(f"{BASE}/indicators/hazard_count/rows", {"unit": "S1", "period": "2026"}).json()) == 1
    assert school.get(f"{BASE}/indicators/hazard_count/value", {"unit": "S2", "period": str(year)}).status_code == 404
    assert school.get(f"{BASE}/indicators/no_such/value").status_code == 404


def test_a_document_is_read_and_planned_without_being_kept(county):
    client = program(county.office)
    text = "一、控辍保学\n1.九年义务教育巩固率达到98%以上。（责任科室：基础教育科）\n全县教师30人，占教职工60人的60%。\n".encode()
    found = client.post(f"{BASE}/papers/read", {"file": SimpleUploadedFile("要点.txt", text)}).json()
    assert any(relation["holds"] is False for relation in found["relations"])
    assert isinstance(client.post(f"{BASE}/papers/plan", {"file": SimpleUploadedFile("要点.txt", text)}).json(), list)
    assert client.post(f"{BASE}/papers/read", {"file": SimpleUploadedFile("a.docx", b"PK broken")}).status_code == 422
    said = [f"2025年全县共有小学{count}所，在校学生12600人。\n".encode() for count in (31, 33)]
    two = [SimpleUploadedFile(f"{index}.txt", one) for index, one in enumerate(said)]
    checked = client.post(f"{BASE}/papers/check", {"files": two}).json()
    assert [item["across"][0]["kind"] for item in checked] == ["two_values", "two_values"] and "relations" in checked[0]


def test_the_document_of_the_interface_names_every_address(county):
    schema = Client().get(f"{BASE}/openapi.json").json()
    assert {"/api/v1/registers/{code}/records", "/api/v1/indicators/{code}/value", "/api/v1/papers/write"} <= schema[
        "paths"
    ].keys()
    assert "tz-" not in str(schema) and schema["info"]["version"] == "1"


@pytest.mark.parametrize("body", ["", "{", '{"unit": "S1"}', '{"unit": 1, "values": []}'])
def test_a_malformed_body_is_refused_in_chinese(county, body):
    answer = program(county.own).post(f"{BASE}/registers/safety_hazard/records", body, "application/json")
    assert answer.status_code in (400, 422) and not Record.objects.exists()
    if answer.status_code == 422:
        assert "请求写法不对" in answer.json()["message"]


def test_the_page_of_keys_shows_a_new_key_once_and_takes_it_back(county):
    client = Client()
    client.force_login(county.own)
    term = (timezone.localdate() + timedelta(days=30)).isoformat()
    made = client.post("/api/tokens/", {"name": "资产系统", "expires_on": term}).content.decode()
    assert "tz_" in made and "只显示这一次" in made
    assert "tz_" not in client.get("/api/tokens/").content.decode()
    token = Token.objects.get()
    neighbour = Client()
    neighbour.force_login(county.other)
    assert neighbour.post(f"/api/tokens/{token.pk}/drop/").status_code == 404
    assert client.post(f"/api/tokens/{token.pk}/drop/").status_code == 302 and not Token.objects.exists()
    assert client.post("/api/tokens/", {"name": "", "expires_on": ""}).status_code == 422


def test_a_report_is_written_as_docx_by_who_may_write(county):
    given = {"template": "年度工作总结", "period": "2026"}
    answer = program(county.own).post(f"{BASE}/papers/write", given, "application/json")
    assert answer.status_code in (403, 404)
    assert (
        program(county.office)
        .post(f"{BASE}/papers/trace", {"file": SimpleUploadedFile("x.docx", io.BytesIO(b"no").read())})
        .status_code
        == 422
    )


GUESTS = """
register: guests
name: 来访台账
kind: case
fields:
  - {name: 事由, type: text}
privacy: {log_views: true, export: refused, basis: 内部规定}
"""


def test_a_list_that_must_not_leave_does_not_leave_by_the_interface(county):
    files = {"pack.yaml": "name: local\nversion: '1'\ntitle: 本地\n", "registers/guests.yaml": GUESTS}
    apply_pack(pack=read_files(files), by_name="测试")
    answer = program(county.own).get(f"{BASE}/registers/guests/records")
    assert answer.status_code == 403 and "不能导出" in answer.json()["message"]


def test_a_key_rests_while_the_password_of_its_person_is_being_reset(county):
    client = program(county.own)
    assert client.get(f"{BASE}/registers").status_code == 200
    type(county.own).objects.filter(pk=county.own.pk).update(must_change_password=True)
    assert client.get(f"{BASE}/registers").status_code == 401


def test_what_no_database_keeps_is_refused_with_a_sentence(county):
    assert add(program(county.own), 隐患描述="灭火器\x00过期").status_code == 422
