"""School buses of kindergartens and village schools with two years of checks and breaches; and their figures."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

from .aid import _identity as identity
from .county import School
from .figures import Row, count, figure, ratio, within
from .hazards import TODAY

COLUMNS = {
    "school_buses": (
        "编号", "单位编码", "车牌号", "校车类型", "所有人", "服务方式", "车辆识别代号", "注册登记日期", "核载人数", "安全设备", "登记日期",
        "驾驶人", "驾驶人身份证号", "驾驶人出生日期", "准驾车型", "校车驾驶资格", "审验有效期至", "驾驶人电话", "照管人员", "照管人员电话",
        "行驶线路", "停靠站点", "开行时间", "每日趟数", "乘车学生数", "单趟最多学生数", "检验日期", "检验有效期至", "保险有效期至", "查验意见",
        "使用许可文号", "校车标牌号", "发牌日期", "标牌有效期至", "停运日期", "替代接送安排", "状态",
    ),
    "school_bus_checks": (
        "编号", "单位编码", "所属校车", "检查日期", "检查方式", "检查人", "检查结论", "发现问题", "整改期限", "整改措施", "整改日期", "状态",
    ),
    "school_bus_breaches": (
        "编号", "单位编码", "所属校车", "违规日期", "违规情形", "发现途径", "核定数", "实际数", "违规地点", "学校说明", "处理结果", "处理说明",
        "状态",
    ),
}  # fmt: skip
PREFIX = {"school_buses": ("XC", "登记日期", 3), "school_bus_checks": ("XJ", "检查日期", 4),
          "school_bus_breaches": ("XW", "违规日期", 4)}  # fmt: skip
COUNT = 26
SEATS = {
    "幼儿专用校车": (19, 24, 30),
    "小学生专用校车": (24, 36, 45),
    "中小学生专用校车": (36, 45, 56),
    "过渡期载客汽车": (19, 29),
}
VILLAGES = ("上坪", "下坪", "石桥头", "水井湾", "松树坡", "大湾", "柳树沟", "青杠林", "河口", "岩脚", "新寨", "白果树")
FAULTS = ("灭火器压力不足", "逃生锤少一把", "后门密封条破损", "定位设备离线", "轮胎花纹磨损超限")
OUT_OF_WAY = {1: "待查验", 6: "待补正", 11: "待发牌", 16: "停运", 20: "已退出", 25: "作废"}


def tables(schools: list[School], people: dict[str, Any]) -> dict[str, list[Row]]:
    """Vehicles, checks and breaches by file name, numbered by the day they came in."""
    draw = random.Random("buses")
    owners = [
        one for one in schools if not one.closed and (one.type == "幼儿园" or (one.is_rural and one.type == "小学"))
    ]
    rows = [_bus(draw.choice(owners), at, people, draw) for at in range(COUNT)]
    buses = _numbered("school_buses", rows)
    driven = [bus for bus in buses if bus["状态"] in ("已发牌", "停运")]
    checks = [row for bus in driven for row in _checks(bus, draw)]
    breaches = [_breach(driven[at * 5 % len(driven)], at, draw) for at in range(14)]
    return {"school_buses": buses, "school_bus_checks": _numbered("school_bus_checks", checks),
            "school_bus_breaches": _numbered("school_bus_breaches", breaches)}  # fmt: skip


def _bus(school: School, at: int, people: dict[str, Any], draw: random.Random) -> Row:
    state = OUT_OF_WAY.get(at, "已发牌")
    kind = "幼儿专用校车" if school.type == "幼儿园" else "过渡期载客汽车" if at % 9 == 4 else "小学生专用校车"
    seats = draw.choice(SEATS[kind])
    most, trips = seats - 2 - draw.randint(0, 4), draw.choice((2, 2, 4))
    entered = dt.date(2025, 2, 24) + dt.timedelta(days=at * 9)
    if state in ("待查验", "待补正", "待发牌"):
        entered = TODAY - dt.timedelta(days=at + 1)
    born = dt.date(draw.randint(1970, 1994), draw.randint(1, 12), draw.randint(1, 28))
    own = draw.random() < 0.4
    route = draw.sample(VILLAGES, 4)
    row: Row = {
        "单位编码": school.code, "车牌号": f"贵Z{10230 + at * 17}", "校车类型": kind,
        "所有人": school.name if own else "青山县平安校车服务有限公司", "服务方式": "学校自备" if own else "校车服务单位",
        "车辆识别代号": f"LZZ1DEM0{draw.randint(0, 9)}KB{100_000 + at * 37}", "注册登记日期": dt.date(2019 + at % 5, 8, 12),
        "核载人数": seats, "登记日期": entered, "驾驶人": _name(people, draw), "驾驶人身份证号": identity(born, draw),
        "驾驶人出生日期": born, "准驾车型": "A1" if seats > 20 else "B1", "校车驾驶资格": "是", "驾驶人电话": _phone(draw),
        "照管人员": _name(people, draw), "照管人员电话": _phone(draw), "行驶线路": f"{route[0]}—{route[2]}—{school.name}",
        "停靠站点": "、".join(route), "开行时间": "7:00—7:40，16:40—17:20", "每日趟数": trips,
        "乘车学生数": most if trips == 2 else most * 2 - draw.randint(3, 9), "单趟最多学生数": most, "状态": state,
    }  # fmt: skip
    if state in ("待查验", "作废"):
        return row
    if state == "待补正":
        return row | {"查验意见": "没有照管人员名单，逃生锤不足"}
    return row | _papers(entered, at, state)


def _papers(entered: dt.date, at: int, state: str) -> Row:
    """What is in force: most until next August, two run out within the month, one is over."""
    until = {4: dt.date(2026, 12, 10), 13: dt.date(2026, 11, 6)}.get(at, dt.date(2027, 8, 31))
    looked = dt.date(2026, 5, 28) if at == 8 else dt.date(2026, 8, 20)
    row: Row = {
        "安全设备": "逃生锤、干粉灭火器、急救箱、卫星定位行驶记录仪", "查验意见": "车辆、人员、线路核对一致", "检验日期": looked,
        "检验有效期至": looked + dt.timedelta(days=183), "保险有效期至": dt.date(2027, 8, 31),
        "审验有效期至": dt.date(2027, 4, 30),
    }  # fmt: skip
    if state == "待发牌":
        return row
    row |= {"使用许可文号": f"青政校车〔2026〕{at + 1}号", "校车标牌号": f"青山校{at + 1:03d}",
            "发牌日期": until - dt.timedelta(days=365), "标牌有效期至": until}  # fmt: skip
    if state == "停运":
        row |= {"停运日期": dt.date(2026, 11, 9), "替代接送安排": "由同线路另一辆校车加开一趟"}
    return row


def _checks(bus: Row, draw: random.Random) -> list[Row]:
    """An inspection every half-year, a check of the school in each term, some of the bureau; what fails is mended."""
    plan = [
        (day, "机动车检验", "青山县机动车检测站")
        for day in (dt.date(2025, 8, 21), dt.date(2026, 2, 26), dt.date(2026, 8, 20))
    ]
    plan += [(day, "学校例检", "校车安全员") for day in (dt.date(2026, 3, 2), dt.date(2026, 9, 1))]
    if draw.random() < 0.4:
        plan.append((dt.date(2026, 10, draw.randint(12, 30)), draw.choice(("路查路检", "主管部门检查")), "联合检查组"))
    rows = []
    for day, way, who in plan:
        if day < bus["登记日期"]:
            continue
        row: Row = {"单位编码": bus["单位编码"], "所属校车": bus["编号"], "检查日期": day, "检查方式": way, "检查人": who,
                    "检查结论": "合格", "状态": "已办结"}  # fmt: skip
        if draw.random() < 0.14:
            due = day + dt.timedelta(days=7)
            row |= {"检查结论": "不合格", "发现问题": draw.choice(FAULTS), "整改期限": due, "状态": "待整改"}
            if day.year == 2025 or draw.random() < 0.75:
                row |= {
                    "整改措施": "更换后复检合格",
                    "整改日期": due - dt.timedelta(days=draw.randint(0, 4)),
                    "状态": "已办结",
                }
        rows.append(row)
    return rows


def _breach(bus: Row, at: int, draw: random.Random) -> Row:
    day = dt.date(2025, 9, 3) + dt.timedelta(days=at * 34)
    day = min(max(day - dt.timedelta(days=max(0, day.weekday() - 4)), bus["登记日期"]), TODAY)
    kind = ("超速", "超员", "偏离核定线路", "超速", "无照管人员")[at % 5]
    row: Row = {"单位编码": bus["单位编码"], "所属校车": bus["编号"], "违规日期": day, "违规情形": kind,
                "发现途径": draw.choice(("路查路检", "定位监控", "群众举报")), "违规地点": f"{draw.choice(VILLAGES)}路段",
                "状态": "已处理"}  # fmt: skip
    if kind in ("超速", "超员"):
        limit = 60 if kind == "超速" else bus["核载人数"]
        row |= {"核定数": limit, "实际数": limit + draw.randint(1, 12 if kind == "超速" else 4)}
    if at == 13:
        return row | {"状态": "待说明"}
    row["学校说明"] = "已约谈驾驶人和照管人员，组织学习"
    if at == 12:
        return row | {"状态": "待处理"}
    if at == 7:
        return row | {"状态": "作废"}
    return row | {"处理结果": "停运整顿" if kind == "超员" else "批评教育", "处理说明": "责令整改，记入校车台账"}


def _name(people: dict[str, Any], draw: random.Random) -> str:
    return str(draw.choice(people["surnames"]) + draw.choice(people["given"]))


def _phone(draw: random.Random) -> str:
    return f"154{draw.randint(10_000_000, 99_999_999)}"


def _numbered(name: str, rows: list[Row]) -> list[Row]:
    prefix, dated, digits = PREFIX[name]
    counts, found = Counter[int](), []
    for row in sorted(rows, key=lambda row: row[dated]):
        year = row[dated].year
        counts[year] += 1
        numbered = {**row, "编号": f"{prefix}-{year}-{counts[year]:0{digits}d}"}
        found.append({column: numbered.get(column) for column in COLUMNS[name]})
    return found


# --- figures -----------------------------------------------------------------------------------------------------------


def figures(unit: str, made: dict[str, list[Row]]) -> list[dict[str, Any]]:
    """The county's figures of two years."""
    return [
        figure(code, unit, period, None, value)
        for period in ("2025", "2026")
        for code, value in _of(made, period).items()
    ]


def _of(made: dict[str, list[Row]], period: str) -> dict[str, dict[str, Any]]:
    def there(name: str, *, roster: bool = False) -> list[Row]:
        return [row for row in within(made[name], PREFIX[name][1], period, roster=roster) if row["状态"] != "作废"]

    buses, checks, breaches = (
        there("school_buses", roster=True),
        there("school_bus_checks"),
        there("school_bus_breaches"),
    )
    on_road = [row for row in buses if row["状态"] == "已发牌"]
    inspected = [row for row in checks if row["检查方式"] == "机动车检验"]
    papers = ("标牌有效期至", "检验有效期至", "保险有效期至", "审验有效期至")
    return {
        "school_bus_count": count(sum(row["状态"] != "已退出" for row in buses)),
        "school_bus_licensed_rate": ratio(
            sum(row["标牌有效期至"] >= TODAY for row in on_road),
            sum(row["状态"] not in ("已退出", "停运") for row in buses),
        ),
        "school_bus_pupils": count(sum(row["乘车学生数"] for row in on_road)),
        "school_bus_expired_count": count(sum(any(row[paper] < TODAY for paper in papers) for row in on_road)),
        "school_bus_check_count": count(len(checks)),
        "school_bus_inspection_rate": ratio(sum(row["检查结论"] == "合格" for row in inspected), len(inspected)),
        "bus_overload_count": count(sum(row["违规情形"] == "超员" for row in breaches)),
        "bus_speeding_count": count(sum(row["违规情形"] == "超速" for row in breaches)),
    }
