"""Field types of registers: one small class each, found by the name that packs write under ``type:``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from taizhang.catalog.schema import FieldDef
from taizhang.registers.fields.base import MISSING, Field, Lookup, Scalar
from taizhang.registers.fields.choices import Choice, Choices, YesNo
from taizhang.registers.fields.dates import Date, DateTime, Month, SchoolYear
from taizhang.registers.fields.numbers import DecimalNumber, Integer, Money, NumberField, Percent
from taizhang.registers.fields.references import File, LinkField, Person, Reference, UnitField
from taizhang.registers.fields.texts import IdCard, LongText, Phone, Place, Text

FIELDS: Mapping[str, type[Field]] = {
    kind.type: kind
    for kind in (
        Text, LongText, Integer, DecimalNumber, Money, Percent, Date, DateTime, Month, SchoolYear, Choice, Choices,
        YesNo, UnitField, Person, LinkField, File, Phone, IdCard, Place,
    )
}  # fmt: skip


def make_field(
    definition: FieldDef,
    choices: Mapping[str, str] | None = None,
    terms: Mapping[str, tuple[date | None, date | None]] | None = None,
) -> Field:
    """The field object of a definition; ``choices`` maps option names to codes, ``terms`` to their first and last day."""
    return FIELDS[definition.type](definition, choices, terms)


__all__ = ["FIELDS", "MISSING", "Field", "File", "Lookup", "NumberField", "Reference", "Scalar", "make_field"]
