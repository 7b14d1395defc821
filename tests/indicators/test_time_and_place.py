"""Figures that look at other periods and units: cumulated, compared, ranked, in a row; stocks and flows over a year."""

from datetime import date
from decimal import Decimal

import pytest

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.current import catalog
from taizhang.catalog.pack import read_files
from taizhang.indicators.queries import figures_below, figures_by, value_for, values_for
from taizhang.indicators.source_rows import rows_for
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.loading import load_table
from taizhang.reports.sources import BureauSources, unit_ref
from tests.support import County, make_county

pytestmark = pytest.mark.django_db

PACK = {
    "pack.yaml": "name: months\nversion: '1'\ntitle: 测试\n",
    "registers/monthly.yaml": """
register: monthly
name: 月报
kind: statistics
period: month
fields:
  - {name: 学段, type: choice, options: [小学, 初中]}
  - {name: 在校, type: integer, measure: stock, unit: 人}
  - {name: 收入, type: money, measure: flow}
  - {name: 累计支出, type: money, additive: cumulative}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - {code: m_pupils, name: 月在校, formula: "sum(在校)", unit: 人, decimals: 0}
  - {code: m_income, name: 月收入, formula: "sum(收入)", unit: 元}
  - {code: m_spent, name: 月支出, formula: "sum(累计支出)", unit: 元}
  - {code: m_each, name: 生均收入, formula: "sum(收入) / sum(在校)", unit: 元}
  - {code: m_ytd, name: 累计收入, formula: "ytd(sum(收入))", unit: 元}
  - {code: m_change, name: 收入增减, formula: "change(sum(收入))", unit: 元}
  - {code: m_growth, name: 收入环比, formula: "growth(sum(收入))", unit: "%"}
  - {code: m_yoy, name: 收入同比, formula: "growth_last_year(sum(收入))", unit: "%"}
  - {code: m_rank, name: 收入名次, formula: "rank(sum(收入))", decimals: 0}
  - {code: m_streak, name: 连增期数, formula: "streak(sum(收入) > previous(sum(收入)))", unit: 期, decimals: 0}
  - {code: m_bare, name: 无名次, formula: "rank()", decimals: 0}
  - {code: m_cv, name: 收入差异系数, formula: "weighted_cv(收入, 在校)", decimals: 4}
""",
}
ROWS = """单位编码,期间,学段,在校,收入,累计支出
S1,2025-03,小学,90,100,5
S1,2026-01,小学,100,100,10
S1,2026-02,小学,101,110,25
S1,2026-03,小学,102,120,40
S2,2026-01,小学,50,300,1
S2,2026-02,小学,50,200,2
S2,2026-03,小学,50,130,3
S3,2026-01,初中,70,130,7
S3,2026-03,初中,80,130,9
"""


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = tmp_path
    made = make_county()
    apply_pack(pack=read_files(PACK), by_name="测试")
    assert load_table("monthly", table_from_bytes(ROWS.encode(), "x.csv"), made.root).refused == []
    return made


@pytest.fixture(params=["duckdb", "reference"])
def engine(request) -> str:
    return request.param


def test_over_a_year_flows_add_up_and_stocks_are_those_of_the_newest_return(county: County, engine: str):
    def of(name: str, unit: str = "B1", period: str = "2026"):
        return value_for(county.root, name, unit, period, engine=engine).value

    assert of("月收入") == 100 + 110 + 120 + 300 + 200 + 130 + 130 + 130
    assert of("月在校") == 102 + 50 + 80 and of("月支出") == 40 + 3 + 9
    assert of("月在校", "S3", "2026-02") is None and of("月在校", "B1", "2026-01") == 220
    assert round(of("生均收入", "S1"), 12) == round(Decimal(330) / 102, 12)


def test_the_parts_of_a_stock_add_up_to_the_whole_over_a_year(county: County, engine: str):
    schools = figures_below(county.root, "月在校", "B1", "2026", "学校", engine=engine)
    assert [figure.value for figure in schools] == [102, 50, 80]
    figure = value_for(county.root, "月在校", "B1", "2026", engine=engine)
    assert (figure.rows, figure.rows_left_out) == (3, 0)
    rows = rows_for(county.root, "月在校", "B1", "2026")
    assert sum(row["在校"] for row in rows) == figure.value and len(rows) == 3


def test_while_a_round_is_open_every_unit_stands_with_its_last_return(county: County, engine: str):
    more = "单位编码,期间,学段,在校,收入,累计支出\nS1,2026-04,小学,110,125,60\n"
    assert load_table("monthly", table_from_bytes(more.encode(), "x.csv"), county.root).refused == []

    def of(name: str) -> object:
        return value_for(county.root, name, "B1", "2026", engine=engine).value

    assert of("月在校") == 110 + 50 + 80 and of("月收入") == 1220 + 125
    assert round(of("生均收入"), 12) == round(Decimal(1345) / 240, 12)
    assert len(rows_for(county.root, "月在校", "B1", "2026")) == 3
    # A school that was merged in March has its pupils elsewhere in April; what it took in until then was taken in.
    closed = county.unit("S3")
    closed.closed_on = date(2026, 3, 31)
    closed.save(update_fields=["closed_on"])
    assert of("月在校") == 110 + 50 and of("月收入") == 1220 + 125


def test_a_report_of_the_year_reads_what_the_page_of_the_indicator_reads_while_a_round_is_open(county: County):
    more = "单位编码,期间,学段,在校,收入,累计支出\nS1,2026-04,小学,110,125,60\n"
    assert load_table("monthly", table_from_bytes(more.encode(), "x.csv"), county.root).refused == []
    bureau, year = unit_ref(county.unit("B1")), Period.parse("2026")
    door = BureauSources(county.root, county.unit("B1"), year)
    for name in ("月在校", "月收入", "月支出", "生均收入"):
        figure = value_for(county.root, name, "B1", "2026")
        told = door.value(name, bureau, year, {})
        assert (told.value, told.period) == (figure.value, "2026")
        assert told.coverage.startswith(f"{figure.rows}条记录、{figure.units}个单位")
    assert door.value("月在校", bureau, year, {}).value == 110 + 50 + 80
    assert door.value("月在校", unit_ref(county.unit("S2")), year, {}).value == 50
    for part in figures_by(county.root, "月在校", "B1", "2026", "学段"):
        assert door.value("月在校", bureau, year, {"学段": part.group}).value == part.value


def test_a_spread_over_several_returns_is_that_of_the_newest_weights(county: County, engine: str):
    """March's weights; January's and February's incomes have no weight of their own there."""
    pairs = [(120, 102), (130, 50), (130, 80)]
    mean = sum(x for x, _ in pairs) / sum(w for _, w in pairs)
    spread = sum(w * (x / w - mean) ** 2 for x, w in pairs) / sum(w for _, w in pairs)
    for period in ("2026-03", "2026"):
        figure = value_for(county.root, "收入差异系数", "B1", period, engine=engine)
        assert float(figure.value) == pytest.approx(spread**0.5 / mean, rel=1e-9)


def test_the_year_to_date_runs_from_january_to_the_end_of_the_period(county: County, engine: str):
    assert value_for(county.root, "累计收入", "S1", "2026-02", engine=engine).value == 210
    assert value_for(county.root, "累计收入", "S1", "2026-03", engine=engine).value == 330
    assert value_for(county.root, "累计收入", "S1", "2025-03", engine=engine).value == 100


def test_changes_are_against_the_period_before_and_the_year_before(county: County, engine: str):
    def of(name: str, unit: str, period: str):
        return value_for(county.root, name, unit, period, engine=engine).value

    assert of("收入增减", "S1", "2026-03") == 10 and of("收入环比", "S2", "2026-03") == Decimal("-0.35")
    assert of("收入同比", "S1", "2026-03") == Decimal("0.2") and of("收入同比", "S2", "2026-03") is None
    assert of("收入增减", "S3", "2026-03") is None  # February is missing, and missing is not 0


def test_a_rank_is_among_the_brothers_and_the_same_wherever_it_is_asked(county: County, engine: str):
    alone = [value_for(county.root, "收入名次", unit, "2026-03", engine=engine).value for unit in ("S1", "S2", "S3")]
    assert alone == [2, 1, 1]  # S3 is the only school of its district
    below = figures_below(county.root, "收入名次", "B1", "2026-03", "学校", engine=engine)
    assert [figure.value for figure in below] == alone
    assert value_for(county.root, "收入名次", "D1", "2026-03", engine=engine).value == 1
    assert value_for(county.root, "收入名次", "B1", "2026-03", engine=engine).value == 1
    by = figures_by(county.root, "收入名次", "B1", "2026-03", "学段", engine=engine)
    assert [(figure.group, figure.value) for figure in by] == [("小学", 1), ("初中", 2)]


def test_a_rank_that_does_not_say_by_what_is_refused(county: County):
    with pytest.raises(Problem, match="没有写按什么排"):
        value_for(county.root, "无名次", "S1", "2026-03")


def test_a_streak_counts_the_periods_in_a_row(county: County, engine: str):
    def of(unit: str, period: str):
        return value_for(county.root, "连增期数", unit, period, engine=engine).value

    assert of("S1", "2026-03") == 2 and of("S1", "2026-02") == 1
    assert of("S1", "2026-01") is None  # nothing to compare January with: it cannot be told
    assert of("S2", "2026-03") == 0
    below = figures_below(county.root, "连增期数", "B1", "2026-03", "学校", engine=engine)
    assert [figure.value for figure in below] == [2, 0, None]


def test_several_figures_in_one_pass_take_the_same_newest_return(county: County):
    items = [item for item in catalog().indicators.values() if item.code.startswith("m_") and item.code != "m_bare"]
    from taizhang.kernel.periods import Period

    for period in ("2026", "2026-02"):
        together = values_for(county.root, items, county.unit("B1"), Period.parse(period))
        for item in items:
            alone = value_for(county.root, item.code, "B1", period)
            assert (together[item.code].value, together[item.code].rows) == (alone.value, alone.rows), item.name


def test_an_engine_that_is_not_there_is_answered_with_those_that_are(county: County):
    with pytest.raises(Problem, match="没有计算引擎") as refused:
        value_for(county.root, "月收入", "B1", "2026", engine="abacus")
    assert "duckdb" in refused.value.remedy
