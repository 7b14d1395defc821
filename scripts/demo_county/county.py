"""Units and people of the invented county."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

# 类别 of the ten-digit 学校标识码; teaching points carry the class of primary schools
CODE_CLASS = {
    "幼儿园": "11", "小学": "21", "教学点": "21", "初级中学": "31", "九年一贯制学校": "31", "完全中学": "34",
    "高级中学": "34", "中等职业学校": "36", "特殊教育学校": "51",
}  # fmt: skip
UNIT_COLUMNS = ("编码", "名称", "类型", "上级编码", "启用日期", "停用日期", "并入", "办学性质", "城乡")
PEOPLE_COLUMNS = ("姓名", "账号", "单位编码", "岗位", "起始日期", "电话")


@dataclass
class School:
    """One school as the source describes it, with its code."""

    code: str
    name: str
    type: str
    district: int
    area: str
    intake: dict[str, int]
    owner: str = "公办"
    limit: dict[str, list[int | list[int]]] = field(default_factory=dict)
    feeds: str = ""
    closed: dt.date | None = None
    built: dict[int, list[int]] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    danger: int = 0
    safe_from: int = 0

    @property
    def is_urban(self) -> bool:
        return self.area in ("主城区", "城乡结合区")

    @property
    def is_rural(self) -> bool:
        return self.area in ("村庄", "乡中心区")


def read_schools(source: dict[str, Any]) -> list[School]:
    """The schools in the order of the source; codes count up from 990001."""
    province = source["school_code_province"]
    return [
        School(code=f"{CODE_CLASS[row['type']]}{province}{990001 + at}", **row)
        for at, row in enumerate(source["schools"])
    ]


def section_codes(source: dict[str, Any]) -> dict[str, str]:
    return {name: f"{source['area']}{at:02d}" for at, name in enumerate(source["sections"], 1)}


def district_codes(source: dict[str, Any]) -> dict[str, str]:
    return {name: f"{source['area']}{100 + at}" for at, name in enumerate(source["districts"], 1)}


def unit_rows(source: dict[str, Any], schools: list[School]) -> list[dict[str, str]]:
    """The unit table: bureau, sections, districts, schools; parents come before their children."""
    bureau, founded = source["area"], source["founded"].isoformat()
    districts = district_codes(source)
    rows = [{"编码": bureau, "名称": f"{source['county']}教育局", "类型": "教育局", "上级编码": ""}]
    for kind, codes in (("科室", section_codes(source)), ("学区", districts)):
        rows += [{"编码": code, "名称": name, "类型": kind, "上级编码": bureau} for name, code in codes.items()]
    parents = ["" if at == 0 else list(districts.values())[at - 1] for at in range(len(districts) + 1)]
    for school in schools:
        rows.append({
            "编码": school.code, "名称": school.name, "类型": school.type,
            "上级编码": parents[school.district] or bureau,
            "停用日期": school.closed.isoformat() if school.closed else "",
            "并入": next(other.code for other in schools if other.name == school.feeds) if school.closed else "",
            "办学性质": school.owner, "城乡": school.area,
        })  # fmt: skip
    return [{column: {"启用日期": founded, **row}.get(column, "") for column in UNIT_COLUMNS} for row in rows]


def people_rows(source: dict[str, Any], people: dict[str, Any], schools: list[School]) -> list[dict[str, str]]:
    """One person per post outside the schools and one 填报员 per school; no passwords.

    Telephone numbers carry the prefix 154, which is assigned to nobody.
    """
    random_ = random.Random("people")
    names = [first + last for first in people["surnames"] for last in people["given"]]
    drawn = iter(random_.sample(names, len(people["posts"]) + len(schools)))
    places = {"教育局": source["area"], **section_codes(source), **district_codes(source)}
    posts = [(row["account"], places[row["at"]], row["post"]) for row in people["posts"]]
    posts += [(school.code, school.code, "学校") for school in schools]
    rows = []
    for at, (account, unit, post) in enumerate(posts, 1):
        since = dt.date(random_.randint(2016, 2024), random_.choice((3, 8)), 1)
        values = (next(drawn), account, unit, post, since.isoformat(), f"154{at:08d}")
        rows.append(dict(zip(PEOPLE_COLUMNS, values, strict=True)))
    return [*rows, _headmaster(names, rows, schools[0])]


def _headmaster(names: list[str], rows: list[dict[str, str]], school: School) -> dict[str, str]:
    """The 校长 of one school, drawn apart so that everybody else stays who they are."""
    free = sorted(set(names) - {row["姓名"] for row in rows})
    name = random.Random("headmaster").choice(free)
    values = (name, "xiaozhang", school.code, "校长", "2021-08-01", f"154{len(rows) + 1:08d}")
    return dict(zip(PEOPLE_COLUMNS, values, strict=True))
