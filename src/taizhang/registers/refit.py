"""Records that were there before, brought in line with a release of their pack, whoever released it: desk or command."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError

from taizhang.catalog.current import forget_check
from taizhang.catalog.pack import Pack
from taizhang.catalog.schema import RegisterDef
from taizhang.events.bulk import insert
from taizhang.kernel.errors import Problem
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.finding.index import reindex_register
from taizhang.registers.models import Facet, Record, Version
from taizhang.registers.secrecy import is_encrypted
from taizhang.registers.writing import BATCH, FACET, facets_of


def refit_records(before: Pack | None, after: Pack) -> None:
    """Bring the records that were there before in line with what a release says of their fields: encrypt what has become
    sensitive, index what lists can newly filter on. What people entered stays the same."""
    for code, register in after.registers.items():
        old = before.registers.get(code) if before else None
        if old is None or _kept_as(old) == _kept_as(register):
            continue
        known = {item.name for item in old.fields if not item.sensitive}
        if hidden := [item.name for item in register.fields if item.sensitive and item.name in known]:
            _seal(code, hidden)
            reindex_register(code)  # the search must not find them any more
        plan = blueprint(code)
        records = Record.objects.filter(register_code=code).order_by("id")
        Facet.objects.filter(register_code=code).delete()
        rows = (row for record in records.iterator(chunk_size=BATCH) for row in facets_of(plan, record))
        try:
            insert(Facet, FACET, rows)
        except IntegrityError as wrong:
            forget_check()  # the release is about to be rolled back
            raise Problem(
                "REG-324", f"“{register.name}”里定为不得重复的，已有记录有重复", where=register.name,
                remedy="先在台账里找出重复的记录改好或作废，再发布",
            ) from wrong  # fmt: skip


def _seal(code: str, names: list[str]) -> None:
    """Encrypt the values of fields in the records and in their versions; what a record is called no longer says them."""
    plan = blueprint(code)
    held = {"register_code": code, "data__has_any_keys": names}
    for record in Record.objects.filter(**held).select_related("unit").iterator(chunk_size=BATCH):
        record.data = _sealed(plan, names, record.data)
        Record.objects.filter(pk=record.pk).update(data=record.data, title=plan.title(record, record.data))
    for version in Version.objects.filter(**held).iterator(chunk_size=BATCH):
        Version.objects.filter(pk=version.pk).update(data=_sealed(plan, names, version.data))


def _sealed(plan: Blueprint, names: list[str], data: dict[str, Any]) -> dict[str, Any]:
    plain = {name: data[name] for name in names if name in data and not is_encrypted(data[name])}
    return {**data, **{name: plan.seal(name, value) for name, value in plain.items()}}


def _kept_as(register: RegisterDef) -> set[Any]:
    """What facets are kept of, and how: fields that are listed, unique or sensitive, and what may not be repeated."""
    marked = [item for item in register.fields if item.query or item.unique or item.sensitive]
    return {(item.name, item.query, item.unique, item.sensitive) for item in marked} | {*register.no_repeat}
