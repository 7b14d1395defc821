"""Hostile and broken input: every file either reads into exact, ordered, printable layers or is refused with a Problem."""

import io
import json
import random
import struct
import zipfile
from itertools import pairwise

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.kernel.errors import Problem
from taizhang.reading import check, outline, read_bytes, read_text
from taizhang.reading.formats.sniff import MAX_UNPACKED
from tests.reading.docx_parts import docx_file, paragraph
from tests.reading.pdf_file import pdf_file

LINES = (
    "青河县教育局2026年工作要点",
    "一、扩大优质资源",
    "1.新建学校。年底前新建、改建学校12所,新增学位3,600个,投入资金1.2亿元,占总投资2亿元的60%。",
    "2.随迁子女1085人入学(公办园650人、民办园435人),入学率由98.5%提高到99.2%。",
    "(一)强化保障。由计财科牵头,人事科配合,6月30日前完成。",
    "一是每学期教研不少于4次;二是全县在校生34776人,其中小学20000人、初中14776人,生师比13.5:1。",
    "二〇二五年《关于印发“五育并举”方案的通知》(青教发〔2025〕38号)要求第三批试点学校达到一百二十所。",
    "序号\t任务\t牵头单位\t完成时限",
    "1\t培训教师500人次\t师训中心\t9月底前",
)
TEXT = "\n".join(LINES) + "\n"
LAYERS = ("articles", "parts", "headings", "points", "quantities", "targets", "tasks", "unread")


def as_docx() -> bytes:
    document = docx.Document()
    for line in LINES:
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "新增学位", "3600个"
    return saved(document)


def as_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append(line.split("\t"))
    return saved(book)


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_html() -> bytes:
    rows = "".join(f"<p>{line}</p>" for line in LINES)
    return f"<!doctype html><html><head><meta charset=utf-8></head><body>{rows}<table><tr><td>1<td>2</table>".encode()


WHOLE = {
    "a.txt": TEXT.encode(),
    "gb.txt": TEXT.encode("gb18030"),
    "wide.txt": TEXT.encode("utf-16"),
    "a.md": TEXT.encode(),
    "a.html": as_html(),
    "a.docx": as_docx(),
    "a.xlsx": as_xlsx(),
    "a.pdf": pdf_file(list(LINES)),
}
SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx", ".xlsx", ".pdf", ".doc", ".wps", ".xls", ".csv", ".zip", "")


def damaged() -> list[tuple[str, str, bytes]]:
    """What happens to files on the way: cut short, bytes changed, lines shuffled, encodings mixed, suffixes wrong."""
    chance = random.Random(20260901)
    cases = []
    for name, data in WHOLE.items():
        for turn in range(7):
            cases.append((f"cut-{turn}", name, data[: chance.randrange(1, len(data))]))
            cases.append((f"headless-{turn}", name, data[chance.randrange(1, len(data)) :]))
            hit = bytearray(data)
            for _ in range(chance.choice((1, 5, 60))):
                hit[chance.randrange(len(hit))] = chance.randrange(256)
            cases.append((f"hit-{turn}", name, bytes(hit)))
    for turn in range(16):
        lines = chance.sample(LINES, len(LINES)) * 2
        chance.shuffle(lines)
        cases.append((f"shuffled-{turn}", "a.txt", "\n".join(lines).encode()))
        mixed = (line.encode(chance.choice(("utf-8", "gb18030", "big5", "utf-16-le")), "replace") for line in LINES)
        cases.append((f"mixed-{turn}", "a.txt", b"\n".join(mixed)))
    for suffix in SUFFIXES:
        cases.append(("noise", f"a{suffix}", chance.randbytes(2000)))
        cases.append(("words", f"b{suffix}", TEXT[chance.randrange(40) :].encode()))
        cases.append(("head", f"c{suffix}", b"PK\x03\x04" + chance.randbytes(300)))
    return cases


DAMAGED = damaged()


def holds(text: str, reading) -> None:
    """Exact slices inside the text, quantities in order and apart, and JSON that any program takes."""
    for layer in LAYERS:
        for item in getattr(reading, layer):
            assert 0 <= item.start < item.end <= len(text), layer
            if hasattr(item, "text") and layer != "headings":
                assert text[item.start : item.end] == item.text, layer
    spans = [(item.start, item.end) for item in reading.quantities]
    assert spans == sorted(spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for relation in reading.relations:
        assert {(one.start, one.end) for one in relation.operands} <= set(spans)
    for doubt in check(reading):
        assert doubt.why
    printed = json.dumps(reading.as_dict(), ensure_ascii=True, allow_nan=False)
    assert json.loads(printed) == reading.as_dict()
    assert outline(reading)


def read_or_refuse(data: bytes, name: str) -> bool:
    """True when it was read; a refusal says in Chinese what is the matter."""
    try:
        reading = read_bytes(data, name)
    except Problem as problem:
        assert problem.message and problem.where == name
        return False
    holds(reading.source.text, reading)
    return True


@pytest.mark.parametrize(("what", "name", "data"), DAMAGED, ids=[f"{name}-{what}" for what, name, _ in DAMAGED])
def test_a_damaged_file_is_read_or_refused(what, name, data):
    read_or_refuse(data, name)


def test_there_are_at_least_two_hundred_damaged_files_and_many_can_still_be_read():
    assert len(DAMAGED) >= 200
    assert sum(read_or_refuse(data, name) for what, name, data in DAMAGED if what.startswith("shuffled")) == 16


@pytest.mark.parametrize(("name", "data"), WHOLE.items(), ids=WHOLE)
def test_the_whole_files_are_read(name, data):
    assert read_or_refuse(data, name)


NESTED = "".join(f"{'(' * depth}第{depth}层{depth}所{')' * depth}" for depth in range(60))
EXTREME = {
    "ten thousand digits": "投入" + "9" * 10_000 + "元",
    "digits with commas": "共" + "1,234," * 3000 + "所",
    "ten to the 400": "共有1" + "0" * 400 + "人,占1" + "0" * 399 + "人的10%",
    "亿 upon 亿": "投资一" + "万亿" * 400 + "元",
    "decimals without end": "0." + "3" * 5000 + "%",
    "percent of nothing": "完成0所,占0所的0%,增长0%,0:0",
    "brackets": "(" * 5000 + "12所" + ")" * 5000,
    "brackets inside brackets": NESTED,
    "quotes": "“" * 4000 + "两基" + "”" * 4000,
    "titles": "《" * 4000 + "十条" + "》" * 4000,
    "marks": "一、(一)1.(1)①一是首先" * 800,
    "headings by depth": "\n".join(f"{mark}甲。乙丙丁。" for mark in ("一、", "(一)", "1.", "(1)", "①") * 400),
    "NULs": "新建\0学校\0" + "12\0所" * 200,
    "lone surrogates": "新建\ud800学校12所\udfff,\udc00占50%" * 50,
    "private and combining": "12\u0301所\ue000" * 300 + "\u202e30%\u202c" * 300,
    "one line of 200 kB without a stop": "教育局抓好学校安全工作培训教师" * 4400,
    "one line of numbers without a stop": "新增学位12个和学生30人以及" * 250,
    "only punctuation": "。,;:!?、…—()《》“”" * 2000,
    "only line ends": "\n\r\r\n\u2028\x0b\x0c\x85" * 1000,
    "only spaces": " \t\u3000\xa0" * 5000,
    "ranges": "1-" * 500 + "2人",
    "percent after percent": "50%" * 1000,
    "colons": "1:" * 5000 + "1",
    "years": "2025-" * 4000 + "2026年",
    "dates": "1月1日至" * 3000,
    "其中": "其中1人" * 600,
    "分别": "分别占" * 2000 + "1%和2%",
    "Pinyin": "規(guī)" * 4000 + "12所(suǒ)",
    "masks": "20xx年x月x日__%" * 300,
    "ones": "一" * 10_000 + "所",
    "semicolons of tasks": "牵头单位:" * 2000,
    "documents on one page": "".join(f"工作计划篇{number}\n一、甲。乙12所。\n" for number in range(1, 100)),
    "table heads": "周次\n1\n9/1—9/7\n" * 600,
}


@pytest.mark.parametrize("text", EXTREME.values(), ids=EXTREME)
def test_extreme_texts_are_read_to_the_end(text):
    reading = read_text(text)
    assert reading.source.text == text
    holds(text, reading)


# --- containers that lie -----------------------------------------------------------------------------------------------
def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def grown(data: bytes, size: int) -> bytes:
    """The archive with another unpacked size in its directory, as a forged one would say."""
    place = data.rindex(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<I", size) + data[place + 28 :]


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lol [<!ENTITY a0 "教育">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LYING = {
    "a size beyond the limit": grown(packed({"word/document.xml": b"<x/>"}), MAX_UNPACKED + 1),
    "a size of nothing": grown(packed({"word/document.xml": b"<x>" + b"a" * 1000 + b"</x>"}), 0),
    "laughing entities": packed(
        {"word/document.xml": f"{LAUGHS}<w:document {W}><w:body>&a9;</w:body></w:document>".encode()}
    ),
    "a file from elsewhere": packed(
        {
            "word/document.xml": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
            f"<w:document {W}><w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p></w:body></w:document>".encode()
        }
    ),
    "no document": packed({"word/other.xml": b"<x/>"}),
    "an empty document": packed({"word/document.xml": b""}),
    "a workbook without sheets": packed({"xl/workbook.xml": b"<workbook/>"}),
    "a path that climbs": packed({"../../word/document.xml": b"<x/>"}),
    "no directory": packed({"word/document.xml": b"<x/>"})[:-22],
}


@pytest.mark.parametrize("data", LYING.values(), ids=LYING)
@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
def test_a_container_that_lies_is_refused(data, name):
    assert not read_or_refuse(data, name)


def test_deeply_nested_markup_is_read_or_refused():
    read_or_refuse(b"<html><body>" + b"<div>" * 20_000 + "新建12所。".encode(), "a.html")
    read_or_refuse(("<table><tr><td>" * 2000 + "12所").encode(), "a.html")
    inner = "<w:sdt><w:sdtContent>" * 300 + paragraph("新建12所。") + "</w:sdtContent></w:sdt>" * 300
    read_or_refuse(docx_file(inner), "a.docx")
    cell = paragraph("12所")
    for _ in range(60):
        cell = f"<w:tbl><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl>"
    read_or_refuse(docx_file(cell), "a.docx")


# --- any text over the signs of numbers --------------------------------------------------------------------------------
NUMERALS = "零〇○一二两三四五六七八九十百千万亿壹贰伍仟0123456789０１.,，%％年月日号第届级期个所人名元亩倍成半余多约近至—-~/:（）()“”《》占比其中共、。;\n 規(guī)"


@settings(max_examples=200)
@given(st.text(alphabet=NUMERALS, max_size=120))
def test_any_text_of_numerals_and_units_keeps_its_promises(text):
    holds(text, read_text(text))


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([*LINES, *LINES[2].split(","), "\r\n", "\t"]), max_size=12).map("".join), st.integers(0)
)
def test_any_stretch_of_a_document_keeps_its_promises(text, place):
    piece = text[place % (len(text) + 1) :]
    holds(piece, read_text(piece))
