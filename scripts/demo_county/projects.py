"""Building projects with milestones and money, the safety programme's buildings and tasks; and their figures."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

from .county import School
from .figures import Row, count, figure, ratio, total, within
from .hazards import TODAY

COLUMNS = {
    "edu_projects": (
        "编号", "单位编码", "项目名称", "建设类型", "建设模式", "入库日期", "立项文号", "用地面积", "建筑面积", "办学规模", "计划总投资",
        "累计完成投资", "施工单位", "项目负责人", "联系电话", "主体形象进度", "形象进度说明", "计划开工日期", "实际开工日期", "计划竣工日期",
        "实际竣工日期", "竣工面积", "投用日期", "状态",
    ),
    "edu_project_stops": ("编号", "单位编码", "状态"),
    "project_milestones": (
        "编号", "单位编码", "所属项目", "节点", "节点内容", "排定日期", "原计划日期", "计划日期", "要求形象进度", "实际日期",
        "实际形象进度", "核实意见", "滞后原因", "状态",
    ),
    "project_funds": (
        "编号", "单位编码", "所属项目", "资金来源", "资金文号", "下达日期", "计划金额", "到位金额", "支付金额", "最近到位日期", "状态",
    ),
    "safety_buildings": (
        "编号", "单位编码", "建筑名称", "建筑用途", "建成年份", "鉴定等级", "列入日期", "批次", "列入面积", "处置方式", "停用日期",
        "计划竣工日期", "开工日期", "开工面积", "竣工日期", "竣工面积", "拆除面积", "状态",
    ),
    "safety_area_tasks": ("单位编码", "期间", "下达单位", "任务面积", "下达文号", "下达日期", "完成期限"),
}  # fmt: skip
PREFIX = {"edu_projects": ("JS", "入库日期", 3), "project_milestones": ("JD", "排定日期", 4),
          "project_funds": ("ZJ", "下达日期", 4), "safety_buildings": ("XA", "列入日期", 3)}  # fmt: skip
WORKS = ("维修", "危改")
# A node's share of the time between listing and finish, before and after the start of works.
BEFORE, AFTER = ("论证", "规划设计", "土地报批", "预算", "招标"), ("进场", "桩基", "主体", "结顶", "竣工", "投用")


def tables(bureau: str, schools: list[School], source: dict[str, Any]) -> dict[str, list[Row]]:
    """The five tables by file name, each in the order in which its rows came in."""
    draw, codes = random.Random("projects"), {school.name: school.code for school in schools}
    projects = [_project(item, codes, source, draw) for item in source["projects"]]
    projects = _numbered("edu_projects", projects)
    by_name = {row["项目名称"]: row for row in projects}
    stopped = {item["name"]: item["was"] for item in source["projects"] if "was" in item}
    items = [(item, by_name[item["name"]]) for item in source["projects"]]
    milestones = [row for item, project in items for row in _milestones(item, project, source, draw)]
    funds = [row for item, project in items for row in _funds(item, project, draw)]
    return {
        # A stopped project came to a stop somewhere: its last stage first, then the stop, as an office's next sheet says.
        "edu_projects": [row | {"状态": stopped.get(row["项目名称"], row["状态"])} for row in projects],
        "edu_project_stops": [
            {name: row[name] for name in COLUMNS["edu_project_stops"]} for row in projects if row["项目名称"] in stopped
        ],
        "project_milestones": _numbered("project_milestones", milestones),
        "project_funds": _numbered("project_funds", funds),
        "safety_buildings": _numbered("safety_buildings", _buildings(schools, source, draw)),
        "safety_area_tasks": [_task(bureau, item) for item in source["tasks"]],
    }


def _project(item: Row, codes: dict[str, str], source: Row, draw: random.Random) -> Row:
    started = item["reached"] >= (5 if item["kind"] in WORKS else 6)
    done = item["state"] in ("竣工", "已投用")
    share = 100 if done and item["kind"] not in WORKS else item.get("share")
    return {
        "单位编码": codes[item["school"]], "项目名称": item["name"], "建设类型": item["kind"],
        "建设模式": item.get("mode", "学校自建"), "入库日期": item["listed"],
        "立项文号": f"青发改审〔{item['listed'].year}〕{draw.randint(3, 90)}号" if item["reached"] else None,
        "用地面积": item["land"] or None, "建筑面积": item["area"], "办学规模": item["places"] or None,
        "计划总投资": item["cost"] * 10_000, "累计完成投资": round(item["done"] * 10_000),
        "施工单位": item.get("builder"), "项目负责人": draw.choice(source["people"]),
        "联系电话": f"154{draw.randint(10_000_000, 99_999_999)}", "主体形象进度": share,
        "形象进度说明": f"主体完成{share}%" if share and share < 100 else None,
        "计划开工日期": item["start"], "实际开工日期": item["start"] + dt.timedelta(days=draw.randint(0, 9)) if started else None,
        "计划竣工日期": item["finish"], "实际竣工日期": item["finish"] - dt.timedelta(days=draw.randint(-6, 8)) if done else None,
        "竣工面积": item["area"] if done else None,
        "投用日期": dt.date(item["finish"].year, 9, 1) if item["state"] == "已投用" else None, "状态": item["state"],
    }  # fmt: skip


def _milestones(item: Row, project: Row, source: Row, draw: random.Random) -> list[Row]:
    """One row per node; those reached are confirmed, the next may be reported or late, a cancelled project has none left."""
    nodes = source["small_nodes"] if item["kind"] in WORKS else source["nodes"]
    rows = []
    for at, node in enumerate(nodes):
        planned = _planned(item, node, nodes)
        row = {"单位编码": project["单位编码"], "所属项目": project["编号"], "节点": node, "节点内容": f"{item['name']}{node}",
               "排定日期": item["listed"], "计划日期": planned, "状态": "未完成"}  # fmt: skip
        if node == "主体":
            row |= {"节点内容": f"{item['name']}主体完成80%", "要求形象进度": 80}
        if item["state"] == "取消":
            row["状态"] = "已取消"
        elif at < item["reached"]:
            late = draw.random() < 0.2
            actual = planned + dt.timedelta(days=draw.randint(3, 24) if late else -draw.randint(0, 8))
            actual = max(min(actual, TODAY - dt.timedelta(days=3)), item["listed"])
            row |= {"实际日期": actual, "核实意见": "现场核实，属实", "状态": "已完成"}
            row |= {"滞后原因": draw.choice(source["late_reasons"])} if actual > planned else {}
            row |= {"实际形象进度": 80} if node == "主体" else {}
        elif planned < TODAY and draw.random() < 0.25:
            # put off once, with the first promise kept
            row |= {
                "原计划日期": planned,
                "计划日期": TODAY + dt.timedelta(days=draw.randint(20, 60)),
                "滞后原因": "手续审批",
            }
        rows.append(row)
    return rows


def _planned(item: Row, node: str, nodes: list[str]) -> dt.date:
    """Nodes are spread evenly: those before the works from listing to start, the others from start to finish."""
    if node == "投用":
        return (
            dt.date(item["finish"].year, 9, 1) if item["finish"].month <= 8 else item["finish"] + dt.timedelta(days=30)
        )
    part = [name for name in nodes if name in (BEFORE if node in BEFORE else AFTER) and name != "投用"]
    first, last = (item["listed"], item["start"]) if node in BEFORE else (item["start"], item["finish"])
    place = part.index(node) + (1 if node in BEFORE else 0)
    steps = len(part) + 1 if node in BEFORE else len(part) - 1
    return first + (last - first) * place // steps  # type: ignore[no-any-return]


def _funds(item: Row, project: Row, draw: random.Random) -> list[Row]:
    """Money by source; what arrives follows the work done, what is paid follows what arrived."""
    if item["state"] in ("论证", "取消"):
        return []
    shares = {"县级": 1.0} if item["cost"] < 100 else {"中央": 0.3, "省级": 0.2, "县级": 0.4, "自筹": 0.1}
    if item["cost"] > 5000:
        shares = {"省级": 0.25, "市级": 0.15, "县级": 0.45}  # the rest is not found yet
    worked, rows = item["done"] / item["cost"], []
    for source_, share in shares.items():
        planned = round(item["cost"] * share * 10_000)
        arrived = round(planned * min(1, worked * draw.choice((0.8, 1, 1.1, 1.25)) + 0.1), -3)
        arrived = planned if item["state"] == "已投用" and source_ != "县级" else min(planned, arrived)
        paid = arrived if item["state"] == "已投用" else round(arrived * draw.choice((0.7, 0.85, 0.95)), -3)
        given = item["listed"] + dt.timedelta(days=draw.randint(5, 40))
        letter = "学校自筹" if source_ == "自筹" else f"青财教〔{given.year}〕{draw.randint(5, 120)}号"
        rows.append({
            "单位编码": project["单位编码"], "所属项目": project["编号"], "资金来源": source_, "资金文号": letter, "下达日期": given,
            "计划金额": planned, "到位金额": int(arrived), "支付金额": int(paid),
            "最近到位日期": given + dt.timedelta(days=draw.randint(10, 60)) if arrived else None,
            "状态": "已结清" if item["state"] == "已投用" else "执行中",
        })  # fmt: skip
    return rows


def _buildings(schools: list[School], source: Row, draw: random.Random) -> list[Row]:
    """Thirty buildings of two years; most are rebuilt or strengthened, a few pulled down for good."""
    old = [school for school in schools if not school.closed and school.owner == "公办"]
    places = draw.sample(old, 30)
    return [
        _building(school, dt.date(2025 if at < 10 else 2026, 3, 5), at, source, draw)
        for at, school in enumerate(places)
    ]


def _building(school: School, listed: dt.date, at: int, source: Row, draw: random.Random) -> Row:
    second = at % 3 == 2
    listed += dt.timedelta(days=70 if second else 0)
    area = draw.randrange(180, 900, 20)
    level = "D级" if at % 2 == 0 else "C级"
    way = "拆除不建" if at % 10 == 4 else "拆除重建" if level == "D级" else "加固改造"
    due = dt.date(listed.year, 12, 15) if second else dt.date(listed.year, 10, 31)
    row: Row = {
        "单位编码": school.code, "建筑名称": f"{draw.choice(('东', '西', '南', '北'))}{draw.choice(source['building_names'])}",
        "建筑用途": draw.choice(source["uses"]), "建成年份": draw.randint(1972, 1998), "鉴定等级": level, "列入日期": listed,
        "批次": "第二批" if second else "第一批", "列入面积": area, "处置方式": way,
        "停用日期": listed if level == "D级" else None, "计划竣工日期": due, "状态": "待开工",
    }  # fmt: skip
    if at == 29:
        return row | {"状态": "作废"}
    if listed.year == 2026 and at % 7 == 6:
        return row
    started = listed + dt.timedelta(days=draw.randint(20, 60))
    ended = started + dt.timedelta(days=draw.randint(110, 190))
    if way == "拆除不建":
        return row | {"竣工日期": started, "拆除面积": area, "状态": "已拆除"}
    row |= {"开工日期": started, "开工面积": round(area * (1.3 if way == "拆除重建" else 1)), "状态": "施工中",
            "拆除面积": area if way == "拆除重建" else None}  # fmt: skip
    if listed.year == 2025 or (ended < TODAY and draw.random() < 0.5):
        row |= {"竣工日期": ended, "竣工面积": row["开工面积"], "状态": "已竣工"}
    return row


def _task(bureau: str, item: Row) -> Row:
    return {"单位编码": bureau, "期间": item["year"], "下达单位": item["issuer"], "任务面积": item["area"],
            "下达文号": item["number"], "下达日期": item["given"], "完成期限": item["due"]}  # fmt: skip


def _numbered(name: str, rows: list[Row]) -> list[Row]:
    prefix, dated, digits = PREFIX[name]
    counts = Counter[int]()
    found = []
    for row in sorted(rows, key=lambda row: row[dated]):
        counts[row[dated].year] += 1
        number = f"{prefix}-{row[dated].year}-{counts[row[dated].year]:0{digits}d}"
        found.append({column: {**row, "编号": number}.get(column) for column in COLUMNS[name]})
    return found


# --- figures -----------------------------------------------------------------------------------------------------------


def figures(unit: str, made: dict[str, list[Row]]) -> list[dict[str, Any]]:
    """The county's figures at the end of two years."""
    found: list[dict[str, Any]] = []
    for period in ("2025", "2026"):
        for part in (_of_projects, _of_areas):
            found += [figure(code, unit, period, None, value) for code, value in part(made, period).items()]
    return found


def _of_projects(made: dict[str, list[Row]], period: str) -> dict[str, dict[str, Any]]:
    def there(name: str, dated: str, void: str) -> list[Row]:
        return [row for row in within(made[name], dated, period, roster=True) if row["状态"] != void]

    projects = there("edu_projects", "入库日期", "取消")
    nodes = there("project_milestones", "排定日期", "已取消")
    funds = there("project_funds", "下达日期", "作废")
    done = [row for row in nodes if row["状态"] == "已完成"]
    late = [row for row in nodes if row["状态"] != "已完成" and row["计划日期"] < TODAY]
    judged = [row for row in nodes if row["状态"] == "已完成" or row["计划日期"] < TODAY]
    return {
        "project_count": count(len(projects)),
        "project_investment": count(total(projects, "计划总投资")),
        "project_started_rate": ratio(sum(bool(row["实际开工日期"]) for row in projects), len(projects)),
        "project_completed_rate": ratio(sum(bool(row["实际竣工日期"]) for row in projects), len(projects)),
        "project_investment_rate": ratio(total(projects, "累计完成投资"), total(projects, "计划总投资")),
        "project_fund_arrival_rate": ratio(total(funds, "到位金额"), total(funds, "计划金额")),
        "project_fund_paid_rate": ratio(total(funds, "支付金额"), total(funds, "到位金额")),
        "project_fund_gap": count(total(projects, "计划总投资") - total(funds, "计划金额")),
        "milestone_on_time_rate": ratio(sum(row["实际日期"] <= row["计划日期"] for row in done), len(judged)),
        "milestone_late_count": count(len(late)),
    }


def _of_areas(made: dict[str, list[Row]], period: str) -> dict[str, dict[str, Any]]:
    rows = [row for row in within(made["safety_buildings"], "列入日期", period) if row["状态"] != "作废"]
    tasks = {row["下达单位"]: row["任务面积"] for row in made["safety_area_tasks"] if row["期间"] == period}
    started, completed = total(rows, "开工面积"), total(rows, "竣工面积")
    worst = [row for row in rows if row["鉴定等级"] == "D级"]
    gone = [row for row in worst if row["状态"] in ("已竣工", "已拆除")]
    return {
        "safety_started_area": count(started),
        "safety_completed_area": count(completed),
        "safety_started_vs_county": ratio(started, tasks["县"]),
        "safety_started_vs_city": ratio(started, tasks["市"]),
        "safety_completed_vs_county": ratio(completed, tasks["县"]),
        "safety_completed_vs_city": ratio(completed, tasks["市"]),
        "d_grade_removed_rate": ratio(total(gone, "列入面积"), total(worst, "列入面积")),
    }
