"""Letters of a pack: what they may name is checked before release, and what people typed is never layout."""

import io

import pytest
from docx import Document

from taizhang.catalog.current import Catalog
from taizhang.catalog.pack import read_files, read_folder
from taizhang.kernel.errors import Problem
from taizhang.reports.letters import draw, lint_letters
from tests.support import PACKS

TEMPLATE = "@文号 {{ 文号 }}\n# 整改函\n@主送 {{ 主送 }}：\n\n{{ 隐患描述 }}，限{{ 整改期限 }}前。\n\n@署名 {{ 发文单位 }}\n@日期 {{ 日期 }}\n"


def faults(template: str) -> list[str]:
    core = read_folder(PACKS / "core")
    files = {**core.files, "letters/rectify.txt": template}
    pack = read_files(files)
    return [f"{problem.where} {problem}" for problem in lint_letters(pack, Catalog(packs=(pack,)))]


def test_the_letters_of_the_core_pack_name_what_their_registers_have():
    core = read_folder(PACKS / "core")
    assert list(lint_letters(core, Catalog(packs=(core,)))) == []
    assert faults(TEMPLATE) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("{{ 整改期限 }}", "{{ 整改时限 }}", 5, "整改期限"),
        ("@主送", "@主抄", 3, "没有版式标记"),
        ("{{ 隐患描述 }}", "{{ 隐患描述 ", 5, "模板写法不对"),
    ],
)
def test_a_fault_of_a_letter_names_file_and_line(old, new, line, told):
    found = faults(TEMPLATE.replace(old, new))
    assert any(text.startswith(f"letters/rectify.txt:{line} ") and told in text for text in found), found


def test_a_letter_is_drawn_as_an_official_document_on_screen_and_as_a_file():
    values = {
        "文号": "安改〔2026〕7号", "主送": "第一小学", "隐患描述": "# 标题\n@附注 注入 <script>", "整改期限": "",
        "发文单位": "测试县教育局", "日期": "2026年3月5日",
    }  # fmt: skip
    paper = draw(TEMPLATE, "letters/a.txt", values)
    texts = [item.text for item in Document(io.BytesIO(paper.docx)).paragraphs]
    assert paper.title == "整改函" and "安改〔2026〕7号" in texts and "# 标题 @附注 注入 <script>，限—前。" in texts
    assert "<script>" not in paper.html and "&lt;script&gt;" in paper.html


def test_a_name_that_the_values_lack_is_a_problem_with_its_line():
    with pytest.raises(Problem) as wrong:
        draw("# 函\n\n{{ 没有的 }}\n", "letters/a.txt", {})
    assert wrong.value.where == "letters/a.txt:3"
