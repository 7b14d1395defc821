"""The core pack's annual summary, written for a county that the tests made up."""

from __future__ import annotations

import io
import json
import re
import zipfile

from docx import Document
from lxml import etree

from taizhang.reports.blocks import Heading, Table, plain, texts
from taizhang.reports.bound import has_digit
from taizhang.reports.paper import docx
from tests.reports.fakes import COUNTY, FakeSources, annual

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def written(sources: FakeSources | None = None) -> bytes:
    chosen = sources or FakeSources()
    return docx(annual(chosen), chosen, COUNTY)


def test_every_numeral_in_the_document_is_bound_or_declared() -> None:
    report = annual()
    data = written()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = etree.fromstring(package.read("word/document.xml"))
    declared = {item.text for item in report.bindings.declared}
    ordinals = {block.number for block in report.blocks if isinstance(block, Heading)}
    for paragraph in body.iter(f"{W}p"):
        outside = "".join(
            text.text for text in paragraph.iter(f"{W}t") if not any(True for _ in text.iterancestors(f"{W}sdt"))
        )
        for words in sorted(declared | ordinals, key=len, reverse=True):
            outside = outside.replace(words, "")
        assert not has_digit(outside), outside


def test_the_summary_binds_far_more_than_forty_numbers() -> None:
    assert len(annual().bindings.bounds) >= 100


def test_each_control_in_the_file_finds_its_binding() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as package:
        body = etree.fromstring(package.read("word/document.xml"))
        bindings = json.loads(etree.fromstring(package.read("customXml/item1.xml")).text)
    controls = {
        control.find(f"{W}sdtPr/{W}tag").get(f"{W}val"): "".join(text.text for text in control.iter(f"{W}t"))
        for control in body.iter(f"{W}sdt")
    }
    assert controls == {tag: bound["shown"] for tag, bound in bindings["bindings"].items()}
    assert bindings["report"]["unit"] == "B1"


def test_the_file_opens_as_a_word_document_with_its_headings() -> None:
    document = Document(io.BytesIO(written()))
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings == [
        "一、基本情况",
        "二、主要工作完成情况",
        "三、校园安全",
        "四、普及程度和办学条件",
        "五、督办情况",
        "六、存在的问题",
        "七、下步打算",
    ]
    assert len(document.tables) == 5


def test_the_same_figures_give_the_same_file() -> None:
    assert written() == written()


def test_problems_follow_from_late_tasks_and_unmet_targets() -> None:
    text = "\n".join(plain(runs) for block in annual().blocks for runs in texts(block))
    assert "逾期的1项任务是：普惠园认定" in text
    assert re.search(r"普惠园数：年初要求不低于40所，实际36所，未达到要求", text)
    assert "还有1个目标没有可以核对的结果，涉及的任务是：普惠园认定" in text


def test_a_year_without_late_tasks_has_no_table_of_them() -> None:
    report = annual(FakeSources(task_lines=()))
    heads = [[plain(cell) for cell in block.header] for block in report.blocks if isinstance(block, Table)]
    assert not [head for head in heads if "牵头单位" in head]
    assert "本年度没有登记要点任务。" in [plain(runs) for block in report.blocks for runs in texts(block)]
