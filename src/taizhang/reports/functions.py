"""The words of the template language. Each gives a :class:`Bound` (or pieces with bounds), never a bare number.

The table ``NAMES`` is the language: Chinese name in the template → method. docs/ and the linter read it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from taizhang.catalog.schema import IndicatorDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.reports.bound import MISSING, PERCENT, Bound, Declared, Phrase, Piece, joined, rounded, shown_number
from taizhang.reports.door import Reading, Sources, TargetLine, TaskLine, UnitRef

COMPARATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.ge,
    "~": operator.ge,
}
CATEGORY_WORDS = {"closed": "已完成", "late": "逾期", "open": "进行中"}
RATE_DECIMALS = 1


class Functions:
    """The functions for one report: one unit, one period, one door to the data."""

    def __init__(self, sources: Sources, unit: UnitRef, period: Period) -> None:
        self.sources, self.unit, self.period = sources, unit, period
        self._tasks: Sequence[TaskLine] | None = None

    def names(self) -> dict[str, Any]:
        """What a template may name."""
        fixed = {"期间": self.period, "上年": self.period.last_year(), "单位": self.unit}
        return {**fixed, **{name: getattr(self, method) for name, method in NAMES.items()}}

    # Indicators

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
        reading = self.sources.value(declared.code, 单位 or self.unit, 期间 or self.period, _words(条件))
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
        text = MISSING if printed is None else _shortest(printed, declared.unit)
        reading = Reading(value=value, period=self.period.code, as_of=self.sources.day.isoformat())
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

    def extreme(self, 指标: str, *, 层级: str = "学区", 最高: bool = True, **条件: str) -> Phrase:
        """首位("生师比", 层级="学区"): the unit with the highest value (最高=False: the lowest) and the value."""
        values = [(unit, self.value(指标, 单位=unit, **条件)) for unit in self.units(层级)]
        known = [(unit, value) for unit, value in values if value.value is not None]
        if not known:
            return Phrase((self.value(指标, **条件),))
        pick = max if 最高 else min
        unit, value = pick(known, key=lambda pair: pair[1].value or Decimal(0))
        return Phrase((Declared("名称", unit.name), "（", value, "）"))

    # Tasks

    def task_count(self, 章节: str | Declared | None = None) -> Bound:
        """任务数(): the tasks of the plan, or of one chapter; cancelled ones are not counted."""
        return self._count(self._lines(章节), "total", "任务数", 章节)

    def done_count(self, 章节: str | Declared | None = None) -> Bound:
        """完成任务数(): tasks done by the cut-off day."""
        return self._count(self._of(章节, "closed"), "done", "完成任务数", 章节)

    def open_count(self, 章节: str | Declared | None = None) -> Bound:
        """未完成任务数(): tasks not done by the cut-off day, late ones included."""
        return self._count(self._of(章节, "open", "late"), "open", "未完成任务数", 章节)

    def late_count(self, 章节: str | Declared | None = None) -> Bound:
        """逾期任务数(): tasks not done whose deadline had passed on the cut-off day."""
        return self._count(self._of(章节, "late"), "overdue", "逾期任务数", 章节)

    def done_rate(self, 章节: str | Declared | None = None) -> Bound:
        """完成率(): done tasks of all."""
        done, total = Decimal(len(self._of(章节, "closed"))), Decimal(len(self._lines(章节)))
        value = done / total if total else None
        text = shown_number(value, PERCENT, RATE_DECIMALS)
        plain = self._task_bound("done_rate", "任务完成率", value, text, 章节)
        return replace(plain, measure=PERCENT, decimals=RATE_DECIMALS, numerator=done, denominator=total)

    def task_list(self, 章节: str | Declared | None = None, 状态: str | None = None) -> list[dict[str, Any]]:
        """任务列表(状态="逾期"): tasks with 标题 章节 牵头单位 期限 状态 进展 逾期天数. 状态: 已完成 进行中 逾期 未完成."""
        wanted = {word: (key,) for key, word in CATEGORY_WORDS.items()} | {"未完成": ("open", "late")}
        if 状态 is not None and 状态 not in wanted:
            raise Problem("RPT-010", f"没有任务状态“{状态}”", remedy="可用:" + "、".join(wanted))
        lines = self._lines(章节) if 状态 is None else self._of(章节, *wanted[状态])
        return [self._task(line) for line in lines]

    def chapters(self) -> list[dict[str, Any]]:
        """章节列表(): the plan's chapters in order, with 标题 任务数 完成任务数 未完成任务数 逾期任务数 完成率."""
        names = dict.fromkeys(line.chapter for line in self._lines(None))
        return [
            {
                "标题": Declared("标题", name),
                "任务数": self.task_count(name),
                "完成任务数": self.done_count(name),
                "未完成任务数": self.open_count(name),
                "逾期任务数": self.late_count(name),
                "完成率": self.done_rate(name),
            }
            for name in names
        ]

    def targets(self, 章节: str | Declared | None = None, 结果: str | None = None) -> list[dict[str, Any]]:
        """目标列表(结果="未达到"): the numbers that tasks promised: 任务 对象 要求 实际 结果 (达到 未达到 未报送)."""
        rows = [self._target(line, target) for line in self._lines(章节) for target in line.targets]
        return [row for row in rows if 结果 is None or row["结果"].shown == 结果]

    def target_count(self, 章节: str | Declared | None = None, 结果: str | None = None) -> Bound:
        """目标数(结果="达到"): how many promised numbers have that result, or all of them."""
        count = Decimal(len(self.targets(章节, 结果)))
        label = f"{结果 or ''}目标数"
        return self._task_bound("targets", label, count, shown_number(count, "", 0), 章节)

    # Records, units, dates, words

    def record_count(self, 台账: str, *, 单位: UnitRef | None = None, 期间: Period | None = None, **条件: str) -> Bound:
        """记录数("安全隐患台账", 状态="已销号"): records of a register in the period; void ones are left out."""
        register = self.sources.register(台账)
        at = 单位 or self.unit
        reading = self.sources.record_count(register.code, at, 期间 or self.period, _words(条件))
        return Bound(
            kind="record_count",
            code=register.code,
            label=f"{register.name}记录数",
            shown=shown_number(reading.value, "", 0),
            formula="条件计数（" + ("、".join(f"{key}={value}" for key, value in 条件.items()) or "全部") + "）",
            note="" if reading.value is not None else f"{register.name}没有数据",
            **_place(at, reading, 条件),
        )

    def unit_count(self, 类型: str, *, 单位: UnitRef | None = None) -> Bound:
        """单位数("学校"): units of a level or kind that exist on the cut-off day."""
        at = 单位 or self.unit
        count = Decimal(len(self.sources.units(at, 类型, self.sources.day)))
        reading = Reading(value=count, period=self.period.code, as_of=self.sources.day.isoformat())
        text = shown_number(count, "", 0)
        formula = f"截止日在册的{类型}个数"
        return Bound(
            kind="unit_count", code=类型, label=f"{类型}数", shown=text, formula=formula, **_place(at, reading, {})
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

    def cutoff(self) -> Bound:
        """截止日期(): the day on which the figures stand."""
        return self.day_bound(self.sources.day, "截止日期")

    def quote(self, 文字: str) -> Declared:
        """原文("十四五"): words that may hold digits: a quotation, a campaign's name. Somebody answers for them."""
        return Declared("原文", str(文字))

    def number(self, 文字: str) -> Declared:
        """文号("〔2026〕12号"): a document's number."""
        return Declared("文号", str(文字))

    def listing(self, 项目: Iterable[Mapping[str, Any]], 取: str = "标题", 最多: int = 0) -> Phrase:
        """列举(任务列表(状态="逾期"), 取="标题", 最多=5): different pieces joined by 、; beyond 最多 it ends with 等."""
        pieces: list[Piece] = list({str(item[取]): item[取] for item in 项目}.values())
        if 最多 and len(pieces) > 最多:
            return Phrase((*joined(pieces[:最多]).pieces, "等"))
        return joined(pieces)

    def day_bound(self, day: date | None, label: str) -> Bound:
        text = MISSING if day is None else f"{day.year}年{day.month}月{day.day}日"
        code = "" if day is None else day.isoformat()
        return Bound(kind="date", code=code, label=label, shown=text, note="" if day else f"{label}没有填写")

    # Inside

    def _pair(
        self, key: str, unit: UnitRef | None, period: Period | None, base: Period | None, where: Mapping[str, str]
    ) -> tuple[IndicatorDef, Reading, Reading]:
        declared, at, when = self.sources.indicator(key), unit or self.unit, period or self.period
        words = _words(where)
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
            **_place(unit or self.unit, reading, where),
            **more,
        }
        return Bound(kind=kind, code=declared.code, label=name, shown=text, note=missing, **body)

    def _lines(self, chapter: str | Declared | None) -> list[TaskLine]:
        if self._tasks is None:
            self._tasks = self.sources.tasks(self.unit, self.period)
        return [line for line in self._tasks if chapter is None or line.chapter == str(chapter)]

    def _of(self, chapter: str | Declared | None, *categories: str) -> list[TaskLine]:
        return [line for line in self._lines(chapter) if line.category in categories]

    def _count(self, lines: list[TaskLine], code: str, label: str, chapter: str | Declared | None) -> Bound:
        return self._task_bound(code, label, Decimal(len(lines)), str(len(lines)), chapter)

    def _task_bound(
        self, code: str, label: str, value: Decimal | None, text: str, chapter: str | Declared | None
    ) -> Bound:
        reading = Reading(value=value, period=self.period.code, as_of=self.sources.day.isoformat())
        where = {"章节": str(chapter)} if chapter is not None else {}
        note = "" if value is not None else "本期没有任务"
        return Bound(
            kind="task_count", code=code, label=label, shown=text, note=note, **_place(self.unit, reading, where)
        )

    def _task(self, line: TaskLine) -> dict[str, Any]:
        late = (self.sources.day - line.due).days if line.due and line.category == "late" else 0
        return {
            "标题": Declared("任务", line.title),
            "章节": Declared("标题", line.chapter),
            "牵头单位": Declared("名称", line.lead or MISSING),
            "期限": self.day_bound(line.due, "任务期限"),
            "状态": CATEGORY_WORDS[line.category],
            "进展": Declared("进展", line.progress),
            "逾期天数": Bound(
                kind="date",
                code=line.key,
                label="逾期天数",
                shown=str(late),
                value=Decimal(late),
                formula="截止日期-任务期限",
            ),
        }

    def _target(self, line: TaskLine, target: TargetLine) -> dict[str, Any]:
        actual, decimals, origin = self._actual(target)
        met = None
        if actual is not None and target.value is not None:
            met = COMPARATORS[target.comparator](actual, target.value)
        word = "未报送" if met is None else "达到" if met else "未达到"
        shown = MISSING
        if actual is not None:
            fixed = None if decimals is None else f"{rounded(actual, decimals):f}{target.measure}"
            shown = fixed or _shortest(actual, target.measure)
        body: dict[str, Any] = {"code": line.key, "measure": target.measure, "period": self.period.code}
        body |= {"unit_code": self.unit.code, "unit_name": self.unit.name}
        note = f"任务“{line.title}”的{target.subject}没有实际值" if actual is None else ""
        return {
            "任务": Declared("任务", line.title),
            "对象": Declared("任务", target.subject),
            "要求": Bound(
                kind="target",
                label=f"{target.subject}目标",
                shown=_target_text(target),
                value=target.value,
                formula=target.text,
                **body,
            ),
            "实际": Bound(
                kind="actual", label=target.subject, shown=shown, value=actual, formula=origin, note=note, **body
            ),
            "结果": Bound(kind="compare", label=f"{target.subject}完成情况", shown=word, **body),
        }

    def _actual(self, target: TargetLine) -> tuple[Decimal | None, int | None, str]:
        """What became of a target, in its own unit: its indicator's exact value, else what was reported. Also the
        decimals to print and the origin.
        """
        if target.indicator:
            declared = self.sources.indicator(target.indicator)
            reading = self.sources.value(declared.code, self.unit, self.period, {})
            if reading.value is not None:
                scale = 100 if declared.unit == PERCENT else 1
                return reading.value * scale, declared.decimals, declared.formula
        return target.actual, None, "任务填报"


def _words(where: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in where.items()}


def _place(unit: UnitRef, reading: Reading, where: Mapping[str, Any]) -> dict[str, Any]:
    """What every binding tells of where and when."""
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "period": reading.period,
        "value": reading.value,
        "coverage": reading.coverage,
        "as_of": reading.as_of,
        "build": reading.build,
        "where": tuple((key, str(value)) for key, value in where.items() if value),
    }


def _change_text(amount: Decimal | None, words: tuple[str, str], measure: str, decimals: int) -> str:
    if amount is None:
        return MISSING
    if amount == 0:
        return "持平"
    return f"{words[0] if amount > 0 else words[1]}{abs(amount):.{decimals}f}{measure}"


def _against(before: Reading) -> str:
    return f"与{Period.parse(before.period).label}的{MISSING if before.value is None else before.value}比较"


def _shortest(value: Decimal, measure: str) -> str:
    """A limit as its rule prints it: no closing zeros."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + measure


def _target_text(target: TargetLine) -> str:
    word = {">=": "不低于", "<=": "不超过", "=": "", "~": "约"}[target.comparator]
    return target.text if target.value is None else f"{word}{_shortest(target.value, target.measure)}"


NAMES = {
    "值": "value",
    "变化": "change",
    "增幅": "growth",
    "标准值": "limit",
    "达标": "compare",
    "首位": "extreme",
    "任务数": "task_count",
    "完成任务数": "done_count",
    "未完成任务数": "open_count",
    "逾期任务数": "late_count",
    "完成率": "done_rate",
    "任务列表": "task_list",
    "章节列表": "chapters",
    "目标列表": "targets",
    "目标数": "target_count",
    "记录数": "record_count",
    "单位数": "unit_count",
    "单位列表": "units",
    "统计期": "read_period",
    "截止日期": "cutoff",
    "原文": "quote",
    "文号": "number",
    "列举": "listing",
}
# What the first argument of a function names: the linter looks it up.
NAMES_INDICATOR = ("值", "变化", "增幅", "标准值", "达标", "首位", "统计期")
NAMES_REGISTER = ("记录数",)
VARIABLES = ("期间", "上年", "单位")
