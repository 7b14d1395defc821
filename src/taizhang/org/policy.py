"""Who may reach what. Every fetch in the later stages asks here; nobody fetches first and checks afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.document import Scope
from taizhang.events.prepared import Prepared
from taizhang.kernel.errors import Forbidden
from taizhang.org.kinds import BUREAU, SECTION
from taizhang.org.models import Post, Unit, User

SECTION_ROLE = "科室"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reach:
    """The part of the unit tree that an act may touch: everything, whole subtrees, single units."""

    everything: bool = False
    subtrees: frozenset[str] = frozenset()
    units: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.subtrees) or bool(self.units)

    def q(self, unit: str = "unit") -> Q:
        """The filter on a model whose foreign key to the unit is ``unit`` ('' for Unit itself)."""
        if self.everything:
            return Q()
        prefix = f"{unit}__" if unit else ""
        reached = Q(pk__in=[])
        for path in self.subtrees:
            reached |= Q(**{f"{prefix}path__startswith": path})
        if self.units:
            reached |= Q(**{f"{unit}_id__in" if unit else "id__in": self.units})
        return reached

    def holds(self, unit: Unit) -> bool:
        return self.holds_row(unit.pk, unit.path)

    def holds_row(self, unit: int, path: str) -> bool:
        """The same for a row of the warehouse, which knows its unit's key and path."""
        return self.everything or unit in self.units or path.startswith(tuple(self.subtrees))


NOWHERE = Reach()
EVERYWHERE = Reach(everything=True)


def joined(reaches: Iterable[Reach]) -> Reach:
    """Wherever any of several reaches."""
    found = list(reaches)
    return Reach(
        any(item.everything for item in found),
        frozenset().union(*(item.subtrees for item in found)),
        frozenset().union(*(item.units for item in found)),
    )


def by_reach(pairs: Iterable[tuple[Reach, T]]) -> dict[Reach, list[T]]:
    """Things with the same reach together, those with none left out: a query then asks once for each reach, not for each
    of forty registers."""
    found: dict[Reach, list[T]] = {}
    for reached, thing in pairs:
        if reached:
            found.setdefault(reached, []).append(thing)
    return found


@Prepared
def _posts_on(user: int, day: date) -> QuerySet[Post]:
    lent = Q(delegations__to=user, delegations__since__lte=day, delegations__until__gte=day)
    own_or_lent = Q(until__isnull=True) | Q(until__gte=day), Q(user_id=user) | lent
    return Post.objects.select_related("unit", "user").filter(*own_or_lent, since__lte=day).distinct().order_by("id")


@Prepared
def _merged_before(day: date) -> QuerySet[Unit]:
    return Unit.objects.filter(merged_into__isnull=False, closed_on__lt=day).only("merged_into").order_by()


@Prepared
def _sections() -> QuerySet[Unit]:
    return Unit.objects.filter(level=SECTION).only("name").order_by()


def posts_of(user: User | AnonymousUser, on: date | None = None) -> list[Post]:
    """The posts a person holds on a day (today), with their units, also those of others that the person acts in while
    they are away (``post.user`` is the holder). Read once per user object."""
    if not user.is_authenticated or not user.is_active:
        return []
    if on is None and (kept := getattr(user, "_posts", None)) is not None:
        return list(kept)
    held = _posts_on(user.pk, on or timezone.localdate())
    # One's own posts first: the first is what the person is called by.
    held.sort(key=lambda post: post.user_id != user.pk)
    if on is None:
        user._posts = held  # type: ignore[union-attr]
    return held


def roles_of(user: User | AnonymousUser) -> set[str]:
    """The role names a person holds today."""
    return {post.role for post in posts_of(user)}


def role_can(role: str, capability: str) -> bool:
    """Whether a post of this role carries a capability that is not about single records (accept_plan …)."""
    held = catalog().roles.get(role)
    return held is not None and capability in held.can


def posts_with(user: User | AnonymousUser, capability: str) -> list[Post]:
    """The posts that give a person a capability: it holds where these are, not where the person has another post."""
    return [post for post in posts_of(user) if role_can(post.role, capability)]


def is_installation(user: User | AnonymousUser) -> bool:
    """The installation's own account, which the command line acts as. The post 管理员 sets things up and sees no record
    by right of that post: administration and business stay separate (GB/T 22239-2019).
    """
    return user.is_authenticated and user.is_superuser


def reach(user: User | AnonymousUser, grants: Mapping[str, Scope | None], owner: str = "") -> Reach:
    """Where a person may do an act that ``grants`` gives to roles with a scope.

    ``owner`` is the name of the section that keeps the thing: when a unit of that name exists, the grant to 科室 means
    that section's posts alone, for a poverty register is no other section's business. A grant of ``own`` stays: what was
    handed to a section is its business.
    """
    if is_installation(user):
        return EVERYWHERE
    subtrees, units = set(), set()
    for post in posts_of(user):
        scope = grants.get(post.role)
        if scope is None or (scope != "own" and post.role == SECTION_ROLE and not _keeps(user, post, owner)):
            continue
        if scope == "own":
            units |= {post.unit_id, *_taken_over(user).get(post.unit_id, ())}
        elif scope == "below":
            subtrees.add(post.unit.path)
        else:
            subtrees.add(bureau_path(post.unit))
    return Reach(subtrees=frozenset(subtrees), units=frozenset(units))


def can(user: User | AnonymousUser, capability: str) -> bool:
    """Whether one of the person's posts carries a capability, wherever it is."""
    return is_installation(user) or bool(posts_with(user, capability))


def require(user: User | AnonymousUser, capability: str, what: str) -> None:
    """Raise Forbidden, saying who may do it, unless the person can."""
    if not can(user, capability):
        holders = [role.name for role in catalog().roles.values() if capability in role.can]
        raise Forbidden(
            "ORG-010",
            f"您的岗位不能{what}",
            remedy=f"请联系{'、'.join(holders) or '管理员'}办理，或请管理员调整岗位",
        )


def default_grants(verb: str) -> dict[str, Scope | None]:
    """What each role may do with a register that says nothing about the role."""
    return {role.name: getattr(role.access, verb) for role in catalog().roles.values()}


def visible_units(user: User | AnonymousUser) -> Reach:
    """The units whose names, figures and tasks a person may look at: those below each post; all for bureau posts."""
    return reach(user, default_grants("see"))


def home_unit(user: User | AnonymousUser) -> Unit | None:
    """The unit of the person's first post."""
    posts = posts_of(user)
    return posts[0].unit if posts else None


def _keeps(user: User | AnonymousUser, post: Post, owner: str) -> bool:
    """Whether a section's post keeps what ``owner`` keeps; where the bureau has no such section, every section does."""
    return not owner or post.unit.name == owner or owner not in _section_names(user)


def _taken_over(user: User | AnonymousUser) -> dict[int, set[int]]:
    """Unit → the closed units that went into it: its people go on with what those left open. A merging that is decided but
    has not come yet gives nothing. Read once per user object."""
    kept: dict[int, set[int]] | None = getattr(user, "_merged_units", None)
    if kept is None:
        into = {unit.pk: unit.merged_into_id for unit in _merged_before(timezone.localdate())}
        kept = {}
        for start in into:
            unit, seen = start, {start}
            while (unit := into.get(unit)) is not None and unit not in seen:
                seen.add(unit)
                kept.setdefault(unit, set()).add(start)
        user._merged_units = kept  # type: ignore[union-attr]
    return kept


def _section_names(user: User | AnonymousUser) -> set[str]:
    """The names of all sections. Read once per user object: a page asks for every register."""
    kept: set[str] | None = getattr(user, "_section_names", None)
    if kept is None:
        kept = {unit.name for unit in _sections()}
        user._section_names = kept  # type: ignore[union-attr]
    return kept


def bureau_path(unit: Unit) -> str:
    """The path of the nearest bureau at or above a unit: 'all' ends where the bureau's own county ends."""
    if unit.level == BUREAU:
        return unit.path
    kept: str | None = getattr(unit, "_bureau_path", None)
    if kept is None:
        above = Unit.objects.filter(id__in=unit.path.strip("/").split("/"), level=BUREAU).order_by("-path")
        kept = above.values_list("path", flat=True).first() or unit.path
        unit._bureau_path = kept  # type: ignore[attr-defined]
    return kept
