"""Plans: what SQL they make, and what a caller can do with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from taizhang.kernel.formula import Names, parse, plan_aggregates, select_many
from taizhang.kernel.formula.sql import column

TODAY = date(2026, 3, 1)


def sql_of(text: str, dialect: str = "duckdb") -> str:
    return plan_aggregates(parse(text), "学校").select("学校", "学校", today=TODAY).sql(dialect)


def test_one_select_per_register_with_a_column_per_aggregate() -> None:
    plan = plan_aggregates(parse("sum(人数) / sum(校舍.面积) + count(校舍.*) + sum(人数) * 2"), "学校")
    assert {register: [atom.key for atom in atoms] for register, atoms in plan.terms.items()} == {
        "学校": ["a0"],
        "校舍": ["a1", "a2"],
    }
    assert plan.columns == ("n0", "u0", "a0", "n1", "u1", "a1", "a2")
    assert [atom.function for atom in plan.terms["校舍"]] == ["sum", "count"]


def test_a_sum_that_is_paired_in_one_place_has_two_columns() -> None:
    plan = plan_aggregates(parse("sum(人数) / sum(班数) + sum(人数)"), "学校")
    assert [len(atom.guards) for atom in plan.terms["学校"]] == [1, 1, 0]


def test_the_weighted_coefficient_is_made_of_mergeable_sums() -> None:
    plan = plan_aggregates(parse("weighted_cv(图书, 人数) + median(人数) + count_distinct(人数) + max(人数)"), "学校")
    assert [(a.function, a.mergeable) for a in plan.terms["学校"]] == [
        ("sum", True), ("sum", True), ("sum", True), ("median", False), ("count_distinct", False), ("max", True)
    ]  # fmt: skip


def test_grouping_filter_and_internal_column_names_come_from_the_caller() -> None:
    plan = plan_aggregates(parse("sum(人数) / sum(班数)"), "学校")
    where = exp.EQ(this=column("期间"), expression=exp.Literal.string("2025"))
    codes = {"人数": "f01", "班数": "f02"}
    query = plan.select(
        "学校", "reg_school", where, [column("单位"), exp.alias_(exp.Upper(this=column("城乡")), "side", quoted=True)],
        today=TODAY, column=lambda name: column(codes[name]),
    )  # fmt: skip
    with duckdb.connect() as con:
        con.execute('CREATE TABLE reg_school ("单位" TEXT, "城乡" TEXT, "期间" TEXT, f01 BIGINT, f02 BIGINT)')
        con.execute(
            "INSERT INTO reg_school VALUES ('甲','a','2025',7,8),('甲','A','2025',NULL,2),('乙','a','2024',1,1),('丙','b','2025',3,4)"
        )
        cursor = con.execute(query.sql("duckdb"))
        assert [d[0] for d in cursor.description] == ["单位", "side", "n0", "u0", "a0", "a1"]
        assert sorted(cursor.fetchall()) == [("丙", "B", 1, 1, 3, 4), ("甲", "A", 2, 1, 7, 8)]


def test_several_formulas_share_one_pass_over_a_register() -> None:
    texts = ("sum(人数) / sum(班数)", "count() - previous(count())", "sum(校舍.面积)")
    names = Names()
    plans = [plan_aggregates(parse(text), "学校", names) for text in texts]
    assert plans[0].columns == ("n0", "u0", "a0", "a1") and plans[1].columns == ("n0", "u1", "a2", "e0")
    query = select_many(plans, "学校", "t", today=TODAY)
    with duckdb.connect() as con:
        con.execute('CREATE TABLE t ("人数" BIGINT, "班数" BIGINT)')
        con.execute("INSERT INTO t VALUES (7, 8), (NULL, 2)")
        cursor = con.execute(query.sql("duckdb"))
        row = dict(zip([d[0] for d in cursor.description], cursor.fetchall()[0], strict=True))
    assert sorted(row) == ["a0", "a1", "a2", "n0", "u0", "u1"]
    with pytest.raises(ValueError, match="校车"):
        select_many(plans, "校车", "t", today=TODAY)
    assert plans[0].finish(row, today=TODAY).value == Decimal("0.875")
    assert plans[1].finish({**row, "e0": 5}, today=TODAY).value == -3


def test_the_rows_behind_a_figure_can_be_asked_for() -> None:
    plan = plan_aggregates(parse("sum(人数) / sum(班数)"), "学校")
    assert plan.used_rows("学校", today=TODAY).sql("duckdb") == '"人数" IS NOT NULL AND "班数" IS NOT NULL'
    assert plan_aggregates(parse("count()"), "学校").used_rows("学校", today=TODAY).sql("duckdb") == "TRUE"


def test_a_unit_without_rows_in_one_register_counts_zero_and_sums_nothing() -> None:
    plan = plan_aggregates(parse("coalesce(sum(校舍.面积), 0) + count(校舍.*) + count()"), "学校")
    figure = plan.finish({"n0": 2, "u0": 2, "a2": 2}, today=TODAY)
    assert (figure.value, figure.rows_used, figure.rows_left_out) == (2, 2, 0)
    columns = {key: exp.Null() for key in plan.columns} | {"a2": exp.Literal.number(2), "n0": exp.Literal.number(2)}
    with duckdb.connect() as con:
        query = exp.select(*plan.outputs(columns, today=TODAY).values()).sql("duckdb")
        assert con.execute(query).fetchall() == [(Decimal(2), None, None, 0, 2)]


def test_combine_reads_the_columns_it_is_given() -> None:
    plan = plan_aggregates(parse("sum(人数) / count()"), "学校")
    columns = {"a0": exp.column("a0", table="t", quoted=True), "a1": exp.column("a1", table="t", quoted=True)}
    assert (
        plan.combine(columns, today=TODAY).sql("duckdb")
        == 'CAST("t"."a0" AS DOUBLE) / NULLIF(COALESCE("t"."a1", 0), 0)'
    )


def test_externals_say_what_to_evaluate_and_where() -> None:
    plan = plan_aggregates(
        parse("previous(sum(人数)) + 占比(人数) + rank() + ytd(count()) + previous(sum(人数))"), "学校"
    )
    told = [(e.key, e.kind, e.formula and parse(str(e.formula)) and e.formula.root.function) for e in plan.externals]  # type: ignore[attr-defined]
    assert told == [("e0", "previous", "sum"), ("e1", "parent", "sum"), ("e2", "rank", None), ("e3", "ytd", "count")]
    assert [e.key for e in plan.shifts] == ["e0", "e3"]
    assert plan.shifts[0].formula is not None
    inner = plan_aggregates(plan.shifts[0].formula, "学校")
    assert inner.finish({"n0": 1, "u0": 1, "a0": 5}, today=TODAY).value == 5
    values = {"n0": 1, "u0": 1, "a0": 4, "e0": 10, "e1": 8, "e2": 3, "e3": 100}
    assert plan.finish(values, today=TODAY).value == Decimal("123.5")


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize(
    "text",
    [
        "sum(人数) / sum(班数)", "weighted_cv(图书, 人数)", "count_if(age(出生) >= 50 and 日期 <= today())",
        "sum_if(人数, 类别 in ('o''k', 'a\\b'))", "median(days(日期, today()))", "count_distinct(round(人数 / 班数, -1))",
        "count_if(not (年份(日期) between 2020 and 2025) or 寄宿)", "min(max2(日期, date'2025-09-01'))",
    ],
)  # fmt: skip
def test_sql_of_both_dialects_parses_and_quotes_every_name(text: str, dialect: str) -> None:
    written = sql_of(text, dialect)
    parsed = sqlglot.parse(written, read=dialect)
    assert len(parsed) == 1 and isinstance(parsed[0], exp.Select)
    assert all(identifier.args["quoted"] for identifier in parsed[0].find_all(exp.Identifier))


def test_division_is_in_floating_numbers_and_never_by_zero() -> None:
    for dialect in ("duckdb", "spark"):
        written = sql_of("sum(人数 / 班数)", dialect)
        assert "AS DOUBLE) / NULLIF(" in written


def test_text_of_an_author_stays_a_literal() -> None:
    nasty = "x' OR 1=1; --\\"
    plan = plan_aggregates(parse("count_if(类别 = '" + nasty.replace("'", "''") + "')"), "学校")
    for dialect in ("duckdb", "spark"):
        query = sqlglot.parse_one(plan.select("学校", "t", today=TODAY).sql(dialect), read=dialect)
        assert nasty in [literal.this for literal in query.find_all(exp.Literal) if literal.is_string]


def test_a_name_with_quotes_is_an_identifier() -> None:
    with duckdb.connect() as con:
        con.execute('CREATE TABLE t ("a""; DROP" BIGINT)')
        con.execute("INSERT INTO t VALUES (4)")
        plan = plan_aggregates(parse('sum("a""; DROP")'), "t")
        assert con.execute(plan.select("t", "t", today=TODAY).sql("duckdb")).fetchall() == [(1, 1, 4)]


def test_moments_are_compared_by_day() -> None:
    plan = plan_aggregates(parse("count_if(时间 <= date'2026-03-01') + count_if(时间 = today())"), "t")
    with duckdb.connect() as con:
        con.execute('CREATE TABLE t ("时间" TIMESTAMP)')
        con.execute("INSERT INTO t VALUES ('2026-03-01 15:00:00')")
        row = con.execute(plan.select("t", "t", today=TODAY).sql("duckdb")).fetchall()[0]
    assert row == (1, 1, 1, 1)


def test_deep_formulas_still_compile() -> None:
    for text in ("sum(" + "+".join(["人数"] * 60) + ")", "sum(" + "if(人数 > 0, 1, " * 55 + "人数" + ")" * 56):
        assert sql_of(text)
