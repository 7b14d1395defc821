"""The history of one record: its versions field by field, its letters and urgings, in one order, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.events.models import Event
from taizhang.org.models import User
from taizhang.registers import comments, deadlines, letters
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.clock_actions import may_extend
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Comment, Letter, Link, Record, Version
from taizhang.registers.policy import may_reveal, reach_of

Entry = dict[str, Any]
MOST_REVEALS = 50


def timeline(plan: Blueprint, record: Record, versions: Iterable[Version], user: User) -> list[Entry]:
    """Everything that happened to a record. Sensitive values are masked; a change that can be taken back says so."""
    found = [*_versions(plan, versions, user), *_letters(record), *_urgings(record)]
    if plan.sensitive and may_reveal(user, plan.register, record):
        found += _reveals(record)
    return sorted(found, key=lambda entry: entry["when"], reverse=True)


def _versions(plan: Blueprint, versions: Iterable[Version], user: User) -> Iterable[Entry]:
    lookup = DbLookup(user)
    ordered = list(versions)
    later: set[str] = set()
    for newer, older in zip(ordered, [*ordered[1:], None], strict=True):
        before = older.data if older else {}
        names = [name for name in plan.fields if name in newer.changed]
        changes = [
            {
                "field": plan.fields[name].definition.title,
                "before": plan.shown(name, before, lookup) if before.get(name) is not None else "",
                "after": plan.shown(name, newer.data, lookup) if newer.data.get(name) is not None else "",
            }
            for name in names
        ]
        if older and older.state != newer.state:
            changes.insert(0, {"field": "状态", "before": older.state, "after": newer.state})
        own = {name for name in names if not plan.fields[name].is_computed and plan.fields[name].type != "file"}
        yield {
            "revision": newer.revision,
            "when": newer.at,
            "who": newer.by_name,
            "what": newer.action,
            "note": "。".join(text for text in (newer.reason, newer.source) if text),
            "changes": changes if older else [],
            "first": older is None,
            "can_undo": bool(older and own and not own & later),
        }
        later |= own


def _letters(record: Record) -> Iterable[Entry]:
    for letter in record.letters.select_related("unit"):
        url = reverse("registers:letter", args=[letter.pk])
        to = letter.unit.name if letter.unit else ""
        yield {
            "when": letter.issued_at,
            "who": letter.issued_by_name,
            "what": f"发出{letter.name}",
            "note": f"发给 {to}" if to else "",
            "files": [{"label": str(letter), "url": url}],
        }
        if letter.signed_at:
            yield {"when": letter.signed_at, "who": letter.signed_by_name, "what": f"签收{letter.name}", "note": ""}


def _reveals(record: Record) -> Iterable[Entry]:
    """Who read a sealed field, when and why: told to those who may do so themselves."""
    asked = Event.objects.filter(subject=f"record:{record.pk}", action="registers.field.revealed")
    for item in asked.order_by("-id")[:MOST_REVEALS]:
        note = f"{item.data.get('field', '')}：{item.data.get('reason', '')}"
        yield {"when": item.at, "who": item.actor_name, "what": "查看敏感字段", "note": note}


def _urgings(record: Record) -> Iterable[Entry]:
    for item in record.urgings.all():
        told = f"发给 {item.told}" if item.told else "没有在岗人员可以提醒"
        note = "已过时限，并入下一级" if item.is_merged else told
        yield {
            "when": item.at,
            "who": "系统",
            "what": item.level,
            "note": f"{item.deadline} {item.due_on} 到期。{note}",
            "category": "" if item.is_merged or item.level == "提醒" else "late",
        }


def clock_rows(register: RegisterDef, record: Record, user: User, today: date) -> list[dict[str, Any]]:
    """The deadlines of a record as the page shows them: the day, what is left in working days, what comes next."""
    calendar, rows = catalog().calendar, []
    coming = deadlines.next_step(register, record, today)
    for clock in deadlines.clocks_of(register, record, today):
        deadline, left = clock.deadline, None
        if clock.due is not None:
            left = calendar.working_days_between(today, clock.due).days
        allowed = deadline.extend is not None and clock.due is not None and clock.extended < deadline.extend.times
        rows.append(
            {
                "name": deadline.key,
                "due": clock.due,
                "paused": clock.paused,
                "left": left,
                "late": clock.due is not None and clock.due < today,
                "over": -left if left is not None else None,
                "extended": clock.extended,
                "basis": deadline.basis,
                "caveat": clock.caveat,
                "next": coming if coming and coming.deadline.key == deadline.key else None,
                "most": deadline.extend.at_most if allowed and deadline.extend else "",
                "may_extend": allowed and may_extend(user, register, deadline, record),
            }
        )
    return rows


def letter_rows(record: Record, user: User) -> list[dict[str, Any]]:
    """The letters of a record, oldest first, and whether the person is to sign for one."""
    found: Iterable[Letter] = record.letters.select_related("unit")
    return [{"letter": letter, "may_sign": letters.may_sign(user, letter)} for letter in found]


def comment_rows(record: Record, user: User) -> list[dict[str, Any]]:
    """What was said on a record, oldest first, with what the person may still do about it."""
    found = Comment.objects.filter(record=record).select_related("reply_to", "record__unit", "by")
    return [
        {
            "comment": item,
            "may_edit": comments.is_editable(item, user),
            "may_strike": item.struck_at is None and comments.may_strike(user, item),
        }
        for item in found
    ]


def linked_rows(record: Record, user: User) -> list[dict[str, Any]]:
    """The records that this one names and those that name it, as far as the person may see them; those that lie under it
    have tables of their own on the page."""
    out = Link.objects.filter(record=record, target_record__isnull=False).select_related("target_record__unit")
    back = Link.objects.filter(target_record=record).select_related("record__unit").order_by("-id")[:50]
    pairs = [(link.field, link.target_record, "") for link in out]
    pairs += [("引用本条", link.record, link.field) for link in back]
    rows = []
    for field, other, by_field in pairs:
        register = catalog().registers.get(other.register_code) if other else None
        if register is not None and by_field and by_field == register.parent:
            continue
        if other is not None and register is not None and reach_of(user, register, "see").holds(other.unit):
            rows.append({"field": field, "record": other, "register": register})
    return rows
