"""Colours of the text."""

from taizhang.documents.marks import check_marks, mark, pieces, task_marks
from taizhang.documents.readings import checks_of
from taizhang.reading.model import Finding, Operand, Quantity, Reading, Relation, Source

TEXT = "计划10人,实到9人,到会率95%。"


def reading() -> Reading:
    relation = Relation(
        "rate",
        (Operand("part", 8, 10, "9人"), Operand("whole", 2, 5, "10人"), Operand("pct", 14, 17, "95%")),
        95.0, 90.0, 0.5, False, "exact", "alarm", "9 ÷ 10 = 90%",
    )  # fmt: skip
    quantities = [Quantity(2, 5, "10人", 10.0, "人", "count"), Quantity(8, 10, "9人", 9.0, "人", "count")]
    findings = [Finding("two_values", "note", ((2, 5), (3, 10)), "前后不一")]
    return Reading(Source("一.txt", TEXT, "txt"), quantities=quantities, relations=[relation], findings=findings)


def test_cutting_at_marks_loses_no_character_and_anchors_each_mark_once():
    found = reading()
    cut = list(pieces(TEXT, check_marks(found, checks_of(found, {}))))
    assert "".join(piece.text for piece in cut) == TEXT
    anchors = [piece.anchor for piece in cut if piece.anchor]
    assert len(anchors) == len(set(anchors)) and any("tz-mark-alarm" in piece.classes for piece in cut)


def test_overlapping_places_of_one_doubt_are_kept_apart():
    checks = checks_of(reading(), {})
    assert [check.level for check in checks] == ["alarm", "note"]
    assert checks[0].spans == ((2, 5), (8, 10), (14, 17)) and checks[0].texts == ("10人", "9人", "95%")
    assert checks[1].spans == ((2, 5),)


def test_the_key_of_a_doubt_depends_on_kind_and_places_alone():
    first, second = checks_of(reading(), {}), checks_of(reading(), {})
    assert [check.key for check in first] == [check.key for check in second]
    assert first[0].key != first[1].key


def test_marks_beyond_the_text_are_left_out():
    cut = list(pieces("短文", [mark("a", "task", 0, 9), mark("b", "task", 0, 2)]))
    assert [(piece.text, piece.ids) for piece in cut] == [("短文", "b")]


def test_a_text_without_tasks_has_no_task_marks():
    assert task_marks(reading()) == []
