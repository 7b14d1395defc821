"""Official codes: what a school's and a place's code must look like."""

from __future__ import annotations

import re

from taizhang.kernel.errors import Problem
from taizhang.org.kinds import BUREAU, KINDS

# 学校（机构）标识码: 2 digits of category, 2 of province, 6 in order; no check digit; given for life.
SCHOOL_CODE = re.compile(r"(11|21|22|3[1-7]|4[12]|51|9[123])(\d{2})\d{6}")
# A unit's code in the database.
LONGEST_CODE = 40
# The provinces of GB/T 2260.
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
CATEGORY_OF_KIND = {
    "幼儿园": ("11",),
    "小学": ("21",),
    "教学点": ("21",),
    "初级中学": ("31", "32"),
    "九年一贯制学校": ("31", "21"),
    "完全中学": ("34", "31"),
    "十二年一贯制学校": ("34", "31", "21"),
    "高级中学": ("34",),
    "中等职业学校": ("36",),
    "特殊教育学校": ("51",),
    "专门学校": ("37",),
    "成人学校": ("22", "33", "35"),
}


def doubt_about(code: str, kind: str) -> str:
    """Why a code cannot be the official one of a unit of this kind: a school's ten digits, a bureau's 区划代码; '' when
    nothing speaks against it.

    Only a warning for the caller: a bureau may use codes of its own for kindergartens that have no official one yet, and
    letters for itself.
    """
    if kind in CATEGORY_OF_KIND:
        return _doubt_about_school(code, kind)
    if KINDS.get(kind) == BUREAU and code.isdecimal():
        return _doubt_about_area(code)
    return ""


def _doubt_about_school(code: str, kind: str) -> str:
    match = SCHOOL_CODE.fullmatch(code)
    if match is None:
        return f"“{code}”不是学校标识码：应为 10 位数字，前两位是学校类别"
    if match[2] not in PROVINCES:
        return f"“{code}”的第 3、4 位“{match[2]}”不是省级区划代码"
    if match[1] not in CATEGORY_OF_KIND[kind]:
        wanted = "或".join(CATEGORY_OF_KIND[kind])
        return f"“{code}”的类别码是 {match[1]}，{kind}应为 {wanted}"
    return ""


def _doubt_about_area(code: str) -> str:
    """6 digits down to the county (GB/T 2260), 9 or 12 down to town and village."""
    if len(code) not in (6, 9, 12):
        return f"“{code}”不是行政区划代码：县级 6 位、乡级 9 位、村级 12 位"
    if code[:2] not in PROVINCES:
        return f"“{code}”的前两位不是省级区划代码"
    return f"“{code}”的乡级三位是 000：县级代码只写 6 位" if code[6:9] == "000" else ""


def require_new_code(code: str, kind: str) -> None:
    """Raise Problem for a new unit's code that has the length of an official one and cannot be one: it stays for life.

    A category that does not fit the kind is only doubted: a school keeps its code when it becomes another kind.
    """
    require_code(code)
    if kind in CATEGORY_OF_KIND and len(code) == 10 and code.isdecimal():
        match = SCHOOL_CODE.fullmatch(code)
        if match is None or match[2] not in PROVINCES:
            raise Problem(
                "ORG-063", _doubt_about_school(code, kind), where="编码",
                remedy="对照学校（机构）标识码证书改正；还没有标识码的，用带字母的自编码，如 YEY-001",
            )  # fmt: skip
    if KINDS.get(kind) == BUREAU and code.isdecimal() and len(code) in (6, 9, 12) and code[:2] not in PROVINCES:
        raise Problem(
            "ORG-064", _doubt_about_area(code), where="编码", remedy="对照国家统计局的行政区划代码改正，县级写 6 位"
        )


def require_code(code: str) -> None:
    """Raise Problem for a unit's code that cannot stand in an address: no page that lists the unit could be shown."""
    if len(code) > LONGEST_CODE or re.search(r"[\s/\\?#%]", code) or code in (".", ".."):
        raise Problem(
            "ORG-062",
            f"编码“{code[:LONGEST_CODE]}”不能用",
            where="编码",
            remedy="40 字以内，用字母、数字、横线，不带空格和斜线",
        )
