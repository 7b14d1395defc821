"""A visit's checklist, scored line by line, and the bureau as the inspected, scoring itself with proof."""

import pytest

from taizhang.indicators.queries import value_for
from taizhang.registers.models import Record
from tests.packs.test_school_visit import VISIT
from tests.packs.walk import add, browser, county, on, photo, step  # noqa: F401

pytestmark = pytest.mark.django_db
CHECK = {
    "检查日期": "2026-09-15",
    "检查项目": "食堂留样和索证",
    "满分": "10",
    "得分": "7.5",
    "扣分事实": "两日留样没有时间",
}
ROUND = {"名称": "省级义务教育质量评估", "类型": "其他", "组织单位": "省政府教育督导室", "反馈日期": "2026-09-01"}
ITEM = {
    "指标序号": "A1-2",
    "指标内容": "专任教师学历达标",
    "满分": "5",
    "下达日期": "2026-09-18",
    "自评期限": "2026-10-15",
}


@pytest.fixture
def visit(county, monkeypatch) -> Record:  # noqa: F811
    on(monkeypatch, "2026-09-15")
    return add(county.inspector, "school_visit", VISIT, 单位="S1")


def test_a_checklist_scores_and_every_lost_point_has_its_fact_and_photo(county, visit):  # noqa: F811
    line = CHECK | {"所属到校": visit.number}
    add(county.inspector, "visit_check", line | {"得分": "11"}, "得分不能超过满分", 单位="S1")
    add(county.inspector, "visit_check", line | {"扣分事实": ""}, "请写扣分事实", 单位="S1")
    made = add(county.inspector, "visit_check", line | {"现场照片": photo()}, 单位="S1")
    assert made.state == "已评" and made.data["得分"] == "7.5"
    add(county.inspector, "visit_check", line | {"检查项目": "收费公示", "得分": "10", "扣分事实": ""}, 单位="S1")
    found = value_for(county.chief, "visit_check_rate", "B1", "SY2026T1")
    assert found.text == "87.50"
    assert value_for(county.chief, "visit_check_rate", "S2", "SY2026T1").value is None
    add(county.own, "visit_check", line | {"检查项目": "校车和交通"}, "不能", 单位="S1")


def test_the_inspected_bureau_scores_itself_with_proof_and_learns_what_it_was_given(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-09-20")
    inspection = add(county.office, "inspection", ROUND, 单位="B1")
    item = add(county.office, "inspection_item", ITEM | {"所属检查": inspection.number}, 单位="K2")
    said = {"自评得分": "5", "自评说明": "学历达标率百分之百，见教师基础信息台账"}
    step(county.safety, item, "提交自评", "佐证材料", **said)
    step(county.safety, item, "提交自评", "自评得分不能超过满分", **(said | {"自评得分": "6", "佐证材料": photo()}))
    step(county.safety, item, "提交自评", **said, 佐证材料=photo())
    assert item.state == "已自评"
    assert value_for(county.chief, "inspection_self_rate", "B1", "2026").text == "100.00"
    step(county.safety, item, "登记检查结果", "检查", status=403, 检查得分="4")
    step(county.office, item, "登记检查结果", 检查得分="4.5", 检查意见="一名教师证书未见原件")
    assert item.state == "已检查"
    assert value_for(county.chief, "inspection_given_rate", "B1", "2026").text == "90.00"
    for person in (county.finance, county.own, county.stranger):
        assert browser(person).get(f"/registers/record/{item.pk}/").status_code == 404
