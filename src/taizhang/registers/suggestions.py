"""What a reference field offers while somebody types: units, people and records that the person may name."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import FieldDef
from taizhang.org.kinds import BUREAU, SECTION
from taizhang.org.models import Unit, User
from taizhang.org.policy import visible_units
from taizhang.org.queries import open_on, posts_held
from taizhang.registers.lookups import key_of
from taizhang.registers.models import Record
from taizhang.registers.policy import reach_of

MOST = 20
Offer = tuple[str, str]  # the key to fill in, and what the list says of it


def suggestions_for(user: User, definition: FieldDef, text: str) -> list[Offer]:
    """At most twenty (key, words) that fit what was typed; with nothing typed the first ones."""
    return OFFERS[definition.type](user, definition, text.strip())


def _units(user: User, definition: FieldDef, text: str) -> list[Offer]:
    found = open_on(Unit.objects.all(), timezone.localdate()).select_related("parent").order_by("order", "id")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__startswith=text))
    return [(unit.code, f"{unit.name}（{unit.parent.name if unit.parent else unit.kind}）") for unit in found[:MOST]]


def _people(user: User, definition: FieldDef, text: str) -> list[Offer]:
    # One's own house and the bureau's people; a neighbour's staff is none of a school's business.
    near = visible_units(user).q("unit") | Q(unit__level__in=(BUREAU, SECTION))
    posts = posts_held().filter(near).select_related("unit")
    found = User.objects.filter(Exists(posts.filter(user=OuterRef("pk")))).order_by("name", "id")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(username__startswith=text))
    people = found.prefetch_related(Prefetch("posts", posts))[:MOST]
    return [
        (item.username, f"{item.name}（{'、'.join(f'{post.unit.name} {post.role}' for post in item.posts.all())}）")
        for item in people
    ]


def _records(user: User, definition: FieldDef, text: str) -> list[Offer]:
    register = catalog().register(definition.register_code or "")
    found = Record.objects.filter(reach_of(user, register, "see").q("unit"), register_code=register.code)
    found = found.exclude(state_category="void").select_related("unit").order_by("-id")
    if text:
        found = found.filter(Q(number__icontains=text) | Q(title__icontains=text))
    return [(key_of(item), f"{item.title or item.number}（{item.unit.name}）") for item in found[:MOST]]


OFFERS: dict[str, Callable[[User, FieldDef, str], list[Offer]]] = {"unit": _units, "person": _people, "link": _records}
