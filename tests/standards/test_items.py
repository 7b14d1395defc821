"""The items of a standard: what is computed, what every school must keep, what is judged on evidence."""

import pytest

from taizhang.catalog.current import catalog
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.loading import load_table
from taizhang.standards.items import results_for
from tests.standards.county import ROWS, make_schools
from tests.support import County

pytestmark = pytest.mark.django_db
REVIEWS = """单位编码,期间,评估项目,自评结论,实际值,事实说明,整改措施
K3,SY2025,学校规划布局合理,达到,,规划已批准,
K1,SY2025,社会认可度,达到,82.5,问卷,
"""


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = tmp_path
    return make_schools()


def results(county: County, period: str = "SY2025", user=None):
    from taizhang.warehouse.projection import refresh

    found = results_for(
        user or county.chief, catalog().standard("halls"), county.unit("B1"), Period.parse(period), refresh()
    )
    return {result.item.code: result for result in found}


def review(county: County, text: str = REVIEWS) -> None:
    assert load_table("standard_review", table_from_bytes(text.encode(), "reviews.csv"), county.root).refused == []


def test_an_indicator_decides_what_it_computes_by_the_stages_of_its_limits(county: County):
    found = results(county)["halls_books_item"]
    assert (found.state, found.how, found.limit) == ("met", "计算", "≥ 10册")
    assert found.value == "11.53册" and "unit=B1" in found.url


def test_every_school_is_asked_and_those_that_fail_are_named(county: County):
    found = results(county)["halls_class"]
    assert (found.state, found.value, found.schools) == ("failed", "3/4 所达到", ("第二小学小学（46）",))


def test_the_stages_of_one_school_are_added_up_where_the_item_says_so(settings, tmp_path):
    settings.WAREHOUSE = tmp_path
    nine = "N1,SY2025,小学,九年一贯制学校,300,20,3000,4000,900000,40\nN1,SY2025,初中,九年一贯制学校,260,20,,4000,900000,40\n"
    county = make_schools(ROWS + nine)
    found = results(county)["halls_size"]
    assert (found.state, found.schools) == ("failed", ("九年学校（560）",))
    assert found.value == "0/1 所达到", "other schools have no limit of that kind"


def test_what_nobody_judged_waits_with_its_evidence_named(county: County):
    found = results(county)["bq_layout"]
    assert (found.state, found.how, found.note) == ("waiting", "评判", "佐证：规划")
    found = results(county, user=county.finance)["bq_layout"]
    assert "/registers/standard_review/new/" in found.url and "SY2025" in found.url


def test_a_judgement_counts_and_a_number_below_the_limit_overrules_it(county: County):
    review(county)
    found = results(county)
    assert found["bq_layout"].state == "met"
    assert (found["bq_recognition"].state, found["bq_recognition"].value) == ("failed", "82.5")
    assert "不合标准" in found["bq_recognition"].note
    assert results(county, "SY2024")["bq_layout"].state == "waiting", "a judgement holds for its year"


def test_two_sections_must_both_say_that_an_item_is_met(county: County):
    review(county, REVIEWS + "K1,SY2025,学校规划布局合理,待核实,,数据还在核对,\n")
    assert results(county)["bq_layout"].state == "waiting"


def test_who_may_not_judge_is_not_led_to_the_form(county: County):
    assert results(county, user=county.finance)["bq_layout"].url
    assert not results(county, user=county.chief)["bq_layout"].url


def test_a_judgement_that_fails_needs_a_measure(county: County):
    text = REVIEWS.replace("学校规划布局合理,达到", "学校规划布局合理,未达到")
    refused = load_table("standard_review", table_from_bytes(text.encode(), "r.csv"), county.root).refused
    assert len(refused) == 1 and "未达到的项目须写整改措施" in refused[0]["message"]


def test_items_take_few_statements(county: County, django_assert_max_num_queries):
    results(county)
    with django_assert_max_num_queries(12):
        results(county)
