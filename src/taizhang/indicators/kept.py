"""Kept builds beside the live one: what a figure was when it was published, and what it is now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.queries import IndicatorFigure, value_for, values_for
from taizhang.indicators.target import units_in
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import Build, refresh
from taizhang.warehouse.snapshots import opened, snapshots_for


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure in a kept build and now; ``now`` is None when the indicator is no longer declared."""

    then: IndicatorFigure
    now: IndicatorFigure | None

    @property
    def moved(self) -> bool:
        """Whether it reads differently now, in the decimals that it is printed with."""
        return self.now is not None and self.then.text != self.now.text

    @property
    def difference(self) -> Decimal | None:
        """Now less then; a percent's as a ratio."""
        if self.now is None or self.now.value is None or self.then.value is None:
            return None
        return self.now.value - self.then.value

    @property
    def redefined(self) -> bool:
        """Whether the indicator is defined otherwise now."""
        return self.now is not None and self.then.indicator.formula != self.now.indicator.formula

    def sentence(self, snapshot: Snapshot) -> str:
        """“七月通报”（7月31日留存）为 97.2%，现为 97.4%."""
        said = f"“{snapshot.name}”（数据截止 {snapshot.day}）为 {self.then.text}{_unit(self.then)}"
        if self.now is None:
            return f"{said}，现在已没有这个指标"
        return f"{said}，现{'为 ' + self.now.text + _unit(self.now) if self.moved else '未变'}"


def _unit(figure: IndicatorFigure) -> str:
    return "" if figure.held_back or figure.value is None else figure.indicator.unit


def get_snapshot_for(user: User, pk: int) -> Snapshot:
    """A kept build that the person may open. Raises NotFound."""
    found = snapshots_for(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("IND-030", "没有这份留存的数据", remedy="在“指标 › 留存的数据”里选；没有列出的您无权打开")
    return found


def pair_for(user: User, snapshot: Snapshot, now: IndicatorFigure) -> Pair | None:
    """What a live figure was in a kept build; None where the build has no such indicator, unit or register."""
    try:
        then = value_for(user, now.indicator.code, now.unit, now.period, build=opened(snapshot))
    except NotFound:
        return None
    except Problem as nothing:
        if nothing.code == "IND-007":
            return None
        raise
    return Pair(then, now)


def pairs_for(user: User, snapshot: Snapshot, unit: Unit, period: Period | None, word: str = "") -> list[Pair]:
    """Every figure of a kept build at a unit beside the live one for the same period. Raises NotFound for a unit that was
    not there then."""
    kept, live = opened(snapshot), refresh()
    there = next((item for item in units_in(kept) if item.pk == unit.pk), None)
    if there is None:
        raise NotFound("IND-004", f"留存时还没有单位“{unit.name}”", remedy="换一个单位")
    asked = [item for item in kept.catalog.indicators.values() if word in item.name + item.theme + item.code]
    then = _readable(user, asked, there, period, kept)
    return [Pair(figure, now) for figure, now in _beside(user, then, unit, live)]


def _readable(
    user: User, asked: list[IndicatorDef], unit: Unit, period: Period | None, kept: Build
) -> list[IndicatorFigure]:
    """The figures that a build can answer: a register that was not kept leaves its indicators out."""
    try:
        return list(values_for(user, asked, unit, period, build=kept).values())
    except Problem as nothing:
        if nothing.code != "IND-007":
            raise
    found: list[IndicatorFigure] = []
    for item in asked:
        try:
            found += values_for(user, [item], unit, period, build=kept).values()
        except Problem as nothing:
            if nothing.code != "IND-007":
                raise
    return found


def _beside(
    user: User, then: list[IndicatorFigure], unit: Unit, live: Build
) -> list[tuple[IndicatorFigure, IndicatorFigure | None]]:
    now: dict[tuple[str, Period], IndicatorFigure] = {}
    for period in dict.fromkeys(figure.period for figure in then):
        codes = [figure.indicator.code for figure in then if figure.period == period]
        items = [live.catalog.indicators[code] for code in codes if code in live.catalog.indicators]
        for code, figure in values_for(user, items, unit, period, build=live).items():
            now[code, period] = figure
    return [(figure, now.get((figure.indicator.code, figure.period))) for figure in then]
