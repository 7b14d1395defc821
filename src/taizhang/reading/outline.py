"""What a document says, as an outline for the terminal."""

from __future__ import annotations

from taizhang.reading.model import Article, Reading, Task

KINDS = {"plan": "计划", "report": "总结", "report+plan": "总结和计划", "schedule": "日程", "duties": "职责"}
WIDTH = 56


def outline(reading: Reading) -> str:
    """A readable Chinese outline: documents, chapters, tasks with units and dates, targets, failing relations."""
    lines = [f"{reading.source.name}({reading.source.format},{len(reading.source.text)} 字)"]
    lines += [f"  注意:{note}" for note in reading.source.notes]
    for article in reading.articles:
        lines += ["", *_article(reading, article)]
    failing = [item for item in reading.relations if item.holds is False or item.holds == "corrupt"]
    if failing:
        lines += ["", f"数字核对:{len(failing)} 处对不上"]
        lines += [f"  ✗ {item.why or '数字对不上'}" for item in failing]
    if reading.findings:
        lines += ["", f"数字疑点:{len(reading.findings)} 处"]
        lines += [f"  ? {item.why}" for item in reading.findings]
    if reading.unread:
        lines += ["", f"没有读懂的数字:{len(reading.unread)} 个"]
    return "\n".join(lines) + "\n"


def _article(reading: Reading, article: Article) -> list[str]:
    def inside(start: int) -> bool:
        return article.start <= start < article.end

    tasks = [task for task in reading.tasks if inside(task.start)]
    numbers = sum(inside(item.start) for item in reading.quantities)
    targets = [item for item in reading.targets if inside(item.start)]
    planned = sum(item.status == "planned" for item in targets)
    lines = [
        f"《{article.title}》",
        f"  {KINDS.get(article.kind, article.kind)} · 时间:{article.period_text or '未写明'} · 任务 {len(tasks)} 项 · "
        f"数量 {numbers} 个 · 量化目标 {planned} 个、完成数 {len(targets) - planned} 个",
    ]
    by_start = {task.start: task for task in tasks}
    for heading in reading.headings:
        if inside(heading.start):
            task = by_start.pop(heading.start, None)
            lines.append("  " * (heading.level + 1) + _clipped(heading.marker + heading.text) + _facts(reading, task))
    for task in by_start.values():
        lines.append("    · " + _clipped(f"{task.number}{task.title}") + _facts(reading, task))
    return lines


def _facts(reading: Reading, task: Task | None) -> str:
    """Units, date and measured targets of a task, in brackets."""
    if task is None:
        return ""
    source = reading.source.text
    facts = []
    if task.lead_units:
        facts.append("牵头:" + "、".join(task.lead_units))
    if task.assisting_units:
        facts.append("配合:" + "、".join(task.assisting_units))
    if task.deadline or task.deadline_text:
        facts.append("时限:" + (task.deadline.isoformat() if task.deadline else task.deadline_text or ""))
    numbers = [source[slice(*reading.targets[index].quantity)] for index in task.targets]
    if numbers:
        facts.append("目标:" + "、".join(numbers))
    return f"  [{';'.join(facts)}]" if facts else ""


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
