"""Sheets as they lie in the inboxes of bureaus, drawn by code: titles, merged heads, totals, notes, odd cells.

All are for the register ``repairs`` (:data:`REPAIRS`) and hold the same four records unless they say otherwise.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import xlsxwriter

REPAIRS = """
register: repairs
name: 校舍维修台账
kind: roster
title: 项目名称
dated_by: 开工日期
fields:
  - {name: 项目名称, type: text, required: true}
  - {name: 工程类别, type: choice, options: [屋面, 水电, 操场, 围墙], required: true, query: true}
  - {name: 开工日期, type: date, required: true}
  - {name: 竣工日期, type: date}
  - {name: 面积, type: decimal, unit: 平方米}
  - {name: 预算金额, type: money, required: true}
  - {name: 完成进度, type: percent}
  - {name: 施工人数, type: integer, unit: 人}
  - {name: 备注, type: text}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all, create: all, edit: all}
"""
# school, project, kind, begun, area, yuan, progress in %, workers
RECORDS: list[tuple[str, str, str, date, float, int, float, int]] = [
    ("第一小学", "教学楼屋面翻修", "屋面", date(2025, 7, 3), 1250.5, 368000, 100, 12),
    ("第一小学", "食堂水电改造", "水电", date(2025, 7, 10), 320, 85500, 60, 5),
    ("第二小学", "操场塑胶更新", "操场", date(2025, 8, 1), 6400, 1256000, 35.5, 20),
    ("河东中学", "东侧围墙加固", "围墙", date(2025, 8, 5), 210, 96000, 100, 8),
]
HEAD = ["单位", "项目名称", "工程类别", "开工日期", "面积", "预算金额", "完成进度", "施工人数"]


class Drawn:
    """A workbook in the making."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.out, {"default_date_format": "yyyy-mm-dd"})
        self.page = self.book.add_worksheet("Sheet1")

    def rows(self, start: int, *rows: list[Any]) -> int:
        for number, row in enumerate(rows, start=start):
            for column, cell in enumerate(row):
                if cell is not None:
                    self.page.write(number, column, cell)
        return start + len(rows)

    def done(self) -> bytes:
        self.book.close()
        return self.out.getvalue()


def plain(record: tuple[Any, ...]) -> list[Any]:
    return list(record)


def title_and_filler_line() -> bytes:
    """A merged title, a line of who fills in, the header in the third row, signatures at the end."""
    drawn = Drawn()
    drawn.page.merge_range(0, 0, 0, 7, "测试县2025年暑期校舍维修情况统计表")
    drawn.rows(1, ["填报人：王老师", None, None, None, None, "填报日期：2025年9月1日"], HEAD, *map(plain, RECORDS))
    drawn.rows(8, ["填表人：王老师", None, "审核人：李校长", None, None, "联系电话：0571-1234567"])
    return drawn.done()


def two_line_header() -> bytes:
    """Groups over columns, merged across and down, and a line of column numbers."""
    drawn = Drawn()
    page = drawn.page
    for column, label in ((0, "序号"), (1, "学校名称")):
        page.merge_range(0, column, 1, column, label)
    page.merge_range(0, 2, 0, 4, "项目")
    page.merge_range(0, 5, 0, 8, "实施情况")
    below = ["名称", "工程类别", "面积", "开工日期", "预算金额", "完成进度", "施工人数"]
    drawn.rows(1, [None, None, *below], list(range(1, 10)))
    for number, record in enumerate(RECORDS, start=1):
        school, name, kind, begun, area, yuan, progress, workers = record
        drawn.rows(2 + number, [number, school, name, kind, area, begun, yuan, progress, workers])
    return drawn.done()


def totals_and_blanks() -> bytes:
    """小计 after each school, 合计 at the end, empty rows between, the header again on the second page."""
    drawn = Drawn()
    drawn.rows(
        0, HEAD, plain(RECORDS[0]), plain(RECORDS[1]), ["小计", None, None, None, 1570.5, 453500, None, 17], [None],
        plain(RECORDS[2]), [None], HEAD, plain(RECORDS[3]),
        ["合  计", None, None, None, 8180.5, 1805500, None, 45],
    )  # fmt: skip
    return drawn.done()


def other_order_and_units() -> bytes:
    """Columns in another order, money in 万元, area in 公顷, a column that we do not have."""
    drawn = Drawn()
    drawn.rows(
        0,
        [
            "工程类别",
            "预算金额（万元）",
            "项目名称",
            "学校",
            "面积（公顷）",
            "开工日期",
            "监理单位",
            "完成进度(%)",
            "施工人数（人）",
        ],
    )
    for number, (school, name, kind, begun, area, yuan, progress, workers) in enumerate(RECORDS, start=1):
        row = [kind, yuan / 10000, name, school, area / 10000, begun, "宏远监理", progress, workers]
        drawn.rows(number, row)
    return drawn.done()


def numbers_as_text() -> bytes:
    """Everything typed as text: thousands' commas, 元 behind the money, dates in three ways, % behind the progress."""
    drawn = Drawn()
    days = ["2025年7月3日", "2025/7/10", "2025.8.1", "20250805"]
    drawn.rows(0, HEAD)
    for number, (record, day) in enumerate(zip(RECORDS, days, strict=True), start=1):
        school, name, kind, _, area, yuan, progress, workers = record
        money = f"{yuan / 10000:g}万元" if number == 3 else f"{yuan:,}元"
        drawn.rows(number, [f" {school} ", name, kind, day, f"{area:,}", money, f"{progress:g}%", str(workers)])
    return drawn.done()


def same_as_above() -> bytes:
    """〃 and 同上 for the school and the day."""
    drawn = Drawn()
    drawn.rows(0, HEAD, plain(RECORDS[0]))
    second = plain(RECORDS[1])
    second[0] = "〃"
    drawn.rows(2, second, plain(RECORDS[2]), plain(RECORDS[3]))
    fifth = plain(RECORDS[3])
    fifth[0], fifth[1], fifth[3] = "同上", "西侧围墙加固", "同上"
    drawn.rows(5, fifth)
    return drawn.done()


def merged_down() -> bytes:
    """The school's cell is merged over its projects; groups by district stand in rows of their own."""
    drawn = Drawn()
    drawn.rows(0, HEAD, ["一、城关学区"])
    for number, record in enumerate(RECORDS[:2], start=2):
        drawn.rows(number, [None, *plain(record)[1:]])
    drawn.page.merge_range(2, 0, 3, 0, "第一小学")
    drawn.rows(4, plain(RECORDS[2]), ["二、河东学区"], plain(RECORDS[3]))
    return drawn.done()


def several_sheets() -> bytes:
    """A sheet for each school with the same header, a cover, and a hidden list."""
    drawn = Drawn()
    drawn.page.write(0, 0, "校舍维修材料汇编")
    for school in ("第一小学", "第二小学", "河东中学"):
        drawn.page = drawn.book.add_worksheet(school)
        drawn.rows(0, HEAD, *[plain(record) for record in RECORDS if record[0] == school])
    hidden = drawn.book.add_worksheet("选项")
    hidden.write_column(0, 0, ["屋面", "水电"])
    hidden.hide()
    return drawn.done()


def foreign_formats() -> bytes:
    """Progress as percent cells, days as bare day numbers, a count in a date's format."""
    drawn = Drawn()
    percent = drawn.book.add_format({"num_format": "0.0%"})
    general, day = drawn.book.add_format({"num_format": "General"}), drawn.book.add_format({"num_format": "yyyy-mm-dd"})
    drawn.rows(0, HEAD)
    for number, (school, name, kind, begun, area, yuan, progress, workers) in enumerate(RECORDS, start=1):
        drawn.rows(number, [school, name, kind, None, area, yuan])
        drawn.page.write_number(number, 3, (begun - date(1899, 12, 30)).days, general)
        drawn.page.write_number(number, 6, progress / 100, percent)
        drawn.page.write_number(number, 7, workers, day)
    return drawn.done()


def unit_line_and_near_names() -> bytes:
    """One school's sheet: its name and 单位：万元 above the header, labels that are nearly ours."""
    drawn = Drawn()
    drawn.page.merge_range(0, 0, 0, 6, "校舍维修项目明细表")
    drawn.rows(
        1, ["填报单位：第一小学", None, None, None, None, "金额单位：万元"],
        ["序号", "维修项目名称", "工程类别", "开工时间", "维修面积", "预算金额", "施工人数"],
    )  # fmt: skip
    for number, record in enumerate(RECORDS[:2], start=1):
        _, name, kind, begun, area, yuan, _, workers = record
        drawn.rows(2 + number, [number, name, kind, begun, area, yuan / 10000, workers])
    drawn.rows(5, ["说明：面积以竣工测量为准。"])
    return drawn.done()


def totals_on_top() -> bytes:
    """合计 stands first, right under the header; labels are spread with spaces and broken over lines; the table begins at C4."""
    drawn = Drawn()
    drawn.page.merge_range(1, 2, 1, 10, "校舍维修汇总表")
    spread = [
        "序号",
        "单 位",
        "项目\n名称",
        "工程\n类别",
        "开 工 日 期",
        "面  积",
        "预算\n金额",
        "完成\n进度",
        "施工\n人数",
    ]
    drawn.rows(
        3, [None, None, *spread],
        [None, None, None, "合  计", None, None, None, 8180.5, 1805500, None, 45],
        *([None, None, number, *record] for number, record in enumerate(map(plain, RECORDS), start=1)),
    )  # fmt: skip
    return drawn.done()


def units_on_a_line_of_their_own() -> bytes:
    """The second line of the header holds nothing but units of measure; figures carry units too; — and / stand for nothing."""
    drawn = Drawn()
    page = drawn.page
    for column, label in enumerate(("单位", "项目名称", "工程类别", "开工日期")):
        page.merge_range(0, column, 1, column, label)
    drawn.rows(0, [None] * 4 + ["面积", "预算金额", "完成进度", "施工人数", "竣工日期", "备注"])
    drawn.rows(1, [None] * 4 + ["（平方米）", "（万元）", "（％）", "（人）"])
    for number, (school, name, kind, begun, area, yuan, progress, workers) in enumerate(RECORDS, start=2):
        measured = f"{area:g}平方米" if number == 2 else area
        row = [school, name, kind, begun, measured, yuan / 10000, progress, f"{workers}人", "—", "/"]
        drawn.rows(number, row)
    return drawn.done()


def continued_on_the_next_page() -> bytes:
    """The title and the header stand again in the middle, as printed; 承前页 and 过次页 carry the sums over."""
    drawn = Drawn()
    title = "2025年校舍维修台账"
    drawn.page.merge_range(0, 0, 0, 7, title)
    drawn.rows(1, HEAD, plain(RECORDS[0]), plain(RECORDS[1]), ["过次页", None, None, None, 1570.5, 453500, None, 17])
    drawn.page.merge_range(5, 0, 5, 7, f"{title}（续）")
    drawn.rows(
        6, HEAD, ["承前页", None, None, None, 1570.5, 453500, None, 17], plain(RECORDS[2]), plain(RECORDS[3]),
        ["总计", None, None, None, 8180.5, 1805500, None, 45],
    )  # fmt: skip
    return drawn.done()


def everything_at_once() -> bytes:
    """What a bureau's own summary looks like: all of it on one sheet, with a sheet of instructions before it."""
    drawn = Drawn()
    drawn.page.write_column(0, 0, ["填表说明", "1．金额按合同价填写。", "2．面积以竣工测量为准。"])
    drawn.page = page = drawn.book.add_worksheet("汇总")
    percent = drawn.book.add_format({"num_format": "0.0%"})
    page.merge_range(0, 0, 0, 8, "附件2")
    page.merge_range(1, 0, 1, 8, "测试县2025年暑期校舍维修情况汇总表")
    drawn.rows(2, ["填报单位（盖章）：测试县教育局", None, None, None, None, None, "填报日期：2025年9月1日"])
    for column, label in ((0, "序号"), (1, "学校")):
        page.merge_range(3, column, 4, column, label)
    page.merge_range(3, 2, 3, 3, "项目")
    page.merge_range(3, 4, 3, 8, "实施情况")
    drawn.rows(
        4, [None, None, "名称", "类别", "面积（㎡）", "开工日期", "预算金额（万元）", "完成进度", "施工人数（人）"]
    )
    drawn.rows(5, ["甲", "乙", 1, 2, 3, 4, 5, 6, 7])
    row = 6
    for number, (school, name, kind, begun, area, yuan, progress, workers) in enumerate(RECORDS, start=1):
        day = f"{begun.year}.{begun.month}.{begun.day}"
        drawn.rows(
            row, [number, None if number == 2 else school, name, kind, area, day, f"{yuan / 10000:,}", None, workers]
        )
        page.write_number(row, 7, progress / 100, percent)
        row += 1
        if number == 2:
            page.merge_range(row - 2, 1, row - 1, 1, school)
            row = drawn.rows(row, [None, "小计", None, None, 1570.5, None, 45.35, None, 17], [None])
    row = drawn.rows(row, [None, "合计", None, None, 8180.5, None, 180.55, None, 45], [None])
    drawn.rows(row, ["注：1.本表一式两份。"], ["单位负责人：", None, None, "审核人：", None, None, "填表人：王老师"])
    return drawn.done()


SHEETS: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        title_and_filler_line, two_line_header, totals_and_blanks, other_order_and_units, numbers_as_text,
        same_as_above, merged_down, several_sheets, foreign_formats, unit_line_and_near_names, totals_on_top,
        units_on_a_line_of_their_own, continued_on_the_next_page, everything_at_once,
    )
}  # fmt: skip
