"""Who oversees plans, whose tasks a person sees, and who may report."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from taizhang.catalog.document import Scope
from taizhang.kernel.errors import Forbidden
from taizhang.org.kinds import SECTION
from taizhang.org.models import Unit, User
from taizhang.org.policy import (
    EVERYWHERE,
    SECTION_ROLE,
    Reach,
    can,
    default_grants,
    is_installation,
    posts_with,
    reach,
    require,
    roles_of,
)
from taizhang.org.queries import root_unit
from taizhang.plans.models import Plan, Task, TaskUnit

# The capability of a post that reports on its unit's tasks.
REPORT = "edit_own_task"


def overseen(user: User | AnonymousUser) -> Reach:
    """The units whose plans a person sees whole, drafts included: leaders and the office, for their bureau."""
    grants = default_grants("see")
    return reach(user, {role: "all" for role, scope in grants.items() if scope == "all" and role != SECTION_ROLE})


def answering(user: User | AnonymousUser) -> Reach:
    """The units for which a person sees tasks because these units lead or assist.

    A section answers for itself only, although it may look into the registers of every unit.
    """
    if is_installation(user):
        return EVERYWHERE
    narrowed: dict[str, Scope | None] = {}
    for role, scope in default_grants("see").items():
        narrowed[role] = "own" if scope == "all" else scope
    return reach(user, narrowed)


def may_see_task(user: User | AnonymousUser) -> Q:
    """The filter on Task: all of the plans one oversees; of the others, what one's units lead or assist, once accepted."""
    mine = Exists(TaskUnit.objects.filter(answering(user).q("unit"), task=OuterRef("pk")))
    return overseen(user).q("plan__unit") | (~Q(plan__state=Plan.DRAFT) & Q(mine))


def may_see_plan(user: User | AnonymousUser) -> Q:
    """The filter on Plan: those one oversees; for sections every accepted plan of their bureau; else those with a task."""
    accepted = ~Q(state=Plan.DRAFT)
    mine = Exists(TaskUnit.objects.filter(answering(user).q("unit"), task__plan=OuterRef("pk")))
    seen = overseen(user).q("unit") | (accepted & Q(mine))
    if SECTION_ROLE in roles_of(user):
        seen |= accepted & reach(user, {SECTION_ROLE: "all"}).q("unit")
    return seen


def require_planner(user: User | None, unit: Unit, what: str) -> None:
    """Raise Forbidden unless the person may prepare plans and give out tasks for ``unit``; None is the installation."""
    if user is None:
        return
    require(user, "accept_plan", what)
    if not overseen(user).holds(unit):
        raise Forbidden("PLAN-010", f"您不能{what}：这不是本局的计划", remedy="请联系该单位办公室办理")


def may_plan(user: User | AnonymousUser, unit: Unit) -> bool:
    """Whether :func:`require_planner` would let the person through."""
    return can(user, "accept_plan") and overseen(user).holds(unit)


def require_shaper(user: User | None, task: Task, what: str) -> None:
    """Raise Forbidden unless the person gives out tasks there, or reports for a unit that leads this one."""
    if user is None or may_plan(user, task.plan.unit) or TaskUnit.LEAD in reporting_parts(user, task).values():
        return
    raise Forbidden("PLAN-056", f"您不能{what}", remedy="由办公室或牵头单位办理")


def reporting_parts(user: User | None, task: Task) -> dict[Unit, str]:
    """The units for which a person may report on a task, each with its part; the leading ones first."""
    if user is None or is_installation(user):
        return {item.unit: item.part for item in task.units.all()}
    held = reporting_units(user)
    return {item.unit: item.part for item in task.units.all() if item.unit_id in held}


def reporting_units(user: User | AnonymousUser) -> set[int]:
    """The keys of the units for which a person reports: where a post of theirs carries that right."""
    return {post.unit_id for post in posts_with(user, REPORT)}


def plan_owner(unit: Unit) -> Unit:
    """Whose plan a document of ``unit`` is: a section writes for its bureau, everybody else for themselves."""
    return (unit.parent or root_unit()) if unit.level == SECTION else unit
