"""Short documents as a tester writes them: none of the right ones is disturbed, and most of the wrong numbers are found."""

from bench.arithmetic.pairs import HERE, Pair, pairs
from bench.arithmetic.run import ours

OFFICE = list(pairs(HERE / "office.txt"))


def test_a_pair_differs_in_one_number():
    one = Pair("共有学校", "12", "21", "所。")
    assert one.clean == "共有学校12所。"
    assert one.far_off() == one.far_off() != "12"
    assert Pair("比例为", "2:3", "3:2", "。").far_off() == "3:2"
    assert len(OFFICE) > 180 and all(one.right != one.wrong for one in OFFICE)


def test_no_right_document_raises_an_alarm():
    disturbed = [one.clean for one in OFFICE if any(alarm[0] == "alarm" for alarm in ours(one.clean))]
    assert disturbed == []


def test_most_wrong_numbers_are_found_whether_or_not_a_slip_explains_them():
    assert sum(one.alarms_at(one.wrong) for one in OFFICE) >= 0.85 * len(OFFICE)
    assert sum(one.alarms_at(one.far_off()) for one in OFFICE) >= 0.8 * len(OFFICE)
