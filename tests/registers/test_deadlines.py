"""Clocks: what the law gives in days, where they stand still, how they are lengthened, what the ladder asks for when."""

from datetime import date

import pytest
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.kernel.errors import Problem, Problems
from taizhang.registers import deadlines
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.models import Record
from taizhang.registers.steps import take_step
from tests.registers.conftest import picture

pytestmark = pytest.mark.django_db

# 信访工作条例 art. 23 (15 days to tell the petitioner) and 34 (60 days to finish, 30 more with approval).
PETITION = """\
register: letter_case
name: 来信办理
kind: case
fields:
  - {name: 登记日期, type: date, required: true}
  - {name: 事项, type: text, required: true}
  - {name: 受理日期, type: date}
  - {name: 办结日期, type: date}
  - {name: 处理意见, type: long_text}
lifecycle:
  initial: 已登记
  states: {已登记: open, 办理中: open, 待补正: open, 已办结: closed, 作废: void}
  transitions:
    - {name: 受理, from: 已登记, to: 办理中, by: 学校, sets: {受理日期: today()}}
    - {name: 要求补正, from: 办理中, to: 待补正, by: 学校, reason: true}
    - {name: 补正收到, from: 待补正, to: 办理中, by: 学校}
    - {name: 办结, from: 办理中, to: 已办结, by: 学校, requires: [处理意见], sets: {办结日期: today()}}
  reopen: {to: 办理中, by: 科室}
  in_state:
    已登记: {hidden: [处理意见]}
    办理中: {readonly: [登记日期], required: [受理日期]}
  deadlines:
    - {name: 受理告知, state: 已登记, within: 15 days, after: 登记日期, basis: 信访工作条例第二十三条}
    - name: 办理
      state: 办理中
      within: 60 days
      pause: 待补正
      extend: {by: 科室, at_most: 30 days}
      basis: 信访工作条例第三十四条
    - {name: 科内初审, state: 办理中, within: 5 working_days}
"""


def at(monkeypatch, day: str) -> date:
    found = date.fromisoformat(day)
    monkeypatch.setattr(timezone, "localdate", lambda *_: found)
    return found


@pytest.fixture
def case(county, install, monkeypatch) -> Record:
    install(letter_case=PETITION)
    at(monkeypatch, "2026-03-02")
    values = {"登记日期": "2026-03-02", "事项": "食堂收费"}
    return create_record(register="letter_case", unit=county.unit("S1"), values=values, by=county.own).record


def clocks(record: Record, day: date) -> dict[str, deadlines.Clock]:
    register = catalog().register("letter_case")
    return {clock.deadline.key: clock for clock in deadlines.clocks_of(register, record, day)}


def test_a_term_in_days_counts_from_the_field_without_its_own_day(case):
    assert case.due_on == date(2026, 3, 17)


def test_a_term_in_days_that_ends_in_a_holiday_runs_to_the_next_working_day(county, install, monkeypatch):
    install(letter_case=PETITION)
    at(monkeypatch, "2026-09-18")
    values = {"登记日期": "2026-09-18", "事项": "分班"}
    made = create_record(register="letter_case", unit=county.unit("S1"), values=values, by=county.own).record
    assert made.due_on == date(2026, 10, 8), "3 October is a holiday"


def test_a_step_fills_its_own_fields_and_starts_the_next_clocks(case, county, monkeypatch):
    day = at(monkeypatch, "2026-03-06")
    case = take_step(record=case, step="受理", by=county.own).record
    assert case.data["受理日期"] == "2026-03-06"
    found = clocks(case, day)
    assert found["办理"].due == date(2026, 5, 6), "60 days end on 5 May, a holiday"
    assert found["科内初审"].due == date(2026, 3, 13)
    assert case.due_on == date(2026, 3, 13), "the earliest of the clocks"


def test_a_pause_stops_the_clock_and_its_days_are_added_afterwards(case, county, monkeypatch):
    at(monkeypatch, "2026-03-06")
    case = take_step(record=case, step="受理", by=county.own).record
    day = at(monkeypatch, "2026-03-16")
    case = take_step(record=case, step="要求补正", by=county.own, note="缺身份证明").record
    assert clocks(case, day)["办理"].paused and case.due_on is None
    day = at(monkeypatch, "2026-03-26")
    case = take_step(record=case, step="补正收到", by=county.own).record
    assert clocks(case, day)["办理"].due == date(2026, 5, 15), "ten days later than 5 May"
    assert clocks(case, day)["科内初审"].due == date(2026, 4, 2), "a clock without a pause starts anew with the state"


def test_a_reason_is_asked_where_the_pack_says_so(case, county):
    case = take_step(record=case, step="受理", by=county.own).record
    with pytest.raises(Problem, match="要求补正须写明原因"):
        take_step(record=case, step="要求补正", by=county.own)


def test_fields_that_a_state_hides_or_closes_cannot_be_changed_but_a_step_may_fill_them(case, county):
    with pytest.raises(Problems, match="“已登记”时不能改“处理意见”"):
        edit_record(record=case, values={"处理意见": "早写"}, by=county.own)
    case = take_step(record=case, step="受理", by=county.own).record
    with pytest.raises(Problems, match="“办理中”时不能改“登记日期”"):
        edit_record(record=case, values={"登记日期": "2026-03-01"}, by=county.own)
    with pytest.raises(Problems, match="“受理日期”没有填写"):
        edit_record(record=case, values={"受理日期": ""}, by=county.own)
    case = take_step(record=case, step="办结", by=county.own, values={"处理意见": "已退费"}).record
    assert case.state == "已办结" and case.due_on is None and case.data["办结日期"] == "2026-03-02"


def test_a_closed_record_is_taken_up_again_with_a_reason_by_the_section_alone(case, county):
    case = take_step(record=case, step="受理", by=county.own).record
    case = take_step(record=case, step="办结", by=county.own, values={"处理意见": "已退费"}).record
    with pytest.raises(Problem, match="须由科室办理"):
        take_step(record=case, step="重新办理", by=county.own, note="有新情况")
    with pytest.raises(Problem, match="重新办理须写明原因"):
        take_step(record=case, step="重新办理", by=county.safety)
    case = take_step(record=case, step="重新办理", by=county.safety, note="复核发现退费不全").record
    assert case.state == "办理中" and case.state_category == "open" and case.due_on is not None


def test_a_record_from_before_clocks_counts_from_its_own_date(case, county, monkeypatch):
    Record.objects.filter(pk=case.pk).update(clock={}, state="办理中")
    case.refresh_from_db()
    assert clocks(case, date(2026, 3, 20))["科内初审"].due == date(2026, 3, 9)


# -- ladders --------------------------------------------------------------------------------------------------------


@pytest.fixture
def hazard(county, monkeypatch) -> Record:
    at(monkeypatch, "2026-03-02")
    values = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": "灭火器过期"}
    made = create_record(register="safety_hazard", unit=county.unit("S1"), values=values, by=county.own).record
    return take_step(record=made, step="下发整改通知", by=county.safety, values={"整改期限": "2026-03-20"}).record


def due(record: Record, day: str, given=()) -> list[str]:
    register = catalog().register("safety_hazard")
    return [
        f"{item.day} {item.step.level}"
        for item in deadlines.due_steps(register, record, date.fromisoformat(day), given)
    ]


def test_the_ladder_gives_each_step_on_its_working_day(hazard):
    assert due(hazard, "2026-03-16") == []
    assert due(hazard, "2026-03-17") == ["2026-03-17 提醒"], "three working days before"
    assert due(hazard, "2026-03-20") == ["2026-03-17 提醒", "2026-03-20 提醒"]
    assert due(hazard, "2026-03-22")[-1] == "2026-03-20 提醒", "the weekend is nobody's working day"
    assert due(hazard, "2026-03-23")[-1] == "2026-03-23 催办单"
    assert due(hazard, "2026-04-03")[-2:] == ["2026-03-27 督办通知单", "2026-04-03 通报"]


def test_steps_that_were_given_are_not_asked_for_again(hazard):
    register = catalog().register("safety_hazard")
    keys = [item.key for item in deadlines.due_steps(register, hazard, date(2026, 3, 23))]
    assert due(hazard, "2026-03-23", keys) == []
    assert due(hazard, "2026-03-27", keys) == ["2026-03-27 督办通知单"]


def test_a_later_deadline_starts_the_ladder_anew_and_a_closed_record_has_none(hazard, county):
    register = catalog().register("safety_hazard")
    keys = [item.key for item in deadlines.due_steps(register, hazard, date(2026, 3, 23))]
    moved = edit_record(record=hazard, values={"整改期限": "2026-03-30"}, by=county.safety).record
    assert due(moved, "2026-03-25", keys) == ["2026-03-25 提醒"]
    done = take_step(
        record=moved, step="提交整改反馈", by=county.own, values={"整改措施": "已换"}, files={"整改后照片": [picture()]}
    ).record
    told = {item.step.to for item in deadlines.due_steps(register, done, date(2026, 4, 30))}
    assert told == {("主管科室",), ("主管科室", "分管领导")}, "only who is to check it again"


def test_the_next_step_is_told_beforehand(hazard):
    found = deadlines.next_step(catalog().register("safety_hazard"), hazard, date(2026, 3, 20))
    assert found is not None and found.step.level == "催办单" and found.day == date(2026, 3, 23)
