"""The annotated documents of every layer: what their marks say, and how much of it the reader finds."""

import itertools

import pytest
from bench.layers.annotated import KINDS, annotated, parsed
from bench.layers.run import LAYERS, READ, f1, scores

from taizhang.reading import check, read_text

SOURCE = """浏览次数:12
@@article report+plan
@@title 临江区教育局{2025年|year}总结和{2026年|year}要点
全区有学校{35所|count|@a},其中小学{20所|count|@b}、初中{15所|count|@c}。
«1 一、|加强队伍»
«2 (一)|抓好培训»。‹一是›培训教师{1200余人|count|d>=};‹二是›{6月|date|=XXXX-06}底前新建园{3所|count|p=}。
@@end
====
sum part=b part=c total=a
"""


def test_marks_are_taken_out_and_their_places_remembered():
    text, layers = parsed("a", SOURCE)
    at = {layer: [text[one["start"] : one["end"]] for one in layers[layer]] for layer in LAYERS if layer != "relations"}
    assert at["articles"][0].startswith("临江区教育局2025年总结") and at["articles"][0].endswith("3所。")
    assert at["headings"] == ["一、加强队伍", "(一)抓好培训"]
    assert at["points"] == ["一是", "二是"]
    assert at["targets"] == ["培训教师1200余人", "6月底前新建园3所"]
    assert [(one["value"], one["unit"]) for one in layers["quantities"]][-3:] == [
        (1200.0, "人"),
        ("XXXX-06", ""),
        (3.0, "所"),
    ]
    (told,) = layers["relations"]
    assert [(one["role"], one["text"]) for one in told["operands"]] == [
        ("part", "20所"),
        ("part", "15所"),
        ("total", "35所"),
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("|year}总结", "|jahr}总结", "no kind"),
        ("{3所|count|p=}", "{若干所|count|p=}", "tell the value"),
        ("{3所|count|p=}", "{3所|count|soon}", "no field"),
        ("«1 一、|加强队伍»", "«1 一、|加强队伍", "without"),
        ("@@end\n", "", "no @@end"),
        ("part=c", "part=z", "no label"),
        ("|@b}", "|@a}", "twice"),
        ("‹一是›", "一是›", "stray"),
    ],
)
def test_a_slip_in_the_marks_is_told(right, wrong, message):
    assert right in SOURCE
    with pytest.raises(ValueError, match=message):
        parsed("a", SOURCE.replace(right, wrong, 1))


def test_every_document_is_annotated_as_the_guideline_asks():
    documents = list(annotated(READ))
    assert len(documents) >= 36
    for name, text, layers in documents:
        assert layers["articles"], name
        quantities = sorted((one["start"], one["end"]) for one in layers["quantities"])
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(quantities)), name
        for one in [*layers["headings"], *layers["points"], *layers["quantities"], *layers["targets"]]:
            assert text[one["start"] : one["end"]].strip() == text[one["start"] : one["end"]] != "", name
        assert {one["kind"] for one in layers["quantities"]} <= KINDS
        assert all(tuple(one["quantity"]) in quantities for one in layers["targets"]), name


FLOORS = {"articles": 0.95, "headings": 0.985, "points": 0.985, "quantities": 0.965, "relations": 0.9, "targets": 0.945}


def test_the_reader_keeps_what_it_finds_in_them():
    found = {layer: f1(*counts) for layer, counts in scores(READ).items()}
    assert {layer: found[layer] for layer, least in FLOORS.items() if found[layer] < least} == {}


def test_no_number_of_theirs_is_called_wrong():
    """Their arithmetic is right throughout."""
    for name, text, _ in annotated(READ):
        assert [one.why for one in check(read_text(text)) if one.severity == "alarm"] == [], name
