"""Many rows at once: looked at first, through the same checks as one row, never over somebody else's change."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.events.models import Event, Work
from taizhang.kernel.errors import NotFound, Problem
from taizhang.registers.actions import edit_record
from taizhang.registers.finding import bulk, bulk_views
from taizhang.registers.finding.models import BulkAct
from taizhang.registers.loading import load_table
from taizhang.registers.models import Facet, Record, Version
from tests.registers.conftest import picture, sheet

pytestmark = pytest.mark.django_db
HEAD = "单位编码,发现日期,隐患类别,隐患等级,隐患描述,整改期限,状态"
ROWS = (
    "S1,2026-01-05,消防安全,一般,灭火器,2026-02-01,整改中",
    "S1,2026-02-05,防溺水,重大,堰塘,2026-12-31,整改中",
    "S2,2026-03-05,消防安全,重大,应急灯,,待整改",
    "S3,2026-04-05,食品卫生,一般,留样,2026-05-01,已销号",
)


@pytest.fixture
def hazards(county):
    load_table("safety_hazard", sheet(HEAD, *ROWS), None)
    return county


def prepared(by, kind, name, values, query="", note="") -> BulkAct:
    act = bulk.choose_rows(register="safety_hazard", by=by, query=query)
    bulk.set_change(act=act, kind=kind, name=name, values=values, by=by, note=note)
    bulk.preview(act=act, by=by)
    return act


def column(name) -> list:
    return [record.data.get(name) for record in Record.objects.order_by("number")]


def states() -> list[str]:
    return list(Record.objects.order_by("number").values_list("state", flat=True))


def test_a_field_is_set_for_all_that_match_with_a_version_and_an_event_each_and_one_for_the_act(hazards):
    act = prepared(hazards.safety, bulk.FIELD, "整改期限", {"整改期限": "2026-11-30"}, "隐患类别=消防安全")
    assert (act.verdict["changed"], act.verdict["refused"]) == (2, 0)
    shown = {item["label"][:12]: item["changes"] for item in act.verdict["changes"]}
    assert shown["AQ-2026-0001"] == [{"field": "整改期限", "before": "2026-02-01", "after": "2026-11-30"}]
    assert column("整改期限")[0] == "2026-02-01", "a look changes nothing"
    bulk.apply(act=act, by=hazards.safety, whole=True)
    assert column("整改期限") == ["2026-11-30", "2026-12-31", "2026-11-30", "2026-05-01"]
    assert Facet.objects.filter(field="整改期限", text="2026-11-30").count() == 2
    assert Version.objects.filter(action="批量修改").count() == 2
    assert Event.objects.filter(action="registers.record.edited").count() == 2
    told = Event.objects.get(action="registers.bulk.applied")
    assert told.data["changed"] == 2 and told.data["query"] == "隐患类别=消防安全"


def test_rows_that_break_a_check_or_are_closed_are_refused_with_the_reason_and_the_rest_may_go(hazards):
    act = prepared(hazards.inspector, bulk.STEP, "复查通过", {})
    assert act.verdict["changed"] == 0 and "不能“复查通过”" in act.verdict["refusals"][0]["why"]
    act = prepared(hazards.own, bulk.FIELD, "整改期限", {"整改期限": "2026-01-20"})
    assert (act.verdict["changed"], act.verdict["refused"]) == (1, 1)
    assert "整改期限不能早于发现日期" in act.verdict["refusals"][0]["why"]
    with pytest.raises(Problem, match="没有改动任何记录"):
        bulk.apply(act=act, by=hazards.own, whole=True)
    assert column("整改期限")[0] == "2026-02-01"
    outcome = bulk.apply(act=act, by=hazards.own, whole=False)
    assert outcome["changed"] == 1 and column("整改期限")[:2] == ["2026-01-20", "2026-12-31"]


def test_a_step_is_taken_for_many_with_what_it_asks_for(hazards):
    for record in Record.objects.filter(state="整改中"):
        edit_record(record=record, values={}, by=hazards.own, files={"整改后照片": [picture()]})
    act = prepared(hazards.own, bulk.STEP, "提交整改反馈", {"整改措施": "已更换"})
    assert act.verdict["changed"] == 2
    assert {"field": "状态", "before": "整改中", "after": "待复查"} in act.verdict["changes"][0]["changes"]
    bulk.apply(act=act, by=hazards.own, whole=True)
    assert states() == ["待复查", "待复查", "待整改", "已销号"]
    assert Event.objects.filter(action="registers.record.stepped").count() == 2
    bulk.undo(act=act, by=hazards.own)
    assert states()[:2] == ["整改中", "整改中"] and column("整改措施")[:2] == [None, None]


def test_a_step_that_needs_a_reason_is_not_taken_without(hazards):
    act = bulk.choose_rows(register="safety_hazard", by=hazards.safety, query="")
    with pytest.raises(Problem, match="须写明原因"):
        bulk.set_change(act=act, kind=bulk.STEP, name="重新整改", values={}, by=hazards.safety)


def test_a_row_that_somebody_saved_after_the_preview_is_not_overwritten(hazards):
    act = prepared(hazards.safety, bulk.FIELD, "隐患等级", {"隐患等级": "重大"}, "单位=&隐患类别=消防安全")
    edit_record(record=Record.objects.get(number="AQ-2026-0001"), values={"隐患描述": "又坏了"}, by=hazards.own)
    with pytest.raises(Problem, match="没有改动任何记录"):
        bulk.apply(act=act, by=hazards.safety, whole=True)
    act = prepared(hazards.safety, bulk.FIELD, "整改期限", {"整改期限": "2026-10-10"}, "隐患类别=消防安全")
    edit_record(record=Record.objects.get(number="AQ-2026-0001"), values={"隐患描述": "又修了"}, by=hazards.own)
    outcome = bulk.apply(act=act, by=hazards.safety, whole=False)
    assert (outcome["changed"], outcome["refused"]) == (1, 1)
    assert "被别人改过" in outcome["refusals"][0]["why"] and outcome["refusals"][0]["label"].startswith("AQ-2026-0001")
    assert column("整改期限")[0] == "2026-02-01"


def test_the_whole_act_is_taken_back_but_for_rows_that_moved_on(hazards):
    act = prepared(hazards.safety, bulk.FIELD, "整改期限", {"整改期限": "2026-11-30"})
    bulk.apply(act=act, by=hazards.safety, whole=True)
    edit_record(record=Record.objects.get(number="AQ-2026-0002"), values={"隐患描述": "堰塘边"}, by=hazards.own)
    outcome = bulk.undo(act=act, by=hazards.safety)
    assert (outcome["changed"], outcome["refused"]) == (3, 1) and "又被改过" in outcome["refusals"][0]["why"]
    assert column("整改期限") == ["2026-02-01", "2026-11-30", None, "2026-05-01"]
    assert Event.objects.filter(action="registers.bulk.undone").count() == 1
    with pytest.raises(Problem, match="没有可以撤销"):
        bulk.undo(act=act, by=hazards.safety)


def test_an_act_is_not_taken_back_after_a_day_nor_when_letters_went_out(hazards):
    act = prepared(hazards.safety, bulk.FIELD, "整改期限", {"整改期限": "2026-11-30"})
    bulk.apply(act=act, by=hazards.safety, whole=True)
    BulkAct.objects.filter(pk=act.pk).update(applied_at=timezone.now() - timedelta(hours=25))
    act.refresh_from_db()
    with pytest.raises(Problem, match="已过一天"):
        bulk.undo(act=act, by=hazards.safety)
    sent = prepared(hazards.safety, bulk.STEP, "下发整改通知", {"整改期限": "2026-12-01"}, "state=待整改")
    bulk.apply(act=sent, by=hazards.safety, whole=True)
    assert states()[2] == "整改中"
    with pytest.raises(Problem, match="文书"):
        bulk.undo(act=sent, by=hazards.safety)


def test_an_act_is_carried_out_once_and_by_its_own_person(hazards):
    act = prepared(hazards.own, bulk.FIELD, "隐患等级", {"隐患等级": "重大"})
    with pytest.raises(Problem, match="已经办过"):
        bulk.apply(act=act, by=hazards.other, whole=False)
    bulk.apply(act=act, by=hazards.own, whole=False)
    with pytest.raises(Problem, match="已经办过"):
        bulk.apply(act=act, by=hazards.own, whole=False)
    with pytest.raises(NotFound):
        bulk.act_for(hazards.other, act.pk)


def test_a_school_cannot_choose_count_or_change_a_neighbours_rows(hazards):
    theirs = Record.objects.get(unit__code="S2")
    with pytest.raises(Problem, match="没有选中"):
        bulk.choose_rows(register="safety_hazard", by=hazards.own, keys=[str(theirs.pk)])
    both = [str(pk) for pk in Record.objects.values_list("pk", flat=True)]
    assert len(bulk.choose_rows(register="safety_hazard", by=hazards.own, keys=both).rows) == 2
    for person in (hazards.finance, hazards.stranger):
        with pytest.raises(NotFound):
            bulk.choose_rows(register="safety_hazard", by=person, query="")
    # A row written into the act by force is refused like a row that is not there.
    act = prepared(hazards.own, bulk.FIELD, "隐患等级", {"隐患等级": "重大"})
    act.rows.append([theirs.pk, theirs.revision])
    verdict = bulk.preview(act=act, by=hazards.own)
    assert verdict["refusals"] == [{"id": 0, "label": "—", "unit": "", "why": verdict["refusals"][0]["why"]}]
    act.verdict["rows"].append([theirs.pk, theirs.revision])
    bulk.apply(act=act, by=hazards.own, whole=False)
    theirs.refresh_from_db()
    assert theirs.revision == 1


@pytest.mark.parametrize("name", ["责任人电话", "现场照片", "逾期天数", "没有"])
def test_secret_computed_and_file_fields_are_not_set_in_bulk(hazards, name):
    act = bulk.choose_rows(register="safety_hazard", by=hazards.safety, query="")
    with pytest.raises(Problem, match="不能批量处理"):
        bulk.set_change(act=act, kind=bulk.FIELD, name=name, values={name: "1"}, by=hazards.safety)


def test_too_many_rows_are_refused_before_anything_is_kept(hazards, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ROWS", 3)
    with pytest.raises(Problem, match="最多处理 3 条"):
        bulk.choose_rows(register="safety_hazard", by=hazards.safety, query="")
    assert not BulkAct.objects.exists()


def test_old_acts_are_forgotten(hazards):
    prepared(hazards.own, bulk.FIELD, "隐患等级", {"隐患等级": "重大"})
    today = timezone.localdate()
    assert bulk.forget_old(today) == 0 and bulk.forget_old(today + timedelta(days=40)) == 1


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def walked(user, *, keys=None, **data) -> tuple[Client, str]:
    """From the list to the preview; the address of the act."""
    client = browser(user)
    chosen = {"key": keys} if keys else {"all": "1", "query": ""}
    answer = client.post(reverse("registers:bulk", args=["safety_hazard"]), chosen)
    assert answer.status_code == 302
    return client, answer["Location"]


def test_the_pages_lead_from_ticks_to_preview_to_result_and_back(hazards):
    listed = browser(hazards.own).get(reverse("registers:list", args=["safety_hazard"])).content.decode()
    assert 'name="key"' in listed and "批量处理选中的" in listed
    keys = [str(pk) for pk in Record.objects.filter(unit__code="S1").values_list("pk", flat=True)]
    client, here = walked(hazards.own, keys=keys)
    assert "改一个字段" in client.get(here).content.decode()
    form = client.get(here, {"bulk_field": "隐患等级"}).content.decode()
    assert "先看会改什么" in form
    assert client.post(here, {"bulk_field": "隐患等级", "隐患等级": ""}).status_code == 422, "empty must be said"
    assert client.post(here, {"bulk_field": "隐患等级", "隐患等级": "重大"}).status_code == 302
    seen = client.get(here).content.decode()
    assert "隐患等级：一般 → 重大" in seen and "确认改动 1 条" in seen and "本来就是这样" in seen
    client.post(here + "apply/", {"whole": "1"})
    done = client.get(here).content.decode()
    assert "已改动" in done and "整批撤销" in done and column("隐患等级")[0] == "重大"
    client.post(here + "undo/")
    assert "已恢复" in client.get(here).content.decode() and column("隐患等级")[0] == "一般"


def test_the_pages_are_their_owners_alone(hazards):
    _, here = walked(hazards.own)
    for person in (hazards.other, hazards.office, hazards.stranger, hazards.safety):
        client = browser(person)
        assert client.get(here).status_code == 404
        assert client.post(here + "apply/").status_code == client.post(here + "undo/").status_code == 404
    assert browser(hazards.stranger).post(reverse("registers:bulk", args=["safety_hazard"])).status_code == 404
    empty = browser(hazards.own).post(reverse("registers:bulk", args=["safety_hazard"]), {"key": ["x"]}, follow=True)
    assert "没有选中记录" in empty.content.decode()


def test_a_long_act_is_done_by_the_worker(hazards, monkeypatch):
    monkeypatch.setattr(bulk_views, "MOST_INLINE", 1)
    client, here = walked(hazards.safety)
    client.post(here, {"bulk_field": "整改期限", "整改期限": "2026-11-30"})
    assert Work.objects.get(kind="registers.bulk").result["words"] == "将改动 4 条，不能处理 0 条"
    client.post(here + "apply/", {"whole": "1"})
    client.post(here + "undo/")
    words = [made.result["words"] for made in Work.objects.order_by("id")]
    assert words[1:] == ["已改动 4 条，0 条没有处理", "已撤销 4 条，0 条没有撤销"]


def test_a_preview_keeps_its_queries_few(hazards, django_assert_max_num_queries):
    act = bulk.choose_rows(register="safety_hazard", by=hazards.safety, query="")
    bulk.set_change(act=act, kind=bulk.FIELD, name="整改期限", values={"整改期限": "2026-11-30"}, by=hazards.safety)
    with django_assert_max_num_queries(20):
        bulk.preview(act=act, by=hazards.safety)
