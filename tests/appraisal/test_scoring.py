"""Scores are a function of a scheme and what was said: no database in these tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from taizhang.appraisal.facts import Fact
from taizhang.appraisal.scoring import Score, standing
from taizhang.catalog.appraisal_schema import SchemeDef

DAY = date(2026, 11, 1)
SCHEME = SchemeDef.model_validate(
    {
        "scheme": "s", "name": "考核", "groups": [{"name": "甲组", "kinds": ["小学"]}, {"name": "乙组", "kinds": ["幼儿园"]}],
        "sections": [
            {"name": "一", "weight": 60, "items": [
                {"name": "整改", "kind": "measured", "points": 20, "formula": "满分 * 整改率"},
                {"name": "检查", "kind": "judged", "points": 20},
                {"name": "实验", "kind": "judged", "points": 10, "groups": ["甲组"]},
            ]},
            {"name": "二", "items": [{"name": "课程", "kind": "judged", "points": 40}]},
        ],
        "adjustments": [
            {"name": "表彰", "kind": "add", "each": 2, "max": 5}, {"name": "市级", "kind": "add", "each": 1},
            {"name": "通报", "kind": "deduct", "each": 3, "max": 10},
        ],
        "add_cap": 6,
        "vetoes": [
            {"name": "督导", "effect": "deduct", "points": 4}, {"name": "安全", "effect": "fail"},
            {"name": "纪检", "effect": "bar", "band": "良好"},
        ],
        "bands": [
            {"name": "优秀", "at_least": 90, "share": 0.5}, {"name": "良好", "at_least": 80},
            {"name": "合格", "at_least": 60}, {"name": "不合格", "at_least": 0},
        ],
    }
)  # fmt: skip


class Log:
    """Facts one after another, each on its own day."""

    def __init__(self, *codes: str, group: str = "甲组") -> None:
        sheets = [{"code": code, "name": code, "group": group, "units": [code]} for code in codes]
        self.facts = [
            Fact(1, DAY, "opened", data={"scheme": SCHEME.model_dump(mode="json", by_alias=True), "sheets": sheets})
        ]

    def say(self, kind: str, sheet: str = "A", item: str = "", of: int | None = None, **data: object) -> int:
        number = len(self.facts) + 1
        self.facts.append(Fact(number, DAY + timedelta(days=number - 1), kind, sheet, item, of, data))
        return number

    def full(self, sheet: str, points: str = "40") -> None:
        """Every line of the first group: 60 of 60 in the first section, ``points`` in the second."""
        self.say("measured", sheet, "整改", inputs={"整改率": "1"})
        self.say("judged", sheet, "检查", points="20")
        self.say("judged", sheet, "实验", points="10")
        self.say("judged", sheet, "课程", points=points)

    def scores(self, day: date | None = None) -> dict[str, Score]:
        found = standing(self.facts, day)
        assert found is not None
        return found.scores


def test_a_section_counts_for_its_weight_and_lines_add_up_to_the_total():
    log = Log("A")
    log.say("measured", "A", "整改", inputs={"整改率": "0.955"})
    log.say("judged", "A", "检查", points="18.5")
    log.say("judged", "A", "实验", points="9")
    log.say("judged", "A", "课程", points="36")
    score = log.scores()["A"]
    assert [line.earned for line in score.lines] == [Decimal("19.10"), Decimal("18.5"), Decimal("9"), Decimal("36")]
    # 46.6 of 50 points, converted to the weight of 60
    assert [part.score for part in score.parts] == [Decimal("55.92"), Decimal("36.00")]
    assert score.total == sum(part.score for part in score.parts) == Decimal("91.92")


def test_what_nobody_has_filled_is_missing_and_not_zero():
    log = Log("A")
    log.say("judged", "A", "检查", points="10")
    score = log.scores()["A"]
    assert score.missing == ["整改", "实验", "课程"]
    assert score.parts[0].score == Decimal("30.00") and score.parts[1].score is None
    log.say("measured", "A", "整改", inputs={"整改率": None})
    assert "整改" in log.scores()["A"].missing


def test_a_line_that_does_not_fit_is_left_out_and_the_others_carry_its_weight():
    log = Log("A")
    log.full("A")
    log.say("waived", "A", "实验", note="本校不设实验课")
    log.say("judged", "A", "检查", points="10")
    score = log.scores()["A"]
    assert not score.missing and score.parts[0].score == Decimal("45.00") and score.parts[0].scaled


def test_a_line_of_another_group_is_no_line():
    log = Log("A", group="乙组")
    assert [line.item.name for line in log.scores()["A"].lines] == ["整改", "检查", "课程"]


def test_added_points_are_capped_by_line_and_in_all_and_halves_count_half():
    log = Log("A")
    log.full("A", "30")
    log.say("adjusted", "A", "表彰", points="4")
    log.say("adjusted", "A", "表彰", points="4")
    assert log.scores()["A"].added == 5
    log.say("adjusted", "A", "市级", points="0.5")
    assert log.scores()["A"].added == Decimal("5.5")
    log.say("adjusted", "A", "市级", points="3")
    assert log.scores()["A"].added == 6 and log.scores()["A"].total == Decimal("96.00")


def test_struck_points_are_gone_from_their_day_on_and_were_there_before():
    log = Log("A")
    log.full("A")
    wrong = log.say("adjusted", "A", "通报", points="3", source="误记")
    before = log.facts[-1].on
    log.say("struck", "A", "通报", of=wrong, note="同名学校")
    assert log.scores()["A"].total == 100 and log.scores(before)["A"].total == 97


def test_three_vetoes_have_three_meanings():
    log = Log("A", "B", "C", "D")
    for code, points in (("A", "40"), ("B", "38"), ("C", "36"), ("D", "30")):
        log.full(code, points)
    assert [score.band for score in log.scores().values()] == ["优秀", "优秀", "良好", "良好"]
    log.say("vetoed", "A", "督导")
    scores = log.scores()
    assert (scores["A"].total, scores["A"].rank, scores["B"].rank) == (96, 2, 1)
    log.say("vetoed", "B", "安全")
    failed = log.scores()["B"]
    assert (failed.total, failed.rank, failed.band) == (98, None, "不合格")
    assert log.scores()["A"].rank == 1, "who failed holds no place"
    log.say("vetoed", "A", "纪检")
    barred = log.scores()["A"]
    assert (barred.total, barred.rank, barred.band) == (96, 1, "良好") and "取消评优" in barred.band_note


def test_a_lifted_veto_does_nothing_from_that_day_on_and_stays_on_the_sheet():
    log = Log("A", "B")
    log.full("A")
    log.full("B", "36")
    veto = log.say("vetoed", "A", "安全")
    day = log.facts[-1].on
    log.say("lifted", "A", "安全", of=veto, note="复查认定")
    assert log.scores()["A"].band == "优秀" and log.scores(day)["A"].band == "不合格"
    assert [item.lifted is not None for item in log.scores()["A"].vetoes] == [True]


def test_equal_totals_share_a_place_and_a_tie_across_the_quota_gets_none_of_it():
    log = Log("A", "B", "C", "D")
    for code, points in (("A", "40"), ("B", "36"), ("C", "36"), ("D", "20")):
        log.full(code, points)
    scores = log.scores()
    assert [score.rank for score in scores.values()] == [1, 2, 2, 4]
    assert [score.band for score in scores.values()] == ["优秀", "良好", "良好", "良好"]
    assert "名额已满" in scores["B"].band_note and scores["A"].band_note == ""


def test_a_formula_never_gives_less_than_nothing_or_more_than_full_points():
    log = Log("A")
    for rate, points in (("1.4", "20"), ("-1", "0"), ("0.333333", "6.67")):
        log.say("measured", "A", "整改", inputs={"整改率": rate})
        assert log.scores()["A"].lines[0].earned == Decimal(points)


def test_a_total_is_never_below_zero():
    log = Log("A")
    log.say("judged", "A", "课程", points="1")
    log.say("adjusted", "A", "通报", points="9")
    assert log.scores()["A"].total == 0


@pytest.mark.parametrize("days", [-1, -30])
def test_before_its_opening_a_round_does_not_exist(days: int):
    assert standing(Log("A").facts, DAY + timedelta(days=days)) is None


def test_an_objection_waits_until_it_is_answered():
    log = Log("A")
    asked = log.say("objected", "A", "检查", note="记录有误")
    assert [item.fact.number for item in log.scores()["A"].unanswered] == [asked]
    log.say("answered", "A", "检查", of=asked, accepted=False, note="核实无误")
    assert not log.scores()["A"].unanswered
