"""One pupil's year in the aid registers: applied, recognised, shown, filed, paid; and who never gets to know of it."""

import pytest
from django.urls import reverse

from taizhang.events.models import Event
from taizhang.indicators.queries import HELD_BACK, value_for
from taizhang.kernel.errors import Problems
from taizhang.registers.actions import edit_record
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Letter, Record
from tests.packs.walk import add, browser, county, on, page, seen_by, step  # noqa: F401

pytestmark = pytest.mark.django_db
PUPIL = {
    "学生姓名": "闻知远", "身份证号": "52992620160312001X", "学段": "小学", "年级班级": "四年级2班", "是否寄宿": "是",
    "监护人电话": "15400001234", "申请日期": "2026-09-07", "认定学年": "SY2026", "监护人知情同意": "是",
}  # fmt: skip
AID = {"学段": "小学", "资助学年": "SY2026", "学期": "秋季学期", "资助项目": "寄宿生生活补助", "申报日期": "2026-10-08"}
VERIFIED = {"学期标准": "625", "应发金额": "625", "应发日期": "2026-11-13", "资金来源": "中央"}
PAID = {"发放方式": "社会保障卡", "户名核对一致": "是", "发放金额": "625", "发放日期": "2026-11-12"}


def identity(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


PUPIL["身份证号"] = identity("52992620160312001")
RECOGNISED = {"困难情形": ["低保边缘家庭"], "佐证方式": ["部门数据比对", "入户家访"], "困难等级": "困难"}


def filed(county, monkeypatch) -> Record:  # noqa: F811
    """A file with every step taken."""
    on(monkeypatch, "2026-09-08")
    file = add(county.own, "aid_file", PUPIL, 单位="S1")
    step(county.own, file, "学校认定", **RECOGNISED)
    on(monkeypatch, "2026-09-10")
    step(county.own, file, "开始公示", 公示范围="本班公告栏", 公示已去除隐私="是")
    on(monkeypatch, "2026-09-17")
    step(county.own, file, "公示期满")
    step(county.finance, file, "备案建档")
    return file


def paid(county, monkeypatch, file: Record) -> Record:  # noqa: F811
    on(monkeypatch, "2026-10-08")
    aid = add(county.own, "student_aid", {**AID, "所属档案": file.number}, 单位="S1")
    step(county.finance, aid, "审核通过", **VERIFIED)
    on(monkeypatch, "2026-11-12")
    step(county.own, aid, "登记发放", **PAID)
    return aid


def test_a_pupil_is_recognised_shown_filed_and_paid(county, monkeypatch):  # noqa: F811
    file = filed(county, monkeypatch)
    assert (file.state, file.number, file.data["建档日期"]) == ("已建档", "KN-2026-0001", "2026-09-17")
    aid = paid(county, monkeypatch, file)
    assert (aid.state, aid.state_category) == ("已发放", "closed")
    assert aid.number in page(county.own, file), "the file shows what was paid"
    figures = {code: value_for(county.finance, code, "B1", "SY2026").text
               for code in ("aid_person_times", "aid_persons", "aid_amount", "aid_coverage_rate", "aid_on_time_rate")}  # fmt: skip
    assert figures == {"aid_person_times": "1", "aid_persons": "1", "aid_amount": "625.00",
                       "aid_coverage_rate": "100.00", "aid_on_time_rate": "100.00"}  # fmt: skip


def test_two_items_are_two_person_times_and_one_person(county, monkeypatch):  # noqa: F811
    file = filed(county, monkeypatch)
    paid(county, monkeypatch, file)
    second = {**AID, "所属档案": file.number, "资助项目": "临时困难补助"}
    aid = add(county.own, "student_aid", second, 单位="S1")
    step(county.finance, aid, "审核通过", **{**VERIFIED, "应发日期": "2026-11-20"})
    step(county.own, aid, "登记发放", **PAID)
    assert value_for(county.finance, "aid_person_times", "B1", "SY2026").text == "2"
    assert value_for(county.finance, "aid_persons", "B1", "SY2026").text == "1"


def test_wrong_turns_are_refused_with_the_reason(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-09-08")
    add(county.own, "aid_file", {**PUPIL, "监护人知情同意": "否"}, "没有取得学生或监护人同意", 单位="S1")
    add(county.own, "aid_file", {**PUPIL, "身份证号": "529926201603120019"}, "校验码", 单位="S1")
    assert not Record.objects.exists()
    file = add(county.own, "aid_file", PUPIL, 单位="S1")
    add(county.other, "aid_file", PUPIL, "与已有记录相同", 单位="S2")
    step(county.own, file, "学校认定", "困难等级", 困难情形=["孤儿"], 佐证方式=["证件核验"])
    step(county.own, file, "学校认定", **RECOGNISED)
    step(county.own, file, "开始公示", "须先去除身份证号", 公示范围="校门口", 公示已去除隐私="否")
    step(county.own, file, "开始公示", 公示范围="本班公告栏", 公示已去除隐私="是")
    on(monkeypatch, "2026-09-11")
    step(county.own, file, "公示期满", "公示未满5天")
    step(county.own, file, "公示有异议", 公示异议="有人反映家中有营运车辆")
    assert (file.state, file.data["公示撤下日"]) == ("待认定", "2026-09-11"), "what is disputed is taken down at once"
    assert "备案建档" not in page(county.own, file)
    step(county.own, file, "备案建档", "备案建档", status=422)


def test_money_cannot_exceed_what_is_due_nor_go_to_another_name_nor_to_the_wrong_stage(county, monkeypatch):  # noqa: F811
    file = filed(county, monkeypatch)
    on(monkeypatch, "2026-11-12")
    here = {**AID, "所属档案": file.number}
    add(county.own, "student_aid", {**here, "资助项目": "国家助学金"}, "只用于高中阶段", 单位="S1")
    aid = add(county.own, "student_aid", here, 单位="S1")
    step(county.own, aid, "审核通过", "审核通过", status=403, **VERIFIED)
    step(county.finance, aid, "审核通过", **VERIFIED)
    step(county.own, aid, "登记发放", "不能大于应发金额", **{**PAID, "发放金额": "1625"})
    step(county.own, aid, "登记发放", "户名不一致", **{**PAID, "户名核对一致": "否"})
    step(county.own, file, "离校归档", "还有 1 条“学生资助台账”未办结")


def test_aid_that_is_due_and_not_paid_is_urged_and_lowers_the_rate(county, monkeypatch):  # noqa: F811
    file = filed(county, monkeypatch)
    on(monkeypatch, "2026-10-08")
    aid = add(county.own, "student_aid", {**AID, "所属档案": file.number}, 单位="S1")
    step(county.finance, aid, "审核通过", **VERIFIED)
    assert str(aid.due_on) == "2026-11-13"
    assert run_ladders(on(monkeypatch, "2026-11-16")) == 1
    letter = Letter.objects.get()
    assert letter.name == "催办单" and letter.record == aid
    assert "闻知远" not in page(county.finance, aid) and "催办单" in page(county.own, aid)
    assert value_for(county.finance, "aid_on_time_rate", "B1", "SY2026").text == "0.00"


def test_poverty_is_known_to_the_school_and_the_aid_centre_only(county, monkeypatch):  # noqa: F811
    file = filed(county, monkeypatch)
    aid = paid(county, monkeypatch, file)
    for record in (file, aid):
        # in this county no section bears the aid centre's name, so sections keep the register
        assert seen_by(county, record) == {"own", "finance", "safety"}
    for user in (county.own, county.finance):
        text = page(user, file)
        assert "闻知远" not in text and PUPIL["身份证号"] not in text and "低保边缘家庭" not in text, (
            "masked, also for who keeps it"
        )
    assert Event.objects.filter(action="registers.record.viewed", subject=f"record:{file.pk}").count() >= 3
    answer = browser(county.finance).get(reverse("registers:export", args=["aid_file"]))
    assert answer.status_code == 403 and "不能导出" in answer.content.decode()
    assert value_for(county.chief, "aid_persons", "B1", "SY2026").text == HELD_BACK
    assert value_for(county.chief, "hardship_pupil_count", "S1", "SY2026").text == HELD_BACK


def test_a_school_changes_neither_the_grade_on_file_nor_what_the_centre_decided(county, monkeypatch):  # noqa: F811
    file = filed(county, monkeypatch)
    with pytest.raises(Problems, match="已建档”时不能改“困难等级"):
        edit_record(record=file, values={"困难等级": "特别困难"}, by=county.own)
    on(monkeypatch, "2026-10-08")
    aid = add(county.own, "student_aid", {**AID, "所属档案": file.number}, 单位="S1")
    with pytest.raises(Problems, match="时不能改“应发金额"):
        edit_record(record=aid, values={"应发金额": "1250"}, by=county.own)
    step(county.finance, aid, "审核通过", **VERIFIED)
    with pytest.raises(Problems, match="时不能改“应发金额"):
        edit_record(record=aid, values={"应发金额": "1250"}, by=county.own)
    edit_record(record=aid, values={"收款账号": "6222000011112222"}, by=county.own)
    aid.refresh_from_db()
    step(county.finance, aid, "退回更正", note="标准有误")
    step(county.own, aid, "重新申报")
    step(county.finance, aid, "审核通过", **{**VERIFIED, "学期标准": "500", "应发金额": "500"})
    assert aid.data["应发金额"] == "500.00"
