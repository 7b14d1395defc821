"""Row formulas read the record that a link names and the limits of the standards, on every path alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from taizhang.catalog.current import catalog
from taizhang.catalog.lint import lint
from taizhang.catalog.pack import read_files
from taizhang.kernel.errors import Problems
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.blueprint import blueprint
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from taizhang.registers.steps import take_step
from tests.registers.conftest import sheet
from tests.support import County

pytestmark = pytest.mark.django_db
COACH = """\
register: coach
name: 班车册
kind: roster
number: "BC-{seq:4}"
fields:
  - {name: 车牌号, type: text, required: true, query: true}
  - {name: 座位数, type: integer}
  - {name: 检验有效期至, type: date}
  - {name: 车主电话, type: phone, sensitive: true}
"""
TRIP = """\
register: trip
name: 出车登记
kind: case
fields:
  - {name: 出车日期, type: date, required: true}
  - {name: 班车, type: link, register: coach, required: true}
  - {name: 乘坐人数, type: integer}
  - {name: 空座, type: integer, formula: "班车.座位数 - 乘坐人数"}
checks:
  - {name: 不超员, formula: "乘坐人数 <= 班车.座位数", message: 乘坐人数超过座位数}
  - {name: 在检, formula: "出车日期 <= 班车.检验有效期至", message: 出车时检验已过期}
lifecycle:
  initial: 登记
  states: {登记: open, 办结: closed, 作废: void}
  transitions:
    - {name: 结束, from: 登记, to: 办结, by: 学校, guard: {formula: "班车.状态 = '在册'", message: 班车须在册}}
"""
CROWDED = """\
register: crowded
name: 大班额说明
kind: case
fields:
  - {name: 日期, type: date, required: true}
  - {name: 学段, type: choice, options: [小学, 初中, 高中]}
  - {name: 比例, type: percent, required: true}
  - {name: 限额, type: percent, formula: "limit('class_size', 'large_class_rate', 学段)"}
checks:
  - {name: 超限, formula: "比例 <= 限值('class_size', 'large_class_rate', 学段)", message: 超过大班额限值, level: warning}
"""


@pytest.fixture
def buses(county: County, install: Any) -> County:
    install(coach=COACH, trip=TRIP, crowded=CROWDED)
    for plate, seats in (("云A1", 19), ("云A2", 36)):
        create_record(
            register="coach", unit=county.unit("S1"), by=county.own,
            values={"车牌号": plate, "座位数": seats, "检验有效期至": "2026-06-30", "车主电话": "13800000000"},
        )  # fmt: skip
    return county


def trip(county: County, **more: Any) -> Record:
    values = {"出车日期": "2026-03-02", "班车": "BC-0001", "乘坐人数": 18, **more}
    return create_record(register="trip", unit=county.unit("S1"), values=values, by=county.own).record


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_record_is_checked_against_the_record_it_links_to(buses: County):
    with pytest.raises(Problems, match="乘坐人数超过座位数") as told:
        trip(buses, 乘坐人数=20)
    assert {"乘坐人数", "班车"} >= {problem.where for problem in told.value.problems}
    with pytest.raises(Problems, match="检验已过期"):
        trip(buses, 出车日期="2026-07-01")
    made = trip(buses)
    with pytest.raises(Problems, match="超过座位数"):
        edit_record(record=made, values={"乘坐人数": 30}, by=buses.own)
    edit_record(record=made, values={"乘坐人数": 30, "班车": "BC-0002"}, by=buses.own)
    page = client_of(buses.own).get(f"/registers/records/{made.pk}/").content.decode()
    assert "空座" in page and ">6<" in page.replace(" ", "").replace("\n", "")


def test_what_is_computed_follows_the_linked_record(buses: County):
    made = trip(buses)
    plan = blueprint("trip")
    assert plan.with_computed(made, date(2026, 3, 2))["空座"] == 1
    coach = Record.objects.get(number="BC-0001")
    edit_record(record=coach, values={"座位数": 25}, by=buses.own)
    assert plan.with_computed(made, date(2026, 3, 2))["空座"] == 7
    assert "空座" in plan.rules.moving  # so that no index keeps it


def test_a_step_waits_for_the_linked_record(buses: County):
    made = trip(buses)
    coach = Record.objects.get(number="BC-0001")
    Record.objects.filter(pk=coach.pk).update(state="注销", state_category="closed")
    with pytest.raises(Exception, match="班车须在册"):
        take_step(record=made, step="结束", by=buses.own)
    Record.objects.filter(pk=coach.pk).update(state="在册", state_category="open")
    assert take_step(record=made, step="结束", by=buses.own).record.state == "办结"


def test_a_sheet_is_checked_the_same_without_a_query_for_each_row(buses: County):
    head = "单位编码,出车日期,班车,乘坐人数"

    def rows(count: int) -> Any:
        return sheet(head, *(f"S1,2026-03-02,BC-000{1 + n % 2},{10 + n % 5}" for n in range(count)))

    refused = load_table("trip", sheet(head, "S1,2026-03-02,BC-0001,40", "S1,2026-03-03,BC-0002,30"), buses.own)
    assert [row["message"][:9] for row in refused.refused] == ["乘坐人数超过座位数"] and refused.created == 1
    with CaptureQueriesContext(
        connection,
    ) as few:
        load_table("trip", rows(4), buses.own)
    with CaptureQueriesContext(connection) as many:
        load_table("trip", rows(40), buses.own)
    assert len(many) <= len(few) + 2


def test_a_list_of_many_reads_the_linked_records_at_once(buses: County):
    client, address = client_of(buses.own), "/registers/trip/?columns=空座"
    trip(buses)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(12):
        trip(buses, 班车=f"BC-000{1 + number % 2}", 乘坐人数=number)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(one)


def test_a_limit_of_a_standard_is_read_for_the_stage_and_the_day(buses: County):
    def told(**values: Any) -> Any:
        return create_record(register="crowded", unit=buses.unit("S1"), values=values, by=buses.own)

    made = told(日期="2026-03-02", 学段="小学", 比例="8%")
    assert made.warnings == ["超过大班额限值"]
    found = blueprint("crowded").with_computed(made.record, date(2026, 3, 2))["限额"]
    assert Decimal(str(found)) == Decimal("0.05")
    assert told(日期="2026-03-02", 学段="小学", 比例="4%").warnings == []
    # Before the aim was set, and for a stage that it does not speak of, there is no limit and nothing to hold against.
    assert told(日期="2019-03-02", 学段="小学", 比例="8%").warnings == []
    assert told(日期="2026-03-02", 学段="高中", 比例="8%").warnings == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("班车.座位数 - 乘坐人数", "班车.座位 - 乘坐人数", "没有字段“座位”"),
        ("班车.座位数 - 乘坐人数", "车.座位数 - 乘坐人数", "没有台账“车”"),
        ("班车.座位数 - 乘坐人数", "班车册.座位数 - 乘坐人数", "不能用别的台账的字段"),
        ("乘坐人数 <= 班车.座位数", "班车.车主电话 = ''", "没有字段“车主电话”"),
        ("乘坐人数 <= 班车.座位数", "乘坐人数 <= limit('class_sise', 'x')", "没有标准“class_sise”"),
        ("乘坐人数 <= 班车.座位数", "乘坐人数 <= limit('class_size', 'x')", "没有“x”的限值"),
    ],
)
def test_names_that_do_not_exist_or_may_not_be_read_are_no_release(county: County, old: str, new: str, message: str):
    files = {
        "pack.yaml": "name: local\nversion: '1'\ntitle: 试\n",
        "registers/coach.yaml": COACH,
        "registers/trip.yaml": TRIP.replace(old, new),
    }
    assert any(message in problem.message for problem in lint(read_files(files), catalog()))


def test_an_indicator_cannot_ask_for_a_limit(county: County):
    indicator = (
        "indicators:\n  - {code: trips_over, name: 超限, formula: \"count_if(乘坐人数 > limit('class_size', 'x'))\"}\n"
    )
    files = {
        "pack.yaml": "name: local\nversion: '1'\ntitle: 试\n",
        "registers/coach.yaml": COACH,
        "registers/trip.yaml": TRIP + indicator,
    }
    assert any("汇总公式里不能用标准的限值" in problem.message for problem in lint(read_files(files), catalog()))
