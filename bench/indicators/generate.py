"""Writes dim_unit.parquet and reg_wide.parquet for so many schools: 31 provinces at most, cities of about 10 counties, counties of 200."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from bench.indicators.model import NUMBERS, YEARS

COUNTY, CITY, PROVINCE = 200, 2000, 20_000


def main() -> None:
    schools, folder = int(sys.argv[1]), Path(sys.argv[2])
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY ({units(schools)}) TO '{folder / 'dim_unit.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )
        numbers = ", ".join(
            f"CASE WHEN hash(i, y, {place}) % 50 = 0 THEN NULL ELSE (hash(i, y, {place}) % 100 + 1)::BIGINT END AS {name}"
            for place, name in enumerate(NUMBERS)
        )
        shared = "NULL::DATE AS _dated_on, NULL::DATE AS 到期, 'open' AS _category, '' AS 编号"
        rows = f"""SELECT (i * 10 + y % 10)::BIGINT AS _record, (1000000 + i)::BIGINT AS _unit, {shared}, 'SY' || y AS 期间,
                   '已填报' AS 状态, {numbers} FROM range({schools}) t(i), (VALUES {", ".join(f"({y})" for y in YEARS)}) v(y)"""
        connection.execute(f"COPY ({rows}) TO '{folder / 'reg_wide.parquet'}' (FORMAT parquet, COMPRESSION zstd)")


def units(schools: int) -> str:
    """Nation 1, provinces from 10, cities from 1,000, counties from 100,000, schools from 1,000,000."""
    at = "1::BIGINT AS at_bureau, NULL::BIGINT AS at_section, NULL::BIGINT AS at_district"
    dates = "DATE '2000-01-01' AS opened_on, NULL::DATE AS closed_on, 0::BIGINT AS \"order\""

    def level(first: int, size: int, kind: str, path: str, parent: str) -> str:
        count = max(1, -(-schools // size))
        return f"""SELECT ({first} + i)::BIGINT AS unit_id, '{kind}' || i AS code, '{kind}' || i AS name, '教育局' AS kind,
                   'bureau' AS level, {path} AS path, ({parent})::BIGINT AS parent_id, {dates}, {at}, NULL::BIGINT AS at_school
                   FROM range({count}) t(i)"""

    province, city, county = f"(i * {CITY}) // {PROVINCE}", f"(i * {COUNTY}) // {CITY}", f"i // {COUNTY}"
    parts = [
        level(1, 10**9, "n", "'/1/'", "NULL"),
        level(10, PROVINCE, "p", "'/1/' || (10 + i) || '/'", "1"),
        level(1000, CITY, "c", f"'/1/' || (10 + {province}) || '/' || (1000 + i) || '/'", f"10 + {province}"),
        level(100_000, COUNTY, "x",
              f"'/1/' || (10 + (i * {COUNTY}) // {PROVINCE}) || '/' || (1000 + {city}) || '/' || (100000 + i) || '/'",
              f"1000 + {city}"),
        f"""SELECT (1000000 + i)::BIGINT, 's' || i, '学校' || i, '小学', 'school',
            '/1/' || (10 + i // {PROVINCE}) || '/' || (1000 + i // {CITY}) || '/' || (100000 + {county}) || '/' || (1000000 + i) || '/',
            (100000 + {county})::BIGINT, {dates}, {at}, (1000000 + i)::BIGINT FROM range({schools}) t(i)""",
    ]  # fmt: skip
    return " UNION ALL ".join(parts)


if __name__ == "__main__":
    main()
