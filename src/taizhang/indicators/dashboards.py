"""Dashboards: the tiles that a pack declares, with their figures. One pass over each register for each period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from taizhang.catalog.current import catalog
from taizhang.catalog.dashboard_schema import DashboardDef, TileDef
from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.coverage import Filed, filed_for
from taizhang.indicators.periods import back_from, period_of
from taizhang.indicators.queries import IndicatorFigure, levels_for
from taizhang.indicators.scope import WHOLE, Grouping
from taizhang.indicators.target import newest_period
from taizhang.kernel.errors import NotFound
from taizhang.kernel.periods import Period
from taizhang.org.kinds import DISTRICT, SCHOOL
from taizhang.org.models import Unit, User
from taizhang.org.policy import is_installation, roles_of
from taizhang.org.queries import below
from taizhang.warehouse.projection import Build, refresh

Pair = tuple[Grouping, Period]


@dataclass(slots=True)
class Tile:
    """A declared tile with what it shows. ``series`` are figures by indicator code and period; ``filed`` is by code."""

    declared: TileDef
    indicators: list[IndicatorDef]
    periods: dict[str, list[Period]]
    figures: dict[tuple[str, Period], list[IndicatorFigure]] = field(default_factory=dict)
    filed: dict[str, Filed] = field(default_factory=dict)

    @property
    def grouping(self) -> Grouping:
        if self.declared.units != "own":
            return Grouping(level=self.declared.units)
        return Grouping(dimension=self.declared.by) if self.declared.by else WHOLE

    def newest(self, item: IndicatorDef) -> list[IndicatorFigure]:
        """The figures of an indicator for the newest of the tile's periods."""
        return self.figures.get((item.code, self.periods[item.code][-1]), [])


def dashboards_for(user: User) -> list[DashboardDef]:
    """The dashboards made for one of the person's posts, in their order."""
    held, all_ = roles_of(user), is_installation(user)
    found = [
        item for item in catalog().dashboards.values() if all_ or (held and not item.roles) or held & set(item.roles)
    ]
    return sorted(found, key=lambda item: (item.order, item.name))


def dashboard_for(user: User, key: str) -> DashboardDef:
    """A dashboard by code or name. Raises NotFound, also for one that is made for other posts."""
    found = next((item for item in dashboards_for(user) if key in (item.code, item.name)), None)
    if found is None:
        raise NotFound("IND-026", f"没有看板“{key}”", remedy="在“指标 › 看板”里选；没有列出的是给别的岗位用的")
    return found


def tiles_for(user: User, board: DashboardDef, unit: Unit, build: Build | None = None) -> list[Tile]:
    """The tiles with their figures at a unit. The number of queries does not grow with the tiles. Raises NotFound."""
    build = build or refresh()
    tiles = [_tile(declared, build) for declared in board.tiles]
    levels = {str(tile.declared.units) for tile in tiles} - {"own"}
    units = units_below(unit, levels)
    found = _figures(user, tiles, unit, units, build)
    for tile in tiles:
        tile.figures = {
            (item.code, period): found[tile.grouping, period].get(item.code, [])
            for item in tile.indicators
            for period in tile.periods[item.code]
        }
    headed = [tile for tile in tiles if tile.grouping == WHOLE]
    newest = [figure for tile in headed for item in tile.indicators for figure in tile.newest(item)]
    said = filed_for(user, newest, unit, build)
    for tile in headed:
        asked = ((item.code, tile.periods[item.code][-1]) for item in tile.indicators)
        tile.filed = {key[0]: said[key] for key in asked if key in said}
    return tiles


def _tile(declared: TileDef, build: Build) -> Tile:
    items = [build.catalog.indicator(name) for name in declared.indicators]
    periods = {}
    for item in items:
        last = period_of(declared.period, build.today) if declared.period else newest_period(item, build)
        several = declared.form in ("trend", "small")
        periods[item.code] = back_from(last, declared.back) if several else [last]
    return Tile(declared, items, periods)


def units_below(unit: Unit, levels: set[str]) -> dict[str, list[Unit]]:
    """A unit and those under it of the levels, by level, in the tree's order. One query; none for no levels."""
    found: dict[str, list[Unit]] = {DISTRICT: [], SCHOOL: []}
    if levels:
        for one in below(unit).filter(level__in=levels).order_by("order", "id"):
            found[one.level].append(one)
    return found


def _figures(
    user: User, tiles: Sequence[Tile], unit: Unit, units: dict[str, list[Unit]], build: Build
) -> dict[Pair, dict[str, list[IndicatorFigure]]]:
    """Every figure that some tile shows, each asked for once."""
    wanted: dict[Period, dict[Grouping, dict[str, IndicatorDef]]] = defaultdict(lambda: defaultdict(dict))
    for tile in tiles:
        for item in tile.indicators:
            for period in tile.periods[item.code]:
                wanted[period][tile.grouping][item.code] = item
    found = {}
    for period, by_grouping in wanted.items():
        asked = {grouping: list(items.values()) for grouping, items in by_grouping.items()}
        for grouping, figures in levels_for(user, asked, unit, period, build=build, units=units).items():
            found[grouping, period] = figures
    return found
