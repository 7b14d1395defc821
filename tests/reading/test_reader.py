"""The reader as a whole: exact spans, plain JSON, and calm in the face of any input."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.kernel.errors import Problem
from taizhang.reading import check, outline, plan_rows, read, read_bytes, read_text
from taizhang.reading.model import LAYERS, Finding, Operand, Reading, Relation, Source

PIECES = [
    *(
        "一、",
        "(一)",
        "1.",
        "(1)",
        "①",
        "一是",
        "首先",
        "其次",
        "第三",
        "。",
        ";",
        ":",
        ",",
        "\n",
        " ",
        "20xx年",
        "占",
        "%",
        "12.5",
    ),
    *(
        "所",
        "人",
        "(",
        ")",
        "“",
        "”",
        "年底前",
        "(guī)",
        "規",
        "\t",
        "\r",
        "牵头单位:",
        "由办公室牵头",
        "工作总结",
        "篇1",
        "第2页",
        "学校",
        "周次",
    ),
]
texts = st.lists(st.sampled_from(PIECES), max_size=80).map("".join)


@settings(max_examples=150)
@given(texts)
def test_any_jumble_reads_into_exact_slices_inside_the_text(text):
    reading = read_text(text)
    size = len(text)
    for layer in ("articles", "parts", "headings", "points", "targets", "tasks"):
        for item in getattr(reading, layer):
            assert 0 <= item.start < item.end <= size
            piece = text[item.start : item.end]
            assert not piece[0].isspace() and not piece[-1].isspace()
    for heading in reading.headings:
        piece = text[heading.start : heading.end]
        assert piece.startswith(heading.marker) and piece[len(heading.marker) :].strip() == heading.text
    for point in reading.points:
        assert text[point.start : point.end] == point.marker
    json.dumps(reading.as_dict(), ensure_ascii=False)
    outline(reading)
    plan_rows(reading)


@settings(max_examples=60)
@given(texts)
def test_levels_never_jump_and_points_never_lie_in_headings(text):
    reading = read_text(text)
    starts = {part.start for part in reading.parts} | {article.start for article in reading.articles}
    level = 0
    for heading in reading.headings:
        if any(start <= heading.start for start in starts) and heading.level == 1:
            level = 0
        assert 1 <= heading.level <= level + 1
        level = heading.level
        assert not any(point.start < heading.end and heading.start < point.end for point in reading.points)


def test_cut_shuffled_and_garbled_files_never_crash():
    source = ("某县教育局2026年工作要点\n一、甲\n1.抓教研。年底前培训教师300人,占50%。\n" * 20).encode()
    chance = random.Random(7)
    for round_ in range(60):
        data = bytearray(source)
        for _ in range(chance.randrange(1, 80)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[chance.randrange(400) : chance.randrange(500, len(data))])
        name = ("a.txt", "a.docx", "a.pdf", "a.html", "a.xlsx", "a.doc")[round_ % 6]
        try:
            read_bytes(cut, name)
        except Problem as problem:
            assert problem.message


@pytest.mark.parametrize(
    "text",
    [
        "1" * 10_000,
        "(" * 10_000,
        "(一)" * 3000,
        "一" * 20_000,
        "一是" * 5000,
        "," * 20_000,
        "教育" * 20_000,
        "規(guī)" * 5000,
        "\n" * 20_000 + "一、甲",
    ],
    ids=["digits", "brackets", "marks", "one", "points", "commas", "prose", "pinyin", "lines"],
)
def test_monotonous_texts_are_read_to_the_end(text):
    assert read_text(text).source.text == text


def test_nothing_is_found_in_nothing():
    reading = read_text("")
    assert all(getattr(reading, layer) == [] for layer in LAYERS)


def test_the_json_has_every_layer_and_plain_values(tmp_path):
    file = tmp_path / "要点.txt"
    file.write_text("某局2026年工作要点\n一、甲\n1.抓教研。要健全机制,年底前完成方案。\n", encoding="utf-8")
    found = read(file).as_dict()
    assert set(LAYERS) <= set(found)
    assert found["file"] == "要点.txt" and found["encoding"] == "utf-8"
    assert found["tasks"][0]["deadline"] == "2026-12-31"
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found


def test_offsets_are_those_of_the_file_with_windows_line_ends(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes("某局工作要点\r\n一、甲\r\n要抓好落实,办好教育。\r\n".encode())
    heading = read(file).headings[0]
    with file.open(encoding="utf-8", newline="") as stream:
        assert stream.read()[heading.start : heading.end] == "一、甲"


def test_damage_is_reported_and_the_text_stays():
    text = "某局计划\n上午&nbs\np;开会,进行了`讨论。優(yōu)化方案。"
    reading = read_text(text)
    assert reading.source.text == text
    assert {repair.raw for repair in reading.repairs} == {"&nbs\np;", "`", "優", "(yōu)"}
    assert all(text[repair.start : repair.end] == repair.raw and 0 < repair.how_sure <= 1 for repair in reading.repairs)


def relation(holds):
    return Relation("sum", (Operand("total", 0, 1, "1"),), 1.0, 2.0, 0.0, holds, "exact", "alarm", "对不上")


def test_check_lists_what_fails_and_what_is_doubtful_only():
    doubt = Finding("nesting", "note", ((0, 1),), "部分大于整体")
    reading = Reading(Source("a", "1", "txt"), findings=[doubt])
    reading.relations = [relation(holds) for holds in (True, False, "corrupt", None)]
    assert check(reading) == [relation(False), relation("corrupt"), doubt]
