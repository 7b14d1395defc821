"""The door on the bureau's own data, and the report that comes through it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.kernel.periods import Period
from taizhang.plans.models import Plan, Task
from taizhang.reports.actions import publish_report, write_report
from taizhang.reports.models import Report
from taizhang.reports.queries import get_report_for, reports_for
from taizhang.reports.sources import BureauSources, unit_ref
from taizhang.reports.trace import trace_bytes
from tests.support import County

YEAR = Period.parse("2026")


@pytest.fixture
def sources(county: County) -> BureauSources:
    door = BureauSources(county.office, county.unit("B1"), YEAR)
    door.day = date(2026, 12, 31)
    return door


def value(sources: BureauSources, county: County, indicator: str, period: str = "2026", unit: str = "B1", **where: str):
    return sources.value(indicator, unit_ref(county.unit(unit)), Period.parse(period), where)


def test_a_year_reads_the_newest_return_there_is(sources, county) -> None:
    reading = value(sources, county, "在校生数")
    assert (reading.value, reading.period) == (Decimal(820 + 590 + 910), "SY2025")


def test_last_year_stays_one_year_before(sources, county) -> None:
    reading = value(sources, county, "在校生数", "2025")
    assert (reading.value, reading.period) == (Decimal(800 + 600 + 900), "SY2024")


def test_a_year_before_all_returns_has_no_value(sources, county) -> None:
    assert value(sources, county, "在校生数", "2023").value is None


def test_a_stage_restricts_the_value(sources, county) -> None:
    assert value(sources, county, "在校生数", 学段="小学").value == Decimal(820 + 590)
    assert value(sources, county, "在校生数", 学段="特殊教育").value is None


def test_a_ratio_tells_its_halves_and_its_coverage(sources, county) -> None:
    reading = value(sources, county, "生师比", 学段="初中")
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal(13), Decimal(910), Decimal(70))
    assert reading.coverage.startswith("1条记录")
    assert reading.build == sources.build


def test_units_below_are_read_together_and_each_has_its_own(sources, county) -> None:
    assert value(sources, county, "在校生数", unit="D1").value == Decimal(820 + 590)
    assert value(sources, county, "在校生数", unit="D2").value == Decimal(910)
    assert value(sources, county, "在校生数", unit="S2").value == Decimal(590)


def test_an_unknown_dimension_is_refused(sources, county) -> None:
    with pytest.raises(Problem, match="学断"):
        value(sources, county, "在校生数", 学断="小学")


def test_records_are_counted_by_state_and_period_without_void_ones(sources, county) -> None:
    def count(period: str = "2026", unit: str = "B1", **where: str) -> Decimal | None:
        at = unit_ref(county.unit(unit))
        return sources.record_count("安全隐患台账", at, Period.parse(period), where).value

    assert count() == 3
    assert count(状态="已销号") == 2
    assert count(状态="作废") == 1
    assert count(period="2025") == 1
    assert count(unit="D1") == 2
    assert count(隐患等级="重大") == 1
    with pytest.raises(Problem, match="没有状态"):
        count(状态="销了")


def test_tasks_stand_as_on_the_reports_last_day(sources, county) -> None:
    lines = sources.tasks(unit_ref(county.unit("B1")), YEAR)
    assert [(line.title, line.category) for line in lines] == [
        ("排查校舍12处", "closed"),
        ("更新消防器材", "late"),
        ("核定预算", "open"),
    ]
    assert lines[0].lead == "安全管理科"
    assert lines[0].targets[0].indicator == "hazard_rectified_rate"


def test_a_task_done_after_the_reports_last_day_was_not_done_yet(sources, county) -> None:
    sources.day = date(2026, 3, 1)
    lines = sources.tasks(unit_ref(county.unit("B1")), YEAR)
    assert lines[0].category == "open"


def test_units_are_listed_by_level_or_kind(sources, county) -> None:
    top = unit_ref(county.unit("B1"))
    assert [unit.name for unit in sources.units(top, "学区", sources.day)] == ["城关学区", "河东学区"]
    assert [unit.code for unit in sources.units(top, "小学", sources.day)] == ["S1", "S2"]
    assert sources.units(top, "学区", date(1990, 1, 1)) == []
    with pytest.raises(Problem, match="没有单位类型"):
        sources.units(top, "分校", sources.day)


def test_limits_hold_from_their_day(sources) -> None:
    limit = sources.limit("sports_area_per_pupil", "小学", date(2026, 12, 31))
    assert limit is not None
    assert limit.at_least == 7.5
    assert sources.limit("sports_area_per_pupil", "小学", date(2016, 12, 31)) is None
    assert sources.limit("sports_area_per_pupil", "普通高中", date(2026, 12, 31)) is None


def write(county: County, **changes: object) -> Report:
    asked = {"template": "年度工作总结", "unit": None, "period": "2026", "by": county.office}
    return write_report(**(asked | changes))


def shown(report: Report, code: str, kind: str = "indicator") -> list[str]:
    return [item["shown"] for item in report.bindings.values() if item["code"] == code and item["kind"] == kind]


def test_the_office_writes_a_summary_whose_numbers_are_those_of_the_returns(county) -> None:
    report = write(county)
    assert report.title == "测试县教育局2026年工作总结"
    assert shown(report, "pupil_count")[0] == "2320人"
    assert shown(report, "pupil_count", "change")[0] == "增加20人"
    assert shown(report, "hazard_rectified_rate")[0] == "66.67%"
    assert shown(report, "total", "task_count")[0] == "3"
    verdicts = Counter(item["verdict"] for item in trace_bytes(report.docx_bytes(), "a.docx"))
    assert verdicts == {"kept": len(report.bindings)}


def test_writing_is_logged_with_the_files_hash(county) -> None:
    report = write(county)
    event = Event.objects.get(action="reports.report.written")
    assert (event.subject, event.actor_name) == (f"report:{report.pk}", str(county.office))
    assert event.data["sha256"] == report.sha256


def test_the_same_data_give_the_same_file(county) -> None:
    assert write(county).sha256 == write(county).sha256


def test_an_unmet_target_stands_among_the_problems(county) -> None:
    assert "隐患整改率：年初要求" in write(county).html


@pytest.mark.parametrize("who", ["own", "inspector", "district", "chief", "stranger"])
def test_who_does_not_write_reports_is_refused(county, who: str) -> None:
    with pytest.raises(Forbidden):
        write(county, by=getattr(county, who))
    assert not Report.objects.exists()


def test_a_report_is_written_for_the_kind_of_period_its_template_is_for(county) -> None:
    with pytest.raises(Problem) as refusal:
        write(county, period="2026-09")
    assert refusal.value.code == "RPT-032"
    with pytest.raises(Problem, match="看不懂期间"):
        write(county, period="今年")


def test_an_unknown_template_or_unit_is_not_found(county) -> None:
    with pytest.raises(NotFound):
        write(county, template="年度总节")
    with pytest.raises(NotFound):
        write(county, unit="第九小学")


def test_a_template_with_a_number_in_its_prose_is_not_released(county) -> None:
    pack = {
        "pack.yaml": "name: mine\nversion: '1'\ntitle: 本局\n",
        "reports/x.yaml": "reports:\n  - code: brief\n    name: 简报\n    title: 简报\n    template: reports/x.txt\n",
        "reports/x.txt": "# 简报\n全县学校87所。\n",
    }
    with pytest.raises(Problems) as refusal:
        apply_pack(pack=read_files(pack), by_name="测试")
    assert [problem.where for problem in refusal.value.problems] == ["reports/x.txt:2"]
    with pytest.raises(NotFound):
        write(county, template="简报")
    assert not Report.objects.exists()


def test_a_draft_is_for_those_who_write_and_sign(county) -> None:
    report = write(county)
    assert list(reports_for(county.chief)) == [report]
    assert list(reports_for(county.finance)) == [report]
    assert list(reports_for(county.own)) == []
    assert list(reports_for(county.inspector)) == []
    with pytest.raises(NotFound):
        get_report_for(county.stranger, report.pk)


def test_a_signed_report_is_read_by_those_who_see_the_unit(county) -> None:
    report = write(county, unit="第一小学")
    assert list(reports_for(county.own)) == []
    report = publish_report(report=report, revision=report.revision, by=county.chief)
    assert list(reports_for(county.own)) == [report]
    assert list(reports_for(county.other)) == []
    assert (report.state, report.published_by) == (Report.PUBLISHED, county.chief)


def test_signing_is_the_leaders_and_happens_once(county) -> None:
    report = write(county)
    with pytest.raises(Forbidden):
        publish_report(report=report, revision=report.revision, by=county.office)
    publish_report(report=report, revision=report.revision, by=county.chief)
    with pytest.raises(Problem, match="已经签发"):
        publish_report(report=report, revision=report.revision, by=county.chief)
    assert Event.objects.filter(action="reports.report.published").count() == 1


def test_a_county_without_a_plan_still_gets_its_summary(county) -> None:
    Task.objects.all().delete()
    Plan.objects.all().delete()
    report = write(county)
    assert report.missing > 0
    assert "本年度没有登记要点任务" in report.html
