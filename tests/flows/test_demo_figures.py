"""The invented county, loaded by a bureau's own doors: every figure is the one computed by hand, on both engines."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction
from django.utils import timezone

from taizhang.indicators import passes
from taizhang.indicators.queries import IndicatorFigure, figures_below, figures_by, value_for
from taizhang.indicators.source_rows import rows_for
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import read_table
from taizhang.org.queries import installation_user, root_unit
from taizhang.plans.judging import judge_targets
from taizhang.plans.models import ProgressEntry, Task
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from taizhang.reports.actions import write_report
from taizhang.reports.sources import BureauSources, unit_ref
from taizhang.reports.tasks import TaskWords
from taizhang.site import demo

pytestmark = [pytest.mark.django_db, pytest.mark.once]
EXPECTED = json.loads((demo.DEMO / "expected.json").read_text(encoding="utf-8"))
TODAY = dt.date.fromisoformat(EXPECTED["today"])
COUNTY = "529926"
RECOMPUTE = Path(__file__).resolve().parents[2] / "scripts/recompute_report.py"
ENGINES = ("duckdb", "reference")
Wanted = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def _county(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The county once for the module, on the day its story stands still at, with a warehouse of its own."""
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
        patch.setattr("django.conf.settings.WAREHOUSE", tmp_path_factory.mktemp("warehouse"))
        demo.load_demo(say=lambda _: None)
        yield
        transaction.set_rollback(True)


def wanted(*, unit: str = "", by: bool = False) -> list[Wanted]:
    """Expected values of the county or, with ``unit`` "districts", of its districts; split by a dimension or whole."""
    of_districts = unit == "districts"
    return [item for item in EXPECTED["values"]
            if (item["unit"] != COUNTY) == of_districts and bool(item["by"]) == by]  # fmt: skip


def difference(item: Wanted, figure: IndicatorFigure | None) -> str:
    """What a figure has otherwise than expected; empty when nothing. A ratio's halves are compared as a quotient."""
    where = f"{item['indicator']} {item['unit']} {item['period']} {item['by']}"
    if figure is None:
        return f"{where}: no figure"
    if item["value"] is None or figure.value is None:
        return "" if figure.value is None and item["value"] is None else f"{where}: {figure.value} for {item['value']}"
    if float(figure.value) != pytest.approx(item["value"], rel=1e-9, abs=1e-12):
        return f"{where}: {figure.value} for {item['value']}"
    if item["denominator"]:
        halves = figure.numerator, figure.denominator
        if None in halves or not figure.denominator:
            return f"{where}: no halves"
        quotient = float(figure.numerator) / float(figure.denominator)  # type: ignore[arg-type]
        if quotient != pytest.approx(item["numerator"] / item["denominator"], rel=1e-9):
            return f"{where}: {halves} for {item['numerator']}/{item['denominator']}"
    if item["left_out"] is not None and figure.rows_left_out != item["left_out"]:
        return f"{where}: {figure.rows_left_out} rows left out for {item['left_out']}"
    if item["rows"] is not None and figure.rows < item["rows"]:
        return f"{where}: {figure.rows} rows for {item['rows']}"
    return ""


@pytest.mark.parametrize("engine", ENGINES)
def test_every_figure_of_the_county_is_the_one_computed_by_hand(engine: str) -> None:
    user = installation_user()
    found = [difference(item, value_for(user, item["indicator"], COUNTY, item["period"], engine=engine))
             for item in wanted()]  # fmt: skip
    assert len(found) > 120
    assert [text for text in found if text] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_every_figure_by_a_dimension_is_the_one_computed_by_hand(engine: str) -> None:
    user = installation_user()
    split: dict[tuple[str, str, str], dict[str | None, IndicatorFigure]] = {}
    found = []
    for item in wanted(by=True):
        dimension, group = next(iter(item["by"].items()))
        key = item["indicator"], item["period"], dimension
        if key not in split:
            split[key] = {one.group: one for one in figures_by(user, key[0], COUNTY, key[1], dimension, engine=engine)}
        found.append(difference(item, split[key].get(group)))
    assert len(found) > 400
    assert [text for text in found if text] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_every_figure_of_the_districts_is_the_one_computed_by_hand(engine: str) -> None:
    user = installation_user()
    below: dict[tuple[str, str], dict[str, IndicatorFigure]] = {}
    found = []
    for item in wanted(unit="districts"):
        key = item["indicator"], item["period"]
        if key not in below:
            figures = figures_below(user, key[0], COUNTY, key[1], "学区", engine=engine)
            below[key] = {one.unit.code: one for one in figures if one.unit}
        found.append(difference(item, below[key].get(item["unit"])))
    assert len(found) > 200
    assert [text for text in found if text] == []


def test_a_district_asked_for_by_itself_has_the_figure_it_has_among_the_others() -> None:
    user = installation_user()
    for item in wanted(unit="districts"):
        if item["period"] in ("SY2026", "2026") and item["unit"] == "529926106":
            alone = value_for(user, item["indicator"], item["unit"], item["period"])
            assert difference(item, alone) == ""


def test_both_engines_give_the_same_at_every_school() -> None:
    user = installation_user()
    newest = {item["indicator"]: item["period"] for item in wanted()}
    newest |= {item["indicator"]: item["period"] for item in wanted() if item["period"] in ("2026", "SY2026")}
    newest |= {item["indicator"]: "SY2026" for item in wanted(by=True) if item["period"] == "SY2026"}
    assert set(newest) == {item["indicator"] for item in EXPECTED["values"]}
    compared = 0
    for code, period in newest.items():
        one, other = (
            [(figure.unit.code, figure.value, figure.numerator, figure.denominator, figure.rows, figure.rows_left_out)
             for figure in figures_below(user, code, COUNTY, period, "学校", engine=engine) if figure.unit]
            for engine in ENGINES
        )  # fmt: skip
        compared += len(one)
        # What the standards ask to be judged is judged by sections and not by schools.
        assert period != "SY2026" or len(one) > 20 or code.startswith("standard_review"), code
        assert [row[0] for row in one] == [row[0] for row in other], code
        for mine, theirs in zip(one, other, strict=True):
            assert mine[4:] == theirs[4:], (code, mine, theirs)
            for left, right in zip(mine[1:4], theirs[1:4], strict=True):
                assert (left is None) == (right is None), (code, mine, theirs)
                assert left is None or float(left) == pytest.approx(float(right), rel=1e-12), (code, mine, theirs)
    # What the bureau keeps itself (agencies, projects) has no figure of a school.
    assert compared > 20 * len(newest)


@pytest.mark.parametrize(("code", "period"), [("large_class_rate", "2026"), ("hazard_rectified_rate", "2026"),
                                              ("pupil_count", "SY2026"), ("junior_retention_rate", "SY2025")])  # fmt: skip
def test_a_change_from_year_to_year_is_the_one_computed_by_hand(code: str, period: str) -> None:
    user, kind = installation_user(), {"2026": "2025", "SY2026": "SY2025", "SY2025": "SY2024"}
    now, before = (value_for(user, code, COUNTY, when).value for when in (period, kind[period]))
    school_year = "SY2026" if code == "large_class_rate" else period
    wanted = next(one for one in EXPECTED["changes"] if (one["indicator"], one["period"]) == (code, school_year))
    assert now is not None and before is not None
    assert float(now - before) == pytest.approx(wanted["difference"], abs=1e-11)


def test_a_figure_that_differs_in_the_tenth_digit_or_its_rows_would_be_noticed() -> None:
    item = next(item for item in wanted() if item["indicator"] == "pupil_teacher_ratio" and item["period"] == "SY2026")
    figure = value_for(installation_user(), item["indicator"], COUNTY, item["period"])
    assert difference(item, figure) == ""
    assert "for" in difference({**item, "value": item["value"] * (1 + 1e-8)}, figure)
    assert "left out" in difference({**item, "left_out": 1}, figure)
    assert "rows" in difference({**item, "rows": item["rows"] + 1}, figure)
    assert "for" in difference({**item, "value": None}, figure)
    assert "no figure" in difference(item, None)


def test_the_rows_behind_a_figure_are_the_files_rows() -> None:
    rows = rows_for(installation_user(), "large_class_rate", COUNTY, "2026")
    assert len(rows) == 74
    assert {row["期间"] for row in rows} == {"SY2026"}
    large = [row for row in rows if row["班额56至65人"]]
    assert [(row["单位"], row["班额56至65人"]) for row in large] == [("青山县第二中学", 6)]


def test_every_table_loaded_again_changes_nothing() -> None:
    before = sorted(Record.objects.values_list("id", "revision"))
    steps = yaml.safe_load((demo.DEMO / "load.yaml").read_text(encoding="utf-8"))["load"]
    tables = [step for step in steps if "register" in step]
    # A stop comes in a second table: the first one, loaded again, would take it back.
    once = [step for step in tables if sum(step["register"] == other["register"] for other in tables) == 1]
    assert len(once) == len(tables) - 2
    for step in once:
        again = load_table(step["register"], read_table(demo.DEMO / step["file"]), installation_user())
        assert (again.created, again.refused) == (0, [])
        assert again.updated == again.unchanged == again.read > 0
    assert sorted(Record.objects.values_list("id", "revision")) == before


def test_the_plan_of_the_year_stands_with_tasks_done_overdue_and_running() -> None:
    tasks = list(Task.objects.all())
    assert len(tasks) == 26
    assert sum(task.state == Task.DONE for task in tasks) == 13
    assert {task.title for task in tasks if task.is_overdue(TODAY)} == {
        "限期消除大班额", "稳妥调整学校布局", "推进校长教师交流轮岗", "提升教育装备和信息化水平",
    }  # fmt: skip
    assert timezone.localtime(tasks[0].plan.accepted_at).date() == dt.date(2026, 2, 27)
    entries = list(ProgressEntry.objects.order_by("id").values_list("on", flat=True))
    rows = [str(row["日期"]) for _, row in read_table(demo.DEMO / "plan_progress.csv").dicts()]
    assert [day.isoformat() for day in entries] == rows
    districts = {unit.name for unit in tasks[0].assistants if unit.level == "district"}
    assert len(districts) == 6 and not any(task.assisting_text for task in tasks)
    late = [task.title for task in tasks if task.done_on and task.deadline and task.done_on > task.deadline]
    assert late == ["完善家校社协同育人机制", "规范民办幼儿园办园行为"]


def test_every_promised_number_is_judged_as_computed_by_hand_and_its_page_says_so(client: Any) -> None:
    def rows() -> Iterator[tuple[str, str, str, str, float, float]]:
        for _, row in read_table(demo.DEMO / "plan_targets.csv").dicts():
            code, stage, period = str(row["指标"]), str(row["学段"] or ""), str(row["期间"])
            value = next(item["value"] for item in EXPECTED["values"]
                         if (item["indicator"], item["period"], item["unit"]) == (code, period, COUNTY)
                         and (item["by"].get("学段", "") if item["by"] else "") == stage)  # fmt: skip
            yield str(row["条目"]), code, stage, str(row["比较"]), float(str(row["目标值"])), value

    user, holds = installation_user(), {">=": float.__ge__, "<=": float.__le__, "=": float.__eq__}
    wanted = {(item, code, stage): ("达到" if holds[comparator](float(value), promised) else "未达到")
              for item, code, stage, comparator, promised, value in rows()}  # fmt: skip
    found = {(task.number.rstrip("."), target.indicator_code, target.stage): target.judgement
             for task in Task.objects.all() for target in judge_targets(user, task).targets.all()
             if target.indicator_code}  # fmt: skip
    results = {key: judgement and judgement.result for key, judgement in found.items()}
    assert results.items() <= wanted.items() and len(results) >= 19
    assert sorted(wanted.values()).count("未达到") == 4
    task = Task.objects.prefetch_related("targets").get(number="6.")
    client.force_login(user)
    page = client.get(f"/plans/tasks/{task.pk}/").content.decode()
    assert "学段：初中" in page or "学段:初中" in page
    rooms = found["6", "multimedia_rooms_per_100", "初中"]
    assert rooms is not None and rooms.text in page and rooms.url.replace("&", "&amp;") in page


def test_the_summary_and_the_tasks_page_judge_alike() -> None:
    user = installation_user()
    year = Period.parse("2026")
    county = root_unit()
    sources = BureauSources(user, county, year)
    words = TaskWords(sources, unit_ref(county), year)
    in_report = [str(row["结果"].shown) for row in words.targets() if row["实际"].formula != "任务填报"]
    tasks = [judge_targets(user, task) for task in Task.objects.order_by("order")]
    on_pages = [target.judgement.result for task in tasks for target in task.targets.all()
                if target.judgement and target.judgement.url]  # fmt: skip
    assert in_report == on_pages and len(on_pages) >= 19


def test_a_report_reads_a_registers_figures_in_one_pass_and_they_are_the_single_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user, county, year = installation_user(), root_unit(), Period.parse("2026")
    codes = sorted({item["indicator"] for item in wanted()})
    single = {code: value_for(user, code, county, "2026").value for code in codes}
    read, plain = [], passes.run
    monkeypatch.setattr(passes, "run", lambda *given: read.append(given) or plain(*given))
    sources = BureauSources(user, county, year)
    assert {code: sources.value(code, unit_ref(county), year, {}).value for code in codes} == single
    assert len(codes) > 25 and len(read) < len(codes) / 2


def test_every_number_of_the_annual_summary_is_the_same_by_another_route(tmp_path, settings):
    """By the rows of the database and a page of plain sums: no formula, indicator, warehouse or report code takes part."""
    settings.FILES = tmp_path
    spec = importlib.util.spec_from_file_location("recompute", RECOMPUTE)
    assert spec is not None and spec.loader is not None
    recompute = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recompute)
    report = write_report(template="年度总结", unit=COUNTY, period="2026", by=installation_user())
    equal, wrong = recompute.differences(report)
    assert wrong == []
    assert sum(equal.values()) == len(report.used()) > 500
    # The other route would tell: one figure more in a return, and every number that rests on it differs.
    returns = Record.objects.filter(register_code="education_basics", data__学段="小学").order_by("-period", "id")
    row = returns.first()
    assert row is not None
    row.data["在校生数"] = int(row.data["在校生数"]) + 100
    row.save(update_fields=["data"])
    _, wrong = recompute.differences(report)
    assert any("在校生数" in line for line in wrong) and len(wrong) > 5
