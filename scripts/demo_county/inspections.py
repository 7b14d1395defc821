"""Inspections, special rectifications and their findings, and their figures by plain arithmetic."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from fractions import Fraction
from typing import Any

from .county import School
from .expected import number
from .figures import figure, ratio, total
from .hazards import TODAY

Row = dict[str, Any]
ROUND_COLUMNS = (
    "编号", "单位编码", "名称", "类型", "组织单位", "反馈日期", "整改组长", "方案报送期限", "方案报送日期", "整改报告期限", "报告报送日期", "公开方式", "状态",
)  # fmt: skip
COLUMNS = (
    "编号", "单位编码", "所属巡察", "反馈日期", "问题序号", "问题方面", "问题来源", "问题描述", "整改措施", "牵头领导", "责任人", "整改期限",
    "立行立改", "整改成效", "追缴资金", "退还群众资金", "建章立制数", "制度名称", "长期坚持措施", "整改完成日期", "验收意见", "验收日期", "状态",
)  # fmt: skip
SANCTIONS = ("纪律处分", "组织处理", "谈话提醒")
SANCTION_COLUMNS = ("编号", "单位编码", "所属问题", "处理日期", "处理方式", "处理人数", "状态")
ITEM_COLUMNS = (
    "编号", "单位编码", "所属检查", "指标序号", "指标内容", "满分", "责任人", "下达日期", "自评期限", "自评得分", "自评说明", "检查得分",
    "检查意见", "检查日期", "状态",
)  # fmt: skip
MONEY = (0, 0, 0, 0, 0, 0, 3200, 8600.5, 15400, 48200)
DONE = ("已完成", "长期坚持")
PERIODS = ("2025", "2026")


def round_rows(source: Row, sections: dict[str, str]) -> list[Row]:
    """The inspections, by date of their feedback."""
    counts, rows = Counter[int](), []
    for item in source["inspections"]:
        counts[item["told"].year] += 1
        plan = item["told"] + dt.timedelta(days=20)
        row = {
            "编号": f"XZ-{item['told'].year}-{counts[item['told'].year]:03d}", "单位编码": sections["办公室"], "名称": item["name"],
            "类型": item["kind"], "组织单位": item["by"], "反馈日期": item['told'], "整改组长": "局长",
            "方案报送期限": item["told"] + dt.timedelta(days=30), "方案报送日期": plan,
            "整改报告期限": item["due"], "状态": "已报结" if item["done"] else "整改中",
        }  # fmt: skip
        if item["done"]:
            row |= {"报告报送日期": item["due"] - dt.timedelta(days=3), "公开方式": item["public"]}
        rows.append({column: _text(row.get(column)) for column in ROUND_COLUMNS})
    return rows


def finding_rows(
    source: Row, schools: list[School], names: Row, sections: dict[str, str]
) -> tuple[list[Row], list[Row]]:
    """The findings, inspection after inspection, and what was done to persons over them."""
    draw = random.Random("inspections")
    people = [first + last for first in names["surnames"] for last in names["given"]]
    counts, rows, found = Counter[int](), list[Row](), list[Row]()
    for inspection, item in zip(round_rows(source, sections), source["inspections"], strict=True):
        for at in range(1, item["findings"] + 1):
            row = _finding(item, source, schools, people, sections, draw)
            counts[item["told"].year] += 1
            row |= {
                "编号": f"ZG-{item['told'].year}-{counts[item['told'].year]:04d}",
                "所属巡察": inspection["编号"],
                "问题序号": str(at),
            }
            rows.append({column: _text(row.get(column)) for column in COLUMNS})
            found += [
                {"单位编码": row["单位编码"], "所属问题": row["编号"], "处理日期": row["整改完成日期"], "处理方式": kind,
                 "处理人数": row[kind], "状态": "作废" if row["状态"] == "作废" else "已登记"}
                for kind in SANCTIONS if row.get(kind)
            ]  # fmt: skip
    return rows, _numbered(found)


def _numbered(found: list[Row]) -> list[Row]:
    counts, rows = Counter[int](), []
    for row in sorted(found, key=lambda row: row["处理日期"]):
        year = row["处理日期"].year
        counts[year] += 1
        row["编号"] = f"ZC-{year}-{counts[year]:04d}"
        rows.append({column: _text(row[column]) for column in SANCTION_COLUMNS})
    return rows


def item_rows(source: Row, names: Row, sections: dict[str, str]) -> list[Row]:
    """What the last inspection scores, line by line: some checked on the spot, some scored by the bureau itself, some not
    even that; one is past its date."""
    draw, rows = random.Random("inspection items"), []
    inspection, told = round_rows(source, sections)[-1], source["inspections"][-1]["told"]
    people = [first + last for first in names["surnames"] for last in names["given"]]
    for at, (place, matter, full, section) in enumerate(source["items"], 1):
        state = "作废" if at == 2 else "待自评" if at in (9, 14, 17) else "已检查" if at % 3 == 0 else "已自评"
        row: Row = {
            "编号": f"ZP-{told.year}-{at:04d}", "单位编码": sections[section], "所属检查": inspection["编号"], "指标序号": place,
            "指标内容": matter, "满分": full, "责任人": draw.choice(people), "下达日期": told,
            "自评期限": dt.date(2026, 11, 13) if at == 9 else dt.date(2026, 11, 27), "状态": state,
        }  # fmt: skip
        if state in ("已自评", "已检查"):
            row |= {
                "自评得分": full - draw.choice((0, 0, 0, 0.5)),
                "自评说明": "对照指标逐条核对，数据取自台账，佐证材料存科室",
            }
        if state == "已检查":
            lost = draw.choice((0, 0, 0.5, 1))
            row |= {"检查得分": max(row["自评得分"] - lost, 0), "检查日期": dt.date(2026, 11, 17)}
            row["检查意见"] = "佐证材料不齐" if lost else "材料与现场一致"
        rows.append({column: _text(row.get(column)) for column in ITEM_COLUMNS})
    return rows


def _finding(
    item: Row, source: Row, schools: list[School], people: list[str], sections: dict[str, str], draw: random.Random
) -> Row:
    aspect = draw.choice(list(source["aspects"]))
    seen, measure, section, came, rule = source["aspects"][aspect]
    school = draw.choice([one for one in schools if not one.closed and one.owner == "公办"])
    of_school = draw.random() < 0.3
    due = min(item["told"] + dt.timedelta(days=draw.choice((30, 60, 90, 120))), item["due"])
    state = draw.choices(("已完成", "长期坚持"), (65, 35))[0] if item["done"] else _open_state(due, draw)
    if state == "长期坚持" and not rule:
        state = "已完成"
    row: Row = {
        "单位编码": school.code if of_school else sections[section], "反馈日期": item['told'], "问题方面": aspect,
        "问题来源": draw.choices(("反馈指出", "自查发现", "群众反映"), (80, 14, 6))[0],
        "问题描述": f"{school.name}：{seen}" if of_school else seen, "状态": state, "立行立改": draw.choice("是否否"),
    }  # fmt: skip
    if state in ("待整改", "作废"):
        return row
    row |= {
        "整改措施": measure,
        "牵头领导": draw.choice(source["leaders"]),
        "责任人": draw.choice(people),
        "整改期限": due,
    }
    if state == "整改中":
        return row
    done = max(item["told"], min(due + dt.timedelta(days=draw.choice((-15, -8, -3, -1, 0, 0, 7, 20))), TODAY))
    rules = int(bool(rule) and (state == "长期坚持" or draw.random() < 0.4))
    row |= {
        "整改成效": came, "追缴资金": draw.choice(MONEY), "退还群众资金": draw.choice((0, 0, 0, 0, 1260)),
        "纪律处分": draw.choices((0, 1), (92, 8))[0], "组织处理": draw.choices((0, 1), (94, 6))[0],
        "谈话提醒": draw.choice((0, 0, 0, 1, 2)), "建章立制数": rules,
        "制度名称": f"青山县{rule}" if rules else None, "整改完成日期": done,
    }  # fmt: skip
    if state == "待验收":
        return row
    row |= {"验收意见": "资料与现场一致", "验收日期": min(done + dt.timedelta(days=draw.randint(1, 10)), TODAY)}
    return row | ({"长期坚持措施": source["lasting"]} if state == "长期坚持" else {})


def _open_state(due: dt.date, draw: random.Random) -> str:
    """Where the finding of a running inspection stands: some of those past their date are not done."""
    late = due < TODAY
    shares = {"待整改": 0 if late else 25, "整改中": 22 if late else 50, "待验收": 18, "已完成": 40 if late else 6,
              "长期坚持": 18 if late else 0, "作废": 9}  # fmt: skip
    return draw.choices(list(shares), list(shares.values()))[0]


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else "" if value is None else value


# --- figures ----------------------------------------------------------------------------------------------------------


def figures(unit: str, rows: list[Row], items: list[Row], sanctions: list[Row]) -> list[Row]:
    """The county's figures of each year, and the count and rate by aspect; void ones left out."""
    found = [_scored(unit, items, code, name)
             for code, name in (("inspection_self_rate", "自评得分"), ("inspection_given_rate", "检查得分"))]  # fmt: skip
    for period in PERIODS:
        kept = [row for row in rows if row["反馈日期"].startswith(period) and row["状态"] != "作废"]
        head = {"unit": unit, "period": period}
        found += [{"indicator": code, **head, "by": None, **value} for code, value in _whole(kept)]
        for code, kind in (("inspection_sanctioned_count", "纪律处分"), ("inspection_reminded_count", "谈话提醒")):
            year = [row for row in sanctions if row["处理日期"].startswith(period) and row["状态"] != "作废"]
            one = _sum([row for row in year if row["处理方式"] == kind], "处理人数")
            found.append({"indicator": code, **head, "by": None, **_plain(one)})
        for aspect in sorted({row["问题方面"] for row in kept}):
            own = [row for row in kept if row["问题方面"] == aspect]
            found += [
                {"indicator": code, **head, "by": {"问题方面": aspect}, **value} for code, value in _whole(own)[:2]
            ]
    return found


def _scored(unit: str, items: list[Row], code: str, name: str) -> Row:
    """The points got of those that could be got, over the items scored."""
    scored = [row for row in items if row[name] != "" and row["状态"] != "作废"]
    return figure(code, unit, "2026", None, ratio(total(scored, name), total(scored, "满分")))


def _whole(rows: list[Row]) -> list[tuple[str, Row]]:
    done = [row for row in rows if row["状态"] in DONE]
    due = [row for row in rows if row["状态"] in DONE or "" < row["整改期限"] <= TODAY.isoformat()]
    in_time = sum(row["整改完成日期"] <= row["整改期限"] for row in done)
    return [
        ("inspection_finding_count", _plain(len(rows))),
        ("inspection_done_rate", _rate(len(done), len(rows))),
        ("inspection_done_in_time_rate", _rate(in_time, len(due))),
        ("inspection_recovered_money", _plain(_sum(rows, "追缴资金"))),
        ("inspection_rule_count", _plain(_sum(rows, "建章立制数"))),
    ]


def _sum(rows: list[Row], name: str) -> int | float | None:
    values = [Fraction(str(row[name])) for row in rows if row[name] != ""]
    return number(sum(values, Fraction(0))) if values else None


def _plain(value: int | float | None) -> Row:
    return {"value": value, "numerator": None, "denominator": None, "rows": None, "left_out": None}


def _rate(top: int, bottom: int) -> Row:
    return {**_plain(number(Fraction(top, bottom)) if bottom else None), "numerator": top, "denominator": bottom}
