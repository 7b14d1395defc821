"""A document as an office program draws it, in millimetres from the page's top and left."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

MM = 72 / 25.4


@dataclass(frozen=True)
class Line:
    """One line of text: the ink's top and bottom, the characters' left and right edges, and each one's left edge."""

    top: float
    bottom: float
    left: float
    right: float
    text: str
    lefts: tuple[float, ...]

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Rule:
    """A drawn line or box: its middle, its left and right edges."""

    middle: float
    left: float
    right: float


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]

    def line(self, words: str) -> Line:
        return next(line for line in self.lines if words in line.text)


def office(folder: Path, source: Path, to: str) -> Path:
    """``source`` as LibreOffice saves it in another format."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed (soffice)")
    command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to]
    done = folder / "saved"
    subprocess.run([*command, "--outdir", str(done), str(source)], check=True, capture_output=True, timeout=180)
    return done / f"{source.stem}.{to.partition(':')[0]}"


def pages_of(folder: Path, data: bytes) -> list[Page]:
    """Each page of a .docx as it is drawn."""
    source = folder / "a.docx"
    source.write_bytes(data)
    document = pdfium.PdfDocument(office(folder, source, "pdf"))
    drawn = [_page(document[index]) for index in range(len(document))]
    document.close()
    return drawn


def _page(page: pdfium.PdfPage) -> Page:
    height = page.get_height()
    rules = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = item.get_bounds()
        if top - bottom < 5:
            # The box of a stroke reaches as far beyond its ends as the box is half high.
            reach = (top - bottom) / 2
            rules.append(Rule((height - (top + bottom) / 2) / MM, (left + reach) / MM, (right - reach) / MM))
    return Page(page.get_width() / MM, height / MM, _lines(page), tuple(rules))


def _lines(page: pdfium.PdfPage) -> tuple[Line, ...]:
    text, height = page.get_textpage(), page.get_height()
    rows: dict[int, list[tuple[float, float, float, float, str]]] = defaultdict(list)
    for index in range(text.count_chars()):
        char = text.get_text_range(index, 1)
        if not char.strip():
            continue
        left, low, right, high = text.get_charbox(index, loose=True)
        _, bottom, _, top = text.get_charbox(index)
        middle = (height - (low + high) / 2) / MM
        key = next((known for known in rows if abs(known / 100 - middle) < 2.5), round(middle * 100))
        rows[key].append((left / MM, right / MM, (height - top) / MM, (height - bottom) / MM, char))
    text.close()
    return tuple(_line(sorted(row)) for _, row in sorted(rows.items()))


def _line(row: list[tuple[float, float, float, float, str]]) -> Line:
    lefts, rights, tops, bottoms, chars = zip(*row, strict=True)
    return Line(min(tops), max(bottoms), lefts[0], max(rights), "".join(chars), lefts)
