"""One school building from argument to use, with its milestones, its money and its place in two levels' tasks."""

import pytest
from django.urls import reverse

from taizhang.indicators.queries import value_for
from taizhang.registers.actions import edit_record
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Letter, Record
from tests.packs.walk import add, browser, county, on, page, photo, seen_by, step  # noqa: F401

pytestmark = pytest.mark.django_db
PROJECT = {
    "项目名称": "第一小学综合楼", "建设类型": "新建", "入库日期": "2026-01-12", "建筑面积": "2600", "计划总投资": "10400000",
    "项目负责人": "周工", "联系电话": "15400001234",
}  # fmt: skip
NODE = {
    "节点": "主体",
    "节点内容": "综合楼主体完成80%",
    "排定日期": "2026-01-12",
    "计划日期": "2026-06-30",
    "要求形象进度": "80",
}
BUILDING = {
    "建筑名称": "东教学楼", "建筑用途": "教学用房", "鉴定等级": "D级", "列入日期": "2026-03-05", "批次": "第一批", "列入面积": "700",
    "处置方式": "拆除重建", "停用日期": "2026-03-05", "计划竣工日期": "2026-10-30",
}  # fmt: skip


@pytest.fixture
def project(county, monkeypatch) -> Record:  # noqa: F811
    on(monkeypatch, "2026-01-12")
    return add(county.finance, "edu_project", PROJECT, 单位="S1")


def under(county, project: Record, register: str, **values: str) -> Record:  # noqa: F811
    return add(county.finance, register, {"所属项目": project.number, **values}, 单位="S1")


def value(user, code: str) -> str:
    return value_for(user, code, "B1", "2026").text


def to_the_structure(county, project: Record, monkeypatch) -> None:  # noqa: F811
    step(county.finance, project, "通过论证", 立项文号="青发改审〔2026〕8号")
    step(county.finance, project, "编制预算", 建筑面积="2600")
    step(county.finance, project, "启动招标", 计划开工日期="2026-03-02", 计划竣工日期="2026-12-20")
    on(monkeypatch, "2026-03-04")
    step(county.own, project, "施工进场", 施工单位="县恒基建筑公司", 实际开工日期="2026-03-04")
    step(county.own, project, "主体开工")


def test_a_building_goes_from_argument_to_use_and_the_rates_move_with_it(county, project, monkeypatch):  # noqa: F811
    assert (project.number, project.state) == ("JS-2026-001", "论证")
    node = under(county, project, "project_milestone", **NODE)
    assert value(county.chief, "project_started_rate") == "0.00"
    to_the_structure(county, project, monkeypatch)
    assert project.data["主体形象进度"] == "0" and value(county.chief, "project_started_rate") == "100.00"
    on(monkeypatch, "2026-06-26")
    edit_record(record=node, values={"实际形象进度": "80"}, by=county.own)
    step(county.own, node, "报告完成", 实际日期="2026-06-26", 现场照片=photo())
    step(county.finance, node, "核实", 核实意见="现场核实")
    assert value(county.chief, "milestone_on_time_rate") == "100.00"
    step(county.finance, project, "竣工验收", "没有", 实际竣工日期="2026-06-26", 竣工面积="2600")
    step(county.own, project, "主体结顶", 现场照片=photo())
    assert project.data["主体形象进度"] == "1"
    on(monkeypatch, "2026-12-18")
    step(county.finance, project, "竣工验收", 实际竣工日期="2026-12-18", 竣工面积="2600")
    step(county.own, project, "投入使用", "未竣工验收不得投用", 投用日期="2026-09-01")
    step(county.own, project, "投入使用", 投用日期="2026-12-18")
    assert project.state_category == "closed" and value(county.chief, "project_completed_rate") == "100.00"


def test_a_project_cannot_be_closed_over_a_milestone_nor_skip_a_stage(county, project, monkeypatch):  # noqa: F811
    under(county, project, "project_milestone", **NODE)
    step(county.finance, project, "主体结顶", "论证")
    step(county.finance, project, "取消", "取消", status=422)
    to_the_structure(county, project, monkeypatch)
    step(county.own, project, "主体结顶", 现场照片=photo())
    on(monkeypatch, "2026-12-18")
    step(county.finance, project, "竣工验收", 实际竣工日期="2026-12-18", 竣工面积="2600")
    step(county.own, project, "投入使用", "还有 1 条“建设项目节点”未办结", 投用日期="2026-12-18")


def test_a_paused_project_goes_on_where_it_stopped_and_is_urged_by_its_own_dates(county, project, monkeypatch):  # noqa: F811
    to_the_structure(county, project, monkeypatch)
    assert str(project.due_on) == "2026-12-20", "the finish that was promised"
    step(county.finance, project, "暂停建设", note="资金没有到位")
    assert (project.state, project.due_on) == ("暂停", None)
    assert "办理后状态为“主体”" in page(county.finance, project)
    step(county.own, project, "恢复建设", "恢复建设", status=403, note="可以了")
    step(county.finance, project, "恢复建设", note="资金到位")
    assert (project.state, str(project.due_on)) == ("主体", "2026-12-20")


def test_a_late_milestone_climbs_the_ladder_and_a_new_date_needs_a_reason(county, project, monkeypatch):  # noqa: F811
    node = under(county, project, "project_milestone", **NODE)
    assert run_ladders(on(monkeypatch, "2026-07-07")) == 1
    assert [letter.name for letter in Letter.objects.all()] == ["催办单"]
    assert "催办单" in page(county.own, node) and value(county.chief, "milestone_late_count") == "1"
    new = {"原计划日期": "2026-06-30", "计划日期": "2026-08-31", "滞后原因": "资金不到位"}
    step(county.finance, node, "调整计划", "说明", **new)
    step(county.finance, node, "调整计划", "须晚于原计划日期", note="等资金", **{**new, "计划日期": "2026-06-30"})
    step(county.own, node, "调整计划", "调整计划", status=403, note="等资金", **new)
    step(county.finance, node, "调整计划", note="等资金", **new)
    assert str(node.due_on) == "2026-08-31" and value(county.chief, "milestone_late_count") == "0"


def test_less_than_was_asked_is_no_milestone_reached(county, project, monkeypatch):  # noqa: F811
    node = under(county, project, "project_milestone", **NODE)
    on(monkeypatch, "2026-06-26")
    edit_record(record=node, values={"实际形象进度": "60"}, by=county.own)
    step(county.own, node, "报告完成", "没有达到这个节点的要求", 实际日期="2026-06-26", 现场照片=photo())
    edit_record(record=node, values={"实际形象进度": "80"}, by=county.own)
    step(county.own, node, "报告完成", "现场照片", 实际日期="2026-06-26")
    step(county.own, node, "报告完成", 实际日期="2026-06-26", 现场照片=photo())
    assert node.state == "待核实"


def test_money_arrives_and_is_paid_by_source_and_the_gap_is_a_figure(county, project):  # noqa: F811
    assert value(county.chief, "project_fund_gap") == "10400000.00", "no money at all is the whole gap"
    money = {"资金文号": "青财教〔2026〕9号", "下达日期": "2026-01-12"}
    under(
        county,
        project,
        "project_fund",
        资金来源="中央",
        计划金额="4000000",
        到位金额="4000000",
        支付金额="1000000",
        **money,
    )
    fund = under(
        county, project, "project_fund", 资金来源="县级", 计划金额="5000000", 到位金额="500000", 支付金额="0", **money
    )
    add(county.finance, "project_fund", {"所属项目": project.number, "资金来源": "省级", "计划金额": "1", "到位金额": "2",
        "支付金额": "0", **money}, "到位金额不能大于计划金额", 单位="S1")  # fmt: skip
    figures = [
        value(county.chief, code)
        for code in ("project_fund_arrival_rate", "project_fund_paid_rate", "project_fund_gap")
    ]
    assert figures == ["50.00", "22.22", "1400000.00"]
    step(county.finance, fund, "结清", "没有付清")
    assert seen_by(county, fund) == {"office", "finance", "chief", "own"}


def test_one_area_is_measured_against_two_levels_tasks(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-03-05")
    for issuer, area in (("县", "550"), ("市", "880")):
        task = {"下达单位": issuer, "任务面积": area, "下达文号": "〔2026〕3号", "完成期限": "2026-10-31"}
        add(county.finance, "safety_area_task", task, 单位="B1", 期间="2026", 下达单位=issuer)
    building = add(county.finance, "safety_building", BUILDING, 单位="S1")
    on(monkeypatch, "2026-04-20")
    step(county.own, building, "拆除销号", "拆除销号", status=403, 竣工日期="2026-04-20", 拆除面积="700")
    step(county.own, building, "开工", 开工日期="2026-04-20", 开工面积="913")
    codes = ("safety_started_vs_county", "safety_started_vs_city", "safety_completed_vs_county", "d_grade_removed_rate")
    assert [value(county.chief, code) for code in codes] == ["166.00", "103.75", "—", "0.00"]
    on(monkeypatch, "2026-10-26")
    done = {"竣工日期": "2026-10-26", "现场照片": photo()}
    step(county.finance, building, "竣工验收", "不能大于开工面积", 竣工面积="1913", **done)
    step(county.finance, building, "竣工验收", 竣工面积="913", **{**done, "现场照片": photo()})
    assert [value(county.chief, code) for code in codes] == ["166.00", "103.75", "166.00", "100.00"]


def test_a_neighbours_school_sees_neither_project_nor_building_but_leaders_and_district_do(county, project):  # noqa: F811
    assert seen_by(county, project) == {"office", "finance", "chief", "own", "district", "inspector"}
    assert (
        browser(county.other)
        .get(reverse("registers:list", args=["edu_project"]))
        .content.decode()
        .count(project.number)
        == 0
    )
    add(county.own, "edu_project", PROJECT, "不能新增", 单位="S1")
