"""Marks may nest and overlap, and the text comes through whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.ui.marks import KINDS, counts, segments

TEXT = "登记隐患 871 条，已整改 842 条。"


def mark(number, kind, start, end):
    return {"id": number, "kind": kind, "start": start, "end": end}


@st.composite
def marked_texts(draw):
    text = draw(st.text(min_size=1, max_size=40))
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)))
    ordered = draw(st.lists(spans.filter(lambda span: span[0] < span[1]), max_size=8))
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=len(ordered), max_size=len(ordered)))
    return text, [mark(str(n), kinds[n], *span) for n, span in enumerate(ordered)]


@given(marked_texts())
def test_the_segments_are_the_text_and_each_mark_covers_exactly_its_span(case):
    text, marks = case
    parts = list(segments(text, marks))
    assert "".join(part.text for part in parts) == text
    for item in marks:
        covered = "".join(part.text for part in parts if item["id"] in part.ids)
        assert covered == text[item["start"] : item["end"]]
        assert sum(item["id"] in part.first for part in parts) == 1


def test_overlapping_marks_share_the_stretch_between_them():
    parts = list(segments(TEXT, [mark("a", "task", 0, 10), mark("b", "alarm", 5, 15)]))
    assert [part.ids for part in parts] == [("a",), ("a", "b"), ("b",), ()]
    assert parts[1].kinds == ("task", "alarm")


def test_a_text_without_marks_is_one_plain_segment():
    assert [part.text for part in segments(TEXT, [])] == [TEXT]


@pytest.mark.parametrize("bad", [("task", 3, 3), ("task", -1, 4), ("task", 0, 999), ("colour", 0, 4), ("task", 6, 2)])
def test_a_mark_outside_the_text_or_of_unknown_kind_is_refused(bad):
    with pytest.raises(ValueError, match="bad mark"):
        list(segments(TEXT, [mark("x", *bad)]))


def test_the_legend_counts_only_kinds_that_occur():
    assert counts([mark("a", "note", 0, 1), mark("b", "task", 0, 2), mark("c", "note", 1, 2)]) == [
        ("task", "任务", 1),
        ("note", "提示", 2),
    ]
