"""Sheets as people send them, cell by cell: every visible sheet of a workbook, with what is merged and what is a percent."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from taizhang.kernel.errors import Problem
from taizhang.kernel.tables import XLSX_SUFFIXES, csv_grid, tidy

# Number formats that Excel knows without a definition: 0% and 0.00%.
PERCENT_FORMATS = frozenset({9, 10})
# The day 0 of a sheet's day numbers (its 60 is a 29 February 1900 that never was).
DAY_ZERO = date(1899, 12, 30)
Place = tuple[int, int]


@dataclass(slots=True)
class Sheet:
    """One sheet. Rows and columns count from 0 here; :attr:`merges` are (first cell, last cell)."""

    name: str
    grid: CalamineSheet | list[list[Any]]
    merges: list[tuple[Place, Place]] = field(default_factory=list)
    percents: frozenset[Place] = frozenset()

    def rows(self) -> Iterator[list[Any]]:
        """Every row from the first on, cells tidied (empty text is None, a whole float an int, midnight a date)."""
        if isinstance(self.grid, list):
            yield from ([tidy(cell) for cell in row] for row in self.grid)
            return
        # The reader leaves out empty columns at the left.
        left: list[Any] = [None] * (self.grid.start[1] if self.grid.start else 0)
        cells: Iterator[list[Any]] = self.grid.iter_rows()
        for row in cells:
            # ``tidy``, written out for what almost every cell is: this runs for every cell of every sheet.
            yield left + [
                cell.strip() or None
                if (kind := type(cell)) is str
                else (int(cell) if cell.is_integer() else cell)
                if kind is float
                else tidy(cell)
                for cell in row
            ]

    def head(self, count: int) -> list[list[Any]]:
        """The first rows."""
        return [row for _, row in zip(range(count), self.rows(), strict=False)]


@dataclass(slots=True)
class Workbook:
    """A file with its visible sheets that hold anything; ``hidden`` names the others."""

    name: str
    sheets: list[Sheet]
    hidden: list[str] = field(default_factory=list)


def open_workbook(data: bytes, name: str) -> Workbook:
    """The sheets of an upload's bytes. Raises Problem when it is empty, locked, damaged or no table at all."""
    if not data:
        raise Problem("KER-011", "文件是空的", where=name, remedy="核对是否上传了正确的文件")
    suffix = Path(name).suffix.lower()
    if suffix in (".csv", ".txt", ".tsv"):
        return Workbook(name, [Sheet(Path(name).stem, csv_grid(data, name))])
    if suffix not in XLSX_SUFFIXES:
        raise Problem("KER-012", f"不能读取“{suffix or name}”文件", where=name, remedy="请用 .xlsx 或 .csv")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        styles = _Percents(data)
        found, hidden = list[Sheet](), list[str]()
        for index, about in enumerate(book.sheets_metadata):
            if about.visible is not SheetVisibleEnum.Visible:
                hidden.append(about.name)
                continue
            grid = book.get_sheet_by_index(index)
            if grid.height:
                found.append(Sheet(about.name, grid, list(grid.merged_cell_ranges or ()), styles.of(about.name)))
    except (CalamineError, OSError, IndexError) as wrong:
        raise Problem(
            "KER-013",
            "工作簿打不开，可能已加密或损坏",
            where=name,
            remedy="用 Excel/WPS 打开，取消密码后另存为 .xlsx 再试",
        ) from wrong
    if not found:
        raise Problem("KER-011", "工作簿里没有内容", where=name, remedy="核对是否上传了正确的文件")
    return Workbook(name, found, hidden)


class _Percents:
    """Which cells of an xlsx are shown as percent; the reader of cells does not tell. Other kinds of file say nothing."""

    CELL = re.compile(rb'<c (?=[^>]*?\br="([A-Z]{1,3})(\d+)")(?=[^>]*?\bs="(\d+)")[^>]*>')

    def __init__(self, data: bytes) -> None:
        try:
            self.file: zipfile.ZipFile | None = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            self.file = None

    def of(self, sheet: str) -> frozenset[Place]:
        """The percent cells of a sheet."""
        if self.file is None or not self.styles or sheet not in self.parts:
            return frozenset()
        found: set[Place] = set()
        rest = b""
        with self.file.open(self.parts[sheet]) as stream:
            while block := stream.read(1 << 20):
                whole, _, rest = (rest + block).rpartition(b"<")
                for column, row, style in self.CELL.findall(whole):
                    if int(style) in self.styles:
                        found.add((int(row) - 1, _column(column)))
                rest = b"<" + rest
        return frozenset(found)

    @cached_property
    def styles(self) -> frozenset[int]:
        """The style numbers whose number format is a percent."""
        if self.file is None or "xl/styles.xml" not in self.file.namelist():
            return frozenset()
        text = self.file.read("xl/styles.xml").decode("utf-8", "replace")
        own = re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', text)
        percent = PERCENT_FORMATS | {int(number) for number, code in own if "%" in code}
        used = re.search(r"<cellXfs.*?</cellXfs>", text, re.DOTALL)
        formats = re.findall(r'<xf [^>]*?numFmtId="(\d+)"', used[0]) if used else []
        return frozenset(index for index, number in enumerate(formats) if int(number) in percent)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Sheet name → its file in the archive."""
        assert self.file is not None
        names = set(self.file.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        links = self.file.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        targets = {
            _attribute(tag, "Id"): _attribute(tag, "Target") for tag in re.findall(r"<Relationship [^>]*>", links)
        }
        book = self.file.read("xl/workbook.xml").decode("utf-8", "replace")
        found = {}
        for tag in re.findall(r"<sheet [^>]*>", book):
            target = targets.get(_attribute(tag, "r:id"), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in names:
                found[_unescaped(_attribute(tag, "name"))] = path
        return found


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"', tag)
    return match[1] if match else ""


def _unescaped(text: str) -> str:
    for mark, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, char)
    return text


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def day_of_serial(number: float) -> date:
    """The day behind a sheet's day number: what a date becomes when its column is formatted as a number."""
    return DAY_ZERO + timedelta(days=int(number))


def serial_of_day(value: date) -> int | float:
    """The number behind a date: what a count becomes when its column is formatted as a date."""
    # Readers count the first sixty days from 31 December 1899.
    zero = DAY_ZERO if value.strftime("%Y%m%d") >= "19000301" else DAY_ZERO + timedelta(days=1)
    if isinstance(value, datetime):
        passed = value.replace(tzinfo=None) - datetime.combine(zero, datetime.min.time())
        number = passed / timedelta(days=1)
        return int(number) if number.is_integer() else round(number, 9)
    return (value - zero).days


def number_in(cell: Any) -> Decimal | None:
    """The number of a cell, also when it was typed as text with thousands' commas; None when it is none."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return Decimal(f"{cell:.15g}") if isinstance(cell, float) else Decimal(cell)
    if not isinstance(cell, str):
        return None
    text = cell.replace(",", "").replace("\uff0c", "").replace(" ", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
