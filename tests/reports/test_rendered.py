"""The paper as an office program draws it, measured in millimetres."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict

import pypdfium2 as pdfium
import pytest

from taizhang.reports.blocks import Paragraph, numbered
from taizhang.reports.gongwen import write
from tests.reports.test_gongwen import META

pytestmark = pytest.mark.office
MM = 72 / 25.4
Line = tuple[float, str]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[list[Line]]:
    """Lines of each page of a long text, as (distance of the line's middle from the page's top in mm, text)."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (soffice)")
    folder = tmp_path_factory.mktemp("office")
    source = folder / "a.docx"
    source.write_bytes(write(numbered(Paragraph(("办好教育实事" * 60,)) for _ in range(3)), META))
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=180)
    document = pdfium.PdfDocument(folder / "a.pdf")
    drawn = [_lines(document[index]) for index in range(len(document))]
    assert {tuple(round(side / MM) for side in document[index].get_size()) for index in range(len(document))} == {
        (210, 297)
    }
    document.close()
    return drawn


def _lines(page: pdfium.PdfPage) -> list[Line]:
    text = page.get_textpage()
    height = page.get_height()
    rows: dict[int, list[tuple[float, float, str]]] = defaultdict(list)
    for index in range(text.count_chars()):
        char = text.get_text_range(index, 1)
        if char.strip():
            left, bottom, _, top = text.get_charbox(index, loose=True)
            middle = height - (bottom + top) / 2
            rows[round(middle / 8)].append((left, middle, char))
    text.close()
    return [
        (sum(item[1] for item in row) / len(row) / MM, "".join(char for _, _, char in sorted(row)))
        for _, row in sorted(rows.items())
    ]


def test_a_page_holds_twenty_two_lines(pages: list[list[Line]]) -> None:
    body = [text for _, text in pages[0] if "办好" in text or "教育" in text]
    assert len(body) == 22


def test_a_full_line_holds_twenty_eight_characters(pages: list[list[Line]]) -> None:
    first, second, *_ = (text for _, text in pages[0])
    assert (len(first), len(second)) == (26, 28)


def test_lines_stand_a_twenty_second_of_the_text_area_apart(pages: list[list[Line]]) -> None:
    middles = [middle for middle, _ in pages[0]][:22]
    assert (middles[-1] - middles[0]) / 21 == pytest.approx(225 / 22, abs=0.05)


def test_page_numbers_stand_between_dashes_under_the_text(pages: list[list[Line]]) -> None:
    numbers = [page[-1] for page in pages]
    assert [text.replace(" ", "") for _, text in numbers] == [f"—{index}—" for index in range(1, len(pages) + 1)]
    # The dash stands 7 mm under the text area; a glyph box's middle is not exactly the dash.
    assert all(middle == pytest.approx(297 - 35 + 7, abs=1.5) for middle, _ in numbers)
