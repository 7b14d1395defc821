"""What the database itself refuses, and what is written beside every change."""

import pytest
from django.db import IntegrityError, transaction

from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, Problem, Problems
from taizhang.registers import writing
from taizhang.registers.actions import create_record, edit_record, save_record
from taizhang.registers.models import Counter, Facet, Record, Version
from taizhang.registers.steps import take_step
from taizhang.registers.writing import reserve

pytestmark = pytest.mark.django_db
BUS = """
register: bus
name: 校车
kind: roster
fields:
  - {name: 车牌, type: text, required: true, unique: true, query: true}
  - {name: 司机证号, type: id_card, sensitive: true, unique: true}
  - {name: 月报, type: integer, query: true}
"""
MONTHLY = """
register: monthly
name: 月报
kind: statistics
period: month
fields:
  - {name: 人数, type: integer, required: true, query: true}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all, create: all, edit: all}
"""


@pytest.fixture
def packs(county, install):
    install(bus=BUS, monthly=MONTHLY)
    return county


def bus(county, code="S1", **values):
    return create_record(register="bus", unit=county.unit(code), values={"车牌": "浙A1", **values}, by=None).record


def test_a_unique_value_stands_once_also_when_it_is_secret(packs):
    bus(packs, 司机证号="11010519491231002X")
    with pytest.raises(Problem, match="不可重复"):
        bus(packs, code="S2")
    with pytest.raises(Problem, match="不可重复"):
        bus(packs, code="S2", 车牌="浙A2", 司机证号="11010519491231002X")
    assert Record.objects.count() == 1 and not Facet.objects.filter(text__contains="1949").exists()


def test_a_struck_out_record_frees_its_unique_value(packs):
    take_step(record=bus(packs), step="作废", by=packs.finance, note="车辆报废")
    assert bus(packs).pk


def test_one_record_for_a_unit_and_a_period_and_a_new_one_after_the_old_was_struck_out(packs):
    def file(number):
        return create_record(
            register="monthly", unit=packs.unit("S1"), period="2026-03", values={"人数": number}, by=packs.own
        ).record

    first = file(5)
    with pytest.raises(Problem, match="本期已有这一条"):
        file(6)
    take_step(record=first, step="作废", by=packs.finance, note="填错")
    assert file(7).data["人数"] == 7


def test_the_database_refuses_a_second_version_of_the_same_revision(packs):
    record = bus(packs)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(
            record=record, register_code="bus", revision=1, data={}, state="在册", action="修改", by_name="x"
        )


@pytest.mark.parametrize(
    ("period", "words"), [("", "缺少期间"), ("SY2025", "应填月份"), ("2026-13", "看不懂"), ("2026", "应填月份")]
)
def test_a_return_needs_a_period_of_its_kind(packs, period, words):
    with pytest.raises(Problem, match=words):
        create_record(register="monthly", unit=packs.unit("S1"), period=period, values={"人数": 1}, by=packs.own)


def test_a_case_takes_no_period_and_an_unknown_field_is_named(packs):
    with pytest.raises(Problem, match="不按期间填报"):
        create_record(register="bus", unit=packs.unit("S1"), period="2026-03", values={}, by=None)
    with pytest.raises(Problems, match=r"没有字段“车牌号”.*车牌"):
        create_record(register="bus", unit=packs.unit("S1"), values={"车牌号": "浙A1"}, by=None)


def test_nobody_creates_for_a_unit_out_of_reach_and_a_refused_save_leaves_nothing(packs):
    events = Event.objects.count()
    with pytest.raises(Forbidden, match="您不能新增"):
        save_record(register="monthly", unit=packs.unit("S2"), period="2026-03", values={"人数": 1}, by=packs.own)
    with pytest.raises(Problems):
        save_record(register="monthly", unit=packs.unit("S1"), period="2026-03", values={"人数": "x"}, by=packs.own)
    assert not Record.objects.exists() and Event.objects.count() == events and not Version.objects.exists()


def test_facets_follow_the_record(packs):
    record = bus(packs, 月报="3")
    assert {facet.field: (facet.text, facet.number) for facet in record.facets.all()}["月报"] == ("3", 3)
    edit_record(record=record, values={"月报": ""}, by=None)
    assert set(record.facets.values_list("field", flat=True)) == {"车牌"}


def test_numbers_are_given_out_once_each_and_in_blocks():
    assert [reserve("a:2026", 1), reserve("a:2026", 3), reserve("b:2026", 1), reserve("a:2026", 1)] == [1, 4, 1, 5]
    assert Counter.objects.count() == 2


def test_every_change_leaves_a_version_and_an_event_with_the_names_of_what_changed(packs):
    record = bus(packs)
    edit_record(record=record, values={"月报": 4}, by=packs.finance, reason="补填")
    version = Version.objects.get(record=record, revision=2)
    assert (version.changed, version.reason, version.by_name) == (["月报"], "补填", packs.finance.name)
    event = Event.objects.filter(subject=f"record:{record.pk}").latest("id")
    assert event.action == "registers.record.edited" and event.data["changed"] == ["月报"]
    assert event.data["reason"] == "补填" and event.data["revision"] == 2


@pytest.mark.parametrize(("model", "columns"), [(Version, writing._VERSION), (Facet, writing.FACET)])
def test_what_is_written_in_bulk_names_every_column(model, columns):
    """A column that is not named would stay empty without a word: no default of the model's is asked."""
    assert {*columns} == {field.attname for field in model._meta.concrete_fields} - {"id"}
