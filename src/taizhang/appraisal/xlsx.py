"""A round as a workbook: the places of each group, and every line with what it rests on."""

from __future__ import annotations

import io
from decimal import Decimal

import xlsxwriter

from taizhang.appraisal.facts import WORDS
from taizhang.appraisal.models import Round
from taizhang.appraisal.scoring import Line, Score, Standing
from taizhang.kernel.texts import plain_number


def board_xlsx(round_: Round, current: Standing, codes: set[str], ranked: bool) -> bytes:
    """The sheets of ``codes`` alone; places and bands only when they may be told."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True})
        cell = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
        number = book.add_format({"border": 1, "valign": "top", "num_format": "0.00"})
        title = book.add_format({"bold": True, "font_size": 14})
        sections = [section.name for section in current.scheme.sections]
        board = book.add_worksheet("排名")
        board.write(0, 0, round_.title, title)
        heads = ["组别", "名次", "单位", "总分", *sections, "加分", "扣分", "等次", "备注"]
        for place, text in enumerate(heads):
            board.write(1, place, text, head)
        rows = [
            _board_row(score, sections, ranked)
            for scores in current.by_group().values()
            for score in scores
            if score.code in codes
        ]
        _fill(board, 2, rows, cell, number)
        board.set_column(0, 0, 10)
        board.set_column(2, 2, 24)
        board.set_column(len(heads) - 1, len(heads) - 1, 40)
        board.freeze_panes(2, 3)
        board.set_landscape()
        board.fit_to_pages(1, 0)
        lines = book.add_worksheet("评分明细")
        for place, text in enumerate(
            ("单位", "板块", "项目", "满分", "得分", "自评", "评分细则或公式", "取数", "依据")
        ):
            lines.write(0, place, text, head)
        detail = [
            _line_row(score, line) for score in current.scores.values() if score.code in codes
            for line in (*score.lines, *score.adjustments) if line.earned is not None or line in score.lines
        ]  # fmt: skip
        _fill(lines, 1, detail, cell, number)
        lines.set_column(0, 2, 18)
        lines.set_column(6, 8, 40)
        lines.freeze_panes(1, 0)
        lines.set_landscape()
        lines.fit_to_pages(1, 0)
    return out.getvalue()


def remarks_on(score: Score, ranked: bool) -> list[str]:
    """What stands beside a unit on the board, on the page and on paper; of its band only when that may be told."""
    found = [item.veto.name for item in score.standing_vetoes]
    if score.missing:
        found.append(f"待评：{'、'.join(score.missing)}")
    if score.unanswered:
        found.append(f"申诉待答复 {len(score.unanswered)} 件")
    if ranked and score.band_note and not score.missing and not score.held_by("fail"):
        found.append(score.band_note)
    return found


def _board_row(score: Score, sections: list[str], ranked: bool) -> list[object]:
    parts = {part.name: part.score for part in score.parts}
    known = ranked and not score.missing
    return [
        score.group, score.rank if ranked else None, score.name, score.total, *(parts.get(name) for name in sections), score.added,
        score.deducted, score.band if known else None, "；".join(remarks_on(score, ranked)),
    ]  # fmt: skip


def _line_row(score: Score, line: Line) -> list[object]:
    points = getattr(line.item, "points", None) or getattr(line.item, "max", None)
    figures = "；".join(
        f"{name}＝{'—' if value is None else plain_number(round(value, 4))}" for name, value in line.inputs.items()
    )
    grounds = "；".join(_ground(line))
    rule = f"{line.item.rule}（{line.item.formula}）" if line.item.formula else line.item.rule
    return [score.name, line.section or "加减分", line.item.name, points, line.earned, line.own, rule, figures, grounds]


def _ground(line: Line) -> list[str]:
    found = []
    for fact in line.counted:
        words = [
            str(fact.on),
            WORDS[fact.kind],
            fact.data.get("points", ""),
            fact.data.get("source", ""),
            fact.data.get("note", ""),
        ]
        found.append(" ".join(word for word in words if word))
    return found


def _fill(
    sheet: xlsxwriter.worksheet.Worksheet, start: int, rows: list[list[object]], cell: object, number: object
) -> None:
    for offset, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(start + offset, place, float(value), number)
            elif isinstance(value, int):
                sheet.write_number(start + offset, place, value, cell)
            else:
                sheet.write(start + offset, place, value or "", cell)
