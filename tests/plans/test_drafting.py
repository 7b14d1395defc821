"""What a document's words become in a draft."""

import datetime as dt
from decimal import Decimal

import pytest

from taizhang.catalog.schema import IndicatorDef
from taizhang.kernel.errors import Problem
from taizhang.plans.drafting import (
    COMMITMENTS,
    QUALIFIERS,
    Vocabulary,
    checked_day,
    drafts_of,
    first_word,
    period_of_text,
)
from taizhang.reading import model


def indicator(code: str, name: str) -> IndicatorDef:
    return IndicatorDef(code=code, name=name, formula="count()")


def reading_with(quantity_value, clause: str = "力争合格率达到90%以上") -> model.Reading:
    source = model.Source(name="一.txt", text=clause, format="txt")
    return model.Reading(
        source,
        quantities=[model.Quantity(7, 10, "90%", quantity_value, "%", "percent")],
        targets=[model.Target(0, 12, clause, "planned", "合格率", (7, 10), ">=", None, None)],
        tasks=[
            model.Task(0, 12, clause, "提高合格率", "1.", ("质量",), (0,), ("外星科",), (), ("张三",), None, "年底前")
        ],
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("2026年", "2026"),
        ("2026年上半年工作总结", "2026H1"),
        ("2026年下半年", "2026H2"),
        ("2025-2026学年度", ""),
        ("2025—2026学年第二学期", "SY2025T2"),
        ("2025-2026学年上学期", "SY2025T1"),
        ("2025-2027学年", ""),
        ("20xx年度", ""),
        ("", ""),
    ],
)
def test_a_period_is_read_only_from_words_that_name_it(words, code):
    if words == "2025-2026学年度":
        code = "SY2025"
    assert period_of_text(words) == code


def test_strength_and_qualifier_are_kept_in_the_documents_words():
    assert first_word("力争合格率达到90%以上", COMMITMENTS) == "力争"
    assert first_word("力争合格率达到90%以上", QUALIFIERS) == "以上"
    assert first_word("合格率达到90%", COMMITMENTS) == ""


def test_a_target_keeps_its_number_exactly_and_a_unit_nobody_knows_stays_as_text():
    (draft,) = drafts_of(reading_with(99.65), [], Vocabulary((indicator("pass", "合格率"),)))
    (target,) = draft.targets
    assert (target.value, target.unit, target.comparator) == (Decimal("99.65"), "%", ">=")
    assert (target.commitment, target.qualifier, target.indicator_code) == ("力争", "以上", "pass")
    assert draft.units == [] and draft.task.lead_text == "外星科" and draft.task.persons == "张三"


def test_a_range_has_two_ends_and_a_masked_number_has_no_value():
    (draft,) = drafts_of(reading_with([1.0, 2.0]), [], Vocabulary())
    assert (draft.targets[0].value, draft.targets[0].value_to) == (Decimal("1.0"), Decimal("2.0"))
    (masked,) = drafts_of(reading_with(None), [], Vocabulary())
    assert masked.targets[0].value is None
    (huge,) = drafts_of(reading_with(float("inf")), [], Vocabulary())
    assert huge.targets[0].value is None


def test_a_day_that_is_none_names_its_field():
    with pytest.raises(Problem, match=r"完成时限.*不是日期"):
        checked_day("2026-02-30", "完成时限")
    assert checked_day("2026-02-28", "完成时限") == dt.date(2026, 2, 28)
    assert checked_day("  ", "完成时限") is None
