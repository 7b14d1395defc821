"""A template goes to Word and comes back as it was, whatever Word does to its quotes, braces and runs."""

from __future__ import annotations

import io
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

import taizhang
from taizhang.kernel.errors import Problem
from taizhang.reports.word_template import cells_of, from_docx, mended, to_docx

CORE = Path(taizhang.__file__).parent / "packs/core"
SHIPPED = sorted([*CORE.glob("reports/*.txt"), *CORE.glob("letters/*.txt")])
SMALL = """{# 说明 #}
# {{ 单位 }}
# {{ 期间 }}总结

全县在校生{{ 值("在校生数", 学段="小学") }}。

## 安全

{% if 值("隐患数") %}
@表 各学区
| 学区 | 隐患 |
{% for 学区 in 单位列表("学区") %}
| {{ 学区 }} | {{ 值("隐患数", 单位=学区) | default("|") }} |
{% endfor %}
{% endif %}
@署名 {{ 单位 }}
"""


def saved(document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def opened(source: str):
    return Document(io.BytesIO(to_docx(source, "模板")))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_shipped_template_comes_back_as_it_went(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert from_docx(to_docx(source, file.stem), "a.docx") == source


def test_python_docx_opens_and_saves_it_and_nothing_is_lost() -> None:
    assert from_docx(saved(opened(SMALL)), "a.docx") == SMALL


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_every_shipped_template_survives_libreoffice(tmp_path: Path) -> None:
    for file in SHIPPED:
        (tmp_path / f"{file.stem}.docx").write_bytes(to_docx(file.read_text(encoding="utf-8"), file.stem))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    files = [str(path) for path in sorted(tmp_path.glob("*.docx"))]
    done = tmp_path / "saved"
    command = ["soffice", "--headless", profile, "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(done), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for file in SHIPPED:
        back = from_docx((done / f"{file.stem}.docx").read_bytes(), "a.docx")
        assert back == file.read_text(encoding="utf-8"), file.stem


def test_headings_are_words_headings_and_tables_are_tables() -> None:
    document = opened(SMALL)
    styles = [one.style.name for one in document.paragraphs if one.text]
    assert styles.count("Title") == 2
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 1"] == ["安全"]
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["学区", "隐患"]
    assert len(table.rows) == 4


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("{{ 值(“在校生数”) }}", '{{ 值("在校生数") }}'),
        ("｛｛ 值（“在校生数”，学段＝“小学”） ｝｝", '{{ 值("在校生数",学段="小学") }}'),
        ("{\uff5b\xa0值('在校生数')\xa0}｝", "{{ 值('在校生数') }}"),
        ("{{ 值(‘在校生数’) }}", "{{ 值('在校生数') }}"),
        ('{{ 值("每百名学生（小学）") }}', '{{ 值("每百名学生（小学）") }}'),
        ('{{ 原文("“5+2”服务") }}', '{{ 原文("“5+2”服务") }}'),
        ("{{ 原文(““5+2”服务”) }}", '{{ 原文("“5+2”服务") }}'),
        ('{{ 值("在校生数”) }}', '{{ 值("在校生数") }}'),
        ("｛％ if 值（”隐患数”） ％｝", '{% if 值("隐患数") %}'),
        ("\u200b{{ 单\u200b位 }}\xa0的“总结”（草稿）", "{{ 单位 }} 的“总结”（草稿）"),
        ("｛单位｝", "｛单位｝"),
        ("{# “引号”不动 #}", "{# “引号”不动 #}"),
    ],
)
def test_what_word_makes_of_a_binding_is_read_as_it_was_meant(typed: str, read: str) -> None:
    assert mended(typed) == read


def test_a_quote_that_never_ends_is_left_for_the_linter() -> None:
    assert mended("{{ 值(“在校生数) }}") == '{{ 值("在校生数) "}}'


def test_split_runs_tracked_changes_and_controls_are_understood() -> None:
    document = opened(SMALL)
    paragraph = next(one for one in document.paragraphs if "在校生" in one.text)
    run = next(one for one in paragraph.runs if "值(" in one.text)
    text, second = run.text, deepcopy(run._element)
    run.text = text[:7]
    run._element.addnext(second)
    next(second.iter(qn("w:t"))).text = text[7:]
    inserted, deleted = OxmlElement("w:ins"), OxmlElement("w:del")
    for holder, words, tag in ((inserted, "（含在园幼儿）", "w:t"), (deleted, "删去的话", "w:delText")):
        made = OxmlElement("w:r")
        made.append(OxmlElement(tag))
        made[0].text = words
        holder.append(made)
        paragraph._element.append(holder)
    assert from_docx(saved(document), "a.docx") == SMALL.replace('"小学") }}。', '"小学") }}。（含在园幼儿）')


def test_a_line_break_in_a_paragraph_begins_a_new_line() -> None:
    document = opened("# 标题\n\n正文。\n")
    document.paragraphs[0].runs[0].add_break()
    document.paragraphs[0].add_run("第二行标题")
    assert from_docx(saved(document), "a.docx") == "# 标题\n# 第二行标题\n\n正文。\n"


def test_a_style_based_on_a_heading_and_an_outline_level_are_headings() -> None:
    document = opened("# 标题\n\n甲\n\n乙\n")
    style = document.styles.add_style("局用标题", 1)
    style.base_style = document.styles["Heading 2"]
    first, second = (next(one for one in document.paragraphs if one.text == word) for word in "甲乙")
    first.style = style
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    second._element.get_or_add_pPr().append(level)
    assert from_docx(saved(document), "a.docx") == "# 标题\n\n### 甲\n\n## 乙\n"


def test_merged_cells_keep_their_columns_and_bars_part_nothing() -> None:
    document = opened("| 甲 | 乙 | 丙 |\n| a | b | c |\n")
    row = document.tables[0].rows[1]
    row.cells[0].merge(row.cells[1]).text = "a|b"
    assert from_docx(saved(document), "a.docx") == "| 甲 | 乙 | 丙 |\n| a｜b |  | c |\n"
    assert cells_of('| {{ 甲 | default("x") }} | 乙 |') == ['{{ 甲 | default("x") }}', "乙"]


def test_a_table_inside_a_cell_is_text_of_that_cell_once() -> None:
    document = Document()
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "外"
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲", "乙"
    assert [line.split() for line in from_docx(saved(document), "a.docx").splitlines()] == [
        ["|", "外", "|", "甲", "乙", "|"]
    ]


@pytest.mark.parametrize("said", ["x", "", "-3", "0", "2000000000"])
def test_a_span_that_word_never_wrote_is_one_column(said: str) -> None:
    document = opened("| 甲 | 乙 |\n")
    cell = document.tables[0].cell(0, 0)
    span = OxmlElement("w:gridSpan")
    span.set(qn("w:val"), said)
    cell._element.get_or_add_tcPr().append(span)
    assert from_docx(saved(document), "a.docx") == "| 甲 | 乙 |\n"


def test_a_row_with_another_number_of_cells_is_kept_as_it_stands() -> None:
    source = "| 甲 | 乙 |\n| 一 | 二 | 三 |\n"
    assert from_docx(to_docx(source, ""), "a.docx") == source


def test_the_same_template_gives_the_same_bytes() -> None:
    assert to_docx(SMALL, "模板") == to_docx(SMALL, "模板")


def test_a_strange_file_is_refused() -> None:
    with pytest.raises(Problem) as refusal:
        from_docx(b"not a document", "a.docx")
    assert refusal.value.code == "RPT-021" and refusal.value.remedy
