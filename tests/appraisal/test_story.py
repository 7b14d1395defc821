"""A round from its opening to the final word, with the wrong turns refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from taizhang.appraisal import actions
from taizhang.appraisal.models import Entry, Round
from taizhang.appraisal.queries import get_sheet_for, rounds_for, sheets_for, standing_of
from taizhang.appraisal.sources import urged
from taizhang.documents.actions import add_evidence
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import Notice
from taizhang.plans.actions import accept_plan, add_task, create_plan
from taizhang.plans.supervise.ladder import run_ladders
from taizhang.registers.actions import create_record
from taizhang.registers.steps import take_step
from taizhang.warehouse.models import Snapshot
from tests.appraisal.rounds import DAY, SCHEME, judged, opened, release, sheet_of
from tests.registers.conftest import picture
from tests.support import make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(settings, tmp_path):
    settings.WAREHOUSE = settings.FILES = tmp_path
    return make_county()


def hazard(county, code: str, closed: bool) -> None:
    values = {"发现日期": "2026-03-01", "隐患类别": "消防安全", "隐患描述": "灭火器过期", "隐患部位": "一楼"}
    made = create_record(register="safety_hazard", unit=county.unit(code), values=values, by=county.safety).record
    if closed:
        take_step(record=made, step="下发整改通知", by=None, values={"整改期限": "2026-12-01"})
        take_step(
            record=made, step="提交整改反馈", by=None, values={"整改措施": "换新"}, files={"整改后照片": [picture()]}
        )
        take_step(record=made, step="复查通过", by=None)


def test_only_the_office_opens_a_round_once_for_a_period_of_the_right_kind(county):
    release()
    for person in (county.safety, county.chief, county.own, county.stranger):
        with pytest.raises(Forbidden):
            actions.open_round(scheme="small", period="2026", by=person)
    with pytest.raises(Problem, match="不按2026年9月考核"):
        actions.open_round(scheme="small", period="2026-09", by=county.office)
    round_ = actions.open_round(scheme="学校考核", period="2026", by=county.office)
    assert [(sheet.name, sheet.group) for sheet in round_.sheets.all()] == [
        ("第一小学", "小学组"), ("第二小学", "小学组"), ("河东中学", "中学组"),
    ]  # fmt: skip
    with pytest.raises(Problem, match="已经启动"):
        actions.open_round(scheme="small", period="2026", by=county.office)


def test_figures_come_from_the_ledger_with_their_build_and_only_changes_are_written(county):
    hazard(county, "S1", closed=True)
    hazard(county, "S1", closed=False)
    round_ = opened(county)
    assert actions.measure_round(round_=round_, by=county.office, today=DAY) == 3
    assert actions.measure_round(round_=round_, by=county.office, today=DAY) == 0
    line = standing_of(round_).scores["S1"].lines[0]
    assert line.earned == 10 and line.inputs == {"隐患整改率": line.inputs["隐患整改率"]}
    assert str(line.inputs["隐患整改率"]) == "0.5" and line.facts[-1].data["build"]
    # a school without hazards: the rule says full points
    assert standing_of(round_).scores["S2"].lines[0].earned == 20
    hazard(county, "S1", closed=True)
    later = DAY + timedelta(days=10)
    assert actions.measure_round(round_=round_, by=county.office, today=later) == 1
    assert standing_of(round_).scores["S1"].lines[0].earned > 10
    assert standing_of(round_, DAY).scores["S1"].lines[0].earned == 10, "as it was known on that day"


def test_a_line_is_judged_by_its_own_section_alone_with_a_reason_for_less_than_full(county):
    round_ = opened(county)
    sheet = sheet_of(round_, "S1")
    for person in (county.finance, county.office, county.own, county.chief):
        with pytest.raises(Forbidden, match="不能给“检查”评分"):
            actions.judge(sheet=sheet, item="检查", points="40", by=person)
    with pytest.raises(Problem, match="没有写理由"):
        actions.judge(sheet=sheet, item="检查", points="38", by=county.safety)
    for points in ("41", "-1", "很好", "NaN", "1.005"):
        with pytest.raises(Problem):
            actions.judge(sheet=sheet, item="检查", points=points, note="查", by=county.safety)
    with pytest.raises(Problem, match="按公式计分"):
        actions.judge(sheet=sheet, item="隐患", points="20", by=county.root)
    with pytest.raises(NotFound):
        actions.judge(sheet=sheet, item="没有这项", points="1", by=county.root)
    actions.judge(sheet=sheet, item="检查", points="38", note="一处疏散标志缺失", by=county.safety)
    actions.judge(sheet=sheet, item="检查", points="39", note="复核", by=county.safety)
    line = standing_of(round_).scores["S1"].lines[1]
    assert line.earned == 39 and [fact.data["points"] for fact in line.counted] == ["38", "39"]


def test_a_school_assesses_itself_with_proof_and_it_does_not_count(county):
    round_ = opened(county)
    sheet = sheet_of(round_, "S1")
    with pytest.raises(Problem, match="须附佐证"):
        actions.score_self(sheet=sheet, item="检查", points="40", note="台账齐全", by=county.own)
    proof = add_evidence(data=b"%PDF-1.4 photo", name="台账.pdf", by=county.own).document
    actions.score_self(sheet=sheet, item="检查", points="40", note="台账齐全", by=county.own, evidence=proof)
    for person in (county.other, county.office, county.district):
        with pytest.raises(Forbidden):
            actions.score_self(sheet=sheet, item="预算", points="40", note="代填", by=person)
    score = standing_of(round_).scores["S1"]
    assert score.lines[1].own == 40 and score.total is None and "检查" in score.missing


def test_points_beside_the_sections_need_a_source_and_can_be_struck_once(county):
    round_ = opened(county)
    sheet = sheet_of(round_, "S2")
    with pytest.raises(Problem, match="没有写来源"):
        actions.adjust(sheet=sheet, item="表彰", source=" ", by=county.office)
    entry = actions.adjust(sheet=sheet, item="表彰", source="省教育厅表彰文件", times="0.5", by=county.office)
    assert entry.data["points"] == "1.0"
    with pytest.raises(Forbidden, match="不能登记"):
        actions.adjust(sheet=sheet, item="通报", source="通报", by=county.office)
    actions.strike(entry=entry, reason="与上年重复", by=county.office)
    with pytest.raises(Problem, match="已经撤销"):
        actions.strike(entry=entry, reason="再撤", by=county.office)


def test_each_veto_is_set_and_lifted_by_its_own_authority(county):
    round_ = opened(county)
    sheet = sheet_of(round_, "S1")
    with pytest.raises(Forbidden):
        actions.set_veto(sheet=sheet, veto="安全事故", source="调查报告", by=county.office)
    veto = actions.set_veto(sheet=sheet, veto="安全事故", source="事故调查报告", by=county.safety)
    with pytest.raises(Problem, match="尚未解除"):
        actions.set_veto(sheet=sheet, veto="安全事故", source="再报", by=county.safety)
    # there is no 督导室 in this bureau, so the office stands in
    actions.set_veto(sheet=sheet, veto="督导扣分", source="督导意见书", by=county.office)
    with pytest.raises(Forbidden):
        actions.lift_veto(entry=veto, reason="求情", by=county.office)
    actions.lift_veto(entry=veto, reason="调查认定不属责任事故", by=county.safety)
    with pytest.raises(Problem, match="已经撤销或解除"):
        actions.lift_veto(entry=veto, reason="再解", by=county.safety)
    actions.set_veto(sheet=sheet, veto="安全事故", source="新的事故", by=county.safety)
    assert [item.veto.name for item in standing_of(round_).scores["S1"].standing_vetoes] == ["督导扣分", "安全事故"]


def test_publication_waits_for_every_line_and_tells_every_school(county):
    round_ = opened(county)
    with pytest.raises(Problem, match="还有没评的项目"):
        actions.publish_round(round_=round_, by=county.office, today=DAY)
    judged(round_, county)
    with pytest.raises(Forbidden):
        actions.publish_round(round_=round_, by=county.safety, today=DAY)
    published = actions.publish_round(round_=round_, by=county.office, today=DAY)
    assert str(published.objections_until) == "2026-11-09", "five working days"
    assert {notice.user.username for notice in Notice.objects.filter(subject=f"appraisal:{round_.pk}")} == {
        "own",
        "other",
    }
    assert Snapshot.objects.filter(subject=f"appraisal:{round_.pk}", reason=Snapshot.PUBLISHED).count() == 1
    with pytest.raises(Problem, match="不能再办"):
        actions.measure_round(round_=round_, by=county.office)


def test_an_objection_is_raised_by_the_school_answered_by_the_judge_and_moves_the_score(county):
    round_ = opened(county)
    judged(round_, county, S1="30")
    sheet = sheet_of(round_, "S1")
    with pytest.raises(Problem, match="不能再办"):
        actions.object_to(sheet=sheet, item="预算", reason="早了", by=county.own)
    actions.publish_round(round_=round_, by=county.office, today=DAY)
    with pytest.raises(Problem, match="只能因申诉改分"):
        actions.judge(sheet=sheet, item="预算", points="40", by=county.finance)
    with pytest.raises(Forbidden):
        actions.object_to(sheet=sheet, item="预算", reason="不公", by=county.other, today=DAY)
    with pytest.raises(Problem, match="已过期"):
        actions.object_to(sheet=sheet, item="预算", reason="不公", by=county.own, today=DAY + timedelta(days=8))
    asked = actions.object_to(sheet=sheet, item="预算", reason="十月已支付，凭证附后", by=county.own, today=DAY)
    with pytest.raises(Problem, match="还没有答复"):
        actions.object_to(sheet=sheet, item="预算", reason="再提", by=county.own, today=DAY)
    after = DAY + timedelta(days=20)
    with pytest.raises(Problem, match="申诉没有答复"):
        actions.freeze_round(round_=round_, by=county.office, today=after)
    with pytest.raises(Forbidden):
        actions.answer(objection=asked, accepted=False, reply="维持", by=county.office, today=after)
    with pytest.raises(Problem, match="新的分数"):
        actions.answer(objection=asked, accepted=True, reply="属实", by=county.finance, today=after)
    actions.answer(objection=asked, accepted=True, reply="凭证属实", points="38", by=county.finance, today=after)
    assert standing_of(round_).scores["S1"].total == 98 and standing_of(round_, DAY).scores["S1"].total == 90
    assert Notice.objects.filter(user=county.own, text__contains="已采纳").exists()
    with pytest.raises(Problem, match="已经答复"):
        actions.answer(objection=asked, accepted=False, reply="改口", by=county.finance)
    frozen = actions.freeze_round(round_=round_, by=county.office, today=after)
    assert frozen.state == Round.FROZEN
    with pytest.raises(Problem, match="不能再办"):
        actions.set_veto(sheet=sheet, veto="违纪", source="迟了", by=county.office)


def test_the_final_word_waits_for_the_last_day_of_publication(county):
    round_ = opened(county)
    judged(round_, county)
    actions.publish_round(round_=round_, by=county.office, today=DAY)
    with pytest.raises(Problem, match="公示到"):
        actions.freeze_round(round_=round_, by=county.office, today=DAY + timedelta(days=7))


def test_a_line_that_does_not_fit_is_the_offices_to_say(county):
    round_ = opened(county)
    sheet = sheet_of(round_, "S3")
    with pytest.raises(Forbidden):
        actions.waive(sheet=sheet, item="预算", reason="报账制", by=county.finance)
    with pytest.raises(Problem, match="没有写不适用"):
        actions.waive(sheet=sheet, item="预算", reason="", by=county.office)
    actions.waive(sheet=sheet, item="预算", reason="由中心校统一报账", by=county.office)
    assert "预算" not in standing_of(round_).scores["S3"].missing


def test_schools_that_are_bound_together_are_one_sheet_with_joint_figures(county):
    hazard(county, "S1", closed=True)
    hazard(county, "S2", closed=False)
    release(SCHEME + "bound: {城关教育集团: [S1, S2]}\n")
    round_ = actions.open_round(scheme="small", period="2026", by=county.office, today=DAY)
    assert [sheet.name for sheet in round_.sheets.all()] == ["城关教育集团", "河东中学"]
    actions.measure_round(round_=round_, by=county.office, today=DAY)
    assert standing_of(round_).scores["S1"].lines[0].earned == 10
    for person in (county.own, county.other):
        assert [sheet.name for sheet in sheets_for(person, round_)] == ["城关教育集团"]


def test_a_round_keeps_its_scheme_when_the_pack_changes(county):
    round_ = opened(county)
    judged(round_, county)
    actions.measure_round(round_=round_, by=county.office, today=DAY)
    before = standing_of(round_).scores["S1"].total
    release(SCHEME.replace("weight: 60", "weight: 20"))
    assert standing_of(round_).scores["S1"].total == before == 100


def test_whose_sheets_a_person_sees(county):
    round_ = opened(county)
    seen = {
        name: [sheet.code for sheet in sheets_for(getattr(county, name), round_)]
        for name in ("office", "safety", "chief", "district", "own", "other", "stranger")
    }
    everything = ["S1", "S2", "S3"]
    assert seen == {
        "office": everything, "safety": everything, "chief": everything, "district": ["S1", "S2"], "own": ["S1"],
        "other": ["S2"], "stranger": [],
    }  # fmt: skip
    with pytest.raises(NotFound):
        get_sheet_for(county.own, sheet_of(round_, "S2").pk)
    assert not rounds_for(county.stranger)


def test_every_entry_has_its_event(county):
    from taizhang.events.models import Event

    round_ = opened(county)
    judged(round_, county)
    actions.measure_round(round_=round_, by=county.office, today=DAY)
    logged = Event.objects.filter(subject=f"appraisal:{round_.pk}", action__startswith="appraisal.")
    assert logged.count() == Entry.objects.filter(round=round_).count()
    assert logged.filter(action="appraisal.judged", actor_id=county.safety.pk).count() == 3


def test_a_section_is_urged_for_the_tasks_that_it_leads_and_a_school_for_its_records(county):
    """The office's plan is urged in the bureau's name; it is the leading unit that is late."""
    plan = create_plan(title="2026年工作要点", unit=county.unit("B1"), period="2026", by=county.office)
    for title, due, leads in (
        ("甲", "2026-03-02", ["K2"]),
        ("乙", "2026-03-02", ["K2", "K3"]),
        ("丙", "2026-12-31", ["K3"]),
    ):
        add_task(
            plan=plan, title=title, deadline=due, leads=[county.unit(code) for code in leads],
            assistants=[county.unit("K1")], by=county.office,
        )  # fmt: skip
    accept_plan(plan=plan, by=county.office)
    run_ladders(date(2026, 3, 4))
    run_ladders(date(2026, 3, 10))
    period = Period.parse("2026")
    units = [county.unit(code) for code in ("B1", "K1", "K2", "K3", "S1")]
    found = {unit.code: int(urged(units, period, date(2026, 12, 31))[unit.pk]) for unit in units}
    assert found == {"B1": 0, "K1": 0, "K2": 4, "K3": 2, "S1": 0}
    assert int(urged(units, period, date(2026, 3, 5))[county.unit("K2").pk]) == 2
    assert not any(urged(units, Period.parse("2025"), date(2026, 12, 31)).values())
