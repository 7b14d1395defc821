"""The year's appraisal of schools and of sections, as it was entered: one row for each act, in order."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from .county import School
from .figures import Row

COLUMNS = ("方案", "日期", "动作", "账号", "单位编码", "项目", "分值", "来源", "说明")
# item → (full points, account of the judge, what costs points)
JUDGED = {
    "安全管理日常检查": (6, "anquan", ("食堂留样记录缺两日", "一处疏散标志不亮", "门卫登记不全")),
    "开齐开足课程": (15, "jijiao", ("挤占综合实践课两节", "劳动课未单列", "音乐课与课表不符")),
    "教师队伍建设": (10, "renshi", ("校本研修记录不完整", "交流轮岗少派一人")),
    "规范办学": (10, "jijiao", ("一个班书面作业超时", "手机管理未落实到班")),
}
COSTS = (0, 0, 0.5, 1, 2)
OFFICE = "bangongshi"
# Sections whose tasks all fall due later in the year: a line that cannot be measured is waived before publication.
NOTHING_DUE = ("职业教育与成人教育科", "督导室", "体育卫生与艺术科", "学生资助管理中心", "教研室")


def rows(schools: list[School], sections: dict[str, str]) -> list[Row]:
    """Schools are being scored; the sections' result is published and one of them objects."""
    draw = random.Random("appraisal")
    there = [school for school in schools if not school.closed]
    return [*_of_schools(there, draw), *_of_sections(sections, draw)]


def _of_schools(there: list[School], draw: random.Random) -> list[Row]:
    scheme, day = "school_target", dt.date(2026, 11, 2)
    made = [_row(scheme, day, "启动", OFFICE), _row(scheme, day, "取数", OFFICE)]
    for number, (item, (full, account, faults)) in enumerate(JUDGED.items()):
        for place, school in enumerate(there):
            if item == "规范办学" and place % 9 == 8:
                continue  # the section has not been there yet
            cost = draw.choice(COSTS)
            when = day + dt.timedelta(days=1 + number * 3 + place % 3)
            made.append(
                _row(
                    scheme,
                    when,
                    "评分",
                    account,
                    school.code,
                    item,
                    full - cost,
                    note=draw.choice(faults) if cost else "",
                )
            )
    own = there[12]
    made += [
        _row(scheme, dt.date(2026, 11, 5), "自评", "", own.code, "教师队伍建设", 10, note="研修、师德、轮岗三项均按计划完成"),
        _row(scheme, dt.date(2026, 11, 6), "加减分", OFFICE, there[3].code, "省级以上表彰", 1, "省教育厅表彰决定"),
        _row(scheme, dt.date(2026, 11, 6), "加减分", OFFICE, there[20].code, "市级表彰", 0.5, "市教育局表彰通报", "与邻校共同获得"),
        _row(scheme, dt.date(2026, 11, 9), "加减分", OFFICE, there[31].code, "通报批评", 1, "县安委会办公室通报"),
        _row(scheme, dt.date(2026, 11, 10), "一票否决", "anquan", there[31].code, "安全责任事故", "", "事故调查报告", "实训室坠落受伤"),
        _row(scheme, dt.date(2026, 11, 11), "一票否决", OFFICE, there[40].code, "违纪违法", "", "县纪委监委处分决定"),
        _row(scheme, dt.date(2026, 11, 12), "一票否决", "dudao", there[25].code, "督导检查扣分项", "", "市级督导意见书", "功能室挪用"),
        _row(scheme, dt.date(2026, 11, 18), "解除否决", "dudao", there[25].code, "督导检查扣分项", "", note="功能室已恢复，复查合格"),
        _row(scheme, dt.date(2026, 11, 19), "取数", OFFICE),
    ]  # fmt: skip
    return sorted(made, key=lambda row: row["日期"])


def _of_sections(sections: dict[str, str], draw: random.Random) -> list[Row]:
    scheme, day = "section_target", dt.date(2026, 11, 9)
    made = [_row(scheme, day, "启动", OFFICE), _row(scheme, day, "取数", OFFICE)]
    for code in sections.values():
        for item in ("服务基层评议", "协作配合"):
            cost = draw.choice((0, 0.5, 1, 1.5))
            made.append(
                _row(
                    scheme,
                    dt.date(2026, 11, 12),
                    "评分",
                    OFFICE,
                    code,
                    item,
                    15 - cost,
                    note="测评折算" if cost else "",
                )
            )
    made += [
        _row(
            scheme,
            dt.date(2026, 11, 13),
            "不适用",
            OFFICE,
            sections[name],
            "要点任务按期",
            note="到这一天没有到期的牵头任务",
        )
        for name in NOTHING_DUE
    ]
    own = sections["教研室"]
    return [
        *made,
        _row(scheme, dt.date(2026, 11, 16), "公示", OFFICE),
        _row(scheme, dt.date(2026, 11, 17), "申诉", "jiaoyan", own, "服务基层评议", note="漏计了对河东三校的送教，附三次签到"),
        _row(scheme, dt.date(2026, 11, 18), "答复", OFFICE, own, "服务基层评议", 14, note="核对签到属实，补计 0.5 分"),
        _row(scheme, dt.date(2026, 11, 19), "申诉", "zizhu", sections["学生资助管理中心"], "协作配合", note="扣分事项由外单位造成，请核实"),
    ]  # fmt: skip


def _row(
    scheme: str,
    day: dt.date,
    act: str,
    account: str,
    unit: str = "",
    item: str = "",
    points: Any = "",
    source: str = "",
    note: str = "",
) -> Row:
    return dict(zip(COLUMNS, (scheme, day, act, account, unit, item, points, source, note), strict=True))
