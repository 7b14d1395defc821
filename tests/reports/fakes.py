"""A county that exists only in these tests: the door to the data with fixed figures behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from taizhang.catalog.current import Catalog
from taizhang.catalog.pack import read_folder
from taizhang.catalog.schema import IndicatorDef, RegisterDef, ThresholdDef
from taizhang.kernel.periods import Period
from taizhang.reports.door import Compliance, ItemLine, Reading, SchoolLine, TargetLine, TaskLine, UnitRef
from taizhang.reports.template import Rendered, render

CORE = Path(__file__).resolve().parents[2] / "src" / "taizhang" / "packs" / "core"
COUNTY = UnitRef("B1", "青石县教育局", "教育局", "bureau")
DISTRICTS = (UnitRef("D1", "城关学区", "学区", "district"), UnitRef("D2", "河东学区", "学区", "district"))
YEAR = Period.parse("2026")


@cache
def core() -> Catalog:
    return Catalog(packs=(read_folder(CORE),))


TASKS = (
    TaskLine(
        key="task:1",
        title="建成3所公办幼儿园",
        chapter="扩大学前资源",
        lead="学前教育科",
        due=date(2026, 9, 30),
        category="closed",
        targets=(
            TargetLine(subject="公办园建设数", comparator=">=", value=Decimal(3), measure="所", actual=Decimal(3)),
        ),
    ),
    TaskLine(
        key="task:2",
        title="普惠园认定",
        chapter="扩大学前资源",
        lead="学前教育科",
        due=date(2026, 10, 31),
        category="late",
        targets=(
            TargetLine(subject="普惠园数", comparator=">=", value=Decimal(40), measure="所", actual=Decimal(36)),
            TargetLine(subject="普惠率", comparator=">=", value=Decimal("85.5"), measure="%"),
        ),
    ),
    TaskLine(key="task:3", title="校舍排查", chapter="守住安全底线", lead="安全管理科", category="open"),
)


@dataclass
class FakeSources:
    """``values`` by (indicator's name, unit's code, period, stage); what is not listed follows from the name's length,
    so that every indicator has a value and two indicators rarely share one.
    """

    values: dict[tuple[str, str, str, str], Decimal | None] = field(default_factory=dict)
    task_lines: Sequence[TaskLine] = TASKS
    day: date = date(2026, 12, 31)
    asked: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)

    def indicator(self, key: str) -> IndicatorDef:
        return core().indicator(key)

    def register(self, key: str) -> RegisterDef:
        return core().register(key)

    def value(self, indicator: str, unit: UnitRef, period: Period, where: Mapping[str, str]) -> Reading:
        declared = self.indicator(indicator)
        self.asked.append((declared.name, unit.code, period.code, dict(where)))
        key = (declared.name, unit.code, period.code, where.get("学段", ""))
        if key in self.values:
            value = self.values[key]
        elif declared.unit == "%":
            value = Decimal(9000 + len(declared.name) * 31 - (2026 - period.parts[0]) * 7) / 10000
        else:
            value = Decimal(len(declared.name) * 1000 + len("".join(key)) * 7 + period.parts[0])
        return Reading(
            value=value,
            period=period.code,
            numerator=value,
            denominator=Decimal(1),
            coverage="12行,3个单位",
            as_of="2026-12-31T08:00:00",
            build="build-7",
        )

    def limit(self, indicator: str, stage: str, day: date) -> ThresholdDef | None:
        for standard in core().standards.values():
            for threshold in standard.thresholds:
                if threshold.indicator == indicator and threshold.stage == stage:
                    return threshold
        return None

    def compliance(self, standard: str, unit: UnitRef, period: Period) -> Compliance:
        lines = (
            SchoolLine(code="S1", name="第一小学", stage="小学", word="达到", passed=True),
            SchoolLine(code="S2", name="第二小学", stage="小学", word="未达到", passed=False, gaps="还差 教师3名"),
        )
        items = (
            ItemLine(code="i1", name="大班额", part="政府保障程度", requirement="不超过 0", value="0", word="达到"),
            ItemLine(code="i2", name="巩固率", part="教育质量", requirement="不低于 95%", value="93.2%", word="未达到"),
        )
        found = core().standard(standard)
        reading = Reading(value=None, period=period.code, build="build-7")
        return Compliance(code=found.code, name=found.name, reading=reading, schools=lines, items=items)

    def tasks(self, unit: UnitRef, period: Period) -> Sequence[TaskLine]:
        return self.task_lines

    def record_count(self, register: str, unit: UnitRef, period: Period, where: Mapping[str, str]) -> Reading:
        return Reading(value=Decimal(128 if unit.code == "B1" else 64), period=period.code, build="build-7")

    def units(self, below: UnitRef, kind: str, day: date) -> Sequence[UnitRef]:
        return DISTRICTS


def rendered(source: str, sources: FakeSources | None = None) -> Rendered:
    """A template's text for the county and the year 2026."""
    return render(source, file="reports/a.txt", sources=sources or FakeSources(), unit=COUNTY, period=YEAR)


def annual(sources: FakeSources | None = None) -> Rendered:
    """The core pack's annual summary."""
    return rendered((CORE / "reports" / "annual_summary.txt").read_text(encoding="utf-8"), sources)
