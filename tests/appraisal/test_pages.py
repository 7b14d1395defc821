"""The pages of a round as the office, a section, the school, its neighbour and a stranger see them."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from taizhang.appraisal import actions
from taizhang.appraisal.models import Entry, Round
from taizhang.appraisal.policy import judged_by
from taizhang.appraisal.queries import standing_of
from taizhang.org.models import User
from tests.appraisal.rounds import DAY, judged, opened, release, sheet_of
from tests.support import make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(settings, tmp_path):
    settings.WAREHOUSE = settings.FILES = tmp_path
    return make_county()


def page(client: Client, user, url: str) -> str:
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_the_office_opens_a_round_takes_figures_and_publishes_it(county, client):
    release()
    client.force_login(county.office)
    assert "启动考核" in client.get("/appraisal/").content.decode()
    answer = client.post("/appraisal/new/", {"scheme": "small", "period": "2026", "title": ""}, follow=True)
    assert "共 3 张评分表" in answer.content.decode() and "2026年学校考核" in answer.content.decode()
    round_ = Round.objects.get()
    assert "3 项有变化" in client.post(f"/appraisal/{round_.pk}/measure/", follow=True).content.decode()
    refused = client.post(f"/appraisal/{round_.pk}/publish/")
    assert refused.status_code == 422 and "还有没评的项目" in refused.content.decode()
    judged(round_, county, S2="20")
    assert "已公示" in client.post(f"/appraisal/{round_.pk}/publish/", follow=True).content.decode()
    assert client.post(f"/appraisal/{round_.pk}/freeze/").status_code == 422
    for name in ("own", "safety", "chief"):
        client.force_login(getattr(county, name))
        assert client.post(f"/appraisal/{round_.pk}/freeze/").status_code == 403


def test_a_nonsense_period_is_refused_in_words(county, client):
    release()
    client.force_login(county.office)
    assert client.post("/appraisal/new/", {"scheme": "small", "period": "去年"}).status_code == 422
    assert client.post("/appraisal/new/", {"scheme": "other", "period": "2026"}).status_code == 422
    assert not Round.objects.exists()


def test_the_board_shows_places_to_the_bureau_and_one_line_to_a_school(county, client):
    round_ = opened(county)
    judged(round_, county, S1="30", S2="40")
    actions.measure_round(round_=round_, by=county.office, today=DAY)
    text = page(client, county.safety, f"/appraisal/{round_.pk}/")
    assert text.index("第二小学") < text.index("第一小学") and "90.00" in text and "优秀" in text
    mine = page(client, county.own, f"/appraisal/{round_.pk}/")
    assert "第一小学" in mine and "第二小学" not in mine and "名次和等次在公示后显示" in mine and "良好" not in mine
    client.force_login(county.stranger)
    assert client.get(f"/appraisal/{round_.pk}/").status_code == 404
    assert client.get(f"/appraisal/sheets/{sheet_of(round_, 'S1').pk}/").status_code == 404


def test_a_neighbours_sheet_and_its_acts_do_not_exist_for_a_school(county, client):
    round_ = opened(county)
    sheet = sheet_of(round_, "S1")
    entry = actions.adjust(sheet=sheet, item="表彰", source="文件", by=county.office)
    client.force_login(county.other)
    for part in ("", "judge/", "self/", "adjust/", "veto/", "waive/", "object/"):
        assert client.get(f"/appraisal/sheets/{sheet.pk}/{part}").status_code == 404, part
    for part in ("strike", "lift", "answer"):
        assert client.post(f"/appraisal/entries/{entry.pk}/{part}/", {"reason": "x"}).status_code == 404, part
    assert Entry.objects.filter(sheet=sheet).count() == 1


def test_the_sheet_traces_every_point(county, client):
    round_ = opened(county)
    actions.measure_round(round_=round_, by=county.office, today=DAY)
    sheet = sheet_of(round_, "S1")
    actions.judge(sheet=sheet, item="检查", points="38", note="疏散标志缺一处", by=county.safety, today=DAY)
    actions.adjust(sheet=sheet, item="表彰", source="县委县政府表彰决定", by=county.office, today=DAY)
    actions.set_veto(sheet=sheet, veto="违纪", source="处分决定", by=county.office, today=DAY)
    for user in (county.office, county.own):
        text = page(client, user, f"/appraisal/sheets/{sheet.pk}/")
        for word in (
            "疏散标志缺一处",
            "科室safety",
            "县委县政府表彰决定",
            "处分决定",
            "取消评优",
            "隐患整改率",
            "数据版本",
            "待评",
            "暂计",
        ):
            assert word in text, word
    assert "/appraisal/entries/" in page(client, county.office, f"/appraisal/sheets/{sheet.pk}/")
    before = (DAY - timedelta(days=1)).isoformat()
    client.force_login(county.own)
    assert client.get(f"/appraisal/sheets/{sheet.pk}/?on={before}").status_code == 404
    assert client.get(f"/appraisal/sheets/{sheet.pk}/?on=昨天").status_code == 200


def test_a_judge_fills_the_form_and_goes_on_to_the_next_unit(county, client):
    round_ = opened(county)
    first, second = sheet_of(round_, "S1"), sheet_of(round_, "S2")
    client.force_login(county.safety)
    text = client.get(f"/appraisal/sheets/{first.pk}/judge/").content.decode()
    assert "安全 · 检查" in text and "预算" not in text
    answer = client.post(f"/appraisal/sheets/{first.pk}/judge/", {"points_0": "40", "note_0": "", "next": "1"})
    assert answer.url == f"/appraisal/sheets/{second.pk}/judge/"
    refused = client.post(f"/appraisal/sheets/{second.pk}/judge/", {"points_0": "41", "note_0": "多了"})
    assert refused.status_code == 422 and "超出范围" in refused.content.decode()
    assert client.post(f"/appraisal/sheets/{first.pk}/judge/", {"points_0": "40", "note_0": ""}).url.endswith(
        f"/{first.pk}/"
    )
    assert Entry.objects.filter(kind="judged").count() == 1, "what was not changed is not said again"
    client.force_login(county.chief)
    assert client.get(f"/appraisal/sheets/{first.pk}/judge/").status_code == 403


def test_a_school_fills_its_self_assessment_with_a_photograph(county, client):
    round_ = opened(county)
    sheet = sheet_of(round_, "S1")
    client.force_login(county.own)
    filled = {"points_0": "39", "note_0": "四项台账齐全", "points_1": "", "note_1": ""}
    assert client.post(f"/appraisal/sheets/{sheet.pk}/self/", filled).status_code == 422
    photo = SimpleUploadedFile("照片.pdf", b"%PDF-1.4 x", content_type="application/pdf")
    answer = client.post(f"/appraisal/sheets/{sheet.pk}/self/", {**filled, "evidence_0": photo}, follow=True)
    text = answer.content.decode()
    assert "自评已保存，1 项" in text and "自评 39" in text and "照片.pdf" in text
    client.force_login(county.office)
    assert client.get(f"/appraisal/sheets/{sheet.pk}/self/").status_code == 403


def test_the_small_forms_each_do_their_act(county, client):
    round_ = opened(county)
    sheet = sheet_of(round_, "S1")
    where = f"/appraisal/sheets/{sheet.pk}/"
    client.force_login(county.office)
    assert "每次加 2 分" in client.get(where + "adjust/").content.decode()
    client.post(where + "adjust/", {"item": "表彰", "times": "0.5", "source": "表彰文件", "note": ""})
    client.post(where + "veto/", {"item": "违纪", "source": "处分决定"})
    client.post(where + "waive/", {"item": "预算", "reason": "报账制"})
    added, veto = Entry.objects.get(kind="adjusted"), Entry.objects.get(kind="vetoed")
    assert "安全事故" not in client.get(where + "veto/").content.decode(), "another section's veto is not offered"
    assert "必填" in client.post(f"/appraisal/entries/{added.pk}/strike/", {"reason": ""}).content.decode()
    client.post(f"/appraisal/entries/{added.pk}/strike/", {"reason": "重复"})
    client.post(f"/appraisal/entries/{veto.pk}/lift/", {"reason": "撤案"})
    assert sorted(Entry.objects.filter(sheet=sheet).values_list("kind", flat=True)) == [
        "adjusted", "lifted", "struck", "vetoed", "waived",
    ]  # fmt: skip
    client.force_login(county.own)
    assert client.get(where + "adjust/").status_code == 403 and client.get(where + "veto/").status_code == 403


def test_an_objection_goes_through_its_pages(county, client):
    round_ = opened(county)
    judged(round_, county, S1="30")
    actions.publish_round(round_=round_, by=county.office, today=timezone.localdate())
    sheet = sheet_of(round_, "S1")
    client.force_login(county.own)
    client.post(f"/appraisal/sheets/{sheet.pk}/object/", {"item": "预算", "reason": "凭证已补"})
    asked = Entry.objects.get(kind="objected")
    client.force_login(county.finance)
    assert "凭证已补" in client.get(f"/appraisal/entries/{asked.pk}/answer/").content.decode()
    client.post(f"/appraisal/entries/{asked.pk}/answer/", {"accepted": "yes", "points": "36", "reply": "属实"})
    text = page(client, county.own, f"/appraisal/sheets/{sheet.pk}/")
    assert "已采纳" in text and "96.00" in text


def test_the_workbook_holds_what_the_person_sees(county, client):
    round_ = opened(county)
    judged(round_, county, S1="30")
    actions.measure_round(round_=round_, by=county.office, today=DAY)
    client.force_login(county.office)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/appraisal/{round_.pk}/?export=xlsx").content))
    rows = list(book["排名"].iter_rows(min_row=3, values_only=True))
    assert [(row[1], row[2], row[3]) for row in rows] == [
        (1, "第二小学", 100),
        (2, "第一小学", 90),
        (1, "河东中学", 100),
    ]
    assert any("执行进度" in str(row[8]) for row in book["评分明细"].iter_rows(values_only=True))
    client.force_login(county.own)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/appraisal/{round_.pk}/?export=xlsx").content))
    assert [row[1:4] for row in book["排名"].iter_rows(min_row=3, values_only=True)] == [(None, "第一小学", 90)]


def test_a_board_of_many_entries_asks_the_database_a_fixed_number_of_times(
    county, client, django_assert_max_num_queries
):
    round_ = opened(county)
    judged(round_, county)
    client.force_login(county.safety)
    client.get(f"/appraisal/{round_.pk}/")
    with django_assert_max_num_queries(25):
        client.get(f"/appraisal/{round_.pk}/")
    with django_assert_max_num_queries(40):
        client.get(f"/appraisal/sheets/{sheet_of(round_, 'S1').pk}/")


def test_points_stand_in_the_form_as_they_were_given(county, client):
    round_ = opened(county)
    sheet = sheet_of(round_, "S1")
    actions.judge(sheet=sheet, item="检查", points="10", note="缺材料", by=county.safety, today=DAY)
    actions.score_self(sheet=sheet, item="预算", points="30.50", note="自查", by=county.own, today=DAY)
    client.force_login(county.safety)
    text = client.get(f"/appraisal/sheets/{sheet.pk}/judge/").content.decode()
    assert re.search(r'<input[^>]*value="10"[^>]*name="points_0"|<input[^>]*name="points_0"[^>]*value="10"', text)
    assert 'value="30.5"' in page(client, county.own, f"/appraisal/sheets/{sheet.pk}/self/")


def test_a_band_is_told_to_nobody_before_it_is_published_on_the_page_as_on_paper(county, client):
    """S2 would be 优秀 by its points; the share leaves it out, and the remark says so."""
    round_ = opened(county)
    judged(round_, county, S2="38")
    actions.measure_round(round_=round_, by=county.office, today=DAY)
    address = f"/appraisal/{round_.pk}/"
    notes = {score.code: score.band_note for score in standing_of(round_).scores.values()}
    assert notes["S2"]

    def told(user) -> tuple[str, list[str]]:
        text = page(client, user, address)
        book = openpyxl.load_workbook(io.BytesIO(client.get(address + "?export=xlsx").content))
        return text, [str(row[-1].value or "") for row in book.worksheets[0].iter_rows(min_row=3)]

    text, remarks = told(county.other)
    assert notes["S2"] not in text and notes["S2"] not in remarks
    text, remarks = told(county.office)
    assert notes["S2"] in text and notes["S2"] in remarks
    actions.publish_round(round_=round_, by=county.office, today=DAY)
    text, remarks = told(county.other)
    assert notes["S2"] in text and notes["S2"] in remarks


def test_who_judges_is_asked_once_however_many_lines_there_are(county, django_assert_num_queries):
    names = ["安全管理科", "计划财务科", "没有的科室", ""]
    bureau = county.unit("B1")
    assert judged_by(county.safety, names, bureau) == {"安全管理科"}
    assert judged_by(county.office, names, bureau) == {"没有的科室", ""}
    assert judged_by(None, names, bureau) == set(names) and judged_by(county.own, [], bureau) == set()
    person = User.objects.get(pk=county.finance.pk)
    assert judged_by(person, names, bureau) == {"计划财务科"}
    with django_assert_num_queries(1):
        judged_by(person, names * 20, bureau)
