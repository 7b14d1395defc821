"""Who writes a table, and who reads it."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from taizhang.kernel.errors import Forbidden
from taizhang.org.kinds import BUREAU, SECTION
from taizhang.org.models import Unit, User
from taizhang.org.policy import bureau_path, is_installation, posts_of, posts_with, role_can


def may_write(user: User | AnonymousUser | None, unit: Unit) -> bool:
    """Whether a person writes the tables of a unit: its own people who report on its work; the bureau's, who plans there.

    The right counts where its post is: who reports for a school writes nothing for the section of another post.
    """
    if user is None or is_installation(user):
        return True
    if unit.level == BUREAU:
        return any(bureau_path(post.unit) == unit.path for post in posts_with(user, "accept_plan"))
    return any(post.unit_id == unit.pk for post in posts_with(user, "edit_own_task"))


def writes_for(user: User) -> list[Unit]:
    """The units whose tables a person may begin: one's sections, and the bureau for who plans."""
    units = {post.unit.pk: post.unit for post in posts_of(user) if post.unit.level == SECTION}
    for unit in list(units.values()):
        if unit.parent is not None:
            units.setdefault(unit.parent.pk, unit.parent)
    return [unit for unit in units.values() if may_write(user, unit)]


def may_see(user: User | AnonymousUser) -> Q:
    """The filter on Table: an issued one of one's own bureau, and the drafts of one's own section or bureau."""
    if is_installation(user):
        return Q()
    seen = Q(pk__in=[])
    for post in posts_of(user):
        ids = post.unit.path.strip("/").split("/")
        seen |= Q(state="issued") & (Q(unit_id__in=ids) | Q(unit__parent_id__in=ids))
        seen |= Q(unit_id=post.unit_id)
        if role_can(post.role, "accept_plan"):
            seen |= Q(unit__path=bureau_path(post.unit))
    return seen


def require_writer(user: User | None, unit: Unit) -> None:
    """Raise Forbidden unless the person writes the unit's tables."""
    if not may_write(user, unit):
        raise Forbidden("SCH-010", f"您不能编制{unit.name}的周次表", remedy=f"请{unit.name}的人员办理")
