"""A major hazard that is listed, stays past its term, is put on the blacklist, and is struck off once it is mended."""

import re

import pytest
from django.urls import reverse

from taizhang.indicators.queries import value_for
from taizhang.registers.actions import edit_record
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Letter, Record, Urging
from tests.packs.walk import add, browser, county, on, page, photo, seen_by, step  # noqa: F401

pytestmark = pytest.mark.django_db
MAJOR = {
    "发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患等级": "重大", "隐患部位": "宿舍东侧楼梯", "隐患描述": "疏散门上锁无人值守",
}  # fmt: skip
LISTING = {
    "整改期限": "2026-03-31", "挂牌编号": "青安挂〔2026〕1号", "督办期限": "2026-03-31", "督办领导": "分管副局长",
    "防范措施": "夜间值守，门不上锁",
}  # fmt: skip


@pytest.fixture
def hazard(county, monkeypatch) -> Record:  # noqa: F811
    on(monkeypatch, "2026-03-02")
    return add(county.safety, "safety_hazard", MAJOR, 单位="S1")


def value(user, code: str) -> str:
    return value_for(user, code, "B1", "2026").text


def test_a_major_hazard_is_listed_urged_blacklisted_and_struck_off_when_mended(county, hazard, monkeypatch):  # noqa: F811
    step(county.safety, hazard, "挂牌督办", **LISTING)
    assert (hazard.state, hazard.data["挂牌日期"], str(hazard.due_on)) == ("挂牌督办", "2026-03-02", "2026-03-31")
    assert value(county.chief, "listed_hazard_count") == "1"
    assert value(county.chief, "listed_hazard_closed_rate") == "0.00"
    sanction = {"惩戒措施": ["取消年度评优", "限制用地"], "note": "多次催办没有动工"}
    step(county.safety, hazard, "列入黑名单", "督办期限未过", **sanction)
    assert run_ladders(on(monkeypatch, "2026-04-01")) == 1
    assert [letter.name for letter in Letter.objects.order_by("id")] == ["挂牌督办通知书", "督办通知单"]
    step(county.own, hazard, "列入黑名单", "列入黑名单", status=403, **sanction)
    step(county.safety, hazard, "列入黑名单", "惩戒措施", note="没有动工")
    step(county.safety, hazard, "列入黑名单", **sanction)
    assert hazard.state == "列入黑名单" and value(county.chief, "blacklisted_hazard_count") == "1"
    assert "黑名单告知书" in page(county.own, hazard) and "督办通知单" in page(county.own, hazard)
    on(monkeypatch, "2026-04-20")
    step(county.own, hazard, "提交整改反馈", "整改后照片", 整改措施="改装推杆锁")
    step(county.own, hazard, "提交整改反馈", 整改措施="改装推杆锁", 整改后照片=photo())
    step(county.safety, hazard, "复查不通过", 复查意见="没有测试")
    assert (hazard.state, hazard.data.get("整改完成日期")) == ("列入黑名单", None)
    step(county.own, hazard, "提交整改反馈", 整改措施="改装推杆锁并测试")
    step(county.inspector, hazard, "复查通过")
    assert (hazard.state, hazard.data["移出黑名单日期"], hazard.data["销号日期"]) == (
        "已销号",
        "2026-04-20",
        "2026-04-20",
    )
    assert value(county.chief, "listed_hazard_closed_rate") == "100.00"
    assert value(county.chief, "blacklisted_hazard_count") == "0"


def test_what_waits_for_a_notice_has_a_day_by_its_grade_and_what_waits_for_a_check_one_for_the_section(
    county,  # noqa: F811
    hazard,
    monkeypatch,
):
    small = add(county.own, "safety_hazard", MAJOR | {"隐患等级": "一般"}, 单位="S1")
    assert (str(hazard.due_on), str(small.due_on)) == ("2026-03-03", "2026-03-09")
    assert "整改后照片" not in page(county.own, small).split("<dialog")[0]
    assert run_ladders(on(monkeypatch, "2026-03-04")) == 2, "one is late, of the other its school is reminded"
    assert [letter.name for letter in Letter.objects.all()] == ["催办单"]
    edit_record(record=small, values={"隐患等级": "重大"}, by=county.safety)
    small.refresh_from_db()
    assert str(small.due_on) == "2026-03-03", "the grade decides"
    edit_record(record=small, values={"隐患等级": "一般"}, by=county.safety)
    small.refresh_from_db()
    step(county.safety, small, "下发整改通知", 整改期限="2026-03-20")
    step(county.own, small, "提交整改反馈", 整改措施="已换", 整改后照片=photo())
    assert str(small.due_on) == "2026-04-03", "checked again within a month"
    Urging.objects.all().delete()
    assert run_ladders(on(monkeypatch, "2026-04-07")) == 2
    assert county.own.name not in Urging.objects.get(record=small, is_merged=False).told


def test_a_school_does_not_strike_off_a_major_hazard_by_itself(county, hazard):  # noqa: F811
    step(county.own, hazard, "即查即改", "重大隐患不能当场自行销号", 整改后照片=photo())
    assert hazard.state == "待整改"
    small = add(county.own, "safety_hazard", MAJOR | {"隐患等级": "一般"}, 单位="S1")
    step(county.own, small, "即查即改", 整改后照片=photo())
    assert small.state == "已销号" and small.data["销号日期"] == "2026-03-02"


def test_an_ordinary_hazard_is_never_listed_and_leaves_no_mark_of_a_list(county, monkeypatch):  # noqa: F811
    on(monkeypatch, "2026-03-02")
    small = add(county.own, "safety_hazard", {**MAJOR, "隐患等级": "一般"})
    step(county.safety, small, "挂牌督办", "只有重大隐患挂牌督办", **LISTING)
    step(county.safety, small, "下发整改通知", 整改期限="2026-03-20")
    step(county.own, small, "提交整改反馈", 整改措施="已换", 整改后照片=photo())
    step(county.safety, small, "复查不通过", 复查意见="再换")
    assert small.state == "整改中" and "挂牌编号" not in small.data


def test_two_hazards_cannot_bear_one_listing_number(county, hazard, monkeypatch):  # noqa: F811
    step(county.safety, hazard, "挂牌督办", **LISTING)
    other = add(county.safety, "safety_hazard", MAJOR, 单位="S2")
    step(county.safety, other, "挂牌督办", "挂牌编号", **LISTING)
    assert not re.search(r"\bS2\b", page(county.own, hazard))  # a token of the page may hold the two characters
    assert "other" not in seen_by(county, hazard)


def test_the_list_says_the_deadline_once(county, hazard):  # noqa: F811
    listed = browser(county.safety).get(reverse("registers:list", args=["safety_hazard"])).content.decode()
    head = listed[listed.index("<thead") : listed.index("</thead>")]
    assert "到期" in head and "整改期限" not in head and "逾期天数" not in head
