"""Whom a ladder or a letter on a task means, as people who hold the post today and may see the task."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from taizhang.org.models import Post, Unit, User
from taizhang.org.notices import holders_of
from taizhang.org.policy import is_installation
from taizhang.org.queries import acting_in, posts_held
from taizhang.plans.models import Task
from taizhang.plans.policy import answering, overseen

LEAD, ABOVE, SECTION = "责任单位", "上级单位", "主管科室"
OFFICE_ROLE = "办公室"


def units_named(task: Task, to: str) -> list[Unit]:
    """The units behind 责任单位 (those that lead) and 上级单位 (those above them); [] for a post."""
    if to == LEAD:
        return task.leads
    if to == ABOVE:
        return list(dict.fromkeys(unit.parent for unit in task.leads if unit.parent is not None))
    return []


def people_named(task: Task, to: Iterable[str]) -> list[User]:
    """The people addressed, each once. 主管科室 of a plan is its bureau's office; a post is held within the bureau whose
    plan it is. Who may not see the task is not told of it."""
    found: dict[User, None] = {}
    for word in to:
        if word in (LEAD, ABOVE):
            people = [user for unit in units_named(task, word) for user in holders_of(unit)]
        else:
            role = OFFICE_ROLE if word == SECTION else word
            people = acting_in(_posts_within(task.plan.unit, role))
        found.update(dict.fromkeys(people))
    return [user for user in found if _sees(user, task)]


def _posts_within(bureau: Unit, role: str) -> QuerySet[Post]:
    return posts_held().filter(role=role, unit__path__startswith=bureau.path)


def _sees(user: User, task: Task) -> bool:
    if is_installation(user) or overseen(user).holds(task.plan.unit):
        return True
    mine = answering(user)
    return any(mine.holds(item.unit) for item in task.units.all())
