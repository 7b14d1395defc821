"""The pages: list, writing, the paper with origins, download, signing, a copy that came back."""

from __future__ import annotations

import io
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from taizhang.reports.actions import write_report
from taizhang.reports.audit import Answer, Audit, Claim, as_xlsx
from taizhang.reports.models import Report
from tests.support import County


@pytest.fixture
def report(county: County) -> Report:
    return write_report(template="annual_summary", unit="B1", period="2026", by=county.office)


def browser(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"reports:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_reports_and_the_way_to_a_new_one(county, report) -> None:
    text = page(browser(county.office), "index")
    assert report.title in text
    assert reverse("reports:write") in text


def test_who_only_reads_sees_no_way_to_write(county, report) -> None:
    text = page(browser(county.own), "index")
    assert report.title not in text
    assert reverse("reports:write") not in text


def test_the_form_writes_a_report(county) -> None:
    client = browser(county.office)
    assert "年度工作总结" in page(client, "write")
    response = client.post(reverse("reports:write"), {"template": "annual_summary", "unit": "B1", "period": "2026"})
    report = Report.objects.get()
    assert response.headers["Location"] == reverse("reports:detail", args=[report.pk])
    assert report.made_by == county.office


def test_a_wrong_period_stays_in_the_form_with_its_remedy(county) -> None:
    response = browser(county.office).post(
        reverse("reports:write"), {"template": "annual_summary", "unit": "B1", "period": "2026-09"}
    )
    assert response.status_code == 200
    assert "期间请填年" in response.content.decode()
    assert not Report.objects.exists()


def test_the_paper_tells_where_each_number_comes_from(county, report) -> None:
    text = page(browser(county.office), "detail", report.pk)
    assert "2320人" in text
    assert "sum(教育基本情况.在校生数)" in text
    assert "2025-2026学年" in text
    assert f"{reverse('indicators:indicator', args=['pupil_count'])}?unit=B1&amp;period=SY2025" in text
    assert text.count('role="tooltip"') == len(report.bindings)
    assert "data-tag" not in text


def test_a_name_with_markup_in_it_stays_a_name(county, report) -> None:
    report.bindings["b1"]["label"] = "<script>alert(1)</script>"
    report.save()
    text = page(browser(county.office), "detail", report.pk)
    assert "<script>alert" not in text


def test_the_download_is_the_file_as_written(county, report) -> None:
    response = browser(county.office).get(reverse("reports:download", args=[report.pk]))
    assert response.content == report.docx_bytes()
    assert f"{report.title}.docx" in unquote(response.headers["Content-Disposition"])


@pytest.mark.parametrize("name", ["detail", "download"])
@pytest.mark.parametrize("who", ["own", "stranger"])
def test_a_draft_is_not_there_for_others(county, report, who: str, name: str) -> None:
    response = browser(getattr(county, who)).get(reverse(f"reports:{name}", args=[report.pk]))
    assert response.status_code == 404


@pytest.mark.parametrize("name", ["write", "trace"])
def test_writing_pages_are_closed_to_others(county, name: str) -> None:
    assert browser(county.own).get(reverse(f"reports:{name}")).status_code == 403


def test_nobody_comes_in_without_an_account(county) -> None:
    assert Client().get(reverse("reports:index")).status_code == 302


def test_the_leader_signs(county, report) -> None:
    client = browser(county.chief)
    assert "签发" in page(client, "detail", report.pk)
    assert client.post(reverse("reports:publish", args=[report.pk]), {"revision": "x"}).status_code == 422
    client.post(reverse("reports:publish", args=[report.pk]), {"revision": "1"})
    report.refresh_from_db()
    assert report.state == Report.PUBLISHED


def test_a_returned_copy_shows_what_was_changed(county, report) -> None:
    document = Document(io.BytesIO(report.docx_bytes()))
    controls = list(document.element.body.iter(qn("w:sdt")))
    changed = next(item for item in controls if "".join(item.itertext()).endswith("2320人"))
    next(changed.iter(qn("w:t"))).text = "2500人"
    target = io.BytesIO()
    document.save(target)
    upload = SimpleUploadedFile("退回.docx", target.getvalue())
    response = browser(county.office).post(reverse("reports:trace"), {"file": upload}, follow=True)
    text = response.content.decode()
    assert "被改动" in text
    assert "+180" in text
    assert response.redirect_chain == [(reverse("reports:copy", args=[report.copies.get().pk]), 302)]


def test_a_strange_file_is_a_problem_not_a_crash(county) -> None:
    upload = SimpleUploadedFile("表.docx", b"not a document")
    response = browser(county.office).post(reverse("reports:trace"), {"file": upload})
    assert response.status_code == 422
    assert "RPT-021" in response.content.decode() or "不是 .docx" in response.content.decode()


def test_the_table_of_the_audit_runs_nothing_that_somebody_typed() -> None:
    found = Audit((Answer("章", "=1+1", "", "已回答", "@cmd"),), (Claim("-2+3 项", "没有依据", ""),))
    book = load_workbook(io.BytesIO(as_xlsx(found)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert [sheet.title for sheet in book] == ["要点与回答", "总结与依据"]
    assert {"=1+1", "@cmd", "-2+3 项"} <= {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} == {"s"}
