"""Tables in: what is accepted, what comes back and why."""

from decimal import Decimal

import pytest

from taizhang.events.models import Event
from taizhang.kernel.errors import Problem
from taizhang.registers.loading import check_table, load_table
from taizhang.registers.models import Facet, Record, Version
from tests.registers.conftest import sheet

pytestmark = pytest.mark.django_db

RETURN = """
register: lunch_return
name: 营养餐月报
kind: statistics
owner: 计划财务科
period: month
dimensions: [餐别]
fields:
  - {name: 餐别, type: choice, options: [早餐, 午餐], required: true, query: true}
  - {name: 就餐人数, type: integer, required: true, min: 0, query: true}
  - {name: 支出, type: money, required: true}
  - {name: 满意率, type: percent, max: 100}
  - {name: 人均支出, type: decimal, decimals: 2, formula: "支出 / 就餐人数"}
checks:
  - {name: 有人才有支出, formula: "就餐人数 > 0 or 支出 = 0", message: 没有就餐的不应有支出}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all, create: all, edit: all}
"""
HEAD = "单位编码,期间,餐别,就餐人数,支出,满意率"


@pytest.fixture
def lunch(county, install):
    install(lunch_return=RETURN)
    return county


def refusals(result) -> list[tuple[int, str, str]]:
    return [(item["row"], item["field"], item["message"]) for item in result.refused]


def test_good_rows_are_saved_and_bad_rows_come_back_with_row_field_and_remedy(lunch):
    table = sheet(
        HEAD,
        "S1,2026-03,午餐,320,4480.5,98.6",
        "S2,2026-03,午餐,三百,4480,98",
        "S9,2026-03,午餐,10,1,",
        "S1,2026-13,早餐,10,1,",
        "S1,2026-03,早饭,10,1.005,101",
        "S2,2026-03,早餐,0,50,",
    )
    result = load_table("营养餐月报", table, lunch.finance)
    assert (result.read, result.created, result.updated) == (6, 1, 0)
    told = refusals(result)
    assert [(row, field) for row, field, _ in told] == [
        (3, "就餐人数"), (4, "单位编码"), (5, "期间"), (6, "餐别"), (6, "支出"), (6, "满意率"), (7, "就餐人数"),
    ]  # fmt: skip
    assert "是否应为：" in {(row, field): text for row, field, text in told}[6, "餐别"]
    record = Record.objects.get()
    assert record.data["支出"] == "4480.50" and record.data["满意率"] == "0.986" and record.dimension_key == "午餐"
    assert "人均支出" not in record.data, "computed on reading"


def test_the_same_key_again_updates_and_says_when_nothing_was_new(lunch):
    load_table("lunch_return", sheet(HEAD, "S1,2026-03,午餐,320,4480,98", "S2,2026-03,午餐,10,1,"), None)
    again = load_table("lunch_return", sheet(HEAD, "S1,2026-03,午餐,321,4480,98", "S2,2026-03,午餐,10,1,"), None)
    assert (again.created, again.updated, again.unchanged) == (0, 2, 1)
    changed = Record.objects.get(unit__code="S1")
    assert changed.revision == 2 and changed.versions.get(revision=2).changed == ["就餐人数"]
    assert Facet.objects.get(record=changed, field="就餐人数").number == Decimal(321)


def test_an_empty_cell_takes_the_value_away_and_an_absent_column_leaves_it(lunch):
    load_table("lunch_return", sheet(HEAD, "S1,2026-03,午餐,320,4480,98"), None)
    load_table("lunch_return", sheet("单位编码,期间,餐别,支出", "S1,2026-03,午餐,4400"), None)
    assert Record.objects.get().data["满意率"] == "0.98"
    load_table("lunch_return", sheet(HEAD, "S1,2026-03,午餐,320,4480,"), None)
    assert "满意率" not in Record.objects.get().data


def test_a_row_twice_in_one_table_is_refused_the_second_time(lunch):
    rows = ["S1,2026-03,午餐,320,4480,98", "S1,2026-03,午餐,321,4480,98"]
    result = load_table("lunch_return", sheet(HEAD, *rows), None)
    assert result.created == 1 and "与第 2 行重复" in result.refused[0]["message"]


def test_a_school_loads_its_own_sheet_without_a_unit_column_and_no_other_school(lunch):
    own = load_table("lunch_return", sheet("期间,餐别,就餐人数,支出", "2026-03,午餐,3,5"), lunch.own)
    assert own.created == 1 and Record.objects.get().unit.code == "S1"
    other = load_table("lunch_return", sheet(HEAD, "S2,2026-03,午餐,3,5,"), lunch.own)
    assert other.created == 0 and "您不能新增" in other.refused[0]["message"]


def test_period_and_unit_may_be_given_beside_the_table_and_the_unit_also_limits_it(lunch):
    table = sheet("单位,餐别,就餐人数,支出", "第一小学,午餐,3,5", "河东中学,午餐,3,5", "无名小学,午餐,3,5")
    result = load_table("lunch_return", table, None, unit=lunch.unit("D1"), period="2026-04")
    assert result.created == 1 and Record.objects.get().period == "2026-04"
    assert [item["row"] for item in result.refused] == [3, 4]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("单位编码,期间,餐别,就餐人", "“就餐人”是否应为“就餐人数”"),
        ("单位编码,餐别,就餐人数,支出", "缺少列：期间"),
        ("期间,餐别,就餐人数,支出", "缺少列：单位编码"),
        ("单位编码,期间,就餐人数,支出", "缺少列：餐别"),
        ("单位编码,期间,餐别,就餐人数,支出,天气", "“天气”不是本台账的列"),
    ],
)
def test_a_wrong_header_is_answered_with_the_right_one(lunch, head, words):
    with pytest.raises(Problem, match=words):
        load_table("lunch_return", sheet(head, "S1,1,2,3,4,5"), None)


def test_headers_with_marks_and_units_are_understood(lunch):
    table = sheet("学校标识码,月份,餐别,*就餐人数(人),支出（元）,序号,人均支出", "S1,2026-03,午餐,3,5,1,99")
    assert load_table("lunch_return", table, None).created == 1


def test_checking_a_table_writes_nothing(lunch):
    result = check_table("lunch_return", sheet(HEAD, "S1,2026-03,午餐,320,4480,98", "S1,bad,,,,"), None)
    assert result.created == 1 and len(result.refused) == 1
    assert not Record.objects.exists() and not Event.objects.filter(action__startswith="registers").exists()


def test_cases_are_updated_by_their_number_and_a_wrong_number_is_refused(county):
    head = "单位编码,发现日期,隐患类别,隐患描述"
    load_table("安全隐患台账", sheet(head, "S1,2026-03-02,消防安全,灭火器过期"), county.own)
    table = sheet("编号,整改措施", "AQ-2026-0001,已更换", "AQ-2026-0009,已更换")
    result = load_table("安全隐患台账", table, county.own)
    assert (result.created, result.updated) == (0, 1) and "没有编号" in result.refused[0]["message"]
    assert Record.objects.get().data["整改措施"] == "已更换"
    assert "没有编号" in load_table("安全隐患台账", table, county.other).refused[0]["message"]


def test_a_state_in_the_table_is_for_those_who_keep_the_register(county):
    table = sheet(
        "单位编码,发现日期,隐患类别,隐患描述,状态",
        "S1,2026-03-02,消防安全,过期,已销号",
        "S1,2026-03-02,消防安全,漏水,飞",
    )
    own = load_table("safety_hazard", table, county.own)
    assert own.created == 0 and [item["field"] for item in own.refused] == ["状态", "状态"]
    section = load_table("safety_hazard", table, county.safety)
    assert section.created == 1 and Record.objects.get().state_category == "closed"


def test_a_blank_cell_of_a_new_row_takes_the_packs_default(county):
    table = sheet("单位编码,发现日期,隐患类别,隐患描述,隐患等级", "S1,2026-03-02,消防安全,过期,")
    load_table("safety_hazard", table, None)
    assert Record.objects.get().data["隐患等级"] == "一般"


def test_a_unique_field_finds_the_record_and_two_rows_may_not_share_it(county, install):
    install(
        bus="register: bus\nname: 校车\nkind: roster\nfields:\n"
        "  - {name: 车牌, type: text, required: true, unique: true}\n  - {name: 座位, type: integer}\n"
    )
    load_table("bus", sheet("单位编码,车牌,座位", "S1,浙A1,30", "S2,浙A2,40"), None)
    result = load_table("bus", sheet("单位编码,车牌,座位", "S1,浙A1,31", "S1,浙A1,32"), None)
    assert (result.created, result.updated, len(result.refused)) == (0, 1, 1)
    stolen = load_table("bus", sheet("单位编码,车牌,座位", "S2,浙A1,31"), county.other)
    assert stolen.created == 0 and stolen.refused[0]["field"] == "车牌"


def test_a_load_leaves_versions_and_events(lunch):
    load_table("lunch_return", sheet(HEAD, "S1,2026-03,午餐,320,4480.5,98.6"), lunch.finance)
    assert Version.objects.get().action == "导入" and Version.objects.get().source == "表.csv"
    loaded = Event.objects.get(action="registers.table.loaded")
    assert loaded.data["created"] == 1 and loaded.actor_name == lunch.finance.name


def test_figures_of_a_unit_that_closed_before_the_period_are_refused(lunch):
    unit = lunch.unit("S2")
    unit.closed_on = "2025-08-31"
    unit.save()
    result = load_table("lunch_return", sheet(HEAD, "S2,2026-03,午餐,3,5,"), None)
    assert result.created == 0 and "在该期间不存在" in result.refused[0]["message"]


def test_a_ledger_kept_elsewhere_moves_in_with_its_numbers_and_counting_goes_on_after_them(county):
    head = "编号,单位编码,发现日期,隐患类别,隐患描述"
    table = sheet(
        head,
        "AQ-2026-0041,S1,2026-03-02,消防安全,过期",
        "AQ-2026-0041,S1,2026-03-02,消防安全,又一条",
        "隐患7号,S1,2026-03-02,消防安全,漏电",
        ",S2,2026-03-03,消防安全,无号",
    )
    result = load_table("safety_hazard", table, county.safety)
    assert result.created == 2 and [(item["row"], item["field"]) for item in result.refused] == [
        (3, "编号"),
        (4, "编号"),
    ]
    assert sorted(Record.objects.values_list("number", flat=True)) == ["AQ-2026-0041", "AQ-2026-0042"]


STEPS = """
register: permit
name: 许可台账
kind: case
number: "XK-{seq:3}"
fields:
  - {name: 事由, type: text, required: true}
  - {name: 金额, type: integer}
  - {name: 送审日, type: date}
lifecycle:
  initial: 起草
  states: {起草: open, 送审: open, 小额办结: closed, 撤销: closed}
  transitions:
    - {name: 送审, from: [起草], to: 送审, by: [学校], sets: {送审日: "today()"}}
    - {name: 小额, from: [起草], to: 小额办结, by: [学校], guard: "金额 < 100"}
    - {name: 撤销, from: [起草], to: 撤销, by: [学校], reason: true}
access:
  学校: {see: own, create: own, edit: own}
"""


def test_a_sheet_takes_no_step_past_its_condition_or_reason_and_fills_what_a_step_fills(county, install):
    install(permit=STEPS)
    table = sheet("单位编码,事由,金额,状态", "S1,甲,500,小额办结", "S1,乙,5,撤销", "S1,丙,5,送审")
    result = load_table("permit", table, county.own)
    assert [row for row, _, _ in refusals(result)] == [2, 3] and result.created == 1
    made = Record.objects.get(register_code="permit")
    assert made.state == "送审" and made.data["送审日"]
