"""What a report says of a standard: counts, schools and items, each bound to where it comes from."""

import pytest

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.current import catalog
from taizhang.catalog.lint import lint
from taizhang.catalog.pack import read_files
from taizhang.kernel.errors import NotFound
from taizhang.kernel.periods import Period
from taizhang.reports.actions import write_report
from taizhang.reports.functions import Functions
from taizhang.reports.sources import BureauSources, unit_ref
from tests.standards.county import make_schools
from tests.support import County

pytestmark = pytest.mark.django_db
TEMPLATE = """# {{ 单位 }}自评
达标{{ 达标校数("资源标准") }}，小学{{ 达标校数("资源标准", 学段="小学") }}。
| 学校 | 还差 |
{% for 项 in 未达标学校("资源标准") %}
| {{ 项.学校 }} | {{ 项.还差 }} |
{% endfor %}
"""
REPORT = "reports:\n  - {code: own_words, name: 自评, title: 自评, template: reports/own.txt, period: school_year}\n"


def pack(template: str = TEMPLATE):
    manifest = "name: words\nversion: '1'\ntitle: 测试\n"
    return read_files({"pack.yaml": manifest, "reports/own.yaml": REPORT, "reports/own.txt": template})


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = settings.FILES = tmp_path
    return make_schools()


def words(county: County, user=None) -> Functions:
    period = Period.parse("SY2025")
    sources = BureauSources(user or county.office, county.unit("B1"), period)
    return Functions(sources, unit_ref(county.unit("B1")), period)


def test_counts_are_bound_to_the_standard_the_year_and_the_data(county: County):
    passed = words(county).passed("资源标准")
    assert (passed.shown, passed.kind, passed.code, passed.period) == ("2所", "standard", "halls", "SY2025")
    assert passed.build and "5/6" in passed.coverage
    assert words(county).assessed("halls", 学段="小学").shown == "3所"


def test_failing_schools_tell_what_they_lack(county: County):
    found = [(str(row["学校"]), row["结果"], str(row["还差"])) for row in words(county).failing("halls")]
    assert found == [("第四小学", "未达标", "教师 3 名、设备 8.5 万元"), ("河东中学", "缺数据", "—")]


def test_items_are_chosen_by_part_and_verdict(county: County):
    rows = words(county).assessed_items("halls", 方面="保障", 结果="未达到")
    assert [str(row["项目"]) for row in rows] == ["最大班额"] and str(rows[0]["实际"]) == "3/4 所达到"


def test_a_report_is_written_with_every_number_bound(county: County):
    apply_pack(pack=pack(), by_name="测试")
    report = write_report(template="own_words", unit=county.unit("B1"), period="SY2025", by=county.office)
    bound = report.bindings.values()
    assert {item["kind"] for item in bound} == {"standard", "standard_gap"}
    assert {item["shown"] for item in bound} >= {"2所", "教师 3 名、设备 8.5 万元"}


def test_a_template_that_names_no_standard_is_refused_when_the_pack_is_checked(county: County):
    faults = lint(pack(TEMPLATE.replace("资源标准", "没有的标准", 1)), catalog())
    assert [fault.code for fault in faults] == ["RPT-011"] and "没有标准" in faults[0].message
    assert lint(pack(), catalog()) == []
    with pytest.raises(NotFound):
        words(county).passed("没有的标准")
