"""Documents through the browser: upload, review desk, settling, and who gets which page."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from taizhang.documents import actions
from taizhang.documents.across import across_of
from taizhang.documents.models import Document, Settlement
from taizhang.documents.queries import checks_for, reading_for
from taizhang.events.models import Event
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
    assert "更正为" in text_of(answer) and "75%" in text_of(answer) and "办公室office" in text_of(answer)
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
    assert 'class="said"' not in client.get(url).content.decode()
    (doubt,) = [check for check in checks_for(document) if check.doubtful]
    actions.settle_finding(
        document=document, key=doubt.key, decision="corrected", correction="<75%>", note="笔误", by=county.office
    )
    body = client.get(url).content.decode()
    found, text = body.split("<h2>正文：")
    for words in ("更正为：&lt;75%&gt;", "笔误", "办公室office"):
        assert words in found and words not in text


PAGES = ("detail", "original", "check_page", "findings_xlsx")


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
        client.post(reverse(f"documents:{page}", args=[document.pk])).status_code
        for page in ("reread", "settle", "unsettle")
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


SECOND = """测试县教育局2025年统计简报
一、教师培训
2025年,全县有在园幼儿12435人。
"""
FIRST = SECOND.replace("统计简报", "工作总结").replace("12435", "12345")


def keep_two(county: County, by: User) -> list[Document]:
    return [
        actions.add_document(data=text.encode(), name=name, by=by).document
        for text, name in ((FIRST, "总结.txt"), (SECOND, "简报.txt"))
    ]


def doubts_between(documents: list[Document]):
    return across_of(documents, [reading_for(document) for document in documents])


def test_documents_chosen_in_the_list_are_checked_against_each_other(county):
    documents, client = keep_two(county, county.office), as_(county.office)
    assert "互相核对" in text_of(client.get(reverse("documents:index")))
    keys = {"key": [document.pk for document in documents]}
    shown = text_of(client.get(reverse("documents:compare"), keys))
    assert "文稿之间 1 处" in shown and "12345" in shown and "12435" in shown
    report = client.get(reverse("documents:compare_check_page"), keys)
    assert "文稿之间" in text_of(report) and "sha256-" in report["Content-Security-Policy"]


def test_a_doubt_between_documents_is_settled_and_taken_back_whatever_their_order(county):
    documents, client = keep_two(county, county.office), as_(county.office)
    keys = f"?key={documents[0].pk}&key={documents[1].pk}"
    turned = f"?key={documents[1].pk}&key={documents[0].pk}"
    [doubt] = doubts_between(documents)
    settle, unsettle = (reverse(f"documents:compare_{name}") for name in ("settle", "unsettle"))
    word = {"key": doubt.key, "decision": "corrected", "correction": "12345人", "note": "简报笔误"}
    part = client.post(settle + turned, word, **HTMX)
    assert b"<html" not in part.content and "更正为" in text_of(part) and "简报笔误" in text_of(part)
    assert "已处理 1" in text_of(client.get(reverse("documents:compare") + turned))
    report = text_of(client.get(reverse("documents:compare_check_page") + keys))
    assert "更正为：12345人（简报笔误）" in report
    [said] = Settlement.objects.all()
    assert (said.document, said.by) == (documents[1], county.office)
    assert Event.objects.filter(
        action="documents.document.finding_settled", subject=f"document:{documents[1].pk}"
    ).exists()
    listed = text_of(client.get(reverse("documents:index")))
    assert "已处理 1" not in listed  # a word on two documents is none on a doubt within one
    answer = client.post(unsettle + keys, {"key": doubt.key})
    assert answer.url.endswith(f"#c-{doubt.key}") and not Settlement.objects.exists()
    assert client.post(unsettle + keys, {"key": doubt.key}).status_code == 404


def test_a_doubt_between_documents_that_is_not_there_or_not_answered_is_refused(county):
    documents, client = keep_two(county, county.office), as_(county.office)
    keys = f"?key={documents[0].pk}&key={documents[1].pk}"
    settle = reverse("documents:compare_settle") + keys
    [doubt] = doubts_between(documents)
    for word, status, told in (
        ({"key": "x0", "decision": "right"}, 404, "请刷新页面"),
        ({"key": doubt.key, "decision": "corrected"}, 422, "没有写更正成什么"),
        ({"key": doubt.key}, 422, "请选择"),
    ):
        answer = client.post(settle, word)
        assert answer.status_code == status and told in text_of(answer), word
    assert not Settlement.objects.exists()


@pytest.mark.parametrize(("name", "status"), [("own", 302), ("office", 302), ("other", 404), ("stranger", 404)])
def test_who_sees_both_and_may_work_on_the_later_one_settles_what_lies_between(county, name, status):
    documents = keep_two(county, county.own)
    keys = f"?key={documents[0].pk}&key={documents[1].pk}"
    word = {"key": doubts_between(documents)[0].key, "decision": "right"}
    assert as_(getattr(county, name)).post(reverse("documents:compare_settle") + keys, word).status_code == status
    assert Settlement.objects.exists() == (status == 302)


@pytest.mark.parametrize(("name", "status"), [("own", 200), ("office", 200), ("other", 404), ("stranger", 404)])
def test_only_documents_that_one_sees_can_be_compared(county, name, status):
    keys = {"key": [document.pk for document in keep_two(county, county.own)]}
    for page in ("compare", "compare_check_page"):
        assert as_(getattr(county, name)).get(reverse(f"documents:{page}"), keys).status_code == status


@pytest.mark.parametrize("keys", [[], ["1"], ["x", "y"], [str(number) for number in range(1, 30)]])
def test_a_comparison_needs_two_to_twelve_documents(county, keys):
    response = as_(county.office).get(reverse("documents:compare"), {"key": keys})
    assert response.status_code == 422 and "2 到 12 份" in text_of(response)


def test_evidence_cannot_be_compared(county):
    first = keep_two(county, county.office)[0]
    photo = actions.add_evidence(data=b"\x89PNG4", name="现场.png", by=county.office).document
    response = as_(county.office).get(reverse("documents:compare"), {"key": [first.pk, photo.pk]})
    assert response.status_code == 404 and "只作佐证" in text_of(response)


def test_several_files_at_once_are_kept_and_the_bad_one_is_told(county):
    client = as_(county.office)
    files = [
        SimpleUploadedFile("总结.txt", FIRST.encode()),
        SimpleUploadedFile("锁.docx", encrypted_docx()),
        SimpleUploadedFile("再传.txt", FIRST.encode()),
    ]
    response = client.post(reverse("documents:upload"), {"file": files})
    shown = text_of(client.get(response.url))
    assert response.url == reverse("documents:index") and Document.objects.count() == 1
    assert "“锁.docx”没有读取" in shown and "密码" in shown and "与以前上传过的完全相同" in shown


def test_too_many_files_at_once_are_refused_whole(county):
    files = [SimpleUploadedFile(f"{number}.txt", b"a") for number in range(21)]
    response = as_(county.office).post(reverse("documents:upload"), {"file": files})
    assert response.status_code == 422 and "最多上传 20 份" in text_of(response) and not Document.objects.exists()


def test_a_settled_doubt_is_undone_filtered_and_counted(county):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.office).document
    client, url = as_(county.office), reverse("documents:detail", args=[document.pk])
    (doubt,) = [check for check in checks_for(document) if check.doubtful]
    assert "已处理 0/1" in text_of(client.get(url))
    answer = client.post(
        reverse("documents:settle", args=[document.pk]), {"key": doubt.key, "decision": "right"}, **HTMX
    )
    assert "已处理 1/1" in text_of(answer) and "撤销处理" in text_of(answer)
    assert "全部处理完了" in text_of(client.get(url, {"show": "open"}))
    assert "原文无误" in text_of(client.get(url, {"show": "done"}))
    undone = client.post(reverse("documents:unsettle", args=[document.pk]), {"key": doubt.key}, **HTMX)
    assert "已处理 0/1" in text_of(undone) and not Settlement.objects.exists()
    assert "还没有处理过" in text_of(client.get(url, {"show": "done"}))
    again = client.post(reverse("documents:unsettle", args=[document.pk]), {"key": doubt.key})
    assert again.status_code == 404 and "还没有处理" in text_of(again)


def test_somebody_who_only_sees_a_document_can_take_nothing_back(county):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.own).document
    (doubt,) = [check for check in checks_for(document) if check.doubtful]
    actions.settle_finding(document=document, key=doubt.key, decision="right", by=county.own)
    response = as_(county.district).post(reverse("documents:unsettle", args=[document.pk]), {"key": doubt.key})
    assert response.status_code == 403 and Settlement.objects.count() == 1


def test_the_findings_leave_as_a_table_in_which_nothing_is_a_formula(county):
    document = actions.add_document(data=as_docx(REPORT), name="总结.docx", by=county.office).document
    (doubt,) = [check for check in checks_for(document) if check.doubtful]
    actions.settle_finding(
        document=document, key=doubt.key, decision="corrected", correction="=1+1", note="笔误", by=county.office
    )
    response = as_(county.office).get(reverse("documents:findings_xlsx", args=[document.pk]))
    sheet = load_workbook(BytesIO(response.content)).active
    head, line = ([cell.value for cell in row] for row in sheet.iter_rows())
    found = dict(zip(head, line, strict=True))
    assert found["位置"] == "第5行" and found["章节"].startswith("二、经费工作") and found["处理"] == "更正为"
    assert found["更正为"] == "'=1+1" and found["处理人"] == str(county.office) and "75.00%" in found["算式"]


def test_a_schedule_and_the_repairs_have_tabs_of_their_own(county):
    text = "测试县教育局一周工作安排\n本周工作安排(2025年9月29日—10月5日)\n周一 上午 局党组会\n周二 校车检查\n周三至周日 值班\n"
    document = actions.add_document(data=text.encode(), name="周.txt", by=county.office).document
    client, url = as_(county.office), reverse("documents:detail", args=[document.pk])
    shown = text_of(client.get(url, {"tab": "schedule"}))
    assert "周一上午" in shown and "2025-10-01 至 2025-10-05" in shown and "值班" in shown
    assert "tab=repairs" not in client.get(url).content.decode()
    assert "没有需要修补的地方" in text_of(client.get(url, {"tab": "repairs"}))
    pinyin = "规(guī)范办学行为,推(tuī)进改革。".encode()
    repaired = actions.add_document(data=pinyin, name="注音.txt", by=county.office).document
    shown = text_of(client.get(reverse("documents:detail", args=[repaired.pk]), {"tab": "repairs"}))
    assert "（略去）" in shown and "原文没有改动" in shown
