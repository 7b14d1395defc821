"""The template's words that follow from several figures: runs of years and ranks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from taizhang.kernel.periods import Period
from taizhang.reports.bound import MISSING, PERCENT, Bound, rounded
from taizhang.reports.door import UnitRef
from taizhang.reports.figures import FigureWords
from taizhang.reports.words import words_of

# How far back a run of years is followed.
MOST_YEARS = 10


class TrendWords(FigureWords):
    """Each gives one bound value whose words were computed with its number."""

    def streak(self, 指标: str, *, 单位: UnitRef | None = None, **条件: str) -> Bound:
        """连续("在校生数"): 连续3年增长, 连续2年下降, 比上年持平: how long it has gone one way, the values as printed."""
        declared = self.sources.indicator(指标)
        at, when, years, way = 单位 or self.unit, self.period, 0, 0
        now = self.sources.value(declared.code, at, when, words_of(条件))
        later = self._printed(now.value, declared.decimals, declared.unit)
        while years < MOST_YEARS and later is not None:
            when = when.last_year()
            before = self._printed(
                self.sources.value(declared.code, at, when, words_of(条件)).value, declared.decimals, declared.unit
            )
            step = 0 if before is None else (later > before) - (later < before)
            if step == 0 or (way and step != way):
                break
            years, way, later = years + 1, step, before
        text = MISSING if now.value is None else _run(years, way)
        value = None if now.value is None else Decimal(years * way)
        return self._figure("trend", declared, now, text, 单位, 条件, value=value, formula="逐年与上年比较，按印出的数")

    def rank(self, 指标: str, *, 层级: str = "学区", 单位: UnitRef, 期间: Period | None = None, **条件: str) -> Bound:
        """位次("隐患整改率", 单位=学区): 第2位: the unit's place among those of its level, the better first; ties share."""
        declared = self.sources.indicator(指标)
        values = {unit.code: self._read(指标, unit, 期间, 条件).value for unit in self.units(层级)}
        mine = values.get(单位.code)
        sign = -1 if declared.better == "lower" else 1
        ahead = [
            item for item in values.values() if item is not None and mine is not None and item * sign > mine * sign
        ]
        place = None if mine is None else Decimal(len(ahead) + 1)
        reading = self._read(指标, 单位, 期间, 条件)
        text = MISSING if place is None else f"第{place}位"
        formula = f"{层级}按{declared.title}由{'低到高' if sign < 0 else '高到低'}排"
        return self._figure("rank", declared, reading, text, 单位, 条件, value=place, formula=formula)

    def _read(self, 指标: str, unit: UnitRef, 期间: Period | None, 条件: dict[str, Any]) -> Any:
        return self.sources.value(self.sources.indicator(指标).code, unit, 期间 or self.period, words_of(条件))

    def _printed(self, value: Decimal | None, decimals: int, measure: str) -> Decimal | None:
        return None if value is None else rounded(value * 100 if measure == PERCENT else value, decimals)


def _run(years: int, way: int) -> str:
    if years == 0:
        return "比上年持平"
    word = "增长" if way > 0 else "下降"
    return f"比上年{word}" if years == 1 else f"连续{years}年{word}"
