"""Where a .docx of anybody's departs from GB/T 9704-2012. It reads the file's own settings and draws nothing.

A rule is a function from the document to its faults; ``RULES`` is the list. Fonts that are told by several names
(仿宋_GB2312, 仿宋, FangSong) count as one. What the standard leaves open is left open here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.reports import layout
from taizhang.reports.effective import Line, Looks, W

MM = 1440 / 25.4
FONTS = {
    "仿宋": ("仿宋", "fangsong", "stfangsong", "方正仿宋", "华文仿宋"),
    "黑体": ("黑体", "simhei", "stheiti", "方正黑体", "华文黑体"),
    "楷体": ("楷体", "kaiti", "stkaiti", "方正楷体", "华文楷体"),
    "小标宋": ("小标宋", "华文中宋", "stzhongsong"),
    "宋体": ("宋体", "simsun", "stsong", "华文宋体"),
}
HEADINGS = {
    1: (re.compile(r"[一二三四五六七八九十]+、"), "黑体", "一、"),
    2: (re.compile(r"（[一二三四五六七八九十]+）"), "楷体", "（一）"),
}
BROKEN_ORDINALS = (
    (re.compile(r"[一二三四五六七八九十]+[.．,，]\s*[\u4e00-\u9fff]"), "一、"),
    (re.compile(r"\([一二三四五六七八九十]+\)|（[一二三四五六七八九十]+）、"), "（一）"),
    (re.compile(r"\d+、"), "1."),
    (re.compile(r"\(\d+\)|（\d+）、"), "（1）"),
)
PADDED_DATE = re.compile(r"\d{4}年(?:0\d月\d{1,2}日|\d{1,2}月0\d日)|〇年|二[〇○零]\S{2}年\S{1,2}月\S{1,3}日$")
DOC_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,8}([\[［(（【〔])(\d{4})([\]］)）】〕])\s*(第?)(\d+)号")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[(][\u4e00-\u9fff]")
CHINESE_MARKS = re.compile("[“”‘’…—]")
LONG_TABLE = 15


@dataclass(frozen=True, slots=True)
class Deviation:
    """One departure. ``wanted`` is the standard's value, ``found`` the file's; ``times`` how often it occurs, ``where``
    the first place (a paragraph counted from 1, 0: the whole document), ``remedy`` what to set in Word or WPS."""

    rule: str
    wanted: str
    found: str
    remedy: str
    where: int = 0
    text: str = ""
    times: int = 1

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def layout_of(path: Path | str) -> list[Deviation]:
    """The departures of a file. Raises Problem for what is no .docx."""
    try:
        data = Path(path).read_bytes()
    except OSError as wrong:
        raise Problem("RPT-020", f"打不开文件：{wrong.strerror}", where=str(path), remedy="核对文件路径") from wrong
    return deviations(data, Path(path).name)


def deviations(data: bytes, name: str) -> list[Deviation]:
    """The same for an upload: each rule's departures, the same fault told once with its first place and how often."""
    looks = Looks(data, name)
    lines = list(looks.lines())
    found: dict[tuple[str, str], Deviation] = {}
    for rule in RULES:
        for one in rule(looks, lines):
            key = (one.rule, one.found)
            known = found.get(key)
            found[key] = one if known is None else replace(known, times=known.times + 1)
    return list(found.values())


def _page(looks: Looks, _: list[Line]) -> Iterator[Deviation]:
    """5.1-5.2: A4, 天头 37±1 mm, 订口 28±1 mm, 版心 156 × 225 mm."""
    section = looks.section
    size, margins = (None if section is None else section.find(f"{W}{tag}") for tag in ("pgSz", "pgMar"))
    if size is None or margins is None:
        yield Deviation("纸张和页边", "A4，版心 156×225 毫米", "没有设置", "在“页面布局”里设纸张 A4 和页边距")
        return
    width, height = (_millimetres(size, key) for key in ("w", "h"))
    if abs(width - 210) > 0.5 or abs(height - 297) > 0.5:
        yield Deviation("纸张", "A4（210×297 毫米）", f"{width:.1f}×{height:.1f} 毫米", "页面布局→纸张大小→A4")
    for label, key, wanted, room in (("天头（上边距）", "top", 37, 1), ("订口（左边距）", "left", 28, 1)):
        value = _millimetres(margins, key)
        if abs(value - wanted) > room + 0.05:
            yield Deviation(label, f"{wanted}±{room} 毫米", f"{value:.1f} 毫米", f"页边距设为 {wanted} 毫米")
    area = (
        width - _millimetres(margins, "left") - _millimetres(margins, "right"),
        height - _millimetres(margins, "top") - _millimetres(margins, "bottom"),
    )
    if abs(area[0] - 156) > 0.5 or abs(area[1] - 225) > 0.5:
        yield Deviation(
            "版心", "156×225 毫米", f"{area[0]:.1f}×{area[1]:.1f} 毫米", "右边距设为 26 毫米，下边距设为 35 毫米"
        )


def _grid(looks: Looks, lines: list[Line]) -> Iterator[Deviation]:
    """5.2.3: 22 lines a page, 28 characters a line."""
    section = looks.section
    margins, size = (None if section is None else section.find(f"{W}{tag}") for tag in ("pgMar", "pgSz"))
    if margins is None or size is None:
        return
    height = _points(size, "h") - _points(margins, "top") - _points(margins, "bottom")
    width = _points(size, "w") - _points(margins, "left") - _points(margins, "right")
    grid = section.find(f"{W}docGrid")
    pitch = _points(grid, "linePitch") if grid is not None and grid.get(f"{W}type") else None
    closer = _number_of(grid, "charSpace") / 4096 if grid is not None and "Chars" in (grid.get(f"{W}type") or "") else 0
    for line in _body(lines):
        lead = line.lead or pitch
        if lead is None:
            yield Deviation(
                "行数",
                "每面 22 行",
                "行距没有固定",
                "行距设为固定值 28.95 磅，或按网格每页 22 行",
                line.number,
                line.text[:20],
            )
        elif int(height / lead + 0.02) != layout.LINES:
            yield Deviation(
                "行数",
                "每面 22 行",
                f"行距 {lead:g} 磅，每面 {int(height / lead + 0.02)} 行",
                "行距设为固定值 28.95 磅",
                line.number,
                line.text[:20],
            )
        run = max(line.runs, key=lambda one: len(one.text))
        chars = int(width / (run.size + run.spacing + closer) + 0.05)
        if run.size == 16 and chars != layout.CHARACTERS:
            found = f"每行 {chars} 字"
            yield Deviation(
                "字数",
                "每行 28 字",
                found,
                "左右边距设为 28、26 毫米，字符间距紧缩 0.25 磅",
                line.number,
                line.text[:20],
            )


def _fonts(_: Looks, lines: list[Line]) -> Iterator[Deviation]:
    """5.2.2, 7.3: body 3号仿宋, 一、 in 黑体, （一） in 楷体, the title 2号小标宋, nothing bold."""
    for line in lines:
        level = _level(line)
        if level in HEADINGS:
            wanted, name = HEADINGS[level][1], f"{HEADINGS[level][2]}级标题字体"
            yield from _font(line, line.runs[:1], name, wanted, 16)
        elif _is_title(line, lines):
            yield from _font(line, line.runs, "标题字体", "小标宋", 22)
    for line in _body(lines):
        yield from _font(line, line.runs, "正文字体", "仿宋", 16)
        for run in line.runs:
            if run.bold and _has_chinese(run.text):
                yield Deviation("加粗", "正文不加粗", "有加粗的字", "去掉加粗", line.number, run.text[:20])


def _font(line: Line, runs: tuple[Any, ...], rule: str, wanted: str, size: float) -> Iterator[Deviation]:
    for run in runs:
        if not _has_chinese(run.text):
            continue
        if not _is_font(run.chinese, wanted):
            remedy = f"字体改为{wanted}"
            yield Deviation(rule, wanted, run.chinese or "没有指定", remedy, line.number, run.text[:20])
        if run.size != size:
            remedy = f"字号改为{'2号（22 磅）' if size == 22 else '3号（16 磅）'}"
            yield Deviation(f"{rule[:-2]}字号", f"{size:g} 磅", f"{run.size:g} 磅", remedy, line.number, run.text[:20])


def _indents(_: Looks, lines: list[Line]) -> Iterator[Deviation]:
    """7.3.3: a paragraph begins two characters in."""
    for line in _body(lines):
        if line.text.startswith("\u3000\u3000") or abs(line.indent - 2) <= 0.15:
            continue
        if line.text.endswith(("：", ":")) and line.number < 12:
            # 主送机关 stands at the edge.
            continue
        yield Deviation(
            "首行缩进", "2 字", f"{line.indent:.1f} 字", "段落→首行缩进 2 字符", line.number, line.text[:20]
        )


def _ordinals(_: Looks, lines: list[Line]) -> Iterator[Deviation]:
    """7.3.3: 一、 （一） 1. （1）."""
    for line in lines:
        for pattern, form in BROKEN_ORDINALS:
            if found := pattern.match(line.text.strip()):
                yield Deviation("层次序数", form, found[0][:6], f"改写为“{form}”的形式", line.number, line.text[:20])


def _numbers(_: Looks, lines: list[Line]) -> Iterator[Deviation]:
    """7.2.5, 7.3.5.4: 发文字号 in 六角括号, no 第, no zeros in front; the date in Arabic digits without zeros."""
    for line in lines:
        if (found := DOC_NUMBER.search(line.text)) and len(line.text.strip()) < 30:
            opened, _, _, ordinal, number = found.groups()
            if opened != "〔" or ordinal or number.startswith("0"):
                remedy = "年份用六角括号〔〕，序号不加“第”、不编虚位"
                yield Deviation("发文字号", "机关代字〔年份〕序号号", found[0], remedy, line.number, line.text[:20])
        if len(line.text.strip()) < 20 and (date := PADDED_DATE.search(line.text)):
            yield Deviation(
                "成文日期", "2026年3月5日", date[0], "用阿拉伯数字写全，月、日不编虚位", line.number, line.text[:20]
            )


def _punctuation(_: Looks, lines: list[Line]) -> Iterator[Deviation]:
    """Chinese marks in Chinese text, drawn in the Chinese font."""
    for line in lines:
        if found := HALF_WIDTH.search(line.text):
            yield Deviation(
                "标点", "全角中文标点", "半角标点", "改为全角标点", line.number, _around(line.text, found.start())
            )
        for run in line.runs:
            if (
                run.hint != "eastAsia"
                and (mark := CHINESE_MARKS.search(run.text))
                and not _same(run.western, run.chinese)
            ):
                remedy = "选中标点，把西文字体也设为正文的中文字体"
                yield Deviation(
                    "标点字体",
                    run.chinese or "中文字体",
                    run.western or "西文字体",
                    remedy,
                    line.number,
                    _around(run.text, mark.start()),
                )
        if line.text.strip().startswith("附件：") and line.text.rstrip()[-1] in "。；，、":
            yield Deviation(
                "附件说明", "名称后不加标点", line.text.rstrip()[-1], "删去名称后的标点", line.number, line.text[:20]
            )


def _page_numbers(looks: Looks, _: list[Line]) -> Iterator[Deviation]:
    """7.5: — 1 — in 4号宋体, at the outer edge: odd pages right, even pages left."""
    numbered = [
        part
        for part in looks.footers.values()
        if "PAGE" in "".join(part.itertext()) or part.find(f".//{W}fldSimple") is not None
    ]
    if not numbered:
        yield Deviation("页码", "— 1 —", "没有页码", "插入页码，两边各加一字线")
        return
    if not any("—" in "".join(part.itertext()) for part in numbered):
        yield Deviation("页码样式", "— 1 —", "没有一字线", "页码两边各加一字线")
    sizes = {run.size for part in numbered for one in part.iter(f"{W}p") for run in looks.runs(one)}
    if sizes - {14.0}:
        yield Deviation("页码字号", "14 磅（4号）", f"{max(sizes - {14.0}):g} 磅", "页码字号设为 4号")
    settings = looks.parts.get("word/settings.xml")
    if settings is None or settings.find(f"{W}evenAndOddHeaders") is None:
        yield Deviation(
            "页码位置", "单页居右、双页居左", "单双页相同", "勾选“奇偶页不同”，单页居右空一字、双页居左空一字"
        )


def _tables(looks: Looks, _: list[Line]) -> Iterator[Deviation]:
    """A table that goes on repeats its head."""
    for table in looks.body.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        if len(rows) > LONG_TABLE and rows[0].find(f"{W}trPr/{W}tblHeader") is None:
            text = "".join(rows[0].itertext())[:20]
            yield Deviation(
                "表头",
                "跨页重复表头",
                f"{len(rows)} 行的表没有重复表头",
                "选中首行→表格属性→在各页顶端重复标题行",
                0,
                text,
            )


Rule = Callable[[Looks, list[Line]], Iterator[Deviation]]
RULES: tuple[Rule, ...] = (_page, _grid, _fonts, _indents, _ordinals, _numbers, _punctuation, _page_numbers, _tables)


def _level(line: Line) -> int:
    return next((level for level, (pattern, *_) in HEADINGS.items() if pattern.match(line.text.strip())), 0)


def _is_title(line: Line, lines: list[Line]) -> bool:
    """The first lines in the middle that are larger than the body, the red head left out."""
    if line.align != "center" or line.runs[0].size < 18 or line.runs[0].size > 30:
        return False
    return lines.index(line) < 8


def _body(lines: list[Line]) -> list[Line]:
    """Running text: no headings, nothing centred or short."""
    return [
        line
        for line in lines
        if line.align not in ("center", "right") and len(line.text.strip()) > 28 and not _level(line)
    ]


def _is_font(name: str, wanted: str) -> bool:
    return any(one in name.lower() for one in FONTS[wanted])


def _same(first: str, second: str) -> bool:
    return first.lower() == second.lower()


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _around(text: str, at: int) -> str:
    return text[max(0, at - 8) : at + 10].strip()


def _millimetres(element: Any, key: str) -> float:
    return float(element.get(f"{W}{key}") or 0) / MM


def _number_of(element: Any, key: str) -> float:
    return float(element.get(f"{W}{key}") or 0)


def _points(element: Any, key: str) -> float:
    return float(element.get(f"{W}{key}") or 0) / 20
