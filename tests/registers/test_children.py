"""Records under a record: a visit has findings; and what reference fields offer while somebody types."""

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.catalog.actions import plan_pack
from taizhang.catalog.pack import read_files
from taizhang.kernel.errors import Problem
from taizhang.registers.actions import create_record
from taizhang.registers.models import Link, Record
from taizhang.registers.steps import take_step

pytestmark = pytest.mark.django_db
VISIT = """
register: visit
name: 下校督导
kind: case
number: "DD-{year}-{seq:3}"
fields:
  - {name: 督导日期, type: date, required: true, query: true}
  - {name: 督导内容, type: text, required: true}
  - {name: 督导人员, type: person, many: true}
  - {name: 涉及学校, type: unit, many: true}
lifecycle:
  initial: 督导中
  states: {督导中: open, 已办结: closed, 作废: void}
  transitions:
    - {name: 办结, from: [督导中], to: 已办结, by: [科室]}
"""
FINDING = """
register: finding
name: 督导问题
kind: case
parent: 所属督导
fields:
  - {name: 所属督导, type: link, register: visit, required: true}
  - {name: 发现日期, type: date, required: true}
  - {name: 问题, type: text, required: true}
lifecycle:
  initial: 待整改
  states: {待整改: open, 已整改: closed, 作废: void}
  transitions:
    - {name: 完成整改, from: [待整改], to: 已整改, by: [学校, 科室]}
"""


@pytest.fixture
def visit(county, install) -> Record:
    install(visit=VISIT, finding=FINDING)
    values = {
        "督导日期": "2026-03-02",
        "督导内容": "开学工作",
        "督导人员": "inspector、safety",
        "涉及学校": "S1,第二小学",
    }
    return create_record(register="visit", unit=county.unit("S1"), values=values, by=county.safety).record


def add(county, visit: Record, text: str = "消防通道堆物") -> Record:
    values = {"所属督导": visit.number, "发现日期": "2026-03-02", "问题": text}
    return create_record(register="finding", unit=visit.unit, values=values, by=county.safety).record


def page(user, name: str, *args, **query) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse(f"registers:{name}", args=args), query)
    return response.content.decode()


def test_a_field_with_many_references_keeps_a_real_link_for_each(county, visit):
    assert visit.data["督导人员"] == "inspector、safety" and visit.data["涉及学校"] == "S1、S2"
    assert Link.objects.filter(record=visit).count() == 4
    assert "第一小学、第二小学" in page(county.safety, "record", visit.pk)


def test_one_unknown_name_among_several_is_refused_by_name(county, install):
    install(visit=VISIT, finding=FINDING)
    values = {"督导日期": "2026-03-02", "督导内容": "开学", "涉及学校": "第一小学、第九小学"}
    with pytest.raises(Problem, match="第九小学"):
        create_record(register="visit", unit=county.unit("S1"), values=values, by=county.safety)
    assert not Record.objects.exists()


def test_the_page_of_a_visit_shows_its_findings_and_offers_to_add_one(county, visit):
    empty = page(county.safety, "record", visit.pk)
    assert "还没有督导问题" in empty and "新增督导问题" in empty
    add(county, visit)
    shown = page(county.safety, "record", visit.pk)
    assert "消防通道堆物" in shown or "2026-03-02" in shown
    # What lies under a record stands in its own table and is not told twice.
    assert "关联记录" not in shown
    form = page(county.safety, "new", "finding", 单位="S1", 所属督导=visit.number)
    assert f'value="{visit.number}"' in form


def test_findings_of_another_visit_do_not_appear(county, visit):
    values = {"督导日期": "2026-03-03", "督导内容": "食堂"}
    second = create_record(register="visit", unit=county.unit("S2"), values=values, by=county.safety).record
    add(county, second, "留样不足")
    assert "留样不足" not in page(county.safety, "record", visit.pk)


def test_a_visit_cannot_be_closed_over_an_open_finding(county, visit):
    finding = add(county, visit)
    with pytest.raises(Problem, match=r"还有 1 条“督导问题”未办结"):
        take_step(record=visit, step="办结", by=county.safety)
    take_step(record=finding, step="完成整改", by=county.safety)
    assert take_step(record=visit, step="办结", by=county.safety).record.state == "已办结"


def test_a_visit_with_findings_cannot_be_struck_out_before_them(county, visit):
    finding = add(county, visit)
    with pytest.raises(Problem, match="还有 1 条“督导问题”"):
        take_step(record=visit, step="作废", by=county.safety, note="重复登记")
    take_step(record=finding, step="作废", by=county.safety, note="重复登记")
    assert take_step(record=visit, step="作废", by=county.safety, note="重复登记").record.state == "作废"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("parent: 所属督导", "parent: 问题"), "不能作上级记录"),
        (("register: visit, required: true", "register: visit"), "不能作上级记录"),
        (("register: visit, required", "register: finding, required"), "绕回了自己"),
    ],
)
def test_a_parent_that_cannot_work_is_refused_with_its_line(county, change, said):
    files = {"pack.yaml": "name: local\nversion: '1'\ntitle: 本地\n", "registers/visit.yaml": VISIT}
    files["registers/finding.yaml"] = FINDING.replace(*change)
    with pytest.raises(Problem, match=rf"finding\.yaml:\d+.*{said}"):
        plan_pack(read_files(files))


def test_a_reference_field_offers_what_fits_and_what_may_be_seen(county, visit):
    units = page(county.safety, "suggest", "visit", field="涉及学校", 涉及学校="第一")
    assert 'value="S1"' in units and "S2" not in units
    people = page(county.safety, "suggest", "visit", field="督导人员", 督导人员="insp")
    assert 'value="inspector"' in people and "stranger" not in people
    assert visit.number in page(county.safety, "suggest", "finding", field="所属督导", 所属督导="开学")
    assert visit.number not in page(county.other, "suggest", "finding", field="所属督导", 所属督导="开学")


def test_a_stranger_is_told_that_there_is_no_register(county, visit):
    client = Client()
    client.force_login(county.stranger)
    assert client.get(reverse("registers:suggest", args=["visit"]), {"field": "涉及学校"}).status_code == 404


def test_suggestions_for_a_field_that_is_no_reference_are_empty(county, visit):
    assert "<option" not in page(county.safety, "suggest", "visit", field="督导内容", 督导内容="开")
