"""The reference page is the function table in print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taizhang.kernel.formula import FUNCTIONS, parse, reference_markdown

PAGE = Path(__file__).parents[3] / "docs" / "formulas.md"


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_markdown()


def test_every_function_and_alias_is_on_the_page() -> None:
    page = reference_markdown()
    for function in FUNCTIONS:
        assert f"`{function.signature}`" in page
        assert all(f"`{alias}`" in page for alias in function.aliases)
    assert "{" not in page


@pytest.mark.parametrize("example", [function.example for function in FUNCTIONS])
def test_every_example_parses(example: str) -> None:
    assert parse(example)


def test_the_examples_at_the_end_parse() -> None:
    tail = reference_markdown().split("## 例子")[1]
    formulas = re.findall(r"\| `([^`]+)` \|", tail)
    assert len(formulas) >= 8
    for formula in formulas:
        assert parse(formula)
