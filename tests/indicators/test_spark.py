"""The same statements on Spark over the same files give the same figures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taizhang.indicators.queries import figures_below, figures_by, value_for
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import Names, Plan, evaluate_aggregate, parse, plan_aggregates, select_many
from taizhang.warehouse import spark
from taizhang.warehouse.projection import Build
from taizhang.warehouse.queries import run
from tests.indicators.test_time_and_place import county  # noqa: F401
from tests.kernel.formula.engines import TODAY, same
from tests.kernel.formula.test_same_on_all_engines import ROWS, _formulas
from tests.support import County

HAS_JAVA = bool(shutil.which("java") or os.environ.get("JAVA_HOME"))
needs_spark = pytest.mark.skipif(not HAS_JAVA, reason="no Java: Spark cannot start")
NOW = datetime.fromisoformat("2026-03-01T08:00:00+08:00")


@pytest.fixture(scope="module")
def pyspark() -> None:
    pytest.importorskip("pyspark", reason="pyspark (extra spark) is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Spark's own imports warn
        spark._context()


@pytest.mark.spark
@needs_spark
@pytest.mark.django_db
@pytest.mark.usefixtures("pyspark")
def test_every_kind_of_figure_is_the_same_on_spark(county: County) -> None:  # noqa: F811
    for code in ("m_pupils", "m_each", "m_ytd", "m_yoy", "m_rank", "m_streak", "m_cv"):
        for period in ("2026-03", "2026"):
            here, there = (value_for(county.root, code, "B1", period, engine=name) for name in ("duckdb", "spark"))
            assert same(here.value, there.value) and here.coverage == there.coverage, (code, period)
    lists = [
        [
            (figure.unit.code, figure.value)
            for figure in figures_below(county.root, "月收入", "B1", "2026", "学校", engine=name)
        ]
        for name in ("duckdb", "spark")
    ]
    assert lists[0] == lists[1] and len(lists[0]) == 3
    by = figures_by(county.root, "月收入", "B1", "2026", "学段", engine="spark")
    assert [(figure.group, figure.value) for figure in by] == [("小学", 960), ("初中", 260)]


SCHEMA = pa.schema(
    [("人数", pa.int64()), ("班数", pa.int64()), ("经费", pa.decimal128(18, 2)), ("类别", pa.string()), ("寄宿", pa.bool_()),
     ("日期", pa.date32())]
)  # fmt: skip


@pytest.mark.spark
@needs_spark
@pytest.mark.usefixtures("pyspark")
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_generated_formulas_give_the_reference_answer_on_spark_in_one_batch(tmp_path: Path) -> None:
    """Many formulas over one pair of tables: two statements on Spark answer them all."""
    seen: list[int] = []
    apart: list[object] = []

    @settings(
        max_examples=3,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        texts = data.draw(st.lists(_formulas(), min_size=25, max_size=25, unique=True))
        rows, others = data.draw(ROWS), data.draw(ROWS)
        seen.append(len(texts))
        registers = {"学校": rows, "校舍": others}
        folder = tmp_path / str(len(seen))
        folder.mkdir()
        for name, content in registers.items():
            pq.write_table(pa.Table.from_pylist(content, schema=SCHEMA), folder / f"{name}.parquet")
        build = Build(f"b{len(seen)}", NOW, {name: str(folder / f"{name}.parquet") for name in registers})
        names = Names()
        plans = [plan_aggregates(parse(text), "学校", names) for text in texts]
        try:
            row = batch(build, plans)
        except Exception as wrong:
            apart.append((texts, str(wrong)[:2000]))
            return
        for plan in plans:
            wanted = evaluate_aggregate(plan.formula, registers, TODAY, default_register="学校")
            found = plan.finish(row, today=TODAY)
            if not all(same(a, b) for a, b in zip(wanted, found, strict=True)):
                apart.append((plan.formula.text, rows, others, wanted, found))

    agree()  # told at the end: shrinking a batch of formulas says nothing
    assert not apart, apart[0]
    assert len(seen) > 1


def batch(build: Build, plans: list[Plan]) -> dict[str, Any]:
    """The output columns of all plans: one statement a register."""
    row: dict[str, Any] = {}
    for name in build.tables:
        readers = [plan for plan in plans if name in plan.terms]
        if readers:
            row |= run(build, select_many(readers, name, name, today=TODAY), "spark")[0]
    return row


CLUSTER = """
import sys, datetime
import django
django.setup()

from taizhang.warehouse.projection import Build
from taizhang.warehouse.spark import run_on_spark, _context
build = Build("b", datetime.datetime.now(datetime.UTC), {"t": sys.argv[1]})
print(run_on_spark(build, "SELECT sum(x) AS x, count(*) AS n FROM t", {})[0], _context().sparkContext.master)
"""


@pytest.mark.spark
@needs_spark
def test_a_cluster_of_two_workers_answers_alike(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark (extra spark) is not installed")
    pq.write_table(pa.table({"x": list(range(1000))}), tmp_path / "t.parquet", row_group_size=100)
    settings_ = {**os.environ, spark.MASTER: "local-cluster[2,1,1024]", spark.OPTIONS: "spark.executor.memory=512m"}
    answer = subprocess.run(
        [sys.executable, "-c", CLUSTER, str(tmp_path / "t.parquet")],
        env={**settings_, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert "{'x': 499500, 'n': 1000} local-cluster[2,1,1024]" in answer.stdout, answer.stderr[-2000:]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(Problem, match="没有安装 Spark") as refused:
        spark.run_on_spark(Build("x", NOW, {"t": "/nowhere/1.parquet"}), "SELECT 1", {})
    assert "taizhang[spark]" in refused.value.remedy and "duckdb" in refused.value.remedy


def test_without_java_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="pyspark (extra spark) is not installed")
    monkeypatch.setattr(spark.shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Problem, match="没有找到 Java"):
        spark.run_on_spark(Build("x", NOW, {"t": "/nowhere/2.parquet"}), "SELECT 1", {})


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(spark.MASTER, "yarn")
    monkeypatch.setenv(spark.OPTIONS, "spark.executor.memory=4g; spark.sql.shuffle.partitions=200\n")
    found = spark.options()
    assert found["spark.master"] == "yarn" and found["spark.executor.memory"] == "4g"
    assert found["spark.sql.shuffle.partitions"] == "200" and "spark.driver.host" not in found
    monkeypatch.setenv(spark.OPTIONS, "spark.executor.memory")
    with pytest.raises(Problem, match="没有值"):
        spark.options()
    monkeypatch.setenv(spark.FILES, "s3a://bucket/taizhang/")
    assert spark.address("/srv/warehouse/reg_x-12.parquet") == "s3a://bucket/taizhang/reg_x-12.parquet"
    monkeypatch.delenv(spark.FILES)
    assert spark.address("/srv/a.parquet") == "file:///srv/a.parquet"
