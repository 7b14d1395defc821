"""Figures by unit, period, level and dimension; who may see them; what stands behind them."""

from decimal import Decimal

import pytest
from django.test import Client

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.current import catalog
from taizhang.catalog.pack import read_files
from taizhang.indicators.queries import figures_below, figures_by, value_for, values_for
from taizhang.indicators.source_rows import rows_for
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from tests.support import County, make_county

pytestmark = pytest.mark.django_db

PACK = {
    "pack.yaml": "name: figures\nversion: '1'\ntitle: 测试\n",
    "registers/heads.yaml": """
register: heads
name: 人数表
kind: statistics
period: school_year
line: 统计
dimensions: [学段]
fields:
  - {name: 学段, type: choice, options: [小学, 初中], required: true, query: true}
  - {name: 学生, type: integer}
  - {name: 教师, type: integer}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - {code: heads_count, name: 学生总数, formula: "sum(学生)", unit: 人, decimals: 0, by: [学段]}
  - {code: heads_ratio, name: 生师比例, formula: "sum(学生) / sum(教师)", unit: ":1", decimals: 1}
  - {code: heads_growth, name: 学生增幅, formula: "sum(学生) / last_year(sum(学生)) - 1", unit: "%"}
  - {code: heads_share, name: 学生占比, formula: "share(sum(学生))", unit: "%"}
""",
    "registers/fixes.yaml": """
register: fixes
name: 维修表
kind: case
fields:
  - {name: 日期, type: date, required: true}
lifecycle:
  initial: 待修
  states: {待修: open, 修好: closed, 作废: void}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - {code: fixes_done, name: 修好率, formula: "count_if(状态 = '修好') / count()", unit: "%"}
  - {code: fixes_void, name: 作废数, formula: "count_if(状态 = '作废')", unit: 条, decimals: 0}
""",
}
HEADS = """单位编码,期间,学段,学生,教师
S1,SY2024,小学,100,10
S1,SY2025,小学,120,10
S2,SY2025,小学,80,
S3,SY2025,初中,90,9
"""
FIXES = """单位编码,日期,状态
S1,2025-03-01,修好
S1,2025-09-02,待修
S2,2025-09-03,作废
S3,2026-01-05,修好
"""


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = tmp_path
    made = make_county()
    apply_pack(pack=read_files(PACK), by_name="测试")
    for register, text in (("heads", HEADS), ("fixes", FIXES)):
        loaded = load_table(register, table_from_bytes(text.encode(), f"{register}.csv"), made.root)
        assert loaded.refused == []
    return made


@pytest.fixture(params=["duckdb", "reference"])
def engine(request) -> str:
    return request.param


def test_a_sum_covers_the_units_below(county: County, engine: str):
    for unit, value in (("B1", 290), ("D1", 200), ("S1", 120)):
        assert value_for(county.root, "学生总数", unit, "SY2025", engine=engine).value == value


def test_in_a_ratio_a_row_counts_only_where_both_halves_are_there(county: County, engine: str):
    figure = value_for(county.root, "生师比例", "B1", "SY2025", engine=engine)
    assert (figure.numerator, figure.denominator) == (210, 19)
    assert figure.rows_left_out == 1 and figure.text == "11.1"


def test_nothing_reported_is_nothing_and_never_zero(county: County, engine: str):
    figure = value_for(county.root, "学生总数", "B1", "SY2020", engine=engine)
    assert figure.value is None and figure.text == "—"
    assert value_for(county.root, "生师比例", "S2", "SY2025", engine=engine).value is None


def test_growth_compares_with_the_year_before(county: County, engine: str):
    figure = value_for(county.root, "学生增幅", "S1", "SY2025", engine=engine)
    assert figure.value == Decimal("0.2") and figure.text == "20.00"
    assert value_for(county.root, "学生增幅", "S2", "SY2025", engine=engine).value is None


def test_a_share_is_of_the_unit_above(county: County, engine: str):
    assert value_for(county.root, "学生占比", "S1", "SY2025", engine=engine).value == Decimal("0.6")


def test_a_calendar_year_reads_the_statistics_that_were_newest_when_it_closed(county: County):
    assert value_for(county.root, "学生总数", "S1", "2025").value == 120
    assert value_for(county.root, "学生总数", "S1", "2025H1").value == 100


def test_left_out_period_means_the_newest_with_data(county: County):
    assert value_for(county.root, "学生总数", "B1").period.code == "SY2025"


def test_cases_count_by_their_date_and_void_ones_do_not_count(county: County, engine: str):
    figure = value_for(county.root, "修好率", "B1", "2025", engine=engine)
    assert (figure.numerator, figure.denominator) == (1, 2)
    assert value_for(county.root, "修好率", "B1", "SY2025", engine=engine).text == "50.00"


def test_a_formula_that_asks_for_void_cases_gets_them(county: County, engine: str):
    assert value_for(county.root, "作废数", "B1", "2025", engine=engine).value == 1


def test_figures_below_a_unit_and_by_dimension(county: County, engine: str):
    below = figures_below(county.root, "学生总数", "B1", "SY2025", "学校", engine=engine)
    assert [(figure.unit.code, figure.value) for figure in below] == [("S1", 120), ("S2", 80), ("S3", 90)]
    by = figures_by(county.root, "学生总数", "B1", "SY2025", "学段", engine=engine)
    assert [(figure.group, figure.value) for figure in by] == [("小学", 200), ("初中", 90)]


def test_a_level_or_dimension_that_is_not_there_is_answered_with_those_that_are(county: County):
    with pytest.raises(Problem, match="没有层级") as level:
        figures_below(county.root, "学生总数", "B1", "SY2025", "村")
    assert "学区" in level.value.remedy
    with pytest.raises(Problem, match="不能按") as dimension:
        figures_by(county.root, "学生总数", "B1", "SY2025", "年级")
    assert "学段" in dimension.value.remedy


def test_several_figures_in_one_pass_equal_those_asked_one_by_one(county: County):
    items = [item for item in catalog().indicators.values() if item.code.startswith(("heads", "fixes"))]
    together = values_for(county.root, items, county.unit("B1"))
    for item in items:
        alone = value_for(county.root, item.code, "B1", together[item.code].period)
        assert (together[item.code].value, together[item.code].rows) == (alone.value, alone.rows), item.name


def test_a_figure_follows_its_records_and_changes_its_build(county: County):
    before = value_for(county.root, "学生总数", "B1", "SY2025")
    load_table(
        "heads", table_from_bytes("单位编码,期间,学段,学生\nS1,SY2025,小学,121\n".encode(), "x.csv"), county.root
    )
    after = value_for(county.root, "学生总数", "B1", "SY2025")
    assert after.value - before.value == 1 and after.build != before.build
    assert value_for(county.root, "学生总数", "B1", "SY2025").build == after.build


def test_the_rows_behind_a_figure_add_up_to_it(county: County):
    rows = rows_for(county.root, "学生总数", "B1", "SY2025")
    assert sum(row["学生"] for row in rows) == 290
    assert {row["record"] for row in rows} <= set(Record.objects.values_list("id", flat=True))


def test_a_school_sees_its_own_figure_and_rows_and_no_others(county: County):
    assert value_for(county.own, "学生总数", "S1", "SY2025").value == 120
    for unit in ("S2", "D1", "B1"):
        with pytest.raises(NotFound):
            value_for(county.own, "学生总数", unit, "SY2025")
    assert {row["单位编码"] for row in rows_for(county.own, "学生总数", "S1", "SY2025")} == {"S1"}


def test_a_leader_sees_a_figure_but_rows_only_as_far_as_the_register_lets(county: County):
    assert value_for(county.chief, "学生总数", "B1", "SY2025").value == 290
    assert len(rows_for(county.chief, "学生总数", "B1", "SY2025")) == 3


@pytest.mark.parametrize(
    ("who", "unit", "status"),
    [
        ("office", "B1", 200), ("chief", "S3", 200), ("district", "S2", 200), ("district", "S3", 404),
        ("own", "S1", 200), ("own", "S2", 404), ("other", "S1", 404), ("stranger", "S1", 404),
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", ["", "rows/"])
def test_every_indicator_page_is_replayed_by_everybody(county: County, client: Client, who, unit, status, page):
    client.force_login(getattr(county, who))
    answer = client.get(f"/indicators/heads_count/{page}?unit={unit}&period=SY2025")
    assert answer.status_code == status
    if who == "own" and status == 200:
        assert "第二小学" not in answer.content.decode()


def test_the_catalogue_page_lists_values_and_finds_by_word(county: County, client: Client):
    client.force_login(county.office)
    assert "学生总数" in client.get("/indicators/").content.decode()
    found = client.get("/indicators/?q=修好").content.decode()
    assert "修好率" in found and "学生总数" not in found
    assert "没有找到指标" in client.get("/indicators/?q=不存在的词").content.decode()


def test_a_passer_by_is_sent_to_the_login(county: County, client: Client):
    answer = client.get("/indicators/heads_count/")
    assert answer.status_code == 302 and answer.url.startswith("/login/")
