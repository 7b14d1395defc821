"""The writing desk: prose is free, numbers stay bound; versions, remarks, returned copies signed or rejected."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.loading import load_table
from taizhang.reports import copies, desk_actions
from taizhang.reports.actions import publish_report, write_report
from taizhang.reports.blocks import Control, Paragraph
from taizhang.reports.items import items_of
from taizhang.reports.models import Report, Touch
from taizhang.reports.prose import editable, read_back
from taizhang.reports.sources import BureauSources
from taizhang.reports.stored import dump, load
from taizhang.reports.trace import trace_bytes
from taizhang.warehouse.models import Snapshot
from tests.reports.test_gongwen import ALL
from tests.reports.test_rendered import SPECIMEN

BINDINGS = {"b1": {"shown": "2320人", "label": "在校生数"}, "b2": {"shown": "54所", "label": "学校数"}}
RUNS = ("在校生", Control("2320人", "b1", "在校生数"), "，学校", Control("54所", "b2", "学校数"), "。")


@pytest.fixture
def report(county) -> Report:
    return write_report(template="年度工作总结", unit="B1", period="2026", by=county.office)


def paragraph_with(report: Report, shown: str) -> int:
    """The place of the first paragraph that holds a number."""
    for index, block in enumerate(load(report.blocks)):
        if isinstance(block, Paragraph) and any(isinstance(one, Control) and one.text == shown for one in block.runs):
            return index
    raise AssertionError(shown)


def text_of(report: Report, index: int) -> str:
    block = load(report.blocks)[index]
    assert isinstance(block, Paragraph)
    return editable(block.runs)


def revise(report: Report, index: int, text: str, by: Any) -> Report:
    return desk_actions.revise_block(report=report, index=index, text=text, revision=report.revision, by=by)


@pytest.mark.parametrize("blocks", [ALL, SPECIMEN])
def test_blocks_come_back_from_the_store_as_they_were(blocks: Any) -> None:
    assert load(dump(blocks)) == blocks


def test_a_text_goes_to_the_clerk_and_back_unchanged() -> None:
    assert read_back(editable(RUNS), BINDINGS, []) == (RUNS, [])


def test_numbers_may_move_and_go() -> None:
    runs, _ = read_back("全县学校［54所#2］。", BINDINGS, [])
    assert runs == ("全县学校", Control("54所", "b2", "学校数"), "。")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("在校生［2500人#1］。", "RPT-040", "第 4 字"),
        ("在校生［2320人#9］。", "RPT-041", "第 4 字"),
        ("在校生2500人。", "RPT-001", "第 4 字"),
        ("在校生［2320人#1］，教师３００人。", "RPT-001", "第 16 字"),
        ("在校生［2320人#1。", "RPT-042", "第 4 字"),
        ("第①项。", "RPT-001", "第 2 字"),
    ],
)
def test_a_number_that_is_changed_made_up_or_typed_is_refused_with_its_place(text: str, code: str, place: str) -> None:
    with pytest.raises(Problem) as refusal:
        read_back(text, BINDINGS, [])
    assert (refusal.value.code, refusal.value.where) == (code, place)
    assert refusal.value.remedy


def test_words_with_digits_are_declared_where_they_stand() -> None:
    runs, words = read_back("落实［原文：“5+2”］服务，完成建成3所。", BINDINGS, ["建成3所"])
    assert (runs, words) == (("落实“5+2”服务，完成建成3所。",), ["“5+2”"])


def test_the_clerk_rewrites_a_paragraph_and_every_number_still_traces(county, report) -> None:
    index = paragraph_with(report, "2320人")
    before = len(trace_bytes(report.docx_bytes(), "a.docx"))
    changed = revise(report, index, "据统计，" + text_of(report, index), county.office)
    assert changed.revision == 2
    assert "据统计，" in changed.html
    found = trace_bytes(changed.docx_bytes(), "a.docx")
    assert len(found) == before
    assert {item["verdict"] for item in found} == {"kept"}
    assert Event.objects.filter(action="reports.report.revised", subject=f"report:{report.pk}").count() == 1


def test_a_number_taken_out_is_not_told_as_deleted_later(county, report) -> None:
    index = paragraph_with(report, "2320人")
    changed = revise(report, index, "另行通报。", county.office)
    assert {item["verdict"] for item in trace_bytes(changed.docx_bytes(), "a.docx")} == {"kept"}
    assert "2320人" not in changed.html.split("rp-table")[0]


def test_a_text_that_another_changed_meanwhile_is_not_overwritten(county, report) -> None:
    index = paragraph_with(report, "2320人")
    revise(report, index, "先改的。", county.office)
    with pytest.raises(Problem, match="别人刚改过") as refusal:
        revise(report, index, "后改的。", county.office)
    assert refusal.value.code == "RPT-046"


def test_an_earlier_revision_comes_back_whole(county, report) -> None:
    index, first = paragraph_with(report, "2320人"), report.docx_bytes()
    changed = revise(report, index, "改掉了。", county.office)
    back = desk_actions.restore_revision(report=changed, number=1, revision=2, by=county.office)
    assert (back.revision, back.docx_bytes() == first) == (3, True)
    assert list(back.revisions.values_list("number", flat=True)) == [3, 2, 1]


def test_a_signed_report_is_frozen_with_its_figures(county, report) -> None:
    publish_report(report=report, revision=report.revision, by=county.chief)
    with pytest.raises(Problem, match="已经签发"):
        revise(report, 3, "再改。", county.office)
    kept = Snapshot.objects.get(subject=f"report:{report.pk}")
    assert (kept.reason, kept.build) == (Snapshot.PUBLISHED, report.build)


def test_a_report_with_open_remarks_is_not_signed(county, report) -> None:
    said = desk_actions.add_remark(report=report, text="口径再核一下", by=county.chief, quoted="全县")
    with pytest.raises(Problem, match="还有 1 条意见"):
        publish_report(report=report, revision=report.revision, by=county.chief)
    desk_actions.settle_remark(remark=said, by=county.office)
    assert publish_report(report=report, revision=report.revision, by=county.chief).state == Report.PUBLISHED


def test_a_text_that_changed_since_it_was_read_is_not_signed(county, report) -> None:
    read = report.revision
    revise(report, paragraph_with(report, "2320人"), "另行通报。", county.office)
    with pytest.raises(Problem, match="别人刚改过") as refusal:
        publish_report(report=report, revision=read, by=county.chief)
    assert refusal.value.code == "RPT-046"
    report.refresh_from_db()
    assert report.state == Report.DRAFT
    assert publish_report(report=report, revision=2, by=county.chief).revision == 2


def test_nothing_is_remarked_on_a_signed_report(county, report) -> None:
    publish_report(report=report, revision=1, by=county.chief)
    with pytest.raises(Problem, match="已经签发"):
        desk_actions.add_remark(report=report, text="晚了", by=county.office)
    assert not report.remarks.exists()


def test_numbers_that_left_the_text_are_no_longer_counted(county, report) -> None:
    whole, (lost, note) = (
        len(report.used()),
        next((tag, bound["note"]) for tag, bound in report.used().items() if bound.get("note")),
    )
    assert whole == len(report.bindings)
    index = next(
        place
        for place, block in enumerate(load(report.blocks))
        if isinstance(block, Paragraph) and any(isinstance(one, Control) and one.tag == lost for one in block.runs)
    )
    gone = sum(isinstance(one, Control) for one in load(report.blocks)[index].runs)
    missing = report.missing
    changed = desk_actions.remove_block(report=report, index=index, revision=1, by=county.office)
    assert (len(changed.used()), len(changed.bindings)) == (whole - gone, whole)
    assert changed.missing < missing
    page = browser(county.office).get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert f"{whole - gone} 处数字有出处" in page
    assert f"<li>{note}</li>" not in page


def test_a_table_is_not_rewritten_but_may_be_taken_out(county, report) -> None:
    index = next(place for place, block in enumerate(report.blocks) if block["kind"] == "Table")
    with pytest.raises(Problem, match="不能在这里改"):
        revise(report, index, "表", county.office)
    gone = desk_actions.remove_block(report=report, index=index, revision=1, by=county.office)
    assert len(gone.blocks) == len(report.blocks) - 1


@pytest.mark.parametrize("index", [-1, 9999])
def test_a_place_that_is_not_there_is_not_found(county, report, index: int) -> None:
    with pytest.raises(NotFound):
        desk_actions.remove_block(report=report, index=index, revision=1, by=county.office)


def test_headings_are_numbered_anew_after_a_new_one(county, report) -> None:
    made = desk_actions.insert_text(report=report, after=2, text="总体情况", revision=1, by=county.office, level=1)
    numbers = [block["number"] for block in made.blocks if block["kind"] == "Heading" and block["level"] == 1]
    assert numbers[:3] == ["一、", "二、", "三、"]


def test_the_plans_items_tell_promise_result_and_a_sentence_with_bound_numbers(county, report) -> None:
    items = items_of(BureauSources(county.office, county.unit("B1"), Period.parse("2026")))
    first = next(item for item in items if item.title == "排查校舍12处")
    (target,) = first.targets
    assert (target.asked.shown, target.found.shown, target.result.shown) == ("不低于95%", "66.67%", "未达到")
    assert first.state == "已完成"
    changed = desk_actions.insert_sentence(
        report=report, after=5, sentence=first.sentence, revision=1, by=county.office
    )
    found = trace_bytes(changed.docx_bytes(), "a.docx")
    assert {item["verdict"] for item in found} == {"kept"}
    assert len(found) == len(report.bindings) + sum(
        not isinstance(one, str) and hasattr(one, "shown") for one in first.sentence.pieces
    )


def test_the_desk_goes_on_with_the_figures_that_the_draft_was_written_from(county, report) -> None:
    later = "单位编码,发现日期,隐患类别,隐患等级,隐患描述,整改期限,状态\nS1,2026-06-02,消防安全,一般,新登记,2026-06-20,已销号\n"
    assert not load_table("safety_hazard", table_from_bytes(later.encode(), "later.csv"), None).refused
    unit, period = county.unit("B1"), Period.parse("2026")
    today = next(one for one in items_of(BureauSources(county.office, unit, period)) if one.title == "排查校舍12处")
    assert today.targets[0].found.shown == "75.00%"
    text = browser(county.office).get(reverse("reports:desk", args=[report.pk])).content.decode()
    assert "现为 66.67%" in text
    assert "现为 75.00%" not in text


def test_others_may_not_write(county, report) -> None:
    for who in (county.own, county.other, county.stranger):
        with pytest.raises((Forbidden, NotFound)):
            revise(report, 3, "改。", who)


# Returned copies


def returned(report: Report) -> bytes:
    document = Document(io.BytesIO(report.docx_bytes()))
    control = next(
        item for item in document.element.body.iter(qn("w:sdt")) if "".join(item.itertext()).endswith("2320人")
    )
    next(control.iter(qn("w:t"))).text = "2500人"
    next(item for item in document.paragraphs if item.style.name == "Body Text").add_run("另有7处。")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_returned_copy_finds_its_report_also_after_it_was_revised(county, report) -> None:
    data = returned(report)
    revise(report, paragraph_with(report, "2320人"), "改掉了。", county.office)
    found = copies.report_of(county.office, data, "a.docx")
    assert found == report


def test_of_two_reports_written_alike_a_copy_belongs_to_the_newer(county, report) -> None:
    again = write_report(template="年度工作总结", unit="B1", period="2026", by=county.office)
    assert again.docx_bytes() == report.docx_bytes()
    assert copies.report_of(county.office, returned(report), "a.docx") == again
    assert copies.report_of(county.stranger, returned(report), "a.docx") is None


def test_each_touched_number_is_signed_with_a_reason_or_rejected_once(county, report) -> None:
    copy = copies.receive_copy(report=report, data=returned(report), name="退回.docx", by=county.office)
    changed, typed = copy.touches.order_by("id")
    assert (changed.verdict, changed.bound, changed.found, changed.difference) == (
        "changed",
        "2320人",
        "2500人",
        "+180",
    )
    assert typed.verdict == "typed"
    with pytest.raises(Problem, match="要写依据"):
        copies.decide_touch(touch=changed, decision=Touch.SIGNED, by=county.office)
    signed = copies.decide_touch(touch=changed, decision=Touch.SIGNED, reason="补报学校两所", by=county.office)
    assert (signed.decided_by, signed.reason) == (county.office, "补报学校两所")
    copies.decide_touch(touch=typed, decision=Touch.REJECTED, by=county.office)
    with pytest.raises(Problem, match="已经处理过") as refusal:
        copies.decide_touch(touch=changed, decision=Touch.REJECTED, by=county.office)
    assert refusal.value.remedy
    with pytest.raises(Problem, match="没有选") as refusal:
        copies.decide_touch(touch=changed, decision="maybe", by=county.office)
    assert refusal.value.remedy
    told = Event.objects.filter(subject=f"report:{report.pk}", action__startswith="reports.touch.")
    assert sorted(told.values_list("action", flat=True)) == ["reports.touch.rejected", "reports.touch.signed"]


def test_the_same_copy_twice_is_one(county, report) -> None:
    data = returned(report)
    first = copies.receive_copy(report=report, data=data, name="退回.docx", by=county.office)
    assert copies.receive_copy(report=report, data=data, name="又一次.docx", by=county.office) == first


# Pages


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_desk_shows_text_items_and_revisions(county, report) -> None:
    text = browser(county.office).get(reverse("reports:desk", args=[report.pk])).content.decode()
    assert "排查校舍12处" in text
    assert "第 1 版" in text
    assert text.count('class="rp-block"') == len(report.blocks)


def test_a_refused_text_is_not_lost(county, report) -> None:
    index = paragraph_with(report, "2320人")
    address = reverse("reports:block", args=[report.pk, index])
    client = browser(county.office)
    assert "［2320人#" in client.get(address).content.decode()
    answer = client.post(address, {"text": "在校生2500人。", "revision": "1"})
    assert answer.status_code == 422
    assert "在校生2500人。" in answer.content.decode()
    assert "没有出处的数字" in answer.content.decode()
    saved = client.post(address, {"text": "在校生［原文：2500］人。", "revision": "1"})
    assert saved.status_code == 302
    report.refresh_from_db()
    assert report.revision == 2


def test_the_office_works_through_the_pages(county, report) -> None:
    client, desk = browser(county.office), reverse("reports:desk", args=[report.pk])
    item = f"task:{county.unit('B1').pk}"
    key = next(one.key for one in items_of(BureauSources(county.office, county.unit("B1"), Period.parse("2026"))))
    assert (
        client.post(
            reverse("reports:insert", args=[report.pk]), {"after": "3", "revision": "1", "item": key}
        ).status_code
        == 302
    )
    assert (
        client.post(
            reverse("reports:insert", args=[report.pk]), {"after": "3", "revision": "2", "item": item + "x"}
        ).status_code
        == 404
    )
    assert (
        client.post(
            reverse("reports:insert", args=[report.pk]), {"after": "3", "revision": "2", "text": "新的一段。"}
        ).status_code
        == 302
    )
    assert (
        client.post(reverse("reports:restore", args=[report.pk]), {"number": "1", "revision": "3"}).status_code == 302
    )
    assert client.post(reverse("reports:remark", args=[report.pk]), {"text": "再核"}).status_code == 302
    assert "再核" in client.get(desk).content.decode()
    assert client.post(reverse("reports:settle", args=[report.remarks.get().pk])).status_code == 302
    report.refresh_from_db()
    assert report.revision == 4


def test_the_copys_page_takes_decisions(county, report) -> None:
    copy = copies.receive_copy(report=report, data=returned(report), name="退回.docx", by=county.office)
    address, client = reverse("reports:copy", args=[copy.pk]), browser(county.office)
    assert "2500人" in client.get(address).content.decode()
    touch = copy.touches.first()
    client.post(address, {"touch": touch.pk, "decision": "signed", "reason": "补报"})
    touch.refresh_from_db()
    assert touch.decision == "signed"
    assert "认可" in client.get(address).content.decode()


@pytest.mark.parametrize("who", ["own", "other", "stranger"])
def test_nobody_else_sees_the_desk_or_a_copy(county, report, who: str) -> None:
    copy = copies.receive_copy(report=report, data=returned(report), name="退回.docx", by=county.office)
    client = browser(getattr(county, who))
    for address in (
        reverse("reports:desk", args=[report.pk]),
        reverse("reports:block", args=[report.pk, 3]),
        reverse("reports:copy", args=[copy.pk]),
    ):
        assert client.get(address).status_code in (403, 404)
    for name in ("insert", "restore", "remark"):
        assert client.post(reverse(f"reports:{name}", args=[report.pk]), {"text": "x"}).status_code in (403, 404)
    report.refresh_from_db()
    assert report.revision == 1
