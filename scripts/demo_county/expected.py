"""The county's figures by plain arithmetic over the generated rows: the yardstick for every engine.

Nothing here reads the pack's formulas: each figure is spelled out a second time, as sums over rows and one division, so a
wrong formula or a wrong engine shows as a difference. In a ratio a row counts only where both halves are present.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .hazards import TODAY

Row = dict[str, Any]
Part = Callable[[Row], Fraction | None]
COMPULSORY = ("小学", "初中")


def total(*names: str) -> Part:
    """Sum of fields, a leading ``-`` subtracts; None when one of them is blank."""

    def part(row: Row) -> Fraction | None:
        values = [(row[name.lstrip("-")], -1 if name.startswith("-") else 1) for name in names]
        if any(value == "" for value, _ in values):
            return None
        return sum((Fraction(str(value)) * sign for value, sign in values), Fraction(0))

    return part


PUPILS = total("在校生数")
STAYED = (total("毕业生数", "-毕业班转入学生数", "毕业班转出学生数"), total("毕业班入学时学生数", "-毕业班死亡学生数"))
LAST_YEAR = total("在校生数", "-招生数", "毕业生数", "-转入学生数", "转出学生数", "死亡学生数", "辍学学生数")
# code: (numerator, denominator or None, factor, stages or None for all)
EDUCATION: dict[str, tuple[Part, Part | None, int, tuple[str, ...] | None]] = {
    "school_count": (total("校数"), None, 1, None),
    "teaching_point_count": (total("教学点数"), None, 1, None),
    "pupil_count": (PUPILS, None, 1, None),
    "entrant_count": (total("招生数"), None, 1, None),
    "graduate_count": (total("毕业生数"), None, 1, None),
    "class_count": (total("班数"), None, 1, None),
    "teacher_count": (total("专任教师数"), None, 1, None),
    "boarder_rate": (total("寄宿生数"), PUPILS, 1, None),
    "primary_net_enrolment_rate": (total("适龄人口在校生数"), total("适龄人口数"), 1, ("小学",)),
    "junior_net_enrolment_rate": (total("适龄人口在校生数"), total("适龄人口数"), 1, ("初中",)),
    "junior_gross_enrolment_rate": (PUPILS, total("适龄人口数"), 1, ("初中",)),
    "senior_gross_enrolment_rate": (PUPILS, total("适龄人口数"), 1, ("普通高中", "中等职业教育")),
    "preschool_gross_enrolment_rate": (PUPILS, total("适龄人口数"), 1, ("学前教育",)),
    "junior_retention_rate": (*STAYED, 1, ("初中",)),
    "primary_retention_rate": (*STAYED, 1, ("小学",)),
    "nine_year_retention_rate": (total("毕业生数"), total("毕业生小学入学时学生数"), 1, ("初中",)),
    "dropout_rate": (total("辍学学生数"), LAST_YEAR, 1, COMPULSORY),
    "average_class_size": (PUPILS, total("班数"), 1, None),
    "large_class_rate": (total("班额56至65人", "班额66人及以上"), total("班数"), 1, None),
    "oversize_class_rate": (total("班额66人及以上"), total("班数"), 1, None),
    "pupil_teacher_ratio": (PUPILS, total("专任教师数"), 1, None),
    "qualified_teacher_rate": (total("学历合格教师数"), total("专任教师数"), 1, None),
    "above_rule_teacher_rate": (total("高于规定学历教师数"), total("专任教师数"), 1, None),
    "above_rule_teachers_per_100": (total("高于规定学历教师数"), PUPILS, 100, None),
    "backbone_teachers_per_100": (total("县级及以上骨干教师数"), PUPILS, 100, None),
    "arts_sports_teachers_per_100": (total("体育艺术教师数"), PUPILS, 100, None),
    "building_area_per_pupil": (total("校舍建筑面积"), PUPILS, 1, None),
    "teaching_area_per_pupil": (total("教学及辅助用房面积", "-室内体育用房面积"), PUPILS, 1, None),
    "sports_area_per_pupil": (total("体育运动场馆面积"), PUPILS, 1, None),
    "equipment_value_per_pupil": (total("教学仪器设备值"), PUPILS, 1, None),
    "multimedia_rooms_per_100": (total("网络多媒体教室间数"), PUPILS, 100, None),
    "books_per_pupil": (total("图书册数"), PUPILS, 1, None),
    "computers_per_100": (total("计算机台数"), PUPILS, 100, None),
    "dangerous_building_rate": (total("危房面积"), total("校舍建筑面积"), 1, None),
    "pupil_staff_ratio": (PUPILS, total("教职工数"), 1, None),
    "teacher_ratio": (total("专任教师数"), PUPILS, 1, None),
    "middle_title_teachers_per_pupil": (total("中级及以上职称教师数"), PUPILS, 1, None),
}
SPREADS = {
    "above_rule_teachers_cv": total("高于规定学历教师数"),
    "backbone_teachers_cv": total("县级及以上骨干教师数"),
    "arts_sports_teachers_cv": total("体育艺术教师数"),
    "teaching_area_cv": total("教学及辅助用房面积", "-室内体育用房面积"),
    "sports_area_cv": total("体育运动场馆面积"),
    "equipment_value_cv": total("教学仪器设备值"),
    "multimedia_rooms_cv": total("网络多媒体教室间数"),
    "computers_cv": total("计算机台数"),
    "books_cv": total("图书册数"),
    "teacher_ratio_cv": total("专任教师数"),
    "middle_title_teachers_cv": total("中级及以上职称教师数"),
}
# The eight whose mean is the composite coefficient of the older rule.
COMPOSITE = (
    "teaching_area_cv", "sports_area_cv", "equipment_value_cv", "computers_cv", "books_cv", "teacher_ratio_cv",
    "above_rule_teachers_cv", "middle_title_teachers_cv",
)  # fmt: skip
KINDERGARTENS = {"affordable_kindergarten_rate": ("公办", "普惠性民办"), "public_kindergarten_rate": ("公办",)}
FOREWORD = {
    "how": "scripts/demo_county/expected.py: sums over the rows of education_basics.csv and safety_hazards.csv and one "
    "division per figure, in exact fractions, without the pack's formulas; value printed with 12 significant digits. "
    "In a ratio a row counts only where both halves are filled in. Percentages are ratios (0.9936 = 99.36 %).",
    "keys": "unit is the code of the bureau or of a district (its schools); by names the dimension and its value, null for "
    "all; rows is how many rows count, left_out how many lack something that the figure needs (null where nobody counted). changes compares the county's figures of two periods: difference is value minus the "
    "value before.",
}
DISTRICT_FIGURES = (
    "school_count",
    "pupil_count",
    "teacher_count",
    "pupil_teacher_ratio",
    "average_class_size",
    "large_class_rate",
    "junior_retention_rate",
)
HAZARD_PERIODS = ("2025", "2026", "2026H1")
# A calendar period reads the school year that was newest when it closed (docs/adr/0008).
READS = {"2025": "SY2025", "2026H1": "SY2025", "2026": "SY2026"}
READ_BY_YEAR = ("pupil_count", "pupil_teacher_ratio", "large_class_rate", "junior_retention_rate")


def figures(
    unit: str, years: dict[str, list[Row]], hazards: list[Row], districts: dict[str, set[str]]
) -> dict[str, Any]:
    """All expected values with numerator and denominator; ``districts`` maps a district's code to its schools'."""
    values = [value for period, rows in years.items() for value in _year(unit, period, rows)]
    for code, schools in districts.items():
        values += _district(code, schools, years, hazards)
    values += _growth(unit, years)
    for period, year in READS.items():
        values += [
            {"indicator": code, "unit": unit, "period": period, **_by_stage(years[year], EDUCATION[code])[0]}
            for code in READ_BY_YEAR
        ]
    for period in HAZARD_PERIODS:
        values += [
            {"indicator": code, "unit": unit, "period": period, "by": None, **value}
            for code, value in _hazards(hazards, period).items()
        ]
    return {**FOREWORD, "today": TODAY.isoformat(), "values": values, "changes": _changes(unit, values)}


def _year(unit: str, period: str, rows: list[Row]) -> list[dict[str, Any]]:
    """The county's figures of one school year."""
    values = []
    for code, spec in EDUCATION.items():
        values += [{"indicator": code, "unit": unit, "period": period, **value} for value in _by_stage(rows, spec)]
    for code, resource in SPREADS.items():
        values += [{"indicator": code, "unit": unit, "period": period, **cv} for cv in _spreads(rows, resource)]
    return values + _composite(unit, period, rows) + _kindergartens(unit, period, rows)


def _composite(unit: str, period: str, rows: list[Row]) -> list[dict[str, Any]]:
    """The mean of the eight coefficients by stage."""
    eight = [
        {cv["by"]["学段"]: Fraction(str(cv["value"])) for cv in _spreads(rows, SPREADS[code])} for code in COMPOSITE
    ]
    return [
        {"indicator": "basic_balance_cv", "unit": unit, "period": period, "by": {"学段": stage},
         "value": float(f"{float(sum(cv[stage] for cv in eight) / 8):.11g}"), "numerator": None, "denominator": None,
         "rows": None, "left_out": None}
        for stage in COMPULSORY
    ]  # fmt: skip


def _kindergartens(unit: str, period: str, rows: list[Row]) -> list[dict[str, Any]]:
    """Which part of the children is in kindergartens of these owners."""
    children = [row for row in rows if row["学段"] == "学前教育"]
    below = sum(row["在校生数"] for row in children)
    values = []
    for code, owners in KINDERGARTENS.items():
        above = sum(row["在校生数"] for row in children if row["办学性质"] in owners)
        values.append(
            {"indicator": code, "unit": unit, "period": period, "by": None, "value": number(Fraction(above, below)),
             "numerator": above, "denominator": below, "rows": None, "left_out": None}
        )  # fmt: skip
    return values


def _district(code: str, schools: set[str], years: dict[str, list[Row]], hazards: list[Row]) -> list[dict[str, Any]]:
    """What a yearly summary says of one district: its schools' returns (all of them for the newest year) and hazards."""
    values = []
    for period, rows in years.items():
        own = [row for row in rows if row["单位编码"] in schools]
        values += [
            {"indicator": indicator, "unit": code, "period": period, **_by_stage(own, EDUCATION[indicator])[0]}
            for indicator in (EDUCATION if period == max(years) else DISTRICT_FIGURES)
        ]
    found = [row for row in hazards if row["单位编码"] in schools]
    for period in HAZARD_PERIODS:
        values += [
            {"indicator": indicator, "unit": code, "period": period, "by": None, **value}
            for indicator, value in _hazards(found, period).items()
        ]
    return values


def _changes(unit: str, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The county's figures of one period beside those of the one before, as a summary compares them."""
    found = {(item["indicator"], item["period"]): item["value"] for item in values
             if item["unit"] == unit and item["by"] is None}  # fmt: skip
    pairs = (("SY2024", "SY2025"), ("SY2025", "SY2026"), ("2025", "2026"))
    return [
        {
            "indicator": code,
            "unit": unit,
            "period": period,
            "before": before,
            "value": found[code, period],
            "value_before": found[code, before],
            "difference": number(Fraction(str(found[code, period])) - Fraction(str(found[code, before]))),
        }
        for before, period in pairs
        for code in dict.fromkeys(item["indicator"] for item in values)
        if None not in (found.get((code, before)), found.get((code, period)))
    ]


def _by_stage(rows: list[Row], spec: tuple[Part, Part | None, int, tuple[str, ...] | None]) -> list[dict[str, Any]]:
    """The county's value, and one per stage where the indicator is not about certain stages."""
    upper, lower, factor, stages = spec
    if stages:
        return [_ratio([row for row in rows if row["学段"] in stages], upper, lower, factor, None)]
    names = list(dict.fromkeys(row["学段"] for row in rows))
    split = [
        _ratio([row for row in rows if row["学段"] == name], upper, lower, factor, {"学段": name}) for name in names
    ]
    return [_ratio(rows, upper, lower, factor, None), *split]


def _ratio(rows: list[Row], upper: Part, lower: Part | None, factor: int, by: Any) -> dict[str, Any]:
    pairs = [(upper(row), lower(row) if lower else Fraction(0)) for row in rows]
    kept = [(top, bottom) for top, bottom in pairs if top is not None and bottom is not None]
    numerator = sum((top for top, _ in kept), Fraction(0))
    counted = {"rows": len(kept), "left_out": len(rows) - len(kept)}
    if not lower:
        return {"by": by, "value": number(numerator), "numerator": None, "denominator": None, **counted}
    denominator = sum((bottom for _, bottom in kept), Fraction(0))
    value = number(numerator / denominator * factor) if denominator else None
    return {
        "by": by,
        "value": value,
        "numerator": number(numerator),
        "denominator": number(denominator),
        **counted,
    }


def _spreads(rows: list[Row], resource: Part) -> list[dict[str, Any]]:
    """差异系数 of a resource per pupil by stage, two passes: mean first, then weighted squares; small points left out."""
    spreads = []
    for stage in COMPULSORY:
        kept = [(resource(row) or Fraction(0), row["在校生数"]) for row in rows
                if row["学段"] == stage and not (row["办学类型"] == "小学教学点" and row["在校生数"] < 50)]  # fmt: skip
        pupils = sum(weight for _, weight in kept)
        mean = sum(value for value, _ in kept) / pupils
        variance = sum(Fraction(weight, pupils) * (value / weight - mean) ** 2 for value, weight in kept)
        with localcontext() as exact:
            exact.prec = 30
            root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
            value = float(f"{root / (Decimal(mean.numerator) / Decimal(mean.denominator)):.12g}")
        spreads.append(
            {
                "by": {"学段": stage},
                "value": value,
                "numerator": None,
                "denominator": None,
                "rows": len(kept),
                "left_out": None,
            }
        )
    return spreads


def _growth(unit: str, years: dict[str, list[Row]]) -> list[dict[str, Any]]:
    """Growth of pupils over the year before, for each year but the first."""
    pupils = {period: sum(row["在校生数"] for row in rows) for period, rows in years.items()}
    return [
        {
            "indicator": "pupil_growth_rate",
            "unit": unit,
            "period": period,
            "by": None,
            "value": number(Fraction(pupils[period] - pupils[before], pupils[before])),
            "numerator": pupils[period] - pupils[before],
            "denominator": pupils[before],
            "rows": None,
            "left_out": None,
        }
        for before, period in pairwise(years)
    ]


def _hazards(rows: list[Row], period: str) -> dict[str, dict[str, Any]]:
    """Hazards found in the period, void ones left out."""
    months = {"2026H1": ("2026-01", "2026-06")}.get(period, (f"{period}-01", f"{period}-12"))
    kept = [row for row in rows if months[0] <= row["发现日期"][:7] <= months[1] and row["状态"] != "作废"]
    major = [row for row in kept if row["隐患等级"] == "重大"]
    closed = [row for row in kept if row["状态"] == "已销号"]
    late = [row for row in kept if row["状态"] != "已销号" and row["整改期限"] and row["整改期限"] < TODAY.isoformat()]
    listed = [row for row in kept if row["挂牌日期"]]
    counts = {
        "listed_hazard_count": len(listed),
        "blacklisted_hazard_count": sum(bool(row["列入黑名单日期"]) and not row["移出黑名单日期"] for row in kept),
        "hazard_count": len(kept), "major_hazard_count": len(major),
        "open_major_hazard_count": sum(row["状态"] != "已销号" for row in major), "overdue_hazard_count": len(late),
        "hazard_cost": number(sum((Fraction(str(row["整改投入"] or 0)) for row in kept), Fraction(0))),
    }  # fmt: skip
    blank = {
        "hazard_cost": sum(row["整改投入"] == "" for row in kept),
        "overdue_hazard_count": sum(row["状态"] != "已销号" and not row["整改期限"] for row in kept),
    }
    values: dict[str, dict[str, Any]] = {
        code: {"value": count, "numerator": None, "denominator": None, **_counted(kept, blank.get(code, 0))}
        for code, count in counts.items()
    }
    values["hazard_rectified_rate"] = {
        "value": number(Fraction(len(closed), len(kept))) if kept else None,
        "numerator": len(closed),
        "denominator": len(kept),
        **_counted(kept, 0),
    }
    done = sum(row["状态"] == "已销号" for row in listed)
    values["listed_hazard_closed_rate"] = {
        "value": number(Fraction(done, len(listed))) if listed else None,
        "numerator": done,
        "denominator": len(listed),
        **_counted(kept, 0),
    }
    return values


def _counted(rows: list[Row], blank: int) -> dict[str, int]:
    return {"rows": len(rows) - blank, "left_out": blank}


def number(value: Fraction) -> int | float:
    """A plain JSON number: whole when it is whole, else 12 significant digits."""
    if value.denominator == 1:
        return int(value)
    with localcontext() as exact:
        exact.prec = 30
        return float(f"{Decimal(value.numerator) / Decimal(value.denominator):.12g}")
