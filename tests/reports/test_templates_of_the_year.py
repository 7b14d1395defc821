"""The core pack's further texts, the computed words, the audit against the plan, and the proof by another route."""

from __future__ import annotations

import io
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from taizhang.catalog.current import catalog
from taizhang.kernel.periods import Period
from taizhang.reports.actions import write_report
from taizhang.reports.audit import (
    ANSWERED,
    BOUND,
    BY_CATALOGUE,
    BY_PLAN,
    PARTLY,
    SILENT,
    UNBACKED,
    Promise,
    audit,
    bound_sentences,
)
from taizhang.reports.blocks import Imprint, Note, plain, texts
from taizhang.reports.deviations import deviations
from taizhang.reports.linter import lint_template
from taizhang.reports.template import render
from taizhang.reports.trace import trace_bytes
from tests.reports.fakes import CORE, COUNTY, FakeSources, core, rendered

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from recompute_report import differences

PERIODS = {
    "week": "SY2026T1W05", "month": "2026-10", "quarter": "2026Q3", "half": "2026H1", "term": "SY2026T1", "year": "2026",
}  # fmt: skip


@pytest.mark.parametrize("declared", core().reports.values(), ids=lambda one: one.code)
def test_every_text_of_the_pack_is_without_fault_and_renders(declared) -> None:
    source = (CORE / declared.template).read_text(encoding="utf-8")
    assert lint_template(source, declared.template, core()) == []
    when = Period.parse(PERIODS.get(declared.period, "2026"))
    made = render(source, file=declared.template, sources=FakeSources(), unit=COUNTY, period=when)
    assert made.title
    assert len(made.bindings.bounds) > 10


def said(source: str, sources: FakeSources | None = None) -> str:
    return "".join(plain(runs) for block in rendered(source, sources).blocks for runs in texts(block))


def pupils(*values: int) -> FakeSources:
    """Pupils of 2026, 2025, 2024 …; none before."""
    years = {("在校生数", "B1", str(2026 - back), ""): Decimal(value) for back, value in enumerate(values)}
    return FakeSources(values=years | {("在校生数", "B1", str(2026 - len(values)), ""): None})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((300, 200, 100), "连续2年增长"),
        ((100, 200, 300), "连续2年下降"),
        ((300, 200, 250), "比上年增长"),
        ((200, 200, 100), "比上年持平"),
        ((200,), "比上年持平"),
    ],
)
def test_a_run_of_years_is_counted_from_the_figures(values: tuple[int, ...], words: str) -> None:
    assert words in said('{{ 连续("在校生数") }}', pupils(*values))


def test_ranks_put_the_better_first() -> None:
    values = {("隐患整改率", "D1", "2026", ""): Decimal("0.8"), ("隐患整改率", "D2", "2026", ""): Decimal("0.9")}
    source = '{% for 学区 in 单位列表("学区") %}{{ 学区 }}{{ 位次("隐患整改率", 单位=学区) }}；{% endfor %}'
    assert "城关学区第2位；河东学区第1位" in said(source, FakeSources(values=values))


def test_how_far_a_target_was_met_is_told_in_words_that_suit_it() -> None:
    source = "{% for 项 in 目标列表() %}{{ 项.对象 }}{{ 项.完成程度 }}；{% endfor %}"
    text = said(source)
    assert "公办园建设数完成；" in text
    assert "普惠园数完成90.00%；" in text
    assert "普惠率—；" in text


def test_the_note_on_missing_figures_stands_before_the_imprint() -> None:
    source = '# 通报\n{{ 值("在校生数") }}\n@抄送 县政府\n@印发 办公室 | {{ 截止日期() }}\n'
    blocks = rendered(source, pupils()).blocks
    assert [type(block) for block in blocks[-2:]] == [Note, Imprint]


def test_every_number_tells_its_rounding_and_its_cut_off() -> None:
    bound = next(iter(rendered('{{ 值("生师比") }}').bindings.bounds.values()))
    assert (bound.rounding, bound.day) == ("四舍五入到1位小数", "2026-12-31")
    assert bound.as_dict()["rounding"]


# The audit


PROMISES = [
    Promise("新建公办幼儿园", "学前", (("公办幼儿园学位", "新增学位180个"),)),
    Promise("落实家访制度", "德育", (("家访覆盖率", "覆盖率达到100%"),)),
    Promise("修订章程", "治理"),
    Promise("治理超大班额", "义务教育", (("超大班额比例", "降为0"),)),
]
SUMMARY = (
    "新建公办幼儿园按期开园，公办幼儿园学位增加190个。落实家访制度，教师走进每个家庭。隐患数为12条。接待来访35批。"
)


def test_promises_are_answered_partly_or_passed_over() -> None:
    verdicts = {(one.title, one.asked): one.verdict for one in audit(SUMMARY, PROMISES).answers}
    assert verdicts == {
        ("新建公办幼儿园", "新增学位180个"): ANSWERED,
        ("落实家访制度", "覆盖率达到100%"): PARTLY,
        ("修订章程", ""): SILENT,
        ("治理超大班额", "降为0"): SILENT,
    }


def test_claims_say_what_stands_behind_them() -> None:
    found = audit(SUMMARY + "已销号8条。", PROMISES, bound={"已销号8条。"}, names=["隐患数"])
    assert [(one.text[:4], one.verdict) for one in found.claims] == [
        ("新建公办", BY_PLAN),
        ("隐患数为", BY_CATALOGUE),
        ("接待来访", UNBACKED),
        ("已销号8", BOUND),
    ]


def test_a_sentence_with_one_typed_number_is_not_bound() -> None:
    inside = {"bindings": {"b1": {"shown": "12条"}}, "declared": [{"text": "“5+2”"}]}
    assert bound_sentences("登记12条。落实“5+2”。登记12条，投入3万元。", inside) == {"登记12条。", "落实“5+2”。"}


# From the database


@pytest.fixture
def report(county):
    return write_report(template="年度工作总结", unit="B1", period="2026", by=county.office)


def test_every_number_comes_out_the_same_by_another_route(county, report) -> None:
    equal, wrong = differences(report)
    assert wrong == []
    assert sum(equal.values()) == len(report.bindings) >= 120


def test_a_number_that_were_wrong_would_be_found_by_the_other_route(county, report) -> None:
    tag = next(
        tag for tag, bound in report.bindings.items() if bound["label"] == "在校生数" and bound["kind"] == "indicator"
    )
    report.bindings[tag]["shown"] = "9999人"
    _, wrong = differences(report)
    assert [line.partition(": ")[2] for line in wrong] == ["9999人 != 2320人"]


def test_the_same_figures_give_the_same_file_on_two_runs(county, report) -> None:
    again = write_report(template="年度工作总结", unit="B1", period="2026", by=county.office)
    assert (again.pk != report.pk, again.build, again.docx_bytes()) == (True, report.build, report.docx_bytes())


def test_what_is_written_departs_nowhere_from_the_standard_and_traces_whole(county, report) -> None:
    assert deviations(report.docx_bytes(), "a.docx") == []
    assert {item["verdict"] for item in trace_bytes(report.docx_bytes(), "a.docx")} == {"kept"}


@pytest.mark.parametrize(
    ("code", "unit", "period"),
    [
        ("half_year_summary", "B1", "2026H1"),
        ("progress_bulletin", "B1", "2026-10"),
        ("statistics_bulletin", "B1", "2026"),
        ("school_profile", "S1", "2026"),
        ("next_year_plan", "B1", "2026"),
    ],
)
def test_each_text_is_written_from_the_database(county, code: str, unit: str, period: str) -> None:
    made = write_report(template=code, unit=unit, period=period, by=county.office)
    assert made.bindings
    assert deviations(made.docx_bytes(), "a.docx") == []
    assert catalog().report(code).name


def test_the_pages_of_a_report_give_its_audit_its_origins_and_its_paper(county, report) -> None:
    client = Client()
    client.force_login(county.office)
    page = client.get(reverse("reports:coverage", args=[report.pk])).content.decode()
    assert "核定预算" in page
    table = client.get(reverse("reports:coverage", args=[report.pk]) + "?export=xlsx")
    assert openpyxl.load_workbook(io.BytesIO(table.content)).sheetnames == ["要点与回答", "总结与依据"]
    numbers = client.get(reverse("reports:numbers", args=[report.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(numbers.content)).active
    assert sheet.max_row == len(report.bindings) + 1
    assert any(row[1] == "2320人" and row[3] == 2320 for row in sheet.iter_rows(values_only=True))
    paper = client.get(reverse("reports:print", args=[report.pk])).content.decode()
    assert "2320人" in paper and "<nav" not in paper


@pytest.mark.parametrize("who", ["own", "other", "stranger"])
@pytest.mark.parametrize("name", ["coverage", "numbers", "print"])
def test_a_drafts_pages_are_not_there_for_others(county, report, who: str, name: str) -> None:
    client = Client()
    client.force_login(getattr(county, who))
    assert client.get(reverse(f"reports:{name}", args=[report.pk])).status_code == 404
