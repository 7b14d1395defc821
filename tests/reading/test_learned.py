"""Statements that no rule knows are weighed: a slip is found, a right text is left alone, and the figures never weigh."""

import csv
import io
import math
from importlib.resources import files

import pytest

from taizhang.reading import check, read_text
from taizhang.reading.learned.arithmetic import fits, likelihood
from taizhang.reading.learned.beliefs import FITS, MISSES, OPEN, Beliefs
from taizhang.reading.learned.features import named, of_all, of_operand, of_result, of_seat, of_sizes, roles
from taizhang.reading.learned.hypotheses import AHEAD, BACK, alleged, hypotheses
from taizhang.reading.learned.judge import find_learned, find_told
from taizhang.reading.learned.weights import GRAIN, Scales, weights
from tests.reading.judging import around


def place_of(near, printed):
    return next(place for place, item in enumerate(near.items) if item.quantity.text == printed)


def printed(near, hypothesis):
    return hypothesis[0], *(near.items[place].quantity.text for place in hypothesis[1])


def test_every_combination_of_one_unit_is_a_hypothesis():
    near = around("登记教师1250人,参训1100人,合格968人,合格率88%。")
    found = {printed(near, one) for one in hypotheses(near, place_of(near, "88%"))}
    assert ("share", "968人", "1100人") in found
    assert ("growth", "1250人", "1100人") in found
    assert len(found) == 13
    assert ("joint", "1100人", "968人", "1250人") in found  # 参训的和合格的合计占…


def test_a_share_may_be_that_of_several_parts_and_a_rate_may_count_unlike_things():
    near = around("工单2495件。交通类783件、城建类579件、政法类562件,三类合计占工单总量的77%。")
    found = {printed(near, one) for one in hypotheses(near, place_of(near, "77%"))}
    assert ("joint", "783件", "579件", "562件", "2495件") in found
    near = around("床位1512张,入住老人837人,床位使用率55.4%。")
    assert ("share", "837人", "1512张") in {printed(near, one) for one in hypotheses(near, place_of(near, "55.4%"))}


def test_a_total_is_divided_anew_in_every_division_of_a_sentence():
    near = around(
        "教师2351人。按学段分,小学1387人、初中964人;按性别分,男713人、女1638人;按学历分,本科1700人,专科651人。"
    )
    found = {printed(near, one) for one in hypotheses(near, place_of(near, "2351人"))}
    rows = {("sum", "1387人", "964人"), ("sum", "713人", "1638人"), ("sum", "1700人", "651人")}
    assert rows <= found


def test_an_average_is_of_the_unit_of_what_is_shared():
    near = around("参与教师186人,行程42公里,平均每次35分钟。")
    assert not [one for one in hypotheses(near, place_of(near, "35分钟")) if one[0] == "per"]
    near = around("设考点23个,考场629个,平均每个考点27.3个考场。")
    assert ("per", "629个", "23个") in {printed(near, one) for one in hypotheses(near, place_of(near, "27.3个"))}


def test_persons_and_person_times_are_never_put_together():
    near = around("培训教师320人,参加活动4100人次,占12%。")
    assert list(hypotheses(near, place_of(near, "12%"))) == []


def test_a_total_is_tried_with_the_rows_in_front_and_behind():
    near = around("小学12所,初中5所,高中3所,共20所。")
    found = {printed(near, one) for one in hypotheses(near, place_of(near, "20所"))}
    assert ("sum", "12所", "5所", "3所") in found and ("sum", "5所", "3所") in found


def test_what_stands_far_away_is_not_tried():
    far = "".join(f"第{place}组到会{place + 20}人。" for place in range(1, 60))
    near = around(f"应到900人。{far}实到占80%。")
    tried = {operand for _, operands in hypotheses(near, place_of(near, "80%")) for operand in operands}
    assert max(tried) - min(tried) <= BACK + AHEAD


def test_years_dates_and_ordinals_are_nobodys_result():
    near = around("2024年3月第2次会议有30人到会,2023年有28人到会。")
    for place, item in enumerate(near.items):
        if item.kind != "count":
            assert list(hypotheses(near, place)) == []


def figures(near, hypothesis):
    return [near.figure(place) for place in hypothesis[1]]


@pytest.mark.parametrize(
    ("text", "stated", "likely"),
    [
        ("应考800人,合格640人,占80%。", "80%", None),  # fits
        ("应考800人,合格640人,占31.7%。", "31.7%", 0.0),  # neither a slip nor a draft
    ],
)
def test_a_hypothesis_fits_or_one_slip_explains_it_or_it_is_out(text, stated, likely):
    near = around(text)
    place = place_of(near, stated)
    share = next(one for one in hypotheses(near, place) if one[0] == "share" and one[1][0] > one[1][1])
    assert likelihood("share", figures(near, share), near.figure(place)) == likely


@pytest.mark.parametrize(
    "wrong", ["应考800人,合格640人,占88%。", "应考800人,合格740人,占80%。", "应考80人,合格640人,占80%。"]
)
def test_a_slip_in_any_of_the_numbers_is_likely(wrong):
    near = around(wrong)
    place = len(near.items) - 1
    share = ("share", (1, 0))
    assert not fits("share", figures(near, share), near.figure(place))
    assert 0 < likelihood("share", figures(near, share), near.figure(place)) < 0.05


def test_about_and_at_least_are_no_misses():
    for text in ("应考800人,合格650人,约占80%。", "应考800人,合格650人,占80%以上。"):
        near = around(text)
        place = place_of(near, "80%")
        assert fits("share", [near.figure(1), near.figure(0)], near.figure(place))


def features(text, stated):
    near = around(text)
    place = place_of(near, stated)
    found = {}
    for one in hypotheses(near, place):
        names = named(one[0], of_result(near, place)) + of_all(near, place, one) + of_sizes(near, place, one)
        for operand, role in roles(one):
            ends = of_operand(near, operand) + of_seat(near, place, operand).giving
            names += named(f"{one[0]}|{role}", ends)
        found[one] = names
    return found


def test_the_figures_do_not_weigh_only_their_order_does():
    one = features("学校46所,达标37所,达标率80.4%,比上年多6所。", "80.4%")
    other = features("学校92所,达标61所,达标率66.3%,比上年多3所。", "66.3%")
    assert one == other
    assert any("|lt|" in feature for names in one.values() for feature in names)


def test_the_weights_are_a_sorted_table_without_doubles():
    text = (files("taizhang.reading.learned") / "weights.csv").read_bytes().decode()
    names = [name for name, _ in csv.reader(io.StringIO(text, newline=""))]
    assert names == sorted(set(names)) and len(names) > 5000
    assert all(math.isfinite(weight) and abs(weight) < 20 * GRAIN for weight in weights().values())


def test_the_words_make_a_share_likelier_than_a_stranger():
    near = around("全县在编教师3120人,其中高级职称教师936人,占在编教师的30%。")
    place, scales = place_of(near, "30%"), Scales(near)
    share = scales.odds(place, ("share", (1, 0)))
    assert share > 0
    assert share > (scales.odds(place, ("share", (0, 1))) or -99)
    assert share > (scales.odds(place, ("growth", (1, 0))) or -99)


def test_what_a_rule_has_judged_is_left_to_it():
    text = "全县在编教师3120人,其中高级职称教师936人,占在编教师的39%。"
    reading = read_text(text)
    beliefs = Beliefs(around(text))
    assert [one.severity for one in reading.relations] == ["alarm"]
    assert list(find_learned(beliefs, reading.relations)) == []
    assert beliefs.about(2).of(MISSES)[0] > 0.5


def told(text):
    return [
        (one.kind, one.check, *(item.text for item in one.operands)) for one in find_told(Beliefs(around(text)), [])
    ]


def test_what_fits_is_told_though_no_rule_knows_its_words():
    text = "受检食堂64家,当场改正的41家,另有23家领了限期改正通知。"
    assert ("sum", "exact", "41家", "23家", "64家") in told(text)


def test_a_change_is_told_with_the_level_it_speaks_of():
    assert ("difference", "feasible", "356件", "62件") in told("全年共接待来信来访356件,比上年减少62件。")


def test_a_share_of_what_is_not_printed_is_told_with_its_part():
    assert ("share", "feasible", "11460平方米", "36.5%") in told("拆除危房11460平方米,占全县危房总面积的36.5%。")


def test_what_rests_on_one_number_is_no_slip_of_others():
    near = around("维修校舍3.2万平方米,拆除危房11460平方米,占全县危房总面积的36.5%。")
    belief = Beliefs(near).about(place_of(near, "36.5%"))
    assert belief.of(OPEN)[0] > belief.of(MISSES)[0]
    assert belief.of(FITS) == (0, None)


def test_every_number_of_the_unit_beside_may_be_what_a_change_speaks_of():
    near = around("去年来信300件,来访56批,今年来信356件,比上年增加56件。")
    place = len(near.items) - 1
    assert {printed(near, one) for one in alleged(near, place)} == {("difference?", "300件"), ("difference?", "356件")}


def test_a_list_is_tried_as_long_as_its_sentence():
    parts = ",".join(f"{name}镇{number}所" for number, name in enumerate("东西南北中上下前后左", 11))
    near = around(f"全县学校155所,其中{parts}。")
    longest = max((one for one in hypotheses(near, 0) if one[0] == "sum"), key=lambda one: len(one[1]))
    assert len(longest[1]) == 10


def test_numbers_in_brackets_are_no_parts_of_what_stands_outside():
    near = around("在校学生900人,其中小学500人(女生240人),初中400人。")
    assert ("sum", "500人", "400人") in {printed(near, one) for one in hypotheses(near, 0)}


def test_a_whole_that_is_called_by_its_name_may_stand_far_in_front():
    far = "".join(f"第{place}组到会{place + 20}人。" for place in range(1, 20))
    near = around(f"全县专任教师1250人。{far}研究生学历125人,占专任教师的10%。")
    place = place_of(near, "10%")
    assert ("share", "125人", "1250人") in {printed(near, one) for one in hypotheses(near, place)}


def test_reading_twice_gives_the_same():
    text = "本年办理建议提案84件,其中已办结63件,占75%;面复61件,面复率72.6%。"
    assert [one.why for one in check(read_text(text))] == [one.why for one in check(read_text(text))]


def test_a_yearly_change_of_several_years_speaks_of_no_level():
    assert told("财政收入由2010年的5.24亿元增加到2015年的15.07亿元,年均增长23.53%。") == []


def test_a_relation_that_is_told_in_full_is_not_told_again_with_one_side():
    found = read_text("全县在册幼儿园教师共有812名。其中持证上岗的731名,持证的占到90%。").relations
    assert len({tuple(sorted(item.start for item in one.operands)) for one in found}) == len(found)
    assert not [
        one
        for one in found
        if one.check == "feasible"
        and any({item.start for item in one.operands} < {item.start for item in other.operands} for other in found)
    ]


def test_an_alarm_that_nothing_in_the_words_bears_is_no_alarm():
    text = "全年查处违纪考生19人,比上年下降24%,取消了3名监考人员的资格。"
    assert [one for one in check(read_text(text)) if getattr(one, "severity", None) == "alarm"] == []
