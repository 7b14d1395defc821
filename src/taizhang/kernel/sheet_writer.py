"""Workbooks of plain tables, written as a stream: rows go out as they come, and memory holds a block of them.

Drop-downs, notes and marked cells are xlsxwriter's; this is for lists of any length (ADR 0018). A column keeps the XML of
the values that come again and again, so that most cells of a row cost one look-up.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from xml.sax.saxutils import escape, quoteattr

from taizhang.kernel.sheets import serial_of_day

MOST_ROWS = 1_048_576  # a sheet holds no more; the rest goes to a further sheet
LONGEST_TEXT = 32_767
KEPT = 20_000  # values of one kind whose XML is kept
BLOCK = 1 << 20
GENERAL, HEAD, REQUIRED, FIRST_FORMAT = 0, 1, 2, 3  # the places of the styles
# Sheets know no other control characters than these two, and read _x0041_ as a letter.
ODD = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
SPACED = re.compile(r"^\s|\s$|\n")
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# For xlsxwriter, where it draws the sheet: a name that begins with "=" stays text.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Cells(dict[Any, str]):
    """Value → the XML of its cell from behind the reference on: ``" s="2"><v>5</v></c>``. Remembers a bounded number."""

    def __init__(self, render: Callable[[Any], str], most: int = KEPT) -> None:
        super().__init__()
        self.render, self.most = render, most

    def __missing__(self, value: Any) -> str:
        made = self.render(value)
        if len(self) < self.most:
            self[value] = made
        return made


def cell_xml(value: Any, style: int = 0) -> str:
    """The XML of a cell behind its reference. Text is never a formula: a sheet must not run what somebody typed."""
    if value is None or value == "":
        return f'" s="{style}"/>'
    if isinstance(value, bool):
        value = "是" if value else "否"
    if isinstance(value, int | float):
        return f'" s="{style}"><v>{value!r}</v></c>'
    if isinstance(value, date):
        return f'" s="{style}"><v>{serial_of_day(value)!r}</v></c>'
    return text_xml(str(value), style)


def number_xml(text: str, style: int = 0) -> str:
    """The same for a number in plain digits, which goes out as it is. Raises ValueError for anything else."""
    float(text)
    return f'" s="{style}"><v>{text}</v></c>'


def text_xml(text: str, style: int = 0) -> str:
    """The same for text."""
    kept = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT]
    if ODD.search(kept):
        kept = ODD.sub(_escaped, kept)
    space = ' xml:space="preserve"' if SPACED.search(kept) else ""
    return f'" s="{style}" t="inlineStr"><is><t{space}>{kept}</t></is></c>'


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if found in ENTITIES:
        return ENTITIES[found]
    if len(found) > 1:  # what a sheet would take for a letter
        return f"_x005F{found}"
    return "\ufffd" if "\ud800" <= found <= "\udfff" else f"_x{ord(found):04X}_"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its label, its width in characters, the XML of its values."""

    label: str
    cells: Cells
    width: float = 10
    is_required: bool = False


class StreamedWorkbook:
    """A workbook whose sheets are written one after the other."""

    def __init__(self, target: Path | IO[bytes]) -> None:
        # The quickest level: a list is read once or twice, and written while somebody waits.
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._sheets: list[tuple[str, str]] = []
        self._formats: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._zip.close()

    def style(self, number_format: str) -> int:
        """The number of the style that shows cells in a number format."""
        if number_format == "General":
            return GENERAL
        if number_format not in self._formats:
            self._formats.append(number_format)
        return FIRST_FORMAT + self._formats.index(number_format)

    def write(self, name: str, columns: Sequence[Column], rows: Iterable[Iterable[Any]]) -> int:
        """A table under its header: ``rows`` are values in the order of ``columns``, None for an empty cell. What one
        sheet cannot hold goes on in the next. Returns the number of rows."""
        source, written = iter(rows), 0
        while True:
            label = _sheet_name(name, [sheet for sheet, _ in self._sheets])
            with self._zip.open(f"xl/worksheets/sheet{len(self._sheets) + 1}.xml", "w", force_zip64=True) as stream:
                count = _write_sheet(stream, columns, source)
            self._sheets.append((label, f"$A$1:${column_letters(len(columns) - 1)}${count + 1}"))
            written += count
            if count < MOST_ROWS - 1:
                return written

    def _finish(self) -> None:
        """The parts that name the sheets and the styles."""
        numbers = range(1, len(self._sheets) + 1)
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
            for number, (name, _) in zip(numbers, self._sheets, strict=True)
        )
        # Office finds a sheet's filter by this name.
        filters = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
            f"'{escape(name)}'!{area}</definedName>"
            for place, (name, area) in enumerate(self._sheets)
        )
        parts = {
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{sheets}</sheets>'
            f"<definedNames>{filters}</definedNames></workbook>",
            "xl/styles.xml": _styles(self._formats),
            "xl/_rels/workbook.xml.rels": _relations(
                [(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
                + [("rIdS", "styles", "styles.xml")]
            ),
            "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
            "[Content_Types].xml": _content_types(len(self._sheets)),
        }
        for path, text in parts.items():
            self._zip.writestr(path, XML + text)


def _write_sheet(stream: IO[bytes], columns: Sequence[Column], rows: Iterator[Iterable[Any]]) -> int:
    """The header and as many rows as one sheet holds; returns how many."""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width:g}" customWidth="1"/>'
        for number, column in enumerate(columns, start=1)
    )
    letters = [column_letters(index) for index in range(len(columns))]
    labels = "".join(
        f'<c r="{letter}1{text_xml(column.label, REQUIRED if column.is_required else HEAD)}'
        for letter, column in zip(letters, columns, strict=True)
    )
    block = [
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols>{widths}</cols><sheetData><row r="1" ht="32" customHeight="1">{labels}</row>'
    ]
    starts, cells = [f'<c r="{letter}' for letter in letters], [column.cells for column in columns]
    number, size = 1, 0
    for number in range(2, MOST_ROWS + 1):
        values = next(rows, None)
        if values is None:
            number -= 1
            break
        row = str(number)
        line = "".join(
            [
                start + row + made[value]
                for start, made, value in zip(starts, cells, values, strict=True)
                if value is not None
            ]
        )
        block.append(f'<row r="{row}">{line}</row>')
        size += len(line)
        if size > BLOCK:
            stream.write("".join(block).encode())
            block, size = [], 0
    block.append(f'</sheetData><autoFilter ref="A1:{letters[-1]}{number}"/></worksheet>')
    stream.write("".join(block).encode())
    return number - 1


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: A, B … Z, AA."""
    letters, rest = "", index + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    """A name that a sheet may bear and that no other bears."""
    plain = "".join(" " if char in r"[]:*?/\'" else char for char in name)[:31].strip() or "台账"
    made, number = plain, 1
    while made in taken:
        number += 1
        made = f"{plain[:26]} ({number})"
    return made


def _styles(formats: Sequence[str]) -> str:
    """The number formats, behind the plain style and the two of a header."""
    codes = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' for number, code in enumerate(formats, start=164)
    )
    font = '<sz val="11"/><name val="宋体"/>'
    colours = ("FFEEF2F6", "FFFDEBD0")
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/></patternFill></fill>' for colour in colours
    )
    edges = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
    heads = "".join(
        f'<xf numFmtId="0" fontId="1" fillId="{fill}" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1" '
        'applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
        for fill in (2, 3)
    )
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number in range(164, 164 + len(formats))
    )
    plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{codes}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        f"{fills}</fills>"
        f'<borders count="2"><border><left/><right/><top/><bottom/></border><border>{edges}</border></borders>'
        f'<cellStyleXfs count="1">{plain}/></cellStyleXfs>'
        f'<cellXfs count="{len(formats) + 3}">{plain} xfId="0"/>{heads}{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ).replace('<numFmts count="0"></numFmts>', "")


def _relations(links: Iterable[tuple[str, str, str]]) -> str:
    made = "".join(f'<Relationship Id="{key}" Type="{LINKS}/{kind}" Target="{path}"/>' for key, kind, path in links)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{made}</Relationships>'


def _content_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1)]
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{path}" ContentType="{TYPES}.{kind}+xml"/>' for path, kind in parts)
        + "</Types>"
    )
