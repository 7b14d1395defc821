"""One wrong number breaks all relations that it stands in; a misprint is judged as if it were as large as it should be."""

from __future__ import annotations

import pytest

from taizhang.reading.learned.arithmetic import Figure, fits, likelihood, needed, room
from taizhang.reading.learned.beliefs import FITS, MISSES, Belief, Weighed
from taizhang.reading.learned.culprits import Missed, borne_out
from tests.reading.judging import alarms, around, passage_of


def figures(text):
    return [Figure.of(item) for item in passage_of(text).items]


def test_a_ratio_to_one_is_held_against_how_many_to_one():
    teachers, students, ratio = figures("教师110人,学生47140人,师生比1:428.5。")
    assert fits("ratio", [teachers, students], ratio)
    assert not fits("ratio", [students, teachers], ratio)
    teachers, students, wrong = figures("教师110人,学生47140人,师生比1:248.5。")
    assert not fits("ratio", [teachers, students], wrong)
    assert likelihood("ratio", [teachers, students], wrong)
    assert {one.place for one in needed("ratio", [teachers, students], wrong)} == {-1}


def test_a_limit_or_about_so_many_fits_less_than_a_number_does():
    part, whole, exact = figures("其中60人,共300人,占20%。")
    assert room("share", [part, whole], exact) == 0.0
    part, whole, limit = figures("其中60人,共300人,占15%以上。")
    assert fits("share", [part, whole], limit)
    assert room("share", [part, whole], limit) < -3


def test_a_draft_of_a_large_number_explains_a_small_difference_hardly():
    high, low, points = figures("文科412.6分,理科431.2分,高8.4分。")
    now, before, delta = figures("今年431.2分,上年412.6分,提高18.4分。")
    assert likelihood("difference", [high, low], points) < likelihood("difference", [now, before], delta) / 5


def test_what_two_relations_need_a_number_to_be_bears_both_out():
    near = around("建档4064人,低保222人(农村2344人、城镇278人),其他1442人。")
    total, part, country, town, rest = range(5)
    missed = [Missed(total, ("sum", (part, rest)), 1.0, 1.0), Missed(part, ("sum", (country, town)), 1.0, 1.0)]
    found = borne_out(near, missed)
    assert set(found) == {(one.place, one.hypothesis) for one in missed}
    assert borne_out(near, missed[:1]) == {}


def test_one_equation_told_twice_bears_nothing_out():
    near = around("新增绿地23100平方米,花圃541平方米,合计2641平方米。")
    missed = [Missed(2, ("sum", (0, 1)), 1.0, 1.0), Missed(1, ("difference", (2, 0)), 1.0, 1.0)]
    assert borne_out(near, missed) == {}


@pytest.mark.parametrize(
    ("right", "printed", "wrong"),
    [
        ("单位缴存部分6188.13万元,个人缴存部分4286.17万元,全年归集住房公积金10474.30万元。", "10474.30", "1474.30"),
        ("城区片设考场178个,东部片47个,西部片29个;全区总计254个标准化考场。", "254", "154"),
        ("各校校医110名。校医服务学生47140人,校医与学生之比为1:429。", "429", "249"),
    ],
)
def test_a_misprint_that_makes_a_number_much_smaller_or_larger_is_found(right, printed, wrong):
    assert alarms(right) == []
    assert alarms(right.replace(printed, wrong)) != []


def test_that_one_list_gives_a_total_says_nothing_of_another_list():
    given = (0.9, Weighed(("sum", (1, 2)), 3.0, 3.0, FITS))
    missed = (0.05, Weighed(("sum", (3, 4)), 0.0, 0.0, MISSES))
    sure, wrong = Belief((given, missed), 0.05).of_a_slip()
    assert (round(sure, 9), wrong) == (0.5, ("sum", (3, 4)))
    nested = (0.05, Weighed(("sum", (2, 3)), 0.0, 0.0, MISSES))
    assert Belief((given, nested), 0.05).of_a_slip()[0] == pytest.approx(0.05)


def test_shares_of_a_whole_that_is_not_printed_are_left_alone():
    assert alarms("应届生31280人,占考生总数的81.6%,往届生7053人,占18.4%;文科类15218人,占39.7%。") == []
