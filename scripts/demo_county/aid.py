"""Files of pupils in hardship and what was paid to them; and the aid figures by plain counting over these rows."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction
from typing import Any

from .county import School
from .figures import Row, count, figure, ratio, within
from .hazards import TODAY

FILE_COLUMNS = (
    "编号", "单位编码", "学生姓名", "身份证号", "学段", "年级班级", "是否寄宿", "监护人电话", "申请日期", "认定学年", "监护人知情同意",
    "困难情形", "佐证方式", "困难等级", "认定日期", "公示范围", "公示已去除隐私", "公示起始日", "公示撤下日", "公示异议", "建档日期",
    "离校日期", "状态",
)  # fmt: skip
AID_COLUMNS = (
    "编号", "单位编码", "所属档案", "学段", "资助学年", "学期", "资助项目", "资助档次", "申报日期", "学期标准", "应发金额", "应发日期",
    "资金来源", "发放方式", "户名核对一致", "发放金额", "发放日期", "发放说明", "状态",
)  # fmt: skip
# share of a stage's pupils who have a file; the county aims at ten of a hundred seniors
SHARES = {"学前教育": 0.004, "小学": 0.005, "初中": 0.008, "普通高中": 0.108, "中等职业教育": 0.012, "特殊教育": 0.05}
ENTRY_AGE = {"学前教育": 3, "小学": 6, "初中": 12, "普通高中": 15, "中等职业教育": 15, "特殊教育": 7}
GRADE_WORDS = {
    "学前教育": ("小班", "中班", "大班"), "小学": ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    "初中": ("七年级", "八年级", "九年级"), "普通高中": ("高一", "高二", "高三"), "中等职业教育": ("一年级", "二年级", "三年级"),
    "特殊教育": ("一年级", "三年级", "五年级"),
}  # fmt: skip
GRADES = ("困难", "特别困难", "一般困难")
TIER = {"特别困难": ("一档", 1650), "困难": ("二档", 1150), "一般困难": ("三档", 650)}
FULL = {"小学": 625, "初中": 750, "特殊教育": 750}
GROUNDS = (
    "脱贫家庭",
    "防止返贫监测对象家庭",
    "最低生活保障家庭",
    "低保边缘家庭",
    "残疾人子女",
    "事实无人抚养儿童",
    "突发重大变故",
)
# term: declared from, last day to be paid
TERMS = {
    ("SY2025", "春季学期"): (dt.date(2026, 3, 16), dt.date(2026, 5, 29)),
    ("SY2026", "秋季学期"): (dt.date(2026, 10, 8), dt.date(2026, 11, 13)),
}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
OPEN_STATES = ("待认定", "待公示", "公示中", "待备案", "不予认定", "作废")


def file_rows(
    schools: list[School], returns: list[Row], people: dict[str, Any], newest: str = "SY2026"
) -> list[dict[str, Any]]:
    """One file per pupil in hardship, by day of application; a few are still on their way or were turned down."""
    draw, closed = random.Random("aid files"), {school.code for school in schools if school.closed}
    rows = []
    for row in returns:
        if row["期间"] != newest or row["单位编码"] in closed:
            continue
        places = round(row["在校生数"] * SHARES.get(row["学段"], 0) + 0.4)
        rows += [_file(row, people, draw) for _ in range(places)]
    rows.sort(key=lambda row: (row["申请日期"], row["单位编码"]))
    for at, row in enumerate(rows):
        _take_state(row, at, draw)
    return _numbered(rows, "KN", "申请日期", 4)


def _file(row: Row, people: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    stage = row["学段"]
    grade = draw.randrange(len(GRADE_WORDS[stage]))
    # whoever is beyond the first grade applied a year ago
    applied = dt.date(2025, 9, 8) if grade else dt.date(2026, 9, 7)
    applied += dt.timedelta(days=draw.choice((0, 1, 2, 3, 4, 7, 8, 9, 10, 11)))
    boards = draw.random() < row["寄宿生数"] / row["在校生数"]
    born = dt.date(2026 - ENTRY_AGE[stage] - grade, draw.randint(1, 8), draw.randint(1, 28))
    return {
        "单位编码": row["单位编码"], "学生姓名": draw.choice(people["surnames"]) + draw.choice(people["given"]),
        "身份证号": _identity(born, draw), "学段": stage,
        "年级班级": f"{GRADE_WORDS[stage][grade]}{draw.randint(1, 4)}班", "是否寄宿": "是" if boards else "否",
        "监护人电话": f"154{draw.randint(10_000_000, 99_999_999)}", "申请日期": applied, "认定学年": "SY2026",
        "监护人知情同意": "是",
    }  # fmt: skip


def _identity(born: dt.date, draw: random.Random) -> str:
    """A number of the area code that does not exist, with a true check digit."""
    body = f"529926{born:%Y%m%d}{draw.randint(1, 999):03d}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def _take_state(row: dict[str, Any], at: int, draw: random.Random) -> None:
    """Every forty-third file is on its way, the others are filed; days follow each other as the steps do."""
    state = OPEN_STATES[at // 43 % len(OPEN_STATES)] if at % 43 == 42 else "已离校" if at % 97 == 96 else "已建档"
    applied = row["申请日期"]
    row["状态"] = state
    if state in ("待认定", "不予认定", "作废"):
        return
    day = applied + dt.timedelta(days=draw.randint(3, 9))
    row |= {"困难情形": draw.choice(GROUNDS), "佐证方式": draw.choice(("部门数据比对", "部门数据比对、入户家访", "证件核验、民主评议")),
            "困难等级": GRADES[at % 3], "认定日期": day}  # fmt: skip
    if state == "待公示":
        return
    shown = day + dt.timedelta(days=1)
    row |= {"公示范围": "本班和校务公开栏", "公示已去除隐私": "是", "公示起始日": shown}
    if state == "公示中":
        return
    row["公示撤下日"] = shown + dt.timedelta(days=7)
    if state != "待备案":
        row["建档日期"] = row["公示撤下日"] + dt.timedelta(days=draw.randint(1, 4))
    if state == "已离校":
        row["离校日期"] = dt.date(2026, 11, 2)


def aid_rows(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the filed pupils got by term; the last term's payments are not all through, and some came late."""
    draw, rows = random.Random("aid"), []
    for (year, term), (first, due) in TERMS.items():
        for file in files:
            if not file["建档日期"] or file["建档日期"] > first:
                continue
            for item, tier, amount, source in _items(file, draw):
                row = {
                    "单位编码": file["单位编码"], "所属档案": file["编号"], "学段": file["学段"], "资助学年": year, "学期": term,
                    "资助项目": item, "资助档次": tier, "申报日期": first + dt.timedelta(days=draw.randint(0, 8)),
                    "学期标准": amount, "应发金额": amount, "应发日期": due, "资金来源": source,
                }  # fmt: skip
                rows.append(row | _payment(row, file, draw))
    rows.sort(key=lambda row: (row["申报日期"], row["单位编码"], row["所属档案"]))
    return _numbered(rows, "ZZ", "申报日期", 5)


def _items(file: dict[str, Any], draw: random.Random) -> list[tuple[str, str, float, str]]:
    """(item, tier, amount of one term, source) for one pupil."""
    stage, grade = file["学段"], file["困难等级"]
    if stage == "学前教育":
        return [("学前教育资助", "不分档", 500, "县级")]
    if stage in FULL:
        boards = file["是否寄宿"] == "是"
        item = ("寄宿生生活补助", FULL[stage]) if boards else ("非寄宿生生活补助", FULL[stage] / 2)
        return [(item[0], "不分档", item[1], "中央")]
    if stage == "中等职业教育":
        return [("国家助学金", "不分档", 1150, "中央"), ("免学费", "不分档", 1000, "省级")]
    tier, amount = TIER[grade]
    extra: list[tuple[str, str, float, str]] = [("免学费", "不分档", 800, "省级")] if grade == "特别困难" else []
    if grade == "特别困难" and draw.random() < 0.08:
        extra.append(("社会基金资助", "不分档", 2000, "社会捐赠"))
    return [("国家助学金", tier, amount, "中央"), *extra]


def _payment(row: dict[str, Any], file: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """How far the money has come: paid in time, paid late, due and not paid, still being verified, stopped, void."""
    chance, recent = draw.random(), row["资助学年"] == "SY2026"
    if row["资助项目"] == "社会基金资助":
        return {"应发日期": dt.date(2026, 12, 25), "状态": "待发放"}
    if file["状态"] == "已离校" or chance < 0.006:
        return {"状态": "停发", "发放说明": "学生已转出"}
    if chance < 0.012:
        return {"状态": "作废", "发放说明": "重复申报"}
    if recent and chance < 0.05:
        return {"状态": "待发放"}
    if recent and chance < 0.07:
        blank = dict.fromkeys(("学期标准", "应发金额", "应发日期", "资金来源"))
        return {**blank, "状态": "待审核" if chance < 0.062 else "待更正"}
    late = draw.random() < 0.06
    day = row["应发日期"] + dt.timedelta(days=draw.randint(1, 5) if late else -draw.randint(0, 12))
    way = "减免抵扣" if row["资助项目"] == "免学费" else "社会保障卡"
    return {
        "状态": "已发放",
        "发放方式": way,
        "户名核对一致": "是",
        "发放金额": row["应发金额"],
        "发放日期": min(day, TODAY),
    }


def _numbered(rows: list[dict[str, Any]], prefix: str, dated: str, digits: int) -> list[dict[str, Any]]:
    counts: dict[int, int] = {}
    for row in rows:
        year = row[dated].year
        counts[year] = counts.get(year, 0) + 1
        row["编号"] = f"{prefix}-{year}-{counts[year]:0{digits}d}"
    columns = FILE_COLUMNS if prefix == "KN" else AID_COLUMNS
    return [{column: row.get(column) for column in columns} for row in rows]


# --- figures -----------------------------------------------------------------------------------------------------------


def figures(
    unit: str, files: list[dict[str, Any]], aid: list[dict[str, Any]], years: dict[str, list[Row]]
) -> list[dict[str, Any]]:
    """The county's aid figures of two school years and one calendar year, and by stage for the newest year."""
    found = []
    for period, returns in (("SY2025", "SY2025"), ("SY2026", "SY2026"), ("2026", "SY2026")):
        known = [row for row in within(files, "申请日期", period, roster=True) if row["状态"] != "作废"]
        given = [row for row in within(aid, "申报日期", period) if row["状态"] != "作废"]
        pupils = years[returns]
        found += _of(unit, period, None, known, given, pupils)
        if period == "SY2026":
            for stage in dict.fromkeys(row["学段"] for row in given):
                parts = ([row for row in rows if row["学段"] == stage] for rows in (known, given, pupils))
                found += _of(unit, period, {"学段": stage}, *parts)
    return found


def _of(
    unit: str, period: str, by: dict[str, str] | None, files: list[Row], aid: list[Row], pupils: list[Row]
) -> list[dict[str, Any]]:
    paid = [row for row in aid if row["状态"] == "已发放"]
    overdue = [row for row in aid if row["状态"] == "待发放" and row["应发日期"] < TODAY]
    persons = len({row["所属档案"] for row in paid})
    filed = sum(row["状态"] == "已建档" for row in files)
    senior = [row for row in paid if row["学段"] == "普通高中" and row["资助项目"] == "国家助学金"]
    seniors = sum(row["在校生数"] for row in pupils if row["学段"] == "普通高中")
    in_time = sum(row["发放日期"] <= row["应发日期"] for row in paid)
    values = {
        "hardship_pupil_count": count(filed), "aid_person_times": count(len(paid)), "aid_persons": count(persons),
        "aid_amount": count(_money(paid)), "aid_coverage_rate": ratio(persons, filed),
        "aid_on_time_rate": ratio(in_time, len(paid) + len(overdue)),
        **{code: _mean(paid, item) for code, item in AVERAGES.items()},
    }  # fmt: skip
    if by is None:
        values["senior_aid_share"] = ratio(len({row["所属档案"] for row in senior}), seniors)
    return [figure(code, unit, period, by, value) for code, value in values.items()]


AVERAGES = {
    "boarder_aid_per_term": "寄宿生生活补助",
    "day_aid_per_term": "非寄宿生生活补助",
    "senior_grant_per_term": "国家助学金",
}


def _money(rows: list[Row]) -> Fraction:
    return sum((Fraction(str(row["发放金额"])) for row in rows), Fraction(0))


def _mean(paid: list[Row], item: str) -> dict[str, Any]:
    rows = [row for row in paid if row["资助项目"] == item]
    return ratio(_money(rows), len(rows))
