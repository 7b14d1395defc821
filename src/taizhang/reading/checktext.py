"""The number check for a terminal: what was checked, then every doubt with its line and its arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from taizhang.reading.crosscheck import CrossFinding
from taizhang.reading.model import Finding, Reading, Relation

_WORDS = {"alarm": "错误", "note": "提示"}


def check_text(reading: Reading) -> str:
    """A headline with counts, then one line per alarm and note, in the order of the text."""
    judged = [relation for relation in reading.relations if relation.holds is not None]
    everything: list[Relation | Finding] = [*judged, *reading.findings]
    doubts = [item for item in everything if _severity(item)]
    alarms = sum(_severity(item) == "alarm" for item in doubts)
    head = (
        f"{reading.source.name}:{len(reading.quantities)} 个数量，{len(judged)} 处数字关系，"
        f"{alarms} 处错误，{len(doubts) - alarms} 处提示，{len(reading.unread)} 个数字未读"
    )
    lines = [
        f"  第{_line(reading, _start(item))}行 [{_WORDS[_severity(item)]}] {item.why}"
        for item in sorted(doubts, key=_start)
    ]
    return "\n".join([head, *lines])


def across_text(found: Sequence[CrossFinding]) -> list[str]:
    """One line per doubt between documents, with the places it speaks of."""
    lines = []
    for item in found:
        places = "；".join(f"{place.document}“{place.text[:30]}”" for place in item.places)
        lines.append(f"文稿之间 [{_WORDS[item.severity]}] {item.why}（{places}）")
    return lines


def _severity(item: Relation | Finding) -> str:
    if isinstance(item, Finding):
        return item.severity
    return (item.severity or "alarm") if item.holds in (False, "corrupt") else ""


def _start(item: Relation | Finding) -> int:
    return item.spans[0][0] if isinstance(item, Finding) else item.operands[0].start


def _line(reading: Reading, offset: int) -> int:
    return reading.source.text.count("\n", 0, offset) + 1
