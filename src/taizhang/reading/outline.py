"""What a document says, as an outline for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from taizhang.reading.model import Article, Entry, Reading, Task
from taizhang.reading.repairs import by_kind

KINDS = {"plan": "计划", "report": "总结", "report+plan": "总结和计划", "schedule": "日程", "duties": "职责"}
WIDTH = 56


def outline(reading: Reading) -> str:
    """A readable Chinese outline: documents, chapters, tasks with units and dates, targets, failing relations."""
    lines = [f"{reading.source.name}（{reading.source.format}，{len(reading.source.text)} 字）"]
    lines += [f"  注意：{note}" for note in reading.source.notes]
    for article in reading.articles:
        lines += ["", *_article(reading, article)]
    failing = [item for item in reading.relations if item.holds is False or item.holds == "corrupt"]
    if failing:
        lines += ["", f"数字核对：{len(failing)} 处对不上"]
        lines += [f"  ✗ {item.why or '数字对不上'}" for item in failing]
    if reading.findings:
        lines += ["", f"数字疑点：{len(reading.findings)} 处"]
        lines += [f"  ? {item.why}" for item in reading.findings]
    if reading.unread:
        lines += ["", f"没有读懂的数字：{len(reading.unread)} 个"]
    lines += _mended(reading)
    return "\n".join(lines) + "\n"


def _mended(reading: Reading) -> list[str]:
    """What was repaired for understanding: a count by kind, and the first examples."""
    if not reading.repairs:
        return []
    lines = ["", f"为理解而修补：{len(reading.repairs)} 处（原文不改）"]
    for why, count, examples in by_kind(reading.repairs):
        shown = "、".join(f"{_visible(item.raw)} → {_visible(item.repaired)}" for item in examples)
        lines.append(f"  ~ {why}：{count} 处，如 {shown}")
    return lines


def _visible(text: str) -> str:
    text = "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in text)
    return f"“{text if len(text) <= 12 else text[:11] + '…'}”" if text.strip() else "（空）"


def _article(reading: Reading, article: Article) -> list[str]:
    def inside(start: int) -> bool:
        return article.start <= start < article.end

    tasks = [task for task in reading.tasks if inside(task.start)]
    numbers = sum(inside(item.start) for item in reading.quantities)
    targets = [item for item in reading.targets if inside(item.start)]
    planned = sum(item.status == "planned" for item in targets)
    lines = [
        f"《{article.title}》",
        f"  {KINDS.get(article.kind, article.kind)} · 时间：{article.period_text or '未写明'} · 任务 {len(tasks)} 项 · "
        f"数量 {numbers} 个 · 量化目标 {planned} 个、完成数 {len(targets) - planned} 个",
    ]
    by_start = {task.start: task for task in tasks}
    for heading in reading.headings:
        if inside(heading.start):
            task = by_start.pop(heading.start, None)
            lines.append("  " * (heading.level + 1) + _clipped(heading.marker + heading.text) + _facts(reading, task))
    for task in by_start.values():
        lines.append("    · " + _clipped(f"{task.number}{task.title}") + _facts(reading, task))
    return lines + _schedule([entry for entry in reading.schedule if inside(entry.start)])


def _schedule(found: Sequence[Entry]) -> list[str]:
    """The entries of a schedule, week after week or month after month."""
    lines = [f"  日程 {len(found)} 项"] if found else []
    for title, group in groupby(found, key=slot_name):
        lines.append(f"    {title or '日期未写明'}")
        for entry in group:
            said = [
                when_name(entry),
                entry.actor,
                _clipped(entry.activity),
                f"（{entry.place}）" if entry.place else "",
            ]
            lines.append("      · " + " ".join(word for word in said if word))
    return lines


WEEKDAYS = "一二三四五六日"


def slot_name(entry: Entry) -> str:
    """The week or month of an entry as a person says it: 第3周 9月15日—9月19日."""
    if entry.month:
        return f"{entry.month}月"
    week = f"第{entry.week}周" if entry.week else ""
    dates = entry.dates_text
    if not dates and entry.week_start and entry.week_end:
        dates = f"{entry.week_start.month}月{entry.week_start.day}日—{entry.week_end.month}月{entry.week_end.day}日"
    return f"{week} {dates}".strip()


def when_name(entry: Entry) -> str:
    """The weekdays and the half-day of an entry: 周二至周四上午; 周四、周五 stays a list of two."""
    days = entry.weekdays
    runs = all((one % 7) + 1 == two for one, two in pairwise(days))
    if len(days) > 1 and runs:
        words = f"周{WEEKDAYS[days[0] - 1]}至周{WEEKDAYS[days[-1] - 1]}"
    else:
        words = "、".join(f"周{WEEKDAYS[day - 1]}" for day in days)
    return words + entry.half_day


def _facts(reading: Reading, task: Task | None) -> str:
    """Units, date and measured targets of a task, in brackets."""
    if task is None:
        return ""
    source = reading.source.text
    facts = []
    if task.lead_units:
        facts.append("牵头：" + "、".join(task.lead_units))
    if task.assisting_units:
        facts.append("配合：" + "、".join(task.assisting_units))
    if task.deadline or task.deadline_text:
        facts.append("时限：" + (task.deadline.isoformat() if task.deadline else task.deadline_text or ""))
    numbers = [source[slice(*reading.targets[index].quantity)] for index in task.targets]
    if numbers:
        facts.append("目标：" + "、".join(numbers))
    return f"  [{'；'.join(facts)}]" if facts else ""


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
