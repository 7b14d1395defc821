"""The light: what is done against what should be, and the sentence that says so. No database."""

from datetime import date
from decimal import Decimal

import pytest

from taizhang.plans.pace import (
    AT_THE_END,
    BEHIND,
    BY_MILESTONES,
    CATEGORIES,
    FINISHED,
    GIVEN_UP,
    LIGHTS,
    ON_COURSE,
    OVERDUE,
    MilestoneFacts,
    TargetFacts,
    TaskFacts,
    achievement,
    expected_share,
    parts_reach,
    percent,
    standing,
    word_of,
)

YEAR = {"begins": date(2026, 1, 1), "end": date(2026, 12, 31)}
D = Decimal


def task(**more) -> TaskFacts:
    return TaskFacts(**({"state": "open"} | YEAR | more))


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2025, 12, 31), D(0)),
        (date(2026, 1, 1), D(1) / 365),
        (date(2026, 7, 1), D(182) / 365),
        (date(2026, 12, 31), D(1)),
        (date(2027, 5, 1), D(1)),
    ],
)
def test_the_pace_goes_by_days_of_the_period(day, share):
    assert expected_share(task(), day) == share


def test_a_task_within_the_tolerance_is_on_course_and_beyond_it_behind():
    midyear = date(2026, 7, 1)  # 49.86 % of the days
    assert word_of(task(percent=40), midyear) == ON_COURSE
    assert word_of(task(percent=39), midyear) == BEHIND
    assert word_of(task(percent=39, tolerance=11), midyear) == ON_COURSE
    light = standing(task(percent=30), midyear)
    assert (light.light, light.category) == ("黄", "warn")
    assert light.reason == "应完成49.9%，已完成30%，差19.9个百分点。"


def test_the_last_day_is_in_time_and_the_next_is_overdue():
    facts = task(end=date(2026, 6, 30), percent=95)
    assert word_of(facts, date(2026, 6, 30)) == ON_COURSE
    late = standing(facts, date(2026, 7, 3))
    assert (late.word, late.light, late.reason) == (OVERDUE, "红", "6月30日到期，已超过3天，已完成95%。")


def test_a_task_without_a_deadline_is_never_overdue_but_behind_when_the_period_is_over():
    facts = task(has_deadline=False, percent=100)
    light = standing(facts, date(2027, 1, 1))
    assert (light.word, light.reason) == (BEHIND, "没有写时限，期间已于12月31日结束，已完成100%。")


def test_what_is_done_once_at_the_end_is_not_hurried_before():
    facts = task(pace=AT_THE_END)
    assert word_of(facts, date(2026, 12, 30)) == ON_COURSE
    assert standing(facts, date(2026, 12, 30)).reason == "期末一次完成，已完成0%。"
    assert word_of(facts, date(2026, 12, 31)) == BEHIND


def test_milestones_weigh_and_the_first_missed_one_is_named():
    steps = (
        MilestoneFacts("开工", date(2026, 3, 1), date(2026, 2, 27), 1),
        MilestoneFacts("主体结顶", date(2026, 8, 31), None, 2),
        MilestoneFacts("竣工", date(2026, 12, 20), None, 1),
    )
    facts = task(pace=BY_MILESTONES, milestones=steps)
    assert standing(facts, date(2026, 8, 31)).reason == "应完成25%，节点已完成25%。"
    late = standing(facts, date(2026, 9, 1))
    assert late.reason == "应完成75%，节点已完成25%，差50个百分点；节点“主体结顶”应于8月31日完成，还没有完成。"


def test_figures_come_before_what_people_say():
    hazards = TargetFacts("寄宿生", D(1000), D(300), unit="人")
    facts = task(percent=90, targets=(hazards,))
    light = standing(facts, date(2026, 7, 1))
    assert (light.word, light.share, light.by) == (BEHIND, D("0.3"), "指标")
    assert "“寄宿生”完成30%（300/1000人）" in light.reason


def test_a_task_is_as_far_as_the_worst_of_its_numbers():
    county, city = TargetFacts("面积", D("9.19"), D("15.2458")), TargetFacts("面积", D("20"), D("15.2458"))
    assert standing(task(targets=(county, city)), date(2026, 7, 1)).share == D("15.2458") / 20
    assert standing(task(targets=(county,)), date(2026, 7, 1)).reason == "目标已达到（面积15.25），待牵头单位办结。"


def test_one_actual_is_told_against_each_setter():
    assert [percent(achievement(D(value), D("15.2458"))) for value in ("9.19", "14.6722")] == ["165.9%", "103.9%"]
    assert achievement(None, D(1)) is None and achievement(D(0), D(1)) is None and achievement(D(5), None) is None


def test_a_level_goes_from_its_first_figure_and_without_one_says_only_whether_it_is_met():
    rate = TargetFacts("巩固率", D(98), D(97), baseline=D(96), unit="%")
    assert rate.share == D("0.5")
    unknown = TargetFacts("巩固率", D(98), D(97), baseline=None, unit="%")
    light = standing(task(targets=(unknown,), percent=60), date(2026, 7, 1))
    assert (light.word, light.by) == (ON_COURSE, "填报")
    assert "“巩固率”现为97%，尚未达到98%" in light.reason
    assert TargetFacts("巩固率", D(98), D("98.0"), baseline=None).share == 1


def test_less_is_better_for_what_must_fall():
    falling = TargetFacts("大班额比例", D(2), D(6), falling=True, baseline=D(10), unit="%")
    assert falling.share == D("0.5") and not falling.is_met
    assert TargetFacts("大班额比例", D(2), D(11), falling=True, baseline=D(10)).share == 0
    assert TargetFacts("大班额比例", D(2), D("1.9"), falling=True, baseline=D(10)).share == 1
    # It stood within the promise and rose out of it: nothing of the way is left to show.
    assert TargetFacts("大班额比例", D(2), D(3), falling=True, baseline=D(1)).share == 0


def test_an_end_is_told_as_early_in_time_or_late():
    facts = {"state": "done", "begins": date(2026, 1, 1), "end": date(2026, 6, 30), "percent": 100}
    said = [TaskFacts(**facts, done_on=date(2026, 6, 30 - n)) for n in (10, 0)] + [
        TaskFacts(**facts, done_on=date(2026, 7, 3))
    ]
    assert [standing(item, date(2026, 9, 1)).reason for item in said] == [
        "6月20日完成，提前10天。",
        "6月30日完成，按时。",
        "7月3日完成，比时限晚3天。",
    ]
    assert {standing(item, date(2026, 9, 1)).word for item in said} == {FINISHED}
    assert standing(task(state="cancelled"), date(2026, 9, 1)).word == GIVEN_UP


def test_amounts_of_the_parts_add_up_and_levels_each_have_to_reach():
    whole = D(1000)
    assert parts_reach(whole, [D(400), D(600)], falling=False, is_level=False) == ""
    assert parts_reach(whole, [D(400), D(500)], falling=False, is_level=False) == "各单位合计900，比总目标少100"
    assert parts_reach(whole, [D(600), D(500)], falling=True, is_level=False) == "各单位合计1100，比总目标多100"
    assert parts_reach(D(98), [D(99), D(97)], falling=False, is_level=True) == "有1个单位的目标达不到总目标98"
    assert parts_reach(whole, [], falling=False, is_level=False) == ""


def test_every_word_has_a_light_and_a_look():
    assert set(LIGHTS) == set(CATEGORIES) == {FINISHED, ON_COURSE, BEHIND, OVERDUE, GIVEN_UP}
