"""The one rule by which a promised number is met, missed, or left to people."""

from decimal import Decimal

import pytest

from taizhang.plans.verdicts import BY_PERSON, CATEGORIES, MET, MISSED, NO_RESULT, verdict


@pytest.mark.parametrize(
    ("comparator", "better", "actual", "result"),
    [
        ("=", "higher", "98", MET), ("=", "higher", "99.5", MET), ("=", "higher", "97.99", MISSED),
        ("=", "lower", "98", MET), ("=", "lower", "97", MET), ("=", "lower", "98.01", MISSED),
        ("=", "none", "99", MET), ("=", "none", "97", MISSED),
        (">=", "lower", "99", MET), (">=", "lower", "97", MISSED),
        ("<=", "higher", "97", MET), ("<=", "higher", "98.0001", MISSED),
        ("~", "higher", "98", BY_PERSON), ("?", "higher", "98", BY_PERSON),
    ],
)  # fmt: skip
def test_reaching_means_at_least_of_a_good_thing_and_at_most_of_a_bad_one(comparator, better, actual, result):
    assert verdict(comparator, Decimal(98), Decimal(actual), better=better) == result


def test_without_an_actual_there_is_no_result_and_without_a_promised_number_a_person_judges():
    assert verdict(">=", Decimal(98), None) == NO_RESULT
    assert verdict(">=", None, Decimal(98)) == BY_PERSON
    assert verdict("=", Decimal(0), Decimal(0), better="lower") == MET
    assert verdict("<=", Decimal(0), Decimal("0.0001"), better="lower") == MISSED


def test_a_range_binds_a_good_thing_below_a_bad_one_above_and_others_on_both_sides():
    def of(better: str, actual: str) -> str:
        return verdict("=", Decimal(10), Decimal(actual), better=better, top=Decimal(12))

    assert (of("higher", "13"), of("higher", "9")) == (MET, MISSED)
    assert (of("lower", "12"), of("lower", "12.1")) == (MET, MISSED)
    assert (of("none", "11"), of("none", "9"), of("none", "13")) == (MET, MISSED, MISSED)


def test_every_result_has_a_look():
    assert set(CATEGORIES) == {MET, MISSED, NO_RESULT, BY_PERSON}
