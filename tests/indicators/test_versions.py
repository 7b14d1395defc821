"""A definition that lives: figures say by which version they are, and comparisons compare like with like."""

import pytest
from django.test import Client

from taizhang.catalog.actions import apply_pack, plan_pack
from taizhang.catalog.current import catalog
from taizhang.catalog.pack import read_files
from taizhang.indicators.queries import figures_below, value_for, values_for, version_change
from taizhang.indicators.source_rows import rows_for
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.loading import load_table
from taizhang.reports.actions import write_report
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
REGISTER = """
register: teach
name: 教师表
kind: statistics
period: school_year
fields:
  - {name: 学生, type: integer, unit: 人}
  - {name: 专任, type: integer, unit: 人}
  - {name: 兼任, type: integer, unit: 人}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - code: teach_ratio
    name: 生师比甲
    formula: "sum(学生) / sum(专任)"
    unit: ":1"
    decimals: 1
    version: "2"
    valid_from: 2026-01-01
    basis: 新文件
    definition: {numerator: 学生, denominator: 专任教师}
    earlier:
      - {version: "1", formula: "sum(学生) / sum(专任 + 兼任)", basis: 旧文件, definition: {numerator: 学生, denominator: 全部教师}}
  - code: teach_growth
    name: 生师比增幅
    formula: "growth_last_year(sum(学生) / sum(专任))"
    unit: "%"
    version: "2"
    valid_from: 2026-01-01
    earlier:
      - {version: "1", formula: "growth_last_year(sum(学生) / sum(专任 + 兼任))"}
"""
PACK = {
    "pack.yaml": "name: teach\nversion: '1'\ntitle: 测试\n",
    "registers/teach.yaml": REGISTER,
    "reports/list.yaml": "reports:\n- {code: teach_report, name: 生师比通报, title: 生师比通报, template: reports/t.txt, period: school_year}\n",
    "reports/t.txt": '# 生师比通报\n\n生师比{{ 值("生师比甲") }}，比上年{{ 变化("生师比甲") }}。\n',
}
ROWS = "单位编码,期间,学生,专任,兼任\nS1,SY2024,100,10,10\nS1,SY2025,120,10,10\nS2,SY2025,80,10,0\n"


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE, settings.FILES = tmp_path / "warehouse", tmp_path / "files"
    settings.WAREHOUSE.mkdir()
    made = make_county()
    apply_pack(pack=read_files(PACK), by_name="测试")
    assert load_table("teach", table_from_bytes(ROWS.encode(), "x.csv"), made.root).refused == []
    return made


def test_a_period_is_read_by_the_version_in_force_when_it_closed(county):
    old, new = (value_for(county.root, "生师比甲", "S1", period) for period in ("SY2024", "SY2025"))
    assert (old.value, old.indicator.version, old.indicator.basis) == (5, "1", "旧文件")
    assert (new.value, new.indicator.version) == (12, "2")
    assert old.as_dict()["version"] == "1" and new.as_dict()["version"] == "2"


def test_both_versions_answer_side_by_side(county):
    values = [value_for(county.root, "生师比甲", "S1", "SY2025", version=version).value for version in ("1", "2")]
    assert values == [6, 12]
    below = figures_below(county.root, "生师比甲", "B1", "SY2025", "学校", version="1")
    assert [figure.value for figure in below] == [6, 8]
    assert "兼任" in rows_for(county.root, "生师比甲", "S1", "SY2025", version="1")[0]
    assert "兼任" not in rows_for(county.root, "生师比甲", "S1", "SY2025")[0]
    with pytest.raises(NotFound, match="没有口径版本“3”") as refused:
        value_for(county.root, "生师比甲", "S1", "SY2025", version="3")
    assert "2、1" in refused.value.remedy


def test_a_comparison_is_made_by_one_version_and_says_that_it_changed_between(county):
    figure = value_for(county.root, "生师比增幅", "S1", "SY2025")
    assert figure.text == "20.00" and "当时用的是口径 1，这里一律按口径 2 计算" in figure.remark
    assert value_for(county.root, "生师比增幅", "S1", "SY2024").remark == ""
    declared = catalog().indicator("生师比甲")
    assert version_change(declared, Period.parse("SY2023"), Period.parse("SY2024")) == ""


def test_one_pass_takes_the_versions_of_its_period_too(county):
    items = [catalog().indicator("生师比甲")]
    for period, value in (("SY2024", 5), ("SY2025", 12)):
        assert values_for(county.root, items, county.unit("S1"), Period.parse(period))["teach_ratio"].value == value
    restated = values_for(county.root, items, county.unit("S1"), Period.parse("SY2024"), on=Period.parse("SY2025").end)
    assert restated["teach_ratio"].value == 10


def test_a_report_compares_this_year_with_last_year_by_its_own_years_version(county):
    report = write_report(template="生师比通报", unit="S1", period="SY2025", by=county.root)
    assert {bound["shown"] for bound in report.bindings.values()} >= {"12.0:1", "增加2.0:1"}


def test_the_page_shows_the_versions_beside_each_other_and_two_lines(county, client: Client):
    client.force_login(county.office)
    page = client.get("/indicators/teach_ratio/?unit=S1&period=SY2025").content.decode()
    assert "口径版本" in page and "旧文件" in page and "新文件" in page and "sum(专任 + 兼任)" in page
    assert "一律按口径 2" in page and "各期当时的口径" in page and "口径有变化" in page
    plain = client.get("/indicators/pupil_count/").content.decode()
    assert "口径有变化" not in plain


def test_a_formula_changed_under_the_same_version_is_told_before_it_is_released(county):
    changed = read_files(
        {**PACK, "registers/teach.yaml": REGISTER.replace('"sum(学生) / sum(专任)"', '"sum(专任) / sum(学生)"')}
    )
    said = [str(change) for change in plan_pack(changed)]
    assert any("指标 生师比甲：公式变了，口径版本没有变" in line and "earlier" in line for line in said)
    newer = REGISTER.replace('"sum(学生) / sum(专任)"', '"sum(专任) / sum(学生)"').replace(
        'version: "2"', 'version: "3"'
    )
    assert not any(
        "口径版本没有变" in str(change) for change in plan_pack(read_files({**PACK, "registers/teach.yaml": newer}))
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('{version: "1", formula: "sum(学生) / sum(专任 + 兼任)"', '{version: "2", formula: "sum(学生) / sum(专任 + 兼任)"', "版本重名"),
        ("    valid_from: 2026-01-01\n    basis: 新文件", "    basis: 新文件", "没有起始日期"),
        ('{version: "1", formula: "sum(学生) / sum(专任 + 兼任)"', '{version: "1", valid_from: 2027-01-01, formula: "sum(学生) / sum(专任 + 兼任)"', "早于历史口径"),
        ('formula: "sum(学生) / sum(专任 + 兼任)", basis', 'formula: "sum(学生) / sum(不在)", basis', "没有字段“不在”"),
    ],
)  # fmt: skip
def test_versions_that_cannot_be_told_apart_are_refused(county, old: str, new: str, message: str):
    assert old in REGISTER
    with pytest.raises(Problem, match=message):
        apply_pack(pack=read_files({**PACK, "registers/teach.yaml": REGISTER.replace(old, new, 1)}), by_name="测试")
