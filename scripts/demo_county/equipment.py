"""Two terms of returns on the use of equipment, and the five rates by plain counting."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction
from typing import Any

from .figures import Row, count, figure, ratio, total

STAGES = {"小学": 5, "初中": 7, "普通高中": 8}  # volumes to be borrowed per pupil and term
TERMS = {"SY2025T1": dt.date(2026, 1, 19), "SY2025T2": dt.date(2026, 7, 3)}  # day of the check
COLUMNS = (
    "单位编码", "期间", "学段", "学生数", "装备标准", "演示实验应开数", "演示实验实开数", "分组实验应开数", "分组实验实开数", "应上机课时",
    "实上机课时", "专用教室应用课时", "专用教室实用课时", "仪器设备总数", "仪器设备完好数", "图书借阅册次", "装备投入", "年检结论",
    "年检日期", "年检意见", "状态",
)  # fmt: skip
DEMONSTRATIONS = {"小学": 3, "初中": 9, "普通高中": 12}  # per class and term


def rows(returns: list[Row]) -> list[Row]:
    """One row per school, stage and term; the first term is checked, the second partly."""
    draw = random.Random("equipment")
    return [
        _row(row, term, draw)
        for term in TERMS
        for row in returns
        if row["期间"] == "SY2025" and row["学段"] in STAGES and row["办学类型"] != "小学教学点"
    ]


def _row(row: Row, term: str, draw: random.Random) -> Row:
    stage, classes, pupils = row["学段"], row["班数"], row["在校生数"]
    diligent = draw.random() < 0.6
    small = pupils < 130

    def done(due: int) -> int:
        return due if diligent or draw.random() < 0.5 else round(due * draw.uniform(0.86, 0.99))

    shown, grouped = classes * DEMONSTRATIONS[stage], classes * DEMONSTRATIONS[stage] * 2
    computer, rooms = classes * 18, classes * 54
    things = round(pupils * draw.uniform(1.6, 3.2))
    intact = round(things * (draw.uniform(0.965, 0.995) if diligent else draw.uniform(0.94, 0.985)))
    borrowed = round(pupils * STAGES[stage] * (draw.uniform(1.0, 1.3) if diligent else draw.uniform(0.8, 1.1)))
    found: Row = {
        "单位编码": row["单位编码"], "期间": term, "学段": stage, "学生数": pupils,
        "装备标准": "Ⅰ类" if pupils > 1100 else "未达标" if small and not diligent else "Ⅱ类",
        "演示实验应开数": shown, "演示实验实开数": done(shown), "分组实验应开数": grouped, "分组实验实开数": done(grouped),
        # the smallest schools have no computer room: blank, not nought
        "应上机课时": None if small else computer, "实上机课时": None if small else done(computer),
        "专用教室应用课时": rooms, "专用教室实用课时": done(rooms), "仪器设备总数": things, "仪器设备完好数": intact,
        "图书借阅册次": borrowed, "装备投入": round(pupils * draw.uniform(20, 160), -2),
    }  # fmt: skip
    return {column: {**found, **_checked(term, intact / things, draw)}.get(column) for column in COLUMNS}


def _checked(term: str, intact: float, draw: random.Random) -> Row:
    chance = draw.random()
    if term == "SY2025T1" or chance < 0.3:
        verdict = "合格" if intact >= 0.96 else "基本合格"
        return {"年检结论": verdict, "年检日期": TERMS[term], "年检意见": "账物相符", "状态": "已年检"}
    if chance < 0.36:
        return {"年检意见": "借阅册次与图书系统不一致，请核对", "状态": "待更正"}
    return {"状态": "已填报"}


def figures(unit: str, made: list[Row]) -> list[dict[str, Any]]:
    """The county's figures of each term, whole and by stage."""
    found = []
    for term in dict.fromkeys(row["期间"] for row in made):
        of_term = [row for row in made if row["期间"] == term]
        found += [figure(code, unit, term, None, value) for code, value in _of(of_term).items()]
        for stage in STAGES:
            part = [row for row in of_term if row["学段"] == stage]
            if not part:
                continue
            found += [figure(code, unit, term, {"学段": stage}, value) for code, value in _of(part).items()]
    return found


def _of(rows: list[Row]) -> dict[str, dict[str, Any]]:
    good = [row for row in rows if all(_reached(row))]
    return {
        "experiment_rate": _quotient(rows, ("演示实验实开数", "分组实验实开数"), ("演示实验应开数", "分组实验应开数")),
        "computer_lesson_rate": _quotient(rows, ("实上机课时",), ("应上机课时",)),
        "special_room_rate": _quotient(rows, ("专用教室实用课时",), ("专用教室应用课时",)),
        "instrument_intact_rate": _quotient(rows, ("仪器设备完好数",), ("仪器设备总数",)),
        "books_borrowed_per_pupil": _quotient(rows, ("图书借阅册次",), ("学生数",)),
        "five_rates_school_rate": ratio(len(good), len(rows)),
        "class_one_school_rate": ratio(sum(row["装备标准"] == "Ⅰ类" for row in rows), len(rows)),
        "equipment_input": count(total(rows, "装备投入")),
    }


def _quotient(rows: list[Row], upper: tuple[str, ...], lower: tuple[str, ...]) -> dict[str, Any]:
    top = sum((total(rows, name) for name in upper), Fraction(0))
    return ratio(top, sum((total(rows, name) for name in lower), Fraction(0)))


def _reached(row: Row) -> list[bool]:
    """Whether each of the five rates reaches its standard; what a school does not have is not asked of it."""
    pairs = (("演示实验实开数", "演示实验应开数"), ("分组实验实开数", "分组实验应开数"), ("实上机课时", "应上机课时"),
             ("专用教室实用课时", "专用教室应用课时"))  # fmt: skip
    done = [row[due] is None or row[actual] >= row[due] for actual, due in pairs]
    intact = Fraction(row["仪器设备完好数"], row["仪器设备总数"]) >= Fraction(96, 100)
    return [*done, intact, row["图书借阅册次"] >= row["学生数"] * STAGES[row["学段"]]]
