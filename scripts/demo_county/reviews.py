"""Two years of what the sections say of the standards' judged items, and how many are met by plain counting."""

from __future__ import annotations

from typing import Any

from .figures import Row, count, figure, ratio

COLUMNS = (
    "单位编码",
    "期间",
    "评估项目",
    "自评结论",
    "实际值",
    "事实说明",
    "整改措施",
    "完成时限",
    "核定意见",
    "核定日期",
    "状态",
)
OPEN, DONE = "已自评", "已核定"
# Item, section, what is said of it, the value of last year and of this (blank: a matter of yes and no), met in each year.
ITEMS: tuple[tuple[str, str, str, float | None, float | None, str, str], ...] = (
    ("学校规划布局合理", "计划财务科", "县政府批准的中小学布局规划在执行期内", None, None, "达到", "达到"),
    ("城乡义务教育四统一", "计划财务科", "四项标准的文件齐全，拨付凭证已核对", None, None, "达到", "达到"),
    ("音乐美术专用教室", "信息装备中心", "按班级数逐校核对专用教室台账", None, None, "未达到", "未达到"),
    ("小规模学校公用经费", "计划财务科", "不足百人的学校和教学点按百人核定", None, None, "达到", "达到"),
    ("特殊教育学校生均公用经费", "计划财务科", "按现行标准足额拨付", None, None, "达到", "达到"),
    ("教师工资收入水平", "人事科", "与公务员平均收入的比较表经财政、人社部门盖章", None, None, "待核实", "达到"),
    ("县管校聘", "人事科", "编制和岗位每学年统筹调整一次", None, None, "达到", "达到"),
    ("持证上岗", "人事科", "按教师名册逐人核对资格证", 99.8, 100, "未达到", "达到"),
    ("就近划片入学", "基础教育科", "城区和镇区公办学校新生名册与片区比对", 97.2, 98.1, "达到", "达到"),
    ("优质高中招生指标分配", "招生考试中心", "指标分配到校的文件和录取名册", 52, 55, "达到", "达到"),
    ("留守儿童关爱和随迁子女就学", "基础教育科", "随迁子女就读公办学校的比例", 91.5, 92.3, "达到", "达到"),
    ("残疾儿童少年入学率", "基础教育科", "与残联名册比对，含送教上门", 96.4, 97.1, "达到", "达到"),
    ("章程与信息化管理", "基础教育科", "各校章程均已核准", None, None, "达到", "达到"),
    ("教师培训经费", "计划财务科", "各校预算中培训经费的比例逐校核对", None, None, "达到", "达到"),
    ("信息化手段运用", "信息装备中心", "多媒体设备使用记录和听课记录", None, None, "达到", "待核实"),
    ("德育和校园文化", "基础教育科", "上一轮综合督导全部良好以上", None, None, "达到", "达到"),
    ("课程开齐开足", "教研室", "课程表和巡课记录", None, None, "达到", "达到"),
    ("课业负担", "基础教育科", "作业公示抽查和学生问卷", None, None, "待核实", "达到"),
    ("社会认可度", "督导室", "网上问卷，对象按规定构成", 88.6, 90.2, "达到", "达到"),
    ("县级政府推进工作得分", "督导室", "十七项逐项自评得分", 93.5, 94, "达到", "达到"),
    ("公众满意度", "督导室", "与社会认可度同次调查", 87.9, 89.4, "达到", "达到"),
    ("幼儿园布局规划", "基础教育科", "每个乡镇都有公办中心园", None, None, "达到", "达到"),
    ("班额达标率", "基础教育科", "按班级名册统计", 82.5, 88, "未达到", "达到"),
    ("幼儿园持证上岗", "人事科", "园长和专任教师逐人核对", 96.7, 98.2, "未达到", "未达到"),
    ("学前教育社会认可度", "督导室", "家长问卷", 91, 92.4, "达到", "达到"),
    ("作业总量", "基础教育科", "各校作业公示，每月抽查", None, None, "达到", "达到"),
    ("睡眠和上课时间", "基础教育科", "各校作息时间表已备案", None, None, "达到", "达到"),
    ("课后服务覆盖", "基础教育科", "义务教育学校全部开展", 100, 100, "达到", "达到"),
    ("体质健康优良率", "体育卫生与艺术科", "国家学生体质健康标准测试", 51.3, 53, "达到", "达到"),
)
MENDED = ("列入下年度装备计划，按班级数补齐", "逐人建档，限期补考或调整岗位", "分班、扩园，按招生计划化解")


def rows(sections: dict[str, str]) -> list[Row]:
    """One record per item and year; last year's are confirmed, this year's in part; the last three items wait."""
    found = []
    for year, period in enumerate(("SY2025", "SY2026")):
        items = ITEMS[:-3] if period == "SY2026" else ITEMS
        for place, (item, section, fact, *values) in enumerate(items):
            verdict, actual = values[2 + year], values[year]
            failed, confirmed = verdict == "未达到", verdict == "达到" and (year == 0 or place % 3 == 0)
            found.append(
                {
                    "单位编码": sections[section], "期间": period, "评估项目": item, "自评结论": verdict, "实际值": actual,
                    "事实说明": fact, "整改措施": MENDED[place % len(MENDED)] if failed else None,
                    "完成时限": f"{2026 + year}-08-31" if failed else None, "核定意见": "佐证齐全" if confirmed else None,
                    "核定日期": f"{2025 + year}-11-10" if confirmed else None, "状态": DONE if confirmed else OPEN,
                }
            )  # fmt: skip
    return [{column: row[column] for column in COLUMNS} for row in found]


def figures(unit: str, made: list[Row]) -> list[dict[str, Any]]:
    """How many items were judged, and the part of them that is met."""
    found = []
    for period in ("SY2025", "SY2026"):
        kept = [row for row in made if row["期间"] == period]
        met = sum(row["自评结论"] == "达到" for row in kept)
        found.append(figure("standard_review_count", unit, period, None, count(len(kept))))
        found.append(figure("standard_review_met_rate", unit, period, None, ratio(met, len(kept))))
    return found
