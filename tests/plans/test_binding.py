"""Which indicator and stage a promised number is bound to, and which it is not."""

import csv
from decimal import Decimal

import pytest

from taizhang.catalog.current import Catalog
from taizhang.catalog.pack import read_folder
from taizhang.catalog.schema import IndicatorDef
from taizhang.plans.binding import STAGE, indicator_of, inside_a_name, same_unit, stage_of, suggested, zeros
from taizhang.plans.drafting import Draft, Vocabulary, drafts_of
from taizhang.plans.verdicts import REACHED
from taizhang.reading import read
from taizhang.site.demo import CORE, DEMO

STAGES = ("学前教育", "小学", "初中", "普通高中", "中等职业教育", "特殊教育")


def indicator(code: str, name: str, unit: str = "", better: str = "none", split: bool = False) -> IndicatorDef:
    by = (STAGE,) if split else ()
    return IndicatorDef(code=code, name=name, formula="count()", unit=unit, better=better, by=by)


RATE = indicator("rate", "隐患整改率", "%", "higher")
LARGE = indicator("large", "大班额比例", "%", "lower", split=True)
HUGE = indicator("huge", "超大班额比例", "%", "lower", split=True)
BOOKS = indicator("books", "生均图书册数", "册", "higher", split=True)
ROOMS = indicator("rooms", "每百名学生拥有教室数", "间", "higher", split=True)
MAJOR = indicator("major", "重大隐患数", "条", "lower")
OPEN = indicator("open", "重大隐患未销号数", "条", "lower")
KNOWN = [RATE, LARGE, HUGE, BOOKS, ROOMS, MAJOR, OPEN]


def bound(clause: str, number: str, unit: str, subject: str = "") -> str:
    found = indicator_of(clause, clause.index(number), subject, unit, KNOWN)
    return found.code if found else ""


def test_an_exact_name_beats_a_longer_name_that_contains_the_subject():
    known = [indicator("a", "隐患整改率"), indicator("b", "重大隐患整改率")]
    found = suggested("隐患整改率", known)
    assert found is not None and found.code == "a"


def test_the_longest_contained_name_is_suggested_and_two_letters_are_too_few():
    known = [indicator("a", "整改率"), indicator("b", "隐患整改率"), indicator("c", "学校")]
    found = suggested("全县隐患整改率", known)
    assert found is not None and found.code == "b"
    assert suggested("学校数量", known) is None


def test_a_subject_that_is_part_of_several_names_names_none_of_them():
    known = [indicator("a", "初中三年巩固率"), indicator("b", "小学六年巩固率")]
    assert suggested("巩固率", known) is None
    assert suggested("巩固率", known[:1]) == known[0]


def test_the_name_right_before_the_number_counts_and_not_one_of_another_number():
    assert bound("大班额比例降到2%以下", "2%", "%") == "large"
    assert bound("超大班额比例降到2%以下", "2%", "%") == "huge"
    assert bound("隐患整改率达到95%,参与率达到80%", "80%", "%", subject="参与率") == ""
    assert bound("隐患整改率由80%提高到95%", "95%", "%") == ""


def test_a_change_and_a_number_of_another_unit_have_no_indicator():
    assert bound("隐患整改率提高2个百分点", "2个", "%", subject="隐患整改率") == ""
    assert bound("大班额比例下降2个百分点", "2个", "%", subject="大班额比例") == ""
    assert bound("隐患整改率提高到95%", "95", "%") == "rate"
    assert bound("生均图书册数增加2册", "2", "册", subject="生均图书册数") == ""
    assert bound("重大隐患数不超过3人", "3", "人", subject="重大隐患数") == ""
    assert same_unit("平方米", "m²") and same_unit("", "%") and not same_unit("%", "人")


def test_a_number_inside_an_indicators_name_is_no_promise():
    clause = "初中每百名学生拥有教室数达到2.4间"
    assert not inside_a_name(clause, clause.index("2.4"), clause.index("间"), KNOWN)
    clause = "每100名学生拥有教室数达到2间"
    hundred = indicator("rooms", "每100名学生拥有教室数", "间")
    assert inside_a_name(clause, 1, 4, [hundred]) and not inside_a_name(clause, 13, 14, [hundred])


@pytest.mark.parametrize(
    ("words", "found", "stage"),
    [
        ("小学生均图书册数达到", BOOKS, "小学"),
        ("初中每百名学生拥有教室数达到", ROOMS, "初中"),
        ("普通高中生均图书册数", BOOKS, "普通高中"),
        ("学前三年生均图书册数", BOOKS, "学前教育"),
        ("中职学校生均图书册数", BOOKS, "中等职业教育"),
        ("全县中小学生均图书册数", BOOKS, ""),
        ("小学和初中生均图书册数", BOOKS, ""),
        ("全县生均图书册数", BOOKS, ""),
        ("初中隐患整改率", RATE, ""),
        ("初中三年巩固率", indicator("keep", "初中三年巩固率", "%", "higher", split=True), ""),
    ],
)
def test_the_stage_is_the_one_that_the_words_name_beside_the_indicator(words, found, stage):
    assert stage_of(words, found, STAGES) == stage


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("年底前大班额比例降到2%以下\uff0c超大班额保持为零\uff0c其余照旧。", ["huge"]),
        ("重大隐患挂牌督办、动态清零。", ["open"]),
        ("重大隐患保持为零。", ["major"]),
        ("大班额比例降为零;超大班额清零。", ["large", "huge"]),
        ("重大隐患未清零的单位要说明原因。", []),
        ("对重大隐患零容忍\uff0c实行零报告。", []),
        ("隐患整改率降到零。", []),
        ("积压信件全部清零。", []),
    ],
)
def test_zero_in_words_is_a_target_only_where_an_indicator_is_named(text, codes):
    assert [zero.indicator.code for zero in zeros(text, KNOWN)] == codes
    assert all(text[zero.start : zero.end] == zero.text for zero in zeros(text, KNOWN))


@pytest.fixture(scope="module")
def demo_plan() -> tuple[Catalog, list[Draft]]:
    core = Catalog((read_folder(CORE),))
    known = Vocabulary(tuple(core.indicators.values()), core.options_of(STAGE))
    return core, drafts_of(read(DEMO / "plan.docx"), [], known)


def test_the_demo_plan_binds_its_targets_with_stage_comparator_and_value_and_invents_none(demo_plan):
    core, drafts = demo_plan

    def meaning(code: str, comparator: str) -> str:
        return REACHED[core.indicator(code).better] if comparator == "=" else comparator

    with (DEMO / "plan_targets.csv").open(encoding="utf-8-sig") as file:
        wanted = {
            (
                row["条目"],
                row["指标"],
                row["学段"],
                meaning(row["指标"], row["比较"]),
                Decimal(row["目标值"]).normalize(),
            )
            for row in csv.DictReader(file)
        }
    found = [
        (draft.task.number.rstrip("."), target.indicator_code, target.stage,
         meaning(target.indicator_code, target.comparator),
         ((target.value or Decimal(0)) / (100 if target.unit == "%" else 1)).normalize())
        for draft in drafts for target in draft.targets if target.indicator_code
    ]  # fmt: skip
    assert len(wanted) == 20
    assert len(wanted & set(found)) >= 19, wanted - set(found)
    assert set(found) - wanted == set() and len(found) == len(set(found))


def test_a_target_in_words_keeps_its_place_in_the_document(demo_plan):
    text = read(DEMO / "plan.docx").source.text
    clear = next(
        item for draft in demo_plan[1] for item in draft.targets if item.indicator_code == "open_major_hazard_count"
    )
    assert text[clear.start : clear.end] == clear.text == "重大隐患挂牌督办、动态清零"
    assert (clear.value, clear.comparator, clear.unit) == (0, "<=", "条")
