"""The template's words for the plan: tasks, chapters, targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.plans.verdicts import MET, MISSED, Judgement
from taizhang.reports.bound import MISSING, PERCENT, Bound, Declared, rounded, shown_number
from taizhang.reports.door import Sources, TargetLine, TaskLine, UnitRef
from taizhang.reports.judging import judge
from taizhang.reports.words import Words, day_bound, place_of, shortest

PRINTED = {">=": "不低于", "<=": "不超过", "=": "", "~": "约"}
CATEGORY_WORDS = {"closed": "已完成", "late": "逾期", "open": "进行中"}
RATE_DECIMALS = 1


class TaskWords(Words):
    """The tasks are read once: every count of a report is of the same lines."""

    def __init__(self, sources: Sources, unit: UnitRef, period: Period) -> None:
        super().__init__(sources, unit, period)
        self._tasks: Sequence[TaskLine] | None = None

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
            raise Problem("RPT-010", f"没有任务状态“{状态}”", remedy="可用：" + "、".join(wanted))
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
        """目标列表(结果="未达到"): the numbers that tasks promised: 任务 对象 要求 实际 完成程度 结果 (达到 未达到 未报送 待核对)."""
        rows = [self.target_row(line, target) for line in self._lines(章节) for target in line.targets]
        return [row for row in rows if 结果 is None or row["结果"].shown == 结果]

    def target_count(self, 章节: str | Declared | None = None, 结果: str | None = None) -> Bound:
        """目标数(结果="达到"): how many promised numbers have that result, or all of them."""
        count = Decimal(len(self.targets(章节, 结果)))
        label = f"{结果 or ''}目标数"
        return self._task_bound("targets", label, count, shown_number(count, "", 0), 章节)

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
        reading = self.now(value)
        where = {"章节": str(chapter)} if chapter is not None else {}
        note = "" if value is not None else "本期没有任务"
        return Bound(
            kind="task_count", code=code, label=label, shown=text, note=note, **place_of(self.unit, reading, where)
        )

    def _task(self, line: TaskLine) -> dict[str, Any]:
        late = (self.sources.day - line.due).days if line.due and line.category == "late" else 0
        return {
            "标题": Declared("任务", line.title),
            "章节": Declared("标题", line.chapter),
            "牵头单位": Declared("名称", line.lead or MISSING),
            "期限": day_bound(line.due, "任务期限"),
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

    def target_row(self, line: TaskLine, target: TargetLine) -> dict[str, Any]:
        """One promised number with its result, as 目标列表 gives it."""
        found = judge(self.sources, self.unit, self.period, target)
        body: dict[str, Any] = {"code": line.key, "measure": target.measure, "period": found.period}
        body |= {"unit_code": self.unit.code, "unit_name": self.unit.name}
        subject = target.subject if target.stage in target.subject else f"{target.stage}{target.subject}"
        note = f"任务“{line.title}”的{subject}没有实际值" if found.actual is None else ""
        return {
            "任务": Declared("任务", line.title),
            "对象": Declared("任务", subject),
            "要求": Bound(
                kind="target",
                label=f"{subject}目标",
                shown=_target_text(target),
                value=target.value,
                formula=target.text,
                **body,
            ),
            "实际": Bound(
                kind="actual",
                label=subject,
                shown=found.text,
                value=found.actual,
                formula=found.origin,
                note=note,
                **body,
            ),
            "完成程度": Bound(
                kind="actual",
                label=f"{subject}完成程度",
                shown=_fulfilment(target, found),
                value=found.actual,
                formula=f"{found.text}对照{_target_text(target)}",
                **body,
            ),
            "结果": Bound(kind="compare", label=f"{subject}完成情况", shown=found.result, **body),
        }


def _fulfilment(target: TargetLine, found: Judgement) -> str:
    """How far a promise was kept, in words that suit it: 超额完成（105.00%）, 完成90.00%, 控制在要求以内, 超出0.30个百分点."""
    if found.actual is None or target.value is None or found.result not in (MET, MISSED):
        return MISSING
    over = found.actual - target.value
    # Of what should be low, less is better; a plain number is judged by its indicator, and the result tells which way.
    lower = target.comparator == "<=" or (over != 0 and (over < 0) == (found.result == MET))
    if lower:
        return "控制在要求以内" if over <= 0 else f"超出{_amount(over, target.measure)}"
    if over == 0:
        return "完成"
    if target.measure == PERCENT:
        return f"{'超出' if over > 0 else '差'}{_amount(abs(over), target.measure)}"
    share = shown_number(found.actual / target.value, PERCENT, 2) if target.value else MISSING
    return f"超额完成（{share}）" if over > 0 else f"完成{share}"


def _amount(value: Decimal, measure: str) -> str:
    if measure == PERCENT:
        return f"{rounded(value, 2):f}个百分点"
    return shortest(rounded(value, 2), measure)


def _target_text(target: TargetLine) -> str:
    word = PRINTED[target.comparator]
    return target.text if target.value is None else f"{word}{shortest(target.value, target.measure)}"
