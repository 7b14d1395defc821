"""From the event log alone every score, place, band and veto comes out the same, for every day of the round."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.appraisal import actions
from taizhang.appraisal.models import Entry
from taizhang.appraisal.queries import facts_of_entries, facts_of_events, standing_of
from taizhang.appraisal.scoring import Standing, standing
from taizhang.kernel.errors import Problem
from tests.appraisal.rounds import DAY, opened, sheet_of
from tests.support import County, make_county

SHEETS = st.sampled_from(["S1", "S2", "S3"])
POINTS = st.decimals(0, 40, places=2).map(str)
ACTS = st.one_of(
    st.tuples(st.just("judge"), SHEETS, st.sampled_from(["检查", "预算", "隐患"]), POINTS),
    st.tuples(st.just("self"), SHEETS, st.just("预算"), POINTS),
    st.tuples(st.just("adjust"), SHEETS, st.sampled_from(["表彰", "通报", "检查"]), st.sampled_from(["1", "0.5", "3"])),
    st.tuples(st.just("strike"), SHEETS, st.just(""), st.integers(0, 5).map(str)),
    st.tuples(st.just("veto"), SHEETS, st.sampled_from(["督导扣分", "安全事故", "违纪"]), st.just("")),
    st.tuples(st.just("lift"), SHEETS, st.just(""), st.integers(0, 5).map(str)),
    st.tuples(st.just("waive"), SHEETS, st.sampled_from(["检查", "预算"]), st.just("")),
    st.tuples(st.just("measure"), SHEETS, st.just(""), st.just("")),
)


def told(current: Standing | None) -> object:
    """Everything that a page prints of a round."""
    if current is None:
        return None
    return current.state, [
        (
            score.result(), [part.score for part in score.parts], score.base, score.added, score.deducted, score.band_note,
            [(line.item.name, line.earned, line.own, line.waived, line.inputs, line.facts) for line in score.lines],
            [(line.item.name, line.earned, line.facts) for line in score.adjustments], score.vetoes, score.objections,
        )
        for score in current.scores.values()
    ]  # fmt: skip


def act(county: County, round_, what: tuple[str, str, str, str], day: date) -> None:
    """One act by whom may do it; one that the rules refuse leaves nothing behind."""
    kind, code, item, value = what
    sheet = sheet_of(round_, code)
    of_kind = {"strike": "adjusted", "lift": "vetoed"}.get(kind, "")
    earlier = list(Entry.objects.filter(sheet=sheet, kind=of_kind).order_by("id"))
    try:
        match kind:
            case "judge":
                actions.judge(sheet=sheet, item=item, points=value, note="查实", by=None, today=day)
            case "self":
                actions.score_self(sheet=sheet, item=item, points=value, note="已做", by=None, today=day)
            case "adjust":
                actions.adjust(sheet=sheet, item=item, times=value, source="文件", by=None, today=day)
            case "strike" if earlier:
                actions.strike(entry=earlier[int(value) % len(earlier)], reason="误记", by=None, today=day)
            case "veto":
                actions.set_veto(sheet=sheet, veto=item, source="通报", by=None, today=day)
            case "lift" if earlier:
                actions.lift_veto(entry=earlier[int(value) % len(earlier)], reason="复查", by=None, today=day)
            case "waive":
                actions.waive(sheet=sheet, item=item, reason="不适用", by=None, today=day)
            case "measure":
                actions.measure_round(round_=round_, by=None, today=day)
    except Problem:
        assert kind in ("judge", "adjust", "strike", "veto", "lift")


@pytest.mark.django_db(transaction=False)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=1, max_size=14))
def test_the_event_log_alone_rebuilds_every_score_and_veto(acts, settings, tmp_path):
    settings.WAREHOUSE = settings.FILES = tmp_path
    from django.db import transaction

    with transaction.atomic():
        county = make_county()
        round_ = opened(county)
        for number, what in enumerate(acts):
            act(county, round_, what, DAY + timedelta(days=number))
        facts = list(facts_of_events(round_.pk))
        assert facts == list(facts_of_entries(round_))
        for number in range(-1, len(acts) + 1):
            day = DAY + timedelta(days=number)
            assert told(standing(facts, day)) == told(standing(facts_of_entries(round_), day))
        assert told(standing(facts)) == told(standing_of(round_))
        _invariants(standing_of(round_))
        transaction.set_rollback(True)


def _invariants(current: Standing) -> None:
    for score in current.scores.values():
        assert score.total is None or score.total >= 0
        assert score.added <= 6
        if score.held_by("fail") and score.total is not None:
            assert (score.rank, score.band) == (None, "不合格")
        if score.held_by("bar"):
            assert score.band != "优秀"
    for group in current.by_group().values():
        placed = [score for score in group if score.rank]
        for better, worse in pairwise(placed):
            assert (better.total or Decimal(0)) >= (worse.total or Decimal(0)) and better.rank <= worse.rank


@pytest.mark.django_db
def test_a_frozen_result_is_what_the_log_rebuilds(settings, tmp_path):
    settings.WAREHOUSE = settings.FILES = tmp_path
    from tests.appraisal.rounds import judged

    county = make_county()
    round_ = opened(county)
    judged(round_, county, S2="31.5")
    actions.publish_round(round_=round_, by=county.office, today=DAY)
    actions.freeze_round(round_=round_, by=county.office, today=DAY + timedelta(days=30))
    kept = Entry.objects.get(round=round_, kind="frozen").data["results"]
    rebuilt = standing(facts_of_events(round_.pk))
    assert rebuilt is not None and rebuilt.state == "frozen"
    assert [score.result() for score in rebuilt.scores.values()] == kept
    assert [row["total"] for row in kept] == ["100.00", "91.50", "100.00"]
