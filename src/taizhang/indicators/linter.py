"""What a dashboard says of other parts of the packs must be true."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.catalog.current import Catalog
from taizhang.catalog.dashboard_schema import DashboardDef, TileDef
from taizhang.catalog.faults import near
from taizhang.catalog.pack import Pack, Place
from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.asked import parsed
from taizhang.indicators.periods import period_of
from taizhang.indicators.target import registers_of
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.formula import FormulaError


def lint_dashboards(pack: Pack, whole: Catalog) -> Iterator[Problem]:
    """Posts, indicators, fields and periods of every dashboard exist; two do not stand at one address."""
    for board in pack.dashboards.values():
        place = pack.places["dashboard", board.name]
        for role in board.roles:
            if role not in whole.roles:
                where = place.at("roles")
                yield Problem("IND-020", f"没有岗位“{role}”", where=where, remedy=near(role, whole.roles))
        yield from _address(board, place, whole)
        for index, tile in enumerate(board.tiles):
            yield from _tile(tile, index, place, whole)


def _address(board: DashboardDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    others = [item for item in whole.dashboards.values() if item.name != board.name]
    taken = next((item for item in others if board.address in (item.code, item.name)), None)
    if taken is not None:
        told = f"“{board.address}”已是看板“{taken.name}”的代码"
        yield Problem("IND-021", told, where=place.at("code"), remedy="换一个 code")


def _tile(tile: TileDef, index: int, place: Place, whole: Catalog) -> Iterator[Problem]:
    known = {key: item for item in whole.indicators.values() for key in (item.code, item.name)}
    for name in tile.indicators:
        if name not in known:
            where = place.at("tiles", index, "indicator")
            yield Problem("IND-022", f"没有指标“{name}”", where=where, remedy=near(name, known))
        elif tile.by:
            yield from _dimension(known[name], tile.by, place.at("tiles", index, "by"), whole)
    if tile.period:
        try:
            period_of(tile.period)
        except Problem as wrong:
            yield Problem("IND-024", wrong.message, where=place.at("tiles", index, "period"), remedy=wrong.remedy)


def _dimension(indicator: IndicatorDef, name: str, where: str, whole: Catalog) -> Iterator[Problem]:
    """The field that a tile is broken down by is one of the indicator's own choices."""
    try:
        parsed(indicator.formula)
        registers = registers_of(indicator, whole)
    except (FormulaError, NotFound):
        return  # told of the indicator itself
    known = {field.name for item in registers for field in item.fields if field.type == "choice"}
    if name not in known:
        told = f"“{indicator.name}”不能按“{name}”分列"
        yield Problem("IND-023", told, where=where, remedy=near(name, indicator.by or known))
