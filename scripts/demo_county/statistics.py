"""The school-year returns of the invented county: pupils move up a grade, resources change little, parts fit wholes.

SY2023 is drawn, the years after it follow by ``step``; so a record's pupils are last year's minus graduates plus
entrants plus and minus the changes it reports, and a closed teaching point's pupils are found in the school it joined.
A later year draws after the earlier ones: adding a year leaves them as they are.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Any

from .county import School

YEARS = (2024, 2025, 2026)
GRADES = {"学前教育": 3, "小学": 6, "初中": 3, "普通高中": 3, "中等职业教育": 3, "特殊教育": 9}
LIMITS = {"小学": 45, "初中": 50, "普通高中": 54, "中等职业教育": 48, "特殊教育": 12}
KINDERGARTEN_LIMITS = (25, 30, 35)  # 小班, 中班, 大班
PUPIL_TEACHER = {"学前教育": 13.5, "小学": 17.6, "初中": 13.2, "普通高中": 13.0, "中等职业教育": 18.0, "特殊教育": 4.2}
STAFF_PER_TEACHER = {
    "学前教育": 1.55,
    "小学": 1.06,
    "初中": 1.1,
    "普通高中": 1.13,
    "中等职业教育": 1.18,
    "特殊教育": 1.3,
}
# share of teachers by 研究生, 专科, 高中阶段, below; the rest hold a 本科 degree
DEGREES = {
    "学前教育": (0.0, 0.6, 0.09, 0.006), "小学": (0.012, 0.27, 0.028, 0.002), "初中": (0.04, 0.075, 0.003, 0.0),
    "普通高中": (0.17, 0.011, 0.0, 0.0), "中等职业教育": (0.09, 0.05, 0.0, 0.0), "特殊教育": (0.02, 0.2, 0.02, 0.0),
}  # fmt: skip
# per pupil: 教学及辅助用房 m², 体育运动场馆 m², books, computers, equipment in yuan
PER_PUPIL = {
    "学前教育": ((6.0, 8.4), (3.0, 4.4), (8, 12), (0.03, 0.05), (900, 1600)),
    "小学": ((4.7, 6.4), (7.7, 10.4), (18, 28), (0.11, 0.16), (2000, 3300)),
    "初中": ((5.9, 7.7), (10.3, 12.8), (26, 38), (0.13, 0.19), (2550, 4200)),
    "普通高中": ((6.8, 8.6), (10.5, 13.5), (30, 44), (0.14, 0.2), (3200, 5600)),
    "中等职业教育": ((8.0, 10.5), (8.0, 11.0), (20, 30), (0.2, 0.28), (5200, 8800)),
    "特殊教育": ((18.0, 22.0), (14.0, 18.0), (30, 40), (0.3, 0.4), (6200, 8800)),
}
WEIGHTS = {"小学": 1.0, "初中": 1.1, "普通高中": 1.32}  # shares of one campus: 1 : 1.1, and 1.1 : 1.32 = 1 : 1.2
BANDS = ((25, "班额25人及以下"), (35, "班额26至35人"), (45, "班额36至45人"), (50, "班额46至50人"), (55, "班额51至55人"),
         (65, "班额56至65人"), (10_000, "班额66人及以上"))  # fmt: skip
AREAS = ("占地面积", "校舍建筑面积", "教学及辅助用房面积", "室内体育用房面积", "体育运动场馆面积", "危房面积")
THINGS = ("图书册数", "计算机台数", "网络多媒体教室间数", "教学仪器设备值")
# What improves from year to year: how many degrees below the usual (of DEGREES), the share of a leaving class that may have
# dropped out, the span of the graduates' share of their first grade nine years before, children of the age group who go.
EASE = {2024: 1.0, 2025: 0.9, 2026: 0.84}
LOST = {2024: 0.01, 2025: 0.01, 2026: 0.007}
NINE_YEARS = {2024: (0.962, 0.985), 2025: (0.962, 0.985), 2026: (0.966, 0.986)}
IN_KINDERGARTEN = {2024: 0.925, 2025: 0.925, 2026: 0.932}
IN_SENIOR = {2024: 0.951, 2025: 0.951, 2026: 0.954}
KIND_OF_TYPE = {"教学点": "小学教学点"}
MAIN_STAGE = {"九年一贯制学校": "初中", "完全中学": "普通高中"}


@dataclass
class Line:
    """One school and stage through the years."""

    school: School
    stage: str
    cohorts: list[int]
    random: random.Random
    traits: dict[str, float]
    flows: dict[str, int] = field(default_factory=dict)
    teachers: int = 0
    resources: dict[str, float] = field(default_factory=dict)

    @property
    def pupils(self) -> int:
        return sum(self.cohorts)

    @property
    def is_attached(self) -> bool:
        return self.stage == "学前教育" and self.school.type != "幼儿园"


def make_years(schools: list[School]) -> dict[str, list[dict[str, Any]]]:
    """Records by period, ``SY2024`` and on."""
    lines = [_first_year(school, stage) for school in schools for stage in school.intake]
    years = {}
    for year in YEARS:
        lines = step(lines, year)
        for line in lines:
            _staff(line, year)
        _equip(lines, year)
        _share(lines)
        population = _population(lines, year)
        years[f"SY{year}"] = [_record(line, year, population) for line in lines]
    return years


def _first_year(school: School, stage: str) -> Line:
    """SY2023: grades a little larger the older they are, since births fall."""
    draw = random.Random(f"{school.name}{stage}")
    grades = 3 if school.type == "教学点" else GRADES[stage]
    swell = 1.03 if stage in ("学前教育", "小学") else 1.0
    base = school.intake[stage]
    cohorts = [max(2, round(base * swell**at * draw.uniform(0.95, 1.05))) for at in range(grades)]
    return Line(school, stage, cohorts, draw, _traits(school, stage, draw))


def _traits(school: School, stage: str, draw: random.Random) -> dict[str, float]:
    """Proportions that stay with a school."""
    young = stage in ("学前教育", "小学", "初中")
    boarding = {"学前教育": 0.0, "小学": 0.12 if school.is_rural else 0.03, "初中": 0.2 if school.is_urban else 0.62,
                "普通高中": 0.8, "中等职业教育": 0.85, "特殊教育": 0.6}[stage]  # fmt: skip
    migrants = draw.uniform(0.08, 0.2) if school.is_urban else draw.uniform(0.005, 0.03)
    left = draw.uniform(0.02, 0.05) if school.is_urban else draw.uniform(0.12, 0.3)
    return {
        "女生数": draw.uniform(0.45, 0.49),
        "寄宿生数": 0.0 if school.type == "教学点" else boarding * draw.uniform(0.8, 1.15),
        "随迁子女数": migrants if young else 0.0,
        "留守儿童数": left if young else 0.0,
        "残疾学生数": 1.0 if stage == "特殊教育" else draw.uniform(0.001, 0.006),
        "ratio": draw.uniform(0.94, 1.06) * (0.55 if school.type == "教学点" else 0.86 if school.is_rural else 1.0),
        "backbone": draw.uniform(0.15, 0.26),
        "arts": draw.uniform(0.145, 0.21),
        "senior": draw.uniform(0.42, 0.58),
        "degree": draw.uniform(0.7, 1.3),
        "dust": draw.random(),  # rounds a school's small shares up or down, the same way every year
    }


def step(lines: list[Line], year: int) -> list[Line]:
    """One year later: graduates leave, changes happen, the rest move up, new pupils enter; closed schools hand over."""
    by_name = {(line.school.name, line.stage): line for line in lines}
    graduates = {stage: sum(line.cohorts[-1] for line in lines if line.stage == stage and line.school.type != "教学点")
                 for stage in ("小学", "初中")}  # fmt: skip
    moved: list[tuple[Line, list[int]]] = []
    for line in lines:
        closing = line.school.closed is not None and line.school.closed.year == year
        handed = _leave(line, closing)
        if line.school.feeds:
            moved.append((by_name[line.school.feeds, line.stage], handed))
    for receiver, handed in moved:
        for grade, pupils in enumerate(handed, 1):
            receiver.cohorts[grade] += pupils
        receiver.flows["转入学生数"] += sum(handed)
    going_on = [line for line in lines if not (line.school.closed and line.school.closed.year <= year)]
    _enter(going_on, graduates, year)
    return going_on


def _leave(line: Line, closing: bool) -> list[int]:
    """Move the grades up (first grade left at 0) and return the pupils handed to the school that this one feeds."""
    draw, old = line.random, line.cohorts
    top, staying = old[-1], old[:-1]
    line.flows = {"毕业生数": 0 if line.school.feeds else top, "转入学生数": 0, "转出学生数": 0, "死亡学生数": 0,
                  "辍学学生数": 0}  # fmt: skip
    if not line.school.feeds:
        for at, size in enumerate(staying):
            came, went = draw.randint(0, round(size * 0.02)), draw.randint(0, round(size * 0.02))
            died = int(draw.random() < 0.01)
            dropped = int(line.stage == "初中" and draw.random() < 0.12)
            for name, count in zip(
                ("转入学生数", "转出学生数", "死亡学生数", "辍学学生数"), (came, went, died, dropped), strict=True
            ):
                line.flows[name] += count
            staying[at] = size + came - went - died - dropped
    line.cohorts = [0, *staying]
    if not line.school.feeds:
        return []
    handed = old if closing else [0] * (len(old) - 1) + [top]
    line.flows["转出学生数"] = sum(handed)
    return handed


def _enter(lines: list[Line], graduates: dict[str, int], year: int) -> None:
    """New first grades: births for the young, last year's graduates of the stage below for the others."""
    supply = {
        "初中": graduates["小学"] * 0.99,
        "普通高中": graduates["初中"] * 0.58,
        "中等职业教育": graduates["初中"] * 0.4,
    }
    weights = {stage: sum(line.school.intake[stage] for line in lines if line.stage == stage) for stage in supply}
    for line in lines:
        base, jitter = line.school.intake[line.stage], line.random.uniform(0.96, 1.04)
        if line.stage in supply:
            entrants = supply[line.stage] * base / weights[line.stage] * (1 + (jitter - 1) / 2)
        else:
            entrants = base * 0.97 ** (year - 2023) * jitter + line.school.places.get(year, 0)
        line.cohorts[0] = line.flows["招生数"] = max(2, round(entrants))


def _staff(line: Line, year: int) -> None:
    """Teachers follow pupils slowly: at most three more or fewer a year."""
    wanted = math.ceil(line.pupils / (PUPIL_TEACHER[line.stage] * line.traits["ratio"]))
    if year == 2024:
        line.teachers = max(2, wanted)
    else:
        line.teachers += max(-3, min(3, round((wanted - line.teachers) / 2)))


def _equip(lines: list[Line], year: int) -> None:
    """Areas and things: drawn in SY2024, kept after it but for the works of each summer and some purchases."""
    for line in lines:
        if year == 2024:
            line.resources = _first_resources(line)
        else:
            _build(line, year)
            line.resources["教学仪器设备值"] = round(
                line.resources["教学仪器设备值"] * line.random.uniform(1.02, 1.07), -2
            )
            line.resources["图书册数"] += round(line.pupils * line.random.uniform(0.2, 0.9))
            line.resources["计算机台数"] += line.random.randint(0, 8)
            line.resources["网络多媒体教室间数"] = max(
                line.resources["网络多媒体教室间数"], len(class_sizes(line, year))
            )


def _build(line: Line, year: int) -> None:
    """What was built, pulled down or made safe before the school year; a preschool class owns no building."""
    if line.is_attached:
        return
    building, teaching = line.school.built.get(year, (0, 0))
    line.resources["校舍建筑面积"] += building
    line.resources["教学及辅助用房面积"] += teaching
    if line.school.safe_from == year:
        line.resources["危房面积"] = 0


def _first_resources(line: Line) -> dict[str, float]:
    draw, pupils, school = line.random, line.pupils, line.school
    rooms, sports, books, computers, equipment = (draw.uniform(*span) for span in PER_PUPIL[line.stage])
    roomy = 1.9 if school.type == "教学点" else 1.35 if school.is_rural else 0.88 if school.is_urban else 1.0
    teaching = round(pupils * rooms * roomy)
    indoor = round(pupils * draw.uniform(0.2, 0.4)) if school.is_urban and pupils > 600 else 0
    grounds = round(pupils * sports * (1.0 if roomy == 1.0 else (roomy + 1) / 2))
    building = round((teaching + indoor) * draw.uniform(1.75, 2.2))
    classes = len(class_sizes(line, 2024))
    return {
        "占地面积": round(max(grounds * 1.5, pupils * draw.uniform(17, 30) * roomy)),
        "校舍建筑面积": building,
        "教学及辅助用房面积": teaching + indoor,
        "室内体育用房面积": indoor,
        "体育运动场馆面积": grounds + indoor,
        "危房面积": 0 if line.is_attached else school.danger,
        "图书册数": round(pupils * books),
        "计算机台数": round(pupils * computers),
        "网络多媒体教室间数": classes + draw.randint(0, max(1, classes // 7)),
        "教学仪器设备值": round(pupils * equipment, -2),
    }


def class_sizes(line: Line, year: int) -> list[int]:
    """Each grade is divided evenly into the fewest classes that keep to the school's limit."""
    own = line.school.limit.get(line.stage)
    sizes: list[int] = []
    for grade, pupils in enumerate(line.cohorts):
        if line.stage == "学前教育":
            limit = KINDERGARTEN_LIMITS[grade]
        else:
            limit = _limit(own[year - 2024], grade) if own else LIMITS[line.stage]
        classes = math.ceil(pupils / limit)
        sizes += [pupils // classes + (at < pupils % classes) for at in range(classes)]
    return sizes


def _limit(limit: int | list[int], grade: int) -> int:
    """A year's limit is one for the school, or one for each grade while large classes are being dissolved."""
    return limit if isinstance(limit, int) else limit[grade]


def _population(lines: list[Line], year: int) -> dict[tuple[str, str], int]:
    """Children of the age group by school and stage, 0 where a school has no catchment (see the field's help)."""
    people: dict[tuple[str, str], int] = {}
    for stage, rate in (("小学", 1.003), ("初中", 1.009)):
        public = [line for line in lines if line.stage == stage and line.school.owner == "公办"]
        factor = sum(line.pupils for line in lines if line.stage == stage) / sum(line.pupils for line in public) / rate
        people.update({(line.school.code, stage): round(line.pupils * factor) for line in public})
    for line in lines:
        if line.stage == "学前教育" and line.school.name.endswith("中心幼儿园"):
            town = [
                other
                for other in lines
                if other.stage == line.stage and (other.school.district or 1) == line.school.district
            ]
            people[line.school.code, line.stage] = round(sum(other.pupils for other in town) / IN_KINDERGARTEN[year])
        if line.school.name == "青山县第一中学":
            senior = sum(other.pupils for other in lines if other.stage in ("普通高中", "中等职业教育"))
            people[line.school.code, line.stage] = round(senior / IN_SENIOR[year])
    return people


def _record(line: Line, year: int, population: dict[tuple[str, str], int]) -> dict[str, Any]:
    school, stage, pupils = line.school, line.stage, line.pupils
    point = school.type == "教学点"
    children = population.get((school.code, stage), 0)
    missed = line.random.choice((0, 0, 0, 1, 1, 2)) if stage in ("小学", "初中") and children > 100 else 0
    if stage in ("学前教育", "普通高中"):
        missed = round(children * 0.06)
    return {
        "单位编码": school.code, "期间": f"SY{year}", "学段": stage,
        "办学类型": "附设幼儿班" if line.is_attached else KIND_OF_TYPE.get(school.type, school.type),
        "办学性质": school.owner, "城乡分类": school.area,
        "校数": int(not point and not line.is_attached and MAIN_STAGE.get(school.type, stage) == stage),
        "教学点数": int(point),
        "在校生数": pupils,
        **{name: round(pupils * line.traits[name]) for name in ("女生数", "寄宿生数", "随迁子女数", "留守儿童数", "残疾学生数")},
        **{name: line.flows[name] for name in ("招生数", "毕业生数", "转入学生数", "转出学生数", "死亡学生数", "辍学学生数")},
        **_retention(line, year),
        **_classes(line, year),
        **_teachers(line, year),
        **{name: _plain(line.resources[name]) for name in (*AREAS, *THINGS)},
        "适龄人口数": children, "适龄人口在校生数": children - missed,
    }  # fmt: skip


def _retention(line: Line, year: int) -> dict[str, Any]:
    """The graduated cohort's history, for 小学 and 初中 only; blank elsewhere, since blank is not 0."""
    names = ("毕业班入学时学生数", "毕业班转入学生数", "毕业班转出学生数", "毕业班死亡学生数", "毕业生小学入学时学生数")
    done = line.flows["毕业生数"]
    if line.stage not in ("小学", "初中") or not done:
        return dict.fromkeys(names, "")
    draw = line.random
    came, went = draw.randint(0, max(1, round(done * 0.06))), draw.randint(0, max(1, round(done * 0.07)))
    died = int(draw.random() < 0.08)
    lost = draw.randint(0, math.ceil(done * LOST[year])) if line.stage == "初中" else int(draw.random() < 0.1)
    nine_years_ago = round(done / draw.uniform(*NINE_YEARS[year])) if line.stage == "初中" else ""
    return dict(zip(names, (done + went - came + died + lost, came, went, died, nine_years_ago), strict=True))


def _classes(line: Line, year: int) -> dict[str, int]:
    sizes = class_sizes(line, year)
    bands = dict.fromkeys((name for _, name in BANDS), 0)
    for size in sizes:
        bands[next(name for most, name in BANDS if size <= most)] += 1
    return {"班数": len(sizes), **bands, "最大班额": max(sizes)}


def _teachers(line: Line, year: int) -> dict[str, int]:
    """Degrees rise a little each year; what is qualified and above the rule follows 教师法 art. 11."""
    teachers, stage, traits = line.teachers, line.stage, line.traits
    ease = traits["degree"] * EASE[year]
    upper, college, middle, below = DEGREES[stage]
    shares = (upper / ease, college * ease, middle * ease, below * ease)
    counts = [math.floor(teachers * share + traits["dust"] * (share > 0)) for share in shares]
    graduate, college_count, middle_count, below_count = counts
    bachelor = teachers - sum(counts)
    order = (below_count, middle_count, college_count, bachelor, graduate)
    least = {"初中": 2, "普通高中": 3, "中等职业教育": 3}.get(
        stage, 1
    )  # place in ``order`` of the degree the rule asks for
    return {
        "教职工数": math.ceil(teachers * STAFF_PER_TEACHER[stage]), "专任教师数": teachers,
        "研究生学历教师数": graduate, "本科学历教师数": bachelor, "专科学历教师数": college_count,
        "高中阶段学历教师数": middle_count, "高中阶段以下学历教师数": below_count,
        "学历合格教师数": sum(order[least:]), "高于规定学历教师数": sum(order[least + 1 :]),
        "县级及以上骨干教师数": round(teachers * traits["backbone"]),
        "体育艺术教师数": round(teachers * traits["arts"]),
        "中级及以上职称教师数": round(teachers * traits["senior"]),
    }  # fmt: skip


def _share(lines: list[Line]) -> None:
    """Divide what two stages of one campus use together by their weighted pupils (standards: 1 : 1.1, 1 : 1.2)."""
    campuses: dict[str, list[Line]] = {}
    for line in lines:
        if line.school.type in MAIN_STAGE:
            campuses.setdefault(line.school.code, []).append(line)
    for first, second in campuses.values():
        weights = [line.pupils * WEIGHTS[line.stage] for line in (first, second)]
        for name in (*AREAS, *THINGS):
            digits = 2 if name in AREAS or name == "教学仪器设备值" else None
            total = first.resources[name] + second.resources[name]
            first.resources[name] = round(total * weights[0] / sum(weights), digits)
            second.resources[name] = round(total - first.resources[name], digits)


def _plain(value: float) -> int | str:
    return int(value) if value == int(value) else f"{value:.2f}"
