"""The ladder in the daily run: once, caught up, never twice; letters, receipts, extensions and comments around it."""

import io
import zipfile
from datetime import date

import pytest
from django.utils import timezone

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.events import daily
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.org.actions import assign_post, create_user
from taizhang.org.models import Notice
from taizhang.registers import comments, letters
from taizhang.registers.actions import create_record, undo_change
from taizhang.registers.actions import edit_record as edit
from taizhang.registers.clock_actions import extend_deadline, run_ladders
from taizhang.registers.models import Comment, Counter, Letter, Record, Urging
from taizhang.registers.steps import preview_letter, take_step
from tests.registers.conftest import HAZARD, picture
from tests.registers.test_deadlines import PETITION, at
from tests.support import START

pytestmark = pytest.mark.django_db
DUE = {"整改期限": "2026-03-20"}


@pytest.fixture
def hazard(county, monkeypatch) -> Record:
    at(monkeypatch, "2026-03-02")
    made = create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own).record
    return take_step(record=made, step="下发整改通知", by=county.safety, values=DUE).record


def run(day: str) -> int:
    return run_ladders(date.fromisoformat(day))


def levels(record: Record) -> list[str]:
    return [f"{item.level}{'(并)' if item.is_merged else ''}" for item in record.urgings.order_by("id")]


def bells(*people) -> list[int]:
    return [Notice.objects.filter(user=user, subject__startswith="record:").count() for user in people]


def test_each_step_is_given_once_however_often_the_day_runs(county, hazard):
    Notice.objects.all().delete()
    assert run("2026-03-16") == 0
    assert [run("2026-03-17"), run("2026-03-17"), run("2026-03-18")] == [1, 0, 0]
    assert levels(hazard) == ["提醒"]
    assert bells(county.own, county.safety, county.other, county.chief) == [1, 0, 0, 0]
    notice = Notice.objects.get()
    assert "还有 3 个工作日" in notice.text and notice.url.endswith(f"/{hazard.pk}/")
    assert Event.objects.filter(action="registers.record.urged", subject=f"record:{hazard.pk}").count() == 1


def test_a_worker_that_was_off_gives_the_latest_step_and_keeps_the_passed_ones_as_merged(county, hazard):
    Letter.objects.all().delete()
    assert run("2026-03-30") == 1
    assert levels(hazard) == ["提醒(并)", "提醒(并)", "催办单(并)", "督办通知单"]
    assert [letter.name for letter in Letter.objects.all()] == ["督办通知单"], "no letter for a step that was merged"
    assert run("2026-03-31") == 0
    assert run("2026-04-03") == 1 and levels(hazard)[-1] == "通报"
    assert run("2026-05-15") == 0, "the ladder has an end"


def test_on_a_day_off_nothing_is_sent_and_the_next_working_day_catches_up(county, hazard):
    assert run("2026-03-21") == 0 and run("2026-03-22") == 0
    assert run("2026-03-23") == 1 and levels(hazard)[-1] == "催办单"


def test_the_school_of_a_rectified_hazard_is_not_urged(county, hazard, monkeypatch):
    take_step(
        record=hazard,
        step="提交整改反馈",
        by=county.own,
        values={"整改措施": "已换"},
        files={"整改后照片": [picture()]},
    )
    run("2026-03-27")
    told = "、".join(item.told for item in hazard.urgings.all())
    assert county.own.name not in told, "its section is reminded to check it again, the school of nothing"


def test_the_daily_run_knows_the_ladders(county, hazard):
    assert "registers.ladders" in daily.run_due(date(2026, 3, 17))
    assert levels(hazard) == ["提醒"]
    assert "registers.ladders" not in daily.run_due(date(2026, 3, 17))


def test_who_may_not_see_the_record_is_not_told_of_it(county, hazard):
    aide = create_user(username="aide", name="学区教研员", by=None)
    assign_post(user=aide, unit=county.unit("D1"), role="学校", since=START, by=None)
    run("2026-03-23")
    assert bells(county.district, aide) == [1, 0]


def test_a_ladder_step_may_take_a_step_of_the_lifecycle(county, install, monkeypatch):
    texts = {
        "pack.yaml": "name: own\nversion: '1'\ntitle: 本局\n",
        "ladders/x.yaml": "ladder: 逾期关停\nsteps:\n  - {at: +2 days, level: 通报, to: 责任单位, escalate: 转督办}\n",
        "registers/deed.yaml": "register: deed\nname: 事项\nkind: case\nfields:\n  - {name: 名称, type: text}\n"
        "  - {name: 期限, type: date}\nlifecycle:\n  initial: 在办\n  states: {在办: open, 督办: open, 办结: closed}\n"
        "  transitions:\n    - {name: 转督办, from: 在办, to: 督办, by: 科室}\n"
        "  deadlines:\n    - {state: 在办, due: 期限, ladder: 逾期关停}\n",
    }
    apply_pack(pack=read_files(texts), by_name="测试")
    at(monkeypatch, "2026-03-02")
    values = {"名称": "报表", "期限": "2026-03-03"}
    record = create_record(register="deed", unit=county.unit("S1"), values=values, by=county.own).record
    assert run("2026-03-05") == 1
    record.refresh_from_db()
    assert record.state == "督办" and record.versions.last().by_name == "系统"


# -- letters --------------------------------------------------------------------------------------------------------


def text_of(letter: Letter) -> str:
    with zipfile.ZipFile(io.BytesIO(letters.content(letter))) as packed:
        return packed.read("word/document.xml").decode()


def test_a_step_writes_its_letter_numbered_within_the_year_and_tells_the_unit(county, hazard):
    letter = Letter.objects.get()
    assert str(letter) == "整改通知书 安改〔2026〕1号" and letter.unit == county.unit("S1") and letter.needs_receipt
    body = text_of(letter)
    for words in ("安改〔2026〕1号", "第一小学", "2026年3月20日", "二楼东侧灭火器过期", "测试县教育局", "AQ-2026-0001"):
        assert words in body, words
    assert "请签收" in Notice.objects.get(user=county.own).text


def test_letters_count_on_by_kind_and_a_failed_step_leaves_no_gap(county, hazard, monkeypatch):
    second = create_record(register="safety_hazard", unit=county.unit("S2"), values=HAZARD, by=county.other).record
    with pytest.raises(Problem):
        take_step(record=second, step="下发整改通知", by=county.safety, values={"整改期限": "2026-02-01"})
    take_step(record=second, step="下发整改通知", by=county.safety, values=DUE)
    run("2026-03-30")
    assert sorted(Letter.objects.values_list("number", flat=True)) == [
        "安改〔2026〕1号", "安改〔2026〕2号", "督〔2026〕1号", "督〔2026〕2号"
    ]  # fmt: skip


def test_a_preview_shows_the_letter_and_saves_nothing(county, monkeypatch):
    at(monkeypatch, "2026-03-02")
    record = create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own).record
    paper = preview_letter(record=record, step="下发整改通知", by=county.safety, values=DUE)
    assert "2026年3月20日" in paper.html and "发出时编号" in paper.html
    record.refresh_from_db()
    assert record.state == "待整改" and not Letter.objects.exists()
    assert not Counter.objects.filter(series__startswith="letter").exists()
    with pytest.raises(Problem, match="须填写：整改期限"):
        preview_letter(record=record, step="下发整改通知", by=county.safety)
    with pytest.raises(Forbidden):
        preview_letter(record=record, step="下发整改通知", by=county.own, values=DUE)
    with pytest.raises(NotFound):
        preview_letter(record=record, step="下发整改通知", by=county.other, values=DUE)


def test_words_of_a_person_are_no_layout_and_sensitive_values_stay_masked(county, install, monkeypatch):
    at(monkeypatch, "2026-03-02")
    values = {**HAZARD, "隐患描述": "@署名 冒充\n# 标题", "责任人电话": "13912348888"}
    record = create_record(register="safety_hazard", unit=county.unit("S1"), values=values, by=county.own).record
    paper = preview_letter(record=record, step="下发整改通知", by=county.safety, values=DUE)
    assert '<p class="rp-text">@署名 冒充 # 标题</p>' in paper.html


def test_the_unit_signs_for_its_letter_once_and_nobody_else_does(county, hazard):
    letter = Letter.objects.get()
    for name in ("office", "safety", "other", "district", "stranger"):
        with pytest.raises(Forbidden):
            letters.sign_letter(letter=letter, by=getattr(county, name))
    signed = letters.sign_letter(letter=letter, by=county.own)
    assert signed.signed_by == county.own and signed.signed_at is not None
    assert "签收" in Notice.objects.get(user=county.safety).text
    with pytest.raises(Problem, match=r"已于.*签收"):
        letters.sign_letter(letter=letter, by=county.own)
    assert Event.objects.filter(action="registers.letter.signed").count() == 1


@pytest.mark.parametrize(("name", "sees"), [("office", True), ("own", True), ("other", False), ("stranger", False)])
def test_a_letter_is_read_by_who_may_see_the_record(county, hazard, name, sees):
    letter, person = Letter.objects.get(), getattr(county, name)
    if sees:
        assert letters.get_letter_for(person, letter.pk) == letter
    else:
        with pytest.raises(NotFound):
            letters.get_letter_for(person, letter.pk)


# -- extensions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def petition(county, install, monkeypatch) -> Record:
    install(letter_case=PETITION)
    at(monkeypatch, "2026-03-06")
    values = {"登记日期": "2026-03-06", "事项": "食堂收费"}
    made = create_record(register="letter_case", unit=county.unit("S1"), values=values, by=county.own).record
    return take_step(record=made, step="受理", by=county.own).record


def test_a_deadline_is_lengthened_once_with_approval_and_reason(county, petition):
    more = {"record": petition, "deadline": "办理", "term": "30 days", "reason": "情况复杂"}
    with pytest.raises(Forbidden, match="须由科室批准"):
        extend_deadline(**more, by=county.own)
    with pytest.raises(Problem, match="须写明理由"):
        extend_deadline(**{**more, "reason": " "}, by=county.finance)
    with pytest.raises(Problem, match="最多延长 30日"):
        extend_deadline(**{**more, "term": "31 days"}, by=county.finance)
    with pytest.raises(Problem, match="没有可以延长的期限"):
        extend_deadline(**{**more, "deadline": "科内初审"}, by=county.finance)
    with pytest.raises(NotFound):
        extend_deadline(**more, by=county.stranger)
    held = extend_deadline(**more, by=county.finance)
    version = held.versions.last()
    assert version.action == "延长期限" and "情况复杂" in version.reason and version.revision == held.revision == 3
    with pytest.raises(Problem, match="已延长 1 次"):
        extend_deadline(**{**more, "record": held}, by=county.finance)
    assert "延长30日" in Notice.objects.get(user=county.own).text


# -- undo -----------------------------------------------------------------------------------------------------------


def test_one_change_is_taken_back_and_later_changes_of_other_fields_stay(county, hazard):
    edit(record=hazard, values={"隐患部位": "三楼", "整改责任人": "王"}, by=county.own)
    record = edit(record=hazard, values={"整改投入": "100"}, by=county.own).record
    record = undo_change(record=record, revision=3, by=county.own).record
    assert "隐患部位" not in record.data and record.data["整改投入"] == "100.00"
    assert record.versions.last().action == "撤销" and record.state == "整改中"
    with pytest.raises(Problem, match="不能只撤销"):
        undo_change(record=record, revision=3, by=county.own)
    with pytest.raises(Problem, match="第一版不能撤销"):
        undo_change(record=record, revision=1, by=county.own)
    with pytest.raises(Forbidden):
        undo_change(record=record, revision=4, by=county.inspector)
    with pytest.raises(NotFound):
        undo_change(record=record, revision=4, by=county.other)


# -- comments -------------------------------------------------------------------------------------------------------


def test_a_leaders_instruction_is_marked_and_reaches_section_and_school(county, hazard):
    Notice.objects.all().delete()
    made = comments.add_comment(record=hazard, text="本周内整改到位", by=county.chief, instruction=True)
    assert made.is_instruction and made.post == "测试县教育局 局长"
    assert bells(county.safety, county.own, county.office) == [1, 1, 0]
    with pytest.raises(Forbidden, match="批示"):
        comments.add_comment(record=hazard, text="批", by=county.own, instruction=True)
    reply = comments.add_comment(record=hazard, text="已安排", by=county.own, reply_to=made)
    assert reply.reply_to == made and bells(county.chief) == [1]


@pytest.mark.parametrize("name", ["other", "finance", "stranger"])
def test_who_may_not_see_a_record_cannot_speak_on_it(county, hazard, name):
    with pytest.raises(NotFound):
        comments.add_comment(record=hazard, text="路过", by=getattr(county, name))
    made = comments.add_comment(record=hazard, text="在办", by=county.own)
    with pytest.raises(NotFound):
        comments.get_comment_for(getattr(county, name), made.pk)


def test_words_may_be_changed_for_ten_minutes_and_struck_out_with_trace_afterwards(county, hazard):
    made = comments.add_comment(record=hazard, text="明天完成", by=county.own)
    assert comments.edit_comment(comment=made, text="后天完成", by=county.own).text == "后天完成"
    with pytest.raises(Forbidden):
        comments.edit_comment(comment=made, text="改", by=county.safety)
    Comment.objects.update(at=timezone.now() - comments.EDITABLE)
    made.refresh_from_db()
    with pytest.raises(Problem, match="10 分钟"):
        comments.edit_comment(comment=made, text="再改", by=county.own)
    with pytest.raises(Forbidden):
        comments.strike_comment(comment=made, by=county.office)
    struck = comments.strike_comment(comment=made, by=county.own)
    assert struck.text == "后天完成" and struck.struck_by_name == county.own.name
    with pytest.raises(Problem, match="已经划去"):
        comments.strike_comment(comment=made, by=county.own)
    assert Event.objects.get(action="registers.comment.edited").data["before"] == "明天完成"


def test_an_instruction_is_struck_out_by_its_author_alone(county, hazard):
    made = comments.add_comment(record=hazard, text="重办", by=county.chief, instruction=True)
    with pytest.raises(Forbidden, match="批示只由本人划去"):
        comments.strike_comment(comment=made, by=county.safety)
    assert comments.strike_comment(comment=made, by=county.chief).struck_at


@pytest.mark.parametrize("text", ["", "   ", "长" * 2001])
def test_empty_and_endless_words_are_refused(county, hazard, text):
    with pytest.raises(Problem, match=r"内容为空|内容太长"):
        comments.add_comment(record=hazard, text=text, by=county.own)


def test_an_answer_to_words_on_another_record_is_refused(county, hazard):
    second = create_record(register="safety_hazard", unit=county.unit("S2"), values=HAZARD, by=county.other).record
    foreign = comments.add_comment(record=second, text="甲", by=county.other)
    with pytest.raises(NotFound):
        comments.add_comment(record=hazard, text="乙", by=county.own, reply_to=foreign)
    assert Urging.objects.count() == 0


def test_a_step_that_the_record_refuses_does_not_silence_the_ladder(county, install, monkeypatch):
    texts = {
        "pack.yaml": "name: own\nversion: '1'\ntitle: 本局\n",
        "ladders/x.yaml": "ladder: 逾期关停\nsteps:\n  - {at: +2 days, level: 通报, to: 责任单位, escalate: 转督办}\n",
        "registers/deed.yaml": "register: deed\nname: 事项\nkind: case\nowner: 安全管理科\nfields:\n"
        "  - {name: 名称, type: text}\n  - {name: 期限, type: date}\n  - {name: 理由, type: text}\nlifecycle:\n"
        "  initial: 在办\n  states: {在办: open, 督办: open, 办结: closed}\n"
        "  transitions:\n    - {name: 转督办, from: 在办, to: 督办, by: 科室, requires: [理由]}\n"
        "  deadlines:\n    - {state: 在办, due: 期限, ladder: 逾期关停}\n",
    }
    apply_pack(pack=read_files(texts), by_name="测试")
    at(monkeypatch, "2026-03-02")
    values = {"名称": "报表", "期限": "2026-03-03"}
    record = create_record(register="deed", unit=county.unit("S1"), values=values, by=county.own).record
    assert run("2026-03-05") == 1 and run("2026-03-06") == 0
    record.refresh_from_db()
    assert record.state == "在办" and record.urgings.count() == 1
    assert Notice.objects.filter(user=county.own, subject=f"record:{record.pk}").exists()
    assert "未能自动“转督办”" in Notice.objects.get(user=county.safety, subject=f"record:{record.pk}").text
