"""Out-of-school training institutions with two years of inspections and problems; and their figures."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

from .figures import Row, count, figure, ratio, within
from .hazards import TODAY

COLUMNS = {
    "tutoring_agencies": (
        "编号", "单位编码", "机构名称", "培训类别", "网格", "负责人", "负责人电话", "入册日期", "在训学生数", "从业人员数", "机构性质",
        "办学许可证号", "许可证有效期至", "资金监管方式", "白名单", "状态",
    ),
    "tutoring_inspections": (
        "编号", "单位编码", "所属机构", "培训类别", "网格", "排查日期", "排查方式", "排查人员", "参加部门", "有无问题", "排查情况", "状态",
    ),
    "tutoring_problems": (
        "编号", "单位编码", "所属排查", "培训类别", "发现日期", "问题类别", "问题描述", "整改期限", "整改措施", "整改完成日期", "复核意见",
        "处理方式", "状态",
    ),
}  # fmt: skip
PREFIX = {"tutoring_agencies": ("XWJG", "入册日期", 3), "tutoring_inspections": ("XWPC", "排查日期", 4),
          "tutoring_problems": ("XWWT", "发现日期", 4)}  # fmt: skip
KINDS = {"学科类": 6, "非学科类（体育）": 14, "非学科类（文化艺术）": 26, "非学科类（科技）": 7, "其他非学科类": 5}
WORDS = ("星火", "春晓", "青苗", "向阳", "知行", "小橡树", "云上", "童画", "飞跃", "拾光", "好少年", "白鹭")
ENDS = {"学科类": "文化培训中心", "非学科类（体育）": "体育培训部", "非学科类（文化艺术）": "艺术培训中心", "非学科类（科技）": "少儿编程中心",
        "其他非学科类": "研习社"}  # fmt: skip
FAULTS = {
    "消防和场所安全": ("疏散通道堆放杂物", "清空通道并张贴疏散图"), "预收费违规": ("一次收取六个月费用", "退还超收部分并改签合同"),
    "资金监管未落实": ("预收费没有进入监管账户", "签订托管协议并转入"), "人员资质": ("两名教练没有公示资质", "补办并在前台公示"),
    "合同和退费": ("没有使用示范合同文本", "改用示范文本重签"), "培训材料": ("培训材料没有备案", "补报备案"),
    "培训时间违规": ("晚间培训超过规定时间", "调整课表并公示"),
}  # fmt: skip


def tables(districts: list[str], people: dict[str, Any]) -> dict[str, list[Row]]:
    """Institutions, inspections and problems by file name; a record belongs to the district of its grid."""
    draw = random.Random("tutoring")
    agencies = _numbered("tutoring_agencies", _agencies(districts, people, draw))
    there = [row for row in agencies if row["状态"] != "作废"]
    checks = [_inspection(row, year, draw) for year in (2025, 2026) for row in there if draw.random() < 0.8]
    checks += [_inspection(row, 2026, draw) for row in there[::4]]
    checks = _numbered("tutoring_inspections", [row for row in checks if row["排查日期"] <= TODAY])
    problems = [row for check in checks if check["有无问题"] == "有问题" for row in _problems(check, draw)]
    problems = _numbered("tutoring_problems", problems)
    still = {row["所属排查"] for row in problems if row["状态"] in ("整改中", "待复核")}
    for row in checks:
        if row["编号"] in still:
            row["状态"] = "已排查"
    return {"tutoring_agencies": agencies, "tutoring_inspections": checks, "tutoring_problems": problems}


def _agencies(districts: list[str], people: dict[str, Any], draw: random.Random) -> list[Row]:
    rows: list[Row] = []
    for kind, places in KINDS.items():
        for at in range(places):
            place = draw.choices(range(len(districts)), (10, 4, 4, 3, 3, 2))[0]
            bare = kind != "学科类" and draw.random() < 0.06
            entered = dt.date(2025, 1, 13) + dt.timedelta(
                days=draw.randint(0, 60) + (400 if draw.random() < 0.15 else 0)
            )
            row: Row = {
                "单位编码": districts[place], "机构名称": f"青山县{WORDS[at % len(WORDS)]}{ENDS[kind]}{at // len(WORDS) + 1}店",
                "培训类别": kind, "网格": f"第{place + 1}学区{draw.randint(1, 5)}网格",
                "负责人": draw.choice(people["surnames"]) + draw.choice(people["given"]),
                "负责人电话": f"154{draw.randint(10_000_000, 99_999_999)}", "入册日期": entered,
                "在训学生数": draw.randint(18, 260), "从业人员数": draw.randint(3, 24), "白名单": "否", "状态": "在册",
            }  # fmt: skip
            if bare:
                row |= {"机构性质": "无证", "资金监管方式": "未监管"}
            else:
                funds = draw.choice(("银行托管", "银行托管", "风险保证金", "未监管"))
                until = dt.date(2026, 10, 31) if draw.random() < 0.04 else dt.date(2028, 6, 30)
                row |= {"机构性质": "非营利" if kind == "学科类" else draw.choice(("营利", "营利", "非营利")),
                        "办学许可证号": f"教民5299267{len(rows):04d}号", "许可证有效期至": until, "资金监管方式": funds,
                        "白名单": "否" if funds == "未监管" else "是"}  # fmt: skip
            state = draw.random()
            row["状态"] = (
                "已关停" if state < 0.06 else "停业整顿" if state < 0.09 else "作废" if state > 0.98 else "在册"
            )
            rows.append(row)
    return rows


def _inspection(agency: Row, year: int, draw: random.Random) -> Row:
    day = dt.date(year, 3, 2) + dt.timedelta(days=draw.randint(0, 285))
    day = max(day, agency["入册日期"])
    found = draw.random() < 0.5
    return {
        "单位编码": agency["单位编码"], "所属机构": agency["编号"], "培训类别": agency["培训类别"], "网格": agency["网格"],
        "排查日期": day, "排查方式": draw.choice(("日常巡查", "日常巡查", "专项排查", "联合执法", "节假日巡查", "举报核查")),
        "排查人员": "学区两名工作人员", "参加部门": draw.choice(("教育", "教育、市场监管、消防", "教育、街道乡镇")),
        "有无问题": "有问题" if found else "无问题", "排查情况": None if found else "证照、收费、场所均符合要求", "状态": "已办结",
    }  # fmt: skip


def _problems(check: Row, draw: random.Random) -> list[Row]:
    """One to three problems of an inspection; those of the last months are partly still open, a few are late."""
    rows = []
    for kind in draw.sample(list(FAULTS), draw.choice((1, 1, 2, 3))):
        seen, mended = FAULTS[kind]
        found: dt.date = check["排查日期"]
        due = found + dt.timedelta(days=draw.choice((7, 15, 30)))
        row: Row = {"单位编码": check["单位编码"], "所属排查": check["编号"], "培训类别": check["培训类别"], "发现日期": found,
                    "问题类别": kind, "问题描述": seen, "整改期限": due, "状态": "整改中"}  # fmt: skip
        age, chance = (TODAY - found).days, draw.random()
        if chance < 0.015:
            row["状态"] = "作废"
        elif age > 150 or chance < (0.85 if age > 45 else 0.35):
            done = min(due + dt.timedelta(days=draw.choice((-5, -3, -1, 0, 4))), TODAY)
            row |= {"整改措施": mended, "整改完成日期": max(done, found), "状态": "待复核"}
            if age > 150 or draw.random() < 0.8:
                row |= {
                    "复核意见": "现场复核，已整改",
                    "处理方式": draw.choice(("责令改正", "责令改正", "约谈", "通报")),
                    "状态": "已整改",
                }
        rows.append(row)
    return rows


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
    """The county's figures of two years, and of each kind for the newer one."""
    found = []
    for period in ("2025", "2026"):
        for by in (None, *({"培训类别": kind} for kind in KINDS if period == "2026")):
            found += [figure(code, unit, period, by, value) for code, value in _of(made, period, by).items()]
    return found


def _of(made: dict[str, list[Row]], period: str, by: dict[str, str] | None) -> dict[str, dict[str, Any]]:
    def there(name: str, *, roster: bool = False) -> list[Row]:
        rows = within(made[name], PREFIX[name][1], period, roster=roster)
        return [row for row in rows if row["状态"] != "作废" and (not by or row["培训类别"] == by["培训类别"])]

    agencies = [row for row in there("tutoring_agencies", roster=True) if row["状态"] != "已关停"]
    checks, problems = there("tutoring_inspections"), there("tutoring_problems")
    done = sum(row["状态"] == "已整改" for row in problems)
    values = {
        "tutoring_agency_count": count(len(agencies)),
        "tutoring_inspected_count": count(len({row["所属机构"] for row in checks})),
        "tutoring_inspection_count": count(len(checks)),
        "tutoring_problem_count": count(len(problems)),
        "tutoring_rectified_count": count(done),
        "tutoring_rectified_rate": ratio(done, len(problems)),
    }
    if by is None:
        values["tutoring_unlicensed_count"] = count(sum(row["机构性质"] == "无证" for row in agencies))
    return values
