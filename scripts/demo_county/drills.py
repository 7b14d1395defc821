"""Emergency plans and two terms of drills; and the figures of both by plain counting."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from fractions import Fraction
from typing import Any

from .county import School
from .figures import Row, count, figure, ratio, total, within
from .hazards import TODAY

COLUMNS = {
    "emergency_plans": (
        "编号", "单位编码", "预案类别", "预案名称", "版本", "编制日期", "总指挥", "备案编号", "备案日期", "下次修订日期", "备案意见", "状态",
    ),
    "emergency_drills": (
        "编号", "单位编码", "计划日期", "演练日期", "演练类别", "演练名称", "演练形式", "依据预案", "演练地点", "总指挥", "参演学生", "参演教职工",
        "其中首次参演", "本学期第几次", "疏散用时", "问题和改进", "归档日期", "审核意见", "状态",
    ),
}  # fmt: skip
PREFIX = {"emergency_plans": ("YA", "编制日期"), "emergency_drills": ("YL", "计划日期")}
KINDS = ("火灾", "地震", "暴力侵害", "拥挤踩踏")
# first day of drills, the return that a term reads, days of the term
TERMS = {
    "SY2025T2": (dt.date(2026, 3, 9), "SY2025", (dt.date(2026, 2, 1), dt.date(2026, 7, 31))),
    "SY2026T1": (dt.date(2026, 9, 7), "SY2026", (dt.date(2026, 9, 1), dt.date(2027, 1, 31))),
}
LESSONS = (
    "二楼两个班在楼梯口拥堵，改走西侧楼梯",
    "广播信号后门卫室听不清，加装警铃",
    "低年级集合点名慢，每班增派一名教师",
    "疏散有序，没有发现问题",
)


def tables(schools: list[School], returns: list[Row]) -> dict[str, list[Row]]:
    """Plans and drills by file name; pupils of a drill are those of the school's return."""
    draw = random.Random("drills")
    there = [school for school in schools if not school.closed]
    plans = [_plan(school, kind, draw) for school in there for kind in KINDS[: draw.choice((2, 3, 4))]]
    plans = _numbered("emergency_plans", plans)
    filed = {(row["单位编码"], row["预案类别"]): row["编号"] for row in plans if row["状态"] == "已备案"}
    drills: list[Row] = []
    for first, year, _ in TERMS.values():
        for school in there:
            people = [row for row in returns if row["单位编码"] == school.code and row["期间"] == year]
            pupils = sum(row["在校生数"] for row in people)
            drills += _term(school, first, pupils, sum(row["教职工数"] for row in people), filed, draw)
    return {"emergency_plans": plans, "emergency_drills": _numbered("emergency_drills", drills)}


def _plan(school: School, kind: str, draw: random.Random) -> Row:
    made = dt.date(2025, 3, 3) + dt.timedelta(days=draw.randint(0, 80))
    row: Row = {"单位编码": school.code, "预案类别": kind, "预案名称": f"{kind}应急预案", "版本": "2025-1", "编制日期": made,
                "总指挥": "校长" if school.type != "幼儿园" else "园长", "状态": "已备案"}  # fmt: skip
    chance = draw.random()
    if chance < 0.06:
        return row | {"编制日期": TODAY - dt.timedelta(days=6), "版本": "2026-1", "状态": "待备案"}
    if chance < 0.09:
        return row | {"备案意见": "没有写明集合点和通信方式", "状态": "待修改"}
    row |= {"备案编号": f"青教预〔2025〕{draw.randint(1, 999)}号", "备案日期": made + dt.timedelta(days=draw.randint(3, 12)),
            "下次修订日期": dt.date(2026, 12, 31) if chance < 0.3 else dt.date(2028, 3, 1)}  # fmt: skip
    return row | {"状态": "已废止"} if chance > 0.97 else row


def _term(
    school: School, first: dt.date, pupils: int, staff: int, filed: dict[tuple[str, str], str], draw: random.Random
) -> list[Row]:
    """None to three drills of a school in a term; the first with everybody, the later ones with some who are new."""
    rows = []
    held = draw.choices((0, 1, 2, 3), (6, 24, 56, 14))[0]
    for at in range(held):
        day = first + dt.timedelta(days=at * 24 + draw.randint(0, 18))
        day -= dt.timedelta(days=max(0, day.weekday() - 4))
        kind = KINDS[at % len(KINDS)]
        rows.append({
            "单位编码": school.code, "计划日期": day, "演练类别": kind, "演练名称": f"{kind}疏散演练", "演练形式": "实战演练",
            "依据预案": filed.get((school.code, kind)), "演练地点": "本校校园",
            **_held(day, at, pupils, staff, draw),
        })  # fmt: skip
    return rows


def _held(day: dt.date, at: int, pupils: int, staff: int, draw: random.Random) -> Row:
    if day > TODAY - dt.timedelta(days=2):
        return {"状态": "已计划"}
    chance = draw.random()
    if chance < 0.02:
        return {"状态": "已取消"}
    if chance < 0.05:
        return {"状态": "已计划"}  # its day has passed without it
    children = round(pupils * (1 if at == 0 else draw.uniform(0.8, 0.99)))
    adults = round(staff * draw.uniform(0.8, 1))
    row: Row = {
        "演练日期": day, "总指挥": "校长", "参演学生": children, "参演教职工": adults,
        "其中首次参演": children + adults if at == 0 else draw.randint(0, 6), "本学期第几次": at + 1,
        "疏散用时": draw.randint(75, 210), "问题和改进": draw.choice(LESSONS), "状态": "已归档",
    }  # fmt: skip
    if chance < 0.12:
        return row | {"状态": "已实施"}
    if chance < 0.15:
        return row | {"审核意见": "缺演练照片", "状态": "待补充"}
    return row | {"归档日期": min(day + dt.timedelta(days=draw.randint(1, 12)), TODAY)}


def _numbered(name: str, rows: list[Row]) -> list[Row]:
    prefix, dated = PREFIX[name]
    counts, found = Counter[int](), []
    for row in sorted(rows, key=lambda row: row[dated]):
        year = row[dated].year
        counts[year] += 1
        found.append(
            {column: {**row, "编号": f"{prefix}-{year}-{counts[year]:04d}"}.get(column) for column in COLUMNS[name]}
        )
    return found


# --- figures -----------------------------------------------------------------------------------------------------------


def figures(unit: str, made: dict[str, list[Row]], returns: list[Row]) -> list[dict[str, Any]]:
    """The county's figures of two terms, and of plans at the end of two years."""
    found = []
    for period, (_, year, (first, last)) in TERMS.items():
        held = [row for row in made["emergency_drills"] if row["状态"] == "已归档" and first <= row["演练日期"] <= last]
        schools = {row["单位编码"] for row in returns if row["期间"] == year}
        found += [figure(code, unit, period, None, value) for code, value in _of(held, len(schools)).items()]
    for period in ("2025", "2026"):
        plans = within(made["emergency_plans"], "编制日期", period, roster=True)
        filed = sum(row["状态"] == "已备案" for row in plans)
        kept = sum(row["状态"] != "已废止" for row in plans)
        found.append(figure("emergency_plan_count", unit, period, None, count(filed)))
        found.append(figure("emergency_plan_filed_rate", unit, period, None, ratio(filed, kept)))
    return found


def _of(held: list[Row], schools: int) -> dict[str, dict[str, Any]]:
    twice = {row["单位编码"] for row in held if row["本学期第几次"] >= 2}
    children: Fraction = total(held, "参演学生")
    return {
        "drill_count": count(len(held)),
        "drill_completed_rate": ratio(len(twice), schools),
        "drill_held_rate": ratio(len({row["单位编码"] for row in held}), schools),
        "drills_per_school": ratio(len(held), schools),
        "drill_person_times": count(children + total(held, "参演教职工")),
        "drill_persons": count(total(held, "其中首次参演")),
    }
