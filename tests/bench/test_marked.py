"""Reports with marked relations: the marks come off cleanly, what is marked is right, and what is counted is what is said."""

import pytest
from bench.arithmetic.marked import BLIND, MARKED, marked, parsed, right_of, score

SOURCE = """一、概况
全县学校{a:20所},其中小学{b:12所}、初中{c:8所}。今年招生{d:540人},比去年增加{e:33人}。
====
sum part=b part=c total=a
difference now=d delta=e
share part=b whole=a pct=e ?
"""


def test_the_marks_come_off_and_the_places_stay():
    one = parsed("x", SOURCE)
    assert one.text == "一、概况\n全县学校20所,其中小学12所、初中8所。今年招生540人,比去年增加33人。"
    assert [one.text[start:end] for _, (start, end) in one.relations[0].operands] == ["12所", "8所", "20所"]
    assert [told.exact for told in one.relations] == [True, False, True]
    assert [told.sure for told in one.relations] == [True, True, False]


@pytest.mark.parametrize(
    "wrong",
    [
        SOURCE.replace("total=a", "total=z"),
        SOURCE.replace("sum part", "sums part"),
        SOURCE.replace("part=c", "piece=c"),
        SOURCE.replace("{b:", "{a:"),
    ],
)
def test_a_slip_in_the_marks_is_told(wrong):
    with pytest.raises(ValueError, match="x"):
        parsed("x", wrong)


@pytest.mark.parametrize("folder", [MARKED, BLIND], ids=["taught", "blind"])
def test_every_marked_relation_holds_as_printed(folder):
    texts = list(marked(folder))
    assert len(texts) >= 30
    wrong = [
        (one.name, told) for one in texts for told in one.relations if told.kind != "ratio" and not told.holds(one.text)
    ]
    assert wrong == []


def test_no_report_is_both_taught_and_blind():
    lines = {line for one in marked(MARKED) for line in one.text.splitlines() if len(line) > 20}
    assert not [line for one in marked(BLIND) for line in one.text.splitlines() if line in lines]


def test_what_is_spoilt_is_printed_in_full_and_right():
    assert [told["kind"] for told in right_of(parsed("x", SOURCE))] == ["sum"]


def test_found_missed_and_found_beside_are_counted_by_kind():
    counts = score(iter([parsed("x", SOURCE)]))
    assert counts["sum", "exact told"] == counts["sum", "exact found"] == 1
    assert counts["difference", "feasible told"] == 1
    assert counts["share", "exact told"] == 0  # to be read so or not
