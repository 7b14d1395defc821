"""The words of the template language. Each gives a :class:`Bound` (or pieces with bounds), never a bare number.

The table ``NAMES`` is the language: Chinese name in the template → method. docs/ and the linter read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taizhang.reports.bound import Bound, Declared, Phrase, Piece, joined
from taizhang.reports.compliance import ComplianceWords
from taizhang.reports.tasks import TaskWords
from taizhang.reports.trends import TrendWords
from taizhang.reports.words import day_bound


class Functions(TrendWords, TaskWords, ComplianceWords):
    """All functions for one report: one unit, one period, one door to the data."""

    def names(self) -> dict[str, Any]:
        """What a template may name."""
        fixed = {"期间": self.period, "上年": self.period.last_year(), "单位": self.unit}
        return {**fixed, **{name: getattr(self, method) for name, method in NAMES.items()}}

    def cutoff(self) -> Bound:
        """截止日期(): the day on which the figures stand."""
        return day_bound(self.sources.day, "截止日期")

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


NAMES = {
    "值": "value",
    "变化": "change",
    "增幅": "growth",
    "标准值": "limit",
    "达标": "compare",
    "首位": "extreme",
    "连续": "streak",
    "位次": "rank",
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
    "达标校数": "passed",
    "评估校数": "assessed",
    "未达标学校": "failing",
    "评估项目": "assessed_items",
    "统计期": "read_period",
    "截止日期": "cutoff",
    "原文": "quote",
    "文号": "number",
    "列举": "listing",
}
# What the first argument of a function names: the linter looks it up.
NAMES_INDICATOR = ("值", "变化", "增幅", "标准值", "达标", "首位", "统计期", "连续", "位次")
NAMES_REGISTER = ("记录数",)
NAMES_STANDARD = ("达标校数", "评估校数", "未达标学校", "评估项目")
VARIABLES = ("期间", "上年", "单位")
