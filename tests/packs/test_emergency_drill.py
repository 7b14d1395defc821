"""A school's emergency plan and its drills of one term: planned, held, filed with all papers, and counted."""

import pytest

from taizhang.catalog.current import catalog
from taizhang.indicators.queries import value_for
from taizhang.registers.actions import create_record
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Letter, Record
from tests.packs.walk import add, county, on, page, photo, seen_by, step  # noqa: F401

pytestmark = pytest.mark.django_db
TERM = "SY2025T2"
HELD = {
    "演练日期": "2026-03-20", "演练地点": "教学楼", "参演学生": "300", "参演教职工": "20", "其中首次参演": "320", "本学期第几次": "1",
    "疏散用时": "110", "问题和改进": "二楼拥堵，改走西侧楼梯",
}  # fmt: skip
SCHOOL = {
    "学段": "小学", "办学类型": "小学", "办学性质": "公办", "城乡分类": "主城区", "校数": "1", "在校生数": "300", "班数": "7",
    "教职工数": "20", "专任教师数": "18",
}  # fmt: skip


@pytest.fixture
def drill(county, monkeypatch) -> Record:  # noqa: F811
    on(monkeypatch, "2026-03-02")
    return planned(county.own)


def planned(user, day: str = "2026-03-20", kind: str = "火灾", said: str = "") -> Record:
    values = {"计划日期": day, "演练类别": kind, "演练名称": f"{kind}疏散演练", "演练形式": "实战演练"}
    return add(user, "emergency_drill", values, said)


def papers() -> dict:
    return {"演练方案": photo(), "演练总结": photo(), "演练照片": photo()}


def value(user, code: str, unit: str = "B1") -> str:
    return value_for(user, code, unit, TERM).text


def test_a_drill_counts_only_when_its_plan_summary_and_pictures_are_filed(county, drill, monkeypatch):  # noqa: F811
    step(county.own, drill, "登记实施", "还没有到", **HELD)
    on(monkeypatch, "2026-03-20")
    step(county.own, drill, "登记实施", "首次参演人数不能大于", **{**HELD, "其中首次参演": "400"})
    step(county.own, drill, "登记实施", **HELD)
    assert value(county.chief, "drill_count") == "0", "held, and not filed"
    step(
        county.safety,
        drill,
        "归档",
        "演练照片",
        **{name: file for name, file in papers().items() if name != "演练照片"},
    )
    step(county.own, drill, "归档", "归档", status=403, **papers())
    step(county.safety, drill, "退回补充", 审核意见="照片看不出时间")
    step(county.own, drill, "重新提交")
    step(county.safety, drill, "归档", **papers())
    assert (drill.state, drill.data["归档日期"]) == ("已归档", "2026-03-20")
    assert value(county.chief, "drill_count") == "1"


def test_persons_and_person_times_of_a_term_are_two_figures_and_two_drills_complete_it(county, drill, monkeypatch):  # noqa: F811
    numbers = {f.name: "0" for f in catalog().register("education_basics").fields if f.required and f.is_numeric}
    for code in ("S1", "S2"):
        values = numbers | SCHOOL
        create_record(register="education_basics", unit=county.unit(code), period="SY2025", values=values, by=None)
    on(monkeypatch, "2026-04-30")
    second = planned(county.own, "2026-04-28", "地震")
    step(county.own, drill, "登记实施", **HELD)
    step(county.safety, drill, "归档", **papers())
    assert (value(county.chief, "drill_held_rate"), value(county.chief, "drill_completed_rate")) == ("50.00", "0.00")
    later = {**HELD, "演练日期": "2026-04-28", "本学期第几次": "2", "参演学生": "290", "其中首次参演": "4"}
    step(county.own, second, "登记实施", **later)
    step(county.safety, second, "归档", **papers())
    assert value(county.chief, "drill_completed_rate") == "50.00"
    assert value(county.chief, "drill_person_times") == "630" and value(county.chief, "drill_persons") == "324"
    assert value(county.chief, "drills_per_school", "S1") == "2.00"


def test_a_drill_whose_day_has_passed_is_urged_and_may_be_called_off_with_a_reason(county, drill, monkeypatch):  # noqa: F811
    assert run_ladders(on(monkeypatch, "2026-03-27")) == 1
    assert [letter.name for letter in Letter.objects.all()] == ["催办单"] and "催办单" in page(county.own, drill)
    step(county.own, drill, "取消", "取消")
    step(county.own, drill, "取消", note="连续暴雨，改期")
    assert value(county.chief, "drill_count") == "0"


def test_one_drill_is_entered_once_and_a_neighbours_school_does_not_see_it(county, drill):  # noqa: F811
    planned(county.own, said="这一天的这类演练已经登记")
    assert planned(county.other).unit.code == "S2"
    assert {"own", "safety", "district", "inspector", "chief"} <= seen_by(county, drill)
    assert not {"other", "stranger"} & seen_by(county, drill)


def test_a_plan_is_filed_by_the_section_and_withdrawn_when_a_new_version_stands(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-03-02")
    made = {"预案类别": "火灾", "预案名称": "火灾应急预案", "版本": "2026-1", "编制日期": "2026-03-01"}
    plan = add(county.own, "emergency_plan", made)
    add(county.own, "emergency_plan", made, "这个预案的这个版本已经登记")
    step(county.safety, plan, "备案", "备案", 下次修订日期="2029-03-01")
    step(county.safety, plan, "退回修改", 备案意见="没有集合点")
    step(county.own, plan, "重新报备")
    step(county.safety, plan, "备案", 备案编号="青教预〔2026〕1号", 下次修订日期="2029-03-01")
    assert plan.data["备案日期"] == "2026-03-02"
    assert value_for(county.chief, "emergency_plan_filed_rate", "B1", "2026").text == "100.00"
    step(county.own, plan, "废止", "废止")
    step(county.own, plan, "废止", note="新版本已备案")
    assert plan.state_category == "closed"
