"""The same statements on Spark over the same Parquet files: for a province or the nation, beyond one machine.

One session per process. Settings come from the environment (docs/operations.md): where Spark runs, what else it is told,
and under which address its executors find the files. pyspark is an extra; who does not use Spark does not install it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.warehouse.projection import Build

MASTER, OPTIONS, FILES = "TAIZHANG_SPARK_MASTER", "TAIZHANG_SPARK_OPTIONS", "TAIZHANG_SPARK_FILES"
VIEWS_KEPT = 4
# What we always want: figures are small answers, so few shuffle partitions; wrong casts fail instead of giving null.
DEFAULTS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.log.level": "ERROR",
}
# On one machine nothing need be reachable from outside.
LOCAL = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}

_lock = threading.Lock()
_sessions: OrderedDict[tuple[str, ...], Any] = OrderedDict()


def run_on_spark(build: Build, text: str, parameters: dict[str, str]) -> list[dict[str, Any]]:
    """Run a statement on one build. Raises Problem where Spark is not installed or cannot start."""
    rows = _views(build).sql(text, args=parameters or None).collect()
    return [row.asDict() for row in rows]


def _views(build: Build) -> Any:
    """A session of the one context whose views are the build's files."""
    key = tuple(build.tables.values())
    with _lock:
        if key not in _sessions:
            session = _context().newSession()
            for name, file in build.tables.items():
                session.read.parquet(address(file)).createOrReplaceTempView(f"`{name}`")
            _sessions[key] = session
            while len(_sessions) > VIEWS_KEPT:
                _sessions.popitem(last=False)
        _sessions.move_to_end(key)
        return _sessions[key]


def address(file: str) -> str:
    """Where Spark finds a file: the file itself, or a copy of the same name under ``TAIZHANG_SPARK_FILES``."""
    shared = os.environ.get(FILES, "").rstrip("/")
    return f"{shared}/{Path(file).name}" if shared else f"file://{file}"


def options() -> dict[str, str]:
    """Spark's settings: ours, then those of ``TAIZHANG_SPARK_OPTIONS`` (``key=value``, one a line or parted by ``;``)."""
    master = os.environ.get(MASTER, "local[*]")
    given = {}
    for part in os.environ.get(OPTIONS, "").replace("\n", ";").split(";"):
        key, equals, value = part.strip().partition("=")
        if key and not equals:
            raise Problem(
                "WHS-012", f"{OPTIONS} 里的“{key}”没有值", remedy="写成 spark.executor.memory=4g，多项用分号隔开"
            )
        if key:
            given[key] = value
    near = LOCAL if master.startswith("local") else {}
    return {"spark.master": master, "spark.app.name": "taizhang", **DEFAULTS, **near, **given}


def _context() -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise Problem(
            "WHS-010", "没有安装 Spark", remedy="运行 pip install 'taizhang[spark]'；一台机器够用时改用 --engine duckdb"
        ) from missing
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").is_file())):
        raise Problem("WHS-011", "没有找到 Java，Spark 不能启动", remedy="安装 Java 17 或更新的版本，或设 JAVA_HOME")
    builder = SparkSession.builder
    for key, value in options().items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except Exception as wrong:
        raise Problem(
            "WHS-013", f"Spark 不能启动：{type(wrong).__name__} {wrong}"[:500], remedy=f"核对 {MASTER}、{OPTIONS}"
        ) from wrong
