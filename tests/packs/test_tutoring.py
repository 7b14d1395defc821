"""One out-of-school institution: on the roster, inspected, its problems put right one by one, and closed."""

import pytest

from taizhang.indicators.queries import value_for
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.actions import assign_post, create_user, load_units
from taizhang.org.models import User
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Letter, Record
from tests.packs.walk import add, browser, county, on, page, seen_by, step  # noqa: F401
from tests.support import START

pytestmark = pytest.mark.django_db
AGENCY = {
    "机构名称": "星火艺术培训中心", "培训类别": "非学科类（文化艺术）", "网格": "城关一网格", "负责人电话": "15400001234",
    "入册日期": "2026-03-02", "在训学生数": "80", "机构性质": "营利", "办学许可证号": "教民529926700001号", "资金监管方式": "银行托管",
}  # fmt: skip
CHECK = {
    "培训类别": "非学科类（文化艺术）", "网格": "城关一网格", "排查日期": "2026-03-09", "排查方式": "专项排查", "排查人员": "甲、乙",
    "有无问题": "有问题",
}  # fmt: skip
PROBLEM = {
    "培训类别": "非学科类（文化艺术）", "发现日期": "2026-03-09", "问题类别": "消防和场所安全", "问题描述": "疏散通道堆放杂物",
    "整改期限": "2026-03-20",
}  # fmt: skip


@pytest.fixture
def section(county) -> User:  # noqa: F811
    head = "编码,名称,类型,上级编码,启用日期,停用日期\n"
    load_units(
        table=table_from_bytes(f"{head}K9,职业教育与成人教育科,科室,B1,2000-01-01,\n".encode(), "units.csv"), by=None
    )
    person = create_user(username="vocational", name="职成科员", by=None)
    assign_post(user=person, unit=county.unit("K9"), role="科室", since=START, by=None)
    return person


@pytest.fixture
def agency(county, section, monkeypatch) -> Record:  # noqa: F811
    on(monkeypatch, "2026-03-09")
    return add(county.district, "tutoring_agency", AGENCY, 单位="D1")


def value(user, code: str) -> str:
    return value_for(user, code, "B1", "2026").text


def inspected(county, agency: Record, **more: str) -> Record:  # noqa: F811
    return add(county.district, "tutoring_inspection", {"所属机构": agency.number, **CHECK, **more}, 单位="D1")


def test_problems_are_struck_off_one_by_one_and_the_rate_moves(county, section, agency):  # noqa: F811
    check = inspected(county, agency)
    inspected(county, agency, 排查方式="日常巡查", 有无问题="无问题")
    first, second = (
        add(county.district, "tutoring_problem", {"所属排查": check.number, **PROBLEM, "问题类别": kind}, 单位="D1")
        for kind in ("消防和场所安全", "合同和退费")
    )
    assert (value(county.chief, "tutoring_inspected_count"), value(county.chief, "tutoring_inspection_count")) == (
        "1",
        "2",
    )
    assert (value(county.chief, "tutoring_problem_count"), value(county.chief, "tutoring_rectified_rate")) == (
        "2",
        "0.00",
    )
    step(county.district, check, "办结", "还有 2 条“校外培训问题整改”未办结")
    for problem in (first, second):
        step(county.district, problem, "上报整改", "整改措施", 整改完成日期="2026-03-09")
        step(county.district, problem, "上报整改", 整改措施="已清空通道", 整改完成日期="2026-03-09")
        step(county.district, problem, "复核通过", "复核通过", status=403, 复核意见="属实", 处理方式="责令改正")
    step(section, first, "复核不通过", 复核意见="仍有杂物", 整改期限="2026-03-25")
    assert first.state == "整改中" and "整改完成日期" not in first.data
    step(section, second, "复核通过", 复核意见="属实", 处理方式="责令改正")
    assert (value(county.chief, "tutoring_rectified_rate"), value(county.chief, "tutoring_rectified_count")) == (
        "50.00",
        "1",
    )
    step(section, agency, "关停", "未办结", note="停办")
    step(county.district, first, "上报整改", 整改措施="已清空", 整改完成日期="2026-03-09")
    step(section, first, "复核通过", 复核意见="属实", 处理方式="约谈")
    step(county.district, check, "办结")
    assert check.state == "已办结" and value(county.chief, "tutoring_rectified_rate") == "100.00"


def test_a_late_problem_is_urged(county, agency, monkeypatch):  # noqa: F811
    check = inspected(county, agency)
    problem = add(county.district, "tutoring_problem", {"所属排查": check.number, **PROBLEM}, 单位="D1")
    assert run_ladders(on(monkeypatch, "2026-03-23")) == 1
    assert [letter.name for letter in Letter.objects.all()] == ["催办单"] and "催办单" in page(county.district, problem)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"培训类别": "学科类"}, "学科类机构须登记为非营利性"), ({"办学许可证号": ""}, "须填办学许可证号"),
        ({"资金监管方式": "未监管", "白名单": "true"}, "不能列入白名单"),
    ],
)  # fmt: skip
def test_an_institution_against_the_rules_is_refused_in_words(county, section, wrong, said):  # noqa: F811
    add(county.district, "tutoring_agency", {**AGENCY, **wrong}, said, 单位="D1")
    assert not Record.objects.filter(register_code="tutoring_agency").exists()


def test_schools_have_no_business_with_institutions_and_the_telephone_is_masked(county, section, agency):  # noqa: F811
    assert not {"own", "other", "stranger"} & seen_by(county, agency)
    assert {"district", "inspector", "chief", "office"} <= seen_by(county, agency)
    assert "15400001234" not in page(section, agency)
    assert browser(county.own).get("/registers/tutoring_agency/").status_code == 404
