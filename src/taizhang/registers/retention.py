"""Sensitive values are not kept for ever: after a register's term they are erased, and the key can be changed.

Both walk over records and their versions: history must not keep what the record has lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from taizhang.catalog.current import catalog
from taizhang.catalog.schema import RegisterDef
from taizhang.events.actions import record as record_event
from taizhang.registers import secrecy
from taizhang.registers.blueprint import blueprint
from taizhang.registers.collections.models import Return, ReturnStep
from taizhang.registers.finding import index
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Facet, Record, Version
from taizhang.registers.repeats import key_text

BATCH = 500
# Every column that may hold encrypted values.
SEALED: tuple[tuple[type[Model], str], ...] = (
    (Record, "data"),
    (Version, "data"),
    (Return, "values"),
    (ReturnStep, "values"),
)


def erase_due(today: date) -> int:
    """Erase the sensitive fields of records that were closed longer ago than their register keeps them.

    Returns the number of records. The log keeps which fields of which records went, not their values.
    """
    return sum(_erase(register, today) for register in catalog().registers.values())


def _erase(register: RegisterDef, today: date) -> int:
    years = register.privacy.erase_after_years
    names = [field.name for field in register.fields if field.sensitive]
    if years is None or not names:
        return 0
    closed = Record.objects.filter(
        register_code=register.code,
        state_category__in=("closed", "void"),
        updated_at__date__lt=_years_before(today, years),
    ).select_related("unit")
    found = 0
    for record in closed.iterator(chunk_size=BATCH):
        held = [name for name in names if name in record.data]
        if held:
            _erase_one(record, held)
            found += 1
    return found


@transaction.atomic
def _erase_one(record: Record, names: list[str]) -> None:
    def without(data: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in data.items() if key not in names}

    # As it is now, not as it was read: somebody may have mended another field in between.
    record = Record.objects.select_for_update(of=("self",)).select_related("unit").get(pk=record.pk)
    Record.objects.filter(pk=record.pk).update(data=without(record.data))
    for version in Version.objects.filter(record=record):
        Version.objects.filter(pk=version.pk).update(data=without(version.data))
    rules = [rule.name for rule in blueprint(record.register_code).register.no_repeat if {*rule.fields} & {*names}]
    Facet.objects.filter(record=record, field__in=[*names, *rules]).delete()
    record.data = without(record.data)
    index.put([(blueprint(record.register_code), record)], DbLookup(None))
    record_event(
        "registers.record.erased",
        by=None,
        subject=f"record:{record.pk}",
        register_code=record.register_code,
        label=str(record),
        unit_code=record.unit.code,
        fields=names,
    )


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def renew_encryption(tick: Callable[[int], None] = lambda done: None) -> int:
    """Put every sensitive value, in records, versions and returns, under the newest key; returns how many rows changed.

    Safe to break off and run again, and while people work: each batch is one transaction that holds its rows.
    """
    changed = seen = 0
    for model, column in SEALED:
        for ids in _batches(model._default_manager.order_by("pk").values_list("pk", flat=True)):
            with transaction.atomic():
                rows = model._default_manager.select_for_update().filter(pk__in=ids)
                changed += sum(_renew(row, column) for row in rows)
            seen += len(ids)
            tick(seen)
    _renew_digests()
    return changed


def _renew(row: Any, column: str) -> bool:
    before = getattr(row, column)
    after = _renewed(before)
    if after == before:
        return False
    type(row)._default_manager.filter(pk=row.pk).update(**{column: after})
    return True


def _renewed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _renewed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_renewed(item) for item in value]
    return secrecy.renewed(value) if secrecy.is_encrypted(value) else value


def _renew_digests() -> None:
    """The digests by which equal sensitive values are found hang on the key too."""
    for register in catalog().registers.values():
        plan = blueprint(register.code)
        names = [field.name for field in plan.indexed() if field.definition.sensitive]
        for name in names:
            facets = Facet.objects.filter(register_code=register.code, field=name).select_related("record")
            for facet in facets.iterator(chunk_size=BATCH):
                plain = plan.open(name, facet.record.data.get(name))
                Facet.objects.filter(pk=facet.pk).update(text=secrecy.digest(str(plain)))
        for rule in register.no_repeat:
            held = Facet.objects.filter(register_code=register.code, field=rule.name).select_related("record__unit")
            for facet in held.iterator(chunk_size=BATCH):
                Facet.objects.filter(pk=facet.pk).update(text=key_text(plan, facet.record, rule))


def _batches(ids: QuerySet[Any, Any]) -> Iterator[list[int]]:
    held: list[int] = []
    for key in ids.iterator(chunk_size=BATCH):
        held.append(key)
        if len(held) == BATCH:
            yield held
            held = []
    if held:
        yield held
