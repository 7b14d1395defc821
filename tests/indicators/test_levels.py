"""Many formulas at many levels in one pass give what the reference gives one by one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taizhang.catalog.current import Catalog
from taizhang.catalog.pack import read_files
from taizhang.indicators import passes
from taizhang.indicators.evaluate import evaluate_levels
from taizhang.indicators.scope import WHOLE, Grouping, Scope
from taizhang.kernel.periods import Period
from taizhang.warehouse import queries
from taizhang.warehouse.columns import DECIMAL, RECORD_COLUMNS
from taizhang.warehouse.projection import UNIT_SCHEMA, Build
from tests.kernel.formula.engines import same

FORMULAS = [
    "sum(学生)", "sum(学生) / sum(教师)", "avg(教师)", "weighted_cv(图书, 学生)", "median(学生)", "count_distinct(教师)",
    "min(经费) + max(经费)", "min(学段)", "sum(经费)", "count()", "count_if(教师 > 3)", "growth_last_year(sum(学生))",
    "sum(学生) - previous(sum(学生))", "ytd(sum(经费))", "share(sum(学生))", "part(sum(学生))", "rank(sum(学生))",
    "streak(sum(学生) > 5)", "count_if(状态 = '作废')", "count() - count_if(状态 = '作废')", "sum(学生) / count(检查.*)",
    "sum(检查.扣分)", "median(检查.扣分)", "sum(学生) * 2 / 10000",
]  # fmt: skip
INDICATORS = "\n".join(
    f'  - {{code: i{place:02d}, name: 指标{place:02d}, formula: "{text}"}}' for place, text in enumerate(FORMULAS)
)
PACK = {
    "pack.yaml": "name: levels\nversion: '1'\ntitle: 测试\n",
    "registers/heads.yaml": f"""
register: heads
name: 人数表
kind: statistics
period: school_year
dimensions: [学段]
fields:
  - {{name: 学段, type: choice, options: [小学, 初中]}}
  - {{name: 学生, type: integer, measure: stock}}
  - {{name: 教师, type: integer}}
  - {{name: 图书, type: integer}}
  - {{name: 经费, type: money, measure: flow}}
lifecycle:
  initial: 待报
  states: {{待报: open, 已报: closed, 作废: void}}
indicators:
{INDICATORS}
""",
    "registers/visits.yaml": """
register: visits
name: 检查
kind: case
fields:
  - {name: 日期, type: date, required: true}
  - {name: 扣分, type: decimal}
""",
}
FIELDS = {
    "heads": {"学段": pa.string(), "学生": pa.int64(), "教师": pa.int64(), "图书": pa.int64(), "经费": DECIMAL},
    "visits": {"扣分": DECIMAL},
}
DEFINITIONS = Catalog((read_files(PACK),))
# A bureau, two districts, schools below them and one straight below the bureau; the bureau returns rows of its own.
PATHS = {1: "/1/", 2: "/1/2/", 3: "/1/3/", 11: "/1/2/11/", 12: "/1/2/12/", 13: "/1/3/13/", 14: "/1/14/"}
LEVEL_OF = {1: "bureau", 2: "district", 3: "district"}
GROUPINGS = (
    WHOLE, Grouping(level="school"), Grouping(level="district"), Grouping(depth=1), Grouping(depth=2),
    Grouping(dimension="学段"), Grouping(depth=1, dimension="学段"), Grouping(level="school", dimension="学段"),
)  # fmt: skip
numbers = st.none() | st.integers(0, 12)
heads = st.fixed_dictionaries(
    {
        "_unit": st.sampled_from([*PATHS]), "期间": st.sampled_from(["SY2023", "SY2024", "SY2025"]),
        "_category": st.sampled_from(["open", "closed", "void"]), "学段": st.sampled_from(["小学", "初中", None]),
        "学生": numbers, "教师": numbers, "图书": numbers, "经费": st.none() | st.decimals(0, 10**9, places=2),
    }
)  # fmt: skip
visits = st.fixed_dictionaries(
    {
        "_unit": st.sampled_from([*PATHS]), "_dated_on": st.dates(date(2024, 1, 1), date(2026, 7, 1)),
        "_category": st.just("open"), "扣分": st.none() | st.decimals(0, 99, places=1),
    }
)  # fmt: skip


def build_of(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> Build:
    units = []
    for unit, path in PATHS.items():
        above = {f"at_{level}": None for level in ("bureau", "section", "district", "school")}
        steps = [int(part) for part in path.strip("/").split("/")]
        for step in steps:
            above[f"at_{LEVEL_OF.get(step, 'school')}"] = step
        level = LEVEL_OF.get(unit, "school")
        parent = steps[-2] if len(steps) > 1 else None
        units.append({"unit_id": unit, "code": f"u{unit}", "path": path, "level": level, "parent_id": parent, **above})
    tables = {"dim_unit": pa.Table.from_pylist(units, schema=UNIT_SCHEMA)}
    for code, own in rows.items():
        for row in own:
            row["状态"] = {"void": "作废", "closed": "已报"}.get(row["_category"], "待报")
        tables[f"reg_{code}"] = pa.Table.from_pylist(
            own, schema=pa.schema([*RECORD_COLUMNS.items(), *FIELDS[code].items()])
        )
    files = {name: str(folder / f"{name}.parquet") for name in tables}
    for name, table in tables.items():
        pq.write_table(table, files[name])
    return Build("b", datetime.fromisoformat("2026-03-01T08:00:00+08:00"), files, DEFINITIONS, date(2026, 3, 1), "b")


@settings(
    max_examples=6, deadline=None, phases=[Phase.generate], derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(
    st.lists(heads, min_size=12, max_size=25),
    st.lists(visits, max_size=8),
    st.sampled_from(["SY2025", "2026", "2025H1"]),
    st.sampled_from(["/1/", "/1/2/"]),
)
def test_one_pass_for_all_levels_gives_the_answers_of_the_reference(
    tmp_path_factory: pytest.TempPathFactory, returned: list[Any], visited: list[Any], period: str, path: str
) -> None:
    build = build_of(tmp_path_factory.mktemp("levels"), {"heads": returned, "visits": visited})
    asked = (list(DEFINITIONS.indicators.values()), Scope(path, Period.parse(period)), build, GROUPINGS)
    found, wanted = (evaluate_levels(*asked, engine=engine) for engine in ("duckdb", "reference"))
    for grouping in GROUPINGS:
        for code, groups in wanted[grouping].items():
            formula = DEFINITIONS.indicator(code).formula
            assert found[grouping][code].keys() == groups.keys(), (formula, grouping)
            for key, one in groups.items():
                other = found[grouping][code][key]
                told = (formula, grouping, key, one, other)
                assert same(one.figure.value, other.figure.value) and one.units == other.units, told
                assert one.figure.rows_used == other.figure.rows_used, told
                assert one.figure.rows_left_out == other.figure.rows_left_out, told


def test_every_level_at_once_reads_a_register_once_a_period(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, plain = count(), passes.run
    monkeypatch.setattr(passes, "run", lambda *given: next(read) >= 0 and plain(*given))
    row = {"_unit": 11, "期间": "SY2025", "_category": "open", "学生": 3, "教师": 2, "图书": 9}
    build = build_of(tmp_path, {"heads": [row], "visits": []})
    added = [DEFINITIONS.indicator(f"i{place:02d}") for place in (0, 1, 2, 3, 8, 9, 10, 11)]
    levels = [WHOLE, Grouping(level="school"), Grouping(depth=1), Grouping(depth=2)]
    found = evaluate_levels(added, Scope("/1/", Period.parse("SY2025")), build, levels)
    assert found[levels[2]]["i01"][2].figure.value == found[WHOLE]["i01"][None].figure.value
    assert next(read) == 2  # this year, and the year before for the growth


def test_an_answer_is_remembered_until_one_of_its_files_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    plain = queries.RUNNERS["duckdb"]
    monkeypatch.setitem(queries.RUNNERS, "duckdb", lambda *given: asked.append(given[1].tables) or plain(*given))
    row = {"_unit": 11, "期间": "SY2025", "_category": "open", "学生": 3}
    visit = {"_unit": 11, "_dated_on": date(2026, 1, 5), "_category": "open", "扣分": Decimal(2)}
    items = [DEFINITIONS.indicator("i00"), DEFINITIONS.indicator("i21")]

    def values(build: Build) -> list[Any]:
        asked.clear()
        found = evaluate_levels(items, Scope("/1/", Period.parse("SY2025")), build, [WHOLE])[WHOLE]
        return [found[item.code][None].figure.value for item in items]

    build = build_of(tmp_path, {"heads": [row], "visits": [visit]})
    assert values(build) == [3, 2] and len(asked) == 2
    assert values(build) == [3, 2] and asked == []
    schema = pq.read_schema(build.tables["reg_heads"])
    pq.write_table(pa.Table.from_pylist([row, {**row, "学生": 700}], schema=schema), build.tables["reg_heads"])
    assert values(build) == [703, 2] and asked == [("dim_unit", "reg_heads")]


def test_the_periods_that_a_file_holds_are_asked_again_when_it_was_replaced(tmp_path: Path) -> None:
    row = {"_unit": 11, "期间": "SY2025", "_category": "open", "学生": 3}
    build = build_of(tmp_path, {"heads": [row], "visits": []})
    assert queries.period_codes(build, "heads") == ["SY2025"]
    schema = pq.read_schema(build.tables["reg_heads"])
    rows = [row, *({**row, "期间": period} for period in ("SY2027", "SY2026", ""))]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), build.tables["reg_heads"])
    assert queries.period_codes(build, "heads") == ["SY2027", "SY2026", "SY2025"]
    assert queries.period_codes(build, "unheard") == []
