"""A signed report is archived whole, and may stand before the public until somebody withdraws it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.catalog.current import catalog
from taizhang.events.models import Event, Work
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.plans.models import Target, Task
from taizhang.reading.formats import office
from taizhang.reports import archive, public
from taizhang.reports.actions import publish_report, write_report
from taizhang.reports.models import Report


@pytest.fixture
def report(county) -> Report:
    return write_report(template="年度工作总结", unit="B1", period="2026", by=county.office)


@pytest.fixture
def signed(county, report) -> Report:
    return publish_report(report=report, revision=1, by=county.chief)


def browser(user: Any = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


# Archive


def test_the_package_holds_every_form_and_a_manifest_with_the_hash_of_each(signed, monkeypatch) -> None:
    monkeypatch.setattr(archive, "to_pdf", lambda docx: b"%PDF-1.7 drawn from " + docx[:2])
    files = unpacked(archive.package(signed))
    title = signed.title
    assert set(files) == {
        f"{title}.docx",
        f"{title}.html",
        f"{title}.pdf",
        "数字出处.xlsx",
        "数字出处.json",
        "清单.json",
    }
    manifest = json.loads(files["清单.json"])
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "清单.json"
    }
    assert (manifest["note"], manifest["build"], manifest["signed_by"]) == ("", signed.build, str(signed.published_by))
    assert files[f"{title}.docx"] == signed.docx_bytes()
    assert b"rp-paper" in files[f"{title}.html"] and b"<link" not in files[f"{title}.html"]


def test_a_title_with_a_stroke_names_its_files_alike_in_the_package_and_the_manifest(signed, monkeypatch) -> None:
    monkeypatch.setattr(archive, "to_pdf", lambda docx: b"%PDF")
    signed.title = "2025/2026学年总结"
    files = unpacked(archive.package(signed))
    assert "2025／2026学年总结.pdf" in files
    assert {one["name"] for one in json.loads(files["清单.json"])["files"]} == set(files) - {"清单.json"}


def test_the_json_names_each_number_of_the_text_with_indicator_unit_period_value_and_build(signed, monkeypatch) -> None:
    monkeypatch.setattr(archive, "to_pdf", lambda docx: None)
    found = json.loads(unpacked(archive.package(signed))["数字出处.json"])
    assert len(found["numbers"]) == len(signed.used())
    pupils = next(one for one in found["numbers"] if one["shown"] == "2320人")
    assert (pupils["indicator"], pupils["unit_code"], pupils["period"], pupils["value"]) == (
        "pupil_count",
        "B1",
        "SY2025",
        "2320",
    )
    assert pupils["build"] == signed.build


def test_without_libreoffice_the_package_says_that_it_holds_no_pdf(signed, monkeypatch) -> None:
    monkeypatch.setattr(office.shutil, "which", lambda name: None)
    files = unpacked(archive.package(signed))
    assert not any(name.endswith(".pdf") for name in files)
    assert "LibreOffice" in json.loads(files["清单.json"])["note"]


def test_the_same_report_gives_the_same_package(signed, monkeypatch) -> None:
    monkeypatch.setattr(archive, "to_pdf", lambda docx: None)
    first = unpacked(archive.package(signed))
    second = unpacked(archive.package(signed))
    assert {name for name in first if first[name] != second[name]} <= {"数字出处.xlsx", "清单.json"}


def test_a_draft_is_not_archived(county, report) -> None:
    with pytest.raises(Problem, match="草稿不归档"):
        archive.package(report)
    assert browser(county.chief).post(reverse("reports:archive", args=[report.pk])).status_code == 422
    assert not Work.objects.exists()


def test_libreoffice_that_fails_is_told(monkeypatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(office.shutil, "which", lambda name: "/usr/bin/soffice")
    monkeypatch.setattr(office.subprocess, "run", broken)
    with pytest.raises(Problem, match="PDF") as refusal:
        archive.to_pdf(b"docx")
    assert refusal.value.remedy


def test_the_button_makes_the_package_in_the_background(county, signed, monkeypatch, settings, tmp_path: Path) -> None:
    monkeypatch.setattr(archive, "to_pdf", lambda docx: None)
    client = browser(county.office)
    answer = client.post(reverse("reports:archive", args=[signed.pk]))
    made = Work.objects.get(kind="reports.archive")
    assert answer.url == reverse("events:work", args=[made.pk])
    archive.make_package(made, report=signed.pk)
    assert "清单.json" in unpacked(made.path.read_bytes())
    assert browser(county.stranger).post(reverse("reports:archive", args=[signed.pk])).status_code == 404


# Before the public


def test_a_leader_opens_a_signed_report_and_strangers_read_it_with_meanings_and_no_way_to_rows(county, signed) -> None:
    assert browser().get(reverse("public_reports:report", args=[signed.pk])).status_code == 404
    assert browser(county.chief).post(reverse("reports:open", args=[signed.pk])).status_code == 302
    page = browser().get(reverse("public_reports:report", args=[signed.pk]))
    text = page.content.decode()
    assert page.status_code == 200 and page["Cache-Control"] == "no-store"
    assert "2320人" in text and "口径" in text
    paper = text.split("<article")[1].split("</article>")[0]
    assert "<a " not in paper and signed.build not in text and "分子" not in text
    assert signed.title in browser().get(reverse("public_reports:index")).content.decode()
    assert "公开的总结和公报" in browser().get(reverse("public:index")).content.decode()
    assert "公众页面" in browser(county.chief).get(reverse("reports:detail", args=[signed.pk])).content.decode()


def test_it_is_withdrawn_with_a_reason_and_who_and_why_stays(county, signed) -> None:
    public.open_report(report=signed, by=county.chief)
    client, address = browser(county.chief), reverse("reports:withdraw", args=[signed.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "数据有补报"}).status_code == 302
    assert browser().get(reverse("public_reports:report", args=[signed.pk])).status_code == 404
    assert "公开的总结和公报" not in browser().get(reverse("public:index")).content.decode()
    assert "数据有补报" in client.get(reverse("reports:detail", args=[signed.pk])).content.decode()
    told = Event.objects.filter(
        subject=f"report:{signed.pk}", action__in=["reports.report.opened", "reports.report.withdrawn"]
    )
    assert told.count() == 2
    with pytest.raises(Problem, match="没有公开"):
        public.withdraw_report(report=signed, reason="再撤", by=county.chief)
    public.open_report(report=signed, by=county.chief)
    assert signed.publications.count() == 2


def test_a_draft_and_an_open_report_are_not_opened(county, report) -> None:
    with pytest.raises(Problem, match="草稿不能公开"):
        public.open_report(report=report, by=county.chief)
    signed = publish_report(report=report, revision=1, by=county.chief)
    public.open_report(report=signed, by=county.chief)
    with pytest.raises(Problem, match="已经公开"):
        public.open_report(report=signed, by=county.chief)


@pytest.mark.parametrize("who", ["office", "own", "other", "stranger"])
def test_nobody_else_opens_or_withdraws(county, signed, who: str) -> None:
    user = getattr(county, who)
    with pytest.raises((Forbidden, NotFound)):
        public.open_report(report=signed, by=user)
    public.open_report(report=signed, by=county.chief)
    with pytest.raises((Forbidden, NotFound)):
        public.withdraw_report(report=signed, reason="不该能撤", by=user)
    assert signed.publications.get().withdrawn_at is None


def test_numbers_that_stand_for_too_few_people_keep_a_report_back(county, signed) -> None:
    register = catalog().register("student_aid")
    indicator = next(one.code for one in catalog().indicators.values() if one.register_code == register.code)
    tag, bound = next((tag, bound) for tag, bound in signed.bindings.items() if bound["shown"] == "2320人")
    counted = {
        **bound,
        "kind": "record_count",
        "code": register.code,
        "label": "困难学生数",
        "shown": "3",
        "value": "3",
    }
    signed.bindings = {**signed.bindings, tag: counted}
    signed.save(update_fields=["bindings"])
    with pytest.raises(Problem, match=r"困难学生数（3）") as refusal:
        public.open_report(report=signed, by=county.chief)
    assert refusal.value.remedy and not signed.publications.exists()
    # As many as the register lets out, and an indicator behind which there is nobody at all, keep nothing back.
    for change in ({"value": "5", "shown": "5"}, {"kind": "indicator", "code": indicator, "period": "2026"}):
        signed.bindings = {**signed.bindings, tag: {**counted, **change}}
        signed.save(update_fields=["bindings"])
        assert list(public.small_cells(signed)) == []


def test_an_indicator_of_few_persons_keeps_a_report_back_too(county, signed, monkeypatch) -> None:
    register = catalog().register("student_aid")
    indicator = next(one.code for one in catalog().indicators.values() if one.register_code == register.code)
    tag, bound = next((tag, bound) for tag, bound in signed.bindings.items() if bound["shown"] == "2320人")
    signed.bindings = {**signed.bindings, tag: {**bound, "code": indicator, "period": "2026", "shown": "3000元"}}
    monkeypatch.setattr(public, "_rows_behind", lambda bound, build: 4)
    assert [one["shown"] for one in public.small_cells(signed)] == ["3000元"]


def figure_of(rows: int, value: str, above: str = "", below: str = "", unit: str = "人") -> Any:
    """A figure as the indicators give it, of so many records."""
    numerator, denominator = (Decimal(part) if part else None for part in (above, below))
    parts = {"value": Decimal(value), "numerator": numerator, "denominator": denominator}
    return SimpleNamespace(indicator=SimpleNamespace(unit=unit), rows=rows, group=None, **parts)


@pytest.mark.parametrize(
    ("kind", "figures", "kept_back"),
    [
        ("indicator", [figure_of(40, "3")], True),
        ("indicator", [figure_of(40, "12")], False),
        ("indicator", [figure_of(40, "0.5", "2", "4", "%")], True),
        ("indicator", [figure_of(40, "0.9", "36", "40", "%")], False),
        ("indicator", [figure_of(40, "1", unit="%")], False),
        ("change", [figure_of(40, "12"), figure_of(30, "2")], True),
        ("change", [figure_of(40, "12"), figure_of(30, "9")], False),
        ("limit", [figure_of(2, "2")], False),
        ("actual", [figure_of(40, "3")], True),
    ],
)
def test_few_of_many_records_and_last_years_few_keep_a_report_back(
    county, signed, monkeypatch, kind: str, figures: list[Any], kept_back: bool
) -> None:
    indicator = catalog().indicator("aid_persons")
    given = iter(figures)
    monkeypatch.setattr(public, "value_for", lambda *_, **__: next(given))
    tag, bound = next((tag, bound) for tag, bound in signed.bindings.items() if bound["shown"] == "2320人")
    code = indicator.code
    if kind == "actual":
        target = Target.objects.create(
            task=Task.objects.first(), subject="资助人数", text="资助人数", indicator_code=code
        )
        code = f"task:{target.task_id}"
    told = {**bound, "kind": kind, "code": code, "label": "资助人数", "period": "SY2026", "where": []}
    signed.bindings = {tag: told}
    assert [one["label"] for one in public.small_cells(signed)] == ["资助人数"] * kept_back
