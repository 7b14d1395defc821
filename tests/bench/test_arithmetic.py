"""The benchmark's own numbers: the gold is right, twins differ in one number, the halves share nothing."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from bench.arithmetic import run
from bench.arithmetic.frames import DISTRACTORS, FRAMES, HEADS, KINDS
from bench.arithmetic.generate import CLEAN, documents, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made():
    return documents()


def numbers(document, relation):
    """Printed numbers of a relation with the unit's scale behind them, in 万 where the text has 亿."""
    found = []
    for start, end in relation["spans"]:
        value = Decimal(document.text[start:end])
        found.append(value * 10000 if document.text[end] == "亿" else value)
    return found


def quotient_agrees(part, whole, printed, hundred=100):
    """Is the printed quotient the true one within one unit of its last digit (rounded or cut off)?"""
    unit = Decimal(1).scaleb(printed.as_tuple().exponent)
    return abs(hundred * part / whole - printed) < unit


def agrees(kind, frame, values):
    """Recomputes a relation from its numbers in the order of the text; written apart from the generator."""
    if kind in ("share", "rate"):
        *pair, percent = values
        return quotient_agrees(min(pair), max(pair), percent)
    if kind == "sum":
        return 2 * max(values) == sum(values)
    if kind == "difference":
        return abs(values[0] - values[1]) == values[2]
    if kind == "growth":
        return quotient_agrees(abs(values[1] - values[0]), values[0], values[2])
    if kind == "ratio":
        return quotient_agrees(values[0], values[1], values[2], 1)
    if kind == "multiple":
        return quotient_agrees(max(values[:2]), min(values[:2]), values[2], 1)
    if kind == "per":
        number, total = (values[0], values[1]) if frame.text.index("{n}") < frame.text.index("{t}") else values[1::-1]
        return quotient_agrees(total, number, values[2], 10000 if "人均{r}元" in frame.text else 1)
    if kind == "list100":
        return sum(values) == 100
    return values[0] > values[1] if kind == "part_of" else values[0] == values[1]


def test_there_are_enough_documents_and_frames(made):
    assert sum(document.seed is None for document in made) == 2 * CLEAN >= 200
    assert sum(document.seed is not None for document in made) >= 400
    assert len(FRAMES) >= 60
    assert {frame.kind for frame in FRAMES} == set(KINDS)


def test_every_relation_marked_right_is_arithmetically_right(made):
    frames = {frame.name: frame for frame in FRAMES}
    for document in made:
        for relation in document.relations:
            if relation["right"]:
                values = numbers(document, relation)
                assert agrees(relation["kind"], frames[relation["frame"]], values), (document.name, relation)


def test_every_seeded_relation_is_wrong_and_is_the_only_wrong_one(made):
    frames = {frame.name: frame for frame in FRAMES}
    for document in made:
        wrong = [relation for relation in document.relations if not relation["right"]]
        assert len(wrong) == (document.seed is not None)
        for relation in wrong:
            assert relation["frame"] == document.seed["frame"]
            assert not agrees(relation["kind"], frames[relation["frame"]], numbers(document, relation))


def test_a_twin_differs_from_its_clean_document_in_one_number(made):
    clean = {document.name: document.text for document in made if document.seed is None}
    for document in made:
        if document.seed is None:
            continue
        ours, theirs = (re.findall(r"\d[\d.]*|\D+", text) for text in (document.text, clean[document.twin_of]))
        changed = [
            code for code in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes() if code[0] != "equal"
        ]
        assert len(changed) == 1, document.name
        _, a, b, c, d = changed[0]
        assert ("".join(theirs[a:b]), "".join(ours[c:d])) == (document.seed["right"], document.seed["printed"])


def test_spans_hold_numbers_and_the_seeded_one_among_them(made):
    for document in made:
        for relation in document.relations:
            assert all(re.fullmatch(r"\d+(\.\d+)?", document.text[start:end]) for start, end in relation["spans"])
        if document.seed:
            texts = [document.text[start:end] for start, end in document.seed["spans"]]
            assert document.seed["printed"] in texts


def test_the_halves_share_no_frame_no_distractor_and_no_heading(made):
    used = {split: {r["frame"] for d in made if d.split == split for r in d.relations} for split in ("tune", "report")}
    assert not used["tune"] & used["report"]
    assert used["tune"] | used["report"] == {frame.name for frame in FRAMES}
    assert len({frame.text for frame in FRAMES}) == len(FRAMES)
    for table in (DISTRACTORS, HEADS):
        assert not set(table["tune"]) & set(table["report"])


def test_no_document_holds_two_frames_about_one_topic(made):
    topics = {frame.name: frame.topic[:2] for frame in FRAMES}
    for document in made:
        about = [topics[str(relation["frame"])] for relation in document.relations]
        assert len(about) == len(set(about)), document.name


def test_the_documents_are_the_same_every_time(made):
    assert [document.text for document in documents(3)] == [
        document.text for document in made if int(document.name.split("-")[1]) < 3
    ]


def test_files_are_written_with_their_gold(tmp_path, made):
    write(tmp_path, made[:3])
    gold = json.loads((tmp_path / made[1].split / f"{made[1].name}.json").read_text(encoding="utf-8"))
    text = (tmp_path / made[1].split / f"{made[1].name}.txt").read_text(encoding="utf-8")
    start, end = gold["relations"][0]["spans"][0]
    assert text[start:end].replace(".", "").isdigit()
    assert gold["clean"] is False


def test_an_alarm_elsewhere_is_no_hit_and_a_clean_document_with_an_alarm_is_disturbed(made):
    clean, seeded = made[0], made[1]
    score = run.Score()
    score.add(clean, [("alarm", [(0, 2)], "?")])
    score.add(seeded, [("alarm", [(0, 2)], "?"), ("note", [tuple(seeded.seed["spans"][0])], "!")])
    assert (score.clean, score.disturbed, score.found.total(), score.noted.total(), score.beside) == (1, 1, 0, 1, 1)
    score.add(seeded, [("alarm", [tuple(seeded.seed["spans"][0])], "!")])
    assert (score.found.total(), score.recall()) == (1, "  50.0%")


def test_the_peer_recomputes_percentages_only():
    assert run.naive("学生200人,寄宿50人,占25%。") == []
    assert run.naive("学生200人,寄宿50人,占35%。")[0][0] == "alarm"
    assert run.naive("小学3所,初中2所,共6所。") == []


def test_the_script_prints_its_tables_on_ten_documents():
    done = subprocess.run(
        [sys.executable, ROOT / "bench/arithmetic/run.py", "--limit", "2"], capture_output=True, text=True, check=True
    )
    assert "12 documents" in done.stdout
    assert done.stdout.count("recall all") == 2
    assert "clean with an alarm" in done.stdout
