"""A hazard from discovery to 销号, and what each person may not do on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.registers.actions import create_record, edit_record, restore_version
from taizhang.registers.loading import load_table
from taizhang.registers.maker.chain import draw
from taizhang.registers.models import Record, Version
from taizhang.registers.steps import take_step
from tests.registers.conftest import HAZARD, picture, sheet

pytestmark = pytest.mark.django_db


def hazard(county, by="own", code="S1", **values) -> Record:
    person = getattr(county, by) if by else None
    return create_record(
        register="safety_hazard", unit=county.unit(code), values={**HAZARD, **values}, by=person
    ).record


def test_a_new_hazard_gets_its_number_state_date_title_version_and_event(county):
    record = hazard(county)
    assert record.number == "AQ-2026-0001" and record.state == "待整改" and record.state_category == "open"
    assert str(record.dated_on) == "2026-03-02" and record.title == "二楼东侧灭火器过期"
    assert record.data["隐患等级"] == "一般", "the pack's default"
    assert list(record.versions.values_list("revision", "action", "by_name")) == [(1, "新增", county.own.name)]
    event = Event.objects.get(subject=f"record:{record.pk}")
    assert event.action == "registers.record.created" and event.unit_code == "S1"


def test_numbers_count_on_within_the_year_of_the_finding_and_start_anew_in_another(county):
    first, second = hazard(county), hazard(county, by="other", code="S2")
    earlier = hazard(county, 发现日期="2025-12-31")
    assert [first.number, second.number, earlier.number] == ["AQ-2026-0001", "AQ-2026-0002", "AQ-2025-0001"]


def test_the_whole_way_from_notice_to_closing_sets_deadline_and_category(county):
    record = hazard(county)
    record = take_step(record=record, step="下发整改通知", by=county.safety, values={"整改期限": "2026-03-20"}).record
    assert record.state == "整改中" and str(record.due_on) == "2026-03-20"
    record = take_step(
        record=record,
        step="提交整改反馈",
        by=county.own,
        values={"整改措施": "已更换"},
        files={"整改后照片": [picture()]},
        note="今日完成",
    ).record
    assert record.state == "待复查" and record.due_on == timezone.localdate() + timedelta(days=30)
    record = take_step(record=record, step="复查通过", by=county.inspector).record
    assert record.state_category == "closed" and record.revision == 4
    assert Version.objects.get(record=record, revision=3).reason == "今日完成"


def test_a_step_asks_for_its_fields_and_names_them(county):
    with pytest.raises(Problem, match="须填写：整改期限"):
        take_step(record=hazard(county), step="下发整改通知", by=county.safety)
    assert Record.objects.get().state == "待整改"


def test_a_step_from_another_state_or_by_another_post_is_refused(county):
    record = hazard(county)
    with pytest.raises(Problem, match=r"待整改.*不能.*复查通过"):
        take_step(record=record, step="复查通过", by=county.safety)
    with pytest.raises(Forbidden, match="须由科室、督学办理"):
        take_step(record=record, step="下发整改通知", by=county.own, values={"整改期限": "2026-03-20"})
    with pytest.raises(Problem, match="没有步骤"):
        take_step(record=record, step="飞天", by=county.safety)


@pytest.mark.parametrize("name", ["other", "finance", "stranger"])
def test_who_may_not_see_a_record_is_told_that_there_is_none(county, name):
    record = hazard(county)
    person = getattr(county, name)
    with pytest.raises(NotFound):
        take_step(record=record, step="即查即改", by=person)
    with pytest.raises(NotFound):
        edit_record(record=record, values={"隐患部位": "门口"}, by=person)


def test_mending_on_the_spot_needs_a_picture(county):
    record = hazard(county)
    with pytest.raises(Problem, match="整改后照片"):
        take_step(record=record, step="即查即改", by=county.own)
    record = take_step(record=record, step="即查即改", by=county.own, files={"整改后照片": [picture()]}).record
    assert record.state == "已销号" and record.data["整改后照片"] == "现场.png" and record.attachments.count() == 1


def test_an_inspector_fills_with_a_step_only_what_the_step_asks_for(county):
    record = hazard(county)
    values = {"整改期限": "2026-03-20", "隐患描述": "改写"}
    with pytest.raises(Forbidden, match="隐患描述"):
        take_step(record=record, step="下发整改通知", by=county.inspector, values=values)


def test_checks_block_a_save_and_say_what_stands_there(county):
    with pytest.raises(Problems, match=r"整改期限不能早于发现日期.*整改期限 2026-03-01"):
        hazard(county, 整改期限="2026-03-01")
    assert not Record.objects.exists()


def test_a_warning_lets_the_save_pass_and_is_kept_with_it(county):
    saved = create_record(
        register="safety_hazard",
        unit=county.unit("S1"),
        values={**HAZARD, "整改完成日期": "2026-03-09", "销号日期": "2026-03-05"},
        by=county.own,
    )
    assert saved.warnings == ["销号日期不应早于整改完成日期"]
    assert Event.objects.get(action="registers.record.created").data["warnings"] == saved.warnings


def test_a_finding_in_the_future_and_a_missing_description_are_told_together(county):
    with pytest.raises(Problems) as caught:
        create_record(
            register="safety_hazard",
            unit=county.unit("S1"),
            values={"发现日期": "2099-01-01", "隐患类别": "消防"},
            by=county.own,
        )
    told = {problem.where: str(problem) for problem in caught.value.problems}
    assert set(told) == {"发现日期", "隐患类别", "隐患描述"} and "消防安全" in told["隐患类别"]


def test_two_people_on_one_record_the_second_learns_who_changed_what(county):
    record = hazard(county)
    edit_record(record=record, values={"隐患部位": "二楼"}, by=county.safety, revision=1)
    with pytest.raises(Problem) as caught:
        edit_record(record=record, values={"隐患部位": "三楼"}, by=county.own, revision=1)
    assert county.safety.name in caught.value.message and "隐患部位" in caught.value.message
    assert Record.objects.get().data["隐患部位"] == "二楼"


def test_a_closed_record_is_mended_by_its_section_alone(county):
    record = take_step(record=hazard(county), step="即查即改", by=county.own, files={"整改后照片": [picture()]}).record
    with pytest.raises(Problem, match="不能再改"):
        edit_record(record=record, values={"隐患部位": "门口"}, by=county.own)
    assert edit_record(record=record, values={"隐患部位": "门口"}, by=county.safety).record.data["隐患部位"] == "门口"


def test_saving_the_same_again_makes_no_version(county):
    record = hazard(county)
    edit_record(record=record, values={"隐患类别": "消防安全"}, by=county.own)
    assert record.versions.count() == 1


def test_undo_brings_back_the_values_and_for_the_section_the_state(county):
    record = hazard(county)
    take_step(record=record, step="下发整改通知", by=county.safety, values={"整改期限": "2026-03-20"})
    restored = restore_version(record=record, revision=1, by=county.safety).record
    assert restored.state == "待整改" and "整改期限" not in restored.data and str(restored.due_on) == "2026-03-09"
    assert list(restored.versions.order_by("revision").values_list("action", flat=True))[-1] == "恢复"
    assert restored.versions.get(revision=3).changed == ["整改期限"]


def test_a_school_undoes_its_words_but_not_the_state(county):
    record = hazard(county)
    take_step(record=record, step="下发整改通知", by=county.safety, values={"整改期限": "2026-03-20"})
    restored = restore_version(record=record, revision=1, by=county.own).record
    assert restored.state == "整改中" and "整改期限" not in restored.data


def test_a_register_without_a_void_step_still_lets_its_section_strike_out_with_a_reason(county, install):
    install(award="register: award\nname: 荣誉\nkind: roster\nfields:\n  - {name: 名称, type: text, required: true}\n")
    record = create_record(register="award", unit=county.unit("S1"), values={"名称": "先进"}, by=county.own).record
    with pytest.raises(Forbidden):
        take_step(record=record, step="作废", by=county.own, note="重复")
    with pytest.raises(Problem, match="须写明原因"):
        take_step(record=record, step="作废", by=county.finance)
    record = take_step(record=record, step="作废", by=county.finance, note="重复登记").record
    assert record.state_category == "void"
    with pytest.raises(Problem, match="已作废"):
        edit_record(record=record, values={"名称": "改"}, by=county.finance)


def test_a_guard_holds_a_step_back_until_its_condition_is_known_to_hold(county, install):
    install(
        deed="register: deed\nname: 契约\nkind: case\nfields:\n  - {name: 名称, type: text, required: true}\n"
        "  - {name: 签字, type: text}\nlifecycle:\n  initial: 起草\n  states: {起草: draft, 生效: open}\n"
        "  transitions:\n    - {name: 生效, from: 起草, to: 生效, by: [学校],"
        " guard: {formula: \"签字 = '齐'\", message: 还缺签字}}\n"
    )
    record = create_record(register="deed", unit=county.unit("S1"), values={}, by=county.own).record
    assert record.state_category == "draft", "a draft may lack its required fields"
    with pytest.raises(Problems, match="“名称”没有填写"):
        take_step(record=record, step="生效", by=county.own)
    record = edit_record(record=record, values={"名称": "租用协议"}, by=county.own).record
    with pytest.raises(Problem, match="还缺签字"):
        take_step(record=record, step="生效", by=county.own)
    assert Record.objects.get().state == "起草", "nothing is half done"
    edit_record(record=record, values={"签字": "齐"}, by=county.own)
    assert take_step(record=record, step="生效", by=county.own).record.state == "生效"


WORKS = """
register: works
name: 工程
kind: case
number: "GC-{seq:3}"
fields:
  - {name: 名称, type: text, required: true}
  - {name: 日期, type: date, required: true}
lifecycle:
  initial: 设计
  states: {设计: open, 施工: open, 停工: open, 完工: closed, 作废: void}
  transitions:
    - {name: 开工, from: 设计, to: 施工, by: 学校}
    - {name: 完工, from: 施工, to: 完工, by: 学校}
    - {name: 停工, from: [设计, 施工], to: 停工, by: 学校}
    - {name: 复工, from: 停工, to: 原状态, by: 学校}
"""


def works(county, **more) -> Record:
    values = {"名称": "食堂", "日期": "2026-03-02"}
    return create_record(register="works", unit=county.unit("S1"), values=values, by=county.own, **more).record


def test_work_that_was_stopped_goes_on_where_it_stopped_also_after_an_undo(county, install):
    install(works=WORKS)
    record = works(county)

    def after(*steps: str) -> str:
        for name in steps:
            take_step(record=record, step=name, by=county.own)
            record.refresh_from_db()
        return record.state

    assert after("停工", "复工") == "设计"
    assert after("开工", "停工", "复工") == "施工"
    assert after("停工") == "停工"
    restore_version(record=record, revision=record.revision - 1, by=county.safety)
    record.refresh_from_db()
    assert record.state == "施工", "the stop was taken back"
    assert after("停工", "复工", "完工") == "完工"


def test_a_record_that_moved_in_stopped_goes_back_to_the_first_state_that_leads_there(county, install):
    install(works=WORKS)
    record = works(county)
    Record.objects.filter(pk=record.pk).update(state="停工", clock={})
    record.refresh_from_db()
    assert take_step(record=record, step="复工", by=county.own).record.state == "设计"


def test_the_page_and_a_sheet_know_where_the_step_back_leads(county, install, client):
    install(works=WORKS)
    record = works(county)
    for name in ("开工", "停工"):
        take_step(record=record, step=name, by=county.own)
    client.force_login(county.own)
    shown = client.get(f"/registers/records/{record.pk}/").content.decode()
    assert "办理后状态为“施工”" in shown and "原状态" not in shown
    given = ["编号,单位编码,状态", f"{record.number},S1,设计", f"{record.number},S1,施工"]
    wrong = load_table("works", sheet(given[0], given[1]), county.own)
    assert [item["field"] for item in wrong.refused] == ["状态"]
    assert load_table("works", sheet(given[0], given[2]), county.own).updated == 1
    record.refresh_from_db()
    assert record.state == "施工"


def test_the_desk_draws_a_step_back_to_each_state_it_may_lead_to(county, install):
    install(works=WORKS)
    words = draw(catalog().registers["works"].lifecycle).words
    assert {"复工：停工 → 设计", "复工：停工 → 施工"} <= set(words) and not any("原状态" in text for text in words)
