"""The audit page: who did what to which record, for whose post allows it, without what the records say."""

import io
import re

import openpyxl
import pytest
from django.db import connection

from taizhang.events.actions import record, record_many
from taizhang.events.models import Event
from taizhang.org.actions import assign_post, create_user
from taizhang.registers.actions import create_record, reveal_field
from taizhang.site.audit import Asked, events_for
from taizhang.site.audit_words import WORDS
from tests.support import PACKS, START, make_county

pytestmark = pytest.mark.django_db
HERE = "/settings/audit/"
HAZARD = {
    "发现日期": "2026-03-01", "隐患类别": "消防安全", "隐患描述": "楼道堆放杂物", "隐患部位": "教学楼", "责任人电话": "15400000001",
}  # fmt: skip


@pytest.fixture
def county(settings, tmp_path):
    settings.FILES = tmp_path
    county = make_county()
    county.keeper = create_user(username="keeper", name="管家", by=None)
    assign_post(user=county.keeper, unit=county.unit("B1"), role="管理员", since=START, by=None)
    county.hazard = create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own).record
    reveal_field(record=county.hazard, field="责任人电话", reason="电话核实情况", by=county.safety)
    return county


def shown(client, user, query=""):
    client.force_login(user)
    answer = client.get(HERE + query)
    assert answer.status_code == 200, answer.content.decode()
    return re.sub(r"<(select|option)[^>]*>[^<]*", "", answer.content.decode().split("<main")[-1])


@pytest.mark.parametrize(
    ("who", "status"),
    [("root", 200), ("chief", 200), ("keeper", 200), ("office", 404), ("safety", 404), ("own", 404), ("other", 404),
     ("stranger", 404)],
)  # fmt: skip
def test_only_a_post_that_audits_reads_the_log(county, client, who, status):
    client.force_login(getattr(county, who))
    for address in (HERE, HERE + "export/"):
        answer = client.get(address)
        assert answer.status_code == status
        assert b"".join(answer)  # a file is read to its end
    assert (HERE in client.get("/").content.decode()) == (status == 200)


def test_the_chief_sees_who_opened_a_sealed_field_and_why(county, client):
    page = shown(client, county.chief, "?kind=查看敏感内容")
    assert "查看敏感字段" in page and "字段：责任人电话；原因：电话核实情况" in page and "科室safety" in page
    assert f"/registers/records/{county.hazard.pk}/" in page and "新增" not in page


def test_who_sets_the_system_up_learns_the_number_of_a_record_and_not_its_name(county, client):
    Event.objects.filter(subject=f"record:{county.hazard.pk}").update(label="不该看到的名称")
    page = shown(client, county.keeper, f"?number={county.hazard.number}")
    assert county.hazard.number in page and "不该看到的名称" not in page and "/registers/records/" not in page
    assert "不该看到的名称" in shown(client, county.chief)


def test_who_may_not_see_a_record_does_not_read_what_was_written_about_it(county, client):
    record("registers.list.exported", by=county.safety, subject="register:safety_hazard", label="安全隐患",
           register_code="safety_hazard", filters="q=%E6%9D%8E%E5%9B%9B", rows=3)  # fmt: skip
    page = shown(client, county.keeper)
    assert "字段：责任人电话" in page and "电话核实情况" not in page and "李四" not in page and "行数：3" in page
    page = shown(client, county.chief)
    assert "电话核实情况" in page and "李四" in page


def test_each_filter_narrows_the_list_and_an_odd_one_does_not_break_it(county, client):
    def left(query):
        return events_for(county.chief, Asked(**query)).count()

    about = Event.objects.filter(register_code="safety_hazard").count()
    assert about == left({"register": "safety_hazard"}) == 2
    assert left({"person": "科室safety"}) == 1 and left({"person": "无此人"}) == 0 and left({"person": "系统"}) > 10
    # A district's name stands for its schools too.
    assert left({"unit": "城关学区"}) >= left({"unit": "S1"}) >= 2 and left({"unit": "第二小学", "kind": "记录"}) == 0
    client.force_login(county.chief)
    assert client.get(HERE + "?since=昨天&kind=没有&register=x&page=99&unit=%00").status_code == 200
    assert "没有符合条件的操作" in shown(client, county.chief, "?since=2031-01-01")


def test_another_bureau_does_not_read_this_one(county):
    from taizhang.kernel.tables import table_from_bytes
    from taizhang.org.actions import load_units

    rows = "编码,名称,类型,上级编码,启用日期,停用日期\nC1,邻县教育局,教育局,,2000-01-01,\n"
    load_units(table=table_from_bytes(rows.encode(), "units.csv"), by=None)
    neighbour = create_user(username="neighbour", name="邻县局长", by=None)
    assign_post(user=neighbour, unit=county.unit("C1"), role="局长", since=START, by=None)
    record("org.user.password_changed", by=neighbour, subject="user:1", label="本县的")
    theirs = events_for(neighbour, Asked())
    assert theirs.filter(label="本县的") and not theirs.filter(register_code="safety_hazard")
    assert not events_for(county.chief, Asked()).filter(label="本县的")


def test_the_filtered_list_goes_out_as_a_sheet_and_the_log_says_so(county, client):
    client.force_login(county.chief)
    answer = client.get(HERE + "export/?register=safety_hazard")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("时间", "人员", "操作") and len(rows) == 3
    assert rows[1][2] == "查看敏感字段" and rows[1][6] == "第一小学"
    assert Event.objects.filter(action="site.audit.exported", data__rows=2).count() == 1


def test_a_long_log_costs_the_page_no_more_queries_and_an_index_answers(county, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as before:
        shown(client, county.chief, "?register=safety_hazard")
    told = {"register": "safety_hazard", "changed": ["隐患部位"]}
    line = ("registers.record.edited", f"record:{county.hazard.pk}", "甲", "S1", "safety_hazard", told)
    record_many((line for _ in range(3000)), by=county.own)
    with django_assert_max_num_queries(len(before)):
        assert "改动：隐患部位" in shown(client, county.chief, "?register=safety_hazard&page=3")
    if connection.vendor == "sqlite":  # the other one reads a small table whole
        for asked, index in (({"register": "safety_hazard"}, "event_"), ({"person": "学校own"}, "event_actor")):
            assert index in events_for(county.chief, Asked(**asked))[:50].explain()


def test_every_action_of_the_program_has_words():
    source = "".join(path.read_text() for path in (PACKS.parent).rglob("*.py") if "audit_words" not in path.name)
    written = set(re.findall(r'record(?:_event)?\(\s*"([a-z_.]+)"', source))
    written |= {f"registers.return.{name}" for name in re.findall(r'event_of\("([a-z_]+)"', source)}
    for place, name in (("plans.plan", "log_plan"), ("plans.task", "log_task")):
        written |= {f"{place}.{word}" for word in re.findall(rf'{name}\(\s*"([a-z_]+)"', source)}
    assert len(written) > 60
    assert written - set(WORDS) == set()
