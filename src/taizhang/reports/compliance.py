"""The template's words for standards: how many schools pass, which do not, what the items say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from taizhang.reports.bound import Bound, Declared, shown_number
from taizhang.reports.door import Compliance, Reading, SchoolLine
from taizhang.reports.words import Words, place_of

SCHOOLS = "所"


class ComplianceWords(Words):
    """Each gives bound values; 标准 is a standard's code or name, 学段 one of its stages or all."""

    def passed(self, 标准: str, *, 学段: str = "") -> Bound:
        """达标校数("义务教育优质均衡发展标准", 学段="小学"): schools that pass, with 所. A school counts once for each stage."""
        found = self._compliance(标准)
        count = sum(line.passed for line in _of(found, 学段))
        return self._number_of_schools(found, "达标校数", "逐校评估达标的学校（分学段计）", count, 学段)

    def assessed(self, 标准: str, *, 学段: str = "") -> Bound:
        """评估校数("义务教育优质均衡发展标准"): the schools that the standard looks at."""
        found = self._compliance(标准)
        return self._number_of_schools(found, "评估校数", "参加评估的学校（分学段计）", len(_of(found, 学段)), 学段)

    def failing(self, 标准: str, *, 学段: str = "") -> list[dict[str, Any]]:
        """未达标学校("…"): rows with 学校, 学段, 结果, 还差 (what is lacking, bound), for a loop."""
        found = self._compliance(标准)
        return [
            {
                "学校": Declared("名称", line.name), "学段": line.stage, "结果": line.word,
                "还差": self._standing(found, "standard_gap", line.code, f"{line.name}{line.stage}差距", line.gaps.removeprefix("还差 ") or "—", None, line.stage),
            }
            for line in _of(found, 学段)
            if not line.passed
        ]  # fmt: skip

    def assessed_items(self, 标准: str, *, 方面: str = "", 结果: str = "") -> list[dict[str, Any]]:
        """评估项目("…", 结果="未达到"): rows with 方面, 项目, 要求, 实际 (bound), 结果, for a loop."""
        found = self._compliance(标准)
        return [
            {
                "方面": item.part, "项目": Declared("项目", item.name), "要求": Declared("要求", item.requirement), "结果": item.word,
                "实际": self._standing(found, "standard_item", item.code, item.name, item.value or "—", None, ""),
            }
            for item in found.items
            if 方面 in ("", item.part) and 结果 in ("", item.word)
        ]  # fmt: skip

    def _compliance(self, standard: str) -> Compliance:
        return self.sources.compliance(standard, self.unit, self.period)

    def _number_of_schools(self, found: Compliance, label: str, formula: str, count: int, stage: str) -> Bound:
        text = shown_number(Decimal(count), SCHOOLS, 0)
        name = f"{found.name}{stage}{label}"
        return self._standing(found, "standard", found.code, name, text, Decimal(count), stage, formula)

    def _standing(
        self,
        found: Compliance,
        kind: str,
        code: str,
        label: str,
        text: str,
        value: Decimal | None,
        stage: str,
        formula: str = "",
    ) -> Bound:
        read = found.reading
        reading = Reading(value=value, period=read.period, coverage=read.coverage, as_of=read.as_of, build=read.build)
        where = {"学段": stage} if stage else {}
        return Bound(
            kind=kind, code=code, label=label, shown=text, formula=formula, **place_of(self.unit, reading, where)
        )


def _of(found: Compliance, stage: str) -> Sequence[SchoolLine]:
    return [line for line in found.schools if stage in ("", line.stage)]
