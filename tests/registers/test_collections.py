"""A round from opening to the ledger: drafts, submission, approval, and what figures may read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.org.models import Notice
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.collections import queries
from taizhang.registers.collections.actions import (
    add_row,
    approve_returns,
    cancel_round,
    close_round,
    edit_round,
    extend_units,
    open_round,
    receive_table,
    remove_row,
    save_draft,
    send_back,
    submit_return,
    urge_missing,
    withdraw_return,
)
from taizhang.registers.collections.models import Return, ReturnStep, Round
from taizhang.registers.collections.sheet import swing
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from tests.registers.collecting import HEADS, MEALS, PERIOD, ROOMS, a_round, cells, headmaster, return_of
from tests.registers.conftest import sheet
from tests.support import County

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def packs(county, install):
    install(meals=MEALS, heads=HEADS, rooms=ROOMS)


def handed_in(county: County, round_: Round, code: str = "S1", **changes) -> Return:
    by = {"S1": county.own, "S2": county.other}[code]
    returned = return_of(round_, code)
    if "小学" not in returned.values:
        add_row(returned=returned, values={"学段": "小学"}, by=by)
    return submit_return(returned=returned, cells=cells(**changes), by=by)


def last_month(county: County, **values) -> Record:
    """What the school filed for September."""
    known = {"学段": "小学", "在校生数": 390, "就餐人数": 375, "餐费": 2900, **values}
    return create_record(register="meals", unit=county.unit("S1"), period="2026-09", values=known, by=county.own).record


def test_figures_read_a_return_only_when_the_last_stage_has_approved_it(county):
    round_ = a_round(county)
    returned = handed_in(county, round_)
    assert returned.receipt.startswith("BS") and returned.waits_for == "district"
    assert not Record.objects.filter(register_code="meals").exists()
    assert approve_returns(round_=round_, ids=[returned.pk], by=county.district).entered == 0
    assert not Record.objects.filter(register_code="meals").exists()
    assert approve_returns(round_=round_, ids=[returned.pk], by=county.finance).entered == 1
    record = Record.objects.get(register_code="meals")
    assert record.data["就餐人数"] == 380 and record.data["补助比例"] == "0.855" and record.dimension_key == "小学"
    assert "15400000001" not in str(record.data)
    version = record.versions.get()
    assert returned.receipt in version.reason and version.by == county.finance
    assert return_of(round_, "S1").state == Return.APPROVED
    shares = queries.coverage("meals", PERIOD)
    assert (shares.asked, shares.approved, shares.waiting, shares.missing) == (3, 1, 0, 2)


def test_the_same_token_again_gives_the_same_receipt_and_one_event(county):
    round_ = a_round(county)
    returned = return_of(round_, "S1")
    add_row(returned=returned, values={"学段": "小学"}, by=county.own)
    first = submit_return(returned=returned, cells=cells(), by=county.own, token="t1")
    again = submit_return(returned=return_of(round_, "S1"), cells=cells(就餐人数="1"), by=county.own, token="t1")
    assert again.receipt == first.receipt
    assert Event.objects.filter(action="registers.return.submitted").count() == 1
    assert ReturnStep.objects.filter(action="提交").count() == 1
    with pytest.raises(Problem) as told:
        submit_return(returned=return_of(round_, "S1"), cells=cells(), by=county.own, token="t2")
    assert told.value.code == "REG-206"


def test_two_hands_at_once_do_not_submit_twice(county):
    round_ = a_round(county)
    add_row(returned=return_of(round_, "S1"), values={"学段": "小学"}, by=county.own)
    mine, theirs = return_of(round_, "S1"), return_of(round_, "S1")
    submit_return(returned=mine, cells=cells(), by=county.own, token="a")
    with pytest.raises(Problem) as told:
        submit_return(returned=theirs, cells=cells(), by=county.own, token="b")
    assert told.value.code == "REG-240"
    assert Event.objects.filter(action="registers.return.submitted").count() == 1


def test_two_drafts_read_at_once_do_not_write_over_each_other(county):
    round_ = a_round(county)
    add_row(returned=return_of(round_, "S1"), values={"学段": "小学"}, by=county.own)
    mine, theirs = return_of(round_, "S1"), return_of(round_, "S1")
    save_draft(returned=mine, cells={("小学", "在校生数"): "400"}, by=county.own)
    late = {("小学", "就餐人数"): "380"}
    for act in (save_draft, submit_return):
        with pytest.raises(Problem) as told:
            act(returned=theirs, cells=late if act is save_draft else cells(), by=county.own)
        assert told.value.code == "REG-240"
        theirs = return_of(round_, "S1")
        theirs.revision = mine.revision - 1  # as it was read before the other's save
    assert return_of(round_, "S1").values["小学"] == {"在校生数": 400}
    assert not ReturnStep.objects.filter(action="提交").exists()


def test_a_draft_keeps_even_what_cannot_be_read(county):
    round_ = a_round(county)
    returned = return_of(round_, "S1")
    add_row(returned=returned, values={"学段": "小学"}, by=county.own)
    save_draft(
        returned=returned, cells={("小学", "在校生数"): "四百人左右", ("小学", "就餐人数"): "380"}, by=county.own
    )
    kept = return_of(round_, "S1")
    assert kept.faults["小学"]["在校生数"][0] == "四百人左右"
    assert kept.values["小学"] == {"就餐人数": 380} and (kept.filled, kept.asked) == (1, 5)
    with pytest.raises(Problems) as told:
        submit_return(returned=kept, by=county.own)
    assert any("在校生数" in problem.where for problem in told.value.problems)
    save_draft(returned=return_of(round_, "S1"), cells={("小学", "在校生数"): "400"}, by=county.own)
    assert return_of(round_, "S1").faults == {}


def test_autosave_of_changed_cells_merges_and_a_whole_form_from_before_is_refused(county):
    round_ = a_round(county)
    add_row(returned=return_of(round_, "S1"), values={"学段": "小学"}, by=county.own)
    seen = return_of(round_, "S1").revision
    save_draft(returned=return_of(round_, "S1"), cells={("小学", "在校生数"): "400"}, by=county.own)
    save_draft(returned=return_of(round_, "S1"), cells={("小学", "就餐人数"): "380"}, by=county.own)
    assert return_of(round_, "S1").values["小学"] == {"在校生数": 400, "就餐人数": 380}
    with pytest.raises(Problem) as told:
        save_draft(returned=return_of(round_, "S1"), cells=cells(), revision=seen, by=county.own)
    assert told.value.code == "REG-240"


def test_old_values_stand_there_until_somebody_confirms_or_changes_them(county):
    last_month(county)
    round_ = a_round(county)
    returned = return_of(round_, "S1")
    assert (returned.asked, returned.prefilled, returned.filled) == (5, 3, 0)
    page = queries.sheet_for(county.own, returned)
    assert page.keys == ["小学"] and page.old("小学", "就餐人数").origin == "last"
    posted = {("小学", "在校生数"): "390", ("小学", "就餐人数"): "376", ("小学", "餐费"): "2900.00"}
    save_draft(returned=returned, cells=posted, by=county.own)
    assert return_of(round_, "S1").values["小学"] == {"就餐人数": 376}
    with pytest.raises(Problems) as told:
        submit_return(returned=return_of(round_, "S1"), by=county.own)
    assert [problem.code for problem in told.value.problems] == ["REG-241"]
    done = submit_return(returned=return_of(round_, "S1"), by=county.own, confirm_all=True)
    assert done.values["小学"] == {"就餐人数": 376, "在校生数": 390, "餐费": "2900.00"}


def test_a_number_the_ledger_holds_elsewhere_is_shown_with_its_origin_and_not_asked_without_reason(county):
    values = {"学段": "小学", "在校生数": 401}
    create_record(register="heads", unit=county.unit("S1"), period=PERIOD, values=values, by=county.own)
    with pytest.raises(Problem) as told:
        a_round(county)
    assert told.value.code == "REG-222" and "在校生数" in told.value.message
    assert not Round.objects.exists()
    round_ = a_round(county, asked_again="两表口径不同")
    page = queries.sheet_for(county.own, return_of(round_, "S1"))
    add_row(returned=page.returned, values={"学段": "初中"}, by=county.own)
    known = queries.sheet_for(county.own, return_of(round_, "S1")).known
    assert known.others[county.unit("S1").pk, "小学"][0][1].data["在校生数"] == 401
    add_row(returned=return_of(round_, "S1"), values={"学段": "小学"}, by=county.own)
    old = queries.sheet_for(county.own, return_of(round_, "S1")).old("小学", "在校生数")
    assert (old.stored, old.origin) == (401, "held") and "月报人数" in old.where


def test_faults_must_be_mended_and_swings_explained(county):
    last_month(county)
    round_ = a_round(county)
    with pytest.raises(Problems) as told:
        submit_return(returned=return_of(round_, "S1"), cells=cells(就餐人数="401"), by=county.own)
    assert any("不能大于" in problem.message for problem in told.value.problems)
    with pytest.raises(Problems) as told:
        submit_return(returned=return_of(round_, "S1"), cells=cells(就餐人数="200", 餐费="200000"), by=county.own)
    assert {problem.code for problem in told.value.problems} == {"REG-242"}
    assert [problem.where for problem in told.value.problems] == ["小学 · 餐费合理", "小学 · 就餐人数", "小学 · 餐费"]
    kept = return_of(round_, "S1")
    assert kept.state == Return.DRAFT and kept.values["小学"]["就餐人数"] == 200
    notes = {("小学", "check:餐费合理"): "含设备", ("小学", "就餐人数"): "毕业班离校", ("小学", "餐费"): "含设备"}
    assert submit_return(returned=kept, notes=notes, by=county.own).state == Return.SUBMITTED


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("100", "131", "增 31.0%"), ("100", "69", "减 31.0%"), ("100", "130", ""), ("2", "6", ""), ("0", "9", ""),
        ("0", "10", "由 0 变为较大的数"), ("40", None, "本期没有数"), (None, "500", ""), ("0", None, ""),
    ],
)  # fmt: skip
def test_what_counts_as_a_swing(was, now, told):
    numbers = [None if text is None else Decimal(text) for text in (was, now)]
    assert swing(*numbers, Decimal("0.3")) == told


def test_withdrawal_is_possible_until_the_first_approval(county):
    round_ = a_round(county)
    returned = handed_in(county, round_)
    withdraw_return(returned=returned, by=county.own)
    assert return_of(round_, "S1").state == Return.DRAFT
    again = submit_return(returned=return_of(round_, "S1"), by=county.own)
    assert again.receipt.endswith("-2")
    approve_returns(round_=round_, ids=[again.pk], by=county.district)
    with pytest.raises(Problem) as told:
        withdraw_return(returned=return_of(round_, "S1"), by=county.own)
    assert told.value.code == "REG-243"


def test_each_stage_has_its_own_hands(county):
    round_ = a_round(county)
    returned = handed_in(county, round_)
    for stranger in (county.finance, county.safety, county.own):
        outcome = approve_returns(round_=round_, ids=[returned.pk], by=stranger)
        assert outcome.passed == 0
    assert approve_returns(round_=round_, ids=[returned.pk], by=county.district).passed == 1
    assert approve_returns(round_=round_, ids=[returned.pk], by=county.district).passed == 0
    assert approve_returns(round_=round_, ids=[returned.pk], by=county.safety).passed == 0
    assert return_of(round_, "S1").waits_for == "section"


def test_the_headmaster_is_the_first_stage_where_the_round_says_so(county):
    head = headmaster(county)
    round_ = a_round(county, chain=["principal", "section"])
    returned = handed_in(county, round_)
    assert returned.waits_for == "principal"
    assert approve_returns(round_=round_, ids=[returned.pk], by=headmaster(county, "S2")).passed == 0
    assert approve_returns(round_=round_, ids=[returned.pk], by=head).passed == 1
    assert approve_returns(round_=round_, ids=[returned.pk], by=county.finance).entered == 1


def test_many_are_approved_at_once_with_a_constant_number_of_queries(county, django_assert_max_num_queries):
    round_ = a_round(county, chain=["section"])
    ids = [handed_in(county, round_, "S1").pk, handed_in(county, round_, "S2").pk]
    with django_assert_max_num_queries(34):
        outcome = approve_returns(round_=round_, ids=ids, by=county.finance)
    assert (outcome.entered, outcome.refused) == (2, [])
    assert Event.objects.filter(action="registers.return.approved").count() == 2
    assert Record.objects.filter(register_code="meals").count() == 2


def test_a_round_without_approval_enters_the_ledger_at_once(county):
    round_ = a_round(county, chain=[])
    assert handed_in(county, round_).state == Return.APPROVED
    assert Record.objects.get(register_code="meals").data["就餐人数"] == 380


def test_sent_back_with_remarks_and_time_to_mend(county):
    round_ = a_round(county, due_on=timezone.localdate())
    returned = handed_in(county, round_)
    with pytest.raises(Problem):
        send_back(returned=returned, reason="", by=county.district)
    with pytest.raises(Forbidden):
        send_back(returned=returned, reason="核对人数", by=county.finance)
    send_back(
        returned=returned, reason="核对人数", remarks={"小学": {"就餐人数": "与食堂台账不符"}}, by=county.district
    )
    held = return_of(round_, "S1")
    assert held.state == Return.RETURNED and held.remarks["小学"]["就餐人数"] == "与食堂台账不符"
    assert Notice.objects.get(subject=f"return:{held.pk}").user == county.own
    assert queries.until_of(held) == timezone.localdate() + timedelta(days=3)
    assert submit_return(returned=held, by=county.own, cells={("小学", "就餐人数"): "379"}).state == Return.SUBMITTED
    assert [step.action for step in held.steps.all()] == ["提交", "退回", "提交"]


def test_the_deadline_locks_and_an_exception_opens_for_one_unit_with_a_late_mark(county):
    round_ = a_round(county)
    add_row(returned=return_of(round_, "S1"), values={"学段": "小学"}, by=county.own)
    Round.objects.filter(pk=round_.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Problem) as told:
        save_draft(returned=return_of(round_, "S1"), cells=cells(), by=county.own)
    assert told.value.code == "REG-207"
    round_.refresh_from_db()
    until = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Forbidden):
        extend_units(round_=round_, units=[county.unit("S1")], until=until, reason="停电", by=county.district)
    extend_units(round_=round_, units=[county.unit("S1")], until=until, reason="停电", by=county.finance)
    assert submit_return(returned=return_of(round_, "S1"), cells=cells(), by=county.own).is_late
    with pytest.raises(Problem):
        add_row(returned=return_of(round_, "S2"), values={"学段": "小学"}, by=county.other)
    lines = {
        line.name: (line.all, line.submitted, line.on_time) for line in queries.by_district(county.finance, round_)
    }
    assert lines == {"城关学区": (2, 1, 0), "河东学区": (1, 0, 0)}


def test_urging_reaches_the_missing_once_a_day(county):
    round_ = a_round(county)
    handed_in(county, round_)
    assert urge_missing(round_=round_, by=county.finance) == 2
    assert urge_missing(round_=round_, by=county.finance) == 0
    assert Event.objects.filter(action="registers.return.urged").count() == 2
    assert [item.user for item in Notice.objects.filter(subject=f"round:{round_.pk}")] == [county.other]
    with pytest.raises(Forbidden):
        urge_missing(round_=round_, by=county.district)


def test_past_a_round_only_the_keepers_write_into_the_ledger(county):
    round_ = a_round(county)
    values = {"学段": "小学", "在校生数": 400, "就餐人数": 380}
    with pytest.raises(Problem) as told:
        create_record(register="meals", unit=county.unit("S1"), period=PERIOD, values=values, by=county.own)
    assert told.value.code == "REG-270"
    refused = load_table("meals", sheet("学段,在校生数,就餐人数", "小学,400,380"), county.own, period=PERIOD).refused
    assert "报送" in refused[0]["message"]
    record = create_record(register="meals", unit=county.unit("S1"), period=PERIOD, values=values, by=county.finance)
    with pytest.raises(Problem):
        edit_record(record=record.record, values={"就餐人数": 1}, by=county.own)
    cancel_round(round_=round_, reason="口径有误", by=county.finance)
    edit_record(record=record.record, values={"就餐人数": 381}, by=county.own)
    assert Record.objects.get(pk=record.record.pk).data["就餐人数"] == 381


def test_a_row_can_be_taken_off_only_by_who_added_it(county):
    last_month(county)
    round_ = a_round(county)
    add_row(returned=return_of(round_, "S1"), values={"学段": "初中"}, by=county.own)
    with pytest.raises(Problem) as told:
        remove_row(returned=return_of(round_, "S1"), key="小学", by=county.own)
    assert told.value.code == "REG-212"
    remove_row(returned=return_of(round_, "S1"), key="初中", by=county.own)
    assert queries.sheet_for(county.own, return_of(round_, "S1")).keys == ["小学"]
    with pytest.raises(Problem):
        add_row(returned=return_of(round_, "S1"), values={"学段": "小学"}, by=county.own)


def test_who_may_not_see_is_told_there_is_none(county):
    round_ = a_round(county)
    returned = return_of(round_, "S1")
    for person in (county.other, county.stranger):
        with pytest.raises(NotFound):
            queries.get_return_for(person, returned.pk)
        with pytest.raises(NotFound):
            save_draft(returned=returned, cells=cells(), by=person)
    with pytest.raises(NotFound):
        queries.get_round_for(county.stranger, round_.pk)
    with pytest.raises(Forbidden):
        save_draft(returned=returned, cells=cells(), by=county.chief)
    assert queries.get_return_for(county.own, returned.pk).unit == county.unit("S1")


def test_opening_refuses_what_does_not_fit(county):
    with pytest.raises(Forbidden):
        a_round(county, by=county.own)
    with pytest.raises(Forbidden):
        a_round(county, by=county.safety)
    for wrong in (
        {"units": []},
        {"due_on": timezone.localdate() - timedelta(days=1)},
        {"period": "2026"},
        {"chain": ["x"]},
    ):
        with pytest.raises(Problem):
            a_round(county, **wrong)
    a_round(county)
    with pytest.raises(Problem) as told:
        a_round(county, title="又一轮")
    assert told.value.code == "REG-223"
    assert Round.objects.count() == 1


def test_editing_and_ending_a_round(county):
    round_ = a_round(county)
    later = round_.due_on + timedelta(days=3)
    with pytest.raises(Problem):
        edit_round(round_=round_, values={"due_on": later}, by=county.finance)
    edit_round(round_=round_, values={"due_on": later, "contact": "王老师"}, reason="台风停课", by=county.finance)
    assert Event.objects.get(action="registers.round.edited").data["reason"] == "台风停课"
    with pytest.raises(Problem):
        cancel_round(round_=round_, reason="", by=county.finance)
    close_round(round_=round_, by=county.finance)
    with pytest.raises(Problem):
        save_draft(returned=return_of(round_, "S1"), cells=cells(), by=county.own)


def test_a_roster_round_confirms_the_units_own_rows(county):
    round_ = open_round(
        register="rooms", period="", title="核对功能室", units=[county.unit("S1")], by=county.finance,
        due_on=timezone.localdate() + timedelta(days=3),
    )  # fmt: skip
    create_record(register="rooms", unit=county.unit("S1"), values={"名称": "音乐室"}, by=county.own)
    returned = submit_return(returned=return_of(round_, "S1"), by=county.own)
    step = returned.steps.get()
    assert step.values == {"": {"rows": 1, "touched": 1}}
    approve_returns(round_=round_, ids=[returned.pk], by=county.district)
    assert approve_returns(round_=round_, ids=[returned.pk], by=county.finance).entered == 1
    assert Record.objects.count() == 1


def test_the_desk_lists_what_a_unit_owes_and_what_waits_for_approval(county):
    round_ = a_round(county)
    owed = queries.owed_returns(county.own)
    assert [(item.unit, item.state) for item in owed] == [("第一小学", "未填报")]
    handed_in(county, round_)
    assert queries.owed_returns(county.own) == []
    assert [item.to_approve for item in queries.owed_returns(county.district)] == [1]
    assert queries.owed_returns(county.stranger) == []


def test_the_burden_is_counted_by_section_and_month(county):
    last_month(county)
    a_round(county)
    line = queries.burden(county.office, timezone.localdate().year)[0]
    assert (line.section, line.schools, line.asked, line.prefilled, line.minutes) == ("计划财务科", 3, 5, 3, None)
    assert queries.burden(county.own, timezone.localdate().year) == []


OPINED = """
register: opined
name: 年检
line: 统计
kind: statistics
owner: 计划财务科
period: month
fields:
  - {name: 设备数, type: integer, required: true}
  - {name: 年检结论, type: text}
lifecycle:
  initial: 已填报
  states: {已填报: open, 已年检: closed}
  transitions:
    - {name: 年检, from: 已填报, to: 已年检, by: 科室, requires: [年检结论]}
  in_state: {已填报: {hidden: [年检结论]}}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all, create: all, edit: all}
"""
KEPT = """
register: kept
name: 局内名册
line: 统计
kind: roster
owner: 计划财务科
fields: [{name: 名称, type: text, required: true}]
access:
  学校: {see: own}
  科室: {see: all, create: all, edit: all}
"""


def test_a_return_does_not_ask_the_school_for_what_the_section_fills_in_later(county, install):
    install(meals=MEALS, opined=OPINED)
    last = load_table("opined", sheet("期间,单位编码,设备数,年检结论,状态", "2026-09,S1,5,合格,已年检"), county.finance)
    assert not last.refused
    round_ = a_round(county, "S1", register="opined")
    returned = return_of(round_, "S1")
    assert queries.sheet_for(county.own, returned).by_name.keys() == {"设备数"}
    handed = submit_return(returned=returned, cells={("", "设备数"): "6"}, by=county.own)
    approve_returns(round_=round_, ids=[handed.pk], by=county.district)
    assert approve_returns(round_=round_, ids=[handed.pk], by=county.finance).entered == 1
    made = Record.objects.get(register_code="opined", period=PERIOD)
    assert made.data == {"设备数": 6} and made.state == "已填报"


def test_a_first_round_is_told_what_was_entered_without_one(county):
    entered = {"学段": "小学", "在校生数": 390, "就餐人数": 375}
    create_record(register="meals", unit=county.unit("S1"), period=PERIOD, values=entered, by=county.own)
    with pytest.raises(Problem, match=r"台账已有本期的这些数：.*就餐人数"):
        a_round(county)
    assert a_round(county, asked_again="局里要核对食堂收支").asked_again
    assert a_round(county, "S2 S3", period="2026-09").asked_again == ""


def test_only_registers_that_units_keep_can_be_collected_and_rows_by_who_keeps_them(county, install):
    touched = KEPT.replace("register: kept", "register: touched").replace("局内名册", "校舍").replace(
        "学校: {see: own}", "学校: {see: own, edit: own}")  # fmt: skip
    install(meals=MEALS, kept=KEPT, touched=touched)
    codes = {register.code for register in queries.registers_to_collect(county.finance)}
    assert {"meals", "touched"} <= codes and "kept" not in codes
    touched_by = queries.units_needed(catalog().register("touched"), "", timezone.localdate())
    assert {"S1", "S2"} <= {unit.code for unit in touched_by} and not {"K1", "D1"} & {unit.code for unit in touched_by}


def test_what_is_entered_afterwards_stands_at_its_own_time(county):
    day = timezone.now() - timedelta(days=40)
    due = timezone.localtime(day).date() + timedelta(days=3)
    round_ = a_round(county, "S1 S2", due_on=due, at=day)
    assert round_.opened_at == day and urge_missing(round_=round_, by=county.finance, at=day + timedelta(days=2)) == 2
    returned = return_of(round_, "S1")
    with pytest.raises(Problem, match="已过截止日期"):
        submit_return(returned=returned, by=county.own, cells=cells())
    save_at = day + timedelta(days=1)
    row = f"S1,{PERIOD},小学,400,380,3000.50,85.5,15400000001"
    table = sheet("单位编码,期间,学段,在校生数,就餐人数,餐费,补助比例,负责人电话", row)
    received = receive_table(round_=round_, table=table, by=county.own, at=save_at)
    assert not received.refused and received.ready
    handed = submit_return(returned=received.ready[0], by=county.own, at=save_at + timedelta(minutes=4))
    assert (handed.is_late, handed.submitted_at, handed.seconds) == (False, save_at + timedelta(minutes=4), 240)
    assert [step.at for step in handed.steps.all()] == [day + timedelta(days=2), handed.submitted_at]
    back = send_back(returned=handed, reason="请核对餐费", by=county.district, at=save_at + timedelta(days=1))
    assert back.steps.last().at == save_at + timedelta(days=1)
