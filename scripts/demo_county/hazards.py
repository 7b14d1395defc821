"""Two years of hazards whose dates, states and filled-in fields obey the lifecycle of the register."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

from .county import School

COLUMNS = (
    "编号", "单位编码", "发现日期", "隐患类别", "隐患等级", "检查方式", "隐患部位", "隐患描述", "整改期限", "整改责任人",
    "责任人电话", "整改措施", "整改投入", "整改完成日期", "挂牌编号", "挂牌日期", "督办期限", "督办领导", "防范措施", "列入黑名单日期",
    "惩戒措施", "移出黑名单日期", "复查意见", "销号日期", "状态",
)  # fmt: skip
CHECKS = {"学校自查": 46, "学区巡查": 18, "督学检查": 14, "局机关检查": 14, "部门联合检查": 6, "群众举报": 2}
COUNT = 200
HOLIDAYS = {1: 3, 5: 5, 10: 9}  # month: last day of the holiday at its beginning
FIRST, TODAY = dt.date(2025, 1, 6), dt.date(2026, 11, 20)
# share of states by age in days since discovery; what is left over is 已销号
STATES_BY_AGE = ((14, {"待整改": 0.45, "整改中": 0.3, "待复查": 0.08}), (60, {"待整改": 0.06, "整改中": 0.34, "待复查": 0.18}),
                 (180, {"整改中": 0.14, "待复查": 0.05, "作废": 0.03}), (9999, {"整改中": 0.025, "作废": 0.03}))  # fmt: skip


def hazard_rows(schools: list[School], source: dict[str, Any], people: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The table as a bureau would load it, by date of discovery."""
    draw = random.Random("hazards")
    phones = {row["单位编码"]: (row["姓名"], row["电话"]) for row in people if row["岗位"] == "学校"}
    span = (TODAY - FIRST).days
    days = sorted(_school_day(FIRST + dt.timedelta(days=round(span * draw.random() ** 0.8))) for _ in range(COUNT))
    rows = _numbered([_hazard(day, schools, source, phones, draw) for day in days])
    _list_major(rows, [row["姓名"] for row in people if row["岗位"] == "分管领导"])
    return rows


def _list_major(rows: list[dict[str, Any]], leaders: list[str]) -> None:
    """Major hazards are listed two days after they were found, a few stay unlisted; the term is their own deadline. Of
    those late by a month every other one is on the blacklist, and one of the rectified ones was on it."""
    counts, late = Counter[str](), 0
    major = [row for row in rows if row["隐患等级"] == "重大" and row["整改期限"]]
    for at, row in enumerate(major):
        listed = dt.date.fromisoformat(row["发现日期"]) + dt.timedelta(days=2)
        listed += dt.timedelta(days=7 - listed.weekday() if listed.weekday() > 4 else 0)
        if at % 5 == 4 or listed > TODAY or (row["销号日期"] and row["销号日期"] <= row["发现日期"]):
            continue
        counts[row["发现日期"][:4]] += 1
        row |= {
            "挂牌编号": f"青安挂〔{listed.year}〕{counts[row['发现日期'][:4]]}号", "挂牌日期": listed.isoformat(),
            "督办期限": row["整改期限"], "督办领导": leaders[at % len(leaders)],
            "防范措施": "设置警戒和警示标志，专人值守，销号前停用相关部位",
        }  # fmt: skip
        if row["状态"] != "整改中":
            continue
        row["状态"] = "挂牌督办"
        due = dt.date.fromisoformat(row["整改期限"])
        if (TODAY - due).days > 30:
            late += 1
            if late % 2:
                put = (due + dt.timedelta(days=21)).isoformat()
                row |= {"状态": "列入黑名单", "列入黑名单日期": put, "惩戒措施": "取消年度评优、约谈主要负责人"}
    once = next(row for row in major if row["挂牌日期"] and row["销号日期"] > row["督办期限"])
    put = (dt.date.fromisoformat(once["督办期限"]) + dt.timedelta(days=5)).isoformat()
    once |= {"列入黑名单日期": put, "惩戒措施": "取消年度评优", "移出黑名单日期": once["销号日期"]}


def _numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with its 编号 ``AQ-{year}-{seq:4}``, counted through the year of discovery."""
    counts = Counter[str]()
    for row in rows:
        year = row["发现日期"][:4]
        counts[year] += 1
        row["编号"] = f"AQ-{year}-{counts[year]:04d}"
    return rows


def _school_day(day: dt.date) -> dt.date:
    """Checks happen on weekdays in term: vacations move to the weeks after them, weekends to the Friday before."""
    if day.month in (7, 8):
        day = dt.date(day.year, 9, 1) + dt.timedelta(days=(day.day * 7) % 18)
    if day.month == 2 or (day.month == 1 and day.day > 16):
        day = dt.date(day.year, 3, 3) + dt.timedelta(days=(day.day * 5) % 19)
    if day.day <= HOLIDAYS.get(day.month, 0):
        day += dt.timedelta(days=10)
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _hazard(
    found: dt.date,
    schools: list[School],
    source: dict[str, Any],
    phones: dict[str, tuple[str, str]],
    draw: random.Random,
) -> dict[str, Any]:
    open_then = [school for school in schools if not school.closed or school.closed > found]
    school = draw.choices(open_then, [2 + sum(one.intake.values()) / 60 for one in open_then])[0]
    cases = {kind: _possible(body["cases"], school, source["needs"]) for kind, body in source["kinds"].items()}
    kinds = [kind for kind in cases if cases[kind]]
    kind = draw.choices(kinds, [source["kinds"][kind]["weight"] for kind in kinds])[0]
    place, seen, mended, level = draw.choices(cases[kind], [1 if case[3] == "重大" else 3 for case in cases[kind]])[0][
        :4
    ]
    name, phone = phones[school.code]
    state = _state(found, level, school, draw)
    row = {
        "单位编码": school.code, "发现日期": found, "隐患类别": kind, "隐患等级": level,
        "检查方式": draw.choices(list(CHECKS), list(CHECKS.values()))[0],
        "隐患部位": place, "隐患描述": seen, "整改责任人": name, "责任人电话": phone, "状态": state,
    }  # fmt: skip
    row.update(_progress(row, mended, source, draw))
    return {column: _text(row.get(column)) for column in COLUMNS}


def _possible(cases: list[list[str]], school: School, needs: dict[str, list[str]]) -> list[list[str]]:
    """The cases that this school has the rooms for."""
    return [case for case in cases if len(case) == 4 or school.type in needs[case[4]]]


def _state(found: dt.date, level: str, school: School, draw: random.Random) -> str:
    age = (TODAY - found).days * (0.5 if level == "重大" else 1)  # major ones take twice as long
    if school.closed:
        return "已销号"
    if level == "重大" and age <= 14:
        return "整改中"  # a major one gets its notice at once
    shares = next(table for most, table in STATES_BY_AGE if age <= most)
    shares = {name: share for name, share in shares.items() if level != "重大" or name != "待整改"}
    return draw.choices([*shares, "已销号"], [*shares.values(), 1 - sum(shares.values())])[0]


def _progress(row: dict[str, Any], mended: str, source: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """What each state has filled in: a deadline from 整改中 on, measures from 待复查 on, a closing date at 已销号."""
    found, state, major = row["发现日期"], row["状态"], row["隐患等级"] == "重大"
    due = found + dt.timedelta(days=draw.choice((30, 45, 60)) if major else draw.choice((7, 10, 15, 15, 20, 30)))
    cost = (
        draw.choice((12000, 26000, 48500, 86000))
        if major
        else draw.choice((0, 80, 150.5, 320, 680, 1200, 2600.8, 5400))
    )
    done = min(due + dt.timedelta(days=draw.choice((-6, -4, -3, -2, -1, 0, 0, 5, 12))), TODAY)
    done = max(done, found)
    if state == "待整改":
        return {}
    if state == "作废":
        return {"复查意见": draw.choice(source["opinions_void"])}
    if state == "整改中":
        again = draw.random() < 0.2
        return {
            "整改期限": due,
            **({"整改措施": mended, "复查意见": draw.choice(source["opinions_failed"])} if again else {}),
        }
    if state == "已销号" and not major and row["检查方式"] == "学校自查" and draw.random() < 0.35:
        return {
            "整改期限": found,
            "整改措施": f"即查即改：{mended}",
            "整改投入": min(cost, 320),
            "整改完成日期": found,
            "销号日期": found,
        }
    filed = {"整改期限": due, "整改措施": mended, "整改投入": cost, "整改完成日期": done}
    if state == "待复查":
        return filed
    closed = min(done + dt.timedelta(days=draw.randint(1, 9)), TODAY)
    return {**filed, "复查意见": draw.choice(source["opinions_passed"]), "销号日期": closed}


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else "" if value is None else value
