"""Registers of persons: who looked is written down, lists stay inside, values go when their time is over, keys change."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.events.models import Event
from taizhang.indicators.queries import HELD_BACK, figures_below, figures_by, value_for
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.registers import secrecy
from taizhang.registers.actions import add_attachments, create_record, edit_record, note_export, reveal_field
from taizhang.registers.blueprint import blueprint
from taizhang.registers.models import Facet, Record, Version
from taizhang.registers.retention import _erase_one, erase_due, renew_encryption
from taizhang.registers.steps import take_step
from tests.registers.conftest import picture

pytestmark = pytest.mark.django_db
AID = """
register: aid
name: 资助对象台账
kind: case
owner: 计划财务科
number: "ZZ-{year}-{seq:4}"
fields:
  - {name: 登记日期, type: date, required: true}
  - {name: 学生姓名, type: text, required: true, sensitive: true}
  - {name: 身份证号, type: id_card, sensitive: true, unique: true}
  - {name: 材料, type: file}
  - {name: 困难类型, type: choice, options: [低保, 残疾, 孤儿], required: true, query: true}
lifecycle:
  initial: 登记
  states: {登记: open, 已发放: closed, 作废: void}
  transitions:
    - {name: 发放, from: [登记], to: 已发放, by: [科室]}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all, create: all, edit: all}
  局长: {}
privacy: {log_views: true, suppress_below: 5, export: refused, erase_after_years: 3, basis: 《个人信息保护法》第十九条}
indicators:
  - {code: aid_count, name: 受助总人数, formula: "count()", unit: 人, decimals: 0, by: [困难类型]}
"""
PERSON = {"登记日期": "2026-03-02", "学生姓名": "张三丰", "身份证号": "11010519491231002X", "困难类型": "低保"}


@pytest.fixture
def one(county, install) -> Record:
    install(aid=AID)
    return create_record(register="aid", unit=county.unit("S1"), values=PERSON, by=county.own).record


def add(county, count: int, kind: str, school: str = "S1") -> None:
    for _ in range(count):
        values = {"登记日期": "2026-03-02", "学生姓名": "某某某", "困难类型": kind}
        create_record(register="aid", unit=county.unit(school), values=values, by=county.finance)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_opening_of_a_record_of_persons_is_in_the_log(county, one):
    client_of(county.own).get(reverse("registers:record", args=[one.pk]))
    seen = Event.objects.get(action="registers.record.viewed")
    assert seen.actor_name == county.own.name and seen.subject == f"record:{one.pk}"
    client_of(county.other).get(reverse("registers:record", args=[one.pk]))
    assert Event.objects.filter(action="registers.record.viewed").count() == 1, "who sees nothing has looked at nothing"


def test_a_register_that_does_not_ask_keeps_no_log_of_openings(county):
    values = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": "灭火器过期"}
    hazard = create_record(register="safety_hazard", unit=county.unit("S1"), values=values, by=county.own).record
    client_of(county.own).get(reverse("registers:record", args=[hazard.pk]))
    assert not Event.objects.filter(action="registers.record.viewed").exists()


def test_a_list_of_persons_cannot_be_taken_away_as_a_sheet(county, one):
    answer = client_of(county.finance).get(reverse("registers:export", args=["aid"]))
    assert answer.status_code == 403 and "不能导出" in answer.content.decode()
    with pytest.raises(Forbidden, match="不能导出"):
        note_export(register=blueprint("aid").register, filters="", rows=1, by=county.finance)
    assert "导出这" not in client_of(county.finance).get(reverse("registers:list", args=["aid"])).content.decode()


def test_every_list_that_is_taken_away_is_in_the_log(county):
    values = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": "灭火器过期"}
    create_record(register="safety_hazard", unit=county.unit("S1"), values=values, by=county.own)
    answer = client_of(county.own).get(reverse("registers:export", args=["safety_hazard"]), {"state": "待整改"})
    b"".join(answer.streaming_content)
    taken = Event.objects.get(action="registers.list.exported")
    assert taken.data["rows"] == 1 and "state" in taken.data["filters"] and taken.actor_name == county.own.name


def test_small_counts_are_held_back_from_those_who_may_not_see_the_records(county, one):
    add(county, 6, "残疾")
    add(county, 7, "孤儿")
    seen = figures_by(county.chief, "aid_count", "B1", "2026", "困难类型")
    hidden = {figure.group: figure.text for figure in seen}
    assert hidden == {"低保": HELD_BACK, "残疾": HELD_BACK, "孤儿": "7"}, (
        "with one cell hidden the next smallest hides as well"
    )
    assert all(figure.value is None and figure.rows == 0 for figure in seen if figure.held_back)
    open_ = figures_by(county.finance, "aid_count", "B1", "2026", "困难类型")
    assert [figure.text for figure in open_] == ["1", "6", "7"]


def test_the_count_of_one_small_school_is_held_back_as_well(county, one):
    add(county, 9, "孤儿", "S2")
    assert [figure.text for figure in figures_below(county.chief, "aid_count", "B1", "2026", "school")] == [
        HELD_BACK,
        HELD_BACK,
    ]
    assert value_for(county.chief, "aid_count", "S1", "2026").text == HELD_BACK
    assert value_for(county.own, "aid_count", "S1", "2026").text == "1"
    assert value_for(county.chief, "aid_count", "B1", "2026").text == "10"


def test_the_neighbours_of_a_small_school_do_not_tell_it_one_by_one(county, one):
    add(county, 9, "孤儿", "S2")
    add(county, 8, "孤儿", "S3")
    client = client_of(county.chief)
    address = "/api/v1/indicators/aid_count/value"
    told = {code: client.get(address, {"unit": code, "period": "2026"}).json() for code in ("S1", "S2", "S3", "B1")}
    assert told["B1"]["value"] == 18
    assert told["S1"]["held_back"] and told["S2"]["held_back"], "18 less what is shown is not what S1 has"
    table = figures_below(county.chief, "aid_count", "B1", "2026", "school")
    assert {figure.unit.code: figure.held_back for figure in table if figure.unit} == {
        code: told[code]["held_back"] for code in ("S1", "S2", "S3")
    }, "asked together or one by one, the same are shown"


def close(county, record: Record, years: int) -> None:
    take_step(record=record, step="发放", by=county.finance)
    Record.objects.filter(pk=record.pk).update(updated_at=timezone.now() - timedelta(days=366 * years))


def test_sensitive_values_are_erased_when_their_time_is_over_and_the_rest_stays(county, one):
    close(county, one, 3)
    assert erase_due(timezone.localdate()) == 1
    one.refresh_from_db()
    assert one.data == {"登记日期": "2026-03-02", "困难类型": "低保"} and one.state == "已发放"
    assert not any("身份证号" in version.data for version in Version.objects.filter(record=one))
    assert not Facet.objects.filter(record=one, field="身份证号").exists()
    log = Event.objects.get(action="registers.record.erased")
    assert log.data["fields"] == ["学生姓名", "身份证号"] and "张三丰" not in str(log.data)
    assert erase_due(timezone.localdate()) == 0


def test_an_open_record_and_a_fresh_one_keep_their_values(county, one):
    Record.objects.filter(pk=one.pk).update(updated_at=timezone.now() - timedelta(days=3660))
    assert erase_due(timezone.localdate()) == 0, "an open case still needs its person"
    close(county, Record.objects.get(pk=one.pk), 2)
    assert erase_due(timezone.localdate()) == 0


def test_the_last_day_of_february_counts_back_to_the_28th():
    assert erase_due(date(2028, 2, 29)) == 0


def test_after_a_change_of_keys_the_old_key_is_not_needed_any_more(county, one, settings):
    old, new = settings.FIELD_KEY, "a-new-key"
    edit_record(record=one, values={"困难类型": "孤儿"}, by=county.own)
    settings.FIELD_KEY = f"{new}\n{old}"
    assert reveal_field(record=one, field="学生姓名", reason="核对", by=county.own) == "张三丰"
    assert renew_encryption() == 3, "the record and its two versions"
    settings.FIELD_KEY = new
    one.refresh_from_db()
    assert reveal_field(record=one, field="身份证号", reason="核对", by=county.own) == "11010519491231002X"
    assert all(secrecy.decrypt(item.data["学生姓名"]) == '"张三丰"' for item in Version.objects.filter(record=one))
    with pytest.raises(Problem, match="不可重复"):
        create_record(register="aid", unit=county.unit("S2"), values=PERSON, by=county.other)
    assert renew_encryption() == 0


def test_a_sheet_without_the_right_key_says_where_the_key_lies(county, one, settings):
    settings.FIELD_KEY = "another"
    with pytest.raises(Problem, match="keys/fields"):
        reveal_field(record=one, field="学生姓名", reason="核对", by=county.own)


def test_files_and_forms_of_a_record_of_persons_are_openings_too(county, one):
    add_attachments(record=one, field="材料", uploads=[picture()], by=county.own)
    client, seen = client_of(county.own), Event.objects.filter(action="registers.record.viewed")
    client.get(reverse("registers:edit", args=[one.pk]))
    client.get(reverse("registers:attachment", args=[one.attachments.get().pk]))
    assert seen.count() == 2


def test_erasing_does_not_take_back_what_somebody_mended_meanwhile(county, one):
    close(county, one, 4)
    stale = Record.objects.select_related("unit").get(pk=one.pk)
    Record.objects.filter(pk=one.pk).update(data={**stale.data, "困难类型": "孤儿"})
    _erase_one(stale, ["学生姓名", "身份证号"])
    assert Record.objects.get(pk=one.pk).data == {"登记日期": "2026-03-02", "困难类型": "孤儿"}
