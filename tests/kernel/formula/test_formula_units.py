"""What counts in what: units that are derived, units that clash, and what must not be added."""

import pytest

from taizhang.kernel.formula import Fact, FormulaError, MappingSchema, analyse, misfit, parse, unit_named

FACTS = {
    "经费": Fact("元"), "投入": Fact("万元"), "学生": Fact("人"), "来访": Fact("人次"), "面积": Fact("m²"), "校园": Fact("平方米"),
    "占地": Fact("公顷"), "出勤率": Fact("%", additive="no"), "无名": Fact(),
    "全体": Fact("人"), "女生": Fact("人", additive="nested", part_of="全体"), "寄宿": Fact("人", additive="nested", part_of="全体"),
    "低龄": Fact("人", additive="exclusive", part_of="全体"), "高龄": Fact("人", additive="exclusive", part_of="全体"),
    "寄宿女生": Fact("人", additive="nested", part_of="寄宿"),
}  # fmt: skip
SCHEMA = MappingSchema(
    dict.fromkeys(FACTS, "number"),
    {"别表": dict.fromkeys(FACTS, "number")},
    {(register, name): fact for register in (None, "别表") for name, fact in FACTS.items()},
)


def derived(text: str) -> str | None:
    unit = analyse(parse(text), SCHEMA).unit
    return None if unit is None else unit.text


@pytest.mark.parametrize(
    ("formula", "unit"),
    [
        ("sum(经费)", "元"), ("sum(经费) / sum(学生)", "元/人"), ("sum(学生) / sum(学生)", ""), ("sum(面积 + 校园)", "m²"),
        ("avg(经费 / 学生)", "元/人"), ("weighted_cv(经费, 学生)", ""), ("share(sum(经费))", ""), ("max(学生) - min(学生)", "人"),
        ("previous(sum(经费))", "元"), ("growth(sum(经费))", ""), ("change(sum(经费))", "元"), ("count()", None),
        ("sum(无名)", None), ("sum(经费) / sum(无名)", None), ("sum(经费) + 100", "元"), ("coalesce(sum(经费), 0)", "元"),
        ("sum_if(经费, 学生 > 3)", "元"), ("round(sum(面积) / sum(学生), 2)", "m²/人"), ("if(sum(学生) > 5, sum(经费), null)", "元"),
    ],
)  # fmt: skip
def test_the_unit_of_a_formula_follows_from_its_fields(formula: str, unit: str | None) -> None:
    assert derived(formula) == unit


@pytest.mark.parametrize(
    ("formula", "message", "position"),
    [
        ("sum(经费) + sum(学生)", "“元”和“人”不能相加减", 8),
        ("sum(学生 + 来访)", "“人”和“人次”不能相加减", 7),
        ("sum(经费) - sum(投入)", "“元”和“万元”不能相加减", 8),
        ("sum(面积) + sum(占地)", "不能相加减", 8),
        ("count_if(经费 > 学生)", "不能比较", 12),
        ("sum(if(学生 > 0, 经费, 学生))", "不能二选一", 4),
        ("sum(coalesce(经费, 学生))", "不能混用", 4),
        ("min2(sum(经费), sum(学生))", "不能混用", 0),
        ("count_if(学生 between 1 and 经费)", "不能比较", None),
        ("count_if(学生 in (经费, 3))", "不能比较", None),
    ],
)
def test_what_counts_in_different_things_is_refused_at_its_place(
    formula: str, message: str, position: int | None
) -> None:
    with pytest.raises(FormulaError) as refused:
        derived(formula)
    assert message in refused.value.message and refused.value.code == "formula.unit" and refused.value.remedy
    if position is not None:
        assert refused.value.position == position


@pytest.mark.parametrize(
    "formula",
    [
        "count_if(面积 <= 学生 * 60)",  # 60 m² for each
        "count_if(学生 <= 来访)",  # each came at least once
        "sum(投入) * 10000 + sum(经费)",
        "sum(经费) / 10000 + sum(投入)",
        "sum(学生) + sum(无名)",
        "count_if(学生 > 0)",
    ],
)
def test_a_factor_may_carry_a_unit_that_nobody_wrote(formula: str) -> None:
    analyse(parse(formula), SCHEMA)


def test_persons_and_visits_say_why_they_do_not_add() -> None:
    with pytest.raises(FormulaError) as refused:
        derived("sum(学生) + sum(来访)")
    assert "一个人可以来几次" in refused.value.remedy


@pytest.mark.parametrize(
    ("declared", "formula", "wrong"),
    [
        ("元", "sum(经费)", False), ("人", "sum(经费)", True), ("万元", "sum(经费)", True), ("万元", "sum(经费) / 10000", False),
        ("%", "sum(经费) / sum(学生)", True), ("%", "sum(学生) / sum(学生)", False), ("元", "sum(经费) / sum(学生)", False),
        ("名", "sum(学生)", False), ("", "sum(经费)", False), ("件", "count()", False), ("亩", "5", False),
    ],
)  # fmt: skip
def test_a_declared_unit_that_cannot_be_is_told(declared: str, formula: str, wrong: bool) -> None:
    assert bool(misfit(declared, analyse(parse(formula), SCHEMA).unit)) is wrong


def test_units_are_read_as_people_write_them() -> None:
    assert unit_named("元/生").text == "元/生" and unit_named("㎡").text == "m²" and unit_named("") is None
    assert unit_named("万人次").dims == (("人次", 1),) and unit_named("亿元").scale == 100_000_000
    assert unit_named("百人").scale == 100 and unit_named("千瓦").text == "千瓦"


@pytest.mark.parametrize(
    "formula",
    ["sum(出勤率)", "sum_if(出勤率, 学生 > 3)", "share(出勤率)", "sum(coalesce(出勤率, 0))", "sum(-出勤率)"],
)
def test_a_rate_is_not_added_over_units(formula: str) -> None:
    with pytest.raises(FormulaError, match="“出勤率”不能相加"):
        derived(formula)


@pytest.mark.parametrize(
    "formula", ["avg(出勤率)", "sum(出勤率 * 学生) / sum(学生)", "max(出勤率)", "count_if(出勤率 > 0.9)"]
)
def test_a_rate_may_be_weighted_averaged_and_compared(formula: str) -> None:
    analyse(parse(formula), SCHEMA)


@pytest.mark.parametrize(
    ("formula", "fine"),
    [
        ("sum(全体 + 女生)", False), ("sum(女生) + sum(全体)", False), ("sum(女生 + 寄宿)", False),
        ("sum(全体) + sum(寄宿女生)", False), ("sum(低龄 + 高龄)", True), ("sum(低龄 + 女生)", False),
        ("sum(低龄) + sum(全体)", False), ("sum(全体 - 女生)", True), ("sum(全体) + sum(别表.女生)", True),
        ("sum(全体) + sum(学生)", True), ("sum(女生) / sum(全体)", True), ("sum(低龄 + 高龄 + 女生)", False),
    ],
)  # fmt: skip
def test_a_part_is_not_added_to_what_holds_it(formula: str, fine: bool) -> None:
    if fine:
        analyse(parse(formula), SCHEMA)
    else:
        with pytest.raises(FormulaError, match="有重合"):
            derived(formula)
