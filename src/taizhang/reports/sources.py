"""The door's other side: figures from indicators, tasks from plans, records from registers, units from org.

A return of the school year is filed once, in autumn. A report of 2026 written before that autumn's return is complete
reads the newest one there is, and reads every other year from as many years back: this year and last year stay one
year apart. The period that was read stands in each number's origin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import IndicatorDef, RegisterDef, StandardDef, ThresholdDef
from taizhang.indicators.queries import IndicatorFigure, figures_below, figures_by, value_for, values_for
from taizhang.indicators.scope import Scope, codes_in
from taizhang.indicators.target import registers_of
from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.org.kinds import KINDS, LEVELS, level_of
from taizhang.org.models import Unit, User
from taizhang.org.queries import get_unit_for, open_on, units_for
from taizhang.plans.models import ProgressEntry, Target, Task
from taizhang.plans.queries import tasks_of_period
from taizhang.registers.queries import Filters, filtered_records
from taizhang.reports.door import Compliance, ItemLine, Reading, SchoolLine, TargetLine, TaskLine, UnitRef
from taizhang.standards.items import STATES as ITEM_STATES
from taizhang.standards.items import results_for
from taizhang.standards.queries import board_for, get_standard
from taizhang.standards.verdicts import MET, TOLERATED
from taizhang.warehouse.actions import keep_snapshot
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import Build, refresh
from taizhang.warehouse.queries import period_codes

STATE = "状态"
PASSED = (MET, TOLERATED)
NO_CHAPTER = "其他任务"


def unit_ref(unit: Unit) -> UnitRef:
    return UnitRef(unit.code, unit.name, unit.kind, unit.level)


def target_line(target: Target) -> TargetLine:
    """A task's target as a report sees it."""
    return TargetLine(
        subject=target.subject,
        comparator=target.comparator,
        value=target.value,
        value_to=target.value_to,
        measure=target.unit,
        text=target.text,
        # A figure that was measured is the indicator's word, not the unit's: the report reads it anew.
        actual=target.actual if target.measured_on is None else None,
        indicator=target.indicator_code,
        stage=target.stage,
        period=target.period,
    )


class BureauSources:
    """The bureau's own data as ``user`` may see it, for a report on ``unit`` and ``period``.

    ``build`` is a kept one, with its own day and definitions; left out, the data of today.
    """

    def __init__(self, user: User, unit: Unit, period: Period, build: Build | None = None) -> None:
        self.user, self.top, self.period = user, unit, period
        # All figures of a report are read from one build, whatever is returned while it is written.
        self._build = build or replace(refresh(), day=timezone.localdate())
        self._catalog = self._build.catalog
        self.day = min(self._build.today, period.end)
        self.build = self._build.build
        self._units = {unit.code: unit}
        self._figures: dict[tuple[str, str, str], Reading] = {}
        self._batches: set[tuple[str, str, str]] = set()
        self._parts: dict[tuple[str, str, str, str], dict[str, Reading]] = {}
        self._lags: dict[str, int] = {}
        self._registers: dict[str, frozenset[str]] = {}
        self._compliance: dict[tuple[str, str, str], Compliance] = {}

    def indicator(self, key: str) -> IndicatorDef:
        """The definition in force when the report's own period closes: other periods are read by it too, so that a
        report compares like with like."""
        return self._catalog.indicator(key).on(self.period.end)

    def register(self, key: str) -> RegisterDef:
        return self._catalog.register(key)

    def value(self, indicator: str, unit: UnitRef, period: Period, where: Mapping[str, str]) -> Reading:
        declared = self.indicator(indicator)
        read = self._period_read(declared, period)
        if not where:
            return self._figure(declared, unit, read)
        if len(where) > 1:
            raise Problem("RPT-012", f"“{declared.name}”只能按一个维度取值", remedy='只写一个条件，如 学段="小学"')
        (dimension, wanted), *_ = where.items()
        part = (declared.code, unit.code, read.code, dimension)
        if part not in self._parts:
            found = figures_by(
                self.user, declared.code, self._unit(unit), read, dimension, build=self._build, version=declared.version
            )
            self._parts[part] = {figure.group or "": _reading(figure) for figure in found}
        return self._parts[part].get(wanted) or self._nothing(read)

    def limit(self, indicator: str, stage: str, day: date) -> ThresholdDef | None:
        """The newest limit for the stage that holds on the day; a limit for a region is not the nation's."""
        fitting = [
            threshold
            for standard in self._catalog.standards.values()
            for threshold in standard.thresholds
            if threshold.indicator == indicator
            and threshold.stage == stage
            and not threshold.region
            and (threshold.valid_from or day) <= day <= (threshold.valid_to or day)
        ]
        return max(fitting, key=lambda threshold: threshold.valid_from or date.min, default=None)

    def tasks(self, unit: UnitRef, period: Period) -> Sequence[TaskLine]:
        found = list(tasks_of_period(self.user, self._unit(unit), period).exclude(state=Task.CANCELLED))
        latest: dict[int, str] = {}
        for entry in ProgressEntry.objects.filter(task__in=found, on__lte=self.day).order_by("-id"):
            latest.setdefault(entry.task_id, entry.note)
        return [self._line(task, latest.get(task.pk, "")) for task in found]

    def record_count(self, register: str, unit: UnitRef, period: Period, where: Mapping[str, str]) -> Reading:
        """Counts all records of the unit, as indicators do: which ones the writer may open is another question."""
        declared = catalog().register(register)
        place = self._unit(unit)
        facets = {name: value for name, value in where.items() if name != STATE}
        state = where.get(STATE, "")
        if state and state not in declared.lifecycle.states:
            raise Problem(
                "RPT-013",
                f"“{declared.name}”没有状态“{state}”",
                remedy="可用：" + "、".join(declared.lifecycle.states),
            )
        filters = Filters(state=state, unit=place, facets=facets, **self._when(declared, period))
        records = filtered_records(None, declared.code, filters)
        if declared.lifecycle.states.get(state) != "void":
            records = records.exclude(state_category="void")
        return Reading(value=Decimal(records.count()), period=period.code, as_of=self.day.isoformat(), build=self.build)

    def units(self, below: UnitRef, kind: str, day: date) -> Sequence[UnitRef]:
        level = level_of(kind)
        if level is None and kind not in KINDS:
            known = "、".join([*LEVELS.values(), *KINDS])
            raise Problem("RPT-014", f"没有单位类型“{kind}”", remedy=f"可用：{known}")
        top = self._unit(below)
        found = units_for(self.user).filter(path__startswith=top.path).exclude(pk=top.pk)
        found = found.filter(level=level) if level else found.filter(kind=kind)
        chosen = list(open_on(found, day).order_by("order", "id"))
        self._units.update({unit.code: unit for unit in chosen})
        return [unit_ref(unit) for unit in chosen]

    def keep(self, name: str, subject: str) -> None:
        """Keep the build for a report that was written from it."""
        keep_snapshot(name, by=self.user, build=self._build, reason=Snapshot.DRAFT, subject=subject)

    def compliance(self, standard: str, unit: UnitRef, period: Period) -> Compliance:
        declared, at = get_standard(standard), self._unit(unit)
        key = declared.code, at.code, period.code
        if key not in self._compliance:
            self._compliance[key] = self._comply(declared, at, period)
        return self._compliance[key]

    def _comply(self, declared: StandardDef, at: Unit, period: Period) -> Compliance:
        read, coverage, schools = period, "", tuple[SchoolLine, ...]()
        if declared.schools is not None:
            register = catalog().register(declared.schools.register_code)
            read = Period.parse(str(self._when(register, period)["period"]))
            board = board_for(self.user, declared.code, at, read, self._build)
            coverage = f"有数据的学校{board.filed.text}"
            schools = tuple(
                SchoolLine(code=line.part.code, name=line.part.name, stage=line.part.stage, word=line.word, gaps=line.gaps,
                           passed=line.state in PASSED)
                for line in board.lines
            )  # fmt: skip
        results = results_for(self.user, declared, at, read, self._build)
        items = tuple(
            ItemLine(code=item.item.code, name=item.item.name, part=item.item.part, requirement=item.item.requirement,
                     value=item.value, word=ITEM_STATES[item.state][0])
            for item in results
        )  # fmt: skip
        reading = replace(self._nothing(read), coverage=coverage)
        return Compliance(code=declared.code, name=declared.name, reading=reading, schools=schools, items=items)

    # Inside

    def _figure(self, declared: IndicatorDef, unit: UnitRef, read: Period) -> Reading:
        """One unit's figure. A report quotes most indicators of its own period: those of the same registers are read in one
        pass. A unit below the report's own is most likely a row of a table: all of its level are read.
        """
        key = (declared.code, unit.code, read.code)
        if key in self._figures:
            return self._figures[key]
        batch = (declared.code, unit.level, read.code)
        if unit.code == self.top.code and read == self._period_read(declared, self.period):
            for code, figure in values_for(
                self.user, self._alike(declared), self.top, read, build=self._build, on=self.period.end
            ).items():
                self._figures[code, unit.code, read.code] = _reading(figure)
        elif unit.code == self.top.code or not self.top.holds(self._unit(unit)):
            figure = value_for(
                self.user, declared.code, self._unit(unit), read, build=self._build, version=declared.version
            )
            self._figures[key] = _reading(figure)
        elif batch not in self._batches:
            self._batches.add(batch)
            for figure in figures_below(
                self.user, declared.code, self.top, read, unit.level, build=self._build, version=declared.version
            ):
                if figure.unit is not None:
                    self._figures[declared.code, figure.unit.code, read.code] = _reading(figure)
        return self._figures.get(key) or self._nothing(read)

    def _alike(self, declared: IndicatorDef) -> list[IndicatorDef]:
        """The catalogue's indicators that read the same registers."""
        if not self._registers:
            for item in self._catalog.indicators.values():
                self._registers[item.code] = frozenset(register.code for register in registers_of(item, self._catalog))
        wanted = self._registers[declared.code]
        return [item for item in self._catalog.indicators.values() if self._registers[item.code] == wanted]

    def _unit(self, ref: UnitRef) -> Unit:
        if ref.code not in self._units:
            self._units[ref.code] = get_unit_for(self.user, ref.code)
        return self._units[ref.code]

    def _nothing(self, period: Period) -> Reading:
        return Reading(value=None, period=period.code, as_of=_moment(self._build.as_of), build=self.build)

    def _period_read(self, indicator: IndicatorDef, period: Period) -> Period:
        """The statistics period behind ``period``; cases and rosters are read for the period itself, also where a
        rate of theirs is measured against a return: its own formula takes the newest one."""
        home = self._catalog.registers.get(indicator.register_code or "")
        if home is not None and home.kind != "statistics":
            return period
        statistics = next((item for item in registers_of(indicator, self._catalog) if item.kind == "statistics"), None)
        if statistics is None or statistics.period is None or len(codes_in(statistics, Scope("", period))) > 1:
            return period
        step = period.as_kind(statistics.period)
        for _ in range(self._lag(statistics)):
            step = step.previous()
        return step

    def _lag(self, register: RegisterDef) -> int:
        """By how many of its periods the newest return lies behind the one that the report would read."""
        if register.code not in self._lags:
            wanted = self.period.as_kind(register.period or "year")
            held = [Period.parse(code) for code in period_codes(self._build, register.code)]
            newest = next((period for period in held if period.start <= wanted.start), wanted)
            lag = 0
            while newest < wanted:
                wanted, lag = wanted.previous(), lag + 1
            self._lags[register.code] = lag
        return self._lags[register.code]

    def _when(self, register: RegisterDef, period: Period) -> dict[str, Any]:
        """The list's filter for a period, after the manner of the indicators."""
        if register.kind == "statistics":
            step = period.as_kind(register.period or "year")
            for _ in range(self._lag(register)):
                step = step.previous()
            return {"period": step.code}
        until = min(period.end, self.day)
        return {"until": until} if register.kind == "roster" else {"since": period.start, "until": until}

    def _line(self, task: Task, progress: str) -> TaskLine:
        done = task.state == Task.DONE and task.done_on is not None and task.done_on <= self.day
        late = not done and task.deadline is not None and task.deadline < self.day
        return TaskLine(
            key=f"task:{task.pk}",
            title=task.title,
            chapter=task.path[0] if task.path else NO_CHAPTER,
            lead="、".join(unit.name for unit in task.leads) or task.lead_text,
            due=task.deadline,
            category="closed" if done else "late" if late else "open",
            progress=progress,
            targets=tuple(target_line(target) for target in task.targets.all()),
        )


def _reading(figure: IndicatorFigure) -> Reading:
    return Reading(
        value=figure.value,
        period=figure.period.code,
        numerator=figure.numerator,
        denominator=figure.denominator,
        coverage=f"{figure.rows}条记录、{figure.units}个单位"
        + (f"，另有{figure.rows_left_out}条缺项未计" if figure.rows_left_out else ""),
        as_of=_moment(figure.as_of),
        build=figure.build,
    )


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes")
