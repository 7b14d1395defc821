"""One petition from the public form to the rating, with its clocks, letters and wrong turns; and what nobody may see."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.indicators.queries import HELD_BACK, figures_by, value_for
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.org.actions import assign_post, create_user
from taizhang.org.models import User
from taizhang.registers.actions import create_record
from taizhang.registers.clock_actions import extend_deadline, run_ladders
from taizhang.registers.models import Letter, Record, Urging
from taizhang.registers.public.forms import new_form_mark
from taizhang.registers.steps import take_step
from taizhang.reports.actions import write_report
from tests.support import START, County

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
TOLD = {
    "事项概述": "反映食堂价格没有公示",
    "内容分类": "教育收费",
    "反映对象": "第一小学",
    "反映内容": "每餐十五元，校门口没有公示。",
    "希望解决的诉求": "公示价格",
    "信访人姓名": "诸葛无名",
    "联系电话": "13900001234",
}
OPINION = {
    "承办人": "王经办",
    "事实和理由": "学校未按规定公示",
    "处理结果": "支持",
    "处理意见": "已责成学校公示",
    "政策依据": "收费公示的规定",
}


@pytest.fixture
def leader(bureau: County) -> User:
    user = create_user(username="leader", name="分管局长", by=None)
    assign_post(user=user, unit=bureau.unit("B1"), role="分管领导", since=START, by=None)
    return user


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the day that the program believes in."""

    def on(day: date) -> date:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day)
        return day

    return on


def desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, record: Record, status: int = 200) -> str:
    answer = desk(user).get(reverse("registers:record", args=[record.pk]))
    assert answer.status_code == status
    return answer.content.decode()


def step(user: User, record: Record, name: str, status: int = 302, **sent: Any) -> str:
    answer = desk(user).post(reverse("registers:step", args=[record.pk]), {"step": name, **sent})
    assert answer.status_code == status, answer.content.decode()
    record.refresh_from_db()
    return answer.content.decode()


def test_a_petition_goes_from_the_public_form_to_the_rating(bureau: County, leader: User, days: Any) -> None:
    day = days(MONDAY)
    stranger = Client()
    sent = {**TOLD, "homepage": "", "once": new_form_mark()}
    filed = stranger.post(reverse("public:case", args=["petition"]), sent).content.decode()
    code = re.search(r"<code>([0-9A-Z-]{19})</code>", filed)[1]  # type: ignore[index]

    def public() -> str:
        return stranger.post(reverse("public:follow"), {"query_code": code}).content.decode()

    record = Record.objects.get(register_code="petition")
    assert (record.unit.name, record.state, record.due_on) == ("办公室", "待受理", date(2026, 3, 17))
    assert record.number == "XF-2026-0001" and "已收到，待审核是否受理" in public()

    # Accepted with the written notice within fifteen days; the office alone may.
    page(bureau.own, record, 404)
    refused = step(bureau.office, record, "受理", 422, 信访类别="申诉求决")
    assert "首问责任人" in refused and record.state == "待受理"
    days(day := day + timedelta(days=3))
    step(bureau.office, record, "受理", 信访类别="申诉求决", 首问责任人="李接访", 信访等级="一般")
    notice = Letter.objects.get(name="受理告知书")
    assert "2026年5月6日前" in notice.html.replace(" ", "") and "李接访" in notice.html and "诸葛" not in notice.html
    assert record.due_on == date(2026, 5, 6), "sixty days from the day after acceptance, past the holiday of May"

    # The leader hands it out; not the office itself, not before its time.
    with pytest.raises(Forbidden, match="不能“批转办理”"):
        take_step(record=record, step="批转办理", by=bureau.office)
    step(leader, record, "批转办理", 承办单位="K3", 批转意见="请核实", 限办日期="2026-03-30")
    assert record.unit.name == "计划财务科" and record.due_on == date(2026, 3, 30)
    for outside in (bureau.own, bureau.other, bureau.safety, bureau.inspector, bureau.district, bureau.stranger):
        page(outside, record, 404)
    seen = page(bureau.finance, record)
    assert "诸**名" in seen and "诸葛无名" not in seen and "13900001234" not in seen

    # Late: the ladder climbs, the leader is told.
    run_ladders(days(date(2026, 3, 31)))
    run_ladders(days(date(2026, 4, 7)))
    assert [item.level for item in Urging.objects.filter(record=record, is_merged=False)][-1] in (
        "催办单",
        "督办通知单",
    )
    assert Letter.objects.filter(record=record, name="催办单").exists()

    # The section answers, the office sends it back once, the leader signs; the public sees the reply only then.
    missing = step(bureau.finance, record, "提交处理意见", 422, **{**OPINION, "处理意见": ""})
    assert "处理意见" in missing
    step(bureau.finance, record, "提交处理意见", **OPINION)
    assert "已责成学校公示" not in public()
    step(bureau.office, record, "审核退回", 审核意见="补充公示时间")
    step(bureau.finance, record, "提交处理意见", **{**OPINION, "处理意见": "已责成学校于四月公示"})
    step(leader, record, "审核答复", 送达方式="网上")
    assert record.state == "已办结" and record.data["办结期限"] == "2026-05-06"
    opinion = Letter.objects.get(name="信访事项处理意见书")
    assert "收费公示的规定" in opinion.html and "三十日内" in opinion.html and "诸葛" not in opinion.html
    assert "已责成学校于四月公示" in public() and "学校未按规定公示" not in public()
    assert (
        "评价已收到" in stranger.post(reverse("public:rate"), {"query_code": code, "rating": "满意"}).content.decode()
    )
    record.refresh_from_db()
    assert record.data["满意度"] == "满意"

    for name, value in (
        ("petition_direct_closing_rate", 1),
        ("petition_satisfied_rate", 1),
        ("petition_direct_part", 1),
    ):
        assert value_for(bureau.office, name, "B1", "2026Q1").value == value
    assert value_for(bureau.office, "petition_forwarded_count", "B1", "2026Q1").value == 0

    # Review within thirty days of the reply, then re-review, then never again.
    days(date(2026, 4, 20))
    late = step(bureau.office, record, "申请复查", 422, 复查申请日期="2026-06-20", 复查机关="县政府")
    assert "30日内" in late
    step(bureau.office, record, "申请复查", 复查申请日期="2026-04-20", 复查机关="县政府")
    assert record.state == "复查中" and record.due_on == date(2026, 5, 20)
    step(bureau.office, record, "复查答复", 复查结论="维持", 复查答复日期="2026-04-20")
    step(bureau.office, record, "申请复核", 复核申请日期="2026-04-20", 复核机关="市政府")
    step(bureau.office, record, "复核答复", 复核结论="维持", 复核答复日期="2026-04-20")
    assert record.state == "已终结" and "复核已终结" in public()


def petition(bureau: County, **more: Any) -> Record:
    values = {
        "收到日期": timezone.localdate(), "来件类别": "本级接收", "信访渠道": "来访", **TOLD, **more,
    }  # fmt: skip
    return create_record(register="petition", unit=bureau.unit("K1"), values=values, by=bureau.office).record


def accepted(bureau: County, kind: str, **more: Any) -> Record:
    record = petition(bureau, **more)
    values = {"信访类别": kind, "首问责任人": "李接访", "信访等级": "一般"}
    return take_step(record=record, step="受理", by=bureau.office, values=values).record


def test_an_accusation_never_goes_to_the_accused(bureau: County, leader: User) -> None:
    limit = timezone.localdate() + timedelta(days=20)
    unknown = accepted(bureau, "检举控告")
    order = {"承办单位": "S1", "批转意见": "请办", "限办日期": limit}
    with pytest.raises(Problem, match="不得交给被反映的单位"):
        take_step(record=unknown, step="批转办理", by=leader, values=order)
    known = accepted(bureau, "检举控告", 反映单位="S1")
    with pytest.raises(Problem, match="不得交给被反映的单位"):
        take_step(record=known, step="批转办理", by=leader, values=order)
    assert (
        take_step(record=known, step="批转办理", by=leader, values={**order, "承办单位": "K3"}).record.state == "办理中"
    )
    claim = accepted(bureau, "申诉求决", 反映单位="S1")
    assert take_step(record=claim, step="批转办理", by=leader, values=order).record.unit.code == "S1"


def test_only_what_others_handed_over_is_objected_to_and_the_two_streams_stay_apart(bureau: County) -> None:
    own = petition(bureau)
    with pytest.raises(Problem, match="只有转送交办件"):
        take_step(record=own, step="提出异议", by=bureau.office, values={"异议理由": "不属本局"})
    with pytest.raises(Problems, match="须写交办机关"):
        petition(bureau, 来件类别="转送交办")
    forwarded = petition(bureau, 来件类别="转送交办", 交办机关="12345热线")
    assert (
        take_step(record=forwarded, step="提出异议", by=bureau.office, values={"异议理由": "属外县"}).record.state
        == "异议退回"
    )
    year = str(timezone.localdate().year)
    values = {name: value_for(bureau.office, f"petition_{name}", "B1", year).value for name in
              ("forwarded_count", "direct_count", "forwarded_closing_rate", "direct_closing_rate")}  # fmt: skip
    assert values == {"forwarded_count": 1, "direct_count": 1, "forwarded_closing_rate": 1, "direct_closing_rate": 0}


def test_a_route_is_told_in_writing_and_what_belongs_to_petitioning_is_accepted(bureau: County) -> None:
    record = petition(bureau)
    values = {"首问责任人": "李接访", "办理途径": "信访程序", "处理意见": "请走程序"}
    with pytest.raises(Problem, match="应当受理"):
        take_step(record=record, step="告知途径", by=bureau.office, values=values)
    told = take_step(record=record, step="告知途径", by=bureau.office, values={**values, "办理途径": "仲裁"}).record
    assert told.state == "已告知途径" and "仲裁" in told.letters.get().html


def test_the_leader_lengthens_the_term_once_by_thirty_days_at_most_and_says_why(bureau: County, leader: User) -> None:
    record = accepted(bureau, "申诉求决")
    url, due = reverse("registers:extend", args=[record.pk]), record.due_on

    def extend(user: User, term: str) -> Any:
        return desk(user).post(url, {"deadline": "法定办结期限", "term": term, "reason": "需要鉴定"})

    assert extend(bureau.office, "30 days").status_code == 403
    assert "最多延长" in extend(leader, "31 days").content.decode()
    assert extend(leader, "30 days").status_code == 302
    record.refresh_from_db()
    assert due is not None and record.due_on is not None and 28 <= (record.due_on - due).days <= 38
    letter = Letter.objects.get(name="延长办理期限告知书")
    assert "需要鉴定" in letter.html
    assert "最多延长 1 次" in extend(leader, "10 days").content.decode()


@pytest.mark.parametrize(
    ("received", "told_by", "taken", "answered_by", "lengthened_to"),
    [
        # 15 days end on a Sunday that is worked for the National Day; 60 days end on an ordinary Saturday.
        ("2026-09-05", "2026-09-20", "2026-09-15", "2026-11-16", "2026-12-14"),
        # 15 days end within the National Day holiday.
        ("2026-09-18", "2026-10-08", "2026-09-28", "2026-11-27", "2026-12-28"),
        # 60 days end within the Spring Festival holiday; the lengthening counts on from their own last day.
        ("2025-12-19", "2026-01-04", "2025-12-19", "2026-02-24", "2026-03-19"),
        # 60 days end on the Saturday that is worked before the Spring Festival.
        ("2025-12-15", "2025-12-30", "2025-12-16", "2026-02-14", "2026-03-16"),
    ],
)
def test_the_terms_over_the_long_holidays(
    bureau: County,
    leader: User,
    days: Any,
    received: str,
    told_by: str,
    taken: str,
    answered_by: str,
    lengthened_to: str,
) -> None:
    days(date.fromisoformat(received))
    values = {
        "收到日期": received,
        "来件类别": "本级接收",
        "信访渠道": "来信",
        "事项概述": "反映收费",
        "内容分类": "教育收费",
        "反映内容": "收费没有公示",
    }
    record = create_record(register="petition", unit=bureau.unit("K1"), values=values, by=bureau.office).record
    assert str(record.due_on) == told_by
    days(date.fromisoformat(taken))
    asked = {"信访类别": "申诉求决", "首问责任人": "李", "信访等级": "一般"}
    record = take_step(record=record, step="受理", by=bureau.office, values=asked).record
    assert str(record.due_on) == answered_by
    record = extend_deadline(record=record, deadline="法定办结期限", term="30 days", reason="需要鉴定", by=leader)
    assert str(record.due_on) == lengthened_to


def test_a_petition_begins_with_the_office_that_keeps_it(bureau: County) -> None:
    asked = desk(bureau.office).get(reverse("registers:new", args=["petition"])).content.decode()
    assert re.search(r'<option value="K1"\s+selected>', asked)


def test_nothing_lists_or_finds_a_petitioner(bureau: County, leader: User) -> None:
    record = petition(bureau)
    for user in (bureau.office, leader, bureau.chief):
        client = desk(user)
        for query in ("诸葛无名", "诸葛", "13900001234", "0001234"):
            found = client.get(reverse("registers:list", args=["petition"]), {"q": query}).content.decode()
            assert record.number not in found, (user, query)
        listed = client.get(reverse("registers:list", args=["petition"])).content.decode()
        assert record.number in listed and "诸" not in listed
        sort = client.get(reverse("registers:list", args=["petition"]), {"sort": "信访人姓名"})
        assert sort.status_code == 422
        assert client.get(reverse("registers:export", args=["petition"])).status_code == 403
    assert not record.facets.filter(field__in=("信访人姓名", "联系电话", "通讯地址")).exists()


def test_repeated_visits_are_a_number_of_the_case(bureau: County) -> None:
    record = petition(bureau)
    client = desk(bureau.office)
    client.post(reverse("registers:edit", args=[record.pk]), {**TOLD, "收到日期": record.data["收到日期"], "来件类别": "本级接收",
                "信访渠道": "来访", "信访等级": "一般", "来访次数": "2", "涉及人数": "1", "revision": "1"})  # fmt: skip
    record.refresh_from_db()
    assert record.data["来访次数"] == 2 and Record.objects.filter(register_code="petition").count() == 1


def test_a_few_petitions_are_held_back_from_who_may_not_read_them(bureau: County) -> None:
    for _ in range(3):
        petition(bureau)
    year = str(timezone.localdate().year)
    assert value_for(bureau.finance, "petition_direct_count", "B1", year).text == HELD_BACK
    assert value_for(bureau.chief, "petition_direct_count", "B1", year).text == "3"
    shares = figures_by(bureau.chief, "petition_direct_part", "B1", year, "信访渠道")
    assert [(figure.group, figure.text) for figure in shares] == [("来访", "100.00")]


def test_a_section_that_got_the_wrong_petition_hands_it_back(bureau: County, leader: User) -> None:
    record = accepted(bureau, "申诉求决")
    order = {"承办单位": "K3", "批转意见": "请办", "限办日期": timezone.localdate() + timedelta(days=9)}
    take_step(record=record, step="批转办理", by=leader, values=order)
    with pytest.raises(NotFound):
        take_step(record=record, step="退回改派", by=bureau.safety, note="不归我科")
    back = take_step(record=record, step="退回改派", by=bureau.finance, note="应由人事科办理").record
    assert back.state == "待批转" and back.unit.code == "K1" and "限办日期" not in back.data


@pytest.mark.parametrize(("template", "period"), [("信访月分析", "2026-03"), ("信访季汇报", "2026Q1")])
def test_the_analysis_counts_both_streams_apart_by_source_matter_and_place(
    bureau: County, days: Any, template: str, period: str
):
    days(MONDAY)
    values = {"收到日期": "2026-03-02", "来件类别": "转送交办", "信访渠道": "网上信访", "交办机关": "12345热线", **TOLD}
    create_record(register="petition", unit=bureau.unit("K1"), values=values, by=bureau.office)
    create_record(
        register="petition", unit=bureau.unit("K1"), by=bureau.office,
        values={**TOLD, "收到日期": "2026-03-02", "来件类别": "本级接收", "信访渠道": "来访", "内容分类": "校园安全"},
    )  # fmt: skip
    written = write_report(template=template, unit="B1", period=period, by=bureau.office)
    assert "按来源" in written.html and "12345热线" in written.html and "信访" in written.title
    row = re.sub(r"<[^>]+>", " ", written.html.split("12345热线")[1].split("</tr>")[0]).split()
    assert row[0] == "1" and len(written.bindings) > 60
    with pytest.raises(Problem):
        write_report(template=template, unit="B1", period="2026", by=bureau.office)
