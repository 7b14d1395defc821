"""A school's term of the five rates: computed and never typed, checked by the centre, compared with the standard."""

import pytest
from django.urls import reverse

from taizhang.indicators.queries import value_for
from taizhang.registers.models import Record
from tests.packs.walk import add, browser, county, on, page, seen_by, step  # noqa: F401

pytestmark = pytest.mark.django_db
TERM = {
    "学段": "小学", "学生数": "400", "装备标准": "Ⅱ类", "演示实验应开数": "60", "演示实验实开数": "60", "分组实验应开数": "40",
    "分组实验实开数": "40", "应上机课时": "180", "实上机课时": "180", "专用教室应用课时": "500", "专用教室实用课时": "500",
    "仪器设备总数": "1000", "仪器设备完好数": "970", "图书借阅册次": "2100", "装备投入": "36000",
}  # fmt: skip


def value(user, code: str, unit: str = "B1") -> str:
    return value_for(user, code, unit, "SY2025T1").text


def filed(county, **changed: str) -> Record:  # noqa: F811
    return add(county.own, "equipment_use", {**TERM, **changed}, 单位="S1", 期间="SY2025T1", 学段="小学")


def test_the_rates_come_out_of_what_was_due_and_done(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-01-19")
    text = page(county.own, filed(county, 分组实验实开数="35"))
    assert "95%" in text and "97%" in text and "5.25" in text
    assert [value(county.chief, code) for code in ("experiment_rate", "instrument_intact_rate", "books_borrowed_per_pupil")] == [
        "95.00", "97.00", "5.25",
    ]  # fmt: skip
    assert value(county.chief, "five_rates_school_rate") == "0.00", "one rate below its standard is enough"


def test_all_five_reached_makes_a_school_of_the_standard(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-01-19")
    filed(county)
    assert value(county.chief, "five_rates_school_rate") == "100.00"
    assert value(county.chief, "class_one_school_rate") == "0.00"


def test_what_a_school_does_not_have_is_blank_and_not_nought(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-01-19")
    filed(county, 应上机课时="", 实上机课时="")
    assert (
        value(county.chief, "computer_lesson_rate") == "—" and value(county.chief, "five_rates_school_rate") == "100.00"
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"演示实验实开数": "61"}, "加开的不计"), ({"实上机课时": "181"}, "不能大于应上机课时"), ({"仪器设备完好数": "1001"}, "完好数不能大于总数"),
     ({"实上机课时": ""}, "须同时填写"), ({"学生数": ""}, "学生数")],
)  # fmt: skip
def test_a_wrong_return_is_refused_with_the_field(county, monkeypatch, changed, said):  # noqa: F811
    on(monkeypatch, "2026-01-19")
    add(county.own, "equipment_use", {**TERM, **changed}, said, 单位="S1", 期间="SY2025T1", 学段="小学")
    assert not Record.objects.exists()


def test_a_typed_rate_finds_no_field(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-01-19")
    form = browser(county.own).get(
        reverse("registers:new", args=["equipment_use"]), {"单位": "S1", "期间": "SY2025T1", "学段": "小学"}
    )
    assert 'name="演示实验实开数"' in form.content.decode() and 'name="实验开出率"' not in form.content.decode()


def test_the_centre_checks_the_return_and_sends_back_what_does_not_agree(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-01-19")
    record = filed(county)
    step(county.own, record, "年检通过", "年检通过", status=403, 年检结论="合格")
    step(county.finance, record, "年检退回", "年检意见")
    step(county.finance, record, "年检退回", 年检意见="借阅册次与系统不一致")
    assert str(record.due_on) == "2026-02-02"
    step(county.own, record, "更正")
    step(county.finance, record, "年检通过", 年检结论="合格")
    assert (record.state, record.data["年检日期"]) == ("已年检", "2026-01-19")


def test_a_neighbour_sees_nothing_and_the_district_its_schools(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-01-19")
    record = filed(county)
    assert "other" not in seen_by(county, record) and {"district", "inspector", "finance", "own"} <= seen_by(
        county, record
    )
    where = reverse("registers:new", args=["equipment_use"]) + "?单位=S1&期间=SY2025T1&学段=小学"
    assert "您不能为“第一小学”新增记录" in browser(county.other).post(where, TERM).content.decode()


def test_a_kindergarten_stage_is_not_asked_for_these_rates(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-01-19")
    where = {"单位": "S1", "期间": "SY2025T1", "学段": "学前教育"}
    add(county.own, "equipment_use", {**TERM, "学段": "学前教育"}, "只填小学、初中、普通高中", **where)
