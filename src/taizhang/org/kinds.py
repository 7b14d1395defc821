"""Kinds of unit (类型) and the level of the tree each stands on."""

from __future__ import annotations

BUREAU, SECTION, DISTRICT, SCHOOL = "bureau", "section", "district", "school"

LEVELS: dict[str, str] = {BUREAU: "教育局", SECTION: "科室", DISTRICT: "学区", SCHOOL: "学校"}

KINDS: dict[str, str] = {
    "教育部": BUREAU,
    "教育厅": BUREAU,
    "教育局": BUREAU,
    "科室": SECTION,
    "股室": SECTION,
    "直属单位": SECTION,
    "学区": DISTRICT,
    "教育管理中心": DISTRICT,
    "幼儿园": SCHOOL,
    "小学": SCHOOL,
    "教学点": SCHOOL,
    "初级中学": SCHOOL,
    "九年一贯制学校": SCHOOL,
    "完全中学": SCHOOL,
    "十二年一贯制学校": SCHOOL,
    "高级中学": SCHOOL,
    "中等职业学校": SCHOOL,
    "特殊教育学校": SCHOOL,
    "专门学校": SCHOOL,
    "成人学校": SCHOOL,
    "校外培训机构": SCHOOL,
}


def level_of(word: str) -> str | None:
    """A level by its code or Chinese word (学校, 学区 …)."""
    return word if word in LEVELS else next((level for level, label in LEVELS.items() if label == word), None)
