"""An installed register needs no code: two registers that nobody programmed, from form to sheet to list."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from taizhang.kernel.errors import Problem
from taizhang.registers.actions import create_record
from taizhang.registers.blueprint import blueprint
from taizhang.registers.models import Record
from taizhang.registers.queries import Filters, records_for

pytestmark = pytest.mark.django_db
LIBRARY = """
register: library
name: 图书馆季报
line: 装备
kind: statistics
period: term
fields:
  - {name: 藏书量, type: integer, required: true, min: 0, unit: 册, query: true}
  - {name: 借阅率, type: percent, max: 100}
  - {name: 购书款, type: money, unit: 元}
checks:
  - {name: 有书才有借阅, formula: "藏书量 > 0 or 借阅率 = 0", message: 没有藏书不应有借阅率}
"""
REPAIR = """
register: repair
name: 报修单
line: 装备
kind: case
number: "BX{year}{month}-{seq:3}"
fields:
  - {name: 报修日期, type: date, required: true, query: true}
  - {name: 故障, type: text, required: true}
  - {name: 费用, type: money, query: true}
lifecycle:
  initial: 已报修
  states: {已报修: open, 维修中: open, 已修好: closed, 撤回: void}
  transitions:
    - {name: 派工, from: [已报修], to: 维修中, by: [科室]}
    - {name: 完工, from: [维修中], to: 已修好, by: [学校], requires: [费用]}
    - {name: 撤回, from: [已报修], to: 撤回, by: [学校]}
"""


@pytest.fixture
def school(county, install) -> Client:
    install(library=LIBRARY, repair=REPAIR)
    client = Client()
    client.force_login(county.own)
    return client


def url(name: str, *args, **query) -> str:
    address = reverse(f"registers:{name}", args=args)
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def test_a_statistics_register_from_form_to_list_and_sheet(county, school):
    where = url("new", "library", 单位="S1", 期间="SY2025T1")
    assert "藏书量" in school.get(where).content.decode()
    wrong = school.post(where, {"藏书量": "0", "借阅率": "5", "购书款": "1"})
    assert wrong.status_code == 422 and "没有藏书不应有借阅率" in wrong.content.decode()
    saved = school.post(where, {"藏书量": "12,000", "借阅率": "35.5", "购书款": "8000"})
    assert saved.status_code == 302 and Record.objects.get().data == {
        "藏书量": 12000, "借阅率": "0.355", "购书款": "8000.00",
    }  # fmt: skip
    shown = school.get(url("list", "library")).content.decode()
    assert "12,000" in shown and "2025-2026学年第一学期" in shown
    book = load_workbook(io.BytesIO(school.get(url("template", "library", period="SY2025T2")).content))
    page = book.worksheets[0]
    for column, cell in enumerate(page[1], start=1):
        page.cell(2, column).value = {"期间": "SY2025T2", "藏书量": 12500, "购书款": 0.1}.get(cell.value)
    sent = io.BytesIO()
    book.save(sent)
    verdict = school.post(url("import", "library"), {"file": SimpleUploadedFile("报.xlsx", sent.getvalue())})
    assert "已新增" in school.post(verdict["Location"]).content.decode()
    assert Record.objects.get(period="SY2025T2").data == {"藏书量": 12500, "购书款": "0.10"}


def test_a_case_register_runs_through_its_four_states(county, school):
    school.post(url("new", "repair"), {"报修日期": "2026-03-02", "故障": "投影机不亮"})
    record = Record.objects.get()
    assert record.number == "BX202603-001" and "派工" not in school.get(url("record", record.pk)).content.decode()
    section = Client()
    section.force_login(county.finance)
    assert section.post(url("step", record.pk), {"step": "派工"}).status_code == 302
    refused = school.post(url("step", record.pk), {"step": "撤回"})
    assert refused.status_code == 422 and "维修中" in refused.content.decode()
    assert school.post(url("step", record.pk), {"step": "完工", "费用": ""}).status_code == 422
    assert school.post(url("step", record.pk), {"step": "完工", "费用": "120"}).status_code == 302
    record.refresh_from_db()
    assert (record.state, record.state_category, record.data["费用"]) == ("已修好", "closed", "120.00")
    listed = school.get(url("list", "repair", state="已修好", sort="-费用")).content.decode()
    assert "BX202603-001" in listed and "120.00" in listed
    assert (
        "BX202603-001"
        not in school.get(url("list", "repair", state="撤回")).content.decode().partition("tz-filters")[2]
    )


def test_a_new_release_of_the_pack_shows_its_new_field_at_once(county, school, install):
    before = school.get(url("new", "repair")).content.decode()
    install(repair=REPAIR.replace("lifecycle:", "  - {name: 保修期内, type: yes_no}\nlifecycle:", 1))
    after = school.get(url("new", "repair")).content.decode()
    assert "保修期内" not in before and "保修期内" in after


def test_a_pack_applied_from_a_folder_indexes_what_lists_can_newly_filter_on(county, install):
    install(repair=REPAIR.replace("{name: 故障, type: text, required: true}", "{name: 故障, type: text}"))
    values = {"报修日期": "2026-03-02", "故障": "灯不亮"}
    create_record(register="repair", unit=county.unit("S1"), values=values, by=county.own)
    install(repair=REPAIR.replace("type: text, required: true}", "type: text, query: true}"))
    found = records_for(county.own, "repair", Filters(facets={"故障": "灯不亮"}))
    assert [record.data["故障"] for record in found] == ["灯不亮"]
    create_record(register="repair", unit=county.unit("S1"), values=values, by=county.own)
    with pytest.raises(Problem, match="已有记录有重复"):
        install(repair=REPAIR.replace("type: text, required: true}", "type: text, unique: true}"))
    assert not blueprint("repair").fields["故障"].definition.unique
