"""Finds and names what reference fields point at, with a memory, so that a page or an import asks once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Q

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import FieldDef
from taizhang.kernel.errors import Problem
from taizhang.org.models import Unit, User
from taizhang.registers.models import Link, Record
from taizhang.registers.policy import reach_of

Target = Unit | User | Record
T = TypeVar("T", Unit, User, Record)
BATCH = 500


class DbLookup:
    """Looks up for one person and one piece of work (a page, a save, an import)."""

    def __init__(self, by: User | None) -> None:
        self.by = by
        self._found: dict[tuple[str, str], Target] = {}
        # What formulas read, whoever looks: the pack says what they may show of it.
        self._linked: dict[tuple[str, str], Record | None] = {}

    def preload(self, records: Iterable[Record]) -> DbLookup:
        """Read the targets of these records' links in one query."""
        links = Link.objects.filter(record__in=[record.pk for record in records])
        for link in links.select_related("target_unit", "target_user", "target_record__unit"):
            target = link.target_unit or link.target_user or link.target_record
            if isinstance(target, Record):
                self._linked[_kind(target), key_of(target)] = target
            if target is not None and self._may_name(target):
                self._found[_kind(target), key_of(target)] = target
        return self

    def prepare(self, definition: FieldDef, texts: Iterable[str]) -> DbLookup:
        """Find many names or codes of units, or numbers of records, at once; the others are left to one by one."""
        space = _space(definition)
        wanted = sorted({text.strip() for text in texts} - {text for kind, text in self._found if kind == space})
        for start in range(0, len(wanted) if definition.type in ("unit", "link") else 0, BATCH):
            part, found = wanted[start : start + BATCH], dict[str, list[Target]]()
            if definition.type == "unit":
                for unit in Unit.objects.filter(Q(code__in=part) | Q(name__in=part)):
                    for text in {unit.code, unit.name}:
                        found.setdefault(text, []).append(unit)
            else:
                register = catalog().register(definition.register_code or "")
                seen = Record.objects.filter(reach_of(self.by, register, "see").q("unit"), register_code=register.code)
                for record in seen.filter(number__in=part).select_related("unit"):
                    found.setdefault(record.number, []).append(record)
            self._found |= {(space, text): hits[0] for text, hits in found.items() if len(hits) == 1}
        return self

    def linked(self, definition: FieldDef, key: str) -> Record | None:
        """The record that a link field names, for a formula; None when it is gone."""
        place = _space(definition), key
        found = self._found.get(place)
        if isinstance(found, Record):
            return found
        if place not in self._linked:
            wanted = Q(pk=int(key[1:])) if key.startswith("#") and key[1:].isdecimal() else Q(number=key)
            self._linked[place] = Record.objects.filter(wanted, register_code=definition.register_code or "").first()
        return self._linked[place]

    def _may_name(self, target: Target) -> bool:
        """A record's title is shown to those who may see the record; to others its number alone."""
        if not isinstance(target, Record):
            return True
        return reach_of(self.by, catalog().register(target.register_code), "see").holds(target.unit)

    def resolve(self, definition: FieldDef, text: str) -> str:
        """The canonical key of what ``text`` names. Raises Problem when there is none or more than one."""
        return key_of(self.target(definition, text))

    def label(self, definition: FieldDef, key: str) -> str:
        """What a page shows: the unit's or person's name, the record's number and title."""
        found = self._found.get((_space(definition), key))
        if found is None:
            try:
                found = self.target(definition, key)
            except Problem:
                return key
        if isinstance(found, Record) and found.number and found.title:
            return f"{found.number} {found.title}"
        return str(found)

    def target(self, definition: FieldDef, text: str) -> Target:
        """The thing itself."""
        space = _space(definition)
        if (space, text) not in self._found:
            self._found[space, text] = FINDERS[definition.type](self, definition, text)
        return self._found[space, text]

    def _unit(self, definition: FieldDef, text: str) -> Unit:
        found = list(Unit.objects.filter(Q(code=text) | Q(name=text))[:2])
        near = [] if found else list(Unit.objects.filter(name__icontains=text).values_list("name", flat=True)[:3])
        return _only(found, near, definition, text, "单位", "改填单位编码")

    def _person(self, definition: FieldDef, text: str) -> User:
        found = list(User.objects.filter(Q(username=text) | Q(name=text), is_active=True)[:2])
        near = [] if found else difflib.get_close_matches(text, User.objects.values_list("name", flat=True)[:2000], n=3)
        return _only(found, near, definition, text, "用户", "改填账号")

    def _record(self, definition: FieldDef, text: str) -> Record:
        register = catalog().register(definition.register_code or "")
        seen = Record.objects.filter(reach_of(self.by, register, "see").q("unit"), register_code=register.code)
        by_id = text.removeprefix("#")
        wanted = Q(pk=int(by_id)) if text.startswith("#") and by_id.isdecimal() and len(by_id) < 19 else Q(number=text)
        return _only(list(seen.filter(wanted)[:2]), [], definition, text, f"“{register.name}”记录", "改填编号")


FINDERS: dict[str, Callable[[DbLookup, FieldDef, str], Target]] = {
    "unit": DbLookup._unit,
    "person": DbLookup._person,
    "link": DbLookup._record,
}


def key_of(target: Target) -> str:
    """The canonical value that stands for a thing in a record."""
    if isinstance(target, Unit):
        return target.code
    if isinstance(target, User):
        return target.username
    return target.number or f"#{target.pk}"


def _kind(target: Target) -> str:
    return f"link:{target.register_code}" if isinstance(target, Record) else type(target).__name__


def _space(definition: FieldDef) -> str:
    """Where keys of a field are unique."""
    return {"unit": "Unit", "person": "User"}.get(definition.type) or f"link:{definition.register_code}"


def _only(found: list[T], near: list[str], definition: FieldDef, text: str, what: str, remedy: str) -> T:
    if len(found) == 1:
        return found[0]
    if found:
        raise Problem("REG-102", f"有几个{what}都叫“{text}”", where=definition.name, remedy=remedy)
    hint = f"是否指：{'、'.join(near)}" if near else f"核对{what}的名称或编号"
    raise Problem("REG-103", f"没有{what}“{text}”", where=definition.name, remedy=hint)
