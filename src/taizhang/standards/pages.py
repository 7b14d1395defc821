"""What the standards' pages show: tables, tiles and charts made of boards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from taizhang.catalog.current import catalog
from taizhang.indicators.queries import shown
from taizhang.standards import items as item_rules
from taizhang.standards.items import ItemResult, limit_text
from taizhang.standards.queries import Board, title_of
from taizhang.standards.verdicts import STATES, Cell, Line, Spread
from taizhang.ui.tables import Column, Row, Table
from taizhang.ui.templatetags.ui import state as state_mark

TABS = (("standards:board", "逐校达标"), ("standards:spread", "校际均衡"), ("standards:items", "评估项目"),
        ("standards:what_if", "模拟调整"), ("standards:history", "历年"))  # fmt: skip
PULLS_SHOWN = 15


def address(name: str, board: Board | None, code: str = "", **more: str) -> str:
    """A page of a standard for the same unit and period."""
    where = {"unit": board.unit.code, "period": board.period.code} if board else {}
    return f"{reverse(name, args=[code or (board.standard.code if board else '')])}?{urlencode(where | more)}"


def tabs(board: Board, current: str) -> list[dict[str, Any]]:
    """The pages of one standard; those that it has nothing for are left out."""
    has = {
        "standards:spread": any(item.spread for item in board.schools.resources),
        "standards:items": bool(board.standard.items),
    }
    return [
        {"label": label, "url": address(name, board), "active": name == current}
        for name, label in TABS
        if has.get(name, True)
    ]


def tiles(board: Board) -> list[dict[str, Any]]:
    """The board in a few figures."""
    found: list[dict[str, Any]] = []
    if board.judges_schools:
        for stage in board.stages:
            passed, total = board.passed(stage), board.total(stage)
            found.append({"label": f"{stage}达标", "value": f"{passed}/{total}", "unit": "所", "category": "" if passed == total else "late",
                          "url": address("standards:board", board, stage=stage), "note": f"其中有余项 {board.count('tolerated', stage)} 所"
                          if board.count("tolerated", stage) else ""})  # fmt: skip
    limited = [item for item in board.spreads if item.limit is not None]
    if limited:
        good = sum(item.met is True for item in limited)
        found.append({"label": "差异系数达标", "value": f"{good}/{len(limited)}", "unit": "项", "category": "" if good == len(limited) else "late",
                      "url": address("standards:spread", board)})  # fmt: skip
    missing = board.filed.missing
    note = f"缺 {'、'.join(missing[:3])}{'等' if len(missing) > 3 else ''}" if missing else "应报的都已报"
    found.append(
        {
            "label": "有数据的学校",
            "value": board.filed.text,
            "unit": "所",
            "note": note,
            "category": "warn" if missing else "",
        }
    )
    return found


def board_table(board: Board, lines: Sequence[Line]) -> Table:
    """One row per school and stage."""
    resources = board.schools.resources
    judged = board.judges_schools
    columns = [Column("学校", sort="name"), Column("学段", sort="stage"), Column("学生数", "number", "人", 0, "pupils")]
    if judged:
        columns += [Column("结果", "state", sort="state"), Column("达到", sort="met"), Column("还差")]
    columns += [Column(item.short or title_of(item), "drill", sort=item.indicator) for item in resources]
    rows = [
        Row(
            [
                format_html('<span class="tz-num">{}</span>', line.part.name), line.part.stage, line.part.pupils,
                *([STATES[line.state], f"{line.met}/{line.asked}", gap_words(line)] if judged else []),
                *((cell_mark(cell), "") for cell in line.cells),
            ],
            url=school_address(board, line.part.code),
            category={"failed": "late", "unknown": "warn"}.get(line.state, ""),
        )
        for line in lines
    ]  # fmt: skip
    return Table(
        columns,
        rows,
        f"{board.standard.name}逐校情况",
        empty="没有这样的学校",
        remedy="放宽条件，或核对填报情况",
        stack=True,
    )


def gap_words(line: Line) -> SafeString | str:
    """What a school lacks; each amount stays on one line."""
    if not line.gaps:
        return "—"
    phrases = [(cell.phrase if not cell.too_much else f"超 {cell.phrase}",) for cell in line.cells if cell.gap]
    return format_html("<span>{}</span>", format_html_join("、", '<span class="tz-num">{}</span>', phrases))


def school_address(board: Board, code: str) -> str:
    """The page of one school."""
    return f"{reverse('standards:school', args=[board.standard.code, code])}?{urlencode({'period': board.period.code})}"


def cell_mark(cell: Cell) -> SafeString | str:
    """A value; with a word and an icon where it misses its limit."""
    text = value_text(cell.resource.indicator, cell.value)
    if cell.limit is None or cell.met is True:
        return text
    if cell.met is None:
        return state_mark("缺" if cell.value is None and cell.amount is None else text, "draft")
    return state_mark(text, "warn" if cell.tolerated else "late")


def value_text(indicator: str, value: Decimal | None) -> str:
    """A value as the indicator's own pages print it."""
    declared = catalog().indicator(indicator)
    return shown(value, declared) + ("%" if declared.unit == "%" and value is not None else "")


def school_table(lines: Iterable[Line]) -> list[tuple[str, Line, Table]]:
    """One table per stage: each resource with its value, limit, verdict and what is lacking."""
    found = []
    columns = [
        Column("指标"),
        Column("现有", "drill"),
        Column("值", "drill"),
        Column("标准"),
        Column("结果", "state"),
        Column("还差"),
    ]
    for line in lines:
        rows = [
            Row(
                [
                    title_of(cell.resource), (_amount(cell), ""), (value_text(cell.resource.indicator, cell.value), ""),
                    limit_text(cell.limit, catalog().indicator(cell.resource.indicator)), _verdict(cell),
                    ("超 " if cell.too_much else "") + cell.gap_text if cell.gap else "—",
                ],
                category="late" if cell.met is False and not cell.tolerated else "",
            )
            for cell in line.cells
        ]  # fmt: skip
        found.append((line.part.stage, line, Table(columns, rows, f"{line.part.name}{line.part.stage}")))
    return found


def _amount(cell: Cell) -> str:
    if cell.amount is None:
        return "—"
    text = f"{cell.amount:,.2f}".rstrip("0").rstrip(".")
    return f"{text} {cell.resource.measure}"


def _verdict(cell: Cell) -> tuple[str, str]:
    if cell.limit is None:
        return "无标准", "closed"
    if cell.met is None:
        return "缺数据", "draft"
    return ("达到", "ok") if cell.met else ("余项，不低于底线", "warn") if cell.tolerated else ("未达到", "late")


def spread_table(board: Board) -> Table:
    """Every coefficient with mean, deviation, limit and the school that drives it most."""
    columns = [Column("指标"), Column("学段"), Column("县均值", "drill"), Column("标准差", "drill"), Column("差异系数", "number", "", 4),
               Column("标准"), Column("结果", "state"), Column("影响最大的学校"), Column("不含该校", "number", "", 4)]  # fmt: skip
    rows = []
    for item in board.spreads:
        top = item.pulls[0]
        rows.append(
            Row(
                [
                    title_of(item.resource), item.stage, (value_text(item.resource.indicator, item.mean), ""),
                    (value_text(item.resource.indicator, item.deviation), ""), item.cv, limit_text(item.limit, None), spread_state(item),
                    f"{top.part.name}（{_percent(top.share)}）" if top.share else "—", top.without,
                ],
                url=address("standards:spread", board, pick=f"{item.resource.indicator}~{item.stage}"),
                category="late" if item.met is False else "",
            )
        )  # fmt: skip
    return Table(columns, rows, "差异系数", empty="没有可以比较的学校", remedy="至少要有两所学校的数据")


def spread_state(item: Spread) -> tuple[str, str]:
    if item.met is None:
        return "无单项标准", "closed"
    return ("达到", "ok") if item.met else ("未达到", "late")


def pulls_table(item: Spread) -> Table:
    """Each school's part in a coefficient."""
    columns = [Column("学校"), Column("学生数", "number", "人", 0), Column("该校值", "drill"), Column("与县均值", "drill"),
               Column("对差异的贡献", "percent", "%", 1), Column("不含该校的差异系数", "number", "", 4)]  # fmt: skip
    rows = [
        Row([pull.part.name, pull.part.bases[item.resource.indicator], (value_text(item.resource.indicator, pull.value), ""),
             ("高于" if pull.value > item.mean else "低于" if pull.value < item.mean else "等于", ""), pull.share, pull.without])
        for pull in item.pulls
    ]  # fmt: skip
    return Table(columns, rows, "各校对差异系数的贡献")


def pulls_chart(item: Spread) -> dict[str, Any]:
    """The schools that drive a coefficient most."""
    top = item.pulls[:PULLS_SHOWN]
    return {
        "title": f"{item.stage}{title_of(item.resource)}：各校对差异的贡献" + (f"（前 {PULLS_SHOWN} 所）" if len(item.pulls) > PULLS_SHOWN else ""),
        "percent": True, "decimals": 1, "categories": [pull.part.name for pull in top],
        "series": [{"name": "贡献", "values": [pull.share for pull in top]}],
    }  # fmt: skip


def items_table(results: Iterable[ItemResult]) -> Table:
    """The items of one part."""
    columns = [
        Column("项目"),
        Column("要求"),
        Column("方式"),
        Column("标准"),
        Column("实际"),
        Column("结果", "state"),
        Column("说明"),
    ]
    rows = []
    for place, result in enumerate(results, start=1):
        failing = "、".join(result.schools[:8]) + ("等" if len(result.schools) > 8 else "")
        unsure = {"practice": "要求据各地做法，请与原文核对", "unverified": "要求未与原文核对"}.get(
            result.item.known, ""
        )
        note = "；".join(
            filter(None, (result.note, f"{len(result.schools)} 所未达到：{failing}" if failing else "", unsure))
        )
        rows.append(
            Row([f"{place}. {result.item.name}", result.item.requirement, result.how, result.limit or "—", result.value or "—",
                 item_rules.STATES[result.state], note], url=result.url,
                category="late" if result.state == item_rules.FAILED else "")
        )  # fmt: skip
    return Table(columns, rows, "评估项目")


def history_charts(boards: Sequence[Board]) -> list[tuple[str, str, dict[str, Any]]]:
    """Schools that pass, and the coefficients of each stage, over the periods."""
    labels = [board.period.label for board in boards]
    stages = list(dict.fromkeys(stage for board in boards for stage in board.stages))
    charts: list[tuple[str, str, dict[str, Any]]] = []
    if any(board.judges_schools for board in boards):
        charts.append(("passed", "bar", {"title": "达标学校比例", "percent": True, "decimals": 1, "categories": labels,
                                  "series": [{"name": stage, "values": [_rate(board, stage) for board in boards]} for stage in stages]}))  # fmt: skip
    for place, stage in enumerate(stages):
        series = []
        for resource in boards[-1].schools.resources:
            values = [item.cv if (item := board.spread(resource.indicator, stage)) else None for board in boards]
            if any(value is not None for value in values):
                series.append({"name": resource.short or title_of(resource), "values": values})
        if series:
            limits = [item.limit.at_most for item in boards[-1].spreads if item.stage == stage and item.limit]
            data: dict[str, Any] = {
                "title": f"{stage}差异系数",
                "unit": "",
                "decimals": 4,
                "categories": labels,
                "series": series,
            }
            if limits and limits[0] is not None:
                data["target"] = {"label": f"标准 {limits[0]:g}", "value": limits[0]}
            # A panel is narrow: the year alone says which one it is.
            data["categories"] = [board.period.code.removeprefix("SY") for board in boards]
            charts.append((f"spread{place}", "small", data))
    return charts


def history_table(boards: Sequence[Board]) -> Table:
    """The periods in a table."""
    columns = [Column("期间"), Column("有数据", "drill", "所"), Column("达标", "drill", "所"), Column("有余项", "number", "所"), Column("未达标", "number", "所"),
               Column("缺数据", "number", "所"), Column("差异系数未达标", "number", "项")]  # fmt: skip
    rows = [
        Row([board.period.label, (board.filed.text, ""), (f"{board.passed()}/{board.total()}", "") if board.judges_schools else None,
             board.count("tolerated"), board.count("failed"), board.count("unknown"), len(board.unbalanced)],
            url=address("standards:board", board))
        for board in boards
    ]  # fmt: skip
    return Table(columns, rows, "历年达标情况", empty="还没有数据")


def _rate(board: Board, stage: str) -> Decimal | None:
    return Decimal(board.passed(stage)) / board.total(stage) if board.total(stage) else None


def _percent(ratio: Decimal) -> str:
    return f"{ratio * 100:.1f}%"
