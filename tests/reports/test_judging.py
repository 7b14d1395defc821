"""A target is held against the indicator at its own stage and period; what cannot be compared is left to people."""

from decimal import Decimal

from taizhang.kernel.errors import NotFound
from taizhang.plans.verdicts import BY_PERSON, MET, MISSED, NO_RESULT
from taizhang.reports.door import TargetLine
from taizhang.reports.judging import REPORTED, judge
from tests.reports.fakes import COUNTY, YEAR, FakeSources

ROOMS = "每百名学生拥有网络多媒体教室数"


def line(**other: object) -> TargetLine:
    values = {
        "subject": "教室数",
        "comparator": "=",
        "value": Decimal("2.4"),
        "measure": "间",
        "indicator": "multimedia_rooms_per_100",
    }
    return TargetLine(**values | other)  # type: ignore[arg-type]


def sources(**values: str | None) -> FakeSources:
    """Figures of the multimedia rooms by period and stage (y2026_初中)."""
    known = {}
    for key, value in values.items():
        period, _, stage = key[1:].partition("_")
        known[ROOMS, COUNTY.code, period, stage] = None if value is None else Decimal(value)
    return FakeSources(values=known)


def test_a_target_of_one_stage_is_judged_at_that_stage_and_not_at_the_whole():
    given = sources(y2026="2.5", y2026_初中="2.3")
    assert judge(given, COUNTY, YEAR, line()).result == MET
    found = judge(given, COUNTY, YEAR, line(stage="初中"))
    assert (found.result, found.actual, found.text) == (MISSED, Decimal("2.3"), "2.30间")
    assert found.origin == given.indicator(ROOMS).formula


def test_a_target_with_a_period_of_its_own_is_judged_there():
    given = sources(y2026="2.5", ySY2025="2.1")
    found = judge(given, COUNTY, YEAR, line(period="SY2025"))
    assert (found.result, found.period) == (MISSED, "SY2025")


def test_a_percent_is_compared_as_it_is_printed():
    known = {("隐患整改率", COUNTY.code, "2026", ""): Decimal("0.9499")}
    target = line(value=Decimal(95), measure="%", indicator="hazard_rectified_rate", comparator=">=")
    found = judge(FakeSources(values=known), COUNTY, YEAR, target)
    assert (found.result, found.actual) == (MISSED, Decimal("94.99"))
    assert (
        judge(
            FakeSources(values=known),
            COUNTY,
            YEAR,
            line(value=Decimal(94), measure="%", indicator="hazard_rectified_rate"),
        ).result
        == MET
    )


def test_a_number_of_another_unit_is_left_to_people():
    found = judge(sources(y2026="2.5"), COUNTY, YEAR, line(measure="个百分点"))
    assert (found.result, found.actual) == (BY_PERSON, Decimal("2.5"))


def test_without_a_figure_what_was_reported_counts_and_without_both_there_is_no_result():
    empty = sources(y2026=None)
    found = judge(empty, COUNTY, YEAR, line(actual=Decimal(3)))
    assert (found.result, found.text, found.origin) == (MET, "3间", REPORTED)
    assert judge(empty, COUNTY, YEAR, line()).result == NO_RESULT


def test_an_indicator_that_the_catalogue_no_longer_has_does_not_stop_the_report():
    class Gone(FakeSources):
        def indicator(self, key: str):  # type: ignore[no-untyped-def]
            raise NotFound("CAT-031", f"没有指标“{key}”")

    assert judge(Gone(), COUNTY, YEAR, line(actual=Decimal(1))).result == MISSED
