"""Documents through the browser: upload, review desk, settling, and who gets which page."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taizhang.documents import actions
from taizhang.documents.models import Document, Settlement
from taizhang.documents.queries import checks_for
from taizhang.org.models import User
from tests.documents.builders import REPORT, as_docx, encrypted_docx
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def county() -> County:
    return make_county()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, name: str, data: bytes, **headers):
    return client.post(reverse("documents:upload"), {"file": SimpleUploadedFile(name, data)}, **headers)


def text_of(response) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_an_upload_leads_to_the_review_desk_with_its_arithmetic(county):
    client = as_(county.office)
    response = send(client, "总结.docx", as_docx(REPORT), **HTMX)
    document = Document.objects.get()
    assert response.headers["HX-Redirect"] == reverse("documents:detail", args=[document.pk])
    shown = client.get(response.headers["HX-Redirect"])
    body = shown.content.decode()
    assert "150 ÷ 200 = 75.00%" in body and "tz-mark-alarm" in body and "tz-mark-ok" in body
    assert "已读取《测试县教育局2025年工作总结》" in text_of(shown)


def test_the_marked_text_is_the_documents_text_to_the_letter(county):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.office).document
    body = as_(county.office).get(reverse("documents:detail", args=[document.pk])).content.decode()
    marked = re.search(r'<div class="tz-marked-text"[^>]*>(.*?)</div>', body, re.S)[1]
    assert re.sub(r"<[^>]+>", "", marked) == document.reading.text


def test_markup_in_a_document_stays_text(county):
    data = "关于检查的通知\n<script>alert(1)</script>共10所&学校。".encode()
    document = actions.add_document(data=data, name="通知.txt", by=county.office).document
    for tab in ("check", "outline", "tasks"):
        body = as_(county.office).get(reverse("documents:detail", args=[document.pk]), {"tab": tab}).content.decode()
        assert "<script>alert" not in body and "&lt;script&gt;" in body


def test_the_same_file_again_is_answered_with_a_notice(county):
    client = as_(county.office)
    send(client, "一.docx", data := as_docx(REPORT))
    response = send(client, "二.docx", data)
    assert "以前上传过" in text_of(client.get(response.url)) and Document.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.docx", b"", "空"),
        ("锁.docx", encrypted_docx(), "密码"),
        ("程序.exe", b"MZ", "不收"),
    ],
)
def test_a_bad_upload_is_explained_and_keeps_nothing(county, name, data, words):
    response = send(as_(county.office), name, data, **HTMX)
    assert response.status_code == 422 and words in text_of(response) and "处理办法" in text_of(response)
    assert not Document.objects.exists()


def test_a_file_beyond_the_limit_is_refused_before_it_is_taken_into_memory(county, monkeypatch):
    monkeypatch.setattr("taizhang.documents.forms.MAX_BYTES", 3)
    response = send(as_(county.office), "大.txt", b"1234")
    assert response.status_code == 422 and "超过 40 MB" in text_of(response)


def test_an_upload_without_a_file_is_explained(county):
    response = as_(county.office).post(reverse("documents:upload"))
    assert response.status_code == 422 and "没有选择文件" in text_of(response)


def test_a_doubt_is_settled_on_the_page(county):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.office).document
    client = as_(county.office)
    url = reverse("documents:detail", args=[document.pk])
    key = re.search(r'name="key" value="(\w+)"', client.get(url).content.decode())[1]
    answer = client.post(
        reverse("documents:settle", args=[document.pk]),
        {"key": key, "decision": "corrected", "correction": "75%", "note": "笔误"},
        **HTMX,
    )
    # the count on the tab goes down with it
    assert re.search(r'id="tabs" hx-swap-oob="true".*核数.*?>0<', answer.content.decode(), re.S)
    assert "应更正" in text_of(answer) and "75%" in text_of(answer) and "办公室office" in text_of(answer)
    assert "1 处，均已处理" in text_of(client.get(reverse("documents:index")))
    refused = client.post(reverse("documents:settle", args=[document.pk]), {"key": key, "decision": "corrected"})
    assert refused.status_code == 422 and Settlement.objects.get().correction == "75%"


def test_the_original_comes_back_byte_for_byte_and_is_never_opened_in_place(county):
    data = as_docx(REPORT)
    document = actions.add_document(data=data, name="总结.docx", by=county.office).document
    response = as_(county.office).get(reverse("documents:original", args=[document.pk]))
    assert b"".join(response.streaming_content) == data
    assert response["Content-Disposition"].startswith("attachment")


def test_the_check_report_is_one_page_of_its_own(county):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.office).document
    body = as_(county.office).get(reverse("documents:check_page", args=[document.pk])).content.decode()
    assert "75.00%" in body and "<script" not in body


def test_the_check_report_shows_who_settled_which_doubt_and_how(county):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.office).document
    client, url = as_(county.office), reverse("documents:check_page", args=[document.pk])
    assert "处理情况" not in client.get(url).content.decode()
    (doubt,) = [check for check in checks_for(document) if check.doubtful]
    actions.settle_finding(
        document=document, key=doubt.key, decision="corrected", correction="<75%>", note="笔误", by=county.office
    )
    body = client.get(url).content.decode()
    found, text = body.split("<h2>正文</h2>")
    for words in ("处理情况", "应更正：&lt;75%&gt;", "笔误", "办公室office"):
        assert words in found and words not in text


PAGES = ("detail", "original", "check_page")


@pytest.mark.parametrize(
    ("name", "status"),
    [("own", 200), ("district", 200), ("office", 200), ("chief", 200), ("other", 404), ("stranger", 404)],
)
def test_every_page_is_replayed_by_everybody(county, name, status):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.own).document
    client = as_(getattr(county, name))
    for page in PAGES:
        response = client.get(reverse(f"documents:{page}", args=[document.pk]))
        assert response.status_code == status, page
        if response.streaming:
            assert b"".join(response.streaming_content)
    listed = document.title in client.get(reverse("documents:index")).content.decode()
    assert listed == (status == 200)
    writes = {
        client.post(reverse(f"documents:{page}", args=[document.pk])).status_code for page in ("reread", "settle")
    }
    assert writes <= ({200, 302, 403, 404, 422} if status == 200 else {404})


def test_someone_logged_out_is_sent_to_the_login_page(county):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.own).document
    for page in PAGES:
        assert "login" in Client().get(reverse(f"documents:{page}", args=[document.pk])).url


def test_evidence_has_a_page_without_text(county):
    document = actions.add_evidence(data=b"\x89PNG4", name="现场.png", by=county.own).document
    shown = as_(county.own).get(reverse("documents:detail", args=[document.pk]))
    assert "没有读取文字" in text_of(shown)
    assert as_(county.own).get(reverse("documents:check_page", args=[document.pk])).status_code == 404


def test_an_empty_list_says_what_to_do(county):
    assert "还没有文稿" in text_of(as_(county.office).get(reverse("documents:index")))
    assert "没有符合条件的文稿" in text_of(as_(county.office).get(reverse("documents:index"), {"q": "无"}))


def test_the_list_asks_as_often_for_many_documents_as_for_few(county):
    client = as_(county.office)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("documents:index")).status_code == 200
        return len(asked)

    for number in range(2):
        actions.add_document(data=f"通知{number}\n请各校做好准备。".encode(), name=f"{number}.txt", by=county.office)
    questions()
    few = questions()
    for number in range(2, 15):
        actions.add_document(data=f"通知{number}\n请各校做好准备。".encode(), name=f"{number}.txt", by=county.office)
    assert questions() == few
