"""Reads of the unit tree."""

from __future__ import annotations

import difflib
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from taizhang.kernel.errors import NotFound
from taizhang.org.models import Delegation, Post, Unit, User
from taizhang.org.policy import EVERYWHERE, Reach, can, visible_units

INSTALLATION = "_installation"


def installation_user() -> User:
    """The account as which the command line acts: it sees everything, no password opens it, and the audit names it."""
    user, _ = User.objects.get_or_create(
        username=INSTALLATION, defaults={"name": "命令行管理员", "is_superuser": True, "password": "!"}
    )
    return user


def root_unit() -> Unit:
    """The installation's top unit."""
    unit = Unit.objects.filter(parent__isnull=True).order_by("id").first()
    if unit is None:
        raise NotFound("ORG-001", "还没有单位", remedy="先运行 taizhang units 单位.xlsx，或在“设置 > 单位”中导入")
    return unit


def find_unit(key: str) -> Unit:
    """A unit by code or by full name; a name that two units share is refused. No permission: for the installation itself."""
    return _pick(Unit.objects.all(), key)


def get_unit_for(user: User | AnonymousUser, key: str) -> Unit:
    """A unit that the person may look at, by code or name."""
    return _pick(units_for(user), key)


def default_unit_for(user: User | AnonymousUser) -> Unit:
    """The unit whose figures a person sees first: the top of what the posts reach."""
    unit = units_for(user).order_by("path").first()
    if unit is None:
        raise NotFound("ORG-004", "您还没有岗位，看不到任何单位", remedy="请管理员为您安排岗位")
    return unit


def units_for(user: User | AnonymousUser, on: date | None = None) -> QuerySet[Unit]:
    """The units a person may look at, in the tree's order; only those open on a day when one is given."""
    units = Unit.objects.filter(_shown(user).q("")).select_related("parent", "merged_into")
    return open_on(units, on) if on else units


def open_on(units: QuerySet[Unit], day: date) -> QuerySet[Unit]:
    """Of these units, those that exist on a day."""
    return units.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=day), opened_on__lte=day)


def below(unit: Unit) -> QuerySet[Unit]:
    """A unit and everything under it."""
    return Unit.objects.filter(path__startswith=unit.path)


def people_for(user: User | AnonymousUser) -> QuerySet[Post]:
    """The posts at the units a person may look at."""
    return Post.objects.filter(_shown(user).q("unit")).select_related("user", "unit")


def _shown(user: User | AnonymousUser) -> Reach:
    """Who manages units sees them all, though no record and no figure of theirs."""
    return EVERYWHERE if can(user, "manage_units") else visible_units(user)


def person_for(user: User, person_id: int) -> User:
    """A person whom one may look at: oneself, or who holds or held a post at a unit one may look at; all for who manages
    people. Raises NotFound."""
    found = User.objects.filter(pk=person_id).first()
    seen = found is not None and (
        found.pk == user.pk or can(user, "manage_units") or people_for(user).filter(user=found).exists()
    )
    if found is None or not seen:
        raise NotFound("ORG-005", "没有这个人，或您无权查看", remedy="请核对地址")
    return found


def posts_held(on: date | None = None) -> QuerySet[Post]:
    """The posts that are held on a day (today) by people whose accounts are open."""
    day = on or timezone.localdate()
    return Post.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day, user__is_active=True)


def acting_in(posts: QuerySet[Post], on: date | None = None) -> list[User]:
    """Who acts in these posts on a day (today), each once: their holders, and who stands in for them. Two queries."""
    day = on or timezone.localdate()
    away = Prefetch("delegations", Delegation.objects.filter(since__lte=day, until__gte=day).select_related("to"))
    people: list[User] = []
    for post in posts.select_related("user").prefetch_related(away):
        people += [post.user, *(item.to for item in post.delegations.all())]
    return list(dict.fromkeys(people))


def match_unit(text: str, units: list[Unit]) -> Unit | None:
    """The unit that a document means by ``text`` (基础教育科, 局办公室, 安全科): exact name, else the only one that fits."""
    word = text.strip().removeprefix("县").removeprefix("局").strip()
    for unit in units:
        if unit.name in (text, word):
            return unit
    fits = [unit for unit in units if len(word) >= 2 and (word in unit.name or unit.name in text)]
    return fits[0] if len(fits) == 1 else None


def _pick(units: QuerySet[Unit], key: str) -> Unit:
    found = list(units.filter(Q(code=key) | Q(name=key))[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound("ORG-002", f"有几个单位都叫“{key}”", remedy="请改用单位编码")
    near = difflib.get_close_matches(key, units.values_list("name", flat=True), n=3, cutoff=0.5)
    raise NotFound(
        "ORG-003", f"没有单位“{key}”", remedy=f"是否指：{'、'.join(near)}" if near else "请核对单位编码或全称"
    )
