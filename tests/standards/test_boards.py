"""Every school against the limits: the worked cases, the single exception, what is lacking, who may look."""

from datetime import date
from decimal import Decimal

import pytest

from taizhang.catalog.current import catalog
from taizhang.catalog.limits import limit_for
from taizhang.catalog.schema import MixedDef, ResourceDef, StandardDef
from taizhang.indicators.queries import figures_below, figures_by
from taizhang.kernel.errors import NotFound, Problem
from taizhang.standards.queries import board_for, composite, history_for
from taizhang.standards.schools import divided
from taizhang.standards.verdicts import amount_text, spread_of
from tests.standards.county import ROWS, make_schools, part
from tests.support import County, make_county

DAY = date(2025, 9, 1)
BOOKS = ResourceDef(indicator="books", amount="图书", measure="册", spread="books_cv")


def standard(**more) -> StandardDef:
    return StandardDef(
        code="s",
        name="标准",
        schools={"register": "r", "pupils": "学生", "stages": ("小学", "初中"), "resources": (BOOKS,), **more},
        thresholds=({"indicator": "books_cv", "stage": "小学", "at_most": 0.5},),
    )


FIVE = [(45, 279), (37, 137), (89, 935), (76, 160), (55, 402)]


def test_the_published_example_of_five_schools_comes_out_and_does_not_pass():
    schools = [part(index, pupils, books=books) for index, (pupils, books) in enumerate(FIVE)]
    spread = spread_of(schools, BOOKS, "小学", standard(), DAY, "")
    assert (round(spread.mean, 4), round(spread.deviation, 4), round(spread.cv, 4)) == (
        Decimal("6.3344"), Decimal("3.2639"), Decimal("0.5153"),
    )  # fmt: skip
    assert spread.met is False, "unweighted it would be 0.4888 and wrongly pass"
    assert sum(pull.share for pull in spread.pulls) == pytest.approx(1)
    assert spread.pulls[0].part.name == "学校2", "the school of 935 books drives it"


def test_the_coefficient_without_a_school_is_that_of_the_others():
    schools = [part(index, pupils, books=books) for index, (pupils, books) in enumerate(FIVE)]
    whole = spread_of(schools, BOOKS, "小学", standard(), DAY, "")
    others = spread_of([school for school in schools if school.unit != 2], BOOKS, "小学", standard(), DAY, "")
    assert whole.pulls[0].without == pytest.approx(others.cv, abs=Decimal("1e-12"))
    assert others.met is True


def test_a_school_without_the_number_is_left_out_of_the_coefficient_and_counted():
    schools = [part(1, 100, books=500), part(2, 100, books=700), part(3, 50, books=None)]
    spread = spread_of(schools, BOOKS, "小学", standard(), DAY, "")
    assert spread.left_out == 1 and len(spread.pulls) == 2
    assert spread_of(schools[1:], BOOKS, "小学", standard(), DAY, "") is None, "one school has nothing to differ from"


AREA = ResourceDef(indicator="area", amount="面积", measure="平方米", shared=True)
MIXED = MixedDef(weights={"小学": 1, "初中": 1.1, "普通高中": 1.32}, valid_from=date(2025, 1, 1))


@pytest.mark.parametrize("written", [(9000, None), (None, 9000), (4000, 5000)])
def test_a_nine_year_school_is_divided_by_weighted_pupils_wherever_it_wrote_the_whole(written):
    rule = standard(resources=(AREA,), mixed=(MIXED,)).schools
    parts = [part(1, 600, area=written[0]), part(1, 300, "初中", area=written[1])]
    shares = [item.amounts["area"] / item.pupils for item in divided(parts, rule, DAY)]
    assert [round(share, 3) for share in shares] == [Decimal("9.677"), Decimal("10.645")]


def test_a_complete_secondary_school_is_divided_one_to_one_point_two():
    rule = standard(resources=(AREA,), mixed=(MIXED,)).schools
    junior, senior = divided([part(1, 300, "初中", area=6600), part(1, 300, "普通高中", area=None)], rule, DAY)
    assert (junior.amounts["area"], senior.amounts["area"]) == (3000, 3600)


def test_before_the_switch_nothing_is_divided_nor_ever_what_is_not_shared():
    rule = standard(resources=(AREA, BOOKS), mixed=(MIXED,)).schools
    parts = [part(1, 600, area=9000, books=1), part(1, 300, "初中", area=None, books=2)]
    assert divided(parts, rule, date(2024, 9, 1)) == parts
    assert [item.amounts["books"] for item in divided(parts, rule, DAY)] == [1, 2]


@pytest.mark.parametrize(
    ("amount", "measure", "text"),
    [("2.01", "名", "3 名"), ("411.2", "平方米", "412 平方米"), ("85001", "元", "8.6 万元"), ("940", "元", "940 元"), ("1000000", "册", "1,000,000 册")],
)  # fmt: skip
def test_what_is_lacking_is_rounded_up_so_that_it_suffices(amount, measure, text):
    assert amount_text(Decimal(amount), measure) == text


@pytest.fixture
def county(db, settings, tmp_path) -> County:
    settings.WAREHOUSE = tmp_path
    return make_schools()


def lines(user, unit=None) -> dict[str, str]:
    return {line.part.name: line.state for line in board_for(user, "halls", unit, "SY2025").lines}


def test_all_but_one_must_be_met_and_that_one_nearly(county: County):
    assert lines(county.chief) == {
        "第一小学": "met",
        "第二小学": "tolerated",
        "第四小学": "failed",
        "河东中学": "unknown",
    }


def test_a_small_teaching_point_is_not_evaluated(county: County):
    assert "第五小学" not in lines(county.chief)


def test_a_board_tells_what_each_school_lacks(county: County):
    found = {line.part.name: line for line in board_for(county.chief, "halls", None, "SY2025").lines}
    assert found["第四小学"].gaps == "还差 教师 3 名、设备 8.5 万元"
    assert found["第二小学"].gaps == "还差 面积 50 平方米"
    assert (found["第四小学"].met, found["第四小学"].asked) == (2, 4)
    assert found["第一小学"].gaps == ""


def test_the_figures_agree_with_the_indicators(county: County):
    board = board_for(county.chief, "halls", None, "SY2025")
    values = {line.part.unit: line.cells[2].value for line in board.lines if line.part.stage == "小学"}
    below = {
        figure.unit.pk: figure.value for figure in figures_below(county.chief, "halls_books", None, "SY2025", "学校")
    }
    assert values == {unit: below[unit] for unit in values}


def test_the_coefficient_agrees_with_the_indicator_where_nothing_is_left_out(db, settings, tmp_path):
    settings.WAREHOUSE = tmp_path
    county = make_schools("\n".join(row for row in ROWS.splitlines() if not row.startswith("S5")))
    board = board_for(county.chief, "halls", None, "SY2025")
    figures = {
        figure.group: figure.value for figure in figures_by(county.chief, "halls_books_cv", None, "SY2025", "学段")
    }
    assert board.spread("halls_books", "小学").cv == pytest.approx(figures["小学"], abs=Decimal("1e-9"))


def test_a_stricter_limit_of_the_area_holds_for_it_alone_and_from_its_day(county: County):
    declared = catalog().standard("halls")
    limits = [limit_for(declared, "halls_area", "初中", date(year, 9, 1), area).at_least
              for year, area in ((2025, "B1"), (2026, "B1"), (2026, "C1"))]  # fmt: skip
    assert limits == [5.8, 6, 5.8]


def test_who_had_data_a_year_ago_and_still_exists_is_missing(county: County):
    filed = board_for(county.chief, "halls", None, "SY2025").filed
    assert (filed.text, filed.missing) == ("5/6", ("九年学校",))


def test_history_has_a_board_for_each_period_with_data(county: County):
    boards = history_for(county.chief, "halls")
    assert [(board.period.code, board.passed(), board.total()) for board in boards] == [
        ("SY2024", 2, 4),
        ("SY2025", 2, 4),
    ]


def test_a_school_sees_its_own_line_a_district_its_schools_a_stranger_nothing(county: County):
    assert list(lines(county.own)) == ["第一小学"]
    assert list(lines(county.district)) == ["第一小学", "第二小学", "第四小学"]
    assert board_for(county.own, "halls", None, "SY2025").spreads == ()
    for user, unit in ((county.own, "S2"), (county.district, "D2"), (county.stranger, None)):
        with pytest.raises(NotFound):
            board_for(user, "halls", unit, "SY2025")


def test_a_board_takes_few_statements_however_many_schools(county: County, django_assert_max_num_queries):
    board_for(county.chief, "halls", None, "SY2025")
    with django_assert_max_num_queries(10):
        board_for(county.chief, "halls", None, "SY2025")


def test_a_standard_without_schools_and_one_without_data_say_so(county: County):
    with pytest.raises(NotFound, match="没有逐校评估"):
        board_for(county.chief, "student_aid")
    with pytest.raises(Problem, match="还没有数据"):
        board_for(county.chief, "balanced_quality")
    with pytest.raises(NotFound, match="没有标准"):
        board_for(county.chief, "nothing")


def test_the_shipped_standards_hold_the_figures_of_the_documents(db):
    make_county()
    quality, basic = catalog().standard("balanced_quality"), catalog().standard("basic_balance")
    limits = {stage: [limit_for(quality, item.indicator, stage, DAY).at_least for item in quality.schools.resources]
              for stage in quality.schools.stages}  # fmt: skip
    assert limits == {"小学": [4.2, 1, 0.9, 4.5, 7.5, 2000, 2.3], "初中": [5.3, 1, 0.9, 5.8, 10.2, 2500, 2.4]}
    for stage, most in (("小学", 0.5), ("初中", 0.45)):
        assert {limit_for(quality, item.spread, stage, DAY).at_most for item in quality.schools.resources} == {most}
    assert (quality.schools.met_at_least, len(quality.schools.resources), len(basic.schools.resources)) == (6, 7, 8)
    assert [limit_for(basic, "basic_balance_cv", stage, DAY).at_most for stage in ("小学", "初中")] == [0.65, 0.55]
    parts = [item.part for item in quality.items]
    assert (parts.count("教育质量"), parts.count("社会认可度")) == (9, 1)


def test_the_mean_of_the_coefficients_is_that_of_all_of_them(county: County):
    board = board_for(county.chief, "halls", None, "SY2025")
    area, books = (board.spread(code, "小学").cv for code in ("halls_area", "halls_books"))
    assert composite(board, "小学") == (area + books) / 2
    assert composite(board, "初中") is None
