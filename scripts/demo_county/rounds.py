"""Two rounds of returns: one that ended with late, returned and missing schools, and one that is under way.

A round is two tables: what was done, by whom and when; and what each school filled in. What is approved by the end is in
the ledger and nowhere else: ``kept`` tells the figures which rows count.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from . import equipment
from .county import School
from .hazards import TODAY

Row = dict[str, Any]
ACT_COLUMNS = ("时间", "动作", "账号", "单位编码", "说明", "限期")
BASE_COLUMNS = ("单位编码", "期间", "符合交流条件教师数", "符合条件骨干教师数", "心理健康教师数")
USE_COLUMNS = ("单位编码", "期间", "学段", *equipment.COLUMNS[3:17], "异动说明")
PERIODS = ("SY2026", "SY2026T1")  # of the two rounds
SECTION = {"base": "renshi", "use": "zhuangbei"}
HALF = {"演示实验应开数", "演示实验实开数", "分组实验应开数", "分组实验实开数", "应上机课时", "实上机课时", "专用教室应用课时",
        "专用教室实用课时", "图书借阅册次"}  # fmt: skip
SWING = 0.6  # of the round under way: the half of a term stands beside a whole one
WHY = {
    True: "暑假更新了学生用计算机和实验仪器，款项本学期支付",
    False: "上学期已集中更新，本学期只有零星维护",
}


def _act(day: dt.date, clock: str, act: str, by: str, unit: str = "", note: str = "", until: Any = "") -> Row:
    return dict(zip(ACT_COLUMNS, (f"{day} {clock}", act, by, unit, note, until), strict=True))


def _clock(draw: random.Random, first: int = 8, last: int = 16) -> str:
    return f"{draw.randint(first, last):02d}:{draw.randint(0, 54):02d}"


def _later(clock: str, minutes: int) -> str:
    return f"{clock[:3]}{int(clock[3:]) + minutes:02d}"


def _district(school: School) -> str:
    """The account of the district that approves a school's return; none for those directly under the bureau."""
    return f"xuequ{school.district if school.district > 1 else ''}" if school.district else ""


def _handed_in(day: dt.date, school: School, draw: random.Random, *, sheet: bool = False) -> list[Row]:
    """Handed in; by a sheet it was filled in first, a few minutes before."""
    clock = _clock(draw)
    filled = [_act(day, clock, "填报", school.code, school.code)] if sheet else []
    return [*filled, _act(day, _later(clock, draw.randint(1, 5)), "提交", school.code, school.code)]


def _approved(day: dt.date, school: School, section: str, *, by_section: bool = True) -> list[Row]:
    """Districts and sections approve what has come, on Fridays and the working day after."""
    friday = day + dt.timedelta(days=(4 - day.weekday()) % 7)
    rows = [_act(friday, "18:00", "审核", _district(school), school.code)] if _district(school) else []
    if by_section:
        rows.append(_act(friday + dt.timedelta(days=3), "18:30", "审核", section, school.code))
    return rows


def base_acts(schools: list[School]) -> list[Row]:
    """The round on teachers at the start of the school year: closed; two schools are missing, four came late."""
    draw, open_ = random.Random("round base"), [school for school in schools if not school.closed]
    first, due, section = dt.date(2026, 9, 8), dt.date(2026, 9, 18), SECTION["base"]
    odd = draw.sample(open_, 9)
    missing, never, late, again = odd[0], odd[1], odd[2:6], odd[6:]
    until = dt.date(2026, 9, 25)
    rows = [_act(dt.date(2026, 9, 16), "09:00", "催报", section), _act(dt.date(2026, 9, 22), "09:00", "催报", section)]
    for school in open_:
        day = first + dt.timedelta(days=draw.randint(0, 8))
        if school in late:
            rows.append(_act(due, "16:30", "放宽期限", section, school.code, "开学初教师调动尚未办结", until))
            day = until - dt.timedelta(days=draw.randint(1, 3))
        if school is missing:
            continue
        rows += _handed_in(day, school, draw)
        if school is never or school in again:
            back = _district(school) or section
            note = (
                "心理健康教师须有专门培训证书，请附名单核对后重报"
                if school is never
                else "符合条件的骨干教师数与名册不一致，请核对"
            )
            rows.append(_act(day, "17:57", "退回", back, school.code, note))
            if school is never:
                continue
            day += dt.timedelta(days=1)
            rows += _handed_in(day, school, draw)
        rows += _approved(day, school, section)
    rows.append(_act(dt.date(2026, 9, 30), "17:00", "结束", section, "", "到期结束，未报的学校另行通报"))
    return _in_order(rows)


def base_values(schools: list[School], bases: list[Row], acts: list[Row]) -> list[Row]:
    """What the schools of a round that handed in had filled in."""
    sent = {row["单位编码"] for row in acts if row["动作"] == "提交"}
    return [{name: row[name] for name in BASE_COLUMNS} for row in bases
            if row["期间"] == "SY2026" and row["单位编码"] in sent]  # fmt: skip


def use_acts(schools: list[School], values: list[Row]) -> list[Row]:
    """The round on equipment at mid-term: under way, each return somewhere else."""
    draw, section = random.Random("round use"), SECTION["use"]
    asked = {row["单位编码"] for row in values}
    rows = [_act(dt.date(2026, 11, 18), "09:00", "催报", section)]
    for school in schools:
        if school.code not in asked or school.code == "2152990015":  # the school of the demo's account has yet to begin
            continue
        stage = draw.choices(("科室", "学区", "退回", "填报", "未动"), (48, 20, 8, 10, 14))[0]
        day = dt.date(2026, 11, 9) + dt.timedelta(days=draw.randint(0, 8))
        if stage == "填报":
            rows.append(_act(day, _clock(draw), "填报", school.code, school.code))
        elif stage != "未动":
            rows += _handed_in(day, school, draw, sheet=True)
        if stage == "科室":  # the section approves all of them together when the round is due
            rows += _approved(day, school, section, by_section=False)
        elif stage == "退回":
            note = "图书借阅只计纸质图书，请扣除电子阅读后重报"
            rows.append(_act(day, "17:57", "退回", _district(school) or section, school.code, note, "2026-11-27"))
    return _in_order(rows)


def use_values(used: list[Row], returns: list[Row]) -> list[Row]:
    """The half term's figures: about half of last term's work on this year's pupils; large swings explained."""
    draw = random.Random("round use values")
    pupils = {(row["单位编码"], row["学段"]): row["在校生数"] for row in returns if row["期间"] == "SY2026"}
    found = []
    for last in (row for row in used if row["期间"] == "SY2025T2"):
        now = pupils.get((last["单位编码"], last["学段"]))
        if now is None:
            continue
        row = {name: last[name] for name in USE_COLUMNS[:-1]} | {"期间": "SY2026T1", "学生数": now}
        for name in HALF:
            row[name] = None if row[name] is None else row[name] // 2
        row["装备投入"] = round(last["装备投入"] * draw.choice((0.8, 0.9, 1.1, 1.25, 0.3, 1.8)), -2)
        change = row["装备投入"] / last["装备投入"] - 1
        row["异动说明"] = WHY[change > 0] if abs(change) > SWING else ""
        found.append(row)
    return found


def kept(rows: list[Row], acts: list[Row]) -> list[Row]:
    """The rows that are in the ledger: of a period that is collected, those of the units that the section approved."""
    passed = {row["单位编码"] for row in acts if row["动作"] == "审核" and row["账号"] in SECTION.values()}
    return [row for row in rows if row["期间"] not in PERIODS or row["单位编码"] in passed]


def loaded(rows: list[Row]) -> list[Row]:
    """The rows of a register that come by file, and not by a round."""
    return [row for row in rows if "符合交流条件教师数" not in row or row["期间"] not in PERIODS]


def _in_order(rows: list[Row]) -> list[Row]:
    """By time, up to the day at which the story stands still; at the same time by account, so that one person's approvals
    stand together."""
    return sorted(
        (row for row in rows if row["时间"][:10] <= TODAY.isoformat()), key=lambda row: (row["时间"], row["账号"])
    )
