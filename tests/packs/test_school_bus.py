"""One school bus from the ledger's first page to its plate, its checks and breaches, its expiry and its suspension."""

import pytest
from django.urls import reverse

from taizhang.indicators.queries import value_for
from taizhang.kernel.errors import Problems
from taizhang.registers.actions import edit_record
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Letter, Record
from tests.packs.walk import add, browser, county, on, page, seen_by, step  # noqa: F401

pytestmark = pytest.mark.django_db
DRIVER_ID = "529926198003077716"
BUS = {
    "车牌号": "贵Z10231", "校车类型": "小学生专用校车", "所有人": "平安校车公司", "服务方式": "校车服务单位", "核载人数": "36",
    "登记日期": "2026-03-02", "驾驶人": "江知远", "驾驶人身份证号": DRIVER_ID, "驾驶人出生日期": "1980-03-07", "准驾车型": "A1",
    "校车驾驶资格": "true", "每日趟数": "2", "乘车学生数": "30", "单趟最多学生数": "30",
}  # fmt: skip
PAPERS = {
    "安全设备": ["逃生锤", "急救箱"], "审验有效期至": "2027-02-28", "照管人员": "闻若谷", "行驶线路": "上坪—石桥头—第一小学",
    "停靠站点": "上坪、石桥头", "开行时间": "7:00—7:40", "检验日期": "2026-02-20", "检验有效期至": "2026-08-19",
    "保险有效期至": "2027-02-28", "查验意见": "齐全",
}  # fmt: skip
PLATE = {
    "使用许可文号": "青政校车〔2026〕1号",
    "校车标牌号": "青山校001",
    "发牌日期": "2026-03-09",
    "标牌有效期至": "2027-02-28",
}


@pytest.fixture
def bus(county, monkeypatch) -> Record:  # noqa: F811
    on(monkeypatch, "2026-03-02")
    return add(county.own, "school_bus", BUS)


@pytest.fixture
def licensed(county, bus) -> Record:  # noqa: F811
    step(county.safety, bus, "查验合格", **PAPERS)
    step(county.safety, bus, "登记标牌", **PLATE)
    return bus


def value(user, code: str, period: str = "2026") -> str:
    return value_for(user, code, "B1", period).text


def test_a_bus_is_registered_checked_and_licensed_and_the_rate_moves(county, bus):  # noqa: F811
    assert (bus.number, bus.state) == ("XC-2026-001", "待查验")
    assert value(county.chief, "school_bus_licensed_rate") == "0.00"
    step(county.own, bus, "查验合格", "查验合格", status=403, **PAPERS)
    step(
        county.safety,
        bus,
        "查验合格",
        "有一项已经过期",
        **{**PAPERS, "检验日期": "2025-08-20", "检验有效期至": "2026-02-20"},
    )
    step(county.safety, bus, "查验不合格", 查验意见="没有照管人员")
    step(county.own, bus, "重新申请")
    step(county.safety, bus, "查验合格", **PAPERS)
    step(county.safety, bus, "登记标牌", "使用许可文号", **{**PLATE, "使用许可文号": ""})
    step(county.safety, bus, "登记标牌", **PLATE)
    assert bus.state == "已发牌" and value(county.chief, "school_bus_licensed_rate") == "100.00"
    assert value(county.chief, "school_bus_pupils") == "30"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"单趟最多学生数": "35", "乘车学生数": "35"}, "超过了核载人数"), ({"驾驶人出生日期": "1960-01-01"}, "25周岁以上"),
        ({"校车驾驶资格": "false"}, "不得驾驶校车"), ({"核载人数": "5"}, "核载人数"), ({"车牌号": "Z10231"}, "车牌号"),
    ],
)  # fmt: skip
def test_a_bus_that_may_not_run_is_refused_with_the_reason(county, monkeypatch, wrong, said):  # noqa: F811
    on(monkeypatch, "2026-03-02")
    add(county.own, "school_bus", {**BUS, **wrong}, said)
    assert not Record.objects.filter(register_code="school_bus").exists()


def test_one_vehicle_has_one_ledger_in_the_whole_county(county, bus):  # noqa: F811
    add(county.other, "school_bus", BUS, "车牌号")
    assert Record.objects.filter(register_code="school_bus").count() == 1


def test_papers_that_run_out_are_reminded_a_month_before_and_stop_the_bus(county, licensed, monkeypatch):  # noqa: F811
    assert str(licensed.due_on) == "2026-08-19", "the inspection runs out first"
    assert run_ladders(on(monkeypatch, "2026-07-20")) == 1
    assert run_ladders(on(monkeypatch, "2026-08-20")) == 1
    assert [letter.name for letter in Letter.objects.all()] == ["校车停运通知书"]
    assert value(county.chief, "school_bus_expired_count") == "1"
    step(county.own, licensed, "停运", "替代接送安排", note="检验过期")
    step(county.own, licensed, "停运", note="检验过期", 替代接送安排="加开一趟")
    assert licensed.state == "停运" and value(county.chief, "school_bus_expired_count") == "0"
    step(county.safety, licensed, "恢复运行", "不能恢复运行", note="已检")
    edit = reverse("registers:edit", args=[licensed.pk])
    assert "检验有效期至" in browser(county.own).get(edit).content.decode()
    assert "停运通知书" in page(county.own, licensed)


def test_overloads_and_checks_stand_under_the_vehicle_and_are_counted(county, licensed, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-04-10")
    seen = {"所属校车": licensed.number, "违规日期": "2026-04-09", "违规情形": "超员", "发现途径": "路查路检"}
    add(county.safety, "school_bus_breach", seen, "须填核定数和实际数", 单位="S1")
    add(county.own, "school_bus_breach", {**seen, "核定数": "36", "实际数": "40"}, "不能新增")
    breach = add(county.safety, "school_bus_breach", {**seen, "核定数": "36", "实际数": "40"}, 单位="S1")
    assert value(county.chief, "bus_overload_count") == "1" and value(county.chief, "bus_speeding_count") == "0"
    step(county.safety, licensed, "退出", "还有 1 条“校车违规记录”未办结", note="报废")
    step(county.own, breach, "提交说明", 学校说明="加座，已纠正")
    step(county.safety, breach, "处理", 处理结果="停运整顿", 处理说明="整顿三天")
    check = {"所属校车": licensed.number, "检查日期": "2026-04-10", "检查方式": "机动车检验", "检查结论": "不合格"}
    add(county.own, "school_bus_check", check, "须写明发现的问题")
    failed = add(county.own, "school_bus_check", {**check, "发现问题": "轮胎磨损"})
    step(county.own, failed, "办结", "限期整改")
    step(county.own, failed, "限期整改", 发现问题="轮胎磨损", 整改期限="2026-04-17")
    add(county.own, "school_bus_check", {**check, "检查结论": "合格"})
    assert value(county.chief, "school_bus_inspection_rate") == "50.00"


def test_the_drivers_number_is_masked_and_a_neighbours_school_sees_no_bus(county, bus):  # noqa: F811
    for person in (county.own, county.safety, county.district, county.chief):
        assert DRIVER_ID not in page(person, bus)
    assert seen_by(county, bus) == {"office", "safety", "chief", "own", "district", "inspector"} | (
        {"finance"} & seen_by(county, bus)
    )
    assert not {"other", "stranger"} & seen_by(county, bus)


def test_what_stands_on_the_plate_changes_with_a_new_plate_alone(county, licensed):  # noqa: F811
    with pytest.raises(Problems, match="时不能改“驾驶人"):
        edit_record(record=licensed, values={"驾驶人": "新来的"}, by=county.own)
    plate = {
        name: licensed.data[name] for name in ("所有人", "行驶线路", "停靠站点", "开行时间", "发牌日期", "标牌有效期至")
    }
    step(county.safety, licensed, "换发标牌", **plate, 驾驶人="新来的", 校车标牌号="青校新001")
    assert (licensed.state, licensed.data["驾驶人"], licensed.data["校车标牌号"]) == ("已发牌", "新来的", "青校新001")
