"""The linter: a digit in prose, a name that does not exist, a typed ordinal; with file, line and remedy."""

from __future__ import annotations

import pytest

from taizhang.catalog.pack import read_files, read_folder
from taizhang.kernel.errors import Problem
from taizhang.reports.linter import lint_reports, lint_template
from tests.reports.fakes import CORE, core


def faults(source: str) -> list[Problem]:
    return lint_template(source, "reports/a.txt", core())


@pytest.mark.parametrize(
    "prose",
    ["全县有学校87所。", "巩固率达到９９％", "①抓安全", "新建三十所学校", "百分之九十以上", "两百余人", "三个方面"],
)
def test_a_number_in_prose_is_refused_with_file_line_and_remedy(prose: str) -> None:
    (fault,) = faults(f"# 总结\n\n{prose}\n")
    assert (fault.code, fault.where) == ("RPT-001", "reports/a.txt:3")
    assert "{{" in fault.remedy


@pytest.mark.parametrize(
    "prose",
    [
        "一年来,一个都不少,每一项任务都落实。",
        "第一项工作",
        "每百名学生",
        "九年义务教育",
        "一是抓安全",
        '{{ 原文("十四五") }}期间',
        "{# 注释里的 2026 不印出来 #}正文",
        '{{ 值("在校生数", 小数=2) }}',
    ],
)
def test_words_that_only_look_like_numbers_pass(prose: str) -> None:
    assert faults(prose) == []


@pytest.mark.parametrize(
    ("source", "code", "hint"),
    [
        ('{{ 值("在校学生数") }}', "RPT-011", "在校生数"),
        ('{{ 记录数("安全隐患台帐") }}', "RPT-011", "安全隐患台账"),
        ("{{ 任务总数() }}", "RPT-009", "任务数"),
        ("{{ 任务数( }}", "RPT-002", "成对"),
        ('{{ "12所" }}', "RPT-001", "原文"),
        ("{{ 任务数() + 任务数() }}", "RPT-001", "变化"),
        ("## 一、基本情况", "RPT-008", "序号"),
        ("### （一）学校", "RPT-008", "序号"),
        ("@署明 教育局", "RPT-004", "署名"),
    ],
)
def test_each_fault_says_what_to_write_instead(source: str, code: str, hint: str) -> None:
    (fault,) = faults(source)
    assert fault.code == code
    assert hint in fault.remedy
    assert fault.where == "reports/a.txt:1"


def test_every_fault_is_told_in_one_go_in_the_files_order() -> None:
    source = "全县87所\n{{ 没有() }}\n\n另有3个教学点"
    assert [fault.where for fault in faults(source)] == [f"reports/a.txt:{line}" for line in (1, 2, 4)]


def test_an_expression_over_several_lines_keeps_the_line_numbers() -> None:
    (fault,) = faults('{{ 值(\n"在校生数"\n) }}\n共5所')
    assert fault.where == "reports/a.txt:4"


def test_the_core_packs_templates_are_clean() -> None:
    assert lint_reports(read_folder(CORE), core()) == []


def test_a_packs_faults_are_found_in_its_own_files() -> None:
    pack = read_files(
        {
            "pack.yaml": "name: mine\nversion: '1'\ntitle: 本局\n",
            "reports/x.yaml": "reports:\n  - code: x\n    name: 简报\n    title: 简报\n    template: reports/x.txt\n",
            "reports/x.txt": "全县学校87所",
        }
    )
    (fault,) = lint_reports(pack, core())
    assert (fault.code, fault.where) == ("RPT-001", "reports/x.txt:1")
