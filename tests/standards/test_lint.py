"""A standard or a rule that names what is not there is refused when the pack is checked, with line and remedy."""

import pytest

from taizhang.catalog.current import catalog
from taizhang.catalog.lint import lint
from taizhang.catalog.pack import read_files
from taizhang.kernel.errors import Problems
from tests.standards.county import PACK, make_schools

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def county(settings, tmp_path):
    settings.WAREHOUSE = tmp_path
    return make_schools()


def faults(file: str, old: str, new: str) -> list[str]:
    assert old in PACK[file], old
    changed = {**PACK, file: PACK[file].replace(old, new, 1)}
    return [fault.code for fault in lint(read_files(changed), catalog())]


def test_the_pack_of_these_tests_is_sound():
    assert lint(read_files(PACK), catalog()) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("indicator: halls_teachers, at_least: 5", "indicator: halls_teacher, at_least: 5", "STD-001"),
        (", at_least: 10, floor_ratio: 0.85", "", "STD-002"),
        ("review: standard_review", "review: halls", "STD-003"),
        ("name: 学校规划布局合理", "name: 学校布局", "STD-004"),
        ("register: halls", "register: hall", "CAT-053"),
        ("register: halls", "register: safety_hazard", "CAT-053"),
        ("amount: 教师,", "amount: 老师,", "CAT-050"),
        ("amount: 教师,", "amount: 办学类型,", "CAT-052"),
        ("spread: halls_area_cv", "spread: area_cv", "STD-001"),
        ("indicator: halls_books}", "indicator: halls_book}", "STD-001"),
        ("each: 最大班}", "each: 最大班级}", "CAT-050"),
    ],
)
def test_a_standard_that_names_what_is_not_there(old: str, new: str, code: str):
    assert code in faults("standards/halls.yaml", old, new)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("change_of: 学生", "change_of: 人数", "CAT-050"),
        ("register: halls, change_of", "register: hall, change_of", "CAT-053"),
        ("among: [学段]", "among: [年级]", "CAT-047"),
        ("register: halls, change_of: 学生", "register: safety_hazard, change_of: 整改投入", "STD-007"),
        ("register: halls, level: error, formula: \"学生 = 0 or 教师 > 0\"",
         "register: safety_hazard, level: error, formula: \"责任人电话 is null\"", "STD-006"),
    ],
)  # fmt: skip
def test_a_rule_that_names_what_is_not_there_or_not_stored(old: str, new: str, code: str):
    assert code in faults("quality/halls.yaml", old, new)


def test_a_rule_asks_one_question():
    text = PACK["quality/halls.yaml"].replace("change_of: 学生,", 'change_of: 学生, formula: "学生 > 0",')
    with pytest.raises(Problems, match="change_of"):
        read_files({**PACK, "quality/halls.yaml": text})
