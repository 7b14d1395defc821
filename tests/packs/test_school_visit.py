"""An inspector comes to a school, finds something, the school puts it right, the inspector looks again."""

import pytest

from taizhang.catalog.current import catalog
from taizhang.indicators.queries import value_for
from taizhang.registers.actions import create_record
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Letter, Record
from tests.packs.walk import add, browser, county, on, page, photo, seen_by, step  # noqa: F401

pytestmark = pytest.mark.django_db
SCHOOL = {
    "学段": "小学", "办学类型": "小学", "办学性质": "公办", "城乡分类": "主城区", "校数": "1", "在校生数": "300", "班数": "7",
    "教职工数": "20", "专任教师数": "18",
}  # fmt: skip
VISIT = {
    "到校日期": "2026-09-15", "视导方式": "经常性督导", "督学": "责任督学", "本学期第几次": "1", "督导事项": ["校园及周边安全", "课程开设和课堂教学"],
    "有无问题": "有问题", "督导意见": "限期整改",
}  # fmt: skip
FINDING = {
    "发现日期": "2026-09-15",
    "督导事项": "校园及周边安全",
    "问题描述": "后门没有登记来访人员",
    "整改期限": "2026-09-25",
}


@pytest.fixture
def visit(county, monkeypatch) -> Record:  # noqa: F811
    on(monkeypatch, "2026-09-15")
    return add(county.inspector, "school_visit", VISIT | {"现场照片": photo()}, 单位="S1")


def found(county, visit: Record, **more: str) -> Record:  # noqa: F811
    return add(county.inspector, "visit_finding", {"所属到校": visit.number, **FINDING, **more}, 单位="S1")


def value(county, code: str, period: str = "SY2026T1") -> str:  # noqa: F811
    return value_for(county.chief, code, "B1", period).text


def test_the_school_mends_the_inspector_looks_again_and_the_visit_closes(county, visit):  # noqa: F811
    finding = found(county, visit)
    step(county.inspector, visit, "办结", "未办结")
    step(county.own, visit, "学校反馈", "学校反馈")
    step(county.own, visit, "学校反馈", 学校反馈="立即加派值守")
    assert value(county, "visit_rectified_rate") == "0.00"
    step(county.own, finding, "提交整改", "整改措施", 整改完成日期="2026-09-15")
    step(county.own, finding, "提交整改", 整改措施="补登记并加派值守", 整改完成日期="2026-09-15")
    step(county.own, finding, "复查通过", "复查通过", status=403, 复查意见="自己看过")
    step(county.inspector, finding, "复查不通过", 复查意见="登记表仍是空的", 整改期限="2026-09-30")
    assert finding.state == "整改中" and "整改完成日期" not in finding.data
    step(county.own, finding, "提交整改", 整改措施="登记表已启用", 整改完成日期="2026-09-15")
    step(county.inspector, finding, "复查通过", 复查意见="现场核对，已整改")
    step(county.inspector, visit, "办结")
    assert (finding.state, visit.state) == ("已整改", "已办结")
    assert (value(county, "visit_rectified_rate"), value(county, "visit_in_time_rate")) == ("100.00", "100.00")


def test_a_late_finding_is_urged_with_a_letter(county, visit, monkeypatch):  # noqa: F811
    finding = found(county, visit)
    run_ladders(on(monkeypatch, "2026-09-28"))
    finding.refresh_from_db()
    assert Letter.objects.filter(record=finding, name="催办单").exists()
    assert "催办单" in page(county.own, finding)


def test_mistakes_are_said_before_they_are_saved(county, visit):  # noqa: F811
    add(county.inspector, "school_visit", VISIT | {"到校日期": "2026-09-16"}, "不能填将来的日期", 单位="S1")
    add(county.inspector, "school_visit", VISIT | {"督导事项": ["饮食"]}, "不在选项中", 单位="S1")
    add(
        county.inspector, "visit_finding", {"所属到校": visit.number, **FINDING, "整改期限": "2026-09-01"},
        "整改期限不能早于发现日期", 单位="S1",
    )  # fmt: skip


def test_an_inspector_visits_the_schools_of_the_own_district_only_and_a_school_writes_no_visit(county, visit):  # noqa: F811
    before = Record.objects.count()
    for user, unit in ((county.inspector, "S3"), (county.own, "S1"), (county.district, "S1"), (county.other, "S1")):
        answer = browser(user).post(f"/registers/school_visit/new/?单位={unit}", VISIT)
        assert answer.status_code != 302, (user, unit)
    assert Record.objects.count() == before


def test_who_sees_a_visit_and_its_finding(county, visit):  # noqa: F811
    seen = seen_by(county, visit)
    assert {"own", "inspector", "district", "office"} <= seen and not {"other", "stranger"} & seen
    assert seen_by(county, found(county, visit)) == seen


def test_coverage_counts_schools_and_frequency_counts_those_seen_twice(county, visit, monkeypatch):  # noqa: F811
    numbers = {f.name: "0" for f in catalog().register("education_basics").fields if f.required and f.is_numeric}
    for code in ("S1", "S2"):
        create_record(
            register="education_basics", unit=county.unit(code), period="SY2026", values=numbers | SCHOOL, by=None
        )
    assert (value(county, "visited_school_rate"), value(county, "visited_twice_rate")) == ("50.00", "0.00")
    on(monkeypatch, "2026-10-20")
    add(county.inspector, "school_visit", VISIT | {"到校日期": "2026-10-20", "本学期第几次": "2"}, 单位="S1")
    assert (value(county, "school_visit_count"), value(county, "visits_per_school")) == ("2", "1.00")
    assert (value(county, "visited_school_rate"), value(county, "visited_twice_rate")) == ("50.00", "50.00")
