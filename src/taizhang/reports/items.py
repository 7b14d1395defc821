"""The plan's items beside the ledger: what was promised, what the figures say, last year, evidence, a sentence to start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from taizhang.plans.models import ProgressEntry
from taizhang.reports.bound import Bound, Declared, Phrase, Piece
from taizhang.reports.door import TaskLine
from taizhang.reports.functions import Functions
from taizhang.reports.sources import BureauSources, unit_ref

STATES = {"closed": "已完成", "late": "已逾期", "open": "正在推进"}


@dataclass(frozen=True, slots=True)
class PromisedNumber:
    """One target: asked, found, result, and last year's value of its indicator ('' when there is none)."""

    subject: str
    asked: Bound
    found: Bound
    result: Bound
    before: Bound | None


@dataclass(frozen=True, slots=True)
class Item:
    """One task of the plan for the writing desk. ``evidence`` counts the progress notes that carry a file."""

    key: str
    chapter: str
    title: str
    lead: str
    state: str
    progress: str
    evidence: int
    targets: tuple[PromisedNumber, ...]
    sentence: Phrase


def items_of(sources: BureauSources) -> list[Item]:
    """The plan's items for the sources' own unit and period, in the plan's order."""
    words = Functions(sources, unit_ref(sources.top), sources.period)
    lines = sources.tasks(words.unit, words.period)
    evidence = _evidence([line.key for line in lines])
    return [_item(words, line, evidence.get(line.key, 0)) for line in lines]


def _item(words: Functions, line: TaskLine, evidence: int) -> Item:
    targets = tuple(_promised(words, line, index) for index in range(len(line.targets)))
    return Item(
        key=line.key,
        chapter=line.chapter,
        title=line.title,
        lead=line.lead,
        state=STATES[line.category],
        progress=line.progress,
        evidence=evidence,
        targets=targets,
        sentence=Phrase(tuple(_sentence(line, targets))),
    )


def _promised(words: Functions, line: TaskLine, index: int) -> PromisedNumber:
    target = line.targets[index]
    row = words.target_row(line, target)
    before = None
    if target.indicator:
        where: dict[str, Any] = {"学段": target.stage} if target.stage else {}
        before = words.value(target.indicator, 期间=words.period.last_year(), **where)
    return PromisedNumber(str(row["对象"]), row["要求"], row["实际"], row["结果"], before)


def _sentence(line: TaskLine, targets: Sequence[PromisedNumber]) -> list[Piece]:
    """Plain words with the numbers in place: what, how it stands, each target against its figure."""
    done: list[Piece] = [Declared("任务", line.title), f"{STATES[line.category]}。"]
    for one in targets:
        if one.found.value is None:
            continue
        done += [Declared("任务", one.subject), "为", one.found]
        if one.before is not None and one.before.value is not None:
            done += ["（上年", one.before, "）"]
        done += ["，", one.result, "年初提出的目标（", one.asked, "）。"]
    return done


def _evidence(keys: Sequence[str]) -> dict[str, int]:
    """Progress notes with a document, by task."""
    ids = [int(key.partition(":")[2]) for key in keys]
    found: dict[str, int] = {}
    for pk in ProgressEntry.objects.filter(task__in=ids, evidence__isnull=False).values_list("task_id", flat=True):
        found[f"task:{pk}"] = found.get(f"task:{pk}", 0) + 1
    return found
