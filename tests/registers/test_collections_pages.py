"""The pages of collections, replayed by the office, the unit itself, its neighbour and a stranger; sheets out and in."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from taizhang.kernel.tables import Table, table_from_bytes
from taizhang.org.models import Unit, User
from taizhang.registers.actions import create_record
from taizhang.registers.collections.actions import add_row, receive_table, submit_return
from taizhang.registers.collections.models import Return, Round
from tests.registers.collecting import FULL, HEADS, MEALS, PERIOD, a_round, cells, return_of
from tests.support import County

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def packs(county, install):
    install(meals=MEALS, heads=HEADS)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def ready(county: County, round_: Round) -> Return:
    add_row(returned=return_of(round_, "S1"), values={"学段": "小学"}, by=county.own)
    return return_of(round_, "S1")


def posted(**changes) -> dict[str, str]:
    return {f"v::{key}::{name}": value for (key, name), value in cells(**changes).items()}


def test_each_page_by_office_own_other_and_stranger(county):
    round_ = a_round(county)
    returned = ready(county, round_)
    pages = {
        "/collections/": (200, 200, 200, 200),
        "/collections/new/": (200, 403, 403, 403),
        "/collections/new/?register=meals": (200, 403, 403, 403),
        "/collections/burden/": (200, 403, 403, 403),
        f"/collections/{round_.pk}/": (200, 200, 200, 404),
        f"/collections/{round_.pk}/?part=progress": (200, 200, 200, 404),
        f"/collections/{round_.pk}/edit/": (200, 403, 403, 404),
        f"/collections/{round_.pk}/extend/": (200, 403, 403, 404),
        f"/collections/{round_.pk}/export/": (200, 200, 200, 404),
        f"/collections/{round_.pk}/template/": (404, 200, 200, 404),
        f"/collections/{round_.pk}/upload/": (200, 200, 200, 404),
        f"/collections/returns/{returned.pk}/": (200, 200, 404, 404),
    }
    for address, wanted in pages.items():
        people = (county.office, county.own, county.other, county.stranger)
        assert tuple(as_(person).get(address).status_code for person in people) == wanted, address


def test_a_neighbour_sees_nothing_of_another_school_on_the_watch_page(county):
    round_ = a_round(county)
    page = as_(county.other).get(f"/collections/{round_.pk}/").content.decode()
    assert "第二小学" in page and "第一小学" not in page
    sheet = as_(county.other).get(f"/collections/{round_.pk}/export/")
    table = table_from_bytes(body(sheet), "情况.xlsx")
    assert [row[1] for _, row in table.rows] == ["第二小学"]


@pytest.mark.parametrize("act", ["draft", "submit", "rows", "withdraw", "approve", "back"])
def test_each_act_on_a_return_by_those_who_may_not(county, act):
    round_ = a_round(county)
    returned = submit_return(returned=ready(county, round_), cells=cells(), by=county.own)
    before = Return.objects.values().get(pk=returned.pk)
    data = {"reason": "核对", "v::小学::就餐人数": "1"}
    for person, status in ((county.other, 404), (county.stranger, 404), (county.chief, (403, 422))):
        answer = as_(person).post(f"/collections/returns/{returned.pk}/{act}/", data)
        assert answer.status_code in (status if isinstance(status, tuple) else (status,)), person
    assert Return.objects.values().get(pk=returned.pk) == before


@pytest.mark.parametrize("act", ["end", "urge"])
def test_a_round_is_run_by_its_keepers_alone(county, act):
    round_ = a_round(county)
    for person, status in ((county.own, 403), (county.district, 403), (county.stranger, 404)):
        assert (
            as_(person).post(f"/collections/{round_.pk}/{act}/", {"how": "cancel", "reason": "重复收集"}).status_code
            == status
        )
    round_.refresh_from_db()
    assert round_.state == Round.OPEN
    assert (
        as_(county.office).post(f"/collections/{round_.pk}/{act}/", {"how": "cancel", "reason": "重复"}).status_code
        == 302
    )


def test_the_office_opens_a_round_in_the_browser_and_is_told_what_the_ledger_holds(county):
    create_record(
        register="heads",
        unit=county.unit("S1"),
        period="2026-10",
        values={"学段": "小学", "在校生数": 401},
        by=county.own,
    )
    due = timezone.localdate() + timedelta(days=5)
    form = {
        "title": "10月就餐", "period": "2026-10", "due_on": due.isoformat(), "chain": ["section", "district"],
        "swing": "30", "districts": ["D1"],
    }  # fmt: skip
    client = as_(county.office)
    told = client.post("/collections/new/?register=meals", form)
    assert told.status_code == 422 and "月报人数" in told.content.decode()
    looked = client.post("/collections/new/?register=meals", {**form, "look": "1"})
    assert "将发给 2 个单位" in looked.content.decode() and not Round.objects.exists()
    client.post("/collections/new/?register=meals", {**form, "asked_again": "口径不同"})
    round_ = Round.objects.get()
    assert round_.chain == ["district", "section"] and round_.returns.count() == 2
    copied = client.get(f"/collections/new/?copy={round_.pk}").content.decode()
    assert "10月就餐" in copied
    wrong = client.post("/collections/new/?register=meals", {**form, "codes": "S1 没有的学校"})
    assert wrong.status_code == 422 and "没有的学校" in wrong.content.decode()


def test_a_title_that_nobody_wrote_names_the_chosen_period_also_in_a_copy(county):
    client, address = as_(county.office), "/collections/new/?register=meals"
    offered = re.search(r'name="title" value="([^"]+)"', client.get(address).content.decode())
    form = {"period": "2026-10", "due_on": timezone.localdate().isoformat(), "swing": "30"}
    client.post(address, {**form, "title": offered[1]})
    round_ = Round.objects.get()
    assert offered[1].endswith("就餐情况") and round_.title == "2026年10月就餐情况"
    client.post(f"/collections/new/?copy={round_.pk}", {**form, "title": "", "period": "2026-09"})
    assert Round.objects.latest("pk").title == "2026年9月就餐情况"
    client.post(address, {**form, "title": "国庆后就餐", "period": "2026-08"})
    assert Round.objects.latest("pk").title == "国庆后就餐"


def test_nothing_is_late_and_no_rate_is_told_before_the_due_day_has_passed(county):
    round_ = a_round(county, due_on=timezone.localdate())
    watch = lambda: as_(county.office).get(f"/collections/{round_.pk}/").content.decode()  # noqa: E731
    assert "按时率" not in watch() and "逾期" not in watch()
    Round.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert "按时率" in watch() and "逾期报" in watch()


def test_a_computed_rate_follows_what_the_school_types(county):
    round_ = a_round(county)
    client, address = as_(county.own), f"/collections/returns/{return_of(round_, 'S1').pk}/"
    client.post(f"{address}rows/", {"学段": "小学"})
    cells = {"v::小学::在校生数": "400", "v::小学::就餐人数": "377"}
    assert client.post(f"{address}draft/", cells).json()["computed"] == {"c::小学::就餐率": "94.25%"}
    page = client.get(address).content.decode()
    assert 'data-computed="c::小学::就餐率"' in page and "94.25%" in page
    half = client.post(f"{address}draft/", {"v::小学::就餐人数": ""}).json()["computed"]
    assert half == {"c::小学::就餐率": "—"}


def test_a_school_fills_saves_is_refused_explains_and_submits_in_the_browser(county):
    round_ = a_round(county)
    client, address = as_(county.own), f"/collections/returns/{return_of(round_, 'S1').pk}/"
    client.post(f"{address}rows/", {"学段": "小学"})
    revision = return_of(round_, "S1").revision
    saved = client.post(f"{address}draft/", {"v::小学::在校生数": "四百"}).json()
    assert saved["faults"]["v::小学::在校生数"] and saved["revision"] == revision + 1
    page = client.get(address).content.decode()
    assert "四百" in page and "只填数字" in page
    stale = client.post(address, {"revision": str(revision), "v::小学::就餐人数": "377"})
    assert stale.status_code == 422 and "377" in stale.content.decode()
    refused = client.post(f"{address}submit/", posted(餐费="900000"))
    assert refused.status_code == 422 and "人均餐费超过500元" in refused.content.decode()
    token = {"token": "abc", "n::小学::check:餐费合理": "含全学期预收"}
    assert client.post(f"{address}submit/", posted(餐费="900000") | token).status_code == 302
    assert client.post(f"{address}submit/", posted(餐费="900000") | token).status_code == 302
    page = client.get(address).content.decode()
    assert return_of(round_, "S1").receipt in page and "15400000001" not in page
    assert step_names(round_) == ["提交"]


def step_names(round_: Round) -> list[str]:
    return list(return_of(round_, "S1").steps.values_list("action", flat=True))


def test_the_district_approves_many_or_sends_one_back_in_the_browser(county):
    round_ = a_round(county)
    returned = submit_return(returned=ready(county, round_), cells=cells(), by=county.own)
    client = as_(county.district)
    assert 'name="key"' in client.get(f"/collections/{round_.pk}/?state=mine").content.decode()
    assert 'name="key"' not in as_(county.finance).get(f"/collections/{round_.pk}/").content.decode()
    short = client.post(f"/collections/returns/{returned.pk}/back/", {"reason": ""})
    assert short.status_code == 422
    client.post(f"/collections/returns/{returned.pk}/back/", {"reason": "核对", "r::小学::就餐人数": "偏少"})
    assert "批注：偏少" in as_(county.own).get(f"/collections/returns/{returned.pk}/").content.decode()
    submit_return(returned=return_of(round_, "S1"), by=county.own)
    client.post(f"/collections/{round_.pk}/approve/", {"key": [str(returned.pk), "x"]})
    assert return_of(round_, "S1").waits_for == "section"


def test_the_watch_page_costs_the_same_for_few_units_and_for_many(county, django_assert_max_num_queries):
    for number in range(40):
        Unit.objects.create(
            code=f"X{number}", name=f"村小{number}", kind="小学", level="school", parent=county.unit("D1"),
            path=f"{county.unit('D1').path}{9000 + number}/", opened_on="2000-01-01",
        )  # fmt: skip
    round_ = a_round(county, codes=" ".join(["S1", "S2", "S3", *(f"X{number}" for number in range(40))]))
    client = as_(county.finance)
    with django_assert_max_num_queries(24):
        assert "村小39" in client.get(f"/collections/{round_.pk}/").content.decode()
    with django_assert_max_num_queries(24):
        client.get("/collections/")


def test_the_return_page_costs_the_same_for_one_row_and_for_two(county, django_assert_max_num_queries):
    round_ = a_round(county)
    returned = ready(county, round_)
    add_row(returned=return_of(round_, "S1"), values={"学段": "初中"}, by=county.own)
    client, address = as_(county.own), f"/collections/returns/{returned.pk}/"
    client.get(address)  # the catalogue is read once a process
    with django_assert_max_num_queries(16):
        client.get(address)


def round_sheet(county: County, by: User, round_: Round, query: str = "") -> Table:
    answer = as_(by).get(f"/collections/{round_.pk}/template/{query}")
    assert answer.status_code == 200
    return table_from_bytes(body(answer), "填报.xlsx")


def filled(table: Table, rows: list[dict[str, object]]) -> Table:
    """The workbook with these rows in place of its own."""
    made = [(place, tuple(row.get(name) for name in table.header)) for place, row in enumerate(rows, start=2)]
    return Table(table.name, table.header, made, table.header_row)


def test_a_district_takes_the_sheet_of_all_its_schools_and_sends_it_back(county):
    old = {"学段": "小学", "在校生数": 390, "就餐人数": 375, "餐费": "2900.00"}
    create_record(register="meals", unit=county.unit("S1"), period="2026-09", values=old, by=county.own)
    round_ = a_round(county)
    table = round_sheet(county, county.district, round_)
    assert table.header[:4] == ("单位编码", "单位", "期间", "学段") and table.header[-1] == "异动说明"
    assert [row[0] for _, row in table.rows] == ["S1", "S2"] and table.rows[0][1][5] == 375
    assert len(round_sheet(county, county.district, round_, "?unit=S2").rows) == 1
    key = {"期间": PERIOD, "学段": "小学"}
    sent = filled(table, [
        {**key, "单位编码": "S1", "在校生数": 390, "就餐人数": 200, "餐费": 2900, "异动说明": "毕业班离校"},
        {**key, "单位编码": "S2", "在校生数": 100, "就餐人数": 101},
        {**key, "单位编码": "S3", "在校生数": 100, "就餐人数": 90},
    ])  # fmt: skip
    received = receive_table(round_=round_, table=sent, by=county.district)
    assert [row for row, _ in received.refused] == [4]
    assert [item.unit.code for item in received.ready] == ["S1"]
    assert "不能大于" in str(received.drafts[1][1][0])
    assert return_of(round_, "S1").notes["小学"]["就餐人数"] == "毕业班离校"
    assert return_of(round_, "S2").values["小学"]["就餐人数"] == 101


def test_a_school_uploads_its_sheet_and_hands_it_in_at_once(county):
    import xlsxwriter

    round_ = a_round(county)
    table = round_sheet(county, county.own, round_)
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, table.header)
        row = {"单位编码": "S1", "期间": PERIOD, "学段": "小学", **{n: FULL[n] for n in FULL if n != "负责人电话"}}
        page.write_row(1, 0, [row.get(name) for name in table.header])
    book.seek(0)
    book.name = "上报.xlsx"
    answer = as_(county.own).post(f"/collections/{round_.pk}/upload/", {"file": book, "submit": "on"})
    assert answer.status_code == 200 and "已提交 1 个" in answer.content.decode()
    assert return_of(round_, "S1").values["小学"]["补助比例"] == "0.855"
    book.seek(0)
    again = as_(county.own).post(f"/collections/{round_.pk}/upload/", {"file": book}).content.decode()
    assert "1 个已报的没有改动" in again and "审核中" in again and "行拒收" not in again
    Return.objects.update(state=Return.RETURNED)
    Round.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    book.seek(0)
    locked = as_(county.own).post(f"/collections/{round_.pk}/upload/", {"file": book}).content.decode()
    assert "1 行拒收" in locked and "填报已锁定" in locked
    bad = io.BytesIO(b"no table")
    bad.name = "坏.xlsx"
    assert as_(county.own).post(f"/collections/{round_.pk}/upload/", {"file": bad}).status_code == 422
    assert as_(county.own).post(f"/collections/{round_.pk}/upload/", {}).status_code == 422


def test_the_desk_and_the_menu_lead_to_what_is_owed(county):
    round_ = a_round(county)
    page = as_(county.own).get("/").content.decode()
    assert "待办报送" in page and f"/collections/returns/{return_of(round_, 'S1').pk}/" in page
    assert 'href="/collections/"' in page
