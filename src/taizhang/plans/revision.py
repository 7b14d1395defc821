"""A revised plan document beside the one in force: what is new, what is gone, what changed, item by item.

What counts is what the documents say: an item whose words, day, units and numbers are printed as before has not changed,
however the clerk mended its task. Nothing is written here.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from taizhang.org.models import Unit
from taizhang.plans.drafting import Draft
from taizhang.plans.models import Target, Task, TaskUnit

NEW, GONE, CHANGED, SAME = "new", "gone", "changed", "same"
WORDS = {NEW: "新增", GONE: "删去", CHANGED: "有改动", SAME: "未变"}
# Two items are one when so much of their words is the same; in the same place of the outline less will do.
ALIKE, ALIKE_IN_PLACE = 0.55, 0.3
_PIECE = re.compile(r"\d(?:[\d.,-]*\d)?|.", re.S)
_BLANKS = re.compile(r"[\s　，,。;；:：、()（）“”\"]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One side by side: what was printed and what is printed now ('' : nothing)."""

    name: str
    before: str
    after: str

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The words with what went out (del), what came in (ins) and what stayed (''); a number or a day stays whole."""
        found, old, new = [], _PIECE.findall(self.before), _PIECE.findall(self.after)
        for tag, start, end, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "equal":
                found.append(("", "".join(old[start:end])))
                continue
            found += [("del", "".join(old[start:end]))] if end > start else []
            found += [("ins", "".join(new[first:last]))] if last > first else []
        return found


@dataclass(slots=True)
class Change:
    """One item. ``tasks`` are the plan's rows of it (several when the clerk split it), ``draft`` is how it reads now."""

    kind: str
    base: Draft | None = None
    draft: Draft | None = None
    tasks: list[Task] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    targets: list[tuple[Target | None, Target | None]] = field(default_factory=list)

    @property
    def title(self) -> str:
        item = self.draft or self.base
        return item.task.title if item else ""

    @property
    def word(self) -> str:
        return WORDS[self.kind]

    @property
    def leads(self) -> list[Unit]:
        return units_in(self.draft, TaskUnit.LEAD) if self.draft else []

    @property
    def asks_lead(self) -> bool:
        """Whether who leads is said anew, and may be said otherwise than it is printed."""
        return self.kind == NEW or any(item.name == "牵头单位" for item in self.differences)

    @property
    def hindrance(self) -> str:
        """Why the desk cannot take this over by itself; '' when it can."""
        if self.kind in (CHANGED, GONE) and not self.tasks:
            return "这一项的任务已删除、取消或并入别的任务，不用处理"
        if self.kind == GONE and all(task.state == Task.DONE for task in self.tasks):
            return "任务已完成，保留记录"
        if self.kind == CHANGED and len(self.tasks) > 1:
            return f"这一项已拆成 {len(self.tasks)} 项任务，请到各项任务里修改"
        return ""

    @property
    def key(self) -> str:
        """Names the item and what is said of it: a page that is out of date does not fit any more."""
        place = [str(task.pk) for task in self.tasks] or [str(self.draft.task.start if self.draft else "")]
        said = [*place, self.kind, *(f"{item.name}{item.before}{item.after}" for item in self.differences), self.title]
        return sha256("\n".join(said).encode()).hexdigest()[:16]


def compare(before: list[Draft], after: list[Draft], tasks: list[Task]) -> list[Change]:
    """Every item of both documents, in the order of the new one; what is gone stands where it stood."""
    partner = _pairs(before, after)
    kept = {id(item) for item in partner.values()}
    gone = [_gone(base, _rows_of(base, tasks)) for base in before if id(base) not in kept]
    found = [_change(partner.get(place), draft, tasks) for place, draft in enumerate(after)]
    for change in gone:
        found.insert(_after(change, found), change)
    return found


def _after(gone: Change, found: list[Change]) -> int:
    """Behind the last item that stood before it."""
    order = gone.base.task.order if gone.base else 0
    return max((n + 1 for n, item in enumerate(found) if item.base and item.base.task.order < order), default=0)


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many of each kind, all kinds named."""
    counts = Counter(change.kind for change in changes)
    return {kind: counts[kind] for kind in WORDS}


def units_in(draft: Draft, part: str) -> list[Unit]:
    return [item.unit for item in draft.units if item.part == part]


def _couples(text: str) -> Counter[str]:
    return Counter(text[at : at + 2] for at in range(len(text) - 1))


def likeness(one: str, other: str, couples: Callable[[str], Counter[str]] = _couples) -> float:
    """How much of two texts is the same, by pairs of characters (Dice): 1 the same, 0 nothing."""
    first, second = couples(one), couples(other)
    whole = first.total() + second.total()
    return 2 * (first & second).total() / whole if whole else float(one == other)


def _bare(text: str) -> str:
    return _BLANKS.sub("", text)


def _pairs(before: list[Draft], after: list[Draft]) -> dict[int, Draft]:
    """Which item of the old document each of the new one was: the same words first, then the likest."""
    olds, news = [_bare(item.task.text) for item in before], [_bare(item.task.text) for item in after]
    left, found = dict(enumerate(before)), dict[int, Draft]()
    for place, words in enumerate(news):
        same = next((old for old in left if olds[old] == words), None)
        if same is not None:
            found[place] = left.pop(same)
    # Every item left is held against every other: its words are taken apart once.
    scored, couples = [], cache(_couples)
    for place, old in ((place, old) for place in range(len(after)) if place not in found for old in left):
        near = after[place].task.path == before[old].task.path and after[place].task.number == before[old].task.number
        score = likeness(olds[old], news[place], couples)
        if score >= (ALIKE_IN_PLACE if near else ALIKE):
            scored.append((score + (0.2 if near else 0), place, old))
    for _, place, old in sorted(scored, reverse=True):
        if place not in found and old in left:
            found[place] = left.pop(old)
    return found


def _rows_of(base: Draft, tasks: list[Task]) -> list[Task]:
    """The rows that the clerk made of an item: those that stand inside its words."""
    start, end = base.task.start or 0, base.task.end or 0
    return [task for task in tasks if task.start is not None and start <= task.start < end]


def _gone(base: Draft, rows: list[Task]) -> Change:
    return Change(GONE, base=base, tasks=rows, differences=[Difference("任务内容", base.task.text, "")])


def _change(base: Draft | None, draft: Draft, tasks: list[Task]) -> Change:
    if base is None:
        return Change(NEW, draft=draft, differences=[Difference("任务内容", "", draft.task.text)])
    differences = [Difference(name, old, new) for name, old, new in _said(base, draft) if _bare(old) != _bare(new)]
    pairs = [
        (old, new) for old, new in _targets(base, draft) if old is None or new is None or _promise(old) != _promise(new)
    ]
    differences += [Difference("目标", _promise(old), _promise(new)) for old, new in pairs]
    kind = CHANGED if differences else SAME
    return Change(kind, base, draft, _rows_of(base, tasks), differences, pairs)


def _said(base: Draft, draft: Draft) -> Iterator[tuple[str, str, str]]:
    old, new = base.task, draft.task
    yield "任务内容", old.text, new.text
    yield "完成时限", str(old.deadline or ""), str(new.deadline or "")
    for name, part in (("牵头单位", TaskUnit.LEAD), ("配合单位", TaskUnit.ASSISTING)):
        yield name, _units(base, part), _units(draft, part)
    yield "责任人", old.persons, new.persons


def _units(draft: Draft, part: str) -> str:
    printed = draft.task.lead_text if part == TaskUnit.LEAD else draft.task.assisting_text
    return "、".join([*(unit.name for unit in units_in(draft, part)), *([printed] if printed else [])])


def _targets(base: Draft, draft: Draft) -> list[tuple[Target | None, Target | None]]:
    """The promises of both, those that speak of the same thing beside each other."""
    left, found = list(base.targets), list[tuple[Target | None, Target | None]]()
    for new in draft.targets:
        old = next((item for item in left if same_thing(item, new)), None)
        if old is not None:
            left.remove(old)
        found.append((old, new))
    return found + [(old, None) for old in left]


def same_thing(one: Target, other: Target) -> bool:
    """Whether two promises are of one number."""
    return (one.subject, one.unit, one.stage) == (other.subject, other.unit, other.stage)


def _promise(target: Target | None) -> str:
    return "" if target is None else f"{target.commitment}{target}".strip()
