"""Task tables: rows whose heads name a task, who does it and until when (任务分解表 in Word, Excel or on a page)."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from datetime import date

from taizhang.kernel.periods import Period
from taizhang.reading.model import Block, Reading, Task
from taizhang.reading.units import (
    ASSIST_LABEL,
    DEADLINE_LABEL,
    DUTY_LABEL,
    LABELLED,
    LEAD_LABEL,
    PERSON_LABEL,
    deadline_in,
    split_units,
    units_in,
)
from taizhang.reading.view import View

_U = r"(?:单位|部门|科室|股室|处室|科|组室)"
COLUMNS = {
    "number": re.compile(r"^序号$|^编号$|^项目?号$"),
    "person": re.compile(
        rf"^(?:{PERSON_LABEL})|(?:牵头|分管|责任|包保|包联|包抓|挂钩|挂牌|联系|主管|督办|督导|局).{{0,2}}领导|^领导$|^(?:具体)?(?:责任|经办|承办|联系|包保)人|^联络员$"
    ),
    "assist": re.compile(rf"{ASSIST_LABEL}|(?:配合|协办|协同|参与|协助){_U}|^(?:配合|协办|协助|参与)(?:责任)?$"),
    "lead": re.compile(rf"{LEAD_LABEL}|(?:牵头|主办|主责|主管|首要责任){_U}|^(?:牵头|主办|主责)$"),
    "duty": re.compile(rf"{DUTY_LABEL}|(?:责任|负责|承办|落实|实施|完成|执行){_U}|^责任(?:主体|分工)?$|^{_U}$"),
    "deadline": re.compile(
        rf"{DEADLINE_LABEL}|时间(?:安排|进度|节点|要求)|^(?:时间|时限|进度|节点|完成日)$|进度(?:安排|要求)"
    ),
    "goal": re.compile(
        r"目标(?:要求|值|任务?值)|(?:工作|预期|年度|量化|绩效|具体|阶段性?)(?:目标|指标|成果|成效|要求|标准)|^(?:目标|指标|要求|标准)$|完成标准|工作要求|考核指标"
    ),
    "title": re.compile(
        r"任务(?:名称|内容|事项|分解|清单)?$|工作(?:任务|内容|事项|要点|项目|措施|举措|安排)|重点(?:工作|任务|事项)|目标任务|具体(?:任务|工作|内容|措施|举措|事项)|事项|主要(?:内容|任务|措施)|项目(?:名称|内容)|^(?:内容|措施|举措|项目|工作)$|整改措施|落实措施"
    ),
    "path": re.compile(r"类别|分类|类型|板块|领域|章节|来源|一级|大项"),
}
REQUIRED = ("lead", "duty", "deadline", "assist", "person")
MAX_HEAD = 16
"""A column head is short; a longer cell is content."""
UNTIL = re.compile(
    r"(?:[—\-–~至到]+\s*)((?:\d{4}\s*年)?\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?(?:底|末|上旬|中旬|下旬)?)\s*$"
)
"""3月至10月: the last month is the limit."""
SHORT_DATE = re.compile(r"^(?:(20\d\d)[./-])?(\d{1,2})(?:[./-](\d{1,2}))?(?:\s*(?:前|底|底前|之前))?$")


@dataclass(frozen=True)
class Frame:
    """What a document says of its own time: the year, and the school term if it names one."""

    year: int | None
    term: Period | None


@dataclass
class _Table:
    """What is known of the table that is being read: its columns, the last head row, the chapter that its rows are under."""

    number: int | None = None
    columns: dict[str, list[int]] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)
    spans: tuple[tuple[int, int], ...] = ()
    above: str = ""
    category: str = ""
    between: str = ""
    rows: int = 0


def table_tasks(reading: Reading, view: View, frame: Frame) -> list[Task]:
    """Rows of tables whose heads name a task and who does it or until when.

    A head may stand on two lines (责任单位 over 牵头 and 配合). A merged cell counts for every row it covers; rows that
    share one task add their units to it. A row or line across the table names the chapter of the rows below it.
    """
    tasks: list[Task] = []
    table = _Table()
    for block in reading.source.blocks:
        if block.kind != "table_row":
            table.between = _words(view, block.start, block.end)
            continue
        cells = [_words(view, *span) for span in block.cells]
        if block.table != table.number:
            table = _Table(block.table)
        elif table.between and len(table.between) <= 40:
            table.above = table.between
        table.between = ""
        if not _is_head(table, block, cells):
            task = _row_task(reading, block, cells, table, frame) if table.columns else None
            if task and tasks and tasks[-1].start == task.start:
                tasks[-1] = _joined(tasks[-1], task)
            elif task:
                tasks.append(task)
    return tasks


def _words(view: View, start: int, end: int) -> str:
    """What stands in a stretch of the source, as it is understood: simplified, half-width."""
    return view.text[view.at(start) : view.at(end)].strip()


def _is_head(table: _Table, block: Block, cells: list[str]) -> bool:
    """Takes a row as the head of its table, or as the second line of its head."""
    if any(len(cell) > MAX_HEAD for cell in cells):
        return False
    heads = [cell.replace(" ", "") for cell in cells]
    if table.heads and table.rows == 0 and len(heads) == len(table.heads):
        same = [span == above for span, above in zip(block.cells, table.spans, strict=True)]
        fresh = [index for index, cell in enumerate(heads) if cell and not same[index]]
        if (
            fresh
            and all(_kind(heads[index]) or _kind(table.heads[index]) for index in fresh)
            and len(fresh) < len(heads)
        ):
            table.columns = _columns(
                [
                    heads[index] if index in fresh and _kind(heads[index]) else above
                    for index, above in enumerate(table.heads)
                ]
            )
            table.heads = []
            return True
    columns = _columns(heads)
    if "title" in columns and any(name in columns for name in REQUIRED):
        table.columns, table.heads, table.spans, table.rows = columns, heads, block.cells, 0
        return True
    return False


def _kind(head: str) -> str | None:
    return next((name for name, pattern in COLUMNS.items() if pattern.search(head)), None) if head else None


def _columns(heads: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, head in enumerate(heads):
        name = _kind(head)
        if name is not None:
            found.setdefault(name, []).append(index)
    if "title" not in found and "goal" in found:
        found["title"] = found.pop("goal")
    return found


def _row_task(reading: Reading, block: Block, cells: list[str], table: _Table, frame: Frame) -> Task | None:
    filled = {span for span, cell in zip(block.cells, cells, strict=True) if cell}
    if len(filled) == 1:  # a row across the table names what follows
        table.above = next(cell for cell in cells if cell)
        return None
    titles = [index for index in table.columns["title"] if index < len(cells) and cells[index]]
    if not titles:
        return None
    table.rows += 1
    title = titles[-1]  # the last text column is the most detailed one
    start, end = block.cells[title]
    when = _first(cells, table, "deadline")
    lead, assist, persons = _who(cells, table)
    deadline = _day(when, frame) if when else None
    if not when:
        said = deadline_in(cells[title], frame.year, term=frame.term)
        deadline = said.day if said else None
    table.category = _first(cells, table, "path") or table.category  # left empty under the first row of a category
    above = [table.category, table.above]
    names = dict.fromkeys([*reversed(above), *(cells[index] for index in titles[:-1])])
    return Task(
        start=start,
        end=end,
        text=reading.source.text[start:end],
        title=_first_sentence(cells[title]),
        number=_first(cells, table, "number"),
        path=tuple(name for name in names if name and name != cells[title]),
        targets=_targets_within(reading, block),
        lead_units=lead,
        assisting_units=assist,
        persons=persons,
        deadline=deadline,
        deadline_text=when or None,
    )


def _targets_within(reading: Reading, block: Block) -> tuple[int, ...]:
    first = bisect_left(reading.targets, block.start, key=lambda item: item.quantity[0])
    return tuple(range(first, bisect_left(reading.targets, block.end, first, key=lambda item: item.quantity[0])))


def _first(cells: list[str], table: _Table, name: str) -> str:
    return next((cells[index] for index in table.columns.get(name, ()) if index < len(cells) and cells[index]), "")


def _who(cells: list[str], table: _Table) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Leading and assisting units and persons of a row; 责任单位 leads unless another column names the leader."""
    found: dict[str, list[str]] = {"lead": [], "duty": [], "assist": [], "person": []}
    for name, units in found.items():
        for index in table.columns.get(name, ()):
            cell = cells[index] if index < len(cells) else ""
            if name != "person" and (LABELLED.search(cell) or re.search(r"牵头|配合|协办|协助", cell)):
                lead, assist, persons = units_in(cell)
                found["lead"] += lead
                found["assist"] += assist
                found["person"] += persons
                if lead or assist:
                    continue
            units += split_units(cell)
    leads = tuple(dict.fromkeys(found["lead"] or found["duty"]))
    others = [*found["duty"], *found["assist"]] if found["lead"] else found["assist"]
    return (
        leads,
        tuple(dict.fromkeys(unit for unit in others if unit not in leads)),
        tuple(dict.fromkeys(found["person"])),
    )


def _day(when: str, frame: Frame) -> date | None:
    """The day that a deadline cell means."""
    until = UNTIL.search(when)
    short = SHORT_DATE.match(when)
    if until:
        stated = re.match(r"(20\d\d)\s*年", when)
        found = deadline_in(until[1], int(stated[1]) if stated else frame.year, labelled=True)
    elif short and (short[1] or short[3]):
        first, second = int(short[2]), short[3]
        words = f"{first}月{second}日" if second else f"{first}月底"
        found = deadline_in(words, int(short[1]) if short[1] else frame.year, labelled=True)
    else:
        found = deadline_in(when, frame.year, labelled=True, term=frame.term)
    return found.day if found else None


def _joined(first: Task, more: Task) -> Task:
    """One task over several rows: their units, persons and targets together."""
    leads = tuple(dict.fromkeys([*first.lead_units, *more.lead_units]))
    assist = dict.fromkeys([*first.assisting_units, *more.assisting_units])
    return replace(
        first,
        lead_units=leads,
        assisting_units=tuple(unit for unit in assist if unit not in leads),
        persons=tuple(dict.fromkeys([*first.persons, *more.persons])),
        targets=tuple(sorted({*first.targets, *more.targets})),
        deadline=max((day for day in (first.deadline, more.deadline) if day), default=None),
    )


def _first_sentence(text: str) -> str:
    first = re.split(r"[。;!?\n]", text.strip(), maxsplit=1)[0].strip()
    return first if 4 <= len(first) <= 60 else re.split(r"[,。;]", text, maxsplit=1)[0][:60]
