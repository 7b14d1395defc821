"""The teachers' year: training with those who attend, hours, exchange with its denominators, honours.

Every row obeys the lifecycle of its register; the figures beside them are sums over the same rows (see ``figures``).
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from .county import School
from .hazards import TODAY, _text

Row = dict[str, Any]
STAGES = {
    "幼儿园": "学前教育", "小学": "小学", "教学点": "小学", "初级中学": "初中", "九年一贯制学校": "初中", "完全中学": "初中",
    "高级中学": "普通高中", "中等职业学校": "中等职业教育", "特殊教育学校": "特殊教育",
}  # fmt: skip
TRAINED, GONE = ("已参训", "已结业", "未结业"), ("交流中", "已期满", "提前终止")
HELD = ("已认定", "有效期内", "已到期")


@dataclass(frozen=True)
class Teacher:
    """One teacher: the number counts up within the school, so that a person keeps it in every register."""

    number: str
    name: str
    school: School
    subject: str
    backbone: str
    years: int

    @property
    def stage(self) -> str:
        return STAGES[self.school.type]

    @property
    def row(self) -> Row:
        return {
            "单位编码": self.school.code, "教师姓名": self.name, "教职工号": self.number, "任教学段": self.stage,
        }  # fmt: skip


def tables(schools: list[School], people: Row, source: Row) -> dict[str, list[Row]]:
    """Every table of this module by register, in loading order."""
    open_ = [school for school in schools if not school.closed]
    staff = _staff(open_, people, source)
    sessions = _sessions(source)
    attended = _attendances(sessions, staff)
    return {
        "teacher_training": [_written(row, TRAINING) for row in sessions],
        "training_attendance": [_written(row, ATTENDANCE) for row in attended],
        "training_hours": [_written(row, HOURS) for row in _hours(staff)],
        "teacher_base": _bases(open_),
        "teacher_rotation": [_written(row, ROTATION) for row in _rotations(staff, open_)],
        "honour": [_written(row, HONOUR) for row in _honours(schools, staff, source)],
    }


def _staff(schools: list[School], people: Row, source: Row) -> list[Teacher]:
    """Six teachers of every school: those whom the registers speak of."""
    draw = random.Random("teachers")
    names = [first + last for first in people["surnames"] for last in people["given"]]
    chosen = iter(draw.sample(names, len(schools) * 6))
    levels, weights = ("无", "县级", "市级", "省级"), (70, 20, 8, 2)
    return [
        Teacher(
            number=f"{school.code}{at:02d}",
            name=next(chosen),
            school=school,
            subject=draw.choice(source["subjects"][STAGES[school.type]]),
            backbone=draw.choices(levels, weights)[0],
            years=draw.randint(2, 22),
        )
        for school in schools
        for at in range(1, 7)
    ]


# --- training --------------------------------------------------------------------------------------------------------

TRAINING = (
    "编号", "单位编码", "培训名称", "培训期次", "培训类别", "立项日期", "培训对象", "计划人数", "计划学时", "培训方式", "承办单位",
    "报名截止日期", "计划开班日期", "授课教师", "实际开班日期", "实际结束日期", "考核方式", "培训经费", "培训小结", "状态",
)  # fmt: skip
ATTENDANCE = (
    "编号",
    "单位编码", "所属培训", "报名日期", "教师姓名", "教职工号", "任教学段", "任教学科", "教师身份", "出勤学时", "缺训原因",
    "考核结果", "取得学时", "状态",
)  # fmt: skip


def _sessions(source: Row) -> list[Row]:
    """Two plan years; a session's state follows from its opening day and from how long it lasts."""
    counts: dict[int, int] = {}
    rows = []
    for item in source["sessions"]:
        year, opens = item["plan"].year, item["opens"]
        counts[year] = counts.get(year, 0) + 1
        row = {
            "编号": f"PX-{year}-{counts[year]:03d}", "单位编码": item.get("school", source["trainers"]), "培训名称": item["name"],
            "培训期次": item["session"], "培训类别": item["kind"], "立项日期": item["plan"], "培训对象": item["for"],
            "计划人数": item["places"], "计划学时": item["hours"], "培训方式": item["mode"], "承办单位": item["host"],
            "报名截止日期": opens - dt.timedelta(days=7), "计划开班日期": opens, "状态": item["state"],
        }  # fmt: skip
        if item["state"] in ("培训中", "待考核", "已结业"):
            row |= {"授课教师": item["trainer"], "实际开班日期": opens}
        if item["state"] in ("待考核", "已结业"):
            row |= {"实际结束日期": opens + dt.timedelta(days=item["days"])}
        if item["state"] == "已结业":
            row |= {"考核方式": "考勤加作业", "培训经费": item["places"] * 320, "培训小结": item["note"]}
        if item["state"] == "计划":
            row["报名截止日期"] = None
        rows.append(row)
    return rows


def _attendances(sessions: list[Row], staff: list[Teacher]) -> list[Row]:
    """Who went: at most one teacher in six of the county for a session, of the stages that it is for."""
    rows = []
    for session in sessions:
        if session["状态"] in ("计划", "停办", "作废"):
            continue
        draw = random.Random(f"attend {session['编号']}")
        fit = [one for one in staff if one.stage in session["培训对象"] or session["培训对象"] == "各学段教师"]
        if session["培训类别"] == "校本研修":
            fit = [one for one in fit if one.school.code == session["单位编码"]]
        for teacher in draw.sample(fit, min(session["计划人数"] // 4, len(fit))):
            rows.append(_attendance(session, teacher, draw))
    return _numbered("CX", rows, "报名日期")


def _numbered(letters: str, rows: list[Row], dated: str) -> list[Row]:
    """Each row with its 编号, counted through the year of its date."""
    counts: dict[int, int] = {}
    for row in rows:
        year = row[dated].year
        counts[year] = counts.get(year, 0) + 1
        row["编号"] = f"{letters}-{year}-{counts[year]:05d}"
    return rows


def _attendance(session: Row, teacher: Teacher, draw: random.Random) -> Row:
    filed = session["报名截止日期"] - dt.timedelta(days=draw.randint(1, 9))
    row = {
        **teacher.row, "所属培训": session["编号"], "报名日期": min(filed, TODAY), "任教学科": teacher.subject,
        "教师身份": "班主任" if session["培训类别"] == "班主任培训" else "专任教师", "状态": "已报名",
    }  # fmt: skip
    luck, hours = draw.random(), session["计划学时"]
    if luck < 0.04:
        return row | {"状态": "退训"}
    if session["状态"] == "报名":
        return row
    if luck < 0.10:
        return row | {"状态": "缺训", "缺训原因": draw.choice(("病假", "学校临时排课", "外出公务"))}
    row |= {"状态": "已参训", "出勤学时": hours if luck < 0.9 else hours - 4}
    if session["状态"] != "已结业" and (session["状态"] == "培训中" or luck < 0.5):
        return row
    if luck > 0.96:
        return row | {"状态": "未结业", "考核结果": "不合格", "取得学时": 0}
    return row | {"状态": "已结业", "考核结果": "优秀" if luck < 0.3 else "合格", "取得学时": row["出勤学时"]}


HOURS = (
    "编号",
    "单位编码", "教师姓名", "教职工号", "任教学段", "教师类别", "年度", "截至日期", "应修学时", "已修学时", "周期应修学时",
    "周期已修学时", "周期届满", "应实践天数", "企业实践天数", "核定意见", "状态",
)  # fmt: skip


def _hours(staff: list[Teacher]) -> list[Row]:
    """The hours of 2025 for the first three teachers of each school, of 2026 up to October for the first one."""
    rows = [_hours_of(one, 2025, dt.date(2025, 12, 31)) for one in staff if one.number[-2:] <= "03"]
    rows += [_hours_of(one, 2026, dt.date(2026, 10, 31)) for one in staff if one.number[-2:] == "01"]
    return _numbered("XS", rows, "截至日期")


def _hours_of(teacher: Teacher, year: int, until: dt.date) -> Row:
    draw = random.Random(f"hours {year} {teacher.number}")
    own = draw.choice((72, 84, 90, 92, 94, 96, 98.5, 102, 108, 120))
    full = draw.random() < 0.2
    cycle = own + (draw.choice((266, 276, 284, 292, 300)) if full else draw.choice((80, 92, 176, 190, 260)))
    row = {
        **teacher.row, "教师类别": "普通教师", "年度": year, "截至日期": until, "应修学时": 90,
        "已修学时": own, "周期应修学时": 360, "周期已修学时": cycle, "周期届满": "是" if full else "否",
        "状态": "已核定" if year == 2025 and draw.random() < 0.9 else "待核定",
    }  # fmt: skip
    if teacher.school.type == "中等职业学校":
        row |= {"教师类别": "职业学校专业课教师", "应实践天数": 60, "企业实践天数": draw.choice((30, 60, 65))}
    if row["状态"] == "已核定":
        row["核定意见"] = "学时证明齐全"
    elif draw.random() < 0.1:
        row |= {"状态": "作废", "核定意见": "教师已调出"}
    return row


# --- exchange --------------------------------------------------------------------------------------------------------

ROTATION = (
    "编号", "单位编码", "教师姓名", "教职工号", "任教学段", "任教学科", "职务", "骨干层级", "本校连续任教年限", "接收单位",
    "交流形式", "起始日期", "结束日期", "人事关系", "到岗日期", "期满考核", "返回日期", "期满去向", "终止原因", "状态",
)  # fmt: skip
KINDS = ("点面交流", "点面交流", "集团互派", "集团互派", "支教", "跟岗", "挂职")


def _bases(schools: list[School]) -> list[Row]:
    """What each school counts at the start of two school years: those who meet the conditions, and for mental health."""
    rows = []
    for year in ("SY2025", "SY2026"):
        for school in schools:
            draw = random.Random(f"base {year} {school.code}")
            fit = max(1, round(sum(school.intake.values()) / 45)) + draw.randint(0, 1)
            rows.append(
                {
                    "单位编码": school.code,
                    "期间": year,
                    "符合交流条件教师数": fit,
                    "符合条件骨干教师数": min(fit, round(fit * 0.25)),
                    "心理健康教师数": draw.choices((0, 1, 2), (2, 7, 1) if year == "SY2025" else (1, 8, 1))[0],
                }
            )
    return rows


def _rotations(staff: list[Teacher], schools: list[School]) -> list[Row]:
    """Postings of two school years; three persons go twice in one, and nobody is in two places at a time."""
    draw = random.Random("rotation")
    fit = [one for one in staff if one.years >= 6 and one.stage in ("学前教育", "小学", "初中")]
    drawn = draw.sample(fit, 62)
    rows = [_posting(one, 2025, schools, draw) for one in drawn[:26]]
    rows += [_posting(one, 2026, schools, draw) for one in drawn[26:]]
    for one in drawn[:3]:  # back in winter, and out again in spring: one person, two postings
        first = next(row for row in rows if row["教职工号"] == one.number)
        first |= _ended(dt.date(2026, 1, 23))
        second = _posting(one, 2025, schools, draw)
        rows.append(second | {"起始日期": dt.date(2026, 3, 2), "到岗日期": dt.date(2026, 3, 2)})
    rows.sort(key=lambda row: (row["起始日期"], row["教职工号"]))
    for at, row in enumerate(rows, 1):
        row["编号"] = f"JL-{at:05d}"
    return rows


def _posting(one: Teacher, year: int, schools: list[School], draw: random.Random) -> Row:
    fit = [school for school in schools if STAGES[school.type] == one.stage and school is not one.school]
    start = dt.date(year, 9, 1)
    row = {
        **one.row, "任教学科": one.subject, "职务": "教师", "骨干层级": one.backbone, "本校连续任教年限": one.years,
        "接收单位": draw.choice(fit).code, "交流形式": draw.choice(KINDS), "起始日期": start,
        "结束日期": dt.date(year + 1, 7, 10), "人事关系": draw.choice(("不随迁", "不随迁", "随迁")),
        "到岗日期": start + dt.timedelta(days=draw.choice((0, 0, 0, 1, 2))), "状态": "交流中",
    }  # fmt: skip
    luck = draw.random()
    if year == 2025:
        return row if luck > 0.88 else row | _ended(dt.date(2026, 7, 10))
    if luck < 0.06:
        return row | {
            "状态": "提前终止",
            "返回日期": dt.date(2026, 10, 23),
            "结束日期": dt.date(2026, 10, 23),
            "终止原因": "因病返回",
        }
    if luck < 0.24:
        state = "拟派" if luck < 0.1 else "待报到" if luck < 0.18 else "作废"
        return row | {"状态": state, "到岗日期": None}
    return row


def _ended(day: dt.date) -> Row:
    return {"状态": "已期满", "返回日期": day, "结束日期": day, "期满考核": "合格", "期满去向": "返回原单位"}


# --- honours ---------------------------------------------------------------------------------------------------------

HONOUR = (
    "编号", "单位编码", "获奖日期", "获奖项目", "荣誉级别", "荣誉类别", "授予单位", "等次", "名次", "获奖对象", "获奖者", "获奖学生",
    "指导教师", "共同获奖单位数", "积分", "有效期至", "核实意见", "状态",
)  # fmt: skip


def _honours(schools: list[School], staff: list[Teacher], source: Row) -> list[Row]:
    """Prizes of two years: relays that two or three schools won together, titles with an end, some not yet verified."""
    draw = random.Random("honours")
    rows = [row for item in source["honours"] for row in _prize(item, schools, staff, draw)]
    closed = next(school for school in schools if school.closed)
    rows.append(
        {
            "单位编码": closed.code,
            "获奖日期": dt.date(2025, 5, 20),
            "获奖项目": "县级优秀乡村教学点",
            "荣誉级别": "县级",
            "荣誉类别": "集体称号",
            "授予单位": "青山县教育局",
            "等次": "称号",
            "获奖对象": "单位",
            "获奖者": closed.name,
            "共同获奖单位数": 1,
            "状态": "已认定",
            "核实意见": "证书原件已核",
        }
    )
    rows.sort(key=lambda row: (row["获奖日期"], row["单位编码"], row["获奖项目"]))
    counts: dict[int, int] = {}
    for row in rows:
        year = row["获奖日期"].year
        counts[year] = counts.get(year, 0) + 1
        row["编号"] = f"RY-{year}-{counts[year]:04d}"
    return rows


def _prize(item: Row, schools: list[School], staff: list[Teacher], draw: random.Random) -> list[Row]:
    """The rows of one entry of the source: each of its ranks once, to as many schools as share it."""
    rows, pupils = [], [f"{one.name[:1]}小{one.name[-1:]}" for one in staff]  # families of the county, nobody's child
    for rank, (shared, points) in item["ranks"].items():
        fit = [one for one in schools if not one.closed and one.type in item["types"]]
        for school in draw.sample(fit, shared):
            row = {
                "单位编码": school.code, "获奖日期": item["date"], "获奖项目": item["name"], "荣誉级别": item["level"],
                "荣誉类别": item["kind"], "授予单位": item["giver"], "等次": rank, "获奖对象": item["who"],
                "共同获奖单位数": item.get("shared", 1), "积分": points, "有效期至": item.get("until"),
                "状态": "待核实" if (TODAY - item["date"]).days < 30 else "已认定",
            }  # fmt: skip
            if item["who"] == "学生":
                row |= {"获奖学生": draw.choice(pupils), "指导教师": _of(staff, school, draw)}
            else:
                row["获奖者"] = school.name if item["who"] == "单位" else _of(staff, school, draw)
            if item.get("until") and row["状态"] == "已认定":
                row["状态"] = "有效期内" if item["until"] >= dt.date(2026, 9, 1) else "已到期"
            if row["状态"] != "待核实":
                row["核实意见"] = "证书原件已核"
            elif draw.random() < 0.2:
                row |= {"状态": "作废", "核实意见": "证书与项目不符"}
            rows.append(row)
    return rows


def _of(staff: list[Teacher], school: School, draw: random.Random) -> str:
    return draw.choice([one.name for one in staff if one.school is school])


def _written(row: Row, columns: tuple[str, ...]) -> Row:
    return {column: _text(row.get(column)) for column in columns}
