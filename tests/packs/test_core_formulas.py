"""The core pack's formulas, evaluated over the invented county by the reference evaluator: figures and checks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from taizhang.kernel.formula import evaluate_aggregate, parse, row_function
from tests.packs.test_demo_data import BASICS, CORE, EXPECTED, HAZARDS, UNITS, core

TODAY = dt.date.fromisoformat(EXPECTED["today"])
REGISTERS = {
    body["name"]: body for body in (core(f"registers/{path.name}") for path in (CORE / "registers").glob("*.yaml"))
}
STATISTICS, HAZARD = "教育基本情况", "安全隐患台账"


def typed(rows: list[dict[str, str]], register: str) -> list[dict[str, Any]]:
    """CSV rows as records: numbers exact, dates as dates, blanks absent."""
    types = {field["name"]: field["type"] for field in REGISTERS[register]["fields"]}

    def value(name: str, text: str) -> Any:
        match types.get(name):
            case "integer" | "decimal" | "money":
                return Decimal(text)
            case "date":
                return dt.date.fromisoformat(text)
        return text

    return [{name: value(name, text) for name, text in row.items() if text != ""} for row in rows]


STATISTICS_ROWS = typed(BASICS, STATISTICS)
HAZARD_ROWS = typed(HAZARDS, HAZARD)


def indicators() -> dict[str, tuple[str, str]]:
    """Formula and home register by code."""
    found = {item["code"]: (item["formula"], "") for path in (CORE / "indicators").glob("*.yaml")
             for item in core(f"indicators/{path.name}")["indicators"]}  # fmt: skip
    for register in REGISTERS.values():
        found.update({item["code"]: (item["formula"], register["name"]) for item in register.get("indicators", [])})
    return found


INDICATORS = indicators()


def rows_of(period: str, by: dict[str, str] | None, unit: str = "529926") -> dict[str, list[dict[str, Any]]]:
    """The rows of a period: a school year's returns, or the hazards found in it; void ones are never counted."""
    within = {row["编码"] for row in UNITS if unit in (row["上级编码"], "529926")}
    months = {"2026H1": ("2026-01", "2026-06")}.get(period, (f"{period}-01", f"{period}-12"))
    year = {"2025": "SY2025", "2026H1": "SY2025", "2026": "SY2026"}.get(period, period)
    returns = [row for row in STATISTICS_ROWS if row["期间"] == year and row["单位编码"] in within]
    found = [row for row in HAZARD_ROWS if months[0] <= row["发现日期"].isoformat()[:7] <= months[1]]
    return {
        STATISTICS: [row for row in returns if not by or row["学段"] == by["学段"]],
        HAZARD: [row for row in found if row["状态"] != "作废" and row["单位编码"] in within],
    }


@pytest.mark.parametrize(
    "wanted", EXPECTED["values"], ids=lambda item: f"{item['indicator']}-{item['period']}-{item['unit']}"
)
def test_an_indicator_gives_the_value_computed_by_hand(wanted: dict[str, Any]) -> None:
    formula, home = INDICATORS[wanted["indicator"]]
    external = None
    if wanted["indicator"] == "pupil_growth_rate":
        before = f"SY{int(wanted['period'][2:]) - 1}"
        external = {"e0": sum(row["在校生数"] for row in rows_of(before, wanted["by"])[STATISTICS])}
    figure = evaluate_aggregate(
        parse(formula),
        rows_of(wanted["period"], wanted["by"], wanted["unit"]),
        TODAY,
        default_register=home,
        external=external,
    )
    if wanted["value"] is None:
        assert figure.value is None
        return
    assert float(figure.value) == pytest.approx(wanted["value"], rel=1e-9)  # type: ignore[arg-type]
    if wanted["denominator"] is not None and wanted["indicator"] not in ("pupil_growth_rate",):
        ratio = Decimal(str(wanted["numerator"])) / Decimal(str(wanted["denominator"]))
        assert figure.numerator / figure.denominator == pytest.approx(ratio, rel=Decimal("1e-9"))  # type: ignore[operator]


CHECKS = [(STATISTICS, check) for check in REGISTERS[STATISTICS]["checks"]] + [
    (HAZARD, check) for check in REGISTERS[HAZARD]["checks"]
]


@pytest.mark.parametrize(
    ("register", "check"), CHECKS, ids=lambda item: item if isinstance(item, str) else item["name"]
)
def test_no_record_of_the_county_breaks_a_check(register: str, check: dict[str, str]) -> None:
    holds = row_function(parse(check["formula"]))
    rows = STATISTICS_ROWS if register == STATISTICS else HAZARD_ROWS
    assert [row for row in rows if holds(row, TODAY) is False] == []
    assert any(holds(row, TODAY) is True for row in rows)  # and the check is not idle


# one spoiled field per check: (check, fields put wrong)
SPOILED = {
    "女生不超过在校生": {"女生数": 9999}, "寄宿生不超过在校生": {"寄宿生数": 9999}, "随迁子女不超过在校生": {"随迁子女数": 9999},
    "留守儿童不超过在校生": {"留守儿童数": 9999}, "残疾学生不超过在校生": {"残疾学生数": 9999},
    "招生不超过在校生": {"招生数": 9999}, "班额分档合计": {"班额46至50人": 77}, "大班额不超过班数": {"班额66人及以上": 99},
    "最大班额不小于平均班额": {"最大班额": 2}, "平均班额合理": {"班数": 1, "在校生数": 76},
    "专任教师不超过教职工": {"教职工数": 1}, "教师学历合计": {"专科学历教师数": 500}, "学历合格不超过专任": {"学历合格教师数": 9999},
    "高于规定学历不超过合格": {"高于规定学历教师数": 9999}, "骨干教师不超过专任": {"县级及以上骨干教师数": 9999},
    "体育艺术教师不超过专任": {"体育艺术教师数": 9999}, "教辅用房不超过校舍": {"教学及辅助用房面积": 10**7},
    "室内体育不超过教辅": {"室内体育用房面积": 10**7}, "室内体育不超过场馆": {"室内体育用房面积": 10**7},
    "危房不超过校舍": {"危房面积": 10**7}, "体育场馆不超过占地": {"体育运动场馆面积": 10**7},
    "已入学不超过适龄人口": {"适龄人口在校生数": 9999}, "生均建筑面积合理": {"校舍建筑面积": 10**7},
    "期限晚于发现": {"整改期限": dt.date(2020, 1, 1)}, "销号晚于发现": {"销号日期": dt.date(2020, 1, 1)},
    "完成晚于发现": {"整改完成日期": dt.date(2020, 1, 1)}, "销号晚于完成": {"整改完成日期": dt.date(2030, 1, 1)},
}  # fmt: skip


@pytest.mark.parametrize(
    ("register", "check"), CHECKS, ids=lambda item: item if isinstance(item, str) else item["name"]
)
def test_every_check_catches_what_it_is_for(register: str, check: dict[str, str]) -> None:
    rows = STATISTICS_ROWS if register == STATISTICS else HAZARD_ROWS
    whole = next(row for row in rows if "销号日期" in row or "毕业班入学时学生数" in row)
    assert row_function(parse(check["formula"]))({**whole, **SPOILED[check["name"]]}, TODAY) is False


def test_standards_name_indicators_of_the_pack_and_stages_that_exist() -> None:
    stages = {value["name"] for value in core("options/stage.yaml")["values"]}
    for path in (CORE / "standards").glob("*.yaml"):
        for standard in core(f"standards/{path.name}")["standards"]:
            for limit in standard["thresholds"]:
                assert limit["indicator"] in INDICATORS
                assert limit["stage"] in stages
                assert ("at_least" in limit) != ("at_most" in limit)
