"""Keeping files, reading them, and judging what was found: by the actions."""

from pathlib import Path

import pytest
from django.conf import settings

from taizhang.documents import actions
from taizhang.documents.files import stored
from taizhang.documents.models import Document, ReadingResult, Settlement
from taizhang.documents.queries import checks_for, documents_for, get_document_for, reading_for
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.reading import read_bytes
from tests.documents.builders import OLE, REPORT, as_docx, encrypted_docx
from tests.support import County, make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return make_county()


def uploaded(county: County, by: str = "office") -> Document:
    return actions.add_document(data=as_docx(REPORT), name="总结.docx", by=getattr(county, by)).document


def test_a_document_is_described_by_what_stands_in_it(county):
    document = uploaded(county)
    assert (document.title, document.kind, document.period_text) == ("测试县教育局2025年工作总结", "report", "2025年")
    assert document.unit.code == "K1" and document.uploaded_by == county.office
    assert document.reading.doubts == 1
    assert stored(document.sha256).read_bytes()[:2] == b"PK"


def test_the_stored_reading_gives_the_readers_objects_back_unchanged(county):
    data = as_docx(REPORT)
    document = actions.add_document(data=data, name="总结.docx", by=county.office).document
    document.refresh_from_db()
    again, first = reading_for(document), read_bytes(data, "总结.docx")
    assert again.as_dict() == first.as_dict()
    assert again.relations == first.relations and again.tasks == first.tasks


def test_the_same_bytes_again_give_the_first_document(county):
    data = as_docx(REPORT)
    first = actions.add_document(data=data, name="一.docx", by=county.office)
    second = actions.add_document(data=data, name="二.docx", by=county.office)
    assert first.new and not second.new and second.document == first.document
    assert Document.objects.count() == 1


def test_a_strangers_copy_of_the_same_file_is_not_told_to_others(county):
    data = as_docx(REPORT)
    ours = actions.add_document(data=data, name="一.docx", by=county.own)
    theirs = actions.add_document(data=data, name="一.docx", by=county.other)
    assert theirs.new and theirs.document != ours.document
    assert theirs.document.sha256 == ours.document.sha256


BAD = {
    "empty.docx": (b"", "空"),
    "blank.txt": (b" \r\n \n", "空|没有文字"),
    "virus.exe": (b"MZ", "不收“.exe”"),
    "noname": (b"x", "没有扩展名"),
    "locked.docx": (encrypted_docx(), "密码"),
    "broken.docx": (b"PK\x03\x04 and then nothing", "损坏|打不开"),
    "broken.pdf": (b"%PDF-1.4 nothing more", "."),
    "picture.docx": (b"\x89PNG\r\n\x1a\n" + bytes(64), "图片"),
    "old.docx": (OLE + bytes(600), "."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_words_and_leaves_nothing(county, name):
    data, words = BAD[name]
    before = sum(1 for path in Path(settings.FILES).rglob("*") if path.is_file())
    with pytest.raises(Problem, match=words) as raised:
        actions.add_document(data=data, name=name, by=county.office)
    assert raised.value.message and raised.value.remedy
    assert not Document.objects.exists() and not ReadingResult.objects.exists()
    assert sum(1 for path in Path(settings.FILES).rglob("*") if path.is_file()) == before


def test_a_file_too_big_is_refused_before_it_is_read(county, monkeypatch):
    monkeypatch.setattr(actions, "MAX_BYTES", 10)
    with pytest.raises(Problem, match="超过"):
        actions.add_document(data=b"x" * 11, name="大.txt", by=county.office)


def test_a_path_sent_as_name_is_cut_to_the_files_own_name(county):
    text = "关于开展检查的通知\n请各校做好准备。".encode()
    added = actions.add_document(data=text, name=r"C:\桌面\..\通知.txt", by=county.office)
    assert added.document.name == "通知.txt"
    long = actions.add_document(data=text + b"\n", name="长" * 300 + ".txt", by=county.office)
    assert len(long.document.name) == 200 and long.document.name.endswith(".txt")


def test_a_nul_in_a_damaged_text_is_kept_as_a_mark_in_its_place(county):
    text = "关于检查的通知\n请各校\0做好准备。"
    document = actions.add_document(
        data=("\ufeff" + text).encode("utf-16-le"), name="通知.txt", by=county.office
    ).document
    assert document.reading.text == text.replace("\0", "\ufffd")


def test_people_without_a_business_post_keep_no_documents(county):
    with pytest.raises(Forbidden, match="不能上传"):
        actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.stranger)


def test_a_document_is_seen_by_its_unit_and_above_and_by_nobody_else(county):
    document = uploaded(county, by="own")
    for name in ("own", "district", "office", "safety", "chief", "root"):
        assert get_document_for(getattr(county, name), document.pk) == document, name
    for name in ("other", "stranger"):
        with pytest.raises(NotFound):
            get_document_for(getattr(county, name), document.pk)
        assert not documents_for(getattr(county, name))


def test_a_school_does_not_see_what_the_bureau_keeps(county):
    document = uploaded(county)
    with pytest.raises(NotFound):
        get_document_for(county.own, document.pk)


def test_the_list_finds_by_title_kind_and_file_name(county):
    document = uploaded(county)
    actions.add_evidence(data=b"\x89PNG1", name="现场.png", by=county.office)
    assert list(documents_for(county.office)) == [document]
    assert list(documents_for(county.office, text="工作总结")) == [document]
    assert list(documents_for(county.office, text="总结.docx")) == [document]
    assert not documents_for(county.office, kind="plan")
    assert documents_for(county.office, evidence=True).count() == 2


def test_a_picture_is_kept_as_evidence_without_being_read(county):
    added = actions.add_evidence(data=b"\x89PNG1", name="现场.png", by=county.own)
    assert added.document.kind == "evidence" and not hasattr(added.document, "reading")
    with pytest.raises(NotFound, match="佐证"):
        reading_for(added.document)
    with pytest.raises(Problem, match="不收"):
        actions.add_evidence(data=b"MZ", name="现场.exe", by=county.own)


def test_evidence_that_is_uploaded_again_as_a_document_is_read_then(county):
    data = as_docx(REPORT)
    kept = actions.add_evidence(data=data, name="总结.docx", by=county.office).document
    added = actions.add_document(data=data, name="总结.docx", by=county.office)
    assert added.document == kept and added.new and added.document.kind == "report"


def failing(document: Document) -> str:
    (check,) = [check for check in checks_for(document) if check.level == "alarm"]
    return check.key


def test_a_doubt_is_settled_by_a_named_person_and_outlives_a_second_reading(county):
    document = uploaded(county)
    key = failing(document)
    actions.settle_finding(
        document=document, key=key, decision="corrected", correction="75%", note="笔误", by=county.office
    )
    actions.reread(document=document, by=county.office)
    (check,) = [check for check in checks_for(document) if check.key == key]
    assert (check.settlement.correction, check.settlement.by) == ("75%", county.office)
    event = Event.objects.get(action="documents.document.finding_settled")
    assert event.data["correction"] == "75%" and event.actor_name == "办公室office"


def test_a_later_word_replaces_the_earlier_and_the_log_keeps_both(county):
    document = uploaded(county)
    key = failing(document)
    actions.settle_finding(document=document, key=key, decision="corrected", correction="75%", by=county.office)
    actions.settle_finding(document=document, key=key, decision="right", correction="忽略", by=county.safety)
    settlement = Settlement.objects.get()
    assert (settlement.decision, settlement.correction, settlement.by) == ("right", "", county.safety)
    assert Event.objects.filter(action="documents.document.finding_settled").count() == 2


def test_a_settlement_needs_a_real_doubt_a_decision_and_a_correction(county):
    document = uploaded(county)
    key = failing(document)
    with pytest.raises(NotFound):
        actions.settle_finding(document=document, key="0" * 16, decision="right", by=county.office)
    with pytest.raises(Problem, match="请选择"):
        actions.settle_finding(document=document, key=key, decision="", by=county.office)
    with pytest.raises(Problem, match="没有写更正成什么"):
        actions.settle_finding(document=document, key=key, decision="corrected", correction=" ", by=county.office)


def test_who_only_looks_does_not_settle(county):
    document = uploaded(county, by="own")
    for person in (county.chief, county.district):
        with pytest.raises(Forbidden, match="只能查看"):
            actions.settle_finding(document=document, key=failing(document), decision="right", by=person)
        with pytest.raises(Forbidden):
            actions.reread(document=document, by=person)


def test_a_lost_original_says_so(county):
    document = uploaded(county)
    stored(document.sha256).unlink()
    with pytest.raises(NotFound, match="文件库里找不到"):
        actions.reread(document=document, by=county.office)
