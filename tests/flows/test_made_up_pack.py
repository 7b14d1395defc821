"""A bureau makes two registers of its own, without a line of code, and uses them from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

UNITS = """编码,名称,类型,上级编码,启用日期,停用日期
B1,某县教育局,教育局,,2000-01-01,
D1,东片学区,学区,B1,2000-01-01,
S1,东一小学,小学,D1,2000-01-01,
S2,东二小学,小学,D1,2000-01-01,
"""
MANIFEST = "name: local\nversion: '1'\ntitle: 我县业务包\n"
MEALS = """register: meals
name: 营养餐统计
kind: statistics
period: month
line: 后勤
dimensions: [餐别]
fields:
  - {name: 餐别, type: choice, options: [早餐, 午餐], required: true, query: true}
  - {name: 就餐人数, type: integer, required: true, min: 0}
  - {name: 补助金额, type: money, min: 0}
  - {name: 满意度, type: percent}
checks:
  - {name: 金额合理, formula: "补助金额 <= 就餐人数 * 200", message: 每人补助不应超过200元}
indicators:
  - {code: meal_cost, name: 生均餐费, formula: "sum(补助金额) / sum(就餐人数)", unit: 元, decimals: 2}
"""
REPAIRS = """register: repairs
name: 报修台账
kind: case
line: 后勤
number: "BX-{year}-{seq:3}"
fields:
  - {name: 报修日期, type: date, required: true, query: true}
  - {name: 部位, type: text, required: true, query: true}
lifecycle:
  initial: 已报修
  states: {已报修: open, 维修中: open, 已修好: closed, 撤回: void}
  transitions:
    - {name: 派工, from: [已报修], to: 维修中, by: [科室]}
    - {name: 修好, from: [维修中], to: 已修好, by: [科室]}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all, create: all, edit: all}
indicators:
  - {code: repaired_rate, name: 修复率, formula: "count_if(状态 = '已修好') / count()", unit: "%", better: higher}
"""


class Bureau:
    """An installation of its own, spoken to as a clerk's terminal would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "TAIZHANG_HOME": str(folder / "var")}
        self.environment.pop("DATABASE_URL", None)
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)

    def run(self, *words: str, expect: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "taizhang.cli", *words],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout if expect == 0 else done.stdout + done.stderr

    def json(self, *words: str, expect: int = 0):
        return json.loads(self.run(*words, "--json", expect=expect))

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return name


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    home = Bureau(tmp_path_factory.mktemp("bureau"))
    home.run("init")
    home.run("units", home.write("units.csv", UNITS))
    for name, text in (("pack.yaml", MANIFEST), ("registers/meals.yaml", MEALS), ("registers/repairs.yaml", REPAIRS)):
        home.write(f"pack/{name}", text)
    home.run("packs", "check", "pack")
    home.run("packs", "apply", "pack")
    return home


def test_statistics_load_and_give_a_figure(bureau: Bureau):
    table = bureau.write(
        "meals.csv",
        "单位编码,期间,餐别,就餐人数,补助金额,满意度\n"
        "S1,2026-03,午餐,100,450.50,95%\n"
        "S2,2026-03,午餐,200,949.50,90%\n"
        "S2,2026-03,早餐,50,,\n",
    )
    loaded = bureau.json("load", "营养餐统计", table)
    assert (loaded["read"], loaded["created"], loaded["refused"]) == (3, 3, [])
    figure = bureau.json("value", "生均餐费", "--unit", "B1", "--period", "2026-03")
    # The breakfast row has no cost, so its eaters do not count either.
    assert (figure["numerator"], figure["denominator"]) == (1400, 300)
    assert figure["text"] == "4.67" and figure["coverage"]["rows_left_out"] == 1
    reference = bureau.json("value", "meal_cost", "--unit", "B1", "--period", "2026-03", "--engine", "reference")
    assert reference["value"] == pytest.approx(figure["value"], rel=1e-12)


def test_the_same_table_again_updates_instead_of_doubling(bureau: Bureau):
    table = bureau.write("again.csv", "单位编码,期间,餐别,就餐人数\nS1,2026-04,午餐,80\n")
    assert bureau.json("load", "meals", table)["created"] == 1
    changed = bureau.write("again.csv", "单位编码,期间,餐别,就餐人数\nS1,2026-04,午餐,90\n")
    loaded = bureau.json("load", "meals", changed)
    assert (loaded["created"], loaded["updated"]) == (0, 1)


def test_a_month_rolls_up_into_its_year(bureau: Bureau):
    bureau.run(
        "load",
        "meals",
        bureau.write(
            "year.csv", "单位编码,期间,餐别,就餐人数,补助金额\nS1,2025-11,午餐,10,50\nS1,2025-12,午餐,10,70\n"
        ),
    )
    assert bureau.json("value", "生均餐费", "--unit", "S1", "--period", "2025")["value"] == 6


def test_cases_load_with_their_state_and_give_a_rate(bureau: Bureau):
    table = bureau.write(
        "repairs.csv",
        "单位编码,报修日期,部位,状态\nS1,2026-03-01,屋顶,已修好\nS1,2026-03-02,门窗,已报修\nS2,2026-03-03,管道,撤回\n",
    )
    assert bureau.json("load", "repairs", table)["created"] == 3
    figure = bureau.json("value", "修复率", "--unit", "B1", "--period", "2026")
    assert (figure["numerator"], figure["denominator"], figure["text"]) == (1, 2, "50.00")
    below = bureau.json("value", "修复率", "--period", "2026", "--below", "学校")
    assert [(item["unit"], item["value"]) for item in below] == [("S1", 0.5)]
    rows = bureau.json("rows", "修复率", "--unit", "B1", "--period", "2026")
    assert [row["单位编码"] for row in rows] == ["S1", "S1"]


def test_refused_rows_come_back_with_reasons_and_the_others_are_saved(bureau: Bureau):
    table = bureau.write(
        "bad.csv",
        "单位编码,期间,餐别,就餐人数,补助金额\n"
        "S1,2026-05,午餐,一百,10\n"
        "S1,2026-05,早餐,10,99999\n"
        "S9,2026-05,午餐,10,10\n"
        "S2,2026-05,午餐,10,10\n",
    )
    loaded = json.loads(
        bureau.run("load", "meals", table, "--refused", "back.xlsx", "--json", expect=1).split("\n}")[0] + "\n}"
    )
    assert loaded["created"] == 1
    assert {item["row"] for item in loaded["refused"]} == {2, 3, 4}
    assert any(item["field"] == "就餐人数" for item in loaded["refused"])
    sheet = openpyxl.load_workbook(bureau.folder / "back.xlsx").active
    said = ["".join(str(cell.value or "") for cell in row) for row in sheet.iter_rows()]
    assert len(said) >= 4 and any("200元" in row for row in said)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("单位编码,期间,餐别,吃饭人数\nS1,2026-05,午餐,10\n", "就餐人数"),
        ("", "空"),
        ("单位编码\n", ""),
    ],
)
def test_a_table_that_cannot_be_understood_is_answered_in_chinese(bureau: Bureau, text: str, word: str):
    said = bureau.run("load", "meals", bureau.write("odd.csv", text), expect=2)
    assert word in said and "处理办法" in said


def test_a_date_in_the_future_is_refused(bureau: Bureau):
    table = bureau.write("future.csv", "单位编码,报修日期,部位\nS1,2999-01-01,屋顶\n")
    loaded = json.loads(bureau.run("load", "repairs", table, "--json", expect=1).split("\n}")[0] + "\n}")
    assert loaded["created"] == 0 and loaded["refused"][0]["field"] == "报修日期"


def test_a_bad_formula_is_refused_with_file_line_and_remedy(bureau: Bureau):
    bureau.write("bad/pack.yaml", MANIFEST.replace("local", "bad"))
    bureau.write(
        "bad/registers/meals2.yaml",
        MEALS.replace("register: meals", "register: meals2").replace("sum(就餐人数)", "sum(就餐人次)"),
    )
    said = bureau.run("packs", "apply", "bad", expect=2)
    assert "registers/meals2.yaml:15" in said and "就餐人数" in said


def test_unknown_names_are_answered_with_the_nearest(bureau: Bureau):
    assert "生均餐费" in bureau.run("value", "生均餐钱", expect=2)
    table = bureau.write("some.csv", "单位编码,期间\n")
    assert "营养餐统计" in bureau.run("load", "营养餐", table, expect=2)
    assert "SY2025" in bureau.run("value", "生均餐费", "--period", "去年", expect=2)
    assert "东一小学" in bureau.run("value", "生均餐费", "--unit", "东一", expect=2)


def test_without_an_installation_every_command_says_how_to_make_one(tmp_path: Path):
    said = Bureau(tmp_path).run("value", "生均餐费", expect=2)
    assert "taizhang init" in said


def test_a_backup_moves_the_bureau_to_another_folder_with_the_same_figures(bureau: Bureau, tmp_path: Path):
    bureau.run("backup", "b.zip")
    there = Bureau(tmp_path)
    there.run("restore", str(bureau.folder / "b.zip"))
    assert [item["table"] for item in there.json("doctor", "--compare", str(bureau.folder / "var"), expect=1)] == [
        "events.Event"
    ]
    figure = ("value", "生均餐费", "--period", "SY2025")
    ours, theirs = bureau.json(*figure), there.json(*figure)
    assert {**ours, "as_of": ""} == {**theirs, "as_of": ""}
    assert "已有数据" in there.run("restore", str(bureau.folder / "b.zip"), expect=2)
    assert all(item["level"] != "故障" for item in there.json("doctor"))
