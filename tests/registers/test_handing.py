"""A record is handed to another unit, which then has it alone; an extension writes its letter; groups have shares."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.events.models import Event
from taizhang.indicators.queries import figures_by, value_for
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.org.models import Notice
from taizhang.registers.actions import create_record, reveal_field
from taizhang.registers.clock_actions import extend_deadline
from taizhang.registers.models import Record
from taizhang.registers.queries import get_record_for
from taizhang.registers.steps import take_step

pytestmark = pytest.mark.django_db
MATTER = """
register: matter
name: 交办台账
kind: case
owner: 办公室
number: "JB-{year}-{seq:3}"
fields:
  - {name: 收到日期, type: date, required: true}
  - {name: 事项, type: text, required: true}
  - {name: 类别, type: choice, options: [甲, 乙, 丙], required: true, query: true}
  - {name: 承办单位, type: unit, query: true}
  - {name: 来电号码, type: phone, sensitive: true}
  - {name: 期限, type: date}
lifecycle:
  initial: 登记
  states: {登记: open, 办理: open, 办结: closed, 作废: void}
  transitions:
    - {name: 交办, from: [登记], to: 办理, by: [办公室], requires: [承办单位], hand_to: 承办单位}
    - {name: 退回, from: [办理], to: 登记, by: [科室, 学校], reason: true, sets: {承办单位: "null"}, hand_to: 主管科室}
    - {name: 办结, from: [办理], to: 办结, by: [科室, 学校], sets: {期限: "到期"}}
  deadlines:
    - {state: 办理, within: 10 days, after: 收到日期, name: 办理期限, extend: {by: [局长], at_most: 5 days, letter: 延长办理期限告知书}}
access:
  办公室: {see: all, create: all, edit: all}
  局长: {see: all}
  科室: {see: own}
  学校: {see: own}
indicators:
  - {code: matter_count, name: 交办件数, formula: "count()", unit: 件, decimals: 0, by: [类别, 承办单位]}
  - {code: matter_part, name: 交办构成比, formula: "part(count())", unit: "%", by: [类别]}
"""


@pytest.fixture
def matter(county, install, settings, tmp_path) -> Record:
    settings.WAREHOUSE = tmp_path / "warehouse"
    settings.WAREHOUSE.mkdir()
    install(matter=MATTER)
    return add(county, "甲")


def add(county, kind: str) -> Record:
    values = {
        "收到日期": timezone.localdate() - timedelta(days=1),
        "事项": "补课",
        "类别": kind,
        "来电号码": "13900001234",
    }
    return create_record(register="matter", unit=county.unit("K1"), values=values, by=county.office).record


def hand(county, record: Record, unit: str) -> Record:
    return take_step(record=record, step="交办", by=county.office, values={"承办单位": unit}).record


def test_the_unit_that_a_case_is_handed_to_has_it_and_its_neighbours_do_not(county, matter):
    with pytest.raises(NotFound):
        get_record_for(county.finance, matter.pk)
    hand(county, matter, "K3")
    held = get_record_for(county.finance, matter.pk)
    assert held.unit.name == "计划财务科" and held.state == "办理"
    for stranger in (county.safety, county.own, county.inspector, county.stranger):
        with pytest.raises(NotFound):
            get_record_for(stranger, matter.pk)
    assert get_record_for(county.chief, matter.pk) and get_record_for(county.office, matter.pk)
    told = Notice.objects.filter(subject=f"record:{matter.pk}")
    assert [note.user for note in told] == [county.finance] and "计划财务科" in told[0].text
    assert Event.objects.get(action="registers.record.handed").data["was"] == "K1"


def test_who_hands_a_case_back_is_led_to_the_list_and_no_longer_sees_it(county, matter):
    hand(county, matter, "S1")
    client = Client()
    client.force_login(county.own)
    page = client.get(reverse("registers:record", args=[matter.pk])).content.decode()
    assert "退回" in page and "交办</button>" not in page
    sent = {"step": "退回", "note": "不属我校"}
    answer = client.post(reverse("registers:step", args=[matter.pk]), sent, follow=True)
    assert answer.redirect_chain[0][0] == reverse("registers:list", args=["matter"])
    assert "已交办公室" in answer.content.decode()
    assert client.get(reverse("registers:record", args=[matter.pk])).status_code == 404
    matter.refresh_from_db()
    assert matter.unit.code == "K1" and "承办单位" not in matter.data


def test_a_case_cannot_go_to_nobody_or_to_a_unit_that_is_closed(county, matter):
    with pytest.raises(Problem, match="须填写：承办单位"):
        take_step(record=matter, step="交办", by=county.office)
    closed = county.unit("S3")
    closed.closed_on = timezone.localdate() - timedelta(days=1)
    closed.save()
    with pytest.raises(Problem, match="已停用"):
        hand(county, matter, "S3")
    matter.refresh_from_db()
    assert matter.state == "登记" and matter.unit.code == "K1"


def test_the_office_still_reads_the_callers_number_after_handing_the_case_over_and_the_school_does_not(county, matter):
    held = hand(county, matter, "S1")
    assert reveal_field(record=held, field="来电号码", reason="回访", by=county.office) == "13900001234"
    with pytest.raises(Forbidden):
        reveal_field(record=held, field="来电号码", reason="联系", by=county.own)


def test_an_extension_is_the_leaders_and_writes_the_letter_that_says_why(county, matter):
    held = hand(county, matter, "K3")
    due = held.due_on
    with pytest.raises(Forbidden):
        extend_deadline(record=held, deadline="办理期限", term="5 days", reason="外调", by=county.finance)
    extended = extend_deadline(record=held, deadline="办理期限", term="5 days", reason="需外调取证", by=county.chief)
    letter = extended.letters.get()
    assert letter.name == "延长办理期限告知书" and "需外调取证" in letter.html and extended.due_on > due
    done = take_step(record=extended, step="办结", by=county.finance).record
    assert done.data["期限"] == extended.due_on.isoformat(), "a step may keep the deadline that it met"


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_each_groups_share_is_of_the_whole_and_they_make_one(county, matter, engine):
    for kind in ("甲", "乙", "乙", "乙", "丙"):
        add(county, kind)
    period = str(timezone.localdate().year)
    shares = figures_by(county.office, "matter_part", "B1", period, "类别", engine=engine)
    found = {figure.group: (figure.numerator, figure.denominator) for figure in shares}
    assert found == {"甲": (2, 6), "乙": (3, 6), "丙": (1, 6)}
    assert sum(figure.value for figure in shares) == pytest.approx(Decimal(1))
    assert value_for(county.office, "matter_part", "B1", period, engine=engine).value == 1


def test_figures_by_a_unit_field_carry_the_units_names(county, matter):
    hand(county, matter, "K3")
    period = str(timezone.localdate().year)
    assert [figure.group for figure in figures_by(county.office, "matter_count", "B1", period, "承办单位")] == [
        "计划财务科"
    ]
    assert "计划财务科" in str(figures_by(county.office, "matter_count", "B1", period, "承办单位")[0])


def test_a_step_that_hands_to_no_unit_field_is_no_release(county, install):
    with pytest.raises(Problem, match="没有填单位的字段“事项”"):
        install(matter=MATTER.replace("hand_to: 承办单位", "hand_to: 事项"))
    with pytest.raises(Problem, match="没有文书"):
        install(matter=MATTER.replace("letter: 延长办理期限告知书", "letter: 没有"))
