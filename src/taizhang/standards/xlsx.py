"""A board as the workbook that goes to the inspectors: one sheet a stage in the form of the official table, then the gaps
and the items."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from taizhang.catalog.current import catalog
from taizhang.catalog.limits import limit_for
from taizhang.kernel.sheet_writer import AS_TEXT
from taizhang.standards.items import STATES as ITEM_STATES
from taizhang.standards.items import ItemResult, limit_text
from taizhang.standards.queries import Board, title_of
from taizhang.standards.verdicts import STATES, Line, Spread

FONT = {"font_name": "宋体", "font_size": 10, "border": 1, "valign": "vcenter"}
GAPS = ("学校", "学段", "指标", "现有", "值", "标准", "还差", "结果")


def write_board(board: Board, results: Sequence[ItemResult], target: IO[bytes]) -> None:
    """Each number is the exact one; the format only shows fewer places."""
    with xlsxwriter.Workbook(target, AS_TEXT) as book:
        for stage in board.stages:
            _stage(book, board, stage)
        if board.judges_schools:
            _gaps(book, board)
        if results:
            _items(book, results)


def _stage(book: Any, board: Board, stage: str) -> None:
    """学校, 学生数, then amount and value of every resource, the verdict; below the county's mean, S and CV."""
    resources = board.schools.resources
    page = book.add_worksheet(stage)
    wide, head = (
        3 + 2 * len(resources) + 2,
        book.add_format({**FONT, "bold": True, "text_wrap": True, "align": "center"}),
    )
    title = book.add_format({"font_name": "黑体", "font_size": 14, "align": "center"})
    page.merge_range(
        0, 0, 0, wide - 1, f"{board.unit.name} {board.period.label} {board.standard.name}（{stage}）", title
    )
    page.merge_range(1, 0, 1, wide - 1, f"依据：{board.standard.basis}    数据版本：{board.build.build}    有数据的学校：{board.filed.text}",
                     book.add_format({"font_name": "宋体", "font_size": 10}))  # fmt: skip
    for column, label in ((0, "序号"), (1, "学校"), (2, "学生数"), (wide - 2, "达到项数"), (wide - 1, "结果")):
        page.merge_range(2, column, 3, column, label, head)
    for place, item in enumerate(resources):
        page.merge_range(2, 3 + 2 * place, 2, 4 + 2 * place, title_of(item), head)
        page.write_string(3, 3 + 2 * place, f"现有（{item.measure}）", head)
        page.write_string(3, 4 + 2 * place, f"值（{catalog().indicator(item.indicator).unit}）", head)
    lines = [line for line in board.lines if line.part.stage == stage]
    for place, line in enumerate(lines):
        _line(book, page, 4 + place, place + 1, line, wide)
    _feet(book, page, 4 + len(lines), board, stage)
    page.freeze_panes(4, 2)
    page.set_column(1, 1, 24)
    page.set_column(2, wide - 1, 11)
    page.set_landscape()
    page.set_paper(8)  # A3: sixteen columns of figures do not read on less
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, 3)


def _line(book: Any, page: Any, row: int, number: int, line: Line, wide: int) -> None:
    plain, figure = _format(book), _format(book, num_format="0.00##")
    short = _format(book, num_format="0.00##", font_color="#B42318", bold=True)
    page.write_number(row, 0, number, plain)
    page.write_string(row, 1, line.part.name, plain)
    _number(page, row, 2, line.part.pupils, plain)
    for place, cell in enumerate(line.cells):
        _number(page, row, 3 + 2 * place, cell.amount, figure)
        scale = 100 if catalog().indicator(cell.resource.indicator).unit == "%" else 1
        value = None if cell.value is None else cell.value * scale
        _number(page, row, 4 + 2 * place, value, short if cell.met is False else figure)
    page.write_string(row, wide - 2, f"{line.met}/{line.asked}" if line.asked else "", plain)
    page.write_string(row, wide - 1, STATES[line.state][0], plain)


def _feet(book: Any, page: Any, row: int, board: Board, stage: str) -> None:
    """标准, and where schools are compared 县均值, 标准差, 差异系数, its limit and verdict."""
    plain, bold = _format(book), _format(book, bold=True)
    labels = ("标准", "县均值", "标准差", "差异系数", "差异系数标准", "结果")
    shown = labels if any(item.stage == stage for item in board.spreads) else labels[:1]
    for offset, label in enumerate(shown):
        page.write_string(row + offset, 1, label, bold)
    for place, item in enumerate(board.schools.resources):
        column = 4 + 2 * place
        limit = limit_for(board.standard, item.indicator, stage, board.day, board.unit.code)
        page.write_string(row, column, limit_text(limit, catalog().indicator(item.indicator)), plain)
        spread = board.spread(item.indicator, stage)
        if spread is not None:
            _spread(book, page, row + 1, column, spread)


def _spread(book: Any, page: Any, row: int, column: int, spread: Spread) -> None:
    figure, plain = _format(book, num_format="0.0000"), _format(book)
    for offset, value in enumerate((spread.mean, spread.deviation, spread.cv)):
        _number(page, row + offset, column, value, figure)
    page.write_string(row + 3, column, limit_text(spread.limit, None), plain)
    page.write_string(row + 4, column, "" if spread.met is None else "达到" if spread.met else "未达到", plain)


def _gaps(book: Any, board: Board) -> None:
    page, head, plain = book.add_worksheet("差距清单"), _format(book, bold=True), _format(book, text_wrap=True)
    page.write_row(0, 0, GAPS, head)
    row = 0
    for line in board.lines:
        for cell in line.cells:
            if cell.met is not False:
                continue
            row += 1
            declared = catalog().indicator(cell.resource.indicator)
            texts = (line.part.name, line.part.stage, declared.title, _text(cell.amount), _text(cell.value), limit_text(cell.limit, declared),
                     cell.gap_text, "余项，不低于底线" if cell.tolerated else "未达到")  # fmt: skip
            page.write_row(row, 0, texts, plain)
    page.set_column(0, 0, 24)
    page.set_column(1, len(GAPS), 16)
    page.freeze_panes(1, 1)


def _items(book: Any, results: Sequence[ItemResult]) -> None:
    page, head, plain = book.add_worksheet("评估项目"), _format(book, bold=True), _format(book, text_wrap=True)
    page.write_row(0, 0, ("方面", "项目", "要求", "方式", "标准", "实际", "结果", "说明"), head)
    for row, result in enumerate(results, start=1):
        note = "；".join(filter(None, (result.note, "、".join(result.schools))))
        page.write_row(row, 0, (result.item.part, result.item.name, result.item.requirement, result.how, result.limit, result.value,
                                ITEM_STATES[result.state][0], note), plain)  # fmt: skip
    page.set_column(0, 1, 18)
    page.set_column(2, 2, 50)
    page.set_column(3, 6, 14)
    page.set_column(7, 7, 50)
    page.freeze_panes(1, 2)


def _format(book: Any, **more: Any) -> Any:
    """A cell's format; the same one is made once."""
    known: dict[str, Any] = book.__dict__.setdefault("_tz_formats", {})
    key = repr(sorted(more.items()))
    if key not in known:
        known[key] = book.add_format({**FONT, **more})
    return known[key]


def _number(page: Any, row: int, column: int, value: Decimal | None, style: Any) -> None:
    if value is None:
        page.write_blank(row, column, None, style)
    else:
        page.write_number(row, column, float(value), style)


def _text(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")
