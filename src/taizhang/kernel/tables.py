"""Tables that people send: the first sheet of an xlsx, or a csv in any Chinese encoding, as rows by header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from taizhang.kernel.errors import Problem

ENCODINGS = ("utf-8-sig", "gb18030")
XLSX_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows; ``rows`` carries each row's number in the file (the header's own number is ``header_row``)."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[tuple[int, tuple[Any, ...]]]
    header_row: int = 1

    def dicts(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """(row number, {header: value}); empty cells are None."""
        for number, cells in self.rows:
            yield number, dict(zip(self.header, cells, strict=True))

    def parts(self, size: int) -> Iterator[Table]:
        """The table in pieces of at most ``size`` rows, so that a long one is worked off in bounded memory."""
        part: list[tuple[int, tuple[Any, ...]]] = []
        for row in self.rows:
            part.append(row)
            if len(part) == size:
                yield Table(self.name, self.header, part, self.header_row)
                part = []
        if part:
            yield Table(self.name, self.header, part, self.header_row)


def read_table(path: Path) -> Table:
    """Read a table file. Raises Problem when it is not one, has no header, or names a column twice."""
    return table_from_bytes(read_file(path), path.name)


def read_file(path: Path) -> bytes:
    """A file's bytes. Raises Problem when it cannot be opened."""
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise Problem(
            "KER-010", f"打不开文件：{wrong.strerror}", where=path.name, remedy="核对文件路径和权限"
        ) from wrong


def table_from_bytes(data: bytes, name: str) -> Table:
    """The same from an upload's bytes."""
    if not data:
        raise Problem("KER-011", "文件是空的", where=name, remedy="核对是否上传了正确的文件")
    suffix = Path(name).suffix.lower()
    if suffix in XLSX_SUFFIXES:
        grid = _xlsx_grid(data, name)
    elif suffix in (".csv", ".txt", ".tsv"):
        grid = csv_grid(data, name)
    else:
        raise Problem("KER-012", f"不能读取“{suffix or name}”文件", where=name, remedy="请用 .xlsx 或 .csv")
    return _table(grid, name)


def _xlsx_grid(data: bytes, name: str) -> list[list[Any]]:
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    except (CalamineError, OSError, IndexError) as wrong:
        raise Problem(
            "KER-013",
            "工作簿打不开，可能已加密或损坏",
            where=name,
            remedy="用 Excel/WPS 打开，取消密码后另存为 .xlsx 再试",
        ) from wrong
    return sheet.to_python(skip_empty_area=False)


def csv_grid(data: bytes, name: str) -> list[list[Any]]:
    """The cells of a csv in any Chinese encoding. Raises Problem when it is no text."""
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        delimiter = "\t" if text.partition("\n")[0].count("\t") else ","
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    raise Problem(
        "KER-014", "文件不是文本，无法按 csv 读取", where=name, remedy="另存为 UTF-8 编码的 csv，或改用 .xlsx"
    )


def _table(grid: list[list[Any]], name: str) -> Table:
    """The first row with two or more filled cells is the header; wholly empty rows are skipped."""
    for index, row in enumerate(grid):  # noqa: B007 (the index is used after the loop)
        if sum(cell not in (None, "") for cell in row) >= min(2, len(row)):
            break
    else:
        raise Problem("KER-015", "找不到表头", where=name, remedy="第一行须是各列的名称")
    header = [_text(cell) for cell in row]
    while header and not header[-1]:
        header.pop()
    for column, label in enumerate(header):
        if label and label in header[:column]:
            raise Problem(
                "KER-016", f"表头“{label}”出现了两次", where=f"{name} 第{index + 1}行", remedy="删去或改名其中一列"
            )
    width = len(header)
    rows = []
    for number, cells in enumerate(grid[index + 1 :], start=index + 2):
        values = tuple(tidy(cell) for cell in (*cells, *[None] * width)[:width])
        if any(value is not None for value in values):
            rows.append((number, values))
    return Table(name, tuple(header), rows, index + 1)


def _text(cell: Any) -> str:
    return str(cell).strip() if cell is not None else ""


def tidy(cell: Any) -> Any:
    """Empty text is None; a whole float is what Excel makes of an integer; midnight is a date."""
    # The exact type decides: this runs for every cell of every sheet.
    kind = type(cell)
    if kind is str:
        return cell.strip() or None
    if kind is float:
        return int(cell) if cell.is_integer() else cell
    if kind is datetime and not (cell.hour or cell.minute or cell.second or cell.microsecond):
        return cell.date()
    return cell


def as_date(value: Any) -> date | None:
    """A date cell, or text as people write it (2025-09-01, 2025/9/1, 2025年9月1日, 20250901). ValueError otherwise."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = (
        str(value).strip().removesuffix("日").replace("年", "-").replace("月", "-").replace("/", "-").replace(".", "-")
    )
    if text.isdigit() and len(text) == 8:
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    year, month, day = (int(part) for part in text.split("-"))
    return date(year, month, day)
