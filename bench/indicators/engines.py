"""One engine: ``engines.py NAME FOLDER RUNS [POSTGRES]`` prints seconds, peak memory and a checksum of each indicator as JSON.

All compute the twenty indicators for 2025 in every county, city, province and the nation. Growths take the year before as well.
Exit status 3: the engine is not installed.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.indicators.model import COUNTS, GROWTHS, RATIOS, SPREADS, pack

Work = Callable[[], list[float]]
YEAR = 2025


def ours(folder: Path) -> Work:
    evaluated = figures(folder)
    from taizhang.warehouse.queries import forget_answers

    def work() -> list[float]:
        forget_answers()
        totals: dict[str, Decimal] = {}
        for named in evaluated("duckdb").values():
            for code, groups in named.items():
                found = (value for item in groups.values() if (value := item.figure.value) is not None)
                totals[code] = sum(found, totals.get(code, Decimal(0)))
        return list(map(float, totals.values()))

    return work


def figures(folder: Path) -> Callable[[str], Any]:
    """Evaluates the twenty indicators at all levels on an engine of ours."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.site.settings")
    import django

    django.setup()
    from taizhang.catalog.current import Catalog
    from taizhang.catalog.pack import read_files
    from taizhang.indicators.evaluate import evaluate_levels
    from taizhang.indicators.scope import WHOLE, Grouping, Scope
    from taizhang.kernel.periods import Period
    from taizhang.warehouse.projection import Build

    definitions = Catalog((read_files(pack()),))
    tables = {name: str(folder / f"{name}.parquet") for name in ("dim_unit", "reg_wide")}
    build = Build("bench", datetime.now(UTC), tables, definitions, kept="bench")
    items = list(definitions.indicators.values())
    scope = Scope("/1/", Period.parse(f"SY{YEAR}"))
    levels = [WHOLE, *(Grouping(depth=depth) for depth in (1, 2, 3))]
    return lambda engine: evaluate_levels(items, scope, build, levels, engine=engine)


def columns() -> list[str]:
    """The sums that the twenty indicators are made of, in plain SQL that DuckDB and PostgreSQL share."""
    found = []
    for a, b in RATIOS:
        found += [f"sum(CASE WHEN {b} IS NOT NULL THEN {a} END)", f"sum(CASE WHEN {a} IS NOT NULL THEN {b} END)"]
    for a, w in SPREADS:
        found += [
            f"sum(CASE WHEN {w} > 0 AND {a} IS NOT NULL THEN {part} END)" for part in (w, a, f"1.0 * {a} * {a} / {w}")
        ]
    found += [f"sum({name})" for name in GROWTHS] + [f"count(CASE WHEN {name} > 50 THEN 1 END)" for name in COUNTS]
    return found


def query(wide: str, units: str) -> str:
    """Hand-written: one pass with grouping sets, both years; the path's steps are the levels."""
    sums = ", ".join(f"{text} AS s{place}" for place, text in enumerate(columns()))
    steps = ", ".join(f"split_part(path, '/', {place}) AS l{place}" for place in (2, 3, 4, 5))
    sets = "((期间, l2), (期间, l2, l3), (期间, l2, l3, l4), (期间, l2, l3, l4, l5))"
    return f"""SELECT 期间, l2, l3, l4, l5, {sums} FROM {wide} AS r JOIN (SELECT unit_id, {steps} FROM {units} AS u0) AS u ON unit_id = _unit
               WHERE 期间 IN ('SY{YEAR}', 'SY{YEAR - 1}') AND _category <> 'void' GROUP BY GROUPING SETS {sets}"""


def finished(rows: list[tuple[Any, ...]]) -> list[float]:
    """The twenty checksums from the sums of each group: what a program does with the answer of the hand-written SQL."""
    by_period: dict[str, dict[tuple[Any, ...], list[float | None]]] = {}
    for period, *rest in rows:
        sums = [None if value is None else float(value) for value in rest[4:]]
        by_period.setdefault(period, {})[tuple(rest[:4])] = sums
    now, before = by_period[f"SY{YEAR}"], by_period.get(f"SY{YEAR - 1}", {})
    totals = [0.0] * 20
    for key, sums in now.items():
        for place, value in enumerate(values(sums, before.get(key))):
            totals[place] += value or 0.0
    return totals


def values(sums: list[Any], before: list[Any] | None) -> list[float | None]:
    found: list[float | None] = [
        a / b if a is not None and b else None for a, b in zip(sums[0:16:2], sums[1:16:2], strict=True)
    ]
    for place in range(16, 40, 3):
        w, x, q = sums[place : place + 3]
        square = q * w / (x * x) - 1 if w and x else None
        found.append(None if square is None else square**0.5 if square > 1e-12 else 0.0)
    for place in (40, 41):
        found.append((sums[place] - before[place]) / before[place] if before and before[place] else None)
    return found + sums[42:44]


def hand(folder: Path) -> Work:
    import duckdb

    connection = duckdb.connect()
    text = query(f"'{folder / 'reg_wide.parquet'}'", f"'{folder / 'dim_unit.parquet'}'")
    return lambda: finished(connection.execute(text).fetchall())


def postgres(folder: Path) -> Work:
    import duckdb
    import psycopg

    source, target = duckdb.connect(), psycopg.connect(sys.argv[4], autocommit=True)
    for table in ("dim_unit", "reg_wide"):
        described = source.execute(f"DESCRIBE SELECT * FROM '{folder / table}.parquet'").fetchall()
        types = {"BIGINT": "bigint", "DATE": "date"}
        made = ", ".join(f'"{name}" {types.get(kind, "text")}' for name, kind, *_ in described)
        target.execute(f"DROP TABLE IF EXISTS {table}")
        target.execute(f"CREATE TABLE {table} ({made})")
        cursor = source.execute(f"SELECT * FROM '{folder / table}.parquet'")
        with target.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            while rows := cursor.fetchmany(10_000):
                for row in rows:
                    copy.write_row(row)
        target.execute(f"ANALYZE {table}")
    return lambda: finished(target.execute(query("reg_wide", "dim_unit")).fetchall())


def pandas(folder: Path) -> Work:
    import pandas as pd

    def work() -> list[float]:
        wide = pd.read_parquet(folder / "reg_wide.parquet").astype(dict.fromkeys(used(), "float64"))
        path = pd.read_parquet(folder / "dim_unit.parquet", columns=["unit_id", "path"])
        steps = path["path"].str.split("/", expand=True)[[1, 2, 3, 4]].set_axis(["l2", "l3", "l4", "l5"], axis=1)
        joined = wide.merge(steps.assign(_unit=path["unit_id"]), on="_unit")
        frame = joined[["期间", "l2", "l3", "l4", "l5"]].copy()
        for place, series in enumerate(frames(joined)):
            frame[f"s{place}"] = series
        rows = []
        for depth in (1, 2, 3, 4):
            by = ["期间", "l2", "l3", "l4", "l5"][: depth + 1]
            for row in (
                frame.groupby(by)[[f"s{place}" for place in range(44)]]
                .sum(min_count=1)
                .reset_index()
                .itertuples(index=False)
            ):
                rows.append((*row[: depth + 1], *[None] * (4 - depth), *row[depth + 1 :]))
        return finished(rows)

    return work


def used() -> list[str]:
    return sorted({name for pair in (*RATIOS, *SPREADS) for name in pair} | set(GROWTHS) | set(COUNTS))


def frames(joined: Any) -> list[Any]:
    found = []
    for a, b in RATIOS:
        found += [joined[a].where(joined[b].notna()), joined[b].where(joined[a].notna())]
    for a, w in SPREADS:
        valid = (joined[w] > 0) & joined[a].notna()
        found += [joined[w].where(valid), joined[a].where(valid), (joined[a] ** 2 / joined[w]).where(valid)]
    return found + [joined[name] for name in GROWTHS] + [(joined[name] > 50).astype("float64") for name in COUNTS]


def polars(folder: Path) -> Work:
    import polars as pl

    col = pl.col
    sums = []
    for a, b in RATIOS:
        sums += [col(a).filter(col(b).is_not_null()).sum(), col(b).filter(col(a).is_not_null()).sum()]
    for a, w in SPREADS:
        valid = (col(w) > 0) & col(a).is_not_null()
        sums += [part.filter(valid).sum() for part in (col(w), col(a), col(a) * col(a) / col(w))]
    sums += [col(name).sum() for name in GROWTHS] + [(col(name) > 50).sum() for name in COUNTS]
    named = [item.alias(f"s{place}") for place, item in enumerate(sums)]

    def work() -> list[float]:
        steps = [col("path").str.split("/").list.get(place).alias(f"l{place + 1}") for place in (1, 2, 3, 4)]
        units = pl.scan_parquet(folder / "dim_unit.parquet").select(col("unit_id").alias("_unit"), *steps[:3], steps[3])
        units = units.filter(col("_unit") >= 1_000_000)
        wide = pl.scan_parquet(folder / "reg_wide.parquet").filter(col("期间").is_in([f"SY{YEAR}", f"SY{YEAR - 1}"]))
        joined = wide.join(units, on="_unit")
        queries = [joined.group_by(["期间", "l2", "l3", "l4", "l5"][: depth + 1]).agg(named) for depth in (1, 2, 3, 4)]
        rows = []
        for depth, table in enumerate(pl.collect_all(queries), start=1):
            rows += [(*row[: depth + 1], *[None] * (4 - depth), *row[depth + 1 :]) for row in table.rows()]
        return finished(rows)

    return work


def openpyxl(folder: Path) -> Work:
    """A clerk's script: the workbook read cell by cell, sums in dictionaries. Writing the workbook is not counted."""
    import duckdb
    from openpyxl import Workbook, load_workbook

    text = f"""SELECT 期间, path, {", ".join(used())} FROM '{folder / "reg_wide.parquet"}' JOIN '{folder / "dim_unit.parquet"}' ON unit_id = _unit
               WHERE 期间 >= 'SY{YEAR - 1}'"""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in duckdb.connect().execute(text).fetchall():
        page.append(row)
    book.save(folder / "wide.xlsx")
    names = used()

    def work() -> list[float]:
        groups: dict[tuple[Any, ...], list[Any]] = {}
        for period, path, *cells in load_workbook(folder / "wide.xlsx", read_only=True).active.iter_rows(
            values_only=True
        ):
            row = dict.fromkeys(names) | dict(zip(names, cells, strict=False))  # empty cells at the end are not there
            steps = path.strip("/").split("/")
            for depth in (1, 2, 3, 4):
                sums = groups.setdefault((period, *steps[:depth], *[None] * (4 - depth)), [None] * 42 + [0, 0])
                for place, value in enumerate(parts(row)):
                    if value is not None:
                        sums[place] = (sums[place] or 0) + value
        return finished([(*key, *sums) for key, sums in groups.items()])

    return work


def parts(row: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    for a, b in RATIOS:
        both = row[a] is not None and row[b] is not None
        found += [row[a] if both else None, row[b] if both else None]
    for a, w in SPREADS:
        valid = row[a] is not None and row[w] is not None and row[w] > 0
        found += [row[w], row[a], row[a] ** 2 / row[w]] if valid else [None] * 3
    return found + [row[name] for name in GROWTHS] + [int(row[name] is not None and row[name] > 50) for name in COUNTS]


ENGINES = {"ours": ours, "hand": hand, "postgres": postgres, "pandas": pandas, "polars": polars, "openpyxl": openpyxl}


def main() -> int:
    name, folder, runs = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    try:
        work = ENGINES[name](folder)
        sums = work()
    except ModuleNotFoundError:
        return 3
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak, "sums": sums}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
