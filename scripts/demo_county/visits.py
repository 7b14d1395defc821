"""Areas of inspectors, a year of visits with their findings, and the responsibility letters; figures by plain counting."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

from .county import School
from .figures import Row, count, figure, ratio, total, within
from .hazards import TODAY

COLUMNS = {
    "school_visits": (
        "编号", "单位编码", "到校日期", "视导方式", "督学", "本学期第几次", "事先通知", "督导事项", "听课节数", "有无问题", "督导意见", "学校反馈", "状态",
    ),
    "visit_checks": ("编号", "单位编码", "所属到校", "检查日期", "检查项目", "满分", "得分", "扣分事实", "状态"),
    "visit_findings": (
        "编号", "单位编码", "所属到校", "发现日期", "督导事项", "问题描述", "整改期限", "整改措施", "整改完成日期", "复查意见", "状态",
    ),
}  # fmt: skip
PREFIX = {"school_visits": ("DX", "到校日期"), "visit_checks": ("DF", "检查日期"), "visit_findings": ("DW", "发现日期")}
WIDTH = {"visit_checks": 5}
# 检查项目 and what costs points there
CHECKLIST = {
    "校门管理和来访登记": "两次来访没有登记离校时间",
    "消防设施和疏散通道": "二楼疏散指示灯有一盏不亮",
    "食堂留样和索证": "一份留样没有写时间",
    "课表与开课计划一致": "两个班的劳动课改上数学课",
    "作业总量和公示": "一个年级本周作业没有公示",
    "体育活动一小时": "雨天没有室内活动安排",
    "收费公示": "公示栏仍是上学期的内容",
    "校园环境和卫生": "卫生间冲水设施损坏一处",
}
# first day of visits, the return that a term reads, days of the term
TERMS = {
    "SY2025T2": (dt.date(2026, 3, 4), "SY2025", (dt.date(2026, 2, 1), dt.date(2026, 8, 31))),
    "SY2026T1": (dt.date(2026, 9, 8), "SY2026", (dt.date(2026, 9, 1), dt.date(2027, 1, 31))),
}
FAULTS = {
    "课程开设和课堂教学": ("两个班的劳动课改上数学课", "恢复课表并由教务处每日巡课"),
    "学习和体育锻炼及课业负担": ("一个班书面作业超过规定时间", "年级组统筹作业总量并公示"),
    "校园及周边安全": ("后门没有登记来访人员", "补登记并加派值守"),
    "食堂和宿舍卫生": ("食品留样标签缺少时间", "更换标签并培训从业人员"),
    "师德和专业发展": ("校本研修缺少记录", "补充研修安排并留存记录"),
}
LAYERS = {"局与学校": 1, "学校与处室": 4, "年级与班主任": 12, "班主任与任课教师": 34}


def areas(districts: list[str], schools: list[School], people: list[Row]) -> list[Row]:
    """One area for each district: its inspectors from the table of people and part-time colleagues, one for five schools."""
    found = []
    for number, code in enumerate(districts, 1):
        posted = [row["姓名"] for row in people if row["单位编码"] == code and row["岗位"] == "督学"]
        own = [school.code for school in schools if school.district == number and not school.closed]
        others = max(1, -(-min(len(own), 20) // 5) - len(posted))
        names = [*posted, *(f"兼职督学{number}之{at}" for at in range(1, others + 1))]
        found.append({
            "编号": f"ZRQ-{number:03d}", "单位编码": code, "责任区名称": f"第{number}督学责任区", "设立日期": dt.date(2024, 9, 2),
            "责任督学": "、".join(names), "督学人数": len(names), "责任学校": "、".join(own[:20]), "学校数": min(len(own), 20),
            "督学聘期至": dt.date(2027, 8, 31), "状态": "在用",
        })  # fmt: skip
    return [row for row in found if row["学校数"]]


def tables(schools: list[School], people: list[Row], districts: list[str]) -> dict[str, list[Row]]:
    """Visits and findings by file name; most schools are seen twice a term, some once, a few not yet."""
    draw = random.Random("visits")
    inspectors = {row["单位编码"]: row["姓名"] for row in people if row["岗位"] == "督学"}
    visits: list[Row] = []
    for first, _, _ in TERMS.values():
        for school in schools:
            if school.closed:
                continue
            name = inspectors.get(districts[school.district - 1] if school.district else districts[0], "责任督学")
            for time in range(draw.choices((0, 1, 2, 3), (1, 3, 8, 1))[0]):
                day = first + dt.timedelta(days=time * 28 + draw.randint(0, 20))
                if day <= TODAY:
                    visits.append(_visit(school.code, day, name, time + 1, draw))
    visits = _numbered("school_visits", visits)
    findings = _numbered(
        "visit_findings", [row for visit in visits if visit["有无问题"] == "有问题" for row in _found(visit, draw)]
    )
    still = {row["所属到校"] for row in findings if row["状态"] in ("整改中", "待复查")}
    for visit in visits:
        if visit["编号"] in still:
            visit["状态"] = "已反馈"
    return {"school_visits": visits, "visit_checks": _checked(visits), "visit_findings": findings}


def _checked(visits: list[Row]) -> list[Row]:
    """The checklist of this term's first visits, five lines each."""
    draw, rows = random.Random("checks"), []
    for visit in visits:
        if visit["到校日期"] < TERMS["SY2026T1"][0] or visit["本学期第几次"] != 1 or draw.random() < 0.4:
            continue
        for matter in sorted(draw.sample(list(CHECKLIST), 5)):
            lost = draw.choice((0, 0, 0, 0, 0.5, 1, 2))
            rows.append({"单位编码": visit["单位编码"], "所属到校": visit["编号"], "检查日期": visit["到校日期"], "检查项目": matter,
                         "满分": 10, "得分": 10 - lost, "扣分事实": CHECKLIST[matter] if lost else "",
                         "状态": "作废" if draw.random() < 0.01 else "已评"})  # fmt: skip
    return _numbered("visit_checks", rows)


def _visit(school: str, day: dt.date, name: str, time: int, draw: random.Random) -> Row:
    troubled = draw.random() < 0.35
    return {
        "单位编码": school, "到校日期": day, "视导方式": draw.choice(("经常性督导", "经常性督导", "经常性督导", "教学视导", "专项督导")),
        "督学": name, "本学期第几次": time, "事先通知": "否" if draw.random() < 0.8 else "是",
        "督导事项": "、".join(sorted(draw.sample(list(FAULTS), 2))), "听课节数": draw.randint(0, 4), "有无问题": "有问题" if troubled else "无问题",
        "督导意见": "限期整改，结果报责任督学" if troubled else "", "学校反馈": "已组织整改" if troubled else "", "状态": "已办结",
    }  # fmt: skip


def _found(visit: Row, draw: random.Random) -> list[Row]:
    rows = []
    for matter in draw.sample(list(FAULTS), draw.choice((1, 1, 2))):
        seen, mended = FAULTS[matter]
        found: dt.date = visit["到校日期"]
        due = found + dt.timedelta(days=draw.choice((7, 15, 30)))
        row: Row = {"单位编码": visit["单位编码"], "所属到校": visit["编号"], "发现日期": found, "督导事项": matter, "问题描述": seen,
                    "整改期限": due, "状态": "整改中"}  # fmt: skip
        age, chance = (TODAY - found).days, draw.random()
        if age > 120 or chance < (0.8 if age > 40 else 0.4):
            done = min(due + dt.timedelta(days=draw.choice((-6, -4, -2, -1, 0, 5))), TODAY)
            row |= {"整改措施": mended, "整改完成日期": max(done, found), "状态": "待复查"}
            if age > 120 or draw.random() < 0.85:
                row |= {"复查意见": "到校复查，已整改", "状态": "已整改"}
        rows.append(row)
    return rows


def _numbered(name: str, rows: list[Row]) -> list[Row]:
    prefix, dated = PREFIX[name]
    counts, found = Counter[int](), []
    for row in sorted(rows, key=lambda row: row[dated]):
        year = row[dated].year
        counts[year] += 1
        numbered = {"编号": f"{prefix}-{year}-{counts[year]:0{WIDTH.get(name, 4)}d}", **row}
        found.append({key: numbered.get(key, "") for key in COLUMNS[name]})
    return found


def letters(schools: list[School]) -> list[Row]:
    """The letters of 2026 on safety and on keeping pupils at school; a few layers are not yet signed to the last."""
    draw = random.Random("letters")
    rows = []
    for school in schools:
        if school.closed:
            continue
        for kind in ("安全", "控辍保学"):
            if kind == "控辍保学" and school.type == "幼儿园":
                continue
            for layer, size in LAYERS.items():
                due = 1 if size == 1 else size + draw.randint(-2, 8)
                open_ = draw.choice((0,) * 9 + (1, 2)) if size > 1 else 0
                rows.append({
                    "单位编码": school.code, "期间": "2026", "责任书类别": kind, "签订层级": layer, "应签份数": due,
                    "已签份数": max(due - open_, 0), "签订截止": dt.date(2026, 5, 31),
                    "签完日期": "" if open_ else dt.date(2026, 5, draw.randint(6, 29)), "未签原因": "新到岗教师待补签" if open_ else "",
                })  # fmt: skip
    return rows


def figures(
    unit: str, made: dict[str, list[Row]], areas_: list[Row], signed: list[Row], returns: list[Row]
) -> list[dict[str, Any]]:
    """The county's figures: visits by term, findings by year, areas and letters."""
    found = []
    for period, (_, year, (first, last)) in TERMS.items():
        held = [row for row in made["school_visits"] if first <= row["到校日期"] <= last]
        schools = len({row["单位编码"] for row in returns if row["期间"] == year})
        twice = {row["单位编码"] for row in held if row["本学期第几次"] >= 2}
        found += [
            figure("school_visit_count", unit, period, None, count(len(held))),
            figure("visited_school_rate", unit, period, None, ratio(len({row["单位编码"] for row in held}), schools)),
            figure("visited_twice_rate", unit, period, None, ratio(len(twice), schools)),
            figure("visits_per_school", unit, period, None, ratio(len(held), schools)),
        ]
    year_rows = within(made["visit_findings"], "发现日期", "2026")
    mended = [row for row in year_rows if row["状态"] == "已整改"]
    in_time = [row for row in mended if row["整改完成日期"] <= row["整改期限"]]
    due = [row for row in year_rows if row["整改期限"] < TODAY or row["状态"] == "已整改"]
    unsigned = [row for row in signed if row["已签份数"] < row["应签份数"] and row["签订截止"] < TODAY]
    found += [
        figure("visit_finding_count", unit, "2026", None, count(len(year_rows))),
        figure("visit_rectified_rate", unit, "2026", None, ratio(len(mended), len(year_rows))),
        figure("visit_in_time_rate", unit, "2026", None, ratio(len(in_time), len(due))),
        figure("letter_late_layers", unit, "2026", None, count(len(unsigned))),
        figure("inspector_area_count", unit, "2026", None, count(len(areas_))),
        figure("schools_per_inspector", unit, "2026", None, ratio(total(areas_, "学校数"), total(areas_, "督学人数"))),
        figure("letter_coverage", unit, "2026", None, ratio(total(signed, "已签份数"), total(signed, "应签份数"))),
    ]
    return found + _scores(unit, made["visit_checks"])


def _scores(unit: str, rows: list[Row]) -> list[dict[str, Any]]:
    """The points of the checklists, whole and by matter."""
    held = [row for row in rows if row["状态"] == "已评"]
    parts: list[tuple[dict[str, str] | None, list[Row]]] = [(None, held)]
    parts += [({"检查项目": matter}, [row for row in held if row["检查项目"] == matter]) for matter in CHECKLIST]
    return [
        figure("visit_check_rate", unit, "SY2026T1", by, ratio(total(part, "得分"), total(part, "满分")))
        for by, part in parts
    ]
