"""The core pack's formulas, evaluated over the invented county by the reference evaluator: figures and checks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import yaml

from taizhang.kernel.formula import evaluate_aggregate, parse, row_function
from taizhang.kernel.periods import Period
from tests.packs.spoiled import SPOILED
from tests.packs.test_demo_data import CORE, DEMO, EXPECTED, UNITS, core, table

TODAY = dt.date.fromisoformat(EXPECTED["today"])
REGISTERS = {
    body["name"]: body for body in (core(f"registers/{path.name}") for path in (CORE / "registers").glob("*.yaml"))
}


def typed(rows: list[dict[str, str]], register: str) -> list[dict[str, Any]]:
    """CSV rows as records: numbers exact, dates as dates, blanks absent."""
    types = {field["name"]: field["type"] for field in REGISTERS[register]["fields"]}

    def value(name: str, text: str) -> Any:
        match types.get(name):
            case "integer" | "decimal" | "money":
                return Decimal(text)
            case "percent":
                return Decimal(text) / 100
            case "date":
                return dt.date.fromisoformat(text)
            case "yes_no":
                return text == "是"
        return text

    return [
        {"单位": row["单位编码"]} | {name: value(name, text) for name, text in row.items() if text != ""}
        for row in rows
    ]


LOADED = yaml.safe_load((DEMO / "load.yaml").read_text(encoding="utf-8"))["load"]
NAMES = {body["register"]: name for name, body in REGISTERS.items()}


def last_said(register: str) -> list[dict[str, str]]:
    """The rows of a register's tables; of a later table what it says anew of a number."""
    first, *later = [table(item["file"]) for item in LOADED if item.get("register") == register]
    anew = {row["编号"]: row for rows in later for row in rows}
    return [row | anew.get(row.get("编号", ""), {}) for row in first]


CODES = dict.fromkeys(item["register"] for item in LOADED if "register" in item)
ROWS = {NAMES[code]: typed(last_said(code), NAMES[code]) for code in CODES}


def approved(round_: dict[str, Any]) -> list[dict[str, str]]:
    """The returns of a round that became records: those that the section which opened it approved."""
    taken = {row["单位编码"] for row in table(round_["round"]) if (row["动作"], row["账号"]) == ("审核", round_["by"])}
    return [row for row in table(round_["values"]) if row["单位编码"] in taken]


for item in LOADED:
    if "round" in item:
        ROWS.setdefault(NAMES[item["collects"]], []).extend(typed(approved(item), NAMES[item["collects"]]))


def indicators() -> dict[str, tuple[str, str]]:
    """Formula and home register by code."""
    found = {item["code"]: (item["formula"], "") for path in (CORE / "indicators").glob("*.yaml")
             for item in core(f"indicators/{path.name}")["indicators"]}  # fmt: skip
    for register in REGISTERS.values():
        found.update({item["code"]: (item["formula"], register["name"]) for item in register.get("indicators", [])})
    return found


INDICATORS = indicators()


def codes_of(kind: str, period: Period) -> set[str]:
    """The periods of a statistics register that a period reads: those within it, else the newest when it closed."""
    step = period.as_kind(kind)
    codes = {step.code}
    while (step := step.previous()).start >= period.start:
        codes.add(step.code)
    return codes


def dated(row: dict[str, Any], body: dict[str, Any]) -> dt.date:
    """The day that puts a row into a period; one without it belongs to the day on which it was entered."""
    first = next((field["name"] for field in body["fields"] if field["type"] == "date" and field.get("required")), "")
    return row.get(body.get("dated_by") or first, TODAY)  # type: ignore[no-any-return]


def rows_of(period: str, by: dict[str, str] | None, unit: str = "529926") -> dict[str, list[dict[str, Any]]]:
    """The rows of a period: a term's or a year's returns, cases by their date, rosters at its end; void ones never."""
    within = {row["编码"] for row in UNITS if unit in (row["编码"], row["上级编码"], "529926")}
    asked = Period.parse(period)
    found = {}
    for name, rows in ROWS.items():
        body = REGISTERS[name]
        void = {state for state, kind in body.get("lifecycle", {}).get("states", {}).items() if kind == "void"}
        if body["kind"] == "statistics":
            codes = codes_of(body["period"], asked)
            kept = [row for row in rows if row["期间"] in codes]
        else:
            first = dt.date.min if body["kind"] == "roster" else asked.start
            kept = [row for row in rows if first <= dated(row, body) <= asked.end]
        kept = [row for row in kept if row.get("状态") not in void and row["单位编码"] in within]
        dimension, value = next(iter(by.items())) if by else ("", "")
        found[name] = [row for row in kept if not by or row.get(dimension) == value]
    return found


@pytest.mark.parametrize(
    "wanted", EXPECTED["values"], ids=lambda item: f"{item['indicator']}-{item['period']}-{item['unit']}"
)
def test_an_indicator_gives_the_value_computed_by_hand(wanted: dict[str, Any]) -> None:
    formula, home = INDICATORS[wanted["indicator"]]
    external = None
    if wanted["indicator"] == "pupil_growth_rate":
        before = f"SY{int(wanted['period'][2:]) - 1}"
        external = {"e0": sum(row["在校生数"] for row in rows_of(before, wanted["by"])["教育基本情况"])}
    if formula.startswith("part("):
        whole = evaluate_aggregate(
            parse(formula.removeprefix("part(").removesuffix(")")),
            rows_of(wanted["period"], None, wanted["unit"]), TODAY, default_register=home,
        )  # fmt: skip
        external = {"e0": whole.value}
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


CHECKS = [(name, check) for name in ROWS for check in REGISTERS[name].get("checks", [])]


@pytest.mark.parametrize(
    ("register", "check"), CHECKS, ids=lambda item: item if isinstance(item, str) else item["name"]
)
def test_no_record_of_the_county_breaks_a_check(register: str, check: dict[str, str]) -> None:
    holds = row_function(parse(check["formula"]))
    assert [row for row in ROWS[register] if holds(row, TODAY) is False] == []
    assert any(holds(row, TODAY) is True for row in ROWS[register])  # and the check is not idle


@pytest.mark.parametrize(
    ("register", "check"), CHECKS, ids=lambda item: item if isinstance(item, str) else item["name"]
)
def test_every_check_catches_what_it_is_for(register: str, check: dict[str, str]) -> None:
    holds = row_function(parse(check["formula"]))
    whole = next(row for row in ROWS[register] if holds(row, TODAY) is True)
    assert holds({**whole, **SPOILED[register][check["name"]]}, TODAY) is False


def test_standards_name_indicators_of_the_pack_and_stages_that_exist() -> None:
    stages = {value["name"] for value in core("options/stage.yaml")["values"]}
    for path in (CORE / "standards").glob("*.yaml"):
        for standard in core(f"standards/{path.name}")["standards"]:
            items = {item["code"]: item for item in standard.get("items", ())}
            for limit in standard["thresholds"]:
                assert limit["indicator"] in {*INDICATORS, *items}
                # An item on whole schools has a limit of its own for those of several stages.
                joined = {"一贯制"} if items.get(limit["indicator"], {}).get("whole") else set()
                assert limit.get("stage") in {*stages, *joined, None}
                assert ("at_least" in limit) != ("at_most" in limit)
