"""Damage is mended for understanding, and every mending is on record with its place in what was printed."""

import json

import pytest
from opencc import OpenCC

from taizhang.reading import outline, read_bytes, read_text
from taizhang.reading.mojibake import tangles, untangled

PLAN = (
    "某县教育局2026年工作要点\n"
    "2026年全县教育工作要坚持立德树人,深化改革,办好人民满意的教育,为全县发展提供支撑。\n"
    "一、扩大资源\n"
    "1.建学校。年底前新建学校5所,新增学位3600个。(牵头单位:计财科;配合单位:基教科)\n"
    "2.抓培训。要培训教师1200人次,合格率达到95%。(责任单位:人事科)\n"
)


def layers(reading):
    """What was understood, whatever the damage looked like."""
    return (
        [(item.level, item.kind) if hasattr(item, "kind") else item.level for item in reading.headings],
        [(item.value, item.unit, item.kind) for item in reading.quantities],
        [(item.status, item.comparator) for item in reading.targets],
        [(item.lead_units, item.assisting_units, item.deadline) for item in reading.tasks],
    )


def only(reading, word):
    return [item for item in reading.repairs if word in item.why]


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("3600个", "3\u200b600\u2060个", "看不见"),
        ("新增学位", "新\u00ad增学\ufeff位", "看不见"),
        ("合格率", "合\x07格率", "看不见"),
        ("工作", "\u2f2f作", "部首"),
        ("新增", "新&nbsp;增", "转义符"),
        ("培训教师", "培训&amp;ldquo;教师&rdquo;", "转义符"),
        ("1200人次", "\uff11\uff12\uff10\uff10人次", "全角"),
        ("95%", "\uff19\uff15\uff05", "全角"),
        ("计财科", "計財科", "繁体"),
        ("。(牵头", "\ue78e(牵头", "私用区"),
        ("2.抓培训", "\uf0d82.抓培训", "私用区"),
        ("新建学校", "新建学校".encode().decode("latin-1"), "乱码"),
        ("新建学校", "新建学校".encode().decode("gb18030"), "乱码"),
        ("新建学校", "新建学校".encode("gbk").decode("latin-1"), "乱码"),
    ],
)
def test_damage_changes_neither_what_is_understood_nor_the_text(before, after, word):
    text = PLAN.replace(before, after)
    assert text != PLAN
    reading = read_text(text)
    assert reading.source.text == text
    expected = [row if word != "繁体" else (("計財科",), *row[1:]) for row in layers(read_text(PLAN))[3]]
    assert [item[1:] for item in layers(reading)[3]] == [item[1:] for item in expected]
    assert layers(reading)[:3] == layers(read_text(PLAN))[:3]
    assert only(reading, word)


def test_every_span_is_an_exact_slice_of_the_damaged_text():
    text = (
        PLAN.replace("3600", "3\u200b60\u00ad0")
        .replace("学校", "学校".encode().decode("latin-1"))
        .replace("工", "\u2f2f")
    )
    reading = read_text(text)
    for layer in (reading.quantities, reading.targets, reading.tasks, reading.unread):
        assert all(item.text == text[item.start : item.end] for item in layer)
    assert all(
        text[item.start : item.end].replace(item.marker, "", 1).strip() == item.text for item in reading.headings
    )
    assert all(item.raw == text[item.start : item.end] for item in reading.repairs)
    assert any(item.text == "3\u200b60\u00ad0个" and item.value == 3600 for item in reading.quantities)


def test_a_sound_text_needs_no_repair():
    assert read_text(PLAN).repairs == []


def test_a_repair_carries_raw_repaired_why_and_confidence_into_the_json():
    text = PLAN.replace("新建学校", "新建学校".encode().decode("latin-1"))
    (repair,) = json.loads(json.dumps(read_text(text).as_dict()))["repairs"]
    assert repair["repaired"] == "新建学校" and repair["raw"] == text[repair["start"] : repair["end"]]
    assert 0.9 < repair["confidence"] <= 1 and repair["confidence"] == repair["how_sure"] and "乱码" in repair["why"]


def test_the_outline_counts_repairs_by_kind_with_examples():
    text = outline(read_text(PLAN.replace("5所", "\uff15所").replace("3600", "\uff13600").replace("增", "\u200b增")))
    assert "为理解而修补" in text
    assert "全角数字或字母" in text and "2 处" in text
    assert "“\uff15” → “5”" in text and "U+200B" in text


def test_lost_characters_are_reported_and_never_invented():
    repairs = only(read_text(PLAN.replace("学位", "锟斤拷")), "丢失")
    assert [(item.raw, item.repaired, item.confidence) for item in repairs] == [("锟斤拷", "□", 0.0)]


def test_an_odd_number_of_bytes_loses_one_character_only():
    raw = "教育局".encode().decode("gbk", errors="replace").replace("\ufffd", "?")
    ((start, end, mended, _),) = tangles(raw)
    assert (mended, raw[start:end]) == ("教育□", raw)


@pytest.mark.parametrize(
    "text",
    [
        "全县学校、幼儿园琦瑾二中",
        "Café Ève – déjà vu",
        "缤纷校园浏阳河畔",
        "學校鍋爐房改造",
        "“两免一补”——落实到位",
        "±5℃×3÷2§1°",
    ],
)
def test_sound_words_are_never_taken_for_mojibake(text):
    assert list(tangles(text)) == []


@pytest.mark.parametrize("wrong", ["latin-1", "gb18030"])
def test_a_file_that_was_stored_in_the_wrong_code_page_is_put_right_when_it_is_decoded(wrong):
    text = PLAN.replace("一、", "第一 ") * 3
    data = text.encode().decode(wrong, errors="ignore").encode()
    reading = read_bytes(data, "a.txt")
    assert "教育" in reading.source.text and reading.source.encoding == "utf-8, transcoded"
    assert any("已还原" in note for note in reading.source.notes)
    assert untangled(PLAN) is None


def test_a_scrubbed_number_is_solved_by_the_texts_own_sum():
    reading = read_text(
        "某局2025年信访工作分析报告\n一、基本情况\n全年共受理信访件180件,其中师德师风类20xx占11.11%,办理结果较好,群众满意。\n"
    )
    assert [(item.raw, item.repaired) for item in only(reading, "反推")] == [("20xx", "20")]


def wrapped(text, width, indent):
    """Every paragraph indented and broken at a width in half-width columns, as old mail programs did."""
    broken = []
    for line in text.splitlines():
        broken.append(indent)
        for sign in line:
            columns = len((broken[-1] + sign).encode("gb18030"))
            if columns > width:
                broken.append("")
            broken[-1] += sign
    return "\n".join(broken) + "\n"


LONG = PLAN.replace(
    "新增学位", "改建学校2所,扩建学校7所,切实保障适龄儿童少年就近入学,逐步缓解城区学校大班额问题,新增学位"
).replace("要培训教师", "要健全教师培训制度,完善分层分类的培训体系,落实经费保障,提高教师队伍整体素质,要培训教师")


@pytest.mark.parametrize("width", [44, 60, 72])
def test_hard_wrapped_prose_is_read_in_paragraphs(width):
    text = wrapped(LONG, width, "\u3000\u3000")
    reading = read_text(text)
    assert layers(reading) == layers(read_text(LONG))
    assert any("硬换行" in note for note in reading.source.notes)
    assert all(item.text == text[item.start : item.end] for item in reading.tasks)
    assert not any("硬换行" in note for note in read_text(LONG).source.notes)


BROKEN = [
    "今年全县毕业学生共计4000人,其中升学3000人,占毕业生总数的\n        75%,其余外出务工。\n升入职业学校\n1200人。\n",
    "全县中小学现有专任教师共2000人,其中女教师1500人，\n占75%。工作按计划推进。\n",
    "本年度全县小学毕业学生共计4000\n        人,升入初中3000人,占75%。\n",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_sentence_that_is_broken_in_the_middle_is_read_whole(text):
    reading = read_text(text)
    assert any("断行" in note for note in reading.source.notes)
    assert "75%" in [item.text for one in reading.relations for item in one.operands]
    assert all(item.text == text[item.start : item.end] for item in reading.quantities)


@pytest.mark.parametrize(
    "text",
    [
        "为做好下半年的各项工作,现将有关事项安排如下,\n一是开展安全检查。\n二是抓好学生资助。\n",
        "各学校要在本月底以前完成自查自评并上报结果，\n\n各督导组随后复查。\n",
        "姓名、单位、\n电话,\n",
        "新建学校5所,改建学校12所,扩建校舍3600\n平安校园创建\n",
    ],
    ids=["series", "empty line", "cells", "another word"],
)
def test_a_line_that_begins_something_of_its_own_stays_apart(text):
    assert not any("断行" in note for note in read_text(text).source.notes)


@pytest.mark.parametrize(
    "text",
    [
        PLAN,
        "周次\n日期\n要点\n" + "1\n27/8—2/9\n开学工作会议\n" * 20,
        "甲\n乙\n丙\n丁\n" * 10,
        "新建学校五所,改建学校三所。\n" * 9,
    ],
    ids=["paragraphs", "flattened table", "short lines", "equal sentences"],
)
def test_other_texts_keep_their_lines(text):
    assert not any("硬换行" in note for note in read_text(text).source.notes)


def test_a_wholly_traditional_text_is_understood_and_says_so_once_a_line():
    text = OpenCC("s2t").convert(PLAN)
    reading = read_text(text)
    plain = [(item.value, item.kind) for item in read_text(PLAN).quantities]
    assert [(item.value, item.kind) for item in reading.quantities] == plain
    lines = only(reading, "繁体")
    assert 3 <= len(lines) <= text.count("\n")
    assert all(OpenCC("t2s").convert(item.raw) == item.repaired for item in lines)
