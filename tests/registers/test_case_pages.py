"""The pages of a case: clocks, letters, comments, undoing and paper, for each person as far as they may."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from taizhang.registers import comments
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.clock_actions import run_ladders
from taizhang.registers.models import Attachment, Comment, Letter, Record
from taizhang.registers.steps import take_step
from tests.registers.conftest import HAZARD
from tests.registers.making import released
from tests.registers.test_deadlines import PETITION, at

pytestmark = pytest.mark.django_db


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def hazard(county, monkeypatch) -> Record:
    at(monkeypatch, "2026-03-02")
    values = {**HAZARD, "责任人电话": "13912348888"}
    made = create_record(register="safety_hazard", unit=county.unit("S1"), values=values, by=county.own).record
    return take_step(record=made, step="下发整改通知", by=county.safety, values={"整改期限": "2026-03-20"}).record


def page(user, record) -> str:
    answer = browser(user).get(reverse("registers:record", args=[record.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("person", "see", "edit", "sign", "strike"),
    [
        ("office", 200, 403, 403, 403), ("safety", 200, 302, 403, 302), ("finance", 404, 404, 404, 404),
        ("chief", 200, 403, 403, 403), ("own", 200, 302, 302, 302), ("other", 404, 404, 404, 404),
        ("district", 200, 302, 403, 403), ("inspector", 200, 403, 403, 403), ("stranger", 404, 404, 404, 404),
    ],
)  # fmt: skip
def test_every_address_of_a_case_answers_by_reach(county, hazard, person, see, edit, sign, strike):
    edit_record(record=hazard, values={"隐患部位": "三楼"}, by=county.own)
    said = comments.add_comment(record=hazard, text="在办", by=county.own)
    letter, client = Letter.objects.get(), browser(getattr(county, person))
    of_record = {
        name: reverse(f"registers:{name}", args=[hazard.pk]) for name in ("print", "undo", "comment", "preview")
    }
    assert client.get(of_record["print"]).status_code == see
    for name in ("letter", "letter_file"):
        assert client.get(reverse(f"registers:{name}", args=[letter.pk])).status_code == see
    assert client.post(of_record["undo"], {"revision": "3"}).status_code == edit
    assert client.post(of_record["comment"], {"text": "知悉"}).status_code == (302 if see == 200 else 404)
    assert client.post(of_record["comment"], {"text": " "}).status_code == (422 if see == 200 else 404)
    assert client.post(reverse("registers:sign", args=[letter.pk])).status_code == sign
    edited = client.post(reverse("registers:edit_comment", args=[said.pk]), {"text": "改"})
    assert edited.status_code == (302 if person == "own" else 404 if see == 404 else 403)
    assert client.post(reverse("registers:strike_comment", args=[said.pk])).status_code == strike
    for name in ("undo", "extend", "comment", "preview"):
        assert client.get(reverse(f"registers:{name}", args=[hazard.pk])).status_code == 405


def test_the_page_shows_the_clock_the_next_step_the_letter_and_the_timeline(county, hazard, monkeypatch):
    at(monkeypatch, "2026-03-18")
    text = page(county.own, hazard)
    for words in ("2 个工作日", "2026-03-20", "下一级督办", "安改〔2026〕1号", "发出整改通知书", "撤销这次改动"):
        assert words in text, words
    run_ladders(at(monkeypatch, "2026-03-27"))
    text = page(county.office, hazard)
    for words in ("已超过", "5 个工作日", "督办通知单", "并入下一级", "通报"):
        assert words in text, words
    assert "撤销这次改动" not in text, "the office does not edit"


def test_a_sensitive_value_is_masked_in_the_timeline_before_and_after(county, hazard):
    edit_record(record=hazard, values={"责任人电话": "13812340000"}, by=county.own)
    for person in (county.own, county.office, county.safety):
        for name in ("record", "print"):
            text = browser(person).get(reverse(f"registers:{name}", args=[hazard.pk])).content.decode()
            assert "13912348888" not in text and "13812340000" not in text


def test_only_the_latest_change_of_a_field_offers_to_be_undone(county, hazard):
    edit_record(record=hazard, values={"隐患部位": "三楼"}, by=county.own)
    edit_record(record=hazard, values={"隐患部位": "四楼"}, by=county.own)
    text = page(county.own, hazard)
    assert "撤销第 4 版" in text and "撤销第 3 版" not in text
    answer = browser(county.own).post(reverse("registers:undo", args=[hazard.pk]), {"revision": "4", "seen": "4"})
    assert answer.status_code == 302
    hazard.refresh_from_db()
    assert hazard.data["隐患部位"] == "三楼"
    again = browser(county.own).post(reverse("registers:undo", args=[hazard.pk]), {"revision": "4", "seen": "4"})
    assert again.status_code == 422 and "已被改动" in again.content.decode()


def test_a_refused_step_opens_its_dialog_again_with_what_was_typed_unless_the_record_moved_on(county, monkeypatch):
    at(monkeypatch, "2026-03-02")
    made = create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own).record
    where, client = reverse("registers:step", args=[made.pk]), browser(county.safety)
    asked = {"step": "下发整改通知", "整改期限": "2026-02-01", "note": "限期三周，逐项整改", "revision": "1"}
    refused = client.post(where, asked)
    shown = refused.content.decode()
    assert refused.status_code == 422 and shown.count("data-open") == 1
    assert "限期三周，逐项整改" in shown and 'value="2026-02-01"' in shown
    assert "data-open" in client.post(where, {**asked, "整改期限": ""}).content.decode()
    edit_record(record=made, values={"隐患部位": "三楼"}, by=county.own)
    stale = client.post(where, {**asked, "整改期限": "2026-03-20"})
    assert stale.status_code == 422 and "已被改动" in stale.content.decode()
    assert "data-open" not in stale.content.decode()


def test_a_step_asks_for_what_the_state_it_leads_to_must_have(county):
    released(county, lifecycle={
        "initial": "在册", "states": {"在册": "open", "停运": "closed"},
        "transitions": [{"name": "停运", "from": ["在册"], "to": "停运", "by": ["督学"]}],
        "in_state": {"在册": {"hidden": ["座位数"]}, "停运": {"required": ["座位数"]}},
    }, access={"学校": {"see": "own", "create": "own"}, "督学": {"see": "below"}})  # fmt: skip
    made = create_record(register="bus", unit=county.unit("S1"), values={"车牌号": "浙A12345"}, by=county.own).record
    where, client = reverse("registers:step", args=[made.pk]), browser(county.inspector)
    assert 'name="座位数"' in page(county.inspector, made)
    assert client.post(where, {"step": "停运", "revision": "1", "座位数": ""}).status_code == 422
    assert client.post(where, {"step": "停运", "revision": "1", "座位数": "30"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "停运" and made.data["座位数"] == 30


def test_a_step_with_a_letter_offers_a_preview_of_what_stands_in_its_form(county, monkeypatch):
    at(monkeypatch, "2026-03-02")
    record = create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own).record
    assert "预览整改通知书" in page(county.safety, record)
    client, where = browser(county.safety), reverse("registers:preview", args=[record.pk])
    answer = client.post(where, {"step": "下发整改通知", "整改期限": "2026-04-30"})
    assert answer.status_code == 200 and "2026年4月30日" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store" and "还没有发出" in answer.content.decode()
    assert client.post(where, {"step": "下发整改通知", "整改期限": "2026-02-01"}).status_code == 422
    assert client.post(where, {"step": "登记有误作废", "复查意见": "错"}).status_code == 422, "no letter there"
    assert Letter.objects.count() == 0 and Record.objects.get(pk=record.pk).state == "待整改"


def test_a_letter_is_downloaded_as_a_file_that_no_browser_runs(county, hazard):
    answer = browser(county.own).get(reverse("registers:letter_file", args=[Letter.objects.get().pk]))
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Disposition"].startswith("attachment")
    assert answer.content.startswith(b"PK")


def test_the_unit_signs_from_the_page_and_the_page_says_who_did(county, hazard):
    assert "签收</button>" in page(county.own, hazard) and "签收</button>" not in page(county.safety, hazard)
    browser(county.own).post(reverse("registers:sign", args=[Letter.objects.get().pk]))
    assert "签收整改通知书" in page(county.safety, hazard)


def test_an_instruction_is_given_from_the_page_marked_and_answered(county, hazard):
    where = reverse("registers:comment", args=[hazard.pk])
    browser(county.chief).post(where, {"text": "<b>抓紧</b>", "instruction": "1"})
    made = Comment.objects.get()
    browser(county.own).post(where, {"text": "已安排", "reply_to": made.pk})
    text = page(county.office, hazard)
    assert "&lt;b&gt;抓紧&lt;/b&gt;" in text and "回复 局长chief" in text and "批示" in text
    assert browser(county.own).post(where, {"text": "批", "instruction": "1"}).status_code == 403
    assert browser(county.own).post(where, {"text": "x", "reply_to": "999999"}).status_code == 404


def test_a_deadline_is_lengthened_from_the_page_by_who_may(county, install, monkeypatch):
    install(letter_case=PETITION)
    at(monkeypatch, "2026-03-06")
    values = {"登记日期": "2026-03-06", "事项": "收费"}
    made = create_record(register="letter_case", unit=county.unit("S1"), values=values, by=county.own).record
    made = take_step(record=made, step="受理", by=county.own).record
    where, form = reverse("registers:extend", args=[made.pk]), {"deadline": "办理", "term": "30 days", "reason": "复杂"}
    assert "批准延长" in page(county.finance, made) and "批准延长" not in page(county.own, made)
    assert browser(county.own).post(where, form).status_code == 403
    assert browser(county.other).post(where, form).status_code == 404
    assert browser(county.finance).post(where, {**form, "term": "很久"}).status_code == 422
    assert browser(county.finance).post(where, form).status_code == 302
    assert "已延长 1 次" in page(county.own, made)


def test_linked_records_are_shown_both_ways_to_who_may_see_them(county, install, hazard):
    install(
        visit="register: visit\nname: 走访\nkind: case\nfields:\n  - {name: 日期, type: date, required: true}\n"
        "  - {name: 所见隐患, type: link, register: safety_hazard}\n"
    )
    values = {"日期": "2026-03-02", "所见隐患": hazard.number}
    visit = create_record(register="visit", unit=county.unit("S1"), values=values, by=county.own).record
    assert f"/registers/records/{hazard.pk}/" in page(county.own, visit)
    assert f"/registers/records/{visit.pk}/" in page(county.own, hazard)
    assert f"/registers/records/{hazard.pk}/" not in page(county.finance, visit), "finance does not see hazards"


def test_the_record_page_asks_a_known_number_of_questions(county, hazard, django_assert_max_num_queries):
    for number in range(8):
        comments.add_comment(record=hazard, text=f"第{number}次", by=county.own)
    run_ladders(timezone.datetime(2026, 3, 27).date())
    client = browser(county.own)
    with django_assert_max_num_queries(32):
        client.get(reverse("registers:record", args=[hazard.pk]))


def photo() -> bytes:
    """A picture that says where it was taken."""
    picture, out = Image.new("RGB", (640, 480), "grey"), io.BytesIO()
    exif = picture.getexif()
    exif[0x010F] = "某品牌"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 12.0, 5.0)
    picture.save(out, "JPEG", exif=exif.tobytes())
    return out.getvalue()


def test_a_copy_for_outside_carries_no_place_time_or_device(county, hazard):
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("现场.jpg", photo(), "image/jpeg")
    edit_record(record=hazard, values={}, files={"现场照片": [upload]}, by=county.own)
    where = reverse("registers:attachment", args=[Attachment.objects.get().pk])
    client = browser(county.own)
    kept, outside = client.get(where), client.get(where, {"copy": "public"})
    assert Image.open(io.BytesIO(kept.content)).getexif().get_ifd(0x8825), "the evidence itself stays as it is"
    picture = Image.open(io.BytesIO(outside.content))
    assert picture.size == (640, 480) and not dict(picture.getexif()) and "exif" not in picture.info
    assert outside["X-Content-Type-Options"] == "nosniff" and outside["Content-Disposition"].startswith("attachment")
    assert browser(county.other).get(where, {"copy": "public"}).status_code == 404
