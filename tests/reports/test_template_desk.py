"""A clerk changes a template in Word: faults with place and suggestion, the difference, a preview, the packs' door."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from taizhang.catalog.current import catalog
from taizhang.catalog.models import PackDraft
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.registers.actions import create_record
from taizhang.registers.maker import documents
from taizhang.registers.maker.actions import put_document, release_draft
from taizhang.registers.maker.queries import text_of
from taizhang.reports import template_desk as desk
from taizhang.reports.actions import write_report
from taizhang.reports.word_template import from_docx

KEY = ("reports", "annual_summary")


def edited(template: desk.Template, old: str, new: str) -> bytes:
    """The Word file with one phrase changed, as a clerk would."""
    document = Document(io.BytesIO(desk.as_docx(template)))
    for paragraph in document.paragraphs:
        if old in paragraph.text:
            paragraph.text = paragraph.text.replace(old, new)
            break
    else:
        raise AssertionError(old)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def changed(county, old: str, new: str, key: tuple[str, str] = KEY) -> desk.Template:
    """A draft with one phrase changed."""
    template = desk.get_template(county.office, *key)
    desk.take_docx(template=template, data=edited(template, old, new), name="改.docx", by=county.office)
    draft = desk.draft_of(template)
    assert draft is not None
    return draft


def test_a_wrong_binding_is_found_with_its_paragraph_the_words_around_and_the_nearest_name(county) -> None:
    draft = changed(county, '值("寄宿生比例")', "值（“寄宿生比率”）")
    (fault,) = desk.faults_of(draft)
    line = draft.source.splitlines()[fault.paragraph - 1]
    assert "寄宿生比率" in line and "寄宿生比率" in fault.around
    assert "寄宿生比例" in fault.remedy
    draft = changed(county, "截止日期()", "截至日期()")
    (fault,) = desk.faults_of(draft)
    assert "截至日期" in fault.around and "截止日期" in fault.remedy


def test_a_number_typed_into_a_template_is_refused_with_its_words(county) -> None:
    (fault,) = desk.faults_of(changed(county, "现将全年工作总结如下。", "全年投入500万元。"))
    assert "500" in fault.message and "值(" in fault.remedy


def test_a_released_template_writes_from_then_on_and_the_core_stays(county) -> None:
    draft = changed(county, "现将全年工作总结如下。", "现将全年工作报告如下。")
    assert desk.faults_of(draft) == []
    assert [(sign, line[-11:]) for sign, line in desk.changes_of(desk.get_template(county.office, *KEY).source, draft.source) if sign in "+-"] == [
        ("-", "现将全年工作总结如下。"), ("+", "现将全年工作报告如下。")
    ]  # fmt: skip
    assert draft.draft is not None
    release_draft(draft=draft.draft, by=county.office, seen=draft.draft.number)
    report = write_report(template="年度工作总结", unit="B1", period="2026", by=county.office)
    assert "全年工作报告如下" in report.html
    now = desk.get_template(county.office, *KEY)
    assert (now.is_core, now.pack.manifest.name, desk.draft_of(now)) == (False, "local", None)
    assert catalog().report("年度总结").code == "annual_summary"
    # The next change is made in the bureau's own document.
    again = changed(county, "现将全年工作报告如下。", "现将全年工作总结如下。")
    assert (again.draft.pack, again.draft.path) == ("local", "reports/annual_summary.yaml")


def test_a_faulty_template_is_kept_as_a_draft_and_not_released(county) -> None:
    draft = changed(county, '值("寄宿生比例")', '值("寄宿生比率")')
    with pytest.raises(Problem, match="寄宿生比率"):
        release_draft(draft=draft.draft, by=county.office, seen=draft.draft.number)
    assert desk.get_template(county.office, *KEY).is_core


def test_a_letter_goes_the_same_way(county) -> None:
    draft = changed(county, "收到本通知后", "接到本通知后", ("letters", "整改通知书"))
    assert desk.faults_of(draft) == []
    broken = changed_from(county, draft, "{{ 整改期限 }}", "｛｛整改时限｝｝")
    assert ["整改期限" in one.remedy for one in desk.faults_of(broken)] == [True]
    assert broken.draft.number == 2
    mended = changed_from(county, broken, "{{整改时限}}", "{{ 整改期限 }}")
    release_draft(draft=mended.draft, by=county.office, seen=mended.draft.number)
    assert "接到本通知后" in catalog().letter_source(catalog().letters["整改通知书"])[0]


def changed_from(county, draft: desk.Template, old: str, new: str) -> desk.Template:
    template = desk.get_template(county.office, draft.folder, draft.key)
    desk.take_docx(template=template, data=edited(draft, old, new), name="再改.docx", by=county.office)
    found = desk.draft_of(template)
    assert found is not None
    return found


def test_a_letter_is_tried_on_the_newest_record_that_the_person_sees(county) -> None:
    template = desk.get_template(county.office, "letters", "整改通知书")
    hazard = {"发现日期": "2026-07-01", "隐患类别": "消防安全", "隐患描述": "灭火器过期", "整改期限": "2026-07-20"}
    made = create_record(register="safety_hazard", unit=county.unit("S1"), values=hazard, by=county.own).record
    paper, filled = desk.preview_letter(county.safety, template)
    assert "灭火器过期" in paper and made.number in filled


def test_every_letter_and_report_has_a_preview(county) -> None:
    """Also where a register that writes the letter is closed to the person: the next one, or a made-up record, stands in."""
    client = browser(county.office)
    for one in desk.templates(county.office):
        answer = client.get(reverse("reports:template_preview", args=[one.folder, one.key]))
        assert answer.status_code == 200 and "rp-paper" in answer.content.decode(), one.key


@pytest.mark.parametrize("words", ["{{ 没有的栏 }}", "{% if %}", "@胡 乱"])
def test_a_faulty_letter_is_told_in_place_of_its_preview(county, words: str) -> None:
    changed(county, "再次逾期的", f"{words} 再次逾期的", ("letters", "任务督办通知单"))
    answer = browser(county.office).get(reverse("reports:template_preview", args=["letters", "任务督办通知单"]))
    assert answer.status_code == 422 and "tz-problem" in answer.content.decode()


def test_what_a_draft_changes_elsewhere_in_the_document_stays(county) -> None:
    draft = changed(county, "收到本通知后", "接到本通知后", ("letters", "整改通知书")).draft
    renumbered = documents.dump({**documents.load(text_of(draft)), "number": "试〔{year}〕{seq}号"})
    put_document(pack=draft.pack, path=draft.path, text=renumbered, what="改编号", by=county.office)
    again = changed(county, "收到本通知后", "见到本通知后", ("letters", "整改通知书"))
    assert "见到本通知后" in again.source and "试〔{year}〕" in text_of(again.draft)


@pytest.mark.parametrize("text", ["reports: [a, 1]", "reports: a", "reports: {", "- a"])
def test_a_draft_that_holds_no_template_any_more_breaks_no_page(county, text: str) -> None:
    draft = changed(county, "现将", "兹将").draft
    put_document(pack=draft.pack, path=draft.path, text=text, what="改坏", by=county.office)
    client = browser(county.office)
    assert client.get(reverse("reports:template", args=KEY)).status_code == 200
    assert "兹将" in changed(county, "现将", "兹将").source


def test_the_same_file_again_and_an_empty_one_are_told(county) -> None:
    template = desk.get_template(county.office, *KEY)
    with pytest.raises(Problem, match="没有改动"):
        desk.take_docx(template=template, data=desk.as_docx(template), name="a.docx", by=county.office)
    empty = io.BytesIO()
    Document().save(empty)
    with pytest.raises(Problem, match="没有文字"):
        desk.take_docx(template=template, data=empty.getvalue(), name="a.docx", by=county.office)
    assert not PackDraft.objects.exists()


def test_who_may_not_make_registers_changes_no_template(county) -> None:
    template = desk.get_template(county.office, *KEY)
    data = edited(template, "现将", "兹将")
    for who in (county.own, county.chief, county.stranger):
        with pytest.raises(Forbidden):
            desk.take_docx(template=template, data=data, name="a.docx", by=who)
    with pytest.raises(NotFound):
        desk.get_template(county.office, "reports", "nothing")


# Pages


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_clerk_works_through_the_pages(county) -> None:
    client, here = browser(county.office), reverse("reports:template", args=KEY)
    assert "年度工作总结" in client.get(reverse("reports:templates")).content.decode()
    data = client.get(reverse("reports:template_docx", args=KEY)).content
    assert from_docx(data, "a.docx") == desk.get_template(county.office, *KEY).source
    template = desk.get_template(county.office, *KEY)
    wrong = SimpleUploadedFile("改.docx", edited(template, '值("寄宿生比例")', "值(“寄宿生比率”)"))
    page = client.post(here, {"file": wrong}, follow=True).content.decode()
    assert "寄宿生比率" in page and "寄宿生比例" in page and "第 " in page
    preview = client.get(reverse("reports:template_preview", args=KEY))
    assert preview.status_code == 422 and "寄宿生比率" in preview.content.decode()
    right = SimpleUploadedFile("改.docx", edited(template, "现将全年", "兹将全年"))
    page = client.post(here, {"file": right}, follow=True).content.decode()
    assert "草稿没有问题" in page and "<ins>" in page
    preview = client.get(
        reverse("reports:template_preview", args=KEY), {"unit": "S1", "period": "2026"}
    ).content.decode()
    assert "兹将全年" in preview and "rp-bound" in preview
    draft = PackDraft.objects.get()
    release = reverse("maker:release_draft", args=[draft.pk])
    assert "稿件模板" in client.get(release).content.decode()
    assert client.get(reverse("maker:draft", args=[draft.pk])).status_code == 200
    assert client.post(release, {"seen": draft.number}).status_code == 302
    assert "兹将全年" in client.get(here).content.decode()


def test_a_draft_is_given_up(county) -> None:
    changed(county, "现将", "兹将")
    client, address = browser(county.office), reverse("reports:template_discard", args=KEY)
    assert client.post(address).status_code == 302
    assert not PackDraft.objects.exists()
    assert client.post(address).status_code == 404


def test_a_letters_preview_and_a_strange_file(county) -> None:
    client = browser(county.office)
    page = client.get(reverse("reports:template_preview", args=["letters", "整改通知书"])).content.decode()
    assert "rp-paper" in page
    answer = client.post(reverse("reports:template", args=KEY), {"file": SimpleUploadedFile("a.docx", b"x")})
    assert answer.status_code == 422 and "不是 .docx" in answer.content.decode()
    assert client.get(reverse("reports:template", args=["reports", "x"])).status_code == 404


@pytest.mark.parametrize("who", ["own", "other", "chief", "stranger"])
def test_the_templates_pages_are_closed_to_others(county, who: str) -> None:
    client = browser(getattr(county, who))
    for name, arguments in (("templates", ()), ("template", KEY), ("template_docx", KEY), ("template_preview", KEY)):
        assert client.get(reverse(f"reports:{name}", args=arguments)).status_code in (403, 404)
