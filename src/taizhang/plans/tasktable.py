"""The task table as a sheet: the same columns that ``taizhang plan`` writes, from the tasks as they are now."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from taizhang.plans.models import Task
from taizhang.reading import model, write_plan_xlsx


def task_table_xlsx(title: str, tasks: Iterable[Task]) -> bytes:
    """任务分解表 as xlsx bytes. Units, deadlines and targets are those of the tasks, not of the document."""
    reading = as_reading(title, tasks)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "任务分解表.xlsx"
        write_plan_xlsx(reading, path)
        return path.read_bytes()


def as_reading(title: str, tasks: Iterable[Task]) -> model.Reading:
    """The tasks in the reader's own shape, so that one function lays out both tables."""
    reading = model.Reading(
        model.Source(name=title, text="", format="plan"), articles=[model.Article(0, 0, title, "plan", None)]
    )
    for task in tasks:
        first = len(reading.targets)
        for target in task.targets.all():
            words = target.text or str(target)
            reading.targets.append(
                model.Target(0, 0, words, "planned", target.subject, (0, 0), target.comparator, None, None)
            )
        reading.tasks.append(_as_found(task, tuple(range(first, len(reading.targets)))))
    return reading


def _as_found(task: Task, targets: tuple[int, ...]) -> model.Task:
    return model.Task(
        start=0,
        end=0,
        text=task.text,
        title=task.title,
        number=task.number,
        path=tuple(task.path),
        targets=targets,
        lead_units=tuple(unit.name for unit in task.leads) or ((task.lead_text,) if task.lead_text else ()),
        assisting_units=(
            *(unit.name for unit in task.assistants),
            *((task.assisting_text,) if task.assisting_text else ()),
        ),
        persons=(task.persons,) if task.persons else (),
        deadline=task.deadline,
        deadline_text=task.deadline_text or None,
    )
