"""Two years of petitions in every state, and their figures by plain arithmetic."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from fractions import Fraction
from typing import Any

from .county import School
from .expected import number
from .hazards import TODAY

Row = dict[str, Any]
COLUMNS = (
    "编号", "单位编码", "收到日期", "来件类别", "信访渠道", "交办机关", "来文编号", "信访等级", "来访次数", "涉及人数",
    "事项概述", "内容分类", "信访类别", "反映对象", "反映单位", "属地类别", "反映内容", "希望解决的诉求", "首问责任人", "受理日期",
    "告知日期", "办理途径", "批转意见", "承办单位", "限办日期", "承办人", "异议理由", "异议日期", "事实和理由", "处理结果",
    "处理意见", "政策依据", "审核意见", "答复日期", "办结期限", "送达方式", "送达日期", "满意度", "复查申请日期", "复查机关", "复查结论",
    "复查答复日期", "复核申请日期", "复核机关", "复核结论", "复核答复日期", "信访人姓名", "联系电话", "通讯地址", "状态",
)  # fmt: skip
COUNT, FIRST = 170, dt.date(2025, 1, 6)
CHANNELS = {"来信": 14, "来访": 18, "电话": 26, "网上信访": 30, "局长信箱": 12}
SOURCES = {"党委政府信访局": 46, "12345热线": 30, "上级教育部门": 10, "人大政协": 6, "纪检监察机关": 8}
RESULTS = {"支持": 34, "部分支持": 22, "解释说明": 34, "不予支持": 10}
OFFICE = "办公室"
DONE = ("当场办结", "已告知途径", "异议退回", "已办结", "已终结", "复查中", "复核中")
PERIODS = {
    "2025": ("2025-01", "2025-12"),
    "2026": ("2026-01", "2026-12"),
    "2026Q3": ("2026-07", "2026-09"),
    "2026-09": ("2026-09", "2026-09"),
}


def petition_rows(schools: list[School], source: Row, names: Row, sections: dict[str, str]) -> list[Row]:
    """The table as a bureau would load it, by date of receipt."""
    draw = random.Random("petitions")
    people = [first + last for first in names["surnames"] for last in names["given"]]
    days = sorted(
        _weekday(FIRST + dt.timedelta(days=round((TODAY - FIRST).days * draw.random()))) for _ in range(COUNT)
    )
    counts = Counter[int]()
    rows = []
    for day in days:
        counts[day.year] += 1
        row = _petition(day, schools, source, people, sections, draw)
        row["编号"] = f"XF-{day.year}-{counts[day.year]:04d}"
        rows.append({column: _text(row.get(column)) for column in COLUMNS})
    return rows


def _weekday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _petition(
    day: dt.date, schools: list[School], source: Row, people: list[str], sections: dict[str, str], draw: random.Random
) -> Row:
    matters = source["matters"]
    matter = draw.choices(list(matters), [body["weight"] for body in matters.values()])[0]
    said, told, asked, kind, section, facts, reply, law = draw.choice(matters[matter]["cases"])
    school = draw.choice([one for one in schools if not one.closed and one.type not in ("教学点",)])
    about = "某校" in said
    forwarded = draw.random() < 0.42
    title = said.replace("某校", school.name)
    row: Row = {
        "收到日期": day, "来件类别": "转送交办" if forwarded else "本级接收",
        "信访渠道": "网上信访" if forwarded else draw.choices(list(CHANNELS), list(CHANNELS.values()))[0],
        "交办机关": draw.choices(list(SOURCES), list(SOURCES.values()))[0] if forwarded else None,
        "来文编号": f"转办{day:%Y%m%d}{draw.randint(1, 30):02d}" if forwarded else None,
        "信访等级": draw.choices(("一般", "重要", "紧急"), (80, 17, 3))[0],
        "来访次数": draw.choices((1, 2, 3), (86, 11, 3))[0], "涉及人数": draw.choices((1, 2, 4), (90, 6, 4))[0],
        "事项概述": title, "内容分类": matter, "反映对象": school.name if about else None,
        "反映内容": f"{told}。", "希望解决的诉求": asked,
        "属地类别": _place(school) if about else draw.choice(("校外培训机构", "局机关", "其他")),
    }  # fmt: skip
    if draw.random() < 0.8:
        row |= {"信访人姓名": draw.choice(people), "联系电话": f"1541{draw.randint(0, 9999999):07d}"}
    if row["信访渠道"] == "来信":
        row["通讯地址"] = f"青山县城关镇东街{draw.randint(1, 200)}号"
    state = _state((TODAY - day).days, forwarded, kind, draw)
    row |= {"状态": state, "单位编码": sections[OFFICE]}
    if state in ("待受理", "作废"):
        return row
    row["首问责任人"] = draw.choice(people)
    informed = min(day + dt.timedelta(days=draw.choice((0, 1, 3, 5, 8, 12, 15, 18))), TODAY)
    if state == "异议退回":
        return row | {
            "异议理由": draw.choice(source["objections"]),
            "异议日期": min(informed, day + dt.timedelta(days=5)),
        }
    row["告知日期"] = informed
    if state == "已告知途径":
        route = draw.choice(list(source["routes"]))
        return row | {"办理途径": route, "处理意见": source["routes"][route]}
    row |= {"信访类别": kind, "受理日期": informed, "办理途径": "信访程序", "反映单位": school.code if about else None}
    answer = {
        "处理结果": draw.choices(list(RESULTS), list(RESULTS.values()))[0],
        "处理意见": f"{reply.replace('某校', school.name)}。",
    }
    if state == "当场办结":
        return row | answer | {"答复日期": informed, "办结期限": day + dt.timedelta(days=15)}
    if state == "待批转":
        return row
    by_school = about and kind != "检举控告" and draw.random() < 0.25
    unit = school.code if by_school else sections[section]
    limit = informed + dt.timedelta(days=draw.choice((20, 30, 30, 45)))
    row |= {"承办单位": unit, "单位编码": unit, "限办日期": limit, "批转意见": draw.choice(source["instructions"])}
    if state == "办理中":
        return row
    row |= answer | {"承办人": draw.choice(people), "事实和理由": f"{facts}。", "政策依据": law}
    if state == "待审核":
        return row
    return row | _answered(row, state, limit, draw)


def _answered(row: Row, state: str, limit: dt.date, draw: random.Random) -> Row:
    """The reply of a petition that went its whole way, and what followed it."""
    replied = min(
        max(limit + dt.timedelta(days=draw.choice((-12, -8, -5, -3, -1, -1, 0, 0, 6, 11))), row["受理日期"]), TODAY
    )
    served = min(replied + dt.timedelta(days=draw.choice((0, 1, 3))), TODAY)
    found: Row = {
        "答复日期": replied, "办结期限": limit, "送达方式": draw.choice(("当面", "邮寄", "网上", "电话告知并寄送")), "送达日期": served,
    }  # fmt: skip
    if draw.random() < 0.6:
        found["满意度"] = draw.choices(("满意", "基本满意", "不满意"), (60, 26, 14))[0]
    if state in ("复查中", "复核中", "已终结"):
        applied = min(served + dt.timedelta(days=12), TODAY)
        found |= {"复查申请日期": applied, "复查机关": "青山县人民政府"}
        if state != "复查中":
            decided = min(applied + dt.timedelta(days=26), TODAY)
            again = min(decided + dt.timedelta(days=15), TODAY)
            found |= {"复查结论": "维持", "复查答复日期": decided, "复核申请日期": again, "复核机关": "市人民政府"}
            if state == "已终结":
                found |= {"复核结论": "维持", "复核答复日期": min(again + dt.timedelta(days=28), TODAY)}
    return found


def _place(school: School) -> str:
    if school.owner != "公办":
        return "民办学校"
    return "学区学校" if school.district else "局直属学校"


def _state(age: int, forwarded: bool, kind: str, draw: random.Random) -> str:
    """Young ones wait, old ones are answered; a few hang on past their terms."""
    if age <= 12:
        shares = {"待受理": 50, "待批转": 25, "办理中": 25}
    elif age <= 50:
        shares = {"待受理": 14, "待批转": 6, "办理中": 40, "待审核": 20, "已办结": 20}
    else:
        shares = {"已办结": 64, "已告知途径": 6, "已终结": 2, "作废": 3}
        # The law gives 60 days, 30 more at most, and 30 for a review: older than that nothing is open in a bureau that
        # looks after its cases, and what is late is late by weeks.
        if age <= 85:
            shares |= {"办理中": 12, "待审核": 6}
        elif age <= 110:
            shares |= {"复查中": 8}
        elif age <= 150:
            shares |= {"复核中": 8}
    if kind == "建议意见" and age > 12:
        shares["当场办结"] = 60
    if forwarded and age > 20:
        shares["异议退回"] = 6
    return draw.choices(list(shares), list(shares.values()))[0]


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else "" if value is None else value


# --- figures ----------------------------------------------------------------------------------------------------------


def figures(unit: str, rows: list[Row]) -> list[Row]:
    """The county's figures of each period, and by matter, source or channel; void ones left out."""
    found = []
    for period, (first, last) in PERIODS.items():
        kept = [row for row in rows if first <= row["收到日期"][:7] <= last and row["状态"] != "作废"]
        found += [
            {"indicator": code, "unit": unit, "period": period, "by": None, **value} for code, value in _all(kept, kept)
        ]
        for stream, dimensions in (
            ("forwarded", ("内容分类", "交办机关", "属地类别")),
            ("direct", ("内容分类", "信访渠道", "属地类别")),
        ):
            for dimension in dimensions:
                for name in sorted({row[dimension] for row in kept if row[dimension]}):
                    own = [row for row in kept if row[dimension] == name]
                    found += [
                        {"indicator": code, "unit": unit, "period": period, "by": {dimension: name}, **value}
                        for code, value in _stream(stream, own, kept)
                    ]
    return found


def _all(rows: list[Row], whole: list[Row]) -> list[tuple[str, Row]]:
    told = [row for row in rows if row["告知日期"]]
    answered = [row for row in rows if row["答复日期"] and row["办结期限"]]
    rated = [row for row in rows if row["满意度"]]
    return [
        *_stream("forwarded", rows, whole),
        *_stream("direct", rows, whole),
        ("petition_told_in_time_rate", _rate(sum(_days(row["收到日期"], row["告知日期"]) <= 15 for row in told), len(told))),
        ("petition_answered_in_time_rate", _rate(sum(row["答复日期"] <= row["办结期限"] for row in answered), len(answered))),
        ("petition_satisfied_rate", _rate(sum(row["满意度"] != "不满意" for row in rated), len(rated))),
    ]  # fmt: skip


def _stream(stream: str, rows: list[Row], whole: list[Row]) -> list[tuple[str, Row]]:
    word = {"forwarded": "转送交办", "direct": "本级接收"}[stream]
    own = [row for row in rows if row["来件类别"] == word]
    total = sum(row["来件类别"] == word for row in whole)
    closed = sum(row["状态"] in DONE for row in own)
    return [
        (f"petition_{stream}_count", {"value": len(own), "numerator": None, "denominator": None, "rows": None, "left_out": None}),
        (f"petition_{stream}_part", _rate(len(own), total)),
        (f"petition_{stream}_closing_rate", _rate(closed, len(own))),
    ]  # fmt: skip


def _rate(top: int, bottom: int) -> Row:
    value = number(Fraction(top, bottom)) if bottom else None
    return {"value": value, "numerator": top, "denominator": bottom, "rows": None, "left_out": None}


def _days(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
