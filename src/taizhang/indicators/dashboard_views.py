"""Dashboards: which there are, and one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators import pages
from taizhang.indicators.dashboards import Tile, dashboard_for, dashboards_for, tiles_for
from taizhang.indicators.forms import UnitForm
from taizhang.indicators.queries import IndicatorFigure
from taizhang.kernel.periods import Period
from taizhang.org.kinds import LEVELS
from taizhang.org.models import Unit
from taizhang.org.queries import default_unit_for, get_unit_for
from taizhang.org.request import UserRequest
from taizhang.ui.tables import Column, Row, Table
from taizhang.warehouse.projection import refresh

# A table of more columns than this stands across the page; a ranking is narrow.
WIDE_FROM = 4
# More letters than this do not stand side by side under upright bars of half a page.
MOST_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Panel:
    """A tile as the page draws it: ``stats``, or a ``chart`` of a ``kind``, or a ``table``; ``note`` says what stands behind
    it, ``url`` opens the indicator."""

    anchor: str
    title: str
    url: str = ""
    note: str = ""
    kind: str = ""
    chart: dict[str, Any] | None = None
    table: Table | None = None
    stats: tuple[dict[str, Any], ...] = ()
    more: str = ""

    @property
    def wide(self) -> bool:
        """Too broad for half a page."""
        return self.kind == "small" or (
            self.table is not None and self.table.stack and len(self.table.columns) > WIDE_FROM
        )


def boards(request: UserRequest) -> HttpResponse:
    """The dashboards made for the person's posts; the only one opens at once."""
    found = dashboards_for(request.user)
    default_unit_for(request.user)  # a person without a post has no figures and is told so
    if len(found) == 1:
        return redirect("boards:board", found[0].address)
    rows = [Row([item.name, item.description, len(item.tiles)], url=reverse("boards:board", args=[item.address])) for item in found]  # fmt: skip
    columns = [Column("看板"), Column("说明"), Column("内容", "number", "块")]
    table = Table(columns, rows, "看板", empty="没有给您岗位用的看板", remedy="办公室可在“设置 › 业务包 › 看板”中新建")
    return render(request, "indicators/boards.html", {"table": table})


def board(request: UserRequest, key: str) -> HttpResponse:
    """One dashboard at a unit."""
    found = dashboard_for(request.user, key)
    asked, build = request.GET.get("unit"), refresh()
    unit = get_unit_for(request.user, asked) if asked else default_unit_for(request.user)
    tiles = tiles_for(request.user, found, unit, build)
    context = {
        "board": found,
        "unit": unit,
        "panels": panels_of(tiles, unit),
        "filters": UnitForm(request.user, {"unit": unit.code}),
        "as_of": timezone.localtime(build.as_of),
        "build": build.build,
        "others": [item for item in dashboards_for(request.user) if item.name != found.name],
    }
    return render(request, "indicators/board.html", context)


def panels_of(tiles: list[Tile], unit: Unit) -> list[Panel]:
    """The panels in their order; number tiles that follow each other stand in one row. What has no unit or value below to
    show (a ranking of schools on a school's own page) is left out."""
    found: list[Panel] = []
    for place, tile in enumerate(tiles):
        anchor = f"tile-{place + 1}"
        if tile.declared.form == "number":
            stats = tuple(_stat(tile, item) for item in tile.indicators)
            if found and found[-1].stats:
                before = found.pop()
                found.append(Panel(before.anchor, before.title, stats=before.stats + stats))
            else:
                found.append(Panel(anchor, "", stats=stats))
        elif (panel := PANELS[tile.declared.form](tile, anchor, unit)) is not None:
            found.append(panel)
    return found


def _stat(tile: Tile, item: IndicatorDef) -> dict[str, Any]:
    figure, filed = tile.newest(item)[0], tile.filed.get(item.code)
    made = pages.tile(figure, filed, tile.declared.title or item.title)
    behind = filed.text if filed else f"{figure.units} 个单位" if figure.rows else ""
    note = "，".join(filter(None, (figure.period.label, behind)))
    url = pages.address("indicators:indicator", item, figure.unit, figure.period)
    return {**made, "note": note, "url": url, "category": "warn" if filed and not filed.whole else ""}


def _head(tile: Tile, unit: Unit, period: Period, what: str) -> tuple[str, str]:
    """Title and address of a panel of one indicator."""
    item = tile.indicators[0]
    title = tile.declared.title or f"{item.title}（{what}）"
    return title, pages.address("indicators:indicator", item, unit, period)


def _trend(tile: Tile, anchor: str, unit: Unit) -> Panel | None:
    item = tile.indicators[0]
    periods = tile.periods[item.code]
    figures = [tile.figures[item.code, period][0] for period in periods]
    while figures and figures[0].value is None:
        figures = figures[1:]
    if len(figures) < 2:
        return None
    title, url = _head(tile, unit, periods[-1], "逐期")
    filed = tile.filed.get(item.code)
    data = pages.chart(title, item, [(figure.period.label, figure) for figure in figures])
    return Panel(anchor, title, url, pages.behind(figures[-1], filed), "line", data)


def _ranking(tile: Tile, anchor: str, unit: Unit) -> Panel | None:
    item, level = tile.indicators[0], tile.declared.units
    figures, period = tile.newest(item), tile.periods[item.code][-1]
    if unit.level == level or not figures:
        return None
    title, url = _head(tile, unit, period, f"各{LEVELS[level]}")
    table = pages.ranking(item, level, figures, anchor, tile.declared.top, tile.declared.first == "worst")
    hidden = len(figures) - len(table.rows)
    more = f"只列前 {len(table.rows)} 个，共 {len(figures)} 个" if hidden > 0 else ""
    return Panel(anchor, title, f"{url}#below-{level}", period.label, table=table, more=more)


def _dimension(tile: Tile, anchor: str, unit: Unit) -> Panel | None:
    item = tile.indicators[0]
    figures, period = tile.newest(item), tile.periods[item.code][-1]
    if not figures:
        return None
    title, url = _head(tile, unit, period, f"按{tile.declared.by}")
    data = pages.chart(title, item, [(figure.group or "", figure) for figure in figures])
    return Panel(
        anchor,
        title,
        url,
        period.label,
        "hbar" if sum(len(figure.group or "") for figure in figures) > MOST_LETTERS else "bar",
        data,
    )


def _table(tile: Tile, anchor: str, unit: Unit) -> Panel | None:
    """The units of a level by several indicators."""
    level = tile.declared.units
    if unit.level == level:
        return None
    by_unit: dict[int, tuple[Unit, dict[str, IndicatorFigure]]] = {}
    for item in tile.indicators:
        for figure in tile.newest(item):
            if figure.unit is not None:
                by_unit.setdefault(figure.unit.pk, (figure.unit, {}))[1][item.code] = figure
    if not by_unit:
        return None
    columns = [Column(LEVELS[level]), *(Column(item.title, "drill", item.unit) for item in tile.indicators)]
    ordered = sorted(by_unit.values(), key=lambda pair: (pair[0].order, pair[0].pk))
    rows = [Row([one.name, *(_cell(own.get(item.code)) for item in tile.indicators)]) for one, own in ordered]
    title = tile.declared.title or f"各{LEVELS[level]}一览"
    labels = "、".join(dict.fromkeys(tile.periods[item.code][-1].label for item in tile.indicators))
    return Panel(anchor, title, note=labels, table=Table(columns, rows, title, id=anchor))


def _cell(figure: IndicatorFigure | None) -> tuple[str, str] | None:
    return (figure.text, pages.rows_url(figure)) if figure else None


def _small(tile: Tile, anchor: str, unit: Unit) -> Panel | None:
    """One small chart per unit on one scale."""
    item, level = tile.indicators[0], tile.declared.units
    data = pages.small_multiples(item, [tile.figures[item.code, period] for period in tile.periods[item.code]])
    if unit.level == level or data is None:
        return None
    title, url = _head(tile, unit, tile.periods[item.code][-1], f"各{LEVELS[level]}逐期")
    return Panel(anchor, title, url, "", "small", {**data, "title": title})


PANELS: dict[str, Callable[[Tile, str, Unit], Panel | None]] = {
    "trend": _trend,
    "ranking": _ranking,
    "dimension": _dimension,
    "table": _table,
    "small": _small,
}
