"""The year told again from the event log alone: what is owed, how far it is, what its light says. It reads no table but
the log, so that a light on a page can be shown to follow from what people did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from taizhang.events.models import Event
from taizhang.kernel.periods import Period
from taizhang.plans.lights import is_falling, is_level
from taizhang.plans.pace import BY_REPORT, MilestoneFacts, TargetFacts, TaskFacts, done_share


@dataclass
class Kept:
    """One task as the log tells it."""

    plan: int
    title: str
    deadline: date | None
    begins: date | None
    pace: str
    parent: int | None
    leads: list[str] = field(default_factory=list)
    urged: list[date] = field(default_factory=list)
    state: str = "open"
    percent: int = 0
    done_on: date | None = None
    targets: dict[int, dict[str, Any]] = field(default_factory=dict)
    milestones: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Told:
    """The plans and tasks of the log, and how often each level was urged."""

    tasks: dict[int, Kept] = field(default_factory=dict)
    plans: dict[int, dict[str, Any]] = field(default_factory=dict)
    urged: dict[str, int] = field(default_factory=dict)

    def facts(self) -> dict[int, TaskFacts]:
        return {pk: self._facts(pk, task) for pk, task in self.tasks.items() if self._is_running(task)}

    def overdue(self, day: date) -> int:
        """Open tasks of running plans whose last day is over; parts are counted with their task."""
        return sum(
            task.state == "open" and task.deadline is not None and task.deadline < day and task.parent is None
            for task in self.tasks.values()
            if self._is_running(task)
        )

    def urgings(self, first: date, last: date) -> Counter[str]:
        """How often each unit was urged for the tasks that it leads."""
        return Counter(
            code for task in self.tasks.values() for day in task.urged if first <= day <= last for code in task.leads
        )

    def _is_running(self, task: Kept) -> bool:
        return self.plans.get(task.plan, {}).get("state") == "accepted"

    def _facts(self, pk: int, task: Kept) -> TaskFacts:
        plan = self.plans[task.plan]
        period = Period.parse(plan["period"])
        end = task.deadline or period.end
        steps = sorted(task.milestones.values(), key=lambda item: (item["due"], item["id"]))
        facts = TaskFacts(
            state=task.state,
            begins=min(task.begins or period.start, end),
            end=end,
            has_deadline=task.deadline is not None,
            done_on=task.done_on,
            percent=task.percent,
            pace=task.pace,
            tolerance=plan["tolerance"],
            targets=tuple(_target(item) for _, item in sorted(task.targets.items()) if _counts(item)),
            milestones=tuple(
                MilestoneFacts(item["name"], _day(item["due"]), _day(item["done_on"]), item["weight"]) for item in steps
            )
            or self._parts(pk, period),
        )
        # Where figures or milestones say how far it is, what people said does not count.
        return facts if done_share(facts)[1] == BY_REPORT else replace(facts, percent=0)

    def _parts(self, parent: int, period: Period) -> tuple[MilestoneFacts, ...]:
        parts = [(pk, task) for pk, task in self.tasks.items() if task.parent == parent and task.state != "cancelled"]
        ordered = sorted(parts, key=lambda pair: (pair[1].deadline or date.max, pair[0]))
        return tuple(MilestoneFacts(task.title, task.deadline or period.end, task.done_on) for _, task in ordered)


def told() -> Told:
    """Read the whole log, oldest first."""
    story = Told()
    for event in Event.objects.filter(action__startswith="plans.").order_by("id"):
        _, kind, what = event.action.split(".")
        pk = int(event.subject.split(":")[1])
        (_plan if kind == "plan" else _task)(story, pk, what, event.data, event.label)
    return story


def _plan(story: Told, pk: int, what: str, data: dict[str, Any], label: str) -> None:
    plan = story.plans.setdefault(pk, {"state": "draft", "period": "", "tolerance": 10})
    if what == "accepted":
        plan.update(state="accepted", period=data["period"], tolerance=data["tolerance"])
    elif what == "edited":
        plan.update(period=data["period"], tolerance=data["tolerance"])
    elif what == "closed":
        plan["state"] = "closed"


def _task(story: Told, pk: int, what: str, data: dict[str, Any], label: str) -> None:
    if what == "given":
        story.tasks[pk] = Kept(
            data["plan"], label, _day(data["deadline"]), _day(data["begins"]), data["pace"], data["parent"],
            leads=data["leads"], targets={item["id"]: item for item in data["targets"]},
            milestones={item["id"]: item for item in data["milestones"]},
        )  # fmt: skip
    if what == "urged":
        story.urged[data["level"]] = story.urged.get(data["level"], 0) + 1
    task = story.tasks.get(pk)
    if task is not None and what == "urged":
        task.urged.append(_day(data["on"]))
    if task is not None and what in CHANGES:
        CHANGES[what](task, data)


def _edited(task: Kept, data: dict[str, Any]) -> None:
    for name in ("deadline", "begins"):
        if name in data:
            setattr(task, name, _day(data[name]))
    task.pace, task.title = data.get("pace", task.pace), data.get("title", task.title)
    task.leads = data.get("leads", task.leads)


def _reported(task: Kept, data: dict[str, Any]) -> None:
    task.percent = data["percent"]


def _finished(task: Kept, data: dict[str, Any]) -> None:
    task.state, task.percent, task.done_on = "done", 100, _day(data["on"])


def _reopened(task: Kept, data: dict[str, Any]) -> None:
    task.state, task.percent, task.done_on = "open", data["percent"], None


def _cancelled(task: Kept, data: dict[str, Any]) -> None:
    task.state = "cancelled"


def _target_set(task: Kept, data: dict[str, Any]) -> None:
    task.targets[data["facts"]["id"]] = data["facts"]


def _target_removed(task: Kept, data: dict[str, Any]) -> None:
    task.targets.pop(data["facts"]["id"], None)


def _actual(task: Kept, data: dict[str, Any]) -> None:
    for pk in data["targets"]:
        task.targets[pk]["actual"] = data["actual"]
        task.targets[pk]["baseline"] = data.get("baseline", task.targets[pk]["baseline"])


def _milestone(task: Kept, data: dict[str, Any]) -> None:
    task.milestones[data["milestone"]["id"]] = data["milestone"]


def _milestone_removed(task: Kept, data: dict[str, Any]) -> None:
    task.milestones.pop(data["milestone"]["id"], None)


def _extended(task: Kept, data: dict[str, Any]) -> None:
    task.deadline = _day(data["deadline"])


CHANGES = {
    "edited": _edited,
    "assigned": _edited,
    "reported": _reported,
    "finished": _finished,
    "reopened": _reopened,
    "cancelled": _cancelled,
    "target_set": _target_set,
    "target_removed": _target_removed,
    "actual_reported": _actual,
    "measured": _actual,
    "milestone_set": _milestone,
    "milestone_reached": _milestone,
    "milestone_removed": _milestone_removed,
    "extended": _extended,
}


def _counts(item: dict[str, Any]) -> bool:
    return item["value"] is not None and item["actual"] is not None and item["comparator"] != "~"


def _target(item: dict[str, Any]) -> TargetFacts:
    falling = is_falling(item["comparator"], item["indicator_code"])
    baseline = None if item["baseline"] is None else Decimal(item["baseline"])
    if baseline is None and not is_level(item["unit"], item["comparator"], item["indicator_code"]):
        baseline = Decimal(0)
    bound = item["value_to"] if item["value_to"] is not None and falling else item["value"]
    return TargetFacts(item["subject"], Decimal(bound), Decimal(item["actual"]), falling, baseline, item["unit"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
