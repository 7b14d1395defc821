"""The figures of the teachers' year by plain counting over the generated rows, without the pack's formulas."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .expected import number
from .hazards import TODAY
from .teachers import GONE, HELD, TRAINED

Row = dict[str, Any]
READS = {"2025": "SY2025", "2026": "SY2026"}  # the school year that was newest when the calendar year closed
LEVELS = ("国家级", "省级", "市级", "县级")


def figures(unit: str, tables: dict[str, list[Row]], years: dict[str, list[Row]]) -> list[Row]:
    """The county's values of every indicator of these registers."""
    values = []
    for year, newest in READS.items():
        teachers = sum(row["专任教师数"] for row in years[newest])
        found = {
            **_training(tables, year, teachers), **_hours(_in_year(tables["training_hours"], "截至日期", year)),
            **_honours(_in_year(tables["honour"], "获奖日期", year)),
        }  # fmt: skip
        values += [_value(unit, year, code, halves) for code, halves in found.items()]
        values += _honours_by_level(unit, year, tables)
    for first in (2025, 2026):
        values += [_value(unit, f"SY{first}", code, halves) for code, halves in _exchange(tables, first).items()]
    return values


Halves = tuple[Fraction | int, Fraction | int | None]


def _value(unit: str, period: str, code: str, halves: Halves, by: Row | None = None) -> Row:
    upper, lower = Fraction(halves[0]), halves[1]
    value = number(upper) if lower is None else number(upper / lower) if lower else None
    return {
        "indicator": code, "unit": unit, "period": period, "by": by, "value": value,
        "numerator": None if lower is None else number(upper), "denominator": None if lower is None else number(Fraction(lower)),
        "rows": None, "left_out": None,
    }  # fmt: skip


def _in_year(rows: list[Row], field: str, year: str) -> list[Row]:
    return [row for row in rows if row[field].startswith(year) and row["状态"] not in ("作废", "退训")]


def _training(tables: dict[str, list[Row]], year: str, teachers: int) -> dict[str, Halves]:
    planned = _in_year(tables["teacher_training"], "立项日期", year)
    opened = sum(row["状态"] in ("培训中", "待考核", "已结业") for row in planned)
    filed = _in_year(tables["training_attendance"], "报名日期", year)
    came = [row for row in filed if row["状态"] in TRAINED]
    persons = len({row["教职工号"] for row in came})
    judged = [row for row in filed if row["考核结果"]]
    passed = sum(row["考核结果"] in ("优秀", "合格") for row in judged)
    hours = sum(Fraction(str(row["取得学时"])) for row in filed if row["取得学时"] != "")
    return {
        "training_session_count": (opened, None),
        "training_opened_rate": (opened, len(planned)),
        "training_person_times": (len(came), None),
        "training_persons": (persons, None),
        "training_completion_rate": (sum(row["状态"] == "已结业" for row in filed), len(filed)),
        "training_pass_rate": (passed, len(judged)),
        "training_hours_per_person": (hours, persons),
        "training_coverage_rate": (persons, teachers),
    }


def _hours(rows: list[Row]) -> dict[str, Halves]:
    enough = sum(float(row["已修学时"]) >= float(row["应修学时"]) for row in rows)
    ended = [row for row in rows if row["周期届满"] == "是"]
    full = sum(float(row["周期已修学时"]) >= float(row["周期应修学时"]) for row in ended)
    practising = [row for row in rows if row["应实践天数"] != ""]
    practised = sum(row["企业实践天数"] >= row["应实践天数"] for row in practising)
    return {
        "annual_hours_rate": (enough, len(rows)),
        "five_year_hours_rate": (full, len(ended)),
        "enterprise_practice_rate": (practised, len(practising)),
    }


def _exchange(tables: dict[str, list[Row]], first: int) -> dict[str, Halves]:
    start, end = f"{first}-09-01", f"{first + 1}-08-31"
    gone = [row for row in tables["teacher_rotation"] if row["状态"] in GONE and start <= row["到岗日期"] <= end]
    persons = {row["教职工号"] for row in gone}
    backbone = {row["教职工号"] for row in gone if row["骨干层级"] != "无"}
    base = [row for row in tables["teacher_base"] if row["期间"] == f"SY{first}"]
    late = [row for row in gone if row["状态"] == "交流中" and row["结束日期"] < TODAY.isoformat()]
    return {
        "rotation_count": (len(persons), None),
        "rotation_rate": (len(persons), sum(row["符合交流条件教师数"] for row in base)),
        "backbone_rotation_rate": (len(backbone), len(persons)),
        "rotation_overdue_count": (len(late), None),
        "psychology_teacher_school_rate": (sum(row["心理健康教师数"] > 0 for row in base), len(base)),
    }


def _honours(rows: list[Row]) -> dict[str, Halves]:
    held = [row for row in rows if row["状态"] in HELD]
    high = [row for row in held if row["荣誉级别"] in ("国家级", "省级")]
    points = sum((Fraction(str(row["积分"])) for row in held if row["积分"] != ""), Fraction(0))
    return {
        "honour_count": (_pieces(held), None),
        "provincial_honour_count": (_pieces(high), None),
        "gold_medal_count": (_pieces([row for row in held if row["等次"] == "金牌"]), None),
        "honour_points": (points, None),
    }


def _honours_by_level(unit: str, year: str, tables: dict[str, list[Row]]) -> list[Row]:
    """Prizes of each level that the year has."""
    rows = _in_year(tables["honour"], "获奖日期", year)
    return [
        _value(
            unit, year, "honour_count", (_pieces([row for row in of if row["状态"] in HELD]), None), {"荣誉级别": level}
        )
        for level in LEVELS
        if (of := [row for row in rows if row["荣誉级别"] == level])
    ]


def _pieces(rows: list[Row]) -> Fraction:
    """Prizes, each shared one as its part: two halves are one, three thirds are one."""
    return sum((Fraction(1, int(row["共同获奖单位数"])) for row in rows), Fraction(0))
