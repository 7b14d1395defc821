"""Figures that no text prints: a missing operand solved backwards, a quotient that cannot be; neither is an alarm."""

import pytest

from tests.reading.judging import judge


@pytest.mark.parametrize(
    ("text", "kind", "implied"),
    [
        ("农村小学生18673人,占全县小学生总数的58.5%。", "share", 31_920),
        ("全年来信649件,同比下降10%。", "growth", 721),
        ("新招教师263人,比去年增加33人。", "difference", 230),
    ],
)
def test_the_operand_that_is_missing_is_derived_and_marked_so(text, kind, implied):
    _, relations, doubts = judge(f"情况通报\n{text}\n")
    (found,) = [one for one in relations if one.kind == kind]
    assert found.check == "feasible"
    assert round(found.computed) == pytest.approx(implied, abs=1)
    assert found.severity != "alarm" and doubts == []


def test_a_count_that_no_whole_number_gives_is_a_note_with_its_reason():
    _, relations, _ = judge("情况通报\n参加活动的女生7人,占33.9%。\n")
    (found,) = relations
    assert (found.holds, found.severity) == (False, "note")
    assert "没有一个整数" in found.why and "," not in found.why


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("硬化道路28375米,面积9250平方米。", "平均宽度 0.33 米"),
        ("新建校舍27031平方米,投资12万元。", "每平方米 4.44 元"),
    ],
)
def test_a_quotient_that_cannot_be_is_a_note(text, word):
    _, relations, (doubt,) = judge(f"情况通报\n{text}\n")
    assert (doubt.kind, doubt.severity) == ("unit_value", "note")
    assert word in doubt.why
    assert [one for one in relations if one.severity == "alarm"] == []
