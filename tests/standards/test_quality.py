"""Questions about data: unsound, jumped, far from its like, missing, late; who sees them and who is told."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound
from taizhang.kernel.periods import Period
from taizhang.org.models import Notice
from taizhang.registers.actions import create_record
from taizhang.registers.collections.actions import open_round
from taizhang.registers.collections.models import Return
from taizhang.registers.steps import take_step
from taizhang.standards.actions import urge_units
from taizhang.standards.quality import quartiles, report_for
from tests.standards.county import ROWS, make_schools
from tests.support import County

pytestmark = pytest.mark.django_db
YEAR = Period.parse("SY2025")
# S5 has pupils and no teacher; S4's books are twenty times those of its like.
BAD = ROWS.replace("S5,SY2025,小学,小学教学点,40,1,100,100", "S5,SY2025,小学,小学教学点,40,0,100,400")
FAR = BAD.replace("300,12,1500,3300,515000,40", "300,12,1500,66000,515000,40")
MORE = "N1,SY2025,小学,小学,110,10,900,1270,400000,40\nS3,SY2025,小学,小学,200,10,900,2250,400000,40\n"


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = settings.FILES = tmp_path
    return make_schools(FAR + MORE)


def found(user, county: County, unit: str = "B1", period: Period = YEAR) -> dict[tuple[str, str], str]:
    report = report_for(user, "halls", county.unit(unit), period)
    return {(item.unit_name, item.rule): item.said for item in report.findings}


def test_each_kind_of_question_finds_what_it_is_for(county: County):
    said = found(county.finance, county)
    assert set(said) == {("第五小学", "halls_nobody"), ("第二小学", "halls_jump"), ("第四小学", "halls_far")}
    assert said["第二小学", "halls_jump"] == "上年 120，本年 200（+66.7%）"
    assert said["第四小学", "halls_far"].startswith("220，小学的中位数 11.4")


def test_a_unit_that_had_data_and_has_none_is_missing_and_the_coverage_says_so(county: County):
    report = report_for(county.finance, "halls", county.unit("B1"), Period.parse("SY2026"))
    assert (report.filed, report.expected, report.coverage) == (0, 6, "0/6")
    assert {item.level for item in report.findings} == {"missing"}
    assert len(report.units) == 6


def test_a_round_that_is_over_makes_the_missing_late(county: County, monkeypatch):
    due = timezone.localdate() + timedelta(days=2)
    asked = {"register": "halls", "period": "SY2026", "title": "资源报表", "due_on": due}
    open_round(units=[county.unit("S1"), county.unit("N1")], by=county.finance, contact="", **asked)
    levels = {
        item.unit_code: item.level
        for item in report_for(county.finance, "halls", county.unit("B1"), Period.parse("SY2026")).findings
    }
    assert levels["S1"] == "missing"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, **k: due + timedelta(days=1))
    levels = {
        item.unit_code: item.level
        for item in report_for(county.finance, "halls", county.unit("B1"), Period.parse("SY2026")).findings
    }
    assert (levels["S1"], levels["S2"]) == ("late", "missing")


def test_a_school_sees_its_own_questions_a_district_its_schools(county: County):
    assert found(county.own, county, "S1") == {}
    assert {name for name, _ in found(county.district, county, "D1")} == {"第二小学", "第四小学"}
    with pytest.raises(NotFound):
        report_for(county.stranger, "halls", county.unit("B1"))
    with pytest.raises(NotFound, match="质量规则"):
        report_for(county.finance, "honour", county.unit("B1"))


def test_open_cases_beyond_their_time_are_told(settings, tmp_path, monkeypatch):
    settings.WAREHOUSE = settings.FILES = tmp_path
    county = make_schools()
    hazard = {
        "发现日期": "2026-03-01",
        "隐患类别": "消防安全",
        "隐患描述": "灭火器过期",
        "隐患部位": "楼道",
        "责任人电话": "15400000001",
    }
    record = create_record(register="safety_hazard", unit=county.unit("S1"), values=hazard, by=county.own).record
    take_step(record=record, step="下发整改通知", by=county.safety, values={"整改期限": "2026-03-20"})
    report = report_for(county.safety, "safety_hazard", county.unit("B1"), Period.parse("2026"))
    assert [(item.level, item.record) for item in report.findings if item.rule == "late"] == [("late", record.pk)]


def test_who_filed_too_late_is_named_even_though_the_data_is_there(county: County, client: Client):
    due = timezone.localdate() + timedelta(days=3)
    open_round(register="halls", period="SY2025", title="资源表", due_on=due, units=[county.unit("S1"), county.unit("S2")],
               by=county.finance, contact="", asked_again="试报一次")  # fmt: skip
    Return.objects.filter(unit__code="S1").update(
        state=Return.APPROVED, is_late=True, first_submitted_at=timezone.now()
    )
    report = report_for(county.finance, "halls", county.unit("B1"), YEAR)
    assert [item.unit_name for item in report.findings if item.level == "tardy"] == ["第一小学"]
    assert report.count("missing") == report.expected - report.filed, "who was late is not missing"
    client.force_login(county.finance)
    assert "过了截止日期才报" in client.get("/quality/halls/?unit=B1&period=SY2025&level=tardy").content.decode()
    client.force_login(county.other)
    assert "过了截止日期才报" not in client.get("/quality/halls/?period=SY2025").content.decode()


def test_quartiles_are_those_of_the_textbook():
    assert quartiles([Decimal(n) for n in (1, 2, 3, 4)]) == (Decimal("1.75"), Decimal("2.5"), Decimal("3.25"))
    assert quartiles([Decimal(7)] * 5) == (7, 7, 7)


def test_urging_tells_the_people_of_the_units_and_nobody_else(county: County):
    report = report_for(county.finance, "halls", county.unit("B1"), YEAR)
    assert urge_units(report=report, findings=report.findings, by=county.finance) == 1
    notice = Notice.objects.get()
    assert notice.user == county.other and "资源表" in notice.text and notice.url == "/quality/halls/?period=SY2025"
    with pytest.raises(Forbidden, match="请主管科室催办"):
        urge_units(report=report, findings=report.findings, by=county.own)


def test_the_pages_show_filter_export_and_urge(county: County, client: Client):
    client.force_login(county.finance)
    assert "资源表" in client.get("/quality/").content.decode()
    page = client.get("/quality/halls/?unit=B1&period=SY2025").content.decode()
    assert "有学生却没有教师" in page and "提醒涉及的 3 家单位" in page
    assert "有学生却没有教师" not in client.get("/quality/halls/?unit=B1&period=SY2025&level=warning").content.decode()
    book = client.get("/quality/halls/?unit=B1&period=SY2025&export=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 4 and rows[1][1] == "第五小学"
    taken = Event.objects.get(action="registers.list.exported")
    assert taken.subject == "register:halls" and taken.data["rows"] == 3, "who took the list away is in the log"
    client.post("/quality/halls/urge/", {"unit": "B1", "period": "SY2025", "level": "error"})
    assert Notice.objects.count() == 0, "nobody works at the small point"
    client.post("/quality/halls/urge/", {"unit": "B1", "period": "SY2025"})
    assert Notice.objects.get().user == county.other
    client.force_login(county.other)
    assert "提醒涉及的" not in client.get("/quality/halls/?period=SY2025").content.decode()
    assert client.post("/quality/halls/urge/", {"period": "SY2025"}).status_code == 403
    client.force_login(county.stranger)
    assert client.get("/quality/halls/").status_code == 404


def test_a_page_takes_few_queries_however_many_records(county: County, client: Client, django_assert_max_num_queries):
    client.force_login(county.finance)
    client.get("/quality/halls/?unit=B1&period=SY2025")
    with django_assert_max_num_queries(25):
        client.get("/quality/halls/?unit=B1&period=SY2025")


def test_every_shipped_rule_runs_on_the_core_registers(county: County):
    from taizhang.catalog.current import catalog

    for code in {rule.register_code for rule in catalog().quality.values()}:
        report_for(
            county.root,
            code,
            county.unit("B1"),
            Period.parse("SY2025") if code != "safety_hazard" else Period.of("year", date(2026, 1, 1)),
        )
