"""Who runs a round, who judges a line, who speaks for a unit, whose sheets a person sees."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from taizhang.appraisal.models import Sheet, SheetUnit
from taizhang.kernel.errors import Forbidden
from taizhang.org.models import Unit, User
from taizhang.org.policy import can, default_grants, is_installation, posts_of, reach, visible_units
from taizhang.plans.policy import reporting_units

RUN = "run_appraisal"


def may_run(user: User | AnonymousUser | None, bureau: Unit) -> bool:
    """Whether a person opens, publishes and closes the bureau's rounds; None is the installation."""
    if user is None or is_installation(user):
        return True
    return can(user, RUN) and overlooks(user, bureau)


def overlooks(user: User | AnonymousUser, bureau: Unit) -> bool:
    """Whether a person sees every sheet of the bureau: its leaders, office and sections."""
    grants = default_grants("see")
    return reach(user, {role: scope for role, scope in grants.items() if scope == "all"}).holds(bureau)


def may_see_sheet(user: User | AnonymousUser) -> Q:
    """The filter on Sheet: one of its units is one's own, or lies where one may look."""
    return Q(Exists(SheetUnit.objects.filter(visible_units(user).q("unit"), sheet=OuterRef("pk"))))


def may_judge(user: User | AnonymousUser | None, named: str, bureau: Unit) -> bool:
    """Whether a person gives the points of a line that ``named`` judges, or sets its veto."""
    return named in judged_by(user, [named], bureau)


def judged_by(user: User | AnonymousUser | None, names: Iterable[str], bureau: Unit) -> set[str]:
    """Of the judges that a scheme names those for whom a person gives points and sets vetoes: the people of that unit;
    where the bureau has no such unit, and where nobody is named, who runs the round. One query, however many names."""
    wanted = set(names)
    if user is None or is_installation(user) or not wanted:
        return wanted
    known = set(Unit.objects.filter(name__in=wanted, path__startswith=bureau.path).values_list("name", flat=True))
    own = {post.unit.name for post in posts_of(user) if bureau.holds(post.unit)}
    return (known & own) | (wanted - known if may_run(user, bureau) else set())


def speaks_for(user: User | AnonymousUser | None, sheet: Sheet) -> bool:
    """Whether a person assesses a sheet's unit for itself and objects in its name."""
    if user is None or is_installation(user):
        return True
    members = {item.unit_id for item in sheet.members.all()}
    return bool(members & reporting_units(user))


def require_run(user: User | None, bureau: Unit, what: str) -> None:
    """Raise Forbidden unless the person runs the bureau's rounds."""
    if not may_run(user, bureau):
        raise Forbidden("APR-010", f"您的岗位不能{what}", remedy="请联系办公室办理")


def require_judge(user: User | None, named: str, bureau: Unit, what: str) -> None:
    """Raise Forbidden, naming the judge, unless the person is one."""
    if not may_judge(user, named, bureau):
        raise Forbidden("APR-011", f"您不能{what}", remedy=f"这一项由{named or '办公室'}负责")
