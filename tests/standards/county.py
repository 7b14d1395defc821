"""The test county with a small pack of its own: schools whose figures are easy to follow by hand."""

from __future__ import annotations

from decimal import Decimal

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.actions import load_units
from taizhang.registers.loading import load_table
from taizhang.standards.schools import Part
from tests.support import County, make_county

MORE_UNITS = """编码,名称,类型,上级编码,启用日期,停用日期
S4,第四小学,小学,D1,2000-01-01,
S5,第五小学,小学,D2,2000-01-01,
N1,九年学校,九年一贯制学校,D2,2000-01-01,
"""
PACK = {
    "pack.yaml": "name: halls\nversion: '1'\ntitle: 测试\n",
    "registers/halls.yaml": """
register: halls
name: 资源表
kind: statistics
period: school_year
line: 统计
owner: 计划财务科
dimensions: [学段]
fields:
  - {name: 学段, type: choice, options: [小学, 初中], required: true, query: true}
  - {name: 办学类型, type: text}
  - {name: 学生, type: integer}
  - {name: 教师, type: integer}
  - {name: 面积, type: decimal}
  - {name: 图书, type: integer}
  - {name: 设备, type: money}
  - {name: 最大班, type: integer}
access:
  学校: {see: own, create: own, edit: own}
  学区: {see: below}
  科室: {see: all, create: all, edit: all}
indicators:
  - {code: halls_teachers, name: 百人教师, formula: "sum(教师) / sum(学生) * 100", unit: 人, by: [学段]}
  - {code: halls_area, name: 生均面积, formula: "sum(面积) / sum(学生)", unit: m², by: [学段]}
  - {code: halls_books, name: 生均图书, formula: "sum(图书) / sum(学生)", unit: 册, by: [学段]}
  - {code: halls_money, name: 生均设备, formula: "sum(设备) / sum(学生)", unit: 元, by: [学段]}
  - {code: halls_area_cv, name: 面积差异, formula: "weighted_cv(面积, 学生)", decimals: 4, by: [学段]}
  - {code: halls_books_cv, name: 图书差异, formula: "weighted_cv(图书, 学生)", decimals: 4, by: [学段]}
""",
    "standards/halls.yaml": """
standards:
  - code: halls
    name: 资源标准
    basis: 县定
    review: standard_review
    schools:
      register: halls
      pupils: 学生
      stages: [小学, 初中]
      left_out: "办学类型 = '小学教学点' and 学生 < 50"
      met_at_least: 3
      resources:
        - {indicator: halls_teachers, short: 教师, amount: 教师, measure: 名, per: 100}
        - {indicator: halls_area, short: 面积, amount: 面积, measure: 平方米, shared: true, fixed: true, spread: halls_area_cv}
        - {indicator: halls_books, short: 图书, amount: 图书, measure: 册, spread: halls_books_cv}
        - {indicator: halls_money, short: 设备, amount: 设备, measure: 元}
      mixed:
        - {weights: {小学: 1, 初中: 1.1}, valid_from: 2025-01-01}
    thresholds:
      - {indicator: halls_teachers, at_least: 5, floor_ratio: 0.85}
      - {indicator: halls_area, stage: 小学, at_least: 4.5, floor_ratio: 0.85}
      - {indicator: halls_area, stage: 初中, at_least: 5.8, floor_ratio: 0.85}
      - {indicator: halls_area, stage: 初中, region: B1, at_least: 6, floor_ratio: 0.85, valid_from: 2026-01-01}
      - {indicator: halls_books, at_least: 10, floor_ratio: 0.85}
      - {indicator: halls_money, at_least: 2000, floor_ratio: 0.85}
      - {indicator: halls_area_cv, stage: 小学, at_most: 0.5}
      - {indicator: halls_books_cv, stage: 小学, at_most: 0.5}
      - {indicator: halls_class, stage: 小学, at_most: 45}
      - {indicator: halls_class, stage: 初中, at_most: 50}
      - {indicator: halls_size, stage: 一贯制, at_most: 500}
      - {indicator: bq_recognition, at_least: 85}
    items:
      - {code: halls_books_item, name: 生均图书, part: 保障, requirement: 全县生均图书十册, indicator: halls_books}
      - {code: halls_class, name: 最大班额, part: 保障, requirement: 每班不超过45人（初中50人）, each: 最大班}
      - {code: halls_size, name: 一贯制规模, part: 保障, requirement: 一贯制不超过500人, each: 学生, whole: true}
      - {code: bq_layout, name: 学校规划布局合理, part: 保障, requirement: 规划合理, evidence: [规划]}
      - {code: bq_recognition, name: 社会认可度, part: 社会, requirement: 85%以上, evidence: [调查]}
""",
    "quality/halls.yaml": """
quality:
  - {code: halls_nobody, name: 有学生无教师, register: halls, level: error, formula: "学生 = 0 or 教师 > 0", message: 有学生却没有教师, remedy: 核对教师数}
  - {code: halls_jump, name: 学生大幅变动, register: halls, change_of: 学生, limit: 0.3, least: 20, message: 学生数与上年相差三成以上, remedy: 核对学籍}
  - {code: halls_far, name: 图书离群, register: halls, outlier_of: "图书 / 学生", among: [学段], limit: 3, least: 5, message: 生均图书与同学段相差很大, remedy: 核对册数}
""",
}
# S1 meets all, S2 misses the area by less than 15 %, S4 lacks teachers and money, S5 is a small point, S3 has no area.
ROWS = """单位编码,期间,学段,办学类型,学生,教师,面积,图书,设备,最大班
S1,SY2025,小学,小学,400,24,2000,5000,900000,44
S2,SY2025,小学,小学,200,11,850,2200,500000,46
S4,SY2025,小学,小学,300,12,1500,3300,515000,40
S5,SY2025,小学,小学教学点,40,1,100,100,1000,20
S3,SY2025,初中,初级中学,500,30,,6000,1500000,49
S1,SY2024,小学,小学,390,24,2000,5000,900000,44
S2,SY2024,小学,小学,120,11,850,2200,500000,44
S4,SY2024,小学,小学,310,12,1500,3300,515000,44
N1,SY2024,小学,九年一贯制学校,100,6,,,,
"""


def make_schools(rows: str = ROWS) -> County:
    """The county with the small pack and its returns."""
    made = make_county()
    load_units(table=table_from_bytes(MORE_UNITS.encode(), "units.csv"), by=None)
    apply_pack(pack=read_files(PACK), by_name="测试")
    loaded = load_table("halls", table_from_bytes(rows.encode(), "halls.csv"), made.root)
    assert loaded.refused == []
    return made


def part(unit: int, pupils: int, stage: str = "小学", **amounts: float | None) -> Part:
    """A school with some resources, measured by its pupils."""
    exact = {code: None if value is None else Decimal(str(value)) for code, value in amounts.items()}
    return Part(
        record=unit, unit=unit, code=f"U{unit}", name=f"学校{unit}", district=None, stage=stage, kind="", pupils=Decimal(pupils),
        amounts=exact, bases={code: Decimal(pupils) for code in exact}, each={},
    )  # fmt: skip
