"""Any indicators of any units in any periods beside each other: what the comparison page and its workbook show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import IndicatorDef
from taizhang.indicators.coverage import Filed, filed_for
from taizhang.indicators.queries import IndicatorFigure, groups_for, values_for
from taizhang.indicators.scope import Grouping
from taizhang.indicators.target import newest_period
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.org.kinds import DISTRICT, LEVELS, SCHOOL, SECTION
from taizhang.org.models import Unit, User
from taizhang.org.queries import units_for
from taizhang.warehouse.projection import Build, refresh

MOST_INDICATORS, MOST_PERIODS, MOST_UNITS = 4, 6, 600
Cell = tuple[str, Period, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """What shall be compared: indicator codes, unit words (a code, ``level:district``, ``in:D1``, ``kind:小学``), period codes."""

    indicators: tuple[str, ...]
    units: tuple[str, ...]
    periods: tuple[str, ...]


@dataclass
class Comparison:
    """Figures by indicator, period and unit. ``tops`` are the units that all of them lie under: several for a person with
    posts in several places. ``filed`` is theirs."""

    tops: list[Unit]
    indicators: list[IndicatorDef]
    units: list[Unit]
    periods: list[Period]
    figures: dict[Cell, IndicatorFigure]
    filed: dict[Cell, Filed]
    build: Build

    def figure(self, item: IndicatorDef, period: Period, unit: Unit) -> IndicatorFigure | None:
        return self.figures.get((item.code, period, unit.pk))

    @cached_property
    def columns(self) -> list[tuple[IndicatorDef, Period]]:
        """Indicator by indicator, each in all periods."""
        return [(item, period) for item in self.indicators for period in self.periods]


def unit_groups(user: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """The units that the person may compare, by group: whole levels, the schools of a district, the schools of a kind,
    single units. One query."""
    units = [unit for unit in units_for(user).order_by("path") if unit.level != SECTION]
    schools = [unit for unit in units if unit.level == SCHOOL]
    districts = [unit for unit in units if unit.level == DISTRICT]
    whole = [(f"level:{level}", f"各{LEVELS[level]}（{len(found)}）")
             for level, found in ((DISTRICT, districts), (SCHOOL, schools)) if len(found) > 1]  # fmt: skip
    inside = []
    for district in districts:
        count = sum(unit.path.startswith(district.path) for unit in schools)
        if count:
            inside.append((f"in:{district.code}", f"{district.name}的学校（{count}）"))
    kinds = [(f"kind:{kind}", f"{kind}（{count}）") for kind in dict.fromkeys(unit.kind for unit in schools)
             if (count := sum(unit.kind == kind for unit in schools)) > 1]  # fmt: skip
    single = [(unit.code, unit.name) for unit in units]
    groups = [("成组", whole + (inside if len(districts) > 1 else [])), ("按类型", kinds), ("逐个", single)]
    return [(label, choices) for label, choices in groups if choices]


def compared_for(user: User, choice: Choice, build: Build | None = None) -> Comparison:
    """The comparison. Raises NotFound for an indicator or a unit that the person does not see, Problem for too many."""
    if not 1 <= len(choice.indicators) <= MOST_INDICATORS:
        raise Problem("IND-040", f"请选 1 到 {MOST_INDICATORS} 个指标", remedy="选得太多，图表看不清；可分几次比较")
    if len(choice.periods) > MOST_PERIODS:
        raise Problem("IND-041", f"最多比较 {MOST_PERIODS} 个期间", remedy="去掉几个期间")
    build = build or refresh()
    items = [catalog().indicator(key) for key in dict.fromkeys(choice.indicators)]
    mine = [unit for unit in units_for(user).select_related(None).order_by("path") if unit.level != SECTION]
    if not mine:
        raise NotFound("ORG-004", "您还没有岗位，看不到任何单位", remedy="请管理员为您安排岗位")
    units = _chosen(mine, choice.units)
    periods = [Period.parse(code) for code in dict.fromkeys(choice.periods)] or [newest_period(items[0], build)]
    tops = _tops(mine)
    figures: dict[Cell, IndicatorFigure] = {}
    filed: dict[Cell, Filed] = {}
    for top in tops:
        headed = [figure for period in periods for figure in values_for(user, items, top, period, build=build).values()]
        filed |= {(code, when, top.pk): one for (code, when), one in filed_for(user, headed, top, build).items()}
        under = [unit for unit in mine if unit.path.startswith(top.path)]
        for period in periods:
            for found in _in_period(user, items, top, under, units, period, build):
                assert found.unit is not None
                figures[found.indicator.code, period, found.unit.pk] = found
    return Comparison(tops, items, units, periods, figures, filed, build)


def _tops(mine: Sequence[Unit]) -> list[Unit]:
    """The units that lie under no other of them."""
    tops: list[Unit] = []
    for unit in sorted(mine, key=Unit.depth):
        if not unit.path.startswith(tuple(top.path for top in tops)):
            tops.append(unit)
    return tops


def _chosen(mine: Sequence[Unit], words: Sequence[str]) -> list[Unit]:
    """The units that the words mean, each once, in the tree's order; without words the districts, else the first unit."""
    if not words:
        found = [unit for unit in mine if unit.level == DISTRICT]
        return found if len(found) > 1 else list(mine[:1])
    wanted = {unit.pk for word in words for unit in _meant(mine, word)}
    if len(wanted) > MOST_UNITS:
        raise Problem("IND-042", f"选了 {len(wanted)} 个单位，最多 {MOST_UNITS} 个", remedy="按学区分几次比较")
    return [unit for unit in mine if unit.pk in wanted]


def _meant(mine: Sequence[Unit], word: str) -> list[Unit]:
    kind, _, key = word.partition(":")
    if kind == "level" and key:
        found = [unit for unit in mine if unit.level == key]
    elif kind == "kind" and key:
        found = [unit for unit in mine if unit.kind == key and unit.level == SCHOOL]
    elif kind == "in" and key:
        above = next((unit for unit in mine if unit.code == key), None)
        found = [unit for unit in mine if above and unit.level == SCHOOL and unit.path.startswith(above.path)]
    else:
        found = [unit for unit in mine if word in (unit.code, unit.name)]
    if not found:
        raise NotFound("ORG-003", f"没有单位“{key or word}”", remedy="您的岗位看不到它；在页面上重新选")
    return found


def _in_period(
    user: User,
    items: list[IndicatorDef],
    top: Unit,
    under: Sequence[Unit],
    units: Sequence[Unit],
    period: Period,
    build: Build,
) -> Iterable[IndicatorFigure]:
    """The figures of the chosen units under a top one, of which ``under`` are all that the person sees. Districts and
    schools are read level by level in one pass, the others one by one."""
    chosen = {unit.pk for unit in units}
    for level in (DISTRICT, SCHOOL):
        there = [unit for unit in under if unit.level == level]
        if not any(unit.pk in chosen for unit in there):
            continue
        found = groups_for(user, items, top, period, Grouping(level=level), build=build, units=there)
        yield from (one for figures in found.values() for one in figures if one.unit and one.unit.pk in chosen)
    for unit in under:
        if unit.pk in chosen and unit.level not in (DISTRICT, SCHOOL):
            yield from values_for(user, items, unit, period, build=build).values()
