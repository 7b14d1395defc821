"""The template's words for figures: indicators, limits, records, units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from taizhang.catalog.schema import IndicatorDef
from taizhang.kernel.periods import Period
from taizhang.reports.bound import MISSING, PERCENT, Bound, Declared, Phrase, rounded, shown_number
from taizhang.reports.door import Reading, UnitRef
from taizhang.reports.words import Words, place_of, shortest, words_of


class FigureWords(Words):
    """Each gives one bound value; ``条件`` restricts it by a dimension or a field."""

    def value(
        self,
        指标: str,
        *,
        单位: UnitRef | None = None,
        期间: Period | None = None,
        计量: str | None = None,
        小数: int | None = None,
        **条件: str,
    ) -> Bound:
        """值("在校生数", 学段="小学"): an indicator's value, with its unit. 计量="" prints the number alone, "万元" in 10,000s."""
        declared = self.sources.indicator(指标)
        reading = self.sources.value(declared.code, 单位 or self.unit, 期间 or self.period, words_of(条件))
        measure = declared.unit if 计量 is None else 计量
        decimals = declared.decimals if 小数 is None else 小数
        text = shown_number(reading.value, PERCENT if declared.unit == PERCENT else measure, decimals)
        if declared.unit == PERCENT and 计量 == "":
            text = text.removesuffix(PERCENT)
        return self._figure("indicator", declared, reading, text, 单位, 条件, measure=declared.unit, decimals=decimals)

    def change(
        self,
        指标: str,
        *,
        单位: UnitRef | None = None,
        期间: Period | None = None,
        基期: Period | None = None,
        **条件: str,
    ) -> Bound:
        """变化("在校生数"): 增加1203人, 下降0.12个百分点, 持平: against last year, or against 基期.

        The difference is that of the two values as printed, so that a reader who subtracts finds the same.
        """
        declared, now, before = self._pair(指标, 单位, 期间, 基期, 条件)
        percent = declared.unit == PERCENT
        words = ("提高", "下降") if percent else ("增加", "减少")
        difference = None
        if now.value is not None and before.value is not None:
            scale = 100 if percent else 1
            difference = rounded(now.value * scale, declared.decimals) - rounded(
                before.value * scale, declared.decimals
            )
        text = _change_text(difference, words, "个百分点" if percent else declared.unit, declared.decimals)
        return self._figure("change", declared, now, text, 单位, 条件, value=difference, formula=_against(before))

    def growth(
        self,
        指标: str,
        *,
        单位: UnitRef | None = None,
        期间: Period | None = None,
        基期: Period | None = None,
        **条件: str,
    ) -> Bound:
        """增幅("在校生数"): 增长3.20%, 下降1.05%: relative to last year, or to 基期."""
        declared, now, before = self._pair(指标, 单位, 期间, 基期, 条件)
        ratio = None
        if now.value is not None and before.value:
            ratio = (now.value - before.value) / before.value
        text = _change_text(None if ratio is None else rounded(ratio * 100, 2), ("增长", "下降"), PERCENT, 2)
        return self._figure("change", declared, now, text, 单位, 条件, value=ratio, formula=_against(before))

    def limit(self, 指标: str, *, 学段: str = "") -> Bound:
        """标准值("生均体育运动场馆面积", 学段="小学"): the official limit in force."""
        declared = self.sources.indicator(指标)
        threshold = self.sources.limit(declared.code, 学段, self.sources.day)
        value = None
        if threshold is not None:
            bound = threshold.at_least if threshold.at_least is not None else threshold.at_most
            value = None if bound is None else Decimal(str(bound))
        printed = value * 100 if value is not None and declared.unit == PERCENT else value
        text = MISSING if printed is None else shortest(printed, declared.unit)
        reading = self.now(value)
        basis = threshold.basis if threshold else ""
        return self._figure("limit", declared, reading, text, None, {"学段": 学段}, formula=basis)

    def compare(self, 指标: str, *, 单位: UnitRef | None = None, 期间: Period | None = None, 学段: str = "") -> Bound:
        """达标("生均体育运动场馆面积", 学段="小学"): 达到 or 未达到, the exact value against the official limit."""
        declared = self.sources.indicator(指标)
        where = {"学段": 学段} if 学段 else {}
        reading = self.sources.value(declared.code, 单位 or self.unit, 期间 or self.period, where)
        threshold = self.sources.limit(declared.code, 学段, self.sources.day)
        met = None
        if reading.value is not None and threshold is not None:
            low, high = threshold.at_least, threshold.at_most
            met = (low is None or reading.value >= Decimal(str(low))) and (
                high is None or reading.value <= Decimal(str(high))
            )
        text = MISSING if met is None else "达到" if met else "未达到"
        return self._figure(
            "compare", declared, reading, text, 单位, where, value=None if met is None else Decimal(met)
        )

    def extreme(self, 指标: str, *, 层级: str = "学区", 最高: bool = True, **条件: Any) -> Phrase:
        """首位("生师比", 层级="学区"): the unit with the highest value (最高=False: the lowest) and the value."""
        values = [(unit, self.value(指标, 单位=unit, **条件)) for unit in self.units(层级)]
        known = [(unit, value) for unit, value in values if value.value is not None]
        if not known:
            return Phrase((self.value(指标, **条件),))
        pick = max if 最高 else min
        unit, value = pick(known, key=lambda pair: pair[1].value or Decimal(0))
        return Phrase((Declared("名称", unit.name), "（", value, "）"))

    def record_count(self, 台账: str, *, 单位: UnitRef | None = None, 期间: Period | None = None, **条件: str) -> Bound:
        """记录数("安全隐患台账", 状态="已销号"): records of a register in the period; void ones are left out."""
        register = self.sources.register(台账)
        at = 单位 or self.unit
        reading = self.sources.record_count(register.code, at, 期间 or self.period, words_of(条件))
        return Bound(
            kind="record_count",
            code=register.code,
            label=f"{register.name}记录数",
            shown=shown_number(reading.value, "", 0),
            formula="条件计数（" + ("、".join(f"{key}={value}" for key, value in 条件.items()) or "全部") + "）",
            note="" if reading.value is not None else f"{register.name}没有数据",
            **place_of(at, reading, 条件),
        )

    def unit_count(self, 类型: str, *, 单位: UnitRef | None = None) -> Bound:
        """单位数("学校"): units of a level or kind that exist on the cut-off day."""
        at = 单位 or self.unit
        count = Decimal(len(self.sources.units(at, 类型, self.sources.day)))
        reading = self.now(count)
        text = shown_number(count, "", 0)
        formula = f"截止日在册的{类型}个数"
        return Bound(
            kind="unit_count", code=类型, label=f"{类型}数", shown=text, formula=formula, **place_of(at, reading, {})
        )

    def read_period(self, 指标: str) -> Bound:
        """统计期("在校生数"): the period whose figures were read, e.g. 2025-2026学年: the newest return there was."""
        declared = self.sources.indicator(指标)
        reading = self.sources.value(declared.code, self.unit, self.period, {})
        label = Period.parse(reading.period).label
        return Bound(
            kind="period", code=declared.code, label=f"{declared.title}的统计期", shown=label, period=reading.period
        )

    def units(self, 类型: str = "学区") -> list[UnitRef]:
        """单位列表("学区"): units to loop over; {{ 学区 }} prints the name."""
        return list(self.sources.units(self.unit, 类型, self.sources.day))

    def _pair(
        self, key: str, unit: UnitRef | None, period: Period | None, base: Period | None, where: Mapping[str, str]
    ) -> tuple[IndicatorDef, Reading, Reading]:
        declared, at, when = self.sources.indicator(key), unit or self.unit, period or self.period
        words = words_of(where)
        before = self.sources.value(declared.code, at, base or when.last_year(), words)
        return declared, self.sources.value(declared.code, at, when, words), before

    def _figure(
        self,
        kind: str,
        declared: IndicatorDef,
        reading: Reading,
        text: str,
        unit: UnitRef | None,
        where: Mapping[str, str],
        **more: Any,
    ) -> Bound:
        stage = "".join(value for value in where.values() if value)
        when = Period.parse(reading.period).label
        name = f"{stage}{declared.title}"
        missing = f"{(unit or self.unit).name}{name}（{when}）没有数据" if text == MISSING else ""
        body: dict[str, Any] = {
            "formula": declared.formula,
            "measure": declared.unit,
            "decimals": declared.decimals,
            "numerator": reading.numerator,
            "denominator": reading.denominator,
            **place_of(unit or self.unit, reading, where),
            **more,
        }
        return Bound(kind=kind, code=declared.code, label=name, shown=text, note=missing, **body)


def _change_text(amount: Decimal | None, words: tuple[str, str], measure: str, decimals: int) -> str:
    if amount is None:
        return MISSING
    if amount == 0:
        return "持平"
    return f"{words[0] if amount > 0 else words[1]}{abs(amount):.{decimals}f}{measure}"


def _against(before: Reading) -> str:
    return f"与{Period.parse(before.period).label}的{MISSING if before.value is None else before.value}比较"
